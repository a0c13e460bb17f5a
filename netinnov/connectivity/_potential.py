"""How much of something can be reached from each place, near things counting more."""

from __future__ import annotations

import warnings
from typing import Literal

import numpy as np
import pandas as pd

from netinnov._network.columns import as_numbers
from netinnov._network.distances import between
from netinnov._runtime.arguments import check_choice, check_type, examples
from netinnov._typing import Floats, Positive
from netinnov.errors import InputError
from netinnov.network import MultilayerNetwork

Decay = Literal["exponential", "power", "within"]

_BLOCK = 2**22  # distances that are held at once


def potential(
    network: MultilayerNetwork,
    *,
    mass: str | pd.Series[float],
    decay: Decay = "exponential",
    scale: Positive,
) -> pd.Series:
    """Mass of all other places, those far away counting less.

    Parameters
    ----------
    network : MultilayerNetwork
        Its places and their distances (`MultilayerNetwork.with_distances`, or great circles in
        km); links do not count.
    mass : str or Series
        What is reached: a column of ``network.places``, such as ``"population"``, or numbers of at
        least 0 by id of place. A missing one adds nothing.
    decay : {"exponential", "power", "within"}
        f(d) = exp(-d / scale), d ** -scale, or 1 where d <= scale ("within 60 minutes").
    scale : float
        In the unit of the distances (``"power"``: an exponent), above 0.

    Returns
    -------
    Series
        One number a place, in the unit of the mass: the sum over the other places j of m_j f(d_ij),
        d_ij from the place i to j.

    Raises
    ------
    InputError
        An option is out of range, a mass is negative, or two places are 0 apart (``"power"``).

    Warns
    -----
    UserWarning
        Distances between places with a mass and others are unknown: those pairs add nothing.

    References
    ----------
    Hansen (1959), How accessibility shapes land use, Journal of the American Institute of
    Planners 25.

    Examples
    --------
    >>> import pandas as pd, netinnov as ni
    >>> places = pd.DataFrame({"population": [8, 2, 5]}, index=["H", "Q", "W"])
    >>> minutes = pd.DataFrame([[0, 60, 90], [60, 0, 150], [90, 150, 0]], list("HQW"), list("HQW"))
    >>> network = ni.build_network(
    ...     pd.DataFrame({"place": ["H", "Q", "W"]}, index=["h", "q", "w"]),
    ...     pd.DataFrame({"source": ["h"], "target": ["q"]}),
    ...     places,
    ...     distances=minutes,
    ...     distance_unit="min",
    ... )
    >>> potential(network, mass="population", decay="within", scale=60).to_dict()
    {'H': 2.0, 'Q': 8.0, 'W': 0.0}
    """
    check_choice("decay", decay, Decay)
    places = network.storage.place_names
    masses = _masses(network, mass)
    column, n = np.flatnonzero(masses > 0), len(places)
    total, unknown = np.zeros(n), 0
    step = max(1, _BLOCK // max(column.size, 1))
    for begin in range(0, n, step):
        row = np.arange(begin, min(begin + step, n))
        far = between(network.storage, row[:, None], column, directed=True)
        other = row[:, None] != column
        unknown += int((np.isnan(far) & other).sum())
        if decay == "power" and (same := np.argwhere((far == 0) & other)).size:
            pairs = [f"{places[row[i]]} - {places[column[j]]}" for i, j in same]
            msg = "places must not be 0 apart where mass counts by a power of the distance; found "
            raise InputError(f"{msg}{examples(pairs, str)}.")
        near = np.where(other & ~np.isnan(far), far, np.inf)
        total[row] = _fall(near, decay, scale) @ masses[column]
    if unknown:
        msg = f"potential: {unknown:,} of {n * column.size - column.size:,} distances are unknown; "
        warnings.warn(f"{msg}these pairs of places add nothing.", UserWarning, stacklevel=2)
    return pd.Series(total, places, name="potential")


def _fall(distance: Floats, decay: Decay, scale: float) -> Floats:
    if decay == "within":
        return (distance <= scale).astype(np.float64)
    return np.exp(-distance / scale) if decay == "exponential" else distance**-scale


def _masses(network: MultilayerNetwork, mass: object) -> Floats:
    places = network.storage.places
    if isinstance(mass, str):
        if mass not in places:
            raise InputError(f"`mass` must be a column of the places; found {mass!r}.")
        mass = places[mass]
    check_type("mass", mass, pd.Series)
    values: pd.Series[float] = mass  # type: ignore[assignment]
    strange = values.index.difference(places.index)
    if len(strange):
        raise InputError(f"`mass` names what is no place of the network: {examples(strange)}.")
    number, bad = as_numbers(values.reindex(places.index))
    if (bad := bad | (number < 0) | np.isinf(number)).any():
        listed = examples(places.index[bad])
        raise InputError(f"`mass` must be a number of at least 0 or missing; not so at {listed}.")
    return np.nan_to_num(number)
