"""What is printed: aligned, coloured only where wanted, and unable to steer a terminal."""

from __future__ import annotations

import io
import json
import os
from types import SimpleNamespace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeboard.cli.output import (
    RED,
    Output,
    harmless,
    progress_told,
    terminal_width,
    wants_color,
    write_stream_of_documents,
)
from pipeboard.cli.tables import Table
from pipeboard.ui.terminal.width import cell_width


class _Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


@pytest.mark.parametrize(
    ("choice", "environ", "colored"),
    [
        ("auto", {"TERM": "xterm-256color"}, True),
        ("auto", {"TERM": "dumb"}, False),
        ("auto", {}, False),
        ("auto", {"TERM": "xterm", "NO_COLOR": "1"}, False),
        ("auto", {"TERM": "xterm", "NO_COLOR": ""}, True),
        ("always", {"NO_COLOR": "1", "TERM": "dumb"}, True),
        ("never", {"FORCE_COLOR": "1", "TERM": "xterm"}, False),
        ("auto", {"TERM": "xterm", "FORCE_COLOR": "0"}, True),
        ("auto", {"FORCE_COLOR": "1"}, True),
        ("auto", {"FORCE_COLOR": "1", "NO_COLOR": "1"}, False),
    ],
)
def test_colours_follow_the_flag_then_the_environment(
    choice: str, environ: dict[str, str], colored: bool
) -> None:
    assert wants_color(choice, environ, _Terminal()) is colored


def test_a_pipe_is_coloured_only_when_that_is_forced() -> None:
    assert not wants_color("auto", {"TERM": "xterm"}, io.StringIO())
    assert wants_color("auto", {"FORCE_COLOR": "1"}, io.StringIO())
    assert not wants_color("auto", {"FORCE_COLOR": "0"}, io.StringIO())


def test_data_cannot_bring_its_own_escapes(capsys: pytest.CaptureFixture[str]) -> None:
    out = Output(quiet=False, color="always", environ={})
    out.line(("\x1b]52;c;eA==\x07Acme\x9b31m\u202e", RED), " \x1b[2J")
    assert capsys.readouterr().out == "\x1b[31m]52;c;eA==Acme31m\x1b[0m [2J\n"


@given(st.text())
def test_json_is_printable_and_loses_nothing(text: str) -> None:
    for ascii_only in (False, True):
        written = harmless(json.dumps({"text": text}, ensure_ascii=ascii_only))
        assert written.isprintable()
        assert json.loads(written) == {"text": text}


def test_quiet_says_nothing_and_still_gives_data(capsys: pytest.CaptureFixture[str]) -> None:
    out = Output(quiet=True, color="never", environ={})
    out.say("Added Acme.")
    out.line("D-1")
    said = capsys.readouterr()
    assert (said.out, said.err) == ("D-1\n", "")


def test_columns_stand_under_their_headings_by_cells(capsys: pytest.CaptureFixture[str]) -> None:
    out = Output(quiet=False, color="never", environ={})
    rows = [("日本電気", "1", "a"), ("Lumen", "1,234", "b"), ("e\u0301te\u0301", "7", "c")]
    Table(("name", "value", "x"), right=(1,)).write(out, rows)
    lines = capsys.readouterr().out.splitlines()
    assert len({cell_width(line) for line in lines}) == 1
    assert lines[1] == "日本電気      1  a"


def test_a_text_is_cut_only_on_a_terminal_and_only_where_it_may(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    out = Output(quiet=False, color="never", environ={})
    rows = [("D-1", "a very long name of a very long deal")]
    Table(("ref", "deal"), elastic=(1,)).write(out, rows)
    assert capsys.readouterr().out.splitlines()[1].endswith("long deal")
    monkeypatch.setattr("pipeboard.cli.tables.terminal_width", lambda: 20)
    Table(("ref", "deal"), elastic=(1,)).write(out, rows)
    assert capsys.readouterr().out.splitlines()[1] == "D-1  a very long na…"


def test_a_row_that_is_wider_than_the_first_five_hundred_is_whole_but_where_it_may_be_cut(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    out = Output(quiet=False, color="never", environ={})
    table = Table(("ref", "deal"), elastic=(1,))
    rows = [("D-1", "a saw"), *[("D-2", "a saw of two")] * 499, ("D-1000", "a saw of three men")]
    for width, last in ((None, "D-1000  a saw of three men"), (80, "D-1000  a saw of th…")):
        monkeypatch.setattr("pipeboard.cli.tables.terminal_width", lambda width=width: width)
        table.write(out, rows)
        assert capsys.readouterr().out.splitlines()[-1] == last
    Table(("deal", "x"), elastic=(0,)).write(out, [(name, "x") for _, name in rows[:2]])
    assert capsys.readouterr().out.splitlines()[1:] == ["a saw         x", "a saw of two  x"]


def test_no_column_is_cut_to_less_than_eight_cells_and_the_widest_first(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    out = Output(quiet=False, color="never", environ={})
    monkeypatch.setattr("pipeboard.cli.tables.terminal_width", lambda: 12)
    Table(("reference", "deal", "next"), elastic=(1, 2)).write(
        out, [("D-1234567890", "a very long deal", "twelve cells")]
    )
    assert capsys.readouterr().out.splitlines() == [
        "reference     deal      next", "D-1234567890  a very …  twelve …",
    ]  # fmt: skip
    monkeypatch.setattr("pipeboard.cli.tables.terminal_width", lambda: 38)
    Table(("deal", "next"), elastic=(0, 1)).write(out, [("x" * 30, "y" * 12)])
    assert capsys.readouterr().out.splitlines()[1] == f"{'x' * 23}…  {'y' * 12}"


def test_a_stream_of_documents_is_one_document_whatever_its_length(
    capsys: pytest.CaptureFixture[str],
) -> None:
    for count in (0, 1, 200, 201):
        write_stream_of_documents("deals", ({"id": n} for n in range(count)))
        found = json.loads(capsys.readouterr().out)
        assert found == {"schema": 1, "deals": [{"id": n} for n in range(count)]}


@pytest.mark.parametrize(("is_terminal", "quiet"), [(True, False), (True, True), (False, False)])
def test_progress_is_told_to_a_person_once_it_takes_long(
    is_terminal: bool,
    quiet: bool,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    now = [0.0]
    monkeypatch.setattr("pipeboard.cli.output.monotonic", lambda: now[0])
    monkeypatch.setattr("sys.stderr.isatty", lambda: is_terminal)
    with progress_told(Output(quiet=quiet, color="never", environ={})) as show:
        for at, share in ((1.0, 0.1), (1.5, 0.25), (1.6, 0.5)):
            now[0] = at
            show(1_000, share)
        told = capsys.readouterr().err
        show(2_000, 1.0)
    assert ("1,000 rows" in told) is (is_terminal and not quiet)
    if told:
        assert told.count("rows") == 2 and f"[{'#' * 5}{' ' * 15}]" in told


@pytest.mark.parametrize("share", [0.5, 1.0])
def test_progress_is_taken_away_whatever_ends_the_work(
    share: float, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    now = [0.0]
    monkeypatch.setattr("pipeboard.cli.output.monotonic", lambda: now[0])
    monkeypatch.setattr("sys.stderr.isatty", lambda: True)
    out = Output(quiet=False, color="never", environ={})
    with pytest.raises(KeyboardInterrupt), progress_told(out) as show:
        now[0] = 60.0
        show(1_000, 0.25)
        show(2_000, share)
        raise KeyboardInterrupt
    assert capsys.readouterr().err.endswith("rows\x1b[K\r\x1b[K")


def test_a_table_without_rows_prints_nothing(capsys: pytest.CaptureFixture[str]) -> None:
    Table(("ref",)).write(Output(quiet=False, color="never", environ={}), [])
    assert capsys.readouterr().out == ""


def test_a_long_table_is_not_held_in_memory() -> None:
    given = 0

    def rows() -> object:
        nonlocal given
        for number in range(5_000):
            given += 1
            yield (str(number),)

    class _Counting(Output):
        first: int | None = None

        def line(self, *parts: object) -> None:
            if self.first is None:
                self.first = given

    out = _Counting(quiet=False, color="never", environ={})
    Table(("n",)).write(out, rows())  # type: ignore[arg-type]
    assert out.first is not None
    assert out.first < 1_000


@pytest.mark.parametrize(
    ("is_terminal", "columns", "width"),
    [(True, 80, 80), (True, 0, None), (True, None, None), (False, 80, None)],
)
def test_data_is_as_wide_as_a_terminal_that_tells_how_wide_it_is(
    is_terminal: bool, columns: int | None, width: int | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    def size(_: int) -> os.terminal_size:
        if columns is None:
            raise OSError
        return os.terminal_size((columns, 24))

    monkeypatch.setattr("sys.stdout", SimpleNamespace(isatty=lambda: is_terminal, fileno=lambda: 1))
    monkeypatch.setattr("os.get_terminal_size", size)
    found = terminal_width()
    monkeypatch.undo()
    assert found == width
