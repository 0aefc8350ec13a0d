"""Where this account and this machine keep what belongs to the program; cheap to import."""

from __future__ import annotations

import os
import sys

from pipeboard import folder_of

TYPE_CHECKING = False  # `typing` and `pathlib` are more than help needs
if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

# What `platformdirs` answers on Linux: importing it takes as long as reading the database.
_XDG = {
    "user_data": ("XDG_DATA_HOME", "~/.local/share"),
    "user_config": ("XDG_CONFIG_HOME", "~/.config"),
    "user_state": ("XDG_STATE_HOME", "~/.local/state"),
    "site_config": ("XDG_CONFIG_DIRS", "/etc/xdg"),
}


def _folder(kind: str) -> str:
    """The program's folder of that kind, as the system wants it."""
    if sys.platform == "linux":
        return folder_of(os.environ, *_XDG[kind])
    import platformdirs

    return str(getattr(platformdirs, f"{kind}_path")("pipeboard"))


def asks_for_words(environ: Mapping[str, str]) -> bool:
    """Whether a configuration speaks of words, so that it must be read before anything is said;
    it may be about something else."""
    own = environ.get("PIPEBOARD_CONFIG") or os.path.join(_folder("user_config"), _CONFIG)
    for path in (os.path.expanduser(own), os.path.join(_folder("site_config"), _CONFIG)):
        try:
            with open(path, "rb") as file:
                if any(line.lstrip(b" \t\"'").startswith(b"words") for line in file):
                    return True
        except (OSError, ValueError):
            continue
    return False


_CONFIG = "config.toml"


def default_database() -> Path:
    """Where the database of this account is when nothing else is said."""
    from pathlib import Path

    return Path(_folder("user_data"), "pipeboard.db")


def user_config_file(environ: Mapping[str, str]) -> Path:
    """The person's own configuration, whether it exists or not; BadInput for no path at all."""
    from pathlib import Path

    if named := environ.get("PIPEBOARD_CONFIG"):
        try:
            return Path(named).expanduser()
        except RuntimeError as error:
            from pipeboard.domain.errors import BadInput
            from pipeboard.domain.text import quoted

            raise BadInput(
                f"PIPEBOARD_CONFIG: {quoted(named)} is in the home of an unknown user.",
                hint="Correct it, or unset it.",
            ) from error
    return Path(_folder("user_config"), _CONFIG)


def site_config_file() -> Path:
    """The configuration for everybody on this machine."""
    from pathlib import Path

    return Path(_folder("site_config"), _CONFIG)


def theme_folders(environ: Mapping[str, str], *, own: bool = True) -> tuple[Path, ...]:
    """Where themes of one's own lie: beside the person's configuration, and the machine's."""
    return _beside("themes", environ, own=own)


def words_folders(environ: Mapping[str, str], *, own: bool = True) -> tuple[Path, ...]:
    """Where translations lie: as themes do, then those that come with the program."""
    from pathlib import Path

    return (*_beside("words", environ, own=own), Path(__file__).parents[1] / "words")


def _beside(folder: str, environ: Mapping[str, str], *, own: bool) -> tuple[Path, ...]:
    files = (*((user_config_file(environ),) if own else ()), site_config_file())
    return tuple(file.parent / folder for file in files)


def state_folder() -> Path:
    """Where logs and drafts are kept."""
    from pathlib import Path

    return Path(_folder("user_state"))


def log_file() -> Path:
    """Where faults are written down."""
    return state_folder() / "pipeboard.log"
