"""What a person says about how a file is to be read, and the rules for its cells that follow."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence

from pipeboard.domain.counts import how_many, in_figures
from pipeboard.domain.errors import BadInput
from pipeboard.domain.lazy_dataclass import dataclass, field
from pipeboard.domain.money import DecimalMark, Money
from pipeboard.domain.text import few, fold, quoted
from pipeboard.exchange.columns import Matching
from pipeboard.exchange.history import MEANINGS, StageWords
from pipeboard.exchange.layouts.layout import Layout
from pipeboard.exchange.tables import FileTable, column_named, find_column, no_column
from pipeboard.exchange.values import NotedWords


@dataclass(frozen=True, slots=True)
class ReadOptions:
    """What a person says about how a file is to be read; all of it can be found out or assumed.

    `overrides` are `COLUMN=FIELD`, `stages` `OLD=NEW`, `values` `COLUMN:OLD=NEW`, `constants`
    `FIELD=VALUE`, `key` columns that a row is known by. `dates` (`dmy`, `mdy`, `ymd`) settles
    dates such as 03/04/2026, which else the other dates of the file settle. `open_stages`, `won`
    and `lost` are the pipeline's names. With `strict` a cell that cannot be read rejects its row.
    `lost_zero_is_unknown` takes an amount of 0 on a lost deal for none. With `splits` each row
    goes into the pipeline that it names. A person who `still_asks` what the columns are is shown
    a file also where none of them is a name yet.
    """

    overrides: Sequence[str] = ()
    stages: Sequence[str] = ()
    values: Sequence[str] = ()
    constants: Sequence[str] = ()
    key: Sequence[str] = ()
    dates: str | None = None
    decimal: DecimalMark | None = None
    encoding: str | None = None
    sheet: str | None = None
    open_stages: Sequence[str] = ()
    won: str = ""
    lost: str = ""
    strict: bool = False
    lost_zero_is_unknown: bool = False
    splits: bool = False
    still_asks: bool = False


NO_OPTIONS = ReadOptions()


@dataclass(frozen=True, slots=True)
class ReadingRules:
    """What follows of that for the cells of one file.

    `currency` is what amounts are in that name none. `words` are what stages are called, `values`
    other words for cells, by column and folded cell. `constants` stand in every row for fields
    that it does not fill.
    """

    currency: str
    words: StageWords
    values: Mapping[str, Mapping[str, str]]
    constants: Mapping[str, str]
    options: ReadOptions
    noted: Sequence[NotedWords] = ()

    def unmet(self) -> Iterator[str]:
        """What a person said of stages and cells that the rows have none of, once all were read."""
        if unmet := [told for words in self.noted for told in words.unmet()]:
            speak = "speaks" if len(unmet) == 1 else "speak"
            told = few(unmet, 6)
            yield f"{told} {speak} of nothing that the rows say: see how the file spells it."


# Other words for the values of a file, as a person gives them: stages, and cells of any column.


def _value_maps(
    options: ReadOptions, header: Sequence[str], targets: Mapping[str, str]
) -> tuple[dict[str, str], dict[str, dict[str, str]], dict[str, dict[str, str]]]:
    """Other words for stages, by folded name, and for cells, by column and folded cell; a map of
    the stage's column speaks of stages. Then how each was typed, by column, those of stages by "".

    NEW is another value, or `=won`, `=lost`, `=open`, `=-` (none). Raises BadInput for a column
    that is not there and for what maps nothing.
    """
    by_stage = dict(_pair(text, "--stage 'OLD=NEW'") for text in options.stages)
    by_column: dict[str, dict[str, str]] = {}
    typed = {"": {_pair(text, "")[0]: f"--stage {quoted(text)}" for text in options.stages}}
    for text in options.values:
        column, pair = _column_of(text, header)
        old, new = _pair(pair, "--value 'COLUMN:OLD=NEW'")
        if targets[column] == "stage":
            by_stage[old] = new
        else:
            by_column.setdefault(column, {})[old] = new
        place = "" if targets[column] == "stage" else column
        typed.setdefault(place, {})[old] = f"--value {quoted(text)}"
    return by_stage, by_column, typed


def _pair(text: str, example: str) -> tuple[str, str]:
    """The old value, folded, and the new one; `=won` and its like begin with a second `=`."""
    old, equals, new = text.partition("=")
    new = new.strip()
    meaning = new.casefold()
    if not equals or not old.strip() or not new:
        raise BadInput(f"{quoted(text)} maps nothing", hint=f"Write {example}.")
    if meaning in MEANINGS or f"={meaning}" in MEANINGS[:2]:
        new = meaning if meaning in MEANINGS else f"={meaning}"
    elif new == "-":
        new = "=-"
    return fold(old), new


def _column_of(text: str, header: Sequence[str]) -> tuple[str, str]:
    for cut, char in enumerate(text):
        if char == ":" and (column := find_column(text[:cut], header)) is not None:
            return column, text[cut + 1 :]
    raise no_column(text.partition(":")[0], header)


# What was noticed while the rows of a file were read, counted by column, to be told once.

REMARKS = {
    "status_against_stage": "status and stage contradict each other; a stage that closes counts",
    "status_over_stage": "status and stage contradict each other; the status counts",
    "deleted": "marked as deleted: archived",
    "closed_somehow": "closed, and nothing says whether won or lost: taken as open",
    "open_with_loss": "open, and with a reason for a loss, which is kept as a field; if they are "
    "lost, name the column that tells it with --map COLUMN=status or COLUMN=active",
    "open_with_closing": "open, and with a day of closing, which is kept as a field; if they are "
    "won or lost, name the column that tells it with --map COLUMN=status",
    "closed_before_created": "closed before being created: taken to begin at the closing, with the "
    "file's created date kept as a field",
    "closed_before_entered": "closed before they came to where they stand here: taken as closed "
    "when they did",
    "closed_in_future": "closed on a day to come: taken as closed today, with the file's date kept "
    "as a field",
    "created_in_future": "created on a day to come: taken to begin today, with the file's date "
    "kept as a field",
    "no_closing_date": "won or lost without a date: on which day stays unknown, and no number of a "
    "period counts them",
    "closed_as_expected": "won or lost without a date: the day on which that was expected counts",
    "two_currencies": "an amount with the sign of another currency than its row names; the sign "
    "counts",
    "several_owners": "with several owners: the first one has the deal, and the cell is kept as a "
    "field",
    "of_its_currency": "about a deal in another currency: an amount that names none stays in that",
    "period": "a period such as a quarter where a day is expected: its last day is taken",
    "odd_email": "with an e-mail that is none (one @, a dot after it): kept as text",
    "named_as_another": "new, with the account and title of another deal here or in the file: a "
    "deal of its own",
    "merged_here": "about a deal that was merged into another one here: left out",
    "merged_elsewhere": "merged into a deal that is not known here by its number: archived, and a "
    "deal of its own in the numbers",
    "back_elsewhere": "come back from a deal that is not known here by its number: without the "
    "link to it",
    "archived_here": "about a deal that is archived here: its stage, its outcome and its next step "
    "stay as they are",
    "closed_here": "about a deal that was won or lost here: its stage and its next step wait until "
    "it is open again",
    "numbered_otherwise": "with the number of a deal here that is called otherwise: a deal of its "
    "own",
    "said_before": "the same in every cell as one before of the same deal: taken once",
    "no_stage": "without a stage: a new deal is put into the first one, one that is known stays "
    "where it is",
    "lost_at_zero": "lost with an amount of 0, which counts as 0; if it means unknown, say "
    "--lost-zero unknown",
    "long_title": "with a title that is too long: cut, and whole in a note of its own",
    "long_text": "with a text that is too long for one note: in several, which are numbered",
    "joined_otherwise": "the second file says something else of a field that stands in this one: "
    "this one's counts",
}
"""What is odd about a row, in words that stand behind a number of rows and a colon."""


Unread = dict[str, tuple[str, list[int]]]
"""Cells of a column that could not be read as what the column is: by what is said behind the cell,
why the first could not, and the lines of all."""

_MOST_REASONS = 3


def _why_unread(unread: Unread) -> str:
    """The reasons for which cells could not be read, each with an example and its lines."""
    said = [
        f"{reason.rstrip('.')} ({lines_told(lines)})"
        for reason, lines in list(unread.values())[:_MOST_REASONS]
    ]
    more = sum(len(lines) for _, lines in list(unread.values())[_MOST_REASONS:])
    return "; ".join(said) + (f"; and {in_figures(more)} for other reasons" if more else "")


@dataclass(slots=True)
class CellTally:
    """Counts of one pass through a file, which has come to `line`."""

    line: int = 0

    unread: dict[str, Unread] = field(default_factory=dict)
    blanks: Counter[str] = field(default_factory=Counter)
    assumed_currency: int = 0
    formatted: Counter[str] = field(default_factory=Counter)
    beside: int = 0
    footers: list[str] = field(default_factory=list)
    repeated_headers: int = 0
    group_lines: int = 0
    filled_down: Counter[str] = field(default_factory=Counter)
    pipelines: Counter[str] = field(default_factory=Counter)

    def tell_currency(self, found: Mapping[str, object]) -> None:
        """An amount whose currency nothing or the format of its cell has said."""
        money = found.get("value")
        self.assumed_currency += bool(
            found.get("assumed") and isinstance(money, Money) and money.minor
        )
        if (code := found.get("formatted")) and found.get("value"):
            self.formatted[str(code)] += 1

    def cannot_read(self, column: str, reason: str) -> None:
        """A cell that stays as it stands, in a custom field."""
        kinds = self.unread.setdefault(column, {})
        kinds.setdefault(reason.rpartition("'")[2], (reason, []))[1].append(self.line)

    def sentences(self, currency: str) -> Iterator[str]:
        """What a person should know, a sentence each."""
        for column, unread in self.unread.items():
            count = sum(len(lines) for _, lines in unread.values())
            yield (
                f"{how_many(count, 'cell')} of '{column}' could not be read and "
                f"{'is' if count == 1 else 'are'} kept as text: {_why_unread(unread)}."
            )
        if self.assumed_currency:
            yield (
                f"{how_many(self.assumed_currency, 'amount')} without a currency taken as "
                f"{currency}; say --currency CODE if that is wrong."
            )
        if self.formatted:
            counted = self.formatted.most_common()
            named = ", ".join(f"{in_figures(count)} in {code}" for code, count in counted)
            yield f"The currency of amounts is from the format of their cells: {named}."
        if self.blanks:
            named = ", ".join(
                f"'{column}' {in_figures(count)}" for column, count in self.blanks.items()
            )
            yield f"Cells that say there is no value were left out: {named}."
        yield from self._lines_told()
        if len(self.pipelines) > 1:
            named = ", ".join(
                f"{name} {in_figures(count)}" for name, count in self.pipelines.most_common(6)
            )
            yield (
                f"The file has deals of {len(self.pipelines)} pipelines ({named}); all go into one "
                "here, and the file's is kept as a field."
            )

    def _lines_told(self) -> Iterator[str]:
        """What became of lines that are no deals, and of what stands beside them."""
        if self.footers:
            yield (
                f"{how_many(len(self.footers), 'line')} below the last deal left out: "
                f"{quoted(self.footers[0])}{' and more' if len(self.footers) > 1 else ''}."
            )
        if self.repeated_headers:
            yield f"{how_many(self.repeated_headers, 'repeated header line')} or rule left out."
        if self.group_lines:
            yield f"{how_many(self.group_lines, 'line')} with titles or sums of groups left out."
        for column, count in self.filled_down.items():
            yield (
                f"{how_many(count, 'blank cell')} of '{column}' read as the value above, which "
                "stands once for its group; where one is meant to be blank, write - into it."
            )
        if self.beside:
            yield f"{how_many(self.beside, 'line')} read as going on with the deal above."


_MOST_LINES = 8


def lines_told(lines: Sequence[int], count: int | None = None) -> str:
    """Where something stands: the first lines, and how many more of `count` there are."""
    count = len(lines) if count is None else count
    shown = ", ".join(map(str, lines[:_MOST_LINES]))
    more = f" and {in_figures(count - _MOST_LINES)} more" if count > _MOST_LINES else ""
    return f"line{'s' if len(lines) > 1 else ''} {shown}{more}"


def rules_of(
    options: ReadOptions, currency: str, table: FileTable, layout: Layout, matching: Matching
) -> ReadingRules:
    """The rules for the cells of a table; BadInput for a choice that cannot be."""
    by_tool = {name: layout.values[name] for name in table.header if name in layout.values}
    stage_words: dict[str, str] = {}
    for column, words in by_tool.items():
        if matching.targets[column] == "stage":
            stage_words |= words
    by_stage, by_column, typed = _value_maps(options, table.header, matching.targets)
    stages = NotedWords(stage_words | by_stage, typed[""])
    values = {
        column: NotedWords(
            {
                word: meant
                for word, meant in {**by_tool.get(column, {}), **by_column.get(column, {})}.items()
                if matching.targets[column] != "stage" or word not in by_stage
            },
            typed.get(column, {}),
        )
        for column in by_tool | by_column
    }
    return ReadingRules(
        currency,
        StageWords(
            stages,
            frozenset(map(fold, options.open_stages)),
            fold(options.won),
            fold(options.lost),
        ),
        values,
        dict(_constant(text) for text in options.constants),
        options,
        (stages, *values.values()),
    )


_CONSTANT_FIELDS = ("stage", "owner", "source", "status", "currency", "account", "title")


def _constant(text: str) -> tuple[str, str]:
    name, equals, value = text.partition("=")
    name = name.strip().casefold()
    if not equals or name not in _CONSTANT_FIELDS or not value.strip():
        raise BadInput(
            f"{quoted(text)} sets nothing",
            hint=f"Write FIELD=VALUE with one of {', '.join(_CONSTANT_FIELDS)}.",
        )
    return name, value.strip()


def key_columns(names: Sequence[str], header: Sequence[str]) -> tuple[int, ...]:
    """The columns that a row is known by; BadInput for one that is not there."""
    return tuple(header.index(column_named(name, header)) for name in names)
