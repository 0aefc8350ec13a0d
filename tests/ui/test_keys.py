"""The table of keys, and the `[keys]` of a configuration that change it."""

from __future__ import annotations

import ast
import inspect
import re
import textwrap
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from importlib import import_module
from pathlib import Path
from pkgutil import iter_modules
from string import ascii_letters

import pytest
from textual.binding import Binding

from pipeboard import ui
from pipeboard.domain.deal import NextStep, Status
from pipeboard.domain.errors import BadInput, Refused, Way
from pipeboard.ui import screens
from pipeboard.ui.draw.line import hint_line, text_of
from pipeboard.ui.execute import key_again
from pipeboard.ui.host import ACTIONS
from pipeboard.ui.key_table import (
    ALL,
    BOARD,
    DEAL,
    FIRST,
    HYGIENE,
    METRICS,
    OF_DEALS,
    REVIEW,
    SCREENS,
    TRIAGE,
    read_keymap,
)
from pipeboard.ui.keys import (
    REACHES_OUT,
    UNBOUND,
    Group,
    Key,
    has_step,
    hints,
    key_for,
    key_named,
    name_of,
    rebound,
    refused_by,
    said,
    unheard,
    ways,
)
from pipeboard.ui.last_view import Choices
from pipeboard.ui.overlays.menu import Menu
from pipeboard.ui.screens.live import LiveScreen
from tests.domain.deciding_cases import new
from tests.ui.board_scene import card
from tests.ui.desk import desk
from tests.ui.test_restricted import WAYS as RESTRICTED_WAYS

_USED = {name for table in SCREENS for key in table for name in key.keys.split(",")}
UNUSED = next(letter for letter in reversed(ascii_letters) if letter not in _USED)
"""A letter that does nothing on any screen."""


def test_every_command_has_an_id_of_its_own() -> None:
    ids = [command.id for command in BOARD]
    assert len(ids) == len(set(ids))


def test_keys_that_a_terminal_cannot_send_are_never_used() -> None:
    keys = {key for command in BOARD for key in command.keys.split(",")}
    assert not keys & {"ctrl+h", "ctrl+i", "ctrl+m", "ctrl+b", "ctrl+a", "shift+enter"}


def test_a_command_gets_the_keys_that_it_is_given() -> None:
    keymap = read_keymap({"board.add": "W, insert", "board.owner": "^o"})
    assert keymap == {"board.add": "W,insert", "board.owner": "ctrl+o"}
    add = next(command for command in rebound(BOARD, keymap) if command.id == "board.add")
    assert add.first_key == "W"
    assert ("W", "Add") in hints(rebound(BOARD, keymap))


@pytest.mark.parametrize("screen", SCREENS, ids=lambda screen: screen[-1].id)
def test_no_hint_and_no_help_names_a_key_that_does_something_else_now(
    screen: Sequence[Key],
) -> None:
    for changed in screen:
        old = changed.first_key
        for own in (rebound(screen, {changed.id: "Ж"}), rebound(screen, {changed.id: UNBOUND})):
            others = {name_of(key) for command in own for key in command.keys.split(",")}
            told = {key for command in own for key in re.split("[ /]", _told(command))}
            assert old in others or old not in told, f"{changed.id} is told as {old}"


def _told(command: Key) -> str:
    told = f"{command.first_key} {command.shown} {command.key_hinted}"
    return re.sub(rf" {command.go}\b", "", told) if command.go else told  # a letter of that menu


def test_a_pair_is_hinted_with_the_keys_that_its_two_have_now() -> None:
    def moves(keymap: dict[str, str]) -> str:
        return next(key for key, label in hints(rebound(BOARD, keymap)) if label == "Move")

    assert moves({"board.back": "W"}) == "W/L"
    assert moves({"board.advance": "W"}) == "H/W"
    assert moves({"board.back": UNBOUND}) == "L"
    assert ("1-7", "Tab") in hints(METRICS)
    assert ("tab", "Tab") in hints(rebound(METRICS, {"metrics.tab_7": "W"}))


def test_what_stands_behind_another_key_is_told_with_the_one_that_it_has_now() -> None:
    def told(id: str, keymap: dict[str, str]) -> str:
        return key_for([key for key in rebound(BOARD, keymap) if key.id == id], ALL[id].action)

    assert told("board.hygiene", {"board.go": "W"}) == "W h"
    assert told("board.hygiene", {"board.go": UNBOUND}) == "'Hygiene'"
    assert told("board.undo_list", {"board.palette": "ctrl+p"}) == "^p"
    assert told("board.export", {"board.palette": "ctrl+p"}) == "^p export"


def test_the_ways_to_help_and_back_stay_where_a_person_has_put_them() -> None:
    own = rebound(DEAL, read_keymap({"board.help": "W", "board.quit": "Z"}))
    line = text_of(hint_line(hints(own), 44))
    assert "W Help" in line and "Z Back" in line


def test_what_is_asked_first_is_answered_by_the_same_key_once_more() -> None:
    assert key_again(BOARD, "archive", "d") == "d"
    assert key_again(rebound(BOARD, {"board.archive": "X"}), "archive", "d") == "X"
    assert key_again(rebound(BOARD, {"board.archive": "delete"}), "archive", "d") == "d"
    assert key_again(rebound(BOARD, {"board.archive": UNBOUND}), "archive", "d") == "d"


def test_an_empty_text_takes_a_key_away() -> None:
    keymap = read_keymap({"board.add": ""})
    assert keymap == {"board.add": UNBOUND}
    assert "Add" not in [label for _, label in hints(rebound(BOARD, keymap))]


def test_an_unknown_command_is_refused_with_the_one_that_was_meant() -> None:
    with pytest.raises(BadInput) as refused:
        read_keymap({"board.ad": "N"})
    assert "board.ad" in refused.value.message
    assert "board.add" in refused.value.hint


def test_a_key_for_two_commands_is_refused_with_both_names() -> None:
    with pytest.raises(BadInput, match=r"'L' stands for both board\.add and board\.advance"):
        read_keymap({"board.add": "L"})


@pytest.mark.parametrize("written", ["^q", "^z", "^l"])
def test_a_key_of_every_screen_is_taken_on_each(written: str) -> None:
    for table in SCREENS:
        with pytest.raises(BadInput, match=r"stands for both app\.(leave|suspend|repaint) and"):
            read_keymap({table[0].id: written})
    with pytest.raises(
        BadInput, match=r"'delete' stands for both app\.leave and deal\.remove_item"
    ):
        read_keymap({"app.leave": "delete"})


def test_a_key_that_is_always_what_it_is_is_refused() -> None:
    with pytest.raises(BadInput, match=r"\^c gives up what is waited for"):
        read_keymap({"board.add": "^c"})


@pytest.mark.parametrize("written", [",", " ", "\t", " , "])
def test_a_text_that_names_no_key_takes_none_away(written: str) -> None:
    with pytest.raises(BadInput, match=r"names no key for board\.add"):
        read_keymap({"board.add": written})


def test_a_key_can_change_hands() -> None:
    assert read_keymap({"board.find": "O", "board.mine": "f"})


@pytest.mark.parametrize("written", ["^i", "^J", "ctrl+m", "^h", "^["])
def test_a_key_that_arrives_as_another_is_refused_with_that_one(written: str) -> None:
    with pytest.raises(BadInput, match=r"A terminal sends (Tab|Enter|Backspace|Esc) for"):
        read_keymap({"board.add": written})


@pytest.mark.parametrize("written", ["$", "^d", "/", "#", "Esc", "L", "f1", "shift+left"])
def test_a_key_is_understood_as_it_is_shown(written: str) -> None:
    assert name_of(key_named(written)) == written


@pytest.mark.parametrize(
    ("written", "sent"),
    [
        ("F5", "f5"), ("Insert", "insert"), ("Ctrl+O", "ctrl+o"), ("^O", "ctrl+o"),
        ("^\\", "ctrl+backslash"), ("ctrl+_", "ctrl+underscore"), ("pgdn", "pagedown"),
        ("alt+N", "alt+shift+n"), ("Alt+n", "alt+n"), ("N", "N"), ("Ü", "Ü"), (";", ";"),
        ("semicolon", "semicolon"), ("e\u0301", "é"), ("ctrl+Home", "ctrl+home"),
        ("shift+Tab", "shift+tab"),
    ],
)  # fmt: skip
def test_a_key_is_the_one_that_is_pressed_for_it(written: str, sent: str) -> None:
    assert key_named(written) == sent


@pytest.mark.parametrize(
    "written",
    [
        "nonsense",
        "gg",
        "none",
        "f99",
        "\x1b",
        "shift+enter",
        "ctrl+enter",
        "ctrl+shift+a",
        "shift+n",
    ],
)
def test_a_key_that_nobody_can_press_is_refused(written: str) -> None:
    with pytest.raises(BadInput, match=r"is no key that terminals send"):
        read_keymap({"board.add": written})


def test_every_key_of_a_table_can_be_given_to_another_command() -> None:
    keys = {key for screen in SCREENS for command in screen for key in command.keys.split(",")}
    assert {key_named(key) for key in keys} == keys


def test_hints_name_only_what_does_something_now() -> None:
    assert dict(hints(BOARD))["H/L"] == "Move"
    assert "H/L" not in dict(hints(BOARD, has_deal=False))
    assert {"a", "u", "H/L"}.isdisjoint(dict(hints(BOARD, read_only=True)))


ASKED_BY_THE_SCREEN = {Way.OVERRIDE, Way.MERGE_CLOSED}


def test_what_a_refusal_advises_has_its_key_the_one_that_a_person_has_given_it() -> None:
    assert {*ways(BOARD), *ASKED_BY_THE_SCREEN} == set(Way)
    own = ways(rebound(BOARD, read_keymap({"board.archive": "X", "board.find": ""})))
    error = Refused("No.", hint="Unarchive it first.", way=Way.UNARCHIVE)
    assert said(error, ways(BOARD)) == "No. Unarchive it first (f finds it, d)."
    assert (said(error, own), said(error)) == (
        "No. Unarchive it first (X).",
        "No. Unarchive it first.",
    )
    assert Way.FIND not in own
    # What is seen in the archive is under the cursor, and not every screen finds deals.
    for here in (ways(BOARD, sees_archived=True), ways(DEAL), ways(HYGIENE)):
        assert said(error, here) == "No. Unarchive it first (d)."


@pytest.mark.parametrize("screen", SCREENS, ids=lambda screen: screen[-1].id)
def test_a_refusal_advises_only_keys_that_its_screen_has(screen: Sequence[Key]) -> None:
    keys = {key.first_key: key.id for key in screen if key.id.startswith("board.")}
    for advice in ways(screen).values():
        for key in re.findall(r"(?:^|, )(\S+)", advice):
            assert key in keys, advice


def test_a_sentence_names_the_key_that_a_person_has_and_else_the_command() -> None:
    keys = rebound(BOARD, read_keymap({"board.undo": "W", "board.sort": ""}))
    assert [key_for(keys, action) for action in ("add", "undo", "sort")] == ["a", "W", "'Sort'"]


_KEY = r"(?:[a-zA-Z/?.$#*]|space|Tab|Esc|Enter|\^[qz]|:[a-z]+)"
_NAMED = re.compile(
    rf"""(?:^|[\s(;,]){_KEY}                    # a key, behind nothing, a blank or a sign
    (?:\s(?!(?:am|is|yes|lens|means|stands|status)\b)
    [a-z]+(?<!s)s\b                         # and what it does: `u takes it back`, `I imports`
    |\s(?:again|undo|or\s\^|on\s[A-Z\d]\b))  # or that it is pressed, and where
    |\swith\s{_KEY}\.$                       # or what does it
    """,
    re.VERBOSE,
)
_AS_IT_IS = (" y shows it", " m orders them")
"""Keys of menus, which nobody can move."""
_OVERLAYS = "/overlays/"
"""There Esc is always the way out."""


def sentences(module: str) -> Iterator[str]:
    """The texts of a module that people read: neither docstrings nor names."""
    tree = ast.parse(Path(module).read_text())
    said = {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr)}
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in said:
            yield node.value


def modules() -> list[str]:
    tables = ("key_table.py", "review_keys.py")
    house = Path(ui.__file__).parent.parent
    found = (path for room in SAID_ON_SCREENS for path in (house / room).rglob("*.py"))
    return sorted(str(path) for path in found if path.name not in tables)


SAID_ON_SCREENS = ("domain", "store", "workspace", "ui")
"""Whatever these say may stand on a screen. What is said of the shell alone is in `cli`."""


def test_no_sentence_names_a_key_that_a_person_may_have_moved() -> None:
    assert _NAMED.search("No filter is saved yet: type one with x, then F saves it.")
    assert _NAMED.search("0 found; Esc clears")
    assert _NAMED.search("none is set: t on M sets one") and _NAMED.search("Go there with P.")
    named = [
        text
        for module in modules()
        for text in sentences(module)
        if _NAMED.search(text) and not any(known in text for known in _AS_IT_IS)
        if "Esc " not in text or _OVERLAYS not in module
    ]
    assert named == [], "\n".join(named)


def test_the_keys_of_a_deal_are_those_of_the_board() -> None:
    on_board = {command.id: command.keys for command in BOARD}
    assert all(on_board.get(c.id, c.keys) == c.keys for c in DEAL if c.id.startswith("board."))


ON_THE_BOARD_ALONE = {"open", "order_down", "order_up", "mark", "mark_range"}
NOT_ON: Mapping[str, tuple[tuple[Key, ...], set[str]]] = {
    "deal": (DEAL, set()),
    "triage": (TRIAGE, set()),
    "hygiene": (HYGIENE, {"put_off"}),  # the key is for a rep there
    "review": (REVIEW, {"edit"}),  # and there for an export
}
"""What changes a deal and has no key on a screen of deals, beside what only a board has."""


@pytest.mark.parametrize("screen", NOT_ON)
def test_what_changes_a_deal_has_its_key_wherever_a_deal_is_looked_at(screen: str) -> None:
    table, left_out = NOT_ON[screen]
    there = {key.id for key in table}
    missing = {key.action for key in BOARD if key.takes_deal and key.id not in there}
    wants = "_ON_A_DEAL, _ON_TRIAGE and _ON_BOTH want a new one, else NOT_ON the reason"
    assert missing - ON_THE_BOARD_ALONE == left_out, wants


@pytest.mark.parametrize("table", SCREENS, ids=lambda table: table[-2].id)
def test_no_key_of_any_screen_stands_for_two_things(table: tuple[Key, ...]) -> None:
    keys = [name for key in table for name in key.keys.split(",") if name != UNBOUND]
    assert len(keys) == len(set(keys))


async def test_the_keys_of_every_screen_can_be_changed(demo: Path) -> None:
    keymap = read_keymap({"metrics.export": "X", "deal.add_item": "I"})
    async with desk(demo, size=(100, 30), choices=Choices(keymap=keymap)) as board:
        await board.press("p", "enter")
        assert "I Add" in board.hints
        await board.press("escape", "M")
        assert "X Export" in board.hints
        await board.press("e")
        assert not board.shows("SVG")
        await board.press("X")
        assert board.shows("SVG")
        await board.press("escape")


WITHOUT_A_LETTER = (BOARD, DEAL, FIRST)
"""The screens that `g` does not lead to: where it is pressed, of one deal, and before all."""


async def test_g_leads_to_every_screen_by_a_letter_of_its_own(demo: Path) -> None:
    letters = [key.go for key in BOARD if key.go]
    assert len(letters) == len(SCREENS) - len(WITHOUT_A_LETTER)
    async with desk(demo, size=(140, 40)) as board:
        await board.press("g")
        asked = board.app.screen
        assert isinstance(asked, Menu)
        taken = [choice.key for choice in asked._choices]
        assert len(taken) == len(set(taken)) and set(letters) <= set(taken)


WAYS = {name: keys for name, (keys, _) in RESTRICTED_WAYS.items()}
"""The keys that lead from the board to each screen."""


def _live_screens() -> tuple[type[LiveScreen], ...]:
    for module in iter_modules(screens.__path__, f"{screens.__name__}."):
        import_module(module.name)
    return tuple(leaf for below in LiveScreen.__subclasses__() for leaf in _leaves(below))


def _leaves(base: type[LiveScreen]) -> Iterator[type[LiveScreen]]:
    """The screens that are shown: what stands between them and their base is not one."""
    for below in base.__subclasses__():
        yield from _leaves(below)
    if not base.__subclasses__():
        yield base


@pytest.mark.parametrize("screen", _live_screens(), ids=lambda screen: screen.__name__)
def test_every_screen_has_a_table_of_keys_that_it_can_do_and_a_name_in_its_help(
    screen: type[LiveScreen],
) -> None:
    assert screen.TABLE in SCREENS
    assert screen.title_of_help
    bound = {binding.id for binding in screen.BINDINGS if isinstance(binding, Binding)}
    assert bound == {key.id for key in screen.TABLE if not key.id.startswith("app.")}
    missing = []
    for key in screen.TABLE:
        where, _, name = key.does.partition(".")
        if where != "app":
            room = screen if where == "screen" else import_module(f"{ACTIONS}.{where}")
            missing += [] if hasattr(room, name) else [key.does]
    assert missing == []


@pytest.mark.parametrize("name", [name for name in WAYS if name != "deal"])
async def test_every_title_bar_says_that_it_is_a_demo(demo: Path, name: str) -> None:
    async with desk(demo, size=(100, 30)) as board:
        await board.press(*WAYS[name])
        assert " DEMO " in board.lines()[0]


@pytest.mark.parametrize("way", WAYS.values(), ids=WAYS)
async def test_the_hints_of_every_screen_can_be_clicked(demo: Path, way: tuple[str, ...]) -> None:
    async with desk(demo, size=(120, 30)) as board:
        await board.press(*way)
        await board.pilot.click(offset=(board.lines()[-1].index("Help"), 29))
        await board.settle()
        assert board.shows("type to search")


@pytest.mark.parametrize("way", WAYS.values(), ids=WAYS)
@pytest.mark.parametrize(("key", "name"), [(UNUSED, UNUSED), ("f7", "f7"), ("ctrl+k", "^k")])
async def test_a_key_without_a_use_says_so_on_every_screen(
    demo: Path, way: tuple[str, ...], key: str, name: str
) -> None:
    async with desk(demo, size=(100, 30)) as board:
        await board.press(*way, key)
        assert board.shows(f"{name} does nothing here. ? tells the keys.")


@pytest.mark.parametrize(
    ("message", "hint", "words"),
    [
        ("No deal", "Take another.", "No deal. Take another."),
        ("No deal.", "Take another.", "No deal. Take another."),
        ("No deal?", "Take another.", "No deal? Take another."),
        ("No deal", "", "No deal."),
    ],
)
def test_what_happened_and_what_to_do_are_two_sentences(
    message: str, hint: str, words: str
) -> None:
    assert said(Refused(message, hint=hint)) == words


def test_what_a_deal_as_it_stands_refuses_is_hinted_to_nobody() -> None:
    at_work = {"board.advance": "", "board.next_step": "", "board.done": ""}
    planned = card(1, "Lumen", None)
    assert refused_by(planned) == {}
    assert refused_by(card(1, "Lumen", None, next_text="", due=None)) == {"board.done": ""}
    for status in (Status.WON, Status.LOST, Status.ARCHIVED):
        assert refused_by(card(1, "Lumen", None, status=status)) == at_work
    archived = replace(new(), archived_at=new().created_at)
    assert refused_by(archived) == at_work
    nothing = {**at_work, "board.move": "", "board.note": "", "deal.add_item": ""}
    assert refused_by(replace(archived, merged_into=7)) == nothing
    assert refused_by(replace(new(), removed=True)) == nothing


def test_a_day_or_words_alone_are_a_next_step() -> None:
    steps = {(text, due): has_step(card(1, "Lumen", None, next_text=text, due=due))
             for text in ("", "call") for due in (None, 3)}  # fmt: skip
    assert steps == {("", None): False, ("", 3): True, ("call", None): True, ("call", 3): True}
    assert not has_step(new())
    assert has_step(new(next_step=NextStep("call")))


def test_what_leads_out_of_the_database_is_known() -> None:
    assert {
        "importing.open_import", "export.export", "export.export_deals", "review.export",
        "items.edit_outside", "export.letter", "export.run_program", "app.suspend_process",
    } == REACHES_OUT  # fmt: skip


OUT = frozenset(("write_file", "edit_outside", "Popen", "letters", "FilePicker"))
"""What writes a file, runs a program or looks into a folder, by name."""
WITHIN = frozenset(("importing.choose_file", "import_choices.join_file", "import_choices.change"))
"""Actions of a screen that only such an action leads to."""


def test_every_action_that_writes_a_file_or_runs_a_program_leads_out() -> None:
    actions = {key.does for key in ALL.values()} | {"export.run_program"}
    found = {does for does in actions if not does.startswith(("screen.", "app.")) and _uses(does)}
    assert found - WITHIN <= REACHES_OUT and found >= WITHIN


def _is_of_actions(found: object) -> bool:
    return inspect.isfunction(found) and found.__module__.startswith("pipeboard.ui.actions.")


def _uses(does: str) -> bool:
    """Does an action, or a function of actions that it calls, use one of `OUT`?"""
    module = import_module(f"pipeboard.ui.actions.{does.partition('.')[0]}")
    wanted, known = [getattr(module, does.partition(".")[2])], set[str]()
    while wanted:
        action = inspect.unwrap(wanted.pop())
        source = ast.parse(textwrap.dedent(inspect.getsource(action)))
        names = {node.attr for node in ast.walk(source) if isinstance(node, ast.Attribute)}
        names |= {node.id for node in ast.walk(source) if isinstance(node, ast.Name)}
        if names & OUT:
            return True
        module = import_module(action.__module__)
        ours = {name for name in names - known if _is_of_actions(getattr(module, name, None))}
        known |= ours
        wanted += [getattr(module, name) for name in ours]
    return False


KEYS_OF_THE_BOARD = """
    h,left j,down k,up l,right home G,end ctrl+d ctrl+u pagedown pageup 0 1 2 3 4 5 6 7 8 9 g f a
    enter H,less_than_sign,shift+left L,greater_than_sign,shift+right m t r N n i Q e w x z o
    dollar_sign c C percent_sign number_sign d J,shift+down K,shift+up slash exclamation_mark F O P
    s v E minus plus,equals_sign space V asterisk full_stop u U,ctrl+r b y Y p tab T M I R
    colon,ctrl+p question_mark,f1 escape q ctrl+z ctrl+l ctrl+q
"""


def test_the_keys_that_people_have_in_their_fingers_stay_what_they_are() -> None:
    """Whoever changes one of them, or takes one away, means it."""
    keys = [key.keys for key in BOARD if key.keys != UNBOUND]
    assert keys == KEYS_OF_THE_BOARD.split(), "KEYS_OF_THE_BOARD wants a new one in its place"
    assert [key.keys for key in DEAL if key.id == "deal.remove_item"] == ["delete,D"]
    assert [key.keys for key in HYGIENE if key.id == "hygiene.mark_all"] == ["asterisk"]


def test_what_is_done_to_the_deal_under_the_cursor_is_not_hinted_without_one() -> None:
    for_deals = {key.hint for key in BOARD if key.hint and key.takes_deal}
    assert for_deals == {"Open", "Move", "Move…", "Next step", "Done", "Note"}
    assert for_deals.isdisjoint(label for _, label in hints(BOARD, has_deal=False))


def test_of_a_hint_that_is_gone_for_now_the_place_is_kept() -> None:
    seen: set[str] = set()
    with_deal = hints(BOARD, seen=seen)
    assert [key for key, _ in with_deal] == [key for key, _ in hints(BOARD)]
    without = hints(BOARD, has_deal=False, seen=seen)
    assert len(without) == len(with_deal)
    assert [label for key, label in without if not key] == [
        f"{key} {label}" for key, label in with_deal if label in
        {"Open", "Move", "Move…", "Next step", "Done", "Note"}
    ]  # fmt: skip
    # Of those that were never shown only what comes before the first that is.
    assert ("", "↵ Open") not in hints(BOARD, has_deal=False, seen=set())


@pytest.mark.parametrize("table", SCREENS, ids=lambda table: table[0].id.partition(".")[0])
def test_what_is_changed_on_a_screen_is_taken_back_there(table: tuple[Key, ...]) -> None:
    changes = any(key.group is Group.CHANGE for key in table)
    assert {"undo", "redo"} & {key.action for key in table} == (
        {"undo", "redo"} if changes else set()
    )


def test_a_key_that_a_screen_does_not_know_is_named_with_the_way_to_help() -> None:
    assert unheard("z", "z", DEAL) == ""
    assert unheard("F9".lower(), None, BOARD) == "f9 does nothing here. ? tells the keys."
    assert unheard(UNUSED, UNUSED, BOARD) == f"{UNUSED} does nothing here. ? tells the keys."
    told = "V does nothing here: 'Mark a range' is for the board. ? tells the keys."
    assert unheard("V", "V", DEAL, BOARD) == told
    for key in ("ctrl+c", "ctrl+q", "ctrl+z", "ctrl+l"):  # of the program, whatever is looked at
        assert {unheard(key, None, table, BOARD) for table in SCREENS} == {""}, key
    own = rebound(BOARD, {"app.leave": "f9"})
    assert unheard("f9", None, own, own) == ""
    assert unheard("ctrl+q", None, own, own).startswith("^q does nothing here")
    assert (
        unheard("I", "I", DEAL, BOARD)
        == "I does nothing here: g i is 'Import a file'. ? tells the keys."
    )
    told = "T does nothing here: it leads to this screen. ? tells the keys."
    assert unheard("T", "T", TRIAGE, BOARD) == told


ON_EVERY_SCREEN_OF_A_DEAL = """
    back advance move next_step done note interaction interview win lose snooze owner value
    close_date category probability tags archive repeat undo redo undo_list copy reload palette help
    step_back quit
"""
MORE_OF_THE_BOARD = {
    "deal": (DEAL, "playbook edit put_off letter triage metrics go down up top bottom half_down "
                   "half_up page_down page_up"),
    "triage": (TRIAGE, "playbook edit put_off letter metrics go half_down half_up page_down "
                       "page_up"),
    "hygiene": (HYGIENE, "edit triage go down up top bottom half_down half_up page_down page_up"),
    "review": (REVIEW, "put_off triage metrics go"),
}  # fmt: skip


@pytest.mark.parametrize("screen", MORE_OF_THE_BOARD)
def test_each_screen_of_deals_has_these_keys_of_the_board(screen: str) -> None:
    table, more = MORE_OF_THE_BOARD[screen]
    on_board = {key.id for key in BOARD}
    wanted = {*ON_EVERY_SCREEN_OF_A_DEAL.split(), *more.split()}
    assert {key.action for key in table if key.id in on_board} == wanted, "a new one stands above"


def test_a_program_takes_no_key_of_a_screen_of_deals() -> None:
    assert OF_DEALS == (BOARD, DEAL, TRIAGE)
    letters = {
        "t": "Triage", "m": "Metrics", "h": "Hygiene", "r": "Weekly review", "i": "Import a file"
    }  # fmt: skip
    assert {key.go: key.label for key in BOARD if key.go} == letters, "a new screen stands above"


def test_what_comes_before_the_first_hint_that_is_shown_keeps_its_place() -> None:
    without = hints(DEAL, here={"deal.edit_item": ""}, seen=set())
    assert without[0] == ("", "↵ Edit")
    assert hints(DEAL, here={"deal.tick": ""}, seen=set())[0] == ("↵", "Edit")
    assert not [label for key, label in hints(DEAL, here={"deal.tick": ""}, seen=set()) if not key]
