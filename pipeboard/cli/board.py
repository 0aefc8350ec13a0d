"""The board: no verb at all, or `board`, which accounts that may do nothing else are given."""

from __future__ import annotations

import os
import pwd
from collections.abc import MutableMapping

from pipeboard.cli.call import Call
from pipeboard.cli.screens import check_terminal, show_board
from pipeboard.cli.verbs import takes, verb
from pipeboard.domain.errors import BadInput, DatabaseError
from pipeboard.store import Store

_KEPT = frozenset(("TERM", "COLORTERM", "NO_COLOR", "LANG", "TZ", "USER", "LOGNAME"))
"""What the restricted mode takes from its environment, with LC_*: nothing that names a file, a
program or a module (TEXTUAL_DRIVER imports any)."""


@verb("", "", "pipeboard", "pipeboard --as mara -p 'New business'")
@verb("board", "", "pipeboard board --restricted")
@takes(
    "--restricted",
    action="store_true",
    help="the board alone: no files, programs, shell, configuration of one's own",
)
def open_board(call: Call) -> int:
    """The board of the database that is meant; where there is none yet, a welcome."""
    if call.is_restricted:
        restrict(os.environ)
    check_terminal(call)
    if call.is_restricted and call.config.is_default_database:
        raise BadInput(
            "The restricted board is told which database it is for.",
            hint="Give --db PATH in the line that starts it, or 'database' in the machine's "
            "configuration.",
        )
    try:
        call.expect_folder()
        store = Store.open(call.config.database, read_only=call.arguments.read_only)
    except DatabaseError as error:
        is_missing = error.details.get("reason") == "missing"
        if not is_missing or call.arguments.read_only or call.is_restricted:
            raise
        from pipeboard.cli.first_run import welcome

        return welcome(call)
    return show_board(call, store)


def restrict(environ: MutableMapping[str, str]) -> None:
    """Leaves in the environment of this process only what the terminal and the language need."""
    for name in list(environ):
        if name not in _KEPT and not name.startswith("LC_"):
            del environ[name]
    environ["HOME"] = pwd.getpwuid(os.getuid()).pw_dir
