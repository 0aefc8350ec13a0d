"""Changes that a key asks for: handed to the write queue, shown and said once they are stored."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Final

from pipeboard.domain.errors import Conflict, DatabaseError, GateNotMet, PipeboardError
from pipeboard.domain.people import unknown_owner
from pipeboard.ui.board_state import BoardState
from pipeboard.ui.host import (
    Change,
    Host,
    Outcome,
    ask,
    overridden,
    patiently,
    targets_of,
    with_new_rep,
    with_owner,
    work_of,
)
from pipeboard.ui.last_view import empty_board
from pipeboard.ui.overlays.draft import key_of
from pipeboard.ui.overlays.menu import Menu, MenuChoice
from pipeboard.ui.palette import Role
from pipeboard.ui.terminal.drafts import told_unstored
from pipeboard.ui.write_queue import dropped, turn_of

if TYPE_CHECKING:
    from pipeboard.store.reading.history import Did
    from pipeboard.workspace.recording import Receipt


# News: what others have done since the last look, told once.

_MOST_NEWS: Final = 100


class News:
    """What others do, told once."""

    def __init__(self) -> None:
        self._last_seq: int | None = None

    def begin(self, state: BoardState) -> None:
        """Whatever was done before is no news; raises DatabaseError."""
        if self._last_seq is None:
            self._last_seq = max(
                (did.seq for did in state.reader.history.commands(limit=1)), default=0
            )

    def since(self, state: BoardState) -> list[Did]:
        """What was done since the last look, the latest first; raises DatabaseError."""
        done = state.reader.history.commands(limit=_MOST_NEWS)
        last, self._last_seq = self._last_seq, max((did.seq for did in done), default=0)
        return [] if last is None else [did for did in done if did.seq > last]

    def is_only(self, state: BoardState, command_id: str) -> bool:
        """Whether that command is all that was done since the last look; then it is no news any
        more. Raises DatabaseError."""
        if (last := self._last_seq) is None:
            return False
        new = [did for did in state.reader.history.commands(limit=2) if did.seq > last]
        if [did.id for did in new] != [command_id]:
            return False
        self._last_seq = new[0].seq
        return True

    def told(self, state: BoardState, me: str) -> str:
        """Who has changed something since the last look, unless it was this person."""
        return words_of(self.since(state), state, me)


def words_of(done: Sequence[Did], state: BoardState, me: str) -> str:
    """What others than this person did, in a few words; empty where nobody did."""
    news = [did for did in done if did.actor != me]
    if not news:
        return ""
    when = f"{news[0].at.astimezone(state.lens.zone):%H:%M}"
    who = ", ".join(dict.fromkeys(f"@{did.actor}" for did in news))
    if len(news) == 1:
        return f"{who} {when}: {news[0].summary}"
    return f"{len(news)} changes by {who} {when}"


def first_words(board: Host) -> str:
    """What was left behind or taken back the last time, or how to begin."""
    program, state = board.program, board.state
    left = (
        program.seat.first_words,
        told_unstored(program.drafts),
        *program.drafts.kept_lines(),
    )
    before = " ".join(filter(None, left))
    if not before and state.view.filter_text:
        return "Opened as it was left, with its filter; Esc takes that away."
    try:
        return before or empty_board(state, board.keys)
    except DatabaseError:  # the next look says so
        return ""


_BEGINS = ("add", "follow up")
"""The verbs that make a deal, whose number nobody has seen yet."""


async def execute(
    host: Host,
    change: Change,
    *,
    ids: Sequence[int] | None = None,
    seen: Mapping[int, int] | None = None,
    override: str = "",
    repeats: bool = True,
) -> Outcome:
    """Has the write queue change the deals that are meant, and waits for what comes of it.

    Other `ids`, and versions that were `seen`, stand in for those of the action. A refusal is said
    on the status line; a gate that is not met opens its sheet; `.` does it again if it `repeats`.
    """
    targets, were_seen = targets_of(host) if ids is None or seen is None else ((), {})
    ids, seen = targets if ids is None else ids, were_seen if seen is None else seen
    if not ids:
        host.say("No deal is selected here.", "status.warn")
        return Outcome()
    return await carry_out(host, change, ids, seen, override=override, repeats=repeats)


async def carry_out(
    host: Host,
    change: Change,
    ids: Sequence[int] = (),
    seen: Mapping[int, int] | None = None,
    *,
    override: str = "",
    repeats: bool = False,
) -> Outcome:
    """As `execute`, whatever is under the cursor."""
    program = host.program
    if (turn := turn_of(host)) is not None:
        turn.has_begun = True
    wanted = overridden(change, override) if override else change
    try:
        program.check_writable()
        receipt = await program.write_queue.ask(work_of(wanted, ids, seen or {}))
    except GateNotMet as gate:
        host.perform("stages.open_gate", gate, change)
        return Outcome(error=gate)
    except PipeboardError as error:
        if isinstance(error, Conflict):
            await show_at_last(host, host.reload)
        elif unknown_owner(error) and (meant := await _ask_whose(host, error, change)) is not None:
            return await carry_out(host, meant, ids, seen, override=override, repeats=repeats)
        host.failed(error)
        return Outcome(error=error)
    if repeats:
        program.last_change = change
    await tell(host, receipt)
    _go_on_from(host, receipt)
    return Outcome(receipt)


async def _ask_whose(host: Host, error: PipeboardError, change: Change) -> Change | None:
    """What is done about an owner whom nobody knows: nobody is made a rep without a yes."""
    typed, near = unknown_owner(error), str(error.details.get("near", ""))
    made = with_new_rep(change)
    if made is None:
        return None
    choices = [MenuChoice("y", f"make @{typed} a rep")]
    corrected = with_owner(change, typed, near) if near else None
    if corrected is not None and corrected != change:
        choices.insert(0, MenuChoice("m", f"I mean @{near}"))
    question = Menu(f"There is no rep @{typed}.", choices, leaving=("Esc", "Back to the line"))
    return {"y": made, "m": corrected}.get(await ask(host, question) or "")


async def tell(host: Host, receipt: Receipt) -> None:
    """Shows what was stored, and says it; its version is the one that the person has seen."""
    take_note_of(host, {deal.id: deal.version for deal in receipt.deals})
    await show_at_last(host, lambda: host.show_change(receipt))
    host.program.done_here.add(receipt.command_id)
    undoable = receipt.command_id and receipt.verb not in ("undo", "redo")
    about = f"({receipt.about})" if receipt.about else ""
    if receipt.verb in _BEGINS and len(receipt.deals) == 1:
        about = f"It is {receipt.deals[0].ref}."
    lost = dropped(host.program.key_queue.take_dropped())
    words = " ".join(filter(None, (receipt.summary, about, *receipt.notes, lost)))
    role: Role = "status.warn" if receipt.notes else "status.ok"
    host.say(words, role, "u undo" if undoable else "")


def take_note_of(host: Host, versions: Mapping[int, int]) -> None:
    """These versions of deals are what the person has seen from now on."""
    turn = turn_of(host)
    if turn is not None and turn.targets is not None:
        ids, before = turn.targets
        turn.targets = (ids, {**before, **versions})


async def show_at_last(host: Host, show: Callable[[], None]) -> None:
    """Shows what has been stored; where that cannot be read now, the next look does."""
    try:
        await patiently(host, show)
    except PipeboardError:
        host.reads_again = True


def _go_on_from(host: Host, receipt: Receipt) -> None:
    """What a change that is done leads to, if anything."""
    if receipt.verb == "won" and len(receipt.deals) == 1:
        # The amount that was typed may have waited until the gate was passed.
        host.program.drafts.discard(key_of("won", [receipt.deals[0].id]))
        host.perform("stages.offer_follow_up", receipt.deals[0])
