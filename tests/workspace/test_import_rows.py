"""An import of rows as one command: what is stored of it, what stops it, and what it tells."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Sequence
from contextlib import closing
from dataclasses import replace
from datetime import timedelta
from types import SimpleNamespace
from typing import Any

import pytest

from pipeboard.domain.errors import Conflict, NotFound, PipeboardError, Refused
from pipeboard.domain.money import Money
from pipeboard.domain.pipeline import Pipeline
from pipeboard.domain.roles import NotAllowed
from pipeboard.domain.settings import Rep
from pipeboard.domain.templates import from_stage_names
from pipeboard.exchange.rows import (
    DealRow,
    Rejected,
    RowAnswer,
    RowContact,
    RowNote,
    RowTerm,
    RowTouch,
)
from pipeboard.exchange.side_files import TEAM, SideTable
from pipeboard.store.backups import BEFORE_IMPORT, backups_of
from pipeboard.store.locating import Location
from pipeboard.workspace import import_rows as importing
from pipeboard.workspace.import_report import ImportReport, RowsRejected
from pipeboard.workspace.row_matching import ImportOptions
from tests.ledger import disagreements
from tests.team import Team, add, now_of, sales
from tests.verbs import Workspace


@pytest.fixture
def team(team_on_a_file: Team) -> Team:
    """On one engine: what an import does depends on neither."""
    return team_on_a_file


Rows = Sequence[DealRow | Rejected]
OWN = from_stage_names(("Talk", "Offer"), pipeline_name="Own", currency="EUR", first_stage_id=0)
BAD = Rejected(9, "title", "", "no title")


def row(number: int, title: str = "", **more: Any) -> DealRow:
    made: dict[str, Any] = {"external_id": f"X{number}", "account": f"Company {number}"} | more
    return DealRow(number + 1, {}, title or f"Deal {number}", **made)


def brought(
    ana: Workspace,
    rows: Rows,
    pipeline: Pipeline | None = None,
    options: ImportOptions | None = None,
    **more: Any,
) -> ImportReport:
    """The rows as a file of the tool `crm` brings them."""

    def again() -> Any:
        return iter([replace(one) if isinstance(one, DealRow) else one for one in rows])

    reading: Any = SimpleNamespace(
        source="crm", tool="", spoken=("title", "stage", "value"), mapping={"Name": "title"},
        rows=again, again=again, share_read=lambda: 0.5, knows_by_number=False,
    )  # fmt: skip
    origin = more.pop("origin", "a.csv")
    return ana.import_rows(
        reading, pipeline or sales(ana), origin, options or ImportOptions(), **more
    )


def stored(ana: Workspace) -> list[str]:
    """The sentences of the commands that stand, the last first."""
    return [did.summary for did in ana.undo_list()]


def titles(ana: Workspace) -> list[str]:
    return sorted(deal.title for deal in ana.reader.each(today=ana.today))


@pytest.mark.parametrize(
    ("rows", "counted", "summary"),
    [
        ([row(1)], (1, 1, 0), "Imported 1 deal from a.csv."),
        ([row(1), row(2)], (2, 2, 0), "Imported 2 deals from a.csv."),
        ([row(1), BAD], (2, 1, 1), "Imported 1 deal from a.csv."),
        ([BAD, row(1), replace(BAD, line=10)], (3, 1, 2), "Imported 1 deal from a.csv."),
        ([BAD], (1, 0, 1), ""),
        ([], (0, 0, 0), ""),
    ],
)
def test_the_rows_of_a_file_are_one_command_and_a_rehearsal_says_the_same(
    rows: Rows, counted: tuple[int, int, int], summary: str, ana: Workspace, team: Team
) -> None:
    tried = brought(ana, rows, skip_bad=True, dry_run=True)
    assert (stored(ana), tried.command_id) == ([], "")
    done = brought(ana, rows, skip_bad=True)
    for report in (tried, done):
        assert (report.read, report.created, len(report.rejected)) == counted
    assert stored(ana) == ([summary] if summary else [])
    assert bool(done.command_id) is bool(summary)
    assert titles(ana) == [f"Deal {n + 1}" for n in range(counted[1])]
    if summary:
        assert ana.undo().summary == f"Undid: {summary}"
        assert titles(ana) == []
    assert disagreements(team.place) == []


@pytest.mark.parametrize("dry_run", [False, True])
def test_one_row_that_is_no_deal_keeps_all_out_unless_such_are_left_out(
    dry_run: bool, ana: Workspace
) -> None:
    with pytest.raises(RowsRejected, match="1 of 3 rows is rejected") as refused:
        brought(ana, [row(1), BAD, row(2)], dry_run=dry_run)
    assert "2 would come in" in refused.value.hint
    assert (stored(ana), titles(ana)) == ([], [])


def test_what_changes_nothing_is_no_command(ana: Workspace) -> None:
    brought(ana, [row(1)])
    again = brought(ana, [row(1)])
    assert (again.command_id, again.unchanged, len(stored(ana))) == ("", 1, 1)
    changed = brought(ana, [row(1, "Other"), row(2)])
    assert (changed.created, changed.updated, changed.before) == (1, 1, 1)
    assert stored(ana)[0] == "Imported 2 deals from a.csv."
    assert titles(ana) == ["Deal 2", "Other"]


def test_under_one_token_a_file_comes_in_once(ana: Workspace) -> None:
    first = brought(ana, [row(1)], token="t1")
    assert (first.command_id, first.said_before, first.created) == ("t1", "", 1)
    again = brought(ana, [row(1), row(2)], token="t1")
    assert (again.command_id, again.created, again.read) == ("t1", 0, 0)
    assert again.said_before.startswith("This was done already, on 23 Nov 10:00")
    assert titles(ana) == ["Deal 1"]
    add(ana, "Acme: press")
    with pytest.raises(Refused, match="was used already"):
        brought(ana, [row(3)], token=ana.reader.history.commands()[0].id)


def test_a_name_of_a_file_is_told_without_what_is_no_text(ana: Workspace) -> None:
    brought(ana, [row(1)], origin="a\x1b[2J\udcff.csv")
    assert "\x1b" not in stored(ana)[0] and "\udcff" not in stored(ana)[0]
    assert stored(ana)[0].startswith("Imported 1 deal from a")


# Pipelines that are new with it.


@pytest.mark.parametrize("rows", [[row(1, stage="Offer")], [BAD]], ids=["with deals", "without"])
def test_a_new_pipeline_comes_in_with_its_deals_and_goes_with_them(
    rows: Rows, ana: Workspace, team: Team
) -> None:
    tried = brought(ana, rows, OWN, skip_bad=True, dry_run=True)
    assert [one.name for one in tried.new_pipelines] == ["Own"]
    assert [one.name for one in ana.pipelines()] == ["Sales"]
    done = brought(ana, rows, OWN, skip_bad=True)
    made = ana.pipeline("Own")
    assert (made.version, [stage.name for stage in made.open_stages]) == (1, ["Talk", "Offer"])
    assert 0 not in {made.id, *(stage.id for stage in made.stages)} and done.command_id
    deals = done.created
    assert stored(ana) == [f"Imported {deals} deal{'s' * (deals != 1)} from a.csv."]
    assert [(one.pipeline_id, one.stage_id) for one in ana.reader.each(today=ana.today)] == [
        (made.id, made.open_stages[1].id)
    ] * deals
    taken_back = ana.reader.agreements.pipelines_taken_back
    assert taken_back() == ()
    ana.undo()
    assert [one.name for one in ana.pipelines()] == ["Sales"]
    assert [one.name for one in taken_back()] == ["Own"] * bool(deals)
    assert disagreements(team.place) == []


def test_a_pipeline_that_cannot_be_worked_in_is_refused_before_anything_is_read(
    ana: Workspace,
) -> None:
    with pytest.raises(PipeboardError, match="There is a pipeline 'SALES' already"):
        brought(ana, [row(1)], replace(OWN, name="SALES"))
    assert (stored(ana), titles(ana)) == ([], [])


def test_rows_go_into_pipelines_beside_the_first_of_which_some_are_new(ana: Workspace) -> None:
    rows = [row(1), row(2, pipeline="own", stage="Talk"), row(3, pipeline="Else")]
    done = brought(ana, rows, beside=(OWN,))
    names = {one.id: one.name for one in ana.pipelines()}
    where = {one.title: names[one.pipeline_id] for one in ana.reader.each(today=ana.today)}
    assert where == {"Deal 1": "Sales", "Deal 2": "Own", "Deal 3": "Sales"}
    assert [one.name for one in done.new_pipelines] == ["Own"]


# Who is new with it.


@pytest.mark.parametrize(
    ("yes", "reps"), [(False, None), (True, ["ana", "bo", "cy", "dee", "zoe"])]
)
def test_owners_whom_nobody_knows_become_reps_by_a_yes(
    yes: bool, reps: list[str] | None, ana: Workspace
) -> None:
    ana.save_rep(Rep("dee"))
    rows = [row(1, owner="zoe"), row(2, owner="Zoe"), row(3, owner="BO")]
    tried = brought(ana, rows, dry_run=True)
    assert (tried.new_owners, tried.unsure_owners) == (["zoe"], ("zoe",))
    if reps is None:
        with pytest.raises(NotFound, match="zoe"):
            brought(ana, rows)
        assert titles(ana) == []
        return
    brought(ana, rows, options=ImportOptions(new_reps=yes))
    assert sorted(rep.name for rep in ana.reader.reps()) == reps
    assert sorted(one.owner for one in ana.reader.each(today=ana.today)) == ["bo", "zoe", "zoe"]
    ana.undo()
    assert sorted(rep.name for rep in ana.reader.reps()) == ["ana", "bo", "cy", "dee"]


def table(**lines: str) -> SideTable:
    return SideTable("owner", {}, {name: {TEAM: team} for name, team in lines.items()}, ())


@pytest.mark.parametrize(
    ("rows", "lines", "teams", "command"),
    [
        ([row(1, owner="bo")], {"bo": "North"}, {"bo": "North"}, True),
        ([row(1, owner="zoe")], {"zoe": "South"}, {"zoe": "South"}, True),
        ([row(1, owner="bo")], {"bo": ""}, {}, True),
        ([], {"bo": "North", "cy": "South"}, {"bo": "North", "cy": "South"}, True),
        ([], {"yan": "North"}, {}, False),
        ([row(1, owner="bo")], {"yan": "North"}, {}, True),
    ],
)
def test_a_second_file_puts_reps_into_teams_those_too_who_are_new(
    rows: Rows, lines: dict[str, str], teams: dict[str, str], command: bool, ana: Workspace
) -> None:
    options = ImportOptions(new_reps=True, side=table(**lines))
    tried = brought(ana, rows, options=options, dry_run=True)
    done = brought(ana, rows, options=options)
    assert sorted(tried.teams) == sorted(done.teams) == sorted(teams)
    assert bool(done.command_id) is command
    assert {rep.name: rep.team for rep in ana.reader.reps() if rep.team} == teams
    again = brought(ana, rows, options=options)
    assert (again.teams, again.command_id) == ([], "")


# What stops it, and what is kept of it.


@pytest.mark.parametrize(
    ("role", "rows", "refused"),
    [
        ("viewer", [row(1)], True),
        ("rep", [row(1)], False),
        ("rep", [row(1, owner="bo")], False),
        ("manager", [row(1)], False),
    ],
)
def test_who_only_looks_brings_nothing_in(
    role: str, rows: Rows, refused: bool, ana: Workspace, bo: Workspace
) -> None:
    ana.change_rep(Rep("bo", role=role))
    for dry_run in (True, False):
        if refused:
            with pytest.raises(NotAllowed):
                brought(bo, rows, dry_run=dry_run)
        else:
            brought(bo, rows, dry_run=dry_run)
    assert titles(ana) == ([] if refused else ["Deal 1"])


def test_how_a_file_was_read_is_kept_with_what_came_in_of_it(ana: Workspace) -> None:
    kept = ana.reader.known_deals().recipe
    options = ImportOptions(recipe=("crm", '{"map": []}'))
    brought(ana, [row(1)], options=options, dry_run=True)
    assert kept("crm") is None
    brought(ana, [row(1)], options=options)
    assert kept("crm") == '{"map": []}'
    brought(ana, [row(2)])
    assert kept("crm") == '{"map": []}'


Meanwhile = Callable[[Workspace], object]


def meanwhile(ana: Workspace, does: Callable[[], object], monkeypatch: pytest.MonkeyPatch) -> None:
    """Somebody does something once all rows have been decided."""
    monkeypatch.setattr(ana.store, "keep_copy_before_import", lambda at: does())


@pytest.mark.parametrize(
    ("does", "wanted", "error", "said"),
    [
        (
            lambda bo: bo.save_pipeline(replace(sales(bo), name="Deals")),
            None,
            Conflict,
            "Sales was changed while the file was being read.",
        ),
        (
            lambda bo: bo.save_pipeline(replace(sales(bo), id=0, name="OWN")),
            OWN,
            Refused,
            "There is a pipeline 'Own' by now.",
        ),
        (lambda bo: bo.save_pipeline(replace(sales(bo), id=0, name="Else")), OWN, None, ""),
        (lambda bo: bo.save_pipeline(replace(sales(bo), id=0, name="Else")), None, None, ""),
    ],
)
def test_what_a_colleague_did_to_the_pipelines_meanwhile_stops_it(
    does: Meanwhile, wanted: Pipeline | None, error: type[PipeboardError] | None, said: str,
    ana: Workspace, bo: Workspace, monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    meanwhile(ana, lambda: does(bo), monkeypatch)
    if error is None:
        assert brought(ana, [row(1)], wanted).created == 1
        return
    with pytest.raises(error) as refused:
        brought(ana, [row(1)], wanted)
    assert refused.value.message == said
    assert refused.value.hint.startswith("Nothing was imported: import it again")
    assert (stored(ana), titles(ana)) == ([], [])


@pytest.mark.parametrize(
    ("does", "value", "conflicts"),
    [
        (lambda bo: bo.add_note([1], "Seen."), Money(900, "EUR"), 0),
        (lambda bo: bo.edit([1], {"source": "web"}), Money(900, "EUR"), 0),
        (lambda bo: bo.edit([1], {"value": Money(700, "EUR")}), Money(700, "EUR"), 1),
        (lambda bo: bo.edit([2], {"value": Money(700, "EUR")}), Money(900, "EUR"), 0),
    ],
)
def test_a_deal_that_a_colleague_changes_meanwhile_is_decided_anew(
    does: Meanwhile, value: Money, conflicts: int, ana: Workspace, bo: Workspace, team: Team,
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    brought(ana, [row(1), row(2)])
    meanwhile(ana, lambda: does(bo), monkeypatch)
    rows = [row(1, value=Money(900, "EUR")), row(2, "Other"), row(3)]
    report = brought(ana, rows)
    assert now_of(ana, 1).value == value
    assert titles(ana) == ["Deal 1", "Deal 3", "Other"]
    unchanged = conflicts
    assert (report.created, report.updated, report.unchanged, report.conflict_count) == (
        1, 2 - unchanged, unchanged, conflicts,
    )  # fmt: skip
    assert disagreements(team.place) == []


@pytest.mark.parametrize("dry_run", [True, False])
def test_whoever_waits_hears_of_each_portion(
    dry_run: bool, ana: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(importing, "CHUNK", 2)
    heard: list[tuple[int, float]] = []
    rows = [row(n) for n in range(1, 6)]
    report = brought(ana, rows, dry_run=dry_run, progress=lambda *said: heard.append(said))
    assert heard == [(2, 0.5), (4, 0.5), (5, 0.5)]
    assert (report.read, report.created) == (5, 5)
    assert len(titles(ana)) == (0 if dry_run else 5)


def test_a_rehearsal_of_new_pipelines_numbers_none_as_one_that_is_there(ana: Workspace) -> None:
    two = [replace(OWN, name=name) for name in ("Own", "Else")]
    made = importing._with_made_up_ids([sales(ana), *two])
    assert made[0] == sales(ana)
    ids = [one.id for one in made[1:]] + [s.id for one in made[1:] for s in one.stages]
    assert len(set(ids)) == len(ids) and max(ids) < 0


def test_a_copy_is_kept_before_deals_come_in_and_not_of_what_is_only_tried(
    ana: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    kept: list[object] = []
    monkeypatch.setattr(ana.store, "keep_copy_before_import", kept.append)
    brought(ana, [row(1)], dry_run=True)
    brought(ana, [BAD], skip_bad=True)
    assert kept == []
    brought(ana, [row(1)])
    assert kept == [ana.now()]


@pytest.mark.parametrize("own_only", [False, True])
def test_where_reps_change_their_own_deals_only_a_file_changes_no_other(
    own_only: bool, ana: Workspace, bo: Workspace
) -> None:
    brought(ana, [row(1, owner="ana"), row(2, owner="bo")])
    ana.change_rep(Rep("bo", role="rep"))
    ana.save_settings(replace(ana.settings, reps_edit_own=own_only))
    brought(bo, [row(2, "Mine", owner="bo")])
    rows = [row(1, "Theirs", owner="ana"), row(3, owner="ana")]
    if not own_only:
        brought(bo, rows)
        assert titles(ana) == ["Deal 3", "Mine", "Theirs"]
        return
    with pytest.raises(NotAllowed, match="is @ana's, and reps change their own deals only"):
        brought(bo, rows)
    assert titles(ana) == ["Deal 1", "Mine"]


def test_all_that_a_row_tells_comes_in_with_its_deal_and_goes_with_it(
    ana: Workspace, team: Team
) -> None:
    began = ana.now() - timedelta(days=9)
    told: dict[str, Any] = {
        "created_at": began,
        "notes": (RowNote("Met at the fair", "bo", began), RowNote("They call back")),
        "touches": (RowTouch("call", "out", "voicemail", "bo", began), RowTouch("email", "in")),
        "contacts": (RowContact("Mika Laine", "champion", "mika@x.example"),),
        "tags": ("hot", "inbound"),
        "fields": {"size": "L"},
        "answers": (RowAnswer("need", "They stop twice", 3),),
        "terms": (RowTerm("Payment", "30 days"),),
        "next_text": "call",
        "next_due": ana.today,
    }
    brought(ana, [row(1, **told)])
    deal, history = now_of(ana, 1), ana.reader.history
    notes = {(note.text, note.author, note.at) for note in history.notes(1)}
    assert notes == {("They call back", "ana", began), ("Met at the fair", "bo", began)}
    touches = {(one.type, one.direction, one.outcome, one.by) for one in history.touches(1)}
    assert touches == {("email", "in", "", "ana"), ("call", "out", "voicemail", "bo")}
    assert [(one.name, one.role) for one in deal.contacts.values()] == [("Mika Laine", "champion")]
    assert (deal.tags, dict(deal.fields)) == (("hot", "inbound"), {"size": "L"})
    assert (deal.answers["need"].text, deal.answers["need"].rating) == ("They stop twice", 3)
    assert [term.ours for term in deal.terms.values()] == ["30 days"]
    assert deal.next_step is not None and deal.next_step.due == ana.today
    for words in ("mika", "fair", "+hot", "field.size:L"):
        assert [one.id for one in ana.find_deals([], words)] == [1], words
    assert disagreements(team.place) == []
    ana.undo()
    assert (history.notes(1), history.touches(1), titles(ana)) == ((), (), [])
    assert disagreements(team.place) == []


def test_a_file_whose_commit_is_tried_again_comes_in_once(
    ana: Workspace, team: Team, monkeypatch: pytest.MonkeyPatch
) -> None:
    store = importing._Import._store

    def twice(run: importing._Import, *given: Any) -> None:
        store(run, *given)
        store(run, *given)

    monkeypatch.setattr(importing._Import, "_store", twice)
    brought(ana, [row(1), row(2)], OWN)
    assert stored(ana) == ["Imported 2 deals from a.csv."]
    assert titles(ana) == ["Deal 1", "Deal 2"]
    assert [one.name for one in ana.pipelines()] == ["Sales", "Own"]
    assert disagreements(team.place) == []


def test_a_copy_from_before_an_import_stands_beside_the_database_under_its_kind(
    ana: Workspace, team: Team
) -> None:
    place = Location(team.path)
    brought(ana, [row(1)])
    assert backups_of(place) == []  # there was nothing in it yet
    brought(ana, [row(2)])
    brought(ana, [row(2)])
    (copy,) = backups_of(place)
    assert (copy.kind, copy.at) == (BEFORE_IMPORT, ana.now())
    with closing(sqlite3.connect(copy.path)) as connection:
        assert connection.execute("SELECT title FROM deal").fetchall() == [("Deal 1",)]
