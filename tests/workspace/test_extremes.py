"""The largest and the absurd: taken or refused in a sentence, and never too large to store."""

from __future__ import annotations

from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from pipeboard.domain.errors import PipeboardError
from pipeboard.domain.money import LARGEST, Money
from pipeboard.exchange.read_options import ReadOptions
from pipeboard.exchange.reading import open_import
from pipeboard.workspace.import_report import RowsRejected
from tests.ledger import disagreements
from tests.team import TODAY, Team, add, now_of, sales
from tests.verbs import Workspace

HUGE = "9" * 40
LARGEST_EUR = str(LARGEST // 100)


@pytest.mark.parametrize("line", [f"Lumen Oy: pilot €{HUGE}", f"Lumen Oy: pilot {'9' * 15}k"])
def test_no_line_adds_a_deal_that_cannot_be_stored(ana: Workspace, line: str) -> None:
    try:
        deal = ana.add(line, pipeline=sales(ana)).deals[0]
    except PipeboardError as error:
        assert error.message
    else:
        assert deal.value is None or deal.value.minor <= LARGEST


@pytest.mark.parametrize(
    "assignment",
    [
        f"value={HUGE}",
        f"value={int(LARGEST_EUR) + 1}",
        "value=1e400",
        f"probability={HUGE}",
        f"close={HUGE}",
        "close=99999-01-01",
        f"close=in {HUGE} days",
    ],
)
def test_no_field_takes_what_cannot_be_stored(ana: Workspace, assignment: str) -> None:
    deal = add(ana)
    with pytest.raises(PipeboardError) as refused:
        ana.set_fields([deal.id], [assignment])
    assert refused.value.message
    assert now_of(ana, deal.id) == deal


@pytest.mark.parametrize("ref", [HUGE, f"D-{HUGE}", str(2**63), "0", "-1"])
def test_a_number_that_no_deal_can_have_finds_none(ana: Workspace, ref: str) -> None:
    with pytest.raises(PipeboardError):
        ana.find_deal(ref)
    assert ana.reader.find(ref) == ()


@pytest.mark.parametrize(
    "text", [f"value>{HUGE}", f"age>{HUGE}", f"next<{HUGE}d", f"idle>{HUGE}", f"score>{HUGE}"]
)
def test_no_filter_compares_with_what_cannot_be(ana: Workspace, text: str) -> None:
    try:
        found = ana.reader.board(ana.lens(sales(ana), filter_text=text))
    except PipeboardError as error:
        assert error.message
    else:
        assert found.matching == 0


def test_a_file_with_amounts_that_cannot_be_stored_is_rejected_by_row(
    ana: Workspace, tmp_path: Path
) -> None:
    file = tmp_path / "deals.csv"
    file.write_text(f"id,deal name,amount\nX1,One,{HUGE}\nX2,Two,{int(LARGEST_EUR) + 1}\n")
    with (
        open_import(
            file,
            currency="EUR",
            zone=ZoneInfo("UTC"),
            today=TODAY,
            options=ReadOptions(strict=True),
        ) as reading,
        pytest.raises(RowsRejected) as refused,
    ):
        ana.import_rows(reading, sales(ana), "deals.csv")
    assert [rejected.line for rejected in refused.value.report.rejected] == [2, 3]


def test_the_totals_hold_a_stage_full_of_the_largest_deals(ana: Workspace, team: Team) -> None:
    for number in range(12):
        deal = add(ana, f"Lumen {number}: pilot €{LARGEST_EUR}")
        ana.set_fields([deal.id], ["probability=100"])
    board = ana.reader.board(ana.lens(sales(ana)))
    assert board.columns[0].sums == (Money(12 * LARGEST, "EUR"),)
    assert board.columns[0].weighted == (Money(12 * LARGEST, "EUR"),)
    assert disagreements(team.place) == []
