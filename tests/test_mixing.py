"""`mixing` follows the chain of `rewire`, and its advice does not hang on how long it looks."""

from __future__ import annotations

from collections import Counter
from itertools import combinations, permutations

import numpy as np
import pandas as pd
import pytest

import netinnov as ni
from netinnov.null_models._chains import Chain, seed_words
from netinnov.null_models._plan import plan

SIX = [(0, 2), (0, 3), (0, 4), (1, 4), (2, 4), (2, 5)]
"""With kinds AABBCC no exchange within a kind leads on from here: an excursion does."""


def network_of(links, kinds="", *, directed=False):
    names = [f"n{i}" for i in range(1 + max(map(max, links)))]
    nodes = pd.DataFrame({"kind": list(kinds)} if kinds else None, index=names)
    table = pd.DataFrame([(names[a], names[b]) for a, b in links], columns=["source", "target"])
    return ni.build_network(nodes, table, directed=["links"] if directed else [])


def random_network(n, m, kinds="", *, directed=False, seed=0):
    pairs = list((permutations if directed else combinations)(range(n), 2))
    drawn = np.random.default_rng(seed).choice(len(pairs), m, replace=False)
    # The last node has a link, so that there are n.
    links = [pairs[i] for i in drawn if pairs[i] != (n - 2, n - 1)]
    return network_of([*links, (n - 2, n - 1)], kinds, directed=directed)


def chain_of(network, preserve=("degree",)) -> Chain:
    return plan(network, preserve, None, None, np.random.default_rng(0)).chains["links"]


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
