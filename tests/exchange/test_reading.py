from __future__ import annotations

import io
import os
import stat
import threading
from itertools import islice
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from pipeboard.domain.errors import BadInput, NotFound, PipeboardError
from pipeboard.exchange.moments import AmbiguousDate
from pipeboard.exchange.rows import DealRow
from tests.exchange.files import all_deals, deals_of, open_file, write

TEXT = "Deal,Value\nPilot,5\nRenewal,6\n"


@pytest.mark.parametrize(
    ("asked", "targets"),
    [
        ("title", "title account"),
        ("stage", "stage entered:Demo"),
        ("outcome", "status is_won is_lost is_closed stage won_at lost_at"),
        ("value", "value won_value"),
        ("owner", "owner"),
        ("dates", "created_at entered:Demo stage_entered_at close_date closed_at won_at"),
    ],
)
def test_each_column_that_answers_what_is_asked_of_a_file_answers_it(
    asked: str, targets: str, tmp_path: Path
) -> None:
    path = write(tmp_path, "id,x\n1,\n2,\n")
    with open_file(path) as nothing:
        assert nothing.answers()[asked] == ""
    for target in targets.split():
        with open_file(path, overrides=(f"x={target}",)) as reading:
            assert reading.answers()[asked] == "x", target


def test_a_reading_tells_how_the_file_is_written(tmp_path: Path) -> None:
    path = write(tmp_path, "Deal;Value;Sector\nPilot;5;Räder\n".encode("windows-1252"))
    with open_file(path) as reading:
        assert (reading.tool, reading.format) == ("csv", "csv")
        assert (reading.encoding, reading.delimiter) == ("windows-1252", ";")
        assert reading.header == ("Deal", "Value", "Sector")
        assert reading.mapping == {"Deal": "title", "Value": "value", "Sector": "field.Sector"}


def test_rows_can_be_gone_through_again(tmp_path: Path) -> None:
    with open_file(write(tmp_path, TEXT)) as reading:
        assert list(reading.rows()) == list(reading.rows())


def test_rows_are_streamed_and_tell_how_far_they_have_come(tmp_path: Path) -> None:
    path = write(tmp_path, "Deal\n" + "x" * 99 + "\n" + "Deal 5\n" * 100_000)
    with open_file(path) as reading:
        rows = reading.rows()
        assert len(list(islice(rows, 50_000))) == 50_000
        assert 0.4 < reading.share_read() < 0.6
        assert sum(1 for _ in rows) == 50_001
        assert reading.share_read() == 1.0


def give_on_stdin(text: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(text.encode())))


def test_standard_input_is_kept_where_only_we_can_read_it_until_the_end(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    give_on_stdin(TEXT, monkeypatch)
    reading = open_file("-")
    with reading:
        titles = [row.title for row in all_deals(list(reading.rows()))]
        assert titles == ["Pilot", "Renewal"]
    with pytest.raises(FileNotFoundError):
        list(reading.rows())


def test_a_failure_leaves_no_copy_of_standard_input(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    give_on_stdin("", monkeypatch)
    with pytest.raises(BadInput, match="standard input is empty"):
        open_file("-")
    assert list(tmp_path.iterdir()) == []


def test_the_copy_of_standard_input_is_private(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    give_on_stdin(TEXT, monkeypatch)
    with open_file("-"):
        (folder,) = tmp_path.iterdir()
        (copy,) = folder.iterdir()
        assert stat.S_IMODE(folder.stat().st_mode) == 0o700
        assert stat.S_IMODE(copy.stat().st_mode) == 0o600


def test_a_named_pipe_can_be_read(tmp_path: Path) -> None:
    path = tmp_path / "pipe.csv"
    os.mkfifo(path)
    writer = threading.Thread(target=path.write_text, args=(TEXT,))
    writer.start()
    with open_file(path) as reading:
        assert len(list(reading.rows())) == 2
    writer.join()


def test_files_that_cannot_be_read_are_named(tmp_path: Path) -> None:
    with pytest.raises(NotFound, match="There is no file"):
        open_file(tmp_path / "missing.csv")
    with pytest.raises(BadInput, match="cannot be read"):
        open_file(tmp_path)


def test_a_file_in_which_nothing_names_a_deal_is_refused(tmp_path: Path) -> None:
    with pytest.raises(PipeboardError, match="name of a deal") as caught:
        open_file(write(tmp_path, "Value,Stage\n5,Demo\n"))
    assert "Columns: Value, Stage" in caught.value.hint


def test_a_file_without_a_beginning_says_what_follows_from_it(tmp_path: Path) -> None:
    with open_file(write(tmp_path, TEXT)) as reading:
        assert any("when a deal began" in warning for warning in reading.warnings)
    with open_file(write(tmp_path, "Deal,Created\nPilot,2017-01-01\n")) as reading:
        assert reading.warnings == []


def test_dates_are_settled_by_the_whole_file(tmp_path: Path) -> None:
    rows = "".join(f"Deal {n},01/02/2017\n" for n in range(500))
    text = f"Deal,Created\n{rows}Last,13/02/2017\n"
    first = deals_of(tmp_path, text)[0]
    assert str(first.created_at) == "2017-01-31 23:00:00+00:00"


def test_dates_that_nothing_settles_are_refused_at_once(tmp_path: Path) -> None:
    path = write(tmp_path, "Deal,Created\nPilot,03/04/2017\n")
    with pytest.raises(AmbiguousDate, match="Line 2, column 'Created'") as caught:
        open_file(path)
    assert "--dates dmy" in caught.value.hint
    with open_file(path, dates="MDY") as reading:
        (row,) = reading.rows()
        assert isinstance(row, DealRow)
        assert str(row.created_at) == "2017-03-03 23:00:00+00:00"
    with pytest.raises(BadInput, match="'ydm' is no order"):
        open_file(path, dates="ydm")


PIECES = st.sampled_from(
    [
        *',;\t"\n\r{}[]:=', "Deal", "Value", "Created", "Status", "Record ID", "Deal Stage",
        '"deals"', '"cards"', '"lists"', '"id"', '"title"', '"value"', '"amount_minor"', "null",
        "Won", "open", "40k", "€", "03/04/2017", "13/04/2017", "2017-03-18", "0.5", "-1",
        "\ud83d", "é", " ", "\\ud800", "'=1", "x" * 400, "\x1b[31m",
    ]
)  # fmt: skip


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(st.lists(PIECES, max_size=40).map("".join) | st.binary(max_size=200))
def test_no_file_does_anything_but_read_or_refuse(tmp_path: Path, content: str | bytes) -> None:
    data = content if isinstance(content, bytes) else content.encode("utf-8", "surrogatepass")
    try:
        with open_file(write(tmp_path, data)) as reading:
            for row in reading.rows():
                assert row.line >= 1
                assert all(cell == cell.encode().decode() for cell in row.raw.values())
    except PipeboardError as error:
        assert error.message


@pytest.mark.parametrize(
    ("start", "what"),
    [("<html><table>", "a web page"), ("<?xml version='1.0'?>", "XML"), ("{\\rtf1 x}", "RTF"),
     ("%PDF-1.7", "a PDF")],
)  # fmt: skip
def test_another_kind_of_document_is_called_what_it_is(
    tmp_path: Path, start: str, what: str
) -> None:
    file = tmp_path / "deals.xls"
    file.write_text(f"{start}\nTitle,Stage\nA,Lead\n")
    with pytest.raises(BadInput, match=what):
        open_file(file)


@pytest.mark.parametrize(
    ("pipelines", "said"),
    [
        ((), ""),
        (("Sales", "Sales"), ""),
        (("Sales", "Sales", "Other"), "deals of 2 pipelines (Sales 2, Other 1)"),
    ],
)
def test_only_deals_of_several_pipelines_are_told_to_go_into_one(
    tmp_path: Path, pipelines: tuple[str, ...], said: str
) -> None:
    text = "deal,stage,pipeline\n" + "".join(f"D{n},Lead,{p}\n" for n, p in enumerate(pipelines))
    with open_file(write(tmp_path, text)) as reading:
        assert len(list(reading.rows())) == len(pipelines)
        told = [remark for remark in reading.remarks() if "pipelines (" in remark]
    assert [said in remark for remark in told] == [True] * bool(said)
