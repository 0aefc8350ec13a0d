"""A file that is planned before there is a database, and comes in with the one that is made."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from pipeboard.cli.arguments import Parser
from pipeboard.cli.call import Call
from pipeboard.cli.first_run import _carried_out, _made_for
from pipeboard.cli.import_flags import rehearsal
from pipeboard.workspace import Workspace
from pipeboard.workspace.import_plan import FileSeen, ImportPlan, look_at


@contextmanager
def called(database: Path) -> Iterator[Call]:
    call = Call(Parser("board", "", "").read(["--db", str(database), "-q"]), os.environ)
    try:
        yield call
    finally:
        call.close()


def planned(folder: Path, plan: ImportPlan) -> FileSeen:
    """What is seen of a file over a workspace that is thrown away."""
    folder.mkdir()
    with called(folder / "none.db") as call, rehearsal(call, "EUR") as workspace:
        return look_at(workspace, plan, lambda rows, share: None)


def homes(workspace: Workspace) -> dict[str, str]:
    """The pipelines of deals by their names."""
    names = {one.id: one.name for one in workspace.reader.pipelines()}
    every = workspace.reader.each(today=workspace.today)
    return {deal.name: names[deal.pipeline_id] for deal in every}


@pytest.mark.parametrize(
    ("rows", "pipeline", "found"),
    [
        # The pipelines that the rows name; the one that is there while it is planned comes second.
        (
            "1,Nova,Talk,Farming\n2,Lumen,Proposal,New business\n3,Sol,Sign,Farming\n",
            "",
            {"Nova": "Farming", "Lumen": "New business", "Sol": "Farming"},
        ),
        (
            "2,Lumen,Proposal,New business\n1,Nova,Talk,Farming\n",
            "",
            {"Nova": "Farming", "Lumen": "New business"},
        ),
        # A new one of the file's own stages, and the one that is there.
        ("1,Nova,Talk,\n2,Lumen,Sign,\n", "Own", {"Nova": "Own", "Lumen": "Own"}),
        ("1,Nova,Proposal,\n", "", {"Nova": "New business"}),
    ],
)
def test_deals_go_where_it_was_planned(
    tmp_path: Path, rows: str, pipeline: str, found: dict[str, str]
) -> None:
    file = tmp_path / "deals.csv"
    file.write_text(f"id,name,stage,pipeline\n{rows}", "utf-8")
    plan = ImportPlan(file, pipeline=pipeline, is_new=bool(pipeline))
    seen = planned(tmp_path / "aside", plan)
    with called(tmp_path / "deals.db") as call, _made_for(call, seen.pipeline) as workspace:
        imported = _carried_out(call, workspace, seen)
        assert imported.report.created == len(found)
        assert homes(workspace) == found
        assert len(workspace.reader.pipelines()) == len(set(found.values()))
