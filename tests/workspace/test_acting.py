"""Acting for somebody else: only for a rep that there is, and both are named everywhere."""

from __future__ import annotations

import pytest

from pipeboard.domain.errors import NotFound
from tests.ledger import asked
from tests.team import Team, add, sales
from tests.verbs import Workspace


def test_nobody_acts_for_somebody_who_is_no_rep(team: Team) -> None:
    with pytest.raises(NotFound, match="There is no rep 'boo' to act for") as refused:
        team.rep("ana", "@boo")
    assert refused.value.hint == "Did you mean @bo?"


def test_the_rep_is_meant_by_any_way_to_write_the_name(team: Team) -> None:
    assert team.rep("ana", "@BO").me == "bo"


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
