"""What the link of an enclave does to coupled cobwebs."""

from __future__ import annotations

import math
from collections.abc import Hashable
from dataclasses import replace
from typing import Literal, TypeAlias

import numpy as np
import numpy.typing as npt
import pandas as pd
from scipy.optimize import linear_sum_assignment

from netinnov._runtime.arguments import check_number
from netinnov._typing import Floats
from netinnov.errors import InputError
from netinnov.mechanisms.cobweb._coupled_cobweb import CoupledCobweb
from netinnov.mechanisms.cobweb._modes import first_crossing, symmetric_threshold
from netinnov.mechanisms.cobweb._parameters import position

Answer: TypeAlias = Literal["both", "home", "host_price"]


def with_enclave(
    model: CoupledCobweb,
    home: Hashable,
    host: Hashable,
    *,
    strength: float,
    answer: Answer = "both",
) -> CoupledCobweb:
    """Add the link of an enclave that home runs in host.

    Three readings of a link, not findings; a park may work in all three ways. The first two let
    supply run after the gap between home and host, and can make it explode; the third damps it.

    Parameters
    ----------
    model : CoupledCobweb
        Without the link.
    home, host : region
        Two different names of the model's ``regions``.
    strength : float
        At least 0; a mobility, or with "host_price" a share of attention.
    answer : {"both", "home", "host_price"}
        "both": mobility between home and host grows, supply of both answers the gap. "home": only
        that of home does, + strength (p_home - p_host). "host_price": the supply of home gives so
        much of the weight of its own price to that of the host.

    Returns
    -------
    CoupledCobweb
        A new model; with "home" a directed one.

    Raises
    ------
    InputError
        If a region is unknown, both are the same, or the strength is out of range.

    Examples
    --------
    >>> regions = CoupledCobweb([1, 1], [0.8, 0.8], mobility=0.05)
    >>> with_enclave(regions, 0, 1, strength=0.1).roots().round(2).tolist()
    [-1.1, -0.8]
    """
    i, j = _ends(model, home, host)
    mobility = np.array(model.mobility)
    if answer == "host_price":
        shares = np.eye(len(mobility)) if model.attention is None else np.array(model.attention)
        check_number("strength", strength, low=0, high=float(shares[i, i]))
        shares[i, i] -= strength
        shares[i, j] += strength
        return replace(model, attention=shares)
    check_number("strength", strength, low=0)
    mobility[i, j] += strength
    if answer == "both":
        mobility[j, i] += strength
    return replace(model, mobility=mobility, directed=model.directed or answer == "home")


def critical_enclave(
    model: CoupledCobweb, home: Hashable, host: Hashable, *, answer: Answer = "both"
) -> float:
    """Strength of an enclave's link from which prices no longer settle.

    With symmetric answers of supply K and "both", 1 / (g' ((2 / beta - 1) B - K)^-1 g), g = 1 at
    home, -1 at host. Else the first crossing is looked for in 512 steps.

    Parameters
    ----------
    model, home, host, answer
        As in `with_enclave`.

    Returns
    -------
    float
        0: not stable without it. Infinite: no strength (with "host_price": possible share) does it.

    Raises
    ------
    InputError
        If a region is unknown, or both are the same.

    Examples
    --------
    >>> regions = CoupledCobweb([1, 1], [0.8, 0.8], mobility=0.05)
    >>> round(critical_enclave(regions, 0, 1), 12)
    0.05
    """
    i, j = _ends(model, home, host)
    demand, base = model._demand(), model._answers()
    change = np.zeros_like(base)
    change[i, i], change[i, j] = 1, -1
    high = math.inf
    if answer == "both":
        change[j, i], change[j, j] = -1, 1
        if np.array_equal(base, base.T):
            return symmetric_threshold(demand, base, change, model.adaptation)
    elif answer == "host_price":
        change *= -np.asarray(model.supply_slope)[i]
        high = 1.0 if model.attention is None else float(np.asarray(model.attention)[i, i])
    return first_crossing(demand, base, change, model.adaptation, high)


def enclave_effect(
    model: CoupledCobweb,
    home: Hashable,
    host: Hashable,
    *,
    strength: float,
    answer: Answer = "both",
) -> pd.DataFrame:
    """Compare the modes without and with the link of an enclave.

    Parameters
    ----------
    model, home, host, strength, answer
        As in `with_enclave`.

    Returns
    -------
    DataFrame
        A row a mode of the model, those that lose stability first on top: ``kind``, ``root``,
        ``modulus``, ``home_host_gap`` (difference of the prices of home and host in the mode,
        largest entry 1), ``first``; the same, ``_with`` behind the name, of the mode that it
        becomes with the link; ``change`` of the modulus; ``effect`` (excites, damps or leaves).

    Raises
    ------
    InputError
        As `with_enclave`.

    Notes
    -----
    A mode without a gap between home and host stays as it is. The others are paired with those of
    the linked model by the rank of their roots, which do not cross as the strength grows with
    symmetric answers and "both". With "both" no root can rise, and their sum falls by beta strength
    (1 / b_home + 1 / b_host): negative roots are excited, positive ones damped as long as they stay
    so. With "home" the sum falls by beta strength / b_home; with "host_price" it rises by beta
    strength d_home / b_home.

    Examples
    --------
    >>> regions = CoupledCobweb([1, 1], [0.8, 0.8], mobility=0.05)
    >>> table = enclave_effect(regions, 0, 1, strength=0.1)
    >>> table[["kind", "root", "root_with", "effect"]].round(3)
           kind  root  root_with   effect
    mode
    0       gap  -0.9       -1.1  excites
    1     total  -0.8       -0.8   leaves
    """
    linked = with_enclave(model, home, host, strength=strength, answer=answer)
    before, after = model.modes(), linked.modes()
    i, j = _ends(model, home, host)
    partner = _partners(before, after, i, j)
    columns = ["kind", "root", "modulus", "home_host_gap", "first"]
    own, with_link = (
        table.assign(home_host_gap=_gaps(table, i, j))[columns]
        for table in (before, after.iloc[partner].reset_index(drop=True))
    )
    result = own.join(with_link.add_suffix("_with"))
    change = result["modulus_with"] - result["modulus"]
    small = change.abs() < 1e-9
    result["change"] = change.mask(small, 0.0)
    result["effect"] = np.where(small, "leaves", np.where(change > 0, "excites", "damps"))
    return result.rename_axis("mode")


def _partners(before: pd.DataFrame, after: pd.DataFrame, i: int, j: int) -> npt.NDArray[np.intp]:
    one, two = (table.filter(regex="^price_").to_numpy() for table in (before, after))
    still = _gaps(before, i, j) < 1e-9
    partner = np.empty(len(one), dtype=np.intp)
    roots = before["root"].to_numpy(), after["root"].to_numpy()
    # The same root, and of several the most alike.
    size = np.linalg.norm(one[still], axis=1)[:, None] * np.linalg.norm(two, axis=1)
    alike = np.abs(one[still].conj() @ two.T) / size
    cost = 1e6 * np.abs(np.subtract.outer(roots[0][still], roots[1])) - alike
    partner[still] = linear_sum_assignment(cost)[1]
    left = np.setdiff1d(np.arange(len(one)), partner[still])
    moved = np.flatnonzero(~still)
    ranks = [np.lexsort((np.imag(x), np.real(x))) for x in (roots[0][moved], roots[1][left])]
    partner[moved[ranks[0]]] = left[ranks[1]]
    return partner


def _gaps(table: pd.DataFrame, i: int, j: int) -> Floats:
    prices = table.filter(regex="^price_").to_numpy()
    return np.asarray(np.abs(prices[:, i] - prices[:, j]))


def _ends(model: CoupledCobweb, home: Hashable, host: Hashable) -> tuple[int, int]:
    regions = tuple(model.regions or ())
    i, j = position("home", home, regions), position("host", host, regions)
    if i == j:
        raise InputError(f"`host` must not be the home; found {host!r} for both.")
    return i, j
