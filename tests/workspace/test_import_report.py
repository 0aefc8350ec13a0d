"""The report of an import in sentences: each count by its number, one thing and several."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from pipeboard.domain.errors import BadInput
from pipeboard.domain.money import Money, format_money
from pipeboard.domain.templates import from_stage_names
from pipeboard.exchange.read_options import REMARKS
from pipeboard.exchange.rows import DealRow, Rejected
from pipeboard.workspace.import_report import (
    MOST_LINES,
    Differing,
    ImportReport,
    RejectedFile,
    RowsRejected,
    conflicts_told,
    counts_told,
    meaning_told,
    rejects_told,
    remarks_told,
)

PIPELINE = from_stage_names(("Talk", "Offer"), pipeline_name="Sales", currency="EUR")


def report(**more: Any) -> ImportReport:
    return ImportReport(**more)


def counted(*rows: dict[str, Any]) -> ImportReport:
    made = ImportReport()
    for line, said in enumerate(rows, 2):
        row = DealRow(line, {}, "x", **said)
        made.count_deal(row, row.stage or "Talk")
    return made


@pytest.mark.parametrize(
    ("said", "stages", "sums"),
    [
        ({}, {"Talk": 1}, {}),
        ({"stage": "Offer"}, {"Offer": 1}, {}),
        ({"stage": "Offer", "outcome": "won"}, {"won": 1}, {}),
        ({"archived": True}, {"archived": 1}, {}),
        ({"archived": True, "outcome": "lost"}, {"lost": 1}, {}),
        ({"value": Money(500, "EUR")}, {"Talk": 1}, {("open", "EUR"): 500}),
        (
            {"value": Money(500, "EUR"), "archived": True},
            {"archived": 1},
            {("archived", "EUR"): 500},
        ),
        ({"value": Money(0, "USD"), "outcome": "won"}, {"won": 1}, {("won", "USD"): 0}),
    ],
)
def test_a_row_is_counted_where_it_stands_with_what_it_is_worth(
    said: dict[str, Any], stages: dict[str, int], sums: dict[tuple[str, str], int]
) -> None:
    made = counted(said)
    assert (dict(made.stages), dict(made.sums)) == (stages, sums)
    twice = counted(said, said)
    assert dict(twice.stages) == dict.fromkeys(stages, 2)
    assert dict(twice.sums) == {about: 2 * minor for about, minor in sums.items()}


@pytest.mark.parametrize(
    ("said", "unplaced"),
    [
        ({"lost_reason": "Weather"}, {"Weather": 1}),
        ({"lost_category": "Weather"}, {"Weather": 1}),
        ({"lost_category": "Weather", "lost_reason": "It rained"}, {"It rained": 1}),
        ({"lost_reason": "price"}, {}),
        ({"lost_category": "price", "lost_reason": "Weather"}, {}),
        ({"lost_category": "Other", "lost_reason": "Weather"}, {}),
        ({"lost_reason": "OTHER"}, {}),
        ({}, {}),
    ],
)
def test_a_reason_of_a_loss_that_is_none_of_ours_is_counted(
    said: dict[str, Any], unplaced: dict[str, int]
) -> None:
    assert dict(counted({"outcome": "lost"} | said).unplaced) == unplaced
    assert not counted({"outcome": "won"} | said).unplaced


def test_of_what_is_odd_the_first_lines_are_named_and_all_are_counted() -> None:
    made = ImportReport()
    for line in range(MOST_LINES + 5):
        made.count_deal(DealRow(line, {}, "x", remarks=("no_stage",)), "Talk")
    assert len(made.remarks["no_stage"]) == MOST_LINES
    assert made.remark_counts["no_stage"] == MOST_LINES + 5


def test_what_is_decided_anew_is_told_no_more() -> None:
    made = ImportReport()
    made.differ(Differing(line, "D-1", "value", "1", "2", "ours") for line in (2, 3, 2))
    for line, name in ((2, "stage"), (3, "stage"), (2, "terms")):
        made.leave(Differing(line, "D-1", name, "a", "b", "ours"))
    made.forget(2)
    assert ([one.line for one in made.conflicts], made.conflict_count) == ([3], 1)
    assert ([one.line for one in made.left], dict(made.not_followed)) == ([3], {"stage": 1})
    made.forget(9)
    assert made.conflict_count == 1


@pytest.mark.parametrize(
    ("more", "said"),
    [
        (
            {"read": 1_234, "created": 1, "updated": 2, "unchanged": 3},
            "1,234 rows read, 1 created, 2 updated, 3 unchanged, 0 rejected.",
        ),
        (
            {"read": 2, "skipped": 2, "rejected": [Rejected(2, "", "", "no")]},
            "2 rows read, 0 created, 0 updated, 0 unchanged, 1 rejected, 2 known and left alone.",
        ),
    ],
)
def test_rows_are_counted_by_what_they_came_to(more: dict[str, Any], said: str) -> None:
    assert counts_told(report(**more)) == said


def test_what_a_file_means_is_told_from_stages_to_deals_here() -> None:
    made = report(
        stages=Counter({"Talk": 1, "won": 3}),
        sums=Counter({("won", "USD"): 700, ("open", "EUR"): 500, ("won", "EUR"): 100}),
        new_pipelines=[PIPELINE],
        new_owners=["zoe"],
        near_owners={"anna": "ana"},
        unsure_owners=("zoe",),
        before=8,
        created=1_000,
    )
    assert list(meaning_told(made, format_money)) == [
        "Deals in the file: won 3, Talk 1.",
        "Worth: open €5; won €1, $7.",
        "New pipeline Sales: Talk, Offer.",
        "New owners: zoe.",
        "Nobody here is called so: they become reps by nothing but a yes.",
        "New rep? anna is like @ana: if it is a slip, mend the file first.",
        "Deals here: 8 before, 1,008 after.",
    ]
    made.command_id = "c1"
    assert "by nothing but a yes" not in " ".join(meaning_told(made, format_money))
    spelled = list(meaning_told(made, lambda money: format_money(money, style="code")))
    assert spelled[1] == "Worth: open 5.00 EUR; won 1.00 EUR, 7.00 USD."
    assert list(meaning_told(report(), format_money)) == []


_LOSS = "To place them: --value 'COLUMN:REASON=price', or "


@pytest.mark.parametrize(
    ("more", "begins"),
    [
        ({"by_name": 1}, "1 row has no id and was known by account and title."),
        ({"by_name": 2}, "2 rows have no id and were known by account and title."),
        (
            {"ambiguous": [Rejected(4, "", "", "two")]},
            "1 row shares account and title with others, so that nobody can tell which deal it is "
            "(line 4): left out.",
        ),
        (
            {"ambiguous": [Rejected(4, "", "", "two"), Rejected(9, "", "", "two")]},
            "2 rows share account and title with others, so that nobody can tell which deal it is "
            "(lines 4, 9): left out.",
        ),
        ({"elsewhere": 1}, "1 id is known from another source or in another pipeline: "),
        ({"elsewhere": 2}, "2 ids are known from another source or in another pipeline: "),
        (
            {"absent": 1},
            "1 deal of this source that came in before stands in no row of the file and stays ",
        ),
        (
            {"absent": 2},
            "2 deals of this source that came in before stand in no row of the file and stay ",
        ),
        (
            {"unplaced": Counter({"Rain": 1, "Snow": 2})},
            f"Reasons of losses that are none of ours count as other: 'Snow' 2, 'Rain' 1. {_LOSS}",
        ),
        (
            {"emptied": Counter({"source": 1_200, "tags": 1})},
            "Cells that the file has emptied since were emptied here: source 1,200, tags 1.",
        ),
        (
            {"remarks": {"no_stage": [7]}, "remark_counts": Counter(no_stage=1)},
            f"1 row: {REMARKS['no_stage']} (line 7).",
        ),
        (
            {"remarks": {"no_stage": [7, 9]}, "remark_counts": Counter(no_stage=2)},
            f"2 rows: {REMARKS['no_stage']} (lines 7, 9).",
        ),
    ],
)
def test_what_is_odd_is_a_sentence_with_its_number(more: dict[str, Any], begins: str) -> None:
    (said,) = remarks_told(report(**more))
    assert said.startswith(begins)


def test_a_stage_that_sounds_as_an_end_is_named() -> None:
    made = from_stage_names(("Talk", "Closed"), pipeline_name="Sales", currency="EUR")
    (said,) = remarks_told(report(new_pipelines=[made]))
    assert "sound as if deals ended there: 'Closed'. If" in said
    assert list(remarks_told(report(new_pipelines=[PIPELINE]))) == []


@pytest.mark.parametrize(("count", "more"), [(6, ""), (7, " and 1 more"), (9, " and 3 more")])
def test_of_reasons_that_are_none_of_ours_the_six_that_are_met_most_are_named(
    count: int, more: str
) -> None:
    reasons = Counter({f"Why {n}": 20 - n for n in range(count)})
    (said,) = remarks_told(report(unplaced=reasons))
    named = ", ".join(f"'Why {n}' {20 - n}" for n in range(6))
    assert said == (
        f"Reasons of losses that are none of ours count as other: {named}{more}. {_LOSS}"
        "competitor, no-decision, disqualified, timing, unresponsive."
    )


@pytest.mark.parametrize(("count", "more"), [(8, ""), (9, " and 1 more")])
def test_of_stages_that_sound_as_an_end_eight_are_named(count: int, more: str) -> None:
    names = tuple(f"Closed {n}" for n in range(count))
    made = from_stage_names(names, pipeline_name="Sales", currency="EUR")
    (said,) = remarks_told(report(new_pipelines=[made]))
    named = ", ".join(f"'Closed {n}'" for n in range(8))
    assert said.startswith(
        f"Stages to work in that sound as if deals ended there: {named}{more}. If they"
    )


@pytest.mark.parametrize(("count", "more"), [(10, ""), (11, " and 1 more")])
def test_of_new_owners_ten_are_named(count: int, more: str) -> None:
    owners = [f"rep{n}" for n in range(count)]
    made = report(stages=Counter({"Talk": 1}), new_owners=owners)
    assert (
        list(meaning_told(made, format_money))[1] == f"New owners: {', '.join(owners[:10])}{more}."
    )


def test_where_all_can_be_told_apart_a_way_to_do_so_is_told() -> None:
    (said,) = remarks_told(report(ambiguous=[Rejected(4, "", "", "two")]))
    assert said.endswith(
        ": left out. Name columns that tell them apart with --key COLUMN,COLUMN, or take them as "
        "new deals with --match new."
    )


def _differing(line: int, ours: str = "a", theirs: str = "b") -> Differing:
    return Differing(line, f"D-{line}", "value", ours, theirs, "ours")


def test_what_a_later_file_says_anew_is_counted_and_the_first_ten_are_told() -> None:
    made = ImportReport()
    made.leave(_differing(1, theirs=""))
    for line in range(2, 20):
        made.leave(_differing(line))
    first, *told = remarks_told(made)
    assert first.endswith("by rows: value 19.")
    assert told == [
        f"line {line}, D-{line}, value: here 'a', in the file 'b'" for line in range(2, 12)
    ]


@pytest.mark.parametrize(
    ("count", "first", "last"),
    [
        (1, "1 field was changed", "  line 1, D-1, value: here 'a', in the file 'b'"),
        (10, "10 fields were changed", "  line 10, D-10, value: here 'a', in the file 'b'"),
        (11, "11 fields were changed", "  and 1 more"),
        (1_500, "1,500 fields were changed", "  and 1,490 more"),
    ],
)
def test_of_what_both_sides_changed_the_first_ten_are_told(
    count: int, first: str, last: str
) -> None:
    made = ImportReport()
    made.differ(_differing(line) for line in range(1, count + 1))
    told = list(conflicts_told(made))
    assert told[0].startswith(first)
    assert told[-1] == last
    assert list(conflicts_told(ImportReport())) == []


def test_fields_are_told_by_what_people_call_them() -> None:
    fields = {
        "contacts.jo_bell": "person", "notes.1f2e": "note", "fields.Region": "Region",
        "next_step": "next step", "probability_bp": "probability", "expected_close": "close date",
    }  # fmt: skip
    made = ImportReport(emptied=Counter(dict.fromkeys((*fields, "contacts.bo"), 1)))
    made.differ(replace(_differing(2), field=name) for name in fields)
    told = list(conflicts_told(made))[1:]
    assert told == [f"  line 2, D-2, {name}: here 'a', in the file 'b'" for name in fields.values()]
    (emptied,) = remarks_told(made)
    assert "emptied here: person 2, note 1, Region 1, next step 1, probability 1" in emptied


def test_nothing_is_told_as_nothing() -> None:
    made = ImportReport()
    made.differ([_differing(2, ours="", theirs="b"), _differing(3, theirs="")])
    assert list(conflicts_told(made))[1:] == [
        "  line 2, D-2, value: here nothing, in the file 'b'",
        "  line 3, D-3, value: here 'a', in the file nothing",
    ]


@pytest.mark.parametrize(
    ("rejected", "told"),
    [
        ([], []),
        ([Rejected(2, "", "", "no title")], ["line 2: no title"]),
        ([Rejected(2, "stage", "x", "no such")], ["line 2: stage: 'x' no such"]),
        ([Rejected(2, "stage", "", "is empty")], ["line 2: stage: '' is empty"]),
        (
            [Rejected(2, "stage", "x", "no such"), Rejected(5, "outcome", "x", "no such")],
            ["line 2: stage: 'x' no such", "line 5: outcome: 'x' no such"],
        ),
        (
            [Rejected(2, "stage", "x", "no such"), Rejected(5, "stage", "x", "too long")],
            ["line 2: stage: 'x' no such", "line 5: stage: 'x' too long"],
        ),
        (
            [Rejected(2, "stage", "x", "no such"), Rejected(5, "stage", "x", "no such")],
            ["2 rows: stage: 'x' no such (lines 2, 5)"],
        ),
        (
            [Rejected(2, "stage", "x", "no such"), Rejected(5, "stage", "y", "no such")],
            ["line 2: stage: 'x' no such", "line 5: stage: 'y' no such"],
        ),
    ],
)
def test_rows_of_one_reason_are_told_together(rejected: list[Rejected], told: list[str]) -> None:
    assert list(rejects_told(rejected)) == told


@pytest.mark.parametrize(
    ("count", "last"),
    [(20, "line 19: no 19"), (21, "and 1 more reason"), (1_021, "and 1,001 more reasons")],
)
def test_of_very_many_reasons_the_first_twenty_are_told(count: int, last: str) -> None:
    told = list(rejects_told([Rejected(n, "", "", f"no {n}") for n in range(count)]))
    assert told[-1] == last
    assert len(told) == min(count, 21)


@pytest.mark.parametrize(
    ("created", "updated", "hint"),
    [
        (3, 2, "Mend them, or leave them out with --skip-bad: 5 would come in."),
        (1_200, 0, "Mend them, or leave them out with --skip-bad: 1,200 would come in."),
        (0, 0, "Mend them, or leave them out with --skip-bad."),
    ],
)
def test_whoever_is_refused_hears_what_would_come_in(created: int, updated: int, hint: str) -> None:
    rejected = [Rejected(2, "", "", "no")]
    made = report(read=9, created=created, updated=updated, joined=1, rejected=rejected)
    error = RowsRejected(made)
    assert error.message == "Nothing was imported: 1 of 9 rows is rejected."
    assert (error.hint, error.report) == (hint, made)
    assert (made.created, made.updated, made.joined, made.joined_here) == (0, 0, 0, 0)


def test_a_report_tells_each_part_where_there_is_one() -> None:
    """Stages without a worth, new owners whom nobody doubts, and of near names the first ten."""
    made = report(stages=Counter({"Talk": 1}), before=3)
    assert list(meaning_told(made, format_money)) == [
        "Deals in the file: Talk 1.",
        "Deals here: 3 before, 3 after.",
    ]
    owners = [f"rep{n}" for n in range(12)]
    made = report(
        stages=Counter({"Talk": 1}), new_owners=owners, near_owners=dict.fromkeys(owners, "ana")
    )
    told = list(meaning_told(made, format_money))
    assert told[1].startswith("New owners: rep0, rep1, ")
    assert [line.split()[2] for line in told if line.startswith("New rep?")] == owners[:10]


def test_a_file_for_rejected_rows_is_there_only_with_rows_in_it(tmp_path: Path) -> None:
    reading: Any = SimpleNamespace(header=("id", "name"), delimiter=";")
    file = RejectedFile(str(tmp_path / "deals.csv"))
    assert file.path == tmp_path / "deals.csv.rejected.csv"
    assert not file.keep(reading, report()) and not list(tmp_path.iterdir())
    later, first = (
        Rejected(line, "", "", f"no {line}", {"name": f"={line}", "odd": "x"}) for line in (9, 2)
    )
    assert file.keep(reading, report(rejected=[later], ambiguous=[first]))
    lines = file.path.read_text("utf-8").splitlines()
    assert lines[0].startswith("id;name;odd;")
    assert [line.split(";")[1:3] for line in lines[1:]] == [["'=2", "x"], ["'=9", "x"]]


def test_a_file_for_rejected_rows_that_cannot_be_made_stops_the_import(tmp_path: Path) -> None:
    with pytest.raises(BadInput, match="The file for rejected rows: ") as refused:
        RejectedFile(str(tmp_path / "none" / "deals.csv"))
    assert refused.value.hint.startswith("Nothing was imported: copy the file")


@pytest.mark.parametrize(
    ("imported", "name"),
    [("stdin", "stdin.rejected.csv"), ("deals.csv", "deals.csv.rejected.csv")],
)
def test_rejected_rows_of_a_pipe_go_into_a_file_of_the_folder(
    imported: str, name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    file = RejectedFile(imported)
    rejected = [Rejected(2, "", "", "no", {"name": "x"})]
    assert file.keep(SimpleNamespace(header=("name",), delimiter=","), report(rejected=rejected))  # type: ignore[arg-type]
    assert [path.name for path in tmp_path.iterdir()] == [name] == [file.path.name]
