"""Exports of tools and sheets of many languages: what is sure is read, the rest told as text."""

from __future__ import annotations

import io
import json
import zipfile
from collections.abc import Mapping
from datetime import date
from pathlib import Path

import pytest

from pipeboard.domain.errors import BadInput
from pipeboard.domain.money import Money
from tests.exchange.files import (
    Meant,
    all_deals,
    check,
    csv_of,
    deals_of,
    open_file,
    write,
    write_ods,
)

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
    "remarks right of the named columns": Meant(
        csv_of("Deal,Stage,Amount,,", "A,Talk,1,,", "B,Talk,2,,call back"),
        "fields",
        ({}, {"column 5": "call back"}),
        "Column 5 has no name; it is called 'column 5'.",
    ),
    "what a deal was won for, beside an estimate": Meant(
        csv_of(
            "Topic,Stage,Est. Revenue,Actual Revenue",
            *("A,Won,900,850", "B,Talk,700,", "C,Won,600,600", "D,Won,,500"),
        ),
        "value",
        ("850.00 USD", "700.00 USD", "600.00 USD", "500.00 USD"),
    ),
    "an estimate that a win replaced": Meant(
        csv_of("Topic,Stage,Est. Revenue,Actual Revenue", "A,Won,900,850", "B,Lost,700,0"),
        "fields",
        ({"Est. Revenue": "900"}, {"Actual Revenue": "0"}),
    ),
    "a reason that only the stage names": Meant(
        csv_of("Deal,Stage,Why lost", "A,Closed Lost to Competition,", "B,Closed Lost,", "C,Talk,"),
        "lost_reason",
        ("Competition", None, None),
    ),
    "a closing stage that says more than won": Meant(
        csv_of("Deal,Stage,Reason lost", "A,Closed Won (Upsell),", "B,Closed Lost - price,dear"),
        "fields",
        ({"Stage": "Closed Won (Upsell)"}, {"Stage": "Closed Lost - price"}),
    ),
    "names of columns with a word in front": Meant(
        csv_of("Opportunity Name,Current Pipeline Stage,Linked Organization", "A,Talk,Acme"),
        "account",
        ("Acme",),
    ),
    "a day of closing on an open deal": Meant(
        csv_of("Deal,Stage,Closed on", "A,Talk,2026-11-05", "B,Won,2026-11-05", "C,Talk,"),
        "fields",
        ({"Closed on": "2026-11-05"}, {}, {}),
        remarks=("open_with_closing",),
    ),
    "owners by their addresses": Meant(
        csv_of("Deal,Stage,Owner email", "A,Talk,ana@x.se"), "owner", ("ana@x.se",)
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
    "phones that a spreadsheet rounded": Meant(
        csv_of("Deal,Stage,Phone", "A,Talk,4.91512E+11"),
        "title",
        ("A",),
        "Numbers such as 4.91512E+11 in 'Phone' were rounded by a spreadsheet",
    ),
    "a column of dates that takes its order from another": Meant(
        csv_of("Deal,Stage,Created,Close date", "A,Talk,13/04/2025,05/06/2027"),
        "title",
        ("A",),
        "Dates such as 05/06/2027 in 'Close date' were read as those of other columns: "
        "Sat 5 Jun 2027",
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
    "sums of groups that stand beside their names": Meant(
        csv_of(
            "Stage,Owner,Deal,Account,Amount",
            *("Talk,ana,A,Lumen,1", ",,B,Acme,2", ",Subtotal,,Sum,3", ",,,Count,2"),
            *(",bo,C,Acme,4", "Subtotal,,,Sum,7", "Closed Won,bo,D,Beta,5", "Total,,,Sum,12"),
        ),
        "title",
        ("A", "B", "C", "D"),
    ),
    "averages, remarks and sums as Excel writes them below groups": Meant(
        csv_of(
            "Deal,Stage,Amount,Chance",
            *("A,Talk,1,", "Ana Ruiz Total,,1,", ",,1,20", "# the second half,,,", "B,Talk,2,"),
            *("Average,,1.5,", "Grand Count,,2,"),
        ),
        "title",
        ("A", "B"),
        "3 lines with titles or sums of groups",
    ),
    "a board whose groups repeat their header": Meant(
        csv_of(
            *("Name,Stage,Amount,Owner", "A,Talk,1,ana", ",,1,", "Closed,,,"),
            *("Name,Stage,Amount,Owner", "B,Won,2,bo"),
        ),
        "title",
        ("A", "B"),
        "2 lines with titles or sums",
    ),
    "years in front of two digits": Meant(
        csv_of(CREATED, "A,Talk,26-01-31", "B,Talk,25/12/30", "C,Talk,26-02-08"),
        "created_at",
        ("2026-01-31", "2025-12-30", "2026-02-08"),
    ),
    "columns in two orders of day and month": Meant(
        csv_of(
            "Deal,Stage,Created,Expected Close",
            *("A,Talk,02/14/2026,31/12/2026", "B,Talk,03/04/2026,30/11/2026"),
        ),
        "created_at",
        ("2026-02-14", "2026-03-04"),
        "the day first in 'Expected Close' (31/12/2026), with the month first in 'Created'",
    ),
    "days as Excel counts them": Meant(
        csv_of(CREATED, "A,Talk,46027", "B,Talk,46027.5"),
        "created_at",
        ("2026-01-05",) * 2,
        "Numbers such as 46027 in 'Created' were read as days as Excel counts them: Mon 5 Jan 2026",
    ),
    "halves of days and words behind years": Meant(
        csv_of(
            CREATED,
            *(
                "A,Talk,2026年1月5日 下午3:05",
                "B,Talk,2026. 1. 5. 오전 9:05:00",
                "C,Talk,5.1.2026 г.",
            ),
            *("D,Talk,5 stycznia 2026 r.", "E,Talk,5 de janeiro de 2026 às 09:05"),
        ),
        "created_at",
        ("2026-01-05",) * 5,
    ),
    "years of other calendars": Meant(
        csv_of(CREATED, "A,Talk,1404/10/15", "B,Talk,16/07/1447", "C,Talk,۱۴۰۴/۱۰/۱۵"),
        "fields",
        ({"Created": "1404/10/15"}, {"Created": "16/07/1447"}, {"Created": "۱۴۰۴/۱۰/۱۵"}),
        "3 cells of 'Created' could not be read and are kept as text: '1404/10/15' is not a date",
    ),
    "years of companies": Meant(
        csv_of(EXPECTED, "A,Talk,FY25 Q3", "B,Talk,Q3-FY26"),
        "expected_close",
        (None, None),
        "is called like expected_close and holds something else, such as 'FY25 Q3'",
    ),
    "percentages that may be fractions": Meant(
        csv_of("Deal,Stage,Probability (%)", "A,Talk,1", "B,Talk,0.5"),
        "probability_bp",
        (10_000, 5_000),
        "Numbers of 'Probability (%)' such as 1 were read as fractions of 1",
    ),
    "a part of 1 among percentages": Meant(
        csv_of("Deal,Stage,Probability", "A,Talk,0.6", "B,Talk,75"),
        "probability_bp",
        (60, 7_500),
        "0.6 in 'Probability' was read as 0.6 percent",
    ),
    "stages with their number and their chance": Meant(
        csv_of(
            "Deal,Stage",
            *("A,2 - Offer", "B,6 - Won", "C,07. Lost", "D,Gewonnen (100%)", "E,C2:LOSE"),
            *("F,[6] Won", "G,50% won", "H,Won?"),
        ),
        "outcome",
        ("open", "won", "lost", "won", "lost", "won", "open", "open"),
    ),
    "deals that the tool has deleted": Meant(
        csv_of("Deal,Stage,Status", "A,Talk,Deleted", "B,Talk,Open"),
        "archived",
        (True, False),
        remarks=("deleted",),
    ),
    "a reason for a loss on an open deal": Meant(
        csv_of("Deal,Stage,Lost Reason", "A,Talk,Too dear", "B,Lost,Price"),
        "outcome",
        ("open", "lost"),
        remarks=("open_with_loss",),
    ),
    "deals that are closed in a way that nothing tells": Meant(
        csv_of("Deal,Stage,Closed?", "A,Talk,No", "B,Talk,Yes"),
        "outcome",
        ("open", "open"),
        remarks=("closed_somehow",),
    ),
    "thousands that a line above the table tells": Meant(
        csv_of("Pipeline,,", "(in thousands of USD),,", HEAD, "A,Talk,40.5", "B,Talk,2"),
        "value",
        ("40.50 USD", "2.00 USD"),
        "'(in thousands of USD)' stands above the table, and amounts were read as they stand",
    ),
    "thousands behind the name of a column": Meant(
        csv_of("Projekt;Phase;Umsatz TEUR", "A;Angebot;40,5"), "value", ("40500.00 EUR",), "1,000"
    ),
    "a name that says more than is known of its amounts": Meant(
        csv_of("Deal,Stage,Amount (T)", "A,Talk,40"),
        "value",
        ("40.00 USD",),
        "'T' in the name of 'Amount (T)' is not understood",
    ),
    "cents as numbers with a point": Meant(
        csv_of("Deal,Stage,amountInCents", "A,Talk,4000.0", "B,Talk,12.5"),
        "value",
        ("40.00 USD", None),
        "'12.5' is no whole number of cents",
    ),
    "two digits for the year between whole ones": Meant(
        csv_of(CREATED, "A,Talk,03/02/26 9:05", "B,Talk,31/12/2025", "C,Talk,2025-12-29"),
        "created_at",
        ("2026-02-03", "2025-12-31", "2025-12-29"),
    ),
    "weekdays behind dates": Meant(
        csv_of(
            CREATED,
            *(
                "A,Talk,2026年1月5日 月曜日",
                "B,Talk,2026年1月5日星期一",
                "C,Talk,2026년 1월 5일 월요일",
            ),
            *("D,Talk,5 Ocak 2026 Pazartesi", '"E",Talk,"segunda-feira, 5 de janeiro de 2026"'),
        ),
        "created_at",
        ("2026-01-05",) * 5,
    ),
    "outcomes as letters": Meant(
        csv_of("Deal,Stage,Result", "A,Talk,O", "B,Talk,W", "C,Talk,L"),
        "outcome",
        ("open", "won", "lost"),
    ),
    "a header that comes again in other letters": Meant(
        csv_of("DEAL,STAGE,AMOUNT", "A,Talk,1", "Deal,Stage,Amount", "B,Talk,2"),
        "title",
        ("A", "B"),
        "1 repeated header line",
    ),
    "days that a spreadsheet may have swapped with months": Meant(
        csv_of(CREATED, "A,Talk,2026-03-04", "B,Talk,13/04/2026"),
        "created_at",
        ("2026-03-04", "2026-04-13"),
        "a spreadsheet may have swapped day and month",
    ),
    "a day before which something was": Meant(
        csv_of(CREATED, "A,Talk,before 5 Jan 2026", "B,Talk,5 Jan 2026"),
        "fields",
        ({"Created": "before 5 Jan 2026"}, {}),
        "'before 5 Jan 2026' is not a date",
    ),
    "columns named under their table": Meant(
        csv_of("Name,Deals › Status,Deals › Deal value", "A,Talk,7"), "value", ("7.00 USD",)
    ),
    "tags behind hashes": Meant(
        csv_of("Deal,Stage,Tags", "A,Talk,#hot #new"), "tags", (("#hot", "#new"),)
    ),
    "names of people that no stage is called by": Meant(
        csv_of("First Name,Last Name,Company", "Mika,Laine,Lumen"), "stage", (None,)
    ),
    "a company with the page that Notion links it to": Meant(
        csv_of("Deal,Stage,Company", "A,Talk,Lumen Oy (Companies/Lumen%20Oy%201a2b.md)"),
        "account",
        ("Lumen Oy",),
    ),
    "errors of a spreadsheet": Meant(
        csv_of("Deal,Stage,Owner", "A,Talk,#DIV/0!", "B,Talk,#NV"),
        "owner",
        (None, None),
        "'Owner' 2",
    ),
    "letters of Turkish, which Icelandic has others for": Meant(
        csv_of("Fırsat;Aşama;Şirket", "İptal işi;Görüşme;Işık").encode("cp1254"),
        "account",
        ("Işık",),
        "windows-1254",
    ),
    "letters of Swedish, which are signs elsewhere": Meant(
        csv_of("Affär;Fas;Företag", "Müller;Offert;Façade;").encode("cp1252"),
        "account",
        ("Façade",),
        "windows-1252",
    ),
    "columns in Hindi": Meant(
        csv_of("सौदे का नाम,चरण,राशि,अनुमानित समापन तिथि", "A,प्रस्ताव,7,2026-12-30"),
        "expected_close",
        (date(2026, 12, 30),),
    ),
    "days of a win and of a loss, each in a column": Meant(
        csv_of(
            "Deal,Stage,Closed Won Date,Closed Lost Date,Amount",
            *("A,Talk,2026-03-01,,1", "B,Talk,,2026-03-02,2", "C,Talk,,,3"),
        ),
        "closed_at",
        ("2026-03-01", "2026-03-02", None),
    ),
    "a stage that names its pipeline": Meant(
        csv_of(
            "Deal Name,Deal Stage,Pipeline",
            *("A,Closed Won (Sales),Sales", "B,Closed lost (Sales),Sales", "C,Talk (Sales),Sales"),
        ),
        "outcome",
        ("won", "lost", "open"),
    ),
    "a deal in Hungarian": Meant(
        csv_of("Név;Szakasz;Összeg;Létrehozva", "A;Talk;1 234 Ft;2024. május 2."),
        "created_at",
        ("2024-05-02",),
    ),
    "a clock in Finnish": Meant(
        csv_of("Kauppa;Vaihe;Luotu", "A;Talk;1.5.2024 klo 10.30"), "created_at", ("2024-05-01",)
    ),
    "a day in Lithuanian": Meant(
        csv_of("Sandoris;Etapas;Sukurta", "A;Talk;2024 m. gegužės 1 d."),
        "created_at",
        ("2024-05-01",),
    ),
    "rand": Meant(
        csv_of("Deal;Stage;Amount;Currency", "A;Talk;R 1 234,56;ZAR", "B;Talk;R500;ZAR"),
        "value",
        ("1234.56 ZAR", "500.00 ZAR"),
    ),
    "a nought with a minus": Meant(
        csv_of("Deal,Stage,Amount", "A,Talk,-0.00", "B,Talk,-0"), "value", ("0.00 USD", "0.00 USD")
    ),
    "what a query on a terminal shows": Meant(
        csv_of(
            *("+----+-------+-------+", "| id | title | stage |", "+----+-------+-------+"),
            *("|  1 | A     | Talk  |", "|  2 | B     | Talk  |", "+----+-------+-------+"),
            "2 rows in set (0.00 sec)",
        ),
        "title",
        ("A", "B"),
    ),
    "a frame of data with its numbers": Meant(
        csv_of('"","Deal","Stage","Amount"', '"1","A","Talk",NA', '"2","B","Talk",5'),
        "value",
        (None, "5.00 USD"),
    ),
    "days of another calendar": Meant(
        csv_of("Deal,Stage,Created", "A,Talk,1403/02/12"),
        "created_at",
        (None,),
        "1 cell of 'Created' could not be read",
    ),
    "quotes with a total": Meant(
        csv_of("Title,Status,Total", "A,SENT,7", "B,ACCEPTED,2"), "value", ("7.00 USD", "2.00 USD")
    ),
}


PEOPLE = {
    "Bo Ek (bo@acme.se)": (("Bo Ek", "bo@acme.se"),),
    "Cy <c@x.se>;Di": (("Cy", "c@x.se"), ("Di", None)),
    "Bo (CEO)": (("Bo (CEO)", None),),
    "bo@acme.se": (("bo@acme.se", None),),
}


@pytest.mark.parametrize("cell", PEOPLE)
def test_an_address_behind_a_name_is_that_persons(cell: str, tmp_path: Path) -> None:
    deal = deals_of(tmp_path, csv_of("Deal,Stage,Contact", f'A,Talk,"{cell}"'))[0]
    assert tuple((one.name, one.email) for one in deal.contacts) == PEOPLE[cell]


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
    "a result with links as Odoo gives them": json.dumps(
        {
            "result": [
                {
                    "name": d["name"],
                    "amount": d["amount"],
                    "stage_id": [n, d["stage"]],
                    "user_id": False,
                }
                for n, d in enumerate(DEALS)
            ]
        }
    ),
    "amounts that are objects": json.dumps(
        [{**deal, "amount": {"value": deal["amount"], "currency": "USD"}} for deal in DEALS]
    ),
}


@pytest.mark.parametrize("name", DOCUMENTS)
def test_deals_are_found_wherever_a_document_has_them(name: str, tmp_path: Path) -> None:
    check(Meant(DOCUMENTS[name], "value", AMOUNTS), tmp_path, "deals.json")


ANSWERS = {
    "cents and numbers for outcomes": (
        {"deals": [{"id": "1", "title": "A", "value": "4000", "currency": "eur", "status": "1",
                    "stage": "3", "cdate": "2026-01-05T09:00:00Z"}]},
        "",
    ),
    "a cursor": ({"deals": [DEALS[0]], "meta": {"next_cursor": "x"}}, "'next_cursor' says"),
    "a link": ({"data": [DEALS[0]], "@odata.nextLink": "https://x.example"}, "'@odata.nextLink'"),
    "a page of edges": (
        {"data": {"deals": {"edges": [{"node": DEALS[0]}], "pageInfo": {"hasNextPage": True}}}},
        "'hasNextPage' says that the file is one page of several",
    ),
    "a deal with links of its own": ({"deals": [{**DEALS[0], "links": {"next": "x"}}]}, ""),
    "the last page": ({"data": [DEALS[0]], "has_more": False, "links": {"next": None}}, ""),
}  # fmt: skip


@pytest.mark.parametrize("name", ANSWERS)
def test_an_answer_says_where_it_is_one_page_of_several(name: str, tmp_path: Path) -> None:
    document, said = ANSWERS[name]
    with open_file(write(tmp_path, json.dumps(document), "deals.json")) as reading:
        (deal,) = all_deals(list(reading.rows()))
        told = " ".join(reading.warnings)
    assert said in told
    assert ("page of several" in told) == bool(said)
    if name.startswith("cents"):
        assert (deal.value, deal.outcome) == (Money(4000, "EUR"), "won")


def test_owners_that_are_objects_are_called_by_their_names(tmp_path: Path) -> None:
    deal = {**DEALS[0], "owners": [{"name": "ana"}, {"name": "bo"}], "tags": [{"name": "hot"}]}
    (row,) = deals_of(tmp_path, json.dumps([deal]), "deals.json")
    assert (row.owner, row.tags) == ("ana", ("hot",))
    assert row.fields["owners"] == "ana; bo"


def test_what_json_api_links_a_deal_to_is_found(tmp_path: Path) -> None:
    deal = {
        "id": "1",
        "attributes": {"title": "A", "stage": "Talk"},
        "relationships": {"company": {"data": {"name": "Lumen"}}, "owner": {"name": "ana"}},
    }
    (row,) = deals_of(tmp_path, json.dumps({"data": [deal]}), "deals.json")
    assert (row.title, row.account, row.owner) == ("A", "Lumen", "ana")


def _sheet(folder: Path, cells: Mapping[str, object], errors: tuple[str, ...] = ()) -> Path:
    openpyxl = pytest.importorskip("openpyxl")
    book = openpyxl.Workbook()
    for cells_of_row in (("Deal", "Stage", "Amount"), ("A", "Talk", 7)):
        book.active.append(cells_of_row)
    for name, value in cells.items():
        book.active[name] = value
    for name in errors:
        book.active[name].data_type = "e"
    book.save(folder / "deals.xlsx")
    return folder / "deals.xlsx"


def test_a_cell_far_away_from_its_table_is_refused_before_it_takes_all_memory(
    tmp_path: Path,
) -> None:
    path = _sheet(tmp_path, {"XFD1048576": "x"})
    with pytest.raises(BadInput, match="something in XFD1048576, far away from its table"):
        open_file(path)


def test_a_formula_without_a_value_is_told(tmp_path: Path) -> None:
    path = _sheet(tmp_path, {"C2": "=6*7", "A3": "B", "B3": "Talk", "C3": 7})
    with open_file(path) as reading:
        first, second = all_deals(list(reading.rows()))
        assert "1 formula without a value in the file (C2) read as blank" in reading.warnings[0]
    assert (first.value, second.value) == (None, Money(700, "USD"))


@pytest.mark.parametrize(
    ("rows", "said"),
    [(2, "2 formulas without a value in the file (C2, C3) read"),
     (4, "4 formulas without a value in the file (C2, C3, C4) read")],
)  # fmt: skip
def test_the_first_three_formulas_without_a_value_are_named(
    rows: int, said: str, tmp_path: Path
) -> None:
    cells = {f"{column}{row}": text for row in range(2, 2 + rows)
             for column, text in (("A", f"Deal {row}"), ("B", "Talk"), ("C", "=6*7"))}  # fmt: skip
    with open_file(_sheet(tmp_path, cells)) as reading:
        assert said in reading.warnings[0]


def test_an_error_in_a_workbook_is_a_cell_without_a_value(tmp_path: Path) -> None:
    path = _sheet(tmp_path, {"C2": "#N/A"}, errors=("C2",))
    with open_file(path) as reading:
        (deal,) = all_deals(list(reading.rows()))
        assert "left out: 'Amount' 1" in " ".join(reading.remarks())
    assert deal.value is None


def test_a_formula_of_libreoffice_without_a_value_is_told(tmp_path: Path) -> None:
    cell = '<table:table-cell office:value-type="string"><text:p>{}</text:p></table:table-cell>'
    rows = (("Deal", "Stage"), ("A", "Talk"))
    lines = ["".join(map(cell.format, row)) for row in rows]
    lines[1] += '<table:table-cell table:formula="of:=6*7"/>'
    path = write_ods(tmp_path, [f"<table:table-row>{line}</table:table-row>" for line in lines])
    with open_file(path) as reading:
        assert "1 formula without a value in the file" in reading.warnings[0]


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
        pytest.raises(BadInput, match="Fri 6 Feb 2026 or Tue 2 Jun 2026"),
        open_file(path) as reading,
    ):
        list(reading.rows())


def test_two_digits_that_may_be_the_year_are_asked_about(tmp_path: Path) -> None:
    path = write(tmp_path, csv_of(CREATED, "A,Talk,16-12-14"))
    with pytest.raises(BadInput, match="Tue 16 Dec 2014 or Wed 14 Dec 2016"):
        open_file(path)


def test_a_damaged_workbook_is_told_in_one_sentence(tmp_path: Path) -> None:
    data = bytearray(_sheet(tmp_path, {}).read_bytes())
    with zipfile.ZipFile(tmp_path / "deals.xlsx") as book:
        start = book.getinfo("xl/worksheets/sheet1.xml").header_offset + 60
    for at in range(start, start + 200, 3):
        data[at] ^= 0x5A
    with pytest.raises(BadInput, match="cannot be read as a workbook"):
        open_file(write(tmp_path, bytes(data), "damaged.xlsx"))
