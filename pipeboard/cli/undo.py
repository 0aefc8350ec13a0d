"""The verbs that go back and forth over one's own commands: undo, redo."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pipeboard.cli.call import Call
from pipeboard.cli.verbs import takes, takes_json, verb
from pipeboard.domain.events import to_json
from pipeboard.domain.lazy_dataclass import replace
from pipeboard.workspace.undoing import redo_last, undo_last, undo_list

if TYPE_CHECKING:
    from pipeboard.workspace.recording import Receipt


@verb("undo", "", "pipeboard undo", "pipeboard undo --list")
@takes("--list", action="store_true", help="what could be taken back, last first")
@takes(
    "--rest",
    action="store_true",
    help="leave deals that somebody changed since as they are, and undo the others",
)
@takes("--limit", type=int, default=20, metavar="N", help="how many --list shows")
@takes_json
def undo(call: Call) -> int:
    """My last command taken back, or the list of them."""
    return _list(call) if call.arguments.list else _undone(call)


def _undone(call: Call) -> int:
    return _told(call, undo_last(call.workspace, rest=call.arguments.rest, **call.once))


def _told(call: Call, receipt: Receipt) -> int:
    """What was taken back or put again, whose it was, and when."""
    about = f" ({receipt.about})" if receipt.about else ""
    return call.report(replace(receipt, summary=f"{receipt.summary}{about}"))


def _list(call: Call) -> int:
    commands = undo_list(call.workspace, max(call.arguments.limit, 0))
    if call.arguments.json:
        documents = [
            {
                "command_id": c.id,
                "verb": c.verb,
                "summary": c.summary,
                "at": to_json(c.at),
                "actor": c.actor,
                "acting_as": c.acting_as or None,
            }
            for c in commands
        ]
        call.out.document({"commands": documents})
        return 0
    for command in commands:
        at = command.at.astimezone(call.settings.zone)
        whom = f"  for {command.acting_as}" if command.acting_as else ""
        call.out.line(f"{at:%Y-%m-%d %H:%M}{whom}  {command.summary}")
    return 0


@verb("redo", "", "pipeboard redo")
@takes_json
def redo(call: Call) -> int:
    """What I took back last, done again."""
    return _told(call, redo_last(call.workspace, **call.once))
