"""Moves of several deals at once, steps at the ends of a pipeline, and columns ordered by hand."""

from __future__ import annotations

from random import Random

import pytest

from pipeboard.domain.commands import Rank
from pipeboard.domain.deal import Loss
from pipeboard.domain.errors import Conflict, GateNotMet, NotFound, Refused
from pipeboard.workspace.execution import RANK_GAP
from tests.ledger import disagreements
from tests.team import (
    CLOSING,
    LEAD,
    NEEDS,
    PROPOSAL,
    QUALIFICATION,
    Team,
    add,
    now_of,
    qualify,
    sales,
)
from tests.verbs import Workspace


def order(workspace: Workspace, stage_id: int = LEAD) -> list[int]:
    """The deals of a column from top to bottom."""
    return [
        card.id
        for card in workspace.reader.window(workspace.lens(sales(workspace)), stage_id, 0, 50)
    ]


def test_a_step_beyond_either_end_is_refused_with_what_to_do(ana: Workspace) -> None:
    first, last = add(ana, stage=LEAD), add(ana, stage=CLOSING)
    with pytest.raises(Refused, match="nowhere to go back to: Lead Generation is the first"):
        ana.step([first.id], -1)
    with pytest.raises(Refused, match="Closing is the last stage of Sales") as refused:
        ana.step([last.id], 1)
    assert refused.value.hint == "Mark the deal won or lost."


def test_several_deals_step_on_each_from_where_it_stands(ana: Workspace) -> None:
    first, second = add(ana, stage=LEAD), add(ana, "Acme: press 1k", stage=NEEDS)
    receipt = ana.step([first.id, second.id], 1)
    assert receipt.summary == "Moved 2 deals (Lumen Oy, Acme) to the next stage."
    assert [deal.stage_id for deal in receipt.deals] == [QUALIFICATION, PROPOSAL]


def test_the_one_deal_that_refuses_is_told_as_one(ana: Workspace) -> None:
    free, last = add(ana, "Free: pilot", stage=LEAD), add(ana, "Last: pilot", stage=CLOSING)
    with pytest.raises(Refused, match="Nothing was changed: 1 of 2 deals refuses"):
        ana.step([free.id, last.id], 1)
    assert ana.merge(free.id, [last.id]).summary == "Merged 1 deal into Free."


def test_one_refusal_stops_all_and_every_refusal_is_told(ana: Workspace) -> None:
    free = add(ana, "Free: pilot", stage=LEAD)
    stuck = add(ana, "Stuck: pilot", stage=QUALIFICATION)
    last = add(ana, "Last: pilot", stage=CLOSING)
    with pytest.raises(GateNotMet) as refused:
        ana.step([free.id, stuck.id, last.id], 1)
    assert "Nothing was changed: 2 of 3 deals refuse" in refused.value.message
    assert "Stuck" in refused.value.message
    assert "Closing is the last stage" in refused.value.message
    assert now_of(ana, free.id).stage_id == LEAD


def test_a_deal_that_is_named_twice_is_moved_once(ana: Workspace) -> None:
    deal = add(ana)
    receipt = ana.step([deal.id, deal.id], 1)
    assert len(receipt.deals) == 1
    assert now_of(ana, deal.id).stage_id == QUALIFICATION


def test_a_deal_that_is_not_there_is_named(ana: Workspace) -> None:
    with pytest.raises(NotFound, match="There is no deal D-77"):
        ana.step([77], 1)


def test_a_tried_move_says_what_it_would_do_and_does_nothing(ana: Workspace) -> None:
    deal = add(ana, stage=QUALIFICATION)
    with pytest.raises(GateNotMet):
        ana.step([deal.id], 1, dry_run=True)
    qualify(ana, deal.id)
    receipt = ana.step([deal.id], 1, dry_run=True)
    assert (receipt.command_id, receipt.summary) == (
        "",
        "Moved Lumen Oy to Needs Assessment (from Lead Qualification).",
    )
    assert now_of(ana, deal.id).stage_id == QUALIFICATION


def test_what_is_so_already_is_no_command(ana: Workspace) -> None:
    deal = add(ana)
    receipt = ana.edit([deal.id], {"account": "Lumen Oy"})
    assert (receipt.command_id, receipt.deals) == ("", ())
    assert len(ana.reader.history.commands()) == 1


@pytest.mark.parametrize("apart", [0, 1], ids=["at the same instant", "one after another"])
def test_a_column_is_ordered_by_hand_as_a_list_would_be(
    apart: int, ana: Workspace, team: Team
) -> None:
    for number in range(6):
        team.clock.wait(seconds=apart)
        add(ana, f"Company {number}: pilot")
    wanted, random = order(ana), Random(3)
    for _ in range(40):
        deal_id, places = random.choice(wanted), random.choice((-3, -2, -1, 1, 2, 3))
        target = wanted.index(deal_id) + places
        if 0 <= target < len(wanted):
            wanted.remove(deal_id)
            wanted.insert(target, deal_id)
            ana.reorder(deal_id, places, ana.lens(sales(ana)))
        else:
            with pytest.raises(Refused, match=r"on top already|at the bottom already"):
                ana.reorder(deal_id, places, ana.lens(sales(ana)))
        assert order(ana) == wanted
    assert disagreements(team.place) == []


@pytest.mark.parametrize("apart", [0, 1], ids=["at the same instant", "one after another"])
def test_under_a_filter_a_deal_goes_right_beside_the_shown_one_that_it_passes(
    apart: int, ana: Workspace, team: Team
) -> None:
    for number in range(9):
        team.clock.wait(seconds=apart)
        add(ana, f"Company {number}: {'shown' if number % 2 else 'hidden'}")
    shown = ana.lens(sales(ana), filter_text="shown")
    random = Random(5)
    for _ in range(30):
        wanted = order(ana)
        seen = [card.id for card in ana.reader.window(shown, LEAD, 0, 9)]
        deal_id, down = random.choice(seen), random.choice((True, False))
        place = seen.index(deal_id) + (1 if down else -1)
        if not 0 <= place < len(seen):
            continue
        wanted.remove(deal_id)
        wanted.insert(wanted.index(seen[place]) + down, deal_id)
        ana.reorder(deal_id, 1 if down else -1, shown)
        assert order(ana) == wanted
    assert disagreements(team.place) == []


@pytest.mark.parametrize(
    ("place", "rank", "stands"), [(0, -1, False), (3, 1, True)], ids=["the deal", "another"]
)
@pytest.mark.parametrize("apart", [0, 1], ids=["no room is left", "there is room"])
def test_what_somebody_did_to_the_deal_itself_alone_stands_against_its_new_place(
    place: int, rank: int, stands: bool, apart: int, ana: Workspace, bo: Workspace, team: Team
) -> None:
    for number in range(4):
        team.clock.wait(seconds=apart)
        add(ana, f"Company {number}: pilot")
    before = order(ana)
    seen = {one: now_of(ana, one).version for one in before}
    changed = now_of(ana, before[place])
    bo.execute(Rank(changed.rank + rank), [changed.id])
    assert order(ana) == before
    if stands:
        ana.reorder(before[0], 1, ana.lens(sales(ana)), seen=seen)
        assert order(ana) == [before[1], before[0], *before[2:]]
        return
    with pytest.raises(Conflict, match=f"bo changed {changed.ref} {changed.name} at 10:00: rank"):
        ana.reorder(before[0], 1, ana.lens(sales(ana)), seen=seen)


def test_a_new_rank_for_a_whole_column_is_one_command(ana: Workspace) -> None:
    for number in range(4):
        add(ana, f"Company {number}: pilot")
    lens = ana.lens(sales(ana))
    receipt = ana.reorder(2, 1, lens, token="t1")
    assert (receipt.verb, receipt.summary) == ("reorder", "Ordered the column by hand.")
    assert order(ana) == [1, 3, 2, 4]
    ranks = [now_of(ana, one).rank for one in order(ana)]
    assert [rank - ranks[0] for rank in ranks] == [0, RANK_GAP, 2 * RANK_GAP, 3 * RANK_GAP]
    assert ana.reorder(2, 1, lens, token="t1").command_id == receipt.command_id == "t1"
    assert order(ana) == [1, 3, 2, 4]
    after = ana.reorder(2, -1, lens, dry_run=True)
    assert (after.command_id, order(ana)) == ("", [1, 3, 2, 4])
    ana.reorder(2, -1, lens)
    assert order(ana) == [1, 2, 3, 4]


def test_a_deal_that_is_not_on_the_board_has_no_place(ana: Workspace) -> None:
    add(ana)
    with pytest.raises(NotFound, match="D-9 is not on the board"):
        ana.reorder(9, 1, ana.lens(sales(ana)))
    with pytest.raises(NotFound, match="D-1 is not on the board"):
        ana.reorder(1, 1, ana.lens(sales(ana), filter_text="other"))


def test_an_order_by_hand_is_undone_whole(ana: Workspace) -> None:
    for number in range(4):
        add(ana, f"Company {number}: pilot")
    before = order(ana)
    ana.reorder(before[0], 2, ana.lens(sales(ana)))
    ana.undo()
    assert order(ana) == before


def test_a_merge_fills_what_the_kept_deal_does_not_know_and_archives_the_other(
    ana: Workspace,
) -> None:
    keep, twin = add(ana, "Lumen Oy: pilot"), add(ana, "Lumen: pilot 40k")
    ana.tag([twin.id], ["nordic"])
    ana.set_fields([twin.id], ["source=web", "fields.product=GTX"])
    ana.merge(keep.id, [twin.id])
    after = now_of(ana, keep.id)
    assert (after.account, after.source, after.tags) == ("Lumen Oy", "web", ("nordic",))
    assert after.value is not None
    assert dict(after.fields) == {"product": "GTX"}
    assert now_of(ana, twin.id).merged_into == keep.id
    with pytest.raises(Refused, match="into itself"):
        ana.merge(keep.id, [keep.id])


def test_somebody_who_acts_for_another_is_named_beside_them(team: Team) -> None:
    boss = team.rep("root", acting_as="ana")
    deal = add(boss)
    assert deal.owner == "ana"
    boss.lose([deal.id], Loss("price"))
    entry = boss.reader.history.entries(deal.id, limit=1)[0]
    assert (entry.actor, entry.acting_as) == ("root", "ana")


@pytest.mark.parametrize(("place", "places"), [(0, 1), (0, 3), (3, -1), (3, -3), (1, 1), (2, -2)])
def test_where_there_is_room_a_new_place_changes_the_deal_alone(
    place: int, places: int, ana: Workspace, team: Team
) -> None:
    for number in range(4):
        team.clock.wait(seconds=1)
        add(ana, f"Company {number}: pilot")
    before = order(ana)
    receipt = ana.reorder(before[place], places, ana.lens(sales(ana)))
    assert [deal.id for deal in receipt.deals] == [before[place]]
    assert order(ana).index(before[place]) == place + places
    assert sum(now_of(ana, one).version for one in before) == 5


@pytest.mark.parametrize("places", [-1, 1, -9, 9])
def test_the_only_card_of_a_column_is_on_top_and_at_the_bottom(places: int, ana: Workspace) -> None:
    deal = add(ana)
    add(ana, "Acme: press", stage=NEEDS)
    said = "It is on top already." if places < 0 else "It is at the bottom already."
    with pytest.raises(Refused, match=said):
        ana.reorder(deal.id, places, ana.lens(sales(ana)))


@pytest.mark.parametrize("under", [{"owner": "ana"}, {"filter_text": "shown"}, {"owner": "bo"}])
@pytest.mark.parametrize(
    ("place", "places", "after"),
    [
        (0, 1, [1, 2, 0, 3, 4, 5]),
        (0, 2, [1, 2, 3, 4, 0, 5]),
        (4, -1, [0, 1, 4, 2, 3, 5]),
        (4, -2, [4, 0, 1, 2, 3, 5]),
    ],
)
def test_a_card_goes_right_beside_the_one_that_it_passes_whatever_the_lens_hides(
    under: dict[str, str], place: int, places: int, after: list[int], ana: Workspace, team: Team
) -> None:
    """Every second one is shown, from the first on."""
    shown = under.get("owner", "ana")
    for number in range(6):
        team.clock.wait(seconds=1)
        owner = shown if number % 2 else {"ana": "bo", "bo": "ana"}[shown]
        add(ana, f"Company {number}: {'shown' if number % 2 else 'other'} @{owner}")
    before = order(ana)
    lens = ana.lens(sales(ana), owner=under.get("owner"), filter_text=under.get("filter_text", ""))
    assert [card.id for card in ana.reader.window(lens, LEAD, 0, 9)] == before[::2]
    ana.reorder(before[place], places, lens)
    assert order(ana) == [before[one] for one in after]
