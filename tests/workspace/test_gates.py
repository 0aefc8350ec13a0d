"""No way past an unmet gate: every path that writes a stage, tried on a deal that may not pass."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from zoneinfo import ZoneInfo

import pytest

from pipeboard.domain.deal import Loss
from pipeboard.domain.errors import BadInput, GateNotMet
from pipeboard.exchange.reading import open_import
from pipeboard.store.sql import Audit
from pipeboard.workspace.import_report import RowsRejected
from pipeboard.workspace.row_matching import ImportOptions
from tests.ledger import disagreements
from tests.team import (
    LEAD,
    LOST,
    NEEDS,
    PROPOSAL,
    QUALIFICATION,
    TODAY,
    WON,
    Team,
    add,
    now_of,
    qualify,
    refusal,
    sales,
)
from tests.verbs import Workspace

Passing = Callable[[Workspace, int, str], object]


def _reopened(ana: Workspace, deal_id: int, override: str) -> object:
    ana.lose([deal_id], Loss("timing"))
    return ana.reopen([deal_id], PROPOSAL, override=override)


def _bulk(ana: Workspace, deal_id: int, override: str) -> object:
    free = add(ana, "Free Inc: pilot", stage=NEEDS)
    return ana.move([free.id, deal_id], PROPOSAL, override=override)


def _found(ana: Workspace, deal_id: int, override: str) -> object:
    ids = [deal.id for deal in ana.find_deals([], where="stage:qualification")]
    assert ids == [deal_id]
    return ana.move(ids, sales(ana).find_stage("proposal").id, override=override)


def _imported(ana: Workspace, deal_id: int, override: str, cells: str = "Proposal,open") -> object:
    deal = now_of(ana, deal_id)
    ana.edit([deal_id], {"external_id": "X1"})
    with TemporaryDirectory() as folder:
        file = Path(folder, "deals.csv")
        file.write_text(f"id,deal name,stage,status\nX1,{deal.title},{cells}\n", "utf-8")
        with open_import(file, currency="EUR", zone=ZoneInfo("UTC"), today=TODAY) as reading:
            return ana.import_rows(reading, sales(ana), file.name, ImportOptions(override=override))


def _imported_won(ana: Workspace, deal_id: int, override: str) -> object:
    return _imported(ana, deal_id, override, "Lead Qualification,won")


WAYS: dict[str, Passing] = {
    "step": lambda ana, deal_id, why: ana.step([deal_id], 1, override=why),
    "two steps": lambda ana, deal_id, why: ana.step([deal_id], 2, override=why),
    "move": lambda ana, deal_id, why: ana.move([deal_id], NEEDS, override=why),
    "win": lambda ana, deal_id, why: ana.win([deal_id], override=why),
    "win yesterday": lambda ana, deal_id, why: ana.win([deal_id], on=TODAY, override=why),
    "reopen further on": _reopened,
    "bulk": _bulk,
    "found and moved": _found,
    "import that moves": _imported,
    "import that wins": _imported_won,
}


@pytest.mark.parametrize("way", WAYS)
def test_no_way_leads_past_an_unmet_gate(way: str, ana: Workspace, team: Team) -> None:
    deal = add(ana, stage=QUALIFICATION)
    with pytest.raises((GateNotMet, RowsRejected)) as refused:
        WAYS[way](ana, deal.id, "")
    said = refusal(refused.value)
    if isinstance(refused.value, RowsRejected):
        said = " ".join(row.reason for row in refused.value.report.rejected)
    assert "Need is unanswered" in said
    assert now_of(ana, deal.id).stage_id in (QUALIFICATION, LOST)
    assert disagreements(team.place) == []


@pytest.mark.parametrize("way", WAYS)
def test_every_way_takes_a_reason_and_logs_it_with_what_was_missing(
    way: str, ana: Workspace
) -> None:
    deal = add(ana, stage=QUALIFICATION)
    WAYS[way](ana, deal.id, "signed already")
    assert now_of(ana, deal.id).stage_id in (NEEDS, PROPOSAL, WON)
    logged = [entry.event.facts for entry in ana.reader.history.entries(deal.id)]
    (passing,) = [facts for facts in logged if facts.get("override") == "signed already"]
    assert "Need is unanswered" in passing["missing"]


@pytest.mark.parametrize("way", WAYS)
def test_no_way_takes_an_empty_word_for_a_reason(way: str, ana: Workspace) -> None:
    deal = add(ana, stage=QUALIFICATION)
    with pytest.raises((BadInput, RowsRejected)):
        WAYS[way](ana, deal.id, " x ")
    assert now_of(ana, deal.id).stage_id in (QUALIFICATION, LOST)


def test_a_deal_that_meets_the_gate_passes_without_a_reason(ana: Workspace) -> None:
    deal = add(ana, stage=QUALIFICATION)
    qualify(ana, deal.id)
    ana.step([deal.id], 1)
    assert ana.reader.history.entries(deal.id, limit=1)[0].event.facts == {}


def test_a_deal_that_skips_a_gated_stage_passes_its_gate_too(ana: Workspace) -> None:
    deal = add(ana, stage=LEAD)
    with pytest.raises(GateNotMet, match="Lead Qualification asks: Need is unanswered"):
        ana.move([deal.id], NEEDS)


def test_a_win_passes_the_gates_of_all_the_stages_that_it_skips(ana: Workspace) -> None:
    deal = add(ana, "Lumen Oy: pilot", stage=LEAD)
    with pytest.raises(GateNotMet) as refused:
        ana.win([deal.id])
    assert "Lead Qualification asks" in refused.value.message
    assert "Proposal asks: value is empty, no next step" in refused.value.message


def test_a_move_back_and_a_loss_ask_nothing(ana: Workspace) -> None:
    deal = add(ana, stage=QUALIFICATION)
    ana.step([deal.id], -1)
    ana.lose([deal.id], Loss("price"))
    assert now_of(ana, deal.id).stage_id == LOST


def test_a_deal_added_to_a_later_stage_logs_what_the_earlier_ones_ask(ana: Workspace) -> None:
    deal = add(ana, "Lumen Oy: pilot", stage=PROPOSAL)
    (entry,) = ana.reader.history.entries(deal.id)
    assert entry.event.facts["override"] == "new in Proposal"
    assert "Need is unanswered" in entry.event.facts["missing"]


def test_a_deal_taken_over_from_a_file_logs_where_it_passed(ana: Workspace, tmp_path: Path) -> None:
    file = tmp_path / "deals.csv"
    file.write_text("id,deal name,stage,status\nX1,Pilot,Proposal,won\n", "utf-8")
    with open_import(file, currency="EUR", zone=ZoneInfo("UTC"), today=TODAY) as reading:
        ana.import_rows(reading, sales(ana), "deals.csv")
    (deal,) = ana.find_deals(["Pilot"])
    overrides = [entry.event.facts.get("override") for entry in ana.reader.history.entries(deal.id)]
    assert overrides == ["imported from deals.csv"] * 2
    assert ana.reader.history.entries(audit=Audit(overrides=True)) == ()


def test_undo_brings_a_deal_back_past_a_gate_and_logs_that_it_did(ana: Workspace) -> None:
    deal = add(ana, stage=NEEDS)
    ana.step([deal.id], -1)
    ana.undo()
    assert now_of(ana, deal.id).stage_id == NEEDS
    facts = ana.reader.history.entries(deal.id, limit=1)[0].event.facts
    assert facts["override"] == "undo"
    assert "Need is unanswered" in facts["missing"]
    ana.redo()
    assert now_of(ana, deal.id).stage_id == QUALIFICATION
    assert ana.reader.history.entries(deal.id, limit=1)[0].event.facts == {}


def test_redo_passes_a_gate_only_with_the_reason_that_was_logged(ana: Workspace) -> None:
    deal = add(ana, stage=QUALIFICATION)
    ana.step([deal.id], 1, override="signed already")
    ana.undo()
    ana.redo()
    assert (
        ana.reader.history.entries(deal.id, limit=1)[0].event.facts["override"] == "signed already"
    )


def test_what_is_missing_can_be_asked_before_anything_happens(ana: Workspace) -> None:
    deal = add(ana, stage=QUALIFICATION)
    ((asked, lacking),) = ana.gate([deal.id], NEEDS)
    assert asked.id == deal.id
    assert [lack.text for lack in lacking] == [
        "Need is unanswered",
        "Timeline is unanswered",
        "Authority and budget is unanswered",
    ]
    assert ana.gate([deal.id], LEAD)[0][1] == ()


def test_a_next_step_must_lie_ahead_on_the_day_of_the_move(ana: Workspace, team: Team) -> None:
    deal = add(ana, stage=PROPOSAL)
    ana.set_next_step([deal.id], "call", date(2026, 11, 24))
    team.clock.wait(days=2)
    with pytest.raises(GateNotMet, match="no next step with a date to come"):
        ana.step([deal.id], 1)
    ana.set_next_step([deal.id], "call", TODAY + timedelta(days=2))
    ana.step([deal.id], 1)


def test_a_reason_reaches_the_log_without_what_could_steer_a_terminal(ana: Workspace) -> None:
    deal = add(ana, stage=QUALIFICATION)
    ana.step([deal.id], 1, override="signed \x1b[31m\u202ealready ")
    assert (
        ana.reader.history.entries(deal.id, limit=1)[0].event.facts["override"]
        == "signed [31malready"
    )
