"""A value of a wrong type is refused by its name, and not by a traceback from inside."""

from collections.abc import Callable
from typing import Any

import numpy as np
import pandas as pd
import pytest
from matplotlib.figure import Figure

import netinnov as ni
from netinnov import plotting
from netinnov.errors import InputError
from netinnov.mechanisms import cobweb, free_flow
from public_functions import ALL, taking

OF_CLASSES = {
    "ax": "of the type Axes; found 3; write plt",
    "names": "(of the type Mapping or Series|a mapping from names to values); found 3",
    "node_kws": "a mapping from names to values; found 3",
    "edge_kws": "a mapping from names to values; found 3",
    "configuration": "of the type Configuration; found 3; write what study.read_con",
}


@pytest.mark.parametrize(
    ("name", "parameter", "words"),
    [
        (name, parameter, words)
        for parameter, words in OF_CLASSES.items()
        for name in taking(parameter)
    ],
)
def test_what_is_of_another_class_is_refused(name: str, parameter: str, words: str) -> None:
    with pytest.raises(InputError, match=f"`{parameter}` must be {words}"):
        ALL[name](**{parameter: 3})


REGIONS = cobweb.CoupledCobweb([1, 1], [0.5, 0.5], mobility=0.1)


def tiny(layers: str) -> ni.MultilayerNetwork:
    """Links a-b, b-c, a-c and c-b of the least weight that there is."""
    links = {"source": list("abac"), "target": list("bccb"), "layer": list(layers)}
    return ni.build_network(pd.DataFrame(links | {"weight": 5e-324}))


CALLS: list[tuple[Callable[[], Any], str]] = [
    (
        lambda: ni.experiments.contrasts({}, of="a"),
        "`result` must be of the type ExperimentResult; found {}; write what compare_scenarios",
    ),
    (
        lambda: ni.experiments.specification_summary(3),
        "`curve` must be of the type DataFrame; found 3",
    ),
    (
        lambda: cobweb.critical_enclave({}, home=0, host=1),
        "`model` must be of the type CoupledCobweb; found {}",
    ),
    (
        lambda: cobweb.enclave_effect(3, home=0, host=1, strength=1),
        "`model` must be of the type CoupledCobweb; found 3",
    ),
    (
        lambda: cobweb.with_enclave("x", home=0, host=1, strength=1),
        "`model` must be of the type CoupledCobweb; found 'x'",
    ),
    (
        lambda: cobweb.critical_enclave(REGIONS, home=np.ones(2), host=1),
        "`home` must be one text or name; found array",
    ),
    (
        lambda: free_flow.bifurcation_diagram(3, [1]),
        "`equilibria` must be a function of a number, such as model.equilibria; found 3",
    ),
    (
        lambda: free_flow.bifurcation_diagram(lambda _: 3, [1]),
        "`equilibria` must be of the type DataFrame; found 3",
    ),
    (
        lambda: free_flow.phase_map(3, rows={}, columns={}),
        "`model` must be of the type TradeModel or LogitMigration; found 3",
    ),
    (
        lambda: ni.planning.rent_intervals(3, capacity={}),
        "`space` must be of the type SpaceDemand; found 3; write what space_demand gives",
    ),
    (
        lambda: plotting.save_figure(3, "a", "b"),
        "`figure` must be of the type Figure; found 3; write ax.figure",
    ),
    (
        lambda: plotting.save_figure(Figure(), 3, "b"),
        "`folder` must be the path of a file or folder; found 3",
    ),
    (
        lambda: plotting.plot_stability_map(points={"a": 1}),
        "`points` must give two numbers for each name; found {'a': 1}",
    ),
    (
        lambda: plotting.plot_stability_map(points=[1]),
        "`points` must be a mapping from names to values; found",
    ),
    (
        lambda: plotting.plot_rank_size([2.0, 1.0], labelled="x"),
        "`labelled` must be a whole number at least 0; found 'x'",
    ),
    (
        lambda: ni.centrality.closeness_centrality(tiny("xxyy"), switch_cost=1e30),
        "`switch_cost` must be a finite number at least 0 and at most 1,000,000,000; found 1e+30",
    ),
    (
        lambda: ni.community.infomap(tiny("xxyy")),
        "infomap needs weights of 1e-300 or more; multiply all by one number",
    ),
    (
        lambda: ni.study.configure(3),
        "`settings` must be a mapping from parts and options to their values; found 3",
    ),
    (lambda: ni.planning.Game([[1], [2]], [0, 1, 2, 3]), "`players` must be a sequence of names"),
]


@pytest.mark.parametrize(("call", "words"), CALLS, ids=[words[:40] for _, words in CALLS])
def test_no_traceback_from_inside(call: Callable[[], Any], words: str) -> None:
    with pytest.raises(InputError) as found:
        call()
    assert words in str(found.value)


def test_the_correlation_of_the_least_weights_is_that_of_their_links() -> None:
    # Layer x has a-b and c-b, y has b-c and a-c; for ab, ac, bc: (1, 0, 1) and (0, 1, 1).
    found = ni.null_models.qap_correlation(tiny("xyyx"), x="x", y="y", permutations=9, rng=1)
    assert found.correlation == pytest.approx(-0.5)
