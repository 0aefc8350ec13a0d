"""Numbers, targets and rates from the command line: keys that scripts rely on, and real figures."""

from __future__ import annotations

import csv
import io
import json
import shlex
from collections import defaultdict
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from statistics import mean, median
from typing import Any

import pytest

from pipeboard.cli.main import main
from pipeboard.domain.metrics import METRICS
from tests.cli.conftest import Result, Type

MAVEN = Path(__file__).resolve().parents[3] / "shared/data/maven-crm/sales_pipeline.csv"

PROMISED = [
    "won_count",
    "lost_count",
    "open_count",
    "created_count",
    "qualified_count",
    "quotes_sent",
    "won_value",
    "lost_value",
    "open_value",
    "win_rate",
    "win_rate_value",
    "win_rate_competitive",
    "win_rate_cohort",
    "win_rate_pessimistic",
    "cycle_days_median",
    "cycle_days_mean",
    "cycle_days_p90",
    "close_days_km_median",
    "deal_size_mean",
    "deal_size_median",
    "open_deal_size_mean",
    "velocity_per_day",
    "run_rate_per_day",
    "coverage",
    "coverage_gross",
    "coverage_required",
    "target",
    "forecast_weighted",
    "forecast_measured",
    "rose_tint",
    "forecast_commit",
    "forecast_best",
    "forecast_pipeline",
    "forecast_overdue",
    "lead_velocity_rate",
    "lead_growth",
    "first_response_hours_median",
    "slip_rate",
    "push_count",
]
TOP = [
    "schema",
    "as_of",
    "zone",
    "currency",
    "pipeline",
    "filter",
    "period",
    "metrics",
    "stages",
    "bottleneck",
    "lead_velocity",
    "forecast_months",
    "calibration",
    "waterfall",
    "loss_reasons",
]
STAGE = [
    "stage",
    "open_count",
    "open_value",
    "weighted_value",
    "conversion",
    "resolved",
    "dwell_median_days",
    "dwell_km_median_days",
    "dwell_p90_days",
    "overstay_deal_days",
    "stalled_count",
    "skipped",
    "regressions",
]
PARTS = {"value", "unit", "num", "den", "n", "reason", "excluded"}


def no_nan(text: str) -> Any:
    raise AssertionError(f"{text} is no JSON")


def test_every_promised_key_is_there_even_where_nothing_is(team: Type) -> None:
    result = team("metrics", "--json")
    document = json.loads(result.out, parse_constant=no_nan)
    assert set(TOP) <= set(document)
    assert set(PROMISED) <= set(document["metrics"]) == set(METRICS)
    assert all(set(metric) >= PARTS for metric in document["metrics"].values())
    assert all(set(STAGE) <= set(stage) for stage in document["stages"])
    rate = document["metrics"]["win_rate"]
    assert (rate["value"], rate["reason"], rate["n"]) == (None, "no closed deals", 0)
    assert document["bottleneck"] is None
    assert document["period"] == {
        "label": "2026Q4",
        "start": "2026-10-01T00:00:00+02:00",
        "end": "2027-01-01T00:00:00+01:00",
    }


def test_deals_of_today_are_counted(team: Type) -> None:
    for line in ("Acme: parts 10k @ana", "Borealis: service 20k @ana", "Cobalt: pilot 5k @bo"):
        team("add", line)
    team("won", "Acme", "--override", "signed")
    found = team("metrics", "--json").json["metrics"]
    assert (found["won_value"]["value"], found["open_value"]["value"]) == (1_000_000, 2_500_000)
    assert found["win_rate"]["reason"] == "no loss was ever recorded"
    team("lost", "Cobalt", "--category", "price")
    rate = team("metrics", "--json").json["metrics"]["win_rate"]
    assert (rate["value"], rate["num"], rate["den"]) == (0.5, 1, 2)
    assert rate["low"] == pytest.approx(0.0945, abs=1e-4)


def test_a_filter_an_owner_and_groups_narrow_what_is_counted(team: Type) -> None:
    for line in ("Acme: parts 10k @ana +vip", "Borealis: service 20k @ana", "Cobalt: pilot 5k @bo"):
        team("add", line)

    def open_value(*flags: str) -> int | None:
        found: int | None = team("metrics", "--json", *flags).json["metrics"]["open_value"]["value"]
        return found

    assert open_value("+vip") == 1_000_000
    assert open_value("-owner:ana") == 500_000
    assert open_value("--owner", "@ANA") == 3_000_000
    groups = team("metrics", "--json", "--by", "owner").json["groups"]
    values = {group["key"]: group["metrics"]["open_value"]["value"] for group in groups}
    assert values == {"ana": 3_000_000, "bo": 500_000}
    assert team("metrics", "--owner", "cem").code == 3
    assert team("metrics", "--by", "colour").code == 2


@pytest.mark.parametrize(
    ("flags", "whose"),
    [((), "everybody"), (("--owner", "ana"), "@ana"), (("-p", "Big Deals"), "everybody"),
     (("-p", "Big Deals", "--owner", "ana"), "@ana")],
)  # fmt: skip
def test_the_command_that_is_told_sets_the_target_that_is_missing(
    team: Type, flags: tuple[str, ...], whose: str
) -> None:
    assert team("pipeline", "new", "Big Deals", "--stages", "A,B").code == 0
    for pipeline in ("New business", "Big Deals"):
        assert team("add", "Acme: parts 10k @ana", "-p", pipeline).code == 0
    said = team("metrics", "--json", *flags).json["readings"]["target"]
    done = team(*shlex.split(said.partition(" or: pipeboard ")[2]))
    assert (done.code, f", {whose}: €130,000." in done.err) == (0, True), said
    told = team("metrics", "--json", *flags).json
    assert told["metrics"]["target"]["value"] == 13_000_000
    assert "No target" not in told["readings"]["target"]


def test_as_of_a_past_day_nothing_later_is_known(
    team: Type, monkeypatch: pytest.MonkeyPatch
) -> None:
    team("add", "Acme: parts 10k")
    monkeypatch.setenv("PIPEBOARD_NOW", "2026-12-04T09:00:00Z")
    team("add", "Borealis: service 20k")

    def opened(*flags: str) -> int | None:
        found: int | None = team("metrics", "--json", *flags).json["metrics"]["open_count"]["value"]
        return found

    assert opened() == 2
    assert opened("--as-of", "2026-11-23") == 1
    assert opened("--as-of", "2026-11-23T08:59:59Z") == 0
    assert team("metrics", "--as-of", "2026-11-23", "--json").json["as_of"] == (
        "2026-11-23T23:59:59.999999+01:00"
    )
    late = team("metrics", "--as-of", "2026-12-05")
    assert (late.code, "has not come yet" in late.err) == (2, True)


def test_a_comparison_says_what_changed(team: Type) -> None:
    team("add", "Acme: parts 10k")
    document = team("metrics", "--json", "--compare").json["compared_with"]
    assert document["period"]["label"] == "2026Q3"
    change = document["metrics"]["created_count"]
    assert change == {"value": 0, "difference": 1, "share": None, "is_better": True}


def test_csv_has_a_line_for_each_number_and_runs_in_no_spreadsheet(team: Type) -> None:
    team("rep", "add", "=cmd")
    team("add", "Acme: parts 10k @=cmd")
    rows = list(csv.DictReader(io.StringIO(team("metrics", "--csv", "--by", "owner").out)))
    assert {row["key"] for row in rows if row["table"] == "groups"} == {"'=cmd"}
    (value,) = (r for r in rows if r["table"] == "metrics" and r["key"] == "open_value")
    assert (value["value"], value["unit"], value["n"]) == ("1000000", "minor", "1")
    assert {row["reason"] for row in rows if row["key"] == "win_rate"} == {"no closed deals"}


def test_markdown_has_sentences_and_tables(team: Type) -> None:
    team("add", "Acme: parts 10k")
    lines = team("metrics", "--md").lines
    assert lines[0] == "# New business: 2026Q4, as of 2026-11-23 10:00 (Europe/Berlin)"
    assert "| Open value | €10k |" in lines
    assert "| Win rate | n/a (no closed deals) |" in lines


def test_people_get_the_drawn_overview(team: Type) -> None:
    team("add", "Acme: parts 10k @ana")
    result = team("metrics", "--by", "owner")
    assert result.lines[0] == " New business: 2026Q4, as of 2026-11-23 10:00 (Europe/Berlin)"
    assert any(line.startswith(" Target ") for line in result.lines)
    assert result.lines[-1].startswith("ana")
    assert "\x1b" not in result.out


def test_a_bad_period_says_how_to_write_one(team: Type) -> None:
    result = team("metrics", "--period", "soon")
    assert result.code == 2
    assert "2026Q4" in result.err


def test_targets_are_set_listed_and_taken_away(team: Type) -> None:
    assert team("target", "list").code == 0
    assert team("target", "set", "2026-Q4", "130k").code == 0
    assert team("target", "set", "2026Q4", "60k", "--owner", "ana", "--json").json["target"] == {
        "period": "2026Q4",
        "amount": {"amount_minor": 6_000_000, "currency": "EUR"},
        "owner": "ana",
        "team": None,
    }
    assert [line.split() for line in team("target").lines[1:]] == [
        ["2026Q4", "everybody", "€130,000"],
        ["2026Q4", "@ana", "€60,000"],
    ]
    assert team("rep", "set", "bo", "--team", "North").code == 0
    assert team("target", "set", "2027", "1m", "--team", "North").code == 0
    assert "team North" in team("target").out
    assert [(one["owner"], one["team"]) for one in team("target", "--json").json["targets"]] == [
        (None, None), ("ana", None), (None, "North"),
    ]  # fmt: skip
    assert team("target", "set", "2027", "none", "--team", "North").code == 0
    assert team("target", "set", "2026Q4", "NONE").code == 0
    assert len(team("target", "list", "--json").json["targets"]) == 1
    assert team("target", "set", "soon", "130k").code == 2
    assert team("target", "set", "2026Q4", "1k", "--owner", "nobody").code == 3


def test_rates_are_set_listed_and_taken_away(team: Type) -> None:
    assert team("fx", "set", "USD", "0.92", "--on", "2026-11-01").code == 0
    assert team("fx", "list", "--json").json == {
        "schema": 1,
        "base": "EUR",
        "rates": [{"currency": "USD", "from": "2026-11-01", "rate": 0.92}],
    }
    team("add", "Acme: parts USD 10000")
    assert team("metrics", "--json").json["metrics"]["open_value"]["value"] == 920_000
    assert team("fx", "set", "USD", "none", "--on", "2026-11-01").code == 0
    assert team("fx", "list").lines == []
    assert team("fx", "set", "USD", "much").code == 2
    assert team("fx", "set", "XXQ", "1").code == 2
    before = "closed before have no rate of USD: --on DAY"
    assert before in team("fx", "set", "USD", "0.92").err
    assert before not in team("fx", "set", "USD", "0.93").err


@pytest.fixture(scope="module")
def maven(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """8,800 real deals, imported once."""
    if not MAVEN.exists():
        pytest.skip("the real deals are not here")
    path = tmp_path_factory.mktemp("maven") / "maven.db"
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("PIPEBOARD_NOW", "2017-12-31T12:00:00Z")
        patch.setenv("XDG_CONFIG_HOME", str(path.parent))
        flags = ("--db", str(path), "-q")
        init = ("init", "--template", "minimal", "--currency", "USD", "--zone", "UTC")
        assert main((*init, *flags)) == 0
        into = ("--into", "Hardware", "--stages", "Prospecting,Engaging")
        dated = ("--map", "engage_date=entered:Engaging")
        assert main(("import", str(MAVEN), *into, *dated, *flags)) == 0
    yield path


def hardware(pipe: Type, maven: Path, monkeypatch: pytest.MonkeyPatch, *flags: str) -> Any:
    monkeypatch.setenv("PIPEBOARD_NOW", "2017-12-31T12:00:00Z")
    result: Result = pipe("metrics", "--db", str(maven), "-p", "Hardware", "--json", *flags)
    return result.json


def sold() -> list[dict[str, str]]:
    with MAVEN.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def days(row: dict[str, str]) -> int:
    return (date.fromisoformat(row["close_date"]) - date.fromisoformat(row["engage_date"])).days


def test_the_real_deals_come_to_what_a_few_lines_over_the_file_say(
    maven: Path, pipe: Type, monkeypatch: pytest.MonkeyPatch
) -> None:
    found = hardware(pipe, maven, monkeypatch, "--period", "all")["metrics"]
    won = [row for row in sold() if row["deal_stage"] == "Won"]
    lost = [row for row in sold() if row["deal_stage"] == "Lost"]
    values = [int(row["close_value"]) for row in won]
    assert (found["won_count"]["value"], found["lost_count"]["value"]) == (len(won), len(lost))
    assert found["win_rate"]["value"] == pytest.approx(len(won) / (len(won) + len(lost)))
    assert found["win_rate"]["low"] == pytest.approx(0.6199, abs=1e-4)
    assert found["win_rate"]["high"] == pytest.approx(0.6430, abs=1e-4)
    assert found["won_value"]["value"] == sum(values) * 100
    assert found["deal_size_mean"]["value"] == pytest.approx(100 * mean(values), abs=0.5)
    assert found["cycle_days_median"]["value"] == median(map(days, won))
    assert found["cycle_days_mean"]["value"] == pytest.approx(mean(map(days, won)))


@pytest.mark.parametrize("by", ["owner", "field.product", "month"])
def test_the_groups_of_a_quarter_are_those_of_the_file(
    by: str, maven: Path, pipe: Type, monkeypatch: pytest.MonkeyPatch
) -> None:
    column = {"owner": "sales_agent", "field.product": "product", "month": "close_date"}[by]
    wanted: dict[str, list[bool]] = defaultdict(list)
    for row in sold():
        if "2017-07-01" <= row["close_date"] < "2017-10-01":
            key = row[column][:7] if by == "month" else row[column]
            wanted[key].append(row["deal_stage"] == "Won")
    document = hardware(pipe, maven, monkeypatch, "--period", "2017Q3", "--by", by)
    rates = {group["key"]: group["metrics"]["win_rate"] for group in document["groups"]}
    closed = {key: (rate["num"], rate["den"]) for key, rate in rates.items() if rate["n"]}
    assert closed == {key: (sum(wins), len(wins)) for key, wins in wanted.items()}


def test_as_of_a_past_day_the_real_deals_are_those_closed_by_then(
    maven: Path, pipe: Type, monkeypatch: pytest.MonkeyPatch
) -> None:
    flags = ("--period", "2017", "--as-of", "2017-06-30")
    found = hardware(pipe, maven, monkeypatch, *flags)["metrics"]
    closed = [row for row in sold() if row["close_date"] and row["close_date"] <= "2017-06-30"]
    won = [row for row in closed if row["deal_stage"] == "Won"]
    assert (found["won_count"]["value"], found["win_rate"]["den"]) == (len(won), len(closed))
    began = [row for row in sold() if row["engage_date"] and row["engage_date"] <= "2017-06-30"]
    assert found["open_count"]["value"] == len(began) - len(closed)


def test_periods_that_begin_on_other_days_say_which_targets_and_calls_move(team: Type) -> None:
    team("target", "set", "2026Q4", "100k")
    team("target", "set", "2026-11", "30k")
    team("call", "set", "2027", "80k", "--owner", "ana")
    team("target", "set", "2026-W47", "9k", "--owner", "bo")
    said = team("setting", "set", "fiscal-start", "april").err.splitlines()
    assert said == [
        "fiscal-start is april.",
        "The targets and calls of 2026Q4 are for Fri 1 Jan 2027 to Wed 31 Mar 2027 now.",
        "The targets and calls of 2027 are for Thu 1 Apr 2027 to Fri 31 Mar 2028 now.",
    ]
    assert team("setting", "set", "fiscal-start", "april").err.splitlines() == [
        "Nothing to change: it is so already."
    ]
    said = team("setting", "set", "week-start", "sunday").err.splitlines()
    assert said[1:] == [
        "The targets and calls of 2026-W47 are for Sun 15 Nov 2026 to Sat 21 Nov 2026 now."
    ]


def test_how_numbers_are_counted_is_set_for_the_workspace(team: Type) -> None:
    team("setting", "set", "fiscal-start", "april")
    team("setting", "set", "week-start", "sun")
    team("setting", "set", "count-for-owner", "now")
    assert team("setting", "list", "--json").json["settings"] == {
        "week-start": "sunday",
        "fiscal-start": "april",
        "count-for-owner": "now",
        "reps-edit": "all",
        "reps-see": "all",
        "floor-value": "owner",
        "sources": "referral,inbound,web,email,social,cold-call,event,partner,advertising,other",
        "lead-source": "asked",
        "min-gap": "24",
    }
    assert team("metrics", "--json").json["period"]["label"] == "2026Q3"
    team("add", "Acme: parts 10k @ana")
    team("won", "Acme", "--override", "signed")
    team("assign", "Acme", "bo")
    groups = team("metrics", "--json", "--by", "owner").json["groups"]
    won = {group["key"]: group["metrics"]["won_count"]["value"] for group in groups}
    assert won == {"bo": 1}


@pytest.mark.parametrize(
    ("name", "value", "said"),
    [
        ("fiscal", "april", "There is no setting 'fiscal'"),
        ("fiscal-start", "avril", "'avril' is nothing that fiscal-start can be"),
        ("week-start", "t", "'t' is nothing that week-start can be"),
        ("week-start", "su", "'su' is nothing that week-start can be"),
    ],
)
def test_a_setting_that_is_none_is_refused(team: Type, name: str, value: str, said: str) -> None:
    result = team("setting", "set", name, value)
    assert result.code == 2 and said in result.err


def test_sums_can_be_seen_in_another_currency(team: Type) -> None:
    team("fx", "set", "USD", "0.5")
    team("add", "Acme: parts 10k")
    found = team("metrics", "--currency", "usd", "--json").json
    assert (found["currency"], found["metrics"]["open_value"]["value"]) == ("USD", 2_000_000)
    assert found["by_currency"] == {}
    for closing in (("4k", "won", "D-2"), ("1k", "lost", "D-3", "--category", "price")):
        team("add", f"Acme: parts {closing[0]}")
        assert team(*closing[1:]).code == 0
    none = team("metrics", "--currency", "JPY", "--json").json
    assert none["metrics"]["open_value"]["reason"] == "no rate for EUR"
    assert none["by_currency"] == {
        name: {"EUR": amount} for name, amount in
        {"open": 1_000_000, "won": 400_000, "lost": 100_000, "created": 1_500_000}.items()
    }  # fmt: skip


def test_what_changed_since_a_day_in_the_pipeline_of_the_quarter(team: Type) -> None:
    team("add", "Acme: parts 10k close:19dec")
    found = team("metrics", "--since", "today", "--json").json["waterfall"]
    assert (found["start"], found["created"], found["end"]) == (0, 1_000_000, 1_000_000)
    assert found["since"].startswith("2026-11-23T00:00:00")
    said = [line.split() for line in team("metrics", "--since", "today").lines]
    assert ["created", "1", "€10k"] in said and ["end", "1", "€10k"] in said
    assert team("metrics", "--since", "tomorrow").code == 2


def test_changes_of_amounts_without_a_rate_are_unknown_in_every_form(team: Type) -> None:
    team("add", "Acme: parts JPY 10000 close:19dec")
    since = ("metrics", "--since", "today")
    assert team(*since, "--json").json["waterfall"]["end"] is None
    assert "| end | n/a | 0 |" in team(*since, "--md").lines
    said = [line.split() for line in team(*since).lines]
    assert ["start", "0", "n/a"] in said and ["end", "0", "n/a"] in said
    review = team("review", "--json").json["review"]
    assert review["changes"]["end"] == {"deals": 0, "value": None}
    assert "| end | 0 | n/a |" in team("review", "--md").lines


def test_every_form_says_what_it_is_of(team: Type) -> None:
    team("add", "Acme: parts 10k @ana source:referral")
    asked = ("metrics", "source:referral", "--owner", "ana", "--as-of", "today")
    for form in ("--md", "--csv", None):
        out = team(*asked, *((form,) if form else ())).out
        for word in ("source:referral", "ana", "2026-11-23", "Europe/Berlin", "EUR"):
            assert word in out, (form, word)
    rows = list(csv.DictReader(io.StringIO(team(*asked, "--csv").out)))
    assert {r["key"]: r["value"] for r in rows if r["table"] == "windows"}["velocity"] == "180"
    assert not [r for r in rows if r["n"] == "1000"]
    line = {r["key"]: r for r in rows if r["table"] == "metrics"}["win_rate_cohort"]
    assert (line["pending"], line["bounds_low"], line["bounds_high"]) == ("1", "0.0", "1.0")


def test_what_forecasts_said_in_past_weeks_comes_in_every_form(team: Type) -> None:
    team("add", "Acme: parts 10k close:19dec")
    asked = ("metrics", "--period", "2026-11", "--history")
    assert team(*asked, "--json").json["forecast_history"] == []
    assert "No period of that kind is over yet" in team(*asked).err
    assert team(*asked, "--csv").code == team(*asked, "--md").code == 0


@pytest.mark.parametrize("verb", ["metrics", "review"])
def test_numbers_of_an_empty_pipeline_say_which_one_has_deals(team: Type, verb: str) -> None:
    told = "New business has no deals; Renewals has 1: -p NAME names one.\n"
    assert told not in team(verb).err
    assert team("pipeline", "new", "Renewals", "--stages", "Lead,Talk").code == 0
    assert told not in team(verb).err
    team("add", "-p", "Renewals", "Lumen: press 40k")
    team("lost", "D-1", "--category", "price")
    assert told in team(verb).err
    assert told not in team(verb, "-p", "New business").err
    assert told not in team(verb, "--quiet").err
    team("add", "Kestrel: press 40k")
    assert told not in team(verb).err


def test_a_report_is_of_now_of_whom_and_of_what_is_asked(
    team: Type, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert team("rep", "set", "ana", "--name", "Ana Lind").code == 0
    assert team("add", "Acme: parts 10k @ana close:19dec").code == 0
    found = team("metrics", "--owner", "Ana Lind", "--as-of", "2026-11-23T09:00:00Z", "--json")
    assert (found.json["owner"], found.json["period"]["label"]) == ("ana", "2026Q4")
    assert team("metrics", "--as-of", "2026-11-23T09:00:01Z").code == 2
    rows = list(csv.DictReader(io.StringIO(team("metrics", "--csv", "--by", "owner").out)))
    assert {row["name"] for row in rows if row["table"] == "groups"} == {*METRICS}
    compared = team("metrics", "--compare")
    assert ", against 2026Q3" in compared.lines[0]
    assert ", against" not in team("metrics").lines[0]
    last = team("metrics", "--by", "owner").lines[-1].split()
    assert (last[0], last[-1]) == ("ana", "0")
    for line in (
        ("add", "Bolt: saw 1k @ana"),
        ("won", "D-1"),
        ("lost", "D-2", "--category", "price"),
    ):
        assert team(*line).code == 0
    last = team("metrics", "--by", "owner").lines[-1].split()
    assert (last[0], last[-1]) == ("ana", "2")  # those that ended, not those that were won


def test_a_review_is_kept_under_the_day_of_the_workspace(
    team: Type, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PIPEBOARD_NOW", "2026-11-23T23:30:00Z")
    assert team("review", "--hold").code == 0
    assert team("review", "--held", "list").lines == ["2026-11-24"]
    assert team("review", "--held", "list", "--json").json == {
        "schema": 1, "held": ["2026-11-24"],
    }  # fmt: skip


ROWS = {
    "stages": "stage entered open_count open_value weighted_value conversion resolved "
    "conversion_by_value dwell_median_days dwell_km_median_days dwell_p80_days dwell_p90_days "
    "expected_days limit_days win_given rose_tint reason overstay_deal_days stalled_count skipped "
    "regressions",
    "lead_velocity": "month qualified before rate partial bar_moved",
    "forecast_months": "month open_count open_value weighted_value measured_value reason excluded",
    "won_weeks": "week won_value won_count created_count created_value reason partial",
    "chances": "stage from_days open won reached prior prior_only chance",
    "time_to_win": "days share",
    "loss_reasons": "category count value stages",
    "competitors": "competitor count value",
    "unsupported_commits": "deal value",
    "groups": "key metrics",
    "ages": "age from_days to_days count value reason excluded",
    "touches": "rep total on_new",
    "adherence": "rep rate advances",
}
PARTS_OF = {
    "bottleneck": "stage overstay_deal_days deals why",
    "calibration": "brier skill bias said by_hand bands",
    "backtest": "believed reason errors errors_of periods",
    "call": "error periods",
    "needed": "periods pipe won created_inside created_inside_share",
    "coverage": "pipe overdue remaining surplus expected standing",
    "waterfall": "since until start created reopened pulled_in transferred_in won_from_outside "
    "increased decreased pushed_out won lost removed transferred_out reopened_later end "
    "off_ledger reason excluded",
    "readings": "target stuck movement forecast calibration velocity funnel skips "
    "activity losses loss_timing",
    "compared_with": "period as_of metrics",
    "windows": "velocity run_rate calibration win_given",
}
TABLES = {
    "report": "value", "windows": "value", "metrics": "value before difference",
    "stages": "entered open_count open_value weighted_value conversion resolved dwell_median_days "
    "dwell_km_median_days dwell_p90_days expected_days overstay_deal_days stalled_count skipped "
    "regressions",
    "ages": "count value", "forecast_months": "open_count open_value weighted_value measured_value",
    "unsupported_commits": "value", "lead_velocity": "qualified rate",
    "won_weeks": "won_value created_count created_value",
    "calibration": "stated won", "loss_reasons": "count value", "competitors": "count value",
    "touches": "total on_new", "adherence": "rate advances", "waterfall": "value count",
}  # fmt: skip


def test_a_whole_report_has_all_of_its_lists_and_parts(pipe: Type, home: Path) -> None:
    flags = ("--db", str(home / "demo.db"))
    assert pipe("demo", "--deals", "120", "--no-open", *flags).code == 0
    asked = ("metrics", *flags, "--period", "last-quarter", "--compare", "--by", "owner")
    found = pipe(*asked, "--json").json
    assert {name: " ".join(found[name][0]) for name in ROWS} == ROWS
    assert {name: " ".join(found[name]) for name in PARTS_OF} == PARTS_OF
    assert list(found["waterfall"]["off_ledger"]) == [
        "created_and_won", "created_and_lost", "won_above",
    ]  # fmt: skip
    assert all("value" in stage["conversion"] for stage in found["stages"])
    for name, sums in (
        ("stages", "open_value weighted_value"), ("won_weeks", "created_value"),
        ("forecast_months", "measured_value"), ("loss_reasons", "value"),
    ):  # fmt: skip
        assert all(isinstance(row[n], int | None) for row in found[name] for n in sums.split())
    assert {chance["from_days"] for chance in found["chances"]} > {None}
    won, new = (
        sum(week[name] for week in found["won_weeks"]) for name in ("won_count", "created_count")
    )
    assert new > won >= found["metrics"]["won_count"]["value"] > 0
    assert new >= found["metrics"]["created_count"]["value"]
    quarter = pipe("metrics", *flags, "--period", "2026Q2", "--json").json
    told = found["compared_with"]
    assert told["as_of"] == quarter["as_of"]
    for name, change in told["metrics"].items():
        assert change["value"] == quarter["metrics"][name]["value"], name
    assert found["by_currency"] == {}
    rows = list(csv.DictReader(io.StringIO(pipe(*asked, "--csv").out)))
    columns: dict[str, dict[str, None]] = defaultdict(dict)
    for row in rows:
        columns[row["table"]][row["name"]] = None
    names = {table: " ".join(found) for table, found in columns.items() if table != "groups"}
    assert names == TABLES
    assert names.keys() <= {*found, "report"}, "what is a table is a list in JSON"
    assert [row["count"] for row in found["ages"]] == [
        int(row["value"]) for row in rows if row["table"] == "ages" and row["name"] == "count"
    ]
    kept = {row["key"]: row["excluded"] for row in rows if row["name"] == "value"}
    assert kept["open_value"] == "no value: 2"
    bands = [row["key"] for row in rows if row["table"] == "ages" and row["name"] == "count"]
    assert bands[0].startswith("0-") and bands[-1].startswith("from ")
    touches = {
        row["name"]: int(row["value"]) for row in rows if row["table"] == "touches" and
        row["key"] == rows[-1]["key"]
    }  # fmt: skip
    assert not touches or touches["total"] >= touches["on_new"]
    page = pipe(*asked, "--md").out
    assert "| won | -€" in page and "| lost | -€" in page and "| end | €" in page


def test_a_review_counts_each_thing_under_its_own_name(
    team: Type, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PIPEBOARD_NOW", "2026-11-20T09:00:00Z")
    lines = "Acme: press 10k @ana\nBolt: saw 5k @bo\nCobalt: mill 7k @bo\nDelta: lathe 2k @bo\n"
    assert team("add", "-", stdin=f"{lines}Delta: lathe @bo\n").code == 0
    for ref in ("1", "2", "3"):
        assert team("log", ref, "email", "--variant", "short").code == 0
    monkeypatch.setenv("PIPEBOARD_NOW", "2026-11-20T10:00:00Z")
    for line in (("log", "1", "email", "--in"), ("log", "2", "email", "--in"),
                 ("lost", "1", "--category", "price", "--objection", "dear")):  # fmt: skip
        assert team(*line).code == 0
    found = team("review", "--json", "--since", "2026-11-01").json["review"]
    assert found["variants"] == [
        {"variant": "short", "deals": 3, "answered": 2, "closed": 1, "won": 0}
    ]
    assert found["trend"][-1] == {"week": "2026-11-16", "touches": 3, "replies": 2}
    assert [(one["keep"], one["other"]) for one in found["preflight"]["duplicates"]] == [
        ("D-4", "D-5")
    ]
    assert [(row["rep"], row["won_value"]["value"]) for row in found["reps"]] == [
        ("ana", 0), ("bo", 0),
    ]  # fmt: skip
    assert found["preflight"]["faults"]["next_step"] == {"bo": 4}
    first = found["discuss"][0]
    assert (first["ref"], first["owner"], first["value"]) == ("D-3", "bo", 700_000)


@pytest.mark.parametrize(
    ("words", "period"),
    [
        ("2026Q3", "2026Q3"),
        ("last quarter", "last-quarter"),
        ("q3", "q3"),
        ("2026Q3 2026Q3", "2026Q3"),
        ("all", "all"),
        ("2026-10", "2026-10"),
        ("value>20k 2026-10 ana", "2026-10"),
    ],
)
def test_a_period_as_the_filter_is_refused_for_it_gives_numbers_of_another(
    team: Type, words: str, period: str
) -> None:
    refused = team("metrics", *words.split())
    assert (refused.code, f"Say --period {period}." in refused.err) == (2, True), refused
    assert team("metrics", f'"{words}"').code == 0
