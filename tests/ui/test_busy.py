"""What is said while keys wait: one line that shows the keys at any width."""

from __future__ import annotations

import pytest

from pipeboard.ui.terminal.width import cell_width
from pipeboard.ui.write_queue import Busy, dropped

HOLDER = "ana (pid 4711, pipeboard import), who is writing to it since 10:02"


def test_who_has_the_database_what_is_pending_and_which_keys_wait_are_said() -> None:
    said = Busy("process 4711", "Move on: Acme", ("j", "j", "L")).words(80)
    assert said == "Waiting for process 4711 · pending: Move on: Acme · keys: j j L"


def test_work_of_our_own_is_no_waiting_for_anybody() -> None:
    assert Busy("", "Metrics").words(80) == "Working… · pending: Metrics"


def test_what_is_pending_is_seen_beside_a_long_holder() -> None:
    said = Busy(HOLDER, "Archive: Fennevo AB", ("j",)).words(66)
    assert said.startswith("Waiting for ana (")
    assert said.endswith("pending: Archive: Fennevo AB · keys: j")


def test_quitting_is_told_as_what_comes_then() -> None:
    assert Busy("", "Archive", ("j", "q")).words(80).endswith("keys: j q · then: quit")


@pytest.mark.parametrize("width", [40, 60, 64, 80, 200])
@pytest.mark.parametrize(
    "keys", [(), ("L",), tuple("Zeta: 7k"), ("東京", "↵"), (*"tue call again", "↵")]
)
def test_the_line_fits_and_shows_the_last_key(width: int, keys: tuple[str, ...]) -> None:
    said = Busy(HOLDER, "Log an interaction: Fennevo AB", keys).words(width)
    assert cell_width(said) <= width
    assert said.startswith("Waiting for")
    assert not keys or said.endswith(keys[-1])


@pytest.mark.parametrize(
    ("keys", "words"), [(0, ""), (1, "1 key dropped."), (3, "3 keys dropped.")]
)
def test_dropped_keys_are_counted(keys: int, words: str) -> None:
    assert dropped(keys) == words
