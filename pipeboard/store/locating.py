"""From a path or URL to the place of a database, and the file that is made there.

The file is looked at with `stat` alone: closing any handle on it that is not SQLite's would drop
SQLite's POSIX locks for the whole process.
"""

from __future__ import annotations

import os
import re
import stat
from pathlib import Path
from typing import TypeAlias
from urllib.parse import quote, unquote, urlsplit

from pipeboard.domain.errors import DatabaseError
from pipeboard.domain.lazy_dataclass import dataclass
from pipeboard.domain.text import printable

_NETWORK = frozenset(
    (
        "nfs",
        "nfs4",
        "cifs",
        "smb3",
        "smbfs",
        "9p",
        "virtiofs",
        "afs",
        "openafs",
        "ceph",
        "lustre",
        "glusterfs",
        "ncpfs",
        "vboxsf",
        "prl_fs",
        "davfs",
    )
)


_URL = re.compile(r"([a-z][a-z0-9+.-]*):(?=/|.*@)|(postgres(?:ql)?):", re.IGNORECASE | re.DOTALL)
_CONNINFO = re.compile(r"\s*(host|hostaddr|port|dbname|user|password|service)\s*=")
"""How PostgreSQL's own programs may be told of a database besides."""


@dataclass(frozen=True, slots=True)
class Location:
    """Where a database is: a file of SQLite's."""

    path: Path

    def __str__(self) -> str:
        return printable(str(self.path))

    @property
    def name(self) -> str:
        """What it is opened by."""
        return str(self.path)

    @property
    def mark(self) -> tuple[int, int] | None:
        """Which file is there now, None for none."""
        try:
            found = self.path.stat()
        except OSError:
            return None
        return found.st_dev, found.st_ino

    @property
    def folder(self) -> Path | None:
        """Where things of the team's lie beside the database."""
        return self.path.parent

    @property
    def may_write_beside(self) -> bool:
        """May this account change the file, and make the journal that a change needs?"""
        return os.access(self.path, os.W_OK) and os.access(self.path.parent, os.W_OK)

    @property
    def exists(self) -> bool:
        """Whether the file is there with something in it (`stat` drops no locks)."""
        try:
            return self.path.stat().st_size > 0
        except OSError:
            return False

    def uri(self, *, read_only: bool) -> str:
        """The SQLite URI; built by quoting, since `?` and `#` in a path open another file."""
        return f"file:{quote(os.fsencode(self.path))}?mode={'ro' if read_only else 'rw'}"


_SECRET = re.compile(r".*(password|secret)|scram_")
"""What stands in the query of a URL and is nobody else's."""


def _key(word: str) -> str:
    return unquote(word.partition("=")[0])


def _parts(url: str) -> tuple[str, str, str, str]:
    """Name, password, `@hosts/database` and query of a URL, none of them decoded.

    The name ends where libpq takes it to end, so that signs of a password that should have been
    written otherwise (`/ ? #`) are never taken for a part of the place, which is shown.
    """
    rest = url.partition("://")[2]
    start = rest.partition("/")[0]
    until = start if "@" in start else rest.partition("?")[0]
    user, at, _ = until.rpartition("@")
    name, _, password = user.partition(":")
    place, _, query = rest[len(user) + len(at) :].partition("?")
    return name, password, f"{at}{place}", query


@dataclass(frozen=True, slots=True)
class Server:
    """Where a database is: on a server of PostgreSQL's, under a URL that may name several hosts.

    What it says of itself has no password in it.
    """

    url: str

    def __str__(self) -> str:
        name, _, place, _ = _parts(self.url)
        return printable(f"postgresql://{unquote(name)}{place}")

    @property
    def name(self) -> str:
        """What it is opened by."""
        return self.url

    @property
    def file_name(self) -> str:
        """Host, port and database, for files that belong to it."""
        _, _, place, query = _parts(self.url)
        hosts, _, database = place.removeprefix("@").partition("/")
        said = {_key(word): unquote(word.partition("=")[2]) for word in query.split("&")}
        hosts = "-".join(filter(None, (said.get("host", hosts), said.get("port"))))
        return re.sub(r"[^a-z0-9.-]+", "-", f"{hosts}-{database.strip('/')}".lower())

    def without_password(self) -> tuple[str, str]:
        """The URL for the words of a command that everybody may read, and the password."""
        name, password, place, query = _parts(self.url)
        open_words = [word for word in query.split("&") if word and not _SECRET.match(_key(word))]
        for word in query.split("&"):
            if _key(word) == "password":  # of two the later counts
                password = word.partition("=")[2]
        bare, open_query = f"postgresql://{name}{place}", "&".join(open_words)
        return f"{bare}?{open_query}" if open_query else bare, unquote(password)

    @property
    def mark(self) -> tuple[int, int] | None:
        """Nothing that could be replaced stands there; the id of the database tells."""
        return 0, 0

    @property
    def folder(self) -> Path | None:
        """Nothing lies beside a database on a server."""
        return None

    @property
    def exists(self) -> bool:
        """Whoever has stored something there has been told so by the server."""
        return True


Place: TypeAlias = Location | Server
_SERVERS = ("postgresql", "postgres", "postgresql+psycopg")
HOW_URLS_ARE = (
    "It is like postgresql://ana@db.example.com:5432/sales; in a name or a password @ : / ? # % "
    "are written %40 %3A %2F %3F %23 %25."
)


def locate(database: str) -> Place:
    """The place that a path or URL names; `DatabaseError` for what cannot hold a database."""
    if _kind(database) in _SERVERS:
        return _server(f"postgresql{database[database.index(':') :]}")
    return locate_file(database)


def shown(database: str) -> str:
    """A path or URL as it may be shown: without a password."""
    if _is_plain(database):
        return str(Server(database))
    kind = _kind(database)
    is_open = kind in ("", "sqlite") or (kind not in ("libpq", *_SERVERS) and "@" not in database)
    return database if is_open else f"{kind}:…"


def without_password(database: str) -> str:
    """A path or URL as it stands in a command that somebody may type, or read over a shoulder."""
    return Server(database).without_password()[0] if _is_plain(database) else shown(database)


def _is_plain(database: str) -> bool:
    """Whether it is a URL of a server of which it is plain what is not the password."""
    return _kind(database) in _SERVERS and _names_hosts(_parts(database)[2])


def _kind(database: str) -> str:
    """The kind of a URL, empty for a path."""
    url = _URL.match(database)
    if url is None:
        return "libpq" if _CONNINFO.match(database) else ""
    return (url[1] or url[2]).lower()


_HOST = re.compile(r"(?:\[[^\]]*\]|[^]:[]*)(?::\d*)?")
"""One of a URL's, with a port or without; what stands for a port otherwise may be a password."""


def _names_hosts(place: str) -> bool:
    hosts = place.removeprefix("@").partition("/")[0]
    return all(map(_HOST.fullmatch, hosts.split(",")))


def _server(url: str) -> Server:
    name, password, place, _ = _parts(url)
    if any(sign in f"{name}{password}" for sign in "@/") or not _names_hosts(place):
        # The driver would look for a host under the rest of the password, and name it.
        raise DatabaseError(
            "The URL of the database cannot be read.", hint=HOW_URLS_ARE, details={"reason": "url"}
        )
    if not url.startswith("postgresql://") or not place.partition("/")[2].strip("/"):
        raise DatabaseError(
            "The URL names no database.",
            hint="For example: --db postgresql://ana@db.example.com/sales",
        )
    return Server(url)


def locate_file(database: str) -> Location:
    """The place that a path or `sqlite:///` URL names; `DatabaseError` for what cannot hold one."""
    if (kind := _kind(database)) not in ("", "sqlite"):
        # Never the rest of it, which may hold a password.
        raise DatabaseError(
            f"This Pipeboard cannot open a database of the kind '{kind}'.",
            hint="Give the path of a SQLite file with --db, or a URL (postgresql://…).",
        )
    if database.startswith("sqlite:"):
        database = unquote(urlsplit(database).path).removeprefix("/")
    if not database or database == ":memory:":
        raise DatabaseError("No database path given.", hint="For example: --db ~/deals.db")
    if "\0" in database:
        raise DatabaseError("A path cannot hold a NUL character.")
    raw = Path(database)
    try:
        raw = raw.expanduser()
        path = raw.parent.resolve(strict=True) / raw.name
    except (OSError, RuntimeError) as error:
        raise DatabaseError(
            f"The folder {Location(raw.parent)} is not there.",
            hint="Make it first, or name another path.",
        ) from error
    _check_file(path)
    return Location(path)


def _check_file(path: Path) -> None:
    kind = _file_system(path.parent)
    if kind in _NETWORK or kind.startswith("fuse."):
        raise DatabaseError(
            f"{Location(path)} is on a network file system ({kind}), where SQLite's locks do not "
            "hold.",
            hint="Put the file on a local disk of the machine where everybody logs in (pipeboard "
            "init --shared --help), or the team on a server (postgresql://…).",
        )
    try:
        mode = os.lstat(path).st_mode
    except FileNotFoundError:
        return
    except OSError as error:
        raise DatabaseError(f"{Location(path)} cannot be looked at: {error.strerror}.") from error
    if stat.S_ISLNK(mode):
        _check_file(_target(path))
    elif not stat.S_ISREG(mode):
        raise DatabaseError(
            f"{Location(path)} is not a regular file.", hint="Name a file with --db."
        )


def _target(link: Path) -> Path:
    target = Path(os.path.realpath(link))
    if target.is_symlink():
        raise DatabaseError(
            f"{Location(link)} is a link that leads back to itself.", hint="Name another path."
        )
    return target


def _file_system(folder: Path) -> str:
    """The type of the mount that `folder` is on; "" where the system does not tell."""
    best, kind = "", ""
    try:
        lines = Path("/proc/self/mountinfo").read_text("utf-8", "surrogateescape").splitlines()
    except OSError:
        return ""
    for line in lines:
        left, _, right = line.partition(" - ")
        mount = left.split()[4].replace("\\040", " ")
        inside = f"{folder}/".startswith(f"{mount.rstrip('/')}/")
        if inside and len(mount) >= len(best):
            best, kind = mount, right.split()[0]
    return kind


def make_file(location: Location) -> None:
    """The empty file with the rights that the folder implies, whatever the umask.

    0660 in a set-gid folder (a shared box), 0600 elsewhere: SQLite's own 0644 would keep a second
    rep out. An empty file that is there already is given the same rights, and refused where it is
    another account's or has a second name.
    """
    path = location.path
    shared = bool(path.parent.stat().st_mode & stat.S_ISGID)
    mode = 0o660 if shared else 0o600
    try:
        fd = os.open(path, os.O_RDWR | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW, mode)
    except FileExistsError:
        _take_over(location, mode)
        return
    except OSError as error:
        raise _cannot_be_made(location, error) from error
    os.fchmod(fd, mode)
    os.close(fd)


def _take_over(location: Location, mode: int) -> None:
    """Gives an empty file that was there before the rights that a new one would have."""
    try:
        found = location.path.lstat()
        if stat.S_ISLNK(found.st_mode):
            raise DatabaseError(
                f"{location} is a link, and no database is made through one.",
                hint="Name the file itself with --db.",
                details={"reason": "exists"},
            )
        if found.st_uid != os.geteuid():
            raise DatabaseError(
                f"{location} is there already, empty, and belongs to another account.",
                hint="Have it removed, or name another path with --db.",
                details={"reason": "exists"},
            )
        check_names(location, found)
        if stat.S_IMODE(found.st_mode) != mode:
            location.path.chmod(mode)
    except OSError as error:
        raise _cannot_be_made(location, error) from error


def _cannot_be_made(location: Location, error: OSError) -> DatabaseError:
    return DatabaseError(
        f"{location} cannot be made: {error.strerror}.", hint="Name another path with --db."
    )


def check_names(location: Location, found: os.stat_result) -> None:
    """`DatabaseError` for a file with a second name (a hard link): SQLite looks for the journal of
    a change that was cut off beside the name it is given, and would not find it by the other."""
    if found.st_nlink > 1:
        raise DatabaseError(
            f"{location} has {found.st_nlink} names (hard links), and a change that is cut off "
            "under one of them would damage it under the other.",
            hint="Remove all names but one ('find FOLDER -samefile FILE' lists them), or make a "
            "copy with 'cp' and open that.",
            details={"reason": "linked"},
        )
