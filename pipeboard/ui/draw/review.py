"""The weekly review drawn from its document, one that is held now or one that was."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import date, datetime
from fractions import Fraction
from typing import TYPE_CHECKING, Final, Literal

from pipeboard.domain.counts import how_many, in_figures
from pipeboard.domain.dates import local_date
from pipeboard.domain.hygiene import DUPLICATES, LABELS, Fault
from pipeboard.domain.lazy_dataclass import dataclass
from pipeboard.domain.locales import written
from pipeboard.domain.metrics.waterfall import GOING
from pipeboard.domain.metrics.wording import Wording, percent
from pipeboard.domain.money import printed_sign
from pipeboard.domain.people import rep_name
from pipeboard.domain.review import NUMBERS, NUMBERS_OF_REPS, called
from pipeboard.exchange.metrics_tables import Figure
from pipeboard.exchange.page import words_of
from pipeboard.exchange.review_document import said_number, whose_most, why_alike
from pipeboard.outlet import with_database
from pipeboard.ui.draw.charts import bar
from pipeboard.ui.draw.facts import PaneStyle, calendar_day
from pipeboard.ui.draw.line import (
    DOT,
    NO,
    OPEN,
    YES,
    Line,
    Span,
    blank,
    exactly,
    left,
    right,
    spread,
    tab_strip,
    title_bar,
    whole,
    wrap,
)
from pipeboard.ui.draw.questions import GUTTER, Item
from pipeboard.ui.palette import Role
from pipeboard.ui.review_keys import ReviewTab

if TYPE_CHECKING:
    from pipeboard.domain.review import NumberDocument, ReviewDecision, ReviewDocument

DEAL: Final = "deal."
DATA: Final = "data."
_NAME: Final = 18
_AMOUNT: Final = 12
_NARROW: Final = 60
_SHORTEST: Final = 4
"""Cells of a bar that still tells something."""


@dataclass(frozen=True, slots=True)
class ReviewView:
    """What the review screen shows: a document, the one before it to compare with, a step of it,
    which deals were spoken of, and whether it is over (one that was held)."""

    document: ReviewDocument
    before: ReviewDocument | None
    tab: ReviewTab
    style: PaneStyle
    discussed: frozenset[str] = frozenset()
    is_over: bool = False
    current: str = ""
    """The key of the item under the cursor, which may say more of itself than the others."""
    decides: str = ""
    """The key that writes a decision down, "" where none can be."""

    @property
    def room(self) -> int:
        return self.style.width - GUTTER - 1

    @property
    def say(self) -> Wording:
        unicode = self.style.glyphs.value == "unicode"
        return Wording(self.document["currency"], signs=unicode, manner=written())

    def words(self, text: str) -> str:
        """A sentence that was kept, without signs that the terminal does not know."""
        sign = printed_sign(self.document["currency"])
        is_plain = self.say.signs or not sign or sign.isascii()
        return text if is_plain else text.replace(sign, f"{self.document['currency']} ")

    def day(self, name: Literal["since", "at"]) -> date:
        return local_date(datetime.fromisoformat(self.document[name]), self.style.zone)

    def in_words(self, name: Literal["since", "at"]) -> str:
        return calendar_day(self.day(name), self.style.today)


def heading(view: ReviewView) -> tuple[Line, ...]:
    """Which review it is, since when, and its steps."""
    document = view.document
    title = "Review as it was held" if view.is_over else "Weekly review"
    since = f"{view.in_words('since')} to {view.in_words('at')} {DOT} {document['period']}"
    bar_line = title_bar(
        (whole(title, "bar.product"), blank(2, "bar"), whole(document["pipeline"], "bar.title")),
        (blank(1, "bar"), whole(since, "bar.dim")),
        view.style.width,
    )
    return bar_line, tab_strip(ReviewTab, view.tab, view.style.width, _counts(view))


def unread(pipeline: str, tab: ReviewTab, width: int) -> tuple[Line, Line]:
    """The head while the review is gathered for the first time."""
    start = (whole("Weekly review", "bar.product"), blank(2, "bar"), whole(pipeline, "bar.title"))
    return title_bar(start, (), width), tab_strip(ReviewTab, tab, width, {})


def _counts(view: ReviewView) -> dict[ReviewTab, str]:
    document = view.document
    data = document["preflight"]
    faults = sum(sum(owners.values()) for owners in data["faults"].values())
    spoken = sum(one["ref"] in view.discussed for one in document["discuss"])
    decided = document["decisions"]
    return {
        ReviewTab.DATA: in_figures(faults + len(data["duplicates"]) + len(data["dead"])),
        ReviewTab.CHANGES: in_figures(len(document["exceptions"])),
        ReviewTab.DISCUSS: f"{spoken}/{len(document['discuss'])}",
        ReviewTab.DECISIONS: f"{sum(one['done'] for one in decided)}/{len(decided)}",
    }


def items_of(view: ReviewView) -> tuple[Item, ...]:
    """The lines of a step; those without a key are only read."""
    return tuple(_DRAWN[view.tab](view))


def _read(text: str, view: ReviewView, role: Role = "text", indent: int = 0, key: str = "") -> Item:
    """A sentence; without a `key` nothing is behind it."""
    parts = wrap(text, max(20, view.room - indent))
    return Item(key, tuple((blank(indent), whole(part, role)) for part in parts))


def _title(text: str, view: ReviewView) -> Item:
    return Item("", ((), exactly((whole(text, "pane.head"),), view.room)))


def _fact(key: str, label: str, *rest: Span) -> Item:
    return Item(key, ((left(label, _NAME, "pane.label"), blank(1), *rest),))


# Step by step.


def _data(view: ReviewView) -> Iterator[Item]:
    data = view.document["preflight"]
    for name, owners in data["faults"].items():
        if owners:
            whose = whose_most(owners, "  ")
            count = right(f"{in_figures(sum(owners.values()))}", 5, "text.strong")
            label = LABELS[Fault(name)]
            yield _fact(f"{DATA}{name}", label, count, blank(2), whole(whose, "text.dim"))
    for pair in data["duplicates"]:
        yield _read(why_alike(pair, data), view, key=f"{DATA}{DUPLICATES}")
    for ref in data["dead"]:
        yield _read(f"{called(ref, data)} may be given up", view, key=f"{DEAL}{ref}")
    if not any(data["faults"].values()) and not data["duplicates"] and not data["dead"]:
        yield _read("The data is in order.", view, "empty")


def _number(view: ReviewView) -> Iterator[Item]:
    say, before = view.say, view.before
    is_narrow = view.style.width < _NARROW
    size, beside = (8, 8) if is_narrow else (_AMOUNT, _AMOUNT + 6)
    if before is not None:
        at = local_date(datetime.fromisoformat(before["at"]), view.style.zone)
        then = f"{'' if is_narrow else 'on '}{calendar_day(at, view.style.today)}"
        yield Item("", ((blank(_NAME + 1), right("now", size, "text.dim"),
                         right(then, beside, "text.dim")),))  # fmt: skip
    for name, label in NUMBERS.items():
        number = view.document["number"][name]
        spans: list[Span] = [_amount(number, say, size)]
        if before is not None and name in before["number"]:
            spans += [right(said_number(before["number"][name], say), beside, "text.dim")]
            spans += _moved(number, before["number"][name])
        yield _fact(f"number.{name}", label, *spans)
    for sentence in filter(None, view.document["readings"]):
        yield _read("", view)
        yield _read(with_database(view.words(sentence)), view)
    if view.document["reps"]:
        yield from _reps(view)


def _amount(number: NumberDocument, say: Wording, size: int) -> Span:
    text = said_number(number, say)
    if number["value"] is not None:
        return right(text, size, "text.strong")
    return right(text, size, "text.dim") if len(text) < size else whole(f"  {text}", "text.dim")


def _moved(now: NumberDocument, then: NumberDocument) -> list[Span]:
    """An arrow where a number is another than at the last review."""
    if now["value"] is None or then["value"] is None or now["value"] == then["value"]:
        return []
    return [whole(" ▲" if now["value"] > then["value"] else " ▼", "text.strong")]


def _reps(view: ReviewView) -> Iterator[Item]:
    say = view.say
    names = NUMBERS_OF_REPS if view.style.width >= _NARROW else ("won_value", "rose_tint")
    size = min(14, max(8, (view.room - 10) // len(names)))
    heads = [right(NUMBERS[name].lower(), size, "text.dim") for name in names]
    yield Item("", ((), (blank(10), *heads)))
    for row in view.document["reps"]:
        cells: list[Span] = []
        for name in names:
            # Why a number is unknown is said above, of all reps.
            text, value = said_number({**row[name], "reason": ""}, say), row[name]["value"]
            is_rosy = name == "rose_tint" and value is not None and value > 0
            cells += [blank(1), right(text, size - 1, "status.warn" if is_rosy else "text")]
        rep = left(rep_name(row["rep"]), 10, "pane.who")
        yield Item(f"rep.{row['rep']}", ((rep, *cells),))


def _changes(view: ReviewView) -> Iterator[Item]:
    say, lines = view.say, view.document["changes"]
    amount = 9 if view.style.width < _NARROW else _AMOUNT
    most = max((abs(line["value"] or 0) for line in lines.values()), default=0)
    wide = max(0, min(40, view.room - _NAME - amount - 12))
    for name, change in lines.items():
        if not change["deals"] and name not in ("start", "end"):
            continue
        role: Role = "chart.bad" if name in GOING else "chart.full"
        share = Fraction(abs(change["value"] or 0), most) if most else Fraction(0)
        yield _fact(
            f"changes.{name}",
            name.replace("_", " "),
            right(
                words_of(Figure(change["value"], goes=name in GOING), say), amount, "text.strong"
            ),
            right(in_figures(change["deals"]), 6, "text.dim"),
            blank(2),
            *(bar(share, wide, view.style.glyphs, role) if wide >= _SHORTEST else ()),
        )
    yield _title(f"Unlike the plan since {view.in_words('since')}", view)
    for place, one in enumerate(view.document["exceptions"]):
        start: Line = (left(one["ref"], 7, "pane.label"), whole(f"{one['deal']}: ", "card.name"))
        by: Line = (whole(f"@{one['by']}", "pane.who"),)
        what = view.words(one["what"])
        first, *rest = wrap(what, max(20, view.room - 8))
        line = spread((*start, whole(what, "text")), (blank(1), *by), view.room)
        is_current = view.current == f"{DEAL}{one['ref']}#{place}"
        full = [(blank(7), whole(part, "text")) for part in (first, *rest)]
        shown = [spread(start, (blank(1), *by), view.room), *full] if is_current else [line]
        yield Item(f"{DEAL}{one['ref']}#{place}", tuple(shown))
    if not view.document["exceptions"]:
        yield _read("Nothing was pushed, lowered, moved back or passed by a reason.", view, "empty")


def _discuss(view: ReviewView) -> Iterator[Item]:
    decided = {one["ref"]: one for one in view.document["decisions"]}
    for one in view.document["discuss"]:
        key = f"{DEAL}{one['ref']}"
        spoken = one["ref"] in view.discussed
        start: Line = (
            whole(YES if spoken else OPEN, "pane.yes" if spoken else "text.dim"),
            blank(1),
            left(one["ref"], 7, "pane.label"),
            whole(one["deal"], "card.name"),
        )
        end: Line = (
            right(view.say.money(one["value"]), _AMOUNT, "card.money"),
            blank(1),
            left(rep_name(one["owner"]), 9, "pane.who"),
        )
        lines: list[Line] = [spread(start, end, view.room)]
        lines += _below(", ".join(one["risks"]), view, "status.warn")
        if (decision := decided.get(one["ref"])) is not None:
            lines += _below(_decision_words(decision, view), view, "status.ok")
        if key == view.current:
            for line in one["agenda"]:
                lines += _below(line, view, "text", f"{DOT} ")
        yield Item(key, tuple(lines))
    if not view.document["discuss"]:
        yield _read("No deal of value is at risk.", view, "empty")


def _below(text: str, view: ReviewView, role: Role, sign: str = "") -> list[Line]:
    """The text under the name of a deal, behind a sign that only its first line has."""
    parts = wrap(text, max(20, view.room - 9 - len(sign)))
    signs = (sign, *[" " * len(sign)] * (len(parts) - 1))
    return [(blank(9), whole(f"{one}{part}", role)) for one, part in zip(signs, parts, strict=True)]


def _flow(view: ReviewView) -> Iterator[Item]:
    flow, say = view.document["flow"], view.say
    yield _fact("flow.bottleneck", "Bottleneck", whole(flow["bottleneck"] or "none", "text.strong"))
    if flow["hint"]:
        yield _read(flow["hint"], view, "text.dim", _NAME + 1)
    growth = whole(said_number(flow["lead_velocity"], say), "text.strong")
    yield _fact("flow.lead_velocity", "Lead velocity", growth)
    new, needed = flow["new_value_a_week"], flow["needed_a_week"]
    yield _fact("flow.new", "New a week", whole(say.money(new), "text.strong"))
    is_near = needed is not None and new < needed
    role: Role = "status.warn" if is_near else "text.dim"
    yield _read(_trap(new, needed, say), view, role, _NAME + 1)
    if flow["touches"]:
        share = percent(Fraction(flow["touches_on_new"], flow["touches"]))
        of = f"{share} of {how_many(flow['touches'], 'touch', 'touches')}"
        yield _fact("flow.touches", "Touches on new", whole(of, "text.strong"))
    yield _title("Touches out, and replies", view)
    yield from _weeks(view)
    if view.document["objections"]:
        yield _title("Objections", view)
    for one in view.document["objections"]:
        stages = ", ".join(f"{stage} {in_figures(count)}" for stage, count in one["stages"].items())
        total = right(in_figures(sum(one["stages"].values())), 4, "text.strong")
        key = f"objection.{one['objection']}"
        yield _fact(key, one["objection"], total, blank(2), whole(stages, "text.dim"))
    if view.document["variants"]:
        yield _title("Ways of asking", view)
    for way in view.document["variants"]:
        words = (f"{how_many(way['deals'], 'deal')}, {in_figures(way['answered'])} answered, "
                 f"{in_figures(way['won'])} of {in_figures(way['closed'])} closed won")  # fmt: skip
        yield _fact("", way["variant"], whole(words, "text"))


def _trap(new: int, needed: int | None, say: Wording) -> str:
    if needed is None:
        return "No target says what it takes."
    if new < needed:
        return f"The sales trap is near: the target needs {say.money(needed)} a week."
    return f"The target needs {say.money(needed)} a week: enough comes in."


def _weeks(view: ReviewView) -> Iterator[Item]:
    weeks = view.document["trend"]
    most = max((max(week["touches"], week["replies"]) for week in weeks), default=0) or 1
    wide = max(4, min(30, (view.room - _NAME - 14) // 2))
    for week in weeks:
        day = calendar_day(date.fromisoformat(week["week"]), view.style.today)
        spans: list[Span] = []
        for name, role in _BARS.items():
            share = Fraction(week[name], most)
            spans += [right(f"{in_figures(week[name])}", 4, "text.strong"), blank(1)]
            spans += [*exactly(bar(share, wide, view.style.glyphs, role), wide), blank(1)]
        yield _fact(f"week.{week['week']}", f"week of {day}", *spans)


_BARS: Final[Mapping[Literal["touches", "replies"], Role]] = {
    "touches": "chart.full",
    "replies": "chart.good",
}


def _decisions(view: ReviewView) -> Iterator[Item]:
    for place, one in enumerate(view.document["decisions"]):
        start: Line = (_mark(one, view), blank(1), left(one["ref"], 7, "pane.label"))
        line = spread((*start, whole(one["deal"], "card.name")), (), view.room)
        words = _below(_decision_words(one, view), view, "text")
        yield Item(f"{DEAL}{one['ref']}#{place}", (line, *words))
    if not view.document["decisions"]:
        how = f" {view.decides} on a deal says who does what until when." if view.decides else ""
        yield _read(f"Nothing was decided since then.{how}", view, "empty")


def _mark(decision: ReviewDecision, view: ReviewView) -> Span:
    """Done, still to be done, or not done on its day."""
    if decision["done"]:
        return (YES, "pane.yes")
    due = decision["due"]
    is_late = due is not None and date.fromisoformat(due) < view.day("at")
    return (NO, "pane.no") if is_late else (OPEN, "pane.label")


def _decision_words(decision: ReviewDecision, view: ReviewView) -> str:
    due = decision["due"]
    by = f" by {calendar_day(date.fromisoformat(due), view.style.today)}" if due else ""
    done = ", done" if decision["done"] else ""
    return f"{decision['text']} ({rep_name(decision['owner'])}{by}{done})"


_DRAWN: Final[Mapping[ReviewTab, Callable[[ReviewView], Iterator[Item]]]] = {
    ReviewTab.DATA: _data,
    ReviewTab.NUMBER: _number,
    ReviewTab.CHANGES: _changes,
    ReviewTab.DISCUSS: _discuss,
    ReviewTab.FLOW: _flow,
    ReviewTab.DECISIONS: _decisions,
}


def ref_of(key: str) -> int | None:
    """The deal that an item is about, by its id."""
    if not key.startswith(DEAL):
        return None
    return int(key.removeprefix(DEAL).partition("#")[0].removeprefix("D-"))


def stops(items: Sequence[Item]) -> list[int]:
    """The places that the cursor can stand on."""
    return [place for place, item in enumerate(items) if item.key]
