"""Who asks a filter, of which pipelines, and when."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from zoneinfo import ZoneInfo

from pipeboard.domain.pipeline import Pipeline

FEW = 5_000
"""So many deals are looked up by their ids; of more, the condition that finds them is asked."""


@dataclass(frozen=True)
class Asked:
    """The pipelines that are looked at, the local date in the workspace's zone, and who `me` is."""

    pipelines: tuple[Pipeline, ...]
    today: date
    zone: ZoneInfo
    me: str = ""
