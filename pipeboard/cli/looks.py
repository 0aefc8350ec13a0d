"""How screens look and are worded: the verbs config themes and config words, and what is wrong."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from pipeboard.cli.call import Call
from pipeboard.cli.folders import theme_folders, words_folders
from pipeboard.cli.tables import Table
from pipeboard.cli.translating import every_word, lost_values, words_of
from pipeboard.cli.verbs import takes, takes_json, verb
from pipeboard.domain.errors import BadInput
from pipeboard.domain.text import did_you_mean, quoted

if TYPE_CHECKING:
    from pipeboard.ui.own_themes import Themes


def wrong_theme(name: str, themes: Themes) -> Iterator[str]:
    """What is wrong with a theme, or hard to read in it, a sentence each."""
    from pipeboard.ui.palette import THEMES

    if name in ("auto", *THEMES):
        return
    try:
        yield from (f"theme {quoted(name)}: {remark}" for remark in themes.own(name).remarks)
    except BadInput as error:
        yield f"theme: {error.message} {error.hint}".rstrip()


def wrong_words(name: str, folders: tuple[Path, ...]) -> Iterator[str]:
    """Why a translation cannot be read, and which sentences of it are not said."""
    try:
        yield from (f"words: {lost}" for lost in lost_values(name, folders))
    except BadInput as error:
        yield f"words: {error.message} {error.hint}".rstrip()


@verb(
    "config themes", "[NAME]", "pipeboard config themes", "pipeboard config themes dark > mine.toml"
)
@takes("name", nargs="?", default="", metavar="NAME", help="the theme to show as a file")
@takes_json
def themes(call: Call) -> int:
    """The themes that can be chosen, with what is wrong with them; or one of them as a file."""
    from pipeboard.cli.screens import themes_of
    from pipeboard.ui.own_themes import document_of
    from pipeboard.ui.palette import BASES, THEMES

    every, name = themes_of(call), call.arguments.name
    if name in BASES:
        return _write_file(call, document_of(name))
    if name in THEMES:
        raise BadInput(
            f"{name} is made of the terminal's own colours: there is no file of it.",
            hint="Begin with 'pipeboard config themes dark'.",
        )
    if name:
        every.own(name)
        return _write_file(call, every.files()[name].read_text(encoding="utf-8-sig"))
    chosen, files = call.config.text("theme"), every.files()
    rows = [
        (name, name == chosen, str(files[name]) if name in files else "", wrong_theme(name, every))
        for name in ("auto", *every.names)
    ]
    if call.arguments.json:
        fields = ("name", "chosen", "file", "problems")
        documents = [
            dict(zip(fields, (n, c, f or None, list(p)), strict=True)) for n, c, f, p in rows
        ]
        call.out.document({"themes": documents})
        return 0
    Table(("", "theme", "from", "")).write(
        call.out,
        (("*" if is_it else "", n, file or "pipeboard", " ".join(p)) for n, is_it, file, p in rows),
    )
    call.out.say(
        "'theme = \"NAME\"' in the configuration takes one; a file of your own in "
        f"{theme_folders(call.environ)[0]} is another: 'pipeboard config themes dark' shows how."
    )
    return 0


def _write_file(call: Call, text: str) -> int:
    for line in text.splitlines():
        call.out.line(line)
    return 0


@verb("config words", "[NAME]", "pipeboard config words > de.toml", "pipeboard config words --json")
@takes("name", nargs="?", default="", metavar="NAME", help="a translation that is there already")
@takes_json
def words(call: Call) -> int:
    """Every word that can be translated, as a file to fill in, with those of a translation."""
    asked = call.arguments
    known = words_of(asked.name, words_folders(call.environ)) if asked.name else {}
    every = every_word()
    stray = [english for english in known if english not in every]
    if asked.json:
        call.out.document({"words": {word: known.get(word) for word in every}, "unknown": stray})
        return 0
    place = ""
    for word, where in every.items():
        if where != place:
            call.out.line("" if place else "# An empty text stays English.")
            call.out.line(f"# {where}")
            place = where
        call.out.line(f"{_in_quotes(word)} = {_in_quotes(known.get(word, ''))}")
    if asked.name:
        done = sum(1 for word in every if known.get(word))
        call.out.say(f"{done} of {len(every)} are translated.")
        call.out.say(*(f"{quoted(word)} is nowhere. {did_you_mean(word, every)}" for word in stray))
    return 0


def _in_quotes(text: str) -> str:
    return json.dumps(text, ensure_ascii=False)
