"""Which lost deals are due to come back, for whoever looks and for whoever writes."""

from __future__ import annotations

from typing import Final

DUE_TO_RETURN: Final = (
    "SELECT id FROM deal"
    " WHERE live AND outcome = 'lost' AND recycle_on <= :today"
    " AND stage_id IN (SELECT id FROM stage WHERE kind = 'lost')"
    " AND id NOT IN (SELECT recycled_from FROM deal"
    " WHERE recycled_from IS NOT NULL AND NOT removed)"
    " ORDER BY id"
)
"""The lost deals, by id, whose day to try again is `:today` (ISO) or before and that have not come
back yet. What a deal went on to is looked for only where there is one."""
