"""What every verb goes through, of one call: whom it acts for, what it asks and tells."""

from __future__ import annotations

import io
from datetime import UTC, date, datetime
from types import SimpleNamespace
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from pipeboard import outlet
from pipeboard.cli import call as module
from pipeboard.cli.call import FEW, Call
from pipeboard.domain.errors import BadInput, DatabaseError, NotFound, PipeboardError

BERLIN = ZoneInfo("Europe/Berlin")


def arguments(**given: Any) -> Any:
    return SimpleNamespace(
        **{
            "quiet": False, "color": "never", "yes": False, "no_input": False, "dry_run": False,
            "json": False, "verbose": False, "where": None, "token": None, "acting_as": None,
            "seen": None, "new_rep": False, "example": "", "pipeline": None,
        } | given
    )  # fmt: skip


def call_of(workspace: Any = None, environ: Any = None, **given: Any) -> Any:
    """A call that has said and written what stands in its `said` and `written`."""
    call: Any = Call(arguments(**given), environ or {})
    call.said, call.written, call.documented = list[str](), list[str](), list[Any]()
    call.out = SimpleNamespace(
        say=lambda *lines: call.said.extend(filter(None, lines)),
        line=lambda *parts: call.written.extend(parts),
        document=call.documented.append,
    )
    if workspace is not None:
        call.workspace = workspace
    return call


def answered(monkeypatch: pytest.MonkeyPatch, text: str, *, is_terminal: bool = True) -> list[str]:
    """A person types that; the questions."""
    asked: list[str] = []

    class Typed(io.StringIO):
        def isatty(self) -> bool:
            return is_terminal

    monkeypatch.setattr("sys.stdin", Typed(text))
    monkeypatch.setattr("sys.stderr", Typed())
    monkeypatch.setattr(outlet, "message", lambda said, end: asked.append(said + end))
    return asked


@pytest.mark.parametrize(
    ("acting_as", "environ", "rep"),
    [
        (None, {}, ""),
        ("", {}, ""),
        ("@bo", {}, "bo"),
        (" BO ", {}, "bo"),
        ("ana", {}, ""),
        (None, {"PIPEBOARD_ASSISTANT": "1"}, "ana"),
        ("ana", {"PIPEBOARD_ASSISTANT": "1"}, "ana"),
        ("bo", {"PIPEBOARD_ASSISTANT": "1"}, None),
        ("cy", {}, None),
    ],
)
def test_who_acts_for_themselves_acts_for_nobody_but_through_an_assistant(
    acting_as: str | None, environ: dict[str, str], rep: str | None,
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    monkeypatch.setattr("pipeboard.cli.config.account_name", lambda: "ana")
    reps = [
        SimpleNamespace(name=name, display_name="", active=True, team="") for name in ("ana", "bo")
    ]
    store: Any = SimpleNamespace(reader=SimpleNamespace(reps=lambda: reps))
    call = call_of(environ=environ, acting_as=acting_as)
    if rep is None:
        with pytest.raises((BadInput, NotFound)):
            call.actor_in(store)
        return
    actor = call.actor_in(store)
    assert (actor.name, actor.acting_as) == ("ana", rep)


@pytest.mark.parametrize(
    ("count", "where", "dry_run", "asks"),
    [(1, "open", False, False), (2, "open", False, True), (2, "open", True, False),
     (2, None, False, False)],
)  # fmt: skip
def test_before_a_filter_changes_several_deals_it_is_asked(
    count: int, where: str | None, dry_run: bool, asks: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    deals = tuple(SimpleNamespace(id=number) for number in range(count))
    asked: list[Any] = []

    def find(workspace: Any, refs: Any, *, where: Any, pipeline: Any) -> Any:
        asked.append((refs, where, pipeline))
        return deals

    monkeypatch.setattr(module, "find_deals", find)
    call = call_of("workspace", where=where, dry_run=dry_run)
    done: list[Any] = []
    call._check_where, call._confirm_many = done.append, done.append
    call._done_before = lambda: None
    assert call.deals(["a"]) == deals
    assert asked == [(["a"], where, None)]
    assert done == [*([where] if where else []), *([deals] if asks else [])]
    assert call._meant == ((["a"], deals) if where else None)
    call._done_before = lambda: ("done",)
    assert call.deals(["a"]) == ("done",)
    with pytest.raises(BadInput, match="No deal is named"):
        call_of("workspace").deals([])


@pytest.mark.parametrize(
    ("refs", "example", "advice"),
    [
        (["Lumen", "Oy"], "won 'Lumen Oy'", "Words that belong together stand in quotes. won"),
        (["Lumen", "Oy"], "won 142", "Words that belong together stand in quotes."),
        (["Lumen"], "won 'Lumen Oy'", ""),
    ],
)
def test_of_several_words_that_name_nothing_it_is_said_how_names_are_typed(
    refs: list[str], example: str, advice: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    def find(*_: Any, **__: Any) -> Any:
        raise NotFound("There is none.")

    monkeypatch.setattr(module, "find_deals", find)
    call = call_of("workspace", example=example)
    call._done_before = lambda: None
    with pytest.raises(NotFound) as error:
        call.deals(refs)
    assert error.value.hint.startswith(advice) and bool(error.value.hint) is bool(advice)


@pytest.mark.parametrize(
    ("count", "yes", "is_terminal", "refused"),
    [(FEW, False, False, False), (FEW + 1, False, False, True), (FEW + 1, True, False, False),
     (FEW + 1, False, True, False)],
)  # fmt: skip
def test_without_anybody_to_ask_only_a_few_deals_are_changed_by_a_filter(
    count: int, yes: bool, is_terminal: bool, refused: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(
        "pipeboard.domain.deciding.rules.deal_names", lambda deals: f"{len(deals)} deals"
    )
    asked = answered(monkeypatch, "y\n", is_terminal=is_terminal)
    call = call_of(yes=yes)
    deals = [SimpleNamespace(ref=f"D-{number}") for number in range(count)]
    if refused:
        with pytest.raises(BadInput) as error:
            call._confirm_many(deals)
        assert error.value.details["count"] == count
    else:
        call._confirm_many(deals)
    assert asked == (
        [f"This changes {count} deals. Go on? [y/N] "] if is_terminal and not yes else []
    )


@pytest.mark.parametrize(
    ("typed", "goes_on", "agrees"),
    [("y\n", True, True), ("YES \n", True, True), ("n\n", False, False), ("\n", False, True),
     ("", False, False), ("yo\n", False, False)],
)  # fmt: skip
def test_a_person_is_taken_at_their_word(
    typed: str, goes_on: bool, agrees: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    answered(monkeypatch, typed)
    if goes_on:
        call_of().confirm("Go on?")
    else:
        with pytest.raises(PipeboardError, match="Nothing was changed"):
            call_of().confirm("Go on?")
    answered(monkeypatch, typed)
    assert call_of().agreed("Again?") is agrees
    assert call_of(yes=True).agreed("Again?")


@pytest.mark.parametrize(
    ("stdin", "stderr", "no_input", "has_person", "may_ask"),
    [(True, True, False, True, True), (True, True, True, True, False),
     (False, True, False, False, False), (True, False, False, False, False),
     (None, True, False, False, False)],
)  # fmt: skip
def test_somebody_is_asked_where_they_can_be_and_want_to_be(
    stdin: bool | None, stderr: bool, no_input: bool, has_person: bool, may_ask: bool,
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    typed = None if stdin is None else SimpleNamespace(isatty=lambda: stdin)
    monkeypatch.setattr("sys.stdin", typed)
    monkeypatch.setattr("sys.stderr", SimpleNamespace(isatty=lambda: stderr))
    call = call_of(no_input=no_input)
    found = call.has_person, call.may_ask
    monkeypatch.undo()
    assert found == (has_person, may_ask)


@pytest.mark.parametrize(
    ("seen", "ids", "versions"),
    [(None, (1,), {}), (None, (1, 2), {}), (3, (1,), {1: 3}), (5, (1,), {1: 5}), (6, (1,), None),
     (3, (1, 2), None), (3, (), None)],
)  # fmt: skip
def test_a_version_is_that_of_one_deal_and_one_that_it_has_had(
    seen: int | None, ids: tuple[int, ...], versions: dict[int, int] | None
) -> None:
    reader = SimpleNamespace(deals=lambda ids: {1: SimpleNamespace(ref="D-1", version=5)})
    call = call_of(SimpleNamespace(reader=reader), seen=seen)
    if versions is None:
        with pytest.raises(BadInput, match="--seen"):
            call.seen(ids)
    else:
        assert call.seen(ids) == versions


@pytest.mark.parametrize(
    ("text", "at", "told"),
    [
        (None, None, []),
        ("2026-11-20", datetime(2026, 11, 19, 23, tzinfo=UTC), []),
        ("fri", datetime(2026, 11, 19, 23, tzinfo=UTC), [("fri", date(2026, 11, 20))]),
        ("2026-11-20 10:00", datetime(2026, 11, 20, 9, tzinfo=UTC), None),
        ("2026-11-20T10:00Z", datetime(2026, 11, 20, 10, tzinfo=UTC), None),
    ],
)
def test_a_day_behind_a_flag_is_its_start_and_is_told(
    text: str | None, at: datetime | None, told: list[Any] | None
) -> None:
    call = call_of(SimpleNamespace(today=date(2026, 11, 23)), as_of=text)
    call.settings = SimpleNamespace(zone=BERLIN)
    days: list[Any] = []
    call.tell_days = days.extend
    assert call.instant("--as-of") == at
    assert days == ([] if told is None or text is None else [(text, date(2026, 11, 20))])
    if told is not None and text is not None:
        assert call.instant("--as-of", lambda day: datetime(day.year, 1, 1, tzinfo=UTC)) == (
            datetime(2026, 1, 1, tzinfo=UTC)
        )


def test_what_cannot_be_read_behind_a_flag_names_the_flag() -> None:
    call = call_of(SimpleNamespace(today=date(2026, 11, 23)), as_of="31 feb")
    call.settings = SimpleNamespace(zone=BERLIN)
    with pytest.raises(BadInput, match=r"^--as-of: "):
        call.instant("--as-of")


@pytest.mark.parametrize(
    ("given", "written", "said"),
    [
        ({}, ["D-1"], ["Done.", "read", "note"]),
        ({"refs": False}, [], ["Done.", "read", "note"]),
        ({"dry_run": True}, [], ["Not done (dry run): Done.", "read", "note"]),
        ({"verbose": True}, ["D-1"], ["Done.", "read", "note", "Command c1."]),
        ({"json": True}, [], ["Done.", "read", "note"]),
        ({"json": True, "dry_run": True}, [], ["Not done (dry run): Done.", "read", "note"]),
    ],
)
def test_a_verb_tells_what_it_did_and_scripts_what_they_ask_for(
    given: dict[str, Any], written: list[str], said: list[str]
) -> None:
    refs = given.pop("refs", True)
    call = call_of(**given)
    call.documents = SimpleNamespace(deal=lambda deal: {"ref": deal.ref})
    receipt: Any = SimpleNamespace(
        command_id="c1", summary="Done.", notes=("note",), deals=[SimpleNamespace(ref="D-1")]
    )
    assert call.report(receipt, "read", refs=refs, more=1) == 0
    assert (call.written, call.said, call.command_id) == (written, said, "c1")
    tries = given.get("dry_run", False)
    assert call.documented == ([] if not given.get("json") else [
        {"command_id": None if tries else "c1", "dry_run": tries, "summary": "Done.",
         "notes": ["note"], "deals": [{"ref": "D-1"}], "more": 1}
    ])  # fmt: skip


@pytest.mark.parametrize("json", [False, True])
@pytest.mark.parametrize("dry_run", [False, True])
def test_what_is_only_tried_says_so_as_json_too(dry_run: bool, json: bool) -> None:
    call = call_of(dry_run=dry_run, json=json)
    assert call.only_tries("do it", made=None) is dry_run
    assert call.said == (["Not done (dry run): would do it."] if dry_run else [])
    assert call.documented == ([{"dry_run": True, "made": None}] if dry_run and json else [])


@pytest.mark.parametrize(
    ("given", "is_terminal", "names", "works", "advice"),
    [
        ({}, False, ["cy"], [False], "--new-rep makes a new one."),
        ({}, False, ["cy", "di"], [False], "--new-rep makes them reps."),
        ({"yes": True}, True, ["cy"], [False], "--new-rep makes a new one."),
        ({}, True, ["cy"], [False, True], "No rep cy. Make @cy a new rep? [y/N] "),
        ({}, True, ["cy", "di"], [False, True], "No rep cy. Make them reps? [y/N] "),
        ({"new_rep": True}, False, None, [True], ""),
        ({}, True, [], [False], ""),
    ],
)
def test_an_owner_whom_nobody_knows_is_asked_about(
    given: dict[str, Any], is_terminal: bool, names: list[str] | None, works: list[bool],
    advice: str, monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    monkeypatch.setattr("pipeboard.cli.call.unknown_owner", lambda error: names[0] if names else "")
    asked = answered(monkeypatch, "y\n", is_terminal=is_terminal)
    tried: list[bool] = []

    def work(may_be_new: bool) -> str:
        tried.append(may_be_new)
        if not may_be_new:
            raise NotFound("No rep cy.", details={"reps": names})
        return "done"

    call = call_of(**given)
    if works == [False]:
        with pytest.raises(NotFound) as error:
            call.for_owner(work)
        assert error.value.hint == advice
    else:
        assert call.for_owner(work) == "done"
        assert asked == ([advice] if advice else [])
    assert tried == works


@pytest.mark.parametrize(
    ("meant", "dry_run", "is_done", "checked", "how"),
    [
        (None, False, False, False, []),
        ("found", True, False, False, []),
        ("found", False, False, True, ["transact"]),
        ("found", False, True, False, ["transact"]),
    ],
)
def test_what_a_filter_found_is_looked_for_again_with_nobody_between(
    meant: Any, dry_run: bool, is_done: bool, checked: bool, how: list[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    looked: list[Any] = []
    monkeypatch.setattr(module, "check_still_found", lambda *what: looked.append(what[1:]))
    went: list[str] = []

    def through(name: str) -> Any:
        def run(work: Any) -> Any:
            went.append(name)
            return work()

        return run

    workspace = SimpleNamespace(look=through("look"), transact=through("transact"))
    call = call_of(workspace, dry_run=dry_run, where="open")
    call._meant = None if meant is None else (["a"], ["deal"])
    call._done_before = lambda: ("done",) if is_done else None
    assert call.as_found(lambda: "done") == "done"
    assert looked == ([(["deal"], ["a"], "open", None)] if checked else [])
    assert went == how
    went.clear()
    assert call.at_once(lambda: "done") == "done"
    assert went == (["look"] if dry_run else ["transact"])


@pytest.mark.parametrize(
    ("changes", "reasons", "waited", "opens"),
    [
        (True, [], 0, True),
        (True, ["locked", "locked"], 1, True),
        (True, ["locked"], 999, False),
        (False, ["locked"], 0, False),
        (True, ["missing"], 0, False),
    ],
)
def test_who_changes_something_waits_for_a_database_that_is_held(
    changes: bool, reasons: list[str], waited: float, opens: bool,
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    left = iter(reasons)
    clock = iter([0.0, *[waited] * 9])
    monkeypatch.setattr(module, "monotonic", lambda: next(clock))

    def open_(path: str, *, read_only: bool) -> Any:
        assert (path, read_only) == ("x.db", False)
        if (reason := next(left, None)) is not None:
            raise DatabaseError("No.", details={"reason": reason})
        return "open"

    monkeypatch.setattr("pipeboard.store.Store.open", open_)

    class Given(SimpleNamespace):
        def __contains__(self, name: str) -> bool:
            return changes and name == "token"

    call = call_of()
    call.arguments = Given(read_only=False)
    call.config = SimpleNamespace(database="x.db")
    if opens:
        assert call._opened() == "open"
    else:
        with pytest.raises(DatabaseError):
            call._opened()
        assert next(left, None) is None


@pytest.mark.parametrize(
    ("is_default", "has_folder", "refused"),
    [(True, False, True), (True, True, False), (False, False, False)],
)
def test_of_a_folder_that_is_not_there_only_who_chose_none_is_told(
    is_default: bool, has_folder: bool, refused: bool, tmp_path: Any
) -> None:
    call = call_of()
    folder = tmp_path if has_folder else tmp_path / "none"
    call.config = SimpleNamespace(
        is_default_database=is_default, database=str(folder / "pipeboard.db")
    )
    if refused:
        with pytest.raises(DatabaseError, match="There is no database yet"):
            call.expect_folder()
    else:
        call.expect_folder()


@pytest.mark.parametrize(
    ("has_stored", "exists", "told"),
    [(True, True, True), (True, False, False), (False, True, False)],
)
def test_a_change_counts_where_its_database_is_still_there(
    has_stored: bool, exists: bool, told: bool
) -> None:
    call = call_of()
    closed: list[str] = []
    store = SimpleNamespace(
        has_stored=has_stored, location=SimpleNamespace(exists=exists), recovered="Rolled back.",
        moved="What may change says so when it does.", close=lambda: closed.append("closed"),
    )  # fmt: skip
    call.work_on(store)
    assert (call.has_stored, call.said) == (told, ["Rolled back."])
    call.close()
    assert closed == ["closed"]


def test_a_change_that_was_done_under_a_token_means_the_deals_that_it_changed() -> None:
    history = SimpleNamespace(
        command=lambda token: "there" if token == "t1" else None, events_of=lambda token: [2]
    )
    reader = SimpleNamespace(history=history, deals=lambda ids: {one: f"deal {one}" for one in ids})
    for token, found in (("t1", ("deal 2",)), ("t2", None), (None, None)):
        call = call_of(SimpleNamespace(reader=reader), token=token)
        assert call._done_before() == found
        assert call.once == {"dry_run": False, "token": token or ""}
    assert call_of(SimpleNamespace(reader=reader), token="t1").deal("x") == "deal 2"
