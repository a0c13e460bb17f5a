"""Space within capacities: worked by hand, against enumeration and linear programming duality."""

import itertools
import re

import numpy as np
import pandas as pd
import pytest
from scipy.optimize import linprog

from netinnov.errors import InputError
from netinnov.planning import allocate_space

DEMAND, CAPACITY = pd.Series({"a": 8, "b": 7}), pd.Series({"x": 6, "y": 12})
COST = pd.DataFrame({"x": [1, 4], "y": [3, 2]}, index=["a", "b"])


def random_case(rng: np.random.Generator):
    n, m = rng.integers(1, 5, 2)
    demands, sites = [f"d{i}" for i in range(n)], [f"s{j}" for j in range(m)]
    cost = pd.DataFrame(rng.uniform(-1, 5, (n, m)).round(2), demands, sites)
    cost = cost.mask(rng.random((n, m)) < 0.25)
    demand, capacity = rng.uniform(0, 9, n), rng.uniform(0, 18, m)
    return pd.Series(demand, demands), pd.Series(capacity, sites), cost


def test_two_by_two_by_hand():
    # a: 6 units at x (1), 2 at y (3); b: 7 at y (2). One more unit at x moves one of a: saves 2.
    plan = allocate_space(DEMAND, CAPACITY, COST)
    assert plan.cost == pytest.approx(26)
    assert plan.flows.to_numpy().tolist() == [[6, 2], [0, 7]]
    assert plan.rents.to_dict() == {"x": pytest.approx(2), "y": 0}
    # b at x: 4 + rent 2 - price 2 of b.
    assert plan.reduced_costs.to_numpy().tolist() == [[0, 0], [pytest.approx(4), 0]]
    assert plan.left.to_dict() == {"x": 0, "y": pytest.approx(3)}
    assert plan.rents_unique
    rows = plan.to_frame()
    assert rows.set_index(["demand", "site"])["flow"].to_dict() == {
        ("a", "x"): 6, ("a", "y"): 2, ("b", "x"): 0, ("b", "y"): 7,
    }  # fmt: skip


def test_degenerate_rents_are_marked():
    plan = allocate_space(pd.Series({"a": 6, "b": 12}), CAPACITY, COST)
    assert plan.cost == pytest.approx(6 + 24)
    assert not plan.rents_unique


@pytest.mark.parametrize("seed", range(6))
def test_flows_are_feasible_and_complementary_slackness_holds(seed):
    demand, capacity, cost = random_case(np.random.default_rng(seed))
    n, m = cost.shape
    c = cost.to_numpy()
    bounds = [(0, None if np.isfinite(each) else 0) for each in c.ravel()]
    rows, columns = np.kron(np.eye(n), np.ones(m)), np.kron(np.ones(n), np.eye(m))
    within = {"A_eq": rows, "b_eq": demand, "A_ub": columns, "b_ub": capacity}
    known = linprog(np.nan_to_num(c).ravel(), bounds=bounds, method="highs-ipm", **within)
    if known.status == 2:
        with pytest.raises(InputError, match="not all demand can be served"):
            allocate_space(demand, capacity, cost)
        return
    plan = allocate_space(demand, capacity, cost)
    flows = plan.flows.to_numpy()
    assert plan.cost == pytest.approx(known.fun, abs=1e-6)
    assert plan.cost == pytest.approx(np.nansum(flows * c))
    np.testing.assert_allclose(flows.sum(axis=1), demand, atol=1e-7)
    assert (flows.sum(axis=0) <= capacity + 1e-7).all()
    assert (flows >= 0).all()
    assert (flows[np.isnan(c)] == 0).all()
    rents, reduced = plan.rents.to_numpy(), plan.reduced_costs.to_numpy()
    assert (rents >= 0).all()
    assert (np.nan_to_num(reduced) >= -1e-7).all()
    np.testing.assert_array_equal(np.isnan(reduced), np.isnan(c))
    np.testing.assert_allclose(rents * (capacity - flows.sum(axis=0)), 0, atol=1e-6)
    np.testing.assert_allclose(np.nan_to_num(reduced) * flows, 0, atol=1e-6)
    # Strong duality: price of each demand from any pair that it uses.
    used = np.where(flows > 1e-7, c + rents, np.nan)
    prices = [row[~np.isnan(row)][0] if (~np.isnan(row)).any() else 0.0 for row in used]
    assert prices @ demand - rents @ capacity == pytest.approx(plan.cost, abs=1e-6)


def shortest(demand: pd.Series, capacity: pd.Series, cost: pd.DataFrame) -> float:
    """The largest shortage of any set of demands, by enumeration (Hall 1935)."""
    worst = 0.0
    for size in range(1, len(demand) + 1):
        for some in itertools.combinations(demand.index, size):
            sites = cost.loc[list(some)].notna().any()
            worst = max(worst, demand[list(some)].sum() - capacity[sites].sum())
    return worst


@pytest.mark.parametrize("seed", range(6))
def test_what_cannot_be_served_is_explained_by_the_largest_shortage(seed):
    demand, capacity, cost = random_case(np.random.default_rng(seed))
    short = shortest(demand, capacity, cost)
    if short <= 1e-9:
        allocate_space(demand, capacity, cost)
        return
    with pytest.raises(InputError, match="not all demand can be served") as caught:
        allocate_space(demand, capacity, cost)
    named = float(re.search(r": ([\d.e+-]+) short", str(caught.value)).group(1))
    assert named == pytest.approx(short, rel=1e-5)


def test_a_shortage_is_found_although_the_totals_would_fit():
    cost = COST.copy()
    cost.loc["a", "y"] = np.nan
    message = "'a' need 8, and to the sites open to them, 'x', there is 6: 2 short"
    with pytest.raises(InputError, match=message):
        allocate_space(DEMAND, CAPACITY, cost)
    cost.loc["a", "x"] = np.nan
    with pytest.raises(InputError, match="'a' need 8, and no site is open to them: 8 short"):
        allocate_space(DEMAND, CAPACITY, cost)


def enumerated(demand: pd.Series, capacity: pd.Series, cost: pd.DataFrame, least: pd.DataFrame):
    """The least cost of whole flows, or None."""
    ways = []
    for name, amount in demand.items():
        ranges = [
            range(int(low), (int(amount) if np.isfinite(c) else 0) + 1)
            for low, c in zip(least.loc[name], cost.loc[name], strict=True)
        ]
        ways.append([row for row in itertools.product(*ranges) if sum(row) == amount])
    prices, best = np.nan_to_num(cost.to_numpy()), None
    for rows in itertools.product(*ways):
        flows = np.array(rows)
        if (flows.sum(axis=0) <= capacity.to_numpy()).all():
            total = float((flows * prices).sum())
            best = total if best is None or total < best else best
    return best


@pytest.mark.parametrize("seed", range(10))
def test_whole_units_against_enumeration(seed):
    rng = np.random.default_rng(seed)
    n, m = rng.integers(1, 4), rng.integers(1, 3)
    demands, sites = [f"d{i}" for i in range(n)], [f"s{j}" for j in range(m)]
    demand = pd.Series(rng.integers(0, 5, n), demands)
    capacity = pd.Series(rng.integers(0, 9, m), sites)
    cost = pd.DataFrame(rng.uniform(-1, 5, (n, m)).round(2), demands, sites)
    share = float(rng.choice([0.0, 0.1, 0.5]))
    least = pd.DataFrame(0.0, demands, sites)
    least["s0"] = np.ceil(share * demand)
    best = enumerated(demand, capacity, cost, least)
    if best is None:
        with pytest.raises(InputError, match=r"not all demand|minimum shares"):
            allocate_space(demand, capacity, cost, minimum_share={"s0": share}, whole=True)
        return
    plan = allocate_space(demand, capacity, cost, minimum_share={"s0": share}, whole=True)
    assert plan.cost == pytest.approx(best)
    assert (plan.flows == plan.flows.round()).all(axis=None)
    assert (plan.flows["s0"] >= least["s0"]).all()
    assert plan.rents.isna().all()


def test_minimum_shares_are_kept_and_cost_more():
    plan = allocate_space(DEMAND, CAPACITY, COST, minimum_share={"x": 0.25})
    # b sends 1.75 to x at 4 in place of 2, and a has 4.25 there: the other 3.75 go to y.
    assert plan.flows.loc["b", "x"] == pytest.approx(1.75)
    assert plan.cost == pytest.approx(4.25 * 1 + 3.75 * 3 + 1.75 * 4 + 5.25 * 2)
    assert plan.reduced_costs.loc["b", "x"] == pytest.approx(4)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"capacity": pd.Series({"x": -6, "y": 12})}, "`capacity` must .* 0 or more; .*'x': -6"),
        ({"demand": pd.Series({"a": np.nan, "b": 7})}, "`demand` must hold finite .*'a': nan"),
        ({"demand": pd.Series(dtype=float)}, "`demand` must be a Series with at least one row"),
        ({"cost": COST.drop(columns="y")}, "one column for each of 'x', 'y'; missing: 'y'"),
        ({"cost": COST.rename(index={"a": "c"})}, "missing: 'a', more: 'c'"),
        ({"cost": COST.replace(1, np.inf)}, "for a pair that is not allowed use NaN"),
        ({"cost": COST.where(COST != 4), "minimum_share": {"x": 0.1}}, "is not allowed to 'b'"),
        ({"minimum_share": {"z": 0.1}}, "'z' is not a site; sites are 'x', 'y'"),
        ({"minimum_share": {"x": 0.8, "y": 0.8}}, "more than there is of 'a', 'b'"),
        ({"minimum_share": {"x": 0.5}}, "need 1.5 more than the capacity of 'x'"),
        ({"demand": pd.Series({"a": 1.5, "b": 7}), "whole": True}, "whole numbers in `demand`"),
    ],
)
def test_wrong_input_is_refused_in_words(change, message):
    given = {"demand": DEMAND, "capacity": CAPACITY, "cost": COST} | change
    first = [given.pop(name) for name in ("demand", "capacity", "cost")]
    with pytest.raises(InputError, match=message):
        allocate_space(*first, **given)
