"""One page that works alone, escapes what it is given and names the table behind each number."""

from __future__ import annotations

import html
import re
from collections import defaultdict
from dataclasses import replace
from html.parser import HTMLParser
from itertools import combinations
from typing import TYPE_CHECKING, Any

import matplotlib as mpl
import numpy as np
import pandas as pd
import pytest
from matplotlib import pyplot as plt

from netinnov import build_network
from netinnov.errors import InputError
from netinnov.report import Study, write_report
from netinnov.report._figures import draw_figures
from netinnov.report._findings import find
from netinnov.report._in_short import find_short
from netinnov.report._mechanisms import _standing
from netinnov.report._outcome import find_outcome
from netinnov.report._reading import find_reading
from netinnov.report._tables import with_signs
from netinnov.report._views import views
from netinnov.report._words import cell, decimals_for, fixed, number, percent, signed

if TYPE_CHECKING:
    from pathlib import Path

    from netinnov.report._parts import Drawing

EVIL = "<script>alert('x')</script>"
EVIL_ATTRIBUTE = '" onmouseover="alert(1)'


class Page(HTMLParser):
    """Tags, addresses and text of a page, as a browser would read them."""

    def __init__(self, path: Path) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.addresses: list[str] = []
        self.attributes: set[str] = set()
        self.ids: set[str] = set()
        self.blocks: list[str] = []
        self._inside: list[str] = []
        self.feed(path.read_text("utf-8"))
        self.text = " ".join(" ".join(self.blocks).split())

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self._inside.append(tag)
        for name, value in attrs:
            self.attributes.add(name)
            if name in ("src", "href", "srcset", "data", "action", "poster"):
                self.addresses.append(value or "")
            if name == "id":
                self.ids.add(value or "")

    def handle_endtag(self, tag: str) -> None:
        while self._inside and self._inside.pop() != tag:
            pass

    def handle_data(self, data: str) -> None:
        if "style" not in self._inside:
            self.blocks.append(data)

    def sentence(self, start: str) -> str:
        """The list item that begins so."""
        found = re.search(re.escape(start) + r"[^\[]*\[[^\]]*\]", self.text)
        assert found, f"no sentence begins with {start!r}"
        return found.group()


def effects() -> pd.DataFrame:
    columns = ["scenario", "measure", "node", "baseline", "mean", "difference", "median", "low"]
    columns += ["high", "mc_error", "standardised", "same_sign", "replicates"]
    rows = [
        ("park", "global_efficiency", None, 0.5, 0.52, 0.02, 0.02, -0.01, 0.05, 0.001, 2, 0.9, 40),
        ("park", "pagerank", "p", 0.3, 0.25, -0.05, -0.05, -0.06, -0.04, 0.002, -5, 1, 40),
        ("park", "pagerank", "q", 0.3, 0.3, 0.0, 0.0, 0.0, 0.0, 0.0, np.nan, 1, 40),
        ("park", "pagerank", "r", 0.2, 0.23, 0.03, 0.03, 0.01, 0.05, 0.001, 3, 1, 40),
        ("park", "pagerank", "s", 0.2, 0.21, 0.01, 0.01, 0.0, 0.02, 0.001, 2, 1, 40),
    ]
    return pd.DataFrame(rows, columns=columns).astype({"scenario": "category"})


@pytest.fixture(scope="module")
def study() -> Study:
    nodes = pd.DataFrame(
        {
            "node": list("pqrs"),
            "kind": "place",
            "place": list("pqrs"),
            "members": [3, 1, 1, 1],
        }
    )
    links = pd.DataFrame(
        [
            (EVIL, "p", "q", 4.0),
            (EVIL, "p", "r", 2.0),
            ("gravity", "p", "s", 6.0),
            ("gravity", "q", "s", 1.0),
        ],
        columns=["layer", "source", "target", "weight"],
    )
    places = pd.DataFrame(
        {
            "place": list("pqrs"),
            "lon": [118.0, 119.0, 120.0, 121.0],
            "lat": [29.0, 30.0, 31.0, 30.0],
            "name": [EVIL, "Qu & Co", EVIL_ATTRIBUTE, "$Es$"],
        }
    )
    cities = build_network(nodes, links, places)
    strength = pd.DataFrame(
        {EVIL: [6.0, 4.0, 2.0, 0.0], "gravity": [6.0, 1.0, 0.0, 7.0]}, index=cities.nodes.index
    )
    centrality = pd.DataFrame(
        {
            "name": [EVIL, "Qu & Co", EVIL_ATTRIBUTE, "$Es$"],
            "overlapping_degree": [3, 2, 1, 2],
            "overlapping_strength": [12.0, 5.0, 2.0, 7.0],
            "participation_coefficient": [1.0, 0.5, 0.0, 0.0],
            "pagerank": [0.4, 0.3, 0.2, 0.1],
        },
        index=cities.nodes.index,
    )
    indices = {"rank_size_r_squared": 0.9, "herfindahl": 0.3, "green": 0.4}
    indices |= {"largest_component": 1.0, "global_efficiency": 0.8}
    sizes = [
        (EVIL, 12, -0.5, 0.1, 0.5, 0.3, 2.9),
        ("gravity", 11, -1.5, 0.2, 0.5, 0.5, 2.1),
        ("all", 50, -0.923, 0.0512, 0.46, 0.29, 3.44),
    ]
    columns = ["layer", "places", "rank_size_slope", "rank_size_standard_error", "primacy", "gini"]
    polycentricity = pd.DataFrame(sizes, columns=[*columns, "effective_number"]).set_index("layer")
    enclaves = pd.DataFrame(
        {
            "node": ["x", "y"],
            "name": ["Park", EVIL],
            "home": ["p", "q"],
            "host": ["q", "p"],
            "direction": ["reverse", None],
            "source_url": ["https://example.org/a", None],
        }
    )
    layers = pd.DataFrame(
        {
            "layer": [EVIL, "gravity"],
            "directed": [True, False],
            "nodes": [3, 3],
            "links": [2, 2],
            "weight": [6.0, 7.0],
            "modelled": [False, True],
        }
    )
    return Study(
        title=f"Study of {EVIL}",
        network=cities,
        cities=cities,
        tables={
            "layers": layers,
            "kinds": pd.DataFrame({"kind": ["place", EVIL], "nodes": [4, 2]}),
            "problems": pd.DataFrame(
                {
                    "table": "links",
                    "row": pd.array([3, 4, None], "Int64"),
                    "problem": ["unknown end", "unknown end", EVIL],
                    "value": pd.Series([7, "7", None], dtype=object),
                }
            ),
            "centrality": centrality,
            "degree": (strength > 0).astype("int64"),
            "strength": strength,
            "polycentricity": polycentricity.assign(**indices),
            "enclaves": enclaves,
            "effects": effects(),
        },
        modelled={"gravity": {"exponent": 2.0, "formula": EVIL}},
        notes=("Two rows were left out.", EVIL),
        scenario={"home": "p", "host": "q", "size": 3, "funding": ["reallocated"], "layer": None},
        command=f"netinnov run {EVIL_ATTRIBUTE}",
        version="0.1.0",
    )


@pytest.fixture(scope="module")
def folder(study: Study, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A report, written once for the tests that only read."""
    return write_report(study, tmp_path_factory.mktemp("study") / "new" / "folder").parent


@pytest.fixture(scope="module")
def page(folder: Path) -> Page:
    return Page(folder / "report.html")


def tables(folder: Path) -> set[str]:
    return {path.stem for path in (folder / "tables").glob("*.csv")}


def test_text_from_data_shows_as_text(page: Page) -> None:
    assert "script" not in page.tags
    assert not {name for name in page.attributes if name.startswith("on")}
    # Title, layer, place, kind, problem, attribute, note, parameter: all as they were given.
    assert page.text.count(EVIL) >= 10
    assert "Qu & Co" in page.text
    assert EVIL_ATTRIBUTE in page.text


def test_the_page_loads_nothing(page: Page) -> None:
    assert not {"script", "link", "iframe", "object", "base"} & set(page.tags)
    pictures = [a for a in page.addresses if a.startswith("data:image/png;base64,")]
    assert len(pictures) == page.tags.count("img") == 4
    local = [a for a in page.addresses if not a.startswith(("data:", "#"))]
    assert all(re.fullmatch(r"(tables|figures)/\w+\.(csv|pdf)", a) for a in local)
    # An address in the data is text, no link.
    assert "https://example.org/a" in page.text


def test_style_loads_nothing(folder: Path) -> None:
    text = (folder / "report.html").read_text("utf-8")
    assert "url(" not in text
    assert "@import" not in text


def test_on_a_phone_nothing_but_the_tables_scrolls_sideways(folder: Path) -> None:
    text = (folder / "report.html").read_text("utf-8")
    style, body = text.split("</style>")
    rules = dict(re.findall(r"^([\w .]+?) \{(.*?)\}", style, re.M | re.S))
    # Names of files and of data hold no blank: without these rules they widen the page.
    assert "nowrap" not in style
    assert "overflow-wrap: anywhere" in rules["body"]
    assert "overflow-x: auto" in rules[".scroll"]
    assert "max-width: 100%" in rules["figure img"]
    assert body.count("<table>") == len(re.findall(r'<div class="scroll"[^>]*>\s*<table>', body))
    assert not re.search(r'<figure[^>]*class="scroll"', body)  # the caption stays in sight
    assert not [text for text in re.findall(r'alt="([^"]*)"', body) if "<" in text]


def test_the_page_forbids_itself_all_but_its_own_style_and_pictures(folder: Path) -> None:
    head = (folder / "report.html").read_text("utf-8").split("<title>")[0]
    policy = re.search(r'http-equiv="Content-Security-Policy" content="([^"]*)"', head)
    assert policy
    assert policy.group(1) == "default-src 'none'; img-src data:; style-src 'unsafe-inline'"


def test_every_link_leads_to_a_file_or_a_section(page: Page, folder: Path) -> None:
    for address in page.addresses:
        if address.startswith("#"):
            assert address[1:] in page.ids
        elif not address.startswith("data:"):
            assert (folder / address).is_file()
    assert {"built", "central", "polycentric", "enclaves", "methods"} <= page.ids
    for name in tables(folder):
        assert f"tables/{name}.csv" in page.addresses


def test_every_sentence_with_a_number_names_a_table(folder: Path) -> None:
    text = (folder / "report.html").read_text("utf-8")
    sections = text[text.index('<section id="built">') : text.index('<section id="methods">')]
    items = re.findall(r"<li>(.*?)</li>", sections, re.S)
    assert len(items) >= 12
    assert [item for item in items if re.search(r"\d", item) and "tables/" not in item] == []
    for block in re.findall(r"<figure.*?</figure>", text, re.S):
        assert "tables/" in block


def test_tables_are_written_as_csv_and_parquet_and_come_back(study: Study, folder: Path) -> None:
    folder = folder / "tables"
    for name in ("layers", "kinds", "enclaves", "map_places"):
        assert (folder / f"{name}.csv").is_file()
    found = pd.read_parquet(folder / "strength.parquet").set_index("node")
    expected = study.tables["strength"].rename(columns={"gravity": "gravity (modelled)"})
    pd.testing.assert_frame_equal(found, expected, check_index_type=False)
    text = pd.read_csv(folder / "strength.csv", encoding="utf-8").set_index("node")
    pd.testing.assert_frame_equal(text, expected, check_index_type=False)
    back = pd.read_csv(folder / "effects.csv", encoding="utf-8")
    for column in ("difference", "low", "high"):
        assert back[column].tolist() == study.tables["effects"][column].tolist()
    # Parquet has one type a column: what is mixed becomes text.
    value = pd.read_parquet(folder / "problems.parquet")["value"]
    assert value.fillna("-").tolist() == ["7", "7", "-"]


def test_the_map_can_be_drawn_again_from_its_tables(study: Study, folder: Path) -> None:
    links = pd.read_csv(folder / "tables/map_links.csv")
    assert links["weight"].sum() == study.cities.links["weight"].sum()
    assert set(links.loc[links["modelled"], "layer"]) == {"gravity (modelled)"}
    places = pd.read_csv(folder / "tables/map_places.csv")
    assert places["lon"].tolist() == [118, 119, 120, 121]
    assert places["members"].tolist() == [3, 1, 1, 1]


def test_what_is_modelled_says_so_wherever_it_enters(folder: Path) -> None:
    text = (folder / "report.html").read_text("utf-8")
    folder = folder / "tables"
    for name in ("degree", "strength"):
        columns = pd.read_csv(folder / f"{name}.csv").columns
        assert "gravity (modelled)" in columns
        assert "gravity" not in columns
    for name in ("centrality", "effects"):
        assert set(pd.read_csv(folder / f"{name}.csv")["modelled_layers"]) == {"gravity (modelled)"}
    rows = pd.read_csv(folder / "polycentricity.csv", keep_default_na=False)
    assert rows.set_index("layer")["modelled_layers"].to_dict() == {
        EVIL: "",
        "gravity (modelled)": "gravity (modelled)",
        "all": "gravity (modelled)",
    }
    parameters = pd.read_csv(folder / "modelled.csv")
    assert parameters.to_numpy().tolist() == [
        ["gravity (modelled)", "exponent", "2.0"],
        ["gravity (modelled)", "formula", EVIL],
    ]
    mark = '<a href="#modelled">Modelled, not observed: <bdi>gravity (modelled)</bdi></a>'
    for block in re.findall(r"<figure.*?</figure>", text, re.S):
        caption = block[block.index("<figcaption>") :]
        if not re.search(r"tables/(kinds|problems|enclaves|scenario|modelled)\.csv", caption[:900]):
            assert mark in caption
    for item in re.findall(r"<li>(.*?)</li>", text, re.S):
        if re.search(r"\[.*tables/(centrality|polycentricity|effects|layers)\.csv", item):
            assert ' with <a href="#modelled"><bdi>gravity (modelled)</bdi></a>' in item


def test_parameters_of_a_model_stand_on_the_page_once(page: Page, folder: Path) -> None:
    assert page.text.count("exponent") == 1
    text = (folder / "report.html").read_text("utf-8")
    box = text[text.index('<h3 id="modelled">') :]
    assert "exponent" in box[: box.index("</figure>")]


def test_a_table_can_say_that_it_contains_nothing_modelled(study: Study, tmp_path: Path) -> None:
    central = study.tables["centrality"].assign(modelled_layers="")
    page = Page(
        write_report(replace(study, tables={**study.tables, "centrality": central}), tmp_path)
    )
    section = page.text[page.text.index("2. Who is central") : page.text.index("3. Is the region")]
    said, tables = section.split("Links of each place in each layer.")
    assert "modelled" not in said
    assert "Modelled, not observed: gravity (modelled)" in tables


def test_there_is_no_p_value(page: Page) -> None:
    assert not re.search(r"\bp\s*[=<>]\s*0?\.\d|p-value|significan(t|ce) at", page.text)


def test_sentences_say_the_numbers_with_their_uncertainty(page: Page) -> None:
    said = page.sentence("The network has 6 nodes")
    assert "4 linked pairs in 2 layers, of which 1 is modelled" in said
    assert "the report looks at 4 places, to which 6 of the nodes are added up" in said
    said = page.sentence("Rows set aside: 3")
    assert "2 unknown end and 1" in said
    slope = page.sentence("Rank-size slope of strength")
    assert "\N{MINUS SIGN}0.923 (s.e. 0.051, R² 0.9)" in slope
    # 0.923 x sqrt(2 / 50) = 0.1846
    assert "n = 50, gives 0.18" in slope
    assert "Closer to 0 is more even" in slope
    size = page.sentence("The largest place holds 46 % of all strength")
    assert "over 3.44 places of equal size" in size
    assert "most even is " + EVIL + " (slope \N{MINUS SIGN}0.5, s.e. 0.1, n = 12)" in page.text


def test_effects_are_told_for_the_whole_network_home_host_and_the_others(page: Page) -> None:
    whole = page.sentence("Global efficiency of the whole network goes from 0.500 to 0.520")
    assert "a change of +0.020 on average and +0.020 in the median placement (95 % of 40" in whole
    assert "placements between \N{MINUS SIGN}0.010 and" in whole
    assert "Monte Carlo error 0.001); 90 % of the placements have its sign" in whole
    assert "The direction depends on where the links happen to be placed." in whole
    home = page.sentence(f"PageRank of {EVIL} goes from 0.300 to 0.250")
    assert "between \N{MINUS SIGN}0.060 and \N{MINUS SIGN}0.040" in home
    assert "direction" not in home
    page.sentence("PageRank of Qu & Co stays at 0.3 in all placements.")
    others = page.sentence("Of the 2 other places, 2 gain PageRank and none loses it (median")
    # 0.03 of 0.2 is more than 0.01 of 0.2.
    most = f"largest gain: {EVIL_ATTRIBUTE}, +15.0 % (95 % of placements: +5.0 % to +25.0 %)."
    assert most in others
    assert "largest loss" not in others


def test_reallocated_funding_moves_links_and_new_funding_adds_them(
    study: Study, page: Page, tmp_path: Path
) -> None:
    moves, adds = "moves links rather than adds them", "New funding adds links."
    assert moves in page.text
    assert adds not in page.text
    new = {"park": {"home": "p", "host": "q", "funding": "new", "layer": "gravity"}}
    page = Page(write_report(replace(study, scenario=new), tmp_path))
    assert moves not in page.text
    assert adds in page.text
    assert "in gravity (modelled): an experiment inside the model" in page.text


def test_of_few_places_none_are_the_first_among_many(study: Study, page: Page) -> None:
    assert "4 places by PageRank. Figures are values" in page.text
    assert "most central of" not in page.text
    assert "first by strength" not in page.text
    table = pd.concat([study.tables["centrality"]] * 5, ignore_index=True)  # 20 places
    table.index = pd.Index([f"n{at}" for at in table.index], name="node")
    given = replace(study, tables={"centrality": table})
    (drawing,) = [each for each in _drawn(given) if each.name == "centralities"]
    assert drawing.caption.startswith("The 15 most central of 20 places by PageRank.")
    # The five copies of the place that is first in both orders.
    said = " ".join(each.text for each in find(given)[0]["central"])
    assert "Of the 5 first places by PageRank 5 are among the 5 first by strength." in said


def test_long_tables_show_their_first_rows_and_say_how_many_there_are(
    study: Study, tmp_path: Path
) -> None:
    many = pd.DataFrame({"kind": [f"kind{i:03}" for i in range(1234)], "nodes": 1})
    page = Page(write_report(replace(study, tables={**study.tables, "kinds": many}), tmp_path))
    assert "8 of 1,234 rows are shown; the file has all." in page.text
    table = page.text[page.text.index("8 of 1,234") :]
    assert "kind007" in table
    assert "kind008" not in table
    assert len(pd.read_csv(tmp_path / "tables/kinds.csv")) == 1234


@pytest.mark.parametrize("enclaves", [None, pd.DataFrame(columns=["node", "home", "host"])])
def test_a_study_of_little_says_what_is_not_there(
    study: Study, enclaves: pd.DataFrame | None, tmp_path: Path
) -> None:
    bare: dict[str, Any] = {} if enclaves is None else {"enclaves": enclaves}
    nodes = study.cities.nodes.reset_index()
    placeless = build_network(nodes, study.cities.links)
    little = replace(
        study, network=placeless, cities=placeless, tables=bare, modelled={}, notes=(), scenario={}
    )
    page = Page(write_report(little, tmp_path))
    assert page.tags.count("img") == 0
    assert "No centralities were computed." in page.text
    assert "No indices of polycentricity were computed." in page.text
    assert "No experiment was run." in page.text
    assert "no place has coordinates" in page.text
    expected = "were not looked for" if enclaves is None else "No enclave was found"
    assert expected in page.text
    assert not (tmp_path / "figures").exists()


def test_undefined_values_are_told_as_such(study: Study, tmp_path: Path) -> None:
    row = effects().iloc[[0]].assign(difference=np.nan, low=np.nan, high=np.nan, mean=np.nan)
    indices = study.tables["polycentricity"].copy()
    indices.loc["all", ["rank_size_slope", "primacy", "largest_component"]] = np.nan
    odd = {**study.tables, "effects": row, "polycentricity": indices}
    page = Page(write_report(replace(study, tables=odd), tmp_path))
    assert "Global efficiency of the whole network is not defined" in page.text
    assert "The largest place holds" not in page.text
    assert "Rank-size slope of strength" not in page.text
    assert " nan" not in page.text.lower()


def test_nothing_of_the_study_nor_of_the_user_changes_and_the_page_is_the_same(
    study: Study, folder: Path, tmp_path: Path
) -> None:
    given = {name: table.copy() for name, table in study.tables.items()}
    settings, windows = dict(mpl.rcParams), plt.get_fignums()
    path = write_report(study, tmp_path)
    for name, table in given.items():
        pd.testing.assert_frame_equal(table, study.tables[name])
    assert dict(mpl.rcParams) == settings
    assert plt.get_fignums() == windows
    assert path.read_bytes() == (folder / "report.html").read_bytes()


def test_a_table_needs_a_name_that_can_be_a_file(study: Study, tmp_path: Path) -> None:
    bad = replace(study, tables={"../evil": pd.DataFrame({"a": [1]})})
    with pytest.raises(InputError, match=r"found \['\.\./evil'\]"):
        write_report(bad, tmp_path)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (True, "yes"),
        (np.False_, "no"),
        (None, "–"),
        (float("nan"), "–"),
        (pd.NA, "–"),
        (1234567, "1,234,567"),
        (-2, "\N{MINUS SIGN}2"),
        (0.123456, "0.1235"),
        (12345.6, "12,346"),
        (-0.0, "0"),
        (-0.04, "\N{MINUS SIGN}0.04"),
        ("a" * 100, "a" * 79 + "…"),
    ],
)
def test_cells_of_a_table(value: object, text: str) -> None:
    assert cell(value) == text


def test_numbers_in_sentences() -> None:
    assert number(0.0123456) == "0.0123"
    assert number(float("nan")) == "not defined"
    assert number(-0.0) == "0"
    assert fixed(-0.0, 2, sign=True) == "0"
    assert [signed(text) for text in ("-0.0", "+0.00", "-0", "-0.1", "+0.1", "-1,000")] == [
        *("0.0", "0.00", "0", "\N{MINUS SIGN}0.1", "+0.1", "\N{MINUS SIGN}1,000")
    ]
    assert decimals_for(0.0012, -0.00034) == 4
    assert decimals_for(12.0) == 0
    assert fixed(0.51234, 4) == "0.5123"
    assert fixed(-0.00113, 4, sign=True) == "\N{MINUS SIGN}0.0011"
    assert fixed(0.0000113, 4) == "below 0.0001"
    assert fixed(-0.0000113, 4, sign=True) == "just below 0"
    assert fixed(0.0, 4, sign=True) == "0"
    assert [percent(share) for share in (0.0, 0.001, 0.456, 0.999, 1.0)] == [
        "0 %",
        "less than 0.5 %",
        "46 %",
        "more than 99.5 %",
        "100 %",
    ]


# -- the experiment in words -------------------------------------------------------------------


def tried(study: Study, **changes: Any) -> Study:
    """The study with a headline scenario, a rival and placebo hosts."""
    columns = ["measure", "node", "baseline", "mean", "difference", "low", "high", "same_sign"]
    rows = [
        ("harmonic_centrality", "p", 0.5, 0.55, 0.05, 0.02, 0.08, 1.0),
        ("harmonic_centrality", "q", 0.8, 0.8, 0.0, 0.0, 0.0, 1.0),
        ("harmonic_centrality", "r", 0.4, 0.39, -0.01, -0.03, 0.02, 0.7),
        ("harmonic_centrality", "s", 0.4, 0.41, 0.01, 0.0, 0.02, 1.0),
        ("global_efficiency", None, 0.5, 0.49, -0.01, -0.03, 0.02, 0.6),
        ("access_inequality", None, 0.02, 0.01, -0.01, -0.015, -0.005, 1.0),
    ]
    table = pd.DataFrame(rows, columns=columns).assign(
        scenario="park", mc_error=0.001, standardised=1.0, replicates=40
    )
    table["median"] = table["difference"]
    table["placebo_low"], table["placebo_high"], table["placebo_n"] = -0.01, 0.03, 10
    table["placebo_p"], table["corrected_p"], table["why_no_p"] = 0.18, 0.5, None
    table["beyond"] = "strength of q (9; placebos 2 to 5)"
    contrast = {"scenario": "park", "rival": "direct links, new", "measure": "harmonic_centrality"}
    contrast |= {"node": "p", "difference": 0.02, "low": -0.01, "high": 0.04, "higher": 0.9}
    tables = {**study.tables, "effects": table, "contrasts": pd.DataFrame([contrast])}
    scenario = {"home": "p", "host": "q", "headline": "park", "funding": "new", "layer": "links"}
    scenario["match"] = "strength"
    return replace(study, tables=tables, scenario=scenario, **changes)


def test_a_planner_is_told_who_gains_who_loses_and_how_sure_that_is(
    study: Study, tmp_path: Path
) -> None:
    text = Page(write_report(tried(study), tmp_path)).text
    assert (
        "nearness to all other places rises by 10.0 % in the median placement, and rises in every "
        "placement "
        "(the middle 95 %: +4.0 % to +16.0 %)."
    ) in text
    assert "nearness to all other places stays as it is, wherever the links fall." in text
    assert (
        "Of the 2 other places, 1 gains nearness to all other places and 1 loses it (median" in text
    )
    assert (
        "may rise or fall, depending on where the links fall: it falls by 2.0 % in the median "
        "placement; 95 % of placements lie between \N{MINUS SIGN}6.0 % and +4.0 %."
    ) in text
    assert (
        "Nearness becomes less unequal: places converge (Theil index \N{MINUS SIGN}50.0 %" in text
    )
    assert "better than direct links without a park (in 90 % of the placements)" in text
    assert "At 10 other hosts like Qu & Co in strength, the same park" in text
    assert (
        "by between \N{MINUS SIGN}2.0 % and +6.0 % (95 % of them); in Qu & Co it is +10.0 %" in text
    )
    assert "Neither the data nor the set-up were varied" in text
    assert "more than that (p = 0.18 by its rank among them, 0.5 corrected; with 10 hosts" in text
    assert "no p is below 0.18). Qu & Co lies beyond all of them (strength of q (9; " in text
    assert "A p of the experiment is its rank among them." in text
    assert "not a forecast" in text


@pytest.mark.parametrize(
    ("row", "words"),
    [
        ({"difference": 0.05, "same_sign": 0.92}, "rises in 92 % of the placements"),
        ({"difference": -0.05, "median": -0.05, "low": -0.08, "high": -0.02}, "falls by 10.0 %"),
        ({"difference": 0.01, "median": 0.0, "low": 0.0, "same_sign": 0.3}, "but not everywhere"),
        # Most rise a little, and few fall by much: mean and median disagree.
        ({"difference": -0.01, "median": 0.01, "low": -0.2, "high": 0.1}, "may rise or fall"),
        ({"difference": 0.0, "median": 0.0, "low": 0.0, "high": 0.0}, "stays as it is"),
        ({"difference": 1e-17, "median": 0.0, "low": 0.0, "high": 0.0}, "stays as it is"),
        ({"difference": np.nan, "median": np.nan, "baseline": np.nan}, "is not defined before or"),
        ({"replicates": 1, "low": 0.05, "high": 0.05}, "in the one placement that was drawn"),
        ({"baseline": 0.0}, "rises by 0.050 in the median placement"),
        # Half of the placements and more change nothing: there is no sign to have a share of.
        ({"median": 0.0, "low": 0.0, "same_sign": np.nan}, "stays as it is in the median"),
    ],
)
def test_what_is_said_of_home_follows_from_its_row(
    study: Study, tmp_path: Path, row: dict[str, float], words: str
) -> None:
    given = tried(study)
    effects = given.tables["effects"].copy()
    effects["replicates"] = effects["replicates"].astype("int64")
    for name, value in row.items():
        effects.loc[0, name] = value
    text = Page(write_report(replace(given, tables={**given.tables, "effects": effects}), tmp_path))
    whose = text.text.index("'s nearness to all other places")
    assert words in text.text[whose : whose + 260]
    assert "nan" not in text.text.lower().replace("governan", "").replace("finan", "")


@pytest.mark.parametrize(
    ("higher", "difference", "words"),
    [
        (0.95, 0.02, "better than direct links without a park (in 95 % of the placements)"),
        (0.05, -0.02, "worse than direct links without a park (in 95 % of the placements)"),
        (0.52, -0.001, "about as good as direct links without a park (better than it in 52 %)"),
    ],
)
def test_a_rival_is_better_or_worse_only_where_most_placements_say_so(
    study: Study, tmp_path: Path, higher: float, difference: float, words: str
) -> None:
    given = tried(study)
    contrasts = given.tables["contrasts"].assign(higher=higher, difference=difference)
    given = replace(given, tables={**given.tables, "contrasts": contrasts})
    assert words in Page(write_report(given, tmp_path)).text


@pytest.mark.parametrize(
    ("funding", "words"),
    [
        ("reallocated", " and gave up as many of its own links for it: "),
        ("new", " on top of all links that there are: "),
    ],
)
def test_in_short_begins_with_what_is_tried_and_ends_with_the_other_funding(
    study: Study, tmp_path: Path, funding: str, words: str
) -> None:
    given = tried(study)
    other = {"new": "reallocated", "reallocated": "new"}[funding]
    effects = given.tables["effects"]
    parts = [effects.assign(scenario=f"enclave, {name}") for name in (funding, other)]
    effects = pd.concat(parts, ignore_index=True)
    scenario = {**given.scenario, "headline": f"enclave, {funding}", "size": 4}
    given = replace(given, tables={**given.tables, "effects": effects}, scenario=scenario)
    text = Page(write_report(given, tmp_path)).text
    assert "had a park with 4 links in Qu & Co" in text
    assert words in text
    assert ("If the links came on top" in text) == (funding == "reallocated")
    assert ("If the links were taken from" in text) == (funding == "new")
    assert ("More links cannot lower it" in text) == (funding == "reallocated")


def test_hosts_are_told_of_by_where_the_real_one_lies(study: Study, tmp_path: Path) -> None:
    given = tried(study)
    for n, low, high, words in (
        (10, 0.01, 0.09, "within that"),
        (10, 0.06, 0.09, "less than that"),
        (1, 0.02, 0.02, "At 1 other host like Qu & Co in strength"),
    ):
        effects = given.tables["effects"].assign(placebo_low=low, placebo_high=high, placebo_n=n)
        changed = replace(given, tables={**given.tables, "effects": effects})
        assert words in Page(write_report(changed, tmp_path / f"{n}{low}")).text


def test_on_a_modelled_layer_nothing_is_tested(study: Study, tmp_path: Path) -> None:
    given = tried(study)
    effects = given.tables["effects"].assign(placebo_p=np.nan, why_no_p="x is modelled")
    given = replace(given, tables={**given.tables, "effects": effects})
    given = replace(given, scenario={**given.scenario, "layer": "gravity"})
    text = Page(write_report(given, tmp_path)).text
    assert "There is no test, as x is modelled." in text
    assert "A p of the experiment" not in text
    assert "it says what the model implies" in text
    assert "by rank" not in text


def test_rivals_are_in_the_tables_and_not_told_change_by_change(
    study: Study, tmp_path: Path
) -> None:
    given = tried(study)
    effects = given.tables["effects"]
    both = pd.concat([effects, effects.assign(scenario="direct links, new")], ignore_index=True)
    page = Page(write_report(replace(given, tables={**given.tables, "effects": both}), tmp_path))
    # What the first sentences tell of the headline is not told again.
    assert "Scenario: park" not in page.text
    assert "Scenario: direct links, new" not in page.text
    written = pd.read_csv(tmp_path / "tables/effects.csv")
    assert set(written["scenario"]) == {"park", "direct links, new"}


def test_a_change_of_nothing_has_no_share_of_a_sign() -> None:
    table = pd.DataFrame(
        {"difference": [0.1, 0.0, 0.1], "median": [0.1, 0.0, 0.0], "same_sign": [0.9, 1.0, 0.6]}
    )
    assert with_signs(table)["same_sign"].map(cell).tolist() == ["0.9", "–", "–"]
    few = table.drop(columns="median")
    assert with_signs(few)["same_sign"].map(cell).tolist() == ["0.9", "–", "0.6"]
    assert table["same_sign"].tolist() == [0.9, 1.0, 0.6]


def test_the_headline_says_how_many_set_ups_agree(study: Study) -> None:
    # Of six set-ups four rise, one falls and one changes nothing: 4 / 6 have the sign of the
    # median, which is (0.01 + 0.02) / 2.
    curve = pd.DataFrame(
        {
            "measure": "harmonic_centrality",
            "funding": ["new"] * 4 + ["reallocated"] * 2,
            "attachment": [0.0, 0.0, 1.0, 1.0, 0.0, 1.0],
            "border": [0.0, 0.5, 0.0, 0.5, 0.5, 0.5],
            "baseline": 0.5,
            "median": [0.01, 0.02, 0.03, 0.04, -0.01, 0.0],
            "standardised": 1.0,
            "replicates": 20,
        }
    )
    given = tried(study)
    given = replace(given, tables={**given.tables, "specifications": curve})
    (text,) = (each.text for each in find_outcome(given)["compared"] if "Set up" in each.text)
    assert (
        "Set up in 6 ways (both kinds of funding, attachment 0 and 1; border 0 and 0.5; 20" in text
    )
    assert "changes by 0.015 in the median of them, and 67 % have its sign" in text
    assert "with new funding it rises in 4 of 4; with reallocated funding it falls in 1 and" in text
    assert "stays in 1 of 2" in text
    assert "The data were not drawn again" in text


@pytest.mark.parametrize(
    ("row", "words"),
    [
        ({"better": "below", "ratio": 1.5}, "more than 6 direct links without a park if a"),
        ({"better": "above", "ratio": 0.2}, "park costs more than 0.2 times the price assumed"),
        ({"better": "never", "why": "it is so"}, "less than 6 direct links without a park"),
        ({"better": "neither"}, "no price makes up for a loss"),
    ],
)
def test_break_even_prices_are_told(study: Study, row: dict[str, Any], words: str) -> None:
    given = tried(study)
    even = {"rival": "direct links, new", "measure": "harmonic_centrality", "node": "p"}
    even |= {"of": "park", "price": 10.0, "ratio": np.nan, "why": None} | row
    costs = pd.DataFrame({"scenario": ["direct links, new"], "size": [6]})
    more = {"break_even_prices": pd.DataFrame([even]), "costs": costs}
    given = replace(given, tables={**given.tables, **more})
    found = find_outcome(given)
    assert words in " ".join(each.text for each in found["compared"])
    text = " ".join(each.text for each in found["headline"])
    assert "Compared with other uses of the same money" in text


# -- the top of the page -----------------------------------------------------------------------


def items(folder: Path, section: str) -> list[str]:
    """The sentences of a section, without the files that they name."""
    text = (folder / "report.html").read_text("utf-8")
    text = text[text.index(f'<section id="{section}">') :]
    found = re.findall(r"<li>(.*?)</li>", text[: text.index("</section>")], re.S)
    return [html.unescape(re.sub(r"<span.*|<[^>]+>", "", item)).strip() for item in found]


def test_the_page_begins_with_what_was_found_and_what_it_cannot_say(
    study: Study, tmp_path: Path
) -> None:
    given = tried(study)
    given = replace(given, scenario={**given.scenario, "layer": "gravity"})
    write_report(given, tmp_path)
    text = (tmp_path / "report.html").read_text("utf-8")
    assert text.index('<section id="short">') < text.index("<nav") < text.index('id="built"')
    network, structure, finding, rivals, caution = items(tmp_path, "short")
    assert network.startswith("The network has 6 nodes")
    assert structure.endswith("The data hold 2 enclaves, 1 of them reverse.")
    assert finding.startswith(f"If {EVIL} had a park in Qu & Co: {EVIL}'s nearness")
    assert "(the middle 95 %: +4.0 % to +16.0 %)" in finding
    assert "better than direct links" in rivals
    assert "not a forecast" in caution
    assert "gravity (modelled) is modelled, not observed" in caution
    assert "it says what the model implies" in caution
    block = text[text.index('<section id="short">') : text.index("<nav")]
    for item in re.findall(r"<li>(.*?)</li>", block, re.S):
        assert "tables/" in item


def test_nothing_is_said_twice(study: Study, tmp_path: Path) -> None:
    write_report(tried(study), tmp_path)
    said = [
        sentence
        for section in ("short", "built", "central", "polycentric", "enclaves", "methods")
        for item in items(tmp_path, section)
        for sentence in item.split(". ")
    ]
    assert len(said) > 20
    assert [sentence for sentence in set(said) if said.count(sentence) > 1] == []
    assert len([sentence for sentence in said if "rises by 10.0 %" in sentence]) == 1


def test_without_an_experiment_the_top_says_who_is_central(study: Study, tmp_path: Path) -> None:
    write_report(replace(study, scenario={}), tmp_path)
    _, structure, caution = items(tmp_path, "short")
    assert structure.startswith(f"Most central, by PageRank over all layers: {EVIL}, Qu & Co and")
    assert caution.startswith("Caution: gravity (modelled) is modelled, not observed")
    assert "forecast" not in caution
    observed = replace(study, scenario={}, modelled={})
    assert not any("Caution" in text for text in map(str, find_short(observed, [])))


def looked_at(study: Study, **columns: Any) -> Study:
    """The study with a structure: one centre, two communities and a profile of one index."""
    names = study.tables["centrality"]["name"]
    centres = pd.DataFrame({"name": names, "centre": [True, False, False, False]})
    row = {"value": 2.5, "low": np.nan, "low_without_one": np.nan, "null_low": np.nan, "p": np.nan}
    profile = pd.DataFrame([row | columns], index=pd.Index(["effective_number"], name="index"))
    communities = pd.DataFrame({"places": [3, 1]}, index=pd.Index([0, 1], name="community"))
    settings = {"layers together": EVIL, "layers apart": "gravity"}
    structure = pd.DataFrame(settings.items(), columns=["setting", "value"])
    tables = {"centres": centres, "profile": profile, "communities": communities}
    return replace(study, tables={**study.tables, **tables, "structure": structure})


def test_the_top_says_which_structure_was_found(study: Study) -> None:
    _, found, _ = find_short(looked_at(study), [])
    assert found.text.startswith(
        f"In the observed layers 1 of 4 places is a centre ({EVIL}), the links make 2 communities "
        "and links are spread as over 2.5 places of equal size. The data hold"
    )
    assert found.tables == ("centres", "communities", "profile", "enclaves")
    _, found, _ = find_short(looked_at(study, low=2.0, high=3.0), [])
    assert "2.5 places of equal size (95 % interval 2 to 3)." in found.text


# -- what stands there only if it ran ----------------------------------------------------------


@pytest.mark.parametrize(
    ("columns", "said"),
    [
        ({}, set()),
        ({"low": 2.0}, {"every event behind"}),
        ({"low_without_one": 2.0}, {"one place at a time"}),
        ({"null_low": 2.0, "p": 0.5}, {"among random networks", "no single p", "Beyond that"}),
    ],
)
def test_how_to_read_the_profile_follows_from_what_was_drawn(
    study: Study, columns: dict[str, float], said: set[str]
) -> None:
    text = " ".join(each.text for each in find_reading(looked_at(study, **columns)))
    words = {"every event behind", "one place at a time", "among random networks"}
    words |= {"no single p", "Beyond that"}
    assert {word for word in words if word in text} == said
    assert ("On the profile" in text) == bool(said)
    assert "local optimum of modularity" in text


def test_how_to_read_says_nothing_of_what_did_not_run(study: Study) -> None:
    text = " ".join(each.text for each in find_reading(replace(study, tables={}, scenario={})))
    for word in (
        "profile",
        "PageRank",
        "rank-size",
        "modularity",
        "broker",
        "Nearness",
        "Placebos",
    ):
        assert word not in text
    assert text.endswith("no significance tests, on purpose: modelled links carry no evidence.")
    bare = replace(study, tables={}, scenario={}, modelled={})
    assert "significance" not in " ".join(each.text for each in find_reading(bare))
    frictions = {"border friction": 0.5, "friction per 1,000 km": 2.0, "distance": "unit"}
    text = " ".join(each.text for each in find_reading(replace(study, scenario=frictions)))
    assert "by 0.5 if its ends belong to different jurisdictions, and by 2 for each 1,000" in text
    assert "every link has length 1" in text


def test_the_mechanisms_speak_of_those_that_ran(study: Study) -> None:
    some = pd.DataFrame({"a": [1]})
    for tables, words, others in (
        ({"cobweb": some}, "The cobweb is a model with", ("ree flow", "Hu and Zhang", "data")),
        ({"free_flow": some, "cobweb": some}, "Free flow and the cobweb are models", ("park",)),
        ({"specialisation": some}, "What is said here of specialisation is about", ("model",)),
    ):
        given = replace(study, tables=tables, mechanisms={"sigma": 5})
        (found,) = _standing(given)
        assert found.text.startswith(words)
        assert not [word for word in others if word in found.text]
    assert _standing(replace(study, tables={}, mechanisms={"sigma": 5})) == []


# -- figures and tables ------------------------------------------------------------------------


def test_the_map_says_which_layers_of_how_many_it_shows(study: Study) -> None:
    (drawing,) = [each for each in _drawn(study) if each.name == "flow_map"]
    names = f"{EVIL} and gravity (modelled)"
    assert drawing.caption.startswith(f"Links between places, in all of 2 layers: {names}.")
    assert "heaviest" not in drawing.caption
    nodes = study.cities.nodes.reset_index()
    links = pd.DataFrame(
        [(f"layer{at}", "p", "q", float(at + 1)) for at in range(6)],
        columns=["layer", "source", "target", "weight"],
    )
    many = build_network(nodes, links, study.cities.places.reset_index())
    (drawing,) = [each for each in _drawn(replace(study, cities=many)) if each.name == "flow_map"]
    assert "in 4 of 6 layers (layer2, layer3, layer4 and layer5): of the observed layers those" in (
        drawing.caption
    )


def test_the_map_says_when_it_leaves_out_links(study: Study) -> None:
    ids = [f"n{at:02}" for at in range(16)]
    nodes = pd.DataFrame({"node": ids, "place": ids})
    places = pd.DataFrame({"place": ids, "lon": np.linspace(110, 120, 16), "lat": 30.0})
    ends = list(combinations(ids, 2))  # 16 * 15 / 2 = 120
    links = pd.DataFrame(ends, columns=["source", "target"]).assign(layer="a", weight=1.0)
    cities = build_network(nodes, links, places)
    captions = [each.caption for each in _drawn(replace(study, cities=cities, tables={}))]
    assert "Of each layer at most the 100 heaviest links are drawn." in captions[0]


def test_the_figure_marks_the_median_that_the_text_gives(study: Study) -> None:
    table = effects()
    table["median"] = table["difference"] + 0.004
    given = replace(study, tables={**study.tables, "effects": table})
    (drawing,) = [each for each in _drawn(given) if each.name == "effects"]
    marks = [
        line.get_xdata().tolist()
        for ax in drawing.figure.axes
        for line in ax.lines
        if line.get_marker() == "|"
    ]
    shown = table["node"].isna() | table["node"].isin(["p", "q"])
    for _, rows in table[shown].groupby("measure"):
        assert rows["median"].tolist() in marks
    assert "median of the random placements (black tick" in drawing.caption


def test_the_stability_map_says_what_its_letters_are(study: Study) -> None:
    slopes = {"demand_slope": 1.0, "supply_slope": 3.0, "mobility": 0.1, "link": 0.0}
    given = replace(
        study,
        tables={"cobweb": pd.DataFrame({"link": ["a"]})},
        mechanisms={**slopes, "adaptation": 1.0},
    )
    (drawing,) = [each for each in _drawn(given) if each.name == "cobweb"]
    assert "d / b, the slope of supply (d) over that of demand (b)" in drawing.caption
    assert "m / b, mobility (m: how much supply moves" in drawing.caption
    beyond = "Beyond the map: without an enclave (supply over demand 3, mobility over demand 0.1)."
    assert beyond in drawing.caption


def _drawn(study: Study) -> list[Drawing]:
    return list(draw_figures(study, defaultdict(list)))


def test_what_a_figure_shows_is_no_table_besides(
    study: Study, folder: Path, tmp_path: Path
) -> None:
    head = '<th class="n">participation coefficient</th>'
    text = (folder / "report.html").read_text("utf-8")
    assert head not in text
    assert "tables/centrality.csv" in text[text.index('<figure id="centralities">') :]
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("netinnov.report.draw_figures", lambda study, modelled: iter(()))
        assert head in write_report(study, tmp_path).read_text("utf-8")


def test_of_the_effects_the_page_shows_the_headline_and_the_file_has_all(study: Study) -> None:
    given = tried(study)
    effects = given.tables["effects"]
    both = pd.concat([effects, effects.assign(scenario="direct links, new")], ignore_index=True)
    view = views(given, {"effects": both})["effects"]
    # Two of the four places are neither home nor host.
    assert len(view.rows) == 4
    assert view.alike == "In all rows shown: scenario park."
    assert view.cut.startswith("4 of 12 rows and ")


def test_ids_go_only_where_names_tell_rows_apart(study: Study) -> None:
    table = pd.DataFrame({"name": ["A", "B"], "n": [1, 2]}, pd.Index(["p", "q"], name="node"))
    assert views(study, {"t": table})["t"].columns == ["name", "n"]
    table["name"] = ["A", "A"]
    view = views(study, {"t": table})["t"]
    assert view.columns == ["node", "n"]
    assert view.alike == "In all rows shown: name A."


def test_pictures_stand_at_their_own_size(folder: Path) -> None:
    text = (folder / "report.html").read_text("utf-8")
    widths = re.findall(r'<figure id="(\w+)">\s*<img [^>]*style="width: (\d+)mm"', text)
    assert len(widths) == 4
    for name, millimetres in widths:
        pixels = plt.imread(folder / "figures" / f"{name}.png").shape[1]
        assert int(millimetres) == round(pixels / 300 * 25.4)
