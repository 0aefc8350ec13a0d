"""Which code page 8-bit text is in: the one in which its letters are those of one language."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

# The letters of each language beside a to z; punctuation and signs fit all of them.
_LANGUAGES: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "windows-1252": (
            "äöüß",
            "àâæçéèêëîïôœùûüÿ",
            "áéíñóúü",
            "àèéìíòóù",
            "áâãàçéêíóôõú",
            "éëïóöüèêá",
            "åäöé",
            "æøåéèêòôóä",
            "äöåšž",
            "áðéíóúýþæö",
        ),
        "windows-1250": (
            "áčďéěíňóřšťúůýž",
            "áäčďéíĺľňóôŕšťúýž",
            "ąćęłńóśźż",
            "áéíóöőúüű",
            "čćđšž",
            "ăâîşţ",
        ),
        "windows-1254": ("çğıöşüâî",),
        "windows-1257": ("āčēģīķļņšūž", "ąčęėįšųūž", "äõöüšž"),
    }
)
_RARE = {"áðéíóúýþæö", "ăâîşţ", "äõöüšž"}
_ANYWHERE = set("€‚„…‹‘’“”•–—™›\xa0¡¢£¤¥§©«®°±²³µ¶·¹»¼½¾¿ª´¨×÷")


def code_pages(part: bytes) -> list[str]:
    """The code pages from the likeliest on, of those for Latin letters."""
    scored = [(score, -place, name) for place, (name, score) in enumerate(_scores(part))]
    return [name for _, _, name in sorted(scored, reverse=True)]


def _scores(part: bytes) -> list[tuple[str, float]]:
    return [(name, _score(part, name, letters)) for name, letters in _LANGUAGES.items()]


def _score(part: bytes, name: str, languages: tuple[str, ...]) -> float:
    """How much of the letters one language explains, 0 to 1; a rare language counts less."""
    try:
        text = part.decode(name)
    except UnicodeDecodeError:
        return -1.0
    high = [char for char in text.lower() if ord(char) > 127 and char not in _ANYWHERE]
    if not high:
        return 1.0 if name == "windows-1252" else 0.5
    best = 0.0
    for letters in languages:
        share = sum(char in letters for char in high) / len(high)
        best = max(best, share - (0.02 if letters in _RARE else 0.0))
    return best
