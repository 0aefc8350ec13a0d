"""Acting for somebody else: only for a rep that there is, and both are named everywhere."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest

from pipeboard.domain.errors import Ambiguous, NotFound
from pipeboard.domain.people import Actor
from pipeboard.domain.roles import NotAllowed
from pipeboard.domain.settings import Rep
from pipeboard.workspace.service import check_actor
from tests.ledger import asked
from tests.team import Team, add, now_of, sales
from tests.verbs import Workspace


def test_nobody_acts_for_somebody_who_is_no_rep(team: Team) -> None:
    with pytest.raises(NotFound, match="There is no rep 'boo' to act for") as refused:
        team.rep("ana", "@boo")
    assert refused.value.hint == "Did you mean @bo?"


def test_the_rep_is_meant_by_any_way_to_write_the_name(team: Team) -> None:
    assert team.rep("ana", "@BO").me == "bo"


@pytest.mark.parametrize(
    ("acting_as", "reps", "found"),
    [
        ("", "bo", ""),
        ("ana", "bo", "ana"),
        ("bo", "ana bo", "bo"),
        (" @BO ", "ana bo", "bo"),
        ("@ana", "ana bo", "ana"),
        (" @zed ", "", "zed"),
        ("Zed", "", "Zed"),
        ("zed", "bo", None),
    ],
)
def test_whom_somebody_acts_for_is_one_of_the_reps_where_there_are_any(
    acting_as: str, reps: str, found: str | None
) -> None:
    known = tuple(map(Rep, reps.split()))
    if found is None:
        with pytest.raises(NotFound, match="There is no rep 'zed' to act for"):
            check_actor(Actor("ana", acting_as), lambda: known)
        return
    assert check_actor(Actor("ana", acting_as), lambda: known) == Actor("ana", found)


def test_two_reps_of_one_name_are_not_acted_for_by_it() -> None:
    known = (Rep("bo", "Bo Holt"), Rep("bob", "Bo Holt"))
    with pytest.raises(Ambiguous, match="could be @bo, @bob"):
        check_actor(Actor("ana", "Bo Holt"), lambda: known)


def test_a_rep_who_is_taken_away_is_acted_for_no_more(team: Team, ana: Workspace) -> None:
    deal = add(ana)
    for_bo = team.rep("ana", "bo")
    with asked(team.place, "rw") as connection:
        connection.execute("BEGIN IMMEDIATE")
        connection.execute("DELETE FROM rep WHERE name = 'bo'")
        connection.execute("COMMIT")
    with pytest.raises(NotFound, match="no rep 'bo' to act for"):
        for_bo.tag([deal.id], ["x"])
    assert ana.reader.history.entries(deal.id)[0].event.kind == "created"


def test_note_and_timeline_name_both(team: Team, ana: Workspace) -> None:
    deal = add(ana)
    for_bo = team.rep("ana", "bo")
    for_bo.add_note([deal.id], "Met")
    record = ana.record(deal.id)
    assert record.notes[0].author == record.entries[0].who == "ana (for bo)"
    for_bo.edit_note(deal.id, record.notes[0].id, "Met at the fair")
    assert ana.reader.history.notes(deal.id)[0].text == "Met at the fair"


def test_what_is_agreed_names_both(team: Team) -> None:
    for_bo = team.rep("ana", "bo")
    for_bo.set_target(sales(for_bo), "2026Q4", "1k")
    assert for_bo.reader.agreements.entries()[0].who == "ana (for bo)"


WRITES: dict[str, Callable[[Workspace, int], object]] = {
    "tag": lambda who, deal: who.tag([deal], ["x"]),
    "next": lambda who, deal: who.set_next_step([deal], "call", who.today),
    "note": lambda who, deal: who.add_note([deal], "Met"),
    "archive": lambda who, deal: who.archive([deal]),
}
"""Words for what changes a deal, by the verb that it is refused under."""


@pytest.mark.parametrize("verb", WRITES)
def test_who_only_looks_changes_nothing_whatever_they_write_with(
    team: Team, ana: Workspace, bo: Workspace, verb: str
) -> None:
    deal = add(ana)
    ana.change_rep(Rep("bo", role="viewer"))
    before = now_of(ana, deal.id)
    with pytest.raises(
        NotAllowed, match="@bo is a viewer here, and changing anything is for a rep"
    ):
        WRITES[verb](bo, deal.id)
    assert now_of(ana, deal.id) == before
    ana.change_rep(Rep("bo", role="rep"))
    WRITES[verb](bo, deal.id)
    assert now_of(ana, deal.id) != before


@pytest.mark.parametrize("verb", WRITES)
def test_where_reps_change_their_own_deals_only_no_other_is_written(
    team: Team, ana: Workspace, bo: Workspace, verb: str
) -> None:
    anas, nobodys = (add(ana, f"{name}: pilot 1k @{name}").id for name in ("ana", "none"))
    ana.change_rep(Rep("bo", role="rep"))
    ana.save_settings(replace(ana.settings, reps_edit_own=True))
    before = now_of(ana, anas)
    with pytest.raises(NotAllowed, match="is @ana's, and reps change their own deals only"):
        WRITES[verb](bo, anas)
    assert now_of(ana, anas) == before
    WRITES[verb](bo, nobodys)


AGREES: dict[str, Callable[[Workspace], object]] = {
    "target": lambda who: who.set_target(sales(who), "2026Q4", "1k"),
    "fx": lambda who: who.set_rate("USD", "0.9"),
    "rep": lambda who: who.change_rep(Rep("dee")),
    "settings": lambda who: who.save_settings(replace(who.settings, reps_edit_own=True)),
}


@pytest.mark.parametrize("verb", AGREES)
def test_what_the_team_agrees_on_is_not_a_reps_to_change(
    team: Team, ana: Workspace, bo: Workspace, verb: str
) -> None:
    ana.change_rep(Rep("bo", role="rep"))
    typed = {"settings": "setting set"}.get(verb, verb)
    with pytest.raises(NotAllowed, match=f"'{typed}' is for a manager or more"):
        AGREES[verb](bo)
    ana.change_rep(Rep("bo", role="manager"))
    AGREES[verb](bo)


@pytest.mark.parametrize(
    ("role", "given", "is_refused"),
    [
        ("manager", "owner", True),
        ("manager", "manager", False),
        ("manager", "viewer", False),
        ("owner", "owner", False),
    ],
)
def test_who_owns_the_workspace_is_for_its_owner_to_say(
    role: str, given: str, is_refused: bool, ana: Workspace, bo: Workspace
) -> None:
    ana.change_rep(Rep("bo", role=role))
    if is_refused:
        with pytest.raises(NotAllowed, match="the rep cy is for an owner"):
            bo.change_rep(Rep("cy", role=given))
    else:
        bo.change_rep(Rep("cy", role=given))
    assert {one.name: one.role for one in ana.reader.reps()}["cy"] == (
        "rep" if is_refused else given
    )


def test_a_rep_calls_for_themselves_and_a_manager_for_others(ana: Workspace, bo: Workspace) -> None:
    ana.change_rep(Rep("bo", role="rep"))
    bo.set_call(sales(bo), "2026Q4", "1k")
    with pytest.raises(NotAllowed, match="the call for 2026Q4, @cy is for a manager"):
        bo.set_call(sales(bo), "2026Q4", "1k", owner="cy")
    ana.change_rep(Rep("bo", role="manager"))
    bo.set_call(sales(bo), "2026Q4", "1k", owner="cy")


@pytest.mark.parametrize(
    ("acts_for", "whom", "may"),
    [("", "ana", False), ("ana", "ana", True), ("*", "cy", True), ("ana", "cy", False)],
)
def test_where_people_have_roles_nobody_begins_to_act_for_whom_they_may_not(
    acts_for: str, whom: str, may: bool, team: Team, ana: Workspace
) -> None:
    ana.change_rep(Rep("bo", role="rep", acts_for=acts_for))
    if may:
        assert team.rep("bo", whom).me == whom
        return
    with pytest.raises(NotAllowed, match=f"@bo may not act for @{whom}"):
        team.rep("bo", whom)
