"""Sampled members of large events: right on average, with the right standard error."""

from __future__ import annotations

import itertools

import numpy as np
import pandas as pd
import polars as pl
import pytest

from netinnov.errors import InputError
from netinnov.linkages import _large_events, co_participation
from netinnov.linkages._large_events import Limit

IDS = {"member": "who", "event": "event"}
SAMPLED = "`max_members` = .* members: about as many of each are sampled"


def sampled(rows, rng=None, **options):
    with pytest.warns(UserWarning, match=SAMPLED):
        return co_participation(rows, **IDS, large_events="sample", rng=rng, **options)


@pytest.mark.parametrize("by", [None, "city"])
def test_all_samples_together_have_the_weights_and_their_variance(by, monkeypatch):
    # With hashes below 3 the 3^3 polynomials of degree 3 give three members all triples of hashes,
    # each once; 2 of 3 hashes are kept.
    rows = pl.DataFrame({"who": list("abca"), "event": [1, 1, 1, 2], "city": list("xxyx")})
    exact = co_participation(rows, **IDS, by=by, weighting="newman").to_pandas()
    exact = exact.set_index(["source", "target"])["weight"]
    monkeypatch.setattr(_large_events, "PRIME", 3)
    samples = []
    for coefficients in itertools.product(range(3), repeat=3):
        limit = Limit(2, (1, *coefficients))
        monkeypatch.setattr(
            "netinnov.linkages._co_participation.as_limit", lambda *_, limit=limit: limit
        )
        links = sampled(rows, by=by, weighting="newman", max_members=2)
        samples.append(links.to_pandas().set_index(["source", "target"]))
    n = len(samples)
    weights = pd.concat([links["weight"] for links in samples], axis=1).fillna(0).loc[exact.index]
    np.testing.assert_allclose(weights.mean(axis=1), exact)
    squares = pd.concat([links["standard_error"] ** 2 for links in samples]).groupby(level=[0, 1])
    np.testing.assert_allclose(squares.sum()[exact.index] / n, weights.var(axis=1, ddof=0))


@pytest.mark.parametrize("by", [None, "city"])
def test_samples_of_many_events_are_right_on_average(by):
    # The members of each of ten years, in which the events are the same, are another sample: those
    # of two years are independent, as any four members are.
    rng = np.random.default_rng(1)
    rows = pl.DataFrame({"who": rng.integers(12, size=120), "event": rng.integers(18, size=120)})
    rows = rows.with_columns(who=pl.col("who").cast(pl.String), city=pl.col("who") % 4)
    options = {"by": by, "weighting": "full", "expected": True}
    pair = ["source", "target"]
    exact = co_participation(rows, **IDS, **options).to_pandas().set_index(pair)
    years = rows.join(pl.DataFrame({"year": range(10)}), how="cross")
    options |= {"period": "year", "max_members": 4}
    samples = [sampled(years, rng=seed, **options).to_pandas() for seed in range(15)]
    links = pd.concat(samples, keys=range(15), names=["seed"]).reset_index("seed")
    links = links.set_index([*pair, "seed", "period"])
    for name, values in links.groupby(pair)["expected"]:
        np.testing.assert_allclose(values, exact["expected"][name])
    weights = links["weight"].unstack(["seed", "period"], fill_value=0).loc[exact.index]
    n = weights.shape[1]
    assert n == 150
    variance = (links["standard_error"] ** 2).groupby(pair).sum()[exact.index] / n
    z = (weights.mean(axis=1) - exact["weight"]) / np.sqrt(variance.clip(lower=1e-12) / n)
    assert np.abs(z).max() < 4
    assert weights.var(axis=1).sum() == pytest.approx(variance.sum(), rel=0.1)
    total = weights.sum()
    assert abs(total.mean() - exact["weight"].sum()) < 4 * total.std() / np.sqrt(n)


def test_without_large_events_nothing_changes():
    rows = pd.DataFrame({"who": list("abcab"), "event": [1, 1, 1, 2, 2]})
    links = co_participation(rows, **IDS, max_members=3, large_events="sample")
    assert links.pop("standard_error").tolist() == [0.0] * 3
    pd.testing.assert_frame_equal(links, co_participation(rows, **IDS))


def test_one_number_gives_one_sample_whatever_the_order_of_rows():
    rows = pd.DataFrame({"who": np.arange(400) % 90, "event": np.arange(400) % 7})
    links = sampled(rows, rng=5, max_members=9)
    assert 0 < len(links) < len(co_participation(rows, **IDS))
    again = sampled(rows.sample(frac=1, random_state=1), rng=5, max_members=9)
    pd.testing.assert_frame_equal(again, links, check_exact=True)
    assert not sampled(rows, rng=6, max_members=9).equals(links)


def test_options_of_a_sample_are_checked():
    rows = pd.DataFrame({"who": list("abc"), "event": [1, 1, 1]})
    with pytest.raises(InputError, match="'sample' needs `max_members`"):
        co_participation(rows, **IDS, large_events="sample")
    with pytest.raises(InputError, match="`large_events` must be"):
        co_participation(rows, **IDS, max_members=2, large_events="cap")
