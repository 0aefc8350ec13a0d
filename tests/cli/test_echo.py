"""What was read of what somebody typed, said back in words, and why it could not be done."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from pipeboard.cli import echo, failures
from pipeboard.cli.deals import _amount, _now_set
from pipeboard.cli.editor import Kept, _telling, edit_file, left_behind, line_of
from pipeboard.cli.reports import _flow
from pipeboard.domain.deal import Contact, NextStep, Status
from pipeboard.domain.errors import BadInput, NotFound, PipeboardError, Refused, Way
from pipeboard.domain.money import Money
from tests.ui.board_scene import DEAL, PIPELINE, ZONE

BARE = replace(
    DEAL, id=0, account="", title="Pilot", value=None, owner="", tags=(), source="",
    expected_close=None, probability_bp=None, next_step=None, contacts={}, contact_reason="",
    fields={}, stage_id=1,
)  # fmt: skip


@pytest.mark.parametrize(
    ("facts", "said"),
    [
        ({}, "Pilot · Lead · nobody's"),
        ({"id": 61}, "D-61 Pilot · Lead · nobody's"),
        ({"account": "Acme"}, "Acme: Pilot · Lead · nobody's"),
        ({"value": Money(4_000_000, "EUR")}, "Pilot · €40,000 · Lead · nobody's"),
        ({"owner": "ana", "stage_id": 2}, "Pilot · Qualify · @ana"),
        ({"tags": ("hot", "new")}, "Pilot · Lead · nobody's · +hot +new"),
        ({"source": "email"}, "Pilot · Lead · nobody's · from email"),
        ({"expected_close": date(2026, 12, 19)},
         "Pilot · Lead · nobody's · close Sat 19 Dec 2026"),
        ({"probability_bp": 6000}, "Pilot · Lead · nobody's · 60%"),
        ({"next_step": NextStep("call", date(2026, 11, 27))},
         "Pilot · Lead · nobody's · next Fri 27 Nov 2026 call"),
        ({"next_step": NextStep("call")}, "Pilot · Lead · nobody's · next call (no day)"),
        ({"contacts": {"mika": Contact("Mika"), "outi": Contact("Outi")}},
         "Pilot · Lead · nobody's · with Mika · with Outi"),
        ({"contact_reason": "they asked"}, "Pilot · Lead · nobody's · because they asked"),
        ({"fields": {"size": "L"}}, "Pilot · Lead · nobody's · size: L"),
    ],
)  # fmt: skip
def test_a_new_deal_is_said_with_all_that_its_line_said(facts: dict[str, Any], said: str) -> None:
    assert echo.new_deal(replace(BARE, **facts), PIPELINE) == said


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"owner": "bo"}, "owner @ana"),  # as it is now
        ({"value": Money(100, "EUR")}, "€1"),
        ({"floor_value": Money(100, "EUR")}, "lowest value €1"),
        ({"expected_close": date(2026, 12, 19)}, "close date Sat 19 Dec 2026"),
        ({"probability_bp": 2500}, "25%"),
        ({"tags": ("a", "b")}, "tags a, b"),
        ({"fields.size": "L", "title": "Pilot"}, "size L · title Pilot"),
        ({"source": ""}, "source emptied"),
    ],
)
def test_fields_that_were_set_are_said_as_they_are_now(changes: Any, said: str) -> None:
    assert echo.settings_of(changes, replace(BARE, owner="ana")) == said
    assert echo.settings_of({"owner": "x"}, BARE) == "owner nobody"


def test_days_are_said_once_where_their_year_was_left_out() -> None:
    day = date(2026, 11, 27)
    understood = [("fri", day), ("2026-11-27", day), ("fri", day), ("27nov", day)]
    assert echo.days(understood) == ("'fri' is Fri 27 Nov 2026.", "'27nov' is Fri 27 Nov 2026.")


def test_how_a_deal_ended_is_said_with_its_day_where_anybody_knows_it() -> None:
    at = datetime(2026, 11, 20, 23, 30, tzinfo=UTC)  # the next day there
    won = replace(DEAL, outcome=Status.WON, closed_at=at, stage_id=PIPELINE.won.id)
    assert echo.closed_on(won, ZONE) == "won on Sat 21 Nov 2026"
    assert echo.closed_on(replace(won, entry_precision="unknown"), ZONE) == (
        "won, nobody knows when"
    )
    assert echo.closed_on(DEAL, ZONE) == ""
    assert echo.whose("everyone") == ""
    assert echo.whose("North") == "Counted over North, and those of nobody."


@pytest.mark.parametrize(
    ("message", "details", "line"),
    [
        ("stages.toml, line 3: no stage.", {}, 3),
        ("No stage in line 12.", {}, 12),
        ("Line 3: no stage.", {"line": 7}, 7),
        ("No stage.", {}, 0),
    ],
)
def test_the_editor_opens_on_the_line_that_an_error_is_about(
    message: str, details: dict[str, Any], line: int
) -> None:
    assert line_of(BadInput(message, details=details)) == line


@pytest.mark.parametrize(
    ("written", "error", "is_kept", "told"),
    [
        ("new", Refused("No.", hint="Look.", details={"line": 3}), True, ""),
        ("new", KeyboardInterrupt(), True, "Your text is kept in "),
        ("old", Refused("No."), False, ""),
        (None, KeyboardInterrupt(), False, ""),
        ("new", None, True, ""),
    ],
)
def test_whoever_is_stopped_is_told_where_their_words_are(
    written: str | None, error: Any, is_kept: bool, told: str, tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:  # fmt: skip
    kept = Kept(tmp_path, "note 1", ".md", "")
    kept.begin("old")
    if written is None:
        kept.path.unlink()
    else:
        kept.path.write_text(written)
    if error is None:
        with _telling(kept, "old"):
            pass
    else:
        with pytest.raises(type(error)) as raised, _telling(kept, "old"):
            raise error
        if is_kept and isinstance(error, PipeboardError):
            found: Any = raised.value
            assert found.hint == f"Look. Your text is kept in {kept.path}."
            assert found.details == {"line": 3, "path": str(kept.path), "text": "new"}
    assert kept.path.exists() is is_kept
    assert capsys.readouterr().err.startswith(told)


def test_texts_of_a_board_that_was_ended_are_found_and_of_one_that_runs_not(tmp_path: Path) -> None:
    (tmp_path / "kept").mkdir()
    found = [path.rpartition("_")[0] for path in left_behind(tmp_path)]
    assert found == []


@pytest.mark.parametrize(
    ("error", "text", "document"),
    [
        (NotFound("There is\nnone.", hint="Look."), "pipeboard: There is none.\nLook.",
         {"code": "not_found", "message": "There is\nnone.", "hint": "Look.", "details": {}}),
        (BadInput("No.", details={"at": date(2026, 1, 2)}), "pipeboard: No.",
         {"code": "bad_input", "message": "No.", "hint": None, "details": {"at": "2026-01-02"}}),
        (Refused("It is archived.", hint="Unarchive it first.", way=Way.UNARCHIVE),
         f"pipeboard: It is archived.\n{failures.WAYS[Way.UNARCHIVE]}", None),
        (failures.Stopped("Interrupted."), "Interrupted.", None),
    ],
)  # fmt: skip
def test_an_error_is_said_in_lines_and_as_a_document(
    error: Any, text: str, document: dict[str, Any] | None
) -> None:
    import json

    said = failures._as_text(error)
    assert said == text or (document is None and said.splitlines()[0] == text.splitlines()[0])
    found = json.loads(failures._as_json(error))["error"]
    assert document is None or found == document
    assert found["message"] == error.message


@pytest.mark.parametrize(
    ("has_stored", "changes", "stopped", "lost"),
    [
        (True, True, "Interrupted, but the change was stored (c1).",
         "The change was stored (c1), but its output could not be written: No room."),
        (False, True, "Interrupted: nothing was changed.",
         "The output could not be written, and nothing was changed: No room."),
        (False, False, "Interrupted.", "The output could not be written: No room."),
    ],
)  # fmt: skip
def test_who_is_cut_short_is_told_whether_anything_was_changed(
    has_stored: bool, changes: bool, stopped: str, lost: str
) -> None:
    standing: Any = SimpleNamespace(
        has_stored=has_stored, changes=changes, command=" (c1)", details={"command": "c1"}
    )
    ended, unwritten = (
        failures._stopped(standing),
        failures._output_lost(OSError(28, "No room"), standing),
    )
    assert (ended.message, unwritten.message) == (stopped, lost)
    assert ended.details == unwritten.details == {"command": "c1"}
    assert ("Do not repeat it" in unwritten.hint) is has_stored


@pytest.mark.parametrize(
    ("code", "said"), [("USD", "$50,000"), ("EUR", "€50,000"), (None, "€50,000")]
)
def test_an_amount_that_was_set_is_said_in_the_currency_that_it_is_taken_in(
    code: str | None, said: str
) -> None:
    deal = replace(BARE, value=None if code is None else Money(100, code))
    call: Any = SimpleNamespace(
        workspace=SimpleNamespace(today=date(2026, 11, 23)),
        documents=SimpleNamespace(pipelines={deal.pipeline_id: PIPELINE}),
    )
    receipt: Any = SimpleNamespace(deals=[deal])
    assert _now_set(call, ["value=50k"], receipt) == (said,)
    nothing: Any = SimpleNamespace(deals=[])
    assert _now_set(call, ["value=50k"], nothing) == ()


@pytest.mark.parametrize(
    ("codes", "text", "amount"),
    [
        (("EUR",), "5k", Money(500_000, "EUR")),
        (("USD", "USD"), "5k", Money(500_000, "USD")),
        (("EUR", "USD"), "USD 5k", Money(500_000, "USD")),
        (("EUR", "USD"), "5k", None),
    ],
)
def test_an_amount_for_deals_of_several_currencies_names_its_own(
    codes: tuple[str, ...], text: str, amount: Money | None
) -> None:
    deals = [replace(BARE, value=Money(100, code)) for code in codes]
    call: Any = SimpleNamespace(documents=SimpleNamespace(pipelines={BARE.pipeline_id: PIPELINE}))
    if amount is None:
        with pytest.raises(BadInput, match="names no currency"):
            _amount(call, text, deals)
    else:
        assert _amount(call, text, deals) == amount


@pytest.mark.parametrize(
    ("since", "days", "told"),
    [
        ("1nov", (date(2026, 11, 1), None), [("1nov", date(2026, 11, 1))]),
        ("1nov..", (date(2026, 11, 1), None), [("1nov", date(2026, 11, 1))]),
        ("1nov..8nov", (date(2026, 11, 1), date(2026, 11, 8)),
         [("1nov", date(2026, 11, 1)), ("8nov", date(2026, 11, 8))]),
    ],
)  # fmt: skip
def test_the_days_that_changes_are_asked_of_are_told(
    since: str, days: Any, told: list[Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("pipeboard.cli.reports.since_days", lambda text, today: days)
    monkeypatch.setattr("pipeboard.cli.reports.waterfall_of_days", lambda basis, *asked: asked)
    found: list[Any] = []
    call: Any = SimpleNamespace(
        arguments=SimpleNamespace(since=since), workspace=SimpleNamespace(today=None),
        tell_days=found.extend,
    )  # fmt: skip
    report: Any = SimpleNamespace(basis=SimpleNamespace(today=None))
    assert _flow(call, report) == days
    assert found == told


@pytest.mark.parametrize(
    ("editor", "line", "words"),
    [
        (["/usr/bin/vim", "-n"], 7, ["/usr/bin/vim", "-n", "+7", "x.md"]),
        (["nano"], 7, ["nano", "+7", "x.md"]),
        (["vim"], 0, ["vim", "x.md"]),
        (["code", "--wait"], 7, ["code", "--wait", "x.md"]),
    ],
)
def test_an_editor_is_told_the_line_where_it_takes_one(
    editor: list[str], line: int, words: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    run: list[list[str]] = []

    def runs(line: list[str]) -> int:
        run.append(line)
        return 0

    monkeypatch.setattr("pipeboard.foreground.run", runs)
    edit_file(editor, Path("x.md"), line)
    assert run == [words]


@pytest.mark.parametrize(
    ("code", "why"),
    [(0, ""), (1, "ended with 1, so nothing was saved"), (-15, "ended by SIGTERM")],
)
def test_an_editor_that_fails_has_changed_nothing(
    code: int, why: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("pipeboard.foreground.run", lambda line: code)
    if why:
        with pytest.raises(PipeboardError, match=why):
            edit_file(["vim"], Path("x.md"))
    else:
        edit_file(["vim"], Path("x.md"))
