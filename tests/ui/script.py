"""An action on a database without a screen: the answers of a person are given to what it asks."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from types import SimpleNamespace
from typing import Any

from textual._context import active_app
from textual.app import App

from pipeboard.domain.deal import Deal
from pipeboard.domain.pipeline import Pipeline, Stage
from pipeboard.ui.draw.line import Glyphs
from pipeboard.ui.key_table import BOARD, DealTab
from pipeboard.ui.last_view import Choices, Undoable
from pipeboard.ui.net import Net
from pipeboard.ui.overlays.gate_sheet import GateSheet
from pipeboard.ui.overlays.menu import Menu, Picker
from pipeboard.ui.overlays.prompt import Longer, Prompt
from pipeboard.ui.terminal.drafts import Drafts
from pipeboard.ui.write_queue import TURN, Turn
from pipeboard.workspace.recording import Receipt
from tests.team import TODAY, now_of, sales
from tests.verbs import Workspace


class Hall(App[None]):
    """What overlays believe that they lie in; it never runs."""

    def __init__(self, desk: Desk) -> None:
        super().__init__()
        self.drafts = desk.drafts
        self.push_screen = desk.answer  # type: ignore[assignment, method-assign]


Answer = Any
"""What an overlay is left with, None where the person leaves it; or a function of the overlay."""


class Desk:
    """The host of an action, about the deals `ids` of a workspace, for which `answers` stand ready.

    A menu is only answered with a key that it offers, a list with what stands in it, and a line
    with what it takes. What was asked stands in `asked`, what was said in `said`, what was stored
    in `receipts`.
    """

    def __init__(self, ana: Workspace, ids: Sequence[int], folder: Path, *answers: Answer) -> None:
        self.workspace, self.ids, self.answers = ana, tuple(ids), list(answers)
        self.asked: list[str] = []
        self.overlays: list[Any] = []
        self.said: list[str] = []
        self.roles: list[str] = []
        self.performed: list[tuple[object, ...]] = []
        self.receipts: list[Receipt] = []
        self.reloaded = 0
        self.keys = BOARD
        self.today: date = TODAY
        self.count = 0
        self.reads_again = False
        self.version: int | None = None
        self.shown: dict[int, Deal] = {}
        """Deals that are shown as they were."""
        self.drafts = Drafts(folder)
        reader = ana.reader
        self.state = SimpleNamespace(
            reader=reader,
            view=SimpleNamespace(glyphs=Glyphs.UNICODE, cursor=(0, 0), read_only=False),
            new_rep_mark=lambda _: "",
            open_deal_of=lambda _: "",
            board=SimpleNamespace(
                columns=[SimpleNamespace(stage=stage) for stage in sales(ana).stages]
            ),
        )
        self.app = Hall(self)
        self.program = SimpleNamespace(
            write_queue=SimpleNamespace(ask=self._ask),
            key_queue=SimpleNamespace(asking=lambda _: None),
            drafts=self.drafts,
            seat=SimpleNamespace(actor=ana.actor, rights=None, eyes="ana"),
            settings=ana.settings,
            choices=Choices(),
            net=Net(lambda: None, self.say),
            last_change=None,
            done_here=set(),
            offered=Undoable(),
            me="ana",
            check_writable=lambda: None,
            take_up=lambda: None,
        )

    async def _ask(self, work: Callable[[Workspace], Any]) -> Any:
        found = work(self.workspace)
        if isinstance(found, Receipt):
            self.receipts.append(found)
            self.program.done_here.add(found.command_id)
        return found

    def answer(self, overlay: Any, **_: object) -> asyncio.Future[Answer]:
        self.asked.append(overlay._heading if hasattr(overlay, "_heading") else overlay._name)
        self.overlays.append(overlay)
        assert self.answers, f"nothing is answered to: {self.asked[-1]}"
        answer = self.answers.pop(0)
        if callable(answer):
            answer = answer(overlay)
        if answer is not None:
            self._check(overlay, answer)
        if overlay.draft is not None:
            typed = answer if isinstance(answer, str) else overlay.draft.handed
            if typed:
                overlay.draft._text = lambda: typed
            overlay.draft.left(overlay.draft.typed)
        given = asyncio.get_running_loop().create_future()
        given.set_result(answer)
        return given

    def _check(self, overlay: Any, answer: Answer) -> None:
        match overlay:
            case Menu():
                offered = {choice.key: choice.enabled for choice in overlay._choices}
                assert offered.get(answer), f"{answer} is none of {offered}"
            case Picker():
                named = [one.id for text in ("", answer) for one in overlay._find(text)]
                assert answer in named, f"{answer} is none of {named}"
            case Prompt() if not isinstance(answer, Longer):
                assert overlay._accept_empty or answer.strip(), "nothing is not taken"
                assert overlay._live is None or overlay._live(answer).ok, f"{answer} is not taken"
            case GateSheet():
                assert answer.missing is None or answer.missing < len(overlay._missing)

    # What actions ask of their screen.

    def targets(self) -> tuple[tuple[int, ...], Mapping[int, int]]:
        return self.ids, {one: self.stored(one).version for one in self.ids}

    def stored(self, deal_id: int = 0) -> Deal:
        """A deal as it stands in the database."""
        return now_of(self.workspace, deal_id or self.ids[0])

    def at_hand(self, deal_id: int) -> Deal:
        return self.shown.get(deal_id) or self.stored(deal_id)

    def pipeline(self) -> Pipeline:
        return sales(self.workspace)

    def stage_shown(self) -> Stage:
        return self.pipeline().stage(self.stored().stage_id)

    def say(self, text: str, role: str = "status", beside: str = "") -> None:
        if text:
            self.said.append(f"{text} {beside}".strip())
            self.roles.append(role)

    def failed(self, error: BaseException) -> None:
        self.say(self.program.net.words(error), "status.error")

    def reload(self) -> None:
        self.reloaded += 1

    def show_change(self, receipt: Receipt) -> None:
        pass

    def redraw(self) -> None:
        pass

    def press(self, key_id: str) -> None:
        self.performed.append((key_id,))

    def perform(self, does: str, *given: object) -> None:
        self.performed.append((does, *given))

    # What a test does.

    def begin(self, *answers: Answer, ids: Sequence[int] = ()) -> None:
        """Ready for another action."""
        self.answers, self.asked, self.overlays = list(answers), [], []
        self.said, self.roles, self.performed, self.receipts = [], [], [], []
        self.ids = tuple(ids) or self.ids

    async def do(self, action: Callable[..., Coroutine[Any, Any, Any]], *given: Any) -> Any:
        """Has the action do all that it does; every answer must have been asked for."""
        with self.turn():
            came = await action(self, *given)
        assert not self.answers, f"not asked for: {self.answers}"
        return came

    @contextmanager
    def turn(self) -> Iterator[Turn]:
        """The turn of an action about the deals that are meant now."""
        turn = Turn(self, "")
        turn.targets = self.targets()
        with _app(self.app), _turn(turn):
            yield turn


class DealDesk(Desk):
    """The screen of the deal, with an item under the cursor."""

    tab = DealTab.OVERVIEW
    item_key = ""
    opened: frozenset[int] = frozenset()
    wanted = ""

    @property
    def deal_id(self) -> int:
        return self.ids[0]

    @property
    def record(self) -> Any:
        return self.workspace.record(self.ids[0])

    def show_tab(self, tab: DealTab) -> None:
        self.tab = tab

    def search(self, text: str) -> None:
        self.wanted = text

    def at(self, tab: DealTab, key: str, *answers: Any) -> None:
        self.begin(*answers)
        self.tab, self.item_key = tab, key


@contextmanager
def _app(app: Any) -> Iterator[None]:
    token = active_app.set(app)
    try:
        yield
    finally:
        active_app.reset(token)


@contextmanager
def _turn(turn: Turn) -> Iterator[None]:
    token = TURN.set(turn)
    try:
        yield
    finally:
        TURN.reset(token)
