"""The definitions of the tables, beside what is written to them and asked of them."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Table
from sqlalchemy.dialects import postgresql
from sqlalchemy.schema import CreateIndex, CreateTable

import pipeboard.store
from pipeboard.domain.deal import Contact, Loss
from pipeboard.domain.events import DEAL_FIELDS
from pipeboard.domain.settings import Rep
from pipeboard.store import Store
from pipeboard.store.database import Database
from pipeboard.store.opening import SCHEMA, TABLES
from pipeboard.store.rows import IN_DOC
from pipeboard.store.tables import ALL
from tests.team import SETTINGS, Team, add, sales

DEFINED: Mapping[str, Table] = {
    str(one.__tablename__): one.__table__  # type: ignore[attr-defined]
    for one in ALL
}
NUMBERED = {("command", "seq"), ("event", "seq"), ("workspace_event", "seq"), ("target", "id")}
"""What the database numbers by itself."""


def test_the_list_of_tables_is_that_of_the_definitions() -> None:
    assert list(DEFINED) == list(TABLES)


def test_a_new_database_has_the_columns_and_keys_of_the_definitions(tmp_path: Path) -> None:
    with closing(Store.create(str(tmp_path / "a.db"), SETTINGS)) as store:
        whole = store.reader.whole()
        for name, table in DEFINED.items():
            assert whole.columns(name) == tuple(column.name for column in table.columns)
            assert whole.database.key(name) == tuple(key.name for key in table.primary_key)


OF_SCHEMA = (17, "1d91bd743e84ef47")
"""The present number of the schema, and a digest of the columns and indices that it stands for."""


def test_other_columns_come_with_another_number_of_the_schema() -> None:
    """By it older databases get them; one that says this number already gets nothing more."""
    shape = [
        *(
            f"{name}.{column.name} {column.type} {column.nullable}"
            for name, table in DEFINED.items()
            for column in table.columns
        ),
        *(
            f"{index.name} {[column.name for column in index.columns]}"
            for table in DEFINED.values()
            for index in table.indexes
        ),
    ]
    digest = sha256("\n".join(sorted(shape)).encode()).hexdigest()[:16]
    assert (SCHEMA, digest) == OF_SCHEMA, "raise SCHEMA by one, then put what is found here"


@pytest.fixture(scope="module")
def written(tmp_path_factory: pytest.TempPathFactory) -> Mapping[str, set[frozenset[str]]]:
    """The columns that each table is given by everything that a team does."""
    seen: dict[str, set[frozenset[str]]] = {}
    insert = Database.insert

    def noted(
        self: Database, table: str, rows: Sequence[Mapping[str, Any]], *, otherwise: str = ""
    ) -> None:
        seen.setdefault(table, set()).update(frozenset(row) for row in rows)
        insert(self, table, rows, otherwise=otherwise)

    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(Database, "insert", noted)
        _do_everything(Team.make(tmp_path_factory.mktemp("tables") / "team.db", anew=True))
    return seen


def _do_everything(team: Team) -> None:
    ana = team.rep("ana")
    first, second = (add(ana, f"Company {n}: pilot {n}k #fair @ana +hot") for n in (1, 2))
    ana.answer([first.id], "authority", "Mika decides.", 3)
    ana.add_note([first.id], "They called. @bo calls back?")
    ana.set_fields([first.id], ["fields.region=north"])
    ana.set_contact(first.id, Contact("Mika Laine", "decision_maker"))
    ana.log_touch([first.id], "call")
    ana.lose([second.id], Loss("price"))
    ana.save_filter("mine", 'stage:"Lead Generation"')
    ana.save_rep(Rep("ana", "Ana", "north", True))
    ana.set_target(sales(ana), "2026Q4", "100")
    ana.set_rate("USD", "0.9")
    ana.store.write(lambda writer: writer.save_recipe("crm", "{}"))
    team.close()


def test_a_field_of_a_deal_stands_in_columns_or_in_its_document_and_in_one_of_them() -> None:
    """A value kept twice is read from one of the places, and written to one by a statement."""
    begins = {"value": "value_minor", "floor_value": "floor_minor", "loss": "loss_category"}
    begins["next_step"] = "next_text"
    columns = {column.name for column in DEFINED["deal"].columns}
    stands = {name for name in DEAL_FIELDS if begins.get(name, name) in columns}
    assert set(IN_DOC) == set(DEAL_FIELDS) - stands


BY_A_STATEMENT = {"stage_total"}
"""Filled by a statement of its own, which adds to what is there."""


@pytest.mark.parametrize("table", sorted(set(TABLES) - BY_A_STATEMENT))
def test_what_is_written_names_every_column_of_its_table(
    table: str, written: Mapping[str, set[frozenset[str]]]
) -> None:
    columns = {
        column.name for column in DEFINED[table].columns if (table, column.name) not in NUMBERED
    }
    assert written[table] == {frozenset(columns)}


_STORE = Path(pipeboard.store.__file__).parent
_NAMED = re.compile(r"\b(?:from|join|into|update) (?:main\.)?([a-z_]+)\b(?!\.)", re.IGNORECASE)
_VERBS = re.compile(r"^(select|insert into|update|delete from) ", re.IGNORECASE)
PUT_IN = "{}"
_OTHERS = {"found", "sqlite_schema", "sqlite_master", "pragma_table_info", "json_each", "set"}
_OTHERS |= {"pg_index", "pg_indexes", "pg_tables", "pg_attribute", "pg_class", "unnest"}


def _statements() -> Iterator[tuple[str, str]]:
    """Every text of the store that is SQL, without what is put into it."""
    for path in sorted(_STORE.rglob("*.py")):
        tree = ast.parse(path.read_text("utf-8"))
        pieces = {
            id(part)
            for node in ast.walk(tree)
            if isinstance(node, ast.JoinedStr)
            for part in node.values
        }
        for node in ast.walk(tree):
            if id(node) in pieces:
                continue
            match node:
                case ast.Constant(str(text)):
                    pass
                case ast.JoinedStr(parts):
                    text = "".join(
                        str(part.value) if isinstance(part, ast.Constant) else PUT_IN
                        for part in parts
                    )
                case _:
                    continue
            if _VERBS.match(text) and not text.startswith("Update "):
                yield f"{path.name}:{node.lineno}", text


def test_every_statement_asks_tables_that_are_defined() -> None:
    unknown = [
        f"{place}: {table}"
        for place, text in _statements()
        for table in _NAMED.findall(text)
        if table.lower() not in {*DEFINED, *_OTHERS, "staged"}
    ]
    assert unknown == []


def test_every_whole_statement_is_one_that_the_definitions_can_answer(tmp_path: Path) -> None:
    """Those with nothing put into them, as the database itself understands their columns."""
    whole = [one for one in _statements() if not re.search(r"\{|staged|FOR UPDATE", one[1])]
    whole = [one for one in whole if not one[0].startswith(("postgres.py", "grants.py"))]
    assert len(whole) > 20
    with closing(Store.create(str(tmp_path / "a.db"), SETTINGS)) as store:
        database = store.reader.whole().database
        for place, text in whole:
            names = dict.fromkeys(re.findall(r":([a-z_]+)", text), 0)
            marks = [0] * text.count("?")
            assert database.rows(f"EXPLAIN {text}", names or marks), place


ONLY_SQLITE = re.compile(
    r"\bpragma|\bsqlite_(schema|master)|\bjson_each|\browid\b|\battach |\bbegin immediate",
    re.IGNORECASE,
)


def test_what_only_sqlite_understands_stands_in_one_place() -> None:
    """Besides its connections and the staging of imports, which are made for it."""
    elsewhere = {
        path.name
        for path in sorted(_STORE.rglob("*.py"))
        for node in ast.walk(ast.parse(path.read_text("utf-8")))
        if isinstance(node, ast.Constant) and isinstance(node.value, str)
        if "\n" not in node.value and ONLY_SQLITE.search(node.value)
    }
    assert elsewhere == {"dialect.py", "connecting.py", "staging.py", "carrying.py"}


@pytest.mark.parametrize("table", TABLES)
def test_postgresql_takes_every_definition(table: str) -> None:
    dialect = postgresql.dialect()  # type: ignore[no-untyped-call]
    assert str(CreateTable(DEFINED[table]).compile(dialect=dialect))
    for index in DEFINED[table].indexes:
        assert str(CreateIndex(index).compile(dialect=dialect))
