"""The host of an action: what it may ask of the screen it stands on, and of the program behind."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Awaitable, Callable, Coroutine, Sequence
from datetime import date
from functools import partial, wraps
from importlib import import_module
from typing import (
    TYPE_CHECKING,
    Concatenate,
    Final,
    ParamSpec,
    Protocol,
    TypeAlias,
    TypeVar,
    runtime_checkable,
)

from pipeboard.domain.commands import Assign, Edit, Move, Reopen, SetFields, Step, Win
from pipeboard.domain.counts import how_many
from pipeboard.domain.deal import Deal, Status
from pipeboard.domain.errors import DatabaseError, PipeboardError
from pipeboard.domain.lazy_dataclass import dataclass, replace
from pipeboard.ui.draw.questions import field_text
from pipeboard.ui.keys import Key, is_gone
from pipeboard.ui.last_view import OPEN_ANEW, Choices, Seat, Undoable, read_filter
from pipeboard.ui.palette import Role
from pipeboard.ui.write_queue import TURN, Targets, Turn, is_busy, suppress_busy, turn_of

if TYPE_CHECKING:
    from textual.app import App
    from textual.screen import ModalScreen

    from pipeboard.domain.board import Card
    from pipeboard.domain.commands import Command
    from pipeboard.domain.filter_nodes import Filter
    from pipeboard.domain.pipeline import Pipeline, Stage
    from pipeboard.domain.settings import Settings
    from pipeboard.store.reading import Reader
    from pipeboard.ui.board_state import BoardState
    from pipeboard.ui.net import Net
    from pipeboard.ui.terminal.drafts import Drafts
    from pipeboard.ui.terminal.typeahead import KeyQueue
    from pipeboard.ui.write_queue import WriteQueue
    from pipeboard.workspace import Seen, Workspace
    from pipeboard.workspace.recording import Receipt


# Changes that keys make: commands of the domain, and use cases that are more than one command.

UseCase: TypeAlias = "Callable[[Workspace, Sequence[int], Seen], Receipt]"
"""What is more than one command, done to deals that were seen in these versions."""

Change: TypeAlias = "Command | UseCase"
"""What a key does to deals; `.` does the same value to others."""


def overridden(change: Change, reason: str) -> Change:
    """The same change, through a gate that is not met, for that reason."""
    if isinstance(change, Move | Step | Win | Reopen):
        return replace(change, override=reason)
    return change


@dataclass(frozen=True, slots=True)
class AddDeal:
    """A new deal as it is typed in one line, in a stage of a pipeline; `source` is what was
    answered where the line says none."""

    line: str
    pipeline: Pipeline
    stage_id: int
    new_rep: bool = False
    source: str | None = None

    def __call__(self, workspace: Workspace, ids: Sequence[int], seen: Seen) -> Receipt:
        from pipeboard.workspace.new_deals import add_deal

        add = partial(add_deal, workspace, self.line, tui=True, new_rep=self.new_rep)
        return add(pipeline=self.pipeline, stage_id=self.stage_id, source=self.source)


def with_new_rep(change: Change) -> Change | None:
    """The same change, whose owner may be somebody new; None where it gives a deal to nobody."""
    match change:
        case Assign() | Edit() | SetFields() | AddDeal():
            return replace(change, new_rep=True)
        case _:
            return None


def with_owner(change: Change, typed: str, meant: str) -> Change | None:
    """The same change with the owner who was meant by what was `typed`."""
    match change:
        case Assign():
            return replace(change, rep=meant)
        case Edit(changes):
            return replace(change, changes={**changes, "owner": meant})
        case SetFields(assignments):
            others = [text for text in assignments if text.partition("=")[0].strip() != "owner"]
            return replace(change, assignments=(*others, f"owner={meant}"))
        case AddDeal(line):
            named = rf"(?<!\S)(@|owner:){re.escape(typed)}(?!\S)"
            return replace(change, line=re.sub(named, lambda m: m[1] + meant, line))
        case _:
            return None


def work_of(change: Change, ids: Sequence[int], seen: Seen) -> Callable[[Workspace], Receipt]:
    """What the write queue is asked to do."""
    if callable(change):
        use_case = change
        return lambda workspace: use_case(workspace, ids, seen)
    command = change
    return lambda workspace: workspace.execute(command, ids, seen=seen)


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of a change that was asked for; true where it is stored.

    Neither receipt nor error means that there was nothing to ask for: no deal is selected.
    """

    receipt: Receipt | None = None
    error: PipeboardError | None = None

    def __bool__(self) -> bool:
        return self.receipt is not None


T = TypeVar("T")
P = ParamSpec("P")
Ids: TypeAlias = Sequence[int]


class Waits(Protocol):
    """Actions under way, and what is said of them where keys wait for long."""

    @property
    def words(self) -> str: ...
    def begin(self, turn: Turn) -> None: ...
    def end(self, turn: Turn) -> None: ...


class Program(Protocol):
    """The program behind the screens: who acts, what is stored and how, and what waits.

    The `write_queue` does what keys ask; the `housekeeper` what nobody waits for.
    """

    write_queue: WriteQueue
    housekeeper: WriteQueue
    choices: Choices
    seat: Seat
    drafts: Drafts
    net: Net
    settings: Settings
    last_change: Change | str | None
    done_here: set[str]
    """The ids of what was stored in this session."""
    offered: Undoable
    key_queue: KeyQueue

    @property
    def waiting(self) -> Waits: ...
    @property
    def me(self) -> str: ...
    def check_writable(self, what: str = "") -> None: ...
    def take_up(self) -> None: ...
    def leave(self, return_code: int) -> None: ...


class Host(Protocol):
    """A screen, as the actions see it on which a key calls them."""

    state: BoardState
    reads_again: bool
    count: int
    last_copied: str

    @property
    def version(self) -> int | None: ...
    @property
    def app(self) -> App[object]: ...
    @property
    def program(self) -> Program: ...
    @property
    def today(self) -> date: ...
    @property
    def title_of_help(self) -> str: ...
    @property
    def keys(self) -> tuple[Key, ...]: ...
    def say(self, text: str, role: Role = "status", beside: str = "") -> None: ...
    def failed(self, error: BaseException) -> None: ...
    def reload(self) -> None: ...
    def targets(self) -> Targets: ...
    def pipeline(self) -> Pipeline: ...
    def stage_shown(self) -> Stage: ...
    def at_hand(self, deal_id: int) -> Deal | Card | None: ...
    def show_change(self, receipt: Receipt) -> None: ...
    def move_cursor(self, columns: int, rows: int) -> None: ...
    def move_pages(self, pages: float) -> None: ...
    def move_to_end(self, direction: int) -> None: ...
    def press(self, key_id: str) -> None: ...
    def perform(self, does: str, *given: object) -> None: ...


@runtime_checkable
class Walk(Protocol):
    """A screen that leads through deals one after another."""

    async def go_on(self) -> None:
        """What follows once an action has ended, before the next key is heard."""

    def keep(self) -> None:
        """Writes down how far the person has come, for the next time; never raises."""


def targets_of(host: Host) -> Targets:
    """The deals of the action under way, or those that a key would be meant for now."""
    turn = turn_of(host)
    return (turn.targets if turn else None) or host.targets()


def selected(host: Host) -> tuple[int, ...]:
    """The deals that are meant; says so when there are none."""
    ids, _ = targets_of(host)
    if not ids:
        host.say("No deal is selected here.", "status.warn")
    return ids


def on_deals(
    action: Callable[Concatenate[Host, Ids, P], Awaitable[None]],
) -> Callable[Concatenate[Host, P], Coroutine[object, object, None]]:
    """An action that is given the deals that are meant, and is not begun where there are none."""

    @wraps(action)
    async def on_selected(host: Host, /, *args: P.args, **kwargs: P.kwargs) -> None:
        ids = selected(host)
        if ids:
            await action(host, ids, *args, **kwargs)

    return on_selected


def asking(
    command: Callable[[], Command],
) -> Callable[
    [Callable[Concatenate[Host, Ids, P], Awaitable[None]]],
    Callable[Concatenate[Host, P], Coroutine[object, object, None]],
]:
    """`on_deals` for an action that asks before it has such a command carried out: deals that
    refuse it as they stand are not asked about."""

    def decorated(
        action: Callable[Concatenate[Host, Ids, P], Awaitable[None]],
    ) -> Callable[Concatenate[Host, P], Coroutine[object, object, None]]:
        @wraps(action)
        async def unless_refused(
            host: Host, ids: Ids, /, *args: P.args, **kwargs: P.kwargs
        ) -> None:
            await check_allowed(host, ids, command)
            await action(host, ids, *args, **kwargs)

        return on_deals(unless_refused)

    return decorated


async def check_allowed(host: Host, ids: Ids, command: Callable[[], Command]) -> None:
    """Raises why deals as they stand refuse a command, whatever will be typed for it.

    Open deals refuse nothing that is asked for by a key: nothing is read for those that are shown
    as they stand.
    """
    if are_open(host, ids):
        return
    from pipeboard.workspace.execution import check_allowed

    wanted = command()
    await host.program.write_queue.ask(lambda workspace: check_allowed(workspace, wanted, ids))


def _is_behind(host: Host) -> bool:
    """Has somebody stored something that is not shown yet? No, as long as nobody can tell."""
    try:
        return host.version is not None and host.state.reader.data_version() != host.version
    except DatabaseError:
        return False


def are_open(host: Host, ids: Ids) -> bool:
    """Are these deals at work and this person's to change, as far as is known without reading?"""
    rights, shown = host.program.seat.rights, [host.at_hand(deal_id) for deal_id in ids]
    are_shown_so = all(
        deal is not None
        and deal.status is Status.OPEN
        and not is_gone(deal)
        and (rights is None or rights.may_change(deal.owner))
        for deal in shown
    )
    return are_shown_so and not _is_behind(host)


async def deal_shown(host: Host, deal_id: int) -> Deal | None:
    """A deal as it is shown, or as it stands in the database where only its card is, or an older
    version. What is its owner's own may be missing: no gate asks for that."""
    shown = host.at_hand(deal_id)
    if isinstance(shown, Deal) and not _is_behind(host):
        return shown
    return await read(host, lambda reader: reader.deal(deal_id))


def target_names(host: Host, ids: Sequence[int]) -> str:
    """The deals that are meant, in a few words, for which nothing is read."""
    if len(ids) != 1:
        return how_many(len(ids), "deal")
    shown = host.at_hand(ids[0])
    return shown.name if shown is not None else f"D-{ids[0]}"


def present(host: Host, field: str, deal_id: int) -> str:
    """What that deal, not the one under the cursor, has in a field. Raises `DatabaseError`."""
    return field_text(deal, field) if (deal := _meant(host, deal_id)) else ""


def typed_currency(host: Host, ids: Ids) -> str:
    """That of an amount which is typed without one, for one deal or for several."""
    deal = _meant(host, ids[0]) if len(ids) == 1 else None
    return deal.currency_in(host.pipeline()) if deal else host.pipeline().currency


def _meant(host: Host, deal_id: int) -> Deal | None:
    shown = host.at_hand(deal_id)
    return shown if isinstance(shown, Deal) else host.state.reader.deal(deal_id)


def retarget(host: Host, ids: Sequence[int]) -> None:
    """From here on the action is about these deals, seen as they were last seen."""
    if (turn := turn_of(host)) is not None:
        turn.targets = (tuple(ids), turn.targets[1] if turn.targets else {})


def take_count(host: Host) -> int:
    """How many times the key is meant."""
    count, host.count = host.count, 0
    return count or 1


async def ask(host: Host, screen: ModalScreen[T]) -> T | None:
    """What a person answers on a screen that opens over this one; None when they cancel."""
    if (turn := turn_of(host)) is not None:
        turn.has_begun, turn.may_ask = True, False
    shown = host.app.push_screen(screen, wait_for_dismiss=True)
    host.program.key_queue.asking(shown)
    return await asyncio.shield(shown)


async def patiently(host: Host, work: Callable[[], T]) -> T:
    """What `work` gives, tried until nobody holds the database; for actions in turn. It leaves
    everything as it was where it raises. Raises GivenUp."""
    while True:
        with suppress_busy():
            return work()
        await host.program.key_queue.pause()


def opens_anew(host: Host) -> bool:
    """Leaves for the file that was put in the place of the one that was opened, if there is one."""
    try:
        host.program.seat.file.check()
        host.state.reader.check()
    except DatabaseError as error:
        if error.details.get("reason") == "replaced":
            host.program.leave(OPEN_ANEW)
            return True
    return False


async def read(host: Host, look: Callable[[Reader], T]) -> T:
    """What somebody finds who looks into the database, however long it is held."""
    return await patiently(host, lambda: look(host.state.reader))


def parse_query(host: Host, text: str) -> Filter | None:
    """A filter as typed (`read_filter`)."""
    program = host.program
    return read_filter(host.state.reader, program.settings, host.today, program.me, text)


# Actions in turn: each goes on beside the screen until it has done all that it does.

Action: TypeAlias = "Callable[..., Awaitable[object]]"
"""A function of `ui/actions`, or a method of a screen; one that waits for nothing returns None."""

ACTIONS: Final = "pipeboard.ui.actions"


def found(does: str, host: Host) -> Action:
    """The action of that name, to be called for this screen; imported when it is first used."""
    where, _, name = does.partition(".")
    if where in ("screen", "app"):
        owner, called = (host, name) if where == "screen" else (host.app, f"action_{name}")
        method: Action = getattr(owner, called)
        return method
    return partial(getattr(import_module(f"{ACTIONS}.{where}"), name), host)


def turn_for(host: Host, key: Key | None) -> Turn:
    """The turn of an action; one that another has begun is about the same deals."""
    turn = Turn(host, key.label if key else "", may_ask=key is None or not key.asks_nothing)
    turn.of_deals = key is not None and (key.takes_deal or key.id.startswith("deal."))
    before = TURN.get()
    if before is not None and before.screen is host:
        turn.targets = before.targets
    return turn


async def queued_action(host: Host, turn: Turn, action: Action) -> None:
    """An action that may read, ask or store: it goes on beside the screen, for the deals that
    were meant when it began, and keys typed meanwhile wait for its questions or its end.

    While it has neither asked nor stored anything it is begun anew where others hold the database.
    """
    TURN.set(turn)
    try:
        if turn.targets is None:
            turn.targets = await patiently(host, host.targets)
        while True:
            try:
                await action()
                if isinstance(host, Walk):
                    await host.go_on()
                return
            except DatabaseError as error:
                if turn.has_begun or not is_busy(error):
                    raise
            await host.program.key_queue.pause()
    except Exception as error:  # the boundary of all that keys do
        host.failed(error)
    finally:
        host.program.waiting.end(turn)
