"""Governance: how far links cross borders, and approaches at equal cost side by side."""

from __future__ import annotations

import math
import warnings
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pandas as pd

from netinnov.connectivity import Frictions
from netinnov.governance import ApproachComparison, compare_approaches, cross_border_shares
from netinnov.null_models import Rewire
from netinnov.plotting import plot_approaches
from netinnov.study._context import Context
from netinnov.study._measures import linked_layers
from netinnov.study._section import Picture, Result, Sentence, Table
from netinnov.study._words import are, counted, joined, name, number, percent, phrase
from netinnov.study.sections._approach_choice import ApproachChoice, GovernancePart, pair_of

HEADING = "Governance across borders"
OPTIONS = GovernancePart
CHECK = pair_of

MOST_LINKS = 100_000
"""Links above which borders are not compared with random networks, which would take long."""


@dataclass(frozen=True, slots=True, eq=False)
class Governance(Result):
    """Shares of links across borders, and approaches between a home and a host."""

    part: GovernancePart
    choice: ApproachChoice
    shares: pd.DataFrame
    no_null: str
    comparison: ApproachComparison | None


def compute(context: Context) -> Governance | None:
    part = context.options(GovernancePart)
    if part is None:
        return None
    choice = context.once(pair_of)
    shares, why = _shares(context, part)
    border = context.measures.border or part.border
    comparison = None
    if not choice.why_not:
        comparison = compare_approaches(
            context.cities.select(layers=[choice.layer]),
            approaches=choice.approaches,
            home=choice.home,
            host=choice.host,
            budget=choice.budget,
            prices=choice.prices,
            frictions=Frictions(border=border, distance=context.measures.kilometres),
            pipeline_share=choice.pipeline_share,
            kept_share=part.kept,
            corridor_relief=part.corridor,
            booked_share=part.booked,
            replicates=part.placements,
            rng=context.seed,
        )
    return Governance(context, part, choice, shares, why, comparison)


def _shares(context: Context, part: GovernancePart) -> tuple[pd.DataFrame, str]:
    """Shares of the observed layers across borders, and why there is no null model, if so."""
    network = context.inside
    observed = [layer for layer in linked_layers(network) if layer not in context.modelled]
    if not observed or not part.groups:
        return pd.DataFrame(), "no layer is observed" if part.groups else ""
    network = network.select(layers=observed)
    why = ""
    if context.loaded.joint_events or context.loaded.incidence is not None:
        why = "one event makes several links at once, which rewiring link by link would tear apart"
    elif network.n_links > MOST_LINKS:
        why = f"it would take long for more than {MOST_LINKS:,} links"
    elif not part.replicates:
        why = "none was asked for"
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always", UserWarning)
        table = cross_border_shares(
            network,
            groups=part.groups,
            null=None if why else Rewire(),
            replicates=part.replicates or 1,
            rng=context.seed,
            progress=context.progress,
        )
    if any("the null model moved" in str(each.message) for each in caught):
        why = "hardly any link can be rewired"
        table[["null_mean", "z", "p"]] = math.nan
    return table.dropna(subset="share").reset_index(drop=True), why


def offer(result: Governance) -> Iterator[Sentence]:
    if result.comparison is None:
        yield Sentence(
            phrase("Approaches are not compared: {}.", result.choice.why_not),
            () if result.shares.empty else ("cross_border",),
        )
        return
    effects = result.comparison.effects.set_index(["measure", "approach"])["difference"]
    best = {end: str(effects[f"{end}_access"].idxmax()) for end in ("home", "host")}
    home, host = (result.name(result.choice.home), result.name(result.choice.host))
    if best["home"] == best["host"]:
        text = phrase("Both {} and {} gain most access by '{}'", home, host, best["home"])
    else:
        text = phrase(
            "{} gains most access by '{}', {} by '{}'", home, best["home"], host, best["host"]
        )
    text += phrase(
        ", of {} at equal cost.", counted(len(effects["efficiency"]), "approach", "approaches")
    )
    yield Sentence(text, ("approaches",))


def tell(result: Governance) -> Iterator[Sentence]:
    if result.comparison is not None:
        topic = "Approaches at equal cost"
        prices = result.choice.prices
        text = phrase(
            "Each approach costs at most {} (a park {}, a local link {}, a kilometre {}{}); its "
            "links are placed in {}.",
            *map(number, (result.choice.budget, prices.park, prices.link, prices.pipeline_km)),
            ": assumed" if result.choice.assumed_prices else "",
            name(result.context.mark(result.choice.layer)),
        )
        yield Sentence(text, ("approaches",), topic)
        tables = ["approaches", "approach_effects"]
        tables += [] if result.comparison.forms.empty else ["approach_forms"]
        for sentence in result.comparison.sentences(names=result.names):
            yield Sentence(sentence, tuple(tables), topic)
        for approach, why in result.choice.left_out.items():
            text = phrase("Left out is '{}': {}", approach, why)
            yield Sentence(text, ("approaches",), topic)
    yield from _borders(result)


def _borders(result: Governance) -> Iterator[Sentence]:
    topic, table = "Links across borders", result.shares
    if table.empty:
        return
    for group, part in table.groupby("group", sort=False):
        if part["share"].isin([0, 1]).all() and part["share"].nunique() == 1:
            crossing = "no link crosses" if part["share"].iloc[0] == 0 else "every link crosses"
            text = phrase("By {} {} a border, so it says nothing.", name(group), crossing)
            yield Sentence(text, ("cross_border",), topic)
            continue
        low, high = part["share"].min(), part["share"].max()
        text = phrase(
            "By {}, between {} and {} of a layer's weight crosses a border.",
            name(group),
            percent(float(low)),
            percent(float(high)),
        )
        for word, z in (("more", 1), ("less", -1)):
            clear = part[(part["p"] <= 0.05) & (z * part["z"] > 0)]
            if len(clear):
                text += phrase(
                    " {} than in random networks with the same degrees: {}.",
                    word.capitalize(),
                    joined([name(layer) for layer in clear["layer"]]),
                )
        yield Sentence(text, ("cross_border",), topic)
    if table["p"].isna().all() and not result.no_null:
        return
    if result.no_null:
        beside = f"The shares are not compared with random networks: {result.no_null}."
    else:
        beside = "p is two-sided and not corrected for the many comparisons; small layers can "
        beside += "hardly differ from chance."
    yield Sentence(beside, ("cross_border",), topic)
    if left := int(table.groupby("group")["left_out"].sum().max()):
        links = f"{counted(left, 'link')} {are(left)} left out, as an end has no value."
        yield Sentence(links, ("cross_border",), topic)


def draw(result: Governance) -> Iterator[Picture]:
    if result.comparison is None:
        return
    ax = plot_approaches(result.comparison)
    caption = (
        "What each approach changes at equal cost: mean and interval over placements of its links."
    )
    alt = "A table of small intervals: a row for each approach, a column for each measure."
    figure, topic = ax.figure.canvas.figure, "Approaches at equal cost"
    yield Picture("approaches", figure, caption, ("approach_effects",), topic, alt=alt)


def tables(result: Governance) -> Iterator[Table]:
    if result.comparison is not None:
        topic, layer = "Approaches at equal cost", result.choice.layer
        modelled = (layer,) if layer in result.context.modelled else ()
        approaches = result.comparison.approaches.reset_index()
        caption = "Approaches: links that the budget pays for, cost, and what is assumed."
        yield Table("approaches", approaches, caption, modelled=modelled, topic=topic)
        yield Table(
            "approach_effects",
            result.comparison.to_frame(),
            "Each measure before and after each approach, with interval over placements.",
            on_page=False,
            modelled=modelled,
            topic=topic,
        )
        yield from _forms(result.comparison.forms, modelled, topic)
    if not result.shares.empty:
        yield Table(
            "cross_border",
            result.shares,
            "Share of the weight of each layer that crosses a border, beside random networks.",
            topic="Links across borders",
            formats={"share": percent, "null_mean": percent},
        )


def _forms(forms: pd.DataFrame, modelled: tuple[str, ...], topic: str) -> Iterator[Table]:
    """What home, host, all others and an operator get in each form of cooperation."""
    if forms.empty:
        return
    shares = forms.pivot(index=["approach", "form"], columns="player", values="share")
    order = forms[["approach", "form"]].drop_duplicates()
    view = shares[["home", "host", "others", "operator"]].loc[pd.MultiIndex.from_frame(order)]
    objectors = forms.drop_duplicates(["approach", "form"])["objector"].map(_members)
    view = view.assign(**{"would leave": objectors.replace("", "nobody").to_numpy()})
    yield Table(
        "approach_forms",
        forms.assign(objector=forms["objector"].map(_members)),
        "Who gets how much of the gain in access in each form of cooperation, and who would leave.",
        view=view.reset_index(),
        whole=True,
        modelled=modelled,
        topic=topic,
    )


def _members(objector: Any) -> str:
    return "+".join(sorted(objector)) if objector else ""
