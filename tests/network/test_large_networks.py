"""What large networks are computed by, against both directions of links, and scipy."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, strategies as st
from scipy import sparse

import netinnov as ni
from netinnov.centrality import pagerank
from netinnov.connectivity import largest_component
from netinnov.kernels.products import add_symmetric_product
from strategies import Tables, networks


@given(
    networks(min_links=1),
    st.sampled_from([0.0, 0.25, 7.5]),
    st.sampled_from(["all", "linked"]),
    st.sampled_from([0.0, 0.85, 0.99]),
)
def test_pagerank_on_triangles_is_that_on_both_directions(
    tables: Tables, coupling: float, presence: str, damping: float
) -> None:
    options = {"coupling": coupling, "presence": presence, "damping": damping}
    found = pagerank(ni.build_network(tables.nodes, tables.links), **options)
    # The same links as pairs of directed ones take the other way; a self-link counts for nothing.
    back = tables.links.rename(columns={"source": "target", "target": "source"})
    links = pd.concat([tables.links, back])
    both = ni.build_network(tables.nodes, links, directed=links["layer"].unique())
    np.testing.assert_allclose(found, pagerank(both, **options), rtol=1e-9, atol=1e-14)


@pytest.mark.parametrize("seed", range(3))
def test_products_agree_with_scipy(seed: int) -> None:
    rng = np.random.default_rng(seed)
    matrix = sparse.random_array((50, 50), density=0.1, format="csr", rng=rng)
    upper = sparse.csr_array(sparse.triu(matrix, format="csr"))
    vector = rng.random(50)
    simple = sparse.triu(matrix, 1)
    before = rng.random(50)
    index = upper.indptr.astype(np.int32), upper.indices.astype(np.int32)
    add_symmetric_product(*index, upper.data, -0.5, (vector, product := before.copy()))
    expected = before - 0.5 * (simple + simple.T) @ vector
    np.testing.assert_allclose(product, expected, rtol=1e-12)


@pytest.mark.parametrize("n_links", [0, 20, 60, 200])
def test_components_agree_with_scipy(n_links: int) -> None:
    rng = np.random.default_rng(n_links)
    ends = rng.integers(100, size=(2, n_links))
    links = pd.DataFrame({"source": ends[0], "target": ends[1]})
    links["layer"] = rng.integers(2, size=n_links)
    network = ni.build_network(pd.DataFrame(index=range(100)), links, directed=["1"][:n_links])
    matrix = sparse.coo_array((np.ones(n_links), ends), shape=(100, 100))
    sizes = np.bincount(sparse.csgraph.connected_components(matrix, directed=False)[1])
    assert largest_component(network) == sizes.max() / 100
