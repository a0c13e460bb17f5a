"""Who is central: PageRank over all layers, degrees and strengths, and other centralities."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from typing import Any

import pandas as pd

from netinnov import centrality
from netinnov.network import MultilayerNetwork
from netinnov.plotting import plot_centralities
from netinnov.plotting._style import new_figure
from netinnov.study._context import Context
from netinnov.study._measures import strength_together
from netinnov.study._section import Picture, Result, Sentence, Table, mark_layers, with_modelled
from netinnov.study._structure_plan import plan
from netinnov.study._words import (
    alike,
    are,
    as_much,
    counted,
    foremost,
    number,
    percent,
    some,
    times,
)

HEADING = "Who is central"
ABSENT = (
    "No two places are linked, so that none is more central than another. To compare the nodes "
    "themselves leave their column of places out: each is then a place of its own."
)
BETWEEN = 1000  # places above which betweenness, a search from each, is left out
FIRST = 5
DRAWN = 15
SIMPLE: dict[str, Callable[[MultilayerNetwork], Any]] = {
    "overlapping_degree": centrality.overlapping_degree,
    "overlapping_strength": centrality.overlapping_strength,
    "participation_coefficient": centrality.participation_coefficient,
}


@dataclass(frozen=True, slots=True, eq=False)
class Central(Result):
    """Centralities of places: over all layers, by layer, and in the observed layers."""

    table: pd.DataFrame
    degree: pd.DataFrame
    strength: pd.DataFrame
    together: pd.Series
    observed: pd.DataFrame | None


def compute(context: Context) -> Central | None:
    cities, structure, observed = context.cities, context.once(plan), None
    if not cities.storage.presence("linked").any():
        return None
    names = cities.storage.nodes.index.to_series().map(context.names).astype("str")
    measured = {called: measure(cities) for called, measure in SIMPLE.items()}
    table = pd.DataFrame({"name": names, **measured, "pagerank": context.pagerank})
    if structure is not None and not structure.modelled:
        observed = _side_by_side(structure.network, context)
    return Central(
        context,
        table.sort_values("pagerank", ascending=False, kind="stable"),
        centrality.degree(cities),
        centrality.strength(cities),
        strength_together(cities, context.in_model(cities)),
        observed,
    )


def _side_by_side(network: MultilayerNetwork, context: Context) -> pd.DataFrame:
    paths, coupled = context.measures.paths, context.measures.coupled
    measures = SIMPLE | {
        "pagerank": context.measures.pagerank,
        "eigenvector_centrality": partial(centrality.eigenvector_centrality, **coupled),
        "katz_centrality": partial(centrality.katz_centrality, **coupled),
        "hits": partial(centrality.hits, **coupled),
        "closeness_centrality": partial(centrality.closeness_centrality, **paths),
        "harmonic_centrality": partial(centrality.harmonic_centrality, **paths),
        "constraint": centrality.constraint,
        "effective_size": centrality.effective_size,
        "core_number": centrality.core_number,
    }
    if network.n_nodes <= BETWEEN:
        measures["betweenness_centrality"] = partial(centrality.betweenness_centrality, **paths)
    table = centrality.centrality_table(network, measures=measures)
    table.insert(0, "name", table.index.map(context.names))
    return table.sort_values("pagerank", ascending=False, kind="stable")


def offer(result: Central) -> Iterator[Sentence]:
    rank = result.table["pagerank"]
    text = f"By PageRank all {len(rank):,} places are equally central."
    if not alike(rank.iloc[0], rank.iloc[-1]):

        def share(node: object, value: float) -> str:
            return f"{result.name(node)} ({number(100 * value)} %)"

        over = " over all layers" if len(result.degree.columns) > 1 else ""
        text = f"Most central by PageRank{over}: {foremost(rank, share, 'with as much')}; an even "
        text += f"share would be {number(100 / len(rank))} %."
    yield Sentence(text, ("centrality",))


def tell(result: Central) -> Iterator[Sentence]:
    n, rank = len(result.table), result.table["pagerank"]
    strength = result.together.sort_values(ascending=False, kind="stable")
    if strength.any():
        share = percent(strength.iloc[0] / strength.sum())
        both = 0 < len(result.modelled_layers) < len(result.degree.columns)
        among = ", with the modelled layers" if both else ""
        first = strength.index[: 1 + as_much(strength, strength.head(1))]
        text = f"{result.name(first[0])} has the most strength, {share} of all{among}."
        if len(first) > 1:
            first_names = some([result.name(node) for node in first[:3]], len(first), most=3)
            text = f"{first_names} have the most strength, {share} of all each{among}."
            if len(first) == n:
                text = f"All places have the same strength{among}."
        if n > FIRST and not any(as_much(by, by.head(FIRST)) for by in (rank, strength)):
            same = len(set(strength.index[:FIRST]) & set(rank.index[:FIRST]))
            few = f"all {FIRST}" if same == FIRST else str(same) if same else "none"
            text += f" Of the first {FIRST} places by PageRank {few} {are(same)} among the first "
            text += f"{FIRST} by strength."
        yield Sentence(text, ("centrality",))
    spread = result.table["participation_coefficient"]
    if spread.notna().any():  # with a single layer there is no spread over layers
        one = int((spread == 0).sum())
        text = f"{one:,} of {n:,} places {are(one)}" if one else "No place is"
        text += " linked in one layer only; the median participation coefficient is "
        text += f"{number(spread.median(), digits=2)} (0: one layer only, 1: spread evenly over "
        text += "the layers)"
        if isolates := int(spread.isna().sum()):
            text += f"; it is not defined for {counted(isolates, 'place')} without a link"
        yield Sentence(f"{text}.", ("centrality",))
    if result.observed is not None:
        yield from _leaders(result, result.observed)
        if "betweenness_centrality" not in result.observed:
            why = f"it would take long for more than {BETWEEN:,} places"
            yield Sentence(f"Betweenness is left out: {why}.", ("centrality_observed",))


def _leaders(result: Central, table: pd.DataFrame) -> Iterator[Sentence]:
    # Constraint is low where a place is central; participation says nothing of size.
    values = table.drop(columns=["name", "constraint", "participation_coefficient"])
    values = values.loc[:, values.notna().any() & (values.max() > values.min())]
    if values.empty or len(values) <= FIRST:
        return
    rank = values.rank(ascending=False, method="max")  # who ties with a fourth is not among three
    often = (rank <= 3).sum(axis=1).sort_values(ascending=False, kind="stable")
    often = often[often > 0]
    named = foremost(often, lambda node, n: f"{result.name(node)} ({times(int(n))})", "as often")
    of_layers = " of the observed layers" if result.modelled_layers else ""
    text = f"Most often among the first three by the {values.shape[1]} centralities{of_layers}: "
    yield Sentence(f"{text}{named}.", ("centrality_observed",))


def draw(result: Central) -> Iterator[Picture]:
    n, shown = len(result.table), min(len(result.table), DRAWN)
    figure = new_figure(height=26 + 5.2 * shown)
    plot_centralities(result.table.assign(name=result.drawn_names), ax=figure.add_subplot())
    caption = f"The {shown} most central of {n:,} places by PageRank."
    if shown == n:
        caption = f"{counted(shown, 'place')} by PageRank."
    caption += " Figures are values; shades are standard scores over all places; blank: not "
    caption += "defined."
    alt = "Table with a shaded cell for each place and measure, darker where the value is higher."
    yield Picture("centralities", figure, caption, ("centrality",), alt=alt)


def tables(result: Central) -> Iterator[Table]:
    modelled, caption = result.modelled_layers, "Places by PageRank versatility over all layers."
    frame = with_modelled(result.table, modelled)
    yield Table("centrality", frame, caption, on_page=False, modelled=modelled)
    of_each = "Total weight of the links of each place, each layer in its own unit."
    for title, frame, caption in (
        ("degree", result.degree, "Links of each place in each layer."),
        ("strength", result.strength, of_each),
    ):
        marked = mark_layers(frame, modelled, columns=True)
        view = marked.loc[result.table.index]
        view.insert(0, "name", view.index.map(result.names))
        yield Table(title, marked, caption, view=view, modelled=modelled)
    if result.observed is not None:
        caption = "Centralities of places in the observed layers, side by side."
        yield Table("centrality_observed", result.observed, caption)


def explain(_: Central) -> Iterator[Sentence]:
    text = "PageRank versatility couples all layers: a place is central if central places link to "
    yield Sentence(f"{text}it, in any layer. Scores add up to 1 over all places.")
