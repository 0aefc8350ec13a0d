"""Command lines that show what a verb is good for: in front of its help, and in the man page.

Each is run by a test. 142 and 143 stand for open deals, 150 for a lost one, 151 for one that is
put away.
"""

from __future__ import annotations

from collections.abc import Mapping

EXAMPLES: Mapping[str, tuple[str, ...]] = {
    "": ("pipeboard", "pipeboard --as mara -p 'New business'"),
    "init": ("pipeboard init", "pipeboard init --template classic --currency USD"),
    "demo": ("pipeboard demo", "pipeboard demo --deals 2000 --no-open --db big.db"),
    "tour": ("pipeboard tour",),
    "import": (
        "pipeboard import deals.csv --dry-run",
        "pipeboard import deals.csv --into Hardware --stages Lead,Proposal,Order",
    ),
    "export": (
        "pipeboard export --to open.csv open",
        "pipeboard export 'won closed:last-quarter' --format md",
    ),
    "triage": ("pipeboard triage", "pipeboard triage owner:mara --json"),
    "due": ("pipeboard due", "pipeboard due --short"),
    "check": ("pipeboard check || echo 'somebody has to look'",),
    "digest": ("pipeboard digest",),
    "review": (
        "pipeboard review --since 2w",
        "pipeboard review --html > review.html",
        "pipeboard review --decide 142 'thu send the offer' --to jonas",
    ),
    "add": (
        "pipeboard add Lumen Oy: packaging line 40k @mara +inbound close:19dec",
        "pipeboard add - < leads.txt",
    ),
    "list": (
        "pipeboard list 'value>20k' --sort -value",
        "pipeboard list owner:mara overdue",
        "pipeboard list stalled --columns ref,deal,stage,age,fields.product",
        "pipeboard list --template '{ref}  {deal}  {value:words}'",
    ),
    "show": ("pipeboard show 142", "pipeboard show 142 --md"),
    "set": (
        "pipeboard set 142 value=45k close=19dec",
        "pipeboard set --where +renewal p=60 --dry-run",
    ),
    "assign": ("pipeboard assign 142 143 mara --note 'You know them.'",),
    "tag": ("pipeboard tag 142 +renewal -cold",),
    "archive": ("pipeboard archive 150",),
    "unarchive": ("pipeboard unarchive 151",),
    "merge": ("pipeboard merge 142 143",),
    "move": (
        "pipeboard move 142 proposal",
        "pipeboard move 142 negotiation --override 'They want to sign on Friday'",
    ),
    "won": (
        "pipeboard won 142 --value 45k",
        "pipeboard won 142 --follow-up +3m --override 'Signed on the phone'",
    ),
    "lost": ("pipeboard lost 142 --category price --competitor Sehwerk --recycle +6m",),
    "reopen": ("pipeboard reopen 150", "pipeboard reopen 150 --stage needs"),
    "next": ("pipeboard next 142 'thu call Bob'", "pipeboard next 142 --done"),
    "log": ("pipeboard log 142 call --outcome 'Wants an offer.'", "pipeboard log 142 email --in"),
    "note": ("pipeboard note 142 -m 'The board meets in May.'", "pipeboard note 142 - < call.txt"),
    "answer": ("pipeboard answer 142 authority 'The CFO signs above 25k' --rating 3",),
    "snooze": ("pipeboard snooze 142 +2w --reason 'Plant holidays'",),
    "contact": ("pipeboard contact 142 'Mika Laine' --role decision_maker --phone '+358 40 555'",),
    "term": ("pipeboard term 142 Payment --ours '30 days' --theirs '60 days'",),
    "tick": ("pipeboard tick 142 Goals",),
    "template": ("pipeboard template", "pipeboard template hello 142"),
    "recycle": ("pipeboard recycle --dry-run",),
    "metrics": (
        "pipeboard metrics --period last-quarter --compare",
        "pipeboard metrics --by owner --csv",
        "pipeboard metrics --html > numbers.html",
    ),
    "target set": ("pipeboard target set 2026Q4 130k --owner mara",),
    "target list": ("pipeboard target list",),
    "call set": ("pipeboard call set 2026Q4 120k",),
    "call list": ("pipeboard call list",),
    "fx set": ("pipeboard fx set USD 0.92",),
    "fx list": ("pipeboard fx list",),
    "setting set": ("pipeboard setting set fiscal-start april",),
    "setting list": ("pipeboard setting list",),
    "undo": ("pipeboard undo", "pipeboard undo --list"),
    "redo": ("pipeboard redo",),
    "history": ("pipeboard history 142", "pipeboard history --since mon --json"),
    "pipeline list": ("pipeboard pipeline list",),
    "pipeline show": ("pipeboard pipeline show --toml > pipeline.toml",),
    "pipeline new": ("pipeboard pipeline new Renewals --stages Due,Offered,Renewed",),
    "pipeline apply": ("pipeboard pipeline apply pipeline.toml",),
    "pipeline edit": ("pipeboard pipeline edit",),
    "pipeline templates": ("pipeboard pipeline templates",),
    "rep list": ("pipeboard rep list",),
    "rep add": ("pipeboard rep add ana --name 'Ana Lind' --team North",),
    "rep set": ("pipeboard rep set mara --team South",),
    "filter list": ("pipeboard filter list",),
    "filter save": ("pipeboard filter save big 'value>50k open'",),
    "filter rename": ("pipeboard filter rename big large",),
    "filter forget": ("pipeboard filter forget big",),
    "config show": ("pipeboard config show",),
    "config path": ("pipeboard config path",),
    "config edit": ("pipeboard config edit",),
    "config check": ("pipeboard config check",),
    "keys": ("pipeboard keys",),
    "completions": (
        "pipeboard completions bash > ~/.local/share/bash-completion/completions/pipeboard",
        "pipeboard completions zsh > ~/.zfunc/_pipeboard",
        "pipeboard completions fish > ~/.config/fish/completions/pipeboard.fish",
    ),
    "man": ("pipeboard man | man -l -",),
    "version": ("pipeboard version -v",),
}
