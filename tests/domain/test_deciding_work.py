"""The work on a deal: fields, tags, people, answers, next steps, snoozes, notes and touches."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING, Any

import pytest

from pipeboard.domain import commands as c
from pipeboard.domain.cadence import parse_until
from pipeboard.domain.criteria import ROLES
from pipeboard.domain.deal import (
    HANDOVER,
    LOSS_CATEGORIES,
    TOUCH_TYPES,
    Answer,
    Ask,
    Contact,
    Deal,
    Loss,
    NextStep,
    Note,
    Term,
    Touch,
)
from pipeboard.domain.deal_fields import BY_NAME
from pipeboard.domain.deciding import decide, sentence_of
from pipeboard.domain.deciding.edits import beside_others
from pipeboard.domain.deciding.rules import RULES, Telling, deal_names
from pipeboard.domain.errors import BadInput, Conflict, NotFound, Refused, SoAlready, Way
from pipeboard.domain.events import Kind, value_of
from pipeboard.domain.money import Money
from pipeboard.domain.pipeline import Category
from tests.domain.deciding_cases import (
    CLOSING,
    LEAD,
    NEEDS,
    NOW,
    QUALIFICATION,
    SALES,
    TODAY,
    context,
    do,
    events_of,
    new,
)

if TYPE_CHECKING:
    from pipeboard.domain.deal import FieldValue

LATER = NOW + timedelta(hours=30)
EUR = Money(4_000_000, "EUR")
DAY = timedelta(days=1)
GOAL = SALES.stage(LEAD).checklist[0]
QUESTIONS = [question.key for question in SALES.questions]


def call(direction: str = "out", *, type_: str = "call", hours: int = 0) -> c.LogTouch:
    return c.LogTouch(type_, direction, at=NOW + timedelta(hours=hours))


# Fields


@pytest.mark.parametrize(
    ("field", "typed", "kept"),
    [
        ("account", " Lumen \t Oy ", "Lumen Oy"),
        ("tags", ("+Big", "big"), ("big",)),
        ("fields", {" product ": " GTX  2 "}, {"product": "GTX 2"}),
        ("contacts", {"bob": Contact(" Bob  B ")}, {"bob": Contact("Bob B")}),
        ("answers", {" need ": Answer("yes ")}, {"need": Answer("yes")}),
        (
            "terms",
            {"pay": Term(" Payment  in ", " 30  days ")},
            {"pay": Term("Payment in", "30 days")},
        ),
        ("checklist", {"1/Goals": " ana  today "}, {"1/Goals": "ana today"}),
        ("next_step", NextStep(" call  Bob ", TODAY), NextStep("call Bob", TODAY)),
        ("snooze_reason", " on  leave ", "on leave"),
    ],
)
def test_a_new_deal_keeps_what_it_is_given_as_clean_as_an_edit_would(
    field: str, typed: FieldValue, kept: FieldValue
) -> None:
    given: dict[str, Any] = {field: typed}
    assert getattr(new(**given), field) == kept


def test_an_edit_sets_fields_and_changes_nothing_else() -> None:
    deal = do(new(), c.Edit({"account": "Lumen Oy", "value": EUR}))
    assert (deal.account, deal.value, deal.title) == ("Lumen Oy", EUR, "Lumen Oy pilot")


@pytest.mark.parametrize(
    ("fields", "kind"),
    [
        ({"probability_bp": 6_000}, Kind.PROBABILITY),
        ({"category": "commit"}, Kind.CATEGORY),
        ({"next_step": NextStep("call", TODAY)}, Kind.NEXT_STEP),
        ({"snoozed_until": TODAY + timedelta(days=3)}, Kind.SNOOZED),
    ],
)
def test_what_a_rep_says_of_a_new_deal_is_an_event_of_its_own_too(
    fields: dict[str, FieldValue], kind: Kind
) -> None:
    events = decide(c.Create("Lumen Oy pilot", LEAD, fields), None, context())
    assert [event.kind for event in events] == [Kind.CREATED, kind]
    assert not events[0].changed & set(fields)


def test_each_kind_of_change_is_an_event_of_its_own() -> None:
    changes: dict[str, FieldValue] = {
        "value": EUR,
        "probability_bp": 6000,
        "category": "commit",
        "owner": "bo",
        "expected_close": TODAY,
        "tags": ("big",),
        "source": "web",
        "fields.product": "GTX",
    }
    assert {event.kind for event in events_of(new(), c.Edit(changes))} == {
        Kind.VALUE,
        Kind.PROBABILITY,
        Kind.CATEGORY,
        Kind.OWNER,
        Kind.EXPECTED_CLOSE,
        Kind.TAGGED,
        Kind.EDITED,
    }


def test_an_edit_to_what_stands_already_is_no_event() -> None:
    deal = do(new(), c.Edit({"account": "Lumen Oy"}))
    assert events_of(deal, c.Edit({"account": " Lumen  Oy "})) == []


def test_an_empty_value_empties_a_field_but_not_the_title() -> None:
    deal = do(new(), c.Edit({"value": EUR, "source": "web", "fields.product": "GTX"}))
    empty = do(deal, c.Edit({"value": None, "source": None, "fields.product": ""}))
    assert (empty.value, empty.source, dict(empty.fields)) == (None, "", {})
    with pytest.raises(BadInput, match="needs a title"):
        do(deal, c.Edit({"title": " "}))


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"value": Money(-1, "EUR")}, "cannot be negative"),
        ({"floor_value": Money(-1, "EUR")}, "cannot be negative"),
        ({"probability_bp": -1}, "between 0 and 100"),
        ({"probability_bp": 10_001}, "between 0 and 100"),
        ({"category": "sure"}, "no forecast category"),
        ({"tags": ("two words",)}, "is no tag"),
        ({"stage_id": 3}, "No field 'stage_id'"),
        ({"outcome": "won"}, "No field 'outcome'"),
        ({"fields.": "x"}, "needs a name"),
        ({"title": "x" * 301}, "too long"),
    ],
)
def test_a_value_that_no_deal_can_have_is_refused(
    changes: dict[str, FieldValue], said: str
) -> None:
    with pytest.raises(BadInput, match=said):
        do(new(), c.Edit(changes))


@pytest.mark.parametrize(
    "changes",
    [
        {"value": Money(0, "EUR")},
        {"floor_value": Money(0, "EUR")},
        {"probability_bp": 0},
        {"probability_bp": 10_000},
        {"title": "x" * 300},
    ],
)
def test_a_value_at_the_edge_of_what_a_deal_can_have_is_kept(
    changes: dict[str, FieldValue],
) -> None:
    ((name, value),) = changes.items()
    assert getattr(do(new(), c.Edit(changes)), name) == value


def test_a_nought_that_a_deal_begins_with_is_kept_and_what_is_empty_is_left_out() -> None:
    deal = new(probability_bp=0, value=Money(0, "EUR"), source="", tags=(), fields={})
    assert (deal.probability_bp, deal.value) == (0, Money(0, "EUR"))
    begun = events_of_new(probability_bp=0, source="", tags=(), fields={"a": ""})
    assert {"source", "tags", "fields"}.isdisjoint(begun)


def events_of_new(**fields: Any) -> set[str]:
    """The fields that the events of a new deal set."""
    events = decide(c.Create("Pilot", LEAD, fields), None, context())
    return {name for event in events for name in event.after}


def test_text_is_kept_without_what_could_steer_a_terminal() -> None:
    deal = do(new(), c.Edit({"account": "Lu\x1b[31mmen\u202e Oy", "fields.a\x07": "b\x9bc"}))
    assert deal.account == "Lu[31mmen Oy"
    assert dict(deal.fields) == {"a": "bc"}


ODD, CLEAN = " A\x1b[31m\u202e  b\x9b", "A[31m b"


@pytest.mark.parametrize(
    "command",
    [
        c.Create(ODD, LEAD, {"account": ODD, "fields": {ODD: ODD}, "snooze_reason": ODD}),
        c.Move(CLOSING, ODD),
        c.Win(override=ODD),
        c.Lose(Loss("other", ODD, ODD, None, ODD)),
        c.Edit({"title": ODD, "source_detail": ODD, "links": (ODD,), f"fields.{ODD}": ODD}),
        c.Assign("bo", ODD),
        c.SetNextStep(ODD, None),
        c.Reschedule(TODAY, ODD),
        c.CompleteNextStep(ODD),
        c.Snooze(TODAY + DAY, ODD),
        c.AnswerQuestion("need", Answer(ODD, 3, ODD, ODD)),
        c.SetContact("", Contact(ODD, "other", "", ODD, ODD)),
        c.SetTerm("", Term(ODD, ODD, ODD, ODD)),
        c.AddNote(ODD),
        c.EditNote("n", ODD),
        c.LogTouch("call", "out", ODD, objection=ODD, variant=ODD),
        c.AskRep("bo", ODD),
    ],
)
def test_no_text_that_comes_with_any_command_can_steer_a_terminal(command: c.Command) -> None:
    step = None if isinstance(command, c.Reschedule) else NextStep("call", TODAY)
    deal = None if isinstance(command, c.Create) else new(next_step=step)
    around = context(reps=("bo",), notes=lambda _: (Note("n", "Old", "ana", NOW),))
    told = repr([(event.after, event.facts) for event in decide(command, deal, around)])
    assert CLEAN.lower() in " ".join(told.lower().split())
    for odd in ("\\x1b", "\\u202e", "\\x9b"):
        assert odd not in told


LONG = "x" * 30_000


@pytest.mark.parametrize(
    ("command", "field"),
    [
        (c.Create(LONG, LEAD), "title"),
        (c.Create("A", LEAD, {"account": LONG}), "account"),
        (c.Create("A", LEAD, {"snooze_reason": LONG}), "snooze reason"),
        (c.Create("A", LEAD, {"next_step": NextStep(LONG, TODAY)}), "next step"),
        (c.Move(CLOSING, LONG), "reason"),
        (c.Win(override=LONG), "reason"),
        (c.Lose(Loss("other", LONG)), "reason"),
        (c.Lose(Loss("other", "", LONG)), "competitor"),
        (c.Edit({"fields.a": LONG}), "a"),
        (c.Edit({f"fields.{LONG}": "a"}), "field name"),
        (c.Assign("bo", LONG), "note for the new owner"),
        (c.SetNextStep(LONG, None), "next step"),
        (c.Reschedule(TODAY, LONG), "next step"),
        (c.CompleteNextStep(LONG), "outcome"),
        (c.Snooze(TODAY + DAY, LONG), "reason"),
        (c.AnswerQuestion("need", Answer(LONG)), "answer"),
        (c.AnswerQuestion("need", Answer("yes", evidence=LONG)), "evidence"),
        (c.AnswerQuestion("need", Answer("yes", by=LONG)), "rep"),
        (c.SetContact("", Contact(LONG)), "name"),
        (c.SetContact("", Contact("Mika", email=LONG)), "email"),
        (c.SetContact("", Contact("Mika", phone=LONG)), "phone"),
        (c.SetContact("", Contact("Mika", title=LONG)), "title"),
        (c.SetTerm("", Term(LONG)), "term"),
        (c.SetTerm("", Term("Pay", LONG)), "our position"),
        (c.SetTerm("", Term("Pay", "", LONG)), "their position"),
        (c.SetTerm("", Term("Pay", "", "", LONG)), "agreement"),
        (c.AddNote(LONG), "note"),
        (c.EditNote("n", LONG), "note"),
        (c.LogTouch("call", "out", LONG), "outcome"),
        (c.AskRep("bo", LONG), "next step"),
    ],
)
def test_a_text_that_is_too_long_is_refused_by_its_name(command: c.Command, field: str) -> None:
    step = None if isinstance(command, c.Reschedule) else NextStep("call", TODAY)
    deal = None if isinstance(command, c.Create) else new(next_step=step)
    around = context(reps=("bo",), notes=lambda _: (Note("n", "Old", "ana", NOW),))
    with pytest.raises(BadInput, match=f"^The {field} is too long: 30,000 characters"):
        decide(command, deal, around)


@pytest.mark.parametrize("typed", ["+Too Dear ", "#too  dear", "too dear"])
def test_what_is_counted_by_is_kept_in_small_letters_without_a_sign(typed: str) -> None:
    (event,) = events_of(new(), c.LogTouch("call", "out", objection=typed, variant=typed))
    touch = event.facts["touch"]
    assert touch["objection"] == touch["variant"] == "too dear"
    lost = do(new(), c.Lose(Loss("other", objection=typed)))
    assert lost.loss is not None and lost.loss.objection == "too dear"


def test_a_closed_or_archived_deal_can_still_be_put_right() -> None:
    lost = do(new(), c.Lose(Loss("price")))
    assert do(lost, c.Edit({"account": "Right"})).account == "Right"
    assert do(do(lost, c.Archive()), c.TagWith(("old",))).tags == ("old",)


# Tags, people, terms, checklist


def test_tags_are_a_sorted_set_of_small_words() -> None:
    deal = do(new(), c.TagWith(("#Big", "+nordic", "big")))
    assert deal.tags == ("big", "nordic")
    assert do(deal, c.TagWith(("new",), ("BIG",))).tags == ("new", "nordic")
    assert do(deal, c.TagWith(("hot", "new"), ("hot",))).tags == ("big", "new", "nordic")
    assert events_of(deal, c.TagWith(("big",), ("gone",))) == []


def test_a_person_is_added_changed_and_removed_under_a_key() -> None:
    deal = do(new(), c.SetContact("bob", Contact(" Bob  B ", "champion", "bob@lumen.example")))
    assert deal.contacts["bob"] == Contact("Bob B", "champion", "bob@lumen.example")
    assert dict(do(deal, c.SetContact("bob", None)).contacts) == {}
    assert events_of(deal, c.SetContact("eve", None)) == []


@pytest.mark.parametrize(
    ("command", "near", "known"),
    [
        (lambda word: c.SetContact("", Contact("Bob", word)), "champoin", ROLES),
        (lambda word: c.Lose(Loss(word)), "prise", LOSS_CATEGORIES),
        (lambda word: c.LogTouch(word), "cal", TOUCH_TYPES),
        (lambda word: c.Edit({"category": word}), "comit", tuple(map(str, Category))),
        (lambda word: c.AnswerQuestion(word, Answer("yes")), "ned", QUESTIONS),
        (lambda word: c.Check(LEAD, word, True), f"{GOAL}s", SALES.stage(LEAD).checklist),
    ],
    ids=["role", "loss", "touch", "category", "question", "item"],
)
def test_a_word_that_is_none_is_refused_with_the_near_one_or_else_with_all_there_are(
    command: Callable[[str], c.Command], near: str, known: Sequence[str]
) -> None:
    with pytest.raises((BadInput, NotFound)) as refused:
        do(new(), command(near))
    assert (refused.value.hint or "").startswith("Did you mean ")
    with pytest.raises((BadInput, NotFound)) as refused:
        do(new(), command("qqqqq"))
    assert (refused.value.hint or "").removesuffix(".").endswith(": " + ", ".join(known))


@pytest.mark.parametrize("role", ["decision_maker", "decision-maker", "Decision maker"])
def test_the_role_of_a_person_is_typed_as_it_is_read_too(role: str) -> None:
    assert do(new(), c.SetContact("x", Contact("Bob", role))).contacts["x"].role == "decision_maker"


def test_a_person_needs_a_name_and_a_known_role() -> None:
    with pytest.raises(BadInput, match="needs a name"):
        do(new(), c.SetContact("x", Contact(" ")))
    with pytest.raises(BadInput, match="'boss' is no role"):
        do(new(), c.SetContact("x", Contact("Bob", "boss")))


def test_a_line_of_the_terms_is_added_agreed_and_removed() -> None:
    deal = do(new(), c.SetTerm("payment", Term("Payment", "30 days", "60 days")))
    agreed = do(deal, c.SetTerm("payment", replace(deal.terms["payment"], agreed="45 days")))
    assert agreed.terms["payment"].agreed == "45 days"
    renamed = do(agreed, c.SetTerm("payment", replace(agreed.terms["payment"], item="Paid in")))
    assert [(key, term.item) for key, term in renamed.terms.items()] == [("payment", "Paid in")]
    assert list(do(renamed, c.SetTerm("", Term("Free seats"))).terms) == ["payment", "free_seats"]
    assert list(do(new(), c.SetTerm("", Term("?"))).terms) == ["term"]
    assert dict(do(agreed, c.SetTerm("payment", None)).terms) == {}
    with pytest.raises(BadInput, match="needs a name"):
        do(new(), c.SetTerm("x", Term(" ")))


def test_a_checklist_item_is_ticked_with_who_and_when() -> None:
    deal = do(new(), c.Check(LEAD, "First contact", True))
    assert deal.is_checked(LEAD, "First contact")
    assert deal.checklist[f"{LEAD}/First contact"].startswith("ana 2026-11-23")
    assert events_of(deal, c.Check(LEAD, "First contact", True), LATER) == []
    assert not do(deal, c.Check(LEAD, "First contact", False)).is_checked(LEAD, "First contact")
    with pytest.raises(BadInput, match="no checklist item"):
        do(new(), c.Check(LEAD, "Dance", True))


# Next steps and snoozes


def test_a_next_step_has_words_or_a_day_or_both_and_is_cleared_by_neither() -> None:
    deal = do(new(), c.SetNextStep("call Bob", TODAY))
    assert deal.next_step == NextStep("call Bob", TODAY)
    assert do(deal, c.SetNextStep("", TODAY)).next_step == NextStep("", TODAY)
    assert do(deal, c.SetNextStep("", None)).next_step is None
    assert events_of(deal, c.SetNextStep("call Bob", TODAY)) == []


def test_a_next_step_is_no_touch_and_a_completed_one_is() -> None:
    deal = do(new(), c.SetNextStep("call Bob", TODAY))
    assert deal.last_touch_at is None
    (event,) = events_of(deal, c.CompleteNextStep("voicemail"), LATER)
    assert event.facts == {
        "step": {"text": "call Bob", "due": TODAY.isoformat()},
        "outcome": "voicemail",
    }
    done = do(deal, c.CompleteNextStep(), LATER)
    assert (done.next_step, done.last_touch_at) == (None, LATER)


@pytest.mark.parametrize(
    ("step", "then"),
    [
        (NextStep("call", TODAY, "2w"), NextStep("call", TODAY + DAY, "2w")),
        (NextStep("call"), NextStep("call", TODAY + DAY)),
        (NextStep("", TODAY), NextStep("Follow up", TODAY + DAY)),
        (None, NextStep("Follow up", TODAY + DAY)),
    ],
)
def test_a_step_on_another_day_keeps_its_words_and_its_rhythm(
    step: NextStep | None, then: NextStep
) -> None:
    deal = new(next_step=step)
    assert do(deal, c.Reschedule(TODAY + DAY, "Follow up")).next_step == then


def test_without_a_next_step_there_is_none_to_complete() -> None:
    with pytest.raises(Refused, match="no next step to complete"):
        do(new(), c.CompleteNextStep())


def test_a_snooze_lasts_until_a_day_to_come_and_a_next_step_ends_it() -> None:
    tomorrow = TODAY + timedelta(days=1)
    deal = do(new(), c.Snooze(tomorrow, "holidays"))
    assert (deal.snoozed_until, deal.snooze_reason) == (tomorrow, "holidays")
    assert deal.is_snoozed(TODAY)
    assert not deal.is_snoozed(tomorrow)
    woken = do(deal, c.SetNextStep("call", None))
    assert (woken.snoozed_until, woken.snooze_reason) == (None, "")
    assert do(deal, c.Snooze(None, "holidays")).snooze_reason == ""
    with pytest.raises(BadInput, match="does not lie ahead"):
        do(new(), c.Snooze(TODAY))


def test_who_was_given_a_deal_that_does_not_sleep_cannot_wake_it() -> None:
    given = replace(new(), owner="ana", given_by="bo")
    with pytest.raises(SoAlready, match="is not snoozed"):
        do(given, c.Snooze(None))


@pytest.mark.parametrize(
    "command", [c.SetNextStep("call", None), c.CompleteNextStep(), c.Snooze(None)]
)
def test_a_closed_deal_has_no_work_ahead(command: c.Command) -> None:
    with pytest.raises(Refused, match="is lost") as refused:
        do(do(new(), c.Lose(Loss("price"))), command)
    assert (refused.value.hint, refused.value.way) == ("Reopen it first.", Way.REOPEN)


# Answers


def test_an_answer_says_by_whom_and_when_and_an_unknown_rating_is_none() -> None:
    deal = do(new(), c.AnswerQuestion("need", Answer("They stop twice a day.")), LATER)
    assert deal.answers["need"] == Answer("They stop twice a day.", None, "", "ana", LATER)


def test_an_answer_that_somebody_gave_elsewhere_is_theirs_and_of_then() -> None:
    given = Answer("They stop twice a day.", 3, "a mail", "bo", NOW - DAY)
    deal = do(new(), c.AnswerQuestion("need", given), LATER)
    assert deal.answers["need"] == given


def test_a_question_is_named_by_key_number_or_what_it_proves() -> None:
    for name in ("authority", "5", "budget"):
        assert set(do(new(), c.AnswerQuestion(name, Answer("Bob"))).answers) == {"authority"}
    with pytest.raises(NotFound, match="no question 'autority'") as refused:
        do(new(), c.AnswerQuestion("autority", Answer("Bob")))
    assert "authority" in refused.value.hint


def test_a_rating_of_zero_is_an_answer_and_no_words_and_no_rating_are_none() -> None:
    assert do(new(), c.AnswerQuestion("need", Answer("", 0))).answers["need"].rating == 0
    with pytest.raises(BadInput, match="needs words or a rating"):
        do(new(), c.AnswerQuestion("need", Answer(" ")))
    for rating in (-1, 5):
        with pytest.raises(BadInput, match="from 0 to 4"):
            do(new(), c.AnswerQuestion("need", Answer("So", rating)))


def test_the_answer_before_stays_in_the_event() -> None:
    deal = do(new(), c.AnswerQuestion("need", Answer("First", 1)))
    (event,) = events_of(deal, c.AnswerQuestion("need", Answer("Second", 3)), LATER)
    before = value_of(event.before, "answers.need", Answer)
    assert before is not None and before.text == "First"
    assert dict(do(deal, c.AnswerQuestion("need", None)).answers) == {}


# Notes and touches


def test_a_note_changes_nothing_else_of_a_deal() -> None:
    deal = new()
    after = do(deal, c.AddNote("Met at the fair"))
    assert replace(after, version=1) == deal
    with pytest.raises(BadInput, match="needs words"):
        do(deal, c.AddNote(" \n "))


def test_a_note_asks_the_reps_whom_it_names_but_not_who_wrote_it() -> None:
    deal = do(new(), c.AddNote("@ana and @bo should look at this"), reps=("ana", "bo", "cy"))
    assert {rep: ask.by for rep, ask in deal.asks.items()} == {"bo": "ana"}


def test_nobody_is_asked_on_a_deal_that_they_do_not_see_or_that_is_closed() -> None:
    around: dict[str, Any] = {
        "reps": ("ana", "bo", "cy"),
        "sees": lambda rep, owner: (rep, owner) != ("cy", "ana"),
    }
    note = c.AddNote("@bo and @cy should look at this")
    assert set(do(new(owner="ana"), note, **around).asks) == {"bo"}
    assert set(do(new(owner="bo"), note, **around).asks) == {"bo", "cy"}
    assert do(do(new(owner="bo"), c.Archive()), note, **around).asks == {}
    assert set(do(new(owner="ana"), c.AskRep("bo", "send it"), **around).asks) == {"bo"}
    with pytest.raises(Refused, match="@cy does not see D-1 Lumen Oy pilot"):
        do(new(owner="ana"), c.AskRep("cy", "send it"), **around)


def test_only_a_rep_who_is_at_work_is_asked() -> None:
    assert set(do(new(), c.AskRep("bo", "send it"), reps=("ana", "bo")).asks) == {"bo"}
    with pytest.raises(NotFound, match="no rep bob at work") as refused:
        do(new(), c.AskRep("bob", "send it"), reps=("ana", "bo"))
    assert "bo" in (refused.value.hint or "")


def test_only_who_wrote_a_note_can_rewrite_it() -> None:
    note = Note("n", "Old", "ana", NOW)

    def notes(_: int) -> tuple[Note, ...]:
        return (note,)

    (event,) = events_of(new(), c.EditNote("n", "New"), notes=notes)
    assert event.facts == {"id": "n", "old": "Old", "new": "New"}
    assert events_of(new(), c.EditNote("n", "Old"), notes=notes) == []
    with pytest.raises(Refused, match="The note is ana's"):
        do(new(), c.EditNote("n", "New"), actor="bo", notes=notes)
    assert events_of(new(), c.EditNote("n", "New"), actor="bo", author="ana", notes=notes)
    with pytest.raises(NotFound, match="no such note"):
        do(new(), c.EditNote("m", "New"), notes=notes)
    with pytest.raises(Conflict, match="rewritten meanwhile"):
        do(new(), c.EditNote("n", "New", before="Older"), notes=notes)


def test_touches_out_count_up_until_an_answer_comes_in() -> None:
    deal = new()
    for number in range(1, 4):
        deal = do(deal, call(), LATER)
        assert deal.outbound_since_reply == number
    answered = do(deal, call("in", hours=2), LATER)
    assert answered.outbound_since_reply == 0
    assert answered.last_reply_at == answered.last_touch_at == NOW + timedelta(hours=2)


@pytest.mark.parametrize(
    ("direction", "own", "other"),
    [("in", "last_reply_at", "last_outbound_at"), ("out", "last_outbound_at", "last_reply_at")],
)
def test_a_touch_moves_the_clock_of_its_direction_alone_and_no_clock_back(
    direction: str, own: str, other: str
) -> None:
    deal = new()
    for hours in (5, 1):
        deal = do(deal, call(direction, hours=hours), LATER)
        assert deal.last_touch_at == getattr(deal, own) == NOW + timedelta(hours=5)
        assert getattr(deal, other) is None


def test_a_touch_is_of_a_known_kind_and_direction_and_lies_behind() -> None:
    with pytest.raises(BadInput, match="'pigeon' is no kind of touch"):
        do(new(), call(type_="pigeon"))
    with pytest.raises(BadInput, match="in or out"):
        do(new(), call("sideways"))
    with pytest.raises(BadInput, match="cannot lie ahead"):
        do(new(), call(hours=1))


def test_a_closed_deal_can_still_be_called() -> None:
    lost = do(new(), c.Lose(Loss("price")))
    assert do(lost, call(hours=1), LATER).last_touch_at == NOW + timedelta(hours=1)


# What takes a deal up, answers what was asked, or changes nothing.

NEWS: dict[str, Any] = {
    "owner": "ana", "given_by": "bo", "snoozed_until": TODAY, "snooze_reason": "budget",
    "asks": {"ana": Ask("price?", "bo"), "cy": Ask("terms?", "bo")},
    "next_step": NextStep("call", TODAY),
}  # fmt: skip
TAKING_UP = (
    c.SetNextStep("meet", TODAY), c.SetNextStep("call", TODAY), c.Plan("fri meet"),
    c.Reschedule(TODAY + DAY), c.CompleteNextStep(), c.LogTouch("call", "out"),
    c.Move(NEEDS, "because so"), c.Step(1, "because so"), c.Win(override="because so"),
    c.Lose(Loss("price")),
)  # fmt: skip
OTHERS = (
    c.Edit({"source": "web"}), c.TagWith(("big",)), c.Archive(), c.SetTerm("", Term("payment")),
    c.AnswerQuestion("need", Answer("yes")), c.Rank(7), c.AddNote("seen"),
)  # fmt: skip


def test_every_command_that_takes_a_deal_up_is_tried() -> None:
    assert {type(one) for one in TAKING_UP} | {c.Snooze} == {
        command for command, rule in RULES.items() if rule.takes_up
    }


@pytest.mark.parametrize("command", TAKING_UP, ids=repr)
def test_work_on_a_deal_takes_it_up_and_answers_what_was_asked(command: c.Command) -> None:
    deal = do(replace(new(), **NEWS), command)
    assert (deal.given_by, set(deal.asks)) == ("", {"cy"})
    assert (deal.snoozed_until, deal.snooze_reason) == (None, "")


def test_a_snooze_takes_a_deal_up_as_well() -> None:
    deal = do(replace(new(), **NEWS), c.Snooze(TODAY + DAY, "on leave"))
    assert (deal.given_by, set(deal.asks)) == ("", {"cy"})
    assert (deal.snoozed_until, deal.snooze_reason) == (TODAY + DAY, "on leave")


@pytest.mark.parametrize("command", OTHERS, ids=repr)
def test_what_else_is_done_to_a_deal_leaves_it_news(command: c.Command) -> None:
    deal = do(replace(new(), **NEWS), command)
    assert (deal.given_by, deal.snoozed_until, deal.snooze_reason) == ("bo", TODAY, "budget")
    assert set(deal.asks) == ({"cy"} if isinstance(command, c.AddNote) else {"ana", "cy"})


def test_only_its_owner_takes_a_deal_up_and_only_one_that_woke_wakes() -> None:
    given = replace(new(), **NEWS | {"snoozed_until": TODAY + DAY})
    assert do(given, call(), actor="dee").given_by == "bo"
    assert do(given, call()).snoozed_until == TODAY + DAY


SET = NextStep("call", TODAY)
STANDING: tuple[tuple[dict[str, Any], c.Command], ...] = (
    ({"source": "web"}, c.Edit({"source": "web"})),
    ({"source": "web"}, c.SetFields(("source=web",))),
    ({"owner": "ana"}, c.Assign("ana")),
    ({"owner": "ana"}, c.Assign("ana", note="yours")),
    ({"tags": ("big",)}, c.TagWith(("big",), ("small",))),
    ({"rank": 7}, c.Rank(7)),
    ({"contacts": {"bob": Contact("Bob")}}, c.SetContact("bob", Contact("Bob"))),
    ({"terms": {"pay": Term("Pay")}}, c.SetTerm("pay", Term("Pay"))),
    ({"checklist": {f"{LEAD}/{GOAL}": "ana"}}, c.Check(LEAD, GOAL, True)),
    ({}, c.Check(LEAD, GOAL, False)),
    ({"next_step": SET}, c.SetNextStep("call", TODAY)),
    ({"next_step": SET, "asks": {"cy": Ask("terms?", "bo")}}, c.SetNextStep("call", TODAY)),
    ({"next_step": SET}, c.Reschedule(TODAY)),
    ({}, c.SetNextStep("", None)),
    ({"snoozed_until": TODAY + DAY}, c.Snooze(TODAY + DAY)),
    ({"asks": {"bo": Ask("price?", "ana")}}, c.AskRep("bo", "price?")),
    ({}, c.AnswerQuestion("need", None)),
)


@pytest.mark.parametrize(("fields", "command"), STANDING, ids=[repr(one) for _, one in STANDING])
def test_what_stands_as_it_is_wanted_is_no_event(
    fields: dict[str, Any], command: c.Command
) -> None:
    deal = replace(new(), rank=0) if "rank" not in fields else new()
    assert events_of(replace(deal, **fields), command, reps=("ana", "bo")) == []


@pytest.mark.parametrize(
    ("owner", "actor", "giver"),
    [("bo", "ana", "ana"), ("ana", "ana", ""), ("", "ana", ""), ("cy", "ana", "dee")],
)
def test_a_deal_says_who_gave_it_to_its_owner(owner: str, actor: str, giver: str) -> None:
    deal = replace(new(), owner="cy", given_by="dee")
    assert do(deal, c.Edit({"owner": owner}), actor=actor).given_by == giver
    lost = do(deal, c.Lose(Loss("price")))
    assert do(lost, c.Edit({"owner": owner}), actor=actor).given_by == "dee"
    assert new(owner=owner).given_by == ("" if owner in ("", "ana") else "ana")


@pytest.mark.parametrize("new_rep", [False, True])
@pytest.mark.parametrize("command", [c.Edit, c.SetFields, c.Assign])
def test_whether_an_owner_may_be_somebody_new_is_asked_as_it_was_said(
    command: type, new_rep: bool
) -> None:
    asked: list[tuple[str, bool]] = []

    def owner(name: str, is_new: bool) -> str:
        asked.append((name, is_new))
        return name

    said: Any = {c.Edit: {"owner": "bo"}, c.SetFields: ("owner=bo",), c.Assign: "bo"}[command]
    do(new(), command(said, new_rep=new_rep), owner=owner)
    assert asked == [("bo", new_rep)]


@pytest.mark.parametrize("typed", ["-", " none ", ""])
def test_a_plan_of_nothing_takes_the_next_step_away(typed: str) -> None:
    assert do(new(next_step=SET), c.Plan(typed)).next_step is None


@pytest.mark.parametrize("typed", ["fields.cafe=2", "fields.CAFÉ=2", "fields.Café=2"])
def test_a_custom_field_is_set_under_the_name_that_it_has(typed: str) -> None:
    deal = do(new(fields={"Café": "1"}), c.SetFields((typed,)))
    assert deal.fields == {"Café": "2"}
    assert do(deal, c.SetFields(("fields.tea=3",))).fields == {"Café": "2", "tea": "3"}


@pytest.mark.parametrize(
    "twice", [("value=40k", "value=50k"), ("close=1dec", "expected_close=2dec"),
              ("fields.café=1", "fields.Cafe=2")],
)  # fmt: skip
def test_a_field_is_set_to_one_value_only(twice: tuple[str, str]) -> None:
    with pytest.raises(BadInput, match="is given twice"):
        do(new(fields={"Café": "0"}), c.SetFields(twice))


def test_today_is_what_the_clock_says_though_what_is_recorded_lies_ahead() -> None:
    assert context(NOW).today == TODAY
    assert context(NOW + DAY, day=TODAY).today == TODAY
    assert context(datetime(2026, 11, 23, 23, 30, tzinfo=UTC)).today == TODAY + DAY


def test_a_note_is_signed_by_whoever_wrote_it_for_another() -> None:
    for author, signed in (("", "ana"), ("bo (for ana)", "bo (for ana)")):
        (event,) = events_of(new(), c.AddNote("met"), author=author)
        assert event.facts["note"]["author"] == signed


def test_a_deal_begins_with_as_long_a_reason_to_sleep_as_it_can_be_given_later() -> None:
    longest = "x" * 1_000
    asleep = new(snoozed_until=TODAY + DAY, snooze_reason=longest)
    assert asleep.snooze_reason == longest
    assert do(new(), c.Snooze(TODAY + DAY, longest)).snooze_reason == longest
    with pytest.raises(BadInput, match="snooze reason is too long"):
        new(snooze_reason=f"{longest}x")


def test_a_list_that_others_changed_meanwhile_is_as_both_want_it() -> None:
    deal = replace(new(), tags=("a", "c"), source="web")  # they took b out and put c in
    (event,) = events_of(deal, c.Edit({"tags": ("a", "b", "d")}))
    both = beside_others(event, {"tags": ("a", "b"), "links": ()}, deal)
    assert both.after == {"tags": ("a", "c", "d")}
    assert both.before == {"tags": ("a", "c")}


def test_a_deal_whose_step_is_taken_away_sleeps_on() -> None:
    asleep = replace(new(next_step=SET), snoozed_until=TODAY + DAY, snooze_reason="holiday")
    deal = do(asleep, c.Plan("-"))
    assert (deal.next_step, deal.snoozed_until, deal.snooze_reason) == (
        None, TODAY + DAY, "holiday",
    )  # fmt: skip


def test_an_owner_that_is_none_is_nobody() -> None:
    assert do(new(owner="bo"), c.Edit({"owner": None})).owner == ""


def test_what_is_said_at_a_handover_is_kept_and_stops_no_clock() -> None:
    (given, said) = events_of(new(owner="ana"), c.Assign("bo", note="They wait for a call."))
    assert (given.after["owner"], said.kind, dict(said.after)) == ("bo", Kind.TOUCH, {})
    assert said.facts["touch"]["type"] == HANDOVER
    assert len(events_of(new(owner="ana"), c.Assign("bo"))) == 1


def test_an_address_is_held_against_its_form_once_it_is_new() -> None:
    odd = Contact("Bob", email="bob at firm")
    deal = new(contacts={"bob": odd})
    assert do(deal, c.SetContact("bob", replace(odd, title="CEO"))).contacts["bob"].title == "CEO"
    for key, contact in (("bob", replace(odd, email="bob.firm")), ("bo", odd)):
        with pytest.raises(BadInput):
            do(deal, c.SetContact(key, contact))


def test_a_note_is_rewritten_by_whoever_saw_it_as_it_stands() -> None:
    note = Note("n", "Old", "ana (for bo)", NOW)
    (event,) = events_of(
        new(), c.EditNote("n", "New", before="Old"), notes=lambda _: (note,), actor="bo",
        author="ana (for bo)",
    )  # fmt: skip
    assert event.facts["new"] == "New"
    with pytest.raises(BadInput, match="needs words"):
        do(new(), c.EditNote("n", " "), notes=lambda _: (replace(note, author="ana"),))


@pytest.mark.parametrize(
    ("log", "said"),
    [
        (c.LogTouch("call", "out"), {}),
        (c.LogTouch("email", "out", quote=True), {"quote_sent_at": NOW}),
        (c.LogTouch("email", "out", at=NOW - DAY, quote=True), {"quote_sent_at": NOW - DAY}),
        (c.LogTouch("call", "in", trial_close="yes"), {"trial_close": "yes"}),
        (c.LogTouch("call", "out", trial_close="no"), {"trial_close": "no"}),
        (
            c.LogTouch("email", "out", quote=True, trial_close="yes"),
            {"quote_sent_at": NOW, "trial_close": "yes"},
        ),
    ],
)
def test_a_touch_can_say_that_a_proposal_went_out_or_how_they_answered(
    log: c.LogTouch, said: dict[str, object]
) -> None:
    deal = do(new(), log)
    assert (deal.quote_sent_at, deal.trial_close) == (
        said.get("quote_sent_at"),
        said.get("trial_close", ""),
    )
    for wrong in (replace(log, direction="in", quote=True), replace(log, trial_close="perhaps")):
        with pytest.raises(BadInput):
            do(new(), wrong)


@pytest.mark.parametrize("at", [None, NOW, NOW - 3 * DAY])
def test_a_touch_is_of_when_it_was_and_says_all_that_is_known_of_it(at: datetime | None) -> None:
    command = c.LogTouch("call", "in", "left word", at, objection="price", variant=" B ")
    (event,) = events_of(new(at=NOW - 9 * DAY), command, new_id=lambda: "t1", actor="bo")
    assert (event.kind, event.at) == (Kind.TOUCH, at or NOW)
    said = {name: text for name, text in event.facts["touch"].items() if name != "at"}
    assert said == {
        "id": "t1", "type": "call", "direction": "in", "outcome": "left word", "by": "bo",
        "objection": "price", "variant": "b",
    }  # fmt: skip


def test_a_plan_that_stays_as_it_is_takes_a_deal_up_too() -> None:
    given = replace(new(), **NEWS | {"snoozed_until": None, "asks": {}})
    (event,) = events_of(given, c.SetNextStep("call", TODAY))
    assert (event.kind, dict(event.after)) == (Kind.EDITED, {"given_by": ""})
    assert events_of(replace(given, given_by=""), c.SetNextStep("call", TODAY)) == []


def test_a_note_that_answers_can_ask_in_turn() -> None:
    deal = replace(new(), **NEWS)
    assert set(do(deal, c.AddNote("@dee will you?"), reps=("ana", "dee")).asks) == {"cy", "dee"}


@pytest.mark.parametrize(("touched", "expected"), [(NOW, LATER), (LATER + DAY, LATER + DAY)])
def test_a_step_done_is_a_touch_and_sets_no_clock_back(
    touched: datetime, expected: datetime
) -> None:
    deal = replace(new(next_step=NextStep("call", TODAY)), last_touch_at=touched)
    assert do(deal, c.CompleteNextStep(), LATER).last_touch_at == expected


def test_what_comes_back_was_given_by_nobody() -> None:
    assert new(owner="bo", recycled_from=7).given_by == ""


def test_a_handover_goes_along_with_a_deal_and_is_of_no_direction() -> None:
    touch = Touch("t", HANDOVER, "", "yours", "ana", NOW - DAY)
    kept = do(new(), c.Absorb((c.Absorbed(new(), touches=(touch,)),)))
    assert (kept.last_touch_at, kept.last_outbound_at) == (None, None)


def told(command: c.Command, before: Deal, **more: Any) -> str:
    after = do(before, command, **more)
    return sentence_of(command, Telling((after,), (SALES,), TODAY, (before,)))


WEEKLY = NextStep("call", TODAY, "1w")
BOB = {"contacts": {"bob": Contact("Bob")}}


@pytest.mark.parametrize(
    ("fields", "command", "said"),
    [
        ({"next_step": WEEKLY}, c.CompleteNextStep(), "pilot; again 30 Nov."),
        ({"next_step": SET}, c.CompleteNextStep(), "Done: the next step of Lumen Oy pilot."),
        ({"answers": {"need": Answer("yes")}}, c.AnswerQuestion("need", None), "is open again."),
        ({}, c.AnswerQuestion("need", Answer("yes")), "Answered Need of Lumen Oy pilot."),
        ({"owner": "ana"}, c.Assign("bo", note="call  them"), ": call them (was with ana)."),
        ({"owner": ""}, c.Assign("bo"), "bo (was with nobody)."),
        ({"owner": "ana"}, c.Assign("bo", note="x" * 121), f"bo: {'x' * 120}… (was with ana)."),
        ({"owner": "ana"}, c.Assign("bo", note="x" * 120), f"bo: {'x' * 120} (was with ana)."),
        ({"owner": "ana"}, c.Assign(""), "now with nobody (was with ana)."),
        ({}, c.Edit({"source": "Acme Inc."}), "nothing → Acme Inc."),
        ({}, c.Snooze(TODAY + DAY), "Snoozed Lumen Oy pilot until Tue 24 Nov."),
        ({"snoozed_until": TODAY + DAY}, c.Snooze(None), "Woke Lumen Oy pilot."),
        ({}, c.LogTouch("email", "out"), "Logged an email (out) with Lumen Oy pilot."),
        ({}, c.LogTouch("call", "in"), "Logged a call (in) with Lumen Oy pilot."),
        ({}, c.TagWith(("big",), ("hot",)), "Tagged Lumen Oy pilot +big -hot."),
        ({}, c.Check(LEAD, GOAL, True), f"Checked '{GOAL}' of Lumen Oy pilot."),
        (BOB, c.SetContact("bob", None), "Removed Bob of Lumen Oy pilot."),
        ({}, c.SetContact("", Contact("Bob")), "Noted Bob of Lumen Oy pilot."),
        (BOB, c.SetContact("bob", Contact("Rob")), "Noted Rob of Lumen Oy pilot."),
        ({}, c.SetTerm("", Term("pay")), "Changed the terms of Lumen Oy pilot."),
        ({}, c.Step(1), "Qualification (from Lead Generation)."),
        ({}, c.Move(LEAD + 1), "Qualification (from Lead Generation)."),
        ({}, c.Rank(3), "Moved Lumen Oy pilot in its column."),
        ({}, c.AddNote("met", "n"), "Noted on Lumen Oy pilot."),
        ({}, c.Archive(), "Archived Lumen Oy pilot."),
        ({"archived_at": NOW}, c.Unarchive(), "Unarchived Lumen Oy pilot."),
        ({"tags": ("hot",)}, c.TagWith((), ("hot",)), "Tagged Lumen Oy pilot -hot."),
        ({}, c.Check(LEAD, GOAL, False), f"Cleared '{GOAL}' of Lumen Oy pilot."),
        ({"next_step": SET}, c.SetNextStep("", None), "› no next step (was: call Mon 23 Nov)."),
        ({"next_step": SET}, c.Reschedule(TODAY + DAY), "› call Tue 24 Nov (was Mon 23 Nov)."),
        ({"next_step": SET}, c.SetNextStep("ask", TODAY), "ask Mon 23 Nov (was: call Mon 23 Nov)."),
        ({"source": "web"}, c.Edit({"source": ""}), "Set source of Lumen Oy pilot: web → nothing."),
        ({}, c.Edit({"quote_sent_at": NOW}), "quote sent of Lumen Oy pilot: nothing → 23 Nov."),
        ({"floor_value": EUR}, c.Edit({"floor_value": None}), "lowest value of Lumen Oy pilot."),
        ({"probability_bp": 5_000}, c.SetFields(("p=60",)),
         "Set probability of Lumen Oy pilot: 50% → 60%."),
        ({}, c.Edit({"probability_bp": 0}), "Set probability of Lumen Oy pilot: the stage's → 0%."),
        ({"expected_close": TODAY + DAY}, c.Edit({"expected_close": TODAY + 2 * DAY}),
         "Set close date of Lumen Oy pilot: Tue 24 Nov → Wed 25 Nov."),
        ({}, c.Edit({"value": EUR}), "Set value of Lumen Oy pilot: nothing → €40,000."),
        ({}, c.Edit({"created_at": TODAY - DAY}),
         "Set created of Lumen Oy pilot: Mon 23 Nov 2026 → Sun 22 Nov 2026."),
        ({}, c.SetFields(("fields.x=y",)), "Set x of Lumen Oy pilot: nothing → y."),
        ({}, c.SetFields(("tags=a,b", "source=web")),
         "Set tags, source of Lumen Oy pilot: tags nothing → a, b; source nothing → web."),
    ],
)  # fmt: skip
def test_a_sentence_says_what_was_done_and_from_what(
    fields: dict[str, Any], command: c.Command, said: str
) -> None:
    assert told(command, replace(new(), **fields)).endswith(said)


def test_deals_that_a_step_led_to_several_stages_are_in_the_next_one_each() -> None:
    """One sentence for all of them names no stage that some are not in."""
    before = (new(LEAD, title="one"), new(QUALIFICATION, title="two"))
    command = c.Step(1, override="because so")

    def said(*deals: Deal) -> str:
        after = tuple(do(deal, command) for deal in deals)
        return sentence_of(command, Telling(after, (SALES,), TODAY, deals))

    assert "the next stage" in said(*before)
    assert SALES.stage(QUALIFICATION).name in said(before[0], before[0])


def test_what_deals_were_set_to_is_told_where_it_is_the_same_on_all_of_them() -> None:
    before = (new(source="web"), new(source="fair"))

    def said(*sources: str) -> str:
        after = tuple(replace(deal, source=one) for deal, one in zip(before, sources, strict=True))
        return sentence_of(c.Edit({"source": "x"}), Telling(after, (SALES,), TODAY, before))

    assert said("web", "web").endswith(
        "Set source of 2 deals (Lumen Oy pilot, Lumen Oy pilot): web."
    )
    assert said("web", "fair").endswith("Set source of 2 deals (Lumen Oy pilot, Lumen Oy pilot).")


def test_a_day_that_only_some_of_the_deals_come_again_on_is_not_told_of_all() -> None:
    before = (new(next_step=WEEKLY, title="one"), new(next_step=SET, title="two"))
    after = tuple(do(deal, c.CompleteNextStep()) for deal in before)
    said = sentence_of(c.CompleteNextStep(), Telling(after, (SALES,), TODAY, before))
    assert said == "Done: the next step of 2 deals (one, two)."


@pytest.mark.parametrize(
    ("count", "said"),
    [
        (1, "d1"),
        (3, "3 deals (d1, d2, d3)"),
        (4, "4 deals (d1, d2, d3 and 1 more)"),
        (6, "6 deals (d1, d2, d3 and 3 more)"),
    ],
)
def test_a_sentence_names_three_deals_at_most(count: int, said: str) -> None:
    deals = [new(title=f"d{place}") for place in range(1, count + 1)]
    assert deal_names(deals) == said


@pytest.mark.parametrize(
    ("key", "name", "kept"),
    [("", "Mika Laine", "mika_laine"), ("", "???", "person"), ("bob", "Mika Laine", "bob")],
)
def test_a_person_is_kept_under_their_name_or_as_a_person(key: str, name: str, kept: str) -> None:
    assert set(do(new(), c.SetContact(key, Contact(name))).contacts) == {kept}


def test_a_new_person_or_term_takes_the_place_of_none() -> None:
    people = Contact("Jo Li", email="jo@x.example"), Contact("Jo-Li"), Contact("Jo Li")
    terms = Term("Pay", "30 days"), Term("Pay!", theirs="60 days"), Term("Pay")
    deal = new()
    for person in people:
        deal = do(deal, c.SetContact("", person))
    for term in terms:
        deal = do(deal, c.SetTerm("", term))
    assert deal.contacts == dict(zip(("jo_li", "jo_li_2", "jo_li_3"), people, strict=True))
    assert deal.terms == dict(zip(("pay", "pay_2", "pay_3"), terms, strict=True))


@pytest.mark.parametrize(
    ("words", "said"),
    [(("call", "call"), "call Wed 25 Nov"), (("call", "meet"), "next steps Wed 25 Nov")],
)
def test_steps_of_several_deals_are_named_where_they_are_called_the_same(
    words: tuple[str, ...], said: str
) -> None:
    before = tuple(new(next_step=NextStep(word, TODAY)) for word in words)
    command = c.Reschedule(TODAY + 2 * DAY)
    after = tuple(do(deal, command) for deal in before)
    told = sentence_of(command, Telling(after, (SALES,), TODAY, before))
    assert told == f"Set: 2 deals (Lumen Oy pilot, Lumen Oy pilot) › {said}."


NO_STEP = "it has no next step"
WORK: tuple[tuple[c.Command, str], ...] = (
    (c.SetNextStep("call", TODAY + DAY), NO_STEP),
    (c.Plan("call"), NO_STEP),
    (c.Reschedule(TODAY + DAY), NO_STEP),
    (c.CompleteNextStep(), NO_STEP),
    (c.Snooze(TODAY + DAY), "it cannot be snoozed"),
    (c.AskRep("bo", "call"), "nothing is to be done on it"),
)


@pytest.mark.parametrize(("command", "why"), WORK, ids=[type(one).__name__ for one, _ in WORK])
def test_a_deal_that_is_not_open_is_not_worked_on_and_it_is_said_what_opens_it(
    command: c.Command, why: str
) -> None:
    lost = do(new(next_step=NextStep("call", TODAY)), c.Lose(Loss("price")))
    for deal, state, hint, way in (
        (lost, "lost", "Reopen it first.", Way.REOPEN),
        (do(lost, c.Archive()), "archived", "Unarchive it first.", Way.UNARCHIVE),
        (do(new(), c.Archive()), "archived", "Unarchive it first.", Way.UNARCHIVE),
    ):
        with pytest.raises(Refused) as refused:
            do(deal, command, reps=("ana", "bo"))
        assert refused.value.message == f"D-1 Lumen Oy pilot is {state}: {why}."
        assert (refused.value.hint, refused.value.way) == (hint, way)


@pytest.mark.parametrize(
    ("given", "kept"),
    [({"a": "x", "b": " "}, {"a": "x"}), ({"a": "x", "b": "y"}, {"a": "x", "b": "y"}),
     ({"a": " ", "b": ""}, {})],
)  # fmt: skip
def test_fields_of_ones_own_that_say_nothing_are_left_out_of_a_new_deal(
    given: dict[str, str], kept: dict[str, str]
) -> None:
    assert dict(new(fields=given).fields) == kept


GIVEN: dict[str, Any] = {
    "account": "Lumen", "value": EUR, "owner": "ana", "source": "web", "source_detail": "ad",
    "contact_reason": "case", "tags": ("hot",), "competitors": ("Acme",),
    "links": ("https://a.example",), "expected_close": TODAY, "probability_bp": 5_000,
    "category": "commit", "offer_expires_on": TODAY, "floor_value": EUR, "trial_close": "yes",
    "external_id": "E1", "external_source": "tool", "imported": {"a": "b"}, "imported_as": "x",
    "quote_sent_at": NOW - DAY, "fields": {"a": "b"}, "contacts": {"bob": Contact("Bob")},
    "answers": {"need": Answer("yes", 3)}, "terms": {"pay": Term("Pay")},
    "checklist": {f"{LEAD}/{GOAL}": "ana"}, "next_step": NextStep("call", TODAY),
    "snoozed_until": TODAY + DAY, "snooze_reason": "budget", "recycled_from": 7, "rank": 5,
    "qualified_at": NOW - DAY, "asks": {"bo": Ask("price?", "ana")},
}  # fmt: skip


def test_a_new_deal_takes_each_thing_that_can_be_known_of_it() -> None:
    deal = new(**GIVEN)
    assert {name: getattr(deal, name) for name in GIVEN} == GIVEN
    assert {*BY_NAME} - {*GIVEN} == {"title"}


def test_an_item_that_there_is_not_is_asked_of_its_stage_by_name() -> None:
    for stage_id, where in ((LEAD, "Lead Generation"), (999, "Sales")):
        with pytest.raises(BadInput) as refused:
            do(new(), c.Check(stage_id, "xyz", True))
        assert refused.value.message == f"{where} has no checklist item 'xyz'."
        assert bool(refused.value.hint) is (stage_id == LEAD)


@pytest.mark.parametrize("text", ["", "  ", "\x1b"])
def test_an_ask_says_what_is_to_be_done(text: str) -> None:
    with pytest.raises(BadInput, match="Say what they are to do"):
        do(new(), c.AskRep("bo", text), reps=("ana", "bo"))
    asked = do(new(), c.AskRep("bo", " look  at it ", TODAY), reps=("ana", "bo"))
    assert asked.asks == {"bo": Ask("look at it", "ana", TODAY)}


def test_of_several_steps_that_come_again_the_first_day_is_told() -> None:
    days = (TODAY + 7 * DAY, TODAY + 2 * DAY, TODAY + 9 * DAY)
    deals = [new(next_step=NextStep("call", day, "1w")) for day in days]
    told = Telling(deals, (SALES,), TODAY, deals)
    assert sentence_of(c.CompleteNextStep(), told).endswith("; again Wed 25 Nov.")
    once = Telling([*deals, new()], (SALES,), TODAY, deals)
    assert "again" not in sentence_of(c.CompleteNextStep(), once)


def test_a_key_that_is_too_long_is_named_as_one() -> None:
    assert list(new(terms={"x" * 300: Term("Pay")}).terms) == ["x" * 300]
    with pytest.raises(BadInput, match="The key is too long"):
        new(terms={"x" * 301: Term("Pay")})


@pytest.mark.parametrize(
    ("typed", "until"),
    [
        ("2w", (TODAY + 14 * DAY, "")),
        ("2w on holiday", (TODAY + 14 * DAY, "on holiday")),
        ("tomorrow, they call", (TODAY + DAY, "they call")),
    ],
)
def test_why_a_deal_is_parked_stands_behind_the_day(typed: str, until: tuple[date, str]) -> None:
    assert parse_until(typed, TODAY) == until


@pytest.mark.parametrize("typed", ["on holiday", "31 feb", "", "today", "yesterday and so on"])
def test_a_deal_is_parked_until_a_day_that_lies_ahead(typed: str) -> None:
    with pytest.raises(BadInput):
        parse_until(typed, TODAY)
