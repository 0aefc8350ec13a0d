"""The names of the tabs, apart from what draws them: keys are made of them early."""

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
