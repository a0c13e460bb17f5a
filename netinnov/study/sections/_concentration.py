"""How evenly strength is spread over places: a few indices by layer, all of them with intervals."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from netinnov import connectivity, polycentricity
from netinnov._typing import Direction
from netinnov.null_models import GravityNull
from netinnov.study._context import Context
from netinnov.study._measures import strength_together
from netinnov.study._structure_plan import StructurePart, plan
from netinnov.study.sections._centre_detection import detect

LEAVE_ONE_OUT = 300  # places up to which each is left out in turn
# Rules whose number of centres a gravity model fixes, or whose core it does not draw.
BY_TOTALS = ("head_tail", "top", "core")
# Columns of the comparison with a null model.
NULL = ["null_mean", "null_low", "null_high", "z", "p"]
# Indices that count links whatever they weigh, or compare the two ways of a flow.
OF_LINKS = (
    *("functional", "functional_weighted", "core_periphery", "core_share"),
    *("node_symmetry", "link_symmetry"),
)


def strength_of(context: Context, layers: list[str]) -> pd.Series:
    structure = context.options(StructurePart)
    direction: Direction = "total" if structure is None else structure.direction
    network = context.cities.select(layers=layers)
    return strength_together(network, context.in_model(network), direction)


def evenness(context: Context) -> pd.DataFrame:
    """Indices of each layer, of the observed ones where others are modelled, and of all."""
    layers, observed = list(context.cities.layers), context.observed(context.cities)
    looked_at = [(layer, [layer]) for layer in layers]
    if 0 < len(observed) < len(layers):
        looked_at.append(("observed", observed))
    if len(layers) > 1:
        looked_at.append(("all", layers))
    names, each = zip(*looked_at, strict=True)
    return pd.DataFrame([_indices(context, of) for of in each], pd.Index(names, name="layer"))


def _indices(context: Context, layers: list[str]) -> dict[str, Any]:
    network, values = context.cities.select(layers=layers), strength_of(context, layers)
    fit = polycentricity.rank_size(values)
    modelled = [context.mark(layer) for layer in context.in_model(network)]
    return {
        "places": network.n_nodes,
        "rank_size_slope": fit.slope,
        "rank_size_standard_error": fit.standard_error,
        "rank_size_r_squared": fit.r_squared,
        "linked": int((values > 0).sum()),
        "primacy": polycentricity.primacy(values),
        "gini": polycentricity.gini(values),
        "herfindahl": polycentricity.herfindahl(values),
        "effective_number": polycentricity.effective_number(values),
        "green": polycentricity.green(values),
        "largest_component": connectivity.largest_component(network),
        "global_efficiency": connectivity.global_efficiency(network, **context.measures.paths),
        "modelled_layers": "; ".join(modelled) or None,
    }


def profile(context: Context) -> pd.DataFrame | None:
    """Every index of the layers looked at together."""
    structure = context.once(plan)
    if structure is None:
        return None
    network, null = structure.network, structure.null.model
    rule = context.once(detect).rule  # type: ignore[union-attr]
    options = structure.draw | {"rule": rule, "sizes": context.populations(network)}
    plain = polycentricity.profile(network, resamples=0, leave_one_out=False, null=None, **options)
    drawn = polycentricity.profile(
        network,
        indices=[index for index in plain.index if structure.search or index != "n_centres"],
        resamples=structure.resamples,
        resample=structure.resample,
        leave_one_out=network.n_nodes <= LEAVE_ONE_OUT,
        null=null,
        replicates=structure.options.replicates,
        **options,
    )
    if isinstance(null, GravityNull):
        # What the totals fix, or what depends on the unit of the draws.
        unfit = drawn["of"].isin(["strength", "size"]) | drawn.index.isin(OF_LINKS)
        unfit |= (drawn.index == "n_centres") & (rule in BY_TOTALS)
        drawn.loc[unfit, NULL] = np.nan
        drawn.loc[unfit, "untested"] = "the null model fixes it, or does not draw it"
    return pd.concat([drawn, plain.drop(index=drawn.index)]).reindex(plain.index)
