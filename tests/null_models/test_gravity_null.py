"""`GravityNull`: fits against independent programs, planted coefficients, sums and draws."""

import warnings

import numpy as np
import pandas as pd
import pytest

import netinnov as ni
from netinnov.errors import InputError
from netinnov.linkages import gravity_residuals
from netinnov.null_models import GravityNull, compare_with_null
from netinnov.null_models._prepared import prepared_null
from strategies import great_circle

IDS = list("abcdefg")
PLACES = pd.DataFrame(
    {"lon": [118.0, 120, 121, 119, 122, 117, 120.5], "lat": [29.0, 30, 31, 32, 30, 31, 28]},
    index=IDS,
)
POINTS = PLACES[["lon", "lat"]].to_numpy()
DISTANCE = great_circle(POINTS[:, None].T, POINTS[None].T).T


def network_of(flows, *, directed=True, kinds=None, places=PLACES):
    i, j = np.nonzero(flows if directed else np.triu(flows))
    links = pd.DataFrame(
        {"source": np.array(IDS)[i], "target": np.array(IDS)[j], "weight": flows[i, j]}
    )
    nodes = pd.DataFrame({"place": IDS} | ({"kind": kinds} if kinds else {}), index=IDS)
    return ni.build_network(nodes, links, places, directed=["links"] if directed else [])


def flows_of(network):
    flows = network.adjacency("links").toarray()
    np.fill_diagonal(flows, 0)
    return flows


def expected_of(null, network):
    """Expected flows between all nodes."""
    fit = prepared_null(null, network, np.random.default_rng(0)).fits["links"]
    flows = np.zeros((network.n_nodes, network.n_nodes))
    flows[np.ix_(fit.origins, fit.destinations)] = fit.expected
    return flows if "links" in network.directed else flows + flows.T


def counts(seed=0):
    """Flows with gravity and much else in them; some pairs have none."""
    rng = np.random.default_rng(seed)
    mass = rng.uniform(1, 8, 7)
    mean = 2e4 * np.outer(mass, mass) / np.where(DISTANCE > 0, DISTANCE, np.inf) ** 1.5
    flows = rng.poisson(mean * rng.gamma(2, 0.5, mean.shape)).astype(float)
    flows[0, 3] = flows[5, 1] = 0
    return flows


@pytest.mark.parametrize("deterrence", ["power", "exponential"])
def test_minutes_of_a_directed_table_give_the_coefficient_of_pyfixest(deterrence):
    """Poisson with fixed effects of origins and destinations, zero flows included."""
    pyfixest = pytest.importorskip("pyfixest", reason="needs pyfixest, of the extra econometrics")
    flows, rng = counts(2), np.random.default_rng(4)
    minutes = pd.DataFrame(rng.uniform(20, 300, (7, 7)), IDS, IDS)
    network = network_of(flows).with_distances(minutes, unit="min")
    i, j = np.nonzero(~np.eye(7, dtype=bool))
    far = minutes.to_numpy()[i, j]
    table = pd.DataFrame({"flow": flows[i, j], "origin": i, "destination": j})
    table["far"] = np.log(far) if deterrence == "power" else far
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", pd.errors.Pandas4Warning)  # of pyfixest, by its version
        fit = pyfixest.fepois("flow ~ far | origin + destination", table)
    null = GravityNull(deterrence)
    found = null.fit(network).loc["links", "coefficient"]
    assert found == pytest.approx(fit.coef()["far"], rel=1e-6)
    np.testing.assert_allclose(
        expected_of(null, network)[i, j], fit.predict(type="response"), rtol=1e-6
    )
    assert found != pytest.approx(GravityNull(deterrence).fit(network_of(flows)).iloc[0, 0])


@pytest.mark.parametrize("directed", [True, False])
def test_without_distance_the_fit_is_that_of_the_sums_alone(directed):
    flows = counts() if directed else counts() + counts().T
    network = network_of(flows, directed=directed, places=None)
    links = gravity_residuals(network, layer="links", method="ratio").links
    expected = expected_of(GravityNull(None), network)
    position = {name: at for at, name in enumerate(IDS)}
    pairs = links["source"].map(position), links["target"].map(position)
    np.testing.assert_allclose(expected[pairs], links["expected"], rtol=1e-6)
    assert np.isnan(GravityNull(None).fit(network).loc["links", "coefficient"])


@pytest.mark.parametrize("directed", [True, False])
def test_a_planted_coefficient_is_recovered(directed):
    mass = np.array([1.0, 5, 3, 2, 8, 4, 6])
    power = np.where(DISTANCE > 0, DISTANCE, np.inf) ** -1.7
    network = network_of(1e5 * np.outer(mass, mass) * power, directed=directed)
    fit = GravityNull(unit=1).fit(network).loc["links"]
    assert fit["coefficient"] == pytest.approx(-1.7, rel=1e-6)
    assert fit["dispersion"] == pytest.approx(0, abs=1e-9)


@pytest.mark.parametrize("deterrence", ["power", None])
@pytest.mark.parametrize("directed", [True, False])
def test_draws_have_the_observed_sums_on_average(directed, deterrence):
    flows = counts() if directed else counts() + counts().T
    np.fill_diagonal(flows, 3)
    network = network_of(flows, directed=directed)
    ready = prepared_null(GravityNull(deterrence), network, np.random.default_rng(0))
    rng = np.random.default_rng(1)
    drawn = [ready.draw(rng) for _ in range(300)]
    assert all(np.diag(each.adjacency("links").toarray()).tolist() == [3] * 7 for each in drawn[:3])
    mean = np.mean([flows_of(each) for each in drawn], axis=0)
    np.fill_diagonal(flows, 0)
    for axis in (0, 1):
        sums = flows.sum(axis=axis)
        # A sum of Poisson numbers has its mean as variance.
        assert (np.abs(mean.sum(axis=axis) - sums) < 4.5 * np.sqrt(sums / 300)).all()
    expected = expected_of(GravityNull(deterrence), network)
    assert (np.abs(mean - expected) < 4.5 * np.sqrt(expected / 300) + 0.05).all()


def test_units_of_whole_weights_are_1_and_others_are_as_dispersed_as_the_flows():
    flows = counts()
    assert GravityNull().fit(network_of(flows)).loc["links", "unit"] == 1
    network = network_of(flows / 7)
    fit = GravityNull().fit(network).loc["links"]
    assert fit["unit"] == fit["dispersion"]
    drawn = GravityNull()(network, np.random.default_rng(2)).links["weight"] / fit["unit"]
    np.testing.assert_allclose(drawn, np.rint(drawn))
    # What a flow is counted in changes nothing.
    again = GravityNull()(network_of(flows * 0.3), np.random.default_rng(2)).links["weight"]
    np.testing.assert_allclose(again / (0.3 * 7), drawn * fit["unit"])


def test_the_unit_can_be_the_dispersion_of_counts():
    flows = counts()
    expected = expected_of(GravityNull(), network_of(flows))
    pairs = ~np.eye(7, dtype=bool)
    np.fill_diagonal(flows, 0)
    pearson = ((flows - expected)[pairs] ** 2 / expected[pairs]).sum()
    # 42 pairs less 7 + 7 - 1 sums and the coefficient.
    fit = GravityNull(unit="dispersion").fit(network_of(flows)).loc["links"]
    assert fit["unit"] == pytest.approx(pearson / (42 - 14), rel=1e-6)
    # Flows that are nearer to the model than counts: an event is one all the same.
    near = np.rint(expected)
    assert GravityNull(unit="dispersion").fit(network_of(near)).loc["links", "unit"] == 1
    with pytest.raises(InputError, match="`unit` must be"):
        GravityNull(unit="events")


@pytest.mark.parametrize(("quantity", "unit"), [("amount", 700 / 50), ("share_of_origin", 2)])
def test_the_unit_is_what_an_event_of_the_layer_table_weighs(quantity, unit):
    flows = counts()
    np.fill_diagonal(flows, 0)
    flows *= 100 / flows.sum(axis=1, keepdims=True)  # 7 origins send 100 each
    links = network_of(flows).links
    layers = {"links": {"directed": True, "quantity": quantity, "events": 50}}
    nodes = pd.DataFrame({"place": IDS}, index=IDS)
    network = ni.build_network(nodes, links, PLACES, layers=layers)
    assert GravityNull().fit(network).loc["links", "unit"] == pytest.approx(unit)
    assert GravityNull(unit=3).fit(network).loc["links", "unit"] == 3


@pytest.mark.parametrize("ways", ["undirected", "one way", "both ways"])
def test_in_a_layer_that_joins_two_kinds_only_pairs_of_both_get_flows(ways):
    kinds, directed = np.array(list("aaabbbb")), ways != "undirected"
    across = kinds[:, None] != kinds
    pairs = across if ways == "both ways" else np.triu(across)
    flows = np.where(pairs, counts(), 0)
    flows += 0 if directed else flows.T
    network = network_of(flows, directed=directed, kinds=list(kinds))
    expected = expected_of(GravityNull(), network)
    assert (expected[~across] == 0).all()
    np.testing.assert_allclose(expected.sum(axis=0), flows.sum(axis=0), rtol=1e-8)
    source, target = np.nonzero(pairs)
    effects = np.column_stack([np.eye(7)[source], np.eye(7)[target], np.log(DISTANCE[pairs])])
    free = len(effects) - np.linalg.matrix_rank(effects)
    pearson = ((flows - expected)[pairs] ** 2 / expected[pairs]).sum() / free
    assert GravityNull().fit(network)["dispersion"].item() == pytest.approx(pearson)


def test_sums_that_leave_no_choice_give_the_network_back():
    # Only the nearest neighbours have flows: the steeper the better, and no other flow is left.
    near = np.zeros((7, 7))
    near[[1, 4, 0, 3], [4, 1, 3, 0]] = 9
    np.testing.assert_allclose(expected_of(GravityNull(), network_of(near)), near, atol=1e-4)
    star = np.zeros((7, 7))
    star[0, 1:] = [1, 2, 3, 4, 5, 6]
    expected = expected_of(GravityNull(None), network_of(star + star.T, directed=False))
    np.testing.assert_allclose(expected, star + star.T, atol=1e-4)
    assert np.isnan(GravityNull().fit(network_of(star)).loc["links", "coefficient"])


def test_layers_that_are_not_named_stay():
    one = network_of(counts())
    network = one.with_links(one.links.assign(layer="other"))
    drawn = GravityNull(layers=["other"])(network, np.random.default_rng(3))
    same = [drawn.select(layers=[x]).equals(network.select(layers=[x])) for x in ("links", "other")]
    assert same == [True, False]


def test_where_all_pairs_are_linked_it_moves_what_rewiring_cannot():
    network = network_of(counts(4) + 1 - np.eye(7))
    options = {"replicates": 19, "rng": 1, "progress": False, "executor": 1}

    def largest(network):
        return flows_of(network).max()

    found = compare_with_null(network, measure=largest, null=GravityNull(), **options)
    assert found.moved > 0.5
    with pytest.warns(UserWarning, match=r"take another null model, such as GravityNull\(\)"):
        assert compare_with_null(network, measure=largest, **options).moved == 0


def test_what_cannot_be_fitted_says_why():
    flows = counts()
    far = PLACES.copy()
    far.loc["c", "lat"] = np.nan
    same = PLACES.copy()
    same.loc["c"] = same.loc["d"]
    for null, network, words in (
        (GravityNull(), network_of(flows, places=far), "without deterrence=None.* e.g. 'c'"),
        (GravityNull(), network_of(flows, places=same), "'c' and 'd'; aggregate"),
        (GravityNull(), network_of(flows[:1] * 0.3), "give it as `unit`"),
    ):
        with pytest.raises(InputError, match=words):
            null.fit(network)
    assert GravityNull("exponential").fit(network_of(flows, places=same)).notna().all(axis=None)
    with pytest.raises(InputError, match="`unit` must be"):
        GravityNull(unit=0)
