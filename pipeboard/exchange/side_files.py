"""A second file beside the deals: a line for each rep, product or account, found by one column."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Final

from pipeboard.domain.counts import how_many
from pipeboard.domain.deal import Deal, custom_key
from pipeboard.domain.errors import BadInput, NotFound
from pipeboard.domain.lazy_dataclass import dataclass, replace
from pipeboard.domain.text import OWN_FIELD, clean_line, fold, quoted, slug
from pipeboard.exchange.fields import CUSTOM, LEFT_OUT
from pipeboard.exchange.read_options import NO_OPTIONS, ReadOptions
from pipeboard.exchange.reading import open_table
from pipeboard.exchange.recipe import Recipe
from pipeboard.exchange.rows import DealRow
from pipeboard.exchange.synonyms import SYNONYMS
from pipeboard.exchange.tables import Record, column_named, next_free

TEAM = "rep.team"
"""What a column is that names the team of a rep."""
JOINED_BY = ("owner", "account", "title", "source", "external_id")
_MOST_NAMED: Final = 5
_LONGEST_NAME: Final = 95


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
            stand = how_many(count, "key stands", "keys stand")
            yield f"{stand} twice; the first line counts: {named}."
        if met < len(self.lines):
            have = how_many(len(self.lines) - met, "line has", "lines have")
            yield f"{have} a key that no deal has."


def value_of(deal: Deal | DealRow, name: str) -> str:
    """What a deal, or the row of one, has of a field by which files are joined, or of its own."""
    if name.startswith("fields."):
        return deal.fields.get(custom_key(deal.fields, name.removeprefix("fields.")), "")
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
    column = column_named(column.strip(), table.header)
    targets: dict[str, str] = {}
    for name in table.header:
        if name != column:
            targets[name] = next_free(
                f"fields.{clean_line(name[:_LONGEST_NAME])}", {*targets.values()}
            )
    for text in maps:
        name, _, target = text.rpartition("=")
        targets[column_named(name.strip(), table.header)] = _target(target)
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
    return SideTable(_named(_field(field or column)), targets, lines, tuple(doubles))


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


def _field(text: str) -> str:
    """What of a deal a key is: a field that is known, else one of its own."""
    text = text.strip()
    if own := OWN_FIELD.match(text):
        return f"fields.{text[own.end() :].strip()}"
    known = SYNONYMS.get(slug(text), "")
    return known if known in JOINED_BY else f"fields.{text}"


def _target(text: str) -> str:
    text = text.strip()
    if text == LEFT_OUT:
        return ""
    if text.casefold() in (TEAM, "team"):
        return TEAM
    return _named(f"fields.{OWN_FIELD.sub('', text)}")


def _named(field: str) -> str:
    if field == "fields.":
        raise BadInput("A field of your own needs a name.", hint="Write it like field.segment.")
    return field
