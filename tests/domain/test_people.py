"""One rule says who is meant, for every verb and screen; a slip of the finger makes nobody."""

from __future__ import annotations

import json
from datetime import date
from typing import Any

import pytest

from pipeboard.domain.agreements import Agreement, Topic, changed_names, contents_of, rows_of
from pipeboard.domain.errors import Ambiguous, BadInput, NotFound
from pipeboard.domain.filter import parse_filter
from pipeboard.domain.people import (
    Actor,
    about_owner,
    is_a_team,
    known_owner,
    match_owner,
    match_rep,
    mentioned,
    named,
    new_rep_mark,
    no_such_reps,
    rep_like,
    unknown_owner,
    unsure_reps,
    ways_to_write,
    with_known_owners,
)
from pipeboard.domain.settings import Rep, Settings
from tests.domain.test_filter import written_out

REPS = (
    Rep("ana", "Ana Lima"),
    Rep("lukasz_wronak", "Łukasz Wronak"),
    Rep("mara", "Mara Ó Súilleabháin"),
    Rep("bo@firm.example", "Bo"),
    Rep("sam", "Chris Poe"),
    Rep("poe", "Chris Poe"),
)


@pytest.mark.parametrize(
    ("typed", "name"),
    [
        ("ana", "ana"),
        ("@ana", "ana"),
        (" ANA ", "ana"),
        ("Ana Lima", "ana"),
        ("analima", "ana"),
        ("ana.lima@firm.example", "ana"),
        ("ana@firm.example", "ana"),
        ("Lukasz Wronak", "lukasz_wronak"),
        ("łukasz  wronak", "lukasz_wronak"),
        ("lukasz.wronak@firm.example", "lukasz_wronak"),
        ("mara o suilleabhain", "mara"),
        ("bo", "bo@firm.example"),
        ("bo@firm.example", "bo@firm.example"),
        ("poe", "poe"),
        ("Lima, Ana", "ana"),
        ("Ana Lima <ana.l@firm.example>", "ana"),
        ('"Lima, Ana" <al@firm.example>', "ana"),
        ("Ana Lima (al@firm.example)", "ana"),
        ("Wronak, Łukasz", "lukasz_wronak"),
    ],
)
def test_a_rep_is_found_however_their_name_is_written(typed: str, name: str) -> None:
    assert match_rep(typed, REPS).name == name


@pytest.mark.parametrize(
    ("typed", "near"), [("marra", "@mara"), ("anna", "@ana"), ("Ana Lime", "@ana")]
)
def test_an_unknown_rep_is_refused_with_the_near_one(typed: str, near: str) -> None:
    with pytest.raises(NotFound, match="There is no rep") as refusal:
        match_rep(typed, REPS)
    assert refusal.value.hint == f"Did you mean {near}?"


@pytest.mark.parametrize("typed", ["zz", "", "@", "  "])
def test_nobody_near_leads_to_the_list(typed: str) -> None:
    with pytest.raises(NotFound) as refusal:
        match_rep(typed, REPS)
    assert "rep list" in refusal.value.hint


def test_a_name_that_is_a_reps_goes_before_an_address_that_says_it_too() -> None:
    reps = [Rep("Ruiz, Ana"), Rep("ana.ruiz@firm.example")]
    assert match_rep("Ana Ruiz", reps).name == "Ruiz, Ana"
    assert match_rep("ana.ruiz@firm.example", reps).name == "ana.ruiz@firm.example"


def test_a_name_to_the_letter_goes_before_those_that_are_alike() -> None:
    alike = (Rep("ann_lee"), Rep("annlee"), Rep("AnnLee"))
    assert [match_rep(rep.name, alike) for rep in alike] == [*alike]
    with pytest.raises(Ambiguous, match="@ann_lee, @annlee, @AnnLee"):
        match_rep("ann lee", alike)


def test_two_reps_of_one_name_are_both_named() -> None:
    with pytest.raises(Ambiguous, match="@sam, @poe") as refused:
        match_rep("Chris Poe", REPS)
    assert refused.value.details == {"candidates": ["sam", "poe"]}


@pytest.mark.parametrize(
    ("typed", "owner"),
    [("me", "sam"), ("@Me", "sam"), ("none", ""), ("", ""), ("nobody", ""), ("Ana Lima", "ana")],
)
def test_an_owner_may_also_be_me_or_nobody(typed: str, owner: str) -> None:
    assert match_owner(typed, REPS, "sam") == owner


def test_whoever_types_may_own_deals_before_any_rep_is_known() -> None:
    assert match_owner("zoe", (), "zoe") == "zoe"
    with pytest.raises(NotFound):
        match_owner("bob", (), "zoe")


@pytest.mark.parametrize(
    ("reps", "is_set_up", "is_team"),
    [
        ((), False, False),
        ((), True, True),
        ((Rep("ana"), Rep("bo")), False, False),
        ((Rep("ana"), Rep("bo", "Bo")), False, True),
        ((Rep("ana"), Rep("bo", team="North")), False, True),
        ((Rep("ana", role="manager"),), False, False),
    ],
)
def test_a_team_is_one_once_somebody_has_said_who_is_in_it(
    reps: tuple[Rep, ...], is_set_up: bool, is_team: bool
) -> None:
    assert is_a_team(reps, is_set_up=is_set_up) is is_team


@pytest.mark.parametrize(
    ("typed", "is_like"),
    [("lukas_wronak", True), ("anna", True), ("ann", False), ("@anna", True), ("zoltan", False),
     ("", False)],
)  # fmt: skip
def test_a_new_name_that_is_nearly_a_reps_is_more_likely_a_slip(typed: str, is_like: bool) -> None:
    assert bool(rep_like(typed, REPS)) is is_like


def test_names_that_differ_by_a_number_are_two_people() -> None:
    assert not rep_like("seller2", (Rep("seller1"),))
    assert rep_like("seler1", (Rep("seller1"),)) == "seller1"


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ("@bo can you?", ("bo",)),
        ("(@Bo) and @ANA. and @bo-", ("bo", "ana")),
        ("ana@bo.example, x.@bo, @@bo", ()),
        ("@nobody, @ana_b", ()),
        ("@bo-", ("bo",)),
        ("@c.d", ("c.d",)),
        ("", ()),
    ],
)
def test_a_text_names_the_reps_it_calls_by_their_sign_each_once(
    text: str, named: tuple[str, ...]
) -> None:
    assert mentioned(text, ("ana", "bo", "c.d")) == named


SET_UP = (*REPS, Rep("gone", active=False), Rep("left", "Lea F.", active=False))


def test_a_name_that_is_typed_is_marked_as_new_unless_it_is_somebodys_or_could_be_several() -> None:
    for typed in ("ana", "me", "none", "Chris Poe", "zoe"):
        assert new_rep_mark(typed, REPS, "zoe") == ""
    assert new_rep_mark("anna", REPS, "zoe") == "new rep? or @ana"
    assert new_rep_mark("quentin", REPS, "zoe") == "new rep?"


@pytest.mark.parametrize("is_set_up", [True, False])
def test_whoever_is_unknown_is_somebody_new_where_that_is_said_or_nobody_said_who_is_there(
    is_set_up: bool,
) -> None:
    plain = (Rep("ana"), Rep("mara"))

    def known(text: str, reps: tuple[Rep, ...] = plain, *, new_rep: bool = False) -> str:
        return known_owner(text, reps, "ana", is_set_up=is_set_up, new_rep=new_rep)

    assert known("@Mara") == "mara"
    assert known(" @quentin ", new_rep=True) == "quentin"
    assert known("marra", new_rep=True) == "marra"
    with pytest.raises(NotFound):
        known("marra")
    if is_set_up:
        with pytest.raises(NotFound):
            known("quentin")
    else:
        assert known("quentin") == "quentin"
    with pytest.raises(Ambiguous):
        known("Chris Poe", REPS, new_rep=True)


def test_names_of_a_file_need_a_yes_in_a_team_or_where_they_are_like_a_reps() -> None:
    names = ("anna", "quentin")
    plain = (Rep("ana"),)
    assert unsure_reps(names, plain, is_set_up=True) == names
    assert unsure_reps(names, REPS, is_set_up=False) == names
    assert unsure_reps(names, plain, is_set_up=False) == ("anna",)


def test_a_file_with_new_names_names_eight_of_them_and_whom_they_are_like() -> None:
    one = no_such_reps(["anna"], {"anna": "ana"})
    assert one.message == "'anna' is no rep here."
    assert one.hint == "Slips? anna is like @ana."
    assert one.details == {"rep": "anna", "near": "ana", "reps": ["anna"]}
    names = [f"r{number}" for number in range(10)]
    assert "r7 is like" in (hint := no_such_reps(names, dict.fromkeys(names, "ana")).hint)
    assert "r8" not in hint
    for most, said in ((8, "'r7' are no reps here."), (9, "'r7' and 1 more are no reps here.")):
        many = no_such_reps(names[:most], {})
        assert many.message.endswith(said)
        assert (many.hint, many.details["near"]) == ("", "")


@pytest.mark.parametrize(
    ("owner", "said"),
    [
        ("ana", ()),
        ("", ()),
        ("me_too", ()),
        ("zed", ("@zed is a new rep.",)),
        ("gone", ("gone is not active.",)),
        ("left", ("Lea F. is not active.",)),
    ],
)
def test_an_owner_who_is_new_or_takes_no_deals_is_remarked_upon(
    owner: str, said: tuple[str, ...]
) -> None:
    assert about_owner(SET_UP, owner, "me_too") == said


def test_the_name_that_nobody_bears_is_known_from_the_refusal() -> None:
    with pytest.raises(NotFound) as told:
        match_rep("quentin", REPS)
    assert unknown_owner(told.value) == "quentin"
    assert unknown_owner(NotFound("no deal")) == unknown_owner(BadInput("x")) == ""


@pytest.mark.parametrize(
    ("actor", "acting_as", "said"),
    [("ana", "", "ana"), ("ana", "bo", "ana (for bo)"), ("ana", "ana", "ana (by an assistant)")],
)
def test_whoever_does_something_is_named_with_for_whom(
    actor: str, acting_as: str, said: str
) -> None:
    assert Actor(actor, acting_as).label == named(actor, acting_as) == said
    assert Actor(actor, acting_as).rep == (acting_as or actor)


# What a team agrees on, in words.


@pytest.mark.parametrize(
    ("topic", "key", "name"),
    [
        (Topic.PIPELINE, (1,), "pipeline Sales"),
        (Topic.TARGET, (1, "2026Q4", "", ""), "target for 2026Q4, everybody"),
        (Topic.TARGET, (1, "2026Q4", "ana", ""), "target for 2026Q4, @ana"),
        (Topic.TARGET, (1, "2026Q4", "", "North"), "target for 2026Q4, team North"),
        (Topic.CALL, (1, "2026Q4", "ana"), "call for 2026Q4, @ana"),
        (Topic.RATE, ("USD", "2026-11-01"), "rate of USD from 2026-11-01"),
        (Topic.REVIEW, (1, "2026-11-02T09:00:00Z"), "review of 2026-11-02"),
        (Topic.SETTINGS, (), "settings of the workspace"),
        (Topic.REP, ("ana",), "rep ana"),
        (Topic.FILTER, ("mine", "ana"), "filter mine"),
    ],
)
def test_an_agreement_is_named(topic: Topic, key: tuple[str | int, ...], name: str) -> None:
    agreement = Agreement(topic, key, {"name": "Sales"}, None)
    assert agreement.name == agreement.inverse.name == name
    assert agreement.inverse == Agreement(topic, key, None, {"name": "Sales"})


def test_what_has_another_name_now_is_called_by_that() -> None:
    def named(name: str) -> dict[str, Any]:
        stage, question = {"id": 1, "name": f"{name} in"}, {"key": "need", "label": f"{name}?"}
        return {"name": name, "stages": [stage], "questions": [question]}

    renamed = Agreement(Topic.PIPELINE, (1,), named("Sales"), named("Deals"))
    assert renamed.name == "pipeline Deals"
    assert changed_names(renamed) == ("name", "name of Deals in", "label of Deals?")


def test_what_a_change_touches_is_named_part_by_part() -> None:
    stage = {"id": 1, "name": "Lead", "idle_days": 7, "position": 1, "pipeline_id": 1}
    question = {"key": "need", "label": "Need", "ask": "What?"}
    before = {"name": "Sales", "currency": "EUR", "stages": [stage], "questions": [question]}
    after: dict[str, Any] = {
        "name": "Deals",
        "currency": "EUR",
        "stages": [
            {**stage, "idle_days": 9, "probability_bp": 100, "position": 4, "pipeline_id": 2},
            {"id": 2, "name": "Demo"},
        ],
        "questions": json.dumps([]),
    }
    changed = Agreement(Topic.PIPELINE, (1,), before, after)  # type: ignore[arg-type]
    assert changed_names(changed) == (
        "name",
        "idle days of Lead",
        "probability of Lead",
        "stage Demo",
        "question Need",
    )
    assert changed_names(changed.inverse)[-2:] == ("stage Demo", "question Need")
    made = Agreement(Topic.PIPELINE, (1,), None, {"name": "Sales", "currency": "EUR"})
    assert changed_names(made) == ()
    rep = Agreement(
        Topic.REP,
        ("ana",),
        {"team": "", "role": "rep"},
        {"team": "N", "role": "rep", "acts_for": "bo"},
    )
    assert changed_names(rep) == ("team", "acts for")


def test_a_filter_speaks_of_known_people_or_is_refused() -> None:
    def read(text: str) -> str:
        query = parse_filter(text, today=date(2026, 11, 25), currency="EUR")
        return written_out(with_known_owners(query, REPS, "sam"))

    assert (
        read('(owner:"ana lima" | -@Mara) owner:me won') == "(owner:ana | -owner:mara) owner:me won"
    )
    assert read("owner:ME") == "owner:ME"
    assert read("owner:none") == "owner:none"
    with pytest.raises(BadInput, match="bad filter: 'owner:marra': no rep 'marra'") as refused:
        read("won (-owner:marra | lost)")
    assert (refused.value.hint, refused.value.details["term"]) == (
        "Did you mean @mara?",
        "owner:marra",
    )
    with pytest.raises(
        BadInput, match="'owner:Chris Poe': 'Chris Poe' could be @sam, @poe"
    ) as both:
        read('@"Chris Poe"')
    assert both.value.details["candidates"] == ["sam", "poe"]


@pytest.mark.parametrize("typed", ["", " none ", "None", "NOBODY", "@none"])
def test_nobody_owns_what_is_nobodys_however_it_is_written(typed: str) -> None:
    assert match_owner(typed, REPS, "sam") == ""
    assert match_owner("Me", REPS, "sam") == "sam"
    assert match_rep("@@Ana", REPS).name == "ana"


@pytest.mark.parametrize(
    ("written", "ways"),
    [
        ("Ana  Lima", {"ana lima"}),
        ("Lima, Ana", {"lima, ana", "ana lima"}),
        ("Lima, Ana, Dr", {"lima, ana, dr"}),
        ("Lima,", {"lima,"}),
        ("Ana Lima <ana@firm.example>", {"ana lima"}),
        ('"Lima, Ana" <ana@firm.example>', {"lima, ana", "ana lima"}),
        ("Ana Lima (ana@firm.example)", {"ana lima"}),
        ("Ana <ana@firm.example> Lima", {"ana <ana@firm.example> lima"}),
    ],
)
def test_a_name_is_turned_round_at_its_only_comma(written: str, ways: set[str]) -> None:
    assert ways_to_write(written) == ways


def test_somebody_new_is_called_by_their_name_without_their_address() -> None:
    for typed in ("Zed Abel <zed@firm.example>", "@Zed Abel"):
        assert known_owner(typed, (), "me", is_set_up=False, new_rep=True) == "Zed Abel"


def test_two_names_with_a_comma_are_nobodys_address() -> None:
    with pytest.raises(NotFound):
        match_rep("ana,@bo", (Rep("ana"), Rep("bo")))


def test_a_stage_that_only_stands_elsewhere_has_not_changed() -> None:
    stage = {"id": 1, "name": "Lead", "position": 1, "pipeline_id": 1}
    question = {"key": "need", "label": "Need"}
    before: dict[str, Any] = {"name": "Sales", "stages": [stage], "questions": [question]}
    after = {**before, "stages": [{**stage, "position": 4}]}
    assert changed_names(Agreement(Topic.PIPELINE, (1,), before, after)) == ()


@pytest.mark.parametrize(
    ("topic", "key", "said"),
    [
        (Topic.PIPELINE, (1,), "pipeline Sales"),
        (Topic.REP, ("ana",), "rep ana"),
        (Topic.TARGET, (1, "2026Q4", "", ""), "target for 2026Q4, everybody"),
        (Topic.TARGET, (1, "2026Q4", "ana", ""), "target for 2026Q4, @ana"),
        (Topic.TARGET, (1, "2026Q4", "", "north"), "target for 2026Q4, team north"),
        (Topic.CALL, (1, "2026Q4", "ana"), "call for 2026Q4, @ana"),
        (Topic.RATE, ("USD", "2026-01-01"), "rate of USD from 2026-01-01"),
        (Topic.FILTER, ("mine", ""), "filter mine"),
        (Topic.REVIEW, (1, "2026-11-23T09:00:00Z"), "review of 2026-11-23"),
        (Topic.SETTINGS, (), "settings of the workspace"),
    ],
)
def test_what_is_agreed_has_a_name(topic: Topic, key: tuple[str | int, ...], said: str) -> None:
    made = Agreement(topic, key, None, {"name": "Sales"})
    assert made.name == made.inverse.name == said
    assert (made.inverse.before, made.inverse.after) == (made.after, None)


def test_a_rep_and_the_settings_are_kept_as_plain_data() -> None:
    assert contents_of(Rep("ana", team="north")) == {
        "display_name": "", "team": "north", "active": True, "role": "", "acts_for": "",
    }  # fmt: skip
    kept = contents_of(Settings(sources=("web", "fair")))
    assert (kept["sources"], kept["currency"]) == (["web", "fair"], "EUR")
    assert json.loads(json.dumps(kept)) == kept


@pytest.mark.parametrize(
    ("kept", "rows"),
    [
        ({"stages": [{"id": 1}]}, [{"id": 1}]), ({"stages": '[{"id": 1}]'}, [{"id": 1}]),
        ({"stages": None}, []), ({}, []),
    ],
)  # fmt: skip
def test_the_stages_of_what_was_agreed_are_read_in_either_way_they_were_kept(
    kept: dict[str, Any], rows: list[dict[str, int]]
) -> None:
    assert rows_of(kept, "stages") == rows
