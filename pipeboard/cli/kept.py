"""What shells ask for again and again, `due` and the completions, is kept in the cache folder, and
told anew as long as nothing that it rests on has changed.

In front of the text stands what it rests on: who asks, how, and for which screen; every file that
was read for it, the database first, by what the system says of each; and the local day. Where
anything is not as it was, and where anything is not understood, the ordinary way tells.
"""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress

from pipeboard import folder_of, outlet
from pipeboard.cli.folders import site_config_file, user_config_file, words_folders

TYPE_CHECKING = False  # `typing` itself is more than a prompt needs
if TYPE_CHECKING:
    from pipeboard.cli.call import Call

_MATTERS = ("HOME", "LANG", "NO_COLOR", "FORCE_COLOR", "TERM", "TZ")
_MATTER = ("PIPEBOARD_", "XDG_", "LC_", "PYTHON")
"""Names of the environment, and how others begin, that what is said may follow from."""
_MOST = 32  # answers that are kept
_MOST_BYTES = 1 << 22
_TICK_NS = 20_000_000  # the clock of files goes in steps of up to 10 ms
_SLOW_TICK_NS = 2_000_000_000  # that of a file system without parts of seconds
_PRIME = 1_000_000_007
_ALWAYS = "-inf", "inf"
_GONE = "gone"


def tell(verb: str, arguments: Sequence[str], environ: Mapping[str, str]) -> bool:
    """Says what is kept of a verb with these arguments; False where nothing is that still holds."""
    try:
        messages, said = recall(_asked(verb, arguments, environ), environ)
        outlet.again(said)
    except (OSError, ValueError, LookupError):
        return False
    if messages:
        outlet.message(messages, end="")
    return True


def recall(asked: str, environ: Mapping[str, str]) -> tuple[str, bytes]:
    """The messages and the text that are kept under a question; LookupError where nothing is that
    still holds, OSError or ValueError for what cannot be read."""
    front, said = _read(_file_of(asked, environ))
    if not _still_true(asked, front):
        raise LookupError(asked)
    return front[0], said


def _asked(verb: str, arguments: Sequence[str], environ: Mapping[str, str]) -> str:
    """Who asks, what, how, and for which screen."""
    import pwd

    uid = os.getuid()
    return repr(
        (
            __file__,
            sys.version,
            (uid, pwd.getpwuid(uid).pw_name),
            (verb, *arguments),
            outlet.screen(),
            [(n, environ[n]) for n in sorted(environ) if n in _MATTERS or n.startswith(_MATTER)],
        )
    )


def _file_of(asked: str, environ: Mapping[str, str]) -> str:
    folder = folder_of(environ, "XDG_CACHE_HOME", "~/.cache")
    name = int.from_bytes(asked.encode(errors="surrogateescape"), "big") % _PRIME
    return os.path.join(folder, "said", f"{name:09}")


def _read(path: str) -> tuple[list[str], bytes]:
    """What is kept there: what it rests on, and the text; OSError for a file that is not this
    account's own, ValueError for one that is not whole."""
    file = os.open(path, os.O_RDONLY | os.O_NOFOLLOW)
    try:
        found = os.fstat(file)
        if found.st_uid != os.getuid() or found.st_mode & 0o077 or found.st_size > _MOST_BYTES:
            raise PermissionError(path)
        data = os.read(file, found.st_size)
    finally:
        os.close(file)
    size, _, rest = data.partition(b"\0")
    front, _, said = rest.partition(b"\0\0")
    # What the power took before it was on the disk is missing, or nothing but zeros.
    if int(size) != len(rest) or b"\0" in said:
        raise ValueError(path)
    return front.decode(errors="surrogateescape").split("\0"), said


def _still_true(asked: str, front: Sequence[str]) -> bool:
    """Is all that it rests on as it was?"""
    _, kept_for, since, until, here, *files = front
    return (
        kept_for == asked
        and here in (".", os.getcwd())
        and float(since) <= time.time() < float(until)
        and os.access(files[0], os.R_OK)
        and all(_stamp(path) == stamp for path, stamp in zip(*[iter(files)] * 2, strict=True))
    )


def _stamp(path: str) -> str:
    """What tells a file from every other, and from itself once it was changed."""
    try:
        found = os.stat(path)
    except OSError:
        return _GONE
    changed = found.st_mtime_ns, found.st_ctime_ns
    return f"{found.st_dev} {found.st_ino} {found.st_size} {changed[0]} {changed[1]}"


# What the ordinary way says, kept for the next time.


@contextmanager
def keeping(verb: str, arguments: Sequence[str], call: Call) -> Iterator[None]:
    """Keeps what is said meanwhile, if that is all that the call says."""
    began = time.time_ns()
    before = [_stamp(path) for path in _config_files(call)]
    with outlet.heard() as (said, messages):
        yield
    if [_stamp(path) for path in _config_files(call)] == before:
        from pipeboard.domain.errors import PipeboardError

        # Where there is no such folder, or no room in it, nothing is kept.
        with suppress(OSError, ValueError, LookupError, PipeboardError):
            _keep((verb, *arguments), call, began, "".join(said), "".join(messages))


def _keep(words: Sequence[str], call: Call, began: int, said: str, messages: str) -> None:
    if _has_opened(call):
        store = call.workspace.store
        if store.identity.engine != "sqlite" or store.recovered:
            return
    since, until = _day(call)
    if float(since) <= began / 1e9 and time.time() < float(until):
        front = (messages, _asked(words[0], words[1:], call.environ), since, until)
        _remember(front, _files(call), began, outlet.encoded(said), call.environ)


def remember(
    asked: str, database: str, began: int, text: bytes, environ: Mapping[str, str]
) -> None:
    """Keeps what a database was asked for, whatever the day; `began` is the instant in nanoseconds
    before it was asked. Raises OSError or PipeboardError where there is no room."""
    files = [*_files_of(database), *_program()]
    _remember(("", asked, *_ALWAYS), files, began, text, environ)


def _remember(
    front: tuple[str, str, str, str],
    files: Sequence[str],
    began: int,
    text: bytes,
    environ: Mapping[str, str],
) -> None:
    stamps = [_stamp(path) for path in files]
    if not all(_rested(stamp, began) for stamp in stamps):
        return
    here = "." if all(map(os.path.isabs, files)) else os.getcwd()
    rests_on = (part for pair in zip(files, stamps, strict=True) for part in pair)
    rest = "\0".join((*front, here, *rests_on)).encode(errors="surrogateescape") + b"\0\0" + text
    data = b"%d\0%b" % (len(rest), rest)
    if len(data) < _MOST_BYTES:
        _write(_file_of(front[1], environ), data)


def _has_opened(call: Call) -> bool:
    """Was the database asked?"""
    return "workspace" in vars(call)


def _rested(stamp: str, began: int) -> bool:
    """Was a file left alone since before it was read, by a clock that would show it?"""
    if stamp == _GONE:
        return True
    changed = [int(part) for part in stamp.split()[-2:]]
    is_slow = not any(at % 1_000_000_000 for at in changed)
    return max(changed) < began - (_SLOW_TICK_NS if is_slow else _TICK_NS)


def _day(call: Call) -> tuple[str, str]:
    """From when until when the words hold, in seconds: the local day, or for ever by a clock that
    stands still, and what no database is asked for."""
    if call.environ.get("PIPEBOARD_NOW") or not _has_opened(call):
        return _ALWAYS
    from datetime import timedelta

    from pipeboard.domain.dates import start_of_day

    today, zone = call.workspace.today, call.settings.zone
    ends = (start_of_day(day, zone) for day in (today, today + timedelta(days=1)))
    since, until = (f"{at.timestamp():.0f}" for at in ends)
    return since, until


def _config_files(call: Call) -> list[str]:
    return [str(site_config_file()), str(user_config_file(call.environ))]


def _files(call: Call) -> list[str]:
    """All that was read: the database with what lies beside it, the rules of its zone, a
    translation, configurations, and the program itself."""
    found = []
    if _has_opened(call):
        from zoneinfo import TZPATH

        # A URL is no file that could be read, so that nothing is told again of one.
        found += _files_of(os.path.expanduser(call.config.database))
        found += [os.path.join(folder, call.settings.zone_name) for folder in TZPATH]
        if words := call.config.text("words"):
            for folder in words_folders(call.environ):
                found += [str(folder), str(folder / f"{words}.toml")]
    return [*found, *_program(), *_config_files(call)]


def _files_of(database: str) -> list[str]:
    return [database, f"{database}-journal", f"{database}-wal"]


def _program() -> list[str]:
    ours = [module for name, module in sys.modules.items() if name.partition(".")[0] == "pipeboard"]
    return [str(file) for module in ours if (file := getattr(module, "__file__", None))]


def _write(path: str, data: bytes) -> None:
    from pathlib import Path

    file = Path(path)
    file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    outlet.write_file(file, [data], force=True, lasting=False)
    kept = sorted(file.parent.iterdir(), key=lambda each: each.stat().st_mtime)
    for old in kept[:-_MOST]:
        old.unlink(missing_ok=True)
