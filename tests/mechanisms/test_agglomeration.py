"""Agglomeration: by hand and by definition."""

from itertools import combinations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, strategies as st
from hypothesis.extra import numpy as arrays

from netinnov.errors import InputError
from netinnov.mechanisms.agglomeration import (
    ellison_glaeser,
    krugman_index,
    location_quotient,
    relatedness,
    relatedness_density,
)

JOBS = pd.DataFrame(
    {"solar": [8.0, 2.0, 0.0], "tea": [2.0, 8.0, 0.0], "none": 0.0}, index=["h", "q", "empty"]
)
tables = arrays.arrays(
    np.float64, st.tuples(st.integers(2, 6), st.integers(2, 6)), elements=st.floats(0.1, 50)
).map(pd.DataFrame)


def test_location_quotients_by_hand():
    # 8 of 10 jobs in h are solar, of all 10 of 20.
    found = location_quotient(JOBS)
    assert found.loc["h"].tolist()[:2] == [1.6, 0.4]
    assert found.loc["empty"].isna().all()
    assert found["none"].isna().all()


def test_krugman_by_hand():
    found = krugman_index(JOBS)
    assert found.round(12).tolist()[:2] == [0.6, 0.6]
    assert np.isnan(found["empty"])
    # Two regions that share nothing, of equal size: |1 - 1/2| + |0 - 1/2|.
    assert krugman_index(pd.DataFrame([[5, 0], [0, 5]])).tolist() == [1, 1]


@given(values=tables)
def test_krugman_vanishes_where_the_mix_is_the_same(values):
    same = pd.DataFrame(np.outer(values.sum(axis=1), values.sum(axis=0)))
    np.testing.assert_allclose(krugman_index(same), 0, atol=1e-12)
    np.testing.assert_allclose(location_quotient(same), 1)
    assert krugman_index(values).between(0, 2).all()


@pytest.mark.slow
def test_ellison_glaeser_is_zero_for_darts():
    # E[G] = (1 - X) H if plants land at random; the index of that G is 0.
    x = np.array([0.5, 0.3, 0.2])
    h = 0.2
    rng = np.random.default_rng(0)
    plants = rng.multinomial(1, x, size=(20_000, 5)).mean(axis=1)  # five equal plants: H = 0.2
    found = [ellison_glaeser(s, reference=x, herfindahl=h) for s in plants]
    # Standard error of the mean is about 0.002.
    assert np.mean(found) == pytest.approx(0, abs=0.008)


def test_ellison_glaeser_by_hand():
    # G = 0.18, X = 0.5: (0.18 - 0.05) / (0.5 * 0.9) = 0.28889.
    assert ellison_glaeser([0.8, 0.2], reference=[0.5, 0.5], herfindahl=0.1) == pytest.approx(
        0.13 / 0.45
    )
    assert np.isnan(ellison_glaeser([1.0, 0.0], reference=[1.0, 0.0], herfindahl=0.1))


def test_proximity_of_the_product_space_by_its_definition():
    """Regions special in both fields over the larger of those special in either."""
    rng = np.random.default_rng(1)
    values = pd.DataFrame(rng.integers(0, 9, (12, 6)), columns=list("uvwxyz"))
    values["z"] = 0
    found = relatedness(values=values, method="proximity")
    share = values.div(values.sum(axis=1), axis=0) / (values.sum() / values.sum().sum())
    has = {field: {row for row in values.index if share.loc[row, field] >= 1} for field in values}
    for a, b in combinations("uvwxy", 2):
        both = len(has[a] & has[b]) / max(len(has[a]), len(has[b]))
        assert found.loc[a, b] == found.loc[b, a] == pytest.approx(both)
    assert (np.diag(found)[:5] == 0).all()
    assert found["z"].isna().all()
    for options in ({"values": values}, {"cooccurrence": found, "method": "proximity"}, {}):
        with pytest.raises(InputError, match="'proximity' takes `values`"):
            relatedness(**options)


def test_relatedness_by_hand():
    fields = ["solar", "glass", "tea", "alone"]
    c = pd.DataFrame(
        [[9, 4, 1, 0], [4, 9, 1, 0], [1, 1, 9, 0], [0, 0, 0, 9]], fields, fields, dtype=float
    )
    # Row sums without the diagonal 5, 5, 2, 0; total 12.
    expected = {
        "association": 4 * 12 / 25,
        "cosine": 4 / 5,
        "jaccard": 4 / 6,
        "minimum": 4 / 5,
        # 5/12 * 5/7 twice, times 12 / 2.
        "probability": 4 / (6 * 2 * (5 / 12) * (5 / 7)),
    }
    for method, value in expected.items():
        found = relatedness(c, method=method)
        assert found.loc["solar", "glass"] == pytest.approx(value)
        pd.testing.assert_frame_equal(found, found.T)
        assert found.loc["alone"].isna().all()
        assert found.loc["tea", "tea"] == 0
    assert c.loc["solar", "solar"] == 9, "the argument is not changed"


def test_density_by_hand():
    fields = ["solar", "glass", "tea", "alone"]
    near = pd.DataFrame([[0, 4, 1], [4, 0, 1], [1, 1, 0]], fields[:3], fields[:3])
    near = near.reindex(index=fields, columns=fields)
    has = pd.DataFrame([[0, 1, 0, 1], [1, 1, 1, 1]], ["q", "h"], fields)
    found = relatedness_density(has, near)
    assert found.loc["q"].tolist()[:3] == [0.8, 0.0, 0.5]
    assert found.loc["h"].tolist()[:3] == [1, 1, 1]
    assert found["alone"].isna().all()


@pytest.mark.parametrize(
    ("call", "words"),
    [
        (lambda: krugman_index(JOBS - 5), r"`values` must be finite and 0 or more; 7 values .*'h'"),
        (lambda: relatedness(JOBS), "same fields in rows and columns"),
        (lambda: relatedness(pd.DataFrame([[0, 1], [2, 0]])),
         r"symmetric; found 1 at \(0, 1\) and 2 at \(1, 0\)"),
        (lambda: relatedness_density(JOBS, pd.DataFrame([[0]])), "`near` must have the fields"),
        (lambda: location_quotient(JOBS.astype(str) + "x"), "`values` must hold numbers"),
        (lambda: ellison_glaeser("ab", reference=[1.0], herfindahl=0.1), "`shares` must hold"),
        (lambda: ellison_glaeser([0.5, 0.4], reference=[0.5, 0.5], herfindahl=0.1),
         r"`shares` must be parts .* sum is 0\.9"),
        (lambda: ellison_glaeser([1.0], reference=[0.5, 0.5], herfindahl=0.1), "the same regions"),
        (lambda: ellison_glaeser(pd.Series({"a": 1.0}), reference=pd.Series({"b": 1.0}),
         herfindahl=0.1), "the same index"),
    ],
)  # fmt: skip
def test_impossible_input_is_refused(call, words):
    with pytest.raises(InputError, match=words):
        call()
