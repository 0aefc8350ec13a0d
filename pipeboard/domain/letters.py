"""Letters: templates and answers to objections, as Markdown with a deal's own words put in.

A name in braces stands for what the deal says: `{{first name}}`, `{{value}}`, `{{field.product}}`;
`{{contact|there}}` says what to write where the deal says nothing. Only what the other side may
read has a name: never the lowest value, the rating of an answer or a note.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from datetime import date
from types import MappingProxyType
from urllib.parse import quote

from pipeboard.domain.deal import Contact, Deal
from pipeboard.domain.errors import BadInput
from pipeboard.domain.lazy_dataclass import dataclass
from pipeboard.domain.locales import written
from pipeboard.domain.pipeline import Pipeline
from pipeboard.domain.text import as_own_field, did_you_mean, quoted

_BRACED = re.compile(r"\{\{([^{}|]*)(?:\|([^{}]*))?\}\}")
_STRAY = re.compile(r"\{\{|\}\}")
_SINGLE = re.compile(r"\{([^{}|]*)(?:\|[^{}]*)?\}")
_SUBJECT = re.compile(r"\ASubject:[ \t]*(.*)\n+", re.IGNORECASE)
_FIRST = ("decision_maker", "champion", "user", "other", "blocker")


@dataclass(frozen=True, slots=True)
class Letter:
    """A letter with the words of a deal in it; `to` is an e-mail address, "" for none."""

    subject: str
    body: str
    to: str

    @property
    def mailto(self) -> str:
        """A line that a mail program opens (RFC 6068)."""
        parts = [f"subject={quote(self.subject)}"] if self.subject else []
        body = self.body.replace("\n", "\r\n")
        return f"mailto:{quote(self.to, safe='@')}?{'&'.join([*parts, f'body={quote(body)}'])}"

    def __str__(self) -> str:
        return f"Subject: {self.subject}\n\n{self.body}" if self.subject else self.body


@dataclass(frozen=True, slots=True)
class _Said:
    """What the names stand for."""

    deal: Deal
    pipeline: Pipeline
    sender: str
    today: date

    @property
    def person(self) -> Contact | None:
        """Whom the letter goes to: who decides, else who helps."""
        people = sorted(self.deal.contacts.values(), key=lambda one: _FIRST.index(one.role))
        return next(iter(people), None)

    @property
    def name(self) -> str:
        return self.person.name if self.person else ""


def _day(day: date | None) -> str:
    return written().date(day) if day else ""


_NAMES: Mapping[str, Callable[[_Said], str]] = MappingProxyType(
    {
        "company": lambda said: said.deal.account,
        "account": lambda said: said.deal.account,
        "title": lambda said: said.deal.title,
        "value": lambda said: written().money(said.deal.value) if said.deal.value else "",
        "contact": lambda said: said.name,
        "first name": lambda said: said.name.split(" ")[0],
        "email": lambda said: said.person.email if said.person else "",
        "reason": lambda said: said.deal.contact_reason,
        "close": lambda said: _day(said.deal.expected_close),
        "offer expires": lambda said: _day(said.deal.offer_expires_on),
        "next step": lambda said: said.deal.next_step.text if said.deal.next_step else "",
        "next day": lambda said: _day(said.deal.next_step.due if said.deal.next_step else None),
        "stage": lambda said: said.pipeline.stage(said.deal.stage_id).name,
        "owner": lambda said: said.deal.owner,
        "me": lambda said: said.sender,
        "today": lambda said: _day(said.today),
        "link": lambda said: next(iter(said.deal.links), ""),
        "ref": lambda said: said.deal.ref,
    }
)
NAMES = (*_NAMES, "field.NAME")


def render(template: str, deal: Deal, pipeline: Pipeline, sender: str, today: date) -> Letter:
    """The letter that a template makes of a deal; BadInput for a name that there is not, and where
    the deal says nothing and the template does not say what to write then."""
    rest = _BRACED.sub(lambda found: " " * len(found[0]), template)
    for single in _SINGLE.finditer(rest):
        if (name := _name(single[1])) in _NAMES or name.startswith("field."):
            raise BadInput(
                f"The template says {quoted(single[0])}, which stays in the letter as it is.",
                hint=f"Write a name between two braces each: {{{single[0]}}}.",
            )
    if stray := _STRAY.search(rest):
        line = template[stray.start() :].splitlines()[0]
        raise BadInput(
            f"The template has braces that are not closed, or not opened: {quoted(line)}.",
            hint="Write a name between two braces each: {{account}}.",
        )
    said = _Said(deal, pipeline, sender, today)
    missing: list[str] = []

    def put(found: re.Match[str]) -> str:
        name, otherwise = _name(found[1]), found[2]
        text = _text(name, said)
        if not text and otherwise is None:
            missing.append(name)
        return text or otherwise or ""

    whole = _BRACED.sub(put, template.replace("\r\n", "\n"))
    if missing:
        raise BadInput(
            f"{deal.ref} {deal.name} has no {', no '.join(dict.fromkeys(missing))}.",
            hint=f"Fill it in, or write {{{{{missing[0]}|words for that case}}}} in the template.",
        )
    subject = _SUBJECT.match(whole)
    body = whole[subject.end() :] if subject else whole
    person = said.person
    line = subject[1].strip() if subject else ""
    return Letter(line, body.strip() + "\n", person.email if person else "")


def _name(written: str) -> str:
    """The name between braces, as `NAMES` has it."""
    return as_own_field(" ".join(written.lower().replace("_", " ").split()))


def _text(name: str, said: _Said) -> str:
    if name.startswith("field."):
        wanted = name.removeprefix("field.")
        known = {key.lower().replace("_", " "): value for key, value in said.deal.fields.items()}
        return known.get(wanted, "")
    if name not in _NAMES:
        raise BadInput(
            f"{quoted(name)} is nothing that a letter can say.",
            hint=did_you_mean(name, _NAMES) or f"Known are: {', '.join(NAMES)}.",
        )
    return _NAMES[name](said)
