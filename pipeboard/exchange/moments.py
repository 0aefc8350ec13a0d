"""Dates of other tools, read without guessing: which number is the day is settled by the column."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from typing import Literal, NamedTuple
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pipeboard.domain.dates import FIRST_YEAR, LAST_YEAR
from pipeboard.domain.errors import BadInput
from pipeboard.domain.locales import written
from pipeboard.domain.text import fold, quoted
from pipeboard.exchange.clock_zones import in_24_hours, in_one_zone, offset_of, zone_in_name
from pipeboard.exchange.due_periods import last_day_of
from pipeboard.exchange.words.languages import CROATIAN, MONTHS

Order = Literal["dmy", "mdy", "ymd"]
ORDERS: tuple[Order, ...] = ("dmy", "mdy", "ymd")

_ISO = re.compile(r"\d{4}-\d\d-\d\d(?:[T ].+)?")
_ISO_TAIL = re.compile(r" ?(?:UTC|GMT|Z)$")
_TIME = (
    r"(?:[ T,]+(?:at |um |à |às |a las |alle |ore |om |klo |kl\.? |о |в )?"
    r"(?P<hour>\d{1,2})[:.h](?P<minute>\d\d)"
    r"(?::(?P<second>\d\d)(?:[.,]\d{1,9})?)?\s*(?P<half>[ap]\.?m\.?)?"
    r"(?: ?(?:uhr|h))?(?P<offset> ?(?:z|(?:utc|gmt)?[+-]\d\d?(?::?\d\d)?|[a-z]{2,4}))?)?"
)
_NUMBERS = re.compile(
    r"(?P<a>\d{1,4})(?P<mark>[./-]) ?(?P<b>\d{1,2})(?P=mark) ?(?P<c>\d{4}|\d{1,2})\.?"
    r"(?: ?[грr]\.?)?" + _TIME,
    re.ASCII | re.IGNORECASE,
)
_EAST_ASIAN = re.compile(r"(\d{4})\s*[年년]\s*(\d{1,2})\s*[月월]\s*(\d{1,2})\s*[日일]?(.*)")
_ERA = re.compile(
    r"(令和|平成|昭和|民國|民国)\s*(\d{1,3}|元)(年.*)|"
    r"([RHS])(\d{1,2})[./](\d{1,2}[./]\d{1,2})",
    re.ASCII,
)
_ERAS = {"令和": 2018, "平成": 1988, "昭和": 1925, "民國": 1911, "民国": 1911}
_ERAS |= {"R": _ERAS["令和"], "H": _ERAS["平成"], "S": _ERAS["昭和"]}
_WEEKDAY = re.compile(
    r"^(?:mo|tu|we|th|fr|sa|su|di|mi|do|so|lu|ma|me|je|ve|mon|tue|wed|thu|fri|sat|sun|lun|mar|"
    r"mer|jeu|ven|sam|dim|пн|вт|ср|чт|пт|сб|вс)\.?,? +(?=\d{1,4}[./-] ?\d)"
    r"|\s*[(（][月火水木金土日월화수목금토일][)）]"
    r"|\s*(?:[月火水木金土日]曜日?|(?:星期|周|週)[一二三四五六日天]|[월화수목금토일]요일)"
    r"| (?:pazartesi|salı|çarşamba|perşembe|cuma|cumartesi|pazar)$",
    re.IGNORECASE,
)
_PLACE = re.compile(r"(.*\d)\s*\[?([A-Z][A-Za-z_]+(?:/[A-Za-z_+-]+)+)\]?")
_COMPACT = re.compile(r"(\d{8})T(\d{6})(Z?)", re.ASCII)
# With the vowels that Hindi and Thai write over and under letters.
_LETTERS = r"(?:[^\W\d_]|[\u0900-\u0903\u093a-\u094f\u0e31\u0e34-\u0e4e])+"
_NAMED = re.compile(
    r"(?!(?:before|after|since|until|till|about|around|circa|ca|approx|vor|nach|bis|seit|avant"
    r"|après|antes|después|prima|dopo|voor|przed|до|после|около)\b)"
    r"(?:[^\W\d]+(?:-feira)?\.?,? +)?"
    r"(?:(?P<day>\d{1,2})(?:st|nd|rd|th|er|º|\.)?[\s/.-]*(?:de |of )?"
    rf"(?P<month>(?!(?:st|nd|rd|th)\b){_LETTERS})\.?"
    rf"|(?P<month2>{_LETTERS})\.?[\s/-]*(?P<day2>\d{{1,2}})(?:st|nd|rd|th)?)"
    r"(?:[\s/.,-]+|(?<=[^\W\d_]))(?:de |del |of )?'?(?P<year>\d{4}|\d{2})\.?(?: ?[грr]\.?)?"
    + _TIME,
    re.IGNORECASE,
)
_YEAR_FIRST = re.compile(r"(\d{4})(?:[.,]| m\.)?([ /-])([^\W\d_]+)\.?\2(\d{1,2})(?:\.| d\.)?")
_YEAR_LAST = re.compile(
    r"[a-z]{3} ([a-z]{3})  ?(\d{1,2}) ([\d:]{8})( [a-z]{2,4}| [+-]\d{4})? (\d{4})", re.IGNORECASE
)
_TIME_FIRST = re.compile(r"(\d{1,2}:\d\d(?::\d\d)?(?: ?[ap]\.?m\.?)?),? (.+)", re.IGNORECASE)
_SERIAL = re.compile(r"\d{5}(?:\.\d+)?", re.ASCII)
_WEEKDAY_OF_ISO = re.compile(r"\d{4}-W\d\d-[1-7]", re.ASCII)
_EPOCH = re.compile(r"\d{10}(?:\d{3}|\d{6}|\.\d{1,6})?", re.ASCII)

# The serial day 60 of Excel is a 29 February 1900 that never was, hence this and not 1899-12-31.
_EXCEL_DAY_ZERO = datetime(1899, 12, 30)  # noqa: DTZ001  a wall clock, as spreadsheets have it
_EXCEL_DAYS = range(10_000, 80_000)
_FROM_1904 = 1_462
"""How many days later workbooks of old Macs begin to count."""


_ONE_DIGIT = re.compile(r"^ ?(\d):")


def _christian(year: int) -> int:
    """The year 2569 of the Buddhist era is 2026; no deal is dated so far ahead."""
    return year - 543 if 2540 <= year < 2600 else year


class AmbiguousDate(BadInput):
    """A date that can be read two ways, in a file that nowhere shows which is meant."""


class Moment(NamedTuple):
    """An instant in UTC and its local day; without a time of day it is that day's midnight.

    Where a period such as a quarter was written, it is the last day of it.
    """

    at: datetime
    day: date
    has_time: bool
    is_period: bool = False


class MomentReader:
    """Reads the date columns of one file.

    `cells(index)` goes through a whole column again; it is called once for a column, and only when
    a date such as 03/04/2026 turns up in it. `order` (`--dates`) overrules what the file shows.
    Numbers are days as Excel counts them, `from_1904` where the workbook says so.
    """

    def __init__(
        self,
        zone: ZoneInfo,
        today: date,
        order: Order | None,
        cells: Callable[[int], Iterable[str]],
        *,
        from_1904: bool = False,
    ) -> None:
        self.zone = zone
        self._days_earlier = _FROM_1904 if from_1904 else 0
        self.today = today
        self._latest_year = today.year + 20
        self._order = order
        self.cells = cells
        self._columns: list[int] = []
        self._seen: dict[int, frozenset[Order]] = {}
        self._in_order: dict[Order, dict[int, str]] = {"dmy": {}, "mdy": {}}
        self._years: dict[int, tuple[bool, bool, bool]] = {}
        self._early: dict[int, str] = {}  # columns of ISO days that are all up to the 12th
        self._serials: dict[int, tuple[str, date]] = {}
        self._croatian: dict[int, bool] = {}
        self._contradicting: dict[int, str] = {}
        self._as_others: dict[int, tuple[str, date]] = {}
        self._zones: dict[int, tzinfo] = {}

    def column(
        self, index: int, name: str = "", *, takes_periods: bool = False
    ) -> Callable[[str], Moment]:
        """What reads one column, whose `name` may tell the zone of its times; raises BadInput."""
        self._columns.append(index)
        if (zone := zone_in_name(name)) is not None:
            self._zones[index] = zone

        def read(cell: str) -> Moment:
            if takes_periods and (last := last_day_of(cell, self._latest_year)):
                midnight = datetime.combine(last, time(), self.zone)
                return Moment(midnight.astimezone(UTC), last, has_time=False, is_period=True)
            text = cell.strip().rpartition(" → ")[2] if takes_periods else cell.strip()
            found = self._read(text.removeprefix("@"), index)  # as Notion writes days and spans
            return found._replace(is_period=True) if "→" in cell else found

        return read

    def _read(self, text: str, index: int) -> Moment:
        wall = self._tried(text, index)
        if wall is None and (clock := in_one_zone(text)):
            wall = self._tried(clock.text, index)
            if wall and clock.contradicts:
                self._contradicting.setdefault(index, text)
        if wall is None or not FIRST_YEAR <= wall[0].year <= LAST_YEAR:
            raise _no_date(text)
        at, has_time = wall
        if _SERIAL.fullmatch(text):
            self._serials.setdefault(index, (text, at.date()))
        if has_time and not at.tzinfo:
            at = at.replace(tzinfo=self._zones.get(index))
        local = at.astimezone(self.zone) if at.tzinfo else at.replace(tzinfo=self.zone)
        return Moment(local.astimezone(UTC), local.date(), has_time)

    def _tried(self, text: str, index: int) -> tuple[datetime, bool] | None:
        try:
            return self._wall(text, index)
        except (ValueError, OverflowError):
            return None

    def _wall(self, text: str, index: int) -> tuple[datetime, bool] | None:
        """What the text says, naive where it names no offset, and whether it says a time."""
        if found := _PLACE.fullmatch(text):
            return self._at_place(found, index)
        if not (text.isascii() and text[:1].isdigit()) or text[-1:].isalpha():
            text = _WEEKDAY.sub("", text)
        if not text.isascii():
            text = in_24_hours(text)
        if _ISO.fullmatch(text):
            is_early = int(text[8:10]) <= _MONTHS_OF_YEAR and self._early.get(index, text)
            self._early[index] = is_early or ""
            if len(text) == 10:
                return datetime.fromisoformat(text), False
            return _iso_with_time(text)
        if numbers := _NUMBERS.fullmatch(text):
            return _combine(self._day(text, numbers, index), numbers)
        if _SERIAL.fullmatch(text):
            return _serial(float(text) + self._days_earlier)
        return _by_form(text, self._latest_year, lambda word: self._month(word, index))

    def _at_place(self, found: re.Match[str], index: int) -> tuple[datetime, bool] | None:
        """A time by the clocks of a place, such as `10:00 America/New_York`."""
        wall = self._wall(found[1], index)
        try:
            zone = ZoneInfo(found[2])
        except (ZoneInfoNotFoundError, OSError) as error:
            raise ValueError("no place that is known") from error
        return wall and (wall[0] if wall[0].tzinfo else wall[0].replace(tzinfo=zone), wall[1])

    def _month(self, word: str, index: int) -> int | None:
        """The month of that name; Croatian calls some as others call those beside them."""
        word = fold(word).rstrip(".")
        month, croatian = MONTHS.get(word), CROATIAN.get(word)
        if croatian is None or month == croatian:
            return month
        if index not in self._croatian:
            words = (fold(part) for cell in self.cells(index) for part in _WORD.findall(cell))
            self._croatian[index] = any(part in CROATIAN and part not in MONTHS for part in words)
        return croatian if month is None or self._croatian[index] else month

    def remarks(self, header: Sequence[str]) -> Iterator[str]:
        """What was taken of dates that stand as numbers, once they were read."""
        for index, (text, day) in self._serials.items():
            like = f"Numbers such as {text} in '{header[index]}'"
            yield f"{like} were read as days as Excel counts them: {written().date(day)}."
        for index, text in self._contradicting.items():
            yield (
                f"Times such as {quoted(text, 60)} in '{header[index]}' name two zones that are "
                "not the same: the hours from UTC counted, else the name that stands first."
            )
        for index, (text, day) in self._as_others.items():
            yield (
                f"Dates such as {text} in '{header[index]}' were read as those of other columns: "
                f"{written().date(day)}. If that is wrong, say --dates dmy or --dates mdy."
            )
        for index, early in self._early.items():
            late = self._in_order["dmy"].get(index) or self._in_order["mdy"].get(index)
            if early and late:
                yield (
                    f"'{header[index]}' holds days such as {early}, none of them after a 12th, "
                    f"beside {late}: a spreadsheet may have swapped day and month of the former. "
                    "Compare some of them with where they are from."
                )
        named = {
            order: ", ".join(f"'{header[at]}' ({text})" for at, text in found.items())
            for order, found in self._in_order.items()
            if found
        }
        if len(named) > 1:
            yield (
                f"Dates stand in two orders: with the day first in {named['dmy']}, with the month "
                f"first in {named['mdy']}. Each column was read as its own dates show; if that is "
                "wrong, say --dates dmy or --dates mdy."
            )

    def _day(self, text: str, numbers: re.Match[str], index: int) -> date:
        readings = _readings(numbers, self._latest_year)
        if numbers["mark"] == "." and "dmy" in readings:
            return readings["dmy"]
        if self._order and len(numbers["a"]) <= 2:
            if self._order not in readings:
                raise BadInput(f"{quoted(text)} is not a date in the order {self._order}")
            return readings[self._order]
        if "ymd" in readings and self._begins_with_year(text, numbers, readings, index):
            return readings["ymd"]
        likely: dict[Order, date] = {
            o: day for o, day in readings.items() if o != "ymd"
        } or readings
        if len(set(likely.values())) == 1:
            order, day = next(iter(likely.items()))
            if len(likely) == 1 and order in self._in_order:
                self._in_order[order].setdefault(index, text)
            return day
        settled = self._settled(index)
        if not likely:
            raise _no_date(text)
        if settled is None:
            raise _two_ways(text, likely)
        self._early[index] = ""
        if not self._shown(index) - {"ymd"}:
            self._as_others.setdefault(index, (text, likely[settled]))
        return likely[settled]

    def _begins_with_year(
        self, text: str, numbers: re.Match[str], readings: Mapping[Order, date], index: int
    ) -> bool:
        """Whether the first of three two-digit numbers is the year: those of a whole column are
        near today and the last ones are not, or all dates else begin so. AmbiguousDate where
        `26-12-28` may be either."""
        if len(numbers["a"]) != 2 or len(numbers["c"]) != 2:
            return False
        if self._shown(index) == {"ymd"}:
            return abs(readings["ymd"].year - self.today.year) <= _FAR
        if index not in self._years:
            found = [one for cell in self.cells(index) if (one := _SHORT.match(cell.strip()))]
            near = {(self.today.year + away) % 100 for away in range(-8, 4)}
            first, last = ({int(one[at]) for one in found} <= near for at in (1, 2))
            self._years[index] = first, last, len(found) >= _TELLING
        first, last, are_many = self._years[index]
        if first and not last and are_many:
            return True
        if first and numbers["mark"] == "-" and len(set(readings.values())) > 1:
            raise _two_ways(text, readings)
        return False

    def _settled(self, index: int) -> Order | None:
        """The order of a column, as its own dates show it, else as those of the whole file do."""
        own = self._shown(index) - {"ymd"}
        if not own:
            own = frozenset().union(*(self._shown(other) for other in self._columns)) - {"ymd"}
        return next(iter(own)) if len(own) == 1 else None

    def _shown(self, index: int) -> frozenset[Order]:
        if index not in self._seen:
            self._seen[index] = frozenset(_evidence(self.cells(index)))
        return self._seen[index]


_TELLING = 3
_MONTHS_OF_YEAR = 12
_FAR = 12
_SHORT = re.compile(r"(\d\d)[/-]\d{1,2}[/-](\d\d)(?!\d)", re.ASCII)


def _two_ways(text: str, readings: Mapping[Order, date]) -> AmbiguousDate:
    days = " or ".join(map(written().date, dict.fromkeys(readings.values())))
    year = ", or --dates ymd (year first)" if "ymd" in readings else ""
    return AmbiguousDate(
        f"{quoted(text)} can be read two ways: {days}",
        hint=f"Say which with --dates dmy (day first) or --dates mdy (month first){year}.",
    )


def _iso_with_time(text: str) -> tuple[datetime, bool]:
    try:
        return datetime.fromisoformat(_ISO_TAIL.sub("+00:00", text).replace(" +", "+")), True
    except ValueError:
        if numbers := _NUMBERS.fullmatch(text):
            return _combine(date.fromisoformat(text[:10]), numbers)
        raise


_WORD = re.compile(_LETTERS)
MonthOf = Callable[[str], int | None]


def _by_form(text: str, latest_year: int, month_of: MonthOf) -> tuple[datetime, bool] | None:
    """Dates that can be read one way only, whatever the column holds."""
    if found := _COMPACT.fullmatch(text):
        at = datetime.strptime(found[1] + found[2], "%Y%m%d%H%M%S")  # noqa: DTZ007
        return at.replace(tzinfo=UTC) if found[3] else at, True
    if found := _ERA.fullmatch(text):
        era, count, rest = found[1] or found[4], found[2] or found[5], found[3]
        year = _ERAS[era] + (1 if count == "元" else int(count))
        text = f"{year}{rest}" if rest else f"{year}年{re.sub('[./]', '月', found[6])}日"
    if found := _EAST_ASIAN.fullmatch(text):
        clock = _ONE_DIGIT.sub(r" 0\1:", found[4].rstrip())
        text = f"{found[1]}-{found[2]:0>2}-{found[3]:0>2}{clock}"
        return datetime.fromisoformat(text), bool(found[4].strip())
    if _EPOCH.fullmatch(text):
        seconds = float(text) / (1 if "." in text else 10 ** (len(text) - 10))
        return datetime.fromtimestamp(seconds, UTC), True
    if (len(text) == 8 and text.isdigit()) or _WEEKDAY_OF_ISO.fullmatch(text):
        return datetime.fromisoformat(text), False
    return _with_named_month(text, latest_year, month_of)


def _no_date(text: str) -> BadInput:
    return BadInput(f"{quoted(text)} is not a date", hint="Dates are best written 2026-12-19.")


def _readings(numbers: re.Match[str], latest_year: int = 2099) -> dict[Order, date]:
    """Every date that the three numbers can stand for.

    A year of two digits is the last one that is not after `latest_year`.
    """
    a, b, c = (int(numbers[part]) for part in "abc")
    found: dict[Order, date] = {}
    if len(numbers["a"]) > 2:
        orders: dict[Order, tuple[int, int, int]] = {"ymd": (a, b, c)}
    elif len(numbers["c"]) > 2:
        c = _christian(c)
        orders = {"dmy": (c, b, a), "mdy": (c, a, b)}
    else:
        first, last = (latest_year - (latest_year - short) % 100 for short in (a, c))
        orders = {"dmy": (last, b, a), "mdy": (last, a, b), "ymd": (first, b, c)}
    for order, (year, month, day) in orders.items():
        try:
            found[order] = date(year, month, day)
        except ValueError:
            continue
    return found


def _evidence(cells: Iterable[str]) -> Iterator[Order]:
    """The order that each date of a column proves by itself; most prove nothing."""
    for cell in cells:
        clock = in_one_zone(cell.strip()) if ":" in cell else None
        numbers = _NUMBERS.fullmatch(clock.text if clock else cell.strip())
        if not numbers or numbers["mark"] == ".":
            continue
        if len(numbers["a"]) > 2:
            yield "ymd"
        else:
            likely = [order for order in _readings(numbers) if order != "ymd"]
            if len(likely) == 1:
                yield likely[0]


def _combine(day: date, numbers: re.Match[str]) -> tuple[datetime, bool]:
    if numbers["hour"] is None:
        return datetime.combine(day, time()), False
    hour = int(numbers["hour"])
    if half := numbers["half"]:
        if not 1 <= hour <= 12:
            raise ValueError("no hour of a half day")
        hour = hour % 12 + (12 if half[0] in "pP" else 0)
    zone = offset_of((numbers["offset"] or "").strip().casefold())
    clock = time(hour, int(numbers["minute"]), int(numbers["second"] or 0), tzinfo=zone)
    return datetime.combine(day, clock), True


def _with_named_month(
    text: str, latest_year: int, month_of: MonthOf
) -> tuple[datetime, bool] | None:
    """`24. Januar 2026`, `3 févr. 2026`, `15 de agosto de 2025`, `Jan 2, 2026 9:05 AM`,
    `Sat Mar 18 13:59:00 UTC 2017`: a month in one of 35 languages."""
    if first := _YEAR_FIRST.fullmatch(text):
        text = f"{first[4]} {first[3]} {first[1]}"
    elif last := _YEAR_LAST.fullmatch(text):
        text = f"{last[2]} {last[1]} {last[5]} {last[3]}{last[4] or ''}"
    elif late := _TIME_FIRST.fullmatch(text):
        text = f"{late[2]} {late[1]}"
    found = _NAMED.fullmatch(text) or _NAMED.fullmatch(fold(text))
    name = (found["month"] or found["month2"]) if found else ""
    month = month_of(name)
    if found is None or month is None:
        return None
    year = _christian(int(found["year"]))
    if len(found["year"]) == 2:
        year = latest_year - (latest_year - year) % 100
    day = date(year, month, int(found["day"] or found["day2"]))
    return _combine(day, found)


def _serial(days: float) -> tuple[datetime, bool] | None:
    """A date as spreadsheets count it: 45631 is 2024-12-05, the fraction the time of day."""
    if int(days) not in _EXCEL_DAYS:
        return None
    at = _EXCEL_DAY_ZERO + timedelta(seconds=round(days * 86_400))
    return at, not days.is_integer()
