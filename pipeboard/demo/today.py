"""The demo's today: something in every tier of each rep's queue, doubles, and a review to look back
on."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import timedelta
from typing import TYPE_CHECKING

from pipeboard.demo.diary import PER_DAY, Diary
from pipeboard.demo.habits import Scene
from pipeboard.domain import commands as c
from pipeboard.domain.signs import stalled_reasons

if TYPE_CHECKING:
    from pipeboard.store import Store

LATELY = 20.0
"""Working minutes before now at which the day's last things happen."""


def make_day(diaries: Sequence[Diary], scene: Scene) -> None:
    """Brings the histories of a small team to a day on which everything is to be seen."""
    today = scene.clock.today
    calm = {rep: list(_calm(diaries, rep, scene)) for rep in scene.team}
    for place, rep in enumerate(scene.team):
        own = calm[rep]
        woken = max(own, key=lambda one: one.ago, default=None)
        if woken is not None and woken.day(0.9 * woken.ago) < today:
            own.remove(woken)
            woken.do(0.9 * woken.ago, c.Snooze(today, "back from holiday today"))
        if own and place:
            word = "Yours from now on: they speak your language."
            own.pop().do(LATELY, c.Assign(scene.team[place - 1], word))
        for command in (
            c.Reschedule(today),
            c.Edit({"expected_close": today + timedelta(days=6)}),
            c.Edit({"source": ""}),
        ):
            if own:
                own.pop().do(LATELY, command)
    _double(diaries)


def _calm(diaries: Sequence[Diary], rep: str, scene: Scene) -> Iterator[Diary]:
    """The deals of a rep that are well: planned ahead, awake, and within their limits."""
    for diary in diaries:
        deal, step, today = diary.deal, diary.deal.next_step, scene.clock.today
        is_planned = step is not None and step.due is not None and step.due > today
        if deal.owner != rep or not deal.is_open or not is_planned or deal.snoozed_until:
            continue
        if not stalled_reasons(deal, scene.pipeline, today, scene.clock.zone):
            yield diary


def _double(diaries: Sequence[Diary]) -> None:
    """One deal that somebody has entered a second time, in a hurry."""
    leads = [one for one in diaries if one.deal.is_open and len(one.deal.answers) < 2]
    if len(leads) > 1:
        known = leads[0].deal
        again = {"account": known.account, "title": known.title.capitalize()}
        leads[-1].do(LATELY / 2, c.Edit(again))


def hold_a_review(store: Store, scene: Scene) -> None:
    """The review of a week ago, as a colleague held it; a token keeps its id the same."""
    from pipeboard.domain.people import Actor
    from pipeboard.exchange.review_document import review_document
    from pipeboard.workspace import Workspace
    from pipeboard.workspace.review import hold, review

    last = scene.clock.instant(0)
    ago = scene.clock.instant(7 * PER_DAY)
    actor = Actor(scene.team[-1])
    document = review_document(review(Workspace(store, lambda: ago, actor), scene.pipeline))
    desk = Workspace(store, lambda: last, actor)
    hold(desk, scene.pipeline, document, at=ago, token="demo-review")
