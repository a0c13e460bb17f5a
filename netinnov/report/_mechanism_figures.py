"""Figures of the mechanisms: rest points, stability, the park, diffusion, specialisation."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pandas as pd

from netinnov.plotting import (
    DOUBLE,
    figure_style,
    new_figure,
    plot_bifurcation,
    plot_location_quotients,
    plot_park,
    plot_reach,
    plot_spread,
    plot_stability_map,
)
from netinnov.report._parts import Drawing
from netinnov.report._words import percent, together

if TYPE_CHECKING:
    from collections.abc import Iterator

    from netinnov.report import Study

__all__ = ["draw_mechanisms"]

_LEFT = "freeness of trade"
_ROWS = 15
_STEEPEST = 2.0


def draw_mechanisms(study: Study, names: pd.Series[str]) -> Iterator[Drawing]:
    """Draw what the tables of the mechanisms allow."""
    if (table := study.tables.get("free_flow_diagram")) is not None and len(table):
        yield _free_flow(study, table)
    if (table := study.tables.get("cobweb")) is not None and len(table):
        yield _cobweb(study)
    park = study.mechanisms.get("park")
    if "parks" in study.tables and isinstance(park, str):
        yield from _park(study, park)
    if (table := study.tables.get("diffusion_draws")) is not None and len(table):
        yield _diffusion(study, table)
    if (table := study.tables.get("location_quotients")) is not None and len(table):
        figure = new_figure(height=26 + 5.2 * min(len(table), _ROWS))
        plot_location_quotients(table, names=names, top=_ROWS, ax=figure.add_subplot())
        caption = (
            "Location quotients: share of a layer in the links of a place over its share in all "
            f"links. The {min(len(table), _ROWS)} places with most links."
        )
        yield Drawing("specialisation", figure, caption, ("location_quotients", "specialisation"))
    if (table := study.tables.get("strength_by_period")) is not None and len(table):
        figure = new_figure(width=DOUBLE / 2, height=65)
        plot_spread(table, ax=figure.add_subplot())
        caption = "Spread of strength over places in each period; falling: they converge."
        yield Drawing("convergence", figure, caption, ("convergence", "strength_by_period"))


def _free_flow(study: Study, table: pd.DataFrame) -> Drawing:
    points = study.tables["free_flow"]
    figure = new_figure(height=72)
    with figure_style():
        axes = figure.subplots(1, len(points), squeeze=False).ravel()
        for ax, (_, row) in zip(axes, points.iterrows(), strict=True):
            share = float(row["enclave"])
            mine = table[table["enclave"] == share].drop(columns="enclave")
            marks = {"sustain point": row["sustain_point"], "break point": row["break_point"]}
            if share:
                marks = {
                    "fold point": row["fold_point"],
                    "sustain point, host": row["sustain_point"],
                    "sustain point, home": points["sustain_point"].iloc[0],
                }
            known = {name: float(at) for name, at in marks.items() if pd.notna(at)}
            label = f"{_LEFT}, enclave {share:g}" if share else f"{_LEFT}, no enclave"
            plot_bifurcation(mine, points=known, label=label, ax=ax)
    caption = (
        "Share of the mobile workers in region 1 (home) at rest over the freeness of trade (0: no "
        "trade, 1: free): stable solid, unstable dashed. A model, no observation."
    )
    if len(points) > 1:
        reached = percent(float(points["enclave"].iloc[1]))
        caption += f" Right: home reaches {reached} of the host's varieties by an enclave."
    return Drawing("free_flow", figure, caption, ("free_flow", "free_flow_diagram"))


def _cobweb(study: Study) -> Drawing:
    given = study.mechanisms
    ratio = _float(given, "supply_slope") / _float(given, "demand_slope")
    mobility = _float(given, "mobility") / _float(given, "demand_slope")
    link = _float(given, "link") / _float(given, "demand_slope")
    points = {"without an enclave": (ratio, mobility)}
    if link:
        points["with its link, both answer"] = (ratio, mobility + link)
    adaptation = _float(given, "adaptation")
    # As far as the map reaches: a little beyond where a gap explodes without any supply slope.
    right, top = _STEEPEST, max((2 / adaptation - 1) / 2 * 1.15, 0.1)
    there = {name: (x, y) for name, (x, y) in points.items() if x <= right and y <= top}
    figure = new_figure(width=DOUBLE * 0.6, height=80)
    plot_stability_map(points=there, adaptation=adaptation, steepest=right, ax=figure.add_subplot())
    caption = (
        "Where prices of two like regions settle. Rightwards: d / b, the slope of supply (d) over "
        "that of demand (b). Upwards: m / b, mobility (m: how much supply moves for each unit by "
        "which the price is higher in the other region) over the slope of demand. A model, no "
        "observation."
    )
    off = [
        f"{name} (supply over demand {x:.3g}, mobility over demand {y:.3g})"
        for name, (x, y) in points.items()
    ]
    if off := [text for text, name in zip(off, points, strict=True) if name not in there]:
        caption += f" Beyond the map: {together(off)}."
    return Drawing("cobweb", figure, caption, ("cobweb",))


def _park(study: Study, park: str) -> Iterator[Drawing]:
    from matplotlib import pyplot as plt

    figure = plot_park(study.network, park).figure.canvas.figure
    caption = "The park, its partners and what flows between them, as sources state it."
    try:
        yield Drawing("park", figure, caption, ("park_roles", "parks"))
    finally:
        plt.close(figure)  # which sizes itself, and is known to pyplot for that


def _diffusion(study: Study, draws: pd.DataFrame) -> Drawing:
    figure = new_figure(width=DOUBLE * 0.6, height=75)
    horizon = int(_float(study.mechanisms, "horizon"))
    times = {str(name): draws[name] for name in draws}
    plot_reach(times, horizon=horizon, ax=figure.add_subplot())
    caption = (
        "Share of draws in which half of home's actors are reached. The rate is made up; relations "
        "are those on record, their direction ignored."
    )
    return Drawing("diffusion", figure, caption, ("diffusion", "diffusion_draws"))


def _float(values: Any, name: str) -> float:
    return float(values[name])
