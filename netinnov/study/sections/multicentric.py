"""Is the region multi-centric: how evenly strength is spread over places, by layer and in all."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass

import pandas as pd

from netinnov import centrality, connectivity, polycentricity
from netinnov._typing import Direction
from netinnov.plotting._rank_size_and_centralities import plot_rank_size_panels
from netinnov.plotting._style import DOUBLE, SINGLE, new_figure
from netinnov.polycentricity import RankSize
from netinnov.study._context import Context
from netinnov.study._measures import strength_together
from netinnov.study._section import Picture, Result, Sentence, Table, mark_layers
from netinnov.study._structure_plan import StructurePart
from netinnov.study._words import name, number, percent, places, short_of

HEADING = "Is the region multi-centric"
ABSENT = "No two places are linked, so that there is nothing to be multi-centric."
ENOUGH = 10  # places that a layer must have to be compared with others
LEAST = 4  # places with links from which ranks are drawn
PANELS = 6


@dataclass(frozen=True, slots=True, eq=False)
class Evenness:
    """Indices of the strength of places over some layers, of which `modelled` are modelled."""

    places: int
    linked: int  # of them, those with links
    rank_size: RankSize
    primacy: float
    gini: float
    herfindahl: float
    effective_number: float
    green: float
    largest_component: float
    global_efficiency: float
    modelled: tuple[str, ...]

    @property
    def error(self) -> str:
        """The standard error of the rank-size slope by the rule of thumb."""
        return number(abs(self.rank_size.slope) * math.sqrt(2 / self.linked), digits=2)


@dataclass(frozen=True, slots=True, eq=False)
class Multicentric(Result):
    """Evenness over all layers, the observed ones where some are modelled, and each layer."""

    whole: Evenness
    observed: Evenness | None
    by_layer: dict[str, Evenness]
    strength: pd.DataFrame
    together: pd.Series

    @property
    def main(self) -> Evenness:
        """The layers that the report looks at together: the observed ones, if there are any."""
        return self.whole if self.observed is None else self.observed


def compute(context: Context) -> Multicentric | None:
    cities = context.cities
    if not cities.storage.presence("linked").any():
        return None
    structure = context.options(StructurePart)
    direction: Direction = "total" if structure is None else structure.direction

    def evenness(layers: list[str]) -> Evenness:
        network = cities.select(layers=layers)
        modelled = context.in_model(network)
        values = strength_together(network, modelled, direction)
        return Evenness(
            network.n_nodes,
            int((values > 0).sum()),
            polycentricity.rank_size(values),
            polycentricity.primacy(values),
            polycentricity.gini(values),
            polycentricity.herfindahl(values),
            polycentricity.effective_number(values),
            polycentricity.green(values),
            connectivity.largest_component(network),
            connectivity.global_efficiency(network, **context.measures.paths),
            modelled,
        )

    layers, observed = list(cities.layers), context.observed(cities)
    by_layer = {layer: evenness([layer]) for layer in layers}
    main, modelled = cities.select(layers=observed or layers), context.in_model(cities)
    return Multicentric(
        context,
        by_layer[layers[0]] if len(layers) == 1 else evenness(layers),
        evenness(observed) if observed and len(observed) < len(layers) else None,
        by_layer,
        centrality.strength(cities, direction=direction),
        strength_together(main, modelled, direction),
    )


def tell(result: Multicentric) -> Iterator[Sentence]:
    source = ("polycentricity",)
    yield Sentence(
        "A region is multi-centric to the degree that no place stands out. No single number says "
        "so: each index is one reading, and all depend on the choice of places."
    )
    of_layers = "" if len(result.by_layer) == 1 else ", all layers together"
    if result.observed is not None:
        one = sum(not evenness.modelled for evenness in result.by_layer.values()) == 1
        of_layers = ", the observed layer alone" if one else ", the observed layers together"
    for text in _indices(result, of_layers):
        yield Sentence(text, source)
    if result.observed is not None:
        whole = result.whole
        text = f"With the modelled layers {whole.linked:,} places have links; the slope is "
        text += f"{number(whole.rank_size.slope)} (standard error {whole.error}), the largest "
        text += f"holds {percent(whole.primacy)}, and the effective number is "
        yield Sentence(f"{text}{places(whole.effective_number)}.", source)
    even = {
        layer: evenness.effective_number / evenness.linked
        for layer, evenness in result.by_layer.items()
        if evenness.linked >= ENOUGH and math.isfinite(evenness.effective_number)
    }
    order = sorted(even, key=lambda layer: even[layer])
    if len(even) > 1 and not math.isclose(even[order[0]], even[order[-1]], rel_tol=0.05):
        most, least = (
            f"{name(result.context.mark(layer))} (effective number "
            f"{places(result.by_layer[layer].effective_number, result.by_layer[layer].linked)} of "
            f"{result.by_layer[layer].linked:,} places with links)"
            for layer in (order[-1], order[0])
        )
        text = f"Of the layers that link {ENOUGH} places or more, strength is most even in {most}, "
        yield Sentence(f"{text}least in {least}.", source)


def _indices(result: Multicentric, of_layers: str) -> Iterator[str]:
    whole, measures = result.main, result.context.measures
    n, slope = whole.linked, whole.rank_size.slope
    if n > 1 and math.isclose(whole.effective_number, n):
        yield f"All {n:,} places with links have the same strength{of_layers}."
    elif math.isfinite(slope) and n >= ENOUGH:
        yield (
            f"Rank-size slope of strength{of_layers}: {number(slope)} (standard error by "
            f"the rule of thumb slope × √(2/n), n = {n:,} places with links: {whole.error}; R² "
            f"{short_of(1, whole.rank_size.r_squared)}). Closer to 0 is more even; "
            "\N{MINUS SIGN}1 is Zipf's rule, where the second place has half of the first."
        )
    if not math.isnan(whole.primacy):
        yield (
            f"The largest place holds {percent(whole.primacy)} of all strength. Strength is as "
            f"concentrated as if {places(whole.effective_number, n)} equal places shared it "
            f"(effective number, of {whole.places:,}); Gini {number(whole.gini, digits=2)}, "
            f"Green's index {short_of(1, whole.green)} (1: all places equal)."
        )
    if not math.isnan(whole.largest_component):
        lengths = ["a link is 1 / weight long"] if measures.distance == "inverse" else []
        lengths += ["with the frictions of [measures]"] if measures.frictions else []
        yield (
            f"The largest connected component has {percent(whole.largest_component)} of the places;"
            f" global efficiency is {number(whole.global_efficiency)} "
            f"({', '.join(lengths) or '1: every pair linked directly'})."
        )


def draw(result: Multicentric) -> Iterator[Picture]:
    """All layers together and the heaviest layers, a panel each."""
    strength = result.strength
    if not (strength > 0).any(axis=None) or result.main.linked < LEAST:
        return
    heaviest = strength.sum().sort_values(ascending=False, kind="stable")
    layers = list(heaviest.index[heaviest > 0])[: PANELS - 1]
    named = strength.set_axis(result.drawn_names.reindex(strength.index).fillna(""), axis=0)
    whole = "all" if result.observed is None else "observed"
    together = result.together.set_axis(named.index)
    series = {whole: together} if len(strength.columns) > 1 else {}
    series |= {result.context.mark(layer): named[layer] for layer in layers}
    rows = -(-len(series) // 3)
    figure = new_figure(width=DOUBLE if len(series) > 1 else SINGLE, height=8 + 50 * rows)
    axes = figure.subplots(rows, min(len(series), 3), squeeze=False).ravel()
    for ax in axes[len(series) :]:
        ax.remove()
    plot_rank_size_panels(series, axes, labelled=3)
    for ax in axes[: len(series)]:
        ax.set_ylabel("strength")
    caption = "Strength of places (sum of the weights of their links) against their rank, with the "
    caption += "fitted line."
    if hidden := len(strength.columns) - len(layers):
        caption += f" Layers that are lighter or empty are not drawn: {hidden}."
    alt = "Falling points with a straight line through them, a panel for each layer."
    yield Picture("rank_size", figure, caption, ("strength", "polycentricity"), alt=alt)


def tables(result: Multicentric) -> Iterator[Table]:
    rows = dict(result.by_layer)
    if result.observed is not None:
        rows["observed"] = result.observed
    if len(rows) != 1:
        rows["all"] = result.whole
    frame = pd.DataFrame([*rows.values()], pd.Index([*rows], name="layer"))
    fits = pd.DataFrame(frame.pop("rank_size").tolist(), frame.index)
    for at, each in enumerate(("slope", "standard_error", "r_squared"), start=1):
        frame.insert(at, f"rank_size_{each}", fits[each])
    marked = [[*map(result.context.mark, layers)] for layers in frame.pop("modelled")]
    frame["modelled_layers"] = ["; ".join(layers) or None for layers in marked]
    modelled = tuple(dict.fromkeys(layer for row in rows.values() for layer in row.modelled))
    caption = "How evenly strength is spread over places, in each layer and in all."
    formats = {"primacy": percent, "largest_component": percent}
    frame = mark_layers(frame, modelled)
    yield Table("polycentricity", frame, caption, modelled=modelled, formats=formats)


def explain(_: Multicentric) -> Iterator[Sentence]:
    yield Sentence(
        "The rank-size line is fitted by least squares to logarithms; places of size 0 are left "
        "out. Its slope depends on how many places are taken, as do Gini, Green's index and the "
        "effective number."
    )
