"""Files that come again after work on both sides: each field of each deal follows the one rule."""

from __future__ import annotations

import csv
import io
import os
from collections.abc import Callable, Iterable, Mapping
from contextlib import suppress
from datetime import date
from operator import attrgetter
from pathlib import Path
from typing import Any

from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from pipeboard.domain.deal import Deal, Loss
from pipeboard.domain.errors import Refused
from pipeboard.domain.money import Money
from pipeboard.exchange.read_options import NO_OPTIONS
from pipeboard.exchange.side_files import open_side_table
from pipeboard.workspace.import_report import ImportReport
from pipeboard.workspace.row_matching import ImportOptions
from tests.ledger import disagreements
from tests.team import TODAY, now_of, sales
from tests.verbs import Workspace
from tests.workspace.test_importing_again import read
from tests.workspace.test_round_trips import copied

MANY = 20 if os.environ.get("PIPEBOARD_THOROUGH") else 1
ROWS = ("1", "2", "3")
Cells = Mapping[str, str]

TEXTS = ("", "Acme", "Zoë & Co", "x" * 60, "0", "two  blanks")
WORDS: Mapping[str, tuple[str, ...]] = {
    "Deal Name": ("Alpha", "Beta", "Gamma", "Δ" * 50),
    "Company": TEXTS,
    "Source": TEXTS,
    "Region": TEXTS,
    "Amount": ("", "0", "1000", "99.50"),
    "Expected Close": ("", "2026-12-01", "2027-01-31"),
    "Owner": ("", "ana", "bo"),
    "Stage": ("Lead Generation", "Proposal", "Negotiation"),
    "Tags": ("", "a", "a; b"),
}
"""What stands in a column, whatever it says of a deal."""


def said(column: str, cell: str) -> Any:
    """What a cell comes to in a deal."""
    line = " ".join(cell.split())
    match column:
        case "Amount":
            return Money(round(float(cell) * 100), "EUR") if cell else None
        case "Expected Close":
            return date.fromisoformat(cell) if cell else None
        case "Tags":
            return tuple(sorted(word.strip() for word in cell.split(";") if word.strip()))
        case _:
            return line


def held(column: str, deal: Deal, ana: Workspace) -> Any:
    """What a deal holds of a column."""
    match column:
        case "Region":
            return deal.fields.get("Region", "")
        case "Stage":
            return sales(ana).stage(deal.stage_id).name
        case _:
            return getattr(deal, FIELDS[column])


FIELDS = {
    "Deal Name": "title",
    "Company": "account",
    "Source": "source",
    "Region": "fields.Region",
    "Amount": "value",
    "Expected Close": "expected_close",
    "Owner": "owner",
    "Tags": "tags",
}


def mapped(columns: Iterable[str]) -> tuple[str, ...]:
    """What the columns are, whatever their cells are like."""
    targets = FIELDS | {"Region": "field.Region", "Stage": "stage"}
    return tuple(f"{column}={targets[column]}" for column in columns)


def change_here(ana: Workspace, deal_id: int, column: str, cell: str) -> None:
    """Somebody here gives a deal the value that a cell would."""
    if column == "Stage":
        stage = next(one for one in sales(ana).open_stages if one.name == cell)
        ana.move([deal_id], stage.id, override="because so")
    else:
        ana.edit([deal_id], {FIELDS[column]: said(column, cell)})


def text_of(rows: Mapping[str, Cells], columns: tuple[str, ...]) -> str:
    out = io.StringIO()
    writer = csv.DictWriter(out, ("Deal ID", *columns), extrasaction="ignore", lineterminator="\n")
    writer.writeheader()
    writer.writerows({"Deal ID": one, **cells} for one, cells in rows.items())
    return out.getvalue()


cells = st.fixed_dictionaries({column: st.sampled_from(words) for column, words in WORDS.items()})
changes = st.dictionaries(
    st.tuples(st.sampled_from(ROWS[:2]), st.sampled_from(sorted(WORDS))),
    st.integers(0, 5),
    max_size=8,
)
gone_columns = st.sets(st.sampled_from(("Source", "Region", "Amount", "Owner", "Tags")), max_size=2)


def changed(column: str, place: int) -> str:
    return WORDS[column][place % len(WORDS[column])]


def expected(
    column: str, old: str, new: str | None, ours: str, prefer_file: bool
) -> tuple[str, bool]:
    """The one rule: what stands afterwards, and whether that is a conflict."""
    before, now, here = (said(column, cell) for cell in (old, new or "", ours))
    if new is None or now in (before, here):
        return ours, False
    if here != before:
        return (new, False) if prefer_file else (ours, True)
    return new, False


@settings(
    max_examples=40 * MANY,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(st.tuples(cells, cells), cells, changes, changes, gone_columns, st.booleans(), st.booleans())
def test_a_file_that_comes_again_changes_what_it_says_anew_and_nothing_else(
    blank: Path,
    tmp_path: Path,
    base: tuple[Cells, Cells],
    added: Cells,
    here: dict[tuple[str, str], int],
    there: dict[tuple[str, str], int],
    gone: set[str],
    prefer_file: bool,
    is_keyed: bool,
) -> None:
    first = dict(zip(ROWS, base, strict=False))
    key = ("Deal ID",) if is_keyed else ()
    with copied(blank, tmp_path, "again.db") as team:
        ana = team.rep("ana")
        columns = tuple(WORDS)
        options = ImportOptions(override="as the file says", source="crm", prefer_file=prefer_file)
        maps = mapped(columns)
        report = read(ana, tmp_path, text_of(first, columns), options, key=key, overrides=maps)
        assert (report.created, len(report.rejected)) == (2, 0)
        ids = dict(zip(first, (1, 2), strict=True))
        ours = {(row, column): cell for row in first for column, cell in first[row].items()}
        for (row, column), place in here.items():
            ours[row, column] = changed(column, place)
            change_here(ana, ids[row], column, ours[row, column])
        second = {row: dict(first[row]) for row in first}
        for (row, column), place in there.items():
            second[row][column] = changed(column, place)
        kept = tuple(column for column in columns if column not in gone)
        text = text_of({**second, "3": added}, kept)
        wanted = {
            (row, column): expected(
                column,
                first[row][column],
                second[row][column] if column in kept else None,
                ours[row, column],
                prefer_file,
            )
            for row, column in ours
        }
        maps = mapped(kept)
        report = read(ana, tmp_path, text, options, key=key, overrides=maps)
        check(ana, ids, wanted, report)
        assert report.created == 1
        again = read(ana, tmp_path, text, options, key=key, overrides=maps)
        check(ana, ids, wanted, again)
        assert (again.created, again.updated, again.unchanged) == (0, 0, 3)
        assert disagreements(team.place) == []


def check(
    ana: Workspace,
    ids: Mapping[str, int],
    wanted: Mapping[tuple[str, str], tuple[str, bool]],
    report: ImportReport,
) -> None:
    """Every field is what the rule says, and every conflict is told."""
    assert not report.rejected
    for (row, column), (cell, _) in wanted.items():
        assert held(column, now_of(ana, ids[row]), ana) == said(column, cell), (row, column)
    assert report.conflict_count == sum(is_conflict for _, is_conflict in wanted.values())


@settings(
    max_examples=15 * MANY,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(cells, cells, st.sampled_from(("skip", "new")))
def test_rows_that_are_left_alone_or_taken_as_new_leave_known_deals_as_they_are(
    blank: Path, tmp_path: Path, first: Cells, second: Cells, match: Any
) -> None:
    with copied(blank, tmp_path, "again.db") as team:
        ana = team.rep("ana")
        options = ImportOptions(source="crm")
        maps = mapped(WORDS)
        read(ana, tmp_path, text_of({"1": first}, tuple(WORDS)), options, overrides=maps)
        before = now_of(ana, 1)
        text = text_of({"1": second, "2": first}, tuple(WORDS))
        options = ImportOptions(source="crm", match=match)
        report = read(ana, tmp_path, text, options, overrides=maps)
        assert now_of(ana, 1) == before
        assert (report.created, report.skipped) == ((1, 1) if match == "skip" else (2, 0))
        for column, cell in second.items():
            if match == "new":
                assert held(column, now_of(ana, 2), ana) == said(column, cell), column
        assert disagreements(team.place) == []


# A second file beside the first: what its lines add, and what they do not take away.

PRODUCTS = ("GTX", "mg", "")
sold = st.lists(
    st.tuples(st.sampled_from(PRODUCTS), st.sampled_from(("", "North", "0"))),
    min_size=1,
    max_size=3,
)
lines = st.dictionaries(
    st.sampled_from(("gtx", "MG", "other")),
    st.tuples(st.sampled_from(("", "5", "a  b")), st.sampled_from(("", "North", "South"))),
)


def sold_text(rows: list[tuple[str, str]], first: int) -> str:
    cells = (
        f"{number},Deal {number},Proposal,{product},{region}"
        for number, (product, region) in enumerate(rows, first)
    )
    return "\n".join(("Deal ID,Deal Name,Stage,Product,Region", *cells, ""))


@settings(
    max_examples=20 * MANY,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(sold, sold, lines, st.booleans())
def test_each_cell_of_a_joined_line_is_in_its_deals_or_counted(
    blank: Path,
    tmp_path: Path,
    before: list[tuple[str, str]],
    rows: list[tuple[str, str]],
    prices: dict[str, tuple[str, str]],
    joins_here: bool,
) -> None:
    file = tmp_path / "prices.csv"
    file.write_text(
        "\n".join(("product,price,Region", *(f"{k},{p},{r}" for k, (p, r) in prices.items()), ""))
    )
    with copied(blank, tmp_path, "joined.db") as team:
        ana = team.rep("ana")
        read(ana, tmp_path, sold_text(before, 1))
        side = open_side_table(file, "product", (), NO_OPTIONS)
        options = ImportOptions(side=side, joins_here=joins_here)
        text = sold_text(rows, 101)
        report = read(ana, tmp_path, text, options)
        found = {key.casefold(): line for key, line in prices.items()}
        otherwise = 0
        for number, (product, region) in enumerate([*before, *rows], 1):
            price, place = found.get(product.casefold(), ("", ""))
            fields = now_of(ana, number).fields
            if number > len(before):
                assert fields.get("price", "") == " ".join(price.split())
                assert fields.get("Region", "") == (region or place)
                otherwise += bool(region and place and region != place)
            elif joins_here:
                assert fields.get("price", "") == " ".join(price.split())
                assert fields.get("Region", "") == (place or region)
            else:
                assert fields.get("Region", "") == region and "price" not in fields
        assert report.remark_counts["joined_otherwise"] == otherwise
        assert report.joined == sum(product.casefold() in found for product, _ in rows)
        again = read(ana, tmp_path, text, options)
        assert (again.created, again.updated, again.joined_here) == (0, 0, 0)
        assert disagreements(team.place) == []


# Nobody did anything here: a deal is what its last row says, whatever those before it said.

OPEN_STAGES = ("Lead Generation", "Proposal", "Negotiation")
COURSE: Mapping[str, tuple[str, ...]] = {
    "Deal Name": ("Alpha", "Beta"),
    "Company": ("", "Acme", "Zoe"),
    "Owner": ("", "ana", "bo"),
    "Stage": (*OPEN_STAGES, "Won", "Lost"),
    "Amount": ("", "0", "1000", "99.50"),
    "Created": ("2026-01-02", "2026-02-03"),
    "Closed": ("", "2026-10-01", "2026-11-05"),
    "Expected Close": ("", "2026-12-24"),
    "Loss Reason": ("", "price", "competitor"),
    "Tags": ("", "a", "a; b"),
    "Next Step": ("", "call", "mail"),
    "Next Step Date": ("", "2026-12-02"),
    "Contact": ("", "Mika"),
    "Email": ("", "m@x.example"),
    "Region": ("", "North"),
    "Probability": ("", "0", "35"),
}
OF_CLOSED = ("Closed", "Loss Reason")
OF_OPEN = ("Expected Close", "Probability")
COURSE_MAPS = (
    "Closed=close_date",
    "Expected Close=expected_close",
    "Created=created_at",
    "Loss Reason=lost_reason",
    "Region=field.Region",
    "Probability=probability",
)


def sensible(cells: Cells) -> Cells:
    """The row as a tool would write it: open deals were not closed, closed ones are not expected
    to."""
    odd = OF_CLOSED if cells["Stage"] in OPEN_STAGES else OF_OPEN
    return {**cells, **dict.fromkeys(odd, "")}


course = st.lists(
    st.fixed_dictionaries({name: st.sampled_from(words) for name, words in COURSE.items()}).map(
        sensible
    ),
    min_size=2,
    max_size=3,
)


def standing(ana: Workspace) -> dict[str, Any]:
    """The one deal there is, without how it came there."""
    (deal,) = ana.reader.each(today=TODAY)
    return {
        "stage": sales(ana).stage(deal.stage_id).name,
        "created": deal.known_created_at,
        "closed": deal.known_closed_at,
        "people": {(one.name, one.email) for one in deal.contacts.values()},
        **{
            name: getattr(deal, name)
            for name in (
                *("title", "account", "owner", "status", "value", "expected_close", "loss"),
                *("tags", "next_step", "fields", "probability_bp", "competitors"),
            )
        },
    }


def ended(stage: str, closed: str) -> Cells:
    """A row of a deal that has nothing but where it stands and when it ended."""
    said = {"Deal Name": "Alpha", "Stage": stage, "Created": "2026-01-02", "Closed": closed}
    return {**dict.fromkeys(COURSE, ""), **said}


@settings(
    max_examples=60 * MANY,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(course)
@example([ended("Won", "2026-10-01"), ended("Lost", ""), ended("Lost", "2026-10-01")])
@example([ended("Lost", "2026-10-01"), ended("Proposal", ""), ended("Lost", "2026-10-01")])
def test_what_nobody_touched_here_is_what_its_last_row_says(
    blank: Path, tmp_path: Path, course: list[Cells]
) -> None:
    options = ImportOptions(override="as the file says", source="crm")

    def come_in(ana: Workspace, cells: Cells) -> ImportReport:
        text = text_of({"1": cells}, tuple(COURSE))
        return read(ana, tmp_path, text, options, overrides=COURSE_MAPS)

    last = course[-1]
    with copied(blank, tmp_path, "course.db") as team:
        ana = team.rep("ana")
        reports = [come_in(ana, cells) for cells in course]
        assert not any(report.conflicts for report in reports)
        found = standing(ana)
        assert disagreements(team.place) == []
        assert come_in(ana, last).unchanged == 1
    with copied(blank, tmp_path, "fresh.db") as team:
        ana = team.rep("ana")
        come_in(ana, last)
        wanted = standing(ana)
    if last["Stage"] not in OPEN_STAGES:
        # An end keeps what was said of it before, and one that cannot have been so is told.
        kept = {"expected_close", "probability_bp"}
        kept |= {"loss", "competitors"} if not last["Loss Reason"] else set()
        if not last["Closed"] or any(
            report.left or "closed_before_entered" in report.remarks for report in reports
        ):
            kept |= {"closed"}
        for name in kept:
            del found[name], wanted[name]
    assert found == wanted


HERE: Mapping[str, Callable[[Workspace], object]] = {
    "win": lambda ana: ana.win([1], override="because so"),
    "lose": lambda ana: ana.lose([1], Loss("timing")),
    "reopen": lambda ana: ana.reopen([1], override="because so"),
    "move": lambda ana: ana.move([1], 4, override="because so"),
    "archive": lambda ana: ana.archive([1]),
    "step": lambda ana: ana.set_next_step([1], "here", None),
    "title": lambda ana: ana.edit([1], {"title": "Here"}),
    "owner": lambda ana: ana.edit([1], {"owner": "bo"}),
    "tags": lambda ana: ana.edit([1], {"tags": ("here",)}),
}
"""What somebody here does with the one deal between two files; of some of it nothing may come."""
KEPT: Mapping[str, Callable[[Deal], object]] = {
    "stage": lambda deal: deal.closed_from or deal.stage_id,
    "outcome": attrgetter("outcome"),
    **{name: attrgetter(name) for name in ("title", "owner", "next_step", "tags")},
}
STAGES = ("Lead Generation", "Won", "Negotiation")
MOVED_CLOSED_AND_REOPENED: list[Cells] = [
    {name: stage if name == "Stage" else words[0] for name, words in COURSE.items()}
    for stage in STAGES
]


@settings(
    max_examples=40 * MANY,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(course, st.lists(st.sampled_from(sorted(HERE)), max_size=3), st.booleans())
@example(MOVED_CLOSED_AND_REOPENED, ["move"], False)
def test_what_is_said_to_stay_as_it_is_here_does_and_the_same_file_changes_nothing_again(
    blank: Path, tmp_path: Path, course: list[Cells], here: list[str], prefer_file: bool
) -> None:
    options = ImportOptions(override="as there", source="crm", prefer_file=prefer_file)
    with copied(blank, tmp_path, "both.db") as team:
        ana = team.rep("ana")

        def come_in(cells: Cells) -> ImportReport:
            text = text_of({"1": cells}, tuple(COURSE))
            return read(ana, tmp_path, text, options, overrides=COURSE_MAPS)

        come_in(course[0])
        for cells in course[1:]:
            for what in here:
                with suppress(Refused):
                    HERE[what](ana)
            before = now_of(ana, 1)
            report = come_in(cells)
            after = now_of(ana, 1)
            for one in report.conflicts:
                if ours := KEPT.get(one.field):
                    assert ours(after) == ours(before), one
            assert come_in(cells).unchanged == 1
            assert now_of(ana, 1) == after
        assert disagreements(team.place) == []
