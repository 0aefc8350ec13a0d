"""The documents: every command line in them is run, every table is the program's own."""

from __future__ import annotations

import json
import re
import tomllib
from pathlib import Path

import pytest

from pipeboard.cli.config import problems
from pipeboard.cli.manual import FOLDER, document
from pipeboard.cli.verbs import TOPICS, cut, parser_of
from tests.cli.conftest import Type
from tests.cli.test_manual import demo as demo
from tests.cli.test_manual import parts_of, run_as_shown
from tests.cli.test_manual import there as there
from tests.documents import filled

ROOT = Path(__file__).parents[2]
PAGES = [ROOT / "README.md", *sorted(FOLDER.glob("*.md"))]
ON_A_TERMINAL = ("board", "tour", "demo")
OF_OTHERS = ("python3 -m venv", "pip install", "pipx ", "uv ", "sudo ", "export ")
"""Lines for other programs: those of the README are tried by CI, those of roles by two accounts."""


def lines_of(page: Path) -> list[str]:
    """The command lines of a page: indented by four, no table and no block of another language."""
    text = re.sub(r"```.*?```", "", page.read_text("utf-8"), flags=re.DOTALL)
    return [line.strip() for line in text.splitlines() if line.startswith("    ")]


def command_in(line: str) -> str:
    """The `pipeboard …` of a line: of a prompt, of a crontab, or of an account's only command."""
    if found := re.search(r"\$\((pipeboard [^)]*)\)", line):
        return found[1]
    line = line.partition("  #")[0]
    if found := re.search(r'-m (pipeboard [^"]*)"', line):
        return found[1]
    return line[line.index("pipeboard") :]


OURS = sorted(
    {
        command_in(line)
        for page in PAGES
        for line in lines_of(page)
        if not line.startswith(OF_OTHERS)
    }
)


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.stem)
def test_a_page_has_lines_to_type_and_no_line_longer_than_a_screen_of_120(page: Path) -> None:
    assert page.stem == "assistant" or lines_of(page)
    prose = [line for line in page.read_text("utf-8").splitlines() if "|" not in line]
    assert [line for line in prose if len(line) > 131 and "authorized" not in line] == [
        line for line in prose if line.startswith("    command=")
    ]


@pytest.mark.parametrize("line", OURS)
def test_every_command_line_does_what_it_shows(line: str, there: Path, pipe: Type) -> None:
    verb, rest = cut(parts_of(line)[0])
    if not verb or verb.startswith(ON_A_TERMINAL) or {"--shared", "--grants"} & {*rest}:
        parser_of(verb)[1].read(rest)
        return
    (there / "sales.csv").write_text(
        "title,stage,value,engage_date\nPress,Angebot,4000,2026-11-02\nLine,Auftrag,1,2026-11-03\n"
    )
    (there / "reps.csv").write_text("sales_agent,manager,office\nbo,Mo,East\n")
    if "--map" in rest and "--join" not in rest:
        (there / "sales.csv").write_text("title,stage,engage_date\nPress,Engaging,2026-11-02\n")
        line += " --into Hardware --stages Engaging"
    if rest[:1] == ("all.json",):
        assert pipe("export", "--whole", "--to", "all.json").code == 0
    if verb == "undo":
        assert pipe("add", "Lumen Oy: pilot 1k @me").code == 0
    for rep in ("ana", "bo"):
        if rep in line:
            assert pipe("rep", "add", rep).code == 0
    run_as_shown(line, there, pipe)


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.stem)
def test_every_table_is_what_the_program_runs_by(page: Path) -> None:
    text = page.read_text("utf-8")
    assert filled(text) == text, "python -m tests.documents writes them"


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.stem)
def test_every_block_of_another_language_can_be_read(page: Path) -> None:
    for language, block in re.findall(
        r"```(\w+)\n(.*?)```", page.read_text("utf-8"), flags=re.DOTALL
    ):
        if language == "json":
            json.loads(block)
        else:
            assert list(problems(tomllib.loads(block))) == []


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.stem)
def test_every_link_leads_somewhere(page: Path) -> None:
    for link in re.findall(r"\]\((?!http)([^)#]+)", page.read_text("utf-8")):
        assert (page.parent / link).exists(), link


def test_the_readme_is_short_and_leads_to_every_document() -> None:
    text = (ROOT / "README.md").read_text("utf-8")
    assert len(text.splitlines()) <= 150
    assert all(f"pipeboard/docs/{topic}.md" in text for topic in TOPICS)
    assert {page.stem for page in FOLDER.glob("*.md")} == set(TOPICS)


@pytest.mark.parametrize("topic", TOPICS)
def test_help_prints_a_topic_without_what_only_its_making_needs(topic: str, pipe: Type) -> None:
    said = pipe("help", topic)
    assert said.code == 0 and said.out.startswith("# ")
    assert "<!--" not in said.out and document(topic).splitlines()[0] in said.out


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("help",), "configuration"),
        (("help", "move"), "usage: pipeboard move"),
        (("help", "target"), "target set"),
        (("help", "pipeline", "show"), "usage: pipeboard pipeline show"),
        (("help", "import"), "Its flags: pipeboard import --help"),
    ],
)
def test_help_is_also_that_of_a_verb(words: tuple[str, ...], said: str, pipe: Type) -> None:
    assert said in pipe(*words).out


def test_help_on_nothing_names_the_near_one(pipe: Type) -> None:
    refused = pipe("help", "configurtion")
    assert refused.code == 3 and "Did you mean configuration?" in refused.err


@pytest.mark.parametrize("topic", TOPICS)
def test_on_a_terminal_paragraphs_fit_and_what_is_typed_stays(
    topic: str, pipe: Type, monkeypatch: pytest.MonkeyPatch
) -> None:
    whole = pipe("help", topic).out
    monkeypatch.setattr("pipeboard.cli.manual.terminal_width", lambda: 80)
    lines = pipe("help", topic).out.splitlines()
    assert "".join("".join(lines).split()) == "".join(whole.split())
    typed = re.findall(r"```.*?```", whole, flags=re.DOTALL)
    assert all(block in "\n".join(lines) for block in typed)
    assert all(line in lines for line in whole.splitlines() if line.startswith("    "))
    inside = "\n".join(typed)
    prose = [line for line in lines if not line.startswith(("    ", "|")) and line not in inside]
    assert all(len(line) < 80 for line in prose)
