"""Which places are central: measures, ties and what is told of them."""

import pandas as pd
import pytest

from netinnov import study
from netinnov.errors import InputError
from netinnov.study.sections import central
from study_cases import (
    RING,
    STAR,
    STARS,
    context_at,
    context_of,
    facts_of,
    figures_of,
    network_of,
    said,
    tables_of,
    text_in,
    three,
)

OFF = {"structure": False}


def test_who_is_central_is_told_in_the_order_of_pagerank():
    context = context_of(three(), **OFF)
    known = facts_of(central, context)
    # a - b - c in P, Q and R.
    assert known["first"][0] == "Q"
    assert known["even_share"] == pytest.approx(1 / 3)
    answer = text_in(central, context).answer
    assert answer.startswith("By PageRank: \u2068Q\u2069 (4")
    assert answer.endswith("; an even share would be 33 %.")
    assert figures_of(central, context)["strength"].value == 0.5


def test_places_that_tie_are_counted():
    context = context_of(network_of(STAR), **OFF)
    known = facts_of(central, context)
    assert (known["first"], known["as_central"]) == (["a", "b", "c"], 5)
    assert "and 5 more with as much" in text_in(central, context).answer
    ring = context_of(network_of(RING), **OFF)
    known = facts_of(central, ring)
    assert known["equal"]
    assert text_in(central, ring).answer == "By PageRank no place is more central than another."


def test_centralities_side_by_side_are_those_of_the_observed_layers():
    links = [*STARS, ("b", "y", 90, "model")]
    both = context_of(network_of(links, modelled=["model"]))
    alone = context_of(network_of(STARS))
    one, other = (each.once(central.compute).observed for each in (both, alone))
    pd.testing.assert_frame_equal(one, other)
    assert "in any layer, modelled ones too; shares" in said(central, both)
    assert "modelled" not in said(central, alone)
    assert central.compute(context_of(network_of(STARS), **OFF)).observed is None
    far = network_of([("a", "b", 1e-12), ("b", "c", 1e12)])
    with pytest.raises(InputError, match="must lie within a factor"):  # by `netinnov check`
        study._checked(context_of(far, measures={"distance": "inverse"}, experiment=False))
    tables = tables_of(central, both)
    assert tables["centrality"].modelled == ("model",)
    assert tables["strength"].frame.columns.tolist() == ["links", "model"]
    assert tables["centrality_observed"].modelled == ()


def test_an_undirected_link_counts_twice_beside_directed_ones():
    links = [("a", "b", 3, "out"), ("b", "c", 1, "both"), ("b", "c", 1, "model")]
    network = network_of(links, directed=["out"], modelled=["model"])
    result = context_of(network, **OFF).once(central.compute)
    assert dict(result.table["overlapping_strength"]) == {"a": 3, "b": 7, "c": 4}


def test_nodes_without_a_column_of_places_are_compared_themselves(tmp_path):
    nodes = pd.DataFrame({"node": [*"abcd"], "place": [*"PPQQ"]})
    links = [("a", "b", 2), ("c", "d", 1)]
    inside = context_of(network_of(links, nodes=nodes.set_index("node")), **OFF)
    assert central.compute(inside) is None
    nodes[["node"]].to_csv(tmp_path / "nodes.csv", index=False)
    table = pd.DataFrame(links, columns=["source", "target", "weight"])
    table.to_csv(tmp_path / "links.csv", index=False)
    result = central.compute(context_at(data={"path": str(tmp_path)}, **OFF))
    assert {*result.table.index} == {*"abcd"}
