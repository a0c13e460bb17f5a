"""Centrality against what size predicts: by hand, and refits without each place."""

from typing import Any

import numpy as np
import pandas as pd
import pytest

import netinnov as ni
from netinnov.errors import InputError
from netinnov.polycentricity import borrowed_size
from strategies import bare


def of(sizes: list[float]) -> ni.MultilayerNetwork:
    nodes = [chr(97 + i) for i in range(len(sizes))]
    places = pd.DataFrame({"place": [f"P{i}" for i in nodes], "population": sizes})
    tables = bare({"l": [("a", "b")]}, nodes, places=places, place=list(places["place"]))
    return ni.build_network(*tables)


def over(network: ni.MultilayerNetwork, values: list[float]) -> pd.Series:
    return pd.Series(values, network.nodes.index)


def test_a_power_law_has_no_residuals() -> None:
    network = of([1, 4, 9, 16])
    found = borrowed_size(network, values=over(network, [3, 6, 9, 12]))  # 3 x size ** 0.5
    assert found.elasticity == pytest.approx(0.5)
    assert np.exp(found.intercept) == pytest.approx(3)
    assert found.r_squared == pytest.approx(1)
    np.testing.assert_allclose(found.table["residual"], 0, atol=1e-12)
    np.testing.assert_allclose(found.table["expected"], [3, 6, 9, 12])


def test_residuals_by_hand() -> None:
    # In powers of e: size 0, 1, 2; value 0, 3, 0. The line is flat at 1: residuals -1, 2, -1.
    network = of(list(np.exp([0.0, 1.0, 2.0])))
    found = borrowed_size(network, values=over(network, list(np.exp([0.0, 3.0, 0.0]))))
    assert found.elasticity == pytest.approx(0, abs=1e-12)
    assert found.intercept == pytest.approx(1)
    np.testing.assert_allclose(found.table["residual"], [-1, 2, -1], rtol=1e-12)
    # Error variance 6 / 1, squares of size 2: sqrt 3.
    assert found.standard_error == pytest.approx(3**0.5)
    assert found.table["studentized"].isna().all()  # no degree of freedom is left


def test_studentized_residuals_are_those_of_a_line_without_the_place() -> None:
    rng = np.random.default_rng(2)
    x, y = rng.normal(size=8), rng.normal(size=8)
    network = of(list(np.exp(x)))
    found = borrowed_size(network, values=over(network, list(np.exp(y)))).table["studentized"]
    for i in range(8):
        # A dummy for the place is the same as leaving it out: its t is the studentized residual.
        columns = np.column_stack([np.ones(8), x, np.arange(8) == i])
        coefficients, *_ = np.linalg.lstsq(columns, y, rcond=None)
        rest = y - columns @ coefficients
        error = (rest @ rest / 5 * np.linalg.inv(columns.T @ columns)[2, 2]) ** 0.5
        assert found.iloc[i] == pytest.approx(coefficients[2] / error)


def test_places_without_a_logarithm_are_left_out() -> None:
    network = of([1, 4, 9, 0, 16])
    values = over(network, [3, 6, 9, 5, 0])
    found = borrowed_size(network, values=values)
    assert found.n == 3
    assert found.elasticity == pytest.approx(0.5)
    assert found.table["residual"].isna().tolist() == [False, False, False, True, True]
    assert found.table["expected"].iloc[4] == pytest.approx(12)
    assert np.isnan(found.table["expected"].iloc[3])
    missing = borrowed_size(network, values=values.where(values.index != "a"))
    assert missing.n == 2
    assert np.isnan(missing.standard_error)


@pytest.mark.parametrize("sizes", [[2.0, 2.0, 2.0], [1.0, 0.0, 0.0]])
def test_equal_sizes_or_one_place_predict_nothing(sizes: list[float]) -> None:
    network = of(sizes)
    found = borrowed_size(network, values=over(network, [1, 2, 3]))
    assert np.isnan([found.elasticity, found.intercept, found.standard_error]).all()
    assert found.table[["expected", "residual", "studentized"]].isna().all(axis=None)


def test_size_may_be_a_column_of_nodes_or_a_series() -> None:
    network = of([1, 4, 9, 16])
    sizes = pd.Series([2.0, 3, 5, 9], network.nodes.index)
    with_staff = ni.build_network(network.nodes.assign(staff=sizes), network.links)
    values = over(network, [1, 5, 2, 8])
    one = borrowed_size(with_staff, values=values, size="staff")
    other = borrowed_size(network, values=values.iloc[::-1], size=sizes.iloc[::-1])
    pd.testing.assert_frame_equal(one.to_frame(), other.to_frame())
    frame = one.to_frame()
    frame.iloc[:] = 0
    assert (one.table["value"] == [1, 5, 2, 8]).all()


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"size": "populaton"}, "did you mean 'population'"),
        ({"values": pd.Series([1.0], ["a"])}, r"missing: \['b'\]"),
        ({"values": pd.Series([1.0, -1.0], ["a", "b"])}, "not so at 'b'"),
        ({"values": pd.Series(["x", "y"], ["a", "b"])}, "finite numbers of 0 or more"),
    ],
)
def test_impossible_input_is_refused(options: dict[str, Any], words: str) -> None:
    network = of([1, 2])
    given = {"values": over(network, [1, 2]), **options}
    with pytest.raises(InputError, match=words):
        borrowed_size(network, **given)


def test_sizes_of_places_need_nodes_with_places():
    nodes = pd.DataFrame(index=["a", "b"])
    network = ni.build_network(nodes, pd.DataFrame({"source": ["a"], "target": ["b"]}))
    with pytest.raises(InputError, match=r"no node has a place; give the nodes a column `place`"):
        borrowed_size(network, values=pd.Series(1.0, ["a", "b"]), size="population")
