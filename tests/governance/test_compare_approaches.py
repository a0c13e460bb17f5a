"""Governance approaches at equal cost: by hand on a path, within the budget, and in words."""

import numpy as np
import pandas as pd
import pytest

import netinnov as ni
from netinnov.centrality import harmonic_centrality, strength
from netinnov.connectivity import Frictions, global_efficiency
from netinnov.errors import InputError
from netinnov.governance import compare_approaches
from netinnov.mechanisms.cobweb import CoupledCobweb
from netinnov.mechanisms.free_flow import CorePeriphery
from netinnov.polycentricity import effective_number, gini
from netinnov.scenarios import Prices, ReverseEnclave

IDS = ["home", "host", "far", "end"]
PRICES = Prices(park=1, link=1, pipeline=0.02)


@pytest.fixture(scope="module")
def path() -> ni.MultilayerNetwork:
    """home - host - far - end, a degree apart, each a jurisdiction of its own."""
    places = pd.DataFrame({"lon": [0.0, 1.0, 2.0, 3.0], "lat": 0.0}, index=IDS)
    links = pd.DataFrame({"source": IDS[:-1], "target": IDS[1:], "weight": [1.0, 2.0, 4.0]})
    return ni.build_network(pd.DataFrame({"place": IDS}, index=IDS), links, places)


def compared(network, **options):
    given = {"home": "home", "host": "host", "budget": 20, "prices": PRICES, "rng": 1}
    return compare_approaches(network, **(given | {"replicates": 4} | options))


@pytest.fixture(scope="module")
def plain(path):
    """All settings left as they are above."""
    return compared(path)


def values_of(result, approach: str, column: str = "value") -> pd.Series:
    table = result.to_frame()
    return table[table["approach"] == approach].set_index("measure")[column]


def test_the_baseline_is_measured_by_the_public_measures(path, plain):
    before = values_of(plain, "merger", "baseline")
    border = Frictions(border=1.0)
    access = harmonic_centrality(path, frictions=border)
    assert before["efficiency"] == pytest.approx(global_efficiency(path, frictions=border))
    assert before["home_access"] == pytest.approx(access["home"])
    assert before["host_access"] == pytest.approx(access["host"])
    assert before["access_gini"] == pytest.approx(gini(access))
    assert before["effective_number"] == pytest.approx(effective_number(strength(path).sum(axis=1)))


def test_a_merger_takes_the_border_between_the_two_away(path, plain):
    after = values_of(plain, "merger")
    # Steps of 2, and of 1 between home and host: home at 1, 3 and 5 from the others.
    assert after["home_access"] == pytest.approx((1 + 1 / 3 + 1 / 5) / 3)
    assert after["host_access"] == pytest.approx((1 + 1 / 2 + 1 / 4) / 3)
    without = compared(path, frictions=Frictions(distance=1.0, per=60.0))
    without = values_of(without, "merger", "difference")
    assert without[["efficiency", "home_access", "host_access"]].abs().max() == 0


def test_a_corridor_takes_a_part_of_the_border_away(path):
    after = values_of(compared(path, corridor_relief=0.5, budget=4), "corridor")
    # One link of 2.2 of cost beside the old one: steps of 1.5, 2 and 2.
    assert after["home_access"] == pytest.approx((1 / 1.5 + 1 / 3.5 + 1 / 5.5) / 3)


def test_models_by_hand(path):
    result = compared(path, mobility=0.3)
    before = values_of(result, "merger", "baseline")
    # Weights home-host 1, host-others 2, inside others 4 (both ends): sums 1, 3 and 10.
    home_host, host_others, inside = 1 / np.sqrt(3), 2 / np.sqrt(30), 8 / 10
    between = np.array([[0, home_host, 0], [home_host, 0, host_others], [0, host_others, inside]])
    model = CoupledCobweb([1] * 3, [0.8] * 3, mobility=0.3 * between)
    assert before["spectral_radius"] == pytest.approx(model.spectral_radius())
    assert before["below_break"] == pytest.approx(CorePeriphery(5, 0.4).break_point() - home_host)
    after = values_of(result, "merger")
    assert after["below_break"] == pytest.approx(CorePeriphery(5, 0.4).break_point() - 1)


def test_no_approach_is_above_the_budget_and_one_link_more_would_be(path, plain):
    built = plain.approaches.drop(index="merger")
    assert (built["cost"] <= 20 * (1 + 1e-9)).all()
    made = {
        "park of the core at home": ni.scenarios.ForwardEnclave,
        "reverse enclave": ReverseEnclave,
    }
    for name, kind in made.items():
        larger = kind("home", "host", int(built.loc[name, "size"]) + 1, 0.5, funding="new")
        assert larger.cost(PRICES, path) > 20
    assert np.isnan(plain.approaches.loc["merger", "cost"])


def test_without_prices_each_approach_has_as_many_links(path):
    result = compared(path, prices=None, budget=3, approaches=["corridor", "reverse enclave"])
    assert result.approaches["size"].tolist() == [3, 3]
    assert result.approaches["cost"].isna().all()


def test_the_game_says_who_would_leave(plain):
    talent = values_of(plain, "competition for talent")
    change = values_of(plain, "competition for talent", "difference")
    # Home acts alone, so only the host can be worse off than without: by what it loses.
    assert talent["home_excess"] == pytest.approx(0)
    assert talent["host_excess"] == pytest.approx(-change["host_access"])
    assert talent["largest_excess"] == pytest.approx(max(0, -change["host_access"]))
    merger, gains = values_of(plain, "merger"), values_of(plain, "merger", "difference")
    assert merger["home_excess"] == pytest.approx(-gains["home_access"])
    assert merger["largest_excess"] < 0


def test_new_links_never_lower_access_and_intervals_hold_the_mean(path):
    table = compared(path, replicates=20).to_frame()
    assert (table["low"] <= table["difference"] + 1e-12).all()
    assert (table["difference"] <= table["high"] + 1e-12).all()
    rows = table[table["measure"].isin(["efficiency", "home_access", "host_access"])]
    assert (rows.loc[rows["approach"] != "competition for talent", "low"] >= -1e-12).all()


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"approaches": ["mergers"]}, "did you mean 'merger'"),
        ({"home": "host"}, "`host` must lie outside `home`"),
        ({"budget": 0.5}, "does not pay for a"),
    ],
)
def test_wrong_input_is_refused_in_words(path, options, message):
    with pytest.raises(InputError, match=message):
        compared(path, **options)
