"""The verbs that look at one deal and at what happened, and take it back: show, history, undo,
redo."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from datetime import datetime
from functools import partial
from heapq import merge
from itertools import islice
from typing import TYPE_CHECKING, TypeVar

from pipeboard.cli.arguments import number
from pipeboard.cli.call import Call
from pipeboard.cli.output import write_stream_of_documents
from pipeboard.cli.verbs import takes, takes_deal, takes_json, takes_one, verb
from pipeboard.domain.agreements import AgreementEntry
from pipeboard.domain.deal_record import Entry, LoggedEvent
from pipeboard.domain.errors import BadInput
from pipeboard.domain.events import Event, to_json
from pipeboard.domain.lazy_dataclass import replace
from pipeboard.domain.locales import ENGLISH, written
from pipeboard.domain.people import Actor, is_me, match_rep
from pipeboard.domain.phrases import aloud
from pipeboard.domain.roles import who_may
from pipeboard.domain.text import did_you_mean, quoted
from pipeboard.domain.timeline import describe
from pipeboard.store.sql import Audit
from pipeboard.workspace.finding import deal_record

if TYPE_CHECKING:
    from pipeboard.domain.json_data import Document
    from pipeboard.store.reading.history import Did
    from pipeboard.workspace.recording import Receipt

_PAGE = 1_000

Told = TypeVar("Told", Entry, LoggedEvent, AgreementEntry)


@verb("show", "DEAL", "pipeboard show 142", "pipeboard show 142 --md")
@takes_deal
@takes_one(json="one JSON document", md="Markdown")
def show(call: Call) -> int:
    """A deal with questions, people, notes, touches and timeline."""
    from pipeboard.exchange.deal_text import DealText

    deal = call.deal(call.arguments.deal)
    record = deal_record(call.workspace, deal.id)
    if call.arguments.json:
        call.out.document({"deal": call.documents.record(record, _describer(call))})
        return 0
    text = DealText(record, call.workspace.today, call.settings.zone, _describer(call))
    call.out.text(text.markdown() if call.arguments.md else aloud(text.plain()))
    return 0


def _describer(call: Call) -> Callable[[Event], str]:
    """What words an event."""
    pipelines = tuple(call.documents.pipelines.values())
    today, zone = call.documents.today, call.documents.zone
    manner = ENGLISH if call.arguments.json else written()
    return partial(describe, pipelines=pipelines, today=today, zone=zone, manner=manner)


@verb("history", "[DEAL]", "pipeboard history 142", "pipeboard history --since mon --json")
@takes("deal", nargs="?", metavar="DEAL", help="of one deal, else of all")
@takes("--since", metavar="T", help="a date, or an instant in ISO 8601")
@takes("--limit", type=number(), metavar="N", help="the last N events")
@takes("--by", metavar="REP", help="what somebody did, or others for them")
@takes("--verb", metavar="VERB", help="what was done: move, won, import…")
@takes("--overrides", action="store_true", help="moves past a gate, with a reason")
@takes("--for-others", action="store_true", help="what somebody did for somebody else (--as)")
@takes("--undone", action="store_true", help="what was taken back")
@takes_json
def history(call: Call) -> int:
    """The event log, newest first."""
    from pipeboard.cli.tables import Table

    asked = call.arguments
    deal_id = None
    if asked.deal is not None:
        deal_id = call.deal(asked.deal).id
    since = call.instant("--since")
    audit = _audit(call)
    agreed = iter(()) if deal_id is not None else _agreements(call, since, audit)
    if asked.json:
        logged = _latest_first(_logged(call, deal_id, since, audit), agreed)
        write_stream_of_documents("events", _documents(islice(logged, asked.limit), call))
        return 0
    found = _latest_first(_entries(call, deal_id, since, audit), agreed)
    entries = islice(_once_a_command(found), asked.limit)
    words, zone = _describer(call), call.settings.zone
    rows = (
        (
            f"{entry.recorded_at.astimezone(zone):%Y-%m-%d %H:%M}",
            f"D-{entry.deal_id}" if isinstance(entry, Entry) else "",
            entry.who,
            words(entry.event) if isinstance(entry, Entry) else entry.summary,
        )
        for entry in entries
    )
    Table(("when", "deal", "who", "what"), elastic=(3,)).write(call.out, rows)
    return 0


def _audit(call: Call) -> Audit:
    """Which commands are asked for."""
    asked = call.arguments
    verb = (asked.verb or "").strip().lower()
    if verb and verb not in (known := who_may()):
        raise BadInput(
            f"Nothing is recorded as {quoted(asked.verb)}.",
            hint=did_you_mean(verb, known) or f"It is one of {', '.join(known)}.",
        )
    by = (asked.by or "").strip().removeprefix("@")
    if is_me(by):
        by = call.workspace.me
    if by and not call.workspace.reader.history.commands(Actor(by), limit=1):
        by = match_rep(by, call.workspace.reader.reps()).name
    return Audit(by, verb, asked.overrides, asked.for_others, asked.undone)


def _documents(happened: Iterator[LoggedEvent | AgreementEntry], call: Call) -> Iterator[Document]:
    from pipeboard.exchange.json_documents import agreement_entry, history_entry

    eyes = call.workspace.rights.eyes
    for one in happened:
        yield agreement_entry(one) if isinstance(one, AgreementEntry) else history_entry(one, eyes)


def _once_a_command(
    entries: Iterator[Entry | AgreementEntry],
) -> Iterator[Entry | AgreementEntry]:
    """Without what would say the same sentence again: a command can change many agreements."""
    told = ""
    for entry in entries:
        if isinstance(entry, AgreementEntry):
            if entry.command_id == told:
                continue
            told = entry.command_id
        yield entry


def _latest_first(
    events: Iterator[Told], agreements: Iterator[AgreementEntry]
) -> Iterator[Told | AgreementEntry]:
    """Both newest first, as they were recorded."""
    return merge(events, agreements, key=lambda one: one.recorded_at, reverse=True)


def _paged(page_before: Callable[[int | None], Sequence[Told]]) -> Iterator[Told]:
    """What is told page by page, so that a long history is never held."""
    before = None
    while page := page_before(before):
        yield from page
        before = page[-1].seq


def _agreements(call: Call, since: datetime | None, audit: Audit) -> Iterator[AgreementEntry]:
    """What the team has agreed on besides its deals."""
    ask = partial(call.workspace.reader.agreements.entries, since=since, limit=_PAGE, audit=audit)
    return _paged(lambda before: ask(before=before))


def _entries(
    call: Call, deal_id: int | None, since: datetime | None, audit: Audit
) -> Iterator[Entry]:
    eyes, reader = call.workspace.rights.eyes, call.workspace.reader

    def page(before: int | None) -> list[Entry]:
        found = reader.history.entries(deal_id, since, _PAGE, before=before, audit=audit)
        deals = reader.deals({entry.deal_id for entry in found})
        return [entry.seen_by(eyes, deals[entry.deal_id].owner) for entry in found]

    return _paged(page)


def _logged(
    call: Call, deal_id: int | None, since: datetime | None, audit: Audit
) -> Iterator[LoggedEvent]:
    """The same as the log keeps them."""
    ask = partial(call.workspace.reader.history.log, deal_id, since, _PAGE, audit=audit)
    return _paged(lambda before: ask(before=before))


# Taking a command back, and doing it again.


@verb("undo", "", "pipeboard undo", "pipeboard undo --list")
@takes("--list", action="store_true", help="what could be taken back, last first")
@takes(
    "--rest",
    action="store_true",
    help="leave deals that somebody changed since as they are, and undo the others",
)
@takes("--limit", type=number(), default=20, metavar="N", help="how many --list shows")
@takes_json
def undo(call: Call) -> int:
    """My last command taken back, or the list of them."""
    from pipeboard.workspace.undoing import undo_last, undo_list

    if call.arguments.list:
        return _list(call, undo_list(call.workspace, max(call.arguments.limit, 0)))
    return _told(call, undo_last(call.workspace, rest=call.arguments.rest, **call.once))


def _told(call: Call, receipt: Receipt) -> int:
    """What was taken back or put again, whose it was, and when."""
    about = f" ({receipt.about})" if receipt.about else ""
    return call.report(replace(receipt, summary=f"{receipt.summary}{about}"))


def _list(call: Call, commands: Sequence[Did]) -> int:
    if call.arguments.json:
        documents = [
            {
                "command_id": c.id,
                "verb": c.verb,
                "summary": c.summary,
                "at": to_json(c.at),
                "actor": c.actor,
                "acting_as": c.acting_as or None,
            }
            for c in commands
        ]
        call.out.document({"commands": documents})
        return 0
    for command in commands:
        at = command.at.astimezone(call.settings.zone)
        whom = f"  for {command.acting_as}" if command.acting_as else ""
        call.out.line(f"{at:%Y-%m-%d %H:%M}{whom}  {command.summary}")
    return 0


@verb("redo", "", "pipeboard redo")
@takes_json
def redo(call: Call) -> int:
    """What I took back last, done again."""
    from pipeboard.workspace.undoing import redo_last

    return _told(call, redo_last(call.workspace, **call.once))
