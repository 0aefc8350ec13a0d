"""Configuration: whose edit stands, what follows a stage that goes, reps, settings, a beginning."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from pipeboard.domain.agreements import Topic
from pipeboard.domain.errors import BadInput, Conflict, NotFound, PipeboardError, Refused
from pipeboard.domain.people import Actor
from pipeboard.domain.pipeline import Pipeline, Stage, StageKind
from pipeboard.domain.settings import Rep
from pipeboard.exchange.deal_files import whole_document
from pipeboard.workspace.configuration import (
    check_empty,
    choose_setting,
    make_workspace,
    pipeline_edit,
    take_whole,
)
from tests.domain.deciding_cases import SALES as DECIDED
from tests.team import (
    CLOSING,
    LEAD,
    NEEDS,
    NEGOTIATION,
    NOW,
    PROPOSAL,
    QUALIFICATION,
    SETTINGS,
    Team,
    add,
    sales,
)
from tests.verbs import Workspace
from tests.workspace.test_agreements import staged, without


@pytest.fixture
def team(team_on_a_file: Team) -> Team:
    """On one engine: what is decided does not depend on it."""
    return team_on_a_file


# An edit that began from an older version.


@pytest.fixture
def old(team: Team, ana: Workspace) -> Pipeline:
    """The pipeline as it was before bo, cy and cy again changed it, five minutes after another."""
    old, bo, cy = sales(ana), team.rep("bo"), team.rep("cy")
    edits: tuple[tuple[Workspace, Callable[[Pipeline], Pipeline]], ...] = (
        (bo, lambda p: staged(p, LEAD, name="Leads")),
        (cy, lambda p: staged(p, NEEDS, name="Discovery")),
        (cy, lambda p: staged(p, PROPOSAL, idle_days=9)),
    )
    for who, edit in edits:
        team.clock.wait(minutes=5)
        who.save_pipeline(edit(sales(who)))
    return old


def test_a_conflict_names_all_who_changed_it_and_the_last_of_them(
    old: Pipeline, ana: Workspace
) -> None:
    mine = staged(staged(old, LEAD, name="Suspects"), PROPOSAL, idle_days=8)
    with pytest.raises(Conflict) as refused:
        ana.change_pipeline(mine)
    error = refused.value
    assert error.message == (
        "Sales was changed by bo and cy (23 Nov 10:15) since this document was written: "
        "name of Leads, idle days of Proposal."
    )
    assert error.hint == (
        "Apply with --overwrite, or see it and change that: pipeboard pipeline show Sales"
    )
    told = {key: error.details[key] for key in ("pipeline", "version", "by", "at", "fields")}
    assert told == {
        "pipeline": "Sales",
        "version": 4,
        "by": "cy",
        "at": "2026-11-23T09:15:00+00:00",
        "fields": ["name of Leads", "idle days of Proposal"],
    }
    assert [(one.field, one.theirs, one.mine) for one in error.differences] == [
        ("name", "Leads", "Suspects"),
        ("idle_days", "9", "8"),
    ]


@pytest.mark.parametrize(
    ("mine", "stages"),
    [
        (lambda p: staged(p, QUALIFICATION, idle_days=77), (1, 2, 3, 4, 5, 6)),
        (lambda p: without(p, NEGOTIATION), (1, 2, 3, 4, -5, 6)),
        (lambda p: without(without(p, LEAD), CLOSING), (-1, 2, 3, 4, 5, -6)),
    ],
)
def test_an_edit_is_put_on_top_and_what_it_leaves_out_is_retired_at_its_place(
    mine: Callable[[Pipeline], Pipeline], stages: tuple[int, ...], old: Pipeline, ana: Workspace
) -> None:
    saved = ana.change_pipeline(mine(old))
    assert saved.receipt.notes == (
        "Merged with what bo and cy (23 Nov 10:15) changed meanwhile: "
        "name of Leads, name of Discovery, idle days of Proposal.",
    )
    found = [-one.id if one.retired else one.id for one in saved.pipeline.stages if one.is_open]
    assert (tuple(found), saved.pipeline.version) == (stages, 5)
    assert saved.pipeline.stage(PROPOSAL).idle_days == 9


@pytest.mark.parametrize(
    ("version", "summary", "is_refused"),
    [
        (0, "Changed X: ", False),
        (4, "Changed X: ", False),
        (3, " Set over changes by cy (23 Nov 10:15).", True),
        (1, " Set over changes by bo and cy (23 Nov 10:15).", True),
        (9, "Changed X: ", True),
    ],
)
def test_an_edit_that_is_to_stand_goes_over_whatever_was_changed_since(
    version: int, summary: str, is_refused: bool, old: Pipeline, ana: Workspace
) -> None:
    mine = replace(staged(staged(old, LEAD, name="A"), PROPOSAL, idle_days=8), name="X")
    mine = replace(mine, version=version)
    if is_refused:
        with pytest.raises(Conflict):
            ana.change_pipeline(mine)
    saved = ana.change_pipeline(mine, overwrite=True)
    assert summary in saved.receipt.summary
    assert ("Set over" in saved.receipt.summary) == ("Set over" in summary)
    assert (saved.pipeline.name, saved.pipeline.version, saved.receipt.notes) == ("X", 5, ())


def test_what_an_edit_did_not_begin_from_is_merged_with_nothing(
    old: Pipeline, ana: Workspace
) -> None:
    with pytest.raises(Conflict, match="the version that it began from is not known"):
        ana.change_pipeline(replace(old, name="X", version=-1))


@pytest.mark.parametrize("kept", [1, 9])
def test_a_pipeline_by_its_name_is_the_next_version_whatever_a_new_document_says(
    kept: int, old: Pipeline, ana: Workspace
) -> None:
    stages = tuple(replace(stage, id=0, idle_days=3) for stage in sales(ana).stages)
    wanted = replace(sales(ana), id=0, stages=stages, version=kept)
    saved = ana.change_pipeline(wanted, by_name=True).pipeline
    assert (saved.id, saved.version, len(ana.pipelines())) == (old.id, 5, 1)
    assert [stage.id for stage in saved.stages] == [stage.id for stage in old.stages]


def test_a_document_that_names_its_pipeline_is_an_edit_of_its_version(
    old: Pipeline, ana: Workspace
) -> None:
    with pytest.raises(Conflict, match="name of Leads"):
        ana.change_pipeline(staged(old, LEAD, name="Suspects"), by_name=True)


def test_a_new_pipeline_has_numbers_of_its_own(ana: Workspace) -> None:
    made = ana.change_pipeline(replace(sales(ana), id=0, name="Renewals", version=7))
    assert (made.pipeline.version, made.pipeline.id) == (1, 2)
    assert [stage.id for stage in made.pipeline.stages] == list(range(9, 17))
    assert made.receipt.summary.startswith("Made Renewals: Lead Generation, ")
    grown = sales(ana)
    stages = (Stage(0, "Trial"), *grown.stages)
    saved = ana.change_pipeline(replace(grown, stages=stages)).pipeline
    assert [stage.id for stage in saved.stages] == [17, *range(1, 9)]


def test_an_edit_that_comes_to_what_there_is_already_says_what_it_was_merged_with(
    old: Pipeline, ana: Workspace
) -> None:
    saved = ana.change_pipeline(staged(old, LEAD, name="Leads"))
    assert saved.receipt.summary == "Nothing to change: Sales is so already."
    assert saved.receipt.notes == (
        "Merged with what bo and cy (23 Nov 10:15) changed meanwhile: "
        "name of Discovery, idle days of Proposal.",
    )
    assert (saved.receipt.command_id, saved.pipeline) == ("", sales(ana))


def test_a_pipeline_is_saved_once_under_its_token(ana: Workspace) -> None:
    wanted = replace(sales(ana), id=0, name="Renewals")
    first = ana.change_pipeline(wanted, token="t1")
    ana.save_pipeline(replace(first.pipeline, name="Others"))
    again = ana.change_pipeline(wanted, token="t1")
    assert (again.receipt.command_id, again.pipeline.name) == ("t1", "Others")
    assert [one.name for one in ana.pipelines()] == ["Sales", "Others"]


# Deals in stages that go.


@pytest.mark.parametrize(
    ("gone", "told"),
    [
        ([LEAD], [("Lead Generation", "1 deal stays", "'Lead Qualification'")]),
        ([QUALIFICATION], []),
        ([PROPOSAL], [("Proposal", "2 deals stay", "Negotiation")]),
        (
            [PROPOSAL, NEGOTIATION],
            [("Proposal", "2 deals stay", "Closing"), ("Negotiation", "1 deal stays", "Closing")],
        ),
        ([CLOSING], [("Closing", "1 deal stays", "Negotiation")]),
        (
            [NEGOTIATION, CLOSING],
            [("Negotiation", "1 deal stays", "Proposal"), ("Closing", "1 deal stays", "Proposal")],
        ),
    ],
)
def test_who_retires_a_stage_hears_which_deals_stay_and_the_nearest_stage_in_use(
    gone: list[int], told: list[tuple[str, str, str]], ana: Workspace
) -> None:
    for stage in (LEAD, PROPOSAL, PROPOSAL, NEGOTIATION, CLOSING):
        add(ana, stage=stage)
    wanted = sales(ana)
    for stage in gone:
        wanted = without(wanted, stage)
    assert ana.change_pipeline(wanted).receipt.notes == tuple(
        f"{name} is retired; {stay} in it until moved, for example: "
        f'pipeboard move --where \'pipeline:"Sales" stage:"{name}"\' {target}'
        for name, stay, target in told
    )
    again = ana.change_pipeline(staged(sales(ana), NEEDS, idle_days=3))
    assert again.receipt.notes == ()


def test_the_command_that_empties_a_stage_quotes_names_as_they_are(ana: Workspace) -> None:
    ana.save_pipeline(replace(staged(sales(ana), LEAD, name="It's new"), name='The "A" list'))
    made = ana.pipeline("The")
    ana.add("Acme: press", pipeline=made)
    (note,) = ana.change_pipeline(without(made, LEAD)).receipt.notes
    assert note.endswith(
        "pipeboard move --where "
        '\'pipeline:"The \\"A\\" list" stage:"It\'"\'"\'s new"\' \'Lead Qualification\''
    )


# Saved filters that name a stage.


@pytest.mark.parametrize(
    ("names", "text", "follows"),
    [
        ({NEEDS: "Discovery"}, "stage:needs", "stage:Discovery"),
        ({NEEDS: "Discovery", PROPOSAL: "Bid"}, "stage:needs | stage:prop", None),
        ({NEEDS: "needs assessment"}, "stage:needs", "stage:needs"),
        ({NEEDS: "Proposal", PROPOSAL: "Needs Assessment"}, "stage:prop", "stage:prop"),
        ({NEEDS: "Discovery"}, "stage:3", "stage:Discovery"),
    ],
)
def test_a_filter_follows_the_stage_that_alone_it_meant(
    names: dict[int, str], text: str, follows: str | None, ana: Workspace
) -> None:
    ana.save_filter("mine", text)
    wanted = sales(ana)
    for stage_id, name in names.items():
        wanted = staged(wanted, stage_id, name=name)
    notes = ana.change_pipeline(wanted).receipt.notes
    follows = follows or "stage:Discovery | stage:Bid"
    assert dict(ana.saved_filters()) == {"mine": follows}
    said = (f"@ana's saved filter mine follows: {follows}.",)
    assert notes == (said if follows != text else ())


# Reps and their roles.


@pytest.mark.parametrize(
    ("rep", "said"),
    [
        (Rep("dee"), "Added rep dee."),
        (Rep("@bo", "Bo B"), "Changed rep bo."),
        (Rep("bo", active=False), "Changed rep bo."),
        (Rep("bo"), "Nothing to change: it is so already."),
        (Rep("dee", role=" Manager "), "Added rep dee. @ana is owner, @bo is rep, @cy is rep"),
        (Rep("ana", role="OWNER"), "Changed rep ana. @bo is rep, @cy is rep"),
        (Rep("bo", role="owner"), "Changed rep bo. @ana is rep, @cy is rep"),
        (Rep("bo", role="none"), "Nothing to change: it is so already."),
        (Rep("bo", role="None", team="x"), "Changed rep bo."),
    ],
)
def test_a_rep_is_added_or_changed_and_the_first_role_gives_one_to_everybody(
    rep: Rep, said: str, ana: Workspace
) -> None:
    receipt = ana.change_rep(rep)
    notes = [note.replace("Roles hold from now on: ", "").rstrip(".") for note in receipt.notes]
    assert " ".join((receipt.summary, *notes)) == said
    again = ana.change_rep(rep)
    assert (again.summary, again.command_id, again.notes) == (
        "Nothing to change: it is so already.",
        "",
        (),
    )
    (as_it_is,) = again.agreements
    assert as_it_is.before == as_it_is.after


@pytest.mark.parametrize(
    ("rep", "error", "why", "hint"),
    [
        (Rep("bo", role="boss"), BadInput, "There is no role 'boss'.", "one of viewer, rep, man"),
        (Rep("bo", role="managr"), BadInput, "There is no role 'managr'.", "mean manager?"),
        (Rep("ana", role="rep"), Refused, "gives the first role is the owner", "--role rep"),
        (Rep("bo", acts_for="dee"), NotFound, "There is no rep 'dee'.", "rep list"),
        (Rep("bo", acts_for="none ana"), NotFound, "There is no rep 'none'.", "rep list"),
    ],
)
def test_a_role_that_nobody_has_and_a_rep_whom_nobody_knows_are_refused(
    rep: Rep, error: type[PipeboardError], why: str, hint: str, ana: Workspace
) -> None:
    with pytest.raises(error) as refused:
        ana.change_rep(rep)
    assert (why in refused.value.message, hint in refused.value.hint) == (True, True)
    assert ana.undo_list() == ()


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("", ""),
        ("none", ""),
        ("*", "*"),
        ("ana", "ana"),
        ("@Ana, cy", "ana cy"),
        ("ana,cy", "ana cy"),
        ("* ana", "* ana"),
    ],
)
def test_whom_a_rep_acts_for_is_kept_by_the_names_of_reps(
    typed: str, kept: str, ana: Workspace
) -> None:
    ana.change_rep(Rep("bo", "Bo B", acts_for=typed))
    (bo,) = (rep for rep in ana.reader.reps() if rep.name == "bo")
    assert bo == Rep("bo", "Bo B", acts_for=kept)


# Settings.


@pytest.mark.parametrize(
    ("name", "value", "days"),
    [
        (
            "fiscal-start",
            "april",
            [
                "2026 are for Wed 1 Apr 2026 to Wed 31 Mar 2027",
                "2026Q4 are for Fri 1 Jan 2027 to Wed 31 Mar 2027",
            ],
        ),
        ("week-start", "sunday", ["2026-W47 are for Sun 15 Nov 2026 to Sat 21 Nov 2026"]),
        ("count-for-owner", "now", []),
        ("reps-see", "own", []),
        ("fiscal-start", "january", None),
    ],
)
def test_who_moves_periods_hears_which_days_targets_and_calls_are_for_now(
    name: str, value: str, days: list[str] | None, ana: Workspace
) -> None:
    ana.set_target(sales(ana), "2026", "1k")
    ana.set_target(sales(ana), "2026Q4", "1k", owner="bo")
    ana.set_call(sales(ana), "2026-W47", "1k")
    for owner in ("ana", "bo"):
        ana.set_call(sales(ana), "2026-11", "1k", owner=owner)
    receipt = choose_setting(ana, name, value)
    nothing = "Nothing to change: it is so already."
    assert receipt.summary == (nothing if days is None else f"{name} is {value}.")
    assert receipt.notes == tuple(f"The targets and calls of {one} now." for one in days or ())


def test_a_setting_under_a_token_is_set_once(ana: Workspace) -> None:
    """The second time nothing is done, whatever was set in between."""
    first = choose_setting(ana, "reps-see", "own", token="t1")
    choose_setting(ana, "reps-see", "team")
    again = choose_setting(ana, "reps-see", "own", token="t1")
    assert (first.command_id, again.command_id) == ("t1", "t1")
    assert ana.reader.settings().reps_see == 1


# How a workspace begins.

ENDS = (Stage(0, "Won", StageKind.WON), Stage(0, "Lost", StageKind.LOST))


def begun(path: Path, wanted: Pipeline | None, *reps: Rep) -> Workspace:
    store = make_workspace(str(path), SETTINGS, wanted, at=NOW, actor=Actor("ana"), reps=reps)
    return Workspace(store, lambda: NOW, Actor("ana"))


def test_a_workspace_begins_with_its_pipeline_and_reps_and_nothing_to_undo(tmp_path: Path) -> None:
    wanted = Pipeline(0, " Sales\t", "EUR", (Stage(0, "Talk "), *ENDS))
    begins = begun(tmp_path / "new.db", wanted, Rep("bo", team="x"), Rep("ana"))
    (made,) = begins.pipelines()
    assert (made.id, made.name, made.version) == (1, "Sales", 1)
    assert [(one.id, one.name) for one in made.stages] == [(1, "Talk"), (2, "Won"), (3, "Lost")]
    assert {rep.name: rep.team for rep in begins.reader.reps()} == {"ana": "", "bo": "x"}
    assert (begins.undo_list(), begins.reader.history.commands()) == ((), ())
    begins.store.close()


def test_a_workspace_without_a_pipeline_begins_empty(tmp_path: Path) -> None:
    begins = begun(tmp_path / "new.db", None, Rep("bo"))
    assert (begins.pipelines(), begins.reader.settings()) == ((), SETTINGS)
    begins.store.close()


@pytest.mark.parametrize("stages", [ENDS, (Stage(0, ""), *ENDS), (Stage(0, "Talk"), ENDS[0])])
def test_no_database_is_made_for_a_pipeline_that_cannot_be_worked_in(
    stages: tuple[Stage, ...], tmp_path: Path
) -> None:
    with pytest.raises(BadInput):
        begun(tmp_path / "new.db", Pipeline(0, "Sales", "EUR", stages))
    assert list(tmp_path.iterdir()) == []


def test_a_whole_workspace_comes_into_an_empty_one_and_over_no_deal(
    ana: Workspace, tmp_path: Path
) -> None:
    deal, file = add(ana), tmp_path / "all.json"
    add(ana, "Acme: press 1k")
    whole = ana.reader.whole()
    pieces = whole_document(whole.schema, whole.tables, whole.columns, whole.rows)
    file.write_text("".join(pieces), "utf-8")
    with pytest.raises(Refused, match=r"all\.json is a whole workspace, and there are deals here"):
        take_whole(ana, file)
    empty = begun(tmp_path / "new.db", None)
    check_empty(empty, file)
    assert take_whole(empty, file) == 2
    assert empty.reader.deal(deal.id) == ana.reader.deal(deal.id)
    with pytest.raises(Refused):
        check_empty(empty, file)
    empty.store.close()


def test_deals_that_one_does_not_see_are_not_poured_over(ana: Workspace, bo: Workspace) -> None:
    add(ana, "Acme: press @ana")
    ana.change_rep(Rep("bo", role="rep"))
    choose_setting(ana, "reps-see", "own")
    assert bo.reader.known_deals().count() == 0
    with pytest.raises(Refused, match="there are deals here already"):
        check_empty(bo, Path("all.json"))


def test_the_first_version_of_a_pipeline_is_one_whatever_it_is_made_of(tmp_path: Path) -> None:
    wanted = Pipeline(9, "Sales", "EUR", (Stage(5, "Talk"), *ENDS), version=7)
    begins = begun(tmp_path / "new.db", wanted)
    (made,) = begins.pipelines()
    assert (made.id, made.version, [one.id for one in made.stages]) == (1, 1, [1, 2, 3])
    begins.store.close()


@pytest.mark.parametrize(
    ("rep", "said"),
    [
        (Rep("b" * 600), "The rep is too long: 600 characters, and 100 is the most."),
        (
            Rep("bo", "B" * 600),
            "The display name is too long: 600 characters, and 300 is the most.",
        ),
        (Rep("bo", team="N" * 600), "The team is too long: 600 characters, and 100 is the most."),
        (Rep(""), "A rep needs a name."),
        (Rep("@"), "A rep needs a name."),
    ],
)
def test_what_of_a_rep_is_too_long_or_lacks_is_named(rep: Rep, said: str, ana: Workspace) -> None:
    with pytest.raises(BadInput) as refused:
        ana.change_rep(rep)
    assert refused.value.message == said
    assert (refused.value.hint == "For example: pipeboard rep add ana") is ("needs" in said)


def test_a_document_of_a_later_version_is_told_how_it_can_be_taken(ana: Workspace) -> None:
    with pytest.raises(Conflict) as refused:
        ana.change_pipeline(replace(sales(ana), version=9))
    assert refused.value.message == (
        "The document is of version 9, and Sales is at 1: it comes from elsewhere."
    )
    assert refused.value.hint == (
        "Take the line 'version' out to set the pipeline as the document says."
    )


def test_a_document_of_a_later_version_is_taken_where_that_is_said(ana: Workspace) -> None:
    saved = ana.change_pipeline(replace(sales(ana), version=9, name="Deals"), overwrite=True)
    assert (saved.pipeline.name, saved.pipeline.version) == ("Deals", 2)
    assert [one.name for one in ana.pipelines()] == ["Deals"]


def test_a_pipeline_that_is_only_tried_has_no_numbers_yet(ana: Workspace) -> None:
    tried = ana.change_pipeline(replace(sales(ana), id=0, name="Renewals"), dry_run=True)
    assert {tried.pipeline.id, *(stage.id for stage in tried.pipeline.stages)} == {0}
    assert [one.name for one in ana.pipelines()] == ["Sales"]
    made = ana.change_pipeline(replace(sales(ana), id=0, name="Renewals"))
    assert 0 not in {made.pipeline.id, *(stage.id for stage in made.pipeline.stages)}


@pytest.mark.parametrize("overwrite", [False, True])
def test_an_edit_of_a_version_that_nobody_knows_is_of_somebody_s(overwrite: bool) -> None:
    agreements = SimpleNamespace(pipeline_edits=lambda *_: (), pipeline_version=lambda *_: None)
    service: Any = SimpleNamespace(reader=SimpleNamespace(agreements=agreements))
    known = replace(DECIDED, version=3)
    wanted = replace(known, version=1, name="Deals")
    if overwrite:
        edited = pipeline_edit(service, wanted, known, overwrite=True)
        assert (edited.pipeline, edited.notes, edited.over) == (wanted, (), "")
        return
    with pytest.raises(Conflict) as refused:
        pipeline_edit(service, wanted, known, overwrite=False)
    assert refused.value.message == (
        "Sales was changed by somebody since this document was written: "
        "the version that it began from is not known."
    )
    assert (refused.value.details["by"], refused.value.details["at"]) == (None, None)
    assert pipeline_edit(service, replace(wanted, version=3), known, overwrite=False).notes == ()
    assert pipeline_edit(service, replace(wanted, version=0), known, overwrite=False).notes == ()


@pytest.mark.parametrize("active", [True, False])
def test_what_is_agreed_of_a_rep_says_yes_or_no(active: bool, ana: Workspace) -> None:
    ana.save_rep(Rep("bo", "Bo Holt", "North", active))
    agreed = ana.reader.agreements.contents(Topic.REP, ("bo",))
    assert agreed is not None and agreed["active"] is active
    assert (agreed["display_name"], agreed["team"]) == ("Bo Holt", "North")
    assert ana.reader.agreements.contents(Topic.REP, ("zed",)) is None


def test_an_edit_is_said_to_be_merged_with_what_of_the_others_it_takes(
    ana: Workspace, bo: Workspace
) -> None:
    began = sales(ana)
    bo.save_pipeline(staged(began, LEAD, name="Leads"))
    same = ana.change_pipeline(staged(staged(began, LEAD, name="Leads"), NEEDS, idle_days=9))
    assert same.receipt.notes == ("Merged with what bo (23 Nov 10:00) changed meanwhile.",)
    other = ana.change_pipeline(staged(began, PROPOSAL, idle_days=8))
    assert other.receipt.notes == (
        "Merged with what bo and ana (23 Nov 10:00) changed meanwhile: name of Leads, idle days of"
        " Needs Assessment.",
    )
