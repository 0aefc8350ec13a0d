"""What the data of deals lacks: the conditions of the store say what the domain says of a deal."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import closing
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from pipeboard.domain.deal import Answer, Contact, NextStep, Status
from pipeboard.domain.hygiene import Fault, faults
from pipeboard.domain.money import Money
from pipeboard.domain.settings import Rep
from pipeboard.store import Store
from pipeboard.store.reading import health
from pipeboard.store.reading.health import find_alike
from pipeboard.store.reading.listing import Listing
from pipeboard.store.sql import Sql
from tests.store.conftest import Crowd
from tests.store.made_up import NOW, TODAY, ZONE, deal, pipelines, store_with

DAY = timedelta(days=1)
AWAY = ("gone",)
LISTING = Listing(TODAY, ZONE)

QUALIFIED: dict[str, Any] = {
    "stage_id": 3,
    "value": Money(100, "EUR"),
    "expected_close": TODAY + DAY,
    "source": "web",
    "owner": "ana",
    "contacts": {"mika": Contact("Mika", "decision_maker")},
    "answers": {key: Answer("So", 3) for key in ("need", "timeline", "authority", "trigger")},
    "next_step": NextStep("call", TODAY),
}
"""A deal in work that lacks nothing."""

LACKS: Mapping[str, tuple[dict[str, Any], set[Fault]]] = {
    "nothing": ({}, set()),
    "a value": ({"value": None}, {Fault.VALUE}),
    "no value that is 0": ({"value": Money(0, "EUR")}, set()),
    "a close date": ({"expected_close": None}, {Fault.CLOSE_DATE}),
    "a close date ahead": ({"expected_close": TODAY - DAY}, {Fault.CLOSE_PASSED}),
    "nothing where it closes today": ({"expected_close": TODAY}, set()),
    "a source": ({"source": ""}, {Fault.SOURCE}),
    "people": ({"contacts": {}}, {Fault.CONTACT}),
    "who decides": ({"contacts": {"m": Contact("M", "user")}}, {Fault.DECISION_MAKER}),
    "no one who decides among several": (
        {"contacts": {"m": Contact("M", "user"), "k": Contact("K", "decision_maker")}},
        set(),
    ),
    "answers": ({"answers": {"need": Answer("So", 3)}}, {Fault.ANSWERS}),
    "an owner": ({"owner": ""}, {Fault.OWNER}),
    "an owner who is here": ({"owner": "gone"}, {Fault.OWNER}),
    "no owner who is no rep": ({"owner": "Bo"}, set()),
    "a next step": ({"next_step": None}, {Fault.NEXT_STEP}),
    "a day of the next step": ({"next_step": NextStep("call")}, {Fault.NEXT_STEP}),
    "no step that is not overdue": ({"next_step": NextStep("call", TODAY - DAY)}, set()),
    "nothing as a lead": (
        {"stage_id": 1, "value": None, "expected_close": None, "contacts": {}, "answers": {}},
        set(),
    ),
    "even as a lead": (
        {"stage_id": 1, "source": "", "owner": "", "expected_close": TODAY - DAY,
         "next_step": None},
        {Fault.SOURCE, Fault.OWNER, Fault.CLOSE_PASSED, Fault.NEXT_STEP},
    ),
    "nothing any more once it is won": (
        {"stage_id": 7, "source": "", "outcome": Status.WON, "closed_at": NOW},
        set(),
    ),
    "nothing while it sleeps": ({"source": "", "snoozed_until": TODAY + DAY}, set()),
    "a source once it is awake": ({"source": "", "snoozed_until": TODAY}, {Fault.SOURCE}),
    "nothing in the archive": ({"source": "", "archived_at": NOW}, set()),
}  # fmt: skip


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Store]:
    """Every deal of the table, numbered in its order, and a rep who is away."""
    deals = [deal(n, **QUALIFIED | more) for n, (more, _) in enumerate(LACKS.values(), 1)]
    path: Path = tmp_path_factory.mktemp("health") / "deals.db"
    with closing(store_with(path, deals)) as store:
        store.write(lambda writer: writer.save_rep(Rep("gone", active=False)))
        yield store


@pytest.mark.parametrize("fault", Fault)
def test_each_deal_is_found_by_what_it_lacks(fault: Fault, store: Store) -> None:
    names = list(LACKS)
    found = [names[number - 1] for number in store.reader.day(LISTING).faulty(fault)]
    assert sorted(found) == sorted(name for name, (_, lacks) in LACKS.items() if fault in lacks)


@pytest.mark.parametrize("name", LACKS)
def test_the_domain_says_the_same_of_a_deal_in_work(name: str) -> None:
    more, lacks = LACKS[name]
    one = deal(1, **QUALIFIED | more)
    if one.is_open and not one.is_snoozed(TODAY):
        assert set(faults(one, pipelines()[0], TODAY, AWAY)) == lacks


def test_what_is_lacking_is_counted_by_owner(store: Store) -> None:
    owners = [(QUALIFIED | more)["owner"] for more, _ in LACKS.values()]
    counts = store.reader.day(LISTING).fault_counts()
    assert set(counts) == set(Fault)
    for fault in Fault:
        of_it = [own for own, (_, lacks) in zip(owners, LACKS.values(), strict=True)
                 if fault in lacks]  # fmt: skip
        assert counts[fault] == {own: of_it.count(own) for own in set(of_it)}, fault


@pytest.mark.parametrize("fault", Fault)
def test_any_deal_has_the_faults_that_the_domain_gives_it(fault: Fault, crowd: Crowd) -> None:
    wanted = {
        one.id
        for one in crowd.deals
        if one.is_open and not one.removed and one.archived_at is None
        and not one.is_snoozed(TODAY)
        and fault in faults(one, crowd.pipeline(one), TODAY, ())
    }  # fmt: skip
    found = crowd.reader.day(LISTING).faulty(fault)
    assert wanted
    assert sorted(found) == sorted(wanted)


@pytest.mark.parametrize(
    ("deals", "pairs"),
    [
        ((("Acme GmbH", "Press line", ""), ("ACME", "Press line", "")),
         [(1, 2, "the same company, titles 100% alike", 100)]),
        ((("Acme", "Press line", ""), ("Acme", "Kiln", "")), []),
        ((("Acme Oy", "Press line", ""), ("Akme Oy", "Press line", "")), []),
        ((("Kestrel Robotics", "Press", ""), ("Kestrel Robotic", "Press", "")),
         [(1, 2, "Kestrel Robotic is like Kestrel Robotics, titles 100% alike", 97)]),
        ((("Acme", "Press", "m@x.example"), ("Bolt", "Press", "M@X.example")),
         [(1, 2, "the same person, Mika, titles 100% alike", 100)]),
        ((("Kestrel Robotics", "Press", "m@x.example"),
          ("Kestrel Robotic", "Press", "m@x.example")),
         [(1, 2, "the same person, Mika, titles 100% alike", 100)]),
        ((("Acme", "Press", ""), ("Acme", "Press", ""), ("Acme", "Pres", "")),
         [(1, 2, "the same company, titles 100% alike", 100),
          (1, 3, "the same company, titles 89% alike", 89),
          (2, 3, "the same company, titles 89% alike", 89)]),
        ((("", "Press", ""), ("", "Press", "")), []),
        ((("", "Press", "Mika Virta"), ("", "Press", "mika virta")),
         [(1, 2, "the same person, mika virta, titles 100% alike", 100)]),
        ((("Acme", "Press", "Mika Virta"), ("Bolt", "Press", "Mika Virta")), []),
        ((("", "Press", "Mika"), ("", "Press", "Mika")), []),
        ((("Kestrelrobot", "Press", ""), ("Kestrelrobat", "Prees", "")),
         [(1, 2, "Kestrelrobat is like Kestrelrobot, titles 80% alike", 73)]),
        ((("Kestrelrobo", "Press", ""), ("Kestrelroba", "Press", "")), []),
        ((("Acme", "Press", ""), ("Acme", "Pret", "")), []),
        ((("Acme", "Press", "m@x.example"), ("Bolt", "Press", ""), ("Bolt", "Press", ""),
          ("Cern", "Press", "m@x.example")),
         [(1, 4, "the same person, Mika, titles 100% alike", 100),
          (2, 3, "the same company, titles 100% alike", 100)]),
    ],
)  # fmt: skip
def test_deals_are_alike_by_company_and_title_or_by_a_person(
    tmp_path: Path,
    deals: tuple[tuple[str, str, str], ...],
    pairs: list[tuple[int, int, str, int]],
) -> None:
    made = [
        deal(number, account=account, title=title,
             contacts={"m": Contact("Mika", "", who) if "@" in who else Contact(who)} if who
             else {})
        for number, (account, title, who) in enumerate(deals, 1)
    ]  # fmt: skip
    with closing(store_with(tmp_path / "alike.db", made)) as store:
        found = find_alike(store.reader._database, Sql("true"))
        assert [(one.keep_id, one.other_id, one.reason, one.likeness) for one in found] == pairs
        assert find_alike(store.reader._database, Sql("deal.id = 1")) == ()


def test_of_very_many_deals_of_one_company_the_oldest_are_compared(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(health, "MOST_TOGETHER", 2)
    made = [
        deal(number, account="Acme", title="Press", created_at=NOW - days * DAY)
        for number, days in ((1, 1), (2, 3), (3, 2))
    ]
    with closing(store_with(tmp_path / "alike.db", made)) as store:
        found = find_alike(store.reader._database, Sql("true"))
        assert [(one.keep_id, one.other_id) for one in found] == [(2, 3)]
