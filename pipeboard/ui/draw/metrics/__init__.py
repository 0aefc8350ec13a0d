"""The metrics screen; here the names of its tabs, apart from what draws them."""

from __future__ import annotations

from enum import StrEnum


class TabName(StrEnum):
    """The tabs in the order of their numbers."""

    OVERVIEW = "Overview"
    FUNNEL = "Funnel"
    AGEING = "Ageing"
    FORECAST = "Forecast"
    ACTIVITY = "Activity"
    LOSSES = "Losses"
    REPS = "Reps"


TABS = tuple(TabName)
