"""What all tests share: generated cases have no deadline, since machines are noisy."""

from __future__ import annotations

import gc
import os
import shutil
from collections.abc import Generator, Iterator

import pytest
from hypothesis import HealthCheck, settings

from tests import postgres

# The same cases each time, or a change would be refused for what it has not done; a thorough run
# looks for others.
settings.register_profile(
    "pipeboard",
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow],
    print_blob=True,
    derandomize="PIPEBOARD_THOROUGH" not in os.environ,
)
settings.load_profile("pipeboard")


ENGINES = ("sqlite", "postgresql")
MEMORY, ROOM = "/dev/shm", 4 * 1024**3
"""A file system in memory, and how many bytes are to be free there for the databases of tests: each
of their changes is written through to the disk, and they are gone when a test has passed."""

if os.path.isdir(MEMORY) and os.access(MEMORY, os.W_OK) and shutil.disk_usage(MEMORY).free > ROOM:
    os.environ.setdefault("PYTEST_DEBUG_TEMPROOT", MEMORY)


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_auto_num_workers() -> int:
    """Two for each core: tests of terminals, locks and other processes mostly wait."""
    return 2 * (os.cpu_count() or 1)


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_collection() -> Generator[None, object, object]:
    """Keeps tests and modules, none of which is garbage, out of each look for it; later looks are
    seldom, as in the program itself."""
    gc.disable()
    try:
        return (yield)
    finally:
        gc.freeze()
        gc.set_threshold(50_000, 10, 10)
        gc.enable()


@pytest.fixture(scope="session")
def postgres_databases() -> Iterator[postgres.Databases]:
    """Databases on a real server, which is started when the first test asks for it."""
    postgres.require()
    with postgres.databases() as made:
        yield made


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Says loudly that half of the tests of the store did not run."""
    skipped = terminalreporter.stats.get("skipped", ())
    if any(postgres.WHY_NOT in str(report.longrepr) for report in skipped):
        terminalreporter.section("PostgreSQL was NOT tested")
        terminalreporter.line(f"{postgres.WHY_NOT}.")
