"""How the network changes: indices, centres and enclaves of several periods side by side."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from functools import partial
from typing import Any, NamedTuple

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.ticker import MaxNLocator

from netinnov._network.rows import NO_PERIOD
from netinnov.linkages._enclaves import UNKNOWN
from netinnov.network import MultilayerNetwork
from netinnov.panels import measure_panel
from netinnov.plotting._style import DOUBLE, PALETTE, drawing, larger, new_figure, on_page
from netinnov.polycentricity._centre_rules import Options
from netinnov.polycentricity._indices import Setting, checked_setting, index_values, possible
from netinnov.polycentricity._resampled_flows import without_events
from netinnov.study import _enclave_list
from netinnov.study._context import Context, Result
from netinnov.study._facts import Fact, KeyFigure, Picture, Table, Term
from netinnov.study._structure_plan import Detection, StructurePart, detect, plan

LEAST = 20  # linked pairs of places of a period that is compared
MOST_DRAWS = 4_000
FEWEST = 50  # resamples of all periods together, and of each at least
INDICES = ("rank_size", "primacy", "gini", "effective_number", "functional", "n_centres")
COUNTS = ("n_centres", "enclaves", "reverse_enclaves")
OPTIONS = StructurePart


class Periods(Result):
    """Indices by period, and their changes from the first to the last; links as linked places.

    `left_out`: the words for why something has no interval, by the words for it.
    """

    detection: Detection
    links: pd.Series[int]  # in every period
    timeless: int
    table: pd.DataFrame
    changes: pd.DataFrame
    left_out: dict[str, str]


class Dates(NamedTuple):
    links: pd.Series[int]  # in every period
    compared: list[int]
    timeless: int


def dates(context: Context) -> Dates | None:
    """Linked places by period, and the periods that are compared: none, or at least two."""
    if (structure := context.once(plan)) is None:
        return None
    rows = structure.network.storage.link_rows()
    if rows.period is None:
        return None
    period = pd.Series(rows.period[rows.source != rows.target])
    links = period[period != NO_PERIOD].value_counts().sort_index()
    several = links >= LEAST
    if (drawn := structure.participation) is not None:  # one event says nothing of chance
        several &= pd.Series(drawn.periods[drawn.period]).value_counts().reindex(links.index) > 1
    compared = links.index[several].tolist() if several.sum() > 1 else []
    return Dates(links, compared, int((period == NO_PERIOD).sum()))


def compute(context: Context) -> Periods | None:
    dated = context.once(dates)
    detected = context.once(detect)
    if dated is None or detected is None or not dated.compared:
        return None
    links, compared, timeless = dated
    table, left_out = _panels(context, detected, compared)
    by_period = table.set_index(["period", "index"])
    first, last = (by_period.loc[compared[at]] for at in (0, -1))
    changes = pd.DataFrame({"first": first["value"], "last": last["value"]})
    changes[["change", "low", "high"]] = last[["change", "change_low", "change_high"]]
    table.insert(1, "links", table["period"].map(links))
    return Periods(context, detected, links, timeless, table, changes, left_out)


def _panels(
    context: Context, detected: Detection, periods: list[int]
) -> tuple[pd.DataFrame, dict[str, str]]:
    plan = detected.plan
    enclaves = context.once(_enclave_list.compute).counted
    network = plan.network.select(periods=periods)
    layers = context.observed(context.inside) or None
    inside = context.inside.select(layers=layers, periods=periods)
    left_out = {each: why for each, why in plan.left_out.items() if each == "intervals"}
    parts = (inside.select(periods=[when]) for when in periods)
    if not (left_out or plan.resample) and any(without_events(part) for part in parts):
        left_out["intervals"] = "why_no_counts"
    most = max(FEWEST, MOST_DRAWS // len(periods))
    draws = 0 if left_out else min(plan.resamples, most)
    asked = {each: plan.draw[each] for each in ("direction", "restarts")}
    setting = checked_setting(network, INDICES, 0, Options(**asked))
    setting = setting._replace(rule=detected.rule)
    indices = {each: partial(_index, each, setting, context.seed) for each in INDICES}
    draw: dict[str, Any] = {"periods": periods, "rng": context.seed, "progress": context.progress}
    of_places: dict[str, Any] = {"measures": indices, "resample": plan.resample}
    panels = [measure_panel(network, resamples=draws, **of_places, **draw)]
    if len(enclaves):
        counts = {"enclaves": partial(_linked, enclaves["node"].tolist())}
        if (enclaves["direction"] != UNKNOWN).any():
            reverse = enclaves["node"][enclaves["direction"] == "reverse"]
            counts["reverse_enclaves"] = partial(_linked, reverse.tolist())
        if draws and plan.resample:
            left_out["interval of enclaves"] = "why_events_of_places"
            draws = 0
        panels.append(measure_panel(inside, measures=counts, resamples=draws, **draw))
    table = pd.concat(panels, ignore_index=True).drop(columns=["node", "n_links"])
    table = table.rename(columns={"measure": "index"}).astype({"index": "str"})
    can_be = partial(possible, n=network.n_nodes, rule=detected.rule)

    def cut(row: pd.Series) -> pd.Series:
        limits = can_be(row["index"], value=row["value"]) if row["index"] in INDICES else (0, None)
        return row[["low", "high"]].astype("float64").clip(*limits)

    return table.assign(**table.apply(cut, axis=1)), left_out


def _index(name: str, setting: Setting, seed: int, network: MultilayerNetwork) -> float:
    rng = np.random.default_rng(seed).spawn(1)[0]  # that of `profile`
    return index_values(network, setting._replace(names=(name,)), rng)[name]


def _linked(nodes: list[str], network: MultilayerNetwork) -> float:
    linked: Any = network.storage.presence("linked").any(axis=0)
    return float(linked[network.storage.node_names.isin(nodes)].sum())


def facts(result: Periods) -> Mapping[str, Fact]:
    changes = result.changes
    links = result.links
    plan = result.detection.plan
    periods = result.table["period"].unique().tolist()
    steps = result.table.loc[result.table["index"] == "effective_number", "value"].round(9).diff()
    low, high = (float(changes[end]["effective_number"]) for end in ("low", "high"))
    known = changes.dropna(subset=["low", "high"])
    ways = result.context.once(_enclave_list.compute).counted["direction"]
    parts = [plan.network.select(periods=[when]) for when in periods]
    numbers: dict[str, Fact] = {
        "n": len(periods),
        "least": LEAST,
        "few": len(links) - len(periods),
        "timeless": result.timeless,
        "places": plan.network.n_nodes,
        "low": low,
        "high": high,
        "intervals": len(known),
        "ups": int((steps > 0).sum()),
        "downs": int((steps < 0).sum()),
        "risen": [*map(Term, known.index[known["low"] > 0])],
        "fallen": [*map(Term, known.index[known["high"] < 0])],
        "with_enclaves": "enclaves" in changes.index,
        "with_reverse": "reverse_enclaves" in changes.index,
        "unknown": int((ways == UNKNOWN).sum()),
        "rule_means": Term(f"rule_{result.detection.rule}"),
        "events": plan.participation is not None,
        "left_out": [*map(Term, result.left_out)],
        "reasons": [*map(Term, result.left_out.values())],
    }
    for end, at in (("first", 0), ("last", -1)):
        when = periods[at]
        row = changes[end]
        numbers.update(
            {
                end: str(when),
                f"links_{end}": int(links[when]),
                f"linked_{end}": int(parts[at].storage.presence("linked").any(axis=0).sum()),
                **{f"{index}_{end}": int(row.get(index, 0)) for index in COUNTS},
                f"effective_{end}": f"{float(row['effective_number']):.1f}",
            }
        )
    return numbers


def key_figures(result: Periods, _: Any) -> Iterator[KeyFigure]:
    for index in result.changes.index.intersection(["effective_number", "gini", *COUNTS]):
        change, low, high = result.changes.loc[index, ["change", "low", "high"]].tolist()
        if index in COUNTS and not math.isnan(change):  # whole, however many
            change = round(change)
            low, high = (low, high) if math.isnan(low) else (math.floor(low), math.ceil(high))
        ends: Any = {} if low == high else {"low": low, "high": high}
        yield KeyFigure(index, change, digits=1 if index in COUNTS else 3, **ends)


def draw(result: Periods) -> Iterator[Picture]:
    titles = {index: result.context.language.term(str(index)) for index in result.changes.index}
    yield Picture("periods", partial(_charts, result.table, titles), on_page=True)


def _charts(indices: pd.DataFrame, titles: Mapping[Any, str]) -> Axes:
    columns = 2 if on_page() else 4
    rows = math.ceil(len(titles) / columns)
    figure = new_figure(width=DOUBLE, height=rows * 36)
    style: dict[str, Any] = {"color": PALETTE[0], "elinewidth": 1.0, "capsize": 1.5}
    for at, (index, table) in enumerate(indices.groupby("index", sort=False), start=1):
        with drawing(figure.add_subplot(rows, columns, at), 36) as ax:
            off = table[["low", "high"]].sub(table["value"], axis=0).abs().T
            ax.errorbar(table["period"], table["value"], off, marker="o", markersize=3, **style)
            ax.set_title(titles[index], loc="left", fontsize=7 * larger())
            ax.set_xticks(table["period"].iloc[[0, len(table) // 2, -1]].unique())
            ax.yaxis.set_major_locator(MaxNLocator(4, integer=index in COUNTS))
            ax.ticklabel_format(useOffset=False, style="plain")
            ax.margins(x=0.12, y=0.15)
    return figure.axes[0]


def tables(result: Periods) -> Iterator[Table]:
    modelled = result.detection.plan.modelled
    yield Table("period_changes", result.changes, on_page=True, modelled=modelled)
    wide = result.table.pivot(index=["period", "links"], columns="index", values="value")
    view = wide[[*INDICES, *wide.columns.intersection(["enclaves"])]].reset_index()
    forms: Any = {"period": "year", "effective_number": None}
    yield Table("periods", result.table, view, on_page=True, forms=forms, modelled=modelled)
