"""Frames on their way out: compared cell by cell with what the terminal shows."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import lru_cache
from typing import TYPE_CHECKING, Final, Protocol, runtime_checkable

from rich.color import Color, ColorSystem
from rich.segment import Segment
from rich.style import Style
from textual import constants
from textual._compositor import ChopsUpdate, LayoutUpdate
from textual.app import App, ReturnType
from textual.color import Color as TextualColor
from textual.events import Mount, Resize
from textual.filter import LineFilter
from textual.geometry import Offset
from textual.strip import Strip

from pipeboard.domain.text import printable
from pipeboard.ui.terminal.cells import Piece, Screenful
from pipeboard.ui.terminal.ink import PLAIN, Pen, erases_in_colour, terminal_encoding
from pipeboard.ui.terminal.session import FRAMES_ARE_KNOWN, KEYS_ARE_KNOWN, AnyApp, AnyScreen
from pipeboard.ui.terminal.width import cell_width

if TYPE_CHECKING:
    from rich.console import RenderableType
    from textual.driver import Driver

    from pipeboard.ui.terminal.first_frame import FirstFrame

_BEGIN_SYNCHRONISED: Final = "\x1b[?2026h"
_SHOW_CURSOR: Final = "\x1b[?25h"
_END_SYNCHRONISED: Final = "\x1b[?2026l"
# A shorter frame comes in one packet: it cannot be seen half drawn, so 16 bytes are saved.
_SYNCHRONISED_FROM: Final = 1024

_COLOR_SYSTEMS: Final = {"standard": ColorSystem.STANDARD, "256": ColorSystem.EIGHT_BIT}


@runtime_checkable
class Resizing(Protocol):
    """A driver that remembers whether the terminal had other sizes since it was last asked."""

    def take_resized(self) -> bool:
        """Has it? Asked again, no."""


@runtime_checkable
class Parking(Protocol):
    """A widget that says where the terminal's cursor is to stand while nobody types a text."""

    def parked(self) -> tuple[int, int] | None:
        """The cell on the screen; None where nothing is selected."""


class CellDisplay(App[ReturnType]):
    """An app whose frames send only the cells that change, and nothing hidden in the data.

    Textual sends whole regions: three times the bytes of a moved card, and each control character
    that a text holds. There is no public place between its compositor and its driver, so the
    private `App._display` is overridden, while Textual is shaped as it is known to be; else
    Textual draws and a line filter keeps control characters back.
    """

    first_frame: FirstFrame | None = None
    _screenful: Screenful | None = None
    _is_disturbed = False
    shows_cursor = False
    """Is the terminal's cursor to be seen?"""
    cursor_is_shown = False

    def start_from(self, frame: FirstFrame | None) -> None:
        """Go on from a frame that was painted before: to be called before the app runs."""
        if FRAMES_ARE_KNOWN and _is_our_driver_used() and frame is not None:
            self.first_frame = frame
            self._screenful = frame.screenful
            self._is_disturbed = frame.is_disturbed

    def repaint(self) -> None:
        """Draw everything anew: somebody else wrote to the terminal, or its size has changed."""
        if self._screenful is not None:
            self._screenful.forget()
            self._is_disturbed = True
            self.cursor_is_shown = False
        self.refresh(layout=True)

    action_repaint = repaint

    def get_driver_class(self) -> type[Driver]:
        """Our driver, unless `TEXTUAL_DRIVER` asks for another or Textual has changed."""
        if not _is_our_driver_used():
            return super().get_driver_class()
        from pipeboard.ui.terminal.drivers import TerminalDriver

        return TerminalDriver

    def get_line_filters(self) -> Sequence[LineFilter]:
        """Textual's filters; where cells are not compared, one more that guards the terminal."""
        filters = super().get_line_filters()
        return filters if FRAMES_ARE_KNOWN else [*filters, PrintableOnly()]

    async def _on_mount(self, event: Mount) -> None:
        # Textual leaves the screen blank after ctrl+z and fg.
        self.app_resume_signal.subscribe(self, lambda _app: self.repaint())

    async def _on_resize(self, event: Resize) -> None:
        screenful = self._screenful
        if screenful is None:
            return
        if event.size != (screenful.width, screenful.height):
            screenful.resize(*event.size)
        elif not isinstance(self._driver, Resizing) or not self._driver.take_resized():
            # Nothing has happened to the terminal: it says so when it is taken over.
            return
        # The terminal may have been smaller for a moment, and have lost cells that are shown.
        self.repaint()

    def _display(self, screen: AnyScreen, renderable: RenderableType | None) -> None:
        driver = self._driver
        if (
            not FRAMES_ARE_KNOWN
            or not isinstance(renderable, LayoutUpdate | ChopsUpdate | None)
            or driver is None
            or not _draws_on(self, driver)
        ):
            super()._display(screen, renderable)
            return
        update = self._needed(screen, renderable)
        if update is None:
            return
        sequence = self._compared(update) + _cursor_sequence(self, self._screenful)
        if self._sync_available and len(sequence) >= _SYNCHRONISED_FROM:
            sequence = _BEGIN_SYNCHRONISED + sequence + _END_SYNCHRONISED
        if sequence:
            driver.write(sequence)
            driver.flush()
        self.post_display_hook()

    def _needed(
        self, screen: AnyScreen, update: LayoutUpdate | ChopsUpdate | None
    ) -> LayoutUpdate | ChopsUpdate | None:
        """The update, or the whole screen where nobody knows what the terminal shows.

        A screen that is not laid out for the present size yet gives what it has: it comes again.
        """
        if not self._is_disturbed:
            return update
        compositor = screen._compositor
        if compositor.size != self.size or screen is not self.screen:
            return update
        self._is_disturbed = False
        if isinstance(update, LayoutUpdate) and update.region.size == self.size:
            return update
        whole = compositor.render_update(full=True, screen_stack=self._background_screens)
        return whole if isinstance(whole, LayoutUpdate) else update

    def _compared(self, update: LayoutUpdate | ChopsUpdate) -> str:
        screenful = self._screenful
        if screenful is None:
            screenful = self._screenful = Screenful(
                *self.size, erases_in_colour=erases_in_colour(), encoding=terminal_encoding()
            )
        system = _COLOR_SYSTEMS.get(self.console.color_system or "", ColorSystem.TRUECOLOR)
        if isinstance(update, ChopsUpdate):
            return screenful.frame(_pieces(_chops(update), system))
        return screenful.frame(_pieces(_lines(update), system))


def _draws_on(app: AnyApp, driver: Driver) -> bool:
    return (
        app._running
        and not app._closed
        and not app._batch_count
        and not driver.is_headless
        and not driver.is_inline
        and not driver.is_web
    )


def _cursor_sequence(app: CellDisplay[ReturnType], screenful: Screenful | None) -> str:
    # Hidden or shown, it stands where the focus is: input methods show their candidates beside it,
    # magnifiers and Braille displays follow it.
    if screenful is None:
        return ""
    focused = app.focused
    position: tuple[int, int] | None = None
    if focused is not None and focused.check_consume_key("a", "a"):
        position = app.cursor_position
    else:
        parks = (child for child in app.screen.children if isinstance(child, Parking))
        position = next((cell for child in parks if (cell := child.parked())), None)
    if position is None:
        return ""
    place = app.screen.outer_size.clamp_offset(Offset(*position))
    shown = "" if app.cursor_is_shown or not app.shows_cursor else _SHOW_CURSOR
    app.cursor_is_shown = app.shows_cursor
    return screenful.move_cursor(*place) + shown


class PrintableOnly(LineFilter):
    """Keeps every character back that is not safe to print, and the cells as many as before."""

    def apply(self, segments: list[Segment], background: TextualColor) -> list[Segment]:
        """The same segments, harmless."""
        return [
            segment
            if segment.control or segment.text.isprintable()
            else Segment(_harmless(segment.text), segment.style)
            for segment in segments
        ]


def _is_our_driver_used() -> bool:
    return KEYS_ARE_KNOWN and constants.DRIVER is None


def _harmless(text: str) -> str:
    shown = printable(text)
    return shown + " " * (cell_width(text) - cell_width(shown))


def _lines(update: LayoutUpdate) -> Iterator[tuple[int, int, Strip]]:
    """The strips of a whole frame; what is missing in a row, or a whole row, is blank."""
    region = update.region
    for y, line in enumerate(update.strips, region.y):
        x = region.x
        for strip in line:
            if strip is None:
                # How wide it would be is not told, so nothing is known of the rest of the row.
                break
            yield x, y, strip
            x += strip.cell_length
        if x < region.right:
            yield x, y, Strip.blank(region.right - x)
    for y in range(region.y + len(update.strips), region.bottom):
        yield region.x, y, Strip.blank(region.width)


def _chops(update: ChopsUpdate) -> Iterator[tuple[int, int, Strip]]:
    """The strips that an update touches, cut where it ends, as `ChopsUpdate` itself does.

    Rows that it has no strips for are those of a size that the screen had before.
    """
    rows = min(len(update.chops), len(update.chop_ends))
    for y, first, last in update.spans:
        if not 0 <= y < rows:
            continue
        for end, (x, strip) in zip(update.chop_ends[y], update.chops[y].items(), strict=False):
            if strip is None or x > last or end <= first:
                continue
            if x < first or end > last:
                strip = strip.crop(0, min(end, last) - x)
            yield x, y, strip


def _pieces(strips: Iterator[tuple[int, int, Strip]], system: ColorSystem) -> Iterator[Piece]:
    for x, y, strip in strips:
        for text, style, control in strip:
            if control:
                continue
            yield x, y, text, PLAIN if style is None else _pen(style, system)
            x += cell_width(text)


@lru_cache(maxsize=8192)
def _pen(style: Style, system: ColorSystem) -> Pen:
    # Bits that Rich keeps for itself; asking thirteen properties costs ten times as much.
    attributes = style._attributes & style._set_attributes
    return _pen_of_colors(style.color, style.bgcolor, attributes, system)


@lru_cache(maxsize=4096)
def _pen_of_colors(
    color: Color | None, background: Color | None, attributes: int, system: ColorSystem
) -> Pen:
    return Pen(_codes(color, system, True), _codes(background, system, False), attributes)


def _codes(color: Color | None, system: ColorSystem, foreground: bool) -> str:
    if color is None or color.is_default:
        return ""
    return ";".join(color.downgrade(system).get_ansi_codes(foreground))
