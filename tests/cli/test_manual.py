"""Help, examples and the man page: made from one set of tables, and true."""

from __future__ import annotations

import json
import re
import shlex
import shutil
import subprocess
from pathlib import Path

import pytest

from pipeboard.cli.manual import _roff, every_verb, man_page, manual_of
from tests.cli.conftest import Type

EVERY = ("", *every_verb())
EXAMPLES = {verb: manual_of(verb).examples for verb in EVERY}
ON_A_TERMINAL = ("", "board", "tour", "config edit", "pipeline edit", "mcp")
"""What needs a person: tried where it is tested for itself."""
LINES = [
    line
    for verb, lines in EXAMPLES.items()
    if verb not in ON_A_TERMINAL
    for line in lines
    if line != "pipeboard demo"
]


@pytest.mark.parametrize("verb", EVERY)
def test_every_verb_has_examples_that_begin_with_its_name(verb: str) -> None:
    assert EXAMPLES[verb]
    assert all(line.startswith(f"pipeboard {verb}".rstrip()) for line in EXAMPLES[verb])


@pytest.mark.parametrize("verb", EVERY)
def test_help_shows_the_examples_before_the_usage(verb: str, pipe: Type) -> None:
    if verb == "":
        return  # its help is the overview
    first, _, second = verb.partition(" ")
    shown = pipe(first, *filter(None, (second,)), "--help").out
    assert 0 < shown.index(EXAMPLES[verb][0]) < shown.index("usage: pipeboard")


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Path:
    from pipeboard.cli.main import main

    path = tmp_path_factory.mktemp("demo") / "demo.db"
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("PIPEBOARD_NOW", "2026-11-23T09:00:00Z")
        assert main(["demo", "--no-open", "--deals", "60", "--db", str(path)]) == 0
    return path


@pytest.fixture
def there(demo: Path, pipe: Type, home: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with a copy of the demo, and the files that the examples name."""
    folder = home / "there"
    folder.mkdir()
    shutil.copy(demo, folder / "deals.db")
    monkeypatch.chdir(folder)
    monkeypatch.setenv("PIPEBOARD_DB", str(folder / "deals.db"))
    (folder / "templates").mkdir()
    (folder / "templates" / "hello.md").write_text("Hello {{first name|there}}!\n")
    (folder / "leads.txt").write_text("Lumen Oy: packaging line 40k\n")
    (folder / "call.txt").write_text("They called.\n")
    (folder / "deals.csv").write_text("title,stage,value\nPackaging line,Proposal,4000\n")
    (folder / "pipeline.toml").write_text(pipe("pipeline", "show", "--toml").out)
    assert pipe("filter", "save", "big", "value>50k").code == 0
    return folder


@pytest.mark.parametrize("line", LINES)
def test_every_example_does_what_it_shows(line: str, there: Path, pipe: Type) -> None:
    run_as_shown(line, there, pipe)


def parts_of(line: str) -> tuple[list[str], str]:
    """The words behind `pipeboard` as far as a pipe or a file to write, and the file to read."""
    words = shlex.split(line, comments=True)[1:]
    ends = [words.index(sign) for sign in ("|", "||", ">", "<") if sign in words]
    file = words[words.index("<") + 1] if "<" in words else ""
    return words[: min(ends, default=len(words))], file


def run_as_shown(line: str, there: Path, pipe: Type) -> None:
    """Does what a line of a document shows: `pipeboard …`, as far as the next pipe."""

    def of(where: str) -> list[str]:
        return pipe("list", *where.split(), "--ids").out.replace("D-", "").split()

    assert pipe("archive", of("lost")[1]).code == 0
    stands_for = dict(
        zip(("142", "143"), of('stage:"Needs Assessment" open'), strict=False),
        **{"150": of("lost")[0], "151": of("archived")[0]},
    )
    stands_for["D-142"] = f"D-{stands_for['142']}"
    words, file = parts_of(line)
    words = [stands_for.get(word, word) for word in words]
    if words[0] == "init":
        words += ["--db", "new.db"]
    if words[:2] == ["backup", "restore"]:
        assert pipe("backup", words[2]).code == 0
        words += ["-y"]
    if words[:1] == ["migrate"]:
        words[words.index("--to") + 1] = "elsewhere.db"
    if words[:1] == ["redo"]:
        assert pipe("undo").code == 0
    if words[:2] == ["next", stands_for["142"]] and "--done" in words:
        assert pipe("next", stands_for["142"], "today call").code == 0
    done = pipe(*words, stdin=(there / file).read_text() if file else "")
    gate = words[0] in ("move", "won") and "--override" not in words
    allowed = {0, 4} if gate else {0, 1} if words[0] == "check" else {0}
    assert done.code in allowed, done.err


@pytest.mark.parametrize(
    ("text", "page"),
    [
        ("a deal", "a deal"),
        ("  two\n lines ", "two lines"),
        (".pipeboard is a folder", "\\&.pipeboard is a folder"),
        ("a.b", "a.b"),
        ("'mine' holds", "\\(aqmine\\(aq holds"),
        ("-n", "\\-n"),
        ("a\\b", "a\\eb"),
        ("~/x", "\\(ti/x"),
        ("`a^b`", "\\(gaa\\(hab\\(ga"),
        ("40 €", "40 \\[u20AC]"),
    ],
)
def test_a_text_stands_on_the_man_page_as_it_is(text: str, page: str) -> None:
    assert _roff(text) == page


def test_the_man_page_has_every_verb_and_flag_and_nothing_that_man_complains_of(
    tmp_path: Path,
) -> None:
    page = man_page()
    plain = page.replace("\\-", "-").replace("\\&", "")
    for verb in every_verb():
        assert f"pipeboard {verb}" in plain
        for flag in manual_of(verb).flags:
            assert all(name in plain for name in flag.names)
    file = tmp_path / "pipeboard.1"
    file.write_text(page)
    readers = {
        "mandoc": ("mandoc", "-T", "lint", "-W", "error"),
        "groff": ("groff", "-man", "-ww", "-z"),
    }
    for reader, command in readers.items():
        if shutil.which(reader):
            said = subprocess.run([*command, str(file)], capture_output=True, text=True)
            assert (said.returncode, said.stdout + said.stderr) == (0, "")


def test_the_man_page_has_flags_of_every_verb_once_and_those_of_a_verb_below_it() -> None:
    page = re.sub(r"\\f[BIR]", "", man_page()).replace("\\-", "-")
    found: dict[str, list[str]] = {}
    for section in re.split(r"\n(?=\.S[HS] )", page):
        name, *lines = section.split("\n")
        heads = [lines[at + 1] for at, line in enumerate(lines) if line == ".TP"]
        found[name] = [word.strip(",") for head in heads for word in head.split()
                       if word.startswith("-")]  # fmt: skip
    for verb in every_verb():
        manual = manual_of(verb)
        (named,) = (n for n in found if n == f".SS pipeboard {verb} {manual.words}".rstrip())
        own = [name for flag in manual.flags if not flag.of_every_verb for name in flag.names]
        assert found[named] == own, verb
    assert found[".SH FLAGS OF EVERY VERB"] == [
        name for flag in manual_of("list").flags if flag.of_every_verb for name in flag.names
    ]


def test_what_a_verb_prints_can_be_had_as_json() -> None:
    without = {verb for verb in every_verb() if not _has_json(verb)}
    assert without == {"board", "config edit", "completions", "man", "mcp"}


def _has_json(verb: str) -> bool:
    return any("--json" in flag.names for flag in manual_of(verb).flags)


@pytest.mark.parametrize("verb", ["version", "config path"])
def test_the_smallest_verbs_answer_in_json_too(verb: str, pipe: Type) -> None:
    assert json.loads(pipe(*verb.split(), "--json").out)["schema"] == 1


@pytest.mark.parametrize(
    ("line", "near"),
    [
        (("list", "--jsno"), "--json"),
        (("list", "--sotr", "value"), "--sort"),
        (("add", "Acme: x 1k", "--new-rpe"), "--new-rep"),
        (("metrics", "--perod=2026"), "--period"),
        (("list", "--color", "alwys"), "always"),
        (("--quite", "list"), "--quiet"),
    ],
)
def test_an_unknown_flag_or_choice_names_the_near_one(
    line: tuple[str, ...], near: str, team: Type
) -> None:
    refused = team(*line)
    assert refused.code == 2
    assert f"Did you mean {near}?" in refused.err


TWINS = {
    "BoardScreen": ("list", "--sort", "stage"),
    "DealScreen": ("show", "142"),
    "MetricsScreen": ("metrics", "--md"),
    "ImportScreen": ("import", "deals.csv", "--dry-run"),
    "TriageScreen": ("triage", "--plain"),
    "ReviewScreen": ("review",),
    "HygieneScreen": ("check",),
    "Welcome": ("init", "--db", "new.db"),
}
"""What says in lines what a screen shows; named in the README too."""


def test_every_screen_has_a_twin_of_lines() -> None:
    import pipeboard.ui.screens as folder

    bases = ("LiveScreen", "PageScreen", "CountingScreen")
    made = re.compile(rf"^class (\w+)\((?:{'|'.join(bases)}|Screen\[None\])\)", re.MULTILINE)
    files = Path(folder.__file__).parent.glob("*.py")
    screens = {name for file in files for name in made.findall(file.read_text())}
    assert screens - {*bases} == set(TWINS), "TWINS wants the verb that says what a screen shows"


@pytest.mark.parametrize("screen", TWINS)
def test_a_twin_prints_lines_without_a_terminal(screen: str, there: Path, pipe: Type) -> None:
    deal = pipe("list", "open", "--ids").lines[0]
    said = pipe(*(deal if word == "142" else word for word in TWINS[screen]))
    assert said.code in ((0, 1) if screen == "HygieneScreen" else (0,))
    assert said.out + said.err
    assert "\x1b" not in said.out


@pytest.mark.parametrize(("topic", "near"), [("filtr", "filter"), ("triag", "triage")])
def test_help_on_what_is_none_names_the_topic_or_the_verb_that_is_like_it(
    topic: str, near: str, pipe: Type
) -> None:
    refused = pipe("help", topic)
    assert (refused.code, f"Did you mean {near}?" in refused.err) == (3, True)
