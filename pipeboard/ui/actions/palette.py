"""The palette: what was used last, any command, any place to go to, and words with a command."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Final, TypeAlias, TypeVar, cast

from pipeboard.domain import commands as c
from pipeboard.domain.cadence import parse_step, parse_until
from pipeboard.domain.deal_fields import BY_NAME
from pipeboard.domain.errors import DatabaseError, PipeboardError
from pipeboard.domain.lazy_dataclass import dataclass
from pipeboard.domain.locales import written
from pipeboard.domain.money import format_percent
from pipeboard.domain.people import new_rep_mark
from pipeboard.domain.phrases import spoken
from pipeboard.domain.text import fold
from pipeboard.ui.actions.fields import typed_tags
from pipeboard.ui.actions.navigation import (
    DENSITIES,
    SORTS,
    deal_option,
    go_to_deal,
    go_to_pipeline,
    set_filter,
    show_lines,
    sort_by,
)
from pipeboard.ui.actions.stages import move_to
from pipeboard.ui.draw.line import Line, key_name
from pipeboard.ui.execute import Came, ask_until_stored, execute
from pipeboard.ui.host import Host, Outcome, parse_query, read, targets_of, typed_currency
from pipeboard.ui.key_table import ALL
from pipeboard.ui.keys import Group, Key, said
from pipeboard.ui.last_view import recent, remember
from pipeboard.ui.overlays.menu import Option, Picker, narrowed
from pipeboard.ui.screens.live import check_key, check_room
from pipeboard.workspace.finding import past_day

if TYPE_CHECKING:
    from pipeboard.ui.screens.board import BoardScreen
    from pipeboard.ui.screens.metrics import MetricsScreen

T = TypeVar("T")
Typed: TypeAlias = "Mapping[str, Callable[[BoardScreen, str], list[Offer]]]"

_USED: Final = "used-commands"
_MOST_DEALS: Final = 30
_AUTO: Final = "auto"


@dataclass(frozen=True, slots=True)
class Offer:
    """A line of the palette, and what is done with what is `given`; `name` is how it is remembered
    as used. One that does nothing here says `why`. By the words in `also` it is found too."""

    name: str
    words: str
    right: str
    act: Callable[..., Awaitable[object]]
    given: tuple[object, ...] = ()
    help: str = ""
    why: str = ""
    also: str = ""

    @property
    def option(self) -> Option:
        told = self.why or self.help
        line: Line = (
            (self.words, "text.dim" if self.why else "card.name"),
            (f"   {told}", "text.dim"),
        )
        return Option(self.name, line if told else self.words, self.right, self.why, self.also)


async def palette(host: BoardScreen) -> None:
    """:: a command by its name or with its words, a deal, a pipeline, a filter, a view. One that is
    refused comes back with what was typed, and with the reason."""
    folder = host.program.seat.folder
    used = await asyncio.to_thread(recent, folder, _USED)
    commands = list(_commands(host))
    on_board, typed = host.title_of_help == "Board", _TYPED_ON.get(host.title_of_help, {})
    places = list(await read(host, lambda _: list(_places(host)))) if on_board else []
    known = {entry.name: entry for entry in (*commands, *places)}
    first = [known[name] for name in used if name in known]
    ordered = [*first, *(entry for entry in known.values() if entry not in first)]
    find = narrowed([entry.option for entry in ordered])

    def found(text: str) -> Sequence[Option]:
        with_words = _meant(host, typed, text)
        deals = _deals(host, text) if on_board else []
        known.update((entry.name, entry) for entry in (*with_words, *deals))
        return [
            *(entry.option for entry in with_words),
            *find(text),
            *(entry.option for entry in deals),
        ]

    def line() -> Picker:
        return Picker("Commands", found, placeholder=_EXAMPLES, verb="Do", comes_back=True)

    async def do(chosen: str) -> Came:
        await asyncio.to_thread(remember, folder, _USED, chosen)
        entry = known[chosen]
        came = await entry.act(host, *entry.given)
        return came if isinstance(came, Outcome) else True

    await ask_until_stored(host, line, do)


ALSO_CALLED: Final[Mapping[str, str]] = {
    "add": "new create",
    "as_of": "as-of past history then snapshot date",
    "archive": "delete remove trash hide unarchive",
    "attention": "stuck stalled overdue rotting",
    "call": "commit quota",
    "category": "commit",
    "close_date": "expected deadline",
    "compare": "previous difference",
    "contact": "person people phone",
    "copy": "clipboard yank",
    "done": "complete tick off",
    "edit": "rename change update account name currency",
    "export": "save csv report print",
    "filter": "search query where",
    "find": "search look up",
    "help": "shortcuts bindings",
    "hygiene": "data quality gaps check cleanup dead",
    "import": "load open csv",
    "interaction": "phone activity touch talked objection proposal quote",
    "interview": "questions qualify meddic answers",
    "letter": "template snippet agenda",
    "lose": "close reject dead",
    "mark": "select",
    "mark_all": "select",
    "merge": "duplicate same",
    "metrics": "numbers report statistics kpi dashboard funnel conversion win rate charts coverage "
    "velocity target quota waterfall trend bottleneck leaderboard",
    "mine": "team colleagues",
    "move": "drag phase",
    "next_step": "task plan follow up reminder todo",
    "note": "comment write",
    "owner": "assign hand over reassign",
    "pipeline": "switch",
    "playbook": "checklist goal criteria",
    "put_off": "reschedule postpone later",
    "reload": "refresh",
    "remove_item": "delete",
    "review": "meeting report",
    "snooze": "park pause wait nurture",
    "sort": "order warmest hot",
    "step_back": "cancel leave",
    "tags": "labels",
    "target": "quota goal",
    "tour": "tutorial learn",
    "triage": "queue today inbox due todo priority digest",
    "undo": "revert",
    "undo_list": "history",
    "value": "amount price money",
    "view": "density layout columns settings",
    "win": "close",
}
"""What people from other tools call what keys do, by the last part of the key's id."""


_EXAMPLES: Final = "a command, a deal, move demo, snooze 2w, value 40k, owner mara"


def _commands(host: BoardScreen) -> Iterator[Offer]:
    """Every key of the screen by what it does; those of the cursor last, and behind them those of
    which nothing comes here."""
    found = []
    for key in sorted(host.keys, key=lambda key: key.group is Group.AROUND):
        if not key.action.startswith("stage_") and key.action != "palette":
            shown = key_name(key.first_key, host.state.view.glyphs)
            label, help = spoken(key.label), spoken(key.help)
            why, also = _why_not(host, key), spoken(ALSO_CALLED.get(key.action, ""))
            found.append(Offer(key.id, label, shown, _press, (key.id,), help, why, also))
    yield from sorted(found, key=lambda offer: bool(offer.why))


def _why_not(host: BoardScreen, key: Key) -> str:
    try:
        check_key(host, key)
    except PipeboardError as error:
        return said(error)
    return ""


async def _press(host: Host, key_id: str) -> None:
    if key_id.startswith("app."):
        await host.app.run_action(ALL[key_id].does)
    else:
        host.press(key_id)


def _places(host: BoardScreen) -> Iterator[Offer]:
    """Pipelines, saved filters, orders, views and themes."""
    reader = host.state.reader
    for pipeline in reader.pipelines():
        name = pipeline.name
        right = pipeline.currency
        yield Offer(f"pipeline {name}", f"Pipeline {name}", right, go_to_pipeline, (pipeline.id,))
    for name, text in reader.saved_filters(host.program.me):
        yield Offer(f"filter {name}", f"Filter {name}", text, set_filter, (text,))
    for sort, label in SORTS.values():
        yield Offer(f"sort {label}", f"Sort by {label}", "s", sort_by, (sort,))
    for lines in DENSITIES:
        words = f"{lines} line{'s' * (lines > 1)} a card"
        yield Offer(f"lines {lines}", words, "v", _show_lines, (lines,))
    yield from map(_theme, (_AUTO, *host.program.choices.themes.names))


async def _show_lines(host: BoardScreen, lines: int) -> None:
    show_lines(host, lines)


def _theme(name: str) -> Offer:
    return Offer(f"theme {name}", f"Theme {name}", "", _show_theme, (name,))


async def _show_theme(host: Host, name: str) -> None:
    from pipeboard.ui.app import PipeboardApp, show_theme

    host.say(show_theme(cast("PipeboardApp", host.app), name))


def _deals(host: BoardScreen, text: str) -> list[Offer]:
    """The deals that are found by what is typed."""
    if not text.strip():
        return []
    entries = []
    for found in host.state.reader.find(text, limit=_MOST_DEALS):
        option = deal_option(found)
        right = option.right
        entries.append(Offer(found.ref, option.name, right, go_to_deal, (found.deal_id,)))
    return entries


def _moves(host: BoardScreen, words: str) -> list[Offer]:
    pipeline = host.pipeline()
    stages = [stage for stage in pipeline.stages if not stage.retired]
    options = [Option(str(stage.id), stage.name) for stage in stages]
    found = [pipeline.stage(int(option.id)) for option in narrowed(options)(words)]
    return [Offer(f"move {s.name}", f"Move to {s.name}", "m", move_to, (s,)) for s in found]


def _snoozes(host: BoardScreen, words: str) -> list[Offer]:
    day, why = parse_until(words, host.today)
    said = f"Snooze until {written().date(day)}{f': {why}' if why else ''}"
    return [_does(f"snooze {words}", said, "z", c.Snooze(day, why))]


def _owners(host: BoardScreen, words: str) -> list[Offer]:
    reps = host.state.reader.reps()
    names = {rep.name: f"{rep.name} {rep.display_name}" for rep in reps if rep.active}
    typed = words.removeprefix("@")
    options = [Option(name, text) for name, text in names.items()]
    found = [option.id for option in narrowed(options)(typed)] or [typed]
    marks = {name: new_rep_mark(name, reps, host.program.me) for name in found}
    return [
        _does(f"owner {name}", f"Give to @{name}", mark or "o", c.Assign(name))
        for name, mark in marks.items()
    ]


def _values(host: BoardScreen, words: str) -> list[Offer]:
    currency = typed_currency(host, targets_of(host)[0])
    value = BY_NAME["value"].read(words, host.today, currency)
    said = f"Value {written().money(value)}" if value else "Leave the value open"
    return [_does(f"value {words}", said, "$", c.Edit({"value": value}))]


def _closes(host: BoardScreen, words: str) -> list[Offer]:
    day = BY_NAME["expected_close"].read(words, host.today, "")
    said = f"Close date {written().date(day)}" if day else "Leave the close date open"
    return [_does(f"close {words}", said, "c", c.Edit({"expected_close": day}))]


def _chances(host: BoardScreen, words: str) -> list[Offer]:
    chance = BY_NAME["probability_bp"].read(words, host.today, "")
    percent = "that of the stage" if chance is None else f"{format_percent(chance)}%"
    command = c.Edit({"probability_bp": chance})
    return [_does(f"probability {words}", f"Probability {percent}", "%", command)]


def _tags(host: BoardScreen, words: str) -> list[Offer]:
    command = typed_tags(words)
    said = "Tags " + " ".join(
        (*(f"+{tag}" for tag in command.add), *(f"-{tag}" for tag in command.remove))
    )
    return [_does(f"tag {words}", said, "#", command)]


def _steps(host: BoardScreen, words: str) -> list[Offer]:
    step = parse_step(words, host.today)
    when = written().date(step.due) if step.due else "no day"
    if step.due is not None and not step.text:
        return [_does(f"next {words}", f"Put off to {when}", "r", c.Reschedule(step.due))]
    return [_does(f"next {words}", f"Next: {step.text}", when, c.Plan(words))]


def _notes(host: BoardScreen, words: str) -> list[Offer]:
    return [_does("note", f"Note: {words}", "n", c.AddNote(words))]


def _themes(host: BoardScreen, words: str) -> list[Offer]:
    names = (_AUTO, *host.program.choices.themes.names)
    return [_theme(name) for name in names if fold(name).startswith(fold(words))]


def _filters(host: BoardScreen, words: str) -> list[Offer]:
    saved = dict(host.state.reader.saved_filters(host.program.me))
    text = saved.get(words, words)
    parse_query(host, text)
    return [Offer(f"filter {words}", f"Filter {words}", "/", set_filter, (text,))]


def _past_days(host: Host, words: str) -> list[Offer]:
    from pipeboard.ui.actions import figures

    screen = cast("MetricsScreen", host)
    day = past_day(words, screen.program.settings, screen.moment.at)
    said = f"Numbers as of {written().date(day)}" if day else "The numbers of now"
    return [Offer(f"as-of {words}", said, "a", figures.go_back_to, (day,))]


_TYPED: Final[Typed] = {
    "move": _moves,
    "snooze": _snoozes,
    "owner": _owners,
    "value": _values,
    "close": _closes,
    "probability": _chances,
    "tag": _tags,
    "next": _steps,
    "note": _notes,
    "theme": _themes,
    "filter": _filters,
}
"""Commands that are typed with their words: `move demo`, `snooze 2w`, `value 40k`."""
_TYPED_ON: Final[Mapping[str, Typed]] = {"Board": _TYPED, "Metrics": {"as-of": _past_days}}
"""By the name of the screen whose commands they are."""
_LOOKING: Final = frozenset(("theme", "filter", "as-of"))
"""Those of them that change no deal."""


def _meant(host: BoardScreen, typed: Typed, text: str) -> list[Offer]:
    """What a command and its words would do, the likeliest first; nothing without words."""
    command, _, words = text.strip().partition(" ")
    reader = typed.get(command.casefold())
    if reader is None or not words.strip():
        return []
    try:
        if command.casefold() not in _LOOKING:
            host.program.check_writable()
            check_room(host)
        return reader(host, words.strip())
    except DatabaseError:
        raise
    except PipeboardError as error:
        return [Offer("", f"{command} {words}", "", _nothing, why=said(error))]


def _does(name: str, words: str, right: str, command: c.Command) -> Offer:
    return Offer(name, words, right, execute, (command,))


async def _nothing(host: Host) -> None:
    """What is done with a line that cannot be chosen."""
