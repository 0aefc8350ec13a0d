"""next, log, note, answer, snooze."""

from __future__ import annotations

import stat
import sys
from pathlib import Path

import pytest

from pipeboard.cli.work import _item
from pipeboard.domain.errors import NotFound
from tests.cli.conftest import Type


@pytest.fixture
def lumen(team: Type) -> Type:
    """A workspace with one deal, D-1."""
    team("add", "Lumen Oy: pilot 40k")
    return team


def test_a_next_step_is_a_day_and_words(lumen: Type) -> None:
    deal = lumen("next", "1", "thu call Bob", "--json").json["deals"][0]
    assert deal["next_step"] == {"text": "call Bob", "due": "2026-11-26"}


def test_a_next_step_is_done_or_cleared(lumen: Type) -> None:
    lumen("next", "1", "thu call Bob")
    assert lumen("next", "1", "--done", "--outcome", "he is in").code == 0
    assert lumen("show", "1", "--json").json["deal"]["next_step"] is None
    lumen("next", "1", "fri send offer")
    assert lumen("next", "1", "--clear", "--json").json["deals"][0]["next_step"] is None


def test_a_touch_is_logged_with_its_way_and_outcome(lumen: Type) -> None:
    lumen("log", "1", "call", "--in", "--outcome", "asked for a demo")
    touch = lumen("show", "1", "--json").json["deal"]["touches"][0]
    assert (touch["type"], touch["direction"], touch["outcome"]) == (
        "call",
        "in",
        "asked for a demo",
    )


def test_an_unknown_touch_names_the_near_one(lumen: Type) -> None:
    refused = lumen("log", "1", "cal")
    assert refused.code == 2
    assert "call" in refused.err


def test_a_note_comes_from_the_line_or_from_stdin(lumen: Type) -> None:
    lumen("note", "1", "-m", "first")
    lumen("note", "1", "-", stdin="second\nand more\n")
    notes = lumen("show", "1", "--json").json["deal"]["notes"]
    assert {note["text"] for note in notes} == {"first", "second\nand more"}


def test_a_note_without_words_is_refused_where_nobody_can_be_asked(lumen: Type) -> None:
    assert lumen("note", "1").code == 2
    assert lumen("note", "1", "-m", " ").code == 2


def test_a_note_is_written_in_the_editor_in_a_private_file(
    lumen: Type, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    script = home / "editor.py"
    script.write_text(
        "import os, sys\n"
        "path = sys.argv[1]\n"
        f"open({str(home / 'mode')!r}, 'w').write(oct(os.stat(path).st_mode))\n"
        "open(path, 'w').write('from the editor')\n"
    )
    monkeypatch.setenv("EDITOR", f"'{sys.executable}' '{script}'")
    monkeypatch.setattr("pipeboard.cli.call.Call.has_person", True)
    assert lumen("note", "1").code == 0
    note = lumen("show", "1", "--json").json["deal"]["notes"][0]
    assert note["text"] == "from the editor"
    assert stat.S_IMODE(int((home / "mode").read_text(), 8)) == 0o600


def test_an_editor_that_is_not_there_is_said(lumen: Type, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("EDITOR", "/nowhere/ed; rm -rf x")
    monkeypatch.setattr("pipeboard.cli.call.Call.has_person", True)
    refused = lumen("note", "1")
    assert refused.code == 1
    assert "editor" in refused.err


def test_an_answer_is_kept_with_its_rating(lumen: Type) -> None:
    answered = lumen("answer", "1", "budget", "45k set aside", "--rating", "3")
    assert answered.code == 0
    answer = lumen("show", "1", "--json").json["deal"]["answers"][0]
    assert (answer["question"], answer["text"], answer["rating"]) == (
        "authority",
        "45k set aside",
        3,
    )


@pytest.mark.parametrize(
    ("line", "code"),
    [
        (("answer", "1", "budget", "x", "--rating", "9"), 2),
        (("answer", "1", "budget", "x", "--rating", "good"), 2),
        (("answer", "1", "weather", "x"), 3),
        (("answer", "1", "budget"), 2),
    ],
)
def test_an_answer_that_cannot_be_is_refused(lumen: Type, line: tuple[str, ...], code: int) -> None:
    assert lumen(*line).code == code


def test_a_deal_sleeps_until_a_day_and_is_woken(lumen: Type) -> None:
    asleep = lumen("snooze", "1", "2w", "--reason", "budget freeze", "--json").json["deals"][0]
    assert (asleep["snoozed_until"], asleep["snooze_reason"]) == ("2026-12-07", "budget freeze")
    assert lumen("snooze", "1", "off", "--json").json["deals"][0]["snoozed_until"] is None


def test_a_day_that_can_be_read_two_ways_is_refused_with_both(lumen: Type) -> None:
    refused = lumen("snooze", "1", "03/04/2027", "--json")
    assert refused.code == 2
    assert refused.error["details"]["readings"] == ["2027-04-03", "2027-03-04"]


def test_what_came_of_a_step_is_said_with_the_step_that_is_done(lumen: Type) -> None:
    lumen("next", "1", "thu call Bob")
    refused = lumen("next", "1", "call", "--outcome", "x")
    assert (refused.code, "Add --done" in refused.err) == (2, True)
    assert lumen("next", "1", "--done", "--outcome", "he is in").code == 0
    assert "he is in" in lumen("show", "1").out


def test_a_touch_is_ours_unless_it_is_theirs_and_keeps_all_that_is_said_of_it(lumen: Type) -> None:
    assert lumen("log", "1", "email", "--quote", "--trial-close", "yes", "--objection", "price",
                 "--variant", "short").code == 0  # fmt: skip
    deal = lumen("show", "1", "--json").json["deal"]
    (touch,) = deal["touches"]
    assert (touch["direction"], touch["objection"], touch["variant"]) == ("out", "price", "short")
    assert (deal["quote_sent_at"], deal["trial_close"]) == ("2026-11-23T09:00:00+00:00", "yes")


def test_an_answer_may_be_bad_rests_on_something_and_is_taken_back_alone(lumen: Type) -> None:
    line = ("answer", "1", "need", "none", "--rating", "0", "--evidence", "mail")
    assert lumen(*line).code == 0
    (answer,) = lumen("show", "1", "--json").json["deal"]["answers"]
    assert (answer["rating"], answer["evidence"]) == (0, "mail")
    for more in (("x",), ("--rating", "1"), ("--evidence", "x")):
        refused = lumen("answer", "1", "need", *more, "--clear")
        assert (refused.code, "give no other" in refused.err) == (2, True)
    assert lumen("answer", "1", "need", "--clear").code == 0
    assert lumen("show", "1", "--json").json["deal"]["answers"] == []


def test_a_deal_is_woken_by_off_in_any_case(lumen: Type) -> None:
    assert lumen("snooze", "1", "2w", "--reason", "x").code == 0
    assert lumen("snooze", "1", "OFF", "--json").json["deals"][0]["snoozed_until"] is None


def test_a_person_is_the_same_in_any_case_and_changes_in_what_is_given(lumen: Type) -> None:
    said = ("--role", "champion", "--title", "CTO", "--phone", "+358 1", "--email", "m@x.example")
    assert lumen("contact", "1", "Mika Laine", *said).code == 0
    assert lumen("contact", "1", "MIKA LAINE", "--title", "CEO").code == 0
    (person,) = lumen("show", "1", "--json").json["deal"]["contacts"]
    assert person == {"name": "Mika Laine", "role": "champion", "title": "CEO",
                      "phone": "+358 1", "email": "m@x.example"}  # fmt: skip
    assert lumen("contact", "1", "mika laine", "--remove").code == 0
    gone = lumen("contact", "1", "mika laine", "--remove")
    assert (gone.code, "It has none." in gone.err) == (3, True)
    assert lumen("term", "1", "Payment", "--ours", "30 days", "--theirs", "60 days").code == 0
    assert lumen("term", "1", "payment", "--agreed", "45 days").code == 0
    (term,) = lumen("show", "1", "--json").json["deal"]["terms"]
    assert term == {"item": "Payment", "ours": "30 days", "theirs": "60 days", "agreed": "45 days"}


LISTED = ("Goals", "Goals agreed", "Offer")


@pytest.mark.parametrize(
    ("text", "item"),
    [("1", "Goals"), ("3", "Offer"), ("goals", "Goals"), ("agreed", "Goals agreed"),
     ("off", "Offer"), ("0", None), ("4", None), ("goal", None), ("x", None)],
)  # fmt: skip
def test_an_item_of_a_checklist_is_its_number_or_part_of_its_words(
    text: str, item: str | None
) -> None:
    if item is not None:
        assert _item(text, LISTED, "Demo") == item
        return
    with pytest.raises(NotFound) as refused:
        _item(text, LISTED, "Demo")
    assert ("could be Goals, Goals agreed" in refused.value.message) is (text == "goal")


def test_an_item_is_ticked_and_cleared(lumen: Type) -> None:
    document = lumen("pipeline", "show").out.replace(
        'name = "Prospecting"', 'name = "Prospecting"\nchecklist = ["Goals"]'
    )
    assert lumen("pipeline", "apply", "-", stdin=document).code == 0
    assert lumen("tick", "1", "Goals").code == 0
    (key,) = lumen("show", "1", "--json").json["deal"]["checklist"]
    assert key.endswith("/Goals")
    assert lumen("tick", "1", "1", "--clear").code == 0
    assert lumen("show", "1", "--json").json["deal"]["checklist"] == {}


def test_a_note_is_rewritten_from_what_it_says(
    lumen: Type, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for words in ("first", "second"):
        assert lumen("note", "1", "-m", words).code == 0
    notes = lumen("show", "1", "--json").json["deal"]["notes"]
    first = next(note["id"] for note in notes if note["text"] == "first")
    script = home / "editor.py"
    script.write_text(
        "import sys\n"
        "text = open(sys.argv[1]).read().strip()\n"
        "open(sys.argv[1], 'w').write(text + ' and more')\n"
    )
    monkeypatch.setenv("EDITOR", f"'{sys.executable}' '{script}'")
    monkeypatch.setattr("pipeboard.cli.call.Call.has_person", True)
    assert lumen("note", "1", "--edit", first).code == 0
    notes = lumen("show", "1", "--json").json["deal"]["notes"]
    assert {note["text"] for note in notes} == {"first and more", "second"}


@pytest.mark.parametrize(
    ("line", "said"),
    [
        (("note", "1", "-m", "important", "-"), "The note comes from -m or from stdin, not both"),
        (("next", "1", "--done", "--clear"), "A step is done or taken away, not both."),
    ],
)
def test_two_ways_at_once_are_refused_and_nothing_is_dropped(
    line: tuple[str, ...], said: str, team: Type
) -> None:
    assert team("add", "Acme: pilot").code == 0
    found = team(*line, stdin="from stdin\n")
    assert (found.code, found.err.startswith(f"pipeboard: {said.removesuffix(' both')}")) == (
        2,
        True,
    )
    assert len(team("history", "1", "--json").json["events"]) == 1
    assert team("note", "1", "-m", "-", stdin="from stdin\n").code == 0
    assert team("show", "1", "--json").json["deal"]["notes"][0]["text"] == "from stdin"
