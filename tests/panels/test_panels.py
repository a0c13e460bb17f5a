"""Measures over periods and over levels of places, by hand and on real panels."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, strategies as st
from scipy import stats

import netinnov as ni
from netinnov.errors import InputError
from netinnov.network import split_periods
from netinnov.panels import measure_panel


def strength(network: ni.MultilayerNetwork) -> pd.Series:
    return ni.centrality.overlapping_strength(network)


def n_links(network: ni.MultilayerNetwork) -> int:
    return network.n_links


MEASURES = {"strength": strength, "links": n_links}


def in_years(rows: list[tuple[str, str, float, int | None]]) -> ni.MultilayerNetwork:
    links = pd.DataFrame(rows, columns=["source", "target", "weight", "period"])
    links["period"] = links["period"].astype("Int64")
    return ni.build_network(pd.DataFrame(index=list("cab")), links)


@pytest.fixture
def years() -> ni.MultilayerNetwork:
    """a-b in 2015 and 2018, b-c in 2016, nothing in 2017; `c` stands first."""
    return in_years([("a", "b", 1, 2015), ("b", "c", 2, 2016), ("a", "b", 4, 2018)])


def cells(panel: pd.DataFrame, measure: str) -> dict[int, list[float | None]]:
    """Values of a measure by period, in the order of the rows, None for NaN."""
    rows = panel[panel["measure"] == measure]
    key = panel.columns[0]
    return {
        int(when): [None if np.isnan(value) else value for value in part["value"]]
        for when, part in rows.groupby(key)
    }


def test_panel_by_hand(years):
    panel = measure_panel(years, measures=MEASURES)
    before = ["period", "measure", "node", "value", "low", "high"]
    assert list(panel.columns) == [*before, "change", "change_low", "change_high", "n_links"]
    by_year = cells(panel, "strength")
    assert by_year == {2015: [0, 1, 1], 2016: [2, 0, 2], 2017: [None] * 3, 2018: [0, 4, 4]}
    assert cells(panel, "links") == {2015: [1], 2016: [1], 2017: [None], 2018: [1]}
    over_nodes = panel[panel["measure"] == "strength"]
    assert over_nodes["node"].tolist() == list("cab") * 4
    assert panel.loc[panel["measure"] == "links", "node"].isna().all()
    linked = panel.groupby("period")["n_links"].unique().map(list).to_dict()
    assert linked == {2015: [1], 2016: [1], 2017: [0], 2018: [1]}
    wide = over_nodes.pivot(index="node", columns="period", values="value")
    assert wide.loc["b"].tolist()[:2] == [1, 2]
    order = panel[["period", "measure"]].drop_duplicates().to_numpy().tolist()
    assert order[:3] == [[2015, "strength"], [2015, "links"], [2016, "strength"]]


def test_periods_that_are_asked_for(years):
    panel = measure_panel(years, measures=MEASURES, periods=[2016, 2030, 2016])
    assert cells(panel, "strength") == {2016: [2, 0, 2], 2030: [None] * 3}
    nothing = measure_panel(years, measures=MEASURES, periods=[2030])
    # No period tells whether a measure is a number, so each has one row.
    assert nothing["value"].isna().tolist() == [True, True]
    assert nothing["node"].isna().all()
    with pytest.raises(InputError, match="`periods` must be one or more"):
        measure_panel(years, measures=MEASURES, periods=[])


def test_what_is_undefined_is_not_a_missing_period(years):
    panel = measure_panel(years, measures={"nan": lambda network: float("nan")})
    assert panel["value"].isna().all()
    assert panel["n_links"].tolist() == [1, 1, 0, 1]


def test_links_without_a_period_are_said_to_be_left_out():
    network = in_years([("a", "b", 1, 2015), ("b", "c", 2, None), ("a", "c", 2, None)])
    with pytest.warns(UserWarning, match="2 links of the network have no period"):
        panel = measure_panel(network, measures=MEASURES)
    assert cells(panel, "strength") == {2015: [0, 1, 1]}


@given(
    st.lists(
        st.tuples(
            st.sampled_from("abc"),
            st.sampled_from("abc"),
            st.integers(1, 9).map(float),
            st.integers(2015, 2019),
        ),
        min_size=1,
    )
)
def test_a_panel_measures_the_networks_of_its_periods(rows):
    network = in_years(rows)
    panel = measure_panel(network, measures={"strength": strength})
    by_period = split_periods(network)
    assert panel["period"].unique().tolist() == list(range(min(by_period), max(by_period) + 1))
    for when, part in panel.groupby("period"):
        if when in by_period:
            assert part["value"].tolist() == strength(by_period[when]).tolist()
        else:
            assert part["value"].isna().all()
            assert (part["n_links"] == 0).all()


def flows(network: ni.MultilayerNetwork) -> float:
    return float(network.adjacency("links").sum() / 2)


def numbers(panel: pd.DataFrame) -> list[list[float]]:
    return panel[["low", "high", "change", "change_low", "change_high"]].to_numpy().tolist()


@pytest.fixture
def trips() -> ni.MultilayerNetwork:
    """400 trips in 2015, 300 in 2016 and 900 in 2018."""
    rows = [("a", "b", 250, 2015), ("b", "c", 150, 2015), ("a", "c", 300, 2016)]
    return in_years([*rows, ("a", "b", 400, 2018), ("b", "c", 500, 2018)])


@pytest.mark.slow
def test_intervals_of_events_are_those_of_poisson_numbers_and_of_their_differences(trips):
    panel = measure_panel(trips, measures={"flows": flows}, resamples=400, rng=1)
    expected = {2015: 400, 2016: 300, 2018: 900}
    table = panel.dropna(subset="value").set_index("period")
    assert table["value"].to_dict() == expected
    for when, n in expected.items():
        ends = stats.poisson.ppf([0.025, 0.975], n)
        assert table.loc[when, ["low", "high"]].tolist() == pytest.approx(ends, abs=0.5 * n**0.5)
    assert table["change"].tolist() == pytest.approx([np.nan, -100, 500], nan_ok=True)
    for when, n in ((2016, 300), (2018, 900)):  # independent: the variances add up
        ends = stats.skellam.ppf([0.025, 0.975], n, 400)
        drawn = table.loc[when, ["change_low", "change_high"]].tolist()
        assert drawn == pytest.approx(ends, abs=0.5 * (n + 400) ** 0.5)
    assert table.loc[2015, ["change_low", "change_high"]].isna().all()
    narrow = measure_panel(
        trips, measures={"flows": flows}, resamples=400, rng=1, confidence=0.5, periods=[2018]
    )
    ends = stats.poisson.ppf([0.25, 0.75], 900)
    assert numbers(narrow)[0][:2] == pytest.approx(ends, abs=0.3 * 900**0.5)


@pytest.mark.slow
def test_intervals_do_not_depend_on_workers_or_on_the_order_of_periods(trips):
    draw = {"measures": MEASURES, "resamples": 20, "rng": 3}
    one = measure_panel(trips, executor=1, **draw)
    pd.testing.assert_frame_equal(measure_panel(trips, executor=3, **draw), one)
    turned = measure_panel(trips, periods=[2018, 2017, 2015, 2016], **draw)
    pd.testing.assert_frame_equal(turned, one)
    again = measure_panel(ni.build_network(trips.nodes, trips.links.iloc[::-1]), **draw)
    pd.testing.assert_frame_equal(again, one)


def test_without_resamples_there_is_no_interval_and_without_events_none_is_drawn():
    network = in_years([("a", "b", 1.5, 2015), ("b", "c", 2, 2016)])
    panel = measure_panel(network, measures={"flows": flows})
    assert panel["change"].tolist() == pytest.approx([np.nan, 0.5], nan_ok=True)
    assert panel[["low", "high", "change_low", "change_high"]].isna().all(axis=None)
    with pytest.raises(InputError, match="weights of layer 'links' are not whole numbers"):
        measure_panel(network, measures={"flows": flows}, resamples=5)
    with pytest.raises(InputError, match="confidence"):
        measure_panel(network, measures={"flows": flows}, confidence=95)


def test_a_measure_shifted_by_lost_links_has_no_interval_nor_has_its_change():
    # Each of eight pairs has one event: a resample loses it with probability exp(-1).
    ids = [f"n{k}" for k in range(16)]
    sparse = [(ids[2 * k], ids[2 * k + 1], 1, 2015) for k in range(8)]
    dense = [(ids[0], node, 50, 2016) for node in ids[1:]]
    links = pd.DataFrame([*sparse, *dense], columns=["source", "target", "weight", "period"])
    network = ni.build_network(pd.DataFrame(index=ids), links)
    panel = measure_panel(network, measures={"links": n_links}, resamples=100, rng=1)
    assert panel["value"].tolist() == [8, 15]
    assert panel["low"].isna().tolist() == [True, False]
    assert panel["change"].tolist()[1] == 7
    assert panel["change_low"].isna().all()


def test_own_resamples_are_drawn_from_the_network_of_each_period(trips):
    def doubled(network: ni.MultilayerNetwork, _: np.random.Generator) -> ni.MultilayerNetwork:
        assert network.links["period"].nunique() == 1
        return network

    panel = measure_panel(trips, measures={"flows": flows}, resample=doubled, resamples=3)
    known = panel.dropna(subset="value")
    assert known["low"].tolist() == known["high"].tolist() == known["value"].tolist()


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"measures": {}}, "`measures` must be a mapping .* at least one"),
        ({"measures": [strength]}, "`measures` must be a mapping"),
        ({"measures": {"x": lambda network: "high"}}, "'x' must return a number .* found str"),
        ({"measures": {"x": lambda n: strength(n) if n.n_links > 1 else 1.0}}, "does both"),
    ],
)
def test_measures_that_cannot_be_used(options, words):
    rows = [("a", "b", 1, 2015), ("a", "c", 1, 2015), ("b", "c", 2, 2016)]
    with pytest.raises(InputError, match=words):
        measure_panel(in_years(rows), **options)


def test_an_error_in_a_measure_says_where(years):
    def broken(network: ni.MultilayerNetwork) -> float:
        raise RuntimeError("no")

    with pytest.raises(RuntimeError) as found:
        measure_panel(years, measures={"x": broken})
    assert found.value.__notes__ == ["In measure 'x', period 2015."]


def test_periods_that_are_none(years):
    with pytest.raises(InputError, match=r"`periods` must be a whole number; found 2016\.5"):
        measure_panel(years, measures=MEASURES, periods=[2015, 2016.5])
    with pytest.raises(InputError, match="the network must have links with a period"):
        measure_panel(
            ni.build_network(pd.DataFrame({"source": ["a"], "target": ["b"]})), measures=MEASURES
        )
