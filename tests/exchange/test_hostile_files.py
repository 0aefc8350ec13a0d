"""Files as tools, people and spreadsheets really leave them: each number right, or told of."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from pipeboard.domain.errors import BadInput
from pipeboard.exchange.read_options import CellTally
from pipeboard.exchange.rows import DealRow
from tests.exchange.files import Meant, check, open_file, write
from tests.exchange.files import csv_of as _csv
from tests.hints import without_a_hint

TODAY = date(2026, 11, 28)


HEAD = "Deal ID,Deal Name,Stage,Amount"
MEANT = {
    "decimal commas behind semicolons": Meant(
        _csv("Name;Stage;Betrag", "A;Talk;1.234,50", "B;Talk;99,5", "C;Talk;2.000"),
        "value",
        ("1234.50 USD", "99.50 USD", "2000.00 USD"),
    ),
    "UTF-16": Meant((HEAD + "\n1,Ä,Talk,100\n").encode("utf-16"), "title", ("Ä",)),
    "a mark of order twice": Meant(
        b"\xef\xbb\xbf\xef\xbb\xbf" + f"{HEAD}\n7,A,Talk,100\n".encode(), "external_id", ("7",)
    ),
    "titles above and a total below": Meant(
        _csv("Pipeline report,,,", ",,,", HEAD, "1,A,Talk,100", "2,B,Talk,5", ",,Total,105"),
        "title",
        ("A", "B"),
        "below the last deal left out",
    ),
    "a header twice": Meant(
        _csv("Deal Name,Stage,Amount,Amount", "A,Talk,100,200"),
        "fields",
        ({"Amount (2)": "200"},),
        "'Amount' is there twice",
    ),
    "dates as days of a spreadsheet": Meant(
        _csv("Deal Name,Stage,Created Date", "A,Talk,45992.5"), "created_at", ("2025-12-01",)
    ),
    "an order that one date of the column proves": Meant(
        _csv("Deal Name,Stage,Created Date", "A,Talk,01/02/2026", "B,Talk,13/02/2026"),
        "created_at",
        ("2026-02-01", "2026-02-13"),
    ),
    "currencies in the cells": Meant(
        _csv("Deal Name,Stage,Amount", "A,Talk,$100", "B,Talk,€200", "C,Talk,GBP 1'000"),
        "value",
        ("100.00 USD", "200.00 EUR", "1000.00 GBP"),
    ),
    "amounts below nothing": Meant(
        _csv(HEAD, "1,A,Talk,-100", "2,B,Talk,(200)", "3,C,Talk,300-"),
        "value",
        (None, None, None),
        "3 cells of 'Amount' could not be read",
    ),
    "chances as fractions": Meant(
        _csv("Deal Name,Stage,Probability", "A,Talk,0.6", "B,Talk,1", "C,Talk,0"),
        "probability_bp",
        (6_000, 10_000, 0),
    ),
    "a chance above all": Meant(
        _csv("Deal Name,Stage,Probability", "A,Talk,60 %", "B,Talk,120%", "C,Talk,1%"),
        "probability_bp",
        (6_000, None, 100),
        "more than 100 percent",
    ),
    "notes in HTML": Meant(
        _csv("Deal Name,Stage,Notes", 'A,Talk,"<p>Hello<br>you &amp; all</p>"'),
        "notes",
        ("Hello\nyou & all",),
    ),
    "columns without a name": Meant(
        _csv("Deal Name,,Stage,,Amount,,", "A,,Talk,,100,,", "B,x,Talk,,2,,"),
        "value",
        ("100.00 USD", "2.00 USD"),
        "Column 2 has no name",
    ),
    "a status that contradicts the stage": Meant(
        _csv("Deal Name,Stage,Status", "A,Closed Won,Lost", "B,Closed Lost,Won", "C,Talk,Open"),
        "outcome",
        ("lost", "won", "open"),
        remarks=("status_over_stage", "status_over_stage"),
    ),
    "a record that is active in a stage that closes": Meant(
        _csv("Deal Name,Stage,Status", "A,Closed Won,Active", "B,Talk,Active"),
        "outcome",
        ("won", "open"),
        remarks=("status_against_stage",),
    ),
    "flags for won and lost": Meant(
        _csv("Deal Name,Won?,Lost?,Stage", "A,yes,no,Talk", "B,no,yes,Talk", "C,no,no,Talk"),
        "outcome",
        ("won", "lost", "open"),
    ),
    "both flags at once": Meant(
        _csv("Deal Name,Won,Lost,Stage", "A,x,x,Talk"),
        "outcome",
        ("won",),
        remarks=("status_over_stage",),
    ),
    "a flag's name over dates": Meant(
        _csv("Deal Name,Stage,Outcome,Closed", "A,Talk,WON,2026-01-05", "B,Talk,Lost,2026-01-06"),
        "closed_at",
        ("2026-01-05", "2026-01-06"),
    ),
    "a closing date beside the expected one": Meant(
        _csv("Deal Name,Stage,Expected Close,Actual Close", "A,Won,2026-06-01,2026-05-15"),
        "closed_at",
        ("2026-05-15",),
    ),
    "closed before it began": Meant(
        _csv("Deal Name,Stage,Created Date,Close Date", "A,Won,2026-05-01,2026-01-01"),
        "closed_at",
        ("2026-01-01",),
        remarks=("closed_before_created",),
    ),
    "days that no calendar has": Meant(
        _csv("Deal Name,Stage,Created Date", "A,Talk,0000-00-00", "B,Talk,2026-01-02"),
        "fields",
        ({"Created Date": "0000-00-00"}, {}),
        "1 cell of 'Created Date' could not be read",
    ),
    "marks that turn the reading round": Meant(
        _csv("Deal Name,Stage,Amount", "\u202eA\u202c,Talk,\u200e1\u200b00", "B,Talk,\u200f2"),
        "value",
        ("100.00 USD", "2.00 USD"),
    ),
    "hidden letters in names": Meant(
        _csv("Deal Name,Stage,Owner", "A\u200bB,Ta\u200blk,ana\ufeff"), "owner", ("ana",)
    ),
    "spaces that do not break": Meant(
        _csv("Deal Name,Stage,Amount", "A,Talk\xa0,1\xa0234\u202f567"),
        "value",
        ("1234567.00 USD",),
    ),
    "texts that a spreadsheet keeps by a formula": Meant(
        _csv(HEAD, '="001",A,Talk,"=""1234"""', '="002",B,Talk,5'),
        "external_id",
        ("001", "002"),
    ),
    "old line ends": Meant(f"{HEAD}\r1,A,Talk,100\r2,B,Talk,5\r", "title", ("A", "B")),
    "a Czech export in its own code page": Meant(
        _csv(
            "Název obchodu;Firma;Fáze;Částka (Kč);Vytvořeno;Uzavřeno",
            "Linka;Škoda;Jednání;1 234 567,50;1. 2. 2026;",
            "Servis;Žďas;Vyhráno;99 000;3. 3. 2026;4. 4. 2026",
        ).encode("cp1250"),
        "value",
        ("1234567.50 CZK", "99000.00 CZK"),
        "windows-1250",
    ),
    "a Russian export in its own code page": Meant(
        _csv(
            "Название;Компания;Стадия;Сумма;Дата закрытия",
            "Линия;ООО Ромашка;Переговоры;1 234 567,50 руб.;",
            "Сервис;ЗАО;Успешно реализовано;99 000 руб.;04.04.2026",
        ).encode("cp1251"),
        "outcome",
        ("open", "won"),
        "cp1251",
    ),
    "thousands in the header": Meant(
        _csv("Nom;Étape;Montant (k€)", "A;Talk;12,5", "B;Talk;100"),
        "value",
        ("12500.00 EUR", "100000.00 EUR"),
        "multiplied by 1,000",
    ),
    "the end of a file that was never written": Meant(
        HEAD.encode() + b"\n1,A\0B,Talk,1\x000\n" + b"\0" * 512,
        "value",
        ("10.00 USD",),
        "514 NUL characters",
    ),
    "two lines of names": Meant(
        _csv("Deal,,Money,,Dates", "ID,Name,Amount,Currency,Created,Stage", "7,A,9,EUR,,Talk"),
        "value",
        ("9.00 EUR",),
        "1 line above the names",
    ),
    "files put behind each other": Meant(
        _csv(HEAD, "1,A,Talk,1", f"\ufeff{HEAD}", "2,B,Won,2", HEAD, "3,C,Talk,3"),
        "external_id",
        ("1", "2", "3"),
        "2 repeated header lines",
    ),
    "a table drawn in Markdown": Meant(
        _csv("| Deal | Stage | Amount |", "|------|:-----|---:|", "| A | Talk | 7 |"),
        "title",
        ("A",),
        "or rule left out",
    ),
    "sums between the deals": Meant(
        _csv("Deal Name,Owner,Stage,Amount", "A,ana,Talk,1", "Subtotal ana,,,1", "Total 9,,Talk,9"),
        "title",
        ("A", "Total 9"),
        "1 line with titles or sums",
    ),
    "rupees by a sign that stands for several": Meant(
        _csv("Deal Name,Stage,Amount,Currency", 'A,Talk,"Rs. 12,34,567.50",INR', "B,Talk,Rs 5,LKR"),
        "value",
        ("1234567.50 INR", "5.00 LKR"),
    ),
    "roubles in every spelling": Meant(
        _csv("Name;Stage;Сумма;Currency", "A;Talk;1 000,50 р.;", "B;Talk;2 p.;RUB", "C;Talk;3 p.;"),
        "value",
        ("1000.50 RUB", "2.00 RUB", None),
        "'p.' can be BYN, RUB",
    ),
    "numbers counted in ten thousands and hundred thousands": Meant(
        _csv(
            "Deal Name,Stage,Amount",
            *("A,Talk,50万円", 'B,Talk,"1,200万円"', "C,Talk,₹5 lakh", "D,Talk,1.2 Cr"),
            *("E,Talk,5 тыс. руб.", "F,Talk,2億円", "G,Talk,3.5億円"),
        ),
        "value",
        (
            *("500000 JPY", "12000000 JPY", "500000.00 INR", "12000000.00 USD"),
            *("5000.00 RUB", "200000000 JPY", "350000000 JPY"),
        ),
        "1 amount without a currency taken as USD",
    ),
    "currencies by their names": Meant(
        _csv("Deal Name,Stage,Amount", "A,Talk,100 euros", "B,Talk,200 dollars", "C,Talk,3 pounds"),
        "value",
        ("100.00 EUR", "200.00 USD", "3.00 GBP"),
    ),
    "digits of other scripts": Meant(
        _csv(
            "Deal Name,Stage,Amount",
            "A,Talk,١٢٬٣٤٥٫٥٠",
            "B,Talk,۱۲۳۴",
            "C,Talk,１２３",
            "D,Talk,+7",
        ),
        "value",
        ("12345.50 USD", "1234.00 USD", "123.00 USD", "7.00 USD"),
    ),
    "days by the era and in digits of other scripts": Meant(
        _csv("Deal Name,Stage,Created Date", "A,Talk,令和8年1月5日", "B,Talk,٢٠٢٦-٠١-٠٦"),
        "created_at",
        ("2026-01-05", "2026-01-06"),
    ),
    "times so many hours from Greenwich": Meant(
        _csv("Deal Name,Stage,Created Date", '"A",Talk,"Jan 5, 2026, 11:30 PM GMT-2"'),
        "created_at",
        ("2026-01-06",),
    ),
    "yes and no in many languages": Meant(
        _csv("Deal Name,Stage,Won", "A,Talk,tak", "B,Talk,nem", "C,Talk,はい", "D,Talk,✗"),
        "outcome",
        ("won", "open", "won", "open"),
    ),
    "quarters under a name for a day": Meant(
        _csv("Deal Name,Stage,Expected Close", "A,Talk,Q1 2027", "B,Talk,FY27"),
        "expected_close",
        (date(2027, 3, 31), None),
        "1 cell of 'Expected Close' could not be read and is kept as text: 'FY27'",
        ("period",),
    ),
    "a chance under a sign": Meant(
        _csv("Deal Name,Stage,Win %", "A,Talk,40", "B,Talk,0"), "probability_bp", (4_000, 0)
    ),
    "shekels of Windows": Meant(
        _csv("שם העסקה,חברה,שלב,סכום", 'עסקה,חברה בעמ,הצעה,"₪1,234.50"').encode("cp1255"),
        "value",
        ("1234.50 ILS",),
        "cp1255",
    ),
    "a word for closed that nothing takes": Meant(
        _csv("Deal Name,Stage,Phase note", "A,Talk,Won", "B,Talk,waiting for Bo"),
        "outcome",
        ("open", "open"),
        "says 'Won' and is kept as a field",
    ),
}


@pytest.mark.parametrize("name", MEANT)
def test_a_file_is_read_as_it_was_meant_or_says_what_it_is_not(name: str, tmp_path: Path) -> None:
    check(MEANT[name], tmp_path)


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (_csv(HEAD, "1,A,Talk,1,extra"), "the row has 5 cells and the header 4"),
        (_csv(HEAD, '1,"A,Talk,1'), "a quote that opens in this row is never closed"),
        (
            _csv("Deal Name,Stage,Outcome", "A,Talk,Open", "B,Talk,Lost - price"),
            "is not a status",
        ),
    ],
)
def test_a_row_that_means_nothing_sure_is_rejected(
    content: str, reason: str, tmp_path: Path
) -> None:
    with open_file(write(tmp_path, content), today=TODAY) as reading:
        rejected = [row for row in reading.rows() if not isinstance(row, DealRow)]
    assert [reason in row.reason for row in rejected] == [True]


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (b"", "is empty"),
        (
            _csv("1,Alpha,Acme,Talk,100,2026-01-01", "2,Beta,B,Won,2,2026-01-02"),
            "names of its col",
        ),
        (_csv("Deal Name,Stage,Created Date", "A,Talk,01/02/2026"), "can be read two ways"),
        (HEAD.encode() + b"\n1,A\0\1\2B,Talk,1\n", "is not a text file"),
        (HEAD.encode() + b"\n1,A" + b"\0" * 99 + b"B,Talk,1\n", "is not a text file"),
    ],
)
def test_a_file_that_cannot_be_read_surely_is_a_sentence(
    content: str | bytes, sentence: str, tmp_path: Path
) -> None:
    with pytest.raises(BadInput, match=sentence), open_file(write(tmp_path, content)) as reading:
        list(reading.rows())


def test_cells_merged_over_rows_say_the_same_in_each_of_them(tmp_path: Path) -> None:
    openpyxl = pytest.importorskip("openpyxl")
    book = openpyxl.Workbook()
    for cells in (("Deal", "Company", "Stage"), ("A", "Acme", "Talk"), ("B", None, "Talk")):
        book.active.append(cells)
    book.active.append(("C", None, "Talk"))
    book.active.merge_cells("B2:B3")
    book.save(tmp_path / "deals.xlsx")
    with open_file(tmp_path / "deals.xlsx", today=TODAY) as reading:
        deals = [row for row in reading.rows() if isinstance(row, DealRow)]
        said = " ".join(reading.warnings)
    assert [row.account for row in deals] == ["Acme", "Acme", None]
    assert "1 cell that is merged with the one above was read as that one" in said


@pytest.mark.parametrize(
    ("reasons", "said"),
    [
        (["'y' is no date", "'x' is no date"], "'y' is no date (lines 4, 4)."),
        (["'y' is no date", "'9' is late"], "'y' is no date (line 4); '9' is late (line 4)."),
        (
            [f"'{n}' is no {n}" for n in "abcde"],
            "'a' is no a (line 4); 'b' is no b (line 4); 'c' is no c (line 4); "
            "and 2 for other reasons.",
        ),
    ],
)
def test_cells_that_cannot_be_read_are_told_with_each_reason(reasons: list[str], said: str) -> None:
    tally = CellTally(4)
    for reason in reasons:
        tally.cannot_read("Created", reason)
    (sentence,) = tally.sentences("EUR")
    assert (
        sentence
        == f"{len(reasons)} cells of 'Created' could not be read and are kept as text: {said}"
    )


OF_A_CELL = {
    "amounts._parsed": 1,
    "amounts._settled": 1,
    "deal_files.read_whole": 1,
    "deals._amount": 1,
    "deals._title": 1,
    "deals.take": 1,
    "headings.name_by_heading": 1,
    "fields.read_target": 1,
    "layout._money": 1,
    "moments._day": 1,
    "pipeline_toml._with_outcomes": 1,
    "pipeline_toml._refuse_twice": 1,
    "recipe.recipe_from_json": 2,
    "recipe.read_recipe": 1,
    "recipe.with_word": 1,
    "rows._named": 1,
    "rows._dated": 1,
    "rows._answer": 1,
    "rows._day": 1,
    "rows._malformed": 1,
    "side_files.open_side_table": 1,
    "side_files.open": 1,
    "values.read_precision": 1,
    "values.read_basis_points": 1,
    "values.read_flag": 1,
    "values.read_ref": 1,
    "values.read": 2,
}
"""Where the sentence says all that can be done, mostly of a cell, whose row is told with it."""


def test_whoever_is_refused_with_a_file_is_told_what_to_do_next() -> None:
    assert without_a_hint("pipeboard.exchange") == OF_A_CELL
