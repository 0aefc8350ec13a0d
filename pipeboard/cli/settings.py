"""The verbs about the program itself: config with its themes and words, keys, version."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

from pipeboard import __version__, outlet
from pipeboard.cli.call import Call
from pipeboard.cli.config import (
    COMMANDS,
    CORRECT_THERE,
    PREFERENCES,
    Config,
    Value,
    account_name,
    example,
    expect_named_file,
    problems,
    read_file,
    refusal,
)
from pipeboard.cli.folders import (
    default_database,
    site_config_file,
    state_folder,
    theme_folders,
    user_config_file,
    words_folders,
)
from pipeboard.cli.tables import Table, tell
from pipeboard.cli.translating import every_word, lost_values, words_of
from pipeboard.cli.verbs import takes, takes_json, verb
from pipeboard.domain.counts import in_figures
from pipeboard.domain.errors import BadInput, PipeboardError
from pipeboard.domain.lazy_dataclass import replace
from pipeboard.domain.phrases import spoken
from pipeboard.domain.text import did_you_mean, quoted

if TYPE_CHECKING:
    from pipeboard.domain.programs import OwnProgram
    from pipeboard.ui.keys import Key
    from pipeboard.ui.own_themes import Themes


@verb("config show", "", "pipeboard config show")
@takes_json
def show(call: Call) -> int:
    """Every setting with its value and where that comes from."""
    config = call.config
    found = {**config.values, **{f"keys.{name}": value for name, value in config.keys.items()}}
    found["database"] = replace(found["database"], value=config.shown_database)
    found |= {f"commands.{name}": _run_of(value) for name, value in config.programs.items()}
    found |= {f"hooks.{name}": value for name, value in config.hooks.items()}
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


def _run_of(value: Value) -> Value:
    """What a program's entry runs, and on which key."""
    program = value.value
    assert isinstance(program, Mapping)
    return Value(f"{program['key']}: {program['run']}", value.origin)


def _shown(value: object) -> str:
    return "" if value is None else str(value).lower() if isinstance(value, bool) else str(value)


@verb("config path", "", "pipeboard config path")
@takes_json
def path(call: Call) -> int:
    """The person's own configuration file, whether it is there or not."""
    file = user_config_file(call.environ)
    if call.arguments.json:
        call.out.document({"path": str(file), "exists": file.exists()})
    else:
        call.out.line(str(file))
    return 0


@verb("config edit", "", "pipeboard config edit")
def edit(call: Call) -> int:
    """The configuration file in the editor; back to it at the fault, until it is in order."""
    from pipeboard.cli.editor import command, edit_file

    file = user_config_file(call.environ)
    if not call.may_ask:
        raise BadInput("There is no terminal to edit on.", hint=f"The file is {file}.")
    editor = command(_for_editor(call), call.environ)
    _make_example(file)
    line, before = 0, None
    while True:
        edit_file(editor, file, line, so=f"; {file} holds what it saved")
        found = list(_problems_of(call, file))
        now = file.read_bytes()
        for problem, _ in found:
            call.out.say(problem)
        if not found:
            return _of_the_machine(call)
        if now == before or not call.agreed("Back to the editor?"):
            return 1
        before, line = now, found[0][1]


def _of_the_machine(call: Call) -> int:
    """Says whether the machine's configuration is in order too, under one that is; exit code."""
    found = [problem for problem, _ in _problems_of(call, site_config_file())]
    for said in found or ["The configuration is in order."]:
        call.out.say(said)
    if found:
        call.out.say(CORRECT_THERE)
    return 1 if found else 0


def _for_editor(call: Call) -> Config:
    """The configuration; one that cannot be read must still be possible to edit."""
    try:
        return call.config
    except BadInput:
        return Config({p.name: Value(p.default, "default") for p in PREFERENCES}, {})


def _make_example(file: Path) -> None:
    """The file with every setting in a comment, where there is none yet."""
    if file.exists():
        return
    try:
        file.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    except OSError as error:
        raise BadInput(
            f"The folder {file.parent} cannot be made: {error.strerror}.",
            hint="Name another file with PIPEBOARD_CONFIG.",
        ) from error
    outlet.write_file(file, [example()], numbered=False)


@verb("config check", "", "pipeboard config check")
@takes_json
def check(call: Call) -> int:
    """What is wrong in the person's and the machine's configuration; exit code 1 if anything is."""
    expect_named_file(call.environ)
    files = (site_config_file(), user_config_file(call.environ))
    found = [problem for file in files for problem, _ in _problems_of(call, file)]
    found += _around(call)
    if call.arguments.json:
        call.out.document({"problems": found})
    else:
        for problem in found:
            call.out.line(problem)
    if not found:
        call.out.say("The configuration is in order.")
    return 1 if found else 0


def _around(call: Call) -> Iterator[str]:
    """What is wrong in the variables that stand over the configuration."""
    from pipeboard.cli.editor import program
    from pipeboard.store.locating import locate

    for name, read in (
        ("VISUAL", lambda text: program(text, "VISUAL")),
        ("EDITOR", lambda text: program(text, "EDITOR")),
        ("PIPEBOARD_DB", locate),
    ):
        try:
            if text := call.environ.get(name):
                read(text)
        except PipeboardError as error:
            yield error.message if error.message.startswith(name) else f"{name}: {error.message}"


def _problems_of(call: Call, file: Path) -> Iterator[tuple[str, int]]:
    """What is wrong in a file, and the line where it stands, 0 where that is not known."""
    from pipeboard.cli.editor import line_of

    try:
        document = read_file(file)
    except BadInput as error:
        yield error.message, line_of(error)
        return
    lines = file.read_text("utf-8", "replace").splitlines() if document else []
    for problem in (
        *problems(document),
        *_in_use(document, call),
    ):
        name = problem.partition(" ")[0].strip("':")
        at = (n for n, line in enumerate(lines, 1) if line.lstrip('" ').startswith(name))
        yield f"{file}: {problem}", next(at, 0)


def _in_use(document: Mapping[str, object], call: Call) -> Iterator[str]:
    """What would only bite when it is used: keys, colours, programs and the database's path."""
    from pipeboard.cli.editor import program
    from pipeboard.cli.screens import themes_of
    from pipeboard.domain.programs import read_hooks, read_programs
    from pipeboard.ui.key_table import read_keymap

    keymap = document.get("keys", {})
    programs: tuple[OwnProgram, ...] = ()
    with suppress(BadInput):  # said already
        programs = read_programs(document.get("commands", {}))
    if isinstance(keymap, Mapping) and all(isinstance(key, str) for key in keymap.values()):
        yield from refusal(lambda: read_keymap(keymap, programs))
    if isinstance(figures := document.get("figures"), str):
        from pipeboard.domain.metrics.names import numbers_named

        yield from refusal(lambda: numbers_named(figures))
    if isinstance(theme := document.get("theme"), str):
        yield from wrong_theme(theme, themes_of(call))
    if isinstance(chosen := document.get("words"), str) and chosen:
        yield from wrong_words(chosen, words_folders(call.environ))
    run = [(f"[commands.{own.name}]", own.words) for own in programs]
    with suppress(BadInput):
        run += [(f"[hooks]: {h.moment}", h.words) for h in read_hooks(document.get("hooks", {}))]
    for name in COMMANDS:
        with suppress(BadInput):
            if isinstance(text := document.get(name), str):
                run.append((name, tuple(program(text, name))))
    yield from (f"{name}: {said}" for name, words in run for said in _no_program(words))
    database = document.get("database")
    if isinstance(database, str) and database not in ("", str(default_database())):
        from pipeboard.store.locating import locate

        try:
            locate(database)
        except PipeboardError as error:
            yield f"database: {error.message}"


def _no_program(words: Sequence[str]) -> Iterator[str]:
    import shutil

    from pipeboard.foreground import at_home

    if words and shutil.which(at_home(words)[0]) is None:
        yield f"there is no program {quoted(words[0])}."


def wrong_theme(name: str, themes: Themes) -> Iterator[str]:
    """What is wrong with a theme, or hard to read in it, a sentence each."""
    from pipeboard.ui.palette import THEMES

    if name in ("auto", *THEMES):
        return
    try:
        yield from (f"theme {quoted(name)}: {remark}" for remark in themes.own(name).remarks)
    except BadInput as error:
        yield f"theme: {error.message} {error.hint}".rstrip()


def wrong_words(name: str, folders: tuple[Path, ...]) -> Iterator[str]:
    """Why a translation cannot be read, and which sentences of it are not said."""
    try:
        yield from (f"words: {lost}" for lost in lost_values(name, folders))
    except BadInput as error:
        yield f"words: {error.message} {error.hint}".rstrip()


# How screens look and are worded.


@verb(
    "config themes",
    "[THEME]",
    "pipeboard config themes",
    "pipeboard config themes dark > mine.toml",
)
@takes("name", nargs="?", default="", metavar="THEME", help="the theme to show as a file")
@takes_json
def themes(call: Call) -> int:
    """The themes that can be chosen, with what is wrong with them; or one of them as a file."""
    from pipeboard.cli.screens import themes_of
    from pipeboard.ui.own_themes import document_of
    from pipeboard.ui.palette import BASES, THEMES

    every, name = themes_of(call), call.arguments.name
    if name in BASES:
        return _write_theme(call, document_of(name))
    if name in THEMES:
        raise BadInput(
            f"{name} is made of the terminal's own colours: there is no file of it.",
            hint="Begin with 'pipeboard config themes dark'.",
        )
    if name:
        every.own(name)
        return _write_theme(call, every.files()[name].read_text(encoding="utf-8-sig"))
    chosen, files = call.config.text("theme"), every.files()
    rows = [
        (name, name == chosen, str(files[name]) if name in files else "", wrong_theme(name, every))
        for name in ("auto", *every.names)
    ]
    if call.arguments.json:
        fields = ("name", "chosen", "file", "problems")
        documents = [
            dict(zip(fields, (n, c, f or None, list(p)), strict=True)) for n, c, f, p in rows
        ]
        call.out.document({"themes": documents})
        return 0
    Table(("", "theme", "from", "")).write(
        call.out,
        (("*" if is_it else "", n, file or "pipeboard", " ".join(p)) for n, is_it, file, p in rows),
    )
    call.out.say(
        "'theme = \"NAME\"' in the configuration takes one; a file of your own in "
        f"{theme_folders(call.environ)[0]} is another: 'pipeboard config themes dark' shows how."
    )
    return 0


def _write_theme(call: Call, text: str) -> int:
    if call.arguments.json:
        import tomllib

        call.out.document({"theme": tomllib.loads(text)})
        return 0
    for line in text.splitlines():
        call.out.line(line)
    return 0


@verb(
    "config words",
    "[TRANSLATION]",
    "pipeboard config words > de.toml",
    "pipeboard config words --json",
)
@takes(
    "name", nargs="?", default="", metavar="TRANSLATION", help="a translation that is there already"
)
@takes_json
def words(call: Call) -> int:
    """Every word that can be translated, as a file to fill in, with those of a translation."""
    asked = call.arguments
    known = words_of(asked.name, words_folders(call.environ)) if asked.name else {}
    every = every_word()
    stray = [english for english in known if english not in every]
    if asked.json:
        call.out.document({"words": {word: known.get(word) for word in every}, "unknown": stray})
        return 0
    place = ""
    for word, where in every.items():
        if where != place:
            call.out.line("" if place else "# An empty text stays English.")
            call.out.line(f"# {where}")
            place = where
        call.out.line(f"{_in_quotes(word)} = {_in_quotes(known.get(word, ''))}")
    if asked.name:
        done = sum(1 for word in every if known.get(word))
        call.out.say(f"{in_figures(done)} of {in_figures(len(every))} are translated.")
        call.out.say(*(f"{quoted(word)} is nowhere. {did_you_mean(word, every)}" for word in stray))
    return 0


def _in_quotes(text: str) -> str:
    return json.dumps(text, ensure_ascii=False)


@verb("keys", "", "pipeboard keys")
@takes_json
def keys(call: Call) -> int:
    """The keys of every screen."""
    from pipeboard.domain.programs import read_programs
    from pipeboard.ui.key_table import ALL, SCREENS, program_keys
    from pipeboard.ui.keys import UNBOUND, name_of

    def names(command: Key) -> list[str]:
        return [name_of(key) for key in command.keys.split(",") if key != UNBOUND]

    own = program_keys(read_programs({n: v.value for n, v in call.config.programs.items()}))
    every = (key for screen in (*SCREENS, own) for key in screen)
    table = {key.id: ALL.get(key.id, key) for key in every}.values()
    documents = [
        {"id": c.id, "keys": names(c), "group": str(c.group), "help": c.help} for c in table
    ]
    rows = ((" ".join(names(c)), spoken(c.help), c.id) for c in table)
    heads = Table(("keys", "what they do", "id"), elastic=(1,))
    return tell(call, {"keys": documents}, heads, rows)


@verb("version", "", "pipeboard version -v")
@takes_json
def version(call: Call) -> int:
    """The version; with -v also of what it stands on."""
    versions = {"pipeboard": __version__}
    if call.arguments.verbose or call.arguments.json:
        import sqlite3
        from importlib.metadata import version as version_of

        versions |= {"python": sys.version.split()[0], "sqlite": sqlite3.sqlite_version}
        versions |= {name: version_of(name) for name in ("textual", "sqlmodel", "sqlalchemy")}
    if call.arguments.json:
        call.out.document({"versions": versions})
        return 0
    for name, number in versions.items():
        call.out.line(f"{name} {number}")
    return 0
