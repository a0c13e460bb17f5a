"""The explorer where places lie in provinces and nations that have no links of their own."""

import re

import numpy as np
import pandas as pd
import pytest

import netinnov as ni
from explorer_pages import opened, settle

pytestmark = pytest.mark.usefixtures("few_resamples")


@pytest.fixture(scope="module")
def nations() -> ni.MultilayerNetwork:
    """Two nations, two provinces each, three cities each; a park in another nation."""
    provinces = {f"{nation}{k}": nation for nation in "AB" for k in (1, 2)}
    cities = {f"{province}_{k}": province for province in provinces for k in (1, 2, 3)}
    inside = provinces | cities
    names = ["A", "B", *inside]
    rng = np.random.default_rng(2)
    table = {"parent": [inside.get(place) for place in names]}
    table |= {"lon": rng.uniform(10, 14, len(names)), "lat": rng.uniform(50, 53, len(names))}
    nodes = pd.DataFrame({"place": list(cities), "kind": "firm"}, index=list(cities))
    nodes["jurisdiction"] = nodes["place"]
    nodes.loc["park"] = ["B1_1", "park", "A1_2"]
    ids = list(nodes.index)
    pairs = [(a, b) for k, a in enumerate(ids) for b in ids[k + 1 :] if rng.random() < 0.35]
    links = pd.DataFrame(pairs, columns=["source", "target"])
    return ni.build_network(nodes, links, pd.DataFrame(table, index=names))


@pytest.fixture(scope="module")
def file(nations, tmp_path_factory):
    return ni.explore(nations).write(tmp_path_factory.mktemp("explorer") / "page.html")


def test_pairs_with_links_of_their_own_are_suggested(browser, file):
    with opened(browser, file) as page:
        assert page.locator("button.try").all_inner_texts() == ["A1_2 in B1_1"]
        assert page.locator(".facts").inner_text().endswith(" · 1 layer")


def test_access_of_a_nation_is_the_mean_of_its_places(browser, file):
    # A volume is placed in one way only, so that each median is the value itself.
    address = "#home=A&host=B1_1&volume_share=0.3&distance=inverse&view=enclave"
    with opened(browser, file, address) as page:
        settle(page)
        headline = page.locator(".headline").inner_text()
        assert "Access of the places in A would" in headline
        assert page.faults == []
        told = page.locator(".results td.n").first.text_content()
        assert re.fullmatch(r"[+−]?[\d.]+%", told)
        assert "nothing is drawn" in page.locator(".results").inner_text()
        cells = "[data-measure={}][data-place^=A]"
        before, after = (
            np.mean(
                [
                    float(cell.get_attribute("data-value"))
                    for cell in page.locator(cells.format(measure)).all()
                ]
            )
            for measure in ("harmonic_centrality_before", "harmonic_centrality")
        )
    share = float(told.replace("−", "-").rstrip("%")) / 100
    assert share == pytest.approx(after / before - 1, rel=0.06)  # it has two digits
    assert abs(share) > 0.01


@pytest.mark.parametrize("host", ["B1_1", "B"])  # a nation has no place on the map of its own
def test_a_park_is_drawn_with_a_link_to_its_host(browser, file, host):
    with opened(browser, file, f"#home=A1_1&host={host}&size=4&funding=new") as page:
        page.wait_for_selector("svg.map path title", state="attached")
        assert page.locator("svg.map path title").text_content() == "The park"
        lines = page.locator("svg.map path[stroke-width='1.5'][fill=none]")
        assert lines.count() == 1
        assert page.faults == []
