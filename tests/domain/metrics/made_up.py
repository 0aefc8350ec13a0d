"""Histories that nobody would think of: any legal order of events on a few deals."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from random import Random

from hypothesis import strategies as st

from tests.domain.metrics.log import LEAD, LOST, NEGOTIATE, PROPOSAL, QUALIFY, WON, Log, at

STAGES = (LEAD, QUALIFY, PROPOSAL, NEGOTIATE)
OWNERS = ("ana", "bo", "cem")
SPAN = 120

EDGES = (0.0, 31.0, 59.0, 90.0)
"""The first instants of the months, by UTC, which are those of the periods that tests ask for."""


def _around(day: int) -> st.SearchStrategy[int]:
    return st.sampled_from((day - 1, day))


values = st.one_of(st.none(), st.integers(0, 500))
currencies = st.sampled_from(("EUR", "EUR", "EUR", "USD"))
closes = st.one_of(
    st.none(),
    st.one_of(
        st.integers(-20, SPAN + 40), st.sampled_from(EDGES).flatmap(lambda edge: _around(int(edge)))
    ).map(lambda day: (date(2026, 1, 1) + timedelta(day)).isoformat()),
)
gaps = st.sampled_from((0.0, 0.25, 1.0, 3.0, 11.0, 30.0))
beginnings = st.one_of(
    st.floats(0, SPAN / 2).map(lambda at: round(at * 4) / 4), st.sampled_from(EDGES)
)


@st.composite
def logs(draw: st.DrawFn, *, most_deals: int = 5, most_events: int = 9) -> Log:
    """A log in which each deal's events are legal and in the order of time."""
    log = Log()
    for _ in range(draw(st.integers(1, most_deals))):
        day = draw(beginnings)
        deal = log.add(
            day,
            draw(st.sampled_from(STAGES)),
            value=draw(values),
            currency=draw(currencies),
            close=draw(closes),
            owner=draw(st.sampled_from(OWNERS)),
        )
        if draw(st.integers(0, 5)) == 0:
            log.forget_when(deal)
        stage, archived = log.facts[-1].stage_id or LEAD, False
        for _ in range(draw(st.integers(0, most_events))):
            day = max(day + draw(gaps), draw(st.sampled_from((0.0, 0.0, *EDGES))))
            stage, archived = _event(draw, log, deal, day, stage, archived=archived)
    return log


def _event(
    draw: st.DrawFn, log: Log, deal: int, day: float, stage: int, *, archived: bool
) -> tuple[int, bool]:
    """One more event that the deal's state allows; its state after it."""
    if archived:
        log.say(deal, day, "unarchived")
        return stage, False
    is_open = stage in STAGES
    moves = ("move", "move", "win", "lose") if is_open else ("reopen",)
    match draw(st.sampled_from((*moves, "say", "say", "archive"))):
        case "move":
            stage = draw(st.sampled_from([other for other in STAGES if other != stage]))
            log.move(deal, day, stage, override=draw(st.booleans()))
        case "win":
            stage = WON
            log.win(deal, day, draw(values), draw(currencies))
        case "lose":
            stage = LOST
            log.lose(deal, day, draw(st.sampled_from(("price", "timing", "invalid"))))
        case "reopen":
            stage = draw(st.sampled_from(STAGES))
            log.reopen(deal, day, stage)
        case "archive":
            log.say(deal, day, "archived")
            return stage, True
        case _:
            _say(draw, log, deal, day)
    return stage, False


def _say(draw: st.DrawFn, log: Log, deal: int, day: float) -> None:
    match draw(st.sampled_from(("value", "close", "close", "owner", "probability", "work"))):
        case "value":
            log.value(deal, day, draw(values), draw(currencies))
        case "close":
            log.close(deal, day, draw(closes))
        case "owner":
            log.owner(deal, day, draw(st.sampled_from(OWNERS)))
        case "probability":
            log.probability(deal, day, draw(st.one_of(st.none(), st.integers(0, 10_000))))
        case _:
            kind = draw(st.sampled_from(("touch", "next_step", "snoozed", "step_done")))
            what = draw(st.sampled_from(("call out", "email in"))) if kind == "touch" else ""
            log.say(deal, day, kind, on=draw(closes) if kind != "touch" else None, what=what)


def made_up_year() -> Log:
    """The same every time: ninety deals of three reps through four stages, with wins, losses,
    touches, plans and handovers."""
    chance, log = Random(7), Log()
    for _ in range(90):
        day = chance.randrange(0, 300) + chance.choice((0, 0.25, 0.5))
        owner, value = chance.choice((*OWNERS, "")), chance.choice((None, 50, 80, 400))
        currency = chance.choice(("EUR", "EUR", "EUR", "USD"))
        due = _day(day + chance.randrange(5, 120))
        close = chance.choice((None, due, due))
        deal = log.add(day, LEAD, value=value, currency=currency, close=close, owner=owner)
        if chance.random() < 0.1:
            log.forget_when(deal)
        for stage in (QUALIFY, PROPOSAL, NEGOTIATE):
            day += chance.choice((1, 4, 9, 20))
            if chance.random() < 0.75:
                log.move(deal, day, stage, override=chance.random() < 0.1)
            _work(chance, log, deal, day, currency)
            if stage == PROPOSAL and chance.random() < 0.5:
                log.quote(deal, day + 0.7)
        _end(chance, log, deal, day + chance.choice((2, 8, 30)), currency)
    return Log(sorted(log.facts, key=lambda fact: (fact.deal_id, fact.at)))


def _day(day: float) -> str:
    return f"{at(day):%Y-%m-%d}"


def _work(chance: Random, log: Log, deal: int, day: float, currency: str) -> None:
    """What a rep may do on a deal in a stage."""
    ways = ("call out", "call in", "email out", "meeting out")
    done: tuple[tuple[float, Callable[[float], None]], ...] = (
        (0.5, lambda at: log.say(deal, at, "touch", what=chance.choice(ways))),
        (0.2, lambda at: log.probability(deal, at, chance.choice((2_000, 6_000, 9_000)))),
        (0.2, lambda at: log.close(deal, at, _day(day + chance.randrange(9, 90)))),
        (0.15, lambda at: log.value(deal, at, chance.choice((60, 300, None)), currency)),
        (0.15, lambda at: log.owner(deal, at, chance.choice(OWNERS[:2]))),
        (0.15, lambda at: log.say(deal, at, "category", what=chance.choice(("commit", "best")))),
        (0.1, lambda at: log.say(deal, at, "snoozed", on=_day(day + 15))),
        (0.2, lambda at: log.say(deal, at, "next_step", on=_day(day + 5), what="yes")),
    )
    for place, (often, do) in enumerate(done, 1):
        if chance.random() < often:
            do(day + place / 16)


def _end(chance: Random, log: Log, deal: int, day: float, currency: str) -> None:
    """How a deal may end, or not."""
    end = chance.random()
    if end < 0.35:
        log.win(deal, day, chance.choice((None, 70)), currency)
    elif end < 0.6:
        log.lose(deal, day, chance.choice(("price", "timing", "competitor", "invalid", "")))
        rival = chance.choice((None, "Acme", "Bolt"))
        log.facts[-1] = log.facts[-1]._replace(competitor=rival)
        if chance.random() < 0.2:
            log.reopen(deal, day + 3, PROPOSAL)
    elif end < 0.65:
        log.say(deal, day, "archived")
