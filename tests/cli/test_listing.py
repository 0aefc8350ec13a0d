"""list: one filter, many forms, and keys that scripts rely on."""

from __future__ import annotations

import csv
import io
import json
import sqlite3
from contextlib import closing
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any, cast
from zoneinfo import ZoneInfo

import pytest

from pipeboard.cli.columns import (
    COLUMN_NAMES,
    SIGN_STYLES,
    ListColumn,
    Listed,
    column_named,
    place_by,
    sign_of,
)
from pipeboard.cli.output import BOLD, RED, YELLOW
from pipeboard.domain.deal import Answer, Deal, Loss, NextStep, Status
from pipeboard.domain.lazy_dataclass import replace
from pipeboard.domain.money import Money
from pipeboard.domain.pipeline import Trait
from pipeboard.domain.signs import Sign
from pipeboard.domain.templates import template
from tests.cli.conftest import Type

DEALS = "\n".join(
    (
        "Lumen Oy: packaging line pilot 40k @ana +inbound source:referral close:19dec"
        ' next:"3dec call Mika" field.product:GTX',
        "Acme GmbH: retrofit 12.5k @bo +cold stage:qualified",
        "Borealis: no value yet @ana",
        "=SUM(1): -formula 1k @bo",
    )
)
KEYS = {
    *("id", "ref", "external_id", "title", "account", "pipeline", "stage", "status", "value"),
    *("owner", "source", "contact_reason", "tags", "fields", "probability_bp"),
    *("probability_source", "forecast_category", "created_at", "stage_entered_at"),
    *("expected_close", "closed_at", "lost", "next_step", "snoozed_until", "last_touch_at"),
    *("days_in_stage", "idle_days", "stalled", "qualification", "score", "contacts", "version"),
}
"""What is promised of every deal."""


@pytest.fixture
def deals(team: Type) -> Type:
    """Four deals: D-1 to D-4."""
    assert team("add", "-", stdin=DEALS).code == 0
    return team


def test_json_is_one_document_with_every_promised_key(deals: Type) -> None:
    document = deals("list", "--json").json
    assert document["schema"] == 1
    assert [deal["ref"] for deal in document["deals"]] == ["D-1", "D-2", "D-3", "D-4"]
    for deal in document["deals"]:
        assert deal.keys() >= KEYS


@pytest.mark.parametrize(
    "form",
    [
        ("--csv", "--columns", "ref,snooze_reason,stage"),
        ("--plain", "--columns", "ref,snooze_reason,stage"),
        ("--template", "{ref}\\t{snooze_reason}\\t{stage}"),
        ("--template", "{ref}\\t{snooze_reason:words}\\t{stage:words}"),
    ],
)
def test_a_line_of_a_script_holds_one_deal_whatever_a_database_holds(
    home: Path, pipe: Type, form: tuple[str, ...]
) -> None:
    assert pipe("add", "Acme: saw", "--db", str(home / "own.db")).code == 0
    with closing(sqlite3.connect(home / "own.db")) as base, base:
        base.execute("update deal set snooze_reason = 'a' || char(9) || 'b' || char(10) || 'c'")
    listed, is_csv = pipe("list", *form, "--db", str(home / "own.db")), form[0] == "--csv"
    (line,) = listed.lines[is_csv:]
    assert "\t".join(line.split("," if is_csv else "\t")).count("\t") == 2


def test_what_is_unknown_is_null_and_never_empty_or_zero(deals: Type) -> None:
    deal = deals("list", "borealis", "--json").json["deals"][0]
    for key in ("value", "source", "expected_close", "closed_at", "lost", "next_step", "score"):
        assert deal[key] is None


def test_a_deal_in_json_reads_as_promised(deals: Type) -> None:
    deal = deals("list", "account:lumen", "--json").json["deals"][0]
    assert deal["value"] == {"amount_minor": 4_000_000, "currency": "EUR"}
    assert deal["next_step"] == {"text": "call Mika", "due": "2026-12-03"}
    assert deal["created_at"] == "2026-11-23T09:00:00+00:00"
    assert (deal["probability_bp"], deal["probability_source"]) == (1000, "stage")
    assert deal["qualification"]["total"] == 7


def test_jsonl_is_a_deal_a_line(deals: Type) -> None:
    lines = deals("list", "--jsonl").lines
    assert [json.loads(line)["id"] for line in lines] == [1, 2, 3, 4]


def test_an_empty_list_is_done_and_still_a_document(deals: Type) -> None:
    nothing = deals("list", "zzz", "--json")
    assert (nothing.code, nothing.json) == (0, {"schema": 1, "deals": []})
    assert deals("list", "zzz").out == ""


def test_exit_code_tells_whether_there_are_any(deals: Type) -> None:
    assert deals("list", "zzz", "--exit-code").code == 0
    assert deals("list", "lumen", "--exit-code", "--count").code == 1


@pytest.mark.parametrize(
    ("words", "refs"),
    [
        (("value>20k",), ["D-1"]),
        (("-owner:bo",), ["D-1", "D-3"]),
        (("owner:bo", "-+cold"), ["D-4"]),
        (("owner:ana|+cold",), ["D-1", "D-2", "D-3"]),
        (("stage:qualified",), ["D-2"]),
        (("field.product:GTX",), ["D-1"]),
        (("value:none",), ["D-3"]),
        (("won",), []),
        (("--sort", "-value"), ["D-1", "D-2", "D-4", "D-3"]),
        (("--sort", "name", "--limit", "2"), ["D-4", "D-2"]),
    ],
)
def test_filters_and_orders_choose_the_deals(
    deals: Type, words: tuple[str, ...], refs: list[str]
) -> None:
    assert deals("list", "--ids", *words).lines == refs


def test_archived_deals_show_only_when_they_are_asked_for(deals: Type) -> None:
    deals("archive", "2")
    assert deals("list", "--count").out == "3\n"
    assert deals("list", "archived", "--ids").lines == ["D-2"]


def test_a_bad_filter_names_its_term_and_the_near_field(deals: Type) -> None:
    refused = deals("list", "valu>20k", "--json")
    assert refused.code == 2
    assert refused.error["details"]["term"] == "valu>20k"
    assert "value" in refused.error["message"] + refused.error["hint"]


def test_csv_holds_plain_numbers_and_nothing_that_a_spreadsheet_runs(deals: Type) -> None:
    rows = list(csv.DictReader(io.StringIO(deals("list", "--csv").out)))
    assert (rows[0]["value"], rows[0]["currency"], rows[0]["due"]) == (
        "40000.00",
        "EUR",
        "2026-12-03",
    )
    assert (rows[3]["account"], rows[3]["title"]) == ("'=SUM(1)", "'-formula")


def test_a_script_gets_these_columns_unless_it_names_others(deals: Type) -> None:
    assert deals("list", "--csv").lines[0] == (
        "ref,title,account,pipeline,stage,status,value,currency,owner,source,probability,age,idle,"
        "next,due,expected_close,created_at,closed_at"
    )


def test_columns_are_chosen_by_name_also_custom_fields(deals: Type) -> None:
    listed = deals("list", "lumen", "--plain", "--columns", "ref,owner,fields.product,close")
    assert listed.out == "D-1\tana\tGTX\t2026-12-19\n"
    lines = deals("list", "lumen", "--columns", "ref,owner,fields.product").lines
    assert [line.split() for line in lines] == [
        ["ref", "owner", "fields.product"],
        ["D-1", "ana", "GTX"],
    ]


def test_people_read_days_and_names_where_programs_read_instants(deals: Type) -> None:
    deals("won", "1", "-y")
    deals("add", "Kite: Kite renewal 1k")
    (line,) = deals("list", "won", "--columns", "created,closed,deal").lines[1:]
    assert line.split()[:2] == ["2026-11-23"] * 2
    assert line.endswith("Lumen Oy: packaging line pilot")
    assert deals("list", "kite", "--columns", "deal", "--plain").out == "Kite renewal\n"
    (told,) = csv.DictReader(io.StringIO(deals("list", "won", "--columns", "created", "--csv").out))
    assert told == {"created_at": "2026-11-23T09:00:00+00:00"}


def test_a_field_of_ones_own_is_put_in_order_by_its_numbers_before_its_words(deals: Type) -> None:
    for ref, size in (("1", "9"), ("2", "10 %"), ("3", "apple"), ("4", "-2.5")):
        deals("set", ref, f"fields.size={size}")
    assert deals("list", "--sort", "fields.size", "--ids").lines == ["D-4", "D-1", "D-2", "D-3"]


def test_a_list_is_put_in_order_by_score_with_those_without_one_at_the_end(deals: Type) -> None:
    for ref, rating in (("2", "4"), ("3", "1")):
        deals("answer", ref, "need", "They said so", "--rating", rating)
    assert deals("list", "--sort", "score", "--ids").lines == ["D-3", "D-2", "D-1", "D-4"]
    assert deals("list", "--sort", "-score", "--ids").lines == ["D-2", "D-3", "D-1", "D-4"]


PROMISED = {
    *("ref", "title", "account", "pipeline", "stage", "status", "value", "currency", "owner"),
    *("source", "source_detail", "contact_reason", "tags", "competitors", "links", "external_id"),
    *("probability", "forecast_category", "expected_close", "offer_expires_on", "quote_sent_at"),
    *("floor_value", "trial_close", "next", "due", "snoozed_until", "snooze_reason", "lost"),
    *("created_at", "stage_entered_at", "closed_at", "last_touch_at", "age", "idle", "stalled"),
    *("answered", "score", "warmth", "fit", "version", "sign", "deal"),
}


def test_no_column_that_scripts_may_name_goes_away(deals: Type) -> None:
    assert set(COLUMN_NAMES) >= PROMISED
    shorts = {
        "close": "expected_close",
        "created": "created_at",
        "closed": "closed_at",
        "id": "ref",
    }
    for short, name in shorts.items():
        assert deals("list", "--columns", short, "--csv").lines[0] == name
    assert deals("list", "--csv").lines[0].split(",") == [
        *("ref", "title", "account", "pipeline", "stage", "status", "value", "currency", "owner"),
        *("source", "probability", "age", "idle", "next", "due", "expected_close"),
        *("created_at", "closed_at"),
    ]


def test_a_field_of_ones_own_that_no_deal_has_is_near_another_or_found_nowhere(deals: Type) -> None:
    refused = deals("list", "field.prodct:GTX")
    assert refused.code == 2
    assert "no deal has a field 'prodct'" in refused.err
    assert "product" in refused.err
    assert (deals("list", "field.zzz:GTX").code, deals("list", "field.zzz:GTX").out) == (0, "")
    assert deals("list", "field.zzz:none", "--count").out == "4\n"


def test_an_unknown_column_names_the_near_one(deals: Type) -> None:
    refused = deals("list", "--columns", "ref,ownr")
    assert refused.code == 2
    assert "owner" in refused.err


def test_the_table_for_people_shows_the_sign_the_money_and_the_next_step(deals: Type) -> None:
    lines = deals("list").lines
    assert lines[0].split() == ["ref", "deal", "stage", "value", "owner", "age", "next", "close"]
    assert "€40,000" in lines[1]
    assert "3 Dec call Mika" in lines[1]
    assert lines[2].startswith("?  D-2")


def test_a_negative_limit_is_refused(deals: Type) -> None:
    assert deals("list", "--limit", "-1").code == 2


def test_only_the_named_pipeline_is_listed(deals: Type) -> None:
    deals("pipeline", "new", "Renewals", "--stages", "Due,Offer")
    deals("add", "Lumen Oy: renewal 5k", "-p", "renew")
    assert deals("list", "-p", "Renewals", "--count").out == "1\n"
    assert deals("list", "--count").out == "5\n"


@pytest.mark.parametrize(
    ("query", "refs"),
    [
        ("value>20k", ["D-1", "D-5", "D-7"]),
        ("value>20kEUR", ["D-1"]),
        ("value>$20k", ["D-5"]),
        ("value:30k", ["D-5", "D-7"]),
        ("value<=15000.5", ["D-2", "D-4", "D-6"]),
        ("value=15000.50", []),
        ("-value>20k", ["D-2", "D-3", "D-4", "D-6"]),
    ],
)
def test_an_amount_without_a_currency_is_in_that_of_the_deals_pipeline(
    deals: Type, query: str, refs: list[str]
) -> None:
    for name, code, amounts in (("US", "USD", ("30k", "15k")), ("Nippon", "JPY", ("30k",))):
        assert deals("pipeline", "new", name, "--stages", "A", "--currency", code).code == 0
        for amount in amounts:
            assert deals("add", f"Far: away {amount}", "-p", name).code == 0
    assert deals("list", "--ids", "--", query).lines == refs
    for name, own in (("US", {"D-5", "D-6"}), ("Nippon", {"D-7"})):
        found = deals("list", "--ids", "-p", name, "--", query).lines
        assert found == [ref for ref in refs if ref in own]


def test_where_names_deals_by_a_filter(deals: Type) -> None:
    tagged = deals("tag", "--where", "owner:ana", "+hers", "--json")
    assert [deal["ref"] for deal in tagged.json["deals"]] == ["D-1", "D-3"]


@pytest.mark.parametrize(
    ("typed", "term", "near"),
    [
        ("won | owner:anna", "owner:anna", "@ana"),
        ("@anna", "owner:anna", "@ana"),
        ("stage:qualifed", "stage:qualifed", "Qualified"),
        ("valu>20k", "valu>20k", "value"),
    ],
)
def test_a_bad_term_names_itself_and_the_near_one(
    deals: Type, typed: str, term: str, near: str
) -> None:
    for line in (("list", typed), ("metrics", typed), ("archive", "--where", typed)):
        refused = deals(*line, "--json")
        error = refused.error
        assert (refused.code, error["code"], error["details"]["term"]) == (2, "bad_input", term)
        assert f"Did you mean {near}?" in f"{error['message']} {error['hint']}"
    assert f"bad filter: '{term}'" in deals("filter", "save", "big", typed).err


def test_where_without_a_match_changes_nothing(deals: Type) -> None:
    assert deals("archive", "--where", "zzz").code == 3


def test_a_person_is_asked_before_where_changes_several_deals(
    deals: Type, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("pipeboard.cli.call.Call.has_person", True)
    refused = deals("archive", "--where", "owner:ana", stdin="n\n")
    assert refused.code == 1
    assert "2 deals" in refused.err
    assert deals("archive", "--where", "owner:ana", stdin="y\n").code == 0
    assert deals("unarchive", "--where", "archived", "-y").code == 0


@pytest.mark.parametrize("name", [*COLUMN_NAMES, "fields.product", "close", "created"])
def test_every_column_is_shown_sorted_by_both_ways_and_put_into_a_line(
    deals: Type, name: str
) -> None:
    shown = deals("list", "--columns", f"ref,{name}", "--csv")
    assert shown.code == 0 and len(shown.lines) == len(deals("list", "--ids").lines) + 1
    up, down = (deals("list", f"--sort={sign}{name}", "--ids").lines for sign in ("", "-"))
    assert sorted(up) == sorted(down) == sorted(deals("list", "--ids").lines)
    cells = dict(csv.reader(io.StringIO(shown.out.partition("\n")[2])))
    said = [cells[ref] for ref in up], [cells[ref] for ref in down]
    known = [[cell for cell in one if cell] for one in said]
    assert known[0] == known[1][::-1]
    assert [one[: len(told)] for one, told in zip(said, known, strict=True)] == known
    for form in ("", ":words"):
        assert deals("list", "--template", f"{{{name}{form}}}").code == 0


ENDED = {
    "won": "won archived",
    "status:won": "status:won archived",
    "won | lost": "(won | lost) archived",
    "stage:won": "stage:won archived",
    "closed:2026": "closed:2026 archived",
    "-lost won": "-lost won archived",
    "won @ana": "won @ana archived",
}
"""Filters that speak of how deals ended, and what finds the archived ones."""


@pytest.fixture
def put_away(deals: Type) -> Type:
    """D-1 and D-2 won, the first of them archived."""
    assert deals("won", "D-1", "D-2", "--override", "signed").code == 0
    assert deals("set", "D-2", "owner=ana").code == 0
    assert deals("archive", "D-1").code == 0
    return deals


@pytest.mark.parametrize("filter", ENDED)
@pytest.mark.parametrize("form", ["", "--count", "--json", "--jsonl", "--csv", "--ids", "--plain"])
def test_a_list_of_what_ended_tells_of_the_archive_and_how_it_is_found(
    put_away: Type, filter: str, form: str
) -> None:
    done = put_away("list", *filter.split(), *([form] if form else []))
    assert done.code == 0
    assert done.err.strip() == f"1 archived deal matches too: '{ENDED[filter]}' finds it."
    assert "archived" not in done.out
    quiet = put_away("-q", "list", *filter.split(), *([form] if form else []))
    assert (quiet.out, quiet.err) == (done.out, "")
    assert put_away("list", ENDED[filter], "--ids").lines == ["D-1"]
    assert put_away("list", ENDED[filter]).err == ""


@pytest.mark.parametrize(
    "filter",
    ["", "open", "@ana", "lost", "archived", "won | won archived", "won @bo", "lost:price"],
)
def test_what_leaves_nothing_of_its_kind_out_says_nothing(put_away: Type, filter: str) -> None:
    done = put_away("list", *filter.split())
    assert done.err == ("" if done.out else "No deal matches.\n")
    assert put_away("list", *filter.split(), "--limit", "0").err == ""
    assert put_away("list", *filter.split(), "--ids").err == ""


def test_a_pipeline_without_deals_says_that_there_are_none(put_away: Type) -> None:
    assert put_away("pipeline", "new", "Empty", "--stages", "One,Two").code == 0
    assert put_away("list", "-p", "Empty").err == "No deals here.\n"


@pytest.mark.parametrize(
    ("line", "said"),
    [
        (("list", "Bo"), "'bo' is looked for as a word; owner:bo finds @bo's deals.\n"),
        (("export", "-closed"), "'closed' is looked for as a word; won | lost finds closed deals."),
        (("move", "--where", "ana", "won"), "'ana' is looked for as a word; owner:ana finds"),
        (("triage", "late"), "overdue finds deals with an overdue next step."),
        (("metrics", "ana"), "owner:ana finds @ana's deals."),
    ],
)
def test_a_word_that_may_have_been_meant_as_more_is_told_as_a_word(
    put_away: Type, line: tuple[str, ...], said: str
) -> None:
    assert said in put_away(*line).err
    assert "looked for" not in put_away("list", '"bo"').err
    assert "looked for" not in put_away("-q", *line).err


@pytest.mark.parametrize("verb", ["list", "export"])
@pytest.mark.parametrize("flag", ["--owner", "--owner=ana", "--stage", "--won"])
def test_a_flag_that_is_a_term_of_the_filter_is_told_as_that(
    put_away: Type, verb: str, flag: str
) -> None:
    done = put_away(verb, flag)
    assert (done.code, "Here it is a term of the filter" in done.err) == (2, True), done


def test_an_export_of_what_ended_tells_it_too(put_away: Type) -> None:
    done = put_away("export", "won")
    assert "'won archived' finds it" in done.err and "Lumen" not in done.out
    assert "Lumen" in put_away("export", "won", "archived").out


def test_a_deal_that_is_named_is_found_wherever_it_is(put_away: Type) -> None:
    assert put_away("list", "id:1,2,3", "--ids").lines == ["D-1", "D-2", "D-3"]
    assert put_away("list", "id:1,2,3", "open", "--ids").lines == ["D-3"]
    assert put_away("list", "id:3 | won", "--ids").lines == ["D-2", "D-3"]


@pytest.mark.parametrize(
    ("typed", "column"),
    [
        ("close", "expected_close"),
        ("created", "created_at"),
        ("closed", "closed_at"),
        ("id", "ref"),
        ("CLOSE", "expected_close"),
        ("VALUE", "value"),
        ("field.product", "fields.product"),
    ],
)
def test_a_column_is_found_by_its_other_name(deals: Type, typed: str, column: str) -> None:
    one, other = (deals("list", "lumen", "--columns", f"ref,{name}") for name in (typed, column))
    assert (one.code, one.out) == (0, other.out)
    assert one.err == ""


def test_every_column_has_one_name() -> None:
    named = (
        "sign ref deal pipeline stage status value currency tags probability forecast_category age",
        "idle stalled next due snoozed_until created_at stage_entered_at closed_at last_touch_at",
        "snooze_reason lost answered score warmth fit version contact_reason account title owner",
        "expected_close source source_detail competitors links offer_expires_on floor_value",
        "trial_close external_id quote_sent_at",
    )
    assert sorted(COLUMN_NAMES) == sorted(" ".join(named).split())


PIPELINE = replace(
    template("needs", pipeline_name="Sales", currency="EUR"),
    traits=(Trait("field.size", ("l",), 2), Trait("source", ("fair",)), Trait("field.age", ("x",))),
)
NIGHT = datetime(2026, 10, 23, 23, 30, tzinfo=UTC)
NOON = datetime(2026, 11, 10, 9, tzinfo=UTC)
WHOLE = Deal(
    id=7, pipeline_id=0, stage_id=PIPELINE.stages[1].id, title="cable", account="Acme",
    value=Money(1_234_550, "EUR"), owner="ana", source="web", source_detail="fair",
    contact_reason="leaks", tags=("big", "hot"), competitors=("Bolt", "Zap"),
    links=("https://a.example",), external_id="X-7", expected_close=date(2026, 12, 19),
    offer_expires_on=date(2026, 12, 24), floor_value=Money(1_000_000, "EUR"), trial_close="yes",
    quote_sent_at=NIGHT, probability_bp=6_250, category="best", created_at=NIGHT,
    stage_entered_at=NOON, last_touch_at=NOON, next_step=NextStep("call", date(2026, 11, 20), "2w"),
    answers={"need": Answer("x", 3)}, version=9, fields={"size": "L"},
)  # fmt: skip
CELLS = {
    "sign": "!", "ref": "D-7", "deal": "Acme: cable", "pipeline": "Sales",
    "stage": "Lead Qualification", "status": "open", "value": ("12345.50", "€12,345.50"),
    "currency": "EUR", "tags": "big hot", "probability": "62.5", "forecast_category": "best",
    "age": "13", "idle": "13", "stalled": "idle 13/7d, next step overdue 3d",
    "next": ("call every 2w", "-3d call every 2w"), "due": ("2026-11-20", "-3d"),
    "snoozed_until": "", "created_at": ("2026-10-23T23:30:00+00:00", "2026-10-24"),
    "stage_entered_at": ("2026-11-10T09:00:00+00:00", "2026-11-10"), "closed_at": "",
    "last_touch_at": ("2026-11-10T09:00:00+00:00", "2026-11-10"), "snooze_reason": "", "lost": "",
    "answered": "1", "score": "23-83", "warmth": "cold", "fit": "67", "version": "9",
    "contact_reason": "leaks",
    "account": "Acme", "title": "cable", "owner": "ana",
    "expected_close": ("2026-12-19", "19 Dec"), "source": "web", "source_detail": "fair",
    "competitors": "Bolt; Zap", "links": "https://a.example",
    "offer_expires_on": ("2026-12-24", "24 Dec"), "floor_value": ("10000.00 EUR", "€10,000"),
    "trial_close": "yes", "external_id": "X-7",
    "quote_sent_at": ("2026-10-23T23:30:00+00:00", "2026-10-24"), "fields.SIZE": "L",
}  # fmt: skip
"""What each column tells of it, to scripts and to people."""
ENDED_DEAL = replace(
    WHOLE, outcome=Status.LOST, closed_at=NOON, created_precision="unknown", next_step=None,
    entry_precision="unknown", loss=Loss("price", "too dear", "Bolt"), title="Acme cable",
    snoozed_until=date(2026, 12, 1), snooze_reason="holidays", value=None, probability_bp=None,
)  # fmt: skip
OTHERWISE = {
    "sign": "", "deal": "Acme cable", "status": "lost", "value": "", "currency": "", "age": "",
    "idle": "13", "stalled": "", "next": "", "due": "", "snoozed_until": ("2026-12-01", "1 Dec"),
    "created_at": "", "stage_entered_at": "", "closed_at": "", "lost": "price",
    "snooze_reason": "holidays", "title": "Acme cable", "warmth": "",
}  # fmt: skip


def test_each_column_tells_scripts_and_people_what_it_is_called() -> None:
    assert {*CELLS} - {"fields.SIZE"} == {*COLUMN_NAMES}
    for deal, cells in ((WHOLE, CELLS), (ENDED_DEAL, OTHERWISE)):
        listed = Listed(deal, PIPELINE, date(2026, 11, 23), ZoneInfo("Europe/Berlin"))
        for name, told in cells.items():
            column = column_named(name, lambda: ["size"])
            data, words = (told, told) if isinstance(told, str) else told
            assert (column.data(listed), column.read(listed)) == (data, words), name


@pytest.mark.parametrize(
    ("facts", "sign"),
    [
        ({}, Sign.OVERDUE),
        ({"next_step": None}, Sign.NO_NEXT_STEP),
        ({"next_step": NextStep("call", date(2026, 11, 30)), "stage_entered_at": NIGHT},
         Sign.STALLED),
        ({"next_step": NextStep("call", date(2026, 11, 30))}, Sign.NONE),
        ({"snoozed_until": date(2026, 11, 24)}, Sign.NONE),
        ({"outcome": Status.WON, "closed_at": NOON}, Sign.NONE),
    ],
)  # fmt: skip
def test_the_sign_of_a_deal_is_that_of_its_card(facts: dict[str, Any], sign: Sign) -> None:
    listed = Listed(
        replace(WHOLE, **facts), PIPELINE, date(2026, 11, 23), ZoneInfo("Europe/Berlin")
    )
    assert sign_of(listed) is sign
    assert SIGN_STYLES == {Sign.OVERDUE: RED, Sign.NO_NEXT_STEP: YELLOW, Sign.STALLED: BOLD}


def test_a_template_has_lines_tabs_braces_and_both_forms(deals: Type) -> None:
    line = "{{{ref}}}\\t{ value }\\n{value:words}"
    assert deals("list", "lumen", "--template", line).out == "{D-1}\t40000.00\n€40,000\n"
    for wrong in ("{ref", "ref}", "{ref:loud}", "{}"):
        assert deals("list", "--template", wrong).code == 2


def test_the_exit_code_tells_in_every_form_whether_there_are_any(deals: Type) -> None:
    for form in ("--ids", "--json", "--csv", "--plain", "--template={ref}"):
        assert deals("list", "lumen", "--exit-code", form).code == 1
        assert deals("list", "lumen", form).code == 0
        assert deals("list", "zzz", "--exit-code", form).code == 0


def test_colours_are_those_that_are_asked_for(deals: Type) -> None:
    assert "\x1b[" in deals("list", "--color", "always").out
    assert "\x1b[" not in deals("list", "--color", "never").out


def test_numbers_stand_flush_right_under_their_heading(deals: Type) -> None:
    lines = deals("list", "--columns", "value,ref", "--sort", "-value").lines
    assert lines[0].index("value") + len("value") == lines[1].index("€40,000") + len("€40,000")
    assert lines[1].index("€40,000") < lines[3].index("€1,000")


def test_headings_are_short_where_people_read_them(deals: Type) -> None:
    names = "sign,ref,expected_close,created_at,closed_at,owner"
    assert deals("list", "--columns", names).lines[0].split() == [
        "ref", "close", "created", "closed", "owner",
    ]  # fmt: skip
    assert deals("list", "--columns", names, "--csv").lines[0] == names


@pytest.mark.parametrize(
    ("text", "place"),
    [
        ("", None),
        ("40000.00", (0, 40000.0, "")),
        ("-3", (0, -3.0, "")),
        ("25%", (0, 25.0, "")),
        ("1200.50 EUR", (0, 1200.5, "")),
        ("10 kg", (1, 0.0, "10 kg")),
        ("3-4", (1, 0.0, "3-4")),
        ("Ärger", (1, 0.0, "arger")),
    ],
)
def test_an_order_puts_numbers_first_and_words_whatever_their_letters(
    text: str, place: tuple[int, float, str] | None
) -> None:
    assert place_by(ListColumn("x", lambda _: text))(cast("Any", None)) == place


def test_saved_filters_are_listed_with_what_they_hold(deals: Type) -> None:
    assert deals("filter", "list").err.startswith("No filter is saved; for example: ")
    assert deals("filter", "save", "big", "value>20k").code == 0
    assert deals("filter", "list", "--json").json["filters"] == [
        {"name": "big", "filter": "value>20k"}
    ]
    assert [line.split() for line in deals("filter", "list").lines] == [
        ["name", "filter"], ["big", "value>20k"],
    ]  # fmt: skip


@pytest.mark.parametrize("empty", ["", " "])
def test_an_empty_filter_is_not_saved_and_takes_none_away(empty: str, team: Type) -> None:
    assert team("filter", "save", "big one", "value>10k").code == 0
    said = team("filter", "save", "big one", empty)
    assert (said.code, "pipeboard filter forget 'big one'" in said.err) == (2, True)
    assert "value>10k" in team("filter", "list").out


def test_a_saved_filter_is_a_word_of_every_filter(team: Type) -> None:
    for line in ("Lumen: pilot 40k @ana", "Acme: press 50k @bo", "Kiln: x 1k @ana"):
        assert team("add", line).code == 0
    assert team("filter", "save", "big deals", "value>20k").code == 0
    term = 'saved:"big deals"'
    assert team("list", term, "@ana", "--ids").lines == ["D-1"]
    assert team("list", f"-{term}", "--ids").lines == ["D-3"]
    assert len(team("export", term, "--format", "jsonl").lines) == 2
    assert team("tag", "--where", f"{term} @bo", "+hot").code == 0
    assert team("list", "+hot", "--ids").lines == ["D-2"]
    refused = team("list", "saved:bog")
    assert (refused.code, "no filter is saved so" in refused.err) == (2, True)
