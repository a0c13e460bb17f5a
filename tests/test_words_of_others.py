"""The table of words of other programs names functions that exist, and says what differs."""

import re
from operator import attrgetter
from pathlib import Path

import igraph
import networkx as nx
import numpy as np
import pandas as pd
import pytest

import netinnov as ni
from netinnov.mechanisms import agglomeration

PAGE = (Path(__file__).parents[1] / "docs/notebook.md").read_text("utf-8")
HEAD = "| to compute | netinnov | networkx | igraph | muxViz | Gephi |"


def rows(head: str) -> list[list[str]]:
    """Cells of the table with this head."""
    table = PAGE[PAGE.index(head) :].split("\n\n")[0].splitlines()[2:]
    return [[cell.strip() for cell in line.strip("|").split("|")] for line in table]


ROWS = rows(HEAD)


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row[0])
def test_functions_of_the_table_exist(row):
    assert len(row) == 6
    for cell, home in zip(row[1:4], (ni, nx, igraph.Graph), strict=True):
        for name in re.findall(r"`([^`]+)`", cell):
            assert callable(attrgetter(name)(home))


def test_functions_of_the_table_of_specialisation_exist():
    table = rows("| EconGeo | here | what differs |")
    assert len(table) == 4
    for _, name, _ in table:
        assert callable(getattr(agglomeration, name.strip("`")))


def test_pagerank_has_a_total_of_one():
    links = pd.DataFrame({"source": ["a", "b"], "target": ["b", "c"], "layer": ["x", "y"]})
    network = ni.build_network(pd.DataFrame(index=["a", "b", "c"]), links)
    np.testing.assert_allclose(ni.centrality.pagerank(network).sum(), 1)
