"""`python -m tests.bench.team`: many processes on the same deals, and a server that is far away.

Prints what it finds and keeps it in `team.md`. It takes a server as the tests do.
"""

from __future__ import annotations

import argparse
import os
import select
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from pathlib import Path
from statistics import median, quantiles
from threading import Thread
from urllib.parse import urlsplit

from pipeboard.domain.board import Lens
from pipeboard.domain.people import Actor
from pipeboard.store import Store
from pipeboard.store.postgres import ServerConnection
from pipeboard.ui.last_view import Choices
from pipeboard.ui.launch import first_state
from tests.ledger import disagreements, recorded
from tests.postgres import databases, own_server
from tests.team import PROPOSAL, Team, add
from tests.verbs import Workspace

PROCESSES, DEALS = 16, 200
DELAY_S = 0.020
KEPT_IN = Path(__file__).with_name("team.md")
ROOT = Path(__file__).parents[2]
_WORKING = """
import random, sys, time
from tests.team import PROPOSAL, Team
from pipeboard.domain.errors import Conflict, DatabaseError
place, name, deals = sys.argv[1], sys.argv[2], int(sys.argv[3])
rep, rng = Team(place).rep(name), random.Random(name)
rep.move([1], PROPOSAL, override="agreed", dry_run=True)  # all that is imported is
print("ready", flush=True)
until = time.time() + float(input())
while time.time() < until:
    deal, began = rng.randint(1, deals), time.perf_counter()
    try:
        done = rep.move([deal], rng.choice((1, 2, PROPOSAL)), override="agreed").command_id
    except DatabaseError as error:
        print("error", error.message, flush=True)
        time.sleep(0.2)
        continue
    print(done or "same", round((time.perf_counter() - began) * 1000), flush=True)
"""


def crowd(place: str, seconds: float, meanwhile: Callable[[], None] = lambda: None) -> str:
    """What many processes came to that move the same deals: a line of the table."""
    team = Team.make(place)
    ana = team.rep("ana")
    for number in range(DEALS):
        add(ana, f"Deal {number}: pilot 4k")
    running = [
        subprocess.Popen(
            [sys.executable, "-c", _WORKING, place, f"rep{n}", str(DEALS)],
            cwd=ROOT,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        for n in range(PROCESSES)
    ]
    for process in running:
        assert process.stdout is not None
        process.stdout.readline()
    for process in running:
        assert process.stdin is not None
        process.stdin.write(f"{seconds}\n")
        process.stdin.flush()
    meanwhile()
    said = [process.communicate()[0].splitlines() for process in running]
    team.close()
    lines = [line.split(" ", 1) for each in said for line in each]
    done = [line for line in lines if line[0] not in ("error", "same")]
    took = sorted(int(line[1]) for line in done)
    stored = recorded(place)
    lost = sum(stored.get(command_id) != 1 for command_id, _ in done)
    apart = len(disagreements(place))
    each = [sum(line.split()[0] != "error" for line in one) for one in said]
    p99 = quantiles(took, n=100)[98]
    errors = sum(line[0] == "error" for line in lines)
    return (
        f"{len(done):,} | {len(done) / seconds:,.0f} | {lost} | {errors} | {apart} |"
        f" {median(took):.0f} | {p99:.0f} | {took[-1]:,} | {min(each)}-{max(each)}"
    )


def carry(one: socket.socket, other: socket.socket) -> None:
    """What one end says reaches the other half a round trip later, until either ends."""
    with suppress(OSError):
        _carry(one, other)


def _carry(one: socket.socket, other: socket.socket) -> None:
    waiting: list[tuple[float, bytes]] = []
    while True:
        due = max(0.0, waiting[0][0] - time.monotonic()) if waiting else None
        if select.select([one], [], [], due)[0]:
            waiting.append((time.monotonic() + DELAY_S / 2, one.recv(1 << 16)))
        while waiting and waiting[0][0] <= time.monotonic():
            _, data = waiting.pop(0)
            if not data:
                other.close()
                return
            other.sendall(data)


@contextmanager
def far_away(port: int) -> Iterator[int]:
    """The port of a server as somebody meets it who is 20 ms away, there and back."""
    listening = socket.create_server(("127.0.0.1", 0))

    def serve() -> None:
        while True:
            try:
                near, _ = listening.accept()
            except OSError:
                return
            there = socket.create_connection(("127.0.0.1", port))
            for end in (near, there):
                end.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            for pair in ((near, there), (there, near)):
                Thread(target=carry, args=pair, daemon=True).start()

    Thread(target=serve, daemon=True).start()
    try:
        yield listening.getsockname()[1]
    finally:
        listening.close()


def board_from_afar(url: str) -> Iterator[str]:
    """What the board costs over a server: round trips and times of its steps, a line each."""
    team = Team.make(url)
    ana = team.rep("ana")
    for number in range(DEALS):
        add(ana, f"Deal {number}: pilot 4k")
    team.close()
    parts = urlsplit(url)
    with far_away(parts.port or 5432) as port:
        far = parts._replace(netloc=f"{parts.username}@127.0.0.1:{port}").geturl()
        trips = 0
        trip = ServerConnection._trip

        def counted(self: ServerConnection, *asked: object) -> object:
            nonlocal trips
            trips += 1
            return trip(self, *asked)  # type: ignore[arg-type]

        ServerConnection._trip = counted  # type: ignore[method-assign, assignment]

        def measured(name: str, most: int | str, work: Callable[[], object]) -> str:
            nonlocal trips
            trips, began = 0, time.perf_counter()
            work()
            return f"{name} | {trips} | {most} | {(time.perf_counter() - began) * 1000:,.0f}"

        made: list[object] = []

        def opened() -> None:
            made.append(Store.open(far))
            state = first_state(made[0], team.clock, Actor("ana"), Choices(), os.environ)  # type: ignore[arg-type]
            made.append(state)

        yield measured("opening the board, with the login", 6, opened)
        store, state = made
        assert isinstance(store, Store)
        yield measured("a cursor key", 0, lambda: state.move_cursor(0, 5))  # type: ignore[attr-defined]
        rep = Workspace(store, team.clock, Actor("ana"))
        rep.move([1], 2, override="agreed")  # logs in
        yield measured("a card moved", 3, lambda: rep.move([2], PROPOSAL, override="agreed"))
        lens: Lens = state.lens  # type: ignore[attr-defined]
        yield measured("the board read again after a change", "-", lambda: state.load(lens))  # type: ignore[attr-defined]
        ServerConnection._trip = trip  # type: ignore[method-assign]
        store.close()


def main() -> None:
    """Measures, prints, keeps."""
    parser = argparse.ArgumentParser(prog="python -m tests.bench.team", description=__doc__)
    parser.add_argument("--seconds", type=float, default=30)
    asked = parser.parse_args()
    lines = [
        f"Measured {datetime.now(UTC):%Y-%m-%d %H:%M} UTC, {os.cpu_count()} cores, load "
        f"{os.getloadavg()[0]:.1f}: {PROCESSES} processes move the same {DEALS} deals for "
        f"{asked.seconds:.0f} s.",
        "",
        "| On | Commands | a second | lost | errors | rows unlike the log | p50 ms | p99 ms |"
        " most ms | least-most a process |",
        "| --- | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: |",
    ]

    def keep(line: str) -> None:
        lines.append(line)
        print(line, flush=True)

    with tempfile.TemporaryDirectory() as folder:
        keep(f"| SQLite | {crowd(f'{folder}/crowd.db', asked.seconds)} |")
    with databases() as made:
        keep(f"| PostgreSQL | {crowd(made.new('crowd'), asked.seconds)} |")
    with own_server() as server:

        def stop_and_start() -> None:
            time.sleep(asked.seconds / 2)
            server.stop("immediate")
            time.sleep(1)
            server.start()

        line = crowd(server.url, asked.seconds, stop_and_start)
        keep(f"| PostgreSQL, stopped like a crash and started in the middle | {line} |")
    lines += [
        "",
        f"A board over a server that is {DELAY_S * 1000:.0f} ms away, there and back:",
        "",
        "| What | Round trips | at most | ms |",
        "| --- | ---: | ---: | ---: |",
    ]
    with databases() as made:
        for found in board_from_afar(made.new("far")):
            keep(f"| {found} |")
    KEPT_IN.write_text("\n".join(lines) + "\n", "utf-8")


if __name__ == "__main__":
    main()
