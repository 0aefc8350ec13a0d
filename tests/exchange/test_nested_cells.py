"""JSON in a cell: what each nested field reads, what it may lack, and what it is refused for."""

from __future__ import annotations

import json
from typing import Any

import pytest

from pipeboard.domain.errors import BadInput
from pipeboard.exchange.rows import (
    READERS,
    RowAnswer,
    RowAsk,
    RowContact,
    RowStepDone,
    RowTerm,
    RowTouch,
)

AT = "2026-03-02T09:00:00Z"
WHOLE: dict[str, dict[str, Any]] = {
    "contacts": {
        "name": "Bob",
        "role": "user",
        "email": "b@x.example",
        "phone": "1",
        "title": "CTO",
    },
    "entered": {"stage": "Lead", "at": AT},
    "touches": {
        "type": "call",
        "direction": "out",
        "outcome": "Yes",
        "by": "ana",
        "at": AT,
        "objection": "price",
        "variant": "b",
    },
    "answers": {
        "question": "need",
        "text": "So",
        "rating": 3,
        "by": "ana",
        "at": AT,
        "evidence": "Mail",
    },
    "terms": {"item": "price", "ours": "9", "theirs": "7", "agreed": "8"},
    "steps_done": {
        "text": "Call",
        "at": AT,
        "due": "2026-03-01",
        "every": "week",
        "outcome": "Yes",
    },
    "asks": {"rep": "bo", "text": "Look", "by": "ana", "due": "2026-03-01"},
}
NEEDED = {
    "contacts": ("name",),
    "entered": ("stage", "at"),
    "touches": ("type",),
    "answers": ("question",),
    "terms": ("item",),
    "steps_done": ("at",),
    "asks": ("rep", "text", "by"),
}
"""What an entry says nothing without."""


def read(name: str, entry: object) -> Any:
    entries: Any = READERS[name](json.dumps([entry]))
    assert len(entries) == 1
    return entries[0]


@pytest.mark.parametrize("value", ["", "  ", None])
@pytest.mark.parametrize(
    ("name", "key"), [(name, key) for name, keys in NEEDED.items() for key in keys]
)
def test_an_entry_is_refused_without_what_names_it(name: str, key: str, value: str | None) -> None:
    wanted = "is not a time" if key == "at" and value == "  " else f"an entry has no {key}"
    with pytest.raises(BadInput) as refused:
        read(name, {**WHOLE[name], key: value})
    assert wanted in refused.value.message


LACKING: list[tuple[str, object]] = [
    ("contacts", RowContact("Bob")),
    ("touches", RowTouch("call")),
    ("answers", RowAnswer("need", "")),
    ("terms", RowTerm("price")),
    ("asks", RowAsk("bo", "Look", "ana")),
]


@pytest.mark.parametrize("value", ["", None])
@pytest.mark.parametrize(("name", "meant"), LACKING, ids=[name for name, _ in LACKING])
def test_what_is_empty_in_an_entry_is_not_said(name: str, meant: object, value: str | None) -> None:
    entry = {k: v if k in NEEDED[name] else value for k, v in WHOLE[name].items()}
    entry.pop("rating", None)
    assert read(name, entry) == meant


def test_every_part_of_an_entry_is_read() -> None:
    for name, entry in WHOLE.items():
        found = read(name, entry)
        assert None not in found, name
        assert [str(one)[:10] for one in found] == [
            str(entry[key])[:10] for key in type(found)._fields
        ], name


@pytest.mark.parametrize("rating", [-1, 5, "3", True, 2.5])
def test_a_rating_is_a_whole_number_from_0_to_4(rating: object) -> None:
    with pytest.raises(BadInput, match="is not a rating from 0 to 4"):
        read("answers", {"question": "need", "text": "So", "rating": rating})
    assert [read("answers", {**WHOLE["answers"], "rating": n}).rating for n in (0, 4)] == [0, 4]


@pytest.mark.parametrize("cell", ["", "{", "7", '"x"', "{}", "[7]", '["x"]', "[[]]"])
@pytest.mark.parametrize("name", [name for name in READERS if name != "checklist"])
def test_a_cell_that_holds_anything_else_is_refused(name: str, cell: str) -> None:
    with pytest.raises(BadInput, match="is not what pipeboard writes into this column"):
        READERS[name](cell)


def test_a_day_that_is_none_is_named() -> None:
    for name in ("steps_done", "asks"):
        with pytest.raises(BadInput, match="'soon' is not a day such as 2026-12-19"):
            read(name, {**WHOLE[name], "due": "soon"})


def test_a_checklist_is_an_object_of_texts() -> None:
    assert READERS["checklist"]('{"plan": "in the folder", "price": 7}') == {
        "plan": "in the folder",
        "price": "7",
    }
    with pytest.raises(BadInput):
        READERS["checklist"]("[]")


def test_a_step_that_was_done_may_have_no_words() -> None:
    assert read("steps_done", {"at": AT, "text": ""}) == RowStepDone(
        "", read("entered", WHOLE["entered"]).at
    )


@pytest.mark.parametrize(
    ("name", "key", "most"), [("touches", "outcome", 2_000), ("answers", "text", 20_000)]
)
def test_a_part_of_an_entry_that_is_too_long_is_named(name: str, key: str, most: int) -> None:
    assert len(getattr(read(name, {**WHOLE[name], key: "x" * most}), key)) == most
    with pytest.raises(BadInput, match=f"The {key} is too long"):
        read(name, {**WHOLE[name], key: "x" * (most + 1)})
