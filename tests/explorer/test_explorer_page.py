"""What a reader does with the page: layers, places, addresses, keys, tables, languages."""

import csv
import io
import itertools
import os
import re
from pathlib import Path

import networkx as nx
import numpy as np
import pandas as pd
import pytest

import netinnov as ni
from explorer_pages import middle_of, opened, read, settle
from netinnov import study
from netinnov.explorer import page_of
from netinnov.explorer._place_network import network_of_places

pytestmark = [pytest.mark.slow, pytest.mark.usefixtures("few_resamples")]

ROOT = Path(__file__).parents[2]
AXE = ROOT / "node_modules" / "axe-core" / "axe.min.js"
VIOLATIONS = """
(rules) => axe.run({ ...rules, resultTypes: ["violations"] }).then((result) => result.violations)
"""
COLOURS = {"runOnly": ["cat.color"]}  # nothing else depends on the scheme
TRIED = "#home=quzhou&host=hangzhou&size=3&view=enclave"


@pytest.fixture(scope="module")
def bundled(tmp_path_factory):
    """The page of the bundled case, with districts added up to cities."""
    network = ni.datasets.load_yrd_enclaves()
    with pytest.warns(UserWarning, match="no place"):
        cities = ni.aggregate(network, level=1)
    assert cities.n_nodes > 60
    return ni.explore(cities).write(tmp_path_factory.mktemp("explorer") / "page.html")


@pytest.fixture(scope="module")
def actors(tmp_path_factory):
    """The page of the bundled case as it is, with its sites."""
    with pytest.warns(UserWarning, match="no place"):
        explorer = ni.explore(ni.datasets.load_yrd_enclaves())
    return explorer.write(tmp_path_factory.mktemp("explorer") / "actors.html")


def test_the_bundled_page_is_small(bundled):
    assert bundled.stat().st_size < 500_000


def test_layers_that_are_modelled_say_so_and_can_be_left_out(browser, bundled):
    with opened(browser, bundled) as page:
        chip = page.get_by_role("button", name=re.compile("^gravity modelled"))
        assert chip.get_attribute("aria-pressed") == "true"
        assert "modelled" in chip.inner_text()
        before = read(page, [page.evaluate("location.hash")])[0]["before"]
        chip.click()
        settle(page)
        assert "layers=" in page.url
        assert read(page, [page.evaluate("location.hash")])[0]["before"] < before
        assert page.faults == []


def test_home_and_host_chosen_in_the_question_are_tried_and_cited(browser, bundled):
    with opened(browser, bundled) as page:
        page.select_option("[name=home]", label="Quzhou")
        page.select_option("[name=host]", label="Hangzhou")
        settle(page)
        page.fill("[name=size]", "2")
        page.keyboard.press("Enter")
        settle(page)
        assert "home=quzhou&host=hangzhou&size=2" in page.url
        answer = page.locator(".answer").inner_text()
        assert "Quzhou" in answer
        assert "not a forecast" in answer
        assert not re.search(r"\bp\s*[=<]", page.locator("body").inner_text())
        address = page.evaluate("location.hash")
        first = read(page, [address])
        page.reload()
        settle(page)
        assert read(page, [address]) == first
        assert page.faults == []


def test_a_wish_that_cannot_be_met_is_refused_in_words(browser, bundled):
    with opened(
        browser, bundled, "#home=quzhou&host=hangzhou&size=500&funding=reallocated"
    ) as page:
        assert "to give up, and 500 are asked for" in page.locator(".answer").inner_text()
        assert page.locator('[data-measure="global_efficiency"]').count() == 0
        page.goto(f"{bundled.as_uri()}#home=nowhere&size=x&layers=none")
        settle(page)
        told = page.locator(".answer").inner_text()
        assert "There is no place nowhere." in told
        assert "There is no layer none." in told
        assert "size=x" in told


def test_the_map_is_used_by_keyboard(browser, bundled):
    with opened(browser, bundled) as page:
        page.locator('.place[tabindex="0"]').focus()
        first = page.evaluate("document.activeElement.dataset.place")
        page.keyboard.press("ArrowDown")
        assert page.evaluate("document.activeElement.dataset.place") != first
        name = page.evaluate("document.activeElement.getAttribute('aria-label')")
        page.keyboard.press("Enter")
        page.wait_for_selector("[aria-pressed=true].place")
        assert page.locator(".chosen h2").inner_text().split()[0] in name
        page.keyboard.press("Escape")
        page.wait_for_selector(".place[aria-pressed=true]", state="detached")


def test_a_drag_from_place_to_place_tries_a_park(browser, bundled):
    with opened(browser, bundled) as page:
        page.mouse.move(*middle_of(page, "Wenzhou"))
        page.mouse.down()
        page.mouse.move(*middle_of(page, "Beijing"), steps=4)
        page.mouse.up()
        settle(page)
        assert "home=wenzhou&host=beijing" in page.url


@pytest.mark.parametrize("width", [1200, 420])
def test_every_view_is_accessible(browser, actors, width):
    if not AXE.is_file():
        msg = "axe-core is not there to check the explorer: make explorer"
        if os.environ.get("CI") or os.environ.get("REQUIRE_BROWSER"):
            pytest.fail(msg)
        pytest.skip(msg)
    size = {"width": width, "height": 860}
    # The page's own policy would not let the checker in.
    with opened(browser, actors, TRIED, viewport=size, bypass_csp=True) as page:
        page.add_script_tag(path=AXE)
        for scheme in ("light", "dark"):
            page.emulate_media(color_scheme=scheme)
            for view in ("map", "enclave", "hosts", "centres", "compare", "parks", "tables"):
                page.locator(f"#tab-{view}").click()
                settle(page)
                violations = page.evaluate(VIOLATIONS, COLOURS if scheme == "dark" else {})
                found = [
                    (view, scheme, rule["id"], rule["nodes"][0]["html"]) for rule in violations
                ]
                assert found == []
                assert page.evaluate("document.documentElement.scrollWidth") <= width, view


def test_tables_are_filtered_sorted_and_saved(browser, bundled):
    with opened(browser, bundled, "#view=tables") as page:
        page.fill("[name=filter]", "zhou")
        rows = page.locator("#view-tables tbody tr").all_inner_texts()
        assert len(rows) > 5
        with page.expect_download() as download:
            page.get_by_role("button", name="CSV").click()
        text = Path(download.value.path()).read_text(encoding="utf-8-sig")
        table = list(csv.DictReader(io.StringIO(text)))
        assert [row["Place"] for row in table] == [row.split("\t")[0] for row in rows]
        strength = [float(row["strength (both ways)"]) for row in table]
        assert strength == sorted(strength, reverse=True)
        page.get_by_role("button", name="PageRank", exact=True).click()
        first = page.locator("#view-tables tbody tr").first.inner_text().split("\t")[0]
        assert first == max(table, key=lambda row: float(row["PageRank"]))["Place"]
        assert page.faults == []


def test_no_name_is_a_formula_in_a_saved_table(browser, tmp_path):
    names = ["=1+1", "+cmd", "-2", "-x", "@SUM(A1)", "\tx", "＝1", "plain", '=a,"b"']
    links = pd.DataFrame({"source": names[1:], "target": names[0]})
    network = ni.build_network(pd.DataFrame(index=names), links)
    file = ni.explore(network).write(tmp_path / "p.html")
    with opened(browser, file, "#view=tables") as page:
        with page.expect_download() as download:
            page.get_by_role("button", name="CSV").click()
        text = Path(download.value.path()).read_bytes().decode("utf-8-sig")
        ids = [row["id"] for row in csv.DictReader(io.StringIO(text, newline=""))]
        runs = {"=1+1", "+cmd", "-x", "@SUM(A1)", "\tx", "＝1", '=a,"b"'}
        assert ids == [f"'{id}" if id in runs else id for id in network.nodes.index]
        assert page.faults == []


def test_above_300_places_the_page_shows_what_python_computed(browser, tmp_path):
    rng = np.random.default_rng(1)
    n = 900
    ids = [f"p{i}" for i in range(n)]
    places = pd.DataFrame({"lon": rng.uniform(0, 9, n), "lat": rng.uniform(45, 55, n)}, index=ids)
    ends = np.unique(np.sort([rng.choice(n, 2, replace=False) for _ in range(2500)]), axis=0)
    links = pd.DataFrame({"source": np.take(ids, ends[:, 0]), "target": np.take(ids, ends[:, 1])})
    network = ni.build_network(pd.DataFrame({"place": ids}, index=ids), links, places)
    file = ni.explore(network).write(tmp_path / "page.html")
    with opened(browser, file) as page:
        assert "up to 300 places" in page.locator(".answer").inner_text()
        assert page.locator("[name=home]").is_disabled()
        assert page.locator(".place").count() == 0  # they are on the canvas
        page.wait_for_selector(f'canvas[data-drawn="{len(links)}"]')
        page.locator("#tab-tables").click()
        assert page.locator("#view-tables tbody tr").count() == 200
        assert page.faults == []


@pytest.mark.parametrize(
    ("direction", "told", "of_a"),
    [("total", "both ways", 11), ("in", "arriving", 6), ("out", "leaving", 5)],
)
def test_strengths_are_those_of_the_direction_of_the_study(
    browser, tmp_path, direction, told, of_a
):
    # Directed links of a weigh 2 and 3, the undirected one 3: as two opposite links, if both count.
    links = pd.DataFrame(
        {"source": list("aba"), "target": list("bac"), "weight": [2.0, 3, 3], "layer": list("xxy")}
    )
    network = ni.build_network(links, directed=["x"])
    places = network_of_places(network)
    page_of(network, places, title="", direction=direction).write(tmp_path / "page.html")
    with opened(browser, tmp_path / "page.html", "#view=tables") as page:
        head = page.locator("#view-tables thead button")
        keys = head.evaluate_all("b => b.map(x => x.dataset.key)")
        cells = page.locator("#view-tables tbody tr").evaluate_all(
            "rows => rows.map(row => [...row.children].map(cell => cell.textContent))"
        )
        table = {row[keys.index("id")]: dict(zip(keys, row, strict=True)) for row in cells}
        assert f"degree ({told})" in head.all_inner_texts()
        assert table["a"]["strength"] == str(of_a)
        assert page.faults == []


def test_hosts_at_an_unknown_distance_are_listed_last_and_not_ranked(browser, tmp_path):
    names = list("abcd")
    places = pd.DataFrame({"lon": [0.0, 1, 2, None], "lat": 0.0}, index=names)
    links = pd.DataFrame({"source": list("abc"), "target": list("bcd")})
    network = ni.build_network(pd.DataFrame({"place": names}, index=names), links, places)
    path = ni.explore(network).write(tmp_path / "unknown.html")
    address = "#home=a&host=b&size=2&funding=new&view=hosts&kilometres="
    with opened(browser, path, f"{address}1") as page:
        told = page.locator("#view-hosts").inner_text()
        assert "1 host is not ranked, because the distance from a is not known." in told
        cells = page.locator("#view-hosts tbody tr").last.locator("th, td").all_inner_texts()
        assert (cells[0], {*cells[1:]}) == ("d", {""})
    with opened(browser, path, f"{address}0") as page:
        assert "not ranked" not in page.locator("#view-hosts").inner_text()


def test_hosts_that_tie_are_not_told_as_one_that_is_best(browser, tmp_path):
    # All five places are linked, so that no new link makes any way shorter.
    links = pd.DataFrame(itertools.combinations("abcde", 2), columns=["source", "target"])
    nodes = pd.DataFrame({"place": [*"abcde"]}, index=[*"abcde"])
    path = ni.explore(ni.build_network(nodes, links)).write(tmp_path / "page.html")
    with opened(browser, path, "#home=a&host=b&size=2&funding=new&view=hosts") as page:
        told = page.locator("#view-hosts").inner_text()
        assert "4 of 4 hosts do equally well" in told
        assert "is best" not in told


def test_access_is_that_of_the_report_in_a_study_without_an_experiment(browser, tmp_path):
    # All pairs are linked, so that a link is 1 / weight long in the report.
    rng = np.random.default_rng(3)
    names = [f"P{at}" for at in range(8)]
    flows = rng.integers(1, 60, (8, 8)) * (1 - np.eye(8, dtype=int))
    pd.DataFrame(flows, names, names).to_csv(tmp_path / "flows.csv")
    settings = {"data": {"path": str(tmp_path / "flows.csv")}}
    report = study.run(study.configure(settings), out=tmp_path / "out").parent
    graph = nx.from_pandas_adjacency(pd.DataFrame(flows, names, names), nx.DiGraph)
    for *_, link in graph.edges(data=True):
        link["length"] = 1 / link["weight"]
    expected = {
        node: sum(1 / far for far in lengths.values() if far) / 7
        for node, lengths in nx.all_pairs_dijkstra_path_length(graph, weight="length")
    }
    told = pd.read_csv(report / "tables/centrality_observed.csv", index_col="node")
    assert told["harmonic_centrality"].to_dict() == pytest.approx(expected)
    again = ni.explore(ni.read_network(tmp_path / "flows.csv"), study=report)
    for path in (report / "explorer.html", again.write(tmp_path / "again.html")):
        with opened(browser, path, "#view=tables") as page:
            head = page.locator("#view-tables thead button")
            keys = head.evaluate_all("b => b.map(x => x.dataset.key)")
            rows = page.locator("#view-tables tbody tr").evaluate_all(
                "rows => rows.map(row => [...row.children].map(cell => cell.textContent))"
            )
        shown = {row[keys.index("id")]: float(row[keys.index("harmonic")]) for row in rows}
        assert shown == pytest.approx(expected, rel=6e-3)
