"""Networks drawn uniformly among all with the same degrees, and further constraints."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from typing import ClassVar, get_args

import numpy as np
import numpy.typing as npt

from netinnov._runtime.arguments import check_rng
from netinnov._runtime.threads import in_threads
from netinnov._typing import Amount, Rng
from netinnov.network import MultilayerNetwork
from netinnov.null_models._prepared import NullFamily, PreparedLayers
from netinnov.null_models._rewiring import Preserve, State, chains_of, proposals, seed_words


@dataclass(frozen=True, slots=True)
class Rewire(NullFamily):
    """The null model of `rewire`: links whose ends are exchanged at random, inside each layer.

    Parameters
    ----------
    preserve, trials, layers, bins
        As in `rewire`. In a serial test (see `compare_with_null`) `trials` may be less than 1.

    Examples
    --------
    >>> cities = ni.datasets.make_city_system(n_cities=8, rng=1)
    >>> Rewire(trials=40)(cities, np.random.default_rng(1)).n_links == cities.n_links
    True
    """

    preserve: Sequence[Preserve] = ("degree",)
    trials: Amount = 20
    layers: Sequence[str] | None = None
    bins: npt.ArrayLike | None = None
    _preserves: ClassVar = get_args(Preserve)

    def _prepared(self, network: MultilayerNetwork, rng: np.random.Generator) -> RewiringChains:
        chains = chains_of(network, self.layers, rng, self.preserve, self.bins)
        return RewiringChains(network, chains, self.trials)


@dataclass(frozen=True, slots=True)
class RewiringChains(PreparedLayers):
    trials: float

    def draw(self, rng: np.random.Generator) -> MultilayerNetwork:
        chains = self.chains.values()
        steps = [round(self.trials * chain.size) for chain in chains]
        each = zip(chains, steps, seed_words(rng, len(chains)), strict=True)
        work = [partial(chain.advance, chain.start, many, seeds) for chain, many, seeds in each]
        return self.network_of(in_threads(work, sum(steps)))

    def advance(self, states: Sequence[State], rng: np.random.Generator) -> list[State]:
        """Steps as probable backwards: one proposal less than a multiple of the pace."""
        after = []
        words = seed_words(rng, len(self.chains))
        for chain, state, seeds in zip(self.chains.values(), states, words, strict=True):
            steps = proposals(self.trials * chain.size)
            more = (-steps - 1) % chain.pace if steps else 0
            after.append(chain.advance(state, steps + more, seeds))
        return after


def rewire(
    network: MultilayerNetwork,
    *,
    preserve: Sequence[Preserve] = ("degree",),
    trials: float = 20,
    rng: Rng = None,
    layers: Sequence[str] | None = None,
    bins: npt.ArrayLike | None = None,
) -> MultilayerNetwork:
    """Exchange the ends of links at random, inside each layer.

    Parameters
    ----------
    network : MultilayerNetwork
        Any network.
    preserve : sequence of str
        What is preserved besides the degrees (directed: in and out), which always are:

        - ``"kind"``, ``"place"``: the number of links between any two kinds (places), by
          direction in directed layers; with both, between any pairs of kind and place. Nodes
          without one are a class.
        - ``"distance"``: the number of links in each bin of ``bins``, exactly.
        - ``"distance_expected"``: that number in expectation; see Notes.
        - ``"strength"``: strengths (directed: in and out), approximately; see Notes.
    trials : float
        Proposals per link and layer, rejected ones among them. See `mixing`.
    rng : None, int, SeedSequence or Generator
        Source of randomness; the result does not depend on the number of threads.
    layers : sequence of str, optional
        Layers to rewire; the others stay as they are. Default: all.
    bins : array_like, optional
        Increasing edges of the bins of distance, in the unit of the network (`distance_unit`):
        [a, b), the last one closed; lengths outside them form one more bin. Default: the deciles
        of each layer's lengths, equal ones merged.

    Returns
    -------
    MultilayerNetwork
        The same nodes, places and records of layers; the links have new ends, and no period and no
        attributes in the layers rewired.

    Raises
    ------
    InputError
        An unknown name in `preserve` or `layers`, distances preserved where an end has no
        coordinates, or `bins` without effect.

    See Also
    --------
    mixing : Whether `trials` is enough.
    curveball : Faster mixing in two-mode layers.
    compare_with_null : A measure against many such networks.

    Notes
    -----
    Periods are summed first; self-links stay. A proposal that would create a self-link or an
    existing link is rejected: the result is uniform over simple graphs. Layers are rewired
    independently, so overlap between layers is lost.

    Every proposal is as likely as its reverse, so the chain is uniform over the graphs that it
    reaches: all with the same degrees (in directed layers by the reversal of directed triangles,
    too). Where kinds, places or distances are preserved, ends are exchanged between nodes of one
    class, and a change of a bin is rejected. That alone need not reach all graphs, so every
    sixteenth proposal (in layers of up to 64 links: every second) is an excursion: a random number
    of exchanges that preserve degrees only, undone unless the result satisfies all constraints. In
    a large layer a graph that needs a long excursion is rare beyond any usual number of trials.

    Then the weights of a layer are dealt at random over its links, so strengths change; where kinds
    or places are preserved, those of each pair of classes over its own links. With ``trials=0``
    that is all that happens. With ``"strength"`` the weights are then exchanged between links by
    simulated annealing until the errors of all strengths together are 1 % of their sum, or 200
    exchanges a link (at least 200,000) have been tried; with ``trials=0`` nothing happens.
    ``"distance_expected"`` is a Metropolis chain with one weight a bin, found by stochastic
    approximation: single draws differ, and an empty bin is given a tenth of a link.

    References
    ----------
    Rao, Jana and Bandyopadhyay (1996), A Markov chain Monte Carlo method for generating random
    (0,1)-matrices with given marginals, Sankhya A 58. Fosdick et al. (2018), SIAM Review 60.

    Examples
    --------
    >>> network = ni.build_network(pd.DataFrame({"source": list("abcd"), "target": list("bcde")}))
    >>> ni.centrality.degree(rewire(network, rng=1)).equals(ni.centrality.degree(network))
    True
    """
    return Rewire(preserve, trials, layers, bins)(network, check_rng(rng))
