"""Figures of experiments: effects, doses, nulls, links before and after."""

import numpy as np
import pandas as pd
import pytest

import netinnov as ni
from figures import draw, entries, intervals, lines, notes, texts, ticks
from netinnov.errors import InputError
from netinnov.experiments import link_changes
from netinnov.null_models import NullComparison, compare_with_null
from netinnov.plotting import (
    plot_dose_response,
    plot_effects,
    plot_layer_similarity,
    plot_link_changes,
    plot_location_quotients,
    plot_null_distribution,
)
from netinnov.scenarios import ReverseEnclave, apply_scenario


@pytest.fixture(scope="module")
def cities():
    return ni.datasets.make_city_system(n_cities=12, rng=1).select(kinds=["place"])


EFFECTS = pd.DataFrame({"node": [None, "home"], "difference": [0.2, -0.1], "low": [0.1, -0.2]})
EFFECTS = EFFECTS.assign(high=[0.3, 0.1], same_sign=[1.0, 0.75], scenario="park", measure="access")


def test_effects_have_their_interval_and_the_share_of_the_same_sign(ax):
    plot_effects(EFFECTS, ax=ax)
    assert texts(ax) == ["100 %", "75 %", "same\nsign"]
    mean = "mean change, 95 % of placements: whole network"
    assert entries(ax) == [mean, "a place"]
    points, ends = intervals(ax)[mean]
    assert (points.tolist(), ends[0, :, 0].tolist()) == ([[0.2, 0]], [0.1, 0.3])
    draw(ax)


def test_effects_in_per_cent_have_a_row_a_scenario_and_colours_of_the_ends(ax):
    rows = [("park", None, 2.0, 0.1), ("park", "h", 4.0, -1.0), ("park", "x", 0.0, 0.1)]
    table = pd.DataFrame(rows, columns=["scenario", "node", "baseline", "difference"])
    table = table.assign(measure="access", low=table["difference"], high=table["difference"])
    other = table.iloc[[1]].assign(scenario="links, new")
    table = pd.concat([table, other], ignore_index=True)
    plot_effects(table, ends=["h"], percent=True, label="reach", ax=ax)
    assert ticks(ax.yaxis) == ["park", "links,\nnew"]
    assert ax.get_xlabel() == "change in reach, %"
    drawn = intervals(ax)
    at = {x for points, _ in drawn.values() for x, _ in points if np.isfinite(x)}
    assert at == {5.0, -25.0}  # 0.1 of 2, -1 of 4; nothing where the baseline is 0
    assert len({line.get_color() for line in ax.lines if line.get_label() in drawn}) == 3
    assert entries(ax) == ["whole network", "h", "a place"]
    with pytest.raises(InputError, match="baseline"):
        plot_effects(table.drop(columns="baseline"), percent=True, ax=ax)


DOSES = pd.DataFrame({"dose": [4.0, 1.0, 2.0], "measure": "access", "node": "home"})
DOSES["difference"] = [0.3, 0.1, 0.2]
DOSES["low"], DOSES["high"] = DOSES["difference"] - 0.1, DOSES["difference"] + 0.1
DOSES["mc_low"], DOSES["mc_high"] = DOSES["difference"] - 0.01, DOSES["difference"] + 0.01


def test_doses_are_drawn_in_their_order(ax):
    plot_dose_response(DOSES, measure="access", node="home", ax=ax)
    ((points, ends),) = intervals(ax).values()
    assert points.tolist() == [[1, 0.1], [2, 0.2], [4, 0.3]]
    assert np.ravel(ends[:, :, 1]) == pytest.approx([0, 0.2, 0.1, 0.3, 0.2, 0.4])
    draw(ax)
    with pytest.raises(InputError, match="measures are"):
        plot_dose_response(DOSES, measure="access")
    with pytest.raises(InputError, match="are missing"):
        plot_dose_response(DOSES[["dose"]], measure="access")


@pytest.fixture(scope="module")
def compared():
    options = {"n_cities": 12, "mean_flow": 3, "border": 3, "n_enclaves": 0}
    network = ni.datasets.make_city_system(**options, rng=1).select(kinds=["place"])
    measure = ni.connectivity.global_efficiency
    return compare_with_null(network, measure=measure, replicates=19, rng=1)


def test_the_observed_value_stands_among_the_replicates(compared, ax):
    plot_null_distribution(compared, label="efficiency", ax=ax)
    assert sum(bar.get_height() for bar in ax.containers[0]) == 19
    (line,) = ax.lines
    assert line.get_xdata()[0] == compared.observed
    draw(ax)


def several(observed, spread=3):
    """Values of which each replicate is 10 more or less at most `spread`, but the last always 0."""
    names = pd.MultiIndex.from_product([["quzhou"], [f"h{at}" for at in range(len(observed))]])
    draws = 10 + np.random.default_rng(1).integers(-spread, spread + 1, (999, len(observed)))
    draws[:, -1] = 0
    observed, draws = pd.Series(observed, names), pd.DataFrame(draws, columns=names)
    tail = np.minimum((draws <= observed).sum(), (draws >= observed).sum())
    p = (2 * (tail + 1) / 1000).clip(upper=1)
    mean, sd, ends = draws.mean(), draws.std(), [draws.quantile(q) for q in (0.025, 0.975)]
    z = ((observed - mean) / sd).where(sd > 0)
    return NullComparison(observed, mean, sd, z, p, *ends, draws, np.nan)


def test_several_values_are_a_row_each_and_filled_where_they_stand_out(ax):
    plot_null_distribution(several([30.0, 11.0, 2.0, 0.0]), label="branches", ax=ax)
    assert ticks(ax.yaxis) == ["quzhou → h0", "quzhou → h1", "quzhou → h2"]  # h3 never varies
    points = {line.get_label(): line for line in ax.lines if line.get_marker() == "o"}
    filled, hollow = points["observed, p below 0.05"], points["observed"]
    assert (filled.get_xdata().tolist(), filled.get_ydata().tolist()) == ([30, 2], [0, 2])
    assert (hollow.get_xdata().tolist(), hollow.get_markerfacecolor()) == ([11], "white")
    assert ax.get_xlabel() == "branches"
    assert "95 % of 999 replicates\nand mean" in entries(ax)
    # Two of four with the least p, 0.002: twice that by Benjamini and Hochberg.
    assert texts(ax)[4:7] == [".004", "1.000", ".004"]
    draw(ax)


@pytest.mark.parametrize(
    ("high", "drawn", "note"),
    [(3, 3, "3 of 41 values stand out"), (20, 12, "20 of"), (0, 5, "0 of 41 values stand out")],
)
def test_of_many_values_those_are_drawn_that_stand_out(ax, high, drawn, note):
    values = [30.0 + at for at in range(high)] + [10.0] * (40 - high) + [0.0]
    plot_null_distribution(several(values), ax=ax)
    assert len(ticks(ax.yaxis)) == drawn
    if high:
        assert ticks(ax.yaxis)[0] == f"quzhou → h{high - 1}"
    said = notes(ax)
    assert said.startswith(note)
    assert said.endswith("One alone needs 1,640 replicates.")


@pytest.mark.parametrize(
    ("values", "z", "p", "last"),
    [
        (np.linspace(1, 2, 19), -3.3, 2 / 20, ", z = −3.3\np = 0.1, no less with 19 replicates"),
        (np.linspace(1, 2, 19), -3.3, 0.3, ", z = −3.3\np = 0.3"),
        (np.ones(5), np.nan, 1.0, "\np = 1"),  # all alike
    ],
)
def test_the_legend_has_z_and_p_and_the_least_that_p_can_be(values, z, p, last, ax):
    parts = {"observed": 0.5, "mean": 1.5, "sd": 0.3, "z": z, "low": 1.0, "high": 2.0}
    found = NullComparison(**parts, p=p, draws=pd.Series(values), moved=0.5)
    plot_null_distribution(found, ax=ax)
    assert entries(ax)[-1] == f"observed: 0.5{last}"
    draw(ax)


def test_numbers_have_no_negative_zero(ax):
    values = [-0.004, -0.006, 0.0]
    table = pd.DataFrame(np.tile(values, (3, 1)), list("xyz"), list("xyz"))
    assert texts(plot_layer_similarity(table, ax=ax))[:3] == ["0", "−.01", "0"]


def test_reallocated_links_are_lost_elsewhere(cities, ax):
    change = ReverseEnclave("synthetic_city_12", "synthetic_city_01", 2, 0.5, funding="reallocated")
    placements = [apply_scenario(cities, change, rng=r) for r in range(5)]
    plot_link_changes(link_changes(cities, placements), places=cities.places, ax=ax)
    assert set(lines(ax)) == {"gained", "lost"}
    assert "new node" in entries(ax)
    # The park stands in its host, with a link to its home.
    (star,) = [part for part in ax.collections if part.get_gid() == "new node"]
    at = cities.places.loc["synthetic_city_01", ["lon", "lat"]]
    np.testing.assert_allclose(star.get_offsets(), [at.astype(float)])


def test_the_widest_line_is_the_largest_change(ax):
    places = pd.DataFrame({"lon": [0.0, 1.0, 2.0], "lat": [0.0, 1.0, 0.0]}, index=list("abc"))
    rows = pd.DataFrame({"source_place": list("abc"), "target_place": list("bca")})
    rows = rows.assign(source_new=False, target_new=False, change=[-3.0, 2.0, 1.0])
    plot_link_changes(rows, places=places, ax=ax)
    widths = {name: sorted(part.get_linewidths()) for name, part in lines(ax).items()}
    np.testing.assert_allclose(np.array(widths["gained"]) / widths["lost"][0], [1 / 3, 2 / 3])


def test_each_dot_ends_a_link_that_is_drawn(ax):
    ids = [f"p{k}" for k in range(64)]
    places = pd.DataFrame({"lon": np.arange(64.0), "lat": 0.0}, index=ids)
    rows = pd.DataFrame({"source_place": ids[:-1], "target_place": ids[1:]})
    rows = rows.assign(source_new=False, target_new=False, change=-np.arange(1.0, 64))
    rows.loc[0, "change"] = 2.0
    plot_link_changes(rows, places=places, label="joint patents", ax=ax)
    assert "Lost: the 60 largest of 62 drawn." in notes(ax)
    dots = {part.get_gid(): part for part in ax.collections}["end of a link drawn"]
    ends = {
        tuple(end) for part in lines(ax).values() for each in part.get_segments() for end in each
    }
    assert {tuple(point) for point in dots.get_offsets()} == ends
    assert ax.get_legend().get_title().get_text() == "width: change in joint patents"
    assert entries(ax) == ["gained, 2", "lost, 4 to 63", "end of a link drawn"]
    draw(ax)
    assert not lines(plot_link_changes(rows.iloc[:0], places=places))


def test_quotients_are_written_and_nothing_is_blank(ax):
    table = pd.DataFrame({"solar": [1.6, 0.0], "tea": [0.25, 8.0]}, index=["hangzhou", "quzhou"])
    plot_location_quotients(table, names={"quzhou": "Quzhou"}, ax=ax)
    assert ticks(ax.yaxis) == ["hangzhou", "Quzhou"]
    shades = np.ma.filled(ax.collections[0].get_array().astype(float), np.nan).ravel()
    np.testing.assert_allclose(shades, [np.log2(1.6), -2, np.nan, 2])  # cut off at 1/4 and 4
    draw(ax)
    with pytest.raises(InputError, match="no negative value"):
        plot_location_quotients(pd.DataFrame({"x": [-1.0]}), ax=ax)
