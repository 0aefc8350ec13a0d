"""Heading of the board: the title bar, the strip of stages, a head for each column."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import lru_cache
from typing import Final, NamedTuple

from pipeboard.domain.board import Column, Signs, Sort
from pipeboard.domain.counts import in_figures
from pipeboard.domain.lazy_dataclass import dataclass
from pipeboard.domain.money import Money
from pipeboard.domain.signs import Sign
from pipeboard.domain.text import printable
from pipeboard.ui.draw.card import SIGN_ROLES
from pipeboard.ui.draw.layout import BoardView, layout
from pipeboard.ui.draw.line import (
    ABOUT,
    ABOVE,
    AFTER,
    BAR,
    BEFORE,
    CROSS,
    DOT,
    ROW,
    Glyphs,
    Line,
    Span,
    blank,
    exactly,
    left,
    money_text,
    right,
    spread,
    whole,
    width_of,
)
from pipeboard.ui.palette import Role
from pipeboard.ui.terminal.width import cell_width, fit

PRODUCT: Final = "pipeboard"
_GAP: Final[Span] = ("  ", "bar")
_SORTED: Final = {
    Sort.VALUE: "by value",
    Sort.NEXT_STEP: "by next step",
    Sort.AGE: "by age",
    Sort.CLOSE: "by close date",
    Sort.NAME: "by name",
    Sort.NEEDS: "what needs you first",
    Sort.UPDATED: "by last change",
    Sort.WARM: "warmest first",
}
_LONGEST_TAB: Final = 24
_SHORTEST_TAB: Final = 6
_ABBREVIATED: Final = 4
_VOWELS: Final = "aeiouyAEIOUY"
NARROWEST_HEAD: Final = 8
"""Cells in which a head can be read; below, a column is its number and its name downwards."""
SHORTEST_NAME: Final = 8
"""Cells that a stage's name keeps beside its sums."""


def title_line(view: BoardView) -> Line:
    """Product, pipeline and lens at the left, what it comes to at the right; where both do not
    fit, the product goes first, then the weighted sum, the sum, the count, never the signs."""
    tags, names, lens = tags_of(view), _names(view), _lens(view)
    signs, count, sums, weighted = _signs(view), _count(view), _sums(view), _weighted(view)
    product: Line = ((PRODUCT, "bar.product"), _GAP)
    for start, end in (
        ((*product, *tags, *names, *lens), (*count, *sums, *weighted, *signs)),
        ((*tags, *names, *lens), (*count, *sums, *weighted, *signs)),
        ((*tags, *names, *lens), (*count, *sums, *signs)),
        ((*tags, *names, *lens), (*count, *signs)),
    ):
        if width_of(start) + width_of(end) + 2 <= view.width:
            return spread((blank(1, "bar"), *start), end, view.width, "bar")
    start = (*tags, *names, *lens)
    if view.filter_text:  # what hides deals is the last that is cut, and how many it leaves stays
        whose = names[1:] if view.board.lens.owner is not None else ()
        start = (*tags, lens[-1], *whose, _GAP, names[0], *lens[:-2])
        signs = (*count, *signs) if 2 * width_of((*count, *signs)) <= view.width else signs
    return spread((blank(1, "bar"), *start), signs, view.width, "bar")


def tags_of(view: BoardView) -> Line:
    """What must be known of the database on whatever screen: it is a demo, or only read."""
    tags: list[Span] = []
    if view.demo:
        tags += [(" DEMO ", "tag.demo"), _GAP]
    if view.read_only:
        tags += [(" READ-ONLY ", "tag.readonly"), _GAP]
    return tuple(tags)


def _names(view: BoardView) -> Line:
    lens = view.board.lens
    owner = f"@{lens.owner}" if lens.owner is not None else view.board.everyone
    return (whole(view.board.pipeline.name, "bar.title"), whole(f" {DOT} {owner}", "bar.dim"))


def _lens(view: BoardView) -> Line:
    lens = view.board.lens
    spans: list[Span] = []
    if lens.sort in _SORTED:
        spans.append((f" {DOT} {_SORTED[lens.sort]}", "bar.dim"))
    if lens.currency:
        spans.append((f" {DOT} in {lens.currency}", "bar.dim"))
    if view.filter_text:
        spans += (_GAP, whole(f"/{view.filter_text}", "tag.filter"))
    return tuple(spans)


def _count(view: BoardView) -> Line:
    if view.board.lens.filter is None:
        return ((f"{in_figures(view.board.open_count)} open", "bar.sum"), _GAP)
    count, of = found(view)
    words = f"{in_figures(count)} " + ("found" if of is None else f"of {in_figures(of)}")
    return ((words, "bar.sum"), _GAP)


def found(view: BoardView) -> tuple[int, int | None]:
    """How many deals the filter of a board finds, and of how many: of the open ones, or of those
    that it names; None where it finds closed or archived ones too, which are in no total."""
    from pipeboard.domain.filter_nodes import These, reaches_archive  # a first frame has no filter

    root = view.board.lens.filter.root if view.board.lens.filter else None
    count = sum(view.counts)
    if root is None:
        return view.board.matching, view.board.total
    if isinstance(root, These):
        return count, len(root.ids)
    if reaches_archive(root) or count != view.board.matching:
        return count, None
    return count, view.board.total


def found_words(view: BoardView) -> str:
    """The same in words, with how many of them are open."""
    board, (count, of) = view.board, found(view)
    if of is not None:
        return f"{in_figures(count)} of {in_figures(of)} open deals"
    from pipeboard.domain.filter_nodes import reaches_archive

    if board.lens.filter is not None and reaches_archive(board.lens.filter.root):
        return f"{in_figures(count)} found"
    matching, total = in_figures(board.matching), in_figures(board.total)
    return f"{in_figures(count)} found, {matching} of {total} open deals"


def _sums(view: BoardView) -> Line:
    text = _amounts(view.board.open_sums, view)
    return ((text, "bar.title"), _GAP) if text else ()


def _weighted(view: BoardView) -> Line:
    text = _amounts(view.board.open_weighted, view)
    return (("wtd ", "bar.dim"), (text, "bar.sum"), _GAP) if text else ()


def _amounts(sums: Sequence[Money], view: BoardView) -> str:
    """Each currency by itself, amounts in different ones are never added; or converted, and marked
    so."""
    if len(sums) > 2:
        return f"{len(sums)} currencies"
    about = view.board.lens.currency if view.board.is_converted else ""
    return " + ".join(_amount(money, view.glyphs, about, symbol=True) for money in sums)


def _amount(money: Money, glyphs: Glyphs, about: str, *, symbol: bool) -> str:
    """An amount, marked where it is in the currency that others were converted to."""
    mark = ABOUT if money.currency == about else ""
    return f"{mark}{money_text(money, glyphs, symbol=symbol)}"


def _signs(view: BoardView) -> Line:
    signs = view.board.signs
    if signs is None:
        return ()
    counted: tuple[tuple[str, int, Role], ...] = (
        ("!", signs.overdue, "bar.overdue"),
        ("?", signs.no_next_step, "bar.none"),
        ("~", signs.stalled, "bar.stalled"),
    )
    spans = [
        span
        for sign, n, role in counted
        if n
        for span in ((f"{sign}{in_figures(n)}", role), blank(1, "bar"))
    ]
    return tuple(spans)


class PipelineTab(NamedTuple):
    """A stage in the rule: the cells it takes, and the column it goes to."""

    x: int
    width: int
    column: int


@dataclass(frozen=True, slots=True)
class Strip:
    """The rule under the heads as drawn, and where the tabs of the stages in it are."""

    line: Line
    tabs: tuple[PipelineTab, ...]


def strip(view: BoardView) -> Strip:
    """The rule, with the stages let into it that are off the screen: their numbers, how many deals
    they hold and the gravest sign among these. Where there are no heads all stages are in it."""
    shown = layout(view)
    first, last = shown.slots[0].column, shown.slots[-1].column
    hidden = tuple(
        _Stage(
            column,
            view.numbers[column],
            each.count,
            _gravest(view, each.stage.id),
            is_shown=first <= column <= last,
        )
        for column, each in enumerate(view.board.columns)
        if shown.head_y is None or not first <= column <= last
    )
    crosses = tuple(slot.x - 1 for slot in shown.slots[1:])
    return _strip(stage_names(view), hidden, first, crosses, shown.board_width)


def stage_names(view: BoardView) -> tuple[str, ...]:
    """The names of all columns."""
    return tuple(printable(column.stage.name) for column in view.board.columns)


class _Stage(NamedTuple):
    """A stage in the strip."""

    column: int
    number: int | None
    deals: int
    sign: tuple[Sign, int] | None
    is_shown: bool


def _gravest(view: BoardView, stage_id: int) -> tuple[Sign, int] | None:
    signs = (view.board.stage_signs or {}).get(stage_id, Signs())
    counts = (signs.overdue, signs.no_next_step, signs.stalled)
    return next(((sign, count) for sign, count in zip(Sign, counts, strict=False) if count), None)


@lru_cache(maxsize=16)
def _strip(
    names: tuple[str, ...],
    stages: tuple[_Stage, ...],
    first: int,
    crosses: tuple[int, ...],
    width: int,
) -> Strip:
    tabs = _tabs_that_fit(names, stages, first, width - 2 * (len(BEFORE) + 1))
    before = {column: tab for column, tab in tabs.items() if column < first}
    after = {column: tab for column, tab in tabs.items() if column >= first}
    left_end = bool(before) + sum(map(width_of, before.values()))
    right = max(left_end, width - sum(map(width_of, after.values())) - bool(after))
    dashes = "".join(CROSS if x in crosses else ROW for x in range(left_end, right))
    line: Line = (
        (BEFORE if before else "", "strip"),
        *(span for tab in before.values() for span in tab),
        (dashes, "rule"),
        *(span for tab in after.values() for span in tab),
        (AFTER if after else "", "strip"),
    )
    places = (*_places(before, bool(before)), *_places(after, right))
    return Strip(exactly([span for span in line if span[0]], width), places)


def _tabs_that_fit(
    names: tuple[str, ...], stages: Sequence[_Stage], first: int, room: int
) -> Mapping[int, Line]:
    """The tab of each stage by its column, with as much of its name as there is room for; where
    that is too little, those of the stages nearest to the screen."""

    def tabs_of(longest: int) -> dict[int, Line]:
        short = short_names(names, longest)
        return {stage.column: _tab(stage, short[stage.column]) for stage in stages}

    for longest in range(_LONGEST_TAB, _SHORTEST_TAB - 1, -1):
        tabs = tabs_of(longest)
        if sum(map(width_of, tabs.values())) <= room:
            return tabs
    if len(stages) <= 1:
        return tabs
    before = sum(stage.column < first for stage in stages)
    nearer = stages[1:] if before >= len(stages) - before else stages[:-1]
    return _tabs_that_fit(names, nearer, first, room)


def _places(tabs: Mapping[int, Line], x: int) -> Iterator[PipelineTab]:
    for column, tab in tabs.items():
        yield PipelineTab(x, width_of(tab), column)
        x += width_of(tab)


def _tab(stage: _Stage, name: str) -> Line:
    """` 5 Negotiate 3!1 `; a stage on the screen stands in brackets."""
    label = " ".join(filter(None, (str(stage.number or ""), name, in_figures(stage.deals))))
    if stage.is_shown:
        return ((f"[{label}]", "strip.shown"),)
    spans: list[Span] = [(f" {label}", "strip")]
    if stage.sign is not None:
        sign, count = stage.sign
        spans.append((f"{sign}{in_figures(count)}", SIGN_ROLES[sign]))
    return (*spans, (" ", "strip"))


@lru_cache(maxsize=256)
def short_names(names: tuple[str, ...], width: int) -> tuple[str, ...]:
    """The names in at most `width` cells each, shortened word by word, so that no two of them look
    alike: `Lead Gen`, `Lead Qual`. One that stands whole is never numbered."""
    short = [_short_name(name, width) for name in names]
    for place, text in enumerate(short):
        if text and text != names[place] and short.count(text) > 1:
            mark = str(place + 1)
            short[place] = fit(text, max(0, width - len(mark)), "").rstrip() + mark
    return tuple(short)


def _short_name(name: str, width: int) -> str:
    """The long words first become four letters or fewer, then all words give way in turn."""
    words = name.split()
    for size in (
        (*[_ABBREVIATED] * len(words), *range(_ABBREVIATED - 1, 0, -1)) if words[1:] else ()
    ):
        if cell_width(" ".join(words)) <= width:
            break
        longest = max(range(len(words)), key=lambda place: (len(words[place]), place))
        words[longest] = _abbreviated(words[longest], size)
    whole_name = " ".join(words)
    short = fit(whole_name, width, "").rstrip()
    # `Negotiat` reads as a short form, `Negotiatio` as a fault.
    is_cut = short != whole_name and len(short) >= _ABBREVIATED
    return short.rstrip(_VOWELS).rstrip() or short if is_cut else short


def _abbreviated(word: str, size: int) -> str:
    """The beginning of a word: `Gen` of `Generation`, not `Gene`, nor `Ass` of `Assessment`."""
    if len(word) <= size:
        return word
    cut = word[:size]
    if size == _ABBREVIATED:
        cut = cut.rstrip(_VOWELS) or cut
    return cut[:-1] if len(cut) > 2 and cut[-1] == cut[-2] else cut


def head_lines(view: BoardView, column: int, width: int, rows: int) -> tuple[Line, ...]:
    """Name, count and sums of a column in `rows` rows, and how many cards are scrolled off above;
    a sum never adds up two currencies."""
    here = view.cursor[0] == column
    shown = view.board.columns[column]
    days = dict(view.usual_days).get(shown.stage.id) if shown.stage.is_open else None
    if width < NARROWEST_HEAD and not here:
        number = str(view.numbers[column] or "")
        return ((left(number.center(width), width, "column.sum"),), *[(blank(width),)] * (rows - 1))
    names = _Names(stage_names(view), column)
    about = view.board.lens.currency if shown.is_converted else ""
    style = _HeadStyle(width, rows, view.is_mixed, view.glyphs, about)
    return _heads(shown, names, days, view.top(column), here, style)


class _Names(NamedTuple):
    """The names of all stages, and which of them is meant."""

    names: tuple[str, ...]
    place: int


class _HeadStyle(NamedTuple):
    """How a head is drawn; `symbol` says whether amounts name their currency, `about` is the one
    that they are converted to."""

    width: int
    rows: int
    symbol: bool
    glyphs: Glyphs
    about: str


@lru_cache(maxsize=256)
def _heads(
    column: Column, names: _Names, days: int | None, above: int, here: bool, style: _HeadStyle
) -> tuple[Line, ...]:
    def text(money: Money) -> str:
        return _amount(money, style.glyphs, style.about, symbol=style.symbol)

    count, rows = f" {in_figures(column.count)}", style.rows
    scrolled = f" {ABOVE}{in_figures(above)}" if above else ""
    choices = _choices(column, days, rows, text)
    size = cell_width(names.names[names.place])
    room = style.width - 1 - cell_width(count) - cell_width(scrolled)
    facts = _richest(choices, room - size)
    if facts == choices[-1]:
        # The name gives way to the first sum, to more than that it does not.
        facts = _richest(choices[-2:], room - min(size, SHORTEST_NAME))
    room -= cell_width(facts)
    name = short_names(names.names, room)[names.place]
    first: Line = (
        (BAR, "column.mark") if here else blank(1),
        (name, "column.head.current" if here else "column.head"),
        (count, "column.sum"),
        blank(max(0, room - cell_width(name))),
        (scrolled, "more"),
        (facts, "column.sum"),
    )
    further: list[Line] = [
        (right(_further_sum(column.sums, row, rows, text), style.width, "column.sum"),)
        for row in range(1, rows)
    ]
    return (exactly([span for span in first if span[0]], style.width), *further)


def _choices(
    column: Column, days: int | None, rows: int, text: Callable[[Money], str]
) -> list[str]:
    """What may be said beside name and count, the most first; `days` deals usually stay here."""
    if not column.sums:
        return [""]
    if len(column.sums) > 1 and rows == 1:
        return [f" {len(column.sums)} cur.", ""]
    total = f" {text(column.sums[0])}"
    if len(column.sums) == 1 and len(column.weighted) == 1 and column.stage.is_open:
        weighted = f"{total} {DOT} wtd {text(column.weighted[0])}"
        if days is None:
            return [weighted, total, ""]
        usual = f"{DOT} med {days}d"
        return [f"{weighted} {usual}", weighted, f"{total} {usual}", total, ""]
    return [total, ""]


def _richest(choices: Sequence[str], room: int) -> str:
    return next((choice for choice in choices if cell_width(choice) <= room), choices[-1])


def _further_sum(sums: Sequence[Money], row: int, rows: int, text: Callable[[Money], str]) -> str:
    if row >= len(sums):
        return ""
    hidden = len(sums) - rows
    if row == rows - 1 and hidden > 0:
        return f"{text(sums[row])} + {hidden} cur."
    return text(sums[row])
