"""One number under one name: what the tables and sentences of a study say of one thing agrees."""

import json
import math
import re
from collections import defaultdict

import pandas as pd
import pytest

from netinnov import connectivity
from netinnov.polycentricity import effective_number
from netinnov.study import sections
from netinnov.study._explorer_page import _page
from netinnov.study.sections import _centre_plan, central, centres, enclaves, experiment
from study_cases import (
    FEW,
    PARK,
    context_of,
    facts_of,
    few_draws,
    figures_of,
    network_of,
    tables_of,
    text_in,
)

IDS = list("PQRSTUVW")
LINKS = [
    *[("P", "Q", 9), ("P", "R", 4), ("Q", "R", 6), ("R", "S", 3), ("S", "T", 8), ("T", "U", 2)],
    *[("U", "V", 5), ("V", "W", 7), ("W", "S", 1), ("P", "T", 2), ("Q", "V", 3)],
]
MORE = [("Q", "P", 3), ("T", "Q", 2), ("W", "P", 6), ("U", "R", 1), ("V", "S", 4)]
OPTIONS = {"distance": "inverse", "border": 0.5, "distance_weight": 2.0}
OPTIONS |= {"coupling": 0.3, "presence": "linked"}
READ = ("central", "centres", "organised", "experiment")
"""The sections whose tables are read."""


def study(*, modelled=(), directed=(), direction="total"):
    rows = [(*row, "a") for row in LINKS] + [(*row, "b") for row in MORE]
    places = pd.DataFrame(
        {"lon": range(100, 108), "lat": 30.0, "population": range(1, 9), "name": IDS}, index=IDS
    )
    network = network_of(rows, places=places, modelled=modelled, directed=directed)
    park = PARK | {"rivals": []}
    settings = FEW | {"direction": direction, "resamples": 3, "replicates": 3}
    context = context_of(network, structure=settings, measures=OPTIONS, experiment=park)
    read = [section for section in sections.SECTIONS if section.name in READ]
    results = [(section, context.once(section.compute)) for section in read]
    results = [(section, result) for section, result in results if result is not None]
    tables = {table.name: table.frame for section, result in results
              for table in section.tables(result)}  # fmt: skip
    return context, tables


def readings(context, tables):
    """Each number of the tables: what it measures, in which layers, of which place, and where."""
    layers = context.cities.layers
    observed = [layer for layer in layers if layer not in context.modelled] or list(layers)
    scope = {"all": tuple(layers), "observed": tuple(observed), "together": tuple(observed)}
    for layer in layers:
        scope |= dict.fromkeys([layer, f"{layer} (modelled)"], (layer,))

    def of(name, frame, where, subject=""):
        for measure, value in frame.items():
            if isinstance(value, (int, float)) and not isinstance(value, bool):
                yield measure, scope[where], subject, float(value), name

    yield from of("profile", tables["profile"]["value"].to_dict(), "observed")
    for name, where in (("centrality", "all"), ("centrality_observed", "observed"),
                        ("centres", "observed")):  # fmt: skip
        for node, row in tables.get(name, pd.DataFrame()).iterrows():
            yield from of(name, row.to_dict(), where, node)
    for _, row in tables["effects"].iterrows():
        node = "" if pd.isna(row["node"]) else row["node"]
        yield from of("effects", {row["measure"]: row["baseline"]}, "all", node)
    sums = {"degree": "overlapping_degree", "strength": "overlapping_strength"}
    if len({layer in context.cities.directed for layer in layers}) == 2:
        del sums["strength"]  # a link without a direction counts twice in the sum
    for name, measure in sums.items():
        for node, row in tables[name].iterrows():
            yield from of(name, {measure: float(row.sum())}, "all", node)
    n_centres = float(tables["centres"]["centre"].sum())
    yield from of("centres", {"n_centres": n_centres}, "observed")


@pytest.mark.parametrize(
    "case",
    [
        {"directed": ["a", "b"], "direction": "in"},
        {"directed": ["b"]},
        {"modelled": ["b"]},
        pytest.param({}, marks=pytest.mark.slow),
        pytest.param({"directed": ["a", "b"]}, marks=pytest.mark.slow),
        pytest.param({"modelled": ["a", "b"]}, marks=pytest.mark.slow),
    ],
    ids=lambda case: ", ".join(map(str, case.values())) or "plain",
)
def test_no_measure_has_two_values(case):
    values = defaultdict(dict)
    for measure, layers, subject, value, name in readings(*study(**case)):
        if not math.isnan(value):
            values[measure, layers, subject].setdefault(name, value)
    several = {key: of for key, of in values.items() if len(of) > 1}
    told = {key[0] for key in several}
    assert "n_centres" in told
    wanted = {"pagerank", "harmonic_centrality"}
    assert wanted <= {key[0] for key in values}
    if not case.get("modelled"):  # else it has other layers than the observed ones
        assert wanted <= told
    different = {
        key: of
        for key, of in several.items()
        if max(of.values()) - min(of.values()) > 1e-9 * max(1, *map(abs, of.values()))
    }
    assert different == {}


@pytest.mark.slow
def test_efficiency_is_that_of_the_options_wherever_it_is_told():
    context, tables = study()
    whole = connectivity.global_efficiency(context.cities, **context.measures.paths)
    assert context.measures.paths["frictions"]
    effects = tables["effects"].set_index("measure")["baseline"]
    assert effects["global_efficiency"].unique() == pytest.approx([whole])


FLOWS = [("P", "Q", 8), ("Q", "P", 1), ("R", "Q", 6), ("P", "R", 3), ("S", "Q", 2), ("Q", "S", 4)]
BY_WAY = {  # strengths of P, Q, R and S by hand
    "in": ("arriving", "流入", [1, 16, 3, 4]),
    "out": ("leaving", "流出", [11, 5, 6, 2]),
    "total": ("both ways", "双向", [12, 21, 9, 6]),
}


def payload_of(context):
    return json.loads(re.search(r'id="data">(.*?)</script>', _page(context, {}).html)[1])


@pytest.mark.parametrize("direction", BY_WAY)
def test_a_page_counts_links_in_one_direction_and_says_which(direction):
    english, chinese, strengths = BY_WAY[direction]
    network = network_of(FLOWS, directed=["links"])
    settings = {"structure": {**FEW, "direction": direction}, "siting": {}, "plan": {}}
    context = context_of(network, experiment=False, **settings)
    effective = effective_number(strengths)
    assert facts_of(centres, context)["effective"] == pytest.approx(effective)
    with few_draws():
        assert facts_of(_centre_plan, context)["before"] == pytest.approx(effective)
    share = max(strengths) / sum(strengths)
    assert figures_of(central, context)["strength"].value == pytest.approx(share)
    assert figures_of(centres, context)["primacy"].value == pytest.approx(share)
    assert tables_of(central, context)["strength"].frame["links"].tolist() == strengths
    assert tables_of(centres, context)["centres"].frame["centrality"].sum() == sum(strengths)
    assert payload_of(context)["measures"]["strength"] == strengths
    for code, word in (("en", f" ({english})"), ("zh", f"（{chinese}）")):
        labels = [text_in(section, context, code).labels for section in (central, centres)]
        named = [labels[0]["strength"], labels[0]["degree"], labels[1]["effective"]]
        assert all(each.endswith(word) for each in [*named, labels[1]["primacy"]])
        language = context.in_language(code).language
        assert all(language.term(each).endswith(word) for each in ("strength", "effective_number"))
    undirected = context_of(network_of(FLOWS), experiment=False, **settings)
    assert "(" not in text_in(central, undirected).labels["strength"]


def test_enclaves_rank_by_the_strength_that_the_page_counts():
    # Home P sends more than Q, the host, and receives less.
    nodes = pd.DataFrame({"place": [*"PQRSQ"], "jurisdiction": [*"PQRSP"]}, [*"PQRS", "park"])
    network = network_of(FLOWS, nodes=nodes, directed=["links"])
    for direction, told in (("in", "reverse"), ("out", "forward")):
        context = context_of(network, structure={**FEW, "direction": direction})
        assert facts_of(enclaves, context)[told] == 1
        assert [park["direction"] for park in payload_of(context)["parks"]] == [told]


@pytest.mark.parametrize("host", ["Q", "S"])  # linked with P, and not
def test_access_is_by_one_length_in_the_table_the_experiment_and_the_explorer(host):
    network = network_of([(*row, "a") for row in LINKS])
    park = {"home": "P", "host": host, "size": 1, "replicates": 2, "rivals": []}
    context = context_of(network, structure=FEW, experiment=park)
    table = context.once(central.compute).observed["harmonic_centrality"]
    table = table[context.cities.storage.node_names]
    tried = context.once(experiment.compute).effects
    before = tried[tried["measure"].eq("harmonic_centrality") & tried["node"].notna()]
    payload = payload_of(context)
    assert payload["measures"]["harmonic"] == pytest.approx(table.tolist(), rel=1e-5)
    assert before.groupby("node")["baseline"].first().to_dict() == pytest.approx(table.to_dict())
    length = "inverse" if host == "Q" else "unit"
    settings = tables_of(experiment, context)["scenario"].frame.set_index("parameter")["value"]
    assert settings["distance"] == length
