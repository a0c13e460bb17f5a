"""Panels of measures and dates of openings, and how evaluations read both."""

from __future__ import annotations

import warnings
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import Executor
from functools import partial
from typing import Any, TypeAlias

import numpy as np
import pandas as pd

from netinnov._network.columns import as_numbers, as_periods, as_text, refuse_repeated
from netinnov._network.measured import check_alike, long_table, numbers_of
from netinnov._network.rows import NO_PERIOD, Rows
from netinnov._runtime import arguments
from netinnov._runtime.arguments import (
    as_list,
    check_callable,
    check_mapping,
    check_rng,
    check_type,
    examples,
)
from netinnov._runtime.parallel import run
from netinnov._typing import Confidence, Floats, Integers, Rng, Whole
from netinnov.build import aggregate
from netinnov.errors import InputError, note_on_error
from netinnov.network import MultilayerNetwork
from netinnov.polycentricity._resampled_flows import Change, changed, interval, resampled

Measure: TypeAlias = Callable[[MultilayerNetwork], "float | pd.Series"]
_SPREAD = ["low", "high", "change", "change_low", "change_high"]


def measure_panel(
    network: MultilayerNetwork,
    *,
    measures: Mapping[str, Measure],
    periods: Sequence[int] | None = None,
    resamples: Whole = 0,
    resample: Change | None = None,
    confidence: Confidence = 0.95,
    rng: Rng = None,
    executor: Executor | int | None = None,
    progress: bool = True,
) -> pd.DataFrame:
    """Measure a network in each of its periods, on the same nodes throughout.

    Parameters
    ----------
    network : MultilayerNetwork
        Links have periods (those without are left out, with a warning); unlinked nodes stay in.
    measures : mapping of str to function
        From a name to a function of a network that returns a number or a Series over nodes.
    periods : sequence of int, optional
        Default: every whole number from the first period with a link to the last.
    resamples : int
        Bootstrap resamples of the flows of each period, for the intervals.
    resample : function, optional
        How they are drawn, from the network of a period; see `polycentricity.detect_centres`.
    confidence : float
        Of the intervals.
    rng, executor, progress
        As in `experiments.compare_scenarios`.

    Returns
    -------
    DataFrame
        Long table, by period, measure and node: ``period``, ``measure``, ``node`` (missing if the
        measure is a number), ``value``, ``low`` and ``high`` (its interval), ``change`` since the
        first of these periods that has a link, ``change_low`` and ``change_high``, and ``n_links``
        (linked pairs in the period). Names are categories. NaN in a period without a link.

    Raises
    ------
    InputError
        No link has a period, a period is not a whole number, or a measure returns what it should
        not; or resamples are asked for and nothing says how many events make a link.

    Notes
    -----
    Intervals are as in `polycentricity.profile`: of resampled events, less twice the bias. Those of
    changes are of differences of independent draws of both periods.

    Examples
    --------
    >>> links = pd.DataFrame({"source": list("aab"), "target": list("bcc"), "period": [1, 1, 2]})
    >>> measures = {"links": lambda part: part.n_links}
    >>> panel = measure_panel(ni.build_network(links), measures=measures)
    >>> panel[["period", "value", "change"]].to_numpy().tolist()
    [[1.0, 2.0, nan], [2.0, 1.0, -1.0]]
    """
    check_mapping("measures", measures, "from names to functions of a network", filled=True)
    rng = check_rng(rng)
    known = dated(network.storage.link_rows(), "the network").period
    asked = asked_periods(periods, known)
    parts = {when: network.select(periods=[when]) for when in asked}
    values = {
        when: _measured(part, measures, f"period {when}")
        for when, part in parts.items()
        if part.n_links
    }
    table = _table("period", parts, values, list(measures), network.nodes.index)
    size = sum(each.size for each in next(iter(values.values()), []))
    task = partial(_in_resample, parts, measures, resampled if resample is None else resample, size)
    items = [(when, each) for when in values for each in rng.spawn(resamples)]
    drawn = run(task, items, executor=executor, progress=progress, label="measure_panel")
    draws = dict(zip(values, np.reshape(drawn, (len(values), resamples, size)), strict=True))
    columns = ["period", "measure", "node", "value", *_SPREAD, "n_links"]
    return table.join(_spread(table, draws, confidence))[columns]


def measure_levels(
    network: MultilayerNetwork,
    *,
    measures: Mapping[str, Measure],
    levels: Sequence[int | str] = (0, 1, 2),
    by: str = "place",
) -> pd.DataFrame:
    """Measure a network at several levels of places, such as district, city and province.

    Results can turn with the size of units (the modifiable areal unit problem, Openshaw 1984).

    Parameters
    ----------
    network, measures
        As in `measure_panel`, with places that have parents; periods do not matter.
    levels : sequence of int or str
        Steps up in ``places.parent``, 0 being the places as they are, or values of the column
        ``level`` of the places, such as "city"; see `aggregate`.
    by : {"place", "jurisdiction"}
        Where nodes are, or whose they are; nodes without it are left out, with a warning.

    Returns
    -------
    DataFrame
        Long table, by level, measure and place: ``level``, ``measure``, ``node`` (a place of that
        level; missing if the measure is a number), ``value``, ``n_nodes`` (places at that level)
        and ``n_links`` (linked pairs). Names are categories.

    Raises
    ------
    InputError
        A level is not a number of steps or a level of a place, or as `measure_panel`.

    Examples
    --------
    >>> parents = {"hangzhou": None, "yuhang": "hangzhou", "xihu": "hangzhou", "quzhou": None}
    >>> nodes = pd.DataFrame({"place": ["yuhang", "xihu", "quzhou"]}, index=["a", "b", "c"])
    >>> links = pd.DataFrame({"source": ["a", "b"], "target": ["c", "c"]})
    >>> network = MultilayerNetwork(nodes, links, places=pd.DataFrame({"parent": parents}))
    >>> table = measure_levels(network, measures={"links": lambda n: n.n_links}, levels=(0, 1))
    >>> table[["level", "value", "n_nodes"]].to_numpy().tolist()
    [[0.0, 2.0, 3.0], [1.0, 1.0, 2.0]]
    """
    check_mapping("measures", measures, "from names to functions of a network", filled=True)
    asked = as_list("levels", levels, "levels")
    parts = {level: aggregate(network, by=by, level=level) for level in asked}
    values = {level: _measured(part, measures, f"level {level}") for level, part in parts.items()}
    table = _table("level", parts, values, list(measures), network.places.index)
    return table[["level", "measure", "node", "value", "n_nodes", "n_links"]]


def _measured(
    network: MultilayerNetwork, measures: Mapping[str, Measure], where: str
) -> list[Floats]:
    nodes = network.storage.node_names
    results = []
    for name, measure in measures.items():
        check_callable(f"measures[{name!r}]", measure, "a function of a network")
        with note_on_error(f"In measure {name!r}, {where}."):
            value: Any = measure(network)
        results.append(numbers_of(name, value, nodes, nodes))
    return results


def _in_resample(
    parts: Mapping[int, MultilayerNetwork],
    measures: Mapping[str, Measure],
    resample: Change,
    size: int,
    item: tuple[int, np.random.Generator],
) -> Floats:
    when, rng = item
    network = changed(parts[when], resample, rng, "resample")
    if not network.n_links:
        return np.full(size, np.nan)
    values = _measured(network, measures, f"a resample of period {when}")
    return np.concatenate([np.atleast_1d(each) for each in values])


def _spread(table: pd.DataFrame, drawn: Mapping[int, Floats], confidence: float) -> pd.DataFrame:
    """Intervals of values, and of changes since the first period of those that were drawn."""
    spread = pd.DataFrame(np.nan, table.index, _SPREAD)
    first = next(iter(drawn), 0)
    periods = table["period"].to_numpy()
    start = periods == first
    value = table["value"].to_numpy()
    for when, draws in drawn.items():
        rows = periods == when
        spread.loc[rows, ["low", "high"]] = ends = _ends(value[rows], draws, confidence)
        if when > first:
            known = ~np.isnan(ends + spread.loc[start, ["low", "high"]].to_numpy())
            spread.loc[rows, "change"] = change = value[rows] - value[start]
            between = _ends(change, draws - drawn[first], confidence)
            spread.loc[rows, ["change_low", "change_high"]] = np.where(known, between, np.nan)
    return spread


def _ends(value: Floats, draws: Floats, confidence: float) -> Floats:
    ends = partial(interval, possible=(-np.inf, np.inf), confidence=confidence)
    return np.array([ends(*each)[:2] for each in zip(value, draws.T, strict=True)])


def _table(
    key: str,
    parts: Mapping[Any, MultilayerNetwork],
    values: Mapping[Any, list[Floats]],
    measures: Sequence[str],
    index: pd.Index,
) -> pd.DataFrame:
    """A row a part, measure and node; NaN where a part has no values."""
    if not parts:
        raise InputError(f"`{key}s` must be one or more; found none.")
    for at, name in enumerate(measures):
        check_alike(name, [each[at] for each in values.values()])
    usual = next(iter(values.values()), [np.zeros(())] * len(measures))
    unknown = [np.full_like(each, np.nan) for each in usual]
    tables = []
    for label, part in parts.items():
        keys = pd.DataFrame({key: [label], "n_nodes": part.n_nodes, "n_links": part.n_links})
        node = index.get_indexer(part.storage.node_names)
        numbers = [each[None] for each in values.get(label, unknown)]
        tables.append(long_table(keys, numbers, measures, node, index))
    return pd.concat(tables, ignore_index=True)


def dated(rows: Rows, owner: str, *, stacklevel: int = 4) -> Rows:
    """Links that have a period; a warning counts the others."""
    if rows.period is None or not (known := rows.period != NO_PERIOD).any():
        raise InputError(f"{owner} must have links with a period; it has none.")
    if n := int((~known).sum()):
        msg = f"{n} links of {owner} have no period and are left out."
        warnings.warn(msg, UserWarning, stacklevel=stacklevel)
    return rows.where(known)


def asked_periods(periods: Sequence[int] | None, known: Any) -> list[int]:
    """Those that are asked for, sorted, or all whole numbers from the first known to the last."""
    if periods is None:
        return list(range(int(np.min(known)), int(np.max(known)) + 1))
    listed = as_list("periods", periods, "whole numbers")
    return sorted({arguments.as_whole("periods", each, low=-np.inf) for each in listed})


def check_columns(name: str, table: pd.DataFrame, needed: Sequence[Any]) -> None:
    check_type(name, table, pd.DataFrame)
    refuse_repeated(f"`{name}`", table.columns)
    known = list(table.columns)
    if missing := [column for column in needed if column not in known]:
        have = ", ".join(map(str, table.columns))
        raise InputError(f"`{name}` must have the columns {missing}; it has {have}.")


def read_panel(
    panel: pd.DataFrame, outcome: str, match: str | None
) -> tuple[pd.DataFrame, Integers]:
    """Outcomes, places by periods, and the quartile of each place."""
    check_columns("panel", panel, ["period"] if match is None else ["period", match])
    if {"measure", "node", "value"} <= {*panel}:  # from measure_panel
        arguments.check_name("outcome", outcome, panel["measure"].unique().tolist(), of="the panel")
        panel = panel[panel["measure"] == outcome]
        panel = panel.rename(columns={"node": "place", "value": outcome})
    check_columns("panel", panel, ["place", outcome])
    if panel.empty:
        raise InputError("`panel` must have a row for each place and period; it has none.")
    panel = panel.reset_index(drop=True)
    place = as_text(panel["place"])[0]
    period, bad = as_periods(panel["period"])
    value, odd = as_numbers(panel[outcome])
    bad = bad | period.isna().to_numpy() | place.isna().to_numpy() | odd | ~np.isfinite(value)
    if bad.any():
        rows = examples(np.flatnonzero(bad).tolist(), str)
        raise InputError(
            f"each row of the panel must have a place, a whole period and a number {outcome!r}; "
            f"{bad.sum():,} have not, e.g. row {rows}."
        )
    table = pd.DataFrame({"place": place, "period": period.astype("int64"), "value": value})
    if (twice := table.duplicated(["place", "period"], keep=False)).any():
        rows = examples(np.flatnonzero(twice).tolist(), str)
        raise InputError(f"the panel must have one row a place and period; not so rows {rows}.")
    wide = table.pivot(index="place", columns="period", values="value")
    if (gaps := wide.isna().any(axis=1)).any():
        names = examples(wide.index[gaps])
        raise InputError(
            f"every place must be in every period of the panel; {gaps.sum():,} are not: {names}. "
            "Leave out places, or periods, that are not complete."
        )
    if match is None:
        return wide, np.zeros(len(wide), np.int64)
    start = period == wide.columns[0]
    size = pd.Series(as_numbers(panel.loc[start, match])[0], place[start]).reindex(wide.index)
    if not np.isfinite(size).all():
        raise InputError(f"`match` must be numbers in the first period; {match!r} is not.")
    return wide, pd.qcut(size.rank(method="first"), 4, labels=False).to_numpy()
