"""What the machine says: the clock, the account, the zone and currency, and the folders to use."""

from __future__ import annotations

import os
import pwd
import sys
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

from pipeboard.domain.dates import parse_instant
from pipeboard.domain.errors import BadInput
from pipeboard.domain.text import quoted

_APP = "pipeboard"
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


def default_database() -> Path:
    """Where the database of this account is when nothing else is said."""
    return _folder("user_data") / "pipeboard.db"


def user_config_file(environ: Mapping[str, str]) -> Path:
    """The person's own configuration, whether it exists or not; BadInput for no path at all."""
    if named := environ.get("PIPEBOARD_CONFIG"):
        try:
            return Path(named).expanduser()
        except RuntimeError as error:
            raise BadInput(
                f"PIPEBOARD_CONFIG: {quoted(named)} is in the home of an unknown user.",
                hint="Correct it, or unset it.",
            ) from error
    return _folder("user_config") / "config.toml"


def site_config_file() -> Path:
    """The configuration for everybody on this machine."""
    return _folder("site_config") / "config.toml"


def state_folder() -> Path:
    """Where logs and drafts are kept."""
    return _folder("user_state")


# What `platformdirs` answers on Linux: importing it takes as long as reading the database.
_XDG = {
    "user_data": ("XDG_DATA_HOME", "~/.local/share"),
    "user_config": ("XDG_CONFIG_HOME", "~/.config"),
    "user_state": ("XDG_STATE_HOME", "~/.local/state"),
    "site_config": ("XDG_CONFIG_DIRS", "/etc/xdg"),
}


def _folder(kind: str) -> Path:
    """The program's folder of that kind, as the system wants it."""
    if sys.platform == "linux":
        variable, otherwise = _XDG[kind]
        named = os.environ.get(variable, "")
        if not named.strip():
            named = os.path.expanduser(otherwise)
        return Path(named.split(os.pathsep)[0] if kind == "site_config" else named) / _APP
    import platformdirs

    return Path(getattr(platformdirs, f"{kind}_path")(_APP))
