"""``import netinnov`` is light, and every name that it promises is there."""

from __future__ import annotations

import ast
import inspect
import re
import subprocess
import sys
from types import ModuleType

import pytest

import netinnov

HEAVY = ("matplotlib", "seaborn", "igraph", "sknetwork", "numba", "networkx", "dask", "ibis")


def loaded_by(statement: str) -> set[str]:
    """Top-level modules that a fresh interpreter has loaded after the statement."""
    code = f"import sys\n{statement}\nprint(*{{name.partition('.')[0] for name in sys.modules}})"
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    return set(run.stdout.split())


def test_import_loads_nothing_heavy():
    assert loaded_by("import netinnov").isdisjoint((*HEAVY, "pandas", "numpy"))


def test_measures_do_not_load_the_drawing_libraries():
    statement = "import netinnov as ni; ni.build_network; ni.centrality; ni.compare_scenarios"
    assert loaded_by(statement).isdisjoint({"matplotlib", "seaborn", "dask", "ibis"})


@pytest.mark.parametrize("name", netinnov.__all__)
def test_every_promised_name_is_there(name):
    value = getattr(netinnov, name)
    if isinstance(value, ModuleType):
        assert value.__name__ == f"netinnov.{name}"
        assert value.__file__, "a folder without __init__.py"
    elif name != "__version__":
        assert value.__name__ == name


def test_dir_lists_every_promised_name():
    assert set(netinnov.__all__) <= set(dir(netinnov))
    assert len(set(netinnov.__all__)) == len(netinnov.__all__)


def test_dir_lists_nothing_else_but_what_every_module_has():
    assert netinnov.build_network  # a name that has been used is no other than before
    others = set(dir(netinnov)) - set(netinnov.__all__)
    assert all(re.fullmatch("__[a-z]+__", name) for name in others), others


def test_unknown_name_is_an_attribute_error():
    with pytest.raises(AttributeError, match=r"module 'netinnov' has no attribute 'strenght'"):
        _ = netinnov.strenght


def test_type_checkers_see_the_same_names():
    # The block under TYPE_CHECKING is what editors and mypy see; __getattr__ is what runs.
    tree = ast.parse(inspect.getsource(netinnov))
    block = next(node for node in tree.body if isinstance(node, ast.If))
    modules = {
        alias.name
        for statement in block.body
        if isinstance(statement, ast.Import)
        for alias in statement.names
    }
    homes = {
        alias.name: statement.module.removeprefix("netinnov.")
        for statement in block.body
        if isinstance(statement, ast.ImportFrom)
        for alias in statement.names
    }
    assert homes == netinnov._HOME
    names = set(netinnov.__all__) - {"__version__"}
    assert modules == {f"netinnov.{name}" for name in names - set(homes)}
