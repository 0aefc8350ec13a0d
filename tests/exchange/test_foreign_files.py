"""Exports of tools and sheets of many languages: what is sure is read, the rest told as text."""

from __future__ import annotations

import io
import json
from datetime import date
from pathlib import Path

import pytest

from pipeboard.domain.errors import BadInput
from tests.exchange.files import Meant, check, csv_of, deals_of, open_file, write

HEAD = "Deal,Stage,Amount"
EXPECTED = "Deal,Stage,Expected Close"
CREATED = "Deal,Stage,Created"
DEALS = (
    {"name": "A", "stage": "Talk", "amount": 100.5},
    {"name": "B", "stage": "Won", "amount": 2},
)
AMOUNTS = ("100.50 USD", "2.00 USD")

TOLD = {
    "groups that a report names once": Meant(
        csv_of("Owner,Stage,Deal", "Ana,Talk,A", ",,B", ",Offer,C", "Bo,Talk,D", ",,E"),
        "owner",
        ("Ana", "Ana", "Ana", "Bo", "Bo"),
        "3 blank cells of 'Owner' read as the value above",
    ),
    "a report with sums below its groups": Meant(
        csv_of(
            *("Stage,Deal,Amount,Owner", "Talk,A,1,ana", ",B,2,bo", "Subtotal,,3,", "Count,2,,"),
            *("Closed Won,C,4,bo", "Subtotal,,4,", "Total,,7,"),
        ),
        "stage",
        ("Talk", "Talk", None),
        "1 blank cell of 'Stage'",
    ),
    "owners that are blank": Meant(
        csv_of("Owner,Deal,Stage", "Ana,A,Talk", ",B,Talk", "Bo,C,Talk", "Ana,D,Talk"),
        "owner",
        ("Ana", None, "Bo", "Ana"),
    ),
    "periods for a day to come": Meant(
        csv_of(
            EXPECTED,
            *("A,Talk,Q3 2027", "B,Talk,2027-Q1", "C,Talk,Q4'26", "D,Talk,3T27"),
            *("E,Talk,H1 2027", "F,Talk,KW 14/2027", "G,Talk,2027-W14", "H,Talk,März 2027"),
            *("I,Talk,03/2027", "J,Talk,2027年3月", "K,Talk,2027", "L,Talk,FY27 Q1"),
        ),
        "expected_close",
        (
            *(date(2027, 9, 30), date(2027, 3, 31), date(2026, 12, 31), date(2027, 9, 30)),
            *(date(2027, 6, 30), date(2027, 4, 11), date(2027, 4, 11), date(2027, 3, 31)),
            *(date(2027, 3, 31), date(2027, 3, 31), date(2027, 12, 31), None),
        ),
        "'FY27 Q1' is not a date",
        ("period",) * 11,
    ),
    "a quarter in which a deal was won": Meant(
        csv_of("Deal,Stage,Close Date", "A,Won,Q3 2025", "B,Talk,Q1 2027"),
        "fields",
        ({"Close Date": "Q3 2025"}, {}),
        remarks=("period",),
    ),
    "months of more languages": Meant(
        csv_of(
            CREATED,
            *("A,Talk,5 Ιανουαρίου 2026", "B,Talk,٥ يناير ٢٠٢٦", "C,Talk,5 בינואר 2026"),
            *("D,Talk,5 มกราคม 2569", "E,Talk,5 जनवरी 2026", "F,Talk,5. januára 2026"),
            *("G,Talk,5 фев 2026", "H,Talk,5 Januari 2026", "I,Talk,5. listopadu 2025"),
        ),
        "created_at",
        (*("2026-01-05",) * 6, "2026-02-05", "2026-01-05", "2025-11-05"),
    ),
    "October in Croatian, which Czech calls November": Meant(
        csv_of(CREATED, "A,Talk,5. listopada 2025.", "B,Talk,6. siječnja 2026."),
        "created_at",
        ("2025-10-05", "2026-01-06"),
    ),
    "days by eras, weekdays, places and clocks of machines": Meant(
        csv_of(
            CREATED,
            *("A,Talk,R8.1.5", "B,Talk,民國115年1月5日", "C,Talk,Mo 05.01.2026"),
            *("D,Talk,2026/01/05(月)", "E,Talk,2026-01-05 10:00 America/New_York"),
            *("F,Talk,1767607200.123", "G,Talk,1767607200000000", "H,Talk,2026-W02-1"),
        ),
        "created_at",
        ("2026-01-05",) * 8,
    ),
    "amounts in myriads and with signs of many scripts": Meant(
        csv_of(
            HEAD,
            *("A,Talk,1億2000万円", "B,Talk,900만원", "C,Talk,12000.50 ر.س", "D,Talk,900 грн."),
            *("E,Talk,Rp12.000.000", "F,Talk,2 triệu đ", "G,Talk,1.5 tys. zł", "H,Talk,1,"),
        ),
        "value",
        (
            *("120000000 JPY", "9000000 KRW", "12000.50 SAR", "900.00 UAH", "12000000.00 IDR"),
            *("2000000 VND", "1500.00 PLN", "1.00 USD"),
        ),
    ),
    "a currency and thousands in the header": Meant(
        csv_of("案件名,フェーズ,金額（千円）", "A,提案,50"), "value", ("50000 JPY",), "by 1,000"
    ),
    "a currency behind a comma in the header": Meant(
        csv_of("Название;Этап;Бюджет, тыс. руб.", "A;Talk;12", "B;Talk;900"),
        "value",
        ("12000.00 RUB", "900000.00 RUB"),
        "by 1,000",
    ),
    "codes of currencies under any name": Meant(
        csv_of("Deal,Stage,Amount,Geld", "A,Talk,1,EUR", "B,Talk,2,SEK"),
        "value",
        ("1.00 EUR", "2.00 SEK"),
        "'Geld' was taken for currency, by its cells",
    ),
    "a sign that contradicts the currency of its row": Meant(
        csv_of(HEAD + ",Currency", "A,Talk,€900,USD", "B,Talk,$9,AUD"),
        "value",
        ("900.00 EUR", "9.00 AUD"),
        remarks=("two_currencies",),
    ),
    "percents with the sign in front": Meant(
        csv_of("Deal,Stage,Probability", "A,Talk,%60", "B,Talk,%1"), "probability_bp", (6_000, 100)
    ),
    "words for what is not decided": Meant(
        csv_of(HEAD, "A,Talk,TBD", "B,Talk,?", "C,Talk,7"),
        "value",
        (None, None, "7.00 USD"),
        "'Amount' 2",
    ),
    "amounts that hide marks in every cell": Meant(
        csv_of(HEAD, "A,Talk,1\u00ad234", "B,Talk,\u200e5"), "value", ("1234.00 USD", "5.00 USD")
    ),
    "another table below": Meant(
        csv_of(HEAD, "A,Talk,1", "B,Won,2", "", "Owner,Target,Region", "Ana,5000,North"),
        "title",
        ("A", "B"),
        "Another table begins on line 5 and was left out: 'Owner, Target, Region'",
    ),
    "numbers of pages": Meant(
        csv_of(HEAD, "A,Talk,1", "Page 1 of 2,,", HEAD, "B,Won,2", "Page 2 of 2,,"),
        "title",
        ("A", "B"),
        "1 repeated header line",
    ),
    "notes below": Meant(
        csv_of(HEAD, "A,Talk,1", "", "Note: net of VAT,,", "* preliminary,,"),
        "title",
        ("A",),
        "2 lines below the last deal left out",
    ),
    "ids that a spreadsheet rounded": Meant(
        csv_of("ID,Deal,Stage", "1.23E+11,A,Talk"),
        "external_id",
        ("1.23E+11",),
        "Ids such as 1.23E+11 were rounded",
    ),
    "quotes behind backslashes": Meant(
        csv_of('"Deal","Stage","Note"', r'"A \"b\"","Talk","she said \"yes, now\""'),
        "title",
        ('A "b"',),
    ),
    "single quotes": Meant(csv_of("'Deal','Stage'", "'A, b','Talk'"), "title", ("A, b",)),
    "a delimiter that the file names": Meant(
        csv_of("sep=^", "Deal^Stage^Amount", "A^Talk^7"), "value", ("7.00 USD",)
    ),
    "a rare delimiter": Meant(csv_of("Deal~Stage~Amount", "A~Talk~7"), "value", ("7.00 USD",)),
    "UTF-16 without a mark, in Cyrillic": Meant(
        csv_of("Название;Этап;Сумма", "Линия;Переговоры;7").encode("utf-16-le"), "title", ("Линия",)
    ),
    "a file of an old Mac": Meant(
        "Affaire;Étape\rHôtel Été;Gagné\r".encode("mac-roman"), "outcome", ("won",), "mac-roman"
    ),
    "a file of DOS": Meant(
        csv_of("Projekt;Phase", "Fräse für Größe;Angebot").encode("cp850"),
        "title",
        ("Fräse für Größe",),
        "cp850",
    ),
    "euros of ISO 8859-15": Meant(
        csv_of("Affaire;Étape;Montant", "Cœur;Été;7 €").encode("iso8859-15"),
        "value",
        ("7.00 EUR",),
        "iso8859-15",
    ),
    "names that were broken before": Meant(
        csv_of("Deal,Stage,Company", "A,Talk,AÃ§me"), "account", ("AÃ§me",), "seems to be 'Açme'"
    ),
    "a status beside the list of all deals": Meant(
        csv_of(
            "Task Name,Status,List Name,Assignees,Tags",
            *('A,proposal,Deals,[Ana],"[hot,new]"', "B,won,Deals,[Bo],[]"),
        ),
        "outcome",
        ("open", "won"),
    ),
    "columns that all name their kind of record": Meant(
        csv_of("Negocio - Título,Negocio - Etapa,Negocio - Ganado el", "A,Demo,2026-03-01"),
        "closed_at",
        ("2026-03-01",),
    ),
}


@pytest.mark.parametrize("name", TOLD)
def test_a_foreign_file_is_read_as_it_was_meant(name: str, tmp_path: Path) -> None:
    check(TOLD[name], tmp_path)


def _wrapped(deals: object) -> str:
    return json.dumps({"data": {"deals": deals}})


DOCUMENTS = {
    "objects behind each other": "\n".join(json.dumps(deal, indent=1) for deal in DEALS),
    "rows of cells": json.dumps([list(DEALS[0]), *(list(deal.values()) for deal in DEALS)]),
    "columns beside rows": json.dumps(
        {"columns": list(DEALS[0]), "data": [list(deal.values()) for deal in DEALS]}
    ),
    "each by its id": json.dumps({"1": DEALS[0], "2": DEALS[1]}),
    "nodes of edges": _wrapped({"edges": [{"node": deal} for deal in DEALS]}),
    "a list deeper down": _wrapped(list(DEALS)),
    "attributes beside ids": json.dumps(
        {"data": [{"type": "deals", "id": n, "attributes": d} for n, d in enumerate(DEALS)]}
    ),
    "fields beside ids": json.dumps({"records": [{"id": "r", "fields": deal} for deal in DEALS]}),
    "amounts that are objects": json.dumps(
        [{**deal, "amount": {"value": deal["amount"], "currency": "USD"}} for deal in DEALS]
    ),
}


@pytest.mark.parametrize("name", DOCUMENTS)
def test_deals_are_found_wherever_a_document_has_them(name: str, tmp_path: Path) -> None:
    check(Meant(DOCUMENTS[name], "value", AMOUNTS), tmp_path, "deals.json")


def test_the_sheet_with_names_of_columns_is_read_before_a_hidden_or_a_written_one(
    tmp_path: Path,
) -> None:
    openpyxl = pytest.importorskip("openpyxl")
    book = openpyxl.Workbook()
    book.active.append(["Name", "Stage", "Amount"])
    book.active.sheet_state = "hidden"
    book.create_sheet("Read me").append(["These are our deals"])
    for cells in (("Deal", "Stage", "Amount"), ("A", "Talk", 7)):
        book["Deals" if "Deals" in book else book.create_sheet("Deals").title].append(cells)
    book.active = 2
    out = io.BytesIO()
    book.save(out)
    (deal,) = deals_of(tmp_path, out.getvalue(), "misnamed.csv")
    assert deal.title == "A"
    with open_file(tmp_path / "misnamed.csv") as reading:
        assert "Sheet 'Deals' was read" in " ".join(reading.warnings)


def test_a_date_with_two_readings_asks_in_any_era(tmp_path: Path) -> None:
    path = write(tmp_path, csv_of(CREATED, "A,Talk,06/02/2569"))
    with (
        pytest.raises(BadInput, match="6 February 2026 or 2 June 2026"),
        open_file(path) as reading,
    ):
        list(reading.rows())
