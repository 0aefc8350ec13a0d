"""A conflict: both changes of one thing side by side, and whose is to stand."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, tzinfo
from enum import StrEnum

from pipeboard.domain.deal import Answer, Deal
from pipeboard.domain.events import read
from pipeboard.domain.lazy_dataclass import dataclass
from pipeboard.domain.sheet import deal_seen_by
from pipeboard.ui.draw.line import Line, whole, wrap
from pipeboard.ui.draw.questions import field_value_text, rating_words
from pipeboard.ui.overlays.menu import Menu, MenuChoice
from pipeboard.ui.overlays.overlay import Panel
from pipeboard.ui.overlays.question import Given


class Side(StrEnum):
    """Whose change stands: whatever is chosen, the history keeps every version."""

    MINE = "m"
    BOTH = "b"
    FIELDS = "f"
    THEIRS = "t"


@dataclass(frozen=True, slots=True)
class Met:
    """Two changes of one thing: a heading, what they have put there (`fields` by name, in words),
    who and when, and what I have typed."""

    heading: str
    who: str
    theirs: str
    mine: str
    fields: Mapping[str, str]


def about(deal: Deal, eyes: str, details: Mapping[str, object], mine: object, zone: tzinfo) -> Met:
    """What the details of a conflict say, as the deal is now for those eyes, beside what was
    typed."""
    deal = deal_seen_by(deal, eyes)
    at, by = details.get("at"), str(details.get("by") or "somebody")
    when = f" at {datetime.fromisoformat(str(at)).astimezone(zone):%H:%M}" if at else ""
    fields = {
        name.removesuffix("_bp"): str(
            details.get("theirs") or field_value_text(name, _value(deal, name))
        )
        for name in _names(details)
    }
    names = ", ".join(_label(name) for name in fields)
    one = next(iter(fields.values())) if len(fields) == 1 else ""
    theirs = one or "\n".join(f"{_label(name)}: {text}" for name, text in fields.items())
    heading = f"{by} changed {names} of {deal.name}{when}"
    return Met(heading, f"@{by}{when}", theirs, _words(mine, fields), fields)


def _names(details: Mapping[str, object]) -> Sequence[str]:
    names = details["fields"]
    return names if isinstance(names, list | tuple) else ()


def _value(deal: Deal, name: str) -> object:
    try:
        return read(deal, name)
    except AttributeError:
        return ""


def _label(name: str) -> str:
    return name.partition(".")[2].replace("_", " ") or name.replace("_", " ")


def _words(mine: object, fields: Mapping[str, str]) -> str:
    """What was typed; of a form what stands against their fields, or else all of it."""
    if isinstance(mine, dict):
        both = {name: text for name, text in mine.items() if name in fields} or mine
        return "\n".join(f"{_label(name)}: {text or '(empty)'}" for name, text in both.items())
    if isinstance(mine, Given):
        return f"{mine.text}   {rating_words(mine.rating)}"
    return str(mine) if mine else ""


class ConflictMenu(Menu):
    """Dismisses with the side that is taken, or with None: then nothing is stored yet.

    `joins` where both can be put together, `by_field` where the fields of a form can be gone
    through; `notes` where mine becomes a note if theirs stands, and not a draft.
    """

    def __init__(
        self, met: Met, *, joins: bool = False, by_field: bool = False, notes: bool = False
    ) -> None:
        kept = "mine goes into a note" if notes else "mine is kept as a draft"
        choices = [MenuChoice(Side.MINE, "mine, theirs stays in the history")]
        choices += [MenuChoice(Side.BOTH, "both, theirs first")] if joins else []
        choices += [MenuChoice(Side.FIELDS, "field by field")] if by_field else []
        choices.append(MenuChoice(Side.THEIRS, f"theirs, {kept}"))
        super().__init__(met.heading, choices)
        self._sides = ((met.who, met.theirs), ("you", met.mine))

    def draw(self, width: int, height: int) -> Panel:
        panel = super().draw(width, height)
        edge, *choices = panel.above
        room = max(2, (height - len(choices) - 3) // 2)
        both = [line for side in self._sides for line in _side(*side, width)[:room]]
        return Panel((edge, *choices, *both), panel.hints)


def _side(who: str, text: str, width: int) -> list[Line]:
    lines: list[Line] = [(whole(f"   {who}", "pane.who"),)]
    for line in (text or "(empty)").split("\n"):
        lines += [(whole(f"     {part}", "text"),) for part in wrap(line, width - 6)]
    return lines


def joined(theirs: Answer, mine: Given) -> Given:
    """Both answers in one, theirs first; the rating is mine where I gave one."""
    rating = theirs.rating if mine.rating is None else mine.rating
    texts = [text for text in (theirs.text, mine.text) if text]
    evidence = [text for text in (theirs.evidence, mine.evidence) if text]
    return Given("\n".join(texts), "\n".join(evidence), rating)
