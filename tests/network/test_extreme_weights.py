"""Weights near the limits of numbers: results or netinnov's own error, and no warning of numpy."""

from contextlib import suppress
from fractions import Fraction
from itertools import chain, combinations
from typing import Any

import numpy as np
import pandas as pd
import pytest
from pandas.testing import assert_frame_equal, assert_series_equal

import contract_centrality
import contract_connectivity
import netinnov as ni
from netinnov.centrality import betweenness_centrality, hits, katz_centrality
from netinnov.connectivity import algebraic_connectivity, effective_resistance, kirchhoff_index
from netinnov.errors import InputError
from netinnov.polycentricity import detect_centres, profile

PLACES = pd.DataFrame({"place": list("abcdef"), "lon": [0.0, 1, 2, 0, 1, 5], "lat": [0.0] * 6})
PAIRS = pd.DataFrame({"source": list("aaabdeef"), "target": list("bcdcefda"), "layer": "trips"})
ABC = pd.DataFrame(index=list("abc"))
COUNTS = np.array([30.0, 12, 6, 8, 5, 4, 9, 2])


def region(weights: np.ndarray, *, directed: bool, layer: Any = "trips") -> ni.MultilayerNetwork:
    nodes = pd.DataFrame({"node": list("abcdef"), "place": list("abcdef")})
    layers = ["trips"] if directed else []
    return ni.build_network(
        nodes, PAIRS.assign(weight=weights, layer=layer), places=PLACES, directed=layers
    )


@pytest.mark.slow
@pytest.mark.parametrize(("power", "directed"), [(1000, True), (-1000, False), (-1040, True)])
def test_the_unit_of_weights_changes_no_index_and_no_centre(power: int, directed: bool) -> None:
    # Of 2^-1040 the last digits are lost to means over both directions.
    tolerance = 1e-9 if power > -1040 else 1e-5
    tables, centres = [], []
    for factor in (1.0, 2.0**power):
        network = region(COUNTS * factor, directed=directed)
        table = profile(network, replicates=2, resamples=0, restarts=2, rng=1, progress=False)
        tables.append(table)
        found = detect_centres(network, resamples=0, restarts=2, rng=1, progress=False)
        centres.append(found.assign(centrality=found["centrality"] / factor))
    assert_frame_equal(tables[1], tables[0], rtol=tolerance, atol=tolerance)
    assert_frame_equal(centres[1], centres[0])


def test_a_node_with_links_far_below_the_heaviest_has_its_participation() -> None:
    links = pd.DataFrame({"source": list("aaxy"), "target": list("xybz")})
    network = ni.build_network(
        pd.DataFrame(index=list("axybz")), links.assign(weight=[1e-200, 1e-200, 1.0, 1.0])
    )
    found = ni.community.roles(network, dict(zip("axybz", [0, 1, 2, 1, 2], strict=True)))
    assert found.loc["a", "participation"] == 0.5  # half of its weight to each of two groups


def test_lengths_too_far_apart_for_a_ratio_are_refused() -> None:
    links = pd.DataFrame({"source": list("ab"), "target": list("bc"), "weight": [1e-300, 1e300]})
    with pytest.raises(InputError, match=r"within a factor of 1e10 .* from 1e-300 to 1e\+300"):
        betweenness_centrality(ni.build_network(ABC, links), distance="inverse")


# Two triples of strong links, {b, d, e, c} and {a, f}, with two links of 2^-1000 between them.
FAR_APART = pd.DataFrame(
    [
        ("e", "f", 2.0**-1000), ("d", "e", 2.0**1000), ("b", "e", 1.0), ("a", "f", 2.0**997),
        ("b", "c", 2.0**997), ("b", "d", 2.0**1000), ("a", "d", 2.0**-1000),
    ],
    columns=["source", "target", "weight"],
)  # fmt: skip


def test_resistances_of_weights_far_apart_are_those_of_exact_fractions() -> None:
    network = ni.build_network(pd.DataFrame(index=list("abcdef")), FAR_APART)
    exact = resistances(FAR_APART, "abcdef")
    pairs = list(combinations("abcdef", 2))
    found = effective_resistance(network, pairs=pairs)
    assert found.tolist() == pytest.approx([float(exact[pair]) for pair in pairs], rel=1e-12)
    assert kirchhoff_index(network) == pytest.approx(float(sum(exact.values())), rel=1e-12)


def resistances(links: pd.DataFrame, nodes: str) -> dict[tuple[str, str], Fraction]:
    """R_ij from the inverse of the Laplacian without the first node, by Gauss and Jordan."""
    size = len(nodes)
    laplacian = [[Fraction(0)] * size for _ in nodes]
    for source, target, weight in links.itertuples(index=False):
        i, j = nodes.index(source), nodes.index(target)
        for row, column, sign in [(i, i, 1), (j, j, 1), (i, j, -1), (j, i, -1)]:
            laplacian[row][column] += sign * Fraction(weight)
    table = [row[1:] + [Fraction(i == j) for j in range(size)] for i, row in enumerate(laplacian)]
    table = table[1:]
    for k in range(size - 1):
        table[k] = [x / table[k][k] for x in table[k]]
        for i in set(range(size - 1)) - {k}:
            table[i] = [x - table[i][k] * y for x, y in zip(table[i], table[k], strict=True)]
    inverse = [[Fraction(0)] * size, *([Fraction(0), *row[size:]] for row in table)]
    return {
        (nodes[i], nodes[j]): inverse[i][i] + inverse[j][j] - 2 * inverse[i][j]
        for i, j in combinations(range(size), 2)
    }


@pytest.mark.parametrize("weight", [1e-300, 1e300])
def test_connectivity_of_a_long_path_has_any_unit(weight: float) -> None:
    ids = pd.Index(range(130)).astype(str)
    links = pd.DataFrame({"source": ids[:-1], "target": ids[1:], "weight": weight})
    network = ni.build_network(pd.DataFrame(index=ids), links)
    value = 2 * (1 - np.cos(np.pi / 130)) * weight  # Fiedler 1973
    assert algebraic_connectivity(network) == pytest.approx(value, rel=1e-8)


def test_results_that_are_no_numbers_are_refused() -> None:
    links = pd.DataFrame({"source": list("ab"), "target": list("bc")})
    faint = ni.build_network(ABC, links.assign(weight=[5e-324, 1e-310]))
    with pytest.raises(InputError, match="too large or too small for a number; divide or multiply"):
        kirchhoff_index(faint)
    wide = ni.build_network(ABC, links.assign(weight=[5e-324, 1e308]))
    with pytest.raises(InputError, match=r"600 orders of magnitude; found .*-324 to 1e\+308"):
        algebraic_connectivity(wide)


@pytest.mark.parametrize(("power", "directed"), [(1019, True), (-1000, False)])
def test_walks_have_any_unit(power: int, directed: bool) -> None:
    unit = 2.0**power
    heavy, plain = (region(COUNTS * factor, directed=directed) for factor in (unit, 1.0))
    assert_series_equal(katz_centrality(heavy), katz_centrality(plain))
    found = katz_centrality(heavy, alpha=0.01 / unit)
    assert_series_equal(found, katz_centrality(plain, alpha=0.01))
    assert_frame_equal(hits(heavy), hits(plain))


def test_walks_too_many_for_a_number_are_refused() -> None:
    links = pd.DataFrame({"source": list("ab"), "target": list("bc"), "weight": 1e300})
    network = ni.build_network(ABC, links.assign(layer="trips"), directed=["trips"])
    with pytest.raises(InputError, match="too large for floating point"):
        katz_centrality(network, alpha=1.0)


@pytest.mark.parametrize("directed", [False, True])
def test_measures_of_extreme_weights_end_in_results_or_words(*, directed: bool) -> None:
    weights = np.resize([1e-150, 1.0, 1e150], len(PAIRS))
    layers = np.resize(["trips", "works"], len(PAIRS))
    network = region(weights, directed=directed, layer=layers)
    for contract in (contract_centrality, contract_connectivity):
        for measure in chain.from_iterable(contract.MEASURES.values()):
            if measure.applies(network):
                with suppress(InputError):
                    values = np.asarray(measure(network), np.float64)
                    assert not np.isinf(values).any(), measure
