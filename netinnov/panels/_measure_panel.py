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
    table = _table(parts, values, list(measures), network.nodes.index)
    size = sum(each.size for each in next(iter(values.values()), []))
    task = partial(_in_resample, parts, measures, resampled if resample is None else resample, size)
    items = [(when, each) for when in values for each in rng.spawn(resamples)]
    drawn = run(task, items, executor=executor, progress=progress, label="measure_panel")
    draws = dict(zip(values, np.reshape(drawn, (len(values), resamples, size)), strict=True))
    columns = ["period", "measure", "node", "value", *_SPREAD, "n_links"]
    return table.join(_spread(table, draws, confidence))[columns]


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
    parts: Mapping[int, MultilayerNetwork],
    values: Mapping[int, list[Floats]],
    measures: Sequence[str],
    index: pd.Index,
) -> pd.DataFrame:
    """A row a period, measure and node; NaN where a period has no values."""
    if not parts:
        raise InputError("`periods` must be one or more; found none.")
    for at, name in enumerate(measures):
        check_alike(name, [each[at] for each in values.values()])
    usual = next(iter(values.values()), [np.zeros(())] * len(measures))
    unknown = [np.full_like(each, np.nan) for each in usual]
    tables = []
    for period, part in parts.items():
        keys = pd.DataFrame({"period": [period], "n_links": part.n_links})
        node = index.get_indexer(part.storage.node_names)
        numbers = [each[None] for each in values.get(period, unknown)]
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
