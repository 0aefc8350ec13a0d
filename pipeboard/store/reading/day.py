"""The day's questions: the queue and its order, what is wrong with the data, who has what on hand.

The rules are those of `domain.queue` and `domain.hygiene`, here as conditions over all deals.
What asks for a deal's whole (whether the gates would let it go) is asked of the few deals that
close soon, and goes in as their ids.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from datetime import date, timedelta
from fractions import Fraction
from functools import cached_property, partial

from pipeboard.domain.board import Signs
from pipeboard.domain.deal import Deal
from pipeboard.domain.hygiene import ELSEWHERE, Alike, Fault
from pipeboard.domain.lazy_dataclass import replace
from pipeboard.domain.money import Money, Rates, half_up
from pipeboard.domain.pipeline import Pipeline
from pipeboard.domain.queue import (
    ASLEEP,
    CLOSING_DAYS,
    LATER,
    OFFER_DAYS,
    Day,
    Load,
    Queued,
    Tier,
    lacks_to_close,
    measured_chance,
    waiting,
    worths,
)
from pipeboard.domain.signs import SILENT_TOUCHES, dead_evidence
from pipeboard.store.database import Database
from pipeboard.store.reading import attention
from pipeboard.store.reading.deals import each_deal, read_deals
from pipeboard.store.reading.health import fault_conditions, find_alike
from pipeboard.store.reading.listing import Listing, wanted_of
from pipeboard.store.reading.setup import read_reps, read_settings
from pipeboard.store.sql import FALSE, TRUE, Sql, among, compares, either, every, negated, one_of

CLOSED_LOOKED_AT, CLOSED_DAYS = 1_000, 365
_ENTERED = re.compile(r'\[-?\d+,"(?:created|moved|reopened)",(\d+)')
"""The stages that a deal was put into, in its facts (`projecting/facts.py`)."""
_LAST = max(Tier)


def _as_lowered(channels: Mapping[str, str]) -> Iterator[str]:
    """The sources by which leads come to us, as `lower` of the database leaves them: SQLite's
    knows the letters of English alone."""
    for name in (source for source, channel in channels.items() if channel == "in"):
        written = {name, name.upper(), name.title(), name.capitalize()}
        for one in sorted(way for way in written if way.lower() == name):
            yield "".join(char.lower() if char.isascii() else char for char in one)


class DayReader:
    """Reads what is to be done on the day of a listing, by its pipelines, owner and filter."""

    def __init__(
        self, database: Database, pipelines: Sequence[Pipeline], rates: Rates, listing: Listing
    ) -> None:
        self._database = database
        self._pipelines = tuple(p for p in pipelines if listing.pipeline_id in (None, p.id))
        self._by_id = {pipeline.id: pipeline for pipeline in self._pipelines}
        self._rates = rates
        self.listing = listing

    # The queue.

    def tiers(self) -> Mapping[Tier, int]:
        """How many deals stand in each tier, those with none left out."""
        ranked = self._ranked(_LAST)
        rows = self._database.rows(
            f"select tier, count(*) as deals from ({ranked.text}) as ranked where tier is not null"
            " group by tier order by tier",
            ranked.values,
        )
        return {Tier(row["tier"]): row["deals"] for row in rows}

    def tier_by_id(self, limit: int | None = None, last: Tier = _LAST) -> dict[int, Tier]:
        """The deals of the queue in its order as far as a tier, or the first of them, each with its
        tier."""
        ranked = self._ranked(last)
        window = "" if limit is None else f" limit {int(limit)}"
        rows = self._database.records(
            f"select id, tier from ({ranked.text}) as ranked where tier is not null"
            f" order by tier, worth is null, worth desc, created_at, id{window}",
            ranked.values,
        )
        return {deal_id: Tier(tier) for deal_id, tier in rows}

    def queue(self, limit: int | None = None) -> tuple[Queued, ...]:
        """The deals of the queue in its order with their reasons, or the first of them."""
        deals = read_deals(self._database, tuple(self.tier_by_id(limit))).values()
        found = (waiting(deal, self._by_id[deal.pipeline_id], self.day) for deal in deals)
        return tuple(one for one in found if one is not None)

    def through(self, last: Tier) -> Iterator[Queued]:
        """The deals of the queue in its order with their reasons, as far as a tier."""
        for deal in each_deal(self._database, list(self.tier_by_id(last=last))):
            found = waiting(deal, self._by_id[deal.pipeline_id], self.day)
            if found is not None:
                yield found

    def place(self, deal_id: int) -> Queued | None:
        """A deal with its place in the queue; None where it has none."""
        deal = read_deals(self._database, (deal_id,)).get(deal_id)
        if deal is None or deal.pipeline_id not in self._by_id:
            return None
        return waiting(deal, self._by_id[deal.pipeline_id], self.day)

    @cached_property
    def day(self) -> Day:
        """What the queue is made by on this day."""
        away = frozenset(rep.name for rep in read_reps(self._database) if not rep.active)
        today = self.listing.today
        return Day(
            today,
            self.listing.zone,
            self.listing.owner,
            away,
            worths(self._chances(), self._currencies(), self._rates, today),
            self._channels,
        )

    @cached_property
    def _channels(self) -> Mapping[str, str]:
        return read_settings(self._database).channels

    def _currencies(self) -> list[str]:
        return self._database.column(
            "select distinct currency from stage_total where currency <> '' order by currency"
        )

    def _chances(self) -> Mapping[int, Fraction | None]:
        """The measured chance of every open stage, as of the beginning of the day: nothing that is
        done meanwhile turns the order round."""
        found: dict[int, Fraction | None] = {}
        for pipeline in self._pipelines:
            ends = among("stage_id", (pipeline.won.id, pipeline.lost.id))
            totals = self._database.records(
                "select stage_id, sum(deals), sum(value_minor) from stage_total"
                f" where {ends.text} group by stage_id order by stage_id"
            )
            mark = (self.listing.today, pipeline, tuple(totals))
            found |= self._database.kept(
                f"chances of {pipeline.id}", mark, partial(self._measured, pipeline)
            )
        return found

    def _measured(self, pipeline: Pipeline) -> dict[int, Fraction | None]:
        today, zone = self.listing.today, self.listing.zone
        until = attention.micros_at(today, zone)
        since = attention.micros_at(today - timedelta(days=CLOSED_DAYS), zone)
        ends = among("stage_id", (pipeline.won.id, pipeline.lost.id))
        closed = self._database.records(
            f"select id, outcome from deal where {ends.text} and live and closed_at >= ?"
            f" and closed_at < ? and {attention.ENTRY_KNOWN}"
            " and coalesce(loss_category, '') <> 'invalid'"
            " order by closed_at desc, id desc limit ?",
            (since, until, CLOSED_LOOKED_AT),
        )
        won = {deal_id for deal_id, outcome in closed if outcome == "won"}
        among_closed, among_won = Counter[int](), Counter[int]()
        for deal_id, facts in self._database.records(
            "select deal_id, facts from deal_facts"
            f" where {among('deal_id', (deal_id for deal_id, _ in closed)).text}"
        ):
            entered = set(map(int, _ENTERED.findall(facts)))
            among_closed.update(entered)
            if deal_id in won:
                among_won.update(entered)
        return {
            stage.id: measured_chance(
                among_won[stage.id], among_closed[stage.id], stage.probability_bp
            )
            for stage in pipeline.stages
            if stage.is_open
        }

    @cached_property
    def _wanted(self) -> Sql:
        return wanted_of(self._database, self._pipelines, self.listing)

    def _wanted_or_asked(self) -> Sql:
        """With the deals of others on which something is asked of the owner of the listing."""
        owner = self.listing.owner
        if owner is None:
            return self._wanted
        anybodys = replace(self.listing, owner=None)
        asked = Sql("deal.id in (select deal_id from deal_ask where rep = ?)", (owner,))
        mine = either((Sql("deal.owner = ?", (owner,)), asked))
        return every((wanted_of(self._database, self._pipelines, anybodys), mine))

    def _asked(self, due: str) -> Sql:
        """Something with such a day is asked of the owner of the listing, or of anybody."""
        owner = self.listing.owner
        whom, values = ("", ()) if owner is None else (" and rep = ?", (owner,))
        return Sql(f"deal.id in (select deal_id from deal_ask where {due}{whom})", values)

    def _awake(self) -> Sql:
        asleep = attention.snoozed(self.listing.today)
        return every((self._wanted, attention.OPEN, negated(asleep)))

    def _past_limit(self) -> Sql:
        return attention.past_limit(self._pipelines, self.listing.today, self.listing.zone)

    def _ranked(self, last: Tier) -> Sql:
        """Each open deal that is awake with its tier (NULL for none as far as the last) and its
        worth."""
        awake, whens = self._whens(last)
        return Sql(
            f"select deal.id, deal.created_at, case {whens.text} end as tier,"
            f" {self._worth()} as worth from deal where {awake.text}",
            (*whens.values, *awake.values),
        )

    def _whens(self, last: Tier) -> tuple[Sql, Sql]:
        """The open deals that are awake, and when they stand in which tier as far as the last."""
        asleep = negated(attention.snoozed(self.listing.today))
        awake = every((self._wanted_or_asked(), attention.OPEN, asleep))
        tiers = self._tiers(awake, last)
        text = " ".join(f"when {condition.text} then {tier:d}" for tier, condition in tiers)
        return awake, Sql(text, tuple(v for _, condition in tiers for v in condition.values))

    def columns(self) -> Sql:
        """What the deals of a column are sorted by, those that need somebody first: `tier`,
        `worth`, `created_at`, `next_due` and `rank`."""
        _, whens = self._whens(_LAST)
        asleep = attention.snoozed(self.listing.today)
        return Sql(
            f"case when not ({attention.OPEN.text}) then {LATER} when {asleep.text} then {ASLEEP}"
            f" {whens.text} else {LATER} end as tier, {self._worth()} as worth,"
            " deal.created_at, deal.next_due, deal.rank",
            (*asleep.values, *whens.values),
        )

    def _worth(self) -> str:
        """Value times weight; the weights stand in the text, exact to the last bit."""
        by_stage: dict[int, list[str]] = {}
        for (stage_id, currency), weight in self.day.worths.items():
            by_stage.setdefault(stage_id, []).append(f"when '{currency}' then {weight!r}")
        whens = " ".join(
            f"when {stage_id} then case deal.value_currency {' '.join(currencies)} end"
            for stage_id, currencies in by_stage.items()
        )
        return f"deal.value_minor * case deal.stage_id {whens} end" if whens else "null"

    def _tiers(self, awake: Sql, last: Tier) -> list[tuple[Tier, Sql]]:
        """When a deal stands in a tier, if in no higher one, as far as the last that is wanted."""
        today = self.listing.today
        day = today.isoformat()
        owner = self.listing.owner
        own = TRUE if owner is None else Sql("deal.owner = ?", (owner,))
        asked = {
            Tier.OVERDUE: self._asked(f"due < '{day}'"),
            Tier.TODAY: self._asked(f"due = '{day}'"),
            Tier.NEW: self._asked("due is null"),
        }
        found = {
            Tier.OVERDUE: lambda: attention.overdue(today),
            Tier.TODAY: lambda: compares("deal.next_due", "=", day),
            Tier.NEW: lambda: self._news(day),
            Tier.NO_NEXT_STEP: lambda: attention.NO_NEXT_STEP,
            Tier.STALLED: self._past_limit,
            Tier.CLOSING: lambda: self._closing(awake),
            Tier.HYGIENE: self._wrong,
        }
        return [
            (tier, either((asked.get(tier, FALSE), every((own, condition())))))
            for tier, condition in found.items()
            if tier <= last
        ]

    def _wrong(self) -> Sql:
        return either(c for fault, c in self._faults().items() if fault not in ELSEWHERE)

    def _news(self, day: str) -> Sql:
        inbound = one_of("lower(trim(deal.source))", set(_as_lowered(self._channels)))
        untouched = Sql("deal.last_touch_at is null and not deal.has_step")
        given = Sql("deal.id in (select id from deal where live and given_by <> '')")
        woken = compares("deal.snoozed_until", "<=", day)
        return either((woken, given, every((inbound, untouched))))

    def _closing(self, awake: Sql) -> Sql:
        today = self.listing.today
        last = (today + timedelta(days=OFFER_DAYS)).isoformat()
        offered = Sql(
            "deal.id in (select id from deal where live and offer_expires_on is not null"
            " and offer_expires_on <= ?)",
            (last,),
        )
        passed = compares("deal.expected_close", "<", today.isoformat())
        return either((passed, offered, among("deal.id", self._lacking(awake))))

    def _lacking(self, awake: Sql) -> Sequence[int]:
        """The deals that close soon, are planned ahead, and that the gates would not let go."""
        today = self.listing.today
        soon = every(
            (
                awake,
                compares("deal.next_due", ">", today.isoformat()),
                compares("deal.expected_close", ">=", today.isoformat()),
                compares(
                    "deal.expected_close", "<=", (today + timedelta(CLOSING_DAYS)).isoformat()
                ),
            )
        )

        def look() -> Sequence[int]:
            ids = self._database.column(f"select deal.id from deal where {soon.text}", soon.values)
            deals = read_deals(self._database, ids).values()
            return [d.id for d in deals if lacks_to_close(d, self._by_id[d.pipeline_id], today)]

        versions = tuple(pipeline.version for pipeline in self._pipelines)
        return self._database.remembered(("lacking", self.listing, versions), look)

    def signs(self) -> Signs:
        """How many open deals carry each sign of a card."""
        today = self.listing.today
        found = attention.signs_by_stage(self._database, self._awake(), self._past_limit(), today)
        return Signs.total(found.values())

    def next_due(self) -> date | None:
        """The first day after today that a next step is due on."""
        wanted = every(
            (self._awake(), compares("deal.next_due", ">", self.listing.today.isoformat()))
        )
        found = self._database.column(
            f"select min(deal.next_due) from deal where {wanted.text}", wanted.values
        )
        return date.fromisoformat(found[0]) if found and found[0] else None

    def dead(self) -> tuple[Deal, ...]:
        """The open deals that may be given up (`attention.dead_evidence`), most idle first."""
        open_deals = every((self._awake(), attention.NO_NEXT_STEP, self._past_limit()))
        ids = self._database.column(
            f"select deal.id from deal where {open_deals.text} and outbound_since_reply >= ?"
            f" order by {attention.TOUCHED_AT}, deal.id",
            (*open_deals.values, SILENT_TOUCHES),
        )
        today, zone = self.listing.today, self.listing.zone
        deals = read_deals(self._database, ids).values()
        return tuple(
            deal
            for deal in deals
            if dead_evidence(deal, self._by_id[deal.pipeline_id], today, zone)
        )

    def loads(self) -> Mapping[str, Load]:
        """What each owner of open deals has on hand, by name ("" for nobody), with one query."""
        wanted = every((self._wanted, attention.OPEN))
        awake = negated(attention.snoozed(self.listing.today))
        overdue = every((awake, attention.overdue(self.listing.today)))
        stalled = every((awake, self._past_limit()))
        rows = self._database.rows(
            "select deal.owner, deal.value_currency as currency, count(*) as deals,"
            f" sum(case when {overdue.text} then 1 else 0 end) as overdue,"
            f" sum(case when {stalled.text} then 1 else 0 end) as stalled,"
            " sum(deal.value_minor) as minor"
            f" from deal where {wanted.text} group by deal.owner, deal.value_currency",
            (*overdue.values, *stalled.values, *wanted.values),
        )
        base, today = self._rates.base, self.listing.today
        found: dict[str, Load] = {}
        for row in rows:
            load = found.setdefault(row["owner"], Load(row["owner"]))
            counts = (row["deals"], row["overdue"], row["stalled"])
            if row["minor"] is None:
                found[row["owner"]] = load.with_more(*counts)
                continue
            worth = self._rates.convert(row["minor"], row["currency"], base, today)
            found[row["owner"]] = (
                load.with_more(*counts, unpriced=row["deals"])
                if worth is None
                else load.with_more(*counts, Money(half_up(worth), base))
            )
        return found

    # The data.

    def _faults(self) -> Mapping[Fault, Sql]:
        return fault_conditions(self._database, self._pipelines, self.listing.today)

    def fault_counts(self) -> Mapping[Fault, Mapping[str, int]]:
        """How many open deals have each fault, by owner; with one query."""
        conditions = self._faults()
        awake = self._awake()
        sums = ", ".join(
            f"sum(case when {condition.text} then 1 else 0 end)"
            for condition in conditions.values()
        )
        values = [value for condition in conditions.values() for value in condition.values]
        rows = self._database.records(
            f"select deal.owner, {sums} from deal where {awake.text}"
            " group by deal.owner order by deal.owner",
            (*values, *awake.values),
        )
        return {
            fault: {owner: counts[place] for owner, *counts in rows if counts[place]}
            for place, fault in enumerate(conditions)
        }

    def faulty(self, fault: Fault) -> tuple[int, ...]:
        """The open deals with a fault, the most valuable first."""
        wanted = every((self._awake(), self._faults()[fault]))
        return tuple(
            self._database.column(
                f"select id from (select deal.id, deal.created_at, {self._worth()} as worth"
                f" from deal where {wanted.text}) as faulty"
                " order by worth is null, worth desc, created_at, id",
                wanted.values,
            )
        )

    def alike(self) -> tuple[Alike, ...]:
        """The open deals that may be the same one, those most alike first."""
        return find_alike(self._database, every((self._wanted, attention.OPEN)))
