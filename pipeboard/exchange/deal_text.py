"""A deal with everything around it as text to read: plain, or Markdown for a ticket or a mail."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

from pipeboard.domain.cadence import PERSISTENCE, follow_ups
from pipeboard.domain.criteria import gate_ahead
from pipeboard.domain.dates import local_date
from pipeboard.domain.deal import UNKNOWN, Deal, role_name
from pipeboard.domain.deal_record import DealRecord
from pipeboard.domain.events import Event
from pipeboard.domain.fit import TraitFit, fit
from pipeboard.domain.hygiene import commit_lacks
from pipeboard.domain.lazy_dataclass import dataclass
from pipeboard.domain.locales import written
from pipeboard.domain.money import format_percent
from pipeboard.domain.phrases import named
from pipeboard.domain.score import score, standing, warmth
from pipeboard.domain.signs import days_in_stage, stalled_reasons
from pipeboard.domain.text import printable_lines
from pipeboard.domain.timeline import other_fields

Fact = tuple[str, str]
"""What is told and what it is; the second may have several lines."""

_MARKUP = re.compile(r"([\\`*_\[\]<>#|~])")


@dataclass(frozen=True, slots=True)
class DealText:
    """Words a record on the day `today`, its instants in `zone`; `describe` words one event."""

    record: DealRecord
    today: date
    zone: ZoneInfo
    describe: Callable[[Event], str]

    def plain(self) -> str:
        """Headings, and under each its facts in two columns."""
        lines = [self.heading]
        for title, facts in self._sections():
            width = max(len(name) for name, _ in facts)
            lines += ["", *([title] if title else [])]
            for name, said in facts:
                first, *more = said.split("\n")
                lines.append(f"  {name:<{width}}  {first}".rstrip())
                lines += [f"  {'':<{width}}  {line}".rstrip() for line in more]
        return "\n".join(lines)

    def markdown(self) -> str:
        """Headings and lists; nothing in the deal's own words counts as markup."""
        lines = [f"# {escaped(self.heading)}"]
        for title, facts in self._sections():
            lines += ["", *([f"## {title}", ""] if title else [])]
            for name, said in facts:
                first, *more = escaped(said).split("\n")
                lines.append(f"- **{escaped(name)}**: {first}")
                lines += [f"  {line}" for line in more]
        return "\n".join(lines)

    @property
    def heading(self) -> str:
        deal = self.record.deal
        return f"{deal.ref}  {f'{deal.account}: ' if deal.account else ''}{deal.title}"

    def _sections(self) -> Iterator[tuple[str, list[Fact]]]:
        sections = (
            ("", self._facts()),
            ("Questions", self._questions()),
            ("People", self._people()),
            ("Terms", self._terms()),
            ("Notes", self._notes()),
            ("Touches", self._touches()),
            ("Timeline", self._timeline()),
        )
        for title, found in sections:
            facts = [fact for fact in found if fact[1]]
            if facts:
                yield title, facts

    def _facts(self) -> Iterator[Fact]:
        deal, pipeline = self.record.deal, self.record.pipeline
        yield "pipeline", pipeline.name
        yield "stage", self._stage()
        yield "status", str(deal.status)
        yield "stalled", ", ".join(stalled_reasons(deal, pipeline, self.today, self.zone))
        yield "value", written().money(deal.value) if deal.value is not None else ""
        yield "probability", self._probability()
        hope = commit_lacks(deal, pipeline)
        unproven = f" ({hope})" if hope else ""
        yield "forecast", deal.effective_category(pipeline) + unproven if deal.is_open else ""
        yield "owner", deal.owner
        yield "close date", _date(deal.expected_close)
        yield "closed", self._day(deal.known_closed_at) or (UNKNOWN if deal.closed_at else "")
        if deal.loss is not None:
            yield "lost", ": ".join(filter(None, (deal.loss.told, deal.loss.reason)))
            yield "lost to", deal.loss.competitor
            yield "try again", _date(deal.loss.recycle_on)
        if deal.next_step is not None:
            step = (_date(deal.next_step.due), deal.next_step.words)
            yield "next step", " ".join(filter(None, step))
        if deal.snoozed_until is not None:
            asleep = (_date(deal.snoozed_until), deal.snooze_reason)
            yield "snoozed until", " ".join(filter(None, asleep))
        yield from self._origin()

    def _origin(self) -> Iterator[Fact]:
        deal = self.record.deal
        yield "source", ": ".join(filter(None, (deal.source, deal.source_detail)))
        yield "contact reason", deal.contact_reason
        yield "tags", " ".join(f"+{tag}" for tag in deal.tags)
        yield "competitors", ", ".join(deal.competitors)
        yield from deal.fields.items()
        yield "links", "\n".join(deal.links)
        yield "trial close", deal.trial_close
        yield "offer expires", _date(deal.offer_expires_on)
        yield "lowest value", written().money(deal.floor_value) if deal.floor_value else ""
        yield from other_fields(deal, self.today, self.zone)
        yield "id elsewhere", deal.external_id or ""
        yield "created", self._day(deal.known_created_at) or UNKNOWN
        yield "marketing-qualified", self._day(self.record.mql_at)
        yield "last touch", self._day(deal.last_touch_at)
        if deal.is_open:
            found = warmth(deal, self.record.pipeline, self.today, self.zone)
            yield "warmth", named(str(found)) if found else ""
            yield "stands", self._standing()
        yield "score", self._score()
        yield "customer fit", self._fit()
        yield from self._on_the_way()

    def _on_the_way(self) -> Iterator[Fact]:
        """What the next stage asks, and where a proposal stands."""
        deal, pipeline = self.record.deal, self.record.pipeline
        if not deal.is_open:
            return
        target, lacking = gate_ahead(deal, pipeline, self.today)
        if lacking:
            yield "gate", "\n".join((f"{target.name} asks:", *(lack.text for lack in lacking)))
        if deal.quote_sent_at is not None:
            count = follow_ups(deal.quote_sent_at, self.record.touches)
            day = self._day(deal.quote_sent_at)
            yield "proposal", f"sent {day}, follow-ups {count}/{PERSISTENCE}"

    def _stage(self) -> str:
        deal = self.record.deal
        stage = self.record.stage
        days = days_in_stage(deal, self.today, self.zone)
        known = "since when is unknown" if days is None else f"{days} d"
        limit = f", limit {stage.expected_days}" if deal.is_open and stage.expected_days else ""
        return f"{stage.name} ({known}{limit})"

    def _probability(self) -> str:
        deal = self.record.deal
        chance = deal.effective_probability_bp(self.record.pipeline)
        if chance is None or not deal.is_open:
            return ""
        source = "the stage's" if deal.probability_bp is None else "by hand"
        return f"{format_percent(chance)}% ({source})"

    def _standing(self) -> str:
        found = standing(self.record.deal, self.record.pipeline, self.today, self.zone)
        words = [(named(name), is_so) for name, is_so in found._asdict().items()]
        said = [word if is_so else f"not {word}" for word, is_so in words if is_so is not None]
        return ", ".join([*said, *(f"{word}: unknown" for word, is_so in words if is_so is None)])

    def _score(self) -> str:
        points = score(self.record.deal, self.record.pipeline, self.today, self.zone)
        if points is None:
            return ""
        lines = [f"{points.low} to {points.high} of 100, {points.known}% known"]
        for factor in points.factors:
            known = factor.points_text
            lines.append(f"{factor.factor} {known}/{factor.weight}: {factor.why}")
        return "\n".join(lines)

    def _fit(self) -> str:
        found = fit(self.record.deal, self.record.pipeline)
        if found is None:
            return ""
        known = {True: "fits", False: "does not fit", None: "unknown"}
        lines = (f"{one.trait.label}: {known[one.fits]}{_beside(one)}" for one in found.traits)
        return "\n".join((found.words, *lines))

    def _questions(self) -> Iterator[Fact]:
        deal, pipeline = self.record.deal, self.record.pipeline
        yield "answered", f"{len(deal.answered(pipeline))} of {len(pipeline.questions)}"
        for question in pipeline.questions:
            answer = deal.answers.get(question.key)
            if answer is None or not answer.is_given:
                yield question.label, "unknown"
                continue
            rating = "" if answer.rating is None else f"({answer.rating}/4)"
            evidence = f"\n{answer.evidence}" if answer.evidence else ""
            yield question.label, " ".join(filter(None, (answer.text, rating))) + evidence

    def _people(self) -> Iterator[Fact]:
        for person in self.record.deal.contacts.values():
            said = (person.title, role_name(person.role), person.email, person.phone)
            yield person.name, ", ".join(filter(None, said))

    def _terms(self) -> Iterator[Fact]:
        for term in self.record.deal.terms.values():
            said = (("ours", term.ours), ("theirs", term.theirs), ("agreed", term.agreed))
            yield term.item, ", ".join(f"{who} {what}" for who, what in said if what) or "open"

    def _notes(self) -> Iterator[Fact]:
        for note in self.record.notes:
            yield f"{self._instant(note.at)} {note.author}", note.text

    def _touches(self) -> Iterator[Fact]:
        for touch in self.record.touches:
            said = f"{named(touch.type)} {named(touch.direction)}".rstrip()
            outcome = f": {touch.outcome}" if touch.outcome else ""
            yield f"{self._instant(touch.at)} {touch.by}", said + outcome

    def _timeline(self) -> Iterator[Fact]:
        for entry in self.record.timeline:
            yield f"{self._instant(entry.event.at)} {entry.who}", self.describe(entry.event)

    def _instant(self, at: datetime) -> str:
        return f"{at.astimezone(self.zone):%Y-%m-%d %H:%M}"

    def _day(self, at: datetime | None) -> str:
        return _date(local_date(at, self.zone) if at else None)


def _beside(one: TraitFit) -> str:
    said = ", ".join(filter(None, (one.said, one.why)))
    return f" ({said})" if said else ""


def _date(day: date | None) -> str:
    return written().date(day) if day else ""


def escaped(text: str) -> str:
    return _MARKUP.sub(r"\\\1", text)


def markdown_table(heads: Sequence[str], rows: Iterable[Sequence[str]]) -> Iterator[str]:
    """The lines of a table whose first column, which has no heading, names each row."""
    yield f"| | {' | '.join(map(escaped, heads))} |"
    yield f"|---|{'---:|' * len(heads)}"
    yield from (f"| {' | '.join(map(escaped, row))} |" for row in rows)


# Next steps and expected closings as an iCalendar file (RFC 5545).

_LONGEST_LINE = 75  # octets


def calendar_of(deals: Iterable[Deal], at: datetime) -> Iterator[str]:
    """The calendar in pieces: a day-long entry for each date that an open deal has."""
    yield "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:-//Pipeboard//Deals//EN\r\n"
    for deal in deals:
        if not deal.is_open:
            continue
        if deal.next_step is not None and deal.next_step.due is not None:
            summary = f"{deal.next_step.text or 'Next step'} ({deal.name})"
            yield from _entry(deal, "next", deal.next_step.due, summary, at)
        if deal.expected_close is not None:
            summary = f"Close {deal.name}: {deal.title}"
            yield from _entry(deal, "close", deal.expected_close, summary, at)
    yield "END:VCALENDAR\r\n"


def _entry(deal: Deal, what: str, day: date, summary: str, at: datetime) -> Iterator[str]:
    told = [f"{deal.ref} {deal.title}", f"Owner: {deal.owner}" if deal.owner else ""]
    if deal.value is not None:
        told.append(f"Value: {deal.value}")
    lines = (
        "BEGIN:VEVENT",
        f"UID:{deal.ref}-{what}-{deal.created_at:%Y%m%dT%H%M%S}@pipeboard",
        f"DTSTAMP:{at.astimezone(UTC):%Y%m%dT%H%M%SZ}",
        f"DTSTART;VALUE=DATE:{day:%Y%m%d}",
        f"DTEND;VALUE=DATE:{day + timedelta(days=1):%Y%m%d}",
        f"SUMMARY:{_escaped(summary)}",
        f"DESCRIPTION:{_escaped(chr(10).join(filter(None, told)))}",
        "TRANSP:TRANSPARENT",
        "END:VEVENT",
    )
    yield from map(_folded, lines)


def _escaped(text: str) -> str:
    text = printable_lines(text).replace("\\", "\\\\").replace(";", "\\;").replace(",", "\\,")
    return text.replace("\n", "\\n")


def _folded(line: str) -> str:
    """A line in pieces of at most 75 octets, none cut within a character."""
    parts: list[str] = []
    part = ""
    for char in line:
        limit = _LONGEST_LINE - (1 if parts else 0)
        if len((part + char).encode()) > limit:
            parts.append(part)
            part = ""
        part += char
    return "\r\n ".join([*parts, part]) + "\r\n"
