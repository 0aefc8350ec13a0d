"""The verbs that show what it would be like: demo, tour."""

from __future__ import annotations

import shutil
import tempfile
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING

from pipeboard.cli.call import Call
from pipeboard.cli.verbs import takes, takes_json, together, verb
from pipeboard.domain.errors import BadInput, Refused

if TYPE_CHECKING:
    from pipeboard.store import Store

_MANY = 5_000  # deals that take long enough to say so
_BEGIN = (
    "Begin with your own deals: 'pipeboard' asks how, 'pipeboard import FILE' takes them over, "
    "'pipeboard init' makes an empty board."
)


_takes_demo = together(
    takes("--deals", type=int, default=60, metavar="N", help="how many deals, 60 unless given"),
    takes("--seed", type=int, default=1, metavar="S", help="the same deals for the same number"),
    takes("--no-open", action="store_true", help="only make it, and print where it is"),
    takes("--keep", action="store_true", help="leave the database there afterwards"),
    takes_json,
)


@verb("demo", "", "pipeboard demo", "pipeboard demo --deals 2000 --no-open --db big.db")
@_takes_demo
def demo(call: Call) -> int:
    """A made-up team in a database of its own: the one that `--db` names, else a temporary one."""
    return _show(call)


@verb("tour", "", "pipeboard tour")
@_takes_demo
def tour(call: Call) -> int:
    """The demo, with a tour of eight keys."""
    return _show(call, ("tour.begin",))


def _show(call: Call, begin: tuple[object, ...] = ()) -> int:
    from pipeboard.cli.screens import check_terminal, show_board

    asked = call.arguments
    if not 0 <= asked.deals <= 10_000_000:
        raise BadInput("--deals is a number from 0 to 10,000,000.")
    if not asked.no_open:
        check_terminal(call)
    if asked.db:
        _check_is_file(asked.db)
    folder = None if asked.db else Path(tempfile.mkdtemp(prefix="pipeboard-demo-"))
    path = Path(asked.db) if folder is None else folder / "demo.db"
    is_kept = False
    try:
        store = _build(call, path)
        is_kept = folder is None or asked.keep or asked.no_open
        if asked.no_open:
            return 0
        code = show_board(call, store, begin)
        call.out.say(f"The demo is in {path}." if is_kept else "", _BEGIN)
        return code
    finally:
        if folder is not None and not is_kept:
            shutil.rmtree(folder, ignore_errors=True)


def _check_is_file(database: str) -> None:
    from pipeboard.store.locating import Server, locate

    if isinstance(locate(database), Server):
        raise BadInput("The demo wants a file, not a server.", hint="Name one: --db demo.db")


def _build(call: Call, path: Path) -> Store:
    from pipeboard.cli.config import account_name
    from pipeboard.demo import SETTINGS, build
    from pipeboard.store import Store
    from pipeboard.store.locating import locate

    if locate(str(path)).exists:
        raise Refused(
            f"{path} is there already.", hint="The demo wants a new file: name another with --db."
        )
    asked = call.arguments
    if asked.deals >= _MANY:
        call.out.say(f"Making up {asked.deals:,} deals…")
    was_there = path.exists()
    try:
        store = Store.create(str(path), SETTINGS)
        call.work_on(store)
        made = build(store, deals=asked.deals, seed=asked.seed, now=call.clock(), me=account_name())
    except BaseException:
        call.close()
        if not was_there:  # half a demo is none
            remove_database(path)
        raise
    if asked.json:
        call.out.document({"database": str(path), **asdict(made)})
    elif asked.no_open:
        call.out.line(str(path))
    return store


def remove_database(path: Path) -> None:
    """Takes a database away that nobody has worked in, with what SQLite puts beside it."""
    for suffix in ("", "-journal", "-wal", "-shm"):
        path.with_name(path.name + suffix).unlink(missing_ok=True)
