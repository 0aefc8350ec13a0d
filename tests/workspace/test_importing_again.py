"""A file that comes again: whose deals its rows are, and whose word counts where both changed."""

from __future__ import annotations

import csv
import io
import json
import re
from collections.abc import Callable
from dataclasses import replace
from itertools import product
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from pipeboard.domain.deal import Deal, Loss, Status
from pipeboard.domain.deal_record import EVERYBODYS
from pipeboard.domain.errors import NotFound, Refused
from pipeboard.domain.money import Money
from pipeboard.domain.settings import SEEN, Rep
from pipeboard.domain.templates import from_stage_names
from pipeboard.domain.text import LINE, TEXT, pieces
from pipeboard.exchange.read_options import ReadOptions
from pipeboard.exchange.reading import open_import
from pipeboard.store import sealing
from pipeboard.store.locating import Location
from pipeboard.store.projecting.staging import StagedChanges
from pipeboard.workspace.import_report import ImportReport, RowsRejected
from pipeboard.workspace.row_matching import ImportOptions
from tests.ledger import disagreements
from tests.team import TODAY, Team, add, now_of, sales
from tests.verbs import Workspace

HEADER = "Deal ID,Deal Name,Company,Owner,Stage,Amount,Created Date,Close Date,Next Step,"
BASE = (
    HEADER + "Next Step Date,Contact,Email,Notes,Region,Status\n"
    "1,Alpha,Acme,Ana,Proposal,1000,2026-01-02,2026-12-30,call,2026-12-01,Mika,mika@x.example,"
    "first note,North,\n"
)


def read(
    workspace: Workspace,
    folder: Path,
    text: str,
    options: ImportOptions | None = None,
    *,
    name: str = "deals.csv",
    pipeline: str = "Sales",
    key: tuple[str, ...] = (),
    overrides: tuple[str, ...] = (),
    **flags: Any,
) -> ImportReport:
    """Imports a text as a file."""
    (folder / name).write_text(text, "utf-8")
    with open_import(
        folder / name,
        currency="EUR",
        zone=ZoneInfo("UTC"),
        today=TODAY,
        options=ReadOptions(key=key, overrides=overrides),
    ) as reading:
        place = workspace.pipeline(pipeline)
        return workspace.import_rows(reading, place, name, options or ImportOptions(), **flags)


def only(workspace: Workspace, title: str) -> Deal:
    return now_of(workspace, workspace.find_deal(title).id)


def counts(report: ImportReport) -> tuple[int, int, int]:
    return report.created, report.updated, report.unchanged


# Identity.


def test_the_same_ids_of_another_tool_are_other_deals(
    ana: Workspace, team: Team, tmp_path: Path
) -> None:
    read(ana, tmp_path, "Deal ID,Deal Name,Stage\n1,Alpha,Proposal\n2,Beta,Proposal\n")
    other = (
        "Record ID,Deal Name,Deal Stage,Deal owner,Create Date\n"
        "1,Totally other,Proposal,Zed,2026-03-01\n2,Another,Proposal,Zed,2026-03-02\n"
    )
    report = read(ana, tmp_path, other)
    assert counts(report) == (2, 0, 0)
    assert report.elsewhere == 2
    assert only(ana, "Alpha").external_source != only(ana, "Another").external_source == "hubspot"
    assert disagreements(team.place) == []


def test_the_same_ids_in_another_pipeline_are_deals_of_their_own(
    ana: Workspace, tmp_path: Path
) -> None:
    from pipeboard.domain.templates import from_stage_names

    ana.save_pipeline(
        from_stage_names(("Proposal",), pipeline_name="Second", currency="EUR", first_stage_id=0)
    )
    text = "Deal ID,Deal Name,Stage\n1,Alpha,Proposal\n"
    read(ana, tmp_path, text)
    assert counts(read(ana, tmp_path, text, pipeline="Second")) == (1, 0, 0)
    assert counts(read(ana, tmp_path, text, pipeline="Second")) == (0, 0, 1)


@pytest.mark.parametrize(
    ("first", "later"),
    [
        ("0061t00000AbCdE", "0061t00000AbCdEAAV"),
        ("0061t00000AbCdEAAV", "0061t00000AbCdE"),
        ("123456.0", "123456"),
        ("123456", "123456.0"),
    ],
)
def test_an_id_that_a_tool_writes_in_two_ways_is_one(
    ana: Workspace, tmp_path: Path, first: str, later: str
) -> None:
    header = "Deal ID,Deal Name,Stage,Amount\n"
    read(ana, tmp_path, f"{header}{first},Alpha,Proposal,100\n")
    assert counts(read(ana, tmp_path, f"{header}{later},Alpha,Proposal,200\n")) == (0, 1, 0)
    assert counts(read(ana, tmp_path, f"{header}{first},Alpha,Proposal,200\n")) == (0, 0, 1)


@pytest.mark.parametrize(
    ("first", "other"),
    [
        ("0061t00000AbCdE", "0061t00000AbCdEAAA"),
        ("0061t00000AbCdE", "0061t00000abcde"),
        ("0061t00000AbCdEAAV", "0061t00000abcde"),
        ("1.0", "1"),
        ("123456.0", "1234560"),
    ],
)
def test_ids_that_are_alike_are_two(ana: Workspace, tmp_path: Path, first: str, other: str) -> None:
    header = "Deal ID,Deal Name,Stage\n"
    read(ana, tmp_path, f"{header}{first},Alpha,Proposal\n")
    assert counts(read(ana, tmp_path, f"{header}{other},Beta,Proposal\n")) == (1, 0, 0)


def test_ids_that_mostly_name_other_deals_are_refused_before_anything_is_written(
    ana: Workspace, tmp_path: Path
) -> None:
    read(ana, tmp_path, "Deal ID,Deal Name,Company,Stage\n1,Alpha,Acme,Proposal\n")
    strange = "Deal ID,Deal Name,Company,Stage\n1,Roof,Borealis,Proposal\n"
    with pytest.raises(Refused, match="names another deal here"):
        read(ana, tmp_path, strange)
    assert only(ana, "Alpha").account == "Acme"
    report = read(ana, tmp_path, strange, ImportOptions(source="crm of the roofers"))
    assert counts(report) == (1, 0, 0)
    same = only(ana, "Alpha").external_source
    assert counts(read(ana, tmp_path, strange, ImportOptions(source=same))) == (0, 1, 0)


@pytest.mark.parametrize("swapped", [False, True])
def test_rows_without_ids_are_known_whatever_their_order(
    ana: Workspace, tmp_path: Path, swapped: bool
) -> None:
    first = "Renewal,Acme,Proposal,100,2025-01-01\n"
    second = "Renewal,Acme,Proposal,200,2026-01-01\n"
    header = "Deal Name,Company,Stage,Amount,Created Date\n"
    read(ana, tmp_path, header + first + second)
    again = second + first if swapped else first + second
    assert counts(read(ana, tmp_path, header + again)) == (0, 0, 2)
    changed = read(ana, tmp_path, header + second.replace("200", "250") + first)
    assert counts(changed) == (0, 1, 1)
    values = {deal.created_at.year: deal.value for deal in ana.reader.each(today=TODAY)}
    assert values == {2025: Money(10_000, "EUR"), 2026: Money(25_000, "EUR")}


def test_rows_that_nobody_can_tell_apart_are_left_out_and_told(
    ana: Workspace, tmp_path: Path
) -> None:
    text = "Deal Name,Company,Stage,Amount\nRenewal,Acme,Proposal,100\nRenewal,Acme,Proposal,200\n"
    read(ana, tmp_path, text)
    report = read(ana, tmp_path, text.replace("100", "150").replace("200", "250"))
    assert counts(report) == (0, 0, 0)
    assert [row.line for row in report.ambiguous] == [2, 3]
    report = read(ana, tmp_path, text.replace("100", "150"), ImportOptions(match="new"))
    assert counts(report) == (2, 0, 0)


def test_a_row_is_known_by_the_columns_that_are_its_key(ana: Workspace, tmp_path: Path) -> None:
    text = "Deal Name,Company,Site,Stage,Amount\nLine,Acme,A,Proposal,1\nLine,Acme,B,Proposal,2\n"
    key = ("Company", "Site")
    assert counts(read(ana, tmp_path, text, key=key)) == (2, 0, 0)
    swapped = (
        "Deal Name,Company,Site,Stage,Amount\nLine,Acme,B,Proposal,5\nLine,Acme,A,Proposal,1\n"
    )
    assert counts(read(ana, tmp_path, swapped, key=key)) == (0, 1, 1)
    assert sorted(deal.value.minor for deal in ana.reader.each(today=TODAY) if deal.value) == [
        100,
        500,
    ]


@pytest.mark.parametrize(
    ("match", "made", "value"), [("skip", (0, 0, 0), 100_000), ("new", (1, 0, 0), 100_000)]
)
def test_known_rows_are_left_alone_or_taken_as_new_where_that_is_said(
    ana: Workspace, tmp_path: Path, match: Any, made: tuple[int, int, int], value: int
) -> None:
    read(ana, tmp_path, BASE)
    deal_id = ana.find_deal("Alpha").id
    changed = BASE.replace(",1000,", ",7000,")
    assert counts(read(ana, tmp_path, changed, ImportOptions(match=match))) == made
    assert now_of(ana, deal_id).value == Money(value, "EUR")


# Three ways.


def test_a_change_here_stands_when_the_file_changed_another_cell(
    ana: Workspace, tmp_path: Path
) -> None:
    read(ana, tmp_path, BASE)
    deal_id = ana.find_deal("Alpha").id
    ana.set_fields([deal_id], ["value=9999"])
    report = read(ana, tmp_path, BASE.replace("North", "West"))
    assert counts(report) == (0, 1, 0)
    assert report.conflict_count == 0
    deal = now_of(ana, deal_id)
    assert (deal.value, deal.fields["Region"]) == (Money(999_900, "EUR"), "West")


@pytest.mark.parametrize(("prefer_file", "value"), [(False, 999_900), (True, 500_000)])
def test_where_both_changed_ours_stands_unless_the_file_is_preferred(
    ana: Workspace, tmp_path: Path, prefer_file: bool, value: int
) -> None:
    read(ana, tmp_path, BASE)
    deal_id = ana.find_deal("Alpha").id
    ana.set_fields([deal_id], ["value=9999"])
    changed = BASE.replace(",1000,", ",5000,")
    report = read(ana, tmp_path, changed, ImportOptions(prefer_file=prefer_file))
    assert now_of(ana, deal_id).value == Money(value, "EUR")
    told = [(one.field, one.ours, one.theirs) for one in report.conflicts]
    assert told == ([] if prefer_file else [("value", "9999.00 EUR", "5000.00 EUR")])


@pytest.mark.parametrize(("rep", "ours"), [("ana", "32000.00 EUR"), ("bo", "(the owner's own)")])
def test_of_what_is_its_owners_own_a_report_tells_others_only_that_it_differs(
    team: Team, ana: Workspace, tmp_path: Path, rep: str, ours: str
) -> None:
    text = "Deal ID,Deal Name,Stage,Owner,Floor value\n1,Alpha,Proposal,ana,{}\n"
    ana.save_rep(Rep("ana"))
    read(ana, tmp_path, text.format("31000"))
    ana.edit([only(ana, "Alpha").id], {"floor_value": Money(3_200_000, "EUR")})
    (told,) = read(team.rep(rep), tmp_path, text.format("33000")).conflicts
    assert (told.field, told.ours, told.theirs) == ("floor_value", ours, "33000.00 EUR")


def test_a_file_changes_no_deal_that_whoever_brings_it_does_not_see(
    team: Team, ana: Workspace, tmp_path: Path
) -> None:
    text = "Deal ID,Deal Name,Stage,Owner,Amount\n1,Alpha,Proposal,ana,{}\n"
    ana.change_rep(Rep("ana"))
    read(ana, tmp_path, text.format("1000"))
    ana.change_rep(Rep("bo", role="rep"))
    for see, value in (("own", 100_000), ("all", 500_000)):
        ana.save_settings(replace(ana.settings, reps_see=SEEN.index(see)))
        why = []
        try:
            read(team.rep("bo"), tmp_path, text.format("5000"))
        except RowsRejected as refused:
            why = [one.reason for one in refused.report.rejected]
        hidden = ["the row is about a deal that you may not see"]
        assert why == (hidden if see == "own" else [])
        assert only(ana, "Alpha").value == Money(value, "EUR")


def test_a_conflict_can_still_be_turned_by_a_second_import(ana: Workspace, tmp_path: Path) -> None:
    read(ana, tmp_path, BASE)
    deal_id = ana.find_deal("Alpha").id
    ana.set_fields([deal_id], ["value=9999"])
    changed = BASE.replace(",1000,", ",5000,")
    read(ana, tmp_path, changed)
    read(ana, tmp_path, changed, ImportOptions(prefer_file=True))
    assert now_of(ana, deal_id).value == Money(500_000, "EUR")


def test_a_deal_that_was_won_here_is_not_reopened_by_another_cell(
    ana: Workspace, tmp_path: Path
) -> None:
    read(ana, tmp_path, BASE)
    deal_id = ana.find_deal("Alpha").id
    ana.win([deal_id], override="signed")
    read(ana, tmp_path, BASE.replace("North", "West"))
    assert now_of(ana, deal_id).status is Status.WON


_COURSES = [*product(("Lead Qualification", "Proposal", "Won", "Lost"), repeat=3)]


@pytest.mark.parametrize("course", _COURSES, ids=" ".join)
def test_a_deal_that_nobody_touched_here_stands_where_its_last_row_says(
    course: tuple[str, ...], ana: Workspace, team: Team, tmp_path: Path
) -> None:
    if not isinstance(ana.store.location, Location) and course[0] != "Won":
        pytest.skip("on a server those that were won first")
    for stage in course:
        report = read(
            ana, tmp_path, BASE.replace("Proposal", stage), ImportOptions(override="as there")
        )
        assert not report.conflicts
    deal = only(ana, "Alpha")
    assert ana.pipeline("Sales").stage(deal.stage_id).name == course[-1]
    assert counts(read(ana, tmp_path, BASE.replace("Proposal", course[-1]))) == (0, 0, 1)
    assert disagreements(team.place) == []


def test_a_stage_that_is_kept_stays_also_where_the_row_reopens_the_deal(
    ana: Workspace, tmp_path: Path
) -> None:
    read(ana, tmp_path, BASE)
    deal_id = ana.find_deal("Alpha").id
    ana.move([deal_id], 2, override="as there")
    read(ana, tmp_path, BASE.replace("Proposal", "Won"), ImportOptions(override="as there"))
    reopened = BASE.replace("Proposal", "Negotiation")
    report = read(ana, tmp_path, reopened, ImportOptions(override="as there"))
    kept = [one for one in report.conflicts if one.field == "stage"]
    stage = ana.pipeline("Sales").stage(now_of(ana, deal_id).stage_id).name
    assert (stage == "Lead Qualification") is bool(kept)


@pytest.mark.parametrize(
    ("old", "new", "wanted"),
    [
        ("call,2026-12-01", "mail,2026-12-11", "next step 2026-12-11 mail"),
        ("Mika,mika", "Mika L,mika", "person Mika L"),
        ("mika@x.example", "m2@x.example", "mail m2@x.example"),
        ("first note", "second note", "note second note"),
        ("2026-12-30", "2026-12-31", "close 2026-12-31"),
        (",Alpha,", ",Alphabet,", "title Alphabet"),
        (",Ana,", ",Bo,", "owner bo"),
    ],
)
def test_every_cell_that_changed_follows(
    ana: Workspace, team: Team, tmp_path: Path, old: str, new: str, wanted: str
) -> None:
    read(ana, tmp_path, BASE)
    report = read(ana, tmp_path, BASE.replace(old, new))
    assert counts(report) == (0, 1, 0)
    deal = next(iter(ana.reader.each(today=TODAY)))
    step = deal.next_step
    told = {
        f"title {deal.title}",
        f"owner {deal.owner}",
        f"close {deal.expected_close}",
        f"next step {step.due} {step.text}" if step else "",
        *(f"person {person.name}" for person in deal.contacts.values()),
        *(f"mail {person.email}" for person in deal.contacts.values()),
        *(f"note {note.text}" for note in ana.reader.history.notes(deal.id)),
    }
    assert wanted in told
    assert counts(read(ana, tmp_path, BASE.replace(old, new))) == (0, 0, 1)
    assert disagreements(team.place) == []


def test_an_emptied_cell_empties_the_field_and_is_told(ana: Workspace, tmp_path: Path) -> None:
    read(ana, tmp_path, BASE)
    report = read(ana, tmp_path, BASE.replace("North", ""))
    assert report.emptied == {"fields.Region": 1}
    assert "Region" not in only(ana, "Alpha").fields


def test_a_column_that_the_file_has_no_more_says_nothing(ana: Workspace, tmp_path: Path) -> None:
    read(ana, tmp_path, "id,deal name,stage,amount\n1,Alpha,Proposal,5\n")
    report = read(ana, tmp_path, "id,deal name,stage\n1,Alpha,Proposal\n")
    assert counts(report) == (0, 0, 1)
    assert only(ana, "Alpha").value == Money(500, "EUR")


def test_a_corrected_mapping_reads_rows_anew_that_came_before(
    ana: Workspace, tmp_path: Path
) -> None:
    text = "id,deal name,stage,net,gross\n1,Alpha,Proposal,100,119\n"
    read(ana, tmp_path, text, overrides=("gross=value",))
    report = read(ana, tmp_path, text, overrides=("net=value",))
    assert counts(report) == (0, 1, 0)
    assert only(ana, "Alpha").value == Money(10_000, "EUR")


def test_an_owner_that_comes_with_a_win_owned_it_then(ana: Workspace, tmp_path: Path) -> None:
    read(ana, tmp_path, "id,deal name,stage,created date\n1,Alpha,Proposal,2026-01-02\n")
    text = "id,deal name,status,owner,won date\n1,Alpha,won,bo,2026-03-01\n"
    read(ana, tmp_path, text, options=ImportOptions(override="as the file says"))
    deal = only(ana, "Alpha")
    assert (deal.owner, str(deal.closed_at)[:10]) == ("bo", "2026-03-01")
    given = [e.event for e in ana.reader.history.entries(deal.id) if e.event.kind == "owner"]
    assert [str(event.at)[:10] for event in given] == ["2026-03-01"]


@pytest.mark.parametrize(("owner", "since"), [("", "2026-03-01"), ("ana", None)])
def test_an_owner_that_comes_after_a_win_owned_it_then_where_nobody_did(
    ana: Workspace, tmp_path: Path, owner: str, since: str | None
) -> None:
    text = "id,deal name,status,owner,won date\n1,Alpha,won,{},2026-03-01\n"
    read(ana, tmp_path, text.format(owner))
    read(ana, tmp_path, text.format("bo"))
    deal = only(ana, "Alpha")
    (given,) = [
        entry.event for entry in ana.reader.history.entries(deal.id) if entry.event.kind == "owner"
    ]
    assert deal.owner == "bo"
    assert str(given.at)[:10] == (since or str(TODAY))


def test_a_later_win_becomes_a_loss_on_the_day_of_the_file(ana: Workspace, tmp_path: Path) -> None:
    won = "id,deal name,status,closed at\n1,Alpha,won,2026-03-01\n"
    read(ana, tmp_path, won)
    read(ana, tmp_path, won.replace("won,2026-03-01", "lost,2026-04-01"))
    deal = only(ana, "Alpha")
    assert (deal.status, str(deal.closed_at)[:10]) == (Status.LOST, "2026-04-01")


def test_a_deal_that_a_person_made_keeps_its_words_and_takes_what_it_lacks(
    ana: Workspace, tmp_path: Path
) -> None:
    deal = add(ana, "Acme: Alpha 40k")
    text = "deal name,company,stage,amount,source\nAlpha,Acme,Lead Generation,7,web\n"
    report = read(ana, tmp_path, text)
    assert (report.updated, report.by_name, report.conflict_count) == (1, 1, 1)
    assert (now_of(ana, deal.id).value, now_of(ana, deal.id).source) == (
        Money(4_000_000, "EUR"),
        "web",
    )


def test_undo_of_an_update_brings_back_what_the_file_said_before(
    ana: Workspace, team: Team, tmp_path: Path
) -> None:
    read(ana, tmp_path, BASE)
    read(ana, tmp_path, BASE.replace(",1000,", ",5000,"))
    ana.undo()
    assert only(ana, "Alpha").value == Money(100_000, "EUR")
    assert counts(read(ana, tmp_path, BASE)) == (0, 0, 1)
    assert disagreements(team.place) == []


# Others meanwhile.


class Meddling:
    """Progress that lets a colleague work while the file is read."""

    def __init__(self, work: Any) -> None:
        self.work, self.done = work, False

    def __call__(self, rows: int, share: float) -> None:
        if not self.done:
            self.done = True
            self.work()


def test_a_change_by_a_colleague_during_an_import_is_seen(
    ana: Workspace, bo: Workspace, team: Team, tmp_path: Path
) -> None:
    read(ana, tmp_path, BASE)
    deal_id = ana.find_deal("Alpha").id
    meddling = Meddling(lambda: bo.set_fields([deal_id], ["value=9999"]))
    report = read(ana, tmp_path, BASE.replace(",1000,", ",5000,"), progress=meddling)
    assert meddling.done
    assert [one.field for one in report.conflicts] == ["value"]
    assert now_of(ana, deal_id).value == Money(999_900, "EUR")
    assert disagreements(team.place) == []


def test_a_deal_that_a_colleague_imports_first_is_not_made_twice(
    ana: Workspace, bo: Workspace, team: Team, tmp_path: Path
) -> None:
    text = "id,deal name,stage\n1,Alpha,Proposal\n2,Beta,Proposal\n"
    (tmp_path / "bo").mkdir()
    meddling = Meddling(lambda: read(bo, tmp_path / "bo", text.split("2,Beta")[0]))
    report = read(ana, tmp_path, text, progress=meddling)
    assert counts(report) == (1, 0, 1)
    assert len(list(ana.reader.each(today=TODAY))) == 2
    assert disagreements(team.place) == []


def test_a_pipeline_that_changes_meanwhile_stops_the_import(
    ana: Workspace, bo: Workspace, tmp_path: Path
) -> None:
    meddling = Meddling(lambda: bo.save_pipeline(replace(sales(bo), name="Deals")))
    with pytest.raises(Refused, match="was changed while the file was being read"):
        read(ana, tmp_path, BASE, progress=meddling)
    assert [did.verb for did in ana.reader.history.commands()] == ["pipeline"]


def test_a_rehearsal_needs_no_lock(ana: Workspace, bo: Workspace, tmp_path: Path) -> None:
    read(ana, tmp_path, BASE)

    def rehearse(writer: object) -> ImportReport:
        return read(bo, tmp_path, BASE.replace(",1000,", ",5000,"), dry_run=True)

    assert counts(ana.store.write(rehearse)) == (0, 1, 0)


def test_a_deal_that_was_merged_here_is_left_out_and_hinders_no_other(
    ana: Workspace, tmp_path: Path
) -> None:
    header = "Deal ID,Deal Name,Stage,Amount\n"
    read(ana, tmp_path, f"{header}1,Alpha,Proposal,100\n2,Beta,Proposal,200\n")
    kept, gone = only(ana, "Alpha"), only(ana, "Beta")
    ana.merge(kept.id, [gone.id])
    report = read(ana, tmp_path, f"{header}1,Alpha,Proposal,150\n2,Beta,Proposal,250\n")
    assert counts(report) == (0, 1, 1)
    assert report.remarks == {"merged_here": [3]}
    assert now_of(ana, kept.id).value == Money(15_000, "EUR")
    assert now_of(ana, gone.id).value == gone.value


def test_a_deal_in_the_archive_takes_values_and_waits_with_its_course(
    ana: Workspace, tmp_path: Path
) -> None:
    header = "Deal ID,Deal Name,Stage,Amount,Close Date,Next Step\n"
    read(ana, tmp_path, f"{header}1,Alpha,Proposal,100,,call\n")
    alpha = only(ana, "Alpha")
    ana.archive([alpha.id])
    later = f"{header}1,Alpha,Closed Won,150,2026-06-06,write\n"
    report = read(ana, tmp_path, later)
    assert counts(report) == (0, 1, 0)
    assert report.remarks == {"archived_here": [2]}
    there = now_of(ana, alpha.id)
    assert (there.value, there.status, there.outcome) == (
        Money(15_000, "EUR"),
        Status.ARCHIVED,
        Status.OPEN,
    )
    ana.unarchive([alpha.id])
    assert counts(read(ana, tmp_path, later, ImportOptions(override="as it says"))) == (0, 1, 0)
    assert now_of(ana, alpha.id).status is Status.WON


def test_a_new_step_of_a_deal_that_was_won_here_hinders_nothing(
    ana: Workspace, tmp_path: Path
) -> None:
    header = "Deal ID,Deal Name,Stage,Amount,Next Step\n"
    read(ana, tmp_path, f"{header}1,Alpha,Proposal,100,call\n")
    alpha = only(ana, "Alpha")
    ana.win([alpha.id], override="they signed")
    report = read(ana, tmp_path, f"{header}1,Alpha,Proposal,150,write\n")
    assert counts(report) == (0, 1, 0)
    there = now_of(ana, alpha.id)
    assert (there.value, there.status) == (Money(15_000, "EUR"), Status.WON)
    assert there.next_step is None


@pytest.mark.parametrize(
    ("changed", "waits"),
    [
        ("Negotiation,100,call", "stage"),
        ("Proposal,100,write", ""),
        ("Negotiation,100,write", "stage"),
        ("Proposal,150,call", ""),
        ("Proposal,100,call", ""),
    ],
)
@pytest.mark.parametrize("outcome", ["won", "lost"])
def test_a_stage_that_a_file_changes_of_a_deal_closed_here_waits_until_it_is_open_again(
    ana: Workspace, tmp_path: Path, outcome: str, changed: str, waits: str
) -> None:
    header = "Deal ID,Deal Name,Stage,Amount,Next Step\n"
    read(ana, tmp_path, f"{header}1,Alpha,Proposal,100,call\n")
    alpha = only(ana, "Alpha")
    if outcome == "won":
        ana.win([alpha.id], override="they signed")
    else:
        ana.lose([alpha.id], Loss("price"))
    later = f"{header}1,Alpha,{changed}\n"
    for _ in range(2):  # it is told each time
        report = read(ana, tmp_path, later)
        assert report.remarks == ({"closed_here": [2]} if waits else {})
        assert str(now_of(ana, alpha.id).outcome) == outcome
    ana.reopen([alpha.id])
    read(ana, tmp_path, later, ImportOptions(override="as it says"))
    stage = sales(ana).stage(now_of(ana, alpha.id).stage_id).name
    assert stage == changed.partition(",")[0]


def test_a_first_step_of_a_deal_that_was_won_here_waits_until_it_is_open_again(
    ana: Workspace, tmp_path: Path
) -> None:
    header = "Deal ID,Deal Name,Stage,Next Step\n"
    read(ana, tmp_path, f"{header}1,Alpha,Proposal,\n")
    alpha = only(ana, "Alpha")
    ana.win([alpha.id], override="they signed")
    later = f"{header}1,Alpha,Proposal,write\n"
    assert read(ana, tmp_path, later).remarks == {"closed_here": [2]}
    ana.reopen([alpha.id])
    assert counts(read(ana, tmp_path, later)) == (0, 1, 0)
    step = now_of(ana, alpha.id).next_step
    assert step is not None
    assert step.text == "write"


def test_a_loss_here_stands_against_an_unchanged_row(ana: Workspace, tmp_path: Path) -> None:
    read(ana, tmp_path, BASE)
    deal_id = ana.find_deal("Alpha").id
    ana.lose([deal_id], Loss("price"))
    assert counts(read(ana, tmp_path, BASE)) == (0, 0, 1)
    assert now_of(ana, deal_id).status is Status.LOST


def test_an_import_comes_in_once_under_its_token(ana: Workspace, tmp_path: Path) -> None:
    first = read(ana, tmp_path, BASE, token="monday")
    again = read(ana, tmp_path, BASE, token="monday")
    assert (counts(again), again.command_id) == ((0, 0, 0), first.command_id)
    assert "nothing was done again" in again.said_before
    ana.undo()
    with pytest.raises(Refused, match="undone since"):
        read(ana, tmp_path, BASE, token="monday")
    with pytest.raises(NotFound):
        ana.find_deal("Alpha")


def test_what_an_import_changes_it_changes_after_the_last_change_of_a_deal(
    ana: Workspace, team: Team, tmp_path: Path
) -> None:
    read(ana, tmp_path, BASE)
    deal_id = ana.find_deal("Alpha").id
    team.clock.wait(days=2)
    ana.set_fields([deal_id], ["source=web"])
    team.clock.wait(days=-1)
    assert counts(read(ana, tmp_path, BASE.replace(",1000,", ",5000,"))) == (0, 1, 0)
    record = ana.reader.record(deal_id, EVERYBODYS)
    assert record is not None
    instants = [entry.event.at for entry in reversed(record.entries)]
    assert instants == sorted(instants)
    assert disagreements(team.place) == []


def test_an_owner_that_could_be_two_people_rejects_the_row(ana: Workspace, tmp_path: Path) -> None:
    ana.save_rep(Rep("kim1", "Kim Lee"))
    ana.save_rep(Rep("kim2", "Kim Lee"))
    with pytest.raises(RowsRejected) as refused:
        read(ana, tmp_path, BASE.replace(",Ana,", ",Kim Lee,"))
    (row,) = refused.value.report.rejected
    assert (row.column, row.value) == ("Owner", "Kim Lee")


def test_an_import_that_is_refused_has_stored_nothing(ana: Workspace, tmp_path: Path) -> None:
    twice = BASE + BASE.splitlines()[1].replace("D-1", "D-1", 1) + ",more\n"
    new = from_stage_names(("Proposal",), pipeline_name="New", currency="EUR")
    (tmp_path / "deals.csv").write_text(twice, "utf-8")
    with (
        open_import(
            tmp_path / "deals.csv", currency="EUR", zone=ZoneInfo("UTC"), today=TODAY
        ) as reading,
        pytest.raises(RowsRejected),
    ):
        ana.import_rows(reading, new, "deals.csv")
    assert not ana.store.has_stored
    assert read(ana, tmp_path, BASE).created == 1
    assert ana.store.has_stored


@pytest.mark.parametrize("takes_numbers", [False, True])
@pytest.mark.parametrize("events_at_once", [2, 5_000])
def test_the_log_is_sealed_with_an_import_whoever_takes_numbers_before_it_is_stored(
    takes_numbers: bool,
    events_at_once: int,
    ana: Workspace,
    bo: Workspace,
    team: Team,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    sum_up = StagedChanges.sum_up

    def summed_up(stage: StagedChanges) -> None:
        sum_up(stage)
        if takes_numbers:
            add(bo, "Of a colleague")

    monkeypatch.setattr(StagedChanges, "sum_up", summed_up)
    monkeypatch.setattr(sealing, "EVENTS_AT_ONCE", events_at_once)
    rows = "".join(f"{n},Deal {n},Proposal,Jäger {n}\n" for n in range(1, 8))
    assert counts(read(ana, tmp_path, f"id,deal name,stage,account\n{rows}")) == (7, 0, 0)
    database = ana.store.reader.whole().database
    found = sealing.check_seal(database)
    assert (found.broken_at, found.commands) == (
        "",
        database.number("SELECT count(*) FROM command"),
    )
    assert disagreements(team.place) == []


# Texts that are too long for what they are: nothing of them is lost, and it is told.

WORDS = " ".join(f"word{place}" for place in range(9_000))
PARAGRAPHS = "\n\n".join(f"Meeting {n}: " + "they said a lot of things. " * 9 for n in range(200))
LETTERS = "x" * 45_000
LONG = {"words": WORDS, "paragraphs": PARAGRAPHS, "letters": LETTERS}


def as_csv(cells: dict[str, str]) -> str:
    out = io.StringIO()
    csv.writer(out).writerows((cells.keys(), cells.values()))
    return out.getvalue()


def as_json(cells: dict[str, str]) -> str:
    return json.dumps([cells])


PLACES = {
    "note": ({"Notes": "{}"}, "long_text", ""),
    "a column of its own": ({"Remarks of theirs": "{}"}, "long_text", "Remarks of theirs: "),
    "what its column is not": ({"Close Date": "{}"}, "long_text", "Close Date: "),
    "title": ({"Deal Name": "{}"}, "long_title", ""),
}
"""A cell of each kind: where the text stands, what is told, and what stands before it in a note."""


@pytest.mark.parametrize("form", [as_csv, as_json])
@pytest.mark.parametrize("text", LONG.values(), ids=LONG)
@pytest.mark.parametrize("place", PLACES)
def test_a_text_that_is_too_long_is_kept_whole_in_notes_and_told(
    team: Team, tmp_path: Path, place: str, text: str, form: Callable[[dict[str, str]], str]
) -> None:
    ana, (cells, remark, before) = team.rep("ana"), PLACES[place]
    row = {"Deal ID": "7", "Deal Name": "Pump", "Company": "Acme", "Stage": "Proposal"}
    row |= {name: value.format(text) for name, value in cells.items()}
    name = "deals.csv" if form is as_csv else "deals.json"
    report = read(ana, tmp_path, form(row), name=name)
    assert (report.created, len(report.rejected)) == (1, 0)
    assert report.remark_counts[remark] == 1
    (deal,) = ana.reader.deals([1]).values()
    notes = ana.reader.history.notes(deal.id)
    assert len({(note.author, note.at) for note in notes}) == 1
    assert all(0 < len(note.text) <= TEXT for note in notes)
    texts = [re.sub(r"^\(\d+/\d+\) ", "", note.text) for note in reversed(notes)]
    assert "".join("".join(texts).split()) == "".join(f"{before}{text}".split())
    if place == "title":
        assert len(deal.title) <= LINE and deal.title.endswith("…")
        assert " ".join(text.split()).startswith(deal.title[:-1])
    else:
        assert deal.title == "Pump"
    again = read(ana, tmp_path, form(row), name=name)
    assert (again.unchanged, again.updated, again.created) == (1, 0, 0)
    assert ana.reader.history.notes(deal.id) == notes
    assert disagreements(team.place) == []


@pytest.mark.parametrize("text", LONG.values(), ids=LONG)
@pytest.mark.parametrize("most", [LINE, TEXT])
def test_pieces_end_where_a_reader_would_end_them(text: str, most: int) -> None:
    found = pieces(text, most)
    assert all(0 < len(piece) <= most for piece in found)
    assert "".join("".join(found).split()) == "".join(text.split())
    if text is not LETTERS:
        words = set(text.split())
        assert all(piece.split()[0] in words and piece.split()[-1] in words for piece in found)
    assert pieces("short", most) == ["short"] and pieces("", most) == []


def test_a_note_of_ours_that_is_too_long_by_hand_is_divided_by_its_author(
    team: Team, tmp_path: Path
) -> None:
    ana = team.rep("ana")
    note = {"text": PARAGRAPHS, "author": "bo", "at": "2026-03-04T10:00:00+00:00"}
    row = {"title": "Pump", "stage": "Proposal", "probability_source": "stage", "notes": [note]}
    report = read(ana, tmp_path, json.dumps({"deals": [row]}), name="deals.json")
    assert (report.created, len(report.rejected)) == (1, 0)
    notes = ana.reader.history.notes(1)
    assert len(notes) > 1
    assert {(one.author, one.at.isoformat()) for one in notes} == {("bo", note["at"])}
    assert read(ana, tmp_path, json.dumps({"deals": [row]}), name="deals.json").unchanged == 1


def test_rows_of_another_pipeline_are_followed_by_its_own_stages_and_chances(
    ana: Workspace, team: Team, tmp_path: Path
) -> None:
    ana.save_pipeline(
        from_stage_names(("Talk", "Sign"), pipeline_name="Second", currency="EUR", first_stage_id=0)
    )
    second = ana.pipeline("Second")
    text = (
        "Deal ID,Deal Name,Pipeline,Stage,Amount\n"
        "1,Alpha,Sales,Proposal,1000\n2,Beta,Second,Talk,2000\n3,Gamma,Second,Talk,\n"
    )

    def come_in(text: str) -> ImportReport:
        return read(ana, tmp_path, text, ImportOptions(override="as there"), beside=(second,))

    assert counts(come_in(text)) == (3, 0, 0)
    later = text.replace("Beta,Second,Talk", "Beta,Second,Sign").replace(
        "Gamma,Second,Talk", "Gamma,Second,Won"
    )
    assert counts(come_in(later)) == (0, 2, 1)
    beta, gamma = only(ana, "Beta"), only(ana, "Gamma")
    assert [(one.pipeline_id, second.stage(one.stage_id).name) for one in (beta, gamma)] == [
        (second.id, "Sign"),
        (second.id, "Won"),
    ]
    assert only(ana, "Alpha").pipeline_id == ana.pipeline("Sales").id
    assert disagreements(team.place) == []
    assert counts(come_in(later)) == (0, 0, 3)


def test_how_a_file_was_read_is_remembered_also_where_none_of_its_deals_changed(
    ana: Workspace, tmp_path: Path
) -> None:
    read(ana, tmp_path, BASE)
    commands = len(list(ana.reader.history.commands()))
    for recipe in ("one", "other", "other"):
        options = ImportOptions(recipe=("file:deal_id", recipe))
        assert counts(read(ana, tmp_path, BASE, options))[:2] == (0, 0)
        assert ana.reader.known_deals().recipe("file:deal_id") == recipe
    assert len(list(ana.reader.history.commands())) == commands
    read(ana, tmp_path, BASE, ImportOptions(recipe=("file:deal_id", "third")), dry_run=True)
    assert ana.reader.known_deals().recipe("file:deal_id") == "other"
