"""Themes of a person's own: files of ten colours beside the configuration, read and judged."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from types import MappingProxyType
from typing import Final

from pipeboard.domain.errors import BadInput
from pipeboard.domain.lazy_dataclass import dataclass
from pipeboard.domain.text import did_you_mean, printable, quoted
from pipeboard.ui.palette import BASES, THEMES, Paints, Theme, painted, theme_for
from pipeboard.ui.terminal.ink import ColorDepth

COLORS: Final[Mapping[str, str]] = MappingProxyType(
    {
        "dim": "what stands beside the point: titles, days, labels",
        "faint": "rules, and what is left of a bar",
        "accent": "the cursor, marks and keys",
        "red": "overdue",
        "amber": "no next step",
        "violet": "stalled",
        "green": "won, and done",
        "bar": "behind the first line and the last",
        "bar-text": "on those lines",
        "selected": "behind the selected card",
    }
)
"""The colours of a theme file, each with what it is for."""

_PAINT_OF = {name: name for name in COLORS} | {
    "bar": "bar_back", "bar-text": "bar_text", "selected": "lit_back",
}  # fmt: skip
_LEAST, _LEAST_FOR_TEXT = 3.0, 4.5
"""The contrasts that WCAG 2.2 wants of signs and large words (1.4.11), and of text (1.4.3)."""


@dataclass(frozen=True, slots=True)
class OwnTheme:
    """A theme, the one that it is made from, and what is hard to read in it."""

    theme: Theme
    base: str
    remarks: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Themes:
    """All themes that can be chosen here: ours, then the files `NAME.toml` of these folders."""

    folders: tuple[Path, ...] = ()

    def files(self) -> dict[str, Path]:
        """The file of each theme of one's own, the first folder's where two have one."""
        found: dict[str, Path] = {}
        for folder in self.folders:
            for path in sorted(folder.glob("*.toml")):
                if path.stem not in (*THEMES, "auto"):
                    found.setdefault(path.stem, path)
        return found

    @property
    def names(self) -> tuple[str, ...]:
        """Every theme that can be chosen."""
        return (*THEMES, *self.files())

    def own(self, name: str) -> OwnTheme:
        """A theme of one's own; `BadInput` where there is none, or its file is none."""
        path = self.files().get(name)
        if path is None:
            raise BadInput(
                f"There is no theme {quoted(name)}.",
                hint=did_you_mean(name, ("auto", *self.names))
                or f"There are: auto, {', '.join(self.names)}.",
            )
        return read_theme(path)

    def shown(self, name: str, depth: ColorDepth) -> Theme:
        """The theme of that name, as far as the terminal can show it; `BadInput` as of `own`."""
        own = None if name in THEMES else self.own(name).theme
        few = depth in (ColorDepth.NONE, ColorDepth.STANDARD)
        return theme_for(name, depth) if own is None or few else own


OURS: Final = Themes()


def read_theme(path: Path) -> OwnTheme:
    """The theme that a file describes; `BadInput` names it and the first thing wrong."""
    import tomllib

    try:
        document = tomllib.loads(path.read_text(encoding="utf-8-sig"))
        return made_theme(path.stem, document)
    except OSError as error:
        why = f"cannot be read: {error.strerror}"
    except UnicodeDecodeError:
        why = "is not UTF-8 text"
    except tomllib.TOMLDecodeError as error:
        why = f"is not TOML: {printable(str(error))}"
    except BadInput as error:
        message = f"Theme {path.stem}: {error.message}"
        raise BadInput(message, hint=f"{error.hint} The file is {path}.") from error
    raise BadInput(f"Theme {path.stem} {why}.", hint=f"{_SHOW} The file is {path}.")


_SHOW = "'pipeboard config themes dark' shows how one looks."


def made_theme(name: str, document: Mapping[str, object]) -> OwnTheme:
    """The theme of a document: `base`, and any of the ten `COLORS`; the base has the others."""
    base = document.get("base", "dark")
    if base not in BASES:
        raise BadInput(f"base is {' or '.join(BASES)}, not {quoted(str(base))}.", hint=_SHOW)
    colors = {key: color for key, color in document.items() if key != "base"}
    for key, color in colors.items():
        if key not in COLORS:
            near = did_you_mean(key, COLORS) or f"There are: base, {', '.join(COLORS)}."
            raise BadInput(f"{quoted(key)} is no colour of a theme.", hint=near)
        if not _is_color(color):
            raise BadInput(
                f"{key} is no colour: {quoted(str(color))}.", hint='Write it like "#5fafff".'
            )
    paints = BASES[str(base)]._replace(**{_PAINT_OF[k]: str(c).lower() for k, c in colors.items()})
    paints = paints._replace(
        bar_dim=paints.dim,
        lit_text=_read_on(paints.lit_back, paints.lit_text),
        on_paint=_read_on(paints.red, paints.on_paint),
    )
    return OwnTheme(painted(name, paints), str(base), tuple(_hard_to_read(paints)))


def document_of(base: str) -> str:
    """The file of a theme that looks as this base does, to begin one's own with."""
    paints = BASES[base]._asdict()
    lines = [f'base = "{base}"']
    lines += [
        f'{name:<8} = "{paints[_PAINT_OF[name]]}"  # {purpose}' for name, purpose in COLORS.items()
    ]
    return "\n".join(lines)


def _is_color(color: object) -> bool:
    digits = color.removeprefix("#") if isinstance(color, str) else ""
    is_hex = all(digit in "0123456789abcdefABCDEF" for digit in digits)
    return len(digits) == 6 and is_hex and str(color).startswith("#")


def _read_on(ground: str | None, wanted: str | None) -> str | None:
    """The wanted colour where it can be read on the ground, else black or white."""
    if ground is None or wanted is None or contrast(wanted, ground) >= _LEAST_FOR_TEXT:
        return wanted
    return max("#000000", "#ffffff", key=lambda color: contrast(color, ground))


def _hard_to_read(paints: Paints) -> Iterator[str]:
    """What has too little contrast, a sentence each."""
    ground = str(paints.ground)
    grounds = {
        f"a terminal's {ground}": ground,
        "bar": paints.bar_back or ground,
        "selected": paints.lit_back or ground,
    }
    hues = ("dim", "accent", "red", "amber", "violet", "green")
    pairs = [(hue, place, _LEAST) for hue in hues for place in grounds]
    pairs.append(("bar-text", "bar", _LEAST_FOR_TEXT))
    for name, place, least in pairs:
        if place == "selected" and name in ("dim", "accent", "green"):
            continue  # nothing of these stands there
        found = contrast(str(getattr(paints, _PAINT_OF[name])), grounds[place])
        if found < least:
            yield f"{name} is hard to read on {place}: contrast {found:.1f}, {least:g} is wanted."


def contrast(one: str, other: str) -> float:
    """The contrast of two colours `#rrggbb`, 1 to 21, as WCAG 2.2 defines it."""
    dark, light = sorted((_luminance(one), _luminance(other)))
    return (light + 0.05) / (dark + 0.05)


def _luminance(color: str) -> float:
    def linear(at: int) -> float:
        channel = int(color[at : at + 2], 16) / 255
        return channel / 12.92 if channel <= 0.04045 else float(((channel + 0.055) / 1.055) ** 2.4)

    return 0.2126 * linear(1) + 0.7152 * linear(3) + 0.0722 * linear(5)
