"""Any board under any cursor on any terminal, for properties of what is drawn."""

from __future__ import annotations

from dataclasses import replace

from hypothesis import strategies as st

from pipeboard.domain.board import Card
from pipeboard.domain.deal import Status
from pipeboard.domain.filter_nodes import EVERYTHING
from pipeboard.ui.draw.layout import BoardView, Pane, followed
from pipeboard.ui.draw.line import Glyphs
from tests.ui.board_scene import HINTS, card, view_of
from tests.ui.hostile import HOSTILE, TEXTS

SHORT = st.sampled_from([*HOSTILE[:13], "Lumen Oy", "Kestrel BV"])
AMOUNTS = st.sampled_from([None, "0 EUR", "400 EUR", "40000 USD", "1000000000 JPY"])


@st.composite
def cards(draw: st.DrawFn, number: int) -> Card:
    """A card with this id, closed or open, with or without each of its facts."""
    due = draw(st.sampled_from([None, -40, -1, 0, 3, 400]))
    return card(
        number,
        draw(SHORT),
        draw(AMOUNTS),
        draw(st.sampled_from("!?~ ")),
        next_text=draw(SHORT),
        due=due,
        owner=draw(SHORT),
        status=draw(st.sampled_from(Status)),
        closed=draw(st.sampled_from([None, 0, -3])),
        over_limit=draw(st.booleans()),
    )


@st.composite
def columns(draw: st.DrawFn) -> tuple[tuple[Card, ...], ...]:
    """Seven stages with up to twelve cards each, drawn from a few so that it stays quick."""
    some = [draw(cards(number)) for number in range(4)]
    sizes = draw(st.lists(st.integers(0, 12), min_size=7, max_size=7))
    return tuple(
        tuple(
            replace(some[(stage + place) % 4], id=100 * stage + place, stage_id=stage)
            for place in range(size)
        )
        for stage, size in enumerate(sizes, 1)
    )


@st.composite
def views(draw: st.DrawFn, width: int | None = None, height: int | None = None) -> BoardView:
    """A view with its cursor on a card, where there is one."""
    size = st.integers(1, 220) if width is None else st.just(width)
    view = view_of(
        draw(columns()),
        draw(st.sampled_from([None, "ana", HOSTILE[2]])),
        width=draw(size),
        height=draw(st.integers(1, 50) if height is None else st.just(height)),
        density=draw(st.integers(1, 3)),
        cursor=(draw(st.integers(-1, 8)), draw(st.integers(-1, 14))),
        tops=tuple(draw(st.lists(st.integers(0, 12), min_size=7, max_size=7))),
        first_column=draw(st.integers(0, 7)),
        marks=frozenset(draw(st.lists(st.sampled_from([100, 101, 202, 303]), max_size=2))),
        filter_text=draw(st.sampled_from(["", *HOSTILE[:9]])),
        demo=draw(st.booleans()),
        read_only=draw(st.booleans()),
        hints=HINTS,
        glyphs=draw(st.sampled_from(Glyphs)),
        status=draw(st.sampled_from([(), (("Moved 2 deals.", "status.ok"),)])),
        pane=draw(
            st.sampled_from(
                [None, Pane(((("a line of the pane", "text"),),) * 20, 3, draw(st.booleans()))]
            )
        ),
    )
    if draw(st.booleans()):
        lens = replace(view.board.lens, filter=EVERYTHING)
        view = replace(view, board=replace(view.board, lens=lens))
    name = draw(TEXTS)
    view = replace(
        view, board=replace(view.board, pipeline=replace(view.board.pipeline, name=name))
    )
    return followed(view)
