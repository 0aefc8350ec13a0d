"""Changes that a key asks for: handed to the write queue, shown and said once they are stored; and
what is asked for them, until what was typed is stored, or left as a draft.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence
from contextlib import suppress
from typing import TYPE_CHECKING, Final, Generic, Literal, TypeAlias, TypeVar, cast

from pipeboard.domain.commands import Win
from pipeboard.domain.deal import NOTHING, Deal
from pipeboard.domain.errors import Conflict, GateNotMet, PipeboardError
from pipeboard.domain.lazy_dataclass import dataclass
from pipeboard.domain.people import unknown_owner
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
from pipeboard.ui.keys import Key, key_for
from pipeboard.ui.last_view import Undoable
from pipeboard.ui.overlays.draft import Draft, key_after_merge, key_of
from pipeboard.ui.overlays.menu import Menu, MenuChoice
from pipeboard.ui.overlays.overlay import Overlay
from pipeboard.ui.palette import Role
from pipeboard.ui.write_queue import turn_of

if TYPE_CHECKING:
    from pipeboard.workspace.recording import Receipt


_BEGINS = ("add", "follow up")
"""The verbs that make a deal, whose number nobody has seen yet."""
_TAKES_BACK = ("undo", "redo")


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
    if repeats and not callable(change):  # work of its own is made for this deal and this order
        program.last_change = change
    elif receipt.deals and receipt.verb not in _TAKES_BACK:
        program.last_change = receipt.summary  # else the one before it would be repeated
    await tell(host, receipt)
    # Of what is only put on another day everything was asked when it was won.
    if not (isinstance(change, Win) and change.on is not None):
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

    def show() -> None:
        host.program.take_up()  # what is taken back may be a setting, or a role
        host.show_change(receipt)

    await show_at_last(host, show)
    is_undone = receipt.verb in _TAKES_BACK
    about = f"({receipt.about})" if receipt.about else ""
    if receipt.verb in _BEGINS and len(receipt.deals) == 1:
        about = f"It is {receipt.deals[0].ref}."
    words = " ".join(filter(None, (receipt.summary, about, *receipt.notes)))
    role: Role = "status.warn" if receipt.notes else "status.ok"
    host.say(words, role, offered(host, "" if is_undone else receipt.command_id))


def offered(host: Host, command_id: str) -> str:
    """What is said beside a change: that it can be taken back, until it is, by whomever."""
    hint = f"{key_for(host.keys, 'undo')} undo" if command_id else ""
    host.program.offered = Undoable(command_id, hint)
    return hint


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
        host.perform("closing.offer_follow_up", receipt.deals[0])


# The questions of one action.

T = TypeVar("T")
_GIVEN_UP: Final = "given_up"

Came: TypeAlias = Outcome | Literal[True] | None
"""What came of the answers: an outcome, True where they were put to use and nothing had to be
stored, None where the person left a question."""

Ask: TypeAlias = "Callable[[Questions], Awaitable[Came]]"
"""Asks its questions one after another, the same ones each time, and does what follows."""


@dataclass(frozen=True)
class Meeting(Generic[T]):
    """How what was typed goes together with what somebody else has stored meanwhile.

    `both` makes one answer of the deal as it is now, of mine and of what they have put there, in
    words. `theirs` does what remains to be done with mine where theirs stands; without it, mine
    stays a draft. `words` says mine where what was answered is no words, as the key of a menu.
    """

    both: Callable[[Deal, T, str], T] | None = None
    theirs: Callable[[T], Awaitable[Outcome]] | None = None
    words: Callable[[T], str] | None = None


class Questions:
    """Asks on overlays, and remembers what was answered in case that it has to be asked again."""

    def __init__(self, screen: Host) -> None:
        self._screen = screen
        self._place = 0
        self._answers: dict[int | str, object] = {}
        self._typed: dict[int | str, Draft] = {}
        self._texts: dict[int | str, str] = {}
        self._last: int | str = 0
        self._why = ""
        self._asks_again = True
        self.theirs: Mapping[str, str] = NOTHING
        """What somebody else has put into the fields of a form meanwhile, in words."""

    async def ask(self, make: Callable[[], Overlay[T]]) -> T | None:
        """What a person answers on the overlay that is made; None when they leave it.

        Asked once more, it shows what was typed; what was chosen is not asked again.
        """
        overlay = make()
        draft = overlay.draft
        # A line and the box that it grows into keep one draft, and are one question.
        place = draft.key if draft is not None and draft.key else self._place
        self._place += 1
        if place in self._answers and not (self._asks_again and place in self._typed):
            return cast("T", self._answers[place])
        if draft is not None and place in self._texts:
            draft.hand(self._texts[place], self._why)
            self._why = ""
        given = await ask(self._screen, overlay)
        if draft is not None:
            self._typed[place], self._texts[place] = draft, draft.typed
        if given is not None:
            self._answers[place] = given
            self._last = place
        return given

    @property
    def kept(self) -> bool:
        """Is there anything typed that was not stored, and is kept?"""
        return any(text and self._typed[place].is_kept for place, text in self._texts.items())

    @property
    def has_typed(self) -> bool:
        """Has anything been asked that is typed?"""
        return bool(self._typed)

    @property
    def mine(self) -> object:
        """The last answer."""
        return self._answers.get(self._last)

    def text(self, key: str) -> str:
        """What was typed under that key of a draft."""
        return self._texts.get(key, "")

    def follow(self, gone: int, kept: int) -> None:
        """What was typed for a deal that is merged away is kept for the one that stays."""
        for place, draft in self._typed.items():
            key = key_after_merge(draft.key, gone, kept)
            if key != draft.key:
                draft.move(key, self._texts[place])

    def settle(self) -> None:
        """It is stored: what was typed need not be kept any longer."""
        for draft in self._typed.values():
            draft.settled()

    def begin_again(self, why: str) -> None:
        """The questions come once more, with what was typed, and why it could not be stored."""
        self._place, self._why, self._asks_again = 0, why, True

    def repeat(self, answer: object = None) -> None:
        """The same answers once more without a question, or another for the last of them."""
        if answer is not None:
            self._answers[self._last] = answer
        self._place, self._asks_again = 0, False


async def until_stored(
    screen: Host, attempt: Ask, meeting: Meeting[T] | None = None
) -> Outcome | Literal[True]:
    """Asks and does what follows until it is stored, or the person leaves.

    What was typed stays a draft until there is a receipt for it: after a refusal or a failure the
    same questions come back with it, and with the reason; after a conflict the person says whose
    change stands. A gate has its own ways on, and who gives up wants no question again.
    """
    questions = Questions(screen)
    meeting = meeting or Meeting[T]()
    while True:
        came = await _try(attempt, questions)
        if came is None:
            if questions.kept:
                screen.say("What you typed is kept as a draft; the same key brings it back.")
            return Outcome()
        if came is True or came:
            questions.settle()
            return came
        error = came.error
        if error is None or isinstance(error, GateNotMet):
            return came
        if _is_final(error):
            kept = _kept_with(questions, error.details) or _draft_kept(questions)
            screen.say(f"{screen.program.net.words(error)}{kept}", "status.warn")
            return came
        if isinstance(error, Conflict) and "fields" in error.details:
            ended = await _say_whose(screen, questions, error, meeting)
            if ended is not None:
                return ended
        elif questions.has_typed:
            questions.begin_again(screen.program.net.words(error))
        else:
            return came
        with suppress(PipeboardError):  # what is seen next is told anew at the next try
            await _see_anew(screen)


async def ask_until_stored(
    screen: Host,
    make: Callable[[], Overlay[T]],
    store: Callable[[T], Awaitable[Came]],
    meeting: Meeting[T] | None = None,
) -> Outcome | Literal[True]:
    """The same with one question, whose answer `store` is given."""

    async def attempt(questions: Questions) -> Came:
        given = await questions.ask(make)
        return None if given is None else await store(given)

    return await until_stored(screen, attempt, meeting)


async def _try(attempt: Ask, questions: Questions) -> Came:
    try:
        return await attempt(questions)
    except PipeboardError as error:
        if not questions.has_typed:
            raise
        return Outcome(error=error)


async def _say_whose(
    screen: Host, questions: Questions, conflict: Conflict, meeting: Meeting[T]
) -> Outcome | None:
    """Has the person say whose change stands; the outcome where that is the end of it."""
    from pipeboard.ui.overlays.form import ConflictMenu, Side, about

    details, mine = conflict.details, cast("T", questions.mine)
    deal_id = int(str(details["deal"]).removeprefix("D-"))
    deal = await screen.program.write_queue.ask(lambda w: w.reader.deals([deal_id])[deal_id])
    shown = meeting.words(mine) if meeting.words is not None else mine
    seat, zone = screen.program.seat, screen.program.settings.zone
    typed = (screen.today, deal.currency_in(screen.pipeline()))
    met = about(deal, seat.eyes, details, shown, zone, typed)
    form = mine if isinstance(mine, dict) else {}
    side = await ask(
        screen,
        ConflictMenu(
            met, joins=meeting.both is not None, by_field=bool(form), notes=bool(meeting.theirs)
        ),
    )
    rest = {name: text for name, text in form.items() if name not in met.fields}
    is_partly = bool(rest) and len(rest) < len(form)
    match side:
        case Side.MINE:
            questions.repeat()
        case Side.BOTH if meeting.both is not None:
            questions.repeat(meeting.both(deal, mine, met.theirs))
        case Side.FIELDS:
            questions.theirs = {name: f"{met.who}: {text}" for name, text in met.fields.items()}
            questions.begin_again("")
        case Side.THEIRS if is_partly:
            questions.repeat(rest)
        case Side.THEIRS if meeting.theirs is not None:
            outcome = await meeting.theirs(mine)
            if outcome:
                questions.settle()
            return outcome
        case _:
            screen.say(f"Nothing is stored.{_draft_kept(questions)}")
            return Outcome(error=conflict)
    return None


def _draft_kept(questions: Questions) -> str:
    return " What you typed is kept as a draft, under the same key." if questions.kept else ""


def _kept_with(questions: Questions, details: Mapping[str, object]) -> str:
    """Where what was typed is kept, if the deal was merged into another."""
    stays = details.get("merged_into")
    if not stays or not questions.kept:
        return ""
    gone, kept = (int(str(ref).removeprefix("D-")) for ref in (details["deal"], stays))
    questions.follow(gone, kept)
    return f" What you typed is kept as a draft of {stays}, under the same key."


def _is_final(error: PipeboardError) -> bool:
    """Does whoever is told it want no question again, or does no other answer help?"""
    is_refused = isinstance(error, Conflict) and "refused" in error.details
    return error.code == _GIVEN_UP or is_refused or "merged_into" in error.details


async def _see_anew(screen: Host) -> None:
    """The person has been told what stands now: that is what the next try rests on."""
    turn = turn_of(screen)
    if turn is not None and turn.targets is not None:
        ids = turn.targets[0]
        deals = await screen.program.write_queue.ask(lambda w: w.reader.deals(ids))
        take_note_of(screen, {deal.id: deal.version for deal in deals.values()})


def key_again(commands: Sequence[Key], action: str, letter: str) -> str:
    """The key that answers what is asked before that is done: the same once more where it is a
    letter or a sign, else this one."""
    keys = (command.first_key for command in commands if command.action == action)
    return next((key for key in keys if len(key) == 1 and key.isprintable()), letter)
