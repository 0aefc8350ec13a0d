"""The verb that takes deals over from a file: import."""

from __future__ import annotations

import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import replace
from pathlib import Path
from time import monotonic
from typing import TYPE_CHECKING

from pipeboard.cli.arguments import Parser
from pipeboard.cli.call import Call, Verb
from pipeboard.cli.failures import DONE, REFUSED
from pipeboard.domain.errors import BadInput, NotFound, Refused
from pipeboard.domain.pipeline import Pipeline
from pipeboard.domain.templates import from_stage_names
from pipeboard.domain.text import fold, quoted

if TYPE_CHECKING:
    from pipeboard.cli.rejected_rows import RejectedFile
    from pipeboard.exchange.reading import Reading, ReadOptions
    from pipeboard.exchange.recipe import Recipe
    from pipeboard.workspace import Workspace
    from pipeboard.workspace.importing import ImportOptions, ImportReport

_PATIENCE = 1.0  # seconds without a progress bar
_AUTO = "auto"


def _import_arguments(parser: Parser) -> None:
    add = parser.add_argument
    add("file", metavar="FILE", help="the file (CSV, JSON, xlsx, xls, ods), or - for stdin")
    add("--into", metavar="PIPELINE", help="the pipeline, else the one of -p, else the first")
    add("--stages", metavar="A,B,C", help="make the pipeline of --into with these stages, or auto")
    add("--skip-bad", action="store_true", help="write the good rows, put the others into a file")
    add("--override", metavar="REASON", default="", help="pass the gates where a row moves a deal")
    _meaning_arguments(parser)
    _form_arguments(parser)
    _again_arguments(parser)
    parser.add_json()
    parser.epilog = f"Fields for --map: {_fields()}. See also 'pipeboard export --help'."


def _meaning_arguments(parser: Parser) -> None:
    add = parser.add_argument_group("what columns and words mean").add_argument
    add("--from", dest="tool", default=_AUTO, metavar="TOOL", help="the tool that wrote it")
    add(
        "--map",
        action="append",
        default=[],
        metavar="COLUMN=FIELD",
        help="what a column is: a field, field.NAME, entered:STAGE or - (left out)",
    )
    add(
        "--stage",
        action="append",
        default=[],
        metavar="OLD=NEW",
        help="a stage by another name; =won, =lost, =- (none)",
    )
    add(
        "--value",
        action="append",
        default=[],
        metavar="COLUMN:OLD=NEW",
        help="another word for a cell; =won, =lost, =open, =-",
    )
    add(
        "--set",
        action="append",
        default=[],
        metavar="FIELD=VALUE",
        help="what holds for every row that does not say otherwise, such as stage=Lead",
    )
    add("--currency", default="", metavar="CODE", help="of amounts that name none")
    add(
        "--lost-zero",
        choices=("zero", "unknown"),
        default="",
        help="what an amount of 0 on a lost deal means",
    )


def _form_arguments(parser: Parser) -> None:
    add = parser.add_argument_group("how it is written").add_argument
    add("--dates", metavar="ORDER", default="", help="dmy or mdy, for dates such as 03/04/2026")
    add("--decimal", metavar="MARK", default="", help="point or comma, for amounts such as 1.234")
    add("--encoding", metavar="NAME", default="", help="such as utf-8 or windows-1250")
    add("--sheet", metavar="NAME", default="", help="the sheet of a workbook")
    add("--strict", action="store_true", help="reject rows with a cell that cannot be read")


def _again_arguments(parser: Parser) -> None:
    add = parser.add_argument_group("rows that came before").add_argument
    add(
        "--match",
        choices=("update", "skip", "new"),
        default="update",
        help="what becomes of known rows; update unless said",
    )
    add(
        "--prefer",
        choices=("ours", "file"),
        default="ours",
        help="whose value stands where file and people changed the same; ours unless said",
    )
    add("--key", metavar="COLUMN,COLUMN", default="", help="columns that a row is known by")
    add("--source", metavar="NAME", default="", help="where its ids are from, else its tool")
    add("--recipe", metavar="FILE", help="flags that --save-recipe kept")
    add("--save-recipe", metavar="FILE", help="keep the flags of this import in a new file")
    add("--fresh", action="store_true", help="forget how files of this source were read last time")


def _fields() -> str:
    from pipeboard.exchange.fields import KINDS

    return ", ".join(sorted(KINDS))


def import_file(call: Call) -> int:
    """Every deal of the file, or what it would do."""
    from pipeboard.cli.import_telling import tell
    from pipeboard.cli.rejected_rows import RejectedFile
    from pipeboard.workspace.importing import RowsRejected

    asked = call.arguments
    with ExitStack() as resources:
        if asked.file == "-":
            from pipeboard.exchange.reading import local_copy

            path = local_copy("-", None, resources)
        else:
            path = Path(asked.file)
        if _is_whole(path):
            return _restore(call, path)
        workspace, known = resources.enter_context(_workspace(call))
        recipe = _recipe(call, workspace, path)
        pipeline = known or _pipeline_to_make(call, workspace, path, recipe)
        reading = resources.enter_context(_open(call, workspace, path, recipe, pipeline))
        _expect_answers(call, reading)
        rejected = None if asked.dry_run or not asked.skip_bad else RejectedFile(asked.file)
        try:
            report = _import(call, workspace, reading, pipeline, recipe)
        except BaseException as error:
            if rejected is not None:
                rejected.drop()
            if isinstance(error, RowsRejected):
                if not asked.dry_run:
                    error.report.created = error.report.updated = 0
                tell(call, reading, error.report, pipeline)
                call.out.say(error.message, error.hint)
                return REFUSED
            if isinstance(error, KeyboardInterrupt):
                call.out.say("Interrupted: nothing was imported.")
            raise
        tell(call, reading, report, pipeline)
        if rejected is not None:
            _keep_rejected(call, rejected, reading, report)
    return DONE


def _is_whole(path: Path) -> bool:
    """Whether the file is a workspace as `export --whole` writes it."""
    from pipeboard.exchange.whole_document import is_whole

    try:
        with path.open(encoding="utf-8", errors="replace") as file:
            return is_whole(file.read(200))
    except OSError:
        return False


def _restore(call: Call, path: Path) -> int:
    """A whole workspace out of a file; only where there is none yet, or an empty one."""
    from pipeboard.cli.beginning import is_made, make_workspace
    from pipeboard.exchange.whole_document import read_whole

    document = read_whole(path)
    made = is_made(call.config)
    if made and call.workspace.reader.known_deals().count():
        raise Refused(
            f"{path.name} is a whole workspace, and there are deals here already.",
            hint="Import it into an empty one: --db NEW.db",
        )
    if call.arguments.dry_run:
        call.out.say("Would be: a workspace made of the file.")
        return DONE
    workspace = call.workspace if made else make_workspace(call, template_name=None)
    workspace.store.write(lambda writer: writer.restore(document))
    call.out.say(f"{workspace.reader.known_deals().count():,} deals and all around them are here.")
    return DONE


def _keep_rejected(call: Call, file: RejectedFile, reading: Reading, report: ImportReport) -> None:
    rows = [*report.rejected, *report.ambiguous]
    if rows:
        file.write(reading, sorted(rows, key=lambda row: row.line))
        call.out.say(f"Rejected rows are in {file.path}.")
    else:
        file.drop()


def _import(
    call: Call, workspace: Workspace, reading: Reading, pipeline: Pipeline, recipe: Recipe
) -> ImportReport:
    asked = call.arguments
    origin = Path(asked.file).name if asked.file != "-" else "stdin"
    with _progress(call) as progress:
        return workspace.import_rows(
            reading,
            pipeline,
            origin,
            _options(call, reading, recipe),
            skip_bad=asked.skip_bad,
            dry_run=asked.dry_run,
            override=asked.override,
            progress=progress,
        )


def _options(call: Call, reading: Reading, recipe: Recipe) -> ImportOptions:
    from pipeboard.workspace.importing import ImportOptions

    asked = call.arguments
    if asked.save_recipe:
        _save_recipe(call, recipe)
    kept = (reading.source, recipe.to_json()) if recipe and reading.source else None
    return ImportOptions(
        match=asked.match,
        prefer_file=asked.prefer == "file",
        source=recipe.source,
        recipe=kept,
    )


def _typed(call: Call) -> Recipe:
    """The choices of this command line."""
    from pipeboard.exchange.recipe import Recipe

    asked = call.arguments
    return Recipe(
        tool=asked.tool,
        map=tuple(asked.map),
        stage=tuple(asked.stage),
        value=tuple(asked.value),
        set=tuple(asked.set),
        key=tuple(word.strip() for word in asked.key.split(",") if word.strip()),
        dates=asked.dates,
        decimal=asked.decimal,
        currency=asked.currency,
        encoding=asked.encoding,
        sheet=asked.sheet,
        source=asked.source,
        lost_zero=asked.lost_zero,
    )


def _recipe(call: Call, workspace: Workspace, path: Path) -> Recipe:
    """What was typed, on top of a recipe that is named, else of the last one of this source."""
    from pipeboard.exchange.reading import find_source
    from pipeboard.exchange.recipe import read_recipe, recipe_from_json

    typed = _typed(call)
    if call.arguments.recipe:
        return read_recipe(Path(call.arguments.recipe)).under(typed)
    if call.arguments.fresh:
        return typed
    source = typed.source or find_source(path, typed.tool, typed.encoding, typed.sheet)
    kept = workspace.reader.known_deals().recipe(source) if source else None
    if kept is None:
        return typed
    last = recipe_from_json(kept, "the last recipe")
    recipe = last.under(typed)
    if recipe != typed:
        call.out.say(
            f"Read as files of {source} were last time: {last.in_words()} (--fresh forgets it)."
        )
    return recipe


def _save_recipe(call: Call, recipe: Recipe) -> None:
    import os

    path = Path(call.arguments.save_recipe)
    try:
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError as error:
        raise BadInput(f"{path} is there already.", hint="Name another file.") from error
    except OSError as error:
        raise BadInput(f"{path} cannot be made: {error.strerror}.") from error
    with os.fdopen(descriptor, "w", encoding="utf-8") as out:
        out.write(recipe.to_json() + "\n")


def _open(
    call: Call, workspace: Workspace, path: Path, recipe: Recipe, pipeline: Pipeline | None
) -> Reading:
    from pipeboard.domain.currencies import currency_code
    from pipeboard.exchange.reading import open_import

    settings = workspace.settings
    default = pipeline.currency if pipeline else settings.currency
    return open_import(
        path,
        from_=recipe.tool,
        currency=currency_code(recipe.currency) if recipe.currency else default,
        zone=settings.zone,
        today=workspace.today,
        options=_read_options(call, recipe, pipeline),
    )


def _read_options(call: Call, recipe: Recipe, pipeline: Pipeline | None) -> ReadOptions:
    from pipeboard.exchange.amounts import DECIMAL_MARKS
    from pipeboard.exchange.reading import ReadOptions

    decimal = DECIMAL_MARKS.get(recipe.decimal.casefold()) if recipe.decimal else None
    if recipe.decimal and decimal is None:
        raise BadInput(
            f"{quoted(recipe.decimal)} is no decimal mark.", hint="Write point or comma."
        )
    return ReadOptions(
        overrides=recipe.map,
        stages=recipe.stage,
        values=recipe.value,
        constants=recipe.set,
        key=recipe.key,
        dates=recipe.dates or None,
        decimal="," if decimal == "," else "." if decimal else None,
        encoding=recipe.encoding or None,
        sheet=recipe.sheet or None,
        open_stages=[stage.name for stage in pipeline.open_stages] if pipeline else (),
        won=pipeline.won.name if pipeline else "",
        lost=pipeline.lost.name if pipeline else "",
        strict=call.arguments.strict,
        lost_zero_is_unknown=recipe.lost_zero == "unknown",
    )


def _expect_answers(call: Call, reading: Reading) -> None:
    """`Refused`, with the command to type, where nothing says in which stage deals are."""
    answers = reading.answers()
    if answers["stage"] or answers["outcome"]:
        return
    columns = ", ".join(reading.header)
    lacking = [name for name, answer in answers.items() if not answer]
    raise Refused(
        f"No column of {Path(call.arguments.file).name} says in which stage its deals are "
        f"(not found: {', '.join(lacking)}).",
        hint="Name it with --map 'COLUMN=stage', or put all deals into one stage with "
        f"--set stage=NAME. Columns: {columns}.",
    )


@contextmanager
def _workspace(call: Call) -> Iterator[tuple[Workspace, Pipeline | None]]:
    """The workspace, and the pipeline that the rows go into; None for one that is to be made.

    A dry run without a workspace is rehearsed in a temporary one.
    """
    from pipeboard.cli.beginning import is_made, open_or_make

    asked = call.arguments
    name = asked.into or asked.pipeline
    if asked.stages is not None and not asked.into:
        raise BadInput("--stages makes the pipeline that --into names.", hint="Add --into NAME.")
    made = is_made(call.config)
    if not made:
        _expect_something_to_make(call)
    if asked.dry_run and not made:
        with tempfile.TemporaryDirectory(prefix="pipeboard-") as folder:
            workspace = _rehearsal(call, Path(folder))
            yield workspace, None if asked.stages is not None else workspace.pipeline()
        return
    makes_one = asked.stages is not None
    workspace = open_or_make(call, template_name=None) if makes_one else open_or_make(call)
    yield (
        workspace,
        _known(workspace, name, asked.stages) if makes_one else workspace.pipeline(name),
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


def _pipeline_to_make(call: Call, workspace: Workspace, path: Path, recipe: Recipe) -> Pipeline:
    names = _stage_names(call, workspace, path, recipe)
    return from_stage_names(
        names, pipeline_name=call.arguments.into, currency=workspace.settings.currency
    )


def _stage_names(call: Call, workspace: Workspace, path: Path, recipe: Recipe) -> tuple[str, ...]:
    """The open stages that are wanted; what means won or lost is there anyway."""
    from pipeboard.cli.pipelines import split_names
    from pipeboard.exchange.outcomes import closing_outcome

    text: str = call.arguments.stages
    if text.strip().casefold() == _AUTO:
        from pipeboard.exchange.stage_order import stages_in_order

        with _open(call, workspace, path, replace(recipe), None) as reading:
            _expect_answers(call, reading)
            names = tuple(stages_in_order(reading.rows()))
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

    if text.strip().casefold() == _AUTO:
        return ()
    names = (name.strip() for name in text.split(";" if ";" in text else ","))
    return tuple(name for name in names if name and (with_closing or not closing_outcome(name)))


def _known(workspace: Workspace, name: str, stages: str) -> Pipeline | None:
    """The pipeline that is there already; `Refused` when it has not all stages that are named."""
    same = (p for p in workspace.pipelines() if fold(p.name) == fold(name))
    found = next(same, None)
    if found is not None:
        for stage in _named_stages(stages):
            if not any(fold(stage) == fold(known.name) for known in found.open_stages):
                raise Refused(
                    f"{found.name} is there already and has no stage {quoted(stage)}.",
                    hint="Leave --stages out, or import --into another name.",
                )
    return found


def _rehearsal(call: Call, folder: Path) -> Workspace:
    from pipeboard.domain.settings import Settings
    from pipeboard.domain.templates import TEMPLATES, template
    from pipeboard.store import Store

    settings = Settings()
    workspace = call.workspace_on(Store.create(str(folder / "rehearsal.db"), settings))
    workspace.save_pipeline(
        template(TEMPLATES[0], pipeline_name="New business", currency=settings.currency)
    )
    return workspace


@contextmanager
def _progress(call: Call) -> Iterator[Callable[[int, float], None] | None]:
    """A line on stderr that counts, for a person, once it takes long."""
    if call.arguments.quiet or not sys.stderr.isatty():
        yield None
        return
    began = monotonic()
    shown = False

    def show(rows: int, share: float) -> None:
        nonlocal shown
        if monotonic() - began > _PATIENCE:
            shown = True
            filled = int(20 * share)
            bar = f"[{'#' * filled}{' ' * (20 - filled)}]"
            print(f"\r{bar} {rows:,} rows", end="", file=sys.stderr, flush=True)

    try:
        yield show
    finally:
        if shown:
            print("\r\x1b[K", end="", file=sys.stderr, flush=True)


VERBS = {"import": Verb("FILE", _import_arguments, import_file)}
