"""The waterfall a second time: for everybody, of deals whose rates are all known."""

from __future__ import annotations

from fractions import Fraction

from tests.oracle.asked import Asked
from tests.oracle.log import LOST, WON, Told


class Ledger:
    """The lines from just before a first instant to the end of the period or now."""

    def __init__(self, asked: Asked, since: int) -> None:
        self.asked = asked
        self.first = min(since - 1, asked.now)
        self.last = max(self.first, min(asked.end - 1, asked.now))
        self.lines: dict[str, Fraction] = {}
        for deal in asked.deals:
            if deal.created <= self.last:
                self.enter(deal)

    def add(self, name: str, amount: Fraction) -> None:
        if amount:
            self.lines[name] = self.lines.get(name, Fraction(0)) + amount

    def stood(self, deal: Told, us: int) -> bool:
        return deal.is_open(us) and self.asked.due(deal.at("expected_close", us))

    def value(self, deal: Told, us: int) -> Fraction | None:
        found = deal.at("value", us)
        day = self.asked.day(self.last)
        return Fraction(0) if found is None else self.asked.converted(found, day)

    def is_won(self, deal: Told) -> bool:
        meanwhile = deal.closed is not None and self.first < deal.closed <= self.last
        return (
            deal.counts and deal.outcome == WON and meanwhile and self.asked.holds(deal.closed or 0)
        )

    def enter(self, deal: Told) -> None:
        was, stays = self.stood(deal, self.first), self.stood(deal, self.last)
        won = self.is_won(deal)
        before, after = self.value(deal, self.first), self.value(deal, self.last)
        if won:
            unknown = deal.at("value", self.asked.now) is None
            after = Fraction(0) if unknown else self.asked.worth(deal)[0]
        if not (was or stays or won) or before is None or after is None:
            return
        self.add("start", before if was else Fraction(0))
        self.add("end", after if stays else Fraction(0))
        if was and (stays or won):
            self.add("increased" if after > before else "decreased", abs(after - before))
        if won:
            self.add("won", after)
            self.add("won_from_outside", Fraction(0) if was else after)
        elif was and not stays:
            self.add(left_for(deal, self.last), before)
        elif stays and not was:
            self.add(came_by(deal, self.first), after)


def left_for(deal: Told, last: int) -> str:
    place = deal.place(last)
    if (deal.merged and deal.at("archived", last)) or (place == LOST and deal.loss == "invalid"):
        return "removed"
    if place in (WON, LOST):
        final = deal.outcome == place and deal.path[-1][0] <= last
        return "lost" if final else "reopened_later"
    return "removed" if deal.at("archived", last) else "pushed_out"


def came_by(deal: Told, first: int) -> str:
    if deal.created > first:
        return "created"
    return "pulled_in" if deal.is_open(first) else "reopened"
