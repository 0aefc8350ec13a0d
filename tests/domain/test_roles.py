"""Who may do what: every verb and every agreement by the role that it takes, and whose deals one
sees, acts for and changes."""

from __future__ import annotations

from dataclasses import replace

import pytest

from pipeboard.domain.agreements import Agreement, Contents, Topic
from pipeboard.domain.deal_record import EVERYBODYS
from pipeboard.domain.errors import Refused
from pipeboard.domain.people import Actor
from pipeboard.domain.roles import (
    NotAllowed,
    Rights,
    Role,
    given_role,
    rights,
    sees_deals_of,
    who_may,
)
from pipeboard.domain.settings import SEEN, Rep, Settings
from tests.domain.deciding_cases import new

TEAM = (
    Rep("vi", role="viewer", team="north"),
    Rep("ana", role="rep", team="north", acts_for="bo cy"),
    Rep("bo", role="rep", team="north"),
    Rep("cy", role="rep", team="south", acts_for="*"),
    Rep("di", role="rep"),
    Rep("mo", role="manager", team="south"),
    Rep("ow", role="owner"),
    Rep("old", role="manager", active=False),
    Rep("none", team="north"),
)
EVERYDAY = (
    "add answer archive ask assign call check contact decide done filter follow+up import log lost"
    " merge move next note recycle redo reopen reorder set snooze tag terms unarchive undo won"
)
TAKES = {
    Role.REP: EVERYDAY,
    Role.MANAGER: "pipeline rep target fx settings review backup export+whole mend",
    Role.OWNER: "restore migrate anything+new",
}
AGREED = {
    Topic.PIPELINE: Role.MANAGER, Topic.REP: Role.MANAGER, Topic.TARGET: Role.MANAGER,
    Topic.RATE: Role.MANAGER, Topic.SETTINGS: Role.MANAGER, Topic.REVIEW: Role.MANAGER,
    Topic.CALL: Role.REP, Topic.FILTER: Role.REP,
}  # fmt: skip
ROLES = {"vi": Role.VIEWER, "ana": Role.REP, "mo": Role.MANAGER, "ow": Role.OWNER}


def of(name: str, acting_as: str = "", **settings: object) -> Rights:
    given = replace(Settings(), **settings)  # type: ignore[arg-type]
    return rights(Actor(name, acting_as), TEAM, given)


def may(allowed: Rights, what: str) -> bool:
    try:
        allowed.check(what)
    except NotAllowed as error:
        assert error.details["needs"] in tuple(Role)
        return False
    return True


def test_each_verb_takes_its_role_or_a_greater_one() -> None:
    verbs = {
        verb.replace("+", " "): role for role, names in TAKES.items() for verb in names.split()
    }
    assert set(who_may()) == set(verbs) - {"anything new"}
    for verb, needed in verbs.items():
        for name, role in ROLES.items():
            assert may(of(name), verb) is ([*Role].index(role) >= [*Role].index(needed)), (
                name,
                verb,
            )


def test_where_nobody_has_a_role_everybody_may_everything() -> None:
    plain = rights(Actor("zoe"), (Rep("ana"), Rep("bo")), Settings(reps_see=2, reps_edit_own=True))
    assert (plain.role, plain.own_role, plain.sees, plain.only_looks) == (None, None, None, False)
    assert may(plain, "restore")
    plain.check_writing()
    plain.check_deals("set", [new(owner="ana")])
    rights(Actor("zoe", "ana"), (Rep("ana"),), Settings()).check_acting()


def test_whoever_is_no_rep_or_has_no_role_may_look() -> None:
    for name in ("zoe", "none", "vi"):
        assert (of(name).role, of(name).only_looks) == (Role.VIEWER, True)
        with pytest.raises(NotAllowed, match="a viewer here, and changing anything is for a rep"):
            of(name).check_writing()
    of("ana").check_writing()


@pytest.mark.parametrize("topic", Topic)
def test_each_agreement_takes_its_role(topic: Topic) -> None:
    keys: dict[Topic, tuple[str | int, ...]] = {
        Topic.CALL: (1, "2026Q4", "ana"),
        Topic.TARGET: (1, "2026Q4", "ana", ""),
    }
    key = keys.get(topic, (1, "ana", "mine"))
    agreement = Agreement(topic, key, {"role": ""}, {"role": ""})
    for name, role in ROLES.items():
        allowed = [*Role].index(role) >= [*Role].index(AGREED[topic])
        if allowed:
            of(name).check_agreements([agreement])
        else:
            with pytest.raises(NotAllowed):
                of(name).check_agreements([agreement])


@pytest.mark.parametrize(
    ("topic", "key", "by_rep"),
    [
        (Topic.CALL, (1, "2026Q4", "ana"), True),
        (Topic.CALL, (1, "2026Q4", "bo"), False),
        (Topic.FILTER, (1, "ana", "mine"), True),
        (Topic.FILTER, (1, "", "everybodys"), True),
        (Topic.FILTER, (1, "bo", "his"), False),
    ],
)
def test_a_rep_agrees_on_what_is_their_own(
    topic: Topic, key: tuple[str | int, ...], by_rep: bool
) -> None:
    agreement = Agreement(topic, key, None, {"x": 1})
    of("mo").check_agreements([agreement])
    if by_rep:
        of("ana").check_agreements([agreement])
    else:
        with pytest.raises(NotAllowed):
            of("ana").check_agreements([agreement])


@pytest.mark.parametrize(
    ("before", "after", "by_manager"),
    [
        ({"role": "rep"}, {"role": "owner"}, False),
        ({"role": "owner"}, {"role": "rep"}, False),
        ({"role": "owner"}, None, False),
        (None, {"role": "owner"}, False),
        ({"role": "owner", "team": ""}, {"role": "owner", "team": "north"}, True),
        ({"role": "rep"}, {"role": "manager"}, True),
        (None, {"role": "rep"}, True),
    ],
)
def test_only_an_owner_makes_or_unmakes_one(
    before: Contents | None, after: Contents | None, by_manager: bool
) -> None:
    agreement = Agreement(Topic.REP, ("ana",), before, after)
    of("ow").check_agreements([agreement])
    if by_manager:
        of("mo").check_agreements([agreement])
    else:
        with pytest.raises(NotAllowed, match="for an owner"):
            of("mo").check_agreements([agreement])


@pytest.mark.parametrize("what", ["migrate", "target", "set"])
@pytest.mark.parametrize("whom", ["", *ROLES])
@pytest.mark.parametrize("name", ROLES)
def test_who_lacks_a_role_is_named_and_nobody_is_told_to_give_one_that_is_less(
    name: str, whom: str, what: str
) -> None:
    try:
        of(name, whom).check(what)
    except NotAllowed as refused:
        needed = Role(str(refused.details["needs"]))
        own = ROLES[name].rank >= needed.rank
        lesser = name if not whom or ROLES[name].rank <= ROLES[whom].rank else whom
        assert refused.message.startswith(f"@{lesser} is ")
        assert ROLES[lesser].rank < needed.rank
        assert ("--role" not in refused.hint) is own
        assert own or f"rep set {lesser} --role {needed}" in refused.hint
    else:
        assert all(ROLES[who].rank >= Role.REP.rank for who in (name, whom) if who)


@pytest.mark.parametrize(
    ("name", "whom", "is_allowed"),
    [("ana", "bo", True), ("ana", "cy", True), ("ana", "di", False), ("ana", "ana", True),
     ("cy", "di", True), ("bo", "ana", False), ("mo", "ana", True), ("ow", "mo", True),
     ("ana", "", True), ("zoe", "ana", False)],
)  # fmt: skip
def test_one_acts_for_whom_a_manager_has_allowed(name: str, whom: str, is_allowed: bool) -> None:
    if is_allowed:
        of(name, whom).check_acting()
    else:
        with pytest.raises(NotAllowed, match=f"may not act for @{whom}") as refused:
            of(name, whom).check_acting()
        assert refused.value.details == {"needs": "acts-for", "for": whom}
        with pytest.raises(NotAllowed):
            of(name, whom).check_writing()


def test_whoever_acts_for_somebody_may_what_both_of_them_may() -> None:
    assert of("cy", "ow").role is of("ow", "cy").role is Role.REP
    assert of("mo", "vi").role is Role.VIEWER
    assert of("ow", "mo").role is Role.MANAGER
    assert of("mo", "ana").own_role is Role.MANAGER


@pytest.mark.parametrize(("topic", "place"), [(Topic.CALL, "2026Q4"), (Topic.FILTER, "")])
def test_whoever_acts_for_somebody_agrees_on_what_is_theirs(topic: Topic, place: str) -> None:
    """Not on what is their own: that they do as themselves."""

    def of_whom(name: str) -> Agreement:
        key = (1, place, name) if topic is Topic.CALL else (1, name, "mine")
        return Agreement(topic, key, None, {"x": 1})

    of("ana", "bo").check_agreements([of_whom("bo")])
    with pytest.raises(NotAllowed):
        of("ana", "bo").check_agreements([of_whom("ana")])


def test_whoever_acts_for_somebody_sees_and_changes_what_they_do() -> None:
    found = of("ana", "bo", reps_see=SEEN.index("own"), reps_edit_own=True)
    assert (found.sees, found.eyes) == (("bo",), "bo")
    found.check_deals("set", [new(owner="bo")])
    with pytest.raises(NotAllowed):
        found.check_deals("set", [new(owner="ana")])


@pytest.mark.parametrize(
    ("name", "see", "sees"),
    [
        ("ana", "all", None),
        ("ana", "own", ("ana",)),
        ("ana", "team", ("ana", "bo", "none", "vi")),
        ("di", "team", ("di",)),
        ("zoe", "team", ("zoe",)),
        ("vi", "own", ("vi",)),
        ("mo", "own", None),
        ("ow", "team", None),
    ],
)
def test_one_sees_the_deals_that_the_workspace_says(
    name: str, see: str, sees: tuple[str, ...] | None
) -> None:
    found = of(name, reps_see=SEEN.index(see))
    assert found.sees == sees
    words = "everyone" if sees is None else "own deals only" if len(sees) == 1 else ""
    assert found.everyone == (words or "the team's deals only")
    settings = Settings(reps_see=SEEN.index(see))
    for owner in ("", "ana", "bo", "cy"):
        expected = sees is None or owner in ("", *sees)
        assert sees_deals_of(owner, name, TEAM, settings) is expected
    said = found.no_deal(7)
    assert said.message.endswith("D-7." if sees is None else "that you may see.")


@pytest.mark.parametrize(
    ("name", "owner", "verb", "is_allowed"),
    [("ana", "ana", "set", True), ("ana", "", "set", True), ("ana", "bo", "set", False),
     ("ana", "bo", "recycle", True), ("mo", "bo", "set", True), ("ow", "bo", "set", True)],
)  # fmt: skip
def test_where_reps_change_their_own_deals_only_anothers_are_left_alone(
    name: str, owner: str, verb: str, is_allowed: bool
) -> None:
    deals = [new(owner="ana"), new(owner=owner)]
    of(name).check_deals(verb, deals)
    held = of(name, reps_edit_own=True)
    if is_allowed:
        held.check_deals(verb, deals)
    else:
        with pytest.raises(NotAllowed, match="@bo's") as told:
            held.check_deals(verb, deals)
        assert told.value.details["owner"] == "bo"
    as_bo = of("ana", "bo", reps_edit_own=True)
    as_bo.check_deals("set", [new(owner="bo")])


def test_what_deals_keep_for_their_owners_managers_see_where_that_is_said() -> None:
    for name, role in ROLES.items():
        is_above = role in (Role.MANAGER, Role.OWNER)
        assert of(name).eyes == name
        assert of(name, managers_see_floors=True).eyes == (EVERYBODYS if is_above else name)
    assert of("mo", "ana", managers_see_floors=True).eyes == "ana"
    nobody_has_one = rights(Actor("mo"), [Rep("mo")], Settings(managers_see_floors=True))
    assert nobody_has_one.eyes == "mo"


def test_a_role_that_is_none_of_ours_only_looks() -> None:
    odd = Rep("odd", role="director")
    assert rights(Actor("odd"), [*TEAM, odd], Settings()).own_role is Role.VIEWER


@pytest.mark.parametrize(
    ("what", "typed"),
    [("mend", "doctor --fix"), ("restore", "backup restore"), ("settings", "setting set"),
     ("export whole", "export --whole"), ("migrate", "migrate"), ("fx", "fx")],
)  # fmt: skip
def test_a_refusal_names_what_is_typed(what: str, typed: str) -> None:
    with pytest.raises(NotAllowed, match=f"'{typed}' is for a"):
        of("ana").check(what)


def test_a_refusal_names_those_who_can_help() -> None:
    with pytest.raises(NotAllowed) as told:
        of("ana").check("pipeline")
    assert told.value.message == "@ana is a rep here, and 'pipeline' is for a manager or more."
    assert told.value.hint.startswith("@mo, @ow may do it, or give you that role")
    assert told.value.details == {"needs": "manager", "role": "rep"}


def test_a_refusal_names_three_who_can_help_at_most() -> None:
    team = tuple(Rep(f"m{place}", role="manager") for place in range(4))
    with pytest.raises(NotAllowed) as told:
        rights(Actor("zoe"), team, Settings()).check("pipeline")
    assert told.value.hint.startswith("@m0, @m1, @m2 may do it")


@pytest.mark.parametrize(
    ("what", "team", "said"),
    [
        ("add", {"mo": "manager", "ow": "owner"}, "@mo, @ow"),
        ("pipeline", {"mo": "manager", "ow": "owner"}, "@mo, @ow"),
        ("restore", {"mo": "manager", "ow": "owner"}, "@ow"),
        ("pipeline", {"bo": "rep"}, "A manager"),
        ("restore", {"mo": "manager"}, "An owner"),
    ],
)
def test_a_refusal_names_nobody_whose_role_is_not_enough_either(
    what: str, team: dict[str, str], said: str
) -> None:
    reps = tuple(Rep(name, role=role) for name, role in team.items())
    away = Rep("gone", role="owner", active=False)
    with pytest.raises(NotAllowed) as told:
        rights(Actor("vi"), (*reps, Rep("vi", role="viewer"), away), Settings()).check(what)
    assert told.value.hint.startswith(f"{said} may do it, or give you that role")


# The first roles.


def test_with_the_first_role_whoever_gives_it_is_the_owner_and_all_others_are_reps() -> None:
    reps = (Rep("ana"), Rep("bo"), Rep("cy"))
    found = given_role(replace(reps[1], role="manager"), reps, Actor("ana"))
    assert {rep.name: rep.role for rep in found} == {"ana": "owner", "bo": "manager", "cy": "rep"}
    found = given_role(Rep("bo", role="viewer"), reps, Actor("zoe"))
    assert {rep.name: rep.role for rep in found} == {
        "ana": "rep", "bo": "viewer", "cy": "rep", "zoe": "owner",
    }  # fmt: skip
    found = given_role(Rep("bo", role="owner"), reps, Actor("ana"))
    assert {rep.name: rep.role for rep in found} == {"ana": "rep", "bo": "owner", "cy": "rep"}
    with pytest.raises(Refused, match="gives the first role is the owner"):
        given_role(Rep("ana", role="rep"), reps, Actor("ana"))
    assert given_role(Rep("bo", "Bo"), reps, Actor("ana")) == (Rep("bo", "Bo"),)


def test_no_workspace_with_roles_is_left_without_an_owner_at_work() -> None:
    for wrong in (Rep("ow", role="manager"), Rep("ow", role="owner", active=False), Rep("ow")):
        with pytest.raises(Refused, match="without an owner"):
            given_role(wrong, TEAM, Actor("ow"))
    assert given_role(Rep("bo", role="owner"), TEAM, Actor("ow")) == (Rep("bo", role="owner"),)


@pytest.mark.parametrize(
    ("name", "whom", "looks"),
    [("vi", "", True), ("ana", "", False), ("mo", "vi", True), ("ana", "bo", False)],
)
def test_whoever_acts_for_one_that_only_looks_only_looks(name: str, whom: str, looks: bool) -> None:
    assert of(name, whom).only_looks is looks


def test_the_command_that_is_told_takes_names_of_two_words_as_one() -> None:
    team = (Rep("Di Ek", role="rep"), Rep("Al Bo", role="viewer"), Rep("ow", role="owner"))
    with pytest.raises(NotAllowed) as for_whom:
        rights(Actor("Di Ek", "Al Bo"), team, Settings()).check_acting()
    assert for_whom.value.hint.endswith("pipeboard rep set 'Di Ek' --acts-for 'Al Bo'")
    with pytest.raises(NotAllowed) as of_role:
        rights(Actor("Al Bo"), team, Settings()).check("set")
    assert of_role.value.hint.endswith("pipeboard rep set 'Al Bo' --role rep")


@pytest.mark.parametrize(
    ("what", "who"), [("set", "A manager"), ("target", "A manager"), ("migrate", "An owner")]
)
def test_where_nobody_can_help_on_it_is_said_what_somebody_would_have_to_be(
    what: str, who: str
) -> None:
    with pytest.raises(NotAllowed) as refused:
        rights(Actor("vi"), (Rep("vi", role="viewer"),), Settings()).check(what)
    assert refused.value.hint.startswith(f"{who} may do it, or give you that role:")
