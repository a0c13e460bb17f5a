"""Experiments: effects worked by hand, the baseline's nodes only, the same numbers everywhere."""

import math
from functools import partial

import numpy as np
import pandas as pd
import pytest
from scipy import stats
from scipy.sparse.csgraph import shortest_path

import netinnov as ni
from netinnov.errors import InputError
from netinnov.experiments import ExperimentResult, ResampledLinks, compare_scenarios
from netinnov.scenarios import NoChange, ReverseEnclave, apply_scenario


@pytest.fixture(scope="module")
def cities() -> ni.MultilayerNetwork:
    """The path home - near - host - far, with weights 1, 1 and 3."""
    names = ["home", "host", "near", "far"]
    nodes = pd.DataFrame({"place": names, "kind": "place"}, index=names)
    rows = [("home", "near", 1.0), ("host", "near", 1.0), ("host", "far", 3.0)]
    return ni.build_network(nodes, pd.DataFrame(rows, columns=["source", "target", "weight"]))


def park(size: int, pipeline_share: float, funding: str = "new", **options) -> ReverseEnclave:
    return ReverseEnclave("home", "host", size, pipeline_share, funding=funding, **options)


def efficiency(network: ni.MultilayerNetwork, *, nodes=None) -> float:
    """Mean of one over the hops between the nodes given: a second route, by scipy."""
    index = network.nodes.index
    hops = shortest_path(network.adjacency(network.layers[0]), directed=False, unweighted=True)
    at = index.get_indexer(index if nodes is None else nodes)
    hops = hops[np.ix_(at, at)][np.triu_indices(len(at), 1)]
    return float((1 / hops).mean())


def strength(network: ni.MultilayerNetwork) -> pd.Series:
    matrix = network.adjacency(network.layers[0])
    return pd.Series(matrix.sum(axis=0), network.nodes.index)


def n_nodes(network: ni.MultilayerNetwork) -> int:
    return network.n_nodes


def n_near(network: ni.MultilayerNetwork, *, nodes) -> int:
    return sum(nodes.pop() != "" for _ in nodes[:])  # each call gets a list of its own


def spawning(network, rng):
    """Draws from the children of its generator, which changes the seed of the generator."""
    (child,) = rng.spawn(1)
    return apply_scenario(network, park(2, 0), rng=child)


def compare(network, scenarios, measures=None, **options) -> ExperimentResult:
    options = {"replicates": 8, "rng": 1, "executor": 1, "progress": False} | options
    measures = {"strength": strength} if measures is None else measures
    return compare_scenarios(network, scenarios=scenarios, measures=measures, **options)


def row(result: ExperimentResult, scenario: str, measure: str, node: str | None = None):
    table = result.effects(full=True)
    here = table["scenario"].eq(scenario) & table["measure"].eq(measure)
    here &= table["node"].isna() if node is None else table["node"].eq(node)
    (found,) = table[here].to_dict("records")
    return found


@pytest.mark.slow
def test_effects_by_hand(cities) -> None:
    # Baseline: pairs at distance 1, 1, 1, 2 (home-host), 2 (near-far), 3 (home-far):
    # (3 + 1/2 + 1/2 + 1/3)/6 = 26/36.
    # "bridge", two links: the park joins host and home. Home-host stays 2, through near or the
    # park: nothing changes.
    # "direct", three links, one home: the park joins host, home and near or far, drawn 1 : 3.
    # With far: home-far falls from 3 to 2, through the park, 1/2 - 1/3 = 1/6 more: 27/36.
    # "lost", one reallocated link that stays at host: home's only link goes, home is cut off.
    # Left: near-host 1, host-far 1, near-far 2: 2.5/6 = 15/36.
    scenarios = {
        "bridge": park(2, 0.5),
        "direct": park(3, 1 / 3),
        "lost": park(1, 0, "reallocated"),
        "nothing": NoChange(),
    }
    result = compare(cities, scenarios, {"efficiency": efficiency}, replicates=60)
    bridge, direct, lost, nothing = (row(result, name, "efficiency") for name in scenarios)
    assert bridge["baseline"] == pytest.approx(26 / 36)
    assert bridge["difference"] == 0
    assert lost["difference"] == pytest.approx(-11 / 36)
    assert lost["mean"] == pytest.approx(15 / 36)
    assert (lost["low"], lost["high"]) == pytest.approx((-11 / 36, -11 / 36))
    assert lost["same_sign"] == 1
    assert lost["mc_error"] == 0
    assert math.isnan(lost["standardised"])
    assert nothing["difference"] == nothing["median"] == nothing["low"] == nothing["high"] == 0
    assert nothing["replicates"] == 1
    rows = result.replicates.query("scenario == 'direct'")["value"].to_numpy()
    helped = rows > 26.5 / 36
    assert rows[helped] == pytest.approx(27 / 36)
    assert rows[~helped] == pytest.approx(26 / 36)
    assert stats.binomtest(int(helped.sum()), 60, 3 / 4).pvalue > 1e-3
    p = helped.mean()
    assert direct["difference"] == pytest.approx(p / 36)
    assert direct["median"] == pytest.approx(1 / 36)
    assert (direct["low"], direct["high"]) == pytest.approx((0, 1 / 36))
    assert direct["same_sign"] == pytest.approx(p)
    sd = math.sqrt(p * (1 - p) * 60 / 59) / 36
    assert direct["mc_error"] == pytest.approx(sd / math.sqrt(60))
    assert direct["standardised"] == pytest.approx(p / 36 / sd)


def test_an_effect_on_each_node_by_hand(cities) -> None:
    # The park has two links of the median weight 1: one to home, one to the host node itself.
    result = compare(cities, {"x": park(2, 0.5)})
    effects = result.effects(full=True)
    assert effects["node"].tolist() == list(cities.nodes.index)
    assert effects["difference"].tolist() == [1, 1, 0, 0]
    assert effects["baseline"].tolist() == [1, 4, 2, 3]
    assert effects["replicates"].tolist() == [8] * 4


def test_added_nodes_enter_nothing(cities) -> None:
    with pytest.warns(UserWarning, match="'all' gives one number") as caught:
        result = compare(
            cities,
            {"one": park(2, 0.5), "two": park(2, 0)},
            {"all": n_nodes, "near": n_near, "efficiency": efficiency, "strength": strength},
        )
    assert len(caught) == 1
    assert caught[0].filename == __file__
    assert not result.replicates["node"].astype("str").str.startswith("enclave").any()
    assert set(result.replicates["node"].cat.categories) == set(cities.nodes.index)
    assert row(result, "one", "all")["difference"] == 1
    assert row(result, "one", "near")["difference"] == 0


def test_who_gets_the_nodes(cities) -> None:
    measures = {"open": n_near, "bound": partial(n_near, nodes=["home"]), "plain": lambda _: 0.0}
    with pytest.warns(UserWarning, match="'plain' gives one number"):
        result = compare(cities, {"x": park(2, 0.5)}, measures)
    values = result.replicates.groupby("measure", observed=True)["value"].unique().map(list)
    assert values.to_dict() == {"open": [4], "bound": [1], "plain": [0]}


def test_the_long_table(cities) -> None:
    result = compare(cities, {"b": park(2, 0.5), "a": park(3, 0)},
                     {"strength": strength, "efficiency": efficiency}, replicates=3)  # fmt: skip
    table = result.replicates
    assert list(table.columns) == ["scenario", "replicate", "measure", "node", "value"]
    assert table["scenario"].unique().tolist() == ["baseline", "b", "a"]
    assert len(table) == (1 + 3 + 3) * (4 + 1)
    assert table["node"].isna().equals(table["measure"] == "efficiency")
    keys = table.assign(s=table["scenario"].cat.codes, m=table["measure"].cat.codes)
    assert keys.sort_values(["s", "m", "replicate"], kind="stable").index.equals(table.index)
    first = table.query("scenario == 'b' and measure == 'strength' and replicate == 2")
    assert first["node"].tolist() == list(cities.nodes.index)
    # Straight from the scenario, with the generator that the notes describe.
    seed = np.random.SeedSequence(1).spawn(3)[2]
    expected = strength(apply_scenario(cities, park(2, 0.5), rng=seed))
    assert first["value"].tolist() == expected.reindex(cities.nodes.index).tolist()


def test_numbers_depend_neither_on_other_scenarios_nor_on_names_nor_on_more(cities) -> None:
    def values(name, scenarios, **options):
        table = compare(cities, scenarios, **options).replicates
        return table.loc[table["scenario"] == name, "value"].to_numpy()

    alone = values("x", {"x": park(2, 0)})
    assert len(np.unique(alone.reshape(8, -1), axis=0)) > 1
    both = {"spawning": spawning, "y": park(2, 0)}
    np.testing.assert_array_equal(values("y", both), alone)
    np.testing.assert_array_equal(values("y", both, baseline=spawning), alone)
    twice = values("b", {"a": spawning, "b": spawning}, baseline=spawning)
    np.testing.assert_array_equal(twice, values("b", {"b": spawning}))
    more = values("x", {"x": park(2, 0)}, replicates=12)
    np.testing.assert_array_equal(more[: len(alone)], alone)


def test_a_random_baseline_is_replicated_and_paired(cities) -> None:
    # The same links at the same ends: with common random numbers nothing is left.
    same = compare(cities, {"x": park(2, 0)}, baseline=park(2, 0), replicates=20)
    assert (same.replicates["scenario"] == "baseline").sum() == 20 * 4
    assert (same.effects(full=True)["difference"] == 0).all()
    assert (same.effects(full=True)["mc_error"] == 0).all()
    # No change against a random baseline: one value against each of its replicates.
    back = compare(cities, {"x": NoChange()}, baseline=park(2, 0), replicates=20).effects(full=True)
    there = compare(cities, {"x": park(2, 0)}, replicates=20).effects(full=True)
    assert back["replicates"].tolist() == [20] * 4
    for column in ("difference", "median", "standardised"):
        assert (-back[column]).tolist() == pytest.approx(there[column].tolist(), nan_ok=True)
    assert back["mc_error"].tolist() == pytest.approx(there["mc_error"].tolist())
    assert back["baseline"].tolist() == pytest.approx(there["mean"].tolist())


def test_a_smaller_network_can_be_the_baseline_but_no_scenario(cities) -> None:
    def without_far(network, rng):
        return network.select(nodes=["home", "host", "near"])

    result = compare(cities, {"all": NoChange()}, {"e": efficiency, "s": strength},
                     baseline=without_far)  # fmt: skip
    assert set(result.replicates["node"].dropna()) == {"home", "host", "near"}
    # Without far the path home - near - host has (1 + 1 + 1/2)/3, far adds nothing to these pairs.
    assert row(result, "all", "e")["baseline"] == pytest.approx(2.5 / 3)
    assert row(result, "all", "e")["difference"] == 0
    assert row(result, "all", "s", "host")["difference"] == 3
    with pytest.raises(InputError, match=r"'gone' drops 1 nodes.*'far'.*baseline"):
        compare(cities, {"gone": without_far})


def test_undefined_values_are_left_out_and_counted(cities) -> None:
    def sometimes(network, *, nodes):
        total = float(strength(network)[nodes].sum())
        return math.nan if total % 2 else total

    def random_links(network, rng):
        return network.replace_links(network.links.assign(weight=float(rng.integers(1, 9))))

    measures = {"sometimes": sometimes, "never": lambda _: math.nan}
    result = compare(cities, {"x": random_links}, measures, replicates=40)
    values = result.replicates.query("scenario == 'x' and measure == 'sometimes'")["value"]
    found = row(result, "x", "sometimes")
    assert found["replicates"] == values.notna().sum()
    assert found["mean"] == pytest.approx(values.mean())
    never = row(result, "x", "never")
    assert never["replicates"] == 0
    assert all(math.isnan(never[name]) for name in ("mean", "difference", "median", "same_sign"))


def test_tables_are_written_as_csv_and_parquet(cities, tmp_path) -> None:
    asked = park(1, 0)
    result = compare(
        cities, {"x": asked, "y": asked}, {"e": efficiency}, resample=ResampledLinks(), resamples=2
    )
    files = result.write(tmp_path / "a")
    names = ["effects", "replicates", "resamples"]
    assert [path.name for path in files[::2]] == [f"{name}.csv" for name in names]
    for path, table in zip(
        files[:4:2], (result.effects(full=True), result.replicates), strict=True
    ):
        pd.testing.assert_frame_equal(pd.read_parquet(path.with_suffix(".parquet")), table)
        read = pd.read_csv(path)
        pd.testing.assert_frame_equal(read, table, check_dtype=False, check_categorical=False)
    assert len(pd.read_csv(files[4])) == len(result.resamples)


@pytest.mark.parametrize(
    ("found", "words"),
    [
        ([1.0, 2.0], "'m' must return a number or a Series.*list"),
        (None, "NoneType"),
        ("3", "str"),
        (np.ones(1), "ndarray"),
        (pd.DataFrame({"a": [1], "b": 2}), "`m` must be one column; found 2"),
        (pd.Series([1.0], index=["Paris"]), r"Series with index \['Paris'\]"),
        (pd.Series([1.0, 2.0], index=["home", "home"]), "Series"),
        (pd.Series(["x"], index=["home"]), "Series"),
    ],
)
def test_what_no_measure_returns(cities, found, words: str) -> None:
    with pytest.raises(InputError, match=words) as caught:
        compare(cities, {"x": park(1, 0)}, {"m": lambda _: found})
    assert caught.value.__notes__ == ["In scenario 'baseline', replicate 0."]


def test_a_series_may_cover_a_part_of_the_nodes(cities) -> None:
    result = compare(cities, {"x": park(1, 0)}, {"m": lambda n: strength(n)[["far", "host"]]})
    effects = result.effects(full=True).set_index("node")
    assert effects.loc[["home", "near"], "difference"].isna().all()
    assert effects.loc["host", "difference"] == 1


def test_a_measure_is_a_number_or_a_series_throughout(cities) -> None:
    def fickle(network):
        return strength(network) if network.n_nodes > 4 else 1.0

    with pytest.raises(InputError, match=r"'fickle'.*both"):
        compare(cities, {"x": park(1, 0)}, {"fickle": fickle})


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"scenarios": {}}, "`scenarios` must be a mapping"),
        ({"scenarios": [park(1, 0)]}, "`scenarios` must be a mapping"),
        ({"scenarios": {"baseline": park(1, 0)}}, "'baseline'"),
        ({"scenarios": {1: park(1, 0)}}, "must be text; found"),
        ({"scenarios": {"x": "enclave"}}, r"`scenarios\['x'\]` must be a Rev.*; found 'enclave'"),
        ({"baseline": None}, "`baseline` must be a ReverseEnclave.*; found None"),
        ({"measures": {}}, "`measures` must be a mapping"),
        ({"measures": efficiency}, "`measures` must be a mapping"),
        ({"measures": {"e": 1.0}}, r"`measures\['e'\]` must be a function of a network; found 1.0"),
        ({"executor": 0}, "`executor`"),
    ],
)
def test_arguments_are_checked_before_any_work(cities, change, words: str) -> None:
    options = {"scenarios": {"x": park(1, 0)}, "measures": {"s": strength}, "progress": False}
    with pytest.raises(ValueError, match=words):
        compare_scenarios(cities, **(options | change))
