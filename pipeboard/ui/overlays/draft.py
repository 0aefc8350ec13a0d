"""The draft of an overlay: written down a second later at the latest, until it is stored."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from typing import TYPE_CHECKING, Final

from textual.timer import Timer

from pipeboard.ui.draw.line import Line, blank, whole, wrap
from pipeboard.ui.palette import Role
from pipeboard.ui.terminal.drafts import Drafts

if TYPE_CHECKING:
    from pipeboard.ui.terminal.session import AnyApp, AnyScreen

_PAUSE_SECONDS: Final = 1.0


class Draft:
    """The draft of one overlay under one key of `app.drafts`; without a key nothing is kept.

    The key begins with the kind of text (`note:3`), `title` says of what it is. `text` tells what
    is typed, empty where there is nothing to keep; `complain` is given a sentence, once, when it
    cannot be written down. A text that came back because it could not be stored is `handed`, with
    the reason `why`, from memory.
    """

    def __init__(
        self,
        screen: AnyScreen,
        key: str,
        title: str,
        text: Callable[[], str],
        complain: Callable[[str], None],
    ) -> None:
        self._screen = screen
        self.key = key
        self._title = title
        self._text = text
        self._complain = complain
        self._timer: Timer | None = None
        self._place: Drafts | None = None
        self.has_failed = False
        self.handed = ""
        self.why = ""
        self.note = ""

    @property
    def kind(self) -> str:
        """The kind of text that it is."""
        return self.key.partition(":")[0]

    @property
    def is_kept(self) -> bool:
        """Does leaving keep what is typed?"""
        return self._drafts() is not None

    @property
    def typed(self) -> str:
        """What is typed now and not stored yet."""
        return self._text()

    def hand(self, text: str, why: str) -> None:
        """Begin with a text that could not be stored, and say why not."""
        self.handed, self.why = text, why

    def found(self, hint: str = "^r clears it") -> str:
        """What was left here before; empty where nothing was. `hint` what to do about it."""
        drafts = self._drafts()
        kept = drafts.take(self.key) if drafts else None
        if self.handed:
            return self.handed
        if drafts is None or kept is None:
            return ""
        self.note = f"Kept from {drafts.when(kept.at)}; {hint}."
        # A text that is cleared can be gone back to.
        drafts.remember(self.kind, kept.text)
        return kept.text

    def lines(self) -> tuple[str, ...]:
        """What can be gone back to: kept here by whomever, or typed in this session; the newest
        is the last."""
        drafts = self._drafts()
        if drafts is None:
            return ()
        typed = drafts.lines(self.kind)
        kept = (each.text for each in reversed(drafts.kept(self.key)))
        return (*(text for text in kept if text not in typed), *typed)

    def said(self, width: int) -> list[Line]:
        """Why the text has come back, or since when it was kept."""
        role: Role
        role, text = ("input.error", self.why) if self.why else ("text.dim", self.note)
        return [(blank(3), whole(part, role)) for part in wrap(text, width - 4)] if text else []

    def changed(self) -> None:
        """Something was typed: it will be written down soon."""
        if self._timer is None and self._drafts() is not None:
            self._timer = self._screen.set_timer(_PAUSE_SECONDS, self.keep)

    def forgiven(self) -> None:
        """Something else is typed now than what came back."""
        self.why = self.note = ""

    def keep(self, text: str | None = None) -> None:
        """Write down now what is typed, or another text; never raises."""
        self._stop()
        drafts = self._drafts()
        if drafts is None:
            return
        text = self._text() if text is None else text
        if not text:
            drafts.discard(self.key)
            return
        try:
            drafts.save(self.key, text, self._title)
        except OSError as error:
            if not self.has_failed:
                self._complain(f"What you type cannot be kept: {error.strerror or error}.")
            self.has_failed = True
        else:
            self.has_failed = False

    def left(self, text: str) -> None:
        """The overlay is left with a text: it can be gone back to, and stays until `settled`."""
        self.keep(text)
        drafts = self._drafts()
        if drafts is not None and text.strip():
            drafts.remember(self.kind, text)

    def move(self, key: str, text: str) -> None:
        """Kept under another key, what is there already beside it."""
        self.settled()
        self.key = key
        self.found()
        self.left(text)

    def settled(self) -> None:
        """It has been stored: there is nothing to come back to."""
        self._stop()
        drafts = self._drafts()
        if drafts is not None:
            drafts.discard(self.key)

    def _stop(self) -> None:
        if self._timer is not None:
            self._timer.stop()
            self._timer = None

    def _drafts(self) -> Drafts | None:
        # Once it is closed, an overlay has no app any more.
        if self._place is None and self.key:
            self._place = drafts_of(self._screen.app)
        return self._place


class TypedValues:
    """Texts of several fields as they are typed, beside those that stood there `before`."""

    def __init__(self, before: Mapping[str, str]) -> None:
        self.before = dict(before)
        self.now = dict(before)
        self._aside = ""

    @property
    def changed(self) -> dict[str, str]:
        """The fields that are another than they were."""
        return {name: text for name, text in self.now.items() if text != self.before[name]}

    def as_draft(self) -> str:
        """What is changed, to be kept; empty where nothing is."""
        changed = self.changed
        return json.dumps(changed) if changed else ""

    def take_up(self, draft: str) -> None:
        """Goes on with what was kept, as far as there are such fields."""
        with suppress(ValueError):
            kept = json.loads(draft)
            if isinstance(kept, dict):
                texts = {name: text for name, text in kept.items() if isinstance(text, str)}
                self.now |= {name: texts[name] for name in self.now if name in texts}

    def start_anew(self) -> None:
        """As it was before anything was typed; once more, as it was typed."""
        if self.changed:
            self._aside, self.now = self.as_draft(), dict(self.before)
        else:
            self.take_up(self._aside)


def key_of(kind: str, ids: Sequence[int], *field: str) -> str:
    """The key of a draft: a kind of text, the deals that it is about, and which field of them."""
    return ":".join((kind, ",".join(map(str, ids)), *field))


def key_after_merge(key: str, gone: int, kept: int) -> str:
    """That key where a deal of it is merged into another; it stays where it is about others."""
    kind, _, about = key.partition(":")
    ids, *field = about.split(":")
    deals = ids.split(",")
    if str(gone) not in deals:
        return key
    stay = dict.fromkeys(kept if deal == str(gone) else int(deal) for deal in deals)
    return key_of(kind, list(stay), *field)


def drafts_of(app: AnyApp) -> Drafts | None:
    """Where the app keeps drafts, `app.drafts`, if it does."""
    drafts = getattr(app, "drafts", None)
    return drafts if isinstance(drafts, Drafts) else None
