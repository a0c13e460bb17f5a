"""Projections of two-mode layers that keep only pairs who meet more often than chance."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd
import scipy
from scipy import sparse

from netinnov._network.significance import why_untested
from netinnov._runtime.arguments import check_names
from netinnov._typing import Share
from netinnov.network import MultilayerNetwork
from netinnov.null_models._curveball import two_sides
from netinnov.null_models._null_statistics import Correction, corrected


def validated_projection(
    network: MultilayerNetwork,
    *,
    layer: str,
    onto: str | Sequence[str],
    alpha: Share = 0.05,
    correction: Correction = "fdr",
) -> pd.DataFrame:
    """Pairs of one kind that meet in more nodes of the other than chance would have it.

    Parameters
    ----------
    network : MultilayerNetwork
        Any network with a two-mode layer.
    layer : str
        That layer: each of its links joins a node of the kinds ``onto`` with one of other kinds.
    onto : str or sequence of str
        The kinds whose pairs are looked for.
    alpha : float
        Largest corrected p that is kept; 1 keeps all pairs that meet.
    correction : {"fdr", "holm"}
        Over all pairs of members with a link, also those that never meet (their p is 1).

    Returns
    -------
    DataFrame
        Columns ``source``, ``target`` (in node order), ``weight`` (events in common), ``p`` and
        ``p_corrected``; sorted by source and target. As for `with_links`.

    Raises
    ------
    InputError
        A link of the layer joins two nodes of one side, or a name is not in the network.

    Warns
    -----
    UserWarning
        The layer is modelled (`MultilayerNetwork.layer_table`): p tests the model.

    See Also
    --------
    netinnov.linkages.project : All pairs that meet.

    Notes
    -----
    p is the probability of as many events in common or more if each member picked as many events
    as it has at random (hypergeometric). Directions, weights and periods play no part.

    References
    ----------
    Tumminello et al. (2011), Statistically validated networks in bipartite systems, PLoS ONE 6.

    Examples
    --------
    >>> import pandas as pd, netinnov as ni
    >>> nodes = pd.DataFrame({"kind": ["firm"] * 2 + ["project"] * 6}, index=list("fgpqrstu"))
    >>> links = pd.DataFrame({"source": list("fffggg"), "target": list("pqrpqr")})
    >>> network = ni.build_network(nodes, links.assign(layer="takes part"))
    >>> validated_projection(network, layer="takes part", onto="firm", alpha=1)
      source target  weight    p  p_corrected
    0      f      g     3.0  1.0          1.0
    """
    kinds = network.storage.nodes["kind"]
    known = sorted(kinds.dropna().unique().tolist())
    listed = check_names("onto", [onto] if isinstance(onto, str) else onto, known)
    sides = two_sides(network, layer, listed)
    why_untested(network, [layer])
    block = network.storage.block(layer)
    source = block.sources
    row = np.where(sides.rows_at_source, source, block.indices)
    column = np.where(sides.rows_at_source, block.indices, source)
    members, events = sides.rows, sides.columns
    if not kinds.iloc[members].isin(listed).all():
        row, column, members, events = column, row, events, members
    row, column = np.searchsorted(members, row), np.searchsorted(events, column)
    shape = (members.size, events.size)
    table = sparse.csr_array((np.ones(row.size), (row, column)), shape=shape)
    meet = sparse.triu(table @ table.T, k=1).tocoo()
    i, j, common = meet.row, meet.col, meet.data.astype(np.int64)
    order = np.lexsort((j, i))
    i, j, common = i[order], j[order], common[order]
    degree = np.bincount(row, minlength=members.size)
    # Pairs of the same degrees and as many common events share their p.
    degrees, degree_class = np.unique(degree, return_inverse=True)
    low = np.minimum(degree_class[i], degree_class[j])
    high = np.maximum(degree_class[i], degree_class[j])
    cases, case = np.unique(np.column_stack([low, high, common]), axis=0, return_inverse=True)
    tail = scipy.stats.hypergeom.sf(
        cases[:, 2] - 1, events.size, degrees[cases[:, 0]], degrees[cases[:, 1]]
    )
    p = np.asarray(tail, np.float64)[case.ravel()] if len(cases) else np.empty(0)
    adjusted = corrected(p, correction, size=members.size * (members.size - 1) // 2)
    index = network.storage.nodes.index
    result = pd.DataFrame(
        {
            "source": index.take(members[i]),
            "target": index.take(members[j]),
            "weight": common.astype(np.float64),
            "p": p,
            "p_corrected": adjusted,
        }
    )
    return result[adjusted <= alpha].reset_index(drop=True)
