"""Texts of the program made into phrases as its modules are imported, where a translation asks."""

from __future__ import annotations

import ast
import re
import sys
from collections.abc import Iterator, Sequence
from importlib import import_module
from importlib.machinery import ModuleSpec, PathFinder, SourceFileLoader
from pathlib import Path
from types import CodeType, ModuleType
from typing import TYPE_CHECKING

from pipeboard.domain.phrases import are_made, make

if TYPE_CHECKING:
    from _typeshed import ReadableBuffer as Buffer

PACKAGE = Path(__file__).parents[1]
_FORM = "words-1"
"""Raised when modules become something else, so that what was compiled before is not taken."""

# Modules whose texts no person reads on a screen: data, files, scripts, what scripts are told.
_WITHOUT = re.compile(
    r"demo/|domain/(locale_table|phrases)\.py|cli/(phrasing|other_words)\.py"
    r"|exchange/(words/|layouts/(tools|trello)|(synonyms|page|metrics_document)\.py)"
    r"|store/(tables/|(grants|dialect|sql)\.py)|ui/terminal/(ink|reading|cells|width)\.py"
)
# Where only refusals are ours: all else is data of the pipelines that are made.
_WITH_DATA = re.compile(r"domain/templates\.py")
_WITH_SQL = re.compile(r"store/|cli/(due_short|completing)\.py")
# Where a word in small letters alone may be read; elsewhere it is a name of something.
_WITH_SMALL = re.compile(
    r"ui/(draw|actions|overlays|screens)/|ui/board_state\.py|domain/metrics/|workspace/triage\.py"
    r"|domain/(signs|timeline|notable|attention|board|roles|hygiene)\.py|cli/day\.py|exchange/deal_text\.py"
)
_NO_WORDS_ASSIGNED = ("CSS", "DEFAULT_CSS", "__all__", "__slots__")
_NO_WORDS_GIVEN = re.compile(
    r"[gs]etattr|hasattr|delattr|compile|import_module|TypeVar|ParamSpec|namedtuple|field|open|get"
    r"|(starts|ends)with|(en|de)code|r?partition|split|remove(pre|suf)fix|(attr|item)getter|execute"
    r"|count|with_(name|suffix|stem)|joinpath"
)
_TOLD_BY = (
    *("PipeboardError", "Refused", "SoAlready", "Conflict", "ReadOnly", "NotFound", "Ambiguous"),
    *("BadInput", "DatabaseError", "GivenUp", "Finding"),
)
_SMALL_WORDS_GIVEN = ("_unknown", "Table", "ListColumn", "Option", "MenuChoice", "FormField")
_WORDS_GIVEN_FIRST = ("whole", "left", "right", "blank", "exactly", "say", "spread", "rule")
_NO_WORDS_NAMED = ("role", "fill", "does", "key", "id", "classes", "name", "code")
_MADE_WITH = ("filled", "joined", "named", "phrase", "shaped", "text", "word")
_LETTERS = re.compile(r"[^\W\d_]{2}")
_ONE_WORD = re.compile(r"[A-Z][A-Za-z'’-]*[a-z!?.:…]")
_ALONE = re.compile(r"[a-z][a-z'-]{2,}[.:]?|[A-Z]{3,}")
_CODE = re.compile(
    r".*(\x1b|\\[wdsb]|\(\?[P:!<]|%[a-zA-Z]-?%)|\s*pipeboard [a-z]|[a-z]+://", re.DOTALL
)
# A sentence may begin with such a word too, but then with a capital: `Update SQLite …`.
_SQL = re.compile(
    r"\s*(?-i:(select|insert|update|delete|create|drop|alter|pragma)\b"
    r"|(SELECT|INSERT|UPDATE|DELETE|CREATE|DROP|ALTER|PRAGMA)\b)"
    r"|\s*(with \w+ as|and|or|from|where|exists|case when|coalesce|count|values)\b.*[=(?*;]"
    r"|.*\b(is (not )?null|order by|group by|materialized|union all)\b"
    r"|.*[\w.}]+ ([=<>]|<>|<=|>=|in \() ",
    re.DOTALL | re.IGNORECASE,
)
_MOST_LINES = 3
_PLACE = re.compile(r"\{\w*\}")


def is_said(text: str) -> bool:
    """Whether a text looks like something to read: a word with a capital, or more than one."""
    plain = _PLACE.sub("", text)
    is_script = text.count("\n") > _MOST_LINES
    if is_script or not _LETTERS.search(plain) or plain.isupper() or _CODE.match(text):
        return False
    return " " in text.strip() or _ONE_WORD.fullmatch(plain.strip()) is not None


class Phrasing(ast.NodeTransformer):
    """Makes phrases of what a module says; `templates` are those that it found, in their order."""

    def __init__(self, place: str) -> None:
        self.templates: dict[str, None] = {}
        self._has_data = _WITH_DATA.match(place) is not None
        self._has_sql = _WITH_SQL.match(place) is not None
        self._takes_small = _WITH_SMALL.match(place) is not None

    def module(self, tree: ast.Module) -> ast.Module:
        """The module with its texts as phrases."""
        self.generic_visit(tree)
        first = next(
            (
                place
                for place, node in enumerate(tree.body)
                if not (isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant))
                and not (isinstance(node, ast.ImportFrom) and node.module == "__future__")
            ),
            len(tree.body),
        )
        names = [ast.alias(name, f"__{name}__") for name in _MADE_WITH]
        tree.body.insert(first, ast.ImportFrom("pipeboard.domain.phrases", names, 0))
        return tree

    def _is_said(self, text: str) -> bool:
        return not self._has_data and is_said(text) and not (self._has_sql and _SQL.match(text))

    def visit_Constant(self, node: ast.Constant) -> ast.expr:
        text = node.value
        if not isinstance(text, str):
            return node
        is_alone = self._takes_small and _ALONE.fullmatch(text.strip())
        if not (is_alone or self._is_said(text)):
            return node
        self.templates[text] = None
        return _call("word", node, node)

    def visit_JoinedStr(self, node: ast.JoinedStr) -> ast.expr:
        template, values = "", list[ast.expr]()
        for part in node.values:
            if isinstance(part, ast.Constant):
                template += str(part.value).replace("{", "{{").replace("}", "}}")
            elif isinstance(part, ast.FormattedValue):
                template += "{}"
                values.append(self._value(part))
        if self._is_said(template):
            self.templates[template] = None
        name = "phrase" if template in self.templates else "filled"
        return _call(name, node, ast.Constant(template), *values)

    def _value(self, part: ast.FormattedValue) -> ast.expr:
        before, self._takes_small = self._takes_small, True
        value: ast.expr = self.visit(part.value)
        self._takes_small = before
        if part.format_spec is None and part.conversion < 0:
            return value
        conversion = ast.Constant(chr(part.conversion) if part.conversion >= 0 else "")
        return _call("shaped", part, value, part.format_spec or ast.Constant(""), conversion)

    def visit_Call(self, node: ast.Call) -> ast.expr:
        function = node.func
        name = function.attr if isinstance(function, ast.Attribute) else getattr(function, "id", "")
        if name == "intern":  # which takes no phrases, and only saves memory
            return _call("text", node, self.visit(node.args[0]))
        if _NO_WORDS_GIVEN.fullmatch(name):
            node.func = self.visit(node.func)
            node.args = [one if _is_text(one) else self.visit(one) for one in node.args]
            return node
        if name in _WORDS_GIVEN_FIRST:
            node.args[:1] = [self.visit(one) for one in node.args[:1]]
            node.args[1:] = [one if _is_text(one) else self.visit(one) for one in node.args[1:]]
            return node
        before = self._takes_small, self._has_sql, self._has_data
        self._takes_small |= name in _SMALL_WORDS_GIVEN
        if name in _TOLD_BY:
            self._has_sql = self._has_data = False
        self.generic_visit(node)
        self._takes_small, self._has_sql, self._has_data = before
        if isinstance(function, ast.Name) and name == "str" and len(node.args) == 1:
            return _call("text", node, *node.args)
        if name == "replace" and node.args and getattr(node.args[0], "value", "") == "_":
            return _call("named", node, node)
        if isinstance(function, ast.Attribute) and name == "join" and len(node.args) == 1:
            return _call("joined", node, node.func.value, *node.args)  # type: ignore[attr-defined]
        return node

    def visit_ClassDef(self, node: ast.ClassDef) -> ast.ClassDef:
        """The values of an enumeration are words, whatever they look like."""
        before = self._takes_small
        self._takes_small |= any(getattr(base, "id", "") == "StrEnum" for base in node.bases)
        node.body = [self.visit(one) for one in node.body]
        self._takes_small = before
        return node

    def visit_keyword(self, node: ast.keyword) -> ast.keyword:
        if not (node.arg in _NO_WORDS_NAMED and _is_text(node.value)):
            node.value = self.visit(node.value)
        return node

    def visit_Expr(self, node: ast.Expr) -> ast.Expr:
        if not isinstance(node.value, ast.Constant):
            self.generic_visit(node)
        return node

    def visit_Assign(self, node: ast.Assign) -> ast.Assign:
        if not any(getattr(target, "id", "") in _NO_WORDS_ASSIGNED for target in node.targets):
            node.value = self.visit(node.value)
        return node

    def visit_AnnAssign(self, node: ast.AnnAssign) -> ast.AnnAssign:
        if node.value is not None and getattr(node.annotation, "id", "") != "TypeAlias":
            node.value = self.visit(node.value)
        return node

    def visit_Subscript(self, node: ast.Subscript) -> ast.Subscript:
        node.value = self.visit(node.value)
        if not isinstance(node.slice, ast.Constant | ast.Tuple):
            node.slice = self.visit(node.slice)
        return node

    def visit_Compare(self, node: ast.Compare) -> ast.Compare:
        sides = (node.left, *node.comparators)
        node.left, *node.comparators = [
            side if isinstance(side, ast.Constant | ast.Tuple | ast.Set) else self.visit(side)
            for side in sides
        ]
        return node

    def visit_arguments(self, node: ast.arguments) -> ast.arguments:
        node.defaults = [self.visit(value) for value in node.defaults]
        node.kw_defaults = [value and self.visit(value) for value in node.kw_defaults]
        return node

    def _function(self, node: ast.FunctionDef | ast.AsyncFunctionDef) -> ast.stmt:
        returns, node.returns = node.returns, None
        self.generic_visit(node)
        node.returns = returns
        return node

    visit_FunctionDef = visit_AsyncFunctionDef = _function

    def visit_match_case(self, node: ast.match_case) -> ast.match_case:
        node.guard = node.guard and self.visit(node.guard)
        node.body = [self.visit(one) for one in node.body]
        return node


def _is_text(node: ast.expr) -> bool:
    return isinstance(node, ast.JoinedStr | ast.Constant | ast.Tuple)


def _call(name: str, at: ast.expr, *arguments: ast.expr) -> ast.Call:
    call = ast.Call(ast.Name(f"__{name}__", ast.Load()), list(arguments), [])
    return ast.copy_location(call, at)


def has_words(path: Path) -> bool:
    """Whether people read texts of that module of the program."""
    return not _WITHOUT.match(path.relative_to(PACKAGE).as_posix())


def _phrasing(path: Path) -> Phrasing:
    return Phrasing(path.relative_to(PACKAGE).as_posix())


def phrases_of(path: Path) -> tuple[str, tuple[str, ...]]:
    """What a module is for, and every template in it, in their order."""
    tree, phrasing = ast.parse(path.read_bytes()), _phrasing(path)
    about = (ast.get_docstring(tree) or "").partition("\n")[0]
    phrasing.module(tree)
    return about, tuple(phrasing.templates)


def sources() -> Iterator[Path]:
    """The modules of the program whose texts people read."""
    return filter(has_words, sorted(PACKAGE.rglob("*.py")))


# The way in: from now on modules of the program come with phrases.


class _Loader(SourceFileLoader):
    """Loads a module with phrases, compiled beside the one that has none."""

    def source_to_code(self, data: bytes, path: str, *, _optimize: int = -1) -> CodeType:  # type: ignore[override]
        tree = ast.fix_missing_locations(_phrasing(Path(path)).module(ast.parse(data, path)))
        return compile(tree, path, "exec", dont_inherit=True, optimize=_optimize)

    def get_data(self, path: str) -> bytes:
        return super().get_data(_beside(path))

    def set_data(self, path: str, data: Buffer, *, _mode: int = 0o666) -> None:
        super().set_data(_beside(path), data, _mode=_mode)


def _beside(path: str) -> str:
    return f"{path.removesuffix('.pyc')}.{_FORM}.pyc" if path.endswith(".pyc") else path


class _Finder:
    """Finds what has words before anybody else does."""

    @staticmethod
    def find_spec(
        name: str, path: Sequence[str] | None = None, target: ModuleType | None = None
    ) -> ModuleSpec | None:
        """The module with phrases; None for what is not ours or has no words."""
        if not name.startswith("pipeboard."):
            return None
        spec = PathFinder.find_spec(name, path, target)
        if spec is None or spec.origin is None or not has_words(Path(spec.origin)):
            return None
        if isinstance(spec.loader, SourceFileLoader):
            spec.loader = _Loader(name, spec.origin)
        return spec


def come_with_phrases() -> None:
    """From now on what is imported of the program is made of phrases."""
    if not are_made():
        make()
        sys.meta_path.insert(0, _Finder)


def imported_anew(name: str) -> ModuleType:
    """A module with phrases, and with it whatever was imported before of the program: for whoever
    has done nothing with it yet."""
    come_with_phrases()
    for known in [known for known in sys.modules if known.startswith("pipeboard.")]:
        if not known.startswith(_STAYS):
            del sys.modules[known]
    return import_module(name)


_STAYS = ("pipeboard.domain.phrases", "pipeboard.cli.phrasing")
