"""Which column of a file is which field: by the tool's names, by meaning, by likeness, by hand."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from datetime import date
from shlex import quote
from zoneinfo import ZoneInfo

from pipeboard.domain.errors import BadInput
from pipeboard.domain.lazy_dataclass import dataclass, field
from pipeboard.domain.money import EXPONENTS
from pipeboard.domain.text import clean_line, quoted, slug
from pipeboard.exchange.due_periods import last_day_of
from pipeboard.exchange.fields import (
    CUSTOM,
    ENTERED,
    PERIODS,
    CellKind,
    kind_of,
    read_target,
    takes_several,
)
from pipeboard.exchange.history import is_status
from pipeboard.exchange.layouts import GENERIC
from pipeboard.exchange.layouts.layout import Layout
from pipeboard.exchange.moments import ORDERS, MomentReader
from pipeboard.exchange.synonyms import RANKS, SYNONYMS
from pipeboard.exchange.tables import find_column, next_free, no_column
from pipeboard.exchange.units import unit_of
from pipeboard.exchange.values import is_blank, is_flag, with_plain_digits, without_marks
from pipeboard.exchange.words.languages import closing_outcome

_ALIKE = 88.0
_LONGEST_NAME = 100
_DATE_LIKE = re.compile(
    r"\d{1,4}[-/.] ?\d{1,2}[-/.] ?\d{1,4}.*|\d{5}(?:\.\d+)?|\d{8}(?:T\d{6}Z?)?|\d{10}|\d{13}"
    r"|\d{4}[年년].*|(?=.*\d{2})(?=.*[^\W\d_]{3}).{6,60}|\d{10}\.\d{1,6}|\d{16}"
    r"|(?:令和|平成|昭和|民國|民国).+|[RHS]\d{1,2}[./].+|.*\d[日일]?\s?[(（].[)）]"
    r"|[^\W\d_]{2}\.?,? \d{1,2}[./]\d.*"
)
_FITTING = 0.5
_REF = re.compile(r"D-\d+")
_BRACKETS = re.compile(r"[(\[{（][^()\[\]{}（）]*[)\]}）]|[*:]+$")
_HUMP = re.compile(r"(?<=[a-z0-9])(?=[A-Z])")
_NUMBER_LIKE = re.compile(
    r"\D{0,5}\d[\d.,'’ \xa0\u202f]*(?:[eE]\+?\d+|(?:[億亿억万萬만]\s*\d{1,4})?\D{0,24})|\W{1,5}"
)
_PLAIN_NUMBER = re.compile(r"[-+]?\d[\d.,]*")


@dataclass(slots=True)
class Matching:
    """The target of every column, in the order of the header, and what a person should know."""

    targets: dict[str, str]
    warnings: list[str] = field(default_factory=list)


def match_columns(
    header: Sequence[str], layout: Layout, sample: Sequence[Sequence[str]] = ()
) -> Matching:
    """What each column is in a file of `layout`; `sample` are cells of its first records.

    No two columns become one field, except those that may: the later one becomes a custom field
    and a warning says so. A column that is nothing else becomes a custom field of its own name.
    """
    warnings = [remark for column, remark in layout.remarks.items() if column in header]
    wanted = {column: found for column in header if (found := layout.target(column))}
    cells = {column: _cells(sample, index) for index, column in enumerate(header)}
    meant = _by_meaning(cells, len(sample), wanted)
    taken = {*wanted.values()}
    if layout is not GENERIC:  # what a known tool has twice is no riddle
        meant = {c: t for c, t in meant.items() if t not in taken or takes_several(t)}
    wanted |= meant
    wanted |= _by_likeness(cells, wanted, warnings)
    wanted |= _by_outcomes(cells, wanted, warnings)
    wanted |= _by_codes(cells, wanted, warnings)
    warnings += _unfit(cells, wanted)
    return _settle(header, wanted, layout, warnings)


Cells = Mapping[str, Sequence[str]]
"""The cells of the first records that hold anything, by their column."""


def _unfit(cells: Cells, wanted: Mapping[str, str]) -> Iterator[str]:
    """The columns that are called like a field that is lacking, but hold something else."""
    for column, found in cells.items():
        target = SYNONYMS.get(slug(column), "")
        if target in _TOLD_OF and column not in wanted and target not in wanted.values():
            told = [cell for cell in found if not is_blank(cell)]
            if told and not _fits(target, told):
                yield (
                    f"Column '{column}' is called like {target} and holds something else, such as "
                    f"{quoted(told[0], 40)}: it is kept as a custom field."
                )


_TOLD_OF = {
    "value", "created_at", "close_date", "expected_close", "closed_at", "won_at", "lost_at",
    "is_won", "is_lost", "is_closed", "probability", "owner", "account",
}  # fmt: skip


def apply_overrides(
    matching: Matching, overrides: Iterable[str], layout: Layout = GENERIC
) -> Matching:
    """The matching with `COLUMN=FIELD` put first; a column that loses its field becomes custom.

    Raises BadInput for an unknown column or field, and for two columns named for one field.
    """
    header = list(matching.targets)
    chosen: dict[str, str] = {}
    for override in overrides:
        column, target = read_override(override, header)
        rival = next((c for c, t in chosen.items() if t == target and c != column), None)
        if rival and not takes_several(target):
            raise BadInput(
                f"Both {quoted(rival)} and {quoted(column)} are mapped to {target}",
                hint=f"Leave one out with --map {quote(f'{column}=-')}, or keep it as field.NAME.",
            )
        chosen[column] = target
    if not chosen:
        return matching
    others = {column: found for column, found in matching.targets.items() if column not in chosen}
    return _settle(header, chosen | others, layout, list(matching.warnings))


def _settle(
    header: Sequence[str], wanted: Mapping[str, str], layout: Layout, warnings: list[str]
) -> Matching:
    """One column for a field; `wanted` names the columns in the order of their claims."""
    holders: dict[str, str] = {}
    targets: dict[str, str] = {}
    for column, target in wanted.items():
        holder = holders.setdefault(target, column)
        if holder == column or takes_several(target):
            targets[column] = target
        elif not target.startswith(CUSTOM):
            warnings.append(
                f"Column '{column}' looks like {target}, as '{holder}' does; "
                "it is kept as a custom field."
            )
    for column in header:
        if column not in targets:
            name = clean_line(layout.custom_name(column)[:_LONGEST_NAME]) or "column"
            targets[column] = target = next_free(CUSTOM + name, holders)
            holders[target] = column
    return Matching({column: targets[column] for column in header}, warnings)


def _by_meaning(cells: Cells, records: int, known: Mapping[str, str]) -> dict[str, str]:
    """Names that mean a field, where the cells can be its values; whole names before parts.

    A status that holds other words is the stage where nothing else is.
    """
    wanted: dict[str, str] = {}
    rest = [column for column in cells if column not in known]
    for names_of in (_whole_name, _parts_of_name):
        taken = {*known.values(), *wanted.values()} if names_of is _parts_of_name else set()
        for column in rest:
            if column not in wanted and (target := _meant(names_of(column), cells[column], taken)):
                wanted[column] = target
    wanted = dict(sorted(wanted.items(), key=lambda found: _rank(found[0])))
    for column in rest:
        if column.startswith("fields.") and len(column) > len("fields."):
            wanted[column] = CUSTOM + column[len("fields.") :]
        elif column not in wanted and (found := _ENTERED.fullmatch(column)):
            if _fits("created_at", cells[column]):
                wanted[column] = ENTERED + found[1]
        elif wanted.get(column) == "status" and _holds_stages(cells[column]):
            del wanted[column]
            _take_for_stage(column, cells, records, known, wanted)
    return wanted


def _take_for_stage(
    column: str, cells: Cells, records: int, known: Mapping[str, str], wanted: dict[str, str]
) -> None:
    """A status that names stages is the stage where nothing else is, or where that says the same
    of all deals, as the name of their list does."""
    rival = next((c for c, target in wanted.items() if target == "stage"), None)
    if "stage" in known.values():
        return
    if rival is not None:
        if len(cells[rival]) < max(2, records) or len(set(cells[rival])) > 1:
            return
        del wanted[rival]
    wanted[column] = "stage"


def _meant(names: Iterable[str], cells: Sequence[str], taken: Collection[str]) -> str:
    """The first field that a name stands for, that is still free, and that the cells can be."""
    for name in names:
        target = SYNONYMS.get(name, "")
        either = (target, _DATED.get(target, ""))
        found = next((one for one in either if one and _fits(one, cells)), "")
        if found and (found not in taken or takes_several(found)):
            return found
    return ""


_ENTERED = re.compile(
    r"(?:date )?entered (?:stage )?(?!stage$|on$|by$|at$|date$)(.+)", re.IGNORECASE
)

_DATED = {"is_won": "won_at", "is_lost": "lost_at", "is_closed": "close_date"}
"""What a column called won, lost or closed is that holds dates."""


def _rank(column: str) -> int:
    """How far a name is from the plain word for its field, to settle which of two columns it is."""
    return next((RANKS[name] for name in (slug(column),) if name in RANKS), len(RANKS))


def _whole_name(column: str) -> Iterator[str]:
    yield slug(column)


def _parts_of_name(column: str) -> Iterator[str]:
    """A name without brackets, its humps parted, each side of a slash, a currency left out."""
    if found := _IN_BRACKETS.fullmatch(column):
        column = found[1]
    bare = _IN_THOUSANDS.sub("", _BRACKETS.sub(" ", column)).strip()
    if bare.endswith("%"):
        yield slug(f"{bare[:-1]} percent")
    if slug(bare) != slug(column):
        yield slug(bare)
    parted = slug(_HUMP.sub(" ", bare))
    if parted != slug(bare):
        yield parted
    words = parted.split("_")
    if len(words) > 1 and words[-1].upper() in EXPONENTS:
        yield "_".join(words[:-1])
    named = slug(unit_of(column, "USD").name)
    if named != slug(column) and SYNONYMS.get(named) == "value":
        yield named
    yield from _sides_of_name(bare)
    yield from (parted.removesuffix(end) for end in _SUFFIXES if parted.endswith(end))
    for prefix in _PREFIXES:
        if parted.startswith(prefix):
            yield parted.removeprefix(prefix)


def _sides_of_name(bare: str) -> Iterator[str]:
    """What stands on each side of a mark in a name, the more telling side first."""
    for mark in ("/", "::", "›"):
        if mark in bare:
            yield from (slug(part) for part in reversed(bare.split(mark)))
    yield slug(bare.partition(",")[0])
    yield slug(bare.rpartition(" - ")[2])  # in front is often the kind of record: `Deal - Title`
    whole, _, part = bare.rpartition(".")  # laid flat: `owner.name`, `org_id.name`, `amount.value`
    if slug(part) in _CALLED:
        yield from (slug(whole), slug(whole.rpartition(".")[2]).removesuffix("_id"))


_IN_THOUSANDS = re.compile(r"(?i)\s*\bin (?:thousands?|millions?|k|tsd|mio|[kt](?:€|eur|usd|\$)).*")
_IN_BRACKETS = re.compile(r"Custom field \((.+)\)", re.IGNORECASE)
_CALLED = {"name", "value", "amount", "label", "title", "full_name", "display_name"}
_SUFFIXES = (
    "_сделки", "_угоди", "_del_negocio", "_do_negocio", "_der_verkaufschance", "_des_deals",
    "_de_l_opportunite", "_de_l_affaire", "_de_la_transaction", "_de_la_oportunidad",
    "_da_oportunidade", "_dell_opportunita", "_ht", "_ttc", "_netto", "_brutto", "_net", "_gross",
    "_bez_dph", "_excl_vat", "_ex_vat", "_excl_btw", "_sin_iva", "_sem_iva", "_senza_iva",
    "_utc", "_gmt",
)  # fmt: skip
_PREFIXES = (
    "deal_", "opportunity_", "related_", "lead_", "associated_", "box_", "item_", "current_",
    "linked_", "assigned_",
)  # fmt: skip


def _holds_stages(cells: Iterable[str]) -> bool:
    """Whether a column called status names stages: mostly words that are no status."""
    words = {slug(cell) for cell in cells if not is_blank(cell) and closing_outcome(cell) is None}
    return not all(map(str.isdigit, words)) and sum(map(is_status, words)) < len(words) / 2


def _by_likeness(cells: Cells, wanted: Mapping[str, str], warnings: list[str]) -> dict[str, str]:
    """Misspelt and slightly longer names, where the cells are of the right kind too."""
    rest = [column for column in cells if column not in wanted]
    if not rest:
        return {}
    from rapidfuzz import fuzz, process  # 20 ms, only for files of no known tool

    found: dict[str, str] = {}
    for column in rest:
        near = process.extractOne(
            slug(column), list(SYNONYMS), scorer=fuzz.ratio, score_cutoff=_ALIKE
        )
        target = SYNONYMS[near[0]] if near else None
        if not target or target in {*wanted.values(), *found.values()}:
            continue
        if slug(column) in _OF_PEOPLE:
            continue
        if cells[column] and _fits(target, cells[column], wholly=True):
            found[column] = target
            warnings.append(f"Column '{column}' was taken for {target}, by its name.")
    return found


_OF_PEOPLE = {"first_name", "last_name", "middle_name", "full_name", "nick_name", "user_name"}
"""Names that are near to others and mean nobody's deal."""


def _by_outcomes(cells: Cells, wanted: Mapping[str, str], warnings: list[str]) -> dict[str, str]:
    """A column of any name that says won and lost and nothing else, where nothing else says it:
    left aside, closed deals would come in open."""
    if not _OUTCOMES.isdisjoint(wanted.values()):
        return {}
    for column, found in cells.items():
        if column in wanted:
            continue
        words = {cell for cell in found if not is_blank(cell)}
        if words and all(map(closing_outcome, words)):
            warnings.append(f"Column '{column}' was taken for status, by its cells.")
            return {column: "status"}
        if word := next(filter(closing_outcome, sorted(words)), ""):
            warnings.append(
                f"Column '{column}' says {quoted(word)} and is kept as a field: if it tells what "
                f"became of the deals, say --map {quote(f'{column}=status')}."
            )
    return {}


def _by_codes(cells: Cells, wanted: Mapping[str, str], warnings: list[str]) -> dict[str, str]:
    """The one column of any name that holds codes of currencies, where no other tells them."""
    if "currency" in wanted.values() or "value" not in wanted.values():
        return {}
    found = [
        column
        for column, codes in cells.items()
        if column not in wanted and codes and all(code in EXPONENTS for code in codes)
    ]
    if len(found) != 1:
        return {}
    warnings.append(f"Column '{found[0]}' was taken for currency, by its cells.")
    return {found[0]: "currency"}


_OUTCOMES = {"status", "is_won", "is_lost", "is_closed", "won_at", "lost_at"}


def _cells(sample: Sequence[Sequence[str]], index: int) -> list[str]:
    cells = (without_marks(cells[index]).strip() for cells in sample)
    return [cell for cell in cells if cell]


def _fits(target: str, cells: Sequence[str], *, wholly: bool = False) -> bool:
    """Whether cells can be values of a field, most of them or all; text fits nearly anything."""
    cells = [cell for cell in cells if not is_blank(cell)]
    if not cells:
        return True
    kind = kind_of(target)
    if target == "ref":
        return all(map(_REF.fullmatch, cells))
    if target == "version":
        return all(map(str.isdigit, cells))
    if target in ("title", "account", "owner", "stage", "contact_name"):
        return not all(map(_PLAIN_NUMBER.fullmatch, cells))
    tests: dict[CellKind, Callable[[str], object]] = {
        CellKind.MOMENT: _is_day_or_period if target in PERIODS else _DATE_LIKE.fullmatch,
        CellKind.MONEY: _NUMBER_LIKE.fullmatch,
        CellKind.PERCENT: _NUMBER_LIKE.fullmatch,
        CellKind.BASIS_POINTS: str.isdigit,
        CellKind.FLAG: is_flag,
        CellKind.NESTED: lambda cell: cell[:1] in "[{",
        CellKind.STATUS: is_status if wholly else (lambda cell: True),
    }
    test = tests.get(kind)
    if test is None:
        return True
    if kind in _OF_DIGITS:
        cells = list(map(with_plain_digits, cells))
    count = sum(1 for cell in cells if test(cell))
    return count == len(cells) if wholly else count >= _FITTING * len(cells)


_OF_DIGITS = {CellKind.MOMENT, CellKind.MONEY, CellKind.PERCENT}
"""What is read in the digits of any script."""


def are_past_days(cells: Iterable[str], zone: ZoneInfo, today: date) -> bool:
    """Whether each cell that says anything says a day until today, in one order of day and month,
    and some do."""
    told = [cell for cell in cells if not is_blank(cell)]
    for order in ORDERS[:2]:
        read = MomentReader(zone, today, order, lambda index: ()).column(0)
        try:
            if told and all(read(cell).day <= today for cell in told):
                return True
        except BadInput:
            continue
    return False


def _is_day_or_period(cell: str) -> bool:
    return bool(_DATE_LIKE.fullmatch(cell)) or last_day_of(cell, _LATEST_YEAR) is not None


_LATEST_YEAR = 2999


def read_override(override: str, header: Sequence[str]) -> tuple[str, str]:
    """The column and the target; names of columns may hold `=` themselves."""
    parts = override.split("=")
    for cut in range(len(parts) - 1, 0, -1):
        name = "=".join(parts[:cut]).strip()
        column = name if name in header else find_column(name, header)
        if column is not None:
            return column, read_target("=".join(parts[cut:]), SYNONYMS)
    name = parts[0].strip()
    if len(parts) == 1:
        raise BadInput(
            f"{quoted(override)} maps nothing", hint="Write --map COLUMN=FIELD, or COLUMN=-."
        )
    raise no_column(name, header)
