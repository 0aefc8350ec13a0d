"""Programs of one's own on a key: `[commands]` of the configuration, and a deal put into them.

The words of a program are split once, when the configuration is read; a deal's texts are put into
the words afterwards. So no text of a deal ever becomes a word of its own, and no shell sees it.
"""

from __future__ import annotations

import re
import shlex
from collections.abc import Callable, Iterable, Mapping
from types import MappingProxyType
from typing import Final

from pipeboard.domain.deal import Contact, Deal
from pipeboard.domain.errors import BadInput, Refused
from pipeboard.domain.events import Event, Kind
from pipeboard.domain.lazy_dataclass import dataclass
from pipeboard.domain.money import format_money
from pipeboard.domain.pipeline import Pipeline
from pipeboard.domain.text import OWN_FIELD, as_own_field, did_you_mean, printable, quoted

_PLACE = re.compile(r"\{([^{}]*)\}")
_FIELD = "field."
_NAME = re.compile(r"[a-z][a-z0-9_-]*")


@dataclass(frozen=True, slots=True)
class DealTexts:
    """A deal, its pipeline, and the person whom a program is about, where there is one."""

    deal: Deal
    pipeline: Pipeline
    person: Contact | None = None


def _number(deal: Deal) -> str | None:
    """The value as digits with a point: `40000.00`."""
    return format_money(deal.value, style="code").partition(" ")[0] if deal.value else None


def _of_person(text: Callable[[Contact], str | None]) -> Callable[[DealTexts], str | None]:
    return lambda about: text(about.person) if about.person else None


PLACES: Final[Mapping[str, Callable[[DealTexts], str | None]]] = MappingProxyType(
    {
        "ref": lambda about: about.deal.ref,
        "id": lambda about: str(about.deal.id),
        "title": lambda about: about.deal.title,
        "account": lambda about: about.deal.account,
        "owner": lambda about: about.deal.owner,
        "pipeline": lambda about: about.pipeline.name,
        "stage": lambda about: about.pipeline.stage(about.deal.stage_id).name,
        "value": lambda about: _number(about.deal),
        "currency": lambda about: about.deal.value.currency if about.deal.value else None,
        "source": lambda about: about.deal.source,
        "external_id": lambda about: about.deal.external_id,
        "next": lambda about: about.deal.next_step.text if about.deal.next_step else None,
        "link": lambda about: about.deal.links[0] if about.deal.links else None,
        "person": _of_person(lambda person: person.name),
        "email": _of_person(lambda person: person.email),
        "phone": _of_person(lambda person: person.phone),
    }
)
"""What may stand between braces; `field.NAME` is a field of the team's own."""
OF_A_PERSON: Final = ("person", "email", "phone")


@dataclass(frozen=True, slots=True)
class OwnProgram:
    """A program on a key: `takes_terminal` where it draws there itself and is waited for."""

    name: str
    key: str
    words: tuple[str, ...]
    help: str
    takes_terminal: bool = False

    @property
    def places(self) -> tuple[str, ...]:
        """What it wants of a deal, in its order."""
        return tuple(name for word in self.words for name in _PLACE.findall(word))

    @property
    def place_of_person(self) -> str:
        """The first text of a person that it wants; empty where it wants none."""
        return next((name for name in self.places if name in OF_A_PERSON), "")

    def words_for(self, about: DealTexts) -> list[str]:
        """The words with the deal's texts in them.

        Refused where the deal does not have one, and where one would be taken for an option.
        """
        return [self._filled(word, about) for word in self.words]

    def _filled(self, word: str, about: DealTexts) -> str:
        def text(match: re.Match[str]) -> str:
            name = match[1]
            found = text_at(name, about)
            if not found:
                raise Refused(f"{about.deal.ref} has no {_spoken(name)}, which {self.name} wants.")
            return printable(found)

        filled = _PLACE.sub(text, word)
        if filled.startswith("-") and not word.startswith("-"):
            raise Refused(
                f"{quoted(filled)} begins with '-': {self.name} would take it for an option.",
                hint="Put something in front of the brace, such as 'id:{title}'.",
            )
        return filled


def text_at(place: str, about: DealTexts) -> str | None:
    """What a deal has for a place; None or "" for nothing."""
    place = as_own_field(place)
    if place.startswith(_FIELD):
        return about.deal.custom(place.removeprefix(_FIELD))
    return PLACES[place](about)


def _spoken(place: str) -> str:
    return {"email": "e-mail address", "phone": "phone number", "next": "next step"}.get(
        place, place.replace("_", " ").removeprefix(_FIELD)
    )


def read_programs(document: object) -> tuple[OwnProgram, ...]:
    """`[commands]` as it stands in a configuration; BadInput names what is wrong in it."""
    if not isinstance(document, Mapping):
        raise BadInput("[commands] is a table of tables: [commands.NAME].")
    return tuple(_program(str(name), table) for name, table in document.items())


def _program(name: str, table: object) -> OwnProgram:
    where = f"[commands.{printable(name)}]"
    if not _NAME.fullmatch(name):
        raise BadInput(f"{where}: a name is of small letters, digits, '-' and '_', a letter first.")
    table = table if isinstance(table, Mapping) else {}
    known = ("key", "run", "help", "terminal")
    for setting in table:
        if setting not in known:
            hint = did_you_mean(str(setting), known)
            raise BadInput(f"{where}: no setting {quoted(str(setting))}.", hint=hint)
    key, run, help = (table.get(setting, "") for setting in known[:3])
    terminal = table.get("terminal", False)
    if not (isinstance(key, str) and isinstance(run, str) and isinstance(help, str)):
        raise BadInput(f"{where}: key, run and help are texts in quotes.")
    if not isinstance(terminal, bool):
        raise BadInput(f"{where}: terminal is true or false.")
    if not key.strip() or not run.strip():
        raise BadInput(f'{where} wants key = "ctrl+e" and run = "program {{ref}}".')
    words = _split(where, run)
    program = OwnProgram(name, key, words, printable(help) or f"run {words[0]}", terminal)
    _expect_places(where, program)
    return program


def _expect_places(where: str, program: OwnProgram) -> None:
    if _PLACE.search(program.words[0]):
        raise BadInput(f"{where}: the program itself cannot come from a deal.")
    for place in program.places:
        if place not in PLACES and not OWN_FIELD.match(place):
            raise BadInput(
                f"{where}: no text {quoted('{' + place + '}')}.",
                hint=did_you_mean(place, list(PLACES)) or f"There are {', '.join(PLACES)}.",
            )


# Hooks: programs of one's own that run when something has happened to deals, whoever sees to it.

_OF_EDITS = (
    Kind.EDITED,
    Kind.CORRECTED,
    Kind.VALUE,
    Kind.EXPECTED_CLOSE,
    Kind.PROBABILITY,
    Kind.CATEGORY,
    Kind.TAGGED,
    Kind.CONTACT,
    Kind.TERM,
    Kind.CHECKED,
    Kind.NOTE_EDITED,
)
UNDONE: Final = "undone"
CHANGED: Final = "changed"
MOMENTS: Final[Mapping[str, frozenset[Kind]]] = MappingProxyType(
    {
        "added": frozenset((Kind.CREATED,)),
        "moved": frozenset((Kind.MOVED,)),
        "won": frozenset((Kind.WON,)),
        "lost": frozenset((Kind.LOST,)),
        "reopened": frozenset((Kind.REOPENED,)),
        "assigned": frozenset((Kind.OWNER,)),
        "planned": frozenset((Kind.NEXT_STEP,)),
        "done": frozenset((Kind.STEP_DONE,)),
        "asked": frozenset((Kind.ASKED,)),
        "logged": frozenset((Kind.TOUCH,)),
        "noted": frozenset((Kind.NOTE,)),
        "answered": frozenset((Kind.ANSWERED,)),
        "snoozed": frozenset((Kind.SNOOZED,)),
        "archived": frozenset((Kind.ARCHIVED, Kind.UNARCHIVED)),
        "merged": frozenset((Kind.MERGED, Kind.ABSORBED)),
        "edited": frozenset(_OF_EDITS),
        UNDONE: frozenset(),
        CHANGED: frozenset(Kind),
    }
)
"""When a hook runs, and the events that tell of it; what takes something back is `undone` alone,
and `changed` is every one of them."""
TIMEOUT: Final = "timeout"
_SECONDS: Final = 10
_MOST_SECONDS: Final = 600


@dataclass(frozen=True, slots=True)
class Hook:
    """A program that runs at a moment; it is ended after `timeout` seconds."""

    moment: str
    words: tuple[str, ...]
    timeout: int = _SECONDS

    def is_about(self, events: Iterable[Event]) -> bool:
        """Is this the moment of any of these events of a deal?"""
        kinds = MOMENTS[self.moment]
        for event in events:
            if event.undoes:
                if self.moment in (UNDONE, CHANGED):
                    return True
            elif event.kind in kinds:
                return True
        return False


def read_hooks(document: object) -> tuple[Hook, ...]:
    """`[hooks]` as it stands in a configuration; BadInput names what is wrong in it."""
    if not isinstance(document, Mapping):
        raise BadInput('[hooks] is a table of moments: won = "program".')
    seconds = document.get(TIMEOUT, _SECONDS)
    if type(seconds) is not int or not 1 <= seconds <= _MOST_SECONDS:
        raise BadInput(f"[hooks]: {TIMEOUT} is a number of seconds from 1 to {_MOST_SECONDS}.")
    return tuple(
        Hook(_moment(str(name)), _split(f"[hooks]: {printable(str(name))}", run), seconds)
        for name, run in document.items()
        if name != TIMEOUT
    )


def _moment(name: str) -> str:
    if name not in MOMENTS:
        known = (*MOMENTS, TIMEOUT)
        raise BadInput(
            f"[hooks]: there is no moment {quoted(name)}.",
            hint=did_you_mean(name, known) or f"There are {', '.join(known)}.",
        )
    return name


def _split(where: str, run: object) -> tuple[str, ...]:
    """The words of a program, from a list of them or from a text that is split once."""
    if isinstance(run, list) and run and all(isinstance(word, str) for word in run):
        words = tuple(run)
    elif isinstance(run, str):
        try:
            words = tuple(shlex.split(run))
        except ValueError as error:
            raise BadInput(f"{where}: {quoted(run)} has a quote that is never closed.") from error
    else:
        words = ()
    if not words or not words[0].strip() or any("\0" in word for word in words):
        raise BadInput(f'{where} wants a program: "notify-send Won", or a list of its words.')
    return words
