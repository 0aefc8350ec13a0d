"""The verb that makes a workspace: init."""

from __future__ import annotations

from pipeboard.cli.arguments import Parser
from pipeboard.cli.call import Call, Verb
from pipeboard.domain.errors import Refused
from pipeboard.domain.templates import TEMPLATES
from pipeboard.workspace.finding import find_pipeline


def _init_arguments(parser: Parser) -> None:
    parser.add_argument(
        "--template", default=TEMPLATES[0], metavar="NAME", help=f"one of {', '.join(TEMPLATES)}"
    )
    parser.add_argument("--currency", default="", metavar="CODE", help="such as EUR")
    parser.add_argument("--zone", default="", metavar="ZONE", help="such as Europe/Berlin")
    parser.add_json()


def init(call: Call) -> int:
    """A new workspace; refused where there is one already."""
    from pipeboard.cli.workspace_files import is_made, make_workspace

    asked, database = call.arguments, call.config.database
    if is_made(call):
        raise Refused(
            f"There is a workspace already: {database}.",
            hint="Open it with 'pipeboard', or name another path with --db.",
            details={"database": database},
        )
    if asked.dry_run:
        call.out.say(f"Not done (dry run): would make {database}.")
        return 0
    workspace = make_workspace(
        call, template_name=asked.template, currency=asked.currency, zone=asked.zone
    )
    settings, pipeline = workspace.settings, find_pipeline(workspace)
    if asked.json:
        call.out.document(
            {
                "database": database,
                "currency": settings.currency,
                "zone": settings.zone_name,
                "pipeline": pipeline.name,
                "stages": [stage.name for stage in pipeline.stages],
            }
        )
    call.out.say(
        f"Made {database} ({settings.currency}, {settings.zone_name}).",
        f"{pipeline.name}: {', '.join(stage.name for stage in pipeline.open_stages)}.",
        "Add a deal with 'pipeboard add', or open the board with 'pipeboard'.",
    )
    return 0


VERBS = {"init": Verb("", _init_arguments, init)}
