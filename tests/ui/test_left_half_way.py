"""Whichever question of a key a person leaves: nothing is stored, and what was typed is kept."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pytest

from pipeboard.domain import commands as c
from pipeboard.domain.deal import Contact, Loss, Term
from pipeboard.domain.errors import Refused
from pipeboard.ui.actions import closing, daily, fields, hygiene, items, selection, stages
from pipeboard.ui.execute import execute
from pipeboard.ui.key_table import DEAL, DealTab
from pipeboard.ui.overlays.gate_sheet import GateAnswer, GateSheet, WayOn
from pipeboard.ui.overlays.menu import Menu, Picker
from pipeboard.ui.overlays.question import Given
from tests.team import NEEDS, QUALIFICATION, Team, add, sales
from tests.ui.script import DealDesk
from tests.verbs import Workspace


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[DealDesk]:
    team = Team.make(tmp_path / "sales.db")
    ana = team.rep("ana")
    for line in ("Lumen Oy: packaging pilot 40k @ana", "Borealis: line two 10k @ana"):
        add(ana, line, stage=QUALIFICATION)
    at = DealDesk(ana, [1], tmp_path / "drafts")
    at.keys = DEAL
    yield at
    team.close()


def is_without_gates(ana: Workspace) -> None:
    stages = tuple(replace(stage, criteria=()) for stage in sales(ana).stages)
    ana.save_pipeline(replace(sales(ana), stages=stages))


def is_won(ana: Workspace) -> None:
    ana.win([1], override="agreed")


def is_lost(ana: Workspace) -> None:
    ana.lose([1], Loss("price"))


def is_known(ana: Workspace) -> None:
    ana.set_contact(1, Contact("Mika"), "mika")
    ana.set_term(1, Term("Price", "40k", "30k"), "price")
    ana.answer([1], "need", "so", 3)
    ana.add_note([1], "They called.")


@dataclass(frozen=True)
class Way:
    """The answers to all that an action asks until it stores something, and those behind that."""

    action: Callable[..., Any]
    answers: Sequence[Any]
    then: Sequence[Any] = ()
    before: Callable[[Workspace], None] | None = None
    tab: DealTab = DealTab.OVERVIEW
    item: str = ""


async def follow_up(host: Any) -> None:
    await closing.offer_follow_up(host, host.stored())


async def over_a_gate(host: Any) -> None:
    await execute(host, c.Move(NEEDS))
    ((_, gate, change),) = host.performed
    await stages.open_gate(host, gate, change)


MORE = closing._TELL_MORE
WAYS = {
    "win": Way(closing.win, ["35k"], before=is_without_gates),
    "won on another day": Way(closing.win, ["today"], before=is_won),
    "ask how it goes": Way(follow_up, ["y"], before=is_won),
    "ask how it goes on a day": Way(follow_up, ["d", "3 dec"], before=is_won),
    "lose": Way(closing.lose, ["price"]),
    "lose to somebody": Way(closing.lose, [MORE, "competitor", "cheaper", "Rival"]),
    "lose for now": Way(closing.lose, [MORE, "timing", "next year", "1 mar"]),
    "lost on another day": Way(closing.lose, [closing._ANOTHER_DAY, "today"], before=is_lost),
    "note": Way(daily.note, ["They called."]),
    "next step": Way(daily.next_step, ["thu call"]),
    "put off": Way(daily.put_off, ["1"]),
    "put off to a day": Way(daily.put_off, ["d", "thu"]),
    "interaction": Way(daily.interaction, ["c", "o", "They agree."], ["thu call"]),
    "trial close": Way(daily.interaction, ["k", "y", "They agree."], ["thu call"]),
    "proposal": Way(daily.interaction, ["p", "By mail."], ["thu call"]),
    "snooze": Way(daily.snooze, ["w"]),
    "snooze until a day": Way(daily.snooze, ["d", "4 jan"]),
    "value": Way(fields.value, ["50k"]),
    "close date": Way(fields.close_date, ["4 jan"]),
    "probability": Way(fields.probability, ["50"]),
    "category": Way(fields.category, ["b"]),
    "owner": Way(fields.owner, ["bo"]),
    "owner with a note": Way(fields.owner, [fields._WITH_NOTE, "bo", "They wait."]),
    "tags": Way(fields.tags, ["+hot"]),
    "edit": Way(fields.edit, [{"title": "pilot"}]),
    "interview": Way(fields.interview, [Given("so", "", 3)], [None]),
    "add": Way(selection.add, ["Cirrus: presses 9k"]),
    "gate": Way(over_a_gate, [GateAnswer(WayOn.OVERRIDE, reason="agreed")]),
    "source": Way(hygiene.source, ["web"]),
    "answer": Way(items.edit_item, [Given("so", "", 2)], tab=DealTab.QUESTIONS, item="need"),
    "rating": Way(items.tick, ["1"], tab=DealTab.QUESTIONS, item="need"),
    "own note": Way(items.edit_item, ["They wrote."], before=is_known, tab=DealTab.NOTES, item="?"),
    "new note": Way(items.add_item, ["They\nwrote."], tab=DealTab.NOTES),
    "new person": Way(items.add_item, [{"name": "Rita"}], tab=DealTab.PEOPLE),
    "person": Way(
        items.edit_item, [{"name": "Rita"}], before=is_known, tab=DealTab.PEOPLE, item="mika"
    ),
    "new term": Way(items.add_item, [{"item": "Days"}], tab=DealTab.TERMS),
    "term": Way(
        items.edit_item, [{"item": "Days"}], before=is_known, tab=DealTab.TERMS, item="price"
    ),
}


def begun(desk: DealDesk, name: str, *answers: Any) -> Way:
    """The deal as that way finds it, and the person as they answer."""
    way = WAYS[name]
    if way.before is not None:
        way.before(desk.workspace)
    desk.begin(*answers)
    desk.tab, desk.item_key = way.tab, way.item
    if way.item == "?":
        desk.item_key = desk.record.notes[0].id
    return way


@pytest.mark.parametrize("name", WAYS)
async def test_who_answers_all_of_it_has_it_stored(desk: DealDesk, name: str) -> None:
    way = begun(desk, name, *WAYS[name].answers, *WAYS[name].then)
    await desk.do(way.action)
    assert desk.receipts
    # Who gets another name is still the same one.
    if way.before is is_known:
        assert {*desk.stored().contacts} == {"mika"} and {*desk.stored().terms} == {"price"}
    # What is half typed comes back for this deal and for this question, and nowhere else.
    keys = [overlay.draft.key for overlay in desk.overlays if overlay.draft is not None]
    assert len({*keys}) == len(keys)
    assert {key.split(":")[1] for key in keys if key != "add"} <= {"1"}


@pytest.mark.parametrize(
    ("name", "cut"), [(name, cut) for name, way in WAYS.items() for cut in range(len(way.answers))]
)
async def test_whichever_question_is_left_nothing_is_stored_and_what_is_typed_is_kept(
    desk: DealDesk, name: str, cut: int
) -> None:
    keys: list[str] = []

    def half_typed(overlay: Any) -> None:
        if not isinstance(overlay, Menu | Picker | GateSheet):
            overlay.draft._text = lambda: "half typed"
            keys.append(overlay.draft.key)

    way = begun(desk, name, *WAYS[name].answers[:cut], half_typed)
    before = desk.stored()
    await desk.do(way.action)
    assert (desk.receipts, desk.stored()) == ([], before)
    assert [desk.drafts.load(key) for key in keys] == ["half typed"] * len(keys)


@pytest.mark.parametrize("name", ["own note", "answer", "rating", "person", "new term", "term"])
async def test_of_a_deal_that_was_merged_away_nothing_is_asked(desk: DealDesk, name: str) -> None:
    is_known(desk.workspace)
    desk.workspace.merge(2, [1])
    way = WAYS[name]
    desk.begin()
    desk.tab, desk.item_key = way.tab, way.item
    if way.item == "?":
        desk.item_key = desk.record.notes[0].id
    with pytest.raises(Refused):
        await desk.do(way.action)
    assert desk.asked == []
