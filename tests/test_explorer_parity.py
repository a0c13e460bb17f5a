"""The page measures what Python measures: explicit changes of links, and placements of a park."""

from __future__ import annotations

from urllib.parse import quote

import numpy as np
import pandas as pd
import pytest

import netinnov as ni
from explorer_pages import opened, read
from netinnov.centrality import harmonic_centrality
from netinnov.connectivity import Frictions, global_efficiency

CASES = 200


@pytest.fixture(scope="module")
def cities():
    """Forty places in three layers, one of them directed, some with names that need escapes."""
    rng = np.random.default_rng(3)
    n = 40
    ids = [f"p{i}" for i in range(n - 3)] + ["a,b", "c~d&e=f", "城 市%"]
    places = pd.DataFrame(
        {"lon": rng.uniform(110, 122, n), "lat": rng.uniform(25, 38, n)}, index=ids
    )
    nodes = pd.DataFrame({"place": ids, "jurisdiction": [ids[i // 2 * 2] for i in range(n)]}, ids)
    links = []
    for layer, count in (("flows", 90), ("talent, moves", 60), ("two", 30)):
        ends = np.array([rng.choice(n, 2, replace=False) for _ in range(count)])
        frame = pd.DataFrame(
            {"source": np.take(ids, ends[:, 0]), "target": np.take(ids, ends[:, 1])}
        )
        links.append(frame.assign(layer=layer, weight=rng.lognormal(size=count)))
    return ni.build_network(nodes, pd.concat(links), places, directed=["talent, moves"])


@pytest.fixture(scope="module")
def page_file(cities, tmp_path_factory):
    return ni.explore(cities).write(tmp_path_factory.mktemp("explorer") / "page.html")


def changed(network, layer, add, remove):
    """Python's side: pairs are removed, then links are added."""
    links = network.links[["source", "target", "layer", "weight"]]
    ends = links[["source", "target"]].apply(tuple, axis=1)
    gone = {*remove} if layer in network.directed else {*remove, *((b, a) for a, b in remove)}
    links = links[~((links["layer"] == layer) & ends.isin(gone))]
    new = pd.DataFrame(add, columns=["source", "target", "weight"]).assign(layer=layer)
    return network.replace_links(pd.concat([links, new], ignore_index=True))


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

    def name(text):
        return quote(text, safe="").replace("~", "%7E")

    parts = [
        f"layer={name(layer)}",
        "layers=" + ",".join(map(name, counted)),
        f"border={border}&kilometres={kilometres}&distance={distance}",
    ]
    if add:
        parts.append("add=" + ",".join(f"{name(a)}~{name(b)}~{w!r}" for a, b, w in add))
    if remove:
        parts.append("remove=" + ",".join(f"{name(a)}~{name(b)}" for a, b in remove))
    options = {"distance": distance, "frictions": Frictions(border, kilometres)}
    after = changed(network, layer, add, remove)
    return (
        "#" + "&".join(parts),
        network.select(layers=counted),
        after.select(layers=counted),
        options,
    )


def test_explicit_changes_measure_as_in_python(browser, cities, page_file):
    rng = np.random.default_rng(18)
    cases = [case(cities, rng) for _ in range(CASES)]
    with opened(browser, page_file) as page:
        results = read(page, [address for address, *_ in cases])
        assert page.faults == []
    for (address, before, after, options), result in zip(cases, results, strict=True):
        assert result["before"] == pytest.approx(global_efficiency(before, **options), abs=1e-9), (
            address
        )
        assert result["after"] == pytest.approx(global_efficiency(after, **options), abs=1e-9), (
            address
        )
        access = harmonic_centrality(after, **options)
        assert {*result["access"]} == {*access.index}
        found = pd.Series(result["access"]).reindex(access.index)
        np.testing.assert_allclose(found, access, rtol=0, atol=1e-9, err_msg=address)
