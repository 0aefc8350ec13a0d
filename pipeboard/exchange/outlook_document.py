"""What is to come as JSON: chances, coverage, and how right forecasts were before."""

from __future__ import annotations

from pipeboard.domain.metrics import Report
from pipeboard.domain.metrics.backtest import Backtest
from pipeboard.domain.metrics.chances import AGES
from pipeboard.domain.metrics.forecast import chances_in_use
from pipeboard.domain.metrics.needed import conversion_of_pipeline
from pipeboard.domain.metrics.own_call import CallRecord
from pipeboard.domain.metrics.said_before import WeekForecast
from pipeboard.domain.money import half_up
from pipeboard.exchange.metric_document import Document, amount, number


def chance_documents(report: Report) -> list[Document]:
    """Every chance that the measured forecast rests on: of each stage, and of each band of age in
    it that an open deal is in."""
    basis = report.stock
    return [
        {
            "stage": basis.rules.pipeline.stage(chance.stage_id).name,
            "from_days": None if chance.band is None else AGES[chance.band],
            "open": deals,
            "won": chance.won,
            "reached": number(chance.reached),
            "prior": number(chance.prior),
            "prior_only": chance.is_prior_only,
            "chance": number(chance.value),
        }
        for chance, deals in basis.once(chances_in_use)
    ]


def backtest_document(tested: Backtest) -> Document:
    """How right the forecasts were at the starts of past periods."""
    return {
        "believed": tested.believed,
        "reason": tested.reason,
        "errors": {name: number(error) for name, error in tested.errors.items()},
        "errors_of": "wins" if tested.by_count else "value",
        "periods": [
            {
                "period": score.period.label,
                "deals": score.deals,
                "wins": score.wins,
                "wins_said": {name: float(said) for name, said in score.said_wins.items()},
                "came": half_up(score.came),
                **{name: half_up(said) for name, said in score.said.items()},
            }
            for score in tested.scores
        ],
    }


def record_document(record: CallRecord) -> Document:
    """How right the reps' own calls were in past periods."""
    return {
        "error": number(record.error),
        "periods": [
            {
                "period": kept.period.label,
                "said": half_up(kept.said),
                "came": half_up(kept.came),
            }
            for kept in record.periods
        ],
    }


def call_document(call: WeekForecast) -> Document:
    return {
        "period": call.period.label,
        "week": call.week,
        **{name: half_up(said) for name, said in call.said.items()},
        "came": half_up(call.came),
        "off": {name: number(call.off(name)) for name in call.said},
    }


def coverage_document(report: Report) -> Document:
    """What stands beside the ratio: the pipeline, its overdue part, and what it would bring."""
    found = report.coverage
    return {
        "pipe": amount(found.pipe.whole),
        "overdue": amount(found.overdue.whole),
        "remaining": amount(found.remaining),
        "surplus": amount(found.surplus),
        "expected": number(found.expected),
        "standing": None if found.standing is None else str(found.standing),
    }


def needed_document(report: Report) -> Document:
    found = report.stock.once(conversion_of_pipeline)
    return {
        "periods": found.periods,
        "pipe": half_up(found.pipe),
        "won": half_up(found.won),
        "created_inside": half_up(found.inside),
        "created_inside_share": number(found.inside_share),
    }
