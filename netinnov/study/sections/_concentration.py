"""Indices of how evenly strength is spread over places, with intervals and a null model."""

from __future__ import annotations

import numpy as np
import pandas as pd

from netinnov import polycentricity
from netinnov.null_models import GravityNull
from netinnov.study._context import Context
from netinnov.study._structure_plan import plan
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
