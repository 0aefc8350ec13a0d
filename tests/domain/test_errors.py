"""What goes wrong, as people read it and as scripts do."""

from __future__ import annotations

from collections.abc import Mapping

import pytest

from pipeboard.domain.errors import (
    About,
    Ambiguous,
    BadInput,
    Conflict,
    Criterion,
    DatabaseError,
    Difference,
    GateNotMet,
    GivenUp,
    NotFound,
    OutOfRange,
    PipeboardError,
    ReadOnly,
    Refused,
    SoAlready,
    Unmet,
    Way,
)

CODES: dict[type[PipeboardError], str] = {
    PipeboardError: "error",
    Refused: "refused",
    GateNotMet: "gate",
    SoAlready: "already",
    Conflict: "conflict",
    ReadOnly: "read_only",
    NotFound: "not_found",
    Ambiguous: "ambiguous",
    BadInput: "bad_input",
    OutOfRange: "bad_input",
    DatabaseError: "database",
    GivenUp: "given_up",
}


def _kinds(above: type[PipeboardError]) -> set[type[PipeboardError]]:
    return {above}.union(*map(_kinds, above.__subclasses__()))


def test_each_kind_of_failure_has_its_word_for_scripts() -> None:
    ours = {kind for kind in _kinds(PipeboardError) if kind.__module__ == PipeboardError.__module__}
    assert {kind: kind.code for kind in ours} == CODES


@pytest.mark.parametrize("end", [".", "?", "!", "…"])
def test_a_message_ends_as_a_sentence_does(end: str) -> None:
    assert PipeboardError(f"It is so{end}").message == f"It is so{end}"
    assert PipeboardError("It is so").message == str(PipeboardError("It is so")) == "It is so."
    assert PipeboardError("It is (so)").message == "It is (so)."


@pytest.mark.parametrize(
    ("way", "by", "advice"),
    [
        (Way.REOPEN, {Way.REOPEN: "O"}, "Reopen it (O)."),
        (Way.REOPEN, {Way.PLAN: "n"}, "Reopen it."),
        (Way.REOPEN, {}, "Reopen it."),
        (None, {Way.REOPEN: "O"}, "Reopen it."),
    ],
)
def test_advice_names_the_verb_or_key_that_does_it(
    way: Way | None, by: Mapping[Way, str], advice: str
) -> None:
    assert Refused("It is won.", hint="Reopen it.", way=way).advice(by) == advice


CRITERIA = (
    (Criterion(About.FIELD, "value"), "value"),
    (Criterion(About.ANSWER, "need"), "answer need"),
    (Criterion(About.RATING, "need", 3), "rating need >= 3"),
    (Criterion(About.ANSWERS, "", 4), "answers >= 4"),
    (Criterion(About.CONTACT, "champion"), "contact champion"),
    (Criterion(About.NEXT_STEP), "next step"),
    (Criterion(About.CHECKLIST), "checklist"),
)


def test_a_criterion_is_written_as_it_is_typed() -> None:
    assert [str(criterion) for criterion, _ in CRITERIA] == [text for _, text in CRITERIA]
    assert {criterion.about for criterion, _ in CRITERIA} == {*About}


def _lacks(*words: str) -> tuple[Unmet, ...]:
    return tuple(Unmet("Lead", Criterion(About.FIELD, word), f"a {word}") for word in words)


def test_a_gate_tells_what_is_missing_of_each_deal() -> None:
    one = GateNotMet("No.", target="Proposal", unmet=_lacks("value", "owner"), deal_id=3)
    other = GateNotMet("No.", target="Needs", unmet=_lacks("owner"), deal_id=12)
    assert one.details == {"target": "Proposal", "missing": ["a value", "a owner"]}
    both = GateNotMet("No.", target="Proposal", unmet=_lacks("value"), parts=(one, other))
    assert both.details == {
        "target": "Proposal",
        "missing": ["a value"],
        "deals": [
            {"deal": "D-3", "target": "Proposal", "missing": ["a value", "a owner"]},
            {"deal": "D-12", "target": "Needs", "missing": ["a owner"]},
        ],
    }
    assert (both.target, both.unmet, both.parts) == ("Proposal", _lacks("value"), (one, other))
    assert (one.deal_id, both.deal_id) == (3, 0)


VALUE = Difference("value", "Value", "€1", "€2", "€3")
CLOSE = Difference("expected_close", "Expected close", "", "1 Dec", "2 Dec")
VALUES = {
    "field": "value", "label": "Value", "before": "€1", "theirs": "€2", "mine": "€3",
}  # fmt: skip


def test_a_conflict_tells_the_three_values_of_each_field_and_each_deal() -> None:
    bare = Conflict("No.", details={"by": "bo"})
    assert bare.details == {"by": "bo"}
    one = Conflict("No.", details={"by": "bo"}, differences=(VALUE, CLOSE), seen={3: 7})
    assert one.details == {
        "by": "bo",
        "fields": ["value", "expected_close"],
        "values": [VALUES, CLOSE.as_document()],
    }
    named = Conflict("No.", details={"fields": ["stage"]}, differences=(VALUE,))
    assert named.details == {"fields": ["stage"], "values": [VALUES]}
    both = Conflict("No.", seen={3: 7, 4: 1}, parts=(one, bare))
    assert both.details == {"deals": [one.details, bare.details]}
    assert (one.differences, one.seen, both.seen) == ((VALUE, CLOSE), {3: 7}, {3: 7, 4: 1})
    assert both.parts == (one, bare)


def test_an_amount_that_cannot_be_kept_names_its_currency() -> None:
    error = OutOfRange("Too much.", hint="Less.", currency="JPY", minor=7)
    assert (error.currency, error.minor) == ("JPY", 7)
