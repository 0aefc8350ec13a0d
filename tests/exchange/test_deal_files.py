"""The text of files that an import takes back: of some deals, and of a whole workspace."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from types import MappingProxyType
from typing import Any

import pytest

from pipeboard.domain.errors import BadInput
from pipeboard.domain.json_data import JsonObject
from pipeboard.domain.templates import from_stage_names
from pipeboard.exchange.deal_files import (
    _checklist,
    columns_with,
    csv_of_deals,
    is_whole,
    json_of_deals,
    jsonl_of_deals,
    read_whole,
    rows_of_deals,
    whole_document,
)
from pipeboard.exchange.layouts.layout import COLUMNS
from tests.store.made_up import deal

A: JsonObject = {"title": "Äcker", "tags": ["x"]}
B: JsonObject = {"title": "=1+1", "fields": {"color": "red"}}


@pytest.mark.parametrize(
    ("written", "deals", "text"),
    [
        (json_of_deals, (), '{"schema":1,"deals":[\n]}\n'),
        (json_of_deals, (A,), '{"schema":1,"deals":[\n{"title":"Äcker","tags":["x"]}\n]}\n'),
        (
            json_of_deals,
            (A, A),
            '{"schema":1,"deals":[\n{"title":"Äcker","tags":["x"]},\n'
            '{"title":"Äcker","tags":["x"]}\n]}\n',
        ),
        (jsonl_of_deals, (), ""),
        (
            jsonl_of_deals,
            (A, B),
            '{"title":"Äcker","tags":["x"]}\n{"title":"=1+1","fields":{"color":"red"}}\n',
        ),
    ],
)
def test_deals_stand_one_a_line_in_their_order(
    written: Callable[[Iterable[Any]], Iterator[str]], deals: tuple[Any, ...], text: str
) -> None:
    assert "".join(written(deals)) == text


def test_a_table_has_our_columns_and_then_the_fields_that_are_named() -> None:
    columns = columns_with(["color"])
    assert columns == [*COLUMNS, "fields.color"]
    first, second = rows_of_deals([A, B], columns)
    place = columns.index("title")
    assert (first[place], first[-1], second[place], second[-1]) == ("Äcker", "", "=1+1", "red")
    head, one, two = "".join(csv_of_deals([A, B], ["color"])).splitlines()
    assert head == ",".join(columns)
    assert "Äcker" in one.split(",") and "'=1+1" in two.split(",") and two.endswith(",red")


@pytest.mark.parametrize(
    ("kept", "named"),
    [("1/First call", "Lead/First call"), ("2/a/b", "Offer/a/b"), ("9/Gone", "9/Gone")],
)
def test_what_is_ticked_is_told_by_the_name_of_its_stage(kept: str, named: str) -> None:
    pipeline = from_stage_names(
        ("Lead", "Offer"), pipeline_name="Sales", currency="EUR", first_stage_id=1
    )
    ticked = deal(1, checklist=MappingProxyType({kept: "ana"}))
    assert list(_checklist(ticked, pipeline)) == [(named, "ana")]


TABLES = {"deal": (["id", "title"], [(1, "Äcker"), (2, None)]), "stage": (["id"], [])}


def whole_text() -> str:
    return "".join(
        whole_document(7, list(TABLES), lambda name: TABLES[name][0], lambda name: TABLES[name][1])
    )


def test_a_whole_workspace_is_written_a_row_a_line() -> None:
    assert whole_text() == (
        '{"schema":1,"kind":"pipeboard workspace","database_schema":7,"tables":{\n'
        '"deal":{"columns":["id","title"],"rows":[\n[1,"\\u00c4cker"],\n[2,null]]},\n'
        '"stage":{"columns":["id"],"rows":[]}\n}}\n'
    )


@pytest.mark.parametrize(
    ("text", "whole"),
    [
        (whole_text(), True),
        (json.dumps(json.loads(whole_text()), indent=2), True),
        (json.dumps(json.loads(whole_text())), True),
        ('{"schema":1,"deals":[\n]}\n', False),
        ('{"kind":"pipeboard"}', False),
        (" " * 300 + whole_text(), False),
        ("", False),
        (None, False),
    ],
)
def test_a_file_is_a_whole_workspace_by_how_it_begins(
    tmp_path: Path, text: str | None, whole: bool
) -> None:
    file = tmp_path / "a.json"
    if text is not None:
        file.write_text(text, encoding="utf-8")
    assert is_whole(file) is whole
    file.write_bytes(b"\xff\xfe\x00caf\xe9")
    assert is_whole(file) is False


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (whole_text()[:-3], "a.json cannot be read as a workspace"),
        (None, "a.json cannot be read as a workspace"),
        ("[" * 100_000, "a.json cannot be read as a workspace"),
        ("[]", "a.json is not a whole workspace"),
        ('{"kind":"pipeboard"}', "a.json is not a whole workspace"),
    ],
)
def test_what_is_no_whole_workspace_is_refused(tmp_path: Path, text: str | None, said: str) -> None:
    file = tmp_path / "a.json"
    if text is not None:
        file.write_text(text, encoding="utf-8")
    with pytest.raises(BadInput, match=said):
        read_whole(file)


def test_a_whole_workspace_is_read_as_it_was_written(tmp_path: Path) -> None:
    file = tmp_path / "a.json"
    file.write_text(whole_text(), encoding="utf-8")
    assert read_whole(file) == {
        "schema": 1,
        "kind": "pipeboard workspace",
        "database_schema": 7,
        "tables": {
            "deal": {"columns": ["id", "title"], "rows": [[1, "Äcker"], [2, None]]},
            "stage": {"columns": ["id"], "rows": []},
        },
    }
