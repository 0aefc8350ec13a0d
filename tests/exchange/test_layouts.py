from __future__ import annotations

import json
from pathlib import Path
from random import Random

import pytest

from pipeboard.cli.manual import document
from pipeboard.domain.errors import BadInput
from pipeboard.exchange.columns import match_columns
from pipeboard.exchange.fields import LEFT_OUT, kind_of
from pipeboard.exchange.layouts import GENERIC, LAYOUTS, detect, layout_named
from pipeboard.exchange.layouts.layout import COLUMNS, Layout, json_list
from pipeboard.exchange.layouts.trello import BOARD_LAYOUT
from tests.exchange.files import exported
from tests.written import check_written

TOOLS = {
    "HubSpot": "hubspot",
    "Pipedrive": "pipedrive",
    "Zoho CRM": "zoho",
    "Trello": "trello",
    "Close": "close",
}


def known_headers() -> list[tuple[str, list[str]]]:
    tools = json.loads(exported("crm-exports/headers.json").read_text())["tools"]
    return [(TOOLS[tool["tool"]], tool["header"]) for tool in tools if tool["header"]]


def test_every_header_that_was_seen_is_recognised() -> None:
    for name, header in known_headers():
        assert detect(tuple(header)).name == name, header


def test_a_tool_is_recognised_in_any_order_and_with_columns_missing() -> None:
    chance = Random(5)
    for name, header in known_headers():
        if name == "csv":
            continue
        for _ in range(30):
            part = [column for column in header if chance.random() < 0.7]
            chance.shuffle(part)
            assert detect(tuple(part)).name in {name, "csv"}
            assert detect(tuple(chance.sample(header, len(header)))).name == name


def test_every_header_that_was_seen_maps_without_a_doubt() -> None:
    for name, header in known_headers():
        if name != "csv":
            matching = match_columns(header, LAYOUTS[name])
            assert {"title", "account"} & set(matching.targets.values())
            assert not any("looks like" in warning for warning in matching.warnings)


def written_down(layout: Layout) -> list[str]:
    """All that is known of a tool, a fact a line."""
    flags = ("has_several_owners", "closes_in_stage", "status_decides", "is_ours", "continues",
             "has_groups")  # fmt: skip
    lines = [f"= {name}" for name in flags if getattr(layout, name)]
    lines += [f"{column} -> {target}" for column, target in layout.columns.items()]
    for name in ("prefixes", "marks", "minor_units", "remarks"):
        lines += [f"{name}: {one}" for one in sorted(getattr(layout, name))]
    for column, words in layout.values.items():
        lines += [f"{column}: {word} = {meaning}" for word, meaning in words.items()]
    return [f"{layout.name}: {line}" for line in lines]


def test_every_column_of_every_tool_is_the_field_that_was_written_down() -> None:
    """What differs is a change of what people's files become: `layouts.txt` says it too, then."""
    lines = [line for layout in (*LAYOUTS.values(), BOARD_LAYOUT) for line in written_down(layout)]
    check_written(Path(__file__).with_name("layouts.txt"), lines)
    for layout in (*LAYOUTS.values(), BOARD_LAYOUT):
        for column, target in layout.columns.items():
            assert layout.target(column) == target


def test_hubspot_columns_hold_the_day_of_entering_a_stage() -> None:
    hubspot = LAYOUTS["hubspot"]
    assert hubspot.target('Date entered "Contract Sent (Sales Pipeline)"') == (
        "entered:Contract Sent"
    )
    assert hubspot.target("Date entered 'Demo (live) (Sales)'") == "entered:Demo (live)"
    assert hubspot.target('Date exited "Contract Sent (Sales Pipeline)"') is None


def test_salesforce_is_known_by_report_and_by_object() -> None:
    report = ("Opportunity Owner", "Account Name", "Opportunity Name", "Stage", "Amount")
    assert detect(report).name == "salesforce"
    assert detect(("Id", "Name", "StageName", "Amount", "CloseDate")).name == "salesforce"


TOLD_APART = [name for name in LAYOUTS if name not in ("pipeboard", GENERIC.name)]


@pytest.mark.parametrize("name", TOLD_APART)
def test_every_tool_is_known_by_its_columns_and_says_which_deal_is_which(name: str) -> None:
    layout = LAYOUTS[name]
    assert detect((*layout.columns, *(layout.marks - layout.columns.keys()))).name == name
    assert "external_id" in layout.columns.values(), "by it the same file twice makes nothing twice"
    for target in layout.columns.values():
        assert target == LEFT_OUT or kind_of(target)
    assert name in document("import").casefold()
    assert layout.minor_units | layout.values.keys() | layout.remarks.keys() <= (
        layout.columns.keys() | layout.marks
    )


def test_our_own_columns_are_our_own() -> None:
    assert detect((*COLUMNS, "fields.product")).name == "pipeboard"
    assert detect(("ref", "title", "probability_bp", "next_step.due")).name == "pipeboard"


def test_names_that_several_tools_share_belong_to_none() -> None:
    assert detect(("Deal Name", "Amount", "Pipeline")) is GENERIC


def test_a_tool_can_be_named_and_an_unknown_one_is_refused() -> None:
    layout: Layout = layout_named("zoho", ("Deal Name",))
    assert layout.name == "zoho"
    with pytest.raises(BadInput, match="no tool 'pipdrive'") as caught:
        layout_named("pipdrive", ())
    assert caught.value.hint == "Did you mean pipedrive?"


@pytest.mark.parametrize("name", LAYOUTS)
def test_a_tool_that_is_named_is_taken_whatever_the_header_is(name: str) -> None:
    assert layout_named(name, ("Deal", "Stage")) is LAYOUTS[name]
    assert layout_named(name, tuple(LAYOUTS["hubspot"].columns)) is LAYOUTS[name]
    assert layout_named(name, tuple(LAYOUTS["pipeboard"].columns)) is LAYOUTS[name]


def test_a_board_of_trello_is_one_by_its_header_and_auto_finds_out_which_tool() -> None:
    board = tuple(BOARD_LAYOUT.columns)
    assert layout_named("trello", board) is BOARD_LAYOUT
    assert layout_named("trello", ("Deal", "Stage")) is LAYOUTS["trello"]
    assert layout_named("auto", ("Deal", "Stage")) is GENERIC
    assert layout_named("auto", tuple(LAYOUTS["hubspot"].columns)) is LAYOUTS["hubspot"]


@pytest.mark.parametrize(
    ("cell", "words"),
    [
        ('["a", "b"]', ["a", "b"]), ("[]", []), ('["a", 5]', None), ("[5]", None), ("[a]", None),
        ('{"a": 1}', None), ("a", None), ("", None), ('"a"', None),
    ],
)  # fmt: skip
def test_a_list_of_texts_alone_is_read_as_one(cell: str, words: list[str] | None) -> None:
    assert json_list(cell) == words
