"""due --short for a prompt: three counts by plain sqlite3, importing next to nothing.

Whatever is not plain (a file of configuration, an older database, a name to look up) is left to
the ordinary way, which says what is wrong; a test holds both against each other.
"""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Mapping, Sequence
from contextlib import closing

from pipeboard import SCHEMA
from pipeboard.cli.completing import database_path, opened

TYPE_CHECKING = False  # `typing` itself is more than a prompt needs
if TYPE_CHECKING:
    from datetime import date
    from zoneinfo import ZoneInfo

_FLAGS = frozenset(("--short",))
_VALUES = frozenset(("--db", "--as", "--owner", "-p", "--pipeline"))


def short(overdue: int, without: int, stalled: int) -> str:
    """`!5 ?4 ~3`, without what is none."""
    counted = (("!", overdue), ("?", without), ("~", stalled))
    return " ".join(f"{sign}{count}" for sign, count in counted if count)


def quick(arguments: Sequence[str], environ: Mapping[str, str]) -> str | None:
    """What is due, in one word a sign; None where the ordinary way has to tell.

    DatabaseError where somebody holds the database: nobody waits longer than that for a prompt.
    """
    asked = _asked(arguments)
    if asked is None:
        return None
    try:
        path = database_path(environ, asked.get("--db", ""))
        # A URL is for the ordinary way to read, and so is a file that is not there.
        if ":" in path or not os.path.isfile(path):
            return None
        return _counted(path, asked, environ.get("PIPEBOARD_NOW", ""))
    except sqlite3.Error as error:
        from pipeboard.store.dialect import is_busy
        from pipeboard.store.locating import locate_file
        from pipeboard.store.troubles import as_database_error

        if not is_busy(error):
            return None
        raise as_database_error(error, locate_file(path)) from error
    except (ValueError, LookupError, OSError, TypeError):
        return None


def _asked(arguments: Sequence[str]) -> dict[str, str] | None:
    """The flags with their values; None for any that is not known here."""
    asked: dict[str, str] = {}
    rest = list(arguments)
    while rest:
        flag = rest.pop(0)
        name, equals, value = flag.partition("=")
        if flag in _FLAGS:
            continue
        if name not in _VALUES or not (equals or rest):
            return None
        asked[name] = value if equals else rest.pop(0)
        if not asked[name].strip():
            return None
    return asked


def _counted(path: str, asked: Mapping[str, str], now: str) -> str | None:
    from datetime import UTC, datetime
    from zoneinfo import ZoneInfo

    at = datetime.fromisoformat(now) if now else datetime.now(UTC)
    if at.tzinfo is None or {"-p", "--pipeline"} & asked.keys():
        return None
    with closing(opened(path, 1)) as base:
        (schema,) = base.execute("select value from counter where name = 'schema'").fetchone()
        if schema != SCHEMA:
            return None
        settings = dict(base.execute("select name, value from setting"))
        if settings.get("reps_see", "0") != "0" or "moved_to" in settings:
            return None  # whoever asks may not see every deal, or has to look elsewhere
        zone = ZoneInfo(settings.get("zone_name", "UTC").strip('"'))
        reps = {row[0] for row in base.execute("select name from rep")}
        owner = _owner(asked, reps)
        if owner is None:
            return None
        return _signs(base, at.astimezone(zone).date(), zone, owner if owner != "all" else "")


def _owner(asked: Mapping[str, str], reps: set[str]) -> str | None:
    """Whose deals: who acts where they are a rep, else everybody's; None for a name to look up."""
    if "--owner" in asked or "--as" in asked:
        name = asked.get("--owner") or asked["--as"]
        return name if name in reps or name == "all" else None
    import pwd

    try:
        me = pwd.getpwuid(os.getuid()).pw_name
    except KeyError:
        return None
    return me if me in reps else "all"


def _signs(base: sqlite3.Connection, today: date, zone: ZoneInfo, owner: str) -> str:
    """Overdue, without a next step, past a limit: the gravest of each open deal that is awake."""
    from datetime import datetime, time, timedelta

    def before(days: int) -> int:
        day = today - timedelta(days=days)
        return int(datetime.combine(day, time(), zone).timestamp()) * 1_000_000

    # Numbers and dates of our own making stand in the text.
    day, limits = f"'{today.isoformat()}'", []
    stages = base.execute("select id, expected_days, idle_days from stage where kind = 'open'")
    for stage_id, stay, idle in stages:
        parts = []
        if stay is not None:
            parts.append(f"stage_entered_at < {before(stay)}")
        if idle is not None:
            until = f"'{(today + timedelta(days=idle)).isoformat()}'"
            planned = f"coalesce(next_due >= {day} and next_due <= {until}, false)"
            parts.append(f"coalesce(last_touch_at, created_at) < {before(idle)} and not {planned}")
        if parts:
            limits.append(f"when {int(stage_id)} then ({') or ('.join(parts)})")
    past = f"case stage_id {' '.join(limits)} else false end" if limits else "false"
    late = f"coalesce(next_due < {day}, false)"
    mine, values = (" and owner = ?", (owner,)) if owner else ("", ())
    counts = base.execute(
        f"select sum({late}), sum(next_due is null),"
        f" sum(not {late} and next_due is not null and {past})"
        " from deal where live and outcome = 'open'"
        f" and not coalesce(snoozed_until > {day}, false){mine}",
        values,
    ).fetchone()
    return short(*(int(count or 0) for count in counts))
