"""A rep's own call from the command line."""

from __future__ import annotations

from tests.cli.conftest import Type


def test_a_call_is_set_listed_shown_and_taken_back(team: Type) -> None:
    said = team("call", "set", "2026Q4", "120k", "--owner", "ana")
    assert (said.code, said.err) == (0, "Call for 2026Q4, @ana: €120,000.\n")
    assert team("call", "--json").json["calls"] == [
        {
            "period": "2026Q4",
            "owner": "ana",
            "amount": {"amount_minor": 12_000_000, "currency": "EUR"},
        }
    ]
    numbers = team("metrics", "--json").json
    assert numbers["metrics"]["forecast_call"]["value"] == 12_000_000
    assert numbers["call"] == {"error": None, "periods": []}
    assert "@ana" in team("call", "list").out
    assert team("call", "set", "2026Q4", "none", "--owner", "ana").code == 0
    assert team("call", "--json").json["calls"] == []


def test_calls_are_listed_by_period_and_within_it_by_rep(team: Type) -> None:
    for period, rep in (("2027Q1", "ana"), ("2026Q4", "bo"), ("2026Q4", "ana"), ("2026", "bo")):
        assert team("call", "set", period, "120k", "--owner", rep).code == 0
    listed = [("2026", "bo"), ("2026Q4", "ana"), ("2026Q4", "bo"), ("2027Q1", "ana")]
    calls = team("call", "list", "--json").json["calls"]
    assert [(call["period"], call["owner"]) for call in calls] == listed
    assert [tuple(line.split()[:2]) for line in team("call", "list").lines[1:]] == [
        (period, f"@{rep}") for period, rep in listed
    ]


def test_a_call_that_is_only_tried_says_so(team: Type) -> None:
    said = team("call", "set", "2026Q4", "120k", "--owner", "ana", "-n")
    assert said.err == "Not done (dry run): Call for 2026Q4, @ana: €120,000.\n"
    assert team("call", "--json").json["calls"] == []
    tried = team("call", "set", "2026Q4", "120k", "--owner", "ana", "-n", "--json").json
    assert (tried["summary"], tried["dry_run"]) == ("Call for 2026Q4, @ana: €120,000.", True)
    done = team("call", "set", "2026Q4", "120k", "--owner", "ana", "--json").json
    assert (done["summary"], done["dry_run"]) == ("Call for 2026Q4, @ana: €120,000.", False)


def test_what_cannot_be_called_is_refused(team: Type) -> None:
    assert team("call", "set", "all", "120k", "--owner", "ana").code == 2
    assert team("call", "set", "2026Q4", "much", "--owner", "ana").code == 2
    assert team("call", "set", "2026Q4", "120k", "--owner", "zoe").code == 3
