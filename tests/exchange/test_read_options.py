"""What a person says about how a file is read, and what is told of its cells."""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from pipeboard.domain.errors import BadInput, PipeboardError
from pipeboard.domain.lazy_dataclass import replace
from pipeboard.exchange.columns import Matching
from pipeboard.exchange.layouts import GENERIC
from pipeboard.exchange.read_options import (
    NO_OPTIONS,
    CellTally,
    ReadOptions,
    _column_of,
    _constant,
    _pair,
    key_columns,
    lines_told,
    rules_of,
)
from tests.exchange.files import open_file, write

HEADER = ("Deal", "State", "State: now", "Owner")


@pytest.mark.parametrize(
    ("text", "pair"),
    [
        ("Old=New", ("old", "New")),
        ("Old= New ", ("old", "New")),
        ("Déja=vu=x", ("deja", "vu=x")),
        ("Old=won", ("old", "=won")),
        ("Old==won", ("old", "=won")),
        ("Old=LOST", ("old", "=lost")),
        ("Old==Open", ("old", "=open")),
        ("Old=open", ("old", "open")),
        ("Old=-", ("old", "=-")),
        ("Old==-", ("old", "=-")),
        ("Old==new", ("old", "=new")),
    ],
)
def test_a_word_is_mapped_to_another_or_to_a_meaning(text: str, pair: tuple[str, str]) -> None:
    assert _pair(text, "A=B") == pair


@pytest.mark.parametrize("text", ["Old", "=New", " =New", "Old=", "Old= ", ""])
def test_half_of_a_pair_maps_nothing(text: str) -> None:
    with pytest.raises(BadInput, match="maps nothing") as refused:
        _pair(text, "A=B")
    assert refused.value.hint == "Write A=B."


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("State:x=y", ("State", "x=y")),
        ("State: now:x=y", ("State", " now:x=y")),
        ("state:x", ("State", "x")),
        ("Owner:a:b=c", ("Owner", "a:b=c")),
    ],
)
def test_a_value_stands_behind_the_name_of_its_column(text: str, found: tuple[str, str]) -> None:
    assert _column_of(text, HEADER) == found


@pytest.mark.parametrize("text", ["Umber:x=y", "State=x", ""])
def test_a_value_of_no_column_is_refused(text: str) -> None:
    with pytest.raises(PipeboardError):
        _column_of(text, HEADER)


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("owner=ana", ("owner", "ana")),
        (" Stage = Lead=1 ", ("stage", "Lead=1")),
        *((f"{name}=x", (name, "x")) for name in
          ("stage", "owner", "source", "status", "currency", "account", "title")),
    ],
)  # fmt: skip
def test_a_field_may_be_said_for_all_rows(text: str, found: tuple[str, str]) -> None:
    assert _constant(text) == found


@pytest.mark.parametrize("text", ["owner", "owner=", "owner= ", "value=5", "=ana"])
def test_a_field_that_cannot_be_said_for_all_rows_is_refused(text: str) -> None:
    with pytest.raises(BadInput, match="sets nothing"):
        _constant(text)


def test_a_key_is_made_of_columns_by_their_names() -> None:
    assert key_columns(("owner", "Deal"), HEADER) == (3, 0)
    with pytest.raises(PipeboardError, match="Umber"):
        key_columns(("Umber",), HEADER)


@pytest.mark.parametrize(
    ("lines", "count", "told"),
    [
        ([4], None, "line 4"),
        ([4, 5], None, "lines 4, 5"),
        ([*range(1, 9)], None, "lines 1, 2, 3, 4, 5, 6, 7, 8"),
        ([*range(1, 10)], None, "lines 1, 2, 3, 4, 5, 6, 7, 8 and 1 more"),
        ([*range(1, 10)], 2_008, "lines 1, 2, 3, 4, 5, 6, 7, 8 and 2,000 more"),
    ],
)
def test_the_first_lines_are_named_and_the_others_counted(
    lines: list[int], count: int | None, told: str
) -> None:
    assert lines_told(lines, count) == told


def said(**counts: object) -> list[str]:
    tally = CellTally()
    for name, value in counts.items():
        setattr(tally, name, value)
    return list(tally.sentences("EUR"))


@pytest.mark.parametrize(
    ("counts", "sentences"),
    [
        ({}, []),
        (
            {"unread": {"Due": {" is no date.": ("'x' is no date.", [3])}}},
            ["1 cell of 'Due' could not be read and is kept as text: 'x' is no date (line 3)."],
        ),
        (
            {"assumed_currency": 2},
            ["2 amounts without a currency taken as EUR; say --currency CODE if that is wrong."],
        ),
        (
            {"blanks": Counter({"Due": 1_200, "Rep": 1})},
            ["Cells that say there is no value were left out: 'Due' 1,200, 'Rep' 1."],
        ),
        ({"pipelines": Counter({"Sales": 5})}, []),
        (
            {"pipelines": Counter({"Old": 2, "Sales": 5})},
            ["The file has deals of 2 pipelines (Sales 5, Old 2); all go into one here, and the "
             "file's is kept as a field."],
        ),
    ],
)  # fmt: skip
def test_what_was_noticed_of_cells_is_told_once(
    counts: dict[str, object], sentences: list[str]
) -> None:
    assert said(**counts) == sentences


def test_the_words_of_a_tool_name_stages_in_its_column_of_stages_and_values_elsewhere() -> None:
    values = {"Phase": {"x": "=won"}, "Kind": {"y": "best"}, "Else": {"z": "1"}}
    layout = replace(GENERIC, values=values)
    matching = Matching({"Phase": "stage", "Kind": "forecast_category", "Deal": "title"})
    table: Any = SimpleNamespace(header=("Phase", "Kind", "Deal"))
    rules = rules_of(NO_OPTIONS, "EUR", table, layout, matching)
    assert dict(rules.words.renamed) == {"x": "=won"}
    assert {column: dict(words) for column, words in rules.values.items()} == {
        "Phase": {"x": "=won"}, "Kind": {"y": "best"},
    }  # fmt: skip
    assert rules.currency == "EUR"


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (ReadOptions(stages=("Talk=Demo",)), []),
        (
            ReadOptions(stages=("Talk=Demo", "Nope=X")),
            ["--stage 'Nope=X' speaks of nothing that the rows say: see how the file spells it."],
        ),
        (ReadOptions(values=("owner:Al=ana",)), []),
        (
            ReadOptions(values=("owner:Bo=ben", "stage:Won==won", "owner:al=ana")),
            [
                "--value 'stage:Won==won', --value 'owner:Bo=ben' speak of nothing that the rows "
                "say: see how the file spells it."
            ],
        ),
    ],
)
def test_what_a_person_says_of_cells_that_no_row_has_is_told(
    options: ReadOptions, said: list[str], tmp_path: Path
) -> None:
    file = write(tmp_path, "title,stage,owner\nPress,Talk,Al\n")
    with open_file(file, options=options) as reading:
        assert len(list(reading.rows())) == 1
        assert [one for one in reading.remarks() if "the rows say" in one] == said
