"""`dir()` of a public module lists what is public, so that tab completion shows nothing else."""

from importlib import import_module
from types import ModuleType

import pytest

import netinnov as ni
from netinnov._runtime.other_programs import ours
from public_functions import public_modules


@pytest.mark.parametrize("name", public_modules())
def test_dir_lists_public_names_only(name: str) -> None:
    module = import_module(name)
    listed = {each for each in dir(module) if not each.startswith("__")}
    assert listed == {each for each in module.__all__ if not each.startswith("__")}
    foreign = [
        each
        for each in listed
        if isinstance(getattr(module, each), ModuleType)
        and not getattr(module, each).__name__.startswith("netinnov.")
    ]
    assert not foreign


@pytest.mark.parametrize(
    ("module", "name", "suggestion"),
    [
        ("centrality", "betweenness", "use netinnov.centrality.betweenness_centrality."),
        ("community", "louvain", "use netinnov.community.leiden."),
        ("null_models", "configuration_model", "use netinnov.null_models.Rewire."),
        ("topology", "average_clustering", "use netinnov.topology.mean_clustering."),
        ("centrality", "clustering_coefficient", "use netinnov.topology.clustering."),
        ("centrality", "pagernk", "(did you mean 'pagerank'?)"),
    ],
)
def test_a_missing_name_suggests_the_right_one(module: str, name: str, suggestion: str) -> None:
    with pytest.raises(AttributeError, match=f"'netinnov.{module}' has no attribute") as caught:
        getattr(getattr(ni, module), name)
    assert str(caught.value).endswith(suggestion)


def test_the_package_suggests_where_a_name_is() -> None:
    with pytest.raises(AttributeError, match=r"use netinnov\.community\.leiden"):
        ni.louvain  # noqa: B018
    with pytest.raises(AttributeError, match="did you mean 'centrality'"):
        ni.centralty  # noqa: B018
    with pytest.raises(AttributeError, match=r"use netinnov\.centrality\.degree\."):
        ni.degree  # noqa: B018
    with pytest.raises(AttributeError, match=r"use netinnov\.null_models\.compare_with_null\."):
        ni.experiments.compare_with_null  # noqa: B018


@pytest.mark.parametrize(
    ("name", "suggestion"),
    [
        ("degree", "write netinnov.centrality.degree(network)."),
        ("describe", "write netinnov.topology.describe(network)."),
        ("edges", "use network.links."),
        ("number_of_nodes", "use network.n_nodes."),
        ("xyzzy", "no attribute 'xyzzy'"),
    ],
)
def test_a_network_says_which_function_is_meant(name: str, suggestion: str) -> None:
    network = ni.datasets.make_city_system(n_cities=12, rng=1)
    with pytest.raises(AttributeError, match="MultilayerNetwork has no attribute") as caught:
        getattr(network, name)
    assert str(caught.value).endswith(suggestion)
    assert not hasattr(network, "__array__")


@pytest.mark.parametrize(("name", "target"), ours("names").items())
def test_suggested_names_exist(name: str, target: str) -> None:
    module, _, attribute = target.rpartition(".")
    home = import_module(f"netinnov.{module}")
    assert attribute in home.__all__
    assert name not in home.__all__


def test_names_that_programs_ask_for_are_missing_as_usual() -> None:
    assert not hasattr(ni.centrality, "_repr_html_")
    assert not hasattr(ni.centrality, "__wrapped__")
