"""add, set, assign, tag, archive, merge: what scripts rely on."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.cli.conftest import Type


def test_add_prints_the_ref_and_nothing_else(team: Type) -> None:
    added = team("add", "Lumen", "Oy:", "packaging", "line", "40k", "next:3dec call Mika", "+hot")
    assert (added.code, added.out) == (0, "D-1\n")
    deal = team("show", "1", "--json").json["deal"]
    assert (deal["account"], deal["title"]) == ("Lumen Oy", "packaging line")
    assert deal["value"] == {"amount_minor": 4_000_000, "currency": "EUR"}
    assert deal["next_step"] == {"text": "call Mika", "due": "2026-12-03"}
    assert deal["tags"] == ["hot"]


def test_add_reads_a_deal_from_each_line_of_stdin(team: Type) -> None:
    added = team("add", "-", stdin="Acme: a 1k\n\nBorealis: b 2k\n")
    assert added.lines == ["D-1", "D-2"]


def test_a_bad_line_of_stdin_is_named_and_nothing_is_added(team: Type) -> None:
    refused = team("add", "-", stdin="Acme: a 1k\nBorealis: b close:never\n")
    assert refused.code == 2
    assert "Line 2" in refused.err
    assert team("add", "Acme: a 1k").out == "D-1\n"


def test_a_dry_run_adds_nothing(team: Type) -> None:
    tried = team("add", "-n", "Acme: a 1k")
    assert (tried.code, tried.out) == (0, "")
    assert "dry run" in tried.err
    assert team("show", "1").code == 3


def test_set_changes_several_fields_of_several_deals(team: Type) -> None:
    team("add", "-", stdin="Acme: a 1k\nBorealis: b 2k\n")
    changed = team(
        "set", "1", "Borealis", "value=50k", "close=19dec", "fields.product=GTX", "--json"
    )
    assert changed.code == 0
    for deal in changed.json["deals"]:
        assert deal["value"]["amount_minor"] == 5_000_000
        assert deal["expected_close"] == "2026-12-19"
        assert deal["fields"] == {"product": "GTX"}


@pytest.mark.parametrize(
    ("worth", "currency"), [("", "USD"), ("30k", "USD"), ("EUR 30k", "EUR"), ("CHF 1", "CHF")]
)
@pytest.mark.parametrize(
    "line",
    [
        ("set", "1", "value=5k"),
        ("set", "1", "floor=6k"),
        ("set", "1", "2", "value=5k"),
        ("set", "--where", "pipeline:US", "value=5k", "floor=4k"),
        ("won", "1", "--value", "5k"),
        ("won", "1", "--value", "5k", "--follow-up", "+14d"),
    ],
)
def test_an_amount_without_a_currency_is_in_that_of_the_value_else_of_the_pipeline(
    team: Type, line: tuple[str, ...], worth: str, currency: str
) -> None:
    assert team("pipeline", "new", "US", "--stages", "A", "--currency", "USD").code == 0
    assert team("add", f"Far: away {worth}", "-p", "US").out == "D-1\n"
    assert team("add", "Near: by 1k").out == "D-2\n"
    done = team(*line, "--json")
    assert done.code == 0, done.err
    far, *near = done.json["deals"]
    for name in ("value", "floor_value"):
        assert (far.get(name) or {}).get("currency", currency) == currency
    shown = team("show", "1", "--json").json["deal"]
    held = {shown[name]["currency"] for name in ("value", "floor_value") if shown[name]}
    assert held == {currency}
    assert all(deal["value"]["currency"] == "EUR" for deal in near if deal["id"] == 2)


def test_an_amount_for_deals_of_several_currencies_says_its_own(team: Type) -> None:
    assert team("pipeline", "new", "US", "--stages", "A", "--currency", "USD").code == 0
    team("add", "Far: away 2k", "-p", "US")
    team("add", "Near: by 1k")
    refused = team("won", "1", "2", "--value", "5k")
    assert refused.code == 2
    assert "EUR, USD" in refused.err
    assert team("won", "1", "2", "--value", "5k USD").code == 0


def test_an_empty_value_empties_a_field(team: Type) -> None:
    team("add", "Acme: a 1k source:web")
    assert team("set", "1", "source=", "value=", "--json").json["deals"][0]["source"] is None


def test_an_unknown_field_names_the_near_one(team: Type) -> None:
    team("add", "Acme: a 1k")
    refused = team("set", "1", "valu=3", "--json")
    assert refused.code == 2
    assert "value" in refused.error["hint"]


def test_an_ambiguous_name_lists_the_candidates(team: Type) -> None:
    team("add", "-", stdin="Acme GmbH: a\nAcme Ltd: b\n")
    refused = team("tag", "acme", "+hot", "--json")
    assert refused.code == 3
    assert refused.error["code"] == "ambiguous"
    assert refused.error["details"]["candidates"] == ["D-1", "D-2"]


def test_tags_are_put_on_and_taken_off(team: Type) -> None:
    team("add", "Acme: a +cold +new")
    tagged = team("tag", "1", "+hot", "-cold", "--json")
    assert tagged.json["deals"][0]["tags"] == ["hot", "new"]
    assert team("tag", "1", "-new", "--json").json["deals"][0]["tags"] == ["hot"]
    assert team("tag", "1", "+warm", "--json").json["deals"][0]["tags"] == ["hot", "warm"]
    assert "Which tags?" in team("tag", "1").err


def test_assign_gives_a_deal_to_a_rep(team: Type) -> None:
    team("add", "Acme: a")
    assert team("assign", "D-1", "@bo", "--json").json["deals"][0]["owner"] == "bo"


def test_archived_deals_come_back(team: Type) -> None:
    team("add", "Acme: a")
    assert team("archive", "1", "--json").json["deals"][0]["status"] == "archived"
    assert team("unarchive", "1", "--json").json["deals"][0]["status"] == "open"


def test_merged_deals_become_the_first(team: Type) -> None:
    team("add", "-", stdin="Acme: a\nAcme: a 5k\n")
    assert team("merge", "1", "2").code == 0
    assert team("show", "1", "--json").json["deal"]["value"]["amount_minor"] == 500_000
    assert team("show", "2", "--json").json["deal"]["status"] == "archived"


@pytest.mark.parametrize(("said", "code"), [("y\n", 0), ("n\n", 1), ("", 1)])
def test_a_person_is_asked_before_a_closed_deal_leaves_the_numbers(
    team: Type, monkeypatch: pytest.MonkeyPatch, said: str, code: int
) -> None:
    team("add", "-", stdin="Acme: a\nAcme: a 5k\n")
    assert team("lost", "2", "--category", "price").code == 0
    assert team("merge", "1", "2").code == 4
    assert team("merge", "1", "2", "-y").code == 4
    monkeypatch.setattr("pipeboard.cli.call.Call.has_person", True)
    assert team("merge", "1", "2", "-y").code == 4
    asked = team("merge", "1", "2", stdin=said)
    assert (asked.code, "leaves the numbers of that time" in asked.err) == (code, True)
    archived = team("show", "2", "--json").json["deal"]["status"] == "archived"
    assert archived == (code == 0)


def test_somebody_else_can_be_acted_for_and_both_are_logged(team: Type) -> None:
    team("add", "Acme: a", "--as", "ana")
    event = team("history", "--json").json["events"][0]
    assert event["acting_as"] == "ana"
    assert event["actor"] != "ana"
    assert team("show", "1", "--json").json["deal"]["owner"] == "ana"


def test_only_a_known_rep_can_be_acted_for(team: Type) -> None:
    refused = team("add", "Acme: a", "--as", "anna")
    assert refused.code == 3
    assert "ana" in refused.err


@pytest.mark.parametrize(
    "line",
    [
        ("add",),
        ("set", "1"),
        ("set", "value=3"),
        ("tag", "1"),
        ("assign",),
        ("archive",),
        ("merge", "1"),
    ],
)
def test_what_is_missing_is_a_matter_of_usage(team: Type, line: tuple[str, ...]) -> None:
    team("add", "Acme: a")
    refused = team(*line)
    assert refused.code == 2
    assert refused.err.startswith("pipeboard: ")


def test_a_closing_is_put_right_with_the_same_verb(team: Type) -> None:
    team("add", "-", stdin="Acme: a 1k\nBorealis: b 2k\n")
    team("won", "1", "--override", "signed")
    assert "already won" in team("won", "1").err
    refused = team("won", "1", "--on", "1jan2020")
    assert (refused.code, refused.out) == (4, "")
    assert "entered Prospecting on" in refused.err
    dearer = team("won", "1", "--value", "3k", "--json").json
    assert dearer["deals"][0]["value"]["amount_minor"] == 300_000
    team("lost", "2", "--category", "price", "--reason", "too dear")
    other = team("lost", "2", "--category", "timing")
    assert (other.code, other.err.splitlines()[0]) == (0, "Corrected Borealis: lost (timing).")
    lost = team("show", "2", "--json").json["deal"]["lost"]
    assert (lost["category"], lost["reason"]) == ("timing", "too dear")
    assert "corrected: lost: timing (too dear) (was: price (too dear))" in team("show", "2").out
    assert team("won", "2").code == 4
    assert [one["kind"] for one in team("history", "2", "--json").json["events"]].count(
        "corrected"
    ) == 1


def test_lines_may_end_as_on_any_machine(team: Type) -> None:
    added = team("add", "-", "--json", stdin="A: one\r\nB: two\rC: three\n\n")
    assert [deal["account"] for deal in added.json["deals"]] == ["A", "B", "C"]


def test_a_word_for_the_new_owner_is_kept(team: Type) -> None:
    team("add", "Acme: a")
    assert team("assign", "1", "bo", "--note", "You know them.").code == 0
    assert "You know them." in team("show", "1").out


@pytest.mark.parametrize(
    ("line", "field", "wanted"),
    [
        (("won", "1", "--on", "20nov", "--override", "x"), "closed_at",
         "2026-11-20T11:00:00+00:00"),
        (("lost", "1", "--category", "price", "--on", "20nov"), "closed_at",
         "2026-11-20T11:00:00+00:00"),
        (("lost", "1", "--category", "price", "--reason", "dear", "--competitor", "Bolt",
          "--recycle", "fri", "--objection", "trust"), "lost",
         {"category": "price", "reason": "dear", "competitor": "Bolt",
          "recycle_on": "2026-11-27", "objection": "trust"}),
    ],
)  # fmt: skip
def test_all_that_is_said_of_an_end_is_kept(
    team: Type, monkeypatch: pytest.MonkeyPatch, line: tuple[str, ...], field: str, wanted: object
) -> None:
    with monkeypatch.context() as then:
        then.setenv("PIPEBOARD_NOW", "2026-10-01T09:00:00Z")
        team("add", "Acme: a 1k")
    assert team(*line).code == 0
    assert team("show", "1", "--json").json["deal"][field] == wanted


def test_what_follows_a_sale_is_a_lead_for_a_day_to_come(team: Type) -> None:
    team("add", "Acme: a 1k")
    line = ("won", "1", "--follow-up", "fri", "--override", "x")
    assert team(*line, "--seen", "9").code == 2
    done = team(*line, "--seen", "1", "--json").json["deals"]
    assert [deal["next_step"] and deal["next_step"]["due"] for deal in done] == [None, "2026-11-27"]


def test_a_value_is_said_of_one_deal_that_ended(team: Type) -> None:
    team("add", "-", stdin="Acme: a 1k\nBolt: b 1k\nCobalt: c 1k\n")
    assert "won on Mon 23 Nov 2026 · €1,000" in team("won", "1", "--override", "x").err
    said = team("won", "2", "3", "--override", "x").err.splitlines()
    assert "won on Mon 23 Nov 2026" in said


def test_a_gate_is_passed_on_the_way_back_too(team: Type) -> None:
    stages = '[[stages]]\nname = "Due"\ncriteria = ["value"]\n[[stages]]\nname = "Offer"\n'
    assert team("pipeline", "apply", "-", stdin=f'name = "Renewals"\n{stages}').code == 0
    team("add", "Acme: a", "-p", "Renewals")
    team("lost", "1", "--category", "price")
    assert team("reopen", "1", "--stage", "offer").code == 4
    assert team("reopen", "1", "--stage", "offer", "--override", "they called").code == 0
    assert team("show", "1", "--json").json["deal"]["stage"] == "Offer"
    assert "they called" in team("show", "1").out


def test_a_loss_that_nobody_gave_a_reason_for_is_said_to_be_so_wherever_it_stands(
    team: Type, home: Path
) -> None:
    (home / "lost.csv").write_text(
        "title,stage,closed,reason lost\nPress,lost,2026-11-20,\nKiln,lost,2026-11-20,moved away\n"
        "Robot,lost,2026-11-20,price\n"
    )
    assert team("import", "lost.csv", "-y").code == 0
    assert "not said" in team("show", "Press").out
    assert team("show", "Press", "--json").json["deal"]["lost"]["category"] == "other"
    assert team("show", "Kiln", "--json").json["deal"]["lost"]["category"] == "other"
    rows = team("list", "lost", "--columns", "title,lost", "--csv").lines[1:]
    assert sorted(rows) == ["Kiln,other", "Press,other", "Robot,price"]
    assert team("list", "lost:other", "--columns", "title", "--plain").lines == ["Press", "Kiln"]
    assert team("list", "lost lost:none", "--columns", "title", "--plain").lines == ["Press"]
    numbers = team("metrics", "--period", "all", "--json").json["loss_reasons"]
    assert {one["category"]: one["count"] for one in numbers} == {
        "not said": 1, "other": 1, "price": 1
    }  # fmt: skip


def test_a_line_says_when_its_deal_was_created_as_set_does(team: Type) -> None:
    added = team("add", "Lumen Oy: pilot 40k created:2nov")
    assert (added.code, "created Mon 2 Nov 2026" in added.err) == (0, True), added.err
    assert team("add", "Acme: press 1k").code == 0
    assert team("set", "2", "created=2nov").code == 0
    one, two = (team("show", ref, "--json").json["deal"] for ref in "12")
    assert one["created_at"] == two["created_at"] == "2026-11-02T11:00:00+00:00"
    assert one["stage_entered_at"] == two["stage_entered_at"] == one["created_at"]
    assert one["days_in_stage"] == 21
    today = team("add", "Kiln: x 1k created:today", "--json").json["deals"][0]
    assert today["created_at"] == "2026-11-23T09:00:00+00:00"


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("Acme: press created:+2d", "lies ahead: a deal begins today or earlier"),
        ("Acme: press created:1nov created:2nov", "created is given twice"),
        ("Acme: press creatd:1nov", "Did you mean created?"),
    ],
)
def test_a_line_that_says_no_day_of_creation_is_refused(team: Type, line: str, said: str) -> None:
    refused = team("add", line)
    assert (refused.code, said in refused.err) == (2, True), refused.err
