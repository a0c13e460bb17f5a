"""Who is central: PageRank over all layers, degrees and strengths, and other centralities."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from typing import Any

import pandas as pd

from netinnov import centrality
from netinnov.network import MultilayerNetwork
from netinnov.plotting import new_figure, plot_centralities
from netinnov.study._context import Context
from netinnov.study._measures import strength_together
from netinnov.study._section import (
    Picture,
    Result,
    Sentence,
    Table,
    mark_layers,
    with_modelled,
)
from netinnov.study._structure_plan import plan
from netinnov.study._words import are, counted, joined, name, number, percent, phrase, some, times

HEADING = "Who is central"
ABSENT = "No two places are linked, so that none is more central than another."

BETWEEN = 1000
"""Places above which betweenness, a search from each, is left out."""

FIRST = 5
DRAWN = 15


@dataclass(frozen=True, slots=True, eq=False)
class Central(Result):
    """Centralities of places: over all layers, by layer, and in the observed layers."""

    table: pd.DataFrame
    degree: pd.DataFrame
    strength: pd.DataFrame
    together: pd.Series
    observed: pd.DataFrame | None
    without_betweenness: bool


def compute(context: Context) -> Central | None:
    cities = context.cities
    if not cities.storage.presence("linked").any():
        return None
    table = pd.DataFrame(
        {
            "name": cities.storage.nodes.index.to_series().map(context.names).astype("str"),
            "overlapping_degree": centrality.overlapping_degree(cities),
            "overlapping_strength": centrality.overlapping_strength(cities),
            "participation_coefficient": centrality.participation_coefficient(cities),
            "pagerank": context.pagerank,
        }
    ).sort_values("pagerank", ascending=False, kind="stable")
    structure = context.once(plan)
    side_by_side = structure is not None and not structure.modelled
    return Central(
        context,
        table,
        centrality.degree(cities),
        centrality.strength(cities),
        strength_together(cities, context.in_model(cities)),
        _side_by_side(structure.network, context) if structure and side_by_side else None,
        bool(structure and side_by_side and structure.network.n_nodes > BETWEEN),
    )


def _side_by_side(network: MultilayerNetwork, context: Context) -> pd.DataFrame:
    """All centralities of the layers looked at together."""
    paths, coupled = context.measures.paths, context.measures.coupled
    measures: dict[str, Callable[[MultilayerNetwork], Any]] = {
        "overlapping_degree": centrality.overlapping_degree,
        "overlapping_strength": centrality.overlapping_strength,
        "participation_coefficient": centrality.participation_coefficient,
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
    if _alike(rank.iloc[0], rank.iloc[-1]):
        text = f"By PageRank all {len(rank):,} places are equally central."
        yield Sentence(text, ("centrality",))
        return
    shown = rank.head(3)
    first = [
        phrase("{} ({} %)", result.name(node), number(100 * value)) for node, value in shown.items()
    ]
    if more := _as_much(rank, shown):
        first.append(phrase("{:,} more with as much", more))
    over = " over all layers" if len(result.degree.columns) > 1 else ""
    template = f"Most central by PageRank{over}: {{}}; an even share would be {{}} %."
    yield Sentence(phrase(template, joined(first), number(100 / len(rank))), ("centrality",))


def tell(result: Central) -> Iterator[Sentence]:
    table, names = result.table, result.names
    n, rank = len(table), table["pagerank"]
    strength = result.together.sort_values(ascending=False, kind="stable")
    if strength.any():
        share = percent(strength.iloc[0] / strength.sum())
        both = 0 < len(result.modelled_layers) < len(result.degree.columns)
        among = ", with the modelled layers" if both else ""
        first = strength.index[: 1 + _as_much(strength, strength.head(1))]
        text = phrase("{} has the most strength, {} of all{}.", name(names[first[0]]), share, among)
        if len(first) > 1:
            first_names = some([name(names[node]) for node in first[:3]], len(first), most=3)
            text = phrase("{} have the most strength, {} of all each{}.", first_names, share, among)
            if len(first) == n:
                text = phrase("All places have the same strength{}.", among)
        if n > FIRST and not any(_as_much(by, by.head(FIRST)) for by in (rank, strength)):
            same = len(set(strength.index[:FIRST]) & set(rank.index[:FIRST]))
            text += f" Of the first {FIRST} places by PageRank {same} are among the first {FIRST} "
            text += "by strength."
        yield Sentence(text, ("centrality",))
    yield from _participation(table["participation_coefficient"])
    if result.observed is not None:
        yield from _leaders(result.observed, names, bool(result.modelled_layers))
    if result.without_betweenness:
        why = f"it would take long for more than {BETWEEN:,} places"
        yield Sentence(f"Betweenness is left out: {why}.", ("centrality_observed",))


def _participation(share: pd.Series) -> Iterator[Sentence]:
    if share.isna().all():  # with a single layer there is no spread over layers
        return
    one = int((share == 0).sum())
    text = (
        f"{f'{one:,} of {len(share):,} places' if one else 'No place'} {are(one) if one else 'is'} "
        "linked in one layer only; the "
        f"median participation coefficient is {number(share.median(), digits=2)} (0: one layer "
        "only, 1: spread evenly over the layers)"
    )
    if isolates := int(share.isna().sum()):
        text += f"; it is not defined for {counted(isolates, 'place')} without a link"
    yield Sentence(f"{text}.", ("centrality",))


def _alike(one: float, other: float) -> bool:
    """Whether two scores are equal but for rounding."""
    return math.isclose(one, other, rel_tol=1e-9)


def _as_much(ranked: pd.Series, shown: pd.Series) -> int:
    """How many that are not shown have as much as the last that is."""
    return sum(_alike(value, shown.iloc[-1]) for value in ranked.iloc[len(shown) :])


def _leaders(table: pd.DataFrame, names: dict[Any, str], modelled: bool) -> Iterator[Sentence]:
    """Places that come first whatever the measure."""
    # Constraint is low where a place is central; participation says nothing of size.
    values = table.drop(columns=["name", "constraint", "participation_coefficient"])
    values = values.loc[:, values.notna().any() & (values.max() > values.min())]
    if values.empty or len(values) <= FIRST:
        return
    rank = values.rank(ascending=False, method="max")  # who ties with a fourth is not among three
    often = (rank <= 3).sum(axis=1).sort_values(ascending=False, kind="stable")
    among = often.head(3)
    named = [phrase("{} ({})", name(names[node]), times(int(n))) for node, n in among.items()]
    if more := _as_much(often, among):
        named.append(phrase("{:,} more as often", more))
    text = phrase(
        "Most often among the first three by the {} centralities{}: {}.",
        values.shape[1],
        " of the observed layers" if modelled else "",
        joined(named),
    )
    yield Sentence(text, ("centrality_observed",))


def draw(result: Central) -> Iterator[Picture]:
    n = len(result.table)
    shown = min(n, DRAWN)
    figure = new_figure(height=26 + 5.2 * shown)
    drawn = result.table.assign(name=result.drawn_names)
    plot_centralities(drawn, ax=figure.add_subplot())
    caption = f"The {shown} most central of {n:,} places by PageRank."
    if shown == n:
        caption = f"{counted(shown, 'place')} by PageRank."
    caption += " Figures are values; shades are standard scores over all places; blank: not "
    caption += "defined."
    alt = "Table with a shaded cell for each place and measure, darker where the value is higher."
    yield Picture("centralities", figure, caption, ("centrality",), alt=alt)


def tables(result: Central) -> Iterator[Table]:
    modelled = result.modelled_layers
    yield Table(
        "centrality",
        with_modelled(result.table, modelled),
        "Places by PageRank versatility over all layers.",
        on_page=False,
        modelled=modelled,
    )
    for title, frame, caption in (
        ("degree", result.degree, "Links of each place in each layer."),
        (
            "strength",
            result.strength,
            "Total weight of the links of each place, each layer in its own unit.",
        ),
    ):
        marked = mark_layers(frame, modelled, columns=True)
        view = marked.loc[result.table.index]
        view.insert(0, "name", view.index.map(result.names))
        yield Table(title, marked, caption, view=view, modelled=modelled)
    if result.observed is not None:
        yield Table(
            "centrality_observed",
            result.observed,
            "Centralities of places in the observed layers, side by side.",
        )


def explain(result: Central) -> Iterator[Sentence]:
    del result
    yield Sentence(
        "PageRank versatility couples all layers: a place is central if central places link to it, "
        "in any layer. Scores add up to 1 over all places."
    )
