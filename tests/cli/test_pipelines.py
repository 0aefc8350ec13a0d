"""pipeline and rep: what a team agrees on, as documents."""

from __future__ import annotations

import shlex
from pathlib import Path

from pipeboard.cli.config import account_name
from tests.cli.conftest import Type


def test_show_json_gives_the_promised_keys(team: Type) -> None:
    pipeline = team("pipeline", "show", "--json").json["pipeline"]
    assert pipeline.keys() >= {"name", "currency", "zone", "stages", "questions"}
    assert pipeline["zone"] == "Europe/Berlin"
    assert pipeline["stages"][0].keys() >= {
        *("name", "kind", "probability_bp", "expected_days", "idle_days", "qualified", "criteria"),
    }


def test_what_show_writes_apply_takes_back_unchanged(team: Type, home: Path) -> None:
    shown = team("pipeline", "show").out
    (home / "p.toml").write_text(shown)
    assert team("pipeline", "apply", str(home / "p.toml")).code == 0
    assert team("pipeline", "show").out == shown


IDEAL = """
[[traits]]
field = "field.employees"
wanted = ["50..500"]

[[traits]]
field = "source"
wanted = ["referral", "fair"]
weight = 2
"""


def test_what_the_ideal_customer_is_like_is_part_of_the_pipeline(team: Type, home: Path) -> None:
    team("add", "Lumen Oy: pilot 40k source:fair")
    team("add", "Coil: pump 5k source:web")
    before = team("pipeline", "show", "--json").json["pipeline"]["traits"]
    assert (before, team("show", "1", "--json").json["deal"]["fit"]) == ([], None)
    assert "customer fit" not in team("show", "1").out
    assert team("list", "fit>=60").err.startswith(
        "pipeboard: New business does not say what its ideal customer is like."
    )
    (home / "p.toml").write_text(team("pipeline", "show").out + IDEAL)
    applied = team("pipeline", "apply", str(home / "p.toml"))
    assert applied.code == 0 and "New: trait source, behind employees" in applied.out + applied.err
    assert team("show", "1", "--json").json["deal"]["fit"] == {
        "percent": 100, "known": 1, "of": 2,
        "fits": ["source"], "differs": [], "unknown": ["employees"],
    }  # fmt: skip
    team("set", "1", "fields.employees=about 60")
    assert "employees: unknown (about 60, no number)" in team("show", "1").out
    team("set", "1", "fields.employees=1,200")
    assert "67 of 100" in team("show", "1").out
    assert team("list", "--sort", "-fit", "--columns", "ref,fit", "--plain").lines == [
        "D-1\t67", "D-2\t0",
    ]  # fmt: skip
    found = {text: team("list", text, "--ids").lines for text in ("fit>=60", "fit<60", "fit:none")}
    assert found == {"fit>=60": ["D-1"], "fit<60": ["D-2"], "fit:none": []}
    assert team("undo").code == 0 and team("undo").code == 0 and team("undo").code == 0
    assert team("pipeline", "show", "--json").json["pipeline"]["traits"] == []
    assert team("redo").code == 0
    assert len(team("pipeline", "show", "--json").json["pipeline"]["traits"]) == 2


def test_a_renamed_stage_keeps_its_deals(team: Type) -> None:
    team("add", "Lumen Oy: pilot 40k")
    renamed = team("pipeline", "show").out.replace('"Prospecting"', '"Leads"')
    assert team("pipeline", "apply", "-", stdin=renamed).code == 0
    assert team("show", "1", "--json").json["deal"]["stage"] == "Leads"


def test_stages_change_places(team: Type) -> None:
    head, first, second, *rest = team("pipeline", "show").out.split("[[stages]]")
    swapped = "[[stages]]".join((head, second, first, *rest))
    assert team("pipeline", "apply", "-", stdin=swapped).code == 0
    names = [
        stage["name"] for stage in team("pipeline", "show", "--json").json["pipeline"]["stages"]
    ]
    assert names[:2] == ["Qualified", "Prospecting"]


def test_a_stage_that_is_left_out_is_retired_with_its_deals_kept(team: Type) -> None:
    team("add", "Lumen Oy: pilot 40k")
    head, _, *rest = team("pipeline", "show").out.split("[[stages]]")
    assert team("pipeline", "apply", "-", stdin="[[stages]]".join((head, *rest))).code == 0
    stages = team("pipeline", "show", "--json").json["pipeline"]["stages"]
    assert {stage["name"]: stage["retired"] for stage in stages}["Prospecting"]
    assert team("show", "1", "--json").json["deal"]["stage"] == "Prospecting"
    assert team("move", "1", "Qualified").code == 0


def test_a_document_makes_a_new_pipeline(team: Type) -> None:
    document = 'name = "Renewals"\n[[stages]]\nname = "Due"\ncriteria = ["value"]\n'
    made = team("pipeline", "apply", "-", "--json", stdin=document).json["pipeline"]
    assert [stage["name"] for stage in made["stages"]] == ["Due", "Won", "Lost"]
    assert made["currency"] == "EUR"
    assert [row.split()[0] for row in team("pipeline").lines[1:]] == ["New", "Renewals"]


def test_a_document_that_cannot_be_read_changes_nothing(team: Type) -> None:
    before = team("pipeline", "show").out
    for wrong in ("", "name = ", 'name = "X"\n[[stages]]\nnam = "A"\n', "\0"):
        assert team("pipeline", "apply", "-", stdin=wrong).code == 2
    assert team("pipeline", "show").out == before


def test_a_file_that_is_missing_is_not_found(team: Type) -> None:
    assert team("pipeline", "apply", "nowhere.toml").code == 3


def test_a_dry_run_makes_no_pipeline(team: Type) -> None:
    assert team("pipeline", "new", "Renewals", "-n").code == 0
    assert len(team("pipeline", "--json").json["pipelines"]) == 1


def test_two_pipelines_cannot_have_one_name(team: Type) -> None:
    assert team("pipeline", "new", "new BUSINESS").code == 4


def test_templates_are_listed_without_a_database(pipe: Type) -> None:
    listed = pipe("pipeline", "templates", "--json").json["templates"]
    assert listed["minimal"] == ["Prospecting", "Qualified"]


def test_editing_wants_a_terminal(team: Type) -> None:
    assert team("pipeline", "edit").code == 2
    assert team("config", "edit").code == 2


def test_reps_are_added_changed_and_listed(team: Type) -> None:
    assert team("rep", "add", "@cleo", "--name", "Cleo P", "--team", "nordic").code == 0
    assert team("rep", "set", "cleo", "--inactive").code == 0
    cleo = next(rep for rep in team("rep", "--json").json["reps"] if rep["name"] == "cleo")
    assert cleo == {
        "name": "cleo",
        "display_name": "Cleo P",
        "team": "nordic",
        "active": False,
        "role": None,
        "acts_for": [],
    }


def test_reps_are_listed_with_all_that_is_known_of_them(team: Type) -> None:
    said = team("rep", "set", "@ANA", "--name", "Ana Lind", "--team", "North", "--json").json
    assert said["rep"]["name"] == "ana"
    assert said["command_id"] == team("history", "--json").json["events"][0]["command_id"]
    assert team("rep", "set", "bo", "--inactive").code == 0
    lines = [line.split() for line in team("rep").lines]
    assert lines[0] == ["rep", "name", "team", "active", "role", "acts", "for"]
    assert ["ana", "Ana", "Lind", "North", "yes"] in lines
    assert ["bo", "no"] in lines
    assert team("rep", "set", "bo", "--active").code == 0
    assert team("rep", "set", "bo", "--active", "-n", "--json").json["command_id"] is None


def test_a_rep_who_is_added_is_a_rep_where_there_are_roles(team: Type) -> None:
    def role_of(name: str) -> str | None:
        reps = team("rep", "--json").json["reps"]
        return next((str(rep["role"]) for rep in reps if rep["name"] == name and rep["role"]), None)

    assert team("rep", "add", "first").code == 0
    assert role_of("first") is None
    me = account_name()
    assert team("rep", "add", me).code == 0
    assert team("rep", "set", me, "--role", "owner", "--acts-for", "bo first").code == 0
    assert team("rep", "add", "second").code == 0
    assert (role_of(me), role_of("first"), role_of("second")) == ("owner", "rep", "rep")
    (mine,) = [rep for rep in team("rep", "--json").json["reps"] if rep["name"] == me]
    assert mine["acts_for"] == ["bo", "first"]


def test_the_commands_that_name_somebody_of_two_words_can_be_typed(team: Type) -> None:
    lacking = team("rep", "set", "Mo Ek", "--team", "North").err
    assert team(*shlex.split(lacking.partition("Add them: pipeboard ")[2])).code == 0
    there = team("rep", "add", "Mo Ek").err
    changes = shlex.split(there.partition("To change it: pipeboard ")[2])
    assert team(*changes, "--team", "North").code == 0
    teams = {rep["name"]: rep["team"] for rep in team("rep", "list", "--json").json["reps"]}
    assert teams["Mo Ek"] == "North"


def test_the_commands_that_are_told_of_a_pipeline_name_it(team: Type) -> None:
    team("pipeline", "new", "Big Deals", "--stages", "A,B")
    for line in (
        ("target", "list", "-p", "Big Deals"),
        ("call", "list", "-p", "Big Deals"),
        ("review", "--held", "2020-01-01", "-p", "Big Deals"),
    ):
        told = team(*line).err.strip().rpartition(": pipeboard ")[2]
        assert team(*shlex.split(told)).code == 0
        assert team(*line).err == "" or line[0] == "review", told
    assert (
        "There are reviews of 2026-11-23."
        in team("review", "--held", "2020-01-01", "-p", "Big Deals").err
    )
    for verb in ("target", "call"):
        assert "Sales" not in team(verb, "list").out and "130" not in team(verb, "list").out
    old = team("pipeline", "show", "Big Deals").out
    for name in ("C", "D"):
        text = old.replace('"A"', f'"{name}"')
        behind = team("pipeline", "apply", "-", stdin=text).err
    told = behind.strip().rpartition(": pipeboard ")[2]
    assert 'name = "C"' in team(*shlex.split(told)).out


def test_a_rep_is_added_once(team: Type) -> None:
    assert team("rep", "add", "ANA").code == 4
    assert team("rep", "set", "anna", "--team", "x").code == 3


def test_a_text_written_before_a_colleagues_edit_is_merged_or_refused(team: Type) -> None:
    old = team("pipeline", "show").out
    assert "version = 1" in old
    assert team("pipeline", "apply", "-", stdin=old.replace('"Qualified"', '"Checked"')).code == 0
    merged = team("pipeline", "apply", "-", stdin=old.replace('"Prospecting"', '"Leads"'))
    assert merged.code == 0
    assert "Merged with what" in merged.err
    assert "name of Checked" in merged.err
    assert {"Leads", "Checked"} <= set(team("pipeline", "show").out.split('"'))
    mine = old.replace('"Prospecting"', '"Suspects"')
    refused = team("pipeline", "apply", "-", "--json", stdin=mine)
    assert (refused.code, refused.error["code"]) == (4, "conflict")
    (value,) = refused.error["details"]["values"]
    assert (value["before"], value["theirs"], value["mine"]) == ("Prospecting", "Leads", "Suspects")
    assert "--overwrite" in refused.error["hint"]
    over = team("pipeline", "apply", "-", "--overwrite", stdin=mine)
    assert "Set over changes by" in over.err
    assert '"Suspects"' in team("pipeline", "show").out


def test_what_a_team_agrees_on_is_in_history_and_undone(team: Type) -> None:
    shown = team("pipeline", "show").out
    team("pipeline", "apply", "-", stdin=shown.replace('"Prospecting"', '"Leads"'))
    team("target", "set", "2026Q4", "130k")
    team("fx", "set", "USD", "0.92")
    events = team("history", "--json").json["events"]
    assert [event["kind"] for event in events] == ["rate", "target", "pipeline", "rep", "rep"]
    assert events[1]["data"]["after"] == {"currency": "EUR", "amount_minor": 13_000_000}
    assert "Target for 2026Q4, everybody: " in team("history").out
    listed = team("undo", "--list").lines
    assert [line.split("  ")[1][:6] for line in listed[:3]] == ["1 USD ", "Target", "Change"]
    undone = [team("undo").err for _ in range(3)]
    assert "(" in undone[0]
    assert "23 Nov 10:00" in undone[0]
    assert 'name = "Prospecting"' in team("pipeline", "show").out
    assert team("target", "--json").json["targets"] == []


def test_apply_says_which_deals_stand_in_a_stage_that_it_retires(team: Type) -> None:
    team("add", "Lumen Oy: pilot 40k")
    head, _, *rest = team("pipeline", "show").out.split("[[stages]]")
    text = "[[stages]]".join((head, *rest))
    said = team("pipeline", "apply", "-", "-n", stdin=text).err
    assert "Prospecting is retired; 1 deal stays in it until moved" in said
    assert team("pipeline", "apply", "-", stdin=text).code == 0
    command = said.partition("for example: pipeboard ")[2]
    assert team(*shlex.split(command)).code == 0
    assert team("list", "--columns", "stage", "--plain").lines == ["Qualified"]


def test_the_deals_of_a_retired_stage_are_moved_alone_though_others_are_in_one_of_its_name(
    team: Type,
) -> None:
    team("pipeline", "new", "Bo's", "--stages", 'Prospecting,The "end"')
    for name in ("New business", "Bo's"):
        team("add", f"Lumen Oy: {name}", "-p", name)
    head, _, *rest = team("pipeline", "show", "Bo's").out.split("[[stages]]")
    said = team("pipeline", "apply", "-", stdin="[[stages]]".join((head, *rest))).err
    assert team(*shlex.split(said.partition("for example: pipeboard ")[2])).code == 0
    listed = team("list", "--columns", "title,stage", "--plain").lines
    assert sorted(listed) == ['Bo\'s\tThe "end"', "New business\tProspecting"]


def test_a_closed_deal_is_merged_only_with_a_yes(team: Type) -> None:
    team("add", "Lumen Oy: pilot 40k")
    team("add", "Acme: press 50k")
    assert team("won", "2", "--override", "signed").code == 0
    refused = team("merge", "1", "2")
    assert refused.code == 4
    assert "--yes-closed" in refused.err
    assert team("merge", "1", "2", "--yes-closed").code == 0


def test_a_pipeline_that_is_made_has_the_currency_and_the_questions_that_are_said(
    team: Type,
) -> None:
    assert team("pipeline", "new", "Second", "--stages", "A,B", "--currency", "usd").code == 0
    made = team("pipeline", "show", "-p", "Second", "--json").json["pipeline"]
    assert (made["name"], made["currency"], len(made["questions"])) == ("Second", "USD", 7)
    assert team("pipeline", "show", "second", "-p", "New business").out.count("Second") == 1
    assert team("pipeline", "new", "Third", "--template", "minimal").code == 0
    third = team("pipeline", "show", "Third", "--json").json["pipeline"]
    assert (third["currency"], third["stages"][0]["name"]) == ("EUR", "Prospecting")
    refused = team("pipeline", "new", "Fourth", "--stages", " , ")
    assert (refused.code, "No stages are named" in refused.err) == (2, True)


def test_a_document_that_is_tried_says_what_it_would_change(team: Type) -> None:
    team("add", "Lumen Oy: pilot 40k")
    head, first, second, *rest = team("pipeline", "show").out.split("[[stages]]")
    second = second.replace('"Qualified"', '"Checked"') + '\n[[stages]]\nname = "Trial"\n'
    text = "[[stages]]".join((head, second, *rest))
    tried = team("pipeline", "apply", "-", "-n", stdin=text)
    for line in (
        "Renamed: stage Qualified to Checked",
        "New: stage Trial, behind Checked",
        "Retired: stage Prospecting",
    ):
        assert line in tried.err.splitlines()
    document = team("pipeline", "apply", "-", "-n", "--json", stdin=text).json
    assert document["dry_run"] is True
    assert [(one["did"], one["name"], one["deals"]) for one in document["changes"]] == [
        ("renamed", "Checked", None),
        ("added", "Trial", None),
        ("removed", "Prospecting", 1),
    ]
    assert "1 deal stays in it" in document["notes"][0]
    assert first.strip() in team("pipeline", "show").out
