"""How the database goes about what the board asks: never through every deal."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import UTC, datetime
from functools import partial
from random import Random
from typing import Any

import pytest

from pipeboard.domain.board import Lens, Sort
from pipeboard.domain.deal_record import EVERYBODYS
from pipeboard.domain.filter import parse_filter
from pipeboard.domain.lazy_dataclass import replace
from pipeboard.domain.people import Actor
from pipeboard.domain.settings import SEEN, Rep, Settings
from pipeboard.store import Store
from pipeboard.store.database import Database
from pipeboard.store.reading import Reader
from pipeboard.store.reading.listing import SORTS, Listing
from pipeboard.store.sql import Audit
from pipeboard.store.writing import Writer
from tests.store.made_up import TODAY, ZONE, random_deal, store_with

LENS = Lens(1, TODAY, ZONE)
LONG_AGO = datetime(2000, 1, 1, tzinfo=UTC)
_LARGE = re.compile(r"\b(?:from|join) (?:deal|event|command|note|touch|answer)\b", re.IGNORECASE)


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Store]:
    rng = Random(7)
    deals = [random_deal(rng, deal_id) for deal_id in range(1, 200)]
    made = store_with(tmp_path_factory.mktemp("plans") / "deals.db", deals)
    made.write(
        lambda writer: writer.save_settings(
            Settings(zone_name=ZONE.key, reps_see=SEEN.index("own"))
        )
    )
    reps = (Rep("olga", role="owner"), Rep("ana", role="rep"), Rep("bo", role="rep"))
    for rep in reps:
        made.write(partial(Writer.save_rep, rep=rep))
    yield made
    made.close()


@pytest.fixture
def plans(store: Store, monkeypatch: pytest.MonkeyPatch) -> Callable[..., list[str]]:
    """What a reader that has just been opened asks of the deals, step by step."""
    asked: list[tuple[str, Any]] = []
    answer = Database._answer

    def noted(self: Database, sql: str, values: Any, made: Any) -> Any:
        asked.append((sql, values))
        return answer(self, sql, values, made)

    def of(act: Callable[[Reader], object], shown_to: Actor | None = None) -> list[str]:
        reader = store.new_reader(shown_to)
        with monkeypatch.context() as patched:
            patched.setattr(Database, "_answer", noted)
            act(reader)
        database = reader.whole().database
        steps = [
            str(row["detail"]).replace("main.", "")
            for sql, values in asked
            if _LARGE.search(sql)
            for row in database.rows(f"explain query plan {sql}", values)
        ]
        reader.close()
        return steps

    return of


def start(lens: Lens) -> Callable[[Reader], object]:
    return lambda reader: (
        reader.board(lens),
        [reader.window(lens, stage.id, 0, 20) for stage in reader.pipelines()[0].stages],
    )


ORDERED_BY = {
    Sort.MANUAL: "deal_by_rank",
    Sort.VALUE: "deal_by_value",
    Sort.NEXT_STEP: "deal_by_due",
    Sort.AGE: "deal_by_entry",
}


@pytest.mark.parametrize("sort", list(ORDERED_BY))
def test_a_board_is_there_by_steps_into_the_index_of_its_order(
    plans: Callable[..., list[str]], sort: Sort
) -> None:
    steps = plans(start(Lens(1, TODAY, ZONE, sort=sort)))
    assert [step for step in steps if step.startswith("SCAN deal")] == []
    assert any(f"INDEX {ORDERED_BY[sort]} (stage_id=?" in step for step in steps)


@pytest.mark.parametrize(
    "text",
    ["lumen", "value>20k", "owner:ana", "overdue", "-source:web", "created>1jan", "closed:none",
     "age<5", "idle:3"],
)  # fmt: skip
def test_signs_and_filters_are_told_by_one_index_without_the_rows(
    plans: Callable[..., list[str]], text: str
) -> None:
    query = parse_filter(text, today=TODAY, currency="EUR")
    lens = Lens(1, TODAY, ZONE, filter=query)
    steps = plans(lambda reader: (reader.stage_signs(LENS), reader.board(lens)))
    assert "SEARCH deal USING COVERING INDEX deal_at_a_glance (stage_id=?)" in steps
    assert [step for step in steps if step.startswith("SCAN deal") and "INDEX" not in step] == []


def test_texts_that_are_too_long_for_an_index_are_found_by_one(
    plans: Callable[..., list[str]],
) -> None:
    query = parse_filter("lumen", today=TODAY, currency="EUR")
    steps = plans(lambda reader: reader.board(Lens(1, TODAY, ZONE, filter=query)))
    assert "SCAN deal USING INDEX deal_of_many_words" in steps


def listing(sort: str) -> Callable[[Reader], object]:
    return lambda reader: reader.ids(Listing(TODAY, ZONE, pipeline_id=1, sort=sort, limit=20))


def needs_first(reader: Reader) -> object:
    lens = Lens(1, TODAY, ZONE, owner="ana", sort=Sort.NEEDS)
    return start(lens)(reader), reader.place(lens, 5)


SMALL = (
    "SCAN CONSTANT ROW",
    "SCAN stray",
    "SCAN some",
    "SCAN found",
    "SCAN stage",
    "SCAN lately",
    "SCAN setting",
    "SCAN pipeline",
    "SCAN deal USING INDEX deal_of_many_words",
    "SCAN deal USING INDEX deal_put_away",
    "SCAN deal USING INDEX deal_given",
)
"""What is little is gone through whole: configuration, what was found before, what few have."""
UNDONE = ("SCAN command", "SCAN later")
"""Every command once, for the few that were taken back."""
BACKWARDS = ("SCAN event",)
"""The log from its end, as far as a page goes."""
WORDS = (
    "SCAN note",
    "SCAN note USING INDEX note_of_deal",
    "SCAN deal USING COVERING INDEX deal_at_a_glance",
)
"""Words stand anywhere in a text: every one is looked at, once, along an index where it can be."""

QUESTIONS: Mapping[str, tuple[Callable[[Reader], object], Sequence[str]]] = {
    "the board of a rep": (start(replace(LENS, owner="ana")), ()),
    "the place of a deal": (lambda reader: reader.place(LENS, 5), ()),
    "what needs a rep first": (needs_first, UNDONE),
    "a filter": (
        start(replace(LENS, filter=parse_filter("lumen", today=TODAY, currency="EUR"))),
        WORDS,
    ),
    "a deal": (lambda reader: reader.record(5, EVERYBODYS), ()),
    "a deal by name": (lambda reader: reader.named("lumen"), WORDS),
    "find": (lambda reader: reader.find("lumen"), WORDS),
    "lost deals that are due": (lambda reader: reader.due_to_return(TODAY), ()),
    "a page of the log": (lambda reader: reader.history.entries(limit=9), BACKWARDS),
    "the next page of the log": (lambda reader: reader.history.log(limit=9, before=90), ()),
    "the log since an instant": (
        lambda reader: reader.history.entries(since=LONG_AGO, limit=9),
        UNDONE,
    ),
    "what a review speaks of": (
        lambda reader: reader.history.entries(since=LONG_AGO, limit=9, audit=Audit(reviewed=1)),
        UNDONE,
    ),
    "the log of a deal": (lambda reader: reader.history.log(5), ()),
    "what may be undone": (lambda reader: reader.history.undoable(Actor("ana")), ()),
    "what may be redone": (lambda reader: reader.history.redoable(Actor("ana")), ()),
    "what was done since": (lambda reader: reader.history.standing_since(5, 1), ()),
    "the events of a command": (lambda reader: reader.history.events_of("c1"), ()),
    "the pipeline written last": (
        lambda reader: reader.numbers.last_written_pipeline(),
        BACKWARDS,
    ),
    "open deals of every pipeline": (lambda reader: reader.numbers.deal_counts(), ()),
    "usual stays": (lambda reader: reader.numbers.usual_days(1), UNDONE),
    # As of a past instant the merges since are looked for among the commands.
    "histories": (lambda reader: reader.numbers.histories(1, LONG_AGO), ("SCAN command",)),
    **{f"list by {sort}": (listing(sort), ()) for sort in SORTS},
}


@pytest.mark.parametrize("who", [None, "olga", "ana"])
@pytest.mark.parametrize("question", QUESTIONS)
def test_no_question_goes_through_what_grows(
    plans: Callable[..., list[str]], question: str, who: str | None
) -> None:
    """Whoever asks: anybody, a manager, or a rep who sees their own deals alone."""
    ask, besides = QUESTIONS[question]
    steps = plans(ask, who and Actor(who))
    scans = {step for step in steps if step.startswith("SCAN")}
    whole = {step for step in scans if not step.startswith(SMALL)}
    assert whole <= set(besides)


def test_the_log_is_paged_along_its_order(plans: Callable[..., list[str]]) -> None:
    for before in (None, 90):
        steps = plans(lambda reader, before=before: reader.history.entries(limit=9, before=before))
        assert [step for step in steps if "TEMP B-TREE" in step] == []
