"""Figures of a study, drawn without touching the user's windows."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pandas as pd
from matplotlib.collections import PathCollection

from netinnov.plotting import (
    DOUBLE,
    SINGLE,
    dense_frame,
    frame_of,
    map_height,
    mark_modelled,
    new_figure,
    place_names,
    plot_centralities,
    plot_effects,
    plot_flow_map,
    plot_link_changes,
    plot_rank_size,
)
from netinnov.report._mechanism_figures import draw_mechanisms
from netinnov.report._parts import Drawing
from netinnov.report._structure_figures import draw_structure
from netinnov.report._tables import key_rows, with_signs
from netinnov.report._words import counted, together

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from matplotlib.axes import Axes

    from netinnov.report import Study

__all__ = ["draw_figures"]

_PANELS = 6
_STRONGEST = 100


def draw_figures(study: Study, modelled: Mapping[str, list[str]]) -> Iterator[Drawing]:
    """Draw what the tables of a study allow, each with the modelled layers in it."""
    for drawing in _draw(study):
        layers = dict.fromkeys(layer for name in drawing.tables for layer in modelled[name])
        yield replace(drawing, modelled=tuple(layers))


def _draw(study: Study) -> Iterator[Drawing]:
    names = place_names(study.network.places)
    yield from _maps(study, names)
    if (table := study.tables.get("centrality")) is not None and len(table):
        shown = min(len(table), 15)
        figure = new_figure(height=26 + 5.2 * shown)
        plot_centralities(_named(table, names), ax=figure.add_subplot())
        caption = f"The {shown} most central of {len(table):,} places by PageRank."
        if shown == len(table):
            caption = f"{counted(shown, 'place')} by PageRank."
        caption += " Figures are values; shades are standard scores over all places; blank: not "
        caption += "defined."
        tables = ("centrality",)
        yield Drawing("centralities", figure, caption, tables, instead=tables)
    if (table := study.tables.get("strength")) is not None and (table > 0).any(axis=None):
        yield _rank_sizes(study, table, names)
    yield from draw_structure(study, names)
    if (table := study.tables.get("link_changes")) is not None and len(table):
        yield from _link_changes(study, table, names)
    if (table := study.tables.get("effects")) is not None and len(table):
        yield _effects(study, table, names)
    yield from draw_mechanisms(study, names)


def _maps(study: Study, names: pd.Series[str]) -> Iterator[Drawing]:
    cities = study.cities
    at = cities.places[["lon", "lat"]].reindex(cities.nodes["place"]).dropna()
    if at.empty:
        return
    detail = dense_frame(at)
    frames = {"flow_map": frame_of(at)} | ({} if detail is None else {"flow_map_detail": detail})
    enclaves = study.tables.get("enclaves")
    for name, frame in frames.items():
        figure = new_figure(height=map_height(frame))
        ax = plot_flow_map(
            cities,
            enclaves=enclaves,
            names=names,
            modelled=study.modelled,
            extent=frame,
            strongest=_STRONGEST,
            ax=figure.add_subplot(),
        )
        caption = _of_the_map(study, ax)
        if enclaves is not None and len(enclaves):
            caption += " Arrows: enclaves, from home to host."
        if name == "flow_map_detail":
            caption = f"The part of the map where most places lie. {caption}"
        tables = ("map_places", "map_links", *(["enclaves"] if enclaves is not None else []))
        yield Drawing(name, figure, caption, tables)


def _of_the_map(study: Study, ax: Axes) -> str:
    """Which layers and how much of them a map shows."""
    links = {part.get_gid(): part for part in ax.collections if isinstance(part, PathCollection)}
    layers = study.cities.layers
    drawn = [layer for layer in layers if layer in links]
    named = together([mark_modelled(layer, study.modelled) for layer in drawn]) if drawn else "none"
    if len(drawn) == len(layers):
        caption = f"Links between places, in all of {counted(len(layers), 'layer')}: {named}."
    else:
        caption = f"Links between places, in {len(drawn):,} of {counted(len(layers), 'layer')} "
        caption += f"({named}): of the observed layers those with most weight on the map."
    if any(len(links[layer].get_paths()) >= _STRONGEST for layer in drawn):
        caption += f" Of each layer at most the {_STRONGEST} heaviest links are drawn."
    return f"{caption} Width: weight, in the unit of the layer."


def _rank_sizes(study: Study, strength: pd.DataFrame, names: pd.Series[str]) -> Drawing:
    """All layers together and the heaviest layers, a panel each."""
    heaviest = strength.sum().sort_values(ascending=False, kind="stable")
    layers = list(heaviest.index[heaviest > 0])[: _PANELS - 1]
    named = strength.set_axis(names.reindex(strength.index).fillna(""), axis=0)
    series = {"all": named.sum(axis=1)} if len(strength.columns) > 1 else {}
    series |= {mark_modelled(layer, study.modelled): named[layer] for layer in layers}
    rows = -(-len(series) // 3)
    figure = new_figure(width=DOUBLE if len(series) > 1 else SINGLE, height=8 + 62 * rows)
    axes = figure.subplots(rows, min(len(series), 3), squeeze=False).ravel()
    for ax, (label, values) in zip(axes, series.items(), strict=False):
        plot_rank_size(values, ax=ax, label=label, labelled=3)
        ax.set_ylabel("strength")
    for ax in axes[len(series) :]:
        ax.remove()
    caption = "Strength of places (sum of the weights of their links) against their rank, with the "
    caption += "fitted line."
    if hidden := len(strength.columns) - len(layers):
        caption += f" Layers that are lighter or empty are not drawn: {hidden}."
    return Drawing("rank_size", figure, caption, ("strength", "polycentricity"))


def _effects(study: Study, effects: pd.DataFrame, names: pd.Series[str]) -> Drawing:
    shown = key_rows(effects, study)
    shown = with_signs(shown) if "same_sign" in shown else shown
    measures = list(dict.fromkeys(shown["measure"].astype("str")))[:_PANELS]
    parts = [shown.loc[shown["measure"].astype("str") == measure] for measure in measures]
    heights = [len(part) + 2.5 + (not at) for at, part in enumerate(parts)]
    figure = new_figure(height=8 + 4.6 * sum(heights))
    axes = figure.subplots(len(parts), 1, squeeze=False, height_ratios=heights).ravel()
    for at, (ax, part) in enumerate(zip(axes, parts, strict=True)):
        plot_effects(part, ax=ax, names=names, legend=False if at else shown)
    caption = (
        "Change against the baseline, in the unit of each measure: median of the random placements "
        "(black tick, the number that the text gives), their mean (point) and their middle 95 % "
        "(line). Filled: the whole network; open: home and host. At the right: share of placements "
        "whose change has the sign of the median."
    )
    if "placebo_low" in shown and shown["placebo_low"].notna().any():
        caption += " Grey: where 95 % of the means of the same park at other hosts lie, with their "
        caption += "median."
    return Drawing("effects", figure, caption, ("effects",))


def _link_changes(study: Study, table: pd.DataFrame, names: pd.Series[str]) -> Iterator[Drawing]:
    at = study.cities.places[["lon", "lat"]].dropna()
    ends = pd.concat([table["source_place"], table["target_place"]])
    shown = at.loc[at.index.isin(ends)]
    if shown.empty:
        return
    figure = new_figure(height=map_height(frame_of(shown)))
    plot_link_changes(table, places=study.cities.places, names=names, ax=figure.add_subplot())
    headline = study.scenario.get("headline", "")
    caption = f"Links that the scenario ({headline}) makes and takes away: mean over random "
    caption += "placements, in weight, whose unit is that of the layer. A star is the park."
    yield Drawing("link_changes", figure, caption, ("link_changes",))


def _named(table: pd.DataFrame, names: pd.Series[str]) -> pd.DataFrame:
    """With names that the installed fonts can draw."""
    return table.assign(
        name=names.reindex(table.index).fillna(pd.Series(table.index.astype("str"), table.index))
    )
