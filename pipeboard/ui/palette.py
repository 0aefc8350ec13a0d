"""Themes: what each role of a drawn line looks like in each of them."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from types import MappingProxyType
from typing import Final, Literal, NamedTuple

from pipeboard.domain.lazy_dataclass import dataclass, replace
from pipeboard.ui.terminal.ink import ColorDepth, Ink

Role = Literal[
    "text",
    "text.dim",
    "text.strong",
    "bar",
    "bar.product",
    "bar.title",
    "bar.dim",
    "bar.sum",
    "bar.overdue",
    "bar.none",
    "bar.stalled",
    "tag.demo",
    "tag.readonly",
    "tag.filter",
    "strip",
    "strip.shown",
    "column.mark",
    "column.head",
    "column.head.current",
    "column.sum",
    "rule",
    "more",
    "empty",
    "sign.overdue",
    "sign.none",
    "sign.stalled",
    "mark",
    "card.name",
    "card.marked",
    "card.title",
    "card.asleep",
    "card.money",
    "card.next",
    "card.due",
    "card.due.over",
    "card.missing",
    "card.days",
    "card.days.over",
    "card.fact",
    "card.won",
    "card.lost",
    "cursor",
    "cursor.text",
    "cursor.name",
    "cursor.money",
    "cursor.overdue",
    "cursor.none",
    "cursor.stalled",
    "status",
    "status.name",
    "status.step",
    "status.ok",
    "status.warn",
    "status.error",
    "hint",
    "hint.key",
    "hint.label",
    "pane.title",
    "pane.head",
    "pane.label",
    "pane.money",
    "pane.tag",
    "pane.yes",
    "pane.no",
    "pane.unknown",
    "pane.due",
    "pane.who",
    "pane.time",
    "input.label",
    "input.text",
    "input.caret",
    "input.chip",
    "input.error",
    "chart.full",
    "chart.rest",
    "chart.mark",
    "chart.label",
    "chart.good",
    "chart.bad",
]
"""What a run of text means; the first word is the place it stands in."""


@dataclass(frozen=True, slots=True)
class Theme:
    """An ink for every role. A background is only given together with a foreground, so that text
    can be read whatever the terminal's own colours are."""

    name: str
    inks: Mapping[Role, Ink]

    def ink(self, role: Role) -> Ink:
        return self.inks[role]


class Paints(NamedTuple):
    """The few colours that a theme is made of; None is the terminal's own. `ground` is what that
    one's background is taken for."""

    ground: str | None
    dim: str | None
    faint: str | None
    accent: str | None
    red: str | None
    amber: str | None
    violet: str | None
    green: str | None
    bar_text: str | None
    bar_dim: str | None
    bar_back: str | None
    lit_text: str | None
    lit_back: str | None
    on_paint: str | None


# The hues of Okabe and Ito, told apart by every eye, lightened or darkened to be read on the
# background they are meant for. Greys are pure, since 256 colours have a ramp for those only.
_DARK = Paints(
    ground="#121212",
    dim="#949494",
    faint="#444444",
    accent="#5fafff",
    red="#ff5f5f",
    amber="#e69f00",
    violet="#d787d7",
    green="#5faf87",
    bar_text="#d0d0d0",
    bar_dim="#949494",
    bar_back="#262626",
    lit_text="#eeeeee",
    lit_back="#3a3a3a",
    on_paint="#121212",
)
_LIGHT = Paints(
    ground="#ffffff",
    dim="#6c6c6c",
    faint="#c6c6c6",
    accent="#005faf",
    red="#af0000",
    amber="#875f00",
    violet="#875f87",
    green="#005f5f",
    bar_text="#303030",
    bar_dim="#6c6c6c",
    bar_back="#e4e4e4",
    lit_text="#121212",
    lit_back="#d0d0d0",
    on_paint="#ffffff",
)
_SIXTEEN = Paints(
    ground=None,
    dim=None,
    faint="bright_black",
    accent="cyan",
    red="red",
    amber="yellow",
    violet="magenta",
    green="green",
    bar_text=None,
    bar_dim=None,
    bar_back=None,
    lit_text=None,
    lit_back=None,
    on_paint="black",
)


_LOOKS: Final[Mapping[str, tuple[Role, ...]]] = MappingProxyType(
    {
        "plain": ("text", "strip.shown", "card.name", "card.money", "status.step", "input.text"),
        "dim": (
            "text.dim",
            "strip",
            "column.sum",
            "more",
            "empty",
            "card.next",
            "card.due",
            "card.days",
            "card.fact",
            "card.lost",
            "card.asleep",
            "card.title",
            "status",
            "pane.label",
            "pane.time",
            "chart.label",
        ),
        "strong": (
            "text.strong",
            "column.head",
            "status.name",
            "pane.title",
            "pane.money",
            "pane.due",
        ),
        "bar": ("bar", "bar.sum"),
        "bar accent": ("bar.product", "hint.key"),
        "bar strong": ("bar.title",),
        "bar dim": ("bar.dim", "hint", "hint.label"),
        "bar red": ("bar.overdue",),
        "bar amber": ("bar.none", "tag.filter"),
        "bar violet": ("bar.stalled",),
        "on amber": ("tag.demo",),
        "on red": ("tag.readonly",),
        "accent": (
            "column.mark",
            "card.marked",
            "cursor",
            "pane.tag",
            "pane.who",
            "input.chip",
            "chart.full",
        ),
        "strong accent": ("column.head.current", "mark", "pane.head", "input.label"),
        "faint": ("rule", "chart.rest"),
        "strong red": ("sign.overdue", "status.error"),
        "strong amber": ("sign.none",),
        "strong violet": ("sign.stalled", "card.days.over"),
        "red": ("card.due.over", "pane.no", "input.error", "chart.bad"),
        "amber": ("card.missing", "status.warn", "pane.unknown", "chart.mark"),
        "green": ("card.won", "status.ok", "pane.yes", "chart.good"),
        "reverse": ("input.caret",),
        "lit": ("cursor.text", "cursor.money"),
        "lit strong": ("cursor.name",),
        "lit strong red": ("cursor.overdue",),
        "lit strong amber": ("cursor.none",),
        "lit strong violet": ("cursor.stalled",),
    }
)
"""Which roles look alike, by the look's name."""


def _inks(paint: Paints) -> dict[Role, Ink]:
    looks = _looks(paint)
    return {role: looks[look] for look, roles in _LOOKS.items() for role in roles}


def _looks(paint: Paints) -> dict[str, Ink]:
    """The ink of each look: a hue, strong or not, on the bar or a paint of its own."""
    bar = Ink(fg=paint.bar_text, bg=paint.bar_back)
    looks = {
        "plain": Ink(),
        "dim": Ink(fg=paint.dim),
        "faint": Ink(fg=paint.faint),
        "strong": Ink(bold=True),
        "reverse": Ink(reverse=True),
        "bar": bar,
        "bar strong": replace(bar, bold=True),
        "bar dim": Ink(fg=paint.bar_dim, bg=paint.bar_back),
    }
    hues = {
        "accent": paint.accent,
        "red": paint.red,
        "amber": paint.amber,
        "violet": paint.violet,
        "green": paint.green,
    }
    # Sixteen colours have none that is faint: there the name is reversed.
    lit = Ink(fg=paint.lit_text, bg=paint.lit_back)
    looks |= {
        "lit": lit,
        "lit strong": replace(lit, bold=True, reverse=paint.lit_back is None),
    }
    for name, hue in hues.items():
        looks[f"lit strong {name}"] = Ink(fg=hue, bg=paint.lit_back, bold=True)
        looks[name] = Ink(fg=hue)
        looks[f"strong {name}"] = Ink(fg=hue, bold=True)
        looks[f"bar {name}"] = Ink(fg=hue, bg=paint.bar_back, bold=True)
        looks[f"on {name}"] = Ink(fg=paint.on_paint, bg=hue, bold=True)
    return looks


_REVERSED_WITHOUT_COLOR: Final = frozenset(
    ("input.caret", "tag.demo", "tag.readonly", "cursor.name")
)


def _without_color(inks: Mapping[Role, Ink]) -> dict[Role, Ink]:
    return {
        role: Ink(bold=ink.bold, reverse=role in _REVERSED_WITHOUT_COLOR)
        for role, ink in inks.items()
    }


BASES: Final[Mapping[str, Paints]] = MappingProxyType({"dark": _DARK, "light": _LIGHT})
"""The themes in colours of their own, which others can be made from."""
THEMES: Final = (*BASES, "ansi16", "mono")


@cache
def theme(name: str) -> Theme:
    """The theme of that name, made when it is asked for; `KeyError` when it is none of `THEMES`."""
    if name == "mono":
        return Theme(name, MappingProxyType(_without_color(_inks(_DARK))))
    return painted(name, {**BASES, "ansi16": _SIXTEEN}[name])


def painted(name: str, paints: Paints) -> Theme:
    """The theme that these colours make."""
    return Theme(name, MappingProxyType(_inks(paints)))


def theme_for(name: str, depth: ColorDepth) -> Theme:
    """The theme with that name (`dark` where there is none), as far as the terminal can show it:
    without colours it is `mono`, with sixteen `ansi16`."""
    if depth is ColorDepth.NONE or name == "mono":
        return theme("mono")
    if depth is ColorDepth.STANDARD:
        return theme("ansi16")
    return theme(name if name in THEMES else "dark")
