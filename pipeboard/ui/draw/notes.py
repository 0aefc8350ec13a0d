"""Notes, the timeline, people and terms of a deal, as items of its screen."""

from __future__ import annotations

from collections.abc import Collection
from typing import Final

from pipeboard.domain.cadence import PERSISTENCE, follow_ups
from pipeboard.domain.counts import in_figures
from pipeboard.domain.criteria import ROLES, gate_ahead
from pipeboard.domain.deal import Answer, Contact, Deal, Term, role_name
from pipeboard.domain.deal_record import DealRecord, Entry
from pipeboard.domain.events import Event, to_json
from pipeboard.domain.lazy_dataclass import replace
from pipeboard.domain.money import Money
from pipeboard.domain.signs import Sign
from pipeboard.domain.text import fold
from pipeboard.domain.timeline import without_cancelled
from pipeboard.ui.draw.card import SIGN_ROLES
from pipeboard.ui.draw.facts import (
    PaneStyle,
    Section,
    asleep,
    calendar_day,
    chips,
    details,
    dotted,
    flow,
    full_name,
    next_step_line,
    outcome_lines,
    paragraph,
    sign_of,
    stage_age,
    stage_days,
    tick,
    titled,
)
from pipeboard.ui.draw.line import (
    DOT,
    UNKNOWN,
    YES,
    Line,
    Span,
    blank,
    exactly,
    full_money,
    left,
    spread,
    whole,
    width_of,
    wrap,
)
from pipeboard.ui.draw.pane import (
    entry_lines,
    event_words,
    fit_section,
    names_width,
    note_lines,
    notes,
    score_section,
    touches,
)
from pipeboard.ui.draw.questions import GUTTER, Item
from pipeboard.ui.terminal.width import cell_width


def note_items(record: DealRecord, style: PaneStyle) -> tuple[Item, ...]:
    """Each note as it was written, under its id."""
    inner = _inner(style)
    names = names_width([note.author for note in record.notes])
    return tuple(Item(note.id, tuple(note_lines(note, names, inner))) for note in record.notes)


FOLD = 0
"""Stands for the events that came to nothing, where `seq` stands for one."""


def timeline_items(
    record: DealRecord, style: PaneStyle, wanted: str = "", opened: Collection[int] = ()
) -> tuple[Item, ...]:
    """Each event in words under its `seq`: those that hold every word that is `wanted`, case and
    accents aside. Those `opened` show each value as it was before and after; what was taken back
    again is folded into one line, until that is opened or something is wanted."""
    inner, wants = _inner(style), fold(wanted).split()
    names = names_width([entry.who for entry in record.entries])
    items = []
    standing = without_cancelled(record.entries)
    folded = 0 if wants or FOLD in opened else len(record.entries) - len(standing)
    told = {entry.seq for entry in (standing if folded else record.entries)}
    for entry in (one for one in record.timeline if one.seq in told):
        said = event_words(entry, record, style)
        whose = fold(f"{said} @{entry.who} {entry.event.kind} {style.day(entry.event.at)}")
        if all(word in whose for word in wants):
            lines = entry_lines(entry, said, names, inner)
            if entry.seq in opened:
                lines += _in_full(entry, inner)
            items.append(Item(str(entry.seq), tuple(lines)))
    if folded:
        words = f"{in_figures(folded)} changes were taken back again"
        items.append(Item(str(FOLD), ((whole(words, "text.dim"),),)))
    return tuple(items)


def _inner(style: PaneStyle) -> PaneStyle:
    return replace(style, width=style.width - GUTTER)


def _in_full(entry: Entry, style: PaneStyle) -> list[Line]:
    event = entry.event
    lines: list[Line] = []
    for name in sorted(event.changed):
        if name not in _UNTOLD:
            for label, side in (("was", event.before), ("is", event.after)):
                start: Line = (blank(4), whole(f"{name} {label}  ", "pane.label"))
                lines += paragraph(start, _value(side.get(name)), "text", style.width)
    for said in _said_in_full(event):
        lines += paragraph((blank(4),), said, "text", style.width)
    return lines


_UNTOLD = frozenset(
    ("rank", "last_touch_at", "last_outbound_at", "last_reply_at", "outbound_since_reply",
     "stage_id", "stage_entered_at", "entry_precision", "removed", "pipeline_id", "outcome")
)  # fmt: skip


def _value(value: object) -> str:
    match value:
        case None | "" | ():
            return "nothing"
        case Answer():
            rating = "unknown" if value.rating is None else f"{value.rating}/4"
            evidence = f"; evidence: {value.evidence}" if value.evidence else ""
            return f"{value.text or 'no words'} ({rating}){evidence}"
        case Money():
            return str(value)
        case tuple():
            return ", ".join(map(str, value))
        case _:
            plain = to_json(value)
            if isinstance(plain, dict):
                return ", ".join(f"{name} {item}" for name, item in plain.items())
            return str(plain)


def _said_in_full(event: Event) -> list[str]:
    """Words that no field holds: of notes and interactions."""
    facts = event.facts
    note, touch = facts.get("note"), facts.get("touch")
    texts = [
        note.get("text") if isinstance(note, dict) else None,
        touch.get("outcome") if isinstance(touch, dict) else None,
        f"was: {facts['old']}" if "old" in facts else None,
        f"is: {facts['new']}" if "new" in facts else None,
    ]
    return [line for text in texts if text for line in str(text).split("\n")]


_NAME, _ROLE, _ITEM = 24, 15, 20


def people_items(record: DealRecord, style: PaneStyle) -> tuple[Item, ...]:
    """Each person with their part and how to reach them, deciders first."""
    contacts = record.deal.contacts
    order = sorted(contacts, key=lambda key: (ROLES.index(contacts[key].role), contacts[key].name))
    wide = min(_NAME, max((cell_width(c.name) for c in contacts.values()), default=0))
    return tuple(Item(key, tuple(_person(contacts[key], wide, style))) for key in order)


def _person(contact: Contact, wide: int, style: PaneStyle) -> list[Line]:
    decides = contact.role == "decision_maker"
    start: Line = (
        left(contact.name, max(1, wide), "text.strong"),
        blank(2),
        left(role_name(contact.role), _ROLE, "pane.yes" if decides else "pane.label"),
        blank(1),
    )
    reach = dotted(contact.title, contact.phone, contact.email)
    return paragraph(start, reach, "text", style.width - GUTTER)


def people_note(deal: Deal) -> Line:
    """Says when nobody who decides is known."""
    if any(contact.role == "decision_maker" for contact in deal.contacts.values()):
        return ()
    return (blank(GUTTER), ("? no decision-maker named", "pane.unknown"))


def term_items(record: DealRecord, style: PaneStyle) -> tuple[Item, ...]:
    """Each term with both positions, and what was agreed."""
    return tuple(Item(key, tuple(_term(term, style))) for key, term in record.deal.terms.items())


def _term(term: Term, style: PaneStyle) -> list[Line]:
    start: Line = (tick(term.agreed), left(term.item, _ITEM, "text.strong"), blank(1))
    sides = (("we", term.ours), ("they", term.theirs), ("agreed", term.agreed))
    said = dotted(*(f"{who}: {what}" for who, what in sides if what))
    return paragraph(start, said or "open", "text", style.width - GUTTER)


def terms_note(record: DealRecord, style: PaneStyle) -> list[Line]:
    """What frames a negotiation: proposal and offer, rivals, and, for the owner, the floor."""
    deal = record.deal
    facts = {
        "proposal sent": style.day(deal.quote_sent_at) if deal.quote_sent_at else "",
        "offer expires": (
            calendar_day(deal.offer_expires_on, style.today) if deal.offer_expires_on else ""
        ),
        "competitors": ", ".join(deal.competitors),
        "not below": _floor_words(deal, style),
    }
    chips: list[Line] = [
        ((f"{label} ", "pane.label"), whole(text, "text")) for label, text in facts.items() if text
    ]
    return [(blank(GUTTER), *line) for line in flow(chips, style.width - GUTTER)] if chips else []


def _floor_words(deal: Deal, style: PaneStyle) -> str:
    """The least that the owner would take, with a warning below it."""
    if deal.floor_value is None:
        return ""
    words = full_money(deal.floor_value, style.glyphs)
    return f"{words} (! the value is below it)" if deal.is_below_floor else words


# The first tab of one deal's screen: what is missing, what to do here, what is known.

GATE, CHECK, SCORE, FIT, PLAYBOOK, FIELDS, NOTES, TOUCHES = (
    "gate", "check/", "score", "fit", "playbook", "fields", "notes", "touches",
)  # fmt: skip
"""The keys of the items; a checklist item's is followed by its place."""

_LATEST = 3


def overview_items(record: DealRecord, style: PaneStyle) -> tuple[Item, ...]:
    """Gate, checklist and playbook of the stage, score, fit, the latest that was said, fields."""
    inner = _inner(style)
    items = [
        *_gate(record, inner),
        *_checklist(record),
        *_playbook(record, inner),
        *_section(SCORE, score_section(record, inner)),
        *_section(FIT, fit_section(record, inner)),
        *_section(NOTES, _latest(notes(record, inner, _LATEST), len(record.notes), "3")),
        *_section(TOUCHES, _with_follow_ups(touches(record, inner, _LATEST), record)),
        *_section(FIELDS, details(record, inner)),
    ]
    return tuple(items)


def _section(key: str, section: Section) -> list[Item]:
    if not section.lines:
        return []
    return [Item(key, ((), titled(section), *section.lines))]


def _latest(section: Section, count: int, tab: str) -> Section:
    more = f", the latest here, all on {tab}" if count > _LATEST else ""
    return Section(section.title, f"{in_figures(count)}{more}", section.lines)


def _with_follow_ups(section: Section, record: DealRecord) -> Section:
    said = _latest(section, len(record.touches), "4").beside
    sent_at = record.deal.quote_sent_at
    if sent_at is not None and record.deal.is_open:
        count = follow_ups(sent_at, record.touches)
        said = f"{said}  follow-ups since the proposal {count}/{PERSISTENCE}"
    return Section(section.title, said, section.lines)


def _gate(record: DealRecord, style: PaneStyle) -> list[Item]:
    deal, pipeline = record.deal, record.pipeline
    if not deal.is_open:
        return []
    target, lacking = gate_ahead(deal, pipeline, style.today)
    if not lacking:
        ready: Line = ((f"{YES} ", "pane.yes"), whole(f"ready for {target.name}", "text"))
        return [Item(GATE, (ready,))]
    start: tuple[Span, ...] = (
        (f"{UNKNOWN} ", "pane.unknown"),
        whole(f"{target.name} asks: ", "text"),
    )
    text = "; ".join(lack.text for lack in lacking)
    return [Item(GATE, tuple(paragraph(start, text, "pane.unknown", style.width)))]


def _checklist(record: DealRecord) -> list[Item]:
    deal, stage = record.deal, record.stage
    return [
        Item(f"{CHECK}{place}", ((tick(deal.is_checked(stage.id, text)), whole(text, "text")),))
        for place, text in enumerate(stage.checklist)
    ]


def _playbook(record: DealRecord, style: PaneStyle) -> list[Item]:
    lines = playbook_lines(record, style)
    return [Item(PLAYBOOK, ((), *lines))] if lines else []


def playbook_lines(record: DealRecord, style: PaneStyle) -> list[Line]:
    """What the stage is for, and how it is worked."""
    stage = record.stage
    lines: list[Line] = []
    if stage.outcome:
        lines += paragraph((("Goal  ", "pane.head"),), stage.outcome, "text", style.width)
    for line in stage.playbook.split("\n") if stage.playbook else ():
        lines += [(blank(6), whole(part, "text.dim")) for part in wrap(line, style.width - 6)]
    return lines


# The upper edge of one deal's screen: what it is, how it stands, and the tabs.

_NARROW: Final = 60
_UNBROKEN: Final = 10_000


def head(record: DealRecord, style: PaneStyle) -> tuple[Line, ...]:
    """Three lines: name and stage, amount and dates, and what happens next or how it ended."""
    deal = record.deal
    name = whole(full_name(deal), "pane.title")
    start: Line = (blank(1), (deal.ref, "pane.label"), blank(2), name)
    standing, small = _standing(record, style), chips(record, style, weighted=True)
    if style.width < _NARROW:
        # The company is what one looks for; the stage is small beside it.
        first, small = exactly(start, style.width), [standing, *small]
    else:
        first = spread(start, (blank(1), *standing, blank(1)), style.width)
    return (
        first,
        (blank(1), *_dotted(small, style.width - 1)),
        (blank(1), *_what_next(record, style)),
    )


def _standing(record: DealRecord, style: PaneStyle) -> Line:
    """`Qualify 2/6  ~26d/14`: the stage and its place, the days in it and the limit."""
    deal, pipeline = record.deal, record.pipeline
    stage = pipeline.stage(deal.stage_id)
    if not deal.is_open:
        return (whole(str(deal.status), "pane.yes" if deal.status == "won" else "pane.no"),)
    stages = pipeline.open_stages
    place = f" {stages.index(stage) + 1}/{len(stages)}" if stage in stages else ""
    _, limit, is_over = stage_age(record, style)
    mark = sign_of(record, style)
    sign: Line = ((mark, SIGN_ROLES[mark]),) if mark is not Sign.NONE else ()
    text = stage_days(record, style) + (f"/{limit}" if limit is not None else "")
    age: Span = (text, "card.days.over" if is_over else "pane.label")
    return (whole(f"{stage.name}{place}", "pane.head"), blank(2), *sign, age)


def _dotted(parts: list[Line], width: int) -> Line:
    """As many of the parts as fit, with dots between them, and a sign where some are left out."""
    line: list[Span] = []
    more: Span = (" …", "pane.label")
    for place, part in enumerate(parts):
        between: list[Span] = [(f" {DOT} ", "pane.label")] if line else []
        room = width - width_of(line) - width_of(between)
        if width_of(part) > (room if place == len(parts) - 1 else room - width_of((more,))):
            return (*line, more)
        line += [*between, *part]
    return tuple(line)


def _what_next(record: DealRecord, style: PaneStyle) -> Line:
    """In one line: that the deal sleeps or is put away, then its next step or how it ended."""
    deal, unbroken = record.deal, replace(style, width=_UNBROKEN)  # the page cuts it, with a sign
    lines = [*next_step_line(deal, unbroken), *outcome_lines(deal, unbroken)]
    facts = [*((fact,) for fact in asleep(deal, style)), *lines[:1]]
    return tuple(span for part in facts for span in ((f" {DOT} ", "pane.label"), *part))[1:]
