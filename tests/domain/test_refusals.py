"""What a refusal says to do next: the hint of each, the way that a verb and a key know, and the
details that scripts read."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from pipeboard.domain import commands as c
from pipeboard.domain.cadence import parse_step
from pipeboard.domain.criteria import parse_criterion
from pipeboard.domain.dates import parse_date, parse_days, parse_instant
from pipeboard.domain.deal import Answer, Contact, Deal, Loss, Note
from pipeboard.domain.deal_fields import clean_tags, parse_assignment
from pipeboard.domain.errors import Conflict, GateNotMet, PipeboardError, Way
from pipeboard.domain.events import Event, Kind
from pipeboard.domain.filter import parse_filter
from pipeboard.domain.letters import render
from pipeboard.domain.locales import manner_of
from pipeboard.domain.money import currency_code, parse_money, parse_percent, read_currency
from pipeboard.domain.people import Actor, match_rep
from pipeboard.domain.periods import parse_period
from pipeboard.domain.pipeline_rules import check_criteria, check_pipeline
from pipeboard.domain.quick_add import parse_quick_add
from pipeboard.domain.roles import given_role, rights
from pipeboard.domain.settings import Rep, Settings
from pipeboard.domain.templates import template
from pipeboard.domain.text import clean_line, read_words
from tests.domain.deciding_cases import (
    CLOSING,
    LEAD,
    LOST,
    NEEDS,
    NEGOTIATION,
    NOW,
    QUALIFICATION,
    SALES,
    TODAY,
    WON,
    do,
    events_of,
    new,
)

DAY = timedelta(days=1)
PRICE = Loss("price")


def refusal(call: Callable[[], object]) -> PipeboardError:
    with pytest.raises(PipeboardError) as refused:
        call()
    return refused.value


def closed(command: c.Command | None = None) -> Deal:
    return do(new(CLOSING), command or c.Win(override="signed"))


# What commands refuse.

MERGED = do(new(), c.MergeInto(7))
NOTE = Note("n1", "old", "bo", NOW)
COMMANDS: dict[str, tuple[Deal, c.Command, str]] = {
    "merged": (MERGED, c.Archive(), "Work on D-7 instead."),
    "into a retired": (new(), c.Move(NEEDS), "Choose one of the stages on the board."),
    "nowhere": (new(), c.Move(999), "Choose one of the stages on the board."),
    "to won": (new(), c.Move(WON), "Mark it won."),
    "to lost": (new(), c.Move(LOST), "Mark it lost, with a reason."),
    "past the last": (new(CLOSING), c.Step(1), "Mark the deal won or lost."),
    "before the first": (new(), c.Step(-1), ""),
    "gate": (
        new(NEGOTIATION), c.Move(CLOSING),
        "Answer what is missing, lose the deal, or override with a reason.",
    ),
    "no words": (new(NEGOTIATION), c.Move(CLOSING, "x"), 'For example: "signed already".'),
    "reopened in won": (closed(), c.Reopen(WON), "Name an open stage."),
    "before it entered": (new(CLOSING), c.Win(on=TODAY - DAY), "Give a later day."),
    "began later": (
        do(new(at=NOW - 9 * DAY), c.Move(QUALIFICATION), NOW - 3 * DAY),
        c.Edit({"created_at": TODAY}), "Give an earlier day.",
    ),
    "lost again soon": (
        new(), c.Lose(Loss("price", recycle_on=TODAY)), "For example: +6m",
    ),
    "lost for what": (new(), c.Lose(Loss("prise")), "Did you mean price?"),
    "lost for nothing known": (
        new(), c.Lose(Loss("x")),
        "Known are: competitor, price, no-decision, disqualified, timing, unresponsive, other, "
        "invalid.",
    ),
    "merged while won": (closed(), c.MergeInto(7), "Keep D-1 and merge the other into it."),
    "nothing to set": (new(), c.SetFields(()), "For example: value=40k"),
    "set twice": (
        new(), c.SetFields(("source=web", "source=email")), "Leave one of the two out.",
    ),
    "no such field": (new(), c.Edit({"sorce": "web"}), "Did you mean source?"),
    "no field name": (new(), c.Edit({"fields. ": "x"}), "For example: fields.product=GTX"),
    "odd address": (
        new(), c.SetContact("", Contact("Bob", email="bob")),
        "Write it like ana@firm.example, or leave it out.",
    ),
    "odd role": (new(), c.SetContact("", Contact("Bob", "x")),
        "Known are: decision_maker, champion, user, blocker, other."),
    "odd chance": (new(), c.Edit({"probability_bp": 10_001}), "For example: 60"),
    "odd tag": (new(), c.TagWith(("a b",)), "A tag is one word, such as inbound."),
    "nothing to complete": (new(), c.CompleteNextStep(), "Set one."),
    "asleep until today": (new(), c.Snooze(TODAY), "For example: 1w or +3d"),
    "nobody at work": (new(), c.AskRep("zoe", "look"), "See 'pipeboard rep list'."),
    "nearly somebody": (new(), c.AskRep("boo", "look"), "Did you mean bo?"),
    "no question": (
        new(), c.AnswerQuestion("x", None),
        "Its questions: need, trigger, consequence, timeline, authority, stake, fit.",
    ),
    "odd rating": (
        new(), c.AnswerQuestion("need", Answer("so", 5)), "Leave it out if unknown.",
    ),
    "others' note": (new(), c.EditNote("n1", "new"), "Add a note of your own."),
    "rewritten note": (
        new(), c.EditNote("n1", "new", "other"), "Look at it as it is now, then repeat.",
    ),
    "a touch to come": (
        new(), c.LogTouch("call", at=NOW + DAY), "Set a next step instead.",
    ),
    "odd touch": (
        new(), c.LogTouch("xyz"), "Known are: call, email, meeting, demo, message.",
    ),
    "a proposal came in": (
        new(), c.LogTouch("email", "in", quote=True), "Log what came in without it.",
    ),
    "odd trial close": (
        new(), c.LogTouch("call", trial_close="maybe"),
        "Leave it out where nobody asked for a commitment.",
    ),
    "no item": (
        new(), c.Check(LEAD, "xyz", True), f"It has: {', '.join(SALES.stage(LEAD).checklist)}.",
    ),
}  # fmt: skip


def decided(what: str) -> PipeboardError:
    deal, command, _ = COMMANDS[what]
    course = [Event(Kind.CREATED, NOW - 9 * DAY), Event(Kind.MOVED, NOW - 3 * DAY)]
    more: dict[str, Any] = {
        "reps": ("ana", "bo"), "notes": lambda _: [NOTE], "course": lambda _: course,
    }  # fmt: skip
    if what == "into a retired":
        stages = tuple(replace(stage, retired=stage.id == NEEDS) for stage in SALES.stages)
        more["pipeline"] = replace(SALES, stages=stages)
    return refusal(lambda: do(deal, command, **more))


@pytest.mark.parametrize("what", COMMANDS)
def test_a_command_that_is_refused_says_what_to_do_instead(what: str) -> None:
    assert decided(what).hint == COMMANDS[what][2]


WAYS: dict[str, Way] = {
    "gate": Way.OVERRIDE,
    "merged while won": Way.MERGE_CLOSED,
    "nothing to complete": Way.PLAN,
}


@pytest.mark.parametrize("what", COMMANDS)
def test_what_a_key_and_a_verb_can_do_about_it_is_named(what: str) -> None:
    assert decided(what).way is WAYS.get(what)


def test_who_would_never_hear_of_it_can_be_given_the_deal() -> None:
    blind: dict[str, Any] = {"reps": ("ana", "bo"), "sees": lambda rep, owner: False}
    refused = refusal(lambda: do(new(), c.AskRep("bo", "look"), **blind))
    assert (refused.hint, refused.way) == (
        "Ask somebody who sees it, or give them the deal.", Way.ASSIGN,
    )  # fmt: skip


def test_scripts_read_which_deal_is_held_up_and_by_what() -> None:
    assert decided("merged").details == {"deal": "D-1", "merged_into": "D-7"}
    assert decided("merged while won").details == {"deal": "D-1", "reason": "closed"}
    gate = decided("gate")
    assert isinstance(gate, GateNotMet)
    assert (gate.deal_id, gate.target, len(gate.unmet)) == (1, "Closing", 1)
    rewritten = decided("rewritten note")
    assert isinstance(rewritten, Conflict)
    assert rewritten.details == {"deal": "D-1", "by": "bo", "fields": ["note"], "theirs": "old"}
    deal = new(source="web")
    (event,) = events_of(deal, c.Edit({"source": "email"}))
    changed = replace(deal, source="fair")
    conflict = refusal(lambda: do(changed, c.Revert((event,))))
    assert (conflict.hint, conflict.details) == (
        "See its history.", {"deal": "D-1", "field": "source"},
    )  # fmt: skip


# What typed words refuse.

_MONEY = "Write it like 40k, 1,234.50 or EUR 40000."
_DATE = "Write it like 2026-12-19, 19 Dec, fri, tomorrow or +3d."
_PERIOD = "Write it like 2026, 2026Q4, 2026-11, 2026-W47, last90d, this-quarter, all or FROM..TO."
_ADD = "Write it like: Lumen Oy: packaging line pilot 40k @ana +inbound close:19dec"


def filtered(text: str) -> object:
    return parse_filter(text, today=TODAY, currency="EUR")


def added(line: str) -> object:
    return parse_quick_add(line, today=TODAY, currency="EUR")


TYPED: dict[str, tuple[Callable[[], object], str]] = {
    "money": (lambda: parse_money("x", "EUR"), _MONEY),
    "less than nothing": (lambda: parse_money("-5", "EUR"), _MONEY),
    "two currencies": (lambda: parse_money("USD 5 EUR", "EUR"), _MONEY),
    "too fine": (lambda: parse_money("1.5", "JPY"), "JPY has no decimals."),
    "too fine for cents": (lambda: parse_money("1.2345 EUR", "EUR"), "EUR has 2 decimals."),
    "too much": (lambda: parse_money("100001m", "EUR"), "€100,000,000,000 is the most."),
    "kroner": (
        lambda: read_currency("kr", "EUR"), "Write the code, for example 40000 DKK.",
    ),
    "currency": (lambda: currency_code("EUX"), "Did you mean EUR?"),
    "no currency": (
        lambda: currency_code("euros and more"),
        "Use a code of ISO 4217, for example EUR, USD or JPY.",
    ),
    "percent": (
        lambda: parse_percent("101"), "Write it like 60 or 62.5, with two decimals at most.",
    ),
    "date": (lambda: parse_date("x", TODAY), _DATE),
    "far date": (lambda: parse_date("3000-01-01", TODAY), _DATE),
    "two readings": (
        lambda: parse_date("03/04/2026", TODAY), "Write 2026-04-03 or 2026-03-04.",
    ),
    "weekday": (
        lambda: parse_date("fri 19 dec 2026", TODAY), "Leave the weekday out, or correct it.",
    ),
    "days": (
        lambda: parse_days("2026-01-01..", TODAY),
        "Write both: FROM..TO, such as 2026-11-01..2026-12-01.",
    ),
    "no days": (
        lambda: parse_days("2026-01-02..2026-01-02", TODAY), "FROM..TO leaves the day TO out.",
    ),
    "time": (lambda: parse_instant("x"), "Write it like 2026-12-19T16:02:00Z."),
    "time of no zone": (
        lambda: parse_instant("2026-12-19T16:02:00"),
        "Add Z for UTC or an offset, for example 2026-12-19T16:02:00+01:00.",
    ),
    "period": (lambda: parse_period("x", TODAY), _PERIOD),
    "rhythm": (
        lambda: parse_step("call every 105w", TODAY), "For example: every 2w, every 10d, every 1m",
    ),
    "criterion": (
        lambda: parse_criterion("x"),
        "Exit criteria read like: value, answer timeline, rating authority >= 2, answers >= 4, "
        "contact decision_maker, next step, checklist.",
    ),
    "nothing set": (
        lambda: parse_assignment("value", TODAY, "EUR"), "Write field=value, such as value=40k.",
    ),
    "never begun": (
        lambda: parse_assignment("created=", TODAY, "EUR"), "For example: created=1may",
    ),
    "set elsewhere": (lambda: parse_assignment("stage=x", TODAY, "EUR"), "It is changed by: move."),
    "category": (
        lambda: do(new(), c.Edit({"category": "x"})), "Known are: omitted, pipeline, best, commit.",
    ),
    "tag": (lambda: clean_tags(("a,b",)), "A tag is one word, such as inbound."),
    "line": (lambda: clean_line("x" * 301), "Shorten it."),
    "quote": (
        lambda: list(read_words('"a')),
        'Close it with ", or write \\" for a quote inside quotes.',
    ),
    "rep": (lambda: match_rep("zoe", (Rep("ana"),)),
        "See 'pipeboard rep list', or add them with 'pipeboard rep add'."),
    "nearly a rep": (lambda: match_rep("anna", (Rep("ana"),)), "Did you mean @ana?"),
    "two reps": (
        lambda: match_rep("Bo", (Rep("b1", "Bo"), Rep("b2", "Bo"))), "Name one of them in full.",
    ),
    "locale": (lambda: manner_of("de_XX"), "Did you mean de_DE or de_CH?"),
    "template": (
        lambda: template("x", pipeline_name="", currency="EUR"),
        "There are: needs, classic, meetings, minimal.",
    ),
    "letter": (
        lambda: render("{{value}}", new(), SALES, "ana", TODAY),
        "Fill it in, or write {{value|words for that case}} in the template.",
    ),
    "long line": (
        lambda: added("x" * 2_001), "Add the deal first, and write the rest into a note.",
    ),
    "no title": (lambda: added("40k"), _ADD),
    "no value": (lambda: added("Pilot source:"), _ADD),
    "given twice": (lambda: added("Pilot source:web source:fair"), "Leave one of the two out."),
    "field twice": (lambda: added("Pilot field.a:1 field.a:2"), "Leave one of the two out."),
    "field of no name": (lambda: added("Pilot field.:1"), "Write it like field.product:GTX."),
    "nearly a key": (
        lambda: added("Pilot clos:19dec"), "Put the word in quotes to keep it in the title.",
    ),
    "too much to add": (
        lambda: added("Pilot 100001m EUR"),
        "€100,000,000,000 is the most. In quotes it is part of the title.",
    ),
    "filter of age": (lambda: filtered("age>x"), "Write age>14."),
    "filter of score": (lambda: filtered("score>x"), "Write score<50."),
    "filter of text": (lambda: filtered("stage>x"), "Write it like stage:demo."),
    "filter of nothing": (lambda: filtered("value>"), "Write it like value>20k."),
    "filter of a field": (lambda: filtered("field.x>2"), "Write it like field.product:GTX."),
    "filter of no field": (lambda: filtered("field.:2"), "Write it like field.product:GTX."),
    "filter of a status": (
        lambda: filtered("status:x"),
        "A status is one of open, won, lost, archived, snoozed, stalled, overdue.",
    ),
    "filter of an id": (lambda: filtered("id:x"), "Write it like id:142,D-143."),
    "filter of a tag": (lambda: filtered("tag>x"), "Write it like tag:inbound."),
    "filter of a question": (lambda: filtered("q::2"), "Write it like q<3."),
    "filter of an answer": (
        lambda: filtered("q:need=x"), "Write q:need=none, q:need=no or a rating from 0 to 4.",
    ),
    "filter of half a range": (lambda: filtered("value:20k.."), "Write it like value>=20k."),
    "filter of the other half": (lambda: filtered("value:..20k"), "Write it like value<=20k."),
    "filter turned round": (lambda: filtered("value:40k..20k"), "Write it like 20k..40k."),
    "filter of one unit": (lambda: filtered("value:20..40k"), "Write it like 20k..40k."),
    "filter of currencies": (
        lambda: filtered("value:20EUR..40USD"), "Name it at both or none.",
    ),
    "filter with a gap": (
        lambda: filtered("value >20k"),
        "Write it like value>20k, or put it in quotes to search for the sign itself.",
    ),
    "filter not": (lambda: filtered("!won"), "Write it like -won."),
    "filter unlike": (lambda: filtered("stage!=won"), "Write it like -stage:won."),
    "filter or": (
        lambda: filtered("won OR lost"), "Put it in quotes to search for the word.",
    ),
    "filter open": (lambda: filtered("(won"), "Put it in quotes to search for the sign itself."),
    "filter shut": (lambda: filtered("won)"), "Put it in quotes to search for the sign itself."),
    "filter of nothing at all": (
        lambda: filtered("won |"), "Put it in quotes to search for the sign itself.",
    ),
    "filter minus": (lambda: filtered("won -"), "Put it in quotes to search for the sign itself."),
    "filter unknown": (
        lambda: filtered("colour:red"), "Put the term in quotes to search for it as words.",
    ),
}  # fmt: skip


@pytest.mark.parametrize("what", TYPED)
def test_what_cannot_be_read_says_how_it_is_written(what: str) -> None:
    call, hint = TYPED[what]
    assert refusal(call).hint == hint


# What a workspace refuses.


def test_a_pipeline_that_cannot_be_worked_in_says_what_it_takes() -> None:
    double = replace(SALES, id=9)
    assert refusal(lambda: check_pipeline(double, (SALES,))).hint == "Choose another name."
    ending = replace(SALES.stages[0], name="won")
    twice = replace(SALES, stages=(ending, *SALES.stages[1:]))
    assert refusal(lambda: check_pipeline(twice, ())).hint == (
        "Won is where won deals go, in every pipeline."
    )
    asking = replace(SALES.stages[0], criteria=(parse_criterion("answer ned"),))
    odd = replace(SALES, stages=(asking, *SALES.stages[1:]))
    assert refusal(lambda: check_criteria(odd)).hint == "Did you mean need?"


@pytest.mark.parametrize(
    ("rep", "reps", "hint"),
    [
        (
            Rep("ana", role="rep"), (Rep("ana"),),
            "Begin with another's: pipeboard rep set NAME --role rep",
        ),
        (
            Rep("ana", role="rep"), (Rep("ana", role="owner"),),
            "Make somebody else the owner first: pipeboard rep set NAME --role owner",
        ),
    ],
)  # fmt: skip
def test_a_workspace_keeps_an_owner_and_says_how(
    rep: Rep, reps: tuple[Rep, ...], hint: str
) -> None:
    assert refusal(lambda: given_role(rep, reps, Actor("ana"))).hint == hint


def test_a_text_that_is_too_long_says_by_how_much() -> None:
    refused = refusal(lambda: clean_line("x" * 301, field="title"))
    assert refused.details == {"field": "title", "limit": 300, "length": 301}


def test_a_date_of_two_readings_gives_both() -> None:
    refused = refusal(lambda: parse_date("03/04/2026", TODAY))
    assert refused.details == {"readings": ["2026-04-03", "2026-03-04"]}


def test_a_deal_that_there_is_not_says_what_one_sees() -> None:
    team = (Rep("ana", role="rep", team="north"), Rep("bo", role="rep", team="north"),
            Rep("ow", role="owner"))  # fmt: skip
    for settings, hint in (
        (Settings(reps_see=0), "Look for it."),
        (Settings(reps_see=1), "You see deals of @ana, @bo and of nobody. @ow sees all of them."),
        (Settings(reps_see=2), "You see deals of @ana and of nobody. @ow sees all of them."),
    ):
        told = rights(Actor("ana"), team, settings).no_deal(7)
        assert told.hint == hint
        assert told.way is (Way.FIND if settings.reps_see == 0 else None)


def test_who_acts_for_somebody_with_less_rights_may_do_it_in_their_own_name() -> None:
    team = (Rep("ow", role="owner"), Rep("vi", role="viewer"))
    refused = refusal(lambda: rights(Actor("ow", "vi"), team, Settings()).check("set"))
    assert refused.hint == "Do it in your own name."
    assert refused.details == {"needs": "rep", "role": "viewer"}
