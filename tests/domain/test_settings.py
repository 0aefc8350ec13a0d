"""How a workspace counts before anybody chooses, and the words for each choice."""

from __future__ import annotations

import re

import pytest

from pipeboard.domain.deal import channel_of
from pipeboard.domain.errors import BadInput
from pipeboard.domain.lazy_dataclass import replace
from pipeboard.domain.settings import (
    SETTINGS,
    Rep,
    Settings,
    about_sources,
    chosen,
    meant_value,
    told,
    with_choice,
)

CHOICES: dict[str, dict[str, dict[str, object]]] = {
    "week-start": {
        "monday": {"week_start": 0}, "tuesday": {"week_start": 1}, "wednesday": {"week_start": 2},
        "thursday": {"week_start": 3}, "friday": {"week_start": 4}, "saturday": {"week_start": 5},
        "sunday": {"week_start": 6},
    },
    "fiscal-start": {
        "january": {"fiscal_shift": 0}, "february": {"fiscal_shift": 1},
        "march": {"fiscal_shift": 2}, "april": {"fiscal_shift": 3}, "may": {"fiscal_shift": 4},
        "june": {"fiscal_shift": 5}, "july": {"fiscal_shift": 6}, "august": {"fiscal_shift": 7},
        "september": {"fiscal_shift": 8}, "october": {"fiscal_shift": -3},
        "november": {"fiscal_shift": -2}, "december": {"fiscal_shift": -1},
    },
    "count-for-owner": {"then": {"owner_now": False}, "now": {"owner_now": True}},
    "reps-edit": {"all": {"reps_edit_own": False}, "own": {"reps_edit_own": True}},
    "reps-see": {"all": {"reps_see": 0}, "team": {"reps_see": 1}, "own": {"reps_see": 2}},
    "floor-value": {
        "owner": {"managers_see_floors": False}, "managers": {"managers_see_floors": True},
    },
    "sources": {"referral,fair:in": {"sources": ("referral", "fair:in")}},
    "lead-source": {
        "asked": {"source_asked": 0}, "required": {"source_asked": 1},
        "optional": {"source_asked": 2},
    },
    "min-gap": {"48": {"min_gap_hours": 48}, "0": {"min_gap_hours": 0}},
}  # fmt: skip


def test_every_choice_has_its_words() -> None:
    wanted = {name: list(words) for name, words in CHOICES.items()}
    found = {name: list(choice.values or wanted[name]) for name, choice in SETTINGS.items()}
    assert found == wanted, "CHOICES wants the words of a new one"
    assert all(choice.help for choice in SETTINGS.values())


@pytest.mark.parametrize(
    ("name", "word"), [(name, word) for name, words in CHOICES.items() for word in words]
)
def test_a_word_sets_one_thing_and_is_read_back(name: str, word: str) -> None:
    expected: dict[str, object] = CHOICES[name][word]
    others = replace(Settings(), currency="USD", min_gap_hours=3)
    found = with_choice(others, name, word)
    assert found == replace(others, **expected)  # type: ignore[arg-type]
    assert chosen(found, name) == word


@pytest.mark.parametrize(
    ("name", "typed", "meant"),
    [
        ("week-start", "sun", "sunday"),
        ("sources", " Fair, referral,,fair ", "Fair,referral"),
        (
            "sources",
            "Fair : IN, list:out, fair:out, a:b:in, to:inn",
            "Fair:in,list:out,a:b:in,to:inn",
        ),
        ("min-gap", "36h", "36"),
    ],
)
def test_what_is_typed_of_a_setting_is_read_as_it_was_meant(
    name: str, typed: str, meant: str
) -> None:
    assert chosen(with_choice(Settings(), name, meant_value(name, typed)), name) == meant


@pytest.mark.parametrize(
    ("name", "typed", "why"),
    [
        ("week-start", "s", "'s' is nothing that week-start can be."),
        ("sources", " , ", "There is no source to choose from."),
        ("min-gap", "soon", "'soon' is no number of hours from 0 to 720."),
        ("min-gap", "-1", "'-1' is no number of hours from 0 to 720."),
        ("min-gap", "721", "'721' is no number of hours from 0 to 720."),
    ],
)
def test_what_a_setting_cannot_be_is_refused(name: str, typed: str, why: str) -> None:
    with pytest.raises(BadInput, match=f"^{re.escape(why)}$"):
        with_choice(Settings(), name, meant_value(name, typed))


def test_a_team_says_of_its_own_sources_and_of_ours_whether_leads_come_to_us() -> None:
    settings = with_choice(Settings(), "sources", "web:out,Fair:in,a:b:in,expo,other")
    assert settings.source_names == ("web", "Fair", "a:b", "expo", "other")
    found = {name: channel_of(name, settings.channels) for name in settings.source_names}
    assert found == {"web": "out", "Fair": "in", "a:b": "in", "expo": "", "other": ""}
    assert channel_of(" FAIR", settings.channels) == channel_of("referral", settings.channels)
    assert told(settings, "sources") == "Leads come from web:out, Fair:in, a:b:in, expo, other."
    assert about_sources(settings) == (
        "Whether leads come to us is not known of expo: write expo:in or expo:out.",
    )
    assert about_sources(Settings()) == ()


def test_before_anybody_chooses_a_workspace_counts_so() -> None:
    plain = Settings()
    before = {
        "week-start": "monday", "fiscal-start": "january", "count-for-owner": "then",
        "reps-edit": "all", "reps-see": "all", "floor-value": "owner", "min-gap": "24",
        "lead-source": "asked",
        "sources": "referral,inbound,web,email,social,cold-call,event,partner,advertising,other",
    }  # fmt: skip
    assert {name: chosen(plain, name) for name in SETTINGS} == before, "a new one stands above"
    assert (plain.currency, plain.zone.key, plain.min_gap_hours, plain.demo) == (
        "EUR", "UTC", 24, False,
    )  # fmt: skip
    assert plain.sources == (
        "referral", "inbound", "web", "email", "social", "cold-call", "event", "partner",
        "advertising", "other",
    )  # fmt: skip
    assert plain.loss_categories == (
        "competitor", "price", "no-decision", "disqualified", "timing", "unresponsive", "other",
        "invalid",
    )  # fmt: skip


def test_a_rep_of_whom_no_more_is_said_is_at_work_without_a_role() -> None:
    assert Rep("ana") == Rep("ana", "", "", True, "", "")
    assert Rep("ana").active is True
