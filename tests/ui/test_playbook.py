from __future__ import annotations

from dataclasses import replace

import pytest

from pipeboard.domain.pipeline import Stage
from pipeboard.ui.overlays.question import Playbook
from tests.ui.board_scene import DEAL, PIPELINE
from tests.ui.overlays import opened

ITEMS = ("Look the company up", "Find a person", "First contact")


def stage_of(lines: int = 1) -> Stage:
    """A stage with a checklist, and so many lines of how it is worked."""
    words = "\n".join(f"Line {line} of it." for line in range(1, lines + 1))
    return replace(PIPELINE.stages[0], playbook=words, checklist=ITEMS)


@pytest.mark.parametrize(
    ("has_deal", "only_looks", "ticks"),
    [(True, False, True), (True, True, False), (False, False, False)],
)
async def test_ticking_is_hinted_where_it_can_be_done(
    has_deal: bool, only_looks: bool, ticks: bool
) -> None:
    deal = DEAL if has_deal else None
    async with opened(Playbook(PIPELINE, stage_of(), deal, only_looks=only_looks)) as stage:
        assert ("1-9 Tick" in stage.last_line) == ticks
        await stage.press("2")
        if ticks:
            assert stage.answer == 1
        else:
            assert stage.last_line == "2 does nothing here; Esc closes."


@pytest.mark.parametrize("size", [(80, 24), (40, 12)])
async def test_all_of_a_playbook_is_come_to_where_there_is_no_room_for_it(
    size: tuple[int, int],
) -> None:
    sheet = Playbook(PIPELINE, stage_of(40), DEAL)
    async with opened(sheet, size=size) as stage:
        title = stage.lines()[0]
        assert stage.shows("Line 1 of it.") and not stage.shows(ITEMS[-1])
        assert "Scroll" in stage.last_line
        await stage.press("up")
        assert stage.shows("Line 1 of it.")
        await stage.press(*["down"] * 60)
        assert stage.shows(ITEMS[-1]) and not stage.shows("Line 1 of it.")
        assert title in stage.lines()
        before = stage.lines()
        await stage.press("3")
        assert stage.answer == 2
    # Who has ticked an item sees what stood there.
    async with opened(Playbook(PIPELINE, stage_of(40), DEAL, top=sheet.top), size=size) as stage:
        assert stage.lines() == before


async def test_what_fits_is_not_scrolled() -> None:
    async with opened(Playbook(PIPELINE, stage_of(), DEAL)) as stage:
        before = stage.lines()
        await stage.press("down")
        assert stage.lines() == before
        assert "Scroll" not in stage.last_line
