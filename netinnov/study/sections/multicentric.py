"""Is the region multi-centric: how evenly strength is spread over places, by layer and in all."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass

import pandas as pd

from netinnov import centrality, connectivity, polycentricity
from netinnov._typing import Direction
from netinnov.network import MultilayerNetwork
from netinnov.plotting import DOUBLE, SINGLE, new_figure
from netinnov.plotting._rank_size_and_centralities import plot_rank_size_panels
from netinnov.polycentricity import RankSize
from netinnov.study._context import Context
from netinnov.study._measures import MeasuresPart, strength_together
from netinnov.study._section import Picture, Result, Sentence, Table, mark_layers
from netinnov.study._structure_plan import StructurePart
from netinnov.study._words import name, number, percent, phrase, places

HEADING = "Is the region multi-centric"
ABSENT = "No two places are linked, so that there is nothing to be multi-centric."

ENOUGH = 10
"""Places that a layer must have to be compared with others."""

LEAST = 4
"""Places with links from which ranks are drawn."""

PANELS = 6


@dataclass(frozen=True, slots=True, eq=False)
class Evenness:
    """Indices of the strength of places over some layers, of which `modelled` are modelled."""

    places: int
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
    def slope(self) -> str:
        """The rank-size slope with the standard error of the rule of thumb."""
        slope = self.rank_size.slope
        error = number(abs(slope) * math.sqrt(2 / self.places), digits=2)
        return f"{number(slope)} (standard error {error})"


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

    @property
    def lengths(self) -> str:
        """How long links are in global efficiency."""
        measures = self.context.measures
        conditions = ["a link is 1 / weight long"] if measures.distance == "inverse" else []
        conditions += ["with the frictions of [measures]"] if measures.frictions else []
        return ", ".join(conditions) if conditions else "1: every pair linked directly"


def compute(context: Context) -> Multicentric | None:
    cities, options = context.cities, context.measures
    if not cities.storage.presence("linked").any():
        return None
    structure = context.options(StructurePart)
    direction: Direction = "total" if structure is None else structure.direction
    strength = centrality.strength(cities, direction=direction)

    def evenness(layers: list[str]) -> Evenness:
        modelled = tuple(layer for layer in layers if layer in context.modelled)
        return _evenness(cities.select(layers=layers), direction, options, modelled)

    layers, observed = list(cities.layers), context.observed(cities)
    by_layer = {layer: evenness([layer]) for layer in layers}
    return Multicentric(
        context,
        by_layer[layers[0]] if len(layers) == 1 else evenness(layers),
        evenness(observed) if observed and len(observed) < len(layers) else None,
        by_layer,
        strength,
        strength_together(
            cities.select(layers=observed or layers), context.in_model(cities), direction
        ),
    )


def _evenness(
    network: MultilayerNetwork,
    direction: Direction,
    options: MeasuresPart,
    modelled: tuple[str, ...],
) -> Evenness:
    values = strength_together(network, modelled, direction)
    return Evenness(
        int((values > 0).sum()),
        polycentricity.rank_size(values),
        polycentricity.primacy(values),
        polycentricity.gini(values),
        polycentricity.herfindahl(values),
        polycentricity.effective_number(values),
        polycentricity.green(values),
        connectivity.largest_component(network),
        connectivity.global_efficiency(network, **options.paths),
        modelled,
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
    for text in _indices(result.main, of_layers, result.lengths):
        yield Sentence(text, source)
    if result.observed is not None:
        whole = result.whole
        text = (
            f"With the modelled layers {whole.places:,} places have links; the slope is "
            f"{whole.slope}, the largest holds {percent(whole.primacy)}, and the effective number "
            f"is {places(whole.effective_number)}."
        )
        yield Sentence(text, source)
    even = {
        layer: evenness.effective_number / evenness.places
        for layer, evenness in result.by_layer.items()
        if evenness.places >= ENOUGH and math.isfinite(evenness.effective_number)
    }
    order = sorted(even, key=lambda layer: even[layer])
    if len(even) > 1 and not math.isclose(even[order[0]], even[order[-1]], rel_tol=0.05):
        ends = [
            phrase(
                "{} (effective number {} of {:,} places)",
                name(result.context.mark(layer)),
                places(result.by_layer[layer].effective_number),
                result.by_layer[layer].places,
            )
            for layer in (order[-1], order[0])
        ]
        text = phrase(
            "Of the layers with {} places or more, strength is most even in {}, least in {}.",
            ENOUGH,
            *ends,
        )
        yield Sentence(text, source)


def _indices(whole: Evenness, of_layers: str, lengths: str) -> Iterator[str]:
    slope, n = whole.rank_size.slope, whole.places
    if n > 1 and math.isclose(whole.effective_number, n):
        yield f"All {n:,} places with links have the same strength{of_layers}."
    elif math.isfinite(slope) and n >= ENOUGH:
        rough = number(abs(slope) * math.sqrt(2 / n), digits=2)
        yield (
            f"Rank-size slope of strength{of_layers}: {number(slope)} (standard error by "
            f"the rule of thumb slope × √(2/n), n = {n:,}: {rough}; R² "
            f"{number(whole.rank_size.r_squared, digits=2)}). Closer to 0 is more even; "
            "\N{MINUS SIGN}1 is Zipf's rule, where the second place has half of the first."
        )
    if not math.isnan(whole.primacy):
        yield (
            f"The largest place holds {percent(whole.primacy)} of all strength. Strength is as "
            f"concentrated as if {places(whole.effective_number)} equal places shared it "
            f"(effective number, of {n:,}); Gini {number(whole.gini, digits=2)}, Green's index "
            f"{number(whole.green, digits=2)} (1: all places equal)."
        )
    if not math.isnan(whole.largest_component):
        yield (
            f"The largest connected component has {percent(whole.largest_component)} of the places;"
            f" global efficiency is {number(whole.global_efficiency)} "
            f"({lengths})."
        )


def draw(result: Multicentric) -> Iterator[Picture]:
    """All layers together and the heaviest layers, a panel each."""
    strength = result.strength
    if not (strength > 0).any(axis=None) or result.main.places < LEAST:
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
    frame = pd.DataFrame.from_dict(
        {
            label: {
                "places": row.places,
                "rank_size_slope": row.rank_size.slope,
                "rank_size_standard_error": row.rank_size.standard_error,
                "rank_size_r_squared": row.rank_size.r_squared,
                "primacy": row.primacy,
                "gini": row.gini,
                "herfindahl": row.herfindahl,
                "effective_number": row.effective_number,
                "green": row.green,
                "largest_component": row.largest_component,
                "global_efficiency": row.global_efficiency,
                "modelled_layers": "; ".join(map(result.context.mark, row.modelled)) or None,
            }
            for label, row in rows.items()
        },
        orient="index",
    ).rename_axis("layer")
    modelled = tuple(dict.fromkeys(layer for row in rows.values() for layer in row.modelled))
    yield Table(
        "polycentricity",
        mark_layers(frame, modelled),
        "How evenly strength is spread over places, in each layer and in all.",
        modelled=modelled,
        formats={"primacy": percent, "largest_component": percent},
    )


def explain(result: Multicentric) -> Iterator[Sentence]:
    del result
    yield Sentence(
        "The rank-size line is fitted by least squares to logarithms; places of size 0 are left "
        "out. Its slope depends on how many places are taken, as do Gini, Green's index and the "
        "effective number."
    )
