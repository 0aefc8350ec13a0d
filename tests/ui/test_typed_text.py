"""Nothing typed is lost: whatever becomes of a change, its words are there until it is stored."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from pipeboard.domain.deal import Contact, Term
from pipeboard.domain.errors import BadInput, DatabaseError, NotFound, PipeboardError
from pipeboard.domain.money import Money
from pipeboard.domain.people import Actor
from pipeboard.store import Store
from pipeboard.ui.overlays.overlay import Overlay
from tests.team import NOW
from tests.ui.desk import Desk, desk
from tests.verbs import Workspace

DAY = "24 dec 2027"


LOSS = ("x", *"more", "enter")
"""The way to all that there is to say of a lost deal."""


@dataclass(frozen=True)
class Asked:
    """A question of the key table: the keys that lead to it, a text for it, the keys that end it,
    and the use case that stores it."""

    keys: tuple[str, ...]
    text: str
    use: str
    end: tuple[str, ...] = ("enter",)


QUESTIONS = {
    "note": Asked(("n",), "ask about the forks", "execute"),
    "next step": Asked(("t",), f"{DAY} ask about forks", "execute"),
    "day alone": Asked(("t",), DAY, "execute"),
    "outcome": Asked(("i", "c", "o"), "they want forks", "execute"),
    "value": Asked(("$",), "4711", "execute"),
    "won": Asked(("w",), "4711", "execute"),
    "close": Asked(("c",), DAY, "execute"),
    "probability": Asked(("%",), "47", "execute"),
    "tags": Asked(("#",), "forks", "execute"),
    "snooze": Asked(("z", "d"), DAY, "execute"),
    "lost": Asked((*LOSS, *"price", "enter"), "too many forks", "execute"),
    "competitor": Asked((*LOSS, *"competitor", "enter", "enter"), "Forks Inc", "execute"),
    "again": Asked((*LOSS, *"timing", "enter", "enter"), DAY, "execute"),
    "add": Asked(("a",), "Fork Ltd: forks 5k", "add_deal"),
    "answer": Asked(("Q",), "no forks at all", "execute"),
    "form": Asked(("e",), "Forks", "execute", ("ctrl+s",)),
    "person": Asked(("enter", "5", "a"), "Ada Fork", "execute", ("ctrl+s",)),
    "term": Asked(("enter", "6", "a"), "forks a day", "execute", ("ctrl+s",)),
    "long note": Asked(("enter", "3", "a"), "forks", "execute", ("ctrl+s",)),
}
AT_ONCE = {name: asked for name, asked in QUESTIONS.items() if name != "won"}
"""Those that are stored at once; a win has its gate first, and a test of its own."""
WAYS: dict[str, Callable[[], PipeboardError]] = {
    "refused": lambda: BadInput("That cannot be.", hint="Try something else."),
    "gone": lambda: NotFound("There is no deal D-1."),
    "broken": lambda: DatabaseError("The disk is full.", hint="Make room."),
}


_PLACES = {
    "execute": "pipeboard.workspace.Workspace.execute",
    "add_deal": "pipeboard.workspace.new_deals.add_deal",
}


@contextmanager
def failing(monkeypatch: pytest.MonkeyPatch, use: str, error: PipeboardError) -> Iterator[None]:
    """A use case that cannot be carried out."""

    def fail(*_: Any, **__: Any) -> None:
        raise error

    with monkeypatch.context() as patched:
        patched.setattr(_PLACES[use], fail)
        yield


async def type_it(board: Desk, asked: Asked) -> None:
    await board.press(*asked.keys)
    await board.type(asked.text)
    await board.settle()


def overlay_of(board: Desk) -> Overlay[Any]:
    overlay = board.app.screen
    assert isinstance(overlay, Overlay), "no question is asked"
    return overlay


def typed_in(board: Desk) -> str:
    """What the question on the screen would keep."""
    draft = overlay_of(board).draft
    return draft.typed if draft is not None else ""


@pytest.mark.parametrize("asked", QUESTIONS.values(), ids=QUESTIONS)
@pytest.mark.parametrize("way", WAYS.values(), ids=WAYS)
async def test_what_could_not_be_stored_comes_back_with_the_reason_and_is_stored_then(
    demo: Path,
    monkeypatch: pytest.MonkeyPatch,
    asked: Asked,
    way: Callable[[], PipeboardError],
) -> None:
    async with desk(demo) as board:
        await type_it(board, asked)
        error = way()
        with failing(monkeypatch, asked.use, error):
            await board.press(*asked.end)
        first = overlay_of(board).draft
        assert first is not None
        assert asked.text in "".join(board.app.drafts.all().values()).replace("\\n", "\n")
        assert any(error.message in line for line in board.lines()), board.lines()
        board.app.save_drafts()
        assert asked.text in "".join(board.app.drafts.all().values()).replace("\\n", "\n")
        while asked.text not in typed_in(board):  # questions before it come back first
            await board.press(*asked.end)
        with failing(monkeypatch, asked.use, error):
            await board.press(*asked.end)
        while asked.text not in typed_in(board):
            await board.press(*asked.end)
        await board.press("escape")
        assert not isinstance(board.app.screen, Overlay)
        assert asked.text in "".join(board.app.drafts.all().values())


@pytest.mark.parametrize("asked", AT_ONCE.values(), ids=AT_ONCE)
async def test_what_is_typed_is_there_again_after_leaving_and_gone_once_it_is_stored(
    demo: Path, asked: Asked
) -> None:
    async with desk(demo) as board:
        await type_it(board, asked)
        board.app.save_drafts()
        assert asked.text in "".join(board.app.drafts.all().values())
    async with desk(demo) as board:
        assert board.app.drafts.kept_lines()[0].startswith("1 text was kept: ")
        await board.press(*asked.keys)
        assert asked.text in typed_in(board)
        assert board.shows("Kept from ")
        await board.press("escape", *asked.keys[-1:] if len(asked.keys) == 1 else ())
        if len(asked.keys) > 1:
            await board.press(*(asked.keys[2:] if asked.keys[0] == "enter" else asked.keys))
        await board.press(*asked.end)
        while isinstance(board.app.screen, Overlay) and asked.text in typed_in(board):
            await board.press(*asked.end)
        assert asked.text not in "".join(board.app.drafts.all().values())


async def test_an_answer_given_earlier_in_the_same_action_is_kept_with_the_one_under_way(
    demo: Path,
) -> None:
    async with desk(demo) as board:
        await board.press(*LOSS)
        await board.type("competitor")
        await board.press("enter")
        await board.type("they were half the price")
        await board.press("enter")
        await board.type("Acm")
        board.app.save_drafts()
    async with desk(demo) as board:
        await board.press(*LOSS)
        await board.type("competitor")
        await board.press("enter")
        assert board.shows("they were half the price")
        await board.press("enter")
        assert board.shows("Acm")


@contextmanager
def workspace_of(path: Path, who: str) -> Iterator[Workspace]:
    store = Store.open(str(path))
    try:
        yield Workspace(store, lambda: NOW, Actor(who))
    finally:
        store.close()


async def met(board: Desk, path: Path) -> int:
    """bo changes value and step of the deal while this person types; the deal's number."""
    deal_id = board.card.id
    with workspace_of(path, "bo") as other:
        other.edit([deal_id], {"value": Money(100_00, "EUR"), "account": "Bo and Sons"})
        other.plan([deal_id], "24 dec 2027 call Rita")
    return deal_id


@pytest.mark.parametrize(("key", "value"), [("m", 7_000_00), ("t", 100_00), ("escape", 100_00)])
async def test_a_value_that_somebody_else_has_set_meanwhile_is_shown_beside_mine(
    demo: Path, key: str, value: int
) -> None:
    async with desk(demo) as board:
        await board.press("$")
        await board.type("7k")
        deal_id = await met(board, demo)
        await board.press("enter")
        assert board.shows("@bo at ")
        assert board.shows("€100")
        assert board.shows("7k")
        await board.press(key)
        assert board.stored(deal_id).value == Money(value, "EUR")
        kept = "7k" in board.app.drafts.all().values()
        assert kept == (key != "m"), "mine is a draft where it is not stored"


@pytest.mark.parametrize(
    ("asked", "field", "mine", "theirs"),
    [
        ("o", "owner", "ana", "bo"),
        ("person", "contacts", "Ada Fork", "Bob"),
        ("term", "terms", "mine", "yours"),
        ("note", "note", "my text, gone on with", "rewritten meanwhile"),
    ],
)
@pytest.mark.parametrize("side", ["m", "t"])
async def test_whatever_two_have_changed_one_says_which_stands(
    demo: Path, asked: str, field: str, mine: str, theirs: str, side: str
) -> None:
    async with desk(demo) as board:
        deal_id = board.card.id
        with workspace_of(demo, "bo") as other, workspace_of(demo, "ana") as me:
            me.set_contact(deal_id, Contact("Ada"), "ada")
            me.set_term(deal_id, Term("price"), "price")
            me.add_note([deal_id], "my text")
            version = board.stored(deal_id).version
            await board.until(lambda: board.card.version == version)
            await board.press("enter")
            match asked:
                case "o":
                    await board.press("o")
                    await board.type(mine)
                    other.assign([deal_id], theirs)
                    await board.press("enter")
                case "person":
                    await board.press("5", "j", "enter")
                    await board.type(" Fork")
                    other.set_contact(deal_id, Contact(theirs), "ada")
                    await board.press("ctrl+s")
                case "term":
                    await board.press("6", "enter", "down")
                    await board.type(mine)
                    other.set_term(deal_id, Term("price", theirs), "price")
                    await board.press("ctrl+s")
                case _:
                    await board.press("3", "enter")
                    await board.type(", gone on with")
                    (note,) = me.reader.history.notes(deal_id)
                    me.edit_note(deal_id, note.id, theirs)
                    await board.press("ctrl+s")
        await board.until(lambda: board.shows("theirs, mine is kept as a draft"))
        assert board.shows(theirs)
        await board.press(side)
        deal = board.stored(deal_id)
        stands = {
            "owner": deal.owner,
            "contacts": deal.contacts["ada"].name,
            "terms": deal.terms["price"].ours,
            "note": board.workspace.reader.history.notes(deal_id)[0].text,
        }[field]
        assert stands == (mine if side == "m" else theirs)


async def test_two_next_steps_can_be_made_one(demo: Path) -> None:
    async with desk(demo) as board:
        await board.press("t")
        await board.type("31 dec 2027 send the offer")
        deal_id = await met(board, demo)
        await board.press("enter", "b")
        step = board.stored(deal_id).next_step
        assert step is not None
        assert step.text == "send the offer; call Rita"


async def test_in_a_form_each_field_can_be_decided(demo: Path) -> None:
    async with desk(demo) as board:
        await board.press("e", "down", "ctrl+u")
        await board.type("Mine AG")
        deal_id = await met(board, demo)
        await board.press("ctrl+s")
        assert board.shows("Bo and Sons")
        await board.press("f")
        assert board.shows("@bo at 10:00: Bo and Sons"), board.lines()
        await board.press("ctrl+s")
        assert board.stored(deal_id).account == "Mine AG"
        assert board.stored(deal_id).value == Money(100_00, "EUR"), "bo's value stays"


async def test_theirs_in_a_form_leaves_my_other_fields(demo: Path) -> None:
    async with desk(demo) as board:
        title = board.deal.title
        await board.press("e", "down", "ctrl+u")
        await board.type("Mine AG")
        await board.press("down", "end")
        await board.type(" and more")
        deal_id = await met(board, demo)
        await board.press("ctrl+s", "t")
        assert board.stored(deal_id).account == "Bo and Sons"
        assert board.stored(deal_id).title == f"{title} and more"


async def test_a_day_alone_puts_the_step_of_each_deal_off_and_keeps_its_words(demo: Path) -> None:
    async with desk(demo) as board:
        await board.press("space", "space")
        ids = sorted(board.state.view.marks)
        with workspace_of(demo, "bo") as other:
            for deal_id, words in zip(ids, ("ask Rita", "send the drawing"), strict=True):
                other.plan([deal_id], f"1 dec 2027 {words}")
        await board.until(lambda: all(board.stored(i).next_step for i in ids))
        await board.press("escape", "space", "space", "t", "3", "enter")
        steps = [board.stored(deal_id).next_step for deal_id in ids]
        assert [step.text for step in steps if step] == ["ask Rita", "send the drawing"]
        assert all(step and step.due and step.due.weekday() < 5 for step in steps)


async def test_a_draft_that_cannot_be_written_is_said_and_the_text_stays(demo: Path) -> None:
    folder = demo.parent / "state" / "drafts"
    async with desk(demo) as board:
        folder = board.app.drafts._folder
        folder.parent.mkdir(parents=True, exist_ok=True)
        folder.write_text("not a folder")
        assert board.app.drafts.kept_lines() == []
        await board.press("n")
        await board.type("precious")
        board.app.save_drafts()
        await board.settle()
        assert board.lines()[-1].startswith(" What you type cannot be kept:")
        await board.press("escape")
        assert board.shows("Discard what you changed"), "nothing keeps it, so it asks"
        await board.press("n", "enter")
        assert [note.text for note in board.workspace.reader.history.notes(board.card.id)] == [
            "precious"
        ]


async def test_lines_of_this_session_come_back_by_the_arrows(demo: Path) -> None:
    async with desk(demo) as board:
        for text in ("first", "second"):
            await board.press("n")
            await board.type(text)
            await board.press("enter")
        await board.press("j", "n", "up")
        assert typed_in(board) == "second"
        await board.press("up")
        assert typed_in(board) == "first"
        await board.press("down", "down")
        assert typed_in(board) == ""


async def test_what_escape_kept_is_typed_over_and_can_be_gone_back_to(demo: Path) -> None:
    async with desk(demo) as board:
        await board.press("n")
        await board.type("a stray thought")
        await board.press("escape", "n")
        assert typed_in(board) == "a stray thought"
        await board.type("another")
        assert typed_in(board) == "another"
        await board.press("up")
        assert typed_in(board) == "a stray thought"


async def test_a_pasted_mail_keeps_its_lines(demo: Path) -> None:
    from textual.events import Paste

    async with desk(demo) as board:
        await board.press("n")
        await board.type("From Rita ")
        board.app.post_message(Paste("Hello,\r\n\r\nforks please\r\nRita"))
        await board.settle()
        await board.until(lambda: board.shows("forks please"))
        await board.press("ctrl+s")
        (note,) = board.workspace.reader.history.notes(board.card.id)
        assert note.text == "From Rita Hello,\n\nforks please\nRita"


async def test_a_text_that_is_too_long_to_store_is_refused_whole(demo: Path) -> None:
    from textual.events import Paste

    async with desk(demo) as board:
        await board.press("n")
        board.app.post_message(Paste("x" * 30_000))
        await board.settle()
        await board.press("ctrl+s")
        await board.until(lambda: any("30,000 characters" in line for line in board.lines()))
        assert len(typed_in(board)) == 30_000


async def test_why_a_gate_is_overridden_is_kept_until_it_is_logged(
    demo: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with desk(demo) as board:
        await board.press("l", "L")
        stage = board.deal.stage_id
        await board.press("o")
        await board.type("signed on the phone")
        board.app.save_drafts()
    async with desk(demo) as board:
        await board.press("L", "o")
        assert typed_in(board) == "signed on the phone"
        with failing(monkeypatch, "execute", DatabaseError("The disk is full.")):
            await board.press("enter")
        assert board.shows("The disk is full.")
        assert typed_in(board) == "signed on the phone"
        await board.press("enter")
        assert board.app.drafts.all() == {}
        assert board.deal.stage_id != stage


async def test_the_amount_of_a_win_is_kept_until_its_gate_is_passed(demo: Path) -> None:
    async with desk(demo) as board:
        deal_id = board.card.id
        await board.press("w")
        await board.type("4711")
        await board.press("enter")
        assert board.shows("the gate")
        assert "4711" in board.app.drafts.all().values()
        await board.press("o")
        await board.type("signed on the phone")
        await board.press("enter")
        assert board.stored(deal_id).value == Money(4711_00, "EUR")
        assert board.app.drafts.all() == {}


async def test_an_editor_that_fails_leaves_what_was_written_with_the_reason(
    demo: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(_text: str) -> str:
        raise PipeboardError(
            "The editor was killed.",
            hint="Its text is in /tmp/text.md.",
            details={"path": "/tmp/text.md", "text": "all of it\nand more"},
        )

    async with desk(demo) as board:
        monkeypatch.setattr(board.app, "suspend", nullcontext)
        object.__setattr__(board.app.choices, "edit", fail)
        await board.press("n")
        await board.type("all of")
        await board.press("ctrl+g")
        await board.until(lambda: board.shows("The editor was killed."))
        assert board.shows("/tmp/text.md")
        assert typed_in(board) == "all of it\nand more"
        assert "all of it\nand more" in board.app.drafts.all().values()
        await board.press("ctrl+s")
        (note,) = board.workspace.reader.history.notes(board.card.id)
        assert note.text == "all of it\nand more"
