"""What a report as JSON says of numbers that a small pipeline has none of."""

from __future__ import annotations

from types import SimpleNamespace
from typing import cast

import pytest

from pipeboard.domain.metrics import Report
from pipeboard.domain.metrics.past_forecasts import Backtest
from pipeboard.exchange.metrics_document import backtest_document


@pytest.mark.parametrize(("by_count", "of"), [(True, "wins"), (False, "value")])
def test_what_past_forecasts_were_off_by_is_named(by_count: bool, of: str) -> None:
    tested = Backtest([], {}, None, "too few", by_count)
    report = cast(Report, SimpleNamespace(backtest=tested))
    assert backtest_document(report) == {
        "believed": None, "reason": "too few", "errors": {}, "errors_of": of, "periods": [],
    }  # fmt: skip
