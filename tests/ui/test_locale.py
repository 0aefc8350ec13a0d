"""The screens in another locale: every size, nothing wider than its place, and typed as ever."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest

from pipeboard.domain.locales import write_as
from pipeboard.ui.terminal.width import cell_width
from tests.ui.desk import desk

SIZES = [(40, 12), (44, 20), (80, 24), (120, 40), (200, 60)]
LOCALES = ["de_DE", "fr_FR", "ja_JP", "pl_PL", "en_IN"]


@pytest.fixture(params=LOCALES)
def locale(request: pytest.FixtureRequest) -> Iterator[str]:
    write_as(request.param)
    yield request.param
    write_as(None)


@pytest.mark.parametrize("size", SIZES, ids=str)
async def test_every_screen_fits_at_every_size(
    demo: Path, locale: str, size: tuple[int, int]
) -> None:
    async with desk(demo, size=size) as board:
        for keys in ((), ("enter",), ("q", "M"), ("q", "T"), ("q", "g", "r"), ("q", "g", "h")):
            await board.press(*keys)
            lines = board.lines()
            assert len(lines) == size[1]
            assert all(cell_width(line) <= size[0] for line in lines), "\n".join(lines)


async def test_amounts_and_days_are_written_as_there_and_typed_as_ever(demo: Path) -> None:
    write_as("de_DE")
    try:
        async with desk(demo, size=(120, 40)) as board:
            deal_id = board.card.id
            await board.press("$")
            await board.type("12345,50")
            assert board.shows("12.345,50 €")
            await board.press("enter")
            value = board.stored(deal_id).value
            assert value is not None and value.minor == 1_234_550
            await board.press("c")
            await board.type("19dec")
            assert board.shows("Sa., 19. Dez. 2026")
            await board.press("enter")
            assert board.stored(deal_id).expected_close == date(2026, 12, 19)
            await board.press("e")
            await board.press("ctrl+s")
            kept = board.stored(deal_id)
            assert (kept.value, kept.expected_close) == (value, date(2026, 12, 19))
    finally:
        write_as(None)


async def test_what_is_stored_is_the_same_in_every_locale(demo: Path, locale: str) -> None:
    async with desk(demo) as board:
        await board.press("$")
        await board.type("12345")
        await board.press("enter")
        summary = board.workspace.undo_list()[0].summary
        assert "€12,345" in summary
