"""Truth inside the transaction: what changes until the lock is held, the decision follows."""

from __future__ import annotations

import ast
import inspect
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Any

import pytest

from pipeboard.domain.criteria import parse_criterion
from pipeboard.domain.deal import Contact, Loss, Term
from pipeboard.domain.deciding.rules import RULES
from pipeboard.domain.errors import GateNotMet, NotFound, PipeboardError, Refused
from pipeboard.domain.money import Money
from pipeboard.domain.pipeline import Pipeline
from pipeboard.domain.settings import Rep, Settings
from pipeboard.workspace.recording import Receipt
from tests import verbs
from tests.ledger import disagreements
from tests.team import LEAD, NEEDS, PROPOSAL, QUALIFICATION, TODAY, Team, add, now_of, sales
from tests.verbs import Workspace


@contextmanager
def meanwhile(workspace: Workspace, change: Callable[[], object]) -> Iterator[None]:
    """Somebody else commits at the last moment before this workspace gets the lock."""
    write = workspace.store.write
    left = [change]

    def late(work: Callable[[Any], Any], **waiting: Any) -> Any:
        while left:
            left.pop()()
        return write(work, **waiting)

    workspace.store.write = late  # type: ignore[method-assign]
    try:
        yield
    finally:
        workspace.store.write = write  # type: ignore[method-assign]
    assert not left, "nothing was written"


def changed(pipeline: Pipeline, stage_id: int, **values: Any) -> Pipeline:
    stages = (replace(s, **values) if s.id == stage_id else s for s in pipeline.stages)
    return replace(pipeline, stages=tuple(stages))


def retire(bo: Workspace, stage_id: int) -> None:
    pipeline = sales(bo)
    kept = tuple(stage for stage in pipeline.stages if stage.id != stage_id)
    bo.save_pipeline(replace(pipeline, stages=kept))


def tighten(bo: Workspace, stage_id: int, *criteria: str) -> None:
    wanted = tuple(map(parse_criterion, criteria))
    bo.save_pipeline(changed(sales(bo), stage_id, criteria=wanted))


def with_settings(bo: Workspace, **values: Any) -> None:
    bo.save_settings(replace(bo.settings, **values))


@dataclass
class Scene:
    """Ana at work on two deals, and bo, who is quicker."""

    ana: Workspace
    bo: Workspace
    deal: int
    other: int


@pytest.fixture
def scene(ana: Workspace, bo: Workspace) -> Scene:
    return Scene(ana, bo, add(ana).id, add(ana, "Acme: press 1k @bo").id)


Do = Callable[[Scene], Receipt]

# Each use case of Workspace that changes something, in a form that succeeds on two open leads.
DOES: dict[str, Do] = {
    "add": lambda s: s.ana.add("Borealis: kiln 2k", pipeline=sales(s.ana)),
    "add_all": lambda s: s.ana.add_all({1: "Borealis: kiln", 2: "Q: x 1k"}, pipeline=sales(s.ana)),
    "add_note": lambda s: s.ana.add_note([s.deal], "Met"),
    "answer": lambda s: s.ana.answer([s.deal], "need", "So"),
    "archive": lambda s: s.ana.archive([s.deal]),
    "ask_rep": lambda s: s.ana.ask_rep([s.deal], "bo", "send the offer"),
    "assign": lambda s: s.ana.assign([s.deal], "bo"),
    "check": lambda s: s.ana.check(s.deal, LEAD, "First contact"),
    "edit": lambda s: s.ana.edit([s.deal], {"source": "web"}),
    "log_touch": lambda s: s.ana.log_touch([s.deal], "call"),
    "lose": lambda s: s.ana.lose([s.deal], Loss("price")),
    "merge": lambda s: s.ana.merge(s.deal, [s.other]),
    "move": lambda s: s.ana.move([s.deal], QUALIFICATION),
    "plan": lambda s: s.ana.plan([s.deal], "tomorrow call"),
    "reorder": lambda s: s.ana.reorder(s.other, -1, s.ana.lens(sales(s.ana))),
    "reschedule": lambda s: s.ana.reschedule([s.deal], TODAY + timedelta(days=1), "call"),
    "set_contact": lambda s: s.ana.set_contact(s.deal, Contact("Bob")),
    "set_fields": lambda s: s.ana.set_fields([s.deal], ["source=web"]),
    "set_next_step": lambda s: s.ana.set_next_step([s.deal], "call", None),
    "set_term": lambda s: s.ana.set_term(s.deal, Term("Payment")),
    "snooze": lambda s: s.ana.snooze([s.deal], date(2026, 12, 1)),
    "step": lambda s: s.ana.step([s.deal], 1),
    "tag": lambda s: s.ana.tag([s.deal], ["big"]),
    "win": lambda s: s.ana.win([s.deal], override="signed"),
}
# Those that need something to have happened: first that, then the use case.
AFTER: dict[str, tuple[Do, Do]] = {
    "complete_next_step": (
        lambda s: s.ana.plan([s.deal], "call"),
        lambda s: s.ana.complete_next_step([s.deal]),
    ),
    "edit_note": (
        lambda s: s.ana.add_note([s.deal], "Old"),
        lambda s: s.ana.edit_note(s.deal, s.ana.reader.history.notes(s.deal)[0].id, "New"),
    ),
    "follow_up": (
        lambda s: s.ana.win([s.deal], override="signed"),
        lambda s: s.ana.follow_up(s.deal),
    ),
    "recycle": (
        lambda s: s.ana.lose([s.deal], Loss("timing", recycle_on=TODAY + timedelta(days=1))),
        lambda s: _a_day_later(s).recycle(),
    ),
    "redo": (lambda s: (s.ana.tag([s.deal], ["x"]), s.ana.undo())[1], lambda s: s.ana.redo()),
    "reopen": (
        lambda s: s.ana.lose([s.deal], Loss("price")),
        lambda s: s.ana.reopen([s.deal]),
    ),
    "take_answer_back": (
        lambda s: s.ana.answer([s.deal], "need", "So"),
        lambda s: s.ana.take_answer_back(s.deal, "need"),
    ),
    "unarchive": (lambda s: s.ana.archive([s.deal]), lambda s: s.ana.unarchive([s.deal])),
    "undo": (lambda s: s.ana.tag([s.deal], ["x"]), lambda s: s.ana.undo()),
}
ALL = (*DOES, *AFTER)
AGREEING = frozenset(
    (
        "change_rep",
        "rename_filter",
        "save_filter",
        "save_rep",
        "save_settings",
        "set_call",
        "set_rate",
        "set_target",
    )
)
"""Use cases that change no deal."""


def _a_day_later(scene: Scene) -> Workspace:
    scene.ana._clock.wait(days=2)  # type: ignore[attr-defined]
    return scene.ana


def begin(scene: Scene, name: str) -> Do:
    """Gets a use case ready; what is left to do."""
    if name in DOES:
        return DOES[name]
    before, act = AFTER[name]
    before(scene)
    return act


def test_every_command_on_deals_has_a_word_by_which_it_is_tried_here() -> None:
    words = ast.walk(ast.parse(inspect.getsource(verbs)))
    made = {node.attr for node in words if isinstance(node, ast.Attribute)}
    missing = {one.__name__ for one, rule in RULES.items() if rule.verb} - made
    assert missing == {"Rank"}, "tests/verbs.py wants a word for a new one; reorder says Rank"


def test_every_use_case_that_changes_deals_is_tried_here() -> None:
    giving = {
        name
        for name, method in inspect.getmembers(Workspace, inspect.isfunction)
        if inspect.signature(method).return_annotation == "Receipt" and not name.startswith("_")
    }
    assert giving == {*ALL, "create", "execute", *AGREEING}


ON_OPEN_DEALS = [
    n for n in ALL if n not in ("add", "add_all", "recycle", "redo", "undo", "follow_up")
]


@pytest.mark.parametrize("name", ON_OPEN_DEALS)
def test_a_deal_that_was_taken_away_meanwhile_is_not_worked_on(name: str, scene: Scene) -> None:
    act = begin(scene, name)
    away = scene.other if name == "reorder" else scene.deal
    before = len(scene.ana.reader.history.entries())

    def merged() -> None:
        third = scene.bo.add("Twin: same 1k", pipeline=sales(scene.bo)).deals[0]
        scene.bo.merge(third.id, [away], closed=True)

    with meanwhile(scene.ana, merged), pytest.raises((Refused, NotFound)):
        act(scene)
    by_ana = [entry for entry in scene.ana.reader.history.entries() if entry.actor == "ana"]
    assert len(by_ana) <= before


@pytest.mark.parametrize("name", [name for name in ALL if name not in ("undo", "redo")])
def test_all_is_done_on_top_of_what_was_written_meanwhile(
    name: str, scene: Scene, team: Team
) -> None:
    act = begin(scene, name)

    def write() -> None:
        scene.bo.edit([scene.deal, scene.other], {"account": "Changed", "fields.size": "9"})

    with meanwhile(scene.ana, write):
        receipt = act(scene)
    assert receipt.command_id
    for deal_id in (scene.deal, scene.other):
        deal = now_of(scene.ana, deal_id)
        assert (deal.account, deal.fields["size"]) == ("Changed", "9")
    assert disagreements(team.place) == []


@pytest.mark.parametrize("name", ["undo", "redo"])
def test_nobody_takes_back_over_what_was_written_meanwhile(name: str, scene: Scene) -> None:
    act = begin(scene, name)

    def write() -> None:
        scene.bo.edit([scene.deal], {"account": "Changed"})

    with meanwhile(scene.ana, write), pytest.raises(Refused, match="bo changed D-1"):
        act(scene)


@pytest.mark.parametrize("name", ALL)
def test_the_zone_and_the_clock_are_those_of_the_moment(name: str, scene: Scene) -> None:
    act = begin(scene, name)
    clock = scene.ana._clock

    def later() -> None:
        with_settings(scene.bo, zone_name="Pacific/Kiritimati")
        clock.wait(hours=3)  # type: ignore[attr-defined]

    with meanwhile(scene.ana, later):
        receipt = act(scene)
    (command,) = [
        did for did in scene.ana.reader.history.commands() if did.id == receipt.command_id
    ]
    assert command.at == clock()


MOVING: dict[str, Do] = {
    "move": DOES["move"],
    "step": DOES["step"],
    "win": lambda s: s.ana.win([s.deal]),
}


@pytest.mark.parametrize("name", MOVING)
def test_no_gate_is_passed_under_the_criteria_of_before(name: str, scene: Scene) -> None:
    with (
        meanwhile(scene.ana, lambda: tighten(scene.bo, LEAD, "next step")),
        pytest.raises(GateNotMet, match="next step"),
    ):
        MOVING[name](scene)
    assert now_of(scene.ana, scene.deal).stage_id == LEAD


def test_redo_passes_the_gate_of_now(scene: Scene) -> None:
    scene.ana.step([scene.deal], 1)
    scene.ana.undo()
    with (
        meanwhile(scene.ana, lambda: tighten(scene.bo, LEAD, "next step")),
        pytest.raises(GateNotMet, match="next step"),
    ):
        scene.ana.redo()


INTO: dict[str, Callable[[Scene, Pipeline], Receipt]] = {
    "move": lambda s, seen: s.ana.move([s.deal], QUALIFICATION),
    "add": lambda s, seen: s.ana.add("Q: x 1k", pipeline=seen, stage_id=QUALIFICATION),
    "reopen": lambda s, seen: s.ana.reopen([s.deal], QUALIFICATION, override="called back"),
}


@pytest.mark.parametrize("name", INTO)
def test_nothing_goes_into_a_stage_that_was_retired_meanwhile(name: str, scene: Scene) -> None:
    seen = sales(scene.ana)
    if name == "reopen":
        scene.ana.lose([scene.deal], Loss("price"))
    with (
        meanwhile(scene.ana, lambda: retire(scene.bo, QUALIFICATION)),
        pytest.raises(Refused, match="Lead Qualification is retired"),
    ):
        INTO[name](scene, seen)
    assert all(d.stage_id != QUALIFICATION for d in scene.ana.reader.deals(range(1, 9)).values())


def test_a_step_goes_over_a_stage_that_was_retired_meanwhile(scene: Scene) -> None:
    with meanwhile(scene.ana, lambda: retire(scene.bo, QUALIFICATION)):
        receipt = scene.ana.step([scene.deal], 1)
    assert receipt.deals[0].stage_id == NEEDS
    assert receipt.summary == "Moved Lumen Oy to Needs Assessment (from Lead Generation)."


@pytest.mark.parametrize("name", ["move", "step", "add"])
def test_a_receipt_names_a_stage_as_it_is_called_now(name: str, scene: Scene) -> None:
    stage_id = LEAD if name == "add" else QUALIFICATION
    rename = changed(sales(scene.bo), stage_id, name="Renamed")
    with meanwhile(scene.ana, lambda: scene.bo.save_pipeline(rename)):
        receipt = DOES[name](scene)
    assert "to Renamed" in receipt.summary


def test_a_sequel_begins_in_the_first_stage_of_now(scene: Scene) -> None:
    scene.ana.win([scene.deal], override="signed")
    with meanwhile(scene.ana, lambda: retire(scene.bo, LEAD)):
        lead = scene.ana.follow_up(scene.deal).deals[0]
    assert lead.stage_id == QUALIFICATION


def test_a_quick_line_is_read_in_the_currency_of_now(scene: Scene) -> None:
    seen = sales(scene.ana)
    dollars = replace(sales(scene.bo), currency="USD")
    with meanwhile(scene.ana, lambda: scene.bo.save_pipeline(dollars)):
        deal = scene.ana.add("Q: x 1k", pipeline=seen).deals[0]
    assert deal.value == Money(100_000, "USD")


def test_fields_are_read_in_the_currency_of_the_deal_as_it_is_now(scene: Scene) -> None:
    with meanwhile(scene.ana, lambda: scene.bo.set_fields([scene.deal], ["value=7 USD"])):
        deal = scene.ana.set_fields([scene.deal], ["value=1k"]).deals[0]
    assert deal.value == Money(100_000, "USD")


def test_a_loss_is_one_of_the_categories_of_now(scene: Scene) -> None:
    with (
        meanwhile(scene.ana, lambda: with_settings(scene.bo, loss_categories=("weather",))),
        pytest.raises(PipeboardError, match="'price' is no loss category"),
    ):
        scene.ana.lose([scene.deal], Loss("price"))


@pytest.mark.parametrize("name", ["assign", "set_fields", "add"])
def test_an_owner_is_called_as_they_are_known_now(name: str, scene: Scene) -> None:
    does: dict[str, Do] = {
        "assign": lambda s: s.ana.assign([s.deal], "Dee Dott"),
        "set_fields": lambda s: s.ana.set_fields([s.deal], ["owner=Dee Dott"]),
        "add": lambda s: s.ana.add("Q: x 1k @dee", pipeline=sales(s.ana)),
    }
    with meanwhile(scene.ana, lambda: scene.bo.save_rep(Rep("dee", "Dee Dott"))):
        receipt = does[name](scene)
    assert receipt.deals[0].owner == "dee"


def test_an_item_that_was_taken_off_the_checklist_is_not_ticked(scene: Scene) -> None:
    empty = changed(sales(scene.bo), LEAD, checklist=("Something else",))
    with (
        meanwhile(scene.ana, lambda: scene.bo.save_pipeline(empty)),
        pytest.raises(PipeboardError, match="has no checklist item 'First contact'"),
    ):
        DOES["check"](scene)


def test_an_answer_goes_to_the_question_that_the_number_means_now(scene: Scene) -> None:
    turned = replace(sales(scene.bo), questions=tuple(reversed(sales(scene.bo).questions)))
    with meanwhile(scene.ana, lambda: scene.bo.save_pipeline(turned)):
        receipt = scene.ana.answer([scene.deal], "1", "So")
    assert set(receipt.deals[0].answers) == {turned.questions[0].key}


def test_a_touch_warns_by_the_gap_of_now(scene: Scene) -> None:
    scene.ana.log_touch([scene.deal], "call")
    with meanwhile(scene.ana, lambda: with_settings(scene.bo, min_gap_hours=0)):
        receipt = scene.ana.log_touch([scene.deal], "call")
    assert not any("last contacted" in note for note in receipt.notes)


def test_a_merge_takes_what_the_other_deal_holds_now(scene: Scene) -> None:
    def write() -> None:
        scene.bo.edit([scene.other], {"contact_reason": "the fair"})
        scene.bo.add_note([scene.other], "Written just now")

    with meanwhile(scene.ana, write):
        scene.ana.merge(scene.deal, [scene.other])
    assert now_of(scene.ana, scene.deal).contact_reason == "the fair"
    assert [note.text for note in scene.ana.reader.history.notes(scene.deal)] == [
        "Written just now"
    ]


def test_a_deal_is_ordered_among_the_cards_of_now(scene: Scene) -> None:
    def write() -> None:
        add(scene.bo, "Below: x 1k")

    with meanwhile(scene.ana, write):
        scene.ana.reorder(scene.other, 1, scene.ana.lens(sales(scene.ana)))
    lens = scene.ana.lens(sales(scene.ana))
    assert [card.id for card in scene.ana.reader.window(lens, LEAD, 0, 9)] == [1, 3, 2]


def test_a_filter_is_checked_by_the_people_of_now(scene: Scene) -> None:
    with meanwhile(scene.ana, lambda: scene.bo.save_rep(Rep("dee"))):
        scene.ana.save_filter("hers", "owner:dee")
    assert scene.ana.saved_filters() == (("hers", "owner:dee"),)


def test_a_target_is_a_reps_who_is_known_now(scene: Scene) -> None:
    with meanwhile(scene.ana, lambda: scene.bo.save_rep(Rep("dee"))):
        scene.ana.set_target(sales(scene.ana), "2026Q4", "1k", owner="dee")
    assert [target.owner for target in scene.ana.targets(sales(scene.ana))] == ["dee"]


def test_a_rate_is_one_into_the_currency_of_now(scene: Scene) -> None:
    with (
        meanwhile(scene.ana, lambda: with_settings(scene.bo, currency="USD")),
        pytest.raises(PipeboardError, match="USD is the workspace's own currency"),
    ):
        scene.ana.set_rate("USD", "0.92")


def test_a_pipeline_is_stored_on_top_of_the_edit_of_a_moment_ago(scene: Scene) -> None:
    mine = changed(sales(scene.ana), NEEDS, name="Discovery")
    theirs = changed(sales(scene.bo), PROPOSAL, name="Offer")
    with meanwhile(scene.ana, lambda: scene.bo.save_pipeline(theirs)):
        saved = scene.ana.save_pipeline(mine)
    assert (saved.stage(NEEDS).name, saved.stage(PROPOSAL).name) == ("Discovery", "Offer")


@pytest.mark.parametrize("name", ALL)
def test_what_is_only_tried_takes_no_lock_and_changes_nothing(
    name: str, scene: Scene, monkeypatch: pytest.MonkeyPatch
) -> None:
    act = begin(scene, name)
    before = scene.ana.reader.history.entries(), scene.ana.reader.history.commands()

    def locked(work: object) -> None:
        raise AssertionError("a lock was taken")

    monkeypatch.setattr(scene.ana.store, "write", locked)
    with trying(scene.ana):
        assert act(scene).command_id == ""
    assert (scene.ana.reader.history.entries(), scene.ana.reader.history.commands()) == before


@contextmanager
def trying(workspace: Workspace) -> Iterator[None]:
    """Every use case that is called is only tried."""
    with pytest.MonkeyPatch.context() as patch:
        for name in ALL:
            method = getattr(workspace, name)
            patch.setattr(
                workspace, name, lambda *a, _m=method, **k: _m(*a, **{**k, "dry_run": True})
            )
        yield


def test_recorded_instants_never_run_backwards(scene: Scene, team: Team) -> None:
    scene.ana.step([scene.deal], 1)
    team.clock.wait(days=-10)
    scene.ana.tag([scene.deal], ["late"])
    deal = now_of(scene.ana, scene.deal)
    assert deal.stage_entered_at >= deal.created_at
    recorded = [entry.recorded_at for entry in scene.ana.reader.history.entries()]
    assert recorded == sorted(recorded, reverse=True)
    day = scene.ana.today + timedelta(days=1)
    assert scene.ana.snooze([scene.deal], day).deals[0].snoozed_until == day


def test_a_workspace_begins_whole_or_not_at_all(team: Team, tmp_path: Any) -> None:
    from pipeboard.domain.people import Actor
    from pipeboard.store import Store
    from pipeboard.workspace.configuration import make_workspace
    from tests.team import NOW

    path, wanted = tmp_path / "new.db", sales(team.rep("ana"))
    settings, actor = Settings(), Actor("ana")
    with pytest.raises(PipeboardError, match="at least one open stage"):
        make_workspace(str(path), settings, replace(wanted, stages=()), at=NOW, actor=actor)
    assert not path.exists()
    store = make_workspace(str(path), settings, wanted, at=NOW, actor=actor)
    assert [pipeline.name for pipeline in store.reader.pipelines()] == ["Sales"]
    assert store.reader.history.commands() == ()
    store.close()
    with closing(Store.open(str(path))) as store:
        assert store.reader.pipelines()[0].version == 1
