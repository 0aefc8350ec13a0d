"""A second file put on the deals that are here: whom a line meets, and what it changes."""

from __future__ import annotations

from dataclasses import replace

import pytest

from pipeboard.domain.settings import Rep
from pipeboard.exchange.side_files import SideTable
from pipeboard.workspace.import_rows import Joined
from tests.team import Team, add, now_of, sales
from tests.verbs import Workspace


@pytest.fixture
def team(team_on_a_file: Team) -> Team:
    """On one engine: what is joined does not depend on it."""
    return team_on_a_file


def table(field: str, **lines: str) -> SideTable:
    """Lines by their keys, each as `NAME=TEXT, …`."""
    parsed = {
        key.replace("_", " "): dict(part.split("=") for part in line.split(", ") if part)
        for key, line in lines.items()
    }
    return SideTable(field, {}, parsed, ())


@pytest.fixture
def deals(ana: Workspace) -> dict[str, int]:
    lines = ("Acme: press @ana", "Bold: kiln @bo", "Core: rope @bo", "Dune: sand @none")
    return {line.partition(":")[0]: add(ana, line).id for line in lines}


def join(ana: Workspace, lines: SideTable, **more: object) -> Joined:
    return ana.join(lines, "reps.csv", None, **more)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("lines", "met", "fields"),
    [
        (table("owner", ana="fields.area=N", zed="fields.area=S"), 1, {"Acme": {"area": "N"}}),
        (
            table("owner", bo="fields.area=S, fields.boss=Mo"),
            1,
            {name: {"area": "S", "boss": "Mo"} for name in ("Bold", "Core")},
        ),
        (table("account", dune="fields.area=S"), 1, {"Dune": {"area": "S"}}),
        (table("title", rope="fields.area=S", kiln=""), 2, {"Core": {"area": "S"}}),
        (table("fields.area", n="fields.x=y"), 0, {}),
        (table("owner"), 0, {}),
    ],
)
def test_a_line_goes_to_every_deal_that_has_its_key(
    lines: SideTable,
    met: int,
    fields: dict[str, dict[str, str]],
    ana: Workspace,
    deals: dict[str, int],
) -> None:
    before = len(ana.undo_list())
    found = join(ana, lines)
    changed = len(fields)
    assert (found.lines, found.met, found.deals, found.reps) == (len(lines.lines), met, changed, 0)
    assert {
        name: dict(now_of(ana, one).fields)
        for name, one in deals.items()
        if now_of(ana, one).fields
    } == fields
    assert bool(found.command_id) == bool(fields)
    assert len(ana.undo_list()) == before + bool(fields)
    again = join(ana, lines)
    assert (again.met, again.deals, again.command_id) == (met, 0, "")
    if fields:
        deal = "1 deal" if changed == 1 else f"{changed} deals"
        assert ana.undo_list()[0].summary == f"Joined reps.csv to {deal}."
        ana.undo()
        assert not any(now_of(ana, one).fields for one in deals.values())


def test_only_what_differs_is_changed_and_only_in_the_pipeline_that_is_named(
    ana: Workspace, deals: dict[str, int]
) -> None:
    other = ana.save_pipeline(replace(sales(ana), id=0, name="Renewals"))
    (there,) = ana.add("Elm: oak @bo", pipeline=other).deals
    ana.set_fields([deals["Bold"]], ["fields.area=S"])
    lines = table("owner", bo="fields.area=S")
    found = ana.join(lines, "reps.csv", sales(ana).id)
    assert (found.met, found.deals, now_of(ana, there.id).fields) == (1, 1, {})
    assert ana.join(lines, "reps.csv", None).deals == 1
    assert dict(now_of(ana, there.id).fields) == {"area": "S"}


@pytest.mark.parametrize(
    ("lines", "teams"),
    [
        (table("owner", bo="rep.team=North"), {"bo": "North"}),
        (table("owner", bo="rep.team=North", cy="rep.team=South"), {"bo": "North", "cy": "South"}),
        (table("owner", bo="rep.team=Old", zed="rep.team=X"), {}),
        (table("owner", bo="fields.area=S"), {}),
        (table("account", bo="rep.team=North", acme="rep.team=North"), {}),
    ],
)
def test_the_team_of_a_line_is_that_of_the_rep_where_owners_are_the_key(
    lines: SideTable, teams: dict[str, str], ana: Workspace, deals: dict[str, int]
) -> None:
    ana.save_rep(Rep("bo", "Bo B", team="Old"))
    found = join(ana, lines)
    assert found.reps == len(teams)
    expected = {"ana": "", "bo": "Old", "cy": ""} | teams
    assert {rep.name: rep.team for rep in ana.reader.reps()} == expected
    assert {rep.name: rep.display_name for rep in ana.reader.reps()}["bo"] == "Bo B"


def test_a_join_is_tried_without_a_trace_and_done_once_under_its_token(
    ana: Workspace, deals: dict[str, int]
) -> None:
    lines = table("owner", bo="fields.area=S")
    tried = join(ana, lines, dry_run=True)
    assert (tried.met, tried.deals) == (1, 2)
    assert not now_of(ana, deals["Bold"]).fields
    done = join(ana, lines, token="t1")
    assert (done.deals, done.command_id, done.said_before) == (2, "t1", "")
    again = join(ana, table("owner", ana="fields.area=N"), token="t1")
    assert (again.deals, again.command_id) == (0, "t1")
    assert "Done already" in again.said_before or again.said_before
    assert not now_of(ana, deals["Acme"]).fields


def test_what_was_joined_before_under_its_token_counts_nothing_anew(
    ana: Workspace, deals: dict[str, int]
) -> None:
    lines = table("owner", bo="fields.area=S")
    done = join(ana, lines, token="t1")
    again = join(ana, lines, token="t1")
    assert (done.lines, done.met, done.deals, done.reps) == (1, 1, 2, 0)
    assert (again.lines, again.met, again.deals, again.reps) == (0, 0, 0, 0)
    assert again.command_id == done.command_id == "t1"
