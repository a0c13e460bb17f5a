"""Plans of enclaves against brute force on small networks; limits, bounds and placebos."""

import itertools
import math
from functools import partial
from typing import Any

import networkx as nx
import numpy as np
import pandas as pd
import pytest

import netinnov as ni
from netinnov.centrality import harmonic_centrality, strength
from netinnov.connectivity import Frictions, global_efficiency
from netinnov.errors import InputError
from netinnov.planning import _plan_values as plans, site_enclaves
from netinnov.polycentricity import effective_number, gini
from netinnov.scenarios import Combined, DirectLinks, NewLinks, Prices, ReverseEnclave

IDS = list("abcdefgh")
PRICES = Prices(park=1, link=1, pipeline=0.01)


def instances(fast: int, number: int) -> list[Any]:
    """Seeds of random instances, the first few in every run of the tests."""
    return [
        seed if seed < fast else pytest.param(seed, marks=pytest.mark.slow)
        for seed in range(number)
    ]


def random_network(rng: np.random.Generator, *, directed: bool = False) -> ni.MultilayerNetwork:
    """A connected network of eight places with weights."""
    order = rng.permutation(IDS)
    more = [rng.choice(IDS, 2, replace=False) for _ in range(3)]
    pairs = [*itertools.pairwise(order), *more]
    links = pd.DataFrame(pairs, columns=["source", "target"])
    links["weight"] = rng.uniform(0.5, 3.0, len(links))
    places = pd.DataFrame({"lon": rng.uniform(0, 3, 8), "lat": rng.uniform(0, 3, 8)}, index=IDS)
    nodes = pd.DataFrame({"place": IDS}, index=IDS)
    return ni.build_network(nodes, links, places, directed=["links"] if directed else [])


def random_links(rng: np.random.Generator, n: int) -> dict[str, NewLinks]:
    """Candidates of one or two links each."""
    candidates = {}
    for at in range(n):
        pairs = [tuple(rng.choice(IDS, 2, replace=False)) for _ in range(rng.integers(1, 3))]
        candidates[f"c{at}"] = NewLinks(pairs, weight=float(rng.uniform(0.5, 2.0)))
    return candidates


def after(network: ni.MultilayerNetwork, scenarios: Any) -> ni.MultilayerNetwork:
    """The network with scenarios that draw nothing, one after the other."""
    rng = np.random.default_rng(0)
    for scenario in scenarios:
        network = scenario(network, rng)
    return network


def efficiency_of_networkx(network: ni.MultilayerNetwork, *, inverse: bool = False) -> float:
    """Mean of 1/d over ordered pairs, by another program."""
    graph = nx.DiGraph() if network.directed else nx.Graph()
    graph.add_nodes_from(network.nodes.index)
    for row in network.links.itertuples():
        graph.add_edge(row.source, row.target, length=1 / row.weight if inverse else 1.0)
    total = 0.0
    for source, found in nx.all_pairs_dijkstra_path_length(graph, weight="length"):
        total += sum(1 / d for target, d in found.items() if target != source)
    n = len(graph)
    return total / (n * (n - 1))


def brute_force(network, candidates, plans, measure):
    """The first of the best plans, and all values."""
    values = {plan: measure(after(network, [candidates[c] for c in plan])) for plan in plans}
    best = max(values.values())
    return next(p for p, value in values.items() if value >= best - 1e-12), values


@pytest.mark.parametrize("seed", instances(2, 60))
def test_exact_is_the_best_of_all_plans_and_greedy_and_bound_enclose_it(seed):
    k = 1 + seed % 3
    rng = np.random.default_rng(seed)
    network = random_network(rng, directed=bool(seed % 2))
    candidates = random_links(rng, 6)
    inverse = bool(seed % 4)
    objective = partial(global_efficiency, distance="inverse") if inverse else "efficiency"
    plans = itertools.combinations(candidates, k)
    measure = partial(efficiency_of_networkx, inverse=inverse)
    best, values = brute_force(network, candidates, plans, measure)
    ask = partial(site_enclaves, network, candidates=candidates, k=k, objective=objective)
    exact, exchange, greedy = (ask(method=m) for m in ("exact", "exchange", "greedy"))
    assert exact.sites == best
    assert exact.value == pytest.approx(values[best], rel=1e-12)
    assert exact.gap == 0
    assert exact.bound == exact.value
    assert values[tuple(sorted(greedy.sites))] == pytest.approx(greedy.value, rel=1e-12)
    assert greedy.value <= exchange.value * (1 + 1e-12) <= exact.value * (1 + 2e-12)
    assert greedy.bound >= exact.value * (1 - 1e-12)
    assert greedy.baseline == pytest.approx(measure(network), rel=1e-12)
    assert greedy.steps["gain"].sum() == pytest.approx(greedy.value - greedy.baseline, abs=1e-12)


@pytest.mark.slow
@pytest.mark.parametrize("seed", instances(2, 40))
def test_plans_of_any_objective_within_a_budget(seed):
    # The value of a set is drawn, so it is neither monotone nor submodular.
    rng = np.random.default_rng(seed)
    network = random_network(rng)
    names = [f"c{at}" for at in range(5)]
    links = {name: NewLinks([tuple(rng.choice(IDS, 2, replace=False))]) for name in names}
    costs = {name: scenario.cost(PRICES, network) for name, scenario in links.items()}
    budget = float(np.sort(list(costs.values()))[:3].sum())
    worth = dict(zip(names, rng.normal(size=5), strict=True))
    base = network.n_links, network.links["weight"].sum()

    def objective(changed: ni.MultilayerNetwork) -> float:
        more = changed.links["weight"].sum() - base[1]
        return float(np.sin(7 * more) + harmonic_centrality(changed)["a"] + worth["c0"] * more)

    plans = [p for r in range(6) for p in itertools.combinations(names, r)]
    allowed = [p for p in plans if sum(costs[c] for c in p) <= budget * (1 + 1e-12)]
    best, values = brute_force(network, links, allowed, objective)
    ask = partial(
        site_enclaves, network, candidates=links, budget=budget, prices=PRICES, objective=objective
    )
    exact, exchange, greedy = (ask(method=m) for m in ("exact", "exchange", "greedy"))
    assert exact.value == pytest.approx(values[best], rel=1e-9)
    for plan in (exact, exchange, greedy):
        assert plan.cost <= budget * (1 + 1e-12)
        assert plan.cost == pytest.approx(sum(costs[c] for c in plan.sites))
        assert plan.value == pytest.approx(values[tuple(sorted(plan.sites))], rel=1e-9)
    assert greedy.value <= exchange.value + 1e-12 <= exact.value + 2e-12
    assert math.isnan(greedy.bound)
    assert math.isnan(greedy.gap)


@pytest.mark.slow
@pytest.mark.parametrize("seed", instances(2, 40))
def test_budgets_of_a_monotone_objective(seed):
    rng = np.random.default_rng(seed)
    network, candidates = random_network(rng), random_links(rng, 5)
    costs = {name: scenario.cost(PRICES, network) for name, scenario in candidates.items()}
    budget = float(rng.uniform(max(costs.values()), sum(costs.values())))
    plans = [p for r in range(6) for p in itertools.combinations(candidates, r)]
    allowed = [p for p in plans if sum(costs[c] for c in p) <= budget]
    _, values = brute_force(network, candidates, allowed, efficiency_of_networkx)
    ask = partial(site_enclaves, network, candidates=candidates, budget=budget, prices=PRICES)
    exact = ask(objective="efficiency", method="exact")
    greedy = ask(objective="efficiency")
    assert exact.value == pytest.approx(max(values.values()), rel=1e-12)
    assert exact.cost <= budget
    assert greedy.cost <= budget
    assert greedy.value <= exact.value * (1 + 1e-12)
    assert greedy.bound >= exact.value * (1 - 1e-12)


def coverage(network: ni.MultilayerNetwork) -> float:
    """Places that some added link touches: monotone and submodular."""
    new = network.links[network.links["weight"] > 90]
    return float(len({*new["source"], *new["target"]}))


@pytest.mark.slow
@pytest.mark.parametrize("seed", instances(1, 50))
def test_the_bound_of_a_submodular_objective_holds(seed):
    rng = np.random.default_rng(seed)
    network = random_network(rng)
    pairs = [tuple(rng.choice(IDS, 2, replace=False)) for _ in range(7)]
    candidates = {f"c{at}": NewLinks([pair], weight=100.0) for at, pair in enumerate(pairs)}
    plans = itertools.combinations(candidates, 3)
    _, values = brute_force(network, candidates, plans, coverage)
    ask = partial(site_enclaves, network, candidates=candidates, k=3, objective=coverage)
    plan = ask(monotone=True, submodular=True)
    assert plan.value >= (1 - 1 / math.e) * max(values.values())
    assert plan.bound >= max(values.values())
    # Without a monotone objective only the gains at the start bound the best value.
    alone = ask(submodular=True)
    assert alone.bound == pytest.approx(sum(sorted(plan.to_frame()["gain_alone"])[-3:]))
    assert math.isnan(ask().bound)


def objective_by_hand(name: str, network: ni.MultilayerNetwork) -> float:
    access = harmonic_centrality(network, nodes=IDS)[IDS]
    return {
        "efficiency": access.mean(),
        "home_access": access[["a", "c"]].mean(),
        "worst_access": access.min(),
        "equity": 1 - gini(access),
        "effective_number": effective_number(strength(network).sum(axis=1)[IDS]),
    }[name]


NAMED = ["efficiency", "home_access", "worst_access", "equity", "effective_number"]


@pytest.mark.slow
@pytest.mark.parametrize("name", NAMED)
def test_objectives_by_name_are_measured_on_the_nodes_of_the_baseline(name):
    network = random_network(np.random.default_rng(3))
    parks = {
        "a in b": ReverseEnclave("a", "b", 4, 0.5, funding="new"),
        "c in d": ReverseEnclave("c", "d", 3, 0.0, funding="new"),
        "a in e": ReverseEnclave("a", "e", 4, 0.25, funding="new"),
    }
    seen = []

    def spy(changed: ni.MultilayerNetwork) -> float:
        seen.append(changed)
        return objective_by_hand(name, changed)

    for k in (1, 3):
        seen.clear()
        mine = site_enclaves(network, candidates=parks, k=k, objective=spy, rng=1)
        plan = site_enclaves(network, candidates=parks, k=k, objective=name, rng=1)
        assert plan.sites == mine.sites
        assert plan.value == pytest.approx(mine.value, rel=1e-12)
        pd.testing.assert_frame_equal(plan.to_frame(), mine.to_frame(), rtol=1e-9)
    assert max(changed.n_nodes for changed in seen) == 11


@pytest.mark.slow
@pytest.mark.parametrize("directed", [(), ("x",), ("x", "y")])
@pytest.mark.parametrize("frictions", [None, Frictions(0.3, 1.0, border_by_distance=0.5)])
@pytest.mark.parametrize("distance", ["inverse", "unit"])
def test_added_links_give_the_plan_that_their_networks_give(
    directed, frictions, distance, monkeypatch
):
    # Scenarios behind a function, and an objective behind one, are applied and measured in full.
    rng = np.random.default_rng(len(directed))
    ends = np.array([rng.choice(IDS, 2, replace=False) for _ in range(16)])
    links = pd.DataFrame({"source": ends[:, 0], "target": ends[:, 1]})
    links = links.assign(layer=rng.choice(["x", "y"], 16), weight=rng.uniform(0.5, 3.0, 16))
    nodes = pd.DataFrame({"place": list("aabbcdef")}, index=IDS)  # of a and b two nodes each
    places = pd.DataFrame(
        {"lon": rng.uniform(0, 3, 6), "lat": rng.uniform(0, 3, 6)}, list("abcdef")
    )
    network = ni.build_network(nodes, links, places, directed=[*directed])
    linked = tuple(links.loc[0, ["source", "target"]])
    candidates: dict[str, Any] = {
        f"{home} {host}": DirectLinks(home, host, 1, funding="new", layer=layer)
        for home, host, layer in ["abx", "acy", "cdx", "dey", "efx", "fcx"]
    } | {
        "park": ReverseEnclave("a", "c", 4, 0.5, funding="new"),
        "twin": DirectLinks("c", "d", 1, funding="new", layer="x"),
        "three": DirectLinks("b", "e", 3, funding="new"),
        "there": NewLinks([linked], weight=2.0, layer=links.loc[0, "layer"]),
        "twice": NewLinks([("a", "h"), ("h", "a"), ("c", "f")], weight=0.7),
    }
    behind = {
        name: lambda before, rng, scenario=scenario: scenario(before, rng)
        for name, scenario in candidates.items()
    }
    measure = partial(global_efficiency, distance=distance, frictions=frictions)
    in_full = lambda changed: measure(changed, nodes=IDS)  # noqa: E731
    ask = partial(site_enclaves, network, k=4, replicates=2, rng=3)
    fast = ask(candidates=candidates, objective=measure)
    plain = ask(candidates=behind, objective=in_full)
    monkeypatch.setattr(plans, "HELD", 0)  # as for a large network
    large = ask(candidates=candidates, objective=measure)
    for slow in (plain, large):
        assert fast.sites == slow.sites
        pd.testing.assert_frame_equal(fast.to_frame(), slow.to_frame(), rtol=1e-9)
        pd.testing.assert_frame_equal(fast.steps, slow.steps, rtol=1e-9)


def test_reallocated_links_are_applied_in_turn_and_bounded_by_nothing():
    network = random_network(np.random.default_rng(2))
    parks = {x: ReverseEnclave("a", x, 1, 0.0) for x in "cde"}
    plan = site_enclaves(network, candidates=parks, k=1, objective="efficiency", rng=1)
    assert math.isnan(plan.bound)
    assert math.isnan(plan.gap)
    weight = []

    def objective(changed: ni.MultilayerNetwork) -> float:
        weight.append(changed.links["weight"].sum())
        return global_efficiency(changed, nodes=IDS)

    twice = site_enclaves(network, candidates=parks, k=1, objective=objective, rng=1)
    assert twice.sites == plan.sites
    assert twice.value == pytest.approx(plan.value)
    np.testing.assert_allclose(weight, network.links["weight"].sum())


def places_of(links: pd.DataFrame) -> ni.MultilayerNetwork:
    ids = sorted({*links["source"], *links["target"]})
    return ni.build_network(pd.DataFrame({"place": ids}, ids), links)


def test_scenarios_that_take_the_same_links_are_no_plan():
    network = places_of(pd.DataFrame({"source": list("aabbccd"), "target": list("bcdeaef")}))
    parks = {home + host: ReverseEnclave(home, host, 2, 0.0) for home, host in ["ad", "ae", "bf"]}
    ask = partial(site_enclaves, network, objective="efficiency", candidates=parks, rng=1)
    for method in ("greedy", "exchange", "exact"):
        of_a = {name: parks[name] for name in ("ad", "ae")}  # its three links are not for two parks
        alone = ask(k=1, method=method, candidates=of_a, placebos=9)
        assert alone.candidates["gain_in_plan"].isna().sum() == 1
        both = ask(k=2, method=method)
        assert "bf" in both.sites
        with pytest.raises(InputError, match="no plan was found whose scenarios can be carried"):
            ask(k=3, method=method)
    assert math.isnan(ask(k=2, method="greedy", monotone=True).bound)


@pytest.mark.parametrize("dated", [False, True])
def test_weight_added_to_a_dated_link_is_no_detail_of_it(dated):
    links = pd.DataFrame({"source": list("abcd"), "target": list("bcde"), "weight": [1, 1, 4, 9]})
    network = places_of(links.assign(period=2020, note="x") if dated else links)
    link, park = NewLinks([("c", "d")], weight=100), ReverseEnclave("a", "b", 2, 0.5, "new")

    def weight_of(network):
        return float(network.links["weight"].sum())

    for each in (link, Combined([link]), lambda before, rng: link(before, rng)):
        for pair in ({"link": each, "park": park}, {"park": park, "link": each}):
            plan = site_enclaves(network, candidates=pair, k=2, objective=weight_of, rng=1)
            assert plan.value - plan.baseline == pytest.approx(105)
            assert site_enclaves(network, candidates=pair, k=1, objective="efficiency").bound > 0


def test_a_candidate_keeps_the_nodes():
    network = ni.build_network(pd.DataFrame({"source": list("abc"), "target": list("bcd")}))
    fewer = {"fewer": lambda before, _: before.select(nodes=list("abc"))}
    with pytest.raises(InputError, match="'fewer' must keep the nodes of the network"):
        site_enclaves(network, candidates=fewer, k=1, objective="efficiency")


def test_a_function_that_only_adds_is_bounded_and_one_that_renumbers_is_not():
    network = random_network(np.random.default_rng(2))
    nodes = network.nodes.assign(members=range(8))
    network = ni.build_network(nodes, network.links, network.places)
    park = ReverseEnclave("a", "c", 6, 0.5, funding="new")

    def built(before, rng):
        return park(before, rng)

    def renumbered(before, rng):
        after = park(before, rng)
        return ni.build_network(after.nodes.assign(members=0), after.links, after.places)

    ask = partial(site_enclaves, network, k=1, objective="efficiency", rng=1)
    plans = [ask(candidates={"park": each}) for each in (park, built, renumbered)]
    assert [math.isnan(plan.bound) for plan in plans] == [False, False, True]
    assert [plan.value for plan in plans] == pytest.approx([plans[0].value] * 3)
    # Where the name of the park is taken, it gets a number.
    again = site_enclaves(
        park(network, np.random.default_rng(1)), candidates={"a": park, "b": park}, k=2,
        objective="efficiency", rng=1,
    )  # fmt: skip
    assert again.bound >= again.value >= again.baseline


def test_placements_do_not_depend_on_the_plan_or_on_other_candidates_values():
    network = random_network(np.random.default_rng(4))
    parks = {x: ReverseEnclave("a", x, 3, 0.3, funding="new") for x in "bcde"}
    ask = partial(site_enclaves, network, candidates=parks, objective="efficiency", rng=7)
    one, all_of_them = ask(k=1, replicates=3), ask(k=4, replicates=3)
    pd.testing.assert_series_equal(
        one.to_frame()["gain_alone"], all_of_them.to_frame()["gain_alone"]
    )
    assert ask(k=4, method="exact", replicates=3).value == pytest.approx(all_of_them.value)
    assert all_of_them.value == pytest.approx(all_of_them.bound)


def test_equal_candidates_are_taken_in_the_order_given():
    nodes = pd.DataFrame(index=list("abcdef"))
    ring = pd.DataFrame({"source": list("abcdef"), "target": list("bcdefa")})
    network = ni.build_network(nodes, ring)
    opposite = {"cf": ("c", "f"), "ad": ("a", "d"), "be": ("b", "e")}
    links = {name: NewLinks([pair]) for name, pair in opposite.items()}
    for method in ("greedy", "exchange", "exact"):
        plan = site_enclaves(network, candidates=links, k=1, objective="efficiency", method=method)
        assert plan.sites == ("cf",)


def test_placebo_plans_are_of_the_same_number_and_cost():
    network = random_network(np.random.default_rng(6))
    links = random_links(np.random.default_rng(6), 7)
    plan = site_enclaves(
        network, candidates=links, k=2, objective="efficiency", method="exact", placebos=40, rng=1
    )
    pairs = itertools.combinations(links, 2)
    _, values = brute_force(network, links, pairs, efficiency_of_networkx)
    assert len(plan.placebo) == 40
    assert all(min(abs(v - each) for each in values.values()) < 1e-12 for v in plan.placebo)
    share = np.mean([value >= plan.value - 1e-12 for value in plan.placebo])
    assert plan.placebo_share == share
    without = site_enclaves(network, candidates=links, k=2, objective="efficiency")
    assert without.placebo.empty
    assert math.isnan(without.placebo_share)


class Bridge:
    """A scenario of one's own, with a cost of its own."""

    def __init__(self, a, b, price):
        self.link, self.price = ni.scenarios.NewLinks([(a, b)]), price

    def __call__(self, network, rng):
        return self.link(network, rng)

    def cost(self, prices, network):
        return self.price * prices.link


def test_a_class_of_ones_own_with_a_cost_is_a_candidate_within_a_budget():
    # a - b - c - d - e: a bridge a-e does most and costs 5, a-c and c-e cost 2 each.
    links = pd.DataFrame({"source": list("abcd"), "target": list("bcde")})
    network = ni.build_network(pd.DataFrame(index=list("abcde")), links)
    own = {"ae": Bridge("a", "e", 2.5), "ac": Bridge("a", "c", 1), "ce": Bridge("c", "e", 1)}
    prices = ni.scenarios.Prices(park=1, link=2, pipeline=0)
    options = {"candidates": own, "prices": prices, "objective": "efficiency"}
    plan = site_enclaves(network, budget=4, **options)
    assert set(plan.sites) == {"ac", "ce"}
    assert plan.cost == 4
    assert site_enclaves(network, budget=5, method="exact", **options).cost in (4, 5)
    own["ae"].price = -1
    with pytest.raises(InputError, match="the cost of Bridge"):
        site_enclaves(network, budget=4, **options)


@pytest.fixture
def case():
    network = random_network(np.random.default_rng(0))
    return network, {"ab": NewLinks([("a", "b")]), "cd": NewLinks([("c", "d")])}


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"k": 3}, "`k` must be at most the number of candidates, 2; found 3"),
        ({}, "give `k` .* or `budget` .*; found neither"),
        ({"k": 1, "budget": 3.0, "prices": PRICES}, "found both"),
        ({"budget": 3.0}, "`budget` needs `prices`"),
        ({"budget": 1e-6, "prices": PRICES}, "below the cheapest, '(ab|cd)' at"),
        ({"k": 1, "candidates": {}}, "`candidates` must be a mapping .* at least one"),
        ({"k": 1, "objective": "eficiency"}, "did you mean 'efficiency'"),
        ({"k": 1, "objective": lambda _: math.nan}, "objective .*finite number; found nan"),
        ({"k": 1, "objective": "home_access"}, "needs candidates with a `home`; 2 have none"),
    ],
)
def test_wrong_input_is_refused_in_words(case, options, message):
    network, candidates = case
    given = {"candidates": candidates, "objective": "efficiency"} | options
    with pytest.raises(InputError, match=message):
        site_enclaves(network, **given)


def test_a_candidate_that_cannot_be_placed_is_named(case):
    network, _ = case
    candidates = {"nowhere": ReverseEnclave("a", "z", 2, 0.5)}
    with pytest.raises(InputError, match="'z' is not one") as caught:
        site_enclaves(network, candidates=candidates, k=1, objective="efficiency")
    assert caught.value.__notes__ == ["In candidate 'nowhere'."]


def test_more_plans_than_the_exact_method_takes_are_refused(case):
    network, _ = case
    candidates = {str(at): NewLinks([("a", "b")]) for at in range(30)}
    number = f"{math.comb(30, 15):,}"
    with pytest.raises(InputError, match=f"at most 200,000 plans; here there are {number}"):
        site_enclaves(network, candidates=candidates, k=15, objective=coverage, method="exact")


def test_a_combination_is_one_candidate(case):
    network, links = case
    both = {"both": Combined(list(links.values()))}
    plan = site_enclaves(network, candidates=both, k=1, objective="efficiency")
    assert plan.value == pytest.approx(efficiency_of_networkx(after(network, links.values())))
