"""Who does something."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Actor:
    """Who types (an account of the machine), and for which rep if for another."""

    name: str
    acting_as: str = ""

    @property
    def label(self) -> str:
        """Both as history and notes name them: `ana (for bo)`."""
        return named(self.name, self.acting_as)

    @property
    def rep(self) -> str:
        return self.acting_as or self.name


def named(actor: str, acting_as: str) -> str:
    """Who did something, and for whom if for somebody else: `ana (for bo)`."""
    return f"{actor} (for {acting_as})" if acting_as else actor
