"""Use cases: finding deals by what a person types, and looking at them."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from pipeboard.domain.agreements import Topic
from pipeboard.domain.board import Lens, Sort
from pipeboard.domain.deal import Deal
from pipeboard.domain.errors import Ambiguous, BadInput, NotFound
from pipeboard.domain.filter import Filter, parse_filter
from pipeboard.domain.people import with_known_owners
from pipeboard.domain.pipeline import Pipeline
from pipeboard.domain.sheet import Sheet
from pipeboard.domain.text import clean_line, quoted
from pipeboard.workspace.desk import Desk, Receipt, as_command

_REF = re.compile(r"(?:[dD]-)?(\d{1,15})")


@dataclass(frozen=True, slots=True)
class Load:
    """What a rep has on hand: open deals, those with an overdue step, those that are stalled."""

    name: str
    open: int
    overdue: int
    stalled: int


class Finding(Desk):
    """From names to deals."""

    def parse_filter(self, text: str) -> Filter:
        """A filter as typed: its dates and amounts read in this workspace, its people known."""
        settings = self.settings
        query = parse_filter(
            text,
            today=self.today,
            currency=settings.currency,
            week_start=settings.week_start,
            fiscal_shift=settings.fiscal_shift,
        )
        return with_known_owners(query, self.reader.reps(), self.me)

    def lens(
        self,
        pipeline: Pipeline,
        *,
        owner: str | None = None,
        filter_text: str = "",
        sort: Sort = Sort.MANUAL,
        reverse: bool = False,
    ) -> Lens:
        """A way to look at a pipeline; `BadInput` for a filter that cannot be read."""
        wanted = self.parse_filter(filter_text) if filter_text.strip() else None
        return Lens(
            pipeline.id,
            self.today,
            self.settings.zone,
            self.me,
            owner,
            wanted,
            sort,
            reverse,
        )

    def find_deal(self, ref: str, pipeline: Pipeline | None = None) -> Deal:
        """The deal named `142`, `D-142`, or by an unambiguous part of its name."""
        found = _REF.fullmatch(ref.strip())
        if found:
            deal = self.reader.deal(int(found[1]))
            if deal is not None and not deal.removed:
                return deal
            raise NotFound(f"There is no deal {ref.strip()}.", hint="Look for it with list.")
        return self._find_by_name(ref, pipeline)

    def _find_by_name(self, ref: str, pipeline: Pipeline | None) -> Deal:
        deals = self.reader.named(ref, pipeline.id if pipeline else None, limit=6)
        if len(deals) == 1:
            return deals[0]
        if not deals:
            raise NotFound(f"No deal is called {quoted(ref)}.", hint="Look for it with list.")
        names = [f"{deal.ref} {deal.name} / {deal.title}" for deal in deals[:5]]
        more = ", …" if len(deals) > 5 else ""
        raise Ambiguous(
            f"{quoted(ref)} could be {', '.join(names)}{more}.",
            hint="Name it by its number.",
            details={"candidates": [deal.ref for deal in deals[:5]]},
        )

    def find_deals(
        self,
        refs: Sequence[str],
        where: str | None = None,
        pipeline: Pipeline | None = None,
    ) -> tuple[Deal, ...]:
        """The deals that are named, and those that a filter finds."""
        named = [self.find_deal(ref, pipeline) for ref in refs]
        if where is not None:
            named += self.reader.each(
                self.parse_filter(where),
                today=self.today,
                me=self.me,
                pipeline_id=pipeline.id if pipeline else None,
            )
        unique = {deal.id: deal for deal in named}
        if not unique:
            raise NotFound("No deal is meant.", hint="Name one, or use --where with a filter.")
        return tuple(unique.values())

    def saved_filters(self) -> tuple[tuple[str, str], ...]:
        """My saved filters and those shared with everybody: name and text."""
        return self.reader.saved_filters(self.me)

    @as_command("filter")
    def save_filter(
        self, name: str, text: str, *, dry_run: bool = False, token: str = ""
    ) -> Receipt:
        """A filter under a name of mine; an empty text forgets it. `BadInput` for a bad filter."""
        said = clean_line(text, field="filter")
        self.parse_filter(said)
        clean = clean_line(name, field="name of a filter")
        if not clean:
            raise BadInput("A filter needs a name.")
        return self.agree(
            "filter",
            f"Saved the filter {clean}: {said}" if said else f"Forgot the filter {clean}.",
            Topic.FILTER,
            (clean, self.me),
            {"filter": said} if said else None,
            dry_run=dry_run,
            token=token,
        )

    def loads(self, pipeline: Pipeline) -> tuple[Load, ...]:
        """How much each active rep has on hand in a pipeline, by name."""
        loads = []
        for rep in self.reader.reps():
            if rep.active:
                lens = self.lens(pipeline, owner=rep.name)
                signs = self.reader.signs(lens)
                count = self.reader.board(lens).open_count
                loads.append(Load(rep.name, count, signs.overdue, signs.stalled))
        return tuple(loads)

    def sheet(self, deal_id: int) -> Sheet:
        """A deal with everything around it that I may see."""
        sheet = self.reader.sheet(deal_id)
        if sheet is None:
            raise NotFound(f"There is no deal D-{deal_id}.")
        return sheet.seen_by(self.me)
