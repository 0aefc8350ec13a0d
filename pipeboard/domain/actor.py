"""Who does something."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Actor:
    """Who types (an account of the machine), and for which rep if for another."""

    name: str
    acting_as: str = ""

    @property
    def rep(self) -> str:
        return self.acting_as or self.name
