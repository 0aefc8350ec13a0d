"""The verb that gives deals, or a whole workspace, to a file: export."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import ExitStack
from errno import EDQUOT, ENOSPC
from functools import partial
from pathlib import Path
from shlex import quote
from typing import TYPE_CHECKING

from pipeboard import outlet
from pipeboard.cli.call import Call
from pipeboard.cli.columns import FOR_MARKDOWN, ListColumn
from pipeboard.cli.echo import typed_filter
from pipeboard.cli.failures import DONE
from pipeboard.cli.listing import as_listed, listing_of, named_columns, place_of
from pipeboard.cli.verbs import takes, verb
from pipeboard.domain.counts import how_many
from pipeboard.domain.deal import Deal
from pipeboard.domain.errors import BadInput, PipeboardError
from pipeboard.domain.filter_nodes import with_state
from pipeboard.domain.json_data import Document
from pipeboard.domain.lazy_dataclass import replace
from pipeboard.domain.text import printable, quoted
from pipeboard.exchange.deal_files import (
    columns_with,
    csv_of_rows,
    deal_document,
    json_of_deals,
    jsonl_of_deals,
    rows_of_deals,
    whole_document,
)
from pipeboard.exchange.deal_text import calendar_of, escaped

if TYPE_CHECKING:
    from pipeboard.store.reading.listing import Listing

FORMATS = ("csv", "json", "jsonl", "md", "ics", "xlsx")
_AT_ONCE = 500


@verb(
    "export",
    "[FILTER...]",
    "pipeboard export --to open.csv open",
    "pipeboard export 'won closed:last-quarter' --format md",
    dashed_words=True,
)
@takes(
    "words",
    nargs="*",
    metavar="FILTER",
    help="such as value>20k -stage:lead; without it all but the archive",
)
@takes(
    "-o",
    "--to",
    dest="output",
    metavar="FILE",
    help="the file, else stdout; its ending tells the format",
)
@takes("--format", choices=FORMATS, help="csv unless the file's ending says otherwise")
@takes("--columns", metavar="A,B", help="only these, as list takes them; else all that there is")
@takes("--sort", metavar="KEY", default="id", help="as list takes it; -KEY reverses")
@takes(
    "--whole",
    action="store_true",
    help="the whole workspace as one JSON file, to be imported into an empty one",
)
@takes(
    "--json",
    action="store_true",
    help="what went into the file as one JSON document; without --to the same as --format json",
)
@takes("--force", action="store_true", help="put it in the place of a file that is there")
def export(call: Call) -> int:
    """The deals of a filter, archived ones only where it asks for them, or all there is."""
    asked = call.arguments
    if asked.whole:
        if asked.words or asked.columns or asked.format not in (None, "json"):
            raise BadInput(
                "--whole takes everything, as JSON.", hint="Leave filter, columns and format out."
            )
        with ExitStack() as resources:
            with call.workspace.reader.snapshot():  # of one moment, and short, for writers wait
                pieces = resources.enter_context(outlet.set_aside(_whole(call)))
            path = _write(call, pieces)
        if path is not None:
            call.out.say(f"The whole workspace is in {path}.")
            if asked.json:
                call.out.document({"format": "json", "path": str(path)})
        return DONE
    form = _format(call)
    place = place_of(call, asked.sort)
    query = typed_filter(call.workspace, call.out, " ".join(asked.words))
    listing = listing_of(call, query)
    ids = call.workspace.reader.ids(listing, place)
    call.out.say(call.workspace.reader.left_in_archive(listing))
    if not ids and asked.words:
        call.out.say(_nothing(asked.words))
    if not asked.words:
        call.out.say(_left_out(call, listing))
    path = _write(call, _WRITERS[form](call, ids))
    if path is not None:
        are = how_many(len(ids), "deal is", "deals are")
        call.out.say(f"{are} in {path}.")
        if asked.json:
            call.out.document({"deals": len(ids), "format": form, "path": str(path)})
    return DONE


def _nothing(words: Sequence[str]) -> str:
    """What is said of a filter that finds no deal; it may be meant as the file to write."""
    bare = (word.strip('"') for word in words)
    file = next((word for word in bare if _format_of(word) in FORMATS), "")
    meant = f" To write a file: pipeboard export --to {quote(file)}" if file else ""
    return f"No deal matches.{meant}"


def _left_out(call: Call, listing: Listing) -> str:
    """What is said of the archive, which an export without a filter leaves out; "" of none."""
    archived = replace(listing, filter=with_state(listing.filter, "archived"))
    count = len(call.workspace.reader.ids(archived))
    if not count:
        return ""
    deals = how_many(count, "archived deal is", "archived deals are")
    return f"{deals} left out; with them: pipeboard export 'open|won|lost|archived'"


def _format_of(file: str) -> str:
    """The format that a file's ending tells; what is none is the ending itself."""
    ending = Path(file).suffix.lower().removeprefix(".")
    return {"markdown": "md", "ical": "ics", "ndjson": "jsonl"}.get(ending, ending)


def _format(call: Call) -> str:
    asked = call.arguments
    if asked.json and not asked.output and asked.format not in (None, "json"):
        raise BadInput(
            f"--json does not go with --format {asked.format}.",
            hint="Leave one out, or name a file with --to.",
        )
    if asked.format:
        return str(asked.format)
    if not asked.output:
        return "json" if asked.json else "csv"
    ending = _format_of(asked.output)
    if ending not in FORMATS:
        raise BadInput(
            f"{quoted(asked.output)} does not tell a format.",
            hint=f"Name one with --format: {', '.join(FORMATS)}.",
        )
    return ending


def _deals(call: Call, ids: Sequence[int]) -> Iterator[Deal]:
    for start in range(0, len(ids), _AT_ONCE):
        yield from call.workspace.reader.deals(ids[start : start + _AT_ONCE]).values()


def _documents(call: Call, ids: Sequence[int]) -> Iterator[Document]:
    eyes = call.workspace.rights.eyes
    for deal_id in ids:
        record = call.workspace.reader.record(deal_id, eyes)
        if record is not None:
            yield deal_document(call.documents, record)


def _cells(call: Call, ids: Sequence[int], shown: Sequence[ListColumn]) -> Iterator[list[str]]:
    for listed in map(as_listed(call), _deals(call, ids)):
        yield [column.data(listed) for column in shown]


def _sheet(call: Call, ids: Sequence[int]) -> tuple[list[str], Iterator[list[str]]]:
    """The names of columns with their rows: those that are named, else all that there is."""
    if (shown := named_columns(call)) is not None:
        return [column.name for column in shown], _cells(call, ids, shown)
    names = columns_with(sorted({name for deal in _deals(call, ids) for name in deal.fields}))
    return names, rows_of_deals(_documents(call, ids), names)


def _chosen(call: Call, ids: Sequence[int]) -> Iterator[Document]:
    """Whole documents, or the columns that are named."""
    shown = named_columns(call)
    if shown is None:
        yield from _documents(call, ids)
        return
    for cells in _cells(call, ids, shown):
        named = zip((column.name for column in shown), cells, strict=True)
        yield {name: cell or None for name, cell in named}


def _text(form: str, call: Call, ids: Sequence[int]) -> Iterator[str]:
    """CSV, or JSON as one document or a line each."""
    if form == "csv":
        return csv_of_rows(*_sheet(call, ids))
    return (json_of_deals if form == "json" else jsonl_of_deals)(_chosen(call, ids))


def _markdown(call: Call, ids: Sequence[int]) -> Iterator[str]:
    shown = named_columns(call) or FOR_MARKDOWN
    yield f"| {' | '.join(column.name.replace('_', ' ') for column in shown)} |\n"
    yield f"|{'|'.join(' ---: ' if column.right else ' --- ' for column in shown)}|\n"
    for cells in _cells(call, ids, shown):
        yield f"| {' | '.join(escaped(' '.join(printable(c).split())) for c in cells)} |\n"


def _calendar(call: Call, ids: Sequence[int]) -> Iterator[str]:
    return calendar_of(_deals(call, ids), call.workspace.now())


def _workbook(call: Call, ids: Sequence[int]) -> Iterator[bytes]:
    from pipeboard.exchange.workbook_writing import workbook_of

    yield workbook_of(*_sheet(call, ids), comes_back=call.arguments.columns is None)


def _whole(call: Call) -> Iterator[str]:
    call.workspace.rights.check("export whole")
    whole = call.workspace.reader.whole()
    return whole_document(whole.schema, whole.tables, whole.columns, whole.rows)


_WRITERS: dict[str, Callable[[Call, Sequence[int]], Iterable[str | bytes]]] = {
    **{form: partial(_text, form) for form in ("csv", "json", "jsonl")},
    "md": _markdown,
    "ics": _calendar,
    "xlsx": _workbook,
}


def _write(call: Call, pieces: Iterable[str | bytes]) -> Path | None:
    """To stdout, or into a new file that only we can read; where that is."""
    asked = call.arguments
    if asked.output and asked.output != "-":
        if call.only_tries(f"write {asked.output}", path=asked.output):
            return None
        try:
            return outlet.write_file(Path(asked.output), pieces, force=asked.force, numbered=False)
        except BadInput as error:
            if isinstance(error.__cause__, FileExistsError):
                error.hint = "Name another file, or put it in the place of that one with --force."
            if getattr(error.__cause__, "errno", 0) not in (ENOSPC, EDQUOT):
                raise
            # The line was right: the place has no room.
            raise PipeboardError(
                error.message, hint="Free some room there, or name a file elsewhere."
            ) from error
    for piece in pieces:
        if isinstance(piece, bytes):
            raise BadInput("A workbook goes into a file.", hint="Name it with --to FILE.xlsx.")
        outlet.data(piece, end="")
    return None
