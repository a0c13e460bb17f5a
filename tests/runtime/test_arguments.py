"""What is no name, number, flag, function or generator is refused in words."""

import math
from collections.abc import Callable
from typing import Any

import numpy as np
import pandas as pd
import pytest

import netinnov as ni
from netinnov._runtime.arguments import as_floats, as_whole, check_number, check_rng, shown
from netinnov.errors import InputError
from netinnov.mechanisms import cobweb, cooperation, free_flow

NODES = pd.DataFrame(
    {"kind": ["firm", "firm", "talent", "talent"], "place": ["p", "q", "p", "q"]},
    index=["a", "b", "c", "d"],
)
LINKS = pd.DataFrame(
    {"source": ["a", "a", "b", "c"], "target": ["b", "c", "c", "d"], "weight": [1.0, 2.0, 3.0, 1.0]}
)
NETWORK = ni.build_network(NODES, LINKS)


@pytest.mark.parametrize("rng", ["x", 1.5, -1, [None], object()])
def test_what_makes_no_generator_is_refused(rng: Any) -> None:
    with pytest.raises(InputError, match="`rng` must be a whole number of at least 0"):
        check_rng(rng)
    with pytest.raises(InputError, match="`rng` must be a whole number of at least 0"):
        ni.community.leiden(NETWORK, rng=rng)


def test_a_generator_stays_itself() -> None:
    rng = np.random.default_rng(1)
    assert check_rng(rng) is rng
    assert check_rng(7).random() == np.random.default_rng(7).random()


@pytest.mark.parametrize(
    ("value", "words"),
    [
        ("3", "found '3'"),
        (None, "found None"),
        (np.nan, "found nan"),
        (1 + 1j, r"found \(1\+1j\)"),
        (np.complex128(1), r"found \(1\+0j\)"),
        (np.array([1, 2]), r"found array\(\[1, 2\]\)"),
        (pd.Series([1.0, 2.0]), "found pandas"),
        (2.5, "found 2.5"),
        (True, "found True"),
    ],
)
def test_what_is_no_whole_number_is_refused(value: Any, words: str) -> None:
    with pytest.raises(InputError, match=f"`x` must be a whole number at least 0; {words}"):
        check_number("x", value, low=0, whole=True)


@pytest.mark.parametrize(("value", "words"), [(2**31, "2147483648"), (10**400, "int")])
def test_whole_numbers_that_no_array_can_hold_are_refused(value: Any, words: str) -> None:
    limits = "at least 0 and at most 2,147,483,647"
    with pytest.raises(InputError, match=f"`x` must be a whole number {limits}; found {words}"):
        check_number("x", value, low=0, whole=True)


@pytest.mark.parametrize("value", [2, 2.0, np.int32(2), np.float64(2)])
def test_whole_numbers_of_any_type_will_do(value: Any) -> None:
    check_number("x", value, low=0, whole=True)
    found = as_whole("x", value, low=2)
    assert found == 2
    assert type(found) is int


def test_ranges_in_annotations_hold_for_functions_and_classes() -> None:
    regions = free_flow.FootlooseEntrepreneur(5, 0.4, regions=3.0).regions  # type: ignore[arg-type]
    assert type(regions) is int


def test_missing_values_of_nullable_columns_are_nan() -> None:
    column = pd.Series([1, None], dtype="Int64")
    assert as_floats("x", column).tolist() == pytest.approx([1, math.nan], nan_ok=True)
    table = as_floats("x", pd.DataFrame({"a": column, "b": [2.0, 3.0]}))
    assert table.tolist()[0] == [1.0, 2.0]
    assert math.isnan(table[1, 0])
    # A pair that is not allowed, in a table of such columns.
    demand, capacity = pd.Series({"a": 2}, dtype="Int64"), pd.Series({"x": 3, "y": 3})
    cost = pd.DataFrame({"x": [4], "y": [None]}, index=["a"], dtype="Int64")
    assert ni.planning.allocate_space(demand, capacity, cost).cost == 8


def test_long_values_are_shown_by_their_type() -> None:
    assert shown(10**5000) == "int"
    assert shown(list(range(100))) == "list"
    assert shown(object()) == "object"
    assert shown(np.float64(1.5)) == "1.5"


CALLS: list[tuple[Callable[[], Any], str]] = [
    (lambda: ni.build_network(NODES, LINKS, directed=3), "`directed` must be a sequence"),
    (lambda: NETWORK.adjacency(["links"]), "`layer` must be one name"),
    (lambda: ni.aggregate(NETWORK, by=["kind"]), r"`by` must be one name of .*\['kind'\]"),
    (lambda: ni.flatten(NETWORK, weights=[1]), "`weights` must be a mapping"),
    (lambda: ni.connectivity.access(NETWORK, origin=["zz"]), "`origin`: 1 of 1 names are not"),
    (lambda: ni.connectivity.reach(NETWORK, steps=2, kind=["firm"]), "`kind` must be one name"),
    (lambda: ni.connectivity.effective_resistance(NETWORK, pairs=[5]), "`pairs` must hold pairs"),
    (lambda: ni.community.stability(NETWORK, find="x"), "`find` must be a function"),
    (lambda: ni.polycentricity.gini([10**400, 1]), "int at position 0"),
    (lambda: ni.linkages.find_enclaves(NETWORK, rank=5), "`rank` must be a Series or mapping"),
    (
        lambda: ni.linkages.co_participation(LINKS, member="source", event="source"),
        "`member` and `event` must be columns of their own",
    ),
    (
        lambda: ni.linkages.co_participation(None, member="a", event="b"),
        "must be a dataframe; found None",
    ),
    (
        lambda: ni.planning.rank_hosts(NETWORK, home="p", scenario=ni.scenarios.NoChange()),
        "`scenario` must be of the type ReverseEnclave, ForwardEnclave, .* or DirectLinks",
    ),
    (lambda: ni.plotting.plot_network(NETWORK, layers="links"), "found the text 'links'; write"),
    (lambda: ni.plotting.plot_network(NETWORK, layers=[]), "`layers` must name a layer"),
    (
        lambda: ni.plotting.plot_flow_map(NETWORK, extent=(1, 2)),
        r"`extent` must be \(west, east, south, north\) .*; found \(1, 2\)",
    ),
    (lambda: ni.experiments.link_changes(NETWORK, 5), "`after` must be a sequence of networks"),
    (lambda: cooperation.park_sides(NETWORK, ["a"]), r"`park` must be one name .* found \['a'\]"),
    (
        lambda: cobweb.CoupledCobweb(["a", "b"], [1, 1], mobility=1),
        "`demand_slope` must hold numbers",
    ),
    (
        lambda: free_flow.FootlooseEntrepreneur(5, 0.4).gap("a", freeness=0.3),
        "`share` must hold numbers, in rows of equal length; found 'a'",
    ),
    (lambda: ni.sources.read_cordis(None), "`path` must be the path"),
    (lambda: ni.io.from_networkx(None), "`graph` must be a graph of networkx; found None"),
]


@pytest.mark.parametrize(("call", "words"), CALLS, ids=[words for _, words in CALLS])
def test_wrong_arguments_are_refused_in_words(call: Callable[[], Any], words: str) -> None:
    with pytest.raises(InputError, match=words):
        call()


def test_ranks_are_needed_to_find_enclaves_and_not_to_remove_them() -> None:
    network = ni.build_network(NODES.assign(jurisdiction=["q", "q", "p", "q"]), LINKS)
    with pytest.raises(InputError, match=r"`rank` must be a Series or mapping .*; found None"):
        ni.linkages.find_enclaves(network, rank=None)
    left = ni.scenarios.remove_enclaves(network)
    assert left.nodes.index.tolist() == ["b", "c", "d"]


@pytest.mark.parametrize(
    ("weight", "problem", "n"),
    [
        (pd.Series([1 + 1j, 1, 2, 3]), "weight is not a number", 4),
        (pd.Categorical(["1", "2", "1", "1"]), "weight is not a number", 4),
        (pd.Series([10**400, 1, 1, 1], dtype=object), "weight is infinite", 1),
    ],
)
def test_weights_that_are_no_numbers_are_faults(weight: Any, problem: str, n: int) -> None:
    faults = ni.check_tables(NODES, LINKS.assign(weight=weight))
    assert faults["problem"].tolist() == [problem] * n


@pytest.mark.parametrize("number", [1e20, 330102199001011234.0, math.inf, 7.5])
def test_floats_that_have_lost_digits_are_no_ids(number: float) -> None:
    nodes = pd.DataFrame({"node": [7.0, number]})
    found = ni.check_tables(nodes, pd.DataFrame({"source": [7], "target": [7]}))
    assert found[["row", "column", "problem"]].to_numpy().tolist() == [
        [1, "node", "id is not text or a whole number"]
    ]
    gap = pd.DataFrame({"node": [9.0, 2.0**53], "place": [2.0**53, None]})
    network = ni.build_network(gap, pd.DataFrame({"source": [9], "target": [2**53]}))
    assert network.nodes["place"].tolist()[0] == "9007199254740992"


def test_categories_of_numbers_are_numbers() -> None:
    network = ni.build_network(NODES, LINKS.assign(weight=pd.Categorical([1.0, 1.0, 2.0, 3.0])))
    assert network.links["weight"].tolist() == [1.0, 1.0, 2.0, 3.0]
