"""Who is central: PageRank over all layers, degrees and strengths, and other centralities."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from functools import partial
from typing import Any

import pandas as pd

from netinnov import centrality
from netinnov.centrality._centrality_table import DEFAULT
from netinnov.network import MultilayerNetwork
from netinnov.plotting import plot_centralities
from netinnov.plotting._fonts import printable
from netinnov.study._context import Context, Result
from netinnov.study._experiment import measures_of
from netinnov.study._facts import Fact, KeyFigure, Picture, Place, Table
from netinnov.study._language import alike, as_much
from netinnov.study._measures import strength_together
from netinnov.study._structure_plan import plan

BETWEEN = 1000  # places above which betweenness, a search from each, is left out
NAMED = 3
LONGEST = 20  # letters of the names in the figure
FIRST = ("overlapping_degree", "overlapping_strength", "participation_coefficient", "pagerank")
COUPLED = ("pagerank", "eigenvector_centrality", "katz_centrality", "hits")
PATHS = ("closeness_centrality", "harmonic_centrality", "betweenness_centrality")


class Central(Result):
    table: pd.DataFrame
    observed: pd.DataFrame | None  # with more centralities, in the observed layers


def compute(context: Context) -> Central | None:
    cities = context.cities
    structure = context.once(plan)
    observed = None
    if not cities.storage.presence("linked").any():
        return None
    if structure is not None and not structure.modelled:
        every = [*DEFAULT, "betweenness_centrality"]
        names = every if structure.network.n_nodes <= BETWEEN else DEFAULT
        observed = _measured(structure.network, context, names)
    return Central(context, _measured(cities, context, FIRST), observed)


CHECK = compute


def _measured(network: MultilayerNetwork, context: Context, names: Iterable[str]) -> pd.DataFrame:
    options: dict[str, Any] = dict.fromkeys(COUPLED, context.measures.coupled)
    options |= dict.fromkeys(PATHS, context.once(measures_of).paths)
    functions = {name: getattr(centrality, name) for name in names}
    measures = {name: partial(each, **options.get(name, {})) for name, each in functions.items()}
    own: dict[str, Any] = {
        "overlapping_degree": lambda part: _degree(part, context),
        "overlapping_strength": partial(strength_together, direction=context.direction),
    }
    table = centrality.centrality_table(network, measures={**measures, **own})
    table.insert(0, "name", table.index.map(context.names).astype("str"))
    rank = table["pagerank"].map("{:.9g}".format).astype(float)  # no tie is broken by rounding
    return table.loc[rank.sort_values(ascending=False, kind="stable").index]


def _degree(network: MultilayerNetwork, context: Context) -> pd.Series:
    return centrality.degree(network, direction=context.direction).sum(axis=1)


def facts(result: Central) -> Mapping[str, Fact]:
    rank = result.table["pagerank"]
    first = result.table["pagerank"].head(NAMED)
    n_layers = len(result.context.cities.layers)
    n_modelled = len(result.context.modelled)
    return {
        "layers": n_layers,
        "both": 0 < n_modelled < n_layers,
        "all_modelled": n_modelled == n_layers,
        "first": [*map(Place, first.index)],
        "shares": first.tolist(),
        "as_central": as_much(rank, first),
        "equal": alike(rank.iloc[0], rank.iloc[-1]),
        "even_share": 1 / len(rank),
    }


def key_figures(result: Central, _: Any) -> Iterator[KeyFigure]:
    strength = result.table["overlapping_strength"]
    yield KeyFigure("strength", float(strength.max() / strength.sum()), form="share")
    yield KeyFigure("degree", int(result.table["overlapping_degree"].max()))


def draw(result: Central) -> Iterator[Picture]:
    names = result.context.drawn_names.map(partial(printable, longest=LONGEST))
    write = result.context.language.term
    table = result.table.drop(columns=["name", "participation_coefficient"], errors="ignore")
    table = table.rename(
        columns=lambda each: write(str(each)).replace(" ", "_", 1).replace("（", "_（")
    )
    plot = partial(plot_centralities, table.assign(name=names))
    yield Picture("centralities", plot, on_page=True)


def tables(result: Central) -> Iterator[Table]:
    modelled = result.context.modelled
    cities = result.context.cities
    way = result.context.direction
    yield Table("centrality", result.table, modelled=modelled)
    for measure in (centrality.degree, centrality.strength):
        yield Table(measure.__name__, measure(cities, direction=way), modelled=modelled)
    if result.observed is not None:
        columns = ["pagerank", "overlapping_strength", "overlapping_degree", "harmonic_centrality"]
        columns += ["closeness_centrality", "betweenness_centrality", "core_number"]
        view = result.observed.filter(columns).rename_axis("place").reset_index()
        yield Table("centrality_observed", result.observed, view, on_page=True)
