"""move, won, lost, reopen: one rule engine, and its refusals as exit codes."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.cli.conftest import Type


@pytest.fixture
def gated(pipe: Type, home: Path, monkeypatch: pytest.MonkeyPatch) -> Type:
    """A deal in the second stage of the standard pipeline, whose gate asks three answers."""
    monkeypatch.setenv("PIPEBOARD_DB", str(home / "gated.db"))
    pipe("init")
    pipe("add", "Lumen Oy: pilot 40k stage:qualif")
    return pipe


def test_a_deal_moves_to_a_stage_named_by_part_of_its_name(team: Type) -> None:
    team("add", "Lumen Oy: pilot 40k")
    moved = team("move", "lumen", "qualif", "--json")
    assert moved.code == 0
    assert moved.json["deals"][0]["stage"] == "Qualified"
    assert moved.json["summary"] == "Moved Lumen Oy to Qualified (from Prospecting)."


def test_a_gate_that_is_not_met_refuses_with_what_is_missing(gated: Type) -> None:
    refused = gated("move", "1", "needs", "--json")
    assert refused.code == 4
    assert refused.error["code"] == "gate"
    assert len(refused.error["details"]["missing"]) == 3
    assert gated("show", "1", "--json").json["deal"]["stage"] == "Lead Qualification"


def test_an_override_passes_the_gate_and_is_logged(gated: Type) -> None:
    assert gated("move", "1", "needs", "--override", "signed already").code == 0
    newest = gated("history", "1", "--json").json["events"][0]
    assert newest["data"]["facts"]["override"] == "signed already"


def test_an_override_needs_words(gated: Type) -> None:
    assert gated("move", "1", "needs", "--override", "x").code == 2


def test_a_dry_run_says_what_would_happen_and_moves_nothing(team: Type) -> None:
    team("add", "Lumen Oy: pilot 40k")
    tried = team("move", "1", "Qualified", "-n", "--json")
    assert tried.json["dry_run"]
    assert tried.json["command_id"] is None
    assert team("show", "1", "--json").json["deal"]["stage"] == "Prospecting"


def test_several_deals_move_together_or_not_at_all(gated: Type) -> None:
    gated("add", "Acme: b 5k")
    assert gated("move", "1", "2", "needs").code == 4
    assert gated("show", "2", "--json").json["deal"]["stage"] == "Lead Generation"


def test_won_takes_the_final_value_and_an_earlier_day(team: Type, home: Path) -> None:
    team("add", "Lumen Oy: pilot 40k")
    won = team("won", "1", "--value", "38k", "--on", "today", "--json").json["deals"][0]
    assert (won["status"], won["value"]["amount_minor"]) == ("won", 3_800_000)
    assert won["closed_at"] == "2026-11-23T09:00:00+00:00"


def test_lost_keeps_category_reason_competitor_and_the_day_to_return(team: Type) -> None:
    team("add", "Lumen Oy: pilot 40k")
    lost = team(
        *("lost", "1", "--category", "price", "--reason", "10 % over"),
        *("--competitor", "Borealis", "--recycle", "+6m", "--json"),
    ).json["deals"][0]
    assert lost["lost"] == {
        "category": "price",
        "reason": "10 % over",
        "competitor": "Borealis",
        "recycle_on": "2027-05-23",
    }


def test_a_loss_needs_a_known_category(team: Type) -> None:
    team("add", "Lumen Oy: pilot 40k")
    assert team("lost", "1").code == 2
    refused = team("lost", "1", "--category", "prise")
    assert refused.code == 2
    assert "price" in refused.err


def test_a_closed_deal_is_reopened_where_it_was(team: Type) -> None:
    team("add", "Lumen Oy: pilot 40k stage:qualified")
    team("won", "1")
    reopened = team("reopen", "1", "--json").json["deals"][0]
    assert (reopened["status"], reopened["stage"]) == ("open", "Qualified")


def test_undo_takes_a_move_back_and_redo_puts_it_again(team: Type) -> None:
    team("add", "Lumen Oy: pilot 40k")
    team("move", "1", "Qualified")
    assert team("undo", "--list", "--json").json["commands"][0]["verb"] == "move"
    assert team("undo").code == 0
    assert team("show", "1", "--json").json["deal"]["stage"] == "Prospecting"
    assert team("redo").code == 0
    assert team("show", "1", "--json").json["deal"]["stage"] == "Qualified"


def test_with_nothing_left_undo_is_refused(team: Type) -> None:
    assert [team("undo").code for _ in ("rep bo", "rep ana")] == [0, 0]
    assert team("undo").code == 4


def test_an_unknown_stage_is_not_found_with_the_stages_there_are(team: Type) -> None:
    team("add", "Lumen Oy: pilot 40k")
    refused = team("move", "1", "Nirvana")
    assert refused.code == 3
    assert "Prospecting" in refused.err


def test_read_only_refuses_to_write_and_still_reads(team: Type) -> None:
    team("add", "Lumen Oy: pilot 40k")
    refused = team("move", "1", "Qualified", "--read-only", "--json")
    assert (refused.code, refused.error["code"]) == (4, "read_only")
    assert team("show", "1", "--read-only").code == 0
