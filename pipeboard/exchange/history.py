"""What became of a deal and when: the outcome in a row's words, and its course by its dates."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import date, datetime, timedelta
from functools import lru_cache
from typing import NamedTuple
from zoneinfo import ZoneInfo

from pipeboard.domain.commands import Precision
from pipeboard.domain.dates import start_of_day
from pipeboard.domain.deal import NOTHING
from pipeboard.domain.errors import BadInput
from pipeboard.domain.lazy_dataclass import dataclass, field
from pipeboard.domain.text import fold, quoted
from pipeboard.exchange.fields import ENTERED
from pipeboard.exchange.moments import Moment
from pipeboard.exchange.rows import Entered, Outcome
from pipeboard.exchange.values import Findings
from pipeboard.exchange.words.languages import (
    AWAY,
    LOST,
    OPEN,
    WON,
    closing_outcome,
    word_key,
    words_beside,
)

# How a file says that a deal is won, lost or open: in words of the world or of the person.

_MEANT: Mapping[str, Outcome] = {"=won": "won", "=lost": "lost", "=open": "open"}
MEANINGS = (*_MEANT, "=-")
"""What a value can be mapped to besides another value: an outcome, or nothing."""


class RowStatus(NamedTuple):
    """What a status cell says; `outcome` is None where it says only that the deal is put away."""

    outcome: Outcome | None
    archived: bool = False
    deleted: bool = False


_DELETED = ("delet", "gelosch", "supprim", "elimin")
_LETTERS: Mapping[str, Outcome] = {"w": "won", "l": "lost", "o": "open"}


def is_status(text: str) -> bool:
    """Whether the word is one that tools use for open, won, lost or archived."""
    return word_key(text) in WON | LOST | OPEN | AWAY | _LETTERS.keys()


_MOST_KNOWN = 4096


@dataclass(frozen=True)
class StageWords:
    """What the stages of a file are called here.

    `renamed` are the person's own words, folded: a stage, or one of MEANINGS. `open_names` are
    stages of the pipeline, which are stages whatever they are called; `won` and `lost` its own
    closing names.
    """

    renamed: Mapping[str, str] = field(default_factory=dict)
    open_names: Collection[str] = ()
    won: str = ""
    lost: str = ""
    _known: dict[str, Outcome | None] = field(default_factory=dict, compare=False, repr=False)

    def name(self, stage: str) -> str:
        """The stage as it is called here; empty where the person says that it is none."""
        if not self.renamed:
            return stage
        found = self.renamed.get(fold(stage), stage)
        return {"=open": stage, "=-": ""}.get(found, found)

    def closing(self, stage: str) -> Outcome | None:
        """The outcome that a stage stands for, None for a stage to work in."""
        if stage not in self._known:
            if len(self._known) > _MOST_KNOWN:
                self._known.clear()
            self._known[stage] = self._closing(stage)
        return self._known[stage]

    def is_closing_name(self, stage: str) -> bool:
        """Whether that is what the pipeline itself calls won or lost."""
        return fold(stage) in {self.won, self.lost}

    def _closing(self, stage: str) -> Outcome | None:
        folded = fold(stage)
        meant = self.renamed.get(folded)
        if meant is not None:
            if meant in MEANINGS:
                return None if meant == "=open" else _MEANT.get(meant)
            folded = fold(meant)
        if folded in self.open_names:
            return None
        if folded == self.won:
            return "won"
        if folded == self.lost:
            return "lost"
        return closing_outcome(meant or stage)


@lru_cache(maxsize=256)
def read_status(text: str) -> RowStatus:
    """What the cell of a status column says; raises BadInput for a word that says nothing."""
    if text in MEANINGS:
        return RowStatus(_MEANT.get(text))
    word = word_key(text)
    if word in AWAY:
        return RowStatus(None, archived=True, deleted=word.startswith(_DELETED))
    if word in OPEN:
        return RowStatus("open")
    outcome = closing_outcome(text) or _LETTERS.get(word)
    if outcome is None:
        raise BadInput(
            f"{quoted(text)} is not a status: open, won, lost or archived",
            hint="Say what it means with --value 'COLUMN:WORD==lost', map the column to stage, or "
            "leave it out with --map COLUMN=-.",
        )
    return RowStatus(outcome)


_CLOSINGS = {
    "won": ("won_at", "closed_at", "close_date"),
    "lost": ("lost_at", "closed_at", "close_date"),
}
_NOT_CREATED_THEN = frozenset(("closed_before_created", "created_in_future"))
_CLOSING_DATES = ("won_at", "lost_at", "closed_at", "close_date")
_MOMENTS = (*_CLOSING_DATES, "created_at", "expected_close", "stage_entered_at")


PRECISIONS = {"created_precision": "created_at", "closed_precision": "closed_at"}
"""The fields that say of an instant how exactly it is known."""


class Course(NamedTuple):
    """The course of one deal; `unused` are fields whose dates say something else."""

    stage: str | None
    entered: tuple[Entered, ...]
    created_at: datetime | None
    closed_at: datetime | None
    expected_close: date | None
    unused: tuple[str, ...]
    remarks: tuple[str, ...] = ()
    precision: Mapping[str, Precision] = NOTHING


class RowEnding(NamedTuple):
    """How a deal stands by what its row says; `remarks` name what contradicts itself."""

    outcome: Outcome | None
    archived: bool
    remarks: tuple[str, ...] = ()


def read_outcome(found: Findings, words: StageWords, *, status_decides: bool = False) -> RowEnding:
    """Whether a row is open, won or lost (None where nothing tells), and whether it is put away.

    A status goes before a flag, that before the name of the stage, and that before closing dates;
    but a status that only says that a record is in use goes behind a stage that closes, unless
    the tool says by its status alone what became of a deal.
    """
    status: RowStatus | None = found.get("status")
    remarks = []
    archived = bool(
        found.get("archived") or found.get("archived_at") or (status and status.archived)
    )
    if found.get("deleted") or (status and status.deleted):
        archived = True
        remarks.append("deleted")
    stage: str | None = found.get("stage")
    by_stage = words.closing(stage) if stage else None
    if status and status.outcome:
        differs = by_stage is not None and by_stage != status.outcome
        is_vague = differs and status.outcome == "open" and not status_decides
        if differs:
            remarks.append("status_against_stage" if is_vague else "status_over_stage")
        outcome = by_stage if is_vague else status.outcome
        return RowEnding(outcome, archived, tuple(remarks))
    if found.get("is_won") or found.get("is_lost"):
        outcome = "won" if found.get("is_won") else "lost"
        if by_stage not in (None, outcome) or (outcome == "won" and found.get("is_lost")):
            remarks.append("status_over_stage")
        return RowEnding(outcome, archived, tuple(remarks))
    if by_stage:
        return RowEnding(by_stage, archived, tuple(remarks))
    if found.get("is_closed") and found.get("is_won") is False:
        return RowEnding("lost", archived, tuple(remarks))
    if found.get("active") is False:
        if found.get("lost_reason") or found.get("probability") == 0:
            return RowEnding("lost", archived, tuple(remarks))
        archived = True
    outcome = _outcome_by_dates(found, is_away=bool(status)) or ("open" if stage else None)
    return RowEnding(outcome, archived, tuple(remarks))


def _outcome_by_dates(found: Findings, *, is_away: bool) -> Outcome | None:
    """A closing date tells the outcome where the file says nothing better.

    `closed_at` alone does so for our own archived deals, which are lost when they say why.
    """
    won, lost = found.get("won_at"), found.get("lost_at")
    if won and lost:
        return "won" if won.at >= lost.at else "lost"
    if won or lost:
        return "won" if won else "lost"
    if is_away and found.get("closed_at"):
        return "lost" if found.get("lost_category") else "won"
    return None


class HistoryReader:
    """Puts the dates of each row in order; `targets` are what the columns of the file are.

    Dates without a time are midnight, yet never before what the row says happened earlier that
    day. A deal that is closed keeps the stage that it last stood in; with `closes_in_stage`, the
    stage column of a closed deal names the closing stage, whatever that is called.
    """

    def __init__(
        self,
        targets: Iterable[str],
        zone: ZoneInfo,
        words: StageWords,
        today: date,
        *,
        closes_in_stage: bool,
        is_ours: bool = False,
    ) -> None:
        targets = dict.fromkeys(targets)
        self._zone, self._words = zone, words
        self._tomorrow = start_of_day(today + timedelta(days=1), zone)
        self._today_at = start_of_day(today, zone)
        self._closes_in_stage, self._is_ours = closes_in_stage, is_ours
        self._dated = [target for target in targets if target.startswith(ENTERED)]
        self._has_other_arrivals = "entered" in targets or "stage_entered_at" in targets
        self._moments = [target for target in targets if target in _MOMENTS]
        self._closings = [target for target in _CLOSING_DATES if target in targets]

    def read(self, found: Findings, outcome: Outcome | None) -> Course:
        """The course of the deal that `found` tells of, by field."""
        created: Moment | None = found.get("created_at")
        created_at = created.at if created else None
        stage: str | None = found.get("stage")
        last = stage if self._closes_in_stage and outcome in _CLOSINGS else None
        told: tuple[str, ...] = ()
        entered, closed_at = self._course(found, created_at, outcome, last)
        if stage and (stage == last or self._words.closing(stage)):
            told = self._told_by_name(found, outcome, stage)
            stage = entered[-1].stage if entered else None
        elif stage:
            stage = self._words.name(stage) or None
        if outcome in _CLOSINGS:
            known = [at for at in (created_at, entered[-1].at if entered else None) if at]
            closed_at = self._closed_at(found, outcome, max(known, default=None)) or closed_at
        remarks = self._remarks(found, outcome, created_at, closed_at)
        if remarks and "closed_as_expected" in remarks:
            closed_at = self._not_before(found["expected_close"], created_at)
        precision: dict[str, Precision] = {}
        if created_at is None and not entered:
            precision["created_at"] = "unknown"
        if created_at is None:
            known = [at for at in (entered[0].at if entered else None, closed_at) if at]
            created_at = min(known, default=None)
        if remarks and "closed_in_future" in remarks:
            closed_at = max([self._today_at, *(arrival.at for arrival in entered[-1:])])
        expected = _expected_close(found, outcome)
        unused = (*self._unused(found, closed_at, expected), *told)
        if remarks and not _NOT_CREATED_THEN.isdisjoint(remarks):
            unused = (*unused, "created_at")
        precision = {**self._precision(found, created_at, closed_at), **precision}
        return Course(
            stage,
            tuple(entered),
            created_at,
            closed_at,
            expected,
            unused,
            remarks,
            precision,
        )

    def _told_by_name(
        self, found: Findings, outcome: Outcome | None, stage: str
    ) -> tuple[str, ...]:
        """A closing stage that says more than won or lost: it is the reason for a loss that has
        none, else it stays as a field."""
        more = "" if self._is_ours or self._words.is_closing_name(stage) else words_beside(stage)
        if not more:
            return ()
        if outcome != "lost" or found.get("lost_reason"):
            return ("stage",)
        found["lost_reason"] = more
        return ()

    def _precision(
        self, found: Findings, created_at: datetime | None, closed_at: datetime | None
    ) -> dict[str, Precision]:
        """How exactly it is known when the deal began and closed; our own files say it."""
        if self._is_ours:
            return {name: found[target] for target, name in PRECISIONS.items() if target in found}
        days, exact = [], []
        for moment in self._all_moments(found):
            if moment.has_time:
                exact.append(moment.at)
            else:
                days.append(moment)
        known: dict[str, Precision] = {}
        if days:
            for name, at in (("created_at", created_at), ("closed_at", closed_at)):
                if at is not None and at not in exact and self._is_by_day(at, days):
                    known[name] = "day"
        return known

    def _all_moments(self, found: Findings) -> list[Moment]:
        moments = [
            moment for name in self._moments if (moment := found.get(name)) and not moment.is_period
        ]
        if self._dated:
            moments += [moment for name in self._dated for moment in found.get(name, ())]
        return moments

    def _is_by_day(self, at: datetime, days: Sequence[Moment]) -> bool:
        """Whether a day without a time says that something was then."""
        for moment in days:
            if moment.at == at:
                return True
        day = at.astimezone(self._zone).date()
        return any(moment.day == day for moment in days)

    def _course(
        self,
        found: Findings,
        created_at: datetime | None,
        outcome: Outcome | None,
        last: str | None,
    ) -> tuple[list[Entered], datetime | None]:
        """The open stages that were entered, and when a closing one was."""
        entered: list[Entered] = []
        closed_at = None
        for arrival in self._arrivals(found, created_at):
            closes = outcome if arrival.stage == last else self._words.closing(arrival.stage)
            if closes is None:
                if name := self._words.name(arrival.stage):
                    entered.append(Entered(name, arrival.at))
            elif closes == outcome:
                closed_at = arrival.at
        return entered, closed_at

    def _remarks(
        self,
        found: Findings,
        outcome: Outcome | None,
        created_at: datetime | None,
        closed_at: datetime | None,
    ) -> tuple[str, ...]:
        """What cannot be as the row says it."""
        if self._is_ours:
            return ()
        has_created = "created_at" in found
        closes = outcome in _CLOSINGS
        expected: Moment | None = found.get("expected_close")
        is_expected = (
            closes
            and closed_at is None
            and expected is not None
            and not expected.is_period
            and expected.at < self._tomorrow
        )
        odd = []
        if closes and closed_at is None:
            odd.append("closed_as_expected" if is_expected else "no_closing_date")
        if closed_at is not None and closed_at >= self._tomorrow:
            odd.append("closed_in_future")
        if has_created and created_at is not None:
            if closed_at is not None and closed_at < created_at:
                odd.append("closed_before_created")
            if created_at >= self._tomorrow:
                odd.append("created_in_future")
        return tuple(odd)

    def _arrivals(self, found: Findings, created_at: datetime | None) -> list[Entered]:
        """Every arrival in a stage, closing ones among them, in time order."""
        arrivals = [
            Entered(target.removeprefix(ENTERED), self._not_before(moment, created_at))
            for target in self._dated
            for moment in found.get(target, ())
        ]
        if self._has_other_arrivals:
            arrivals.extend(self._other_arrivals(found, created_at))
        if len(arrivals) > 1:
            arrivals.sort(key=lambda arrival: arrival.at)
        return arrivals

    def _other_arrivals(self, found: Findings, created_at: datetime | None) -> Sequence[Entered]:
        if "entered" in found:
            history: Sequence[Entered] = found["entered"]
            return history
        moment, stage = found.get("stage_entered_at"), found.get("stage")
        return [Entered(stage, self._not_before(moment, created_at))] if moment and stage else ()

    def _closed_at(self, found: Findings, outcome: str, latest: datetime | None) -> datetime | None:
        for target in _CLOSINGS[outcome]:
            if (moment := found.get(target)) and not moment.is_period:
                return self._not_before(moment, latest)
        return None

    def _not_before(self, moment: Moment, earlier: datetime | None) -> datetime:
        """A day without a time, moved behind what happened earlier on the same day."""
        if moment.has_time or earlier is None or earlier <= moment.at:
            return moment.at
        return earlier if earlier.astimezone(self._zone).date() == moment.day else moment.at

    def _unused(
        self, found: Findings, closed_at: datetime | None, expected: date | None
    ) -> tuple[str, ...]:
        unused = []
        for target in self._closings:
            moment: Moment | None = found.get(target)
            if moment is None or (moment.at == closed_at and not moment.is_period):
                continue
            if closed_at is None:
                is_said = target == "close_date" and moment.day == expected
            else:
                day = closed_at.astimezone(self._zone).date()
                is_said = not (moment.has_time or moment.is_period) and moment.day == day
            if not is_said:
                unused.append(target)
        if "stage_entered_at" in found and not found.get("stage"):
            unused.append("stage_entered_at")
        return tuple(unused)


def _expected_close(found: Findings, outcome: Outcome | None) -> date | None:
    moment: Moment | None = found.get("expected_close")
    if moment is None and outcome not in _CLOSINGS:
        moment = found.get("close_date")
    return moment.day if moment else None
