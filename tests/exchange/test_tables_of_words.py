"""The tables that files are read and written by, each as it was written down in `tables.txt`."""

from __future__ import annotations

import ast
import inspect
import pkgutil
from collections.abc import Iterator, Mapping
from collections.abc import Set as AbstractSet
from importlib import import_module
from pathlib import Path
from types import ModuleType

from pipeboard import exchange, workspace
from tests.written import check_written

ELSEWHERE = {"SYNONYMS", "RANKS", "MONTHS", "CROATIAN", "CURRENCY_NAMES"}
"""In `words.txt`, or reckoned from what is there."""
_WORD = 40


def plain(value: object) -> str | None:
    """A table of words and numbers as a text, with sets in order; None for anything else."""
    if isinstance(value, str | int | float | None):
        return "…" if isinstance(value, str) and len(value) > _WORD else repr(value)
    if isinstance(value, Mapping):
        keys, values = (list(map(plain, some)) for some in (value, value.values()))
        parts = [f"{key}: {one}" for key, one in zip(keys, values, strict=True) if one is not None]
        return f"{{{', '.join(parts)}}}" if len(parts) == len(value) and None not in keys else None
    if isinstance(value, AbstractSet | tuple | list):
        parts = [one for one in map(plain, value) if one is not None]
        kept = parts if isinstance(value, tuple | list) else sorted(parts)
        return f"({', '.join(kept)})" if len(parts) == len(value) else None
    return None


def tables_of(module: ModuleType) -> Iterator[str]:
    """What a module itself gives a name at its top, a line a table."""
    tree = ast.parse(inspect.getsource(module))
    given = [one for one in tree.body if isinstance(one, ast.Assign | ast.AnnAssign)]
    targets = [
        t for one in given for t in (one.targets if isinstance(one, ast.Assign) else [one.target])
    ]
    for target in targets:
        for part in target.elts if isinstance(target, ast.Tuple) else [target]:
            if isinstance(part, ast.Name) and part.id not in ELSEWHERE:
                value = getattr(module, part.id, None)
                text = None if value is None or isinstance(value, str) else plain(value)
                if text is not None:
                    yield f"{module.__name__.removeprefix('pipeboard.')}.{part.id}: {text}"


def test_what_is_in_the_tables_of_files_was_written_down() -> None:
    modules = [
        import_module(one.name)
        for room in (exchange, workspace)
        for one in pkgutil.walk_packages(room.__path__, f"{room.__name__}.")
    ]
    check_written(
        Path(__file__).with_name("tables.txt"), [t for m in modules for t in tables_of(m)]
    )
