"""Figures of planning and governance: what is drawn where, and what is refused."""

from dataclasses import replace
from itertools import pairwise

import numpy as np
import pandas as pd
import pytest
from matplotlib.colors import to_rgba

import netinnov as ni
from figures import arrows, axes, draw, entries, intervals, new_figure, notes, texts, ticks
from netinnov.errors import InputError
from netinnov.governance import ApproachComparison
from netinnov.planning import (
    EffectiveNumber,
    Game,
    allocate_space,
    core_range,
    pareto_plans,
    plan_centres,
    share_benefits,
    site_enclaves,
)
from netinnov.plotting import (
    plot_approaches,
    plot_benefit_shares,
    plot_host_ranking,
    plot_pareto,
    plot_plan_map,
    plot_plan_value,
    plot_sites,
    plot_space_allocation,
)
from netinnov.scenarios import NewLinks, Prices

DEMAND = pd.Series({"a": 8.0, "b": 7.0, "c": 0.0})
CAPACITY = pd.Series({"x": 6.0, "y": 12.0, "z": 3.0})
COST = pd.DataFrame({"x": [1, 4, 1], "y": [3, 2, 1], "z": 9}, index=list("abc"))


def blocks(ax):
    """Left end, top and height of what is needed, of the space, and of its used part."""
    found = [each for each in ax.patches if each.get_fill() and each.get_height()]
    return [(each.get_x(), each.get_y(), each.get_height()) for each in found]


def ribbons(ax):
    """Top and bottom of each ribbon at its left and at its right end."""
    for shape in ax.collections:
        x, y = shape.get_paths()[0].vertices.T
        yield tuple((y[x == end].min(), y[x == end].max()) for end in (x.min(), x.max()))


def test_blocks_are_as_high_as_demand_and_space_and_ribbons_as_flows(ax):
    plot_space_allocation(allocate_space(DEMAND, CAPACITY, COST), unit="ha", rent_unit="km", ax=ax)
    # x is full by a, which sends 2 to y; b sends 7 to y; z is not used; c needs nothing.
    assert [height for *_, height in blocks(ax)] == [8, 7, 6, 12, 3, 6, 9]
    sides = [(left[1] - left[0], right[1] - right[0]) for left, right in ribbons(ax)]
    assert sorted(np.ravel(sides)) == pytest.approx([2, 2, 6, 6, 7, 7])
    assert texts(ax) == [
        "a: 8 ha",
        "b: 7 ha",
        "x: all 6 ha used\none more saves 2 km for one",
        "y: 75 % of 12 ha",
        "z: 0 % of 3 ha",
    ]
    said = notes(ax)
    assert "Pale: space that is left." in said
    assert "would lower the cost of one" in said
    spans = [(top, top + height) for _, top, height in blocks(ax)]
    for ends in ribbons(ax):  # they join the blocks of their demand and site
        for top, bottom in ends:
            assert any(low - 1e-9 <= top and bottom <= high + 1e-9 for low, high in spans)


def test_labels_have_room_above_one_another():
    demand = pd.Series({f"home {k}": 1.0 if k else 500.0 for k in range(15)})
    cost = pd.DataFrame({"x": 1.0}, index=demand.index)
    figure = new_figure(height=95)
    ax = figure.add_subplot()
    plot_space_allocation(allocate_space(demand, pd.Series({"x": 600.0}), cost), ax=ax)
    figure.canvas.draw()
    boxes = sorted((text.get_window_extent() for text in ax.texts[:15]), key=lambda box: -box.y0)
    assert all(a.y0 >= b.y1 - 1 for a, b in pairwise(boxes))


def test_names_are_given_and_rents_that_are_not_unique_are_said(ax):
    demand, capacity = pd.Series({"a": 5.0}), pd.Series({"x": 5.0})
    plan = allocate_space(demand, capacity, pd.DataFrame({"x": [1.0]}, index=["a"]))
    plot_space_allocation(plan, names={"a": "Alpha $5", "x": "Xi"}, ax=ax)
    assert texts(ax)[0].startswith(r"Alpha \$5: 5")
    assert "Xi: all 5 used" in texts(ax)[1]
    assert "degenerate" in notes(ax)


def test_nothing_to_allocate_is_refused():
    none = allocate_space(DEMAND * 0, CAPACITY, COST)
    with pytest.raises(InputError, match="must allocate some space"):
        plot_space_allocation(none)


def test_shares_stand_on_the_range_of_the_core(ax):
    game = Game(["home", "host"], [0, 1, 2, 6])
    table = share_benefits(game, rules={"equal": "equal", "area": {"home": 5, "host": 1}})
    plot_benefit_shares(table, core=core_range(game), rules={"area": "by area"}, ax=ax)
    assert ticks(ax.yaxis) == ["home", "host"]  # by the last rule
    equal, area = ax.lines[1:]
    assert equal.get_xdata().tolist() == [3, 3]
    assert area.get_xdata().tolist() == [5, 1]
    # (5, 1) gives host less than the 2 it has alone: open.
    assert to_rgba(area.get_markerfacecolor()) == to_rgba("white")
    assert to_rgba(equal.get_markerfacecolor()) == to_rgba(equal.get_color())
    bars = [segment[:, 0].tolist() for segment in ax.collections[0].get_segments()]
    assert bars == [[1, 4], [2, 5]]
    assert entries(ax) == ["range in the core", "equal", "by area"]
    assert notes(ax) == "Open: some group would be better off alone."


def test_a_rule_without_a_value_has_no_marks_and_an_empty_core_is_said(ax):
    game = Game(["a", "b"], [0, 2, 2, 1])  # no division gives both what they have alone
    table = share_benefits(game, rules=["nucleolus", "equal"])
    plot_benefit_shares(table, core=core_range(game), ax=ax)
    assert "nucleolus" not in entries(ax)
    assert "The core is empty" in notes(ax)


EFFECTS = pd.DataFrame({"approach": ["corridor", "merger"] * 3})
EFFECTS["measure"] = np.repeat(["efficiency", "access_gini", "largest_excess"], 2)
EFFECTS["baseline"] = np.repeat([0.5, 0.2, 0.0], 2)
EFFECTS["difference"] = [0.05, -0.1, 0.02, 0.0, 0.3, -0.1]
EFFECTS["low"], EFFECTS["high"] = [0.02, -0.1, 0.01, 0, 0.3, -0.1], [0.1, -0.1, 0.02, 0, 0.3, -0.1]


def test_each_column_has_its_scale_and_its_best_is_filled(ax):
    plot_approaches(EFFECTS, names={"merger": "one city"}, ax=ax)
    assert ticks(ax.yaxis) == ["corridor", "one city"]
    assert [text.partition("\n(")[0] for text in ticks(ax.xaxis)] == [
        "efficiency",
        "inequality\nof access",
        "largest\nexcess",
    ]
    assert [("less is better" in text) for text in ticks(ax.xaxis)] == [False, True, True]
    # The longest reach of efficiency is 0.1: 0.36 of a column.
    parts = {False: [], True: []}
    for line in ax.lines:
        parts[line.get_markerfacecolor() != "white"] += line.get_xdata().tolist()
    assert sorted(parts[True]) == pytest.approx([0.18, 1.0, 2 - 0.12])
    assert min(parts[False]) == pytest.approx(-0.36)
    assert set(texts(ax)) == {"+10 %", "\N{MINUS SIGN}20 %", "0", "+0.3", "\N{MINUS SIGN}0.1"}


def test_a_comparison_is_drawn_itself_and_measures_are_chosen(ax):
    result = ApproachComparison("home", "host", EFFECTS[:0], EFFECTS)
    plot_approaches(result, measures=["efficiency"], ax=ax)
    assert ticks(ax.xaxis) == ["efficiency"]
    assert len(ticks(plot_approaches(result, ax=axes()).xaxis)) == 3
    with pytest.raises(InputError, match="`measures`"):
        plot_approaches(result, measures=["spead"], ax=ax)
    with pytest.raises(InputError, match="one or more"):
        plot_approaches(result, measures=[], ax=ax)
    with pytest.raises(InputError, match="a row for each approach"):
        plot_approaches(EFFECTS.iloc[:0], ax=ax)


def test_undefined_and_equal_changes_are_drawn_without_a_warning(ax):
    rows = EFFECTS.assign(difference=[np.nan, 0.0] * 3, low=0.0, high=0.0)
    plot_approaches(rows, ax=ax)
    assert texts(ax) == ["0", "0", "0"]


IDS = list("abcdef")
PAIRS = pd.DataFrame(
    {"home": ["d", "e", "f", "d"], "host": ["b", "b", "a", "a"]}, index=["db", "eb", "fa", "da"]
)
LINKS = {site: NewLinks([tuple(PAIRS.loc[site])], weight=4) for site in PAIRS.index}
PRICES = Prices(park=1, link=1, pipeline=1)


@pytest.fixture(scope="module")
def network():
    at = pd.DataFrame({"lon": [0.0, 1, 2, 3, 4, 5], "lat": [0.0, 2, 1, 3, 0, 2]}, index=IDS)
    links = pd.DataFrame({"source": list("abcde"), "target": list("bcdef")})
    links["weight"] = [20, 9, 6, 3, 1]
    return ni.build_network(pd.DataFrame({"place": IDS}, index=IDS), links, at)


@pytest.fixture(scope="module")
def plan(network):
    return site_enclaves(network, candidates=LINKS, k=2, objective="efficiency", placebos=20, rng=1)


@pytest.fixture(scope="module")
def centres(network):
    return plan_centres(
        network, target=EffectiveNumber(5.0), candidates=LINKS, prices=PRICES, resamples=10, rng=1
    )


def test_an_arrow_leads_from_home_to_host_of_each_chosen_enclave(network, plan, ax):
    shares = pd.Series(0.25, PAIRS.index)
    plot_sites(plan, pairs=PAIRS, places=network.places, shares=shares, basemap=None, ax=ax)
    ends = PAIRS.loc[list(plan.sites)].itertuples(index=False)
    assert set(arrows(ax)) == {f"{home} -> {host}" for home, host in ends}
    for home in PAIRS.loc[list(plan.sites), "home"]:
        assert any(text.split()[:2] == [home, "25"] for text in texts(ax))
    assert "other home that could be" in entries(ax)
    draw(ax)


def test_places_take_colours_and_arrows_any_style_of_matplotlib(network, plan, ax):
    kws = {"node_kws": {"c": "gold"}, "edge_kws": {"arrowstyle": "->"}}
    plot_sites(plan, pairs=PAIRS, places=network.places, basemap=None, ax=ax, **kws)
    draw(ax)
    for arrow in arrows(ax).values():
        path = arrow.get_transform().transform_path(arrow.get_path())
        *_, head = path.to_polygons(closed_only=False)
        assert np.ptp(head, axis=0).max() > 3  # pixels: it can be seen


def test_enclaves_outside_the_frame_are_counted(network, plan, ax):
    outside = PAIRS.loc[list(plan.sites)].isin(["e", "f"]).any(axis=1).sum()
    plot_sites(
        plan, pairs=PAIRS, places=network.places, extent=(-1.0, 3.5, -1.0, 4.0), basemap=None, ax=ax
    )
    assert outside > 0
    assert f"an end outside the frame, not drawn: {outside}" in notes(ax)


def test_lines_stand_at_today_the_plan_and_the_bound(plan, ax):
    plot_plan_value(plan, label="efficiency", ax=ax)
    at = {float(line.get_xdata()[0]) for line in ax.lines}
    assert at == {plan.baseline, plan.value, plan.bound}
    assert "20 plans at random" in entries(ax)
    draw(ax)
    alone = plot_plan_value(replace(plan, placebo=plan.placebo[:0], bound=np.nan))
    assert entries(alone) == ["this plan", "today"]


def test_a_front_falls_from_its_first_plan_to_its_last(network, ax):
    both = {"efficiency": "efficiency", "number": "effective_number"}
    front = pareto_plans(network, candidates=LINKS, k=2, objectives=both, rng=1)
    chosen = front.plans["sites"].iloc[0]
    plot_pareto(front, plan=chosen[::-1], ax=ax)
    x, y = ax.lines[1].get_data()
    points = front.plans[["efficiency", "number"]].to_numpy().tolist()
    assert np.column_stack([x, y]).tolist() == sorted(points)
    assert (np.diff(y) <= 0).all()
    assert ax.get_ylabel() == "number"
    assert "the plan of the map" in entries(ax)
    draw(ax)


def test_areas_of_circles_are_strengths(network, centres, ax):
    plot_plan_map(centres, pairs=PAIRS, places=network.places, basemap=None, ax=ax)
    areas = {}
    for circles in ax.collections:
        if str(circles.get_gid()).startswith("strength"):
            points = map(tuple, circles.get_offsets().tolist())
            areas |= dict(zip(points, circles.get_sizes(), strict=True))
    strength = centres.places["strength_after"]
    at = network.places[["lon", "lat"]].apply(tuple, axis=1)
    for place in strength.index[strength > 2]:  # below, the least circle that can be seen
        share = areas[at[place]] / areas[at["b"]]
        assert share == pytest.approx(strength[place] / strength["b"])
    assert len(arrows(ax)) == len(centres.sites)
    draw(ax)


@pytest.mark.parametrize(
    ("plot", "pairs", "column", "words"),
    [
        (plot_sites, PAIRS[:0], "lon", "`pairs` must have all sites of the plan"),
        (plot_sites, PAIRS, "lon", "`places` must have lon and lat of homes"),
        (plot_plan_map, PAIRS, "lat", "`places` must have lon and lat of the places"),
    ],
)
def test_a_map_needs_the_pairs_and_coordinates(plot, pairs, column, words, network, plan, centres):
    places = network.places.assign(**{column: np.nan})
    with pytest.raises(InputError, match=words):
        plot(plan if plot is plot_sites else centres, pairs=pairs, places=places)


RANKING = pd.DataFrame({"median": [-1.0, 4, np.nan, -8.5]}, [*"abcd"])
RANKING["rank_low"], RANKING["rank_high"] = [1.0, 1, np.nan, 3], [2.0, 2, np.nan, 3]
RANKING["low"], RANKING["high"] = [-3.0, 1, np.nan, -12], [2.0, 6, np.nan, -2]


def test_each_host_has_a_median_an_interval_and_its_ranks():
    ax = plot_host_ranking(RANKING, names={"b": "Bo"})
    assert ticks(ax.yaxis) == ["Bo", "a", "d"]
    ((points, ends),) = intervals(ax).values()
    assert points.tolist() == [[4.0, 0.0], [-1.0, 1.0], [-8.5, 2.0]]
    assert ends[:, :, 0].tolist() == [[1.0, 6.0], [-3.0, 2.0], [-12.0, -2.0]]
    assert texts(ax) == ["1\N{EN DASH}2", "1\N{EN DASH}2", "3", "rank"]
    assert ax.yaxis_inverted()
    first = plot_host_ranking(RANKING, top=1)
    assert ticks(first.yaxis) == ["b"]
    assert notes(first).endswith("Drawn: the first 1 of 3 hosts, by the median.")
