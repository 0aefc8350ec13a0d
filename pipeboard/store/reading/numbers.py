"""What numbers are made of: histories, rules and evidence, each imported when it is asked for."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import TYPE_CHECKING

from pipeboard.domain.dates import instant, micros
from pipeboard.store.database import Database
from pipeboard.store.reading import setup
from pipeboard.store.reading.board import read_usual_days

if TYPE_CHECKING:
    from datetime import datetime

    from pipeboard.domain.metrics.history import DealHistory
    from pipeboard.domain.metrics.rules import MetricRules
    from pipeboard.domain.money import Rates
    from pipeboard.domain.pipeline import Pipeline
    from pipeboard.store.reading.facts import KnownHistories, Watch


class Numbers:
    """What numbers are made of, read over the connection of a `Reader`."""

    def __init__(self, database: Database, known: list[KnownHistories]) -> None:
        self._database = database
        self._known = known

    def histories(
        self, pipeline_id: int, as_of: datetime, watch: Watch | None = None
    ) -> Sequence[DealHistory]:
        """What every deal of a pipeline went through up to an instant; no lock is held meanwhile.

        Who asks again waits only for the deals that have been changed since. `watch` hears how much
        has been read, and may raise to end it.
        """
        from pipeboard.store.reading.facts import read_known

        return read_known(self._database, pipeline_id, as_of, self._known, watch)

    def rules(self, pipeline: Pipeline, as_of: datetime | None = None) -> MetricRules:
        """What the numbers of a pipeline are counted by at an instant (now): stages, targets,
        rates, teams, settings."""
        from pipeboard.store.reading.metric_settings import read_rules

        return read_rules(self._database, pipeline, setup.read_settings(self._database), as_of)

    def first_at(self, pipeline_id: int) -> datetime | None:
        """When the first deal of a pipeline began; None where it has none."""
        first = self._database.column(
            "select min(created_at) from deal where pipeline_id = ?", (pipeline_id,)
        )[0]
        return None if first is None else instant(first)

    def evidence(
        self, pipeline: Pipeline, as_of: datetime, ids: Collection[int]
    ) -> tuple[frozenset[int], frozenset[int]]:
        """Of some deals those with the evidence of a commit, and of all those with two contacts or
        more, at an instant."""
        from pipeboard.store.reading.metric_settings import read_supported, read_well_known

        supported = read_supported(self._database, pipeline, as_of, ids)
        return supported, read_well_known(self._database, pipeline.id, as_of)

    def attribute(
        self, pipeline_id: int, name: str, as_of: datetime | None = None
    ) -> Mapping[int, str]:
        """A value of each deal to group by, at an instant (now): `source`, `account`,
        `field.product`; BadInput for what no deal has."""
        from pipeboard.store.reading.metric_settings import read_attribute

        return read_attribute(self._database, pipeline_id, name, as_of)

    def usual_days(self, pipeline_id: int) -> Mapping[int, int]:
        """How many days deals usually stay in each open stage, of those changed last."""
        return read_usual_days(self._database, pipeline_id)

    def rates(self) -> Rates:
        """The exchange rates into the workspace's currency."""
        from pipeboard.store.reading.agreements import read_rates

        return read_rates(self._database, setup.read_settings(self._database).currency)

    def objections(
        self, pipeline_id: int, since: datetime, until: datetime
    ) -> list[tuple[int, str, int]]:
        """Deal, objection and instant (microseconds) of each touch and loss that names one."""
        from pipeboard.store.reading.history import read_objections

        return read_objections(self._database, pipeline_id, micros(since), micros(until))

    def variants(self, pipeline_id: int) -> list[tuple[str, int, int, int, int]]:
        """Each way of asking: on how many deals, and how many answered, are closed and are won."""
        from pipeboard.store.reading.history import read_variants

        return read_variants(self._database, pipeline_id)

    def last_written_pipeline(self) -> int | None:
        """The pipeline of the deal that was changed last."""
        found = self._database.record(
            "select deal.pipeline_id from event join deal on deal.id = event.deal_id"
            " order by event.seq desc limit 1"
        )
        return found[0] if found else None

    def deal_counts(self, *, closed: bool = False) -> dict[int, int]:
        """How many deals each pipeline has that has any, the open ones or all, by its id."""
        only = "" if closed else " where stage.kind = 'open'"
        rows = self._database.rows(
            "select stage.pipeline_id, sum(stage_total.deals) as deals from stage_total"
            f" join stage on stage.id = stage_total.stage_id{only} group by stage.pipeline_id"
        )
        return {row["pipeline_id"]: row["deals"] for row in rows if row["deals"]}
