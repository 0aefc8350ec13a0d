"""Keys of the hygiene screen: what is looked at, and one key that mends what is wrong there."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence

from pipeboard.domain import commands as c
from pipeboard.domain.counts import in_figures
from pipeboard.domain.deal import Deal
from pipeboard.domain.hygiene import DEAD, DECISION_MAKER, DUPLICATES, GROUPS, Fault, norm
from pipeboard.domain.lazy_dataclass import replace
from pipeboard.domain.locales import written
from pipeboard.ui.actions.closing import lose
from pipeboard.ui.actions.daily import next_step
from pipeboard.ui.actions.fields import any_change, close_date, deal_now, owner, value
from pipeboard.ui.actions.items import edit_person
from pipeboard.ui.actions.selection import NOTHING_TO_MARK, choose_pipeline, choose_rep
from pipeboard.ui.actions.stages import answer_some, name_contact
from pipeboard.ui.draw.facts import PaneStyle
from pipeboard.ui.draw.hygiene import merge_lines
from pipeboard.ui.execute import ask_until_stored, execute
from pipeboard.ui.host import (
    Host,
    Ids,
    Outcome,
    ask,
    asking,
    patiently,
    read,
    retarget,
    target_names,
)
from pipeboard.ui.keys import key_for
from pipeboard.ui.overlays.draft import key_of
from pipeboard.ui.overlays.menu import Menu, MenuChoice
from pipeboard.ui.overlays.overlay import Panel
from pipeboard.ui.overlays.prompt import Prompt
from pipeboard.ui.screens.deal import DealScreen
from pipeboard.ui.screens.hygiene import HygieneScreen
from pipeboard.workspace import Seen, Workspace
from pipeboard.workspace.execution import merge_deals
from pipeboard.workspace.recording import Receipt

# What is looked at.


async def open(host: HygieneScreen) -> None:
    """Enter: the deal on a screen of its own."""
    deal = host.deal
    if deal is None:
        host.say("No deal is selected here.", "status.warn")
        return
    await host.app.push_screen(DealScreen(host.state, deal.id))


async def group(host: HygieneScreen, number: int) -> None:
    await _go_to(host, list(GROUPS)[number - 1])


async def _go_to(host: HygieneScreen, group: str) -> None:
    """Another kind; keys that were typed ahead wait until the deals that are alike are known."""
    await patiently(host, lambda: host.look_at(replace(host.view, group=group)))
    while group == DUPLICATES and host.is_searching:
        await host.program.key_queue.pause()


async def group_beside(host: HygieneScreen, step: int) -> None:
    """The next kind on that side that there is something of."""
    groups, view = list(GROUPS), host.view
    here = groups.index(view.group)
    others = [groups[(here + step * n) % len(groups)] for n in range(1, len(groups))]
    wanted = next((one for one in others if view.count(one) or one == DUPLICATES), others[0])
    await _go_to(host, wanted)


async def rep(host: HygieneScreen) -> None:
    chosen = await choose_rep(host, "Whose deals")
    if chosen is not None:
        await patiently(host, lambda: host.look_at(replace(host.view, owner=chosen or None)))


async def mine(host: HygieneScreen) -> None:
    me = host.program.me if host.view.owner is None else None
    await patiently(host, lambda: host.look_at(replace(host.view, owner=me)))


async def pipeline(host: HygieneScreen) -> None:
    if (wanted := await choose_pipeline(host)) is not None:
        await patiently(host, lambda: host.look_at(replace(host.view, pipeline=wanted)))


def mark(host: HygieneScreen) -> None:
    if host.deal is None or host.pair is not None:
        host.say(NOTHING_TO_MARK, "status.warn")
        return
    host.set_marks(host.view.marks ^ {host.deal.id})
    host.move_cursor(0, 1)


def mark_all(host: HygieneScreen) -> None:
    every = frozenset(deal.id for deal in host.view.deals)
    if not every:
        host.say(NOTHING_TO_MARK, "status.warn")
        return
    host.set_marks(frozenset() if every <= host.view.marks else every)
    if host.view.marks:
        mends, clears = (key_for(host.keys, action) for action in ("mend", "step_back"))
        count = len(host.view.marks)
        them = "it" if count == 1 else "them all"
        host.say(f"{in_figures(count)} marked; {mends} mends {them}, {clears} clears.")


# What mends.


async def mend(host: HygieneScreen) -> None:
    """f: what is asked follows from the kind that is looked at; of many deals one after another
    where each needs an answer of its own."""
    await _MENDED_BY[host.view.group](host)


async def decision_maker(host: Host) -> None:
    await _each(host, lambda one: name_contact(host, one, DECISION_MAKER))


async def answers(host: Host) -> None:
    wanted = norm(host.pipeline()).answers
    await _each(host, lambda one: answer_some(host, one, wanted))


async def _each(host: Host, work: Callable[[int], Awaitable[object]]) -> None:
    """Asks of one deal after another, until all are done with or the person leaves."""

    @asking(any_change)
    async def one_by_one(host: Host, ids: Ids) -> None:
        for one in ids:
            retarget(host, [one])
            if not await work(one):
                return

    await one_by_one(host)


@asking(any_change)
async def source(host: Host, ids: Ids) -> None:
    known = host.program.settings.source_names

    def line() -> Prompt:
        return Prompt(
            f"Source of {target_names(host, ids)}",
            suggestions=known,
            placeholder="  ".join(known[:4]),
            draft_key=key_of("source", ids),
        )

    async def store(typed: str) -> Outcome:
        return await execute(host, c.SetFields((f"source={typed.strip()}",)))

    await ask_until_stored(host, line, store)


async def contact(host: Host) -> None:
    async def add_person(one: int) -> bool:
        deal, _ = await deal_now(host, one)
        return bool(await edit_person(host, lambda: deal, ""))

    await _each(host, add_person)


@asking(any_change)
async def merge(host: Host, ids: Ids) -> None:
    """Two deals into one: which of them stays is asked with both side by side, and once more
    where a won or lost one would leave the numbers."""
    if len(ids) != 2:
        host.say("Two deals are merged: a pair of duplicates, or two that are marked.",
                 "status.warn")  # fmt: skip
        return
    found = await read(host, lambda reader: reader.deals(ids))
    first, second = (found[one] for one in ids)
    chosen = await ask(host, MergeMenu(host, first, second))
    if chosen is None:
        return
    keep, other = (first, second) if chosen == "k" else (second, first)
    closed = other.closed_at is not None
    if closed and not await _may_leave_numbers(host, keep, other):
        return

    def merged(workspace: Workspace, ids: Sequence[int], seen: Seen) -> Receipt:
        return merge_deals(workspace, ids[0], ids[1:], closed=closed, seen=seen)

    await execute(host, merged, ids=[keep.id, other.id], repeats=False)


async def _may_leave_numbers(host: Host, keep: Deal, other: Deal) -> bool:
    value = f" at {written().money(other.value)}" if other.value else ""
    question = Menu(
        f"{other.ref} was {other.outcome}{value}: merged, it leaves the numbers of that time",
        [MenuChoice("m", f"merges it into {keep.ref}")],
        leaving=("Esc", "Keep both"),
    )
    return await ask(host, question) == "m"


class MergeMenu(Menu):
    """Two deals side by side. Dismisses with `k` for the first that stays, `o` for the other."""

    def __init__(self, host: Host, first: Deal, second: Deal) -> None:
        self._host = host
        self._both = (first, second)
        choices = [
            MenuChoice("k", f"{first.ref} stays"),
            MenuChoice("o", f"{second.ref} stays"),
        ]
        super().__init__(f"Merge {first.name} and {second.name}", choices,
                         leaving=("Esc", "Keep both"))  # fmt: skip

    def draw(self, width: int, height: int) -> Panel:
        panel = super().draw(width, height)
        lens = self._host.state.lens
        style = PaneStyle(width, self._host.today, lens.zone, self._host.state.view.glyphs)
        room = max(2, height - len(panel.above) - 3)
        lines = merge_lines(*self._both, style)[:room]
        return Panel((*panel.above, *lines), panel.hints)


_MENDED_BY: Mapping[str, Callable[[Host], Awaitable[object]]] = {
    Fault.VALUE: value,
    Fault.CLOSE_DATE: close_date,
    Fault.CLOSE_PASSED: close_date,
    Fault.SOURCE: source,
    Fault.CONTACT: contact,
    Fault.DECISION_MAKER: decision_maker,
    Fault.ANSWERS: answers,
    Fault.OWNER: owner,
    Fault.NEXT_STEP: next_step,
    DUPLICATES: merge,
    DEAD: lose,
}
