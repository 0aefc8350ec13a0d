"""What a server lets each login do: a script of roles, grants and policies for its owner to run.

The program asks its own rules first (`domain.roles`); these hold for whatever else a login is used
with. Who somebody is follows from the name of the login, which is the rep's, and from the table of
reps, so that a change of role there holds at once.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from pipeboard.domain.people import CALENDAR
from pipeboard.domain.roles import Role
from pipeboard.domain.settings import SEEN, Rep
from pipeboard.store import dialect
from pipeboard.store.database import LOG, Database
from pipeboard.store.opening import OF_DEALS, TABLES
from pipeboard.store.reading.sight import quoted

_AGREED = ("setting", "pipeline", "stage", "pipeline_version", "target", "fx_rate")
_NUMBERED = ("event", "workspace_event")
_SEES = "((SELECT pipeboard_seen()) IS NULL OR owner = ANY ((SELECT pipeboard_seen())::text[]))"
_MANAGES = "(SELECT pipeboard_role()) IN ('manager', 'owner')"
_EDITS = f"({_MANAGES} OR NOT (SELECT pipeboard_own_only()) OR owner IN ('', session_user::text))"
_MINE = (
    "EXISTS (SELECT 1 FROM {schema}.command AS done WHERE done.id = command_id"
    f" AND done.actor IN (session_user::text, {quoted(CALENDAR)}))"
)
_HELD = "EXISTS (SELECT 1 FROM {schema}.deal AS held WHERE held.id = deal_id)"
_EDITED = (
    f"{_HELD[:-1]} AND ({_EDITS} OR given_by = session_user::text"
    " OR (recycled_from IS NOT NULL AND version <= 2)))"
)
"""One's own, what one gives away, and a lead that comes back (made and planned), by
whoever happens to look."""
_ROLE = """
SELECT CASE WHEN NOT EXISTS (SELECT 1 FROM {schema}.rep WHERE role <> '') THEN 'owner'
  ELSE coalesce((SELECT nullif(role, '') FROM {schema}.rep WHERE name = session_user::text),
                'viewer') END"""
_SEEN = """
SELECT CASE WHEN {schema}.pipeboard_role() IN ('manager', 'owner')
    OR coalesce((SELECT value FROM {schema}.setting WHERE name = 'reps_see'), '0') = '0'
    OR (SELECT acts_for FROM {schema}.rep WHERE name = session_user::text) ~ '(^| )[*]( |$)'
  THEN NULL
  ELSE ARRAY(SELECT '' UNION SELECT session_user::text
    UNION SELECT unnest(string_to_array(acts_for, ' ')) FROM {schema}.rep
      WHERE name = session_user::text
    UNION SELECT other.name FROM {schema}.rep AS other JOIN {schema}.rep AS me USING (team)
      WHERE me.name = session_user::text AND team <> ''
        AND (SELECT value FROM {schema}.setting WHERE name = 'reps_see') = '{team}')
  END"""
_OWN_ONLY = """
SELECT coalesce((SELECT value FROM {schema}.setting WHERE name = 'reps_edit_own'), 'false')
  = 'true'"""
_FUNCTIONS = {
    "pipeboard_role() RETURNS text": _ROLE,
    "pipeboard_seen() RETURNS text[]": _SEEN,
    "pipeboard_own_only() RETURNS boolean": _OWN_ONLY,
}
_NUMBER = """
CREATE OR REPLACE FUNCTION {schema}.pipeboard_number() RETURNS trigger LANGUAGE plpgsql
  SECURITY DEFINER SET search_path = {schema}, pg_temp AS $said$
BEGIN
  EXECUTE format('SELECT coalesce(max(seq), 0) + 1 FROM %I.%I', TG_TABLE_SCHEMA, TG_TABLE_NAME)
    INTO NEW.seq;
  RETURN NEW;
END $said$;"""
_MAY_BE_MADE = f"({_MANAGES} OR (role = '' AND acts_for = ''))"
_NO_OWNER_BY_OTHERS = "(role <> 'owner' OR (SELECT pipeboard_role()) = 'owner')"
_POLICIES: tuple[tuple[str, str, str], ...] = (
    ("deal", "SELECT", f"USING ({_SEES} OR given_by = session_user::text)"),
    ("deal", "INSERT", "WITH CHECK (true)"),
    ("deal", "UPDATE", f"USING ({_EDITS}) WITH CHECK (true)"),
    *((table, "SELECT", f"USING ({_HELD})") for table in OF_DEALS),
    *((table, "INSERT", f"WITH CHECK ({_EDITED})") for table in OF_DEALS),
    *((table, "UPDATE", f"USING ({_EDITED})") for table in OF_DEALS),
    *((table, "DELETE", f"USING ({_EDITED})") for table in OF_DEALS),
    ("event", "SELECT", f"USING ({_HELD} OR {_MINE})"),
    ("event", "INSERT", f"WITH CHECK ({_EDITED} AND {_MINE})"),
    ("command", "SELECT", "USING (true)"),
    ("command", "INSERT", f"WITH CHECK (actor IN (session_user::text, {quoted(CALENDAR)}))"),
    (
        "command",
        "UPDATE",
        f"USING (actor IN (session_user::text, {quoted(CALENDAR)}) OR digest IS NULL)",
    ),
    (
        "workspace_event",
        "SELECT",
        f"USING ((SELECT pipeboard_seen()) IS NULL OR topic NOT IN ('review', 'call') OR {_MINE})",
    ),
    (
        "workspace_event",
        "INSERT",
        f"WITH CHECK ({_MINE} AND ({_MANAGES} OR topic IN ('rep', 'filter', 'call')))",
    ),
    ("counter", "SELECT", "USING (true)"),
    ("counter", "UPDATE", "USING (name <> 'schema') WITH CHECK (name <> 'schema')"),
    ("rep", "SELECT", "USING (true)"),
    ("rep", "INSERT", f"WITH CHECK ({_MAY_BE_MADE} AND {_NO_OWNER_BY_OTHERS})"),
    (
        "rep",
        "UPDATE",
        f"USING ({_MANAGES} AND {_NO_OWNER_BY_OTHERS}) WITH CHECK ({_NO_OWNER_BY_OTHERS})",
    ),
    ("rep", "DELETE", f"USING ({_MANAGES} AND {_NO_OWNER_BY_OTHERS})"),
    (
        "saved_filter",
        "ALL",
        f"USING (true) WITH CHECK ({_MANAGES} OR owner IN ('', session_user::text))",
    ),
)
"""A server adds nobody's rights up that are not named here: what a table has a policy for, it has
none but these for."""


def script(schema: str, reps: Sequence[Rep]) -> str:
    """The script for a schema, with a line for each rep that has a role; it may be run again."""
    name = identifier(schema)
    lines = [*_roles(), f"REVOKE ALL ON ALL TABLES IN SCHEMA {name} FROM PUBLIC;", *_grants(name)]
    for signature, body in _FUNCTIONS.items():
        body = body.format(schema=name, team=SEEN.index("team"))
        lines.append(
            f"CREATE OR REPLACE FUNCTION {name}.{signature} LANGUAGE sql STABLE SECURITY DEFINER\n"
            f"  SET search_path = {name}, pg_temp AS $said${body}\n$said$;"
        )
    lines.append(_NUMBER.format(schema=name).strip())
    for table in _NUMBERED:
        lines += [
            f"DROP TRIGGER IF EXISTS pipeboard_number ON {name}.{table};",
            f"CREATE TRIGGER pipeboard_number BEFORE INSERT ON {name}.{table}"
            f" FOR EACH ROW EXECUTE FUNCTION {name}.pipeboard_number();",
        ]
    return "\n".join(("BEGIN;", *lines, *_policies(name), "COMMIT;", *_members(reps), ""))


def schema_in(database: Database) -> str:
    """The schema of a server that a workspace is in."""
    return str(database.column(dialect.HOME)[0])


def shows_all(database: Database) -> bool:
    """Whether a server shows every row to this login; where nobody ran the script, it does."""
    if not database.column("SELECT to_regproc('pipeboard_seen') IS NOT NULL")[0]:
        return True
    return bool(database.column("SELECT pipeboard_seen() IS NULL")[0])


def identifier(name: str) -> str:
    """A name as it stands in a statement."""
    return '"' + name.replace("\0", "").replace('"', '""') + '"'


def _group(role: Role | str) -> str:
    return f"pipeboard_{role}"


def _roles() -> Iterator[str]:
    """A group for each role, which is also in the one before it."""
    for role in Role:
        group = _group(role)
        yield (
            f"DO $$ BEGIN IF to_regrole('{group}') IS NULL THEN CREATE ROLE {group} NOLOGIN;"
            " END IF; END $$;"
        )
    for lesser, greater in zip(tuple(Role), tuple(Role)[1:], strict=False):
        yield f"GRANT {_group(lesser)} TO {_group(greater)};"


def _grants(schema: str) -> Iterator[str]:
    def grant(rights: str, tables: Iterable[str], role: Role) -> str:
        listed = ", ".join(f"{schema}.{table}" for table in tables)
        return f"GRANT {rights} ON {listed} TO {_group(role)};"

    yield f"GRANT USAGE ON SCHEMA {schema} TO {_group(Role.VIEWER)};"
    yield grant("SELECT", TABLES, Role.VIEWER)
    yield grant("INSERT", LOG, Role.REP)  # the log is added to, and no more
    yield grant("UPDATE (digest, undone)", ("command",), Role.REP)
    yield grant("INSERT, UPDATE", ("deal", "stage_total", "import_recipe"), Role.REP)
    yield grant("INSERT, UPDATE, DELETE", (*OF_DEALS, "saved_filter"), Role.REP)
    yield grant("UPDATE (value)", ("counter",), Role.REP)
    yield grant("INSERT", ("rep",), Role.REP)
    yield grant("INSERT, UPDATE, DELETE", (*_AGREED, "rep"), Role.MANAGER)


def _policies(schema: str) -> Iterator[str]:
    for table in dict.fromkeys(table for table, _, _ in _POLICIES):
        yield f"ALTER TABLE {schema}.{table} ENABLE ROW LEVEL SECURITY;"
    for table, what, rule in _POLICIES:
        named = f"pipeboard_{what.lower()}"
        ours = rule.replace("{schema}", schema)
        ours = ours.replace("SELECT pipeboard_", f"SELECT {schema}.pipeboard_")
        yield f"DROP POLICY IF EXISTS {named} ON {schema}.{table};"
        yield f"CREATE POLICY {named} ON {schema}.{table} FOR {what} TO PUBLIC\n  {ours};"


def _members(reps: Sequence[Rep]) -> Iterator[str]:
    """Who is in which group. Logins are made by whoever looks after the server; who has none yet is
    named, and the others get theirs."""
    yield "-- Whoever has no login yet gets one first: CREATE ROLE \"ana\" LOGIN PASSWORD '…';"
    for rep in reps:
        if rep.role in tuple(Role) and rep.active:
            login, text = identifier(rep.name), quoted(identifier(rep.name))
            yield (
                f"DO $grant$ BEGIN IF to_regrole({text}) IS NULL THEN "
                f"RAISE NOTICE 'no login yet: %', {text}; "
                f"ELSE GRANT {_group(rep.role)} TO {login}; END IF; END $grant$;"
            )
