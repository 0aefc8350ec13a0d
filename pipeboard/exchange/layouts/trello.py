"""Trello: a board used as a pipeline, from its JSON export or the CSV of a paid workspace."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime

from pipeboard.domain.json_data import Json, JsonObject
from pipeboard.exchange.layouts.layout import Layout, json_list
from pipeboard.exchange.tables import next_free, without_surrogates

_COLUMNS = {
    "Card ID": "external_id",
    "Card Name": "title",
    "Card Description": "note",
    "Labels": "tags",
    "Members": "owner",
    "Due Date": "expected_close",
    "List Name": "stage",
    "Board Name": "pipeline",
    "Archived": "archived",
    "Value": "value",
    "Deal value": "value",
    "Amount": "value",
}
_FROM_ACTIONS = {
    "Created": "created_at",
    "Stages": "entered",
    "Comments": "notes",
    "Attachments": "links",
}
BOARD_COLUMNS = ("Card ID", "Card Name", "List Name", "Created", "Stages")
"""The columns that every board has, with those that its cards and actions fill behind them."""

# In the export, a name in brackets follows each member, a colour each label: `Ana Ruiz (ana)`.
_BETWEEN = re.compile(r"(?<=\)),\s*")
_TAIL = re.compile(r"(?P<name>.*?)\s*\((?P<tail>[^()]*)\)", re.DOTALL)
_ARRIVALS = {
    "createCard", "copyCard", "emailCard", "moveCardToBoard", "convertToCardFromCheckItem",
}  # fmt: skip
_TRELLO_BEGAN = datetime(2011, 1, 1, tzinfo=UTC)


class _TrelloLayout(Layout):
    def words(self, cell: str) -> list[str]:
        return json_list(cell) or [_without_tail(part) for part in _BETWEEN.split(cell)]


def _without_tail(part: str) -> str:
    found = _TAIL.fullmatch(part.strip())
    return (found["name"] or found["tail"]) if found else part.strip()


TRELLO = _TrelloLayout(
    name="trello",
    columns=_COLUMNS | {"Last Activity Date": "closed_at"},
    marks=frozenset({"Card ID", "Card Name", "Card Description", "List Name"}),
    has_several_owners=True,
    remarks={
        "Last Activity Date": "The CSV of Trello has no history: the last activity of a card "
        "stands for the day it was won or lost. The JSON export tells more."
    },
    open_too=frozenset({"closed_at"}),
)

BOARD_LAYOUT = _TrelloLayout(
    name="trello",
    columns=_COLUMNS | _FROM_ACTIONS,
    marks=frozenset({"Stages"}),
    has_several_owners=True,
)


class TrelloBoard:
    """A board export, parsed; its cards come out as cells under the names of the CSV columns.

    Cards of an archived list are archived; templates are no deals.
    """

    def __init__(self, document: JsonObject) -> None:
        self._name = _text(document, "name")
        self._cards = _by_id(document, "cards").values()
        self._lists = _by_id(document, "lists")
        self._members = _by_id(document, "members")
        self._fields = _by_id(document, "customFields")
        self._actions: dict[str, list[JsonObject]] = {}
        for action in reversed(_objects(document, "actions")):
            card = _text(_part(_part(action, "data"), "card"), "id")
            self._actions.setdefault(card, []).append(action)
        self._checklists: dict[str, list[JsonObject]] = {}
        for checklist in _objects(document, "checklists"):
            self._checklists.setdefault(_text(checklist, "idCard"), []).append(checklist)

    def cards(self) -> Iterator[dict[str, str]]:
        """The cells of each card, by column; those that are empty stay away."""
        for card in self._cards:
            if not card.get("isTemplate"):
                cells = self._own_cells(card) | self._history_cells(card)
                for name, cell in self._custom_cells(card).items():
                    cells[next_free(name, cells)] = cell
                yield {column: cell for column, cell in cells.items() if cell}

    def _own_cells(self, card: JsonObject) -> dict[str, str]:
        column = self._lists.get(_text(card, "idList"), {})
        is_archived = bool(card.get("closed") or column.get("closed"))
        members = (self._members.get(str(key), {}) for key in _list(card, "idMembers"))
        return {
            "Card ID": _text(card, "id"),
            "Card Name": _text(card, "name"),
            "Card URL": _text(card, "shortUrl") or _text(card, "url"),
            "Card Description": _text(card, "desc"),
            "Labels": ",".join(
                f"{_text(label, 'name')} ({_text(label, 'color')})"
                for label in _objects(card, "labels")
            ),
            "Members": ",".join(
                f"{_text(member, 'fullName')} ({_text(member, 'username')})"
                for member in members
                if member
            ),
            "Start Date": _text(card, "start"),
            "Due Date": _text(card, "due"),
            "Last Activity Date": _text(card, "dateLastActivity"),
            "List Name": _text(column, "name"),
            "Board Name": self._name,
            "Archived": "true" if is_archived else "false",
            "Attachments": _json([_text(link, "url") for link in _objects(card, "attachments")]),
        }

    def _history_cells(self, card: JsonObject) -> dict[str, str]:
        """What the actions tell; a board exports its latest 1,000, so the first may be missing."""
        created = ""
        stages, comments = [], []
        for action in self._actions.get(_text(card, "id"), ()):
            at, data = _text(action, "date"), _part(action, "data")
            if _text(action, "type") in _ARRIVALS:
                created = created or at
                stages.append({"stage": self._list_name(_part(data, "list")), "at": at})
            elif action.get("type") == "updateCard" and "listAfter" in data:
                stages.append({"stage": self._list_name(_part(data, "listAfter")), "at": at})
            elif action.get("type") == "commentCard":
                author = _text(_part(action, "memberCreator"), "fullName")
                comments.append({"text": _text(data, "text"), "author": author, "at": at})
        return {
            "Created": created or _time_in_id(card),
            "Stages": _json([stage for stage in stages if stage["stage"]]),
            "Comments": _json(comments),
        }

    def _list_name(self, mentioned: JsonObject) -> str:
        """The present name of a list, also where an action mentions an earlier one."""
        now = self._lists.get(_text(mentioned, "id"), mentioned)
        return _text(now, "name")

    def _custom_cells(self, card: JsonObject) -> dict[str, str]:
        cells = {}
        for item in _objects(card, "customFieldItems"):
            definition = self._fields.get(_text(item, "idCustomField"))
            if definition:
                cells[_text(definition, "name") or "field"] = _custom_value(item, definition)
        for checklist in self._checklists.get(_text(card, "id"), ()):
            items = _objects(checklist, "checkItems")
            cells[_text(checklist, "name") or "Checklist"] = "\n".join(
                f"[{'x' if item.get('state') == 'complete' else ' '}] {_text(item, 'name')}"
                for item in items
            )
        return cells


def _custom_value(item: JsonObject, definition: JsonObject) -> str:
    """A custom field holds its value by type (`{"number": "993"}`), a drop-down an option's id."""
    for option in _objects(definition, "options"):
        if option.get("id") == item.get("idValue"):
            return _text(_part(option, "value"), "text")
    return next((_text(_part(item, "value"), key) for key in _part(item, "value")), "")


def _time_in_id(card: JsonObject) -> str:
    """Trello's ids begin with the second of creation, in hexadecimal, like all of MongoDB's."""
    try:
        created = datetime.fromtimestamp(int(_text(card, "id")[:8], 16), UTC)
        latest = datetime.fromisoformat(_text(card, "dateLastActivity"))
    except (ValueError, OverflowError):
        return ""
    return created.isoformat() if _TRELLO_BEGAN <= created <= latest else ""


def _objects(owner: JsonObject, key: str) -> list[JsonObject]:
    return [value for value in _list(owner, key) if isinstance(value, Mapping)]


def _by_id(owner: JsonObject, key: str) -> dict[str, JsonObject]:
    return {_text(value, "id"): value for value in _objects(owner, key) if _text(value, "id")}


def _text(owner: JsonObject, key: str) -> str:
    """The text under a key; empty where there is something else, as in files that are not whole."""
    value = owner.get(key)
    return without_surrogates(value) if isinstance(value, str) else ""


def _list(owner: JsonObject, key: str) -> list[Json]:
    value = owner.get(key)
    return value if isinstance(value, list) else []


def _part(owner: JsonObject, key: str) -> JsonObject:
    value = owner.get(key)
    return value if isinstance(value, Mapping) else {}


def _json(value: Sequence[Json]) -> str:
    return json.dumps(value, ensure_ascii=False) if value else ""
