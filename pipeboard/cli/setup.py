"""The verbs that make a workspace and take it to another place: init, migrate."""

from __future__ import annotations

import os
import stat
from pathlib import Path
from shlex import quote

from pipeboard.cli.call import Call
from pipeboard.cli.config import account_name, is_zone, system_currency, system_zone
from pipeboard.cli.verbs import takes, takes_json, verb
from pipeboard.domain.counts import how_many
from pipeboard.domain.errors import BadInput, DatabaseError, Refused
from pipeboard.domain.money import exponent
from pipeboard.domain.people import Actor
from pipeboard.domain.pipeline import Pipeline
from pipeboard.domain.settings import Settings
from pipeboard.domain.templates import TEMPLATES, template
from pipeboard.domain.text import printable, quoted
from pipeboard.store.locating import Location, Server, locate, without_password
from pipeboard.store.opening import look
from pipeboard.store.troubles import RECOVERED
from pipeboard.workspace import Workspace
from pipeboard.workspace.finding import find_pipeline

# Making a workspace where there is none: for `init`, and for the verbs that bring deals.

FIRST_PIPELINE = "New business"
_SHARED_MODE = 0o2770


def make_workspace(
    call: Call,
    *,
    template_name: str | None = None,
    pipeline: Pipeline | None = None,
    currency: str = "",
    zone: str = "",
) -> Workspace:
    """A new database with its settings and its first pipeline, that of a template perhaps.

    Currency and zone are the machine's unless given. Raises BadInput for an unknown currency,
    zone or template before anything is made, `DatabaseError` when there is a database already.
    """
    from pipeboard.workspace.configuration import make_workspace as make

    settings = Settings(
        currency=_currency(currency), zone_name=_zone(zone or system_zone(call.environ))
    )
    name = call.arguments.pipeline or FIRST_PIPELINE
    if template_name:
        pipeline = template(template_name, pipeline_name=name, currency=settings.currency)
    if call.config.is_default_database:
        Path(call.config.database).parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    actor = Actor(account_name())
    return call.workspace_on(
        make(call.config.database, settings, pipeline, at=call.clock(), actor=actor)
    )


def is_made(call: Call) -> bool:
    """Whether the database is there; `DatabaseError` when its folder is not, or when something else
    is in its place."""
    if call.config.is_default_database and not Path(call.config.database).parent.exists():
        return False
    found = look(locate(call.config.database))
    if found is not None and found.recovered:
        call.out.say(RECOVERED)
    return found is not None


def open_or_make(
    call: Call, *, template_name: str | None = TEMPLATES[0], currency: str = ""
) -> Workspace:
    """The workspace; where there is no database yet, a new one, and the person is told."""
    try:
        return call.workspace
    except DatabaseError as error:
        if call.arguments.dry_run or error.details.get("reason") != "missing":
            raise
    made = make_workspace(call, template_name=template_name, currency=currency)
    call.out.say(
        f"Made a workspace in {call.config.shown_database} "
        f"({made.settings.currency}, {made.settings.zone_name})."
    )
    return call.workspace


def unmake_untouched(call: Call, workspace: Workspace) -> None:
    """Takes a workspace away that was made for deals of which none came in: the next try makes
    what it needs. One that somebody has worked in meanwhile stays, and so does one on a server."""
    place = workspace.store.location
    if isinstance(place, Location) and not workspace.reader.history.commands(limit=1):
        call.close()
        remove_database(place.path)
        call.out.say(f"Nothing came in, so {call.config.shown_database} is gone again.")


def remove_database(path: Path) -> None:
    """Takes a database away that nobody has worked in, with what SQLite puts beside it."""
    for suffix in ("", "-journal", "-wal", "-shm"):
        path.with_name(path.name + suffix).unlink(missing_ok=True)


def _currency(code: str) -> str:
    wanted = code.strip().upper() or system_currency()
    exponent(wanted)  # refuses what is no currency, with the near one
    return wanted


def _zone(name: str) -> str:
    if not is_zone(name):
        raise BadInput(
            f"{quoted(name)} is no time zone.", hint="Write it like Europe/Berlin or UTC."
        )
    return name


def _share_folder(call: Call) -> bool:
    """The folder of the database as its group's own (mode 2770), made where it is not there; False
    where it would be made, and this is only tried.

    Refused for a folder that holds other things: their rights are nobody's business here.
    """
    database = call.config.database
    folder = Path(database).expanduser().parent
    group = _group(call.arguments.group)
    if call.config.is_default_database:
        raise BadInput(
            "A shared workspace needs a place that all of them can reach.",
            hint="Such as: pipeboard init --shared --group sales --db /srv/sales/deals.db",
        )
    if folder.is_dir() and not folder.stat().st_mode & stat.S_ISGID and any(folder.iterdir()):
        raise Refused(
            f"The folder {printable(str(folder))} holds other things, whose rights would change.",
            hint=f"Make one for it: sudo install -d -m 2770 -g {call.arguments.group} FOLDER",
        )
    if call.arguments.dry_run:
        return folder.exists() or not folder.parent.is_dir()
    try:
        folder.mkdir(mode=0o700, exist_ok=True)
        if folder.stat().st_gid != group:
            os.chown(folder, -1, group)
        if stat.S_IMODE(folder.stat().st_mode) != _SHARED_MODE:
            folder.chmod(_SHARED_MODE)
    except OSError as error:
        raise Refused(
            f"The folder {printable(str(folder))} cannot be shared: {error.strerror}.",
            hint="Whoever may can make it: sudo install -d -m 2770 -g "
            f"{call.arguments.group} '{printable(str(folder))}'",
        ) from error
    return True


def _group(name: str | None) -> int:
    import grp

    try:
        return grp.getgrnam(name or "").gr_gid
    except KeyError as error:
        raise BadInput(
            f"There is no group {quoted(name)}." if name else "Whom is it shared with?",
            hint="Name the group of all who are to use it: --group sales ('getent group').",
        ) from error


def _print_grants(call: Call) -> int:
    """The script of roles, grants and policies of a workspace that is there."""
    from pipeboard.store.grants import schema_in, script

    reader = call.workspace.reader
    if not isinstance(call.workspace.store.location, Server):
        raise BadInput(
            "A file has no grants: whoever may write to it may write all of it.",
            hint="A server keeps rows apart by login: pipeboard migrate --to postgresql://…",
        )
    call.out.text(script(schema_in(reader.whole().database), reader.reps()).rstrip("\n"))
    call.out.say(
        "The owner of the tables runs it: pipeboard init --grants | psql URL. Each login is called "
        "as the account of its rep; run it again when somebody comes or gets another role."
    )
    return 0


@verb("init", "", "pipeboard init", "pipeboard init --template classic --currency USD")
@takes(
    "--template", default=TEMPLATES[0], metavar="TEMPLATE", help=f"one of {', '.join(TEMPLATES)}"
)
@takes("--currency", default="", metavar="CODE", help="such as EUR")
@takes("--zone", default="", metavar="ZONE", help="such as Europe/Berlin")
@takes("--shared", action="store_true", help="for several accounts: a folder of their group")
@takes(
    "--grants",
    action="store_true",
    help="print what a server's owner runs so that it lets each login do what its role may",
)
@takes("--group", metavar="NAME", help="the group that shares it, with --shared")
@takes_json
def init(call: Call) -> int:
    """A new workspace; refused where there is one already."""
    asked, database = call.arguments, call.config.shown_database
    if asked.grants:
        return _print_grants(call)
    has_folder = not asked.shared or _share_folder(call)
    if has_folder and is_made(call):
        raise Refused(
            f"There is a workspace already: {database}.",
            hint="Open it with 'pipeboard', or name another path with --db.",
            details={"database": database},
        )
    if call.only_tries(f"make {database}", database=database):
        return 0
    workspace = make_workspace(
        call, template_name=asked.template, currency=asked.currency, zone=asked.zone
    )
    settings, pipeline = workspace.settings, find_pipeline(workspace)
    if asked.json:
        call.out.document(
            {
                "database": database,
                "currency": settings.currency,
                "zone": settings.zone_name,
                "pipeline": pipeline.name,
                "stages": [stage.name for stage in pipeline.stages],
            }
        )
    call.out.say(
        f"Made {database} ({settings.currency}, {settings.zone_name}).",
        f"{pipeline.name}: {', '.join(stage.name for stage in pipeline.open_stages)}.",
        "Add a deal with 'pipeboard add', or open the board with 'pipeboard'.",
        *((f"The others set: export PIPEBOARD_DB={database}",) if asked.shared else ()),
    )
    return 0


@verb(
    "migrate",
    "",
    "pipeboard migrate --to postgresql://ana@db.example.com/sales",
    "pipeboard migrate --to deals.db --dry-run",
)
@takes("--to", required=True, metavar="PLACE", help="a path, or postgresql://NAME@HOST/DATABASE")
@takes_json
def migrate(call: Call) -> int:
    """Takes the whole workspace to another database; the old one then only says where it is."""
    from pipeboard.store.moving import move

    asked = call.arguments
    call.workspace.rights.check("migrate")
    moved = move(call.workspace.store, asked.to, dry_run=asked.dry_run)
    deals, events = moved.rows["deal"], moved.rows["event"]
    if asked.json:
        call.out.document(
            {
                "database": moved.to,
                "deals": deals,
                "events": events,
                "digest": moved.digest,
                "dry_run": asked.dry_run,
            }
        )
    what = f"{how_many(deals, 'deal')} with {how_many(events, 'event')}"
    if asked.dry_run:
        call.out.say(f"Not done (dry run): would take {what} to {moved.to}.")
        return 0
    call.out.say(
        f"Took {what} to {moved.to}; counts, history and digest are the same.",
        "The old database is kept, and takes no more changes. Open the new one: "
        f"--db {quote(without_password(asked.to) if ':' in asked.to else moved.to)}",
    )
    return 0
