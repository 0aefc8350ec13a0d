"""What a colleague changes after a verb has read the database and before it may write to it."""

from __future__ import annotations

import os
from collections.abc import Callable
from datetime import datetime
from typing import Any

import pytest

from pipeboard.domain import commands as c
from pipeboard.domain.deal import Answer, Contact, Term
from pipeboard.domain.lazy_dataclass import replace
from pipeboard.domain.people import Actor
from pipeboard.store import Store
from tests.cli.conftest import NOW, Type
from tests.verbs import Workspace

Change = Callable[[Workspace], object]
Meanwhile = Callable[[Change], None]


def as_bo(change: Change) -> None:
    store = Store.open(os.environ["PIPEBOARD_DB"])
    change(Workspace(store, lambda: datetime.fromisoformat(NOW), Actor("bo")))
    store.close()


@pytest.fixture
def meanwhile(team: Type, monkeypatch: pytest.MonkeyPatch) -> Meanwhile:
    """Lets bo make a change just before the next writing of somebody else begins."""
    write = Store.write

    def does(change: Change) -> None:
        def first_bo(store: Store, *given: Any, **named: Any) -> object:
            monkeypatch.setattr(Store, "write", write)
            as_bo(change)
            return write(store, *given, **named)

        monkeypatch.setattr(Store, "write", first_bo)

    return does


def on_first(command: c.Command) -> Change:
    return lambda bo: bo.execute(command, [1])


@pytest.fixture
def lumen(team: Type) -> Type:
    assert team("add", "Lumen Oy: pilot 40k @ana +cold").code == 0
    assert team("add", "Acme: line 7k @ana +cold").code == 0
    return team


def test_what_is_given_of_a_person_stands_beside_what_a_colleague_gave(
    lumen: Type, meanwhile: Meanwhile
) -> None:
    assert lumen("contact", "1", "Mika", "--title", "CFO").code == 0
    known = Contact("Mika", "champion", "", "", "CFO")
    meanwhile(on_first(c.SetContact("mika", known)))
    assert lumen("contact", "1", "Mika", "--phone", "555").code == 0
    (person,) = lumen("show", "1", "--json").json["deal"]["contacts"]
    assert (person["role"], person["phone"]) == ("champion", "555")


def test_our_side_of_a_term_stands_beside_theirs(lumen: Type, meanwhile: Meanwhile) -> None:
    assert lumen("term", "1", "Payment").code == 0
    meanwhile(on_first(c.SetTerm("payment", Term("Payment", "", "60 days", ""))))
    assert lumen("term", "1", "Payment", "--ours", "30 days").code == 0
    (term,) = lumen("show", "1", "--json").json["deal"]["terms"]
    assert (term["ours"], term["theirs"]) == ("30 days", "60 days")


def test_a_person_who_was_taken_off_meanwhile_is_not_there_to_be_taken_off(
    lumen: Type, meanwhile: Meanwhile
) -> None:
    assert lumen("contact", "1", "Mika").code == 0
    meanwhile(on_first(c.SetContact("mika", None)))
    done = lumen("contact", "1", "Mika", "--remove")
    assert (done.code, "There is no 'Mika' on this deal." in done.err) == (3, True)


def test_what_is_said_of_a_rep_stands_beside_what_a_colleague_said(
    team: Type, meanwhile: Meanwhile
) -> None:
    def away(bo: Workspace) -> None:
        ana = next(rep for rep in bo.reader.reps() if rep.name == "ana")
        bo.change_rep(replace(ana, active=False))

    meanwhile(away)
    assert team("rep", "set", "ana", "--team", "South").code == 0
    (ana,) = (rep for rep in team("rep", "list", "--json").json["reps"] if rep["name"] == "ana")
    assert (ana["team"], ana["active"]) == ("South", False)


def test_a_rep_whom_a_colleague_adds_meanwhile_is_not_added_over(
    team: Type, meanwhile: Meanwhile
) -> None:
    from pipeboard.domain.settings import Rep

    meanwhile(lambda bo: bo.change_rep(Rep("zoe", team="North")))
    done = team("rep", "add", "zoe", "--team", "South")
    assert (done.code, "There is a rep zoe already" in done.err) == (4, True)
    (zoe,) = (rep for rep in team("rep", "list", "--json").json["reps"] if rep["name"] == "zoe")
    assert zoe["team"] == "North"


def test_an_answer_from_the_editor_is_not_put_over_one_that_came_meanwhile(
    lumen: Type, monkeypatch: pytest.MonkeyPatch, meanwhile: Meanwhile
) -> None:
    monkeypatch.setattr("pipeboard.cli.editor.in_editor", lambda call, name, before, end, store,
                        **_: store("mine"))  # fmt: skip
    monkeypatch.setattr("pipeboard.cli.call.Call.may_ask", True)
    meanwhile(on_first(c.AnswerQuestion("1", Answer("bo's words"))))
    done = lumen("answer", "1", "1")
    assert (done.code, "bo" in done.err) == (4, True)
    answers = lumen("show", "1", "--json").json["deal"]["answers"]
    assert [answer["text"] for answer in answers] == ["bo's words"]


BY_FILTER = (
    "set p=60", "assign bo", "tag +warm", "archive", "unarchive", "move Qualified", "won",
    "won --follow-up +2w", "lost --category price", "reopen", "next 'thu call'", "next --done",
    "log call", "note -m hello", "snooze +2w",
)  # fmt: skip
BEFORE = {"unarchive": "archive", "reopen": "lost --category price", "next --done": "next call"}
"""What has to be so for some of them."""


@pytest.mark.parametrize("line", BY_FILTER)
def test_what_a_filter_finds_no_more_is_not_changed_by_it(
    lumen: Type, meanwhile: Meanwhile, line: str
) -> None:
    def typed(text: str, *more: str) -> Any:
        return lumen(*(word.strip("'") for word in text.replace("u c", "u\0c").split()), *more)

    if (before := BEFORE.get(line)) is not None:
        for deal in ("1", "2"):
            verb, _, rest = before.partition(" ")
            assert lumen(verb, deal, *rest.split()).code == 0
    stood = [lumen("show", deal, "--json").json["deal"]["timeline"] for deal in ("1", "2")]
    meanwhile(on_first(c.TagWith((), ("cold",))))
    where = "+cold archived" if line == "unarchive" else "+cold"
    done = typed(line, "--where", where, "-y")
    assert done.code == 4, done.err
    assert f"Nothing was changed: '{where}' finds Lumen Oy no more." in done.err
    now = [lumen("show", deal, "--json").json["deal"]["timeline"] for deal in ("1", "2")]
    assert [len(after) - len(then) for after, then in zip(now, stood, strict=True)] == [1, 0]
    assert typed(line, "--where", where, "-y").code == 0  # the other one alone


def test_the_only_one_that_a_filter_found_is_not_changed_either(
    lumen: Type, meanwhile: Meanwhile
) -> None:
    assert lumen("tag", "2", "--", "-cold").code == 0
    meanwhile(on_first(c.TagWith((), ("cold",))))
    done = lumen("archive", "--where", "+cold")
    assert (done.code, "finds Lumen Oy no more" in done.err) == (4, True)


def test_who_is_named_beside_a_filter_need_not_be_found_by_it(
    lumen: Type, meanwhile: Meanwhile
) -> None:
    assert lumen("add", "Borealis: fair 3k").code == 0
    meanwhile(on_first(c.AddNote("hello")))
    assert lumen("tag", "+warm", "3", "--where", "+cold", "-y").code == 0
    assert lumen("list", "+warm", "--count").out == "3\n"
    meanwhile(on_first(c.TagWith((), ("cold",))))
    assert lumen("tag", "+late", "3", "--where", "+cold", "-y").code == 4
    assert lumen("list", "+late", "--count").out == "0\n"


def test_what_a_filter_finds_besides_is_left_alone(lumen: Type, meanwhile: Meanwhile) -> None:
    meanwhile(lambda bo: bo.add("Borealis: fair 3k +cold", pipeline=bo.pipeline()))
    assert lumen("lost", "--where", "+cold", "--category", "price", "-y").code == 0
    stand = [deal["status"] for deal in lumen("list", "--json").json["deals"]]
    assert stand == ["lost", "lost", "open"]
