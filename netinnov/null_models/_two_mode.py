"""Two-mode layers: random ones by trades of neighbours, and projections tested against chance."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
import pandas as pd
import scipy
from scipy import sparse

from netinnov._network.layer_table import why_untested
from netinnov._runtime.arguments import check_name, check_names, check_rng
from netinnov._runtime.threads import in_threads
from netinnov._typing import Amount, Codes, Mask, Rng, Share
from netinnov.errors import InputError
from netinnov.network import MultilayerNetwork
from netinnov.null_models._null_statistics import Correction, corrected
from netinnov.null_models._prepared import NullFamily, PreparedLayers
from netinnov.null_models._rewiring import State, chains_of, proposals, seed_words


@dataclass(frozen=True, slots=True)
class Curveball(NullFamily):
    """The null model of `curveball`: two-mode layers with neighbours traded at random.

    Parameters
    ----------
    trials, layers, through
        As in `curveball`.

    Examples
    --------
    >>> nodes = pd.DataFrame({"kind": ["firm"] * 2 + ["park"] * 2}, index=["f", "g", "p", "q"])
    >>> network = ni.build_network(
    ...     nodes, pd.DataFrame({"source": ["f", "g"], "target": ["p", "q"]})
    ... )
    >>> Curveball()(network, np.random.default_rng(3)).links["target"].tolist()
    ['q', 'p']
    """

    trials: Amount = 20
    layers: Sequence[str] | None = None
    through: str | Sequence[str] | None = None

    def _prepared(self, network: MultilayerNetwork, rng: np.random.Generator) -> Trades:
        chains = chains_of(network, self.layers, rng)
        sides = {layer: two_sides(network, layer, self.through) for layer in chains}
        return Trades(network, chains, sides, self.trials)


def curveball(
    network: MultilayerNetwork,
    *,
    trials: float = 20,
    layers: Sequence[str] | None = None,
    through: str | Sequence[str] | None = None,
    rng: Rng = None,
) -> MultilayerNetwork:
    """Randomise two-mode layers by trading neighbours.

    Parameters
    ----------
    network : MultilayerNetwork
        Its layers (or those in ``layers``) join two kinds of nodes each, as talents and firms.
    trials : float
        Trades per node of the kind that trades: the one with fewer nodes that have a link.
    layers : sequence of str, optional
        Layers to randomise; the others stay as they are. Default: all.
    through : str or sequence of str, optional
        The kinds of one side, if there are more than two kinds: with ``"project"`` every link
        joins a project with a node of any other kind.
    rng : None, int, SeedSequence or Generator
        Source of randomness; the result does not depend on the number of threads.

    Returns
    -------
    MultilayerNetwork
        As of `rewire`.

    Raises
    ------
    InputError
        A layer has a link inside a side, joins more than two kinds without ``through``, or is
        directed and runs both ways between the two sides.

    Notes
    -----
    In a trade, two nodes of one kind pool the neighbours that only one of them has, and split them
    at random so that each keeps its degree: in the end uniform over the 0/1 tables with the same
    margins, as by `rewire`. A link keeps its weight and its end of the kind that does not trade, so
    the strengths of that kind are preserved.

    References
    ----------
    Strona et al. (2014), Nature Communications 5. Carstens (2015), Physical Review E 91.

    Examples
    --------
    >>> nodes = pd.DataFrame({"kind": ["firm"] * 2 + ["park"] * 2}, index=["f", "g", "p", "q"])
    >>> links = pd.DataFrame({"source": ["f", "g"], "target": ["p", "q"]})
    >>> curveball(ni.build_network(nodes, links), rng=3).links["target"].tolist()
    ['q', 'p']
    """
    return Curveball(trials, layers, through)(network, check_rng(rng))


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
    >>> nodes = pd.DataFrame({"kind": ["firm"] * 2 + ["project"] * 4}, index=list("fgpqrs"))
    >>> links = pd.DataFrame({"source": list("fffgg"), "target": list("pqrpq"), "layer": "joins"})
    >>> network = ni.build_network(nodes, links)
    >>> validated_projection(network, layer="joins", onto="firm", alpha=1)[["weight", "p"]]
       weight    p
    0     2.0  1.0
    """
    kinds = network.storage.nodes["kind"]
    known = sorted(kinds.dropna().unique().tolist())
    listed = check_names("onto", [onto] if isinstance(onto, str) else onto, known)
    sides = two_sides(network, layer, listed)
    why_untested(network.storage.records, [layer])
    block = network.storage.block(layer)
    row, column = sides.ends(block.sources, block.indices)
    members = sides.rows
    events = sides.columns
    if not kinds.iloc[members].isin(listed).all():
        row, column, members, events = column, row, events, members
    at = np.searchsorted(members, row), np.searchsorted(events, column)
    table = sparse.csr_array((np.ones(row.size), at), shape=(members.size, events.size))
    meet = sparse.csr_array(sparse.triu(table @ table.T, k=1))
    meet.sort_indices()
    (i, j) = meet.tocoo().coords
    common = meet.data.astype(np.int64)
    degree = np.diff(table.indptr)
    # Pairs of the same degrees and as many common events share their p.
    low, high = np.sort([degree[i], degree[j]], axis=0)
    cases, case = np.unique(np.column_stack([low, high, common]), axis=0, return_inverse=True)
    tail = scipy.stats.hypergeom.sf(cases[:, 2] - 1, events.size, cases[:, 0], cases[:, 1])
    p = np.asarray(tail, np.float64)[case.ravel()] if len(cases) else np.empty(0)
    adjusted = corrected(p, correction, size=members.size * (members.size - 1) // 2)
    index = network.storage.node_names
    ends = {"source": index.take(members[i]), "target": index.take(members[j])}
    numbers = {"weight": common.astype(np.float64), "p": p, "p_corrected": adjusted}
    return pd.DataFrame(ends | numbers)[adjusted <= alpha].reset_index(drop=True)


@dataclass(frozen=True, slots=True)
class Trades(PreparedLayers):
    sides: Mapping[str, Sides]
    trials: float

    def draw(self, rng: np.random.Generator) -> MultilayerNetwork:
        return self.network_of(self.advance(self.start(), rng))

    def advance(self, states: Sequence[State], rng: np.random.Generator) -> list[State]:
        words = seed_words(rng, len(self.sides))[:, 0] | np.array([0, 1], np.uint64)
        work = []
        for state, sides, seed in zip(states, self.sides.values(), words, strict=True):
            steps = proposals(self.trials * sides.rows.size)
            work.append(partial(_traded, state, sides, steps, seed))
        size = 2 * round(self.trials * sum(state.source.size for state in states))
        return in_threads(work, size)


class Sides(NamedTuple):
    rows: Codes
    columns: Codes
    in_rows: Mask  # of all nodes

    def ends(self, source: Codes, target: Codes) -> tuple[Codes, Codes]:
        forward = self.in_rows[source]
        return np.where(forward, source, target), np.where(forward, target, source)


def joins_two_kinds(network: MultilayerNetwork, layer: str) -> bool:
    pairs = _pairs_of_kinds(network, layer)
    return len(pairs) == 1 and 0 <= pairs[0, 0] < pairs[0, 1]


def two_sides(
    network: MultilayerNetwork,
    layer: str,
    through: str | Sequence[str] | None = None,
    *,
    both_ways: bool = False,
) -> Sides:
    """Sides of a two-mode layer, rows being the smaller; ``both_ways``: links run either way."""
    check_name("layer", layer, network.layers)
    names = sorted(network.storage.nodes["kind"].dropna().unique().tolist())
    pairs = _pairs_of_kinds(network, layer)
    # The entry at the end is for nodes without a kind, whose code is -1.
    first_side = np.zeros(len(names) + 1, np.bool_)
    if through is None:
        first_side[pairs[:1, 0]] = True
        rule = "joins two kinds of nodes, every link one of each"
    else:
        listed = check_names("through", [through] if isinstance(through, str) else through, names)
        first_side[[names.index(name) for name in listed]] = True
        rule = f"joins nodes of {', '.join(map(repr, listed))} with others"
    crossing = first_side[pairs[:, 0]] != first_side[pairs[:, 1]]
    if not crossing.all() or (through is None and not joins_two_kinds(network, layer)):
        wrong = pairs if through is None else pairs[~crossing]
        kinds = [[repr(names[code]) if code >= 0 else "no kind" for code in pair] for pair in wrong]
        shown = ", ".join(map(" and ".join, kinds[:5]))
        raise InputError(
            f"a two-mode layer {rule}; layer {layer!r} joins {shown}. Choose such layers by "
            "`layers`, name the kinds of one side by `through`, or use rewire()."
        )
    block = network.storage.block(layer)
    in_first = first_side[network.storage.kind_codes]
    forward = in_first[block.sources]
    one_way = layer not in network.directed or forward.all() or not forward.any()
    if not one_way and not both_ways:
        msg = f"layer {layer!r} is directed and runs both ways between its two sides; use rewire()."
        raise InputError(msg)
    linked = np.union1d(block.sources, block.indices)
    first = linked[in_first[linked]]
    second = linked[~in_first[linked]]
    fewer = second.size < first.size
    return Sides(second, first, ~in_first) if fewer else Sides(first, second, in_first)


def _pairs_of_kinds(network: MultilayerNetwork, layer: str) -> npt.NDArray[np.integer]:
    """Sorted codes of the pairs of kinds that links join; -1 is no kind."""
    kind = network.storage.kind_codes
    block = network.storage.block(layer)
    pairs = np.column_stack([kind[block.sources], kind[block.indices]])
    return np.unique(np.sort(pairs, axis=1), axis=0)


def _traded(start: State, sides: Sides, steps: int, seed: npt.NDArray[np.uint64]) -> State:
    from netinnov.kernels.exchanges import trade

    if sides.rows.size < 2 or steps == 0:
        return start
    row, column = sides.ends(start.source, start.target)
    order = np.argsort(row, kind="stable")
    row_code = np.searchsorted(sides.rows, row[order])
    indices = np.searchsorted(sides.columns, column[order]).astype(np.int32)
    indptr = np.searchsorted(row_code, np.arange(sides.rows.size + 1)).astype(np.int64)
    traded, weight = trade(indptr, indices, start.weight[order], sides.columns.size, steps, seed)
    ends: tuple[Codes, Codes] = (sides.rows[row_code], sides.columns[traded])
    # The end that was the source goes on being it: that matters in a directed layer only.
    return State(*(ends if sides.in_rows[start.source].all() else ends[::-1]), weight)
