"""What is allowed and what is wanted, as ratios to what ran beside it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from tests.bench.figures import Figures


@dataclass(frozen=True, slots=True)
class Line:
    """A figure beside the floor that it must not exceed and the aim it should reach."""

    what: str
    value: float
    floor: float
    aim: float
    measured: str = ""

    @property
    def verdict(self) -> str:
        if self.value <= self.aim:
            return "aim"
        return "floor" if self.value <= self.floor else "MISSED"


def judge(
    blank: Figures, table: Figures, small: Figures, middle: Figures, large: Figures | None
) -> Iterator[Line]:
    """Boards of 60, 10,000 and 100,000 deals, against a blank app and a table of 10,000 rows."""
    yield from _start(blank, small, middle, large)
    yield from _keys(table, small, middle, large)
    yield from _rest(blank, middle, large)


def _start(
    blank: Figures, small: Figures, middle: Figures, large: Figures | None
) -> Iterator[Line]:
    for what, name, floor, aim in (
        ("CPU to the first card / blank app", "start cpu", 1.5, 0.25),
        ("CPU to the first answered key / blank app", "answer cpu", 2.2, 1.25),
        ("CPU until settled / blank app", "settled cpu", 2.0, 1.3),
    ):
        ours, base = (
            middle.median(name),
            blank.median("settled cpu" if name == "settled cpu" else "start cpu"),
        )
        yield Line(what, ours / base, floor, aim, f"{ours:.0f} / {base:.0f} ms")
    ours, base = middle.median("start bytes"), blank.median("start bytes")
    yield Line("bytes until settled / blank app", ours / base, 4, 1.2, f"{ours:,.0f} / {base:,.0f}")
    if large is None:
        return
    ours, base = large.median("start cpu"), small.median("start cpu")
    yield Line(
        "start with 100,000 deals / with 60", ours / base, 1.25, 1.1, f"{ours:.0f} / {base:.0f} ms"
    )


def _keys(table: Figures, small: Figures, middle: Figures, large: Figures | None) -> Iterator[Line]:
    down = table.median("cursor cpu")
    for what, name, over, bytes_floor, most, cpu in (
        ("cursor key", "cursor", (2.0, 1.25), 700, 350, (1.5, 0.9)),
        ("card move", "move", (3.0, 1.25), 6_000, 2_500, (6.0, 2.5)),
    ):
        sent, best = middle.median(f"{name} bytes"), middle.median(f"{name} ideal")
        ratio = middle.median(f"{name} over ideal")
        yield Line(f"{what}: bytes / ideal", ratio, *over, f"{sent:,.0f} / {best:,.0f}")
        yield Line(f"{what}: bytes", sent, bytes_floor, most)
        yield Line(f"{what}: frames, p95", middle.high(f"{name} frames"), 1, 1)
        took = middle.median(f"{name} cpu")
        yield Line(f"{what}: CPU / a table's", took / down, *cpu, f"{took:.1f} / {down:.1f} ms")
        if large is not None:
            much, little = large.median(f"{name} cpu"), small.median(f"{name} cpu")
            shown = f"{much:.1f} / {little:.1f} ms"
            yield Line(f"{what}: at 100,000 deals / at 60", much / little, 1.3, 1.1, shown)
    yield Line("key held at 30 a second: lag, ms", middle.median("held lag"), 50, 20)
    yield Line("key held: bytes a key", middle.median("held bytes"), 2_500, 600)
    for what, name in (
        ("opening a deal", "open cpu"),
        ("a filter keystroke", "filter cpu"),
        ("a triage step", "triage step cpu"),
    ):
        of, figures = ("10,000", middle) if large is None else ("100,000", large)
        yield Line(f"{what} at {of} deals: CPU, ms", figures.median(name), 60, 20)
    lag = figures.high("key while counting")
    yield Line(f"a key while the metrics of {of} deals are counted: p95, ms", lag, 50, 20)
    if large is not None:
        ours, board = large.median("triage cpu"), large.median("answer cpu")
        shown = f"{ours:.0f} / {board:.0f} ms"
        yield Line("opening triage / the board, 100,000 deals", ours / board, 1.5, 1, shown)


def _rest(blank: Figures, middle: Figures, large: Figures | None) -> Iterator[Line]:
    base = blank.median("peak memory")
    for what, figures, name, floor, aim in (
        ("memory as it opens, 10,000 deals", middle, "settled memory", 1.35, 1.2),
        ("memory as it opens, 100,000 deals", large, "settled memory", 1.5, 1.25),
        ("peak memory after moves, 10,000 deals", middle, "peak memory", 2.2, 1.5),
        ("peak memory after moves, 100,000 deals", large, "peak memory", 2.35, 1.5),
        ("memory a session, ten at once", middle, "crowd memory", 2.2, 1.4),
    ):
        if figures is None:
            continue
        ours = figures.median(name)
        under = blank.median("crowd memory") if name == "crowd memory" else base
        shown = f"{ours / 1024:.0f} / {under / 1024:.0f} MB"
        yield Line(f"{what} / blank app", ours / under, floor, aim, shown)
    cpu = middle.median("idle cpu") - blank.median("idle cpu")
    yield Line("idle: CPU over a blank app, ms a second", cpu, 2, 0.5)
    yield Line("idle: bytes", middle.median("idle bytes"), 0, 0)
    ours, base = middle.median("leave"), blank.median("leave")
    yield Line("leaving / blank app", ours / base, 1.1, 0.5, f"{ours:.0f} / {base:.0f} ms")
