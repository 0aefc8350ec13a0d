"""What was forecast at three past dates of real data, against what came by the year's end."""

from __future__ import annotations

import csv
import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

DATA = Path(__file__).parents[3] / "shared" / "data" / "maven-crm" / "sales_pipeline.csv"
DATES = ("2017-03-31", "2017-06-30", "2017-09-30")
pytestmark = pytest.mark.skipif(not DATA.exists(), reason="the data of Maven are not here")


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> Any:
    """The program on a workspace that Maven's deals were imported into at the end of 2017."""
    home = tmp_path_factory.mktemp("maven")
    env = {
        **{name: value for name, value in os.environ.items() if not name.startswith("PIPEBOARD")},
        "HOME": str(home),
        "XDG_CONFIG_HOME": str(home / "config"),
        "XDG_STATE_HOME": str(home / "state"),
        "PIPEBOARD_DB": str(home / "maven.db"),
        "PIPEBOARD_NOW": "2017-12-31T12:00:00Z",
    }

    def typed(*words: str) -> str:
        command = [sys.executable, "-m", "pipeboard", *words]
        done = subprocess.run(command, env=env, capture_output=True, text=True, timeout=300)
        assert done.returncode == 0, done.stderr
        return done.stdout

    typed("init", "--template", "minimal", "--currency", "USD", "--zone", "UTC", "-q")
    stages = ("--into", "Hardware", "--stages", "Prospecting,Engaging")
    typed("import", str(DATA), *stages, "--map", "engage_date=entered:Engaging", "-q")
    return typed


def truth(day: str) -> tuple[int, int]:
    """How many deals were open on a day's evening, and how many of them were won in 2017."""
    with DATA.open(encoding="utf-8", newline="") as file:
        rows = [row for row in csv.DictReader(file) if row["engage_date"]]
    known = [row for row in rows if row["engage_date"] <= day]
    still = [row for row in known if not row["close_date"] or row["close_date"] > day]
    return len(still), sum(row["deal_stage"] == "Won" for row in still)


@pytest.mark.parametrize("day", DATES)
def test_the_measured_chance_is_within_a_third_of_what_came(run: Any, day: str) -> None:
    asked = ("metrics", "-p", "Hardware", "--period", "2017", "--as-of", day, "--json")
    found = json.loads(run(*asked))
    chance, open_then = found["metrics"]["win_chance"]["value"], found["metrics"]["open_count"]
    deals, won = truth(day)
    print(f"{day}: {deals} open, measured {chance:.1%}, came {won / deals:.1%}")
    assert open_then["value"] == deals
    assert abs(chance - won / deals) <= won / deals / 3


@pytest.mark.parametrize("day", DATES)
def test_nothing_of_the_later_data_is_in_a_past_forecast(
    run: Any, tmp_path: Path, day: str
) -> None:
    """The same file cut at that day, imported alone, says the same of the deals then open."""
    with DATA.open(encoding="utf-8", newline="") as file:
        reader = csv.DictReader(file)
        rows = [row for row in reader if row["engage_date"] and row["engage_date"] <= day]
        names = list(reader.fieldnames or ())
    for row in rows:
        row["opportunity_id"] += f"-{day}"
        if row["close_date"] > day:
            row |= {"deal_stage": "Engaging", "close_date": "", "close_value": ""}
    part = tmp_path / f"until-{day}.csv"
    with part.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, names)
        writer.writeheader()
        writer.writerows(rows)
    name = f"Until {day}"
    stages = ("--into", name, "--stages", "Prospecting,Engaging")
    run("import", str(part), *stages, "--map", "engage_date=entered:Engaging", "-q")
    chances = []
    for pipeline in ("Hardware", name):
        asked = ("metrics", "-p", pipeline, "--period", "2017", "--as-of", day, "--json")
        found = json.loads(run(*asked))
        chances.append((found["metrics"]["win_chance"]["value"], found["chances"][-1]))
    assert chances[0] == chances[1]
