"""A measure against a null: statistics by hand, workers, failures and corrections."""

import pickle
from dataclasses import FrozenInstanceError

import numpy as np
import pandas as pd
import pytest
from scipy import stats

import netinnov as ni
from netinnov.errors import InputError
from netinnov.null_models import (
    Curveball,
    MaxEntropy,
    Rewire,
    compare_with_null,
    curveball,
    max_entropy,
    rewire,
)
from netinnov.null_models._gravity_null import GravityFlows
from netinnov.null_models._null_statistics import corrected, two_sided
from netinnov.null_models._rewire import RewiringChains


def ring(n=12):
    ids = [f"n{i}" for i in range(n)]
    links = pd.DataFrame({"source": ids, "target": ids[1:] + ids[:1]})
    return ni.build_network(pd.DataFrame(index=ids), links)


def triangles(network) -> float:
    matrix = (network.adjacency("links").toarray() > 0).astype(float)
    return float(np.trace(matrix @ matrix @ matrix) / 6)


def reach_two(network) -> pd.Series:
    matrix = network.adjacency("links").toarray() > 0
    two = (matrix @ matrix | matrix) & ~np.eye(len(matrix), dtype=bool)
    return pd.Series(two.sum(axis=1), network.nodes.index)


def of_draws(values, observed=5.0):
    """The comparison of a number with numbers that are read out, one a network."""
    left = [observed, *values]
    options = {"replicates": len(values), "executor": 1, "progress": False}
    return compare_with_null(ring(), measure=lambda _: left.pop(0), null=every_second, **options)


def every_second(network, rng):
    """A ring that joins every second node of a ring: all links are elsewhere."""
    ids = network.nodes.index.tolist()
    links = pd.DataFrame({"source": ids, "target": ids[2:] + ids[:2]})
    return ni.build_network(network.nodes, links)


def test_statistics_by_hand():
    # Observed 5; draws 1, 2, 3, 5, 9: at least as low 4, as high 2: p = 2 (2 + 1) / 6 = 1.
    for draws in ([1.0, 2, 3, 5, 9], [np.nan, 1.0, 2, 3, 5, 9]):
        found = of_draws(draws)
        (row,) = found.to_frame().to_dict("records")
        low, high = np.quantile([1, 2, 3, 5, 9], [0.025, 0.975])
        expected = {"observed": 5, "mean": 4, "sd": 10**0.5, "z": 10**-0.5, "p": 1}
        assert row == pytest.approx(expected | {"low": low, "high": high})
        np.testing.assert_array_equal(found.draws, draws)


def test_an_extreme_value_has_the_smallest_p_and_no_spread_has_no_z():
    found = of_draws([1.0] * 19)
    assert found.p == pytest.approx(2 / 20)
    assert found.sd == 0
    assert np.isnan(found.z)
    assert found.corrected() == found.p
    with pytest.raises(InputError, match="`correction` must be one of"):
        found.corrected("none")


def test_rounding_is_neither_spread_nor_evidence():
    # All replicates are the observed value but for noise in the 11th digit, always below it.
    found = of_draws([5 * (1 - (3 + k % 3) * 1e-11) for k in range(19)])
    assert (found.sd, found.p) == (0, 1)
    assert np.isnan(found.z)


@pytest.mark.parametrize(
    "nothing", [np.nan, pd.Series([np.nan, np.nan]), pd.Series([], dtype=float)]
)
def test_what_is_never_defined_is_nan(nothing):
    found = of_draws([nothing] * 4, nothing)
    assert found.to_frame().isna().all(axis=None)
    assert np.shape(found.draws) == (4, *np.shape(nothing))
    assert np.isnan(found.corrected()).all()
    pairs = [pd.Series([np.nan, 1.0]), pd.Series([np.nan, 3.0])]
    mixed = of_draws(pairs, pd.Series([2.0, 2.0])).to_frame()
    assert mixed.loc[0].isna().tolist() == [False, *[True] * 6]
    assert mixed.loc[1, ["mean", "z", "p"]].tolist() == [2, 0, 1]


def test_networks_without_nodes_have_nothing_to_compare():
    nodes = pd.DataFrame(index=pd.Index([], dtype=str))
    empty = ni.build_network(nodes, pd.DataFrame({"source": [], "target": []}))
    options = {"measure": ni.centrality.degree, "replicates": 3, "rng": 1, "progress": False}
    found = compare_with_null(empty, **options | {"measure": ni.centrality.overlapping_degree})
    assert found.to_frame().shape == (0, 7)
    assert found.draws.shape == (3, 0)
    # Degrees in one layer, a table of one column, are numbers of nodes.
    assert compare_with_null(ring(), **options).observed.tolist() == [2.0] * 12


inf = np.inf


@pytest.mark.slow
@pytest.mark.parametrize(
    ("draws", "mean", "low", "high"),
    [
        # Ranks from 0: 2.5 and 97.5 % of 3 draws are at 0.05 and 1.95, of 41 at 1 and 39.
        ([inf, inf, inf], inf, inf, inf),
        ([-inf, 1.0, inf], np.nan, -inf, inf),
        ([-inf, *range(39), inf], np.nan, 0, 38),
        ([np.nan, 1.0, inf], inf, 1, inf),
    ],
)
def test_infinite_draws_have_quantiles_and_no_z(draws, mean, low, high):
    found = of_draws(draws, inf)
    assert [found.mean, found.low, found.high] == pytest.approx([mean, low, high], nan_ok=True)
    assert np.isnan(found.sd)
    assert np.isnan(found.z)
    assert 0 < found.p <= 1


def test_nodes_give_series_and_any_number_of_workers_the_same():
    network = ring()
    options = {"measure": reach_two, "replicates": 40, "rng": 3, "progress": False}
    one, two = (compare_with_null(network, executor=n, **options) for n in (1, 2))
    pd.testing.assert_frame_equal(one.draws, two.draws)
    assert list(one.to_frame().index) == list(network.nodes.index)
    assert one.draws.shape == (40, network.n_nodes)


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


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"measure": lambda of: of.nodes}, "`measure` must be one column; found 3: write table"),
        ({"measure": lambda of: "3"}, "`measure` must give .*; found '3'"),
        (
            {"measure": lambda of: pd.Series(1.0, of.links["target"] + of.links["source"])},
            "the same entries",
        ),
        ({"measure": lambda of: pd.Series(["1", "2"])}, "Series of numbers; found a Series of str"),
        ({"measure": "degree"}, "`measure` must be a function of a network; found 'degree'"),
        ({"null": 3}, r"`null` must be a null model such as Rewire\(\), or a function .*; found 3"),
        ({"null": Rewire}, r"found the class Rewire; write Rewire\(\.\.\.\)"),
        ({"null": lambda network, rng: 5}, "`null` must give a MultilayerNetwork; found 5"),
        ({"checkpoint": 3}, "`checkpoint` must be the path of a file or folder; found 3"),
    ],
)
def test_what_cannot_be_compared_is_refused(options, words):
    options = {"measure": triangles, "replicates": 3, "executor": 1, "progress": False} | options
    with pytest.raises(InputError, match=words):
        compare_with_null(ring(), **options)


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


CLASSES = [
    (Rewire, rewire, {"trials": 3, "preserve": ["kind"]}),
    (Curveball, curveball, {"trials": 3, "through": ["a"]}),
    (MaxEntropy, max_entropy, {"layers": ["links"]}),
]


@pytest.mark.parametrize(("null_class", "function", "options"), CLASSES)
def test_a_null_model_is_its_function_as_a_frozen_object(null_class, function, options):
    kinds = pd.DataFrame({"kind": list("aabbab")}, index=list("uvwxyz"))
    links = pd.DataFrame({"source": list("uvuy"), "target": list("wxzz"), "weight": [1, 2, 3, 4]})
    network = ni.build_network(kinds, links)
    null = null_class(**options)
    assert null == pickle.loads(pickle.dumps(null_class(**options)))
    assert hash(null) == hash(null_class(**options))
    assert null(network, np.random.default_rng(3)).equals(function(network, rng=3, **options))
    with pytest.raises(FrozenInstanceError):
        null.layers = ["links"]


def test_the_share_of_links_that_moved_by_hand():
    ids = list("abcdef")
    links = pd.DataFrame({"source": list("abcdd"), "target": list("bcdad"), "weight": 2.0})
    layers = pd.concat([links.assign(layer="x"), links.assign(layer="y")])
    network = ni.build_network(pd.DataFrame(index=ids), layers)
    # In layer x one of four links moves and one changes its weight; the self-link does not count.
    new = pd.DataFrame(
        {"source": list("abced"), "target": list("bcdfd"), "weight": [2, 2, 9, 2, 2]}
    )
    drawn = ni.build_network(
        pd.DataFrame(index=ids), pd.concat([new.assign(layer="x"), layers[5:]])
    )

    def share(other, layers=("x",), *, weights=False):
        of_layers = GravityFlows if weights else RewiringChains
        return of_layers(network, dict.fromkeys(layers), {}).moved(other)

    assert share(drawn) == 1 / 4
    assert share(drawn, weights=True) == 2 / 4
    assert share(drawn, "xy", weights=True) == 2 / 8
    assert np.isnan(share(network.select(layers=[]), weights=True))
    # Other nodes, in another order: pairs are known by their ids.
    assert share(drawn.select(nodes=list("fedcba"))) == 1 / 4
    other = links[:1].assign(target="z", layer="x")
    assert share(ni.build_network(pd.DataFrame(index=list("zba")), other)) == 1


def test_a_null_model_that_moves_next_to_nothing_is_warned_of():
    ids = list("abcde")
    star = pd.DataFrame({"source": "a", "target": ids[1:]})
    network = ni.build_network(pd.DataFrame(index=ids), star)
    with pytest.warns(UserWarning, match="moved 0 % of the links, .* cannot tell anything"):
        found = compare_with_null(network, measure=triangles, replicates=5, rng=1, progress=False)
    assert found.moved == 0
    assert np.isnan(found.z)
    assert found.p == 1
    found = compare_with_null(ring(), measure=triangles, replicates=50, rng=1, progress=False)
    # A pair of the ring is linked with a chance of about 2 / 11 in a network with its degrees.
    assert found.moved == pytest.approx(9 / 11, abs=0.05)


def test_links_between_permuted_labels_have_moved_though_all_stay():
    ids = ring().nodes.index
    network = ni.build_network(pd.DataFrame({"kind": list("ab") * 6}, index=ids), ring().links)

    def permuted(network, rng):
        kinds = rng.permutation(network.nodes["kind"].to_numpy())
        return ni.build_network(network.nodes.assign(kind=kinds), network.links)

    options = {"measure": triangles, "replicates": 19, "rng": 1, "progress": False}
    assert compare_with_null(network, null=permuted, **options).moved > 0.9
