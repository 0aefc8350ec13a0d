"""Keys that change what is looked at: cursor, filter, sort, lens, pipeline, pane, other screens."""

from __future__ import annotations

import asyncio
from importlib import import_module
from typing import TYPE_CHECKING, cast

from pipeboard.domain.board import Lens, Sort
from pipeboard.domain.counts import how_many, in_figures
from pipeboard.domain.errors import DatabaseError, PipeboardError
from pipeboard.domain.filter_fields import may_become
from pipeboard.domain.filter_nodes import Filter, These
from pipeboard.domain.lazy_dataclass import replace
from pipeboard.ui.draw.heading import found_words
from pipeboard.ui.draw.layout import AUTO, Pane, card_rows, has_room_for_pane
from pipeboard.ui.draw.line import EMPTY, Line, whole
from pipeboard.ui.execute import Came, Questions, until_stored
from pipeboard.ui.host import Host, Outcome, ask, opens_anew, parse_query, patiently, read
from pipeboard.ui.keys import key_for, said
from pipeboard.ui.last_view import empty_board, typed_filter
from pipeboard.ui.overlays.help import Help, filter_lines, groups_of, legend_lines
from pipeboard.ui.overlays.menu import Menu, MenuChoice, Option, Picker
from pipeboard.ui.overlays.prompt import Feedback, Live, filter_line
from pipeboard.ui.screens.live import LiveScreen, keys_offered, show_over, uncover
from pipeboard.ui.write_queue import is_busy

if TYPE_CHECKING:
    from datetime import date

    from pipeboard.store.reading.finding import Found
    from pipeboard.ui.board_state import LookedAt
    from pipeboard.ui.screens.board import BoardScreen
    from pipeboard.ui.screens.metrics import LeftAt, Wanted
    from pipeboard.ui.screens.review import ReviewPlace

SORTS = {
    "m": (Sort.MANUAL, "by hand"),
    "v": (Sort.VALUE, "value"),
    "e": (Sort.NEEDS, "what needs me"),
    "n": (Sort.NEXT_STEP, "next step"),
    "a": (Sort.AGE, "days in stage"),
    "c": (Sort.CLOSE, "close date"),
    "t": (Sort.NAME, "name"),
    "u": (Sort.UPDATED, "last change"),
    "w": (Sort.WARM, "warmest: who answered last"),
}
DENSITIES = (1, 2, 3, 4)


# Which deals.


async def set_filter(host: BoardScreen, text: str) -> bool:
    """Shows the deals that a filter finds; a bad one keeps what is shown and says why."""
    try:
        wanted = await patiently(host, lambda: parse_query(host, text))
        await look_through(host, replace(host.state.lens, filter=wanted))
    except DatabaseError:
        raise
    except PipeboardError as error:
        host.say(said(error), "status.warn")
        return False
    host.shown_behind = None
    host.state.show(filter_text=text.strip())
    host.redraw()
    host.say(await patiently(host, host.state.left_in_archive))
    return True


async def look_through(host: BoardScreen, lens: Lens, *, follow: int | None = None) -> None:
    """The board under another lens, once it can be read; the signs are counted again."""
    await patiently(host, lambda: host.state.load(lens, follow=follow))
    host.redraw()
    host.count_signs()


async def filter(host: BoardScreen) -> None:
    before = host.state.looked_at

    async def attempt(questions: Questions) -> Came:
        typed = await questions.ask(
            lambda: filter_line(
                "Filter",
                typed_filter(host.state),
                lambda text: _filtered(host, text, before),
            )
        )
        if typed is None:
            await patiently(host, lambda: host.state.come_back(before))
            host.redraw()
            return None
        return await set_filter(host, typed) or Outcome()

    await until_stored(host, attempt)
    host.count_signs()


_MOST_BEGUN = 2


def _filtered(host: BoardScreen, text: str, before: LookedAt) -> Feedback:
    """Filters the board while it is typed, each time from where the cursor stood before."""
    try:
        wanted = parse_query(host, text)
        meant = _meant(host, wanted)
        host.state.show(**before.place._asdict())
        host.state.load(replace(host.state.lens, filter=wanted), follow=before.deal_id)
    except DatabaseError as error:
        # Enter takes the text all the same, and waits until it can be looked for.
        why = f"{error.message} The old result is kept until it can be read."
        return Feedback(((whole(why, "status.warn"),),), True, is_late=is_busy(error))
    except PipeboardError as error:
        why = said(error)
        return Feedback(((whole(f"{why} (old result kept)", "input.error"),),), False, why)
    host.state.show(filter_text=text.strip())
    host.redraw()
    host.count_signs()
    matching: Line = (whole(found_words(host.state.view), "input.chip"),)
    if not meant and (others := may_become(text)[:_MOST_BEGUN]):
        more = f"   so far as a word, until it is {' or '.join(others)}"
        meant = (whole(more, "text.dim"),)
    return Feedback(((*matching, *meant),), True)


def read_back(host: Host, of: str) -> Live:
    """What is said of a filter while it is typed, where nothing is filtered before Enter: of which
    deals, or why it means nothing."""

    def told(text: str) -> Feedback:
        try:
            wanted = parse_query(host, text)
            meant = _meant(host, wanted)
        except DatabaseError as error:
            return Feedback(((whole(error.message, "status.warn"),),), True, is_late=is_busy(error))
        except PipeboardError as error:
            why = said(error)
            return Feedback(((whole(why, "input.error"),),), False, why)
        return Feedback(((whole(of if wanted else "all of them", "input.chip"), *meant),), True)

    return told


def _meant(host: Host, wanted: Filter | None) -> Line:
    """What words of a filter may have been meant as."""
    if wanted is None:
        return EMPTY
    from pipeboard.domain.filter import other_meanings

    owners = [rep.name for rep in host.state.reader.reps()]
    stages = [stage.name for stage in host.pipeline().stages]
    meant = other_meanings(wanted, owners, stages)[:_MOST_BEGUN]
    told = " and ".join(f"{one.term} finds {one.finds}" for one in meant)
    return (whole(f"   {told}", "text.dim"),) if told else EMPTY


async def find(host: BoardScreen) -> None:
    reader = host.state.reader

    def find(text: str) -> list[Option]:
        return [deal_option(found) for found in reader.find(text, limit=100)]

    chosen = await ask(host, Picker("Find", find))
    if chosen is not None:
        await go_to_deal(host, int(chosen))


def deal_option(found: Found) -> Option:
    """A deal that was found, as a line to choose."""
    title = f" / {found.title}" if found.title != found.name else ""
    return Option(str(found.deal_id), f"{found.ref}  {found.name}{title}", found.stage_name)


async def go_to_deal(host: BoardScreen, deal_id: int) -> None:
    """The cursor to a deal, with what hides it taken away."""
    deal = await read(host, lambda reader: reader.deal(deal_id))
    if deal is None:
        host.say(f"There is no deal D-{deal_id} any more.", "status.warn")
        return
    host.say("")  # what was said of the deal before would hide what stands on this one's card
    lens = replace(host.state.lens, pipeline_id=deal.pipeline_id)
    await look_through(host, lens, follow=deal_id)
    if not await patiently(host, lambda: host.state.go_to_deal(deal_id)):
        text = "archived" if deal.archived_at is not None else ""
        archived = await patiently(host, lambda: parse_query(host, text))
        wanted = replace(lens, owner=None, filter=archived)
        await look_through(host, wanted, follow=deal_id)
        host.state.show(filter_text=text)
        await patiently(host, lambda: host.state.go_to_deal(deal_id))
    host.redraw()


async def mine(host: BoardScreen) -> None:
    lens = host.state.lens
    mine = lens.me if lens.owner is None else None
    lens = host.state.sorted(replace(lens, owner=mine))
    await look_through(host, lens)
    order = ", what needs you first" if lens.sort is Sort.NEEDS else ""
    host.say(f"Your own deals{order}." if mine else "Everyone's deals.")


async def pipeline(host: BoardScreen) -> None:
    pipelines = await read(host, lambda reader: reader.pipelines())
    if len(pipelines) < 2:
        host.say("There is one pipeline; 'pipeboard pipeline new' makes another.", "status.warn")
        return
    options = [Option(str(p.id), p.name, p.currency) for p in pipelines]
    chosen = await ask(host, Picker("Pipeline", options))
    if chosen is not None:
        await go_to_pipeline(host, int(chosen))


async def go_to_pipeline(host: BoardScreen, pipeline_id: int) -> None:
    """The board of another pipeline, from its first card on."""
    await look_through(host, replace(host.state.lens, pipeline_id=pipeline_id))
    host.state.show(cursor=(0, 0), tops=(), first_column=0, marks=frozenset())
    host.redraw()
    host.say(await read(host, lambda reader: empty_board(host.state, host.keys)))


async def sort(host: BoardScreen) -> None:
    lens = host.state.lens
    choices = [
        *(
            MenuChoice(key, label, mark="*" if lens.sort is sort else "")
            for key, (sort, label) in SORTS.items()
        ),
        MenuChoice("r", "the other way round", mark="*" if lens.reverse else ""),
    ]
    key = await ask(host, Menu("Sort by", choices))
    if key == "r":
        await look_through(host, replace(lens, reverse=not lens.reverse))
    elif key is not None:
        await sort_by(host, SORTS[key][0])


async def sort_by(host: BoardScreen, sort: Sort) -> None:
    """The cards in another order."""
    host.state.sort = sort
    await look_through(host, replace(host.state.sorted(host.state.lens), reverse=False))


async def view(host: BoardScreen) -> None:
    choices = [
        *(MenuChoice(str(n), f"{n} line{'s' * (n > 1)} a card") for n in DENSITIES),
        MenuChoice("a", "as many as there is room for"),
        MenuChoice("p", "deal beside the board"),
        MenuChoice("o", "mine / everyone"),
        MenuChoice("c", "one currency / each by itself"),
        MenuChoice("g", "signs: unicode / ASCII"),
    ]
    key = await ask(host, Menu("View", choices))
    if key is None:
        return
    if key.isdigit():
        show_lines(host, int(key))
    elif key == "a":
        host.state.show(density=AUTO)
        host.redraw()
    elif key == "g":
        other = type(host.state.view.glyphs)
        unicode = host.state.view.glyphs is other.UNICODE
        host.state.show(glyphs=other.ASCII if unicode else other.UNICODE)
        host.redraw()
    else:
        host.press({"p": "board.pane", "o": "board.mine", "c": "board.currency"}[key])


async def currency(host: BoardScreen) -> None:
    """Sums in the workspace's currency, or each currency by itself."""
    lens = host.state.lens
    into = "" if lens.currency else (await read(host, lambda reader: reader.settings())).currency
    await look_through(host, replace(lens, currency=into))
    shown = {money.currency for column in host.state.board.columns for money in column.sums}
    if into and (lacking := sorted(shown - {into})):
        words = f"No rate for {', '.join(lacking)}: 'pipeboard fx set {lacking[0]} RATE' enters it."
        host.say(words, "status.warn")
    else:
        host.say(f"Sums in {into}." if into else "Sums of each currency by itself.")


def denser(host: BoardScreen) -> None:
    show_lines(host, card_rows(host.state.view, host.state.view.cursor[0]) - 1)


def roomier(host: BoardScreen) -> None:
    show_lines(host, card_rows(host.state.view, host.state.view.cursor[0]) + 1)


def show_lines(host: BoardScreen, density: int) -> None:
    """So many lines a card."""
    if density not in DENSITIES:
        host.say(f"A card has {DENSITIES[0]} to {DENSITIES[-1]} lines.", "status.warn")
        return
    host.state.show(density=density)
    host.redraw()


async def reload(host: Host) -> None:
    def again() -> None:
        host.program.take_up()
        host.say("Read again.")
        host.reload()  # which may have more to say

    if not opens_anew(host):
        await patiently(host, again)


# Other screens.


async def help(host: Host) -> None:
    """?: all keys of the screen; on the board what a card says, and how filters are written."""
    on_board = host.title_of_help == "Board"
    extra = filter_lines() if on_board else ()
    legend = legend_lines(host.keys, host.today, host.state.view.glyphs) if on_board else ()
    await ask(host, Help(host.title_of_help, groups_of(keys_offered(host)), extra, legend))


async def hygiene(host: LiveScreen, group: str = "") -> None:
    """What the data of deals lacks: of one kind, or of the first that there is."""
    await asyncio.to_thread(import_module, "pipeboard.ui.actions.hygiene")
    from pipeboard.ui.screens.hygiene import HygieneScreen

    pipeline = host.pipeline()
    screen = await patiently(host, lambda: HygieneScreen(host.state, pipeline, group))
    await show_over(host, screen)


async def review(host: BoardScreen) -> None:
    """The weekly review of the pipeline, from where the last one ended."""
    await asyncio.to_thread(import_module, "pipeboard.ui.actions.review")
    from pipeboard.ui.screens.review import ReviewScreen

    def show_behind(title: str, ids: frozenset[int], pipeline_id: int) -> None:
        _show_deals(host, title, ids, pipeline_id, "board.review")

    def come_back(place: ReviewPlace) -> None:
        host.review_left_at = place

    place = host.review_left_at
    screen = ReviewScreen(host.state, host.pipeline(), place, show_behind, come_back)
    await show_over(host, screen)
    # Keys that were typed ahead are meant for what it will show.
    await screen.counted()


async def metrics(host: LiveScreen) -> None:
    """The numbers of the pipeline, as they were left or under the board's own filter: over the
    screen on which they are asked for, to which Esc leads back."""
    below = {seen.GO: seen for seen in host.app.screen_stack if isinstance(seen, LiveScreen)}
    if "m" in below:
        uncover(below["m"])
        return
    board = cast("BoardScreen", below["b"])
    # Importing all that counts takes long enough to be felt at the keys.
    await asyncio.to_thread(import_module, "pipeboard.ui.screens.metrics")
    from pipeboard.domain.metrics.names import numbers_named
    from pipeboard.ui.metrics_worker import MetricsWorker
    from pipeboard.ui.screens.metrics import MetricsScreen

    seat = board.program.seat
    if board.metrics_worker is None:
        board.metrics_worker = MetricsWorker(seat.store, seat.clock, seat.actor)

    def come_back(place: LeftAt, wanted: Wanted | None) -> None:
        board.metrics_left_at = place
        if wanted is not None:
            _show_behind(board, place, wanted)

    left_at, first = board.metrics_left_at, numbers_named(board.program.choices.figures)
    screen = MetricsScreen(board.state, board.metrics_worker, left_at, come_back, first)
    await show_over(host, screen)


def _show_behind(host: BoardScreen, place: LeftAt, wanted: Wanted) -> None:
    """Shows the deals behind a number; raises DatabaseError, with all as it was."""
    title, past = f"{wanted.title}, {place.asked.called}", place.asked.as_of
    _show_deals(host, title, wanted.ids, place.asked.pipeline.id, "board.metrics", past)


def _show_deals(
    host: BoardScreen,
    title: str,
    ids: frozenset[int],
    pipeline_id: int,
    back: str,
    past: date | None = None,
) -> None:
    """Only these deals, as they are now also where they are of a past day; Esc goes back to the
    screen that the key `back` opens."""
    state = host.state
    lens = replace(
        state.lens, pipeline_id=pipeline_id, owner=None, filter=Filter(title, These(ids))
    )
    before = state.looked_at
    state.load(lens)
    host.shown_behind = before, back
    state.show(filter_text=title, marks=frozenset())
    host.redraw()
    host.count_signs()
    found = f"{in_figures(sum(state.view.counts))} of {how_many(len(ids), 'deal')} behind {title}"
    found += ", shown as they are now" if past else ""
    host.say(f"{found}; {key_for(host.keys, 'step_back')} goes back to the number.")


async def pane(host: BoardScreen) -> None:
    """p: the deal beside the board, or not; on its own screen where there is no room."""
    view = host.state.view
    if not has_room_for_pane(view.width):
        await _open_screen(host)
    else:
        host.show_pane(Pane(()) if view.pane is None else None)


async def switch(host: BoardScreen) -> None:
    """Tab: keys to the pane, and back to the board."""
    view = host.state.view
    if view.pane is None or not has_room_for_pane(view.width):
        await pane(host)
    else:
        focused = not view.pane.focused
        host.state.show(pane=replace(view.pane, focused=focused))
        back = f"Keys scroll the deal now; {key_for(host.keys, 'switch')} goes back to the cards."
        host.say(back if focused else "")
        host.redraw()


async def open(host: BoardScreen) -> None:
    """Enter: the deal beside the board, then on a screen of its own."""
    if host.state.card is None:
        host.say("No deal is selected here.", "status.warn")
    elif has_room_for_pane(host.state.view.width) and host.state.view.pane is None:
        await pane(host)
    else:
        await _open_screen(host)


async def _open_screen(host: BoardScreen) -> None:
    """The screen of the deal under the cursor, once it has been read."""
    from pipeboard.ui.screens.deal import DealScreen

    card = host.state.card
    if card is None:
        host.say("No deal is selected here.", "status.warn")
        return
    await host.app.push_screen(DealScreen(host.state, card.id))
