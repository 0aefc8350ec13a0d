"""Seeing what others do: the board follows the database, and the day."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from pipeboard.domain.errors import PipeboardError
from pipeboard.ui.screens.deal_actions import DealActions

if TYPE_CHECKING:
    from pipeboard.store.reading.history import Did

POLL_S = 0.5
DAY_S = 60.0
_MOST_NEWS = 100


class Watching(DealActions):
    """Compares the database with what is shown, twice a second."""

    _version: int | None = None
    _last_seq = 0

    def follow(self) -> None:
        """Begins to look."""
        self._version = self.state.reader.data_version()
        self._last_seq = max((did.seq for did in self.state.reader.commands(limit=1)), default=0)
        self.set_interval(POLL_S, self._look)
        self.set_interval(DAY_S, self._look_at_the_day)

    def _look(self) -> None:
        try:
            version = self.state.reader.data_version()
            if version != self._version or self.state.trouble:
                self.reload()
                self._version = version
                self._tell_news()
        except PipeboardError as error:
            self.say(f"{error.message} {error.hint}", "status.error")

    def _tell_news(self) -> None:
        """Who has changed something since the last look, unless it was this person."""
        done = self.state.reader.commands(limit=_MOST_NEWS)
        me = self.board_app.clerk.workspace.actor.name
        news = [did for did in done if did.seq > self._last_seq and did.actor != me]
        self._last_seq = max((did.seq for did in done), default=self._last_seq)
        if news:
            self.say_beside(_told(news, f"{news[0].at.astimezone(self.state.lens.zone):%H:%M}"))

    def say_beside(self, text: str) -> None:
        """A few words at the right end of the status line."""
        raise NotImplementedError

    def _look_at_the_day(self) -> None:
        """A board left open over night shows the new day's ages and due steps."""
        today = self.board_app.clerk.workspace.today
        if today != self.state.lens.today:
            self.state.load(replace(self.state.lens, today=today))
            self.reload()


def _told(news: list[Did], when: str) -> str:
    who = ", ".join(dict.fromkeys(f"@{did.actor}" for did in news))
    if len(news) == 1:
        return f"{who} {when}: {news[0].summary}"
    return f"{len(news)} changes by {who} {when}"
