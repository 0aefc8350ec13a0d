"""Files as other tools and other people write them: each read as it was meant, or said why not."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from pipeboard.domain.errors import PipeboardError
from pipeboard.domain.money import format_money
from pipeboard.exchange.read_options import ReadOptions
from pipeboard.exchange.rows import DealRow, Rejected
from tests.exchange.files import BERLIN, open_file

CASES = Path(__file__).resolve().parents[3] / "shared" / "cases" / "import"
TODAY = date(2026, 11, 23)


@dataclass(frozen=True)
class Told:
    """What a file must tell: of each row by its place, and in words."""

    rows: Mapping[int, Mapping[str, Any]] = field(default_factory=dict)
    count: int | None = None
    rejected: int = 0
    says: tuple[str, ...] = ()
    remarks: Mapping[str, int] = field(default_factory=dict)
    options: ReadOptions = field(default_factory=ReadOptions)


def day(row: DealRow, name: str) -> str:

    at = getattr(row, name)
    return "" if at is None else str(at.astimezone(BERLIN))[:10]


WORLD: Mapping[str, Told] = {
    "amount_usd_header.csv": Told({0: {"value": "1000.00 USD"}}),
    "amount_usd_header2.csv": Told({0: {"value": "1000.00 USD"}}),
    "dates_world.csv": Told(
        {
            0: {"created_at": "2026-01-02"},
            4: {"created_at": "2026-01-02"},
            6: {"created_at": "2026-01-02"},
            14: {"created_at": "2026-01-13"},
            16: {"created_at": "", "fields": {"Created Date": "Jan 2026"}},
            19: {"created_at": "2026-01-02"},
            26: {"created_at": "", "fields": {"Created Date": "31.12.3999"}},
            27: {"fields": {"Created Date": "1753-01-01"}},
            28: {"fields": {"Created Date": "00.01.1900"}},
            29: {"fields": {"Created Date": "0000-00-00"}},
            34: {"created_at": "2026-01-02"},
        },
        count=38,
        says=("10 cells of 'Created Date' could not be read",),
    ),
    "entered_map.csv": Told(
        {0: {"entered": ["Proposal 2026-05-25"], "created_at": "2025-12-01"}},
        options=ReadOptions(overrides=("Entered Proposal=entered:Proposal",)),
    ),
    "espo_usd.csv": Told({0: {"value": "1000.00 USD"}}),
    "german_won_stage.csv": Told(
        {
            0: {"outcome": "won", "value": "1200.00 EUR"},
            1: {"outcome": "lost", "value": "300.00 EUR"},
            2: {"outcome": "open", "stage": "Proposal", "value": "12.50 EUR"},
        },
        says=("3 amounts without a currency taken as EUR",),
        remarks={"no_closing_date": 2},
    ),
    "last_stage_change.csv": Told(
        {0: {"created_at": "2025-12-01", "entered": ["Proposal 2026-05-25"]}}
    ),
    "lost_reason_on_open.csv": Told(
        {
            0: {
                "probability_bp": 0,
                "fields": {"Lost Reason": "Too expensive", "Competitor": "Acme"},
            },
            1: {"probability_bp": 0},
            2: {"probability_bp": 2500},
        }
    ),
    "money_three_decimals.csv": Told(
        {
            0: {"value": "1234.50 EUR"},
            1: {"value": "99.50 EUR"},
            2: {"value": "123.25 EUR"},
            3: {"value": "10000.00 EUR"},
        }
    ),
    "money_three_decimals_comma.csv": Told(
        {0: {"value": "1234.50 EUR"}, 1: {"value": "99.50 EUR"}, 2: {"value": "12.50 EUR"}}
    ),
    "owner_typo.csv": Told({0: {"owner": "Ana Ruiz"}, 1: {"owner": "Ana Ruz"}}),
    "pipedrive_html_note.csv": Told({0: {"notes": ["Hello & welcome\n- one"]}}),
    "ref_col.csv": Told({0: {"ref": None, "fields": {"Ref": "EMEA"}}}, count=2),
    "ref_col_noid.csv": Told({0: {"ref": None, "fields": {"Ref": "EMEA"}}}, count=2),
    "sf_deleted_and_future_win.csv": Told(
        {
            0: {"archived": True},
            1: {"outcome": "won", "closed_at": "2026-11-23", "fields": {"CloseDate": "2027-03-31"}},
        },
        remarks={"deleted": 1, "closed_in_future": 1},
    ),
    "sf_single_cell_row.csv": Told(
        {1: {"title": "Only a name"}}, count=3, rejected=1, remarks={"no_stage": 1}
    ),
    "status_active_vs_stage_won.csv": Told(
        {
            0: {"outcome": "won", "archived": False},
            1: {"outcome": "lost"},
            2: {"outcome": "open", "stage": "Proposal"},
            3: {"outcome": "won", "archived": True},
        },
        remarks={"status_against_stage": 2},
    ),
    "two_pipelines.csv": Told(
        {0: {"fields": {"Pipeline": "Sales"}}, 1: {"fields": {"Pipeline": "Renewals"}}},
        says=("deals of 2 pipelines",),
    ),
    "sheet.xlsx": Told({0: {"title": "Pilot line", "value": "40000.50 EUR", "owner": "Ana Ruiz"}}),
    "sheet.ods": Told({0: {"title": "Pilot line", "value": "40000.50 EUR"}}),
    "enc/cz_cp1250_5.csv": Told({0: {"account": "Škoda Plzeň"}}, says=("windows-1250",)),
    "enc/hu_cp1250_5.csv": Told({0: {"account": "Győr Kft"}}, says=("windows-1250",)),
    "enc/tr_cp1254_5.csv": Told({0: {"account": "İstanbul Şirketi"}}, says=("windows-1254",)),
    "enc/west_cp1252_5.csv": Told({0: {"account": "Müller & Söhne"}}, says=("windows-1252",)),
    "enc/jp_shift_jis_5.csv": Told({0: {"account": "株式会社漢字"}}, says=("cp932",)),
    "reports/firefly_1938_german.csv": Told(
        {0: {"value": "1000.00 EUR"}, 1: {"value": "950.00 EUR"}}
    ),
    "reports/french_months.csv": Told(
        {1: {"created_at": "2026-02-03"}, 3: {"created_at": "2025-08-15"}}
    ),
    "reports/readr_711_german_months.csv": Told(
        {1: {"created_at": "2026-03-03"}, 3: {"created_at": "2026-01-15"}}
    ),
    "reports/pandas_2586_ms.csv": Told(
        {0: {"created_at": "2023-03-27"}, 1: {"created_at": "2023-08-03"}}
    ),
    "reports/mautic_3553_pipe.csv": Told({0: {"tags": ("value1", "value2", "value3")}}),
    "reports/mautic_9280_na.csv": Told(
        {0: {"source": None, "fields": {"Ranking": "N/A"}}, 1: {"outcome": "open"}},
        says=("'Source' 1",),
    ),
    "reports/money_world.csv": Told(
        {
            0: {"value": "1234567.50 EUR"},
            3: {"value": "1234.00 CHF"},
            8: {"value": None, "fields": {"Amount": "(1234.50)"}},
            9: {"value": "1234.00 EUR"},
            12: {"value": None, "fields": {"Amount": "10-20k"}},
            17: {"value": "1234.56 BRL"},
        },
        count=19,
    ),
    "tools/airtable.csv": Told(
        {
            0: {"tags": ("Hot", "Partner lead"), "value": "40000.00 USD", "stage": "Proposal"},
            1: {"outcome": "won", "closed_at": "2026-03-01"},
        }
    ),
    "tools/bitrix_ui.csv": Told(
        {
            0: {"title": "Линия", "stage": "Подготовка документов", "value": "40000.00 RUB"},
            1: {"outcome": "won", "value": "12000.00 RUB", "owner": "Борис"},
        }
    ),
    "tools/close.csv": Told(
        {
            0: {"account": "Lumen Oy", "stage": "Proposal", "value": "40000.00 USD"},
            1: {"outcome": "won", "value": "12000.00 USD", "closed_at": "2026-03-01"},
        }
    ),
    "tools/espocrm.csv": Told(
        {0: {"value": "40000.00 EUR", "owner": "Ana Ruiz"}, 1: {"outcome": "won"}}
    ),
    "tools/hubspot_de.csv": Told(
        {
            0: {"stage": "Angebot gesendet", "account": "Lumen Oy", "value": "40000.00 EUR"},
            1: {"outcome": "won", "closed_at": "2026-03-01"},
        }
    ),
    "tools/hubspot_history_long.csv": Told(
        {
            0: {"entered": ["Qualified 2026-02-03", "Proposal 2026-02-20"], "stage": "Proposal"},
            1: {"outcome": "won", "closed_at": "2026-03-01", "entered": ["Qualified 2026-01-03"]},
        },
        count=2,
    ),
    "tools/notion.csv": Told(
        {
            0: {"account": "Lumen Oy", "expected": "2026-09-30"},
            1: {"fields": {"Close date": "March 1, 2026 → March 3, 2026"}},
        }
    ),
    "tools/odoo17.csv": Told(
        {
            0: {"tags": ("Product", "Services"), "value": "40000.00 EUR", "stage": "Proposition"},
            1: {"outcome": "won", "closed_at": "2026-03-02"},
            2: {"outcome": "lost", "closed_at": "2026-02-02"},
        },
        count=3,
    ),
    "tools/pipedrive_sample.csv": Told({0: {"title": "Lumen Deal", "value": "100.00 EUR"}}),
    "tools/suitecrm.csv": Told(
        {
            0: {"stage": "Proposal/Price Quote", "value": "40000.00 EUR", "owner": "ana"},
            1: {"outcome": "won", "closed_at": "2026-03-13"},
        }
    ),
}


def case(name: str) -> Path:
    path = CASES / name
    if not path.exists():
        pytest.skip(f"{name} is not beside the repository")
    return path


def in_words(row: DealRow, name: str) -> Any:
    """A field of a row as the table above writes it."""
    if name in ("created_at", "closed_at"):
        return day(row, name)
    if name == "value":
        return None if row.value is None else format_money(row.value, style="code")
    if name == "entered":
        return [f"{stage} {at.astimezone(BERLIN):%Y-%m-%d}" for stage, at in row.entered]
    if name == "notes":
        return [note.text for note in row.notes]
    if name == "expected":
        return str(row.expected_close)
    return getattr(row, name)


@pytest.mark.parametrize("name", WORLD)
def test_a_file_is_read_as_it_was_meant(name: str) -> None:
    told = WORLD[name]
    with open_file(case(name), currency="EUR", today=TODAY, options=told.options) as reading:
        rows = list(reading.rows())
        said = " ".join((*reading.warnings, *reading.remarks()))
    deals = [row for row in rows if isinstance(row, DealRow)]
    assert sum(isinstance(row, Rejected) for row in rows) == told.rejected
    assert told.count in (None, len(deals))
    for place, wanted in told.rows.items():
        found = {key: in_words(deals[place], key) for key in wanted}
        if "fields" in wanted:
            found["fields"] = {key: found["fields"].get(key) for key in wanted["fields"]}
        assert found == wanted
    for words in told.says:
        assert words in said
    for remark, count in told.remarks.items():
        assert sum(remark in row.remarks for row in deals) == count


def test_every_file_that_lies_beside_the_repository_is_read_or_refused_in_words() -> None:
    files = [path for path in sorted(CASES.rglob("*")) if path.suffix in (".csv", ".xlsx", ".ods")]
    if not files:
        pytest.skip("the files are not beside the repository")
    for path in files:
        try:
            with open_file(path, currency="EUR", today=TODAY) as reading:
                assert list(reading.rows())
        except PipeboardError as error:
            assert error.message and error.hint
