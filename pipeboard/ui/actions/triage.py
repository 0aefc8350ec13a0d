"""Keys of the triage screen that are its own: the way there, on and back, a plan by one key."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pipeboard.domain import commands as c
from pipeboard.domain.cadence import follow_up_days
from pipeboard.domain.filter_nodes import EVERYTHING
from pipeboard.domain.lazy_dataclass import replace
from pipeboard.domain.locales import written
from pipeboard.ui.actions.daily import deals_now, usual_step
from pipeboard.ui.execute import Came, Meeting, Questions, ask_until_stored, execute, until_stored
from pipeboard.ui.host import Host, Ids, Outcome, on_deals, parse_query, patiently, read
from pipeboard.ui.keys import key_for
from pipeboard.ui.overlays.prompt import Prompt, filter_line
from pipeboard.ui.screens.live import LiveScreen, show_over, uncover

if TYPE_CHECKING:
    from pipeboard.store.reading import Reader
    from pipeboard.ui.screens.triage import TriageScreen
    from pipeboard.workspace.triage import Triage


async def open_triage(host: LiveScreen) -> None:
    """T: the day's queue of this person, from where they were; of everybody for who is no rep."""
    from pipeboard.ui.screens.triage import TriageScreen

    below = [seen for seen in host.app.screen_stack if isinstance(seen, TriageScreen)]
    if below:
        uncover(below[0])
        return
    version = host.state.reader.data_version()
    triage = await patiently(host, lambda: _begun(host, host.state.reader))
    await show_over(host, TriageScreen(host.state, triage, version, host.say))


def _begun(host: Host, reader: Reader) -> Triage:
    from pipeboard.store.reading.listing import Listing
    from pipeboard.workspace.triage import Triage, kept_in

    me, seat = host.program.me, host.program.seat
    is_rep = any(rep.name == me for rep in reader.reps())
    owner = me if is_rep else None
    listing = Listing(host.today, host.program.settings.zone, me=me, owner=owner)
    kept = kept_in(seat.folder, seat.store.database_id, me)
    return Triage(reader, listing, kept, eyes=seat.eyes)


async def skip(host: TriageScreen) -> None:
    """To the next deal; at the end through those that were skipped once more."""
    triage = host.triage
    if triage.record is not None:
        triage.skip()
        host.arrive()
    elif triage.again():
        host.arrive()
    else:
        host.say(f"That was all; {key_for(host.keys, 'quit')} goes back.", "status.warn")


async def previous(host: TriageScreen) -> None:
    if host.triage.back():
        host.arrive()
    else:
        host.say("This is where you began.", "status.warn")


async def mine(host: TriageScreen) -> None:
    """One's own queue, or everybody's."""
    from pipeboard.workspace.triage import for_owner

    triage, me = host.triage, host.program.me
    triage.keep()
    triage.restart(for_owner(triage.listing, me if triage.listing.owner is None else None))
    host.arrive()
    host.say("Your own queue." if triage.listing.owner else "Everyone's queue.")


async def filter(host: TriageScreen) -> None:
    """Only the deals of the queue that match; nothing typed shows all of it again."""

    from pipeboard.ui.actions.navigation import read_back

    told = read_back(host, "of the queue")

    def line() -> Prompt:
        return filter_line("Filter the queue", host.filter_text, told)

    async def narrow(typed: str) -> Came:
        await _narrow(host, typed.strip())
        return True

    await ask_until_stored(host, line, narrow)


async def show_all(host: TriageScreen) -> None:
    """Esc: the queue without its filter."""
    await _narrow(host, "")


async def _narrow(host: TriageScreen, text: str) -> None:
    """Only what matches a filter, from its beginning on; all of it for an empty one."""
    triage = host.triage

    def look() -> None:
        wanted = parse_query(host, text) if text else None
        triage.keep()
        triage.restart(replace(triage.listing, filter=wanted or EVERYTHING))

    await patiently(host, look)
    host.filter_text = text
    host.arrive()


@on_deals
async def open(host: Host, ids: Ids) -> None:
    """Enter: the whole deal; what is done there counts here too."""
    from pipeboard.ui.screens.deal import DealScreen

    await host.app.push_screen(DealScreen(host.state, ids[0]))


@on_deals
async def plan(host: Host, ids: Ids, place: int) -> None:
    """The next step on the day of that key, its words as they are, or as usual in the stage."""
    due = follow_up_days(host.today)[place - 1]
    usual = await usual_step(host, await deals_now(host, ids))

    async def attempt(_questions: Questions) -> Outcome:
        return await execute(host, c.Reschedule(due, usual))

    def words(_mine: object) -> str:
        return written().day(due, host.today)

    await until_stored(host, attempt, Meeting(words=words))


@on_deals
async def keep(host: Host, ids: Ids) -> None:
    """The next step is good as it is: it was looked at."""
    from pipeboard.workspace.triage import kept_plan

    deal = (await read(host, lambda reader: reader.deals(ids)))[ids[0]]
    command = kept_plan(deal, host.today)
    if await execute(host, command, repeats=False):
        host.say(f"Kept: {deal.name} › {command.text}.", "status.ok")
