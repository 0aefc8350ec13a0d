"""What an import did, or would do: counts, sums, and everything that a person should look at."""

from __future__ import annotations

import csv
import io
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from pipeboard import outlet
from pipeboard.domain.counts import how_many, in_figures
from pipeboard.domain.deal import LOSS_CATEGORIES
from pipeboard.domain.errors import BadInput
from pipeboard.domain.lazy_dataclass import dataclass, field
from pipeboard.domain.money import Money
from pipeboard.domain.text import few, fold, quoted
from pipeboard.domain.timeline import field_label
from pipeboard.exchange.read_options import REMARKS, lines_told
from pipeboard.exchange.rows import DealRow, Rejected
from pipeboard.exchange.tables import REASON, defuse, next_free
from pipeboard.exchange.words.languages import sounds_closed
from pipeboard.workspace.row_commands import lost_for

if TYPE_CHECKING:
    from pipeboard.domain.pipeline import Pipeline
    from pipeboard.exchange.reading import Reading


MOST_LISTED = 10_000
MOST_LINES = 1_000
"""Rows that a report names one by one; what comes after them is counted."""


@dataclass(frozen=True, slots=True)
class Differing:
    """A field that the file and somebody here changed since the last import; `kept` says whose
    value stands."""

    line: int
    deal: str
    field: str
    ours: str
    theirs: str
    kept: str


@dataclass(slots=True)
class ImportReport:
    """What an import did, or with a dry run would do.

    `stages` counts deals by stage or outcome, `sums` their values by outcome and currency in minor
    units. `remarks` are the first lines of the file by what is odd in them and `remark_counts` how
    many there are, `not_followed` counts by field what a file says anew and an import leaves as it
    is, and `left` names the first of these. `ambiguous` are rows whose deal cannot be told from
    others of the same name. `elsewhere` counts ids that are known from another source or in
    another pipeline, where the rows became deals of their own. `said_before`
    tells that all of it was done before, under the same token, and when.
    """

    read: int = 0
    created: int = 0
    updated: int = 0
    unchanged: int = 0
    skipped: int = 0
    by_name: int = 0
    elsewhere: int = 0
    absent: int = 0
    """Deals of the file's source that came in before and stand in no row of it."""
    before: int = 0
    rejected: list[Rejected] = field(default_factory=list)
    conflicts: list[Differing] = field(default_factory=list)
    conflict_count: int = 0
    ambiguous: list[Rejected] = field(default_factory=list)
    emptied: Counter[str] = field(default_factory=Counter)
    not_followed: Counter[str] = field(default_factory=Counter)
    left: list[Differing] = field(default_factory=list)
    stages: Counter[str] = field(default_factory=Counter)
    sums: Counter[tuple[str, str]] = field(default_factory=Counter)
    unplaced: Counter[str] = field(default_factory=Counter)
    """Reasons of losses that are none of our categories."""
    new_pipelines: list[Pipeline] = field(default_factory=list)
    new_owners: list[str] = field(default_factory=list)
    near_owners: dict[str, str] = field(default_factory=dict)
    """Of new owners that are like a rep's name: whose."""
    unsure_owners: tuple[str, ...] = ()
    """The new owners that become reps by nothing but a yes."""
    remarks: dict[str, list[int]] = field(default_factory=lambda: defaultdict(list))
    remark_counts: Counter[str] = field(default_factory=Counter)
    joined: int = 0
    joined_here: int = 0
    keys_met: set[str] = field(default_factory=set)
    teams: list[str] = field(default_factory=list)
    """What a second file adds: the rows and the deals in none that have a line of it, the keys of
    these lines, and the reps who come into another team."""
    command_id: str = ""
    said_before: str = ""

    def reject(self, rows: Iterable[Rejected]) -> None:
        """Rows that did not come in."""
        self.rejected.extend(rows)

    def differ(self, found: Iterable[Differing]) -> None:
        """Fields that were changed on both sides."""
        for one in found:
            self.conflict_count += 1
            if len(self.conflicts) < MOST_LISTED:
                self.conflicts.append(one)

    def leave(self, one: Differing) -> None:
        """What the file says anew of something that is not rewritten."""
        self.not_followed[one.field] += 1
        if len(self.left) < MOST_LINES:
            self.left.append(one)

    def forget(self, line: int) -> None:
        """Takes back what was told of a row that is decided anew."""
        for one in [one for one in self.conflicts if one.line == line]:
            self.conflicts.remove(one)
            self.conflict_count -= 1
        for one in [one for one in self.left if one.line == line]:
            self.left.remove(one)
            self.not_followed -= Counter({one.field: 1})

    def count_deal(self, row: DealRow, stage: str) -> None:
        """A row that is a deal: where it stands, what it is worth, what is odd about it."""
        outcome: str = row.outcome or "open"
        if row.archived and outcome == "open":
            outcome = "archived"
        if "no_stage" in row.remarks:
            stage = "no stage"
        self.stages[stage if outcome == "open" else outcome] += 1
        if row.value is not None:
            self.sums[outcome, row.value.currency] += row.value.minor
        if outcome == "lost" and fold(row.lost_category or "") != "other":
            category, reason = lost_for(row.lost_category or "", row.lost_reason or "")
            if category == "other" and reason and fold(reason) != "other":
                self.unplaced[reason] += 1
        for remark in row.remarks:
            self.remark(remark, row.line)

    def remark(self, name: str, line: int) -> None:
        """What is odd about a line."""
        self.remark_counts[name] += 1
        if len(self.remarks[name]) < MOST_LINES:
            self.remarks[name].append(line)

    @property
    def amounts(self) -> Mapping[str, list[Money]]:
        """The sums by outcome, one for each currency."""
        found: dict[str, list[Money]] = {}
        for (outcome, currency), minor in sorted(self.sums.items()):
            found.setdefault(outcome, []).append(Money(minor, currency))
        return found


class RowsRejected(BadInput):
    """Rows of a file that are no deals; nothing was written. `report` names them."""

    code = "rejected_rows"

    def __init__(self, report: ImportReport) -> None:
        good = report.created + report.updated
        be = "is" if len(report.rejected) == 1 else "are"
        super().__init__(
            f"Nothing was imported: {in_figures(len(report.rejected))} of "
            f"{how_many(report.read, 'row')} {be} rejected.",
            hint=f"Mend them, or leave them out with --skip-bad: {in_figures(good)} would come in."
            if good
            else "Mend them, or leave them out with --skip-bad.",
        )
        self.report = report
        report.created = report.updated = report.joined = report.joined_here = 0


# What an import did, or would do, in sentences: the same on every screen and in every script.

_PLACED = tuple(name for name in LOSS_CATEGORIES if name not in ("price", "other", "invalid"))
_MOST_GROUPS = 20
_MOST_CONFLICTS = 10


def counts_told(report: ImportReport) -> str:
    """How many rows came to what."""
    counts = (
        f"{how_many(report.read, 'row')} read, {in_figures(report.created)} created, "
        f"{in_figures(report.updated)} updated, {in_figures(report.unchanged)} unchanged, "
        f"{in_figures(len(report.rejected))} rejected"
    )
    skipped = f", {in_figures(report.skipped)} known and left alone" if report.skipped else ""
    return f"{counts}{skipped}."


def meaning_told(report: ImportReport, spell: Callable[[Money], str]) -> Iterator[str]:
    """Where the deals stand and what they are worth, amounts as `spell` writes them."""
    if not report.stages:
        return
    stages = ", ".join(f"{name} {in_figures(count)}" for name, count in report.stages.most_common())
    yield f"Deals in the file: {stages}."
    sums = "; ".join(
        f"{outcome} {', '.join(map(spell, amounts))}" for outcome, amounts in report.amounts.items()
    )
    if sums:
        yield f"Worth: {sums}."
    for made in report.new_pipelines:
        stages = ", ".join(stage.name for stage in made.open_stages)
        yield f"New pipeline {made.name}: {stages}."
    if report.new_owners:
        names = [quoted(name) if "," in name else name for name in report.new_owners]
        yield f"New owners: {few(names, 10)}."
        if report.unsure_owners and not report.command_id:
            yield "Nobody here is called so: they become reps by nothing but a yes."
        for name, near in [*report.near_owners.items()][:_MOST_CONFLICTS]:
            yield f"New rep? {name} is like @{near}: if it is a slip, mend the file first."
    after = in_figures(report.before + report.created)
    yield f"Deals here: {in_figures(report.before)} before, {after} after."


def remarks_told(report: ImportReport) -> Iterator[str]:
    """What is odd or was left as it is, a sentence each."""
    for remark, lines in report.remarks.items():
        count = report.remark_counts[remark]
        yield f"{how_many(count, 'row')}: {REMARKS[remark]} ({lines_told(lines, count)})."
    if report.by_name:
        known = how_many(report.by_name, "row has no id and was", "rows have no id and were")
        yield f"{known} known by account and title."
    if report.ambiguous:
        where = lines_told([row.line for row in report.ambiguous])
        share = how_many(len(report.ambiguous), "row shares", "rows share")
        yield (
            f"{share} account and title with others, so that nobody can tell which deal it is "
            f"({where}): left out. Name columns that tell them apart with --key COLUMN,COLUMN, or "
            "take them as new deals with --match new."
        )
    if report.elsewhere:
        known = how_many(report.elsewhere, "id is known", "ids are known")
        yield (
            f"{known} from another source or in another pipeline: new deals were made of them here."
        )
    if report.absent:
        stand = ("stands", "stays") if report.absent == 1 else ("stand", "stay")
        yield (
            f"{how_many(report.absent, 'deal')} of this source that came in before {stand[0]} in "
            f"no row of the file and {stand[1]} as before: deleted there, or left out by a filter."
        )
    if report.unplaced:
        named = few(
            [f"{quoted(why, 40)} {in_figures(n)}" for why, n in report.unplaced.most_common()], 6
        )
        yield (
            f"Reasons of losses that are none of ours count as other: {named}. To place them: "
            f"--value 'COLUMN:REASON=price', or {', '.join(_PLACED)}."
        )
    ends = [
        quoted(stage.name)
        for made in report.new_pipelines
        for stage in made.open_stages
        if sounds_closed(stage.name)
    ]
    if ends:
        yield (
            f"Stages to work in that sound as if deals ended there: {few(ends, 8)}. If "
            "they are won or lost there, say --stage 'STAGE==won' or --stage 'STAGE==lost'."
        )
    if report.not_followed:
        named = _counted_by_name(report.not_followed)
        yield f"What a later file says anew and an import leaves as it was, by rows: {named}."
        told = [one for one in report.left if one.theirs]
        yield from map(_differing_told, told[:_MOST_CONFLICTS])
    if report.emptied:
        named = _counted_by_name(report.emptied)
        yield f"Cells that the file has emptied since were emptied here: {named}."


def conflicts_told(report: ImportReport) -> Iterator[str]:
    """Fields that the file and somebody here have changed, the first of them by name."""
    if not report.conflict_count:
        return
    yield (
        f"{how_many(report.conflict_count, 'field was', 'fields were')} changed in the file and "
        "here; what is here was kept. To take the file's: --prefer file."
    )
    for one in report.conflicts[:_MOST_CONFLICTS]:
        yield f"  {_differing_told(one)}"
    if report.conflict_count > _MOST_CONFLICTS:
        yield f"  and {in_figures(report.conflict_count - _MOST_CONFLICTS)} more"


def _differing_told(one: Differing) -> str:
    ours, theirs = (quoted(text) if text else "nothing" for text in (one.ours, one.theirs))
    return f"line {one.line}, {one.deal}, {_name_of(one.field)}: here {ours}, in the file {theirs}"


def _name_of(whole: str) -> str:
    """What a field, or one entry of it, is called in a sentence; people and notes are no keys."""
    return _ENTRIES.get(whole.partition(".")[0]) or field_label(whole, ())


_ENTRIES = {"contacts": "person", "notes": "note"}


def _counted_by_name(counts: Mapping[str, int]) -> str:
    """So many by the name of their field."""
    named = Counter[str]()
    for one, count in counts.items():
        named[_name_of(one)] += count
    return ", ".join(f"{name} {in_figures(count)}" for name, count in named.items())


def rejects_told(rejected: Sequence[Rejected]) -> Iterator[str]:
    """Rows that did not come in, those of one reason together."""
    groups: dict[tuple[str, str, str], list[int]] = {}
    for row in rejected:
        groups.setdefault((row.column, row.value, row.reason), []).append(row.line)
    for (column, value, reason), lines in list(groups.items())[:_MOST_GROUPS]:
        cell = f" {column}: {quoted(value)}" if column else ""
        if len(lines) == 1:
            yield f"line {lines[0]}:{cell} {reason}"
        else:
            yield f"{in_figures(len(lines))} rows:{cell} {reason} ({lines_told(lines)})"
    if len(groups) > _MOST_GROUPS:
        yield f"and {how_many(len(groups) - _MOST_GROUPS, 'more reason')}"


# The file of rows that did not come in: made sure of first, never in another file's place.


class RejectedFile:
    """A new file beside the imported one, readable by its owner alone.

    Whether one can be made is tried before anything is imported, so that no row can end nowhere.
    Raises BadInput where it cannot.
    """

    def __init__(self, imported: str) -> None:
        self.path = Path(f"{imported}.rejected.csv")
        self._make("", "Nothing was imported: copy the file into a folder that you can write to.")
        self.path.unlink()

    def keep(self, reading: Reading, report: ImportReport) -> bool:
        """Every row that did not come in as it stood, with its reason, in the order of the file;
        False where all did, and there is no file."""
        rejected = sorted((*report.rejected, *report.ambiguous), key=lambda row: row.line)
        if not rejected:
            return False
        columns = _columns(reading.header, rejected)
        out = io.StringIO(newline="")
        writer = csv.writer(out, delimiter=reading.delimiter or ",")
        writer.writerow([*columns, next_free(REASON, set(columns))])
        for row in rejected:
            cells = [defuse(row.raw.get(column, "")) for column in columns]
            writer.writerow([*cells, row.reason])
        self._make(out.getvalue(), "The other rows are here. Import the file again for these.")
        return True

    def _make(self, text: str, otherwise: str) -> None:
        try:
            self.path = outlet.write_file(self.path, [text])
        except BadInput as error:
            raise BadInput(
                f"The file for rejected rows: {error.message}", hint=otherwise
            ) from error


def _columns(header: Sequence[str], rejected: Sequence[Rejected]) -> list[str]:
    further = (column for row in rejected for column in row.raw)
    return list(dict.fromkeys((*header, *further)))
