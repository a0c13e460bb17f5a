"""PageRank on the coupled network."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import Annotated

import numpy as np
import pandas as pd

from netinnov._network.paths import positions
from netinnov._network.rows import Block
from netinnov._runtime.threads import in_threads
from netinnov._typing import Amount, Floats, Is, Mask, Presence
from netinnov.centrality._coupled_states import Coupled, coupled
from netinnov.errors import InputError
from netinnov.network import MultilayerNetwork

PRECISION = 1e-12  # of the scores, whose total is 1
MANY_STATES = 500  # from which on the kernel of a directed search is worth compiling


def pagerank(
    network: MultilayerNetwork,
    *,
    coupling: Amount = 1.0,
    damping: Annotated[float, Is(low=0, high=1, below=True)] = 0.85,
    presence: Presence = "linked",
    nodes: Sequence[str] | None = None,
) -> pd.Series:
    """PageRank versatility: the scores of a node's copies on the coupled network, summed.

    On N state nodes r = d P' r + (1 - d) / N, P the row-normalised supra-adjacency; states without
    out-links jump uniformly. muxViz divides by the largest value; its tables are
    those of ``coupling=0, presence="all"``. Self-links do not count. The linear system is solved to
    1e-12 of the total. De Domenico et al. (2015), see `eigenvector_centrality`.

    Parameters
    ----------
    network : MultilayerNetwork
        Any network; in directed layers being pointed at counts.
    coupling : float
        Weight between every two copies of a node, at least 0.
    damping : float
        Chance d to go along a link, from 0 to below 1.
    presence : {"linked", "all"}
        "linked": a node is in a layer only where it has a link; jumps are uniform over states, so a
        node in many layers is reached by more of them. "all": every node is in every layer, so that
        one without a link keeps its jumps and can outrank linked ones.
    nodes : sequence of str, optional
        Nodes to which jumps lead; the others only hand on what reaches them along links, as a park
        that a scenario adds should. Default: all.

    Returns
    -------
    Series
        Total 1, over `nodes`; 0 for a node without a link, unless with "all". NaN if there is no
        state to jump to.

    Raises
    ------
    InputError
        If the scores cannot be solved for so near to damping 1.

    Examples
    --------
    >>> network = ni.build_network(pd.DataFrame({"source": ["a", "b"], "target": ["b", "c"]}))
    >>> pagerank(network).round(4).tolist()
    [0.2568, 0.4865, 0.2568]
    """
    coupling = float(coupling)  # a whole number can be too large for arrays
    index = network.storage.node_names
    present = network.storage.presence(presence)
    chosen = positions(network, nodes)
    jumps = np.zeros_like(present)
    jumps[:, chosen] = present[:, chosen]
    if not jumps.any():
        return pd.Series(np.full(network.n_nodes, np.nan), index, name="pagerank")
    base = jumps * ((1 - damping) / jumps.sum())
    if network.directed:
        scores = _directed(coupled(network, coupling, presence), base, damping)
    else:
        with np.errstate(over="ignore", invalid="ignore"):  # weights too far apart: told below
            scores = _undirected(network.storage.blocks, present, coupling, base, damping)
    if scores is None:
        raise InputError(
            f"pagerank does not converge at damping {damping:g} and coupling {coupling:g}; "
            "use a smaller damping."
        )
    score = scores.sum(axis=0)
    return pd.Series(score / score[chosen].sum(), index, name="pagerank")


# With D the out-strengths and S the supra-adjacency, r solves (I - d S' D^-1) r = base. Jumps from
# states that lead nowhere add the same to every state: they scale r. Both searches begin at the
# solution for d = 1 and no direction.


def _directed(weights: Coupled, base: Floats, damping: float) -> Floats | None:
    """For y = D^(-1/2) r, which is nearer to symmetric."""
    # Column sums of what leads into each state.
    out = np.asarray(weights.links.sum(axis=0), np.float64).reshape(base.shape)
    _complete(out, weights.present, weights.coupling)
    scale = np.sqrt(out).ravel()
    right = base.ravel() / scale
    share = damping / scale
    least = PRECISION * float(np.linalg.norm(right))
    if out.size < MANY_STATES:
        solution = _solved(weights, share, scale, right, least)
        return None if solution is None else (scale * solution).reshape(out.shape)
    from netinnov.kernels.products import solve_flow

    links = weights.links
    scores = weights.present.ravel() * (scale / out.sum(where=weights.present))
    arrays = links.indptr, links.indices, links.data, weights.present, weights.coupling
    solved = solve_flow(*arrays, share, scale, right, least, 10 * out.size, (scores,))
    return (scale * scores).reshape(out.shape) if solved else None


def _solved(
    weights: Coupled, share: Floats, scale: Floats, right: Floats, least: float
) -> Floats | None:
    """What `solve_flow` solves, by elimination: nothing is compiled for a small network."""
    slots, n = weights.present.shape
    node = np.tile(np.arange(n), slots)
    copies = (node[:, None] == node) & ~np.eye(node.size, dtype=bool)
    coupled = weights.coupling * copies * weights.present.reshape(-1, 1)
    system = np.eye(node.size) - share[:, None] * (weights.links.toarray() + coupled) / scale
    try:
        solution: Floats = np.linalg.solve(system, right)
    except np.linalg.LinAlgError:
        return None
    return solution if np.linalg.norm(system @ solution - right) <= least else None


def _undirected(
    blocks: tuple[Block, ...], present: Mask, coupling: float, base: Floats, damping: float
) -> Floats | None:
    """For u = D^-1 r, which solves (D - d S) u = base: conjugate gradients, preconditioned by D.

    On the network's own arrays, 12 bytes a link, and in place: fresh arrays of this size in each
    step would cost page faults.
    """
    from netinnov.kernels.products import add_symmetric_product

    def add_links(factor: float, vector: Floats, product: Floats) -> None:
        layers = zip(blocks, zip(vector, product, strict=True), strict=True)
        work = [partial(add_symmetric_product, *block, factor, own) for block, own in layers]
        in_threads(work, sum(block.indices.size for block in blocks))

    out = np.zeros(present.shape)
    add_links(1.0, present.astype(np.float64), out)
    _complete(out, present, coupling)
    # A state is not coupled to itself: that is taken out of the sums over the copies of a node.
    joined = damping * coupling * present
    diagonal = out + joined
    accepted = PRECISION * np.sqrt(np.vdot(base, base / out))
    residual = base
    size = np.inf
    direction = present / out.sum(where=present)
    solution = np.zeros_like(out)
    flow = np.empty_like(out)
    spare = np.empty_like(out)
    for _ in range(10 * out.size):
        np.multiply(diagonal, direction, out=flow)
        flow -= np.multiply(joined, direction.sum(axis=0), out=spare)
        add_links(-damping, direction, flow)
        # The first step goes to the start.
        length = 1.0 if np.isinf(size) else size / np.vdot(direction, flow)
        solution += np.multiply(length, direction, out=spare)
        residual -= np.multiply(length, flow, out=spare)
        np.divide(residual, out, out=spare)
        size, before = float(np.vdot(residual, spare)), size
        if np.sqrt(size) < accepted:
            return np.asarray(out * solution)
        if not np.isfinite(size):
            return None
        direction *= size / before
        direction += spare
    return None


def _complete(out: Floats, present: Mask, coupling: float) -> None:
    out += coupling * (present.sum(axis=0) - 1)
    leads = present & (out > 0)
    # Others hand nothing on: any scale would do, and theirs is that of the weights.
    out[~leads] = out[leads].mean() if leads.any() else 1.0
