"""Facts of studies of real data, computed again from their links and their raw files."""

import gzip
import json
import math
import re
import tomllib
import warnings
from itertools import combinations
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from netinnov import study
from netinnov.study._context import Context
from netinnov.study._loaded_data import load
from netinnov.study._places import aggregate_to_places
from netinnov.study.sections import central, centres
from study_cases import facts_of, figures_of, text_in

pytestmark = pytest.mark.slow  # whole studies

STUDIES = Path(__file__).parents[2] / "examples/studies"
NAMES = ["baidu_delta", "cordis_countries", "eu_air", "lazega_offices", "patentsview_inventors"]
FEW = {"resamples": 4, "replicates": 20}


def settings_of(name):
    """A configuration of `examples/studies` with few draws; None where its data are not here."""
    if name == "europe":
        data = {"source": "europe", "project": {"layer": "participation", "through": "project"}}
        return {"data": data, "places": {"level": 1}, "structure": FEW}
    settings = tomllib.loads((STUDIES / f"{name}.toml").read_text(encoding="utf-8"))
    data = settings["data"]
    for key in {"path", "places"} & data.keys():
        data[key] = str((STUDIES / data[key]).resolve())
        if not Path(data[key]).exists():
            return None
    return settings | {"structure": FEW}


@pytest.fixture(scope="module", params=[*NAMES, "europe"])
def context(request):
    settings = settings_of(request.param)
    if settings is None:
        pytest.skip("needs the data beside the checkout")
    configuration = study.configure(settings)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", UserWarning)
        parts = configuration.data, configuration.layers, configuration.columns
        loaded = load(*parts, same=configuration.places.same)
        level = aggregate_to_places(loaded.network, configuration.places)
    return Context(configuration, loaded, level)


def strength_of(pairs):
    """Shares of all strength, from the weights of pairs of different places."""
    apart = pairs[pairs["a"] != pairs["b"]]
    ends = pd.concat([apart[["a", "weight"]].rename(columns={"a": "b"}), apart[["b", "weight"]]])
    strength = ends.groupby("b")["weight"].sum().sort_values(ascending=False)
    return strength / strength.sum()


@pytest.fixture(scope="module")
def share(context):
    return strength_of(context.cities.links.rename(columns={"source": "a", "target": "b"}))


def test_the_largest_place_and_how_many_equal_ones_there_would_be(context, share):
    result = context.once(centres.compute).profile
    assert result.loc["primacy", "value"] == pytest.approx(share.max())
    equal = math.exp(-(share * np.log(share)).sum())
    assert result.loc["effective_number", "value"] == pytest.approx(equal)
    assert facts_of(centres, context)["effective"] == pytest.approx(equal)
    assert figures_of(centres, context)["primacy"].value == pytest.approx(share.max())
    # Whatever the digits, what is said is what is true to within its last one.
    said = float(text_in(centres, context).answer.split("as if ")[1].split()[0].replace(",", ""))
    assert said == pytest.approx(equal, rel=0.05)


def test_who_has_the_most_strength(context, share):
    known = context.once(central.compute).table["overlapping_strength"]
    assert known.idxmax() == share.index[0]
    assert figures_of(central, context)["strength"].value == pytest.approx(share.iloc[0])


def pairs_of(events, member, place, weight):
    """Pairs of the members of each event, with a weight by how many there are."""
    rows = [
        (one[1], other[1], weight(len(group)))
        for _, group in events.groupby(level=0)
        for one, other in combinations(
            group[[member, place]].drop_duplicates(member).itertuples(index=False), 2
        )
    ]
    return pd.DataFrame(rows, columns=["a", "b", "weight"])


def from_the_file(name, folder):
    """Shares of all strength, computed from the raw files of a study by pandas alone."""
    if name == "patentsview_inventors":
        table = pd.read_csv(folder / "patentsview_inventors/CN-A61B.csv", dtype="str")
        # The location that most patents of an inventor have.
        where = table.groupby("inventor_id")["location_id"].agg(lambda at: at.mode().iloc[0])
        table["at"] = table["inventor_id"].map(where)
        return strength_of(
            pairs_of(table.set_index("patent_id"), "inventor_id", "at", lambda n: 1.0)
        )
    if name == "eu_air":
        text = (folder / "multiplex_benchmarks/AirEu2013Ext.json").read_text(encoding="utf-8")
        raw = json.loads(text)
        airport = [node["ID"] for node in raw["nodes"]["airA"]]
        links = {(frozenset((link["airA"], link["airB"])), link["line"]) for link in raw["links"]}
        rows = [[airport[k - 1] for k in sorted(pair)] + [1.0] for pair, _ in links]
        return strength_of(pd.DataFrame(rows, columns=["a", "b", "weight"]))
    if name == "lazega_offices":
        text = (folder / "multiplex_benchmarks/Lazega-Law-Firm.paj").read_text("utf-8")
        arcs = re.findall(r"^ *\d+: *(\d+) +(\d+) ", text.partition("*arcs\n")[2], re.M)
        assert len(arcs) == 2571
        numbers = text.partition("*Partition office")[2].partition("*Vertices")[2].split()[1:72]
        at = [("Boston", "Hartford", "Providence")[int(number) - 1] for number in numbers]
        rows = [(at[int(a) - 1], at[int(b) - 1], 1.0) for a, b in arcs]
        return strength_of(pd.DataFrame(rows, columns=["a", "b", "weight"]))
    with gzip.open(folder / "china_cities/BaiduNet_out_20200109.csv.gz", "rt") as file:
        shares = pd.read_csv(file, index_col=0)
    cities = pd.read_csv(folder / "china_cities/cityinfo.csv")
    settings = settings_of("baidu_delta")
    kept = settings["places"]["keep"]["dzcode"]
    cities = cities[cities["dzcode"].astype(str).isin(kept)].set_index("cityname_chn")
    ours = dict(settings["places"]["same"])
    flows = shares.rename(index=ours, columns=ours).reindex(
        index=cities.index, columns=cities.index
    )
    flows = flows.mul(cities["cpop2010"] / 100, axis=0).rename_axis("a").rename_axis("b", axis=1)
    flows = flows.rename(index=cities["cityname_eng"], columns=cities["cityname_eng"])
    return strength_of(flows.stack().rename("weight").reset_index())


@pytest.mark.parametrize(
    "context", ["baidu_delta", "eu_air", "lazega_offices", "patentsview_inventors"], indirect=True
)
def test_strengths_are_those_of_the_raw_file(context, request, shared):
    name = request.node.callspec.params["context"]
    share = from_the_file(name, shared / "data")
    known = context.once(central.compute).table["overlapping_strength"]
    assert context.names[known.idxmax()] == share.index[0]
    assert figures_of(central, context)["strength"].value == pytest.approx(share.iloc[0])
    equal = math.exp(-(share * np.log(share)).sum())
    found = context.once(centres.compute).profile
    assert found.loc["effective_number", "value"] == pytest.approx(equal)
