"""The shapes in which programming interfaces answer with deals, each opened to a deal's cells."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from pipeboard.exchange.json_shapes import (
    Names,
    Objects,
    found,
    is_one_deal,
    named,
    of_answer,
    opened,
)
from tests.exchange.files import all_deals, open_file, write

if TYPE_CHECKING:
    from pathlib import Path

    from pipeboard.domain.json_data import Json

PAGE_TEXT = [{"plain_text": "Pi", "type": "text"}, {"plain_text": "lot", "type": "text"}]
OPENED: dict[str, tuple[dict[str, Any], dict[str, Any]]] = {
    "as it is": ({"id": 1, "name": "Pilot"}, {"id": 1, "name": "Pilot"}),
    "links of Odoo": (
        {"partner_id": [7, "Lumen"], "phone": False, "active": False},
        {"partner_id": "Lumen", "active": False},
    ),
    "no link without a number": ({"a": ["7", "Lumen"]}, {"a": ["7", "Lumen"]}),
    "no link of three": ({"a": [7, "Lumen", 1]}, {"a": [7, "Lumen", 1]}),
    "no link of numbers": ({"a": [7, 8], "b": False}, {"a": [7, 8], "b": False}),
    "false without a link": ({"is_won": False}, {"is_won": False}),
    "properties": (
        {"id": 1, "properties": {"name": "Pilot"}, "more": 2},
        {"id": 1, "properties": None, "name": "Pilot", "more": 2},
    ),
    "attributes": (
        {"id": 1, "type": "deal", "attributes": {"name": "Pilot"}},
        {"id": 1, "type": "deal", "attributes": None, "name": "Pilot"},
    ),
    "attributes beside others": (
        {"id": 1, "attributes": {"name": "Pilot"}, "stage": "Won"},
        {"id": 1, "attributes": {"name": "Pilot"}, "stage": "Won"},
    ),
    "a node": ({"cursor": "x", "node": {"name": "P"}}, {"cursor": "x", "node": None, "name": "P"}),
    "a node with fields": (
        {"node": {"id": 1, "fields": {"name": "P"}}},
        {"node": None, "id": 1, "fields": None, "name": "P"},
    ),
    "relationships": (
        {"id": 1, "relationships": {"company": {"data": {"name": "Lumen"}}, "owner": {"name": "a"},
                                    "links": "x"}},
        {"id": 1, "relationships": None, "company": {"name": "Lumen"}, "owner": {"name": "a"}},
    ),
    "what a deal says goes before what it is linked to": (
        {"company": "Acme", "relationships": {"company": {"data": {"name": "Lumen"}}}},
        {"company": "Acme", "relationships": None},
    ),
    "owners": ({"owners": [{"name": "ana"}, {"name": "bo"}]}, {"owners": ["ana", "bo"]}),
    "owners of whom one has no name": (
        {"owners": [{"name": "ana"}, {"id": 2}]}, {"owners": [{"name": "ana"}, {"id": 2}]},
    ),
    "owners of whom one has a number": (
        {"owners": [{"name": "ana"}, {"name": 2}]}, {"owners": [{"name": "ana"}, {"name": 2}]},
    ),
    "owners of whom one is a text": (
        {"owners": [{"name": "ana"}, "bo"]}, {"owners": [{"name": "ana"}, "bo"]},
    ),
    "an object that holds a deal alone": (
        {"deal": {"title": "P", "stage": {"name": "Won"}}}, {"title": "P", "stage": {"name": "Won"}}
    ),
    "no owners": ({"owners": []}, {"owners": []}),
    "names of no people": ({"stages": [{"name": "Lead"}]}, {"stages": [{"name": "Lead"}]}),
    "a page": (
        {"object": "page", "id": 1, "properties": {
            "Name": {"type": "title", "title": PAGE_TEXT},
            "Stage": {"type": "select", "select": {"id": "s", "name": "Won"}},
            "Due": {"type": "date", "date": {"start": "2026-01-01", "end": "2026-02-01"}},
            "From": {"type": "date", "date": {"start": "2026-01-01", "end": None}},
            "Empty": {"type": "date", "date": None},
            "Value": {"type": "number", "number": 5},
            "Company": {"type": "relation", "relation": [{"id": "c"}]},
            "Tags": {"type": "multi_select", "multi_select": [{"name": "a"}, {"name": "b"}]},
            "Ref": {"type": "unique_id", "unique_id": {"prefix": "D", "number": 7}},
            "Plain": "x",
        }},
        {"object": None, "id": 1, "properties": None, "Name": "Pilot", "Stage": "Won",
         "Due": "2026-01-01", "Due end": "2026-02-01", "From": "2026-01-01", "Empty": None,
         "Value": 5, "Company.id": ["c"], "Tags": ["a", "b"], "Ref": "D-7", "Plain": "x"},
    ),
}  # fmt: skip


@pytest.mark.parametrize("what", OPENED)
def test_a_deal_is_taken_out_of_its_wrapper(what: str) -> None:
    told, expected = OPENED[what]
    assert opened(told) == expected


FOUND: dict[str, tuple[list[tuple[str, int, Any]], list[tuple[int, Any]]]] = {
    "a list": (
        [("deals[]", 1, {"id": 1}), ("deals[]", 2, {"id": 2})], [(1, {"id": 1}), (2, {"id": 2})],
    ),
    "one": ([("deal", 1, {"id": 1})], [(1, {"id": 1})]),
    "beside a list": ([("total", 1, 2), ("data[]", 2, {"id": 1})], [(2, {"id": 1})]),
    "by their ids": (
        [("7", 1, {"name": "a"}), ("8", 2, {"name": "b"})],
        [(1, {"id": "7", "name": "a"}), (2, {"id": "8", "name": "b"})],
    ),
    "of other names": ([("7", 1, {"name": "a"}), ("8", 2, {"title": "b"})], []),
    "by ids beside something": ([("7", 1, {"name": "a"}), ("total", 2, 1)], []),
    "columns of rows by number": (
        [("name", 1, {"0": "a", "1": "b"}), ("value", 2, {"0": 5, "1": 6})],
        [(1, {"name": "a", "value": 5}), (1, {"name": "b", "value": 6})],
    ),
    "deep": (
        [("data", 1, {"deals": {"edges": [{"node": {"id": 1}}]}})], [(1, {"node": {"id": 1}})],
    ),
    "a list of any name": ([("answer", 1, {"rows": [{"id": 1}]})], [(1, {"id": 1})]),
    "two lists of any name": (
        [("7", 1, {"a": [{"id": 1}], "b": [{"id": 2}]})],
        [(1, {"id": "7", "a": [{"id": 1}], "b": [{"id": 2}]})],
    ),
    "a list of no objects": ([("7", 1, {"a": [1]})], [(1, {"id": "7", "a": [1]})]),
    "rows below columns": (
        [("columns[]", 1, "name"), ("columns[]", 1, "value"), ("data[]", 2, ["a", 5]),
         ("data[]", 3, ["b", 6])],
        [(2, ["name", "value"]), (2, ["a", 5]), (3, ["b", 6])],
    ),
}  # fmt: skip


@pytest.mark.parametrize("what", FOUND)
def test_deals_stand_in_lists_by_their_ids_or_deeper_down(what: str) -> None:
    told, expected = FOUND[what]
    assert list(found(told)) == expected


@pytest.mark.parametrize("wrapper", ["properties", "attributes", "node", "fields"])
def test_beside_a_wrapper_stands_what_says_nothing_of_the_deal(wrapper: str) -> None:
    deal: dict[str, Any] = {"id": 1, "type": "deal", "links": {}, "createdTime": "x", "cursor": "c"}
    deal |= {"__typename": "Deal", "relationships": None}
    told = opened({**deal, wrapper: {"name": "Pilot"}})
    assert (told["name"], told[wrapper]) == ("Pilot", None)


@pytest.mark.parametrize(
    "key", ["owner", "owners", "assignees", "members", "users", "tags", "labels", "companies"]
)
def test_of_people_words_and_companies_the_names_are_taken(key: str) -> None:
    assert opened({key: [{"name": "ana", "id": 1}]}) == {key: ["ana"]}


@pytest.mark.parametrize(
    "kind", ["text", "mention", "equation", "external", "file", "person", "bot"]
)
def test_a_piece_of_a_page_says_itself_what_it_is(kind: str) -> None:
    piece = {"type": kind, kind: {"content": "x"}, "name": "Pilot"}
    page: dict[str, Any] = {"object": "page", "properties": {"Deal": piece}}
    assert opened(page)["Deal"] == "Pilot"


@pytest.mark.parametrize("key", ["plain_text", "name", "start", "id"])
def test_of_an_object_of_a_page_is_read_what_people_read(key: str) -> None:
    assert (
        opened({"object": "page", "properties": {"Deal": {key: "x", "other": "y"}}})["Deal"] == "x"
    )


@pytest.mark.parametrize(
    ("value", "is_deal"),
    [
        ({"name": "Pilot", "value": 5}, True),
        ({"company": "Lumen", "stage": "Won"}, True),
        ({"name": "Pilot"}, False),
        ({"value": 5, "stage": "Won"}, False),
        ({"title": "Not found", "status": 404}, False),
        ({"title": "Not found", "status": 404, "colour": "red"}, False),
        ({"name": "Pilot", "value": 5, "tags": ["a"]}, True),
        ({"name": "Pilot", "value": 5, "colours": ["a"]}, True),
        ({"name": "Pilot", "value": 5, "contacts": [{"name": "Bob"}]}, True),
        ({"name": "Export", "value": 5, "pages": [{"name": "Bob"}]}, False),
        ({"name": "Export", "value": 5, "pages": [["Bob"]]}, False),
        ({"name": {"first": "Pilot"}, "value": 5}, False),
    ],
)
def test_an_object_is_a_deal_by_itself_where_it_has_a_name_and_more(
    value: dict[str, Any], is_deal: bool
) -> None:
    assert is_one_deal(value) is is_deal


def test_rows_of_cells_have_the_names_of_the_first_row() -> None:
    rows: list[tuple[int, Json]] = [
        (1, {"name": "Pilot"}), (2, ["name", 7]), (3, ["a", 5]), (4, ["b"]), (5, ["c", 6, 7]),
    ]  # fmt: skip
    assert list(named(rows)) == [
        (1, {"name": "Pilot"}), (3, {"name": "a", "7": 5}), (4, {"name": "b"}),
        (5, {"name": "c", "7": 6}),
    ]  # fmt: skip


def test_of_a_name_that_stands_twice_each_other_value_is_kept_under_another_one() -> None:
    objects = Objects()
    assert objects([("a", 1), ("b", 2)]) == {"a": 1, "b": 2}
    assert objects([("a", 1), ("a", 1)]) == {"a": 1}
    assert list(objects.told()) == []
    assert objects([("a", 1), ("a", 2), ("b", 3)]) == {"a": 1, "a (2)": 2, "b": 3}
    assert list(objects.told()) == [
        "'a' stands twice in an object, with two values: the first counts, the other is kept as "
        "'a (2)'."
    ]


@pytest.mark.parametrize("key", ["results", "data", "deals", "value", "items"])
def test_an_answer_in_a_list_of_answers_is_opened_to_its_deals(key: str) -> None:
    deals: list[Json] = [{"name": "Pilot"}, {"name": "Roof"}]
    assert of_answer({key: deals, "paging": {"next": {"after": "2"}}, "total": 2}) == deals
    others: list[Json] = [{"name": "Pump", key: deals}, {key: []}, {key: ["hot"]}, 5, [1], {}]
    for one in others:
        assert of_answer(one) == [one]


@pytest.mark.parametrize(
    ("rows", "columns"),
    [
        (["name stage", "title stage"], {"name": ("name", "title"), "stage": ("stage",)}),
        (["name", "name title"], {"name": ("name",), "title": ("title",)}),
        (["name", "title", "title name"], {"name": ("name",), "title": ("title",)}),
        (["tags", "labels"], {"tags": ("tags",), "labels": ("labels",)}),
        (["colour", "size"], {"colour": ("colour",), "size": ("size",)}),
        (["amount", "value", "deal_value"], {"amount": ("amount", "value", "deal_value")}),
    ],
)
def test_names_of_one_field_that_never_stand_in_one_row_are_one_column(
    rows: list[str], columns: dict[str, tuple[str, ...]]
) -> None:
    names = Names()
    for row in rows:
        names.add(row.split())
    assert names.together() == columns


def test_rows_that_name_the_same_otherwise_are_read_alike(tmp_path: Path) -> None:
    text = '{"name": "A", "stage": "Talk"}\n{"title": "B", "stage": "Talk"}\n'
    with open_file(write(tmp_path, text, "deals.jsonl")) as reading:
        assert [row.title for row in all_deals(list(reading.rows()))] == ["A", "B"]
        assert "Rows without 'name' call it 'title': read as one column." in reading.warnings
