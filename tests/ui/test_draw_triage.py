"""The triage screen says why a deal is looked at, what is next on it, and what is left."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from pipeboard.domain.deal import Contact, Deal, NextStep, Status
from pipeboard.domain.queue import Position, Queued, Reason, Tier
from pipeboard.ui.draw.facts import PaneStyle
from pipeboard.ui.draw.line import Glyphs, Line, tagged, text_of, width_of
from pipeboard.ui.draw.triage import TriageView, body, deal_at, head, key_at
from tests.ui.board_scene import DEAL, PIPELINE, TODAY, ZONE, at, sheet_of
from tests.ui.golden_screens import assert_looks_like, with_roles

REASONS = (Reason(Tier.STALLED, "26 d in Qualify (limit 14)"), Reason(Tier.HYGIENE, "no budget"))
CHOICES = (
    (("t", "next step"), ("1", "today"), ("2", "Tue")),
    (("n", "note"), ("↵", "all of it")),
)


def deal(number: int, name: str, **facts: Any) -> Deal:
    return replace(DEAL, id=number, account=name, **facts)


COMING = (
    (deal(1, "Acme"), Tier.STALLED),
    (deal(2, "Borealis", value=None), Tier.CLOSING),
    (deal(3, "Cobalt"), Tier.STALLED),
)


def style(width: int = 120, glyphs: Glyphs = Glyphs.UNICODE) -> PaneStyle:
    return PaneStyle(width, TODAY, ZONE, glyphs)


def view(looked_at: Deal | None = DEAL, **facts: Any) -> TriageView:
    """Five deals are left of nine: the one that is looked at, two more of its kind, another, and
    one that was skipped."""
    return TriageView(
        **{
            "whose": "@ana",
            "handled": 4,
            "left": 5,
            "total": 9,
            "skipped": 1,
            "tiers": {Tier.STALLED: 4, Tier.CLOSING: 1},
            "record": None if looked_at is None else sheet_of(looked_at),
            "queued": (
                Queued(looked_at, Position(Tier.STALLED, REASONS), None) if looked_at else None
            ),
            "choices": CHOICES,
            "coming": COMING,
            "done": ("Moved Dune to Demo.", "Called Elm."),
            "skipped_ones": {3: Tier.STALLED},
            **facts,
        }
    )


def texts(lines: tuple[Line, ...]) -> list[str]:
    return [text_of(line).rstrip() for line in lines]


def said(shown: TriageView, width: int = 80, rows: int = 40) -> str:
    return "\n".join(texts(body(shown, style(width), rows)))


@pytest.mark.parametrize(("width", "rows"), [(120, 30), (80, 30), (44, 16)])
def test_triage_looks_as_it_should(width: int, rows: int) -> None:
    drawn = [*head(view(), style(width)), *body(view(), style(width), rows)]
    assert all(width_of(line) <= width for line in drawn)
    assert_looks_like(f"triage-{width}", with_roles(drawn))


@pytest.mark.parametrize(
    ("handled", "total", "skipped", "width", "says"),
    [
        (4, 9, 0, 120, "4 of 9 done  ████████░░░░░░░░░░ 44%"),
        (4, 9, 1, 120, "4 of 9 done, 1 skipped  ████████░░░░░░░░░░ 44%"),
        (0, 9, 0, 120, "0 of 9 done  ░░░░░░░░░░░░░░░░░░ 0%"),
        (9, 9, 0, 120, "9 of 9 done  ██████████████████ 100%"),
        (0, 0, 0, 120, "0 of 0 done  ██████████████████ 100%"),
        (4, 9, 1, 44, "4 of 9 done, 1 skipped"),
    ],
)
def test_the_head_says_how_far_one_has_come(
    handled: int, total: int, skipped: int, width: int, says: str
) -> None:
    shown = view(handled=handled, total=total, skipped=skipped)
    assert texts(head(shown, style(width)))[0].endswith(f"{says}")


@pytest.mark.parametrize("width", range(40, 81, 5))
def test_a_tag_takes_its_room_from_the_bar_not_from_whose_queue_it_is(width: int) -> None:
    tags: Line = ((" DEMO ", "tag.demo"), ("  ", "bar"))
    bar = head(view(whose="@anabel"), style(width), width_of(tags))[0]
    assert " Triage  @anabel " in text_of(tagged(bar, tags))


@pytest.mark.parametrize("width", range(40, 121, 8))
@pytest.mark.parametrize("whose", ["@ana", "everyone"])
def test_a_filter_is_seen_in_the_head_at_every_width(width: int, whose: str) -> None:
    tags: Line = ((" DEMO ", "tag.demo"), ("  ", "bar"))
    shown = view(whose=whose, filter_text="rot", skipped=0)
    bar = text_of(tagged(head(shown, style(width), width_of(tags))[0], tags))
    assert " /rot" in bar
    assert (f"Triage  {whose}  /rot" in bar) is (width > 40)


def test_kinds_for_which_there_is_no_room_are_counted_by_their_deals() -> None:
    shown = view(tiers={tier: 10 + tier for tier in Tier})
    wide, narrow = (texts(head(shown, style(width)))[1] for width in (200, 44))
    assert wide.split("  ") == [
        " ! 11 overdue", "12 due today", "13 woke or new", "? 14 no next step",
        "~ 15 stalled though planned", "16 closing, offer or close date", "17 data to complete",
    ]  # fmt: skip
    assert narrow.split("  ") == [" ! 11 overdue", "12 due today", "75 more"]


def test_why_a_deal_is_here_is_said_as_long_as_there_is_a_reason() -> None:
    assert "WHY   26 d in Qualify (limit 14)\n        no budget" in said(view())
    assert "WHY   nothing any more" in said(view(queued=None))


@pytest.mark.parametrize(
    ("step", "words", "role"),
    [
        (None, "no next step", "sign.none"),
        (NextStep("call", date(2026, 11, 22)), "-1d call", "card.due.over"),
        (NextStep("call", TODAY), "today call", "text"),
        (NextStep("call"), "no day call", "text"),
        (NextStep("", TODAY), "today", "text"),
        (NextStep("call", TODAY, "1w"), "today call (every 1w)", "text"),
    ],
)
def test_what_is_next_stands_out_once_it_is_overdue(
    step: NextStep | None, words: str, role: str
) -> None:
    (line,) = (
        line
        for line in body(view(replace(DEAL, next_step=step)), style(80), 40)
        if "NEXT" in text_of(line)
    )
    assert [(text.strip(), role) for text, role in line][-1] == (words, role)


@pytest.mark.parametrize("outcome", [None, Status.WON, Status.LOST])
def test_what_comes_next_and_who_was_never_spoken_to_are_said_of_open_deals_only(
    outcome: Status | None,
) -> None:
    closed: dict[str, Any] = {
        "outcome": outcome,
        "closed_at": at(11, 20),
        "stage_id": PIPELINE.won.id,
    }
    looked_at = replace(DEAL, **(closed if outcome else {}))
    told = said(view(looked_at, record=replace(sheet_of(looked_at), touches=())))
    labels = [line[:6].strip() for line in told.split("\n") if line[:6].strip().isupper()]
    assert labels == (
        ["WHY", "NOTE", "CALL"] if outcome else ["WHY", "NEXT", "LAST", "NOTE", "ASK", "CALL"]
    )
    assert ("LAST  no touch yet" in told) is (outcome is None)


def test_the_latest_note_names_who_wrote_it() -> None:
    assert "NOTE  21 Nov @ana Wants a reference from a dairy plant." in said(view())


def test_of_many_people_the_first_are_called_and_of_none_it_is_said() -> None:
    many = {f"p{n}": Contact(f"Person {n}", "user", phone=f"+{n}") for n in range(5)}
    told = said(view(replace(DEAL, contacts=many)))
    assert [f"Person {n}" in told for n in range(5)] == [True] * 3 + [False] * 2
    assert "CALL  nobody is known yet" in said(view(replace(DEAL, contacts={})))


def test_on_a_low_screen_one_of_each_is_said() -> None:
    told = said(view(), rows=11)
    assert "Outi Salo · outi@lumen.example" in told
    assert "Mika Laine" not in told and "what now?" not in told


def queue(shown: TriageView, rows: int = 30) -> list[str]:
    return [line[80:].strip() for line in texts(body(shown, style(120), rows)) if line[80:].strip()]


def test_each_kind_of_the_queue_has_its_count_without_what_was_skipped() -> None:
    assert queue(view()) == [
        "stalled though planned  3",
        "›~ Lumen Oy                       €40k",
        "~ Acme                           €40k",
        "closing, offer or close date  1",
        "Borealis",
        "skipped  1",
        "~ Cobalt                         €40k",
        "1 more",
    ]
    assert queue(view(left=4))[-1].startswith("~ Cobalt")


@pytest.mark.parametrize(
    ("rows", "lines", "last"),
    [(8, 8, "1 more"), (7, 7, "2 more"), (5, 5, "3 more"), (2, 2, "5 more")],
)
def test_deals_that_the_queue_has_no_room_for_are_counted(rows: int, lines: int, last: str) -> None:
    """Those that are cut off, and those that are not read yet; heads are none."""
    shown = body(view(), style(120), rows)
    beside = [line[80:].strip() for line in texts(shown)][:rows]
    assert [line for line in beside if line][-1] == last
    assert sum(bool(line[80:].strip()) for line in texts(shown)) == lines


def test_a_click_finds_the_deal_and_the_key() -> None:
    shown, wide = view(), style(120)
    rows = [deal_at(shown, wide, 30, 90, y) for y in range(9)]
    assert rows == [0, 114, 1, 0, 2, 0, 3, 0, 0]
    assert deal_at(shown, wide, 30, 79, 1) == 0
    assert deal_at(shown, style(80), 30, 79, 1) == 0
    line: Line = (("a", "input.label"), (" add", "text"), ("  ", "text"), ("b", "input.label"))
    assert [key_at(line, x) for x in range(9)] == ["a"] * 5 + ["", ""] + ["b", ""]


@pytest.mark.parametrize(
    ("handled", "skipped", "title"),
    [(0, 0, "Nothing needs you now."), (0, 2, "2 skipped."), (3, 0, "2 skipped.")],
)
def test_at_the_end_it_is_said_what_came_of_it(handled: int, skipped: int, title: str) -> None:
    shown = view(None, handled=handled, skipped=skipped, summary="2 skipped.", coming=())
    lines = texts(body(shown, style(80), 30))
    assert lines[1].strip() == title
    # All that was done, where beside a deal there is the last alone.
    assert [line.strip() for line in lines[-2:]] == [
        "done     ✓ Moved Dune to Demo.",
        "✓ Called Elm.",
    ]
    assert "Called Elm" not in said(view())
