"""What verbs say of more than a thousand deals, in a locale with other marks than the English."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import cycle, islice, product
from pathlib import Path

import pytest

from tests.cli.conftest import Type
from tests.cli.test_machine_output import german

DEALS = 3_300
_NO_COUNT = re.compile(
    r"D-\d+"  # a deal
    r"|\b20\d\d(Q\d|(-\d\d)*)\b"  # a day, a year, a quarter
    r"|\(lines [^()]*\)|\b[Ll]ines? \d+"  # places in a file
    r"|--?\S+ \S+",  # what is to be typed
)
_KEPT = re.compile("^- (Prospecting is the bottleneck|In the last 7 days|None of)")
"""Sentences of a review, which is kept for others to read."""
_GERMAN = re.compile(r"\d\.\d{3}(?!\d)")
_ENGLISH = re.compile(r"\d,\d{3}(?!\d)|\d{4,}")


def names() -> Iterator[str]:
    for letters in product("abcdefghijklmno", repeat=3):
        yield f"{''.join(letters).capitalize()} Oy"


def many(home: Path) -> Path:
    """As many deals that are lost as won, and as many open ones without anything."""
    file = home / "many.csv"
    rows = ["company,title,stage,value,created,closed,reason,owner"]
    ends = (
        "Prospecting,,2026-03-02,,,ana",
        "lost,250000.75,2026-03-02,2026-11-20,price,ana",
        "won,250000.75,2026-03-02,2026-11-20,,ana",
    )
    rows += [f"{name},pilot,{end}" for name, end in islice(zip(names(), cycle(ends)), DEALS)]
    file.write_text("\n".join(rows) + "\n")
    return file


LONG = (
    ("metrics", "--period", "all"),
    ("metrics", "--by", "owner"),
    ("review",),
    ("digest",),
)


@pytest.fixture
def crowd(team: Type, home: Path) -> Type:
    assert team("import", str(many(home)), "--currency", "EUR", "--yes").code == 0
    german(home)
    return team


def test_a_file_of_many_deals_is_told_and_kept_of_as_each_is_to_read_it(
    crowd: Type, home: Path
) -> None:
    """The log is read by colleagues and a document by scripts: both are English."""
    again = ("import", str(many(home)), "--dry-run", "--json")
    said, document = crowd(*again[:-1]), crowd(*again)
    assert "3.300 rows read" in said.out.replace("\n", " ") + said.err
    assert "3,300 rows have no id" in document.out
    assert crowd("undo", "--list").lines[0].endswith("Imported 3,300 deals from many.csv.")
    assert crowd("set", "--where", "open", "source=fair", "--yes").code == 0
    assert ": fair" in (kept := crowd("undo", "--list").lines[0])
    assert "1,100 deals (Aaa Oy, Aad Oy, Aag Oy and 1,097 more)" in kept


def test_every_count_is_written_with_the_marks_of_the_locale(crowd: Type) -> None:
    unlike = {}
    for line in LONG:
        said = crowd(*line)
        told = [one for one in (said.out + said.err).splitlines() if not _KEPT.search(one)]
        unlike[line] = [one for one in told if _ENGLISH.search(_NO_COUNT.sub("", one))]
        assert _GERMAN.search("".join(told)), line
    assert not any(unlike.values()), unlike
