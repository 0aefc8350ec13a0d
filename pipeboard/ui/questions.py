"""The questions of one action, asked until what was typed is stored, or left as a draft."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from typing import Final, Generic, Literal, TypeAlias, TypeVar, cast

from pipeboard.domain.deal import NOTHING, Deal
from pipeboard.domain.errors import Conflict, GateNotMet, PipeboardError
from pipeboard.domain.lazy_dataclass import dataclass
from pipeboard.ui.execute import take_note_of
from pipeboard.ui.host import Host, Outcome, ask
from pipeboard.ui.overlays.draft import Draft
from pipeboard.ui.overlays.overlay import Overlay
from pipeboard.ui.write_queue import said, turn_of

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
        """Is there anything typed that was not stored?"""
        return any(self._texts.values())

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
    change stands. A gate has its own ways on.
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
        if error is None or _leads_elsewhere(error):
            return came
        if isinstance(error, Conflict) and "fields" in error.details:
            ended = await _say_whose(screen, questions, error, meeting)
            if ended is not None:
                return ended
        elif questions.has_typed:
            questions.begin_again(said(error))
        else:
            return came
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
    met = about(deal, screen.program.seat.eyes, details, shown, screen.program.settings.zone)
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
            kept = " What you typed is kept as a draft, under the same key."
            screen.say(f"Nothing is stored.{kept if questions.kept else ''}")
            return Outcome(error=conflict)
    return None


async def _see_anew(screen: Host) -> None:
    """The person has been told what stands now: that is what the next try rests on."""
    turn = turn_of(screen)
    if turn is not None and turn.targets is not None:
        ids = turn.targets[0]
        deals = await screen.program.write_queue.ask(lambda w: w.reader.deals(ids))
        take_note_of(screen, {deal.id: deal.version for deal in deals.values()})


def _leads_elsewhere(error: PipeboardError) -> bool:
    """Does it end the questions? A gate has ways on of its own, and who gives up wants none."""
    return isinstance(error, GateNotMet) or error.code == _GIVEN_UP
