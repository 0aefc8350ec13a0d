"""The facts of a deal: what it is worth, where it stands, what happens next, who is in it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from zoneinfo import ZoneInfo

from pipeboard.domain.counts import how_many
from pipeboard.domain.dates import local_date
from pipeboard.domain.deal import Contact, Deal, Status, Term, role_name
from pipeboard.domain.deal_record import DealRecord
from pipeboard.domain.events import Kind
from pipeboard.domain.hygiene import commit_lacks
from pipeboard.domain.lazy_dataclass import dataclass
from pipeboard.domain.locales import written
from pipeboard.domain.money import format_percent
from pipeboard.domain.signs import Sign, clocks, limits, sign, stalled_reasons
from pipeboard.domain.text import printable
from pipeboard.domain.timeline import other_fields
from pipeboard.ui.draw.card import SIGN_ROLES
from pipeboard.ui.draw.line import (
    DOT,
    EMPTY,
    OPEN,
    OR_MORE,
    STEP,
    YES,
    Glyphs,
    Line,
    Span,
    blank,
    full_money,
    left,
    whole,
    width_of,
    wrap,
)
from pipeboard.ui.palette import Role
from pipeboard.ui.terminal.width import cell_width

# Sections of a deal: titled lines, rows of small facts, paragraphs.

_WIDEST_LABEL = 18


@dataclass(frozen=True, slots=True)
class PaneStyle:
    """How wide the lines are, what day it is, where the days begin, and which signs there are."""

    width: int
    today: date
    zone: ZoneInfo
    glyphs: Glyphs = Glyphs.UNICODE

    def day(self, at: datetime) -> str:
        """The local day of an instant: `19 Dec`, with its year where that is not this year's."""
        return calendar_day(local_date(at, self.zone), self.today)

    def day_and_time(self, at: datetime) -> str:
        """`19 Dec 16:02`, local."""
        local = at.astimezone(self.zone)
        return f"{self.day(at)} {local.hour:02}:{local.minute:02}"


@dataclass(frozen=True, slots=True)
class Section:
    """A part of what is known of a deal: its title, what stands beside it, and its lines."""

    title: str
    beside: str
    lines: tuple[Line, ...]


@dataclass(frozen=True, slots=True)
class PaneFact:
    """A row of a table: a sign, what it is, and what there is to say, in one line or in several."""

    label: str
    text: str
    role: Role = "text"
    sign: Line = EMPTY
    in_one_line: bool = False


def titled(section: Section) -> Line:
    """The title of a section with what stands beside it."""
    beside: Line = (whole(f"  {section.beside}", "pane.label"),) if section.beside else ()
    return (whole(section.title, "pane.head"), *beside)


def calendar_day(day: date, today: date) -> str:
    """`19 Dec`, and `19 Dec 2025` in another year."""
    return written().calendar_day(day, today)


def full_name(deal: Deal) -> str:
    """The company, and which deal with it this is."""
    return f"{deal.account} / {deal.title}" if deal.account and deal.title else deal.name


def dotted(*words: str) -> str:
    """Those that say something, with dots between them."""
    return f" {DOT} ".join(filter(None, words))


def tick(done: object) -> Span:
    """Before what is done, or still open."""
    return (f"{YES} ", "pane.yes") if done else (f"{OPEN} ", "pane.label")


def flow(chips: Sequence[Line], width: int) -> list[Line]:
    """Small facts one after the other, as many in a line as fit."""
    lines: list[list[Span]] = [[]]
    for chip in chips:
        gap = 2 if lines[-1] else 0
        if gap and width_of(lines[-1]) + gap + width_of(chip) > width:
            lines.append([])
            gap = 0
        lines[-1] += [blank(gap), *chip] if gap else chip
    return [tuple(line) for line in lines]


def paragraph(start: Sequence[Span], text: str, role: Role, width: int) -> list[Line]:
    """`text` behind `start`, its further lines under its first; under `start`, where that takes
    half of the width and more."""
    indent = width_of(start)
    if width - indent < 12:
        return [tuple(start), *[(blank(2), (line, role)) for line in wrap(text, width - 2)]]
    under = indent if 2 * indent < width else 2
    first, *rest = wrap(text, width - indent, width - under)
    return [(*start, (first, role)), *[(blank(under), (line, role)) for line in rest]]


def table(facts: Sequence[PaneFact], style: PaneStyle) -> tuple[Line, ...]:
    """The facts under each other, their labels as wide as the widest."""
    labels = [printable(fact.label) for fact in facts]
    wide = min(_WIDEST_LABEL, max(map(cell_width, labels), default=0), style.width // 3)
    lines: list[Line] = []
    for label, fact in zip(labels, facts, strict=True):
        start = (blank(1), *fact.sign, left(label, wide, "pane.label"), blank(2))
        if fact.in_one_line:
            lines.append((*start, whole(fact.text, fact.role)))
        else:
            lines += paragraph(start, fact.text, fact.role, style.width)
    return tuple(lines)


def fact_lines(record: DealRecord, style: PaneStyle) -> tuple[Line, ...]:
    """Name, amount and dates, stage and next step of a deal."""
    deal = record.deal
    first, *rest = wrap(full_name(deal), style.width - len(deal.ref) - 2, style.width)
    return (
        ((deal.ref, "pane.label"), blank(2), (first, "pane.title")),
        *[((line, "pane.title"),) for line in rest],
        *flow(chips(record, style), style.width),
        (),
        *_standing(record, style),
        *next_step_line(deal, style),
        *parked(deal, style),
    )


def chips(record: DealRecord, style: PaneStyle, *, weighted: bool = False) -> list[Line]:
    """The small facts of a deal, the weightiest first; `weighted` adds what the chance leaves of
    the value."""
    deal = record.deal
    found: list[Line] = []
    if deal.value is not None:
        found.append(((full_money(deal.value, style.glyphs), "pane.money"),))
    probability = deal.effective_probability_bp(record.pipeline)
    if probability is not None and deal.is_open:
        by_hand = " by hand" if deal.probability_bp is not None else ""
        found.append(((f"{format_percent(probability)}%", "text"), (by_hand, "pane.label")))
        if weighted and deal.value is not None:
            share = deal.value.weighted(probability)
            found.append((("wtd ", "pane.label"), (full_money(share, style.glyphs), "text")))
    if deal.expected_close is not None:
        found.append(_close(record, style))
    found.append((whole(f"@{deal.owner}" if deal.owner else "no owner", "pane.who"),))
    if hope := commit_lacks(deal, record.pipeline):
        found.append((("commit", "text"), (f" ({hope})", "pane.unknown")))
    elif deal.category is not None:
        found.append(((deal.category, "text"),))
    found += [(whole(f"+{tag}", "pane.tag"),) for tag in deal.tags]
    return found


def _close(record: DealRecord, style: PaneStyle) -> Line:
    day = record.deal.expected_close
    if day is None:
        return ()
    passed = record.deal.is_open and day < style.today
    moves = close_moves(record)
    return (
        ("close ", "pane.label"),
        (calendar_day(day, style.today), "card.due.over" if passed else "text"),
        (f" (moved {moves}x)" if moves else "", "pane.label"),
    )


def close_moves(record: DealRecord) -> int:
    """How often the close date was set to another day, without what was taken back."""
    return sum(
        entry.event.kind is Kind.EXPECTED_CLOSE
        and entry.event.before.get("expected_close") is not None
        and entry.event.after.get("expected_close") is not None
        and entry.stands
        for entry in record.entries
    )


def stage_age(record: DealRecord, style: PaneStyle) -> tuple[int, int | None, bool]:
    """Days that an open deal has been in its stage, those that are expected, whether it is more."""
    days = (style.today - local_date(record.deal.stage_entered_at, style.zone)).days
    limit = record.stage.expected_days
    return days, limit, limit is not None and days > limit


def stage_days(record: DealRecord, style: PaneStyle) -> str:
    """The days in the stage as a card has them: `26d`, `26d+` where it is that many or more."""
    days, _, _ = stage_age(record, style)
    return f"{days}d" if record.deal.known_entry_at is not None else f"{days}d{OR_MORE}"


def _standing(record: DealRecord, style: PaneStyle) -> list[Line]:
    deal, stage = record.deal, record.stage
    if deal.outcome is not Status.OPEN:
        return outcome_lines(deal, style)
    days, limit, is_over = stage_age(record, style)
    more, came = ("", "entered") if deal.known_entry_at is not None else (" or more", "here since")
    mark = sign_of(record, style)
    spent = f"{how_many(days, 'day')}{more} in {stage.name}"
    start: list[Span] = [(f"{mark} ", SIGN_ROLES[mark])] if mark is not Sign.NONE else []
    facts: Line = (
        *start,
        whole(spent, "card.days.over" if is_over else "text"),
        (f" (limit {limit})" if limit is not None else "", "pane.label"),
    )
    entered: Line = ((f"{came} {style.day(deal.stage_entered_at)}", "pane.label"),)
    reasons = stalled_reasons(deal, record.pipeline, style.today, style.zone)
    lines = flow((facts, entered), style.width)
    if reasons:
        lines += paragraph(
            (("  stalled: ", "sign.stalled"),), ", ".join(reasons), "text", style.width
        )
    return lines


def sign_of(record: DealRecord, style: PaneStyle) -> Sign:
    """The one sign that the deal's card bears."""
    deal = record.deal
    return sign(
        clocks(deal, style.zone),
        limits(record.stage, style.today),
        snoozed=deal.is_snoozed(style.today),
    )


def outcome_lines(deal: Deal, style: PaneStyle) -> list[Line]:
    """How a closed deal ended, when, and why; nothing of one that is archived and never ended."""
    if deal.outcome is Status.OPEN:
        return []
    day = f" {style.day(at)}" if (at := deal.known_closed_at) is not None else ""
    if deal.outcome is Status.WON:
        return [((f"Won{day}", "pane.yes"),)]
    loss = deal.loss
    if loss is None:
        return [((f"Lost{day}", "pane.no"),)]
    words = ": ".join(filter(None, (loss.told, loss.reason)))
    competitor = f" (to {loss.competitor})" if loss.competitor else ""
    back = f", comes back {calendar_day(loss.recycle_on, style.today)}" if loss.recycle_on else ""
    return paragraph(
        ((f"Lost{day}: ", "pane.no"),), f"{words}{competitor}{back}", "text", style.width
    )


def next_step_line(deal: Deal, style: PaneStyle) -> list[Line]:
    """What happens next on an open deal, its day in colour once that is past."""
    if not deal.is_open:
        return []
    step = deal.next_step
    if step is None and deal.is_snoozed(style.today):
        return [(("no next step", "pane.label"),)]  # nobody misses one before it wakes
    if step is None:
        return [((f"{Sign.NO_NEXT_STEP} no next step", "sign.none"),)]
    role: Role = "pane.due"
    if step.due is None:
        is_missed = not deal.is_snoozed(style.today)
        due = f"{Sign.NO_NEXT_STEP} no day  " if is_missed else "no day  "
        role = "sign.none" if is_missed else "pane.label"
    else:
        due = f"{written().day(step.due, style.today)}  "
        role = "card.due.over" if step.due < style.today else role
    return paragraph(
        ((f"{STEP} NEXT  ", "pane.head"), (due, role)), step.words, "text", style.width
    )


def parked(deal: Deal, style: PaneStyle) -> list[Line]:
    """That a deal sleeps, and why, is archived, or went into another: a fact a line."""
    lines: list[Line] = []
    for fact in asleep(deal, style):
        why = f": {deal.snooze_reason}" if deal.snooze_reason and fact[1] == "pane.label" else ""
        lines += paragraph((blank(2), fact), why, "text", style.width)
    return lines


def asleep(deal: Deal, style: PaneStyle) -> list[Span]:
    """Until when a deal sleeps, since when it is archived, which deal it went into; whether its
    adding was taken back."""
    found: list[Span] = []
    if deal.snoozed_until is not None and deal.is_snoozed(style.today):
        until = calendar_day(deal.snoozed_until, style.today)
        found.append((f"snoozed until {until}", "pane.label"))
    if deal.archived_at is not None:
        found.append((f"archived {style.day(deal.archived_at)}", "pane.unknown"))
    if deal.merged_into is not None:
        found.append((f"merged into D-{deal.merged_into}", "pane.unknown"))
    if deal.removed:
        found.append(("taken back: it is there no more", "pane.unknown"))
    return found


def people(record: DealRecord, style: PaneStyle) -> Section:
    """Who is in the deal on the other side, and how to reach them."""
    contacts = sorted(record.deal.contacts.values(), key=lambda each: (each.role, each.name))
    facts = [PaneFact(contact.name, about_contact(contact)) for contact in contacts]
    return Section("People", "", table(facts, style))


def about_contact(contact: Contact) -> str:
    """A person's post, part in the deal, and how to reach them."""
    role = "" if contact.role == "other" else role_name(contact.role)
    return dotted(contact.title, role, contact.phone, contact.email)


def terms(record: DealRecord, style: PaneStyle) -> Section:
    """What is negotiated: agreed, or how far apart the two sides are."""
    items = record.deal.terms.values()
    facts = [
        PaneFact(term.item, _position(term), "pane.yes" if term.agreed else "text")
        for term in items
    ]
    agreed = sum(bool(term.agreed) for term in items)
    return Section("Terms", f"{agreed}/{len(items)} agreed", table(facts, style))


def _position(term: Term) -> str:
    if term.agreed:
        return f"agreed: {term.agreed}"
    sides = (("we", term.ours), ("they", term.theirs))
    return dotted(*(f"{who}: {words}" for who, words in sides if words))


def details(record: DealRecord, style: PaneStyle) -> Section:
    """Where the deal comes from, and whatever else has been written down."""
    deal = record.deal
    facts = {
        "source": ": ".join(filter(None, (deal.source, deal.source_detail))),
        "why in touch": deal.contact_reason,
        "competitors": ", ".join(deal.competitors),
        "quote sent": style.day(deal.quote_sent_at) if deal.quote_sent_at else "",
        "offer expires": (
            calendar_day(deal.offer_expires_on, style.today) if deal.offer_expires_on else ""
        ),
        "trial close": deal.trial_close,
        **dict(other_fields(deal, style.today, style.zone)),
        **deal.fields,
        "links": dotted(*deal.links),
        "created": style.day(at) if (at := deal.known_created_at) is not None else "unknown",
        "MQL since": style.day(at) if (at := record.mql_at) is not None else "",
    }
    given = [PaneFact(label, text) for label, text in facts.items() if text]
    return Section("Details", "", table(given, style))
