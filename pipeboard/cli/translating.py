"""All that the program says as one file: what can be translated, and a translation that is read."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from contextlib import suppress
from pathlib import Path
from string import Formatter

from pipeboard.cli.config import read_config
from pipeboard.cli.folders import words_folders
from pipeboard.domain.deal import DIRECTIONS, HANDOVER, TOUCH_TYPES, role_name
from pipeboard.domain.deal_fields import FIELDS
from pipeboard.domain.errors import BadInput
from pipeboard.domain.phrases import speak
from pipeboard.domain.text import did_you_mean, printable, printable_lines, quoted


def every_word() -> dict[str, str]:
    """Each word or sentence that can be translated, and where it is read: first those of tables,
    then what the modules of the program say, each under what it is for."""
    from pipeboard.cli.phrasing import phrases_of, sources

    found: dict[str, str] = {}
    for place, words in _tables().items():
        for word in words:
            if word:
                found.setdefault(str(word), place)
    for path in sources():
        about, phrases = phrases_of(path)
        for phrase in phrases:
            found.setdefault(phrase, about)
    return found


def _tables() -> Mapping[str, Iterable[str]]:
    from pipeboard.domain.criteria import ROLES
    from pipeboard.domain.hygiene import GROUPS
    from pipeboard.domain.metrics import METRICS
    from pipeboard.domain.metrics.waterfall import COMING, GOING
    from pipeboard.domain.queue import TIER_NAMES
    from pipeboard.ui.draw.metrics import TABS
    from pipeboard.ui.key_table import ALL, DEAL_TABS, IMPORT_TABS
    from pipeboard.ui.overlays.help import legend_words
    from pipeboard.ui.review_keys import REVIEW_TABS

    keys, fields = ALL.values(), [field.name for field in FIELDS]
    return {
        "hints below the screen": (key.hint for key in keys),
        "keys in the palette": (key.label for key in keys),
        "headings of the help": (str(key.group) for key in keys),
        "keys in the help": (key.help for key in keys),
        "tabs": map(str, (*DEAL_TABS, *TABS, *IMPORT_TABS, *REVIEW_TABS)),
        "numbers": (number.label for number in METRICS.values()),
        "what numbers are": (number.summary for number in METRICS.values()),
        "what needs you": TIER_NAMES.values(),
        "what data lacks": GROUPS.values(),
        "the card and its signs": legend_words(),
        "touches": (*TOUCH_TYPES, HANDOVER, *DIRECTIONS),
        "names": (
            *map(role_name, ROLES),
            *(name.replace("_", " ") for name in (*COMING, *GOING, *fields)),
        ),
    }


# A translation, by its name.


def words_of(name: str, folders: tuple[Path, ...]) -> Mapping[str, str]:
    """A translation by its name, without sentences in which values would be lost; `BadInput` where
    there is none, or its file is none."""
    words = _read(name, folders)
    return {english: own for english, own in words.items() if keeps_values(english, own)}


def lost_values(name: str, folders: tuple[Path, ...]) -> Iterator[str]:
    """The sentences of a translation that are not said because values would be lost in them."""
    for english, own in _read(name, folders).items():
        if not keeps_values(english, own):
            yield f"{quoted(own)} wants every {{}} of {quoted(english)}."


def keeps_values(english: str, own: str) -> bool:
    """Whether a sentence has a place for each value of the English one, `{}` or `{0}`, `{1}`."""
    places = [name for _, name, _, _ in _parsed(english) if name is not None]
    if not own or not places or any(places):
        return True
    values = [f"\0{place}\0" for place in range(len(places))]
    try:
        text = own.format(*values)
    except (ValueError, LookupError, AttributeError):
        return False
    return all(value in text for value in values)


def _parsed(text: str) -> Iterable[tuple[str, str | None, str | None, str | None]]:
    try:
        return list(Formatter().parse(text)) if "{" in text else ()
    except ValueError:
        return ()


_CORRECT = "Correct it there, or choose other words with 'pipeboard config edit'."


def _read(name: str, folders: tuple[Path, ...]) -> dict[str, str]:
    files = {path.stem: path for folder in reversed(folders) for path in folder.glob("*.toml")}
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
        raise BadInput(f"The words in {path} cannot be read: {why}.", hint=_CORRECT) from error
    for english, word in document.items():
        if not isinstance(word, str):
            raise BadInput(f"{path}: {quoted(english)} wants words in quotes.", hint=_CORRECT)
    return {english: printable_lines(str(word)) for english, word in document.items()}


def speak_in(name: str, environ: Mapping[str, str], *, own: bool) -> None:
    """From now on people read that translation; `BadInput` where there is none."""
    speak(words_of(name, words_folders(environ, own=own)))


def speak_as_configured(environ: Mapping[str, str], *, own: bool) -> None:
    """The words that the configuration names, before anything is said; what is wrong with it is
    told by whoever reads it to do something."""
    with suppress(BadInput):
        if name := read_config(environ, own=own).text("words"):
            speak_in(name, environ, own=own)
