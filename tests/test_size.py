"""How much there is to read: limits that may fall, but not rise without a reason."""

import ast
from pathlib import Path

import netinnov as ni

PACKAGE = Path(ni.__file__).parent
LINES, CODE_LINES = 52_000, 30_000  # of the package; code: no docstring, import, comment or blank
STUDY_LINES = 6_090  # of the report with its templates and words
FILE_LINES = 450  # of one file outside kernels


def lines_of(*endings: str, below: str = "") -> dict[str, int]:
    paths = [path for each in endings for path in (PACKAGE / below).rglob(f"*{each}")]
    return {
        str(path.relative_to(PACKAGE)): len(path.read_text("utf-8").splitlines()) for path in paths
    }


def code_lines(text: str) -> int:
    beside: set[int] = set()
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef):
            documented = ast.get_docstring(node, clean=False) is not None
            parts = node.body[: int(documented)]
        else:
            parts = [node] if isinstance(node, ast.Import | ast.ImportFrom) else []
        for part in parts:
            beside.update(range(part.lineno, (part.end_lineno or part.lineno) + 1))
    lines = ((at, line.strip()) for at, line in enumerate(text.splitlines(), 1) if at not in beside)
    return sum(bool(line) and not line.startswith("#") for _, line in lines)


def test_code_is_counted_without_what_explains_it():
    assert code_lines('"""Module."""\n\nimport os\n\n# why\nx = os.sep\ndef f():\n    "F."\n') == 2


def test_the_package_stays_small():
    assert sum(lines_of(".py").values()) <= LINES
    assert sum(code_lines(path.read_text("utf-8")) for path in PACKAGE.rglob("*.py")) <= CODE_LINES
    assert sum(lines_of(".py", ".jinja", ".toml", below="study").values()) <= STUDY_LINES


def test_a_file_is_one_topic():
    long = {
        name: n
        for name, n in lines_of(".py").items()
        if n > FILE_LINES and not name.startswith(("kernels", "network.py"))  # the one noun
    }
    assert not long
