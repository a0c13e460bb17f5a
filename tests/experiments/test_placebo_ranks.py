"""Ranks among placebos: like with like, uniform if nothing is special, small if something is."""

import math

import numpy as np
import pandas as pd
import pytest
from scipy import stats

import netinnov as ni
from netinnov.experiments import ExperimentResult, compare_scenarios
from netinnov.scenarios import DirectLinks, MatchedPlacebo

IDS = [f"n{at}" for at in range(20)]


def result_of(real, placebo, sites: list[str]) -> ExperimentResult:
    """An experiment with a baseline of 0 in which these values were measured, a node a column."""
    real, placebo = (np.asarray(each, float).reshape(len(each), -1) for each in (real, placebo))
    n = real.shape[1]
    values = {"baseline": np.zeros((1, n)), "real": real, "placebo": placebo}
    nodes = [f"n{at}" for at in range(n)]
    parts = [
        pd.DataFrame({
            "scenario": name,
            "replicate": np.repeat(np.arange(len(mine)), n),
            "measure": "m",
            "node": nodes * len(mine),
            "value": mine.ravel(),
        })
        for name, mine in values.items()
    ]  # fmt: skip
    table = pd.concat(parts, ignore_index=True)
    for column, names in (("scenario", list(values)), ("measure", ["m"]), ("node", nodes)):
        table[column] = pd.Categorical(table[column], names)
    return ExperimentResult(table, placebos={"real": "placebo"}, sites={"placebo": sites})


def effect_of(real: list[float], placebo: list[float], sites: list[str]) -> dict[str, float]:
    (row,) = result_of(real, placebo, sites).effects(full=True).to_dict("records")
    return row


def test_as_many_placements_of_the_real_place_as_of_each_placebo() -> None:
    # Seven replicates, two places: 7 // 3 = 2 of each. The first two of a are 1 and 3, of b 5 and
    # 9; of the rest, numbers 4 to 6, the real one has the first two: 20 and 22.
    real = [100.0, 100, 100, 100, 20, 22, 100]
    row = effect_of(real, [1.0, 5, 9, 3, -50, 50, 70], list("abbaaba"))
    assert (row["placebo_n"], row["placebo_placements"], row["ranked"]) == (2, 2, 21)
    assert row["placebo_p"] == pytest.approx(2 / 3)
    # The point estimate is of all.
    assert row["difference"] == pytest.approx(np.mean(real))


def test_with_fewer_replicates_than_places_the_last_leaves_its_turn_to_the_real_one() -> None:
    row = effect_of([0.0, 0, 0, 9], [1.0, 2, 3, 50], list("abcd"))
    assert (row["placebo_n"], row["placebo_placements"], row["ranked"]) == (3, 1, 9)
    assert row["placebo_p"] == pytest.approx(2 / 4)
    # Two replicates leave one place, of which there is no rank.
    row = effect_of([0.0, 9], [1.0, 2], list("ab"))
    assert math.isnan(row["placebo_p"])
    assert "a rank needs several" in row["why_no_p"]


@pytest.mark.slow
def test_the_band_has_the_luck_of_as_many_placements_as_the_difference() -> None:
    # Means of the places 0, 4, 8, of two placements each, 1 apart from them: variance between 16,
    # within 2. Luck of two: 1; of the six of the real one: 1/3. So sqrt((16 - 1 + 1/3) / 16).
    row = effect_of([0.0] * 6, [-1.0, 3, 7, 1, 5, 9], list("abcabc"))
    shrink = math.sqrt((15 + 1 / 3) / 16)
    assert row["placebo_median"] == 4
    assert row["placebo_low"] == pytest.approx(4 - shrink * 0.95 * 4)
    assert row["placebo_high"] == pytest.approx(4 + shrink * 0.95 * 4)
    # One placement of each place does not tell luck from place.
    row = effect_of([0.0] * 4, [0.0, 4, 8, 0], list("abcd"))
    assert (row["placebo_low"], row["placebo_high"]) == pytest.approx((0.2, 7.8))
    # No place is different: the band has the luck of the real one, and not that of a placebo.
    rng = np.random.default_rng(1)
    width = []
    for _ in range(30):
        row = effect_of([0.0] * 200, [*rng.standard_normal(200)], [str(n % 40) for n in range(200)])
        width.append(row["placebo_high"] - row["placebo_low"])
    assert np.mean(width) == pytest.approx(2 * 1.96 / math.sqrt(200), rel=0.5)  # raw: 2 * 0.88


@pytest.mark.slow
@pytest.mark.parametrize("replicates", [20, 45, 200])
@pytest.mark.parametrize("shared", [0.0, 3.0])
def test_ranks_are_uniform_where_places_are_alike(replicates, shared) -> None:
    # 19 places and the real one, with placements of more luck than places have, and luck that a
    # replicate has at any place. 1,000 worlds, as nodes.
    rng = np.random.default_rng(replicates)
    worlds, places = 1000, 19
    place = rng.standard_normal((places + 1, worlds))
    luck = shared * rng.standard_normal((replicates, worlds))
    turns = np.concatenate([rng.permutation(places) for _ in range(replicates)])[:replicates]
    real = place[-1] + luck + 3 * rng.standard_normal((replicates, worlds))
    placebo = place[turns] + luck + 3 * rng.standard_normal((replicates, worlds))
    p = result_of(real, placebo, [str(n) for n in turns]).effects(full=True)["placebo_p"].to_numpy()
    smooth = p - rng.uniform(0, 2 / 20, worlds)
    assert stats.kstest(smooth, "uniform").pvalue > 1e-3


@pytest.mark.slow
def test_matched_placebos_find_a_host_that_is_special() -> None:
    # A ring, in which one place is linked to most others: links to it shorten all ways from home.
    ring = [(IDS[at], IDS[(at + 1) % 20]) for at in range(20)]
    spokes = [("n10", IDS[at]) for at in range(3, 18) if at not in (9, 10, 11)]
    links = pd.DataFrame(ring + spokes, columns=["source", "target"])
    places = pd.DataFrame({"population": 1.0}, IDS)
    network = ni.build_network(pd.DataFrame({"place": IDS}, IDS), links, places)
    found = {}
    for host in ("n10", "n14"):
        links = DirectLinks("n0", host, 1, funding="new")
        result = compare_scenarios(
            network, scenarios={"links": links}, replicates=38, rng=1, progress=False,
            measures={"access": ni.centrality.harmonic_centrality},
            placebo=MatchedPlacebo(links, match=["population"], nearest=18),
        )  # fmt: skip
        row = result.effects(full=True).set_index("node").loc["n0"]
        assert (row["placebo_n"], row["placebo_placements"]) == (18, 2)
        found[host] = row["placebo_p"]
    assert found["n10"] == pytest.approx(2 / 19)
    assert found["n14"] > 0.2
