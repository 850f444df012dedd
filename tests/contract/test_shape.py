"""Size caps: what cannot be held in the head gets edited blindly.

A file or function may be larger only with a line in ALLOWED that names the decision record (ADR)
which says why. JavaScript functions are capped by biome.json.
"""

from __future__ import annotations

import ast
import re
from pathlib import Path

from tests.contract.tree import ROOT, files

CAPS = {".py": 400, ".js": 300, ".css": 250}
FUNCTION = 60
VIEW = 15
ROUTE = re.compile(r"\.(route|get|post|put|patch|delete)$")

# path, or path::function → number of the ADR that allows it
ALLOWED: dict[str, str] = {}

PYTHON = files("app", "tests", "tools", "bench", "migrations", kinds=(".py",))
Function = ast.FunctionDef | ast.AsyncFunctionDef


def functions(path: Path) -> list[Function]:
    tree = ast.parse(path.read_text(encoding="utf-8"))
    return [node for node in ast.walk(tree) if isinstance(node, Function)]


def lines_of(function: Function) -> int:
    assert function.end_lineno is not None
    return function.end_lineno - function.lineno + 1


def body_lines(function: Function) -> int:
    """Lines of the body without its docstring."""
    body = function.body[1:] if ast.get_docstring(function) is not None else function.body
    if not body:
        return 0
    assert body[-1].end_lineno is not None
    return body[-1].end_lineno - body[0].lineno + 1


def is_view(function: Function) -> bool:
    names = [
        ast.unparse(mark.func if isinstance(mark, ast.Call) else mark) for mark in function.decorator_list
    ]
    return any(ROUTE.search(name) for name in names)


def test_no_file_outgrows_its_cap() -> None:
    checked = files("app", "tests", "tools", "bench", kinds=tuple(CAPS))
    sizes = {path: len((ROOT / path).read_bytes().splitlines()) for path in checked}
    over = {
        path: size for path, size in sizes.items() if size > CAPS[Path(path).suffix] and path not in ALLOWED
    }
    assert not over


def test_no_function_outgrows_its_cap() -> None:
    over = {
        f"{path}::{function.name}": lines_of(function)
        for path in PYTHON
        if not path.startswith("migrations/")  # a table's creation is one statement
        for function in functions(ROOT / path)
        if lines_of(function) > FUNCTION and f"{path}::{function.name}" not in ALLOWED
    }
    assert not over


def test_views_load_ask_and_answer_and_no_more() -> None:
    over = {
        f"{path}::{function.name}": body_lines(function)
        for path in PYTHON
        if path.startswith("app/web/")
        for function in functions(ROOT / path)
        if is_view(function) and body_lines(function) > VIEW and f"{path}::{function.name}" not in ALLOWED
    }
    assert not over


def test_every_module_says_at_its_head_what_it_owns() -> None:
    bare = [
        path
        for path in PYTHON
        if not path.startswith("migrations/")
        and (text := (ROOT / path).read_text(encoding="utf-8")).strip()
        and not ast.get_docstring(ast.parse(text))
    ]
    assert not bare


def test_an_exception_names_a_decision_and_is_still_needed() -> None:
    for place, record in ALLOWED.items():
        assert list((ROOT / "docs/adr").glob(f"{record}-*.md")), f"{place}: there is no ADR {record}"
        path, _, name = place.partition("::")
        if name:
            assert any(one.name == name and lines_of(one) > VIEW for one in functions(ROOT / path)), place
        else:
            assert len((ROOT / path).read_bytes().splitlines()) > CAPS[Path(path).suffix], place
