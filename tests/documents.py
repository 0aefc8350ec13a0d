"""The tables of the documents, made of what the program runs by.

`python -m tests.documents` writes them into `pipeboard/docs`; a test finds any that is older.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from pathlib import Path

from pipeboard.cli.config import PREFERENCES
from pipeboard.cli.manual import ENVIRONMENT, EXITS, FOLDER, every_verb
from pipeboard.cli.verbs import listed
from pipeboard.domain.filter_fields import FIELDS, FORMS, STATES
from pipeboard.domain.locale_table import LOCALE_ROWS
from pipeboard.ui.key_table import SCREENS
from pipeboard.ui.keys import UNBOUND, Key, name_of
from pipeboard.ui.own_themes import COLORS

_BLOCK = re.compile(r"(<!-- table: (\w+) -->\s?).*?(\s?<!-- end -->)", re.DOTALL)
_NAMES = {"first": "First screen"}


def table(heads: tuple[str, ...], rows: Iterable[tuple[str, ...]]) -> str:
    """A table in Markdown."""
    lines = [heads, ("---",) * len(heads), *rows]
    return "\n".join(f"| {' | '.join(_cell(cell) for cell in line)} |" for line in lines)


def _cell(text: str) -> str:
    return text.replace("|", "\\|")


def code(text: str) -> str:
    """As it is typed."""
    return f"`` {text} ``" if "`" in text else f"`{text}`"


def settings() -> str:
    """Every setting with its default and what it is for."""

    def default(value: object) -> str:
        return "" if value is None else code(str(value).lower())

    def told(choices: tuple[object, ...]) -> str:
        return f" ({', '.join(map(str, choices))})" if choices else ""

    rows = ((code(p.name), default(p.default), f"{p.help}{told(p.choices)}") for p in PREFERENCES)
    return table(("Setting", "Default", "What it is for"), rows)


def keys() -> str:
    """The keys of each screen under its name; of one that two screens have, only the first."""
    parts, told = [], set[str]()
    for screen in SCREENS:
        own = [key for key in screen if key.id not in told and _written(key)]
        if not own:
            continue
        told |= {key.id for key in own}
        name = own[0].id.partition(".")[0]
        parts.append(f"## {_NAMES.get(name, name.capitalize())}\n")
        rows = ((_written(key), key.help, code(key.id)) for key in own)
        parts.append(table(("Key", "What it does", "Id"), rows) + "\n")
    return "\n".join(parts).rstrip()


def _written(key: Key) -> str:
    return " ".join(code(name_of(one)) for one in key.keys.split(",") if one != UNBOUND)


def filters() -> str:
    """Fields, states, and how they go together."""
    rows = [(code(field.example), field.help) for field in FIELDS]
    rows += [(code(state), text) for state, text in STATES.items()]
    rows += [(code(typed), text) for typed, text in FORMS]
    return table(("Typed", "Lets through"), rows)


TABLES: dict[str, Callable[[], str]] = {
    "settings": settings,
    "keys": keys,
    "filter": filters,
    "colours": lambda: table(("Colour", "For"), ((code(n), t) for n, t in COLORS.items())),
    "locales": lambda: table(("Locale",), ((", ".join(LOCALE_ROWS),),)),
    "variables": lambda: table(("Variable", "For"), ((code(n), t) for n, t in ENVIRONMENT.items())),
    "verbs": lambda: table(("Verb", ""), ((code(v), listed(v)[1]) for v in every_verb())),
    "exits": lambda: table(("Code", "Means"), ((code(n), t) for n, t in EXITS.items())),
}


def filled(text: str) -> str:
    """The document with each table as the program has it now."""

    def block(found: re.Match[str]) -> str:
        made = TABLES[found[2]]()
        around = "\n" if "\n" in made else " "
        return f"<!-- table: {found[2]} -->{around}{made}{around}<!-- end -->"

    return _BLOCK.sub(block, text)


def main() -> None:
    """Writes every table into its document."""
    for path in sorted(Path(FOLDER).glob("*.md")):
        path.write_text(filled(path.read_text("utf-8")), "utf-8")


if __name__ == "__main__":
    main()
