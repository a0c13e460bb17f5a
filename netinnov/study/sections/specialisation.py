"""Specialisation of places in the observed layers, and convergence of places over periods."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from typing import ClassVar

import pandas as pd

from netinnov import centrality
from netinnov.mechanisms.agglomeration import krugman_index, location_quotient
from netinnov.mechanisms.convergence import Spread, sigma_convergence
from netinnov.network import MultilayerNetwork, split_periods
from netinnov.plotting import plot_location_quotients
from netinnov.plotting._style import new_figure
from netinnov.study._context import Context
from netinnov.study._section import Part, Picture, Result, Sentence, Table
from netinnov.study._words import joined, name, number

HEADING = "Specialisation and convergence"
FEWEST = 10  # places with links in every period below which their spread is not followed
NAMED = 3
NOTHING = 1e-9  # of Krugman's index
ROWS = 15


class SpecialisationPart(Part, part="specialisation", optional=True):
    example: ClassVar[str] = """\
[specialisation]              # mix of layers of each place, and convergence; no settings
"""


OPTIONS = SpecialisationPart


@dataclass(frozen=True, slots=True, eq=False)
class Specialisation(Result):
    """Krugman index and location quotients by place; spread and strength by period.

    Tables are None where there is a single layer, or fewer than two periods.
    """

    table: pd.DataFrame | None
    quotients: pd.DataFrame | None
    spread: pd.DataFrame | None
    strength: pd.DataFrame | None


def compute(context: Context) -> Specialisation | None:
    cities = context.cities.select(layers=context.observed(context.cities))
    table, quotients = _quotients(cities)
    spread, strength = _spread(cities)
    if table is None and spread is None:
        return None
    return Specialisation(context, table, quotients, spread, strength)


def _quotients(cities: MultilayerNetwork) -> tuple[pd.DataFrame | None, pd.DataFrame | None]:
    """None for one layer, which says nothing of specialisation."""
    counts = centrality.degree(cities)
    counts = counts.loc[counts.sum(axis=1) > 0, counts.sum() > 0]
    if counts.shape[1] < 2:
        return None, None
    quotient = location_quotient(counts)
    table = pd.DataFrame(
        {
            "links": counts.sum(axis=1),
            "krugman_index": krugman_index(counts),
            "most_special_in": quotient.idxmax(axis=1),
            "quotient": quotient.max(axis=1),
        }
    ).sort_values("links", ascending=False, kind="stable")
    return table, quotient.loc[table.index]


def _spread(cities: MultilayerNetwork) -> tuple[pd.DataFrame | None, pd.DataFrame | None]:
    if not cities.layers or cities.storage.link_rows().period is None:
        return None, None
    periods = split_periods(cities).items()
    strength = pd.DataFrame({at: centrality.overlapping_strength(one) for at, one in periods})
    positive = strength[(strength > 0).all(axis=1)]
    if len(periods) < 2 or len(positive) < FEWEST:
        return None, None
    spreads: tuple[Spread, ...] = ("log_sd", "theil")
    table = pd.DataFrame({spread: sigma_convergence(positive, spread=spread) for spread in spreads})
    return table.rename_axis("period").assign(places=len(positive)), positive


def offer(result: Specialisation) -> Iterator[Sentence]:
    if (table := result.table) is not None:
        well_linked = table[table["links"] >= table["links"].quantile(0.5)]
        rows = well_linked.sort_values("krugman_index", ascending=False, kind="stable").head(NAMED)
        listed = [
            f"{result.name(node)} ({number(row['krugman_index'], digits=2)}, most in "
            f"{name(row['most_special_in'])})"
            for node, row in rows.iterrows()
        ]
        text = f"Of the places with more links the most specialised are {joined(listed)}."
        if not well_linked["krugman_index"].gt(NOTHING).any():
            text = "No place with more links is specialised: their mix of layers is that of all."
        yield Sentence(text, ("specialisation", "location_quotients"))


def tell(result: Specialisation) -> Iterator[Sentence]:
    if result.table is not None:
        text = "A place is specialised if the mix of its links over the observed layers differs "
        text += "from that of all places (Krugman's index, in brackets; 0: not at all, 2: wholly). "
        text += "Only the half of the places with more links is looked at."
        yield Sentence(text, ("specialisation",))
    if (spread := result.spread) is not None:
        first, last = float(spread["log_sd"].iloc[0]), float(spread["log_sd"].iloc[-1])
        way = "falls: places converge" if last < first else "rises: they diverge"
        if math.isclose(first, last, abs_tol=1e-12):
            way = "stays: they neither converge nor diverge"
        text = (
            f"From period {spread.index[0]} to {spread.index[-1]} the spread of strength (standard "
            f"deviation of logarithms) over the {spread['places'].iloc[0]:,} places with links in "
            f"every period goes from {number(first, digits=2)} to {number(last, digits=2)}; it "
            f"{way}. That describes the records, without an interval: a period with more of them "
            "moves it, too."
        )
        yield Sentence(text, ("convergence", "strength_by_period"))


def draw(result: Specialisation) -> Iterator[Picture]:
    if (table := result.quotients) is not None:
        rows = min(len(table), ROWS)
        figure = new_figure(height=26 + 5.2 * rows)
        ax, sources = figure.add_subplot(), ("location_quotients", "specialisation")
        plot_location_quotients(table, names=result.drawn_names, top=ROWS, ax=ax)
        caption = "Location quotients: share of a layer in the links of a place over its share in "
        caption += f"all links. The {rows} places with most links."
        alt = "Shaded cell for each place and layer, by how much of its links are in the layer."
        yield Picture("specialisation", figure, caption, sources, alt=alt)


def tables(result: Specialisation) -> Iterator[Table]:
    if result.table is not None and result.quotients is not None:
        view = result.table.copy()
        view.insert(0, "name", view.index.map(result.names))
        caption = "How far the mix of a place's links differs from that of all places."
        yield Table("specialisation", result.table, caption, view=view)
        caption = "Share of a layer in the links of a place over its share in all."
        yield Table("location_quotients", result.quotients, caption, on_page=False)
    if result.spread is not None and result.strength is not None:
        yield Table("convergence", result.spread, "Spread of strength over places in each period.")
        caption = "Strength of places in each period."
        yield Table("strength_by_period", result.strength, caption, on_page=False)
