"""The serial test of Besag and Clifford: its steps are reversible, and its level holds."""

import warnings
from collections import Counter
from itertools import combinations, pairwise

import numpy as np
import pandas as pd
import pytest
from scipy import stats

from netinnov.errors import InputError
from netinnov.null_models import Curveball, MaxEntropy, Rewire, compare_with_null
from netinnov.null_models._prepared import prepared_null
from realisations import network_of

QUIET = {"executor": 1, "progress": False}


PATH = [(0, 1), (1, 2), (2, 3), (3, 4), (0, 5)]
ARCS = [(0, 1), (1, 2), (2, 0), (2, 3), (3, 1)]
TABLE = [(0, 3), (0, 4), (1, 4), (1, 5), (2, 5), (2, 6)]

CHAINS = [
    pytest.param(network_of(PATH), Rewire(trials=0.5), id="undirected"),
    pytest.param(network_of(ARCS, directed=True), Rewire(trials=0.5), id="directed"),
    pytest.param(network_of(PATH, kinds="ABABAB"), Rewire(["kind"], trials=0.5), id="kinds"),
    pytest.param(network_of(TABLE, kinds="AAABBBB"), Curveball(trials=0.5), id="curveball"),
]


def graph(states, *, directed):
    """The links of a layer in any order, and those without direction either way round."""
    (state,) = states
    pairs = np.stack([state.source, state.target])
    low, high = pairs if directed else np.sort(pairs, axis=0)
    return np.sort(64 * low + high).tobytes()


@pytest.mark.slow
@pytest.mark.parametrize(("network", "null"), CHAINS)
def test_steps_are_as_probable_backwards(network, null):
    """Flows between graphs along one chain: as many there as back, up to chance."""
    chain = prepared_null(null, network, np.random.default_rng(0))
    rng = np.random.default_rng(1)
    states = chain.start()
    directed = bool(network.directed)
    before, steps = graph(states, directed=directed), Counter()
    for _ in range(3000):
        states = chain.advance(states, rng)
        now = graph(states, directed=directed)
        steps[before, now] += 1
        before = now
    pairs = {tuple(sorted(pair)) for pair in steps if pair[0] != pair[1]}
    there = np.array([[steps[a, b], steps[b, a]] for a, b in pairs])
    often = there[there.sum(axis=1) >= 6]
    assert len(often) > 2
    # Each way with probability 1/2: the sum of squares of the standardised differences.
    square = ((often[:, 0] - often[:, 1]) ** 2 / often.sum(axis=1)).sum()
    assert stats.chi2.sf(square, len(often)) > 1e-3


RING = [(i, (i + 1) % 200) for i in range(200)]
GRID = [(i, 40 + (i + step) % 40) for i in range(40) for step in range(4)]

TWO_MODE = network_of(GRID, kinds="A" * 40 + "B" * 40, directed=True)

LENGTHS = [
    # 200 links x 0.05 = 10 proposals, rounded up to 15, one less than a multiple of 8. Each
    # exchanges ends of two links, which changes the links out of two nodes, or those of four.
    pytest.param(network_of(RING), Rewire(trials=0.05), 60, 40, id="undirected"),
    pytest.param(network_of(RING, directed=True), Rewire(trials=0.05), 30, 20, id="directed"),
    pytest.param(TWO_MODE, Curveball(trials=0.25), 20, 10, id="10 trades of two of 40 rows"),
]


@pytest.mark.parametrize(("network", "null", "most", "most_of_fewer"), LENGTHS)
def test_a_step_of_the_chain_has_as_many_proposals_as_asked_for(network, null, most, most_of_fewer):
    """Nodes whose links change: at most those, and more than fewer proposals could change."""
    chain = prepared_null(null, network, np.random.default_rng(0))
    rng = np.random.default_rng(1)
    states = [chain.start()]
    for _ in range(30):
        states.append(chain.advance(states[-1], rng))
    graphs = [chain.network_of(state).adjacency("links").toarray() > 0 for state in states]
    nodes = np.array([(now != before).any(axis=1).sum() for before, now in pairwise(graphs)])
    assert most_of_fewer < nodes.mean() < nodes.max() <= most


SIX = network_of(PATH)
WEIGHTS = np.random.default_rng(5).random((6, 6))


def weighted_sum(network) -> float:
    return float((network.adjacency("links").toarray() * WEIGHTS).sum())


def all_graphs():
    """Every simple graph with the degrees of `PATH`, by enumeration."""
    degree = np.bincount(np.ravel(PATH))
    for links in combinations(combinations(range(6), 2), len(PATH)):
        if (np.bincount(np.ravel(links), minlength=6) == degree).all():
            yield links


def share_at_most(p, level):
    return float((np.asarray(p) <= level + 1e-9).mean())


@pytest.mark.slow
def test_the_level_holds_however_short_the_chain():
    graphs = [network_of(links) for links in all_graphs()]
    rng = np.random.default_rng(6)
    observed = [graphs[at] for at in rng.integers(len(graphs), size=200)]
    options = {"measure": weighted_sum, "null": Rewire(trials=0.2), "replicates": 9, **QUIET}

    def p_values(method):
        options["method"] = method
        with warnings.catch_warnings():
            warnings.filterwarnings("ignore", "the null model moved")
            return [compare_with_null(x, rng=at, **options).p for at, x in enumerate(observed)]

    serial = p_values("serial")
    for level in (0.2, 0.4, 0.6, 0.8):
        rejected = round(200 * share_at_most(serial, level))
        assert stats.binomtest(rejected, 200, level, alternative="greater").pvalue > 1e-3
    assert share_at_most(serial, 0.2) > 0.05  # and it is not by never rejecting
    # One proposal away from the network all draws are like it, so that it is never extreme.
    assert share_at_most(p_values("independent"), 0.2) < share_at_most(serial, 0.2)


@pytest.mark.slow
def test_p_of_a_long_chain_is_that_of_all_graphs():
    values = np.array([weighted_sum(network_of(links)) for links in all_graphs()])
    own = weighted_sum(SIX)
    exact = min(1, 2 * min((values <= own + 1e-9).mean(), (values >= own - 1e-9).mean()))
    found = compare_with_null(
        SIX, measure=weighted_sum, null=Rewire(trials=3), replicates=1500, method="serial",
        rng=7, **QUIET,
    )  # fmt: skip
    assert found.p == pytest.approx(exact, abs=0.07)
    assert found.mean == pytest.approx(values.mean(), abs=0.1 * values.std())
    assert 0 < found.moved < 1


def test_ways_run_in_any_number_of_threads_to_the_same_numbers():
    options = {"measure": weighted_sum, "replicates": 20, "method": "serial", "rng": 8}
    one = compare_with_null(SIX, executor=1, progress=False, **options)
    two = compare_with_null(SIX, executor=2, progress=False, **options)
    pd.testing.assert_series_equal(one.draws, two.draws)


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"null": MaxEntropy()}, "needs a null model that is a reversible .*found MaxEntropy"),
        ({"null": Rewire(["strength"])}, "'strength', which it reaches by annealing"),
        ({"null": lambda network, rng: network}, "reversible Markov chain, .*found <lambda>"),
        ({"checkpoint": "folder"}, "a serial test is one chain"),
    ],
)
def test_what_is_no_reversible_chain_is_refused(options, words):
    with pytest.raises(InputError, match=words):
        compare_with_null(SIX, measure=weighted_sum, method="serial", replicates=3, **options)
