"""Next steps and expected closings as an iCalendar file (RFC 5545)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import UTC, date, datetime, timedelta

from pipeboard.domain.deal import Deal
from pipeboard.domain.text import printable_lines

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
