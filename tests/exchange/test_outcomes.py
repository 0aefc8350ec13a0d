from __future__ import annotations

import pytest

from pipeboard.domain.errors import BadInput
from pipeboard.exchange.history import RowStatus, closing_outcome, read_status


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
    assert read_status("Open") == RowStatus("open", is_vague=True)
    assert read_status("WON") == RowStatus("won")
    assert read_status("Deleted") == RowStatus(None, archived=True, deleted=True)
    with pytest.raises(BadInput, match="'Paused' is not a status"):
        read_status("Paused")
