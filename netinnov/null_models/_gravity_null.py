"""Flows at random from a gravity model that keeps the sums of each origin and destination."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import ClassVar, Literal, NamedTuple

import numpy as np
import pandas as pd
from scipy.special import logsumexp

from netinnov._network.place_distances import needed
from netinnov._runtime.arguments import check_choice, check_number, examples
from netinnov._typing import Codes, Floats, Mask
from netinnov.errors import InputError
from netinnov.network import MultilayerNetwork
from netinnov.null_models._newton import maximum, solve_semidefinite
from netinnov.null_models._prepared import NullFamily, PreparedLayers
from netinnov.null_models._rewiring import Chain, State, chains_of
from netinnov.null_models._two_mode import joins_two_kinds

Deterrence = Literal["power", "exponential"]

_MOST_PAIRS = 25_000_000  # pairs of an origin and a destination that can still be fitted
_ENOUGH = 1e-6  # accepted where steps gain nothing more: sums at the edge of what is possible


@dataclass(frozen=True, slots=True)
class GravityNull(NullFamily):
    """Flows drawn from a doubly constrained gravity model that is fitted to each layer.

    Parameters
    ----------
    deterrence : {"power", "exponential"} or None
        How flows change with the distance d between two places: f = d to the power b, or exp(b d).
        None: not at all; only the sums are kept, and no distances are needed.
    layers : sequence of str, optional
        Layers to draw; the others stay as they are. Default: all.
    unit : float or "dispersion", optional
        Amount of flow that is drawn as one event. ``"dispersion"``: in each layer the dispersion of
        the flows about the fit, at least 1 where weights are whole; see Notes. Default: what one
        of the ``events`` of ``network.layer_table`` weighs, where they are known; 1 in a layer of
        whole weights; in others the dispersion.

    Raises
    ------
    InputError
        When it is called: a distance between ends is unknown, two ends stand at the same point
        (``"power"``), there are too few flows to estimate `unit`, or more than 25 million pairs.

    Notes
    -----
    The expected flow is A_i B_j f(d_ij) between any two different nodes that send and receive;
    undirected A_i A_j f(d_ij). Where every link joins the same two kinds of nodes, only pairs of
    different kinds have one. A, B and the coefficient b maximise the Poisson likelihood (fixed
    effects of origins and destinations), so that the expected sums of each node are the observed
    ones, and so is the mean distance (its logarithm under ``"power"``). A directed layer reads
    distances in its own direction. Self-links stay where they are and are not fitted.

    Flows are drawn independently: `unit` times a Poisson number with mean expected flow / `unit`,
    so that pairs without an observed flow get some. The variance of a flow is `unit` times its
    mean: right with 1 where weights count independent events. The dispersion is Pearson's, sum of
    (flow - expected)^2 / expected over pairs, by pairs less parameters. Overdispersed counts, such
    as travellers in groups, need it, or almost any measure will look significant.

    References
    ----------
    Wilson (1971), Environment and Planning 3. Flowerdew and Aitkin (1982), Journal of Regional
    Science 22. Fally (2015), Journal of International Economics 97.

    Examples
    --------
    >>> cities = ni.datasets.make_city_system(n_cities=8, border=0, n_enclaves=0, rng=1)
    >>> GravityNull().fit(cities).round(2)["coefficient"].tolist()
    [-1.0]
    """

    deterrence: Deterrence | None = "power"
    layers: Sequence[str] | None = None
    unit: float | Literal["dispersion"] | None = None

    def __post_init__(self) -> None:
        if isinstance(self.unit, str):
            check_choice("unit", self.unit, Literal["dispersion"])
        elif self.unit is not None:
            check_number("unit", self.unit, low=0, above=True)
            object.__setattr__(self, "unit", float(self.unit))
        NullFamily.__post_init__(self)

    def _prepared(self, network: MultilayerNetwork, rng: np.random.Generator) -> GravityFlows:
        chains = chains_of(network, self.layers, rng)
        fits = {layer: _fitted(network, layer, chain, self) for layer, chain in chains.items()}
        return GravityFlows(network, chains, fits)

    def fit(self, network: MultilayerNetwork) -> pd.DataFrame:
        """Give what is estimated for each layer.

        Parameters
        ----------
        network : MultilayerNetwork
            Any network.

        Returns
        -------
        DataFrame
            A row a layer. `coefficient`: b, NaN without deterrence, or where all flows are the same
            whatever it is. `dispersion`: NaN with too few pairs. `unit`: what a drawn event counts.
        """
        fits = self._prepared(network, np.random.default_rng(0)).fits
        columns = Fit._fields[3:]
        index = pd.Index(list(fits), dtype="str", name="layer")
        return pd.DataFrame([fit[3:] for fit in fits.values()], index, columns, dtype=float)


class Fit(NamedTuple):
    """Expected flows of a layer; undirected: only of pairs in node order."""

    origins: Codes
    destinations: Codes
    expected: Floats
    coefficient: float
    dispersion: float
    unit: float


@dataclass(frozen=True, slots=True)
class GravityFlows(PreparedLayers):
    fits: Mapping[str, Fit]
    draws_weights: ClassVar[bool] = True

    def draw(self, rng: np.random.Generator) -> MultilayerNetwork:
        states = []
        for fit in self.fits.values():
            events = rng.poisson(fit.expected / fit.unit)
            i, j = np.nonzero(events)
            weight = fit.unit * events[i, j].astype(np.float64)
            states.append(State(fit.origins[i], fit.destinations[j], weight))
        return self.network_of(states)


def _fitted(network: MultilayerNetwork, layer: str, chain: Chain, null: GravityNull) -> Fit:
    source, target, weight = chain.start.links
    origins, destinations = chain.ends
    if origins.size * destinations.size > _MOST_PAIRS:
        raise InputError(
            f"layer {layer!r} has {origins.size:,} origins and {destinations.size:,} destinations; "
            f"a gravity model is fitted to at most {_MOST_PAIRS:,} pairs of them; aggregate() the "
            "network, e.g. to cities, or use Rewire()."
        )
    observed = np.zeros((origins.size, destinations.size))
    cells = np.searchsorted(origins, source), np.searchsorted(destinations, target)
    observed[cells] = weight
    if not chain.directed:
        observed += observed.T
    possible = origins[:, None] != destinations[None, :]
    parameters = origins.size + (destinations.size - 1 if chain.directed else 0)
    if joins_two_kinds(network, layer):
        kind = network.storage.kind_codes
        possible &= kind[origins][:, None] != kind[destinations][None, :]
        # Sums of the two sides are equal, so that one follows from all others; each way.
        parameters -= len(set(kind[origins])) - 1
    resistance = None
    if null.deterrence is not None:
        resistance = _resistance(network, layer, origins, destinations, possible, null.deterrence)
    expected, coefficient = _fit_deterrence(observed, possible, resistance, layer=layer)
    pairs = possible if chain.directed else np.triu(possible)
    free = int(pairs.sum()) - parameters - (not math.isnan(coefficient))
    pairs &= expected > 0
    pearson = ((observed - expected)[pairs] ** 2 / expected[pairs]).sum()
    dispersion = float(pearson / free) if free > 0 else math.nan
    counts = bool((weight % 1 == 0).all())
    if null.unit == "dispersion":
        unit = float(np.fmax(dispersion, 1.0)) if counts else dispersion
    else:
        of_event = network.storage.weight_of_event(layer) or (1.0 if counts else dispersion)
        unit = null.unit or of_event
    if not unit > 0:
        raise InputError(
            f"the flows of layer {layer!r} are not whole numbers, and too few, or too close to the "
            "model, to estimate the amount that is drawn as one event; give it as `unit`."
        )
    expected = expected if chain.directed else np.triu(expected)
    return Fit(origins, destinations, expected, coefficient, dispersion, unit)


def _resistance(
    network: MultilayerNetwork,
    layer: str,
    origins: Codes,
    destinations: Codes,
    possible: np.ndarray,
    deterrence: Deterrence,
) -> Floats:
    code = network.storage.place_codes
    directed = layer in network.directed
    i, j = np.nonzero(possible)
    start = origins[i]
    end = destinations[j]
    why = f"a gravity model of layer {layer!r} (without deterrence=None)"
    lengths = needed(network.storage, code[start], code[end], why, directed=directed)
    if deterrence == "power":
        if (same := lengths == 0).any():
            ends = np.sort(np.column_stack([start[same], end[same]]), axis=1)
            names = network.storage.node_names
            pairs = [f"{names[a]!r} and {names[b]!r}" for a, b in np.unique(ends, axis=0)]
            raise InputError(
                f"two ends of links of layer {layer!r} stand at the same point, where a power of "
                f"the distance is not defined: {examples(pairs, str)}; aggregate() the network "
                "to places, or take deterrence='exponential'."
            )
        lengths = np.log(lengths)
    resistance = np.zeros(possible.shape)
    resistance[i, j] = lengths
    return resistance


def _fit_deterrence(
    observed: Floats, possible: Mask, resistance: Floats | None, *, layer: str
) -> tuple[Floats, float]:
    """Expected flows A_i B_j exp(b x_ij) by maximum likelihood of Poisson, and b (NaN: none).

    A is solved for given B and b, which leaves a concave likelihood (logit of destinations) for
    Newton's method. ``resistance`` is x, such as log distance. O(origins x destinations^2) a step.
    """
    if not observed.any():
        return observed, math.nan
    table = _Table(observed, np.where(possible, 0.0, -np.inf), np.zeros_like(observed), layer)
    fitted = table.fitted(np.append(np.log(observed.sum(axis=0)), 0.0))
    if resistance is not None:
        # Only differences count: about their mean they lose no digits, in units of their spread.
        x = np.where(possible, resistance - np.average(resistance, weights=observed), 0.0)
        scale = float(np.abs(x).max()) or 1.0
        table = replace(table, x=x / scale)
        if table.tells_coefficient(fitted):
            fitted = table.fitted(fitted)
            return table.expected(fitted), float(fitted[-1]) / scale
    return table.expected(fitted), math.nan


@dataclass(frozen=True, slots=True)
class _Table:
    observed: Floats
    closed: Floats
    x: Floats
    layer: str

    def expected(self, parameters: Floats) -> Floats:
        """Flows whose rows have the observed sums, for logarithms of B and b."""
        logit = self.closed + parameters[:-1] + parameters[-1] * self.x
        shares = np.exp(logit - logsumexp(logit, axis=1, keepdims=True))
        return self.observed.sum(axis=1, keepdims=True) * shares

    def gradient(self, parameters: Floats) -> Floats:
        """The deficit of columns, and of x."""
        difference = self.observed - self.expected(parameters)
        return np.append(difference.sum(axis=0), (difference * self.x).sum())

    def information(self, parameters: Floats) -> Floats:
        expected = self.expected(parameters)
        rows = self.observed.sum(axis=1)
        deviation = self.x - ((expected * self.x).sum(axis=1) / rows)[:, None]
        m = expected.shape[1]
        matrix = np.empty((m + 1, m + 1))
        matrix[:m, :m] = -(expected.T / rows) @ expected
        matrix[np.arange(m), np.arange(m)] += expected.sum(axis=0)
        matrix[:m, m] = matrix[m, :m] = (expected * deviation).sum(axis=0)
        matrix[m, m] = (expected * deviation**2).sum()
        return matrix

    def tells_coefficient(self, parameters: Floats) -> bool:
        """Whether b is identified: not if x is a sum of rows and columns."""
        spread = float((self.expected(parameters) * self.x**2).sum())
        matrix = self.information(parameters)
        inner = matrix[:-1, :-1]
        with_x = matrix[:-1, -1]
        return bool(matrix[-1, -1] - with_x @ solve_semidefinite(inner, with_x) > 1e-9 * spread)

    def fitted(self, start: Floats) -> Floats:
        """Parameters of largest likelihood; where x is 0 the last of them stays."""
        with_distance = (self.observed * np.abs(self.x)).sum() or 1.0
        scale = np.append(self.observed.sum(axis=0), with_distance)
        parameters, error = maximum(start, self.gradient, self.information, scale)
        if error <= _ENOUGH:
            return parameters
        raise InputError(
            f"no gravity model fits layer {self.layer!r}: its flows go to the nearest (or the "
            "farthest) possible places only, or its sums leave no choice. Take deterrence=None, "
            "aggregate() the network, or use Rewire()."
        )
