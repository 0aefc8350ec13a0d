"""The flags of import, and what they come to: a recipe, and the pipelines that rows go into."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from pipeboard import outlet
from pipeboard.cli.arguments import Parser
from pipeboard.cli.call import Call
from pipeboard.cli.config import system_zone
from pipeboard.cli.pipelines import split_names
from pipeboard.cli.setup import FIRST_PIPELINE, is_made, open_or_make, unmake_untouched
from pipeboard.cli.verbs import parser_of
from pipeboard.domain.errors import BadInput, NotFound, Refused
from pipeboard.domain.lazy_dataclass import fields, with_values
from pipeboard.domain.money import currency_code
from pipeboard.domain.settings import Settings
from pipeboard.domain.templates import TEMPLATES, from_stage_names, template
from pipeboard.domain.text import few, fold, quoted
from pipeboard.exchange.fields import KINDS
from pipeboard.exchange.local_files import no_such_file
from pipeboard.exchange.reading import has_pipelines
from pipeboard.exchange.recipe import Recipe, read_recipe
from pipeboard.exchange.side_files import side_of
from pipeboard.exchange.words.languages import closing_outcome
from pipeboard.store import Store
from pipeboard.workspace.configuration import change_pipeline
from pipeboard.workspace.finding import find_pipeline
from pipeboard.workspace.import_plan import (
    NO_STAGE,
    last_recipe,
    named_pipelines,
    open_reading,
    pipelines_of_source,
    stages_of,
)

if TYPE_CHECKING:
    from pipeboard.domain.pipeline import Pipeline
    from pipeboard.workspace import Workspace

AUTO = "auto"


def import_arguments(parser: Parser) -> None:
    """Every flag that import takes."""
    add = parser.add_argument
    add("file", metavar="FILE", help="the file (CSV, JSON, xlsx, xlsb, xls, ods), or - for stdin")
    add(
        "--into",
        metavar="PIPELINE",
        help="the pipeline, else the one of -p, else those that the"
        " file names where there are none yet or all are there, else that of its source",
    )
    add("--stages", metavar="A,B,C", help="make the pipeline of --into with these stages, or auto")
    add("--skip-bad", action="store_true", help="write the good rows, put the others into a file")
    add("--override", metavar="REASON", default="", help="pass the gates where a row moves a deal")
    add("--new-rep", action="store_true", help="owners may be somebody new: make them reps")
    _meaning_arguments(parser)
    _form_arguments(parser)
    _again_arguments(parser)
    add("--json", action="store_true", help="one JSON document")
    names = ", ".join(sorted(KINDS))
    parser.epilog = f"Fields for --map: {names}. See also 'pipeboard export --help'."


def _meaning_arguments(parser: Parser) -> None:
    add = parser.add_argument_group("what columns and words mean").add_argument
    several = partial(add, action="append", default=[])
    add("--from", dest="tool", default=AUTO, metavar="TOOL", help="the tool that wrote it")
    several(
        "--map",
        metavar="COLUMN=FIELD",
        help="what a column is: a field, field.NAME, entered:STAGE or - (left out)",
    )
    several("--stage", metavar="OLD=NEW", help="a stage by another name; =won, =lost, =- (none)")
    several(
        "--value", metavar="COLUMN:OLD=NEW", help="another word for a cell; =won, =lost, =open, =-"
    )
    several(
        "--set",
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
    add(
        "--join",
        default="",
        metavar="COLUMN[=FIELD]",
        help="put the file's other columns on the deals that have its key, such as "
        "'sales_agent=owner'; --map COLUMN=rep.team sets teams",
    )
    add(
        "--beside", metavar="FILE", default="", help="a second file whose columns the deals get too"
    )
    add("--by", metavar="COLUMN[=FIELD]", default="", help="the column of it that deals have")
    add("--teams", metavar="COLUMN", default="", help="the column of it with the teams of reps")
    add(
        "--onto",
        choices=("rows", "all"),
        default="",
        help="whether deals that stand in no row get its columns too; rows unless said",
    )
    add("--recipe", metavar="FILE", help="flags that --save-recipe kept")
    add("--save-recipe", metavar="FILE", help="keep the flags of this import in a new file")
    add("--fresh", action="store_true", help="forget how files of this source were read last time")


def typed_recipe(call: Call) -> Recipe:
    """The choices of this command line."""
    chosen = {one.name: getattr(call.arguments, one.name) for one in fields(Recipe)}
    chosen["key"] = [word.strip() for word in chosen["key"].split(",") if word.strip()]
    if chosen["beside"] not in ("", "-"):
        chosen["beside"] = str(Path(chosen["beside"]).absolute())
    lists = {name: tuple(value) for name, value in chosen.items() if isinstance(value, list)}
    return with_values(Recipe(), chosen | lists)


def expect_no_more(call: Call, doing: str, heeded: Sequence[str] = ()) -> None:
    """`BadInput` for flags that say how deals are read or matched, where no deals are read."""
    asked, (_, parser) = call.arguments, parser_of("import")
    plain = {name: getattr(Recipe(), name) for name in heeded}
    said = [with_values(typed_recipe(call), plain).in_words()]
    said += [
        f"--{name.replace('_', '-')}"
        for name in _OF_DEALS
        if getattr(asked, name) != parser.get_default(name)
    ]
    if words := " ".join(filter(None, said)):
        raise BadInput(f"{doing} takes no {words}.", hint="Leave that out.")


_OF_DEALS = (
    "stages", "skip_bad", "override", "new_rep", "strict", "match", "prefer", "recipe",
    "save_recipe", "fresh",
)  # fmt: skip
"""Flags of deals beside those of a recipe."""


def recipe_for(call: Call, workspace: Workspace, path: Path) -> Recipe:
    """What was typed, on top of a recipe that is named, else of the last one of this source;
    `BadInput` where it joins a second file and none is named."""
    typed = typed_recipe(call)
    recipe = _on_top_of_last(call, workspace, path, typed)
    of_second = {"--by": typed.by, "--teams": typed.teams, "--onto": typed.onto}
    alone = next((flag for flag, value in of_second.items() if value), "")
    if alone and side_of(recipe) is None:
        raise BadInput(
            f"{alone} says how a second file is joined, and none is named.",
            hint="Name it: --beside FILE",
        )
    return recipe


def _on_top_of_last(call: Call, workspace: Workspace, path: Path, typed: Recipe) -> Recipe:
    if call.arguments.recipe:
        return read_recipe(Path(call.arguments.recipe)).under(typed)
    if call.arguments.fresh:
        return typed
    found = last_recipe(workspace, path, typed)
    if found is None:
        return typed
    source, last = found
    recipe = last.under(typed)
    if recipe != typed:
        call.out.say(
            f"Read as files of {source} were last time: {last.in_words()} (--fresh forgets it)."
        )
    return recipe


def save_recipe(call: Call, recipe: Recipe) -> None:
    """Keeps the flags in a new file, where that is asked for; they may be in it since an import
    that was cut off."""
    path, text = Path(call.arguments.save_recipe), recipe.to_json() + "\n"
    if call.arguments.dry_run:
        call.out.say(f"Not done (dry run): would keep the flags in {path}.")
        return
    with suppress(OSError, ValueError):
        if path.read_text("utf-8") == text:
            return
    outlet.write_file(path, [text], numbered=False)


# Where the rows of a file go: the workspace, and a pipeline that is there or is to be made.


@contextmanager
def place_of(call: Call, path: Path) -> Iterator[tuple[Workspace, Pipeline | None]]:
    """The workspace, and the pipeline that the rows go into; None for such as are to be made.

    A dry run without a workspace is rehearsed in a temporary one.
    """
    asked = call.arguments
    name = asked.into or asked.pipeline
    if asked.stages is not None and not asked.into:
        raise BadInput("--stages makes the pipeline that --into names.", hint="Add --into NAME.")
    made = is_made(call)
    if not made:
        _expect_something_to_make(call)
    is_bare = asked.stages is not None or (not made and _brings_pipelines(call, path))
    currency = "" if made else _currency_of(call, path)
    if asked.dry_run and not made:
        with rehearsal(call, currency, is_bare=is_bare) as workspace:
            yield workspace, None if is_bare else find_pipeline(workspace)
        return
    named = None if is_bare else TEMPLATES[0]
    workspace = open_or_make(call, template_name=named, currency=currency)
    try:
        if asked.stages is not None:
            yield workspace, _known(workspace, name, asked.stages)
        else:
            yield workspace, None if is_bare else find_pipeline(workspace, name)
    finally:
        if not made:
            unmake_untouched(call, workspace)


def _expect_something_to_make(call: Call) -> None:
    """No workspace is made for a file that is not there, or a pipeline that nobody describes."""
    asked = call.arguments
    if asked.file != "-" and not Path(asked.file).exists():
        raise no_such_file(asked.file)
    if asked.into and asked.stages is None:
        raise NotFound(
            f"There is no pipeline {quoted(asked.into)} yet.",
            hint="Say what its stages are: --stages A,B,C, or --stages auto.",
        )


def _currency_of(call: Call, path: Path) -> str:
    """What a workspace that is made for a file counts in: the one currency that the amounts of the
    file name, else what is typed for those that name none; "" for the machine's."""
    typed = call.arguments.currency and currency_code(call.arguments.currency)
    with rehearsal(call) as workspace:
        recipe = recipe_for(call, workspace, path)
        with open_reading(workspace, path, recipe, None, still_asks=True) as reading:
            return reading.currency_named() or typed


def _splits(call: Call, path: Path) -> bool:
    """Whether each row of the file says itself where it goes, and the person does not."""
    asked, typed = call.arguments, typed_recipe(call)
    if asked.into or asked.pipeline or asked.stages is not None:
        return False

    return has_pipelines(path, typed.tool, typed.encoding, typed.sheet)


def _brings_pipelines(call: Call, path: Path) -> bool:
    """Whether a new workspace needs none but the pipelines that the file names."""
    if not _splits(call, path):
        return False
    with rehearsal(call) as workspace:
        return not any(one.id for one in named_pipelines(workspace, path, typed_recipe(call)))


def targets_of(
    call: Call, workspace: Workspace, path: Path, recipe: Recipe, known: Pipeline | None
) -> tuple[tuple[Pipeline, ...], bool]:
    """The pipelines that the rows go into, and whether each row goes into the one that it names."""
    asked = call.arguments
    splits = _splits(call, path)
    if splits and (named := named_pipelines(workspace, path, recipe, strict=asked.strict)):
        return named, True
    if known is not None and not (asked.into or asked.pipeline):
        found = pipelines_of_source(workspace, path, recipe)
        if [one.id for one in found] != [known.id]:
            names = few([one.name for one in found], len(found))
            rest = f", new ones into {found[0].name}" if len(found) > 1 else ""
            call.out.say(f"Into {names}, where deals of this source came in before{rest}.")
        if len(found) > 1:
            return found, True
        (known,) = found
    if splits:
        if known is None and not workspace.reader.pipelines():
            change_pipeline(workspace, _first_pipeline(workspace.settings.currency))
        return (known or find_pipeline(workspace),), False
    return (known or _pipeline_to_make(call, workspace, path, recipe),), False


def _first_pipeline(currency: str) -> Pipeline:
    return template(TEMPLATES[0], pipeline_name=FIRST_PIPELINE, currency=currency)


def _pipeline_to_make(call: Call, workspace: Workspace, path: Path, recipe: Recipe) -> Pipeline:
    """The pipeline that --into and --stages describe, not stored yet."""
    names = _stage_names(call, workspace, path, recipe)
    return from_stage_names(
        names, pipeline_name=call.arguments.into, currency=workspace.settings.currency
    )


def _stage_names(call: Call, workspace: Workspace, path: Path, recipe: Recipe) -> tuple[str, ...]:
    """The open stages that are wanted; what means won or lost is there anyway."""
    text: str = call.arguments.stages
    if text.strip().casefold() == AUTO:
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


@contextmanager
def rehearsal(call: Call, currency: str = "", *, is_bare: bool = False) -> Iterator[Workspace]:
    """A workspace to plan in, of which nothing stays; with a currency as it would be made here."""
    settings = Settings()
    if currency:
        settings = Settings(currency=currency, zone_name=system_zone(call.environ))
    with tempfile.TemporaryDirectory(prefix="pipeboard-") as folder:
        workspace = call.workspace_on(Store.create(f"{folder}/rehearsal.db", settings))
        if not is_bare:
            change_pipeline(workspace, _first_pipeline(settings.currency))
        yield workspace
