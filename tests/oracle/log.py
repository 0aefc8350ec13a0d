"""The deals of a workspace at an instant, replayed event by event from the raw rows."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterable
from contextlib import closing
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

WON, LOST = "won", "lost"


def us_of(text: str) -> int:
    """An ISO 8601 instant in microseconds."""
    since = datetime.fromisoformat(text) - datetime(1970, 1, 1, tzinfo=UTC)
    return (since.days * 86_400 + since.seconds) * 1_000_000 + since.microseconds


@dataclass
class Told:
    """One deal: for each thing that changes, every value that it had with since when."""

    id: int
    created: int
    dated: bool = True
    path: list[tuple[int, Any]] = field(default_factory=list)
    values: dict[str, list[tuple[int, Any]]] = field(default_factory=dict)
    touches: list[tuple[int, str]] = field(default_factory=list)
    quotes: list[int] = field(default_factory=list)
    pushes: list[int] = field(default_factory=list)
    overridden: set[int] = field(default_factory=set)
    elsewhere: set[int] = field(default_factory=set)
    merged: bool = False
    loss: str | None = None
    competitor: str = ""
    by_day: set[int] = field(default_factory=set)

    def set(self, name: str, at: int, value: Any) -> None:
        self.values.setdefault(name, []).append((at, value))

    def at(self, name: str, us: int) -> Any:
        """The value of something at an instant, by the order of the log."""
        found = None
        if us < self.created:
            return None
        for since, value in self.values.get(name, ()):
            if since <= us:
                found = value
        return found

    def place(self, us: int) -> Any:
        """The stage id, WON or LOST at an instant; None before the deal began."""
        found = None
        for at, place in self.path:
            if at <= us:
                found = place
        return found

    def is_open(self, us: int) -> bool:
        place = self.place(us)
        return place is not None and place not in (WON, LOST) and not self.at("archived", us)

    @property
    def outcome(self) -> Any:
        last = self.path[-1][1]
        return last if last in (WON, LOST) else None

    @property
    def closed(self) -> int | None:
        return self.path[-1][0] if self.outcome else None

    @property
    def stage(self) -> int:
        return int([place for _, place in self.path if place not in (WON, LOST)][-1])

    @property
    def counts(self) -> bool:
        return not self.merged and self.loss != "invalid"


def standing_commands(raw: sqlite3.Connection, us: int) -> set[str]:
    """The commands that stand at an instant, by walking every chain of undo and redo."""
    commands = raw.execute("select * from command order by seq").fetchall()
    recorded = {command["id"]: command["at"] for command in commands}
    root: dict[str, str] = {}
    stands: dict[str, bool] = {}
    for command in commands:
        about = command["undoes"] or command["redoes"]
        if about is None:
            stands[command["id"]] = command["verb"] != "merge" or command["at"] <= us
            continue
        first = root[command["id"]] = root.get(about, about)
        if command["at"] <= us or recorded[first] > us:
            stands[first] = command["undoes"] is None
    return {command for command, yes in stands.items() if yes}


def deals_at(path: Path, pipeline_id: int, us: int) -> list[Told]:
    """Every deal of a pipeline as of an instant."""
    with closing(sqlite3.connect(path)) as raw:
        raw.row_factory = sqlite3.Row
        stands = standing_commands(raw, us)
        rows = raw.execute("select * from event order by deal_id, version").fetchall()
        mine = {
            row[0]
            for row in raw.execute("select id from deal where pipeline_id = ?", (pipeline_id,))
        }
        kinds = dict(raw.execute("select id, kind from stage").fetchall())
    deals: dict[int, Told] = {}
    stood = [row for row in rows if row["deal_id"] in mine and row["command_id"] in stands]
    for row, said in _known_better(stood):
        if row["at"] <= us:
            _replay(deals, row, said, kinds)
    return list(deals.values())


Row = dict[str, Any]


def _known_better(rows: Iterable[sqlite3.Row]) -> list[tuple[Row, Row]]:
    """The events with what they say, those that were corrected as they really were."""
    found: list[tuple[Row, Row]] = []
    for raw in rows:
        row, said = dict(raw), json.loads(raw["data"])
        if row["undoes"] or row["kind"] != "corrected":
            found.append((row, said))
            continue
        now = said.get("after", {})
        kinds = ("created",) if "created_at" in now or "created_precision" in now else (WON, LOST)
        older = [one for one in found if one[0]["deal_id"] == row["deal_id"]]
        wrong, told = [one for one in older if one[0]["kind"] in kinds][-1]
        if "loss" in now:
            told["after"]["loss"] = now["loss"]
        if now.keys().isdisjoint(("created_at", "closed_at")):
            continue
        wrong["at"] = us_of(now.get("created_at") or now["closed_at"])
        told.setdefault("facts", {})["precision"] = said.get("facts", {}).get("precision", "")
    return found


def calls_until(
    path: Path, pipeline_id: int, us: int
) -> dict[tuple[str, str], list[tuple[int, int | None]]]:
    """When each rep called what for each period up to an instant, by the log."""
    found: dict[tuple[str, str], list[tuple[int, int | None]]] = {}
    with closing(sqlite3.connect(path)) as raw:
        for key, after, at in raw.execute(
            "select key, after, command.at from workspace_event, command"
            " where command.id = command_id and topic = 'call' and command.at <= ?"
            " order by workspace_event.seq",
            (us,),
        ):
            pipeline, period, owner = json.loads(key)
            if pipeline == pipeline_id:
                amount = None if after is None else json.loads(after)["amount_minor"]
                found.setdefault((period, owner), []).append((at, amount))
    return found


def _replay(deals: dict[int, Told], row: Row, said: dict[str, Any], kinds: dict[int, str]) -> None:
    at, kind, after = row["at"], row["kind"], said.get("after", {})
    facts = said.get("facts", {})
    if kind == "created":
        deals[row["deal_id"]] = Told(row["deal_id"], at, facts.get("precision") != "unknown")
    deal = deals.get(row["deal_id"])
    if deal is None:
        return
    _fields(deal, at, kind, after)
    _people(deal, at, after)
    _way(deal, at, kind, said, kinds)
    _work(deal, at, kind, said)


def _fields(deal: Told, at: int, kind: str, after: dict[str, Any]) -> None:
    """What a deal says of itself."""
    for name in ("value", "owner", "expected_close", "next_step", "snoozed_until", "source"):
        if name in after:
            if name == "expected_close" and kind != "created":
                _push(deal, at, after[name])
            deal.set(name, at, after[name])
    for said, name in (("probability", "probability_bp"), ("category", "category")):
        if kind == said:
            deal.set(name, at, after.get(name))
    if kind in ("archived", "unarchived"):
        deal.set("archived", at, kind == "archived")
    if kind == "merged" and after.get("merged_into"):
        deal.merged = True
        deal.set("archived", at, True)


def _people(deal: Told, at: int, after: dict[str, Any]) -> None:
    """Whom it names: all at once, or one by one."""
    for key, contact in after.get("contacts", {}).items():
        deal.set(f"contacts.{key}", at, contact)
    for name, contact in after.items():
        if name.startswith("contacts."):
            deal.set(name, at, contact)


def _way(deal: Told, at: int, kind: str, said: dict[str, Any], kinds: dict[int, str]) -> None:
    """The stages and outcomes that it went through."""
    after, facts = said.get("after", {}), said.get("facts", {})
    if "stage_id" in after and kind in ("created", "moved", "won", "lost", "reopened"):
        place = after["stage_id"]
        deal.path.append((at, kinds[place] if kinds[place] in (WON, LOST) else place))
        if facts.get("missing"):
            elsewhere = str(facts.get("override", "")).startswith("imported from ")
            (deal.elsewhere if elsewhere else deal.overridden).add(at)
        if facts.get("precision") == "day":
            deal.by_day.add(at)
    if kind == "lost":
        loss = after.get("loss") or {}
        empty = loss.get("category", "other") == "other" and not loss.get("reason")
        deal.loss = "not said" if empty else loss["category"]
        deal.competitor = loss.get("competitor", "")
    if kind == "reopened":
        deal.loss, deal.competitor = None, ""


def _work(deal: Told, at: int, kind: str, said: dict[str, Any]) -> None:
    """What was done on it."""
    if kind == "touch":
        touch = said["facts"]["touch"]
        if touch.get("direction"):  # a handover is between us
            deal.touches.append((at, f"{touch.get('type')} {touch.get('direction')}"))
    sent_at = said.get("after", {}).get("quote_sent_at")
    if sent_at:
        deal.quotes.append(us_of(sent_at))


def _push(deal: Told, at: int, day: str | None) -> None:
    before = None
    for _, value in deal.values.get("expected_close", ()):
        before = value
    if before and day and day[:7] > before[:7]:
        deal.pushes.append(at)
