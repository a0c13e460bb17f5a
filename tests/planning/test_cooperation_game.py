"""What groups of jurisdictions achieve on a network: against each network measured by itself."""

import math
from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd
import pytest

import netinnov as ni
from netinnov import centrality
from netinnov.errors import InputError
from netinnov.planning import cooperation_game, in_core, nucleolus, shapley_value

PLAYERS = ["p", "q", "r", "s"]


def draw_network(seed: int, *, directed: bool = False) -> ni.MultilayerNetwork:
    """Places of four players and of others, two layers, some pairs linked in both."""
    rng = np.random.default_rng(seed)
    n = 12
    nodes = pd.DataFrame({"node": [f"n{i}" for i in range(n)]})
    nodes["place"] = nodes["node"]
    nodes["jurisdiction"] = rng.choice([*PLAYERS, "other"], n)
    nodes.loc[:3, "jurisdiction"] = PLAYERS
    names = [*nodes["node"], *PLAYERS, "other"]
    places = pd.DataFrame(
        {"lon": rng.uniform(110, 120, len(names)), "lat": rng.uniform(20, 30, len(names))}, names
    )
    return ni.build_network(
        nodes,
        draw_links(rng, nodes["node"].to_numpy(), 12),
        places,
        directed=["l1"] if directed else [],
    )


def draw_links(rng: np.random.Generator, ends: Any, n: int) -> pd.DataFrame:
    pairs = rng.choice(ends, (n, 2))
    table = pd.DataFrame(pairs, columns=["source", "target"])
    return table.assign(layer=rng.choice(["l1", "l2"], n), weight=rng.integers(1, 9, n) / 4)


def further_links(network: ni.MultilayerNetwork, seed: int, n: int = 8) -> pd.DataFrame:
    owned = network.nodes.index[network.nodes["jurisdiction"] != "other"]
    return draw_links(np.random.default_rng(seed + 100), owned.to_numpy(), n)


def by_networks(
    network: ni.MultilayerNetwork, links: pd.DataFrame, needs: list[set[str]]
) -> list[float]:
    """The definition: a network for each coalition, and the harmonic centrality of its places."""
    owner = network.nodes["jurisdiction"]
    before = centrality.harmonic_centrality(network)
    values = []
    for mask in range(1 << len(PLAYERS)):
        coalition = {player for i, player in enumerate(PLAYERS) if mask >> i & 1}
        built = links[[each <= coalition for each in needs]]
        after = centrality.harmonic_centrality(network.with_links(built))
        values.append((after - before)[owner.isin(coalition)].sum())
    return values


def ends_of(network: ni.MultilayerNetwork, links: pd.DataFrame) -> list[set[str]]:
    owner = network.nodes["jurisdiction"]
    return [{owner[i], owner[j]} for i, j in zip(links["source"], links["target"], strict=True)]


def test_a_bridge_by_hand() -> None:
    # a - b, c alone: 1/2, 1/2, 0. With b - c: 3/4, 1, 3/4.
    nodes = pd.DataFrame({"place": list("abc")}, index=list("abc"))
    network = ni.build_network(nodes, pd.DataFrame({"source": ["a"], "target": ["b"]}))
    bridge = pd.DataFrame({"source": ["b"], "target": ["c"]})
    game = cooperation_game(network, players=["c", "b", "a"], links=bridge)
    assert game.players == ("c", "b", "a")
    assert game.value(["b", "c"]) == 1.25
    assert game.value(["a", "b", "c"]) == 1.5
    assert np.count_nonzero(game.values) == 2
    # c gains most from the bridge, but cannot build it alone; a gains without building.
    assert shapley_value(game).to_dict() == pytest.approx({"c": 17 / 24, "b": 17 / 24, "a": 1 / 12})
    assert in_core(game, nucleolus(game))


@pytest.mark.parametrize("seed", range(2))
def test_gains_are_those_of_each_network(seed: int) -> None:
    network = draw_network(seed, directed=seed % 2 == 0)
    links = further_links(network, seed)
    game = cooperation_game(network, players=PLAYERS, links=links)
    expected = by_networks(network, links, ends_of(network, links))
    np.testing.assert_allclose(game.values, expected, rtol=0, atol=1e-12)


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(2))
def test_links_may_name_the_players_they_need(seed: int) -> None:
    # Links of one pair that need different players are built one without the other.
    network = draw_network(seed)
    links = further_links(network, seed)
    links = pd.concat([links, links.assign(weight=1.0)], ignore_index=True)
    rng = np.random.default_rng(seed)
    needs = [set(rng.choice(PLAYERS, rng.integers(1, 4))) for _ in range(len(links))]
    table = links.assign(needs=[tuple(each) for each in needs])
    game = cooperation_game(network, players=PLAYERS, links=table)
    expected = by_networks(network, links, needs)
    np.testing.assert_allclose(game.values, expected, rtol=0, atol=1e-12)


def test_any_objective_will_do_and_is_asked_where_something_is_built() -> None:
    network = draw_network(1)
    nodes = network.nodes.index[:4]
    links = pd.DataFrame({"source": nodes[[0, 2]], "target": nodes[[1, 3]], "layer": "l2"})
    asked: list[frozenset[str]] = []

    def count(changed: ni.MultilayerNetwork, coalition: frozenset[str]) -> float:
        asked.append(coalition)
        return changed.links["weight"].sum() * len(coalition)

    game = cooperation_game(network, players=PLAYERS, links=links, objective=count)
    assert game.values.tolist() == [0, 0, 0, 2, 0, 0, 0, 3, 0, 0, 0, 3, 2, 3, 3, 8]
    assert all({"p", "q"} <= coalition or {"r", "s"} <= coalition for coalition in asked)


def link(source: str, target: str) -> Any:
    """A scenario that adds one link."""
    table = pd.DataFrame({"source": [source], "target": [target], "layer": ["l1"]})
    return lambda network, rng: network.with_links(table)


def parks(network: ni.MultilayerNetwork) -> tuple[dict[str, Any], dict[str, tuple[str, str]]]:
    places = network.nodes["place"]
    park = ni.ReverseEnclave(*places.iloc[:2], 3, 0.5, funding="new", layer="l1")
    make = {"park": park, "other park": replace(park, home=places.iloc[2])}
    return make, {"park": ("p", "q"), "other park": ("q", "r")}


def test_placements_are_averaged_and_are_the_same_in_all_coalitions() -> None:
    network = draw_network(3)
    scenarios, needs = parks(network)
    options = {"players": PLAYERS, "links": scenarios, "needs": needs}
    one = cooperation_game(network, rng=1, **options)
    assert one.values.tolist() == cooperation_game(network, rng=1, **options).values.tolist()
    alone = cooperation_game(
        network, players=PLAYERS, links={"park": scenarios["park"]}, needs={"park": needs["park"]},
        replicates=3, rng=2,
    )  # fmt: skip
    assert np.flatnonzero(alone.values).tolist() == [0b0011, 0b0111, 0b1011, 0b1111]
    placed = []

    def seen(changed: ni.MultilayerNetwork, coalition: frozenset[str]) -> float:
        if changed is not network:
            placed.append(changed.links.to_csv())
        return 0.0

    cooperation_game(network, objective=seen, rng=1, **options)
    # With the first park, with the second, and with both: each is placed once.
    assert len(set(placed)) == 3


def test_a_park_is_not_counted_but_carries_paths() -> None:
    network = draw_network(3)
    scenarios, needs = parks(network)
    names = network.nodes.index.tolist()
    owner = network.nodes["jurisdiction"]

    def access(changed: ni.MultilayerNetwork, coalition: frozenset[str]) -> float:
        scores = centrality.harmonic_centrality(changed, nodes=names)[names]
        return float(scores[owner.isin(coalition)].sum())

    options = {"players": PLAYERS, "links": scenarios, "needs": needs, "rng": 5}
    expected = cooperation_game(network, objective=access, **options).values
    found = cooperation_game(network, **options).values
    np.testing.assert_allclose(found, expected, rtol=0, atol=1e-12)
    assert found.max() > 0


NETWORK = draw_network(1)
OWNED = NETWORK.nodes.index[:4].tolist()
ONE = pd.DataFrame({"source": OWNED[:1], "target": OWNED[1:2], "layer": ["l1"]})
PARK = {"park": link(OWNED[0], OWNED[1])}


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"players": ["p", "z"]}, "`players`: 1 of 2 names are not in the network: 'z'"),
        ({"players": ["p", "r"]},
         "must be among `players`; found 'q'. Add them, or a column `needs`"),
        ({"links": ONE.assign(needs=[("p", "z")])}, "`needs` must name players .*; found 'z'"),
        ({"links": ONE.assign(needs=["p"])}, "`needs` must be a sequence of players"),
        ({"links": ONE.assign(needs=[()])}, "`needs` must name at least one player"),
        ({"needs": {}}, "`needs` is for scenarios; in a table of links it is a column"),
        ({"links": PARK}, "must name the players of each scenario .*; found in one only: 'park'"),
        ({"links": PARK, "needs": {"park": ["p"], "x": ["p"]}}, "found in one only: 'x'"),
        ({"links": PARK, "needs": {"park": ["z"]}}, r"`needs\['park'\]` must name players"),
        ({"links": {"park": 3}, "needs": {"park": ["p"]}}, "`scenario` must be a ReverseEnclave"),
        ({"objective": lambda *_: math.nan},
         r"objective for \{p, q\}` must be a finite number; found nan"),
    ],
)  # fmt: skip
def test_bad_input_is_refused_in_words(options: dict[str, Any], words: str) -> None:
    sound: dict[str, Any] = {"players": ["p", "q"], "links": ONE}
    with pytest.raises(InputError, match=words):
        cooperation_game(NETWORK, **(sound | options))
