"""The verbs that list deals, for people and for scripts, and keep filters under a name: list,
filter."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from shlex import quote

from pipeboard import outlet
from pipeboard.cli.arguments import Parser, number
from pipeboard.cli.call import Call
from pipeboard.cli.columns import (
    COLUMN_NAMES,
    FOR_PEOPLE,
    FOR_SCRIPTS,
    SIGN_STYLES,
    ListColumn,
    Listed,
    column_named,
    columns,
    place_by,
    sign_of,
    template,
)
from pipeboard.cli.echo import typed_filter
from pipeboard.cli.failures import DONE, FAILED
from pipeboard.cli.output import as_json, write_stream_of_documents
from pipeboard.cli.tables import Cell, Table, tell
from pipeboard.cli.verbs import takes, takes_all, takes_json, verb
from pipeboard.domain.deal import Deal
from pipeboard.domain.deal_record import deal_seen_by
from pipeboard.domain.errors import BadInput
from pipeboard.domain.filter_nodes import Filter
from pipeboard.domain.text import did_you_mean, printable, quoted
from pipeboard.store.reading.listing import SORTS, Listing, Place, Selection

_HEADINGS = {"sign": "", "expected_close": "close", "created_at": "created", "closed_at": "closed"}

SORT_KEYS = (*SORTS, *(name for name in COLUMN_NAMES if name not in SORTS))
"""What a list can be sorted by, `fields.NAME` aside."""

_FORMS = {
    "json": "one JSON document",
    "jsonl": "a JSON document a line",
    "csv": "CSV with a header",
    "plain": "cells between tabs",
    "ids": "refs only",
    "count": "how many",
}


def _forms(parser: Parser) -> None:
    form = parser.add_mutually_exclusive_group()
    form.add_argument(
        "--template",
        metavar="TEXT",
        help="a line a deal: '{ref} {value}'; {value:words} as people read it",
    )
    for name, text in _FORMS.items():
        form.add_argument(f"--{name}", dest="form", action="store_const", const=name, help=text)


@verb(
    "list",
    "[FILTER...]",
    "pipeboard list 'value>20k' --sort -value",
    "pipeboard list owner:mara overdue",
    "pipeboard list stalled --columns ref,deal,stage,age,fields.product",
    "pipeboard list --template '{ref}  {deal}  {value:words}'",
    dashed_words=True,
)
@takes("words", nargs="*", metavar="FILTER", help="such as value>20k -stage:lead")
@takes("--sort", metavar="KEY", help="value, age, close or any column; -KEY reverses")
@takes("--limit", type=number(), metavar="N", help="at most N deals")
@takes("--columns", metavar="A,B", help="such as ref,title,fields.product")
@takes_all(_forms)
@takes("--exit-code", action="store_true", help="end with 1 when there are any")
def list_deals(call: Call) -> int:
    """The deals that match, one after another, in the form that was asked for."""
    asked = call.arguments
    form, reader = asked.form or "table", call.workspace.reader
    wanted = named_columns(call)
    line = None if asked.template is None else template(asked.template, reader.custom_fields)
    query = typed_filter(call.workspace, call.out, " ".join(asked.words))
    listing, place = listing_of(call, query, asked.limit), place_of(call, asked.sort)
    call.out.say(left := reader.left_in_archive(listing))
    if form in _OF_IDS:
        found = Selection(reader.ids(listing, place), iter(()))
    else:
        found = reader.select(listing, place)
    if line is not None:
        for listed in _listed(call, found):
            outlet.data(line(listed))
        return FAILED if asked.exit_code and found.ids else DONE
    _WRITERS[form](call, found, wanted)
    if form == "table" and not (found.ids or left or asked.limit == 0):
        call.out.say("No deal matches." if asked.words else "No deals here.")
    return FAILED if asked.exit_code and found.ids else DONE


def place_of(call: Call, sort: str | None) -> Callable[[Deal], Place | None] | None:
    """Where a deal comes by the column that is sorted by; None where the database has the order.

    Raises BadInput with the near one for what is no column.
    """
    key = (sort or "id").removeprefix("-")
    if key in SORTS:
        return None
    try:
        column = column_named(key, call.workspace.reader.custom_fields)
    except BadInput as error:
        raise BadInput(
            f"{quoted(key)} is nothing to sort by.",
            hint=did_you_mean(key, SORT_KEYS) or error.hint,
        ) from error
    place, listed = place_by(column), as_listed(call)
    return lambda deal: place(listed(deal))


def named_columns(call: Call) -> tuple[ListColumn, ...] | None:
    """The columns that are asked for by --columns, if any."""
    names = call.arguments.columns
    return None if names is None else columns(names, call.workspace.reader.custom_fields)


def as_listed(call: Call) -> Callable[[Deal], Listed]:
    """What makes a deal ready for columns, without what whoever asks may not see."""
    known, eyes = call.documents, call.workspace.rights.eyes

    def listed(deal: Deal) -> Listed:
        pipeline = known.pipelines[deal.pipeline_id]
        return Listed(deal_seen_by(deal, eyes), pipeline, known.today, known.zone)

    return listed


def listing_of(call: Call, query: Filter, limit: int | None = None) -> Listing:
    """Which deals are asked for, in which order."""
    pipeline = call.only_pipeline
    return Listing(
        call.documents.today,
        call.documents.zone,
        me=call.workspace.me,
        pipeline_id=pipeline.id if pipeline else None,
        filter=query,
        sort=call.arguments.sort or "id",
        limit=limit,
    )


_Columns = tuple[ListColumn, ...] | None


def _listed(call: Call, found: Selection) -> Iterator[Listed]:
    return map(as_listed(call), found.deals)


def _table(call: Call, found: Selection, wanted: _Columns) -> None:
    shown = wanted or FOR_PEOPLE
    table = Table(
        [_HEADINGS.get(column.name, column.name) for column in shown],
        right=[at for at, column in enumerate(shown) if column.right],
        elastic=[at for at, column in enumerate(shown) if column.elastic],
    )
    table.write(call.out, ([_cell(c, listed) for c in shown] for listed in _listed(call, found)))


def _cell(column: ListColumn, listed: Listed) -> Cell:
    if column.name != "sign":
        return column.read(listed)
    found = sign_of(listed)
    return (str(found), SIGN_STYLES.get(found, ""))


def _rows(call: Call, found: Selection, wanted: _Columns) -> Iterator[list[str]]:
    shown = wanted or FOR_SCRIPTS
    yield [column.name for column in shown]
    for listed in _listed(call, found):
        yield [printable(column.data(listed)) for column in shown]


def _csv(call: Call, found: Selection, wanted: _Columns) -> None:
    import csv

    from pipeboard.exchange.tables import defuse

    writer = csv.writer(outlet.DATA, lineterminator="\n")
    writer.writerows([defuse(cell) for cell in row] for row in _rows(call, found, wanted))


def _plain(call: Call, found: Selection, wanted: _Columns) -> None:
    rows = _rows(call, found, wanted)
    next(rows)
    for row in rows:
        outlet.data("\t".join(row))


def _json(call: Call, found: Selection, wanted: _Columns) -> None:
    write_stream_of_documents("deals", map(call.documents.deal, found.deals))


def _json_lines(call: Call, found: Selection, wanted: _Columns) -> None:
    for deal in found.deals:
        outlet.data(as_json(call.documents.deal(deal)))


def _ids(call: Call, found: Selection, wanted: _Columns) -> None:
    for deal_id in found.ids:
        outlet.data(f"D-{deal_id}")


def _count(call: Call, found: Selection, wanted: _Columns) -> None:
    outlet.data(str(len(found.ids)))


_WRITERS: dict[str, Callable[[Call, Selection, _Columns], None]] = {
    "table": _table,
    "csv": _csv,
    "plain": _plain,
    "json": _json,
    "jsonl": _json_lines,
    "ids": _ids,
    "count": _count,
}

_OF_IDS = ("ids", "count")


# Filters under a name.


@verb("filter list", "", "pipeboard filter list")
@takes_json
def list_filters(call: Call) -> int:
    """My filters and those of everybody."""
    from pipeboard.workspace.reports import saved_filters

    found = saved_filters(call.workspace)
    document = {"filters": [{"name": name, "filter": text} for name, text in found]}
    empty = "No filter is saved; for example: pipeboard filter save big 'value>50k open'"
    return tell(call, document, Table(("name", "filter"), elastic=(1,)), found, empty)


@verb("filter save", "NAME FILTER", "pipeboard filter save big 'value>50k open'")
@takes("name", metavar="NAME")
@takes("filter", metavar="FILTER", help="as in list; in quotes")
@takes_json
def save(call: Call) -> int:
    """A filter under a name, in place of one that has it."""
    from pipeboard.workspace.reports import save_filter

    asked = call.arguments
    if not asked.filter.strip():
        raise BadInput(
            "An empty filter finds every deal: there is nothing to save.",
            hint=f"To forget a filter: pipeboard filter forget {quote(asked.name)}",
        )
    return call.report(save_filter(call.workspace, asked.name, asked.filter, **call.once))


@verb("filter rename", "SAVED NEW", "pipeboard filter rename big large")
@takes("name", metavar="SAVED")
@takes("new", metavar="NEW")
@takes_json
def rename(call: Call) -> int:
    """Another name for a filter."""
    from pipeboard.workspace.reports import rename_filter

    asked = call.arguments
    return call.report(rename_filter(call.workspace, asked.name, asked.new, **call.once))


@verb("filter forget", "SAVED", "pipeboard filter forget big")
@takes("name", metavar="SAVED")
@takes_json
def forget(call: Call) -> int:
    """A filter taken away."""
    from pipeboard.workspace.reports import save_filter

    return call.report(save_filter(call.workspace, call.arguments.name, "", **call.once))
