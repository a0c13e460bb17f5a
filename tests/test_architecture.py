"""The page on the architecture and the import contract say the same."""

import ast
import re
import sys
from pathlib import Path
from pydoc import locate

import networkx as nx
import pytest

ROOT = Path(__file__).parents[1]
PACKAGE = ROOT / "netinnov"
PATHS = [*PACKAGE.rglob("*.py")]
PAGE = (ROOT / "docs" / "architecture.md").read_text(encoding="utf-8")


@pytest.fixture
def contract(monkeypatch):
    monkeypatch.syspath_prepend(ROOT / "docs")
    monkeypatch.delitem(sys.modules, "_layers", raising=False)
    import _layers

    return _layers


def test_the_picture_is_drawn_from_the_contract(contract):
    assert contract.drawn(PAGE) == PAGE


def test_each_folder_stands_in_a_layer_and_has_a_line(contract):
    named = {name.strip() for line in contract.layers() for name in line.split("|")}
    at_root = {path.stem for path in PACKAGE.iterdir() if path.suffix == ".py"}
    folders = {path.parent.name for path in PACKAGE.glob("*/__init__.py")}
    assert named == (at_root | folders) - {"__init__", "__main__", "_typing", "_version"}
    table = re.findall(r"^\| (`.*?) \|", PAGE, re.M)
    assert named == {name for row in table for name in re.findall(r"`(\w+)`", row)}


def test_functions_that_the_page_names_are_there():
    folders = "_network|_runtime|build|experiments|sources|study|supra"
    names = re.findall(rf"`((?:{folders})\.[\w.]+)`", PAGE)
    assert len(names) > 9
    assert [name for name in names if locate(f"netinnov.{name}") is None] == ["study.toml"]


def test_no_files_import_one_another():
    """Nor does a file by way of others, for types alone either."""
    parts = {path: path.relative_to(ROOT).with_suffix("").parts for path in PATHS}
    names = {path: ".".join(part).removesuffix(".__init__") for path, part in parts.items()}
    graph = nx.DiGraph()
    for path, name in names.items():
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.ImportFrom):
                within = {f"{node.module}.{each.name}" for each in node.names} & {*names.values()}
                graph.add_edges_from((name, other) for other in within or {node.module})
    assert [each for each in nx.strongly_connected_components(graph) if len(each) > 1] == []
