"""The deal score: weighted BANT and interest, what is unknown kept apart."""

from __future__ import annotations

from datetime import date, timedelta
from enum import StrEnum
from fractions import Fraction
from typing import NamedTuple
from zoneinfo import ZoneInfo

from pipeboard.domain.dates import local_date
from pipeboard.domain.deal import Deal
from pipeboard.domain.hygiene import unproven
from pipeboard.domain.lazy_dataclass import dataclass
from pipeboard.domain.money import half_up
from pipeboard.domain.pipeline import Factor, Pipeline, Stage

WEIGHTS = {
    Factor.BUDGET: 25,
    Factor.AUTHORITY: 20,
    Factor.NEED: 25,
    Factor.TIMELINE: 15,
    Factor.INTEREST: 15,
}
BEST = 4


@dataclass(frozen=True, slots=True)
class FactorScore:
    """One factor: its rating 0..4 or None, its weight, and why in one line."""

    factor: Factor
    rating: Fraction | None
    weight: int
    why: str

    @property
    def points(self) -> Fraction:
        return Fraction(0) if self.rating is None else self.weight * self.rating / BEST

    @property
    def points_text(self) -> str:
        """The points to one decimal, halves up, without a trailing zero; `?` while unknown."""
        if self.rating is None:
            return "?"
        whole, tenth = divmod(half_up(self.points * 10), 10)
        return f"{whole}.{tenth}" if tenth else str(whole)


@dataclass(frozen=True, slots=True)
class Score:
    """Points of 100 with unknown factors at their worst (`low`) and best (`high`); `known` is the
    weight of the rated factors in percent."""

    low: int
    high: int
    known: int
    factors: tuple[FactorScore, ...]


def score(deal: Deal, pipeline: Pipeline, today: date, zone: ZoneInfo) -> Score | None:
    """The score of a deal; None when nothing at all is known."""
    factors = tuple(
        _interest(deal, pipeline, today, zone)
        if factor is Factor.INTEREST
        else _from_answers(factor, deal, pipeline)
        for factor in WEIGHTS
    )
    rated = [factor for factor in factors if factor.rating is not None]
    if not rated:
        return None
    low = sum((factor.points for factor in rated), Fraction(0))
    known = sum(factor.weight for factor in rated)
    return Score(half_up(low), half_up(low + 100 - known), known, factors)


# What the score is not: how warm a deal is, and whether it is wanted, qualified, ready.


class Warmth(StrEnum):
    """How lately the other side said something, or else we; named in the order of the cold."""

    COLD = "cold"
    COOLING = "cooling"
    WARM = "warm"


def warmth(deal: Deal, pipeline: Pipeline, today: date, zone: ZoneInfo) -> Warmth | None:
    """How warm an open deal is: warm where they answered lately, cooling where only we were in
    touch, cold where nobody was; None where nobody has been yet."""
    if not deal.is_open or deal.last_touch_at is None:
        return None
    fresh = fresh_since(pipeline.stage(deal.stage_id), today)
    for at, found in ((deal.last_reply_at, Warmth.WARM), (deal.last_touch_at, Warmth.COOLING)):
        if at is not None and local_date(at, zone) >= fresh:
            return found
    return Warmth.COLD


class Readiness(NamedTuple):
    """Three things that are not one: whether they are interested (None without any sign),
    whether the deal is in a qualified stage, and whether all is known that a commit needs."""

    interested: bool | None
    qualified: bool
    ready: bool


def standing(deal: Deal, pipeline: Pipeline, today: date, zone: ZoneInfo) -> Readiness:
    """How an open deal stands."""
    interest = _interest(deal, pipeline, today, zone).rating
    return Readiness(
        None if interest is None else interest > 0,
        pipeline.is_qualified_at(deal.stage_id),
        not unproven(deal, pipeline),
    )


def _from_answers(factor: Factor, deal: Deal, pipeline: Pipeline) -> FactorScore:
    """The mean rating of the answers that prove a factor."""
    rated = [
        (question.label, answer.rating)
        for question in pipeline.questions
        if factor in question.proves
        and (answer := deal.answers.get(question.key)) is not None
        and answer.rating is not None
    ]
    if not rated:
        return FactorScore(factor, None, WEIGHTS[factor], "no rated answer")
    mean = Fraction(sum(rating for _, rating in rated), len(rated))
    why = ", ".join(f"{label} {rating}/{BEST}" for label, rating in rated)
    return FactorScore(factor, mean, WEIGHTS[factor], why)


def fresh_since(stage: Stage, today: date) -> date:
    """The day from which on a word each way counts as having talked lately."""
    return today - timedelta(days=14 if stage.idle_days is None else stage.idle_days)


def _interest(deal: Deal, pipeline: Pipeline, today: date, zone: ZoneInfo) -> FactorScore:
    """Interest as rated, else a point for each piece of evidence; None without any."""
    stated = _from_answers(Factor.INTEREST, deal, pipeline)
    if stated.rating is not None:
        return stated
    fresh = fresh_since(pipeline.stage(deal.stage_id), today)
    two_way = all(
        at is not None and local_date(at, zone) >= fresh
        for at in (deal.last_outbound_at, deal.last_reply_at)
    )
    answered = deal.answered(pipeline)
    evidence = [
        *(f"+1 {q.label} answered" for q in answered if Factor.INTEREST in q.proves),
        *(f"+1 {q.label} answered" for q in answered if Factor.FIT in q.proves),
        *(["+1 talked both ways lately"] if two_way else []),
        *(["+1 trial close yes"] if deal.trial_close == "yes" else []),
    ]
    if not evidence:
        return FactorScore(Factor.INTEREST, None, WEIGHTS[Factor.INTEREST], "no sign of it yet")
    rating = Fraction(min(len(evidence), BEST))
    return FactorScore(Factor.INTEREST, rating, WEIGHTS[Factor.INTEREST], ", ".join(evidence))
