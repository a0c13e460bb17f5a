"""Values of other packages and closed forms, from the folder of reference cases.

The README of that folder describes the fields; this file follows it.
"""

import importlib
import json
from collections import Counter
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from scipy import stats

import netinnov as ni

FOLDER = (Path(__file__).parents[1] / "../shared/reference").resolve()
FILE = FOLDER / "cases.json"
CASES: list[dict[str, Any]] = json.loads(FILE.read_text("utf-8"))["cases"] if FILE.is_file() else []


def find(call: str) -> Any:
    """The public object under `netinnov`."""
    module, _, name = call.rpartition(".")
    home = importlib.import_module(f"netinnov.{module}")
    assert name in home.__all__
    return getattr(home, name)


def build(network: dict[str, Any]) -> ni.MultilayerNetwork:
    if "file" in network:
        ids = {"layer": str, "source": str, "target": str}
        links = pd.read_csv(FOLDER / network["file"], dtype=ids, keep_default_na=False)
    else:
        rows = [
            (layer, str(row[0]), str(row[1]), float(row[2]) if len(row) > 2 else 1.0)
            for layer, many in network["layers"].items()
            for row in many
        ]
        links = pd.DataFrame(rows, columns=["layer", "source", "target", "weight"])
    if "only" in network:
        links = links[links["layer"].isin(network["only"])]
    if network.get("weights") == "reciprocal":
        links = links.assign(weight=1 / links["weight"])
    named = sorted({*links["source"], *links["target"]}, key=lambda node: (len(node), node))
    nodes = network.get("nodes") or named
    table = pd.DataFrame({"node": [str(node) for node in nodes]})
    for column, values in network.get("attributes", {}).items():
        table[column] = table["node"].map(values)
    return ni.build_network(table, links, directed=tuple(network.get("directed", ())))


def argument(name: str, value: Any) -> Any:
    """An argument in the shape the README gives it by its name."""
    if name == "membership":
        if not any("@" in key for key in value):
            return pd.Series(value)
        states = pd.Series({tuple(key.rsplit("@", 1)): label for key, label in value.items()})
        return states.unstack()
    if name == "game":
        return {frozenset(key.split("+")) - {""}: worth for key, worth in value.items()}
    if name == "cost":
        return pd.DataFrame.from_dict(value, orient="index")
    if name in {"demand", "capacity", "allocation", "rank"}:
        return pd.Series(value)
    columns = {
        "incidence": ["member", "event"],
        "moves": ["origin", "destination"],
        "units": ["firm", "place", "value"],
    }
    if name in columns:
        return pd.DataFrame(value, columns=columns[name])
    if isinstance(value, dict) and "data" in value:
        return pd.DataFrame(value["data"], index=value["rows"], columns=value["columns"])
    return value


def call(case: dict[str, Any], network: ni.MultilayerNetwork | None, **more: Any) -> Any:
    options = {name: argument(name, value) for name, value in case["arguments"].items()} | more
    positional = [options.pop(name) for name in case.get("positional", [])]
    if network is not None:
        positional = [network, *positional]
    result = find(case["call"])(*positional, **options)
    if "method" in case:
        result = getattr(result, case["method"])(**case.get("method_arguments", {}))
    if "field" in case:
        whole = result
        is_column = isinstance(whole, pd.DataFrame) and case["field"] in whole.columns
        result = whole[case["field"]] if is_column else getattr(whole, case["field"])
    return result


def pick(result: Any, key: str, undirected: bool) -> Any:
    """The entry of a result under a key of `expected`."""
    if isinstance(result, pd.DataFrame) and {"source", "target"} <= set(result.columns):
        result = result.set_index(["source", "target"])["weight"]
    if isinstance(result, pd.Series) and result.index.nlevels == 2:
        entries = {(str(i), str(j)): value for (i, j), value in result.items()}
        i, j = key.split("|")
        return entries[j, i] if undirected and (i, j) not in entries else entries[i, j]
    if isinstance(result, pd.DataFrame):
        return result.set_axis(result.index.map(str)).loc[key]
    if isinstance(result, pd.Series):
        return result.set_axis(result.index.map(str))[key]
    return result[key] if isinstance(result, Mapping) else getattr(result, key)


def compare(found: Any, expected: Any, tolerance: float, undirected: bool, where: str) -> None:
    if isinstance(expected, dict):
        for key, value in expected.items():
            compare(pick(found, key, undirected), value, tolerance, undirected, f"{where}/{key}")
    elif isinstance(expected, list):
        assert len(found) == len(expected), where
        for position, (one, other) in enumerate(zip(found, expected, strict=True)):
            compare(one, other, tolerance, undirected, f"{where}/{position}")
    elif expected is None:
        assert np.isnan(found), where
    elif expected == "inf":
        assert np.isposinf(found), where
    elif isinstance(expected, str):
        assert found == expected, where
    elif isinstance(expected, bool):
        assert bool(found) is expected, where
    else:
        assert abs(found - expected) <= tolerance * max(1, abs(expected)), (where, found, expected)


def check_matrix_facts(case: dict[str, Any], network: Any) -> None:
    matrix = call(case, network).toarray()
    eigenvalues = np.linalg.eigvals(matrix).real
    facts = {
        "size": lambda: len(matrix),
        "nnz": lambda: np.count_nonzero(matrix),
        "row_sums": lambda: np.sort(matrix.sum(axis=1)),
        "second_smallest": lambda: np.sort(eigenvalues)[1],
        "largest": lambda: eigenvalues.max(),
    }
    for name, value in case["expected"].items():
        compare(facts[name](), value, case["tolerance"], True, name)


def check_at_least(case: dict[str, Any], network: Any) -> None:
    partition = call(case, network)
    assert partition.quality >= case["expected"] - case["tolerance"]
    if "recompute" in case:
        again = ni.community.modularity(network, partition.membership, **case["recompute"])
        assert again == pytest.approx(partition.quality, abs=1e-9)


def ends(network: Any, layer: str) -> list[tuple[str, str]]:
    links = network.links[network.links["layer"] == layer]
    return list(zip(links["source"], links["target"], strict=True))


def check_uniform(case: dict[str, Any], network: Any) -> None:
    rng = np.random.default_rng(case["seed"])
    drawn: Counter[frozenset[tuple[str, str, str]]] = Counter()
    for _ in range(case["draws"]):
        links = call(case, network, rng=rng).links
        triples = zip(links["layer"], links["source"], links["target"], strict=True)
        drawn[frozenset(triples)] += 1
    assert len(drawn) == case["expected"]["states"]
    assert stats.chisquare(list(drawn.values())).pvalue > 1e-3


def check_kept(case: dict[str, Any], network: Any) -> None:
    rewired = call(case, network, rng=case["seed"])
    again = call(case, network, rng=case["seed"])
    pd.testing.assert_frame_equal(rewired.links, again.links)
    for direction in ("in", "out"):
        before = ni.centrality.degree(network, direction=direction)
        pd.testing.assert_frame_equal(ni.centrality.degree(rewired, direction=direction), before)
    changed = False
    for layer in network.layers:
        old, new = ends(network, layer), ends(rewired, layer)
        assert len(set(new)) == len(new) == len(old)
        assert all(source != target for source, target in new)
        changed |= set(old) != set(new)
        weights = [n.links.loc[n.links["layer"] == layer, "weight"] for n in (network, rewired)]
        assert sorted(weights[0]) == sorted(weights[1])
        if "keeps" in case:
            values = network.nodes[case["keeps"]]
            pairs = [
                Counter((values[i], values[j]) if layer in network.directed
                        else tuple(sorted((values[i], values[j]))) for i, j in many)
                for many in (old, new)
            ]  # fmt: skip
            assert pairs[0] == pairs[1]
    assert changed


def check_roots(case: dict[str, Any], network: Any) -> None:
    found = np.sort(np.real(call(case, network)))
    compare(list(found), sorted(case["expected"]), case["tolerance"], True, "roots")


def check_equilibria(case: dict[str, Any], network: Any) -> None:
    table = call(case, network).sort_values("share")
    compare(list(table["share"]), case["expected"]["share"], case["tolerance"], True, "share")
    assert list(table["stable"]) == case["expected"]["stable"]


def check_enclaves(case: dict[str, Any], network: Any) -> None:
    table = call(case, network)
    table = table.set_index("node") if "node" in table.columns else table
    assert set(table.index) == set(case["expected"])
    for node, expected in case["expected"].items():
        assert table.loc[node, ["home", "host", "direction"]].to_dict() == expected


def check_allocation(case: dict[str, Any], network: Any) -> None:
    result = call(case, network)
    given = {name: argument(name, case["arguments"][name]) for name in case["positional"]}
    flows = result.flows.reindex(index=given["cost"].index, columns=given["cost"].columns)
    tolerance = case["tolerance"] * given["demand"].sum()
    assert (flows >= -tolerance).all(axis=None)
    assert (flows.sum(axis=1) - given["demand"]).abs().max() <= tolerance
    assert (flows.sum() - given["capacity"]).max() <= tolerance
    assert (flows * given["cost"]).sum().sum() == pytest.approx(result.cost)
    compare(result, case["expected"], case["tolerance"], True, case["name"])


CHECKS = {
    "matrix_facts": check_matrix_facts, "at_least": check_at_least, "uniform": check_uniform,
    "kept": check_kept, "roots": check_roots, "equilibria": check_equilibria,
    "enclaves": check_enclaves, "allocation": check_allocation,
}  # fmt: skip


@pytest.mark.parametrize(
    "case",
    [  # That draws are uniform is seen in a second: a slow test.
        pytest.param(case, id=case["name"], marks=[pytest.mark.slow] * ("draws" in case))
        for case in CASES
    ],
)
def test_reference_case(case: dict[str, Any]) -> None:
    network = build(case["network"]) if case["network"] else None
    if "check" in case:
        CHECKS[case["check"]](case, network)
        return
    undirected = network is None or not network.directed
    result = call(case, network)
    compare(result, case["expected"], case["tolerance"], undirected, case["name"])


def test_the_harness_fails_on_wrong_values() -> None:
    # A harness that compares nothing passes everything: each kind of value must be able to fail.
    pairs = pd.Series({("a", "b"): 1.0, ("b", "c"): 2.0})
    wrong: list[tuple[Any, Any]] = [
        (1.0, 1.1),
        (1.0, None),
        (1.0, "inf"),
        (float("nan"), 1.0),
        ([1.0, 2.0], [1.0]),
        (pd.Series({"a": 1.0}), {"a": 2.0}),
        (pairs, {"b|a": 2.0}),
        (pd.DataFrame({"x": [1.0]}, index=["a"]), {"a": {"x": 2.0}}),
        ({"sites": "x"}, {"sites": "y"}),
        (True, False),
    ]
    for found, expected in wrong:
        with pytest.raises(AssertionError):
            compare(found, expected, 1e-9, True, "made up")
    compare(pairs, {"b|a": 1.0, "b|c": 2.0}, 1e-9, True, "made up")
    with pytest.raises(KeyError):
        compare(pairs, {"b|a": 1.0}, 1e-9, False, "made up")
