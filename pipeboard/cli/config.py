"""The configuration: what can be set, and where each value comes from (`docs/configuration.md`)."""

from __future__ import annotations

import json
import os
import pwd
import shlex
from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from types import MappingProxyType
from zoneinfo import ZoneInfo

from pipeboard.cli.folders import default_database, site_config_file, user_config_file
from pipeboard.domain.board import SORTS
from pipeboard.domain.dates import parse_instant
from pipeboard.domain.errors import BadInput
from pipeboard.domain.lazy_dataclass import dataclass, field
from pipeboard.domain.text import did_you_mean, printable, quoted

# What the machine says: the clock, the account, the zone and currency.

_ZONE_LINK = Path("/etc/localtime")


def clock(environ: Mapping[str, str]) -> Callable[[], datetime]:
    """What tells the time in UTC: the instant in PIPEBOARD_NOW for ever, else the real time."""
    fixed = environ.get("PIPEBOARD_NOW", "")
    if not fixed:
        return lambda: datetime.now(UTC)
    try:
        at = parse_instant(fixed)
    except BadInput as error:
        raise BadInput(
            f"PIPEBOARD_NOW: {error.message}",
            hint="Write it like 2026-12-19T16:02:00Z, or unset it.",
        ) from error
    return lambda: at


def account_name() -> str:
    """The account of the process's uid; unlike $USER, nobody can choose it."""
    uid = os.getuid()
    try:
        return pwd.getpwuid(uid).pw_name
    except KeyError:
        return f"uid{uid}"


def system_zone(environ: Mapping[str, str]) -> str:
    """The IANA zone that the machine is set to, or UTC."""
    named = environ.get("TZ", "").removeprefix(":")
    try:
        linked = str(_ZONE_LINK.readlink()).partition("zoneinfo/")[2]
    except OSError:
        linked = ""
    return next((name for name in (named, linked) if name and is_zone(name)), "UTC")


def is_zone(name: str) -> bool:
    """Whether it is the name of an IANA zone."""
    try:
        ZoneInfo(name)
    except (KeyError, ValueError, OSError):
        return False
    return True


def system_currency() -> str:
    """The currency of the person's locale (ISO 4217), EUR where it has none."""
    import locale

    before = locale.setlocale(locale.LC_MONETARY)
    try:
        locale.setlocale(locale.LC_MONETARY, "")
        return str(locale.localeconv()["int_curr_symbol"]).strip() or "EUR"
    except locale.Error:
        return "EUR"
    finally:
        locale.setlocale(locale.LC_MONETARY, before)


@dataclass(frozen=True, slots=True)
class Preference:
    """Something that a configuration file may set; `default` also tells the type."""

    name: str
    default: str | bool | int | None
    help: str
    choices: tuple[str | int, ...] = ()


PREFERENCES = (
    Preference("database", None, "the path or URL of the database"),
    Preference("glyphs", "auto", "signs beyond ASCII or not", ("auto", "unicode", "ascii")),
    Preference("theme", "auto", "the colours: auto, or one of 'pipeboard config themes'"),
    Preference("locale", None, "days and amounts on screens as there, such as de_DE"),
    Preference("words", None, "the translation to read, of 'pipeboard config words'"),
    Preference("mouse", True, "false leaves the mouse to the terminal"),
    Preference("digits", "stage", "what a bare digit does", ("stage", "count")),
    Preference("pipeline", None, "the pipeline the board opens on, else the last one"),
    Preference("stage", None, "the stage that the cursor is put in, else the last one"),
    Preference("mine", False, "whether the board opens on your own deals, else as it was left"),
    Preference("sort", "manual", "the order of the cards, else as it was left", SORTS),
    Preference("pane", True, "false shuts the deal beside the board, else as it was left"),
    Preference("filter", None, "the filter that the board opens with, else the last one"),
    Preference("density", "auto", "lines a card takes", ("auto", 1, 2, 3, 4)),
    Preference(
        "sums", "each", "several currencies: each by itself, or converted", ("each", "workspace")
    ),
    Preference(
        "follow",
        "always",
        "when what others change is shown: at once, once a minute, or with R",
        ("always", "slow", "never"),
    ),
    Preference(
        "cursor",
        "hidden",
        "it stands where the focus is; shown for a magnifier or a Braille display",
        ("hidden", "shown"),
    ),
    Preference(
        "figures", None, "the numbers first on the overview, such as won_value, coverage, win_rate"
    ),
    Preference("editor", None, "the editor, else $VISUAL, $EDITOR or vi"),
    Preference("copy_cmd", None, "the command that copies what it reads, such as wl-copy"),
)
COMMANDS = ("editor", "copy_cmd")
_BY_NAME = {preference.name: preference for preference in PREFERENCES}
_KEYS = "keys"
_PROGRAMS = "commands"
_HOOKS = "hooks"


@dataclass(frozen=True, slots=True)
class Value:
    """A value and where it was found, as `config show` says it."""

    value: object
    origin: str


@dataclass(frozen=True, slots=True)
class Config:
    """Every preference by name, the keys of commands, and programs of the person's own: on keys,
    and at moments (`hooks`)."""

    values: Mapping[str, Value]
    keys: Mapping[str, Value]
    programs: Mapping[str, Value] = field(default_factory=dict)
    hooks: Mapping[str, Value] = field(default_factory=dict)

    def text(self, name: str) -> str:
        """A value that is text; empty for none."""
        value = self.values[name].value
        return "" if value is None else str(value)

    def flag(self, name: str) -> bool:
        """A value that is true or false."""
        return bool(self.values[name].value)

    def chosen(self, name: str) -> object:
        """The value that somebody has set; None where it is the default."""
        value = self.values[name]
        return None if value.origin == "default" else value.value

    @property
    def database(self) -> str:
        """The path or URL to open; `~` stands for the home folder."""
        return self.text("database")

    @property
    def keymap(self) -> dict[str, str]:
        """The keys that the person has given to commands, as they wrote them."""
        return {name: str(value.value) for name, value in self.keys.items()}

    @property
    def shown_database(self) -> str:
        """The same for people to see: no password that is in a URL."""
        from pipeboard.store.locating import shown

        return shown(self.database)

    @property
    def is_default_database(self) -> bool:
        """Whether nobody has said which database to use."""
        return self.values["database"].origin == "default"


def read_config(
    environ: Mapping[str, str], *, database: str | None = None, own: bool = True
) -> Config:
    """The configuration of this call; `database` is what `--db` names, and without `own` only that
    of the machine counts.

    Raises BadInput, naming the file, when one cannot be read or holds a value of the wrong kind.
    """
    values = {p.name: Value(p.default, "default") for p in PREFERENCES}
    keys: dict[str, Value] = {}
    programs: dict[str, Value] = {}
    hooks: dict[str, Value] = {}
    if own:
        expect_named_file(environ)
    of_person = ((user_config_file(environ), _CORRECT),) if own else ()
    for path, cure in ((site_config_file(), CORRECT_THERE), *of_person):
        document = read_file(path, cure)
        for problem in _wrong_values(document):
            raise BadInput(f"{path}: {problem}", hint=cure)
        values |= {name: Value(document[name], str(path)) for name in _BY_NAME if name in document}
        for name, found in ((_KEYS, keys), (_PROGRAMS, programs), (_HOOKS, hooks)):
            table = document.get(name)
            if isinstance(table, Mapping):
                found |= {one: Value(value, str(path)) for one, value in table.items()}
    if named := environ.get("PIPEBOARD_DB"):
        values["database"] = Value(named, "PIPEBOARD_DB")
    if database is not None:
        values["database"] = Value(database, "--db")
    if values["database"].value is None:
        values["database"] = Value(str(default_database()), "default")
    return Config(*map(MappingProxyType, (values, keys, programs, hooks)))


def expect_named_file(environ: Mapping[str, str]) -> None:
    """BadInput where PIPEBOARD_CONFIG names a file that is not there: nobody means none by it."""
    if environ.get("PIPEBOARD_CONFIG") and not user_config_file(environ).exists():
        raise BadInput(
            f"PIPEBOARD_CONFIG names {user_config_file(environ)}, which is not there.",
            hint="Correct the path, unset it, or make the file with 'pipeboard config edit'.",
        )


_CORRECT = "Correct it with 'pipeboard config edit'."
CORRECT_THERE = "It is for everybody on this machine: whoever looks after that corrects it there."


def read_file(path: Path, cure: str = _CORRECT) -> Mapping[str, object]:
    """What a configuration file says; empty when there is none. Raises BadInput, with the `cure`
    of one that is not TOML."""
    try:
        text = path.read_bytes().decode("utf-8").removeprefix("\ufeff")
    except (FileNotFoundError, NotADirectoryError):
        return {}
    except (OSError, UnicodeDecodeError) as error:
        why = error.strerror if isinstance(error, OSError) else "it is not UTF-8 text"
        raise BadInput(
            f"The configuration {path} cannot be read: {why}.",
            hint="Put that right, or name another file with PIPEBOARD_CONFIG.",
        ) from error
    import tomllib  # most people have no configuration file

    try:
        return tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise BadInput(
            f"The configuration {path} is not TOML: {printable(str(error))}.",
            hint=cure,
        ) from error


def problems(document: Mapping[str, object]) -> Iterator[str]:
    """What is wrong in a configuration file, which keys stand for which command aside."""
    for name in document:
        if name not in _BY_NAME and name not in (_KEYS, _PROGRAMS, _HOOKS):
            yield f"{quoted(name)} is no setting. {did_you_mean(name, _BY_NAME)}".rstrip()
    yield from _wrong_values(document)


def _wrong_values(document: Mapping[str, object]) -> Iterator[str]:
    for preference in PREFERENCES:
        if preference.name in document:
            yield from _wrong_value(preference, document[preference.name])
    keys = document.get(_KEYS, {})
    if not isinstance(keys, Mapping):
        yield "[keys] is a table of command = key."
        return
    for name, key in keys.items():
        if not isinstance(key, str):
            yield f'[keys]: {printable(name)} wants keys in quotes, such as "a,n".'
    for name in (_PROGRAMS, _HOOKS):
        if name in document:
            yield from _wrong_programs(name, document[name])


def _wrong_value(preference: Preference, value: object) -> Iterator[str]:
    wanted = str if preference.default is None else type(preference.default)
    if preference.choices:
        if any(value == choice and type(value) is type(choice) for choice in preference.choices):
            return
        choices = ", ".join(str(choice) for choice in preference.choices)
        yield f"{preference.name} is one of {choices}, not {quoted(str(value))}."
    elif type(value) is not wanted:
        kind = {str: "a text in quotes", bool: "true or false", int: "a whole number"}[wanted]
        yield f"{preference.name} is {kind}, not {quoted(str(value))}."
    elif preference.name == "database" and not value:
        yield "database names a path."
    elif preference.name == "locale" and value:
        from pipeboard.domain.locales import manner_of

        yield from refusal(lambda: manner_of(str(value)), "locale: ")
    elif preference.name in COMMANDS:
        try:
            shlex.split(str(value))
        except ValueError:
            yield f"{preference.name}: {quoted(str(value))} has a quote that is never closed."


def _wrong_programs(name: str, table: object) -> Iterator[str]:
    from pipeboard.domain.programs import read_hooks, read_programs

    read = read_programs if name == _PROGRAMS else read_hooks
    parts = [{one: told} for one, told in table.items()] if isinstance(table, Mapping) else []
    found = [problem for part in parts for problem in refusal(partial(read, part))]
    yield from found or refusal(lambda: read(table))


def refusal(read: Callable[[], object], where: str = "") -> Iterator[str]:
    """Why something cannot be read, and what to do; nothing where it can."""
    try:
        read()
    except BadInput as error:
        yield f"{where}{error.message} {error.hint}".rstrip()


_PROGRAM_EXAMPLE = (
    "# A program of your own on a key of the board; a deal's texts go in between braces.",
    "# [commands.mail]",
    '# key = "ctrl+e"',
    '# run = "python3 -m webbrowser mailto:{email}"',
    '# help = "write to them"',
    "",
    "# A program of your own when something has happened; it reads the deals as JSON on stdin.",
    "# [hooks]",
    '# won = "python3 /home/me/won.py"',
    '# assigned = ["python3", "/home/me/tell.py", "--quiet"]',
    "# timeout = 10",
    "",
)


def example() -> str:
    """A configuration file with every setting in a comment, for the first `config edit`."""
    lines = ["# Settings of pipeboard. Take the # away in front of what you want to set.", ""]
    for preference in PREFERENCES:
        default = preference.default
        if preference.name == "database":
            default = str(default_database())
        shown = json.dumps(default or "") if default is None else json.dumps(default)
        lines += [f"# {preference.help}", f"# {preference.name} = {shown}", ""]
    return "\n".join(
        (*lines, "[keys]", '# "board.add" = "A"  # see: pipeboard keys', "", *_PROGRAM_EXAMPLE)
    )
