"""The import screen at the keys: what is understood, what is chosen, what comes in."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from threading import Event
from types import SimpleNamespace
from typing import Any, cast

import pytest

from pipeboard.domain.people import Actor
from pipeboard.domain.settings import Settings
from pipeboard.domain.templates import template
from pipeboard.exchange.deal_files import whole_document
from pipeboard.exchange.fields import CUSTOM
from pipeboard.store import Store
from pipeboard.ui.actions import import_choices
from pipeboard.ui.draw.line import Line, text_of
from pipeboard.ui.key_table import IMPORT, ImportTab, read_keymap
from pipeboard.ui.keys import UNBOUND
from pipeboard.ui.last_view import OPEN_ANEW, Choices, recent, remember
from pipeboard.ui.overlays.file_picker import FilePicker, list_files
from pipeboard.ui.screens.board import BoardScreen
from pipeboard.ui.screens.import_screen import ImportScreen
from pipeboard.workspace import import_plan
from pipeboard.workspace.configuration import make_workspace
from pipeboard.workspace.finding import find_pipeline
from pipeboard.workspace.import_plan import ImportPlan
from pipeboard.workspace.import_rows import Progress
from pipeboard.workspace.new_deals import add_deal
from tests.team import NOW
from tests.ui.desk import Desk, desk
from tests.ui.golden_screens import assert_looks_like, with_roles
from tests.ui.lock import KINDS, held, press_while_held

ROWS = """id,name,stage,amount,seller
1,Nova,Talk,40,ana
2,Lumen,Sign,50,mara
3,Quarry,Closed Won,60,ana
"""
DATA = Path(__file__).parents[3] / "shared" / "data"


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return written(tmp_path, ROWS)


def written(folder: Path, text: str, name: str = "old.csv") -> Path:
    path = folder / name
    path.write_text(text, "utf-8")
    return path


@asynccontextmanager
async def importing(
    demo: Path, file: Path, *, size: tuple[int, int] = (80, 24), choices: Choices | None = None
) -> AsyncIterator[tuple[Desk, ImportScreen]]:
    """The board, and over it the import screen with the file looked at."""
    async with desk(demo, size=size, choices=choices) as board:
        await board.press("I")
        await choose(board, file)
        screen = board.app.screen
        assert isinstance(screen, ImportScreen)
        await looked_at(board, screen)
        yield board, screen


async def choose(board: Desk, file: Path) -> None:
    """The file, typed into the picker."""
    picker = board.app.screen
    assert isinstance(picker, FilePicker)
    picker.line.value = str(file)
    await board.pilot.pause()
    await board.until(lambda: picker._is_listed)
    assert board.shows(file.name)
    await board.press("enter")


async def looked_at(board: Desk, screen: ImportScreen) -> None:
    await board.until(lambda: screen.looking is None and screen.importing is None)
    await board.settle()


async def press(board: Desk, screen: ImportScreen, *keys: str) -> None:
    for key in keys:
        await board.press(key)
        if board.app.screen is screen:
            await looked_at(board, screen)


async def test_a_file_shows_what_is_understood_of_it(demo: Path, file: Path) -> None:
    async with importing(demo, file) as (board, screen):
        assert board.shows("csv · utf-8 · 3 rows")
        assert board.shows("Stage        column 'stage'")
        assert board.shows("Into         New business")
        assert board.status == "2 words unknown: 3 shows, P new pipeline."
        await press(board, screen, "2")
        assert board.shows("seller") and board.shows("› owner") and board.shows("ana · mara")
        await press(board, screen, "3")
        assert board.shows("Talk") and board.shows("not a stage here")
        assert board.shows("› won  stage")
        await press(board, screen, "4")
        assert board.shows("3 rows read, 1 created, 0 updated, 0 unchanged, 2 rejected.")
        assert board.workspace.reader.known_deals().count() == 30


@pytest.mark.parametrize(("key", "owners"), [("y", {"cy", "marra"}), ("m", {"cy", "mara"})])
async def test_owners_whom_nobody_knows_are_asked_about_once(
    demo: Path, tmp_path: Path, key: str, owners: set[str]
) -> None:
    text = "id,name,stage,seller\n1,Nova,Proposal,marra\n2,Lumen,Proposal,cy\n"
    async with importing(demo, written(tmp_path, text)) as (board, screen):
        before = {rep.name for rep in board.workspace.reader.reps()}
        await press(board, screen, "4", "enter")
        assert board.shows("'marra', 'cy' are no reps here.")
        await press(board, screen, "escape")
        assert {rep.name for rep in board.workspace.reader.reps()} == before
        await press(board, screen, "enter", key)
        if key == "m":
            assert board.shows("New owners: cy.")
            await press(board, screen, "enter", "y")
        assert board.status.startswith("Imported: 2 new, 0 changed.")
        found = board.workspace.reader.deals(range(1, 200)).values()
        assert {deal.owner for deal in found if deal.name in ("Nova", "Lumen")} == owners


async def test_words_are_mapped_by_keys_and_the_whole_file_comes_in(demo: Path, file: Path) -> None:
    async with importing(demo, file) as (board, screen):
        await press(board, screen, "3", "enter")
        await board.type("Prop")
        await press(board, screen, "enter", "j", "enter")
        await board.type("lost")
        await press(board, screen, "enter", "4")
        assert board.shows("3 created")
        await press(board, screen, "enter")
        assert board.status.startswith("Imported: 3 new, 0 changed.")
        await press(board, screen, "enter")
        await board.settle()
        assert isinstance(board.app.screen, BoardScreen)
        assert board.shows("/imported") and board.shows("3 deals imported; Esc shows all.")
        assert sum(column.count for column in board.state.board.columns) == 3
        assert board.shows("Nova")
        kept = board.workspace.reader.known_deals().recipe("file:id")
        assert kept is not None and '"Talk=Proposal"' in kept and '"Sign==lost"' in kept


async def test_a_file_of_which_nothing_is_new_leads_to_the_board_without_a_filter(
    demo: Path, tmp_path: Path
) -> None:
    file = written(tmp_path, "id,name,stage\n3,Quarry,Closed Won\n")
    for said in ("1 deal imported; Esc shows all.", "Nothing in the file is new"):
        async with importing(demo, file) as (board, screen):
            await press(board, screen, "4", "enter", "enter")
            await board.settle()
            assert isinstance(board.app.screen, BoardScreen)
            assert board.shows(said)
            assert board.shows("/imported") == said.startswith("1 deal")


async def test_choices_made_one_upon_the_other_all_count(demo: Path, file: Path) -> None:
    async with importing(demo, file) as (board, screen):
        await board.press("3")
        for _ in range(3):
            await board.burst("minus", "j")
        await looked_at(board, screen)
        assert screen.view.plan.recipe.stage == ("Talk==-", "Sign==-", "Closed Won==-")


async def test_an_import_is_taken_back_with_one_key(demo: Path, file: Path) -> None:
    async with importing(demo, file) as (board, screen):
        await press(board, screen, "P", "2", "enter", "I")
        assert board.shows("Imported into Old")
        assert len(board.workspace.pipelines()) == 2
        await press(board, screen, "u")
        assert board.shows("Undid") or not screen.view.done
        assert len(board.workspace.pipelines()) == 1
        assert board.workspace.reader.known_deals().standing() == 30


async def test_a_column_is_given_another_meaning_or_left_out(demo: Path, file: Path) -> None:
    async with importing(demo, file) as (board, screen):
        await press(board, screen, "2", "G", "enter")
        await board.type("source")
        await press(board, screen, "enter")
        assert screen.view.seen is not None
        assert screen.view.seen.mapping["seller"] == "source"
        await press(board, screen, "-")
        assert screen.view.seen.mapping["seller"] == "-"
        assert board.shows("left out")
        await press(board, screen, "enter", "1")
        assert screen.view.seen.mapping["seller"] == "owner"


async def test_two_columns_never_become_one_field(demo: Path, file: Path) -> None:
    async with importing(demo, file) as (board, screen):
        await press(board, screen, "2", "G", "enter")
        await board.type("title")
        await press(board, screen, "enter")
        assert screen.view.seen is not None and not screen.view.problem
        targets = list(screen.view.seen.mapping.values())
        assert screen.view.seen.mapping["seller"] == "title" and targets.count("title") == 1


async def test_a_file_without_stages_asks_for_one(demo: Path, tmp_path: Path) -> None:
    file = written(tmp_path, "id,name,amount\n1,Nova,40\n")
    async with importing(demo, file) as (board, screen):
        await press(board, screen, "4", "enter")
        assert "No column says in which stage" in board.status
        await press(board, screen, "1", "j", "j", "j", "j", "j")
        assert screen.item_key == "answer.stage"
        await press(board, screen, "enter")
        await board.type("all deals in Proposal")
        await press(board, screen, "enter", "I")
        assert board.status.startswith("Imported: 1 new")


async def test_a_file_without_names_is_shown_so_that_one_can_be_chosen(
    demo: Path, tmp_path: Path
) -> None:
    file = written(tmp_path, "code,stage,what\n1,Proposal,Nova\n2,Proposal,Lumen\n")
    async with importing(demo, file) as (board, screen):
        assert "No column says what the deals are called" in board.status
        await press(board, screen, "2", "j", "j", "enter")
        await board.type("title")
        await press(board, screen, "enter", "I")
        assert board.status.startswith("Imported: 2 new")


async def test_dates_of_two_readings_are_asked_for_and_settled(demo: Path, tmp_path: Path) -> None:
    file = written(tmp_path, "id,name,stage,created\n1,Nova,Proposal,03/04/2026\n")
    async with importing(demo, file) as (board, screen):
        await press(board, screen, "4")
        assert board.shows("two ways") and board.shows("03/04/2026 on 1")
        await press(board, screen, "1", "end")
        while screen.item_key != "dates":
            await press(board, screen, "k")
        await press(board, screen, "enter", "2", "I")
        assert board.status.startswith("Imported: 1 new")


async def test_rejected_rows_are_asked_about_and_kept_beside_the_file(
    demo: Path, file: Path
) -> None:
    async with importing(demo, file) as (board, screen):
        await press(board, screen, "I")
        assert board.shows("2 rows are rejected")
        await press(board, screen, "w")
        assert screen.view.tab is ImportTab.WORDS
        await press(board, screen, "I", "l")
        assert "2 rows are in old.csv.rejected.csv" in board.status
        kept = file.with_name("old.csv.rejected.csv").read_text("utf-8")
        assert "Nova" in kept and "Lumen" in kept and "Quarry" not in kept


async def test_what_was_chosen_is_remembered_for_the_next_file_of_that_source(
    demo: Path, file: Path, tmp_path: Path
) -> None:
    async with importing(demo, file) as (board, screen):
        await press(board, screen, "3", "-", "j", "-", "I", "escape")
        later = written(tmp_path, ROWS.replace("40", "41").replace("Nova", "Nova Oy"), "new.csv")
        await board.press("I")
        assert board.shows("recent")
        await choose(board, later)
        screen = board.app.screen  # type: ignore[assignment]
        await looked_at(board, screen)
        assert board.shows("As last time") and board.shows("--stage")
        await press(board, screen, "4")
        assert board.shows("0 created, 1 updated, 2 unchanged")
        await press(board, screen, "1", "home", "j", "j", "enter")
        assert not board.shows("As last time")


async def test_a_file_that_is_changed_after_the_preview_is_not_imported(
    demo: Path, file: Path
) -> None:
    async with importing(demo, file) as (board, screen):
        await press(board, screen, "P", "2", "enter")
        file.write_text(ROWS + "4,Tarn,Talk,1,ana\n", "utf-8")
        await press(board, screen, "I")
        assert "old.csv has changed since it was looked at." in board.status
        assert board.workspace.reader.known_deals().count() == 30
        await press(board, screen, "R", "I")
        assert board.status.startswith("Imported: 4 new")


@pytest.mark.parametrize("what", ["vanished", "folder", "binary", "empty", "whole"])
async def test_a_file_that_cannot_be_read_is_a_sentence(
    demo: Path, file: Path, what: str, tmp_path: Path
) -> None:
    async with importing(demo, file) as (board, screen):
        file.unlink()
        if what == "folder":
            file.mkdir()
        elif what == "binary":
            file.write_bytes(b"\x00\x01\x02" * 100)
        elif what == "empty":
            file.write_bytes(b"")
        elif what == "whole":
            file.write_text('{"schema":1,"kind":"pipeboard workspace","tables":{}}', "utf-8")
        await press(board, screen, "R", "4", "I")
        assert screen.view.problem and screen.view.problem in board.status + screen.view.problem
        assert not board.bugs
        assert board.workspace.reader.known_deals().count() == 30
        await press(board, screen, "q")
        assert isinstance(board.app.screen, BoardScreen)


@asynccontextmanager
async def slow(monkeypatch: pytest.MonkeyPatch, name: str) -> AsyncIterator[asyncio.Event]:
    """The work of that name goes on until it is stopped, and says when it has begun."""
    loop, begun, over = asyncio.get_running_loop(), asyncio.Event(), Event()

    def wait(workspace: object, plan: object, progress: Progress, *others: object) -> object:
        loop.call_soon_threadsafe(begun.set)
        while not over.wait(0.01):
            progress(1_000, 0.5)
        return None

    monkeypatch.setattr(f"pipeboard.ui.{name}", wait)
    try:
        yield begun
    finally:
        over.set()


async def test_esc_stops_an_import_and_nothing_is_written(
    demo: Path, file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with importing(demo, file) as (board, screen):
        await press(board, screen, "P", "2", "enter")
        async with slow(monkeypatch, "actions.importing.carry_out") as begun:
            await board.pilot.press("I")
            await begun.wait()
            await board.until(lambda: board.shows("importing: 1,000 rows, 50%"))
            assert board.hints == "Esc Stop"
            await board.pilot.press("enter")
            await board.until(lambda: "The import is under way; Esc stops it." in board.status)
            await board.pilot.press("escape")
            await looked_at(board, screen)
        assert "nothing was" in board.status
        assert board.workspace.reader.known_deals().count() == 30
        assert len(board.workspace.pipelines()) == 1
        await press(board, screen, "escape")
        assert board.shows("Leave old.csv? What you chose for it is lost")
        await press(board, screen, "escape")
        assert board.app.screen is screen
        await board.press("escape", "y")
        await board.until(lambda: isinstance(board.app.screen, BoardScreen))


@pytest.mark.parametrize(("width", "says"), [(80, "csv · utf-8 · 3 rows"), (40, "3 rows")])
async def test_a_narrow_title_says_which_file_it_is(
    demo: Path, tmp_path: Path, width: int, says: str
) -> None:
    file = written(tmp_path, ROWS, "deals-2026.csv")
    async with importing(demo, file, size=(width, 12)) as (board, _):
        assert "deals-2026.csv" in board.lines()[0] and says in board.lines()[0]


async def test_esc_leaves_a_file_for_which_nothing_was_chosen(demo: Path, file: Path) -> None:
    async with importing(demo, file) as (board, _):
        await board.press("escape")
        await board.until(lambda: isinstance(board.app.screen, BoardScreen))


async def test_another_choice_stops_what_is_being_read_for_the_one_before(
    demo: Path, file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with importing(demo, file) as (board, screen):
        real = import_plan.look_at
        async with slow(monkeypatch, "screens.import_screen.look_at") as begun:
            screen.choose(ImportPlan(file))
            await begun.wait()
        monkeypatch.setattr("pipeboard.ui.screens.import_screen.look_at", real)
        screen.choose(ImportPlan(file, match="new"))
        await looked_at(board, screen)
        assert screen.view.seen is not None and screen.view.seen.plan.match == "new"
        assert not screen.view.problem


LEAVING = "import.step_back"
KEYS = sorted((key for key in IMPORT if key.keys != UNBOUND), key=lambda key: key.id == LEAVING)


@pytest.mark.parametrize("kind", KINDS)
async def test_every_key_is_answered_while_somebody_holds_the_database(
    kind: str, demo: Path, file: Path
) -> None:
    """It does what it can, says for whom it waits, and can be given up; nothing is half done."""
    async with importing(demo, file) as (board, screen):
        for key in KEYS:
            await board.pilot.press("1")
            await press_while_held(board, demo, kind, key)
            assert board.bugs == [], key.id
            while board.app.screen not in (screen, board.board):
                await board.pilot.press("escape")
                await board.pilot.pause()
            await looked_at(board, screen)
            assert (board.app.screen is screen) == (key.id != LEAVING), key.id
        assert board.workspace.reader.known_deals().count() == 30


@pytest.mark.parametrize("kind", KINDS)
async def test_an_import_waits_for_whoever_writes_and_then_comes_in(
    kind: str, demo: Path, file: Path
) -> None:
    async with importing(demo, file) as (board, screen):
        await press(board, screen, "P", "2", "enter")
        with held(demo, kind):
            await board.pilot.press("I")
            await board.until(lambda: screen.importing is not None)
            await board.pilot.press("4", "1", "2")
            await board.until(lambda: screen.view.tab is ImportTab.COLUMNS)
        await looked_at(board, screen)
        assert board.status.startswith("Imported: 3 new")


@pytest.mark.parametrize("kind", KINDS)
async def test_an_import_that_waits_is_given_up_with_esc(kind: str, demo: Path, file: Path) -> None:
    async with importing(demo, file) as (board, screen):
        await press(board, screen, "P", "2", "enter")
        with held(demo, kind):
            await board.pilot.press("I")
            await board.until(lambda: screen.importing is not None)
            await board.pilot.press("escape")
            await board.until(lambda: screen.importing is None)
            assert "nothing was stored" in board.status or "nothing was imported" in board.status
        await looked_at(board, screen)
        assert board.workspace.reader.known_deals().count() == 30


async def test_what_a_colleague_changes_is_seen_in_the_preview(demo: Path, file: Path) -> None:
    async with importing(demo, file) as (board, screen):
        await press(board, screen, "4")
        assert board.shows("Deals here: 30 before")
        await board.app.housekeeper.ask(
            lambda w: add_deal(w, "Tarn: boat 4k", pipeline=find_pipeline(w), stage_id=1, tui=True)
        )
        await board.until(lambda: board.shows("Deals here: 31 before"))


@pytest.mark.parametrize("size", [(40, 12), (44, 20), (80, 24), (120, 40), (200, 60)])
async def test_it_fits_every_size_and_follows_a_resize(
    size: tuple[int, int], demo: Path, file: Path
) -> None:
    async with importing(demo, file, size=(80, 24)) as (board, screen):
        for tab in "1234":
            await board.resize(*size)
            await press(board, screen, tab)
            assert all(len(line) <= size[0] for line in board.lines())
            assert "Esc Back" in board.hints
            assert len(board.lines()) == size[1]
            await board.resize(80, 24)


async def test_ascii_signs_are_enough(demo: Path, file: Path) -> None:
    async with importing(demo, file, choices=Choices(glyphs="ascii")) as (board, screen):
        for tab in "1234":
            await press(board, screen, tab)
            assert [line for line in board.lines() if not line.isascii()] == []


async def test_its_keys_are_the_persons_own(demo: Path, file: Path) -> None:
    choices = Choices(keymap=read_keymap({"import.import_now": "X"}))
    async with importing(demo, file, choices=choices) as (board, screen):
        assert "X Import" in board.hints
        await press(board, screen, "X")
        assert board.shows("2 rows are rejected")


async def test_a_read_only_database_takes_no_import(demo: Path) -> None:
    async with desk(demo, read_only=True) as board:
        await board.press("I")
        assert "reading only" in board.status
        assert isinstance(board.app.screen, BoardScreen)


async def test_it_is_also_found_by_name_and_from_the_go_menu(demo: Path) -> None:
    async with desk(demo) as board:
        for keys in (["g", "i"], [":"]):
            await board.press(*keys)
            if keys == [":"]:
                await board.type("import")
                await board.press("enter")
            await board.until(lambda: isinstance(board.app.screen, FilePicker))
            await board.press("escape")


async def test_keys_typed_ahead_reach_the_file_picker(demo: Path) -> None:
    async with desk(demo) as board:
        await board.burst("I", *"zzz")
        assert isinstance(board.app.screen, FilePicker)
        assert board.app.screen.text == "zzz"


def test_files_are_listed_folders_first_then_what_can_be_imported(tmp_path: Path) -> None:
    for name in ("b.csv", "a.bin", "c.xlsx", ".hidden.csv"):
        written(tmp_path, "x", name)
    (tmp_path / "folder").mkdir()
    # The newest of those that were used last stands first, as `recent` gives them.
    for used in ("/old/deals.csv", "/new/deals.csv"):
        remember(tmp_path, "folder", used)
    last = recent(tmp_path, "folder")
    (tmp_path / "folder.json").unlink()
    found = list_files("", tmp_path, last)
    names = [entry.typed for entry in found.entries]
    assert names == [
        "/new/deals.csv", "/old/deals.csv", "folder/", "b.csv", "c.xlsx", "a.bin"
    ]  # fmt: skip
    every = ("csv", "tsv", "txt", "json", "jsonl", "ndjson", "xlsx", "xlsm", "xls", "ods")
    (tmp_path / "all").mkdir()
    for kind in (*every, "aaa"):
        written(tmp_path / "all", "x", f"deals.{kind}")
    assert [entry.typed for entry in list_files("all/d", tmp_path, []).entries] == [
        *(f"all/deals.{kind}" for kind in sorted(every)), "all/deals.aaa"
    ]  # fmt: skip
    # What is typed in full stands before what goes on from it, whatever it is.
    written(tmp_path / "all", "x", "deals")
    assert next(iter(list_files("all/deals", tmp_path, []).entries)).typed == "all/deals"
    assert [entry.typed for entry in list_files("B", tmp_path, []).entries] == ["b.csv"]
    assert [entry.typed for entry in list_files(".h", tmp_path, []).entries] == [".hidden.csv"]
    assert "cannot be looked into" in list_files("nowhere/x", tmp_path, []).why


@pytest.mark.parametrize(("items", "rows"), [(3, 3), (0, 40)])
def test_the_end_of_a_tab_is_its_last_item_or_where_there_is_none_its_last_line(
    items: int, rows: int
) -> None:
    went: list[int] = []
    screen: Any = SimpleNamespace(
        items=[()] * items,
        page=SimpleNamespace(view=SimpleNamespace(lines=[()] * 40)),
        move_cursor=lambda columns, rows: went.append(rows),
    )
    for direction in (1, -1):
        ImportScreen.move_to_end(screen, direction)
    assert went == [rows, -rows]


async def test_tab_completes_a_path_as_far_as_it_is_clear(demo: Path, tmp_path: Path) -> None:
    inner = tmp_path / "exports"
    inner.mkdir()
    for name in ("deals-may.csv", "deals-june.csv"):
        written(inner, ROWS, name)
    async with desk(demo) as board:
        await board.press("I")
        picker = board.app.screen
        assert isinstance(picker, FilePicker)
        picker.line.write(f"{tmp_path}/exp")
        await board.until(lambda: picker._is_listed)
        await board.press("tab")
        assert picker.text == f"{inner}/"
        await board.until(lambda: picker._is_listed)
        await board.press("tab")
        assert picker.text == f"{inner}/deals-"
        await board.until(lambda: picker._is_listed)
        await board.press("enter")
        assert board.shows("deals-june.csv")


@pytest.mark.parametrize(
    "name",
    [
        "crm-exports/hubspot-deals.csv",
        "crm-exports/zoho-deals.csv",
        "crm-exports/trello-board.json",
    ],
)
async def test_real_exports_come_in_with_their_own_stages(name: str, demo: Path) -> None:
    if not (DATA / name).exists():
        pytest.skip("the shared data is not here")
    async with importing(demo, DATA / name) as (board, screen):
        await press(board, screen, "P", "2", "enter")
        seen = screen.view.seen
        assert seen is not None and not seen.unknown_words and not seen.report.rejected
        await press(board, screen, "I", *(["y"] if seen.report.unsure_owners else []))
        assert board.status.startswith(f"Imported: {seen.report.created:,} new, 0 changed.")


# A second file.

REPS_FILE = "seller,manager,office\nana,Mo,East\nmara,Li,West\nzoe,Li,West\n"


async def join(board: Desk, screen: ImportScreen, file: Path, *keys: str) -> None:
    """Joins a file, typed into the picker; `keys` answer what is asked then."""
    await board.press("J")
    await choose(board, file)
    await press(board, screen, *keys)


async def test_a_second_file_is_joined_and_counted_and_comes_in_with_the_deals(
    demo: Path, file: Path, tmp_path: Path
) -> None:
    reps = written(tmp_path, REPS_FILE, "reps.csv")
    async with importing(demo, file) as (board, screen):
        await press(board, screen, "P", "2", "enter")
        assert board.shows("Joined       no second file")
        await board.press("J")
        assert board.shows("Join which file")
        await choose(board, reps)
        assert board.shows("Which column has the deals too") and board.shows("the owner")
        await press(board, screen, "enter")
        assert board.shows("reps.csv by 'seller'  3 of 3 rows get manager, office")
        await press(board, screen, "4")
        assert board.shows("Joined reps.csv") and board.shows("3 of 3 rows get manager, office.")
        assert board.shows("1 line has a key that no deal has.")
        await press(board, screen, "I")
        assert board.status.startswith("Imported: 3 new")
        found = board.workspace.reader.deals(range(1, 200)).values()
        managers = {one.name: one.fields.get("manager") for one in found if one.name == "Nova"}
        assert managers == {"Nova": "Mo"}
        await press(board, screen, "u")
        assert board.workspace.reader.known_deals().standing() == 30


@pytest.mark.parametrize("keys", [("J", "x"), ("-",), ("enter", "x")])
async def test_a_second_file_is_taken_away_again(
    demo: Path, file: Path, tmp_path: Path, keys: tuple[str, ...]
) -> None:
    reps = written(tmp_path, REPS_FILE, "reps.csv")
    async with importing(demo, file) as (board, screen):
        await join(board, screen, reps, "enter")
        while screen.item_key != "side":
            await press(board, screen, "j")
        await press(board, screen, *keys)
        assert screen.view.seen is not None and screen.view.seen.side_file is None
        assert board.shows("Joined       no second file")


async def test_the_teams_of_reps_are_a_column_of_a_file_that_is_joined_by_owner(
    demo: Path, file: Path, tmp_path: Path
) -> None:
    reps = written(tmp_path, REPS_FILE, "reps.csv")
    async with importing(demo, file) as (board, screen):
        await press(board, screen, "P", "2", "enter")
        await join(board, screen, reps, "enter")
        await press(board, screen, "J", "t")
        await board.type("office")
        await press(board, screen, "enter", "4")
        assert board.shows("3 of 3 rows get manager; reps who get another team: ana, mara.")
        await press(board, screen, "1")
        while screen.item_key != "side":
            await press(board, screen, "j")
        assert "reps who get another team: ana, mara" in board.status
        await press(board, screen, "I")
        teams = {rep.name: rep.team for rep in board.workspace.reader.reps()}
        assert (teams["ana"], teams["mara"]) == ("East", "West")


async def test_a_column_of_another_name_is_joined_by_what_it_is_said_to_be(
    demo: Path, file: Path, tmp_path: Path
) -> None:
    people = written(tmp_path, "wer,chef\nana,Mo\n", "people.csv")
    async with importing(demo, file) as (board, screen):
        await press(board, screen, "P", "2", "enter")
        await join(board, screen, people, "enter")
        assert board.shows("wer is, in the file of deals")
        await board.type("seller")
        await press(board, screen, "enter")
        assert screen.view.seen is not None and screen.view.seen.recipe.by == "wer=owner"
        assert board.shows("2 of 3 rows get chef")
        await press(board, screen, "J", "c", "2", "1")
        assert screen.view.seen.recipe.by.startswith("chef=")
        await press(board, screen, "J", "d")
        assert screen.view.seen.recipe.onto == "all"


async def test_a_second_file_that_goes_away_is_said_and_can_be_taken_away(
    demo: Path, file: Path, tmp_path: Path
) -> None:
    reps = written(tmp_path, REPS_FILE, "reps.csv")
    async with importing(demo, file) as (board, screen):
        await press(board, screen, "P", "2", "enter")
        await join(board, screen, reps, "enter")
        reps.unlink()
        await press(board, screen, "I")
        assert "There is no file" in board.status
        await press(board, screen, "R", "I")
        assert "There is no file" in board.status
        assert board.workspace.reader.known_deals().count() == 30
        await press(board, screen, "1", "J", "x", "I")
        assert board.status.startswith("Imported: 3 new")


# A whole workspace.


def whole_of(database: Path, file: Path) -> Path:
    """Everything of a database in one file, as `export --whole` writes it."""
    with contextlib.closing(Store.open(str(database), read_only=True)) as store:
        whole = store.reader.whole()
        parts = whole_document(whole.schema, whole.tables, whole.columns, whole.rows)
        file.write_text("".join(parts), "utf-8")
    return file


@pytest.fixture
def empty(tmp_path: Path) -> Path:
    """A workspace with a pipeline and no deals."""
    path = tmp_path / "empty.db"
    pipeline = template("classic", pipeline_name="Mine", currency="EUR")
    made = make_workspace(str(path), Settings(), pipeline, at=NOW, actor=Actor("ana"))
    made.close()
    return path


def standing(database: Path) -> int:
    with contextlib.closing(Store.open(str(database), read_only=True)) as store:
        return store.reader.known_deals().standing()


async def test_a_whole_workspace_comes_into_an_empty_one_after_a_yes(
    demo: Path, empty: Path, tmp_path: Path
) -> None:
    file = whole_of(demo, tmp_path / "all.json")
    async with desk(empty) as board:
        await board.press("I")
        await choose(board, file)
        assert board.shows("all.json is a whole workspace, and nothing is here yet")
        await board.press("escape")
        assert isinstance(board.app.screen, BoardScreen) and standing(empty) == 0
        await board.press("I")
        await choose(board, file)
        await board.pilot.press("y")
        await board.until(lambda: board.app.return_code == OPEN_ANEW)
    assert standing(empty) == 30
    assert whole_of(empty, tmp_path / "again.json").read_bytes() == file.read_bytes()


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("is_given_up", [False, True])
async def test_a_whole_workspace_waits_for_whoever_writes(
    kind: str, is_given_up: bool, demo: Path, empty: Path, tmp_path: Path
) -> None:
    file = whole_of(demo, tmp_path / "all.json")
    async with desk(empty) as board:
        await board.press("I")
        await choose(board, file)
        with held(empty, kind):
            await board.pilot.press("y")
            await board.until(lambda: board.app.write_queue.waiting)
            if is_given_up:
                await board.pilot.press("ctrl+c")
                await board.until(lambda: not board.app.write_queue.waiting)
        if not is_given_up:
            await board.until(lambda: board.app.return_code == OPEN_ANEW)
    assert standing(empty) == (0 if is_given_up else 30)


async def test_a_whole_workspace_is_not_poured_over_deals(demo: Path, tmp_path: Path) -> None:
    file = whole_of(demo, tmp_path / "all.json")
    async with desk(demo) as board:
        await board.press("I")
        await choose(board, file)
        assert "all.json is a whole workspace, and there are deals here already." in board.status
        assert isinstance(board.app.screen, BoardScreen)


async def test_a_whole_workspace_that_is_chosen_on_the_screen_is_judged_there(
    demo: Path, file: Path, tmp_path: Path
) -> None:
    whole = whole_of(demo, tmp_path / "all.json")
    async with importing(demo, file) as (board, screen):
        await board.press("o")
        await choose(board, whole)
        assert "there are deals here already" in board.status
        assert board.app.screen is screen and screen.view.plan.path == file


async def test_a_damaged_whole_workspace_changes_nothing(
    demo: Path, empty: Path, tmp_path: Path
) -> None:
    file = whole_of(demo, tmp_path / "all.json")
    file.write_text(
        file.read_text("utf-8").replace('"deal":{"columns":["', '"deal":{"columns":["x')
    )
    before = whole_of(empty, tmp_path / "before.json").read_bytes()
    async with desk(empty) as board:
        await board.press("I")
        await choose(board, file)
        await board.press("y")
        assert "The file has no table deal as this program keeps it." in board.status
    assert whole_of(empty, tmp_path / "after.json").read_bytes() == before


# A file of several pipelines.


async def test_a_file_of_several_pipelines_is_split_by_them_where_there_are_no_deals(
    empty: Path, tmp_path: Path
) -> None:
    rows = "id,name,stage,pipeline\n1,A,Talk,New\n2,B,Sign,New\n3,C,Renew,Renewals\n"
    file = written(tmp_path, rows)
    async with importing(empty, file) as (board, screen):
        assert board.shows("Into         new: New, new: Renewals")
        await press(board, screen, "4")
        assert board.shows("Into New, Renewals would come")
        assert board.shows("New pipeline New: Talk, Sign.")
        assert board.shows("New pipeline Renewals: Renew.")
        await press(board, screen, "I")
        assert board.status.startswith("Imported: 3 new")
        pipelines = {one.id: one.name for one in board.workspace.pipelines()}
        found = board.workspace.reader.deals(range(1, 20)).values()
        placed = {deal.name: pipelines[deal.pipeline_id] for deal in found}
        assert placed == {"A": "New", "B": "New", "C": "Renewals"}
        await press(board, screen, "u")
        assert [one.name for one in board.workspace.pipelines()] == ["Mine"]
        assert board.workspace.reader.known_deals().standing() == 0


async def test_a_file_of_several_pipelines_goes_into_one_where_there_are_deals(
    demo: Path, tmp_path: Path
) -> None:
    rows = "id,name,stage,pipeline\n1,A,Proposal,New\n2,B,Proposal,Renewals\n"
    async with importing(demo, written(tmp_path, rows)) as (board, screen):
        assert board.shows("Into         New business")
        await press(board, screen, "I")
        assert board.status.startswith("Imported: 2 new")
        assert [one.name for one in board.workspace.pipelines()] == ["New business"]


@pytest.mark.parametrize(
    ("chosen", "named", "taken"),
    [
        ("value", None, ["value"]),
        (import_choices._OTHER, "region", [f"{CUSTOM}region"]),
        (import_choices._OTHER, None, []),
        (None, None, []),
    ],
)
async def test_a_column_is_what_is_chosen_and_as_it_was_where_nothing_is(
    chosen: str | None, named: str | None, taken: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    found: list[str] = []

    async def answered(*_: object) -> str | None:
        return chosen

    async def typed(*_: object) -> str | None:
        return named

    monkeypatch.setattr(import_choices, "ask", answered)
    monkeypatch.setattr(import_choices, "typed_choice", typed)
    monkeypatch.setattr(import_choices, "_targets", lambda seen, column: [])
    monkeypatch.setattr(import_choices, "_recipe", lambda host, seen: None)
    monkeypatch.setattr(
        import_choices, "with_column", lambda recipe, header, column, target: target
    )
    monkeypatch.setattr(import_choices, "_take", lambda host, target: found.append(target))
    seen: Any = SimpleNamespace(mapping={"Betrag": "title"}, header=("Betrag",))
    await import_choices._change_column(cast("Any", None), seen, "Betrag")
    assert found == taken


RICH = """Deal ID;Firma;Was;Betrag;Währung;Phase;Wer;Datum;Region
1;Nova AG;Pilot;1.234,50;EUR;Talk;ana;03.12.2026;Nord
2;Lumen Oy;Line two;9.000,00;CHF;Sign;Zoe;04.12.2026;
3;Quarry;;lots;EUR;Closed Won;ana;;Süd
4;Nova AG;Pilot;5;EUR;Nonsense;;31.02.2026;Nord
"""


@pytest.mark.parametrize("width", [100, 60])
async def test_every_tab_looks_as_it_should(demo: Path, tmp_path: Path, width: int) -> None:
    file = written(tmp_path, RICH, "deals.csv")
    async with importing(demo, file, size=(width, 40)) as (board, screen):
        lines: list[Line] = []
        for number, tab in enumerate(ImportTab, 1):
            await press(board, screen, str(number))
            view = screen.page.view
            lines += [((f"== {tab}", "text"),), *with_roles((*view.head[1:], *view.lines))]
        # Where the file lies is another place each time.
        told = [line for line in lines if "deals.csv" not in text_of(line)]
        assert_looks_like(f"import-{width}", told)


_TURNS = {"lost_zero", "prefer", "skip", "last", "file", "side", "override"}
"""What Enter turns over, or asks for a path or a text."""


async def test_enter_on_a_choice_begins_at_what_is_chosen_so_that_enter_again_changes_nothing(
    demo: Path, file: Path
) -> None:
    async with importing(demo, file) as (board, screen):
        before = screen.view.seen
        assert before is not None
        for item in screen.items:
            if item.key not in _TURNS:
                assert screen.item_key == item.key
                await press(board, screen, "enter", "enter")
                seen = screen.view.seen
                assert seen is not None
                assert (seen.mapping, seen.answers) == (before.mapping, before.answers), item.key
                assert (seen.pipeline, seen.currency) == (before.pipeline, before.currency)
            await press(board, screen, "down")
