"""What keys change of what is looked at, and what they copy: on a board without a screen."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from itertools import chain
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import pytest

from pipeboard.domain.agreements import Topic
from pipeboard.domain.board import Sort
from pipeboard.domain.deal import Contact, Deal, Loss, Status
from pipeboard.domain.errors import DatabaseError, Refused
from pipeboard.domain.hygiene import DUPLICATES, GROUPS, OF_QUALIFIED, Alike, Fault
from pipeboard.domain.people import Actor
from pipeboard.domain.settings import Rep
from pipeboard.domain.templates import template
from pipeboard.ui.actions import (
    export,
    figures,
    filters,
    hygiene,
    navigation,
    palette,
    review,
    selection,
    triage,
)
from pipeboard.ui.draw.facts import PaneStyle
from pipeboard.ui.draw.hygiene import HygieneView, Pair, heading, items_of, lines_below, merge_lines
from pipeboard.ui.draw.layout import AUTO, Pane, Window, card_rows
from pipeboard.ui.draw.line import Glyphs, Line, text_of
from pipeboard.ui.key_table import BOARD, HYGIENE, METRICS, REVIEW
from pipeboard.ui.last_view import Choices
from pipeboard.ui.launch import first_state
from pipeboard.ui.overlays.menu import Option
from pipeboard.ui.review_keys import REVIEW_TABS
from pipeboard.ui.screens.deal_pane import DealPane
from pipeboard.ui.screens.hygiene import HygieneScreen
from pipeboard.ui.screens.review import ReviewPlace, ReviewScreen
from pipeboard.ui.widgets.line_input import LONGEST_LINE, LineInput
from pipeboard.workspace.reports import set_target
from pipeboard.workspace.review import gather, held_reviews
from tests.team import LEAD, NOW, QUALIFICATION, Team, add
from tests.ui.board_scene import DEAL, PIPELINE, TODAY, ZONE
from tests.ui.golden_screens import assert_looks_like, with_roles
from tests.ui.script import Desk


class Board(Desk):
    """The board, as actions see it."""

    shown_behind: Any = None
    last_copied = ""

    def open(self, width: int = 120) -> None:
        ana = self.workspace
        self.state = first_state(ana.store, lambda: NOW, Actor("ana"), Choices(), {})  # type: ignore[assignment]
        self.state.show(width=width, height=30, pane=None)
        self.state.sort = None
        self.counted: list[str] = []
        self.copied: list[str] = []
        self.screens: list[object] = []

    def count_signs(self) -> None:
        self.counted.append("signs")

    def show_pane(self, pane: Pane | None) -> None:
        self.state.show(pane=pane)

    @property
    def names(self) -> list[list[str]]:
        """The cards of each stage that has some."""
        return [
            [card.name for card in window.cards]
            for window in self.state.view.windows
            if window.cards
        ]


@pytest.fixture
def board(tmp_path: Path) -> Iterator[Board]:
    """Three deals of two reps in two stages."""
    team = Team.make(tmp_path / "sales.db")
    ana = team.rep("ana")
    add(ana, "Lumen Oy: pilot 40k @ana", stage=QUALIFICATION)
    add(ana, "Borealis: line two 10k @bo", stage=QUALIFICATION)
    add(ana, "Cobalt: presses 90k @bo", stage=LEAD)
    made = Board(ana, [1], tmp_path / "drafts")
    made.open()
    yield made
    made.state.reader.close()
    team.close()


async def test_mine_and_everyones_have_their_usual_order(board: Board) -> None:
    await board.do(navigation.mine)
    assert board.names == [["Lumen Oy"]]
    assert (board.state.lens.owner, board.state.lens.sort) == ("ana", Sort.NEEDS)
    assert board.said[-1] == "Your own deals, what needs you first."
    await board.do(navigation.mine)
    assert (board.state.lens.owner, board.state.lens.sort) == (None, Sort.MANUAL)
    assert board.said[-1] == "Everyone's deals."
    await board.do(navigation.sort_by, Sort.VALUE)
    await board.do(navigation.mine)
    assert board.state.lens.sort is Sort.VALUE
    assert board.said[-1] == "Your own deals."


@pytest.mark.parametrize(
    ("key", "sort"),
    [("m", Sort.MANUAL), ("v", Sort.VALUE), ("e", Sort.NEEDS), ("n", Sort.NEXT_STEP),
     ("a", Sort.AGE), ("c", Sort.CLOSE), ("t", Sort.NAME), ("u", Sort.UPDATED)],
)  # fmt: skip
async def test_each_order_has_its_key_and_its_mark(board: Board, key: str, sort: Sort) -> None:
    board.begin("r")
    await board.do(navigation.sort)
    assert board.state.lens.reverse
    board.begin(key)
    await board.do(navigation.sort)
    assert (board.state.lens.sort, board.state.lens.reverse) == (sort, False)
    board.begin(None)
    await board.do(navigation.sort)
    assert [one.key for one in board.overlays[0]._choices if one.mark] == [key]


def test_while_a_filter_is_typed_the_signs_of_what_it_finds_are_counted(board: Board) -> None:
    for text, counted in (("zz", ["signs"]), ("valu>>", []), ("", ["signs"])):
        board.counted.clear()
        navigation._filtered(cast("Any", board), text, board.state.looked_at)
        assert board.counted == counted, text


async def test_a_filter_is_shown_or_says_why_it_is_none(board: Board) -> None:
    assert await board.do(navigation.set_filter, " value>20k ")
    assert (board.state.view.filter_text, board.names) == ("value>20k", [["Cobalt"], ["Lumen Oy"]])
    assert not await board.do(navigation.set_filter, "valu>>")
    assert board.roles[-1] == "status.warn" and board.names == [["Cobalt"], ["Lumen Oy"]]
    # The same deals are looked through in the line; one that is left brings back what was there.
    board.begin(None)
    board.state.show(cursor=(1, 0))
    await board.do(navigation.filter)
    assert (board.state.view.filter_text, board.state.view.cursor) == ("value>20k", (1, 0))
    live = board.overlays[0]._live
    assert text_of(live("value>50k").lines[0]).startswith("1 of 3 open deals")
    assert text_of(live("ow").lines[0]).endswith("so far as a word, until it is owner:")
    assert text_of(live("bo").lines[0]).endswith("owner:bo finds @bo's deals")
    bad = live("valu>>")
    assert not bad.ok and text_of(bad.lines[0]).endswith("(old result kept)")
    assert board.names == [["Borealis"]]
    board.begin("value>50k")
    await board.do(navigation.filter)
    assert board.names == [["Cobalt"]]


async def test_while_a_filter_is_typed_the_cursor_keeps_to_its_deal_and_else_to_its_stage(
    board: Board,
) -> None:
    for line in ("Dune: doors 20k", "Ember: ovens 30k", "Fjord: ferries 50k"):
        add(board.workspace, line, stage=QUALIFICATION)
    board.state.load()
    column = ["Lumen Oy", "Borealis", "Dune", "Ember", "Fjord"]
    assert board.names[1] == column
    board.state.show(cursor=(1, 3))
    stood: list[str] = []

    def typing(overlay: Any) -> None:
        for text in ("ember", "value>=30k", "cobalt", "value>30k", "value>=30k", "cobalt"):
            assert overlay._live(text).ok
            stood.append(board.state.card.name if board.state.card else "")

    board.begin(typing)
    await board.do(navigation.filter)
    assert stood == ["Ember", "Ember", "Cobalt", "Lumen Oy", "Ember", "Cobalt"]
    # The line is left: all is as it was.
    assert board.names[1] == column and board.state.view.cursor == (1, 3)


async def test_what_needs_somebody_is_gone_through_sign_by_sign(board: Board) -> None:
    texts = []
    for _ in range(4):
        await board.do(filters.attention)
        texts.append(board.state.view.filter_text)
    assert texts == [
        "overdue -snoozed", "open next:none -overdue -snoozed", "stalled -overdue -next:none", ""
    ]  # fmt: skip
    assert board.said[-1] == "All deals."


async def test_a_filter_is_saved_changed_and_forgotten(board: Board) -> None:
    await board.do(filters.saved_filters)
    assert board.said == ["No filter is saved yet: type one with /, then F saves it."]
    await board.do(navigation.set_filter, "value>20k")
    board.begin(filters._SAVE, "big")
    await board.do(filters.saved_filters)
    # There was none that could be changed.
    assert [option.id for option in board.overlays[0]._find("")] == [filters._SAVE]
    board.begin(filters._CHANGE, "big", "e", "value>50k")
    await board.do(filters.saved_filters)
    assert board.overlays[-1]._first_value == "value>20k"
    board.begin(filters._CHANGE, "big", "n", "huge")
    await board.do(filters.saved_filters)
    board.begin("huge")
    await board.do(filters.saved_filters)
    assert board.names == [["Cobalt"]]
    board.begin(filters._CHANGE, "huge", None)
    await board.do(filters.saved_filters)
    board.begin(filters._CHANGE, "huge", "d")
    await board.do(filters.saved_filters)
    assert board.workspace.reader.saved_filters("ana") == ()


@pytest.mark.parametrize("wanted", [filters._SAVE, filters._CHANGE])
async def test_where_nothing_may_be_changed_no_name_of_a_filter_is_asked_for(
    board: Board, wanted: str
) -> None:
    board.workspace.save_filter("big", "value>50k")
    await board.do(navigation.set_filter, "value>20k")

    def check_writable() -> None:
        raise Refused("It is only looked at.")

    board.program.check_writable = check_writable
    board.begin(wanted)
    with pytest.raises(Refused):
        await board.do(filters.saved_filters)
    assert board.asked == ["Filters"]
    # One that is there is still shown.
    board.begin("big")
    await board.do(filters.saved_filters)
    assert board.names == [["Cobalt"]]


async def test_the_deals_behind_a_number_are_shown_whosever_they_are(board: Board) -> None:
    await board.do(navigation.mine)
    await board.do(navigation.set_filter, "value>20k")
    before = board.state.looked_at
    board.state.show(marks=frozenset({1}))
    ids, here = frozenset({1, 2, 3, 99}), board.pipeline().id
    navigation._show_deals(cast("Any", board), "won deals", ids, here, "board.metrics")
    assert {*chain(*board.names)} == {"Borealis", "Cobalt", "Lumen Oy"}
    assert (board.state.view.filter_text, board.state.view.marks) == ("won deals", frozenset())
    assert board.shown_behind == (before, "board.metrics")
    assert board.said[-1] == "3 of 4 deals behind won deals; Esc goes back to the number."
    selection.back_to_number(cast("Any", board))
    assert board.names == [["Lumen Oy"]] and board.state.view.filter_text == "value>20k"


async def test_another_filter_leads_back_to_no_number(board: Board) -> None:
    behind = (board.state.looked_at, "board.metrics")
    for text, back in (("valu>>", behind), ("value>20k", None)):
        board.shown_behind = behind
        await board.do(navigation.set_filter, text)
        assert board.shown_behind == back


async def test_a_deal_that_is_found_is_gone_to_whatever_hides_it(board: Board) -> None:
    await board.do(navigation.mine)

    def found(overlay: Any) -> str:
        assert [option.id for option in overlay._find("cobalt")] == ["3"]
        overlay._find = lambda text: [Option("3", "Cobalt")]
        return "3"

    board.begin(found)
    await board.do(navigation.find)
    assert (board.state.card.id, board.state.lens.owner) == (3, None)
    board.workspace.archive([1])
    await board.do(navigation.go_to_deal, 1)
    assert (board.state.card.id, board.state.view.filter_text) == (1, "archived")
    await board.do(navigation.go_to_deal, 99)
    assert board.said[-1] == "There is no deal D-99 any more."


@pytest.mark.parametrize(
    ("chosen", "question"),
    [
        ("k", "D-2 was won at €10,000: merged, it leaves the numbers of that time"),
        ("o", "D-1 was lost: merged, it leaves the numbers of that time"),
    ],
)
async def test_before_a_closed_deal_is_merged_away_it_is_told_what_it_was(
    board: Board, chosen: str, question: str
) -> None:
    board.workspace.set_fields([1], ["value="])
    board.workspace.lose([1], Loss("price"))
    board.workspace.win([2], override="agreed")
    board.begin(chosen, None, ids=(1, 2))
    await board.do(hygiene.merge)
    assert board.asked[-1] == question
    assert board.receipts == []
    board.begin(chosen, "m", ids=(1, 2))
    await board.do(hygiene.merge)
    stays, goes = (1, 2) if chosen == "k" else (2, 1)
    assert (board.stored(goes).merged_into, board.stored(stays).merged_into) == (stays, None)


@pytest.mark.parametrize(("closed", "chosen"), [(1, "k"), (2, "o")])
async def test_an_open_deal_goes_into_a_closed_one_without_a_further_question(
    board: Board, closed: int, chosen: str
) -> None:
    board.workspace.lose([closed], Loss("price"))
    board.begin(chosen, ids=(1, 2))
    await board.do(hygiene.merge)
    assert len(board.asked) == 1
    assert board.stored(3 - closed).merged_into == closed
    # The other way round it would leave the numbers.
    board.workspace.undo()
    board.begin("o" if chosen == "k" else "k", None, ids=(1, 2))
    await board.do(hygiene.merge)
    assert len(board.asked) == 2 and board.receipts == []


def test_cards_above_those_that_were_read_are_read_when_the_cursor_comes_to_them(
    board: Board,
) -> None:
    for line in ("Dune: doors 20k", "Ember: ovens 30k"):
        add(board.workspace, line, stage=QUALIFICATION)
    board.state.load()
    windows = list(board.state.view.windows)
    windows[1] = Window(2, windows[1].cards[2:])
    board.state.view = replace(board.state.view, windows=tuple(windows))
    for row, name in ((3, "Ember"), (0, "Lumen Oy")):
        board.state.show(cursor=(1, row))
        assert board.state.card is not None and board.state.card.name == name
    assert board.names[1] == ["Lumen Oy", "Borealis", "Dune", "Ember"]


async def test_a_review_that_is_looked_back_at_is_left_by_choosing_the_present_one(
    board: Board, monkeypatch: pytest.MonkeyPatch
) -> None:
    shown: list[Any] = []
    monkeypatch.setattr(review, "show_past", lambda _, held: shown.append(held))
    held = [SimpleNamespace(at=NOW - timedelta(days=days)) for days in (7, 14)]

    waited: list[str] = []

    async def counted() -> None:
        waited.append("counted")

    host: Any = board
    host.counted, host.found = counted, SimpleNamespace(held=held)
    board.keys = REVIEW
    for answer in (held[1].at.isoformat(), None, review._PRESENT):
        board.begin(answer)
        await board.do(review.past)
    assert shown == [held[1], None]
    host.found = SimpleNamespace(held=())
    board.begin()
    await board.do(review.past)
    assert board.said == ["No review was held yet; B ends this one and keeps it."]
    assert waited == ["counted"] * 4  # what was held is known once it is


@pytest.fixture
def meeting(board: Board) -> Any:
    """The review of the pipeline, where one deal has been spoken of and another day is looked
    back to."""
    host: Any = board
    found = gather(board.workspace, board.pipeline())

    async def counted() -> None: ...

    host.counted, host.found, host.document, host.past = counted, found, found.document, None
    host.place = ReviewPlace(board.pipeline(), REVIEW_TABS[0], {}, frozenset({"D-1"}), NOW)
    return host


@pytest.mark.parametrize(("answer", "is_held"), [("B", True), (None, False)])
async def test_a_review_that_is_held_begins_anew_with_nothing_spoken_of(
    meeting: Any, answer: str | None, is_held: bool
) -> None:
    place = meeting.place
    meeting.begin(answer)
    await meeting.do(review.hold)
    began_anew = place._replace(discussed=frozenset(), since=None)
    assert meeting.place == (began_anew if is_held else place)
    assert meeting.reloaded == is_held
    assert len(held_reviews(meeting.workspace, meeting.pipeline())) == is_held


async def test_a_review_looks_back_to_no_day_that_is_to_come(meeting: Any) -> None:
    seen: list[tuple[bool, str]] = []

    def typed(line: Any) -> str:
        for text in ("tomorrow", "2027-01-01", "today", "16nov"):
            feedback = line._live(text)
            seen.append((feedback.ok, feedback.why))
        return "16nov"

    meeting.begin(typed)
    await meeting.do(review.since)
    ahead = (False, "A review looks back. Name a day until today.")
    assert seen == [ahead, ahead, (True, ""), (True, "")]
    assert (meeting.place.since.isoformat(), meeting.place.discussed) == (
        "2026-11-15T23:00:00+00:00", frozenset({"D-1"})
    )  # fmt: skip
    meeting.begin("")
    await meeting.do(review.since)
    assert meeting.place.since is None


def test_a_review_is_come_back_to_where_it_is_of_the_same_pipeline(board: Board) -> None:
    here = board.pipeline()
    zeros = dict.fromkeys(REVIEW_TABS, 0)
    left = ReviewPlace(here, REVIEW_TABS[2], {**zeros, REVIEW_TABS[2]: 3}, frozenset({"D-1"}), NOW)
    other = replace(here, id=99)
    anew = {pipeline.id: ReviewPlace(pipeline, REVIEW_TABS[0], zeros, frozenset(), None)
            for pipeline in (here, other)}  # fmt: skip
    for pipeline, before, then in ((here, left, left), (other, left, anew[99]),
                                   (here, None, anew[here.id])):  # fmt: skip
        screen = ReviewScreen(cast("Any", board.state), pipeline, before, *[cast("Any", None)] * 2)
        assert screen.place == then


WORDS = {
    "move": "needs", "snooze": "2w", "owner": "bo", "value": "40k", "close": "19dec",
    "probability": "60", "tag": "+warm -cold", "next": "fri call", "note": "They called",
    "theme": "light", "filter": "open",
}  # fmt: skip
"""What may stand behind each command of the palette."""


def test_words_with_a_command_are_refused_where_nothing_may_be_changed(board: Board) -> None:
    host: Any = board
    host.NEEDS_ROOM = False
    typed = palette._TYPED
    assert {*WORDS} == {*typed}
    for may_write in (True, False):

        def check_writable(may_write: bool = may_write) -> None:
            if not may_write:
                raise Refused("It is only looked at.")

        board.program.check_writable = check_writable
        refused = {
            command
            for command, words in WORDS.items()
            if any(offer.why for offer in palette._meant(host, typed, f"{command} {words}"))
        }
        assert refused == (set() if may_write else {*WORDS} - {"theme", "filter"})


def test_the_commands_offer_deals_to_who_works_here_and_to_who_is_typed(board: Board) -> None:
    host: Any = board
    host.state = SimpleNamespace(reader=board.workspace.reader)
    board.workspace.change_rep(Rep("cy", "Cy Lund", active=False))
    board.workspace.change_rep(Rep("bo", "Bo Dahl"))
    found = {
        typed: [offer.words for offer in palette._owners(host, typed)]
        for typed in ("b", "@bo", "dahl", "cy", "zoe")
    }
    assert found == {
        "b": ["Give to @bo"],
        "@bo": ["Give to @bo"],
        "dahl": ["Give to @bo"],
        "cy": ["Give to @cy"],  # as typed: it is told why not
        "zoe": ["Give to @zoe"],
    }
    assert [one.right for one in palette._owners(host, "zoe")] != ["o"]
    # By a part of their name only those who work here are found.
    assert [one.words for one in palette._owners(host, "lund")] == ["Give to @lund"]


@pytest.mark.parametrize(("me", "owner"), [("ana", "ana"), ("zed", None)])
def test_the_queue_is_ones_own_and_for_who_is_no_rep_everybodys(
    board: Board, tmp_path: Path, me: str, owner: str | None
) -> None:
    board.program.me = me
    board.program.seat = SimpleNamespace(folder=tmp_path, store=board.workspace.store, eyes=me)
    begun = triage._begun(cast("Any", board), board.workspace.reader)
    assert (begun.listing.me, begun.listing.owner) == (me, owner)
    assert begun.left == (1 if owner else 3)


async def test_another_pipeline_is_chosen_where_there_is_one(board: Board) -> None:
    await board.do(navigation.pipeline)
    assert board.said[-1].startswith("There is one pipeline;")
    made = board.workspace.save_pipeline(
        template("needs", pipeline_name="Partners", currency="CHF", first_stage_id=100)
    )
    for choose in (navigation.pipeline, selection.choose_pipeline):
        board.begin(None)
        await board.do(choose)
        offered = {(one.line, one.right) for one in board.overlays[0]._find("")}
        assert offered == {("Sales", "EUR"), ("Partners", "CHF")}
    board.state.show(cursor=(1, 0), marks=frozenset({1}))
    board.begin(str(made.id))
    await board.do(navigation.pipeline)
    assert board.state.board.pipeline.name == "Partners"
    assert (board.state.view.cursor, board.state.view.marks) == ((0, 0), frozenset())
    assert board.said[-1].startswith("No open deals in Partners; Sales has 3")


async def test_the_view_is_changed_by_its_menu(board: Board) -> None:
    for key, density in (("1", 1), ("4", 4), ("a", 0), ("2", 2)):
        board.begin(key)
        await board.do(navigation.view)
        assert board.state.view.density == density
    for glyphs in (Glyphs.ASCII, Glyphs.UNICODE):
        board.begin("g")
        await board.do(navigation.view)
        assert board.state.view.glyphs is glyphs
    for key, leads in (("p", "board.pane"), ("o", "board.mine"), ("c", "board.currency")):
        board.begin(key)
        await board.do(navigation.view)
        assert board.performed == [(leads,)]
    screen: Any = board
    navigation.roomier(screen)
    assert board.state.view.density == 3
    navigation.denser(screen)
    navigation.denser(screen)
    assert board.state.view.density == 1
    navigation.denser(screen)
    assert board.state.view.density == 1 and board.said[-1] == "A card has 1 to 4 lines."


def test_cards_get_a_line_more_or_less_than_they_have_where_the_cursor_is(board: Board) -> None:
    for number in range(12):
        add(board.workspace, f"Firm {number}: deal 5k", stage=QUALIFICATION)
    board.state.load()
    view = board.state.view
    rows = [card_rows(view, column) for column in (0, 1)]
    assert rows[0] > rows[1]
    for column, key, density in (
        (0, navigation.denser, rows[0] - 1),
        (1, navigation.roomier, rows[1] + 1),
    ):
        board.state.show(cursor=(column, 0), density=AUTO)
        key(cast("Any", board))
        assert board.state.view.density == density
    board.state.show(density=1)
    navigation.denser(cast("Any", board))
    assert (board.state.view.density, board.said) == (1, ["A card has 1 to 4 lines."])


def test_an_open_deal_of_the_same_company_is_named_and_none_of_one_that_is_called_alike(
    board: Board,
) -> None:
    named = board.state.open_deal_of
    assert named("lumen oy") == "open with Lumen Oy: D-1 pilot"
    assert (named("Lumen"), named("Lumen Oyj"), named("Nobody")) == ("", "", "")
    board.workspace.lose([1], Loss("price"))
    assert named("Lumen Oy") == ""


async def test_sums_are_in_one_currency_or_each_by_itself(board: Board) -> None:
    add(board.workspace, "Dune: fan 5k CHF")
    await board.do(navigation.currency)
    assert board.state.lens.currency == "EUR"
    assert board.said[-1] == "No rate for CHF: 'pipeboard fx set CHF RATE' enters it."
    await board.do(navigation.currency)
    assert board.state.lens.currency == ""
    assert board.said[-1] == "Sums of each currency by itself."
    board.workspace.set_rate("CHF", "0.95")
    await board.do(navigation.currency)
    assert board.said[-1] == "Sums in EUR."


async def test_enter_and_p_show_the_deal_beside_the_board_or_on_a_screen(
    board: Board, monkeypatch: pytest.MonkeyPatch
) -> None:
    opened: list[str] = []

    async def open_screen(host: object) -> None:
        opened.append("screen")

    monkeypatch.setattr(navigation, "_open_screen", open_screen)
    await board.do(navigation.open)
    assert board.state.view.pane is not None and opened == []
    await board.do(navigation.open)
    assert opened == ["screen"]
    await board.do(navigation.switch)
    assert board.state.view.pane is not None and board.state.view.pane.focused
    assert board.said[-1] == "Keys scroll the deal now; tab goes back to the cards."
    await board.do(navigation.switch)
    assert not board.state.view.pane.focused
    await board.do(navigation.pane)
    assert board.state.view.pane is None
    board.state.show(width=80)
    for key in (navigation.pane, navigation.open, navigation.switch):
        await board.do(key)
    assert opened == ["screen"] * 4 and board.state.view.pane is None
    board.state.show(cursor=(5, 0))
    await board.do(navigation.open)
    assert board.said[-1] == "No deal is selected here." and len(opened) == 4


# What is copied.


async def test_each_choice_copies_what_it_says(
    board: Board, monkeypatch: pytest.MonkeyPatch
) -> None:
    copied: list[str] = []

    def copies(text: str, command: str) -> str:
        copied.append(text)
        return "with wl-copy"

    monkeypatch.setattr(export, "_copied", copies)
    ana = board.workspace
    board.begin(None)
    await board.do(export.copy)
    enabled = {choice.key: choice.enabled for choice in board.overlays[0]._choices}
    assert enabled == {"l": True, "e": False, "p": False, "i": True, "m": True, "y": True}
    ana.set_contact(1, Contact("Mika", email="m@x.example"))
    ana.set_contact(1, Contact("Outi", email="o@x.example"))
    board.begin(None, ids=[1])
    await board.do(export.copy)
    offered = {choice.key for choice in board.overlays[0]._choices if choice.enabled}
    assert offered == {*"leimy"}
    ana.set_contact(3, Contact("Zoe", phone="+1 3"))
    board.begin(None, ids=[3])
    await board.do(export.copy)
    offered = {choice.key for choice in board.overlays[0]._choices if choice.enabled}
    assert offered == {*"lpimy"}
    ana.set_contact(2, Contact("Mika", email="m@x.example", phone="+1 2"))
    for key, ids, text in (
        ("l", [1], "D-1 Lumen Oy: pilot €40,000 · Lead Qualification · @ana"),
        ("i", [1, 2], "D-1 D-2"),
        ("p", [1, 2], "+1 2"),
    ):
        board.begin(key, ids=ids)
        await board.do(export.copy)
        assert (copied[-1], board.last_copied) == (text, text)
        assert board.said[-1] == f"Copied with wl-copy: {text}"
    board.begin("e", "o@x.example", ids=[1, 2])
    await board.do(export.copy)
    # Each of them once.
    assert [option.id for option in board.overlays[1]._find("")] == ["m@x.example", "o@x.example"]
    assert copied[-1] == "o@x.example"
    board.begin("y", None)
    await board.do(export.copy)
    assert board.overlays[1]._note == "o@x.example"


@pytest.mark.parametrize(
    ("table", "restricted", "told"),
    [
        (BOARD, False, " (no paste? y y shows it)"),
        (METRICS, False, " (no paste? e writes a file)"),
        (METRICS, True, ""),
        (REVIEW, False, " (no paste? e writes a file)"),
        (REVIEW, True, ""),
    ],
)
async def test_where_nobody_tells_whether_a_copy_came_there_a_key_of_that_screen_shows_it(
    board: Board, monkeypatch: pytest.MonkeyPatch, table: Any, restricted: bool, told: str
) -> None:
    sent: list[str] = []
    host: Any = board
    host.keys, host.program.choices = table, Choices(restricted=restricted)
    host.app.copy_to_clipboard = sent.append
    monkeypatch.setattr(export, "_copied", lambda text, command: "")
    if table is BOARD:
        board.begin("i")
        await board.do(export.copy)
    else:
        await board.do(export.copy_text, "D-1", "D-1", export.in_a_file(host))
    assert (board.said[-1], sent) == (f"Sent to your terminal's clipboard{told}: D-1", ["D-1"])


# The hygiene screen.

OWED = replace(DEAL, id=115, account="Nova", owner="", value=None)
COUNTS = {Fault.VALUE: {"": 1, "ana": 12, "bo": 12}, Fault.OWNER: {"": 3}, DUPLICATES: {"ana": 1}}


def hygiene_view(**facts: Any) -> HygieneView:
    return HygieneView(
        **{
            "pipeline": PIPELINE,
            "group": Fault.VALUE,
            "counts": COUNTS,
            "deals": (DEAL, OWED),
            "total": 5,
            **facts,
        },
    )


@pytest.mark.parametrize("width", [120, 80, 44])
def test_the_data_that_is_to_be_mended_looks_as_it_should(width: int) -> None:
    style = PaneStyle(width, TODAY, ZONE)
    pair = Pair(Alike(114, 115, "one company", 100), DEAL, OWED)
    lines: list[Line] = []
    for view in (
        hygiene_view(marks=frozenset({115}), mended=2),
        hygiene_view(group=Fault.ANSWERS, owner="ana"),
        hygiene_view(group=Fault.CLOSE_PASSED, total=2),
        hygiene_view(group=DUPLICATES, pairs=(pair,)),
        hygiene_view(group=DUPLICATES),
    ):
        lines += [*with_roles(heading(view, width)), ((f"== {view.group}", "text"),)]
        for item in items_of(view, style):
            lines += [((f"[{item.key}]", "text"),), *with_roles(item.lines)]
        lines += with_roles(lines_below(view))
    lines += with_roles(merge_lines(DEAL, replace(OWED, outcome=Status.WON), style))
    assert_looks_like(f"hygiene-{width}", lines)


@pytest.mark.parametrize("group", GROUPS)
def test_a_kind_that_is_asked_from_a_stage_on_says_from_which(group: str) -> None:
    stages = [replace(stage, qualified=stage.name == "Demo") for stage in PIPELINE.stages]
    view = hygiene_view(
        pipeline=replace(PIPELINE, stages=tuple(stages)), group=group, counts={group: {"ana": 2}}
    )
    told = "from Demo on" if group in OF_QUALIFIED else ""
    assert text_of(heading(view, 80)[-1]).split("@ana")[0].strip() == told
    nothing = "".join(text_of(line) for line in lines_below(replace(view, counts={}, pairs=())))
    assert nothing.endswith(f": none {told}.".replace(" .", "."))


@pytest.mark.parametrize("group", GROUPS)
def test_where_there_is_no_room_for_every_kind_the_place_of_the_current_one_is_told(
    group: str,
) -> None:
    told = "\n".join(text_of(line) for line in heading(hygiene_view(group=group), 40))
    assert f"  {[*GROUPS].index(group) + 1}/{len(GROUPS)}" in told
    assert f"[{GROUPS[group]} " in told


@pytest.mark.parametrize(
    ("group", "cursor", "meant", "keys"),
    [
        (Fault.VALUE, 1, OWED, (115,)),
        (Fault.VALUE, 2, None, ()),
        (DUPLICATES, 0, DEAL, (114, 115)),
        (DUPLICATES, 1, None, ()),
    ],
)
def test_of_two_that_are_alike_the_one_that_would_stay_is_meant(
    group: str, cursor: int, meant: Deal | None, keys: tuple[int, ...]
) -> None:
    pair = Pair(Alike(114, 115, "one company", 100), DEAL, OWED)
    deals = () if group == DUPLICATES else (DEAL, OWED)
    screen = object.__new__(HygieneScreen)
    screen.view = hygiene_view(group=group, pairs=(pair,), deals=deals)
    screen._cursors = defaultdict(lambda: cursor)
    assert screen.deal == meant
    assert screen.targets()[0] == keys


def test_what_is_told_in_pairs_cannot_be_marked() -> None:
    said: list[str] = []
    marks: list[frozenset[int]] = []
    host: Any = SimpleNamespace(
        deal=DEAL, pair=None, view=hygiene_view(), say=lambda text, role="": said.append(text),
        set_marks=marks.append, move_cursor=lambda columns, rows: said.append("down"),
        keys=HYGIENE,
    )  # fmt: skip
    hygiene.mark(host)
    assert (marks, said) == ([frozenset({114})], ["down"])
    hygiene.mark_all(host)
    assert marks[-1] == {114, 115}
    host.view = hygiene_view(marks=frozenset({114, 115}))
    hygiene.mark(host)
    hygiene.mark_all(host)
    assert marks[-2:] == [{115}, frozenset()]
    for deal, pair in ((DEAL, "two"), (None, None)):
        host.deal, host.pair, before = deal, pair, len(marks)
        hygiene.mark(host)
        assert said[-1] == "There is nothing to mark here." and len(marks) == before


def test_a_filter_that_is_typed_elsewhere_is_told_as_far_as_it_is_understood(board: Board) -> None:
    screen: Any = board
    live = navigation.read_back(screen, "the numbers of ana")
    said = {text: text_of(live(text).lines[0]) for text in ("", " ", "value>5k")}
    assert said == {"": "all of them", " ": "all of them", "value>5k": "the numbers of ana"}
    bad = live("valu>>")
    assert not bad.ok and bad.why == text_of(bad.lines[0])


def test_nobody_is_new_to_themselves(board: Board) -> None:
    state = first_state(board.workspace.store, lambda: NOW, Actor("zed"), Choices(), {})
    marks = {name: bool(state.new_rep_mark(name)) for name in ("zed", "me", "ana", "none", "zoe")}
    assert marks == {"zed": False, "me": False, "ana": False, "none": False, "zoe": True}
    state.reader.close()


def test_the_pane_follows_the_cursor_as_far_as_the_deal_can_be_read(board: Board) -> None:
    board.open(width=160)
    board.state.show(pane=Pane(()), cursor=(1, 0))
    timer = SimpleNamespace(stop=lambda: None)
    drawn: list[object] = []
    screen: Any = SimpleNamespace(
        program=board.program, today=board.today, set_timer=lambda *_: timer
    )
    canvas: Any = SimpleNamespace(show=drawn.append)
    pane = DealPane(screen, cast("Any", board.state), canvas)

    def named() -> str:
        assert board.state.view.pane is not None
        return "".join(text_of(line) for line in board.state.view.pane.lines[:3])

    def is_held(*_: object) -> None:
        raise DatabaseError("Held.")

    reader = board.state.reader
    board.state.reader = cast("Any", SimpleNamespace(record=is_held))
    pane.follow()
    assert (named(), pane.deal) == ("", None)
    board.state.reader = reader
    pane.follow()
    assert "Lumen Oy" in named() and pane.deal is not None and pane.deal.id == 1
    # On its way the cursor is not slowed by deals that nobody reads; where it rests it is shown.
    board.state.show(cursor=(0, 0))
    pane.follow()
    assert "Lumen Oy" in named() and not pane.rests
    pane._rest()
    assert "Cobalt" in named() and pane.deal.id == 3 and drawn


@pytest.mark.parametrize("form", ["csv", "json", "jsonl"])
@pytest.mark.parametrize(
    ("looked_at", "marks", "named"),
    [
        ("", (), {"Lumen Oy", "Borealis", "Cobalt"}),
        ("value>20k", (), {"Lumen Oy", "Cobalt"}),
        ("mine", (), {"Lumen Oy"}),
        ("value>20k", (2, 3), {"Borealis", "Cobalt"}),
    ],
)
async def test_the_deals_that_are_marked_are_written_to_a_file_and_else_those_that_are_shown(
    board: Board, tmp_path: Path, form: str, looked_at: str, marks: tuple[int, ...], named: set[str]
) -> None:
    if looked_at == "mine":
        await board.do(navigation.mine)
    else:
        await board.do(navigation.set_filter, looked_at)
    board.state.show(marks=frozenset(marks))
    path = tmp_path / f"deals.{form}"
    board.begin(str(path))
    await board.do(export.export_deals)
    written = path.read_text()
    assert {name for name in ("Lumen Oy", "Borealis", "Cobalt") if name in written} == named
    are = "1 deal is" if len(named) == 1 else f"{len(named)} deals are"
    assert board.said[-1] == f"{are} in {path}."
    # No file is ever replaced, and of another form there is none.
    for refused in (path, tmp_path / "deals.xls"):
        board.begin(str(refused), None)
        await board.do(export.export_deals)
    assert path.read_text() == written


def test_what_does_not_fit_into_a_line_is_counted() -> None:
    line = LineInput()
    told: list[Any] = []
    line.post_message = told.append  # type: ignore[assignment, method-assign]
    assert line.validate_value("x" * LONGEST_LINE) == "x" * LONGEST_LINE and told == []
    assert line.validate_value("x" * (LONGEST_LINE + 3)) == "x" * LONGEST_LINE
    assert [message.cut for message in told] == [3]


def test_the_commands_offer_the_stages_that_deals_can_be_moved_to(board: Board) -> None:
    pipeline = board.pipeline()
    kept = tuple(stage for stage in pipeline.stages if stage.id != QUALIFICATION)
    board.workspace.save_pipeline(replace(pipeline, stages=kept))
    assert [stage.name for stage in board.pipeline().stages if stage.retired] == [
        pipeline.stage(QUALIFICATION).name
    ]
    screen: Any = board
    offered = [offer.words for offer in palette._moves(screen, "")]
    assert offered == [f"Move to {stage.name}" for stage in kept]


@pytest.mark.parametrize(
    ("owner", "title", "whose"),
    [
        ("ana", "Target of @ana for 2026Q4 (empty: none)", "ana"),
        (None, "Target of everybody for 2026Q4 (empty: none)", ""),
    ],
)
async def test_a_target_is_set_for_whoever_is_shown(
    owner: str | None, title: str, whose: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[tuple[object, ...]] = []

    async def ask_amount(host: object, *given: object) -> None:
        asked.append(given)

    async def agreed(host: object, *of: object) -> str:
        return " ".join(map(repr, of))

    monkeypatch.setattr(figures, "_ask_amount", ask_amount)
    monkeypatch.setattr(figures, "_agreed", agreed)
    shown = SimpleNamespace(owner=owner, period=SimpleNamespace(label="2026Q4"), as_of=None)
    host: Any = SimpleNamespace(asked=shown)
    await figures.target(host)
    stands = f"{Topic.TARGET!r} {whose!r} ''"
    assert asked == [(title, stands, "target", set_target)]
