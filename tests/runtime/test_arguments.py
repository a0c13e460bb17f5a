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
from netinnov.mechanisms import cobweb, cooperation, diffusion, free_flow

NODES = pd.DataFrame(
    {"kind": ["firm", "firm", "talent", "talent"], "place": ["p", "q", "p", "q"]},
    index=["a", "b", "c", "d"],
)
LINKS = pd.DataFrame(
    {"source": ["a", "a", "b", "c"], "target": ["b", "c", "c", "d"], "weight": [1.0, 2.0, 3.0, 1.0]}
)
NETWORK = ni.build_network(NODES, LINKS)
HALVES = {"a": 0, "b": 0, "c": 1, "d": 1}


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
    (lambda: NETWORK.select(nodes=5), "`nodes` must be a sequence of names"),
    (lambda: NETWORK.adjacency(["links"]), "`layer` must be one name"),
    (lambda: ni.aggregate(NETWORK, by=["kind"]), r"`by` must be a column .*\['kind'\]"),
    (lambda: ni.flatten(NETWORK, weights=[1]), "`weights` must be a mapping"),
    (lambda: ni.connectivity.access(NETWORK, origin=5), "`origin` must be a sequence"),
    (lambda: ni.connectivity.access(NETWORK, origin=["zz"]), "`origin`: 1 of 1 names are not"),
    (lambda: ni.connectivity.reach(NETWORK, steps=2, kind=["firm"]), "`kind` must be one name"),
    (lambda: ni.connectivity.effective_resistance(NETWORK, pairs=[5]), "`pairs` must hold pairs"),
    (lambda: ni.connectivity.added_link_gain(NETWORK, pairs=[5]), "`pairs` must hold pairs"),
    (lambda: ni.centrality.centrality_table(NETWORK, measures=5), "`measures` must be a sequence"),
    (lambda: ni.community.stability(NETWORK, find="x"), "`find` must be a function"),
    (lambda: ni.community.consensus(5), "`partitions` must be a sequence"),
    (
        lambda: ni.polycentricity.detect_centres(NETWORK, resample="x"),
        "`resample` must be a function",
    ),
    (lambda: ni.polycentricity.gini([10**400, 1]), "int at position 0"),
    (lambda: ni.linkages.find_enclaves(NETWORK, rank=5), "`rank` must be a Series or mapping"),
    (lambda: ni.linkages.project(NETWORK, layer=["links"], onto="firm"), "`layer` must be one"),
    (lambda: ni.linkages.project(NETWORK, layer="links", onto=5), "`onto` must be a sequence"),
    (lambda: ni.linkages.add_outposts(NETWORK, layer="links", owner=5), "`owner` must be a"),
    (
        lambda: ni.linkages.co_participation(LINKS, member="source", event="source"),
        "`member` and `event` must be columns of their own",
    ),
    (
        lambda: ni.linkages.co_participation(None, member="a", event="b"),
        "must be a dataframe; found None",
    ),
    (
        lambda: ni.linkages.mobility([1], origin="a", destination="b"),
        r"must be a dataframe; found \[1\]",
    ),
    (
        lambda: ni.panels.measure_levels(NETWORK, measures={"n": lambda n: 1}, levels=5),
        "`levels` must be a sequence",
    ),
    (
        lambda: diffusion.simple_contagion(NETWORK, seeds=None, rate=0.5),
        "`seeds` must be a sequence",
    ),
    (
        lambda: ni.scenarios.placebo_candidates(NETWORK, ni.scenarios.NoChange()),
        "`scenario` must be of the type ReverseEnclave, ForwardEnclave, .* or DirectLinks",
    ),
    (lambda: ni.plotting.plot_network(NETWORK, layers="links"), "found the text 'links'; write"),
    (lambda: ni.plotting.plot_network(NETWORK, layers=[]), "`layers` must name a layer"),
    (lambda: ni.plotting.plot_flow_map(NETWORK, layers=["no"]), "1 of 1 names are not in the"),
    (
        lambda: ni.plotting.plot_flow_map(NETWORK, extent=(1, 2)),
        r"`extent` must be \(west, east, south, north\) .*; found \(1, 2\)",
    ),
    (lambda: ni.experiments.link_changes(NETWORK, 5), "`after` must be a sequence of networks"),
    (lambda: cooperation.park_sides(NETWORK, ["a"]), r"`park` must be a node .*\['a'\]"),
    (
        lambda: cobweb.CoupledCobweb(["a", "b"], [1, 1], mobility=1),
        "`demand_slope` must hold numbers",
    ),
    (
        lambda: free_flow.FootlooseEntrepreneur(5, 0.4).gap("a", freeness=0.3),
        "`share` must hold numbers, in rows of equal length; found 'a'",
    ),
    (lambda: ni.sources.read_cordis(None), "`path` must be the path"),
    (lambda: ni.sources.read_origin_destination(None), "`source` must be the path"),
    (lambda: ni.io.read_network(None), "`folder` must be the path"),
    (lambda: ni.io.from_networkx(None), "`graph` must be a graph of networkx; found None"),
]


@pytest.mark.parametrize(
    ("option", "value", "words"),
    [
        ("layer", 5, "type str"),
        ("decimal", "", "one of '.', ','"),
        ("places", [1], "type DataFrame"),
        ("outflow", {"source": 1}, "type Series"),
        ("aliases", "x", "type Mapping"),
        ("period", 2020.5, "a whole number"),
    ],
)
def test_flows_have_options_of_their_types(option: str, value: Any, words: str) -> None:
    with pytest.raises(InputError, match=f"`{option}` must be .*{words}"):
        ni.sources.read_origin_destination(LINKS, **{option: value})


@pytest.mark.parametrize(
    ("call", "words"),
    [
        (lambda: ni.linkages.co_participation(LINKS, member=["source"], event="target"), "column"),
        (lambda: ni.linkages.co_participation(LINKS, member=pd.NA, event="target"), "column"),
        (lambda: ni.linkages.gravity(5), "`places` must be of the type DataFrame"),
        (
            lambda: ni.linkages.gravity_residuals(NETWORK, layer="links", method="ratio", name=5),
            "`name` must be of the type str",
        ),
        (lambda: ni.linkages.project(NETWORK, layer="links", onto="firm", name=5), "`name` must"),
        (lambda: ni.geocoding.geocode(["Paris"], LINKS, country=5), "`country` must be of the"),
        (lambda: ni.build.symmetrize(NETWORK, how=pd.NA), "`how` must be one of"),
    ],
)
def test_names_of_another_type_are_refused_in_words(call: Callable[[], Any], words: str) -> None:
    with pytest.raises(InputError, match=words):
        call()


@pytest.mark.parametrize(("call", "words"), CALLS, ids=[words for _, words in CALLS])
def test_wrong_arguments_are_refused_in_words(call: Callable[[], Any], words: str) -> None:
    with pytest.raises(InputError, match=words):
        call()


def test_ranks_are_needed_to_find_enclaves_and_not_to_remove_them() -> None:
    network = ni.build_network(NODES.assign(jurisdiction=["q", "q", "p", "q"]), LINKS)
    with pytest.raises(InputError, match=r"`rank` must be a Series or mapping .*; found None"):
        ni.linkages.find_enclaves(network, rank=None)
    left = ni.scenarios.remove_enclaves(network, rank=None)
    assert left.nodes.index.tolist() == ["b", "c", "d"]


def test_ranks_may_be_a_mapping() -> None:
    nodes = NODES.assign(jurisdiction=["q", "q", "p", "q"])
    network = ni.build_network(nodes, LINKS)
    rank = {"p": 2.0, "q": 1.0}
    found = ni.linkages.find_enclaves(network, rank=rank)
    pd.testing.assert_frame_equal(found, ni.linkages.find_enclaves(network, rank=pd.Series(rank)))
    assert found["direction"].tolist() == ["reverse"]


def test_periods_that_no_whole_number_holds_are_faults() -> None:
    faults = ni.check_tables(NODES, LINKS.assign(period=[1e30, 2001, 2.0**63, 2002]))
    assert faults[["row", "problem"]].to_numpy().tolist() == [
        [0, "period is not a whole number"],
        [2, "period is not a whole number"],
    ]


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


@pytest.mark.parametrize("factor", [2.0**900, 2.0**-900])
def test_no_unit_of_weights_changes_communities_and_roles(factor: float) -> None:
    scaled = ni.build_network(NODES, LINKS.assign(weight=LINKS["weight"] * factor))
    for find in (ni.community.leiden, ni.community.multiplex_leiden):
        assert find(scaled, rng=1).quality == pytest.approx(find(NETWORK, rng=1).quality, abs=1e-12)
    halves = ni.community.modularity(NETWORK, HALVES)
    assert ni.community.modularity(scaled, HALVES) == pytest.approx(halves, rel=1e-12)
    pd.testing.assert_frame_equal(
        ni.community.roles(scaled, HALVES), ni.community.roles(NETWORK, HALVES)
    )


def test_layers_far_apart_in_weight_leave_the_heavy_one() -> None:
    light, heavy = LINKS.assign(weight=1e-200), LINKS.assign(weight=LINKS["weight"] * 1e200)
    both = ni.build_network(NODES, {"x": heavy, "y": light})
    quality = ni.community.modularity(both, HALVES, coupling=0)
    assert quality == pytest.approx(ni.community.modularity(NETWORK, HALVES), rel=1e-12)
    assert np.isfinite(ni.community.leiden(both, rng=1).quality)


def test_a_share_too_small_for_a_number_adds_no_entropy() -> None:
    extreme = ni.build_network(NODES, LINKS.assign(weight=[1e300, 1e300, 1e-100, 1e-100]))
    # Two equal shares among the six pairs: ln 2 / ln 6.
    assert ni.polycentricity.entropy_index(extreme) == pytest.approx(np.log(2) / np.log(6))


def test_networks_of_the_same_nodes_look_names_up_once() -> None:
    with_more = NETWORK.with_links(pd.DataFrame({"source": ["a"], "target": ["d"]}))
    assert with_more.storage.positions("nodes", ["d", "a", "d"]).tolist() == [3, 0, 3]
    assert with_more.storage._at is NETWORK.storage._at
    part = NETWORK.select(nodes=["d", "b"])
    assert part.storage.positions("nodes", ["b", "d"]).tolist() == [0, 1]


def test_many_names_are_looked_up_alike(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("netinnov._network.storage.MANY", 1)
    assert NETWORK.storage.positions("nodes", ["d", "a", "d"]).tolist() == [3, 0, 3]
    with pytest.raises(InputError, match="`nodes`: 1 of 2 names are not in the network: 'zz'"):
        NETWORK.storage.positions("nodes", ["a", "zz"])


def a_network() -> ni.MultilayerNetwork:
    links = pd.DataFrame({"source": ["a", "b"], "target": ["b", "c"]})
    return ni.build_network(pd.DataFrame({"place": list("abc")}, index=list("abc")), links)


def compared_approaches(**options: Any) -> None:
    prices = ni.scenarios.Prices(park=1, link=1, pipeline=0)
    defaults = {"home": "a", "host": "b", "budget": 9, "prices": prices, "approaches": ["merger"]}
    ni.governance.compare_approaches(a_network(), **(defaults | options))


WHAT_NO_ARGUMENT_IS: dict[str, Callable[[Any], object]] = {
    "games": lambda bad: ni.planning.allocation_stability(bad, {"a": 1}),
    "mobility": lambda bad: compared_approaches(mobility=bad),
    "demand_slope": lambda bad: compared_approaches(demand_slope=bad),
    "home": lambda bad: compared_approaches(home=bad),
    "values": lambda bad: free_flow.bifurcation_diagram(lambda _: pd.DataFrame(), bad),
    "equilibria": lambda bad: free_flow.bifurcation_diagram(lambda _: bad, [0.1]),
    "rows": lambda bad: free_flow.phase_map(free_flow.CorePeriphery(5, 0.4), rows={"border": bad},
     columns={"freeness": [0.2]}),
    "columns": lambda bad: free_flow.phase_map(free_flow.CorePeriphery(5, 0.4),
     rows={"border": [0]}, columns=bad),
    "enclaves": lambda bad: free_flow.CorePeriphery(5, 0.4).simulate([0.5, 0.5], freeness=0.2,
     enclaves=bad),
    "times": lambda bad: diffusion.reach_table(bad, horizon=3),
    "layers": lambda bad: ni.experiments.ResampledLinks(layers=bad),
    "pairs": lambda bad: ni.scenarios.NewLinks([bad]),
}  # fmt: skip


@pytest.mark.parametrize("name", WHAT_NO_ARGUMENT_IS)
@pytest.mark.parametrize("bad", [-1.5, len], ids=["number", "function"])
def test_values_of_another_kind_are_refused_in_words(name: str, bad: Any) -> None:
    with pytest.raises(InputError, match=f"`{name}"):
        WHAT_NO_ARGUMENT_IS[name](bad)
