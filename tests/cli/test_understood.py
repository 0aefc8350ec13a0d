"""A line means what a person means, and what was understood of it is said once."""

from __future__ import annotations

import os
from contextlib import closing
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from pipeboard.cli import echo
from pipeboard.cli.config import account_name
from pipeboard.cli.echo import days
from pipeboard.domain.commands import Archive
from pipeboard.domain.deal import Contact, Deal, NextStep, Status
from pipeboard.domain.people import Actor
from pipeboard.domain.templates import template
from pipeboard.store import Store
from pipeboard.workspace import Workspace
from pipeboard.workspace.execution import execute
from tests.cli.conftest import Type


def test_a_new_deal_is_said_with_all_that_its_line_was_read_as(team: Type) -> None:
    line = 'Acme: cable 3m @ana +inbound source:referral close:19dec p:60 next:"fri call Mika"'
    added = team("add", line)
    assert added.out == "D-1\n"
    assert (
        "D-1 Acme: cable · €3,000,000 · Prospecting · @ana · +inbound · from referral · "
        "close Sat 19 Dec 2026 · 60% · next Fri 27 Nov 2026 call Mika"
    ) in added.err.splitlines()
    tried = team("add", line, "-n")
    assert tried.out == ""
    assert "Acme: cable · €3,000,000 · Prospecting · @ana" in tried.err


@pytest.mark.parametrize(
    ("line", "said"),
    [
        (("set", "1", "value=40k", "close=19dec"), "€40,000 · close date Sat 19 Dec 2026"),
        (("set", "1", "owner=ANA", "source="), "owner @ana · source emptied"),
        (("assign", "1", "Ana Lima"), "Owner: @ana."),
        (("next", "1", "fri call Bob"), "next Fri 27 Nov 2026 call Bob"),
        (("next", "1", "call Bob fri"), "next Fri 27 Nov 2026 call Bob"),
        (("next", "1", "call Bob"), "next call Bob (no day)"),
        (("snooze", "1", "2w"), "Until Mon 7 Dec 2026."),
        (("won", "1", "--on", "1nov", "--override", "x"), "won on Sun 1 Nov 2026 · €5,000"),
        (
            ("lost", "1", "--category", "price", "--on", "fri", "--recycle", "1 feb"),
            "lost on Fri 20 Nov 2026 · €5,000 · again on Mon 1 Feb 2027",
        ),
    ],
)
def test_what_a_verb_read_is_said_and_the_same_when_only_tried(
    team: Type, monkeypatch: pytest.MonkeyPatch, line: tuple[str, ...], said: str
) -> None:
    team("rep", "set", "ana", "--name", "Ana Lima")
    with monkeypatch.context() as then:
        then.setenv("PIPEBOARD_NOW", "2026-10-01T09:00:00Z")
        team("add", "Acme: cable 5k source:web")
    for more in (("-n",), ()):
        done = team(*line, *more)
        assert done.code == 0, done.err
        assert said in done.err.splitlines()
    assert said not in team(*line, "-q").err


@pytest.mark.parametrize(
    ("line", "said"),
    [
        (("list", "closed>1nov"), "'1nov' is Sun 1 Nov 2026."),
        (("list", "created>fri"), "'fri' is Fri 20 Nov 2026."),
        (("list", "close<fri"), "'fri' is Fri 27 Nov 2026."),
        (("list", "created>2w"), "'2w' is Mon 9 Nov 2026."),
        (("history", "--since", "1nov"), "'1nov' is Sun 1 Nov 2026."),
        (("metrics", "--as-of", "fri"), "'fri' is Fri 20 Nov 2026."),
    ],
)
def test_a_day_without_its_year_is_looked_for_where_it_must_be_and_said(
    team: Type, line: tuple[str, ...], said: str
) -> None:
    looked = team(*line)
    assert (looked.code, looked.err.splitlines()[0]) == (0, said)


@pytest.mark.parametrize("day", ["2026-11-01", "today", "yesterday"])
def test_a_day_that_leaves_no_doubt_is_not_said(team: Type, day: str) -> None:
    assert team("list", f"created>{day}").err in ("", "No deal matches.\n")


@pytest.mark.parametrize(
    "verb",
    [
        ("archive",),
        ("tag", "+x"),
        ("won",),
        ("move", "Qualified"),
        ("assign", "bo"),
        ("set", "value=1k"),
        ("snooze", "2w"),
        ("note", "-m", "words"),
        ("next", "fri call"),
        ("log", "call"),
    ],
)
@pytest.mark.parametrize("filter_", ["", "  ", "\t", '""', "()"])
def test_a_filter_that_says_nothing_changes_nothing(
    team: Type, verb: tuple[str, ...], filter_: str
) -> None:
    team("add", "Acme: cable 5k")
    before = team("history").out
    assert team(*verb, "--where", filter_, "-y").code == 2
    assert team("history").out == before


def test_many_deals_without_a_terminal_need_a_yes(team: Type) -> None:
    team("add", "-", stdin="".join(f"Acme {n}: cable 5k\n" for n in range(5)))
    refused = team("archive", "--where", "open", "--json")
    assert refused.code == 2
    assert "5 deals (Acme 0, Acme 1, Acme 2 and 2 more)" in refused.error["message"]
    assert refused.error["details"]["count"] == 5
    assert team("archive", "--where", "open", "-n").code == 0
    assert team("list", "archived", "--count").out == "0\n"
    assert team("archive", "--where", "open", "-y").code == 0
    assert team("list", "archived", "--count").out == "5\n"


def test_a_few_deals_are_changed_without_a_yes_and_one_more_is_not(
    team: Type, monkeypatch: pytest.MonkeyPatch
) -> None:
    team("add", "-", stdin="".join(f"Acme {n}: cable 5k\n" for n in range(4)))
    refused = team("tag", "--where", "open", "+x", "--json").error
    assert refused["details"] == {"count": 4, "deals": ["D-1", "D-2", "D-3", "D-4"]}
    assert team("tag", "--where", "id:1,2,3", "+x").code == 0
    monkeypatch.setattr("pipeboard.cli.call.Call.has_person", True)
    assert "Go on?" not in team("tag", "--where", "open", "+y", "-n").err
    for said, code in (("yes\n", 0), ("Y\n", 0), ("no\n", 1), ("\n", 1)):
        assert team("tag", "--where", "open", "+z", stdin=said).code == code


def test_what_a_change_came_to_is_told_to_a_script(team: Type) -> None:
    team("rep", "set", "bo", "--name", "Bo Berg", "--inactive")
    team("setting", "set", "lead-source", "optional")
    tried = team("add", "Acme: cable @bo", "-n", "--json").json
    assert (tried["command_id"], tried["dry_run"]) == (None, True)
    done = team("add", "Acme: cable @bo", "-v", "--json")
    assert done.json["notes"] == ["Bo Berg is not active."]
    assert f"Command {done.json['command_id']}." in done.err.splitlines()
    (event,) = team("history", "1", "--json").json["events"]
    assert (event["command_id"], done.json["dry_run"]) == (done.json["command_id"], False)
    added = team("add", "-", "--json", stdin="A: one\nB: two\n").json
    assert added["command_ids"] == [added["command_id"]]


def test_a_word_that_names_no_deal_wants_quotes_only_beside_others(team: Type) -> None:
    team("add", "Acme: cable")
    assert "stand in quotes" not in team("archive", "nobody").err
    assert "stand in quotes" in team("archive", "nobody", "else").err


def test_a_version_that_was_seen_is_that_of_one_deal_and_has_been(team: Type) -> None:
    team("add", "-", stdin="A: one\nB: two\n")
    assert team("tag", "1", "2", "+x", "--seen", "1").code == 2
    assert team("tag", "1", "+x", "--seen", "2").code == 2
    assert team("tag", "1", "+x", "--seen", "1").code == 0


def test_whoever_acts_for_themselves_acts_for_nobody(team: Type) -> None:
    me = account_name()
    assert team("rep", "add", me).code == 0
    assert team("add", "Acme: cable", "--as", me).code == 0
    assert team("history", "--json").json["events"][0]["acting_as"] is None


@pytest.mark.parametrize(
    "at", ["2026-11-23T10:00:00+01:00", "2026-11-23 10:00", "2026-11-23T10:00"]
)
def test_an_instant_is_local_where_it_names_no_zone(team: Type, at: str) -> None:
    team("add", "Acme: cable")
    assert len(team("history", "1", "--since", at, "--json").json["events"]) == 1
    later = at.replace("10:00", "10:01")
    assert team("history", "1", "--since", later, "--json").json["events"] == []


SUNDAY = date(2026, 11, 1)


@pytest.mark.parametrize(
    ("understood", "said"),
    [
        ((), ()),
        ((("1nov", SUNDAY),), ("'1nov' is Sun 1 Nov 2026.",)),
        ((("1nov", SUNDAY), ("1nov", SUNDAY)), ("'1nov' is Sun 1 Nov 2026.",)),
        (
            (("fri", SUNDAY), ("1nov", SUNDAY), ("fri", SUNDAY)),
            ("'fri' is Sun 1 Nov 2026.", "'1nov' is Sun 1 Nov 2026."),
        ),
        (
            (("fri", SUNDAY), ("fri", SUNDAY + timedelta(days=5))),
            ("'fri' is Sun 1 Nov 2026.", "'fri' is Fri 6 Nov 2026."),
        ),
        ((("2026-11-01", SUNDAY), ("1 nov 2026", SUNDAY), ("today", SUNDAY)), ()),
    ],
)
def test_a_day_is_told_once_and_only_where_it_could_be_another(
    understood: tuple[tuple[str, date], ...], said: tuple[str, ...]
) -> None:
    assert days(understood) == said


PIPELINE = template("minimal", pipeline_name="Sales", currency="EUR")
AT = datetime(2026, 11, 20, 9, tzinfo=UTC)


def deal(**facts: Any) -> Deal:
    start: dict[str, Any] = {
        "id": 7,
        "pipeline_id": 0,
        "stage_id": PIPELINE.stages[0].id,
        "title": "cable",
    }
    return Deal(**start | {"created_at": AT, "stage_entered_at": AT} | facts)


@pytest.mark.parametrize(
    ("facts", "said"),
    [
        ({}, "D-7 cable · Prospecting · nobody's"),
        ({"id": 0}, "cable · Prospecting · nobody's"),
        ({"account": "Acme", "owner": "ana"}, "D-7 Acme: cable · Prospecting · @ana"),
        ({"probability_bp": 0}, "D-7 cable · Prospecting · nobody's · 0%"),
        ({"contact_reason": "leaks"}, "D-7 cable · Prospecting · nobody's · because leaks"),
        ({"contacts": {"m": Contact("Mika")}}, "D-7 cable · Prospecting · nobody's · with Mika"),
        ({"fields": {"size": "L"}}, "D-7 cable · Prospecting · nobody's · size: L"),
        ({"next_step": NextStep("call", None)},
         "D-7 cable · Prospecting · nobody's · next call (no day)"),
    ],
)  # fmt: skip
def test_each_part_of_a_new_deal_is_said(facts: dict[str, Any], said: str) -> None:
    assert echo.new_deal(deal(**facts), PIPELINE) == said


@pytest.mark.parametrize(
    ("facts", "said"),
    [
        ({}, ""),
        ({"outcome": Status.WON, "closed_at": AT}, "won on Fri 20 Nov 2026"),
        ({"outcome": Status.WON, "closed_at": AT, "entry_precision": "unknown"},
         "won, nobody knows when"),
    ],
)  # fmt: skip
def test_it_is_said_how_a_deal_ended_and_when(facts: dict[str, Any], said: str) -> None:
    assert echo.closed_on(deal(**facts), ZoneInfo("Europe/Berlin")) == said


@pytest.mark.parametrize(
    ("line", "code"),
    [
        (("add", "Acme: cable @marra"), 3),
        (("add", "Acme: cable owner:marra"), 3),
        (("assign", "1", "marra"), 3),
        (("set", "1", "owner=marra"), 3),
        (("list", "owner:marra"), 2),
        (("list", "@marra"), 2),
        (("tag", "--where", "owner:marra", "+x"), 2),
        (("metrics", "owner:marra"), 2),
        (("metrics", "--owner", "marra"), 3),
        (("list", "--as", "marra"), 3),
    ],
)
def test_an_unknown_person_is_refused_with_the_near_one_and_never_made(
    team: Type, line: tuple[str, ...], code: int
) -> None:
    team("rep", "add", "mara", "--name", "Mara Ó Súilleabháin")
    team("add", "Acme: first")
    before = team("rep", "list").out
    refused = team(*line)
    said = "There is no rep 'marra'." if code == 3 else "bad filter: 'owner:marra': no rep 'marra'."
    assert (refused.code, said in refused.err) == (code, True), refused.err
    assert "Did you mean @mara?" in refused.err
    assert team("rep", "list").out == before
    assert team("list", "--count").out == "1\n"


@pytest.mark.parametrize(
    "line",
    [("add", "Beta: second @marra", "--new-rep"), ("assign", "1", "marra", "--new-rep"),
     ("set", "1", "owner=marra", "--new-rep"),
     ("import", "-", "--from", "csv", "--new-rep", "--map", "who=owner",
      "--set", "stage=Prospecting")],
)  # fmt: skip
def test_a_rep_who_is_new_with_a_command_goes_and_comes_with_it(
    team: Type, line: tuple[str, ...]
) -> None:
    team("rep", "add", "mara")
    team("add", "Acme: first")
    before = team("rep", "list").out
    assert team(*line, stdin="id,title,who\n7,Cable,marra\n").code == 0
    made = team("rep", "list").out
    assert ("marra" in made, team("undo").code, team("rep", "list").out) == (True, 0, before)
    assert (team("redo").code, team("rep", "list").out) == (0, made)
    assert team("doctor").code == 0


@pytest.mark.parametrize("said", ["y\n", "n\n", "\n", ""])
@pytest.mark.parametrize(
    "line",
    [
        ("add", "Beta: second", "@marra"),
        ("assign", "1", "marra"),
        ("set", "1", "owner=marra"),
    ],
)
def test_a_person_at_a_terminal_is_asked_about_a_new_rep(
    team: Type, line: tuple[str, ...], said: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    team("rep", "add", "mara")
    team("add", "Acme: first")
    before = team("rep", "list").out
    monkeypatch.setattr("pipeboard.cli.call.Call.has_person", True)
    asked = team(*line, stdin=said)
    assert "Did you mean @mara? Make @marra a new rep? [y/N]" in asked.err
    if said == "y\n":
        assert asked.code == 0 and team("list", "owner:marra", "--count").out == "1\n"
    else:
        assert asked.code == 1 and team("rep", "list").out == before
        assert team("list", "--count").out == "1\n"


@pytest.mark.parametrize("flags", [("--yes",), ("--no-input",), ("--yes", "--no-input")])
@pytest.mark.parametrize("line", [("add", "Beta: second", "@marra"), ("assign", "1", "marra")])
def test_whoever_wants_no_question_makes_nobody_new_unawares(
    team: Type, line: tuple[str, ...], flags: tuple[str, ...], monkeypatch: pytest.MonkeyPatch
) -> None:
    team("rep", "add", "mara")
    team("add", "Acme: first")
    before = team("rep", "list").out
    monkeypatch.setattr("pipeboard.cli.call.Call.has_person", True)
    done = team(*line, *flags, stdin="y\n")
    assert "--new-rep makes a new one." in done.err and "[y/N]" not in done.err
    assert done.code != 0 and team("rep", "list").out == before


def test_a_script_is_told_of_the_flag_and_not_asked(team: Type) -> None:
    team("rep", "add", "mara")
    assert "--new-rep makes a new one." in team("add", "Beta: second", "@marra").err
    assert team("add", "Beta: second", "@marra", "--new-rep").code == 0


@pytest.mark.parametrize("name", ["MARA", "mara o suilleabhain", "mara@firm.example", "@Mara"])
def test_a_known_person_is_found_by_every_verb_however_they_are_written(
    team: Type, name: str
) -> None:
    team("rep", "add", "mara", "--name", "Mara Ó Súilleabháin")
    team("add", f'Acme: first owner:"{name}"')
    assert team("list", f'owner:"{name}"', "--ids").out == "D-1\n"
    assert team("assign", "1", "none").code == 0
    assert team("assign", "1", name).code == 0
    assert team("show", "1", "--json").json["deal"]["owner"] == "mara"
    assert team("list", "--as", name).code == 0


def test_somebody_new_is_made_where_that_is_said(team: Type) -> None:
    assert team("add", "Acme: cable @cy", "--new-rep").code == 0
    assert "cy" in team("rep", "list").out


def test_an_owner_who_is_not_active_is_said_to_be(team: Type) -> None:
    team("rep", "set", "bo", "--name", "Bo Berg", "--inactive")
    team("add", "Acme: cable")
    for line in (("assign", "1", "bo"), ("set", "1", "owner=bo"), ("add", "Acme: two @bo")):
        team("assign", "1", "ana")
        assert "Bo Berg is not active." in team(*line).err


@pytest.mark.parametrize(
    ("data", "line", "reason"),
    [
        (b"Acme: one\n\nAcme: two close:31feb\n", 3, "no such day"),
        (b"\n\nAcme: one\r\nAcme: two stage:nowhere\r\n", 4, "nowhere"),
        (b"Acme: one\nAcme: two @marra\n", 2, "no rep"),
        (b"Acme: one\n\nCaf\xe9: two\n", 3, "not UTF-8: byte 0xe9"),
    ],
)
def test_lines_are_added_all_or_none_and_the_bad_one_is_named(
    team: Type, data: bytes, line: int, reason: str
) -> None:
    refused = team("add", "-", "--json", stdin=data)
    assert refused.code in (2, 3)
    assert refused.error["details"]["line"] == line
    assert f"ine {line}" in refused.error["message"]
    assert reason in refused.error["message"]
    assert team("list", "--count").out == "0\n"


def test_a_source_that_looks_mistyped_is_remarked_on(team: Type) -> None:
    said = "'referal' is none of the sources here. Did you mean referral?"
    added = team("add", "Acme: x 1k source:referal")
    assert said in added.err
    ref = added.out.strip()
    assert said not in team("set", ref, "value=2k").err
    assert "sources here" not in team("set", ref, "source=Referral").err
    assert "sources here" not in team("set", ref, "source=magazine").err
    assert said in team("set", ref, "source=referal").err


def test_a_byte_order_mark_is_nothing(team: Type, home: Path) -> None:
    assert team("add", "-", stdin=b"\xef\xbb\xbfAcme: one 5k\n").out == "D-1\n"
    assert team("list", "account:acme", "--ids").out == "D-1\n"
    assert team("note", "1", "-", stdin=b"\xef\xbb\xbfwords").code == 0
    assert "\ufeff" not in team("show", "1").out
    toml = team("pipeline", "show").out.replace("Prospecting", "Begun")
    (home / "p.toml").write_bytes(b"\xef\xbb\xbf" + toml.encode())
    assert team("pipeline", "apply", str(home / "p.toml")).code == 0
    assert team("pipeline", "apply", "-", stdin=b"\xef\xbb\xbf" + toml.encode()).code == 0


@pytest.mark.parametrize(
    "line",
    [
        ("add", "Acme: two"),
        ("tag", "1", "+hot"),
        ("note", "1", "-m", "words"),
        ("move", "1", "Qualified", "--override", "agreed"),
        ("log", "1", "call"),
        ("contact", "1", "Mika"),
        ("undo",),
        ("rep", "add", "zoe"),
        ("target", "set", "2026Q4", "130k"),
        ("fx", "set", "USD", "0.9"),
        ("call", "set", "2026Q4", "120k"),
        ("setting", "set", "week-start", "sunday"),
        ("pipeline", "new", "Second", "--stages", "Lead,Offer"),
    ],
)
def test_a_script_that_repeats_itself_changes_nothing(team: Type, line: tuple[str, ...]) -> None:
    team("add", "Acme: one")
    first = team(*line, "--token", "job 17", "--json")
    events = team("history", "--json").out
    again = team(*line, "--token", "job 17", "--json")
    assert again.code == 0
    assert again.json.get("command_id") == first.json.get("command_id")
    assert team("history", "--json").out == events


COLD = "Lumen Oy: pilot 40k @ana +cold"
GONE = {
    "tag -cold --where +cold": "",
    "archive --where +cold": "",
    "unarchive --where archived": "archive 1",
    "move Qualified --where stage:prospecting": "",
    "won --where open": "",
    "won --follow-up +2w --where open": "",
    "lost --category price --where open": "",
    "reopen --where lost": "lost 1 --category price",
    "assign bo --where owner:ana": "",
    "set source=web --where source:none": "",
    "set Lumen account=Other": "",
    "next call --where next:none": "",
    "snooze +2w --where next:none": "",
    "contact 1 Mika --remove": "contact 1 Mika",
    "term 1 Payment --remove": "term 1 Payment",
    "merge Lumen Acme": "",
    "answer 1 1 --clear": "answer 1 1 words",
    "filter forget Big": "filter save Big value>20k",
    "filter rename Big Great": "filter save Big value>20k",
    "target set 2026Q4 none": "target set 2026Q4 5k",
    "fx set USD none": "fx set USD 0.9",
    "rep set ana --inactive": "",
    "redo": "undo",
}
"""Lines after which nothing is left to be found by their own words, with what comes before."""


@pytest.mark.parametrize("line", GONE)
def test_what_is_repeated_need_not_find_again_what_it_has_changed(team: Type, line: str) -> None:
    for before in (*(("add", COLD), ("add", "Acme: line 7k @ana")), tuple(GONE[line].split())):
        assert not before or team(*before).code == 0
    words = (*line.split(), "--token", "job 17", "--json")
    first = team(*words, "-y")
    assert first.code == 0, first.err
    events = team("history", "--json").out
    again = team(*words, "-y")
    assert again.code == 0, again.err
    assert again.json == first.json or again.json["command_id"] == "job 17"
    assert "This was done already" in again.err
    assert team("history", "--json").out == events


def test_two_at_once_under_one_token_do_it_once(
    team: Type, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert team("add", COLD).code == 0
    line, write = ("archive", "--where", "+cold", "--token", "job 17"), Store.write

    def after_the_other(store: Store, *given: Any, **named: Any) -> object:
        monkeypatch.setattr(Store, "write", write)
        with closing(Store.open(os.environ["PIPEBOARD_DB"])) as own:
            clock = lambda: datetime.fromisoformat(os.environ["PIPEBOARD_NOW"])  # noqa: E731
            execute(Workspace(own, clock, Actor(account_name())), Archive(), [1], token="job 17")
        return write(store, *given, **named)

    monkeypatch.setattr(Store, "write", after_the_other)
    done = team(*line)
    assert (done.code, "This was done already" in done.err) == (0, True)


def test_a_token_of_another_verb_is_refused_wherever_the_deal_is_found(team: Type) -> None:
    assert team("add", COLD).code == 0
    assert team("tag", "1", "+hot", "--token", "t").code == 0
    for line in ("archive --where +cold", "contact 1 Mika", "tick 1 1", "answer 1 1 words"):
        refused = team(*line.split(), "--token", "t")
        assert refused.code == 4, line
        assert "The token 't' was used already: Tagged Lumen Oy" in refused.err


def test_next_friday_is_refused_with_both_readings(team: Type) -> None:
    refused = team("add", 'A: x close:"next friday"')
    assert refused.code == 2
    assert "Fri 27 Nov 2026 or Fri 4 Dec 2026" in refused.err


@pytest.mark.parametrize(
    ("line", "other", "stored"),
    [
        (("target", "set", "2026Q4", "130k"), ("target", "set", "2027Q1", "5k"), "130,000"),
        (("fx", "set", "USD", "0.9"), ("fx", "set", "CHF", "1.1"), "1 USD is 0.9 EUR"),
        (("call", "set", "2026Q4", "120k"), ("call", "set", "2026Q4", "7k"), "120,000"),
        (("rep", "add", "zoe"), ("rep", "add", "yan"), "zoe"),
        (("setting", "set", "week-start", "sunday"),
         ("setting", "set", "week-start", "monday"), "sunday"),
    ],
)  # fmt: skip
def test_a_used_token_stands_for_its_own_words_alone_and_tells_what_is_stored(
    team: Type, line: tuple[str, ...], other: tuple[str, ...], stored: str
) -> None:
    first = team(*line, "--token", "t", "--json")
    assert stored in first.err
    refused = team(*other, "--token", "t", "--json")
    assert (refused.code, refused.out) == (4, "")
    assert "was used already, for something else" in refused.error["message"]
    assert stored.replace("€", "") in refused.error["message"].replace("€", "")
    again = team(*line, "--token", "t", "--json")
    assert (again.code, again.json) == (0, first.json)
    assert "This was done already" in again.err


def test_taking_a_rate_away_says_which_others_stay(team: Type) -> None:
    for day, rate in (("2026-11-01", "0.8"), ("2026-11-23", "0.9")):
        assert team("fx", "set", "USD", rate, "--on", day).code == 0
    said = team("fx", "set", "USD", "none").err
    assert "Others of USD stay: 0.8 from Sun 1 Nov 2026 on; take one away with --on DAY." in said
    gone = team("fx", "set", "USD", "none", "--on", "2026-11-01").err
    assert "stay" not in gone


def test_a_target_of_nothing_is_told_from_none(team: Type) -> None:
    assert (
        "A target of 0 is one that is reached; 'none'" in team("target", "set", "2026Q4", "0").err
    )
    assert "reached" not in team("target", "set", "2026Q4", "5k").err


@pytest.mark.parametrize("word", ["null", "-"])
def test_a_field_that_a_word_does_not_empty_says_how_it_is_emptied(team: Type, word: str) -> None:
    team("add", "Lumen Oy: pilot close:19dec")
    refused = team("set", "1", f"close={word}")
    assert (refused.code, "To empty it, write nothing behind the sign: close=" in refused.err) == (
        2, True
    )  # fmt: skip
    assert team("set", "1", "close=").code == 0


def test_a_deal_that_is_only_tried_has_no_number_yet(team: Type) -> None:
    tried = team("add", "Lumen Oy: pilot 40k", "-n", "--json").json["deals"][0]
    assert (tried["id"], tried["ref"]) == (None, None)
    team("add", "Lumen Oy: pilot 40k")
    line = ("won", "1", "--override", "signed", "--follow-up", "+14d", "-n", "--json")
    assert [deal["ref"] for deal in team(*line).json["deals"]] == ["D-1", None]


def test_every_fault_of_a_section_of_the_configuration_is_told(team: Type, home: Path) -> None:
    file = home / "xdg_config_home/pipeboard/config.toml"
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(
        '[hooks]\nx = "a"\ny = "b"\n[commands.mail]\nkey = 1\n[commands.copy]\nkey = 2\n'
    )
    told = team("config", "check").out
    assert all(name in told for name in ("'x'", "'y'", "mail", "copy")), told


@pytest.mark.parametrize("text", ["Hello {{account", "Hello account}}", "{{account}} {{title"])
def test_a_template_with_an_open_brace_is_refused_with_the_place(
    team: Type, home: Path, text: str
) -> None:
    team("add", "Lumen Oy: pilot")
    (home / "templates").mkdir()
    (home / "templates/hello.md").write_text(text)
    refused = team("template", "hello", "1")
    assert (refused.code, "braces that are not closed" in refused.err) == (2, True)


def test_an_amount_for_deals_in_several_currencies_is_told_in_each(team: Type) -> None:
    for line in ("Lumen Oy: pilot 1k", "Acme: cable 1k GBP", "Borealis: pump"):
        team("add", line)
    assert team("set", "1", "2", "3", "value=5k").err.splitlines()[1:] == ["€5,000", "£5,000"]


def test_texts_that_were_set_are_told_as_they_are_stored(team: Type) -> None:
    team("add", "Lumen Oy: pilot")
    said = team("set", "1", "tags=a, A, a", "fields.plant=x\ny", "source= web  shop ")
    assert said.err.splitlines()[1] == "tags a · plant x y · source web shop"
