"""What a team names itself is known wherever our own words are: each kind of word, each place."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import pytest

from pipeboard.cli.completing import complete
from pipeboard.domain.settings import SETTINGS
from tests.cli.conftest import Type


@dataclass(frozen=True)
class OwnWord:
    """A word of a team: the line that sets it up, the term by which a deal of it is found, what
    Tab makes of its beginning, a slip with what is said of it, and what numbers are split by."""

    made: tuple[str, ...]
    said: tuple[str, ...]
    term: str
    typed: tuple[str, str, str]
    slip: tuple[str, str]
    by: tuple[str, str] | None = None
    column: tuple[str, str] | None = None


WORDS = {
    "source": OwnWord(
        ("setting", "set", "sources", "web,Messe Süd:in,liste:out"),
        ("set", "1", "source=Messe Süd"),
        'source:"messe sud"',
        ("FILTER", "source:me", 'source:"Messe Süd"'),
        ("set 1 source=Mese", "Did you mean Messe Süd?"),
        ("source", "Messe Süd"),
        ("source", "Messe Süd"),
    ),
    "channel of an own source": OwnWord(
        ("setting", "set", "sources", "web,Messe Süd:in,liste:out"),
        ("set", "1", "source=MESSE SÜD"),
        "channel:in",
        ("FIELD=VALUE", "source=li", "source=liste"),
        ("list channel:inn", "Did you mean in?"),
        ("channel", "in"),
    ),
    "channel of ours, said otherwise": OwnWord(
        ("setting", "set", "sources", "web:out,fair"),
        ("set", "1", "source=Web"),
        "channel:out",
        ("FILTER", "source:w", "source:web"),
        ("setting set sources web,fair", "not known of fair"),
        ("channel", "out"),
    ),
    "team": OwnWord(
        ("rep", "set", "ana", "--team", "Nord Süd"),
        ("assign", "1", "ana"),
        "@ana",
        ("TEAM", "no", "Nord Süd"),
        ("assign 1 anna", "ana"),
        ("team", "Nord Süd"),
    ),
    "custom field": OwnWord(
        ("set", "1", "fields.Werk=Süd 1"),
        ("set", "1", "fields.werk=Nord 2"),
        'field.werk:"nord 2"',
        ("STAGE", "propo", "Proposal"),
        ("list field.Wrk:x", "Did you mean Werk?"),
        ("field.WERK", "Nord 2"),
        ("fields.Werk", "Nord 2"),
    ),
    "tag": OwnWord(
        ("tag", "1", "+messe"),
        ("tag", "1", "+süd"),
        "+sud",
        ("TAG", "+m", "+messe"),
        ("list tagg:messe", "Did you mean tag?"),
        None,
        ("tags", "messe"),
    ),
}  # fmt: skip


@pytest.fixture
def own(pipe: Type, home: Path, monkeypatch: pytest.MonkeyPatch) -> Type:
    monkeypatch.setenv("PIPEBOARD_DB", str(home / "own.db"))
    assert pipe("init", "--currency", "EUR").code == 0
    assert pipe("rep", "add", "ana").code == 0
    assert pipe("add", "Acme: pump 5k @ana source:none").code == 0
    assert pipe("add", "Other: pump 6k @none source:none").code == 0
    return pipe


@pytest.mark.parametrize("name", WORDS)
def test_a_word_of_the_team_is_known_wherever_ours_are(name: str, own: Type, home: Path) -> None:
    word = WORDS[name]
    for line in (word.made, word.said):
        assert own(*line).code == 0, line
    assert own("list", "--ids", word.term).lines == ["D-1"]
    kind, typed, meant = word.typed
    offered = complete([kind, typed, "--db", str(home / "own.db")], {})
    assert meant in [line.split("\t")[0] for line in offered]
    if word.by:
        by, key = word.by
        groups = own("metrics", "--period", "all", "--by", by, "--json").json["groups"]
        assert key.lower() in [str(group["key"]).lower() for group in groups]
    if word.column:
        column, text = word.column
        assert text in own("list", "--columns", column, "--csv", "id:1").out
    slip, told = word.slip
    assert told in own(*slip.split(" ")).err


@pytest.mark.parametrize("name", WORDS)
def test_a_word_of_the_team_goes_out_and_comes_back(
    name: str, own: Type, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    word = WORDS[name]
    for line in (word.made, word.said):
        own(*line)
    if word.made[0] == "setting":
        assert own("setting", "list", "--json").json["settings"]["sources"] == word.made[-1]
    for form in ("csv", "json"):
        out = home / f"deals.{form}"
        own("export", "--format", form, "-o", str(out))
        monkeypatch.setenv("PIPEBOARD_DB", str(home / f"{form}.db"))
        own("init", "--currency", "EUR")
        if word.made[0] in ("setting", "rep"):
            own("rep", "add", "ana")
            own(*word.made)
        assert own("import", str(out), "--yes").code == 0
        assert own("list", "--ids", word.term).lines == ["D-1"], form
        monkeypatch.setenv("PIPEBOARD_DB", str(home / "own.db"))


def test_each_setting_that_is_a_list_of_words_is_tried_here() -> None:
    lists = {name for name, one in SETTINGS.items() if not one.values and not one.example.isdigit()}
    made = {word.made[2] for word in WORDS.values() if word.made[0] == "setting"}
    assert lists == made, "WORDS wants a word of a new one"


def test_a_new_lead_that_came_by_a_source_of_the_team_is_news_in_every_list(own: Type) -> None:
    """What the database is asked and what is said of a deal go by the same rule."""
    own("setting", "set", "sources", "web:out,Größe:in,expo")
    for source in ("GRÖßE", "größe", "web", "expo", "referral"):
        own("add", f"{source}: deal 5k @none source:{source}")
    found = own("triage", "--json", "--limit", "50", "owner:none").json["queue"]
    new = {one["deal"]["account"] for one in found if "new inbound" in str(one["reasons"])}
    assert new == {"GRÖßE", "größe", "referral"}
    listed = {one["account"] for one in own("list", "channel:in", "--json").json["deals"]}
    assert listed == new
    unsaid = {one["account"] for one in own("list", "channel:none", "--json").json["deals"]}
    assert unsaid == {"Acme", "Other", "expo"}


def test_a_new_deal_is_asked_where_it_came_from_as_the_team_wants_it(own: Type) -> None:
    said = own("add", "Lumen: pilot 40k")
    assert (said.code, said.out) == (0, "D-3\n")
    told = "Where it came from is not said: source:referral (or "
    assert told in said.err and "source:none that nobody knows" in said.err
    assert "not said" not in own("add", "Lumen: two source:none").err
    assert "not said" not in own("add", "Lumen: three source:web").err
    own("setting", "set", "lead-source", "optional")
    assert "not said" not in own("add", "Lumen: four").err
    own("setting", "set", "lead-source", "required")
    refused = own("add", "Lumen: five", "--json")
    assert (refused.code, refused.error["message"]) == (4, "A new deal says where it came from.")
    assert "Line 2: A new deal says" in own("add", "-", stdin="A: b source:web\nC: d\n").err
    assert own("add", "Lumen: five source:none").code == 0


def test_a_stage_of_marketing_tells_when_a_deal_came_to_it_and_what_becomes_of_such(
    own: Type, home: Path
) -> None:
    assert "mql_at" not in own("show", "1", "--json").json["deal"]
    text = own("pipeline", "show").out
    flagged = text.replace('name = "Lead Qual', 'marketing_qualified = true\nname = "Lead Qual')
    assert (flagged != text, "\nmarketing_qualified" in text) == (True, False)
    (home / "marked.toml").write_text(flagged, "utf-8")
    assert own("pipeline", "apply", str(home / "marked.toml"), "--yes").code == 0
    assert "\nmarketing_qualified = true" in own("pipeline", "show").out
    own("move", "1", "Lead Qualification")
    own("move", "2", "Needs", "--override", "They know what they want")
    deals = [own("show", ref, "--json").json["deal"] for ref in ("1", "2")]
    assert [deal["mql_at"][:10] for deal in deals] == ["2026-11-23", "2026-11-23"]
    assert "marketing-qualified" in own("show", "1").out
    metrics = own("metrics", "--period", "all", "--json").json["metrics"]
    share, took = metrics["mql_conversion"], metrics["mql_to_sql_days_median"]
    assert (share["num"], share["den"], took["n"]) == (1, 2, 1)
