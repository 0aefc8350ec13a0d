"""The hygiene screen drawn: the kinds of what is wrong with their counts, and the deals of one."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date
from typing import Final

from pipeboard.domain.counts import in_figures
from pipeboard.domain.deal import Deal, NextStep
from pipeboard.domain.hygiene import DEAD, DUPLICATES, GROUPS, OF_QUALIFIED, Alike, Fault, norm
from pipeboard.domain.lazy_dataclass import dataclass, field
from pipeboard.domain.locales import written
from pipeboard.domain.money import Money
from pipeboard.domain.people import rep_name
from pipeboard.domain.phrases import spoken
from pipeboard.domain.pipeline import Pipeline
from pipeboard.domain.signs import dead_evidence
from pipeboard.ui.draw.facts import PaneStyle, full_name
from pipeboard.ui.draw.line import (
    AFTER,
    BEFORE,
    DOT,
    MARKED,
    Line,
    Span,
    blank,
    exactly,
    full_money,
    left,
    money_text,
    right,
    title_bar,
    whole,
    width_of,
    wrap,
)
from pipeboard.ui.draw.questions import GUTTER, Item, field_text
from pipeboard.ui.palette import Role
from pipeboard.ui.terminal.width import cell_width

_NARROW: Final = 60
_WIDE: Final = 100
_WIDEST: Final = 120
_MOST_GROUP_LINES: Final = 4
_FACTS: Final = len("in stage 29 Dec 2017")
_MONEY: Final = 11


@dataclass(frozen=True, slots=True)
class Pair:
    """Two deals that may be the same one, as they are now."""

    alike: Alike
    keep: Deal
    other: Deal

    @property
    def key(self) -> str:
        return f"{self.keep.id}+{self.other.id}"


@dataclass(frozen=True, slots=True)
class HygieneView:
    """What the hygiene screen shows of a pipeline: one kind of what is wrong, of one rep or all.

    `counts` are by kind and owner; `deals` are those of the kind that are at hand, of `total`;
    `pairs` is None while nobody has looked for deals that are alike.
    """

    pipeline: Pipeline
    group: str
    owner: str | None = None
    counts: Mapping[str, Mapping[str, int]] = field(default_factory=dict)
    deals: tuple[Deal, ...] = ()
    total: int = 0
    pairs: tuple[Pair, ...] | None = None
    marks: frozenset[int] = frozenset()
    mended: int = 0
    everyone: str = "everyone"

    def count(self, group: str) -> int:
        """How many deals, or pairs of them, there are of a kind."""
        return sum(self.counts.get(group, {}).values())


def heading(view: HygieneView, width: int, taken: int = 0) -> tuple[Line, ...]:
    """Whose data it is and how much is to be mended, the kinds, and whose deals they are; `taken`
    are cells that tags will need."""
    to_mend = sum(view.count(group) for group in GROUPS)
    end = f"{in_figures(to_mend)} to mend" + (
        f" {DOT} {in_figures(view.mended)} mended" if view.mended else ""
    )
    about = [
        whole(view.pipeline.name, "bar.title"),
        whole(f" {DOT} ", "bar.dim"),
        whole(f"@{view.owner}" if view.owner else view.everyone, "bar.dim"),
    ]
    start: list[Span] = [whole("Hygiene", "bar.product"), blank(2, "bar")]
    if view.owner and width_of([*start, *about]) + cell_width(end) + taken + 3 > width:
        about.reverse()
    bar = title_bar((*start, *about), (blank(1, "bar"), whole(end, "bar.dim")), width)
    return bar, *_groups(view, width), _reps(view, width)


def _groups(view: HygieneView, width: int) -> list[Line]:
    """Every kind with its count, the current one in brackets; where that takes too many lines,
    the current one with its place."""
    lines: list[list[Span]] = [[blank(1)]]
    for group, label in GROUPS.items():
        count = _count_text(view, group)
        text, is_current = f"{spoken(label)} {count}", group == view.group
        span = whole(
            f"[{text}]" if is_current else f" {text} ",
            "strip.shown" if is_current else "strip" if view.count(group) else "text.dim",
        )
        if width_of(lines[-1]) + width_of((span,)) > width:
            lines.append([blank(1)])
        lines[-1].append(span)
    if len(lines) <= _MOST_GROUP_LINES:
        return [exactly(line, width) for line in lines]
    place = f"{list(GROUPS).index(view.group) + 1}/{len(GROUPS)}"
    current = f" {BEFORE} [{spoken(GROUPS[view.group])} {_count_text(view, view.group)}] {AFTER}"
    return [exactly((whole(current, "strip.shown"), whole(f"  {place}", "strip")), width)]


def _count_text(view: HygieneView, group: str) -> str:
    is_unknown = group == DUPLICATES and view.pairs is None
    return "…" if is_unknown else in_figures(view.count(group))


def _reps(view: HygieneView, width: int) -> Line:
    """From which stage on the kind is asked for, and how many of it each rep has, those with the
    most first."""
    found = sorted(view.counts.get(view.group, {}).items(), key=lambda one: (-one[1], one[0]))
    line: list[Span] = [blank(2)]
    if found and (since := _asked_from(view)):
        line += [whole(since, "text.dim"), blank(3)]
    for rep, count in found:
        line += [
            whole(rep_name(rep), "pane.who"),
            whole(f" {in_figures(count)}", "text"),
        ]
        line.append(blank(3))
    return exactly(line, width)


def _asked_from(view: HygieneView) -> str:
    """`from Demo on`, of a kind that is asked of deals from some stage on; "" of the others."""
    stages = view.pipeline.open_stages
    first = next((stage for stage in stages if view.pipeline.is_qualified_at(stage.id)), None)
    is_asked_of_all = first is None or first == stages[0] or view.group not in OF_QUALIFIED
    return "" if is_asked_of_all or first is None else f"from {first.name} on"


def items_of(view: HygieneView, style: PaneStyle) -> tuple[Item, ...]:
    """The deals of the kind, a line each, or the pairs that are alike."""
    if view.group == DUPLICATES:
        return tuple(_pair(pair, view, style) for pair in view.pairs or ())
    return tuple(Item(str(deal.id), tuple(_deal(deal, view, style))) for deal in view.deals)


def lines_below(view: HygieneView) -> list[Line]:
    """That nothing is wrong, or how many more there are."""
    text = ""
    if view.group == DUPLICATES and view.pairs is None:
        text = "looking for deals that are alike…"
    elif not view.count(view.group):
        whose = f" of @{view.owner}" if view.owner else ""
        since = f" {_asked_from(view)}".rstrip()
        text = f"{spoken(GROUPS[view.group]).capitalize()}: none{whose}{since}."
    elif view.total > len(view.deals) and view.group != DUPLICATES:
        more = in_figures(view.total - len(view.deals))
        text = f"{more} more of less value; they follow as these go."
    return [(blank(GUTTER), whole(text, "empty"))] if text else []


def _deal(deal: Deal, view: HygieneView, style: PaneStyle) -> Iterator[Line]:
    room = style.width - GUTTER - 1
    money = full_money(deal.value, style.glyphs) if deal.value else ""
    if deal.value and cell_width(money) > _MONEY:
        money = money_text(deal.value, style.glyphs, symbol=True)
    end: list[Span] = [blank(1), right(money, _MONEY, "card.money")]
    if style.width >= _NARROW:
        stage = view.pipeline.stage(deal.stage_id).name
        end += [blank(2), left(stage, 14 if style.width < _WIDE else 20, "text.dim")]
        names = 9 if style.width < _WIDEST else 18
        end += [blank(1), left(rep_name(deal.owner), names, "pane.who")]
    if style.width >= _WIDE:
        end += [blank(1), left(_fact(deal, view, style), _FACTS, "text.dim")]
    start: Line = (
        whole(MARKED, "mark") if deal.id in view.marks else blank(1),
        left(deal.ref, 7, "pane.label"),
        left(full_name(deal), max(8, room - 8 - width_of(end)), "card.name"),
    )
    yield exactly((*start, *end), room)
    if view.group == DEAD:
        evidence = dead_evidence(deal, view.pipeline, style.today, style.zone)
        for part in wrap(", ".join(evidence), room - 8):
            yield (blank(8), whole(part, "text.dim"))


def _fact(deal: Deal, view: HygieneView, style: PaneStyle) -> str:
    """What else is worth knowing of a deal where this is wrong."""
    if view.group == Fault.ANSWERS:
        answered = sum(answer.is_given for answer in deal.answers.values())
        return f"{answered} of {norm(view.pipeline).answers} answers"
    if view.group in (Fault.CLOSE_PASSED, Fault.NEXT_STEP) and deal.expected_close:
        return f"close {written().day(deal.expected_close, style.today)}"
    here = "in stage" if deal.known_entry_at is not None else "here"
    return f"{here} {style.day(deal.stage_entered_at)}"


def _pair(pair: Pair, view: HygieneView, style: PaneStyle) -> Item:
    room = style.width - GUTTER - 1
    lines = [line for deal in (pair.keep, pair.other) for line in _deal(deal, view, style)]
    return Item(pair.key, (*lines, exactly((blank(8), whole(pair.alike.reason, "text.dim")), room)))


def merge_lines(keep: Deal, other: Deal, style: PaneStyle) -> list[Line]:
    """Two deals side by side, the one that stays at the left: what the merged one will say is
    bright; what only stays in the history of the other is dim."""
    each = max(8, (style.width - 12) // 2 - 1)

    def row(label: str, mine: str, theirs: str, here: Role, there: Role) -> Line:
        first = left(label, 10, "pane.label")
        return (blank(2), first, left(mine, each, here), blank(1), left(theirs, each, there))

    lines = [row("", f"{keep.ref} stays", f"{other.ref} goes into it", "pane.head", "pane.label")]
    for label, mine, theirs in _compared(keep, other, style):
        roles: tuple[Role, Role] = ("text", "text.dim") if mine else ("text.dim", "text")
        lines.append(row(label, mine or "-", theirs or "-", *roles))
    for label, name in (("People", "contacts"), ("Answers", "answers"), ("Terms", "terms")):
        has, adds = len(getattr(keep, name)), len(getattr(other, name))
        if has or adds:
            added = f"{adds}, those that are new are added"
            lines.append(row(label, str(has), added, "text", "text"))
    lines.append((blank(2), whole("Notes and touches of both are kept.", "text.dim")))
    return lines


_COMPARED: Final = {
    "account": "Company",
    "title": "Title",
    "value": "Value",
    "expected_close": "Close",
    "owner": "Owner",
    "source": "Source",
    "next_step": "Next step",
}
"""The fields that are shown side by side, and what they are called."""


def _compared(keep: Deal, other: Deal, style: PaneStyle) -> Iterator[tuple[str, str, str]]:
    """The fields that at least one of them knows."""
    for name, label in _COMPARED.items():
        mine, theirs = (_told(deal, name, style) for deal in (keep, other))
        if mine or theirs:
            yield label, mine, theirs
    if not (keep.is_open and other.is_open):
        yield "Ended", str(keep.outcome), str(other.outcome)


def _told(deal: Deal, name: str, style: PaneStyle) -> str:
    """A field of a deal as screens write it."""
    match getattr(deal, name):
        case Money() as money:
            return full_money(money, style.glyphs)
        case date() as day:
            return written().day(day, style.today)
        case NextStep(due=date() as due) as step:
            return f"{written().day(due, style.today)} {step.words}".rstrip()
        case _:
            text = field_text(deal, name)
            return rep_name(text) if name == "owner" and text else text


def told_whole(faults: tuple[Fault, ...], deal: Deal) -> str:
    """Everything that is wrong with a deal, in one sentence."""
    if not faults:
        return f"{deal.ref} {deal.name}"
    return f"{deal.ref} {deal.name}: {', '.join(GROUPS[str(fault)] for fault in faults)}"
