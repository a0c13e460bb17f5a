"""The list of measures that new links move one way only, against networks with links added."""

import inspect
from collections.abc import Callable, Iterator
from functools import partial
from typing import Any

import numpy as np
import pandas as pd
import pytest

import netinnov as ni
from netinnov.errors import InputError
from netinnov.experiments._effect_statistics import _MONOTONE

NODES = [f"n{i}" for i in range(7)]
GROUPS = dict(zip(NODES, "aabbccd", strict=True))
OPTIONS: dict[str, Any] = {
    "layer": "x",
    "membership": GROUPS,
    "order": NODES,
    "origin": NODES[:1],
    "pairs": [("n0", "n1"), ("n2", "n5")],
    "steps": 2,
}
"""What some measures ask for."""

TRIALS = 30


def measures() -> dict[str, Callable[..., Any]]:
    """All public measures that give numbers, ready to be called with a network alone."""
    found = {}
    for module in (ni.centrality, ni.community, ni.connectivity, ni.polycentricity, ni.topology):
        for name in module.__all__:
            function = getattr(module, name)
            if not inspect.isfunction(function):
                continue
            signature = inspect.signature(function)
            parameters = list(signature.parameters.values())
            asked = [each.name for each in parameters[1:] if each.default is each.empty]
            numbers = signature.return_annotation in ("float", "pd.Series", "pd.DataFrame")
            if parameters[0].name == "network" and numbers and set(asked) <= set(OPTIONS):
                found[name] = partial(function, **{each: OPTIONS[each] for each in asked})
    return found


MEASURES = measures()
SLOW = {*("profile", "sensitivity", "detect_centres", "centrality_table", "describe")}
"""Tables of other measures, or of random draws."""


def random_links(rng: np.random.Generator, n: int, layers: str) -> pd.DataFrame:
    """Links between nodes, some of them twice."""
    ends = np.array([rng.choice(7, 2, replace=False) for _ in range(n)])
    return pd.DataFrame(
        {
            "source": np.take(NODES, ends[:, 0]),
            "target": np.take(NODES, ends[:, 1]),
            "layer": [layers[i % len(layers)] for i in range(n)],
            "weight": rng.integers(1, 4, n).astype(float),
        }
    )


def before_and_after() -> Iterator[tuple[ni.MultilayerNetwork, ...]]:
    """Networks with some links, and the same with a few more, sometimes in a new layer."""
    rng = np.random.default_rng(5)
    nodes = pd.DataFrame({"kind": "firm", "place": list("ppqqrrs")}, index=NODES)
    places = pd.DataFrame({"lon": [0.0, 1, 2, 4], "lat": 0.0}, index=list("pqrs"))
    for trial in range(TRIALS):
        directed = [[], ["x"], ["x", "y"]][trial % 3]
        links = random_links(rng, int(rng.integers(2, 12)), "xy")
        network = ni.build_network(nodes, links, places, directed=directed)
        added = random_links(rng, int(rng.integers(1, 4)), "xyz" if trial % 2 else "xy")
        yield network, network.with_links(added)


def directions(name: str, pairs: list[tuple[ni.MultilayerNetwork, ...]]) -> set[int]:
    """Whether values rise (1) or fall (-1), somewhere, when links are added."""
    seen: set[int] = set()
    for before, after in pairs:
        try:
            first, second = (numbers(MEASURES[name](network)) for network in (before, after))
        except InputError:  # no directed layers, for instance
            continue
        both = first.index.intersection(second.index)
        a, b = first[both].to_numpy(), second[both].to_numpy()
        with np.errstate(invalid="ignore"):
            change = np.where(a == b, 0.0, b - a)  # both may be infinite
        scale = 1e-9 * np.maximum(1, np.abs(np.where(np.isfinite(a), a, 1)))
        seen |= {int(np.sign(each)) for each in change[np.abs(change) > scale]}
        if len(seen) == 2:
            break
    return seen


def numbers(result: Any) -> pd.Series:
    """The numbers of a result in one Series."""
    if isinstance(result, pd.DataFrame):
        result = result.select_dtypes("number").stack()
    return pd.Series(result).astype(float).dropna()


@pytest.fixture(scope="module")
def pairs() -> list[tuple[ni.MultilayerNetwork, ...]]:
    return list(before_and_after())


@pytest.mark.slow
@pytest.mark.parametrize("name", sorted(set(MEASURES) - SLOW))
def test_measures_that_new_links_move_one_way_only_are_in_the_list(name, pairs):
    assert (name in _MONOTONE) == (len(directions(name, pairs)) == 1)


def test_the_list_names_measures_that_are_looked_at():
    assert set(MEASURES) - SLOW >= _MONOTONE
