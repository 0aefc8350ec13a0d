"""A team in a database file of its own: reps to act as, a clock that stands, deals to work on."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

from pipeboard.domain.deal import Deal
from pipeboard.domain.errors import PipeboardError
from pipeboard.domain.people import Actor
from pipeboard.domain.pipeline import Pipeline
from pipeboard.domain.settings import Rep, Settings
from pipeboard.domain.templates import template
from pipeboard.store import Store
from pipeboard.workspace.configuration import make_workspace
from tests.verbs import Workspace

NOW = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)
TODAY = date(2026, 11, 23)
SETTINGS = Settings(currency="EUR", zone_name="Europe/Berlin", source_asked=2)
"""This team leaves it to its reps whether a new deal says where it came from."""

REPS = tuple(map(Rep, ("ana", "bo", "cy")))

LEAD, QUALIFICATION, NEEDS, PROPOSAL, NEGOTIATION, CLOSING, WON, LOST = range(1, 9)


class Clock:
    """A clock that moves only when it is told to."""

    def __init__(self, now: datetime = NOW) -> None:
        self.now = now

    def __call__(self) -> datetime:
        return self.now

    def wait(self, **much: float) -> None:
        """Lets time pass, as `timedelta` takes it."""
        self.now += timedelta(**much)


@dataclass
class Team:
    """One database under a path or URL, and a workspace for each rep over its own connections."""

    place: Path | str
    clock: Clock = field(default_factory=Clock)
    _stores: list[Store] = field(default_factory=list)

    @classmethod
    def make(cls, place: Path | str, *, anew: bool = False) -> Team:
        """A new database with the gated pipeline of the template `needs`, called Sales; a file has
        an id of its own where it is made `anew`."""
        if isinstance(place, Path) and not anew:
            place.write_bytes(_as_made())
            place.chmod(0o600)
        else:
            _make(str(place))
        return cls(place)

    @property
    def path(self) -> Path:
        """The file, of a team that has one."""
        return Path(self.place)

    def rep(self, name: str, acting_as: str = "") -> Workspace:
        """A workspace as this rep sees it."""
        store = Store.open(str(self.place))
        self._stores.append(store)
        return Workspace(store, self.clock, Actor(name, acting_as))

    def close(self) -> None:
        for store in self._stores:
            store.close()


def _make(place: str) -> None:
    wanted = template("needs", pipeline_name="Sales", currency="EUR", first_stage_id=0)
    make_workspace(place, SETTINGS, wanted, at=NOW, actor=Actor("ana"), reps=REPS).close()


@cache
def _as_made() -> bytes:
    """The file of a new team, of which tests begin with a copy."""
    with TemporaryDirectory() as folder:
        path = Path(folder) / "new.db"
        _make(str(path))
        return path.read_bytes()


def sales(workspace: Workspace) -> Pipeline:
    return workspace.pipeline("Sales")


def add(workspace: Workspace, line: str = "Lumen Oy: packaging pilot 40k", stage: int = 1) -> Deal:
    """A new deal, in the stage of that number."""
    (deal,) = workspace.add(line, pipeline=sales(workspace), stage_id=stage).deals
    return deal


def qualify(workspace: Workspace, deal_id: int) -> None:
    """Answers what Lead Qualification asks before a deal leaves it."""
    for question in ("need", "timeline", "authority"):
        workspace.answer([deal_id], question, "They said so.", 3)


def now_of(workspace: Workspace, deal_id: int) -> Deal:
    """The deal as it stands in the database."""
    found = workspace.reader.deal(deal_id)
    assert found is not None
    return found


def refusal(error: PipeboardError) -> str:
    """All that a person is told."""
    return f"{error.message} {error.hint}"
