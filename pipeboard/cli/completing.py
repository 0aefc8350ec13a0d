"""The hidden verb `__complete KIND PREFIX`: what a shell may put behind what was typed, by plain
sqlite3, importing next to nothing. Whatever goes wrong, it says nothing: somebody is typing.
"""

from __future__ import annotations

import os
import sqlite3
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import closing, suppress

from pipeboard import folder_of
from pipeboard.domain.counts import how_many

TYPE_CHECKING = False  # `typing` itself is more than a key press has time for
if TYPE_CHECKING:
    from typing import Final, TypeAlias

    Offered: TypeAlias = tuple[str, str]
    """A word that may stand there, and what it means, which only some shells show."""
    Ask: TypeAlias = Callable[[sqlite3.Connection, str], Iterator[Offered]]

_MOST: Final = 100
_WAIT_S: Final = 0.2  # a writer holds the database for milliseconds; a key press waits no longer
_MOST_STEPS: Final = 2_000_000  # of SQLite's machine, after which what was found has to do
_FLAGS_WITH_VALUE: Final = ("--db",)


def complete(arguments: Sequence[str], environ: Mapping[str, str]) -> Iterator[str]:
    """A line for each word that may stand there, with its meaning behind a tab.

    The arguments are kinds with commas between them, what was typed of the word, and `--db PATH`.
    """
    words, flags = [], {}
    rest = iter(arguments)
    for argument in rest:
        name, equals, value = argument.partition("=")
        if name in _FLAGS_WITH_VALUE:
            flags[name] = value if equals else next(rest, "")
        else:
            words.append(argument)
    kinds, prefix = (*words, "", "")[:2]
    try:
        yield from _offered(kinds.split(","), prefix, database_path(environ, flags.get("--db", "")))
    except (sqlite3.Error, OSError, ValueError, LookupError, TypeError):
        return


def _offered(kinds: Sequence[str], prefix: str, path: str) -> Iterator[str]:
    if not os.path.isfile(path):
        return
    with closing(opened(path, _WAIT_S)) as base:
        some_see_less = "select 1 from setting where name = 'reps_see' and value <> '0'"
        if base.execute(some_see_less).fetchone():
            _show_less(base, path)
        base.execute("pragma query_only=on")
        base.set_progress_handler(lambda: 1, _MOST_STEPS)
        for kind in kinds:
            for word, meaning in _ASKED[kind](base, prefix):
                if "\n" not in word:
                    yield f"{word}\t{meaning}".replace("\n", " ")


def opened(path: str, wait_s: float) -> sqlite3.Connection:
    """The database for reading alone; a writer is waited for so many seconds."""
    uri = "file:" + path.replace("%", "%25").replace("?", "%3f").replace("#", "%23") + "?mode=ro"
    return sqlite3.connect(uri, uri=True, timeout=wait_s)


def _show_less(base: sqlite3.Connection, path: str) -> None:
    """Narrower tables in front of the real ones, for whoever may not see every deal."""
    import pwd
    import time

    from pipeboard.cli.kept import recall, remember

    uid, began = os.getuid(), time.time_ns()
    asked = f"what {pwd.getpwuid(uid).pw_name} ({uid}) sees of {path}"
    try:
        _, tables = recall(asked, os.environ)
    except (OSError, ValueError, LookupError):
        from pipeboard.domain.errors import PipeboardError

        tables = _narrower_tables(path).encode()
        with suppress(OSError, PipeboardError):  # no room: it is asked again the next time
            remember(asked, path, began, tables, os.environ)
    base.executescript(tables.decode())


def _narrower_tables(path: str) -> str:
    """What makes them; asked the ordinary way, which takes longer to import."""
    from pipeboard.cli.config import account_name
    from pipeboard.domain.people import Actor
    from pipeboard.domain.roles import rights
    from pipeboard.store import Store
    from pipeboard.store.reading.sight import shown_tables

    me = Actor(account_name())
    store = Store.open(path, read_only=True)
    sees = rights(me, store.reader.reps(), store.reader.settings()).sees
    store.close()
    tables = {} if sees is None else shown_tables(me.name, me.rep, sees)
    return "".join(f"create temp view {name} as {rows};" for name, rows in tables.items())


# Where the database is, as `config.read_config` finds it, without asking a library.


def database_path(environ: Mapping[str, str], named: str = "") -> str:
    """The path that `--db` names, the environment, the configuration, or nobody: the default one.

    Raises OSError where that cannot be told here, and ValueError for a configuration that cannot
    be read.
    """
    found = named or environ.get("PIPEBOARD_DB") or _configured(environ)
    if found.startswith("sqlite:///"):
        from urllib.parse import unquote

        found = unquote(found.removeprefix("sqlite:///"))
    return os.path.expanduser(found)


def _configured(environ: Mapping[str, str]) -> str:
    if sys.platform != "linux":
        from pipeboard.cli.config import read_config

        return read_config(environ).database

    for file in (
        os.path.expanduser(environ.get("PIPEBOARD_CONFIG", ""))
        or os.path.join(folder_of(environ, "XDG_CONFIG_HOME", "~/.config"), "config.toml"),
        os.path.join(folder_of(environ, "XDG_CONFIG_DIRS", "/etc/xdg"), "config.toml"),
    ):
        if os.path.exists(file):
            import tomllib

            with open(file, "rb") as opened:
                if path := tomllib.load(opened).get("database"):
                    return str(path)
    return os.path.join(folder_of(environ, "XDG_DATA_HOME", "~/.local/share"), "pipeboard.db")


# What there is of each kind. Names begin with what was typed, whatever its case.


def _deals(base: sqlite3.Connection, prefix: str) -> Iterator[Offered]:
    """Refs for a number, those last changed for nothing, and names for letters."""
    number = prefix.upper().removeprefix("D-")
    if not number:
        yield from _named(base, _lately_changed(base), "D-")
    elif number.isascii() and number.isdigit():
        yield from _named(base, _numbered(base, int(number)), "" if prefix == number else "D-")
    else:
        yield from _called(base, prefix)


def _lately_changed(base: sqlite3.Connection) -> Iterator[int]:
    rows = base.execute(f"select deal_id from event order by seq desc limit {_MOST * 5}")
    return iter(list(dict.fromkeys(row[0] for row in rows))[:_MOST])


def _numbered(base: sqlite3.Connection, number: int) -> Iterator[int]:
    """The ids that begin with these digits, looked up and not gone through."""
    (last,) = base.execute("select max(id) from deal").fetchone()
    low, width = number, 1
    while low <= (last or 0):
        found = base.execute(
            f"select id from deal where id between ? and ? order by id limit {_MOST}",
            (low, low + width - 1),
        )
        yield from (row[0] for row in found)
        low, width = low * 10, width * 10


def _named(base: sqlite3.Connection, ids: Iterator[int], sign: str) -> Iterator[Offered]:
    for deal_id, _ in zip(ids, range(_MOST), strict=False):
        found = base.execute(
            "select account, title from deal where id = ? and not removed", (deal_id,)
        ).fetchone()
        if found:
            account, title = found
            whole = f"{account}: {title}" if account and not title.startswith(account) else title
            yield f"{sign}{deal_id}", whole


def _called(base: sqlite3.Connection, prefix: str) -> Iterator[Offered]:
    """Names on cards, each once, with its ref where only one deal is called so."""
    begin = " ".join(prefix.lower().split())
    if not prefix.isascii():
        from pipeboard.domain.text import fold

        begin = fold(prefix)
    ids = base.execute(
        "select id from deal where live and folded >= :begin and folded < :begin || :last"
        f" limit {_MOST}",
        {"begin": begin, "last": "\U0010ffff"},
    ).fetchall()
    refs: dict[str, list[int]] = {}
    for (deal_id,) in ids:
        row = "select coalesce(nullif(account, ''), title) from deal where id = ?"
        (name,) = base.execute(row, (deal_id,)).fetchone()
        refs.setdefault(name, []).append(deal_id)
    for name in sorted(refs):
        found = refs[name]
        yield name, f"D-{found[0]}" if len(found) == 1 else how_many(len(found), "deal")


def _of(sql: str) -> Ask:
    """The names that a query finds; `:typed` is what they begin with."""

    def ask(base: sqlite3.Connection, prefix: str) -> Iterator[Offered]:
        begins = "substr(name, 1, length(:typed)) = :typed collate nocase"
        wanted = f"select distinct name, told from ({sql}) where {begins} limit {_MOST}"
        yield from base.execute(wanted, {"typed": prefix})

    return ask


_PIPELINE: Final = _of("select name, '' as told from pipeline where not removed order by position")
_STAGE: Final = _of(
    "select stage.name as name, pipeline.name as told from stage join pipeline"
    " on pipeline.id = stage.pipeline_id where not retired and not removed"
    " order by pipeline.position, stage.position"
)
_REP: Final = _of("select name, display_name as told from rep where active order by name")
_TEAM: Final = _of("select team as name, '' as told from rep where team <> '' order by team")
_KEPT: Final = _of(
    "select name, filter as told from saved_filter where owner in ('', account()) order by name"
)
_QUESTION: Final = _of(
    "select json_extract(value, '$.key') as name, json_extract(value, '$.label') as told"
    " from pipeline, json_each(pipeline.questions) where not removed"
)
_TAG: Final = _of("select tag as name, '' as told from deal_tag order by tag")
_CHOICES: Final = (
    "select value as name, '' as told from json_each((select value from setting"
    " where setting.name = '%s'))"
)
_LOSS: Final = _of(_CHOICES % "loss_categories")
_SOURCE: Final = _of(
    "select case when name like '%:in' then substr(name, 1, length(name) - 3)"
    " when name like '%:out' then substr(name, 1, length(name) - 4) else name end as name, told"
    f" from ({_CHOICES % 'sources'})"
)


def _saved(base: sqlite3.Connection, prefix: str) -> Iterator[Offered]:
    """The filters that whoever types has given a name; those of others are refused to them."""
    import pwd

    account = pwd.getpwuid(os.getuid()).pw_name
    base.create_function("account", 0, lambda: account)
    return _KEPT(base, prefix)


def _signed(ask: Ask) -> Ask:
    """Tags with the sign that was typed, `+` where none was."""

    def signed(base: sqlite3.Connection, prefix: str) -> Iterator[Offered]:
        sign = prefix[:1] if prefix[:1] in ("+", "-") else "+"
        return ((sign + name, told) for name, told in ask(base, prefix.removeprefix(sign)))

    return signed


def _terms(signs: Mapping[str, Ask]) -> Ask:
    """What stands behind a sign, such as the stages behind `stage:`; `-` in front means not."""

    def terms(base: sqlite3.Connection, prefix: str) -> Iterator[Offered]:
        minus = "-" if prefix.startswith("-") else ""
        term = prefix.removeprefix("-")
        for sign, ask in signs.items():
            if term.startswith(sign):
                for name, told in ask(base, term.removeprefix(sign).lstrip('"')):
                    shown = f'"{name}"' if " " in name else name
                    yield f"{minus}{sign}{shown}", told

    return terms


_FILTER: Final = _terms(
    {
        "stage:": _STAGE,
        "owner:": _REP,
        "@": _REP,
        "+": _TAG,
        "tag:": _TAG,
        "pipeline:": _PIPELINE,
        "lost:": _LOSS,
        "source:": _SOURCE,
        "q:": _QUESTION,
        "saved:": _saved,
    }
)


def _assignment(base: sqlite3.Connection, prefix: str) -> Iterator[Offered]:
    """What stands behind the `=` of a field, as it is; the fields themselves are known by heart."""
    name, equals, typed = prefix.partition("=")
    ask = {"owner": _REP, "source": _SOURCE, "tags": _TAG}.get(name)
    if equals and ask is not None:
        for value, told in ask(base, typed):
            yield f"{name}={value}", told


_ASKED: Final[Mapping[str, Ask]] = {
    "DEAL": _deals,
    "STAGE": _STAGE,
    "REP": _REP,
    "TEAM": _TEAM,
    "PIPELINE": _PIPELINE,
    "SAVED": _saved,
    "QUESTION": _QUESTION,
    "TAG": _signed(_TAG),
    "CATEGORY": _LOSS,
    "FILTER": _FILTER,
    "FIELD=VALUE": _assignment,
}
KINDS: Final = frozenset(_ASKED)
"""What is looked up while somebody types; the shells know all else by heart."""
