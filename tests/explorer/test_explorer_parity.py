"""The page measures what Python measures: explicit changes of links, and placements of a park."""

import dataclasses
from urllib.parse import quote

import numpy as np
import pandas as pd
import pytest

import netinnov as ni
from explorer_pages import opened, read, settle
from netinnov.centrality import harmonic_centrality
from netinnov.connectivity import Frictions, global_efficiency

pytestmark = [pytest.mark.slow, pytest.mark.usefixtures("few_resamples")]

DRAWS = 300


@pytest.fixture(scope="module")
def cities():
    """Forty places in three layers, one of them directed, some with names that need escapes."""
    rng = np.random.default_rng(3)
    n = 40
    ids = [f"p{i}" for i in range(n - 3)] + ["a,b", "c~d&e=f", "城 市%"]
    at = {"lon": rng.uniform(110, 122, n), "lat": rng.uniform(25, 38, n)}
    places = pd.DataFrame(at, index=ids)
    nodes = pd.DataFrame({"place": ids, "jurisdiction": [ids[i // 2 * 2] for i in range(n)]}, ids)
    links = []
    for layer, count in (("flows", 90), ("talent, moves", 60), ("two", 30)):
        ends = np.array([rng.choice(n, 2, replace=False) for _ in range(count)])
        source, target = (np.take(ids, end) for end in ends.T)
        frame = pd.DataFrame({"source": source, "target": target})
        links.append(frame.assign(layer=layer, weight=rng.lognormal(size=count)))
    return ni.build_network(nodes, pd.concat(links), places, directed=["talent, moves"])


@pytest.fixture(scope="module")
def page_file(cities, tmp_path_factory):
    return ni.explore(cities).write(tmp_path_factory.mktemp("explorer") / "page.html")


def changed(network, layer, add, remove):
    """Python's side: pairs are removed, then links are added."""
    links = network.links[["source", "target", "layer", "weight"]]
    gone = {*remove} if layer in network.directed else {*remove, *((b, a) for a, b in remove)}
    stay = [
        of != layer or (source, target) not in gone
        for source, target, of in zip(links["source"], links["target"], links["layer"], strict=True)
    ]
    links = links[stay]
    new = pd.DataFrame(add, columns=["source", "target", "weight"]).assign(layer=layer)
    return network.replace_links(pd.concat([links, new], ignore_index=True))


def quoted(text):
    """A name in the address."""
    return quote(text, safe="").replace("~", "%7E")


def case(network, rng):
    """A random set-up: its address, the changed network and the options of the measures."""
    ids = network.nodes.index
    layer = str(rng.choice(network.layers))
    counted = [name for name in network.layers if rng.random() < 0.6] or [network.layers[0]]
    links = network.links[network.links["layer"] == layer]
    some = links.sample(int(rng.integers(0, 4)), random_state=int(rng.integers(1000)))
    remove = list(zip(some["source"], some["target"], strict=True))
    pairs = [rng.choice(len(ids), 2, replace=False) for _ in range(rng.integers(0, 4))]
    add = [(ids[a], ids[b], float(rng.lognormal())) for a, b in pairs]
    border, kilometres = (float(rng.choice([0, 0.5, 1.25])) for _ in range(2))
    distance = str(rng.choice(["unit", "inverse"]))

    parts = [
        f"layer={quoted(layer)}",
        "layers=" + ",".join(map(quoted, counted)),
        f"border={border}&kilometres={kilometres}&distance={distance}",
    ]
    if add:
        parts.append("add=" + ",".join(f"{quoted(a)}~{quoted(b)}~{w!r}" for a, b, w in add))
    if remove:
        parts.append("remove=" + ",".join(f"{quoted(a)}~{quoted(b)}" for a, b in remove))
    options = {"distance": distance, "frictions": Frictions(border, kilometres)}
    after = changed(network, layer, add, remove)
    before, after = (each.select(layers=counted) for each in (network, after))
    return "#" + "&".join(parts), before, after, options


@pytest.fixture(scope="module")
def by_rail(cities):
    """The same places with minutes that differ by direction; some pairs are unknown."""
    rng = np.random.default_rng(8)
    n = len(cities.places)
    minutes = rng.uniform(10, 400, (n, n))
    minutes[rng.random((n, n)) < 0.2] = np.nan
    table = pd.DataFrame(minutes, cities.places.index, cities.places.index)
    return cities.with_distances(table, unit="min")


@pytest.mark.filterwarnings("ignore:.*distance is unknown")
def test_distances_of_the_network_and_a_line_measure_as_in_python(browser, by_rail, tmp_path):
    rng = np.random.default_rng(21)
    file = ni.explore(by_rail).write(tmp_path / "page.html")
    cases, ids = [], by_rail.nodes.index
    for k in range(12):
        address, before, after, options = case(by_rail, rng)
        weight, per = float(rng.choice([0.5, 2])), float(rng.choice([60, 90]))
        border = options["frictions"].border
        options["frictions"] = Frictions(border, weight, per=per)
        address = address.replace("&kilometres=", "&unread=") + f"&travel_weight={weight}&per={per}"
        lines = {}
        for _ in range(k % 3):
            a, b = rng.choice(len(ids), 2, replace=False)
            lines[ids[a], ids[b]] = float(rng.integers(0, 60))
        if lines:
            changes = (f"{quoted(a)}~{quoted(b)}~{far!r}" for (a, b), far in lines.items())
            address += "&travel=" + ",".join(changes)
            after = ni.scenarios.apply_scenario(after, ni.scenarios.ChangedDistances(lines))
        cases.append((address, before, after, options))
    with opened(browser, file) as page:
        results = read(page, [address for address, *_ in cases])
        assert page.faults == []
    for (address, before, after, options), result in zip(cases, results, strict=True):
        for network, key in ((before, "before"), (after, "after")):
            expected = global_efficiency(network, **options)
            assert result[key] == pytest.approx(expected, abs=1e-9), address
        found = pd.Series(result["access"]).reindex(ids)
        access = harmonic_centrality(after, **options)
        np.testing.assert_allclose(found, access, rtol=0, atol=1e-9, err_msg=address)


def test_the_form_of_a_line_and_its_way_back(browser, by_rail, tmp_path):
    file = ni.explore(by_rail).write(tmp_path / "page.html")
    joined = ni.flatten(by_rail).adjacency("all")[[1], [2]].any()
    with opened(browser, file) as page:
        page.click("details.settings summary")
        page.select_option("[name=line_from]", label="p1")
        page.select_option("[name=line_to]", label="p2")
        page.fill("[name=line_distance]", "12")
        page.click("text=Try it >> nth=0")
        settle(page)
        assert "travel=p1~p2~12" in page.url
        assert "travel_weight=1" in page.url
        said = page.inner_text(".answer")
        assert "p1 – p2: 12 min (before: " in said
        assert "With 1 changed distance global efficiency would change by" in said
        assert ("not linked" in said) == (not joined)
        page.click("text=Take it back")
        settle(page)
        assert "travel=" not in page.url
        assert page.faults == []


# 200 cases in all.
@pytest.mark.parametrize(("seed", "n"), [(18, 20), (19, 180)])
def test_explicit_changes_measure_as_in_python(browser, cities, page_file, seed, n):
    rng = np.random.default_rng(seed)
    cases = [case(cities, rng) for _ in range(n)]
    with opened(browser, page_file) as page:
        results = read(page, [address for address, *_ in cases])
        assert page.faults == []
    for (address, before, after, options), result in zip(cases, results, strict=True):
        for network, key in ((before, "before"), (after, "after")):
            expected = global_efficiency(network, **options)
            assert result[key] == pytest.approx(expected, abs=1e-9), address
        access = harmonic_centrality(after, **options)
        assert {*result["access"]} == {*access.index}
        found = pd.Series(result["access"]).reindex(access.index)
        np.testing.assert_allclose(found, access, rtol=0, atol=1e-9, err_msg=address)


def address_of(scenario, layer, layers, options):
    """The address that asks for an enclave."""
    frictions = options["frictions"]
    sizes = {name: getattr(scenario, name) for name in ("size", "volume", "volume_share")}
    keys = {
        "home": quoted(scenario.home),
        "host": quoted(scenario.host),
        **{name: repr(value) for name, value in sizes.items() if value is not None},
        "pipeline_share": scenario.pipeline_share,
        "funding": scenario.funding,
        "layer": quoted(layer),
        "layers": ",".join(map(quoted, layers)),
        "border": frictions.border,
        "kilometres": frictions.distance,
        "distance": options["distance"],
    }
    return "#" + "&".join(f"{key}={value}" for key, value in keys.items())


def enclaves(network):
    """Set-ups of an enclave: between places, with and without places inside them."""
    for home, host, layer, options in (
        ("p1", "a,b", "flows", {"distance": "inverse", "frictions": Frictions(0.5, 1.0)}),
        ("城 市%", "p7", "talent, moves", {"distance": "inverse", "frictions": Frictions()}),
        ("p30", "c~d&e=f", "two", {"distance": "inverse", "frictions": Frictions(0.25)}),
    ):
        for funding in ("reallocated", "new"):
            park = ni.ReverseEnclave(home, host, 2, 0.4, funding, layer=layer)
            yield network, park, layer, options


@pytest.fixture(scope="module")
def delta():
    """The bundled case as it is, with districts inside cities."""
    with pytest.warns(UserWarning, match="no place"):
        return ni.aggregate(ni.datasets.load_yrd_enclaves())


def measured(network, scenario, layers, options, rng):
    """Efficiency and access on the places of the baseline, after one placement."""
    after = scenario(network, rng).select(layers=layers)
    nodes = list(network.nodes.index)
    efficiency = global_efficiency(after, nodes=nodes, **options)
    return efficiency, harmonic_centrality(after, nodes=nodes, **options)


def test_a_volume_measures_as_in_python(browser, cities, delta, page_file, tmp_path):
    inside = {"distance": "inverse", "frictions": Frictions(0.5, 1.0)}
    parks = [
        ni.ReverseEnclave("quzhou", host, 2, 0.25, funding, layer="ownership")
        for host, funding in (("hangzhou", "reallocated"), ("yuhang", "new"))
    ]
    in_delta = [(delta, park, "ownership", inside) for park in parks]
    delta_file = ni.explore(delta).write(tmp_path / "delta.html")
    for file, cases in ((page_file, list(enclaves(cities))), (delta_file, in_delta)):
        addresses, expected = [], []
        for network, park, layer, options in cases:
            volume = dataclasses.replace(park, size=None, volume_share=0.6)
            layers = [name for name in network.layers if name != "gravity_modelled"]
            addresses.append(address_of(volume, layer, layers, options))
            rng = np.random.default_rng(0)
            expected.append(measured(network, volume, layers, options, rng))
        with opened(browser, file) as page:
            results = read(page, addresses)
        for (efficiency, access), result in zip(expected, results, strict=True):
            assert result["replicates"] == 1
            assert result["after"] == pytest.approx(efficiency, abs=1e-9)
            access = access.dropna()  # the park itself has none
            found = pd.Series(result["access"]).reindex(access.index)
            np.testing.assert_allclose(found, access, rtol=0, atol=1e-9)


def test_drawn_placements_have_the_medians_of_python(browser, cities, page_file):
    cases = [*enclaves(cities)]
    with opened(browser, page_file) as page:
        addresses = [address_of(park, layer, [layer], o) for _, park, layer, o in cases]
        results = read(page, addresses)
        again = read(page, ["#seed=1", addresses[0]])[1]
    assert again == results[0]  # the same seed
    for (network, park, layer, options), result in zip(cases, results, strict=True):
        rng = np.random.default_rng(4)
        drawn = [measured(network, park, [layer], options, rng) for _ in range(DRAWS)]
        assert result["replicates"] == 100
        pairs = [(result["after"], [efficiency for efficiency, _ in drawn])]
        pairs += [
            (result["access"][place], [access[place] for _, access in drawn])
            for place in (park.home, park.host)
        ]
        for median, values in pairs:
            # Quantiles between which the median of 100 draws lies but once in 30,000 times.
            low, high = np.quantile(values, [0.5 - 0.24, 0.5 + 0.24])
            assert low - 1e-12 <= median <= high + 1e-12
