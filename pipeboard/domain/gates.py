"""The gate: the one function that every move of a deal passes, wherever it comes from."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from pipeboard.domain.criteria import Unmet, unmet_of_stage
from pipeboard.domain.deal import Deal
from pipeboard.domain.errors import BadInput, GateNotMet
from pipeboard.domain.pipeline import Pipeline, Stage
from pipeboard.domain.text import clean_line

SHORTEST_REASON = 3


def unmet(
    deal: Deal, pipeline: Pipeline, target_id: int, today: date, from_id: int | None = None
) -> tuple[Unmet, ...]:
    """What the deal lacks to get to `target_id`, in the order of the stages it would leave behind,
    from the stage that it is in or another.

    A move forwards passes the exit criteria of the deal's stage and of each stage it skips; a
    move back, a loss and an archived or closed deal pass none.
    """
    target = pipeline.stage(target_id)
    if target is pipeline.lost:
        return ()
    return tuple(
        lack
        for stage in pipeline.stages_between(from_id or deal.stage_id, target_id)
        for lack in unmet_of_stage(stage, deal, pipeline, today)
    )


def pass_gate(
    deal: Deal, pipeline: Pipeline, target: Stage, today: date, override: str
) -> tuple[str, ...]:
    """What is missing and overridden; `GateNotMet` where something is and no reason is given."""
    lacking = unmet(deal, pipeline, target.id, today)
    if not lacking:
        return ()
    if not override:
        raise GateNotMet(
            f"{deal.ref} {deal.name} is not moved to {target.name}: {summary(lacking)}.",
            target=target.name,
            unmet=lacking,
            deal_id=deal.id,
            hint="Answer what is missing, lose the deal, or override with a reason.",
        )
    if len(clean_line(override, field="reason")) < SHORTEST_REASON:
        raise BadInput(
            "An override needs a reason in words.", hint='For example: --override "signed already".'
        )
    return tuple(lack.text for lack in lacking)


def summary(lacking: Sequence[Unmet]) -> str:
    """What is missing in one line, each stage named once."""
    by_stage: dict[str, list[str]] = {}
    for lack in lacking:
        by_stage.setdefault(lack.stage, []).append(lack.text)
    return "; ".join(f"{stage} asks: {', '.join(texts)}" for stage, texts in by_stage.items())
