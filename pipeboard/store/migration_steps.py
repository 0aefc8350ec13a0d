"""The steps from one schema to the next, each keyed in `STEPS` by the number that it leads from."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from itertools import groupby
from operator import itemgetter
from typing import TYPE_CHECKING

from sqlalchemy import (
    BigInteger,
    Boolean,
    CheckConstraint,
    Column,
    ForeignKey,
    Integer,
    String,
    Text,
    bindparam,
    column,
    false,
    inspect,
    table,
    text,
)

from pipeboard.domain.events import replay
from pipeboard.domain.text import fold
from pipeboard.store.opening import new_id
from pipeboard.store.projecting.facts import LOG, PASSED_ELSEWHERE, entered_at, facts_from_log
from pipeboard.store.rows import event_from_row
from pipeboard.store.sql import (
    RATINGS_BYTES,
    VALUE_BYTES,
    WORDS_BYTES,
    among,
    beginning,
    index_key,
)

if TYPE_CHECKING:
    from alembic.operations import Operations
    from sqlalchemy import Connection


def _create_partial(
    operations: Operations,
    name: str,
    holder: str,
    condition: str,
    columns: Sequence[str],
    *,
    unique: bool = False,
) -> None:
    """An index of the rows that a condition is true of."""
    holds = text(condition)
    operations.create_index(
        name, holder, columns, unique=unique, sqlite_where=holds, postgresql_where=holds
    )


def add_workspace_id(operations: Operations) -> None:
    """Makes the table `workspace` with an id."""
    operations.create_table("workspace", Column("id", String, primary_key=True))
    operations.bulk_insert(table("workspace", column("id", String)), [{"id": new_id()}])


# The log of what a team agrees on.


def add_workspace_events(operations: Operations) -> None:
    """Changes of pipelines, reps, targets, rates, filters and settings get a log of their own."""
    operations.create_table(
        "workspace_event",
        Column(
            "seq",
            BigInteger().with_variant(Integer, "sqlite"),
            primary_key=True,
            autoincrement=True,
        ),
        Column("command_id", String, nullable=False),
        Column("topic", String, nullable=False),
        Column("key", String, nullable=False),
        Column("before", Text),
        Column("after", Text),
    )
    operations.create_index("workspace_event_of_command", "workspace_event", ["command_id"])
    operations.create_index("workspace_event_of_agreement", "workspace_event", ["topic", "key"])


# The step that gives ids of other tools a name space, and imports a memory.


def keep_sources(operations: Operations) -> None:
    """The source beside the id of each deal, unknown for those that are there; unique together."""
    operations.add_column(
        "deal", Column("external_source", String, nullable=False, server_default="")
    )
    operations.drop_index("deal_by_external_id", "deal")
    _create_partial(
        operations,
        "deal_by_external_id",
        "deal",
        "external_id is not null and not removed",
        ("external_id", "external_source", "pipeline_id"),
        unique=True,
    )
    operations.create_table(
        "import_recipe",
        Column("source", String, primary_key=True),
        Column("recipe", Text, nullable=False),
    )


# The step that lets a pipeline be taken back while deals that were taken back still name it.


def mark_pipelines_taken_back(operations: Operations) -> None:
    """A mark on every pipeline; none of those that are there bears it."""
    operations.add_column(
        "pipeline", Column("removed", Boolean, nullable=False, server_default=false())
    )


# The step that gives each thing that numbers ask of an event a column of its own.

_FILLED = (
    "probability_bp = value_minor, value_minor = NULL WHERE kind = 'probability'",
    "owner = detail WHERE kind IN ('created', 'owner')",
    "category = detail WHERE kind = 'category'",
    "loss_category = detail WHERE kind = 'lost'",
    "touch_type = substr(detail, 1, length(detail) - 3), touch_direction = 'in'"
    " WHERE kind = 'touch' AND detail LIKE '% in'",
    "touch_type = substr(detail, 1, length(detail) - 4), touch_direction = 'out'"
    " WHERE kind = 'touch' AND detail LIKE '% out'",
    "has_step = (detail IS NOT NULL) WHERE kind = 'next_step'",
    "overrides = true WHERE kind IN ('moved', 'won', 'reopened') AND detail IS NOT NULL",
)


def split_event_columns(operations: Operations) -> None:
    """Basis points out of `value_minor`, and the meanings of `detail` into columns of their own."""
    operations.add_column("event", Column("probability_bp", Integer))
    for name in ("owner", "category", "loss_category", "touch_type", "touch_direction"):
        operations.add_column("event", Column(name, String))
    operations.add_column("event", Column("has_step", Boolean))
    operations.add_column(
        "event", Column("overrides", Boolean, nullable=False, server_default=text("false"))
    )
    for change in _FILLED:
        operations.execute(f"UPDATE event SET {change}")
    operations.drop_column("event", "detail")


# The step that lets no index hold a text without a bound.


def bound_texts_in_indices(operations: Operations) -> None:
    """The words of a deal go on beside the index where they are many; long values and ratings are
    known by a name there; notes are searched in their own rows."""
    operations.add_column("deal", Column("folded_whole", Text))
    _change_long(operations, "deal", ("id",), "folded", _words)
    _change_long(operations, "deal", ("id",), "ratings", _ratings)
    _change_long(operations, "deal_field", ("deal_id", "name"), "folded", _value)
    many = "folded_whole is not null"
    _create_partial(operations, "deal_of_many_words", "deal", many, ("id",))
    operations.drop_index("note_of_deal", "note")
    _create_partial(operations, "note_of_deal", "note", "not removed", ("deal_id",))


def _words(whole: str) -> dict[str, str]:
    begun = beginning(whole, WORDS_BYTES)
    return {} if begun == whole else {"folded": begun, "folded_whole": whole}


def _ratings(whole: str) -> dict[str, str]:
    key = index_key(whole, RATINGS_BYTES)
    return {} if key == whole else {"ratings": key}


def find_by_reasons(operations: Operations) -> None:
    """What was written about deals is found too: why they came, from where exactly, against whom,
    why they were lost or sleep."""
    connection, last = operations.get_bind(), 0
    names = "contact_reason, source_detail, doc, loss_competitor, loss_reason, snooze_reason"
    asked = text(
        f"SELECT id, coalesce(folded_whole, folded), {names} FROM deal WHERE id > :last"
        " ORDER BY id LIMIT :many"
    )
    put = text("UPDATE deal SET folded = :folded, folded_whole = :folded_whole WHERE id = :id")
    while rows := connection.execute(asked, {"last": last, "many": _DEALS_AT_ONCE}).all():
        last, changed = rows[-1][0], []
        for deal_id, known, reason, detail, doc, *others in rows:
            rivals = json.loads(doc).get("competitors", ())
            lines = (fold(line or "") for line in (reason, detail, *rivals, *others))
            if told := [line for line in lines if line]:
                whole = "\n".join((known, *told))
                long = {"folded": whole, "folded_whole": None} | _words(whole)
                changed.append({"id": deal_id, **long})
        if changed:
            connection.execute(put, changed)


def _value(whole: str) -> dict[str, str]:
    key = index_key(whole, VALUE_BYTES)
    return {} if key == whole else {"folded": key}


def _change_long(
    operations: Operations,
    table: str,
    key: tuple[str, ...],
    column: str,
    changes: Callable[[str], dict[str, str]],
) -> None:
    """Rows whose text is too long are written as they are written from now on."""
    connection = operations.get_bind()
    where = " AND ".join(f"{name} = :key_{name}" for name in key)
    # A character takes four bytes at most: nothing shorter is over a bound.
    long = f"length({column}) > {RATINGS_BYTES // 4}"
    rows = connection.execute(
        text(f"SELECT {', '.join(key)}, {column} FROM {table} WHERE {long}")
    ).all()
    for *keys, whole in rows:
        if values := changes(whole):
            setting = ", ".join(f"{name} = :{name}" for name in values)
            marks = {f"key_{name}": value for name, value in zip(key, keys, strict=True)}
            connection.execute(
                text(f"UPDATE {table} SET {setting} WHERE {where}"), {**values, **marks}
            )


# The step after which lost deals whose day has come are found without looking at the others.


def find_returning_deals(operations: Operations) -> None:
    for name, on in (("deal_to_return", "recycle_on"), ("deal_returned", "recycled_from")):
        _create_partial(operations, name, "deal", f"{on} is not null", (on,))


# The step that seals the log.


def seal_the_log(operations: Operations) -> None:
    """A digest for every command; those that are there get theirs when the step is stored."""
    operations.add_column("command", Column("digest", String))
    unsealed = "digest is null"
    _create_partial(operations, "command_without_seal", "command", unsealed, ("seq",))


# The step that gives people roles.


def give_roles(operations: Operations) -> None:
    """A role and whom they act for, for every rep; empty, so that everybody may everything."""
    for name in ("role", "acts_for"):
        operations.add_column("rep", Column(name, String, nullable=False, server_default=""))


# The step that keeps what numbers ask of the events of a deal in one row.

_DEALS_AT_ONCE = 1_000


def keep_facts(operations: Operations) -> None:
    """A row for every deal, as its log makes it."""
    operations.create_table(
        "deal_facts",
        Column("deal_id", Integer, ForeignKey("deal.id"), primary_key=True),
        Column("pipeline_id", Integer, nullable=False),
        Column("holds_from", BigInteger, nullable=False),
        Column("facts", Text, nullable=False),
    )
    connection = operations.get_bind()
    ids = list(connection.execute(text("SELECT id FROM deal ORDER BY id")).scalars())
    _make_facts(connection, ids)


def _make_facts(connection: Connection, ids: Sequence[int]) -> None:
    kept = table("deal_facts", *map(column, ("deal_id", "pipeline_id", "holds_from", "facts")))
    for start in range(0, len(ids), _DEALS_AT_ONCE):
        some = among("event.deal_id", ids[start : start + _DEALS_AT_ONCE]).text
        rows = connection.execute(text(LOG.format(deals=some))).mappings()
        if made := list(facts_from_log(dict(row) for row in rows)):
            connection.execute(kept.insert(), made)


def tell_first_entries(operations: Operations) -> None:
    """The facts of deals that came to their first stage after they were created."""
    connection = operations.get_bind()
    created = text("SELECT deal_id, at, data FROM event WHERE kind = 'created' AND NOT undoes")
    rows = connection.execute(created)
    ids = sorted({row.deal_id for row in rows if entered_at(row.at, row.data) is not None})
    _make_facts_anew(connection, ids)


def _make_facts_anew(connection: Connection, ids: Sequence[int]) -> None:
    for start in range(0, len(ids), _DEALS_AT_ONCE):
        some = among("deal_id", ids[start : start + _DEALS_AT_ONCE]).text
        connection.execute(text(f"DELETE FROM deal_facts WHERE {some}"))
    _make_facts(connection, ids)


def tell_gates_passed_elsewhere(operations: Operations) -> None:
    """The facts of deals that an import brought past a gate. From here on the log also tells of
    corrections, which an older program could not read."""
    connection = operations.get_bind()
    told = text("SELECT DISTINCT deal_id FROM event WHERE data LIKE :reason")
    ids = sorted(connection.execute(told, {"reason": f"%{PASSED_ELSEWHERE}%"}).scalars())
    _make_facts_anew(connection, ids)


def _make_index_anew(operations: Operations, holder: str, name: str) -> None:
    """An index over other columns than before, as it is defined by now."""
    from sqlmodel import SQLModel

    (index,) = (one for one in SQLModel.metadata.tables[holder].indexes if one.name == name)
    operations.drop_index(name, holder, if_exists=True)
    index.create(operations.get_bind())


def tell_precision(operations: Operations) -> None:
    """How exactly it is known when deals began and came to where they stand, as their log says."""
    add_new_columns(operations)
    _make_index_anew(operations, "deal", "deal_at_a_glance")
    connection = operations.get_bind()
    told = text("SELECT DISTINCT deal_id FROM event WHERE data LIKE :vague")
    ids = sorted(connection.execute(told, {"vague": '%"precision":"%'}).scalars())
    kept = table("deal", *map(column, ("id", "created_precision", "entry_precision")))
    put = kept.update().where(kept.c.id == bindparam("deal"))
    for start in range(0, len(ids), _DEALS_AT_ONCE):
        some = among("deal_id", ids[start : start + _DEALS_AT_ONCE]).text
        log = text(f"SELECT * FROM event WHERE {some} ORDER BY deal_id, version")
        rows = connection.execute(log).mappings()
        made = [
            replay(map(event_from_row, map(dict, events)), deal_id)
            for deal_id, events in groupby(rows, itemgetter("deal_id"))
        ]
        connection.execute(
            put,
            [
                {
                    "deal": deal.id,
                    "created_precision": deal.created_precision,
                    "entry_precision": deal.entry_precision,
                }
                for deal in made
            ],
        )


# What a day's work asks: recurring steps, handovers, asks, objections.


def keep_the_day(operations: Operations) -> None:
    """Columns that are empty for what is there, and touches that go in no direction."""
    operations.add_column("deal", Column("given_by", String, nullable=False, server_default=""))
    operations.add_column("deal", Column("next_every", String))
    operations.add_column("deal", Column("loss_objection", String))
    for name, of, condition in (
        ("deal_given", "given_by", "live and given_by <> ''"),
        ("deal_by_offer", "offer_expires_on", "live and offer_expires_on is not null"),
    ):
        _create_partial(operations, name, "deal", condition, (of,))
    operations.create_table(
        "deal_ask",
        Column("deal_id", Integer, ForeignKey("deal.id"), primary_key=True),
        Column("rep", String, primary_key=True),
        Column("due", String),
    )
    operations.create_index("ix_deal_ask_rep", "deal_ask", ["rep"])
    directions = CheckConstraint("direction in ('in', 'out', '')")
    with operations.batch_alter_table(
        "touch", recreate="always", table_args=(directions,)
    ) as touch:
        touch.add_column(Column("objection", String, nullable=False, server_default=""))
        touch.add_column(Column("variant", String, nullable=False, server_default=""))


def add_new_columns(operations: Operations) -> None:
    """Tables get the columns that they have by now and that no step has made."""
    from sqlmodel import SQLModel

    from pipeboard.store.tables import ALL

    known = inspect(operations.get_bind())
    for made in (SQLModel.metadata.tables[str(one.__tablename__)] for one in ALL):
        if known.has_table(made.name):
            there = {one["name"] for one in known.get_columns(made.name)}
            for new in made.columns:
                if new.name not in there:
                    operations.add_column(made.name, new._copy())


Step = Callable[["Operations"], None]

STEPS: Mapping[int, Step] = {
    1: add_workspace_id,
    2: add_workspace_events,
    3: keep_sources,
    4: mark_pipelines_taken_back,
    5: split_event_columns,
    6: bound_texts_in_indices,
    7: keep_the_day,
    8: find_returning_deals,
    9: seal_the_log,
    10: give_roles,
    11: keep_facts,
    12: tell_first_entries,
    13: tell_precision,
    14: tell_gates_passed_elsewhere,
    15: find_by_reasons,
}
FIND_NEW_COLUMNS = 15
"""Steps from this number on find the columns that tables have by now; those before make theirs."""
