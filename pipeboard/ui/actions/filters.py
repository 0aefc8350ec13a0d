"""Keys for filters that nobody types: what needs somebody, and those that were saved."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pipeboard.ui.actions.navigation import set_filter
from pipeboard.ui.draw.pointing import SIGN_FILTERS
from pipeboard.ui.host import ask, read
from pipeboard.ui.last_view import typed_filter
from pipeboard.ui.overlays.picker import Option, Picker
from pipeboard.ui.overlays.prompt import Prompt
from pipeboard.ui.questions import Came, Questions, until_stored

if TYPE_CHECKING:
    from pipeboard.ui.screens.board import BoardScreen

_NEEDS = tuple(SIGN_FILTERS.values())


async def attention(host: BoardScreen) -> None:
    """!: the deals that need somebody, one sign after another, then all again."""
    present = host.state.view.filter_text
    place = _NEEDS.index(present) + 1 if present in _NEEDS else 0
    await show_needs(host, _NEEDS[place] if place < len(_NEEDS) else "")


async def show_needs(host: BoardScreen, text: str) -> None:
    """Only the deals that a filter finds, without a line to type it in."""
    if await set_filter(host, text):
        board = host.state.board
        host.say(f"{board.matching} of {board.total} open deals." if text else "All deals.")


async def saved_filters(host: BoardScreen) -> None:
    saved = await read(host, lambda reader: reader.saved_filters(host.program.me))
    options = [Option(name, name, text) for name, text in saved]
    present = typed_filter(host.state)
    if present:
        options.append(Option("", "Save this filter…", present))
    if not options:
        host.say("No filter is saved yet: type one with /, then F saves it.", "status")
        return
    chosen = await ask(host, Picker("Filters", options))
    if chosen == "":
        host.program.check_writable()
        await until_stored(host, lambda questions: _save_filter(host, questions, present))
    elif chosen is not None:
        await set_filter(host, dict(saved)[chosen])


async def _save_filter(host: BoardScreen, questions: Questions, text: str) -> Came:
    name = await questions.ask(lambda: Prompt(f"Save '{text}' as", draft_key="filter-name"))
    if name is None:
        return None
    await host.program.write_queue.ask(lambda w: w.save_filter(name, text))
    host.say(f"Saved the filter {name}.", "status.ok")
    return True
