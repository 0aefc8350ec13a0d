"""What people from other tools, or from the screens, call what verbs do."""

from __future__ import annotations

SAID_OTHERWISE = {
    "board": "run start tui",
    "list": "ls find search grep query deals",
    "show": "view open cat get deal",
    "add": "new create",
    "set": "edit update change modify rename value probability",
    "assign": "owner give handover hand-over reassign",
    "tag": "label labels untag",
    "archive": "delete del rm remove drop trash hide",
    "unarchive": "undelete",
    "merge": "dedupe duplicates",
    "move": "mv stage stages advance",
    "won": "win close",
    "lost": "lose close",
    "next": "step plan task remind reminder followup follow-up reschedule",
    "log": "touch activity interaction email meeting objection quote",
    "note": "comment notes",
    "answer": "question questions qualify",
    "snooze": "park wait pause nurture",
    "contact": "person people contacts",
    "term": "terms",
    "tick": "checklist",
    "template": "letter mail snippet snippets",
    "triage": "queue inbox priority",
    "due": "overdue status todo today agenda",
    "check": "hygiene stuck stalled rot gaps",
    "digest": "morning standup",
    "metrics": "numbers report reports stats kpi dashboard forecast funnel winrate win-rate "
    "coverage velocity waterfall trend bottleneck leaderboard",
    "target": "quota goal",
    "fx": "rate rates currency",
    "setting": "source sources counting",
    "undo": "revert rollback",
    "history": "audit timeline events changes activity",
    "doctor": "verify repair fsck",
    "logs": "faults errors",
    "import": "load",
    "export": "dump save csv",
    "rep": "reps user users team",
    "migrate": "upgrade copy",
    "config": "settings preferences options theme",
    "mcp": "assistant server",
    "keys": "shortcuts bindings",
    "completions": "completion autocomplete",
    "config edit": "set get change theme",
    "config check": "validate test",
    "pipeline new": "add create make",
    "pipeline edit": "set rename change delete remove",
    "rep set": "edit rename change delete remove away role team",
    "rep add": "new create",
    "filter save": "add new create set",
    "filter forget": "delete remove rm",
    "filter list": "show ls",
    "target set": "add new change",
    "call set": "add new change",
    "fx set": "add new change",
    "setting set": "edit change",
    "backup make": "create new now",
    "backup list": "show ls",
}


def meant_by(word: str, family: str = "") -> list[str]:
    """The verbs that do what a word means elsewhere: those of one word, or with a second word in a
    family."""
    return [
        verb
        for verb, words in SAID_OTHERWISE.items()
        if word.casefold() in words.split() and verb.rpartition(" ")[0] == family
    ]
