"""Deals out of files: all or nothing, twice without doubles, out and in again by undo and redo."""

from __future__ import annotations

import os
import sqlite3
from collections import Counter
from contextlib import closing
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from pipeboard.domain.deal import Loss, Status
from pipeboard.domain.errors import Refused
from pipeboard.domain.money import Money
from pipeboard.domain.pipeline import Pipeline
from pipeboard.domain.templates import from_stage_names
from pipeboard.exchange.read_options import ReadOptions
from pipeboard.exchange.reading import open_import
from pipeboard.exchange.rows import DealRow, Outcome, RowTouch
from pipeboard.store.locating import Location
from pipeboard.store.projecting import staging
from pipeboard.workspace import import_rows
from pipeboard.workspace.import_report import ImportReport, RowsRejected
from pipeboard.workspace.row_commands import RowIdentity, RowRules, take_over
from pipeboard.workspace.row_matching import ImportOptions
from tests.ledger import disagreements
from tests.team import NEEDS, NOW, PROPOSAL, TODAY, WON, Team, add, now_of, sales
from tests.verbs import Workspace

MAVEN = Path(__file__).resolve().parents[3] / "shared/data/maven-crm/sales_pipeline.csv"
needs_maven = pytest.mark.skipif(not MAVEN.exists(), reason="the Maven data set is not there")

ROWS = """\
id,deal name,company,amount,stage,status,owner,product
X1,Line 1,Lumen Oy,40000,Proposal,open,ana,GTX
X2,Line 2,Acme,500,Needs Assessment,open,bo,MG
X3,Line 3,Kestrel BV,7000,,won,bo,MG
"""


_AS_IT_COMES = ImportOptions()


class Files:
    """Imports texts as files of one folder."""

    def __init__(self, workspace: Workspace, folder: Path) -> None:
        self.workspace, self.file = workspace, folder / "deals.csv"

    def read(
        self,
        text: str,
        *,
        skip_bad: bool = False,
        dry_run: bool = False,
        name: str = "deals.csv",
        options: ImportOptions = _AS_IT_COMES,
    ) -> ImportReport:
        self.file.write_text(text, "utf-8")
        return self._import(self.file, sales(self.workspace), name, skip_bad, dry_run, options)

    def _import(
        self,
        path: Path,
        pipeline: Pipeline,
        name: str,
        skip_bad: bool,
        dry_run: bool,
        options: ImportOptions,
    ) -> ImportReport:
        with open_import(path, currency="EUR", zone=ZoneInfo("UTC"), today=TODAY) as reading:
            return self.workspace.import_rows(
                reading, pipeline, name, options, skip_bad=skip_bad, dry_run=dry_run
            )

    def deal(self, title: str) -> int:
        return self.workspace.find_deal(title).id


def test_a_stage_that_another_tool_names_twice_was_entered_once(
    ana: Workspace, tmp_path: Path
) -> None:
    file = tmp_path / "deals.csv"
    file.write_text("id,title,first,second,stage\n1,A,2026-01-02,2026-01-05,Proposal\n")
    with open_import(
        file,
        currency="EUR",
        zone=ZoneInfo("UTC"),
        today=TODAY,
        options=ReadOptions(("first=entered:Proposal", "second=entered:Proposal")),
    ) as reading:
        ana.import_rows(reading, sales(ana), "deals.csv")
    entered = ana.find_deal("A").stage_entered_at
    assert entered.isoformat() == "2026-01-02T00:00:00+00:00"


@pytest.fixture
def files(ana: Workspace, tmp_path: Path) -> Files:
    return Files(ana, tmp_path)


def counts(report: ImportReport) -> tuple[int, int, int, int]:
    return report.created, report.updated, report.unchanged, len(report.rejected)


def test_a_file_becomes_deals_with_their_stage_outcome_and_fields(
    files: Files, ana: Workspace, team: Team
) -> None:
    assert counts(files.read(ROWS)) == (3, 0, 0, 0)
    first = now_of(ana, files.deal("Line 1"))
    assert (first.stage_id, first.value, first.owner) == (PROPOSAL, Money(4_000_000, "EUR"), "ana")
    assert dict(first.fields) == {"product": "GTX"}
    assert now_of(ana, files.deal("Line 3")).stage_id == WON
    assert disagreements(team.place) == []


def test_the_same_file_again_changes_nothing(files: Files, ana: Workspace) -> None:
    files.read(ROWS)
    report = files.read(ROWS)
    assert counts(report) == (0, 0, 3, 0)
    assert report.command_id == ""


def test_a_changed_row_changes_its_deal(files: Files, ana: Workspace, team: Team) -> None:
    files.read(ROWS)
    changed = ROWS.replace("X2,Line 2,Acme,500", "X2,Line 2,Acme Inc,600")
    assert counts(files.read(changed)) == (0, 1, 2, 0)
    deal = now_of(ana, files.deal("Line 2"))
    assert (deal.account, deal.value) == ("Acme Inc", Money(60_000, "EUR"))
    assert disagreements(team.place) == []


def test_what_was_edited_here_survives_a_row_that_has_not_changed(
    files: Files, ana: Workspace
) -> None:
    files.read(ROWS)
    deal_id = files.deal("Line 1")
    ana.set_fields([deal_id], ["value=55k", "fields.product=Other"])
    ana.step([deal_id], -1)
    assert counts(files.read(ROWS)) == (0, 0, 3, 0)
    deal = now_of(ana, deal_id)
    assert (deal.value, deal.stage_id) == (Money(5_500_000, "EUR"), NEEDS)


def test_what_a_file_does_not_speak_of_stays_as_it_is_here(files: Files, ana: Workspace) -> None:
    text = "id,deal name,amount\nX1,One,1\nX2,Two,2\nX3,Three,3\n"
    files.read(text)
    won, lost, away = (files.deal(title) for title in ("One", "Two", "Three"))
    ana.win([won], override="signed")
    ana.lose([lost], Loss("price"))
    ana.archive([away])
    assert counts(files.read(text.replace(",1\n", ",10\n").replace(",3\n", ",30\n"))) == (
        0,
        2,
        1,
        0,
    )
    assert (now_of(ana, won).status, now_of(ana, won).value) == (Status.WON, Money(1000, "EUR"))
    assert now_of(ana, lost).status is Status.LOST
    assert (now_of(ana, away).status, now_of(ana, away).value) == (
        Status.ARCHIVED,
        Money(3000, "EUR"),
    )


def test_a_deal_that_a_file_says_is_open_again_is_reopened(files: Files, ana: Workspace) -> None:
    files.read(ROWS)
    files.read(ROWS.replace("Kestrel BV,7000,,won", "Kestrel BV,7000,Lead Generation,open"))
    assert now_of(ana, files.deal("Line 3")).status is Status.OPEN


def test_deals_that_a_later_file_holds_no_more_stay_and_are_counted(
    files: Files, ana: Workspace
) -> None:
    assert files.read(ROWS).absent == 0
    head, first, *_ = ROWS.splitlines(keepends=True)
    assert files.read(head + first).absent == 2
    assert files.read(ROWS).absent == 0
    assert files.read(head + first.replace("X1", "X9")).absent == 0  # nothing of it is known
    assert now_of(ana, files.deal("Line 2")).status is Status.OPEN


COURSE = "id,deal name,stage,amount,created,close date,closed on,probability,lost reason\n"
OPEN_ROW = "1,A,Proposal,100,2026-10-01,2027-03-01,,40,\n"
NEXT_ROWS = {
    "won": ("1,A,Won,100,2026-10-01,2027-03-01,2026-11-02,100,\n", Status.WON),
    "won on its close date": (
        "1,A,Won,100,2026-10-01,2026-11-02,,100,\n",
        Status.WON,
    ),
    "lost": ("1,A,Lost,100,2026-10-01,,2026-11-02,0,price\n", Status.LOST),
    "moved": ("1,A,Needs Assessment,100,2026-10-01,2027-03-01,,40,\n", Status.OPEN),
}


@pytest.mark.parametrize("name", NEXT_ROWS)
def test_what_closes_in_a_later_file_is_told_neither_as_emptied_nor_as_left(
    files: Files, ana: Workspace, name: str
) -> None:
    row, status = NEXT_ROWS[name]
    files.read(COURSE + OPEN_ROW)
    passing = ImportOptions(override="as the file says")
    report = files.read(COURSE + row, options=passing)
    assert counts(report) == (0, 1, 0, 0)
    assert not report.emptied and not report.not_followed
    deal = now_of(ana, files.deal("A"))
    assert deal.status is status and str(deal.expected_close) == "2027-03-01"
    if status is not Status.OPEN:
        assert str(deal.closed_at)[:10] == "2026-11-02"
    again = files.read(COURSE + row)
    assert counts(again) == (0, 0, 1, 0) and not again.not_followed
    files.read(COURSE + OPEN_ROW, options=passing)
    assert now_of(ana, deal.id).status is Status.OPEN
    again = files.read(COURSE + OPEN_ROW)
    assert counts(again) == (0, 0, 1, 0) and not again.not_followed and not again.emptied


STEPS = (
    "Record ID,Deal Name,Deal Stage,Close Date,Create Date,"
    '"Date entered ""{}""","Date entered ""{}"""\n'
)
LATER = {
    "moved twice": (
        "1,A,Needs Assessment,,2026-10-01,2026-11-03,2026-11-05\n",
        "11-05",
        "moved moved",
    ),
    "won from there": ("1,A,Closed Won,2026-11-10,2026-10-01,2026-11-03,\n", "11-10", "moved won"),
    "moved without a day": ("1,A,Needs Assessment,,2026-10-01,,\n", "11-23", "moved"),
    "a day to come": ("1,A,Needs Assessment,,2026-10-01,,2026-12-24\n", "11-23", "moved"),
    "not moved": ("1,A,Lead Generation,,2026-10-01,,\n", "10-01", ""),
}


@pytest.mark.parametrize("name", LATER)
def test_stages_of_a_later_file_are_entered_on_its_days(
    files: Files, ana: Workspace, team: Team, name: str
) -> None:
    row, entered, kinds = LATER[name]
    header = STEPS.format("Lead Qualification", "Needs Assessment")
    files.read(header + "1,A,Lead Generation,,2026-10-01,,\n")
    passing = ImportOptions(override="as the file says")
    report = files.read(header + row, options=passing)
    deal = now_of(ana, files.deal("A"))
    assert str(deal.stage_entered_at)[5:10] == entered
    events = [str(entry.event.kind) for entry in ana.reader.history.entries(deal.id)]
    assert sorted(kind for kind in events if kind in ("moved", "won")) == kinds.split()
    assert not report.not_followed
    assert disagreements(team.place) == []
    if kinds:
        ana.undo()
        assert str(now_of(ana, deal.id).stage_entered_at)[5:10] == "10-01"
        assert disagreements(team.place) == []


def test_a_cell_that_an_open_row_empties_is_emptied_and_told(files: Files, ana: Workspace) -> None:
    files.read(COURSE + OPEN_ROW)
    report = files.read(COURSE + "1,A,Proposal,100,2026-10-01,,,,\n")
    assert dict(report.emptied) == {"expected_close": 1, "probability_bp": 1}
    assert now_of(ana, files.deal("A")).expected_close is None


def test_an_import_goes_out_by_one_undo_and_in_again_by_redo(
    files: Files, ana: Workspace, team: Team
) -> None:
    files.read(ROWS)
    ana.undo()
    assert ana.reader.board(ana.lens(sales(ana))).total == 0
    ana.redo()
    assert ana.reader.board(ana.lens(sales(ana))).total == 2
    assert disagreements(team.place) == []


def test_an_undone_update_brings_back_what_was_there(files: Files, ana: Workspace) -> None:
    files.read(ROWS)
    files.read(ROWS.replace("X2,Line 2,Acme,500", "X2,Line 2,Acme,600"))
    ana.undo()
    assert now_of(ana, files.deal("Line 2")).value == Money(50_000, "EUR")
    assert counts(files.read(ROWS)) == (0, 0, 3, 0)


def test_after_an_undone_import_the_file_can_be_imported_again(files: Files, team: Team) -> None:
    files.read(ROWS)
    files.workspace.undo()
    assert counts(files.read(ROWS)) == (3, 0, 0, 0)
    assert disagreements(team.place) == []


def test_a_redo_is_refused_when_somebody_imported_the_same_deals_meanwhile(
    files: Files, bo: Workspace, tmp_path: Path
) -> None:
    files.read(ROWS)
    files.workspace.undo()
    Files(bo, tmp_path).read(ROWS)
    with pytest.raises(Refused):
        files.workspace.redo()


def test_pipelines_that_are_rehearsed_are_told_apart(ana: Workspace) -> None:
    known = sales(ana)
    new = [
        replace(from_stage_names(("One", "Two"), pipeline_name=name, currency="EUR"), id=0)
        for name in ("North", "South")
    ]
    made = import_rows._with_made_up_ids([known, *new])
    assert made[0] == known
    numbers = [one.id for one in made] + [stage.id for one in made for stage in one.stages]
    stages = [stage.id for one in made for stage in one.stages]
    assert len({*stages}) == len(stages)
    assert len({one.id for one in made}) == 3 and 0 not in numbers


def test_one_rejected_row_writes_nothing(files: Files, ana: Workspace, team: Team) -> None:
    bad = ROWS + "X4,Line 4,Nowhere,1,Nonsense,open,bo,MG\n"
    with pytest.raises(RowsRejected) as refused:
        files.read(bad)
    (row,) = refused.value.report.rejected
    assert (row.line, row.column, row.value) == (5, "stage", "Nonsense")
    assert "no stage 'Nonsense' in Sales" in row.reason
    # All that the row names, so that each can be said to be one of ours.
    assert row.stages == ("Nonsense",)
    assert ana.reader.board(ana.lens(sales(ana))).total == 0
    assert ana.reader.history.commands() == ()


@pytest.mark.parametrize("header", ["stage", "deal stage", "Phase", "pipeline stage"])
def test_a_rejected_row_tells_the_cell_whatever_its_column_is_called(
    header: str, files: Files
) -> None:
    bad = ROWS.replace("stage", header, 1) + "X4,Line 4,Nowhere,1,Nonsense,open,bo,MG\n"
    with pytest.raises(RowsRejected) as refused:
        files.read(bad)
    (row,) = refused.value.report.rejected
    assert (row.line, row.column, row.value) == (5, header, "Nonsense")


def test_a_stage_that_a_deal_went_through_is_told_with_the_column_of_its_day(files: Files) -> None:
    column = 'Date entered "Talks (Sales)"'
    header = f'Record ID,Deal Name,Deal Stage,"{column.replace(chr(34), chr(34) * 2)}"'
    with pytest.raises(RowsRejected) as refused:
        files.read(f"{header}\n4,Line 4,Proposal,2026-03-01\n")
    (row,) = refused.value.report.rejected
    assert (row.column, row.value) == (column, "Talks")


def test_skipping_bad_rows_writes_the_rest(files: Files) -> None:
    bad = ROWS + "X4,Line 4,Nowhere,1,Nonsense,open,bo,MG\n"
    assert counts(files.read(bad, skip_bad=True)) == (3, 0, 0, 1)


def test_a_tried_import_says_what_it_would_do_and_writes_nothing(
    files: Files, ana: Workspace
) -> None:
    report = files.read(ROWS, dry_run=True)
    assert counts(report) == (3, 0, 0, 0)
    assert report.command_id == ""
    assert ana.reader.history.commands() == ()


def test_rows_without_an_id_are_known_again_by_what_they_are_about(files: Files) -> None:
    text = "deal name,company,amount\nPilot,Lumen Oy,1\nPilot,Lumen Oy,2\nPilot,Acme,3\n"
    assert counts(files.read(text)) == (3, 0, 0, 0)
    assert counts(files.read(text)) == (0, 0, 3, 0)
    assert counts(files.read(text.replace(",3\n", ",4\n"))) == (0, 1, 2, 0)


@pytest.mark.parametrize("between", [0, 1_500])
def test_an_id_that_stands_twice_in_a_file_is_rejected_wherever_it_stands(
    between: int, files: Files
) -> None:
    filling = "".join(f"F{n},Filling {n},1\n" for n in range(between))
    text = f"id,deal name,amount\nX1,One,1\n{filling}X1,Another,2\n"
    with pytest.raises(RowsRejected) as refused:
        files.read(text)
    (row,) = refused.value.report.rejected
    assert (row.line, row.reason) == (
        between + 3,
        "the id stands twice in the file, first on line 2, with other cells in 'deal name', "
        "'amount'",
    )


def test_a_line_that_stands_twice_is_taken_once(files: Files) -> None:
    text = "id,deal name,stage\nX1,One,Proposal\nX2,Two,Proposal\nX1,One,Proposal\n"
    report = files.read(text)
    assert (counts(report), report.remarks) == ((2, 0, 1, 0), {"said_before": [4]})
    assert counts(files.read(text)) == (0, 0, 3, 0)


def test_a_deal_of_ours_that_stands_twice_in_a_list_is_not_made_anew(
    files: Files, ana: Workspace
) -> None:
    """Neither of two lines of the same number is another deal."""
    ref = add(ana, "Lumen Oy: pilot 40k").ref
    text = f"ref,title,account,stage,value\n{ref},pilot,Lumen Oy,Lead Generation,1\n"
    with pytest.raises(RowsRejected) as refused:
        files.read(f"{text}{ref},pilot,Lumen Oy,Lead Generation,2\n")
    (row,) = refused.value.report.rejected
    assert (row.line, row.column, row.value, row.reason) == (
        3,
        "ref",
        ref,
        "the deal stands twice in the file, first on line 2, with other cells in 'value'",
    )


def test_an_id_stands_twice_where_its_tool_is_the_same_too(files: Files) -> None:
    text = "external_id,external_source,title\nX1,a,One\nX1,b,Two\nX2,b,Three\n"
    assert counts(files.read(text, dry_run=True)) == (3, 0, 0, 0)
    with pytest.raises(RowsRejected) as refused:
        files.read(f"{text}X1,b,Four\n")
    (row,) = refused.value.report.rejected
    assert (row.line, row.column, row.value, row.reason) == (
        5,
        "external_id",
        "X1",
        "the id stands twice in the file, first on line 3, with other cells in 'title'",
    )


def test_our_own_export_finds_its_deals_again(files: Files, ana: Workspace) -> None:
    deal = add(ana, "Lumen Oy: pilot 40k")
    text = (
        "ref,title,account,stage,value,currency,created_at\n"
        f"{deal.ref},pilot,Lumen Oy,Lead Generation,45000.00,EUR,{deal.created_at.isoformat()}\n"
    )
    report = files.read(text)
    assert counts(report) == (0, 1, 0, 0)
    assert now_of(ana, deal.id).value == Money(4_500_000, "EUR")


@pytest.mark.parametrize(
    ("titles", "found", "told"),
    [
        (("a", "b", "other"), (0, 1, 2, 0), {}),
        (("a", "other", "another"), (2, 0, 1, 0), {"numbered_otherwise": [3, 4]}),
    ],
)
def test_a_list_of_ours_may_call_a_deal_otherwise_where_most_of_its_lines_are_of_here(
    files: Files,
    ana: Workspace,
    titles: tuple[str, ...],
    found: tuple[int, ...],
    told: dict[str, list[int]],
) -> None:
    """A list without accounts and beginnings has nothing but the title and the number."""
    refs = [add(ana, f"Lumen Oy: {title}").ref for title in "abc"]
    lines = (f"{ref},{title},Lead Generation" for ref, title in zip(refs, titles, strict=True))
    report = files.read("ref,title,stage\n" + "\n".join(lines) + "\n")
    assert (counts(report), report.remarks) == (found, told)


def test_a_ref_of_another_database_is_no_deal_of_ours(files: Files, ana: Workspace) -> None:
    deal = add(ana, "Lumen Oy: pilot 40k")
    text = (
        "ref,title,account,stage,value,currency,created_at\n"
        f"{deal.ref},stranger,Acme,Lead Generation,1.00,EUR,2024-01-01T09:00:00Z\n"
    )
    assert counts(files.read(text)) == (1, 0, 0, 0)
    assert now_of(ana, deal.id).title == "pilot"


@pytest.mark.parametrize("day", [None, 3])
def test_a_touch_of_a_row_that_names_no_day_was_when_the_deal_began(
    ana: Workspace, day: int | None
) -> None:
    began, at = NOW - timedelta(days=9), None if day is None else NOW - timedelta(days=day)
    touch = RowTouch("call", "out", None, "ana", at)
    row = DealRow(2, {}, "x", created_at=began, touches=(touch,))
    rules = RowRules(sales(ana), "deals.csv", "ana", NOW)
    found = take_over(row, RowIdentity(None, "", {}), "ana", rules).touches
    assert [one.at for one in found] == [at or began]


@pytest.mark.parametrize("is_archived", [False, True])
@pytest.mark.parametrize("outcome", [None, "open", "won", "lost"])
def test_a_row_is_told_by_how_it_ended_and_only_an_open_one_by_its_archive(
    outcome: Outcome | None, is_archived: bool
) -> None:
    report = ImportReport()
    row = DealRow(2, {}, "x", outcome=outcome, archived=is_archived, value=Money(5, "EUR"))
    report.count_deal(row, "Demo")
    is_open = outcome in (None, "open")
    kind = "archived" if is_open and is_archived else "open" if is_open else str(outcome)
    assert report.stages == {"Demo" if kind == "open" else kind: 1}
    assert report.sums == {(kind, "EUR"): 5}


def test_owners_of_a_file_are_the_reps_that_are_known(files: Files, ana: Workspace) -> None:
    add(ana)
    files.read(ROWS.replace("open,ana", "open,ANA"))
    assert now_of(ana, files.deal("Line 1")).owner == "ana"


def test_one_person_who_is_written_in_several_ways_in_a_file_is_one_rep(
    files: Files, ana: Workspace
) -> None:
    ways = (
        "Kim Lee <kim@firm.example>", "KIM LEE", '"Lee, Kim"', "Kim  Lee", "kim lee (k@x.example)",
        "Kim Lea",
    )  # fmt: skip
    lines = [f"Line {at},Lead Generation,{way}" for at, way in enumerate(ways)]
    files.read("title,stage,owner\n" + "\n".join(lines) + "\n")
    owners = [now_of(ana, files.deal(f"Line {at}")).owner for at in range(len(ways))]
    assert owners == ["Kim Lee"] * 5 + ["Kim Lea"]
    assert {rep.name for rep in ana.reader.reps()} >= {"Kim Lee", "Kim Lea"}


def test_indices_are_all_there_behind_an_import_that_makes_some_of_them_anew(
    files: Files, ana: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    location = ana.store.location
    if not isinstance(location, Location):
        pytest.skip("on a server they are kept")
    monkeypatch.setattr(staging, "_FEW_DEALS", 0)

    def asked(sql: str) -> list[str]:
        with closing(sqlite3.connect(location.path)) as database:
            return [row[0] for row in database.execute(sql)]

    of_deals = "SELECT sql FROM sqlite_master WHERE type = 'index' AND tbl_name = 'deal'"
    before = asked(f"{of_deals} ORDER BY rowid")
    files.read(ROWS)
    after = asked(f"{of_deals} ORDER BY rowid")
    assert sorted(map(str, after)) == sorted(map(str, before))
    held, empty = (
        next(one for one in before if one and f" {name} " in one)
        for name in ("deal_by_rank", "deal_given")
    )
    assert before.index(held) < before.index(empty)
    assert after.index(empty) < after.index(held), "the one was made anew, the other kept"
    assert asked("PRAGMA integrity_check") == ["ok"]


@needs_maven
def test_the_maven_file_of_8800_deals_in_and_out_and_in_again(ana: Workspace) -> None:
    if not isinstance(ana.store.location, Location) and not os.environ.get("PIPEBOARD_THOROUGH"):
        pytest.skip("on a server with PIPEBOARD_THOROUGH")
    wanted = from_stage_names(
        ("Prospecting", "Engaging"), pipeline_name="Maven", currency="USD", first_stage_id=0
    )
    maven = ana.save_pipeline(wanted)

    def read() -> ImportReport:
        with closing(
            open_import(
                MAVEN,
                options=ReadOptions(["engage_date=entered:Engaging"]),
                currency="USD",
                zone=ZoneInfo("UTC"),
                today=TODAY,
            )
        ) as reading:
            return ana.import_rows(reading, maven, MAVEN.name)

    def columns() -> dict[str, int]:
        board = ana.reader.board(ana.lens(maven))
        return {column.stage.name: column.count for column in board.columns}

    whole = {"Prospecting": 500, "Engaging": 1589, "Won": 4238, "Lost": 2473}
    report = read()
    assert counts(report) == (8800, 0, 0, 0)
    assert columns() == whole
    assert ana.reader.history.commands(limit=1)[0].summary == (
        "Imported 8,800 deals from sales_pipeline.csv."
    )
    assert counts(read()) == (0, 0, 8800, 0)
    ana.undo()
    assert sum(columns().values()) == 0
    ana.redo()
    assert columns() == whole
    outcomes = Counter(str(deal.outcome) for deal in ana.reader.each(today=TODAY))
    assert outcomes == {"open": 2089, "won": 4238, "lost": 2473}


OURS = "ref,version,title,stage,pipeline,recycled_from\n{}"


@pytest.mark.parametrize(
    ("known", "tool", "numbers", "sequel"),
    [
        (0, "pipeboard", [7, 12], 7),
        (1, "pipeboard", [2, 3], None),
        (0, "hubspot", [1, 2], None),
    ],
)
def test_our_own_file_keeps_its_numbers_where_there_was_no_deal_before(
    ana: Workspace, tmp_path: Path, known: int, tool: str, numbers: list[int], sequel: int | None
) -> None:
    for _ in range(known):
        add(ana, "Known: deal")
    file = tmp_path / "deals.csv"
    file.write_text(OURS.format("D-7,1,First,Proposal,,\nD-12,1,Second,Proposal,,D-7\n"), "utf-8")
    zone = ZoneInfo("UTC")
    with open_import(file, from_=tool, currency="EUR", zone=zone, today=TODAY) as reading:
        ana.import_rows(reading, sales(ana), "deals.csv")
    first, second = ana.find_deal("First"), ana.find_deal("Second")
    assert [first.id, second.id] == numbers
    assert second.recycled_from == sequel
    assert add(ana, "Later: deal").id == max(numbers) + 1


def test_an_import_is_told_by_how_many_deals_came_in_or_changed(
    files: Files, ana: Workspace
) -> None:
    def told() -> list[str]:
        return [one.summary for one in ana.reader.history.commands() if one.verb == "import"]

    files.read(ROWS)
    assert told() == ["Imported 3 deals from deals.csv."]
    files.read(ROWS)
    assert len(told()) == 1
    changed = ROWS.replace("Acme,500", "Acme,600").replace("Kestrel BV,7000", "Kestrel BV,8000")
    files.read(f"{changed}X4,Line 4,Acme,1,Proposal,open,ana,\n")
    assert told()[0] == "Imported 3 deals from deals.csv."
    files.read(f"{changed}X4,Line 4,Acme,2,Proposal,open,ana,\n")
    assert told()[0] == "Imported 1 deal from deals.csv."


@pytest.mark.parametrize("is_ours", [True, False])
def test_what_a_file_said_is_remembered_of_deals_that_others_know(
    is_ours: bool, files: Files, ana: Workspace
) -> None:
    ref, column = ("D-7", "ref") if is_ours else ("X7", "id")
    files.read(f"{column},title,stage,source\n{ref},first,Lead Generation,web\n")
    (deal,) = ana.reader.each(today=TODAY)
    assert dict(deal.imported) == (
        {}
        if is_ours
        else {"title": "first", "stage": "lead generation", "outcome": "open", "source": "web"}
    )
