"""One number under one name: what the tables and sentences of a study say of one thing agrees."""

import math
from collections import defaultdict

import pandas as pd
import pytest

from netinnov import connectivity
from netinnov.study import sections
from study_cases import FEW, PARK, context_of, network_of

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
