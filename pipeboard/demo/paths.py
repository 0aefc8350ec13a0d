"""The way of a made-up deal through the stages: which it visited, and from when to when."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from random import Random

from pipeboard.demo.fates import FIRST, NEEDS, PROPOSAL, QUALIFICATION, Ending, Fate, Health
from pipeboard.demo.working_time import PER_DAY
from pipeboard.domain.pipeline import Stage

SLOW = {PROPOSAL: 1.5}
"""Stages in which this team loses time, so that there is a bottleneck to find."""


@dataclass(frozen=True, slots=True)
class Visit:
    """A stay in an open stage, from and to in working minutes before now; `came_back` from a
    loss says how it began."""

    place: int
    begins: float
    ends: float
    came_back: bool = False


def path(fate: Fate, stages: Sequence[Stage], rng: Random) -> list[Visit]:
    """The visits that led to where the deal stands, in their order."""
    ends = 0.0 if fate.ending is Ending.OPEN else fate.days_ago * PER_DAY
    stay = age(fate, stages[fate.stage], rng) if fate.ending is Ending.OPEN else None
    days = _stay(fate.stage, stages, rng) if stay is None else stay
    visits = [Visit(fate.stage, ends + days * PER_DAY, ends, fate.came_back)]
    gap = rng.uniform(12, 35) * PER_DAY if fate.came_back else 0.0
    before = _places(fate.stage, rng)
    for place in reversed([*before, fate.stage] if fate.came_back else before):
        ends = visits[-1].begins + gap
        gap = 0.0
        visits.append(Visit(place, ends + _stay(place, stages, rng) * PER_DAY, ends))
    return visits[::-1]


def _places(last: int, rng: Random) -> list[int]:
    """The stages before `last`: some begin later than the first, some skip one or go back once."""
    start = FIRST
    if last > QUALIFICATION and rng.random() < 0.12:
        start = QUALIFICATION if rng.random() < 0.8 else NEEDS
    places: list[int] = []
    for place in range(start, last):
        if place > start and rng.random() < 0.07:
            continue
        places.append(place)
        if place >= NEEDS and rng.random() < 0.08:
            places += [place - 1, place]
    return places


def _stay(place: int, stages: Sequence[Stage], rng: Random) -> float:
    """Days of the calendar in a stage that was left again: mostly fewer than expected."""
    expected = (stages[place].expected_days or 14) * 0.45 * SLOW.get(place, 1.0)
    return min(max(rng.lognormvariate(math.log(expected), 0.65), 0.6), 90.0)


def age(fate: Fate, stage: Stage, rng: Random) -> float:
    """Days of the calendar that an open deal is in its stage, by how it fares."""
    expected, idle = stage.expected_days or 14, stage.idle_days or 7
    match fate.health:
        case Health.OVERDUE:
            return rng.uniform(9, max(expected + 4, 12))
        case Health.OVERSTAYS:
            return expected + rng.uniform(4, 18)
        case Health.IDLES:
            return rng.uniform(idle + 4.5, max(expected - 1, idle + 6))
        case Health.DEAD:
            return 2 * idle + rng.uniform(8, 20)
        case _:
            return rng.uniform(0.6, expected - 3)
