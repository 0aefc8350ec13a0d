"""Whether the private parts of Textual that are leaned on here are still what they were in 8.2.

Only the shape is looked at: asking for Textual's version costs 28 ms at each start, and the
dependency is pinned below 9 anyway. Where a part has changed, Textual's own way is taken.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

from textual import _compositor
from textual.app import App
from textual.drivers import linux_driver


def _takes(function: Callable[..., Any] | None, *names: str) -> bool:
    code = getattr(function, "__code__", None)
    return code is not None and code.co_varnames[: code.co_argcount] == names


def _has(owner: object, *names: str) -> bool:
    return all(hasattr(owner, name) for name in names)


def _names_in(function: Callable[..., Any] | None) -> tuple[str, ...]:
    code = getattr(function, "__code__", None)
    return code.co_names if code is not None else ()


FRAMES_ARE_KNOWN: Final = (
    _takes(getattr(App, "_display", None), "self", "screen", "renderable")
    and _takes(_compositor.LayoutUpdate.__init__, "self", "strips", "region")
    and _takes(_compositor.ChopsUpdate.__init__, "self", "chops", "spans", "chop_ends")
)
"""Can frames be taken from the compositor before they become bytes?"""

_KEY_PARSER: Final = getattr(linux_driver, "XTermParser", None)

KEYS_ARE_KNOWN: Final = (
    getattr(_KEY_PARSER, "__module__", "") == "textual._xterm_parser"
    and _has(_KEY_PARSER, "feed", "tick")
    and "_timeout_time" in _names_in(getattr(_KEY_PARSER, "tick", None))
    and _takes(getattr(linux_driver.LinuxDriver, "run_input_thread", None), "self")
)
"""Can bytes be fed to Textual's parser of keys by somebody else?"""

CRASHES_ARE_KNOWN: Final = _takes(getattr(App, "_fatal_error", None), "self") and _takes(
    getattr(App, "_print_error_renderables", None), "self"
)
"""Is there one place where Textual reports an error that nobody handled?"""
