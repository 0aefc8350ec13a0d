"""News: what others have done since the last look, told once; and the first words of a board."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Final

from pipeboard.domain.counts import how_many
from pipeboard.domain.errors import DatabaseError
from pipeboard.domain.people import Actor, named
from pipeboard.ui.board_state import BoardState
from pipeboard.ui.host import Host
from pipeboard.ui.keys import key_for
from pipeboard.ui.last_view import empty_board
from pipeboard.ui.terminal.drafts import told_unstored

if TYPE_CHECKING:
    from pipeboard.store.reading.history import Did

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


def told(done: Sequence[Did], state: BoardState, me: Actor) -> str:
    """What others than this person did, in a few words; empty where nobody did."""
    news = [did for did in done if not me.did(did)]
    if not news:
        return ""
    when = f"{news[0].at.astimezone(state.lens.zone):%H:%M}"
    who = ", ".join(dict.fromkeys(f"@{named(did.actor, did.acting_as)}" for did in news))
    if len(news) == 1:
        return f"{who} {when}: {news[0].summary}"
    return f"{how_many(len(news), 'change')} by {who} {when}"


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
        takes = key_for(board.keys, "step_back")
        return f"Opened as it was left, with its filter; {takes} takes that away."
    try:
        return before or empty_board(state, board.keys)
    except DatabaseError:  # the next look says so
        return ""
