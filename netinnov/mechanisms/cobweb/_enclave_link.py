"""What the link of an enclave does to coupled cobwebs."""

from __future__ import annotations

from collections.abc import Hashable
from dataclasses import replace

import numpy as np
import pandas as pd

from netinnov._runtime.arguments import did_you_mean, examples
from netinnov._typing import Amount, Floats, Mask
from netinnov.errors import InputError
from netinnov.mechanisms.cobweb._coupled_cobweb import CoupledCobweb


def with_enclave(
    model: CoupledCobweb, home: Hashable, host: Hashable, *, strength: Amount
) -> CoupledCobweb:
    """Add the link of an enclave that home runs in host: mobility between the two grows.

    One reading of a link, not a finding: supply of both follows the gap between their prices.

    Parameters
    ----------
    model : CoupledCobweb
        Without the link.
    home, host : region
        Two different names of the model's ``regions``.
    strength : float
        At least 0: what is added to their mobility.

    Returns
    -------
    CoupledCobweb
        A new model.

    Raises
    ------
    InputError
        A region is unknown, or both are the same.

    Examples
    --------
    >>> regions = CoupledCobweb([1, 1], [0.8, 0.8], mobility=0.05)
    >>> with_enclave(regions, 0, 1, strength=0.1).roots().round(2).tolist()
    [-1.1, -0.8]
    """
    i, j = _ends(model, home, host)
    mobility = np.array(model.mobility)
    mobility[[i, j], [j, i]] += strength
    return replace(model, mobility=mobility)


def critical_enclave(model: CoupledCobweb, home: Hashable, host: Hashable) -> float:
    """Strength of an enclave's link from which prices no longer settle.

    Parameters
    ----------
    model, home, host
        As in `with_enclave`.

    Returns
    -------
    float
        1 / (g' ((2 / beta - 1) B - K)^-1 g), g = 1 at home, -1 at host; 0: not stable without it.

    Examples
    --------
    >>> regions = CoupledCobweb([1, 1], [0.8, 0.8], mobility=0.05)
    >>> round(critical_enclave(regions, 0, 1), 12)
    0.05
    """
    i, j = _ends(model, home, host)
    gap = np.zeros(len(np.asarray(model.mobility)))
    gap[[i, j]] = 1, -1
    return model._threshold(np.outer(gap, gap))


def enclave_effect(
    model: CoupledCobweb, home: Hashable, host: Hashable, *, strength: Amount
) -> pd.DataFrame:
    """Compare the modes without and with the link of an enclave.

    Parameters
    ----------
    model, home, host, strength
        As in `with_enclave`.

    Returns
    -------
    DataFrame
        A row a mode of the model, in the order of `CoupledCobweb.modes`: ``kind``, ``root``,
        ``modulus``, ``home_host_gap`` (difference of the prices of home and host in the mode),
        ``first``; the same, with ``_with``, of the mode that it becomes with the link; ``change``
        of the modulus; ``effect`` (excites, damps or leaves).

    Notes
    -----
    A mode without a gap between home and host stays as it is. The others are paired by the rank of
    their roots. No root can rise, and their sum falls by beta strength (1 / b_home + 1 / b_host):
    negative roots are excited, positive ones damped as long as they stay so.

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
    i, j = _ends(model, home, host)
    before = model.modes()
    after = with_enclave(model, home, host, strength=strength).modes()
    partner = _partners(before, after, _gaps(before, i, j) < 1e-9)
    columns = ["kind", "root", "modulus", "home_host_gap", "first"]
    alone, linked = (
        table.assign(home_host_gap=_gaps(table, i, j))[columns]
        for table in (before, after.iloc[partner].reset_index(drop=True))
    )
    result = alone.join(linked.add_suffix("_with"))
    change = result["modulus_with"] - result["modulus"]
    small = change.abs() < 1e-9
    result["change"] = change.mask(small, 0.0)
    result["effect"] = np.where(small, "leaves", np.where(change > 0, "excites", "damps"))
    return result.rename_axis("mode")


def _partners(before: pd.DataFrame, after: pd.DataFrame, still: Mask) -> list[int]:
    """Row of `after` for each row of `before`: the same root where it is `still`, else the rank."""
    roots = before["root"].to_numpy()
    linked = after["root"].to_numpy()
    partner = np.empty(len(roots), int)
    left = list(range(len(roots)))
    for at in np.flatnonzero(still):
        away = np.abs(linked[left] - roots[at])
        partner[at] = left.pop(int(np.argmax(away <= away.min() + 1e-9)))
    moving = np.flatnonzero(~still)
    partner[moving[np.argsort(roots[moving])]] = np.array(left, int)[np.argsort(linked[left])]
    return partner.tolist()


def _gaps(table: pd.DataFrame, i: int, j: int) -> Floats:
    prices = table.filter(regex="^price_").to_numpy()
    return np.asarray(np.abs(prices[:, i] - prices[:, j]))


def _ends(model: CoupledCobweb, home: Hashable, host: Hashable) -> tuple[int, int]:
    regions = tuple(model.regions or ())
    for argument, region in (("home", home), ("host", host)):
        if region not in regions:
            raise InputError(
                f"`{argument}` must be a region ({examples(regions)}); found {region!r}"
                f"{did_you_mean(region, regions)}."
            )
    if home == host:
        raise InputError(f"`host` must not be the home; found {host!r} for both.")
    return regions.index(home), regions.index(host)
