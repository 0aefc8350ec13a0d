"""The stages that a file names, in the order in which its deals go through them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable

from pipeboard.domain.text import fold
from pipeboard.exchange.rows import DealRow


def stages_in_order(rows: Iterable[object]) -> list[str]:
    """The open stages of the rows: by the histories of the deals, where the file has such, else by
    their probabilities, else from the youngest deals to the oldest, else as they come."""
    names: dict[str, str] = {}
    places: dict[str, list[float]] = defaultdict(list)
    chances: dict[str, list[int]] = defaultdict(list)
    begun: dict[str, list[float]] = defaultdict(list)
    for row in (row for row in rows if isinstance(row, DealRow)):
        path = list(dict.fromkeys(fold(stage) for stage, _ in row.entered))
        for stage, _ in row.entered:
            names.setdefault(fold(stage), stage)
        for place, stage in enumerate(path[: len(path) * (len(path) > 1)]):
            places[stage].append(place / (len(path) - 1))
        if row.stage:
            key = fold(row.stage)
            names.setdefault(key, row.stage)
            if row.probability_bp is not None:
                chances[key].append(row.probability_bp)
            if row.created_at is not None and row.outcome in (None, "open"):
                begun[key].append(-row.created_at.timestamp())
    keys = list(names)
    for known in (places, chances, begun):
        if all(key in known for key in keys):
            keys.sort(key=lambda key: sum(known[key]) / len(known[key]))
            break
    return [names[key] for key in keys]
