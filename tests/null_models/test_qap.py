"""QAP and MRQAP: least squares, all permutations by brute force, and a level that holds."""

from functools import partial
from itertools import permutations
from typing import Any

import numpy as np
import pandas as pd
import pytest
from scipy import stats

import netinnov as ni
from netinnov.errors import InputError
from netinnov.null_models import _qap, mrqap, qap_correlation
from strategies import bare


def of_size(n: int, directed: bool = False) -> ni.MultilayerNetwork:
    nodes = [f"{i:03}" for i in range(n)]
    rows = [(nodes[i], nodes[(i + 1) % n]) for i in range(n)]
    return ni.build_network(*bare({"ring": rows}, nodes, directed=["ring"] if directed else []))


def noise(n: int, rng: np.random.Generator, symmetric: bool = True) -> np.ndarray:
    matrix = rng.normal(size=(n, n))
    return matrix + matrix.T if symmetric else matrix


def t_of_last(y: np.ndarray, columns: list[np.ndarray]) -> tuple[np.ndarray, float]:
    """Coefficients and t of the last column, from the textbook, with an intercept in front."""
    x = np.column_stack([np.ones(len(y)), *columns])
    coefficients, *_ = np.linalg.lstsq(x, y, rcond=None)
    rest = y - x @ coefficients
    covariance = rest @ rest / (len(y) - x.shape[1]) * np.linalg.inv(x.T @ x)
    return coefficients, coefficients[-1] / covariance[-1, -1] ** 0.5


@pytest.mark.parametrize("symmetric", [True, False])
def test_coefficients_are_those_of_least_squares(symmetric: bool) -> None:
    rng = np.random.default_rng(1)
    n = 9
    a, b, y = (noise(n, rng, symmetric) for _ in range(3))
    pairs = np.triu_indices(n, 1) if symmetric else np.nonzero(~np.eye(n, dtype=bool))
    found = mrqap(of_size(n), outcome=y, predictors={"a": a, "b": b}, permutations=1, rng=1)
    coefficients, t = t_of_last(y[pairs], [a[pairs], b[pairs]])
    np.testing.assert_allclose(found.coefficients, coefficients, rtol=1e-10)
    assert found.t["b"] == pytest.approx(t, rel=1e-10)
    fitted = np.column_stack([np.ones(len(pairs[0])), a[pairs], b[pairs]]) @ coefficients
    assert found.r_squared == pytest.approx(np.corrcoef(fitted, y[pairs])[0, 1] ** 2)
    assert found.n_pairs == len(pairs[0])
    assert list(found.coefficients.index) == ["intercept", "a", "b"]
    assert np.isnan(found.p["intercept"])
    assert list(found.to_frame().columns) == ["coefficient", "t", "p"]


@pytest.mark.parametrize("missing", [False, True])
@pytest.mark.parametrize("symmetric", [True, False])
def test_all_permutations_by_brute_force(
    symmetric: bool, missing: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    # Five nodes, 120 permutations, each of them once in place of random ones. The residual of
    # the predictor on the others is permuted, missing pairs with it, and the model fitted again.
    n = 5
    orders = [np.array(order) for order in permutations(range(n))]
    monkeypatch.setattr(_qap, "_orders_of", lambda *_: orders)
    rng = np.random.default_rng(4)
    a, b, y = (noise(n, rng, symmetric) for _ in range(3))
    if missing:
        y[0, 1] = y[1, 0] = np.nan
    used = np.triu(np.ones((n, n), bool), 1) if symmetric else ~np.eye(n, dtype=bool)
    used &= ~np.isnan(y)
    other = np.column_stack([np.ones(used.sum()), a[used]])
    left = np.full((n, n), np.nan)
    left[used] = b[used] - other @ np.linalg.lstsq(other, b[used], rcond=None)[0]
    left = np.where(np.isnan(left), left.T, left) if symmetric else left
    expected = []
    for order in orders:
        moved = left[np.ix_(order, order)][used]
        there = ~np.isnan(moved)
        expected.append(t_of_last(y[used][there], [a[used][there], moved[there]])[1])
    found = mrqap(
        of_size(n), outcome=y, predictors={"a": a, "b": b}, permutations=len(orders), rng=1
    )
    np.testing.assert_allclose(found.draws["b"], expected, rtol=1e-8)
    t = found.t["b"]
    high = (np.array(expected) >= t - 1e-9).sum()
    low = (np.array(expected) <= t + 1e-9).sum()
    assert found.p["b"] == pytest.approx(min(1, 2 * (min(low, high) + 1) / 121))


def test_correlation_of_all_permutations_by_brute_force(monkeypatch: pytest.MonkeyPatch) -> None:
    n = 5
    orders = [np.array(order) for order in permutations(range(n))]
    monkeypatch.setattr(_qap, "_orders_of", lambda *_: orders)
    rng = np.random.default_rng(5)
    a, b = noise(n, rng), noise(n, rng)
    pairs = np.triu_indices(n, 1)
    expected = [np.corrcoef(a[np.ix_(o, o)][pairs], b[pairs])[0, 1] for o in orders]
    found = qap_correlation(of_size(n), x=a, y=b, permutations=120)
    np.testing.assert_allclose(found.draws, expected, rtol=1e-10)
    assert found.correlation == pytest.approx(stats.pearsonr(a[pairs], b[pairs]).statistic)
    assert (found.low, found.high) == pytest.approx(tuple(np.quantile(expected, [0.025, 0.975])))
    assert found.to_frame().shape == (1, 5)


def test_layers_are_matrices_of_weights() -> None:
    layers = {"x": [("a", "b", 2.0), ("b", "c", 1.0)], "y": [("a", "b"), ("a", "c"), ("c", "c")]}
    network = ni.build_network(*bare(layers, "abc"))
    # Pairs ab, ac, bc: x 2, 0, 1; y 1, 1, 0. Covariance 0 of (1, -1, 0) and (1, 1, -2) / 3.
    assert qap_correlation(network, x="x", y="y", rng=1).correlation == pytest.approx(0, abs=1e-15)
    found = mrqap(network, outcome="x", predictors=["y"], permutations=5, rng=1)
    assert found.coefficients.tolist() == pytest.approx([1, 0], abs=1e-12)


@pytest.mark.parametrize(("directed", "n_pairs"), [(True, 30), (False, 15)])
def test_a_directed_layer_uses_all_ordered_pairs(directed: bool, n_pairs: int) -> None:
    frame = pd.DataFrame(np.eye(6)[::-1], *[of_size(6).nodes.index] * 2)
    # Labels of a frame count, and not its order.
    found = [qap_correlation(of_size(6, directed), x="ring", y=y, permutations=1, rng=1)
             for y in (frame, frame.iloc[[3, 1, 0, 2, 5, 4], ::-1])]  # fmt: skip
    assert [each.n_pairs for each in found] == [n_pairs] * 2
    assert found[0].correlation == found[1].correlation


def test_the_diagonal_and_missing_pairs_never_count() -> None:
    rng = np.random.default_rng(1)
    a, y = noise(7, rng), noise(7, rng)
    odd = y.copy()
    np.fill_diagonal(odd, np.inf)
    options: dict[str, Any] = {"predictors": {"a": a}, "permutations": 20, "rng": 1}
    plain, same = (mrqap(of_size(7), outcome=m, **options) for m in (y, odd))
    pd.testing.assert_frame_equal(plain.to_frame(), same.to_frame())
    y[2, 3] = y[3, 2] = np.nan
    assert mrqap(of_size(7), outcome=y, **options).n_pairs == 20


def test_the_same_rng_gives_the_same_answer_in_any_number_of_threads() -> None:
    rng = np.random.default_rng(1)
    a, y = noise(12, rng), noise(12, rng)
    options: dict[str, Any] = {"permutations": 50, "rng": 3}
    for call in (
        partial(mrqap, outcome=y, predictors={"a": a}),
        partial(qap_correlation, x=a, y=y),
    ):
        one, several = (call(of_size(12), executor=n, **options).draws for n in (1, 3))
        np.testing.assert_array_equal(one, several)


def test_what_follows_from_the_others_has_no_coefficient() -> None:
    rng = np.random.default_rng(1)
    a, b, y = (noise(8, rng) for _ in range(3))
    for predictors in ({"a": a, "b": b, "c": a + 2 * b}, {"one": np.ones((8, 8))}):
        found = mrqap(of_size(8), outcome=y, predictors=predictors, permutations=3, rng=1)
        assert found.to_frame().isna().all(axis=None)
        assert np.isnan(found.r_squared)
    exact = mrqap(of_size(8), outcome=1 + 2 * a, predictors={"a": a}, permutations=9, rng=1)
    assert exact.coefficients.tolist() == pytest.approx([1, 2])
    assert np.isnan(exact.t["a"])
    constant = qap_correlation(of_size(8), x=a, y=np.ones((8, 8)), permutations=9, rng=1)
    assert np.isnan([constant.correlation, constant.p, constant.low]).all()


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"outcome": "rings"}, "did you mean 'ring'"),
        ({"outcome": np.zeros((3, 3))}, "must be 6 x 6"),
        ({"outcome": np.full((6, 6), -np.inf)}, "infinite values: 30 found.*put NaN"),
        ({"outcome": pd.DataFrame(np.zeros((6, 6)))}, "missing: \\['000'"),
        ({"outcome": [["a"] * 6] * 6}, "square matrix of numbers"),
        ({"predictors": {}}, "at least one matrix"),
        ({"predictors": {"intercept": "ring"}}, "none 'intercept'"),
        ({"predictors": "ring"}, "write \\['ring'\\]"),
    ],
)
def test_impossible_input_is_refused(options: dict[str, Any], words: str) -> None:
    given = {"outcome": "ring", "predictors": ["ring"], **options}
    with pytest.raises(InputError, match=words):
        mrqap(of_size(6), **given)


@pytest.mark.slow
def test_the_level_holds_where_predictors_go_together() -> None:
    # Outcome and predictors share effects of nodes (so pairs are not independent), and a and b
    # correlate by 0.7; b has no effect. p is to be uniform: 300 draws, Kolmogorov and Smirnov.
    rng = np.random.default_rng(11)
    n, p = 14, []
    network = of_size(n)
    for _ in range(300):
        node = rng.normal(size=(3, n))
        a = noise(n, rng) + np.add.outer(node[0], node[0])
        b = a + noise(n, rng) + np.add.outer(node[1], node[1])
        y = 0.5 * a + noise(n, rng) + np.add.outer(node[2], node[2])
        fit = mrqap(network, outcome=y, predictors={"a": a, "b": b}, permutations=199, rng=rng,
                    executor=1)  # fmt: skip
        p.append(fit.p["b"])
    assert stats.kstest(p, "uniform").pvalue > 0.001
    assert 0.02 <= np.mean(np.array(p) <= 0.05) <= 0.09
