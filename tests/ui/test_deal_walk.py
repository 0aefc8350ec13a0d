"""A deal from lead to won without leaving the keyboard, at 80x24; and by the command line alone."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path

import pytest

from pipeboard.cli.main import main
from pipeboard.domain.deal import NextStep, Status
from pipeboard.store import Store
from pipeboard.workspace import Actor
from tests.ledger import disagreements
from tests.team import NOW, Team
from tests.ui.desk import Desk, desk
from tests.verbs import Workspace
from tests.walk import ANSWERS, STEPS, recorded, told


@pytest.fixture
def sales(tmp_path: Path) -> Path:
    """An empty database with the gated pipeline Sales."""
    path = tmp_path / "sales.db"
    Team.make(path).close()
    return path


@pytest.fixture
def away(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> pytest.MonkeyPatch:
    """A command line with a home and a clock of its own, for ana."""
    for name in ("XDG_CONFIG_HOME", "XDG_DATA_HOME", "XDG_STATE_HOME", "XDG_CONFIG_DIRS", "HOME"):
        monkeypatch.setenv(name, str(tmp_path / name.lower()))
    monkeypatch.delenv("PIPEBOARD_CONFIG", raising=False)
    monkeypatch.setenv("PIPEBOARD_NOW", NOW.isoformat())
    monkeypatch.setattr("pipeboard.cli.config.account_name", lambda: "ana")
    return monkeypatch


async def _walk(board: Desk) -> int:
    """Every step by keys; the id of the deal."""
    await board.press("a")
    await board.type("Lumen Oy: packaging pilot 40k")
    await board.press("enter")
    deal_id = board.card.id
    await board.press("enter", "i", "c", "o")
    await board.type("reached Mika")
    await board.press("enter")
    await board.type("thu qualification call")
    await board.press("enter", "L", "L", "a")
    for text in ANSWERS.values():
        await board.type(text)
        await board.press("tab", "tab", "tab", "tab", "enter")
    await board.press("5", "a")
    await board.type("Outi Salo")
    await board.press("enter", "d", "ctrl+s", "L", "i", "p")
    await board.type("offer of 40k")
    await board.press("enter")
    await board.type("3dec walk through the offer")
    await board.press("enter", "L", "6", "a")
    for text in ("Payment", "30 days", "60 days", "45 days"):
        await board.type(text)
        await board.press("enter")
    await board.press("L", "n")
    await board.type("Contract is with their lawyer.")
    await board.press("enter", "w", "ctrl+u")
    await board.type("38k")
    assert board.shows("−€2,000 against €40,000")
    await board.press("enter", "y")
    return deal_id


def _by_verbs() -> None:
    """Every step by verbs."""
    for line in (
        ("add", "Lumen Oy: packaging pilot 40k"),
        ("log", "1", "call", "--outcome", "reached Mika"),
        ("next", "1", "thu qualification call"),
        ("move", "1", "Lead Qualification"),
        *(("answer", "1", key, text, "--rating", "3") for key, text in ANSWERS.items()),
        ("move", "1", "Needs Assessment"),
        ("contact", "1", "Outi Salo", "--role", "decision_maker"),
        ("move", "1", "Proposal"),
        ("log", "1", "email", "--quote", "--outcome", "offer of 40k"),
        ("next", "1", "3dec walk through the offer"),
        ("move", "1", "Negotiation"),
        ("term", "1", "Payment", "--ours", "30 days", "--theirs", "60 days", "--agreed", "45 days"),
        ("move", "1", "Closing"),
        ("note", "1", "-m", "Contract is with their lawyer."),
        ("won", "1", "--value", "38k", "--follow-up", "14d"),
    ):
        assert main(line) == 0, line


async def test_a_deal_goes_from_lead_to_won_by_keys_and_all_of_it_is_recorded(sales: Path) -> None:
    async with desk(sales) as board:
        deal = board.stored(await _walk(board))
        assert deal.status is Status.WON
        assert told(board.workspace, deal) == list(STEPS)
        (lead,) = [d for d in board.workspace.reader.deals([2, 3]).values() if d.recycled_from]
        assert lead.next_step == NextStep("ask how it goes", date(2026, 12, 7))
    assert disagreements(sales) == []


async def test_verbs_alone_record_the_same_events(
    sales: Path, tmp_path: Path, away: pytest.MonkeyPatch
) -> None:
    async with desk(sales) as board:
        by_keys = recorded(board.workspace, board.stored(await _walk(board)))
    path = tmp_path / "verbs.db"
    Team.make(path).close()
    away.setenv("PIPEBOARD_DB", str(path))
    _by_verbs()
    workspace = Workspace(Store.open(str(path), read_only=True), lambda: NOW, Actor("ana"))
    (deal,) = workspace.reader.deals([1]).values()
    assert recorded(workspace, deal) == by_keys
    workspace.store.close()


def test_the_same_gate_holds_a_verb_up(
    sales: Path, away: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    away.setenv("PIPEBOARD_DB", str(sales))
    assert main(["add", "Lumen Oy: pilot 40k stage:qualification"]) == 0
    capsys.readouterr()
    assert main(["move", "1", "needs", "--json"]) == 4
    error = json.loads(capsys.readouterr().err)["error"]
    assert error["code"] == "gate"
    assert error["details"]["missing"] == [
        "Need is unanswered",
        "Timeline is unanswered",
        "Authority and budget is unanswered",
    ]
