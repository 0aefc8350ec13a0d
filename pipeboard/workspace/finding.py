"""Deals found by what a person types, and looked at."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, NamedTuple

from pipeboard.domain.board import Lens, Sort
from pipeboard.domain.counts import how_many
from pipeboard.domain.dates import Direction, local_date, parse_date, parse_days, start_of_day
from pipeboard.domain.deal import Deal
from pipeboard.domain.deal_record import DealRecord
from pipeboard.domain.errors import Ambiguous, BadInput, Conflict, NotFound, Way
from pipeboard.domain.filter_nodes import EVERYTHING, Filter, with_state
from pipeboard.domain.people import with_known_owners
from pipeboard.domain.pipeline import Pipeline
from pipeboard.domain.text import did_you_mean, fold, quoted
from pipeboard.workspace.service import Service

if TYPE_CHECKING:
    from pipeboard.domain.periods import Period
    from pipeboard.domain.settings import Settings

_REF = re.compile(r"(?:[dD]-)?(\d{1,15})")


def find_pipeline(service: Service, name: str | None = None) -> Pipeline:
    """The pipeline of that name or part of it; without a name the first."""
    return named_pipeline(service.reader.pipelines(), name)


def named_pipeline(pipelines: Sequence[Pipeline], name: str | None) -> Pipeline:
    """The one of that name or part of it, the first without a name; else `NotFound`."""
    if not pipelines:
        raise NotFound("There is no pipeline yet.", hint="Make one: pipeboard pipeline new Sales")
    if name is None:
        return pipelines[0]
    wanted = fold(name)
    exact = [p for p in pipelines if fold(p.name) == wanted]
    near = exact or [p for p in pipelines if wanted and wanted in fold(p.name)]
    if len(near) == 1:
        return near[0]
    names = [pipeline.name for pipeline in near or pipelines]
    if near:
        raise Ambiguous(
            f"'{name}' could be {', '.join(names)}.",
            hint="Type more of the name.",
            details={"candidates": names},
        )
    raise NotFound(
        f"There is no pipeline '{name}'.",
        hint=did_you_mean(name, names) or f"There are: {', '.join(names)}.",
    )


def parse_filter(service: Service, text: str, *, without: str = "") -> Filter:
    """A filter as typed: its dates and amounts read in this workspace, its people known.

    `without` is the name of a saved filter that it cannot stand on.
    """
    if not text:
        return EVERYTHING
    from pipeboard.domain.filter import parse_filter as filter_of

    settings = service.settings
    query = filter_of(
        text,
        today=service.today,
        currency=settings.currency,
        week_start=settings.week_start,
        fiscal_shift=settings.fiscal_shift,
        saved=lambda: (
            one for one in service.reader.saved_filters(service.me) if one[0] != without
        ),
    )
    return with_known_owners(query, service.reader.reps(), service.me)


def typed_period(
    service: Service,
    text: str,
    *,
    at: datetime | None = None,
    direction: Direction = Direction.BACK,
) -> Period:
    """The period that was typed, as of an instant; BadInput for anything else."""
    from pipeboard.domain.periods import parse_period

    settings = service.settings
    return parse_period(
        text,
        local_date(at or service.now(), settings.zone),
        week_start=settings.week_start,
        fiscal_shift=settings.fiscal_shift,
        direction=direction,
    )


_LIKE_A_PERIOD = re.compile(r"[\w.-]+")
_SURELY_A_PERIOD = re.compile(
    r"[0-9]{4}(-?[qw]|-)[0-9]+|q[1-4]-?[0-9]{4}|last-?[0-9]+d|\w+-\w+|.+\.\..+", re.IGNORECASE
)
_JOINED = re.compile(r'["|()]')


class PeriodAmongWords(NamedTuple):
    """The period among words that were `typed`, as it stands there, and the `rest` of them."""

    period: Period
    typed: str
    rest: str


def period_among(text: str, today: date, settings: Settings) -> PeriodAmongWords | None:
    """The period that is typed where a filter of numbers is asked for: as words to be found (`last
    quarter`, `q3` too) it would give those of another one. None where none is.

    A year, a quarter alone and `all` are one only where nothing else is typed, and nothing is in
    quotes.
    """
    if (period := _period_meant("-".join(text.split()), today, settings)) is not None:
        return PeriodAmongWords(period, " ".join(text.split()), "")
    words = [] if _JOINED.search(text) else text.split()
    for place, word in enumerate(words):
        if _SURELY_A_PERIOD.fullmatch(word) and (period := _period_meant(word, today, settings)):
            rest = " ".join((*words[:place], *words[place + 1 :]))
            return PeriodAmongWords(period, word, rest)
    return None


def _period_meant(text: str, today: date, settings: Settings) -> Period | None:
    from pipeboard.domain.periods import parse_period

    if not _LIKE_A_PERIOD.fullmatch(text):
        return None
    start, shift = settings.week_start, settings.fiscal_shift
    try:
        return parse_period(text, today, week_start=start, fiscal_shift=shift)
    except BadInput:
        return None


def lens(
    service: Service,
    pipeline: Pipeline,
    *,
    owner: str | None = None,
    filter_text: str = "",
    sort: Sort = Sort.MANUAL,
    reverse: bool = False,
) -> Lens:
    """A way to look at a pipeline; `BadInput` for a filter that cannot be read."""
    wanted = parse_filter(service, filter_text) if filter_text.strip() else None
    return Lens(
        pipeline.id,
        service.today,
        service.settings.zone,
        service.me,
        owner,
        wanted,
        sort,
        reverse,
    )


def find_deal(service: Service, ref: str, pipeline: Pipeline | None = None) -> Deal:
    """The deal named `142`, `D-142`, or by an unambiguous part of its name."""
    found = _REF.fullmatch(ref.strip())
    if found:
        deal = service.reader.deal(int(found[1]))
        if deal is not None and not deal.removed:
            return deal
        raise service.rights.no_deal(int(found[1]))
    return _find_by_name(service, ref, pipeline)


def numbers_of(refs: Sequence[str]) -> list[int]:
    """The numbers of the deals where all of them are named by theirs; else none."""
    found = [_REF.fullmatch(ref.strip()) for ref in refs]
    return [int(one[1]) for one in found if one] if all(found) else []


def _find_by_name(service: Service, ref: str, pipeline: Pipeline | None) -> Deal:
    deals = service.reader.named(ref, pipeline.id if pipeline else None, limit=6)
    if len(deals) == 1:
        return deals[0]
    if not deals:
        near = service.reader.find(ref, limit=1)
        raise NotFound(
            f"No deal is called {quoted(ref)}.",
            hint=f"Did you mean {near[0].ref} {near[0].name}?" if near else "Look for it.",
            way=None if near else Way.FIND,
        )
    names = [f"{deal.ref} {deal.name} / {deal.title}" for deal in deals[:5]]
    more = ", …" if len(deals) > 5 else ""
    raise Ambiguous(
        f"{quoted(ref)} could be {', '.join(names)}{more}.",
        hint="Name it by its number.",
        details={"candidates": [deal.ref for deal in deals[:5]]},
    )


def find_deals(
    service: Service,
    refs: Sequence[str],
    where: str | None = None,
    pipeline: Pipeline | None = None,
) -> tuple[Deal, ...]:
    """The deals that are named, and those that a filter finds; `NotFound` where there are none."""
    named = [find_deal(service, ref, pipeline) for ref in refs]
    if where is not None:
        query = parse_filter(service, where)
        named += service.reader.each(
            query,
            today=service.today,
            me=service.me,
            pipeline_id=pipeline.id if pipeline else None,
        )
        if not named:
            archived = with_state(query, "archived")
            count = len(_ids_of(service, archived, pipeline))
            kept = how_many(count, "archived deal does", "archived deals do")
            them = "it" if count == 1 else "them"
            raise NotFound(
                f"No deal matches {quoted(where)}.",
                hint=f"{kept}: {quoted(archived.text)} finds {them}." if count else "Look for it.",
                way=None if count else Way.FIND,
            )
    elif not named:
        raise NotFound("No deal is meant.", hint="Name one, or use --where with a filter.")
    return tuple({deal.id: deal for deal in named}.values())


def check_still_found(
    service: Service,
    deals: Sequence[Deal],
    refs: Sequence[str],
    where: str,
    pipeline: Pipeline | None = None,
) -> None:
    """Raises `Conflict` where a filter does not find all of these deals any more that it found
    besides those which are named."""
    still = {*_ids_of(service, parse_filter(service, where), pipeline)}
    gone = [deal for deal in deals if deal.id not in still]
    if gone and refs:
        named = {find_deal(service, ref, pipeline).id for ref in refs}
        gone = [deal for deal in gone if deal.id not in named]
    if gone:
        from pipeboard.domain.deciding.rules import deal_names

        raise Conflict(
            f"Nothing was changed: {quoted(where)} finds {deal_names(gone)} no more.",
            hint="Somebody has changed that meanwhile. Look at them, and do it again.",
            details={"deals": [deal.ref for deal in gone]},
        )


def _ids_of(service: Service, query: Filter, pipeline: Pipeline | None) -> Sequence[int]:
    """The deals that a filter finds, without reading them."""
    from pipeboard.store.reading.listing import Listing

    only, zone = pipeline.id if pipeline else None, service.settings.zone
    return service.reader.ids(Listing(service.today, zone, service.me, only, filter=query))


def deal_record(service: Service, deal_id: int) -> DealRecord:
    """A deal with everything around it that I may see."""
    found = service.reader.record(deal_id, service.rights.eyes)
    if found is None:
        raise service.rights.no_deal(deal_id)
    return found


def end_of(day: date, settings: Settings, now: datetime) -> datetime:
    """The last instant of a local day, or now if that comes first; BadInput for a later day."""
    if day > local_date(now, settings.zone):
        raise BadInput(
            f"{day} has not come yet.", hint="Numbers can be taken as of a day until today."
        )
    end = start_of_day(day + timedelta(days=1), settings.zone) - timedelta.resolution
    return min(end, now)


def past_day(text: str, settings: Settings, now: datetime) -> date | None:
    """The day at whose end numbers are wanted, as it was typed; None for those of now, which are
    today's too. BadInput for a day to come."""
    if text.strip().casefold() in ("", "off", "now"):
        return None
    today = local_date(now, settings.zone)
    day = parse_date(text, today, Direction.BACK)
    end_of(day, settings, now)
    return day if day < today else None


def since_days(text: str, today: date) -> tuple[date, date | None]:
    """A day since when changes are wanted, or FROM..TO; BadInput for one after `today`, the day
    that the numbers are of."""
    if ".." in text:
        first, after = parse_days(text, today)
    else:
        first, after = parse_date(text, today, Direction.BACK), None
    if first > today:
        raise BadInput(
            f"{first} comes after {today}, the day of the numbers.", hint="Name one until then."
        )
    return first, after
