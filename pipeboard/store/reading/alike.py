"""Open deals that may be the same one: of one company or with one person, and much alike."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from itertools import combinations

from pipeboard.domain.hygiene import Alike, company
from pipeboard.domain.text import fold
from pipeboard.store.database import Database, Row
from pipeboard.store.sql import Sql

MOST_TOGETHER = 60
"""Deals of one company that are compared with one another; of more, the first."""
SAME_COMPANY, SAME_PERSON, LIKE_COMPANY = 80, 60, 92
"""How alike the titles must be (percent), and how alike two companies are that are one."""


def find_alike(database: Database, wanted: Sql) -> tuple[Alike, ...]:
    """Pairs of the deals that are wanted, the older first in each, those most alike first.

    Compared are deals of one company, of companies whose names begin alike, and those that name
    the same person by e-mail or full name.
    """
    deals = {
        row["id"]: row
        for row in database.rows(
            f"select deal.id, deal.account, deal.title from deal where {wanted.text}"
            " order by deal.created_at, deal.id",
            wanted.values,
        )
    }
    people = database.rows(
        "select deal_id, name, email from contact where deal_id in"
        f" (select deal.id from deal where {wanted.text})",
        wanted.values,
    )
    found: dict[tuple[int, int], Alike] = {}
    for pair in (*_by_company(deals), *_by_person(deals, people)):
        key = (pair.keep_id, pair.other_id)
        if key not in found or found[key].likeness < pair.likeness:
            found[key] = pair
    return tuple(sorted(found.values(), key=lambda p: (-p.likeness, p.keep_id, p.other_id)))


def _by_company(deals: Mapping[int, Row]) -> Iterable[Alike]:
    from rapidfuzz import fuzz  # takes longer to import than the board to appear

    names = {deal_id: company(row["account"]) for deal_id, row in deals.items()}
    together: dict[str, list[int]] = defaultdict(list)
    for deal_id, name in names.items():
        if name:
            together[name[:4]].append(deal_id)
    for ids in together.values():
        for one, other in _pairs(deals, ids):
            likeness = fuzz.ratio(names[one], names[other], score_cutoff=LIKE_COMPANY)
            titles = _likeness(deals[one]["title"], deals[other]["title"])
            if not likeness or titles < SAME_COMPANY:
                continue
            same = f"{deals[one]['account']} is like {deals[other]['account']}"
            if names[one] == names[other]:
                same = "the same company"
            reason = f"{same}, titles {titles} % alike"
            yield Alike(one, other, reason, round(titles * likeness) // 100)


def _by_person(deals: Mapping[int, Row], people: Iterable[Row]) -> Iterable[Alike]:
    together: dict[str, list[int]] = defaultdict(list)
    shown: dict[str, str] = {}
    for row in people:
        full_name = fold(row["name"]) if " " in row["name"].strip() else ""
        for key in filter(None, (fold(row["email"]), full_name)):
            together[key].append(row["deal_id"])
            shown[key] = row["name"]
    for key, ids in together.items():
        for one, other in _pairs(deals, ids):
            titles = _likeness(deals[one]["title"], deals[other]["title"])
            if titles >= SAME_PERSON:
                reason = f"the same person, {shown[key]}, titles {titles} % alike"
                yield Alike(one, other, reason, titles)


def _pairs(deals: Mapping[int, Row], ids: Sequence[int]) -> Iterable[tuple[int, int]]:
    """Two of some deals, the older first."""
    places = {deal_id: place for place, deal_id in enumerate(deals)}
    unique = sorted(set(ids), key=places.__getitem__)
    return combinations(unique[:MOST_TOGETHER], 2)


def _likeness(one: str, other: str) -> int:
    from rapidfuzz import fuzz

    return round(fuzz.token_sort_ratio(fold(one), fold(other)))
