"""show and history: everything about a deal, to read and for scripts."""

from __future__ import annotations

from datetime import UTC, datetime
from types import SimpleNamespace
from typing import Any, cast

import pytest

from pipeboard.cli.config import account_name
from pipeboard.cli.history import _latest_first, _once_a_command, _paged
from pipeboard.domain.agreements import AgreementEntry
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


def test_history_tells_whose_deal_what_and_when_by_the_clocks_there(
    lumen: Type, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PIPEBOARD_NOW", "2026-11-23T09:01:00Z")
    assert lumen("target", "set", "2026Q4", "130k").code == 0
    monkeypatch.setenv("PIPEBOARD_NOW", "2026-11-23T09:02:00Z")
    assert lumen("assign", "1", "bo", "--as", "ana").code == 0
    lines = lumen("history").lines
    me = account_name()
    assert lines[1].startswith(f"2026-11-23 10:02  D-1   {me} (for ana)  ")
    assert "Target for 2026Q4" in lines[2] and "D-1" not in lines[2]
    assert not any("Target" in line for line in lumen("history", "1").lines)
    assert [event["deal"] for event in lumen("history", "--json").json["events"][:2]] == [
        "D-1", None,
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("flags", "kinds"),
    [
        (("--by", "ana"), ["owner"]),
        (("--by", "ANA"), ["owner"]),
        (("--for-others",), ["owner"]),
        (("--undone",), ["tagged"]),
        (("--verb", "TAG"), ["tagged"]),
        (("--by", "bo"), []),
        (("--limit", "1"), ["tagged"]),
    ],
)
def test_history_is_of_whom_and_of_what_is_asked_for(
    lumen: Type, flags: tuple[str, ...], kinds: list[str]
) -> None:
    assert lumen("assign", "1", "bo", "--as", "ana").code == 0
    assert lumen("tag", "1", "+x").code == 0
    assert lumen("undo").code == 0
    events = lumen("history", "1", "--json", *flags).json["events"]
    assert [event["kind"] for event in events] == kinds


def test_a_change_of_many_agreements_is_one_line(lumen: Type) -> None:
    document = lumen("pipeline", "show").out
    assert lumen("pipeline", "apply", "-", stdin=document.replace("Qualified", "Q")).code == 0
    lines = [line for line in lumen("history").lines if "ipeline" in line]
    assert len(lines) == len(set(lines))


def test_what_can_be_undone_is_listed_with_whom_it_was_for(lumen: Type) -> None:
    for n in range(20):
        assert lumen("tag", "1", f"+t{n}").code == 0
    assert lumen("assign", "1", "bo", "--as", "ana").code == 0
    found = lumen("undo", "--list", "--as", "ana", "--json").json["commands"]
    assert (found[0]["verb"], found[0]["acting_as"], found[0]["actor"]) == (
        "assign", "ana", account_name(),
    )  # fmt: skip
    assert lumen("undo", "--list", "--as", "ana").lines[0].startswith("2026-11-23 10:00  for ana  ")
    assert len(lumen("undo", "--list").lines) == 20
    assert len(lumen("undo", "--list", "--limit", "3").lines) == 3
    assert "23 Nov 10:00" in lumen("undo").err


@pytest.mark.parametrize(("count", "asked"), [(0, [None]), (2, [None, 1]), (5, [None, 4, 2, 1])])
def test_a_history_is_told_page_by_page_without_a_gap(count: int, asked: list[int | None]) -> None:
    befores: list[int | None] = []

    def page_before(before: int | None) -> list[Any]:
        befores.append(before)
        seqs = range(count, 0, -1)
        return [SimpleNamespace(seq=seq) for seq in seqs if before is None or seq < before][:2]

    assert [one.seq for one in _paged(page_before)] == [*range(count, 0, -1)]
    assert befores == asked


def test_agreements_stand_between_the_deals_as_they_were_recorded_once_a_command() -> None:
    def agreed(minute: int, command_id: str) -> AgreementEntry:
        at = datetime(2026, 11, 23, 9, minute, tzinfo=UTC)
        return AgreementEntry(minute, cast("Any", None), command_id, "", "", "", "", at)

    def event(minute: int) -> Any:
        return SimpleNamespace(recorded_at=datetime(2026, 11, 23, 9, minute, tzinfo=UTC))

    events = [event(8), event(5), event(1)]
    agreements = [agreed(9, "b"), agreed(6, "a"), agreed(6, "a"), agreed(3, "c"), agreed(2, "a")]
    told = [*_once_a_command(_latest_first(iter(events), iter(agreements)))]
    assert [one.recorded_at.minute for one in told] == [9, 8, 6, 5, 3, 2, 1]
