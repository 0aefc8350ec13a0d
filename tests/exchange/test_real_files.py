"""The exports of other tools beside the repository, read whole."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import Any

import pytest

from pipeboard.domain.dates import days_between
from pipeboard.exchange.rows import DealRow
from tests.exchange.files import BERLIN, all_deals, exported, open_file

HOLDERS = ("hubspot", "pipedrive", "zoho")


def deals_in(name: str, **options: Any) -> list[DealRow]:
    with open_file(exported(name), **options) as reading:
        return all_deals(list(reading.rows()))


def outcomes(deals: Sequence[DealRow]) -> dict[str | None, int]:
    return dict(Counter(deal.outcome for deal in deals))


def test_maven_gives_its_8800_deals() -> None:
    deals = deals_in("maven-crm/sales_pipeline.csv", overrides=["engage_date=entered:Engaging"])
    assert outcomes(deals) == {"won": 4238, "lost": 2473, "open": 2089}
    assert Counter(d.stage for d in deals if d.outcome == "open") == {
        "Prospecting": 500,
        "Engaging": 1589,
    }
    assert sum(1 for deal in deals if deal.account is None) == 1425
    assert len({deal.external_id for deal in deals}) == 8800
    assert all(deal.closed_at for deal in deals if deal.outcome != "open")
    assert {d.value.minor for d in deals if d.outcome == "lost" and d.value} == {0}
    assert all(deal.value is None for deal in deals if deal.outcome == "open")
    assert deals[0].fields == {"product": "GTX Plus Basic"}
    assert deals[0].title == "Cancity - GTX Plus Basic"


@pytest.mark.parametrize("tool", HOLDERS)
def test_each_tool_is_recognised_by_its_header(tool: str) -> None:
    with open_file(exported(f"crm-exports/{tool}-deals.csv")) as reading:
        assert reading.tool == tool
        assert reading.warnings == []


def test_three_tools_tell_the_same_of_the_same_deals() -> None:
    exports = [deals_in(f"crm-exports/{tool}-deals.csv") for tool in HOLDERS]
    for deals in exports:
        assert outcomes(deals) == {"won": 198, "lost": 113, "open": 89}
    for same in zip(*exports, strict=True):
        about = {(d.title, d.account, d.owner, d.value, d.outcome, d.created_at) for d in same}
        assert len(about) == 1
        assert len({deal.expected_close for deal in same if deal.outcome == "open"}) <= 1
        assert len({_cycle(deal) for deal in same}) == 1


def _cycle(deal: DealRow) -> int | None:
    if deal.closed_at is None or deal.created_at is None:
        return None
    assert deal.closed_at >= deal.created_at
    return days_between(deal.created_at, deal.closed_at, BERLIN)


def test_zoho_keeps_the_prefix_of_its_ids() -> None:
    for deal in deals_in("crm-exports/zoho-deals.csv"):
        assert (deal.external_id or "").startswith("zcrm_")


def test_a_won_deal_of_pipedrive_stays_in_its_last_open_stage() -> None:
    won = [d for d in deals_in("crm-exports/pipedrive-deals.csv") if d.outcome == "won"]
    assert {deal.stage for deal in won} == {"Negotiations Started"}
    assert all(deal.entered[-1].stage == deal.stage for deal in won)


def test_hubspot_tells_the_whole_course_of_a_deal() -> None:
    deals = deals_in("crm-exports/hubspot-deals.csv")
    assert all(deal.entered[0].at == deal.created_at for deal in deals)
    for deal in deals:
        assert deal.stage == deal.entered[-1].stage
        assert list(deal.entered) == sorted(deal.entered, key=lambda entry: entry.at)


def test_a_trello_board_tells_the_same_as_json_and_as_csv() -> None:
    by_json = deals_in("crm-exports/trello-board.json")
    by_csv = deals_in("crm-exports/trello-board.csv")
    assert outcomes(by_json) == outcomes(by_csv)
    for one, other in zip(by_json, by_csv, strict=True):
        assert one.external_id == other.external_id
        assert (one.title, one.value, one.owner) == (other.title, other.value, other.owner)
        assert (one.tags, one.archived) == (other.tags, other.archived)
        assert one.expected_close == other.expected_close
        assert one.closed_at == other.closed_at
    assert sum(deal.archived for deal in by_json) >= 5
    assert all(deal.entered and deal.created_at for deal in by_json)
