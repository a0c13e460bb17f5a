"""Parts of kernels that several files repeat, because no compiled file calls another's."""

import ast
from pathlib import Path

import netinnov as ni

KERNELS = Path(ni.__file__).parent / "kernels"


def code_of(function: ast.FunctionDef) -> str:
    """Arguments and statements, without docstring and decorators."""
    body = function.body[ast.get_docstring(function) is not None :]
    return "\n".join([ast.unparse(function.args), *map(ast.unparse, body)])


def test_private_functions_of_one_name_have_the_same_code_in_all_kernels() -> None:
    codes: dict[str, dict[str, str]] = {}
    for path in sorted(KERNELS.glob("*.py")):
        for node in ast.parse(path.read_text(encoding="utf-8")).body:
            if isinstance(node, ast.FunctionDef) and node.name.startswith("_"):
                codes.setdefault(node.name, {})[path.name] = code_of(node)
    repeated = {name: files for name, files in codes.items() if len(files) > 1}
    assert {"_uniform", "_ones", "_mixed"} <= repeated.keys()
    differ = {name: list(files) for name, files in repeated.items() if len(set(files.values())) > 1}
    assert not differ
