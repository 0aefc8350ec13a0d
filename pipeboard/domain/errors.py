"""What can go wrong, each in a sentence for a person: what happened, why, what to do next."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from typing import ClassVar

from pipeboard.domain.lazy_dataclass import dataclass

# One exit criterion as a value, and one that a deal does not meet.


class About(StrEnum):
    """What a criterion looks at."""

    FIELD = "field"
    ANSWER = "answer"
    RATING = "rating"
    ANSWERS = "answers"
    CONTACT = "contact"
    NEXT_STEP = "next step"
    CHECKLIST = "checklist"


@dataclass(frozen=True, slots=True)
class Criterion:
    """One exit criterion: `subject` is a field, question or role, `at_least` a rating or count."""

    about: About
    subject: str = ""
    at_least: int = 0

    def __str__(self) -> str:
        match self.about:
            case About.FIELD:
                return self.subject
            case About.ANSWER | About.CONTACT:
                return f"{self.about} {self.subject}"
            case About.RATING:
                return f"rating {self.subject} >= {self.at_least}"
            case About.ANSWERS:
                return f"answers >= {self.at_least}"
            case _:
                return str(self.about)


@dataclass(frozen=True, slots=True)
class Unmet:
    """A criterion that a deal does not meet: the stage that asks, and what is missing in words."""

    stage: str
    criterion: Criterion
    text: str


class Way(StrEnum):
    """What a person can do about a refusal that has a verb in the shell and a key on the screens:
    each of them says which."""

    REOPEN = "reopen"
    UNARCHIVE = "unarchive"
    PLAN = "plan"
    ASSIGN = "assign"
    FIND = "find"
    OVERRIDE = "override"
    MERGE_CLOSED = "merge closed"


class PipeboardError(Exception):
    """A failure that a person is told about in one sentence.

    `message` says what happened and why, and gets its full stop here; `hint` says what to do next,
    `way` what does that, `details` is JSON-able data for scripts, `code` a stable word for the kind
    of failure.
    """

    code: ClassVar[str] = "error"

    def __init__(
        self,
        message: str,
        *,
        hint: str = "",
        details: Mapping[str, object] | None = None,
        way: Way | None = None,
    ) -> None:
        if not message.endswith((".", "?", "!", "…")):
            message += "."
        super().__init__(message)
        self.message = message
        self.hint = hint
        self.way = way
        self.details: Mapping[str, object] = details or {}

    def advice(self, by: Mapping[Way, str]) -> str:
        """The hint with the verb or key that does it, where one of these does."""
        word = by.get(self.way, "") if self.way else ""
        return f"{self.hint.removesuffix('.')} ({word})." if word else self.hint


class Refused(PipeboardError):
    """A rule of the pipeline says no."""

    code = "refused"


class GateNotMet(Refused):
    """The exit criteria of a stage are not met: `unmet` on the way to `target`, a stage's name.

    `deal_id` is the deal that is held up; for several deals, each has its own error in `parts`.
    """

    code = "gate"

    def __init__(
        self,
        message: str,
        *,
        target: str,
        unmet: tuple[Unmet, ...],
        hint: str = "",
        way: Way | None = None,
        deal_id: int = 0,
        parts: tuple[GateNotMet, ...] = (),
    ) -> None:
        details: dict[str, object] = {"target": target, "missing": [lack.text for lack in unmet]}
        if parts:
            details["deals"] = [{"deal": f"D-{part.deal_id}", **part.details} for part in parts]
        super().__init__(message, hint=hint, details=details, way=way)
        self.target = target
        self.unmet = unmet
        self.deal_id: int = deal_id
        self.parts = parts


class SoAlready(Refused):
    """What is asked for is so already; where several things are asked for, no obstacle."""

    code = "already"


@dataclass(frozen=True, slots=True)
class Difference:
    """One field that two people set: what it was, what it is now, what I wanted; in words."""

    field: str
    label: str
    before: str
    theirs: str
    mine: str

    def as_document(self) -> dict[str, str]:
        return {name: getattr(self, name) for name in self.__slots__}


class Conflict(Refused):
    """Somebody else changed the same thing in between; `differences` hold the three values.

    `seen` are the versions of the deals as they are now: whoever repeats the command with them
    sets it on top. For several deals, each has its own error in `parts`.
    """

    code = "conflict"

    def __init__(
        self,
        message: str,
        *,
        hint: str = "",
        details: Mapping[str, object] | None = None,
        way: Way | None = None,
        differences: tuple[Difference, ...] = (),
        seen: Mapping[int, int] | None = None,
        parts: tuple[Conflict, ...] = (),
    ) -> None:
        said = dict(details or {})
        if differences:
            said.setdefault("fields", [difference.field for difference in differences])
            said["values"] = [difference.as_document() for difference in differences]
        if parts:
            said["deals"] = [dict(part.details) for part in parts]
        super().__init__(message, hint=hint, details=said, way=way)
        self.differences = differences
        self.seen: Mapping[int, int] = dict(seen or {})
        self.parts = parts


class ReadOnly(Refused):
    """The database was opened for reading only."""

    code = "read_only"


class NotFound(PipeboardError):
    """Nothing answers to that name."""

    code = "not_found"


class Ambiguous(NotFound):
    """Several things answer to that name; `details["candidates"]` lists them."""

    code = "ambiguous"


class BadInput(PipeboardError):
    """What was typed or read cannot be understood; the message names the part."""

    code = "bad_input"


class DatabaseError(PipeboardError):
    """The database is locked, corrupt, newer than the program or out of reach."""

    code = "database"


class GivenUp(PipeboardError):
    """The person did not want to wait any longer: nothing of it was stored."""

    code = "given_up"

    def __init__(self, message: str = "Given up: nothing was stored.") -> None:
        super().__init__(message)


class OutOfRange(BadInput):
    """An amount that is read, in `currency`, but cannot be kept: too large, or with parts of a
    minor unit beside the whole ones in `minor`."""

    def __init__(self, message: str, *, hint: str, currency: str, minor: int) -> None:
        super().__init__(message, hint=hint)
        self.currency = currency
        self.minor = minor
