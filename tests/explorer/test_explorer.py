"""The page of the explorer: one sealed file, in which labels are data, also without scripts."""

import json
import re
import shutil
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

import netinnov as ni
from explorer_pages import opened, read, settle
from netinnov import study
from netinnov.errors import InputError
from netinnov.explorer._findings import compute_structure
from netinnov.study import sections

pytestmark = pytest.mark.usefixtures("few_resamples")

HOSTILE = "</script><img src=x onerror=alert(1)> & \"q\" 'a' \u2028 ${x} <!--"


@pytest.fixture
def hostile():
    """Every text that data bring is hostile."""
    ids = [f"{HOSTILE}{i}" for i in range(4)]
    at = {"lon": [1.0, 2, 3, 4], "lat": [50.0, 51, 50, 52]}
    places = pd.DataFrame({"name": ids, **at}, index=ids)
    nodes = pd.DataFrame({"place": ids}, index=ids)
    links = pd.DataFrame({"source": ids[:3], "target": ids[1:], "layer": HOSTILE})
    return ni.build_network(nodes, links, places)


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


@pytest.fixture(scope="module")
def study_folder(tmp_path_factory):
    """A small study with an experiment, and its network."""
    tables = tmp_path_factory.mktemp("study") / "tables"
    tables.mkdir()
    places = ["P", "Q", "R", "S"]
    nodes = pd.DataFrame({"node": list("abcdpx"), "place": [*places, "Q", "R"]})
    nodes["kind"] = ["firm", "firm", "firm", "firm", "park", "firm"]
    nodes["jurisdiction"] = [*places, "P", "R"]
    links = pd.DataFrame({"source": list("aabcdp"), "target": list("bcddxa")})
    nodes.to_csv(tables / "nodes.csv", index=False)
    links.to_csv(tables / "links.csv", index=False)
    settings = {
        "title": "A small study",
        "structure": False,
        "data": {"source": "tables", "path": tables},
        "experiment": {"home": "P", "host": "Q", "size": 1, "replicates": 3, "rivals": []},
    }
    with pytest.MonkeyPatch.context() as patch:
        plain = [replace(section, draw=lambda result: ()) for section in sections.SECTIONS]
        patch.setattr(sections, "SECTIONS", plain)
        study.run(study.configure(settings), out=tables.parent / "out")
    return tables.parent / "out", ni.read_network(tables)


def data_of(html):
    """What the page knows."""
    return json.loads(re.search(r'id="data">(.*?)</script>', html)[1])


@pytest.mark.slow
def test_the_explorer_of_a_study_shows_its_experiment(study_folder):
    folder, network = study_folder
    data = data_of(ni.explore(network, study=folder).html)
    assert data["title"] == "A small study"
    assert data["experiment"]["settings"]["home"] == "P"
    effects = pd.read_csv(folder / "tables" / "effects.csv")
    draws = data["experiment"]["draws"]
    of_home = effects[effects["node"].eq("P") & effects["measure"].eq("harmonic_centrality")]
    change = np.median(draws["P"]) - of_home["baseline"].iloc[0]
    assert change == pytest.approx(of_home["median"].iloc[0], abs=1e-5)
    assert [park["home"] for park in data["parks"]] == [data["places"]["id"].index("P")]
    beside = data_of((folder / "explorer.html").read_text(encoding="utf-8"))
    assert beside == data
    assert '<a href="explorer.html">' in (folder / "report.html").read_text(encoding="utf-8")


def test_the_page_opens_with_the_draws_of_the_study(browser, study_folder):
    folder, _ = study_folder
    effects = pd.read_csv(folder / "tables" / "effects.csv")
    effects = effects[effects["scenario"].str.endswith(", reallocated")]
    with opened(browser, folder / "explorer.html") as page:
        told = page.locator(".headline").inner_text()
        assert "if it gave up 1 of its 2 links" in told
        (result,) = read(page, [page.evaluate("location.hash")])
        assert result["replicates"] == 3
        for row in effects[effects["measure"].eq("harmonic_centrality")].itertuples():
            found = result["access"][row.node]
            assert found - row.baseline == pytest.approx(row.median, abs=1e-5)
        # Any other setting is drawn by the page, and back leads to the study again.
        page.select_option("[name=funding]", "new")
        settle(page)
        assert "with 1 new link." in page.locator(".headline").inner_text()
        page.go_back()
        settle(page)
        assert page.locator(".headline").inner_text() == told
        page.goto(f"{(folder / 'explorer.html').as_uri()}#home=R&layers=links&seed=5&view=tables")
        settle(page)
        page.get_by_role("button", name="Start over").click()
        settle(page)
        assert page.locator(".headline").inner_text() == told
        assert page.faults == []


def test_a_folder_that_is_no_study_is_refused(study_folder, tmp_path):
    with pytest.raises(InputError, match=r"netinnov run.*manifest\.json"):
        ni.explore(study_folder[1], study=tmp_path)


TABLES = ("centres", "centre_rules", "scenario", "replicates")


@pytest.fixture
def damaged(study_folder, tmp_path):
    """A copy of the study that has centres too, to be damaged; its network."""
    folder, network = tmp_path / "study", study_folder[1]
    shutil.copytree(study_folder[0], folder)
    structure = compute_structure(ni.aggregate(network), resample=False)
    for name, table in zip(TABLES, structure, strict=False):
        table.rename_axis("node").reset_index().to_csv(folder / f"tables/{name}.csv", index=False)
    page = data_of(ni.explore(network, study=folder).html)
    assert page["structure"]["rule"] == "outliers"
    return folder, network


@pytest.mark.slow
@pytest.mark.parametrize("name", TABLES)
def test_a_table_of_a_study_that_cannot_be_read_is_refused_by_its_name(damaged, name):
    folder, network = damaged
    table = folder / "tables" / f"{name}.csv"
    table.write_bytes(b"")
    with pytest.raises(InputError, match=rf"{name}\.csv cannot be read"):
        ni.explore(network, study=folder)


def test_a_manifest_that_is_damaged_is_refused(damaged):
    folder, network = damaged
    path = folder / "manifest.json"
    for text in ("", "[]", "{", "null", path.read_text("utf-8")[:-3], "[" * 100_000):
        path.write_text(text)
        with pytest.raises(InputError, match=r"netinnov run.*manifest\.json"):
            ni.explore(network, study=folder)


def test_a_study_of_another_network_is_refused(damaged):
    with pytest.raises(InputError, match="must be of the same network; none of its places"):
        ni.explore(ni.datasets.load_quzhou(), study=damaged[0])


def test_of_a_large_network_only_the_strongest_links_are_in_the_page(monkeypatch):
    monkeypatch.setattr("netinnov.explorer._payload.LIVE", 3)
    monkeypatch.setattr("netinnov.explorer._payload.MOST_PAIRS", 2)
    links = pd.DataFrame({"source": list("abca"), "target": list("bcdc"), "weight": [1, 9, 3, 5.0]})
    links["layer"] = list("xyxy")
    network = ni.build_network(pd.DataFrame(index=list("abcd")), links)
    data = data_of(ni.explore(network).html)
    assert data["left_out"] == 2
    assert {layer["name"]: layer["weight"] for layer in data["layers"]} == {"x": [], "y": [5, 9]}


@pytest.mark.slow
@pytest.mark.parametrize("n", [4, 60, 500])
def test_a_layout_is_the_same_each_time_and_keeps_places_apart(n):
    rng = np.random.default_rng(2)
    ids = [f"p{i}" for i in range(n + 2)]  # two without links
    ends = [(i, int(rng.integers(0, i))) for i in range(1, n)]
    links = pd.DataFrame([(ids[a], ids[b]) for a, b in ends], columns=["source", "target"])
    network = ni.build_network(pd.DataFrame(index=ids), links)
    first, again = (data_of(ni.explore(network).html)["layout"] for _ in range(2))
    assert first == again
    points = np.array(first).T
    assert ((points >= 0) & (points <= 1)).all()
    assert len(np.unique(points, axis=0)) > 0.95 * (n + 2)
