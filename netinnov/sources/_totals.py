"""Rows and columns of totals among flows: they are sums of the others and no places."""

from __future__ import annotations

import numpy as np
import pandas as pd
from scipy import sparse

from netinnov._network.synonyms import is_total
from netinnov._runtime.arguments import examples
from netinnov._typing import Floats
from netinnov.errors import InputError

TOLERANCE = 0.005  # relative; published totals are of numbers before they were rounded
FEWEST = 3  # other places whose sums must agree: of fewer they may by chance


def without_totals(flows: pd.DataFrame, ids: pd.Series, table: str) -> pd.DataFrame:
    """Drop totals that are not read; refuse those that are."""
    names = ids.index
    sums = _sums_of_others(flows, names)
    named = pd.Series([is_total(name) for name in names], names)
    totals = named | sums
    called = ids.map(is_total) | (sums & ids.notna())
    if called.any():
        shown = examples(names[called.to_numpy(bool)])
        why = ", which sends and receives the sums of the others" * bool((sums & called).any())
        msg = f"{table} must hold flows between places, without totals; it has {shown}{why}. "
        msg += "Delete its rows and columns, or give a table of places without it (`places`). A "
        msg += "place that is really called so needs another name, such as 'Total (place)'."
        raise InputError(msg)
    if not totals.any():
        return flows
    sound = ~(flows["source"].map(totals) | flows["target"].map(totals)).to_numpy(bool)
    return flows[sound].reset_index(drop=True)


def _sums_of_others(flows: pd.DataFrame, names: pd.Index) -> pd.Series:
    """Names that send and receive as much as all others together, for each of them."""
    n = len(names)
    ends = [names.get_indexer(pd.Index(flows[end])) for end in ("source", "target")]
    weight = sparse.csr_array((flows["weight"].to_numpy(), tuple(ends)), shape=(n, n))
    loops = weight.diagonal()
    sent, received = (np.asarray(weight.sum(axis=axis)) for axis in (1, 0))
    total = np.zeros(n, bool)
    for inside in (loops, np.zeros(n)):  # sums without the flows inside a place, and with them
        half = [(sums - inside).sum() - (sums - inside) for sums in (sent, received)]
        to_it, from_it = received - loops, sent - loops
        near = (to_it > 0) & np.isclose(2 * to_it, half[0], rtol=TOLERANCE)  # of three at most
        for at in np.flatnonzero(near & np.isclose(2 * from_it, half[1], rtol=TOLERANCE)):
            others = np.arange(n) != at
            column, row = weight[:, [at]].toarray().ravel(), weight[[at], :].toarray().ravel()
            total[at] |= _agree(column[others], (sent - inside - column)[others]) and _agree(
                row[others], (received - inside - row)[others]
            )
    return pd.Series(total, names)


def _agree(sums: Floats, parts: Floats) -> bool:
    enough = np.count_nonzero(parts) >= FEWEST
    return bool(enough and np.allclose(sums, parts, rtol=TOLERANCE))
