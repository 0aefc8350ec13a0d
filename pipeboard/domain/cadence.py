"""Cadence: how often one gets in touch; steps that come again, the least time in between, and what
goes on after a deal."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING

from pipeboard.domain.counted_days import HOW_LONG, LIKE_WORDS, add_months
from pipeboard.domain.dates import find_date, format_date, parse_date
from pipeboard.domain.deal import Deal, NextStep, Touch
from pipeboard.domain.deal_fields import FIELDS
from pipeboard.domain.errors import BadInput
from pipeboard.domain.lazy_dataclass import replace
from pipeboard.domain.local_days import local_days
from pipeboard.domain.pipeline import Pipeline
from pipeboard.domain.text import clean_line, quoted

if TYPE_CHECKING:
    from pipeboard.domain.commands import Create
    from pipeboard.domain.deal import FieldValue

PRESETS = (2, 4, 7, 14, 30)
"""Days until the next follow-up that people choose from."""

_FRIDAY, _WEEK = 4, 7
_MOST_WORDS = 6
_PART_OF_WORDS = {"about", "after", "and", "before", "every", "for", "from", "of", "or", "per"}
_PART_OF_WORDS |= {"since", "the", "till", "to", "until"}
"""In front of a day, these make it a part of what is said: `the plan for Monday`."""
_BEFORE_A_DAY = {"by", "on"}
_LONGEST = {"d": 365, "w": 104, "m": 24}
_TIME = r"every\s+(?P<count>\d{0,4})\s*(?P<unit>d|w|m)(?:ays?|eeks?|onths?)?"
_EVERY = re.compile(rf"(?:^|(?<=\s)){_TIME}$", re.IGNORECASE)
_EVERY_FIRST = re.compile(rf"{_TIME}(?=[\s,;])", re.IGNORECASE)


def parse_step(words: str, today: date) -> NextStep:
    """A next step as typed, its day in front or behind (`thu call Bob`, `call Bob thu`), and how
    often it recurs last or first: `thu call Bob every 2w`, `every 2w call Bob`.

    One that recurs and names no day is due for the first time after that time. BadInput for a
    day that is none, and a time or a text that is too long.
    """
    every, line = _recurring(" ".join(words.split()))
    due, text = split_leading_date(line, today)
    if due is None:
        due, text = split_trailing_date(text, today)
    if not every:
        every, text = _recurring(text)
    if every and due is None:
        due = after(today, every)
    return NextStep(clean_line(text, field="next step"), due, every)


def split_leading_date(text: str, today: date) -> tuple[date | None, str]:
    """The longest beginning of the text that is a date, and the words after it.

    `thu call Bob` gives Thursday and `call Bob`; without a date the text comes back whole. Raises
    BadInput where the beginning is written as a date, and is none (`31 feb call Bob`).
    """
    words = text.split()
    for count in range(min(len(words), _MOST_WORDS), 0, -1):
        begin = " ".join(words[:count]).rstrip(",:")
        # "3 dec 10 boxes" are ten boxes, not the year 2010.
        shorter = " ".join(words[: count - 1])
        if words[count - 1].isdigit() and len(words[count - 1]) == 2 and _is_date(shorter, today):
            continue
        if count < len(words) and _is_like_words(begin):
            continue
        day = find_date(begin, today)
        if day is not None:
            return day, " ".join(words[count:])
    return None, " ".join(words)


def split_trailing_date(text: str, today: date) -> tuple[date | None, str]:
    """The longest end of the text that is a date, and the words before it.

    `call Bob thu` and `call Bob by thu` give Thursday and `call Bob`. It comes back whole where the
    end may as well be about something else: `plan for monday`, `trial 30d`, `part 1/2`, or a day
    that is gone. Raises BadInput where the end names a day, and is none (`call Bob 31 feb`).
    """
    words = text.split()
    for start in range(max(1, len(words) - _MOST_WORDS), len(words)):
        end, before = " ".join(words[start:]), words[start - 1].lower()
        try:
            day = find_date(end, today)
        except BadInput:
            if any(map(str.isalpha, end)):
                raise
            continue
        if day is None:
            continue
        is_how_long = HOW_LONG.fullmatch(end.lower()) or _is_like_words(end)
        left = words[: start - 1] if before in _BEFORE_A_DAY else words[:start]
        if is_how_long or before in _PART_OF_WORDS or day < today or not left:
            break
        return day, " ".join(left)
    return None, " ".join(words)


def _is_like_words(text: str) -> bool:
    """Whether a day beside words may be one of them."""
    local = local_days()
    return bool(LIKE_WORDS.fullmatch(text.lower())) or (
        local is not None and local.is_bare_word(text)
    )


def _is_date(text: str, today: date) -> bool:
    try:
        return find_date(text, today) is not None
    except BadInput:
        return False


def _recurring(words: str) -> tuple[str, str]:
    """How often a step recurs, as it is kept, and its words without that."""
    found = _EVERY.search(words) or _EVERY_FIRST.match(words)
    if found is None:
        return "", words
    every = known_time(found[0].split(None, 1)[1])
    if not every:
        raise BadInput(
            f"{quoted(found[0])} is no time to do something again after.",
            hint="For example: every 2w, every 10d, every 1m",
        )
    return every, (words[: found.start()] or words[found.end() :]).strip(" ,;")


def parse_until(words: str, today: date) -> tuple[date, str]:
    """Until when a deal is parked, and why, where words stand behind the day: `2w on holiday`.
    BadInput where no day stands in front, or one that does not lie ahead."""
    until, why = split_leading_date(words, today)
    until, why = (parse_date(words, today), "") if until is None else (until, why)
    must_lie_ahead(until, today)
    return until, clean_line(why, field="snooze reason")


def must_lie_ahead(day: date, today: date) -> None:
    """BadInput for a day until which nothing can be parked."""
    if day <= today:
        raise BadInput(f"{format_date(day)} does not lie ahead.", hint="For example: 1w or +3d")


def known_time(text: str) -> str:
    """The time after which something recurs, as it is kept; empty for what is none."""
    found = _EVERY.fullmatch(f"every {text}".strip().lower())
    if found is None or not 1 <= int(found["count"] or 1) <= _LONGEST[found["unit"]]:
        return ""
    return f"{int(found['count'] or 1)}{found['unit']}"


def after(day: date, every: str, times: int = 1) -> date:
    """The day that lies so often that time after another: `2w`, `10d`, `1m`."""
    count, unit = int(every[:-1]) * times, every[-1]
    if unit == "m":
        return add_months(day, count)
    return day + timedelta(days=count * (7 if unit == "w" else 1))


def on_working_day(day: date) -> date:
    """That day, or the Monday after its week-end."""
    return day + timedelta(days=7 - day.weekday() if day.weekday() > _FRIDAY else 0)


def working_day(today: date, places: int) -> date:
    """The working day that comes so many after today."""
    day = today
    for _ in range(places):
        day = on_working_day(day + timedelta(days=1))
    return day


def follow_up_days(today: date) -> tuple[date, ...]:
    """The days that a next step is put on by one key: today, the next and the third working day,
    and after the longer times of `PRESETS`."""
    far = (on_working_day(today + timedelta(days=days)) for days in PRESETS if days >= _WEEK)
    return (today, working_day(today, 1), working_day(today, 3), *far)


def next_time(step: NextStep, today: date) -> NextStep | None:
    """The step that follows on one that is done: in the same rhythm, the first day to come; None
    where it was for once."""
    if not step.every:
        return None
    start, times = step.due or today, 1
    while (due := after(start, step.every, times)) <= today:
        times += 1
    return replace(step, due=due)


def hours_too_soon(deal: Deal, at: datetime, least_hours: int) -> int | None:
    """How many hours before `at` we were last in touch, where that is fewer than the least."""
    last = deal.last_outbound_at
    if last is None or not timedelta(0) <= at - last < timedelta(hours=least_hours):
        return None
    return int((at - last) / timedelta(hours=1))


# What goes on after a deal: follow-ups of a proposal, and the lead that a closed deal becomes.


PERSISTENCE = 5
"""Follow-ups after a proposal before anybody should call it dead."""

POST_SALE = timedelta(days=14)
"""When a won customer is asked how it goes."""

_KEPT = (*(field.name for field in FIELDS if field.sequel), "fields", "contacts")


def follow_ups(sent_at: datetime, touches: Iterable[Touch]) -> int:
    """How often we got in touch since the proposal was sent."""
    return sum(touch.direction == "out" and touch.at > sent_at for touch in touches)


def sequel(deal: Deal, pipeline: Pipeline, title: str, step: str, due: date) -> Create:
    """The new lead that goes on from a closed deal: same company, people and source, in the first
    stage, with a next step; `recycled_from` names the deal it comes from.

    Answers are not taken along: they were true of another time.
    """
    from pipeboard.domain.commands import Create

    fields: dict[str, FieldValue] = {name: getattr(deal, name) for name in _KEPT}
    if deal.loss is not None:
        fields["value"] = deal.value
        fields["contact_reason"] = f"back from {deal.ref}, lost: {deal.loss.told}"
    else:
        fields["contact_reason"] = f"customer since {deal.ref}"
    fields |= {"next_step": NextStep(step, due), "recycled_from": deal.id}
    return Create(title or deal.title, pipeline.open_stages[0].id, fields)
