"""The house keeps its floors: who may import whom, who writes what, and how long anything gets."""

from __future__ import annotations

import ast
import re
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping, Set
from importlib import import_module
from inspect import getsource, iscoroutinefunction
from pathlib import Path
from textwrap import dedent

import pytest
from grimp import ImportGraph, build_graph

from pipeboard.ui.app import PipeboardApp
from pipeboard.ui.screens.board import BoardScreen
from pipeboard.ui.screens.deal import DealScreen
from pipeboard.ui.screens.import_screen import ImportScreen
from pipeboard.ui.screens.metrics import MetricsScreen

ROOT = Path(__file__).parents[1]
PACKAGE = ROOT / "pipeboard"
TESTS = ROOT / "tests"
LONGEST_FUNCTION = 66
LONGEST_MODULE = 450
WRITING = ("insert into ", "delete from ", "update deal ", "update event ", "update stage_total ")
WRITERS = ("insert", "put")
LOG_AND_DEALS = ("deal", "event")


def modules() -> Iterator[tuple[str, ast.Module]]:
    for path in sorted(PACKAGE.rglob("*.py")):
        name = path.relative_to(ROOT).as_posix()
        yield name, ast.parse(path.read_text("utf-8"), name)


@pytest.fixture(scope="module")
def trees() -> Mapping[str, ast.Module]:
    return dict(modules())


@pytest.fixture(scope="module")
def graph() -> ImportGraph:
    return build_graph(
        "pipeboard",
        exclude_type_checking_imports=True,
        cache_dir=None,
        include_external_packages=True,
    )


def test_the_contracts_of_the_floors_are_kept() -> None:
    done = subprocess.run(
        [sys.executable, "-c", "from importlinter.cli import lint_imports_command as c; c()"],
        cwd=ROOT,
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stdout + done.stderr


def test_no_modules_import_each_other_in_a_circle_for_types_either() -> None:
    everything = build_graph("pipeboard", exclude_type_checking_imports=False, cache_dir=None)
    ours = set(everything.modules)
    imports = {name: everything.find_modules_directly_imported_by(name) & ours for name in ours}
    assert sorted(_in_circles(imports)) == []


def _in_circles(imports: Mapping[str, set[str]]) -> set[str]:
    """The modules that come to import themselves, over however many others."""
    return {name for name in imports if name in _reached(name, imports)}


def _reached(start: str, imports: Mapping[str, set[str]]) -> set[str]:
    reached: set[str] = set()
    ahead = set(imports[start])
    while ahead:
        name = ahead.pop()
        reached.add(name)
        ahead |= imports[name] - reached
    return reached


DEEPEST = 4
MOST_METHODS = 40


def test_nothing_is_imported_late_that_is_there_once_its_module_is(
    trees: Mapping[str, ast.Module],
) -> None:
    """Imported by the module itself, or by one that it imports."""
    modules = {_module(name): tree for name, tree in trees.items()}
    early = {
        module: {
            one
            for node in tree.body
            if isinstance(node, ast.ImportFrom)
            for one in _imports(node, modules)
        }
        for module, tree in modules.items()
    }
    late = [
        f"{module}:{inner.lineno}"
        for module, tree in modules.items()
        for node in ast.walk(tree)
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
        for inner in ast.walk(node)
        if isinstance(inner, ast.ImportFrom) and _imports(inner, modules) <= _loaded(module, early)
    ]
    assert late == []


def _module(name: str) -> str:
    return name.removesuffix(".py").removesuffix("/__init__").replace("/", ".")


def _imports(node: ast.ImportFrom, modules: Mapping[str, ast.Module]) -> set[str]:
    """The modules that a statement names, or of which it takes something."""
    source = node.module or ""
    return {
        inner if (inner := f"{source}.{alias.name}") in modules else source for alias in node.names
    }


def _loaded(module: str, early: Mapping[str, Set[str]]) -> set[str]:
    """All modules that are there once this one has been imported."""
    found: set[str] = set()
    waiting = [module]
    while waiting:
        parts = waiting.pop().split(".")
        for one in [".".join(parts[: end + 1]) for end in range(len(parts))]:
            new = early.get(one, set()) - found
            found |= new
            waiting += new
    return found


def test_no_name_of_a_module_is_one_that_nothing_uses(trees: Mapping[str, ast.Module]) -> None:
    """By its name alone, also where a table writes it as a text: `selection.add`."""
    used = {name for tree in trees.values() for name in _used(_without_all(tree))}
    made = {
        (name, where)
        for where, tree in trees.items()
        for node in tree.body
        for name in _made(node)
        if not name.startswith("__")
    }
    for_what_they_put_into_a_table = ("WITH_RULES", "pipeboard/domain/deciding/__init__.py")
    assert [one for one in made if one[0] not in used] == [for_what_they_put_into_a_table]


def _made(node: ast.stmt) -> Iterator[str]:
    """What a statement of a module gives a name to; what a decorator puts in a table is used."""
    if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
        yield from [] if node.decorator_list else [node.name]
    elif isinstance(node, ast.Assign | ast.AnnAssign):
        for target in node.targets if isinstance(node, ast.Assign) else [node.target]:
            yield from (one.id for one in ast.walk(target) if isinstance(one, ast.Name))


def _used(tree: ast.Module) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Load):
            yield node.id
        elif isinstance(node, ast.Attribute):
            yield node.attr
        elif isinstance(node, ast.Constant) and isinstance(node.value, str):
            yield node.value.rpartition(".")[2]


def _without_all(tree: ast.Module) -> ast.Module:
    """The module without its `__all__`, by which nothing is used yet."""
    lists = [
        n for n in tree.body if isinstance(n, ast.Assign) and ast.unparse(n.targets[0]) == "__all__"
    ]
    return ast.Module([node for node in tree.body if node not in lists], [])


@pytest.fixture(scope="module")
def classes(trees: Mapping[str, ast.Module]) -> Mapping[str, list[ast.ClassDef]]:
    """The classes of the package by name."""
    found: dict[str, list[ast.ClassDef]] = {}
    for tree in trees.values():
        for node in tree.body:
            if isinstance(node, ast.ClassDef):
                found.setdefault(node.name, []).append(node)
    return found


def _line_of(name: str, classes: Mapping[str, list[ast.ClassDef]]) -> list[ast.ClassDef]:
    """A class of ours and all of ours that it stands on."""
    nodes = classes.get(name, [])
    bases = [base for node in nodes for base in _bases(node) if base != name]
    return [*nodes, *(one for base in bases for one in _line_of(base, classes))]


def _bases(node: ast.ClassDef) -> list[str]:
    return [ast.unparse(base).partition("[")[0].rpartition(".")[2] for base in node.bases]


def _depth(name: str, classes: Mapping[str, list[ast.ClassDef]]) -> int:
    bases = {base for node in classes[name] for base in _bases(node) if base in classes}
    return 1 + max((_depth(base, classes) for base in bases - {name}), default=0)


def test_no_class_stands_on_more_than_four_of_ours(
    classes: Mapping[str, list[ast.ClassDef]],
) -> None:
    assert {name for name in classes if _depth(name, classes) > DEEPEST} == set()


def test_no_class_has_more_methods_than_one_can_know(
    classes: Mapping[str, list[ast.ClassDef]],
) -> None:
    counts = {
        name: len(
            {
                part.name
                for node in _line_of(name, classes)
                for part in node.body
                if isinstance(part, ast.FunctionDef | ast.AsyncFunctionDef)
            }
        )
        for name in classes
    }
    assert {name for name, count in counts.items() if count > MOST_METHODS} == set()


def test_a_class_name_means_one_thing(classes: Mapping[str, list[ast.ClassDef]]) -> None:
    assert {name for name, nodes in classes.items() if len(nodes) > 1} == set()


OF_ONE_SURFACE = re.compile(
    r"\(([A-Za-z#$%]|m [a-z])\)|\bwith ([a-z]|[A-Z])(\.| or )|(^|\s)--[a-z]|'pipeboard (?!rep )"
)


def test_what_a_rule_says_names_no_key_of_the_board_and_no_flag_of_the_shell(
    trees: Mapping[str, ast.Module],
) -> None:
    said = [
        f"{name}: {text}"
        for name, tree in trees.items()
        if ".domain.deciding" in name or name.endswith((".criteria", ".roles"))
        for text in _texts(tree)
        if OF_ONE_SURFACE.search(text)
    ]
    assert said == []


MOST_ANY = 42
"""Places where nobody knows a type: rows of a driver, what a memo keeps. The number only falls."""


def test_types_are_said_wherever_they_are_known(trees: Mapping[str, ast.Module]) -> None:
    said = [
        name
        for name, tree in trees.items()
        for node in ast.walk(tree)
        if isinstance(node, ast.Name | ast.alias)
        if "Any" in (node.id if isinstance(node, ast.Name) else node.name,)
    ]
    assert len(said) <= MOST_ANY, said


STANDARD = sys.stdlib_module_names | {"_sha2", "_sha256"}
"""With one part that was renamed between the versions of Python."""


def test_the_domain_imports_only_itself_and_the_standard_library(graph: ImportGraph) -> None:
    foreign = {
        f"{name} imports {found}"
        for name in graph.find_descendants("pipeboard.domain")
        for found in graph.find_modules_directly_imported_by(name)
        if not found.startswith("pipeboard.domain") and found.split(".")[0] not in STANDARD
    }
    assert foreign == set()


@pytest.mark.parametrize("forbidden", ["now", "today", "environ", "getenv", "open", "read_text"])
def test_the_domain_reads_no_clock_no_file_and_no_environment(
    forbidden: str, trees: Mapping[str, ast.Module]
) -> None:
    found = [
        f"{name}:{node.lineno}"
        for name, tree in trees.items()
        if name.startswith("pipeboard/domain/")
        for node in ast.walk(tree)
        if isinstance(node, ast.Call) and _called(node) in (forbidden, f"datetime.{forbidden}")
    ]
    assert found == []


def _called(node: ast.Call) -> str:
    match node.func:
        case ast.Name(name):
            return name
        case ast.Attribute(ast.Name("datetime" | "date" | "time" | "os" | "Path"), name):
            return name
        case _:
            return ""


@pytest.mark.parametrize("line", [["--help"], ["version"], ["add", "--help"]])
def test_help_and_version_import_neither_the_screens_library_nor_the_databases(
    line: list[str],
) -> None:
    script = (
        "import sys\nfrom pipeboard.cli.main import main\n"
        f"try:\n    main({line!r})\nexcept SystemExit:\n    pass\n"
        "heavy = {'textual', 'rich', 'sqlmodel', 'sqlalchemy', 'alembic', 'pydantic'}\n"
        "loaded = sorted(heavy & set(sys.modules))\nassert not loaded, loaded"
    )
    done = subprocess.run([sys.executable, "-c", script], cwd=ROOT, capture_output=True, text=True)
    assert (done.returncode, done.stderr) == (0, "")


def test_no_class_is_made_into_a_dataclass_before_anybody_needs_it(
    trees: Mapping[str, ast.Module],
) -> None:
    wrong = {
        name
        for name, tree in trees.items()
        if name != "pipeboard/domain/lazy_dataclass.py"
        for node in ast.walk(tree)
        if isinstance(node, ast.ImportFrom) and node.module == "dataclasses"
        if any(alias.name not in ("asdict", "make_dataclass") for alias in node.names)
    }
    assert wrong == set(), "import it from pipeboard.domain.lazy_dataclass"


def test_only_the_store_writes_sql(trees: Mapping[str, ast.Module]) -> None:
    elsewhere = [
        f"{name}: {text}"
        for name, tree in trees.items()
        if not name.startswith("pipeboard/store/")
        for text in _texts(tree)
        if any(word in f"{' '.join(text.lower().split())} " for word in WRITING)
    ]
    assert elsewhere == []


def test_only_projecting_writes_deals_and_their_events(trees: Mapping[str, ast.Module]) -> None:
    elsewhere = [
        f"{name}: {what}"
        for name, tree in trees.items()
        if not name.startswith(("pipeboard/store/projecting/", "pipeboard/store/migration"))
        for what in (*_written_in_sql(tree), *_written_by_table(tree))
        if what in LOG_AND_DEALS
    ]
    assert elsewhere == []


def _texts(tree: ast.AST) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            yield node.value


def _written_in_sql(tree: ast.AST) -> Iterator[str]:
    for text in _texts(tree):
        words = text.lower().split()
        for verb, after in (("into", "insert"), ("from", "delete")):
            if words[:2] == [after, verb] and len(words) > 2:
                yield words[2]
        if words[:1] == ["update"] and len(words) > 1:
            yield words[1]


def _written_by_table(tree: ast.AST) -> Iterator[str]:
    for node in ast.walk(tree):
        match node:
            case ast.Call(ast.Attribute(_, verb), [ast.Constant(str(table)), *_]):
                if verb in WRITERS:
                    yield table


def _name(node: ast.Call) -> str:
    return node.func.id if isinstance(node.func, ast.Name) else ""


OUTLETS = {
    "pipeboard/outlet.py": "the one way out",
    "pipeboard/cli/main.py": "streams that are closed are opened on nothing",
    "pipeboard/ui/terminal/drivers.py": "what is drawn, cell by cell",
    "pipeboard/ui/terminal/first_frame.py": "what is drawn, cell by cell",
    "pipeboard/ui/terminal/ink.py": "which streams are the terminal",
    "pipeboard/store/locating.py": "the database",
    "pipeboard/store/patience.py": "the journal, for locks alone",
    "pipeboard/workspace/hooks.py": "what a program of the person's own reads",
    "pipeboard/store/backups.py": "the copy of a database",
    "pipeboard/exchange/local_files.py": "the bytes of a pipe that is read twice",
}
WRITES = ("write_text", "write_bytes", "writelines", "fdopen", "NamedTemporaryFile", "mkstemp")
ASKED_OF_STREAMS = ("isatty", "fileno", "encoding", "buffer", "readline")


def test_everything_goes_out_through_one_door(trees: Mapping[str, ast.Module]) -> None:
    elsewhere = [
        f"{name}:{line}"
        for name, tree in trees.items()
        if name not in OUTLETS
        for line in _writes_outside(tree)
    ]
    assert elsewhere == []


def test_every_other_door_is_still_one(trees: Mapping[str, ast.Module]) -> None:
    assert {name for name in OUTLETS if not any(_writes_outside(trees[name]))} == set()


def _writes_outside(tree: ast.Module) -> Iterator[int]:
    """The lines that print, open a file to write, or take stdout or stderr to write on."""
    harmless = {
        id(node.value)
        for node in ast.walk(tree)
        if isinstance(node, ast.Attribute) and node.attr in ASKED_OF_STREAMS
    }
    for node in ast.walk(tree):
        match node:
            case ast.Call(ast.Name("print")):
                yield node.lineno
            case ast.Call(ast.Name("open") | ast.Attribute(_, "open"), arguments, keywords):
                given = [*arguments, *(keyword.value for keyword in keywords)]
                if any(map(_is_for_writing, given)):
                    yield node.lineno
            case ast.Attribute(ast.Name("sys"), "stdout" | "stderr" | "__stdout__" | "__stderr__"):
                if id(node) not in harmless and not _is_compared(node, tree):
                    yield node.lineno
            case ast.Attribute(ast.Name("os"), "write"):
                yield node.lineno
            case ast.Attribute(_, attribute) if attribute in WRITES:
                yield node.lineno


def _is_for_writing(argument: ast.AST) -> bool:
    """A mode that writes, or flags of `os.open` that do."""
    return any(
        (
            isinstance(part, ast.Constant)
            and isinstance(part.value, str)
            and part.value in {"w", "a", "x", "wb", "ab", "xb", "w+", "a+", "r+", "rb+", "wb+"}
        )
        or (isinstance(part, ast.Attribute) and part.attr in {"O_WRONLY", "O_RDWR", "O_CREAT"})
        for part in ast.walk(argument)
    )


def _is_compared(stream: ast.AST, tree: ast.Module) -> bool:
    """Whether a stream is only looked at: `sys.stdout is None`, or handed to a question."""
    return any(
        (isinstance(node, ast.Compare) and stream in ast.walk(node))
        or (isinstance(node, ast.Call) and stream in node.args and _name(node) == "wants_color")
        for node in ast.walk(tree)
    )


def test_only_deciding_makes_events(trees: Mapping[str, ast.Module]) -> None:
    makers = ("pipeboard/domain/deciding/", "pipeboard/domain/events.py")
    elsewhere = []
    for name, tree in trees.items():
        making = {"Event", "change_to", "change"} & _from_events(tree)
        if making and not name.startswith(makers):
            calls = [node for node in ast.walk(tree) if isinstance(node, ast.Call)]
            elsewhere += [f"{name}:{call.lineno}" for call in calls if _name(call) in making]
    assert elsewhere == []


def _from_events(tree: ast.Module) -> set[str]:
    return {
        alias.asname or alias.name
        for node in ast.walk(tree)
        if isinstance(node, ast.ImportFrom) and node.module == "pipeboard.domain.events"
        for alias in node.names
    }


TYPED_IN = ("Prompt", "Form", "TextScreen", "QuestionCard", "GateSheet")
WITHOUT_DATABASE = "pipeboard/ui/screens/first_run.py"


def test_whatever_is_typed_has_a_draft_and_is_asked_until_it_is_stored(
    trees: Mapping[str, ast.Module],
) -> None:
    without = [
        f"{name}:{node.lineno}"
        for name, tree in trees.items()
        if name.startswith("pipeboard/ui/") and name != WITHOUT_DATABASE
        for node in ast.walk(tree)
        if isinstance(node, ast.Call)
        and (
            (_name(node) in TYPED_IN and "draft_key" not in {word.arg for word in node.keywords})
            or (
                (_asks_at_once(node) and isinstance(node.args[1], ast.Call))
                and _name(node.args[1]) in TYPED_IN
            )
        )
    ]
    assert without == []


def _asks_at_once(node: ast.Call) -> bool:
    """Is it `ask(host, ...)`, which hands the answer on and forgets it?"""
    return _name(node) == "ask" and len(node.args) == 2


def test_no_module_is_longer_than_a_head_can_hold() -> None:
    lengths = {
        path.relative_to(ROOT).as_posix(): len(path.read_text("utf-8").splitlines())
        for path in PACKAGE.rglob("*.py")
    }
    assert {name: lines for name, lines in lengths.items() if lines > LONGEST_MODULE} == {}


def test_no_function_is_longer_than_a_screen(trees: Mapping[str, ast.Module]) -> None:
    assert [
        f"{name}:{node.lineno} {node.name} has {length} lines"
        for name, tree in trees.items()
        for node in ast.walk(tree)
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
        and (length := (node.end_lineno or 0) - node.lineno + 1) > LONGEST_FUNCTION
    ] == []


WAITING_FOR_THE_DATABASE = (
    "reader",
    "load",
    "reload",
    "write_queue",
    "catch_up",
    "go_to_deal",
    "execute",
    "carry_out",
)


def _methods(
    trees: Mapping[str, ast.Module],
) -> Iterator[tuple[str, ast.FunctionDef | ast.AsyncFunctionDef]]:
    for name, tree in trees.items():
        if name.startswith("pipeboard/ui/"):
            for node in ast.walk(tree):
                if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                    yield f"{name}:{node.lineno} {node.name}", node


def _is_handler(node: ast.FunctionDef | ast.AsyncFunctionDef) -> bool:
    told = any(ast.unparse(each).startswith("on(") for each in node.decorator_list)
    return told or node.name.startswith(("on_", "_on_"))


def actions() -> Iterator[tuple[str, Callable[..., object]]]:
    """Everything that a key does, by the screen that has the key."""
    for screen in (BoardScreen, DealScreen, MetricsScreen, ImportScreen):
        for key in screen.TABLE:
            where, _, name = key.does.partition(".")
            home = {"screen": screen, "app": PipeboardApp}.get(where) or import_module(
                f"pipeboard.ui.actions.{where}"
            )
            prefix = "action_" if where == "app" else ""
            yield f"{screen.__name__} {key.id}", getattr(home, f"{prefix}{name}")


def test_every_name_of_the_key_table_is_an_action() -> None:
    assert all(callable(action) for _, action in actions())


def test_a_key_that_is_not_in_turn_reads_no_database() -> None:
    """What awaits something goes on in turn; what does not may not make the screen wait."""
    found = []
    for where, action in actions():
        if not iscoroutinefunction(action):
            tree = ast.parse(dedent(getsource(action)))
            named = {node.attr for node in ast.walk(tree) if isinstance(node, ast.Attribute)}
            named |= {_name(node) for node in ast.walk(tree) if isinstance(node, ast.Call)}
            found += [f"{where}: {name}" for name in named if name in WAITING_FOR_THE_DATABASE]
    assert found == []


def test_no_screen_waits_in_its_own_loop_of_messages(trees: Mapping[str, ast.Module]) -> None:
    """A handler that awaits the write queue or a question would keep the keys from being heard."""
    found = []
    for where, node in _methods(trees):
        if not isinstance(node, ast.AsyncFunctionDef) or not _is_handler(node):
            continue
        for each in ast.walk(node):
            if isinstance(each, ast.Await) and isinstance(each.value, ast.Call):
                called = ast.unparse(each.value.func).rpartition(".")[2]
                if called in ("ask", "execute", "carry_out", "patiently", "read", "pause"):
                    found.append(f"{where}: {called}")
    assert found == []


def test_what_goes_on_beside_a_screen_is_begun_by_nobody_but_its_worker(
    trees: Mapping[str, ast.Module],
) -> None:
    """A coroutine that is made for a worker which is cancelled before it runs is never awaited, of
    which Python warns on the terminal: workers are given functions, in one place."""
    assert {
        name
        for name, tree in trees.items()
        for node in ast.walk(tree)
        if isinstance(node, ast.Attribute) and node.attr == "run_worker"
    } == {"pipeboard/ui/terminal/workers.py"}


def test_nothing_on_the_screen_waits_for_a_fixed_time_for_the_database(
    trees: Mapping[str, ast.Module],
) -> None:
    """Only the write queue's own reader may wait in SQLite: no screen may use its workspace."""
    assert [
        f"{name}:{node.lineno}"
        for name, tree in trees.items()
        if name.startswith("pipeboard/ui/")
        for node in ast.walk(tree)
        if isinstance(node, ast.Attribute) and ast.unparse(node).endswith("write_queue.workspace")
    ] == []


GUIDE = (ROOT / "CONTRIBUTING.md").read_text("utf-8")
_SPAN = re.compile(r"`([^`\n]+)`")
_FILE = re.compile(r"[\w./*-]+(/|\.py|\.md|\.toml)$")


def test_the_guide_names_files_that_there_are() -> None:
    named = {span for span in _SPAN.findall(GUIDE) if _FILE.fullmatch(span) and span[0] != "."}
    lost = [n for n in named if not any((*ROOT.glob(n), *PACKAGE.rglob(n), *TESTS.rglob(n)))]
    assert lost == [] and len(named) > 50


def test_no_word_on_the_code_sends_a_reader_to_a_document_that_is_not_here() -> None:
    files = (*PACKAGE.rglob("*.py"), *TESTS.rglob("*.py"))
    named = {n for f in files for n in re.findall(r"`([\w./]+\.md)`", f.read_text("utf-8"))}
    lost = [n for n in named if not any((*ROOT.glob(n), *PACKAGE.rglob(n), *TESTS.rglob(n)))]
    assert lost == [] and "DEFINITIONS.md" in named


def test_each_row_of_the_map_names_files_of_one_room() -> None:
    rows = [_SPAN.findall(line.split("|")[1]) for line in GUIDE.splitlines() if line[:3] == "| `"]
    of_files = [row for row in rows if row and all(map(_FILE.fullmatch, row))]
    assert len(of_files) > 35
    for first, *others in of_files:
        (place,) = (root for root in (ROOT, PACKAGE) if [*root.glob(first)])
        room = (place / first).parent
        found = {n: [*room.glob(n)] or ("/" in n and [*place.glob(n)]) for n in others}
        assert [name for name in others if not found[name]] == [], first


def test_the_guide_speaks_of_what_the_code_has() -> None:
    files = (*PACKAGE.rglob("*.py"), *TESTS.rglob("*.py"))
    known = {word for file in files for word in re.findall(r"\w+", file.read_text("utf-8"))}
    spans = [s for s in _SPAN.findall(GUIDE) if not s.startswith(".") and not _FILE.fullmatch(s)]
    words = {word for span in spans for word in re.findall(r"[A-Za-z_]{3,}", span)}
    assert sorted(words - known - {"utils"}) == [], "utils is what there is none of"
