"""The triage screen: the day's queue, one deal at a time."""

from __future__ import annotations

import random
import re
import shutil
from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from pipeboard.cli.main import main
from pipeboard.domain.deal import Contact, Deal, Status
from pipeboard.domain.queue import TIER_NAMES, Tier
from pipeboard.store import Store
from pipeboard.ui.draw.triage import WIDE
from pipeboard.ui.key_table import BOARD, TRIAGE, read_keymap
from pipeboard.ui.keys import UNBOUND
from pipeboard.ui.last_view import Choices
from pipeboard.ui.screens.deal import DealScreen
from pipeboard.ui.screens.triage import TriageScreen
from pipeboard.workspace import Actor
from pipeboard.workspace.triage import Triage, day_of
from tests.team import NOW, TODAY
from tests.ui.desk import Desk, desk
from tests.ui.lock import KINDS, Lock, held
from tests.ui.test_strict_order import BURSTS, burst_of, delayed, event_of, log_of, undelayed
from tests.ui.test_waiting_terminal import board_of
from tests.verbs import Workspace

MAVEN = Path(__file__).parents[3] / "shared" / "data" / "maven-crm" / "sales_pipeline.csv"
SIZES = [(WIDE, 30), (WIDE - 1, 30), (44, 20), (80, 24), (120, 40), (200, 60)]


def screen_of(board: Desk) -> TriageScreen:
    """The triage screen, under whatever lies over it."""
    (screen,) = (s for s in board.app.screen_stack if isinstance(s, TriageScreen))
    return screen


def triage_of(board: Desk) -> Triage:
    return screen_of(board).triage


def looked_at(board: Desk) -> Deal:
    """The deal that is looked at, as the database has it now."""
    record = triage_of(board).record
    assert record is not None, "no deal is looked at"
    return board.stored(record.deal.id)


def queue_of(board: Desk) -> tuple[int, ...]:
    """Ana's queue as any other program reads it."""
    return tuple(day_of(board.workspace, None, "ana").tier_by_id())


@contextmanager
def colleague(path: Path, name: str = "mara") -> Iterator[Workspace]:
    """A workspace in a connection of its own."""
    store = Store.open(str(path))
    try:
        yield Workspace(store, lambda: NOW, Actor(name))
    finally:
        store.close()


async def look(board: Desk) -> None:
    """The next look at what others have done, without waiting for it."""
    screen_of(board)._look()
    await board.settle()


async def test_the_queue_is_walked_in_the_order_that_everybody_sees(demo: Path) -> None:
    async with desk(demo) as board:
        wanted = queue_of(board)
        await board.press("T")
        walked = []
        for _ in wanted:
            walked.append(looked_at(board).id)
            await board.press("j")
        assert tuple(walked) == wanted


@pytest.mark.parametrize("way", [("g", "t"), (":", *"triage", "enter"), ("M", "T")])
async def test_there_are_several_ways_to_it(demo: Path, way: tuple[str, ...]) -> None:
    async with desk(demo) as board:
        await board.press(*way)
        assert "Triage  @ana" in board.lines()[0]


async def test_a_deal_says_why_it_is_here_what_was_last_what_to_ask_and_whom_to_call(
    demo: Path,
) -> None:
    async with desk(demo) as board:
        await board.press("T")
        queued = triage_of(board).queued
        assert queued is not None
        for reason in queued.place.reasons:
            assert board.shows(reason.text)
        for label in ("WHY", "NEXT", "LAST", "ASK", "CALL"):
            assert board.shows(f" {label} ")


async def test_who_decides_is_called_first(demo: Path) -> None:
    async with desk(demo) as board:
        await board.press("T")
        deal_id = looked_at(board).id
        with colleague(demo) as mara:
            mara.set_contact(deal_id, Contact("Zoe Boss", "decision_maker", "zoe@boss.example"))
        await look(board)
        (line,) = (line for line in board.lines() if " CALL " in line)
        assert "Zoe Boss" in line


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("glyphs", ["unicode", "ascii"])
async def test_it_is_whole_at_every_size(demo: Path, size: tuple[int, int], glyphs: str) -> None:
    async with desk(demo, size=size, choices=Choices(glyphs=glyphs)) as board:
        await board.press("T")
        lines = board.lines()
        assert len(lines) == size[1]
        assert board.shows(looked_at(board).account)
        assert all(board.shows(label) for label in ("WHY", "NEXT", "CALL"))
        assert "Stop" in board.hints and "Help" in board.hints
        assert (glyphs == "unicode") or "\n".join(lines).isascii()
        third = board.stored(queue_of(board)[2]).account
        assert board.shows(third) or size[0] < WIDE
        beside = [line for line in lines if line.rstrip().endswith("overdue  2")]
        assert bool(beside) == (size[0] >= WIDE)


async def test_one_key_plans_saves_and_goes_on(demo: Path) -> None:
    async with desk(demo) as board:
        await board.press("T")
        first, then = queue_of(board)[:2]
        before = board.stored(first).next_step
        await board.press("2")
        planned = board.stored(first).next_step
        assert planned is not None and before is not None
        assert (planned.text, planned.due) == (before.text, TODAY + timedelta(days=1))
        assert looked_at(board).id == then
        assert board.status.startswith("Set: ") and board.status.endswith("u undo")
        assert board.lines()[0].split("done")[0].split()[-3:] == ["1", "of", "7"]


async def test_a_typed_step_is_asked_about_the_deal_and_goes_on_once_it_is_stored(
    demo: Path,
) -> None:
    async with desk(demo) as board:
        await board.press("T")
        deal = looked_at(board)
        await board.burst("t", *"thu call Bob", "enter")
        step = board.stored(deal.id).next_step
        assert step is not None and step.text == "call Bob"
        assert looked_at(board).id != deal.id


async def test_a_deal_stays_until_it_is_planned_and_it_is_said_what_is_missing(demo: Path) -> None:
    async with desk(demo) as board:
        await board.press("T")
        deal = looked_at(board)
        await board.burst("n", *"asked again", "enter")
        assert looked_at(board).id == deal.id
        assert "Still here: next step overdue" in board.status
        await board.press("N")
        await board.press("escape")
        assert looked_at(board).id == deal.id
        assert "no next step" in board.status
        await board.press("4")
        assert looked_at(board).id != deal.id


async def test_an_interaction_goes_on_only_after_its_last_question(demo: Path) -> None:
    async with desk(demo) as board:
        await board.press("T")
        deal = looked_at(board)
        await board.burst("i", "c", "o", *"reached them", "enter")
        assert board.shows(f"Next step of {deal.name}")
        assert looked_at(board).id == deal.id
        await board.burst(*"fri send it", "enter")
        assert looked_at(board).id != deal.id


@pytest.mark.parametrize("keys", ["z w", "x p r i c e enter enter", "d d"])
async def test_what_closes_a_deal_or_puts_it_to_sleep_goes_on(demo: Path, keys: str) -> None:
    async with desk(demo) as board:
        await board.press("T")
        deal, then = queue_of(board)[:2]
        await board.press(*keys.split())
        stored = board.stored(deal)
        assert stored.status is not Status.OPEN or stored.is_snoozed(TODAY)
        assert looked_at(board).id == then


async def test_a_deal_that_is_won_is_left_while_a_follow_up_is_offered(demo: Path) -> None:
    async with desk(demo) as board:
        await board.press("T")
        deal, then = queue_of(board)[:2]
        await board.press("w", "enter")
        if board.shows("Before "):
            await board.burst("o", *"they signed on paper", "enter")
        assert board.stored(deal).status is Status.WON
        assert board.shows(f"Ask {board.stored(deal).name} how it goes")
        await board.press("y")
        assert looked_at(board).id == then
        assert triage_of(board).handled == 1


async def test_a_plan_that_is_good_is_kept_with_one_key(demo: Path) -> None:
    async with desk(demo) as board:
        await board.press("T")
        triage = triage_of(board)
        while triage.queued is None or triage.queued.place.tier is not Tier.STALLED:
            await board.press("j")
        deal = looked_at(board)
        await board.burst("n", *"looked", "enter")
        assert looked_at(board).id == deal.id
        await board.press("=")
        assert looked_at(board).id != deal.id
        assert board.stored(deal.id).next_step == deal.next_step
        assert triage.handled == 1


async def test_where_nothing_is_planned_nothing_is_kept(demo: Path) -> None:
    async with desk(demo) as board:
        await board.press("T", "=")
        assert "There is no plan to keep: its next step is due." in board.status
        assert triage_of(board).handled == 0


async def test_the_last_change_is_repeated_on_the_next_deal(demo: Path) -> None:
    async with desk(demo) as board:
        first, second, third = queue_of(board)[:3]
        await board.press("T", "4", ".")
        steps = [board.stored(one).next_step for one in (first, second)]
        assert [step.due for step in steps if step] == [TODAY + timedelta(days=7)] * 2
        assert looked_at(board).id == third


async def test_undo_brings_the_deal_back(demo: Path) -> None:
    async with desk(demo) as board:
        await board.press("T")
        deal = looked_at(board)
        await board.press("2", "u")
        assert looked_at(board).id == deal.id
        assert board.stored(deal.id).next_step == deal.next_step
        assert triage_of(board).handled == 0
        await board.press("U")
        assert looked_at(board).id != deal.id
        assert triage_of(board).handled == 1


async def test_skipped_deals_come_again_once_and_are_counted_at_the_end(demo: Path) -> None:
    async with desk(demo) as board:
        count = len(queue_of(board))
        await board.press("T", "2", *["j"] * (count - 1))
        assert triage_of(board).skipped == count - 1
        await board.press(*["j"] * (count - 1))
        assert triage_of(board).record is None
        assert board.shows("1 handled, next due ")
        assert board.shows(f"; {count - 1} skipped.")
        await board.press("x")
        assert "No deal is selected here." in board.status
        await board.press("j")
        assert triage_of(board).left == count - 1
        await board.press("q")
        assert "1 handled" in board.status


@pytest.mark.parametrize("width", [40, 44, 60, 80, 100, 120, 200])
async def test_what_is_left_of_each_kind_adds_up_to_the_queue(demo: Path, width: int) -> None:
    async with desk(demo, size=(width, 24)) as board:
        await board.press("T", "O")
        counts = [int(count) for count in re.findall(r"\d+", board.lines()[1])]
        assert sum(counts) == triage_of(board).left, board.lines()[1]


@pytest.mark.parametrize("width", [80, 120])
@pytest.mark.parametrize(("currency", "amount"), [("USD", "$900k"), ("CHF", "CHF 900k")])
async def test_amounts_of_the_queue_name_their_currency(
    demo: Path, width: int, currency: str, amount: str
) -> None:
    with closing(Store.open(str(demo))) as store:
        work = Workspace(store, lambda: NOW, Actor("ana"))
        work.add(f"Dune: pilot 900k {currency} @ana source:web", pipeline=work.pipeline())
    async with desk(demo, size=(width, 24)) as board:
        await board.press("T", "/")
        await board.type("Dune | value>40k")
        await board.press("enter")
        while triage_of(board).record is not None and not board.shows(f"{amount}"):
            await board.press("j")
        assert any("Dune" in line and amount in line for line in board.lines())


async def test_heads_of_the_queue_count_what_stands_below_them(demo: Path) -> None:
    """Skipped deals come last, under a head of their own."""
    async with desk(demo, size=(120, 50)) as board:
        await board.press("T", "j")
        heads = [*TIER_NAMES.values(), "skipped"]
        counted, below = {}, Counter[str]()
        last = ""
        for line in board.lines()[3:-2]:
            beside = line.rpartition("│")[2].rstrip()
            name, _, count = beside.strip().rpartition("  ")
            if name in heads:
                assert name not in counted
                last, counted[name] = name, int(count)
            elif beside.strip() and "more" not in beside:
                below[last] += 1
        assert counted == below and counted["skipped"] == 1 and last == "skipped"


async def test_a_filter_narrows_the_queue_and_esc_gives_it_back(demo: Path) -> None:
    async with desk(demo) as board:
        every = queue_of(board)
        value = "value>30k"
        await board.press("T", "/")
        await board.type(value)
        await board.press("enter")
        narrowed = triage_of(board).walk.ids
        assert 0 < len(narrowed) < len(every) and narrowed == [i for i in every if i in narrowed]
        assert f"/{value}" in board.lines()[0]
        await board.press("j", "escape")
        assert triage_of(board).walk.ids == list(every)
        await board.press("q")
        assert not board.is_asking


async def test_a_filter_that_means_nothing_leaves_the_queue_as_it_was(demo: Path) -> None:
    async with desk(demo) as board:
        await board.press("T", "/")
        await board.type("valu>2")
        await board.press("enter")
        assert board.shows("no field 'valu'")
        await board.press("escape")
        assert triage_of(board).walk.ids == list(queue_of(board))


async def test_a_click_goes_to_a_deal_of_the_queue_and_presses_a_key(demo: Path) -> None:
    async with desk(demo, size=(120, 40)) as board:
        third = queue_of(board)[2]
        await board.press("T")
        name = board.stored(third).name
        row = next(y for y, line in enumerate(board.lines()) if name in line[80:])
        await board.pilot.click(offset=(board.lines()[row].index(name, 80), row))
        await board.settle()
        assert looked_at(board).id == third
        row = next(y for y, line in enumerate(board.lines()) if "snooze" in line)
        await board.pilot.click(offset=(board.lines()[row].index("snooze"), row))
        await board.settle()
        assert board.shows(f"Snooze {name}")


async def test_back_goes_to_the_deal_before(demo: Path) -> None:
    async with desk(demo) as board:
        first, second = queue_of(board)[:2]
        await board.press("T", "k")
        assert "This is where you began." in board.status
        await board.press("j", "k")
        assert looked_at(board).id == first
        await board.press("2", "k")
        assert looked_at(board).id == first
        await board.press("j")
        assert looked_at(board).id == second
        assert (triage_of(board).handled, triage_of(board).skipped) == (1, 0)


async def test_it_resumes_where_the_person_was_on_that_day(demo: Path) -> None:
    async with desk(demo) as board:
        await board.press("T", "2", "j")
        here, count = looked_at(board).id, triage_of(board).left
        await board.press("q")
    async with desk(demo) as board:
        await board.press("T")
        triage = triage_of(board)
        assert (looked_at(board).id, triage.left) == (here, count)
        assert (triage.handled, triage.skipped) == (1, 1)


async def test_who_goes_elsewhere_is_taken_back_to_where_they_were(demo: Path) -> None:
    async with desk(demo) as board:
        await board.press("T", "j", "j")
        here = looked_at(board).id
        await board.press("g", "m")
        assert "2 skipped" in board.board._said.text
        await board.press("g", "b", "T")
        assert looked_at(board).id == here


async def test_a_lost_terminal_keeps_how_far_one_was(demo: Path) -> None:
    async with desk(demo) as board:
        await board.press("T", "j", "j")
        here = looked_at(board).id
        board.app.save_drafts()
    async with desk(demo) as board:
        await board.press("T")
        assert looked_at(board).id == here


async def test_a_day_that_ends_while_something_is_typed_waits_for_it(demo: Path) -> None:
    async with desk(demo) as board:
        await board.press("T", "j")
        deal = looked_at(board)
        await board.press("n")
        tomorrow = NOW + timedelta(days=1)
        board.app.seat = replace(board.app.seat, clock=lambda: tomorrow)
        board.board._look()
        await look(board)
        assert looked_at(board).id == deal.id
        await board.burst(*"late", "enter")
        assert board.workspace.reader.history.notes(deal.id)[0].text == "late"
        await look(board)
        assert triage_of(board).listing.today == TODAY + timedelta(days=1)


async def test_another_day_begins_anew(demo: Path) -> None:
    async with desk(demo) as board:
        await board.press("T", "j")
        assert triage_of(board).skipped == 1
        tomorrow = NOW + timedelta(days=1)
        board.app.seat = replace(board.app.seat, clock=lambda: tomorrow)
        board.board._look()
        await look(board)
        assert triage_of(board).listing.today == TODAY + timedelta(days=1)
        assert triage_of(board).skipped == 0


async def test_what_a_colleague_does_to_the_deal_is_shown(demo: Path) -> None:
    async with desk(demo) as board:
        await board.press("T")
        with colleague(demo) as mara:
            mara.add_note([looked_at(board).id], "They called back.")
        await look(board)
        assert board.shows("They called back.")
        assert "@mara" in board.status


async def test_a_deal_that_somebody_else_handled_is_said_and_passed(demo: Path) -> None:
    async with desk(demo, size=(120, 40)) as board:
        await board.press("T")
        deal, then = queue_of(board)[:2]
        with colleague(demo) as mara:
            mara.set_next_step([deal], "I do it", TODAY + timedelta(days=2))
        await look(board)
        assert looked_at(board).id == then
        assert f"{board.stored(deal).name} was handled by @mara" in board.status
        assert triage_of(board).handled == 0


async def test_a_deal_stays_while_something_is_asked_about_it(demo: Path) -> None:
    async with desk(demo) as board:
        await board.press("T")
        deal = looked_at(board)
        await board.press("n")
        with colleague(demo) as mara:
            mara.set_next_step([deal.id], "I do it", TODAY + timedelta(days=2))
        await look(board)
        assert looked_at(board).id == deal.id
        assert board.shows(f"Note on {deal.name}")
        await board.burst(*"mine", "enter")
        assert board.workspace.reader.history.notes(deal.id)[0].text == "mine"
        assert looked_at(board).id != deal.id


async def test_a_deal_that_comes_up_meanwhile_takes_its_place(demo: Path) -> None:
    async with desk(demo) as board:
        await board.press("T")
        count = triage_of(board).left
        here = looked_at(board).id
        with colleague(demo) as mara:
            mara.add("Newcomer: line 900k @ana source:web", pipeline=mara.pipeline())
        await look(board)
        assert triage_of(board).left == count + 1
        assert looked_at(board).id == here


async def test_a_note_that_names_somebody_is_in_their_queue(demo: Path) -> None:
    async with desk(demo) as board:
        others = next(
            deal
            for deal in board.workspace.reader.deals(range(1, 31)).values()
            if deal.owner == "mara" and deal.is_open
        )
        with colleague(demo) as mara:
            mara.add_note([others.id], "@ana do you know their plant?")
        await board.press("T")
        while looked_at(board).id != others.id:
            await board.press("j")
        assert board.shows("@mara asks: @ana do you know")


async def test_a_gate_is_met_or_passed_as_on_the_board(demo: Path) -> None:
    async with desk(demo) as board:
        await board.press("T")
        deal = looked_at(board)
        await board.press("w", "enter")
        assert board.shows("Before Won:")
        await board.press("escape")
        assert looked_at(board).id == deal.id
        assert board.stored(deal.id).stage_id == deal.stage_id


async def test_the_whole_deal_is_one_key_away_and_what_is_done_there_counts(demo: Path) -> None:
    async with desk(demo) as board:
        await board.press("T")
        deal = looked_at(board)
        await board.press("enter")
        assert isinstance(board.app.screen, DealScreen)
        await board.burst("t", *"fri call", "enter")
        await board.press("q")
        await look(board)
        assert looked_at(board).id != deal.id
        assert triage_of(board).handled == 1


async def test_everybodys_queue_is_one_key_away(demo: Path) -> None:
    async with desk(demo) as board:
        await board.press("T", "O")
        assert "Triage  everyone" in board.lines()[0]
        assert triage_of(board).left == len(day_of(board.workspace).tier_by_id())
        await board.press("O")
        assert triage_of(board).left == len(queue_of(board))


async def test_who_may_only_look_is_told_so_and_can_skip(demo: Path) -> None:
    async with desk(demo, read_only=True) as board:
        await board.press("T")
        first = looked_at(board)
        for key in ("2", "n", "=", "z", "x", "."):
            await board.press(key)
            assert "reading only" in board.status or key == "."
        assert board.stored(first.id) == first
        await board.press("j")
        assert looked_at(board).id != first.id


async def test_its_keys_can_be_changed(demo: Path) -> None:
    choices = Choices(keymap=read_keymap({"triage.skip": "Z", "triage.plan_2": "B"}))
    async with desk(demo, choices=choices) as board:
        await board.press("T")
        assert board.shows("B Tue") and "Z Skip" in board.hints
        first = looked_at(board).id
        await board.press("Z")
        assert looked_at(board).id != first


async def test_an_empty_queue_says_so(demo: Path) -> None:
    async with desk(demo) as board:
        with colleague(demo, "ana") as ana:
            for one in day_of(ana, None, "ana").tier_by_id():
                ana.archive([one])
        await board.press("T")
        assert board.shows("Nothing needs you now.")
        await board.press("j")
        assert "That was all" in board.status


TYPED = {
    "t": ("thu call Bob", "enter"),
    "n": ("a note", "enter"),
    "i": ("co", "enter", "enter"),
    "e": ("", "escape"),
    "o": ("mara", "enter"),
    "dollar_sign": ("7k", "enter"),
    "c": ("19dec", "enter"),
    "percent_sign": ("40", "enter"),
    "number_sign": ("+vip", "enter"),
    "x": ("", "enter", "enter"),
    "w": ("", "enter", "escape"),
    "z": ("w",),
    "d": ("d",),
    "m": ("2",),
    "N": ("fri ask", "enter"),
    "C": ("b",),
    "Q": ("yes", "enter", "escape"),
    "b": ("", "escape"),
}
"""What is typed behind a key."""
LEAVING = ("ctrl+z", "ctrl+q", "y", "escape", "q", "R")
ONE_OF_EACH = [
    key.keys.partition(",")[0]
    for key in TRIAGE
    if key.keys != UNBOUND and key.keys.partition(",")[0] not in LEAVING
]


@pytest.mark.parametrize("key", ONE_OF_EACH)
async def test_every_key_gives_under_a_lock_what_it_gives_without(
    made_up: Path, tmp_path: Path, key: str
) -> None:
    """The key, what is typed behind it, and then one that is about the deal that comes next."""
    text, *ends = TYPED.get(key, ("",))
    burst = ("T", key, *text, *ends, "escape", "4")
    came = []
    for kind in ("", *KINDS):
        path = Path(shutil.copy(made_up, tmp_path / f"{kind}.db"))
        async with desk(path) as board:
            with closing(Lock(path)) as lock:
                if kind:
                    lock.hold(kind)
                for each in burst:
                    board.app.post_message(event_of(each))
                for _ in range(12):
                    await board.pilot.pause()
            await board.settle()
            came.append([*log_of(path), board.lines()[0]])
    assert came[1:] == came[:1] * 2


@pytest.mark.parametrize("seed", range(BURSTS // 3))
async def test_a_burst_gives_with_any_delay_what_it_gives_at_full_speed(
    made_up: Path, tmp_path: Path, seed: int
) -> None:
    keys = ["T", *burst_of(seed)]
    fast = Path(shutil.copy(made_up, tmp_path / "fast.db"))
    slow = Path(shutil.copy(made_up, tmp_path / "slow.db"))
    expected = await undelayed(fast, keys)
    assert await delayed(slow, keys, random.Random(seed)) == expected, keys


@pytest.mark.parametrize("kind", KINDS)
async def test_it_opens_once_the_database_is_free(demo: Path, kind: str) -> None:
    async with desk(demo) as board:
        with held(demo, kind):
            await board.pilot.press("T")
            for _ in range(12):
                await board.pilot.pause()
        await board.settle()
        assert "Triage  @ana" in board.lines()[0]


async def test_a_resize_while_a_question_is_open_leaves_both_whole(demo: Path) -> None:
    async with desk(demo) as board:
        await board.press("T", "t")
        await board.resize(120, 40)
        assert board.shows("Next step of ")
        await board.press("escape")
        assert len(board.lines()) == 40
        assert board.shows("overdue  2")


def test_every_key_of_the_board_means_on_triage_what_it_means_there() -> None:
    own = {key.id for key in TRIAGE if key.id.startswith("triage.")}
    shared = {key.id: key.keys for key in TRIAGE if key.id not in own}
    on_board = {key.id: key.keys for key in BOARD}
    assert shared.items() <= on_board.items()


async def cleared(board: Desk, keys: Mapping[Tier, str]) -> float:
    """Clears the queue, each deal with the keys of its tier; how many keys a deal it took."""
    await board.press("T")
    triage, pressed = triage_of(board), 0
    for _ in range(triage.left):
        assert triage.queued is not None
        keys_now = keys[triage.queued.place.tier].split()
        await board.press(*keys_now)
        pressed += len(keys_now)
    assert triage.left == 0
    return pressed / triage.handled


BY_TIER = {
    Tier.OVERDUE: "2",
    Tier.TODAY: "4",
    Tier.NEW: "2",
    Tier.NO_NEXT_STEP: "z w",
    Tier.STALLED: "=",
    Tier.CLOSING: "z w",
    Tier.HYGIENE: "=",
}


async def test_the_demos_queue_is_cleared_with_no_more_than_two_keys_a_deal(demo: Path) -> None:
    async with desk(demo) as board:
        count = len(queue_of(board))
        await board.press("T", "O")
        everyones = triage_of(board).left
        assert everyones >= 12 > count
        assert await cleared(board, BY_TIER) <= 2
        assert board.shows(f"{everyones} handled, next due ")
        await board.press("O", "q")


@pytest.mark.skipif(not MAVEN.exists(), reason="the data of Maven are not here")
async def test_a_queue_of_twelve_real_deals_is_cleared_with_two_keys_a_deal(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path, day = tmp_path / "maven.db", datetime(2017, 12, 31, 12, tzinfo=UTC)
    monkeypatch.setenv("PIPEBOARD_NOW", day.isoformat())
    monkeypatch.setenv("PIPEBOARD_DB", str(path))
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path))
    stages = ("--into", "Hardware", "--stages", "Prospecting,Engaging")
    for line in (
        ("init", "--template", "minimal", "--currency", "USD", "--zone", "UTC", "-q"),
        ("import", str(MAVEN), *stages, "--map", "engage_date=entered:Engaging", "-q"),
    ):
        assert main(line) == 0
    async with desk(path, now=day) as board:
        await board.press("T")
        for _ in range(12):
            await board.press("z", "w")
        assert triage_of(board).handled == 12
        await board.press(*"uu")
        assert triage_of(board).handled == 10


async def test_it_is_walked_on_a_real_terminal_and_taken_up_again(demo: Path) -> None:
    for turn in range(2):
        with board_of(demo, "--as", "ana") as terminal:
            terminal.type("T")
            terminal.wait_for_text("what now?")
            if turn == 0:
                terminal.type("2j")
                terminal.wait_for_text("1 skipped")
            terminal.wait_for_text("1 of 7 done, 1 skipped")
            terminal.type("qq")
            assert terminal.wait_for_end() == 0


async def test_a_walk_with_a_touch_alone_is_summed_up_too(demo: Path) -> None:
    async with desk(demo) as board:
        await board.press("T", "q")
        assert "sitting" not in board.board._said.text
        await board.press("T", "n", *"asks for terms", "enter", "q")
        assert "1 touch: " in board.board._said.text


@pytest.mark.parametrize("size", [(44, 20), (120, 40)])
async def test_at_the_end_stands_what_this_sitting_took(demo: Path, size: tuple[int, int]) -> None:
    async with desk(demo, size=size) as board:
        count = len(queue_of(board))
        await board.press("T", "enter")  # what is done on the deal's own screen is of it too
        await board.press("n", *"asks for terms", "enter", "q")
        await look(board)
        tier = triage_of(board).queued
        assert tier is not None
        await board.press("n", *"no: later", "enter", "u")
        effort, queue = triage_of(board).effort, board.app.key_queue
        assert queue.heard is not None and effort.last_at == queue.typed_at
        effort.used_s, effort.last_at = 600, None
        await board.press(*["j"] * count, *["j"] * count)
        assert triage_of(board).record is None
        named = TIER_NAMES[tier.place.tier]
        told = screen_of(board).view.summary
        assert told.endswith(f"; {count} skipped. This sitting: 10 minutes, 1 touch: 1 {named}.")
        assert board.shows("sitting:")
        await board.press("q")
        assert f"1 touch: 1 {named}." in board.board._said.text
        assert queue.heard is None
