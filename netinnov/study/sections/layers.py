"""Layer similarity: linked pairs in common, and correlation of the degrees of places."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial

import numpy as np
import pandas as pd

from netinnov import centrality
from netinnov.plotting import plot_layer_similarity
from netinnov.plotting._style import DOUBLE, new_figure
from netinnov.study._context import Context
from netinnov.study._section import Picture, Result, Sentence, Table, mark_layers
from netinnov.study._structure_plan import StructurePart, plan
from netinnov.study._words import name, percent, short_of

HEADING = "How similar the layers are"
OPTIONS = StructurePart
SHOWN = 20  # layers whose names have room in a figure


@dataclass(frozen=True, slots=True, eq=False)
class LayerSimilarity(Result):
    """Two square tables over layers."""

    overlap: pd.DataFrame
    correlation: pd.DataFrame

    @property
    def drawn(self) -> list[tuple[pd.DataFrame, str]]:
        """The tables that a figure has room for: both, the first alone, or none."""
        n = len(self.overlap)
        both = [
            (self.overlap, "share of linked pairs in common"),
            (self.correlation, "rank correlation of numbers of links"),
        ]
        return both[: 2 if n <= SHOWN / 2 else 1 if n <= SHOWN else 0]


def compute(context: Context) -> LayerSimilarity | None:
    structure = context.once(plan)
    if structure is None or len(structure.cities.layers) < 2:
        return None
    overlap = centrality.layer_overlap(structure.cities)
    correlation = centrality.layer_correlation(structure.cities, method="spearman", presence="all")
    return LayerSimilarity(context, overlap, correlation)


def tell(result: LayerSimilarity) -> Iterator[Sentence]:
    """The most similar pair of layers, and the median of all pairs."""
    common = "Of all pairs that are linked in {} or {} {} are linked in both."
    alike = "The rank correlation of numbers of links in {} and in {} is {}."
    similar = "Most similar in which places have many links"
    two = partial(short_of, 1)
    for table, source, text, of_two, show in (
        (result.overlap, "layer_overlap", "Most linked pairs in common", common, percent),
        (result.correlation, "layer_correlation", similar, alike, two),
    ):
        values = table.to_numpy(float)
        x, y = np.triu_indices(len(values), 1)
        pairs = values[x, y]
        if np.isnan(pairs).all():
            continue
        best = int(np.nanargmax(pairs))
        ends = [name(result.context.mark(str(table.index[at]))) for at in (x[best], y[best])]
        value, middle = show(float(pairs[best])), show(float(np.nanmedian(pairs)))
        text = f"{text}: {' and '.join(ends)} ({value}); the median over all pairs of layers is "
        text = of_two.format(*ends, value) if pairs.size == 1 else f"{text}{middle}."
        if table is result.overlap and not np.nanmax(pairs):
            text = "No pair of places is linked in two layers."
        yield Sentence(text, (source,))


def draw(result: LayerSimilarity) -> Iterator[Picture]:
    if not (drawn := result.drawn):
        return
    figure = new_figure(width=DOUBLE, height=82 if len(drawn) > 1 else 160)
    axes = figure.subplots(1, len(drawn), squeeze=False).ravel()
    for ax, (table, label) in zip(axes, drawn, strict=True):
        marked = table.rename(index=result.context.mark, columns=result.context.mark)
        plot_layer_similarity(marked, label=label, ax=ax)
    shown = " and ".join(label for _, label in drawn)
    caption = f"Layer similarity: {shown}. Places without a link in a layer count with 0 links."
    sources = ("layer_overlap", "layer_correlation")[: len(drawn)]
    alt = "Triangle of shaded cells, one for each pair of layers, darker where they are alike."
    yield Picture("layer_similarity", figure, caption, sources, alt=alt)


def tables(result: LayerSimilarity) -> Iterator[Table]:
    modelled, room = result.modelled_layers, len(result.drawn)
    frame = mark_layers(result.overlap, modelled, columns=True)
    caption = "Share of linked pairs that two layers have in common."
    yield Table("layer_overlap", frame, caption, on_page=not room, modelled=modelled)
    frame = mark_layers(result.correlation, modelled, columns=True)
    caption = "Rank correlation, over places, of their numbers of links in two layers."
    yield Table("layer_correlation", frame, caption, on_page=room < 2, modelled=modelled)
