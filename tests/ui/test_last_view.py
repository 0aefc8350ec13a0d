"""The board opens on what was looked at last in that database, or on what the person has set."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from pipeboard.domain.board import Sort
from pipeboard.domain.people import Actor
from pipeboard.domain.templates import TEMPLATES, template
from pipeboard.store import Store
from pipeboard.ui.last_view import MOST_VIEWS, Choices, Opening, keep_view, last_view
from pipeboard.ui.launch import first_state
from tests.team import NOW
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
