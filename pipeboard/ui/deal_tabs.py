"""The tabs of one deal's screen; apart from their drawing, since the table of keys names them."""

from __future__ import annotations

from enum import StrEnum


class Tab(StrEnum):
    """The parts of one deal's screen, in the order of their numbers."""

    OVERVIEW = "Overview"
    QUESTIONS = "Questions"
    NOTES = "Notes"
    TIMELINE = "Timeline"
    PEOPLE = "People"
    TERMS = "Terms"


TABS = tuple(Tab)
