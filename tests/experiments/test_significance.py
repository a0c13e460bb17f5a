"""No test on a modelled layer goes unremarked: each function that returns a p refuses or warns."""

import inspect
import re
import sys
import warnings
from collections.abc import Callable, Iterator
from importlib import import_module
from pkgutil import walk_packages

import numpy as np
import pandas as pd
import pytest

import netinnov as ni
from netinnov.connectivity import largest_component
from netinnov.governance import cross_border_shares
from netinnov.null_models import (
    Rewire,
    compare_with_null,
    mrqap,
    qap_correlation,
    validated_projection,
)
from netinnov.panels import difference_in_differences, event_study
from netinnov.polycentricity import ModularityTest, modularity_test, profile

NAMES = list("abcdefgh")
DISTANCES = np.abs(np.subtract.outer(np.arange(8.0), np.arange(8.0)))
OPENINGS = pd.DataFrame({"home": ["a"], "host": ["b"], "opened": [3]})


def places(layer: str, *, modelled: bool) -> ni.MultilayerNetwork:
    """Flows between places in three periods, all layers modelled or none."""
    rng = np.random.default_rng(1)
    pairs = [(a, b) for x, a in enumerate(NAMES) for b in NAMES[x + 1 :: 2]]
    rows = [(*pair, float(rng.integers(1, 50)), period) for pair in pairs for period in (1, 2, 3)]
    links = pd.DataFrame(rows, columns=["source", "target", "weight", "period"])
    table = pd.DataFrame({"lon": [0.0, 1, 2, 4, 5, 7, 9, 10], "lat": [0.0, 3, 1, 2, 5, 1, 0, 4]})
    table = table.assign(population=1.0 + np.arange(8)).set_axis(NAMES)
    return ni.build_network(
        pd.DataFrame({"place": NAMES}, index=NAMES), links.assign(layer=layer), table,
        layers={layer: {"modelled": modelled}},
    )  # fmt: skip


def two_mode(*, modelled: bool) -> ni.MultilayerNetwork:
    nodes = pd.DataFrame({"kind": ["firm"] * 3 + ["project"] * 4}, index=list("abcpqrs"))
    links = pd.DataFrame({"source": list("aabbc"), "target": list("pqpqr"), "layer": "works"})
    return ni.build_network(nodes, links, layers={"works": {"modelled": modelled}})


QUICK = {"replicates": 6, "rng": 1, "progress": False}
PERMUTED = {"permutations": 6, "rng": 1, "progress": False}
CALLS: dict[Callable, Callable[[bool], object]] = {
    compare_with_null: lambda m: compare_with_null(
        places("x", modelled=m), measure=largest_component, **QUICK
    ),
    qap_correlation: lambda m: qap_correlation(
        places("x", modelled=m), x="x", y=DISTANCES, **PERMUTED
    ),
    mrqap: lambda m: mrqap(
        places("x", modelled=m), outcome=DISTANCES, predictors={"flow": "x"}, **PERMUTED
    ),
    validated_projection: lambda m: validated_projection(
        two_mode(modelled=m), layer="works", onto="firm", alpha=1
    ),
    profile: lambda m: profile(
        places("x", modelled=m), indices=["primacy"], resamples=0, leave_one_out=False, **QUICK
    ),
    event_study: lambda m: event_study(
        places("x", modelled=m), layer="x", openings=OPENINGS, effects="period"
    ),
    difference_in_differences: lambda m: difference_in_differences(
        places("x", modelled=m), layer="x", openings=OPENINGS, effects="period"
    ),
    modularity_test: lambda m: modularity_test(
        places("x", modelled=m), **QUICK | {"replicates": 19}
    ),
    cross_border_shares: lambda m: cross_border_shares(
        places("x", modelled=m), groups=["place"], **QUICK
    ),
}  # fmt: skip

WITHOUT_A_NETWORK = {
    "beta_convergence": "a panel of regions",
    "evaluate_openings": "a panel of places",
    "with_enclave": "a model of a market, in which p is a price",
}


@pytest.mark.slow
@pytest.mark.parametrize("function", CALLS, ids=lambda function: function.__name__)
def test_a_test_on_a_modelled_layer_refuses_or_warns(function: Callable) -> None:
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        result = CALLS[function](True)
    told = [str(each.message) for each in caught if "modelled: a test would" in str(each.message)]
    if isinstance(result, pd.DataFrame) and "left_out" in result:  # its docstring says so
        assert result[["null_mean", "z", "p"]].isna().all(axis=None)
    elif isinstance(result, ModularityTest):
        assert np.isnan(result.p)
        assert "modelled: a test would" in result.untested
    else:
        assert told
        ours = [each for each in caught if str(each.message) in told]
        assert {each.filename for each in ours} == {__file__}, "the warning names the user's line"


@pytest.mark.slow
@pytest.mark.parametrize("function", CALLS, ids=lambda function: function.__name__)
def test_a_test_on_an_observed_layer_is_given_without_a_word_of_it(function: Callable) -> None:
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        CALLS[function](False)
    assert not [each for each in caught if "modelled" in str(each.message)]


def test_any_network_at_random_is_said_to_be_compared_with_a_model() -> None:
    options = {"measure": largest_component, **QUICK}
    network = places("x", modelled=True)
    for null in (Rewire(), lambda drawn, rng: ni.rewire(drawn, rng=rng)):
        with pytest.warns(UserWarning, match="^x is modelled: a test would only repeat"):
            compare_with_null(network, null=null, **options)
    both = network.with_links(places("seen", modelled=False).links)
    compare_with_null(both, null=Rewire(layers=["seen"]), **options)


def _public() -> Iterator[Callable]:
    for module in walk_packages(ni.__path__, "netinnov."):
        parts = module.name.split(".")[1:]
        if any(part.startswith("_") for part in parts) or parts[0] in {
            "cli", "explorer", "kernels", "plotting", "study",
        }:  # fmt: skip
            continue
        loaded = import_module(module.name)
        for name in getattr(loaded, "__all__", []):
            if inspect.isfunction(function := getattr(loaded, name)):
                yield function


def _returns_p(function: Callable) -> bool:
    """Whether its docstring, or that of the class which it returns, names a p."""
    doc = inspect.getdoc(function) or ""
    text = re.search(r"\nReturns\n-+\n(.*?)(\n\w[\w ]*\n-+\n|$)", doc, re.S)
    name = str(function.__annotations__.get("return", ""))
    result = getattr(sys.modules[function.__module__], name, None)
    ours = str(getattr(result, "__module__", "")).startswith("netinnov")
    parts = [result, *vars(result).values()] if ours else []
    words = [text[1] if text else "", *(inspect.getdoc(x) or "" for x in parts if callable(x))]
    return re.search(r"(?<![\w(])(p|p_\w+|\w+_p|p_value)\b(?![ ]*[(=<])", "\n".join(words))


def test_every_public_function_that_returns_a_p_is_tried() -> None:
    named = {function.__name__ for function in _public() if _returns_p(function)}
    assert named - {*WITHOUT_A_NETWORK} - {function.__name__ for function in CALLS} == set()
    # The search finds those that are known: else it would prove nothing.
    assert {"compare_with_null", "profile", "event_study", "validated_projection"} <= named
