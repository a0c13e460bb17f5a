"""How fast the chain of `rewire` forgets where it began."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt
import pandas as pd

from netinnov._runtime.arguments import check_rng, check_type
from netinnov._runtime.display import Displayed
from netinnov._typing import Floats, Rng
from netinnov.errors import InputError
from netinnov.network import MultilayerNetwork
from netinnov.null_models._rewire import Rewire
from netinnov.null_models._rewiring_chains import Chain, State, seed_words

_REWIRE = Rewire()

_LEAST = 50  # autocorrelation times in the second half of a chain below which they are not trusted
_WANTED = 100  # as many of them end the chain
_CLOSE = 1e-9  # trials a link that are no difference
# Limits of a chain: trials a link, proposals in all
_MOST_TRIALS, _MOST_PROPOSALS = 5_000, 200_000_000


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Mixing(Displayed):
    """What one long chain a layer shows.

    Attributes
    ----------
    acceptance : Series
        Share of proposals that were accepted, by layer.
    overlap : DataFrame
        Share of the original links that are there after so many trials a
        link: rows from 0 up by halves, a column a layer; NaN after the end of its chain.
    assortativity : DataFrame
        The same for the correlation of total degrees at both ends of a link; NaN if all are equal.
    autocorrelation : DataFrame
        By layer, columns ``overlap`` and ``assortativity``: integrated autocorrelation time of
        the second half of the chain, in trials a link. Not less than the time from one look to
        the next. NaN where nothing changes.
    advice : Series
        Trials a link that make a draw as good as independent, by layer. NaN where the chain was
        too short to tell: look again with more ``trials``. NaN too where nothing moved: there is
        no other graph, or none that is found in so many trials.
    strength_error : Series
        With ``"strength"``: errors of strengths over their sum in one draw, by layer; NaN without.
    """

    acceptance: pd.Series
    overlap: pd.DataFrame
    assortativity: pd.DataFrame
    autocorrelation: pd.DataFrame
    advice: pd.Series
    strength_error: pd.Series

    def to_frame(self) -> pd.DataFrame:
        """One row a layer.

        Returns
        -------
        DataFrame
            Columns acceptance, overlap (mean of the second half of the chain),
            autocorrelation_overlap, autocorrelation_assortativity, advice, strength_error.
        """
        settled = self.overlap.apply(lambda path: path.iloc[path.count() // 2 :].mean())
        times = self.autocorrelation.add_prefix("autocorrelation_")
        parts = [self.acceptance, settled.rename("overlap"), times, self.advice]
        table: pd.DataFrame = pd.concat([*parts, self.strength_error], axis=1)
        return table


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
        ``.acceptance .overlap .assortativity .autocorrelation .advice .strength_error``, by layer.

    Raises
    ------
    InputError
        `null` is another null model, or does not fit the network.

    Notes
    -----
    The chain is looked at every half trial a link (up to 80 links: every trial at most). It has
    settled when its overlap with the start first lies within two standard deviations of the mean
    of its second half. Advice is the larger of twice that time and five autocorrelation times,
    rounded up, at least 1. It is given if the second half is 50 autocorrelation times long, a rule
    of thumb of Foreman-Mackey et al.: a shorter chain makes them look too short.

    The autocorrelation time is 1 + 2 times the sum of the autocorrelations, in looks. The sum ends
    at the first lag of three such times: six in the count of Madras and Sokal, who begin with 1/2.

    It is a symptom, not a proof: a chain whose graphs fall into parts that hardly meet looks
    settled in one of them. A low acceptance, as under ``"distance"``, is the sign of it.

    References
    ----------
    Madras and Sokal (1988), The pivot algorithm: a highly efficient Monte Carlo method for the
    self-avoiding walk, Journal of Statistical Physics 50, appendix C.
    Sokal (1997), Monte Carlo methods in statistical mechanics: foundations and new algorithms, in
    Functional Integration, Springer.
    Foreman-Mackey, Hogg, Lang and Goodman (2013), emcee: the MCMC hammer, Publications of the
    Astronomical Society of the Pacific 125; the rule is in the manual of the program.

    Examples
    --------
    >>> import pandas as pd, netinnov as ni
    >>> links = pd.DataFrame({"source": ["a", "b", "c", "d"], "target": ["b", "c", "d", "e"]})
    >>> network = ni.build_network(pd.DataFrame(index=list("abcde")), links)
    >>> chain = mixing(network, rng=1)
    >>> bool(0 < chain.acceptance["links"] < 1)
    True
    """
    rng = check_rng(rng)
    check_type("null", null, Rewire, mend="Rewire(...)")
    if null.trials == 0:
        raise InputError("`null.trials` must be above 0: a chain of no proposals shows nothing.")
    chains = null._prepared(network, rng).plan.chains
    names = pd.Index(list(chains), dtype="str", name="layer")
    paths = [_followed(chain, null.trials, rng) for chain in chains.values()]
    last = max((path.at[-1] for path in paths), default=0.0)
    grid = np.arange(0, last + _CLOSE, 0.5)
    at = pd.Index(grid, name="trials")

    def table(values: list[Floats]) -> pd.DataFrame:
        seen = np.empty((grid.size, len(paths)))
        for x, (path, each) in enumerate(zip(paths, values, strict=True)):
            seen[:, x] = each[np.searchsorted(path.at, grid + _CLOSE, side="right") - 1]
            seen[grid > path.at[-1] + _CLOSE, x] = np.nan
        return pd.DataFrame(seen, at, names)

    numbers = [(path.acceptance, path.advice, path.strength_error, *path.times) for path in paths]
    columns = ["acceptance", "advice", "strength_error", "overlap", "assortativity"]
    frame = pd.DataFrame(numbers, names, columns, dtype=float)
    return Mixing(
        acceptance=frame["acceptance"],
        overlap=table([path.overlap for path in paths]),
        assortativity=table([path.assortativity for path in paths]),
        autocorrelation=frame[["overlap", "assortativity"]],
        advice=frame["advice"],
        strength_error=frame["strength_error"],
    )


@dataclass(frozen=True, slots=True)
class _Path:
    at: Floats  # trials a link
    overlap: Floats
    assortativity: Floats
    acceptance: float
    times: tuple[float, float]  # autocorrelation times of the second half, in trials a link
    advice: float
    strength_error: float = math.nan


def _followed(chain: Chain, trials: float, rng: np.random.Generator) -> _Path:
    unknown = (math.nan, math.nan)
    if chain.size < 2:  # the only layer with its degrees
        one, none = (1.0, 0.0) if chain.size else unknown
        at = np.array([0.0, trials])
        return _Path(at, np.full(2, one), np.full(2, np.nan), none, unknown, advice=one)
    # A multiple of the pace: what one long call does, shorter ones do then too.
    every = chain.pace * math.ceil(chain.size / (2 * chain.pace))
    most = int(min(_MOST_TRIALS * chain.size, _MOST_PROPOSALS)) // every
    looks = max(2, math.ceil(trials * chain.size / every))
    state = chain.start
    moving = replace(chain, strength=False)
    start = np.sort(_codes(chain, state))
    degree = np.bincount(np.concatenate([state.source, state.target]), minlength=chain.n_nodes)
    overlap = [1.0]
    assortativity = [_assortativity(degree, state, chain.directed)]
    accepted = 0
    while True:
        for words in seed_words(rng, looks + 1 - len(overlap)):
            state = moving.advance(state, every, words)
            accepted += state.accepted
            overlap.append(_in_common(start, _codes(chain, state)) / chain.size)
            assortativity.append(_assortativity(degree, state, chain.directed))
        paths: tuple[Floats, Floats] = np.array(overlap), np.array(assortativity)
        half = (looks + 1) // 2
        in_looks = _time(paths[0][half:]), _time(paths[1][half:])
        # Of the second half, in autocorrelation times; NaN if the links stayed.
        length = (looks - half) / float(np.fmax(*in_looks)) if in_looks[0] > 0 else math.nan
        if length >= _WANTED or looks >= most:
            break
        looks = min(2 * looks, most)
    error = math.nan
    if chain.strength:
        error = chain.advance(state, 1, seed_words(rng, 1)[0]).strength_error
    step = every / chain.size
    times = (step * in_looks[0], step * in_looks[1])
    return _Path(
        np.arange(looks + 1, dtype=np.float64) * step,
        *paths,
        acceptance=accepted / (looks * every),
        times=times,
        advice=_advice(paths[0], step, times) if length >= _LEAST else math.nan,
        strength_error=error,
    )


def _codes(chain: Chain, state: State) -> npt.NDArray[np.int64]:
    """One number a link, the same for both orders of undirected ends."""
    a, b = state.source.astype(np.int64), state.target.astype(np.int64)
    if not chain.directed:
        a, b = np.minimum(a, b), np.maximum(a, b)
    return a * chain.n_nodes + b


def _in_common(start: npt.NDArray[np.int64], now: npt.NDArray[np.int64]) -> int:
    now = np.sort(now)  # so that what is read next stands next
    at = np.minimum(np.searchsorted(start, now), start.size - 1)
    return int(np.count_nonzero(start[at] == now))


def _assortativity(degree: npt.NDArray[np.int64], state: State, directed: bool) -> float:
    x, y = degree[state.source].astype(float), degree[state.target].astype(float)
    if not directed:
        x, y = np.concatenate([x, y]), np.concatenate([y, x])
    x, y = x - x.mean(), y - y.mean()
    scale = math.sqrt(float((x * x).sum() * (y * y).sum()))
    return float((x * y).sum()) / scale if scale > 0 else math.nan


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


def _advice(overlap: Floats, step: float, times: tuple[float, float]) -> float:
    """Twice the burn-in or five autocorrelation times; NaN if settled in the second half."""
    later = overlap[overlap.size // 2 :]
    first = int(np.argmax(np.abs(overlap - later.mean()) <= 2 * later.std()))
    if first > overlap.size // 2:
        return math.nan
    return float(max(1, math.ceil(max(2 * first * step, 5 * np.fmax(*times)))))
