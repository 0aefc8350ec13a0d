"""contact, term, tick, recycle; and what log, note, answer and won do besides."""

from __future__ import annotations

import pytest

from tests.cli.conftest import Type


@pytest.fixture
def lumen(team: Type) -> Type:
    """A workspace with one deal, D-1."""
    team("add", "Lumen Oy: pilot 40k")
    return team


def _show(pipe: Type, deal: str = "1") -> dict[str, object]:
    found: dict[str, object] = pipe("show", deal, "--json").json["deal"]
    return found


def test_a_person_is_put_on_a_deal_changed_and_taken_off(lumen: Type) -> None:
    lumen("contact", "1", "Outi Salo", "--role", "decision_maker", "--title", "CFO")
    lumen("contact", "1", "outi salo", "--phone", "+358 40 555 0142")
    assert _show(lumen)["contacts"] == [
        {
            "name": "Outi Salo",
            "role": "decision_maker",
            "email": None,
            "phone": "+358 40 555 0142",
            "title": "CFO",
        }
    ]
    assert lumen("contact", "1", "Outi Salo", "--remove").code == 0
    assert _show(lumen)["contacts"] == []
    assert lumen("contact", "1", "Outi Salo", "--remove").code == 3


def test_a_like_name_is_somebody_else(lumen: Type) -> None:
    lumen("contact", "1", "Jo Li", "--email", "jo@x.example")
    lumen("contact", "1", "Jo-Li", "--role", "champion")
    lumen("term", "1", "Pay", "--ours", "30 days")
    lumen("term", "1", "Pay!", "--theirs", "60 days")
    people, terms = (_show(lumen)[whole] for whole in ("contacts", "terms"))
    assert isinstance(people, list) and isinstance(terms, list)
    assert [(one["name"], one["email"]) for one in people] == [
        *[("Jo Li", "jo@x.example"), ("Jo-Li", None)]
    ]
    assert [(one["item"], one["ours"], one["theirs"]) for one in terms] == [
        *[("Pay", "30 days", None), ("Pay!", None, "60 days")]
    ]


def test_an_address_that_is_none_is_refused_and_one_of_a_file_stays(lumen: Type) -> None:
    refused = lumen("contact", "1", "Outi", "--email", "notamail")
    assert refused.code == 2 and "'notamail' is no e-mail address." in refused.err
    assert _show(lumen)["contacts"] == []
    file = "id,title,company,stage,contact,email\n9,x,Nova,Lead,Ada,ada at nova\n"
    told = lumen("import", "-", "--into", "X", "--stages", "Lead", stdin=file)
    assert "1 row: with an e-mail that is none (one @, a dot after it): kept as text" in told.err
    assert lumen("contact", "2", "Ada", "--phone", "123").code == 0
    ada = lumen("show", "2", "--json").json["deal"]["contacts"][0]
    assert (ada["email"], ada["phone"]) == ("ada at nova", "123")


def test_an_unknown_role_names_the_near_one(lumen: Type) -> None:
    refused = lumen("contact", "1", "Outi", "--role", "decisionmaker")
    assert refused.code == 2
    assert "decision_maker" in refused.err


def test_a_term_keeps_both_positions_and_what_was_agreed(lumen: Type) -> None:
    lumen("term", "1", "Payment", "--ours", "30 days", "--theirs", "60 days")
    lumen("term", "1", "payment", "--agreed", "45 days")
    assert _show(lumen)["terms"] == [
        {"item": "Payment", "ours": "30 days", "theirs": "60 days", "agreed": "45 days"}
    ]
    lumen("term", "1", "Payment", "--remove")
    assert _show(lumen)["terms"] == []


@pytest.mark.parametrize("item", ["1", "look", "Look the company up"])
def test_an_item_of_the_checklist_is_ticked_and_cleared(team: Type, item: str) -> None:
    team("pipeline", "new", "Gated", "--template", "needs")
    team("add", "Acme: press 9k", "-p", "Gated")
    assert team("tick", "1", item).code == 0
    (ticked,) = _show(team)["checklist"].items()  # type: ignore[attr-defined]
    assert ticked[0].endswith("/Look the company up")
    assert team("tick", "1", item, "--clear").code == 0
    assert _show(team)["checklist"] == {}


def test_an_unclear_item_names_those_it_could_be(team: Type) -> None:
    team("pipeline", "new", "Gated", "--template", "needs")
    team("add", "Acme: press 9k", "-p", "Gated")
    refused = team("tick", "1", "a")
    assert refused.code == 3
    assert "Look the company up, Find a person" in refused.err


def test_a_dry_run_writes_nothing(lumen: Type) -> None:
    for line in (
        ("contact", "1", "Outi"),
        ("term", "1", "Payment"),
        ("answer", "1", "need", "Scrap"),
        ("log", "1", "call"),
        ("won", "1", "--follow-up", "14d"),
    ):
        assert "dry run" in lumen(*line, "-n").err, line
    assert _show(lumen)["version"] == 1


def test_a_proposal_and_its_follow_ups_are_told(lumen: Type) -> None:
    lumen("log", "1", "email", "--quote", "--outcome", "offer of 40k")
    assert _show(lumen)["quote_sent_at"] == "2026-11-23T09:00:00+00:00"
    assert _show(lumen)["follow_ups"] == {"since": "2026-11-23T09:00:00+00:00", "count": 0, "of": 5}
    lumen("log", "1", "call", "--trial-close", "yes")
    assert _show(lumen)["trial_close"] == "yes"
    assert lumen("log", "1", "call", "--trial-close", "maybe").code == 2


def test_an_answer_is_taken_back(lumen: Type) -> None:
    lumen("answer", "1", "need", "Scrap", "--rating", "3")
    assert lumen("answer", "1", "need", "--clear").code == 0
    assert _show(lumen)["answers"] == []
    assert lumen("answer", "1", "need", "x", "--clear").code == 2


def test_ones_own_note_is_rewritten_by_its_id(lumen: Type) -> None:
    lumen("note", "1", "-m", "frist")
    note = _show(lumen)["notes"][0]["id"]  # type: ignore[index]
    assert lumen("note", "1", "--edit", note, "-m", "first").code == 0
    assert [each["text"] for each in _show(lumen)["notes"]] == ["first"]  # type: ignore[attr-defined]
    assert lumen("note", "1", "--edit", "nothing", "-m", "x").code == 3


def test_a_won_customer_gets_a_lead_for_the_next_sale(lumen: Type) -> None:
    won = lumen("won", "1", "--value", "38k", "--follow-up", "14d", "--json").json
    assert [deal["status"] for deal in won["deals"]] == ["won", "open"]
    assert won["deals"][1]["next_step"] == {"text": "ask how it goes", "due": "2026-12-07"}


def test_a_lost_deal_comes_back_on_its_day(lumen: Type, monkeypatch: pytest.MonkeyPatch) -> None:
    lumen("lost", "1", "--category", "timing", "--recycle", "1dec")
    assert lumen("recycle").out == ""
    monkeypatch.setenv("PIPEBOARD_NOW", "2026-12-01T09:00:00Z")
    assert lumen("recycle", "-n", "--json").json["deals"][0]["title"] == "pilot"
    assert lumen("recycle").lines == ["D-2"]
    assert lumen("recycle").lines == []


def test_a_pipeline_asks_another_set_of_questions(team: Type) -> None:
    made = team("pipeline", "new", "Enterprise", "--questions", "meddicc", "--json")
    keys = [question["key"] for question in made.json["pipeline"]["questions"]]
    assert keys[:3] == ["metrics", "economic_buyer", "decision_criteria"]
    assert "bant" in team("pipeline", "new", "Other", "--questions", "bnat").err


def test_show_explains_the_score_and_what_the_gate_asks(team: Type) -> None:
    team("pipeline", "new", "Gated", "--template", "needs")
    team("add", "Acme: press 9k stage:qualification", "-p", "Gated")
    team("answer", "1", "need", "Scrap", "--rating", "4")
    deal = _show(team)
    assert deal["gate"] == {
        "target": "Needs Assessment",
        "missing": ["Timeline is unanswered", "Authority and budget is unanswered"],
    }
    factors = {factor["factor"]: factor for factor in deal["score_factors"]}  # type: ignore[attr-defined]
    assert factors["need"] == {
        "factor": "need",
        "rating": 4.0,
        "points": 25.0,
        "weight": 25,
        "why": "Need 4/4",
    }
    assert factors["budget"]["rating"] is None
    text = team("show", "1").out
    assert "Needs Assessment asks" in text
    assert "need 25/25: Need 4/4" in text


def test_of_a_closed_deal_no_gate_is_shown(team: Type) -> None:
    team("pipeline", "new", "Gated", "--template", "needs")
    team("add", "Acme: press 9k stage:qualification", "-p", "Gated")
    assert "Needs Assessment asks" in team("show", "1").out
    assert team("lost", "1", "--category", "price").code == 0
    assert " asks" not in team("show", "1").out
    assert _show(team)["gate"] is None
