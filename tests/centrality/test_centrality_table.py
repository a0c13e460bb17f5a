"""The table of centralities: what stands in it, in which order, and what it refuses."""

from functools import partial

import pandas as pd
import pytest

import netinnov as ni
from netinnov import centrality
from netinnov.centrality import centrality_table
from netinnov.errors import InputError
from strategies import bare

COLUMNS = [
    "overlapping_degree", "overlapping_strength", "participation_coefficient", "pagerank",
    "eigenvector_centrality", "katz_centrality", "hits_hub", "hits_authority",
    "closeness_centrality", "harmonic_centrality", "constraint", "effective_size", "core_number",
]  # fmt: skip


def test_columns_are_the_measures_themselves(small: ni.MultilayerNetwork) -> None:
    found = centrality_table(small)
    for name in COLUMNS:
        if not name.startswith("hits"):
            pd.testing.assert_series_equal(found[name], getattr(centrality, name)(small))
    assert list(found.columns) == COLUMNS
    pd.testing.assert_index_equal(found.index, small.nodes.index)
    hits = centrality.hits(small)
    pd.testing.assert_frame_equal(found[["hits_hub", "hits_authority"]], hits.add_prefix("hits_"))


def test_named_measures_come_in_the_order_given(small: ni.MultilayerNetwork) -> None:
    names = ["pagerank", "betweenness_centrality", "degree", "brokerage"]
    found = centrality_table(small, measures=names)
    assert list(found.columns[:4]) == [
        "pagerank", "betweenness_centrality", "degree_coop", "degree_flow",
    ]  # fmt: skip
    assert found.columns[4] == "brokerage_coordinator"
    assert centrality_table(small, measures=[]).shape == (5, 0)


def test_a_mapping_names_the_columns(small: ni.MultilayerNetwork) -> None:
    found = centrality_table(
        small,
        measures={
            "apart": partial(centrality.pagerank, coupling=0.0),
            "own": lambda network: pd.Series(1.0, network.nodes.index),
        },
    )
    expected = centrality.pagerank(small, coupling=0.0)
    pd.testing.assert_series_equal(found["apart"], expected, check_names=False)
    assert (found["own"] == 1).all()


def test_sums_of_shares_are_missing_by_default_and_refused_by_name() -> None:
    layers = {"trips": [("a", "b", 40.0), ("b", "a", 10.0), ("b", "c", 20.0)]}
    records = {"trips": {"quantity": "share_of_origin"}}
    network = ni.build_network(*bare(layers, "abc", directed=list(layers)), records)
    found = centrality_table(network)
    assert list(found.columns) == COLUMNS
    assert found["overlapping_strength"].isna().all()
    assert found["pagerank"].notna().all()
    with pytest.raises(InputError, match="shares of each origin's total"):
        centrality_table(network, measures=["overlapping_strength"])


def test_an_unknown_measure_is_named_with_the_nearest(small: ni.MultilayerNetwork) -> None:
    with pytest.raises(InputError, match=r"pagerank.*: 'page_rank' \(did you mean 'pagerank'\?\)"):
        centrality_table(small, measures=["page_rank"])
    with pytest.raises(InputError, match="write \\['pagerank'\\]"):
        centrality_table(small, measures="pagerank")
    with pytest.raises(InputError, match=r"`measures\['x'\]` must be a function"):
        centrality_table(small, measures={"x": "pagerank"})


def test_a_function_that_gives_no_values_over_nodes_is_refused(small: ni.MultilayerNetwork) -> None:
    with pytest.raises(InputError, match="'core' must give a Series or DataFrame"):
        centrality_table(small, measures={"core": lambda network: 1.0})
    with pytest.raises(InputError, match="'rich' must give one value a node"):
        centrality_table(small, measures={"rich": centrality.rich_club})
