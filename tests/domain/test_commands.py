"""Each thing that can be done to a deal: a rule, a verb and a sentence stand for all of them."""

from __future__ import annotations

from typing import get_args

import pytest

from pipeboard.domain import commands as c
from pipeboard.domain.deciding import BEGINNINGS
from pipeboard.domain.deciding.rules import RULES

COMMANDS = frozenset(get_args(c.Command))
SAID_BY_THE_USE_CASE = frozenset((c.Create, c.TakeOver, c.Correct, c.Absorb, c.MergeInto, c.Revert))


def test_every_command_has_one_rule() -> None:
    assert set(BEGINNINGS) | set(RULES) == COMMANDS
    assert set(BEGINNINGS) & set(RULES) == set()


@pytest.mark.parametrize("command", RULES)
def test_every_command_on_its_own_has_a_verb(command: type) -> None:
    assert bool(RULES[command].verb) is (command not in SAID_BY_THE_USE_CASE)
