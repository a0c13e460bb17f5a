"""The page of the explorer: one sealed file, in which labels are data, also without scripts."""

from __future__ import annotations

import re

import pandas as pd
import pytest

import netinnov as ni
from explorer_pages import opened
from netinnov.errors import InputError

HOSTILE = "</script><img src=x onerror=alert(1)> & \"q\" 'a' \u2028 ${x} <!--"


@pytest.fixture
def hostile():
    """Every text that data bring is hostile."""
    ids = [f"{HOSTILE}{i}" for i in range(4)]
    places = pd.DataFrame(
        {"name": ids, "lon": [1.0, 2, 3, 4], "lat": [50.0, 51, 50, 52]}, index=ids
    )
    nodes = pd.DataFrame({"place": ids}, index=ids)
    links = pd.DataFrame({"source": ids[:3], "target": ids[1:], "layer": HOSTILE})
    return ni.build_network(nodes, links, places)


def test_the_same_network_gives_the_same_bytes():
    cities = ni.datasets.make_city_system(n_cities=12, rng=1)
    assert ni.explore(cities).html == ni.explore(cities).html


def test_the_page_allows_nothing_from_outside():
    html = ni.explore(ni.datasets.make_city_system(n_cities=6, n_enclaves=1, rng=1)).html
    policy = re.search(r'Content-Security-Policy" content="([^"]*)"', html)[1]
    assert policy.startswith("default-src 'none'; ")
    assert "unsafe" not in policy
    assert not re.search(r"https?:(?!//www\.w3\.org/)", policy)
    assert not re.search(r"<(link|img|iframe|object|embed)\b", html)


def test_hostile_labels_are_text(browser, hostile, tmp_path):
    file = ni.explore(hostile, title=HOSTILE).write(tmp_path / "page.html")
    with opened(browser, file) as page:
        assert page.locator("h1").inner_text() == HOSTILE
        assert page.locator("img").count() == 0
        page.select_option("[name=home]", index=1)
        assert page.faults == []


def test_without_scripts_the_page_shows_a_map_and_a_table(browser, tmp_path):
    file = ni.explore(ni.datasets.load_quzhou()).write(tmp_path / "page.html")
    with opened(browser, file, java_script_enabled=False) as page:
        assert page.locator("svg circle").count() > 2
        assert "Quzhou" in page.locator("table").inner_text()


def test_a_page_in_a_notebook_is_a_frame_with_the_same_page():
    explorer = ni.explore(ni.datasets.make_city_system(n_cities=6, n_enclaves=1, rng=1))
    frame = explorer._repr_html_()
    assert frame.startswith("<iframe srcdoc=")
    assert frame.count("<") == 2


def test_a_title_is_text():
    with pytest.raises(InputError, match="title"):
        ni.explore(ni.datasets.make_city_system(n_cities=6, n_enclaves=1, rng=1), title=3)
