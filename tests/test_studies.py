"""Configurations of examples/studies: each is valid, and what reports say is computed again."""

from __future__ import annotations

import html
import re
from collections import defaultdict
from dataclasses import replace
from itertools import combinations
from pathlib import Path

import networkx as nx
import numpy as np
import pandas as pd
import pytest

from netinnov import study
from netinnov.sources._read_network import READERS
from netinnov.study import sections

STUDIES = Path(__file__).parents[1] / "examples" / "studies"
NAMES = sorted(path.stem for path in STUDIES.glob("*.toml"))


@pytest.mark.parametrize("name", NAMES)
def test_each_configuration_is_valid(name):
    configuration = study.read_configuration(STUDIES / f"{name}.toml")
    assert configuration.data.source in READERS
    assert configuration.title != "Innovation network"


@pytest.mark.parametrize("name", NAMES)
def test_the_data_of_each_configuration_are_there(shared, name):
    data = study.read_configuration(STUDIES / f"{name}.toml").data
    for path in (data.path, data.places):
        assert path is None or (path.exists() and shared in path.resolve().parents)


def report(name, tmp_path, monkeypatch):
    """Text and indices of a report, without figures and draws, which no statement here needs."""
    plain = [replace(section, draw=lambda result: ()) for section in sections.SECTIONS]
    monkeypatch.setattr(sections, "SECTIONS", plain)
    configuration = study.read_configuration(STUDIES / f"{name}.toml")
    few = configuration.structure.model_copy(update={"resamples": 0, "replicates": 0})
    path = study.run(configuration.model_copy(update={"structure": few}), out=tmp_path / name)
    text = re.sub(r"<(style|script)[^>]*>.*?</\1>", "", path.read_text("utf-8"), flags=re.S)
    text = html.unescape(re.sub(r"\s+", " ", re.sub(r"<[^>]+>", "", text)))
    return text, pd.read_csv(path.parent / "tables/profile.csv").set_index("index")["value"]


def effective_number(strengths):
    """The exponential of Shannon's entropy of the shares."""
    shares = np.array([value for value in strengths if value > 0]) / sum(strengths)
    return np.exp(-(shares * np.log(shares)).sum())


def equal_places_in(text):
    """The effective number as the page says it, with three digits."""
    return float(re.search(r"as if (\S+) equal places shared", text)[1])


@pytest.mark.slow
def test_the_report_on_a_law_firm_says_what_its_file_gives(shared, tmp_path, monkeypatch):
    """From the lines of the file: arcs, offices, strength between them, who stands between whom."""
    lines = (shared / "data/multiplex_benchmarks/Lazega-Law-Firm.paj").read_text().splitlines()
    first = next(at for at, line in enumerate(lines) if line.strip() == "*arcs")
    arcs = []
    for line in lines[first + 1 :]:
        parts = re.match(r"\s*(\d+):\s*(\d+)\s+(\d+)", line)
        if parts is None:
            break
        arcs.append(tuple(map(int, parts.groups())))
    at = next(at for at, line in enumerate(lines) if line.startswith("*Partition office"))
    while not lines[at].startswith("*Vertices"):
        at += 1
    office = {k + 1: int(lines[at + 1 + k]) for k in range(71)}
    strength = defaultdict(float)
    for _, source, target in arcs:
        if office[source] != office[target]:
            strength[office[source]] += 1
            strength[office[target]] += 1
    text, indices = report("lazega_offices", tmp_path, monkeypatch)
    assert len(arcs) == 2571
    assert "2,571 linked pairs (in directed layers each direction counts) in 3 layers" in text
    assert "nodes to 3 places" in text
    share = max(strength.values()) / sum(strength.values())
    assert indices["primacy"] == pytest.approx(share)
    number = effective_number(list(strength.values()))
    assert equal_places_in(text) == pytest.approx(number, rel=5e-3)
    ranks, sizes = np.log([1, 2, 3]), np.log(sorted(strength.values(), reverse=True))
    slope = np.polyfit(ranks, sizes, 1)[0]
    assert indices["rank_size"] == pytest.approx(slope)


@pytest.mark.slow
def test_the_report_on_inventors_says_what_the_table_gives(shared, tmp_path, monkeypatch):
    """From the rows of the table: pairs of inventors, places by most patents, components."""
    rows = pd.read_csv(shared / "data/patentsview_inventors/CN-A61B.csv", dtype="str")
    rows = rows.drop_duplicates(["patent_id", "inventor_id"])
    pairs = defaultdict(int)
    for _, members in rows.groupby("patent_id")["inventor_id"]:
        for pair in combinations(sorted(members), 2):
            pairs[pair] += 1
    counts = rows.groupby(["inventor_id", "location_id"], sort=False).size()
    place = {inventor: group.droplevel(0).idxmax() for inventor, group in counts.groupby(level=0)}
    graph = nx.Graph()
    graph.add_nodes_from(place.values())
    for (a, b), n in pairs.items():
        if place[a] != place[b]:
            before = graph.get_edge_data(place[a], place[b], {"weight": 0})["weight"]
            graph.add_edge(place[a], place[b], weight=before + n)
    strength = dict(graph.degree(weight="weight"))
    text, indices = report("patentsview_inventors", tmp_path, monkeypatch)
    assert f"{len(pairs):,} linked pairs in 1 layer" in text
    assert f"nodes to {len(graph)} places" in text
    share = max(strength.values()) / sum(strength.values())
    assert re.search(rf"Largest share of strength\D*{100 * share:.2g} %", text)
    number = effective_number(list(strength.values()))
    assert equal_places_in(text) == pytest.approx(number, rel=5e-3)
    assert indices["primacy"] == pytest.approx(share)


@pytest.mark.slow
def test_the_report_on_travel_says_what_the_matrix_gives(shared, tmp_path, monkeypatch):
    """Shares times population between 41 cities, read by pandas alone."""
    folder = shared / "data/china_cities"
    cities = pd.read_csv(folder / "cityinfo.csv", dtype={"dzcode": "str"})
    cities["name"] = cities["cityname_chn"].replace("毫州市", "亳州市")
    cities = cities[cities["dzcode"].str[:2].isin(["31", "32", "33", "34"])].set_index("name")
    matrix = pd.read_csv(folder / "BaiduNet_out_20200109.csv.gz", index_col=0)
    shares = matrix.loc[cities.index, cities.index].fillna(0).to_numpy()
    flows = shares / 100 * cities["cpop2010"].to_numpy()[:, None]
    np.fill_diagonal(flows, 0)
    strength = flows.sum(0) + flows.sum(1)
    text, indices = report("baidu_delta", tmp_path, monkeypatch)
    share = 100 * strength.max() / strength.sum()
    assert re.search(rf"Largest share of strength\D*{share:.2g} %", text)
    assert equal_places_in(text) == pytest.approx(effective_number(strength), rel=5e-3)
    slope = np.polyfit(np.log(np.arange(1, 42)), np.log(np.sort(strength)[::-1]), 1)[0]
    assert indices["rank_size"] == pytest.approx(slope)
    assert "modelled" in text
