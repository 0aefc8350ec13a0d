"""Contents that nobody of ours has written: named in a sentence, and no deal is lost in silence."""

from __future__ import annotations

import os
import shutil
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing, suppress
from datetime import date
from pathlib import Path

import pytest
from sqlmodel import SQLModel

from pipeboard.domain import commands as c
from pipeboard.domain.board import Lens, Sort
from pipeboard.domain.deal import Contact, Loss
from pipeboard.domain.deal_record import EVERYBODYS
from pipeboard.domain.errors import DatabaseError, PipeboardError
from pipeboard.domain.filter import parse_filter
from pipeboard.domain.filter_nodes import Filter
from pipeboard.domain.people import Actor
from pipeboard.domain.settings import Rep
from pipeboard.store import Store
from pipeboard.store.checking import check_copy
from pipeboard.store.locating import locate_file
from pipeboard.store.reading import Reader
from pipeboard.store.reading.listing import Listing
from pipeboard.store.tables import ALL
from pipeboard.store.writing import Writer
from tests.store.made_up import ZONE
from tests.team import LEAD, NOW, QUALIFICATION, SETTINGS, TODAY, Team, add, qualify, sales

THOROUGH = bool(os.environ.get("PIPEBOARD_THOROUGH"))
ODD = (
    "'odd'",
    "CAST(x'ff41' AS TEXT)",
    "x'00ff'",
    "4611686018427387904",
    "-1",
    "'{'",
    "'[1]'",
    "2.5",
    "''",
)
USUAL = ODD[:3]


@pytest.fixture(scope="module")
def sound(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A database with something in every table."""
    team = Team.make(tmp_path_factory.mktemp("sound") / "team.db", anew=True)
    ana = team.rep("ana")
    first, second, third = (add(ana, f"Company {n}: pilot {n}k +fair @ana") for n in (1, 2, 3))
    qualify(ana, first.id)
    ana.move([first.id], QUALIFICATION)
    ana.add_note([first.id], "They called.")
    ana.set_fields([first.id], ["fields.region=north"])
    ana.set_contact(first.id, Contact("Mika Laine", "decision_maker"))
    ana.log_touch([first.id], "call")
    ana.win([second.id], override="signed")
    ana.lose([third.id], Loss("price", "", "", date(2026, 12, 1)))
    ana.undo()
    ana.redo()
    ana.save_filter("mine", 'stage:"Lead Generation"')
    team.clock.wait(days=1)
    ana.set_fields([first.id], ["fields.region=south"])
    ana.save_rep(Rep("ana", "Ana", "north", True))
    ana.save_rep(Rep("bo", "Bo", "north", True))
    ana.execute(c.AskRep("bo", "call them", date(2026, 12, 3)), [first.id])
    ana.set_target(sales(ana), "2026Q4", "100")
    ana.set_rate("USD", "0.9")
    team.close()
    return team.path


@pytest.fixture
def path(sound: Path, tmp_path: Path) -> Path:
    return Path(shutil.copy(sound, tmp_path / "team.db"))


def spoil(path: Path, *statements: str) -> None:
    with closing(sqlite3.connect(path)) as other:
        other.execute("PRAGMA ignore_check_constraints=ON")
        for statement in statements:
            other.execute(statement)
        other.commit()


def _filter(words: str) -> Filter:
    return parse_filter(words, today=TODAY, currency="EUR")


def questions(reader: Reader) -> Iterator[Callable[[], object]]:
    """Everything that the program asks of a database."""
    yield reader.settings
    yield reader.reps
    yield reader.numbers.rates
    yield lambda: reader.saved_filters("ana")
    yield lambda: reader.due_to_return(TODAY)
    yield reader.history.entries
    yield reader.history.log
    yield reader.history.commands
    yield lambda: list(reader.each(today=TODAY))
    yield lambda: list(reader.each(_filter("score>0 | status:archived"), today=TODAY, zone=ZONE))
    yield lambda: reader.ids_at(Listing(TODAY, ZONE), NOW)
    yield lambda: reader.named("company")
    yield lambda: reader.find("company 1")
    for deal_id in (1, 2, 3):
        yield lambda deal_id=deal_id: reader.deal(deal_id)  # type: ignore[misc]
        yield lambda deal_id=deal_id: reader.record(deal_id, EVERYBODYS)  # type: ignore[misc]
        yield lambda deal_id=deal_id: reader.history.notes(deal_id)  # type: ignore[misc]
        yield lambda deal_id=deal_id: reader.history.touches(deal_id)  # type: ignore[misc]
    yield reader.pipelines
    try:
        pipelines = reader.pipelines()
    except PipeboardError:
        return
    for pipeline in pipelines:
        looks = [Lens(pipeline.id, TODAY, ZONE, sort=sort) for sort in Sort]
        looks += [
            Lens(pipeline.id, TODAY, ZONE, filter=_filter(words))
            for words in ("company", "score>0")
        ]
        for lens in looks:
            yield lambda lens=lens: reader.board(lens)  # type: ignore[misc]
            yield lambda lens=lens: reader.stage_signs(lens)  # type: ignore[misc]
            yield lambda lens=lens: reader.place(lens, 1)  # type: ignore[misc]
            for stage in pipeline.stages:
                yield lambda lens=lens, stage=stage: reader.window(lens, stage.id, 0, 50)  # type: ignore[misc]
        yield lambda pipeline=pipeline: reader.numbers.histories(pipeline.id, NOW)  # type: ignore[misc]
        yield lambda pipeline=pipeline: reader.numbers.rules(pipeline)  # type: ignore[misc]
        yield lambda pipeline=pipeline: reader.numbers.rules(pipeline, NOW)  # type: ignore[misc]
        yield lambda pipeline=pipeline: reader.numbers.evidence(pipeline, NOW, (1, 2, 3))  # type: ignore[misc]
        yield lambda pipeline=pipeline: reader.numbers.usual_days(pipeline.id)  # type: ignore[misc]
        for name in ("source", "account", "field.region", "channel"):
            yield lambda pipeline=pipeline, name=name: reader.numbers.attribute(pipeline.id, name)  # type: ignore[misc]
            yield lambda pipeline=pipeline, name=name: reader.numbers.attribute(  # type: ignore[misc]
                pipeline.id, name, NOW
            )


def writers_questions(writer: Writer) -> Iterator[Callable[[], object]]:
    """Everything that a use case asks within its transaction."""
    yield lambda: writer.reader.deals((1, 2, 3))
    reader = writer.reader
    yield lambda: reader.due_to_return(TODAY)
    yield lambda: reader.history.undoable(Actor("ana"))
    yield lambda: reader.history.redoable(Actor("ana"))
    yield lambda: reader.history.standing_since(1, 0)
    yield lambda: [reader.history.events_of(did) for did in _commands(reader)]
    yield lambda: writer.numbers("deal", 1)
    yield lambda: writer.save_settings(SETTINGS)


def _commands(reader: Reader) -> list[str]:
    last = reader.history.undoable(Actor("ana"))
    return [last.id] if last else []


COLUMNS = [
    (table.name, column.name)
    for table in SQLModel.metadata.sorted_tables
    for column in table.columns
    if table.name in {row.__tablename__ for row in ALL}
]


@pytest.mark.parametrize("table", sorted({table for table, _ in COLUMNS}))
def test_whatever_stands_in_a_column_it_is_read_or_told_in_a_sentence(
    table: str, sound: Path, tmp_path: Path
) -> None:
    for column in [name for where, name in COLUMNS if where == table]:
        for odd in ODD if THOROUGH else USUAL:
            path = Path(shutil.copy(sound, tmp_path / "team.db"))
            with suppress(sqlite3.IntegrityError):  # a key that takes whole numbers alone
                spoil(path, f'UPDATE OR IGNORE "{table}" SET "{column}" = {odd}')
            for read in asked(path):
                try:
                    read()
                except PipeboardError as error:
                    assert "\n" not in error.message
                except Exception as error:
                    raise AssertionError(f"{table}.{column} = {odd}: {error!r}") from error


def asked(path: Path) -> Iterator[Callable[[], object]]:
    try:
        store = Store.open(str(path))
    except DatabaseError:
        return
    with closing(store):
        yield from questions(store.reader)
        yield lambda: store.write(lambda writer: [ask() for ask in writers_questions(writer)])


DEAL_FAULTS = {
    "outcome": "'odd'",
    "created_at": "'odd'",
    "expected_close": "'odd'",
    "next_due": "'2026-13-45'",
    "value_currency": "'€€€€'",
    "value_minor": "'odd'",
    "doc": "'{'",
    "title": "x'00ff'",
    "owner": "CAST(x'ff41' AS TEXT)",
    "rank": "'odd'",
}


@pytest.mark.parametrize("column", DEAL_FAULTS)
def test_a_deal_that_cannot_be_read_is_named_with_the_way_on(column: str, path: Path) -> None:
    spoil(path, f"UPDATE deal SET has_step = 1, {column} = {DEAL_FAULTS[column]} WHERE id = 1")
    with closing(Store.open(str(path))) as store:
        reads: tuple[Callable[[], object], ...] = (
            lambda: store.reader.deal(1),
            lambda: store.reader.deals((3, 2, 1)),
            lambda: list(store.reader.each(today=TODAY)),
            lambda: store.write(lambda writer: writer.reader.deals((1, 2))),
        )
        for read in reads:
            with pytest.raises(DatabaseError, match="damaged: the deal D-1 cannot be read") as told:
                read()
            assert told.value.details["deal"] == "D-1"
            assert "backup" in told.value.hint
        assert set(store.reader.deals((2, 3))) == {2, 3}


@pytest.mark.parametrize("stage", [0, 99, -7])
def test_a_deal_in_a_stage_that_there_is_not_is_missed(stage: int, path: Path) -> None:
    spoil(path, f"UPDATE deal SET stage_id = {stage} WHERE id = 1")
    with closing(Store.open(str(path))) as store:
        reads: tuple[Callable[[], object], ...] = (
            lambda: store.reader.board(Lens(1, TODAY, ZONE)),
            lambda: store.reader.ids(Listing(TODAY, ZONE)),
            lambda: list(store.reader.each(today=TODAY)),
            lambda: store.reader.deal(1),
            lambda: store.write(lambda writer: writer.reader.deals((1,))),
        )
        for read in reads:
            with pytest.raises(DatabaseError, match="D-1") as told:
                read()
            assert told.value.details["reason"] == "damaged"
    spoil(path, f"UPDATE deal SET stage_id = {LEAD} WHERE id = 1")
    with closing(Store.open(str(path))) as store:
        assert 1 in store.reader.ids(Listing(TODAY, ZONE))


def test_an_archived_deal_in_a_stage_that_there_is_not_is_missed(path: Path) -> None:
    spoil(path, "UPDATE deal SET stage_id = 99, live = 0 WHERE id = 1")
    with (
        closing(Store.open(str(path))) as store,
        pytest.raises(DatabaseError, match="D-1 stands in a stage that no pipeline has"),
    ):
        store.reader.ids(Listing(TODAY, ZONE))


def test_the_sound_database_answers_every_question(path: Path) -> None:
    for read in asked(path):
        read()


# What the doctor compares with the log: every column of every row that follows from it.

WHEN_WRITTEN = {"deal.updated_at", "answer.replaced_at", "note.edited_at"}
"""Columns that say when a row was written rather than what is so."""
FOLLOWS = sorted({where for where, name in COLUMNS if name == "deal_id"} - {"event"} | {"deal"})


def kinds_of_flaws(path: Path) -> set[str]:
    return {flaw.kind for flaw in check_copy(locate_file(str(path)))}


def values_in(path: Path, table: str) -> tuple[dict[str, object], ...]:
    with closing(sqlite3.connect(path)) as other:
        other.row_factory = sqlite3.Row
        return tuple(map(dict, other.execute(f'SELECT * FROM "{table}"')))


@pytest.mark.parametrize("table", FOLLOWS)
def test_a_column_that_is_not_what_the_log_says_is_found(
    table: str, sound: Path, tmp_path: Path
) -> None:
    row = values_in(sound, table)[0]
    for column, value in row.items():
        path = Path(shutil.copy(sound, tmp_path / "team.db"))
        other = value + 1 if isinstance(value, int) else f"{value or ''}7"
        spoil(path, f"UPDATE OR IGNORE {table} SET \"{column}\" = '{other}' WHERE rowid = 1")
        if values_in(path, table) == values_in(sound, table):
            continue
        expected = f"{table}.{column}" not in WHEN_WRITTEN
        assert bool(kinds_of_flaws(path) & {"replay", "keys"}) is expected, (table, column)


@pytest.mark.parametrize("table", FOLLOWS)
def test_a_row_that_is_gone_or_there_twice_is_found(
    table: str, sound: Path, tmp_path: Path
) -> None:
    path = Path(shutil.copy(sound, tmp_path / "team.db"))
    spoil(path, f"DELETE FROM {table} WHERE rowid = 1")
    assert kinds_of_flaws(path) & {"replay", "keys"}, table


@pytest.mark.parametrize(
    ("commands", "said"), [(1, "1 event is of no command"), (2, "2 events are of no command")]
)
def test_events_of_no_command_are_counted(commands: int, said: str, path: Path) -> None:
    assert [flaw.kind for flaw in check_copy(locate_file(str(path)))] == []
    with closing(sqlite3.connect(path)) as connection, connection:
        connection.execute("DELETE FROM command WHERE seq <= ?", (commands,))
    told = {flaw.kind: flaw.text for flaw in check_copy(locate_file(str(path)))}
    assert told["log"] == said


@pytest.mark.parametrize(
    ("statement", "named"),
    [
        ("DELETE FROM deal_tag WHERE deal_id = 2", "D-2"),
        ("UPDATE deal_tag SET tag = 'x' WHERE deal_id IN (2, 3)", "D-2, D-3"),
        ("UPDATE deal SET title = 'x' WHERE id = 3", "D-3"),
        ("INSERT INTO deal_tag (deal_id, tag) VALUES (1, 'x')", "D-1"),
    ],
)
def test_the_deals_whose_rows_are_not_what_the_history_says_are_named(
    statement: str, named: str, path: Path
) -> None:
    spoil(path, statement)
    (told,) = (flaw.text for flaw in check_copy(locate_file(str(path))) if flaw.kind == "replay")
    assert told == f"{named}: the rows are not what the history says"
