"""The board opens on what was looked at last in that database, or on what the person has set."""

from __future__ import annotations

import json
import os
from contextlib import closing
from datetime import date
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from pipeboard.domain.board import Sort
from pipeboard.domain.errors import DatabaseError
from pipeboard.domain.filter import parse_filter
from pipeboard.domain.filter_nodes import EVERYTHING, Filter, These
from pipeboard.domain.lazy_dataclass import replace
from pipeboard.domain.people import Actor
from pipeboard.domain.templates import TEMPLATES, template
from pipeboard.store import Store
from pipeboard.ui.key_table import BOARD, read_keymap
from pipeboard.ui.keys import rebound
from pipeboard.ui.last_view import (
    MOST_RECENT,
    MOST_VIEWS,
    Choices,
    Opening,
    SameFile,
    chosen_pipeline,
    empty_board,
    keep_view,
    kept_as,
    last_view,
    read_anew,
    read_filter,
    recent,
    remember,
    typed_filter,
)
from pipeboard.ui.launch import first_state
from tests.team import NOW, Team
from tests.ui.desk import Desk, desk
from tests.verbs import Workspace

HARDWARE = "Hardware"


def _two_pipelines(path: Path) -> None:
    """A second pipeline with one deal, which is the last that was written."""
    store = Store.open(str(path))
    workspace = Workspace(store, lambda: NOW, Actor("ana"))
    hardware = workspace.save_pipeline(
        template(TEMPLATES[0], pipeline_name=HARDWARE, currency="EUR")
    )
    workspace.add("Forge Ltd: presses 9k", pipeline=hardware)
    store.close()


def _view(board: Desk) -> Opening:
    lens, view = board.state.lens, board.state.view
    return Opening(
        pipeline=board.state.board.pipeline.name,
        stage=board.board.stage_shown().name,
        mine=lens.owner is not None,
        sort=lens.sort,
        reverse=lens.reverse,
        density=view.density,
        pane=view.pane is not None,
        filter=view.filter_text,
    )


async def _leave(board: Desk) -> Opening:
    before = _view(board)
    board.app.save_drafts()
    return before


CHOICES = {
    "mine": ("O",),
    "sort": ("s", "v"),
    "reverse": ("s", "r"),
    "density": ("-",),
    "pane": ("p",),
    "stage": ("3",),
    "filter": ("/", *"value>5k", "enter"),
    "all": ("O", "s", "c", "s", "r", "-", "p", "4", "/", *"value>5k", "enter"),
}


@pytest.mark.parametrize("keys", CHOICES.values(), ids=CHOICES)
async def test_every_choice_of_the_view_is_there_again(keys: tuple[str, ...], demo: Path) -> None:
    async with desk(demo, size=(120, 30)) as board:
        opened = _view(board)
        await board.press(*keys)
        left = await _leave(board)
        assert left != opened
    async with desk(demo, size=(120, 30)) as board:
        assert _view(board) == left


async def test_what_was_looked_at_in_one_database_is_no_matter_to_another(
    demo: Path, made_up: Path
) -> None:
    async with desk(demo) as board:
        await board.press("O")
        await _leave(board)
        folder = board.app.seat.folder
        assert last_view(folder, board.app.seat.store.database_id).mine
    assert last_view(folder, "another") == Opening()


@pytest.mark.parametrize(
    "kept",
    [
        "",
        "[]",
        '{"pipeline": 3, "density": "9", "mine": 1}',
        '{"filter": "valu>>", "stage": "Gone", "sort": "x"}',
    ],
)
async def test_a_view_that_means_nothing_keeps_nobody_from_the_board(kept: str, demo: Path) -> None:
    async with desk(demo) as board:
        await _leave(board)
        opened = _view(board)
        (path,) = (board.app.seat.folder / "views").iterdir()
    path.write_text(kept)
    async with desk(demo) as board:
        assert _view(board) == opened


async def test_what_the_person_has_set_comes_before_what_was_left(demo: Path) -> None:
    async with desk(demo) as board:
        await board.press("3", "O", "s", "v")
        await _leave(board)
    choices = Choices(opening=Opening(mine=False, sort="name", density=3))
    async with desk(demo, choices=choices) as board:
        view = _view(board)
        assert (view.mine, view.sort, view.density) == (False, Sort.NAME, 3)
        assert board.state.view.cursor[0] == 2


async def test_the_first_time_it_opens_on_the_pipeline_that_was_written_last(demo: Path) -> None:
    _two_pipelines(demo)
    async with desk(demo) as board:
        assert board.state.board.pipeline.name == HARDWARE


@pytest.mark.parametrize(
    ("said", "set_so", "left", "shown"),
    [
        ("Sales", HARDWARE, HARDWARE, "Sales"),
        (HARDWARE, "Sales", "Sales", HARDWARE),
        (None, "Sales", HARDWARE, "Sales"),
        (None, None, "Sales", "Sales"),
        (None, None, None, HARDWARE),
    ],
)
def test_the_pipeline_of_the_command_line_goes_before_that_of_the_configuration(
    tmp_path: Path, said: str | None, set_so: str | None, left: str | None, shown: str
) -> None:
    Team.make(tmp_path / "sales.db").close()
    _two_pipelines(tmp_path / "sales.db")
    store = Store.open(str(tmp_path / "sales.db"))
    choices = Choices(pipeline=said, opening=Opening(set_so))
    state = first_state(store, lambda: NOW, Actor("ana"), choices, {}, Opening(left))
    assert state.board.pipeline.name == shown
    state.reader.close()
    store.close()


async def test_an_empty_board_names_those_that_are_full_and_the_key_to_them(demo: Path) -> None:
    _two_pipelines(demo)
    async with desk(demo) as board:
        await board.press("d", "d")
        await board.press("P", "1")
        full = board.state.board.pipeline.name
        assert board.status == "" or "No open deals" not in board.status
        await board.press("P", "2")
        assert f"No open deals in {HARDWARE}; {full} has" in board.status
        assert board.status.endswith("P goes there.")


async def test_leaving_the_program_is_what_writes_it_down(demo: Path) -> None:
    async with desk(demo) as board:
        await board.press("O", "q")
        (path,) = (board.app.seat.folder / "views").iterdir()
        assert json.loads(path.read_text())["mine"] is True


async def test_a_filter_that_is_there_again_is_told(demo: Path) -> None:
    async with desk(demo) as board:
        await board.press("/", *"value>5k", "enter")
        await _leave(board)
    async with desk(demo) as board:
        assert "Esc takes that away" in board.status
        await board.press("escape")
        assert board.state.lens.filter is None


async def test_of_those_who_share_an_account_each_finds_the_board_and_their_words_as_they_left_them(
    demo: Path,
) -> None:
    for_one, for_another = Actor("box", "ana"), Actor("box", "mara")
    async with desk(demo, actor=for_one) as board:
        await board.press("O", "n", *"Hers.")
        await _leave(board)
    async with desk(demo, actor=for_another) as board:
        assert board.state.lens.owner is None
        assert list(board.app.drafts.kept_lines()) == []
    async with desk(demo, actor=for_one) as board:
        assert board.state.lens.owner == "ana"
        assert len(list(board.app.drafts.kept_lines())) == 1


@pytest.mark.parametrize("actor", [Actor("ana"), Actor("ana", "ana")])
def test_what_an_account_keeps_for_itself_is_kept_under_the_database_alone(actor: Actor) -> None:
    assert kept_as("some-id", actor) == "some-id"


def test_of_many_databases_the_last_ones_are_remembered(demo: Path) -> None:
    folder = demo.parent / "state"
    (folder / "views").mkdir(parents=True)
    for number in range(MOST_VIEWS + 9):
        (folder / "views" / f"{number}.json").write_text("{}")
    store = Store.open(str(demo))
    state = first_state(store, lambda: NOW, Actor("ana"), Choices(), {})
    keep_view(folder, store.database_id, state)
    assert len(list((folder / "views").iterdir())) == MOST_VIEWS
    assert last_view(folder, store.database_id).pipeline == state.board.pipeline.name
    state.reader.close()
    store.close()


def test_what_is_said_stands_over_what_was_left_as_far_as_it_is_of_one_pipeline() -> None:
    left = Opening("Sales", "Demo", mine=True, sort="age", reverse=True, density=2, pane=True,
                   filter="rot")  # fmt: skip
    assert Opening().over(left) == left
    assert Opening(mine=False, density=3).over(left) == Opening(
        "Sales", "Demo", mine=False, sort="age", reverse=True, density=3, pane=True, filter="rot"
    )
    assert Opening("Sales").over(left) == left
    other = Opening("Partners").over(left)
    assert (other.pipeline, other.stage, other.filter, other.sort) == (
        "Partners",
        None,
        None,
        "age",
    )


def test_what_was_kept_is_taken_where_it_is_of_its_kind(tmp_path: Path) -> None:
    kept: dict[str, Any] = {
        "pipeline": "Sales", "stage": "Demo", "mine": True, "sort": "age", "reverse": False,
        "density": 2, "pane": False, "filter": "rot",
    }  # fmt: skip
    (tmp_path / "views").mkdir()
    file = tmp_path / "views" / "x.json"
    file.write_text(json.dumps(kept))
    assert last_view(tmp_path, "x") == Opening(**kept)
    for name, other in kept.items():
        file.write_text(json.dumps(kept | {name: 1 if isinstance(other, bool) else True}))
        assert last_view(tmp_path, "x") == Opening(**(kept | {name: None}))


def test_what_was_used_last_is_known_once_the_newest_first(tmp_path: Path) -> None:
    for text in ("a", "b", "a"):
        remember(tmp_path, "files", text)
    assert recent(tmp_path, "files") == ("a", "b")
    for text in map(str, range(MOST_RECENT - 2)):
        remember(tmp_path, "files", text)
    assert recent(tmp_path, "files") == (*map(str, range(MOST_RECENT - 3, -1, -1)), "a", "b")
    remember(tmp_path, "files", "new")
    assert recent(tmp_path, "files")[0] == "new" and len(recent(tmp_path, "files")) == MOST_RECENT
    assert "b" not in recent(tmp_path, "files")


def test_of_many_databases_those_that_were_left_first_are_forgotten(demo: Path) -> None:
    folder = demo.parent / "state"
    (folder / "views").mkdir(parents=True)
    for number in range(MOST_VIEWS + 2):
        file = folder / "views" / f"{99 - number:02}.json"
        file.write_text("{}")
        os.utime(file, (number, number))
    store = Store.open(str(demo))
    state = first_state(store, lambda: NOW, Actor("ana"), Choices(), {})
    keep_view(folder, store.database_id, state)
    state.reader.close()
    store.close()
    left = {file.stem for file in (folder / "views").iterdir()} - {store.database_id}
    assert left == {f"{99 - number:02}" for number in range(3, MOST_VIEWS + 2)}


@pytest.mark.parametrize(
    ("said", "last", "written", "chosen"),
    [
        ("Sales", None, 9, "Sales"),
        ("part", None, 9, "Partners"),
        (None, "Partners", 1, "Partners"),
        (None, "Gone", 2, "Sales and more"),
        (None, None, 3, "Partners"),
        (None, None, 9, "Sales"),
    ],
)
def test_the_pipeline_is_the_one_that_is_named_or_was_used_or_written_last(
    said: str | None, last: str | None, written: int, chosen: str
) -> None:
    pipelines: Any = [
        SimpleNamespace(id=number, name=name, retired=False)
        for number, name in enumerate(("Sales", "Sales and more", "Partners"), 1)
    ]
    reader: Any = SimpleNamespace(numbers=SimpleNamespace(last_written_pipeline=lambda: written))
    assert chosen_pipeline(pipelines, reader, said, last).name == chosen


def test_another_file_in_the_place_of_the_one_that_was_opened_is_noticed() -> None:
    location: Any = SimpleNamespace(mark=1)
    own = rebound(BOARD, read_keymap({"app.leave": "ctrl+y", "board.reload": "Z"}))
    file = SameFile(location, lambda: own)
    file.check()
    for mark, reason, advice in (
        (2, "replaced", "Z opens it."),
        (None, "deleted", "^y quits."),
    ):
        location.mark = mark
        with pytest.raises(DatabaseError) as caught:
            file.check()
        assert (caught.value.details["reason"], caught.value.hint) == (reason, advice)


def test_a_filter_that_means_nothing_any_more_is_left_out(demo: Path) -> None:
    store = Store.open(str(demo))
    left = Opening(filter="value>5k", mine=True, sort="age", reverse=True)
    state = first_state(store, lambda: NOW, Actor("ana"), Choices(opening=left), {})
    assert state.view.filter_text == typed_filter(state) == "value>5k"
    assert (state.lens.owner, state.lens.sort, state.lens.reverse) == ("ana", Sort.AGE, True)
    # Deals behind a number are no text.
    state.load(replace(state.lens, filter=Filter("Won, 2026Q4", These(frozenset({1})))))
    state.show(filter_text="Won, 2026Q4")
    assert typed_filter(state) == ""
    state.reader.close()
    gone = Choices(opening=Opening(filter="owner:nobody-knows", mine=False))
    state = first_state(store, lambda: NOW, Actor("ana"), gone, {})
    assert (state.view.filter_text, state.lens.filter) == ("", None)
    state.reader.close()
    store.close()


def test_an_empty_board_names_the_three_fullest_pipelines() -> None:
    pipelines = [SimpleNamespace(id=number, name=name) for number, name in
                 enumerate(("Sales", "North", "South", "East", "West"), 1)]  # fmt: skip
    counts: dict[int, int] = {2: 1, 3: 3_000, 4: 2, 5: 40}
    reader = SimpleNamespace(
        pipelines=lambda: pipelines,
        numbers=SimpleNamespace(deal_counts=lambda: counts),
    )
    state: Any = SimpleNamespace(
        reader=reader,
        lens=SimpleNamespace(filter=None),
        board=SimpleNamespace(total=0, pipeline=pipelines[0]),
    )
    assert empty_board(state, BOARD) == (
        "No open deals in Sales; South has 3,000, West has 40, East has 2: P goes there."
    )
    counts.clear()
    assert empty_board(state, BOARD) == (
        "No deals yet: a adds one in a line, I imports many from a file."
    )
    state.lens.filter = "a filter"
    assert empty_board(state, BOARD) == ""
    state.lens.filter, state.board.total = None, 1
    assert empty_board(state, BOARD) == ""


def test_a_filter_is_read_as_the_workspace_counts_and_names_reps_that_it_has(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("pipeboard.domain.filter.parse_filter", lambda text, **read: (text, read))
    monkeypatch.setattr("pipeboard.ui.last_view.with_known_owners", lambda *what: what)
    reader: Any = SimpleNamespace(
        reps=lambda: ["ana"], saved_filters=lambda me: [("big", f"of {me}")]
    )
    settings: Any = SimpleNamespace(currency="SEK", week_start=6, fiscal_shift=3)
    assert read_filter(reader, settings, NOW.date(), "ana", "  ") is None
    read = {"today": NOW.date(), "currency": "SEK", "week_start": 6, "fiscal_shift": 3}
    found: Any = read_filter(reader, settings, NOW.date(), "ana", "close:this-year")
    assert found[0][1].pop("saved")() == [("big", "of ana")]
    assert found == (("close:this-year", read), ["ana"], "ana")


def test_a_filter_moves_on_with_the_days_as_long_as_words_stand_for_it(made_up: Path) -> None:
    def meant(text: str, day: int) -> Filter:
        return parse_filter(text, today=date(2026, 11, day), currency="EUR", saved=lambda: saved)

    saved = [("late", "next<today")]
    behind = Filter("Won: 3", These(frozenset((1, 2, 3))))
    with closing(Store.open(str(made_up), read_only=True)) as store:
        reader, today = store.new_reader(Actor("ana")), date(2026, 11, 24)
        settings = reader.settings()
        for text in ("next<today", "close:this-week | -next<3d", "won", "owner:mara value>20k"):
            assert read_anew(reader, settings, today, "ana", meant(text, 20)) == meant(text, 24)
        assert meant("next<today", 20) != meant("next<today", 24)
        # A number's deals have no words; a saved filter may be gone.
        for as_it_is in (None, EVERYTHING, behind, meant("saved:late", 20)):
            assert read_anew(reader, settings, today, "ana", as_it_is) is as_it_is
        reader.close()
