"""Data uncertainty: planted variances are found, apart from those of placements."""

import math
import pickle
from dataclasses import dataclass
from functools import partial

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest

import netinnov as ni
from netinnov.connectivity import global_efficiency
from netinnov.errors import InputError
from netinnov.experiments import (
    ExperimentResult,
    ResampledEvents,
    ResampledLinks,
    compare_scenarios,
)
from netinnov.scenarios import NoChange, ReverseEnclave
from planted import weight, weights

COUNT = 400

pytestmark = pytest.mark.slow  # many draws


@pytest.fixture(scope="module")
def pair() -> ni.MultilayerNetwork:
    """One link that was counted 400 times: its Poisson standard deviation is 20."""
    nodes = pd.DataFrame({"place": ["a", "b"]}, index=["a", "b"])
    return ni.build_network(
        nodes, pd.DataFrame({"source": ["a"], "target": ["b"], "weight": [COUNT]})
    )


@dataclass(frozen=True)
class Times:
    """Multiplies all weights, and adds a normal number: placements of the same policy."""

    factor: float
    sd: float = 0.0

    def __call__(self, network, rng):
        links = network.links
        weight = links["weight"] * self.factor + self.sd * rng.standard_normal()
        return network.replace_links(links.assign(weight=weight))


def compare(network, scenarios, **options) -> ExperimentResult:
    options = {
        "measures": {"w": weight}, "replicates": 30, "rng": 1, "executor": 1, "progress": False,
        "resample": ResampledLinks(),
    } | options  # fmt: skip
    return compare_scenarios(network, scenarios=scenarios, **options)


# Components of variance.


def variance_of_data(effects: list[list[float]]) -> float:
    """Of effects of placements (columns) on sets of data (rows)."""
    drawn = [(r, c, effect) for r, row in enumerate(effects) for c, effect in enumerate(row)]
    values = pd.DataFrame(drawn, columns=["resample", "replicate", "value"])
    known = {"measure": "m", "node": None}
    tables = [values.assign(scenario="x", **known), values.assign(scenario="baseline", value=0.0)]
    resamples = pd.concat(tables).assign(**known)
    observed = resamples[resamples["resample"] == 0].drop(columns="resample")
    (row,) = ExperimentResult(observed, resamples=resamples).effects(full=True).to_dict("records")
    return row["data_error"] ** 2


def test_the_variance_of_data_by_hand() -> None:
    # Rows 1, 3 and 5, 9: means 2 and 7 have the variance 12.5; the interaction is -1/2, 1/2, 1/2,
    # -1/2, with squares of 1 on one degree.
    assert variance_of_data([[1.0, 3.0], [5.0, 9.0]]) == pytest.approx(12.5 - 1 / 2)
    # Both rows have the mean 2: the estimate is negative, which is stated as 0.
    assert variance_of_data([[1.0, 3.0], [3.0, 1.0]]) == 0
    assert variance_of_data([[1.0], [2.0], [3.0]]) == pytest.approx(1.0)


# Experiments.


def test_planted_variances_are_found_apart(pair) -> None:
    # Effect: (factor - 1) W + sd s, with W of variance 400. Factor 1.5: data have 0.5^2 400 = 100,
    # placements 5^2 = 25, whatever the data.
    result = compare(pair, {"x": Times(1.5, sd=5)}, replicates=200, resamples=400)
    (row,) = result.effects(full=True).to_dict("records")
    assert row["data_error"] == pytest.approx(10, rel=0.1)
    assert row["spread"] == pytest.approx(5, rel=0.15)
    assert row["mc_error"] == pytest.approx(row["spread"] / math.sqrt(200))
    assert row["data_high"] - row["data_low"] == pytest.approx(2 * 1.96 * 10, rel=0.15)
    assert row["resamples"] == 400


def test_the_data_as_observed_give_what_they_gave_before(pair) -> None:
    scenarios = {"x": Times(1.5, sd=5), "none": NoChange()}
    plain = compare(pair, scenarios, resample=None)
    again = compare(pair, scenarios, resamples=3, placements=40)
    assert plain.resamples is None
    pd.testing.assert_frame_equal(again.replicates, plain.replicates)
    data = ["data_error", "data_low", "data_high", "resamples"]
    left, right = plain.effects(full=True), again.effects(full=True)
    pd.testing.assert_frame_equal(left.drop(columns=data), right.drop(columns=data))
    assert left[data[:-1]].isna().all(axis=None)
    assert left["resamples"].tolist() == [0, 0]
    assert right["data_error"].tolist()[1] == 0


def test_sets_of_data_and_replicates_do_not_change_with_each_others_number(pair) -> None:
    few = compare(pair, {"x": Times(1.5, sd=5)}, resamples=3, replicates=15).resamples
    many = compare(pair, {"x": Times(1.5, sd=5)}, resamples=6, replicates=20).resamples
    assert list(few.columns) == ["scenario", "resample", "replicate", "measure", "node", "value"]
    same = many[many["resample"] < 3].reset_index(drop=True)
    placed = few[few["scenario"] == "x"].groupby("resample")["replicate"]
    assert placed.unique().map(sorted).tolist() == [list(range(5))] * 3
    pd.testing.assert_frame_equal(same, few)
    # Scenario and baseline are paired: the baseline is the count, the scenario 1.5 of it.
    paired = compare(pair, {"x": Times(1.5)}, resamples=50).resamples
    counts = paired.pivot_table("value", "resample", "scenario", observed=True)
    assert counts["x"].tolist() == (1.5 * counts["baseline"]).tolist()


def test_a_random_baseline_and_values_of_nodes(pair) -> None:
    measures = {"w": weight, "s": weights}
    few = {"measures": measures, "resamples": 8, "replicates": 10}
    same = compare(pair, {"x": Times(1.5, sd=5)}, baseline=Times(1.5, sd=5), **few)
    table = same.effects(full=True)
    assert (table[["difference", "data_error", "data_low"]] == 0).all(axis=None)
    less = compare(pair, {"x": NoChange()}, baseline=Times(1.5, sd=5), **few).effects(full=True)
    more = compare(pair, {"x": Times(1.5, sd=5)}, **few).effects(full=True)
    assert less["data_error"].tolist() == pytest.approx(more["data_error"].tolist())


@pytest.fixture(scope="module")
def cities() -> ni.MultilayerNetwork:
    made = ni.datasets.make_city_system(n_cities=12, rng=1)
    flows = ni.aggregate(made, by="place", drop_internal=True)
    links = flows.links.assign(weight=np.ceil(flows.links["weight"]), layer="flows")
    return flows.replace_links(links[["source", "target", "layer", "weight"]])


@pytest.mark.slow  # a process pool; the runner itself is tried in test_executors.py
def test_the_same_numbers_on_every_executor_and_from_checkpoints(
    cities, processes, tmp_path
) -> None:
    home, host = cities.places.index[[-1, 0]]
    scenarios = {"park": ReverseEnclave(home, host, 2, 0.5, funding="new"), "none": NoChange()}
    measures = {"e": partial(global_efficiency, distance="inverse")}
    run = partial(
        compare, cities, scenarios, measures=measures, replicates=6, resamples=4, placements=2
    )
    first = run()
    others = [run(executor=executor) for executor in (3, processes)]
    others += [run(checkpoint=tmp_path), run(checkpoint=tmp_path, rng=None)]
    files = sorted(tmp_path.glob("batch-*.npz"))
    files[0].unlink()
    files[-1].unlink()
    others += [run(checkpoint=tmp_path)]
    for other in others:
        pd.testing.assert_frame_equal(other.replicates, first.replicates)
        pd.testing.assert_frame_equal(other.resamples, first.resamples)
        pd.testing.assert_frame_equal(other.effects(full=True), first.effects(full=True))
    for resample, words in (
        (None, r"'resample' was ResampledLinks.*, is nothing"),
        (ResampledLinks(["flows"]), r"is ResampledLinks\(layers=\('flows',\)"),
    ):
        with pytest.raises(InputError, match=words):
            run(resample=resample, checkpoint=tmp_path)


def test_sets_in_which_an_effect_is_undefined_are_left_out(pair) -> None:
    def sometimes(network):
        value = weight(network)
        return math.nan if value < 400 else value

    measures = {"w": sometimes, "never": lambda _: math.nan}
    result = compare(pair, {"x": Times(1.5)}, measures=measures, resamples=60)
    some, never = result.effects(full=True).to_dict("records")
    assert 10 < some["resamples"] < 50
    assert some["data_error"] > 0
    assert never["resamples"] == 0
    assert math.isnan(never["data_error"])


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"resample": "events"}, "`resample` must be a function"),
        ({"resample": ResampledLinks}, "`resample` must be a function"),
        ({"resamples": 1}, "`resamples`"),
        ({"placements": 1}, "`placements`"),
        ({"replicates": 1}, "`replicates` must be 2 or more"),
        ({"resample": lambda network, _: network.select(nodes=["a"])}, "same nodes"),
        ({"resample": lambda *_: 3}, "`resample` must return a MultilayerNetwork"),
    ],
)
def test_wrong_resampling_is_refused(pair, options, words) -> None:
    with pytest.raises(InputError, match=words):
        compare(pair, {"x": Times(2)}, **options)


def test_a_failure_says_in_which_data(pair) -> None:
    def fails(network, rng):
        if weight(network) != COUNT:
            raise ZeroDivisionError
        return network

    with pytest.raises(ZeroDivisionError) as caught:
        compare(pair, {"x": fails})
    assert caught.value.__notes__ == ["In scenario 'x', replicate 0.", "In resample 0 of the data."]


def test_intervals_of_data_cover_the_truth() -> None:
    """Counts of pairs apart are drawn around 400; the effect on each in truth is 0.5 * 400."""
    pairs = 200
    ends = {end: [f"{end} {number}" for number in range(pairs)] for end in ("source", "target")}
    seen = np.random.default_rng(1).poisson(COUNT, pairs)
    network = ni.build_network(pd.DataFrame(ends | {"weight": seen}))
    options = {"measures": {"w": ni.centrality.overlapping_strength}, "resamples": 100}
    result = compare(network, {"x": Times(1.5, sd=5)}, **options)
    effects = result.effects(full=True).set_index("node").loc[ends["source"]]
    covered = (effects["data_low"].le(200) & effects["data_high"].ge(200)).mean()
    assert 0.9 <= covered < 1  # 95 % of 200, three standard deviations either way


# What draws the data.


def test_only_the_layers_asked_for_are_counted_anew() -> None:
    links = pd.DataFrame(
        {"source": list("aab"), "target": list("bca"), "weight": [50, 60, 0.25],
         "layer": ["seen", "seen", "modelled"]}
    )  # fmt: skip
    network = ni.build_network(pd.DataFrame(index=list("abc")), links, directed=["modelled"])
    drawn = [ResampledLinks(layers=["seen"])(network, np.random.default_rng(at))
             for at in range(400)]  # fmt: skip
    assert all(one.layers == network.layers for one in drawn)
    assert all(one.directed == network.directed for one in drawn)
    assert {one.adjacency("modelled")[1, 0] for one in drawn} == {0.25}
    seen = np.array([one.adjacency("seen").toarray()[0, 1:] for one in drawn])
    assert seen.mean(axis=0) == pytest.approx([50, 60], abs=1.5)
    assert seen.var(axis=0) == pytest.approx([50, 60], rel=0.25)
    with pytest.raises(InputError, match="are not whole numbers"):
        ResampledLinks()(network, np.random.default_rng(1))
    with pytest.raises(InputError, match="did you mean 'seen'"):
        ResampledLinks(layers=["sen"])(network, np.random.default_rng(1))


def test_events_are_drawn_whole() -> None:
    # Event 0 joins a, b and c, event 1 joins a and d, event 2 has d alone.
    rows = pd.DataFrame({"event": [0, 0, 0, 1, 1, 2], "who": list("abcadd")})
    links = ni.linkages.co_participation(rows, member="who", event="event")
    other = pd.DataFrame({"source": ["c"], "target": ["d"], "weight": [7.0], "layer": "other"})
    network = ni.build_network(
        pd.DataFrame(index=list("abcd")), pd.concat([links.assign(layer="met"), other])
    )
    again = ResampledEvents(rows, "who", "event", layer="met")
    arrow = ResampledEvents(pa.Table.from_pandas(rows), "who", "event", layer="met")
    assert again(network, np.random.default_rng(1)).equals(arrow(network, np.random.default_rng(1)))
    drawn = [again(network, np.random.default_rng(at)) for at in range(300)]
    assert {one.adjacency("other")[2, 3] for one in drawn} == {7.0}
    met = np.array([one.adjacency("met").toarray() for one in drawn if "met" in one.layers])
    none = np.zeros((300 - len(met), 4, 4))  # three times event 2
    met = np.concatenate([met, none])
    # The pairs of event 0 come together; its number is binomial with n = 3, p = 1/3.
    assert (met[:, 0, [1, 1]] == np.stack([met[:, 0, 2], met[:, 1, 2]], axis=1)).all()
    share = np.bincount(met[:, 0, 1].astype(int), minlength=4) / 300
    assert share == pytest.approx([8 / 27, 12 / 27, 6 / 27, 1 / 27], abs=0.1)
    with pytest.raises(InputError, match="`member`: 1 of 4 names are not in the network: 'd'"):
        again(network.select(nodes=list("abc")), np.random.default_rng(1))
    with pytest.raises(InputError, match="`weighting`"):
        ResampledEvents(rows, "who", "event", layer="met", weighting="some")
    with pytest.raises(InputError, match="did you mean 'who'"):
        ResampledEvents(rows, "Who", "event", layer="met")


@pytest.mark.parametrize("weighting", ["count", "newman", "full"])
def test_events_that_are_drawn_make_the_links_of_co_participation(weighting) -> None:
    rows = pd.DataFrame({"event": [0, 0, 0, 0, 1, 1, 2, 2, 2, 3], "who": list("abcddaabaa")})
    columns = {"member": "who", "event": "event", "weighting": weighting}
    links = ni.linkages.co_participation(rows, **columns)
    network = ni.build_network(pd.DataFrame(index=list("abcd")), links)
    again = ResampledEvents(rows, **columns, layer="links")
    for seed in range(5):
        # An event that is drawn twice is two events of the same members.
        drawn = np.random.default_rng(seed).integers(4, size=4)
        parts = [rows[rows["event"] == event].assign(event=at) for at, event in enumerate(drawn)]
        expected = network.replace_links(ni.linkages.co_participation(pd.concat(parts), **columns))
        got = pickle.loads(pickle.dumps(again))(network, np.random.default_rng(seed))
        np.testing.assert_allclose(
            got.adjacency("links").toarray(), expected.adjacency("links").toarray()
        )
    missing = pd.DataFrame({"event": [0, 0, None], "who": list("abc")})
    with pytest.raises(InputError, match="event"):
        ResampledEvents(missing, "who", "event", layer="links")


def test_one_event_with_many_links_makes_more_uncertainty_than_single_links() -> None:
    rng = np.random.default_rng(3)
    rows = pd.DataFrame({"event": np.repeat(np.arange(40), 5), "who": rng.integers(8, size=200)})
    rows["who"] = "n" + rows["who"].astype(str)
    links = ni.linkages.co_participation(rows, member="who", event="event").assign(layer="met")
    names = sorted(rows["who"].unique())
    network = ni.build_network(pd.DataFrame({"place": names}, index=names), links)

    def error(resample):
        result = compare(network, {"x": Times(2)}, resample=resample, resamples=150,
                         placements=2, replicates=2)  # fmt: skip
        return result.effects(full=True)["data_error"][0]

    whole = error(ResampledEvents(rows, "who", "event", layer="met"))
    single = error(ResampledLinks())
    # The sum of Poisson counts has the root of the total; that of events the sd of their sizes.
    assert single == pytest.approx(math.sqrt(links["weight"].sum()), rel=0.2)
    size = rows.drop_duplicates().groupby("event").size()
    assert whole == pytest.approx(math.sqrt(40) * (size * (size - 1) / 2).std(ddof=0), rel=0.2)


def test_sets_in_which_home_has_too_few_links_are_left_out(tmp_path) -> None:
    # Home has three links, counted once each: a set of data has them all, and can pay for two new
    # ones, with the chance that a Poisson number of mean 1 is above 0 in two or three of them.
    names = ["home", "host", "a", "b"]
    ends = [("home", "a"), ("home", "b"), ("home", "host"), ("host", "a"), ("host", "b")]
    links = pd.DataFrame(ends, columns=["source", "target"])
    links["weight"] = [1, 1, 1, 300, 300]
    network = ni.build_network(pd.DataFrame({"place": names}, index=names), links)
    park = ReverseEnclave("home", "host", 2, 0.5)
    options = {
        "measures": {"e": partial(global_efficiency, distance="inverse"),
                     "s": ni.centrality.overlapping_strength},
        "resamples": 60, "checkpoint": tmp_path,
    }  # fmt: skip
    result = compare(network, {"park": park, "none": NoChange()}, **options)
    table = result.effects(full=True).set_index("scenario")
    p = 1 - math.exp(-1)
    expected = 60 * (p**3 + 3 * p**2 * (1 - p))
    used = table.loc["park", "resamples"]
    assert used.nunique() == 1
    error = math.sqrt(expected * (1 - expected / 60))
    assert used.iloc[0] == pytest.approx(expected, abs=4 * error)
    assert (table.loc["none", "resamples"] == 60).all()
    # What was found is found again.
    again = compare(network, {"park": park, "none": NoChange()}, **options)
    pd.testing.assert_frame_equal(again.effects(full=True), result.effects(full=True))
    # In the data as observed it is an error, as ever.
    with pytest.raises(InputError, match="Choose a smaller `size`"):
        compare(network, {"park": ReverseEnclave("home", "host", 4, 0.5)})
