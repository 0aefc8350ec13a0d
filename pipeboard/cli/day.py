"""The verbs of the day: triage, due, check, digest."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from pipeboard.cli import echo
from pipeboard.cli.arguments import number
from pipeboard.cli.call import Call
from pipeboard.cli.failures import DONE, FAILED
from pipeboard.cli.tables import Table
from pipeboard.cli.verbs import takes, takes_json, verb
from pipeboard.domain.counts import in_figures
from pipeboard.domain.locales import written
from pipeboard.domain.people import rep_name
from pipeboard.domain.phrases import spoken
from pipeboard.domain.queue import NOTHING_MATCHES, TIER_NAMES, Queued, Tier
from pipeboard.workspace.triage import day_of, whose

if TYPE_CHECKING:
    from pipeboard.domain.deal_record import Entry
    from pipeboard.store.reading.day import DayReader

BROKEN = frozenset((Tier.OVERDUE, Tier.NO_NEXT_STEP, Tier.STALLED))
"""What `check` calls broken: no future next step, or a limit of the stage that was passed."""

_MOST_NEWS = 500
_NEWS_SHOWN = 5


_takes_owner = takes("--owner", metavar="REP", help="whose day; all is everybody's")


@verb(
    "triage",
    "[FILTER...]",
    "pipeboard triage",
    "pipeboard triage owner:mara --json",
    dashed_words=True,
)
@takes("words", nargs="*", metavar="FILTER", help="only deals that match a filter")
@_takes_owner
@takes("--plain", action="store_true", help="ask line by line, one deal at a time")
@takes("--limit", type=number(), metavar="N", help="the first N deals")
@takes_json
def triage(call: Call) -> int:
    """What needs you now, and why: asked line by line, or printed where nobody can be asked."""
    if call.arguments.plain and call.may_ask and not call.arguments.json:
        from pipeboard.cli.plain_triage import walk

        return walk(call, _day(call).listing)
    day = _day(call)
    waiting = day.queue(call.arguments.limit)
    if call.arguments.json:
        tiers = {str(tier.value): count for tier, count in day.tiers().items()}
        call.out.document({"queue": [_document(call, one) for one in waiting], "tiers": tiers})
        return DONE
    rows = (
        (
            str(place),
            one.deal.ref,
            one.deal.name,
            one.deal.owner,
            written().money(one.deal.value) if one.deal.value else "",
            str(one.place),
        )
        for place, one in enumerate(waiting, 1)
    )
    Table(("", "ref", "deal", "owner", "value", "why"), right=(0, 4), elastic=(2, 5)).write(
        call.out, rows
    )
    is_empty = not waiting and not day.tiers()
    nothing = NOTHING_MATCHES if call.arguments.words else _nothing(call, day.listing.owner)
    call.out.say(nothing if is_empty else _counted(day))
    return DONE


def _nothing(call: Call, owner: str | None) -> str:
    """What is said of a day on which nothing is to be done."""
    if owner is None:
        return "Nothing needs anybody now."
    if owner == call.workspace.me:
        return "Nothing needs you now."
    whose_deals = f"of @{owner}" if owner else "that is nobody's"
    return f"Nothing {whose_deals} needs anybody now."


def _day(call: Call) -> DayReader:
    """The day of whom and of what was asked for."""
    asked = call.arguments
    query = echo.typed_filter(call.workspace, call.out, " ".join(getattr(asked, "words", ())))
    owner = whose(call.workspace, asked.owner, query)
    return day_of(call.workspace, call.only_pipeline, owner, query)


def _document(call: Call, one: Queued) -> dict[str, object]:
    return {
        "ref": one.deal.ref,
        "tier": one.place.tier.value,
        "tier_name": TIER_NAMES[one.place.tier],
        "reasons": [reason.text for reason in one.place.reasons],
        "worth_minor": one.worth_minor,
        "currency": call.settings.currency,
        "deal": call.documents.deal(one.deal),
    }


def _counted(day: DayReader) -> str:
    """`5 overdue, 2 due today`."""
    found = day.tiers().items()
    return (
        ", ".join(f"{in_figures(count)} {spoken(TIER_NAMES[tier])}" for tier, count in found) + "."
    )


@verb("due", "", "pipeboard due", "pipeboard due --short")
@_takes_owner
@takes(
    "--short",
    action="store_true",
    help="only !overdue ?without ~stalled, each deal once, for a prompt",
)
@takes_json
def due(call: Call) -> int:
    """What is due until today, and what has no next step, in the order of the queue."""
    day = _day(call)
    if call.arguments.short:
        from pipeboard.cli.due_short import short

        load = day.signs()
        if call.arguments.json:
            counts = {name: getattr(load, name) for name in ("overdue", "no_next_step", "stalled")}
            call.out.document({"due": counts})
            return DONE
        call.out.line(short(load.overdue, load.no_next_step, load.stalled))
        return DONE
    waiting = list(day.through(Tier.NO_NEXT_STEP))
    if call.arguments.json:
        call.out.document({"due": [_document(call, one) for one in waiting]})
        return DONE
    today = call.workspace.today
    rows = (
        (
            one.deal.ref,
            one.deal.name,
            one.deal.owner,
            written().day(step.due, today) if (step := one.deal.next_step) and step.due else "",
            step.words if step else "",
            str(one.place),
        )
        for one in waiting
    )
    Table(("ref", "deal", "owner", "due", "next step", "why"), elastic=(1, 4, 5)).write(
        call.out, rows
    )
    if not waiting:
        call.out.say("Nothing is due.")
    return DONE


@verb(
    "check",
    "",
    "pipeboard check || echo 'somebody has to look'",
    more="Ends with 1 when it finds something, for cron.",
)
@_takes_owner
@takes_json
def check(call: Call) -> int:
    """Open deals without a next step to come, or past a limit of their stage; whose, and what."""
    asked = call.arguments
    owner = None if asked.owner is None else whose(call.workspace, asked.owner)
    day = day_of(call.workspace, call.only_pipeline, owner)
    found = [
        (one, reasons)
        for one in day.through(max(BROKEN))
        if (reasons := [r.text for r in one.place.reasons if r.tier in BROKEN])
    ]
    if asked.json:
        broken = [_document(call, one) | {"broken": reasons} for one, reasons in found]
        call.out.document({"broken": broken})
    else:
        found.sort(key=lambda each: each[0].deal.owner)
        rows = (
            (rep_name(one.deal.owner), one.deal.ref, one.deal.name, ", ".join(reasons))
            for one, reasons in found
        )
        Table(("whose", "ref", "deal", "what"), elastic=(2, 3)).write(call.out, rows)
    if not found:
        call.out.say("Every open deal has a next step to come, or sleeps until a day to come.")
    return FAILED if found else DONE


@verb("digest", "", "pipeboard digest")
@_takes_owner
@takes_json
def digest(call: Call) -> int:
    """What a rep should know when the day begins, in a few lines."""
    workspace = call.workspace
    call.out.say(echo.whose(call.workspace.rights.everyone))
    owner = whose(workspace, call.arguments.owner)
    day = day_of(workspace, call.only_pipeline, owner)
    waiting, tiers = day.queue(3), day.tiers()
    since = workspace.now() - timedelta(days=1)
    news = _news(call, owner, since)
    if call.arguments.json:
        document = {
            "owner": owner or None,
            "tiers": {str(tier.value): count for tier, count in tiers.items()},
            "first": [_document(call, one) for one in waiting],
            "news": news,
        }
        call.out.document(document)
        return DONE
    if tiers:
        whose_day = "Everybody" if owner is None else f"@{owner}" if owner else "Nobody's"
        call.out.line(f"{whose_day}: {_counted(day)}")
    else:
        call.out.line(_nothing(call, owner))
    for one in waiting:
        call.out.line(f"  {one.deal.ref} {one.deal.name}: {one.place}")
    for line in news[:_NEWS_SHOWN]:
        call.out.line(f"  {line}")
    if (rest := len(news) - _NEWS_SHOWN) > 0:
        call.out.say(f"{in_figures(rest)} more of the last day: 'pipeboard history --since 1d'.")
    return DONE


def _news(call: Call, owner: str | None, since: datetime) -> list[str]:
    """What others did since then to the deals that are somebody's."""
    from pipeboard.domain.deciding.rules import deal_names

    reader, me = call.workspace.reader, call.workspace.me
    by_command: dict[str, list[Entry]] = {}
    for entry in reader.history.entries(since=since, limit=_MOST_NEWS):
        if me not in (entry.actor, entry.acting_as):
            by_command.setdefault(entry.command_id, []).append(entry)
    deals = reader.deals({e.deal_id for entries in by_command.values() for e in entries})
    told = {did.id: did.summary for did in reader.history.commands(limit=_MOST_NEWS)}
    lines = []
    for command_id, entries in by_command.items():
        theirs = {e.deal_id: deals[e.deal_id] for e in entries}
        mine = [d for d in theirs.values() if owner is None or d.owner == owner]
        # The verb alone is told of what was also done to deals that somebody does not see.
        verb = entries[0].verb
        what = told.get(command_id, verb)
        if mine:
            sentence = f"{verb} {deal_names(mine)}" if what == verb else what
            lines.append(f"{entries[0].who}: {sentence}")
    return lines
