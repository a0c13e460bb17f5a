"""What CONTRIBUTING says of additions: a measure, a scenario, a reader and a section are tried.

Each is added to a copy of the package by the files that the table in CONTRIBUTING names, and one
study uses all of them.
"""

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pandas as pd
import pytest

import netinnov

PACKAGE = Path(netinnov.__file__).parent
CONTRIBUTING = Path(__file__).parents[1] / "CONTRIBUTING.md"

NEW = {
    "netinnov/centrality/_example.py": '''
def most_links(network):
    """The node with the most links."""
    from netinnov.centrality import overlapping_degree

    return overlapping_degree(network).idxmax()
''',
    "netinnov/scenarios/_example.py": '''
from netinnov.scenarios._direct_links import DirectLinks


class SisterCities(DirectLinks):
    """Direct links that two mayors have signed."""
''',
    "netinnov/sources/_example.py": '''
import pandas as pd

from netinnov.sources import Tables


def read_lines(path):
    """Links such as a-b, one a line."""
    links = pd.DataFrame([line.split("-") for line in path.read_text().split()])
    ids = sorted(set(links.to_numpy().ravel()))
    nodes = pd.DataFrame({"place": ids}, index=pd.Index(ids, name="node"))
    return Tables(nodes, links.set_axis(["source", "target"], axis=1))
''',
    "netinnov/study/sections/example.py": """
import pandas as pd

from netinnov.centrality import most_links
from netinnov.study._facts import Place, Table
from netinnov.study._context import Result


class First(Result):
    node: str


def compute(context):
    return First(context, most_links(context.cities))


def facts(result):
    return {"first": Place(result.node)}


def tables(result):
    yield Table("first", pd.DataFrame({"node": [result.node]}))
""",
    "netinnov/study/sections/example.en.jinja": """
{% set question %}Who is first?{% endset %}
{% set answer %}The node with the most links is {{ first }}.{% endset %}
""",
    "netinnov/study/sections/example.zh.jinja": """
{% set question %}谁是第一？{% endset %}
{% set answer %}联系最多的节点是{{ first }}。{% endset %}
""",
}
LAST = "__dir__ = publish(globals())"
LINES = {
    "netinnov/centrality/__init__.py": [(LAST,
        "from netinnov.centrality._example import most_links as most_links\n", "")],
    "netinnov/scenarios/__init__.py": [(LAST,
        "from netinnov.scenarios._example import SisterCities as SisterCities\n", "")],
    "netinnov/scenarios/_rivals.py": [("RIVALS: dict[str, Callable[[ReverseEnclave], Priced]] = {",
        "from netinnov.scenarios._example import SisterCities\n",
        '    "sister cities": partial(_like, SisterCities),')],
    "netinnov/sources/__init__.py": [(LAST,
        "from netinnov.sources._example import read_lines as read_lines\n", "")],
    "netinnov/sources/_read_network.py": [("READERS: dict[str, Callable[..., Tables]] = {", "",
        '    "lines": sources.read_lines,')],
    "netinnov/study/sections/__init__.py": [("SECTIONS: list[Section[Any]] = [", "",
        '    Section.of(_module("example")),')],
}  # fmt: skip
STUDY = """structure = false

[data]
source = "lines"
path = "pairs.lines"

[experiment]
home = "a"
host = "c"
size = 1
replicates = 2
rivals = ["sister cities"]
"""


def files_of(kind: str) -> set[str]:
    """The files that CONTRIBUTING names for a new one of a kind, for the topic `example`."""
    row = re.search(rf"^\| {kind} \|(.*)\|$", CONTRIBUTING.read_text("utf-8"), re.M)
    assert row, kind
    named = re.findall(r"`([^`]+)`", row[1])
    return {name.replace("MODULE", "centrality").replace("TOPIC", "example") for name in named}


@pytest.mark.parametrize("kind", ["measure", "scenario", "reader", "section"])
def test_an_addition_has_a_test_and_a_line_for_users_in_at_most_six_files(kind: str) -> None:
    files = files_of(kind)
    assert len(files) <= (6 if kind == "section" else 5)  # a section has words in two languages
    assert "CHANGELOG.md" in files
    assert any(name.startswith("tests/") for name in files)


@pytest.mark.slow
def test_additions_are_usable_by_the_files_that_are_named(tmp_path: Path) -> None:
    copy = tmp_path / "netinnov"
    shutil.copytree(PACKAGE, copy, ignore=shutil.ignore_patterns("__pycache__", "kernels"))
    (copy / "kernels").symlink_to(PACKAGE / "kernels")  # compiled once
    for name, text in NEW.items():
        assert not (tmp_path / name).exists()
        (tmp_path / name).write_text(f'"""An example."""\n{text}', encoding="utf-8")
    for name, lines in LINES.items():
        text = (tmp_path / name).read_text("utf-8")
        for where, above, below in lines:
            assert text.count(where) == 1
            text = text.replace(where, f"{above}\n{where}\n{below}")
        (tmp_path / name).write_text(text, encoding="utf-8")
    kinds = ("measure", "scenario", "reader", "section")
    named = set().union(*(files_of(kind) for kind in kinds))
    assert {*NEW, *LINES} == {name for name in named if name.startswith("netinnov/")}

    (tmp_path / "study.toml").write_text(STUDY)
    (tmp_path / "pairs.lines").write_text("a-b b-c b-d\n")
    command = [sys.executable, "-m", "netinnov", "run", "study.toml", "--out", "out", "--quiet"]
    environment = os.environ | {"PYTHONPATH": str(tmp_path)}
    run = subprocess.run(
        command, cwd=tmp_path, env=environment, capture_output=True, text=True, check=False
    )
    assert run.returncode == 0, run.stderr
    page = (tmp_path / "out" / "report.html").read_text(encoding="utf-8")
    assert "The node with the most links is <bdi>b</bdi>." in page
    assert "sister cities" in page
    tables = tmp_path / "out" / "tables"
    assert pd.read_csv(tables / "first.csv")["node"].tolist() == ["b"]
    assert any("sister" in rival for rival in pd.read_csv(tables / "contrasts.csv")["rival"])
