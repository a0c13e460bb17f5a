"""Figures of plans of enclaves and of hosts: on a map, beside plans at random, best first."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

import netinnov as ni
from figures import arrows, draw, entries, intervals, texts, ticks
from netinnov.errors import InputError
from netinnov.planning import EffectiveNumber, pareto_plans, plan_centres, site_enclaves
from netinnov.plotting import (
    plot_host_ranking,
    plot_pareto,
    plot_plan_map,
    plot_plan_value,
    plot_sites,
)
from netinnov.plotting._drawing import caption_notes
from netinnov.scenarios import NewLinks, Prices

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
    assert f"an end outside the frame, not drawn: {outside}" in " ".join(caption_notes(ax))


def test_lines_stand_at_today_the_plan_and_the_bound(plan, ax):
    plot_plan_value(plan, label="efficiency", ax=ax)
    at = {float(line.get_xdata()[0]) for line in ax.lines}
    assert at == {plan.baseline, plan.value, plan.bound}
    assert "20 plans at random" in entries(ax)
    draw(ax)
    alone = plot_plan_value(replace(plan, placebo=plan.placebo[:0], bound=np.nan))
    assert entries(alone) == ["this plan", "today"]


def test_a_front_falls_from_its_first_plan_to_its_last(network, ax):
    front = pareto_plans(
        network,
        candidates=LINKS,
        k=2,
        objectives={"efficiency": "efficiency", "number": "effective_number"},
        rng=1,
    )
    chosen = front.plans["sites"].iloc[0]
    plot_pareto(front, plan=chosen[::-1], ax=ax)
    x, y = ax.lines[1].get_data()
    assert sorted(zip(x, y, strict=True)) == sorted(
        zip(front.plans["efficiency"], front.plans["number"], strict=True)
    )
    assert (np.diff(x) >= 0).all()
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
    ("plot", "words"),
    [
        (
            lambda places, plan, _: plot_sites(plan, pairs=PAIRS[:0], places=places),
            "`pairs` must have all sites of the plan",
        ),
        (
            lambda places, plan, _: plot_sites(plan, pairs=PAIRS, places=places.assign(lon=np.nan)),
            "`places` must have lon and lat of homes",
        ),
        (lambda places, plan, _: plot_plan_map(plan, pairs=PAIRS, places=places), "`plan` must be"),
        (
            lambda places, _, of: plot_plan_map(of, pairs=PAIRS, places=places.assign(lat=np.nan)),
            "`places` must have lon and lat of the places",
        ),
    ],
)
def test_what_is_no_plan_or_has_no_coordinates_is_refused(plot, words, network, plan, centres):
    with pytest.raises(InputError, match=words):
        plot(network.places, plan, centres)


RANKING = pd.DataFrame(
    {
        "median": [-1.0, 4.0, float("nan"), -8.5],
        "low": [-3.0, 1.0, float("nan"), -12.0],
        "high": [2.0, 6.0, float("nan"), -2.0],
        "best": [0.1, 0.9, 0.0, 0.0],
    },
    index=pd.Index(["a", "b", "c", "d"], name="host"),
)


def test_each_host_has_a_median_an_interval_and_a_share_best_first():
    ax = plot_host_ranking(RANKING, names={"b": "Bo"})
    assert ticks(ax.yaxis) == ["Bo", "a", "d"]
    ((points, ends),) = intervals(ax).values()
    assert points.tolist() == [[4.0, 0.0], [-1.0, 1.0], [-8.5, 2.0]]
    assert ends[:, :, 0].tolist() == [[1.0, 6.0], [-3.0, 2.0], [-12.0, -2.0]]
    assert texts(ax) == ["90 %", "10 %", "0 %", "best in"]
    assert ax.yaxis_inverted()


def test_hosts_left_out_are_counted():
    ax = plot_host_ranking(RANKING, top=1)
    assert ticks(ax.yaxis) == ["b"]
    assert caption_notes(ax)[-1] == "Drawn: the first 1 of 3 hosts, by the median."
