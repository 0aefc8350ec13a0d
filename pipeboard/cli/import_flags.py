"""The flags of import, and the recipe and options that they come to."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from pipeboard import outlet
from pipeboard.cli.arguments import Parser
from pipeboard.cli.call import Call

if TYPE_CHECKING:
    from pipeboard.exchange.recipe import Recipe
    from pipeboard.workspace import Workspace

AUTO = "auto"


def import_arguments(parser: Parser) -> None:
    """Every flag that import takes."""
    add = parser.add_argument
    add("file", metavar="FILE", help="the file (CSV, JSON, xlsx, xls, ods), or - for stdin")
    add(
        "--into",
        metavar="PIPELINE",
        help="the pipeline, else the one of -p, else those that the"
        " file names where there are no deals yet, else the first",
    )
    add("--stages", metavar="A,B,C", help="make the pipeline of --into with these stages, or auto")
    add("--skip-bad", action="store_true", help="write the good rows, put the others into a file")
    add("--override", metavar="REASON", default="", help="pass the gates where a row moves a deal")
    add("--new-rep", action="store_true", help="owners may be somebody new: make them reps")
    _meaning_arguments(parser)
    _form_arguments(parser)
    _again_arguments(parser)
    add("--json", action="store_true", help="one JSON document")
    parser.epilog = f"Fields for --map: {_fields()}. See also 'pipeboard export --help'."


def _meaning_arguments(parser: Parser) -> None:
    add = parser.add_argument_group("what columns and words mean").add_argument
    add("--from", dest="tool", default=AUTO, metavar="TOOL", help="the tool that wrote it")
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


def _fields() -> str:
    from pipeboard.exchange.fields import KINDS

    return ", ".join(sorted(KINDS))


def typed_recipe(call: Call) -> Recipe:
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
        beside=asked.beside if asked.beside in ("", "-") else str(Path(asked.beside).absolute()),
        by=asked.by,
        teams=asked.teams,
        onto=asked.onto,
    )


def recipe_for(call: Call, workspace: Workspace, path: Path) -> Recipe:
    """What was typed, on top of a recipe that is named, else of the last one of this source."""
    from pipeboard.exchange.recipe import read_recipe
    from pipeboard.workspace.import_plan import last_recipe

    typed = typed_recipe(call)
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
    """Keeps the flags in a new file, where that is asked for."""
    path = Path(call.arguments.save_recipe)
    if call.arguments.dry_run:
        call.out.say(f"Not done (dry run): would keep the flags in {path}.")
        return
    outlet.write_file(path, [recipe.to_json() + "\n"], numbered=False)
