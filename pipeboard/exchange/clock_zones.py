"""The zone behind a time of day: as an offset, as a name, as both, or as one twice; and times of
half a day."""

from __future__ import annotations

import re
from datetime import timedelta, timezone, tzinfo
from typing import NamedTuple
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

# Zones that mean one offset wherever they are written, in minutes.
_ZONES = {
    "z": 0, "utc": 0, "gmt": 0, "est": -300, "edt": -240, "cdt": -300, "mst": -420, "mdt": -360,
    "pst": -480, "pdt": -420, "cet": 60, "cest": 120, "eet": 120, "eest": 180, "msk": 180,
    "jst": 540, "aest": 600, "aedt": 660, "wet": 0, "west": 60, "mez": 60, "mesz": 120,
}  # fmt: skip
_HOURS_AWAY = re.compile(r"(?:utc|gmt)?([+-])(\d\d?):?(\d\d)?", re.ASCII)


def offset_of(text: str) -> timezone | None:
    """The zone behind a time; None where none is written, ValueError for an unknown name."""
    if not text:
        return None
    if found := _HOURS_AWAY.fullmatch(text):
        minutes = int(found[2]) * 60 + int(found[3] or 0)
        return timezone(timedelta(minutes=-minutes if found[1] == "-" else minutes))
    if text not in _ZONES:
        raise ValueError("no zone that is known")
    return timezone(timedelta(minutes=_ZONES[text]))


_NUMBER = r"(?:(?:utc|gmt) ?)?[+-]\d\d?(?::?\d\d)?(?!\d)"
_ZONE = rf"\s*(?:[(\[][^()\[\]]{{1,60}}[)\]]|{_NUMBER}|[a-z]{{1,5}}(?![a-z]))"
_ZONED = re.compile(
    r"(?P<clock>.*?\d:\d\d(?::\d\d)?(?:[.,]\d+)?(?:\s?[ap]\.?m\.?(?![a-z]))?)"
    rf"(?P<zones>(?:{_ZONE}){{1,3}})",
    re.IGNORECASE | re.ASCII,
)
_SINCE_START = re.compile(r" m=[+-][\d.]+$", re.ASCII)  # as Go writes
_PARTS = re.compile(_ZONE, re.IGNORECASE | re.ASCII)


_IN_NAME = re.compile(r"[(\[](?P<aside>[^()\[\]]+)[)\]]|[\s_](?P<last>(?i:utc|gmt))$")


def zone_in_name(column: str) -> tzinfo | None:
    """The zone that the name of a column tells: `Created (UTC)`, `created_at_utc`, `Won (GMT+2)`,
    `Closed (Europe/Berlin)`; capitals are asked for, as `(est.)` is no zone."""
    for found in _IN_NAME.finditer(column):
        word = (found["aside"] or found["last"]).strip()
        if "/" in word:
            try:
                return ZoneInfo(word)
            except (ZoneInfoNotFoundError, ValueError, OSError):
                continue
        if (found["last"] or word == word.upper()) and (zone := _known(word)) is not None:
            return zone
    return None


class ZonedClock(NamedTuple):
    """A time with one zone behind it, where another one that it named `contradicts` that."""

    text: str
    contradicts: bool


def in_one_zone(text: str) -> ZonedClock | None:
    """`10:00+02:00 CEST`, `10:00 GMT+0200 (Central European Summer Time)`, `10:00+00:00Z` with one
    zone: the offset in numbers, else the first name that is known. None where there is no such."""
    found = _ZONED.fullmatch(_SINCE_START.sub("", text))
    if found is None:
        return None
    zones = [part.strip(" \t()[]").replace(" ", "") for part in _PARTS.findall(found["zones"])]
    numbers = [zone for zone in zones if zone[-1:].isdigit()]
    known = [(zone, at) for zone in (*numbers, *zones) if (at := _known(zone)) is not None]
    if known:
        zone, first = known[0]
        return ZonedClock(f"{found['clock']} {zone}", any(at != first for _, at in known))
    place = next((zone for zone in zones if "/" in zone), "")
    return ZonedClock(f"{found['clock']} {place}", contradicts=False) if place else None


def _known(zone: str) -> timezone | None:
    try:
        return offset_of(zone.casefold())
    except ValueError:
        return None


_HALF_DAY = re.compile(r"(上午|下午|午前|午後|오전|오후) ?(\d{1,2})(:\d\d(?::\d\d)?)")
_AFTERNOON = ("下午", "午後", "오후")


def in_24_hours(text: str) -> str:
    """`下午 3:05` as `15:05`, wherever it stands in a text."""

    def by_the_day(found: re.Match[str]) -> str:
        return f"{int(found[2]) % 12 + 12 * (found[1] in _AFTERNOON):02}{found[3]}"

    return _HALF_DAY.sub(by_the_day, text)
