"""Events in words, one line each, for the timeline of a deal and the history of a workspace."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import date, datetime
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from pipeboard.domain.dates import days_between, local_date
from pipeboard.domain.deal import (
    UNKNOWN,
    Answer,
    Ask,
    Contact,
    Deal,
    Loss,
    NextStep,
    Term,
    role_name,
)
from pipeboard.domain.deal_fields import FIELDS, fields_beside
from pipeboard.domain.deal_record import Entry
from pipeboard.domain.events import STAGE_KINDS, Event, Kind, inverse, value_of
from pipeboard.domain.lazy_dataclass import dataclass
from pipeboard.domain.locales import ENGLISH, Manner, written
from pipeboard.domain.money import Money, format_percent
from pipeboard.domain.phrases import named
from pipeboard.domain.pipeline import Pipeline

if TYPE_CHECKING:
    from pipeboard.domain.deal import FieldValue, Values

_RECORDS = frozenset((Kind.NOTE, Kind.NOTE_EDITED, Kind.TOUCH, Kind.STEP_DONE))
_SHELVES = frozenset((Kind.ARCHIVED, Kind.UNARCHIVED, Kind.MERGED, Kind.ABSORBED, Kind.RANKED))
_ENTRIES = frozenset((Kind.ANSWERED, Kind.ASKED, Kind.CONTACT, Kind.TERM, Kind.CHECKED))

_NAMES = {
    **{field.name: field.told for field in FIELDS if field.told},
    "snoozed_until": "snoozed until",
    "next_step": "next step",
    "stage_id": "stage",
    "archived_at": "archived",
    "merged_into": "merged into",
}
UNSET = {"owner": "nobody", "probability_bp": "the stage's", "category": "the stage's"}
"""What it comes to that a field holds nothing, where it comes to something."""


def describe(
    event: Event,
    pipelines: Iterable[Pipeline],
    *,
    today: date,
    zone: ZoneInfo,
    manner: Manner = ENGLISH,
) -> str:
    """What happened, in one line of plain text: `Lead → Qualify (after 5 d)`.

    Days are local to `zone`, written in that `manner`, and without their year in the year of
    `today`. Text that people typed is in it as it is; of several lines, the first.
    """
    words = _Words(tuple(pipelines), today, zone, manner)
    return f"undid: {words.of(inverse(event))}" if event.undoes else words.of(event)


def without_cancelled(entries: Sequence[Entry]) -> list[Entry]:
    """A deal's events, newest first as they are given, without those that were taken back and what
    took them back: together they come to nothing."""
    cancelled: set[int] = set()
    taken_back: list[Entry] = []
    for entry in reversed(entries):
        pair = next((one for one in reversed(taken_back) if _cancels(entry, one)), None)
        if pair is not None:
            taken_back.remove(pair)
            cancelled |= {pair.seq, entry.seq}
        elif entry.undone:
            taken_back.append(entry)
    return [entry for entry in entries if entry.seq not in cancelled]


def _cancels(later: Entry, earlier: Entry) -> bool:
    event, other = later.event, earlier.event
    return event.undoes and (event.kind, event.changed) == (other.kind, other.changed)


def field_label(name: str, pipelines: Iterable[Pipeline]) -> str:
    """What a field, or one entry of it, is called in a sentence: `close date`, `stage`."""
    whole, dot, key = name.partition(".")
    if dot and whole == "answers":
        questions = (q for pipeline in pipelines for q in pipeline.questions)
        label = next((q.label for q in questions if q.key == key), key)
        return f"the answer to {label}"
    if dot:
        words = {"contacts": "person", "terms": "term", "checklist": "checklist", "asks": "ask of"}
        word = words.get(whole)
        return f"{word} {key}" if word else key
    return _NAMES.get(name, name.replace("_", " "))


def field_text(
    name: str,
    value: FieldValue,
    pipelines: Iterable[Pipeline],
    *,
    today: date,
    zone: ZoneInfo,
    manner: Manner = ENGLISH,
) -> str:
    """The value of a field, or of one entry of it, in one line; empty for none."""
    words = _Words(tuple(pipelines), today, zone, manner)
    match value:
        case Answer():
            return _answer(value)
        case Contact():
            return f"{value.name}, {value.role.replace('_', '-')}"
        case Term():
            return _term(value)
        case Loss():
            return _loss(value).removeprefix(": ")
        case int() if name == "stage_id":
            return words.stage(value)
        case int() if name == "merged_into":
            return f"D-{value}"
        case _:
            return words.value(name, value)


_IN_WORDS_OF_THEIR_OWN = (
    "title", "account", "value", "owner", "expected_close", "probability_bp", "category", "tags",
    "source", "source_detail", "contact_reason", "competitors", "links", "quote_sent_at",
    "offer_expires_on", "trial_close", "floor_value", "external_id",
)  # fmt: skip


def other_fields(deal: Deal, today: date, zone: ZoneInfo) -> Iterator[tuple[str, str]]:
    """Label and text of each field of a deal that is not told in words of its own, for people."""
    for field in fields_beside(_IN_WORDS_OF_THEIR_OWN):
        value = getattr(deal, field.name)
        if value not in (None, "", ()):
            label = field_label(field.name, ())
            text = field_text(field.name, value, (), today=today, zone=zone, manner=written())
            yield label, text


@dataclass(frozen=True)
class _Words:
    """How values read in a line: with the names of these pipelines, on this day."""

    pipelines: tuple[Pipeline, ...]
    today: date
    zone: ZoneInfo
    manner: Manner = ENGLISH

    def of(self, event: Event) -> str:
        if event.kind in STAGE_KINDS:
            return self._of_stage(event) + _unknown_day(event) + _override(event)
        if event.kind in _RECORDS:
            return self._of_record(event)
        if event.kind is Kind.CORRECTED:
            return self._of_correction(event)
        if event.kind in _SHELVES:
            return _of_shelf(event)
        if event.kind in _ENTRIES:
            return "; ".join(self._of_entry(event, name) for name in sorted(event.changed))
        return self._of_fields(event)

    def _of_stage(self, event: Event) -> str:
        after = event.after
        match event.kind:
            case Kind.CREATED:
                value = self.value("value", after.get("value"))
                return f"created in {self._stage(after)}" + (f", value {value}" if value else "")
            case Kind.MOVED:
                return (
                    f"{self._stage(event.before)} → {self._stage(after)}{self._after_days(event)}"
                )
            case Kind.WON:
                value = self.value("value", after.get("value"))
                return "won" + (f" {value}" if value else "") + self._after_days(event)
            case Kind.LOST:
                return f"lost{_loss(value_of(after, 'loss', Loss))}"
            case _:
                return f"reopened in {self._stage(after)}"

    def _of_correction(self, event: Event) -> str:
        told = []
        for label, name, known in (
            ("began", "created_at", "created_precision"),
            ("closed", "closed_at", "entry_precision"),
        ):
            if name in event.after:
                now, was = self.value(name, event.after[name]), self.value(name, event.before[name])
                vague = UNKNOWN in (event.before.get(known), event.after.get(known))
                told.append(f"{label} {now}" + ("" if vague or was == now else f", not {was}"))
        if "loss" in event.changed:
            now, was = (_loss(value_of(s, "loss", Loss)) for s in (event.after, event.before))
            told.append(f"lost{now} (was{was})")
        return f"corrected: {'; '.join(told) or 'how exactly its day is known'}"

    def _of_record(self, event: Event) -> str:
        facts = event.facts
        match event.kind:
            case Kind.NOTE:
                return f"note: {_first_line(facts['note']['text'])}"
            case Kind.NOTE_EDITED:
                return f"note edited: {_first_line(facts['new'])}"
            case Kind.TOUCH:
                return _touch(event)
            case _:
                step = value_of(event.before, "next_step", NextStep)
                step = step or NextStep(facts["step"].get("text", ""))
                done = _with("done", step.text or "next step")
                outcome = _first_line(facts.get("outcome", ""))
                return f"{done} ({outcome})" if outcome else done

    def _of_entry(self, event: Event, name: str) -> str:
        """An answer, a person, a term or a tick of a checklist."""
        _, _, key = name.partition(".")
        value, old = event.after.get(name), event.before.get(name)
        match value or old:
            case Answer() as answer:
                label = self._question(key)
                return f"{label}: {_answer(answer)}" if value else f"{label}: answer removed"
            case Ask() as ask:
                said = f"asked @{key}: {ask.text}" if value else f"@{key} is asked no more"
                return said + (f" by {self._day(ask.due)}" if value and ask.due else "")
            case Contact() as contact:
                role = role_name(contact.role)
                said = f"contact {contact.name}"
                return f"{said}, {role}" if value else f"{said} removed"
            case Term() as term:
                return f"term {_term(term)}" if value else f"term {term.item} removed"
            case _:
                stage_id, _, item = key.partition("/")
                of_stage = self._stage({"stage_id": int(stage_id)}) if stage_id.isdigit() else ""
                return f"{'checked' if value else 'cleared'} '{item}' of {of_stage}"

    def _of_fields(self, event: Event) -> str:
        match event.kind:
            case Kind.TAGGED:
                return _tags(event)
            case Kind.NEXT_STEP:
                step = event.after.get("next_step")
                return f"next step {self.value('next_step', step)}" if step else "no next step"
            case Kind.SNOOZED:
                until = value_of(event.after, "snoozed_until", date)
                reason = event.after.get("snooze_reason")
                if until is None:
                    return "woken"
                return f"snoozed until {self._day(until)}" + (f" ({reason})" if reason else "")
            case _:
                names = [
                    n
                    for n in {**event.after, **event.before}
                    if n not in _UNTOLD and not n.startswith("asks.")
                ]
                told = "; ".join(self._change(event, name) for name in names)
                own = ", ".join(_NAMES.get(name, name) for name in event.facts.get("private", ()))
                hidden = f"{own} changed, which is the owner's own" if own else ""
                imported = _UNTOLD - {"given_by"}
                silent = "read again in its file" if imported & event.changed else "taken up"
                return "; ".join(filter(None, (told, hidden))) or silent

    def _change(self, event: Event, name: str) -> str:
        old, new = event.before.get(name), event.after.get(name)
        named = name.removeprefix("fields.")
        title = _NAMES.get(named, named.replace("_", " "))
        was, now = self.value(name, old), self.value(name, new)
        if not now:
            return f"{title} removed (was {was})"
        return f"{title} {was} → {now}" if was else f"{title} {now}"

    def value(self, name: str, value: FieldValue) -> str:
        if value in (None, "", ()):
            return UNSET.get(name, "")
        if name == "probability_bp" and isinstance(value, int):
            return f"{format_percent(value)}%"
        if isinstance(value, NextStep):
            return f"{self._day(value.due) if value.due else ''} {value.words}".strip()
        if isinstance(value, Money):
            return self.manner.money(value)
        if isinstance(value, tuple):
            return ", ".join(value)
        return self._day(value) if isinstance(value, date) else _first_line(str(value))

    def _day(self, day: date) -> str:
        """`3 Dec`, with its year when it is another than today's; the local day of an instant."""
        on = local_date(day, self.zone) if isinstance(day, datetime) else day
        return self.manner.calendar_day(on, self.today)

    def _after_days(self, event: Event) -> str:
        sides = (event.before, event.after)
        entered, left = (value_of(side, "stage_entered_at", datetime) for side in sides)
        if entered is None or left is None or event.before.get("entry_precision") == UNKNOWN:
            return ""
        days = days_between(entered, left, self.zone)
        return f" (after {days} d)" if days > 0 else ""

    def _stage(self, fields: Values) -> str:
        return self.stage(value_of(fields, "stage_id", int))

    def stage(self, stage_id: int | None) -> str:
        stages = (stage for pipeline in self.pipelines for stage in pipeline.stages)
        return next((stage.name for stage in stages if stage.id == stage_id), "another pipeline")

    def _question(self, key: str) -> str:
        questions = (q for pipeline in self.pipelines for q in pipeline.questions)
        return next((q.label for q in questions if q.key == key), key)


# What an import remembers for the next one, and what follows from an owner.
_UNTOLD = frozenset((*(field.name for field in FIELDS if field.remembered), "given_by"))


def _unknown_day(event: Event) -> str:
    return " (nobody knows when)" if event.facts.get("precision") == UNKNOWN else ""


def _override(event: Event) -> str:
    missing = event.facts.get("missing")
    if not missing:
        return ""
    return (
        f"; override: {event.facts.get('override') or 'no reason'} (missing {', '.join(missing)})"
    )


def _touch(event: Event) -> str:
    touch, after = event.facts["touch"], event.after
    words = [f"{named(touch['type'])} {named(touch.get('direction', ''))}".rstrip()]
    if after.get("quote_sent_at") is not None:
        words.append("proposal sent")
    if after.get("trial_close"):
        words.append(f"trial close {after['trial_close']}")
    words += [f"{name} {touch[name]}" for name in ("objection", "variant") if touch.get(name)]
    return _with(", ".join(words), _first_line(touch.get("outcome", "")))


def _loss(loss: Loss | None) -> str:
    if loss is None:
        return ""
    to = f" to {loss.competitor}" if loss.competitor else ""
    said = [f"objection {loss.objection}"] if loss.objection else []
    said += [_first_line(loss.reason)] if loss.reason else []
    return f": {loss.told}{to}" + (f" ({', '.join(said)})" if said else "")


def _of_shelf(event: Event) -> str:
    match event.kind:
        case Kind.MERGED:
            return f"merged into D-{event.after.get('merged_into')}"
        case Kind.ABSORBED:
            return f"took in {', '.join(f'D-{one}' for one in event.facts.get('merged', ()))}"
        case Kind.RANKED:
            return "moved within its column"
        case _:
            return str(event.kind)


def _tags(event: Event) -> str:
    old, new = (value_of(side, "tags", tuple) or () for side in (event.before, event.after))
    put_on = [f"+{tag}" for tag in new if tag not in old]
    taken_off = [f"-{tag}" for tag in old if tag not in new]
    return f"tags {' '.join((*put_on, *taken_off))}"


def _answer(answer: Answer) -> str:
    rating = "" if answer.rating is None else f"{answer.rating}/4"
    text = _first_line(answer.text)
    return f"{text} ({rating})" if text and rating else text or rating


def _term(term: Term) -> str:
    sides = (("ours", term.ours), ("theirs", term.theirs), ("agreed", term.agreed))
    return _with(term.item, ", ".join(f"{name} {said}" for name, said in sides if said))


def _with(what: str, said: str) -> str:
    return f"{what}: {said}" if said else what


def _first_line(text: str) -> str:
    first, *more = text.strip().split("\n")
    return f"{first} …" if more else first
