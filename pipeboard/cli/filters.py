"""The verb for filters under a name: `filter list`, `save`, `rename`, `forget`."""

from __future__ import annotations

from pipeboard.cli.call import Call
from pipeboard.cli.tables import Table
from pipeboard.cli.verbs import takes, takes_json, verb
from pipeboard.workspace.reports import rename_filter, save_filter, saved_filters


@verb("filter list", "", "pipeboard filter list")
@takes_json
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


@verb("filter save", "NAME FILTER", "pipeboard filter save big 'value>50k open'")
@takes("name", metavar="NAME")
@takes("filter", metavar="FILTER", help="as in list; in quotes")
@takes_json
def save(call: Call) -> int:
    """A filter under a name, in place of one that has it."""
    asked = call.arguments
    return call.report(save_filter(call.workspace, asked.name, asked.filter, **call.once))


@verb("filter rename", "SAVED NEW", "pipeboard filter rename big large")
@takes("name", metavar="NAME")
@takes("new", metavar="NEW")
@takes_json
def rename(call: Call) -> int:
    """Another name for a filter."""
    asked = call.arguments
    return call.report(rename_filter(call.workspace, asked.name, asked.new, **call.once))


@verb("filter forget", "SAVED", "pipeboard filter forget big")
@takes("name", metavar="NAME")
@takes_json
def forget(call: Call) -> int:
    """A filter taken away."""
    return call.report(save_filter(call.workspace, call.arguments.name, "", **call.once))
