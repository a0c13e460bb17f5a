"""Sentences of a study are true and of good English where places tie, or there is one of a kind."""

from __future__ import annotations

from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest

from netinnov.errors import InputError
from netinnov.plotting import plot_rank_size
from netinnov.plotting._drawing import caption_notes
from netinnov.study._loaded_data import DataPart, load
from netinnov.study._places import PlacesPart, aggregate_to_places
from netinnov.study._section import Table
from netinnov.study._table_views import view_of
from netinnov.study.sections import (
    built,
    enclaves,
    governance,
    plan,
    sharing,
    siting,
    space,
)
from netinnov.study.sections._candidate_sites import candidates_of
from study_cases import context_of, network_of, text_of

OFF = {"mechanisms": False}
STAR = [("a", leaf) for leaf in "bcdefgh"]
RING = [(f"p{i:02}", f"p{(i + 1) % 12:02}") for i in range(12)]
PARK = {"home": "b", "host": "a", "size": 1, "replicates": 5, "placebos": 0}
NODES = pd.DataFrame(
    {
        "place": [*"PQR", "Q", "R"],
        "jurisdiction": [*"PQR", "P", "Q"],
        "kind": [*["firm"] * 3, "park", "park"],
    },
    index=["p", "q", "r", "park_1", "park_2"],
)
"""A park of P in Q, and one of Q in R."""
LINKS = [("p", "park_1"), ("park_1", "q"), ("q", "r"), ("park_2", "r")]


def test_most_frequent_hosts_that_tie_are_counted():
    ids = [f"h{i}" for i in range(5)]
    nodes = pd.DataFrame({"place": [*ids, *ids], "kind": ["firm"] * 5 + ["park"] * 5})
    nodes["jurisdiction"] = [*ids, *ids[1:], ids[0]]
    nodes.index = [*ids, *(f"park_{each}" for each in ids)]
    context = context_of(network_of([("h0", "h1")], nodes=nodes), **OFF)
    text = text_of(enclaves.tell(enclaves.compute(context)))
    assert "Most frequent hosts: h0 (1), h1 (1), h2 (1) and 2 more as often." in text


def test_homes_that_all_have_the_least_are_not_below_the_median():
    settings = {"siting": {"most_homes": 4, "most_hosts": 1}}
    candidates = candidates_of(context_of(network_of(STAR), **OFF, **settings))
    homes = "Homes are the places with the least access (harmonic closeness), the first 4 of 7."
    assert candidates.notes[0].startswith(homes)


@pytest.mark.parametrize(
    ("check", "settings"),
    [
        (candidates_of, {"siting": {}}),
        (governance.pair_of, {"governance": {"home": "P", "host": "Q"}}),
    ],
)
def test_places_that_are_not_linked_are_refused_by_name_of_the_part(check, settings):
    """Their nodes may be, each with another of its own place."""
    nodes = pd.DataFrame({"place": [*"PPQQ"]}, index=[*"abcd"])
    context = context_of(network_of([("a", "b"), ("c", "d")], nodes=nodes), **OFF, **settings)
    (part,) = settings
    with pytest.raises(InputError, match=rf"\[{part}\] needs links between places; there are none"):
        check(context)


def test_one_pair_raises_and_equal_shares_have_no_first():
    settings = {"sharing": {"pairs": [["b", "c"]]}}
    result = sharing.compute(context_of(network_of(STAR), **OFF, **settings))
    offered, told = text_of(sharing.offer(result)), text_of(sharing.tell(result))
    assert "1 pair of places, linked in links on top of the observed network, raises" in offered
    assert "under the rules 'equal shares', 'in proportion to pairs', 'nucleolus' and " in offered
    assert "By the Shapley value each place gets " in told
    assert "as in an equal division. For b all between 0 and " in told


def test_one_host_has_space():
    nodes = NODES.assign(firms=[None, None, None, 6, None], floor_area_m2=[*[None] * 3, 1500, None])
    places = pd.DataFrame({"place": [*"PQR"], "lon": [0.0, 1.0, 2.0], "lat": 0.0})
    network = network_of(LINKS, nodes=nodes, places=places)
    context = context_of(network, **OFF, space={"floor": 100.0})
    assert text_of(space.offer(space.compute(context))).endswith("of space; 1 host has 1,500.")


def test_one_candidate_of_a_plan_is_told_in_the_singular():
    settings = {"siting": {"homes": ["b"], "hosts": ["a"]}, "plan": {"resamples": 2}}
    result = plan.compute(context_of(network_of(STAR), **OFF, **settings))
    told = text_of(plan.tell(result))
    assert told.startswith("The one candidate of [siting] was looked at. Strength is that of the ")


def test_one_candidate_is_in_half_of_the_plans():
    share = pd.Series({"one": 0.9, "other": 0.5})
    chosen = SimpleNamespace(sites=("one",))
    result = SimpleNamespace(
        stability=pd.DataFrame({"share": share, "resamples": 20}),
        plan=chosen,
        site=str,
        modelled_layers=(),
        resampled="flows",
        drawn=False,
    )
    text = siting._stability(result)
    assert "1 other candidate is in half of those plans or more." in text


def test_a_border_has_one_share_where_layers_agree_and_what_is_left_out_is_counted():
    shares = pd.DataFrame(
        {
            "group": ["land", "land", "kind"],
            "layer": ["x", "y", "x"],
            "share": [0.25, 0.25, 0.0],
            "left_out": [0, 2, 1],
            "p": np.nan,
            "z": np.nan,
        }
    )
    block = SimpleNamespace(sources=np.array([0]), indices=np.array([1]))
    inside = SimpleNamespace(storage=SimpleNamespace(block=lambda _: block))
    known = {"choice": None, "comparison": None, "no_null": ""}
    known["context"] = SimpleNamespace(inside=inside)
    text = text_of(governance.tell(SimpleNamespace(shares=shares, **known)))
    assert "By land, 25 % of the weight crosses a border." in text
    assert text.endswith("2 links are left out: 2 with an end that has no value.")
    nothing = shares[shares["group"] == "kind"].assign(p=1.0)
    told = text_of(governance.tell(SimpleNamespace(shares=nothing, **known)))
    assert "not corrected" not in told


def test_a_cell_that_all_rows_leave_empty_is_not_told():
    frame = pd.DataFrame({"node": ["a", "b"], "lost": "", "kind": "firm"})
    assert view_of(Table("t", frame, "")).alike.endswith(
        "In all rows shown: kind \u2068firm\u2069."
    )
    assert view_of(Table("t", frame.drop(columns="kind"), "")).alike == ""


@pytest.mark.parametrize("kind", ["int64", "Int64", "float64"])
def test_years_on_the_page_have_no_separators(kind):
    frame = pd.DataFrame({"links": [1234, 5]}, pd.Index([2010, 2020], name="period", dtype=kind))
    assert view_of(Table("t", frame, "")).rows == [["2010", "1,234"], ["2020", "5"]]


def test_nodes_without_places_lend_them_their_names(tmp_path):
    nodes = pd.DataFrame({"node": [1, 2], "name": ["Quzhou", "Hangzhou"]})
    nodes.to_csv(tmp_path / "nodes.csv", index=False)
    pd.DataFrame({"source": [1], "target": [2]}).to_csv(tmp_path / "links.csv", index=False)
    loaded = load(DataPart(source="tables", path=tmp_path))
    cities = aggregate_to_places(loaded.network, PlacesPart()).cities
    assert cities.places["name"].to_dict() == {"1": "Quzhou", "2": "Hangzhou"}
    assert "each node is taken as a place of its own" in " ".join(loaded.notes)


def test_a_small_standard_error_has_digits():
    sizes = pd.Series(1000 / np.arange(1.0, 51) ** 0.9 * (1 + 0.001 * (-1.0) ** np.arange(50)))
    assert "standard error 0.0" in (note := " ".join(caption_notes(plot_rank_size(sizes))))
    assert "standard error 0.00," not in note


def test_homes_below_the_median_are_those_with_the_least():
    chain = [("a", "b"), ("b", "c"), ("c", "d"), ("d", "e"), ("c", "x"), ("c", "y"), ("c", "z")]
    settings = {"siting": {"most_homes": 1, "most_hosts": 1}}
    candidates = candidates_of(context_of(network_of(chain), **OFF, **settings))
    # From c all are 1 or 2 steps away; a and e, the ends, have least.
    homes = "Homes are the places below the median of access (harmonic closeness), the 1 with the "
    assert candidates.notes[0].startswith(f"{homes}least of 2.")


def test_one_site_is_told_in_the_singular():
    settings = {"siting": {"homes": ["a"], "hosts": ["d"], "placebos": 0, "resamples": 0}}
    chain = network_of([("a", "b"), ("b", "c"), ("c", "d")])
    settings["siting"] |= {"form": "link", "against": "none"}
    result = siting.compute(context_of(chain, **OFF, **settings))
    assert "the best that was found is a with d. It raises global efficiency by " in text_of(
        siting.offer(result)
    )


def test_a_default_target_is_above_today_where_directions_are_mixed():
    """Strength counts an undirected link once, as the plan does."""
    links = [("a", "b", 4, "x"), ("b", "c", 3, "x"), ("c", "a", 3, "y"), ("a", "b", 1, "y")]
    network = network_of(links, directed=["x"])
    settings = {"siting": {"homes": ["c"], "hosts": ["b"]}, "plan": {"resamples": 2}}
    result = plan.compute(context_of(network, **OFF, **settings))
    assert result.plan.baseline < result.plan.target.at_least < 3


def test_a_support_that_what_is_built_would_undo_is_refused_at_the_start():
    """Links of the median weight, 2.5, count no events."""
    chain = network_of([(f"p{at}", f"p{at + 1}", at + 1) for at in range(4)])
    settings = {"siting": {"homes": ["p0"], "hosts": ["p3"]}, "plan": {"place": "p0"}}
    context = context_of(chain, **OFF, **settings)
    with pytest.raises(InputError, match="what could be built makes weights that are no whole"):
        plan.task_of(context)


def test_one_enclave_is_told_in_the_singular():
    settings = {"siting": {"homes": ["b"], "hosts": ["a"], "placebos": 0, "resamples": 0}}
    settings["siting"]["against"] = "none"
    result = siting.compute(context_of(network_of(STAR), **OFF, **settings))
    said = text_of(siting.offer(result))
    assert said.startswith("The one enclave that could be built does not raise global efficiency")


def test_pairs_of_enclaves_are_counted_once_each():
    # P has two parks in Q and two in S, R one in S, and only three places may take part.
    rows = [("P", "P"), ("Q", "Q"), ("R", "R"), ("S", "S")]
    rows += [("Q", "P"), ("Q", "P"), ("Q", "P"), ("S", "P"), ("S", "P"), ("S", "R"), ("S", "R")]
    ids = [f"n{i}" for i in range(len(rows))]
    nodes = pd.DataFrame(rows, index=ids, columns=["place", "jurisdiction"]).assign(kind="park")
    links = [("n0", "n1"), ("n1", "n3"), ("n2", "n3"), ("n0", "n3")]
    places = pd.DataFrame({"population": [1.0, 9, 1, 9]}, index=[*"PQRS"])
    settings = {"sharing": {"most_players": 3}}
    network = network_of(links, nodes=nodes, places=places)
    result = sharing.compute(context_of(network, **OFF, **settings))
    assert "2 pairs of home and host of reverse enclaves" in text_of(sharing.offer(result))
    assert result.pairs.left_out == 1  # that of R and S, though of two enclaves
    assert "1 pair of places with fewer pairs is left out" in text_of(sharing.tell(result))


def test_one_pair_less_takes_all_enclaves_of_the_pair(monkeypatch):
    # Nine parks of P in Q are one pair, beside those of P and S and of Q and S: three games.
    rows = [("P", "P"), ("Q", "Q"), ("S", "S"), *[("Q", "P")] * 9, ("S", "P"), ("S", "Q")]
    ids = [f"n{i}" for i in range(len(rows))]
    nodes = pd.DataFrame(rows, index=ids, columns=["place", "jurisdiction"]).assign(kind="park")
    places = pd.DataFrame({"population": [1.0, 5, 9]}, index=[*"PQS"])
    network = network_of([("n0", "n1"), ("n1", "n2")], nodes=nodes, places=places)
    tried, known = [], sharing.planning.allocation_stability
    monkeypatch.setattr(
        sharing.planning,
        "allocation_stability",
        lambda games, shares: (tried.append(len(games)), known(games, shares))[1],
    )
    sharing.compute(context_of(network, **OFF, sharing={}))
    assert set(tried) == {3}


def test_links_of_a_directed_layer_are_no_pairs():
    links = [("a", "b"), ("b", "a"), ("b", "c")]
    result = built.compute(context_of(network_of(links, directed=["links"]), **OFF))
    assert "3 linked pairs (each direction counted) in 1 layer" in text_of(built.offer(result))


def test_approaches_say_how_long_a_link_is_where_they_are_measured():
    links = [*STAR, *RING]
    settings = {"home": "b", "host": "a", "replicates": 0, "placements": 2}
    result = governance.compute(context_of(network_of(links), **OFF, governance=settings))
    assert "in steps, with 1 added to each link between two jurisdictions (assumed)" in text_of(
        governance.tell(result)
    )


def test_a_best_plan_that_is_another_one_is_named():
    plans_found = pd.DataFrame({"sites": [("s", "t")], "efficiency": [1.0], "equity": [0.5]})
    front = SimpleNamespace(plans=plans_found, baseline=pd.Series({"efficiency": 1, "equity": 1}))
    front.exact = True
    result = SimpleNamespace(plan=SimpleNamespace(sites=("s", "u")), site=str)
    assert "one plan is best for both, and it is not the one above: s and t." in siting._front(
        result, front
    )
    result.plan.sites = ("t", "s")
    assert siting._front(result, front).endswith("one plan is best for both.")
