"""The verbs that look at one deal and at what happened: show, history."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import datetime
from heapq import merge
from itertools import islice
from typing import TYPE_CHECKING, TypeVar

from pipeboard.cli.arguments import Parser
from pipeboard.cli.call import Call, Verb
from pipeboard.cli.output import write_stream_of_documents
from pipeboard.cli.tables import Table
from pipeboard.domain.agreements import AgreementEntry
from pipeboard.domain.deal_record import Entry, LoggedEvent
from pipeboard.domain.errors import BadInput
from pipeboard.domain.locales import ENGLISH, written
from pipeboard.domain.phrases import aloud
from pipeboard.domain.text import did_you_mean, quoted
from pipeboard.store.sql import Audit
from pipeboard.workspace.finding import deal_record, find_deal

if TYPE_CHECKING:
    from pipeboard.domain.json_data import Document

_PAGE = 1_000

Told = TypeVar("Told", Entry, LoggedEvent)


def _show_arguments(parser: Parser) -> None:
    parser.add_argument("deal", metavar="DEAL", help="142, D-142 or part of a name")
    form = parser.add_mutually_exclusive_group()
    form.add_argument("--json", action="store_true", help="one JSON document")
    form.add_argument("--md", action="store_true", help="Markdown")


def show(call: Call) -> int:
    """A deal with questions, people, notes, touches and timeline."""
    from pipeboard.exchange.deal_text import DealText

    deal = find_deal(call.workspace, call.arguments.deal, call.only_pipeline)
    record = deal_record(call.workspace, deal.id)
    if call.arguments.json:
        call.out.document({"deal": call.documents.record(record, _describer(call))})
        return 0
    text = DealText(record, call.workspace.today, call.settings.zone, _describer(call))
    call.out.text(text.markdown() if call.arguments.md else aloud(text.plain()))
    return 0


def _describer(call: Call) -> Callable[[Entry], str]:
    from pipeboard.domain.timeline import describe

    pipelines = tuple(call.documents.pipelines.values())
    today, zone = call.documents.today, call.documents.zone
    manner = ENGLISH if call.arguments.json else written()

    def words(entry: Entry) -> str:
        return describe(entry.event, pipelines, today=today, zone=zone, manner=manner)

    return words


def _history_arguments(parser: Parser) -> None:
    parser.add_argument("deal", nargs="?", metavar="DEAL", help="of one deal, else of all")
    parser.add_argument("--since", metavar="T", help="a date, or an instant in ISO 8601")
    parser.add_argument("--limit", type=int, metavar="N", help="the last N events")
    parser.add_argument("--by", metavar="REP", help="what somebody did, or others for them")
    parser.add_argument("--verb", metavar="VERB", help="what was done: move, won, import…")
    for flag, what in (
        ("--overrides", "moves past a gate, with a reason"),
        ("--for-others", "what somebody did for somebody else (--as)"),
        ("--undone", "what was taken back"),
    ):
        parser.add_argument(flag, action="store_true", help=what)
    parser.add_json()


def history(call: Call) -> int:
    """The event log, newest first."""
    asked = call.arguments
    if asked.limit is not None and asked.limit < 0:
        raise BadInput("--limit is a number from 0.")
    deal_id = None
    if asked.deal is not None:
        deal_id = find_deal(call.workspace, asked.deal, call.only_pipeline).id
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
            words(entry) if isinstance(entry, Entry) else entry.summary,
        )
        for entry in entries
    )
    Table(("when", "deal", "who", "what"), elastic=(3,)).write(call.out, rows)
    return 0


def _audit(call: Call) -> Audit:
    """Which commands are asked for."""
    from pipeboard.domain.people import match_rep
    from pipeboard.domain.roles import who_may

    asked = call.arguments
    verb = (asked.verb or "").strip().lower()
    if verb and verb not in (known := who_may()):
        raise BadInput(
            f"Nothing is recorded as {quoted(asked.verb)}.",
            hint=did_you_mean(verb, known) or f"It is one of {', '.join(known)}.",
        )
    by = (asked.by or "").strip().removeprefix("@")
    if by and not call.workspace.reader.history.commands(by, limit=1):
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


def _agreements(call: Call, since: datetime | None, audit: Audit) -> Iterator[AgreementEntry]:
    """What the team has agreed on besides its deals, page by page."""
    before = None
    reader = call.workspace.reader
    while page := reader.agreements.entries(since=since, before=before, limit=_PAGE, audit=audit):
        yield from page
        before = page[-1].seq


def _entries(
    call: Call, deal_id: int | None, since: datetime | None, audit: Audit
) -> Iterator[Entry]:
    """The events page by page, so that a long history is never held."""
    before, eyes, reader = None, call.workspace.rights.eyes, call.workspace.reader
    while page := reader.history.entries(deal_id, since, _PAGE, before=before, audit=audit):
        owners = {one: deal.owner for one, deal in reader.deals({e.deal_id for e in page}).items()}
        yield from (entry.seen_by(eyes, owners[entry.deal_id]) for entry in page)
        before = page[-1].seq


def _logged(
    call: Call, deal_id: int | None, since: datetime | None, audit: Audit
) -> Iterator[LoggedEvent]:
    """The same as the log keeps them."""
    before, reader = None, call.workspace.reader
    while page := reader.history.log(deal_id, since, _PAGE, before=before, audit=audit):
        yield from page
        before = page[-1].seq


VERBS = {
    "show": Verb(
        "DEAL",
        _show_arguments,
        show,
        examples=(
            "pipeboard show 142",
            "pipeboard show 142 --md",
        ),
    ),
    "history": Verb(
        "[DEAL]",
        _history_arguments,
        history,
        examples=(
            "pipeboard history 142",
            "pipeboard history --since mon --json",
        ),
    ),
}
