"""The verbs about the program itself: config, keys, version."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from pipeboard import __version__
from pipeboard.cli.arguments import Parser
from pipeboard.cli.call import Call, Verb
from pipeboard.cli.environment import account_name, state_folder, user_config_file
from pipeboard.cli.tables import Table
from pipeboard.domain.text import quoted

if TYPE_CHECKING:
    from pipeboard.ui.keys import Command


def _nothing(parser: Parser) -> None:
    """No arguments of its own."""


def show(call: Call) -> int:
    """Every setting with its value and where that comes from."""
    config = call.config
    found = {**config.values, **{f"keys.{name}": value for name, value in config.keys.items()}}
    if call.arguments.json:
        call.out.document(
            {
                "config": {
                    name: {"value": value.value, "origin": value.origin}
                    for name, value in found.items()
                }
            }
        )
        return 0
    rows = [(name, _shown(value.value), value.origin) for name, value in found.items()]
    rows.append(("account", account_name(), "the process's uid"))
    rows.append(("logs and drafts", str(state_folder()), "default"))
    if fixed := call.environ.get("PIPEBOARD_NOW"):
        rows.append(("now", fixed, "PIPEBOARD_NOW"))
    Table(("setting", "value", "from")).write(call.out, rows)
    return 0


def _shown(value: object) -> str:
    return "" if value is None else str(value).lower() if isinstance(value, bool) else str(value)


def path(call: Call) -> int:
    """The person's own configuration file, whether it is there or not."""
    call.out.line(str(user_config_file(call.environ)))
    return 0


def edit(call: Call) -> int:
    """The configuration file in the editor; afterwards it is checked."""
    from pipeboard.cli.config import PREFERENCES, Config, Value, example
    from pipeboard.cli.editor import command, edit_file
    from pipeboard.domain.errors import BadInput

    file = user_config_file(call.environ)
    if call.arguments.no_input or not call.has_person:
        raise BadInput("There is no terminal to edit on.", hint=f"The file is {file}.")
    if not file.exists():
        file.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        file.write_text(example(), encoding="utf-8")
    # A configuration that cannot be read must still be possible to edit.
    try:
        config = call.config
    except BadInput:
        config = Config({p.name: Value(p.default, "default") for p in PREFERENCES}, {})
    edit_file(command(config, call.environ), file)
    return check(call)


def check(call: Call) -> int:
    """What is wrong in the person's and the machine's configuration; exit code 1 if anything is."""
    from pipeboard.cli.environment import site_config_file

    files = (site_config_file(), user_config_file(call.environ))
    found = [problem for file in files for problem in _problems(file)]
    if call.arguments.json:
        call.out.document({"problems": found})
    else:
        for problem in found:
            call.out.line(problem)
    if not found:
        call.out.say("The configuration is in order.")
    return 1 if found else 0


def _problems(file: Path) -> Iterator[str]:
    from pipeboard.cli.config import problems, read_file
    from pipeboard.domain.errors import BadInput
    from pipeboard.ui.keys import read_keymap
    from pipeboard.ui.palette import THEMES

    try:
        document = read_file(file)
    except BadInput as error:
        yield error.message
        return
    found = list(problems(document))
    if not found:
        try:
            read_keymap(document.get("keys", {}))
        except BadInput as error:
            found.append(f"{error.message} {error.hint}".rstrip())
    if isinstance(theme := document.get("theme"), str) and theme not in THEMES:
        found.append(f"theme is one of {', '.join(THEMES)}, not {quoted(theme)}.")
    yield from (f"{file}: {problem}" for problem in found)


def keys(call: Call) -> int:
    """The key table of the board."""
    from pipeboard.ui.keys import BOARD, name_of

    def names(command: Command) -> list[str]:
        return [name_of(key) for key in command.keys.split(",")]

    if call.arguments.json:
        documents = [
            {"id": c.id, "keys": names(c), "group": str(c.group), "help": c.help} for c in BOARD
        ]
        call.out.document({"keys": documents})
        return 0
    rows = ((" ".join(names(c)), c.help, c.id) for c in BOARD)
    Table(("keys", "what they do", "id"), elastic=(1,)).write(call.out, rows)
    return 0


def version(call: Call) -> int:
    """The version; with -v also of what it stands on."""
    call.out.line(f"pipeboard {__version__}")
    if call.arguments.verbose:
        import sqlite3
        from importlib.metadata import version as version_of

        call.out.line(f"python {sys.version.split()[0]}")
        call.out.line(f"sqlite {sqlite3.sqlite_version}")
        for package in ("textual", "sqlmodel", "sqlalchemy"):
            call.out.line(f"{package} {version_of(package)}")
    return 0


VERBS = {
    "config show": Verb("", Parser.add_json, show),
    "config path": Verb("", _nothing, path),
    "config edit": Verb("", _nothing, edit),
    "config check": Verb("", Parser.add_json, check),
    "keys": Verb("", Parser.add_json, keys),
    "version": Verb("", _nothing, version),
}
