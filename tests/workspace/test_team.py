"""Who is in the team: anybody who is named until somebody has said who is, and then nobody else."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from pipeboard.domain.errors import NotFound
from pipeboard.domain.settings import Rep
from pipeboard.domain.templates import template
from pipeboard.store import Store
from pipeboard.workspace import Actor
from pipeboard.workspace.configuration import make_workspace
from tests.team import NOW, SETTINGS
from tests.verbs import Workspace


@pytest.fixture
def alone(tmp_path: Path) -> Iterator[Workspace]:
    """A workspace in which nobody has said who is in the team."""
    pipeline = template("minimal", pipeline_name="Sales", currency="EUR")
    path = str(tmp_path / "new.db")
    make_workspace(path, SETTINGS, pipeline, at=NOW, actor=Actor("ana")).close()
    store = Store.open(path)
    yield Workspace(store, lambda: NOW, Actor("ana"))
    store.close()


def add(workspace: Workspace, line: str) -> tuple[str, ...]:
    """The remarks on a deal that is added."""
    return workspace.add(line, pipeline=workspace.pipeline("Sales")).notes


def test_whoever_is_named_first_is_one_of_the_team_and_that_is_said(alone: Workspace) -> None:
    assert add(alone, "Acme: one @carla") == ("@carla is a new rep.",)
    assert add(alone, "Acme: two @carla") == ()
    assert add(alone, "Acme: three @rep1") == ("@rep1 is a new rep.",)
    assert add(alone, "Acme: four @rep2") == ("@rep2 is a new rep.",)
    assert {rep.name for rep in alone.reader.reps()} >= {"carla", "rep1", "rep2"}


@pytest.mark.parametrize("slip", ["carlla", "crala", "carl"])
def test_a_name_that_is_like_a_rep_s_is_taken_for_a_slip(alone: Workspace, slip: str) -> None:
    add(alone, "Acme: one @carla")
    with pytest.raises(NotFound, match="There is no rep"):
        add(alone, f"Acme: two @{slip}")
    assert "carla" in {rep.name for rep in alone.reader.reps()}
    assert slip not in {rep.name for rep in alone.reader.reps()}


def test_once_somebody_has_said_who_is_in_the_team_nobody_else_is(alone: Workspace) -> None:
    alone.save_rep(Rep("dora", "", "", True))
    with pytest.raises(NotFound, match="There is no rep 'zed'"):
        add(alone, "Acme: one @zed")
    line = "Acme: one @zed"
    made = alone.add(line, pipeline=alone.pipeline("Sales"), new_rep=True)
    assert made.notes == ("@zed is a new rep.",)
