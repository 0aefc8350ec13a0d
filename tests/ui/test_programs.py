"""A program of one's own on a key: run for the deal under the cursor, refused with a reason."""

from __future__ import annotations

import gc
import sys
from pathlib import Path

import pytest

from pipeboard.domain.errors import BadInput
from pipeboard.domain.programs import OwnProgram, read_hooks, read_programs
from pipeboard.ui.actions import export
from pipeboard.ui.key_table import read_keymap
from pipeboard.ui.last_view import Choices
from tests.ui.desk import Desk, desk

KEEPS = "import sys; open(sys.argv[1], 'a').write(' '.join(sys.argv[2:]) + '\\n')"


def programs(run: str, **more: object) -> tuple[OwnProgram, ...]:
    return read_programs({"keep": {"key": "ctrl+e", "run": run, "help": "keep it", **more}})


def keeping(path: Path, words: str) -> tuple[OwnProgram, ...]:
    """A program that writes its words into a file."""
    return programs(f'{sys.executable} -c "{KEEPS}" {path} {words}')


async def written(board: Desk, path: Path) -> list[str]:
    await board.until(lambda: path.exists() and path.read_text())
    return path.read_text().splitlines()


async def test_it_gets_the_texts_of_the_deal_on_the_board_and_on_its_own_screen(
    demo: Path, tmp_path: Path
) -> None:
    out = tmp_path / "out"
    async with desk(demo, choices=Choices(programs=keeping(out, "{ref} {title}"))) as board:
        deal = board.deal
        await board.press("ctrl+e")
        assert await written(board, out) == [f"{deal.ref} {deal.title}"]
        assert "started" in board.status
        await board.press("enter", "ctrl+e")
        await board.until(lambda: len(out.read_text().splitlines()) == 2)


async def test_each_marked_deal_gets_its_own_run(demo: Path, tmp_path: Path) -> None:
    out = tmp_path / "out"
    async with desk(demo, choices=Choices(programs=keeping(out, "{ref}"))) as board:
        await board.press(" ", " ", "ctrl+e")
        assert len(set(await written(board, out))) == 2
        assert "for 2 deals" in board.status


COMPLAINS = """import sys, time, pathlib
while not pathlib.Path(sys.argv[1]).exists(): time.sleep(0.005)
print('what is it?', file=sys.stderr, flush=True)
pathlib.Path(sys.argv[2]).write_text('and goes on')
"""


async def test_one_that_runs_on_may_complain_as_long_as_it_likes(
    demo: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(export, "_FAILS_WITHIN_S", 0.05)
    script, go, out = tmp_path / "own.py", tmp_path / "go", tmp_path / "out"
    script.write_text(COMPLAINS)
    own = programs(f"{sys.executable} {script} {go} {out}")
    async with desk(demo, choices=Choices(programs=own)) as board:
        await board.press("ctrl+e")
        assert "started" in board.status
        gc.collect()
        go.touch()
        assert await written(board, out) == ["and goes on"]


@pytest.mark.parametrize(
    ("run", "said"),
    [
        ("no-such-program-here {ref}", "cannot be started"),
        (f"{sys.executable} -c \"import sys; sys.exit('no such address')\" {{ref}}", "no such ad"),
        ("echo {field.nothing}", "has no nothing, which keep wants"),
    ],
)
async def test_what_goes_wrong_is_a_sentence(demo: Path, run: str, said: str) -> None:
    async with desk(demo, size=(160, 24), choices=Choices(programs=programs(run))) as board:
        await board.press("ctrl+e")
        assert said in board.status


async def test_it_stands_in_the_help_and_among_the_commands(demo: Path) -> None:
    async with desk(demo, choices=Choices(programs=programs("echo {ref}"))) as board:
        await board.press("?")
        await board.type("keep it")
        assert board.shows("keep it")
        await board.press("escape", "escape", ":")
        await board.type("keep")
        assert any("keep it" in line and "^e" in line for line in board.lines())


def test_a_key_that_does_something_already_is_refused() -> None:
    taken = read_programs({"mail": {"key": "n", "run": "mail {email}"}})
    with pytest.raises(BadInput, match="'n' stands for both"):
        read_keymap({}, taken)
    assert read_keymap({"board.note": "^y"}, taken)


async def test_a_hook_hears_of_what_a_key_stored_while_the_board_goes_on(
    demo: Path, tmp_path: Path
) -> None:
    out, go = tmp_path / "out", tmp_path / "go"
    waits = (
        "import json, os, sys, time\n"
        "while not os.path.exists(sys.argv[2]): time.sleep(0.01)\n"
        "told = json.load(sys.stdin)\n"
        "open(sys.argv[1], 'w').write(told['hook'] + ' ' + told['deals'][0]['ref'])\n"
    )
    hooks = read_hooks({"noted": [sys.executable, "-c", waits, str(out), str(go)]})
    async with desk(demo, choices=Choices(hooks=hooks)) as board:
        deal = board.deal
        await board.press("n")
        await board.type("They called.")
        await board.press("enter")
        await board.until(lambda: board.stored(deal.id).version > deal.version)
        await board.press("j")  # the hook has not read anything yet, and nobody waits for it
        assert board.deal.id != deal.id
        go.touch()
        assert await written(board, out) == [f"noted {deal.ref}"]


@pytest.mark.parametrize(
    ("run", "said"),
    [
        (["no-such-program-here"], "was not run"),
        ([sys.executable, "-c", "import sys; sys.exit('no desktop')"], "no desktop"),
    ],
)
async def test_a_hook_that_goes_wrong_is_one_line_and_the_change_is_stored(
    demo: Path, run: list[str], said: str
) -> None:
    async with desk(demo, choices=Choices(hooks=read_hooks({"changed": run}))) as board:
        deal = board.deal
        await board.press("n")
        await board.type("They called.")
        await board.press("enter")
        await board.until(lambda: said in board.status)
        assert board.stored(deal.id).version > deal.version
