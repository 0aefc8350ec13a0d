from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, date
from pathlib import Path

import pytest

from pipeboard.domain.deal import Answer
from pipeboard.domain.money import Money
from pipeboard.domain.pipeline import Category, Trait
from pipeboard.domain.settings import Settings
from pipeboard.ui.overlays import form
from pipeboard.ui.overlays.form import Form, FormField, about
from pipeboard.ui.overlays.question import Given
from pipeboard.ui.terminal.drafts import Drafts
from tests.domain.deciding_cases import SALES, new
from tests.ui.overlays import HOSTILE, is_harmless, opened

FORECASTS = ("", "pipeline", "best", "commit")


def number(text: str) -> str | None:
    return None if text.isdigit() else f"{text} is no number."


def deal_form(draft_key: str = "") -> Form:
    return Form(
        "D-142 Lumen Oy",
        [
            FormField("account", "Company", "Lumen Oy"),
            FormField("value", "Value", "40", check=number, help="for example 40"),
            FormField("category", "Forecast", "best", choices=FORECASTS),
            FormField("owner", "Owner", "ana"),
        ],
        draft_key=draft_key,
    )


async def test_only_what_was_changed_is_saved() -> None:
    async with opened(deal_form()) as stage:
        await stage.type(" AB")
        await stage.press("tab", "ctrl+u", "5", "ctrl+s")
        assert stage.answer == {"account": "Lumen Oy AB", "value": "5"}


async def test_what_was_changed_back_is_not_saved() -> None:
    async with opened(deal_form()) as stage:
        await stage.press("x", "backspace", "ctrl+s")
        assert stage.answer == {}


async def test_enter_goes_on_and_saves_at_the_end() -> None:
    async with opened(deal_form()) as stage:
        for _ in range(3):
            assert stage.last_line.startswith("↵ Next")
            await stage.press("enter")
        assert stage.last_line.startswith("↵ Save ")
        assert stage.is_open
        await stage.type("b")
        await stage.press("enter")
        assert stage.answer == {"owner": "anab"}


@pytest.mark.parametrize("key", ["up", "shift+tab"])
async def test_before_the_first_field_comes_the_last(key: str) -> None:
    async with opened(deal_form()) as stage:
        await stage.press(key, "x", "ctrl+s")
        assert stage.answer == {"owner": "anax"}


async def test_a_field_that_cannot_be_taken_says_why_and_is_gone_back_to() -> None:
    async with opened(deal_form()) as stage:
        await stage.press("down")
        assert stage.shows("for example 40")
        await stage.press("k")
        assert not stage.shows("! Value"), "it is too early to complain"
        await stage.press("down")
        assert stage.shows("! Value")
        await stage.press("down", "ctrl+s")
        assert stage.is_open
        assert stage.last_line == "Value: 40k is no number."
        await stage.press("backspace", "1", "ctrl+s")
        assert stage.answer == {"value": "401"}


@pytest.mark.parametrize(
    ("keys", "chosen"),
    [
        (("right",), "commit"),
        (("space", "space"), ""),
        (("left",), "pipeline"),
        (("c",), "commit"),
        (("p", "right", "right"), "commit"),
    ],
)
async def test_a_choice_is_made_without_typing_it(keys: tuple[str, ...], chosen: str) -> None:
    async with opened(deal_form()) as stage:
        await stage.press("down", "down")
        assert stage.shows("‹ best ›")
        await stage.press(*keys, "ctrl+s")
        assert stage.answer == {"category": chosen}


async def test_a_letter_that_begins_no_choice_says_so() -> None:
    async with opened(deal_form()) as stage:
        await stage.press("down", "down", "z")
        assert stage.last_line == "None of the choices begins with z."


async def test_leaving_a_changed_form_is_asked_about_once() -> None:
    async with opened(deal_form()) as stage:
        await stage.press("x", "escape")
        assert stage.is_open
        assert stage.last_line.startswith("y Discard")
        await stage.press("n", "y", "escape", "escape", "z", "escape", "y")
        assert stage.answer is None


async def test_going_on_after_the_question_types_where_one_was() -> None:
    async with opened(deal_form()) as stage:
        await stage.press("x", "escape", "n", "y", "ctrl+s")
        assert stage.answer == {"account": "Lumen Oyxy"}


async def test_an_unchanged_form_is_left_at_once() -> None:
    async with opened(deal_form()) as stage:
        await stage.press("escape")
        assert stage.answer is None


async def test_unsaved_changes_are_kept_and_offered_again(tmp_path: Path) -> None:
    form = deal_form("edit-142")
    async with opened(form, folder=tmp_path) as stage:
        await stage.type("!")
        form.keep_draft()
    kept = Drafts(tmp_path).load("edit-142")
    assert kept is not None
    assert json.loads(kept) == {"account": "Lumen Oy!"}
    async with opened(deal_form("edit-142"), folder=tmp_path) as stage:
        assert stage.shows("* Company")
        assert stage.shows("Kept from ")
        await stage.press("ctrl+s")
        assert stage.answer == {"account": "Lumen Oy!"}
    assert Drafts(tmp_path).load("edit-142") == kept, "it is not stored yet"


async def test_a_draft_of_something_else_is_passed_over(tmp_path: Path) -> None:
    for draft in ("[1]", "{", '{"account": 3, "gone": "x"}'):
        Drafts(tmp_path).save("edit-142", draft)
        async with opened(deal_form("edit-142"), folder=tmp_path) as stage:
            await stage.press("ctrl+s")
            assert stage.answer == {}


async def test_a_form_higher_than_the_screen_scrolls() -> None:
    fields = [FormField(f"f{n}", f"FormField {n}", str(n)) for n in range(30)]
    async with opened(Form("Deal", fields), size=(40, 12)) as stage:
        assert not stage.shows("FormField 29")
        await stage.press("up", "x")
        assert stage.shows("FormField 29")
        assert stage.shows("30 of 30")
        await stage.press("ctrl+s")
        assert stage.answer == {"f29": "29x"}


async def test_a_click_goes_to_a_field() -> None:
    async with opened(deal_form()) as stage:
        row = next(y for y, line in enumerate(stage.lines()) if "Owner" in line)
        await stage.pilot.click(offset=(5, row))
        await stage.press("x", "ctrl+s")
        assert stage.answer == {"owner": "anax"}


@pytest.mark.parametrize("text", HOSTILE.values(), ids=HOSTILE)
@pytest.mark.parametrize("width", [80, 40])
async def test_hostile_values_stay_text_and_count_as_unchanged(text: str, width: int) -> None:
    fields = [
        FormField("a", text, text, help=text),
        FormField("b", "B", text, check=lambda _: text),
        FormField("c", "C", text, choices=(text, "")),
    ]
    async with opened(Form(text, fields), size=(width, 24)) as stage:
        for _ in fields:
            assert is_harmless(stage, width)
            await stage.press("down")
        await stage.press("escape")
        assert stage.answer is None


@pytest.mark.parametrize(
    ("typed", "mine"),
    [
        ({"account": "Mine", "value": "5"}, "account: Mine"),
        ({"account": "", "value": "5"}, "account: (empty)"),
        ({"value": "5", "owner": "bo"}, "value: €5\nowner: bo"),
    ],
)
def test_of_a_form_what_stands_against_theirs_is_shown_beside_it(
    typed: dict[str, str], mine: str
) -> None:
    deal = new(account="Lumen Oy")
    as_typed = (date(2026, 11, 28), "EUR")
    met = about(deal, deal.owner, {"fields": ["account"], "by": "bo"}, typed, UTC, as_typed)
    assert (met.theirs, met.mine) == ("Lumen Oy", mine)


def test_a_choice_is_the_next_one_and_after_the_last_the_first() -> None:
    field = FormField("category", "Forecast", "", choices=FORECASTS)
    assert [field.beside(value, 1) for value in (*FORECASTS, "gone")] == [*FORECASTS[1:], "", ""]
    assert [field.beside(value, -1) for value in ("", "gone")] == ["commit", ""]
    several = FormField("x", "X", "", choices=("price", "Product", "timing"))
    assert [several.beginning("p", value) for value in ("", "price", "Product", "timing")] == [
        "price", "Product", "price", "price"
    ]  # fmt: skip
    assert several.beginning("z", "price") is None


async def test_a_form_that_comes_back_begins_where_somebody_else_has_changed_it() -> None:
    fields = [FormField("account", "Company", "Lumen"), FormField("value", "Value", "40")]
    async with opened(Form("D-1", fields, theirs={"value": "@bo: €9"})) as stage:
        assert stage.shows("@bo: €9")
        await stage.type("1")
        await stage.press("ctrl+s")
        assert stage.answer == {"value": "401"}


async def test_a_field_that_is_wrong_is_the_one_that_is_typed_in_next() -> None:
    fields = [FormField("value", "Value", "40", check=number), FormField("owner", "Owner", "")]
    async with opened(Form("D-1", fields)) as stage:
        await stage.press("k", "ctrl+s")
        assert stage.last_line == "Value: 40k is no number."
        await stage.press("tab", "b", "ctrl+s", "backspace", "ctrl+s")
        assert stage.answer == {"owner": "b"}


async def test_as_it_was_and_once_more_as_it_was_typed(tmp_path: Path) -> None:
    async with opened(deal_form("edit:1"), folder=tmp_path) as stage:
        await stage.type("x")
        await stage.press("ctrl+r")
        assert not stage.shows("Lumen Oyx")
        stage.pilot.app.screen.keep_draft()  # type: ignore[attr-defined]
        assert Drafts(tmp_path).load("edit:1") is None
        await stage.press("ctrl+r")
        screen = stage.pilot.app.screen
        assert isinstance(screen, Form) and screen.draft._timer is not None
        await stage.press("ctrl+s")
        assert stage.answer == {"account": "Lumen Oyx"}


def test_the_form_of_a_deal_has_what_may_be_seen_and_says_what_each_field_takes() -> None:
    deal = replace(new(account="Lumen Oy"), owner="ana", fields={"b": "2", "a": "1"})
    settings = Settings(currency="EUR", sources=("event", "web"))
    today = date(2026, 11, 23)

    def fields_for(eyes: str) -> dict[str, FormField]:
        _, fields = form.deal_form(deal, SALES, today, settings, eyes, lambda name: f"{name}?")
        return {field.name: field for field in fields}

    mine, theirs = fields_for("ana"), fields_for("bo")
    assert [*mine][-2:] == ["fields.a", "fields.b"]
    ideal = replace(SALES, traits=(Trait("field.size", ("1..9",)), Trait("field.A", ("1",))))
    _, asked = form.deal_form(deal, ideal, today, settings, "ana")
    assert [(one.name, one.value) for one in asked][-3:] == [
        ("fields.a", "1"), ("fields.b", "2"), ("fields.size", ""),
    ]  # fmt: skip
    assert {*mine} - {*theirs} == {"floor_value"}
    assert [name for name, field in mine.items() if field.remark is not None] == ["owner"]
    assert mine["category"].choices == ("", *map(str, Category))
    assert mine["source"].choices == ("", "event", "web")
    checks = {name: field.check for name, field in mine.items() if field.check is not None}
    assert checks["title"](" ") == "A deal needs a title."
    assert checks["title"]("Pilot") is checks["value"]("7k") is checks["value"]("") is None
    assert checks["value"]("lots") and checks["expected_close"]("whenever")


def test_a_conflict_says_who_changed_what_as_far_as_anybody_knows() -> None:
    deal = new(account="Lumen Oy")
    as_typed = (date(2026, 11, 28), "EUR")
    nobody = about(deal, deal.owner, {"fields": ["account"]}, "Mine", UTC, as_typed)
    assert nobody.heading == f"somebody changed account of {deal.name}"
    at = {"fields": ["value"], "by": "bo", "at": "2026-11-23T10:32:00+00:00"}
    worth = replace(deal, value=Money(900_000, "EUR"))
    known = about(worth, deal.owner, at, "7k", UTC, as_typed)
    assert (known.heading, known.who) == (
        f"bo changed value of {deal.name} at 10:32", "@bo at 10:32"
    )  # fmt: skip
    assert (known.theirs, known.mine) == ("€9,000", "€7,000")


@pytest.mark.parametrize(
    ("theirs", "mine", "both"),
    [
        (Answer("they", 2, "mail"), Given("me", "call", 3), Given("they\nme", "mail\ncall", 3)),
        (Answer("they", 2, ""), Given("me", "", None), Given("they\nme", "", 2)),
        (Answer("", 2, "mail"), Given("me", "", 0), Given("me", "mail", 0)),
        (Answer("they"), Given("", "", 1), Given("they", "", 1)),
    ],
)
def test_two_answers_are_one_theirs_first_and_my_rating_where_i_gave_one(
    theirs: Answer, mine: Given, both: Given
) -> None:
    assert form.joined(theirs, mine) == both


def test_an_answer_is_words_or_any_rating() -> None:
    given = (
        Given(),
        Given(" \n"),
        Given(evidence="mail"),
        Given("so"),
        *(Given(rating=n) for n in range(5)),
    )
    assert [one.is_empty for one in given] == [True, True, True, *[False] * 6]
