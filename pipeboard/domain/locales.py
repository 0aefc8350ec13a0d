"""How days and amounts are written for people: in English or as they want it.

Only what a person reads goes through here; what is stored, exported or read by scripts is as
`dates` and `money` write it, whatever the locale.
"""

from __future__ import annotations

import datetime

from pipeboard.domain.counts import group_by, grouped
from pipeboard.domain.dates import format_date, format_day
from pipeboard.domain.errors import BadInput
from pipeboard.domain.lazy_dataclass import dataclass
from pipeboard.domain.local_days import LocalDays, read_days_as
from pipeboard.domain.money import Money, Style, exponent, format_money, printed_sign
from pipeboard.domain.text import did_you_mean, quoted

MOST_CELLS = 9
"""The width of a day where cards and lists have it."""


@dataclass(frozen=True, slots=True)
class Manner:
    """How a locale writes: names parted by spaces, and shapes with `{d}`, `{month}`, `{sign}`."""

    months: str
    weekdays: str
    whole: str
    day_and_month: str
    with_year: str
    in_figures: str
    decimal: str = "."
    group: str = ","
    second_group: int = 3
    amount: str = "{sign}{n}"
    currency: str = ""
    sign: str = ""
    months_in_full: str = ""
    weekdays_in_full: str = ""
    is_english: bool = False

    def date(self, day: datetime.date) -> str:
        """The day whole: `Sat 19 Dec 2026`."""
        return format_date(day) if self.is_english else self._shaped(self.whole, day)

    def day(self, day: datetime.date, today: datetime.date) -> str:
        """The day in at most nine cells, as `format_day` does."""
        words = format_day(day, today)
        ahead = (day - today).days
        if self.is_english or -30 <= ahead <= 0:
            return words
        if 0 < ahead <= 6:
            return self.weekdays.split()[day.weekday()]
        near = day.year == today.year or 0 < ahead <= 300
        text = self._shaped(self.day_and_month if near else self.with_year, day)
        return text if _cells(text) <= MOST_CELLS else self._shaped(self.in_figures, day)

    def calendar_day(self, day: datetime.date, today: datetime.date) -> str:
        """`19 Dec`, and `19 Dec 2025` in another year."""
        return self._shaped(self.day_and_month if day.year == today.year else self.with_year, day)

    def moment(self, at: datetime.datetime) -> str:
        """`19 Dec 14:05`, in the zone that the moment is in."""
        return f"{self._shaped(self.day_and_month, at.date())} {at:%H:%M}"

    def money(self, money: Money, *, style: Style = "full", symbol: bool = False) -> str:
        """An amount, as `format_money` does; a short one has its sign where English has it."""
        text = format_money(money, style=style, symbol=symbol)
        if self.is_english or style == "code":
            return text
        if style == "short":
            return self.number(text)
        minus, minor = ("-", -money.minor) if money.minor < 0 else ("", money.minor)
        decimals = exponent(money.currency)
        whole, rest = divmod(minor, 10**decimals)
        tail = f"{self.decimal}{rest:0{decimals}d}" if rest else ""
        n = f"{self.count(whole)}{tail}"
        return minus + self.amount.format(sign=self._sign(money.currency), n=n)

    def count(self, number: int) -> str:
        """A whole number: `12,400`."""
        return grouped(number, self.group, self.second_group)

    def megabytes(self, size: int) -> str:
        """So many bytes: `21.9 MB`."""
        return self.number(f"{size / 1_000_000:,.1f} MB")

    def number(self, text: str) -> str:
        """A number that English has written (`1,234.5`, `12.4k`), with this locale's marks."""
        return text if self.is_english else text.translate({44: self.group, 46: self.decimal})

    def _sign(self, currency: str) -> str:
        if currency == self.currency:
            return self.sign
        sign = printed_sign(currency)
        return sign if sign and sign != self.sign else currency

    def _shaped(self, shape: str, day: datetime.date) -> str:
        return shape.format(
            weekday=self.weekdays.split()[day.weekday()],
            d=day.day,
            m=day.month,
            month=self.months.split()[day.month - 1],
            year=day.year,
            yy=day.year % 100,
        )


def _cells(text: str) -> int:
    return sum(1 if letter < "\u1100" else 2 for letter in text)


ENGLISH = Manner(
    "Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec",
    "Mon Tue Wed Thu Fri Sat Sun",
    "{weekday} {d} {month} {year}",
    "{d} {month}",
    "{d} {month} {year}",
    "{d} {month} {yy:02}",
    is_english=True,
)


def manner_of(locale: str) -> Manner:
    """How a locale writes: `de_DE`, also written `de-DE`, `de_DE.UTF-8`, or `de` for the first of
    its language. Raises BadInput with the near one for one that is not known."""
    from pipeboard.domain.locale_table import LOCALE_ROWS

    wanted = locale.partition(".")[0].partition("@")[0].replace("-", "_").casefold()
    for name, row in LOCALE_ROWS.items():
        if wanted == name.casefold() or (wanted and wanted == name.partition("_")[0]):
            return Manner(*row)
    raise BadInput(
        f"There is no locale {quoted(locale)}.",
        hint=did_you_mean(locale, LOCALE_ROWS) or f"There are: {', '.join(LOCALE_ROWS)}.",
    )


# The one that this program writes in, set once as it starts.

_written = [ENGLISH]


def write_as(locale: str | None) -> None:
    """From now on people read what that locale writes, and days are read as it writes them too;
    None is English. BadInput as `manner_of`."""
    _written[0] = manner = manner_of(locale) if locale else ENGLISH
    group_by(manner.group, manner.second_group)
    read_days_as(_days_of(manner))


def only_read_as(locale: str | None) -> None:
    """As `write_as`, for what scripts read: days are read as that locale writes them, and what is
    written is English; one that is not known is passed over."""
    write_as(None)
    try:
        read_days_as(_days_of(manner_of(locale)) if locale else None)
    except BadInput:
        return


def _days_of(manner: Manner) -> LocalDays | None:
    if manner.is_english:
        return None
    shapes = (manner.whole, manner.with_year, manner.day_and_month, manner.in_figures)
    return LocalDays(
        manner.months, manner.weekdays, shapes, manner.months_in_full, manner.weekdays_in_full
    )


def written() -> Manner:
    """How days and amounts are to be written for the person."""
    return _written[0]
