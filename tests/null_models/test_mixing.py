"""`mixing` follows the chain of `rewire`, and its advice does not hang on how long it looks."""

from collections import Counter
from itertools import combinations, permutations

import numpy as np
import pytest

from netinnov.null_models import Rewire, mixing
from netinnov.null_models._rewiring import Chain, chains_of, seed_words
from realisations import network_of

SIX = [(0, 2), (0, 3), (0, 4), (1, 4), (2, 4), (2, 5)]
"""With kinds AABBCC no exchange within a kind leads on from here: an excursion does."""


def random_network(n, m, kinds="", *, directed=False, seed=0):
    pairs = list((permutations if directed else combinations)(range(n), 2))
    drawn = np.random.default_rng(seed).choice(len(pairs), m, replace=False)
    # The last node has a link, so that there are n.
    links = [pairs[i] for i in drawn if pairs[i] != (n - 2, n - 1)]
    return network_of([*links, (n - 2, n - 1)], kinds, directed=directed)


def chain_of(network, preserve=("degree",)) -> Chain:
    return chains_of(network, None, np.random.default_rng(0), preserve)["links"]


def kinds_joined(chain, state):
    pairs = np.column_stack([chain.group[state.source], chain.group[state.target]])
    return Counter(map(tuple, (pairs if chain.directed else np.sort(pairs, axis=1)).tolist()))


@pytest.mark.parametrize("directed", [False, True])
def test_a_chain_that_goes_on_keeps_what_one_that_begins_keeps(directed):
    chain = chain_of(random_network(60, 150, "AABBCCDDEE" * 6, directed=directed), ("kind",))
    state = chain.start
    joined = kinds_joined(chain, state)
    for words in seed_words(np.random.default_rng(1), 50):
        state = chain.advance(state, 160, words)
        assert kinds_joined(chain, state) == joined


ROUND = network_of([(0, 1), (1, 2), (2, 0)], directed=True)
STUCK = network_of(SIX, "AABBCC")

SMALL = [
    pytest.param(ROUND, ("degree",), id="directed triangle"),
    pytest.param(STUCK, ("kind",), id="excursions only"),
    pytest.param(random_network(10, 20, directed=True), ("degree",), id="directed"),
    pytest.param(random_network(20, 100, directed=True), ("degree",), id="more directed links"),
    pytest.param(random_network(15, 30, "ABC" * 5), ("kind",), id="kinds"),
    pytest.param(random_network(20, 80, "ABCD" * 5, directed=True), ("kind",), id="directed kinds"),
]


@pytest.mark.parametrize(("network", "preserve"), SMALL)
@pytest.mark.parametrize("trials", [10, pytest.param(40, marks=pytest.mark.slow)])
def test_as_much_is_accepted_as_in_one_call(network, preserve, trials):
    found = mixing(network, null=Rewire(preserve, trials), rng=1)
    chain = chain_of(network, preserve)
    steps = 1_000 * chain.size
    words = seed_words(np.random.default_rng(2), 20)
    shares = np.array([chain.advance(chain.start, steps, each).accepted for each in words]) / steps
    error = shares.std() * np.sqrt(1_000 / trials)  # it is followed for as long at least
    assert abs(found.acceptance["links"] - shares.mean()) < 4 * error


def overlap_after(network, preserve, trials, draws):
    null, before = Rewire(preserve, trials), network.adjacency("links").toarray() > 0
    rng = np.random.default_rng(3)
    after = (null(network, rng).adjacency("links").toarray() > 0 for _ in range(draws))
    return np.array([(before & each).sum() / before.sum() for each in after])


LAYERS = [
    *SMALL,
    pytest.param(random_network(20, 170), ("degree",), id="dense"),
    pytest.param(random_network(100, 200), ("degree",), id="sparse"),
    pytest.param(random_network(20, 250, directed=True), ("degree",), id="dense and directed"),
    pytest.param(random_network(60, 600, "ABC" * 20), ("kind",), id="many links between kinds"),
]


@pytest.mark.slow
@pytest.mark.parametrize(("network", "preserve"), LAYERS)
def test_draws_after_the_advice_have_forgotten_their_start(network, preserve):
    advice = mixing(network, null=Rewire(preserve, 40), rng=1).advice["links"]
    assert advice < 150
    later = overlap_after(network, preserve, 10 * advice, 200)
    now = overlap_after(network, preserve, advice, 200)
    # Both means have an error of a fourteenth of the deviation.
    assert abs(now.mean() - later.mean()) < 0.4 * later.std()


@pytest.mark.slow
@pytest.mark.parametrize(("network", "preserve"), LAYERS)
def test_advice_hangs_little_on_how_long_the_chain_is_looked_at(network, preserve):
    def advice(trials):
        null = Rewire(preserve, trials)
        return np.median([mixing(network, null=null, rng=i).advice["links"] for i in range(3)])

    long = advice(400)
    assert all(1 / 2 <= advice(trials) / long <= 2 for trials in (10, 40))


def test_looks_that_have_nothing_in_common_do_not_make_advice_long():
    # On average every fourth proposal turns the triangle round: two trials forget all.
    for trials in (10, 100, 4_000):
        assert 1 <= mixing(ROUND, null=Rewire(trials=trials), rng=1).advice["links"] <= 8


def test_there_is_no_advice_from_a_chain_that_is_too_short(monkeypatch):
    network = random_network(20, 170)
    assert mixing(network, null=Rewire(trials=20), rng=1).advice["links"] > 0
    monkeypatch.setattr("netinnov.null_models._mixing._MOST_TRIALS", 40)
    assert np.isnan(mixing(network, null=Rewire(trials=20), rng=1).advice["links"])


def test_weights_are_mixed_but_where_each_pair_of_kinds_keeps_its_own():
    network = random_network(20, 170, "ABCDEFGHIJKLMNOPQRST")
    uneven = network.replace_links(network.links.assign(weight=np.arange(1.0, network.n_links + 1)))
    of_degrees, of_kinds = (
        mixing(uneven, null=Rewire(preserve, 20), rng=1).weights["links"]
        for preserve in (("degree",), ("kind",))
    )
    assert abs(of_degrees) < 0.1  # 4 standard errors of a mean of nine draws of 150 links
    assert of_kinds == pytest.approx(1)
    assert np.isnan(mixing(network, rng=1).weights["links"])


@pytest.mark.slow
def test_a_layer_that_never_moves_has_no_advice_and_one_link_needs_none():
    star = network_of([(0, 1), (0, 2), (0, 3)])
    found = mixing(star, rng=1).to_frame().loc["links"]
    assert found["acceptance"] == 0
    assert found["overlap"] == 1
    assert np.isnan(found["advice"])
    alone = mixing(network_of([(0, 1)]), rng=1).to_frame().loc["links"]
    assert list(alone[["acceptance", "overlap", "advice"]]) == [0, 1, 1]
