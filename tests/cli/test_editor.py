"""A person's words outlive the command: whatever fails, they are in a file, told and offered."""

from __future__ import annotations

import os
import stat
from collections.abc import Callable
from pathlib import Path

import pytest

from pipeboard.cli.call import Call
from pipeboard.cli.editor import left_behind, write_text
from pipeboard.domain.errors import DatabaseError, PipeboardError
from tests.cli.conftest import Type

Editor = Callable[[str], None]


@pytest.fixture
def editor(home: Path, monkeypatch: pytest.MonkeyPatch) -> Editor:
    """Makes a shell script the editor of a person at a terminal; `$1` is the file, last of all."""
    monkeypatch.setattr(Call, "has_person", True)

    def make(script: str) -> None:
        path = home / "vim"
        path.write_text(f'#!/bin/sh\necho "$@" >> {home}/called\nfor file; do :; done\n{script}\n')
        path.chmod(0o700)
        monkeypatch.setenv("EDITOR", str(path))

    return make


@pytest.fixture
def kept(home: Path) -> Callable[[], list[str]]:
    """What is kept in files of the state folder, all of them private."""

    def texts() -> list[str]:
        folder = home / "xdg_state_home/pipeboard/kept"
        files = sorted(folder.iterdir()) if folder.exists() else []
        assert all(stat.S_IMODE(file.stat().st_mode) == 0o600 for file in files)
        return [file.read_text() for file in files]

    return texts


WORDS = 'echo "ten minutes of words" > "$file"'
_EDITED = {
    "note": ("note", "1"),
    "answer": ("answer", "1", "need"),
    "pipeline edit": ("pipeline", "edit"),
}
_FAILING = {
    "the editor fails": f"{WORDS}; exit 1",
    "the editor is killed": f"{WORDS}; kill -9 $$",
    "the editor is interrupted": f"{WORDS}; trap - INT; kill -INT $$",
}


@pytest.mark.parametrize("verb", _EDITED)
@pytest.mark.parametrize("failure", _FAILING)
def test_what_was_written_is_kept_and_its_path_told(
    team: Type, editor: Editor, kept: Callable[[], list[str]], verb: str, failure: str
) -> None:
    team("add", "Lumen Oy: pilot")
    editor(_FAILING[failure])
    failed = team(*_EDITED[verb])
    assert failed.code == 1
    assert "Your text is kept in " in failed.err
    assert kept() == ["ten minutes of words\n"]


@pytest.mark.parametrize("verb", _EDITED)
def test_a_busy_database_takes_no_words_away(
    team: Type,
    editor: Editor,
    kept: Callable[[], list[str]],
    monkeypatch: pytest.MonkeyPatch,
    verb: str,
) -> None:
    team("add", "Lumen Oy: pilot")
    toml = team("pipeline", "show").out

    def busy(*_: object) -> None:
        raise DatabaseError("The database is busy.", hint="Try again in a moment.")

    with monkeypatch.context() as patched:
        patched.setattr("pipeboard.store.Store.write", busy)
        editor('sed -i "s/Prospecting/Begun/" "$file"; echo "# words" >> "$file"')
        failed = team(*_EDITED[verb])
    assert failed.code == 5
    assert "Your text is kept in " in failed.err
    (text,) = kept()
    assert text.endswith("# words\n")
    editor("true")
    again = team(*_EDITED[verb], stdin="y\n")
    assert again.code == 0
    assert "Go on with the text of " in again.err
    assert kept() == []
    if verb == "pipeline edit":
        assert team("pipeline", "show").out != toml


def test_kept_words_that_are_not_wanted_now_get_another_name(
    team: Type, editor: Editor, kept: Callable[[], list[str]]
) -> None:
    team("add", "Lumen Oy: pilot")
    editor(f"{WORDS}; exit 1")
    team("note", "1")
    editor('echo "new words" >> "$file"')
    assert team("note", "1", stdin="n\n").code == 0
    assert kept() == ["ten minutes of words\n"]
    assert "new words" in team("show", "1").out


def test_without_a_terminal_it_is_said_where_the_words_are(
    team: Type, editor: Editor, home: Path
) -> None:
    team("add", "Lumen Oy: pilot")
    editor(f"{WORDS}; exit 1")
    team("note", "1")
    refused = team("note", "1", "--no-input")
    assert refused.code == 2
    assert str(home / "xdg_state_home/pipeboard/kept/note_d_1-") in refused.err


def test_a_slip_in_the_text_leads_back_to_its_line(
    team: Type, editor: Editor, home: Path, kept: Callable[[], list[str]]
) -> None:
    editor(
        'if grep -q "^oops" "$file"; then sed -i "/^oops/d;s/Prospecting/Begun/" "$file";'
        ' else echo oops >> "$file"; fi'
    )
    lines = len(team("pipeline", "show").lines)
    assert team("pipeline", "edit", stdin="y\n").code == 0
    assert "Begun" in team("pipeline", "show").out
    second = (home / "called").read_text().splitlines()[1]
    assert second.startswith("+")
    assert abs(int(second.split()[0]) - lines) <= 2
    assert kept() == []


def test_a_slip_that_stays_ends_with_the_text_kept(
    team: Type, editor: Editor, kept: Callable[[], list[str]]
) -> None:
    editor('echo "= oops" > "$file"')
    refused = team("pipeline", "edit", stdin="y\n")
    assert refused.code == 2
    assert "Your text is kept in " in refused.err
    assert kept() == ["= oops\n"]


@pytest.mark.parametrize(
    ("named", "said"),
    [
        ("/nowhere/vi", "cannot be started: No such file or directory"),
        ("/tmp", "cannot be started: "),
        ("/etc/hostname", "cannot be started: "),
        ("~nobody-here/vi", "cannot be started: No such file"),
        ("vi 'x", "has a quote that is never closed"),
    ],
)
@pytest.mark.parametrize("verb", [*_EDITED.values(), ("config", "edit")])
def test_an_editor_that_is_none_is_a_sentence(
    team: Type,
    editor: Editor,
    monkeypatch: pytest.MonkeyPatch,
    kept: Callable[[], list[str]],
    named: str,
    said: str,
    verb: tuple[str, ...],
) -> None:
    team("add", "Lumen Oy: pilot")
    monkeypatch.setenv("EDITOR", named)
    failed = team(*verb)
    assert failed.code in (1, 2)
    assert said in failed.err
    assert kept() == []


def test_nothing_written_is_nothing_changed(
    team: Type, editor: Editor, kept: Callable[[], list[str]]
) -> None:
    team("add", "Lumen Oy: pilot")
    editor("true")
    before = team("history").lines
    for verb in _EDITED.values():
        assert team(*verb).code == 0
    assert kept() == []
    assert team("history").lines == before


def test_the_board_gets_its_text_or_hears_where_it_is(
    home: Path, editor: Editor, kept: Callable[[], list[str]]
) -> None:
    editor('echo "from outside" > "$file"')
    assert write_text([str(home / "vim")], "before", suffix=".md") == "from outside\n"
    assert kept() == []
    editor(f"{WORDS}; exit 1")
    with pytest.raises(PipeboardError) as failure:
        write_text([str(home / "vim")], "before", suffix=".md")
    assert failure.value.details["text"] == "ten minutes of words\n"
    assert Path(str(failure.value.details["path"])).read_text() == "ten minutes of words\n"


def test_config_edit_makes_an_example_and_leads_back_until_it_is_in_order(
    team: Type, editor: Editor, home: Path
) -> None:
    editor("true")
    assert team("config", "edit").code == 0
    file = home / "xdg_config_home/pipeboard/config.toml"
    assert "density" in file.read_text()
    editor(
        'if grep -q "^density" "$file"; then sed -i "s/^density.*/density = 3/" "$file";'
        ' else echo "density = 7" > "$file"; fi'
    )
    edited = team("config", "edit", stdin="y\n")
    assert edited.code == 0
    assert "density is one of auto, 1, 2, 3, 4" in edited.err
    assert (home / "called").read_text().splitlines()[-1].startswith("+1 ")
    assert file.read_text() == "density = 3\n"
    editor('echo "density = 7" > "$file"')
    for said, edited_times in (
        ("y\ny\ny\n", 2),  # left as it was: no way back any more
        ("\n", 2), (" YES\n", 2), ("n\n", 1), ("yo\n", 1), ("", 1),
    ):  # fmt: skip
        (home / "called").unlink()
        assert team("config", "edit", stdin=said).code == 1
        assert len((home / "called").read_text().splitlines()) == edited_times, said


def test_config_edit_says_what_the_file_holds_when_the_editor_fails(
    team: Type, editor: Editor, home: Path
) -> None:
    editor('echo "density = 3" > "$file"; exit 1')
    failed = team("config", "edit")
    file = home / "xdg_config_home/pipeboard/config.toml"
    assert (failed.code, file.read_text()) == (1, "density = 3\n")
    assert f"The editor ended with 1; {file} holds what it saved." in failed.err


def test_config_edit_tells_what_is_wrong_in_that_of_the_machine(
    team: Type, editor: Editor, home: Path
) -> None:
    editor("true")
    machines = home / "xdg_config_dirs/pipeboard/config.toml"
    machines.parent.mkdir(parents=True)
    machines.write_text("theme = 3\n")
    edited = team("config", "edit")
    assert edited.code == 1
    assert f"{machines}: theme is a text" in edited.err
    assert "in order" not in edited.err


def test_a_text_of_a_board_that_was_ended_is_told_where_it_is(home: Path, editor: Editor) -> None:
    folder = home / "xdg_state_home/pipeboard"
    editor(f"{WORDS}; exit 1")
    with pytest.raises(PipeboardError) as failure:
        write_text([str(home / "vim")], "", suffix=".md")
    assert list(left_behind(folder)) == []  # this very process is still there
    path = Path(str(failure.value.details["path"]))
    gone = path.rename(path.with_name(path.name.replace(str(os.getpid()), "999999999")))
    assert list(left_behind(folder)) == [f"A text from the editor is kept in {gone}."]
