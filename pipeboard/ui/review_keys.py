"""The keys of the hygiene and of the review screen that are their own; see `key_table`."""

from __future__ import annotations

from enum import StrEnum
from functools import partial
from typing import Final

from pipeboard.domain.hygiene import GROUPS
from pipeboard.ui.keys import Group, Key, cursor_keys, row, tab_keys


class ReviewTab(StrEnum):
    """The steps of a weekly review, in the order in which they are gone through."""

    DATA = "Data"
    NUMBER = "Number"
    CHANGES = "Changes"
    DISCUSS = "Discuss"
    FLOW = "Flow"
    DECISIONS = "Decided"


REVIEW_TABS: Final = tuple(ReviewTab)

_hygiene = partial(row, "hygiene")
_review = partial(row, "review")

# fmt: off
ON_HYGIENE: Final[tuple[Key, ...]] = (
    _hygiene(Group.CHANGE, "hygiene.mend", "f", "Mend", "mend what is wrong here: a value, a date, "
        "a person, the next step, a merge…", hint="Mend", rank=1, takes_deal=True),
    _hygiene(Group.CHANGE, "hygiene.source", "S", "Source", "where the lead came from",
        takes_deal=True),
    _hygiene(Group.CHANGE, "hygiene.contact", "a", "Person", "a person and their role",
        takes_deal=True),
    _hygiene(Group.CHANGE, "hygiene.merge", "M", "Merge", "two deals that are one, side by side",
        takes_deal=True),
    _hygiene(Group.AROUND, "hygiene.open", "enter", "Open", "open the deal, and come back here",
        hint="Open", rank=2, takes_deal=True),
    *(_hygiene(Group.AROUND, "hygiene.group", str(n % 10), label.capitalize(), f"go to: {label}",
        given=n) for n, label in enumerate(list(GROUPS.values())[:10], 1)),
    _hygiene(Group.AROUND, "hygiene.group_beside", "l,right,tab", "Next kind", "the next kind",
        hint="Kind", rank=3, hint_key="h/l", given=1, id="hygiene.next_group"),
    _hygiene(Group.AROUND, "hygiene.group_beside", "h,left,shift+tab", "Kind before",
        "the kind before", given=-1, id="hygiene.group_before"),
    _hygiene(Group.MANY, "hygiene.mark", "space", "Mark", "mark, and go down", hint="Mark",
        rank=4, takes_deal=True, at_once=True),
    _hygiene(Group.MANY, "hygiene.mark_all", "asterisk", "Mark all", "mark all that are shown",
        at_once=True),
    _hygiene(Group.NARROW, "hygiene.rep", "r", "Rep", "one rep's deals", hint="Rep", rank=5),
    _hygiene(Group.NARROW, "hygiene.mine", "O", "Mine / everyone", "mine, everyone's"),
    _hygiene(Group.NARROW, "hygiene.pipeline", "P", "Pipeline", "another pipeline"),
)

ON_REVIEW: Final[tuple[Key, ...]] = (
    *tab_keys(_review, "review.tab", REVIEW_TABS),
    *cursor_keys(_review, "review", down=("Down", "one line down"), up=("Up", "one line up"),
        top=("Top", "first line"), bottom=("Bottom", "last line")),
    _review(Group.AROUND, "review.tab_beside", "l,right,tab", "Next step", "the next step of the "
        "review", hint="Step", rank=2, hint_key="1-6", given=1, id="review.next_tab"),
    _review(Group.AROUND, "review.tab_beside", "h,left,shift+tab", "Step before",
        "the step before", given=-1, id="review.tab_before"),
    _review(Group.AROUND, "review.open", "enter", "Deals",
        "open the deal, or all deals behind a number", hint="Open", rank=1),
    _review(Group.CHANGE, "review.decide", "D", "Decide",
        "what was decided on this deal, by whom, until when: it becomes a next step",
        hint="Decide", rank=4, takes_deal=True),
    _review(Group.CHANGE, "review.hold", "B", "Bookmark",
        "end the review: it is kept as it is, and the next one starts here", hint="Bookmark",
        rank=3, needs="review"),
    _review(Group.MANY, "review.discussed", "space", "Discussed", "spoken of, or not",
        hint="Discussed", rank=5, at_once=True),
    _review(Group.NARROW, "review.since", "s", "Since…", "what changed since another day",
        shown="s …"),
    _review(Group.NARROW, "review.past", "p", "Past reviews", "a review that was held, as it was",
        hint="Past", rank=6),
    _review(Group.NARROW, "review.pipeline", "P", "Pipeline", "another pipeline"),
    _review(Group.ELSEWHERE, "review.export", "e", "Export…", "write Markdown or JSON",
        hint="Export", rank=7),
    _review(Group.ELSEWHERE, "review.copy_markdown", "Y", "Copy all",
        "the whole review as Markdown, for a mail"),
)
# fmt: on

_ON_BOTH: Final = """
    go back advance move next_step done note interaction interview win lose snooze owner
    value close_date category probability tags archive repeat
    undo redo undo_list copy reload triage palette help step_back quit
"""
BOARD_ON_HYGIENE: Final = f"""{_ON_BOTH} edit
    down up top bottom half_down half_up page_down page_up
"""
BOARD_ON_REVIEW: Final = f"{_ON_BOTH} put_off metrics"
"""The keys of the board that these screens have too, by the last part of their ids."""
