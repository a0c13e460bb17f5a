"""Sections of planning: space, sharing and governance, recomputed by hand, and what they refuse."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from netinnov import study
from netinnov._geography import great_circle
from netinnov.errors import InputError
from netinnov.governance import cross_border_shares
from netinnov.planning import in_core, owen_value
from netinnov.study._context import Context
from netinnov.study._loaded_data import load
from netinnov.study._places import aggregate_to_places
from netinnov.study.sections import governance, sharing, space
from study_cases import STARS, context_of, network_of, tables_of, text_of

OFF = {"mechanisms": False}
PLACES = pd.DataFrame({"place": list("PQRS"), "lon": [0.0, 1.0, 2.0, 4.0], "lat": 0.0})
NODES = pd.DataFrame(
    {
        "place": [*"PQRS", "Q", "R", "Q", "S"],
        "jurisdiction": [*"PQRS", "P", "P", "S", "S"],
        "kind": [*["firm"] * 4, *["park"] * 4],
        "firms": [None, None, None, None, 6, 2, 10, 50],
        "floor_area_m2": [None, None, None, None, 1500, 3000, np.nan, 5000],
    },
    index=[*"pqrs", "park_1", "park_2", "park_3", "at_home"],
)
"""Homes P (two parks, at Q and R) and S (one, at Q); a degree of the equator is 111.195 km."""
LINKS = [("p", "q"), ("q", "r"), ("r", "s"), ("park_1", "p"), ("park_2", "r"), ("park_3", "s")]
DEGREE = float(great_circle(0.0, 0.0, 1.0, 0.0))


def parks(**settings):
    network = network_of(LINKS, nodes=NODES, places=PLACES)
    return context_of(network, **OFF, **settings)


@pytest.fixture(scope="module")
def bundled():
    configuration = study.read_configuration()
    loaded = load(configuration.data)
    level = aggregate_to_places(loaded.network, configuration.places)
    return Context(configuration, loaded, level)


# -- space ---------------------------------------------------------------------------------------


def test_space_is_added_up_by_home_and_host_and_allocated_by_distance():
    result = space.compute(parks(space={}))
    stock = result.stock
    # Parks outside their jurisdiction only: `at_home` counts for the floor, not as an enclave.
    assert stock.units.to_dict() == {"P": 8, "S": 10}
    assert stock.capacity.to_dict() == {"Q": 1500, "R": 3000}
    # 1500 / 6 = 250, 3000 / 2 = 1500, 5000 / 50 = 100: the median is 250.
    assert (stock.demand.floor, stock.demand.n) == (250, 3)
    # P needs 2000: Q is a degree away, R two; S needs 2500: R two degrees away, Q three. All of Q
    # goes to P, the rest of P and S to R.
    flows = result.plan.flows
    assert flows.loc["P"].to_dict() == {"Q": 1500, "R": 500}
    assert flows.loc["S"].to_dict() == {"Q": 0, "R": 2500}
    assert result.plan.cost == pytest.approx(DEGREE * (1500 + 2 * 500 + 2 * 2500))
    # All space is used and all demand served: rents are not unique.
    assert not result.plan.rents_unique
    assert stock.demand.by_home().sum() == stock.capacity.sum()
    text = text_of(space.tell(result))
    assert "250 m² in the median of the 3 nodes that state both" in text
    assert f"{7500 * DEGREE / 4500:.3g} km from home on average" in text
    assert "2 homes (firms: 18) would need about 4,500 m² of space" in text_of(space.offer(result))


def test_a_rent_is_what_one_more_unit_would_save():
    part = {"floor": 200.0}
    result = space.compute(parks(space=part))
    # P 1600 and S 2000: Q full by P, 100 of P and all of S at R, where 900 are left.
    assert result.rents["rent"].to_dict() == pytest.approx({"Q": DEGREE, "R": 0})
    network = network_of(LINKS, nodes=NODES.replace({1500: 1501}), places=PLACES)
    more = space.compute(context_of(network, **OFF, space=part))
    assert result.plan.cost - more.plan.cost == pytest.approx(DEGREE)
    text = text_of(space.tell(result))
    assert f"Space runs out at Q ({DEGREE:.3g} km)." in text
    assert "an assumption" in text
    assert "95 %" not in text
    flows = tables_of(space, result)["space_flows"].frame.set_index(["home", "host"])
    assert flows.loc[("S", "Q"), "kilometres"] == pytest.approx(3 * DEGREE)
    # S at Q would cost three degrees and the rent of one, in place of two.
    assert flows.loc[("S", "Q"), "reduced_cost"] == pytest.approx(2 * DEGREE)


def test_space_that_falls_short_is_told_not_refused():
    result = space.compute(parks(space={"floor": 300.0}))
    assert result.plan is None
    # 18 firms need 5400, there are 4500.
    assert "900 short" in text_of(space.tell(result))
    assert [*space.draw(result)] == []
    assert "space_flows" not in tables_of(space, result)


def test_space_may_stand_in_columns_of_the_places():
    places = PLACES.assign(wanted=[4, 0, None, 0], free=[None, 500.0, 100.0, None])
    settings = {"units": "wanted", "area": "free", "floor": 100.0, "unit": "ha"}
    context = context_of(network_of(LINKS, nodes=NODES, places=places), **OFF, space=settings)
    result = space.compute(context)
    assert result.stock.units.to_dict() == {"P": 4}
    assert result.stock.capacity.to_dict() == {"Q": 500, "R": 100}
    assert result.plan.flows.loc["P"].to_dict() == {"Q": 400, "R": 0}
    assert "would need about 400 ha of space" in text_of(space.offer(result))


def test_a_place_does_not_use_its_own_space_across_a_border():
    places = PLACES.assign(wanted=[4, 4, None, 0], free=[None, 500.0, 600.0, None])
    settings = {"units": "wanted", "area": "free", "floor": 100.0}
    context = context_of(network_of(LINKS, nodes=NODES, places=places), **OFF, space=settings)
    flows = space.compute(context).plan.flows
    assert flows.loc["Q"].to_dict() == {"Q": 0, "R": 400}
    assert flows.loc["P"].to_dict() == {"Q": 400, "R": 0}


@pytest.mark.parametrize(
    ("settings", "words"),
    [
        ({"area": "flor_area_m2"}, r"'flor_area_m2'.*not there \(did you mean 'floor_area_m2'"),
        ({"units": "stuff"}, r"'stuff' of the enclaves .* name another one with space.units"),
    ],
)
def test_what_space_needs_is_named_before_anything_runs(settings, words):
    with pytest.raises(InputError, match=words):
        space.CHECK(parks(space=settings))


def test_the_floor_of_a_unit_must_be_known():
    nodes = NODES.assign(floor_area_m2=[None, None, None, None, 1500, None, None, None])
    context = context_of(network_of(LINKS, nodes=nodes, places=PLACES), **OFF, space={})
    with pytest.raises(InputError, match=r"two parks or more.*floor = \.\.\. under \[space\]"):
        space.CHECK(context)


def test_homes_and_hosts_without_coordinates_are_named():
    places = PLACES.assign(lon=[0.0, None, 2.0, 4.0], lat=[0.0, None, 0.0, 0.0])
    context = context_of(network_of(LINKS, nodes=NODES, places=places), **OFF, space={})
    with pytest.raises(InputError, match=r"lon and lat of each home and host; missing for 1: Q"):
        space.CHECK(context)


# -- sharing -------------------------------------------------------------------------------------


def test_enclaves_are_shared_on_their_own_network():
    result = sharing.compute(parks(sharing={}))
    # Pairs P-Q, P-R, S-Q: a path R - P - Q - S of four places.
    assert result.pairs.players == [*"PQRS"]
    assert len(result.pairs.table) == 3
    # Closeness in a path of four, over three others: ends 1 + 1/2 + 1/3, inner 1 + 1 + 1/2.
    assert result.total == pytest.approx((2 * 11 / 6 + 2 * 5 / 2) / 3)
    assert result.game.value({"P", "Q"}) == pytest.approx(2 / 3)
    assert result.game.value({"P", "S"}) == 0
    assert result.game.value({"P", "Q", "S"}) == pytest.approx((2 * 3 / 2 + 2) / 3)
    by = result.benefits.set_index(["rule", "player"])["share"]
    # By symmetry of the path P gets what Q gets, and R what S gets.
    assert by["shapley", "P"] == pytest.approx(by["shapley", "Q"])
    assert by["nucleolus", "R"] == pytest.approx(by["nucleolus", "S"])
    assert by["enclaves"].to_dict() == pytest.approx(
        {p: n / 6 * result.total for p, n in {"P": 2, "Q": 2, "R": 1, "S": 1}.items()}
    )
    for rule in ("equal", "shapley", "nucleolus", "enclaves"):
        assert by[rule].sum() == pytest.approx(result.total)
        assert result.by_rule.loc[rule, "in_core"] == in_core(result.game, by[rule])
    text = text_of([*sharing.offer(result), *sharing.tell(result)])
    assert "3 pairs of home and host of reverse enclaves, with no other link, give 4 places" in text
    assert "no division of taxes is in it" in text


def test_what_a_pair_adds_goes_in_equal_parts_to_both_of_its_ends():
    result = sharing.compute(parks(sharing={}))
    home, host = result.pair
    assert result.rise[home] == pytest.approx(result.rise[host])
    assert result.rise.sum() == pytest.approx(result.added)
    assert "the same, as the link needs both" in text_of(sharing.tell(result))


def test_pairs_may_be_named_and_add_to_the_observed_network():
    context = context_of(network_of(STARS), **OFF, sharing={"pairs": [["b", "x"]]})
    result = sharing.compute(context)
    # Seven others. b: a 1, x 2 -> 1, the other two leaves of a 2, those of x 3 -> 2.
    assert result.game.value({"b"}) == 0
    b = (1 - 1 / 2 + 3 * (1 / 2 - 1 / 3)) / 7
    x = (1 - 1 / 2) / 7
    assert result.total == pytest.approx(b + x)
    assert result.benefits.set_index(["rule", "player"]).loc[("shapley", "b"), "share"] == (
        pytest.approx((b + x) / 2)
    )
    assert result.stability == {}
    assert "in proportion to pairs" in text_of(sharing.offer(result))


def test_unions_are_the_values_of_a_column():
    places = PLACES.assign(land=["A", "B", "A", None])
    context = context_of(
        network_of(LINKS, nodes=NODES, places=places), **OFF, sharing={"unions": "land"}
    )
    result = sharing.compute(context)
    assert "owen" in result.by_rule.index
    owen = result.benefits.set_index(["rule", "player"])["share"]["owen"]
    expected = owen_value(result.game, unions=[["P", "R"], ["Q"], ["S"]])
    assert owen.to_dict() == pytest.approx(expected.to_dict())


def test_a_contract_with_a_fixed_return_by_hand():
    contract = {"enclave": "park_1", "fixed_return": 10.0, "home_alone": 2.0, "host_alone": 1.0}
    contract["profits"] = [5.0, 19.0, 30.0]
    result = sharing.compute(parks(sharing={"contract": contract})).contract
    rows = result.shares.set_index(["profit", "rule", "player"])
    assert rows.loc[(5.0, "contract", "host"), "share"] == -5
    # What the two add is 5 - 3; each gets half of it and what it has alone.
    assert rows.loc[(5.0, "shapley", "home"), "share"] == 3
    assert rows.loc[(5.0, "contract", "home"), "objector"] == frozenset({"host"})
    assert rows.loc[(30.0, "contract", "home"), "objector"] is None
    assert (result.fair_profit, result.least_profit) == (19, 11)
    assert rows.loc[(19.0, "contract"), "share"].tolist() == pytest.approx(
        rows.loc[(19.0, "shapley"), "share"].tolist()
    )


@pytest.mark.parametrize(
    ("settings", "words"),
    [
        ({}, r"\[sharing\] needs enclaves.*such as pairs = \[\[\"a\", \"b\"\]\]"),
        ({"pairs": [["a", "a"]]}, "must name two different places"),
        (
            {"pairs": [["a", "q"]]},
            r"sharing.pairs must be the id of one of the .* places of the report, .*found 'q'",
        ),
        ({"pairs": [["a", "b"]]}, 'linked already.*distance = "inverse"'),
        ({"unions": "land"}, "sharing.unions must be a column of the places"),
    ],
)
def test_what_sharing_needs_is_named_before_anything_runs(settings, words):
    with pytest.raises(InputError, match=words):
        sharing.CHECK(context_of(network_of(STARS), **OFF, sharing=settings))


def test_a_contract_is_about_an_enclave():
    contract = {"fixed_return": 1.0, "home_alone": 0.0, "host_alone": 0.0, "profits": [1.0]}
    for enclave, words in (("p", "outside its jurisdiction"), ("par_1", "did you mean 'park_1'")):
        with pytest.raises(InputError, match=words):
            sharing.CHECK(parks(sharing={"contract": contract | {"enclave": enclave}}))


# -- governance ----------------------------------------------------------------------------------


def test_home_and_host_are_those_of_most_enclaves_and_without_prices_links_are_counted():
    choice = governance.CHECK(parks(governance={"replicates": 0}))
    assert (choice.home, choice.host) == ("P", "Q")
    assert choice.prices is None
    result = governance.compute(stars(budget=4, replicates=0, placements=2))
    built = result.comparison.approaches["size"]
    assert set(built.drop("merger")) == {4.0}
    assert "No prices are given, so each approach has 4 links" in text_of(governance.tell(result))


def test_with_prices_each_approach_costs_no_more_than_the_budget():
    prices = {"park": 5.0, "link": 1.0, "pipeline_km": 0.01}
    context = stars(replicates=0, placements=2, budget=12, experiment={"prices": prices})
    result = governance.compute(context)
    assert (result.comparison.approaches["cost"].dropna() <= 12 * (1 + 1e-9)).all()
    told = text_of(governance.tell(result))
    assert "Each approach costs at most 12 (a park 5, a local link 1, a kilometre 0.01)" in told
    assert "approaches of equal cost" in text_of(governance.offer(result))


def stars(experiment=None, **settings):
    """Two stars with coordinates, in two lands."""
    lat = [0, 1, 2, 3, 0, 1, 2, 3]
    places = pd.DataFrame({"place": [*"abcdwxyz"], "lon": range(8), "lat": lat})
    network = network_of(STARS, places=places.assign(land=[*"AAAABBBB"]))
    parts = {} if experiment is None else {"experiment": experiment}
    return context_of(network, **OFF, **parts, governance={"home": "b", "host": "x", **settings})


def test_a_star_is_compared_and_its_borders_counted():
    context = stars(placements=3, replicates=19, groups=["land"])
    result = governance.compute(context)
    # x is of B with its leaves; of the weight 50 only the link a - x of 2 crosses.
    assert result.shares["share"].tolist() == pytest.approx([2 / 50])
    alone = cross_border_shares(context.inside, groups=["land"], null=None)
    assert result.shares["share"].tolist() == alone["share"].tolist()
    # A merger does most for home, and has no price.
    effects = result.comparison.to_frame().set_index(["measure", "approach"])["difference"]
    best = effects["home_access"].drop("merger").idxmax()
    said = text_of(governance.offer(result))
    assert f"'{best}'" in said
    assert "merger" not in said
    assert "approaches with 10 links each" in said
    assert context.measures.border == 0
    assert result.part.border == 1
    text = text_of(governance.tell(result))
    assert "not forecasts" in text
    assert "By land, 4 % of the weight crosses a border." in text


def test_dense_flows_are_not_compared_and_the_report_says_why():
    rng = np.random.default_rng(1)
    ids = [f"c{i}" for i in range(6)]
    flows = [(a, b, float(rng.integers(1, 90))) for a in ids for b in ids if a < b]
    settings = {"home": "c0", "host": "c1"}
    result = governance.compute(context_of(network_of(flows), **OFF, governance=settings))
    assert result.comparison is None
    assert "in links 100 % of all pairs are linked" in text_of(governance.offer(result))
    assert [*governance.draw(result)] == []


def test_kilometres_that_cost_something_need_coordinates_and_the_report_says_so():
    settings = {"home": "b", "host": "x", "replicates": 0, "placements": 2}
    network = network_of(STARS)
    result = governance.compute(context_of(network, **OFF, governance=settings))
    assert result.comparison is not None  # by links
    prices = {"prices": {"park": 5.0, "link": 1.0, "pipeline_km": 0.01}}
    context = context_of(network, **OFF, governance=settings, experiment=prices)
    result = governance.compute(context)
    assert result.comparison is None
    assert "8 places are without lon and lat" in text_of(governance.offer(result))


@pytest.mark.parametrize(
    ("settings", "words"),
    [
        ({}, r"no enclave that would name them\. Set governance\.home and governance\.host"),
        ({"home": "a", "host": "a"}, "must not be the home"),
        ({"home": "a", "host": "q"}, "governance.host must be the id of one of"),
        ({"groups": ["knd"]}, r"'knd' is not one \(did you mean 'kind'"),
    ],
)
def test_what_governance_needs_is_named_before_anything_runs(settings, words):
    with pytest.raises(InputError, match=words):
        governance.CHECK(context_of(network_of(STARS), **OFF, governance=settings))


def test_a_budget_that_pays_for_nothing_is_refused_before_anything_runs():
    with pytest.raises(InputError, match=r"\[governance\].*budget"):
        governance.CHECK(stars(budget=0.01))


def test_an_approach_that_cannot_be_placed_is_left_out_and_the_report_says_why():
    # No tie of host may stay behind when all of its ties lead home: nobody can be attracted.
    places = pd.DataFrame({"place": [*"abcdef"], "lon": range(6), "lat": 0.0})
    links = [("a", "b"), ("c", "d"), ("d", "e"), ("e", "f"), ("c", "f")]
    settings = {"home": "a", "host": "b", "budget": 6.0, "placements": 2, "replicates": 0}
    context = context_of(network_of(links, places=places), **OFF, governance=settings)
    choice = context.once(governance.CHECK)
    assert "competition for talent" in choice.left_out
    result = governance.compute(context)
    assert "competition for talent" not in result.comparison.approaches.index
    assert "Left out is 'competition for talent': " in text_of(governance.tell(result))


def test_the_bundled_case_runs_with_all_defaults():
    configuration = study.configure({"data": {"source": "yrd"}})
    assert configuration.governance.home is None
    study.check(configuration)


def test_home_without_host_is_refused():
    with pytest.raises(ValueError, match="host is missing; give home and host, or neither"):
        study.configure({"data": {"source": "yrd"}, "governance": {"home": "a"}})


# -- the bundled case ----------------------------------------------------------------------------


def test_the_space_of_the_bundled_parks_is_that_of_the_table(bundled):
    stock = bundled.once(space.stock)
    nodes, table = bundled.network.nodes, pd.DataFrame(stock.capacity)
    both = nodes[(nodes["floor_area_m2"] > 0) & (nodes["firms"] > 0)]
    assert stock.demand.n == len(both) == 10
    ratios = both["floor_area_m2"] / both["firms"].astype(float)
    assert stock.demand.floor == pytest.approx(ratios.median())
    # Haichuang and Xiaolong parks and the Jinyun building, all in districts of Hangzhou.
    assert table.loc["hangzhou"].iloc[0] == 67000 + 150000 + 28858
    # 100 projects in Haichuang park, 8 and 10 in two others of Quzhou.
    assert stock.units["quzhou"] == 118


def test_the_bundled_contract_marks_what_is_assumed_and_says_nothing_of_taxes(bundled):
    part = bundled.configuration.sharing
    assert part.contract.enclave == "qingtian_pinghu"
    node = bundled.network.nodes.loc["qingtian_pinghu"]
    assert f"{part.contract.fixed_return:.0f}% fixed return" in node["note"]
    example = study.EXAMPLE
    text = example[example.index("[sharing.contract]") : example.index("[governance]")]
    lines = {line.partition(" = ")[0]: line for line in text.splitlines() if " = " in line}
    for assumed in ("home_alone", "host_alone", "profits"):
        assert "# assumed: " in lines[assumed]
    assert "assumed" not in lines["fixed_return"]
    assert "tax" not in text


def test_the_bundled_game_is_shared_between_sixteen_cities(bundled):
    pairs = bundled.once(sharing.CHECK)
    assert len(pairs.players) == 16
    assert pairs.left_out == 0
    assert "quzhou" in pairs.players
    choice = bundled.once(governance.CHECK)
    assert (choice.home, choice.host) == ("quzhou", "hangzhou")
    assert choice.why_not == ""
