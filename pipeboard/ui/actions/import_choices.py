"""Choices of the import screen: what the file, a column or a word under the cursor means."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence
from pathlib import Path
from typing import Final, cast

from pipeboard.domain.counts import how_many
from pipeboard.domain.lazy_dataclass import replace
from pipeboard.domain.money import EXPONENTS
from pipeboard.exchange.encoding import candidates
from pipeboard.exchange.fields import CUSTOM, ENTERED, KINDS, LEFT_OUT, CellKind
from pipeboard.exchange.layouts import NAMES
from pipeboard.exchange.reading import ALWAYS, open_table
from pipeboard.exchange.recipe import PlacingWord, Recipe, with_column, with_constant, with_word
from pipeboard.exchange.side_files import SideFile, join_fields, same_columns, side_of, with_side
from pipeboard.ui.actions.importing import (
    choose_file,
    choose_pipeline,
    import_now,
    is_idle,
    typed_choice,
)
from pipeboard.ui.draw.import_file import BECOMES, MARKS, MATCHES, ORDERS
from pipeboard.ui.host import ask
from pipeboard.ui.key_table import ImportTab
from pipeboard.ui.keys import key_for
from pipeboard.ui.overlays.file_picker import FilePicker
from pipeboard.ui.overlays.menu import Menu, MenuChoice, Option, Picker
from pipeboard.ui.screens.import_screen import ImportScreen
from pipeboard.workspace.import_plan import FileSeen, ImportPlan
from pipeboard.workspace.row_matching import Match

_AS_FOUND: Final = ""
_OTHER: Final = "\0other"
_KIND_WORDS: Final = {
    CellKind.MONEY: "an amount",
    CellKind.MOMENT: "a date",
    CellKind.PERCENT: "a percentage",
    CellKind.FLAG: "yes or no",
    CellKind.STATUS: "open, won, lost",
    CellKind.WORDS: "several words",
    CellKind.TEXT: "text of several lines",
}
_OURS: Final = (CellKind.NESTED, CellKind.BASIS_POINTS)
"""Kinds of columns that only Pipeboard writes."""
_USUAL: Final = (
    "title", "account", "stage", "status", "value", "currency", "owner", "close_date",
    "created_at", "closed_at", "external_id", "source", "tags", "note", "contact_name",
    "contact_email", "contact_phone", "next_text", "next_due", "lost_reason",
)  # fmt: skip
"""Fields that files most often have, in the order in which they are offered."""
_FIELDS_OF: Final = {
    "title": ("title", "The name of the deal is in"),
    "stage": ("stage", "The stage is in"),
    "outcome": ("status", "What is won or lost is in"),
    "value": ("value", "The value is in"),
    "owner": ("owner", "The owner is in"),
    "dates": ("created_at", "The day on which a deal began is in"),
}


async def change(host: ImportScreen) -> None:
    """Enter: another choice for what is under the cursor; on the preview the import itself."""
    seen, key = host.view.seen, host.item_key
    if host.view.tab is ImportTab.PREVIEW:
        await import_now(host)
    elif seen is None or not key:
        chooses = key_for(host.keys, "choose_file")
        host.say(f"There is nothing to change here; {chooses} chooses a file.", "status.warn")
    elif is_idle(host):
        if host.view.tab is ImportTab.COLUMNS:
            await _change_column(host, seen, key)
        elif host.view.tab is ImportTab.WORDS:
            await _change_word(host, seen, _word(seen, key))
        else:
            await _change_file(host, seen, key)


async def leave_out(host: ImportScreen) -> None:
    """The column or the word under the cursor, without asking."""
    seen, key = host.view.seen, host.item_key
    if key == "side" and seen is not None and seen.side_file is not None and is_idle(host):
        _take(host, with_side(_recipe(host, seen), None))
    elif seen is None or not key or host.view.tab is ImportTab.FILE:
        host.say("Columns and words can be left out: 2 and 3 show them.", "status.warn")
    elif is_idle(host):
        if host.view.tab is ImportTab.COLUMNS:
            _take(host, with_column(_recipe(host, seen), seen.header, key, LEFT_OUT))
        else:
            _put_word(host, seen, _word(seen, key), "=-")


def _recipe(host: ImportScreen, seen: FileSeen) -> Recipe:
    """All that has been chosen by now, also what is not shown yet."""
    plan = host.view.plan
    return plan.recipe if plan.forgets else seen.recipe


def _take(host: ImportScreen, recipe: Recipe) -> None:
    """A recipe that holds all that was chosen, so that the last one need not be asked again."""
    host.choose(replace(host.view.plan, recipe=recipe, forgets=True))


def _word(seen: FileSeen, key: str) -> PlacingWord:
    return next(word for word in seen.survey.words if f"{word.column}\0{word.text}" == key)


def _is_stage(seen: FileSeen, word: PlacingWord) -> bool:
    return seen.mapping[word.column] == "stage"


async def _change_column(host: ImportScreen, seen: FileSeen, column: str) -> None:
    target = await ask(
        host,
        Picker(f"{column} is", _targets(seen, column), chosen=seen.mapping[column]),
    )
    if target == _OTHER:
        name = await typed_choice(host, "Name of the field", column)
        target = f"{CUSTOM}{name}" if name else None
    if target is not None:
        _take(host, with_column(_recipe(host, seen), seen.header, column, target))


def _targets(seen: FileSeen, column: str) -> list[Option]:
    """What a column can be: as found, left out, a field, a stage that was entered, a field of
    its own."""
    holders = {target: name for name, target in seen.mapping.items()}
    options = [
        Option(_AS_FOUND, "as it was found", "what Pipeboard makes of it"),
        Option(LEFT_OUT, "left out", "-"),
        Option(f"{CUSTOM}{column}", f"a field called {column}", "kept as text"),
        Option(_OTHER, "a field with another name…"),
    ]
    options += [_field(name, holders.get(name, ""), column) for name in _USUAL]
    stages = seen.stages
    options += [Option(f"{ENTERED}{name}", f"entered {name}", "a date") for name in stages]
    rarer = (name for name, kind in KINDS.items() if name not in _USUAL and kind not in _OURS)
    options += [_field(name, holders.get(name, ""), column) for name in rarer]
    return options


def _field(name: str, holder: str, column: str) -> Option:
    """A field that a column can be, and which column is it now."""
    beside = f"now {holder}" if holder and holder != column else _KIND_WORDS.get(KINDS[name], "")
    return Option(name, name.replace("_", " "), beside)


async def _change_word(host: ImportScreen, seen: FileSeen, word: PlacingWord) -> None:
    names = [*seen.stages] if _is_stage(seen, word) else []
    options = [Option(name, name, "stage") for name in names]
    options += [
        *(Option(name, text) for name, text in BECOMES.items()),
        Option(_AS_FOUND, "as it was found"),
    ]
    title = f"{word.text}, {how_many(word.count, 'row')}, means"
    chosen = await ask(host, Picker(title, options, chosen=word.becomes or ""))
    if chosen is not None:
        _put_word(host, seen, word, chosen)


def _put_word(host: ImportScreen, seen: FileSeen, word: PlacingWord, becomes: str) -> None:
    recipe, is_stage = _recipe(host, seen), _is_stage(seen, word)
    _take(host, with_word(recipe, word.column, is_stage, word.text, becomes))


async def _change_file(host: ImportScreen, seen: FileSeen, key: str) -> None:
    """What is said of the file as a whole."""
    if key == "file":
        await choose_file(host)
    elif key == "into":
        await choose_pipeline(host)
    elif key == "side":
        await join_file(host)
    elif key.startswith("answer."):
        await _change_answer(host, seen, key.removeprefix("answer."))
    elif key in _PICKED:
        before, (title, known) = _recipe(host, seen), _PICKED[key]
        options = [Option(name, text) for name, text in known.items()]
        now = getattr(before, key) or (seen.currency if key == "currency" else "")
        chosen = await ask(host, Picker(title, options, chosen=now))
        if chosen is not None:
            _take(host, replace(before, **{key: chosen}))  # type: ignore[arg-type]
    elif key in _RECIPES:
        recipe = await _RECIPES[key](host, _recipe(host, seen))
        if recipe is not None:
            _take(host, recipe)
    else:
        plan = await _PLANS[key](host, host.view.plan)
        if plan is not None:
            host.choose(plan)


async def _known_rows(host: ImportScreen, plan: ImportPlan) -> ImportPlan | None:
    options = [Option(name, text) for name, text in MATCHES.items()]
    chosen = await ask(host, Picker("Rows whose deal is here", options, chosen=plan.match))
    return None if chosen is None else replace(plan, match=cast("Match", chosen))


async def _preferred(host: ImportScreen, plan: ImportPlan) -> ImportPlan:
    return replace(plan, prefers_file=not plan.prefers_file)


async def _bad_rows(host: ImportScreen, plan: ImportPlan) -> ImportPlan:
    return replace(plan, skips_bad=not plan.skips_bad)


async def _gates(host: ImportScreen, plan: ImportPlan) -> ImportPlan | None:
    reason = await typed_choice(host, "Pass the gates because", plan.override, may_be_empty=True)
    return None if reason is None else replace(plan, override=reason)


async def _last_time(host: ImportScreen, plan: ImportPlan) -> ImportPlan:
    host.say("What was chosen last time is left aside.")
    return replace(plan, recipe=Recipe(), forgets=True)


_PLANS: Final[Mapping[str, Callable[[ImportScreen, ImportPlan], Awaitable[ImportPlan | None]]]] = {
    "match": _known_rows,
    "prefer": _preferred,
    "skip": _bad_rows,
    "override": _gates,
    "last": _last_time,
}
"""Choices that are no part of how a file is read."""


async def _encoding(host: ImportScreen, recipe: Recipe) -> Recipe | None:
    plan, seen = host.view.plan, host.view.seen
    if seen is None:
        return None
    found = await asyncio.to_thread(candidates, plan.path)
    options = [Option(name, name, word) for name, word in found]
    options.append(Option(_OTHER, "another…"))
    chosen = await ask(host, Picker("Encoding", options, chosen=seen.encoding))
    if chosen == _OTHER:
        chosen = await typed_choice(host, "Name of the encoding", "")
    return None if chosen is None else replace(recipe, encoding=chosen)


async def _lost_zero(host: ImportScreen, recipe: Recipe) -> Recipe:
    means = "" if recipe.lost_zero == "unknown" else "unknown"
    return replace(recipe, lost_zero=means)


async def _key(host: ImportScreen, recipe: Recipe) -> Recipe | None:
    seen = host.view.seen
    options = [Option("", "its id, else account and title")]
    options += [Option(name, name, _samples(seen, name)) for name in seen.header] if seen else []
    chosen = await ask(host, Picker("A row is known by", options, chosen="".join(recipe.key[:1])))
    return None if chosen is None else replace(recipe, key=(chosen,) if chosen else ())


async def _sheet(host: ImportScreen, recipe: Recipe) -> Recipe | None:
    name = await typed_choice(host, "Name of the sheet", recipe.sheet, may_be_empty=True)
    return None if name is None else replace(recipe, sheet=name)


_PICKED: Final[Mapping[str, tuple[str, Mapping[str, str]]]] = {
    "tool": ("The tool that wrote it", {name: name for name in NAMES}),
    "currency": (
        "Amounts that name no currency are in",
        {code: code for code in sorted(EXPONENTS)},
    ),
    "dates": ("03/04/2026 is read", ORDERS),
    "decimal": ("1.234 is read", MARKS),
}
"""The same, where what can be chosen is known beforehand."""

_RECIPES: Final[Mapping[str, Callable[[ImportScreen, Recipe], Awaitable[Recipe | None]]]] = {
    "encoding": _encoding,
    "lost_zero": _lost_zero,
    "key": _key,
    "sheet": _sheet,
}
"""Choices of how a file is read, which are remembered for its source."""


async def _change_answer(host: ImportScreen, seen: FileSeen, name: str) -> None:
    """Which column is the name, the stage, the value…; a stage or an owner can hold for all."""
    (target, title), now = _FIELDS_OF[name], seen.answers[name]
    if now.startswith(ALWAYS):
        now = f"\0{now.removeprefix(ALWAYS)}"
    options = [] if now else [Option("", "not in the file")]
    options += [Option(column, column, _samples(seen, column)) for column in seen.header]
    constants: Sequence[str] = ()
    if name == "stage":
        constants = [*seen.stages]
        options += [Option(f"\0{one}", f"all deals in {one}") for one in constants]
    elif name == "owner":
        options.append(Option(f"\0{host.program.me}", f"all deals are @{host.program.me}'s"))
    chosen = await ask(host, Picker(title, options, chosen=now))
    if chosen in (None, now):  # the column of outcomes may be that of stages
        return
    if chosen.startswith("\0"):
        _take(host, with_constant(_recipe(host, seen), target, chosen[1:]))
    else:
        recipe = with_constant(_recipe(host, seen), target, "")
        _take(host, with_column(recipe, seen.header, chosen, target))


def _samples(seen: FileSeen, column: str) -> str:
    return ", ".join(seen.survey.samples.get(column, ()))


# A second file beside that of the deals.


async def join_file(host: ImportScreen) -> None:
    """A second file that says more of the deals; where there is one: its columns, or none more."""
    seen = host.view.seen
    if not is_idle(host):
        return
    if seen is None:
        chooses = key_for(host.keys, "choose_file")
        words = f"There is no file of deals yet to join one to; {chooses} chooses it."
        host.say(words, "status.warn")
        return
    key: str | None = "o"
    if (side := side_of(_recipe(host, seen))) is not None:
        key = await ask(host, _side_menu(side))
    if key == "x":
        _take(host, with_side(_recipe(host, seen), None))
    elif key == "d" and side is not None:
        side = replace(side, everywhere=not side.everywhere)
        _take(host, with_side(_recipe(host, seen), side))
    elif key == "o":
        path = await ask(host, FilePicker("Join which file", seen.plan.path.parent))
        if path is not None:
            await _join_by(host, seen, Path(path))
    elif key == "c" and side is not None:
        await _join_by(host, seen, side.path)
    elif key == "t" and side is not None:
        await _choose_teams(host, seen, side)


def _side_menu(side: SideFile) -> Menu:
    """What may be changed of a second file."""
    is_of_reps = side.key.endswith("=owner")
    teams = MenuChoice(
        "t", "teams of reps…", is_of_reps, "Only a file that is joined by owner has teams of reps."
    )
    choices = [
        MenuChoice("c", "by another column…"),
        teams,
        MenuChoice("d", "to rows only" if side.everywhere else "to the deals here too"),
        MenuChoice("o", "another file…"),
        MenuChoice("x", "join nothing"),
    ]
    return Menu(f"{side.path.name} is joined", choices)


async def _join_by(host: ImportScreen, seen: FileSeen, path: Path) -> None:
    """Asks by which column the file is joined, that of both files first."""
    header = (await asyncio.to_thread(open_table, path)).header
    both = same_columns(header, seen.mapping)
    others = [column for column in header if column not in both]
    options = [Option(column, column, f"the {_called(both[column])}") for column in both]
    options += [Option(column, column) for column in others]
    column = await ask(host, Picker("Which column has the deals too", options))
    if column is None:
        return
    field = both.get(column) or await _ask_field(host, seen, column)
    if field is not None:
        side = SideFile(path, f"{column}={field}")
        _take(host, with_side(_recipe(host, seen), side))


async def _ask_field(host: ImportScreen, seen: FileSeen, column: str) -> str | None:
    """Which column of the deals a column of the second file is."""
    options = [
        Option(field, own, _samples(seen, own)) for own, field in join_fields(seen.mapping).items()
    ]
    if not options:
        host.say("No column of the deals can be joined by: 2 says what they are.", "status.warn")
        return None
    return await ask(host, Picker(f"{column} is, in the file of deals", options))


def _called(field: str) -> str:
    return field.removeprefix("fields.").replace("_", " ")


async def _choose_teams(host: ImportScreen, seen: FileSeen, side: SideFile) -> None:
    header = (await asyncio.to_thread(open_table, side.path)).header
    key = side.key.rpartition("=")[0]
    options = [Option(column, column) for column in header if column != key]
    options.append(Option("", "no column", "teams stay as they are"))
    column = await ask(host, Picker("The teams of reps are in", options, chosen=side.team))
    if column is not None:
        _take(host, with_side(_recipe(host, seen), replace(side, team=column)))
