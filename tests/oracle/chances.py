"""The measured chance, counted deal by deal as `DEFINITIONS.md` says."""

from __future__ import annotations

from fractions import Fraction

from tests.oracle.asked import DAY, Asked
from tests.oracle.log import LOST, WON, Told

AGES = (0, 7, 14, 21, 30, 45, 60, 75, 90, 120, 150, 180, 270)


def counted(asked: Asked, now: int, ahead: int, stage: int, age: int) -> tuple[int, Fraction]:
    """Won, and reached, of the deals that reached an age in a stage up to an instant."""
    window = min(max(2 * ahead, 180 * DAY), 730 * DAY)
    whole = max(1, min(14, ahead // DAY))
    won, reached = 0, Fraction(0)
    for deal in asked.chances_over:
        if deal.created > now or not deal.counts:
            continue
        path = [step for step in deal.path if step[0] <= now]
        place = path[-1][1]
        gone = place == LOST or bool(deal.at("archived", now))
        for step, (began, entered) in enumerate(path):
            if entered != stage or (step == 0 and not deal.dated):
                continue
            left = path[step + 1][0] if step + 1 < len(path) else now
            at = began + age * DAY
            if at > left or at < now - window or deal.at("archived", at):
                continue
            if place == WON:
                reached += 1
                won += path[-1][0] - at <= ahead
            elif gone:
                reached += 1
            else:
                reached += Fraction(min((now - at) // DAY, whole), whole)
    return won, reached


def drawn(won: int, reached: Fraction, prior: Fraction | None) -> Fraction | None:
    if prior is None:
        return won / reached if reached else None
    return (won + 10 * prior) / (reached + 10)


class Chances:
    """Remembers what it has counted."""

    def __init__(self, asked: Asked, now: int, ahead: int) -> None:
        self.asked, self.now, self.ahead = asked, now, max(0, ahead)
        self.found: dict[tuple[int, int], tuple[int, Fraction]] = {}

    def count(self, stage: int, age: int) -> tuple[int, Fraction]:
        if (stage, age) not in self.found:
            self.found[stage, age] = counted(self.asked, self.now, self.ahead, stage, age)
        return self.found[stage, age]

    def of_stage(self, stage: int) -> Fraction | None:
        all_ages = [self.count(stage, age) for age in AGES]
        bp = self.asked.table_bp(stage)
        prior = None if bp is None else Fraction(bp, 10_000)
        return drawn(sum(w for w, _ in all_ages), sum((r for _, r in all_ages), Fraction(0)), prior)

    def of(self, deal: Told) -> Fraction | None:
        path = [step for step in deal.path if step[0] <= self.now]
        began, stage = path[-1]
        if len(path) == 1 and not deal.dated:
            return self.of_stage(stage)
        age = max(age for age in AGES if age * DAY <= max(0, self.now - began))
        return drawn(*self.count(stage, age), self.of_stage(stage))
