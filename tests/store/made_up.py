"""Made-up deals of every kind, and a store that holds them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import fields, replace
from datetime import UTC, date, datetime, timedelta
from functools import cache
from pathlib import Path
from random import Random
from typing import Any
from zoneinfo import ZoneInfo

from pipeboard.domain import commands as c
from pipeboard.domain.board import Lens
from pipeboard.domain.dates import local_date
from pipeboard.domain.deal import Answer, Contact, Deal, Loss, NextStep, Status
from pipeboard.domain.events import Event, Kind, replay
from pipeboard.domain.filter_nodes import Filter, Node
from pipeboard.domain.money import Money
from pipeboard.domain.pipeline import Pipeline, Stage, Trait
from pipeboard.domain.settings import Settings
from pipeboard.domain.templates import from_stage_names, template
from pipeboard.exchange.reading import open_import
from pipeboard.store import Store
from pipeboard.store.projecting import Change
from pipeboard.store.writing import Done, Writer
from tests.team import Team, sales

# Half past midnight in Berlin, two days after the clocks went forward there.
NOW = datetime(2026, 3, 30, 22, 30, tzinfo=UTC)
ZONE = ZoneInfo("Europe/Berlin")
TODAY = local_date(NOW, ZONE)
OWNERS = ("ana", "Bo", "")
NAMES = ("Lumen Oy", "Kestrel BV", "Jäger & Söhne", "100% Org_a", "lumen", "Ålesund Fisk", "")
TITLES = ("Packaging line pilot", "Spare parts", "Robot 100%", "Renewal\\2026")
PEOPLE = ("Mika Laine", "Zoë Ødegård", "Ana Lumen")
NOTES = ("met at the fair", "wants SPARE capacity", "under_score and 5%")


@cache
def pipelines() -> tuple[Pipeline, ...]:
    """Two: one with limits and questions and a retired stage, one with neither."""
    sales = template("needs", pipeline_name="New business", currency="EUR", first_stage_id=1)
    retired = Stage(20, "Old trial", probability_bp=None, retired=True)
    stages = (*sales.stages[:2], retired, *sales.stages[2:])
    renewals = from_stage_names(
        ("Lead", "Talks", "Tale"), pipeline_name="Renewals", currency="USD", first_stage_id=30
    )
    traits = (
        *(Trait("field.Product", ("gtx", "mg"), 2), Trait("value", ("10k..30k", ">=50k"))),
        *(Trait("source", ("web",)), Trait("channel", ("in",)), Trait("tags", ("vip",), 3)),
    )
    return replace(sales, id=1, stages=stages, traits=traits), replace(renewals, id=2)


def store_with(
    path: Path | str, deals: Iterable[Deal], notes: Mapping[int, str] | None = None
) -> Store:
    """A new store with both pipelines and these deals, each as if created so by one command."""
    store = Store.create(str(path), Settings(zone_name=ZONE.key))
    changes = [created(deal, (notes or {}).get(deal.id)) for deal in deals]

    def work(writer: Writer) -> None:
        for pipeline in pipelines():
            writer.save_pipeline(pipeline, NOW, "ana")
        if changes:
            writer.record(Done("c1", NOW, "ana", "", "import", "Imported."), changes)

    store.write(work)
    return store


def created(deal: Deal, note: str | None = None) -> Change:
    """The change that makes a deal what it is at once."""
    values = {field.name: getattr(deal, field.name) for field in fields(Deal)}
    after = {name: value for name, value in values.items() if name not in ("id", "version")}
    events = [Event(Kind.CREATED, deal.created_at, {"removed": True}, after)]
    if note is not None:
        record = {"id": f"n{deal.id}", "text": note, "author": "ana", "at": NOW.isoformat()}
        events.append(Event(Kind.NOTE, NOW, facts={"note": record}))
    return Change(None, replay(events, deal.id), tuple(events))


def deal(deal_id: int, **values: Any) -> Deal:
    """An open deal in the first stage, with whatever else is said."""
    standard: dict[str, Any] = {
        "pipeline_id": 1,
        "stage_id": 1,
        "title": f"Deal {deal_id}",
        "created_at": NOW - timedelta(days=3),
        "stage_entered_at": NOW - timedelta(days=3),
        "rank": deal_id,
    }
    return Deal(id=deal_id, **standard | values)


def random_deal(rng: Random, deal_id: int) -> Deal:
    """Any deal that there can be, with its dates close around today's midnights and limits."""
    pipeline = rng.choice(pipelines())
    stage = rng.choice(pipeline.stages)
    entered, touched, replied = (_instant(rng) for _ in range(3))
    questions = rng.sample(pipeline.questions, rng.randint(0, len(pipeline.questions)))
    fields = {"product": rng.choice(("GTX", "Größe L", "mg"))} if rng.random() < 0.5 else {}
    return Deal(
        id=deal_id,
        pipeline_id=pipeline.id,
        stage_id=stage.id,
        title=rng.choice(TITLES),
        account=rng.choice(NAMES),
        value=_maybe(rng, lambda: Money(rng.randint(0, 60) * 100_001, rng.choice(("EUR", "USD")))),
        owner=rng.choice(OWNERS),
        source=rng.choice(("", "Web", "web", "cold-call", "fair")),
        tags=tuple(sorted(rng.sample(("inbound", "größe", "vip"), rng.randint(0, 2)))),
        fields=fields,
        probability_bp=_maybe(rng, lambda: rng.choice((0, 3333, 5000, 10_000))),
        category=_maybe(rng, lambda: rng.choice(("omitted", "best", "commit"))),
        expected_close=_maybe(rng, lambda: _day(rng)),
        created_at=min(entered, touched) - timedelta(hours=rng.randint(0, 40)),
        stage_entered_at=entered,
        outcome=Status(stage.kind),
        closed_at=None if stage.is_open else entered,
        loss=Loss(rng.choice(("price", "timing"))) if stage is pipeline.lost else None,
        next_step=_maybe(rng, lambda: NextStep("call", _maybe(rng, lambda: _day(rng)))),
        snoozed_until=_maybe(rng, lambda: _day(rng)) if rng.random() < 0.4 else None,
        last_touch_at=_maybe(rng, lambda: touched),
        last_outbound_at=_maybe(rng, lambda: touched),
        last_reply_at=_maybe(rng, lambda: replied),
        trial_close=rng.choice(("", "yes", "no")),
        archived_at=NOW if rng.random() < 0.15 else None,
        removed=rng.random() < 0.1,
        rank=rng.randint(0, 5),
        answers={question.key: _answer(rng) for question in questions},
        contacts={"a": Contact(rng.choice(PEOPLE))} if rng.random() < 0.5 else {},
    )


def _maybe(rng: Random, make: Any) -> Any:
    return make() if rng.random() < 0.6 else None


def _day(rng: Random) -> date:
    return TODAY + timedelta(days=rng.choice((-30, -1, 0, 1, 5, 7, 10, 14, 30)))


def _instant(rng: Random) -> datetime:
    midnight = datetime(TODAY.year, TODAY.month, TODAY.day, tzinfo=ZONE).astimezone(UTC)
    days = rng.choice((0, 1, 5, 6, 7, 8, 10, 11, 14, 15, 21, 22, 60))
    return midnight - timedelta(days=days, seconds=rng.choice((-1, 0, 1, 3600, 40_000)))


def _answer(rng: Random) -> Answer:
    rating = _maybe(rng, lambda: rng.randint(0, 4))
    return Answer("words" if rating is None else rng.choice(("", "words")), rating)


def lens(root: Node | None = None, **values: Any) -> Lens:
    """A look at the first pipeline today."""
    query = None if root is None else Filter("", root)
    standard: dict[str, Any] = {"pipeline_id": 1, "today": TODAY, "zone": ZONE, "filter": query}
    return Lens(**standard | values)


def take_over_late(team: Team, folder: Path) -> str:
    """Imports a deal that came to its first stage after it was created, and one that did not, and
    leaves the team; with what the facts of the first one end."""
    ana, file = team.rep("ana"), folder / "deals.csv"
    file.write_text(
        "id,title,stage,created,stage_entered_at\n"
        "1,Press,Proposal,2026-02-01 10:00,2026-11-10 10:00\n"
        "2,Kiln,Proposal,2026-02-01 10:00,2026-02-01 10:00\n"
    )
    zone, today = ana.settings.zone, ana.today
    with open_import(file, currency="EUR", zone=zone, today=today) as reading:
        ana.import_rows(reading, sales(ana), "deals.csv")
    team.close()
    return "null,null,null,null,null,null,null,1794301200000000]"


PRECISIONS = [("unknown", "unknown"), ("unknown", ""), ("day", "day"), ("unknown", "unknown")]
"""How exactly is known when the deals of `take_over_undated` began, and came where they stand."""


def take_over_undated(team: Team, folder: Path) -> None:
    """Imports deals of which a file tells no day, or a day alone, moves one of them, and leaves the
    team."""
    ana, file = team.rep("ana"), folder / "undated.csv"
    file.write_text(
        "id,title,stage,created\n"
        "1,Press,Proposal,\n2,Kiln,Proposal,\n3,Lathe,Proposal,2026-02-01\n4,Mill,Won,\n"
    )
    zone, today = ana.settings.zone, ana.today
    with open_import(file, currency="EUR", zone=zone, today=today) as reading:
        ana.import_rows(reading, sales(ana), "undated.csv")
    ana.execute(c.Move(sales(ana).stages[0].id), [2])
    team.close()
