"""What people are told of a file, sentence by sentence, and by which words it is understood."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from pipeboard.domain.errors import BadInput
from pipeboard.exchange.columns import _parts_of_name
from pipeboard.exchange.deals import _PRODUCTS, _SAYS_PERCENT
from pipeboard.exchange.json_shapes import _plain
from pipeboard.exchange.read_options import REMARKS
from pipeboard.exchange.reading import _ANSWERS, REQUIRED
from pipeboard.exchange.values import LIMITS
from tests.exchange.files import deals_of, open_file, write
from tests.written import check_written


def test_what_is_odd_about_rows_is_told_as_it_was_written_down() -> None:
    lines = [f"{name}: {text}" for name, text in REMARKS.items()]
    lines += [f"a file should tell its {name}: {', '.join(_ANSWERS[name])}" for name in REQUIRED]
    check_written(Path(__file__).with_name("remarks.txt"), lines)
    assert set(REQUIRED) == set(_ANSWERS)


@pytest.mark.parametrize(
    "word", ["name", "value", "amount", "label", "title", "full_name", "display_name"]
)
def test_a_part_of_a_name_that_says_how_something_is_called_is_no_field(word: str) -> None:
    assert "owner" in list(_parts_of_name(f"owner.{word}"))
    assert "owner" in list(_parts_of_name(f"Owner.{word.replace('_', ' ').title()}"))
    assert "owner" not in list(_parts_of_name(f"owner.{word}x"))


@pytest.mark.parametrize(
    ("start", "what"),
    [
        ("<html><body>", "a web page or XML"),
        ("\ufeff \n<?xml version", "a web page or XML"),
        ("{\\rtf1 ", "a text document (RTF)"),
        ("{\\RTF1 ", "a text document (RTF)"),
        (" %PDF-1.7", "a PDF"),
    ],
)
def test_what_is_another_kind_of_text_is_no_table(start: str, what: str, tmp_path: Path) -> None:
    with pytest.raises(BadInput) as refused:
        open_file(write(tmp_path, f"{start}\na,b\n1,2\n"))
    assert what in f"{refused.value.message}"
    assert refused.value.hint


@pytest.mark.parametrize("name", ["Product", "Product name", "product_name"])
def test_a_deal_without_a_title_is_called_by_its_product_too(name: str, tmp_path: Path) -> None:
    (one,) = deals_of(tmp_path, f"Company,Stage,{name}\nAcme,Lead,Press\n")
    assert one.title == "Acme - Press"
    assert len(_PRODUCTS) == 2


@pytest.mark.parametrize(
    "name", ["Chance %", "Win percent", "Prozent", "Procent", "Pourcentage", "PORCENTAJE"]
)
def test_a_name_says_that_its_numbers_are_percentages(name: str) -> None:
    assert _SAYS_PERCENT.search(name)
    assert not _SAYS_PERCENT.search("Probability")


PARTS = ["text", "mention", "equation", "external", "file", "person", "bot"]


@pytest.mark.parametrize("kind", PARTS)
def test_a_piece_of_a_page_says_what_it_is_itself(kind: str) -> None:
    piece = {"type": kind, kind: {"content": "inside"}, "plain_text": "said"}
    assert _plain(json.loads(json.dumps([piece, piece]))) == "saidsaid"
    assert _plain({"type": kind, kind: {"url": "x"}, "name": "called"}) == "called"


@pytest.mark.parametrize(
    ("value", "plain"),
    [
        ({"type": "select", "select": {"name": "Hot", "id": "1"}}, "Hot"),
        ({"type": "date", "date": {"start": "2026-01-02", "end": None}}, "2026-01-02"),
        ({"type": "number", "number": 7}, 7),
        ({"type": "unique_id", "unique_id": {"prefix": "D", "number": 7}}, "D-7"),
        ({"type": "unique_id", "unique_id": {"prefix": None, "number": 7}}, "7"),
        ({"type": "relation", "relation": [{"id": "a"}, {"id": "b"}]}, ["a", "b"]),
        ({"type": "rich_text", "rich_text": []}, None),
        ({"id": "x"}, "x"),
        ({"other": 1}, {"other": 1}),
        ("text", "text"),
    ],
)
def test_a_property_of_a_page_is_what_people_read_of_it(value: object, plain: object) -> None:
    assert _plain(json.loads(json.dumps(value))) == plain


def test_a_cell_of_a_field_holds_so_many_letters() -> None:
    assert LIMITS == {
        "title": 1_048_576, "owner": 100, "source": 100, "contact_reason": 1000,
        "lost_reason": 1000,
    }  # fmt: skip
