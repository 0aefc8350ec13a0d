"""A planned import: what is seen of a file, how choices become a recipe, and what comes in."""

from __future__ import annotations

import os
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from pipeboard.domain.errors import (
    BadInput,
    Conflict,
    DatabaseError,
    GivenUp,
    NotFound,
    PipeboardError,
    Refused,
)
from pipeboard.domain.settings import Rep
from pipeboard.domain.templates import from_stage_names
from pipeboard.exchange.deal_files import whole_document
from pipeboard.exchange.recipe import PlacingWord, Recipe, with_column, with_constant, with_word
from pipeboard.exchange.rows import DealRow
from pipeboard.exchange.side_files import SideFile, side_of, with_side
from pipeboard.workspace import import_rows
from pipeboard.workspace.configuration import change_pipeline
from pipeboard.workspace.import_plan import (
    FileSeen,
    ImportPlan,
    _open_stages,
    _options,
    carry_out,
    look_at,
    named_pipelines,
)
from pipeboard.workspace.import_report import ImportReport, RowsRejected
from pipeboard.workspace.import_rows import MOST_ATTEMPTS, check_owners
from pipeboard.workspace.row_matching import ImportOptions
from pipeboard.workspace.undoing import undo_last
from tests.ledger import disagreements
from tests.team import Team, add
from tests.verbs import Workspace

TEXT = "id,name,state,outcome,amount\n1,Nova,Talk,open,40\n2,Lumen,Talk,gewonnen,\n3,Sol,,maybe,5\n"
HEADER = ("id", "name", "state", "outcome", "amount")


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "deals.csv"
    path.write_text(TEXT, "utf-8")
    return path


def unheard(rows: int, share: float) -> None:
    """Nobody listens."""


def seen_by(workspace: Workspace, plan: ImportPlan) -> FileSeen:
    return look_at(workspace, plan, unheard)


def test_samples_and_words_with_their_counts_are_seen(ana: Workspace, file: Path) -> None:
    recipe = Recipe(map=("state=stage", "outcome=status"))
    seen = seen_by(ana, ImportPlan(file, recipe))
    assert seen.survey.records == 3
    assert seen.survey.samples["name"] == ("Nova", "Lumen", "Sol")
    assert seen.survey.samples["amount"] == ("40", "5")
    assert seen.survey.words == (
        PlacingWord("state", "Talk", 2, "Talk"),
        PlacingWord("outcome", "open", 1, "=open"),
        PlacingWord("outcome", "gewonnen", 1, "=won"),
        PlacingWord("outcome", "maybe", 1, None),
    )
    assert seen.unknown_words == 2
    assert ana.reader.known_deals().count() == 0


@pytest.mark.parametrize(
    ("new", "becomes"),
    [("=won", "=won"), ("=lost", "=lost"), ("=-", "=-"), ("Proposal", "Proposal"), ("", "Talk")],
)
def test_a_word_becomes_what_is_chosen_for_it(
    new: str, becomes: str, ana: Workspace, file: Path
) -> None:
    first = with_word(Recipe(map=("state=stage",)), "state", True, "Talk", "=lost")
    recipe = with_word(first, "state", True, "talk", new)
    assert len(recipe.stage) == bool(new)
    seen = seen_by(ana, ImportPlan(file, recipe))
    word = next(word for word in seen.survey.words if word.text == "Talk")
    assert word.becomes == becomes
    assert seen.is_known(word.becomes) == (new != "")


def test_a_word_of_a_status_is_chosen_by_its_column(ana: Workspace, file: Path) -> None:
    recipe = Recipe(map=("state=-", "outcome=status"))
    recipe = with_word(recipe, "outcome", False, "maybe", "=lost")
    assert recipe.value == ("outcome:maybe==lost",)
    words = seen_by(ana, ImportPlan(file, recipe)).survey.words
    assert [word.becomes for word in words] == ["=open", "=won", "=lost"]
    assert with_word(recipe, "outcome", False, "maybe", "").value == ()


def test_a_word_that_no_recipe_can_hold_is_refused() -> None:
    with pytest.raises(BadInput, match="holds a '='"):
        with_word(Recipe(), "state", True, "a=b", "Proposal")


def test_a_field_goes_from_one_column_to_another() -> None:
    recipe = with_column(Recipe(), HEADER, "name", "title")
    recipe = with_column(recipe, HEADER, "state", "title")
    assert recipe.map == ("state=title",)
    recipe = with_column(recipe, HEADER, "id", "note")
    recipe = with_column(recipe, HEADER, "outcome", "note")
    assert recipe.map == ("state=title", "id=note", "outcome=note")
    assert with_column(recipe, HEADER, "state", "").map == ("id=note", "outcome=note")


def test_a_field_has_one_constant() -> None:
    recipe = with_constant(with_constant(Recipe(), "stage", "Lead"), "stage", "Proposal")
    assert recipe.set == ("stage=Proposal",)
    assert with_constant(recipe, "stage", "").set == ()


def test_a_new_pipeline_has_the_files_own_stages_and_comes_in_with_them(
    ana: Workspace, file: Path
) -> None:
    recipe = Recipe(map=("state=stage", "outcome=-"))
    seen = seen_by(ana, ImportPlan(file, recipe, pipeline="Talks", is_new=True))
    assert [stage.name for stage in seen.pipeline.open_stages] == ["Talk"]
    assert not seen.unknown_words and seen.report.created == 3
    done = carry_out(ana, seen, unheard)
    assert (done.pipeline, done.report.created) == ("Talks", 3)
    again = seen_by(ana, ImportPlan(file, recipe, pipeline="Talks", is_new=True))
    assert not again.plan.is_new and again.report.unchanged == 3


def test_a_plan_without_a_pipeline_goes_where_deals_of_the_source_are(
    ana: Workspace, file: Path
) -> None:
    plan = ImportPlan(file, Recipe(map=("state=stage", "outcome=-")))
    assert seen_by(ana, plan).pipeline.name == "Sales"
    carry_out(ana, seen_by(ana, replace(plan, pipeline="Own", is_new=True)), unheard)
    again = seen_by(ana, plan)
    assert again.pipeline.name == "Own" and again.report.unchanged == 3
    assert carry_out(ana, again, unheard).pipeline == "Own"
    assert ana.reader.known_deals().count() == 3
    assert seen_by(ana, replace(plan, pipeline="Sales")).pipeline.name == "Sales"


def test_deals_of_several_pipelines_stay_in_theirs_and_new_ones_go_where_most_are(
    ana: Workspace, tmp_path: Path
) -> None:
    def file(rows: str) -> Path:
        path = tmp_path / f"{rows.count(chr(10))}.csv"
        path.write_text(f"Deal ID,Deal Name,Stage\n{rows}", "utf-8")
        return path

    few, most = "1,Nova,Talk\n", "2,Lumen,Call\n3,Sol,Call\n"
    for name, rows in (("Few", few), ("Most", most)):
        carry_out(ana, seen_by(ana, ImportPlan(file(rows), pipeline=name, is_new=True)), unheard)
    seen = seen_by(ana, ImportPlan(file(f"{few}{most}4,Iris,Call\n")))
    assert [one.name for one in (seen.pipeline, *seen.beside)] == ["Most", "Few"]
    assert (seen.splits, seen.stages) == (True, ("Call", "Talk"))
    report = carry_out(ana, seen, unheard).report
    assert (report.created, report.updated, report.unchanged) == (1, 0, 3)
    names = {one.id: one.name for one in ana.reader.pipelines()}
    found = {deal.name: names[deal.pipeline_id] for deal in ana.reader.each(today=ana.today)}
    assert found == {"Nova": "Few", "Lumen": "Most", "Sol": "Most", "Iris": "Most"}


@pytest.mark.parametrize("is_gone", [False, True])
def test_a_pipeline_that_a_colleague_changed_meanwhile_is_taken_as_it_is_now(
    ana: Workspace, bo: Workspace, file: Path, *, is_gone: bool
) -> None:
    plan = ImportPlan(file, Recipe(map=("state=stage", "outcome=-")), pipeline="Own", is_new=True)
    carry_out(ana, seen_by(ana, plan), unheard)
    seen = seen_by(ana, replace(plan, pipeline=""))
    own = seen.pipeline
    if is_gone:
        undo_last(ana)
        with pytest.raises(NotFound, match="there no more"):
            carry_out(ana, seen, unheard)
        return
    change_pipeline(bo, replace(own, name="Ours"))
    assert carry_out(ana, seen, unheard).pipeline == "Ours"


def test_what_is_lacking_is_said_and_keeps_the_file_out(ana: Workspace, tmp_path: Path) -> None:
    file = tmp_path / "deals.csv"
    file.write_text("id,name\n1,Nova\n", "utf-8")
    seen = seen_by(ana, ImportPlan(file))
    assert "in which stage" in seen.lacking
    with pytest.raises(Refused, match="in which stage"):
        carry_out(ana, seen, unheard)
    whole = seen_by(ana, ImportPlan(file, with_constant(Recipe(), "stage", "Proposal")))
    assert carry_out(ana, whole, unheard).report.created == 1


def test_rejected_rows_keep_all_out_unless_they_are_to_be_skipped(
    ana: Workspace, file: Path
) -> None:
    recipe = Recipe(map=("state=stage", "outcome=-"))
    seen = seen_by(ana, ImportPlan(file, recipe))
    assert len(seen.report.rejected) == 2
    with pytest.raises(RowsRejected):
        carry_out(ana, seen, unheard)
    assert not file.with_name("deals.csv.rejected.csv").exists()
    skipping = seen_by(ana, ImportPlan(file, recipe, skips_bad=True))
    done = carry_out(ana, skipping, unheard)
    assert done.report.created == 1
    assert done.rejected is not None and "Nova" in done.rejected.read_text("utf-8")


def test_no_cell_of_a_rejected_row_is_a_formula_in_its_file(ana: Workspace, file: Path) -> None:
    file.write_text(TEXT + "4,=HYPERLINK(1),Nonsense,open,7\n", "utf-8")
    recipe = Recipe(map=("state=stage", "outcome=-"))
    done = carry_out(ana, seen_by(ana, ImportPlan(file, recipe, skips_bad=True)), unheard)
    assert done.rejected is not None
    told = done.rejected.read_text("utf-8")
    assert "'=HYPERLINK(1)" in told and ",=HYPERLINK" not in told


def test_a_file_that_has_changed_since_is_not_imported(ana: Workspace, file: Path) -> None:
    seen = seen_by(ana, ImportPlan(file, with_constant(Recipe(), "stage", "Proposal")))
    file.write_text(TEXT + "4,Tarn,,,1\n", "utf-8")
    with pytest.raises(Conflict, match="has changed since"):
        carry_out(ana, seen, unheard)
    assert ana.reader.known_deals().count() == 0


def test_the_choices_of_last_time_hold_until_they_are_forgotten(ana: Workspace, file: Path) -> None:
    recipe = with_word(Recipe(map=("state=stage", "outcome=-")), "state", True, "Talk", "Proposal")
    carry_out(ana, seen_by(ana, ImportPlan(file, recipe)), unheard)
    assert "Talk=Proposal" in seen_by(ana, ImportPlan(file)).last
    assert not seen_by(ana, ImportPlan(file, forgets=True)).last
    file.write_text("id,name,stage,amount\n1,Nova,Proposal,40\n", "utf-8")
    carry_out(ana, seen_by(ana, ImportPlan(file, forgets=True)), unheard)
    assert not seen_by(ana, ImportPlan(file)).last


def test_choices_of_last_time_that_do_not_fit_are_told_and_left_aside(
    ana: Workspace, file: Path
) -> None:
    recipe = with_word(Recipe(map=("state=stage", "outcome=-")), "state", True, "Talk", "Proposal")
    carry_out(ana, seen_by(ana, ImportPlan(file, recipe)), unheard)
    file.write_text("id,name,stage\n9,Pike,Proposal\n", "utf-8")
    seen = seen_by(ana, ImportPlan(file))
    assert not seen.last and seen.report.created == 1
    assert any("does not fit this file" in remark for remark in seen.remarks)


def test_deals_that_were_taken_back_are_not_counted_before(ana: Workspace, file: Path) -> None:
    recipe = with_constant(Recipe(map=("state=-", "outcome=-")), "stage", "Proposal")
    plan = ImportPlan(file, recipe)
    carry_out(ana, seen_by(ana, plan), unheard)
    assert seen_by(ana, plan).report.before == 3
    ana.undo()
    assert seen_by(ana, plan).report.before == 0


def test_a_file_that_vanishes_while_it_is_read_is_a_sentence(ana: Workspace, file: Path) -> None:
    file.write_text(TEXT + "".join(f"{n},Deal {n},,,1\n" for n in range(10, 3_000)), "utf-8")
    seen = seen_by(ana, ImportPlan(file, with_constant(Recipe(map=("state=-",)), "stage", "Open")))

    def vanish(rows: int, share: float) -> None:
        file.unlink(missing_ok=True)

    with pytest.raises(BadInput, match="can no longer be read"):
        look_at(ana, seen.plan, vanish)
    assert ana.reader.known_deals().count() == 0


REPS = "seller,manager,office\nAna,Mo,East\nbo,Li,West\nzoe,Li,West\n"
SOLD = "id,name,stage,seller\n1,Nova,Talk,ana\n2,Lumen,Talk,bo\n3,Sol,Talk,\n"


def joined(tmp_path: Path, text: str = REPS, *, team: str = "") -> ImportPlan:
    """Deals of two reps, and beside them what a second file says of the reps."""
    deals, reps = tmp_path / "sold.csv", tmp_path / "reps.csv"
    deals.write_text(SOLD, "utf-8")
    reps.write_text(text, "utf-8")
    recipe = with_constant(Recipe(), "stage", "Proposal")
    return ImportPlan(deals, with_side(recipe, SideFile(reps, "seller=owner", team)))


def fields_by_name(workspace: Workspace) -> dict[str, dict[str, str]]:
    found = workspace.reader.deals(range(1, 20)).values()
    return {deal.name: dict(deal.fields) for deal in found}


def test_a_second_file_adds_its_columns_to_the_deals_in_the_same_command(
    ana: Workspace, tmp_path: Path
) -> None:
    seen = seen_by(ana, replace(joined(tmp_path), is_new=True, pipeline="Sold"))
    assert (seen.report.created, seen.report.joined, len(seen.report.keys_met)) == (3, 2, 2)
    assert "1 line has a key that no deal has." in seen.remarks
    carry_out(ana, seen, unheard)
    assert fields_by_name(ana) == {
        "Nova": {"manager": "Mo", "office": "East"},
        "Lumen": {"manager": "Li", "office": "West"},
        "Sol": {},
    }
    ana.undo()
    assert ana.reader.known_deals().standing() == 0


def test_a_file_that_comes_again_with_a_second_one_changes_the_deals_that_are_here(
    ana: Workspace, tmp_path: Path
) -> None:
    plan = replace(joined(tmp_path), is_new=True, pipeline="Sold")
    alone = replace(plan, recipe=with_side(plan.recipe, None))
    carry_out(ana, seen_by(ana, alone), unheard)
    report = carry_out(ana, seen_by(ana, plan), unheard).report
    assert (report.created, report.updated, report.unchanged) == (0, 2, 1)
    again = carry_out(ana, seen_by(ana, plan), unheard).report
    assert (again.updated, again.unchanged) == (0, 3)
    without = carry_out(ana, seen_by(ana, alone), unheard).report
    assert without.updated == 0
    assert fields_by_name(ana)["Nova"] == {"manager": "Mo", "office": "East"}


def test_a_second_file_may_reach_the_deals_that_stand_in_no_row_in_the_same_command(
    ana: Workspace, tmp_path: Path
) -> None:
    add(ana, "Acme: here already 5k @ana")
    plan = replace(joined(tmp_path), is_new=True, pipeline="Sold")
    side = replace(side_of(plan.recipe) or SideFile(tmp_path, ""), everywhere=True)
    plan = replace(plan, recipe=with_side(plan.recipe, side))
    seen = seen_by(ana, plan)
    assert (seen.report.created, seen.report.joined, seen.report.joined_here) == (3, 2, 1)
    carry_out(ana, seen, unheard)
    assert fields_by_name(ana)["Acme"] == {"manager": "Mo", "office": "East"}
    again = carry_out(ana, seen_by(ana, plan), unheard).report
    assert (again.updated, again.joined_here) == (0, 0)
    ana.undo()
    assert fields_by_name(ana)["Acme"] == {}
    assert ana.reader.known_deals().standing() == 1


def test_what_a_second_file_says_of_a_deal_comes_after_all_that_happened_to_it(
    ana: Workspace, team: Team, tmp_path: Path
) -> None:
    team.clock.wait(hours=5)
    deal = add(ana, "Acme: here already 5k @ana")
    team.clock.wait(hours=-4)
    plan = replace(joined(tmp_path), is_new=True, pipeline="Sold")
    side = replace(side_of(plan.recipe) or SideFile(tmp_path, ""), everywhere=True)
    plan = replace(plan, recipe=with_side(plan.recipe, side))
    assert carry_out(ana, seen_by(ana, plan), unheard).report.joined_here == 1
    joined_at, began_at = (entry.event.at for entry in ana.reader.history.entries(deal.id))
    assert joined_at > began_at
    assert disagreements(team.place) == []


def test_a_line_of_a_second_file_that_meets_only_deals_that_are_here_is_told_as_met(
    ana: Workspace, tmp_path: Path
) -> None:
    add(ana, "Acme: here already 5k @cy")
    add(ana, "Borealis: of whom no line tells 1k @none")
    add(ana, "Cobalt: of whom no line tells 1k @dee")
    plan = replace(joined(tmp_path, REPS.replace("zoe", "cy")), is_new=True, pipeline="Sold")
    side = side_of(plan.recipe)
    assert side is not None
    for everywhere, met in ((False, 2), (True, 3)):
        recipe = with_side(plan.recipe, replace(side, everywhere=everywhere))
        seen = seen_by(ana, replace(plan, recipe=recipe))
        assert (len(seen.report.keys_met), seen.report.joined_here) == (met, met - 2)
        assert ("1 line has a key that no deal has." in seen.remarks) is not everywhere


def test_a_join_is_remembered_for_the_next_file_of_that_source(
    ana: Workspace, tmp_path: Path
) -> None:
    plan = replace(joined(tmp_path), is_new=True, pipeline="Sold")
    carry_out(ana, seen_by(ana, plan), unheard)
    bare = ImportPlan(plan.path, pipeline="Sold")
    seen = seen_by(ana, bare)
    assert seen.side_file is not None and "--by seller=owner" in seen.last
    (tmp_path / "reps.csv").unlink()
    assert "There is no file" in seen_by(ana, bare).lacking
    alone = seen_by(ana, replace(bare, recipe=with_side(Recipe(), None)))
    assert (alone.side_file, alone.lacking) == (None, "")


def test_a_second_file_sets_the_teams_of_reps_and_one_undo_takes_them_back(
    ana: Workspace, tmp_path: Path
) -> None:
    def teams() -> dict[str, str]:
        return {rep.name: rep.team for rep in ana.reader.reps()}

    before = teams()
    plan = replace(joined(tmp_path, team="office"), is_new=True, pipeline="Sold", new_reps=True)
    seen = seen_by(ana, plan)
    assert sorted(seen.report.teams) == ["ana", "bo"]
    carry_out(ana, seen, unheard)
    assert (teams()["ana"], teams()["bo"]) == ("East", "West")
    assert fields_by_name(ana)["Nova"] == {"manager": "Mo"}
    ana.undo()
    assert teams() == before


@pytest.mark.parametrize("meanwhile", [False, True], ids=["new", "made a rep meanwhile"])
def test_a_second_file_sets_the_team_of_whom_the_first_is_the_first_to_name(
    ana: Workspace, bo: Workspace, tmp_path: Path, meanwhile: bool
) -> None:
    plan = replace(joined(tmp_path, team="office"), is_new=True, pipeline="Sold", new_reps=True)
    plan.path.write_text(SOLD.replace("3,Sol,Talk,", "3,Sol,Talk,zoe"), "utf-8")

    def heard(rows: int, share: float) -> None:
        if meanwhile:
            bo.save_rep(Rep("zoe", "Zoe Zorn"))

    seen = seen_by(ana, plan)
    assert sorted(seen.report.teams) == ["ana", "bo", "zoe"]
    report = carry_out(ana, seen, heard).report
    assert sorted(report.teams) == ["ana", "bo", "zoe"]
    reps = {rep.name: rep for rep in ana.reader.reps()}
    assert (reps["zoe"].team, reps["zoe"].display_name) == (
        "West", "Zoe Zorn" if meanwhile else "",
    )  # fmt: skip


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("rep,manager\nana,Mo\n", "There is no column 'seller'."),
        ("", "empty"),
        ("\0\1\2", "reps.csv"),
        (None, "There is no file"),
    ],
)
def test_a_second_file_that_cannot_be_joined_keeps_everything_from_coming_in(
    ana: Workspace, tmp_path: Path, text: str | None, said: str
) -> None:
    plan = joined(tmp_path, text or "")
    if text is None:
        (tmp_path / "reps.csv").unlink()
    seen = seen_by(ana, plan)
    assert said in seen.lacking
    with pytest.raises(Refused):
        carry_out(ana, seen, unheard)


def test_a_second_file_that_has_changed_since_is_not_joined(ana: Workspace, tmp_path: Path) -> None:
    seen = seen_by(ana, replace(joined(tmp_path), is_new=True, pipeline="Sold"))
    (tmp_path / "reps.csv").write_text(REPS + "mara,Mo,East\n", "utf-8")
    with pytest.raises(Conflict, match=r"reps\.csv has changed"):
        carry_out(ana, seen, unheard)
    assert ana.reader.known_deals().count() == 0


@pytest.mark.parametrize(
    ("pipeline", "is_new"),
    [("Sales", False), ("SALES", False), (" sales ", False), ("Sales 2", True)],
)
def test_a_pipeline_that_is_there_by_now_is_not_made_again(
    pipeline: str, is_new: bool, ana: Workspace, file: Path
) -> None:
    seen = seen_by(ana, ImportPlan(file, Recipe(map=("state=stage",)), pipeline, is_new=True))
    assert (seen.plan.is_new, seen.pipeline.id == 0) == (is_new, is_new)


@pytest.mark.parametrize(
    ("text", "recipe", "lacking"),
    [
        ("stage\nTalk\n", Recipe(), "No column says what the deals are called"),
        ("id,name\n1,Nova\n", Recipe(), "No column says in which stage the deals are"),
        ("amount\n4\n", Recipe(), "No column says what the deals are called"),
        ("id,stage\n1,Talk\n", Recipe(), ""),
        ("id,name,stage\n1,Nova,Talk\n", Recipe(), ""),
        ("id,name\n1,Nova\n", Recipe(set=("stage=Talk",)), ""),
    ],
)
def test_what_no_column_says_is_lacking_first_the_names(
    text: str, recipe: Recipe, lacking: str, ana: Workspace, file: Path
) -> None:
    file.write_text(text, "utf-8")
    seen = seen_by(ana, ImportPlan(file, recipe))
    assert seen.lacking.startswith(lacking) and bool(seen.lacking) == bool(lacking)
    assert seen.report.read == (0 if lacking else 1)


@pytest.mark.parametrize(
    ("error", "is_raised"),
    [
        (DatabaseError("It is held."), True),
        (GivenUp("It was stopped."), True),
        (BadInput("No day.", hint="Write one."), False),
        (NotFound("No such column."), False),
        (Refused("Not so."), False),
    ],
)
def test_what_keeps_a_rehearsal_from_its_end_is_lacking_or_stops_the_look(
    error: PipeboardError, is_raised: bool, ana: Workspace, file: Path
) -> None:
    """A database that is held, and a person who has stopped it, say nothing of the file."""

    def heard(rows: int, share: float) -> None:
        raise error

    plan = ImportPlan(file, Recipe(map=("state=stage", "outcome=-")))
    if is_raised:
        with pytest.raises(type(error)):
            look_at(ana, plan, heard)
        return
    seen = look_at(ana, plan, heard)
    assert (seen.lacking, seen.report.read) == (f"{error.message} {error.hint}".strip(), 0)
    with pytest.raises(Refused, match=error.message):
        carry_out(ana, seen, unheard)


def test_a_whole_workspace_is_no_file_of_deals(ana: Workspace, file: Path) -> None:
    whole = ana.reader.whole()
    pieces = whole_document(whole.schema, whole.tables, whole.columns, whole.rows)
    file.write_text("".join(pieces), "utf-8")
    with pytest.raises(BadInput, match=r"deals\.csv is a whole workspace") as refused:
        seen_by(ana, ImportPlan(file))
    assert refused.value.hint == "Make a database of it: pipeboard import FILE --db NEW.db"


def test_a_file_is_followed_by_its_time_and_its_size(ana: Workspace, file: Path) -> None:
    plan = ImportPlan(file, with_constant(Recipe(), "stage", "Proposal"))
    seen, at = seen_by(ana, plan), file.stat().st_mtime_ns
    for change in (lambda: os.utime(file, ns=(at, at + 1)), lambda: file.write_text(TEXT + "\n")):
        change()
        with pytest.raises(Conflict, match=r"deals\.csv has changed"):
            carry_out(ana, seen, unheard)
    file.write_text(TEXT, "utf-8")
    os.utime(file, ns=(at, at))
    assert carry_out(ana, replace(seen, plan=replace(plan, skips_bad=True)), unheard)
    file.unlink()
    with pytest.raises(BadInput, match="cannot be looked at"):
        carry_out(ana, seen, unheard)


@pytest.mark.parametrize("skips_bad", [False, True])
def test_what_of_a_file_does_not_come_in_is_told_by_its_rehearsal_in_any_case(
    skips_bad: bool, ana: Workspace, file: Path
) -> None:
    recipe = Recipe(map=("state=stage", "outcome=-"))
    seen = seen_by(ana, ImportPlan(file, recipe, skips_bad=skips_bad))
    assert (seen.report.read, seen.report.created, len(seen.report.rejected)) == (3, 1, 2)
    if not skips_bad:
        return
    carry_out(ana, seen, unheard)
    assert [deal.title for deal in ana.reader.each(today=ana.today)] == ["Sol"]


@pytest.mark.parametrize(
    ("unsure", "new_reps", "is_refused"),
    [((), False, False), (("zed",), False, True), (("zed",), True, False)],
)
def test_owners_whom_nobody_knows_become_reps_by_nothing_but_a_yes(
    unsure: tuple[str, ...], new_reps: bool, is_refused: bool
) -> None:
    report = ImportReport(unsure_owners=unsure)
    if not is_refused:
        check_owners(report, new_reps=new_reps)
        return
    with pytest.raises(NotFound, match="zed"):
        check_owners(report, new_reps=new_reps)


def test_a_pipeline_that_a_colleague_makes_meanwhile_is_not_made_twice(
    ana: Workspace, bo: Workspace, file: Path
) -> None:
    plan = ImportPlan(file, Recipe(map=("state=stage", "outcome=-")), pipeline="Own", is_new=True)
    seen = seen_by(ana, plan)

    def heard(rows: int, share: float) -> None:
        change_pipeline(bo, replace(bo.pipeline("Sales"), id=0, name="OWN"))

    with pytest.raises(Refused, match=r"There is a pipeline 'Own' by now\."):
        carry_out(ana, seen, heard)
    assert ana.reader.known_deals().count() == 0
    assert [one.name for one in ana.pipelines()] == ["Sales", "OWN"]


@pytest.mark.parametrize(
    ("changed", "attempts"), [(0, 1), (1, 2), (MOST_ATTEMPTS - 1, MOST_ATTEMPTS), (99, None)]
)
def test_an_import_tries_again_as_often_as_others_change_its_deals_and_then_gives_up(
    changed: int, attempts: int | None, ana: Workspace, file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    tried = 0
    store = import_rows._Import._store

    def outdated(run: import_rows._Import, *given: Any) -> None:
        nonlocal tried
        tried += 1
        if tried <= changed:
            raise import_rows._Outdated([])
        store(run, *given)

    monkeypatch.setattr(import_rows._Import, "_store", outdated)
    plan = ImportPlan(file, Recipe(map=("state=stage", "outcome=-")), pipeline="Own", is_new=True)
    seen = seen_by(ana, plan)
    if attempts is None:
        with pytest.raises(Conflict, match="keep being changed by others"):
            carry_out(ana, seen, unheard)
        assert (tried, ana.reader.known_deals().count()) == (MOST_ATTEMPTS, 0)
        return
    assert carry_out(ana, seen, unheard).report.created == 3
    assert (tried, ana.reader.known_deals().count()) == (attempts, 3)


def test_a_second_file_that_changes_teams_alone_is_a_command_too(
    ana: Workspace, tmp_path: Path
) -> None:
    plan = replace(joined(tmp_path, team="office"), is_new=True, pipeline="Sold", new_reps=True)
    carry_out(ana, seen_by(ana, plan), unheard)
    done = len(ana.undo_list())
    again = carry_out(ana, seen_by(ana, plan), unheard).report
    assert (again.updated, again.teams, again.command_id, len(ana.undo_list())) == (0, [], "", done)
    (tmp_path / "reps.csv").write_text(REPS.replace("East", "South"), "utf-8")
    moved = carry_out(ana, seen_by(ana, plan), unheard).report
    assert (moved.updated, moved.teams, bool(moved.command_id)) == (0, ["ana"], True)
    assert {rep.name: rep.team for rep in ana.reader.reps()}["ana"] == "South"
    assert ana.undo_list()[0].summary == "Imported 0 deals from sold.csv."
    ana.undo()
    assert {rep.name: rep.team for rep in ana.reader.reps()}["ana"] == "East"


@pytest.mark.parametrize(("manager", "told"), [("", 0), ("Mo", 0), ("mo", 1), ("Li", 1)])
def test_a_cell_of_a_row_stands_against_the_second_file_and_is_told_where_it_says_otherwise(
    manager: str, told: int, ana: Workspace, tmp_path: Path
) -> None:
    plan = replace(joined(tmp_path), is_new=True, pipeline="Sold")
    plan.path.write_text(f"id,name,stage,seller,manager\n1,Nova,Talk,ana,{manager}\n", "utf-8")
    seen = seen_by(ana, plan)
    assert (seen.report.joined, seen.report.remark_counts["joined_otherwise"]) == (1, told)
    carry_out(ana, seen, unheard)
    assert fields_by_name(ana)["Nova"] == {"manager": manager or "Mo", "office": "East"}


@pytest.mark.parametrize(
    ("currency", "of_pipeline", "read"),
    [("", "EUR", "EUR"), ("", "USD", "USD"), ("usd", "EUR", "USD"), ("CHF", "USD", "CHF")],
)
def test_amounts_are_in_the_currency_that_is_chosen_else_in_that_of_the_pipeline(
    currency: str, of_pipeline: str, read: str, ana: Workspace, file: Path
) -> None:
    change_pipeline(ana, replace(ana.pipeline("Sales"), currency=of_pipeline))
    recipe = Recipe(map=("state=-", "outcome=-"), set=("stage=Proposal",), currency=currency)
    seen = seen_by(ana, ImportPlan(file, recipe, pipeline="Sales"))
    assert (seen.currency, dict(seen.report.sums)) == (read, {("open", read): 4_500})
    assert dict(carry_out(ana, seen, unheard).report.sums) == {("open", read): 4_500}


def test_who_only_looks_rehearses_no_import(ana: Workspace, bo: Workspace, file: Path) -> None:
    plan = ImportPlan(file, Recipe(map=("state=-",), set=("stage=Proposal",)))
    ana.change_rep(Rep("bo", role="viewer"))
    assert "@bo is a viewer here" in seen_by(bo, plan).lacking
    ana.change_rep(Rep("bo", role="rep"))
    assert seen_by(bo, plan).lacking == ""


def test_whoever_waits_hears_how_many_rows_were_read_so_far(
    ana: Workspace, file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    heard: list[tuple[int, bool]] = []
    file.write_text(TEXT + "4,Tarn,,,1\n5,Pike,,,1\n", "utf-8")
    plan = ImportPlan(file, Recipe(map=("state=-", "outcome=-"), set=("stage=Proposal",)))
    monkeypatch.setattr(import_rows, "CHUNK", 2)
    seen = look_at(ana, plan, lambda rows, share: heard.append((rows, 0 < share <= 1)))
    assert heard == [(2, True), (4, True), (5, True)]
    heard.clear()
    carry_out(ana, seen, lambda rows, share: heard.append((rows, 0 < share <= 1)))
    assert heard == [(2, True), (4, True), (5, True)]
    assert ana.reader.known_deals().count() == 5


@pytest.mark.parametrize(
    ("role", "column", "refused"),
    [
        ("viewer", "", "'import' is for a rep"),
        ("rep", "office", "the rep ana is for a manager"),
        ("manager", "office", ""),
    ],
)
def test_who_brings_a_file_may_set_no_teams_that_are_not_theirs_to_set(
    role: str, column: str, refused: str, ana: Workspace, bo: Workspace, tmp_path: Path
) -> None:
    plan = replace(joined(tmp_path, team=column), pipeline="Sales", new_reps=True)
    plan.path.write_text(SOLD.replace("Talk", "Proposal"), "utf-8")
    ana.change_rep(Rep("bo", role=role))
    if not refused:
        carry_out(bo, seen_by(bo, plan), unheard)
        assert {rep.name: rep.team for rep in ana.reader.reps()}["ana"] == "East"
        return
    with pytest.raises(PipeboardError, match=refused):
        carry_out(bo, seen_by(bo, plan), unheard)
    assert ana.reader.known_deals().count() == 0


def stub(**more: Any) -> Any:
    return SimpleNamespace(**more)


@pytest.mark.parametrize(
    ("becomes", "known"),
    [
        (None, False), ("", False), ("=won", True), ("=-", True), ("archived", True),
        ("Talk", True), ("TALK", True), ("Offer", True), ("Nowhere", False), ("won", False),
        ("archive", False),
    ],
)  # fmt: skip
def test_a_word_is_known_where_it_comes_to_an_outcome_or_a_stage_of_any_pipeline(
    becomes: str | None, known: bool
) -> None:
    talk, offer = (
        from_stage_names((name,), pipeline_name=name, currency="EUR") for name in ("Talk", "Offer")
    )
    seen = stub(stages=FileSeen.stages.fget(stub(pipeline=talk, beside=(offer,))))  # type: ignore[attr-defined]
    assert seen.stages == ("Talk", "Offer")
    assert FileSeen.is_known(seen, becomes) is known


@pytest.mark.parametrize(
    ("recipe", "source", "kept"),
    [
        (Recipe(), "crm", None),
        (Recipe(currency="USD"), "", None),
        (Recipe(currency="USD"), "crm", ("crm", Recipe(currency="USD").to_json())),
    ],
)
def test_how_a_file_was_read_is_kept_under_the_name_of_its_source_where_there_is_any(
    recipe: Recipe, source: str, kept: tuple[str, str] | None
) -> None:
    plan = ImportPlan(
        Path("a.csv"), match="new", prefers_file=True, override="signed", new_reps=True
    )
    seen = stub(plan=plan, recipe=recipe, side=None, side_file=None)
    found = _options(seen, stub(source=source))
    assert found == ImportOptions(
        "new", prefer_file=True, override="signed", recipe=kept, new_reps=True
    )
    for everywhere in (False, True):
        side = SideFile(Path("b.csv"), "owner", everywhere=everywhere)
        beside = _options(stub(**vars(seen) | {"side_file": side}), stub(source=""))
        assert beside.joins_here is everywhere
    named = _options(stub(**vars(seen) | {"recipe": Recipe(source="mine")}), stub(source="mine"))
    assert named.source == "mine" and named.recipe is not None


@pytest.mark.parametrize(
    ("named", "stages"),
    [
        (["Talk", "Closed Won", "Offer"], ("Talk", "Offer")),
        (["won", "lost"], ("Open",)),
        ([None], ("Open",)),
    ],
)
def test_stages_to_work_in_are_those_that_close_nothing(
    named: list[str | None], stages: tuple[str, ...]
) -> None:
    assert _open_stages(DealRow(2, {}, "x", stage=name) for name in named) == stages


def test_what_is_seen_of_a_file_is_heard_of_before_its_import_is_rehearsed(
    ana: Workspace, file: Path
) -> None:
    heard: list[FileSeen] = []
    plan = ImportPlan(file, Recipe(map=("state=stage", "outcome=-")), pipeline="Own", is_new=True)
    seen = look_at(ana, plan, unheard, heard.append)
    (first,) = heard
    assert (first.survey.records, first.report.read, seen.report.read) == (3, 0, 3)
    assert first.header == seen.header == HEADER


@pytest.mark.parametrize("text", ["id,name\n1,Nova\n", "stage\nTalk\n"])
@pytest.mark.parametrize("column", ["", ",pipeline"])
def test_a_file_that_lacks_what_it_must_say_is_still_looked_at(
    text: str, column: str, ana: Workspace, file: Path
) -> None:
    head, row, _ = text.split("\n")
    file.write_text(f"{head}{column}\n{row}{',Sales' if column else ''}\n", "utf-8")
    for plan in (ImportPlan(file), ImportPlan(file, pipeline="Own", is_new=True)):
        assert seen_by(ana, plan).lacking.startswith("No column says")


@pytest.mark.parametrize(
    ("head", "rows", "assumed"),
    [
        ("amount", ("40", "", "5"), 2),
        ("amount", ("40 EUR", "", "5"), 1),
        ("amount", ("40 EUR", "7 USD", "5 EUR"), 0),
    ],
)
def test_amounts_of_which_the_currency_was_assumed_are_counted(
    head: str, rows: tuple[str, ...], assumed: int, ana: Workspace, file: Path
) -> None:
    text = "".join(f"{n},Deal {n},Talk,{cell}\n" for n, cell in enumerate(rows))
    file.write_text(f"id,name,stage,{head}\n{text}", "utf-8")
    plan = ImportPlan(file, pipeline="Own", is_new=True)
    assert seen_by(ana, plan).assumed == assumed


@pytest.mark.parametrize("strict", [False, True])
def test_a_cell_that_cannot_be_read_makes_no_pipeline_of_its_row_where_that_rejects_it(
    strict: bool, ana: Workspace, file: Path
) -> None:
    file.write_text(
        "id,name,pipeline,stage,amount\n1,A,Left,Talk,40\n2,B,Right,Talk,much\n", "utf-8"
    )
    named = named_pipelines(ana, file, Recipe(), strict=strict)
    assert [one.name for one in named] == ([] if strict else ["Left", "Right"])
