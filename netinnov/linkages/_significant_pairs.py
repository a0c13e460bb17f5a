"""Pairs of members that meet more often than chance would have it, from a table of any library."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import narwhals as nw
import numpy as np
import pandas as pd
import scipy

from netinnov._arguments import check_number
from netinnov._dataframes import as_pandas
from netinnov._statistics import Correction, corrected
from netinnov.linkages._blocks import pairs_in_blocks
from netinnov.linkages._pairs import pairs
from netinnov.linkages._participations import as_cells, checked_rows, name_large_events

LARGEST_ERROR = 0.02
"""Of the logarithm of a probability made of nine factorials, each by `_log_factorial`."""


def validated_co_participation(
    incidence: Any,
    *,
    member: str,
    event: str,
    alpha: float = 0.05,
    correction: Correction = "fdr",
    progress: bool = True,
) -> pd.DataFrame:
    """Pairs of members that meet in more events than chance would have it.

    Parameters
    ----------
    incidence : dataframe
        One row a participation; a member listed twice in an event counts once. A table of any
        library that `co_participation` takes.
    member, event : str
        The columns with their ids.
    alpha : float
        Largest corrected p that is kept; 1 keeps all pairs that meet.
    correction : {"fdr", "holm"}
        Over all pairs of members, also those that never meet (their p is 1).
    progress : bool
        Show a bar with the pairs done and the time left, for a table of DuckDB.

    Returns
    -------
    DataFrame
        Of pandas: columns ``source``, ``target`` (text), ``weight`` (events in common),
        ``expected`` (their mean), ``p`` and ``p_corrected``, sorted by source and target.

    Raises
    ------
    InputError
        A column or an id is missing, or a column mixes numbers and text.

    Warns
    -----
    UserWarning
        The events of a table in memory have more than 10^8 pairs.

    See Also
    --------
    co_participation : All pairs that meet.
    netinnov.null_models.validated_projection : The same for a layer of a network.

    Notes
    -----
    Chance is hypergeometric: each member picks as many events as it has, all equally likely, and p
    is the probability of as many events in common or more.

    The library of ``incidence`` leaves out, while it adds up the pairs, those whose p cannot be
    small enough, so only candidates come into memory. Whether p is, is seen from the probability of
    exactly as many events in common, which is below p: even if all pairs that meet were kept,
    the largest p would be alpha times their share among all pairs (fdr). A table of DuckDB is
    worked through in blocks as `write_co_participation` does it.

    References
    ----------
    Tumminello, Micciche, Lillo, Piilo and Mantegna (2011), Statistically validated networks in
    bipartite complex systems, PLoS ONE 6.

    Examples
    --------
    >>> import pandas as pd
    >>> rows = pd.DataFrame({"firm": list("fffggghhh"), "project": [1, 2, 3, 1, 2, 3, 4, 5, 6]})
    >>> validated_co_participation(rows, member="firm", event="project", alpha=0.2)
      source target  weight  expected     p  p_corrected
    0      f      g     3.0       1.5  0.05         0.15
    """
    check_number("alpha", alpha, low=0, high=1)
    rows, _ = checked_rows(incidence, member=member, event=event)
    if rows.implementation.is_duckdb():
        met = pairs_in_blocks(rows, when=[], weighting="count", strengths=True, progress=progress)
        with met as (cells, blocks):
            return _significant(cells, blocks, alpha, correction)
    cells = as_cells(rows, [], grouped=False)
    name_large_events(cells, [], None)
    block = pairs(cells, by=[], weighting="count", strengths=True)
    return _significant(cells, iter([block]), alpha, correction)


def _significant(
    cells: Any, blocks: Iterator[Any], alpha: float, correction: Correction
) -> pd.DataFrame:
    """The pairs whose corrected p is at most alpha."""
    n_members, n_events, n_meetings = _sizes(cells)
    n_pairs = n_members * (n_members - 1) // 2
    n_met = min(n_meetings, n_pairs)
    # With a p above this one a pair's corrected p is above alpha, whatever the other p are.
    largest = {"fdr": alpha * n_met / max(n_pairs, 1), "holm": alpha / (n_pairs - n_met + 1)}
    largest_p = largest[correction] if alpha < 1 else 1.0  # no corrected p is above 1
    tables = [as_pandas(_with_small_p(block, n_events, largest_p).to_native()) for block in blocks]
    candidates = pd.concat(tables).sort_values(["source", "target"], ignore_index=True)
    degrees = candidates[["source_strength", "target_strength"]].to_numpy(np.int64)
    common = candidates["weight"].to_numpy(np.int64)
    # Pairs of the same degrees and as many common events share their p.
    kinds = np.column_stack([common, np.sort(degrees, axis=1)])
    cases, case = np.unique(kinds, axis=0, return_inverse=True)
    tail = scipy.stats.hypergeom.sf(cases[:, 0] - 1, n_events, cases[:, 1], cases[:, 2])
    p = np.asarray(tail, np.float64)[case.ravel()]
    adjusted = corrected(p, correction, size=n_pairs)
    result = pd.DataFrame(
        {
            "source": candidates["source"].astype("str"),
            "target": candidates["target"].astype("str"),
            "weight": common.astype(np.float64),
            "expected": degrees.prod(axis=1) / max(n_events, 1),
            "p": p,
            "p_corrected": adjusted,
        }
    )
    return result[adjusted <= alpha].reset_index(drop=True)


def _sizes(cells: Any) -> tuple[int, int, int]:
    """Members, events, and pairs of members of all events together."""
    k = nw.col("k")
    members = cells.group_by("unit").agg(nw.col("amount").sum().alias("k"))
    members = members.select(k.count().alias("members"))
    events = cells.group_by("event").agg(nw.col("amount").sum().alias("k"))
    events = events.select(k.count().alias("events"), (k * (k - 1) / 2).sum().alias("pairs"))
    members, events = as_pandas(members.to_native()), as_pandas(events.to_native())
    return int(members["members"][0]), int(events["events"][0]), int(events["pairs"][0])


def _with_small_p(met: Any, n_events: int, largest: float) -> Any:
    """Leave out pairs whose p is above ``largest``, and few others."""
    columns = ["source", "target", "weight", "source_strength", "target_strength"]
    common, picked, marked = (nw.col(name) for name in columns[2:])
    if largest < 0.5:  # up to the mean p is 0.5 or more: the median is not below its whole part
        met = met.filter(common * n_events > picked * marked)
    # marked of n_events balls are drawn picked times, and common are marked
    terms = {
        1: (marked, n_events - marked, picked, n_events - picked),
        -1: (
            *(common, marked - common, picked - common),
            *(n_events - marked - picked + common, nw.lit(float(n_events))),
        ),
    }
    log_p = sum(sign * _log_factorial(term) for sign, group in terms.items() for term in group)
    return met.filter(log_p <= float(np.log(max(largest, 1e-300))) + LARGEST_ERROR).select(columns)


def _log_factorial(n: Any) -> Any:
    """Stirling's series, which is wrong by less than 0.0006 from 0 on."""
    z = n + 1
    series = 1 / (12 * z) - 1 / (360 * z * z * z)
    return (z - 0.5) * z.log() - z + 0.5 * float(np.log(2 * np.pi)) + series
