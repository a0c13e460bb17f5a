"""Projections of two-mode layers that keep only pairs who meet more often than chance."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Literal

import numpy as np
import numpy.typing as npt
import pandas as pd
import scipy
from scipy import sparse

from netinnov._network.significance import why_untested
from netinnov._runtime.arguments import check_names, check_number
from netinnov._typing import Floats, Integers
from netinnov.errors import InputError
from netinnov.network import MultilayerNetwork
from netinnov.null_models._curveball import two_sides
from netinnov.null_models._max_entropy import ensembles
from netinnov.null_models._null_statistics import Correction, corrected

ProjectionNull = Literal["hypergeometric", "bicm"]


def validated_projection(
    network: MultilayerNetwork,
    *,
    layer: str,
    onto: str | Sequence[str] | None = None,
    through: str | Sequence[str] | None = None,
    method: ProjectionNull = "hypergeometric",
    alpha: float = 0.05,
    correction: Correction = "fdr",
) -> pd.DataFrame:
    """Pairs of one kind that meet in more nodes of the other than chance would have it.

    Parameters
    ----------
    network : MultilayerNetwork
        Any network with a two-mode layer.
    layer : str
        That layer: each of its links joins a node of the kinds ``onto`` with one of other kinds.
    onto, through : str or sequence of str
        Give one of the two: the kinds whose pairs are looked for, or the kinds that they meet in.
    method : {"hypergeometric", "bicm"}
        What chance is. Hypergeometric: each member picks as many events as it has, all equally
        likely. Bicm: members and events have their degrees on average (`max_entropy`), so that
        meeting in a large event counts less.
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
        A layer that is tested is modelled (`MultilayerNetwork.layer_table`): p tests the model.

    See Also
    --------
    netinnov.linkages.project : All pairs that meet.

    Notes
    -----
    p is the probability of as many events in common or more. Directions, weights and periods of
    the layer play no part. Under bicm the number of common events is a sum of independent
    events of unequal probability; its tail is computed exactly, with small p to full precision.

    References
    ----------
    Tumminello, Micciche, Lillo, Piilo and Mantegna (2011), Statistically validated networks in
    bipartite complex systems, PLoS ONE 6. Saracco, Straka, Di Clemente, Gabrielli, Caldarelli and
    Squartini (2017), Inferring monopartite projections of bipartite networks: an entropy-based
    approach, New Journal of Physics 19.

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
    check_number("alpha", alpha, low=0, high=1)
    if (onto is None) == (through is None):
        msg = f"give either `onto` or `through`; found onto={onto!r} and through={through!r}."
        raise InputError(msg)
    kinds = network.storage.nodes["kind"]
    argument = "onto" if through is None else "through"
    names: Any = onto if through is None else through
    known = sorted(kinds.dropna().unique().tolist())
    listed = check_names(argument, [names] if isinstance(names, str) else names, known)
    sides = two_sides(network, layer, listed)
    why_untested(network, [layer])
    block = network.storage.block(layer)
    source = block.sources
    row = np.where(sides.rows_at_source, source, block.indices)
    column = np.where(sides.rows_at_source, block.indices, source)
    members, events = sides.rows, sides.columns
    named = bool(kinds.iloc[members].isin(listed).all())
    if named != (onto is not None):
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
    if method == "hypergeometric":
        tail = scipy.stats.hypergeom.sf(
            cases[:, 2] - 1, events.size, degrees[cases[:, 0]], degrees[cases[:, 1]]
        )
    else:
        tail = _bicm_tails(network, layer, listed, cases, members)
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


def _bicm_tails(
    network: MultilayerNetwork,
    layer: str,
    one_side: list[str],
    cases: Integers,
    members: npt.NDArray[np.int32],
) -> Floats:
    from netinnov.kernels.poisson_binomial import poisson_binomial_tails

    (model,) = ensembles(network, layer, one_side)
    probability, times = model.probability, np.diff(model.column_begin)
    if not np.array_equal(np.sort(model.rows), members):
        probability, times = probability.T, np.diff(model.row_begin)
    least = cases[:, 2].copy()
    one, two = cases[:, 0].copy(), cases[:, 1].copy()
    tails: Floats = poisson_binomial_tails(
        np.ascontiguousarray(probability), times, one, two, least
    )
    return tails
