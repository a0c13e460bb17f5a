"""One thing a statement: four ways to pack several into one are refused, but in kernels."""

import ast
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path

import netinnov as ni

PACKAGE = Path(ni.__file__).parent


def names_in(node: ast.AST) -> set[str]:
    return {each.id for each in ast.walk(node) if isinstance(each, ast.Name)}


def begins_with(text: ast.AST, name: str) -> bool:
    first = text.values[0] if isinstance(text, ast.JoinedStr) and text.values else None
    return isinstance(first, ast.FormattedValue) and ast.unparse(first.value) == name


def torn(body: list[ast.stmt]) -> Iterator[ast.stmt]:
    """A text in one statement that only begins the text of the next."""
    for one, other in pairwise(body):
        target = one.targets[0] if isinstance(one, ast.Assign) else getattr(one, "target", None)
        text = getattr(one, "value", None)
        is_text = isinstance(text, ast.JoinedStr | ast.Constant)
        if not (is_text and isinstance(target, ast.Name)):
            continue
        goes_on = isinstance(other, ast.AugAssign) and ast.unparse(other.target) == target.id
        if goes_on and isinstance(other.value, ast.JoinedStr | ast.Constant):
            yield one
        said = isinstance(other, ast.Raise | ast.Expr)
        if said and any(begins_with(each, target.id) for each in ast.walk(other)):
            yield one


def packed(node: ast.AST) -> bool:
    if isinstance(node, ast.AugAssign):  # known |= {...}
        return isinstance(node.op, ast.BitOr) and isinstance(node.value, ast.Dict)
    if isinstance(node, ast.Starred):  # *("a", "b")
        return isinstance(node.value, ast.Tuple | ast.List)
    if not (isinstance(node, ast.Assign) and isinstance(node.value, ast.Tuple)):
        return False
    target = node.targets[0]  # a, b = x, y, unless y reads a, as an exchange does
    if not isinstance(target, ast.Tuple) or any(isinstance(x, ast.Starred) for x in target.elts):
        return False
    return not names_in(target) & names_in(node.value)


def faults(text: str) -> list[int]:
    tree = ast.parse(text)
    found = [node for node in ast.walk(tree) if packed(node)]
    for node in ast.walk(tree):
        for part in ("body", "orelse", "finalbody"):
            body = getattr(node, part, None)
            found += torn(body) if isinstance(body, list) else []
    return sorted(node.lineno for node in found)


def test_what_is_packed_is_found_and_an_exchange_is_not():
    assert faults('msg = f"{a} is "\nraise ValueError(f"{msg}cut off")\n') == [1]
    assert faults('msg = "a "\nmsg += f"{b}"\nraise ValueError(msg)\n') == [1]
    assert faults("a, b = c, d\na, b = b, a\nfirst, *rest = a, b\n") == [1]
    assert faults('known |= {"a": 1}\nknown |= more\nwords = (*("a", "b"), *more)\n') == [1, 3]


def test_no_statement_of_the_package_is_packed():
    texts = {
        path.relative_to(PACKAGE).as_posix(): path.read_text("utf-8")
        for path in PACKAGE.rglob("*.py")
        if "kernels" not in path.parts
    }
    assert not {name: lines for name, text in texts.items() if (lines := faults(text))}
