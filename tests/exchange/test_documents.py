from __future__ import annotations

import json
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from pipeboard.domain.errors import BadInput, PipeboardError
from pipeboard.exchange.documents import looks_like_json, open_json
from pipeboard.exchange.encoding import Encoding
from pipeboard.exchange.reading import open_table
from pipeboard.exchange.rows import Rejected, RowNote
from pipeboard.exchange.tables import Record, holds_anything
from tests.exchange.files import deals_of, open_file, rows_of, write

UTF_8 = Encoding("utf-8")
PLAIN = st.dictionaries(
    st.text("abc", min_size=1), st.text(st.characters(codec="utf-8")), min_size=1
)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(deals=st.lists(PLAIN, min_size=1, max_size=4), indent=st.sampled_from([None, 1]))
def test_any_list_of_flat_objects_is_a_table(
    tmp_path: Path, deals: list[dict[str, str]], indent: int | None
) -> None:
    if not any(value for deal in deals for value in deal.values()):
        return
    path = write(tmp_path, json.dumps({"schema": 1, "deals": deals}, indent=indent))
    table = open_json(path, UTF_8)
    found = [
        {c: cell for c, cell in zip(table.header, r.cells, strict=True) if cell}
        for r in table.records()
        if not isinstance(r, Rejected)
    ]
    assert found == [
        {key: value for key, value in deal.items() if value}
        for deal in deals
        if holds_anything(deal.values())
    ]


def test_a_document_longer_than_a_piece_of_reading_keeps_its_lines(tmp_path: Path) -> None:
    deals = [{"title": f"Deal {n}", "note": "x" * 900} for n in range(1000)]
    text = json.dumps({"deals": deals, "schema": 1}, indent=0)
    rows = deals_of(tmp_path, text)
    lines = text.split("\n")
    assert len(rows) == 1000
    for row in rows:
        assert row.title in lines[row.line]


def test_a_line_that_is_no_json_is_rejected_among_lines(tmp_path: Path) -> None:
    rows = rows_of(tmp_path, '{"title":"a"}\nnonsense\n\n{"title":"b"}\n[1]\n')
    assert [(row.line, isinstance(row, Rejected)) for row in rows] == [
        (1, False),
        (2, True),
        (4, False),
        (5, True),
    ]


@pytest.mark.parametrize(
    "text",
    ['{"deals": [{"title": "a"}', '{"deals": [{"title": "a"} {"title": "b"}]}', "[{}] x", "[" * 99],
)
def test_json_that_breaks_off_is_refused_with_its_line(tmp_path: Path, text: str) -> None:
    with pytest.raises(BadInput, match="not valid JSON near line 3"):
        open_json(write(tmp_path, "\n\n" + text), UTF_8)


@pytest.mark.parametrize("text", ["{}", "[]", '{"deals": []}', '{"other": 1}', "[{}]"])
def test_json_without_deals_is_refused(tmp_path: Path, text: str) -> None:
    with pytest.raises(PipeboardError, match=r"holds no deals|looks like the name"):
        open_file(write(tmp_path, text))


def test_json_is_told_by_its_beginning_not_by_its_name() -> None:
    assert looks_like_json('\ufeff \n{"a": 1}')
    assert looks_like_json("[ {")
    assert not looks_like_json("[Deal],Value")
    assert not looks_like_json("Deal,Value")


def board(**parts: Any) -> str:
    """A board of two lists with one card, and whatever a test adds."""
    card = {"id": "5ab1" * 6, "name": "Pilot", "idList": "l1", "idMembers": ["m1", "m2"]}
    return json.dumps(
        {
            "name": "Sales",
            "lists": [{"id": "l1", "name": "Leads"}, {"id": "l2", "name": "Won"}],
            "members": [
                {"id": "m1", "fullName": "Ruiz, Ana", "username": "ana"},
                {"id": "m2", "fullName": "Bo", "username": "bo"},
            ],
            "cards": [card | parts.pop("card", {})],
            **parts,
        }
    )


def move(at: str, before: str, after: str) -> dict[str, Any]:
    return {
        "type": "updateCard",
        "date": at,
        "data": {
            "card": {"id": "5ab1" * 6},
            "listBefore": {"id": before},
            "listAfter": {"id": after, "name": "its name then"},
        },
    }


def test_a_board_tells_the_stages_of_a_card(tmp_path: Path) -> None:
    created = {
        "type": "createCard",
        "date": "2018-03-20T10:00:00.000Z",
        "data": {"card": {"id": "5ab1" * 6}, "list": {"id": "l1", "name": "Old leads"}},
    }
    actions = [move("2018-04-01T10:00:00.000Z", "l1", "l2"), created]
    content = board(actions=actions, card={"idList": "l2"})
    (row,) = deals_of(tmp_path, content, today=date(2018, 12, 31))
    assert (row.outcome, row.stage, row.pipeline) == ("won", "Leads", "Sales")
    assert [stage for stage, _ in row.entered] == ["Leads"]
    assert str(row.created_at) == "2018-03-20 10:00:00+00:00"
    assert str(row.closed_at) == "2018-04-01 10:00:00+00:00"


def test_the_first_member_of_a_card_owns_it_and_the_others_are_kept(tmp_path: Path) -> None:
    (row,) = deals_of(tmp_path, board())
    assert row.owner == "Ruiz, Ana"
    assert row.fields["Members"] == "Ruiz, Ana (ana),Bo (bo)"


def test_what_hangs_on_a_card_is_kept(tmp_path: Path) -> None:
    card = {
        "desc": "A pilot",
        "labels": [{"name": "hot", "color": "red"}, {"name": "", "color": "green"}],
        "attachments": [{"url": "https://x.example/offer.pdf"}],
        "due": "2018-05-01T10:00:00.000Z",
        "customFieldItems": [
            {"idCustomField": "f1", "value": {"number": "993.5"}},
            {"idCustomField": "f2", "idValue": "o2"},
        ],
    }
    comment = {
        "type": "commentCard",
        "date": "2018-03-21T10:00:00.000Z",
        "memberCreator": {"fullName": "Bo"},
        "data": {"card": {"id": "5ab1" * 6}, "text": "called"},
    }
    text = board(
        card=card,
        actions=[comment],
        customFields=[
            {"id": "f1", "name": "Value"},
            {
                "id": "f2",
                "name": "Size",
                "options": [
                    {"id": "o1", "value": {"text": "S"}},
                    {"id": "o2", "value": {"text": "L"}},
                ],
            },
        ],
        checklists=[
            {
                "idCard": "5ab1" * 6,
                "name": "Steps",
                "checkItems": [{"name": "demo", "state": "complete"}, {"name": "offer"}],
            }
        ],
    )
    (row,) = deals_of(tmp_path, text)
    assert str(row.value) == "$993.50"
    assert row.tags == ("hot", "green")
    assert row.others["links"] == ("https://x.example/offer.pdf",)
    assert str(row.expected_close) == "2018-05-01"
    assert row.fields["Size"] == "L"
    assert row.fields["Steps"] == "[x] demo\n[ ] offer"
    assert [note[:2] for note in row.notes] == [("A pilot", None), ("called", "Bo")]
    assert isinstance(row.notes[0], RowNote)


def test_archived_cards_and_lists_are_archived_and_templates_left_out(tmp_path: Path) -> None:
    lists = [{"id": "l1", "name": "Leads", "closed": True}]
    assert deals_of(tmp_path, board(lists=lists))[0].archived
    assert deals_of(tmp_path, board(card={"closed": True}))[0].archived
    assert not deals_of(tmp_path, board())[0].archived


def test_the_id_of_a_card_tells_its_creation_where_no_action_does(tmp_path: Path) -> None:
    (row,) = deals_of(tmp_path, board(card={"dateLastActivity": "2018-05-01T10:00:00.000Z"}))
    assert str(row.created_at) == "2018-03-20 19:02:09+00:00"


def test_fields_that_an_api_puts_into_properties_are_those_of_the_deal(tmp_path: Path) -> None:
    deal = {"id": "9", "properties": {"dealname": "Pilot", "amount": "5", "dealstage": "Demo"}}
    (row,) = deals_of(tmp_path, json.dumps({"results": [deal]}), "deals.json")
    assert (row.external_id, row.title, row.stage) == ("9", "Pilot", "Demo")


@pytest.mark.parametrize("wrapper", ["properties", "attributes", "node", "fields"])
def test_fields_that_an_interface_wraps_are_the_deals_own(wrapper: str, tmp_path: Path) -> None:
    """What such interfaces say of a record stands beside the wrapper, each under its own name."""
    for beside in ("id", "type", "links", "relationships", "createdTime", "cursor", "__typename"):
        deal = {beside: "7", wrapper: {"title": "Pilot", "amount": "5"}}
        table = open_json(write(tmp_path, json.dumps([deal])), UTF_8)
        assert {"title", "amount"} <= set(table.header), beside


def test_a_wrapper_beside_fields_of_a_deal_is_one_of_them(tmp_path: Path) -> None:
    deal = {"title": "Pilot", "attributes": {"amount": "5"}}
    table = open_json(write(tmp_path, json.dumps([deal])), UTF_8)
    assert "title" in table.header and "amount" not in table.header


NAMES = [
    "deals",
    "data",
    "results",
    "result",
    "items",
    "records",
    "value",
    "opportunities",
    "leads",
    "edges",
    "nodes",
]


@pytest.mark.parametrize("name", NAMES)
def test_the_list_of_deals_deep_down_is_known_by_its_name_among_others(
    name: str, tmp_path: Path
) -> None:
    answer = {"errors": [], "warnings": [{"text": "old"}], name: [{"title": "Pilot"}]}
    table = open_json(write(tmp_path, json.dumps({"answer": answer})), UTF_8)
    assert [record.cells for record in table.records() if isinstance(record, Record)] == [["Pilot"]]


@pytest.mark.parametrize("name", NAMES[:9])
def test_the_list_of_deals_has_one_of_its_names(name: str, tmp_path: Path) -> None:
    for text in ({name: [{"title": "a"}]}, {name: {"edges": [{"node": {"title": "a"}}]}}):
        table = open_json(write(tmp_path, json.dumps(text)), UTF_8)
        assert "title" in table.header


# Shapes in which deals come: by columns, alone, as pages, with a name twice.


def test_columns_of_cells_by_row_are_deals(tmp_path: Path) -> None:
    table = {
        "Deal": {"0": "A", "1": "B"},
        "Amount": {"0": 10, "1": None},
        "Owner": {"0": None, "1": "bo"},
    }
    rows = deals_of(tmp_path, json.dumps(table, indent=1))
    assert [(row.title, row.value and row.value.minor, row.owner) for row in rows] == [
        ("A", 1000, None),
        ("B", None, "bo"),
    ]
    assert all(row.external_id is None for row in rows)
    by_id = {"17": {"name": "A", "amount": 10}, "18": {"name": "B", "amount": 20}}
    assert [row.external_id for row in deals_of(tmp_path, json.dumps(by_id, indent=1))] == [
        "17",
        "18",
    ]


def test_rows_of_cells_have_the_names_of_the_first_row(tmp_path: Path) -> None:
    table = [["Deal", "Stage", 3], ["A", "Lead", "x"], ["B", "Demo"]]
    found = open_json(write(tmp_path, json.dumps(table, indent=1)), UTF_8)
    assert found.header == ("Deal", "Stage", "3")
    assert [one.cells for one in found.records() if isinstance(one, Record)] == [
        ["A", "Lead", "x"], ["B", "Demo", ""],
    ]  # fmt: skip
    assert looks_like_json("[[")


@pytest.mark.parametrize(
    "key",
    ["owner", "owners", "assignees", "members", "users", "tags", "labels", "companies"],
)
def test_objects_that_have_names_are_called_by_them(tmp_path: Path, key: str) -> None:
    for named, cell in (([{"name": "ana"}, {"name": "bo"}], "ana; bo"), (["x"], "x")):
        table = open_json(write(tmp_path, json.dumps([{"title": "A", key: named}])), UTF_8)
        (record,) = table.records()
        assert isinstance(record, Record)
        assert dict(zip(table.header, record.cells, strict=True))[key] == cell


def test_odoo_says_false_where_there_is_nothing_and_of_what_is_put_away(tmp_path: Path) -> None:
    deal = {"name": "A", "partner_id": [7, "Lumen"], "email_from": False, "active": False}
    table = open_json(write(tmp_path, json.dumps([deal])), UTF_8)
    (record,) = table.records()
    assert isinstance(record, Record)
    cells = dict(zip(table.header, record.cells, strict=True))
    assert cells == {"name": "A", "partner_id": "Lumen", "active": "false"}


PAGES = (
    "has_more hasMore hasNextPage has_next_page more_items_in_collection nextRecordsUrl "
    "@odata.nextLink next_page next_cursor nextPageToken next offset"
)
ABOUT = "paging pagination additional_data meta links _links pageInfo page_info"


@pytest.mark.parametrize("name", PAGES.split())
def test_each_word_for_more_pages_is_told_where_there_are_more(tmp_path: Path, name: str) -> None:
    for value, is_told in (
        ("x", True),
        ("", False),
        (None, False),
        (0, False),
        (20, name != "offset"),
    ):
        text = json.dumps({"deals": [{"title": "A", "amount": 5}], name: value})
        table = open_json(write(tmp_path, text), UTF_8)
        assert len([*table.records()]) == 1
        assert any(f"'{name}' says" in one for one in table.warnings) is is_told, value


@pytest.mark.parametrize("about", ABOUT.split())
def test_what_tells_of_pages_may_stand_in_a_part_of_its_own(tmp_path: Path, about: str) -> None:
    text = json.dumps({"deals": [{"title": "A", "amount": 5}], about: {"next": "x"}})
    table = open_json(write(tmp_path, text), UTF_8)
    assert any("'next' says" in one for one in table.warnings)


def test_parts_by_their_numbers_are_no_columns(tmp_path: Path) -> None:
    text = json.dumps({"17": {"1": "A", "2": "x"}, "18": {"1": "B", "2": "y"}}, indent=1)
    assert open_json(write(tmp_path, text), UTF_8).header == ("id", "1", "2")


ONE = {
    "plain": {"name": "Acme", "amount": 5},
    "with lists of its own": {
        "title": "Acme", "amount": 5, "tags": ["a", "b"], "contacts": [{"name": "Mika"}],
    },
    "of an account": {"company": "Acme", "amount": 5, "owner": {"name": "Ana", "id": 7}},
}  # fmt: skip


@pytest.mark.parametrize("indent", [None, 1])
@pytest.mark.parametrize("deal", ONE.values(), ids=ONE)
def test_an_object_that_is_a_deal_is_one_deal(
    tmp_path: Path, deal: dict[str, Any], indent: int | None
) -> None:
    (row,) = deals_of(tmp_path, json.dumps(deal, indent=indent))
    assert row.title == "Acme" and row.value is not None and row.value.minor == 500
    assert row.tags == tuple(deal.get("tags", ()))
    assert [person.name for person in row.contacts] == [p["name"] for p in deal.get("contacts", ())]


NO_DEAL = {
    "an error": {"title": "Not found", "status": 404, "detail": "no such list"},
    "a report with rows of a name of its own": {
        "title": "Report", "owner": "Ana", "rows": [{"name": "A", "amount": 1}],
    },
    "about itself alone": {"name": "Deals", "exported": True},
    "cards of no list": {"cards": [{"id": "5ab1", "name": "Pilot"}]},
    "empty": {},
}  # fmt: skip


@pytest.mark.parametrize("document", NO_DEAL.values(), ids=NO_DEAL)
def test_an_object_that_is_no_deal_is_refused_and_not_guessed(
    tmp_path: Path, document: dict[str, Any]
) -> None:
    with pytest.raises(BadInput, match="holds no deals") as refused:
        open_json(write(tmp_path, json.dumps(document, indent=1)), UTF_8)
    assert refused.value.hint.startswith("Deals are objects in a list, such as [{")


COLLECTED = [{"results": [{"id": "1", "name": "A"}]}, {"results": [{"id": "2", "name": "B"}]}]


@pytest.mark.parametrize(
    ("text", "name"),
    [
        (json.dumps(COLLECTED), "deals.json"),
        ("\n".join(map(json.dumps, COLLECTED)), "deals.jsonl"),
        ("\n".join(json.dumps(page, indent=1) for page in COLLECTED), "deals.json"),
    ],
)
def test_pages_that_were_collected_into_one_file_are_one_list(
    tmp_path: Path, text: str, name: str
) -> None:
    table = open_table(write(tmp_path, text, name))
    assert [one.cells for one in table.records() if isinstance(one, Record)] == [
        ["1", "A"],
        ["2", "B"],
    ]


@pytest.mark.parametrize("text", ["[1, 2, 3]", '["a", "b"]', "5", "null", '"a"', "[[]]", "[]"])
def test_json_without_an_object_is_no_table_of_text(tmp_path: Path, text: str) -> None:
    with pytest.raises(BadInput, match="holds no deals"):
        open_table(write(tmp_path, text, "deals.json"))


def _text(*parts: str) -> list[dict[str, Any]]:
    return [
        {"type": "text", "text": {"content": one, "link": None}, "plain_text": one, "href": None}
        for one in parts
    ]


PROPERTIES: dict[str, tuple[dict[str, Any], str]] = {
    "title": ({"title": _text("Tuscan ", "kale")}, "Tuscan kale"),
    "rich_text": ({"rich_text": _text("They ", "said yes")}, "They said yes"),
    "number": ({"number": 2500}, "2500"),
    "select": ({"select": {"id": "x", "name": "Fair", "color": "green"}}, "Fair"),
    "status": ({"status": {"id": "x", "name": "Demo", "color": "green"}}, "Demo"),
    "multi_select": ({"multi_select": [{"id": "1", "name": "a"}, {"name": "b"}]}, "a; b"),
    "date": ({"date": {"start": "2026-12-19", "end": None, "time_zone": None}}, "2026-12-19"),
    "people": (
        {"people": [{"object": "user", "id": "u", "name": "Ana", "type": "person",
                     "person": {"email": "ana@x.example"}}]},
        "Ana",
    ),
    "checkbox": ({"checkbox": True}, "true"),
    "email": ({"email": "a@b.example"}, "a@b.example"),
    "url": ({"url": "https://x.example"}, "https://x.example"),
    "phone_number": ({"phone_number": "+49 30 1"}, "+49 30 1"),
    "formula": ({"formula": {"type": "number", "number": 42}}, "42"),
    "rollup": (
        {"rollup": {"type": "array", "array": [{"type": "title", "title": _text("Acme")}]}},
        "Acme",
    ),
    "unique_id": ({"unique_id": {"prefix": "DEAL", "number": 7}}, "DEAL-7"),
    "files": (
        {"files": [{"name": "offer.pdf", "type": "external", "external": {"url": "https://y"}}]},
        "offer.pdf",
    ),
    "created_by": ({"created_by": {"object": "user", "id": "u", "name": "Bo"}}, "Bo"),
    "created_time": ({"created_time": "2026-03-01T19:05:00.000Z"}, "2026-03-01T19:05:00.000Z"),
}  # fmt: skip
"""Every kind of property of a page, as its programming interface answers it, and what it says."""


@pytest.mark.parametrize("kind", PROPERTIES)
def test_a_property_of_a_page_says_what_people_read(tmp_path: Path, kind: str) -> None:
    value, said = PROPERTIES[kind]
    page = {"object": "page", "id": "p1", "properties": {"X": {"id": "i", "type": kind, **value}}}
    empty = {
        "object": "page",
        "id": "p2",
        "properties": {"X": {"id": "i", "type": kind, kind: None}},
    }
    table = open_json(write(tmp_path, json.dumps({"results": [page, empty]})), UTF_8)
    cells = [dict(zip(table.header, one.cells, strict=True)) for one in table.records()]  # type: ignore[union-attr]
    assert [(cell["id"], cell["X"]) for cell in cells] == [("p1", said), ("p2", "")]
    assert set(table.header) == {"id", "X"}


def test_pages_of_notion_are_deals(tmp_path: Path) -> None:
    properties = {
        "Deal": {"type": "title", "title": _text("Pump")},
        "Amount": {"type": "number", "number": 5},
        "Close date": {"type": "date", "date": {"start": "2026-12-19", "end": "2026-12-24"}},
        "Company": {"type": "relation", "relation": [{"id": "aaa"}], "has_more": False},
    }
    page = {"object": "page", "id": "p1", "archived": False, "properties": properties}
    (row,) = deals_of(
        tmp_path, json.dumps({"object": "list", "results": [page], "has_more": False})
    )
    assert (row.title, row.external_id, row.account) == ("Pump", "p1", None)
    assert row.expected_close == date(2026, 12, 19) and not row.archived
    assert row.fields["Close date end"] == "2026-12-24" and row.fields["Company.id"] == "aaa"


@pytest.mark.parametrize(
    "text",
    [
        '[{"name":"A","amount":5,"amount":7}]',
        '{"deals":[{"name":"A","amount":5,"amount":7}]}',
        '{"name":"A","amount":5,"amount":7}',
        '{"name":"A",\n"amount":5,"amount":7}',
        '{"name":"A","amount":5,"amount":7}\n{"name":"B"}',
        '{"data":{"deals":{"edges":[{"node":{"name":"A","amount":5,"amount":7}}]}}}',
        '{"1":{"name":"A","amount":5,"amount":7}}',
    ],
)
def test_a_name_that_stands_twice_in_an_object_loses_nothing_and_is_told(
    tmp_path: Path, text: str
) -> None:
    table = open_json(write(tmp_path, text), UTF_8)
    assert table.warnings == [
        "'amount' stands twice in an object, with two values: the first counts, the other is kept "
        "as 'amount (2)'."
    ]
    record = next(one for one in table.records() if not isinstance(one, Rejected))
    cells = dict(zip(table.header, record.cells, strict=True))
    assert (cells["name"], cells["amount"], cells["amount (2)"]) == ("A", "5", "7")
    assert len(table.warnings) == 1


def test_a_name_twice_with_one_value_is_nothing_to_tell(tmp_path: Path) -> None:
    table = open_json(write(tmp_path, '[{"name":"A","amount":5,"amount":5}]'), UTF_8)
    assert table.warnings == [] and table.header == ("name", "amount")


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ('{"title": "a",\n"stage": "x"}\n{"title" 7}', 3),
        ('{"title": "a", "stage": "x"} {"title": "b"} 7x', 1),
        ('{"title": "a",\n"stage": "x"}\n{"title": "b"', 3),
    ],
)
def test_objects_one_behind_another_that_break_off_are_refused_with_the_line(
    text: str, line: int, tmp_path: Path
) -> None:
    with pytest.raises(BadInput, match=f"not valid JSON near line {line}"):
        list(open_file(write(tmp_path, text, "a.json")).rows())


@pytest.mark.parametrize("codec", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le"])
def test_lines_of_json_are_read_in_the_encoding_of_the_file(codec: str, tmp_path: Path) -> None:
    lines = "".join(f'{{"title": "{name}", "stage": "Lead"}}\n' for name in ("Müller", "Größe"))
    with open_file(write(tmp_path, lines.encode(codec), "a.jsonl")) as reading:
        assert reading.format == "jsonl"
        assert [row.raw["title"] for row in reading.rows()] == ["Müller", "Größe"]
