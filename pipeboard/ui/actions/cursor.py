"""Keys that move the cursor, however a screen moves it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from pipeboard.ui.host import Host, take_count

if TYPE_CHECKING:
    from pipeboard.ui.screens.board import BoardScreen

_MOST_TIMES: Final = 9_999


def left(host: Host) -> None:
    host.move_cursor(-take_count(host), 0)


def right(host: Host) -> None:
    host.move_cursor(take_count(host), 0)


def up(host: Host) -> None:
    host.move_cursor(0, -take_count(host))


def down(host: Host) -> None:
    host.move_cursor(0, take_count(host))


def top(host: Host) -> None:
    host.count = 0
    host.move_to_end(-1)


def bottom(host: Host) -> None:
    host.count = 0
    host.move_to_end(1)


def half_down(host: Host) -> None:
    host.move_pages(0.5 * take_count(host))


def half_up(host: Host) -> None:
    host.move_pages(-0.5 * take_count(host))


def page_down(host: Host) -> None:
    host.move_pages(take_count(host))


def page_up(host: Host) -> None:
    host.move_pages(-take_count(host))


def stage(host: BoardScreen, number: int) -> None:
    """A bare digit: to that stage, or one more digit of a count."""
    if host.program.look.digits_count:
        host.count = min(host.count * 10 + number, _MOST_TIMES)
        host.say(f"{host.count} times…")
    else:
        go_to_stage(host, number)


def go_to_stage(host: BoardScreen, number: int) -> None:
    """The cursor to the stage with that number."""
    host.say("")
    if not host.state.go_to_stage(number):
        host.say(f"There is no stage {number}.", "status.warn")
    host.redraw()


def back_to_number(host: BoardScreen) -> None:
    """From the deals behind a number to the board as it was before, and the number."""
    if host.shown_behind is None:
        return
    (lens, place, text), host.shown_behind = host.shown_behind, None
    host.state.load(lens)
    host.state.show(filter_text=text, **place._asdict())
    host.redraw()
    host.count_signs()
    host.press("board.metrics")
