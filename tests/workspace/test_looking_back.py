"""From which day one looks back, which review was held on a day, and filters by their names."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, timedelta
from typing import cast

import pytest

from pipeboard.domain.errors import BadInput, NotFound
from pipeboard.domain.review import ReviewDocument
from pipeboard.workspace.finding import since_days
from pipeboard.workspace.review import gather, held_on, held_reviews, hold
from tests.team import TODAY, Team, add, sales
from tests.verbs import Workspace


@pytest.fixture
def team(team_on_a_file: Team) -> Team:
    """On one engine: nothing of this depends on it."""
    return team_on_a_file


@pytest.mark.parametrize(
    ("text", "days"),
    [
        ("today", (date(2026, 11, 23), None)),
        ("20nov", (date(2026, 11, 20), None)),
        ("24nov", (date(2025, 11, 24), None)),
        ("2026-11-24", None),
        ("2026-11-23", (date(2026, 11, 23), None)),
        ("2026-10-01..2026-11-01", (date(2026, 10, 1), date(2026, 11, 1))),
        ("2026-11-23..2026-12-01", (date(2026, 11, 23), date(2026, 12, 1))),
        ("2026-11-24..2026-12-01", None),
    ],
)
def test_changes_are_told_since_a_day_that_has_come(
    text: str, days: tuple[date, date | None] | None
) -> None:
    if days is None:
        with pytest.raises(BadInput, match="comes after 2026-11-23, the day of the numbers"):
            since_days(text, TODAY)
        return
    assert since_days(text, TODAY) == days


def held_at(ana: Workspace, team: Team, days: Sequence[float], name: str = "Sales") -> None:
    """Reviews that were held so many days from now."""
    began = team.clock.now
    for number, day in enumerate(days):
        at = began + timedelta(days=day)
        document = cast("ReviewDocument", {"number": number})
        hold(ana, ana.pipeline(name), document, at=at)


@pytest.mark.parametrize(
    ("held", "day", "found"),
    [
        ([0], TODAY, {"number": 0}),
        ([0, 0.1], TODAY, {"number": 1}),
        ([0.1, 0], TODAY, {"number": 0}),
        ([0.58], TODAY, {"number": 0}),
        ([0.59], TODAY + timedelta(days=1), {"number": 0}),
        ([-7, 0], TODAY - timedelta(days=7), {"number": 0}),
        ([-7, 0], TODAY - timedelta(days=1), "There are reviews of 2026-11-23, 2026-11-16."),
        (
            [-60, -50, -40, -30, -20, -10],
            TODAY,
            "There are reviews of 2026-11-13, 2026-11-03, 2026-10-24, 2026-10-14, 2026-10-04.",
        ),
        ([], TODAY, "Hold one: pipeboard review --hold -p Sales"),
    ],
)
def test_a_review_is_meant_by_its_local_day_the_last_of_it(
    held: list[float], day: date, found: object, ana: Workspace, team: Team
) -> None:
    """It is ten in Berlin."""
    other = ana.save_pipeline(replace(sales(ana), id=0, name="Renewals"))
    hold(ana, other, cast("ReviewDocument", {"number": 9}), at=ana.now())
    held_at(ana, team, held)
    assert [one.at for one in held_reviews(ana, sales(ana))] == sorted(
        (ana.now() + timedelta(days=days) for days in held), reverse=True
    )
    if isinstance(found, str):
        with pytest.raises(NotFound, match=f"No review of Sales was held on {day}") as refused:
            held_on(ana, sales(ana), day)
        assert refused.value.hint == found
        return
    assert held_on(ana, sales(ana), day).contents == found


def test_what_is_gathered_is_the_review_with_those_that_were_held(
    ana: Workspace, team: Team
) -> None:
    deal = add(ana, "Lumen Oy: pilot 40k")
    held_at(ana, team, [-9, -2])
    found = gather(ana, sales(ana))
    assert (found.at, found.document["since"][:10]) == (ana.now(), "2026-11-21")
    assert [dict(one.contents) for one in found.held] == [{"number": 1}, {"number": 0}]
    assert any(deal.id in ids for ids in found.behind.values())
    assert gather(ana, sales(ana), ana.now() - timedelta(days=5)).document["since"][:10] == (
        "2026-11-18"
    )


@pytest.mark.parametrize(
    ("name", "new", "error", "said"),
    [
        ("big", "large", None, "Renamed the filter big to large."),
        ("big", " large\t", None, "Renamed the filter big to large."),
        ("big", "big", None, "Nothing to change: it is so already."),
        ("big", "mine", BadInput, "There is a filter 'mine' already."),
        ("big", " ", BadInput, "A filter needs a name."),
        ("bigg", "large", NotFound, "No filter 'bigg' is saved."),
    ],
)
def test_a_filter_takes_a_name_that_no_other_of_mine_bears(
    name: str, new: str, error: type[Exception] | None, said: str, ana: Workspace, bo: Workspace
) -> None:
    ana.save_filter("big", "value>50k")
    ana.save_filter("mine", "owner:ana")
    bo.save_filter("large", "won")
    before = dict(ana.saved_filters())
    if error is None:
        assert ana.rename_filter(name, new).summary == said
        after = before | {new.strip(): "value>50k"}
        if new.strip() != name:
            del after[name]
        assert dict(ana.saved_filters()) == after
    else:
        with pytest.raises(error, match=said):
            ana.rename_filter(name, new)
        assert dict(ana.saved_filters()) == before
    assert dict(bo.saved_filters()) == {"large": "won"}


@pytest.mark.parametrize(
    ("name", "text", "error", "said"),
    [
        ("", "open", BadInput, "A filter needs a name."),
        ("x", "close:never", BadInput, "close"),
        ("big", "", None, "Forgot the filter big."),
        ("bgi", "", NotFound, "No filter 'bgi' is saved."),
        ("big", "value>50k", None, "Nothing to change: it is so already."),
        (" big ", " won ", None, "Saved the filter big: won"),
    ],
)
def test_a_filter_is_saved_under_its_name_or_forgotten(
    name: str, text: str, error: type[Exception] | None, said: str, ana: Workspace
) -> None:
    ana.save_filter("big", "value>50k")
    if error is None:
        assert ana.save_filter(name, text).summary == said
        expected = {"big": text.strip()} if text else {}
        assert dict(ana.saved_filters()) == expected
        return
    with pytest.raises(error, match=said):
        ana.save_filter(name, text)
    assert dict(ana.saved_filters()) == {"big": "value>50k"}
