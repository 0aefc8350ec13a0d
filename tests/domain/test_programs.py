"""Programs of one's own: a deal's texts are put into words that are already split; when they run
by themselves."""

from __future__ import annotations

from dataclasses import replace

import pytest

from pipeboard.domain.deal import Contact, Deal
from pipeboard.domain.errors import BadInput, Refused
from pipeboard.domain.events import Event, Kind
from pipeboard.domain.money import Money
from pipeboard.domain.programs import (
    CHANGED,
    MOMENTS,
    PLACES,
    UNDONE,
    DealTexts,
    Hook,
    read_hooks,
    read_programs,
)
from tests.domain.deciding_cases import NOW
from tests.domain.deciding_cases import SALES as PIPELINE

MIKA = Contact("Mika Laine", email="mika@lumen.example", phone="+358 40 555 0142")


def deal(**changes: object) -> Deal:
    made = Deal(
        id=142,
        pipeline_id=PIPELINE.id,
        stage_id=PIPELINE.open_stages[0].id,
        title="Packaging line",
        account="Lumen Oy",
        owner="ana",
        created_at=NOW,
        stage_entered_at=NOW,
    )
    return replace(made, **changes)  # type: ignore[arg-type]


def about(person: Contact | None = None, **changes: object) -> DealTexts:
    return DealTexts(deal(**changes), PIPELINE, person)


def words(run: str, texts: DealTexts) -> list[str]:
    (program,) = read_programs({"try": {"key": "ctrl+e", "run": run}})
    return program.words_for(texts)


def test_a_text_of_a_deal_stays_one_word_whatever_it_holds() -> None:
    title = "a; rm -rf \"$HOME\" `id` 'x' && {email}"
    assert words("open --title={title} {ref}", about(title=title)) == [
        "open",
        f"--title={title}",
        "D-142",
    ]


def test_of_several_links_a_program_is_given_the_first() -> None:
    assert words("open {link}", about(links=("a.pdf", "b.pdf"))) == ["open", "a.pdf"]


@pytest.mark.parametrize(
    ("run", "place"),
    [
        ("say {ref}", ""),
        ("mail {ref} {email} {person}", "email"),
        ("dial {phone}", "phone"),
        ("say {person}", "person"),
    ],
)
def test_a_program_says_what_it_wants_of_a_person_first(run: str, place: str) -> None:
    (program,) = read_programs({"try": {"key": "ctrl+e", "run": run}})
    assert program.place_of_person == place


def test_a_text_that_would_be_an_option_is_refused() -> None:
    with pytest.raises(Refused, match="take it for an option") as refused:
        words("mail {title}", about(title="--attach=/etc/passwd"))
    assert words("mail id:{title}", about(title="-x")) == ["mail", "id:-x"]
    hint = "Put something in front of the brace, such as 'id:{title}'."
    assert refused.value.hint == hint


def test_what_steers_a_terminal_never_reaches_a_program() -> None:
    assert "\x1b" not in words("say {title}", about(title="a\x1b[2Jb"))[1]


@pytest.mark.parametrize("place", [*PLACES, "field.product"])
def test_each_place_has_its_text_or_says_that_the_deal_has_none(place: str) -> None:
    bare = about(account="", owner="")
    if place in ("ref", "id", "title", "pipeline", "stage"):
        assert words(f"run {{{place}}}", bare)[1]
    else:
        with pytest.raises(Refused, match="D-142 has no "):
            words(f"run {{{place}}}", bare)


@pytest.mark.parametrize(
    ("place", "said"),
    [
        ("email", "e-mail address"),
        ("phone", "phone number"),
        ("next", "next step"),
        ("external_id", "external id"),
        ("field.product", "product"),
    ],
)
def test_what_a_deal_lacks_is_said_as_people_say_it(place: str, said: str) -> None:
    with pytest.raises(Refused, match=f"D-142 has no {said}, which try wants"):
        words(f"run {{{place}}}", about())


def test_the_value_is_a_number_and_the_person_the_one_that_is_given() -> None:
    texts = about(MIKA, value=Money(4_000_000, "EUR"), fields={"product": "GTX"})
    assert words("run {value} {currency} {email} {phone} {person} {field.product}", texts)[1:] == [
        "40000.00",
        "EUR",
        "mika@lumen.example",
        "+358 40 555 0142",
        "Mika Laine",
        "GTX",
    ]


def test_a_program_is_told_by_its_help_or_else_by_its_name() -> None:
    line = {"key": "ctrl+e", "run": "mail --to {email}"}
    told, untold = read_programs({"a": {**line, "help": "write to them"}, "b": line})
    assert (told.help, untold.help) == ("write to them", "run mail")
    assert (told.name, told.key, told.takes_terminal) == ("a", "ctrl+e", False)
    (own,) = read_programs({"a": {**line, "terminal": True}})
    assert own.takes_terminal
    assert read_programs({}) == ()


@pytest.mark.parametrize("document", ["open", [1], 1, None])
def test_commands_are_a_table_of_tables(document: object) -> None:
    with pytest.raises(BadInput, match="a table of tables"):
        read_programs(document)


@pytest.mark.parametrize(
    ("table", "said"),
    [
        ({"key": "e", "run": "open {mail}"}, "Did you mean email?"),
        ({"key": "e", "run": "open 'x"}, "never closed"),
        ({"key": "e"}, "wants key"),
        ({"run": "x"}, "wants key"),
        ({"key": " ", "run": "x"}, "wants key"),
        ({"key": "e", "run": " "}, "wants key"),
        ({"key": 1, "run": "x"}, "texts in quotes"),
        ({"key": "e", "run": 1}, "texts in quotes"),
        ({"key": "e", "run": "x", "help": 1}, "texts in quotes"),
        ({"key": "e", "run": "x", "runs": "y"}, "Did you mean run?"),
        ({"key": "e", "run": "{title} x"}, "cannot come from a deal"),
        ({"key": "e", "run": "x", "terminal": "yes"}, "true or false"),
        ("open", "wants key"),
    ],
)
def test_what_is_wrong_is_named(table: object, said: str) -> None:
    with pytest.raises(BadInput) as caught:
        read_programs({"open": table})
    assert said in f"{caught.value.message} {caught.value.hint}"
    assert "[commands.open]" in caught.value.message


# When programs run by themselves.

MOMENT_OF = {
    Kind.CREATED: "added",
    Kind.MOVED: "moved",
    Kind.WON: "won",
    Kind.LOST: "lost",
    Kind.REOPENED: "reopened",
    Kind.OWNER: "assigned",
    Kind.NEXT_STEP: "planned",
    Kind.STEP_DONE: "done",
    Kind.ASKED: "asked",
    Kind.TOUCH: "logged",
    Kind.NOTE: "noted",
    Kind.ANSWERED: "answered",
    Kind.SNOOZED: "snoozed",
    Kind.ARCHIVED: "archived",
    Kind.UNARCHIVED: "archived",
    Kind.MERGED: "merged",
    Kind.ABSORBED: "merged",
    Kind.RANKED: CHANGED,
    Kind.EDITED: "edited",
    Kind.CORRECTED: "edited",
    Kind.VALUE: "edited",
    Kind.EXPECTED_CLOSE: "edited",
    Kind.PROBABILITY: "edited",
    Kind.CATEGORY: "edited",
    Kind.TAGGED: "edited",
    Kind.CONTACT: "edited",
    Kind.TERM: "edited",
    Kind.CHECKED: "edited",
    Kind.NOTE_EDITED: "edited",
}
"""The one moment of each event; a place in a column is no more than a change."""


@pytest.mark.parametrize("kind", Kind)
def test_every_event_has_its_moment_and_is_a_change_and_taken_back_is_undone(kind: Kind) -> None:
    event = Event(kind, NOW)
    taken_back = replace(event, undoes=True)
    hooks = [Hook(moment, ("x",)) for moment in MOMENTS]
    assert {hook.moment for hook in hooks if hook.is_about([event])} == {MOMENT_OF[kind], CHANGED}
    assert {hook.moment for hook in hooks if hook.is_about([taken_back])} == {UNDONE, CHANGED}
    assert {hook.moment for hook in hooks if hook.is_about([taken_back, event])} == {
        UNDONE,
        MOMENT_OF[kind],
        CHANGED,
    }
    assert not any(hook.is_about([]) for hook in hooks)


def test_a_hook_has_the_seconds_that_are_said_or_ten() -> None:
    assert read_hooks({}) == read_hooks({"timeout": 5}) == ()
    for said, seconds in (({}, 10), ({"timeout": 1}, 1), ({"timeout": 600}, 600)):
        (hook,) = read_hooks({"won": "say 'they signed'", **said})
        assert hook == Hook("won", ("say", "they signed"), seconds)
    assert read_hooks({"lost": ["a b", "c"]})[0].words == ("a b", "c")


@pytest.mark.parametrize(
    ("document", "why"),
    [
        ({"own": "x"}, "Did you mean won?"),
        ({"won": ""}, "wants a program"),
        ({"won": []}, "wants a program"),
        ({"won": 3}, "wants a program"),
        ({"won": "no\0tify"}, "wants a program"),
        ({"won": ["notify", "a\0b"]}, "wants a program"),
        ({"won": "'never closed"}, "never closed"),
        ({"timeout": 0}, "seconds from 1 to 600"),
        ({"timeout": 601}, "seconds from 1 to 600"),
        ({"timeout": True}, "seconds"),
        ({"timeout": "long"}, "seconds"),
        (["won"], "table"),
    ],
)
def test_what_is_wrong_in_hooks_is_named(document: object, why: str) -> None:
    with pytest.raises(BadInput) as caught:
        read_hooks(document)
    assert why in f"{caught.value.message} {caught.value.hint}"


@pytest.mark.parametrize("name", ["a", "open-it", "open_it", "x9"])
def test_a_program_has_a_name_that_begins_with_a_small_letter(name: str) -> None:
    line = {"key": "ctrl+e", "run": "x"}
    assert [one.name for one in read_programs({name: line})] == [name]
    for wrong in (name.upper(), f"9{name}", f"-{name}", f"{name} b", f"{name}ü", ""):
        with pytest.raises(BadInput, match="digits, '-' and '_', a letter first"):
            read_programs({wrong: line})
