"""Parts of efficiency: they add up, and by hand; inequality of access."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, strategies as st
from scipy.sparse.csgraph import shortest_path

import netinnov as ni
from netinnov.connectivity import Frictions, global_efficiency
from netinnov.errors import InputError
from netinnov.experiments import PairSums, compare_scenarios, decompose
from netinnov.scenarios import NoChange, ReverseEnclave, apply_scenario

PARTS = ["home-host", "home-others", "host-others", "others-others", "home-home", "host-host"]
KINDS = [
    {},
    {"distance": "inverse"},
    {"switch_cost": 0.5},
    {"frictions": Frictions(border=1.5)},
    {"frictions": Frictions(0.5, 0.3, 0.2), "distance": "inverse"},
]


@pytest.fixture(scope="module")
def path() -> ni.MultilayerNetwork:
    """The path home - near - host - far."""
    names = ["home", "near", "host", "far"]
    nodes = pd.DataFrame({"place": names}, index=names)
    return ni.build_network(nodes, pd.DataFrame({"source": names[:3], "target": names[1:]}))


def joined(network, rng=None):
    """A link from home to host."""
    return network.with_links(pd.DataFrame({"source": ["home"], "target": ["host"]}))


def random_network(seed: int, *, directed: bool) -> ni.MultilayerNetwork:
    """Thirty nodes in ten places with coordinates, two layers, some links inside places."""
    rng = np.random.default_rng(seed)
    names = [f"n{at}" for at in range(30)]
    places = pd.DataFrame(
        {"lon": rng.uniform(100, 120, 10), "lat": rng.uniform(20, 40, 10)},
        index=[f"p{at}" for at in range(10)],
    )
    nodes = pd.DataFrame({"place": rng.choice(places.index, 30)}, index=names)
    nodes.loc[["n0", "n1"], "place"] = ["p0", "p1"]
    links = pd.DataFrame(
        {
            "source": rng.choice(names, 60),
            "target": rng.choice(names, 60),
            "layer": rng.choice(["a", "b"], 60),
            "weight": rng.uniform(0.2, 3, 60),
        }
    )
    links = links[links["source"] != links["target"]]
    return ni.build_network(nodes, links, places, directed=["a"] if directed else ())


def test_parts_by_hand(path) -> None:
    # Distances before: home-near 1, home-host 2, home-far 3, near-host 1, near-far 2, host-far 1.
    # The link makes home-host 1 and home-far 2. Ordered pairs: 12, so a pair counts 2/12.
    table = decompose(path, joined, home="home", host="host")
    assert list(table.columns) == ["pairs", "before", "after", "contribution"]
    assert table.index.tolist() == PARTS
    assert table["pairs"].tolist() == [2, 4, 4, 2, 0, 0]
    before = [1 / 2 / 6, (1 + 1 / 3) / 6, 2 / 6, 1 / 2 / 6, 0, 0]
    assert table["before"].tolist() == pytest.approx(before)
    change = [1 / 2 / 6, (1 / 2 - 1 / 3) / 6, 0, 0, 0, 0]
    assert table["contribution"].tolist() == pytest.approx(change)
    pd.testing.assert_frame_equal(decompose(path, joined(path), home="home", host="host"), table)


def test_a_side_of_several_nodes_has_pairs_inside(path) -> None:
    table = decompose(path, joined, home=["home", "near"], host=["host", "near"])
    # Near counts as home: home = {home, near}, host = {host}, others = {far}.
    assert table["pairs"].to_dict() == dict(zip(PARTS, (4, 4, 2, 0, 2, 0), strict=True))
    assert table.loc["home-home", "before"] == pytest.approx(2 / 12)


@pytest.mark.slow
@given(directed=st.booleans(), seed=st.integers(0, 2**32))
def test_parts_add_up_to_the_change(directed, seed) -> None:
    network = random_network(seed, directed=directed)
    scenario = ReverseEnclave("p0", "p1", 5, 0.4, funding="new")
    both = (network, apply_scenario(network, scenario, rng=seed))
    nodes = list(network.nodes.index)
    for options in KINDS:
        table = decompose(network, scenario, home="p0", host="p1", rng=seed, **options)
        before, after = (global_efficiency(each, nodes=nodes, **options) for each in both)
        assert table["before"].sum() == pytest.approx(before, abs=1e-12)
        assert table["after"].sum() == pytest.approx(after, abs=1e-12)
        assert abs(table["contribution"].sum() - (after - before)) < 1e-12
        assert table["pairs"].sum() == 30 * 29


def test_parts_are_those_of_another_route() -> None:
    network = random_network(3, directed=True)
    joined = sum(network.adjacency(layer) for layer in network.layers)
    near = 1 / np.where(hops := shortest_path(joined, unweighted=True), hops, np.inf)
    place = network.nodes["place"].to_numpy()
    side = np.where(place == "p0", "home", np.where(place == "p1", "host", "others"))
    found = PairSums("p0", "p1")(network)
    for part in PARTS:
        a, b = part.split("-")
        rows, columns = np.ix_(side == a, side == b)
        total = near[rows, columns].sum() + (near[columns.T, rows.T].sum() if a != b else 0)
        assert found[part] == pytest.approx(total / (30 * 29))


def test_places_inside_a_place_belong_to_it() -> None:
    places = pd.DataFrame({"parent": ["city", None, None]}, index=["district", "city", "other"])
    nodes = pd.DataFrame({"place": ["district", "city", "other"]}, index=["d", "c", "o"])
    links = pd.DataFrame({"source": ["d", "c"], "target": ["c", "o"]})
    network = ni.build_network(nodes, links, places)
    assert decompose(network, NoChange(), home="city", host="other")["pairs"].tolist() == [
        4, 0, 0, 0, 2, 0,
    ]  # fmt: skip


def test_parts_in_an_experiment_add_up_in_each_replicate() -> None:
    network = random_network(1, directed=False)
    park = ReverseEnclave("p0", "p1", 4, 0.5, funding="new")
    result = compare_scenarios(
        network, scenarios={"park": park}, replicates=20, rng=1, progress=False,
        measures={"own": PairSums("p0", "p1"), "published": global_efficiency},
    )  # fmt: skip
    table = result.replicates.pivot(
        index=["scenario", "replicate"], columns="measure", values="value"
    )
    parts = [name for name in table if name.startswith("own: ")]
    assert parts[:4] == [f"own: {part}" for part in PARTS[:4]]
    assert (table[parts].sum(axis=1) - table["own"]).abs().max() < 1e-12
    assert (table["published"] - table["own"]).abs().max() < 1e-12
    seed = np.random.SeedSequence(1).spawn(20)[7]
    alone = decompose(network, park, home="p0", host="p1", rng=seed)["after"].add_prefix("own: ", 0)
    assert table.loc[("park", 7), parts].tolist() == pytest.approx(alone[parts].tolist())


def test_who_is_home_is_settled_in_the_baseline(path) -> None:
    def emigration(network, rng):
        nodes = network.nodes.assign(place=["host", "near", "host", "far"])
        return ni.build_network(nodes, network.links)

    result = compare_scenarios(
        path, scenarios={"x": emigration}, measures={"e": PairSums("home", "host")},
        replicates=2, progress=False,
    )  # fmt: skip
    assert (result.effects(full=True)["difference"] == 0).all()


def test_names_of_parts_are_taken(path) -> None:
    measures = {"e": PairSums("home", "host"), "e: home-host": global_efficiency}
    with pytest.raises(InputError, match=r"parts of others; found \['e: home-host'\]"):
        compare_scenarios(path, scenarios={"x": joined}, measures=measures, progress=False)


@pytest.mark.parametrize(
    ("home", "host", "words"),
    [
        ("home", "hots", r"`host`: 1 of 1 names .* network's places: .*did you mean 'host'"),
        (["nobody"], "host", r"`home`: 1 of 1 names are not in the network"),
        ([], "host", "`home` must have nodes"),
        ("host", "host", "`host` some that are not in `home`"),
    ],
)
def test_unknown_sides_are_refused(path, home, host, words) -> None:
    with pytest.raises(InputError, match=words):
        decompose(path, joined, home=home, host=host)


def test_a_change_keeps_the_nodes(path) -> None:
    fewer = path.select(nodes=["home", "near", "host"])
    with pytest.raises(InputError, match=r"drops 1.*'far'"):
        decompose(path, fewer, home="home", host="host")
