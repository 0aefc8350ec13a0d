"""Rows of a file decided over the deals that there are: what each comes to, and what is told."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace
from typing import Any

import pytest

from pipeboard.domain.commands import Context
from pipeboard.domain.deal import Deal, Loss, Status
from pipeboard.domain.errors import Refused
from pipeboard.domain.money import Money
from pipeboard.domain.pipeline import Pipeline
from pipeboard.domain.settings import Rep
from pipeboard.exchange.rows import DealRow, Entered, Rejected, RowNote
from pipeboard.exchange.side_files import SideTable
from pipeboard.workspace import row_doubles
from pipeboard.workspace.row_deciding import NO_LINE, RowDecider
from pipeboard.workspace.row_matching import ImportOptions, said_by
from tests.domain.deciding_cases import BERLIN, NOW
from tests.store.made_up import deal, pipelines
from tests.workspace.test_recognising import Known

SALES, RENEWALS = pipelines()
LEAD, QUALIFICATION, NEEDS = SALES.open_stages[:3]
BEGAN = datetime(2026, 1, 5, 9, tzinfo=UTC)
REPS = (Rep("ana", "Ana Lima"), Rep("bo", "Bo Holt"), Rep("bob", "Bo Holt"))


class Here(Known):
    """The deals that there are, of which some are not shown."""

    hidden: tuple[int, ...] = ()
    last_change = NOW

    def standing(self) -> int:
        return len(self.deals)

    def count(self) -> int:
        return len(self.deals)

    def shows(self, deal_id: int) -> bool:
        return deal_id not in self.hidden

    def instant_after(self, clock: datetime, ids: Sequence[int]) -> datetime:
        return max(clock, self.last_change) if ids else clock

    def notes(self, deal_id: int) -> frozenset[str]:
        return frozenset()

    def touched_here(self, deal_id: int, since: int = 0) -> frozenset[str]:
        return frozenset()

    def of_source(self, source: str, pipeline_id: int) -> int:
        return sum(
            one.external_source == source and one.pipeline_id == pipeline_id
            for one in self.deals.values()
        )


def known(number: int = 1, **more: Any) -> Deal:
    """A deal that came in from the file's tool before."""
    made: dict[str, Any] = {
        "title": "Renewal", "account": "Acme", "external_id": f"X{number}",
        "external_source": "tool", "created_at": BEGAN, "stage_entered_at": BEGAN,
        "stage_id": LEAD.id, "created_precision": "unknown", "owner": "",
    } | more  # fmt: skip
    said: dict[str, Any] = {"stage": LEAD.name, "outcome": "open"}
    imported = said_by(DealRow(0, {}, made["title"], account=made["account"], **said), None)
    return deal(number, **{"imported": imported} | made)


def row(number: int | None = 1, title: str = "Renewal", line: int = 2, **more: Any) -> DealRow:
    made: dict[str, Any] = {"account": "Acme", "stage": LEAD.name, "outcome": "open"} | more
    return DealRow(line, {}, title, external_id=f"X{number}" if number else None, **made)


def decider(
    deals: Sequence[Deal] = (),
    rows: Sequence[DealRow | Rejected] = (),
    options: ImportOptions | None = None,
    *,
    here: Here | None = None,
    beside: Sequence[Pipeline] = (),
    tool: str = "",
    columns: Sequence[str] = ("title", "stage", "value"),
) -> RowDecider:
    found = here or Here(deals)
    reader: Any = SimpleNamespace(
        known_deals=lambda: found,
        pipelines=pipelines,
        reps=lambda: REPS,
        each=lambda today, me: iter(deals),
    )
    reading: Any = SimpleNamespace(
        source="tool", spoken=columns, mapping={name: name for name in columns}, tool=tool,
        knows_by_number=False,
        again=lambda: iter(rows),
    )  # fmt: skip
    context = Context(SALES, NOW, BERLIN, "ana")
    return RowDecider(reader, context, "a.csv", reading, options or ImportOptions(), beside)


COUNTS = (
    "created", "updated", "unchanged", "skipped", "by_name", "elsewhere", "joined", "joined_here",
)  # fmt: skip


def counts(made: RowDecider) -> dict[str, int]:
    """What the report counts, but for what it does not."""
    report = made.report
    found = {name: getattr(report, name) for name in COUNTS}
    found |= {"rejected": len(report.rejected), "ambiguous": len(report.ambiguous)}
    return {name: count for name, count in found.items() if count}


def odd(made: RowDecider) -> dict[str, int]:
    return dict(made.report.remark_counts)


UPDATE, SKIP, NEW = (ImportOptions(match=one) for one in ("update", "skip", "new"))
FOREIGN = known(external_source="other")


@pytest.mark.parametrize(
    ("options", "deals", "one", "counted"),
    [
        (UPDATE, [], row(), {"created": 1}),
        (UPDATE, [known()], row(), {"unchanged": 1}),
        (UPDATE, [known()], row(title="Other"), {"updated": 1}),
        (UPDATE, [known()], row(notes=(RowNote("Seen."),)), {"updated": 1}),
        (UPDATE, [FOREIGN], row(), {"created": 1, "elsewhere": 1}),
        (UPDATE, [known(external_id=None)], row(None), {"unchanged": 1, "by_name": 1}),
        (UPDATE, [known(), known(2)], row(None), {"unchanged": 1, "by_name": 1}),
        (UPDATE, [known(), known(2)], row(None, source="web"), {"ambiguous": 1}),
        (UPDATE, [known(merged_into=9)], row(title="Other"), {"unchanged": 1}),
        (SKIP, [], row(), {"created": 1}),
        (SKIP, [known()], row(title="Other"), {"skipped": 1}),
        (SKIP, [known(external_id=None)], row(None), {"skipped": 1, "by_name": 1}),
        (SKIP, [known(), known(2)], row(None, source="web"), {"ambiguous": 1}),
        (NEW, [], row(), {"created": 1}),
        (NEW, [known()], row(), {"created": 1}),
        (NEW, [FOREIGN], row(), {"created": 1, "elsewhere": 1}),
        (NEW, [known(merged_into=9)], row(), {"created": 1}),
        (NEW, [known(), known(2)], row(None, source="web"), {"created": 1}),
    ],
)
def test_a_row_becomes_a_deal_or_changes_one_or_is_left(
    options: ImportOptions, deals: list[Deal], one: DealRow, counted: dict[str, int]
) -> None:
    one = replace(one, remarks=())
    made = decider(deals, [one], options)
    changes = made.decide([one])
    assert counts(made) == counted
    assert [line for line, _ in changes] == [2] * (
        counted.get("created", 0) + counted.get("updated", 0)
    )
    assert [change.before is None for _, change in changes] == [
        *[True] * counted.get("created", 0),
        *[False] * counted.get("updated", 0),
    ]
    assert made.report.before == len(deals)


@pytest.mark.parametrize(
    ("options", "deals", "source"),
    [
        (UPDATE, [], "tool"),
        (NEW, [], "tool"),
        (NEW, [known()], "tool 2026-11-23 09:00:00"),
        (replace(NEW, source="mine"), [known(external_source="mine")], "mine 2026-11-23 09:00:00"),
        (replace(UPDATE, source="mine"), [known()], "mine"),
    ],
)
def test_a_deal_that_is_taken_as_new_has_an_id_of_its_own(
    options: ImportOptions, deals: list[Deal], source: str
) -> None:
    ((_, change),) = decider(deals, [row()], options).decide([row()])
    assert (change.after.external_id, change.after.external_source) == ("X1", source)


def test_a_deal_without_an_id_that_is_taken_as_new_comes_from_where_the_file_does() -> None:
    ((_, change),) = decider([known()], [row(None)], NEW).decide([row(None)])
    assert (change.after.external_id, change.after.external_source) == (None, "tool")


@pytest.mark.parametrize(
    ("deals", "rows", "told"),
    [
        ([], [row(), row(2, "Other")], {}),
        ([], [row(), row(2)], {"named_as_another": 1}),
        ([known(7)], [row(), row(2, "Other")], {"named_as_another": 1}),
        ([known(merged_into=9)], [row()], {"merged_here": 1}),
        ([known()], [row()], {}),
    ],
)
def test_what_is_odd_of_a_row_beside_the_deals_is_told(
    deals: list[Deal], rows: list[DealRow], told: dict[str, int]
) -> None:
    made = decider(deals, rows)
    made.decide([replace(one, line=line, remarks=()) for line, one in enumerate(rows, 2)])
    assert odd(made) == told
    without = decider(deals, rows, columns=("stage",))
    without.decide([replace(one, line=line, remarks=()) for line, one in enumerate(rows, 2)])
    assert odd(without) == {name: n for name, n in told.items() if name != "named_as_another"}


# What is rejected.


@pytest.mark.parametrize(
    ("one", "column", "value", "reason"),
    [
        (row(owner="Bo Holt"), "owner", "Bo Holt", "'Bo Holt' could be @bo, @bob"),
        (
            row(stage="Leed Generation"),
            "stage",
            "Leed Generation",
            "no stage 'Leed Generation' in New business. Did you mean Lead Generation?",
        ),
    ],
)
def test_a_row_that_is_no_deal_is_rejected_with_its_cell_and_the_reason(
    one: DealRow, column: str, value: str, reason: str
) -> None:
    made = decider([], [one])
    assert made.decide([one]) == []
    (rejected,) = made.report.rejected
    assert (rejected.line, rejected.column, rejected.value) == (2, column, value)
    assert rejected.reason == reason.rstrip(".")
    assert counts(made) == {"rejected": 1} and not made.report.stages
    assert rejected.stages == (("Leed Generation",) if column == "stage" else ())


def test_the_cell_of_a_rejected_row_is_told_as_it_stood() -> None:
    one = replace(row(stage="nowhere"), raw={"stage": " Nowhere "})
    made = decider([], [one])
    made.decide([one])
    (rejected,) = made.report.rejected
    assert (rejected.value, rejected.raw) == (" Nowhere ", {"stage": " Nowhere "})


def test_rows_that_were_no_deals_to_begin_with_are_told_too() -> None:
    bad = Rejected(7, "title", "", "no title")
    made = decider([], [bad, row()])
    assert len(made.decide([bad, row()])) == 1
    assert made.report.rejected == [bad]


def test_a_row_of_a_deal_that_one_is_not_shown_is_rejected() -> None:
    here = Here([known()])
    here.hidden = (1,)
    made = decider([known()], [row(title="Other")], here=here)
    assert made.decide([row(title="Other")]) == []
    (rejected,) = made.report.rejected
    assert rejected.reason == "the row is about a deal that you may not see"
    assert decider([known()], [row()], NEW, here=here).decide([row()])


def test_an_id_that_stands_twice_counts_where_it_stands_first() -> None:
    rows = [row(1, line=2), row(2, line=3), row(1, line=4), row(None, line=5), row(None, line=6)]
    rows[0].raw, rows[2].raw = {"a": "x", "b": "y", "c": "z"}, {"a": "x", "b": "Y", "c": ""}
    other = row(1, line=7, external_source="other")
    made = decider([], [*rows, other])
    changes = made.decide(rows[:2]) + made.decide(rows[2:]) + made.decide([other])
    assert [line for line, _ in changes] == [2, 3, 5, 6, 7]
    (rejected,) = made.report.rejected
    assert (rejected.line, rejected.column, rejected.value, rejected.reason) == (
        4, "external_id", "X1",
        "the id stands twice in the file, first on line 2, with other cells in 'b', 'c'",
    )  # fmt: skip


# What is changed.


@pytest.mark.parametrize(
    ("more", "stage", "value", "told"),
    [
        ({}, NEEDS.id, 900, {}),
        ({"archived_at": BEGAN}, LEAD.id, 900, {"archived_here": 1}),
    ],
)
def test_a_deal_in_the_archive_takes_values_and_stays_where_it_is(
    more: dict[str, Any], stage: int, value: int, told: dict[str, int]
) -> None:
    one = row(stage=NEEDS.name, value=Money(900, "EUR"))
    made = decider([known(**more)], [one], ImportOptions(override="as the file says"))
    ((_, change),) = made.decide([one])
    after = change.after
    assert (after.stage_id, after.value) == (stage, Money(value, "EUR"))
    assert (after.archived_at is not None) is bool(more)
    assert odd(made) == told
    assert after.imported["stage"] == ("lead generation" if more else "needs assessment")


def test_a_deal_in_the_archive_whose_row_moves_it_nowhere_is_nothing_odd() -> None:
    made = decider([known(archived_at=BEGAN)], [row(value=Money(900, "EUR"))])
    assert len(made.decide([row(value=Money(900, "EUR"))])) == 1
    assert odd(made) == {}


def test_what_the_file_brings_comes_after_the_last_change_of_the_deals_that_it_changes() -> None:
    here = Here([known()])
    here.last_change = NOW + timedelta(hours=3)
    made = decider([known()], [row()], here=here)
    ((_, begun),) = made.decide([row(5, "New")])
    assert (made.at, begun.events[0].at) == (NOW, NOW)
    ((_, change),) = made.decide([row(title="Other")])
    assert made.at == NOW + timedelta(hours=3)
    assert {event.at for event in change.events} == {made.at}


def test_what_both_changed_is_told_and_kept() -> None:
    one = row(source="fair")
    made = decider([known(source="web")], [one])
    made.decide([one])
    (told,) = made.report.conflicts
    assert (told.line, told.deal, told.field, told.ours, told.theirs, told.kept) == (
        2, "D-1", "source", "web", "fair", "ours",
    )  # fmt: skip
    assert counts(made) == {"unchanged": 1}


def test_cells_that_were_emptied_are_counted_by_their_field() -> None:
    imported = {"title": "Renewal", "account": "Acme", "source": "web"}
    made = decider([known(source="web", imported=imported)], columns=("title", "source"))
    ((_, change),) = made.decide([row()])
    assert (change.after.source, dict(made.report.emptied)) == ("", {"source": 1})
    made.decide([row()], again=True)
    assert dict(made.report.emptied) == {"source": 1}


@pytest.mark.parametrize(("closes", "told"), [(-1, {"closed_before_entered": 1}), (0, {}), (1, {})])
def test_a_deal_that_closes_before_it_came_into_its_stage_closes_then_and_that_is_told(
    closes: int, told: dict[str, int]
) -> None:
    entered = BEGAN + timedelta(days=9)
    one = row(outcome="lost", lost_category="price", closed_at=entered + timedelta(days=closes))
    made = decider([known(stage_entered_at=entered)], [one])
    ((_, change),) = made.decide([one])
    assert change.after.outcome is Status.LOST and change.after.loss == Loss("price")
    assert change.after.closed_at == max(entered, entered + timedelta(days=closes))
    assert odd(made) == told


# Where it goes.


@pytest.mark.parametrize(
    ("beside", "named", "goes"),
    [
        ((), None, SALES), ((), "Renewals", SALES), ((RENEWALS,), "RENEWALS", RENEWALS),
        ((RENEWALS,), None, SALES), ((RENEWALS,), "Other", SALES),
    ],
)  # fmt: skip
def test_a_new_deal_goes_into_the_pipeline_that_its_row_names_where_the_file_is_split(
    beside: tuple[Pipeline, ...], named: str | None, goes: Pipeline
) -> None:
    made = decider([], [], beside=beside)
    ((_, change),) = made.decide([row(pipeline=named, stage=None)])
    assert (change.after.pipeline_id, change.after.stage_id) == (goes.id, goes.open_stages[0].id)
    assert dict(made.report.stages) == {goes.open_stages[0].name: 1}


@pytest.mark.parametrize(
    ("beside", "named", "told"),
    [
        ((RENEWALS,), "New business", []),
        ((RENEWALS,), "NEW BUSINESS", []),
        ((RENEWALS,), "Renewals", [("New business", "Renewals")]),
        ((RENEWALS,), None, []),
        ((), "Renewals", []),
    ],
)
def test_a_known_deal_stays_in_its_pipeline_and_that_its_row_names_another_is_told(
    beside: tuple[Pipeline, ...], named: str | None, told: list[tuple[str, str]]
) -> None:
    made = decider([known()], [], beside=beside)
    ((_, change),) = made.decide([row(title="Other", pipeline=named)])
    assert change.after.pipeline_id == SALES.id
    assert [(one.ours, one.theirs) for one in made.report.left] == told
    assert {one.field for one in made.report.left} <= {"pipeline"}


def test_a_known_deal_of_another_pipeline_is_changed_by_the_stages_of_that() -> None:
    imported = {"title": "Renewal", "account": "Acme", "stage": "lead", "outcome": "open"}
    first = RENEWALS.open_stages[0].id
    there = known(pipeline_id=RENEWALS.id, stage_id=first, imported=imported)
    made = decider([there], [], ImportOptions(override="as it says"), beside=(RENEWALS,))
    ((_, change),) = made.decide([row(stage="Talks", pipeline="Renewals")])
    assert change.after.stage_id == RENEWALS.open_stages[1].id
    assert dict(made.report.stages) == {"Talks": 1}


# Numbers.


@pytest.mark.parametrize(
    ("tool", "deals", "numbers"),
    [
        ("pipeboard", [], [-7, -8, -3]),
        ("pipeboard", [known(9)], [-1, -2, -3]),
        ("other", [], [-1, -2, -3]),
    ],
)
def test_deals_of_our_own_file_keep_their_numbers_in_an_empty_database(
    tool: str, deals: list[Deal], numbers: list[int]
) -> None:
    made = decider(deals, [], tool=tool)
    rows = [
        row(1, "One", 2, ref="D-7"), row(2, "Two", 3), row(3, "Three", 4, ref="D-3"),
    ]  # fmt: skip
    assert [change.after.id for _, change in made.decide(rows)] == numbers


def test_a_number_that_stands_twice_in_our_own_file_is_that_of_the_first() -> None:
    rows = [row(n, f"Deal {n}", n + 1, ref="D-7") for n in (1, 2, 3)]
    found = decider(tool="pipeboard").decide(rows)
    assert [change.after.id for _, change in found] == [-7, -8, -9]


LINKS = {"recycled_from": "back_elsewhere", "merged_into": "merged_elsewhere"}


@pytest.mark.parametrize("name", LINKS)
@pytest.mark.parametrize(
    ("tool", "ref", "deals", "number"),
    [
        ("pipeboard", "D-12", [], 12),
        ("pipeboard", "D-13", [], None),
        ("pipeboard", "D-12", [known(removed=True)], None),
        ("other", "D-12", [], None),
    ],
)
def test_a_deal_that_is_named_by_its_number_is_another_one_elsewhere(
    name: str, tool: str, ref: str, deals: list[Deal], number: int | None
) -> None:
    """Of what there is, and of what is in the file: nobody has the other number, or will."""
    rows = [row(7, "A part", ref="D-7"), row(8, "A whole", 3, ref="D-12")]
    setattr(rows[0], name, ref)
    made = decider(deals, rows, tool=tool)
    (_, part), _ = made.decide(rows)
    assert getattr(part.after, name) == number
    assert odd(made) == ({} if number else {LINKS[name]: 1})
    assert (part.after.archived_at is None) is (name == "recycled_from")


# A second file.


def side(**lines: str) -> SideTable:
    """Lines by the account, each as the area that it says."""
    return SideTable("account", {}, {k: {"fields.area": v} for k, v in lines.items()}, ())


@pytest.mark.parametrize(
    ("account", "fields", "after", "counted", "told"),
    [
        ("Acme", {}, {"area": "N"}, {"joined": 1}, {}),
        ("ACME", {"size": "L"}, {"area": "N", "size": "L"}, {"joined": 1}, {}),
        ("Acme", {"area": "N"}, {"area": "N"}, {"joined": 1}, {}),
        ("Acme", {"area": "S"}, {"area": "S"}, {"joined": 1}, {"joined_otherwise": 1}),
        ("Lumen", {"area": "S"}, {"area": "S"}, {}, {}),
    ],
)
def test_a_row_has_what_the_second_file_says_of_it_beside_its_own(
    account: str, fields: dict[str, str], after: dict[str, str], counted: dict[str, int],
    told: dict[str, int],
) -> None:  # fmt: skip
    made = decider([], [], ImportOptions(side=side(acme="N")))
    one = row(account=account, fields=fields)
    ((_, change),) = made.decide([replace(one)])
    assert dict(change.after.fields) == after
    assert counts(made) == {"created": 1} | counted
    assert made.report.keys_met == ({"acme"} if counted else set())
    assert odd(made) == told


def test_what_a_second_file_says_is_counted_once_of_a_row_that_is_decided_anew() -> None:
    made = decider([known()], [], ImportOptions(side=side(acme="N")))
    made.decide([row()])
    made.forget(1, 2)
    made.decide([row()], again=True)
    assert counts(made) == {"updated": 1, "joined": 1}


@pytest.mark.parametrize(
    ("joins", "joined", "met"), [(True, 1, {"acme", "dune"}), (False, 0, {"acme"})]
)
def test_deals_that_stand_in_no_row_have_it_too_where_all_deals_are_meant(
    joins: bool, joined: int, met: set[str]
) -> None:
    dune = replace(known(2, account="Dune"), fields={"area": "S"})
    elm = replace(known(3, account="Dune"), fields={"area": "N"})
    deals = [known(), dune, elm, known(4, account="Fir")]
    options = ImportOptions(side=side(acme="N", dune="N"), joins_here=joins)
    made = decider(deals, [], options)
    made.decide([row()])
    found = [one for portion in made.join_here() for one in portion]
    assert [(line, change.after.id) for line, change in found] == [(NO_LINE, 2)] * joined
    assert [dict(change.after.fields) for _, change in found] == [{"area": "N"}] * joined
    assert counts(made).get("joined_here", 0) == joined
    assert made.report.keys_met == met
    assert list(decider(deals, [], ImportOptions()).join_here()) == []


def test_of_deals_that_are_decided_anew_only_those_are_joined() -> None:
    deals = [known(2, account="Dune"), known(3, account="Dune")]
    made = decider(deals, [], ImportOptions(side=side(dune="N"), joins_here=True))
    ((found,),) = made.join_here([3])
    assert (found[0], found[1].after.id) == (NO_LINE, 3)


@pytest.mark.parametrize(
    ("deal_id", "line", "name"),
    [(1, 2, "updated"), (-1, 3, "created"), (2, NO_LINE, "joined_here")],
)
def test_what_is_decided_anew_is_counted_no_more(deal_id: int, line: int, name: str) -> None:
    options = ImportOptions(side=side(dune="N"), joins_here=True)
    made = decider([known(), known(2, account="Dune")], [], options)
    made.decide([row(title="Other"), row(5, "New", 3)])
    list(made.join_here())
    before = counts(made)
    assert (before["updated"], before["created"], before["joined_here"]) == (1, 1, 1)
    made.forget(deal_id, line)
    assert counts(made) == {one: count for one, count in before.items() if one != name}


def test_a_row_that_is_decided_anew_is_counted_by_what_it_comes_to_now() -> None:
    nameless = known(external_id=None)
    made = decider([nameless, FOREIGN], [row(None, "Other"), row()])
    for again in (False, True):
        made.decide([row(None), row()], again=again)
    report = made.report
    assert (report.by_name, report.elsewhere) == (1, 1)
    assert sum(report.stages.values()) == 2


# Ids that are another tool's.


@pytest.mark.parametrize(
    ("strange", "same", "refused"),
    [(0, 0, ""), (0, 3, ""), (1, 1, ""), (1, 2, ""), (2, 2, ""), (2, 3, ""),
     (1, 0, "1 of 1 known id of this file names another deal here"),
     (2, 1, "2 of 3 known ids of this file name other deals here"),
     (3, 2, "3 of 5 known ids of this file name other deals here")],
)  # fmt: skip
def test_a_file_most_of_whose_ids_are_other_deals_here_comes_from_elsewhere(
    strange: int, same: int, refused: str
) -> None:
    deals = [known(n, title=f"Deal {n}", account="") for n in range(1, strange + same + 1)]
    rows = [
        row(n, f"Other {n}" if n <= strange else f"Deal {n}", n + 1, account=None)
        for n in range(1, strange + same + 1)
    ]
    made = decider(deals, rows)
    made.decide(rows)
    if not refused:
        made.check_identities()
        return
    with pytest.raises(Refused) as error:
        made.check_identities()
    assert error.value.message == (f"{refused}: it seems to come from another place than tool.")
    assert error.value.hint == (
        "Say where its ids are from with --source NAME, or take all rows as new deals with "
        "--match new. To update them nevertheless: --source tool"
    )
    said = decider(deals, rows, ImportOptions(source="tool"))
    said.decide(rows)
    said.check_identities()


def test_deals_of_the_source_that_came_in_no_row_are_counted_at_the_end() -> None:
    made = decider([known(), known(2), known(3)], [row()])
    made.decide([row()])
    made.check_identities()
    assert made.report.absent == 2
    assert made.report.stages == {LEAD.name: 1}


def test_the_stages_that_a_deal_came_into_are_those_of_its_row() -> None:
    entered = (Entered(LEAD.name, BEGAN), Entered(QUALIFICATION.name, BEGAN + timedelta(days=2)))
    ((_, change),) = decider().decide([row(entered=entered, stage=QUALIFICATION.name)])
    assert (change.after.stage_id, change.after.stage_entered_at) == (
        QUALIFICATION.id, BEGAN + timedelta(days=2),
    )  # fmt: skip


def test_rows_that_are_no_deals_are_of_no_name() -> None:
    rows: list[DealRow | Rejected] = [Rejected(2, "title", "", "no title")]
    rows += [row(None, line=3), row(2, line=4)]
    made = decider([known(external_id=None)], rows)
    made.decide(rows)
    assert counts(made) == {"unchanged": 1, "by_name": 1, "created": 1, "rejected": 1}


def test_ids_of_one_mark_are_told_apart_by_the_file_itself(monkeypatch: pytest.MonkeyPatch) -> None:
    """Ids that were met are remembered by a number that two of them could share."""
    monkeypatch.setattr(row_doubles, "hash", lambda _: 1, raising=False)
    rows = [row(1, line=2), row(2, "Other", line=3), row(1, line=4), row(3, "Third", line=5)]
    rows[2].raw = {"a": "x"}
    made = decider([], rows)
    assert [line for line, _ in made.decide(rows)] == [2, 3, 5]
    assert [one.line for one in made.report.rejected] == [4]
    gone = decider([], [])
    assert [line for line, _ in gone.decide(rows[:2])] == [2, 3]
