"""The table of layers: what it takes, what it refuses, and that every operation carries it."""

import json
import pickle
from collections.abc import Callable
from pathlib import Path

import networkx as nx
import numpy as np
import pandas as pd
import pytest

import netinnov as ni
from netinnov.errors import InputError
from netinnov.experiments import ResampledLinks
from netinnov.io import from_networkx, read_network, to_igraph, to_networkx, write_network
from netinnov.linkages import add_outposts, gravity_residuals, project
from netinnov.network import split_periods
from netinnov.null_models import curveball, max_entropy
from netinnov.scenarios import (
    DirectLinks,
    RandomEnds,
    ReverseEnclave,
    TalentAttraction,
    apply_scenario,
    remove_enclaves,
)
from netinnov.sources import read_tables

Network = ni.MultilayerNetwork
MODELLED = {
    "modelled": True, "unit": "commuters", "events": 40, "parameters": "gravity, exponent 2",
}  # fmt: skip


def small() -> Network:
    """Places p, q, r, s; flows between their firms, of which one layer is modelled."""
    nodes = pd.DataFrame(
        {
            "kind": ["firm", "firm", "firm", "firm", "talent", "talent", "park"],
            "place": list("pqrspqp"),
            "jurisdiction": list("pqrspqq"),
        },
        index=["a", "b", "c", "d", "t", "u", "x"],
    )
    pairs = [("a", "b"), ("a", "c"), ("b", "c"), ("b", "d"), ("c", "d"), ("a", "d")]
    flows = pd.DataFrame(pairs, columns=["source", "target"]).assign(
        weight=[1.0, 2.0, 3.0, 4.0, 5.0, 5.0], period=[1, 1, 1, 2, 2, 2]
    )
    works = pd.DataFrame(
        {"source": ["t", "t", "u", "u", "x"], "target": ["a", "b", "c", "d", "a"], "period": 1}
    )
    places = pd.DataFrame(
        {"lon": [0.0, 1, 2, 4], "lat": [0.0, 1, 0, 3], "population": [10.0, 20, 15, 5]},
        index=list("pqrs"),
    )
    links = {"flows": flows, "observed": flows.assign(weight=2.0), "works": works}
    return ni.build_network(
        nodes, links, places, ["observed"],
        {"flows": MODELLED, "works": {"modelled": True, "unit": "contracts"}},
    )  # fmt: skip


def test_the_table_has_a_row_for_each_layer_and_defaults_elsewhere() -> None:
    table = small().layer_table
    assert list(table.columns) == [
        "directed", "modelled", "quantity", "unit", "events", "parameters",
    ]  # fmt: skip
    assert table.index.name == "layer"
    assert tuple(table.index) == small().layers
    assert table["modelled"].to_dict() == {"flows": True, "observed": False, "works": True}
    assert table["directed"].to_dict() == {"flows": False, "observed": True, "works": False}
    assert table.loc["flows", "events"] == 40
    assert table.loc["observed"].isna().tolist() == [False, False, False, True, True, True]
    assert set(table["quantity"]) == {"amount"}


def test_a_table_and_a_mapping_say_the_same() -> None:
    network = small()
    parts = (network.nodes, network.links, network.places)
    assert ni.build_network(*parts, layers=network.layer_table).equals(network)
    assert ni.build_network(*parts, layers=network.layer_table.reset_index()).equals(network)
    rows = network.layer_table.to_dict("index")
    assert ni.build_network(*parts, layers=rows).equals(network)


def test_equality_compares_the_table() -> None:
    network = small()
    for column, value in {"modelled": False, "unit": "tonnes", "events": 7}.items():
        table = network.layer_table
        table.loc["flows", column] = value
        other = ni.build_network(network.nodes, network.links, network.places, layers=table)
        assert not other.equals(network), column


@pytest.mark.parametrize(
    ("layers", "words"),
    [
        ({"flow": {"modelled": True}}, r"`layers`: 1 of 1 names .*did you mean 'flows'"),
        ({"flows": {"modeled": True}}, r"'modeled' \(did you mean 'modelled'\?\)"),
        (
            {"flows": {"modelled": "yes"}},
            r"`modelled of layer flows` must be True or False; found 'yes'",
        ),
        (
            {"flows": {"quantity": "share"}},
            r"must be one of 'amount', 'share_of_origin', 'share_of_destination'; found 'share'",
        ),
        ({"flows": {"events": 0}}, r"`events of .* number at least 1; found 0"),
        ({"flows": {"unit": 3}}, r"`unit of layer flows` must be of the type str; found 3"),
        ({"flows": True}, r"`layers\['flows'\]` must be a mapping"),
        (["flows"], r"`layers` must be a mapping from layers .* or a table"),
        ({"observed": {"directed": False}}, r"named in `directed`.*directed=False"),
        (
            pd.DataFrame({"modelled": True}, index=["flows", "flows"]),
            "each layer once; twice or more: 'flows'",
        ),
    ],
)
def test_a_record_that_does_not_fit_is_refused(layers: object, words: str) -> None:
    network = small()
    with pytest.raises(InputError, match=words):
        ni.build_network(network.nodes, network.links, network.places, ["observed"], layers)


def test_missing_values_are_defaults() -> None:
    network = small()
    layers = pd.DataFrame(
        {"modelled": [None], "unit": [np.nan], "events": [pd.NA], "quantity": [None]},
        index=["works"],
    )
    again = ni.build_network(network.nodes, network.links, network.places, (), layers)
    assert again.layer_table.loc["works"].to_dict() == again.layer_table.loc["flows"].to_dict()


def _all_pairs(network: Network) -> Network:
    """A link of weight 1 more wherever there is one."""
    return network.with_links(network.links.assign(weight=1.0))


OPERATIONS: dict[str, Callable[[Network], Network]] = {
    "select_layers": lambda n: n.select(layers=["flows", "observed"]),
    "select_nodes": lambda n: n.select(nodes=list("abcdt")),
    "select_periods": lambda n: n.select(periods=[1]),
    "with_links": _all_pairs,
    "replace_links": lambda n: n.replace_links(n.links),
    "with_nodes": lambda n: n.with_nodes(pd.DataFrame({"place": ["p"]}, index=["new"])),
    "split_periods": lambda n: split_periods(n)[1],
    "aggregate": ni.aggregate,
    "aggregate_without_internal": lambda n: ni.aggregate(n, drop_internal=True),
    "rewire": lambda n: ni.rewire(n, trials=1, rng=1),
    "rewire_some": lambda n: ni.rewire(n, trials=1, rng=1, layers=["flows"]),
    "curveball": lambda n: curveball(n, layers=["works"], through="firm", trials=1, rng=1),
    "max_entropy": lambda n: max_entropy(n, layers=["observed"], rng=1),
    "project": lambda n: project(n.select(kinds=["firm", "talent"]), layer="works", onto="firm"),
    "add_outposts": lambda n: add_outposts(n, layer="works", owner="firm", least=1),
    "gravity_residuals": lambda n: gravity_residuals(
        n, layer="observed", method="ratio"
    ).network,
    "resampled_links": lambda n: ResampledLinks(["works"])(n, np.random.default_rng(1)),
    "direct_links": lambda n: apply_scenario(
        n, DirectLinks("p", "q", 1, funding="new", layer="flows"), rng=1
    ),
    "random_ends": lambda n: apply_scenario(
        n, RandomEnds(DirectLinks("p", "q", 1, funding="new", layer="flows")), rng=1
    ),
    "reverse_enclave": lambda n: apply_scenario(
        n, ReverseEnclave("p", "q", 2, 0.5, funding="new", layer="flows"), rng=1
    ),
    "talent_attraction": lambda n: apply_scenario(
        n, TalentAttraction("p", "q", 1, 0.5, layer="flows"), rng=1
    ),
    "remove_enclaves": remove_enclaves,
    "remove_enclaves_keep_nodes": lambda n: remove_enclaves(n, keep_nodes=True),
    "pickle": lambda n: pickle.loads(pickle.dumps(n)),
}  # fmt: skip


@pytest.mark.slow
@pytest.mark.parametrize("name", OPERATIONS)
def test_every_operation_carries_the_records(name: str) -> None:
    network = small()
    before, after = network.layer_table, OPERATIONS[name](network).layer_table
    kept = [layer for layer in before.index if layer in after.index]
    assert "flows" in kept
    columns = ["directed", "modelled", "quantity", "unit", "parameters"]
    pd.testing.assert_frame_equal(after.loc[kept, columns], before.loc[kept, columns])


def test_events_shrink_with_the_weight_that_stays() -> None:
    part = small().select(periods=[1])  # 1 + 2 + 3 of 20: 6 / 20 * 40 events
    assert part.layer_table.loc["flows", "events"] == 12
    assert small().select(layers=["flows"]).layer_table.loc["flows", "events"] == 40


def test_further_links_of_a_layer_leave_its_events_unknown() -> None:
    table = _all_pairs(small()).layer_table
    assert table["events"].isna().all()


def test_with_links_gives_new_layers_defaults_or_the_record_given() -> None:
    network = small()
    links = pd.DataFrame({"source": ["a"], "target": ["b"], "layer": "new"})
    plain = network.with_links(links).layer_table.loc["new"]
    assert not plain["modelled"]
    assert not plain["directed"]
    for method in (network.with_links, network.replace_links):
        record = method(links, layers={"new": {"modelled": True}}).layer_table.loc["new"]
        assert record["modelled"]
        with pytest.raises(InputError, match="not in the new layers"):
            method(links, layers={"flows": {"modelled": False}})


def test_what_is_computed_from_a_modelled_layer_is_modelled() -> None:
    network = small()
    assert ni.flatten(network).layer_table["modelled"].all()
    assert not ni.flatten(network.select(layers=["observed"])).layer_table["modelled"].any()
    assert not ni.flatten(network, weights={"flows": 0, "works": 0}).layer_table["modelled"].any()
    residuals = gravity_residuals(network, layer="flows", method="ratio").network.layer_table
    assert residuals.loc["flows_residual", "modelled"]
    assert residuals.loc["flows_residual", "parameters"] == "gravity, exponent 2"
    observed = gravity_residuals(network, layer="observed", method="ratio").network.layer_table
    assert not observed.loc["observed_residual", "modelled"]
    works = project(
        network.select(layers=["works"]).select(nodes=list("abcdtu")), layer="works", onto="firm"
    )
    assert works.layer_table.loc["co_works", "modelled"]
    outposts = add_outposts(network, layer="works", owner="firm", least=1).layer_table
    assert outposts["modelled"].drop("observed").all()


@pytest.mark.parametrize("form", ["csv", "parquet"])
def test_a_folder_gives_the_records_back(form: str, tmp_path: Path) -> None:
    network = small()
    write_network(network, tmp_path / "n", format=form)
    assert (tmp_path / "n" / f"layers.{form}").is_file()
    assert read_network(tmp_path / "n").equals(network)
    tables = read_tables(tmp_path / "n")
    assert tables.directed == ("observed",)
    assert ni.build_network(*tables).layer_table.equals(network.layer_table)


def test_graphs_give_the_records_back() -> None:
    network = small()
    assert from_networkx(to_networkx(network)).equals(network)
    assert json.loads(to_igraph(network)["layers"])["flows"]["parameters"] == "gravity, exponent 2"


def test_a_graph_may_say_what_its_layers_are() -> None:
    graph = nx.MultiGraph(layers={"trade": {"modelled": True}, "gone": {"modelled": True}})
    graph.add_edge("a", "b", layer="trade")
    assert from_networkx(graph).layer_table["modelled"].to_dict() == {"trade": True}
    graph.graph["layers"] = '{"trade": true}'
    with pytest.raises(InputError, match="must be as to_networkx writes them"):
        from_networkx(graph)


def _folder(path: Path, **files: str) -> Path:
    path.joinpath("nodes.csv").write_text("node\na\nb\n")
    for name, text in files.items():
        path.joinpath(f"{name}.csv").write_text(text)
    return path


def test_layers_that_people_write_are_read(tmp_path: Path) -> None:
    folder = _folder(
        tmp_path,
        links="source,target,layer\na,b,trade_modelled\na,b,2\n",
        layers="layer,modelled,directed,unit,events\n2,Yes,FALSE,007,30\ntrade_modelled,,true,,\n",
    )
    table = ni.build_network(*read_tables(folder)).layer_table
    assert table["modelled"].to_dict() == {"2": True, "trade_modelled": False}
    assert table["directed"].to_dict() == {"2": False, "trade_modelled": True}
    assert table.loc["2", ["unit", "events"]].tolist() == ["007", 30]


@pytest.mark.parametrize(
    ("layers", "words"),
    [
        ("layer,modelled\ntrade,perhaps\n", "`modelled of layer trade` must be True or False"),
        ("layer,modelld\ntrade,yes\n", r"'modelld' \(did you mean 'modelled'\?\)"),
        ("level,modelled\ntrade,yes\n", "must have a column `layer`; it has level, modelled"),
        ("layer,modelled\ntrad,yes\n", r"1 of 1 names .*did you mean 'trade'"),
        (
            "layer,modelled,quantity,events\ntrade,perhaps,share,0\n",
            r"`layers`: 3 values(?s:.*modelled of.*perhaps.*quantity of.*events of.*; found)",
        ),
    ],
)
def test_faults_of_a_table_of_layers_are_named(layers: str, words: str, tmp_path: Path) -> None:
    folder = _folder(tmp_path, links="source,target,layer\na,b,trade\n", layers=layers)
    with pytest.raises(InputError, match=words):
        ni.build_network(*read_tables(folder))


def test_only_in_folders_without_a_table_of_layers_do_names_and_status_mean_anything(
    tmp_path: Path,
) -> None:
    links = (
        "source,target,layer,status,weight\n"
        "a,b,x_modelled,,1\na,b,y,modelled,1\na,b,y,,2\na,b,z_share_of_origin,,1\na,b,w,,1\n"
    )
    tables = read_tables(_folder(tmp_path, links=links))
    table = ni.build_network(*tables).layer_table
    # Of layer y one row is modelled and one observed: a pair of both is modelled, so the layer is.
    assert table["modelled"].to_dict() == {
        "w": False, "x_modelled": True, "y": True, "z_share_of_origin": False,
    }  # fmt: skip
    assert table["quantity"].eq("share_of_origin").tolist() == [False, False, False, True]
    plain = ni.build_network(tables.nodes, tables.links).layer_table
    assert not plain["modelled"].any()
    assert plain["quantity"].eq("amount").all()
