"""Sobol indices: those of functions known in closed form, with the noise of placements apart."""

from __future__ import annotations

import math
import sys
from functools import partial

import pandas as pd
import pytest

import netinnov as ni
from netinnov.connectivity import Frictions, global_efficiency
from netinnov.errors import InputError
from netinnov.experiments import Specification, sobol_indices
from netinnov.scenarios import ReverseEnclave
from planted import Plus, weight, weights

pytest.importorskip("SALib")

ANGLE = (-math.pi, math.pi)


@pytest.fixture(scope="module")
def pair() -> ni.MultilayerNetwork:
    nodes = pd.DataFrame({"place": ["a", "b"]}, index=["a", "b"])
    links = pd.DataFrame({"source": ["a"], "target": ["b"], "weight": [1000.0]})
    return ni.build_network(nodes, links)


def ishigami(x1, x2, x3, sd=0.0):
    added = math.sin(x1) + 7 * math.sin(x2) ** 2 + 0.1 * x3**4 * math.sin(x1)
    return Specification(Plus(added, sd), weight)


def additive(x, y, z=0.0, sd=0.0):
    return Specification(Plus(2 * x + y, sd), weight)


def run(network, make, ranges, **options):
    options = {"samples": 64, "replicates": 1, "rng": 1, "executor": 1, "progress": False} | options
    return sobol_indices(network, make=make, ranges=ranges, **options)


# Ishigami and Homma (1990) with a = 7, b = 0.1: V = a^2/8 + b pi^4/5 + b^2 pi^8/18 + 1/2.
VARIANCE = 49 / 8 + 0.1 * math.pi**4 / 5 + 0.01 * math.pi**8 / 18 + 1 / 2
FIRST = [0.5 * (1 + 0.1 * math.pi**4 / 5) ** 2 / VARIANCE, 49 / 8 / VARIANCE, 0]
TOGETHER = 0.01 * math.pi**8 * (1 / 18 - 1 / 50) / VARIANCE  # of x1 and x3
TOTAL = [FIRST[0] + TOGETHER, FIRST[1], TOGETHER]


@pytest.mark.slow
def test_the_function_of_ishigami(pair) -> None:
    ranges = dict.fromkeys(("x1", "x2", "x3"), ANGLE)
    found = run(pair, ishigami, ranges, samples=512)
    table = found.to_frame()
    assert table["first"].tolist() == pytest.approx(FIRST, abs=0.05)
    assert table["total"].tolist() == pytest.approx(TOTAL, abs=0.05)
    assert found.variance == pytest.approx(VARIANCE, rel=0.05)
    assert found.mean == pytest.approx(3.5, abs=0.1)
    for name, truth in (("first", FIRST), ("total", TOTAL)):
        assert (table[f"{name}_low"] <= table[name]).all()
        assert (table[f"{name}_low"] - 0.02 <= truth).all()
        assert (table[f"{name}_high"] + 0.02 >= truth).all()
    assert len(found.points) == 512 * 5
    assert found.pairs is None
    assert math.isnan(found.noise)
    assert table["total_corrected"].isna().all()


def test_pairs_of_the_function_of_ishigami(pair) -> None:
    ranges = dict.fromkeys(("x1", "x2", "x3"), ANGLE)
    found = run(pair, ishigami, ranges, samples=128, second_order=True)
    assert len(found.points) == 128 * 8
    assert found.pairs is not None
    assert found.pairs["second"].to_dict() == pytest.approx(
        {("x1", "x2"): 0, ("x1", "x3"): TOGETHER, ("x2", "x3"): 0}, abs=0.12
    )
    assert (found.pairs["second_low"] <= found.pairs["second_high"]).all()


def test_shares_of_a_sum_by_hand(pair) -> None:
    # 2 x + y over the unit square: 4/12 and 1/12 of 5/12.
    ranges = dict.fromkeys("xyz", (0, 1))
    still = run(pair, additive, ranges, samples=128, replicates=2)
    assert still.to_frame()["first"].tolist() == pytest.approx([0.8, 0.2, 0], abs=0.02)
    assert still.to_frame()["total"].tolist() == pytest.approx([0.8, 0.2, 0], abs=0.02)
    assert still.noise == 0


@pytest.mark.slow
def test_shares_of_a_sum_with_noise_by_hand(pair) -> None:
    # As above. With noise of variance 1 over the mean of four replicates, 1/4: the variance is 2/3,
    # of which noise has 3/8, x 1/2 and y 1/8.
    ranges = dict.fromkeys("xyz", (0, 1))
    noisy = run(pair, partial(additive, sd=1.0), ranges, samples=512, replicates=4)
    table = noisy.to_frame()
    assert noisy.noise == pytest.approx(3 / 8, abs=0.04)
    assert noisy.variance == pytest.approx(2 / 3, rel=0.1)
    assert table["first"].tolist() == pytest.approx([1 / 2, 1 / 8, 0], abs=0.12)
    # A parameter that does nothing has the total of the noise.
    # (Three standard errors at 512 points: 0.16.)
    assert table["total"].tolist() == pytest.approx([7 / 8, 1 / 2, 3 / 8], abs=0.16)
    assert table["first_corrected"].tolist() == pytest.approx([0.8, 0.2, 0], abs=0.18)
    assert table["total_corrected"].tolist() == pytest.approx([0.8, 0.2, 0], abs=0.25)
    assert noisy.points["mc_error"].pow(2).mean() == pytest.approx(1 / 4, rel=0.1)


def test_alternatives_are_equally_likely(pair) -> None:
    def make(size, funding, share):
        assert isinstance(size, int)
        return Specification(Plus(size + (10 if funding == "new" else 0)), weight)

    ranges = {"size": range(2, 6), "funding": ["new", "old"], "share": (0, 1)}
    found = run(pair, make, ranges, samples=64)
    points = found.points
    assert points["size"].value_counts(normalize=True).sort_index().to_dict() == pytest.approx(
        dict.fromkeys(range(2, 6), 0.25), abs=0.05
    )
    assert points["funding"].eq("new").mean() == pytest.approx(0.5, abs=0.05)
    assert points["share"].between(0, 1).all()
    # Variances (4^2 - 1)/12 = 1.25 and 25.
    assert found.to_frame()["first"].tolist() == pytest.approx(
        [1.25 / 26.25, 25 / 26.25, 0], abs=0.04
    )


@pytest.mark.slow
def test_a_park_with_frictions_and_the_same_numbers_everywhere(processes) -> None:
    cities = ni.datasets.make_city_system(n_cities=8, rng=1)
    home, host = cities.places.index[[-1, 0]]

    def here(size, pipeline_share, border, attachment):
        return Specification(
            ReverseEnclave(home, host, size, pipeline_share, attachment=attachment),
            partial(global_efficiency, frictions=Frictions(border=border)),
        )

    ranges = {"size": range(2, 5), "pipeline_share": (0, 1), "border": (0, 5),
              "attachment": (0, 1.5)}  # fmt: skip
    options = {"samples": 4, "replicates": 3}
    first = run(cities, here, ranges, **options)
    for executor in (3, processes):
        other = run(cities, here, ranges, executor=executor, **options)
        pd.testing.assert_frame_equal(other.indices, first.indices)
        pd.testing.assert_frame_equal(other.points, first.points)
    assert first.noise > 0
    assert list(first.points.columns) == [*ranges, "difference", "mc_error"]
    again = run(cities, here, ranges, **(options | {"rng": 2}))
    assert not again.points.equals(first.points)
    changed = first.to_frame()
    changed.iloc[0, 0] = 99.0
    assert first.indices.iloc[0, 0] != 99.0


def test_an_effect_that_is_always_the_same_has_no_parts(pair) -> None:
    found = run(pair, lambda x: Specification(Plus(3), weight), {"x": (0, 1)}, samples=4)
    assert found.to_frame().isna().all(axis=None)
    assert found.mean == 3
    assert found.variance == 0


def test_measures_of_nodes_and_other_networks(pair) -> None:
    def make(x):
        return Specification(Plus(x), weights, node="b", network=doubled)

    def doubled(network):
        return network.replace_links(network.links.assign(weight=2000.0))

    found = run(pair, make, {"x": (0, 1)}, samples=8)
    assert found.points["difference"].tolist() == pytest.approx((-found.points["x"]).tolist())


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"ranges": {}}, "`ranges` must be a mapping"),
        ({"ranges": {"x": (1, 0)}}, r"ranges\['x'\]"),
        ({"ranges": {"x": (0, math.inf)}}, r"ranges\['x'\]"),
        ({"ranges": {"x": []}}, "range of 'x' must be a tuple"),
        ({"ranges": {"x": "new"}}, "range of 'x' must be a tuple"),
        ({"ranges": {"x": 3}}, "range of 'x' must be a tuple"),
        ({"samples": 48}, "power of 2, such as 64"),
        ({"samples": 1}, "`samples`"),
        ({"replicates": 0}, "`replicates`"),
        ({"replicates": 1.5}, "`replicates` must be a whole number"),
        ({"confidence": 1}, "`confidence`"),
        ({"rng": "seed"}, "`rng` must be"),
        ({"make": lambda x: None}, "for all values; found NoneType"),
        ({"ranges": {"difference": (0, 1)}}, r"called as columns of the points: \['difference'\]"),
        ({"make": lambda x: Specification(Plus(x), weights)}, "must have one effect"),
        ({"make": lambda x: Specification(Plus(x), weights, node="c")}, "must have one effect"),
        ({"make": lambda x: Specification(Plus(x), weight, node="a")}, "must have one effect"),
        (
            {"make": lambda x: Specification(Plus(x), lambda _: math.nan if x > 0.5 else 1.0)},
            r"it is not at \d+ of 12 points, e.g. \{'x': 0\.",
        ),
    ],
)
def test_what_cannot_be_split_is_refused(pair, options, words) -> None:
    given = {
        "make": lambda x: Specification(Plus(x), weight), "ranges": {"x": (0, 1)}, "samples": 4
    } | options  # fmt: skip
    with pytest.raises(InputError, match=words):
        run(pair, given.pop("make"), given.pop("ranges"), **given)


def test_the_first_wrong_specification_ends_the_calls(pair) -> None:
    asked = []

    def make(x):
        asked.append(x)
        return weight

    with pytest.raises(InputError, match="`make` must give a Specification for all values; found"):
        run(pair, make, {"x": (0, 1)})
    assert len(asked) == 1


def test_salib_is_asked_for_by_a_command(pair, monkeypatch) -> None:
    monkeypatch.setitem(sys.modules, "SALib", None)
    monkeypatch.setitem(sys.modules, "SALib.sample.sobol", None)
    with pytest.raises(ImportError, match=r"pip install 'netinnov\[sensitivity\]'"):
        run(pair, additive, {"x": (0, 1), "y": (0, 1)}, samples=4)
