"""One exit criterion as a value, and one that a deal does not meet."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


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
