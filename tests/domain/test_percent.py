"""Probabilities: percent as typed, basis points as kept."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

import pipeboard
from pipeboard.domain.errors import BadInput
from pipeboard.domain.money import format_percent, parse_percent

APART = re.compile(r"""\} %["' ,;)].*""")
"""A value of an f-string with a blank before its percent sign."""


@pytest.mark.parametrize(
    ("text", "basis_points"),
    [("60", 6000), ("60%", 6000), (" 62.5 % ", 6250), ("62,05", 6205), ("0", 0), ("100.00", 10000)],
)
def test_a_percentage_becomes_basis_points(text: str, basis_points: int) -> None:
    assert parse_percent(text) == basis_points


@pytest.mark.parametrize("text", ["", "101", "100.01", "-5", "60.125", "likely", "٦٠"])
def test_what_is_no_percentage_from_0_to_100_is_refused(text: str) -> None:
    with pytest.raises(BadInput):
        parse_percent(text)


@given(st.integers(0, 10_000))
def test_a_printed_percentage_is_read_back_exactly(basis_points: int) -> None:
    assert parse_percent(format_percent(basis_points)) == basis_points


@pytest.mark.parametrize("folder", ["cli", "domain", "exchange", "ui", "workspace"])
def test_a_percentage_is_written_without_a_blank_everywhere(folder: str) -> None:
    sources = (Path(pipeboard.__file__).parent / folder).rglob("*.py")
    assert [found for path in sources for found in APART.findall(path.read_text("utf-8"))] == []
