"""An import during which a colleague works on the same deals: what is decided anew is told once."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from dataclasses import fields, replace
from pathlib import Path
from typing import Any

import pytest

from pipeboard.exchange.recipe import Recipe
from pipeboard.exchange.side_files import SideFile, with_side
from pipeboard.workspace.import_plan import ImportPlan, carry_out, look_at
from pipeboard.workspace.import_report import ImportReport, RowsRejected
from tests.ledger import disagreements
from tests.team import QUALIFICATION, Team, add, now_of, qualify
from tests.verbs import Workspace


@pytest.fixture
def team(team_on_a_file: Team) -> Team:
    """On one engine: what is counted does not depend on it."""
    return team_on_a_file


BEFORE = (
    "id,name,company,stage,seller,amount,size,closed\n"
    "1,Nova,Acme,Proposal,ana,100,L,\n"
    "2,Lumen,Borealis,Proposal,bo,200,M,\n"
    ",Sol,Cobalt,Proposal,ana,300,S,\n"
    "4,Same,Dorn,Proposal,ana,400,,\n"
)
AFTER = (
    "id,name,company,stage,seller,amount,size,closed\n"
    "1,Nova,Acme,Proposal,ana,150,XL,\n"
    "2,Lumen,Borealis,Lead Generation,bo,200,,\n"
    ",Sol,Cobalt,Proposal,ana,350,S,\n"
    "4,Same,Dorn,Proposal,ana,400,,\n"
    "5,New,Elm,Proposal,cy,500,,\n"
    "6,Newer,Elm,Nowhere,cy,500,,\n"
)
REPS = "seller,manager,office\nana,Mo,East\nbo,Li,West\nzoe,Li,West\n"


def plan(folder: Path, text: str) -> ImportPlan:
    deals, reps = folder / "deals.csv", folder / "reps.csv"
    deals.write_text(text, "utf-8")
    reps.write_text(REPS, "utf-8")
    side = SideFile(reps, "seller=owner", "", everywhere=True)
    recipe = with_side(Recipe(map=("size=field.size",)), side)
    return ImportPlan(deals, recipe, pipeline="Sales", skips_bad=True)


def unheard(rows: int, share: float) -> None:
    """Nobody listens."""


def imported(ana: Workspace, folder: Path, meanwhile: Callable[[], object]) -> ImportReport:
    """The second file, with what somebody does once all of it has been decided."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(ana.store, "keep_copy_before_import", lambda at: meanwhile())
        return carry_out(ana, look_at(ana, plan(folder, AFTER), unheard), unheard).report


def scene(ana: Workspace, folder: Path) -> dict[str, int]:
    """Deals of a first file and two that stand in none; here an amount was changed as well."""
    carry_out(ana, look_at(ana, plan(folder, BEFORE), unheard), unheard)
    add(ana, "Here: one 5k @ana")
    add(ana, "There: two 5k @ana")
    ids = {deal.name: deal.id for deal in ana.reader.deals(range(1, 20)).values()}
    ana.set_fields([ids["Acme"]], ["value=175"])
    return ids


def stands(team: Team) -> dict[str, Any]:
    """What an import changes of each deal, by its company."""
    deals = team.rep("cy").reader.deals(range(1, 20)).values()
    return {
        deal.name: (deal.value, deal.stage_id, deal.owner, dict(deal.fields), deal.removed)
        for deal in deals
    }


def told(report: ImportReport) -> dict[str, Any]:
    said = {one.name: getattr(report, one.name) for one in fields(report)}
    return {name: said[name] for name in said if name != "command_id"}


@pytest.mark.parametrize("name", ["Acme", "Borealis", "Cobalt", "Dorn", "Here", "There"])
def test_what_a_colleague_does_beside_the_file_changes_no_number_of_its_report(
    name: str, ana: Workspace, bo: Workspace, team: Team, tmp_path: Path
) -> None:
    ids = scene(ana, tmp_path)
    shutil.copy(team.path, tmp_path / "quiet.db")
    quiet = Team(tmp_path / "quiet.db")
    expected = told(imported(quiet.rep("ana"), tmp_path, lambda: None))
    assert (expected["updated"], expected["joined_here"], expected["conflict_count"]) == (3, 2, 1)
    deals = stands(quiet)
    quiet.close()
    found = told(imported(ana, tmp_path, lambda: bo.add_note([ids[name]], "Seen.")))
    assert found == expected
    assert stands(team) == deals
    assert disagreements(team.place) == []


@pytest.mark.parametrize("skips_bad", [True, False])
def test_a_row_that_is_refused_after_what_a_colleague_did_is_told_or_stops_all(
    skips_bad: bool, ana: Workspace, bo: Workspace, team: Team, tmp_path: Path
) -> None:
    text = (
        "id,name,company,stage,seller,size\n"
        "1,Nova,Acme,Lead Qualification,ana,\n2,Sol,Dorn,Proposal,ana,\n"
    )
    carry_out(ana, look_at(ana, plan(tmp_path, text), unheard), unheard)
    ids = {deal.name: deal.id for deal in ana.reader.deals(range(1, 9)).values()}
    qualify(ana, ids["Acme"])
    wanted = text.replace("Qualification", "Needs Assessment").replace("Lead Needs", "Needs")
    wanted = wanted.replace("Sol", "Sun")
    file = replace(plan(tmp_path, wanted), skips_bad=skips_bad)
    seen = look_at(ana, file, unheard)
    assert (seen.report.updated, seen.report.rejected) == (2, [])
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(
            ana.store,
            "keep_copy_before_import",
            lambda at: bo.take_answer_back(ids["Acme"], "need"),
        )
        if skips_bad:
            report = carry_out(ana, seen, unheard).report
            assert (report.updated, [row.line for row in report.rejected]) == (1, [2])
        else:
            with pytest.raises(RowsRejected):
                carry_out(ana, seen, unheard)
    assert now_of(ana, ids["Acme"]).stage_id == QUALIFICATION
    assert now_of(ana, ids["Dorn"]).title == ("Sun" if skips_bad else "Sol")
    assert disagreements(team.place) == []
