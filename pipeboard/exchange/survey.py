"""What a person is shown of a file before its import: samples, and the words that place deals."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from pipeboard.domain.errors import BadInput
from pipeboard.domain.text import fold
from pipeboard.exchange.outcomes import MEANINGS, read_status
from pipeboard.exchange.rows import Rejected
from pipeboard.exchange.values import is_blank

if TYPE_CHECKING:
    from pipeboard.exchange.reading import Reading

PLACING: Final = frozenset({"stage", "status"})
"""Fields whose words say where a deal stands."""
_SAMPLES: Final = 3
_MOST_WORDS: Final = 1_000
_HEARD_EACH: Final = 1_000


@dataclass(frozen=True, slots=True)
class PlacingWord:
    """A word of a column that places deals: how often it stands there, and what it comes to.

    `becomes` is an outcome (`=won`, `=lost`, `=open`), `=-` for nothing, `archived`, a stage by the
    name that it has here, or None where nobody knows.
    """

    column: str
    text: str
    count: int
    becomes: str | None


@dataclass(frozen=True, slots=True)
class Survey:
    """A file gone through once: records, the first values of each column, words by their column."""

    records: int
    samples: Mapping[str, tuple[str, ...]]
    words: tuple[PlacingWord, ...]


def survey(reading: Reading, heard: Callable[[int, float], None]) -> Survey:
    """Goes through all records of a file; `heard` gets how many, and the share of the file."""
    header = reading.header
    samples: dict[str, dict[str, None]] = {column: {} for column in header}
    wanted = dict(enumerate(header))
    placing = [
        (at, column, Counter[str]())
        for at, column in enumerate(header)
        if reading.mapping[column] in PLACING
    ]
    records = 0
    for record in reading.records():
        if isinstance(record, Rejected):
            continue
        records += 1
        for at, column in list(wanted.items()):
            if cell := record.cells[at].strip():
                samples[column][cell] = None
                if len(samples[column]) >= _SAMPLES:
                    del wanted[at]
        for at, _, counts in placing:
            cell = record.cells[at].strip()
            if cell in counts or len(counts) < _MOST_WORDS:
                counts[cell] += 1
        if not records % _HEARD_EACH:
            heard(records, reading.share_read())
    words = tuple(word for _, column, counts in placing for word in _words(reading, column, counts))
    return Survey(records, {column: tuple(found) for column, found in samples.items()}, words)


def _words(reading: Reading, column: str, counts: Counter[str]) -> Iterable[PlacingWord]:
    means = _stage_meant if reading.mapping[column] == "stage" else _status_meant
    for text, count in counts.most_common():
        if text and not is_blank(text):
            yield PlacingWord(column, text, count, means(reading, column, text))


def _stage_meant(reading: Reading, column: str, text: str) -> str | None:
    words = reading.rules.words
    if outcome := words.closing(text):
        return f"={outcome}"
    return words.name(text) or "=-"


def _status_meant(reading: Reading, column: str, text: str) -> str | None:
    word = reading.rules.values.get(column, {}).get(fold(text), text)
    if word in MEANINGS:
        return word
    try:
        status = read_status(word)
    except BadInput:
        return None
    return "archived" if status.archived else f"={status.outcome}"
