"""How much there is to read: limits that may fall, but not rise without a reason."""

import ast
from pathlib import Path

import netinnov as ni

PACKAGE = Path(ni.__file__).parent
PARTS = 240_000  # statements and expressions of the package, without docstrings
FILE_LINES = 500  # of one file outside kernels


def parts(text: str) -> int:
    tree = ast.parse(text)
    n_parts = 0
    for node in ast.walk(tree):
        n_parts += isinstance(node, ast.stmt | ast.expr)
        if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef):
            documented = ast.get_docstring(node, clean=False) is not None
            n_parts -= 2 * documented  # the statement and its text
    return n_parts


def test_docstrings_do_not_count():
    assert parts('"""Module."""\nx = 1\n') == 3  # an assignment, its target and its value
    assert parts('def f():\n    "F."\n    return 1\n') == 3


def test_the_package_stays_small():
    assert sum(parts(path.read_text("utf-8")) for path in PACKAGE.rglob("*.py")) <= PARTS


def test_a_file_is_one_topic():
    lines = {
        str(path.relative_to(PACKAGE)): len(path.read_text("utf-8").splitlines())
        for path in PACKAGE.rglob("*.py")
    }
    assert not {
        name: n for name, n in lines.items() if n > FILE_LINES and not name.startswith("kernels")
    }
