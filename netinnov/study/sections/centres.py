"""How many centres the region has: by rules with their support, and by indices of evenness."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from functools import partial
from typing import Any

import numpy as np
import pandas as pd

from netinnov import plotting, polycentricity
from netinnov.null_models import GravityNull
from netinnov.null_models._null_statistics import CONSTANT, corrected
from netinnov.study._context import Context, Result
from netinnov.study._facts import Fact, KeyFigure, Layer, Picture, Place, Table, Term
from netinnov.study._structure_plan import (
    MANY_NULLS,
    RULES,
    Detection,
    Plan,
    StructurePart,
    detect,
    plan,
)

SPOKES = 150  # places up to which a map joins each of them with the centre of its community
LEAVE_ONE_OUT = 300  # places up to which each is left out in turn
# Columns of the comparison with a null model.
NULL = ["null_mean", "null_low", "null_high", "z", "p"]
LEAST_NULLS = 39  # random networks of which p can be 0.05
ALPHA = 0.05
# Indices that count links whatever they weigh, or compare the two ways of a flow.
OF_LINKS = "functional functional_weighted core_periphery core_share node_symmetry link_symmetry"
OPTIONS = StructurePart
CHECK = plan


class Centres(Result):
    detection: Detection
    profile: pd.DataFrame

    def interval(self, index: str) -> tuple[float | None, float | None]:
        low, high = (float(self.profile[end][index]) for end in ("low", "high"))
        return (low, high) if low < high else (None, None)


def compute(context: Context) -> Centres | None:
    detected = context.once(detect)
    return None if detected is None else Centres(context, detected, profile(context, detected))


def profile(context: Context, detected: Detection) -> pd.DataFrame:
    structure = detected.plan
    network = structure.network
    null = structure.null
    options = structure.draw | {"rule": detected.rule, "sizes": context.populations(network)}
    drawn = polycentricity.profile(
        network,
        resamples=structure.resamples,
        resample=structure.resample,
        leave_one_out=network.n_nodes <= LEAVE_ONE_OUT,
        null=null,
        replicates=structure.replicates,
        **options,
    )
    if isinstance(null, GravityNull):
        # What the totals fix, or what depends on the unit of the draws.
        unfit = drawn["of"].isin(["strength", "size"]) | drawn.index.isin(OF_LINKS.split())
        unfit |= (drawn.index == "n_centres") & (detected.rule != "dominant_flow")
        drawn.loc[unfit, NULL] = np.nan
        drawn.loc[unfit, "untested"] = "the null model fixes it, or does not draw it"
    return drawn


def facts(result: Centres) -> Mapping[str, Fact]:
    detected = result.detection
    effective = float(result.profile["value"]["effective_number"])
    linked = int((detected.table["centrality"] > 0).sum())
    structure = detected.plan
    centres = detected.centres
    layers = structure.network.layers
    strength = detected.table["centrality"]
    share = float(centres["centrality"].sum() / strength.sum()) if linked else math.nan
    low, high = result.interval("n_centres")
    in_medians = (detected.table["mass"] / strength)[strength > 0].dropna()
    others = [rule for rule in RULES if rule != detected.rule]
    return {
        "places": len(detected.table),
        "linked": linked,
        "even": linked > 1 and math.isclose(effective, linked),
        "effective": effective,
        "digits": max(3, len(f"{effective:.0f}") + 1),  # one decimal: it is hardly ever whole
        "n_centres": len(centres),
        "centres": [*map(Place, centres.index)],
        "rule": detected.rule,
        "rule_means": Term(f"rule_{detected.rule}"),
        "low": math.floor(low) if low is not None else None,
        "high": math.ceil(high) if high is not None else None,
        "share": share,
        # Masses are strengths in medians where no distance is taken out.
        "by_distance": bool(in_medians.max() > in_medians.min() * (1 + 1e-9)),
        "sure": bool(detected.table["support"].notna().all()),
        "support": float(centres["support"].min()) if len(centres) else math.nan,
        "others": [Term(f"rule_{rule}") for rule in others],
        "by_others": [int(detected.rules[rule].sum()) for rule in others],
        "events": structure.participation is not None,
        "layers": [*map(Layer, layers)],
        "all_modelled": bool(structure.modelled),
        "beside": [Layer(each) for each in structure.cities.layers if each not in layers],
        "left_out": [*map(Term, structure.left_out)],
        "reasons": [*map(Term, structure.left_out.values())],
        **_compared(result.profile, structure),
    }


def _compared(table: pd.DataFrame, structure: Plan) -> dict[str, Fact]:
    """Indices that differ from random networks; those without p are not compared."""
    replicates = structure.replicates
    known = table[table["p"].notna() & (replicates >= LEAST_NULLS)]
    rounding = CONSTANT * known["value"].abs()
    clear = corrected(known["p"], "fdr") <= ALPHA
    above = clear & (known["value"] > known["null_high"] + rounding)
    below = clear & (known["value"] < known["null_low"] - rounding)
    many_if_high = known["many_centres_if"] == "high"
    more = (above & many_if_high) | (below & ~many_if_high)
    null = None if structure.null is None else Term(structure.null_code)
    error = 4 * math.sqrt(ALPHA / 2 * (1 - ALPHA / 2) / max(replicates, 1))
    return {
        "null": null,
        "moved": structure.moved,
        "compared": len(known),
        "replicates": replicates,
        "few": replicates < LEAST_NULLS,
        # Twice the standard error of a two-sided p of 0.05, which is twice a share of ALPHA / 2.
        "error": error if replicates < MANY_NULLS else 0.0,
        "towards_more": [*map(Term, known.index[more])],
        "towards_fewer": [*map(Term, known.index[(above | below) & ~more])],
        "shifted": int((table["bias"].notna() & table["low"].isna()).sum()),
    }


def key_figures(result: Centres, known: Any) -> Iterator[KeyFigure]:
    places = len(result.detection.table)
    whole = known["low"], known["high"]
    yield KeyFigure("centres", known["n_centres"], *whole, of=places, digits=1)
    written = {"of": known["linked"], "digits": known["digits"]}
    ends = result.interval("effective_number")
    share = float(result.profile["value"]["primacy"])
    yield KeyFigure("effective", known["effective"], *ends, **written)
    yield KeyFigure("primacy", share, *result.interval("primacy"), form="share")


def draw(result: Centres) -> Iterator[Picture]:
    context = result.context
    table = result.detection.table
    at = context.points.reindex(table.index).dropna()
    if not at.empty:
        frame = context.maps.detail_with(at, at.loc[table["centre"].reindex(at.index)])
        said: Any = {"spokes": len(at) <= SPOKES, "label": context.language.term("strength")}
        yield context.on_map("centres", frame, plotting.plot_centres, context.cities, table, **said)
    columns = ["low", "low_without_one", "null_low"]
    if result.profile[columns].notna().any(axis=None):  # else it would show values alone
        known = result.profile.dropna(subset="value")
        names = {index: context.language.term(str(index)) for index in known.index}
        of = "flows" if result.detection.plan.participation is None else "events"
        plot = partial(plotting.plot_profile, known, names=names, resampled=of)
        yield Picture("profile", plot)


def tables(result: Centres) -> Iterator[Table]:
    detected = result.detection
    modelled = detected.plan.modelled
    view = detected.table[["centre", "mass", "support", "agreement"]]
    view = view.assign(strength=detected.table["centrality"]).rename_axis("place").reset_index()
    yield Table("centres", detected.table, view, on_page=True, modelled=modelled)
    yield Table("centre_rules", detected.rules, modelled=modelled)
    named = result.profile["most_influential"].map(result.context.names, na_action="ignore")
    frame = result.profile.assign(most_influential=named.astype("str"))
    frame["p_corrected"] = corrected(frame["p"], "fdr")
    columns = ["value", "low", "high", "null_low", "null_high", "p_corrected"]
    view = frame.loc[frame["of"] != "size", columns].dropna(axis=1, how="all")
    missing = view.drop(columns="value").isna().sum(axis=1)
    view = view.loc[missing.sort_values(kind="stable").index]  # first those that can be compared
    view = view.dropna(subset="value").rename_axis("index").reset_index()
    yield Table("profile", frame, view, on_page=True, modelled=modelled)
