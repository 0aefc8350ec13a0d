"""The words of the screens as one file: what can be translated, and a translation that is read."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path

from pipeboard.domain.errors import BadInput
from pipeboard.domain.text import did_you_mean, printable, quoted


def every_word() -> dict[str, str]:
    """Each word or sentence that can be translated, and where it is read, in the order of places;
    read off the tables that the program runs by."""
    from pipeboard.domain.hygiene import GROUPS
    from pipeboard.domain.metrics import METRICS
    from pipeboard.domain.queue import TIER_NAMES
    from pipeboard.ui.draw.metrics.tab_names import TABS
    from pipeboard.ui.key_table import ALL, DEAL_TABS, IMPORT_TABS
    from pipeboard.ui.overlays.help import legend_words
    from pipeboard.ui.review_keys import REVIEW_TABS

    keys = ALL.values()
    places: dict[str, Iterator[str]] = {
        "hints below the screen": (key.hint for key in keys),
        "keys in the palette": (key.label for key in keys),
        "headings of the help": (str(key.group) for key in keys),
        "keys in the help": (key.help for key in keys),
        "tabs": map(str, (*DEAL_TABS, *TABS, *IMPORT_TABS, *REVIEW_TABS)),
        "numbers": (number.label for number in METRICS.values()),
        "what needs you": iter(TIER_NAMES.values()),
        "what data lacks": iter(GROUPS.values()),
        "the card and its signs": iter(legend_words()),
    }
    found: dict[str, str] = {}
    for place, words in places.items():
        for word in words:
            if word:
                found.setdefault(word, place)
    return found


def words_of(name: str, folders: tuple[Path, ...]) -> Mapping[str, str]:
    """A translation by its name; `BadInput` where there is none, or its file is none."""
    files = _files(folders)
    if name not in files:
        raise BadInput(
            f"There are no words {quoted(name)}.",
            hint=did_you_mean(name, files)
            or f"'pipeboard config words > {folders[0] / name}.toml' begins them.",
        )
    import tomllib

    path = files[name]
    try:
        document = tomllib.loads(path.read_text(encoding="utf-8-sig"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        why = printable(str(error))
        raise BadInput(f"The words in {path} cannot be read: {why}.") from error
    for english, word in document.items():
        if not isinstance(word, str):
            raise BadInput(f"{path}: {quoted(english)} wants words in quotes.")
    return {english: printable(str(word)) for english, word in document.items()}


def _files(folders: tuple[Path, ...]) -> dict[str, Path]:
    return {path.stem: path for folder in reversed(folders) for path in folder.glob("*.toml")}
