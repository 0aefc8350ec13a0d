"""Every write goes through decide: what is stored is what was decided, and nothing else is."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path
from tempfile import TemporaryDirectory
from types import ModuleType
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from pipeboard.domain.deal import Contact, Deal, Loss, Term
from pipeboard.domain.deciding import begin, decide
from pipeboard.domain.events import Event
from pipeboard.exchange.reading import open_import
from pipeboard.workspace import execution, new_deals, row_deciding, undoing
from pipeboard.workspace import new_deals as recycling
from tests.ledger import disagreements
from tests.team import LEAD, TODAY, Team, add, sales
from tests.verbs import Workspace
from tests.workspace.test_truth import AGREEING

DECIDING: tuple[ModuleType, ...] = (new_deals, execution, row_deciding, recycling, undoing)
WITHIN = {"create", "execute"}
"""What the others are made of."""

Write = Callable[[Workspace, int, int], object]


def _won(ana: Workspace, deal_id: int, other: int) -> object:
    ana.win([deal_id], override="signed")
    return ana.follow_up(deal_id)


def _come_back(ana: Workspace, deal_id: int, other: int) -> object:
    ana.lose([deal_id], Loss("timing", recycle_on=date(2026, 11, 24)))
    ana._clock.wait(days=2)  # type: ignore[attr-defined]
    return ana.recycle()


def _imported(ana: Workspace, deal_id: int, other: int) -> object:
    for amount in ("1", "2"):
        with TemporaryDirectory() as folder:
            file = Path(folder, "deals.csv")
            file.write_text(f"id,deal name,amount\nX1,Pilot,{amount}\n", "utf-8")
            with open_import(file, currency="EUR", zone=ZoneInfo("UTC"), today=TODAY) as reading:
                ana.import_rows(reading, sales(ana), file.name)
    return None


def _undone(ana: Workspace, deal_id: int, other: int) -> object:
    ana.step([deal_id], 1)
    return ana.undo()


def _redone(ana: Workspace, deal_id: int, other: int) -> object:
    _undone(ana, deal_id, other)
    return ana.redo()


def _note_edited(ana: Workspace, deal_id: int, other: int) -> object:
    ana.add_note([deal_id], "Old")
    return ana.edit_note(deal_id, ana.reader.history.notes(deal_id)[0].id, "New")


def _answer_taken_back(ana: Workspace, deal_id: int, other: int) -> object:
    ana.answer([deal_id], "need", "So")
    return ana.take_answer_back(deal_id, "need")


def _closed(then: Write) -> Write:
    def write(ana: Workspace, deal_id: int, other: int) -> object:
        ana.lose([deal_id], Loss("price"))
        return then(ana, deal_id, other)

    return write


def _unarchived(ana: Workspace, deal_id: int, other: int) -> object:
    ana.archive([deal_id])
    return ana.unarchive([deal_id])


def _done(ana: Workspace, deal_id: int, other: int) -> object:
    ana.plan([deal_id], "call")
    return ana.complete_next_step([deal_id])


WRITES: dict[str, Write] = {
    "add": lambda ana, deal, other: ana.add("Acme: press 1k", pipeline=sales(ana)),
    "add_all": lambda ana, deal, other: ana.add_all(
        {1: "Acme: press 1k", 2: "Q: x @zed"}, pipeline=sales(ana), new_rep=True
    ),
    "add_note": lambda ana, deal, other: ana.add_note([deal], "Met"),
    "answer": lambda ana, deal, other: ana.answer([deal], "need", "So"),
    "archive": lambda ana, deal, other: ana.archive([deal, other]),
    "ask_rep": lambda ana, deal, other: ana.ask_rep([deal, other], "bo", "send the offer"),
    "assign": lambda ana, deal, other: ana.assign([deal, other], "bo", new_rep=True),
    "check": lambda ana, deal, other: ana.check(deal, LEAD, "First contact"),
    "complete_next_step": _done,
    "edit": lambda ana, deal, other: ana.edit([deal, other], {"account": "A", "source": "web"}),
    "edit_note": _note_edited,
    "follow_up": _won,
    "import_rows": _imported,
    "log_touch": lambda ana, deal, other: ana.log_touch([deal], "call"),
    "lose": lambda ana, deal, other: ana.lose([deal], Loss("price")),
    "merge": lambda ana, deal, other: ana.merge(deal, [other]),
    "move": lambda ana, deal, other: ana.move([deal, other], 2),
    "plan": lambda ana, deal, other: ana.plan([deal], "tomorrow call"),
    "recycle": _come_back,
    "redo": _redone,
    "reopen": _closed(lambda ana, deal, other: ana.reopen([deal])),
    "reorder": lambda ana, deal, other: ana.reorder(other, -1, ana.lens(sales(ana))),
    "reschedule": lambda ana, deal, other: ana.reschedule([deal], date(2026, 12, 1), "call"),
    "set_contact": lambda ana, deal, other: ana.set_contact(deal, Contact("Bob")),
    "set_fields": lambda ana, deal, other: ana.set_fields([deal], ["value=1k", "p=5"]),
    "set_next_step": lambda ana, deal, other: ana.set_next_step([deal], "call", None),
    "set_term": lambda ana, deal, other: ana.set_term(deal, Term("Payment")),
    "snooze": lambda ana, deal, other: ana.snooze([deal], date(2026, 12, 1)),
    "step": lambda ana, deal, other: ana.step([deal, other], 1),
    "tag": lambda ana, deal, other: ana.tag([deal], ["big"]),
    "take_answer_back": _answer_taken_back,
    "unarchive": _unarchived,
    "undo": _undone,
    "win": lambda ana, deal, other: ana.win([deal], override="signed"),
}


@pytest.fixture
def decided(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[Event]]:
    """Every event that was decided, in order."""
    events: list[Event] = []

    def recording(*arguments: Any) -> list[Event]:
        found = decide(*arguments)
        events.extend(found)
        return found

    def beginning(*arguments: Any) -> tuple[list[Event], Deal]:
        found, deal = begin(*arguments)
        events.extend(found)
        return found, deal

    for module in DECIDING:
        monkeypatch.setattr(module, "decide", recording)
    monkeypatch.setattr(row_deciding, "begin", beginning)
    yield events


def test_every_method_that_gives_a_receipt_is_tried_here() -> None:
    giving = {
        name
        for name, method in inspect.getmembers(Workspace, inspect.isfunction)
        if inspect.signature(method).return_annotation in ("Receipt", "ImportReport")
        and not name.startswith("_")
    }
    assert giving == {*WITHIN, *WRITES, *AGREEING}


@pytest.mark.parametrize("way", WRITES)
def test_what_is_stored_is_what_was_decided(
    way: str, ana: Workspace, team: Team, decided: list[Event]
) -> None:
    deal, other = add(ana), add(ana, "Acme: other 2k")
    WRITES[way](ana, deal.id, other.id)
    stored = [entry.event for entry in ana.reader.history.entries()]
    assert len(stored) > 2
    assert len(stored) == len(decided)
    assert all(event in decided for event in stored)
    assert disagreements(team.place) == []


def test_what_the_team_agrees_on_changes_no_deal(ana: Workspace, decided: list[Event]) -> None:
    pipeline = sales(ana)
    ana.save_pipeline(pipeline)
    ana.save_settings(ana.settings)
    ana.save_filter("mine", "stage:proposal")
    assert ana.reader.history.entries() == ()
    assert decided == []
