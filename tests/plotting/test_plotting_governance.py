"""Figures of governance and space: what is drawn where, and what is refused."""

from itertools import pairwise

import numpy as np
import pandas as pd
import pytest
from matplotlib.colors import to_rgba

import netinnov as ni
from figures import axes, entries, texts, ticks
from netinnov.errors import InputError
from netinnov.governance import compare_approaches
from netinnov.planning import Game, allocate_space, core_range, share_benefits
from netinnov.plotting import plot_approaches, plot_benefit_shares, plot_space_allocation
from netinnov.plotting._drawing import caption_notes
from netinnov.plotting._style import new_figure
from netinnov.scenarios import Prices

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
        "x: all 6 ha used\none more saves 2 km",
        "y: 75 % of 12 ha",
        "z: 0 % of 3 ha",
    ]
    notes = " ".join(caption_notes(ax))
    assert "Pale: space that is left." in notes
    assert "would lower the cost of all" in notes
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
    assert any("degenerate" in note for note in caption_notes(ax))


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
    assert caption_notes(ax) == ("Open: some group would be better off alone.",)


def test_a_rule_without_a_value_has_no_marks_and_an_empty_core_is_said(ax):
    game = Game(["a", "b"], [0, 2, 2, 1])  # no division gives both what they have alone
    table = share_benefits(game, rules=["nucleolus", "equal"])
    plot_benefit_shares(table, core=core_range(game), ax=ax)
    assert "nucleolus" not in entries(ax)
    assert any("The core is empty" in note for note in caption_notes(ax))


EFFECTS = pd.DataFrame(
    [
        ("corridor", "efficiency", 0.5, 0.05, 0.02, 0.10),
        ("merger", "efficiency", 0.5, -0.10, -0.10, -0.10),
        ("corridor", "access_gini", 0.2, 0.02, 0.01, 0.02),
        ("merger", "access_gini", 0.2, 0.0, 0.0, 0.0),
        ("corridor", "largest_excess", 0.0, 0.3, 0.3, 0.3),
        ("merger", "largest_excess", 0.0, -0.1, -0.1, -0.1),
    ],
    columns=["approach", "measure", "baseline", "difference", "low", "high"],
)


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
    system = ni.datasets.make_city_system(rng=1)
    home, host = system.places.index[[-1, 0]]
    prices = Prices(park=5, link=1, pipeline=0.01)
    two = {"home": home, "host": host, "approaches": ["merger", "reverse enclave"]}
    result = compare_approaches(system, **two, budget=30, prices=prices, replicates=2, rng=1)
    plot_approaches(result, measures=["home_access", "efficiency"], ax=ax)
    assert ticks(ax.xaxis) == ["access of\nhome", "efficiency"]
    other = plot_approaches(result.to_frame(), ax=axes())
    assert len(ticks(other.xaxis)) == 8
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
