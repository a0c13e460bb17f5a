"""The main job: configuration, results that can be traced and repeated, messy and small data."""

from __future__ import annotations

import hashlib
import json
import re
import sys
import tomllib
from itertools import pairwise
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

import netinnov as ni
from netinnov import pipeline
from netinnov.datasets import gravity_parameters
from netinnov.errors import InputError
from netinnov.pipeline import _configuration, _manifest, _steps

FEW = re.sub(r"(resamples|replicates) = \d+", r"\1 = 4", _configuration.EXAMPLE)
FEW_DRAWS = "[structure]\nresamples = 4\nreplicates = 4\n"
NASTY = (
    "<script>alert(1)</script>",
    "\"a\" & 'b'",
    "杭州",
    "😀",
    "=1+1",
    "two\nlines",
    "x,y;z",
    r"$\alpha$",
    "_u",
    " pad ",
    "NA",
    "nan",
    "&amp;",
)
PARK = """
[experiment]
home = "P"
host = "Q"
size = 1
pipeline_share = 0.5
replicates = 3
"""


@pytest.fixture(scope="session")
def bundled(tmp_path_factory):
    """The bundled case with few placements, its folder."""
    out = tmp_path_factory.mktemp("bundled") / "study"
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(_configuration, "EXAMPLE", FEW)
        assert pipeline.run(out=out) == out / "report.html"
    return out


@pytest.fixture
def no_figures(monkeypatch):
    """Drawing takes most of the time of a run."""
    monkeypatch.setattr("netinnov.report.draw_figures", lambda study, modelled: iter(()))


@pytest.fixture
def study(tmp_path):
    """Write tables and a configuration beside them; returns the path of the configuration."""

    def write(
        nodes,
        links=(),
        *,
        settings="",
        data="",
        directed=(),
        places=None,
        node_columns=None,
        link_columns=None,
    ):
        folder = tmp_path / "tables"
        folder.mkdir(exist_ok=True)
        tables = {
            "nodes": pd.DataFrame(nodes, columns=["node", "place"]).assign(**(node_columns or {})),
            "links": pd.DataFrame(links, columns=["source", "target"]).assign(
                **(link_columns or {})
            ),
            "places": places,
        }
        for name, frame in tables.items():
            if frame is not None:
                frame.to_csv(folder / f"{name}.csv", index=False)
        if directed:
            (folder / "network.json").write_text(json.dumps({"directed": list(directed)}))
        path = tmp_path / "study.toml"
        text = f'[data]\nsource = "tables"\npath = "tables"\n{data}\n{settings}'
        text += "" if "[structure]" in settings else f"\n{FEW_DRAWS}"
        path.write_text(text, encoding="utf-8")
        return path

    return write


THREE = [("a", "P"), ("b", "Q"), ("c", "R")]
CHAIN = [("a", "b"), ("b", "c")]
PLACES = pd.DataFrame(
    {"place": ["P", "Q", "R"], "lon": [120.0, 119.0, 121.0], "lat": [30.0, 29.0, 31.0]}
)


def run(path, **options):
    """Run a configuration beside which the output is put."""
    out = path.parent / "out"
    pipeline.run(pipeline.read_configuration(path), out=out, **options)
    return out


def table(out, name, **types):
    path = out / "tables" / f"{name}.csv"
    return pd.read_csv(path, keep_default_na=False, na_values=[""], dtype=types)


def manifest(out):
    return json.loads((out / "manifest.json").read_text(encoding="utf-8"))


def left_in(folder):
    return sorted(path.name for path in folder.iterdir())


def sha256(path):
    return hashlib.sha256(path.read_bytes()).hexdigest()


# -- what a run writes -------------------------------------------------------------------------


def test_the_folder_holds_tables_figures_report_and_manifest(bundled):
    assert left_in(bundled) == ["figures", "manifest.json", "report.html", "tables"]
    tables = {path.stem for path in (bundled / "tables").iterdir()}
    wanted = "centrality coverage degree effects enclaves kinds layers polycentricity replicates"
    assert {*wanted.split(), "modelled", "scenario", "strength"} <= tables
    for folder, endings in (("tables", (".csv", ".parquet")), ("figures", (".pdf", ".png"))):
        names = [path.name for path in (bundled / folder).iterdir()]
        stems = {Path(name).stem for name in names}
        assert sorted(names) == sorted(stem + ending for stem in stems for ending in endings)
    assert {"flow_map", "rank_size", "centralities"} <= {
        path.stem for path in (bundled / "figures").iterdir()
    }


def test_figures_are_what_their_endings_say(bundled):
    for path in (bundled / "figures").iterdir():
        head = b"%PDF-" if path.suffix == ".pdf" else b"\x89PNG\r\n"
        assert path.read_bytes().startswith(head)


def test_csv_and_parquet_agree(bundled):
    assert_same_tables(bundled)


def assert_same_tables(out):
    for path in (out / "tables").glob("*.parquet"):
        there = pd.read_parquet(path)
        texts = {
            name: "str"
            for name, kind in there.dtypes.items()
            if isinstance(kind, (pd.StringDtype, pd.CategoricalDtype))
        }
        there = there.astype(texts).replace(dict.fromkeys(texts, ""), np.nan)  # as in text files
        csv = pd.read_csv(
            path.with_suffix(".csv"),
            dtype=texts,
            keep_default_na=False,
            na_values=[""],
        )
        pd.testing.assert_frame_equal(csv, there, check_dtype=False, check_exact=True)


def test_the_report_is_one_file(bundled):
    page = (bundled / "report.html").read_text(encoding="utf-8")
    assert all(
        src.startswith("data:image/png;base64,") for src in re.findall(r'src="([^"]*)', page)
    )
    assert re.search(r"<script|<link|@import|url\(", page) is None
    targets = re.findall(r'href="([^"]*)"', page)
    assert {target.split("/")[0][0] for target in targets} <= {"#", "t", "f"}


def test_every_file_that_the_report_names_is_there(bundled):
    page = (bundled / "report.html").read_text(encoding="utf-8")
    named = set(re.findall(r"(?:tables|figures)/\w+\.\w+", page))
    assert [name for name in named if not (bundled / name).is_file()] == []
    tables = {f"tables/{path.name}" for path in (bundled / "tables").glob("*.csv")}
    assert tables <= named


def test_every_number_of_the_report_names_its_table(bundled):
    page = (bundled / "report.html").read_text(encoding="utf-8")
    found = page[page.index('<section id="built">') : page.index('<section id="methods">')]
    sentences = re.findall(r"<li>(.*?)</li>", found, re.S)
    assert len(sentences) > 10
    assert [s for s in sentences if re.search(r"\d", s) and "tables/" not in s] == []
    captions = re.findall(r"<figcaption>(.*?)</figcaption>", found, re.S)
    assert [caption for caption in captions if "tables/" not in caption] == []


def test_what_is_left_out_is_counted_in_a_table(bundled):
    # 309 nodes; the actors without a place and the cities outside the four provinces are left out.
    coverage = table(bundled, "coverage").set_index("part")
    network = ni.datasets.load_yrd_enclaves()
    assert coverage.loc["as built"].tolist() == [network.n_nodes, network.n_links]
    assert coverage.loc["with a place", "nodes"] == network.nodes["place"].notna().sum()
    assert coverage["links"].is_monotonic_decreasing
    page = (bundled / "report.html").read_text(encoding="utf-8")
    lost = coverage["nodes"].iloc[0] - coverage["nodes"].iloc[1]
    assert f"{lost} nodes have no place" in page


def test_the_manifest_tells_what_the_run_was_made_of(bundled):
    found = manifest(bundled)
    assert found["netinnov"] == ni.__version__
    assert {"numpy", "pandas", "numba", "matplotlib"} <= found["packages"].keys()
    assert found["packages"]["numpy"] == np.__version__
    assert found["python"] == sys.version.split()[0]
    assert found["seed"] == 1
    assert found["configuration"] == json.loads(
        pipeline.Configuration.model_validate(tomllib.loads(FEW)).model_dump_json()
    )
    assert list(found["seconds"]) == [
        *("load", "places", "measures", "experiment", "structure", "mechanisms", "report")
    ]
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
    assert found["inputs"] == {path.name: sha256(path) for path in packaged.iterdir()}


def test_the_manifest_does_without_the_memory_where_no_system_tells_it(monkeypatch, tmp_path):
    monkeypatch.setitem(sys.modules, "resource", None)  # as on Windows
    _manifest.write_manifest(
        tmp_path, command="", configuration={"seed": 1}, inputs={}, network={}, seconds={}
    )
    assert manifest(tmp_path)["peak_memory_mib"] is None


def test_the_manifest_is_json_whatever_a_path_holds(tmp_path):
    strange = {"seed": 1, "path": "a\udcff\"b'\n<é"}
    _manifest.write_manifest(
        tmp_path, command="\udcff", configuration=strange, inputs={}, network={}, seconds={}
    )
    assert manifest(tmp_path)["configuration"] == strange


# -- what it holds -----------------------------------------------------------------------------


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
    strength = table(bundled, "strength").set_index("node").sum(axis=1)
    slope = ni.polycentricity.rank_size(strength).slope
    assert table(bundled, "polycentricity").set_index("layer").loc[
        "all", "rank_size_slope"
    ] == pytest.approx(slope)


def test_what_is_modelled_is_marked(bundled):
    layer = gravity_parameters()["layer"]
    layers = table(bundled, "layers").set_index("layer")["modelled"]
    assert layers[layers].index.tolist() == [layer]
    for name in ("centrality", "effects"):
        assert (table(bundled, name)["modelled_layers"] == layer).all()
    page = (bundled / "report.html").read_text(encoding="utf-8")
    assert "an experiment inside the model" in page
    assert re.search(r"\bp\s*[=<]\s*0", page) is None


def test_an_experiment_without_a_layer_names_the_one_it_took(no_figures, tmp_path):
    # The layer of most links is the modelled one: the report must say so all the same.
    path = tmp_path / "study.toml"
    path.write_text(re.sub(r"\nlayer = .*", "", FEW))
    out = run(path)
    said = table(out, "scenario").set_index("parameter")["value"]
    assert said["layer"] == "gravity_modelled"
    page = (out / "report.html").read_text(encoding="utf-8")
    assert "an experiment inside the model" in page


def test_the_example_gives_the_bundled_case_to_the_last_byte(no_figures, bundled, tmp_path):
    path = tmp_path / "study.toml"
    path.write_text(FEW)
    out = run(path)
    assert left_in(out / "tables") == left_in(bundled / "tables")
    for file in (out / "tables").iterdir():
        assert file.read_bytes() == (bundled / "tables" / file.name).read_bytes(), file.name


def test_another_seed_changes_what_is_drawn_and_nothing_else(no_figures, bundled, tmp_path):
    path = tmp_path / "study.toml"
    path.write_text(FEW.replace("seed = 1 ", "seed = 2 "))
    out = run(path)
    changed = {
        file.stem
        for file in (out / "tables").iterdir()
        if file.read_bytes() != (bundled / "tables" / file.name).read_bytes()
    }
    drawn = {"profile", "centres", "structure", "break_even_prices", "specifications"}
    tried = {"replicates", "effects", "effect_parts", "contrasts", "link_changes", "scenario"}
    tried |= {"diffusion", "diffusion_draws"}
    assert changed - {"centre_rules"} == tried | drawn
    assert manifest(out)["seed"] == 2


def test_presence_reaches_every_pagerank(no_figures, study, monkeypatch):
    asked = []
    original = ni.centrality.pagerank

    def spy(network, **options):
        asked.append((options["presence"], options["coupling"], options["damping"]))
        return original(network, **options)

    monkeypatch.setattr("netinnov.centrality.pagerank", spy)
    measures = '[measures]\npresence = "linked"\ncoupling = 2.0\ndamping = 0.5\n'
    out = run(study(THREE, CHAIN, settings=measures + PARK))
    assert set(asked) == {("linked", 2.0, 0.5)}
    # Measured twice (the observed layers also apart), baseline once, then three placements of two
    # enclaves, two rivals and the same enclaves at R, the only other host.
    assert len(asked) == 2 + 1 + 6 * 3
    said = table(out, "scenario").set_index("parameter")["value"]
    assert said[["presence", "coupling", "damping"]].tolist() == ["linked", "2.0", "0.5"]


def test_frictions_reach_the_experiment(no_figures, study):
    # P and R hang on Q, all jurisdictions differ: two links have length 1.5, the pair P-R 3.
    settings = "[measures]\nborder = 0.5\n" + PARK + 'funding = ["new"]\n'
    replicates = table(run(study(THREE, CHAIN, settings=settings)), "replicates")
    before = replicates[replicates["scenario"] == "baseline"].set_index("measure")["value"]
    assert before["global_efficiency_with_frictions"] == pytest.approx((2 / 1.5 + 1 / 3) / 3)


def test_the_experiment_measures_what_the_package_measures(no_figures, study):
    nodes = [*THREE, ("d", "S"), ("e", "T")]
    links = [*CHAIN, ("c", "d"), ("d", "e"), ("a", "d")]
    effects = table(run(study(nodes, links, settings=PARK)), "effects").set_index("measure")
    network = ni.build_network(
        pd.DataFrame(nodes, columns=["node", "place"]),
        pd.DataFrame(links, columns=["source", "target"]),
    )
    cities = ni.build.aggregate(network, by="place")
    access = ni.experiments.access_inequality(cities)
    assert effects.loc["access_inequality", "baseline"].tolist() == pytest.approx([access] * 4)
    whole = ni.connectivity.global_efficiency(cities)
    assert effects.loc["global_efficiency", "baseline"].tolist() == pytest.approx([whole] * 4)


LINE = pd.DataFrame({"place": ["P", "Q", "R"], "lon": [0.0, 1.0, 3.0], "lat": 0.0})
DEARER = """
funding = ["new"]
rivals = ["direct links", "forward enclave", "random ends"]
placebos = 0
[experiment.prices]
park = 10
link = 1
pipeline_km = 0.01
"""


def test_rivals_cost_as_much_where_there_are_prices(no_figures, study):
    # P - Q - R on the equator, one and two degrees apart, D = 111.195 km a degree; a park of P in Q
    # with a link to Q (local), R (2 D) and P (D): 10 + 1 + 3 * 1.112 = 14.336.
    # Direct links go to Q (1.112) and R (3.336) in turn: 6 cost 13.343, 7 14.455.
    # A branch of Q at P: 4 links, 3 of them local, cost 14.112, 5 with 2 to Q 15.224.
    park = PARK.replace("size = 1", "size = 3").replace("0.5", "0.33")
    settings = "[measures]\nborder = 0.5\n" + park + DEARER
    out = run(study(THREE, CHAIN, settings=settings, places=LINE))
    degree = 111.19508
    costs = table(out, "costs").set_index("scenario")
    assert costs["size"].to_dict() == {
        "reverse enclave, new": 3,
        "direct links, new": 6,
        "forward enclave, new": 4,
        "random ends, new": 3,
    }
    assert costs.loc["reverse enclave, new"].tolist() == pytest.approx(
        [3, 1, 1, 3 * degree, 11 + 0.03 * degree]
    )
    assert costs.loc["direct links, new"].tolist() == pytest.approx(
        [6, 0, 0, 12 * degree, 0.12 * degree]
    )
    # P's nearness is (1 / 1.5 + 1 / 3) / 2. By the park, which is P's own, R is 2.5 away, by a
    # direct link 1.5. A branch of Q makes no way shorter.
    even = table(out, "break_even_prices")
    even = even[(even["measure"] == "harmonic_centrality_with_frictions") & (even["of"] == "park")]
    even = even.set_index("rival")
    assert even.loc["direct links, new", ["effect", "rival_effect"]].tolist() == pytest.approx(
        [1 / 5 - 1 / 6, 1 / 3 - 1 / 6]
    )
    assert even["better"].to_dict() == {
        "direct links, new": "never",  # 1 / 5 of the effect for about the same cost
        "forward enclave, new": "always",
    }
    page = " ".join((out / "report.html").read_text(encoding="utf-8").split())
    assert "Rivals cost as much as the park, at prices that are assumed: 10 for a park" in page
    assert "6 direct links without a park" in page
    assert "Prices at which the park and a rival do as much per cost" in page
    assert "<li>Rivals cost as much as the park, paid for in the same way" in page
    # Home has one link and cannot give up three.
    assert "The experiment was set up in one way only: reallocated funding" in page
    assert "Neither the data nor the set-up were varied" in page


def test_without_prices_rivals_have_as_many_links_and_it_is_said(no_figures, study):
    settings = "[measures]\nborder = 0.5\n" + PARK
    out = run(study(THREE, CHAIN, settings=settings, places=LINE))
    assert not (out / "tables/costs.csv").exists()
    page = (out / "report.html").read_text(encoding="utf-8")
    assert "No prices are given, so rivals get as many links as the park" in page
    # Two measures, two kinds of funding, two attachments and three borders.
    curve = table(out, "specifications")
    assert curve.shape == (24, 11)
    near = curve[curve["measure"] == "harmonic_centrality"]
    # With no, half and a whole border: (1 + 1 / 2) / 2, (1 / 1.5 + 1 / 3) / 2, (1 / 2 + 1 / 4) / 2.
    assert near.groupby("border")["baseline"].first().tolist() == pytest.approx([0.75, 0.5, 0.375])
    assert (curve["replicates"] == 3).all()
    assert "Set up in 12 ways" in page


@pytest.mark.parametrize(
    ("prices", "places", "words"),
    [
        (
            (10, 1, 0.01),
            None,
            "[experiment.prices] the cost of direct links is not known: kilometres",
        ),
        ((0, 1, 0.01), LINE, "no rival 'direct links' of the same cost: the budget of 1 does not"),
        ((10, 1, 0), LINE, "no rival 'direct links' of the same cost: links of this DirectLinks"),
    ],
)
def test_rivals_that_cannot_be_paid_for(no_figures, study, prices, places, words):
    settings = PARK + "[experiment.prices]\npark = {}\nlink = {}\npipeline_km = {}\n"
    path = study(THREE, CHAIN, settings=settings.format(*prices), places=places)
    if places is None:
        with pytest.raises(InputError, match=re.escape(words)):
            run(path.parent / "study.toml")
    else:
        page = (run(path) / "report.html").read_text(encoding="utf-8")
        assert words in page.replace("&#39;", "'")


def test_layers_and_directions_are_kept(no_figures, study):
    out = run(
        study(THREE, CHAIN, link_columns={"layer": ["x/y", "a; b"]}, directed=["x/y"]),
        progress=True,
    )
    layers = table(out, "layers").set_index("layer")["directed"]
    assert layers.to_dict() == {"a; b": False, "x/y": True}
    assert table(out, "strength").columns.tolist() == ["node", "a; b", "x/y"]


def test_a_region_seen_from_afar(no_figures, study):
    # Two districts of one city, another city outside the province; the district without a parent
    # row of its own stays.
    places = pd.DataFrame(
        {
            "place": ["city", "north", "south", "other", "far"],
            "parent": [None, "city", "city", None, None],
            "province": ["Z", None, None, "Z", "J"],
            "tier": [1, None, None, 2, 1],
        }
    )
    nodes = [("a", "north"), ("b", "south"), ("c", "other"), ("d", "far"), ("e", None)]
    links = [("a", "c"), ("b", "c"), ("a", "b"), ("d", "a"), ("e", "c")]
    settings = '[places]\nlevel = 1\nkeep = {province = ["Z"], tier = ["1", "2"]}\n'
    out = run(study(nodes, links, settings=settings, places=places))
    assert table(out, "coverage").values.tolist() == [
        ["as built", 5, 5],
        ["with a place", 4, 4],
        ["in the places kept", 3, 3],
    ]
    assert table(out, "strength").values.tolist() == [["city", 2.0], ["other", 2.0]]
    page = (out / "report.html").read_text(encoding="utf-8")
    assert "1 nodes have no place: they and 1 linked pairs are left out" in page
    assert "1 nodes lie outside the places chosen: they and 1 linked pairs are left out" in page


def test_enclaves_are_counted_at_the_level_of_the_study(no_figures, study):
    # North and south are districts of one city: a is at home there, and b is an enclave of other.
    places = pd.DataFrame(
        {"place": ["city", "north", "south", "other"], "parent": [None, "city", "city", None]}
    )
    nodes = [("a", "north"), ("b", "south"), ("c", "other")]
    columns = {"jurisdiction": ["south", "other", None]}
    settings = "[places]\nlevel = 1\n"
    links = [("a", "c"), ("b", "c"), ("a", "b")]
    out = run(study(nodes, links, settings=settings, places=places, node_columns=columns))
    found = table(out, "enclaves")[["node", "home", "host"]]
    assert found.values.tolist() == [["b", "other", "city"]]


def test_places_can_be_kept_by_their_ids(no_figures, study):
    out = run(study(THREE, CHAIN, settings='[places.keep]\nplace = ["P", "Q"]\n'))
    assert table(out, "degree")["node"].tolist() == ["P", "Q"]


def test_faulty_rows_are_set_aside_when_asked(no_figures, study):
    nodes = [*THREE, ("c", "R")]
    links = [("a", "b"), ("b", "z"), ("b", "c"), ("c", "a")]
    weight = {"weight": ["1", "1", "x", "2"]}
    out = run(study(nodes, links, data="clean = true", link_columns=weight))
    problems = table(out, "problems")
    assert problems["problem"].tolist() == [
        "duplicate id",
        "end is not a node",
        "weight is not a number",
    ]
    assert table(out, "layers")["links"].tolist() == [2]
    assert "Rows set aside: 3" in (out / "report.html").read_text(encoding="utf-8")
    assert_same_tables(out)


def test_columns_may_be_called_as_those_of_the_rows_set_aside(no_figures, study):
    own = {name: [1, 2, 3, 4] for name in ("table", "row", "problem")}
    out = run(study([*THREE, ("c", "R")], CHAIN, data="clean = true", node_columns=own))
    assert table(out, "problems")["problem"].tolist() == ["duplicate id"]
    assert_same_tables(out)


def test_nothing_to_set_aside_is_said_too(no_figures, study):
    out = run(study(THREE, CHAIN, data="clean = true"))
    assert "No row was set aside" in (out / "report.html").read_text(encoding="utf-8")


def test_a_misspelt_direction_is_no_direction_left_out(study):
    path = study(THREE, CHAIN, data="clean = true", directed=["link"])
    with pytest.raises(InputError, match=r"did you mean 'links'\?"):
        run(path)


def test_a_directed_layer_may_lose_all_its_rows(no_figures, study):
    links = {"layer": ["x", "y"], "weight": ["1", "none"]}
    out = run(study(THREE, CHAIN, data="clean = true", link_columns=links, directed=["y"]))
    assert table(out, "layers")["layer"].tolist() == ["x"]


def test_inputs_are_hashed_by_what_was_read(no_figures, study):
    path = study(THREE, CHAIN)
    (path.parent / "tables" / "diary.csv").write_text("secret")
    found = manifest(run(path))["inputs"]
    assert found == {
        name: sha256(path.parent / "tables" / name) for name in ("links.csv", "nodes.csv")
    }


def test_progress_is_told_step_by_step(no_figures, study):
    told = []
    run(study(THREE, CHAIN, settings=PARK), say=told.append)
    assert told[0] == "reading and checking tables"
    assert "3 nodes in 3 places" in told[2]
    for text in (told[0], "trying the enclave and its rivals", told[-2]):
        after = [line for line in told[told.index(text) :] if line.startswith(f"{text}: done in ")]
        assert re.fullmatch(r".*: done in \d+\.\d s", after[0])
    assert told[-1].startswith("drawing figures and writing the report: done in ")


# -- messy, small and large data ---------------------------------------------------------------


@pytest.mark.parametrize(
    ("nodes", "links", "places"),
    [
        pytest.param([("a", "P")], [], None, id="one node"),
        pytest.param(THREE, [], PLACES, id="no links"),
        pytest.param([(n, "P") for n in "abc"], CHAIN, PLACES, id="all links inside one place"),
        pytest.param([*THREE[:2], ("c", "P")], [("a", "c")], None, id="no link between places"),
    ],
)
def test_networks_with_nothing_between_places(study, nodes, links, places):
    out = run(study(nodes, links, places=places))
    assert (table(out, "centrality")["overlapping_strength"] == 0).all()
    page = (out / "report.html").read_text(encoding="utf-8")
    assert "nan" not in re.sub(r"base64,[^\"]*", "", page)


def test_places_without_coordinates_give_no_map_but_a_note(study):
    out = run(study(THREE, CHAIN))
    assert not list((out / "figures").glob("flow_map*"))
    assert "no place has coordinates" in (out / "report.html").read_text(encoding="utf-8")
    assert "No enclave was found" in (out / "report.html").read_text(encoding="utf-8")


def test_names_that_mean_something_to_a_browser_or_a_spreadsheet(study):
    ids = [f"n{at}" for at in range(len(NASTY))]
    layers = [*NASTY[3:], *NASTY[:2]]
    places = pd.DataFrame(
        {"place": NASTY, "name": NASTY, "lon": range(len(NASTY)), "lat": 30.0, "parent": None}
    )
    path = study(
        list(zip(ids, NASTY, strict=True)),
        list(pairwise(ids)),
        settings=PARK.replace('"P"', "'<script>alert(1)</script>'").replace('"Q"', '"杭州"')
        + 'funding = ["new"]\n',
        node_columns={"kind": NASTY, "jurisdiction": [*NASTY[1:], NASTY[0]], "name": NASTY},
        link_columns={"layer": layers},
        places=places,
    )
    out = run(path, command="netinnov run '<b>.toml'")
    page = (out / "report.html").read_text(encoding="utf-8")
    assert re.search(r"<script|<b>|&amp;lt;", page) is None
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in page
    # The id of a node is read back letter for letter; the columns of layers too.
    assert sorted(table(out, "map_places", node="str")["node"]) == sorted(NASTY)
    assert sorted(table(out, "strength").columns) == sorted(["node", *layers])
    assert set(table(out, "kinds", kind="str")["kind"]) == {kind.lower() for kind in NASTY}
    assert_same_tables(out)


def test_no_formula_is_changed_on_the_way(no_figures, study):
    # A spreadsheet may take it for a formula; the file holds what the data hold.
    out = run(study([("=1+1", "=P"), ("@b", "-Q")], [("=1+1", "@b")]))
    assert table(out, "centrality")["node"].tolist() == ["=P", "-Q"]


def test_two_thousand_places(no_figures, study):
    rng = np.random.default_rng(0)
    ids = [f"p{at}" for at in range(2000)]
    ends = rng.choice(ids, (12_000, 2)).tolist()
    settings = PARK.replace('"P"', '"p0"').replace('"Q"', '"p1"')
    path = study([(node, node) for node in ids], ends, settings=settings)
    out = run(path)
    assert len(table(out, "centrality")) == 2000
    page = (out / "report.html").read_text(encoding="utf-8")
    assert "Harmonic centrality and its inequality are not in the experiment: over 1,000" in page


@pytest.mark.parametrize(
    ("nodes", "links", "settings", "words"),
    [
        ([("a", None), ("b", None)], [("a", "b")], "", "no node has one"),
        ([("a", "P"), ("b", None)], [("a", "b")], "", "none of the 1 links joins two nodes"),
        (THREE, CHAIN, '[places.keep]\nplace = ["P"]\n', "among those of [places.keep]"),
        (THREE, CHAIN, '[places.keep]\nplace = ["p"]\n', "place = 'p' (did you mean 'P'?)"),
        (THREE, CHAIN, '[places.keep]\nplaec = ["P"]\n', "'plaec' is none (did you mean 'place'?)"),
        (THREE, CHAIN, '[places.keep]\nplace = ["P", "S"]\n', "no place has place = 'S'"),
        (THREE, [], PARK, "an enclave needs a network with links"),
        (
            THREE,
            CHAIN,
            PARK.replace('"Q"', '"P"'),
            "experiment.host must not be the home; found 'P'",
        ),
        (THREE, CHAIN, PARK.replace('"P"', '"PP"'), "found 'PP' (did you mean 'P'?)"),
        (
            THREE,
            CHAIN,
            PARK.replace('"Q"', '"S"'),
            "experiment.host must be the id of one of the 3 places",
        ),
        (THREE, CHAIN, PARK + 'layer = "link"', "(did you mean 'links'?)"),
        (THREE, CHAIN, PARK.replace("size = 1", "size = 9"), "9 are asked for, 'P' has 1"),
        (THREE, CHAIN, "[measures]\nkilometres = 1.0\n" + PARK, "frictions need coordinates"),
        (THREE, [("a", "z")], "", "end is not a node"),
    ],
)
def test_what_no_study_can_be_made_of(study, nodes, links, settings, words):
    path = study(nodes, links, settings=settings)
    before = left_in(path.parent)
    with pytest.raises(InputError) as caught:
        run(path)
    assert words in str(caught.value)
    assert left_in(path.parent) == before


@pytest.mark.parametrize("layer", ["all", "node", "name", "modelled_layers"])
def test_names_of_layers_that_the_tables_need(study, layer):
    with pytest.raises(InputError, match=f"a layer cannot be called '{layer}'"):
        run(study(THREE, CHAIN, link_columns={"layer": [layer, "x"]}))


def test_layers_of_shares_are_refused_before_any_work(study):
    layers = {"layer": ["links", "trips_share_of_origin"]}
    with pytest.raises(
        InputError, match=r"'trips_share_of_origin' holds shares .* leave the layer"
    ):
        run(study(THREE, CHAIN, link_columns=layers))


def test_a_flattened_network_may_call_its_layer_all(no_figures, study):
    out = run(study(THREE, CHAIN, link_columns={"layer": "all"}))
    assert table(out, "polycentricity")["layer"].tolist() == ["all"]


# -- CORDIS ------------------------------------------------------------------------------------


@pytest.fixture
def cordis(shared):
    folder = shared / "data" / "cordis_h2020"
    if not folder.is_dir():
        pytest.skip("needs the sample of CORDIS")
    return folder


def test_cordis_by_country(no_figures, cordis, tmp_path):
    path = tmp_path / "cordis.toml"
    text = f'[data]\nsource = "cordis"\npath = "{cordis.as_posix()}"\n[places]\nlevel = 1\n'
    path.write_text(text + PARK.replace('"P"', '"PL"').replace('"Q"', '"DE"'))
    out = run(path)
    # Organisations and pairs as the data's own README counts them; 2,195 have no city.
    assert table(out, "coverage")["nodes"].tolist() == [17_428, 15_233, 15_233]
    assert table(out, "layers")["links"].tolist() == [286_754]
    assert table(out, "centrality")["node"][0] in {"DE", "UK", "FR", "ES", "IT"}
    found = manifest(out)["inputs"]
    assert sorted(found) == [
        "organization_official_schema.csv.gz",
        "project_official_schema.csv.gz",
    ]
    page = (out / "report.html").read_text(encoding="utf-8")
    assert "2,195 nodes have no place" in page


@pytest.mark.slow
def test_cordis_by_city(cordis, tmp_path):
    path = tmp_path / "cordis.toml"
    text = f'[data]\nsource = "cordis"\npath = "{cordis.as_posix()}"\n'
    path.write_text(text + PARK.replace('"P"', '"WARSZAWA, PL"').replace('"Q"', '"BERLIN, DE"'))
    out = run(path)
    assert len(table(out, "centrality")) == 5109
    assert_same_tables(out)


# -- the folder --------------------------------------------------------------------------------


def test_an_empty_folder_that_is_there_is_filled(no_figures, study, monkeypatch):
    path = study(THREE, CHAIN)
    out = path.parent / "out"
    out.mkdir(mode=0o700)
    before = out.stat()
    monkeypatch.chdir(out)
    report = pipeline.run(pipeline.read_configuration(path), out=".")
    assert report == Path("report.html")
    assert left_in(Path()) == ["manifest.json", "report.html", "tables"]
    assert (out.stat().st_ino, out.stat().st_mode) == (before.st_ino, before.st_mode)


def test_folders_above_are_made(no_figures, study):
    path = study(THREE, CHAIN)
    out = path.parent / "a" / "b" / "c"
    assert pipeline.run(pipeline.read_configuration(path), out=str(out)).is_file()
    assert left_in(out.parent) == ["c"]


def test_the_folder_has_the_usual_permissions(no_figures, study):
    path = study(THREE, CHAIN)
    other = path.parent / "other"
    other.mkdir()
    assert run(path).stat().st_mode == other.stat().st_mode


def test_a_link_to_nothing_is_followed(no_figures, study):
    path = study(THREE, CHAIN)
    (path.parent / "out").symlink_to(path.parent / "elsewhere", target_is_directory=True)
    assert (run(path) / "report.html").is_file()
    assert (path.parent / "elsewhere" / "report.html").is_file()


@pytest.mark.parametrize("there", ["file", "folder", "hidden"])
def test_nothing_is_overwritten(study, there):
    path = study(THREE, CHAIN)
    out = path.parent / "out"
    if there == "file":
        out.write_text("mine")
    else:
        out.mkdir()
        (out / (".mine" if there == "hidden" else "mine")).write_text("mine")
    with pytest.raises(InputError, match="is there already and not empty; name another folder"):
        run(path)
    assert "mine" in (out if there == "file" else next(out.iterdir())).read_text()


def test_a_folder_that_appears_meanwhile_is_kept(no_figures, study):
    path = study(THREE, CHAIN)
    out = path.parent / "out"

    def say(text):
        out.mkdir(exist_ok=True)
        (out / "mine").write_text("mine")

    with pytest.raises(InputError, match="out cannot be made: Directory not empty"):
        run(path, say=say)
    assert left_in(path.parent) == ["out", "study.toml", "tables"]
    assert left_in(out) == ["mine"]


@pytest.mark.parametrize("fault", [KeyboardInterrupt, SystemExit, MemoryError, OSError(28, "full")])
@pytest.mark.parametrize("there", [False, True])
def test_a_run_that_breaks_leaves_nothing(study, monkeypatch, fault, there):
    path = study(THREE, CHAIN)
    out = path.parent / "new" / "out" if not there else path.parent / "out"
    if there:
        out.mkdir()
    before = left_in(path.parent)
    calls = []

    def save(figure, folder, name):
        calls.append(name)
        Path(folder).mkdir(exist_ok=True)
        (Path(folder) / name).write_text("half")
        raise fault

    monkeypatch.setattr("netinnov.report.save_figure", save)
    with pytest.raises((KeyboardInterrupt, SystemExit, MemoryError, OSError)):
        pipeline.run(pipeline.read_configuration(path), out=out)
    assert calls
    assert left_in(path.parent) == before
    assert not there or left_in(out) == []


# -- the configuration -------------------------------------------------------------------------


def test_the_example_is_the_default():
    assert pipeline.read_configuration().data.source == "yrd"
    example = pipeline.Configuration.model_validate(tomllib.loads(pipeline.EXAMPLE))
    assert pipeline.read_configuration() == example


SETTINGS = [
    *[
        ("", name)
        for name in pipeline.Configuration.model_fields
        if name not in _configuration.PARTS
    ],
    *[(part, name) for part, model in _configuration.PARTS.items() for name in model.model_fields],
]


def test_every_section_is_known_to_the_messages():
    assert pipeline.Configuration.model_fields.keys() == {
        *(part for part in _configuration.PARTS if "." not in part),
        *(name for part, name in SETTINGS if not part),
    }
    assert [name for part, name in SETTINGS if not part] == ["title", "seed"]


@pytest.mark.parametrize(("part", "name"), SETTINGS)
def test_the_example_explains_every_setting(part, name):
    sections = re.split(r"^\[([\w.]+)\]", pipeline.EXAMPLE, flags=re.M)
    text = dict(zip(["", *sections[1::2]], sections[::2], strict=True))
    if (part, name) == ("places", "keep"):
        assert "[places.keep]    " in pipeline.EXAMPLE
        assert re.search(r"^\[places.keep\] +# \w+", pipeline.EXAMPLE, re.M)
    elif (part, name) == ("experiment", "prices"):
        assert re.search(r"^\[experiment.prices\] +# \w+", pipeline.EXAMPLE, re.M)
    elif (part, name) == ("", "title"):
        assert "\ntitle = " in text[""]
    else:
        assert re.search(rf"^(# )?{name} = .*# .*\w", text[part], re.M), name


def test_every_choice_is_in_the_example():
    for model in _configuration.PARTS.values():
        for name, field in model.model_fields.items():
            for choices in re.findall(r"Literal\[([^]]*)\]", str(field.annotation)):
                for choice in re.findall(r"'([^']+)'", choices):
                    assert f'"{choice}"' in pipeline.EXAMPLE, (name, choice)


def test_paths_are_relative_to_the_configuration(tmp_path, monkeypatch):
    (tmp_path / "deep").mkdir()
    path = tmp_path / "deep" / "study.toml"
    path.write_text('[data]\nsource = "tables"\npath = "../tables"\n')
    monkeypatch.chdir(tmp_path.parent)
    found = pipeline.read_configuration(path.relative_to(tmp_path.parent)).data.path
    assert found is not None
    assert found.is_absolute()
    assert found.resolve() == (tmp_path / "tables").resolve()
    path.write_text(f'[data]\nsource = "tables"\npath = "{tmp_path.as_posix()}"\n')
    assert pipeline.read_configuration(path).data.path == tmp_path


def test_a_configuration_from_windows_is_read(tmp_path):
    path = tmp_path / "study.toml"
    path.write_bytes(pipeline.EXAMPLE.replace("\n", "\r\n").encode("utf-8-sig"))
    assert pipeline.read_configuration(path) == pipeline.read_configuration()


ONLY = '[data]\nsource = "yrd"\n'
EXPERIMENT = ONLY + '[experiment]\nhome = "a"\nhost = "b"\nsize = 1\npipeline_share = 0.5\n'
PRICES = EXPERIMENT + "[experiment.prices]\n"


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "data is missing"),
        ("[data]", "data.source is missing"),
        ("data = 1", "data must be a section, [data]; found 1"),
        ("[data\n", "is no valid TOML: Expected ']'"),
        ("[data]\nsource = yrd\n", "is no valid TOML: Invalid value (at line 2, column 10)"),
        ("[data]\nsource = 'yrdd'\n", "data.source must be 'yrd', 'cordis' or 'tables'; found"),
        ("[data]\nsource = 'cordis'\n", "data: source = 'cordis' needs `path`"),
        ("[data]\nsource = 'tables'\n", "data: source = 'tables' needs `path`"),
        ("[data]\nsource = 'tables'\npath = 3\n", "data.path must be text; found 3"),
        (ONLY + "path = 'x'\n", "`path` is for source = 'cordis' or 'tables'; leave it out"),
        (ONLY + "clean = true\n", "`clean` is for source = 'tables'; leave it out with 'yrd'"),
        (ONLY + "weighting = 'count'\n", "`weighting` is for source = 'cordis'"),
        (ONLY + "clean = 'yes'\n", "data.clean must be a valid boolean; found 'yes'"),
        (ONLY + "[plcaes]\n", "plcaes is no setting (did you mean 'places'?); known: title, seed"),
        (ONLY + "[measures]\ndampling = 1\n", "measures.dampling is no setting (did you mean 'dam"),
        (ONLY + "[measures]\ndamping = 1\n", "measures.damping must be less than 1; found 1"),
        (ONLY + "[measures]\ndamping = '0.5'\n", "measures.damping must be a valid number"),
        (ONLY + "[measures]\ncoupling = -1\n", "greater than or equal to 0; found -1"),
        (ONLY + "[measures]\ncoupling = nan\n", "measures.coupling must be a finite number"),
        (ONLY + "[measures]\nborder = inf\n", "measures.border must be a finite number; found inf"),
        (ONLY + "[measures]\npresence = 'some'\n", "must be 'all' or 'linked'; found 'some'"),
        (ONLY + "[measures]\ndistance = 'km'\n", "must be 'unit' or 'inverse'; found 'km'"),
        (ONLY + "[places]\nlevel = 1.0\n", "places.level must be a valid integer; found 1.0"),
        (ONLY + "[places]\nlevel = true\n", "places.level must be a valid integer; found True"),
        (ONLY + "[places.keep]\nx = 'a'\n", "places.keep.x must be a valid list; found 'a'"),
        (ONLY + "[places.keep]\nx = []\n", "places.keep.x: list should have at least 1 item"),
        (ONLY + "[places.keep]\nx = [1]\n", "places.keep.x.0 must be a valid string; found 1"),
        ("seed = -1\n" + ONLY, "seed must be greater than or equal to 0; found -1"),
        ("seed = '1'\n" + ONLY, "seed must be a valid integer; found '1'"),
        ("title = 3\n" + ONLY, "title must be a valid string; found 3"),
        (ONLY + "[experiment]\n", "experiment.home is missing"),
        (EXPERIMENT.replace("size = 1", "size = 0"), "experiment.size must be greater than or"),
        (EXPERIMENT.replace("0.5", "1.5"), "experiment.pipeline_share must be less than or equal"),
        (EXPERIMENT + "funding = 'new'\n", "experiment.funding must be a valid list; found 'new'"),
        (EXPERIMENT + "funding = ['gift']\n", "experiment.funding.0 must be 'reallocated' or"),
        (EXPERIMENT + "funding = []\n", "experiment.funding: list should have at least 1 item"),
        (EXPERIMENT + "replicates = 0\n", "experiment.replicates must be greater than or equal"),
        (EXPERIMENT + "replicates = 9999999\n", "experiment.replicates must be less than or"),
        (EXPERIMENT + "attachment = -0.1\n", "experiment.attachment must be greater than"),
        (EXPERIMENT + "prices = 3\n", "experiment.prices must be a section, [experiment.prices]"),
        (PRICES + "park = 1\nlink = 1\n", "experiment.prices.pipeline_km is missing"),
        (PRICES + "park = -1\nlink = 1\npipeline_km = 1\n", "experiment.prices.park must be gr"),
        (PRICES + "park = 0\nlink = 0\npipeline_km = 0\n", "one price at least must be above 0"),
        (PRICES + "links = 1\n", "prices.links is no setting (did you mean 'link'?); known: park"),
        (EXPERIMENT + "colour = 'red'\n", "known: home, host, size, pipeline_share"),
    ],
)
def test_wrong_settings_are_named(tmp_path, text, words):
    path = tmp_path / "study.toml"
    path.write_text(text)
    with pytest.raises(InputError) as caught:
        pipeline.read_configuration(path)
    message = str(caught.value)
    assert words in message
    assert str(path) in message
    assert "validation error" not in message
    assert "pydantic" not in message


def test_all_wrong_settings_are_named_at_once(tmp_path):
    path = tmp_path / "study.toml"
    path.write_text("seed = -1\nsead = 1\n[data]\nsource = 'x'\n[measures]\nborder = 'b'\n")
    with pytest.raises(InputError, match=r"has 4 wrong settings:\n- seed.*\n- .*\n- .*\n- "):
        pipeline.read_configuration(path)


def test_a_configuration_that_cannot_be_read(tmp_path):
    with pytest.raises(InputError, match=r"none.toml cannot be read: No such file"):
        pipeline.read_configuration(tmp_path / "none.toml")
    with pytest.raises(InputError, match="cannot be read: "):
        pipeline.read_configuration(tmp_path)
    (tmp_path / "study.toml").write_bytes(b'title = "\xff"')
    with pytest.raises(InputError, match="cannot be read: it is not UTF-8"):
        pipeline.read_configuration(tmp_path / "study.toml")


def test_settings_cannot_be_changed_afterwards():
    configuration = pipeline.read_configuration()
    with pytest.raises(ValueError, match="frozen"):
        configuration.seed = 3


def test_steps_leave_the_network_as_it_was(small):
    before = ni.MultilayerNetwork(
        small.nodes, small.links, places=small.places, directed=small.directed
    )
    afar = _steps.look_from_afar(small, _configuration.PlacesPart())
    _steps.measure(
        _steps.Input(small, None, {}, (), ()),
        afar.inside,
        afar.cities,
        _configuration.MeasuresPart(),
    )
    assert small.equals(before)


# -- mechanisms --------------------------------------------------------------------------------


def test_the_bundled_case_has_the_numbers_of_the_mechanisms(bundled):
    # Break and sustain point of sigma 5, mu 0.4 (Fujita, Krugman and Venables 1999): 1.6266 and
    # 1.8073 as iceberg costs, whose freeness is cost ** -4.
    points = table(bundled, "free_flow")
    assert points["break_point"][0] == pytest.approx(1.6266**-4, rel=1e-3)
    assert points["sustain_point"][0] == pytest.approx(1.8073**-4, rel=1e-3)
    # Roots of two like regions: -d / b for the total, -(d + 2 m) / b for the gap.
    modes = table(bundled, "cobweb").drop_duplicates("kind").set_index("kind")["root"]
    assert modes["total"] == pytest.approx(-0.8)
    assert modes["gap"] == pytest.approx(-0.9)
    parks = table(bundled, "parks").set_index("node")
    assert parks.loc["quzhou_haichuang", ["partners", "links"]].tolist() == [13, 20]
    page = (bundled / "report.html").read_text(encoding="utf-8")
    assert "With links alone that are stated as facts it joins none." in page
    assert (bundled / "figures/park.png").exists()


def test_mechanisms_can_be_left_out(no_figures, study):
    path = study(THREE, CHAIN, settings="")
    path.write_text("mechanisms = false\n" + path.read_text())
    out = run(path)
    assert not (out / "tables/free_flow.csv").exists()
    assert "No mechanisms were computed." in (out / "report.html").read_text(encoding="utf-8")


def test_without_a_park_the_models_remain(no_figures, study):
    out = run(study(THREE, CHAIN))
    assert (out / "tables/free_flow.csv").exists()
    assert not (out / "tables/parks.csv").exists()
    page = (out / "report.html").read_text(encoding="utf-8")
    assert "No park stands outside its jurisdiction" in page


def test_places_of_several_periods_have_a_spread(no_figures, study):
    nodes = [(f"n{at}", f"p{at}") for at in range(12)]
    pairs = [(f"n{at}", f"n{(at + 1) % 12}") for at in range(12)]
    columns = {"period": [2015] * 12 + [2016] * 12, "weight": [1.0] * 12 + [1.0, 4.0] * 6}
    out = run(study(nodes, pairs * 2, link_columns=columns))
    spread = table(out, "convergence").set_index("period")
    assert spread["places"].tolist() == [12, 12]
    assert spread["log_sd"].tolist() == pytest.approx([0, 0])  # a ring: each place has 1 + 4
    assert "neither" in (out / "report.html").read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("settings", "words"),
    [
        ('park = "haichuang"', "mechanisms.park must be a park outside its jurisdiction"),
        ("sigma = 1.0", "mechanisms.sigma must be greater than 1"),
        ("sigma = 1e9", "mechanisms.sigma must be less than or equal to 1000"),
        ("mu = 0.9", "mechanisms: mu must be below (sigma - 1) / sigma, here 0.8, or"),
        ("sigma = 1.01", "here 0.009901, or"),
        ("supply_slope = -1.0", "mechanisms.supply_slope must be greater than or equal to"),
        ("mobility = 1e300", "mechanisms.mobility must be less than or equal to 1000000"),
    ],
)
def test_parameters_of_mechanisms_that_cannot_be(no_figures, study, settings, words):
    with pytest.raises(InputError) as caught:
        run(study(THREE, CHAIN, settings=f"[mechanisms]\n{settings}\n"))
    assert words in str(caught.value)


@pytest.mark.parametrize(
    "settings",
    [
        "sigma = 1.01\nmu = 0.005",
        "sigma = 1000.0\nmu = 0.99",
        "mu = 0.001",
        "enclave = 0.99",
        "enclave = 0.0\nlink = 0.0",
        "demand_slope = 1e-6",
        "supply_slope = 1e6",
        "mobility = 1e6",
        "adaptation = 0.01",
    ],
)
def test_extreme_parameters_of_mechanisms_are_drawn(study, settings):
    out = run(study(THREE, CHAIN, settings=f"[mechanisms]\n{settings}\n"))
    page = (out / "report.html").read_text(encoding="utf-8")
    assert 'id="free_flow"' in page
    assert 'id="cobweb"' in page
    text = re.sub(r"data:image[^\"]*", "", page)
    assert not re.search(r"\b(nan|inf|None)\b", text)


def test_a_model_off_the_map_of_stability_is_told_in_the_caption(study):
    out = run(study(THREE, CHAIN, settings="[mechanisms]\nmobility = 1000.0\n"))
    page = (out / "report.html").read_text(encoding="utf-8")
    assert (
        "Beyond the map: without an enclave (supply over demand 0.8, mobility over demand 1e+03)"
        in page
    )


PARKS = [*THREE, ("park", "b", "a"), ("lost", "b", None)]
KINDS = {"kind": ["firm", "firm", "firm", "park", "park"]}


@pytest.mark.parametrize(
    ("park", "words"),
    [
        ("prk", "no node in the places that are kept (did you mean 'park'?)"),
        ("lost", "a park that stands inside it, or whose jurisdiction is not given"),
    ],
)
def test_a_park_that_is_none_is_told_why(no_figures, study, park, words):
    nodes = [(node, place) for node, place, *_ in PARKS]
    homes = {"jurisdiction": [row[2] if len(row) > 2 else row[1] for row in PARKS]}
    path = study(
        nodes,
        [*CHAIN, ("park", THREE[0][0])],
        node_columns=KINDS | homes,
        settings=f'[mechanisms]\npark = "{park}"\n',
    )
    with pytest.raises(InputError) as caught:
        run(path)
    assert words in str(caught.value)
    assert "There are 1: park;" in str(caught.value)
