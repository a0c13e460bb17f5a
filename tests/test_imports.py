"""``import netinnov`` is light, and every name that it promises is there."""

from __future__ import annotations

import ast
import importlib
import inspect
import re
import subprocess
import sys
from types import ModuleType

import pytest

import netinnov as ni

HEAVY = ("matplotlib", "seaborn", "igraph", "sknetwork", "numba", "networkx", "dask", "ibis")


STEPS = {
    "the package": ("import netinnov as ni", {*HEAVY, "pandas", "numpy"}),
    "graphs": ("import netinnov.io", {*HEAVY, "infomap"}),
    "a table": ("ni.read_network(sys.argv[1])", {"geopandas", "pyogrio"}),
    "a bundled network": ("ni.datasets.load_quzhou()",
        {"matplotlib", "seaborn", "igraph", "sknetwork", "networkx"}),
    "measures": ("ni.build_network; ni.centrality; ni.compare_scenarios",
        {"matplotlib", "seaborn", "dask", "ibis"}),
}  # fmt: skip
"""What is done in one interpreter, and what must not have been loaded by then."""


@pytest.fixture(scope="module")
def loaded(tmp_path_factory) -> dict[str, set[str]]:
    """Top-level modules that a fresh interpreter has loaded after each step."""
    table = tmp_path_factory.mktemp("imports") / "f.csv"
    table.write_text("from,to\na,b\n")
    listed = "print(*{name.partition('.')[0] for name in sys.modules})"
    code = "import sys\n" + "".join(f"{step}\n{listed}\n" for step, _ in STEPS.values())
    command = [sys.executable, "-c", code, str(table)]
    run = subprocess.run(command, capture_output=True, text=True, check=True)
    lines = run.stdout.splitlines()
    return {name: set(line.split()) for name, line in zip(STEPS, lines, strict=True)}


@pytest.mark.parametrize("step", STEPS)
def test_nothing_heavy_is_loaded_before_it_is_needed(step, loaded):
    assert "netinnov" in loaded[step]
    assert loaded[step].isdisjoint(STEPS[step][1])


@pytest.mark.parametrize("name", ni.__all__)
def test_every_promised_name_is_there(name):
    value = getattr(ni, name)
    if isinstance(value, ModuleType):
        assert value.__name__ == f"netinnov.{name}"
        assert value.__file__, "a folder without __init__.py"
    elif name != "__version__":
        assert value.__name__ == name


def test_figures_are_there_without_docstrings():
    code = "import netinnov.plotting as plotting; print(plotting.plot_reach.__doc__)"
    run = subprocess.run([sys.executable, "-OO", "-c", code], capture_output=True, text=True)
    assert (run.stdout, run.stderr) == ("None\n", "")


def test_dir_lists_nothing_else_but_what_every_module_has():
    assert ni.build_network  # a name that has been used is no other than before
    others = set(dir(ni)) - set(ni.__all__)
    assert all(re.fullmatch("__[a-z]+__", name) for name in others), others


def test_type_checkers_see_the_same_names():
    # The block under TYPE_CHECKING is what editors and mypy see; __getattr__ is what runs.
    tree = ast.parse(inspect.getsource(ni))
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
    for name, home in homes.items():
        assert getattr(ni, name) is getattr(importlib.import_module(f"netinnov.{home}"), name)
    names = set(ni.__all__) - {"__version__"}
    assert modules == {f"netinnov.{name}" for name in names - set(homes)}


def test_an_older_pandas_is_told_of_in_one_line(tmp_path):
    (tmp_path / "pandas-2.3.3.dist-info").mkdir()
    (tmp_path / "pandas-2.3.3.dist-info" / "METADATA").write_text("Name: pandas\nVersion: 2.3.3\n")
    code = "import sys; sys.path.insert(0, sys.argv[1]); import netinnov"
    done = subprocess.run([sys.executable, "-c", code, tmp_path], capture_output=True, text=True)
    last = done.stderr.strip().splitlines()[-1]
    assert last.startswith(
        "ImportError: netinnov needs pandas 3.0 or newer; this environment has 2.3.3."
    )
