"""import --join: a second file tells more of the deals, by any column."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.cli.conftest import Type
from tests.exchange.files import write

DEALS = "id,deal name,stage,owner,product\n1,Alpha,Lead,ana,GTX\n2,Beta,Lead,Bo,MG\n3,C,Lead,,GTX\n"


@pytest.fixture
def sold(team: Type, home: Path) -> Type:
    """Three deals with owners and products."""
    file = str(write(home, DEALS))
    assert team("import", file, "--into", "X", "--stages", "Lead").code == 0
    return team


def listed(pipe: Type, column: str) -> list[str]:
    return pipe("list", "--csv", "--columns", column, "--sort", "id").lines[1:]


def test_reps_bring_their_managers_and_teams(sold: Type, home: Path) -> None:
    file = str(write(home, "agent,manager,office\nAna,Mo,East\nbo,Li,West\nzoe,Li,West\n", "t.csv"))
    told = sold("import", file, "--join", "agent=owner", "--map", "office=rep.team")
    assert told.code == 0
    assert "3 lines read, 2 meet a deal by owner, 2 deals updated, 2 teams set." in told.out
    assert "1 line has a key that no deal has." in told.err
    assert listed(sold, "fields.manager") == ["Mo", "Li", '""']
    assert {rep["name"]: rep["team"] for rep in sold("rep", "list", "--json").json["reps"]}[
        "ana"
    ] == "East"


@pytest.mark.parametrize("columns", ["manager,office", "office"])
def test_one_undo_takes_back_what_a_file_told_of_deals_and_of_teams(
    sold: Type, home: Path, columns: str
) -> None:
    def teams() -> dict[str, str | None]:
        return {rep["name"]: rep["team"] for rep in sold("rep", "list", "--json").json["reps"]}

    width = columns.count(",")
    rows = (f"{name}{',Mo' * width},East" for name in ("ana", "bo"))
    file = str(write(home, "\n".join((f"agent,{columns}", *rows, "")), "t.csv"))
    line = ("import", file, "--join", "agent=owner", "--map", "office=rep.team", "--token", "t1")
    before = teams()
    assert sold(*line).code == 0
    assert (teams()["ana"], teams()["bo"]) == ("East", "East")
    assert "Joined t.csv" in sold("undo").err
    assert (teams(), listed(sold, "fields.manager")) == (before, ['""'] * 3)
    again = sold(*line)
    assert (again.code, "on 23 Nov 10:00, and undone since: Joined t.csv" in again.err) == (4, True)
    assert sold("redo").code == 0
    assert (teams()["ana"], "Mo" in listed(sold, "fields.manager")) == ("East", width == 1)


def test_products_bring_their_prices_and_again_change_nothing(sold: Type, home: Path) -> None:
    file = str(write(home, "product,list price\nGTX,550\nMG,55\n", "p.csv"))
    assert sold("import", file, "--join", "product").code == 0
    assert listed(sold, "fields.list price") == ["550", "55", "550"]
    again = sold("import", file, "--join", "product", "--json").json
    assert (again["matched"], again["updated"]) == (2, 0)
    assert sold("undo").code == 0
    assert listed(sold, "fields.list price") == ['""'] * 3


def test_a_join_by_a_column_that_is_not_there_is_refused(sold: Type, home: Path) -> None:
    file = str(write(home, "product,price\nGTX,5\n", "p.csv"))
    refused = sold("import", file, "--join", "produkt")
    assert (refused.code, "Did you mean product?" in refused.err) == (2, True)


def test_of_lines_with_one_key_the_first_counts_and_it_is_told(sold: Type, home: Path) -> None:
    file = str(write(home, "product,list price\nGTX,550\ngtx,7\nMG,55\nGTX,8\n,9\n", "p.csv"))
    told = sold("import", file, "--join", "product")
    assert (told.code, "2 lines read, 2 meet a deal" in told.out) == (0, True)
    assert "2 keys stand twice; the first line counts: 'gtx', 'gtx'." in told.err
    assert listed(sold, "fields.list price") == ["550", "55", "550"]


@pytest.mark.parametrize("flag", ["--into", "--pipeline"])
def test_a_join_with_a_pipeline_leaves_the_deals_of_others(
    sold: Type, home: Path, flag: str
) -> None:
    other = str(write(home, "id,deal name,stage,product\n9,Far,Lead,GTX\n", "y.csv"))
    assert sold("import", other, "--into", "Y", "--stages", "Lead").code == 0
    file = str(write(home, "product,list price\nGTX,550\n", "p.csv"))
    told = sold("import", file, "--join", "product", flag, "Y", "--json").json
    assert (told["matched"], told["updated"]) == (1, 1)
    assert listed(sold, "fields.list price") == ['""', '""', '""', "550"]
    assert sold("import", file, "--join", "product", "--json").json["updated"] == 2


def test_a_join_is_done_once_under_its_token(sold: Type, home: Path) -> None:
    file = str(write(home, "product,list price\nGTX,550\nMG,55\n", "p.csv"))
    line = ("import", file, "--join", "product", "--token", "prices")
    assert sold(*line).code == 0
    again = sold(*line)
    assert (again.code, "nothing was done again" in again.err) == (0, True)
    sold("undo")
    again = sold(*line)
    assert (again.code, "and undone since" in again.err) == (4, True)
    assert listed(sold, "fields.list price") == ['""'] * 3


def test_a_second_file_comes_in_beside_the_deals_and_again_with_the_next_file(
    sold: Type, home: Path
) -> None:
    deals = str(write(home, "id,deal name,stage,owner\n7,New,Lead,ana\n"))
    reps = str(write(home, "agent,manager,office\nAna,Mo,East\nbo,Li,West\n", "t.csv"))
    again = ("import", deals, "--into", "X")
    told = sold(*again, "--beside", reps, "--by", "agent=owner", "--teams", "office", "--onto=all")
    assert (told.code, "Joined: 1 row of the file, 2 deals here" in told.out) == (0, True)
    assert listed(sold, "fields.manager") == ["Mo", "Li", '""', "Mo"]
    write(home, "agent,manager,office\nAna,Zoe,East\nbo,Li,West\n", "t.csv")
    told = sold(*again, "--json")
    assert (told.json["updated"], told.json["joined_here"]) == (1, 1)
    assert "--by agent=owner" in told.err
    write(home, "agent,manager,office\nAna,Eva,East\nbo,Li,West\n", "t.csv")
    assert sold(*again, "--beside", "-", "--json").json["updated"] == 0
    refused = sold(*again, "--fresh", "--beside", reps)
    assert (refused.code, "By which column" in refused.err) == (2, True)


@pytest.mark.parametrize(
    ("flags", "told"),
    [
        (("--by", "agent=owner"), "--by says how a second file is joined"),
        (("--teams", "office"), "--teams says how"),
        (("--onto", "all"), "--onto says how"),
        (("--by", "agent=owner", "--beside", "-"), "--by says how"),
        (("--by", "agent=owner", "--fresh"), "--by says how"),
    ],
)
def test_how_a_second_file_is_joined_is_of_no_use_without_one(
    sold: Type, home: Path, flags: tuple[str, ...], told: str
) -> None:
    deals = str(write(home, DEALS, "deals.csv"))
    refused = sold("import", deals, *flags)
    assert refused.code == 2
    assert told in refused.err
    assert "--beside FILE" in refused.err


def test_another_column_of_the_second_file_of_last_time_needs_no_file(
    sold: Type, home: Path
) -> None:
    reps = str(write(home, "agent,office,city\nana,North,Oslo\n", "reps.csv"))
    deals = str(write(home, DEALS, "deals.csv"))
    assert sold("import", deals, "--beside", reps, "--by", "agent=owner").code == 0
    assert sold("import", deals, "--teams", "office").code == 0


@pytest.mark.parametrize(
    ("flags", "named"),
    [
        (("--stages", "A,B", "--into", "New"), "--stages"),
        (("--set", "stage=A"), "--set stage=A"),
        (("--skip-bad", "--strict"), "--skip-bad --strict"),
        (("--match", "new"), "--match"),
        (("--prefer", "file"), "--prefer"),
        (("--currency", "USD", "--dates", "dmy"), "--dates dmy --currency USD"),
        (("--beside", "x.csv"), "--beside"),
        (("--fresh",), "--fresh"),
    ],
)
def test_a_file_that_is_joined_takes_no_flags_of_deals(
    sold: Type, home: Path, flags: tuple[str, ...], named: str
) -> None:
    file = str(write(home, "product,price\nGTX,5\n", "prices.csv"))
    refused = sold("import", file, "--join", "product", *flags)
    assert refused.code == 2
    assert f"--join takes no {named}" in refused.err
