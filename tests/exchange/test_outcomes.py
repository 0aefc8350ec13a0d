from __future__ import annotations

import pytest

from pipeboard.domain.errors import BadInput
from pipeboard.exchange.history import RowStatus, read_status
from pipeboard.exchange.words.languages import closing_outcome, sounds_closed, words_beside


@pytest.mark.parametrize(
    ("stage", "outcome"),
    [
        ("Won", "won"),
        ("Closed Won", "won"),
        ("closedwon", "won"),
        ("Closed-Won", "won"),
        ("Won 🎉", "won"),
        ("Lost", "lost"),
        ("Closed Lost to Competition", "lost"),
        ("Lost customers", None),
        ("Wonderland pilots", None),
        ("Negotiation", None),
    ],
)
def test_closing_stages_are_recognised_and_others_left_alone(
    stage: str, outcome: str | None
) -> None:
    assert closing_outcome(stage) == outcome


def test_a_status_tells_the_outcome_or_that_the_deal_is_put_away() -> None:
    assert read_status("Open") == RowStatus("open")
    assert read_status("WON") == RowStatus("won")
    assert read_status("Deleted") == RowStatus(None, archived=True, deleted=True)
    with pytest.raises(BadInput, match="'Paused' is not a status"):
        read_status("Paused")


@pytest.mark.parametrize(
    ("word", "status"),
    [
        ("W", RowStatus("won")),
        ("l", RowStatus("lost")),
        ("O", RowStatus("open")),
        ("=won", RowStatus("won")),
        ("=lost", RowStatus("lost")),
        ("=open", RowStatus("open")),
        ("=-", RowStatus(None)),
        ("Pending", RowStatus("open")),
        ("Active", RowStatus("open")),
        ("In progress", RowStatus("open")),
        ("Archived", RowStatus(None, archived=True)),
        ("Gelöscht", RowStatus(None, archived=True, deleted=True)),
        ("Supprimé", RowStatus(None, archived=True, deleted=True)),
        ("Eliminado", RowStatus(None, archived=True, deleted=True)),
    ],
)
def test_a_word_of_a_status_says_one_thing(word: str, status: RowStatus) -> None:
    assert read_status(word) == status


@pytest.mark.parametrize(
    ("stage", "more"),
    [
        ("Closed Lost", ""),
        ("6 - Won (100%)", ""),
        ("WON ✅", ""),
        ("Closed Lost to Competition", "Competition"),
        ("Lost - price", "price"),
        ("Closed Won (Upsell)", "Upsell"),
        ("Lost: due to timing", "timing"),
        ("Auftrag", "Auftrag"),
    ],
)
def test_what_a_closing_stage_says_beside_won_or_lost_is_known(stage: str, more: str) -> None:
    assert words_beside(stage) == more


@pytest.mark.parametrize(
    ("stage", "sounds"),
    [
        ("Lost - price", True),
        ("Won - Renewal", True),
        ("Verloren (Preis)", True),
        ("Declined by customer", True),
        ("Closed", True),
        ("Proposal", False),
        ("Wonderland pilots", False),
        ("Won?", False),
        ("Negotiation", False),
        ("Beauftragt", True),
        ("Quote accepted", True),
        ("Acceptée", True),
        ("Termine", False),
    ],
)
def test_a_stage_where_deals_may_have_ended_is_told_from_others(stage: str, sounds: bool) -> None:
    assert sounds_closed(stage) is sounds
