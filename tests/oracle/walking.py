"""Random walks of a team: everything that people do to deals, in any order, refusals included."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import replace
from datetime import datetime, timedelta
from functools import cache
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory

from pipeboard.domain.deal import Contact, Loss
from pipeboard.domain.errors import PipeboardError
from pipeboard.domain.settings import Rep, Settings
from pipeboard.domain.templates import template
from pipeboard.store import Store
from tests.team import Clock, Team, sales
from tests.verbs import Workspace

ZONES = (
    "Europe/Berlin",
    "America/New_York",
    "Australia/Lord_Howe",
    "Pacific/Kiritimati",
    "UTC",
)
CURRENCIES = ("EUR", "USD", "JPY", "KWD")
UNRATED = (*CURRENCIES, "CHF")
"""In one of the zones there are amounts without a rate."""
WHY = "they signed already"


def walked(path: Path, zone: str, seed: int, commands: int) -> Team:
    """A team's database after so many commands, over about half a year up to its clock's now."""
    file, now = _as_walked(zone, seed, commands)
    path.write_bytes(file)
    path.chmod(0o600)
    return Team(path, Clock(now))


@cache
def _as_walked(zone: str, seed: int, commands: int) -> tuple[bytes, datetime]:
    """The file after a walk and when it ended: tests of the same walk begin with a copy."""
    with TemporaryDirectory() as folder:
        path = Path(folder) / "walked.db"
        team = _walk(path, zone, seed, commands)
        team.close()
        return path.read_bytes(), team.clock.now


def _walk(path: Path, zone: str, seed: int, commands: int) -> Team:
    rng = Random(seed)
    team = Team(path, Clock())
    team.clock.now -= timedelta(days=170)
    Store.create(str(path), Settings(currency="EUR", zone_name=zone)).close()
    ana, bo = team.rep("ana"), team.rep("bo")
    wanted = template("needs", pipeline_name="Sales", currency="EUR", first_stage_id=0)
    ana.save_pipeline(wanted)
    flagged = [
        replace(
            stage,
            qualified=place == 2,
            marketing_qualified=place == 1,
            probability_bp=None if place == 1 else stage.probability_bp,
        )
        for place, stage in enumerate(sales(ana).stages)
    ]
    ana.save_pipeline(replace(sales(ana), stages=tuple(flagged)))
    for code, rate in (("USD", "0.9"), ("JPY", "1/160"), ("KWD", "3.01")):
        ana.set_rate(code, rate, on=ana.today - timedelta(days=5))
    for name, team_name in (("ana", "south"), ("bo", "north"), ("cem", "north")):
        ana.save_rep(Rep(name, team=team_name))
    for _ in range(commands):
        with suppress(PipeboardError):
            _act(rng, rng.choice((ana, bo)))
        team.clock.wait(hours=rng.choice((0, 1, 7, 18, 30)) * 170 * 24 / (commands * 11.2))
    with suppress(PipeboardError):
        ana.set_target(sales(ana), "2026Q4", "300k")
        ana.set_target(sales(ana), "2026Q4", "120k", owner="bo")
        ana.set_target(sales(ana), "2027Q1", "200k")
    return team


def currencies(who: Workspace) -> Sequence[str]:
    return UNRATED if who.settings.zone_name == "UTC" else CURRENCIES


def _act(rng: Random, who: Workspace) -> None:
    either = who.parse_filter("archived|-archived")
    deals = [deal.id for deal in who.reader.each(either, today=who.today)]
    if len(deals) < 4 or rng.random() < 0.16:
        _begin(rng, who)
        return
    ids = rng.sample(deals, rng.choice((1, 1, 1, 2)))
    action = rng.choice((*_MOVES, *_EDITS, _touch, _rarely))
    action(rng, who, ids)


def _move(rng: Random, who: Workspace, ids: Sequence[int]) -> None:
    stages = [stage.id for stage in sales(who).open_stages]
    who.move(ids, rng.choice(stages), override=rng.choice((WHY, "")))


def _win(rng: Random, who: Workspace, ids: Sequence[int]) -> None:
    on = rng.choice((None, None, who.today - timedelta(days=rng.randint(0, 9))))
    who.win(ids, on=on, override=WHY)


def _lose(rng: Random, who: Workspace, ids: Sequence[int]) -> None:
    category = rng.choice(("price", "competitor", "timing", "other", "invalid"))
    rival = rng.choice(("", "Rivals Ltd", "Bolt")) if category == "competitor" else ""
    who.lose(ids, Loss(category, rng.choice(("", "they said so")), rival))


def _reopen(rng: Random, who: Workspace, ids: Sequence[int]) -> None:
    who.reopen(ids, override=WHY)


def _value(rng: Random, who: Workspace, ids: Sequence[int]) -> None:
    money = f"{rng.randint(0, 90_000)} {rng.choice(currencies(who))}"
    who.set_fields(ids, [f"value={rng.choice((money, money, ''))}"])


def _close(rng: Random, who: Workspace, ids: Sequence[int]) -> None:
    day = who.today + timedelta(days=rng.randint(-30, 100))
    who.set_fields(ids, [f"expected_close={rng.choice((day.isoformat(), ''))}"])


def _assign(rng: Random, who: Workspace, ids: Sequence[int]) -> None:
    who.assign(ids, rng.choice(("ana", "bo", "cem")))


def _probability(rng: Random, who: Workspace, ids: Sequence[int]) -> None:
    who.set_fields(ids, [f"probability={rng.choice(('0', '35', '100', 'stage'))}"])


def _archive(rng: Random, who: Workspace, ids: Sequence[int]) -> None:
    rng.choice((who.archive, who.unarchive))(ids)


def _undo(rng: Random, who: Workspace, ids: Sequence[int]) -> None:
    for step in rng.choice(((who.undo,), (who.undo, who.redo), (who.undo, who.redo, who.undo))):
        step()


def _touch(rng: Random, who: Workspace, ids: Sequence[int]) -> None:
    kind, way = rng.choice(("call", "email")), rng.choice(("in", "out", "out"))
    who.log_touch(ids, kind, way, quote=rng.random() < 0.4)


_MOVES = (_move, _move, _move, _move, _win, _win, _lose, _lose, _reopen, _undo, _undo)
_EDITS = (_value, _close, _close, _assign, _probability, _archive)


def _rarely(rng: Random, who: Workspace, ids: Sequence[int]) -> None:
    day = (who.today + timedelta(days=rng.randint(-5, 40))).isoformat()
    match rng.randrange(8):
        case 4:
            who.snooze(ids, rng.choice((None, who.today + timedelta(days=rng.randint(1, 40)))))
        case 6 | 7:
            name, key = rng.choice(("Mika Salo", "Aino Laine", "Ito Ren")), rng.choice("abc")
            who.set_contact(ids[0], rng.choice((Contact(name), Contact(name), None)), key)
        case 5:
            period = rng.choice(("2026Q3", "2026Q4", "2026-11"))
            amount = rng.choice((f"{rng.randint(1, 90)}k", None))
            who.set_call(sales(who), period, amount, owner=rng.choice(("", "cem")))
        case 0:
            who.set_fields(ids, [f"category={rng.choice(('commit', 'best', 'omitted'))}"])
        case 1:
            who.set_fields(ids, [f"source={rng.choice(('referral', 'web', ''))}"])
        case 2:
            others = [deal.id for deal in who.reader.each(today=who.today)]
            who.merge(ids[0], [rng.choice(others)])
        case _:
            who.set_fields(ids, [f"next=call them {day}"])


def _begin(rng: Random, who: Workspace) -> None:
    value = f" {rng.randint(1, 90)}k" if rng.random() < 0.8 else ""
    currency = f" {rng.choice(currencies(who))}" if value and rng.random() < 0.4 else ""
    close = who.today + timedelta(days=rng.randint(0, 120))
    close_text = f" close:{close.isoformat()}" if rng.random() < 0.8 else ""
    source = rng.choice((" source:referral", " source:web", ""))
    owner = rng.choice((" @ana", " @bo", " @cem", ""))
    stage = rng.choice([stage.id for stage in sales(who).open_stages][:3])
    line = f"Deal {rng.random()}: pilot{value}{currency}{close_text}{source}{owner}"
    (deal,) = who.add(line, pipeline=sales(who), stage_id=stage).deals
    if not owner and rng.random() < 0.5:
        who.set_fields([deal.id], ["owner="])
