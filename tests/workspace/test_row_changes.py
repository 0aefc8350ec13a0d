"""What brings a known deal to what its row says: which commands, in which order, as of when."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from pipeboard.domain import commands as c
from pipeboard.domain.deal import UNKNOWN, Contact, Deal, Loss, NextStep, Status
from pipeboard.domain.money import Money
from pipeboard.exchange.rows import DealRow, Entered
from pipeboard.workspace.row_changes import RowCourse
from pipeboard.workspace.row_commands import RowRules, note_id
from pipeboard.workspace.row_matching import Merge
from tests.store.made_up import deal, pipelines

BEGAN = datetime(2026, 1, 5, 9, tzinfo=UTC)
PIPELINE = pipelines()[0]
LEAD, QUALIFICATION, NEEDS = PIPELINE.open_stages[:3]
SAID = {"title": "x"}


def on(day: int) -> datetime:
    return BEGAN + timedelta(days=day)


NOW = on(90)
RULES = RowRules(PIPELINE, "deals.csv", "ana", NOW)


def here(**more: Any) -> Deal:
    made: dict[str, Any] = {
        "stage_id": LEAD.id, "created_at": on(0), "stage_entered_at": on(0), "owner": "ana",
        "outcome": Status.OPEN, "closed_at": None, "closed_from": None, "archived_at": None,
        "loss": None, "entry_precision": "", "created_precision": "",
    }  # fmt: skip
    return deal(1, **(made | more))


WON = here(
    outcome=Status.WON, closed_at=on(20), closed_from=QUALIFICATION.id, stage_entered_at=on(20),
    stage_id=PIPELINE.won.id,
)  # fmt: skip


def follows(known: Deal, take: dict[str, Any], emptied: tuple[str, ...] = (), **said: Any) -> Any:
    """The commands, but for what the deal remembers of its row."""
    row = DealRow(2, {}, "x", **said)
    course = RowCourse(row, known, RULES, NOW, "so said")
    found = list(course.commands(Merge(take=dict(take), emptied=[*emptied], base=dict(SAID))))
    memory = c.Edit({} if row.ref else {"imported": SAID})
    return [one for one in found if one != (memory, None)]


def test_a_row_that_says_nothing_new_is_remembered_and_one_of_ours_is_not() -> None:
    for ref, memory in ((None, {"imported": SAID}), ("D-1", {})):
        course = RowCourse(DealRow(2, {}, "x", ref=ref), here(), RULES, NOW, "")
        assert list(course.commands(Merge(base=dict(SAID)))) == [(c.Edit(memory), None)]


@pytest.mark.parametrize(
    ("known", "take", "said", "since"),
    [
        (here(), {}, {}, None),
        (here(owner=""), {}, {}, None),
        (WON, {}, {}, None),
        (here(owner="", outcome=Status.WON, closed_at=on(20)), {}, {}, on(20)),
        (here(), {"outcome": "won"}, {"closed_at": on(30), "outcome": "won"}, on(30)),
        (here(), {"outcome": "lost"}, {"outcome": "lost"}, NOW),
        (here(), {"outcome": "won"}, {"closed_at": on(-5), "outcome": "won"}, on(0)),
        (
            here(created_precision=UNKNOWN),
            {"outcome": "won"},
            {"closed_at": on(-5), "outcome": "won"},
            on(-5),
        ),
    ],
)
def test_who_owns_a_deal_closed_it(
    known: Deal, take: dict[str, Any], said: dict[str, Any], since: datetime | None
) -> None:
    first = follows(known, {"owner": "bo"} | take, **said)[0]
    assert first == (c.Edit({"owner": "bo"}), since)


@pytest.mark.parametrize(
    ("take", "said", "commands"),
    [
        ({"stage": "needs"}, {"stage": NEEDS.name}, [(c.Move(NEEDS.id, "so said"), None)]),
        ({"stage": "lead"}, {"stage": LEAD.name}, []),
        (
            {"stage": "needs"},
            {"stage": NEEDS.name, "entered": (Entered(QUALIFICATION.name, on(5)),)},
            [(c.Move(QUALIFICATION.id, "so said"), on(5)), (c.Move(NEEDS.id, "so said"), None)],
        ),
        (
            {"stage": "needs"},
            {"stage": NEEDS.name, "entered": (Entered(NEEDS.name, on(5)),)},
            [(c.Move(NEEDS.id, "so said"), on(5))],
        ),
        ({"archived": "yes"}, {}, [(c.Archive(), None)]),
        (
            {"outcome": "won"},
            {"outcome": "won", "closed_at": on(30), "value": Money(5, "EUR")},
            [(c.Win(Money(5, "EUR"), override="so said", at=on(30)), None)],
        ),
        (
            {"outcome": "won"},
            {"outcome": "won"},
            [(c.Win(None, override="so said", at=NOW, precision="unknown"), None)],
        ),
        (
            {"outcome": "lost"},
            {"outcome": "lost", "closed_at": on(30), "lost_category": "price"},
            [(c.Lose(Loss("price"), at=on(30)), None)],
        ),
        (
            {"outcome": "lost", "stage": "needs"},
            {
                "outcome": "lost", "closed_at": on(30), "stage": NEEDS.name,
                "entered": (Entered(QUALIFICATION.name, on(5)), Entered(NEEDS.name, on(40))),
            },
            [
                (c.Move(QUALIFICATION.id, "so said"), on(5)),
                (c.Lose(Loss("other"), at=on(30)), None),
            ],
        ),
    ],
)  # fmt: skip
def test_an_open_deal_goes_where_its_row_says_and_ends_as_it_says(
    take: dict[str, Any], said: dict[str, Any], commands: list[Any]
) -> None:
    assert follows(here(), take, **said) == commands


@pytest.mark.parametrize(
    ("take", "said", "commands"),
    [
        ({"outcome": "open"}, {"outcome": "open"}, [(c.Reopen(override="deals.csv"), None)]),
        (
            {"outcome": "open", "stage": "qualification"},
            {"outcome": "open", "stage": QUALIFICATION.name},
            [(c.Reopen(override="deals.csv"), None)],
        ),
        (
            {"outcome": "open", "stage": "needs"},
            {"outcome": "open", "stage": NEEDS.name},
            [(c.Reopen(override="deals.csv"), None), (c.Move(NEEDS.id, "so said"), None)],
        ),
        (
            {"outcome": "lost"},
            {"outcome": "lost", "closed_at": on(30)},
            [
                (c.Reopen(override="deals.csv"), on(30)),
                (c.Lose(Loss("other"), at=on(30)), None),
            ],
        ),
        (
            {"outcome": "lost"},
            {"outcome": "lost", "closed_at": on(10)},
            [
                (c.Reopen(override="deals.csv"), on(20)),
                (c.Lose(Loss("other"), at=on(20)), None),
            ],
        ),
        ({"stage": "needs"}, {"stage": NEEDS.name}, []),
    ],
)
def test_a_closed_deal_is_reopened_before_it_goes_on(
    take: dict[str, Any], said: dict[str, Any], commands: list[Any]
) -> None:
    assert follows(WON, take, **said) == commands


def test_an_archived_deal_is_not_put_away_again() -> None:
    assert follows(here(archived_at=on(5)), {"archived": "yes"}) == []


STEP = NextStep("call", date(2026, 5, 1), "2w")


@pytest.mark.parametrize(
    ("known", "take", "emptied", "commands"),
    [
        (here(), {"next_step": STEP}, (), [c.SetNextStep("call", date(2026, 5, 1), "2w")]),
        (here(), {}, ("next_step",), [c.SetNextStep("", None, "")]),
        (WON, {"next_step": STEP}, (), []),
        (
            WON,
            {"next_step": STEP, "outcome": "open"},
            (),
            [c.Reopen(override="deals.csv"), c.SetNextStep("call", date(2026, 5, 1), "2w")],
        ),
        (here(), {"next_step": STEP, "archived": "yes"}, (), [
            c.Archive(), c.SetNextStep("call", date(2026, 5, 1), "2w"),
        ]),
        (here(), {"contacts.bob": Contact("Bob")}, (), [c.SetContact("bob", Contact("Bob"))]),
        (here(), {}, ("contacts.bob",), [c.SetContact("bob", None)]),
    ],
)  # fmt: skip
def test_steps_and_people_come_after_where_the_deal_stands(
    known: Deal, take: dict[str, Any], emptied: tuple[str, ...], commands: list[c.Command]
) -> None:
    assert [command for command, _ in follows(known, take, emptied)] == commands


@pytest.mark.parametrize(("external_id", "key"), [("X1", "X1"), (None, "D-1")])
def test_a_note_of_a_row_has_the_same_id_whenever_it_comes(
    external_id: str | None, key: str
) -> None:
    found = follows(here(), {"notes.1": "told"}, external_id=external_id)
    assert found == [(c.AddNote("told", note_id(key, "note", "told")), None)]


@pytest.mark.parametrize(
    ("take", "said", "commands"),
    [
        (
            {"created_at": on(1)},
            {"created_at": on(1), "closed_at": on(9)},
            [c.Correct(on(1), None)],
        ),
        (
            {"closed_at": on(9)},
            {"created_at": on(1), "closed_at": on(9)},
            [c.Correct(None, on(9))],
        ),
        (
            {"created_at": on(1), "closed_at": on(9)},
            {"created_at": on(1), "closed_at": on(9)},
            [c.Correct(on(1), on(9))],
        ),
        (
            {"loss": Loss("price")},
            {"lost_category": "timing"},
            [c.Correct(loss=Loss("timing"))],
        ),
        ({"created_at": None}, {}, []),
    ],
)
def test_what_a_row_knows_better_is_a_correction(
    take: dict[str, Any], said: dict[str, Any], commands: list[c.Command]
) -> None:
    found = [command for command, _ in follows(WON, take, **said)]
    assert [
        c.Correct(one.created_at, one.closed_at, one.loss) if isinstance(one, c.Correct) else one
        for one in found
    ] == commands


def test_other_fields_are_set_together_with_what_is_remembered() -> None:
    row = DealRow(2, {}, "x")
    course = RowCourse(row, here(), RULES, NOW, "")
    merge = Merge(take={"source": "web"}, emptied=["account"], base=dict(SAID))
    assert list(course.commands(merge)) == [
        (c.Edit({"source": "web", "account": None, "imported": SAID}), None)
    ]
