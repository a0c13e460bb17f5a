"""Pairs that meet in an event, from a table of participations."""

from __future__ import annotations

from typing import Any

import narwhals as nw
import numpy as np

from netinnov.linkages._large_events import LargeEvents, as_limit
from netinnov.linkages._pairs import pairs
from netinnov.linkages._pairs_sql import Weighting
from netinnov.linkages._participations import as_cells, checked_rows, name_large_events
from netinnov.linkages._records import links


def co_participation(
    incidence: Any,
    *,
    member: str,
    event: str,
    weighting: Weighting = "count",
    period: str | None = None,
    by: str | None = None,
    max_members: int | None = None,
    large_events: LargeEvents = "drop",
    expected: bool = False,
    rng: int | np.random.SeedSequence | np.random.Generator | None = None,
) -> Any:
    """Link all members of an event to one another, and add up over the events.

    Parameters
    ----------
    incidence : dataframe
        One row a participation; a member listed twice in an event counts once. A table of
        pandas, Polars, PyArrow, DuckDB, Spark, Dask or any other library that narwhals knows.
    member, event : str
        The columns with their ids.
    weighting : {"count", "newman", "full"}
        What a pair gets from an event of k members: 1; 1 / (k - 1), so that each member hands out
        one unit; or 2 / (k (k - 1)), so that the event hands out one unit.
    period : str, optional
        A column of whole numbers, which may be missing. With it members meet in an event only if
        they take part in the same period, and are added up within each.
    by : str, optional
        A column with the group of a member, such as its city: the links are those between groups,
        as `aggregate` makes them of the links between members. Pairs inside a group are the
        group's link with itself. The members of an event are added up by group before they are
        joined, so that the pairs of members are never made.
    max_members : int, optional
        Events with more members are large. A warning counts them and names the largest, for which
        a lazy table is computed once more.
    large_events : {"drop", "sample"}
        Leave large events out; or keep about ``max_members`` members of each, drawn at random, and
        multiply what their pairs get so that the weights are right on average.
    expected : bool
        Also tell the weight that each pair has on average if all participations are dealt at
        random, each member keeping its number of events and each event its number of members.
        Sampling does not change it.
    rng : int, SeedSequence or Generator, optional
        Of the sample. One number gives the same sample in every library.

    Returns
    -------
    dataframe
        Columns ``source``, ``target`` (text) and ``weight``; one row for each pair that met. The
        source comes before the target in the order of the ids as text. With a sample also a column
        ``standard_error`` of the weight (0 without large events); with ``expected`` a column of
        that name; with ``period`` a column ``period``, and one row for each pair and period. A
        table of the library of ``incidence``: in memory with sorted rows (by period first, missing
        last), so that the result does not depend on the order of ``incidence``; a lazy table stays
        lazy, its rows in no order.

    Raises
    ------
    InputError
        A column or an id is missing, a column mixes numbers and text, a period is not a whole
        number, or there is no such weighting.

    Warns
    -----
    UserWarning
        Events are left out or sampled, or the events of a table in memory have more than 10^8
        pairs.

    See Also
    --------
    project : The same for a layer of a network.

    Notes
    -----
    The links are undirected. An event with one member adds none, so a member that only has such
    events is not in the result. A member with two groups in one event counts once in each.

    Expected is a_i a_j times the sum over the events of w(k) k (k - 1) / (m (m - 1)), w(k) being
    what a pair gets from an event of k members, a_i the participations of i and m those of all;
    inside a group it is a_i (a_i - 1) / 2 times this sum. It is the mean over all ways of dealing
    the participations, of those of one period if ``period`` is given. The expected weights of all
    pairs, also of those that never meet and of a member with itself, add up to the weights. With
    Newman's weighting and no event of one member it is a_i a_j / (m - 1), the null of modularity.

    In a sample each member of an event of k > ``max_members`` is kept with probability
    q = ``max_members`` / k, any four members independently (Wegman and Carter), and a pair gets
    1 / q^2 times its share: by Horvitz and Thompson (1952) both the weight and the square of its
    standard error have the right mean. A pair that only meets in large events is not in the result
    if it is not kept, so these weights are to be added up, as in the strength of a node, and not to
    be counted. Members of large events are numbered in one task of Spark or Dask.

    The ids of a lazy table are not checked: a row without a member or group counts as
    ``"<missing>"``, one without an event meets nobody and is left out.

    References
    ----------
    Horvitz, D. G. and Thompson, D. J. (1952). A generalization of sampling without replacement
    from a finite universe. Journal of the American Statistical Association 47, 663-685.

    Newman, M. E. J. (2001). Scientific collaboration networks. II. Shortest paths, weighted
    networks, and centrality. Physical Review E 64, 016132.

    Wegman, M. N. and Carter, J. L. (1981). New hash functions and their use in authentication and
    set equality. Journal of Computer and System Sciences 22, 265-279.

    Examples
    --------
    >>> import pandas as pd
    >>> projects = pd.DataFrame({"firm": ["a", "b", "c", "a", "b"], "project": [1, 1, 1, 2, 2]})
    >>> co_participation(projects, member="firm", event="project", weighting="newman")
      source target  weight
    0      a      b     1.5
    1      a      c     0.5
    2      b      c     0.5
    """
    limit = as_limit(max_members, large_events, rng)
    rows, when = checked_rows(
        incidence, member=member, event=event, weighting=weighting, period=period, by=by
    )
    cells = as_cells(rows, when, grouped=by is not None)
    name_large_events(cells, when, limit)
    if limit is not None and limit.sampled:
        cells = as_cells(rows, when, grouped=by is not None, limit=limit)
    met = pairs(
        cells, by=when, weighting=weighting, inside=by is not None, limit=limit, strengths=expected
    )
    return links(with_expected(met) if expected else met, [*when[:1], "source", "target"])


def with_expected(met: Any) -> Any:
    """Pairs with the weight that they have on average if the members are dealt at random."""
    source, target = nw.col("source_strength"), nw.col("target_strength")
    own = source * (source - 1) / 2
    n_pairs = nw.when(nw.col("source") == nw.col("target")).then(own).otherwise(source * target)
    return met.with_columns(expected=n_pairs * nw.col("rate"))
