"""Targets, calls and rates: what is said of each, whose it is, and what is no such thing."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date
from types import SimpleNamespace
from typing import Any

import pytest

from pipeboard.domain.errors import BadInput, NotFound, PipeboardError
from pipeboard.domain.settings import Rep
from pipeboard.exchange.rows import DealRow
from pipeboard.workspace.import_plan import stages_of
from pipeboard.workspace.recording import Receipt
from pipeboard.workspace.reports import _holder
from tests.team import Team, sales
from tests.verbs import Workspace


@pytest.fixture
def team(team_on_a_file: Team) -> Team:
    """On one engine: what is said does not depend on it."""
    return team_on_a_file


Do = Callable[[Workspace], Receipt]


@pytest.mark.parametrize(
    ("do", "said"),
    [
        (
            lambda w: w.set_target(sales(w), "2026Q4", "130k"),
            "Target for 2026Q4, everybody: €130,000.",
        ),
        (
            lambda w: w.set_target(sales(w), "2026Q4", "9k", owner="@BO"),
            "Target for 2026Q4, @bo: €9,000.",
        ),
        (
            lambda w: w.set_target(sales(w), "2026Q4", "9k USD", team="north"),
            "Target for 2026Q4, team North: $9,000.",
        ),
        (lambda w: w.set_call(sales(w), "2026-11", "5k"), "Call for 2026-11, @ana: €5,000."),
        (
            lambda w: w.set_call(sales(w), "2026", "5k", owner="cy"),
            "Call for 2026, @cy: €5,000.",
        ),
        (lambda w: w.set_rate("usd", "0.92"), "1 USD is 0.92 EUR from Mon 23 Nov 2026 on."),
        (
            lambda w: w.set_rate("USD", "1/4", on=date(2026, 1, 2)),
            "1 USD is 0.25 EUR from Fri 2 Jan 2026 on.",
        ),
    ],
)
def test_what_is_agreed_is_said_in_a_sentence(do: Do, said: str, ana: Workspace) -> None:
    ana.save_rep(Rep("bo", team="North"))
    assert do(ana).summary == said
    assert do(ana).summary == "Nothing to change: it is so already."


@pytest.mark.parametrize(
    ("do", "undo", "said"),
    [
        (
            lambda w: w.set_target(sales(w), "2026Q4", "1k"),
            lambda w: w.set_target(sales(w), "2026Q4", None),
            "No target for 2026Q4, everybody.",
        ),
        (
            lambda w: w.set_call(sales(w), "2026-11", "5k"),
            lambda w: w.set_call(sales(w), "2026-11", None),
            "No call for 2026-11, @ana.",
        ),
        (
            lambda w: w.set_rate("USD", "0.9"),
            lambda w: w.set_rate("USD", None),
            "No rate of USD for Mon 23 Nov 2026.",
        ),
    ],
)
def test_what_is_taken_away_is_said_so(do: Do, undo: Do, said: str, ana: Workspace) -> None:
    do(ana)
    assert undo(ana).summary == said


@pytest.mark.parametrize(
    ("do", "error", "why"),
    [
        (
            lambda w: w.set_target(sales(w), "all", "1k"),
            BadInput,
            "'all' is no period",
        ),
        (
            lambda w: w.set_call(sales(w), "2026-01-05..2026-01-09", "1k"),
            BadInput,
            "is no period for a call",
        ),
        (
            lambda w: w.set_target(sales(w), "2026", "1k", owner="bo", team="x"),
            BadInput,
            "a rep's or a team's, not both",
        ),
        (
            lambda w: w.set_call(sales(w), "2026", "1k", owner="bu"),
            NotFound,
            "no rep 'bu'",
        ),
        (lambda w: w.set_rate("eur", "1"), BadInput, "EUR is the workspace's own currency"),
        (lambda w: w.set_rate("usd", "0"), BadInput, "no exchange rate"),
    ],
)
def test_what_is_no_such_thing_is_refused(
    do: Do, error: type[PipeboardError], why: str, ana: Workspace
) -> None:
    with pytest.raises(error, match=why):
        do(ana)
    assert not ana.reader.history.commands()


@pytest.mark.parametrize("typed", ["9k", "9k USD", "9k EUR"])
def test_an_amount_without_a_currency_is_in_that_of_the_pipeline_as_it_is_now(
    typed: str, ana: Workspace
) -> None:
    seen = sales(ana)
    ana.save_pipeline(replace(seen, currency="USD"))
    amount = "€9,000" if "EUR" in typed else "$9,000"
    assert ana.set_target(seen, "2026Q4", typed).summary == (
        f"Target for 2026Q4, everybody: {amount}."
    )
    assert ana.set_call(seen, "2026Q4", typed).summary == f"Call for 2026Q4, @ana: {amount}."


REPS = (Rep("ana"), Rep("bo", team="North"), Rep("cy", team="South"))


@pytest.mark.parametrize(
    ("owner", "team_name", "held"),
    [
        ("", "", ("", "")),
        ("bo", "", ("bo", "")),
        ("@Bo", "", ("bo", "")),
        ("", "NORTH", ("", "North")),
        ("dee", "", None),
        ("", "East", None),
        ("@@bo", "", ("bo", "")),
    ],
)
def test_a_rep_or_a_team_is_meant_in_any_case(
    owner: str, team_name: str, held: tuple[str, str] | None
) -> None:
    service: Any = SimpleNamespace(me="cy", reader=SimpleNamespace(reps=lambda: REPS))
    if held is None:
        with pytest.raises(NotFound):
            _holder(service, owner, team_name)
        return
    assert _holder(service, owner, team_name) == held


# The stages of a file, of which a pipeline is made.


@pytest.mark.parametrize(
    ("named", "stages"),
    [
        (["Talk", "Offer", "talk"], ("Talk", "Offer")),
        ([None, "Talk"], ("Talk",)),
        ([None, None], ("Open",)),
    ],
)
def test_a_file_without_stages_has_one(named: list[str | None], stages: tuple[str, ...]) -> None:
    row = DealRow(2, {}, "x")
    reading: Any = SimpleNamespace(rows=lambda: iter([replace(row, stage=one) for one in named]))
    assert stages_of(reading) == stages


def test_a_file_without_deals_has_no_stages() -> None:
    reading: Any = SimpleNamespace(rows=lambda: iter(()))
    with pytest.raises(BadInput, match="The file holds no deals"):
        stages_of(reading)


@pytest.mark.parametrize(
    ("typed", "rate"),
    [
        ("0.92", 0.92), ("0,92", 0.92), ("1/4", 0.25), (" 2 ", 2.0), ("1000000000", 1e9),
        ("1/1000000000", 1e-9), ("0", None), ("-1", None), ("1000000001", None),
        ("1/1000000001", None), ("1/0", None), ("much", None), ("", None),
    ],
)  # fmt: skip
def test_a_rate_is_a_number_of_a_size_that_there_is(
    typed: str, rate: float | None, ana: Workspace
) -> None:
    if rate is None:
        with pytest.raises(BadInput, match="no exchange rate"):
            ana.set_rate("USD", typed)
        return
    ana.set_rate("USD", typed)
    (agreed,) = ana.reader.agreements.entries()
    after = agreed.agreement.after or {}
    assert int(str(after["numerator"])) / int(str(after["denominator"])) == pytest.approx(rate)


@pytest.mark.parametrize(
    ("owner", "team_name", "said", "hint"),
    [
        ("ann", "", "There is no rep 'ann'.", "Did you mean @ana?"),
        (
            "zzzz",
            "",
            "There is no rep 'zzzz'.",
            "See 'pipeboard rep list', or add them with 'pipeboard rep add'.",
        ),
        ("", "Nort", "There is no team 'Nort'.", "Did you mean North?"),
        ("", "zzzz", "There is no team 'zzzz'.", "See 'pipeboard rep list'."),
    ],
)
def test_who_holds_a_target_and_is_not_there_is_told_with_the_near_one(
    owner: str, team_name: str, said: str, hint: str
) -> None:
    service: Any = SimpleNamespace(me="cy", reader=SimpleNamespace(reps=lambda: REPS))
    with pytest.raises(NotFound) as refused:
        _holder(service, owner, team_name)
    assert (refused.value.message, refused.value.hint) == (said, hint)


@pytest.mark.parametrize(
    ("do", "said", "hint"),
    [
        (
            lambda w: w.set_target(sales(w), "all", "1k"),
            "'all' is no period for a target.",
            "Name a year, quarter, month or week, such as 2026Q4.",
        ),
        (
            lambda w: w.set_call(sales(w), "soon", "1k"),
            "'soon'",
            "Name a year, quarter, month or week, such as 2026Q4.",
        ),
        (
            lambda w: w.set_rate("eur", "1"),
            "EUR is the workspace's own currency.",
            "Its rate is 1 and needs no entry.",
        ),
        (lambda w: w.set_rate("usd", "x"), "'x' is no exchange rate.", "Write it like 0.92."),
        (
            lambda w: w.end_of(date(2026, 11, 24)),
            "2026-11-24 has not come yet.",
            "Numbers can be taken as of a day until today.",
        ),
        (
            lambda w: w.rename_filter("hot", "big"),
            "No filter 'hot' is saved.",
            "See 'pipeboard filter list'.",
        ),
    ],
)
def test_what_is_no_such_thing_is_told_with_how_it_is_written(
    do: Do, said: str, hint: str, ana: Workspace
) -> None:
    with pytest.raises(PipeboardError) as refused:
        do(ana)
    assert said in refused.value.message and refused.value.hint == hint
