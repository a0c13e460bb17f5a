"""PageRank versatility on 500,000 state nodes, against scikit-network at the same accuracy."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from scipy import sparse
from sknetwork.ranking import PageRank
from test_build import N_NODES, tables

from netinnov import build_network
from netinnov.centrality import pagerank
from netinnov.supra import supra_adjacency

ACCURACY = 1e-10  # sum of absolute errors of scores whose total is 1


@pytest.fixture(scope="module")
def network():
    return build_network(*tables())


def test_versatility(in_turns, network):
    # The peer gets the supra-adjacency ready made, which takes it out of its time and is in ours.
    supra = sparse.csr_matrix(supra_adjacency(network))
    exact = np.zeros(N_NODES)
    exact += PageRank(n_iter=200, tol=1e-16).fit_predict(supra).reshape(5, -1).sum(axis=0)

    def error(score) -> float:
        return float(np.abs(np.asarray(score) - exact).sum())

    def peer(n_iter: int):
        return PageRank(n_iter=n_iter, tol=0).fit_predict(supra).reshape(5, -1).sum(axis=0)

    def own() -> pd.Series:
        return pagerank(network, presence="all")

    assert error(own()) < ACCURACY
    # The fewest iterations, in steps of five, with which the peer is as accurate.
    n_iter = next(k for k in range(30, 400, 5) if error(peer(k)) < ACCURACY)
    calls = {"pagerank": own, "scikit-network": lambda: peer(n_iter)}
    in_turns(calls, floors={"scikit-network": 1.3}, checked=True)
