"""What a board that was opened with `--db` tells to type names that database too."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from pipeboard import outlet
from pipeboard.ui.overlays.overlay import Overlay
from tests.team import Team
from tests.ui.desk import desk


@pytest.fixture(params=["", "sales.db"])
def begins(request: pytest.FixtureRequest) -> Iterator[str]:
    """How a command begins on a board that was opened without a name, and with one."""
    outlet.name_database(request.param)
    yield f"pipeboard --db {request.param} " if request.param else "pipeboard "
    outlet.name_database("")


async def test_what_the_status_line_tells_to_type_names_the_database(
    team: Team, begins: str
) -> None:
    async with desk(team.path, size=(120, 40)) as board:
        assert len(board.state.reader.pipelines()) == 1
        await board.press("P")
        assert f"'{begins}pipeline new' makes another" in board.status


async def test_what_an_overlay_refuses_with_names_the_database(team: Team, begins: str) -> None:
    async with desk(team.path, size=(120, 40)) as board:
        await board.press("a")
        overlay = board.app.screen
        assert isinstance(overlay, Overlay)
        overlay.refuse("See 'pipeboard rep list'.")
        await board.until(lambda: board.shows(f"See '{begins}rep list'."))


async def test_the_command_that_sets_a_missing_target_names_the_database(
    team: Team, begins: str
) -> None:
    async with desk(team.path, size=(160, 40)) as board:
        for keys in ("M", "grl"):
            await board.press(*keys)
            await board.until(lambda: board.shows("target set"))
            said = " ".join(" ".join(board.lines()).split())
            assert f"{begins}target set 2026Q4" in said, keys
            await board.press("q")
