"""Doses, specifications and power: bends that were put in are found, signs are counted."""

from __future__ import annotations

import math
from functools import partial

import numpy as np
import pandas as pd
import pytest

import netinnov as ni
from netinnov.connectivity import Frictions, global_efficiency
from netinnov.errors import InputError
from netinnov.experiments import (
    Specification,
    compare_scenarios,
    dose_response,
    specification_curve,
    specification_summary,
)
from netinnov.scenarios import MatchedPlacebo, NoChange, ReverseEnclave
from planted import Plus, weight, weights

# Measures of their own that grow with the weight that scenarios add: see test_no_test.py.
pytestmark = pytest.mark.filterwarnings("ignore:.*name it in `monotone`")


@pytest.fixture(scope="module")
def pair() -> ni.MultilayerNetwork:
    nodes = pd.DataFrame({"place": ["a", "b"]}, index=["a", "b"])
    links = pd.DataFrame({"source": ["a"], "target": ["b"], "weight": [100.0]})
    return ni.build_network(nodes, links)


def saturating(dose: float, sd: float = 0.0) -> Plus:
    return Plus(2 * min(dose, 4.5) + 1, sd)


def starting(dose: float, sd: float = 0.0) -> Plus:
    return Plus(3 + 1.5 * max(dose - 6, 0), sd)


def respond(network, make, **options):
    options = {
        "doses": range(1, 11), "measures": {"w": weight}, "replicates": 8, "rng": 1,
        "executor": 1, "progress": False,
    } | options  # fmt: skip
    return dose_response(network, make=make, **options)


def test_the_table_has_the_effects_by_dose(pair) -> None:
    found = respond(pair, saturating, doses=[3, 1, 6], measures={"w": weight, "s": weights})
    table = found.to_frame()
    assert table.columns[:4].tolist() == ["dose", "scenario", "measure", "node"]
    assert table.loc[table["measure"] == "w", "dose"].tolist() == [3, 1, 6]
    assert table.loc[table["measure"] == "w", "difference"].tolist() == pytest.approx([7, 3, 10])
    plain = compare_scenarios(
        pair, scenarios={"3": saturating(3), "1": saturating(1), "6": saturating(6)},
        measures={"w": weight, "s": weights}, replicates=8, rng=1, progress=False,
    ).effects(full=True)  # fmt: skip
    pd.testing.assert_frame_equal(table.drop(columns=["dose", "monotone"]), plain)


def test_the_monotone_curve_pools_what_falls_back(pair) -> None:
    # 1, 4, 2, 6: the neighbours 4 and 2 are pooled to 3. Turned round it falls.
    up = {1: 1.0, 2: 4.0, 3: 2.0, 4: 6.0}
    table = respond(pair, lambda dose: Plus(up[dose]), doses=[4, 1, 3, 2],
                    measures={"s": weights}).to_frame()  # fmt: skip
    by = table.set_index(["node", "dose"])["monotone"]
    assert [by["a", dose] for dose in up] == pytest.approx([1, 3, 3, 6])
    assert [by["b", dose] for dose in up] == pytest.approx([-1, -3, -3, -6])


def test_a_planted_saturation_is_found(pair) -> None:
    fit = respond(pair, saturating).fit("w", rng=1)
    assert fit[["break", "break_low", "break_high"]].tolist() == pytest.approx([4.5] * 3)
    assert fit["slope"] == pytest.approx(2)
    assert fit["plateau"] == pytest.approx(10)
    assert fit["gain"] == pytest.approx(1)
    assert fit["at_edge"] == 0


def test_a_planted_threshold_is_found_and_a_fall_as_well(pair) -> None:
    found = respond(pair, starting, measures={"s": weights})
    for node, sign in (("a", 1), ("b", -1)):
        fit = found.fit("s", node=node, shape="threshold", rng=1)
        assert fit["break"] == pytest.approx(6)
        assert fit["slope"] == pytest.approx(1.5 * sign)
        assert fit["plateau"] == pytest.approx(3 * sign)


def test_a_straight_line_bends_at_the_edge_only(pair) -> None:
    fit = respond(pair, Plus).fit("w", rng=1)
    assert fit["break"] == 10
    assert fit["gain"] == pytest.approx(0, abs=1e-9)
    assert fit["at_edge"] == 1
    level = respond(pair, lambda _: Plus(3)).fit("w", rng=1)
    assert level["slope"] == pytest.approx(0, abs=1e-9)
    assert level["plateau"] == pytest.approx(3)
    assert level["gain"] == 0


def test_the_interval_is_wider_with_noise_and_repeats(pair) -> None:
    # The doses have noise of their own, not common: the number of the dose is in the stream.
    def noisy(sd):
        def make(dose):
            def change(network, rng):
                return saturating(dose, sd)(network, rng.spawn(int(dose))[-1])

            return change

        return make

    little, much = (respond(pair, noisy(sd)).fit("w", rng=2) for sd in (0.2, 2.0))
    widths = [fit["break_high"] - fit["break_low"] for fit in (little, much)]
    assert 0 < widths[0] < widths[1]
    assert little["break_low"] <= 4.5 <= little["break_high"]
    pd.testing.assert_series_equal(respond(pair, noisy(2.0)).fit("w", rng=2), much)


def test_undefined_replicates_and_doses_are_left_out(pair) -> None:
    def sometimes(network):
        value = weight(network)
        return math.nan if value > 109.5 or int(value * 1000) % 5 == 1 else value

    found = respond(pair, partial(saturating, sd=0.05), measures={"w": sometimes},
                    doses=[*range(1, 5), 4.2])  # fmt: skip
    fit = found.fit("w", shape="threshold", rng=1, resamples=50)
    # No replicate has a value at all doses; each dose has enough of them for a test.
    assert np.isfinite(fit.drop("support").to_numpy()).all()
    assert math.isnan(fit["support"])  # to compare shapes needs six
    with pytest.raises(InputError, match=r"needs four doses.*there are 3"):
        respond(pair, saturating, doses=[1, 2, 3]).fit("w")
    never = respond(pair, saturating, measures={"w": lambda _: math.nan})
    assert never.to_frame()["monotone"].isna().all()
    with pytest.raises(InputError, match=r"needs four doses.*there are 0"):
        never.fit("w")


def test_a_dose_of_nothing_is_one_value(pair) -> None:
    found = respond(
        pair, lambda dose: saturating(dose, 0.3) if dose else NoChange(), doses=range(9)
    )
    assert (found.result.replicates["scenario"] == "0").sum() == 1
    fit = found.fit("w", rng=1, resamples=50)
    assert np.isfinite(fit.to_numpy()).all()


def curved(dose: float, sd: float = 0.0) -> Plus:
    return Plus(2 + 12 * dose / (3 + dose), sd)


def decaying(dose: float, sd: float = 0.0) -> Plus:
    return Plus(1 + 8 * (1 - 2 ** (-dose / 2)), sd)


def peaked(dose: float, sd: float = 0.0) -> Plus:
    return Plus(10 - 0.3 * (dose - 5.5) ** 2, sd)


def dipped(dose: float, sd: float = 0.0) -> Plus:
    return Plus(0.3 * (dose - 7) ** 2 - 4, sd)


@pytest.mark.parametrize(
    ("make", "shape", "bend", "slope", "plateau"),
    [
        (saturating, "saturation", 4.5, 2, 10),
        (starting, "threshold", 6, 1.5, 3),
        (curved, "michaelis_menten", 3, 4, 14),
        (decaying, "exponential", 2, 8 * math.log(2) / 2, 9),
        # The slope of a parabola is that at the lowest dose, 1.
        (peaked, "peak", 5.5, 0.6 * 4.5, 10),
        (dipped, "peak", 7, -0.6 * 6, -4),
    ],
)
def test_the_shape_that_was_planted_is_chosen(pair, make, shape, bend, slope, plateau) -> None:
    found = respond(pair, partial(make, sd=0.01), doses=range(1, 13), replicates=8)
    shapes = found.shapes("w")
    assert shapes.index[0] == shape
    assert shapes["weight"].iloc[0] > 0.9
    assert shapes["weight"].sum() == pytest.approx(1)
    fit = found.fit("w", shape="best", rng=1, resamples=200)
    assert fit.name == shape
    assert fit["support"] > 0.9
    assert fit["break"] == pytest.approx(bend, rel=0.005)
    assert fit["slope"] == pytest.approx(slope, rel=0.005)
    assert fit["plateau"] == pytest.approx(plateau, rel=0.005)
    assert fit["break_low"] <= fit["break"] <= fit["break_high"]
    named = found.fit("w", shape=shape, rng=1, resamples=200)
    pd.testing.assert_series_equal(named, fit)


def test_criterion_by_hand(pair) -> None:
    # 1, 2, 3, 3, 2, 1 is level with the error 4 (slope 0); AICc = 6 ln(4/6) + 6 + 24/2.
    up = dict(zip(range(1, 7), [1.0, 2, 3, 3, 2, 1], strict=True))
    table = respond(pair, lambda dose: Plus(up[dose]), doses=range(1, 7)).shapes("w")
    assert table.loc["line"].tolist()[:2] == pytest.approx([4, 6 * math.log(4 / 6) + 18])
    # The bent line by an independent loop over its break.
    dose, value = np.arange(1.0, 7), np.array(list(up.values()))
    left = [np.linalg.lstsq(np.column_stack([np.ones(6), np.minimum(dose, at)]), value)[1]
            for at in np.linspace(1.01, 6, 500)]  # fmt: skip
    best = min(float(each[0]) for each in left)
    assert table.loc["saturation", "error"] == pytest.approx(best, rel=1e-3)
    k = 4
    expected = 6 * math.log(table.loc["saturation", "error"] / 6) + 2 * k + 2 * k * (k + 1)
    assert table.loc["saturation", "aicc"] == pytest.approx(expected)


def test_a_straight_line_has_no_break(pair) -> None:
    found = respond(pair, partial(Plus, sd=0.1))
    fit = found.fit("w", shape="best", rng=1, resamples=50)
    assert fit.name == "line"
    assert fit["slope"] == pytest.approx(1, abs=0.02)
    assert fit[["break", "break_low", "plateau", "at_edge"]].isna().all()
    with pytest.raises(InputError, match=r"to compare shapes needs six doses.*there are 5"):
        respond(pair, Plus, doses=range(5)).fit("w", shape="best")


def test_curves_begin_at_dose_zero(pair) -> None:
    found = respond(pair, Plus, doses=range(-2, 6))
    assert set(found.shapes("w").index) == {"line", "saturation", "threshold", "peak"}
    with pytest.raises(InputError, match=r"'exponential' begins at dose 0; the lowest is -2"):
        found.fit("w", shape="exponential")


def test_each_dose_has_its_placebo_band(pair) -> None:
    found = respond(
        pair, lambda dose: Plus(2 * dose, 0.1), doses=[1, 5],
        placebo=lambda dose: Plus(dose, 0.1), replicates=19,
    )  # fmt: skip
    table = found.to_frame().set_index("dose")
    assert table["placebo_median"].tolist() == pytest.approx([1, 5], abs=0.1)
    assert table["placebo_p"].tolist() == pytest.approx([2 / 20] * 2)
    with pytest.raises(InputError, match="`placebo` must be a function from a dose"):
        respond(pair, Plus, placebo="elsewhere")
    with pytest.raises(InputError, match="`placebo` must be a function from a dose"):
        respond(pair, Plus, placebo=3)


def times(network, factor) -> float:
    return weight(network) * factor


def test_the_dose_can_be_a_part_of_the_measure(pair, tmp_path) -> None:
    # Adding 2 is worth 2 f: each dose is compared with 100 f, and not with another one.
    options = {
        "doses": [1, 2, 3, 4], "measures": lambda dose: {"w": partial(times, factor=dose)},
        "placebo": lambda _: Plus(1, 0.1), "replicates": 9,
    }  # fmt: skip
    found = respond(pair, lambda _: Plus(2), **options)
    table = found.to_frame()
    assert table["difference"].tolist() == pytest.approx([2, 4, 6, 8])
    assert table["baseline"].tolist() == [100, 200, 300, 400]
    assert table["placebo_p"].tolist() == pytest.approx([2 / 10] * 4)
    assert table["corrected_p"].tolist() == pytest.approx([8 / 10] * 4)
    assert found.fit("w", shape="line", rng=1, resamples=9)["slope"] == pytest.approx(2)
    again = respond(pair, lambda _: Plus(2), checkpoint=tmp_path, **options)
    pd.testing.assert_frame_equal(again.to_frame(), table)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["1", "2", "3", "4"]
    with pytest.raises(InputError, match="`rng` must be given"):
        respond(pair, lambda _: Plus(2), checkpoint=tmp_path, **(options | {"rng": None}))
    # Before anything is measured.
    other = options | {"measures": lambda dose: {f"w{dose}": pytest.fail}}
    with pytest.raises(InputError, match="same names for all doses"):
        respond(pair, lambda _: Plus(2), **other)


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"doses": [1]}, "two or more different numbers"),
        ({"doses": [1, 1.0]}, "two or more different numbers"),
        ({"doses": [1, 1 + 1e-14]}, "first 12 digits"),
        ({"doses": ["a", "b"]}, "`doses` must be a finite number"),
        ({"make": 3}, "`make` must be a function"),
    ],
)
def test_wrong_doses_are_refused(pair, options, words) -> None:
    options = {"make": saturating} | options
    with pytest.raises(InputError, match=words):
        respond(pair, **options)


def test_fit_knows_its_measures(pair) -> None:
    found = respond(pair, saturating, measures={"s": weights})
    for measure, node, words in (
        ("w", None, r"measures are \['s'\]"),
        ("s", None, r"must be one of '\w+', .*; found None"),
        ("s", "z", "found 'z'"),
    ):
        with pytest.raises(InputError, match=words):
            found.fit(measure, node=node)
    with pytest.raises(InputError, match="`shape`"):
        found.fit("s", node="a", shape="curve")  # type: ignore[arg-type]


def test_doses_have_checkpoints(pair, tmp_path) -> None:
    first = respond(pair, saturating, checkpoint=tmp_path)
    again = respond(pair, saturating, checkpoint=tmp_path, rng=None)
    pd.testing.assert_frame_equal(again.to_frame(), first.to_frame())


# Specifications.


def doubled(network):
    return network.replace_links(network.links.assign(weight=network.links["weight"] * 2))


def negative(network) -> float:
    return -weight(network)


def logarithm(network) -> float:
    return math.log(weight(network))


def specified(size, measure, scale):
    if scale is doubled and size == 3:
        return None
    node = "b" if measure is weights else None
    return Specification(Plus(size, 0.1), measure, network=scale, node=node)


CHOICES = {
    "size": [1, 3],
    "measure": [weight, negative, weights, logarithm],
    "scale": [None, doubled],
}


def test_all_combinations_are_tried_and_sorted(pair) -> None:
    curve = specification_curve(pair, specifications=CHOICES, make=specified, replicates=5,
                                rng=1, progress=False)  # fmt: skip
    assert len(curve) == 2 * 4 * 2 - 4
    assert curve.columns[:4].tolist() == ["size", "measure", "scale", "baseline"]
    assert curve["median"].is_monotonic_increasing
    row = curve[(curve["size"] == 3) & (curve["measure"] == "weight")].iloc[0]
    plain = compare_scenarios(
        pair, scenarios={"effect": Plus(3, 0.1)}, measures={"effect": weight}, replicates=5,
        rng=np.random.SeedSequence(1).spawn(1)[0], progress=False,
    ).effects(full=True)  # fmt: skip
    assert row["median"] == plain["median"][0]
    summary = specification_summary(curve)
    # Positive for weight and its logarithm, negative for the two others: 3 each.
    assert summary["specifications"] == 12
    assert summary["same_sign"] == pytest.approx(1 / 2)
    assert summary["median"] == pytest.approx(curve["median"].median())
    for executor in (1, 3):
        again = specification_curve(pair, specifications=CHOICES, make=specified, replicates=5,
                                    rng=1, progress=False, executor=executor)  # fmt: skip
        pd.testing.assert_frame_equal(again, curve)


def test_specifications_may_have_placebos_and_checkpoints(pair, tmp_path) -> None:
    def make(effect):
        return Specification(Plus(effect, 0.1), weight, placebo=Plus(0, 1))

    options = {"specifications": {"effect": [0, 5]}, "make": make, "replicates": 39,
               "progress": False, "rng": 1}  # fmt: skip
    curve = specification_curve(pair, checkpoint=tmp_path, **options).set_index("effect")
    assert curve.loc[5, "placebo_p"] == pytest.approx(2 / 40)
    assert curve.loc[0, "placebo_p"] > 0.3
    assert sorted(path.name for path in tmp_path.iterdir()) == ["00000", "00001"]
    again = specification_curve(pair, checkpoint=tmp_path, **options).set_index("effect")
    pd.testing.assert_frame_equal(again, curve)
    with pytest.raises(InputError, match="`rng` must be given"):
        specification_curve(pair, checkpoint=tmp_path, **(options | {"rng": None}))


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"specifications": {}}, "`specifications` must be a mapping"),
        ({"specifications": {"size": []}}, r"`specifications\['size'\]` must hold one"),
        ({"specifications": {"size": "ab"}}, "found 'ab'; write a list or a mapping"),
        ({"make": lambda size: None}, "None for all"),
        ({"make": lambda size: 3}, r"found int for \{'size': 1\}"),
        ({"make": lambda size: Specification(Plus(1), weights)}, "one effect; found 0"),
        (
            {
                "specifications": {"median": [1]},
                "make": pytest.fail,
            },
            r"cannot be called .*\['median'\]",
        ),
        ({"replicates": 0}, "`replicates`"),
    ],
)
def test_wrong_specifications_are_refused(pair, options, words) -> None:
    options = {
        "specifications": {"size": [1]},
        "make": lambda size: Specification(Plus(size), weight),
        "progress": False,
    } | options
    with pytest.raises(InputError, match=words):
        specification_curve(pair, **options)


def test_all_six_choices_and_names_of_alternatives() -> None:
    city = ni.datasets.make_city_system(n_cities=10, rng=1)
    home, host = city.places.index[[-1, 0]]

    def make(measure, scale, funding, matching, attachment, border):
        park = ReverseEnclave(home, host, 2, 0.5, funding=funding, attachment=attachment)
        return Specification(
            park,
            partial(measure, frictions=Frictions(border=border)),
            network=scale,
            placebo=MatchedPlacebo(park, match=matching, nearest=3),
        )

    choices = {
        "measure": {"efficiency": global_efficiency, "by weight": partial(global_efficiency,
                                                                          distance="inverse")},
        "scale": {"firms": None, "places": partial(ni.aggregate, by="place", drop_internal=True)},
        "funding": ["reallocated", "new"],
        "matching": {"size": ["strength"], "near": ["distance"]},
        "attachment": [1],
        "border": [2],
    }  # fmt: skip
    curve = specification_curve(city, specifications=choices, make=make, replicates=2, rng=1,
                                progress=False)  # fmt: skip
    assert len(curve) == 16
    for name, alternatives in choices.items():
        assert set(curve[name]) == set(alternatives)
    # Each choice matters to something: the band of placebos to the matching only.
    by = curve.set_index(list(choices))["placebo_median"].unstack("matching")
    assert (by["size"] != by["near"]).any()
    summary = specification_summary(curve)
    assert summary["specifications"] == 16
    assert 0.5 <= summary["same_sign"] <= 1


def test_alternatives_without_a_name_are_described(pair) -> None:
    def make(measure):
        return Specification(Plus(1), measure)

    choices = {"measure": [partial(times, factor=2), partial(times, factor=3)]}
    curve = specification_curve(pair, specifications=choices, make=make, replicates=2, rng=1,
                                progress=False)  # fmt: skip
    assert curve["measure"].tolist() == ["partial(times, factor=2)", "partial(times, factor=3)"]


def test_fits_of_a_node_and_intervals_of_other_confidence(pair) -> None:
    # The second node has minus what the first has.
    found = respond(pair, partial(saturating, sd=0.5), measures={"s": weights})
    first, second = (found.fit("s", node=node, rng=1) for node in ("a", "b"))
    assert second["plateau"] == pytest.approx(-first["plateau"])
    shapes = [found.shapes("s", node=node) for node in ("a", "b")]
    pd.testing.assert_frame_equal(*shapes)
    half = found.fit("s", node="a", confidence=0.5, rng=1)
    assert half["plateau"] == first["plateau"]
    assert first["plateau_low"] < half["plateau_low"] < half["plateau"] < half["plateau_high"]
    assert half["plateau_high"] < first["plateau_high"]
