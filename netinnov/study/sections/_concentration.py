"""How evenly strength is spread over places: a few indices by layer, all of them with intervals."""

from __future__ import annotations

import math
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from netinnov import centrality, connectivity, polycentricity
from netinnov._parallel import workers
from netinnov._statistics import CONSTANT
from netinnov._typing import Direction
from netinnov.polycentricity import RankSize
from netinnov.polycentricity._resampled_flows import without_events
from netinnov.study._context import Context
from netinnov.study._measures import strength_together
from netinnov.study._structure_plan import Plan, StructurePart, plan
from netinnov.study.sections._centre_detection import detect

FEW_LINKS = 1000  # links below which a draw takes no less time
# Links in all draws together from which on one draw is tried, to say how long all will take.
WORTH_A_TRIAL = 1_000_000
LONG = 20.0  # seconds that draws may take before it is said how long they will
# Options of a profile of nothing but values.
PLAIN: dict[str, Any] = {"resamples": 0, "leave_one_out": False, "null": None}
# Rules whose number of centres a gravity model fixes, or whose core it does not draw.
BY_TOTALS = ("head_tail", "top", "core")
# Columns of the comparison with a null model.
NULL = ["null_mean", "null_low", "null_high", "z", "p"]
# Indices that count links whatever they weigh, or compare the two ways of a flow.
OF_LINKS = (
    *("functional", "functional_weighted", "core_periphery", "core_share"),
    *("node_symmetry", "link_symmetry"),
)


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


@dataclass(frozen=True, slots=True, eq=False)
class Spread:
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


def spread(context: Context) -> Spread:
    cities, structure = context.cities, context.options(StructurePart)
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
    return Spread(
        by_layer[layers[0]] if len(layers) == 1 else evenness(layers),
        evenness(observed) if observed and len(observed) < len(layers) else None,
        by_layer,
        centrality.strength(cities, direction=direction),
        strength_together(main, modelled, direction),
    )


@dataclass(frozen=True, slots=True, eq=False)
class Profile:
    """Every index of the layers looked at together, and of each modelled layer beside them."""

    table: pd.DataFrame
    modelled_beside: dict[str, pd.DataFrame]

    def value(self, index: str, column: str = "value") -> float:
        """The value of an index, or an end of its interval; NaN where it was not computed."""
        table = self.table
        known = index in table.index and column in table
        return float(table[column][index]) if known else math.nan

    @property
    def drawn(self) -> bool:
        """Whether there is anything beside the values that a figure can show."""
        columns = [each for each in ("low", "low_without_one", "null_low") if each in self.table]
        return bool(self.table[columns].notna().any(axis=None))

    @property
    def beyond(self) -> tuple[list[str], list[str]]:
        """Indices outside the middle 95 % of random networks: towards more centres, and fewer."""
        known = self.table[self.table["p"].notna()]
        rounding = CONSTANT * known["value"].abs()
        above = known["value"] > known["null_high"] + rounding
        below = known["value"] < known["null_low"] - rounding
        high = known["many_centres_if"] == "high"
        sides = ((above & high) | (below & ~high), (above & ~high) | (below & high))
        return tuple(list(known.index[side]) for side in sides)  # type: ignore[return-value]


def profile(context: Context) -> Profile | None:
    structure = context.once(plan)
    if structure is None:
        return None
    rule = context.once(detect).rule  # type: ignore[union-attr]
    draw = structure.draw | structure.choices | {"rule": rule}
    beside = {
        layer: polycentricity.profile(structure.cities.select(layers=[layer]), **PLAIN, **draw)
        for layer in structure.modelled_beside
    }
    sizes = context.populations(structure.network)
    return Profile(_drawn(structure, draw, sizes, context.say), beside)


def _drawn(
    structure: Plan, draw: dict[str, Any], sizes: pd.Series | None, say: Callable[[str], None]
) -> pd.DataFrame:
    network = structure.network
    plain = polycentricity.profile(network, sizes=sizes, **PLAIN, **draw)
    if not (structure.resamples or structure.replicates or structure.leave_one_out):
        return plain
    indices = [index for index in plain.index if structure.search or index != "n_centres"]
    draw = draw | {"sizes": sizes, "indices": indices}
    null = structure.null.model if structure.replicates else None
    _say_how_long(structure, {**PLAIN, "null": null, "replicates": 1, **draw}, say)
    drawn = polycentricity.profile(
        network,
        resamples=structure.resamples,
        resample=structure.resample,
        replicates=structure.replicates,
        null=null,
        leave_one_out=structure.leave_one_out,
        **draw,
    )
    if structure.null.name == "gravity":
        # What the totals fix, or what depends on the unit of the draws.
        unfit = drawn["of"].isin(["strength", "size"]) | drawn.index.isin(OF_LINKS)
        unfit |= (drawn.index == "n_centres") & (draw["rule"] in BY_TOTALS)
        drawn.loc[unfit, NULL] = np.nan
        drawn.loc[unfit, "untested"] = "the null model fixes it, or does not draw it"
    return pd.concat([drawn, plain.drop(index=drawn.index)]).reindex(plain.index)


def _say_how_long(structure: Plan, one: dict[str, Any], say: Callable[[str], None]) -> None:
    left = structure.network.n_nodes if structure.leave_one_out else 0
    drawn = structure.resample is not None or not without_events(structure.network, None)
    resamples = structure.resamples if drawn else 0
    draws = resamples + structure.replicates + left
    if draws * max(structure.network.n_links, FEW_LINKS) < WORTH_A_TRIAL:
        return
    start = time.perf_counter()
    polycentricity.profile(structure.network, **one | {"progress": False})
    tried = 1 + bool(structure.replicates)  # the network itself, and a random one
    seconds = (time.perf_counter() - start) / tried * draws / workers(None)
    if seconds > LONG:
        about = f"{seconds:.0f} s" if seconds < 90 else f"{seconds / 60:.0f} min"
        say(
            f"computing all indices {draws:,} times more ({resamples:,} with resampled flows, "
            f"{structure.replicates:,} of random networks, {left:,} without a place), about "
            f"{about}; resamples and replicates in [structure] make it fewer"
        )
