"""Everything that somebody may do to a deal on a day, to be done at random."""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence
from datetime import timedelta

from pipeboard.domain.deal import Contact, Loss
from tests.team import add
from tests.verbs import Workspace

Do = Callable[[Workspace, int, random.Random], object]
DOING: Sequence[Do] = (
    lambda w, one, r: w.set_next_step([one], "call", w.today + timedelta(days=r.randint(-5, 9))),
    lambda w, one, r: w.set_next_step([one], "", None),
    lambda w, one, r: w.plan([one], "call every 2w"),
    lambda w, one, r: w.complete_next_step([one]),
    lambda w, one, r: w.snooze([one], w.today + timedelta(days=r.randint(1, 20))),
    lambda w, one, r: w.snooze([one], None),
    lambda w, one, r: w.log_touch([one], "call", r.choice(("in", "out"))),
    lambda w, one, r: w.assign([one], r.choice(("ana", "bo", "cy")), note="yours"),
    lambda w, one, r: w.move([one], r.randint(1, 6), override="it is known"),
    lambda w, one, r: w.add_note([one], f"@{r.choice(('ana', 'bo', 'nobody'))} look at it"),
    lambda w, one, r: w.ask_rep([one], r.choice(("ana", "bo")), "send it", w.today),
    lambda w, one, r: w.lose([one], Loss("price")),
    lambda w, one, r: w.win([one], override="signed"),
    lambda w, one, r: w.reopen([one]),
    lambda w, one, r: w.archive([one]),
    lambda w, one, r: w.unarchive([one]),
    lambda w, one, r: w.edit(
        [one], {"expected_close": w.today + timedelta(days=r.randint(-9, 30))}
    ),
    lambda w, one, r: w.edit([one], {"offer_expires_on": w.today + timedelta(days=2)}),
    lambda w, one, r: w.edit([one], {"source": r.choice(("", "web", "email"))}),
    lambda w, one, r: w.answer([one], "need", "They said so.", 3),
    lambda w, one, r: w.set_contact(one, Contact("Outi", r.choice(("decision_maker", "user")))),
    lambda w, one, r: add(w, "Acme: press 9k source:web", r.randint(1, 6)),
    lambda w, one, r: w.merge(one, [one - 1], closed=True),
    lambda w, one, r: w.undo(),
    lambda w, one, r: w.redo(),
)
