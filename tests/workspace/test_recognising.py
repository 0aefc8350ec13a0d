"""Which deal a row of a file is: every way to know one again, and every doubt."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime
from types import SimpleNamespace
from typing import Any

import pytest

from pipeboard.domain.deal import Deal
from pipeboard.domain.errors import Ambiguous
from pipeboard.domain.settings import Rep
from pipeboard.domain.text import fold
from pipeboard.exchange.rows import DealRow
from pipeboard.workspace.import_report import ImportReport
from pipeboard.workspace.row_recognising import (
    Goals,
    Namesakes,
    Owners,
    Recogniser,
    _also_written,
)

JAN, FEB = datetime(2026, 1, 5, tzinfo=UTC), datetime(2026, 2, 5, tzinfo=UTC)
HERE, THERE, OTHER = 1, 2, 3
"""Two pipelines that the file goes into, and one that it does not."""


def deal(number: int, title: str = "Renewal", account: str = "Acme", **more: Any) -> Deal:
    made: dict[str, Any] = {
        "pipeline_id": HERE,
        "stage_id": 1,
        "created_at": JAN,
        "stage_entered_at": JAN,
    } | more
    return Deal(id=number, title=title, account=account, **made)


def row(title: str = "Renewal", account: str | None = "Acme", **more: Any) -> DealRow:
    return DealRow(0, {}, title, account=account, **more)


class Known:
    """The deals that there are, asked as the database is."""

    def __init__(self, deals: Iterable[Deal]) -> None:
        self.deals = {one.id: one for one in deals}

    def with_ids(self, ids: Sequence[str]) -> Mapping[str, Sequence[Deal]]:
        found: dict[str, list[Deal]] = {}
        for one in self.deals.values():
            if one.external_id in ids and not one.removed:
                found.setdefault(one.external_id or "", []).append(one)
        return found

    def numbered(self, ids: Iterable[int]) -> Mapping[int, Deal]:
        return {number: self.deals[number] for number in ids if number in self.deals}

    def named(self, pipeline_id: int) -> list[Any]:
        return [
            SimpleNamespace(deal_id=one.id, account=one.account, title=one.title)
            for one in self.deals.values()
            if one.pipeline_id == pipeline_id and not one.removed
        ]


def _says(one: DealRow) -> dict[str, str]:
    return {"title": fold(one.title), "value": str(one.fields.get("v", ""))}


def recognised(deals: Iterable[Deal], rows: Sequence[DealRow]) -> list[str]:
    """What each row is, in words; rows of a pipeline's name go into that, all others here."""
    for line, one in enumerate(rows, 2):
        one.line = line
    goals = Goals((HERE, THERE), lambda one: THERE if one.pipeline == "there" else HERE)
    known: Any = Known(deals)
    found = Recogniser(known, goals, "tool", lambda: rows, _says).recognise(rows)
    return [
        " ".join(
            (
                one.deal.ref if one.deal else "new",
                *(
                    word
                    for word in ("strange", "by_name", "ambiguous", "elsewhere")
                    if getattr(one, word)
                ),
            )
        )
        for one in found
    ]


def came(value: str) -> dict[str, Any]:
    return {"imported": {"title": "renewal", "value": value}}


NAMED: dict[str, tuple[list[Deal], list[DealRow], list[str]]] = {
    "one here and one in the file": ([deal(1)], [row()], ["D-1 by_name"]),
    "spelled another way": ([deal(1)], [row("RENEWAL", "acme")], ["D-1 by_name"]),
    "of another account": ([deal(1)], [row(account="Lumen")], ["new"]),
    "without an account": ([deal(1)], [row(account=None)], ["new"]),
    "both without an account": ([deal(1, account="")], [row(account=None)], ["D-1 by_name"]),
    "two here and one in the file": ([deal(1), deal(2)], [row()], ["new ambiguous"]),
    "one here and two in the file": ([deal(1)], [row(), row()], ["new ambiguous"] * 2),
    "two here, told apart by what they said last": (
        [deal(1, **came("7")), deal(2, **came("8"))],
        [row(fields={"v": "8"}), row(fields={"v": "7"})],
        ["D-2 by_name", "D-1 by_name"],
    ),
    "two here that said the same are each known once": (
        [deal(1, **came("7")), deal(2, **came("7"))],
        [row(fields={"v": "7"}), row(fields={"v": "7"}), row(fields={"v": "7"})],
        ["D-1 by_name", "D-2 by_name", "new ambiguous"],
    ),
    "two here, told apart by when they began": (
        [deal(1), deal(2, created_at=FEB)],
        [row(created_at=FEB), row(created_at=JAN)],
        ["D-2 by_name", "D-1 by_name"],
    ),
    "two here that began together": (
        [deal(1), deal(2)],
        [row(created_at=JAN)],
        ["new ambiguous"],
    ),
    "one taken back, one here": ([deal(1, removed=True), deal(2)], [row()], ["D-2 by_name"]),
    "in the other pipeline of the file": (
        [deal(1, pipeline_id=THERE)],
        [row(), row(pipeline="there")],
        ["new", "D-1 by_name"],
    ),
    "in a pipeline that the file does not go into": (
        [deal(1, pipeline_id=OTHER)],
        [row()],
        ["new"],
    ),
    "with an id in the file, by which it is none": (
        [deal(1)],
        [row(external_id="X1"), row()],
        ["new", "D-1 by_name"],
    ),
    "with a number of another database": (
        [deal(1)],
        [row(ref="D-9"), row()],
        ["new", "D-1 by_name"],
    ),
}


@pytest.mark.parametrize("case", NAMED)
def test_a_row_is_known_by_its_name_only_where_nothing_else_could_be_meant(case: str) -> None:
    deals, rows, found = NAMED[case]
    assert recognised(deals, rows) == found


def of(source: str, number: int = 1, **more: Any) -> Deal:
    return deal(number, external_id="X1", external_source=source, **more)


BY_ID: dict[str, tuple[list[Deal], DealRow, str]] = {
    "of the file's tool": ([of("tool")], row("Else", "Lumen", external_id="X1"), "D-1 strange"),
    "the same title": ([of("tool")], row(account="Lumen", external_id="X1"), "D-1"),
    "the same account": ([of("tool")], row("Else", "ACME", external_id="X1"), "D-1"),
    "no account on both sides": (
        [of("tool", account="")],
        row("Else", None, external_id="X1"),
        "D-1 strange",
    ),
    "of another tool": ([of("other")], row(external_id="X1"), "new elsewhere"),
    "of the tool that the row names": (
        [of("tool"), of("other", 2)],
        row(external_id="X1", external_source="other"),
        "D-2",
    ),
    "of nobody knows where, and the row speaks of it": ([of("")], row(external_id="X1"), "D-1"),
    "of nobody knows where, and of another name": (
        [of("")],
        row("Else", "Lumen", external_id="X1"),
        "new elsewhere",
    ),
    "the tool's own before one of nobody knows where": (
        [of(""), of("tool", 2)],
        row(external_id="X1"),
        "D-2",
    ),
    "in the pipeline of the row first": (
        [of("tool", pipeline_id=THERE), of("tool", 2)],
        row(external_id="X1"),
        "D-2",
    ),
    "in the other pipeline of the file": (
        [of("tool", pipeline_id=THERE)],
        row(external_id="X1"),
        "D-1",
    ),
    "in a pipeline that the file does not go into": (
        [of("tool", pipeline_id=OTHER)],
        row(external_id="X1"),
        "new elsewhere",
    ),
    "a number that comes back with its instant": (
        [deal(7)],
        row("Else", ref="D-7", created_at=JAN),
        "D-7",
    ),
    "a number of another instant": ([deal(7)], row("Else", ref="D-7", created_at=FEB), "new"),
    "a number of another instant and of the same names": (
        [deal(7)],
        row(ref="D-7", created_at=FEB),
        "D-7",
    ),
    "a number that was taken back": (
        [deal(7, removed=True)],
        row(ref="D-7", created_at=JAN),
        "new",
    ),
    "what is no number": ([deal(7)], row(ref="D-x", created_at=JAN), "new"),
}


@pytest.mark.parametrize("case", BY_ID)
def test_a_row_is_known_by_its_id_or_its_number_here(case: str) -> None:
    deals, one, found = BY_ID[case]
    assert recognised(deals, [one]) == [found]


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("001A0000006Vm9r", "001A0000006Vm9rIAC"),
        ("ZZZZZ00000aaaaa", "ZZZZZ00000aaaaa5AA"),
        ("AAAAAzzzzz0000Z", "AAAAAzzzzz0000Z5AQ"),
        ("A0000B00000000C", "A0000B00000000CBBQ"),
    ],
)
def test_an_id_of_fifteen_letters_is_also_written_with_three_that_tell_its_capitals(
    one: str, other: str
) -> None:
    assert (_also_written(one), _also_written(other)) == (other, one)
    assert _also_written(other[:-1] + "9") == ""


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("1234", "1234.0"),
        ("1234.0", "1234"),
        ("7", "7.0"),
        ("7.0", "7"),
        ("1234.5", ""),
        ("1234.00", ""),
        ("X1", ""),
        ("", ""),
        ("a" * 14, ""),
        ("a" * 16, ""),
        ("a" * 14 + "-", ""),
        ("1" * 15, "1" * 15 + ".0"),
    ],
)
def test_a_number_is_also_written_as_a_data_frame_writes_it(one: str, other: str) -> None:
    assert _also_written(one) == other


def test_an_id_is_known_however_the_tool_wrote_it_when_it_came_before() -> None:
    known = deal(1, external_id="1234.0", external_source="tool")
    assert recognised([known], [row(external_id="1234")]) == ["D-1"]
    exact = deal(2, external_id="1234", external_source="tool")
    assert recognised([known, exact], [row(external_id="1234")]) == ["D-2"]


@pytest.mark.parametrize(
    ("one", "other", "title", "found"),
    [
        ("7", "7.0", "Renewal", "D-1"),
        ("7.0", "7", "Renewal", "D-1"),
        ("7", "7.0", "Else", "new elsewhere"),
        ("7", "7", "Else", "D-1 strange"),
        ("1234", "1234.0", "Else", "D-1 strange"),
    ],
)
def test_a_short_id_that_is_written_in_another_way_is_known_with_the_name_of_its_deal(
    one: str, other: str, title: str, found: str
) -> None:
    known = deal(1, external_id=one, external_source="tool")
    assert recognised([known], [row(title, "Nobody", external_id=other)]) == [found]


def test_of_two_rows_of_one_deal_by_an_id_in_two_ways_the_later_is_left_out() -> None:
    known = deal(1, external_id="1234", external_source="tool")
    rows = [row(external_id="1234"), row(external_id="1234.0")]
    assert recognised([known], rows) == ["D-1", "new ambiguous"]


# New rows that are called like another: taken as deals of their own, and told.

CALLED: dict[str, tuple[list[Deal], list[DealRow], list[bool]]] = {
    "like one here": ([deal(1)], [row(), row("Else")], [True, False]),
    "spelled another way": ([deal(1)], [row("RENEWAL", "acme")], [True]),
    "of another account": ([deal(1)], [row(account="Lumen")], [False]),
    "without an account": ([deal(1, account="")], [row(account=None)], [False]),
    "with a number, by which it is known": ([deal(1)], [row(ref="D-9")], [False]),
    "like an earlier row": ([], [row(), row(), row()], [False, True, True]),
    "like an earlier row that was known by its number": ([], [row(ref="D-9"), row()], [False] * 2),
    "like one of the other pipeline": (
        [deal(1, pipeline_id=THERE)],
        [row(), row(pipeline="there")],
        [False, True],
    ),
    "like one of a pipeline that the file does not go into": (
        [deal(1, pipeline_id=OTHER)],
        [row()],
        [False],
    ),
}


@pytest.mark.parametrize("case", CALLED)
def test_a_new_row_is_told_to_be_called_like_a_deal_or_an_earlier_row(case: str) -> None:
    deals, rows, told = CALLED[case]
    goals = Goals((HERE, THERE), lambda one: THERE if one.pipeline == "there" else HERE)
    known: Any = Known(deals)
    namesakes = Namesakes(known, goals)
    assert [namesakes.has(one) for one in rows] == told


# Whose a row is.

TEAM = (Rep("ana", "Ana Lima"), Rep("bo", "Bo Holt"), Rep("bob", "Bo Holt"), Rep("carlotta"))


@pytest.mark.parametrize(
    ("names", "are", "new", "near"),
    [
        (["ana", "@Ana", "Lima, Ana", "ana@firm.example"], ["ana"] * 4, [], {}),
        (["", None], ["", ""], [], {}),
        (["Dora", "Dora"], ["Dora"] * 2, ["Dora"], {}),
        (["Dora Moon", "Moon, Dora", "DORA MOON"], ["Dora Moon"] * 3, ["Dora Moon"], {}),
        (["Dora Moon", "Dora Sun"], ["Dora Moon", "Dora Sun"], ["Dora Moon", "Dora Sun"], {}),
        (["Dora Moon <dora@firm.example>"], ["Dora Moon"], ["Dora Moon"], {}),
        (["carlota"], ["carlota"], ["carlota"], {"carlota": "carlotta"}),
        (["dora", "bo"], ["dora", "bo"], ["dora"], {}),
    ],
)
def test_an_owner_is_a_rep_however_they_are_written_or_somebody_new_once(
    names: list[str | None], are: list[str], new: list[str], near: dict[str, str]
) -> None:
    report = ImportReport()
    owners = Owners(TEAM, report)
    assert [owners.rep(name) for name in names] == are
    assert (report.new_owners, report.near_owners) == (new, near)


def test_an_owner_who_could_be_two_reps_is_nobody_new() -> None:
    report = ImportReport()
    owners = Owners(TEAM, report)
    for _ in range(2):
        with pytest.raises(Ambiguous, match="could be @bo, @bob"):
            owners.rep("Bo Holt")
    assert not report.new_owners


@pytest.mark.parametrize(
    ("ids", "absent"),
    [
        ("", 0),
        ("X9", 0),
        ("X1", 2),
        ("X1 X2", 1),
        ("X1 X2 X3", 0),
        ("other:Y1", 0),
        ("X1 other:Y1", 2),
        ("X2 X9", 2),
    ],
)
def test_deals_of_the_source_that_come_in_no_row_are_counted_where_any_of_it_came(
    ids: str, absent: int
) -> None:
    """Three came from the file's tool before, and one from another."""
    deals = [
        *(deal(n, external_id=f"X{n}", external_source="tool") for n in (1, 2, 3)),
        deal(4, external_id="Y1", external_source="other"),
    ]
    rows = []
    for line, one in enumerate(ids.split(), 2):
        source, _, key = one.rpartition(":")
        rows.append(row(external_id=key, external_source=source or None))
        rows[-1].line = line
    known: Any = Known(deals)
    known.of_source = lambda source, here: sum(
        one.external_source == source and one.pipeline_id == here for one in deals
    )
    goals = Goals((HERE, THERE), lambda one: HERE)
    recogniser = Recogniser(known, goals, "tool", lambda: rows, _says)
    recogniser.recognise(rows)
    assert recogniser.absent() == absent
