"""What the triage screen does with what is done and heard, without a terminal."""

from __future__ import annotations

from datetime import timedelta
from types import SimpleNamespace
from typing import Any

import pytest

from pipeboard.domain.board import Lens
from pipeboard.domain.deal import NextStep
from pipeboard.domain.errors import DatabaseError
from pipeboard.domain.lazy_dataclass import replace
from pipeboard.domain.people import Actor
from pipeboard.domain.queue import Effort
from pipeboard.store.reading.listing import Listing
from pipeboard.ui.key_table import TRIAGE
from pipeboard.ui.screens import triage as module
from pipeboard.ui.screens.live import Said
from pipeboard.ui.screens.triage import TriageScreen, _hinted_here, _put_away
from pipeboard.ui.widgets.page import PageView
from tests.ui.board_scene import DEAL, PIPELINE, TODAY, ZONE


class Walk:
    """A walk through a queue, as `Triage` is one, that writes down what is asked of it."""

    handled = skipped = 0
    summary = "3 of 5 handled."

    def __init__(self, **is_so: Any) -> None:
        self.asked: list[object] = []
        self.passed, self.lacking = "", ()
        self.leads_to = 1
        stage = PIPELINE.stage(DEAL.stage_id)
        self.record: Any = SimpleNamespace(deal=DEAL, pipeline=PIPELINE, stage=stage)
        self.listing = Listing(TODAY, ZONE)
        self.walk = SimpleNamespace(current=1, passed=[])
        self.effort = Effort()
        vars(self).update(is_so)

    def settle(self, acted: str) -> tuple[Any, ...]:
        self.asked.append(("settle", acted))
        self.walk.current = self.leads_to
        return self.lacking

    def load(self, **more: bool) -> None:
        self.asked.append(("load", more))

    def restart(self, listing: Any) -> None:
        self.asked.append(("restart", listing.today))

    def look_again(self) -> None:
        self.asked.append("look")

    def take_passed(self) -> str:
        return self.passed

    def concerns(self, receipt: Any) -> bool:
        return bool(receipt.concerns)

    def note(self, receipt: Any) -> None:
        self.asked.append(("note", receipt.command_id))

    def keep(self) -> None:
        self.asked.append("keep")


def screen_of(walk: Walk, **is_so: Any) -> Any:
    said: list[tuple[object, ...]] = []
    screen = SimpleNamespace(
        triage=walk,
        said=said,
        say=lambda *told, **beside: said.append((*told, *beside.values())),
        drawn=0,
        page=SimpleNamespace(view=PageView(top=7)),
        today=TODAY,
        needs_reading=False,
        _said=Said("Moved.", beside="@bo 09:10"),
        _acted="",
        _is_held=False,
        _done_here=set(),
        state=SimpleNamespace(
            reader=SimpleNamespace(data_version=lambda: 12), lens=Lens(1, TODAY, ZONE, "ana")
        ),
        program=SimpleNamespace(me="ana", settings=None, seat=SimpleNamespace(actor=Actor("ana"))),
    )
    screen.page.show = lambda view: setattr(screen.page, "view", view)
    screen.app = SimpleNamespace(screen=screen)
    screen.redraw = lambda: setattr(screen, "drawn", screen.drawn + 1)
    vars(screen).update(is_so)
    return screen


@pytest.mark.parametrize(
    ("acted", "is_held", "is_settled"),
    [("", False, False), ("Moved.", False, True), ("", True, True), ("Moved.", True, True)],
)
async def test_once_an_action_has_ended_the_walk_goes_on_where_something_was_done_or_held(
    acted: str, is_held: bool, is_settled: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    done: list[object] = []

    async def patiently(screen: Any, act: Any) -> None:
        done.append(act)

    monkeypatch.setattr(module, "patiently", patiently)
    screen = screen_of(Walk(), _acted=acted, _is_held=is_held, _settle="settles")
    await TriageScreen.go_on(screen)
    assert done == (["settles"] if is_settled else [])


@pytest.mark.parametrize(
    ("acted", "is_held", "is_so", "asked", "said", "top"),
    [
        ("Moved.", False, {}, [("settle", "Moved.")], [], 7),
        ("Moved.", False, {"leads_to": 2}, [("settle", "Moved.")], [], 0),
        ("Moved.", True, {}, [("settle", "Moved."), ("load", {})], [], 7),
        ("", True, {}, [("load", {})], [], 7),
        ("Moved.", False, {"record": None}, [("settle", "Moved."), ("load", {})], [], 7),
        (
            "Moved.", False, {"lacking": (SimpleNamespace(text="no next step"),)},
            [("settle", "Moved.")],
            [("Still here: no next step. Moved.", "status.warn", "@bo 09:10")], 7,
        ),
        (
            "Moved.", False, {"passed": "D-3 was done by @bo"}, [("settle", "Moved.")],
            [("Moved. D-3 was done by @bo.", "@bo 09:10")], 7,
        ),
    ],
)  # fmt: skip
def test_a_deal_that_is_handled_is_left_and_what_one_still_lacks_is_said(
    acted: str,
    is_held: bool,
    is_so: dict[str, Any],
    asked: list[object],
    said: list[object],
    top: int,
) -> None:
    walk = Walk(**is_so)
    screen = screen_of(walk, _acted=acted, _is_held=is_held)
    TriageScreen._settle(screen)
    assert (walk.asked, screen.said, screen.page.view.top) == (asked, said, top)
    assert (screen._acted, screen._is_held, screen.drawn) == ("", False, 1)


@pytest.mark.parametrize(
    ("concerns", "verb", "acted"),
    [(True, "move", "Done."), (True, "undo", ""), (False, "move", "before")],
)
def test_what_was_done_on_the_deal_leads_on_but_for_what_takes_it_back(
    concerns: bool, verb: str, acted: str
) -> None:
    walk = Walk()
    screen = screen_of(walk, _acted="before")
    receipt: Any = SimpleNamespace(concerns=concerns, verb=verb, summary="Done.", command_id="c1")
    TriageScreen.show_change(screen, receipt)
    assert (screen._acted, screen._done_here) == (acted, {"c1"})
    assert (walk.asked, screen.drawn) == ([("note", "c1")], 1)


@pytest.mark.parametrize(
    ("is_asking", "days", "asked"),
    [
        (False, 0, ("load", {"holds": False})),
        (True, 0, ("load", {"holds": True})),
        (False, 1, ("restart", TODAY + timedelta(days=1))),
        (True, 1, ("load", {"holds": True})),  # the deal that something is asked about stays
    ],
)
def test_another_day_begins_the_queue_anew_unless_something_is_asked(
    is_asking: bool, days: int, asked: object
) -> None:
    walk, today = Walk(), TODAY + timedelta(days=days)
    screen = screen_of(walk, today=today)
    screen.state.lens = Lens(1, today, ZONE, "ana")
    if is_asking:
        screen.app.screen = "a menu"
    TriageScreen.reload(screen)
    assert (walk.asked, screen._is_held) == ([asked], is_asking)
    assert (screen.version, screen.drawn) == (12, 1)


@pytest.mark.parametrize(
    ("done", "needs_reading", "passed", "asked", "said"),
    [
        (["c1"], False, "", ["look"], []),
        (["c1"], True, "", ["reload"], []),
        (["c1", "c2"], False, "", ["reload"], [("Moved.", "", "c1, c2")]),
        ([], False, "", ["reload"], []),
        (["c2"], False, "D-3 was won", ["reload"], [("D-3 was won.", "status", "c2")]),
        (["c2"], False, "", ["reload"], [("Moved.", "", "c2")]),
    ],
)
def test_of_what_is_stored_only_what_others_did_reads_the_queue_anew_and_is_said(
    done: list[str],
    needs_reading: bool,
    passed: str,
    asked: list[object],
    said: list[object],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def told(done: list[Any], _: object, me: Actor) -> str:
        assert me == Actor("ana")
        ids = [did.id for did in done]
        return ", ".join(ids) if ids != ["c1"] else ""

    monkeypatch.setattr(module, "told", told)
    walk = Walk(passed=passed)
    screen = screen_of(
        walk,
        needs_reading=needs_reading,
        reload=lambda: walk.asked.append("reload"),
        _done_here={"c1"},
        _said=Said("Moved.", ""),  # type: ignore[arg-type]
        _news=SimpleNamespace(since=lambda _: [SimpleNamespace(id=each) for each in done]),
    )
    TriageScreen.show_news(screen)
    assert (walk.asked, screen.said) == (asked, said)


@pytest.mark.parametrize(
    ("said", "narrowed", "does"),
    [("Moved.", "won", "unsaid"), ("", "won", "triage.show_all"), ("", "", "quit")],
)
def test_esc_takes_back_what_is_said_then_the_filter_then_leaves(
    said: str, narrowed: str, does: str
) -> None:
    done: list[str] = []
    screen: Any = SimpleNamespace(
        _said=Said(said),
        filter_text=narrowed,
        say=lambda text: done.append(text or "unsaid"),
        perform=done.append,
        quit=lambda: done.append("quit"),
    )
    TriageScreen.step_back(screen)
    assert done == [does]


@pytest.mark.parametrize(
    ("handled", "skipped", "did", "fails", "told"),
    [
        (0, 0, (), False, ""),
        (1, 0, (), False, "3 of 5 handled."),
        (0, 1, (), False, "3 of 5 handled."),
        (0, 0, ("b",), False, "3 of 5 handled."),
        (1, 0, ("b",), True, ""),
    ],
)
def test_how_far_one_has_come_is_kept_and_told_where_it_was_opened(
    handled: int, skipped: int, did: tuple[str, ...], fails: bool, told: str
) -> None:
    class Held(Walk):
        @property
        def summary(self) -> str:  # type: ignore[override]
            raise DatabaseError("Busy.")

    back: list[str] = []
    walk = (Held if fails else Walk)(handled=handled, skipped=skipped)
    queue = SimpleNamespace(heard=print)
    screen: Any = SimpleNamespace(
        triage=walk, keep=lambda: back.append("kept"), _come_back=back.append,
        program=SimpleNamespace(key_queue=queue, done_here={"a", *did}), _before={"a"},
    )  # fmt: skip
    _put_away(screen)
    assert (back, queue.heard) == (["kept", told], None)
    assert walk.effort.did == set(did)


@pytest.mark.parametrize(
    ("has_deal", "skipped", "passed", "useless"),
    [
        (True, 0, [], {"triage.previous"}),
        (True, 1, [3], set()),
        (False, 0, [3], {"triage.skip"}),
        (False, 1, [], {"triage.previous"}),
    ],
)
def test_only_what_there_is_to_skip_or_to_go_back_to_is_hinted(
    has_deal: bool, skipped: int, passed: list[int], useless: set[str]
) -> None:
    walk = Walk(skipped=skipped)
    walk.walk.passed = passed
    if not has_deal:
        walk.record = None
    screen: Any = SimpleNamespace(triage=walk)
    assert {key for key in _hinted_here(screen) if key.startswith("triage.")} == useless


def test_keys_of_a_queue_without_a_deal_are_about_none() -> None:
    board = SimpleNamespace(board=SimpleNamespace(pipeline="the board's"))
    screen: Any = SimpleNamespace(triage=Walk(), state=board)
    assert TriageScreen.targets(screen) == ((DEAL.id,), {DEAL.id: DEAL.version})
    assert TriageScreen.pipeline(screen) is PIPELINE
    assert TriageScreen.stage_shown(screen) is PIPELINE.stage(DEAL.stage_id)
    assert TriageScreen.at_hand(screen, DEAL.id) is DEAL
    assert TriageScreen.at_hand(screen, DEAL.id + 1) is None
    screen.triage.record = None
    assert TriageScreen.targets(screen) == ((), {})
    assert TriageScreen.pipeline(screen) == "the board's"  # type: ignore[comparison-overlap]
    assert TriageScreen.at_hand(screen, DEAL.id) is None


def offered(step: NextStep | None, *, only_looks: bool = False, **walk: Any) -> list[str]:
    """The actions that stand under a deal with that next step, or under the end of the queue."""
    deal = replace(DEAL, next_step=step)
    record = SimpleNamespace(deal=deal, pipeline=PIPELINE, stage=PIPELINE.stage(deal.stage_id))
    view = SimpleNamespace(read_only=only_looks)
    screen = screen_of(
        Walk(**{"record": record, **walk}),
        keys=TRIAGE,
        state=SimpleNamespace(view=view),
        filter_text="",
    )
    shown = {key.first_key: key for key in TRIAGE}
    rows = TriageScreen._choices(screen)
    return [shown[key].action for row in rows for key, _ in row]


@pytest.mark.parametrize(
    ("step", "keeps", "is_done"),
    [
        (NextStep("call", TODAY + timedelta(days=1)), True, True),
        (NextStep("call", TODAY), False, True),
        (NextStep("call", TODAY - timedelta(days=1)), False, True),
        (NextStep("call"), False, True),
        (None, False, False),
    ],
)
def test_a_plan_is_kept_where_it_lies_ahead_and_done_where_there_is_one(
    step: NextStep | None, keeps: bool, is_done: bool
) -> None:
    found = offered(step)
    assert ("keep" in found, "done" in found) == (keeps, is_done)
    assert {"next_step", "plan_1", "note", "snooze", "lose", "win", "owner"} <= {*found}


def test_who_only_looks_is_offered_nothing_that_changes_a_deal() -> None:
    step = NextStep("call", TODAY + timedelta(days=1))
    changes = {key.action for key in TRIAGE if key.changes}
    assert not changes & {*offered(step, only_looks=True)}
    assert offered(step, only_looks=True) == ["copy", "open"]


@pytest.mark.parametrize(
    ("skipped", "passed", "owner", "found"),
    [
        (2, [1], "ana", ["skip", "previous", "mine", "quit"]),
        (0, [], None, ["quit"]),
    ],
)
def test_at_the_end_it_is_offered_what_can_be_gone_on_with(
    skipped: int, passed: list[int], owner: str | None, found: list[str]
) -> None:
    walk = SimpleNamespace(current=None, passed=passed)
    listing = Listing(TODAY, ZONE, owner=owner)
    assert offered(None, record=None, skipped=skipped, walk=walk, listing=listing) == found
