"""Which column of a file is which field: by the tool's names, by meaning, by likeness, by hand."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from pipeboard.domain.errors import BadInput
from pipeboard.domain.near import did_you_mean
from pipeboard.domain.text import clean_line, quoted, slug
from pipeboard.exchange.fields import CUSTOM, Kind, kind_of, read_target, takes_several
from pipeboard.exchange.layouts import GENERIC
from pipeboard.exchange.layouts.layout import Layout
from pipeboard.exchange.layouts.own import ALIASES
from pipeboard.exchange.outcomes import closing_outcome, is_status
from pipeboard.exchange.synonyms import SYNONYMS
from pipeboard.exchange.tables import next_free

_ALIKE = 88.0
_LONGEST_NAME = 100
_DATE_LIKE = re.compile(r"\d{1,4}[-/.]\d{1,2}[-/.]\d{1,4}.*|\d{5}|.*[A-Za-z]{3}.*\d{4}.*", re.ASCII)
_NUMBER_LIKE = re.compile(r"\D{0,4}\d[\d.,' \xa0\u202f]*\D{0,5}", re.ASCII)


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
    if layout is GENERIC:
        wanted = _by_meaning(header, sample)
        wanted |= _by_likeness(header, sample, wanted, warnings)
    else:
        wanted = {column: found for column in header if (found := layout.target(column))}
    return _settle(header, wanted, layout, warnings)


def apply_overrides(
    matching: Matching, overrides: Iterable[str], layout: Layout = GENERIC
) -> Matching:
    """The matching with `COLUMN=FIELD` put first; a column that loses its field becomes custom.

    Raises BadInput for an unknown column or field, and for two columns named for one field.
    """
    header = list(matching.targets)
    chosen: dict[str, str] = {}
    for override in overrides:
        column, target = _read_override(override, header)
        rival = next((c for c, t in chosen.items() if t == target and c != column), None)
        if rival and not takes_several(target):
            raise BadInput(
                f"Both {quoted(rival)} and {quoted(column)} are mapped to {target}",
                hint=f"Leave one out with --map '{column}=-', or keep it as field.NAME.",
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


def _by_meaning(header: Sequence[str], sample: Sequence[Sequence[str]]) -> dict[str, str]:
    """Exact names; a status that holds other words is the stage where nothing else is."""
    wanted = {column: found for column in header if (found := SYNONYMS.get(slug(column)))}
    for index, column in enumerate(header):
        if column.startswith("fields.") and len(column) > len("fields."):
            wanted[column] = CUSTOM + column[len("fields.") :]
        elif wanted.get(column) == "status" and _holds_stages(_cells(sample, index)):
            del wanted[column]
            if "stage" not in wanted.values():
                wanted[column] = "stage"
    return wanted


def _holds_stages(cells: Iterable[str]) -> bool:
    """Whether a column called status names stages: mostly words that are no status."""
    words = {slug(cell) for cell in cells if closing_outcome(cell) is None}
    return sum(map(is_status, words)) < len(words) / 2


def _by_likeness(
    header: Sequence[str],
    sample: Sequence[Sequence[str]],
    wanted: Mapping[str, str],
    warnings: list[str],
) -> dict[str, str]:
    """Misspelt and slightly longer names, where the cells are of the right kind too."""
    rest = [(index, column) for index, column in enumerate(header) if column not in wanted]
    if not rest:
        return {}
    from rapidfuzz import fuzz, process  # 20 ms, only for files of no known tool

    found: dict[str, str] = {}
    for index, column in rest:
        near = process.extractOne(
            slug(column), list(SYNONYMS), scorer=fuzz.ratio, score_cutoff=_ALIKE
        )
        target = SYNONYMS[near[0]] if near else None
        if not target or target in {*wanted.values(), *found.values()}:
            continue
        cells = _cells(sample, index)
        if cells and _fits(kind_of(target), cells):
            found[column] = target
            warnings.append(f"Column '{column}' was taken for {target}, by its name.")
    return found


def _cells(sample: Sequence[Sequence[str]], index: int) -> list[str]:
    return [cell for cells in sample if (cell := cells[index].strip())]


def _fits(kind: Kind, cells: Iterable[str]) -> bool:
    """Whether cells can be values of a kind; text fits anything."""
    if kind is Kind.MOMENT:
        return all(_DATE_LIKE.fullmatch(cell) for cell in cells)
    if kind in {Kind.MONEY, Kind.PERCENT, Kind.BASIS_POINTS}:
        return all(_NUMBER_LIKE.fullmatch(cell) for cell in cells)
    return kind is not Kind.STATUS or all(map(is_status, cells))


def _read_override(override: str, header: Sequence[str]) -> tuple[str, str]:
    """The column and the target; names of columns may hold `=` themselves."""
    parts = override.split("=")
    for cut in range(len(parts) - 1, 0, -1):
        column = _find_column("=".join(parts[:cut]), header)
        if column is not None:
            return column, read_target("=".join(parts[cut:]), ALIASES)
    name = parts[0].strip()
    if len(parts) == 1:
        raise BadInput(
            f"{quoted(override)} maps nothing", hint="Write --map COLUMN=FIELD, or COLUMN=-."
        )
    raise BadInput(
        f"There is no column {quoted(name)}",
        hint=did_you_mean(name, header) or f"Columns: {', '.join(header)}.",
    )


def _find_column(name: str, header: Sequence[str]) -> str | None:
    name = name.strip()
    if name in header:
        return name
    same = [column for column in header if slug(column) == slug(name)]
    return same[0] if len(same) == 1 else None
