"""Forms of cooperation as games: by hand, as the public values of the game, and in words."""

from __future__ import annotations

import itertools

import numpy as np
import pandas as pd
import pytest

import netinnov as ni
from netinnov.centrality import harmonic_centrality
from netinnov.connectivity import Frictions
from netinnov.governance import compare_approaches
from netinnov.planning import Game, excess, in_core, myerson_value, owen_value, shapley_value
from netinnov.scenarios import Prices

IDS = ["home", "host", "far", "end"]
PRICES = Prices(park=1, link=1, pipeline_km=0.02)
OWN, SEPARATE, JOINT = "each keeps its own", "each bargains for itself", "joint park"
ENTRUSTED, BOOKED = "entrusted management", "results booked at the host"
PLAYERS = ["home", "host", "others", "operator"]


@pytest.fixture(scope="module")
def path() -> ni.MultilayerNetwork:
    """home - host - far - end, a degree apart, each a jurisdiction of its own."""
    places = pd.DataFrame({"lon": [0.0, 1.0, 2.0, 3.0], "lat": 0.0}, index=IDS)
    links = pd.DataFrame({"source": IDS[:-1], "target": IDS[1:]})
    return ni.build_network(pd.DataFrame({"place": IDS}, index=IDS), links, places)


def compared(network, **options):
    given = {"home": "home", "host": "host", "budget": 20, "prices": PRICES, "rng": 1}
    return compare_approaches(network, **(given | {"replicates": 4} | options))


def shares_of(result, approach, form, column="share"):
    table = result.forms
    chosen = (table["approach"] == approach) & (table["form"] == form)
    return table[chosen].set_index("player")[column].reindex(PLAYERS)


def game_of(own, alone):
    """The game by the words of the docstring: one coalition after the other."""
    values = {}
    for n in range(5):
        for members in map(frozenset, itertools.combinations(PLAYERS, n)):
            if {"home", "host"} <= members:
                values[members] = sum(own[player] for player in members)
            else:
                values[members] = alone if "home" in members else 0.0
    return values


def test_a_merger_by_hand(path):
    result = compared(path, approaches=["merger"], booked_share=0.25)
    # Steps of 2, and of 1 between home and host. Sums of 1/d over three others, divided by 3:
    # home 1/2 + 1/4 + 1/6 -> 1 + 1/3 + 1/5; host 1/2 + 1/2 + 1/4 -> 1 + 1/2 + 1/4;
    # far 1/4 + 1/2 + 1/2 -> 1/3 + 1/2 + 1/2; end 1/6 + 1/4 + 1/2 -> 1/5 + 1/4 + 1/2.
    home, host = (1 / 2 + 1 / 12 + 1 / 30) / 3, (1 / 2) / 3
    others = (1 / 12 + 1 / 30) / 3
    expected = {
        OWN: [home, host, others, 0],
        # Nobody achieves anything without both: they share equally, and the others come last,
        # after both, in a third of the orders.
        SEPARATE: [(home + host) / 2 + others / 3] * 2 + [others / 3, 0],
        # Two parties, each needed for what the others gain.
        JOINT: [(home + host) / 2 + others / 4] * 2 + [others / 2, 0],
        # All three of home, host and operator are needed, and the others for their own gain.
        ENTRUSTED: [
            *[(home + host) / 3 + others / 4] * 2,
            others / 4,
            (home + host) / 3 + others / 4,
        ],
        BOOKED: [0.75 * home, host + 0.25 * home, others, 0],
    }
    for form, numbers in expected.items():
        assert shares_of(result, "merger", form).to_numpy() == pytest.approx(numbers), form
    assert set(result.forms["form"]) == set(expected)
    assert (result.forms["alone"] == "").all()
    kept = result.forms.groupby("form")["in_core"].first()
    assert kept.to_dict() == {
        OWN: True, SEPARATE: True, JOINT: True, ENTRUSTED: False, BOOKED: True,
    }  # fmt: skip
    objector = shares_of(result, "merger", ENTRUSTED, "objector").iloc[0]
    assert objector == frozenset({"home", "host", "others"})


def test_forms_are_the_values_of_the_stated_game(path):
    result = compared(path, replicates=6)
    table = result.to_frame().set_index(["approach", "measure"])["difference"]
    home_alone = table["competition for talent", "home_access"]
    assert home_alone > 0
    for approach in result.forms["approach"].unique():
        gains = [table[approach, "home_access"], table[approach, "host_access"]]
        others = 4 * table[approach, "efficiency"] - sum(gains)
        own = dict(zip(PLAYERS, [*gains, others, 0.0], strict=True))
        assert shares_of(result, approach, OWN).to_dict() == pytest.approx(own)
        game = Game(PLAYERS, values_by_mask(game_of(own, home_alone)))
        unions = [["home", "host"], ["others"], ["operator"]]
        star = [("operator", player) for player in PLAYERS[:3]]
        values = {
            SEPARATE: shapley_value(game),
            JOINT: owen_value(game, unions=unions),
            ENTRUSTED: myerson_value(game, links=star),
        }
        for form, value in values.items():
            shares = shares_of(result, approach, form)
            assert shares.to_dict() == pytest.approx(value.to_dict()), (approach, form)
            assert shares_of(result, approach, form, "in_core").iloc[0] == in_core(game, value)
            worst = shares_of(result, approach, form, "largest_excess").iloc[0]
            assert worst == pytest.approx(excess(game, value).iloc[0])
    assert (result.forms["alone"] == "competition for talent").all()
    assert result.forms["alone_gain"].to_numpy() == pytest.approx(home_alone)


def values_by_mask(values):
    members = [
        frozenset(p for k, p in enumerate(PLAYERS) if mask >> k & 1) for mask in range(1 << 4)
    ]
    return np.array([values[each] for each in members])


def test_every_form_divides_what_all_gain_and_intervals_hold_the_mean(path):
    table = compared(path, replicates=8).forms
    total = table.groupby(["approach", "form"])["share"].sum().unstack()
    for form in (SEPARATE, JOINT, ENTRUSTED, BOOKED):
        assert total[form].to_numpy() == pytest.approx(total[OWN].to_numpy())
    assert (table["low"] <= table["share"] + 1e-12).all()
    assert (table["share"] <= table["high"] + 1e-12).all()


def test_nothing_is_booked_elsewhere_at_a_share_of_0_and_all_at_1(path):
    none, whole = (
        compared(path, approaches=["merger"], booked_share=share) for share in (0.0, 1.0)
    )
    own = shares_of(none, "merger", OWN)
    assert shares_of(none, "merger", BOOKED).tolist() == pytest.approx(own.tolist())
    booked = shares_of(whole, "merger", BOOKED)
    assert booked["home"] == pytest.approx(0)
    assert booked["host"] == pytest.approx(own["home"] + own["host"])


def test_home_gets_what_it_gets_alone_where_it_would_leave(path):
    result = compared(path)
    own = shares_of(result, "merger", OWN)["home"]
    alone = result.forms["alone_gain"].iloc[0]
    at = compared(path, booked_share=1 - alone / own)
    assert shares_of(at, "merger", BOOKED)["home"] == pytest.approx(alone)


def test_gains_are_summed_over_the_nodes_of_each_side():
    """Two nodes at home: their gains add up, whatever the mean of each side."""
    nodes = pd.DataFrame({"place": ["p", "p", "q", "r"]}, index=list("abcd"))
    places = pd.DataFrame({"lon": [0.0, 1.0, 2.0], "lat": 0.0}, index=["p", "q", "r"])
    links = pd.DataFrame({"source": ["a", "b", "c"], "target": ["c", "a", "d"]})
    network = ni.build_network(nodes, links, places)
    given = {"budget": 10, "prices": PRICES, "replicates": 1, "rng": 1}
    result = compare_approaches(network, home="p", host="q", approaches=["merger"], **given)
    before = harmonic_centrality(network, frictions=Frictions(border=1.0))
    # b-a 1, a-c 2 -> 1, c-d 2.
    after = {
        "a": 1 + 1 + 1 / 3,
        "b": 1 + 1 / 2 + 1 / 4,
        "c": 1 + 1 / 2 + 1 / 2,
        "d": 1 / 2 + 1 / 3 + 1 / 4,
    }
    gains = pd.Series(after) / 3 - before
    own = shares_of(result, "merger", OWN)
    assert own["home"] == pytest.approx(gains[["a", "b"]].sum())
    assert own["host"] == pytest.approx(gains["c"])
    assert own["others"] == pytest.approx(gains["d"])
