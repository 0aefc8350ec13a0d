"""Why the pipeline of a period changed between two instants: a ledger that balances."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from fractions import Fraction

from pipeboard.domain.lazy_dataclass import dataclass, field
from pipeboard.domain.metrics.basis import Basis, Happened, by_event, by_standing, shared_out
from pipeboard.domain.metrics.deals import NO_RATE, NO_VALUE, NOT_BEGUN, UNCLOSED, by_number
from pipeboard.domain.metrics.history import LOST, WON, DealHistory
from pipeboard.domain.metrics.result import Metric, Number, Unit, left_out, missing, proportion
from pipeboard.domain.metrics.wording import named
from pipeboard.domain.money import half_up

# Close dates that do not hold: slips and pushes.


def expected_at(basis: Basis, deal: DealHistory, us: int) -> bool:
    """Whether a deal stood open in this group at an instant, due to close in the period."""
    return (
        deal.created_at <= us
        and (deal.closed_at is None or deal.closed_at > us)
        and basis.holds_day(deal.close_at(us))
        and deal.is_open_at(us)
        and basis.stood_in_group(deal, us)
    )


@named("slip_rate", Unit.RATIO, "Slipped", better=False)
def slip_rate(basis: Basis) -> Metric:
    """Of the deals due in the period at its start, the share that did not close in it.

    While the period runs, a deal has slipped once its date was moved out or has passed.
    """
    before = basis.start - 1
    if before >= basis.now:
        return missing(Unit.RATIO, NOT_BEGUN)
    due = [deal for _, deal in basis.once(due_at_start)]
    return proportion([d for d in due if _slipped(basis, d)], due, "no deal was due")


@shared_out(by_standing)
def due_at_start(basis: Basis) -> Happened:
    """The deals that stood open just before the start of the period, due in it."""
    before = basis.start - 1
    return [(before, d) for d in basis.deals.alive_after(before) if expected_at(basis, d, before)]


def _slipped(basis: Basis, deal: DealHistory) -> bool:
    if deal.closed_at is not None and basis.holds(deal.closed_at):
        return False
    if basis.now >= basis.end or not deal.is_open:
        return True
    today = basis.today.isoformat()
    return not basis.holds_day(deal.close) or (deal.close or today) < today


@named("push_count", Unit.COUNT, "Pushed", better=False)
def push_count(basis: Basis) -> Metric:
    """How often a close date was moved to a later month in the period."""
    pushes = basis.once(pushes_of)
    deals = list(dict.fromkeys(deal for _, deal in pushes))
    return Metric(len(pushes), Unit.COUNT, num=len(pushes), n=len(deals), numerator=deals)


@shared_out(by_event)
def pushes_of(basis: Basis) -> Happened:
    """When in the period the close date of which deal was moved to a later month."""
    return [
        (us, deal) for deal in basis.deals.rare.pushed for us in deal.pushed_at if basis.holds(us)
    ]


def most_pushed(basis: Basis) -> list[tuple[DealHistory, int]]:
    """The open deals whose date was pushed so often, the most often first; three is fiction."""
    pushed = [(deal, len(deal.pushed_at)) for deal in basis.deals.open if len(deal.pushed_at) > 1]
    return sorted(pushed, key=lambda one: (-one[1], one[0].id))


COMING = ("created", "reopened", "pulled_in", "transferred_in", "won_from_outside", "increased")
GOING = (
    "decreased",
    "pushed_out",
    "won",
    "lost",
    "removed",
    "transferred_out",
    "reopened_later",
)


@dataclass(slots=True)
class Line:
    """One bucket: its amount, never negative, and the deals in it."""

    amount: Number = 0
    deals: list[DealHistory] = field(default_factory=list)

    def add(self, amount: Number, deal: DealHistory) -> None:
        self.amount += amount
        self.deals.append(deal)


def _lines(names: tuple[str, ...]) -> dict[str, Line]:
    return {name: Line() for name in names}


@dataclass(frozen=True, slots=True)
class Waterfall:
    """The open deals due in the period, from `first` to `last` (microseconds), in minor units.

    start + what came (`coming`) - what went (`going`) = end, exactly, and `won` is what was won
    meanwhile, exactly: what was not due in the period at the start comes in as `won_from_outside`
    (undated, overdue, due later, or created meanwhile) before it goes as won. Amounts are converted
    at one day's rates, so that no line is made of exchange rates, but for wins, which stand at the
    rate of the day they were won. Deals without a rate are left out.

    Beside the ledger: what was created and closed meanwhile, and by how much won deals ended above
    what they stood at. `reopened_later` is what was closed at `last` and taken up again since.
    """

    first: int = 0
    last: int = 0
    start: Line = field(default_factory=Line)
    end: Line = field(default_factory=Line)
    coming: Mapping[str, Line] = field(default_factory=lambda: _lines(COMING))
    going: Mapping[str, Line] = field(default_factory=lambda: _lines(GOING))
    created_and_won: Line = field(default_factory=Line)
    created_and_lost: Line = field(default_factory=Line)
    won_above: Line = field(default_factory=Line)
    excluded: dict[str, int] = field(default_factory=dict)

    @property
    def lines(self) -> dict[str, Line]:
        """The ledger by name, in its order."""
        return {"start": self.start, **self.coming, **self.going, "end": self.end}

    @property
    def reason(self) -> str | None:
        """Why there is no ledger: all that it could be made of was left out."""
        if self.excluded.get(NO_RATE) and not any(line.amount for line in self.lines.values()):
            return NO_RATE
        return None

    def whole(self) -> dict[str, int]:
        """The lines in whole minor units that still balance: what rounding leaves over goes to the
        largest line that is neither an end nor `won`."""
        amounts = {name: half_up(Fraction(line.amount)) for name, line in self.lines.items()}
        came = sum(amounts[name] for name in COMING)
        went = sum(amounts[name] for name in GOING)
        off = amounts["start"] + came - went - amounts["end"]
        if off:
            others = [name for name in (*COMING, *GOING) if name != "won" and amounts[name]]
            largest = max(others, key=lambda name: amounts[name], default="start")
            amounts[largest] -= off if largest in (*COMING, "start") else -off
        return amounts


def waterfall(basis: Basis) -> Waterfall:
    """The waterfall from the start of the period to its end or the instant."""
    return waterfall_since(basis, basis.start)


def waterfall_of_days(basis: Basis, first: date, after: date | None = None) -> Waterfall:
    """The waterfall of the period from a local day on, to before another one."""
    start = basis.calendar.start
    return waterfall_since(basis, start(first), None if after is None else start(after))


def waterfall_since(basis: Basis, us: int, until: int | None = None) -> Waterfall:
    """The waterfall of the period from any instant on to before another (the end of the period):
    what changed since Monday, this quarter."""
    first = min(us - 1, basis.now)
    last = max(first, min(basis.end - 1 if until is None else until - 1, basis.now))
    ledger = _Ledger(basis, first, last)
    deals = basis.everybody.deals
    for deal in by_number([*deals.alive_after(first), *deals.uncounted]):
        was_over = deal.closed_at is not None and deal.closed_at <= first
        if not was_over and deal.created_at <= last:
            ledger.enter(deal)
    return ledger.closed()


class _Ledger:
    """Enters deal after deal into the lines of a waterfall."""

    def __init__(self, basis: Basis, first: int, last: int) -> None:
        self.basis, self.first, self.last = basis, first, last
        self.flow = Waterfall(first, last)
        self.day: date = basis.calendar.day(last)
        self.without_value = self.without_rate = self.undated = 0

    def closed(self) -> Waterfall:
        excluded = {
            NO_VALUE: self.without_value,
            NO_RATE: self.without_rate,
            UNCLOSED: self.undated,
        }
        self.flow.excluded.update(left_out(excluded))
        return self.flow

    def enter(self, deal: DealHistory) -> None:
        """Each deal leads from where it stood to where it stands, in one line at most besides its
        change of value."""
        basis, first, last = self.basis, self.first, self.last
        if not deal.is_close_dated:
            self.undated += deal.counts and basis.stood_in_group(deal, last)
            return
        was_in = is_in = lost_for_another = False
        won = self._is_won(deal)
        if deal.close_changes or basis.holds_day(deal.close):  # else it was never due
            was_in, is_in = expected_at(basis, deal, first), expected_at(basis, deal, last)
            if not (was_in or is_in or won):
                lost_for_another = self._is_lost_after_handover(deal)
        if not (was_in or is_in or won or lost_for_another):
            if deal.is_dated and deal.created_at > first:
                self._pass_through(deal)
            return
        elsewhere = won and not was_in and expected_at(basis.everybody, deal, first)
        stood = was_in or elsewhere or lost_for_another
        before = self._worth(deal, first) if stood else 0
        after = self._worth(deal, last) if is_in else 0
        if won:
            after = 0 if deal.minor is None else basis.worth(deal)
        if before is None or after is None:
            self.without_rate += 1
            return
        empty_reason = deal.value_at(first)[0] is None and deal.value_at(last)[0] is None
        self.without_value += empty_reason
        if won:
            self._win(deal, before if stood else None, after, elsewhere)
        elif lost_for_another:
            self.flow.coming["transferred_in"].add(before, deal)
            self.flow.going["lost"].add(before, deal)
        else:
            self._stand(deal, before if was_in else None, after if is_in else None)

    def _worth(self, deal: DealHistory, us: int) -> Number | None:
        """The value at an instant, 0 without one; None when there is no rate for it."""
        minor, currency = deal.value_at(us)
        if minor is None or currency is None:
            return 0
        return self.basis.in_currency(minor, currency, self.day)

    def _is_won(self, deal: DealHistory) -> bool:
        """Whether the deal counts as won meanwhile, for this group."""
        closed_at = deal.closed_at
        return (
            deal.outcome == WON
            and deal.counts
            and closed_at is not None
            and self.first < closed_at <= self.last
            and self.basis.holds(closed_at)
            and self.basis.happened_in_group(deal, closed_at)
        )

    def _is_lost_after_handover(self, deal: DealHistory) -> bool:
        """Whether a deal of another group's pipeline was handed to this one and lost here: the
        other line of what its old group reads as `transferred_out`."""
        return (
            deal.place_at(self.last) == LOST
            and expected_at(self.basis.everybody, deal, self.first)
            and self._departure(deal) == "lost"
        )

    def _win(
        self, deal: DealHistory, before: Number | None, after: Number, elsewhere: bool
    ) -> None:
        """A win; one that stood in another group's pipeline at the start comes in from there."""
        flow = self.flow
        if before is None:
            flow.coming["won_from_outside"].add(after, deal)
            if deal.is_dated and deal.created_at > self.first:
                flow.created_and_won.add(after, deal)
        else:
            line = flow.coming["transferred_in"] if elsewhere else flow.start
            line.add(before, deal)
            self._change(deal, before, after)
            if after != before:
                flow.won_above.add(after - before, deal)
        flow.going["won"].add(after, deal)

    def _stand(self, deal: DealHistory, before: Number | None, after: Number | None) -> None:
        flow = self.flow
        if before is not None:
            flow.start.add(before, deal)
        if after is not None:
            flow.end.add(after, deal)
        if before is not None and after is not None:
            self._change(deal, before, after)
        elif before is not None:
            flow.going[self._departure(deal)].add(before, deal)
        elif after is not None:
            flow.coming[self._arrival(deal)].add(after, deal)

    def _change(self, deal: DealHistory, before: Number, after: Number) -> None:
        if after > before:
            self.flow.coming["increased"].add(after - before, deal)
        elif after < before:
            self.flow.going["decreased"].add(before - after, deal)

    def _arrival(self, deal: DealHistory) -> str:
        """How a deal came into the period's pipeline."""
        if deal.created_at > self.first:
            return "created"
        if not deal.is_open_at(self.first):
            return "reopened"
        elsewhere = expected_at(self.basis.everybody, deal, self.first)
        return "transferred_in" if elsewhere else "pulled_in"

    def _departure(self, deal: DealHistory) -> str:
        """Where a deal of the period's pipeline went, other than won."""
        place, at = deal.place_at(self.last), deal.visit_began_at
        if deal.merged_at is not None and deal.archived_at(self.last):
            return "removed"
        if place == LOST and deal.loss == "invalid":
            return "removed"
        if place in (WON, LOST):
            if deal.outcome != place or at > self.last:
                return "reopened_later"
            mine = self.basis.happened_in_group(deal, at)
            return "lost" if mine and place == LOST else "transferred_out"
        if deal.archived_at(self.last):
            return "removed"
        elsewhere = expected_at(self.basis.everybody, deal, self.last)
        return "transferred_out" if elsewhere else "pushed_out"

    def _pass_through(self, deal: DealHistory) -> None:
        """A deal that was created and lost meanwhile, beside the ledger."""
        lost = deal.counts and deal.place_at(self.last) == LOST
        if not (lost and self.basis.happened_in_group(deal, deal.visit_began_at)):
            return
        worth = self._worth(deal, self.last)
        if worth is None:
            self.without_rate += 1
        elif worth:
            self.flow.created_and_lost.add(worth, deal)
