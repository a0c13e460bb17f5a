"""Doses and specifications: what was put in is found, signs are counted."""

import math
from functools import partial

import numpy as np
import pandas as pd
import pytest

import netinnov as ni
from netinnov.connectivity import global_efficiency
from netinnov.errors import InputError
from netinnov.experiments import (
    Specification,
    compare_scenarios,
    dose_response,
    specification_curve,
    specification_summary,
)
from netinnov.scenarios import ReverseEnclave
from planted import Plus, weight, weights


@pytest.fixture(scope="module")
def pair() -> ni.MultilayerNetwork:
    nodes = pd.DataFrame({"place": ["a", "b"]}, index=["a", "b"])
    links = pd.DataFrame({"source": ["a"], "target": ["b"], "weight": [100.0]})
    return ni.build_network(nodes, links)


def saturating(dose: float, sd: float = 0.0) -> Plus:
    return Plus(2 * min(dose, 4.5) + 1, sd)


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
    pd.testing.assert_frame_equal(table.drop(columns="dose"), plain)


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


@pytest.mark.slow
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


@pytest.mark.slow
def test_all_combinations_are_tried_and_sorted(pair) -> None:
    curve = specification_curve(pair, specifications=CHOICES, make=specified, replicates=3,
                                rng=1, progress=False)  # fmt: skip
    assert len(curve) == 2 * 4 * 2 - 4
    assert curve.columns[:4].tolist() == ["size", "measure", "scale", "baseline"]
    assert curve["median"].is_monotonic_increasing
    row = curve[(curve["size"] == 3) & (curve["measure"] == "weight")].iloc[0]
    plain = compare_scenarios(
        pair, scenarios={"effect": Plus(3, 0.1)}, measures={"effect": weight}, replicates=3,
        rng=np.random.SeedSequence(1).spawn(1)[0], progress=False,
    ).effects(full=True)  # fmt: skip
    assert row["median"] == plain["median"][0]
    summary = specification_summary(curve)
    # Positive for weight and its logarithm, negative for the two others: 3 each.
    assert summary["specifications"] == 12
    assert summary["same_sign"] == pytest.approx(1 / 2)
    assert summary["median"] == pytest.approx(curve["median"].median())
    for executor in (1, 3):
        again = specification_curve(pair, specifications=CHOICES, make=specified, replicates=3,
                                    rng=1, progress=False, executor=executor)  # fmt: skip
        pd.testing.assert_frame_equal(again, curve)


@pytest.mark.slow
def test_specifications_may_have_checkpoints(pair, tmp_path) -> None:
    def make(effect):
        return Specification(Plus(effect, 0.1), weight)

    options = {"specifications": {"effect": [0, 5]}, "make": make, "replicates": 9,
               "progress": False, "rng": 1}  # fmt: skip
    curve = specification_curve(pair, checkpoint=tmp_path, **options).set_index("effect")
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
        ({"replicates": 2.5}, "`replicates` must be a whole number"),
        ({"replicates": 0}, "`replicates` must be a whole number"),
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


def test_no_choice_is_called_as_a_column_of_the_effects(pair) -> None:
    effects = respond(pair, saturating).result.effects(full=True)
    for name in effects.columns[3:]:
        with pytest.raises(InputError, match=rf"must not have names of columns .*\['{name}'\]"):
            specification_curve(pair, specifications={name: [1]}, make=pytest.fail)


@pytest.mark.slow
def test_alternatives_have_names() -> None:
    city = ni.datasets.make_city_system(n_cities=10, rng=1)
    home, host = city.places.index[[-1, 0]]

    def make(measure, scale):
        return Specification(ReverseEnclave(home, host, 2, 0.5), measure, network=scale)

    choices = {
        "measure": [global_efficiency, partial(global_efficiency, distance="inverse")],
        "scale": {"firms": None, "places": partial(ni.aggregate, by="place", drop_internal=True)},
    }
    curve = specification_curve(city, specifications=choices, make=make, replicates=2, rng=1,
                                progress=False)  # fmt: skip
    described = "partial(global_efficiency, distance='inverse')"  # it has no name
    assert set(curve["measure"]) == {"global_efficiency", described}
    assert set(curve["scale"]) == {"firms", "places"}
