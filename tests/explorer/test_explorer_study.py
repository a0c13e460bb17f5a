"""The explorer of the bundled study: its settings, every home, every host, on a telephone too."""

import re
from functools import partial
from pathlib import Path
from xml.etree import ElementTree as ET

import numpy as np
import pytest
from typer.testing import CliRunner

import netinnov as ni
from explorer_pages import opened, read, settle
from netinnov import centrality, study
from netinnov.centrality import harmonic_centrality
from netinnov.cli import app
from netinnov.planning import rank_hosts
from study_cases import context_at

pytestmark = [pytest.mark.slow, pytest.mark.usefixtures("few_resamples")]

MEASURES = {
    "strength": centrality.overlapping_strength,
    "degree": centrality.overlapping_degree,
    "pagerank": centrality.pagerank,
    "harmonic": centrality.harmonic_centrality,
    "participation": centrality.participation_coefficient,
}
PHONE = {"viewport": {"width": 390, "height": 844}, "has_touch": True, "is_mobile": True}


def explore(path, *source):
    result = CliRunner().invoke(app, ["explore", *map(str, source), "--out", str(path)])
    assert result.exit_code == 0, result.output
    return path


@pytest.fixture(scope="module")
def configuration():
    return study.read_configuration()


@pytest.fixture(scope="module")
def cities():
    return context_at().cities


@pytest.fixture(scope="module")
def file(tmp_path_factory):
    return explore(tmp_path_factory.mktemp("explorer") / "page.html")


def test_the_page_and_python_agree_on_the_question(browser, file, cities, configuration):
    part, measures = configuration.experiment, configuration.measures
    park = ni.ReverseEnclave(
        part.home, part.host, part.size, part.pipeline_share, part.funding[0], layer=part.layer
    )
    options = {"frictions": measures.frictions(measures.border)}
    options["distance"] = measures.distance or "unit"
    before = harmonic_centrality(cities, **options)[part.home]
    rng, nodes = np.random.default_rng(7), list(cities.nodes.index)
    drawn = [
        harmonic_centrality(park(cities, rng), nodes=nodes, **options)[part.home]
        for _ in range(part.replicates)
    ]
    with opened(browser, file) as page:
        own, live = read(page, [page.evaluate("location.hash"), "#seed=2"])
        page.goto(file.as_uri())
        settle(page)
        told = page.locator(".headline").inner_text()
    for result in (own, live):
        change = result["access"][part.home] / before
        assert change == pytest.approx(np.median(drawn) / before, abs=0.02)
    assert "if it gave up 4 of its 6 links" in told


def test_new_links_are_the_default_where_home_has_too_few_to_give_up(browser, file):
    with opened(browser, file, "#home=wenzhou&host=shanghai&layer=operation") as page:
        assert re.search(
            r"with 4 new links, as it has only \d to give up",
            page.locator(".headline").inner_text(),
        )
        assert page.locator("[name=funding]").input_value() == "new"
        page.select_option("[name=funding]", "reallocated")
        settle(page)
        assert "to give up, and 4 are asked for" in page.locator(".answer").inner_text()


@pytest.mark.parametrize("counted", ["ownership,production", "gravity_modelled"])
def test_sizes_and_tables_are_those_of_the_layers_that_count(browser, file, cities, counted):
    of = cities.select(layers=counted.split(","))
    expected = {name: measure(of) for name, measure in MEASURES.items()}
    with opened(browser, file, f"#layers={counted}&border=0&kilometres=0&view=tables") as page:
        page.fill("[name=filter]", "")
        head = page.locator("#view-tables thead button")
        keys = head.evaluate_all("b => b.map(x => x.dataset.key)")
        rows = page.locator("#view-tables tbody tr").evaluate_all(
            "rows => rows.map(row => [...row.children].map(cell => cell.textContent))"
        )
    ids = list(cities.nodes.index)
    table = {row[keys.index("id")]: dict(zip(keys, row, strict=True)) for row in rows}
    assert {*table} == {*ids}
    for name, values in expected.items():
        for node, value in zip(ids, values, strict=True):
            cell = table[node][name].replace(",", "")
            assert (cell == "–") == np.isnan(value), name
            assert np.isnan(value) or float(cell) == pytest.approx(value, rel=6e-3), name
    # No unlinked place stands above a linked one.
    rank = [float(table[node]["pagerank"]) for node in ids]
    linked = [float(table[node]["degree"]) > 0 for node in ids]
    assert min(r for r, has in zip(rank, linked, strict=True) if has) > 0
    assert max((r for r, has in zip(rank, linked, strict=True) if not has), default=0) == 0


def test_hosts_are_ranked_as_in_python(browser, file, cities, configuration):
    measures = configuration.measures
    measure = partial(harmonic_centrality, **measures.paths)
    layer = configuration.experiment.layer
    park = ni.ReverseEnclave("jinhua", "shanghai", 4, 0.25, layer=layer)
    expected = rank_hosts(cities, home="jinhua", scenario=park, measure=measure, rng=3)
    with opened(browser, file, "#home=jinhua&view=hosts") as page:
        cells = "rows => rows.map(row => [...row.children].map(cell => cell.textContent))"
        rows = page.locator("#view-hosts tbody tr").evaluate_all(cells)
        ids = dict(zip(cities.places["name"], cities.places.index, strict=True))
        assert {ids[row[0]] for row in rows} == {*expected.index}

        def share(text):
            return float(text.replace("−", "-").rstrip("%"))

        medians = [share(row[1]) for row in rows]
        assert medians == sorted(medians, reverse=True)
        of_python = expected["median"].loc[[ids[row[0]] for row in rows]]
        assert np.abs(of_python - medians).mean() < 1  # point: Monte Carlo error of both
        assert sum(share(row[4]) for row in rows) == pytest.approx(100, abs=4)
        page.get_by_role("button", name="km", exact=True).click()
        far = page.locator("#view-hosts tbody tr").evaluate_all(cells)
        distances = [float(row[5].replace(",", "")) for row in far]
        assert distances == sorted(distances, reverse=True)
        # The answer for one host is the row of that host.
        page.locator("#view-hosts tbody button", has_text="Shanghai").click()
        settle(page)
        (of_shanghai,) = (row for row in rows if row[0] == "Shanghai")
        assert of_shanghai[1].lstrip("−+") in page.locator(".headline").inner_text()
        assert "view=hosts" in page.url
        assert page.faults == []


def test_the_picture_says_what_it_shows(browser, file):
    with opened(browser, file) as page:
        with page.expect_download() as download:
            page.get_by_role("button", name="as SVG").click()
        svg = ET.fromstring(Path(download.value.path()).read_text(encoding="utf-8"))
        texts = svg.iter("{http://www.w3.org/2000/svg}text")
        said = " ".join("".join(text.itertext()) for text in texts)
        for part in (
            "Reverse innovation enclaves",
            "Access of Quzhou would fall",
            " km",
            "Source:",
        ):
            assert part in said
        assert "links given up" in said
        assert page.faults == []


def test_a_swipe_on_a_telephone_scrolls_and_a_tap_is_answered(browser, file):
    with opened(browser, file, "", **PHONE) as page:
        page.locator("svg.map").scroll_into_view_if_needed()
        start = page.evaluate("scrollY")
        client = page.context.new_cdp_session(page)
        points = [[{"x": 60, "y": 600 - 20 * k}] for k in range(11)]
        for kind, at in zip(["touchStart", *["touchMove"] * 10], points, strict=True):
            client.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": at})
        client.send("Input.dispatchTouchEvent", {"type": "touchEnd", "touchPoints": []})
        for _ in range(100):
            if page.evaluate("scrollY") > start + 100:
                break
            page.wait_for_timeout(50)
        assert page.evaluate("scrollY") > start + 100
        # What a tap asks for is answered where the reader looks.
        page.locator("#tab-hosts").tap()
        page.wait_for_selector("#view-hosts tbody tr")
        page.locator("#view-hosts tbody button").nth(3).tap()
        settle(page)
        page.wait_for_timeout(100)
        answer = page.locator(".headline").bounding_box()
        assert answer["y"] >= 0
        assert answer["y"] + answer["height"] <= 844
        assert page.faults == []


def test_all_of_the_chinese_page_is_chinese(browser, file):
    with opened(browser, file, "#lang=zh") as page:
        assert page.locator("h1").inner_text() == "长三角的反向创新飞地"
        assert page.title() == "长三角的反向创新飞地"
        asked = "#lang=zh&home=wenzhou&layer=operation&funding=reallocated"
        page.goto(f"{file.as_uri()}{asked}")
        settle(page)
        assert "温州市在“运营”层只有" in page.locator(".fault").first.inner_text()
        page.go_back()
        settle(page)
        for view in ("map", "enclave", "hosts", "centres", "compare"):
            page.locator(f"#tab-{view}").click()
            settle(page)
            words = re.findall(r"[A-Za-z]{3,}", page.locator("main").inner_text())
            assert {*words} <= {"SVG", "PageRank", "Jiang", "Borgatti", "Everett"}, view
        assert page.faults == []


def test_layers_have_the_chinese_names_that_a_configuration_gives(tmp_path):
    (tmp_path / "pairs.csv").write_text("from,to,weight\na,b,1\nb,c,2\n")
    text = '[data]\nsource = "flows"\npath = "pairs.csv"\n[layers.flow]\nname_zh = "人流"\n'
    (tmp_path / "study.toml").write_text(text, "utf-8")
    page = explore(tmp_path / "page.html", tmp_path / "study.toml").read_text("utf-8")
    assert '"name_zh":"人流"' in page.replace('": "', '":"')
