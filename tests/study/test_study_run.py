"""Whole studies: what a run writes, where it comes from, messy data, and the folder."""

import hashlib
import html
import json
import re
import sys
import tomllib
from concurrent.futures import Future, ProcessPoolExecutor, ThreadPoolExecutor
from dataclasses import replace
from itertools import pairwise
from pathlib import Path
from types import SimpleNamespace
from unittest.mock import Mock

import numpy as np
import pandas as pd
import pytest
from PIL import Image

import netinnov as ni
from netinnov import study
from netinnov.datasets import gravity_parameters
from netinnov.errors import InputError
from netinnov.study import _report_page, sections
from study_cases import CHAIN, PARK_TEXT, THREE, few_draws

FEW = re.sub(r"(resamples|replicates|placements) = \d+", r"\1 = 4", study.EXAMPLE)
NOTHING = "structure = false\npark = false\n"
NASTY = (
    "<script>alert(1)</script>",
    "\"a\" & 'b'",
    "杭州",
    "=1+1",
    "two\nlines",
    "x; y",
    r"$\alpha$",
    "\u202eturned",
    "two  blanks",
    "NA",
    "&amp;",
)


def done(fn, /, *args):
    future = Future()
    future.set_running_or_notify_cancel()
    future.set_result(fn(*args))
    return future


@pytest.fixture(scope="session")
def bundled(made_once):
    """The bundled case with few draws, its folder: once in a run of the tests."""

    def make(out):
        settings = tomllib.loads(FEW) | {"language": "en,zh"}
        show, shown = _report_page._show, {}

        def show_once(picture, *rest):  # drawing takes most of the time
            if picture.name not in shown:
                shown[picture.name] = show(picture, *rest)
            return shown[picture.name]

        other = Mock(["submit"], **{"submit.side_effect": done})  # only what is pickled reaches it
        with few_draws(), pytest.MonkeyPatch.context() as patch:
            patch.setattr(_report_page, "_show", show_once)
            study.run(study.configure(settings), out=out, executor=other)
        in_chinese = (out / "report.zh.html").read_text("utf-8").count("<img")
        assert other.submit.call_count == len(list(out.glob("figures/*.png"))) + in_chinese

    return made_once("bundled study", make)


@pytest.fixture
def no_figures(monkeypatch):
    """Drawing and the explorer take most of the time of a small study."""
    plain = [replace(section, draw=lambda result: ()) for section in sections.SECTIONS]
    monkeypatch.setattr(sections, "SECTIONS", plain)
    page = SimpleNamespace(write=lambda path: path.write_text("explorer"))
    monkeypatch.setattr("netinnov.study._explorer_page._page", lambda *_: page)


@pytest.fixture
def tables(tmp_path):
    """Write tables and a configuration beside them; returns the path of the configuration."""

    def write(nodes, links=(), *, settings="", data="", places=None, first=NOTHING, **columns):
        folder = tmp_path / "tables"
        folder.mkdir(exist_ok=True)
        frames = {
            "nodes": pd.DataFrame(nodes, columns=["node", "place"]).assign(
                **columns.get("node_columns", {})
            ),
            "links": pd.DataFrame(links, columns=["source", "target"]).assign(
                **columns.get("link_columns", {})
            ),
            "places": places,
        }
        for name, frame in frames.items():
            if frame is not None:
                frame.to_csv(folder / f"{name}.csv", index=False)
        if directed := columns.get("directed"):
            (folder / "network.json").write_text(json.dumps({"directed": directed}))
        path = tmp_path / "study.toml"
        text = f'{first}[data]\nsource = "tables"\npath = "tables"\n{data}\n{settings}'
        path.write_text(text, encoding="utf-8")
        return path

    return write


def run(path, **options):
    """Run a configuration beside which the output is put."""
    out = path.parent / "out"
    study.run(study.read_configuration(path), out=out, **options)
    return out


def table(out, name, **types):
    path = out / "tables" / f"{name}.csv"
    return pd.read_csv(path, keep_default_na=False, na_values=[""], dtype=types)


def page_of(out):
    return (out / "report.html").read_text(encoding="utf-8")


def manifest(out):
    return json.loads((out / "manifest.json").read_text(encoding="utf-8"))


def left_in(folder):
    return sorted(path.name for path in folder.iterdir())


def sha256(path):
    return hashlib.sha256(path.read_bytes()).hexdigest()


def test_the_folder_holds_tables_figures_report_explorer_and_manifest(bundled):
    assert left_in(bundled) == [
        "explorer.html",
        "figures",
        "manifest.json",
        "report.html",
        "report.zh.html",
        "tables",
    ]
    names = {path.stem for path in (bundled / "tables").iterdir()}
    wanted = "centrality coverage degree effects enclaves kinds layers replicates"
    assert {*wanted.split(), "scenario", "strength", "profile"} <= names
    for folder, endings in (("tables", (".csv", ".parquet")), ("figures", (".pdf", ".png"))):
        found = [path.name for path in (bundled / folder).iterdir() if path.suffix != ".md"]
        stems = {Path(name).stem for name in found}
        assert sorted(found) == sorted(stem + ending for stem in stems for ending in endings)
    figures = "flow_map centralities centres profile effects park"
    figures += " layer_similarity host_ranking"
    assert {*figures.split()} <= {path.stem for path in (bundled / "figures").iterdir()}


def test_captions_are_in_a_file_and_in_the_figures(bundled):
    text = (bundled / "figures/captions.md").read_text("utf-8")
    names = {path.stem for path in (bundled / "figures").glob("*.png")}
    assert set(re.findall(r"^## (\w+)$", text, re.M)) == names
    assert "netinnov.study.run" in text.split("##")[0]
    captions = dict(re.findall(r"^## (\w+)\n\n(.+)$", text, re.M))
    for name, caption in captions.items():
        with Image.open(bundled / "figures" / f"{name}.png") as picture:
            held = picture.text
        assert held["Description"] == re.sub(r"\\(.)", r"\1", caption)
        assert held["Comment"] == "netinnov.study.run"
    assert "&amp;" not in text


def test_type_in_figures_of_the_page_has_ten_pixels_on_a_phone(bundled):
    """A figure of the page is at most 480 px wide for type of 13.6 px: shown 358 wide, of 10.1."""
    widths = re.findall(r'style="max-width: (\d+)px" src="data:image/webp', page_of(bundled))
    assert len(widths) > 8
    assert max(map(int, widths)) <= 480 * 1.15 + 1


def test_csv_and_parquet_agree(bundled):
    assert_same_tables(bundled)


def assert_same_tables(out):
    for path in (out / "tables").glob("*.parquet"):
        parquet = pd.read_parquet(path)
        texts = {
            name: "str"
            for name, kind in parquet.dtypes.items()
            if isinstance(kind, (pd.StringDtype, pd.CategoricalDtype))
        }
        numbers = {name: "float64" for name, kind in parquet.dtypes.items() if kind == "Int64"}
        parquet = parquet.astype(texts | numbers)
        parquet = parquet.replace(dict.fromkeys(texts, ""), np.nan)  # as in text
        whole = {"dtype": texts, "keep_default_na": False, "na_values": [""]}
        csv = pd.read_csv(path.with_suffix(".csv"), **whole)
        # The reader of pandas 3.0 may miss the last digits.
        pd.testing.assert_frame_equal(csv, parquet, check_dtype=False, rtol=1e-10, atol=0)


def test_the_report_is_one_file_that_loads_nothing(bundled):
    page = page_of(bundled)
    sources = re.findall(r'src="([^"]*)', page)
    assert all(source.startswith("data:image/webp;base64,") for source in sources)
    assert re.search(r"<script|<link|@import|url\(", page) is None
    policy = "default-src 'none'; img-src data:; style-src 'unsafe-inline'"
    assert f'<meta http-equiv="Content-Security-Policy" content="{policy}">' in page
    targets = re.findall(r'href="([^"]*)"', page)
    assert {target.split("/")[0] for target in targets if not target.startswith("#")} <= {
        "tables",
        "figures",
        "explorer.html",
        "report.zh.html",
    }
    ids = set(re.findall(r'id="([^"]*)"', page))
    assert {target[1:] for target in targets if target.startswith("#")} <= ids


def test_every_file_that_the_report_names_is_there_and_every_table_is_named(bundled):
    page = page_of(bundled)
    named = set(re.findall(r"(?:tables|figures)/\w+\.\w+", page))
    assert [name for name in named if not (bundled / name).is_file()] == []
    assert {f"tables/{path.name}" for path in (bundled / "tables").glob("*.csv")} <= named


def in_sight(page):
    """Text of a page whose folds are closed."""
    folds = re.compile(
        r"(<details[^>]*><summary>(?:(?!</?details).)*?</summary>)(?:(?!<details).)*?</details>",
        re.S,
    )
    body = page[page.index("<body>") :]
    while (opened := folds.sub(lambda fold: fold[1].replace("details", "div"), body)) != body:
        body = opened
    return html.unescape(re.sub(r"<[^>]+>", " ", body))


def words_of(page):
    """Words outside tables, the folded ones included."""
    body = page[page.index("<body>") : page.index('<section class="part" id="files">')]
    body = re.sub(r"<table.*?</table>", " ", body, flags=re.S)
    return html.unescape(re.sub(r"<[^>]+>", " ", body)).split()


def test_the_page_is_short(bundled):
    page = page_of(bundled)
    assert len(re.findall(r'<section class="part"', page)) <= 14
    assert len(words_of(page)) <= 5_000
    without = re.sub(r"<table.*?</table>", " ", page, flags=re.S)
    assert len(in_sight(without).split()) <= 950  # with the names of files
    assert page.count('<table id="table-') <= 25
    assert "What would a park of" in in_sight(page)


def test_both_languages_show_the_same_sections_tables_and_numbers(bundled):
    english, chinese = page_of(bundled), (bundled / "report.zh.html").read_text("utf-8")
    for pattern in (r'id="([\w-]+)"', r"<h2[^>]*>(\d+)", r'<td class="n">([^<%]*\d)</td>'):
        assert re.findall(pattern, english) == re.findall(pattern, chinese)
    assert 'href="report.zh.html"' in english
    assert 'href="report.html"' in chinese


def test_pictures_are_described_and_not_by_their_caption(bundled):
    pictures = re.findall(r'<img alt="([^"]*)".*?<figcaption>(.*?)<', page_of(bundled), re.S)
    assert len(pictures) > 8
    assert [alt for alt, caption in pictures if len(alt) < 20 or caption.startswith(alt)] == []


def test_no_number_is_written_by_a_computer(bundled):
    assert re.search(r"\d[eE][-−+]?\d", in_sight(page_of(bundled))) is None
    cells = re.findall(r'<td class="n">(.*?)</td>', page_of(bundled))
    assert [cell for cell in cells if re.search(r"\de", cell)] == []


def test_the_page_has_the_sections_in_order_and_says_nothing_twice(bundled):
    page = page_of(bundled)
    # No year of the delta has 20 linked pairs, and there is no panel.
    absent = (sections.LEADING[0], "periods", "evaluation")
    names = [section.name for section in sections.SECTIONS if section.name not in absent]
    assert re.findall(r'<section class="part" id="(\w+)">', page) == [*names, "files"]
    items = [re.sub(r"<[^>]+>", "", item) for item in re.findall(r"<li>(.*?)</li>", page)]
    said = [sentence for item in items for sentence in item.strip(" .").split(". ")]
    repeated = {s for s in said if said.count(s) > 1}
    assert {s for s in repeated if len(s) > 60} == set()


def test_what_is_left_out_is_counted_in_a_table(bundled):
    # 309 nodes; the actors without a place and the cities outside the four provinces are left out.
    coverage = table(bundled, "coverage").set_index("part")
    network = ni.datasets.load_yrd_enclaves()
    assert coverage.loc["as built"].tolist() == [network.n_nodes, network.n_links]
    assert coverage.loc["with a place", "nodes"] == network.nodes["place"].notna().sum()
    assert coverage["links"].is_monotonic_decreasing
    lost = coverage["nodes"].iloc[0] - coverage["nodes"].iloc[1]
    assert f"{lost} nodes without a place" in page_of(bundled)


def test_the_manifest_tells_what_the_run_was_made_of(bundled):
    found = manifest(bundled)
    assert found["netinnov"] == ni.__version__
    assert {"numpy", "pandas", "numba", "matplotlib"} <= found["packages"].keys()
    assert found["packages"]["numpy"] == np.__version__
    assert found["python"] == sys.version.split()[0]
    assert found["configuration"]["seed"] == 1
    asked = study.configure(tomllib.loads(FEW) | {"language": "en,zh"})
    assert found["configuration"] == json.loads(asked.model_dump_json())
    quick, slow = "data central organised enclaves periods park space gains", "centres where_next"
    assert [*found["seconds"]] == f"load {quick} {slow} experiment hosts report".split()
    assert all(value >= 0 for value in found["seconds"].values())
    assert found["network"]["nodes"] == 309
    assert pd.Timestamp(found["finished"]).tzinfo is not None


def test_the_hashes_of_the_manifest_are_right(bundled):
    found = manifest(bundled)
    files = {
        path.relative_to(bundled).as_posix(): sha256(path)
        for path in bundled.rglob("*")
        if path.is_file() and path.name != "manifest.json"
    }
    assert found["outputs"] == files
    packaged = Path(ni.datasets.__file__).parent / "tables"
    paths = [path for path in packaged.iterdir() if not path.name.startswith("research_")]
    paths = [path for path in paths if path.suffix != ".toml"]  # tables of this case alone
    assert found["inputs"] == {path.name: sha256(path) for path in paths}


def test_the_manifest_is_json_whatever_a_path_holds(no_figures, tables, tmp_path):
    settings = study.read_configuration(tables(THREE, CHAIN))
    strange = settings.data.path.rename(tmp_path / "a\udcff\"b'\n<é")
    data = settings.data.model_copy(update={"path": strange})
    out = study.run(settings.model_copy(update={"data": data}), out=tmp_path / "out").parent
    assert manifest(out)["configuration"]["data"]["path"] == str(strange)


def test_numbers_are_those_of_the_package(bundled):
    network = ni.datasets.load_yrd_enclaves()
    places = network.places
    whole = places["level"].isin(["municipality", "prefecture"])
    delta = whole & places["province"].isin(["Shanghai", "Jiangsu", "Zhejiang", "Anhui"])
    city = places["parent"].fillna(places.index.to_series())
    inside = network.nodes["place"].map(city).isin(places.index[delta])
    cities = ni.aggregate(network.select(nodes=network.nodes.index[inside]), level=1)
    assert cities.n_nodes == 41
    expected = ni.centrality.pagerank(cities, presence="linked")
    found = table(bundled, "centrality").set_index("node")["pagerank"]
    pd.testing.assert_series_equal(
        found, expected.reindex(found.index), check_index_type=False, check_names=False
    )
    assert found.is_monotonic_decreasing


def test_what_is_modelled_is_marked(bundled):
    layer = gravity_parameters()["layer"]
    layers = table(bundled, "layers").set_index("layer")["modelled"]
    assert layers[layers].index.tolist() == [layer]
    for name in ("centrality", "effects"):
        assert (table(bundled, name)["modelled_layers"] == layer).all()
    page = page_of(bundled)
    assert "of its 6 modelled links" in page
    assert re.search(r"\bp\s*[=<]\s*0", page) is None
    badge = f'<a class="badge" href="#data" title="{layer} ">modelled</a>'
    caption = re.search(r'<table id="table-host_ranking">\s*<caption>(.*?)</caption>', page, re.S)
    assert badge in caption[1]
    assert f"{layer} (modelled)" not in page  # the name says so itself


def test_the_bundled_case_has_the_numbers_of_the_park(bundled):
    parks = table(bundled, "parks").set_index("node")
    assert parks.loc["quzhou_haichuang", ["partners", "links"]].tolist() == [13, 20]
    assert "By links alone that are stated as facts it joins none." in page_of(bundled)


@pytest.mark.slow
def test_the_same_seed_gives_the_same_files_and_another_one_others(no_figures, tables, tmp_path):
    ends = [*pairwise(f"n{at}" for at in range(6)), ("n5", "n0"), ("n0", "n3")]
    first = "seed = 1\n" + NOTHING.replace("structure = false\n", "")
    path = tables(
        [(f"n{at}", f"p{at}") for at in range(6)],
        ends,
        settings="[structure]\nresamples = 3\nreplicates = 3\n"
        + PARK_TEXT.replace('"P"', '"p0"').replace('"Q"', '"p1"')
        + "rivals = []\n",
        link_columns={"weight": range(3, 3 + len(ends))},
        first=first,
    )

    def content(seed):
        path.write_text(path.read_text().replace("seed = 1", f"seed = {seed}"))
        out = tmp_path / f"out {seed} {len(left_in(tmp_path))}"
        study.run(study.read_configuration(path), out=out)
        assert manifest(out)["configuration"]["seed"] == seed
        return {file.name: file.read_bytes() for file in (out / "tables").iterdir()}

    once, again, other = content(1), content(1), content(2)
    assert once == again
    assert other.keys() == once.keys()
    changed = {Path(name).stem for name in once if other[name] != once[name]}
    drawn = {"profile", "centres", "centre_rules", "communities"}
    drawn |= {"effects", "host_ranking"}
    assert {"replicates", "profile", "scenario"} <= changed
    assert changed <= drawn | {"replicates", "scenario"}


def test_what_is_true_of_a_layer_can_be_said_in_the_configuration(no_figures, tables):
    said = "[layers.trade]\nmodelled = true\ndirected = true\n"
    columns = {"layer": ["trade", "work"]}
    out = run(tables(THREE, CHAIN, link_columns=columns, settings=said))
    layers = table(out, "layers").set_index("layer")
    assert layers["modelled"].to_dict() == {"trade": True, "work": False}
    assert layers["directed"].to_dict() == {"trade": True, "work": False}
    path = tables(THREE, CHAIN, link_columns=columns, settings="[layers.trde]\nmodelled = true\n")
    with pytest.raises(InputError, match=r"did you mean 'trade'\?"):
        study.run(study.read_configuration(path), out=path.parent / "other")


@pytest.mark.slow
def test_names_that_mean_something_to_a_browser_or_a_spreadsheet(no_figures, tables):
    ids = [f"n{at}" for at in range(len(NASTY))]
    layers = [*NASTY[3:], *NASTY[:2]]
    places = pd.DataFrame({"place": NASTY, "name": NASTY, "lon": range(len(NASTY))})
    places = places.assign(lat=30.0, parent=None)
    park = PARK_TEXT.replace('"P"', "'<script>alert(1)</script>'").replace('"Q"', '"杭州"')
    path = tables(
        list(zip(ids, NASTY, strict=True)),
        list(pairwise(ids)),
        settings=park + 'funding = ["new"]\n[structure]\nresamples = 4\nreplicates = 4\n',
        first=NOTHING.replace("structure = false\n", ""),
        node_columns={"kind": NASTY, "jurisdiction": [*NASTY[1:], NASTY[0]], "name": NASTY},
        link_columns={"layer": layers},
        places=places,
    )
    out = run(path, command="netinnov run '<b>.toml'")
    page = page_of(out)
    assert re.search(r"<script|<b>|&amp;lt;|&lt;bdi", page) is None
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in page
    # What turns the direction of text stands in an element that isolates it.
    turned = [page[: found.start()] for found in re.finditer("\u202eturned", page)]
    assert len(turned) > 10
    assert all(before.rfind("<bdi>") > before.rfind("</bdi>") for before in turned)
    # The id of a node is read back letter for letter; the columns of layers too.
    assert sorted(table(out, "centrality", node="str")["node"]) == sorted(NASTY)
    assert sorted(table(out, "strength").columns) == sorted(["node", *layers])
    assert set(table(out, "kinds", kind="str")["kind"]) == {kind.lower() for kind in NASTY}
    assert_same_tables(out)


@pytest.mark.parametrize(
    ("nodes", "links", "settings", "words"),
    [
        ([("a", "P"), ("b", None)], [("a", "b")], "", "none of the 1 links joins two nodes"),
        (THREE, CHAIN, '[places.keep]\nplace = ["P"]\n', "among those of [places.keep]"),
        (THREE, CHAIN, '[places.keep]\nplaec = ["P"]\n', "'plaec' (did you mean 'place'?)"),
        (THREE, CHAIN, '[places.keep]\nplace = ["P", "S"]\n', "are not in the places: 'S'"),
        (THREE, [], PARK_TEXT, "an enclave needs a network with links"),
        (THREE, CHAIN, PARK_TEXT.replace('"Q"', '"P"'), "must differ; both are 'P'"),
        (THREE, CHAIN, PARK_TEXT.replace('"P"', '"PP"'), "'PP' (did you mean 'P'?)"),
        (THREE, CHAIN, PARK_TEXT.replace('"Q"', '"S"'), "places of the report, at level 0: 'S'"),
        (THREE, CHAIN, PARK_TEXT.replace("size = 1", "size = 9"), "9 are asked for, 'P' has 1"),
        (
            THREE,
            CHAIN,
            "[measures]\ndistance_weight = 1.0\n" + PARK_TEXT,
            "frictions need distances",
        ),
        (THREE, [("a", "z")], "", "end is not a node"),
        (THREE, CHAIN, '[maps]\nbasemap = "no.geojson"\n', "must be a file; there is none"),
    ],
)
def test_what_no_study_can_be_made_of(tables, nodes, links, settings, words):
    path = tables(nodes, links, settings=settings)
    before = left_in(path.parent)
    with pytest.raises(InputError) as caught:
        run(path)
    assert words in str(caught.value)
    assert left_in(path.parent) == before


@pytest.mark.parametrize("layer", ["all", "node", "name", "modelled_layers"])
def test_names_of_layers_that_the_tables_need(tables, layer):
    with pytest.raises(InputError, match=f"a layer cannot be called '{layer}'"):
        run(tables(THREE, CHAIN, link_columns={"layer": [layer, "x"]}))


def test_layers_of_shares_are_refused_before_any_work(tables):
    layers = {"layer": ["links", "trips_share_of_origin"]}
    words = r"'trips_share_of_origin' holds shares .* leave the layer"
    with pytest.raises(InputError, match=words):
        run(tables(THREE, CHAIN, link_columns=layers))
    path = tables(THREE, CHAIN, settings='[layers.links]\nquantity = "share_of_origin"\n')
    with pytest.raises(InputError, match="'links' holds shares"):
        run(path)


def test_what_is_not_there_is_said_to_be_missing(no_figures, tables):
    """No enclave, so no experiment; and no two places are linked, so none is central."""
    path = tables([("a", "P"), ("b", "P")], [("a", "b")])
    path.write_text('language = "en,zh"\n' + path.read_text())
    out = run(path)
    page, chinese = page_of(out), (out / "report.zh.html").read_text("utf-8")
    for why in ("No experiment was run", "No two places are linked"):
        assert page.count(why) == 1
    assert chinese.count("没有进行实验") == 1
    path.write_text("experiment = false\n" + path.read_text())
    assert "No experiment" not in page_of(run(path, overwrite=True))


SOURCES = {
    "multiplex": ("net.edges", "1 1 2 1\n1 2 3 2\n2 1 3 1\n"),
    "flows": ("flows.csv", "origin;destination;flow\na;b;3\nb;c;4\nc;a;1\n"),
    "cordis": (
        "organization.csv",
        "projectID;organisationID;name;activityType;city;country\n"
        "1;2;Lab;HES;Paris;FR\n1;3;Firm;PRC;Lyon;FR\n",
    ),
    "patentsview": (
        "g_inventor_disambiguated.tsv",
        "patent_id\tinventor_id\tlocation_id\n1\ta\tx\n1\tb\ty\n2\tb\ty\n2\tc\tz\n",
    ),
}


@pytest.mark.slow
@pytest.mark.parametrize("source", [*SOURCES])
def test_every_reader_is_usable_in_a_study(no_figures, tmp_path, source):
    name, text = SOURCES[source]
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / name).write_text(text)
    (tmp_path / "data" / "project.csv").write_text("id;startDate\n1;2015-01-01\n")
    path = tmp_path / "study.toml"
    where = "data" if source == "cordis" else f"data/{name}"
    path.write_text(f'{NOTHING}[data]\nsource = "{source}"\npath = "{where}"\n')
    out = run(path)
    assert (table(out, "centrality")["overlapping_degree"] > 0).all()
    assert f"{name}" in manifest(out)["inputs"]


def test_nothing_is_overwritten_unasked_or_with_wrong_options(tables):
    path = tables(THREE, CHAIN)
    out = path.parent / "out"
    out.mkdir()
    (out / ".mine").write_text("mine")
    with pytest.raises(InputError, match="is there already and not empty; name another folder"):
        run(path)
    with pytest.raises(InputError, match="name another folder"):  # it is no study
        run(path, overwrite=True)
    for executor in (2, print, ProcessPoolExecutor, ThreadPoolExecutor()):
        with pytest.raises(InputError, match="`executor` must be an executor of processes"):
            run(path, executor=executor)
    assert (out / ".mine").read_text() == "mine"


@pytest.mark.slow
def test_an_older_study_is_replaced_when_asked_once_the_new_one_is_there(
    no_figures, tables, monkeypatch
):
    path = tables(THREE, CHAIN)
    out = run(path)
    before = (out / "report.html").read_bytes()

    def fail(*arguments, **options):
        raise MemoryError

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("netinnov.study.write_page", fail)
        with pytest.raises(MemoryError):
            run(path, overwrite=True)
    assert (out / "report.html").read_bytes() == before
    run(path, overwrite=True)
    assert left_in(out) == ["explorer.html", "manifest.json", "report.html", "tables"]
    assert left_in(path.parent) == ["out", "study.toml", "tables"]
    fresh = path.parent / "fresh"
    assert study.run(study.read_configuration(path), out=fresh, overwrite=True).is_file()


@pytest.mark.slow
@pytest.mark.parametrize(
    ("name", "told"),
    [
        ("raw/flows.csv", "raw, raw/flows.csv"),
        ("report.html", "report.html"),  # changed by the user
        ("figures", "figures"),
    ],
)
def test_a_study_with_files_of_others_is_not_replaced(no_figures, tables, name, told):
    path = tables(THREE, CHAIN)
    out = run(path)
    (out / name).parent.mkdir(exist_ok=True)
    if name == "figures":
        (out / name).symlink_to(path.parent / "tables")
    else:
        (out / name).write_text("mine")

    def say(text):
        raise AssertionError("it is refused before anything is computed")

    with pytest.raises(InputError, match=f"what is there now: {told}. Move that out"):
        run(path, overwrite=True, say=say)
    assert name == "figures" or (out / name).read_text() == "mine"


def test_a_file_that_comes_while_a_study_runs_is_kept(no_figures, tables):
    path = tables(THREE, CHAIN)
    out = run(path)
    before = (out / "manifest.json").read_bytes()
    with pytest.raises(InputError, match=r"note.txt. Move "):
        run(path, overwrite=True, say=lambda text: (out / "note.txt").write_text("mine"))
    assert (out / "note.txt").read_text() == "mine"
    assert (out / "manifest.json").read_bytes() == before
    assert left_in(path.parent) == ["out", "study.toml", "tables"]
