"""The health of the data: faults as conditions over open deals, and deals that may be one."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from itertools import combinations, product

from pipeboard.domain.hygiene import DECISION_MAKER, Alike, Fault, company, norm
from pipeboard.domain.pipeline import Pipeline
from pipeboard.domain.text import fold
from pipeboard.store.database import Database, Row
from pipeboard.store.reading.attention import NO_NEXT_STEP
from pipeboard.store.reading.setup import read_reps
from pipeboard.store.sql import Sql, among, compares, either, every, one_of

MOST_TOGETHER = 60
"""Deals of one company that are compared with one another; of more, the first."""
NEIGHBOURS = 5
SAME_COMPANY, LIKE_COMPANY = 80, 92
"""How alike the titles must be (percent), and how alike two companies are that are one."""


def find_alike(database: Database, wanted: Sql) -> tuple[Alike, ...]:
    """Pairs of the deals that are wanted, the older first in each, those most alike first.

    Compared are deals of one company, of companies whose names begin alike, and those that name
    the same person by e-mail or full name.
    """
    deals = {
        row["id"]: row
        for row in database.rows(
            "select deal.id, deal.account, deal.title, deal.created_at from deal"
            f" where {wanted.text} order by deal.created_at, deal.id",
            wanted.values,
        )
    }
    people = database.rows(
        "select deal_id, name, email, deal.account from contact"
        f" join deal on deal.id = deal_id where {wanted.text}",
        wanted.values,
    )
    found: dict[tuple[int, int], Alike] = {}
    for pair in (*_by_company(deals), *_by_person(deals, people)):
        key = (pair.keep_id, pair.other_id)
        if key not in found or found[key].likeness < pair.likeness:
            found[key] = pair
    return tuple(sorted(found.values(), key=lambda p: (-p.likeness, p.keep_id, p.other_id)))


def _by_company(deals: Mapping[int, Row]) -> Iterable[Alike]:
    together: dict[str, list[int]] = defaultdict(list)
    for deal_id, row in deals.items():
        if name := company(row["account"]):
            together[name].append(deal_id)
    for ids in together.values():
        yield from _among(deals, combinations(ids[:MOST_TOGETHER], 2), "the same company", 100)
    for one, other, likeness in _like_names(sorted(together)):
        first, second = together[one][:MOST_TOGETHER], together[other][:MOST_TOGETHER]
        shown = f"{deals[first[0]]['account']} is like {deals[second[0]]['account']}"
        yield from _among(deals, product(first, second), shown, likeness)


def _like_names(names: Sequence[str]) -> Iterable[tuple[str, str, int]]:
    """Two names of companies that are almost the same, of those that stand near in the alphabet."""
    from rapidfuzz import fuzz  # takes longer to import than the board to appear

    for place, name in enumerate(names):
        for other in names[place + 1 : place + 1 + NEIGHBOURS]:
            likeness = round(fuzz.ratio(name, other))
            if likeness >= LIKE_COMPANY:
                yield name, other, likeness


def _among(
    deals: Mapping[int, Row], pairs: Iterable[tuple[int, int]], why: str, likeness: int
) -> Iterable[Alike]:
    """Of some pairs, those whose titles are much alike."""
    for pair in pairs:
        one, other = sorted(pair, key=lambda deal_id: (deals[deal_id]["created_at"], deal_id))
        titles = _likeness(deals[one]["title"], deals[other]["title"])
        if titles >= SAME_COMPANY:
            yield Alike(one, other, f"{why}, titles {titles}% alike", titles * likeness // 100)


def _by_person(deals: Mapping[int, Row], people: Iterable[Row]) -> Iterable[Alike]:
    together: dict[str, set[int]] = defaultdict(set)
    shown: dict[str, str] = {}
    for row in people:
        for key in filter(None, (fold(row["email"]), _full_name(row))):
            together[key].add(row["deal_id"])
            shown[key] = row["name"]
    for key, ids in together.items():
        if len(ids) > 1:
            pairs = combinations(sorted(ids)[:MOST_TOGETHER], 2)
            yield from _among(deals, pairs, f"the same person, {shown[key]}", 100)


def _full_name(row: Row) -> str:
    """A name that tells two people apart, with that of the company: many share a first name."""
    name = fold(row["name"])
    return f"{name} of {company(row['account'])}" if " " in name else ""


def _likeness(one: str, other: str) -> int:
    from rapidfuzz import fuzz

    return round(fuzz.token_sort_ratio(fold(one), fold(other)))


def fault_conditions(
    database: Database, pipelines: Sequence[Pipeline], today: date
) -> Mapping[Fault, Sql]:
    """When the data of an open deal has a fault, as `domain.hygiene.faults` has it."""
    norms = [norm(pipeline) for pipeline in pipelines]
    qualified = among("deal.stage_id", (one for asks in norms for one in asks.qualified))
    few = either(
        every((among("deal.stage_id", asks.qualified), Sql(f"deal.answered < {asks.answers}")))
        for asks in norms
    )
    away = [rep.name for rep in read_reps(database) if not rep.active]
    person = "exists (select 1 from contact where contact.deal_id = deal.id{})"
    # By the deal's own few people, not along the index of a role that half of all bear.
    deciding = person.format(f" and coalesce(contact.role, '') = '{DECISION_MAKER}'")
    return {
        Fault.VALUE: every((qualified, Sql("deal.value_minor is null"))),
        Fault.CLOSE_DATE: every((qualified, Sql("deal.expected_close is null"))),
        Fault.CLOSE_PASSED: compares("deal.expected_close", "<", today.isoformat()),
        Fault.SOURCE: Sql("deal.source = ''"),
        Fault.CONTACT: every((qualified, Sql(f"not {person.format('')}"))),
        Fault.DECISION_MAKER: every((qualified, Sql(f"{person.format('')} and not {deciding}"))),
        Fault.ANSWERS: few,
        Fault.OWNER: either((Sql("deal.owner = ''"), one_of("deal.owner", away))),
        Fault.NEXT_STEP: NO_NEXT_STEP,
    }
