"""Triage: one deal of the day's queue at a time, until each has a next step to come, sleeps, or is
closed; for the screen and for `triage --plain`.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Mapping
from contextlib import suppress
from typing import TYPE_CHECKING, Final

from pipeboard.domain.criteria import ROLES, About, unmet_of_stage
from pipeboard.domain.dates import format_day
from pipeboard.domain.digests import sha256
from pipeboard.domain.errors import BadInput, PipeboardError
from pipeboard.domain.filter_nodes import EVERYTHING, Filter, says_whose
from pipeboard.domain.lazy_dataclass import replace
from pipeboard.domain.people import EVERYBODY, match_owner
from pipeboard.domain.pipeline import Pipeline
from pipeboard.domain.queue import (
    Effort,
    Load,
    Queued,
    Reason,
    Round,
    Tier,
    is_handled,
    is_unplanned,
    waiting,
)
from pipeboard.domain.text import few, printable
from pipeboard.store.reading.listing import Listing
from pipeboard.workspace.service import Service

if TYPE_CHECKING:
    from datetime import date
    from pathlib import Path

    from pipeboard.domain.commands import SetNextStep
    from pipeboard.domain.deal import Contact, Deal
    from pipeboard.domain.deal_record import DealRecord
    from pipeboard.store.reading import Reader
    from pipeboard.store.reading.day import DayReader
    from pipeboard.workspace.recording import Receipt


# The day as a rep looks at it: whose queue, what stands in it, who has how much on hand.


def day_of(
    service: Service,
    pipeline: Pipeline | None = None,
    owner: str | None = None,
    query: Filter = EVERYTHING,
) -> DayReader:
    """What is to be done today: of one pipeline or all, of one owner or all, under a filter."""
    return service.reader.day(
        Listing(
            service.today,
            service.settings.zone,
            me=service.me,
            pipeline_id=pipeline.id if pipeline else None,
            owner=owner,
            filter=query,
        )
    )


def whose(service: Service, text: str | None, query: Filter = EVERYTHING) -> str | None:
    """Whose day is meant: the rep that was named, `all` for everybody (None), and without a word
    one's own, or everybody's for who is no rep, and under a filter that says itself whose deals
    it means (`triage owner:mara`). NotFound for a name that nobody bears."""
    reps = service.reader.reps()
    if text is None:
        own = not says_whose(query.root) and any(rep.name == service.me for rep in reps)
        return service.me if own else None
    everybody = text.strip().lower() == EVERYBODY
    return None if everybody else match_owner(text, reps, service.me)


def loads_of(service: Service, pipeline: Pipeline) -> tuple[Load, ...]:
    """How much each active rep has on hand in a pipeline, by name."""
    found = day_of(service, pipeline).loads()
    return tuple(found.get(rep.name, Load(rep.name)) for rep in service.reader.reps() if rep.active)


_MOST_KEPT: Final = 50
"""Of so many people and databases it is known how far they have come."""
_MOST_TOLD: Final = 5


class Triage:
    """A walk through the queue of a listing's day. It reads, and leaves writing to others.

    What raises `DatabaseError` leaves all as it was. `record` and `queued` are the deal that is
    looked at, None at the end; one that the person went back to may have no place any more.
    `done` says what was done, the latest first; `passed_over` what others did meanwhile, until it
    is taken.
    """

    def __init__(
        self,
        reader: Reader,
        listing: Listing,
        kept: Path | None = None,
        *,
        eyes: str,
        load: bool = True,
    ) -> None:
        self._reader = reader
        self._eyes = eyes
        self._kept = kept
        self.listing = listing
        self.walk, self.effort = Round([]), Effort()
        self.record: DealRecord | None = None
        self.queued: Queued | None = None
        self.done: tuple[str, ...] = ()
        self.passed_over: tuple[str, ...] = ()
        self._day: DayReader = reader.day(listing)
        self._tiers: Mapping[int, Tier] = {}
        self._arrived: Queued | None = None
        self._is_planned = self._was_handled = False
        self._deals: dict[int, Deal] = {}
        at = self._take_up()
        if load:
            self.load(at)

    # Where it stands.

    @property
    def left(self) -> int:
        """How many deals are still to come, that which is looked at among them."""
        return len(self.walk.ids)

    @property
    def total(self) -> int:
        """All deals of the walk: those that were handled or skipped, and those still to come."""
        return self.handled + len({*self.walk.ids, *self.walk.skipped})

    @property
    def handled(self) -> int:
        return len(set(self.walk.handled))

    @property
    def skipped(self) -> int:
        return len(self.walk.skipped)

    @property
    def summary(self) -> str:
        """`12 handled, next due Thu 3 Dec; 2 skipped.`, and what this sitting took."""
        due = self._day.next_due()
        told = self.walk.summary(format_day(due, self.listing.today) if due else "")
        return told + self.effort.told(self._reader.history.touched_by(self.effort.did))

    def tiers_left(self) -> Mapping[Tier, int]:
        """How many of the deals to come stand in each tier, the gravest first."""
        counts = Counter(self._tiers[one] for one in self.walk.ids if one in self._tiers)
        return {tier: counts[tier] for tier in Tier if counts[tier]}

    def skipped_ones(self) -> Mapping[int, Tier]:
        """The deals that were skipped and still come, each with its tier."""
        return {one: self._tiers[one] for one in self.walk.skipped if one in self._tiers}

    def coming(self, most: int) -> list[tuple[Deal, Tier]]:
        """The deals that come next, behind the one that is looked at, each with its tier."""
        ids = [one for one in self.walk.ids[: most + 1] if one in self._tiers]
        unknown = [one for one in ids if one not in self._deals]
        if unknown:
            self._deals |= self._reader.deals(unknown)
        current = self.walk.current
        return [
            (self._deals[one], self._tiers[one])
            for one in ids
            if one != current and one in self._deals
        ]

    # What is read.

    def load(self, first: int | None = None, *, holds: bool = False) -> None:
        """The queue as it is now. The deal that is looked at stays as long as it needs somebody,
        or the person went back to it, or with `holds` in any case; else `first` is looked at."""
        with self._reader.snapshot():
            day = self._reader.day(self.listing)
            tiers = day.tier_by_id()
            walk, stays = self.walk.copy(), None
            # What was handled and is due again is no less urgent than what never was.
            walk.handled = [
                one
                for one in walk.handled
                if one not in tiers or (at := day.place(one)) is None or not is_unplanned(at.place)
            ]
            walk.follow(tiers)
            before = self._day, self._tiers
            self._day, self._tiers, self._deals = day, tiers, {}
            try:
                if self.record is not None:
                    first = self._still_looked_at(walk, self.record.deal.id, holds=holds)
                    stays = first if holds or self.queued is None else None
                if first is not None and (first in walk.ids or first == stays):
                    walk.put_first(first)
                self._look(walk, stays=stays)
            except PipeboardError:
                self._day, self._tiers = before
                raise

    def _still_looked_at(self, walk: Round, one: int, *, holds: bool) -> int | None:
        """The deal that was looked at, unless it was handled elsewhere: by this person, or by
        somebody else, after whom it waits for less and stands further behind."""
        record, now = self._read(one)
        if holds or record is None or now is None or self.queued is None:
            return one
        if not is_handled(self._arrived, now, planned=False):
            return one
        if self._is_mine(record):
            walk.put_first(one)
            walk.go_on(handled=True)
        else:
            self.passed_over = (*self.passed_over, _told(record))
        return None

    def restart(self, listing: Listing) -> None:
        """Another day, or another rep's: from its beginning on, or where the person was."""
        before = self.listing, self.walk, self.record, self.queued
        self.listing, self.walk, self.record, self.queued = listing, Round([]), None, None
        try:
            self.load(self._take_up())
        except PipeboardError:
            self.listing, self.walk, self.record, self.queued = before
            raise
        self.done = ()

    def look_again(self) -> None:
        """The deal that is looked at, read again."""
        if self.record is not None:
            record, queued = self._read(self.record.deal.id)
            if record is not None:
                self.record, self.queued = record, queued

    def _read(self, deal_id: int) -> tuple[DealRecord | None, Queued | None]:
        """A deal as the person is shown it, with its place in the queue."""
        record = self._reader.record(deal_id, self._eyes)
        if record is None or record.deal.removed:
            return None, None
        queued = waiting(record.deal, record.pipeline, self._day.day)
        return record, queued

    def _look(self, walk: Round, stays: int | None = None) -> None:
        """At the first deal of the walk that still needs somebody, or that `stays`."""
        passed: list[str] = []
        record, queued = None, None
        while (one := walk.current) is not None:
            record, queued = self._read(one)
            if queued is not None or (record is not None and one == stays):
                break
            if record is not None and self._is_mine(record):
                walk.go_on(handled=True)
            else:
                walk.ids.pop(0)
                passed += [_told(record)] if record is not None else []
            record = None
        if self.record is None or walk.current != self.record.deal.id:
            self._arrived, self._is_planned, self._was_handled = queued, False, False
        self.walk, self.record, self.queued = walk, record, queued
        if queued is not None:
            self.effort.met.setdefault(queued.deal.id, queued.place.tier)
        self.passed_over = (*self.passed_over, *passed)

    def _is_mine(self, record: DealRecord) -> bool:
        """Did the person do the last thing on the deal, here or elsewhere?"""
        last = record.entries[0] if record.entries else None
        return last is not None and self.listing.me in (last.actor, last.acting_as)

    # Going on.

    def skip(self) -> None:
        """To the next deal; this one comes again at the end, once."""
        walk = self.walk.copy()
        if walk.current is not None:
            walk.go_on(handled=self.queued is None or self._was_handled)
            self._look(walk)

    def back(self) -> bool:
        """To the deal before; False for the first."""
        if not self.walk.passed:
            return False
        walk, was_handled = self.walk.copy(), self.walk.passed[-1] in self.walk.handled
        walk.back()
        self._look(walk, stays=walk.current)
        self._was_handled = was_handled
        return True

    def go_to(self, deal_id: int) -> None:
        """To a deal that is still to come, before the others."""
        walk = self.walk.copy()
        if deal_id in walk.ids:
            walk.put_first(deal_id)
            self._look(walk)

    def again(self) -> bool:
        """From the end through what was skipped once more; False where nothing was."""
        walk = self.walk.copy()
        walk.ids, walk.skipped = list(walk.skipped), []
        self._look(walk)
        return self.record is not None

    def concerns(self, receipt: Receipt) -> bool:
        """Is it about the deal that is looked at? A plan that stays as it is was found good."""
        is_kept = receipt.verb == "next" and not receipt.command_id
        return is_kept or any(deal.id == self.walk.current for deal in receipt.deals)

    def note(self, receipt: Receipt) -> bool:
        """Was something done on the deal that is looked at? One whose handling was taken back is
        looked at again."""
        ids = [deal.id for deal in receipt.deals]
        self.effort.did.add(receipt.command_id)
        if receipt.verb == "undo":
            known = {*self.walk.handled, *self.walk.passed}
            back = [one for one in ids if one in known and one != self.walk.current]
            if len(ids) == 1 and back:
                walk = self.walk.copy()
                walk.bring_back(back[0])
                walk.passed = [one for one in walk.passed if one != back[0]]
                self._look(walk, stays=back[0])
            else:  # on to the next where it was the adding of this one
                self._look(self.walk.copy(), stays=self.walk.current)
            self.done = self.done[1:] if back else self.done
            self._arrived, self._is_planned, self._was_handled = self.queued, False, False
            return False
        if not self.concerns(receipt):
            return False
        self._is_planned |= receipt.verb in ("next", "redo")
        self.look_again()
        return True

    def settle(self, said: str) -> tuple[Reason, ...]:
        """After something was done on the deal: on to the next where that was enough, else what
        the deal still lacks. `said` is what was done."""
        if self.record is None:
            return ()
        self.look_again()
        if not is_handled(self._arrived, self.queued, planned=self._is_planned):
            return self.queued.place.reasons if self.queued is not None else ()
        walk = self.walk.copy()
        walk.go_on(handled=True)
        self._look(walk)
        self.done = (said, *self.done[: _MOST_TOLD - 1])
        return ()

    def take_passed(self) -> str:
        """What others did to deals that would have come, told once."""
        told, self.passed_over = self.passed_over, ()
        return few(told, 2, "; ")

    # What is kept of a day, for the next time.

    def _take_up(self) -> int | None:
        """Where the person was on that day, as far as anybody knows; the deal they looked at."""
        kept: object = None
        if self._kept is not None and self.listing.filter == EVERYTHING:
            with suppress(OSError, ValueError):
                kept = json.loads(self._kept.read_text("utf-8"))
        if not isinstance(kept, dict) or kept.get("of") != self._of:
            return None
        self.walk = Round([], handled=_ids(kept.get("handled")))
        skipped = _ids(kept.get("skipped"))
        self.walk.skipped, self.walk.ids = skipped, list(skipped)
        return next(iter(_ids([kept.get("at")])), None)

    @property
    def _of(self) -> list[str]:
        """Which day, and whose."""
        return [self.listing.today.isoformat(), self.listing.owner or ""]

    def keep(self) -> None:
        """Writes down how far it has come through the whole queue; never raises."""
        if self._kept is None or self.listing.filter != EVERYTHING:
            return
        from pipeboard import outlet

        walk = self.walk
        said = {
            "of": self._of,
            "handled": sorted(set(walk.handled)),
            "skipped": walk.skipped,
            "at": walk.current,
        }
        with suppress(OSError, PipeboardError):
            self._kept.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            outlet.write_file(self._kept, [json.dumps(said)], force=True)
            kept = sorted(self._kept.parent.glob("*.json"), key=lambda path: path.stat().st_mtime)
            for old in kept[:-_MOST_KEPT]:
                old.unlink()


def kept_in(folder: Path, database: str, me: str) -> Path:
    """The file in which it is kept how far somebody has come in a database."""
    name = sha256(f"{database}\n{me}".encode()).hexdigest()[:32]
    return folder / "rounds" / f"{name}.json"


def for_owner(listing: Listing, owner: str | None) -> Listing:
    """The same day, of somebody else."""
    return replace(listing, owner=owner)


def _ids(kept: object) -> list[int]:
    return [one for one in kept if type(one) is int] if isinstance(kept, list) else []


def _told(record: DealRecord) -> str:
    who = f" by @{record.entries[0].who}" if record.entries else ""
    return f"{printable(record.deal.name)} was handled{who}"


def kept_plan(deal: Deal, today: date) -> SetNextStep:
    """The next step found good as it is; BadInput where none is to come."""
    from pipeboard.domain.commands import SetNextStep

    step = deal.next_step
    if step is None or step.due is None or step.due <= today:
        why = ": its next step is due." if step and step.due else "."
        raise BadInput(f"There is no plan to keep{why}", hint="Say what comes next: thu call Bob")
    return SetNextStep(step.text, step.due, step.every)


def to_ask(record: DealRecord, today: date) -> tuple[str, ...]:
    """What the gate ahead lacks, its questions in full; else the first question without an
    answer."""
    deal, pipeline = record.deal, record.pipeline
    if not deal.is_open:
        return ()
    lacking = []
    for lack in unmet_of_stage(pipeline.stage(deal.stage_id), deal, pipeline, today):
        is_asked = lack.criterion.about in (About.ANSWER, About.RATING)
        question = pipeline.question(lack.criterion.subject) if is_asked else None
        lacking.append(f"{question.label}: {question.ask}" if question else lack.text)
    given = {question.key for question in deal.answered(pipeline)}
    rest = (f"{q.label}: {q.ask}" for q in pipeline.questions if q.key not in given)
    return tuple(lacking) or tuple(list(rest)[:1])


def to_call(deal: Deal) -> tuple[Contact, ...]:
    """Whom to call: who decides first, then by their part, who can be reached before who cannot."""

    def place(contact: Contact) -> tuple[int, bool, str]:
        part = ROLES.index(contact.role) if contact.role in ROLES else len(ROLES)
        return part, not (contact.phone or contact.email), contact.name

    return tuple(sorted(deal.contacts.values(), key=place))
