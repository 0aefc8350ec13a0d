"""The verbs about pipelines: pipeline list, show, new, apply, edit, templates."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from pathlib import Path

from pipeboard.cli.arguments import Parser, read_stdin, read_utf8
from pipeboard.cli.call import Call
from pipeboard.cli.tables import Table, tell
from pipeboard.cli.verbs import takes, takes_all, takes_json, takes_one, verb
from pipeboard.domain.errors import BadInput, NotFound, PipeboardError
from pipeboard.domain.events import to_json
from pipeboard.domain.json_data import Document, with_nulls
from pipeboard.domain.lazy_dataclass import replace
from pipeboard.domain.pipeline import Pipeline
from pipeboard.domain.pipeline_changes import PipelineChange
from pipeboard.domain.templates import (
    QUESTION_SETS,
    TEMPLATES,
    from_stage_names,
    question_set,
    template,
)
from pipeboard.exchange.pipeline_toml import read_pipeline, write_pipeline
from pipeboard.workspace.configuration import change_pipeline
from pipeboard.workspace.finding import find_pipeline


@verb("pipeline list", "", "pipeboard pipeline list")
@takes_json
def list_pipelines(call: Call) -> int:
    """Every pipeline with its stages."""
    pipelines = call.workspace.reader.pipelines()
    document = {"pipelines": [_document(call, pipeline) for pipeline in pipelines]}
    rows = ((p.name, p.currency, ", ".join(s.name for s in p.open_stages)) for p in pipelines)
    return tell(call, document, Table(("pipeline", "currency", "stages"), elastic=(2,)), rows)


def _document(call: Call, pipeline: Pipeline) -> Document:
    from pipeboard.exchange.json_documents import pipeline_document

    return pipeline_document(pipeline, call.settings)


@verb("pipeline show", "[PIPELINE]", "pipeboard pipeline show --toml > pipeline.toml")
@takes("name", nargs="?", metavar="PIPELINE", help="else the first")
@takes_one(json="one JSON document", toml="the document for 'apply' (the default)")
def show(call: Call) -> int:
    """A pipeline as a document."""
    pipeline = _named(call)
    if call.arguments.json:
        call.out.document({"pipeline": _document(call, pipeline)})
    else:
        call.out.text(write_pipeline(pipeline).rstrip("\n"))
    return 0


def _named(call: Call) -> Pipeline:
    name = call.arguments.name or call.arguments.pipeline
    return find_pipeline(call.workspace, name)


def _stages(parser: Parser) -> None:
    made = parser.add_mutually_exclusive_group()
    made.add_argument("--template", metavar="TEMPLATE", help=f"one of {', '.join(TEMPLATES)}")
    made.add_argument("--stages", metavar="A,B,C", help="stages without limits and criteria")


_SETS = f"of {', '.join(QUESTION_SETS)}; several with a comma: screen,seven"


@verb("pipeline new", "NAME", "pipeboard pipeline new Renewals --stages Due,Offered,Renewed")
@takes("name", metavar="NAME", help="the name of the pipeline")
@takes_all(_stages)
@takes("--questions", metavar="SET", default="seven", help=_SETS)
@takes("--currency", metavar="CODE", default="", help="such as EUR")
@takes_json
def new(call: Call) -> int:
    """Another pipeline."""
    asked = call.arguments
    currency = asked.currency.upper() or call.settings.currency
    questions = question_set(asked.questions)
    if asked.stages is not None:
        made = from_stage_names(
            split_names(asked.stages),
            pipeline_name=asked.name,
            currency=currency,
            questions=questions,
        )
    else:
        made = template(
            asked.template or TEMPLATES[0],
            pipeline_name=asked.name,
            currency=currency,
            questions=questions,
        )
    return _save(call, made)


def split_names(text: str) -> tuple[str, ...]:
    """The names in `A,B,C`; BadInput when there are none."""
    names = tuple(name.strip() for name in text.split(",") if name.strip())
    if not names:
        raise BadInput("No stages are named.", hint="For example: --stages Lead,Demo,Proposal")
    return names


_takes_overwrite = takes(
    "--overwrite",
    action="store_true",
    help="also over what others changed since the document was written",
)


@verb("pipeline apply", "FILE", "pipeboard pipeline apply pipeline.toml")
@takes("file", metavar="FILE", help="a TOML document, or - for stdin")
@_takes_overwrite
@takes_json
def apply(call: Call) -> int:
    """A pipeline made or changed as a document says."""
    return _apply(call, _read(call.arguments.file))


def _read(file: str) -> str:
    if file == "-":
        return read_stdin()
    try:
        return read_utf8(Path(file).read_bytes(), file)
    except FileNotFoundError as error:
        raise NotFound(f"There is no file {file}.") from error
    except (OSError, ValueError) as error:
        raise PipeboardError(
            f"{file} cannot be read: {getattr(error, 'strerror', None) or error}.",
            hint="Name a TOML file, or - for stdin.",
        ) from error


def _apply(call: Call, document: str) -> int:
    wanted = read_pipeline(document)
    if not wanted.currency:
        wanted = replace(wanted, currency=call.settings.currency)
    return _save(call, wanted, by_name=True, overwrite=call.arguments.overwrite)


def _save(call: Call, wanted: Pipeline, *, by_name: bool = False, overwrite: bool = False) -> int:
    saved = change_pipeline(
        call.workspace, wanted, by_name=by_name, overwrite=overwrite, **call.once
    )
    if call.arguments.json:
        call.out.document(
            {
                "dry_run": call.arguments.dry_run,
                "pipeline": _document(call, saved.pipeline),
                "changes": [_change(change, saved.standing) for change in saved.changes],
                "notes": list(saved.receipt.notes),
            }
        )
    call.tell(saved.receipt, *map(str, saved.changes))
    return 0


def _change(change: PipelineChange, standing: Mapping[int, int]) -> dict[str, object]:
    """What is another in a pipeline; of a stage that is retired, how many deals stand in it."""
    is_retired = change.did == "removed" and isinstance(change.part, int)
    return {
        "did": change.did,
        "of": change.of,
        "name": change.name,
        "field": change.field or None,
        "before": with_nulls(to_json(change.before)),
        "after": with_nulls(to_json(change.after)),
        "deals": standing.get(int(change.part), 0) if is_retired else None,
    }


@verb("pipeline edit", "[PIPELINE]", "pipeboard pipeline edit")
@takes("name", nargs="?", metavar="PIPELINE", help="else the first")
@_takes_overwrite
@takes_json
def edit(call: Call) -> int:
    """A pipeline's document in the editor; applied when it was changed."""
    from pipeboard.cli.editor import in_editor

    pipeline = _named(call)
    name, before = f"pipeline {pipeline.name}", write_pipeline(pipeline)
    return in_editor(
        call, name, before, ".toml", partial(_apply, call), unchanged="Nothing was changed."
    )


@verb("pipeline templates", "", "pipeboard pipeline templates")
@takes_json
def templates(call: Call) -> int:
    """The ready-made pipelines."""
    made = (template(name, pipeline_name=name, currency="EUR") for name in TEMPLATES)
    stages = {one.name: [stage.name for stage in one.open_stages] for one in made}
    rows = ((name, ", ".join(names)) for name, names in stages.items())
    return tell(call, {"templates": stages}, Table(("template", "stages"), elastic=(1,)), rows)
