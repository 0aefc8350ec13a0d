"""show and history: everything about a deal, to read and for scripts."""

from __future__ import annotations

import pytest

from tests.cli.conftest import Type


@pytest.fixture
def lumen(team: Type) -> Type:
    """D-1 with something of everything."""
    for line in (
        ("add", 'Lumen Oy: pilot *line* 40k @ana contact:"Mika Laine" source:referral'),
        ("answer", "1", "need", "Scrap rate 9 %", "--rating", "3"),
        ("note", "1", "-m", "First line\nsecond [link](x)"),
        ("log", "1", "call", "--outcome", "spoke to Mika"),
        ("next", "1", "thu call Mika"),
        ("move", "1", "Qualified"),
    ):
        assert team(*line).code == 0
    return team


def test_show_json_adds_answers_notes_touches_and_timeline(lumen: Type) -> None:
    deal = lumen("show", "D-1", "--json").json["deal"]
    assert deal["answers"][0].keys() >= {"question", "text", "rating", "by", "at"}
    assert deal["notes"][0].keys() >= {"text", "author", "at"}
    assert deal["touches"][0].keys() >= {"type", "direction", "outcome", "by", "at"}
    assert deal["timeline"][0].keys() == {"at", "actor", "kind", "text", "command_id"}
    assert [entry["kind"] for entry in deal["timeline"]][::5] == ["moved", "created"]
    assert deal["contacts"][0]["name"] == "Mika Laine"


def test_show_tells_a_person_all_of_it(lumen: Type) -> None:
    text = lumen("show", "lumen").out
    for words in (
        "D-1  Lumen Oy: pilot *line*",
        "€40,000",
        "Thu 26 Nov 2026 call Mika",
        "1 of 7",
        "Scrap rate 9 % (3/4)",
        "Mika Laine",
        "second [link](x)",
        "call out: spoke to Mika",
        "Prospecting → Qualified",
    ):
        assert words in text


def test_markdown_takes_nothing_of_the_deal_for_markup(lumen: Type) -> None:
    text = lumen("show", "1", "--md").out
    assert text.startswith("# D-1  Lumen Oy: pilot \\*line\\*\n")
    assert "second \\[link\\](x)" in text


def test_history_is_newest_first_with_the_promised_keys(lumen: Type) -> None:
    events = lumen("history", "1", "--json").json["events"]
    assert events[0].keys() >= {
        *("seq", "at", "actor", "acting_as", "command_id", "deal", "kind", "data"),
    }
    assert [event["seq"] for event in events] == sorted(
        (event["seq"] for event in events), reverse=True
    )
    assert (events[0]["kind"], events[0]["deal"]) == ("moved", "D-1")


def test_history_is_cut_by_number_and_by_day(lumen: Type) -> None:
    assert len(lumen("history", "--limit", "2", "--json").json["events"]) == 2
    assert lumen("history", "--since", "tomorrow", "--json").json["events"] == []
    assert lumen("history", "--since", "2026-11-23T09:00:00Z", "--json").json["events"]


@pytest.mark.parametrize("since", ["nonsense", "03/04/2026", "2026-11-23T99:00"])
def test_a_since_that_cannot_be_read_is_refused(lumen: Type, since: str) -> None:
    assert lumen("history", "--since", since).code == 2


def test_what_was_undone_is_still_told(lumen: Type) -> None:
    lumen("undo")
    kinds = [(e["kind"], e["undoes"]) for e in lumen("history", "1", "--json").json["events"][:2]]
    assert kinds == [("moved", True), ("moved", False)]


@pytest.mark.parametrize("ref", ["D-99", "99", "nobody", "D-", "0", "9999999999999999999"])
def test_a_deal_that_is_not_there_is_not_found(lumen: Type, ref: str) -> None:
    assert lumen("show", ref).code == 3
    assert lumen("history", ref).code == 3
