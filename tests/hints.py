"""Which errors of a package say what went wrong, and not what to do next."""

from __future__ import annotations

import ast
from importlib import import_module
from pathlib import Path

ERRORS = {"BadInput", "DatabaseError", "Refused", "NotFound", "ReadOnly", "Conflict", "Ambiguous"}


def without_a_hint(package: str) -> dict[str, int]:
    """How many such errors each function makes, by its module and name."""
    (folder,) = import_module(package).__path__
    found: dict[str, int] = {}
    for path in sorted(Path(folder).rglob("*.py")):
        for function in ast.walk(ast.parse(path.read_text("utf-8"))):
            if not isinstance(function, ast.FunctionDef):
                continue
            for node in ast.walk(function):
                if not isinstance(node, ast.Call) or not isinstance(node.func, ast.Name):
                    continue
                if node.func.id in ERRORS and "hint" not in {one.arg for one in node.keywords}:
                    name = f"{path.stem}.{function.name}"
                    found[name] = found.get(name, 0) + 1
    return found
