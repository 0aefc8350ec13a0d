"""Whose deals somebody is shown: what they ask of a table is asked of the rows that they may see.

Every question of a `Reader` that was made for somebody passes through `narrowed`, which puts
narrower tables of the same names in front of it: no question can ask past them. Those who see
everything ask as before. The policies of a server (`grants.py`) are made of the same conditions.
"""

from __future__ import annotations

import json
import re
import sqlite3
from collections.abc import Mapping
from functools import lru_cache

from pipeboard.domain.people import Actor
from pipeboard.domain.roles import rights
from pipeboard.store.database import Database
from pipeboard.store.opening import OF_DEALS
from pipeboard.store.reading.setup import read_reps, read_settings

_COMMAND = ("seq", "id", "at", "actor", "acting_as", "verb")
_OF_DEAL = (
    "exists (select 1 from main.deal as held where held.id = {table}.deal_id"
    " and held.owner in ({owners}))"
)
_AGREED_ALONE = (
    "not exists (select 1 from main.event where command_id = command.id)"
    " and not exists (select 1 from main.workspace_event as said"
    " where said.command_id = command.id and said.topic in ('call', 'review'))"
)
_ON_ANOTHERS = (
    "exists (select 1 from main.event join main.deal as held on held.id = event.deal_id"
    " where event.command_id = command.id and held.owner not in ({owners}))"
)
_OF_MINE = (
    "exists (select 1 from main.event join main.deal as held on held.id = event.deal_id"
    " where event.command_id = command.id and held.owner in ({owners}))"
)
SEEN_OF: Mapping[str, str] = {
    "command": f"actor = {{me}} or {_OF_MINE} or ({_AGREED_ALONE})",
    "workspace_event": "topic <> 'review' and (topic <> 'call' or key like {my_call} escape '~')",
    **dict.fromkeys(("event", *OF_DEALS), _OF_DEAL),
    "stage_total": "owner in ({owners})",
    "deal": "owner in ({owners})",
}
"""Which rows of a table somebody sees who does not see every deal, by table: those that stand here
first may ask the whole of those that stand later. A command that was also about deals of others
says its verb instead of its sentence."""
_NAMED = re.compile(rf"\b({'|'.join(SEEN_OF)})\b")
_ASKS = re.compile(r"(explain query plan )?(?=select\b)", re.IGNORECASE)
_BESIDE = "as not materialized" if sqlite3.sqlite_version_info >= (3, 35) else "as"


class RepSight:
    """What one person sees of a database: looked at anew once anybody has changed it."""

    def __init__(self, actor: Actor, whole: Database) -> None:
        self._actor, self._whole = actor, whole
        self.version: int | None = None
        self.owners: tuple[str, ...] | None = None
        self.everyone = ""

    def look(self) -> bool:
        """Looks whose deals they see by now; whether that is others than before."""
        if self.version is not None and self._whole.version() == self.version:
            return False
        before, is_first = self.owners, self.version is None
        with self._whole.together():
            version = self._whole.version()
            reps, settings = read_reps(self._whole), read_settings(self._whole)
        found = rights(self._actor, reps, settings)
        self.owners, self.everyone, self.version = found.sees, found.everyone, version
        return not is_first and self.owners != before

    def narrowed(self, sql: str) -> str:
        """The question as this person may ask it."""
        if self.owners is None:
            return sql
        return narrowed(sql, self._actor.name, self._actor.rep, self.owners)


@lru_cache(maxsize=512)
def narrowed(sql: str, actor: str, rep: str, owners: tuple[str, ...]) -> str:
    """A question with narrower tables in front of it, wherever it names one of them."""
    asks = _ASKS.match(sql)
    named = set(_NAMED.findall(sql))
    if asks is None or not named:
        return sql
    tables = shown_tables(actor, rep, owners)
    beside = ", ".join(f"{n} {_BESIDE} ({rows})" for n, rows in tables.items() if n in named)
    return f"{asks[0]}with {beside} {sql[asks.end() :]}"


@lru_cache(maxsize=8)
def shown_tables(actor: str, rep: str, owners: tuple[str, ...]) -> Mapping[str, str]:
    """What somebody sees of each table of deals, as a question."""
    values = {
        "me": quoted(actor),
        "owners": ", ".join(map(quoted, ("", *owners))),
        "my_call": quoted(f"%, {_escaped(json.dumps(rep))}]"),
    }
    return {
        table: f"select {_shown(table)} from main.{table} where {condition}".format(
            table=table, **values
        )
        for table, condition in SEEN_OF.items()
    }


def _shown(table: str) -> str:
    """The columns of a table: all of them, but for sentences that name what others own."""
    if table != "command":
        return "*"
    told = f"case when actor <> {{me}} and {_ON_ANOTHERS} then verb else summary end as summary"
    return f"{', '.join(_COMMAND)}, {told}, undoes, redoes, undone, digest"


def quoted(text: str) -> str:
    """A text as it stands in a statement; what no server takes in one is nobody's name."""
    return "'" + text.replace("\0", "").replace("'", "''") + "'"


def _escaped(text: str) -> str:
    return re.sub(r"[~%_]", r"~\g<0>", text)
