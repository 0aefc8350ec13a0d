"""How the files of one source are read: a person's choices as a small document, kept and given."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, fields, replace
from pathlib import Path
from typing import Any

from pipeboard.domain.errors import BadInput, NotFound
from pipeboard.domain.near import did_you_mean
from pipeboard.domain.text import fold, quoted
from pipeboard.exchange.columns import read_override
from pipeboard.exchange.fields import takes_several

SCHEMA = 1


@dataclass(frozen=True, slots=True)
class Recipe:
    """The choices, in the words of the command line."""

    tool: str = "auto"
    map: tuple[str, ...] = ()
    stage: tuple[str, ...] = ()
    value: tuple[str, ...] = ()
    set: tuple[str, ...] = ()
    key: tuple[str, ...] = ()
    dates: str = ""
    decimal: str = ""
    currency: str = ""
    encoding: str = ""
    sheet: str = ""
    source: str = ""
    lost_zero: str = ""

    def __bool__(self) -> bool:
        return self != Recipe()

    def under(self, other: Recipe) -> Recipe:
        """These choices where `other` makes none; lists go behind those of `other`."""
        merged: dict[str, Any] = {}
        for one in fields(self):
            mine, theirs = getattr(self, one.name), getattr(other, one.name)
            if isinstance(mine, tuple):
                merged[one.name] = (*mine, *(word for word in theirs if word not in mine))
            elif one.name == "tool":
                merged[one.name] = mine if theirs == "auto" else theirs
            else:
                merged[one.name] = theirs or mine
        return replace(other, **merged)

    def to_json(self) -> str:
        """The document, without what nobody chose."""
        chosen = {
            one.name: list(value) if isinstance(value, tuple) else value
            for one in fields(self)
            if (value := getattr(self, one.name)) not in ((), "", "auto")
        }
        return json.dumps({"schema": SCHEMA, **chosen}, ensure_ascii=False, indent=2)

    def in_words(self) -> str:
        """The choices as they would be typed."""
        said = []
        for one in fields(self):
            value = getattr(self, one.name)
            name = one.name.replace("_", "-").replace("tool", "from")
            words = value if isinstance(value, tuple) else (value,)
            said += [f"--{name} {_shell(word)}" for word in words if word not in ("", "auto")]
        return " ".join(said)


def _shell(word: str) -> str:
    from shlex import quote

    return quote(word)


def recipe_from_json(text: str, where: str) -> Recipe:
    """The recipe of a document; BadInput for one that is none."""
    try:
        document = json.loads(text)
    except ValueError as error:
        raise BadInput(f"{where} is not a recipe: it is no JSON ({error})") from error
    known = {one.name for one in fields(Recipe)}
    if not isinstance(document, Mapping) or document.get("schema") != SCHEMA:
        raise BadInput(f"{where} is not a recipe", hint="Make one with --save-recipe FILE.")
    values: dict[str, Any] = {}
    for name, value in document.items():
        if name == "schema":
            continue
        if name not in known:
            raise BadInput(
                f"{where} has an unknown word {quoted(name)}", hint=did_you_mean(name, known)
            )
        is_list = isinstance(getattr(Recipe(), name), tuple)
        words = value if isinstance(value, list) else [value]
        if not all(isinstance(word, str) for word in words) or (len(words) != 1 and not is_list):
            raise BadInput(f"{where}: {quoted(name)} is not what a recipe holds there")
        values[name] = tuple(words) if is_list else words[0]
    return Recipe(**values)


def read_recipe(path: Path) -> Recipe:
    """The recipe in a file; NotFound or BadInput when there is none."""
    try:
        text = path.read_text("utf-8")
    except FileNotFoundError as error:
        raise NotFound(f"There is no file {path}.", hint="Check its name and folder.") from error
    except (OSError, UnicodeDecodeError) as error:
        raise BadInput(f"{path} cannot be read as a recipe") from error
    return recipe_from_json(text, path.name)


# Choices, put into a recipe.


def with_column(recipe: Recipe, header: Sequence[str], column: str, target: str) -> Recipe:
    """The column as `target`, which whatever else was chosen for it loses; "" for as found."""
    kept = []
    for entry in recipe.map:
        named, meant = read_override(entry, header)
        if named != column and (meant != target or takes_several(target)):
            kept.append(entry)
    return replace(recipe, map=(*kept, f"{column}={target}") if target else tuple(kept))


def with_word(recipe: Recipe, column: str, is_stage: bool, word: str, becomes: str) -> Recipe:
    """A word of a column as a stage or a meaning such as `=won`; "" for as found.

    Raises BadInput for a word that no recipe can hold.
    """
    if "=" in word:
        raise BadInput(f"{quoted(word)} holds a '=': change it in the file.")
    begin = f"{column}:{word}="
    values = _without(recipe.value, lambda entry: fold(entry).startswith(fold(begin)))
    if not is_stage:
        return replace(recipe, value=(*values, f"{begin}{becomes}") if becomes else values)
    stages = _without(recipe.stage, lambda entry: fold(entry.partition("=")[0]) == fold(word))
    stages = (*stages, f"{word}={becomes}") if becomes else stages
    return replace(recipe, stage=stages, value=values)


def with_constant(recipe: Recipe, name: str, value: str) -> Recipe:
    """A field that has one value in every row that does not say otherwise; "" for none."""
    kept = _without(recipe.set, lambda entry: entry.partition("=")[0] == name)
    return replace(recipe, set=(*kept, f"{name}={value}") if value else kept)


def _without(entries: Sequence[str], is_gone: Callable[[str], bool]) -> tuple[str, ...]:
    return tuple(entry for entry in entries if not is_gone(entry))
