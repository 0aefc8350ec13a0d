"""What the first screen does with keys and what it says of a choice, without a terminal."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest
from textual.events import Key

from pipeboard.domain.errors import NotFound
from pipeboard.domain.templates import TEMPLATES, template
from pipeboard.ui.draw.line import text_of, width_of
from pipeboard.ui.key_table import FIRST
from pipeboard.ui.screens import first_run as module
from pipeboard.ui.screens.first_run import (
    _CHOICES,
    Beginning,
    FirstWay,
    TemplatePicker,
    Welcome,
    _choice,
    _details,
    _quietly,
    _row,
)

FACTS = SimpleNamespace(
    database="/home/ana/pipeboard.db", currency="EUR", zone="Europe/Berlin", account="ana",
    terminal="256 colours", templates=(), check_database=str,
)  # fmt: skip


def welcome(**is_so: Any) -> Any:
    done: list[Any] = []
    screen: Any = SimpleNamespace(
        done=done, _cursor=0, _said="before", _facts=FACTS, _keys=FIRST,
        _page=SimpleNamespace(size=SimpleNamespace(width=80, height=24)),
        _show=lambda: done.append("shown"),
    )  # fmt: skip
    for name in ("try_demo", "choose", "quit", "import_file"):
        setattr(screen, name, lambda name=name: done.append(name))
    for name in ("_end", "go", "say", "action_press", "_begin"):
        setattr(screen, name, lambda what, name=name: done.append((name, what)))
    vars(screen).update(is_so)
    return screen


@pytest.mark.parametrize(
    ("cursor", "places", "comes_to"),
    [(0, 1, 1), (0, -1, len(_CHOICES) - 1), (len(_CHOICES) - 1, 1, 0)],
)
def test_the_cursor_goes_round_the_choices(cursor: int, places: int, comes_to: int) -> None:
    screen = welcome(_cursor=cursor)
    Welcome.go(screen, places)
    assert (screen._cursor, screen.done) == (comes_to, ["shown"])
    Welcome.choose(screen)
    assert screen.done[-1] == ("action_press", _CHOICES[comes_to].id)


def test_what_can_be_begun_with_is_chosen_from_and_help_is_not_among_it() -> None:
    assert [key.action for key in _CHOICES] == ["demo", "new", "import", "open", "currency"]


@pytest.mark.parametrize("key", _CHOICES, ids=lambda key: key.action)
def test_a_key_puts_the_cursor_on_its_choice_and_takes_it(key: Any) -> None:
    async def waits() -> None:
        """Asks something."""

    name = key.does.removeprefix("screen.")
    asks = getattr(Welcome, name).__code__.co_flags & 0x80
    screen = welcome(**({name: waits} if asks else {}))
    Welcome.action_press(screen, key.id)
    assert (screen._cursor, screen._said) == (_CHOICES.index(key), "")
    (shown, did) = screen.done
    assert shown == "shown"
    assert did[0] == "_begin" if asks else did == name


def test_a_demo_and_a_file_are_begun_with_the_currency_that_was_chosen() -> None:
    screen = welcome()
    Welcome.try_demo(screen)
    Welcome.import_file(screen)
    assert screen.done == [
        ("_end", Beginning(FirstWay.DEMO)),
        ("_end", Beginning(FirstWay.IMPORT, currency="EUR")),
    ]


@pytest.mark.parametrize(
    ("action", "answer", "ends", "currency"),
    [
        (Welcome.make_pipeline, "needs", Beginning(FirstWay.NEW, "needs", "EUR"), "EUR"),
        (Welcome.make_pipeline, None, None, "EUR"),
        (Welcome.open_another, "x.db", Beginning(FirstWay.OPEN, database="x.db"), "EUR"),
        (Welcome.open_another, None, None, "EUR"),
        (Welcome.change_currency, " sek ", None, "SEK"),
        (Welcome.change_currency, None, None, "EUR"),
    ],
)
async def test_what_is_answered_begins_or_changes_the_currency(
    action: Any, answer: str | None, ends: Any, currency: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    def replace(facts: Any, **changed: Any) -> Any:
        return SimpleNamespace(**{**vars(facts), **changed})

    async def ask(overlay: Any) -> str | None:
        return answer

    monkeypatch.setattr(module, "replace", replace)
    screen = welcome(_ask=ask)
    await action(screen)
    assert [one for one in screen.done if one != "shown"] == ([("_end", ends)] if ends else [])
    assert screen._facts.currency == currency


def test_only_what_a_path_is_not_is_said_where_another_can_be_typed() -> None:
    def check(path: str) -> str:
        assert path == "x.db"
        raise NotFound("There is no x.db.", hint="See pipeboard init.")

    def fails(path: str) -> str:
        raise OSError(13, "Permission denied")

    assert _quietly(check)(" x.db ").why == "There is no x.db."
    assert _quietly(fails)("x.db").why == "x.db cannot be looked at: Permission denied."
    assert _quietly(lambda path: "A workspace of 3 deals.")("x.db").ok


@pytest.mark.parametrize(
    ("width", "height", "gaps", "helps", "path"),
    [(80, 24, 3, 0, False), (80, 17, 1, 0, False), (59, 24, 3, 1, True), (60, 18, 3, 0, False)],
)
def test_on_a_small_screen_only_what_is_needed_is_said(
    width: int, height: int, gaps: int, helps: int, path: bool
) -> None:
    page = SimpleNamespace(size=SimpleNamespace(width=width, height=height))
    lines = [*Welcome._lines(welcome(_page=page), width)]
    assert sum(not line for line in lines) == gaps
    texts = " ".join(text_of(line).strip() for line in lines)
    assert ("The database will be /home/ana/pipeboard.db" in texts) is path
    # Where there is no room beside the choices, what the current one is for stands below it.
    helped = [choice.help.split()[-1] in texts for choice in _CHOICES]
    assert sum(helped) >= 1 if helps else all(helped)
    assert (_CHOICES[1].help in texts) is (width >= 60)
    assert "Currency EUR · Time zone Europe/Berlin · You are @ana" in texts


@pytest.mark.parametrize("is_current", [True, False])
def test_a_choice_has_its_key_its_name_and_what_it_is_for(is_current: bool) -> None:
    wide, narrow = (_choice(_CHOICES[0], is_current, width) for width in (60, 59))
    assert (wide[1][0] != " ") is is_current
    assert text_of(wide).split()[-1] == _CHOICES[0].help.split()[-1]
    assert text_of(narrow).strip().endswith(_CHOICES[0].label)


NAMES = list(TEMPLATES)[:3]


def picker() -> Any:
    made: Any = TemplatePicker(
        [(name, template(name, pipeline_name="New", currency="EUR")) for name in NAMES]
    )
    made.left = []
    made.leave, made.redraw, made.refuse = made.left.append, lambda: None, lambda why: None
    return made


@pytest.mark.parametrize(
    ("keys", "left"),
    [
        (["enter"], [NAMES[0]]),
        (["j", "enter"], [NAMES[1]]),
        (["k", "enter"], [NAMES[2]]),
        (["j", "j", "j", "enter"], [NAMES[0]]),
        (["down", "up", "enter"], [NAMES[0]]),
        (["2"], [NAMES[1]]),
        (["3"], [NAMES[2]]),
        (["0"], []),
        (["4"], []),
    ],
)
def test_a_template_is_chosen_by_its_place_or_its_number(
    keys: list[str], left: list[str | None]
) -> None:
    made = picker()
    for key in keys:
        TemplatePicker.take_key(made, Key(key, key if len(key) == 1 else None))
    assert made.left == left


def test_all_that_a_template_brings_stands_below_as_far_as_there_is_room() -> None:
    made = picker()
    whole = [*_details(made._templates[0][1], 80)]
    for height, more in ((60, False), (len(whole) + 7, False), (len(whole) + 6, True), (9, True)):
        panel = TemplatePicker.draw(made, 80, height)
        texts = [text_of(line).strip() for line in panel.above]
        assert len(panel.above) == 1 + 3 + 1 + max(0, height - 7)
        assert ("…" in texts) is more
    assert max(map(width_of, whole)) <= 80
    name, pipeline = made._templates[0]
    row = text_of(_row(1, name, pipeline, True))
    assert row.split()[1:3] == ["1", name] and row.endswith(f"{len(pipeline.open_stages)} stages")
    texts = [text_of(line) for line in whole]
    assert all(any(stage.name in text for text in texts) for stage in pipeline.open_stages)
