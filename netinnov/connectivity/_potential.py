"""How much of something can be reached from each place, near things counting more."""

from __future__ import annotations

import warnings
from typing import Literal

import numpy as np
import pandas as pd

from netinnov._network.columns import as_numbers
from netinnov._network.distances import between
from netinnov._runtime.arguments import check_names, check_type, examples
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
        Its places and their distances; links do not count.
    mass : str or Series
        A column of ``network.places``, such as ``"population"``, or numbers by id of place.
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
        A mass is below 0, or two places are 0 apart (``"power"``).

    Warns
    -----
    UserWarning
        Distances are unknown: those pairs add nothing.

    References
    ----------
    Hansen (1959), How accessibility shapes land use, J. American Institute of Planners 25.

    Examples
    --------
    >>> nodes = pd.DataFrame({"place": ["H", "Q"]}, index=["h", "q"])
    >>> links = pd.DataFrame({"source": ["h"], "target": ["q"]})
    >>> minutes = pd.DataFrame([[0, 60], [60, 0]], ["H", "Q"], ["H", "Q"])
    >>> network = ni.build_network(nodes, links, distances=minutes, distance_unit="min")
    >>> potential(network, mass=pd.Series({"H": 8, "Q": 2}), decay="within", scale=60).to_dict()
    {'H': 2.0, 'Q': 8.0}
    """
    places, masses = network.storage.place_names, _masses(network, mass)
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


def _masses(network: MultilayerNetwork, mass: str | pd.Series[float]) -> Floats:
    places = network.storage.places
    if isinstance(mass, str):
        check_names("mass", [mass], [*places], of="the columns of the places")
    values = places[mass] if isinstance(mass, str) else mass
    check_type("mass", values, pd.Series)
    if len(strange := values.index.difference(places.index)):
        raise InputError(f"`mass` names what is no place of the network: {examples(strange)}.")
    number, bad = as_numbers(values.reindex(places.index))
    if (bad := bad | (number < 0) | np.isinf(number)).any():
        listed = examples(places.index[bad])
        raise InputError(f"`mass` must be a number of at least 0 or missing; not so at {listed}.")
    return np.nan_to_num(number)
