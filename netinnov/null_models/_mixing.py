"""How fast the chain of `rewire` forgets where it began."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt
import pandas as pd

from netinnov._arguments import check_number, check_rng
from netinnov._typing import Floats, Rng
from netinnov.network import MultilayerNetwork
from netinnov.null_models._chains import Chain, Labelled, Preserve, Space, State, seed_words
from netinnov.null_models._plan import plan

__all__ = ["Mixing", "mixing"]

_PARTS = 200
"""Looks at the chain on the way."""

_HALF = _PARTS // 2


@dataclass(frozen=True, slots=True, eq=False)
class Mixing:
    """What one long chain a layer shows.

    Attributes
    ----------
    acceptance : Series
        Share of proposals that were accepted, by layer.
    overlap : DataFrame
        Share of the original links (parallel ones counted) that are there after so many trials a
        link: rows from 0 up, a column a layer.
    assortativity : DataFrame
        The same for the correlation of the (total) degrees at both ends of a link; NaN where all
        degrees are equal.
    autocorrelation : DataFrame
        By layer, columns ``overlap`` and ``assortativity``: integrated autocorrelation time of
        the second half of the chain, in trials a link. NaN where nothing changes.
    advice : Series
        Trials a link that make a draw as good as independent, by layer; NaN where the chain had
        not settled halfway: look again with more ``trials``.
    strength_error : Series
        With ``"strength"``: sum of the errors of strengths over the sum of strengths in one draw,
        by layer; NaN without.
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
        settled = self.overlap.iloc[len(self.overlap) // 2 :].mean()
        return pd.DataFrame(
            {
                "acceptance": self.acceptance,
                "overlap": settled,
                "autocorrelation_overlap": self.autocorrelation["overlap"],
                "autocorrelation_assortativity": self.autocorrelation["assortativity"],
                "advice": self.advice,
                "strength_error": self.strength_error,
            }
        )


def mixing(
    network: MultilayerNetwork,
    *,
    preserve: Sequence[Preserve] = ("degree",),
    trials: float = 40,
    rng: Rng = None,
    layers: Sequence[str] | None = None,
    bins: npt.ArrayLike | None = None,
    space: Space = "simple",
    labelled: Labelled = "node",
) -> Mixing:
    """Follow the chain of `rewire` from the network, to see how many trials it needs.

    Parameters
    ----------
    network : MultilayerNetwork
        Any network.
    preserve, layers, bins, space, labelled
        As in `rewire`.
    trials : float
        Length of the chain, in proposals a link; it is looked at 200 times on the way.
    rng : None, int, SeedSequence or Generator
        Source of randomness.

    Returns
    -------
    Mixing
        ``.acceptance .overlap .assortativity .autocorrelation .advice .strength_error``, by
        layer.

    Raises
    ------
    InputError
        As `rewire`.

    Notes
    -----
    The chain has settled when its overlap with the start first lies within two standard
    deviations of the mean of its second half. Advice is the larger of twice that time and five
    autocorrelation times, rounded up, at least 1. It is a symptom, not a proof: a chain
    whose graphs fall into parts that hardly meet looks settled in one of them. A low acceptance, as
    under ``"distance"``, is the sign of it.

    Examples
    --------
    >>> import pandas as pd, netinnov as ni
    >>> links = pd.DataFrame({"source": ["a", "b", "c", "d"], "target": ["b", "c", "d", "e"]})
    >>> network = ni.build_network(pd.DataFrame(index=list("abcde")), links)
    >>> found = mixing(network, rng=1)
    >>> bool(0 < found.acceptance["links"] < 1)
    True
    """
    rng = check_rng(rng)
    check_number("trials", trials, low=0, above=True)
    ready = plan(network, preserve, layers, bins, rng, space=space, labelled=labelled)
    names = pd.Index(list(ready.chains), dtype="str", name="layer")
    paths = [_followed(chain, trials, rng) for chain in ready.chains.values()]
    at = pd.Index(np.linspace(0, trials, _PARTS + 1), name="trials")
    step = trials / _PARTS

    def table(values: list[Floats]) -> pd.DataFrame:
        empty = np.empty((at.size, 0))
        return pd.DataFrame(np.column_stack(values) if values else empty, at, names)

    times = [[step * _time(path[_HALF:]) for path in pair] for _, *pair, _ in paths]
    advice = [_advice(path[1], step, time) for path, time in zip(paths, times, strict=True)]
    columns = ["overlap", "assortativity"]
    return Mixing(
        acceptance=pd.Series([path[0] for path in paths], names, dtype=float, name="acceptance"),
        overlap=table([path[1] for path in paths]),
        assortativity=table([path[2] for path in paths]),
        autocorrelation=pd.DataFrame(times, names, columns, dtype=float),
        advice=pd.Series(advice, names, dtype=float, name="advice"),
        strength_error=pd.Series([p[3] for p in paths], names, dtype=float, name="strength_error"),
    )


def _followed(
    chain: Chain, trials: float, rng: np.random.Generator
) -> tuple[float, Floats, Floats, float]:
    """Acceptance, overlap and assortativity on the way, and the error of strengths at the end."""
    looks = np.linspace(0, trials * chain.size, _PARTS + 1).round().astype(np.int64)
    words = seed_words(rng, _PARTS + 1)
    state = chain.start
    moving = replace(chain, strength=False)
    start, times = np.unique(_codes(chain, state), return_counts=True)
    degree = np.bincount(np.concatenate([state.source, state.target]), minlength=chain.n_nodes)
    overlap = np.full(_PARTS + 1, np.nan)
    assortativity = np.full(_PARTS + 1, np.nan)
    accepted = 0
    for t in range(_PARTS + 1):
        if t > 0:
            state = moving.advance(state, int(looks[t] - looks[t - 1]), words[t])
            accepted += state.accepted
        if chain.size:
            now = _codes(chain, state)
            overlap[t] = _in_common(start, times, now) / chain.size
            assortativity[t] = _assortativity(degree, state, chain.directed)
    acceptance = accepted / looks[-1] if looks[-1] else math.nan
    error = math.nan
    if chain.strength and chain.size > 1:
        error = chain.advance(state, 1, words[0]).strength_error
    return acceptance, overlap, assortativity, error


def _codes(chain: Chain, state: State) -> npt.NDArray[np.int64]:
    """One number a link, whichever way an undirected one stands."""
    a, b = state.source.astype(np.int64), state.target.astype(np.int64)
    if not chain.directed:
        a, b = np.minimum(a, b), np.maximum(a, b)
    return a * chain.n_nodes + b


def _in_common(
    start: npt.NDArray[np.int64], times: npt.NDArray[np.int64], now: npt.NDArray[np.int64]
) -> int:
    """How many links are also in the start, which has each of its pairs so many times."""
    at = np.minimum(np.searchsorted(start, now), start.size - 1)
    found = np.bincount(at[start[at] == now], minlength=start.size)
    return int(np.minimum(found, times).sum())


def _assortativity(degree: npt.NDArray[np.int64], state: State, directed: bool) -> float:
    x, y = degree[state.source].astype(float), degree[state.target].astype(float)
    if not directed:
        x, y = np.concatenate([x, y]), np.concatenate([y, x])
    x, y = x - x.mean(), y - y.mean()
    scale = math.sqrt(float((x * x).sum() * (y * y).sum()))
    return float((x * y).sum()) / scale if scale > 0 else math.nan


def _time(values: Floats) -> float:
    """Integrated autocorrelation time in steps: the sum is cut where it is 5 times shorter."""
    deviation = values - values.mean()
    n = values.size
    variance = float(deviation @ deviation)
    if not variance > 1e-18 * n:
        return math.nan
    time = 1.0
    for lag in range(1, n):
        time += 2 * float(deviation[lag:] @ deviation[:-lag]) / variance
        if lag >= 5 * time:
            break
    return max(time, 1.0)


def _advice(overlap: Floats, step: float, times: list[float]) -> float:
    later = overlap[_HALF:]
    if np.isnan(later).any():
        return math.nan
    if (overlap == 1).all():
        return 1.0  # there is no other graph, as far as this chain can see
    near = np.abs(overlap - later.mean()) <= 2 * max(float(later.std()), 1e-12)
    first = int(np.argmax(near))
    if not near.any() or first > _HALF:
        return math.nan
    longest = np.nanmax([0.0, *times])
    return float(max(1, math.ceil(max(2 * first * step, 5 * longest))))
