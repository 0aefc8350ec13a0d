"""Where the rows of a file go: the workspace, and a pipeline that is there or is to be made."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from pipeboard.cli.call import Call
from pipeboard.cli.import_flags import AUTO
from pipeboard.domain.errors import BadInput, NotFound, Refused
from pipeboard.domain.pipeline import Pipeline
from pipeboard.domain.templates import from_stage_names
from pipeboard.domain.text import fold, quoted
from pipeboard.workspace.configuration import change_pipeline
from pipeboard.workspace.finding import find_pipeline

if TYPE_CHECKING:
    from pipeboard.exchange.recipe import Recipe
    from pipeboard.workspace import Workspace


@contextmanager
def place_of(call: Call) -> Iterator[tuple[Workspace, Pipeline | None]]:
    """The workspace, and the pipeline that the rows go into; None for one that is to be made.

    A dry run without a workspace is rehearsed in a temporary one.
    """
    from pipeboard.cli.workspace_files import is_made, open_or_make

    asked = call.arguments
    name = asked.into or asked.pipeline
    if asked.stages is not None and not asked.into:
        raise BadInput("--stages makes the pipeline that --into names.", hint="Add --into NAME.")
    made = is_made(call)
    if not made:
        _expect_something_to_make(call)
    if asked.dry_run and not made:
        with tempfile.TemporaryDirectory(prefix="pipeboard-") as folder:
            workspace = rehearsal(call, Path(folder))
            yield workspace, None if asked.stages is not None else find_pipeline(workspace)
        return
    makes_one = asked.stages is not None
    workspace = open_or_make(call, template_name=None) if makes_one else open_or_make(call)
    yield (
        workspace,
        _known(workspace, name, asked.stages) if makes_one else find_pipeline(workspace, name),
    )


def _expect_something_to_make(call: Call) -> None:
    """No workspace is made for a file that is not there, or a pipeline that nobody describes."""
    asked = call.arguments
    if asked.file != "-" and not Path(asked.file).exists():
        raise NotFound(f"There is no file {asked.file}.", hint="Check its name and folder.")
    if asked.into and asked.stages is None:
        raise NotFound(
            f"There is no pipeline {quoted(asked.into)} yet.",
            hint="Say what its stages are: --stages A,B,C, or --stages auto.",
        )


def pipeline_to_make(call: Call, workspace: Workspace, path: Path, recipe: Recipe) -> Pipeline:
    """The pipeline that --into and --stages describe, not stored yet."""
    names = _stage_names(call, workspace, path, recipe)
    return from_stage_names(
        names, pipeline_name=call.arguments.into, currency=workspace.settings.currency
    )


def _stage_names(call: Call, workspace: Workspace, path: Path, recipe: Recipe) -> tuple[str, ...]:
    """The open stages that are wanted; what means won or lost is there anyway."""
    from pipeboard.cli.pipelines import split_names
    from pipeboard.exchange.outcomes import closing_outcome

    text: str = call.arguments.stages
    if text.strip().casefold() == AUTO:
        from pipeboard.workspace.import_plan import NO_STAGE, open_reading, stages_of

        with open_reading(workspace, path, recipe, None, strict=call.arguments.strict) as reading:
            names = stages_of(reading)
        if names == (NO_STAGE,):
            call.out.say("No stage to work in is named: open deals go into a stage called Open.")
    else:
        names = split_names(text.replace(";", ",")) and _named_stages(text, with_closing=True)
    closing = [name for name in names if closing_outcome(name)]
    if closing:
        call.out.say(f"{', '.join(closing)}: every pipeline ends so, no stage is made for it.")
    names = tuple(name for name in names if name not in closing)
    if not names:
        raise Refused(
            "No stage to work in is named: all deals of the file are won or lost.",
            hint="Name one at least: --stages Lead",
        )
    return names


def _named_stages(text: str, *, with_closing: bool = False) -> tuple[str, ...]:
    """The stages in `A,B,C` or, where names hold commas, `A; B, C`; none for auto."""
    from pipeboard.exchange.outcomes import closing_outcome

    if text.strip().casefold() == AUTO:
        return ()
    names = (name.strip() for name in text.split(";" if ";" in text else ","))
    return tuple(name for name in names if name and (with_closing or not closing_outcome(name)))


def _known(workspace: Workspace, name: str, stages: str) -> Pipeline | None:
    """The pipeline that is there already; `Refused` when it has not all stages that are named."""
    same = (p for p in workspace.reader.pipelines() if fold(p.name) == fold(name))
    found = next(same, None)
    if found is not None:
        for stage in _named_stages(stages):
            if not any(fold(stage) == fold(known.name) for known in found.open_stages):
                raise Refused(
                    f"{found.name} is there already and has no stage {quoted(stage)}.",
                    hint="Leave --stages out, or import --into another name.",
                )
    return found


def rehearsal(call: Call, folder: Path, currency: str = "") -> Workspace:
    """A workspace to plan in, of which nothing stays; with a currency as it would be made here."""
    from pipeboard.cli.environment import system_zone
    from pipeboard.domain.settings import Settings
    from pipeboard.domain.templates import TEMPLATES, template
    from pipeboard.store import Store

    settings = Settings()
    if currency:
        settings = Settings(currency=currency, zone_name=system_zone(call.environ))
    workspace = call.workspace_on(Store.create(str(folder / "rehearsal.db"), settings))
    change_pipeline(
        workspace, template(TEMPLATES[0], pipeline_name="New business", currency=settings.currency)
    )
    return workspace
