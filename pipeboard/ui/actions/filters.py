"""Filters that nobody types: what needs somebody, and those that are saved under a name."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from typing import TYPE_CHECKING

from pipeboard.ui.actions.navigation import set_filter
from pipeboard.ui.draw.changes import SIGN_FILTERS
from pipeboard.ui.draw.heading import found_words
from pipeboard.ui.execute import Came, ask_until_stored, tell
from pipeboard.ui.host import ask, read
from pipeboard.ui.keys import key_for
from pipeboard.ui.last_view import typed_filter
from pipeboard.ui.overlays.menu import Menu, MenuChoice, Option, Picker
from pipeboard.ui.overlays.prompt import Prompt
from pipeboard.workspace.reports import rename_filter, save_filter

if TYPE_CHECKING:
    from pipeboard.ui.screens.board import BoardScreen

_SAVE, _CHANGE = "\0save", "\0change"
_NEEDS = tuple(SIGN_FILTERS.values())


async def attention(host: BoardScreen) -> None:
    """!: the deals that need somebody, one sign after another, then all again."""
    present = host.state.view.filter_text
    place = _NEEDS.index(present) + 1 if present in _NEEDS else 0
    await show_needs(host, _NEEDS[place] if place < len(_NEEDS) else "")


async def show_needs(host: BoardScreen, text: str) -> None:
    """Only the deals that a filter finds, without a line to type it in."""
    if await set_filter(host, text):
        host.say(f"{found_words(host.state.view)}." if text else "All deals.")


async def saved_filters(host: BoardScreen) -> None:
    saved = await read(host, lambda reader: reader.saved_filters(host.program.me))
    options = [Option(name, name, text) for name, text in saved]
    present = typed_filter(host.state)
    if present:
        options.append(Option(_SAVE, "Save this filter…", present))
    if not options:
        typed, saves = (key_for(host.keys, action) for action in ("filter", "saved_filters"))
        words = f"No filter is saved yet: type one with {typed}, then {saves} saves it."
        host.say(words, "status.warn")
        return
    if saved:
        options.append(Option(_CHANGE, "Change or forget one…"))
    chosen = await ask(host, Picker("Filters", options))
    if chosen == _SAVE:
        host.program.check_writable()
        await _save_filter(host, present)
    elif chosen == _CHANGE:
        host.program.check_writable()
        await _change_filter(host, dict(saved))
    elif chosen is not None:
        await set_filter(host, dict(saved)[chosen])


async def _change_filter(host: BoardScreen, saved: Mapping[str, str]) -> None:
    """One of the saved filters gets other terms or another name, or is forgotten."""
    options = [Option(name, name, text) for name, text in saved.items()]
    name = await ask(host, Picker("Change which filter?", options))
    if name is None:
        return
    keys = [MenuChoice("e", "its terms"), MenuChoice("n", "its name"), MenuChoice("d", "forget it")]
    key = await ask(host, Menu(f"Filter {name}: {saved[name]}", keys))
    queue = host.program.write_queue
    if key == "d":
        await tell(host, await queue.ask(lambda w: save_filter(w, name, "")))
        return

    if key is None:
        return
    value, label, change = (
        (saved[name], "Terms", save_filter) if key == "e" else (name, "Name", rename_filter)
    )

    async def store(text: str) -> Came:
        await tell(host, await queue.ask(lambda w: change(w, name, text)))
        return True

    title, draft_key = f"{label} of the filter {name}", f"filter-{key}-{name}"
    await ask_until_stored(host, partial(Prompt, title, value=value, draft_key=draft_key), store)


async def _save_filter(host: BoardScreen, text: str) -> None:
    async def store(name: str) -> Came:
        receipt = await host.program.write_queue.ask(lambda w: save_filter(w, name, text))
        await tell(host, receipt)
        return True

    line = partial(Prompt, f"Save '{text}' as", draft_key="filter-name")
    await ask_until_stored(host, line, store)
