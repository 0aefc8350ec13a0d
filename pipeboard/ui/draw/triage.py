"""The triage screen: one deal with why it is here and what to do about it, the queue beside it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from itertools import groupby
from types import MappingProxyType
from typing import Final

from pipeboard.domain.counts import in_figures
from pipeboard.domain.deal import Deal
from pipeboard.domain.deal_record import DealRecord
from pipeboard.domain.lazy_dataclass import dataclass, replace
from pipeboard.domain.locales import written
from pipeboard.domain.phrases import spoken
from pipeboard.domain.queue import TIER_NAMES, Queued, Tier
from pipeboard.domain.signs import Sign
from pipeboard.ui.draw.card import SIGN_ROLES
from pipeboard.ui.draw.facts import (
    PaneFact,
    PaneStyle,
    about_contact,
    chips,
    dotted,
    flow,
    full_name,
    outcome_lines,
    parked,
    sign_of,
    stage_age,
    stage_days,
    table,
)
from pipeboard.ui.draw.line import (
    BETWEEN,
    DOT,
    FULL,
    OPEN,
    STEP,
    YES,
    Hint,
    Line,
    Span,
    blank,
    box,
    exactly,
    key_name,
    left,
    money_text,
    spread,
    title_bar,
    whole,
    width_of,
    wrap,
)
from pipeboard.ui.draw.pane import touch_words
from pipeboard.ui.palette import Role
from pipeboard.ui.terminal.width import cell_width
from pipeboard.workspace.triage import to_ask, to_call

WIDE: Final = 100
"""From so many columns on the queue stands beside the deal."""
_NARROWEST_QUEUE, _WIDEST_QUEUE = 36, 60
_BAR: Final = 18
_MOST_CALLED: Final = 3
_MOST_NOTE_LINES: Final = 3
"""On a screen where all of a deal does not fit, one of each is shown."""
_SKIPPED: Final = "skipped"
_TIER_SIGNS: Final[Mapping[Tier, Sign]] = {
    Tier.OVERDUE: Sign.OVERDUE,
    Tier.NO_NEXT_STEP: Sign.NO_NEXT_STEP,
    Tier.STALLED: Sign.STALLED,
}


@dataclass(frozen=True, slots=True)
class TriageView:
    """What the screen shows: whose queue, how far somebody has come in it, the deal that is looked
    at, what may be done, what comes next, what was done, and at the end the `summary`, or what is
    said of a queue in which there was `nothing` to do.

    `choices` are rows of keys with what they do.
    """

    whose: str
    handled: int
    left: int
    total: int
    skipped: int
    tiers: Mapping[Tier, int]
    record: DealRecord | None
    queued: Queued | None
    choices: tuple[tuple[Hint, ...], ...]
    coming: tuple[tuple[Deal, Tier], ...] = ()
    done: tuple[str, ...] = ()
    summary: str = ""
    skipped_ones: Mapping[int, Tier] = MappingProxyType({})
    nothing: str = "Nothing needs you now."
    filter_text: str = ""


def queue_width(width: int) -> int:
    """Cells of the queue beside the deal; 0 where there is no room for it."""
    return 0 if width < WIDE else max(_NARROWEST_QUEUE, min(width // 3, _WIDEST_QUEUE))


_NAME: Final[Span] = ("Triage", "bar.product")


def head(view: TriageView, style: PaneStyle, taken: int = 0) -> tuple[Line, ...]:
    """Whose queue this is, how much of it is done, and what is left of each kind; `taken` are
    cells that tags will need."""
    total = view.total
    share = view.handled * 100 // total if total else 100
    full = _BAR * view.handled // total if total else _BAR
    whose = [whole(f"  {view.whose}", "bar.title")]
    if view.filter_text:
        whose.append(whole(f"  /{view.filter_text}", "tag.filter"))
    handled = in_figures(view.handled)
    skipped = f", {in_figures(view.skipped)} skipped" if view.skipped else ""
    bar = f"  {'█' * full}{'░' * (_BAR - full)} {share}%"
    done = [f"{handled} of {in_figures(total)} done{more}" for more in (skipped, "")]
    counts = [(whole(words, "bar.title"),) for words in done]
    ends: list[Line] = [(*counts[0], (bar, "bar.dim")), *counts]
    room = style.width - taken - width_of([_NAME, *whose]) - 4
    end = next((end for end in ends if width_of(end) <= room), ends[-1])
    if width_of(end) > room:
        whose.reverse()  # what hides deals is the last that is cut
    start = (_NAME, *whose)
    return (title_bar(start, end, style.width), (blank(1), *_kinds(view, style.width - 1)))


def _kinds(view: TriageView, width: int) -> Line:
    """How many are left of each kind, in a line: those for which there is no room are counted."""
    chips = [_tier_chip(tier, count) for tier, count in view.tiers.items()]
    others, counts = [*chips], [*view.tiers.values()]
    while len(lines := flow(others, width)) > 1 and chips:
        chips.pop()
        rest = sum(counts[len(chips) :])
        others = [*chips, (whole(f"{in_figures(rest)} more", "text"),)]
    return lines[0]


def _tier_chip(tier: Tier, count: int) -> Line:
    sign = _TIER_SIGNS.get(tier)
    words = whole(f"{in_figures(count)} {spoken(TIER_NAMES[tier])}", "text")
    return (words,) if sign is None else ((f"{sign} ", SIGN_ROLES[sign]), words)


def body(view: TriageView, style: PaneStyle, rows: int) -> tuple[Line, ...]:
    """The deal and what to do about it, in about so many rows; from `WIDE` columns on the queue
    stands beside it."""
    beside = queue_width(style.width)
    own = replace(style, width=style.width - beside - (3 if beside else 1))
    lines = _end(view, own) if view.record is None else _deal(view, view.record, own)
    if view.record is not None and len(lines) > rows:
        lines = [line for line in _deal(view, view.record, own, is_low=True) if line]
    elif view.record is not None:
        choices = _choices(view, own)
        if len(lines) + len(choices) > rows:
            lines = [line for line in lines if line]
        if len(lines) + len(choices) <= rows:
            lines += choices
        if not beside:
            lines += _coming_in_a_line(view, own)
    lines += _done(view, own) if view.record is None or len(lines) + 2 <= rows else []
    lines = [(blank(1), *line) for line in lines]
    if not beside:
        return tuple(lines)
    queue = [line for line, _ in _queue(view, replace(style, width=beside), rows)]
    height = max(len(lines), len(queue), rows)
    return tuple(
        (*exactly(_at(lines, y), own.width + 1), (f" {BETWEEN}", "rule"), *_at(queue, y))
        for y in range(height)
    )


def _at(lines: Sequence[Line], y: int) -> Line:
    return lines[y] if y < len(lines) else ()


# The deal.


def _deal(
    view: TriageView, record: DealRecord, style: PaneStyle, *, is_low: bool = False
) -> list[Line]:
    deal = record.deal
    mark = sign_of(record, style)
    first, *rest = wrap(full_name(deal), style.width - 3 - len(deal.ref), style.width - 2)
    ref = whole(deal.ref, "pane.label")
    title: Line = ((f"{mark} ", SIGN_ROLES[mark]), (first, "pane.title"))
    facts = [*chips(record, style), *_standing(record, style)]
    return [
        spread(title, (ref,), style.width),
        *[(blank(2), (line, "pane.title")) for line in rest],
        *[(blank(2), *line) for line in flow(facts, style.width - 2)],
        *[(blank(2), *line) for line in (*outcome_lines(deal, style), *parked(deal, style))],
        (),
        *table(_facts(view, record, style, is_low=is_low), style),
        (),
    ]


def _standing(record: DealRecord, style: PaneStyle) -> list[Line]:
    """The stage, how long the deal has been in it, and how much is known."""
    deal, stage = record.deal, record.stage
    if not deal.is_open:
        return []
    _, limit, is_over = stage_age(record, style)
    found: list[Line] = [
        (
            whole(f"{stage.name} {DOT} ", "text"),
            (stage_days(record, style), "card.days.over" if is_over else "text"),
            ("" if limit is None else f" (limit {limit})", "pane.label"),
        )
    ]
    given, total = len(deal.answered(record.pipeline)), len(record.pipeline.questions)
    if total:
        pips = f" {FULL * given}{OPEN * (total - given)}" if total <= 12 else ""
        found.append(((f"Q {given}/{total}", "text"), (pips, "pane.label")))
    return found


def _facts(
    view: TriageView, record: DealRecord, style: PaneStyle, *, is_low: bool
) -> list[PaneFact]:
    """Why it is here, what happens next and happened last, what to ask, and whom to call."""
    deal = record.deal
    most, called = (1, 1) if is_low else (_MOST_NOTE_LINES, _MOST_CALLED)
    facts: list[PaneFact] = []
    if view.queued is not None:
        for reason in view.queued.place.reasons:
            sign = _TIER_SIGNS.get(reason.tier)
            role: Role = SIGN_ROLES[sign] if sign is not None else "text"
            facts.append(PaneFact("" if facts else "WHY", reason.text, role))
    else:
        facts.append(PaneFact("WHY", "nothing any more", "pane.yes"))
    if deal.is_open:
        facts.append(PaneFact("NEXT", *_next(deal, style)))
    if record.touches:
        touch = record.touches[0]
        words = f"{style.day(touch.at)}  {touch_words(touch)}"
        facts.append(PaneFact("LAST", _short(words, most, style)))
    elif deal.is_open:
        facts.append(PaneFact("LAST", "no touch yet", "pane.label"))
    if record.notes:
        note = record.notes[0]
        words = f"{style.day(note.at)} @{note.author}  {' '.join(note.text.split())}"
        facts.append(PaneFact("NOTE", _short(words, most, style)))
    facts += _labelled("ASK", to_ask(record, style.today), "pane.unknown")
    people = to_call(deal)[:called]
    names = [
        dotted(p.name, p.phone, p.email) if is_low else dotted(p.name, about_contact(p))
        for p in people
    ]
    return facts + _labelled("CALL", names or ["nobody is known yet"], "text")


def _labelled(label: str, texts: Sequence[str], role: Role) -> list[PaneFact]:
    """The label stands once."""
    return [PaneFact("" if place else label, text, role) for place, text in enumerate(texts)]


def _next(deal: Deal, style: PaneStyle) -> tuple[str, Role]:
    step = deal.next_step
    if step is None:
        return "no next step", "sign.none"
    due = written().day(step.due, style.today) if step.due is not None else "no day"
    is_over = step.due is not None and step.due < style.today
    again = f" (every {step.every})" if step.every else ""
    return f"{due}  {step.text}{again}".rstrip(), "card.due.over" if is_over else "text"


def _short(text: str, most: int, style: PaneStyle) -> str:
    """No more of a text than so many lines."""
    lines = wrap(text, style.width - 8)
    return text if len(lines) <= most else f"{' '.join(lines[:most])}…"


# What may be done, what comes, what was done.


def _choices(view: TriageView, style: PaneStyle) -> list[Line]:
    rows = []
    for hints in view.choices:
        cells: list[Line] = [
            (whole(key_name(key, style.glyphs), "input.label"), whole(f" {label}", "text"))
            for key, label in hints
        ]
        rows += flow(cells, style.width - 4)
    return box("what now?", rows, style.width)


def _coming_in_a_line(view: TriageView, style: PaneStyle) -> list[Line]:
    cells = [_coming(deal, tier, style) for deal, tier in view.coming[:3]]
    if not cells:
        return []
    label: Line = (("up next  ", "pane.label"),)
    first = flow(cells, style.width - width_of(label))[0]
    return [(*label, *first)]


def _coming(deal: Deal, tier: Tier, style: PaneStyle) -> Line:
    sign = _TIER_SIGNS.get(tier, Sign.NONE)
    value = money_text(deal.value, style.glyphs, symbol=True) if deal.value else ""
    return ((f"{sign} ", SIGN_ROLES[sign]), whole(f"{deal.name} {value}".rstrip(), "text.dim"))


def deal_at(view: TriageView, style: PaneStyle, rows: int, x: int, y: int) -> int:
    """The deal whose row in the queue beside is clicked, by cells from the top left of the body;
    0 elsewhere."""
    beside = queue_width(style.width)
    if not beside or x < style.width - beside:
        return 0
    queue = _queue(view, replace(style, width=beside), rows)
    return queue[y][1] if y < len(queue) else 0


def key_at(line: Line, x: int) -> str:
    """The key under a cell of a line of hints, or in front of the label there; "" elsewhere."""
    end, key = 0, ""
    for text, role in line:
        end += width_of(((text, role),))
        key = text.strip() if role == "input.label" else key if role == "text" else ""
        if x < end:
            return key if text.strip() else ""
    return ""


def _queue(view: TriageView, style: PaneStyle, rows: int) -> list[tuple[Line, int]]:
    """The deals that come next under their tiers, the one that is looked at on top, each line
    with the deal that it is about."""
    lines: list[tuple[Line, int]] = []
    shown = list(view.coming)
    if view.queued is not None:
        shown.insert(0, (view.queued.deal, view.queued.place.tier))
    current = view.record.deal.id if view.record is not None else 0
    again = view.skipped_ones
    counts = Counter(view.tiers)
    counts.subtract(again.values())
    for tier, deals in groupby(shown, key=lambda each: None if each[0].id in again else each[1]):
        count, words = (len(again), _SKIPPED) if tier is None else (counts[tier], TIER_NAMES[tier])
        name = whole(spoken(words), "pane.head")
        lines.append(((blank(1), name, (f"  {in_figures(count)}", "pane.label")), 0))
        lines += [
            (_row(deal, its, style, is_current=deal.id == current), deal.id) for deal, its in deals
        ]
    if len(lines) + (view.left > len(shown)) > rows:
        lines = lines[: rows - 1]
    hidden = view.left - sum(deal_id > 0 for _, deal_id in lines)
    if hidden > 0 and lines:
        lines.append(((blank(1), (f"{in_figures(hidden)} more", "more")), 0))
    return lines


def _row(deal: Deal, tier: Tier, style: PaneStyle, *, is_current: bool) -> Line:
    sign = _TIER_SIGNS.get(tier, Sign.NONE)
    value = money_text(deal.value, style.glyphs, symbol=True) if deal.value else ""
    role: Role = "text.strong" if is_current else "text"
    return (
        (STEP if is_current else " ", "mark"),
        (f"{sign} ", SIGN_ROLES[sign]),
        left(deal.name, style.width - 6 - cell_width(value), role),
        blank(1),
        whole(value, "card.money"),
    )


def _done(view: TriageView, style: PaneStyle) -> list[Line]:
    most = 1 if view.record is not None else len(view.done)
    return [
        exactly(
            (
                ("done     " if not place else " " * 9, "pane.label"),
                (f"{YES} ", "pane.yes"),
                whole(text, "text.dim"),
            ),
            style.width,
        )
        for place, text in enumerate(view.done[:most])
    ]


def _end(view: TriageView, style: PaneStyle) -> list[Line]:
    """What came of it, and the ways on."""
    title = view.summary if view.handled or view.skipped else view.nothing
    lines: list[Line] = [(), *[((line, "pane.title"),) for line in wrap(title, style.width)], ()]
    for hints in view.choices:
        lines += [
            (whole(f"{key_name(key, style.glyphs)} ", "input.label"), whole(label, "text"))
            for key, label in hints
        ]
    return [*lines, ()]
