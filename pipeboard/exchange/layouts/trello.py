"""Trello: a board used as a pipeline, from its JSON export or the CSV of a paid workspace."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from datetime import UTC, datetime
from typing import Any

from pipeboard.exchange.layouts.layout import Layout, json_list

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
    "createCard",
    "copyCard",
    "emailCard",
    "moveCardToBoard",
    "convertToCardFromCheckItem",
}
_TRELLO_BEGAN = datetime(2011, 1, 1, tzinfo=UTC)


class _TrelloLayout(Layout):
    def words(self, cell: str) -> list[str]:
        return json_list(cell) or [_without_tail(part) for part in _BETWEEN.split(cell)]


def _without_tail(part: str) -> str:
    found = _TAIL.fullmatch(part.strip())
    return (found["name"] or found["tail"]) if found else part.strip()


LAYOUT = _TrelloLayout(
    name="trello",
    columns=_COLUMNS | {"Last Activity Date": "closed_at"},
    marks=frozenset({"Card ID", "Card Name", "Card Description", "List Name"}),
    has_several_owners=True,
    remarks={
        "Last Activity Date": "The CSV of Trello has no history: the last activity of a card "
        "stands for the day it was won or lost. The JSON export tells more."
    },
)

BOARD_LAYOUT = _TrelloLayout(
    name="trello",
    columns=_COLUMNS | _FROM_ACTIONS,
    marks=frozenset({"Stages"}),
    has_several_owners=True,
)


class Board:
    """A board export, parsed; its cards come out as cells under the names of the CSV columns.

    Cards of an archived list are archived; templates are no deals.
    """

    def __init__(self, document: Mapping[str, Any]) -> None:
        self._name = str(document.get("name") or "")
        self._cards = _objects(document, "cards")
        self._lists = {item["id"]: item for item in _objects(document, "lists")}
        self._members = {item["id"]: item for item in _objects(document, "members")}
        self._fields = {item["id"]: item for item in _objects(document, "customFields")}
        self._actions: dict[str, list[Mapping[str, Any]]] = {}
        for action in reversed(_objects(document, "actions")):
            card = _part(_part(action, "data"), "card").get("id")
            self._actions.setdefault(str(card), []).append(action)
        self._checklists: dict[str, list[Mapping[str, Any]]] = {}
        for checklist in _objects(document, "checklists"):
            self._checklists.setdefault(str(checklist.get("idCard")), []).append(checklist)

    def cards(self) -> Iterator[dict[str, str]]:
        """The cells of each card, by column; those that are empty stay away."""
        for card in self._cards:
            if not card.get("isTemplate"):
                cells = self._own_cells(card) | self._history_cells(card) | self._custom_cells(card)
                yield {column: cell for column, cell in cells.items() if cell}

    def _own_cells(self, card: Mapping[str, Any]) -> dict[str, str]:
        column = self._lists.get(str(card.get("idList")), {})
        is_archived = bool(card.get("closed") or column.get("closed"))
        members = (self._members.get(str(key), {}) for key in card.get("idMembers") or ())
        return {
            "Card ID": str(card["id"]),
            "Card Name": str(card.get("name") or ""),
            "Card URL": str(card.get("shortUrl") or card.get("url") or ""),
            "Card Description": str(card.get("desc") or ""),
            "Labels": ",".join(
                f"{label.get('name') or ''} ({label.get('color') or ''})"
                for label in _objects(card, "labels")
            ),
            "Members": ",".join(
                f"{member.get('fullName') or ''} ({member.get('username') or ''})"
                for member in members
                if member
            ),
            "Start Date": str(card.get("start") or ""),
            "Due Date": str(card.get("due") or ""),
            "Last Activity Date": str(card.get("dateLastActivity") or ""),
            "List Name": str(column.get("name") or ""),
            "Board Name": self._name,
            "Archived": "true" if is_archived else "false",
            "Attachments": _json([a["url"] for a in _objects(card, "attachments") if a.get("url")]),
        }

    def _history_cells(self, card: Mapping[str, Any]) -> dict[str, str]:
        """What the actions tell; a board exports its latest 1,000, so the first may be missing."""
        created = ""
        stages, comments = [], []
        for action in self._actions.get(str(card["id"]), ()):
            at, data = str(action.get("date") or ""), _part(action, "data")
            if action.get("type") in _ARRIVALS:
                created = created or at
                stages.append({"stage": self._list_name(_part(data, "list")), "at": at})
            elif action.get("type") == "updateCard" and "listAfter" in data:
                stages.append({"stage": self._list_name(_part(data, "listAfter")), "at": at})
            elif action.get("type") == "commentCard":
                author = _part(action, "memberCreator").get("fullName")
                comments.append({"text": data.get("text"), "author": author, "at": at})
        return {
            "Created": created or _time_in_id(card),
            "Stages": _json([stage for stage in stages if stage["stage"]]),
            "Comments": _json(comments),
        }

    def _list_name(self, mentioned: Mapping[str, Any]) -> str:
        """The present name of a list, also where an action mentions an earlier one."""
        now = self._lists.get(str(mentioned.get("id")), mentioned)
        return str(now.get("name") or "")

    def _custom_cells(self, card: Mapping[str, Any]) -> dict[str, str]:
        cells = {}
        for item in _objects(card, "customFieldItems"):
            definition = self._fields.get(str(item.get("idCustomField")))
            if definition:
                cells[str(definition.get("name") or "field")] = _custom_value(item, definition)
        for checklist in self._checklists.get(str(card["id"]), ()):
            items = _objects(checklist, "checkItems")
            cells[str(checklist.get("name") or "Checklist")] = "\n".join(
                f"[{'x' if item.get('state') == 'complete' else ' '}] {item.get('name') or ''}"
                for item in items
            )
        return cells


def _custom_value(item: Mapping[str, Any], definition: Mapping[str, Any]) -> str:
    """A custom field holds its value by type (`{"number": "993"}`), a drop-down an option's id."""
    for option in _objects(definition, "options"):
        if option.get("id") == item.get("idValue"):
            return str(_part(option, "value").get("text") or "")
    return next((str(value) for value in _part(item, "value").values()), "")


def _time_in_id(card: Mapping[str, Any]) -> str:
    """Trello's ids begin with the second of creation, in hexadecimal, like all of MongoDB's."""
    try:
        created = datetime.fromtimestamp(int(str(card["id"])[:8], 16), UTC)
        latest = datetime.fromisoformat(str(card.get("dateLastActivity")))
    except (ValueError, OverflowError):
        return ""
    return created.isoformat() if _TRELLO_BEGAN <= created <= latest else ""


def _objects(owner: Mapping[str, Any], key: str) -> list[Mapping[str, Any]]:
    values: Iterable[Any] = owner.get(key) or ()
    return [value for value in values if isinstance(value, Mapping)]


def _part(owner: Mapping[str, Any], key: str) -> Mapping[str, Any]:
    value = owner.get(key)
    return value if isinstance(value, Mapping) else {}


def _json(value: list[Any]) -> str:
    return json.dumps(value, ensure_ascii=False) if value else ""
