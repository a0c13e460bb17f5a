"""Space that flows need, its interval, and what follows for rents and for access."""

import numpy as np
import pandas as pd
import pytest

import netinnov as ni
from netinnov.errors import InputError
from netinnov.planning import allocate_space, rent_intervals, space_demand

PARKS = pd.DataFrame(
    {"floor_area_m2": [1000, 900, np.nan, 400, 0, np.inf, 7], "firms": [10, 3, 5, 1, 2, 4, np.inf]}
)  # 100, 300 and 400 a firm are known
FLOWS = pd.DataFrame({"x": [1.0, 0.0], "y": [2.0, 4.0]}, index=["a", "b"])


def test_a_number_is_taken_as_it_is():
    space = space_demand(FLOWS, 50)
    assert space.demand.to_numpy().tolist() == [[50, 100], [0, 200]]
    assert space.by_home().to_dict() == {"a": 150, "b": 200}
    assert (space.floor, space.low, space.high, space.n) == (50, 50, 50, 0)
    pairs = FLOWS.stack().rename_axis(["home", "host"])
    assert space_demand(pairs, 50).by_home().to_dict() == {"a": 150, "b": 200}


def test_the_estimate_is_the_median_of_parks_where_both_are_known():
    space = space_demand(FLOWS, PARKS, rng=1)
    assert (space.floor, space.n) == (300, 3)
    # Of 27 equally likely resamples of three the median is 100 in 7, 300 in 13 and 400 in 7.
    share = pd.Series(space.by_resample).value_counts(normalize=True)
    assert share.to_dict() == pytest.approx({100: 7 / 27, 300: 13 / 27, 400: 7 / 27}, abs=0.05)
    assert (space.low, space.high) == (100, 400)
    assert space.to_frame().loc["a"].tolist() == [900, 300, 1200]
    # The middle 40 % of resamples are those of 300: 7 + 13 / 2 of 27 are on either side.
    narrow = space_demand(FLOWS, PARKS, confidence=0.4, rng=1)
    assert (narrow.low, narrow.high, narrow.confidence) == (300, 300, 0.4)


def test_the_bundled_facts_have_ten_parks_with_floor_and_firms():
    network = ni.datasets.load_yrd_enclaves()
    nodes = network.nodes
    both = nodes.dropna(subset=["floor_area_m2", "firms"])
    space = space_demand(FLOWS, network, rng=1)
    assert space.n == len(both) == 10
    assert space.floor == pytest.approx((both["floor_area_m2"] / both["firms"]).median())
    assert space.low < space.floor < space.high


def test_rents_follow_from_the_resamples():
    # One home: sites at 1 and 5, the first with room for 2 units of flow at the floor of 300.
    flows, capacity = pd.Series({"a": 3.0}), pd.Series({"near": 600.0, "far": 500.0})
    cost = pd.DataFrame({"near": [1.0], "far": [5.0]}, index=["a"])
    space = space_demand(flows, PARKS, resamples=400, rng=1)
    table = rent_intervals(space, capacity, cost, resamples=400)
    # 100: all 300 are near, no rent. 300: 900, 300 of them far, rent 4. 400: 1,200 > 1,100, short.
    assert table["rent"].to_dict() == {"near": 4, "far": 0}
    served = np.isin(space.by_resample, [100, 300])
    assert table["served"].tolist() == [served.mean()] * 2
    rented = (space.by_resample == 300).sum() / served.sum()
    assert table["rented"].to_dict() == {"near": pytest.approx(rented), "far": 0}
    assert table.loc["near", ["low", "high"]].tolist() == [0, 4]
    # Half of the demand is far: what is left fits at the other site whatever it is.
    shared = rent_intervals(space, capacity, cost, minimum_share={"far": 0.5}, resamples=400)
    assert shared["rent"].tolist() == [0, 0]


def test_rents_of_a_demand_that_no_space_serves_are_unknown():
    space = space_demand(pd.Series({"a": 3.0}), 300)
    cost = pd.DataFrame({"near": [1.0]}, index=["a"])
    table = rent_intervals(space, pd.Series({"near": 10.0}), cost, resamples=5)
    assert table[["rent", "low", "high"]].isna().all(axis=None)
    assert table["served"].tolist() == [0]
    with pytest.raises(InputError, match="890 short"):
        allocate_space(space.by_home(), pd.Series({"near": 10.0}), cost)


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: space_demand(-FLOWS, 5), "`flows` must hold finite numbers of 0 or more"),
        (lambda: space_demand(FLOWS, PARKS, area="m2"), "1 of 1 names are not in parks: 'm2'"),
        (lambda: space_demand(FLOWS, PARKS.iloc[:1]), "found 1 of 1. Give the space for a unit"),
    ],
)
def test_wrong_input_is_refused_in_words(call, message):
    with pytest.raises(InputError, match=message):
        call()
