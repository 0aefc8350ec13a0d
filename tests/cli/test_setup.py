"""init: a workspace is made once, and nothing is made by surprise."""

from __future__ import annotations

import grp
import os
import stat
from pathlib import Path

import pytest

from pipeboard.cli.folders import theme_folders, words_folders
from pipeboard.cli.setup import remove_database
from tests.cli.conftest import Type


def test_init_makes_a_workspace_with_the_pipeline_of_the_template(pipe: Type, home: Path) -> None:
    made = pipe("init", "--db", str(home / "a.db"), "--currency", "usd", "--json")
    assert made.code == 0
    assert made.json["currency"] == "USD"
    assert made.json["zone"] == "Europe/Berlin"
    assert made.json["stages"][0] == "Lead Generation"
    assert stat.S_IMODE((home / "a.db").stat().st_mode) == 0o600


def test_init_without_a_path_makes_the_database_of_the_account(pipe: Type, home: Path) -> None:
    assert pipe("init").code == 0
    assert (home / "xdg_data_home/pipeboard/pipeboard.db").exists()
    assert pipe("rep").code == 0


def test_a_second_init_is_refused_and_leaves_the_first_alone(team: Type) -> None:
    team("add", "Lumen Oy: pilot 40k")
    again = team("init")
    assert again.code == 4
    assert "already" in again.err
    assert team("show", "1").code == 0


@pytest.mark.parametrize(
    "wrong",
    [
        ("--currency", "EUX"),
        ("--zone", "Europe/Berln"),
        ("--zone", "../etc/passwd"),
        ("--template", "nope"),
    ],
)
def test_what_cannot_be_is_refused_before_anything_is_made(
    pipe: Type, home: Path, wrong: tuple[str, str]
) -> None:
    refused = pipe("init", "--db", str(home / "a.db"), *wrong)
    assert refused.code in (2, 3)
    assert not (home / "a.db").exists()


def test_a_dry_run_makes_nothing(pipe: Type, home: Path) -> None:
    assert pipe("init", "--db", str(home / "a.db"), "-n").code == 0
    assert not (home / "a.db").exists()


@pytest.mark.parametrize(
    "line", [("list",), ("show", "1"), ("move", "1", "Demo"), ("undo",), ("pipeline",)]
)
def test_a_missing_database_is_said_with_what_to_type_next(
    pipe: Type, line: tuple[str, ...]
) -> None:
    missing = pipe(*line)
    assert missing.code == 5
    assert "pipeboard init" in missing.err
    assert missing.out == ""


def test_a_missing_database_is_not_made_by_a_verb_that_reads(pipe: Type, home: Path) -> None:
    pipe("list", "--db", str(home / "typo.db"))
    assert not (home / "typo.db").exists()


def test_the_first_deal_makes_the_workspace_and_says_so(pipe: Type, home: Path) -> None:
    added = pipe("add", "Lumen Oy: pilot 40k", "--db", str(home / "new.db"))
    assert (added.code, added.out) == (0, "D-1\n")
    assert "Made a workspace" in added.err


def test_init_tells_all_that_it_has_made(pipe: Type, home: Path) -> None:
    made = pipe("init", "--template", "minimal", "-p", "Sales", "--currency", "EUR", "--json")
    database = str(home / "xdg_data_home/pipeboard/pipeboard.db")
    assert made.json == {
        "schema": 1, "database": database, "currency": "EUR", "zone": "Europe/Berlin",
        "pipeline": "Sales", "stages": ["Prospecting", "Qualified", "Won", "Lost"],
    }  # fmt: skip
    assert made.err.splitlines()[:2] == [
        f"Made {database} (EUR, Europe/Berlin).", "Sales: Prospecting, Qualified.",
    ]  # fmt: skip


def test_a_first_deal_that_is_only_tried_makes_nothing(pipe: Type, home: Path) -> None:
    tried = pipe("add", "Lumen Oy: pilot 40k", "--db", str(home / "new.db"), "-n")
    assert (tried.code, (home / "new.db").exists()) == (5, False)


def test_a_database_goes_with_all_that_stands_beside_it(tmp_path: Path) -> None:
    names = ["a.db", "a.db-journal", "a.db-shm", "a.db-wal", "b.db"]
    for name in names:
        (tmp_path / name).touch()
    remove_database(tmp_path / "a.db")
    assert [path.name for path in tmp_path.iterdir()] == ["b.db"]


def test_a_file_of_which_nothing_came_in_leaves_no_workspace(pipe: Type, home: Path) -> None:
    (home / "a.csv").write_text("deal,stage\nA,Nowhere\n")
    refused = pipe("import", str(home / "a.csv"))
    assert (refused.code, "is gone again" in refused.err) == (4, True)
    assert not (home / "xdg_data_home/pipeboard/pipeboard.db").exists()
    assert pipe("init", "--template", "minimal").code == 0
    assert pipe("import", str(home / "a.csv")).code == 4
    assert (home / "xdg_data_home/pipeboard/pipeboard.db").exists()


@pytest.mark.parametrize(("own", "places"), [(True, ["own", "site"]), (False, ["site"])])
def test_what_is_ones_own_is_looked_for_first(home: Path, own: bool, places: list[str]) -> None:
    folders = {"own": home / "xdg_config_home", "site": home / "xdg_config_dirs"}
    for kind, found in (
        ("themes", theme_folders({}, own=own)),
        ("words", words_folders({}, own=own)[:-1]),
    ):
        assert [*found] == [folders[place] / "pipeboard" / kind for place in places]


# A workspace that a group shares.

GROUP = grp.getgrgid(os.getgid()).gr_name
SHARED = ("init", "--yes", "--shared", "--group", GROUP)


@pytest.mark.parametrize("there", [False, True])
def test_a_shared_workspace_lies_in_a_folder_of_its_group(
    pipe: Type, home: Path, there: bool
) -> None:
    folder = home / "sales"
    if there:
        folder.mkdir(mode=0o755)
    assert pipe(*SHARED, "--db", str(folder / "deals.db")).code == 0
    assert (folder.stat().st_mode & 0o7777, folder.stat().st_gid) == (0o2770, os.getgid())
    assert (folder / "deals.db").stat().st_mode & 0o777 == 0o660


@pytest.mark.parametrize("there", [False, True])
def test_a_shared_workspace_that_is_only_tried_changes_no_folder(
    pipe: Type, home: Path, there: bool
) -> None:
    folder = home / "sales"
    if there:
        folder.mkdir(mode=0o755)
    tried = pipe(*SHARED, "-n", "--db", str(folder / "deals.db"))
    assert tried.code == 0
    assert tried.err == f"Not done (dry run): would make {folder / 'deals.db'}.\n"
    assert pipe(*SHARED, "-n", "--db", str(home / "no/sales/deals.db")).code == 5
    assert [path.name for path in home.iterdir()] == ["sales"] * there
    assert not there or folder.stat().st_mode & 0o7777 == 0o755


def test_a_folder_that_holds_other_things_is_not_shared(pipe: Type, home: Path) -> None:
    folder = home / "sales"
    folder.mkdir(mode=0o755)
    (folder / "letter.txt").touch()
    refused = pipe(*SHARED, "--db", str(folder / "deals.db"))
    assert refused.code == 4
    assert "holds other things, whose rights would change." in refused.err
    assert f"sudo install -d -m 2770 -g {GROUP} FOLDER" in refused.err
    assert folder.stat().st_mode & 0o7777 == 0o755
    folder.chmod(0o2770)  # what is shared already may hold anything
    assert pipe(*SHARED, "--db", str(folder / "deals.db")).code == 0


@pytest.mark.parametrize(
    ("line", "said"),
    [
        (SHARED, "A shared workspace needs a place that all of them can reach."),
        (SHARED[:-2], "Whom is it shared with?"),
        ((*SHARED[:-1], "no such group"), "There is no group 'no such group'."),
    ],
)
def test_a_workspace_is_shared_in_a_place_and_with_a_group_that_are_named(
    pipe: Type, home: Path, line: tuple[str, ...], said: str
) -> None:
    place = () if line == SHARED else ("--db", str(home / "sales/deals.db"))
    refused = pipe(*line, *place)
    assert refused.code == 2 and said in refused.err
    assert list(home.iterdir()) == []
