"""Modelled flows, and what is left of observed ones: by hand, and against other programs."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, strategies as st

import netinnov as ni
from netinnov.errors import InputError
from netinnov.linkages import GravityFit, gravity, gravity_residuals
from strategies import great_circle


def as_dict(links: pd.DataFrame) -> dict[tuple[str, str], float]:
    ends = zip(links["source"], links["target"], strict=True)
    return dict(zip(ends, links["weight"].tolist(), strict=True))


# Four towns on the equator, one degree (111.195 km) apart.
TOWNS = pd.DataFrame(
    {"lon": [0.0, 1.0, 2.0, 3.0], "lat": 0.0, "population": [4, 1, 4, 1]}, index=list("abcd")
)
KM = 2 * np.pi * 6371.0088 / 360


def test_gravity_by_hand():
    # In units of one degree: ab 4/1, ac 16/4, ad 4/9, bc 4/1, bd 1/4, cd 4/1; sum 601/36.
    links = gravity(TOWNS)
    flow = np.array([4, 4, 4 / 9, 4, 1 / 4, 4])
    assert [a + b for a, b in as_dict(links)] == ["ab", "ac", "ad", "bc", "bd", "cd"]
    assert links["weight"].to_numpy() == pytest.approx(flow / flow.sum() * 6)
    assert links["distance"].to_numpy() == pytest.approx(np.array([1, 2, 3, 1, 2, 1]) * KM)


@given(
    st.lists(
        st.tuples(st.integers(-179, 180), st.integers(-89, 89), st.integers(1, 30)),
        min_size=2,
        max_size=8,
        unique_by=lambda place: place[:2],
    ),
    st.sampled_from([0.0, 0.5, 2.0]),
    st.integers(1, 7),
)
def test_gravity_is_the_double_loop(rows, exponent, strongest):
    places = pd.DataFrame(rows, columns=["lon", "lat", "population"])
    places["place"] = [f"p{i}" for i in range(len(rows))]
    flow = np.zeros((len(rows), len(rows)))
    for i, a in enumerate(rows):
        for j, b in enumerate(rows):
            if i != j:
                flow[i, j] = a[2] * b[2] / great_circle(a[:2], b[:2]) ** exponent
    links = gravity(places, exponent=exponent, strongest=strongest)
    assert links["weight"].mean() == pytest.approx(1)
    pairs = {(int(a[1:]), int(b[1:])): weight for (a, b), weight in as_dict(links).items()}
    assert all(i < j for i, j in pairs)
    scale = sum(flow[pair] for pair in pairs) / len(pairs)
    assert pairs == pytest.approx({pair: flow[pair] / scale for pair in pairs})
    for i in range(len(rows)):
        beaten = [j for j in range(len(rows)) if j != i and (min(i, j), max(i, j)) not in pairs]
        for j in beaten:  # at least `strongest` flows of i are as large
            assert (flow[i] >= flow[i, j] * (1 - 1e-12)).sum() - 1 >= min(strongest, len(rows) - 1)


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"population": [4, None, 4, 0]}, r"above 0; 2 rows are not: b \(nan\), d \(0"),
        ({"lon": [0, 1, 2, np.nan]}, r"'lon' must be .* between -180 and 180; 1 rows .*: d"),
        ({"lat": [0, 1, 2, 91]}, r"'lat' .*: d \(91"),
        ({"lon": [0, 1, 1, 3]}, "same point: b and c"),
    ],
)
def test_places_without_a_flow_are_named(changes, words):
    with pytest.raises(InputError, match=words):
        gravity(TOWNS.assign(**changes))


def test_gravity_refuses_what_makes_no_sense():
    with pytest.raises(InputError, match="column 'population'"):
        gravity(TOWNS.rename(columns={"population": "people"}))
    with pytest.raises(InputError, match="twice or more: 'a'"):
        gravity(TOWNS.set_axis(list("abca")))
    with pytest.raises(ValueError, match="`strongest`"):
        gravity(TOWNS, strongest=0)


# Five towns and their flows; the values below are those of statsmodels 0.15.0,
# GLM(flows, covariates, family=Poisson()).fit(cov_type="HC0"), run once outside this repository.
FIVE = pd.DataFrame(
    {
        "lon": [0.0, 1.0, 3.0, 4.0, 8.0],
        "lat": [0.0, 2.0, 1.0, 5.0, 3.0],
        "population": [50.0, 10.0, 30.0, 5.0, 20.0],
    },
    index=list("abcde"),
)
FLOWS = np.array(
    [[0, 12, 9, 1, 2.5], [8, 0, 4, 1, 0], [11, 3, 0, 2, 1], [1, 0, 2, 0, 0.5], [3, 0, 2, 1, 0]]
)


def of_matrix(
    flows: np.ndarray, places: pd.DataFrame = FIVE, *, directed: bool = True, **columns: object
) -> ni.MultilayerNetwork:
    names = places.index[: len(flows)]
    nodes = pd.DataFrame({"place": names}, index=names)
    i, j = np.nonzero(flows)
    links = pd.DataFrame(
        {"layer": "flow", "source": names[i], "target": names[j], "weight": flows[i, j]}
    ).assign(**columns)
    return ni.build_network(nodes, links, places, ["flow"] if directed else [])


def expected_matrix(fit: GravityFit, names: pd.Index) -> np.ndarray:
    table = fit.links.pivot(index="source", columns="target", values="expected")
    return table.reindex(index=names, columns=names).to_numpy()


def test_directed_flows_are_those_of_statsmodels():
    fit = gravity_residuals(of_matrix(FLOWS), layer="flow")
    estimates = [5.41921776, 0.84447274, 0.7284415, -1.49846559]
    assert fit.coefficients.to_numpy() == pytest.approx(estimates, rel=1e-7)
    errors = [1.61134314, 0.11636589, 0.12720263, 0.23801842]
    assert fit.standard_errors.to_numpy() == pytest.approx(errors, rel=1e-5)
    assert list(fit.coefficients.index) == ["intercept", "origin", "destination", "distance"]
    assert fit.deviance == pytest.approx(10.648080776434604)
    assert fit.explained == pytest.approx(1 - 10.648080776434604 / 72.80903399878494)
    assert (fit.n_pairs, fit.converged) == (20, True)
    residual = as_dict(fit.links)
    assert residual["a", "b"] == pytest.approx(1.4194600177786059)
    assert residual["e", "a"] == pytest.approx(1.7745592002206225)
    assert len(residual) == np.count_nonzero(FLOWS)


def test_undirected_flows_are_those_of_statsmodels():
    fit = gravity_residuals(of_matrix(FLOWS, directed=False), layer="flow")
    assert list(fit.coefficients.index) == ["intercept", "population", "distance"]
    estimates = [6.12838783, 0.78507026, -1.4993081]
    assert fit.coefficients.to_numpy() == pytest.approx(estimates, rel=1e-7)
    errors = [2.07291684, 0.09405299, 0.308007]
    assert fit.standard_errors.to_numpy() == pytest.approx(errors, rel=1e-5)
    assert fit.deviance == pytest.approx(7.8380696510755365)
    assert fit.n_pairs == 10


def test_poisson_regression_of_dobson():
    # Dobson (1990), An introduction to generalized linear models, p. 93: counts by outcome (3) and
    # treatment (3). Published: 3.045, -0.454, -0.293, 0, 0; deviance 5.129 on 4 degrees of freedom.
    counts = pd.DataFrame([[18, 17, 15], [20, 10, 20], [25, 13, 12]], list("abc"), list("xyz"))
    flows = counts.stack().rename("weight").rename_axis(["source", "target"]).reset_index()
    network = ni.build_network(pd.DataFrame(index=list("abcxyz")), flows, directed=["links"])
    fit = gravity_residuals(network, layer="links", method="ratio")
    assert fit.converged
    beta = np.log(expected_matrix(fit, pd.Index([*"abcxyz"]))[:3, 3:])
    assert beta[0] == pytest.approx([3.045, 3.045 - 0.454, 3.045 - 0.293], abs=1e-3)
    assert beta[1:] == pytest.approx(beta[[0, 0]])
    assert fit.deviance == pytest.approx(5.1291, abs=5e-5)


matrices = st.lists(
    st.lists(st.integers(0, 20), min_size=5, max_size=5), min_size=5, max_size=5
).map(lambda rows: np.array(rows, float) * (1 - np.eye(5)))


@given(matrices.filter(lambda flows: (flows > 0).sum() > 12), st.booleans())
def test_ratio_keeps_what_leaves_and_what_enters(flows, directed):
    # Where all pairs have a flow, the expected ones can be added up from the links.
    flows = flows + 1 - np.eye(5)
    network = of_matrix(flows, directed=directed)
    before = network.links
    fit = gravity_residuals(network, layer="flow", method="ratio")
    expected = np.nan_to_num(expected_matrix(fit, FIVE.index))
    if not directed:
        flows, expected = flows + flows.T, expected + expected.T
    assert fit.converged
    assert expected.sum(axis=0) == pytest.approx(flows.sum(axis=0), rel=1e-8)
    assert expected.sum(axis=1) == pytest.approx(flows.sum(axis=1), rel=1e-8)
    # Independent effects of two places: odds ratios off the diagonal are 1.
    odds = expected[0, 1] * expected[2, 3] / (expected[0, 3] * expected[2, 1])
    assert odds == pytest.approx(1, rel=1e-6)
    y, m = fit.links["observed"], fit.links["expected"]
    assert fit.deviance == pytest.approx(2 * (y * np.log(y / m) - y + m).sum(), abs=1e-6)
    pd.testing.assert_frame_equal(network.links, before)


def test_gravity_finds_its_own_parameters():
    links = gravity(FIVE, exponent=1.7).assign(layer="flow")
    nodes = pd.DataFrame({"place": FIVE.index}, index=FIVE.index)
    fit = gravity_residuals(ni.build_network(nodes, links, FIVE), layer="flow")
    assert fit.coefficients[["population", "distance"]].tolist() == pytest.approx([1, -1.7])
    assert fit.links["weight"].to_numpy() == pytest.approx(np.ones(10))
    assert fit.explained == pytest.approx(1)
    assert fit.deviance >= 0


def test_residuals_are_a_layer_of_their_own():
    network = of_matrix(FLOWS + np.diag([9.0, 0, 0, 0, 0]), period=2019, note="census")
    fit = gravity_residuals(network, layer="flow", name="excess")
    assert fit.network.layers == ("excess", "flow")
    assert fit.network.directed == {"excess", "flow"}
    flow = fit.network.select(layers=["flow"])
    columns = network.links.columns
    pd.testing.assert_frame_equal(flow.links[columns], network.links)
    assert list(fit.links.columns) == [
        "layer", "source", "target", "weight", "observed", "expected",
    ]  # fmt: skip
    inside = fit.links["source"] == fit.links["target"]
    assert not inside.any()
    ratio = fit.links["observed"] / fit.links["expected"]
    assert fit.links["weight"].to_numpy() == pytest.approx(ratio.to_numpy())
    without = gravity_residuals(of_matrix(FLOWS), layer="flow")
    assert as_dict(fit.links) == pytest.approx(as_dict(without.links))
    row = fit.to_frame()
    assert row.shape == (1, 13)
    assert row["distance_error"].item() == fit.standard_errors["distance"]


def test_periods_are_summed_and_the_unit_of_the_flow_does_not_matter():
    links = of_matrix(FLOWS).links
    years = pd.concat([links.assign(weight=links["weight"] * k, period=k) for k in (1, 3)])
    network = of_matrix(FLOWS).replace_links(years)
    for method in ("ppml", "ratio"):
        once = gravity_residuals(of_matrix(FLOWS), layer="flow", method=method)
        fit = gravity_residuals(network, layer="flow", method=method)
        assert as_dict(fit.links) == pytest.approx(as_dict(once.links), rel=1e-6)
        assert fit.deviance == pytest.approx(4 * once.deviance)
        assert fit.explained == pytest.approx(once.explained)


def test_a_star_is_at_the_edge_of_what_margins_can_fit():
    # The hub has half of all ends: nothing is left for flows among the others.
    flows = np.zeros((4, 4))
    flows[0, 1:] = [1, 2, 3]
    with pytest.warns(UserWarning, match="'flow' has no fit yet after 20000 steps"):
        fit = gravity_residuals(of_matrix(flows, directed=False), layer="flow", method="ratio")
    assert not fit.converged
    assert fit.links["weight"].to_numpy() == pytest.approx(np.ones(3), abs=1e-3)


@pytest.mark.parametrize(
    ("places", "options", "words"),
    [
        (FIVE, {"layer": "flows"}, "did you mean 'flow'"),
        (FIVE, {"method": "ols"}, "'ppml', 'ratio'; found 'ols'"),
        (FIVE, {"name": "flow"}, "a layer 'flow' already"),
        (FIVE.drop(columns="population"), {}, r"'population' must be .* 5 rows are not: a \(nan"),
        (FIVE.assign(lon=[0, 1, None, 4, 8]), {}, r"have none, e.g. 'c'"),
        (FIVE.assign(lon=1.0, lat=2.0), {}, "same point: a and b, a and c.*see aggregate"),
    ],
)
def test_flows_that_gravity_cannot_fit(places, options, words):
    with pytest.raises(InputError, match=words):
        gravity_residuals(of_matrix(FLOWS, places), **{"layer": "flow", **options})


def test_flows_that_are_too_few():
    with pytest.raises(InputError, match=r"^3 flows are too few.* 4 coefficients inter"):
        gravity_residuals(of_matrix(np.triu(FLOWS[:3, :3], 1) * [0, 1, 1]), layer="flow")
    only_inside = of_matrix(np.diag([1.0, 2.0]))
    with pytest.raises(InputError, match="'flow' must have links between nodes"):
        gravity_residuals(only_inside, layer="flow")
    nowhere = ni.build_network(only_inside.nodes.assign(place=["a", None]), {"flow": LINK})
    with pytest.raises(InputError, match="must have a place; 1 have none: b"):
        gravity_residuals(nowhere, layer="flow")


LINK = pd.DataFrame({"source": ["a"], "target": ["b"]})
