"""How the files of one source are read: a person's choices as a small document, kept and given."""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path
from shlex import quote
from typing import TYPE_CHECKING, Final

from pipeboard.domain.errors import BadInput, NotFound
from pipeboard.domain.lazy_dataclass import dataclass, fields, replace, with_values
from pipeboard.domain.text import did_you_mean, fold, quoted
from pipeboard.exchange.amounts import DECIMAL_MARKS
from pipeboard.exchange.columns import read_override
from pipeboard.exchange.fields import takes_several
from pipeboard.exchange.history import MEANINGS, read_status
from pipeboard.exchange.read_options import ReadOptions
from pipeboard.exchange.rows import Rejected
from pipeboard.exchange.values import is_blank

if TYPE_CHECKING:
    from pipeboard.domain.pipeline import Pipeline
    from pipeboard.exchange.reading import Reading


SCHEMA = 1


_NO_TEXT = re.compile("[\ud800-\udfff]")


@dataclass(frozen=True, slots=True)
class Recipe:
    """The choices, in the words of the command line."""

    tool: str = "auto"
    map: tuple[str, ...] = ()
    stage: tuple[str, ...] = ()
    value: tuple[str, ...] = ()
    set: tuple[str, ...] = ()
    key: tuple[str, ...] = ()
    dates: str = ""
    decimal: str = ""
    currency: str = ""
    encoding: str = ""
    sheet: str = ""
    source: str = ""
    lost_zero: str = ""
    beside: str = ""
    by: str = ""
    teams: str = ""
    onto: str = ""

    def __bool__(self) -> bool:
        return self != Recipe()

    def under(self, other: Recipe) -> Recipe:
        """These choices where `other` makes none; lists go behind those of `other`."""
        merged: dict[str, object] = {}
        for one in fields(self):
            mine, theirs = getattr(self, one.name), getattr(other, one.name)
            if isinstance(mine, tuple):
                merged[one.name] = (*mine, *(word for word in theirs if word not in mine))
            elif one.name == "tool":
                merged[one.name] = mine if theirs == "auto" else theirs
            else:
                merged[one.name] = theirs or mine
        if other.beside:  # one file is joined, in one way
            merged |= {name: getattr(other, name) for name in _OF_SIDE}
        return with_values(other, merged)

    def to_json(self) -> str:
        """The document, without what nobody chose."""
        chosen = {
            one.name: list(value) if isinstance(value, tuple) else value
            for one in fields(self)
            if (value := getattr(self, one.name)) not in ((), "", "auto")
        }
        text = json.dumps({"schema": SCHEMA, **chosen}, ensure_ascii=False, indent=2)
        # The name of a second file may hold bytes that are no text.
        return _NO_TEXT.sub(lambda found: f"\\u{ord(found[0]):04x}", text)

    def kept(self, source: str, *, forgets: bool) -> tuple[str, str] | None:
        """What is remembered for the next file of a source: how this one was read, also that
        nothing was chosen for it where it `forgets` what was."""
        return (source, self.to_json()) if source and (self or forgets) else None

    def in_words(self) -> str:
        """The choices as they would be typed."""
        said = []
        for one in fields(self):
            value = getattr(self, one.name)
            name = one.name.replace("_", "-").replace("tool", "from")
            words = value if isinstance(value, tuple) else (value,)
            said += [f"--{name} {quote(word)}" for word in words if word not in ("", "auto")]
        return " ".join(said)


_OF_SIDE: Final = ("beside", "by", "teams", "onto")
"""What a recipe says of a second file."""


def recipe_from_json(text: str, where: str) -> Recipe:
    """The recipe of a document; BadInput for one that is none."""
    try:
        document = json.loads(text)
    except ValueError as error:
        raise BadInput(f"{where} is not a recipe: it is no JSON ({error})") from error
    known = {one.name for one in fields(Recipe)}
    if not isinstance(document, Mapping) or document.get("schema") != SCHEMA:
        raise BadInput(f"{where} is not a recipe", hint="Make one with --save-recipe FILE.")
    values: dict[str, object] = {}
    for name, value in document.items():
        if name == "schema":
            continue
        if name not in known:
            raise BadInput(
                f"{where} has an unknown word {quoted(name)}", hint=did_you_mean(name, known)
            )
        is_list = isinstance(getattr(Recipe(), name), tuple)
        words = value if isinstance(value, list) else [value]
        if not all(isinstance(word, str) for word in words) or (len(words) != 1 and not is_list):
            raise BadInput(f"{where}: {quoted(name)} is not what a recipe holds there")
        values[name] = tuple(words) if is_list else words[0]
    return with_values(Recipe(), values)


def read_recipe(path: Path) -> Recipe:
    """The recipe in a file; NotFound or BadInput when there is none."""
    try:
        text = path.read_text("utf-8")
    except FileNotFoundError as error:
        raise NotFound(f"There is no file {path}.", hint="Check its name and folder.") from error
    except (OSError, UnicodeDecodeError) as error:
        raise BadInput(f"{path} cannot be read as a recipe") from error
    return recipe_from_json(text, path.name)


def read_options(recipe: Recipe, pipeline: Pipeline | None) -> ReadOptions:
    """How files of a recipe are read, into stages of `pipeline` where there is one."""
    decimal = DECIMAL_MARKS.get(recipe.decimal.casefold())
    if recipe.decimal and decimal is None:
        raise BadInput(
            f"{quoted(recipe.decimal)} is no decimal mark.", hint="Write point or comma."
        )
    return ReadOptions(
        overrides=recipe.map,
        stages=recipe.stage,
        values=recipe.value,
        constants=recipe.set,
        key=recipe.key,
        dates=recipe.dates or None,
        decimal=decimal,
        encoding=recipe.encoding or None,
        sheet=recipe.sheet or None,
        open_stages=[stage.name for stage in pipeline.open_stages] if pipeline else (),
        won=pipeline.won.name if pipeline else "",
        lost=pipeline.lost.name if pipeline else "",
        lost_zero_is_unknown=recipe.lost_zero == "unknown",
    )


# Choices, put into a recipe.


def with_column(recipe: Recipe, header: Sequence[str], column: str, target: str) -> Recipe:
    """The column as `target`, which whatever else was chosen for it loses; "" for as found."""
    kept = []
    for entry in recipe.map:
        named, meant = read_override(entry, header)
        if named != column and (meant != target or takes_several(target)):
            kept.append(entry)
    return replace(recipe, map=(*kept, f"{column}={target}") if target else tuple(kept))


def with_word(recipe: Recipe, column: str, is_stage: bool, word: str, becomes: str) -> Recipe:
    """A word of a column as a stage or a meaning such as `=won`; "" for as found.

    Raises BadInput for a word that no recipe can hold.
    """
    if "=" in word:
        raise BadInput(f"{quoted(word)} holds a '=': change it in the file.")
    begin = f"{column}:{word}="
    values = _without(recipe.value, lambda entry: fold(entry).startswith(fold(begin)))
    if not is_stage:
        return replace(recipe, value=(*values, f"{begin}{becomes}") if becomes else values)
    stages = _without(recipe.stage, lambda entry: fold(entry.partition("=")[0]) == fold(word))
    stages = (*stages, f"{word}={becomes}") if becomes else stages
    return replace(recipe, stage=stages, value=values)


def with_constant(recipe: Recipe, name: str, value: str) -> Recipe:
    """A field that has one value in every row that does not say otherwise; "" for none."""
    kept = _without(recipe.set, lambda entry: entry.partition("=")[0] == name)
    return replace(recipe, set=(*kept, f"{name}={value}") if value else kept)


def _without(entries: Sequence[str], is_gone: Callable[[str], bool]) -> tuple[str, ...]:
    return tuple(entry for entry in entries if not is_gone(entry))


# What a person is shown of a file before its import: samples, and the words that place deals.

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
