"""An import taken back: with the pipeline and the reps that it made, unless others use them."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from pipeboard.domain.errors import Conflict, NotFound, Refused
from pipeboard.domain.money import Money
from pipeboard.domain.settings import Rep
from pipeboard.domain.templates import from_stage_names
from pipeboard.exchange.reading import open_import
from pipeboard.workspace.import_report import ImportReport
from pipeboard.workspace.row_matching import ImportOptions
from tests.ledger import disagreements
from tests.team import TODAY, Team, sales
from tests.verbs import Workspace

ROWS = """\
id,deal name,company,amount,stage,owner
X1,Line 1,Lumen Oy,40000,Demo,zoe
X2,Line 2,Acme,500,Offer,yan
X3,Line 3,Kestrel BV,7000,Demo,zoe
"""
Import = Callable[[], ImportReport]


@pytest.fixture
def import_new(ana: Workspace, tmp_path: Path) -> Import:
    """Imports the rows into a pipeline that is made for them."""
    path = tmp_path / "deals.csv"
    path.write_text(ROWS, "utf-8")

    def run() -> ImportReport:
        wanted = from_stage_names(("Demo", "Offer"), pipeline_name="Neu", currency="EUR")
        with open_import(path, currency="EUR", zone=ZoneInfo("UTC"), today=TODAY) as reading:
            return ana.import_rows(reading, wanted, "deals.csv", ImportOptions(new_reps=True))

    return run


def pipelines(workspace: Workspace) -> list[str]:
    return [pipeline.name for pipeline in workspace.pipelines()]


def reps(workspace: Workspace) -> set[str]:
    return {rep.name for rep in workspace.reader.reps()}


def titles(workspace: Workspace) -> set[str]:
    return {
        deal.title for deal in workspace.reader.deals(range(1, 100)).values() if not deal.removed
    }


def test_undo_takes_the_pipeline_and_the_reps_with_it_and_redo_brings_them_back(
    ana: Workspace, team: Team, import_new: Import
) -> None:
    before = pipelines(ana), reps(ana), titles(ana)
    import_new()
    with_it = pipelines(ana), reps(ana), titles(ana)
    assert with_it[0] == [*before[0], "Neu"]
    assert with_it[1] == before[1] | {"yan", "zoe"}
    for _ in range(2):
        assert ana.undo().notes == ()
        assert (pipelines(ana), reps(ana), titles(ana)) == before
        assert disagreements(team.place) == []
        ana.redo()
        assert (pipelines(ana), reps(ana), titles(ana)) == with_it
        assert disagreements(team.place) == []


def test_the_name_of_a_pipeline_that_was_taken_back_is_free(
    ana: Workspace, team: Team, import_new: Import
) -> None:
    import_new()
    ana.undo()
    assert import_new().created == 3
    assert pipelines(ana).count("Neu") == 1
    ana.undo()
    assert "Neu" not in pipelines(ana)
    assert disagreements(team.place) == []


def test_a_redo_is_refused_while_another_pipeline_has_the_name(
    ana: Workspace, bo: Workspace, import_new: Import
) -> None:
    import_new()
    ana.undo()
    bo.save_pipeline(from_stage_names(("Demo",), pipeline_name="neu", currency="EUR"))
    with pytest.raises(Refused, match="another pipeline neu"):
        ana.redo()


def test_a_redo_makes_no_rep_again_who_is_there_by_now(
    ana: Workspace, bo: Workspace, team: Team, import_new: Import
) -> None:
    import_new()
    with_it = reps(ana), titles(ana)
    ana.undo()
    bo.save_rep(Rep("zoe"))
    assert ana.redo().notes == ()
    assert (reps(ana), titles(ana)) == with_it
    assert disagreements(team.place) == []


USES: dict[str, tuple[Callable[[Workspace], object], str]] = {
    "a deal in the pipeline": (
        lambda bo: bo.add("Other: one 5k", pipeline=bo.pipeline("Neu")),
        "The pipeline Neu stays: deals have been in Neu.",
    ),
    "a target of the pipeline": (
        lambda bo: bo.set_target(bo.pipeline("Neu"), "2026Q4", "130k"),
        "The pipeline Neu stays: Neu has targets by now.",
    ),
    "a deal of the rep": (
        lambda bo: bo.add("Other: one 5k @zoe", pipeline=sales(bo)),
        "The rep zoe stays: 1 deal is zoe's.",
    ),
    "the rep changed": (lambda bo: bo.save_rep(Rep("zoe", "Zoe Z")), "The rep zoe stays: "),
}


@pytest.mark.parametrize("use", USES)
def test_what_others_use_by_now_stays_and_is_told(
    ana: Workspace, bo: Workspace, team: Team, import_new: Import, use: str
) -> None:
    import_new()
    do, told = USES[use]
    do(bo)
    receipt = ana.undo()
    assert [note for note in receipt.notes if note.startswith(told)]
    assert len(receipt.deals) == 3
    assert ("Neu" in pipelines(ana)) == ("pipeline" in use)
    assert ("zoe" in reps(ana)) == ("rep" in use)
    assert "yan" not in reps(ana)
    assert disagreements(team.place) == []
    ana.redo()
    assert "Line 1" in titles(ana)
    assert disagreements(team.place) == []


def test_deals_that_somebody_changed_stop_an_undo_and_the_rest_can_be_undone(
    ana: Workspace, bo: Workspace, team: Team, import_new: Import
) -> None:
    import_new()
    changed = bo.find_deal("Line 1")
    bo.edit([changed.id], {"value": Money(900_000, "EUR")})
    with pytest.raises(Conflict, match="bo changed") as refused:
        ana.undo()
    assert "undo --rest" in refused.value.hint
    assert refused.value.details["deals"] == [changed.ref]
    receipt = ana.undo(rest=True)
    assert {deal.title for deal in receipt.deals} == {"Line 2", "Line 3"}
    assert receipt.notes[0] == "A deal stays as it is:"
    assert receipt.notes[1].startswith(f"bo changed {changed.ref} Lumen Oy")
    assert "Line 1" in titles(ana)
    assert "Neu" in pipelines(ana)
    assert reps(ana) >= {"zoe"}
    assert "yan" not in reps(ana)
    ana.redo()
    assert titles(ana) >= {"Line 1", "Line 2", "Line 3"}
    assert disagreements(team.place) == []


def test_nothing_is_undone_where_every_deal_was_changed_since(
    ana: Workspace, bo: Workspace, import_new: Import
) -> None:
    import_new()
    for title in ("Line 1", "Line 2", "Line 3"):
        bo.edit([bo.find_deal(title).id], {"value": Money(900_000, "EUR")})
    with pytest.raises(Conflict, match="3 of its 3 deals"):
        ana.undo(rest=True)


def test_undo_of_an_import_into_a_pipeline_that_was_there_leaves_it(
    ana: Workspace, tmp_path: Path
) -> None:
    path = tmp_path / "deals.csv"
    path.write_text(ROWS.replace("Demo", "Lead Generation").replace("Offer", "Proposal"), "utf-8")
    before = pipelines(ana)
    with open_import(path, currency="EUR", zone=ZoneInfo("UTC"), today=TODAY) as reading:
        ana.import_rows(reading, sales(ana), "deals.csv")
    ana.undo()
    assert pipelines(ana) == before


def test_a_board_of_a_pipeline_that_was_taken_back_is_told_in_words(
    ana: Workspace, import_new: Import
) -> None:
    import_new()
    lens = ana.lens(ana.pipeline("Neu"))
    ana.undo()
    with pytest.raises(NotFound, match="there no more"):
        ana.reader.board(lens)


def test_a_deal_that_was_taken_back_with_its_pipeline_is_read_with_both(
    ana: Workspace, import_new: Import
) -> None:
    before = set(ana.reader.deals(range(1, 100)))
    import_new()
    (deal_id, *_) = sorted(set(ana.reader.deals(range(1, 100))) - before)
    ana.undo()
    record = ana.reader.record(deal_id, "ana")
    assert record is not None and record.deal.removed
    assert record.pipeline.name == "Neu"
