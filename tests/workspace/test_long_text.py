"""Nothing that people write is cut: what is too long is refused with its length and the limit."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date

import pytest

from pipeboard.domain.deal import Contact, Loss, Term
from pipeboard.domain.errors import BadInput
from pipeboard.domain.settings import Rep
from pipeboard.domain.text import LIMITS, LINE, TEXT
from tests.team import LEAD, add, now_of, qualify, sales
from tests.verbs import Workspace

Write = Callable[[Workspace, int, str], object]


def _pipeline(**changes: str) -> Write:
    def write(ana: Workspace, deal_id: int, text: str) -> object:
        values = {name: f"{value}{text}" for name, value in changes.items()}
        first, *rest = sales(ana).stages
        stage = replace(first, **values)  # type: ignore[arg-type]
        return ana.save_pipeline(replace(sales(ana), stages=(stage, *rest)))

    return write


def _note_edited(ana: Workspace, deal_id: int, text: str) -> object:
    ana.add_note([deal_id], "Old")
    return ana.edit_note(deal_id, ana.reader.history.notes(deal_id)[0].id, text)


def _set(field: str) -> Write:
    return lambda ana, deal_id, text: ana.set_fields([deal_id], [f"{field}={text}"])


FIELDS: dict[str, tuple[int, Write]] = {
    "note": (TEXT, lambda ana, deal, text: ana.add_note([deal], text)),
    "note edited": (TEXT, _note_edited),
    "answer": (TEXT, lambda ana, deal, text: ana.answer([deal], "need", text)),
    "evidence": (TEXT, lambda ana, deal, text: ana.answer([deal], "need", "So", 3, text)),
    "next step": (LINE, lambda ana, deal, text: ana.set_next_step([deal], text, None)),
    "step done": (
        LIMITS["outcome"],
        lambda ana, deal, text: (
            ana.plan([deal], "call"),
            ana.complete_next_step([deal], text),
        ),
    ),
    "outcome of a touch": (
        LIMITS["outcome"],
        lambda ana, deal, text: ana.log_touch([deal], "call", "out", text),
    ),
    "snooze": (
        LIMITS["reason"],
        lambda ana, deal, text: ana.snooze([deal], date(2026, 12, 1), text),
    ),
    "override": (
        LIMITS["reason"],
        lambda ana, deal, text: ana.win([deal], override=text),
    ),
    "loss reason": (
        LIMITS["reason"],
        lambda ana, deal, text: ana.lose([deal], Loss("price", text)),
    ),
    "competitor": (LINE, lambda ana, deal, text: ana.lose([deal], Loss("price", "", text))),
    "title": (LINE, _set("title")),
    "account": (LINE, _set("account")),
    "source": (LIMITS["source"], _set("source")),
    "source detail": (LINE, _set("source_detail")),
    "contact reason": (LIMITS["contact reason"], _set("contact_reason")),
    "custom field": (LIMITS["custom field"], _set("fields.size")),
    "contact": (LINE, lambda ana, deal, text: ana.set_contact(deal, Contact(text), "bob")),
    "term": (LINE, lambda ana, deal, text: ana.set_term(deal, Term("Payment", text))),
    "tag": (LIMITS["tag"], lambda ana, deal, text: ana.tag([deal], [text])),
    "word for an owner": (
        LIMITS["note for the new owner"],
        lambda ana, deal, text: ana.assign([deal], "bo", note=text),
    ),
    "rep": (LIMITS["rep"], lambda ana, deal, text: ana.save_rep(Rep(text))),
    "team": (LIMITS["team"], lambda ana, deal, text: ana.save_rep(Rep("dee", "", text))),
    "filter": (
        LIMITS["name of a filter"],
        lambda ana, deal, text: ana.save_filter(text, "open"),
    ),
    "stage": (LINE, _pipeline(name="")),
    "playbook": (TEXT, _pipeline(playbook="")),
    "token": (LIMITS["token"], lambda ana, deal, text: ana.tag([deal], ["x"], token=text)),
}


@pytest.mark.parametrize("field", FIELDS)
def test_what_is_too_long_is_refused_with_both_numbers_and_nothing_is_stored(
    field: str, ana: Workspace
) -> None:
    deal = add(ana, stage=LEAD)
    qualify(ana, deal.id)
    limit, write = FIELDS[field]
    if field in ("note edited", "step done"):
        with pytest.raises(BadInput, match=f"{limit + 1:,} characters, and {limit:,} is the most"):
            write(ana, deal.id, "x" * (limit + 1))
        return
    before = now_of(ana, deal.id), ana.reader.history.commands()
    with pytest.raises(BadInput, match=f"{limit + 1:,} characters, and {limit:,} is the most"):
        write(ana, deal.id, "x" * (limit + 1))
    assert (now_of(ana, deal.id), ana.reader.history.commands()) == before


@pytest.mark.parametrize("field", FIELDS)
def test_what_just_fits_is_kept_whole(field: str, ana: Workspace) -> None:
    deal = add(ana, stage=LEAD)
    limit, write = FIELDS[field]
    text = "x" * limit
    write(ana, deal.id, text)
    if field == "note":
        assert ana.reader.history.notes(deal.id)[0].text == text
    last = ana.reader.history.commands(limit=1)[0]
    assert last.summary
