"""The verb for filters under a name: `filter list`, `save`, `rename`, `forget`."""

from __future__ import annotations

from pipeboard.cli.arguments import Parser
from pipeboard.cli.call import Call, Verb
from pipeboard.cli.tables import Table
from pipeboard.workspace.reports import rename_filter, save_filter, saved_filters


def _save_arguments(parser: Parser) -> None:
    parser.add_argument("name", metavar="NAME")
    parser.add_argument("filter", metavar="FILTER", help="as in list; in quotes")
    parser.add_json()


def _rename_arguments(parser: Parser) -> None:
    parser.add_argument("name", metavar="SAVED")
    parser.add_argument("new", metavar="NEW")
    parser.add_json()


def _forget_arguments(parser: Parser) -> None:
    parser.add_argument("name", metavar="SAVED")
    parser.add_json()


def list_filters(call: Call) -> int:
    """My filters and those of everybody."""
    found = saved_filters(call.workspace)
    if call.arguments.json:
        call.out.document({"filters": [{"name": name, "filter": text} for name, text in found]})
        return 0
    Table(("name", "filter"), elastic=(1,)).write(call.out, found)
    if not found:
        call.out.say("No filter is saved; for example: pipeboard filter save big 'value>50k open'")
    return 0


def save(call: Call) -> int:
    """A filter under a name, in place of one that has it."""
    asked = call.arguments
    return call.report(save_filter(call.workspace, asked.name, asked.filter, **call.once))


def rename(call: Call) -> int:
    """Another name for a filter."""
    asked = call.arguments
    return call.report(rename_filter(call.workspace, asked.name, asked.new, **call.once))


def forget(call: Call) -> int:
    """A filter taken away."""
    return call.report(save_filter(call.workspace, call.arguments.name, "", **call.once))


VERBS = {
    "filter list": Verb("", Parser.add_json, list_filters, examples=("pipeboard filter list",)),
    "filter save": Verb(
        "NAME FILTER",
        _save_arguments,
        save,
        examples=("pipeboard filter save big 'value>50k open'",),
    ),
    "filter rename": Verb(
        "SAVED NEW", _rename_arguments, rename, examples=("pipeboard filter rename big large",)
    ),
    "filter forget": Verb(
        "SAVED", _forget_arguments, forget, examples=("pipeboard filter forget big",)
    ),
}
