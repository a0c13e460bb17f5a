"""A measure against a null: statistics by hand, workers, failures and corrections."""

from __future__ import annotations

from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context

import numpy as np
import pandas as pd
import pytest
from scipy import stats

import netinnov as ni
from netinnov._statistics import corrected, two_sided
from netinnov.errors import InputError
from netinnov.null_models import compare_with_null, curveball


def ring(n=12):
    ids = [f"n{i}" for i in range(n)]
    links = pd.DataFrame({"source": ids, "target": ids[1:] + ids[:1]})
    return ni.build_network(pd.DataFrame(index=ids), links)


def triangles(network) -> float:
    matrix = network.adjacency("links").toarray() > 0
    matrix = matrix.astype(float)
    return float(np.trace(matrix @ matrix @ matrix) / 6)


def reach_two(network) -> pd.Series:
    matrix = network.adjacency("links").toarray() > 0
    two = (matrix @ matrix | matrix) & ~np.eye(len(matrix), dtype=bool)
    return pd.Series(two.sum(axis=1), network.nodes.index)


def fixed(values):
    """A null model that hands out numbers instead of networks, and the measure that reads them."""
    left = list(values)
    return lambda network, rng: left.pop(
        0
    ), lambda found: float(found) if np.isscalar(found) else 5.0


def test_statistics_by_hand():
    # Observed 5; draws 1, 2, 3, 5, 9: at least as low 4, as high 2: p = 2 (2 + 1) / 6 = 1.
    null, measure = fixed([1.0, 2, 3, 5, 9])
    found = compare_with_null(
        ring(), measure=measure, null=null, replicates=5, executor=1, progress=False
    )
    assert found.observed == 5
    assert found.mean == 4
    assert found.sd == pytest.approx(np.sqrt(40 / 4))
    assert found.z == pytest.approx(1 / np.sqrt(10))
    assert found.p == 1
    assert (found.low, found.high) == tuple(np.quantile([1, 2, 3, 5, 9], [0.025, 0.975]))
    assert found.draws.tolist() == [1, 2, 3, 5, 9]
    assert found.to_frame().shape == (1, 7)


def test_an_extreme_value_has_the_smallest_p_and_no_spread_has_no_z():
    null, measure = fixed([1.0] * 19)
    found = compare_with_null(
        ring(), measure=measure, null=null, replicates=19, executor=1, progress=False
    )
    assert found.p == pytest.approx(2 / 20)
    assert found.sd == 0
    assert np.isnan(found.z)
    assert found.corrected() == found.p


def test_nan_among_the_draws_is_left_out():
    null, measure = fixed([np.nan, 6.0, 7, 8])
    found = compare_with_null(
        ring(), measure=measure, null=null, replicates=4, executor=1, progress=False
    )
    assert found.mean == 7
    assert found.p == pytest.approx(2 / 4)


def test_nodes_give_series_and_any_number_of_workers_the_same():
    network = ring()
    options = {"measure": reach_two, "replicates": 40, "rng": 3, "progress": False}
    one = compare_with_null(network, executor=1, **options)
    two = compare_with_null(network, executor=2, **options)
    pd.testing.assert_frame_equal(one.draws, two.draws)
    pd.testing.assert_frame_equal(one.to_frame(), two.to_frame())
    assert list(one.to_frame().index) == list(network.nodes.index)
    assert one.draws.shape == (40, network.n_nodes)
    np.testing.assert_allclose(
        one.corrected("fdr"), stats.false_discovery_control(one.p), rtol=1e-12
    )


def test_several_measures_are_taken_on_the_same_draws():
    options = {"replicates": 30, "rng": 9, "progress": False}
    drawn = []
    both = compare_with_null(
        ring(),
        measure={
            "triangles": triangles,
            "reach": reach_two,
            "draw": lambda of: drawn.append(of) or 0.0,
        },
        executor=1,
        **options,
    )
    assert list(both) == ["triangles", "reach", "draw"]
    assert len(drawn) == 31  # the observed network, and each draw once
    for name, measure in {"triangles": triangles, "reach": reach_two}.items():
        alone = compare_with_null(ring(), measure=measure, **options)
        assert np.array_equal(alone.draws, both[name].draws)
        pd.testing.assert_frame_equal(alone.to_frame(), both[name].to_frame())
        assert np.array_equal(alone.draws, [measure(of) for of in drawn[1:]])


@pytest.mark.slow
def test_processes_give_the_same_numbers():
    options = {"measure": reach_two, "replicates": 20, "rng": 4, "progress": False}
    with ProcessPoolExecutor(2, mp_context=get_context("spawn")) as pool:
        there = compare_with_null(ring(), executor=pool, **options)
    here = compare_with_null(ring(), executor=1, **options)
    pd.testing.assert_frame_equal(there.draws, here.draws)


def test_planted_triangles_are_found():
    ids = [f"n{i}" for i in range(30)]
    groups = [(ids[i], ids[i + 1], ids[i + 2]) for i in range(0, 30, 3)]
    rows = [(a, b) for g in groups for a, b in ((g[0], g[1]), (g[1], g[2]), (g[0], g[2]))]
    network = ni.build_network(
        pd.DataFrame(index=ids), pd.DataFrame(rows, columns=["source", "target"])
    )
    found = compare_with_null(network, measure=triangles, replicates=99, rng=5, progress=False)
    assert found.observed == 10
    assert found.p == pytest.approx(2 / 100)
    assert found.z > 4
    assert found.high < 10


def test_another_null_model_is_used():
    nodes = pd.DataFrame({"kind": ["a", "a", "b", "b"]}, index=list("wxyz"))
    network = ni.build_network(nodes, pd.DataFrame({"source": list("wx"), "target": list("yz")}))
    found = compare_with_null(
        network,
        measure=lambda of: of.adjacency("links")[0, 2],
        null=lambda of, rng: curveball(of, rng=rng),
        replicates=200,
        rng=6,
        progress=False,
    )
    assert abs(found.mean - 0.5) < 0.15


@pytest.mark.parametrize(
    ("measure", "words"),
    [
        (lambda of: ni.centrality.degree(of), "found DataFrame"),
        (lambda of: "many", "found 'many'"),
        (lambda of: pd.Series(1.0, of.links["target"] + of.links["source"]), "the same entries"),
    ],
)
def test_measures_that_cannot_be_compared_are_refused(measure, words):
    with pytest.raises(InputError, match=words):
        compare_with_null(ring(), measure=measure, replicates=3, executor=1, progress=False)
    with pytest.raises(InputError, match="at least one function"):
        compare_with_null(ring(), measure={}, replicates=3)


def test_holm_by_hand_and_fdr_against_scipy():
    p = [0.01, 0.04, np.nan, 0.03, 0.5]
    # 4 x 0.01, 3 x 0.03, then 2 x 0.04 = 0.08 lifted to 0.09, 1 x 0.5.
    np.testing.assert_allclose(corrected(p, "holm"), [0.04, 0.09, np.nan, 0.09, 0.5])
    some = np.random.default_rng(7).random(50) ** 3
    np.testing.assert_allclose(corrected(some, "fdr"), stats.false_discovery_control(some))
    longer = np.concatenate([some, np.ones(150)])
    np.testing.assert_allclose(
        corrected(some, "fdr", size=200), stats.false_discovery_control(longer)[:50]
    )


def test_two_sided_p_is_uniform_under_the_null():
    rng = np.random.default_rng(8)
    p = two_sided(rng.normal(size=4000), rng.normal(size=(99, 4000)))
    assert set(np.round(p * 50).astype(int)) == set(range(1, 51))
    assert stats.chisquare(np.unique(np.round(p, 6), return_counts=True)[1]).pvalue > 1e-3
