"""The first things that a newcomer tries in a notebook work, or say what to do instead."""

from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple

import nbformat
import pytest
from nbclient import NotebookClient
from nbformat.v4 import new_code_cell, new_notebook

Outputs = list[nbformat.NotebookNode]


def text(outputs: Outputs) -> str:
    """What the cell prints and its value as text."""
    return "".join(
        str(output.get("text", "")) + str(output.get("data", {}).get("text/plain", ""))
        for output in outputs
    )


def html(outputs: Outputs) -> str:
    return "".join(str(output.get("data", {}).get("text/html", "")) for output in outputs)


def pictures(outputs: Outputs) -> int:
    return sum("image/png" in output.get("data", {}) for output in outputs)


def says(name: str, words: str) -> Callable[[Outputs], bool]:
    """Whether the cell ends with this error, in one of whose lines the words are."""
    return lambda outputs: any(
        output.output_type == "error" and output.ename == name and words in output.evalue
        for output in outputs
    )


def prints(*words: str) -> Callable[[Outputs], bool]:
    return lambda outputs: all(word in text(outputs) for word in words)


def shows(*words: str) -> Callable[[Outputs], bool]:
    """Whether the value of the cell is HTML of moderate length with these words."""
    return lambda outputs: (
        all(word in html(outputs) for word in words) and html(outputs).count("<tr") < 60
    )


class Thing(NamedTuple):
    """Something that is tried, and whether its outputs are what one hopes for."""

    code: str
    good: Callable[[Outputs], bool] = lambda outputs: outputs == []


THINGS = {
    "import it": Thing("import netinnov as ni"),
    "load the example": Thing(
        "cities = ni.datasets.load_yrd_enclaves()\ncities",
        shows("<b>MultilayerNetwork</b>", "<th>directed</th>", "ownership"),
    ),
    "print it": Thing("print(cities)", prints("nodes in", "links in", "layers (")),
    "build one from two tables": Thing(
        "import pandas as pd\n"
        "nodes = pd.DataFrame({'node': ['a', 'b', 'c', 'd']})\n"
        "links = pd.DataFrame({'source': ['a', 'a', 'b', 'c'], 'target': ['b', 'c', 'c', 'd']})\n"
        "network = ni.build_network(nodes, links)\n"
        "print(network)",
        prints("4 nodes, 4 links in 1 layer (links)"),
    ),
    "degree of one layer": Thing(
        "ni.centrality.degree(network).squeeze().sort_values(ascending=False)",
        prints("c    3", "Name: links"),
    ),
    "a graph of networkx": Thing(
        "import networkx as nx\nni.centrality.pagerank(nx.karate_club_graph())",
        says("InputError", "netinnov.io.from_networkx(graph)"),
    ),
    "to networkx and back": Thing(
        "graph = nx.Graph(ni.io.to_networkx(network, collapse_periods=True))\n"
        "print(nx.average_clustering(graph), ni.io.from_networkx(graph))",
        prints("0.58", "4 nodes"),
    ),
    "communities": Thing(
        "ni.community.leiden(cities, rng=1)", shows("<b>Partition</b>", "quality")
    ),
    "a map": Thing(
        "from netinnov.plotting import plot_effects, plot_flow_map, plot_network\n"
        "plot_flow_map(cities.select(layers=['ownership']));",
        lambda outputs: pictures(outputs) == 1,
    ),
    "a figure of one's own": Thing(
        "from matplotlib import pyplot as plt\nplt.plot([1, 2, 3])",
        lambda outputs: pictures(outputs) == 1,
    ),
    "an experiment": Thing(
        "from netinnov.scenarios import ReverseEnclave\n"
        "system = ni.datasets.make_city_system(n_cities=12, rng=1)\n"
        "home, host = system.places.index[[5, 0]]\n"
        "result = ni.compare_scenarios(\n"
        "    system,\n"
        "    scenarios={'park': ReverseEnclave(home, host, size=4, pipeline_share=0.5)},\n"
        "    measures={'efficiency': ni.connectivity.global_efficiency},\n"
        "    replicates=20,\n"
        "    rng=1,\n"
        ")\n"
        "result",
        lambda outputs: (
            "replicates" in str(outputs)
            and shows("<b>ExperimentResult</b>", "park", "efficiency")(outputs)
        ),
    ),
    "a graph whose ids are numbers": Thing(
        "karate = ni.io.from_networkx(nx.karate_club_graph())\nlen(karate), '33' in karate",
        prints("34 ids of nodes became text, e.g. 0 became '0'", "(34, True)"),
    ),
    "against random networks, without a bar": Thing(
        "measure = ni.connectivity.global_efficiency\n"
        "ni.null_models.compare_with_null(\n"
        "    karate, measure=measure, replicates=19, rng=1, progress=False\n"
        ")",
        lambda outputs: len(outputs) == 1 and shows("<b>NullComparison</b>")(outputs),
    ),
    "a figure of the result": Thing("plot_effects(result)", lambda outputs: pictures(outputs) == 1),
    "save and read": Thing(
        "ni.io.write_network(network, 'saved')\nprint(ni.read_network('saved').equals(network))",
        prints("True"),
    ),
    "change a network": Thing(
        "network.links.loc[0, 'weight'] = 99.0\nprint(network.links['weight'].max())", prints("1.0")
    ),
}


@pytest.fixture(scope="module")
def outputs(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """What each cell shows; all are run one after another by a kernel of its own."""
    folder: Path = tmp_path_factory.mktemp("notebook")
    cells = [new_code_cell(thing.code) for thing in THINGS.values()]
    notebook = new_notebook(cells=cells)
    NotebookClient(
        notebook,
        timeout=300,
        kernel_name="python3",
        allow_errors=True,
        resources={"metadata": {"path": str(folder)}},
    ).execute()
    return {
        name: [each for each in cell.outputs if "compiling" not in each.get("text", "")]
        for name, cell in zip(THINGS, notebook.cells, strict=True)
    }


@pytest.mark.slow
@pytest.mark.parametrize("name", THINGS)
def test_it_works_or_says_what_to_do(outputs: dict[str, Outputs], name: str) -> None:
    assert THINGS[name].good(outputs[name]), outputs[name]
