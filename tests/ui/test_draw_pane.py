"""The pane says all that is known of a deal, in any width."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import date, timedelta
from typing import Any, cast

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeboard.domain.deal import UNKNOWN, Answer, Contact, Deal, Loss, NextStep, Note, Status, Term
from pipeboard.domain.deal_record import DealRecord, Entry
from pipeboard.domain.events import Event, EventFacts, Kind
from pipeboard.domain.money import Money
from pipeboard.domain.pipeline import Category, Trait
from pipeboard.domain.score import Score
from pipeboard.domain.signs import Sign
from pipeboard.ui.draw.facts import (
    PaneStyle,
    about_contact,
    calendar_day,
    chips,
    close_moves,
    details,
    fact_lines,
    next_step_line,
    people,
    sign_of,
    terms,
)
from pipeboard.ui.draw.line import FULL, OPEN, Glyphs, Line, exactly, text_of, width_of
from pipeboard.ui.draw.notes import (
    FIT,
    FOLD,
    head,
    note_items,
    overview_items,
    people_items,
    people_note,
    term_items,
    terms_note,
    timeline_items,
)
from pipeboard.ui.draw.pane import (
    entry_lines,
    is_weak,
    mark_of,
    notes,
    pane_lines,
    qualification,
    score_section,
    score_words,
    sections,
    timeline,
    touches,
)
from pipeboard.ui.draw.questions import Item, question_box, question_items
from tests.ui.board_scene import DEAL, PIPELINE, TODAY, ZONE, at, sheet_of
from tests.ui.golden_screens import assert_looks_like, with_roles
from tests.ui.hostile import TEXTS


def style(width: int = 58, glyphs: Glyphs = Glyphs.UNICODE) -> PaneStyle:
    return PaneStyle(width, TODAY, ZONE, glyphs)


def written(deal: Deal = DEAL, width: int = 100) -> str:
    lines = [text_of(line).strip() for line in pane_lines(sheet_of(deal), style(width))]
    return "\n".join(lines)


@pytest.mark.parametrize("glyphs", Glyphs)
@pytest.mark.parametrize("width", [58, 36])
def test_the_pane_looks_as_it_should(width: int, glyphs: Glyphs) -> None:
    lines = pane_lines(sheet_of(), style(width, glyphs))
    assert_looks_like(f"pane-{width}-{glyphs}", lines)


def test_a_deal_past_its_limit_says_so() -> None:
    assert "~ 26 days in Qualify (limit 14)  entered 28 Oct" in written()


def test_what_nobody_knows_since_when_is_told_so() -> None:
    said = written(replace(DEAL, entry_precision="unknown", created_precision="unknown"))
    assert "~ 26 days or more in Qualify (limit 14)  here since 28 Oct" in said
    assert "created unknown" in " ".join(said.split())
    for precision, days in (("", "~26d/14"), ("unknown", "~26d+/14")):
        standing = text_of(head(sheet_of(replace(DEAL, entry_precision=precision)), style(100))[0])
        assert standing.rstrip().endswith(days)
    for outcome, words in ((Status.WON, "Won"), (Status.LOST, "Lost")):
        closed = replace(DEAL, outcome=outcome, closed_at=at(11, 20))
        assert f"{words} 20 Nov" in written(closed)
        assert f"{words} 20 Nov" not in written(replace(closed, entry_precision="unknown"))


def test_a_close_date_tells_how_often_it_was_moved() -> None:
    assert "close 19 Dec (moved 1x)" in written()


def test_a_probability_by_hand_says_so() -> None:
    assert "60% by hand" in written()
    assert "25%  close" in written(replace(DEAL, probability_bp=None))


def test_a_deal_without_a_next_step_says_so() -> None:
    assert "? no next step" in written(replace(DEAL, next_step=None))


def test_a_snoozed_deal_says_until_when_and_why() -> None:
    parked = replace(DEAL, snoozed_until=date(2027, 1, 4), snooze_reason="budget freeze")
    assert "snoozed until 4 Jan 2027: budget freeze" in written(parked)


@pytest.mark.parametrize(
    ("outcome", "loss", "words"),
    [
        (Status.WON, None, "Won 20 Nov"),
        (Status.LOST, None, "Lost 20 Nov"),
        (
            Status.LOST,
            Loss("price", "12 % too dear", "Acmesoft", date(2027, 3, 1)),
            "Lost 20 Nov: price: 12 % too dear (to Acmesoft), comes back 1 Mar 2027",
        ),
    ],
)
def test_a_closed_deal_says_how_it_ended(outcome: Status, loss: Loss | None, words: str) -> None:
    stage = PIPELINE.won if outcome is Status.WON else PIPELINE.lost
    over = replace(
        DEAL, outcome=outcome, loss=loss, closed_at=at(11, 20), stage_id=stage.id, next_step=None
    )
    assert words in written(over)
    assert "no next step" not in written(over)


def test_a_deal_that_is_parked_archived_or_merged_says_so() -> None:
    parked = replace(DEAL, snoozed_until=date(2027, 1, 4))
    assert "snoozed until 4 Jan 2027\n" in written(parked)
    over = replace(parked, snoozed_until=TODAY, archived_at=at(11, 20), merged_into=9)
    assert "snoozed" not in written(over)
    assert "archived 20 Nov\nmerged into D-9\n" in written(over)
    assert not {"archived", "merged into"} & set(written().split("\n"))


def headed(deal: Deal, width: int = 80) -> list[str]:
    """The upper edge of the deal's own screen, cut as a page cuts it."""
    return [text_of(exactly(line, width)).strip() for line in head(sheet_of(deal), style(width))]


def test_the_screen_of_a_deal_tells_that_it_sleeps_or_is_put_away_before_what_comes_next() -> None:
    parked = replace(DEAL, snoozed_until=date(2027, 1, 4), snooze_reason="budget freeze")
    assert headed(parked)[2].startswith("snoozed until 4 Jan 2027 · › NEXT")
    assert headed(replace(parked, next_step=None))[2] == "snoozed until 4 Jan 2027 · no next step"
    assert headed(replace(DEAL, next_step=None))[2] == "? no next step"
    won = replace(
        DEAL,
        outcome=Status.WON,
        closed_at=at(11, 20),
        archived_at=at(11, 21),
        merged_into=9,
        stage_id=PIPELINE.won.id,
    )
    assert headed(won)[2] == "archived 21 Nov · merged into D-9 · Won 20 Nov"


@pytest.mark.parametrize(
    ("facts", "sign"),
    [
        ({}, Sign.STALLED),
        ({"next_step": None}, Sign.NO_NEXT_STEP),
        ({"next_step": NextStep("call", date(2026, 11, 22))}, Sign.OVERDUE),
        ({"next_step": None, "snoozed_until": date(2027, 1, 4)}, Sign.NONE),
        ({"stage_entered_at": at(11, 20)}, Sign.NONE),
    ],
)
def test_a_deal_bears_the_sign_of_its_card(facts: dict[str, Any], sign: Sign) -> None:
    record = sheet_of(replace(DEAL, **facts))
    assert sign_of(record, style()) is sign
    drawn = text_of(head(record, style(100))[0])
    assert (sign is not Sign.NONE and f"  {sign}" in drawn) is (sign is not Sign.NONE)


ANSWERED = Answer("Scrap is 9 %\nand more", 3, "audit", "ana", at(11, 20))


@pytest.mark.parametrize(
    ("answer", "said"),
    [
        (None, ["no answer yet"]),
        (
            ANSWERED,
            ["", "Scrap is 9 %", "and more", "Evidence: audit", "●●●○", "@ana 20 Nov 12:00"],
        ),
        (replace(ANSWERED, rating=None, by="", at=None, evidence=""), ["", "unknown"]),
    ],
)
def test_a_question_shows_its_answer_with_who_gave_it_and_when(
    answer: Answer | None, said: list[str]
) -> None:
    lines = [text_of(line) for line in question_box(PIPELINE.questions[0], answer, style())]
    assert all(any(words in line for line in lines) for words in said)
    assert ("@" in "".join(lines)) is (answer is ANSWERED)


def test_nothing_at_the_head_of_a_deal_is_cut_without_a_sign() -> None:
    assert DEAL.next_step is not None
    step = replace(DEAL.next_step, text="call them " * 20)
    long = replace(DEAL, next_step=step, tags=tuple(f"tag{n}" for n in range(30)))
    for width in (40, 80, 120):
        assert [line[-1] for line in headed(long, width)[1:]] == ["…", "…"]
    loss = Loss("price", "far too dear for them " * 10)
    lost = replace(DEAL, outcome=Status.LOST, loss=loss, closed_at=at(11, 20))
    assert headed(lost)[2].startswith("Lost 20 Nov: price: far too dear")
    assert headed(lost)[2].endswith("…")
    assert "…" not in "".join(headed(DEAL, 120))


@pytest.mark.parametrize(
    ("loss", "words"),
    [
        (Loss("price"), "Lost 20 Nov: price"),
        (Loss("price", "too dear"), "Lost 20 Nov: price: too dear"),
        (Loss("price", "", "Acme"), "Lost 20 Nov: price (to Acme)"),
        (Loss("price", recycle_on=date(2027, 3, 1)), "Lost 20 Nov: price, comes back 1 Mar 2027"),
    ],
)
def test_a_loss_says_as_much_as_is_known_of_it(loss: Loss, words: str) -> None:
    lost = replace(DEAL, outcome=Status.LOST, loss=loss, closed_at=at(11, 20))
    assert words in written(lost).split("\n")
    assert "Lost: price" in written(replace(lost, loss=Loss("price"), closed_at=None)).split("\n")


def spans(deal: Deal) -> dict[str, str]:
    """The texts above the sections, each with the role that it is drawn in."""
    return {
        text.strip(): role for line in fact_lines(sheet_of(deal), style(100)) for text, role in line
    }


@pytest.mark.parametrize(("days", "role"), [(-1, "card.due.over"), (0, "text"), (1, "text")])
def test_a_close_date_stands_out_once_it_has_passed(days: int, role: str) -> None:
    day = TODAY + timedelta(days=days)
    assert spans(replace(DEAL, expected_close=day))[f"{day.day} Nov"] == role
    won = replace(DEAL, expected_close=day, outcome=Status.WON, closed_at=at(11, 20))
    assert spans(won)[f"{day.day} Nov"] == "text"


@pytest.mark.parametrize(
    ("days", "role"), [(-1, "card.due.over"), (0, "pane.due"), (9, "pane.due")]
)
def test_a_next_step_stands_out_once_it_is_overdue(days: int, role: str) -> None:
    step = NextStep("call", TODAY + timedelta(days=days))
    drawn = next_step_line(replace(DEAL, next_step=step), style())
    assert drawn[0][1][1] == role
    (undated,) = next_step_line(replace(DEAL, next_step=NextStep("call")), style())
    assert text_of(undated).split("NEXT")[1].strip() == "? no day  call"
    asleep = replace(DEAL, next_step=NextStep("call"), snoozed_until=TODAY + timedelta(days=2))
    (parked,) = next_step_line(asleep, style())
    assert text_of(parked).split("NEXT")[1].strip() == "no day  call"


@pytest.mark.parametrize(
    ("days", "limit", "words", "role"),
    [
        (1, 14, "(limit 14)", "text"),
        (14, 14, "(limit 14)", "text"),
        (15, 14, "(limit 14)", "card.days.over"),
        (400, None, "", "text"),
    ],
)
def test_days_in_a_stage_stand_out_beyond_its_limit(
    days: int, limit: int | None, words: str, role: str
) -> None:
    qualify = replace(PIPELINE.stages[1], expected_days=limit)
    pipeline = replace(PIPELINE, stages=(PIPELINE.stages[0], qualify, *PIPELINE.stages[2:]))
    deal = replace(DEAL, stage_entered_at=at(11, 23) - timedelta(days=days))
    drawn = fact_lines(replace(sheet_of(deal), pipeline=pipeline), style(100))
    (line,) = [line for line in drawn if " in Qualify" in text_of(line)]
    assert (f"{days} day{'s' * (days > 1)} in Qualify", role) in line
    assert ("limit" in text_of(line)) is bool(words) and words in text_of(line)


def test_small_facts_are_said_where_they_are_known() -> None:
    known = [text_of(chip) for chip in chips(sheet_of(), style(), weighted=True)]
    assert known == [
        "€40,000", "60% by hand", "wtd €24,000", "close 19 Dec (moved 1x)", "@ana",
        "+inbound", "+nordic",
    ]  # fmt: skip
    called = replace(DEAL, category=Category.COMMIT, owner="", tags=(), expected_close=None)
    record = replace(sheet_of(called), entries=())
    known = [text_of(chip) for chip in chips(record, style(), weighted=False)]
    assert known == ["€40,000", "60% by hand", "no owner", "commit (no timeline, budget)"]
    bare = replace(called, value=None, category=None, probability_bp=None)
    bare_chips = chips(replace(sheet_of(bare), entries=()), style(), weighted=True)
    assert [text_of(chip) for chip in bare_chips] == ["25%", "no owner"]
    over = replace(bare, outcome=Status.WON)
    assert [text_of(chip) for chip in chips(sheet_of(over), style())] == ["no owner"]
    kept = chips(replace(record, deal=replace(DEAL, expected_close=TODAY), entries=()), style())
    assert "close 23 Nov" in map(text_of, kept)


@pytest.mark.parametrize(
    ("account", "title", "name"),
    [("Lumen", "Pilot", "Lumen / Pilot"), ("", "Pilot", "Pilot"), ("Lumen", "", "Lumen")],
)
def test_a_deal_is_headed_by_its_company_and_what_it_is_about(
    account: str, title: str, name: str
) -> None:
    first = text_of(fact_lines(sheet_of(replace(DEAL, account=account, title=title)), style())[0])
    assert first == f"D-114  {name}"


def test_a_name_fills_its_line_to_the_end() -> None:
    for length in (49, 50, 51):
        deal = replace(DEAL, account="", title="x" * length)
        first, second, *_ = (text_of(line) for line in fact_lines(sheet_of(deal), style(57)))
        assert (len(first), second.startswith("x")) == (min(length, 50) + 7, length > 50)


def test_the_people_of_a_deal_stand_by_their_part_and_name() -> None:
    contacts = {
        str(number): Contact(name, role)
        for number, (name, role) in enumerate(
            [("Zoe", "champion"), ("Bea", "user"), ("Al", "champion"), ("Cy", "other")]
        )
    }
    lines = people(sheet_of(replace(DEAL, contacts=contacts)), style()).lines
    assert [text_of(line).split() for line in lines] == [
        ["Al", "champion"], ["Zoe", "champion"], ["Cy"], ["Bea", "user"]
    ]  # fmt: skip
    full = Contact("Al", "decision_maker", "al@x.example", title="CFO", phone="+1 2")
    assert about_contact(full) == "CFO · decision-maker · +1 2 · al@x.example"


def test_terms_say_what_is_agreed_or_how_far_apart_the_sides_are() -> None:
    items = [Term("Price", "40k", "34k"), Term("Term", "3 years"), Term("Pay", agreed="45 days"),
             Term("Law", theirs="theirs")]  # fmt: skip
    section = terms(sheet_of(replace(DEAL, terms={t.item: t for t in items})), style())
    assert section.beside == "1/4 agreed"
    drawn = [(text_of(line).split(maxsplit=1), line[-1][1]) for line in section.lines]
    assert drawn == [
        (["Price", "we: 40k · they: 34k"], "text"),
        (["Term", "we: 3 years"], "text"),
        (["Pay", "agreed: 45 days"], "pane.yes"),
        (["Law", "they: theirs"], "text"),
    ]


def test_all_else_that_is_known_of_a_deal_is_among_its_details() -> None:
    given = replace(
        DEAL,
        competitors=("Acme", "Bolt"),
        quote_sent_at=at(11, 9),
        offer_expires_on=date(2027, 1, 24),
        trial_close="yes",
        links=("https://a.example", "https://b.example"),
        external_id="006X",
        external_source="salesforce",  # what imports remember is nothing to read
        imported={"title": "Packaging"},
        imported_as="abc",
        floor_value=Money(1, "EUR"),
    )
    lines = details(sheet_of(given), style(200)).lines
    assert {line[1][0].strip(): line[-1][0] for line in lines} == {
        "source": "event: Nordic Pack fair",
        "why in touch": "saw the case of a dairy",
        "competitors": "Acme, Bolt",
        "quote sent": "9 Nov",
        "offer expires": "24 Jan 2027",
        "trial close": "yes",
        "product": "GTX-200",
        "links": "https://a.example · https://b.example",
        "created": "23 Oct",
    }
    bare = replace(DEAL, source="", source_detail="", contact_reason="", fields={})
    assert len(details(sheet_of(bare), style(200)).lines) == 1


def test_each_question_shows_its_answer_or_what_to_ask() -> None:
    text = written()
    assert "Qualification  2/7  ●●○○○○○" in text
    assert "✓ Need                Scrap rate 9 % on line 2 (audit report of 12 Oct) · 4/4" in text
    assert "✗ Personal stake      none yet; Mika is neutral · 1/4" in text
    assert "? Timeline            By when do you look to have it in place?" in text


def test_what_the_next_stage_asks_is_told_ahead() -> None:
    assert "to leave Qualify: Authority and budget is unanswered" in written()


def test_an_answer_without_a_rating_is_an_answer() -> None:
    answered = replace(DEAL, answers={"need": Answer("too slow")})
    assert "✓ Need                too slow\n" in written(answered)


@pytest.mark.parametrize(
    ("rating", "sign"), [(None, "✓"), (0, "✗"), (1, "✗"), (2, "✓"), (3, "✓"), (4, "✓")]
)
def test_an_answer_that_is_rated_low_speaks_against_the_deal(rating: int | None, sign: str) -> None:
    answer = Answer("too slow", rating)
    assert mark_of(answer)[0].strip() == sign
    assert is_weak(answer) is (sign == "✗")


def test_no_gate_lies_ahead_of_a_deal_that_is_closed_or_archived() -> None:
    assert "to leave Qualify" in written()
    assert "to leave" not in written(replace(DEAL, outcome=Status.WON, closed_at=at(11, 20)))
    assert "to leave" not in written(replace(DEAL, archived_at=at(11, 20)))


def test_what_was_taken_back_is_dim_and_says_so() -> None:
    (entry,) = sheet_of().entries
    (stands,) = entry_lines(entry, "closes earlier", 6, style())
    (undone,) = entry_lines(replace(entry, undone=True), "closes earlier", 6, style())
    assert stands[-1] == ("closes earlier", "text")
    assert undone[-1] == ("closes earlier (undone)", "pane.label")


@pytest.mark.parametrize(
    "deal", [DEAL, replace(DEAL, tags=()), replace(DEAL, next_step=None, expected_close=None)]
)
def test_the_questions_of_most_deals_stand_in_the_same_rows(deal: Deal) -> None:
    lines = [text_of(line) for line in pane_lines(sheet_of(deal), style(100))]
    assert [row for row, line in enumerate(lines) if line.startswith("Qualification")] == [8]


def test_days_and_authors_stand_in_columns() -> None:
    record = sheet_of()
    days = (at(11, 9), at(11, 21, 15, 2))
    (note, *_), (touch,), (entry,) = record.notes, record.touches, record.entries
    record = replace(
        record,
        notes=tuple(replace(note, at=day) for day in days),
        touches=tuple(replace(touch, at=day) for day in days),
        entries=tuple(replace(entry, event=replace(entry.event, at=day)) for day in days),
    )
    lists = (notes, touches, timeline)
    starts = [[width_of(line[:1]) for line in each(record, style()).lines] for each in lists]
    assert starts == [[8, 14, 8, 14], [14, 14], [14, 14]]


@pytest.mark.parametrize(
    ("low", "high", "words"),
    [(62, 62, "62 of 100"), (62, 77, "62 to 77 of 100 (85% known)")],
)
def test_a_score_names_what_is_unknown_where_anything_is(low: int, high: int, words: str) -> None:
    assert score_words(Score(low, high, 85, ())) == words


def test_factors_of_a_score_say_how_good_they_are() -> None:
    """The pips stay empty where nobody knows, which is neither good nor bad."""
    ratings = {"need": 1, "authority": 2}
    deal = replace(DEAL, answers={key: Answer("said", n) for key, n in ratings.items()})
    lines = score_section(sheet_of(deal), style(100)).lines
    drawn = {text_of(line).split()[0]: line for line in lines}
    assert [(drawn[factor][2], drawn[factor][3][1]) for factor in ("need", "authority")] == [
        ((f" {FULL}{OPEN * 3} ", "pane.no"), "text"),
        ((f" {FULL * 2}{OPEN * 2} ", "pane.yes"), "text"),
    ]
    assert (drawn["timeline"][2][0], drawn["timeline"][3][1]) == (" " * 6, "pane.unknown")


@pytest.mark.parametrize(
    ("questions", "pips"), [(7, "  ●●○○○○○"), (12, "  ●●" + "○" * 10), (13, "")]
)
def test_so_many_questions_as_have_room_are_shown_as_pips(questions: int, pips: str) -> None:
    more = tuple(
        replace(PIPELINE.questions[0], key=f"more{number}") for number in range(questions - 7)
    )
    record = sheet_of()
    pipeline = replace(PIPELINE, questions=(*PIPELINE.questions, *more))
    beside = qualification(replace(record, pipeline=pipeline), style()).beside
    assert beside == f"2/{questions}{pips}"


def test_times_are_local() -> None:
    assert "21 Nov 17:02 @ana  call out: reached" in written()


def test_sections_of_which_nothing_is_known_are_left_out() -> None:
    bare = Deal(
        id=1,
        pipeline_id=1,
        stage_id=1,
        title="Pilot",
        created_at=at(11, 1),
        stage_entered_at=at(11, 1),
    )
    record = replace(sheet_of(bare), notes=(), touches=(), entries=())
    assert [section.title for section in sections(record, style())] == ["Qualification", "Details"]


def test_of_a_long_history_the_latest_is_drawn_and_the_rest_counted() -> None:
    record = sheet_of(DEAL)
    many = record.entries * (1 + 300 // len(record.entries))
    lines = [text_of(line) for line in pane_lines(replace(record, entries=many), style())]
    assert any(f"{len(many) - 100} earlier" in line for line in lines)
    assert len(lines) < 250


def test_a_day_of_another_year_names_it() -> None:
    assert calendar_day(date(2026, 12, 3), TODAY) == "3 Dec"
    assert calendar_day(date(2027, 1, 4), TODAY) == "4 Jan 2027"


# The screen of one deal: its head, and the items of its tabs.

RICH = replace(
    DEAL,
    quote_sent_at=at(11, 9),
    offer_expires_on=date(2027, 1, 24),
    competitors=("Acme", "Bolt"),
    floor_value=Money(5_000_000, "EUR"),
    contacts={**DEAL.contacts, "al": Contact("Al", "user", phone="+1 2")},
    terms={**DEAL.terms, "law": Term("Law", theirs="theirs"), "nda": Term("NDA")},
)


def told(
    kind: Kind,
    who: str,
    day: int,
    before: Mapping[str, Any] | None = None,
    after: Mapping[str, Any] | None = None,
    **facts: Any,
) -> Entry:
    """An event of November."""
    event = Event(kind, at(11, day), before or {}, after or {}, cast("EventFacts", facts))
    return Entry(day, RICH.id, day, event, f"c{day}", "set", who, "", event.at)


def rich(deal: Deal = RICH) -> DealRecord:
    """A deal of which all is known, with a history."""
    record = sheet_of(deal)
    said = {"id": "n1", "text": "Wants a reference\nfrom a dairy."}
    entries = (
        told(Kind.NOTE, "ana", 21, note=said),
        told(Kind.NOTE_EDITED, "bo", 20, id="n2", old="Call Bo", new="Call Bob"),
        told(Kind.TOUCH, "ana", 19, touch={"type": "call", "direction": "out", "outcome": "busy"}),
        told(Kind.VALUE, "bo", 18, {"value": Money(100, "EUR")}, {"value": None}),
        *record.entries,
    )
    touches = (*record.touches, *(replace(record.touches[0], at=at(11, day)) for day in (8, 10)))
    return replace(record, entries=entries, touches=touches)


def items_of(items: tuple[Item, ...]) -> list[Line]:
    """Items as text, each behind its key."""
    return [
        line for item in items for line in (((f"[{item.key}]", "text"),), *with_roles(item.lines))
    ]


def test_the_timeline_stands_in_the_order_of_the_days_that_it_tells() -> None:
    """A file that came in later tells of an earlier day; a beginning without a day is the first."""
    began = told(Kind.CREATED, "ana", 22)
    undated = replace(began.event, facts={"precision": UNKNOWN})
    days = {1: 22, 2: 9, 3: 20, 4: 9, 5: 15}
    entries = [
        replace(told(Kind.NOTE, "ana", day, note={"id": "n", "text": f"{seq}."}), seq=seq)
        for seq, day in days.items()
    ]
    entries[0] = replace(entries[0], event=undated)
    record = replace(sheet_of(), entries=tuple(reversed(entries)))
    assert [item.key for item in timeline_items(record, style())] == ["3", "5", "4", "2", "1"]
    lines = [text_of(line) for line in timeline(record, style()).lines]
    notes_told = [line.split("note: ")[-1].strip() for line in lines if "note: " in line]
    assert (notes_told, "created" in lines[4]) == (["3.", "5.", "4.", "2."], True)


@pytest.mark.parametrize("width", [80, 44])
def test_the_tabs_of_a_deal_look_as_they_should(width: int) -> None:
    record, drawn = rich(), style(width)
    opened = {entry.seq for entry in record.entries}
    tabs = {
        "Overview": overview_items(record, drawn),
        "Questions": question_items(record, drawn),
        "Notes": note_items(record, drawn),
        "Timeline": timeline_items(record, drawn, "", opened),
        "People": people_items(record, drawn),
        "Terms": term_items(record, drawn),
    }
    lines = [*with_roles(head(record, drawn))]
    for name, items in tabs.items():
        lines += [((f"== {name}", "text"),), *items_of(items)]
    lines += [(("== Below", "text"),), *with_roles(terms_note(record, drawn))]
    assert_looks_like(f"deal-{width}", lines)


IDEAL = replace(
    PIPELINE,
    traits=(
        *(Trait("field.industry", ("food", "media"), 2), Trait("field.employees", ("50..500",))),
        *(
            Trait("field.revenue", (">=1m",)),
            Trait("source", ("referral",)),
            Trait("value", (">1k",)),
        ),
    ),
)
SAYS = {"industry": "food", "employees": "about 60", "revenue": ""}


@pytest.mark.parametrize("width", [120, 80, 44])
def test_what_of_the_ideal_customer_a_deal_has_is_shown_calmly(width: int) -> None:
    record = replace(sheet_of(replace(DEAL, fields=SAYS)), pipeline=IDEAL)
    (item,) = (one for one in overview_items(record, style(width)) if one.key == FIT)
    pane = pane_lines(record, style(width))
    assert all(width_of(line) == width for line in pane)
    at_pane = next(n for n, line in enumerate(pane) if text_of(line).startswith("Customer fit"))
    lines = [*items_of((item,)), (("== Pane", "text"),), *with_roles(pane[at_pane : at_pane + 4])]
    assert_looks_like(f"deal-fit-{width}", lines)


def test_nothing_is_said_of_a_fit_where_the_pipeline_asks_for_none() -> None:
    assert "Customer fit" not in written()
    assert not any(one.key == FIT for one in overview_items(sheet_of(), style()))


@given(TEXTS, st.integers(30, 90))
def test_whatever_a_trait_and_a_deal_say_stays_within_the_pane(text: str, width: int) -> None:
    pipeline = replace(PIPELINE, traits=(Trait(f"field.x{text}", (text,)),))
    record = replace(sheet_of(replace(DEAL, fields={f"x{text}": text})), pipeline=pipeline)
    for line in pane_lines(record, style(width)):
        assert width_of(line) == width
        assert not set(text_of(line)) & set("\x1b\x9b\x07\n\t\r\u202e\ud800")


def test_a_deal_that_is_closed_has_no_gate_ahead_and_no_follow_ups() -> None:
    won = replace(RICH, outcome=Status.WON, closed_at=at(11, 20), stage_id=PIPELINE.won.id)
    said = {deal.outcome: items_of(overview_items(rich(deal), style(80))) for deal in (RICH, won)}
    for words in ("asks: ", "follow-ups since the proposal 2/"):
        found = {outcome for outcome, lines in said.items() if words in str(lines)}
        assert found == {Status.OPEN}, words


@pytest.mark.parametrize(
    ("count", "said"), [(2, "2"), (3, "3"), (4, "4, the latest here, all on 3")]
)
def test_the_overview_says_where_all_notes_are_once_it_does_not_show_them(
    count: int, said: str
) -> None:
    record = sheet_of()
    notes = tuple(replace(record.notes[1], id=f"n{n}") for n in range(count))
    items = overview_items(replace(record, notes=notes), style(80))
    (section,) = [item for item in items if item.key == "notes"]
    assert text_of(section.lines[1]) == f"Notes  {said}"
    assert len(section.lines) == 2 + min(count, 3)


@pytest.mark.parametrize(
    ("wanted", "found"),
    [("", 4), ("note", 2), ("@bo value", 1), ("BO", 2), ("ana bo", 0), ("19 nov", 1)],
)
def test_the_timeline_is_narrowed_to_what_holds_every_word(wanted: str, found: int) -> None:
    record = replace(rich(), entries=rich().entries[:4])
    assert len(timeline_items(record, style(80), wanted)) == found


UNTOLD = """
    rank last_touch_at last_outbound_at last_reply_at outbound_since_reply stage_id
    stage_entered_at entry_precision removed pipeline_id outcome
"""
"""What follows from what is told."""


@pytest.mark.parametrize(
    ("before", "after", "facts", "said"),
    [
        ({"value": None}, {"value": Money(100, "EUR")}, {},
         ["value was  nothing", "value is  €1"]),
        ({"tags": ()}, {"tags": ("hot", "new")}, {},
         ["tags was  nothing", "tags is  hot, new"]),
        ({"next_step": NextStep("call", TODAY)}, {"expected_close": TODAY}, {},
         ["expected_close was  nothing", "expected_close is  2026-11-23",
          "next_step was  text call, due 2026-11-23", "next_step is  nothing"]),
        ({"owner": "ana", "title": ""}, {"owner": "bo", "title": "Pilot"}, {},
         ["owner was  ana", "owner is  bo", "title was  nothing", "title is  Pilot"]),
        ({"answers.need": None}, {"answers.need": Answer("Scrap", 3, "a report")}, {},
         ["answers.need was  nothing", "answers.need is  Scrap (3/4); evidence: a report"]),
        ({"answers.need": Answer("", None)}, {}, {},
         ["answers.need was  no words (unknown)", "answers.need is  nothing"]),
        (dict.fromkeys(UNTOLD.split(), 1), {}, {}, []),
        ({}, {}, {"note": {"text": "First\nsecond"}}, ["First", "second"]),
        ({}, {}, {"touch": {"outcome": "They rang."}}, ["They rang."]),
        ({}, {}, {"old": "x", "new": "y"}, ["was: x", "is: y"]),
        ({}, {}, {"note": {"text": ""}, "touch": {}}, []),
    ],
)  # fmt: skip
def test_an_event_that_is_opened_shows_each_value_before_and_after(
    before: dict[str, Any], after: dict[str, Any], facts: dict[str, Any], said: list[str]
) -> None:
    entry = told(Kind.EDITED, "bo", 18, before, after)
    entry = replace(entry, event=replace(entry.event, facts=cast("EventFacts", facts)))
    record = replace(sheet_of(), entries=(entry,))
    (closed,) = timeline_items(record, style(100))
    (opened,) = timeline_items(record, style(100), opened={entry.seq})
    assert opened.lines[: len(closed.lines)] == closed.lines
    shown = [text_of(line).strip() for line in opened.lines[len(closed.lines) :]]
    assert shown == said


def test_what_was_taken_back_again_is_folded_until_it_is_looked_for() -> None:
    amount = {"value": Money(100, "EUR")}
    undone = replace(told(Kind.VALUE, "bo", 18, {"value": None}, amount), undone=True)
    back = told(Kind.VALUE, "bo", 19, amount, {"value": None})
    back = replace(back, event=replace(back.event, undoes=True))
    record = replace(sheet_of(), entries=(back, undone, *sheet_of().entries))
    assert [item.key for item in timeline_items(record, style())] == ["7", "0"]
    assert len(timeline_items(record, style(), opened={FOLD})) == 3
    assert len(timeline_items(record, style(), "nov")) == 3


def test_a_deal_without_a_decider_says_so_whoever_else_is_known() -> None:
    some = {"mika": DEAL.contacts["mika"]}
    assert text_of(people_note(replace(DEAL, contacts=some))).strip() == (
        "? no decision-maker named"
    )
    assert people_note(DEAL) == ()


def test_the_floor_warns_only_where_the_value_is_below_it() -> None:
    for floor, words in ((5_000_000, "not below €50,000 (! the value is below it)"),
                         (4_000_000, "not below €40,000")):  # fmt: skip
        deal = replace(RICH, floor_value=Money(floor, "EUR"))
        said = " ".join(text_of(line) for line in terms_note(sheet_of(deal), style(200)))
        assert said.endswith(words)


def test_a_close_date_that_was_moved_and_moved_back_was_not_moved() -> None:
    record = sheet_of()
    (moved,) = record.entries
    assert close_moves(replace(record, entries=(moved, replace(moved, undone=True)))) == 1


def test_why_a_deal_sleeps_stands_beside_until_when_and_nothing_else() -> None:
    parked = replace(
        DEAL,
        snoozed_until=date(2027, 1, 4),
        snooze_reason="budget freeze",
        archived_at=at(11, 20),
        merged_into=9,
    )
    assert [text_of(line).strip() for line in fact_lines(sheet_of(parked), style())[-3:]] == [
        "snoozed until 4 Jan 2027: budget freeze", "archived 20 Nov", "merged into D-9"
    ]  # fmt: skip


@settings(max_examples=60)
@given(TEXTS, TEXTS, TEXTS, st.integers(20, 90), st.sampled_from(Glyphs))
def test_every_line_is_exactly_as_wide_as_the_pane(
    name: str, text: str, note: str, width: int, glyphs: Glyphs
) -> None:
    deal = replace(
        DEAL,
        account=name,
        owner=text,
        tags=(text, name),
        value=Money(10**15, "CHF"),
        fields={name: text, text: name},
        contacts={"x": Contact(name, "champion", text, note, text)},
        answers={"need": Answer(note, 2, text)},
        loss=Loss("price", text, name),
    )
    record = replace(sheet_of(deal), notes=(Note("n", note, name, at(11, 21)),))
    for line in pane_lines(record, style(width, glyphs)):
        assert width_of(line) == width
        assert not set(text_of(line)) & set("\x1b\x9b\x07\n\t\r\u202e\ud800")
