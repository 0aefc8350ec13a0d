"""Every key of the program in one table: bindings, hints, help, palette, README come from it.

An id is what `[keys]` of the configuration names. A key of the board that works on the screen of
one deal too has one id.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from enum import StrEnum
from functools import partial
from types import MappingProxyType
from typing import TYPE_CHECKING, Final

from pipeboard.domain.errors import BadInput
from pipeboard.domain.lazy_dataclass import replace
from pipeboard.domain.text import did_you_mean
from pipeboard.ui.draw.metrics import TABS as METRICS_TABS
from pipeboard.ui.keys import (
    UNBOUND,
    Group,
    Key,
    cursor_keys,
    key_named,
    refuse_shared_keys,
    row,
    tab_keys,
)
from pipeboard.ui.review_keys import BOARD_ON_HYGIENE, BOARD_ON_REVIEW, ON_HYGIENE, ON_REVIEW

if TYPE_CHECKING:
    from pipeboard.domain.programs import OwnProgram


class DealTab(StrEnum):
    """The parts of one deal's screen, in the order of their numbers."""

    OVERVIEW = "Overview"
    QUESTIONS = "Questions"
    NOTES = "Notes"
    TIMELINE = "Timeline"
    PEOPLE = "People"
    TERMS = "Terms"


DEAL_TABS = tuple(DealTab)


class ImportTab(StrEnum):
    """The parts of the import screen, in the order of their numbers."""

    FILE = "File"
    COLUMNS = "Columns"
    WORDS = "Words"
    PREVIEW = "Preview"


IMPORT_TABS = tuple(ImportTab)

STEP_DAYS: Final = (
    "today", "on the next working day", "in three working days", "in a week", "in two weeks",
    "in a month",
)  # fmt: skip
"""When a next step may be put by one key, in the order of the keys (`cadence.follow_up_days`)."""


_around = partial(row, "board", Group.AROUND)
_change = partial(row, "board", Group.CHANGE, takes_deal=True)
_narrow = partial(row, "board", Group.NARROW)
_many = partial(row, "board", Group.MANY, takes_deal=True)
_undo = partial(row, "board", Group.UNDO)
_elsewhere = partial(row, "board", Group.ELSEWHERE)
_app = partial(row, "app")
_deal = partial(row, "deal")
_triage = partial(row, "triage")
_metrics = partial(row, "metrics")
_import = partial(row, "import")
_first = partial(row, "first", Group.ELSEWHERE)

# fmt: off
_GO: Final = _around("selection.go", "g", "Go to…",
    "go to the top, a stage, another screen: it says by which key", shown="g …")

BOARD: Final[tuple[Key, ...]] = (
    _around("selection.left", "h,left", "Left", "one stage left"),
    _around("selection.down", "j,down", "Down", "one card down"),
    _around("selection.up", "k,up", "Up", "one card up"),
    _around("selection.right", "l,right", "Right", "one stage right"),
    _around("selection.top", "home", "Top", "first card"),
    _around("selection.bottom", "G,end", "Bottom", "last card"),
    _around("selection.half_down", "ctrl+d", "Half a page down", "half a page down"),
    _around("selection.half_up", "ctrl+u", "Half a page up", "half a page up"),
    _around("selection.page_down", "pagedown", "Page down", "a page down"),
    _around("selection.page_up", "pageup", "Page up", "a page up"),
    *(_around("selection.stage", str(n), f"Stage {n}", f"go to stage {n}",
        given=n) for n in range(10)),
    _GO,
    _around("navigation.find", "f", "Find", "find any deal, company, person", hint="Find", rank=8),
    _change("selection.add", "a", "Add a deal", "add a deal, in one line", hint="Add", rank=1,
        takes_deal=False),
    _change("navigation.open", "enter", "Open", "open the deal", hint="Open", rank=2),
    _change("stages.back", "H,less_than_sign,shift+left", "Move back", "one stage back",
        shown="H <", at_once=True),
    _change("stages.advance", "L,greater_than_sign,shift+right", "Move on", "one stage on",
        shown="L >", hint="Move", rank=3, hint_key="H/L", at_once=True),
    _change("stages.move", "m", "Move to…", "move to a stage, won, lost", shown="m …",
        hint="Move…", rank=4),
    _change("daily.next_step", "t", "Next step", "set the next step and its day", shown="t …",
        hint="Next step", rank=5),
    _change("daily.put_off", "r", "Put off", "put the next step off: its words stay", shown="r …"),
    _change("daily.done", "N", "Done", "the next step is done, as planned: what is next?",
        hint="Done", rank=12),
    _change("daily.note", "n", "Note", "add a note", hint="Note", rank=6),
    _change("daily.interaction", "i", "Log an interaction", "log a call, email, meeting, demo",
        shown="i …"),
    _change("fields.interview", "Q", "Interview", "qualification, question by question"),
    _change("fields.edit", "e", "Edit", "edit all fields"),
    _change("closing.win", "w", "Won", "won"),
    _change("closing.lose", "x", "Lost", "lost, with the reason"),
    _change("daily.snooze", "z", "Snooze", "snooze until a day", shown="z …"),
    _change("fields.owner", "o", "Owner", "give to a rep"),
    _change("fields.value", "dollar_sign", "Value", "set the value"),
    _change("fields.close_date", "c", "Close date", "set the close date"),
    _change("fields.category", "C", "Forecast category", "omitted, pipeline, best, commit",
        shown="C …"),
    _change("fields.probability", "percent_sign", "Probability",
        "probability by hand, or the stage's"),
    _change("fields.tags", "number_sign", "Tags", "tags on (+a) and off (-b)"),
    _change("stages.archive", "d", "Archive", "to the archive, once it is asked, or back from it"),
    _change("selection.order_down", "J,shift+down", "Order down", "down in the column, by hand",
        shown="J", at_once=True),
    _change("selection.order_up", "K,shift+up", "Order up", "up in the column, by hand", shown="K",
        at_once=True),
    _narrow("navigation.filter", "slash", "Filter", "filter as you type", hint="Filter", rank=7),
    _narrow("filters.attention", "exclamation_mark", "What needs me",
        "overdue, no next step, stalled, all"),
    _narrow("filters.saved_filters", "F", "Saved filters", "saved filters"),
    _narrow("navigation.mine", "O", "Mine / everyone", "mine, everyone's"),
    _narrow("navigation.pipeline", "P", "Pipeline", "another pipeline"),
    _narrow("navigation.sort", "s", "Sort…", "sort the cards", shown="s …"),
    _narrow("navigation.view", "v", "View…", "lines a card, pane, signs", shown="v …"),
    _narrow("navigation.currency", "E", "One currency",
        "sums in the workspace's currency, or each by itself"),
    _narrow("navigation.denser", "minus", "Fewer lines a card", "fewer lines a card"),
    _narrow("navigation.roomier", "plus,equals_sign", "More lines a card", "more lines a card",
        shown="+"),
    _many("selection.mark", "space", "Mark", "mark, and go down", at_once=True),
    _many("selection.mark_range", "V", "Mark a range", "mark from here to there", at_once=True),
    _many("selection.mark_all", "asterisk", "Mark all shown", "mark all of the column",
        takes_deal=False, at_once=True),
    _many("selection.repeat", "full_stop", "Repeat", "the last change, on this deal", at_once=True),
    _undo("selection.undo", "u", "Undo", "undo my last change", hint="Undo", rank=9, at_once=True),
    _undo("selection.redo", "U,ctrl+r", "Redo", "redo it", at_once=True),
    _undo("selection.undo_list", UNBOUND, "Undo list", "my changes, to take one back", shown=":"),
    _elsewhere("daily.playbook", "b", "Playbook", "how this stage is worked, and its checklist"),
    _elsewhere("export.copy", "y", "Copy…", "copy: l line, e e-mail, p phone, i id", shown="y …"),
    _elsewhere("export.letter", "Y", "Letter…", "a letter or a note with the words of the deal",
        shown="Y …"),
    _elsewhere("navigation.pane", "p", "Pane", "the deal beside the board, or not"),
    _elsewhere("navigation.switch", "tab", "Board / pane", "keys to the pane, to the board",
        shown="Tab"),
    _elsewhere("triage.open_triage", "T", "Triage", "what needs me now, one deal at a time",
        id="board.triage", go="t"),
    _elsewhere("navigation.metrics", "M", "Metrics", "on target? what is stuck? which forecast?",
        go="m"),
    _elsewhere("navigation.hygiene", UNBOUND, "Hygiene", "what the data of deals lacks, mended",
        shown="g h", go="h"),
    _elsewhere("navigation.review", UNBOUND, "Weekly review",
        "the number, what changed, whom to talk about", shown="g r", go="r"),
    _elsewhere("importing.open_import", "I", "Import a file", "bring deals in from a file",
        id="board.import", go="i"),
    _elsewhere("export.export_deals", UNBOUND, "Export deals", "write these deals to a file",
        shown=":export", id="board.export"),
    _elsewhere("tour.begin", UNBOUND, "Tour", "eight keys, tried one after another",
        shown=":tour", id="board.tour"),
    _elsewhere("navigation.reload", "R", "Reload", "read everything again"),
    _elsewhere("palette.palette", "colon,ctrl+p", "Commands", "any command by name",
        hint="Command", rank=11),
    _elsewhere("navigation.help", "question_mark,f1", "Help", "all keys", hint="Help", rank=10),
    _elsewhere("screen.step_back", "escape", "Back", "one step back"),
    _elsewhere("screen.quit", "q", "Quit", "one step back, at the end quit"),
    _app(Group.ELSEWHERE, "app.suspend_process", "ctrl+z", "Suspend",
        "to the shell, fg comes back", id="app.suspend"),
    _app(Group.ELSEWHERE, "app.repaint", "ctrl+l", "Repaint", "draw the screen anew"),
    _app(Group.ELSEWHERE, "app.leave", "ctrl+q", "Quit", "quit from anywhere"),
)

_ONLY_ON_A_DEAL: Final[tuple[Key, ...]] = (
    *tab_keys(_deal, "items.tab", DEAL_TABS),
    _deal(Group.AROUND, "items.deal_beside", "right_square_bracket", "Next deal",
        "the deal below in its stage", hint="Next deal", rank=12, hint_key="] [", given=1,
        id="deal.next_deal"),
    _deal(Group.AROUND, "items.deal_beside", "left_square_bracket", "Deal before",
        "the deal above in its stage", given=-1, id="deal.deal_before"),
    _deal(Group.AROUND, "items.tab_beside", "h,left,shift+tab", "Tab before", "one tab left",
        given=-1, id="deal.tab_before"),
    _deal(Group.AROUND, "items.tab_beside", "l,right,tab", "Next tab", "one tab right",
        given=1, id="deal.tab_after"),
    _deal(Group.NARROW, "items.search", "slash", "Search", "events that hold these words"),
    _deal(Group.CHANGE, "items.edit_item", "enter", "Edit this",
        "edit, answer or open what is under the cursor", hint="Edit", rank=1),
    _deal(Group.CHANGE, "items.add_item", "a", "Add here", "add a person, a term or a note",
        hint="Add", rank=2),
    _deal(Group.CHANGE, "items.tick", "space", "Tick, rate", "tick an item, rate an answer",
        hint="Tick", rank=7),
    _deal(Group.CHANGE, "items.edit_outside", "E", "In the editor",
        "this note or answer in your editor"),
    _deal(Group.CHANGE, "items.remove_item", "delete,D", "Take away",
        "take a person, term or answer away"),
)

# fmt: on


def _of_board(names: str, *, label: str, leaving: str, hint: str) -> Iterator[Key]:
    """The keys of the board with these actions; that of quitting leads back, in these words."""
    actions = frozenset(names.split())
    for key in BOARD:
        if key.action in actions:
            if key.action == "quit":
                key = replace(key, label=label, help=leaving, hint=hint, rank=11)
            yield key


_ON_A_DEAL: Final = """
    go down up top bottom half_down half_up page_down page_up back advance move next_step put_off
    done note interaction interview edit win lose snooze owner value close_date category probability
    tags archive repeat undo redo undo_list playbook copy letter reload triage metrics palette help
    step_back quit
"""

DEAL: Final[tuple[Key, ...]] = (
    *_ONLY_ON_A_DEAL,
    *_of_board(_ON_A_DEAL, label="Back", leaving="back to the board", hint="Back"),
)
"""The keys of the screen of one deal: its own, and the board's as far as one deal is enough."""

# fmt: off
_ONLY_ON_TRIAGE: Final[tuple[Key, ...]] = (
    _triage(Group.AROUND, "triage.skip", "j,right,down", "Skip",
        "skip it: it comes again at the end", hint="Skip", rank=1),
    _triage(Group.AROUND, "triage.previous", "k,left,up", "Deal before", "the deal before",
        hint="Back", rank=8),
    *(
        _triage(Group.CHANGE, "triage.plan", str(n), f"Next step {label}",
            f"next step {label}, its words as they are", given=n, takes_deal=True, at_once=True)
        for n, label in enumerate(STEP_DAYS, 1)
    ),
    _triage(Group.CHANGE, "triage.keep", "equals_sign", "Keep the plan",
        "the next step is good as it is", takes_deal=True, at_once=True),
    _triage(Group.CHANGE, "triage.open", "enter", "Open", "all of the deal"),
    _triage(Group.NARROW, "triage.mine", "O", "Mine / everyone", "my queue, everyone's"),
    _triage(Group.NARROW, "triage.filter", "slash", "Filter", "only deals that match"),
)
# fmt: on
_ON_TRIAGE: Final = """
    go half_down half_up page_down page_up back advance move next_step put_off done note interaction
    interview edit win lose snooze owner value close_date category probability tags archive repeat
    undo redo undo_list playbook copy letter reload metrics palette help step_back quit
"""

TRIAGE: Final[tuple[Key, ...]] = (
    *_ONLY_ON_TRIAGE,
    *_of_board(_ON_TRIAGE, label="Stop", leaving="stop here", hint="Stop"),
)
"""The keys of the triage screen: its own, and the board's that do something to one deal."""

# fmt: off
METRICS: Final[tuple[Key, ...]] = (
    _GO,
    *cursor_keys(_metrics, "metrics", down=("Next number", "next number"),
        up=("Number before", "number before"), top=("Top", "first number"),
        bottom=("Bottom", "last number")),
    *tab_keys(_metrics, "figures.tab", METRICS_TABS),
    _metrics(Group.AROUND, "figures.tab_beside", "tab", "Next tab", "next tab", hint="Tab",
        rank=3, hint_key="1-7", given=1, id="metrics.next_tab"),
    _metrics(Group.AROUND, "figures.tab_beside", "shift+tab", "Tab before", "tab before",
        given=-1, id="metrics.tab_before"),
    _metrics(Group.AROUND, "figures.open", "enter", "Deals",
        "the deals behind a number, on the board", hint="Deals", rank=1),
    _metrics(Group.NARROW, "figures.earlier", "h,left", "Earlier", "the period before",
        hint="Period", rank=2, hint_key="h/l"),
    _metrics(Group.NARROW, "figures.later", "l,right", "Later", "the period after"),
    _metrics(Group.NARROW, "figures.span", "p", "Month, quarter, year", "month, quarter, year",
        hint="Span", rank=6),
    _metrics(Group.NARROW, "figures.compare", "c", "Compare", "against the period before",
        hint="Compare", rank=5),
    _metrics(Group.NARROW, "figures.mine", "O", "Mine / everyone", "mine, everyone's",
        hint="Mine/all", rank=4),
    _metrics(Group.NARROW, "figures.rep", "o", "Rep", "one rep's numbers"),
    _metrics(Group.NARROW, "figures.pipeline", "P", "Pipeline", "another pipeline"),
    _metrics(Group.NARROW, "figures.since", "s", "Since…",
        "why the pipeline changed since a day, or between two", shown="s …"),
    _metrics(Group.NARROW, "figures.as_of", "a", "As of…", "all as of a past day", shown="a …"),
    _metrics(Group.CHANGE, "figures.call", "C", "My call…",
        "what you say that the period will bring", shown="C …"),
    _metrics(Group.CHANGE, "figures.target", "t", "Target…",
        "what is to be won in the period", shown="t …", needs="target"),
    _metrics(Group.UNDO, "selection.undo", "u", "Undo", "undo my last change", at_once=True),
    _metrics(Group.UNDO, "selection.redo", "U,ctrl+r", "Redo", "redo it", at_once=True),
    _metrics(Group.NARROW, "figures.currency", "E", "Currency",
        "sums in the workspace's currency, or the pipeline's"),
    _metrics(Group.NARROW, "figures.filter", "slash", "Filter",
        "only deals that match; or a period: 2026Q3, last90d", hint="Filter", rank=7),
    _metrics(Group.ELSEWHERE, "export.copy_numbers", "y", "Copy", "copy this tab as Markdown",
        hint="Copy", rank=9, id="metrics.copy"),
    _metrics(Group.ELSEWHERE, "export.export", "e", "Export…", "write CSV, Markdown or SVG",
        hint="Export", rank=8),
    _metrics(Group.ELSEWHERE, "figures.counting", "S", "Counting…",
        "weeks, business year, whom deals count for, sources of leads", needs="settings"),
    _metrics(Group.ELSEWHERE, "figures.reload", "R", "Reload", "count again, as of now"),
    _metrics(Group.ELSEWHERE, "triage.open_triage", "T", "Triage",
        "what needs me now, one deal at a time", id="metrics.triage"),
    _metrics(Group.ELSEWHERE, "palette.palette", "colon,ctrl+p", "Commands", "any command by name"),
    _metrics(Group.ELSEWHERE, "navigation.help", "question_mark,f1", "Help", "all keys",
        hint="Help", rank=10),
    _metrics(Group.ELSEWHERE, "figures.step_back", "escape,q", "Back",
        "end the counting, past day, filter, or go to the board", hint="Back", rank=11),
)

IMPORT: Final[tuple[Key, ...]] = (
    _GO,
    _import(Group.AROUND, "selection.down", "j,down", "Down", "one line down"),
    _import(Group.AROUND, "selection.up", "k,up", "Up", "one line up"),
    _import(Group.AROUND, "selection.top", "home", "Top", "first line"),
    _import(Group.AROUND, "selection.bottom", "G,end", "Bottom", "last line"),
    _import(Group.AROUND, "selection.page_down", "pagedown,ctrl+d", "Page down", "a page down"),
    _import(Group.AROUND, "selection.page_up", "pageup,ctrl+u", "Page up", "a page up"),
    *tab_keys(_import, "importing.tab", IMPORT_TABS),
    _import(Group.AROUND, "importing.tab_beside", "l,right,tab", "Next tab", "one tab right",
        hint="Tab", rank=4, hint_key="1-4", given=1, id="import.next_tab"),
    _import(Group.AROUND, "importing.tab_beside", "h,left,shift+tab", "Tab before",
        "one tab left", given=-1, id="import.tab_before"),
    _import(Group.NARROW, "import_choices.change", "enter", "Change",
        "change what is under the cursor; on the preview, import", hint="Change", rank=1),
    _import(Group.NARROW, "import_choices.leave_out", "minus,delete", "Leave out",
        "leave the column or the word out", hint="Leave out", rank=6),
    _import(Group.NARROW, "importing.choose_file", "o", "Another file", "another file",
        hint="File", rank=5),
    _import(Group.NARROW, "importing.choose_pipeline", "P", "Pipeline",
        "where the deals go: a pipeline, or one of the file's own stages", hint="Pipeline",
        rank=7),
    _import(Group.NARROW, "import_choices.join_file", "J", "Join a file",
        "a second file that says more of the deals, by a column; or none any more", hint="Join",
        rank=10),
    _import(Group.CHANGE, "importing.import_now", "I", "Import", "import it as the preview says",
        hint="Import", rank=2),
    _import(Group.UNDO, "selection.undo", "u", "Undo",
        "undo my last change: the import, once it is done", hint="Undo", rank=8, at_once=True),
    _import(Group.UNDO, "selection.redo", "U,ctrl+r", "Redo", "redo it", at_once=True),
    _import(Group.ELSEWHERE, "importing.reload", "R", "Look again", "read the file again"),
    _import(Group.ELSEWHERE, "palette.palette", "colon,ctrl+p", "Commands",
        "any command by name"),
    _import(Group.ELSEWHERE, "navigation.help", "question_mark,f1", "Help", "all keys",
        hint="Help", rank=9),
    _import(Group.ELSEWHERE, "importing.step_back", "escape,q", "Back",
        "stop what is under way, or back to the board", hint="Back", rank=3),
)

FIRST: Final[tuple[Key, ...]] = (
    _first("screen.try_demo", "d", "Try the demo", "60 made-up deals and a tour", hint="Demo",
        rank=1, id="first.demo"),
    _first("screen.make_pipeline", "n", "New pipeline", "choose its stages, add a deal",
        hint="New", rank=2, id="first.new"),
    _first("screen.import_file", "i", "Import a file", "see it all before it is saved",
        hint="Import", rank=3, id="first.import"),
    _first("screen.open_another", "o", "Open a database", "one that is shared with you",
        hint="Open", rank=4, id="first.open"),
    _first("screen.change_currency", "c", "Other currency", "what amounts are in",
        hint="Currency", rank=5, id="first.currency"),
    _first("screen.go", "j,down", "Down", "one choice down", given=1, id="first.down"),
    _first("screen.go", "k,up", "Up", "one choice up", given=-1, id="first.up"),
    _first("screen.choose", "enter,space", "Choose", "what the cursor is on", id="first.choose"),
    _first("screen.show_help", "question_mark,f1", "Help", "all keys", hint="Help", rank=6,
        id="first.help"),
    _first("screen.quit", "q,escape", "Quit", "leave; nothing is written", hint="Quit", rank=7,
        id="first.quit"),
)
# fmt: on


def _with_board_keys(own: Sequence[Key], names: str) -> tuple[Key, ...]:
    """The keys of a screen, and those of the board that it has too; Esc and q lead back."""
    shared = _of_board(names, label="Quit", leaving="back to where it was opened", hint="Back")
    hinted = ("quit", "undo", "help")
    return (
        *own,
        *(
            replace(key, rank=0, hint="") if key.hint and key.action not in hinted else key
            for key in shared
        ),
    )


HYGIENE: Final = _with_board_keys(ON_HYGIENE, BOARD_ON_HYGIENE)
REVIEW: Final = _with_board_keys(ON_REVIEW, BOARD_ON_REVIEW)

SCREENS: Final = (BOARD, DEAL, TRIAGE, METRICS, HYGIENE, REVIEW, IMPORT, FIRST)
"""The keys of every screen."""

OF_DEALS: Final = (BOARD, DEAL, TRIAGE)
"""The screens that show deals, where a person's own programs have their keys."""

ALL: Final[Mapping[str, Key]] = MappingProxyType(
    {key.id: key for table in reversed(SCREENS) for key in table}
)
"""Every key of the program by its id."""


def program_keys(programs: Sequence[OwnProgram]) -> tuple[Key, ...]:
    """The keys of a person's own programs, which stand on the board and on a deal's screen."""
    return tuple(
        Key(
            f"commands.{program.name}",
            "export.run_program",
            ",".join(key_named(part.strip()) for part in program.key.split(",")),
            program.name.capitalize(),
            program.help,
            Group.ELSEWHERE,
            takes_deal=True,
            given=(program.name,),
        )
        for program in programs
    )


def read_keymap(wanted: Mapping[str, str], programs: Sequence[OwnProgram] = ()) -> dict[str, str]:
    """The `[keys]` of the configuration as Textual's keymap: id to keys.

    An empty text takes a command's key away. `BadInput` for an unknown id, and for a key that two
    commands of a screen would share, those of every screen among them, neither of which Textual
    would say.
    """
    known = {command.id: command.keys for screen in SCREENS for command in screen}
    own = {key.id: key.keys for key in program_keys(programs)}
    keymap = {}
    for name, keys in wanted.items():
        if name not in known:
            raise BadInput(f"[keys]: no command '{name}'.", hint=did_you_mean(name, list(known)))
        parts = [part.strip() for part in keys.split(",") if part.strip()]
        if keys and not parts:
            hint = "Write comma, space or tab for these; an empty text takes the key away."
            raise BadInput(f"[keys]: '{keys}' names no key for {name}.", hint=hint)
        keymap[name] = ",".join(map(key_named, parts)) or UNBOUND
    everywhere = [key.id for key in BOARD if key.id.startswith("app.")]
    for screen in SCREENS:
        keys_of = {id: (known | keymap)[id] for id in (*everywhere, *(key.id for key in screen))}
        refuse_shared_keys(keys_of | (own if screen in OF_DEALS else {}))
    return keymap
