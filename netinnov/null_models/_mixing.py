"""How fast the chain of `rewire` forgets where it began."""

from __future__ import annotations

import math
from dataclasses import dataclass, fields

import numpy as np
import pandas as pd

from netinnov._runtime.arguments import check_rng
from netinnov._runtime.display import Displayed
from netinnov._typing import Floats, Rng
from netinnov.errors import InputError
from netinnov.network import MultilayerNetwork
from netinnov.null_models._rewire import Rewire
from netinnov.null_models._rewiring import Chain, link_keys, seed_words

_REWIRE = Rewire()

_LEAST = 50  # autocorrelation times in the second half of a chain below which they are not trusted
_WANTED = 100  # as many of them end the chain
_DEALINGS = 9  # draws at the end of a chain that are looked at for their weights
# Limits of a chain: trials a link, proposals in all
_MOST_TRIALS = 5_000
_MOST_PROPOSALS = 200_000_000


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Mixing(Displayed):
    """What one long chain a layer shows.

    Attributes
    ----------
    acceptance : Series
        Share of proposals that were accepted, by layer.
    overlap : Series
        Share of the original links that are there in the second half of the chain, by layer.
    weights : Series
        Correlation of the weights of links with the observed ones, over the links that are in both
        networks, by layer: the mean of nine draws at the end of the chain. About 0 where weights
        are mixed; above it as far as ``preserve`` ties weights to places, kinds or strengths. NaN
        where weights are equal.
    autocorrelation : Series
        Integrated autocorrelation time of the overlap over the second half, in trials a link, by
        layer; at least the time between two looks. NaN where nothing changes.
    advice : Series
        Trials a link that make a draw as good as independent, by layer. NaN where the chain was
        too short to tell (look again with more ``trials``) or no other graph was found.
    """

    acceptance: pd.Series
    overlap: pd.Series
    weights: pd.Series
    autocorrelation: pd.Series
    advice: pd.Series

    def to_frame(self) -> pd.DataFrame:
        """One row a layer.

        Returns
        -------
        DataFrame
            Columns acceptance, overlap, weights, autocorrelation, advice.
        """
        return pd.DataFrame({each.name: getattr(self, each.name) for each in fields(self)})


def mixing(network: MultilayerNetwork, *, null: Rewire = _REWIRE, rng: Rng = None) -> Mixing:
    """Follow the chain of `Rewire` from the network, to see how many trials it needs.

    Parameters
    ----------
    network : MultilayerNetwork
        Any network.
    null : Rewire
        Whose chain. Its ``trials`` are the least length that is followed, in proposals per link.
        It is doubled until its second half is 100 autocorrelation times long, up to 5,000
        proposals per link and 200 million in all.
    rng : None, int, SeedSequence or Generator
        Source of randomness.

    Returns
    -------
    Mixing

    Raises
    ------
    InputError
        `null` is another null model, or does not fit the network.

    Notes
    -----
    The chain has settled when its overlap with the start first lies within two standard deviations
    of the mean of its second half. Advice is the larger of twice that time and five
    autocorrelation times, at least 1, if the second half is 50 of them long (Foreman-Mackey et
    al.). An autocorrelation time is 1 + 2 times the sum of the autocorrelations, in looks, up to
    the first lag of three such times. It is no proof: a chain whose graphs fall into parts that
    hardly meet, as a low acceptance shows, looks settled in one of them.

    References
    ----------
    Madras and Sokal (1988), Journal of Statistical Physics 50, appendix C. Foreman-Mackey et al.
    (2013), Publications of the Astronomical Society of the Pacific 125.

    Examples
    --------
    >>> network = ni.build_network(pd.DataFrame({"source": list("abcd"), "target": list("bcde")}))
    >>> bool(0 < mixing(network, rng=1).acceptance["links"] < 1)
    True
    """
    rng = check_rng(rng)
    if null.trials == 0:
        raise InputError("`null.trials` must be above 0: a chain of no proposals shows nothing.")
    chains = null._prepared(network, rng).chains
    names = pd.Index(list(chains), dtype="str", name="layer")
    rows = [_followed(chain, null.trials, rng) for chain in chains.values()]
    columns = [each.name for each in fields(Mixing)]
    table = pd.DataFrame(rows, names, columns, dtype=float)
    return Mixing(**{str(name): column for name, column in table.items()})


def _followed(chain: Chain, trials: float, rng: np.random.Generator) -> tuple[float, ...]:
    if chain.size < 2:  # the only layer with its degrees
        one, none = (1.0, 0.0) if chain.size else (math.nan, math.nan)
        return none, one, math.nan, math.nan, one
    # A multiple of the pace: what one long call does, shorter ones do then too.
    steps = chain.pace * math.ceil(chain.size / (2 * chain.pace))
    most = int(min(_MOST_TRIALS * chain.size, _MOST_PROPOSALS)) // steps
    looks = max(2, math.ceil(trials * chain.size / steps))
    state = chain.start
    start = link_keys(*state[:2], chain.directed)
    overlap = [1.0]
    accepted = 0
    while True:
        for words in seed_words(rng, looks + 1 - len(overlap)):
            state = chain.moved(state, steps, words[0])
            accepted += state.accepted
            keys = link_keys(*state[:2], chain.directed)
            overlap.append(float(np.isin(keys, start, assume_unique=True).mean()))
        path = np.array(overlap)
        half = (looks + 1) // 2
        time = _time(path[half:])
        length = (looks - half) / time  # of the second half; NaN if the links stayed
        if length >= _WANTED or looks >= most:
            break
        looks = min(2 * looks, most)
    step = steps / chain.size
    advice = _advice(path, step, step * time) if length >= _LEAST else math.nan
    late = float(path[path.size // 2 :].mean())
    observed = pd.Series(chain.start.weight, start)
    drawn = [chain.advance(state, steps, words) for words in seed_words(rng, _DEALINGS)]
    after = [pd.Series(each.weight, link_keys(*each[:2], chain.directed)) for each in drawn]
    weights = pd.Series([observed.corr(each) for each in after]).mean()  # of links in both
    return accepted / (looks * steps), late, weights, step * time, advice


def _time(values: Floats) -> float:
    """Integrated autocorrelation time in observations, at least 1; NaN where nothing changes."""
    deviation = values - values.mean()
    n = values.size
    variance = float(deviation @ deviation)
    if not variance > 1e-18 * n:
        return math.nan
    time = 1.0
    for lag in range(1, n):
        time += 2 * float(deviation[lag:] @ deviation[:-lag]) / variance
        if lag >= 3 * time:
            break
    return max(time, 1.0)


def _advice(overlap: Floats, step: float, time: float) -> float:
    """Twice the burn-in or five autocorrelation times; NaN if settled in the second half."""
    later = overlap[overlap.size // 2 :]
    first = int(np.argmax(np.abs(overlap - later.mean()) <= 2 * later.std()))
    if first > overlap.size // 2:
        return math.nan
    return float(max(1, math.ceil(max(2 * first * step, 5 * time))))
