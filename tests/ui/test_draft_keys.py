"""What is typed for one thing and left is offered again for that thing, and for nothing else."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial
from itertools import product
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import pytest

from pipeboard.domain.deal import Contact, Loss, Term
from pipeboard.domain.lazy_dataclass import replace
from pipeboard.domain.pipeline import Pipeline
from pipeboard.ui.actions import closing, daily, fields, figures, hygiene, items, review, stages
from pipeboard.ui.actions.fields import ask_question
from pipeboard.ui.key_table import DEAL, DealTab
from tests.team import QUALIFICATION, Team, add, qualify, sales
from tests.ui.script import DealDesk


@pytest.fixture
def deal(tmp_path: Path) -> Iterator[DealDesk]:
    """At a deal of ana's that has two of everything, with another beside it."""
    team = Team.make(tmp_path / "sales.db")
    ana = team.rep("ana")
    for line in ("Lumen Oy: packaging pilot 40k @ana", "Borealis: line two 10k @ana"):
        one = add(ana, line, stage=QUALIFICATION).id
        for name in ("Mika", "Noor"):
            ana.set_contact(one, Contact(name), name.lower())
            ana.set_term(one, Term(name), name.lower())
            ana.add_note([one], f"{name} called.")
    made = DealDesk(ana, [1], tmp_path / "drafts")
    made.keys = DEAL
    yield made
    team.close()


def _at(tab: DealTab, key: str, action: Any) -> Callable[[DealDesk], Any]:
    async def asked(desk: DealDesk) -> None:
        desk.at(tab, key, None)
        await desk.do(action)

    return asked


def _asks(action: Any, *answers: object, **given: Any) -> Callable[[DealDesk], Any]:
    async def asked(desk: DealDesk) -> None:
        desk.begin(*answers, None)
        await desk.do(partial(action, **given) if given else action)

    return asked


def _of_each(desk: DealDesk) -> Iterator[tuple[str, Callable[[DealDesk], Any]]]:
    """All that can be typed about the deal of a desk, each with what asks for it."""
    for note in desk.record.notes:
        yield f"note {note.text}", _at(DealTab.NOTES, note.id, items.edit_item)
    for name in ("mika", "noor", ""):
        adds = items.edit_item if name else items.add_item
        yield f"person {name}", _at(DealTab.PEOPLE, name, adds)
        yield f"term {name}", _at(DealTab.TERMS, name, adds)
    for question in sales(desk.workspace).questions[:2]:
        yield (
            question.key,
            _asks(lambda host, asked=question: ask_question(host, host.ids[0], asked)),
        )
    for role in ("user", "decision_maker"):
        yield role, _asks(lambda host, part=role: stages.name_contact(host, host.ids[0], part))
    for field in ("source", "field.product"):
        yield field, _asks(lambda host, name=field: stages._fill_in(host, host.ids[0], name))
    yield "note", _asks(daily.note)
    yield "step", _asks(daily.next_step)
    yield "outcome", _asks(daily.interaction, "c", "o")
    yield "snooze", _asks(daily.snooze, "d")
    yield "won", _asks(closing.win)
    yield "follow-up", _asks(lambda host: closing.offer_follow_up(host, host.stored()), "d")
    more = closing._TELL_MORE
    yield "lost", _asks(closing.lose, more, "competitor")
    yield "lost to", _asks(closing.lose, more, "competitor", "too dear")
    yield "again", _asks(closing.lose, more, "timing", "too dear")
    yield "value", _asks(fields.value)
    yield "close date", _asks(fields.close_date)
    yield "probability", _asks(fields.probability)
    yield "tags", _asks(fields.tags)
    yield "handover", _asks(fields.owner, fields._WITH_NOTE, "bo")
    yield "form", _asks(fields.edit)
    yield "source", _asks(hygiene.source)
    yield "decision", _asks(review._decide)
    yield "search", _at(DealTab.TIMELINE, "", items.search)


async def test_each_text_has_a_draft_of_its_own(deal: DealDesk) -> None:
    found: dict[str, str] = {}
    for one in (1, 2):
        deal.ids = (one,)
        for what, asked in _of_each(deal):
            await asked(deal)
            draft = deal.overlays[-1].draft
            assert draft is not None and draft.key, what
            assert draft.key not in found, (draft.key, what, found.get(draft.key))
            found[draft.key] = f"{what} of D-{one}"
    for one in (1, 2):
        deal.ids = (one,)
        qualify(deal.workspace, one)
        deal.workspace.lose([one], Loss("price"))
        await _asks(closing.lose, closing._ANOTHER_DAY)(deal)
        key = deal.overlays[-1].draft.key
        assert key not in found
        found[key] = f"another day of D-{one}"


class Numbers(list[str]):
    """What the numbers are of, where the titles of what is asked are noted too."""

    def __init__(self, pipeline: Pipeline, label: str, owner: str | None) -> None:
        super().__init__()
        self.pipeline, self.period, self.owner = pipeline, SimpleNamespace(label=label), owner
        self.as_of = None


async def test_an_amount_that_is_left_is_offered_for_that_period_rep_and_pipeline_alone(
    deal: DealDesk,
) -> None:
    found: set[str] = set()
    for number, label, owner in product((1, 2), ("2026Q4", "2027Q1"), ("ana", "bo", None)):
        for action in (figures.target, figures.call):
            deal.begin(None)
            deal.asked = Numbers(replace(sales(deal.workspace), id=number), label, owner)
            await deal.do(cast("Any", action))
            found.add(deal.overlays[-1].draft.key)
    assert len(found) == 2 * 2 * 3 * 2
