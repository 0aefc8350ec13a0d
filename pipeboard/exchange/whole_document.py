"""A whole workspace as one JSON document, written row by row."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from pipeboard.domain.errors import BadInput

KIND = "pipeboard workspace"
_as_line = json.JSONEncoder(ensure_ascii=True, separators=(",", ":")).encode


def whole_document(
    schema: int,
    tables: Sequence[str],
    columns: Callable[[str], Sequence[str]],
    rows: Callable[[str], Iterable[Sequence[Any]]],
) -> Iterator[str]:
    """The text of the document in pieces; the same for the same workspace."""
    yield f'{{"schema":1,"kind":{_as_line(KIND)},"database_schema":{schema},"tables":{{'
    for place, table in enumerate(tables):
        comma = "," if place else ""
        yield f'{comma}\n{_as_line(table)}:{{"columns":{_as_line(list(columns(table)))},"rows":['
        separator = "\n"
        for row in rows(table):
            yield separator + _as_line(list(row))
            separator = ",\n"
        yield "]}"
    yield "\n}}\n"


def is_whole(head: str) -> bool:
    """Whether a text begins as a whole workspace does."""
    return f'"kind":{_as_line(KIND)}' in "".join(head[:200].split("\n")).replace(": ", ":")


def read_whole(path: Path) -> Mapping[str, Any]:
    """The document in a file; BadInput for what is none."""
    try:
        document = json.loads(path.read_text("utf-8"))
    except (OSError, ValueError, RecursionError) as error:
        raise BadInput(
            f"{path.name} cannot be read as a workspace.",
            hint="It may be cut off; export it again.",
        ) from error
    if not isinstance(document, Mapping) or document.get("kind") != KIND:
        raise BadInput(f"{path.name} is not a whole workspace.")
    return document
