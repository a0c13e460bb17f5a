"""Flows between places: moves of people, and firms with branches in several of them."""

from __future__ import annotations

import numpy as np
import pandas as pd
from scipy.sparse import csr_array, triu

from netinnov._public import suggests_keywords
from netinnov.linkages._records import ids, link_table, numbers, periods

__all__ = ["branches", "mobility"]


@suggests_keywords
def mobility(
    moves: pd.DataFrame, *, origin: str, destination: str, period: str | None = None
) -> pd.DataFrame:
    """Count the moves from each place to each other.

    Parameters
    ----------
    moves : DataFrame
        One row a move, such as a talent who changes the city or the employer.
    origin, destination : str
        The columns with the places it leads from and to.
    period : str, optional
        A column of whole numbers, which may be missing; the moves of each are counted apart.

    Returns
    -------
    DataFrame
        Columns ``source`` (origin), ``target`` (destination), ``weight`` (number of moves), and
        ``period`` if asked for; one row for each ordered pair with a move, sorted by the ids as
        text and then by period, missing last.

    Raises
    ------
    InputError
        A column or an id is missing, a column mixes numbers and text, or a period is no whole
        number.

    Notes
    -----
    The links are directed: ``build_network(..., directed=["mobility"])``. A stay, from a place to
    itself, is a self-link, which the network keeps and measures leave out.

    Examples
    --------
    >>> import pandas as pd
    >>> moves = pd.DataFrame({"from": ["quzhou", "quzhou"], "to": ["hangzhou", "hangzhou"]})
    >>> mobility(moves, origin="from", destination="to")
       source    target  weight
    0  quzhou  hangzhou     2.0
    """
    table = pd.DataFrame({"source": ids(moves, origin), "target": ids(moves, destination)})
    if period is not None:
        table["period"] = periods(moves, period)
    counts = table.groupby(list(table.columns), dropna=False).size()
    links = counts.rename("weight").astype(np.float64).reset_index()
    return links[["source", "target", "weight", *table.columns[2:]]]


@suggests_keywords
def branches(
    units: pd.DataFrame, *, firm: str, place: str, value: str | None = None
) -> pd.DataFrame:
    """Link the places in which the same firms have branches: the interlocking network model.

    Parameters
    ----------
    units : DataFrame
        One row a branch: a firm in a place.
    firm, place : str
        The columns with their ids.
    value : str, optional
        The column with the service value of the branch, 0 or more: by custom 0 (none) to 5
        (headquarters). Without it each row counts 1. Rows of one firm in one place add up.

    Returns
    -------
    DataFrame
        Columns ``source``, ``target`` (text) and ``weight``; one row for each pair of places that
        share a firm. The source comes before the target, and the rows are sorted, in the order of
        the ids as text.

    Raises
    ------
    InputError
        A column or an id is missing, a column mixes numbers and text, or a value is missing or
        below 0.

    Notes
    -----
    The weight of places i and j is the sum over firms f of v_if v_jf. The links are undirected,
    and the strength of a place is its gross connectivity. Links are potential flows, inferred
    from the firms' offices. The network is dense by construction, since a firm in k places links
    all of them: measures that read only degrees say little on it.

    References
    ----------
    Taylor, P. J. (2001). Specification of the world city network. Geographical Analysis 33,
    181-194.

    Examples
    --------
    >>> import pandas as pd
    >>> offices = pd.DataFrame({"firm": ["x", "x", "y", "y"], "city": ["a", "b", "a", "b"]})
    >>> branches(offices.assign(v=[5, 2, 1, 3]), firm="firm", place="city", value="v")
      source target  weight
    0      a      b    13.0
    """
    firms, _ = pd.factorize(ids(units, firm), sort=True)
    places, names = pd.factorize(ids(units, place), sort=True)
    worth = np.ones(firms.size)
    if value is not None:
        worth = numbers(units, value, pd.RangeIndex(len(units)), low=0.0)
    shape = (names.size, firms.max(initial=-1) + 1)
    table = csr_array((worth, (places, firms)), shape=shape)
    table.sum_duplicates()
    pairs = csr_array(triu(table @ table.T, k=1))
    pairs.sort_indices()
    source = np.repeat(np.arange(names.size), np.diff(pairs.indptr))
    return link_table(pd.Index(names), source, pairs.indices, pairs.data)
