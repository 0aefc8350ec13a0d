"""The import screen drawn: the file, its columns, the words that place deals, and the preview."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import Final

from pipeboard.domain.counts import how_many, in_figures
from pipeboard.domain.lazy_dataclass import dataclass
from pipeboard.domain.phrases import aloud
from pipeboard.domain.text import from_home, quoted
from pipeboard.exchange.fields import LEFT_OUT
from pipeboard.exchange.layouts import GENERIC
from pipeboard.exchange.reading import ALWAYS
from pipeboard.exchange.recipe import PlacingWord
from pipeboard.exchange.side_files import TEAM
from pipeboard.ui.draw.line import (
    AFTER,
    DOT,
    Glyphs,
    Line,
    blank,
    exactly,
    full_money,
    left,
    right,
    tab_strip,
    title_bar,
    whole,
    wrap,
)
from pipeboard.ui.draw.questions import Item
from pipeboard.ui.key_table import ImportTab
from pipeboard.ui.palette import Role
from pipeboard.ui.terminal.width import cell_width
from pipeboard.workspace.import_plan import FileSeen, Imported, ImportPlan
from pipeboard.workspace.import_report import (
    conflicts_told,
    counts_told,
    meaning_told,
    rejects_told,
)
from pipeboard.workspace.row_matching import Match

_LABEL: Final = 12
_AROUND: Final = 3  # cells beside an item: its bar, and one at the end
_AS_SHOWN: Final = "as the file shows it"
ORDERS: Final = {"": _AS_SHOWN, "dmy": "day first", "mdy": "month first"}
MARKS: Final = {"": _AS_SHOWN, "point": "decimal point", "comma": "decimal comma"}
_TEXTS: Final = ("csv", "json", "jsonl")
_PLACES: Final = (
    (r"--map COLUMN=(\w+) or COLUMN=(\w+)", r"\1 or \2 on 2"),
    (r"--map (?:'(?:[^']|'\"'\"')+=|[^\s'=]+=)(\w+)'?", r"\1 on 2"),
    (r"--map (?:'(?:[^']|'\"'\"')+=-'|[^\s'=]+=-)", "'Leave out' on 2"),
    (r"--sheet \w+", "Sheet on 1"),
    (r"say --stage '[^']*' or --stage '[^']*'", "place them on 3"),
    (r"--skip-bad", "Bad rows on 1"),
    (r"--beside -", "Joined on 1"),
    (r"Say where its ids are from with --source \w+, or take", "Take"),
    (r" To update them nevertheless: --source \S+", ""),
    (r"--value '(COLUMN:REASON=\w+)'", r"'pipeboard import FILE --value \1'"),
    (r"(?:say )?--currency \w+", "see Currency on 1"),
    (r"(?:say )?--lost-zero unknown", "see Lost at 0 on 1"),
    (r"--encoding \w+", "Encoding on 1"),
    (r"--decimal (?:point|comma) \w+ --decimal (?:point|comma)", "1.234 on 1"),
    (r"--dates dmy(?: \([^)]*\))? \w+ --dates mdy(?: \([^)]*\))?", "03/04/2026 on 1"),
    (r"--key \w+,\w+", "Known by on 1"),
    (r"--match new", "Known rows on 1"),
    (r"--prefer file", "Both changed on 1"),
    (r"--value 'COLUMN:WORD==lost'", "its words on 3"),
    (r"--override '?\w*'?", "Gates on 1"),
    (r"(?<!FILE )--(?:stage|value) ", ""),
)
"""Where this screen has what a flag of the verb says."""
MATCHES: Final[Mapping[Match, str]] = {
    "update": "take over what has changed in the file",
    "skip": "leave deals that are here already alone",
    "new": "take every row as a new deal",
}
BECOMES: Final = {"=won": "won", "=lost": "lost", "=open": "open", "=-": "nothing"}
_ANSWERS: Final = {
    "title": "Name",
    "stage": "Stage",
    "outcome": "Won, lost",
    "value": "Value",
    "owner": "Owner",
    "dates": "Dates",
}


@dataclass(frozen=True, slots=True)
class ImportView:
    """What the import screen shows: a plan, the file as last seen, what is under way or done."""

    plan: ImportPlan
    seen: FileSeen | None
    tab: ImportTab
    width: int
    glyphs: Glyphs
    problem: str = ""
    under_way: str = ""
    done: Imported | None = None

    @property
    def room(self) -> int:
        """Cells of an item."""
        return self.width - _AROUND


def heading(view: ImportView) -> tuple[Line, ...]:
    """What is imported, how far that is, and the tabs."""
    end = view.under_way
    if not end and view.seen is not None:
        end = f"{view.seen.format} {DOT} {view.seen.encoding} {DOT} {_rows(view.seen)}"
        # Which file it is matters more than how it is written.
        if cell_width(f" Import  {view.plan.path.name}  {end} ") > view.width:
            end = _rows(view.seen)
    bar = title_bar(
        (whole("Import", "bar.product"), blank(2, "bar"), whole(view.plan.path.name, "bar.title")),
        (whole(end, "bar.dim"),) if end else (),
        view.width,
    )
    return bar, tab_strip(ImportTab, view.tab, view.width, _counts(view.seen))


def _rows(seen: FileSeen) -> str:
    return how_many(seen.survey.records, "row")


def _counts(seen: FileSeen | None) -> dict[ImportTab, str]:
    if seen is None:
        return {}
    words, unknown = in_figures(len(seen.survey.words)), seen.unknown_words
    rejected = len(seen.report.rejected)
    return {
        ImportTab.COLUMNS: str(len(seen.header)),
        ImportTab.WORDS: f"{words} ?{in_figures(unknown)}" if unknown else words,
        ImportTab.PREVIEW: f"!{in_figures(rejected)}" if rejected else "",
    }


def items_of(view: ImportView) -> tuple[Item, ...]:
    """What the cursor can stand on in a tab; the preview is only read."""
    if view.seen is None or view.tab is ImportTab.PREVIEW:
        return ()
    if view.tab is ImportTab.FILE:
        return tuple(_file_items(view, view.seen))
    if view.tab is ImportTab.COLUMNS:
        return tuple(_column_item(view, view.seen, column) for column in view.seen.header)
    return tuple(_word_item(view, view.seen, word) for word in view.seen.survey.words)


def lines_below(view: ImportView) -> tuple[Line, ...]:
    """What stands below the items, or instead of them."""
    if view.seen is None or view.problem:
        return tuple(_paragraph(view, view.problem, "status.error" if view.problem else "empty"))
    if view.tab is ImportTab.PREVIEW:
        return tuple(_preview(view, view.seen))
    if view.tab is ImportTab.WORDS and not view.seen.survey.words:
        return tuple(_paragraph(view, "No column names stages or outcomes.", "empty"))
    return ()


def _paragraph(view: ImportView, text: str, role: Role = "text") -> Iterator[Line]:
    for part in wrap(in_place(text), view.room):
        yield (blank(2), whole(part, role))


def in_place(text: str) -> str:
    """A sentence that names a flag of the verb, with the line of this screen instead: in the words
    of the person, whose flags are those of everybody."""
    text = aloud(text)
    for flag, place in _PLACES:
        text = re.sub(flag, aloud(place), text)
    return text


# The file.


def _file_items(view: ImportView, seen: FileSeen) -> Iterator[Item]:
    plan, recipe = seen.plan, seen.recipe
    yield _fact(
        view, "file", "File", plan.path.name, from_home(str(plan.path.parent), str(Path.home()))
    )
    yield _fact(view, "into", "Into", _into(seen), ", ".join(seen.stages))
    if seen.last:
        yield _fact(view, "last", "As last time", seen.last, "")
    tool = "no tool that is known" if seen.tool == GENERIC.name else seen.tool
    yield _fact(view, "tool", "Written by", tool, f"delimiter {_mark(seen.delimiter)}")
    if seen.format not in _TEXTS:
        yield _fact(view, "sheet", "Sheet", recipe.sheet or "the one with deals", "")
    doubt = next((text for text in seen.remarks if text.startswith("The encoding was")), "")
    yield _fact(view, "encoding", "Encoding", seen.encoding, doubt, is_odd=bool(doubt))
    for name, label in _ANSWERS.items():
        answer = seen.answers[name]
        is_missing = not answer and name in ("title", "stage")
        said = answer if answer.startswith(ALWAYS) else f"column {quoted(answer)}"
        shown = said if answer else "not in the file"
        yield _fact(view, f"answer.{name}", label, shown, "", is_odd=is_missing)
    yield _side_fact(view, seen)
    assumed = (
        how_many(seen.assumed, "amount names none", "amounts name none") if seen.assumed else ""
    )
    is_assumed = bool(assumed) and not recipe.currency
    yield _fact(view, "currency", "Currency", seen.currency, assumed, is_odd=is_assumed)
    order = ORDERS.get(recipe.dates, recipe.dates)
    yield _fact(view, "dates", "03/04/2026", order, "")
    mark = MARKS.get(recipe.decimal, recipe.decimal)
    yield _fact(view, "decimal", "1.234", mark, "")
    zero = "unknown" if recipe.lost_zero == "unknown" else "0"
    yield _fact(view, "lost_zero", "Lost at 0", f"means {zero}", "")
    key = ", ".join(recipe.key) or "its id, else account and title"
    yield _fact(view, "key", "Known by", key, "")
    yield _fact(view, "match", "Known rows", MATCHES[plan.match], "")
    kept = "the file's stands" if plan.prefers_file else "ours stands"
    yield _fact(view, "prefer", "Both changed", kept, "")
    yield _fact(view, "override", "Gates", plan.override or "hold, as for any move", "")
    bad = "left out, into a file beside it" if plan.skips_bad else "keep all from coming in"
    yield _fact(view, "skip", "Bad rows", bad, "")


def _side_fact(view: ImportView, seen: FileSeen) -> Item:
    side = seen.side_file
    if side is None:
        return _fact(view, "side", "Joined", "no second file", "")
    if seen.side is None:
        return _fact(view, "side", "Joined", side.path.name, "", is_odd=bool(seen.lacking))
    said = f"{side.path.name} by {quoted(side.key.rpartition('=')[0])}"
    return _fact(view, "side", "Joined", said, joined_told(seen))


def joined_told(seen: FileSeen) -> str:
    """What the second file adds, to how many deals."""
    side, report = seen.side, seen.report
    if side is None:
        return ""
    named = [column for column, target in side.targets.items() if target.startswith("fields.")]
    rows = how_many(report.read, "row gets", "rows get")
    said = f"{in_figures(report.joined)} of {rows} {', '.join(named)}"
    if seen.side_file and seen.side_file.everywhere:
        said += f"; as do {how_many(report.joined_here, 'deal')} in none of them"
    if TEAM in side.targets.values():
        said += f"; reps who get another team: {', '.join(report.teams) or 'none'}"
    return said


def _into(seen: FileSeen) -> str:
    """The pipelines that the deals go into."""
    every = (seen.pipeline, *seen.beside)
    return ", ".join(f"{'' if one.id else 'new: '}{one.name}" for one in every)


def _mark(delimiter: str) -> str:
    names = {",": "comma", ";": "semicolon", "\t": "tab", "|": "bar", "": "none"}
    return names.get(delimiter, delimiter)


def _fact(
    view: ImportView, key: str, label: str, text: str, beside: str, *, is_odd: bool = False
) -> Item:
    line: Line = (
        left(label, _LABEL, "pane.label"),
        blank(1),
        whole(text, "status.warn" if is_odd else "text"),
        blank(2),
        whole(beside, "text.dim"),
    )
    return Item(key, (exactly(line, view.room),))


# Columns and words.


def _column_item(view: ImportView, seen: FileSeen, column: str) -> Item:
    first = max(8, min(28, view.room // 3))
    second = max(8, min(24, view.room // 3 - 2))
    target = seen.mapping[column]
    role: Role = "text.dim" if target == LEFT_OUT else "text.strong"
    named = "left out" if target == LEFT_OUT else target
    cells = (" ".join(cell.split()) for cell in seen.survey.samples.get(column, ()))
    samples = f" {DOT} ".join(cells)
    line: Line = (
        left(column, first, "text"),
        whole(f" {AFTER} ", "text.dim"),
        left(named, second, role),
        blank(1),
        whole(samples, "text.dim"),
    )
    return Item(column, (exactly(line, view.room),))


def _word_item(view: ImportView, seen: FileSeen, word: PlacingWord) -> Item:
    first = max(10, min(32, view.room // 3))
    known = seen.is_known(word.becomes)
    text = "says nothing" if word.becomes is None else BECOMES.get(word.becomes, word.becomes)
    if not known and word.becomes is not None:
        text = "not a stage here"
    line: Line = (
        left(word.text, first, "text"),
        right(f"{in_figures(word.count)}", 8, "text.dim"),
        whole(f" {AFTER} ", "text.dim"),
        whole(text, "text.strong" if known else "status.warn"),
        blank(2),
        whole(word.column, "text.dim"),
    )
    return Item(f"{word.column}\0{word.text}", (exactly(line, view.room),))


def told_whole(view: ImportView, key: str) -> str:
    """What is under the cursor where a line may have cut it; empty for lines that say it all."""
    seen = view.seen
    if seen is None or view.tab is ImportTab.FILE:
        return joined_told(seen) if seen is not None and key == "side" else ""
    if view.tab is ImportTab.COLUMNS:
        return f"{key} {AFTER} {seen.mapping.get(key, '')}"
    column, _, word = key.partition("\0")
    return f"{word} ({column})"


# The preview.


def _preview(view: ImportView, seen: FileSeen) -> Iterator[Line]:
    report = view.done.report if view.done else seen.report
    if view.under_way and not report.read and not seen.lacking:
        yield from _paragraph(view, "What would come is being found out.", "empty")
        return
    if seen.lacking and not view.done:
        yield from _paragraph(view, seen.lacking, "status.warn")
    else:
        yield from _part(view, _title(view, seen), (counts_told(report),))
        yield from _part(
            view, "", tuple(meaning_told(report, partial(full_money, glyphs=view.glyphs)))
        )
        if seen.side is not None and seen.side_file is not None:
            yield from _part(view, f"Joined {seen.side_file.path.name}", (f"{joined_told(seen)}.",))
        rejected = sorted(report.rejected, key=lambda row: row.line)
        yield from _part(view, "Rejected", tuple(rejects_told(rejected)), "status.warn")
        yield from _part(view, "Changed on both sides", tuple(conflicts_told(report)))
    if seen.last:
        yield from _part(view, "Read as last time", (seen.last,))
    yield from _part(view, "To be looked at", seen.remarks)


def _title(view: ImportView, seen: FileSeen) -> str:
    if view.done is None:
        names = ", ".join(one.name for one in (seen.pipeline, *seen.beside))
        return f"Into {names} would come"
    file = f"; the rejected rows are in {view.done.rejected}" if view.done.rejected else ""
    return f"Imported into {view.done.pipeline}{file}"


def _part(
    view: ImportView, title: str, sentences: Sequence[str], role: Role = "text"
) -> Iterator[Line]:
    if not sentences:
        return
    if title:
        yield ()
        yield from _paragraph(view, title, "pane.head")
    for sentence in sentences:
        for place, part in enumerate(wrap(in_place(sentence), view.room - 4)):
            yield (blank(2 if place == 0 else 4), whole(part, role))
