"""Each thing that can be done to a deal: a rule, a verb and a sentence stand for all of them."""

from __future__ import annotations

from typing import Any, get_args

import pytest

from pipeboard.domain import commands as c
from pipeboard.domain.deciding import BEGINNINGS, deal_verbs
from pipeboard.domain.deciding.rules import RULES
from pipeboard.domain.lazy_dataclass import MISSING, fields

COMMANDS = frozenset(get_args(c.Command))
SAID_BY_THE_USE_CASE = frozenset((c.Create, c.TakeOver, c.Correct, c.Absorb, c.MergeInto, c.Revert))


def test_every_command_has_one_rule() -> None:
    assert set(BEGINNINGS) | set(RULES) == COMMANDS
    assert set(BEGINNINGS) & set(RULES) == set()


@pytest.mark.parametrize("command", RULES)
def test_every_command_on_its_own_has_a_verb(command: type) -> None:
    assert bool(RULES[command].verb) is (command not in SAID_BY_THE_USE_CASE)
    assert "" not in deal_verbs()


SAYS_NO_MORE: dict[type, dict[str, object]] = {
    c.Create: {"fields": {}},
    c.TakeOver: {
        "fields": {}, "outcome": "open", "closed_at": None, "loss": None, "notes": (),
        "touches": (), "archived": False, "precision": {}, "archived_at": None, "steps_done": (),
        "merged_into": None,
    },
    c.Move: {"override": ""},
    c.Step: {"override": ""},
    c.Win: {"value": None, "on": None, "override": "", "at": None, "precision": ""},
    c.Lose: {"on": None, "at": None, "precision": ""},
    c.Correct: {"created_at": None, "closed_at": None, "loss": None, "precision": {}},
    c.Reopen: {"stage_id": None, "override": ""},
    c.Edit: {"new_rep": False},
    c.SetFields: {"new_rep": False},
    c.Assign: {"note": "", "new_rep": False},
    c.TagWith: {"add": (), "remove": ()},
    c.SetNextStep: {"every": ""},
    c.Reschedule: {"usual": ""},
    c.CompleteNextStep: {"outcome": ""},
    c.Snooze: {"reason": ""},
    c.AddNote: {"id": ""},
    c.EditNote: {"before": None},
    c.LogTouch: {
        "direction": "out", "outcome": "", "at": None, "quote": False, "trial_close": "",
        "objection": "", "variant": "",
    },
    c.AskRep: {"due": None},
    c.MergeInto: {"closed": False},
}  # fmt: skip


@pytest.mark.parametrize("command", get_args(c.Command), ids=lambda command: command.__name__)
def test_a_command_that_says_no_more_means_no_more(command: type) -> None:
    """What is left out is nothing: no reason, no day, no value, and a touch goes out."""
    needed = [one.name for one in fields(command) if not _may_be_left_out(one)]
    made = command(**dict.fromkeys(needed, "x"))
    left = {one.name: getattr(made, one.name) for one in fields(command) if _may_be_left_out(one)}
    assert left == SAYS_NO_MORE.get(command, {}), "SAYS_NO_MORE wants what may be left out"


def _may_be_left_out(one: Any) -> bool:
    return one.default is not MISSING or one.default_factory is not MISSING
