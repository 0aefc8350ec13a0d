"""The board's columns: how many deals each holds, what they come to, and the signs they carry."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import date
from itertools import groupby, pairwise
from operator import index, itemgetter
from typing import TYPE_CHECKING, NamedTuple

from pipeboard.domain.board import Board, Column, Lens, Signs
from pipeboard.domain.dates import instant, local_date
from pipeboard.domain.errors import DatabaseError
from pipeboard.domain.lazy_dataclass import dataclass
from pipeboard.domain.money import Money, half_up, rounded_share
from pipeboard.domain.pipeline import Pipeline, Stage
from pipeboard.store.database import Database, Row
from pipeboard.store.reading import attention
from pipeboard.store.reading.scope import SmallResult, scope, small_result
from pipeboard.store.reading.setup import read_settings
from pipeboard.store.sql import Sql, among, every, negated
from pipeboard.store.troubles import readable

if TYPE_CHECKING:
    from fractions import Fraction


# Deals in a stage that no pipeline has: columns and lists go by stages, and would lose them.

_MOST_NAMED = 5


def check_stages(
    database: Database, pipelines: Sequence[Pipeline], *, with_archive: bool = False
) -> None:
    """`DatabaseError` that names the deals, when some stand in a stage that there is not.

    Only another program can have put them there. Live deals are looked for once a change, with a
    few steps into an index whatever their number.
    """
    known = _known(pipelines)
    found = database.remembered(("strays", known), lambda: database.column(_strays(known)))
    if with_archive:
        elsewhere = negated(among("stage_id", known)).text
        found = found + database.column(
            f"select id from deal where not live and not removed and {elsewhere}"
            f" limit {_MOST_NAMED + 1}"
        )
    if found:
        refs = [f"D-{deal_id}" for deal_id in found[:_MOST_NAMED]]
        more = " and others" if len(found) > _MOST_NAMED else ""
        raise DatabaseError(
            f"The database is damaged: {', '.join(refs)}{more} "
            f"{'stands' if len(found) == 1 else 'stand'} in a stage that no pipeline has.",
            hint="Bring back a backup; nothing was changed.",
            details={"reason": "damaged", "deals": refs},
        )


def _known(pipelines: Iterable[Pipeline]) -> tuple[int, ...]:
    return tuple(sorted(stage.id for pipeline in pipelines for stage in pipeline.stages))


def _strays(known: Sequence[int]) -> str:
    """Asks for live deals before, between and after the known stages."""
    ranges = [f"stage_id > {a} and stage_id < {b}" for a, b in pairwise(known) if b - a > 1]
    if known:
        ranges += [f"stage_id < {known[0]}", f"stage_id > {known[-1]}"]
    return " union all ".join(
        f"select id from (select id from deal where live and {within} order by stage_id"
        f" limit {_MOST_NAMED + 1}) as stray"
        for within in ranges or ["true"]
    )


# What the deals of each stage come to: from the totals that are kept, or counted for a filter.


@dataclass(frozen=True, slots=True)
class Total:
    """The deals of one stage with a value in one currency ("" for those without a value).

    `minor` is their sum in minor units, `weighted` the same times its basis points, which is None
    where no probability is known: open deals by hand or by their stage, closed ones never. `day`
    is the day whose rate converts it, where that is not today's.
    """

    currency: str
    deals: int
    minor: int
    weighted: int | None
    day: date | None = None


Totals = Mapping[int, list[Total]]


class Amount(NamedTuple):
    """What some deals of a stage come to that share a currency and a probability by hand."""

    stage_id: int
    currency: str | None
    by_hand: int | None
    deals: int
    minor: int


def _kept(pipeline: Pipeline, owner: str | None) -> Sql:
    stages = among("stage_id", (stage.id for stage in pipeline.stages)).text
    mine = "" if owner is None else " and owner = ?"
    return Sql(
        "select stage_id, currency, sum(deals) as deals, sum(value_minor) as minor,"
        " sum(stage_minor) as stage_minor, sum(hand_minor_bp) as hand_minor_bp"
        f" from stage_total where {stages}{mine} group by stage_id, currency having sum(deals) > 0",
        () if owner is None else (owner,),
    )


@readable("the totals of the columns")
def kept_totals(database: Database, pipeline: Pipeline, owner: str | None) -> Totals:
    """The totals of all live deals by stage, as every change keeps them: no deal is looked at."""
    kept = _kept(pipeline, owner)
    rows = database.rows(kept.text, kept.values)
    totals: dict[int, list[Total]] = {}
    for row in rows:
        weighted = _weighted(
            pipeline.stage(row["stage_id"]), int(row["stage_minor"]), int(row["hand_minor_bp"])
        )
        total = Total(row["currency"], int(row["deals"]), int(row["minor"]), weighted)
        totals.setdefault(row["stage_id"], []).append(total)
    return totals


@readable("the totals of the columns")
def counted_totals(database: Database, pipeline: Pipeline, lens: Lens) -> Totals:
    """The totals by stage of the deals that a lens with a filter lets through."""
    found = small_result(database, pipeline, lens)
    if found is not None:
        return _totals(pipeline, _amounts(found))
    wanted = scope(database, pipeline, lens)
    rows = database.rows(
        "select stage_id, value_currency, probability_bp, count(*) as deals,"
        " coalesce(sum(value_minor), 0) as minor"
        f" from deal where {wanted.text} group by stage_id, value_currency, probability_bp",
        wanted.values,
    )
    return _totals(
        pipeline,
        (
            Amount(
                row["stage_id"],
                row["value_currency"],
                row["probability_bp"],
                row["deals"],
                int(row["minor"]),
            )
            for row in rows
        ),
    )


@readable("the totals of the columns")
def closed_totals(database: Database, pipeline: Pipeline, lens: Lens) -> Totals:
    """The totals of the closed stages, in other currencies than the lens's by the day of the close,
    whose rate converts them."""
    wanted = scope(database, pipeline, lens, (pipeline.won.id, pipeline.lost.id))
    rows = database.rows(
        "select stage_id, value_currency, case when value_currency <> ? then closed_at end as at,"
        " count(*) as deals, coalesce(sum(value_minor), 0) as minor"
        f" from deal where {wanted.text} group by stage_id, value_currency, at",
        (lens.currency, *wanted.values),
    )
    totals: dict[int, list[Total]] = {}
    for row in rows:
        day = None if row["at"] is None else local_date(instant(row["at"]), lens.zone)
        total = Total(row["value_currency"] or "", row["deals"], int(row["minor"]), None, day)
        totals.setdefault(row["stage_id"], []).append(total)
    return totals


def _amounts(found: SmallResult) -> Iterator[Amount]:
    for stage_id, rows in found.by_stage.items():
        sums: dict[tuple[str | None, int | None], list[int]] = defaultdict(lambda: [0, 0])
        for row in rows:
            of_kind = sums[row["value_currency"], row["probability_bp"]]
            of_kind[0] += 1
            of_kind[1] += index(row["value_minor"] or 0)  # SQLite takes a fraction there
        for (currency, by_hand), (deals, minor) in sums.items():
            yield Amount(stage_id, currency, by_hand, deals, minor)


def _totals(pipeline: Pipeline, amounts: Iterable[Amount]) -> Totals:
    totals: dict[int, list[Total]] = {}
    for stage_id, currency, by_hand, deals, minor in amounts:
        weighted = _weighted(
            pipeline.stage(stage_id),
            minor if by_hand is None else 0,
            0 if by_hand is None else minor * by_hand,
        )
        totals.setdefault(stage_id, []).append(Total(currency or "", deals, minor, weighted))
    return {stage_id: added(parts) for stage_id, parts in totals.items()}


def added(totals: Iterable[Total]) -> list[Total]:
    """One total a currency, never two currencies in one."""
    by_currency: dict[str, Total] = {}
    for total in totals:
        so_far = by_currency.get(total.currency)
        by_currency[total.currency] = total if so_far is None else _sum(so_far, total)
    return list(by_currency.values())


def _sum(one: Total, other: Total) -> Total:
    known = [part.weighted for part in (one, other) if part.weighted is not None]
    return Total(
        one.currency,
        one.deals + other.deals,
        one.minor + other.minor,
        sum(known) if known else None,
    )


def _weighted(stage: Stage, stage_minor: int, hand_minor_bp: int) -> int | None:
    if not stage.is_open:
        return None
    if stage.probability_bp is None:
        return hand_minor_bp or None
    return stage_minor * stage.probability_bp + hand_minor_bp


if TYPE_CHECKING:
    Convert = Callable[[int, str, date | None], Fraction | None]


def read_board(database: Database, pipeline: Pipeline, lens: Lens) -> Board:
    """The board under a lens, without its cards; `signs` is left to `read_signs`.

    Without a filter it costs the same for twenty deals as for a hundred thousand.
    """
    kept = kept_totals(database, pipeline, lens.owner)
    shown = kept
    if lens.filter is not None and lens.filter.root is not None:
        shown = counted_totals(database, pipeline, lens)
    convert = _converter(database, lens) if lens.currency else None
    if convert is not None:
        shown = {**shown, **closed_totals(database, pipeline, lens)}
    in_work = [stage for stage in pipeline.stages if stage.is_open]
    everything = added(t for stage in in_work for t in shown.get(stage.id, ()))
    whole = _column(in_work[0], everything, lens, convert)
    return Board(
        pipeline,
        lens,
        tuple(
            _column(stage, shown.get(stage.id, ()), lens, convert)
            for stage in (*in_work, pipeline.won, pipeline.lost)
            if not stage.retired or shown.get(stage.id)
        ),
        open_count=whole.count,
        open_sums=whole.sums,
        open_weighted=whole.weighted,
        matching=whole.count,
        total=sum(total.deals for stage in in_work for total in kept.get(stage.id, ())),
        owners=_owners(database, pipeline),
        everyone=database.everyone,
    )


def _converter(database: Database, lens: Lens) -> Convert:
    """Minor units of a currency in those of the lens, at the rate of a day (today)."""
    from pipeboard.store.reading.agreements import read_rates

    rates = read_rates(database, read_settings(database).currency)
    return lambda minor, currency, day: rates.convert(
        minor, currency, lens.currency, day or lens.today
    )


def _column(stage: Stage, totals: Sequence[Total], lens: Lens, convert: Convert | None) -> Column:
    """A column with the currency of most deals first; rounded once a currency."""
    ordered = sorted(
        (total for total in totals if total.currency), key=lambda t: (-t.deals, t.currency)
    )
    sums: dict[str, int | Fraction] = {}
    weighted: dict[str, int | Fraction] = {}
    is_converted = False
    for total in ordered:
        code, parts = total.currency, ((sums, total.minor), (weighted, total.weighted))
        for into, amount in parts:
            if amount is None:
                continue
            found = None if convert is None else convert(amount, code, total.day)
            shown = code if found is None else lens.currency
            into[shown] = into.get(shown, 0) + (amount if found is None else found)
            is_converted |= shown != code
    return Column(
        stage,
        sum(total.deals for total in totals),
        tuple(Money(half_up(minor), code) for code, minor in sums.items()),
        tuple(Money(rounded_share(minor), code) for code, minor in weighted.items()),
        is_converted,
    )


def _owners(database: Database, pipeline: Pipeline) -> tuple[str, ...]:
    """Who owns live deals of the pipeline, by name."""
    return tuple(row["owner"] for row in database.rows(_owning(pipeline)))


def _owning(pipeline: Pipeline) -> str:
    stages = among("stage_id", (stage.id for stage in pipeline.stages)).text
    return (
        f"select owner from stage_total where {stages} and owner <> ''"
        " group by owner having sum(deals) > 0 order by owner"
    )


def questions(
    pipelines: Iterable[Pipeline], pipeline: Pipeline, lens: Lens
) -> Iterator[tuple[str, tuple[object, ...]]]:
    """What a board without a filter asks."""
    kept = _kept(pipeline, lens.owner)
    yield _strays(_known(pipelines)), ()
    yield kept.text, kept.values
    yield _owning(pipeline), ()


def read_signs(database: Database, pipeline: Pipeline, lens: Lens) -> Mapping[int, Signs]:
    """How many open deals of each stage carry each sign, as `domain.signs.sign` gives them."""
    wanted = every(
        (
            scope(database, pipeline, lens, [s.id for s in pipeline.stages if s.is_open]),
            attention.OPEN,
            negated(attention.snoozed(lens.today)),
        )
    )
    past = attention.past_limit((pipeline,), lens.today, lens.zone)
    return attention.signs_by_stage(database, wanted, past, lens.today)


# How long deals usually stay in a stage, soon enough for the heads of a board.

LOOKED_AT = 20_000
SAMPLE = 1_000
LEAST = 5
_DAY_US = 86_400_000_000

_LEFT = "kind in ('moved', 'won', 'lost')"
_ENTERED = "kind in ('created', 'moved', 'won', 'lost', 'reopened', 'corrected')"
_STANDS = "not undoes and command_id not in (select id from command where undone)"


@readable("the history")
def read_usual_days(database: Database, pipeline_id: int) -> Mapping[int, int]:
    """The median of the stays in each open stage that are over, in whole days, by stage.

    Of the deals that were moved lately, a thousand at most: the metrics screen counts all. A stage
    that fewer than five of them have left is left out.
    """
    last = database.number("select max(seq) from event")
    # Grouped by no column, or SQLite would go through the whole log for the sake of its order.
    recent = database.column(
        "select deal.id from deal join (select deal_id + 0 as deal_id, max(seq) as moved from event"
        f" where seq > ? and {_LEFT} group by deal_id + 0) as lately on deal.id = lately.deal_id"
        " where deal.pipeline_id = ? and deal.live order by lately.moved desc limit ?",
        (last - LOOKED_AT, pipeline_id, SAMPLE),
    )
    if not recent:
        return {}
    deals = among("deal_id", recent)
    rows = database.rows(
        f"select deal_id, kind, stage_id, at from event where {deals.text} and {_ENTERED}"
        f" and {_STANDS} order by deal_id, version"
    )
    stays: dict[int, list[int]] = {}
    for stage_id, length in _stays(rows):
        stays.setdefault(stage_id, []).append(length)
    return {
        stage_id: round(_median(lengths) / _DAY_US)
        for stage_id, lengths in stays.items()
        if len(lengths) >= LEAST
    }


def _median(lengths: list[int]) -> float:
    """As `statistics.median`, whose module would be imported for this alone."""
    ordered = sorted(lengths)
    half = len(ordered) // 2
    return ordered[half] if len(ordered) % 2 else (ordered[half - 1] + ordered[half]) / 2


def _stays(rows: Iterable[Row]) -> Iterator[tuple[int, int]]:
    """Each stage that was left, and after how many microseconds. Deals whose dates were corrected
    are left to the metrics, which look at what is known better."""
    for _, group in groupby(rows, key=itemgetter("deal_id")):
        entries = list(group)
        if any(entry["kind"] == "corrected" for entry in entries):
            continue
        for entry, later in pairwise(entries):
            yield entry["stage_id"], later["at"] - entry["at"]
