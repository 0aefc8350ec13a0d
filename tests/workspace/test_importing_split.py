"""A file of several pipelines: when its rows go into those that they name, and what is told."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from pipeboard.domain.money import Money
from pipeboard.domain.pipeline import Pipeline
from pipeboard.domain.settings import Settings
from pipeboard.domain.templates import from_stage_names
from pipeboard.exchange.recipe import Recipe
from pipeboard.workspace.import_plan import ImportPlan, carry_out, look_at, named_pipelines
from tests.team import TODAY, Team
from tests.verbs import Workspace

SALES = from_stage_names(("Lead", "Talk"), pipeline_name="Sales", currency="EUR")
RENEWALS = from_stage_names(("Due",), pipeline_name="Renewals", currency="EUR")
HERE = tuple(
    Pipeline(number, one.name, one.currency, one.stages)
    for number, one in enumerate((SALES, RENEWALS), 1)
)
ONE = "id,name,pipeline,stage\n1,A,Sales,Lead\n2,B,SALES,Talk\n"
BOTH = ONE + "3,C,Renewals,Due\n"
NEW = BOTH + "4,D,Partners,Offer\n5,E,Partners,won\n6,F,Partners,Talk\n"


def desk(came: Mapping[int, int] | None) -> Any:
    """A workspace of two pipelines: None without a deal, else how many of the file's source came
    into each before."""
    known = SimpleNamespace(
        count=lambda: 0 if came is None else 9,
        of_source=lambda source, one: came[one] if came else 0,
    )
    return SimpleNamespace(
        today=TODAY,
        settings=Settings(currency="EUR"),
        reader=SimpleNamespace(known_deals=lambda: known, pipelines=lambda: HERE),
    )


NONE, SOME, SEVERAL = {1: 0, 2: 0}, {1: 4, 2: 0}, {1: 4, 2: 1}


@pytest.mark.parametrize(
    ("text", "came", "named"),
    [
        ("id,name,stage\n1,A,Lead\n", None, ""),
        # Where there are no deals yet.
        (ONE, None, ""),
        (BOTH, None, "Sales Renewals"),
        (NEW, None, "Sales Renewals Partners"),
        (BOTH + "4,D,Sales,Demo\n", None, ""),
        # Where there are, of this source or another.
        (ONE, NONE, ""),
        (ONE, SOME, "Sales"),
        (BOTH, NONE, "Sales Renewals"),
        (BOTH + "4,D,Sales,Demo\n", NONE, "Sales Renewals"),
        (NEW, NONE, ""),
        (NEW, SOME, ""),
        (NEW, SEVERAL, "Sales Renewals Partners"),
    ],
)
def test_rows_go_into_the_pipelines_that_they_name_where_these_are_meant(
    text: str, came: Mapping[int, int] | None, named: str, tmp_path: Path
) -> None:
    file = tmp_path / "deals.csv"
    file.write_text(text, "utf-8")
    found = named_pipelines(desk(came), file, Recipe(source="crm"))
    assert " ".join(one.name for one in found) == named
    for one in found:
        if one.name == "Partners":
            assert [stage.name for stage in one.open_stages] == ["Offer", "Talk"]
            assert not one.id
        else:
            assert one in HERE


@pytest.mark.parametrize(("count", "is_split"), [(2, True), (20, True), (21, False)])
def test_what_names_very_many_is_no_pipeline(count: int, is_split: bool, tmp_path: Path) -> None:
    file = tmp_path / "deals.csv"
    rows = "".join(f"{n},Deal {n},Name {n},Open\n" for n in range(count))
    file.write_text(f"id,name,pipeline,stage\n{rows}", "utf-8")
    assert (len(named_pipelines(desk(None), file, Recipe())) == count) is is_split


# What comes of it.


@pytest.fixture
def team(team_on_a_file: Team) -> Team:
    """On one engine: nothing of this depends on it."""
    return team_on_a_file


def unheard(rows: int, share: float) -> None:
    """Nobody listens."""


FIRST = "id,name,pipeline,stage\n1,A,Direct,Call\n2,B,Partners,Offer\n3,C,Partners,Sign\n"
FIRST += "4,D,Direct,Call\n"


def imported(ana: Workspace, folder: Path, text: str) -> Any:
    file = folder / "deals.csv"
    file.write_text(text, "utf-8")
    seen = look_at(ana, ImportPlan(file), unheard)
    return seen, carry_out(ana, seen, unheard)


def placed(ana: Workspace) -> dict[str, tuple[str, str]]:
    pipelines = {one.id: one for one in ana.reader.pipelines()}
    return {
        deal.title: (
            pipelines[deal.pipeline_id].name,
            pipelines[deal.pipeline_id].stage(deal.stage_id).name,
        )
        for deal in ana.reader.deals(range(1, 20)).values()
        if not deal.removed
    }


def test_pipelines_are_made_and_the_same_file_again_changes_nothing(
    ana: Workspace, tmp_path: Path
) -> None:
    seen, done = imported(ana, tmp_path, FIRST)
    assert (seen.splits, [seen.pipeline.name, *(one.name for one in seen.beside)]) == (
        True, ["Direct", "Partners"],
    )  # fmt: skip
    assert seen.stages == ("Call", "Offer", "Sign")
    assert seen.mapping["pipeline"] == "pipeline"
    assert seen.unknown_words == 0
    where = {
        "A": ("Direct", "Call"),
        "B": ("Partners", "Offer"),
        "C": ("Partners", "Sign"),
        "D": ("Direct", "Call"),
    }
    assert placed(ana) == where
    assert not any(deal.fields for deal in ana.reader.deals(range(1, 5)).values())
    seen, done = imported(ana, tmp_path, FIRST)
    assert (seen.splits, done.report.unchanged, done.report.created) == (True, 4, 0)
    ana.undo()
    assert placed(ana) == {}


@pytest.mark.parametrize(
    ("name", "told"),
    [("Direct", []), ("DIRECT", []), ("", []), ("Partners", [("Direct", "Partners")])],
)
def test_a_known_deal_stays_in_its_pipeline_and_that_is_told_of_another(
    name: str, told: list[tuple[str, str]], ana: Workspace, tmp_path: Path
) -> None:
    imported(ana, tmp_path, FIRST)
    _, done = imported(ana, tmp_path, FIRST.replace("1,A,Direct", f"1,A,{name}"))
    left = [(one.ours, one.theirs) for one in done.report.left if one.field == "pipeline"]
    assert left == told
    assert placed(ana)["A"] == ("Direct", "Call")


@pytest.mark.parametrize("currency", ["EUR", "USD"])
def test_amounts_of_a_file_of_several_pipelines_are_those_that_were_seen_of_it(
    currency: str, ana: Workspace, tmp_path: Path
) -> None:
    """Where they say no currency that of the workspace, whatever the first pipeline counts in."""
    imported(ana, tmp_path, FIRST)
    direct = ana.pipeline("Direct")
    ana.save_pipeline(replace(direct, currency=currency))
    text = FIRST.replace("stage\n", "stage,amount\n").replace("Call\n", "Call,10\n")
    seen, done = imported(ana, tmp_path, text.replace("Offer\n", "Offer,20\n"))
    assert (seen.splits, seen.currency, seen.report.sums) == (
        True, "EUR", {("open", "EUR"): 4_000},
    )  # fmt: skip
    assert done.report.sums == seen.report.sums
    values = {deal.title: deal.value for deal in ana.reader.each(today=TODAY)}
    assert values == {
        "A": Money(1_000, "EUR"), "B": Money(2_000, "EUR"), "C": None, "D": Money(1_000, "EUR"),
    }  # fmt: skip


def test_where_a_pipeline_is_chosen_all_rows_go_there_whatever_they_name(
    ana: Workspace, tmp_path: Path
) -> None:
    file = tmp_path / "deals.csv"
    file.write_text(FIRST, "utf-8")
    seen = look_at(ana, ImportPlan(file, pipeline="All", is_new=True), unheard)
    assert (seen.splits, seen.pipeline.name, seen.beside) == (False, "All", ())
    assert seen.stages == ("Call", "Offer", "Sign")
    carry_out(ana, seen, unheard)
    assert {name for name, _ in placed(ana).values()} == {"All"}
