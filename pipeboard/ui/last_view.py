"""What a session rests on: who acts, what they have set, and how they left the board last time."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Final, TypeAlias

from pipeboard.domain.board import SORTS, Lens, Sort, usual_sort
from pipeboard.domain.counts import in_figures
from pipeboard.domain.digests import sha256
from pipeboard.domain.errors import DatabaseError, PipeboardError, Refused
from pipeboard.domain.filter_nodes import These
from pipeboard.domain.lazy_dataclass import dataclass, field, replace
from pipeboard.domain.people import Actor, with_known_owners
from pipeboard.ui.keys import key_for
from pipeboard.ui.own_themes import OURS, Themes

if TYPE_CHECKING:
    from zoneinfo import ZoneInfo

    from pipeboard.domain.filter_nodes import Filter
    from pipeboard.domain.pipeline import Pipeline
    from pipeboard.domain.programs import Hook, OwnProgram
    from pipeboard.domain.roles import Rights
    from pipeboard.domain.settings import Settings
    from pipeboard.store import Store
    from pipeboard.store.locating import Place
    from pipeboard.store.reading import Reader
    from pipeboard.ui.board_state import BoardState
    from pipeboard.ui.keys import Key
    from pipeboard.ui.terminal.typeahead import Typed


# The seat: who acts, by which clock, on which store, and whether it is the same file still.

OPEN_ANEW = -1
"""How a session ends that another is to follow, on the file that stands in the place of its own."""


class SameFile:
    """Notices when there is another file under the path that was opened, or none any more."""

    def __init__(self, location: Place, keys: Callable[[], Sequence[Key]]) -> None:
        self.location = location
        self._keys = keys
        self._opened = location.mark

    def check(self) -> None:
        """Raises DatabaseError where it is not the file that was opened; costs microseconds."""
        now = self.location.mark
        if now == self._opened:
            return
        if now is None:
            raise DatabaseError(
                "The database file was deleted or renamed; nothing more is stored.",
                hint=f"{key_for(self._keys(), 'leave')} quits.",
                details={"reason": "deleted"},
            )
        raise DatabaseError(
            "The file was replaced by another; nothing more is stored.",
            hint=f"{key_for(self._keys(), 'reload')} opens it.",
            details={"reason": "replaced"},
        )


@dataclass(frozen=True, slots=True)
class Undoable:
    """What was stored here last, as long as it can be taken back, and the hint that says so."""

    command_id: str = ""
    hint: str = ""


@dataclass(frozen=True)
class Seat:
    """Who acts, by which clock, on which store, with which folder for what is kept.

    `first_words` is what the opening of the database had to say; `may_write` is False where the
    file is another's; `rights` is what their role allows.
    """

    actor: Actor
    clock: Callable[[], datetime]
    store: Store
    file: SameFile
    folder: Path
    first_words: str = ""
    may_write: bool = True
    rights: Rights | None = None

    @property
    def me(self) -> str:
        """The rep that acts."""
        return self.actor.rep

    @property
    def kept_as(self) -> str:
        """As what the session is kept: how the database was left, and what was typed."""
        return kept_as(self.store.database_id, self.actor)

    @property
    def eyes(self) -> str:
        """Whose private fields the screens show: one's own, or everybody's."""
        return self.rights.eyes if self.rights is not None else self.me

    def today(self, zone: ZoneInfo) -> date:
        """The date there, by the clock."""
        return self.clock().astimezone(zone).date()


def kept_as(database: str, actor: Actor) -> str:
    """As what sessions on a database are kept; of those who share an account each has their own."""
    whose = f"-{sha256(actor.for_whom.encode()).hexdigest()[:12]}" if actor.for_whom else ""
    return f"{database}{whose}"


def only_looks(store: Store, reader: Reader, allowed: Rights) -> bool:
    """Is nothing to be changed from here: by the store, the rights of the account or its role?"""
    return store.read_only or bool(store.moved) or allowed.only_looks or not reader.may_write


MOST_VIEWS: Final = 50
"""Of so many databases it is known how they were left."""


@dataclass(frozen=True, slots=True)
class Opening:
    """What the board opens on: the pipeline and the stage in it by name, whose deals in which
    order, the lines a card has, the pane, a filter as it is typed. None is what nobody has said.
    """

    pipeline: str | None = None
    stage: str | None = None
    mine: bool | None = None
    sort: str | None = None
    reverse: bool | None = None
    density: int | str | None = None
    pane: bool | None = None
    filter: str | None = None

    def over(self, other: Opening) -> Opening:
        """What is said here, and where nothing is, what the other says.

        A stage and a filter belong to the pipeline that they were used in.
        """
        mine = {name: value for name, value in _items(self) if value is not None}
        if self.pipeline not in (None, other.pipeline):
            other = replace(other, stage=None, filter=None)
        return replace(other, **mine)  # type: ignore[arg-type]


UNSAID: Final = Opening()


FOLLOW_S: Final = {"always": 0.0, "slow": 60.0, "never": float("inf")}
"""Seconds between two times that what others have changed is shown by itself."""
Letters: TypeAlias = Callable[[], Mapping[str, Callable[[], str]]]
"""The templates of letters that there are, by name, each with what reads it."""


@dataclass(frozen=True)
class Choices:
    """What the person has set; names and defaults are those of the configuration.

    `edit` gives a text to the person's editor and returns it; None where none may be run.
    `programs` are the person's own, on keys of the screens that show deals. The terminal's cursor
    stands where the focus is, and is shown where the person `shows_cursor`. `themes` are all that
    can be chosen. `restricted`: nothing leads out of the database.
    """

    pipeline: str | None = None
    opening: Opening = UNSAID
    theme: str = "auto"
    themes: Themes = OURS
    glyphs: str = "auto"
    sums: str = "each"
    figures: str = ""
    mouse: bool = True
    keymap: Mapping[str, str] = field(default_factory=dict)
    digits: str = "stage"
    copy_command: str = ""
    edit: Callable[[str], str] | None = None
    letters: Letters | None = None
    programs: tuple[OwnProgram, ...] = ()
    restricted: bool = False
    begin: tuple[object, ...] = ()
    """An action that is done as soon as the board stands, by its name, and what it is given."""
    typed: Typed = ()
    """What was typed before the board stood, and goes to it or to the question of `begin`."""
    hooks: tuple[Hook, ...] = ()
    follow: str = "always"
    shows_cursor: bool = False

    def check_reaching_out(self) -> None:
        """`Refused` in the restricted mode, which has no files, programs and shell."""
        if self.restricted:
            raise Refused(
                "This account has the board alone: no files, no programs, no shell.",
                hint="Somebody with an account of their own on the machine can do it.",
            )


def _items(opening: Opening) -> list[tuple[str, str | bool | int | None]]:
    return [(name, getattr(opening, name)) for name in Opening.__slots__]


_KINDS: Final[Mapping[str, type]] = {
    "pipeline": str,
    "stage": str,
    "mine": bool,
    "sort": str,
    "reverse": bool,
    "density": int,
    "pane": bool,
    "filter": str,
}


def _path(folder: Path, database: str) -> Path:
    # The id is made of these characters; one that somebody else made leads nowhere else either.
    name = "".join(letter for letter in database if letter.isalnum() or letter in "-_")
    return folder / "views" / f"{name[:64]}.json"


def last_view(folder: Path, database: str) -> Opening:
    """How that database was left the last time; whatever cannot be read is not there."""
    with suppress(OSError, ValueError):
        kept = json.loads(_path(folder, database).read_text("utf-8"))
        if isinstance(kept, dict):
            sound = (name for name, kind in _KINDS.items() if type(kept.get(name)) is kind)
            return Opening(**{name: kept[name] for name in sound})
    return UNSAID


def keep_view(folder: Path, database: str, state: BoardState) -> None:
    """Writes down how it is left; never raises: nobody is kept from leaving by that."""
    from pipeboard import outlet

    path = _path(folder, database)
    said = {name: value for name, value in _items(_opening_of(state)) if value is not None}
    with suppress(OSError, PipeboardError):
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        outlet.write_file(path, [json.dumps(said, indent=1)], force=True)
        # Each demo is a database of its own.
        for old in sorted(path.parent.glob("*.json"), key=_written)[:-MOST_VIEWS]:
            old.unlink()


MOST_RECENT: Final = 8


def recent(folder: Path, name: str) -> tuple[str, ...]:
    """What was used last under that name, the newest first; nothing where nobody knows."""
    try:
        kept = json.loads((folder / f"{name}.json").read_text("utf-8"))
    except (OSError, ValueError):
        return ()
    return tuple(text for text in kept if isinstance(text, str)) if isinstance(kept, list) else ()


def remember(folder: Path, name: str, text: str) -> None:
    """Keeps that it was used last; never raises: where it cannot be kept it is looked for anew."""
    from pipeboard import outlet

    kept = [text, *(each for each in recent(folder, name) if each != text)][:MOST_RECENT]
    with suppress(OSError, PipeboardError):
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        outlet.write_file(folder / f"{name}.json", [json.dumps(kept)], force=True)


def _written(path: Path) -> float:
    return path.stat().st_mtime


def _opening_of(state: BoardState) -> Opening:
    lens, view = state.lens, state.view
    return Opening(
        pipeline=state.board.pipeline.name,
        stage=state.board.columns[view.cursor[0]].stage.name,
        mine=lens.owner is not None,
        sort=state.sort and state.sort.value,
        reverse=lens.reverse,
        density=view.density,
        pane=view.pane is not None,
        filter=typed_filter(state),
    )


def typed_filter(state: BoardState) -> str:
    """The present filter as text, "" for one that no text stands for (`These`)."""
    query = state.lens.filter
    is_named = query is not None and isinstance(query.root, These)
    return "" if is_named else state.view.filter_text


def read_filter(
    reader: Reader, settings: Settings, today: date, me: str, text: str
) -> Filter | None:
    """A filter as typed, with the reps that it names; None for none. Raises BadInput, and
    `DatabaseError` while others hold the database."""
    if not text.strip():
        return None
    from pipeboard.domain.filter import parse_filter

    query = parse_filter(
        text,
        today=today,
        currency=settings.currency,
        week_start=settings.week_start,
        fiscal_shift=settings.fiscal_shift,
        saved=lambda: reader.saved_filters(me),
    )
    return with_known_owners(query, reader.reps(), me)


def read_anew(
    reader: Reader, settings: Settings, today: date, me: str, query: Filter | None
) -> Filter | None:
    """A filter as its words mean it today; as it is where no words stand for it (`These`), or where
    they mean nothing any more. Raises `DatabaseError`."""
    if query is None or not query.text or isinstance(query.root, These):
        return query
    try:
        return read_filter(reader, settings, today, me, query.text)
    except DatabaseError:
        raise
    except PipeboardError:
        return query


def opened_lens(
    opening: Opening, reader: Reader, settings: Settings, lens: Lens
) -> tuple[Lens, str]:
    """The lens and the text of its filter that the board opens with; a filter that means nothing
    any more is left out."""
    text = opening.filter or ""
    try:
        query = read_filter(reader, settings, lens.today, lens.me, text)
    except PipeboardError:
        query, text = None, ""
    owner = lens.me if opening.mine else None
    sort = sort_of(opening)
    wanted = replace(lens, owner=owner, filter=query, reverse=bool(opening.reverse))
    return replace(wanted, sort=sort or usual_sort(wanted)), text


def sort_of(opening: Opening) -> Sort | None:
    """The sort that was chosen, if one was."""
    return Sort(opening.sort) if opening.sort in SORTS else None


def empty_board(state: BoardState, keys: Sequence[Key]) -> str:
    """What to do on a board without deals: which pipelines are full, and the key to them, or how
    to begin; empty for a board that has some. Raises `DatabaseError`."""
    if state.board.total or state.lens.filter is not None:
        return ""
    counts = state.reader.numbers.deal_counts()
    full = [(counts.get(each.id, 0), each.name) for each in state.reader.pipelines()]
    named = [
        f"{name} has {in_figures(count)}" for count, name in sorted(full, reverse=True)[:3] if count
    ]
    if named:
        here = state.board.pipeline.name
        return (
            f"No open deals in {here}; {', '.join(named)}: {key_for(keys, 'pipeline')} goes there."
        )
    add, bring = key_for(keys, "add"), key_for(keys, "import")
    return f"No deals yet: {add} adds one in a line, {bring} imports many from a file."


def chosen_pipeline(
    pipelines: Sequence[Pipeline], reader: Reader, said: str | None, last: str | None
) -> Pipeline:
    """The pipeline that is named, in whole or in part; else the one last used or last written."""
    if said is not None:
        exact = [pipeline for pipeline in pipelines if pipeline.name == said]
        if exact:
            return exact[0]
        from pipeboard.workspace.finding import named_pipeline

        return named_pipeline(pipelines, said)
    used = next((pipeline for pipeline in pipelines if pipeline.name == last), None)
    if used is not None or len(pipelines) == 1:
        return used or pipelines[0]
    from pipeboard.ui.board_state import last_written

    return last_written(pipelines, reader)
