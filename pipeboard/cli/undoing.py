"""The verbs that go back and forth over one's own commands: undo, redo."""

from __future__ import annotations

from pipeboard.cli.arguments import Parser
from pipeboard.cli.call import Call, Verb
from pipeboard.domain.events import to_json


def _undo_arguments(parser: Parser) -> None:
    parser.add_argument("--list", action="store_true", help="what could be taken back, last first")
    parser.add_argument("--limit", type=int, default=20, metavar="N", help="how many --list shows")
    parser.add_json()


def undo(call: Call) -> int:
    """My last command taken back, or the list of them."""
    return _list(call) if call.arguments.list else _undone(call)


def _undone(call: Call) -> int:
    return call.report(call.workspace.undo(dry_run=call.arguments.dry_run))


def _list(call: Call) -> int:
    commands = call.workspace.undo_list(max(call.arguments.limit, 0))
    if call.arguments.json:
        documents = [
            {"command_id": c.id, "verb": c.verb, "summary": c.summary, "at": to_json(c.at)}
            for c in commands
        ]
        call.out.document({"commands": documents})
        return 0
    for command in commands:
        at = command.at.astimezone(call.settings.zone)
        call.out.line(f"{at:%Y-%m-%d %H:%M}  {command.summary}")
    return 0


def redo(call: Call) -> int:
    """What I took back last, done again."""
    return call.report(call.workspace.redo(dry_run=call.arguments.dry_run))


VERBS = {
    "undo": Verb("", _undo_arguments, undo),
    "redo": Verb("", Parser.add_json, redo),
}
