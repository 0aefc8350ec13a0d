"""list: what it gives a spreadsheet comes back to its own deals, and what it reckons stays out."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from pipeboard.cli.columns import COLUMN_NAMES, FOR_SCRIPTS
from pipeboard.exchange.layouts import detect, layout_named
from pipeboard.exchange.layouts.layout import COLUMNS, LISTED, OURS
from tests.cli.conftest import Type
from tests.exchange.files import write

LINES = "\n".join(
    (
        "Lumen Oy: pilot 40k @ana +inbound source:referral close:19dec"
        ' next:"3dec call Mika" field.product:GTX',
        "=SUM(1): -formula 1k @bo",
        "Acme GmbH: retrofit @bo p:30",
        "Borealis: scan @ana",
    )
)
UNDATED = "id,deal name,company,stage,amount\n1,Roof,Acme,Qualified,70\n2,Roof,Acme,Won,100\n"


@pytest.fixture
def deals(team: Type, home: Path) -> Type:
    """Deals of people, open, won and lost, and two of a file that tells no day."""
    assert team("add", "-", stdin=LINES).code == 0
    assert team("won", "2", "--override", "signed").code == 0
    assert team("lost", "4", "--category", "price").code == 0
    assert team("import", str(write(home, UNDATED, "undated.csv"))).code == 0
    return team


def listed(team: Type, home: Path, *flags: str, name: str = "list.csv") -> Path:
    return write(home, team("list", "open|won|lost", *flags).out, name)


EVERY = ",".join(COLUMN_NAMES)
FEW = "ref,title,account,stage,value,currency"


@pytest.mark.parametrize(
    "columns", ["", EVERY, FEW, "stage,ref,title,age,fields.product", "ref,title,value,account"]
)
def test_a_list_changes_nothing_where_it_comes_from(deals: Type, home: Path, columns: str) -> None:
    file = listed(deals, home, "--csv", *(["--columns", columns] if columns else []))
    done = deals("import", str(file), "--json")
    assert (done.json["created"], done.json["updated"], done.json["rejected"]) == (0, 0, [])
    assert done.json["unchanged"] == 6


def test_what_is_changed_in_a_list_reaches_the_deals_that_it_names(deals: Type, home: Path) -> None:
    """Also those of which nobody knows when they began, by which others are known."""
    file = listed(deals, home, "--csv", "--columns", FEW)
    file.write_text(file.read_text().replace("70.00", "75.00").replace("40000.00", "41000.00"))
    done = deals("import", str(file), "--json")
    assert (done.json["created"], done.json["updated"], done.json["unchanged"]) == (0, 2, 4)
    values = json.loads(deals("list", "open|won|lost", "--json").out)["deals"]
    assert [deal["value"] and deal["value"]["amount_minor"] for deal in values] == [
        4_100_000, 100_000, None, None, 7_500, 10_000
    ]  # fmt: skip


@pytest.mark.parametrize("written", ["1", "#1", "d-1", "D1", " D-1 ", "D 1"])
def test_a_number_of_a_deal_is_known_however_it_is_written_beside_new_lines(
    deals: Type, home: Path, written: str
) -> None:
    text = listed(deals, home, "--csv", "--columns", FEW).read_text()
    lines = text.replace("40000.00", "41000.00").splitlines()
    lines = [f"{written},{line[4:]}" if line.startswith("D-1,") else line for line in lines]
    file = write(home, "\n".join([*lines, ",New one,Nova,Qualified,5,EUR"]), "list.csv")
    done = deals("import", str(file), "--json")
    assert (done.json["created"], done.json["updated"], done.json["rejected"]) == (1, 1, [])
    assert deals("show", "1", "--json").json["deal"]["value"]["amount_minor"] == 4_100_000


def test_what_is_no_number_of_a_deal_in_a_list_rejects_its_row(deals: Type, home: Path) -> None:
    text = listed(deals, home, "--csv", "--columns", FEW).read_text()
    done = deals("import", str(write(home, f"{text}abc,New,Nova,Qualified,5,EUR\n")), "--json")
    (row,) = done.json["rejected"]
    assert (row["column"], row["value"], row["reason"][:22]) == (
        "ref",
        "abc",
        "is no number of a deal",
    )


@pytest.mark.parametrize("columns", ["ref,value", "ref,account,value"])
def test_a_list_without_titles_changes_the_deals_that_its_numbers_name(
    deals: Type, home: Path, columns: str
) -> None:
    titles = deals("list", "--csv", "--columns", "ref,title").out
    file = listed(deals, home, "--csv", "--columns", columns)
    file.write_text(file.read_text().replace("40000.00", "41000.00"))
    done = deals("import", str(file))
    assert "0 created, 1 updated, 5 unchanged, 0 rejected." in done.out
    assert "No column says when a deal began" not in done.err or columns != "ref,value"
    assert "D-1,41000.00" in deals("list", "--csv", "--columns", "ref,value").out
    assert deals("list", "--csv", "--columns", "ref,title").out == titles


@pytest.mark.parametrize("match", ["update", "new"])
def test_a_number_without_a_title_that_is_no_deal_here_rejects_its_row(
    deals: Type, home: Path, match: str
) -> None:
    done = deals("import", str(write(home, "ref,value\nD-99,5\n")), "--match", match, "--json")
    (row,) = done.json["rejected"]
    assert (done.code, row["column"], row["value"]) == (4, "ref", "D-99")
    assert row["reason"].startswith("there is no deal of this number here")


def test_an_amount_without_a_currency_stays_in_that_of_the_deal_that_its_number_names(
    deals: Type, home: Path
) -> None:
    assert deals("set", "1", "value=$500").code == 0
    done = deals("import", str(write(home, "ref,value\nD-1,600.50\n", "list.csv")))
    assert "about a deal in another currency: an amount that names none stays in that" in done.err
    assert "D-1,600.50,USD" in deals("list", "--csv", "--columns", "ref,value,currency").out
    assert deals("set", "1", "value=JPY 500").code == 0
    done = deals("import", str(write(home, "ref,value\nD-1,600.50\n", "list.csv")), "--json")
    assert [row["reason"] for row in done.json["rejected"]] == [
        "'600.50' has more decimals than JPY"
    ]


def test_a_list_without_stages_leaves_its_deals_where_they_are(deals: Type, home: Path) -> None:
    assert deals("move", "1", "qualified", "--override", "seen").code == 0
    file = listed(deals, home, "--csv", "--columns", "ref,account,title,value")
    file.write_text(file.read_text().replace("40000.00", "41000.00") + ",Nova,roof,10\n")
    done = deals("import", str(file))
    assert "1 created, 1 updated, 5 unchanged, 0 rejected." in done.out
    assert "no stage 7" in done.out and "one that is known stays where it is" in done.err
    there = deals("list", "--csv", "--columns", "ref,stage,value").out
    assert "D-1,Qualified,41000.00" in there
    assert ",Prospecting,10.00" in there
    assert deals("list", "won", "--ids").lines == ["D-2", "D-6"]


@pytest.mark.parametrize("form", ["csv", "json", "xlsx"])
def test_a_list_in_any_form_makes_no_field_of_what_is_reckoned(
    deals: Type, home: Path, form: str
) -> None:
    file = home / f"deals.{form}"
    columns = "ref,title,account,stage,age,idle,next,due,probability"
    assert deals("export", "--columns", columns, "--format", form, "--to", str(file)).code == 0
    made = str(home / "new.db")
    done = deals("--db", made, "import", str(file), "--into", "New", "--stages", "auto", "--json")
    assert (done.code, done.json["rejected"]) == (0, [])
    left = [column for column, target in done.json["mapping"].items() if target == "-"]
    assert left == ["age", "idle", "probability"]
    assert (
        "A list of pipeboard: what it reckons itself is left out (age, idle, probability)."
        in done.json["warnings"]
    )
    first = json.loads(deals("--db", made, "list", "--json").out)["deals"][0]
    assert (first["ref"], first["fields"]) == ("D-1", {})
    assert first["next_step"]["text"] == "call Mika"


def test_every_column_of_a_list_is_a_field_or_is_left_out() -> None:
    assert {*COLUMN_NAMES} <= {*COLUMNS, *LISTED}
    assert not {*LISTED} - {*COLUMN_NAMES}


@pytest.mark.parametrize(
    ("header", "refs", "is_ours"),
    [
        ("ref,title,stage,value", ["D-1", "D-22"], True),
        ("ref,title,stage,fields.product,age", ["D-1"], True),
        ("ref,title,stage,value", ["R-1", "D-22"], False),
        ("ref,title,stage,value", ["D-1", "22", ""], True),
        ("ref,title,stage,value", ["D-1", "#22", "abc"], True),
        ("ref,title,stage,value", ["1", "22"], False),
        ("ref,title,stage,value", [""], False),
        ("ref,title,stage,value,phone", ["D-1"], False),
        ("title,stage,value,age,idle", ["D-1"], False),
    ],
)
def test_a_list_is_known_by_its_columns_and_references(
    header: str, refs: list[str], is_ours: bool
) -> None:
    names = tuple(header.split(","))
    layout = layout_named("auto", names, [[ref] * len(names) for ref in refs])
    assert layout.is_ours is is_ours


def test_an_export_is_no_list() -> None:
    assert detect(COLUMNS) is OURS
    assert layout_named("auto", COLUMNS, [["D-1"] * len(COLUMNS)]) is OURS
    assert all(OURS.target(column) != "-" for column in COLUMNS)


def test_the_columns_that_scripts_are_given_name_each_deal() -> None:
    assert {"ref", "title", "created_at"} <= {column.name for column in FOR_SCRIPTS}
