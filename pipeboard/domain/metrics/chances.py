"""How likely an open deal is won by an instant, given its stage and its age in it.

Deals that were in the same stage at the same age are followed to what became of them. Losing and
staying open count alike: as not won, once a deal has been followed for two weeks, before that in
part. That is cautious, and it is what keeps a pipeline full of deals that nobody closes from being
counted as half won.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from fractions import Fraction
from typing import NamedTuple

from pipeboard.domain.deal import UNKNOWN
from pipeboard.domain.lazy_dataclass import dataclass
from pipeboard.domain.metrics.basis import Basis
from pipeboard.domain.metrics.history import WON, DealHistory
from pipeboard.domain.metrics.result import DAY_US, Metric, Number, proportion

CERTAIN_BP = 10_000
AGES = (0, 7, 14, 21, 30, 45, 60, 75, 90, 120, 150, 180, 270)
"""The days in a stage at which the bands of age begin."""
_AGES_US = tuple(days * DAY_US for days in AGES)
SHORTEST_WINDOW, LONGEST_WINDOW = 180, 730
"""Days that are looked back, at least and at most; in between twice as far as one looks ahead."""
MOST_FOLLOWED = 10_000
"""Deals that chances are measured on; of more, every second, third… by number is taken."""

STILL_OPEN = 2**62
"""When a deal ended that has not."""

FOLLOWED_DAYS = 14
"""For how many days an open deal must have been followed to count whole as not won."""


Look = tuple[int, int, bool]
"""When a deal reached an age in a stage, when it ended (or `STILL_OPEN`), whether it was won."""


class Looks:
    """All looks at an age in a stage by when they were, in columns, since there are very many."""

    __slots__ = ("_at", "_ended", "_won")

    def __init__(self, looks: Iterable[Look]) -> None:
        self._at, self._ended, self._won = zip(*sorted(looks), strict=True)

    def between(self, first: int, last: int) -> Iterator[Look]:
        """Those from an instant to another."""
        seen = slice(bisect_left(self._at, first), bisect_right(self._at, last))
        return zip(self._at[seen], self._ended[seen], self._won[seen], strict=True)


class Cell(NamedTuple):
    """How many deals reached an age in a stage, and how many of them were won in the time asked;
    the last that reached it and are still open count in part."""

    won: int
    reached: Fraction


@dataclass(frozen=True, slots=True)
class Chance:
    """The chance of deals of a stage (`band` None), or of a band of age in it: `won` of `reached`,
    drawn towards `prior` while there are few. `value` is None where neither says anything."""

    stage_id: int
    band: int | None
    won: int
    reached: Fraction
    prior: Fraction | None
    value: Fraction | None

    @property
    def is_prior_only(self) -> bool:
        """Nothing was seen yet: the value is what the pipeline says."""
        return self.reached == 0


class Chances:
    """The chances as known at an instant, for any time ahead."""

    def __init__(
        self,
        looks: Sequence[Mapping[tuple[int, int], Looks]],
        now: int,
        table: Mapping[int, int | None],
        strength: int,
    ) -> None:
        self.now = now
        self.table = table
        self.strength = strength
        self._looks = looks
        self._cells: dict[tuple[int, int, int], Cell] = {}
        self._chances: dict[tuple[int, int | None, int], Chance] = {}

    def cell(self, stage_id: int, band: int, ahead: int) -> Cell:
        """What was seen of a stage and band, for a time ahead in microseconds."""
        key = (stage_id, band, ahead)
        if key not in self._cells:
            parts = [looks[key[:2]] for looks in self._looks if key[:2] in looks]
            self._cells[key] = _cell(parts, self.now, ahead)
        return self._cells[key]

    def of_stage(self, stage_id: int, ahead: int) -> Chance:
        """The chance of any deal in a stage."""
        key = (stage_id, None, ahead)
        if key not in self._chances:
            self._chances[key] = self._of_stage(stage_id, ahead)
        return self._chances[key]

    def _of_stage(self, stage_id: int, ahead: int) -> Chance:
        own = [self.cell(stage_id, band, ahead) for band in range(len(AGES))]
        won = sum(cell.won for cell in own)
        reached = sum((cell.reached for cell in own), Fraction(0))
        bp = self.table.get(stage_id)
        prior = None if bp is None else Fraction(bp, CERTAIN_BP)
        value = smoothed(won, reached, prior, self.strength)
        return Chance(stage_id, None, won, reached, prior, value)

    def of_band(self, stage_id: int, band: int, ahead: int) -> Chance:
        """The chance of a deal by its stage and its band of age in it."""
        key = (stage_id, band, ahead)
        if key not in self._chances:
            self._chances[key] = self._of_band(stage_id, band, ahead)
        return self._chances[key]

    def _of_band(self, stage_id: int, band: int, ahead: int) -> Chance:
        prior = self.of_stage(stage_id, ahead).value
        won, reached = self.cell(stage_id, band, ahead)
        value = smoothed(won, reached, prior, self.strength)
        return Chance(stage_id, band, won, reached, prior, value)

    def of(self, deal: DealHistory, us: int, ahead: int) -> Chance:
        """The chance of a deal that stood open at an instant."""
        _, stage_id, band = stay_at(deal, us)
        if band is None:
            return self.of_stage(stage_id, ahead)
        return self.of_band(stage_id, band, ahead)


def won_of_closed(basis: Basis) -> Mapping[int, Metric]:
    """Of the deals closed in the trailing window that were ever in a stage, those that were won:
    what closed deals alone say, which leaves out the losers that nobody has marked yet."""
    if basis.whole is not None:
        return basis.everybody.once(won_of_closed)
    through: defaultdict[int, list[DealHistory]] = defaultdict(list)
    for deal in basis.closed_within(basis.rules.measured_days):
        for stage_id in set(deal.places):
            through[stage_id].append(deal)
    return {
        stage.id: proportion(
            [deal for deal in through[stage.id] if deal.outcome == WON],
            through[stage.id],
            "no closed deal was in it",
        )
        for stage in basis.rules.open_stages
    }


def smoothed(won: int, reached: Number, prior: Fraction | None, strength: int) -> Fraction | None:
    """(w + k p0) / (c + k); without a prior the plain share, without either None."""
    if prior is None:
        return Fraction(won) / reached if reached else None
    return (won + strength * prior) / (reached + strength)


def band_of(age: int) -> int:
    """The band of an age in a stage, in microseconds."""
    return bisect_right(AGES, max(0, age) // DAY_US) - 1


def window(ahead: int) -> int:
    """How far one looks back to look so far ahead, in microseconds."""
    return min(max(2 * ahead, SHORTEST_WINDOW * DAY_US), LONGEST_WINDOW * DAY_US)


def stay_at(deal: DealHistory, us: int) -> tuple[int, int, int | None]:
    """When a deal entered where it was at an instant, that place, and in which band of age it was
    there: None where nobody knows since when."""
    place = _place_at(deal, us)
    began = deal.arrived_at[place]
    unknown = began > us or deal.known_by(place) == UNKNOWN
    return began, deal.places[place], None if unknown else band_of(us - began)


def _place_at(deal: DealHistory, us: int) -> int:
    place = len(deal.places) - 1
    while deal.entered_at[place] > us:
        place -= 1
        if place < 0:
            raise ValueError(f"deal {deal.id} had not begun")
    return place


def chances(basis: Basis) -> Chances:
    """The chances as known at the instant: always those of the whole pipeline, since the deals of
    one group are too few, and a deal has one chance, whoever asks."""
    if basis.whole is not None:
        return basis.everybody.once(chances)
    return chances_at(basis, basis.now)


def chances_at(basis: Basis, us: int) -> Chances:
    """As `chances`, with nothing seen of what happened after an instant."""
    plain, changing = basis.once(_followed_once)
    table = {stage.id: basis.rules.chance_at(stage.id, us) for stage in basis.rules.open_stages}
    looks = (plain, _looks(changing, us))
    return Chances(looks, us, table, basis.rules.prior_strength)


def _followed_once(
    basis: Basis,
) -> tuple[Mapping[tuple[int, int], Looks], Sequence[DealHistory]]:
    """The looks at the deals that ended once at most, which serve for every earlier instant, and
    the deals that were reopened or put away, which must be looked at for each."""
    changing = [deal for deal in followed(basis) if deal.reopened or deal.archived_changes]
    plain = [d for d in followed(basis) if not (d.reopened or d.archived_changes)]
    return _looks(plain, basis.now), changing


def _looks(deals: Sequence[DealHistory], us: int) -> Mapping[tuple[int, int], Looks]:
    """The looks at the stages and bands of age that deals had reached by an instant."""
    found: defaultdict[tuple[int, int], list[Look]] = defaultdict(list)
    for deal in deals:
        if deal.created_at > us:
            continue
        entered_at, arrived_at = deal.entered_at, deal.arrived_at
        last = _place_at(deal, us)
        end = deal.places[last]
        ended = arrived_at[last] if end < 0 else us if deal.archived_at(us) else STILL_OPEN
        for after, (stage_id, began) in enumerate(zip(deal.places, arrived_at, strict=True), 1):
            if began > us:
                break
            if stage_id < 0 or (
                deal.vague and UNKNOWN in (deal.known_by(after - 1), deal.known_by(after))
            ):
                continue
            left = min(entered_at[after] if after < len(entered_at) else us, us)
            for band, age in enumerate(_AGES_US):
                at = began + age
                if at > left:
                    break
                if not deal.archived_changes or not deal.archived_at(at):
                    found[stage_id, band].append((at, ended, end == WON))
    return {key: Looks(looks) for key, looks in found.items()}


def followed(basis: Basis) -> Sequence[DealHistory]:
    """The deals that chances are measured on: those that closed nobody knows when say nothing about
    how long it took."""
    step = len(basis.deals.created) // MOST_FOLLOWED + 1
    return [deal for deal in basis.deals.created if deal.id % step == 0 and deal.is_close_dated]


def _cell(parts: Sequence[Looks], now: int, ahead: int) -> Cell:
    won = reached = followed = 0
    long, since = max(1, min(FOLLOWED_DAYS, ahead // DAY_US)), now - window(ahead)
    for looks in parts:
        for at, ended, is_won in looks.between(since, now):
            if ended <= now:
                reached += 1
                won += is_won and ended - at <= ahead
            else:
                followed += min((now - at) // DAY_US, long)
    return Cell(won, reached + Fraction(followed, long))
