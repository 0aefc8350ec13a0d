"""How the files of one source are read: a person's choices as a small document, kept and given."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Final

from pipeboard.domain.errors import BadInput, NotFound
from pipeboard.domain.lazy_dataclass import dataclass, fields, replace, with_values
from pipeboard.domain.locales import in_figures
from pipeboard.domain.text import clean_line, did_you_mean, fold, quoted, slug
from pipeboard.exchange.columns import read_override
from pipeboard.exchange.fields import CUSTOM, LEFT_OUT, takes_several
from pipeboard.exchange.outcomes import MEANINGS, read_status
from pipeboard.exchange.read_options import NO_OPTIONS, ReadOptions
from pipeboard.exchange.reading import open_table
from pipeboard.exchange.rows import Rejected
from pipeboard.exchange.synonyms import SYNONYMS
from pipeboard.exchange.tables import Record
from pipeboard.exchange.values import DECIMAL_MARKS, is_blank

if TYPE_CHECKING:
    from pipeboard.domain.deal import Deal
    from pipeboard.domain.pipeline import Pipeline
    from pipeboard.exchange.reading import Reading
    from pipeboard.exchange.rows import DealRow


SCHEMA = 1


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
        return json.dumps({"schema": SCHEMA, **chosen}, ensure_ascii=False, indent=2)

    def in_words(self) -> str:
        """The choices as they would be typed."""
        said = []
        for one in fields(self):
            value = getattr(self, one.name)
            name = one.name.replace("_", "-").replace("tool", "from")
            words = value if isinstance(value, tuple) else (value,)
            said += [f"--{name} {_shell(word)}" for word in words if word not in ("", "auto")]
        return " ".join(said)


_OF_SIDE: Final = ("beside", "by", "teams", "onto")
"""What a recipe says of a second file."""


def _shell(word: str) -> str:
    from shlex import quote

    return quote(word)


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
    decimal = DECIMAL_MARKS.get(recipe.decimal.casefold()) if recipe.decimal else None
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
        decimal="," if decimal == "," else "." if decimal else None,
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


# A second file beside the deals: a line for each rep, product or account, found by one column.

TEAM = "rep.team"
"""What a column is that names the team of a rep."""
JOINED_BY = ("owner", "account", "title", "source", "external_id")
_MOST_NAMED: Final = 5


@dataclass(frozen=True, slots=True)
class SideTable:
    """Lines by the folded key; `field` is what of a deal the key is (`fields.NAME` for one of its
    own). `targets` are what the other columns become: `fields.NAME` or `rep.team`. `doubles` are
    keys that stand twice, of which the first line counts."""

    field: str
    targets: Mapping[str, str]
    lines: Mapping[str, Mapping[str, str]]
    doubles: tuple[str, ...]

    def key_of(self, deal: Deal | DealRow) -> str:
        """What a deal, or the row of one, is found by among the lines."""
        return fold(value_of(deal, self.field))

    def added_to(self, row: DealRow) -> Mapping[str, str]:
        """The fields by name that the line of a row adds to its deal."""
        line = self.lines.get(self.key_of(row), {})
        return {name.removeprefix("fields."): text for name, text in line.items() if name != TEAM}

    def changes_of(self, deal: Deal) -> Mapping[str, str]:
        """The fields of a deal that its line gives another value."""
        line = self.lines.get(self.key_of(deal), {})
        return {
            name: text
            for name, text in line.items()
            if name != TEAM and value_of(deal, name) != text
        }

    def doubts(self, met: int) -> Iterator[str]:
        """What a person should know of the lines, of which so many met a deal."""
        if self.doubles:
            count, named = len(self.doubles), ", ".join(map(quoted, self.doubles[:_MOST_NAMED]))
            yield f"{in_figures(count)} keys stand twice; the first line counts: {named}."
        if met < len(self.lines):
            yield f"{in_figures(len(self.lines) - met)} lines have a key that no deal has."


def value_of(deal: Deal | DealRow, name: str) -> str:
    """What a deal, or the row of one, has of a field by which files are joined, or of its own."""
    if name.startswith("fields."):
        return deal.fields.get(name.removeprefix("fields."), "")
    return str(getattr(deal, name) or "")


def join_fields(mapping: Mapping[str, str]) -> dict[str, str]:
    """The columns of a file of deals that another can be joined by, each with its field."""
    known = {column: target for column, target in mapping.items() if target in JOINED_BY}
    own = {
        column: f"fields.{target.removeprefix(CUSTOM)}"
        for column, target in mapping.items()
        if target.startswith(CUSTOM)
    }
    return known | own


def same_columns(header: Sequence[str], mapping: Mapping[str, str]) -> dict[str, str]:
    """The columns of a second file that a file of deals has too, by name or by meaning, each with
    the field of a deal that it is."""
    fields_of = join_fields(mapping)
    by_name = {slug(column): field for column, field in fields_of.items()}
    found = {}
    for column in header:
        field = by_name.get(slug(column), _field(column))
        if field in fields_of.values():
            found[column] = field
    return found


def open_side_table(path: Path, join: str, maps: Sequence[str], options: ReadOptions) -> SideTable:
    """The file, joined by `COLUMN` or `COLUMN=FIELD`; BadInput for a column that is not there."""
    table = open_table(path, options)
    column, _, field = join.rpartition("=") if "=" in join else (join, "", "")
    column = _column(column, table.header)
    targets = {name: f"fields.{clean_line(name[:100])}" for name in table.header if name != column}
    for text in maps:
        name, _, target = text.rpartition("=")
        targets[_column(name, table.header)] = _target(target)
    lines: dict[str, Mapping[str, str]] = {}
    doubles: list[str] = []
    for record in table.records():
        if not isinstance(record, Record):
            raise BadInput(f"Line {record.line} cannot be read: {record.reason}.")
        cells = dict(zip(table.header, (cell.strip() for cell in record.cells), strict=True))
        key = fold(cells.pop(column))
        if key and key in lines:
            doubles.append(key)
        elif key:
            lines[key] = {targets[n]: cell for n, cell in cells.items() if targets[n] and cell}
    return SideTable(_field(field or column), targets, lines, tuple(doubles))


@dataclass(frozen=True, slots=True)
class SideFile:
    """A second file whose other columns become fields of the deals that have the key of its line:
    a column of it, as `COLUMN=FIELD`. `team` is the column with the teams of reps, if any. Deals
    that stand in no row get them too where it is joined `everywhere`."""

    path: Path
    key: str
    team: str = ""
    everywhere: bool = False

    def open(self) -> SideTable:
        """Its lines; BadInput for a file or a column that cannot be read."""
        teams = [f"{self.team}={TEAM}"] if self.team else []
        try:
            return open_side_table(self.path, self.key, teams, NO_OPTIONS)
        except NotFound as error:
            hint = "Join another one, or none: --beside -"
            raise NotFound(error.message, hint=hint) from error
        except OSError as error:
            raise BadInput(f"{self.path} cannot be read: {error.strerror or error}.") from error


def side_of(recipe: Recipe) -> SideFile | None:
    """The second file of a recipe; BadInput where it is not said by what it is joined."""
    if recipe.beside in ("", LEFT_OUT):
        return None
    if not recipe.by:
        raise BadInput(
            f"By which column {recipe.beside} is joined is not said.",
            hint="Name it: --by COLUMN, or --by COLUMN=FIELD",
        )
    return SideFile(Path(recipe.beside), recipe.by, recipe.teams, recipe.onto == "all")


def with_side(recipe: Recipe, side: SideFile | None) -> Recipe:
    """The recipe with that second file, or with none, whatever was joined last time."""
    if side is None:
        return replace(recipe, beside=LEFT_OUT, by="", teams="", onto="")
    onto = "all" if side.everywhere else ""
    path = str(side.path.absolute())
    return replace(recipe, beside=path, by=side.key, teams=side.team, onto=onto)


def _column(name: str, header: Sequence[str]) -> str:
    same = [column for column in header if slug(column) == slug(name)]
    if len(same) != 1:
        raise BadInput(
            f"There is no column {quoted(name.strip())}.",
            hint=did_you_mean(name, header) or f"Columns: {', '.join(header)}.",
        )
    return same[0]


def _field(text: str) -> str:
    """What of a deal a key is: a field that is known, else one of its own."""
    text = text.strip()
    for prefix in (CUSTOM, "fields."):
        if text.startswith(prefix):
            return f"fields.{text.removeprefix(prefix)}"
    known = SYNONYMS.get(slug(text), "")
    return known if known in JOINED_BY else f"fields.{text}"


def _target(text: str) -> str:
    text = text.strip()
    if text == LEFT_OUT:
        return ""
    if text.casefold() in (TEAM, "team"):
        return TEAM
    return f"fields.{text.removeprefix(CUSTOM).removeprefix('fields.')}"


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
