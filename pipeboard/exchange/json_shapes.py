"""The shapes in which documents hold deals: lists, pages, columns, wrappers, one deal alone."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import TypeGuard

from pipeboard.domain.json_data import Json, JsonObject
from pipeboard.domain.text import slug
from pipeboard.exchange.fields import takes_several
from pipeboard.exchange.synonyms import SYNONYMS
from pipeboard.exchange.tables import next_free

LISTS = (
    "deals", "data", "results", "result", "items", "records", "value", "opportunities", "leads",
)  # fmt: skip
DEALS = {"[]", "deal", *(f"{key}[]" for key in LISTS)}
_WITHIN = ("edges", "nodes", *LISTS)
_WRAPPERS = ("properties", "attributes", "node", "fields")
_BESIDE = {
    "id", "type", "links", "relationships", "createdTime", "cursor", "__typename", *_WRAPPERS,
}  # fmt: skip
"""Where deals stand in a document: ours, and what the programming interfaces of tools answer."""


class Objects:
    """Makes objects of pairs; of names that stand twice in one every value is kept, as columns of
    one name are, and the names are `doubled`."""

    def __init__(self) -> None:
        self.doubled: dict[str, str] = {}

    def __call__(self, pairs: list[tuple[str, Json]]) -> JsonObject:
        made = dict(pairs)
        if len(made) == len(pairs):
            return made
        whole: dict[str, Json] = {}
        for name, value in pairs:
            free = name if whole.get(name, value) == value else next_free(name, whole)
            if free != name:
                self.doubled.setdefault(name, free)
            whole[free] = value
        return whole

    def told(self) -> Iterator[str]:
        """What is said of the names that stood twice."""
        for name, free in self.doubled.items():
            yield (
                f"'{name}' stands twice in an object, with two values: the first counts, the other "
                f"is kept as '{free}'."
            )


def opened(deal: JsonObject) -> JsonObject:
    """A deal whose fields an API has put into a wrapper, with them beside its id.

    Odoo names what a deal is linked to as `[7, "Lumen"]`, and says false where there is nothing.
    """
    if any(map(_is_link, deal.values())):
        told = {key: value for key, value in deal.items() if value is not False or key == "active"}
        deal = {key: value[1] if _is_link(value) else value for key, value in told.items()}
    if deal.get("object") == "page" and isinstance(inner := deal.get("properties"), Mapping):
        return {**deal, "object": None, "properties": None, **dict(_of_page(inner))}
    deal = {key: _names(value) if key in _NAMED else value for key, value in deal.items()}
    for key in _WRAPPERS:
        inner = deal.get(key)
        if isinstance(inner, Mapping) and (key == "properties" or deal.keys() <= _BESIDE):
            return opened({**deal, key: None, **inner})
    if len(deal) == 1 and isinstance(only := next(iter(deal.values())), Mapping):
        return opened(only)  # `{"deal": {…}}`
    if isinstance(linked := deal.get("relationships"), Mapping):
        named = ((key, one) for key, one in linked.items() if isinstance(one, Mapping))
        return {**{key: one.get("data", one) for key, one in named}, **deal, "relationships": None}
    return deal


_NAMED = {"owner", "owners", "assignees", "members", "users", "tags", "labels", "companies"}


def _names(value: Json) -> Json:
    """The names of a list of objects that have one, such as the owners of a deal."""
    if not isinstance(value, list) or not value:
        return value
    names = [one.get("name") for one in value if isinstance(one, Mapping)]
    is_named = len(names) == len(value) and all(isinstance(name, str) for name in names)
    return names if is_named else value


def _of_page(properties: JsonObject) -> Iterator[tuple[str, Json]]:
    """The properties of a page of Notion, which say of what kind they are, by their names."""
    for name, value in properties.items():
        if not isinstance(value, Mapping):
            yield name, value
            continue
        # Of pages that this one is linked to only the ids are told, which are no names.
        yield f"{name}.id" if "relation" in value else name, _plain(value)
        dates = value.get("date")
        if isinstance(dates, Mapping) and dates.get("end"):
            yield f"{name} end", dates["end"]


_SAYS_ITSELF = ("plain_text", "name", "start", "id")
"""What of an object of a page is read by people: of a piece of text, an option, a day, a link."""
_OF_PARTS = {"text", "mention", "equation", "external", "file", "person", "bot"}
"""Kinds of pieces of text, files and people: they say what they are themselves."""


def _plain(value: Json) -> Json:
    """The value of a property of a page, as it would stand in a cell."""
    if isinstance(value, list):
        parts = [_plain(one) for one in value]
        is_text = any(isinstance(one, Mapping) and "plain_text" in one for one in value)
        return "".join(map(str, parts)) if is_text else parts or None
    if not isinstance(value, Mapping):
        return value
    kind = value.get("type")
    if isinstance(kind, str) and kind in value and kind not in _OF_PARTS:
        return _plain(value[kind])
    if "number" in value and "prefix" in value:
        return "-".join(str(part) for part in (value["prefix"], value["number"]) if part)
    return next((value[key] for key in _SAYS_ITSELF if value.get(key) is not None), value)


def _is_link(value: Json) -> TypeGuard[list[Json]]:
    return (
        isinstance(value, list)
        and len(value) == 2
        and type(value[0]) is int
        and isinstance(value[1], str)
    )


def found(members: Iterable[tuple[str, int, Json]]) -> Iterator[tuple[int, Json]]:
    """The deals of a document: in its lists, or deeper down, or each by its id."""
    by_id: list[tuple[int, str, JsonObject]] | None = []
    columns: list[Json] = []
    for key, line, value in members:
        if key == "columns[]":
            columns.append(value)
        elif key in DEALS:
            by_id = None
            if columns and isinstance(value, list):
                yield line, columns
                columns = []
            yield from ((line, one) for one in (of_answer(value) if key == "[]" else [value]))
        elif isinstance(value, Mapping) and not key.endswith("[]"):
            for deal in _within(value):
                by_id = None
                yield line, deal
            if by_id is not None:
                by_id.append((line, key, value))
        else:
            by_id = None
    if by_id and len({frozenset(value) for _, _, value in by_id}) == 1:
        if _are_columns({key: value for _, key, value in by_id}):
            line, _, first = by_id[0]
            yield from ((line, {name: of[row] for _, name, of in by_id}) for row in first)
        else:
            yield from ((line, {"id": key, **value}) for line, key, value in by_id)


def of_answer(value: Json) -> list[Json]:
    """The deals of one of several answers in a list, as whoever collects pages keeps them; a deal
    has a name, and is one itself."""
    if isinstance(value, Mapping) and not any(
        SYNONYMS.get(slug(key)) in ("title", "account", "external_id") for key in value
    ):
        for key in LISTS:
            part = value.get(key)
            if isinstance(part, list) and part and all(isinstance(one, Mapping) for one in part):
                return part
    return [value]


def _are_columns(parts: Mapping[str, JsonObject]) -> bool:
    """Whether each part is a column, with its cells by the numbers of their rows (pandas)."""
    rows = next(iter(parts.values()))
    return bool(rows) and all(map(str.isdigit, rows)) and not any(map(str.isdigit, parts))


def is_one_deal(value: JsonObject) -> bool:
    """Whether an object is a deal by itself: it has a name and another field that is known, and
    holds no list of objects under a name that is none of a deal's. An error has a status."""
    said = {
        SYNONYMS.get(slug(key))
        for key, part in value.items()
        if isinstance(part, str | int | float)
    }
    is_named = bool(said & {"title", "account"})
    lists = (
        key
        for key, part in value.items()
        if isinstance(part, list) and any(isinstance(one, list | Mapping) for one in part)
    )
    return (
        is_named
        and len(said - {None, "status"}) > 1
        and not any(slug(key) not in SYNONYMS for key in lists)
    )


def _within(value: JsonObject) -> Iterator[Json]:
    """The deals of a list deep in an answer, such as `data.deals.edges`."""
    lists = [part for part in value.values() if isinstance(part, list)]
    for key in _WITHIN:
        if isinstance(part := value.get(key), list):
            yield from part
            return
    if len(lists) == 1 and all(isinstance(one, Mapping) for one in lists[0]):
        yield from lists[0]
        return
    for part in value.values():
        if isinstance(part, Mapping) and not lists:
            yield from _within(part)


def named(deals: Iterable[tuple[int, Json]]) -> Iterator[tuple[int, Json]]:
    """Deals that are rows of cells, with the names of the first row."""
    names: list[str] | None = None
    for line, deal in deals:
        if not isinstance(deal, list):
            yield line, deal
        elif names is None:
            names = [str(cell) for cell in deal]
        else:
            yield line, dict(zip(names, deal, strict=False))


class Names:
    """The columns that objects have, in the order in which they come; those that mean the same
    field and never stand in one object are one, as where each row was written by another hand."""

    def __init__(self) -> None:
        self._columns: dict[str, str] = {}
        self._apart: dict[str, set[str]] = {}

    def add(self, columns: Iterable[str]) -> None:
        """What one object has."""
        by_field: dict[str, list[str]] = {}
        for column in columns:
            if column not in self._columns:
                self._columns[column] = SYNONYMS.get(slug(column), "")
            if field := self._columns[column]:
                by_field.setdefault(field, []).append(column)
        for rivals in by_field.values():
            if len(rivals) > 1:
                for column in rivals:
                    self._apart.setdefault(column, set()).update(rivals)

    def together(self) -> dict[str, tuple[str, ...]]:
        """Each column with the names that mean it, its own first."""
        found: dict[str, tuple[str, ...]] = {}
        heads: dict[str, str] = {}
        for column, field in self._columns.items():
            head = heads.get(field, "") if field and not takes_several(field) else ""
            if head and self._apart.get(column, set()).isdisjoint(found[head]):
                found[head] += (column,)
            else:
                found[column] = (column,)
                heads.setdefault(field, column)
        return found
