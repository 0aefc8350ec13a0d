"""Filling a new database with a made-up team's deals."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from datetime import datetime, timedelta
from random import Random

from pipeboard.demo.diary import WorkingTime
from pipeboard.demo.habits import Scene
from pipeboard.demo.life import Part, begins, live
from pipeboard.demo.paths import HAND, TWO_YEARS, Fate, any_fate, hand
from pipeboard.demo.people import team
from pipeboard.demo.today import hold_a_review, make_day
from pipeboard.domain.events import micros
from pipeboard.domain.lazy_dataclass import dataclass
from pipeboard.domain.metrics import Target
from pipeboard.domain.money import parse_money
from pipeboard.domain.periods import Period, parse_period
from pipeboard.domain.pipeline import Pipeline
from pipeboard.domain.settings import Rep, Settings
from pipeboard.domain.templates import template
from pipeboard.store import Store
from pipeboard.store.projecting import Change
from pipeboard.store.reading.facts import collecting_later
from pipeboard.store.writing import Done, Writer
from pipeboard.workspace import Actor
from pipeboard.workspace.configuration import begin_workspace

SETTINGS = Settings(currency="EUR", zone_name="Europe/Berlin", demo=True)
PIPELINE = "New business"
SMALL = 1_000
BRIEF = 0.2
CHUNK = 1_000
A_DEAL = 6_000
"""The quarter's target for each deal of a small team, in whole units of the currency."""


@dataclass(frozen=True, slots=True)
class DemoReport:
    """What was made up."""

    deals: int
    open: int
    won: int
    lost: int
    commands: int
    events: int
    reps: tuple[Rep, ...]


def build(store: Store, *, deals: int = 60, seed: int = 1, now: datetime, me: str) -> DemoReport:
    """Fills a new, empty database; the same history, ids included, for the same arguments.

    Up to 1,000 deals are the last two quarters of a team of three, every command on its own.
    More are two years of a larger team that writes down less, one command a deal.
    """
    small = deals <= SMALL
    reps = team(me, 3 if small else min(12, 3 + deals // 1_000))
    begun = now - timedelta(days=TWO_YEARS + 365)
    pipeline = _set_up(store, reps, begun, Actor(me))
    clock = WorkingTime(now, SETTINGS.zone)
    quarter = parse_period("this-quarter", clock.today)
    _set_targets(store, pipeline, quarter, deals * (A_DEAL if small else A_DEAL // 2))
    names = tuple(rep.name for rep in reps)
    scene = Scene(pipeline, clock, names, seed, detail=1.0 if small else BRIEF)
    parts = _two_quarters(deals, scene, quarter) if small else _two_years(deals, scene)
    parts.sort(key=lambda part: -begins(part, scene))
    counts: Counter[str] = Counter()
    with collecting_later():
        for start in range(0, deals, CHUNK):
            counts += _record(store, parts[start : start + CHUNK], scene, one_command=not small)
    if small:
        hold_a_review(store, scene)
        counts["commands"] += 1
    return DemoReport(
        deals,
        counts["open"],
        counts["won"],
        counts["lost"],
        counts["commands"],
        counts["events"],
        reps,
    )


def _set_up(store: Store, reps: Sequence[Rep], at: datetime, actor: Actor) -> Pipeline:
    """Settings, reps and pipeline as a workspace begins, no commands of anybody's to undo."""
    wanted = template("needs", pipeline_name=PIPELINE, currency=SETTINGS.currency)

    def begin(writer: Writer) -> Pipeline:
        writer.save_settings(SETTINGS)
        return begin_workspace(writer, wanted, reps, at, actor)

    return store.write(begin)


def _set_targets(store: Store, pipeline: Pipeline, quarter: Period, amount: int) -> None:
    """What the team is to win in a quarter and those around it, and each rep in that one."""
    reps = store.reader.reps()
    share = parse_money(str(amount // len(reps)), pipeline.currency)
    whole = parse_money(str(amount), pipeline.currency)
    targets = [
        *(Target(p.label, whole) for p in (quarter.previous(), quarter, quarter.next())),
        *(Target(quarter.label, share, rep.name) for rep in reps),
    ]

    def write(writer: Writer) -> None:
        for target in targets:
            writer.save_target(pipeline.id, target)

    store.write(write)


def _two_quarters(deals: int, scene: Scene, quarter: Period) -> list[Part]:
    """Deals dealt to the reps in turn, so that each has something of everything."""
    into_quarter = (scene.clock.today - quarter.start).days
    hands: dict[tuple[str, int], list[Fate]] = {}
    parts = []
    for number in range(deals):
        turn, seat = divmod(number, len(scene.team))
        owner = scene.team[seat]
        round_, place = divmod(turn, HAND)
        if (owner, round_) not in hands:
            rng = Random(f"hand {scene.seed} {seat} {round_}")
            hands[owner, round_] = hand(rng, into_quarter)
        parts.append(Part(number, hands[owner, round_][place], owner))
    return parts


def _two_years(deals: int, scene: Scene) -> list[Part]:
    rng = Random(f"fates {scene.seed}")
    return [Part(number, any_fate(rng), rng.choice(scene.team)) for number in range(deals)]


def _record(
    store: Store, parts: Sequence[Part], scene: Scene, *, one_command: bool
) -> Counter[str]:
    """Makes deals up and stores them in one transaction; how many of what there were."""
    ids = store.write(lambda writer: writer.numbers("deal", len(parts)))
    commands: list[Done] = []
    changes: list[Change] = []
    counts: Counter[str] = Counter()
    diaries = [live(part, deal_id, scene) for part, deal_id in zip(parts, ids, strict=True)]
    if not one_command:
        make_day(diaries, scene)
    for diary in diaries:
        if one_command:
            done = [diary.told_as_one()]
            told = (done[0].id,) * len(diary.events)
        else:
            done = [diary.told(deed) for deed in diary.deeds]
            told = tuple(
                command.id
                for command, deed in zip(done, diary.deeds, strict=True)
                for _ in range(deed.events)
            )
        changes.append(Change(None, diary.deal, tuple(diary.events), told))
        commands += done
        counts[str(diary.deal.outcome)] += 1
        counts["events"] += len(diary.events)
    commands.sort(key=lambda done: micros(done.at))
    counts["commands"] = len(commands)
    store.write(lambda writer: writer.record_told(commands, changes))
    return counts
