"""A deal with every field set goes every way that a field can go; one that gets lost is named.

The fields are those of `Deal` itself, so that a new one fails here until it goes every way, or
stands below among those that do not, with the reason.
"""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import MISSING, dataclass, fields, replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from types import MappingProxyType
from typing import Any

import pytest

from pipeboard.domain.criteria import parse_criterion, unmet_of_stage
from pipeboard.domain.deal import Answer, Ask, Contact, Deal, Loss, NextStep, Status, Term
from pipeboard.domain.deal_fields import parse_field
from pipeboard.domain.deal_record import EVERYBODYS
from pipeboard.domain.errors import BadInput, Conflict, PipeboardError
from pipeboard.domain.events import Kind, change_to, event_from_json, evolve
from pipeboard.domain.money import Money
from pipeboard.domain.programs import DealTexts, text_at
from pipeboard.domain.timeline import describe
from pipeboard.exchange.deal_text import DealText
from pipeboard.exchange.synonyms import SYNONYMS
from pipeboard.store.projecting.events import event_text
from pipeboard.store.reading.listing import Listing
from pipeboard.store.rows import deal_from_row, row_from_deal
from pipeboard.ui.draw.facts import PaneStyle, chips
from pipeboard.ui.draw.line import full_money, text_of
from pipeboard.ui.draw.notes import people_items, term_items, terms_note
from pipeboard.ui.draw.pane import pane_lines
from pipeboard.ui.overlays.form import about, deal_form
from pipeboard.workspace.execution import change_of
from pipeboard.workspace.recording import Decision, record
from pipeboard.workspace.row_matching import ImportOptions
from pipeboard.workspace.triage import Triage
from tests.cli.conftest import Type
from tests.team import LEAD, NOW, PROPOSAL, SETTINGS, TODAY, Team, add, now_of, sales
from tests.verbs import Workspace
from tests.workspace.test_importing_again import read as read_rows

AT = datetime(2026, 11, 20, 8, 30, tzinfo=UTC)


@dataclass(frozen=True)
class Sample:
    """A field as it is typed, what that means, and another value of it."""

    typed: str
    text: str
    value: Any
    other: str
    other_value: Any
    shown: str = ""
    """What a person reads of it, where that is not what they type."""

    @property
    def words(self) -> str:
        return self.shown or self.text


EUR = "EUR"
TYPED: Mapping[str, Sample] = {
    "title": Sample("title", "Packaging line", "Packaging line", "Second line", "Second line"),
    "account": Sample("account", "Lumen Oy", "Lumen Oy", "Acme GmbH", "Acme GmbH"),
    "value": Sample(
        "value", "40k", Money(4_000_000, EUR), "41k", Money(4_100_000, EUR), shown="40,000"
    ),
    "owner": Sample("owner", "ana", "ana", "bo", "bo"),
    "source": Sample("source", "referral", "referral", "web", "web"),
    "source_detail": Sample("source_detail", "Fair hall 7", "Fair hall 7", "Ad 3", "Ad 3"),
    "contact_reason": Sample(
        "contact_reason", "Old line broke", "Old line broke", "New plant", "New plant"
    ),
    "expected_close": Sample(
        "expected_close",
        "2026-12-19",
        date(2026, 12, 19),
        "2026-12-20",
        date(2026, 12, 20),
        shown="19 Dec",
    ),
    "probability_bp": Sample("probability", "61", 6100, "62", 6200),
    "category": Sample("category", "commit", "commit", "best", "best"),
    "tags": Sample("tags", "inbound", ("inbound",), "hot", ("hot",)),
    "competitors": Sample("competitors", "Rivaltech", ("Rivaltech",), "Otherco", ("Otherco",)),
    "links": Sample(
        "links", "https://a.example/1", ("https://a.example/1",), "https://b.example", ("https://b.example",)
    ),
    "offer_expires_on": Sample(
        "offer_expires_on",
        "2026-12-31",
        date(2026, 12, 31),
        "2026-12-30",
        date(2026, 12, 30),
        shown="31 Dec",
    ),
    "floor_value": Sample(
        "floor_value", "31337", Money(3_133_700, EUR), "32k", Money(3_200_000, EUR), shown="31,337"
    ),
    "trial_close": Sample("trial_close", "conditional", "conditional", "no", "no"),
    "external_id": Sample("external_id", "X-77", "X-77", "X-78", "X-78"),
    "fields": Sample(
        "fields.product",
        "GTX",
        MappingProxyType({"product": "GTX"}),
        "GTZ",
        MappingProxyType({"product": "GTZ"}),
    ),
}  # fmt: skip
"""What a person types into a field, by its name in `Deal`."""

ALIASES = {
    "close": "expected_close",
    "p": "probability_bp",
    "reason": "contact_reason",
    "company": "account",
    "forecast_category": "category",
    "offer_expires": "offer_expires_on",
    "floor": "floor_value",
}

MADE: Mapping[str, tuple[Any, str]] = {
    "next_step": (NextStep("call Mika", date(2026, 12, 3), "2w"), "call Mika"),
    "snoozed_until": (date(2026, 12, 1), "1 Dec"),
    "snooze_reason": ("budget freeze", "budget freeze"),
    "quote_sent_at": (AT, "20 Nov"),
    "answers": (
        MappingProxyType({"need": Answer("Once a week", 3, "Mail of May", "ana", AT)}),
        "Once a week",
    ),
    "contacts": (
        MappingProxyType(
            {"mika_laine": Contact("Mika Laine", "champion", "m@l.example", "+358 1", "COO")}
        ),
        "Mika Laine",
    ),
    "terms": (MappingProxyType({"payment": Term("Payment", "30 d", "60 d", "45 d")}), "Payment"),
    "checklist": (MappingProxyType({f"{LEAD}/First contact": "ana"}), "First contact"),
}
"""What verbs of their own put into a deal, by field, and how it reads."""

OF_THE_HOUSE = {
    "id": "given by the database",
    "pipeline_id": "where it stands: add, move",
    "stage_id": "where it stands: add, move",
    "created_at": "written when it is added",
    "created_precision": "told of a deal that a file gives no day of",
    "stage_entered_at": "written when it moves",
    "entry_precision": "told of a deal that a file gives no day of",
    "qualified_at": "written when it moves",
    "outcome": "written when it is won or lost",
    "closed_at": "written when it is won or lost",
    "closed_from": "written when it is won or lost",
    "loss": "the words of `lost`; only a closed deal has one",
    "last_touch_at": "follows from touches",
    "last_outbound_at": "follows from touches",
    "last_reply_at": "follows from touches",
    "outbound_since_reply": "follows from touches",
    "asks": "written by a note that names a rep, and by review",
    "given_by": "written when somebody else gives it to its owner",
    "archived_at": "written by archive",
    "merged_into": "written by merge",
    "recycled_from": "written when a closed deal comes back",
    "removed": "written by undo",
    "external_source": "remembered by an import beside the id",
    "imported": "remembered by an import for the next one",
    "imported_as": "remembered by an import for the next one",
    "rank": "the place in its column",
    "version": "counted by the database",
}
"""Fields that nobody types, and why."""

NAMES = tuple(field.name for field in fields(Deal))
GIVEN = tuple(name for name in NAMES if name not in OF_THE_HOUSE)
SETTABLE = tuple(TYPED)


def without(names: tuple[str, ...], exceptions: Mapping[str, str]) -> list[str]:
    """The names but for exceptions, each of which must be a name and have a reason."""
    assert set(exceptions) <= set(names)
    assert all(exceptions.values())
    return [name for name in names if name not in exceptions]


def expected(name: str) -> Any:
    assert name in TYPED or name in MADE, f"TYPED wants a sample of {name}"
    return TYPED[name].value if name in TYPED else MADE[name][0]


def words_of(name: str) -> str:
    assert name in TYPED or name in MADE, f"TYPED wants a sample of {name}"
    return TYPED[name].words if name in TYPED else MADE[name][1]


def lost(deal: Deal, names: list[str], wanted: Callable[[str], Any] = expected) -> list[str]:
    """The fields that the deal does not hold as they were given."""
    return [name for name in names if getattr(deal, name) != wanted(name)]


def assignments(*, other: bool = False) -> list[str]:
    return [f"{s.typed}={s.other if other else s.text}" for s in TYPED.values()]


def full(ana: Workspace, *, stage: int = LEAD) -> Deal:
    """A deal with every field that a person gives."""
    deal = add(ana, "Plain", stage)
    ana.set_fields([deal.id], assignments())
    given = {name: value for name, (value, _) in MADE.items()}
    plain = now_of(ana, deal.id)
    events = [change_to(plain, Kind.EDITED, NOW, {name: value}) for name, value in given.items()]
    decision = Decision("Set.", (change_of(plain, events),))
    ana.transact(lambda: record(ana, "set", decision))
    return now_of(ana, deal.id)


@pytest.fixture
def made(home: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Team]:
    path = home / "team.db"
    team = Team.make(path)
    monkeypatch.setenv("PIPEBOARD_DB", str(path))
    yield team
    team.close()


@pytest.fixture
def ana(made: Team) -> Workspace:
    return made.rep("ana")


def test_each_field_of_a_deal_is_typed_or_made_or_of_the_house() -> None:
    assert set(NAMES) == {*TYPED, *MADE, *OF_THE_HOUSE}, "TYPED wants a sample of a new one"
    assert len(NAMES) == len(TYPED) + len(MADE) + len(OF_THE_HOUSE)


# set


def test_set_takes_each_field(ana: Workspace) -> None:
    deal = add(ana, "Plain")
    refused = []
    for name, sample in TYPED.items():
        try:
            ana.set_fields([deal.id], [f"{sample.typed}={sample.text}"])
        except PipeboardError as error:
            refused.append((name, error.message))
    assert refused == []
    assert lost(now_of(ana, deal.id), list(SETTABLE)) == []


def test_set_empties_each_field(ana: Workspace) -> None:
    deal = full(ana)
    bare = without(SETTABLE, {"title": "a deal needs one"})
    ana.set_fields([deal.id], [f"{TYPED[name].typed}=" for name in bare])
    emptied = now_of(ana, deal.id)
    assert [name for name in bare if getattr(emptied, name)] == []


def test_set_takes_each_short_name() -> None:
    wrong = {}
    for alias, name in ALIASES.items():
        sample = TYPED[name]
        found = parse_field(alias, sample.text, TODAY, EUR)
        if found != (name, sample.value):
            wrong[alias] = found
    assert wrong == {}


@pytest.mark.parametrize("name", SETTABLE)
def test_set_says_in_words_what_it_emptied(pipe: Type, ana: Workspace, name: str) -> None:
    if name != "title":
        said = pipe("set", full(ana).ref, f"{TYPED[name].typed}=").err.splitlines()[-1]
        assert said.endswith((" emptied", " nobody", " the stage's"))
        assert "_" not in said


@pytest.mark.parametrize("name", SETTABLE)
def test_set_takes_each_field_once(ana: Workspace, name: str) -> None:
    deal, sample = full(ana), TYPED[name]
    for again in [sample.typed, *(alias for alias, field in ALIASES.items() if field == name)]:
        with pytest.raises(BadInput, match="is given twice"):
            ana.set_fields([deal.id], [f"{sample.typed}={sample.text}", f"{again}={sample.other}"])
    assert now_of(ana, deal.id) == deal


def test_a_custom_field_is_meant_in_any_spelling_of_its_name(
    pipe: Type, ana: Workspace, tmp_path: Path
) -> None:
    deal = add(ana, "Plain field.Größe:GTX")
    for name in ("größe", "GRÖSSE", "grosse"):
        ana.set_fields([deal.id], [f"fields.{name}=STX {name}"])
        now = now_of(ana, deal.id)
        assert dict(now.fields) == {"Größe": f"STX {name}"}
        assert text_at(f"field.{name}", DealTexts(now, sales(ana))) == f"STX {name}"
        gate = replace(sales(ana).stage(LEAD), criteria=(parse_criterion(f"field.{name}"),))
        assert unmet_of_stage(gate, now, sales(ana), TODAY) == ()
        assert pipe("list", "--columns", f"fields.{name}", "--csv").lines[1] == f"STX {name}"
        assert pipe("list", f'field.{name}:"stx {name}"', "--count").lines == ["1"]
    with pytest.raises(BadInput, match="given twice"):
        ana.set_fields([deal.id], ["fields.Größe=a", "fields.GRÖSSE=b"])
    ana.set_fields([deal.id], ["fields.GRÖSSE=", "fields.Farbe=rot"])
    assert dict(now_of(ana, deal.id).fields) == {"Farbe": "rot"}


# form

NOT_IN_THE_FORM = {
    "trial_close": "said with the call it was tried in: log --trial-close",
    "external_id": "what it is to another tool, which an import knows; set takes it",
}


def test_the_form_holds_each_field_as_it_is_typed(ana: Workspace) -> None:
    deal = full(ana)
    _, held = deal_form(deal, sales(ana), TODAY, SETTINGS, "ana")
    texts = {field.name: field for field in held}
    missing = []
    for name in without(SETTABLE, NOT_IN_THE_FORM):
        sample = TYPED[name]
        field = texts.get(sample.typed)
        if field is None or not field.label:
            missing.append(name)
            continue
        meant = parse_field(sample.typed, field.value, TODAY, EUR)[1]
        if (name == "fields" and meant != sample.text) or (
            name != "fields" and meant != sample.value
        ):
            missing.append(name)
    assert missing == []


# quick add

LINE = (
    "Lumen Oy: Packaging line 40k @ana +inbound source:referral close:2026-12-19 p:61"
    ' reason:"Old line broke" next:"2026-12-03 call Mika every 2w" contact:"Mika Laine"'
    " field.product:GTX"
)
NOT_IN_A_LINE = {
    "source_detail": "said later; a line is for what is known at first sight",
    "category": "a forecast is said later",
    "competitors": "found out later",
    "links": "too long for a line",
    "offer_expires_on": "there is no offer yet",
    "floor_value": "there is no offer yet",
    "trial_close": "nothing was tried yet",
    "external_id": "not from another tool",
    "snoozed_until": "nobody adds what sleeps",
    "snooze_reason": "nobody adds what sleeps",
    "quote_sent_at": "there is no offer yet",
    "answers": "answered later",
    "terms": "negotiated later",
    "checklist": "ticked later",
}


def test_a_quick_add_line_sets_each_field(ana: Workspace) -> None:
    deal = add(ana, LINE)
    wanted = {"contacts": MappingProxyType({"mika_laine": Contact("Mika Laine")})}
    names = without(GIVEN, NOT_IN_A_LINE)
    assert lost(deal, names, lambda name: wanted.get(name) or expected(name)) == []


# files out and in

NOT_FROM_A_FILE: dict[str, str] = {}


def _new(home: Path, name: str) -> Team:
    return Team.make(home / name)


@pytest.mark.parametrize("form", ["csv", "json", "jsonl"])
def test_an_export_comes_back_with_each_field(
    pipe: Type, made: Team, ana: Workspace, home: Path, form: str
) -> None:
    full(ana)
    file = str(home / f"deals.{form}")
    assert pipe("export", "--as", "ana", "--to", file).code == 0
    there = _new(home, "there.db")
    imported = pipe("import", file, "--as", "ana", "--db", str(there.path))
    assert imported.code == 0, imported.err
    deal = now_of(there.rep("ana"), 1)
    there.close()
    assert lost(deal, without(GIVEN, NOT_FROM_A_FILE)) == []


@pytest.mark.parametrize("form", ["csv", "json", "jsonl"])
def test_a_later_file_changes_each_field(
    pipe: Type, made: Team, ana: Workspace, home: Path, form: str
) -> None:
    """Of the same deal in the other tool, with every field said anew."""
    deal = full(ana)
    first, second = home / f"first.{form}", home / f"second.{form}"
    assert pipe("export", "--as", "ana", "--to", str(first)).code == 0
    other = [text for text in assignments(other=True) if not text.startswith("external_id")]
    ana.set_fields([deal.id], other)
    assert pipe("export", "--as", "bo", "--to", str(second)).code == 0
    for file in (first, second):
        _forget_ref(file, form)
    there = _new(home, "there.db")
    for file in (first, second):
        line = ("import", str(file), "--as", "ana", "--db", str(there.path), "--source", "crm")
        assert pipe(*line).code == 0
    found = now_of(there.rep("ana"), 1)
    there.close()
    names = without(SETTABLE, {"external_id": "what the deal is known by"})
    assert lost(found, names, lambda name: TYPED[name].other_value) == []


def _forget_ref(file: Path, form: str) -> None:
    """As another tool would write it: known by its id there."""
    if form == "csv":
        rows = list(csv.DictReader(io.StringIO(file.read_text())))
        for row in rows:
            row["ref"] = ""
        with file.open("w", newline="") as out:
            writer = csv.DictWriter(out, rows[0].keys())
            writer.writeheader()
            writer.writerows(rows)
    elif form == "json":
        document = json.loads(file.read_text())
        document["deals"] = [deal | {"ref": None} for deal in document["deals"]]
        file.write_text(json.dumps(document))
    else:
        deals = [json.loads(line) | {"ref": None} for line in file.read_text().splitlines()]
        file.write_text("".join(f"{json.dumps(deal)}\n" for deal in deals))


def test_a_whole_workspace_moves_with_each_field(
    pipe: Type, made: Team, ana: Workspace, home: Path
) -> None:
    deal = full(ana)
    file, there = str(home / "whole.json"), home / "there.db"
    assert pipe("export", "--whole", "--to", file).code == 0
    assert pipe("import", file, "--db", str(there)).code == 0
    team = Team(there)
    found = now_of(team.rep("ana"), deal.id)
    team.close()
    assert lost(found, list(NAMES), lambda name: getattr(deal, name)) == []


HEADINGS = {
    "title": "Deal name",
    "account": "Company",
    "value": "Amount",
    "owner": "Deal owner",
    "source": "Lead source",
    "source_detail": "Source detail",
    "contact_reason": "Contact reason",
    "expected_close": "Expected close date",
    "probability_bp": "Probability",
    "category": "Forecast category",
    "tags": "Tags",
    "competitors": "Competitors",
    "links": "Links",
    "offer_expires_on": "Offer expires on",
    "floor_value": "Floor value",
    "trial_close": "Trial close",
    "external_id": "Record ID",
    "next_step": "Next step",
    "snoozed_until": "Snoozed until",
    "snooze_reason": "Snooze reason",
    "quote_sent_at": "Quote sent at",
    "contacts": "Contact name",
}


def test_a_column_of_any_tool_is_known_by_its_heading() -> None:
    own_files_only = {
        "answers": "a list that only our own files hold",
        "terms": "a list that only our own files hold",
        "checklist": "a list that only our own files hold",
        "fields": "every heading that is none of these",
    }
    unknown = [
        name
        for name in without(GIVEN, own_files_only)
        if HEADINGS.get(name, name).lower().replace(" ", "_") not in SYNONYMS
    ]
    assert unknown == []


# what is shown

KEYS = {"probability_bp": "probability_bp", "category": "forecast_category"}


def test_json_of_one_deal_holds_each_field(pipe: Type, ana: Workspace) -> None:
    deal = full(ana)
    shown = pipe("show", str(deal.id), "--json", "--as", "ana").json["deal"]
    empty = [name for name in GIVEN if not shown.get(KEYS.get(name, name))]
    assert empty == []
    assert shown["probability_bp"] == 6100
    assert shown["forecast_category"] == "commit"


def test_json_of_a_list_holds_each_field(pipe: Type, ana: Workspace) -> None:
    full(ana)
    (shown,) = pipe("list", "--json", "--as", "ana").json["deals"]
    in_show = {
        "answers": "long; show --json",
        "terms": "long; show --json",
        "checklist": "long; show --json",
        "floor_value": "the owner's own; show --json",
    }
    names = without(GIVEN, in_show)
    assert [name for name in names if not shown.get(KEYS.get(name, name))] == []


@pytest.mark.parametrize("form", ["", "--md"])
def test_show_tells_each_field(pipe: Type, ana: Workspace, form: str) -> None:
    deal = full(ana)
    told = pipe(*filter(None, ("show", str(deal.id), form, "--as", "ana"))).out
    told = told.split("\nTimeline\n")[0].split("## Timeline")[0].replace("\\", "")
    not_told = {"checklist": "the board's detail and show --json"}
    names = without(GIVEN, not_told)
    assert [name for name in names if words_of(name) not in told] == []


def test_the_screens_of_a_deal_show_each_field(ana: Workspace) -> None:
    deal = full(ana, stage=LEAD)
    record, style = ana.record(deal.id), PaneStyle(160, TODAY, SETTINGS.zone)
    lines = [
        *pane_lines(replace(record, entries=()), style),
        *terms_note(record, style),
        *(line for item in people_items(record, style) for line in item.lines),
        *(line for item in term_items(record, style) for line in item.lines),
    ]
    told = "\n".join(map(text_of, lines))
    unseen = {
        "external_id": "what it is to another tool: show",
    }
    assert [name for name in without(GIVEN, unseen) if words_of(name) not in told] == []


COLUMNS = {
    "probability_bp": "probability",
    "category": "forecast_category",
    "next_step": "next",
    "fields": "fields.product",
    "answers": "answered",
}
NO_COLUMN = {
    "contacts": "several things each; show",
    "terms": "several things each; show",
    "checklist": "several things each; show",
}


@pytest.mark.parametrize("verb", [("list", "--csv"), ("export",)])
def test_list_and_export_have_a_column_for_each_field(
    pipe: Type, ana: Workspace, verb: tuple[str, ...]
) -> None:
    full(ana)
    missing = []
    for name in without(GIVEN, NO_COLUMN):
        told = pipe(*verb, "--columns", COLUMNS.get(name, name), "--as", "ana")
        if told.code or len(told.lines) != 2 or not told.lines[1]:
            missing.append(name)
    assert missing == []


FILTERS = {
    "title": "title:packaging",
    "account": "account:lumen",
    "value": "value=40k",
    "owner": "owner:ana",
    "source": "source:referral",
    "source_detail": "source_detail:hall",
    "contact_reason": "reason:broke",
    "competitors": "competitors:rival",
    "trial_close": "trial_close:conditional",
    "expected_close": "close:2026-12-19",
    "offer_expires_on": "offer_expires_on>=2026-12-31 -offer_expires_on:none",
    "probability_bp": "p=61",
    "category": "category:commit",
    "tags": "+inbound",
    "fields": "field.product:GTX",
    "next_step": "next:2026-12-03",
    "snoozed_until": "snoozed",
    "answers": "q:need",
    "contacts": "mika",
}
NO_FILTER = {
    "links": "a list without an index",
    "floor_value": "the owner's own: a filter would tell it to others",
    "external_id": "find and import look it up",
    "snooze_reason": "words find it",
    "quote_sent_at": "follow-ups are counted in show",
    "terms": "a list without an index",
    "checklist": "a list without an index",
}


def test_a_filter_finds_a_deal_by_each_field(pipe: Type, ana: Workspace) -> None:
    full(ana)
    bo = add(ana, "Other: thing 7 EUR @bo")
    assert bo.id == 2
    names, wrong = without(GIVEN, NO_FILTER), {}
    assert [name for name in names if name not in FILTERS] == [], "a term, or why there is none"
    for name in names:
        found = pipe("list", "--ids", FILTERS[name])
        if found.lines != ["D-1"]:
            wrong[name] = found.out + found.err
    assert wrong == {}


FOUND = {
    "title": "packaging",
    "account": "lumen",
    "source_detail": "hall 7",
    "contact_reason": "line broke",
    "competitors": "rivalt",
    "snooze_reason": "budget freeze",
    "contacts": "mika laine",
}
"""What is typed of each text of a deal to find it by."""
NOT_FOUND = {
    "owner": "one of few: @ana",
    "source": "one of few: source:referral",
    "category": "one of four: category:commit",
    "trial_close": "one of three: trial_close:yes",
    "tags": "a sign of its own: +inbound",
    "fields": "a name of its own: field.product:GTX",
    "external_id": "another tool's: list --json tells it, import looks it up",
    "links": "addresses are opened, not remembered",
    "next_step": "what is to be done is another thing tomorrow",
    "answers": "long, and each has its question: q:need",
    "terms": "read on the deal",
    "checklist": "the same words on every deal of a stage",
    **dict.fromkeys(("value", "floor_value", "probability_bp"), "a number"),
    **dict.fromkeys(
        ("expected_close", "offer_expires_on", "snoozed_until", "quote_sent_at"), "a day"
    ),
}


def test_words_find_a_deal_by_each_text(pipe: Type, ana: Workspace) -> None:
    full(ana)
    add(ana, "Other: thing 7 EUR @bo")
    texts = without(GIVEN, NOT_FOUND)
    assert [name for name in texts if name not in FOUND] == [], "words, or why they do not find it"
    for name in texts:
        assert pipe("list", "--ids", f'"{FOUND[name]}"').lines == ["D-1"], name
        assert [found.deal_id for found in ana.reader.find(FOUND[name])] == [1], name


def test_a_lost_deal_is_found_by_why_it_was_lost_and_to_whom(pipe: Type, ana: Workspace) -> None:
    first, other = add(ana, "Lumen Oy: pilot").id, add(ana, "Acme: pilot").id
    ana.lose([first], Loss("price", "Budget was cut", "Rivaltech", objection="too-dear"))
    ana.lose([other], Loss("timing"))
    for typed in ("lost_reason:cut", "competitors:rival", "cut lost", "rivaltech"):
        assert pipe("list", "--ids", typed).lines == [f"D-{first}"], typed
    for typed in ("lost_reason:none lost", "competitors:none lost"):
        assert pipe("list", "--ids", typed).lines == [f"D-{other}"], typed


# from deal to deal

NOT_MERGED = {
    "external_id": "what a deal is to the tool it came from is its own",
    "title": "the kept deal has one",
    "snoozed_until": "the kept deal is at work",
    "snooze_reason": "the kept deal is at work",
}


def test_a_merge_fills_each_field(ana: Workspace) -> None:
    keep = add(ana, "Kept")
    ana.set_fields([keep.id], ["owner="])
    other = full(ana)
    ana.merge(keep.id, [other.id])
    kept = now_of(ana, keep.id)
    assert lost(kept, without(GIVEN, NOT_MERGED), lambda name: getattr(other, name)) == []


NOT_IN_A_SEQUEL = {
    "contact_reason": "says which deal it goes on from",
    "expected_close": "of another time",
    "probability_bp": "of another time",
    "category": "of another time",
    "offer_expires_on": "of another offer",
    "floor_value": "of another offer",
    "quote_sent_at": "of another offer",
    "trial_close": "of another offer",
    "terms": "of another offer",
    "external_id": "another deal",
    "next_step": "a step of its own",
    "snoozed_until": "it is at work",
    "snooze_reason": "it is at work",
    "answers": "true of another time",
    "checklist": "done for another deal",
}


def test_a_lost_deal_comes_back_with_each_field(made: Team, ana: Workspace) -> None:
    deal = full(ana)
    ana.lose([deal.id], Loss("price", recycle_on=date(2026, 11, 24)))
    made.clock.wait(days=2)
    ana.recycle()
    lead = now_of(ana, deal.id + 1)
    assert lead.recycled_from == deal.id
    assert lead.contact_reason == f"back from {deal.ref}, lost: price"
    assert lost(lead, without(GIVEN, NOT_IN_A_SEQUEL)) == []


def test_a_won_deal_is_followed_up_with_each_field(ana: Workspace) -> None:
    deal = full(ana)
    ana.win([deal.id], override="signed")
    (lead,) = ana.follow_up(deal.id).deals
    assert lead.contact_reason == f"customer since {deal.ref}"
    exceptions = NOT_IN_A_SEQUEL | {
        "title": "the next order is called so",
        "value": "what the next order is worth is not known",
    }
    assert lost(lead, without(GIVEN, exceptions)) == []


# back and forth


def test_undo_and_redo_take_each_field_along(ana: Workspace) -> None:
    deal = full(ana)
    ana.set_fields([deal.id], assignments(other=True))
    changed = now_of(ana, deal.id)
    assert lost(changed, list(SETTABLE), lambda name: TYPED[name].other_value) == []
    ana.undo()
    assert lost(now_of(ana, deal.id), list(GIVEN), lambda name: getattr(deal, name)) == []
    ana.redo()
    assert lost(now_of(ana, deal.id), list(GIVEN), lambda name: getattr(changed, name)) == []


EVERY = Deal(
    id=1,
    pipeline_id=2,
    stage_id=PROPOSAL,
    **{name: sample.value for name, sample in TYPED.items()},
    **{name: value for name, (value, _) in MADE.items()},
    created_at=AT,
    stage_entered_at=AT,
    qualified_at=AT,
    outcome=Status.LOST,
    closed_at=AT,
    closed_from=3,
    loss=Loss("price", "too dear", "Rivaltech", date(2027, 1, 2), "roi"),
    last_touch_at=AT,
    last_outbound_at=AT,
    last_reply_at=AT,
    outbound_since_reply=2,
    archived_at=AT,
    merged_into=9,
    recycled_from=8,
    removed=True,
    external_source="hubspot",
    imported=MappingProxyType({"title": "Packaging"}),
    imported_as="abc",
    given_by="bo",
    created_precision="day",
    entry_precision="unknown",
    asks=MappingProxyType({"bo": Ask("send the offer", "ana", date(2026, 12, 2))}),
    rank=4,
    version=5,
)


def test_the_deal_of_these_tests_has_each_field() -> None:
    same = [
        field.name
        for field in fields(Deal)
        if field.default is not MISSING and getattr(EVERY, field.name) == field.default
    ]
    assert same == [], "TYPED, MADE or EVERY wants another value than the default of these"


def test_the_database_keeps_each_field() -> None:
    found = deal_from_row(row_from_deal(EVERY, 0))
    assert lost(found, list(NAMES), lambda name: getattr(EVERY, name)) == []


def test_the_log_keeps_each_field() -> None:
    bare = Deal(id=1, pipeline_id=2, stage_id=3, title="", created_at=NOW, stage_entered_at=NOW)
    after = {name: getattr(EVERY, name) for name in NAMES if name not in ("id", "version")}
    event = change_to(bare, Kind.EDITED, NOW, after)
    data = json.loads(event_text(event))
    again = evolve(bare, event_from_json(event.kind, event.at, data, undoes=False))
    counted = {"id": "named by the caller", "version": "counted by evolve"}
    assert lost(again, without(NAMES, counted), lambda name: getattr(EVERY, name)) == []


# the owner's own

LOOKING = (
    ("show", "1"),
    ("show", "1", "--md"),
    ("show", "1", "--json"),
    ("list", "--columns", "ref,floor_value"),
    ("list", "--columns", "ref,floor_value", "--csv"),
    ("list", "--columns", "ref,floor_value", "--plain"),
    ("export",),
    ("export", "--format", "json"),
    ("export", "--format", "jsonl"),
    ("export", "--format", "csv", "--columns", "ref,floor_value"),
    ("export", "--format", "json", "--columns", "ref,floor_value"),
    ("export", "--format", "md", "--columns", "ref,floor_value"),
    ("history", "1"),
    ("history", "1", "--json"),
    ("history",),
)


@pytest.mark.parametrize("line", LOOKING, ids=" ".join)
def test_the_lowest_value_is_told_to_the_owner_alone(
    pipe: Type, ana: Workspace, line: tuple[str, ...]
) -> None:
    full(ana)
    told = {}
    for rep in ("ana", "bo"):
        said = pipe(*line, "--as", rep)
        assert said.code == 0, said.err
        told[rep] = said.out.replace(",", "").replace("\\", "")
    assert "31337" in told["ana"]
    assert "31337" not in told["bo"]


@pytest.mark.parametrize("line", [("list", "--json"), ("list", "--jsonl"), ("list",)])
def test_a_list_tells_the_lowest_value_to_nobody(
    pipe: Type, ana: Workspace, line: tuple[str, ...]
) -> None:
    full(ana)
    assert "31337" not in pipe(*line, "--as", "ana").out.replace(",", "")


def test_a_workbook_tells_the_lowest_value_to_the_owner_alone(
    pipe: Type, ana: Workspace, home: Path
) -> None:
    openpyxl = pytest.importorskip("openpyxl")
    full(ana)
    cells = {}
    for rep in ("ana", "bo"):
        file = home / f"{rep}.xlsx"
        line = ("export", "--to", str(file), "--columns", "ref,floor_value", "--as", rep)
        assert pipe(*line).code == 0
        cells[rep] = str(openpyxl.load_workbook(file).active["B2"].value or "")
    assert "31" in cells["ana"]
    assert cells["bo"] == ""


def test_no_order_tells_the_lowest_value(pipe: Type, ana: Workspace) -> None:
    full(ana)
    ana.set_fields([add(ana, "Lower").id], ["floor=5k", "owner=ana"])
    order = ("list", "--ids", "--sort", "floor_value", "--as")
    assert pipe(*order, "ana").lines == ["D-2", "D-1"]
    assert pipe(*order, "bo").lines == ["D-1", "D-2"]


def test_no_filter_asks_for_the_lowest_value(pipe: Type, ana: Workspace) -> None:
    full(ana)
    for word in ("floor>30k", "floor_value>30k"):
        assert pipe("list", "--ids", word, "--as", "bo").lines == []


@pytest.mark.parametrize(("rep", "sees"), [("ana", True), ("bo", False)])
def test_the_screens_show_the_lowest_value_to_the_owner_alone(
    made: Team, ana: Workspace, rep: str, sees: bool
) -> None:
    deal = full(ana)
    record, style = made.rep(rep).record(deal.id), PaneStyle(160, TODAY, SETTINGS.zone)
    zone = SETTINGS.zone
    timeline = [
        describe(entry.event, [record.pipeline], today=TODAY, zone=zone) for entry in record.entries
    ]
    text = DealText(record, TODAY, zone, lambda entry: "").plain()
    lines = [*pane_lines(record, style), *terms_note(record, style)]
    told = (*timeline, text, *map(text_of, lines))
    assert any("31,337" in one for one in told) is sees
    assert any("lowest value" in one for one in timeline)
    met = about(deal, rep, {"fields": ["floor_value"], "by": "ana"}, "", zone, (TODAY, EUR))
    assert ("31" in met.theirs) is sees
    names = [field.name for field in deal_form(deal, record.pipeline, TODAY, SETTINGS, rep)[1]]
    assert ("floor_value" in names) is sees


@pytest.mark.parametrize(("eyes", "sees"), [("ana", True), ("bo", False), (EVERYBODYS, True)])
def test_a_record_holds_the_lowest_value_for_eyes_that_may_see_it(
    ana: Workspace, eyes: str, sees: bool
) -> None:
    deal = add(ana)
    ana.set_fields([deal.id], ["floor=31337", "owner=ana"])
    record = ana.reader.record(deal.id, eyes)
    walk = Triage(ana.reader, Listing(TODAY, SETTINGS.zone, me="bo"), eyes=eyes)
    for found in (record, walk.record):
        assert found is not None
        assert (found.deal.floor_value is not None) is sees
        assert ("3133700" in str([entry.event.after for entry in found.entries])) is sees


def test_an_import_tells_the_lowest_value_to_the_owner_alone(
    made: Team, ana: Workspace, tmp_path: Path
) -> None:
    rows = "Deal ID,Deal Name,Owner,Stage,Floor value\nX1,Kestrel,ana,Proposal,{}\n"
    told = {}
    for rep, typed, said in (("ana", "31338", "20000"), ("bo", "31339", "10000")):
        read_rows(ana, tmp_path, rows.format(said), ImportOptions(prefer_file=True))
        (deal_id,) = [deal.id for deal in ana.reader.each(today=TODAY)]
        ana.set_fields([deal_id], [f"floor={typed}"])
        report = read_rows(made.rep(rep), tmp_path, rows.format(int(said) + 1))
        told[rep] = str([(one.ours, one.theirs) for one in report.conflicts])
    assert "31338" in told["ana"]
    assert "31339" not in told["bo"] and "the owner's own" in told["bo"]


@pytest.mark.parametrize("rep", ["ana", "bo"])
def test_everybody_sees_the_lowest_value_of_a_deal_without_an_owner(
    pipe: Type, ana: Workspace, rep: str
) -> None:
    deal = full(ana)
    ana.set_fields([deal.id], ["owner="])
    assert "31,337" in pipe("show", str(deal.id), "--as", rep).out


@pytest.mark.parametrize(("owner", "goes_along"), [("ana", True), ("", True), ("bo", False)])
def test_a_merge_tells_the_lowest_value_to_no_other_owner(
    ana: Workspace, owner: str, goes_along: bool
) -> None:
    keep = add(ana, "Kept")
    ana.set_fields([keep.id], [f"owner={owner}"])
    ana.merge(keep.id, [full(ana).id])
    assert (now_of(ana, keep.id).floor_value is not None) is goes_along


@pytest.mark.parametrize(
    "lower",
    [
        lambda rep, deal: rep.set_fields([deal], ["value=29k"]),
        lambda rep, deal: rep.edit([deal], {"value": Money(2_900_000, EUR)}),
        lambda rep, deal: rep.win([deal], value=Money(2_900_000, EUR)),
        lambda rep, deal: rep.set_fields([deal], ["floor=40k"]),
    ],
)
def test_who_sees_the_lowest_value_is_told_when_the_value_falls_below_it(
    made: Team, ana: Workspace, lower: Callable[[Workspace, int], Any]
) -> None:
    deal = add(ana, "Lower: x 35k", PROPOSAL)
    ana.set_next_step([deal.id], "call", TODAY + timedelta(days=3))
    assert ana.set_fields([deal.id], ["floor=30k", "owner=ana"]).notes == ()
    assert ana.set_fields([deal.id], ["value=30k"]).notes == ()
    told = lower(ana, deal.id).notes
    now = now_of(ana, deal.id)
    assert told == (f"Lower is below its lowest value, {now.floor_value}.",)
    assert ana.add_note([deal.id], "So be it.").notes == ()
    if now.is_open:
        assert made.rep("bo").set_fields([deal.id], ["value=20k"]).notes == ()
    assert ana.set_fields([deal.id], ["value=USD 1"]).notes == ()


def test_a_refused_change_does_not_tell_the_lowest_value(made: Team, ana: Workspace) -> None:
    deal = full(ana)
    ana.set_fields([deal.id], ["floor=31338"])
    with pytest.raises(Conflict) as refused:
        made.rep("bo").set_fields([deal.id], ["floor=5k"], seen={deal.id: deal.version})
    said = f"{refused.value.differences} {refused.value.message}".replace(",", "")
    assert "3133" not in said


# the weighted value


@pytest.mark.parametrize(
    ("minor", "chance", "weighted"),
    [(1, 5_000, 1), (3, 5_000, 2), (99, 5_050, 50), (101, 4_900, 49), (33, 3_333, 11)],
)
def test_one_deal_alone_is_weighted_as_its_column_is(
    made: Team, ana: Workspace, minor: int, chance: int, weighted: int
) -> None:
    deal = add(ana, "Plain")
    ana.edit([deal.id], {"value": Money(minor, EUR), "probability_bp": chance})
    lens = ana.lens(sales(ana))
    column = next(each for each in ana.reader.board(lens).columns if each.count)
    assert column.weighted == (Money(weighted, EUR),)
    style = PaneStyle(160, TODAY, SETTINGS.zone)
    told = [text_of(chip) for chip in chips(ana.record(deal.id), style, weighted=True)]
    assert f"wtd {full_money(column.weighted[0], style.glyphs)}" in told


@pytest.mark.parametrize("name", ["field.product", "fields.product", "Fields.Product"])
def test_a_field_of_ones_own_is_called_either_way_in_whatever_takes_one(
    team: Type, home: Path, name: str
) -> None:
    assert team("add", f"Lumen Oy: pilot 40k {name}:GTX").code == 0
    assert team("set", "1", f"{name}=GTX Pro").code == 0
    for line in (
        ("list", f'{name}:"GTX Pro"', "--columns", name, "--plain", "--sort", name),
        ("list", "--template", f"{{{name}}}"),
    ):
        assert team(*line).lines == ["GTX Pro"]
    groups = team("metrics", "--by", name, "--json").json["groups"]
    assert [group["key"] for group in groups] == ["GTX Pro"]
    (home / "templates").mkdir()
    (home / "templates" / "hello.md").write_text(f"About {{{{{name}}}}}.")
    assert team("template", "hello", "1").out.strip() == "About GTX Pro."
    stage = 'name = "Prospecting"'
    asks = team("pipeline", "show").out.replace(stage, f'{stage}\ncriteria = ["{name}"]', 1)
    assert team("pipeline", "apply", "-", stdin=asks).code == 0
    assert team("add", "Acme: press").code == 0
    assert "roduct is empty" in team("move", "2", "qualified").err
    assert team("move", "1", "qualified").code == 0
