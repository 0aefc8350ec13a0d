"""No verb at all: the board."""

from __future__ import annotations

from pipeboard.cli.arguments import Parser
from pipeboard.cli.call import Call, Verb
from pipeboard.cli.screens import check_terminal, show_board
from pipeboard.domain.errors import DatabaseError


def _nothing(parser: Parser) -> None:
    """No arguments of its own."""


def open_board(call: Call) -> int:
    """The board of the database that is meant; where there is none yet, a welcome."""
    from pipeboard.store import Store

    check_terminal(call)
    try:
        call.expect_folder()
        store = Store.open(call.config.database, read_only=call.arguments.read_only)
    except DatabaseError as error:
        if error.details.get("reason") != "missing" or call.arguments.read_only:
            raise
        from pipeboard.cli.first_run import welcome

        return welcome(call)
    return show_board(call, store)


VERBS = {"": Verb("", _nothing, open_board)}
