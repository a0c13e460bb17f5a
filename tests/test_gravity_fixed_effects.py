"""Gravity with fixed effects: planted elasticities, pyfixest, dyads by formula, flows of Baidu."""

from __future__ import annotations

import warnings

import numpy as np
import pandas as pd
import pytest

import netinnov as ni
from netinnov._geography import great_circle
from netinnov.datasets import make_city_system
from netinnov.errors import InputError
from netinnov.linkages._poisson_regression import poisson
from netinnov.panels import gravity_fixed_effects

pytest.importorskip("pyfixest", reason="needs pyfixest, of the extra econometrics")


def flows(rng, *, n=12, directed=True):
    places = pd.DataFrame(
        {"lon": rng.uniform(110, 120, n), "lat": rng.uniform(25, 35, n)},
        index=[f"p{k:02d}" for k in range(n)],
    )
    lon, lat = places.to_numpy().T
    i, j = np.nonzero(~np.eye(n, dtype=bool)) if directed else np.triu_indices(n, 1)
    size = rng.normal(0, 1, (2, n))
    distance = great_circle(lon[i], lat[i], lon[j], lat[j])
    mean = np.exp(9 + size[0][i] + size[1 if directed else 0][j] - 1.2 * np.log(distance))
    y = rng.poisson(mean * rng.gamma(2, 0.5, i.size)).astype(float)
    links = pd.DataFrame({"source": places.index[i], "target": places.index[j], "weight": y})
    nodes = pd.DataFrame({"place": places.index}, index=places.index)
    network = ni.build_network(nodes, links[y > 0], places, directed=["links"] if directed else ())
    return network, i, j, np.log(distance), y


def test_planted_elasticities_come_out():
    network = make_city_system(noise=False, exponent=1.3, border=0.7, n_enclaves=0, rng=2)
    found = gravity_fixed_effects(network, layer="synthetic_flow", borders=["parent"])
    assert found.coefficients["estimate"].tolist() == pytest.approx([-1.3, -0.7], abs=1e-6)
    assert (found.n_pairs, found.n_zero, found.n_separated) == (780, 0, 0)
    pd.testing.assert_frame_equal(found.to_frame(), found.coefficients)


def test_pyfixest_agrees_on_directed_flows():
    import pyfixest

    network, i, j, distance, y = flows(np.random.default_rng(1))
    found = gravity_fixed_effects(network, layer="links")
    table = pd.DataFrame({"y": y, "x": distance, "o": i, "d": j})
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of pyfixest about pandas
        model = pyfixest.fepois(
            "y ~ x | o + d", table, vcov={"CRV1": "o+d"}, ssc=pyfixest.ssc(k_adj=False)
        )
    assert found.coefficients.loc["distance", "estimate"] == pytest.approx(
        model.coef()["x"], abs=1e-6
    )
    assert found.coefficients.loc["distance", "standard_error"] == pytest.approx(
        model.se()["x"], rel=1e-4
    )


def test_undirected_flows_are_dyads():
    network, i, j, distance, y = flows(np.random.default_rng(3), directed=False)
    found = gravity_fixed_effects(network, layer="links")
    n = network.n_nodes
    ends = np.zeros((i.size, n))
    ends[np.arange(i.size), i] = ends[np.arange(i.size), j] = 1
    # The constant is first; the effects of places span it, so that one of them goes.
    x = np.column_stack([np.ones(i.size), distance, ends[:, 1:]])
    beta, _, mean, _, converged = poisson(x, y)
    assert converged
    score = x * (y - mean)[:, None]
    bread = np.linalg.inv((x * mean[:, None]).T @ x)
    # Cameron and Miller: products of the scores of all pairs of dyads that share a place.
    share = (ends @ ends.T) > 0
    meat = score.T @ share @ score
    error = np.sqrt(n / (n - 1) * (bread @ meat @ bread)[1, 1])
    assert found.coefficients.loc["distance", "estimate"] == pytest.approx(beta[1], abs=1e-6)
    assert found.coefficients.loc["distance", "standard_error"] == pytest.approx(error, rel=1e-4)
    assert found.n_pairs == i.size
    assert found.n_zero == (y == 0).sum()


def test_places_that_send_or_draw_nothing_are_left_out():
    network, *_ = flows(np.random.default_rng(4))
    links = network.links[lambda table: table["source"] != "p03"]
    silent = ni.build_network(network.nodes, links, network.places, directed=["links"])
    found = gravity_fixed_effects(silent, layer="links")
    assert found.n_separated == 11
    assert np.isfinite(found.coefficients.loc["distance", "standard_error"])


def test_the_unit_of_each_origin_does_not_matter():
    network, *_ = flows(np.random.default_rng(5))
    before = gravity_fixed_effects(network, layer="links")
    links = network.links
    total = links.groupby("source")["weight"].transform("sum")
    shares = ni.build_network(
        network.nodes,
        links.assign(weight=links["weight"] * 3.7),
        network.places,
        directed=["links"],
    )
    same = gravity_fixed_effects(shares, layer="links").coefficients
    pd.testing.assert_frame_equal(same, before.coefficients, rtol=1e-5)
    assert total.gt(0).all()


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"layer": "link"}, "did you mean 'links'"),
        ({"borders": ["province"]}, r"they lack \['province'\]"),
        ({"confidence": 0}, "`confidence` must be a finite number above 0"),
    ],
)
def test_impossible_input_is_refused(options, words):
    network, *_ = flows(np.random.default_rng(6))
    with pytest.raises(InputError, match=words):
        gravity_fixed_effects(network, **{"layer": "links", **options})


def test_places_that_cannot_be():
    network, *_ = flows(np.random.default_rng(6))
    lost = network.places
    lost.loc["p01", "lon"] = np.nan
    with pytest.raises(InputError, match=r"1 have not: p01\."):
        gravity_fixed_effects(
            ni.build_network(network.nodes, network.links, lost, directed=["links"]), layer="links"
        )
    same = network.places
    same.loc["p01", ["lon", "lat"]] = same.loc["p02", ["lon", "lat"]]
    with pytest.raises(InputError, match="at the same point"):
        gravity_fixed_effects(
            ni.build_network(network.nodes, network.links, same, directed=["links"]), layer="links"
        )
    alike = network.places.assign(one="x")
    with pytest.raises(InputError, match="one cannot be told apart"):
        gravity_fixed_effects(
            ni.build_network(network.nodes, network.links, alike, directed=["links"]),
            layer="links",
            borders=["one"],
        )
