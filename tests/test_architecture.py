"""The page on the architecture and the import contract say the same."""

import re
import sys
from pathlib import Path
from pydoc import locate

import pytest

ROOT = Path(__file__).parents[1]
PACKAGE = ROOT / "netinnov"
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
