"""What cobwebs are given, checked at the door, and how prices follow expectations."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Annotated, Any, TypeAlias

import numpy as np
import pandas as pd

from netinnov._network.matrices import flat_matrix
from netinnov._runtime.arguments import as_whole, check_number, did_you_mean, examples
from netinnov._typing import Floats, Is
from netinnov.errors import InputError
from netinnov.mechanisms._checked_tables import in_order, refuse_outside
from netinnov.network import MultilayerNetwork

SLOWEST = 1e-9  # least adaptation: roots are 1 less a multiple of it, which rounding would make 1
Adaptation: TypeAlias = Annotated[float, Is(low=SLOWEST, high=1)]


def follow(
    price: Callable[[Any], Any], start: Any, expected: Any, periods: int, adaptation: float
) -> Floats:
    prices = np.empty((as_whole("periods", periods) + 1, *np.shape(start)))
    prices[0] = start
    for t in range(1, len(prices)):
        expected = expected + adaptation * (prices[t - 1] - expected)
        prices[t] = price(expected)
    return prices


def vector(name: str, values: Any, regions: tuple[Any, ...] = ()) -> Floats:
    numbers = in_order(name, values, regions)
    if numbers.ndim != 1 or numbers.size == 0 or numbers.size != (len(regions) or numbers.size):
        must = f"{len(regions)} numbers, one a region" if regions else "one number a region"
        raise InputError(f"`{name}` must be {must}; found an array of shape {numbers.shape}.")
    refuse_outside(name, numbers, np.isfinite(numbers), "finite")
    return numbers


def mobility_matrix(mobility: Any, regions: tuple[Any, ...]) -> Floats:
    size = len(regions)
    if isinstance(mobility, MultilayerNetwork):
        if mobility.n_nodes != size:
            msg = f"`mobility` must be a network of {size} regions; found {mobility.n_nodes} nodes."
            raise InputError(msg)
        if mobility.directed:
            layers = sorted(mobility.directed)
            msg = f"`mobility` must be a network without directed layers; found {layers}; see "
            raise InputError(f"{msg}netinnov.build.symmetrize.")
        names, mobility = mobility.nodes.index, flat_matrix(mobility, "mobility").toarray()
        if set(names) == set(regions):  # else they are other names, in the order of the nodes
            mobility = pd.DataFrame(mobility, names, names)
    m = in_order("mobility", mobility, regions)
    if m.ndim == 0:
        check_number("mobility", float(m), low=0)
        m = np.full((size, size), float(m))
    if m.shape != (size, size):
        msg = f"`mobility` must be a number or a {size} x {size} matrix; found shape {m.shape}."
        raise InputError(msg)
    refuse_outside("mobility", m, np.isfinite(m) & (m >= 0), "finite and at least 0")
    alike = np.isclose(m, m.T, rtol=1e-12, atol=0)
    if not alike.all():
        i, j = np.argwhere(~alike)[0]
        msg = f"`mobility` must be symmetric; found {m[i, j]:g} at ({i}, {j}) and {m[j, i]:g} at "
        raise InputError(f"{msg}({j}, {i}).")
    np.fill_diagonal(m, 0.0)
    return m


def region_names(regions: Any, mobility: Any, size: int, slopes: Any) -> tuple[Any, ...]:
    if regions is None:
        if isinstance(mobility, MultilayerNetwork) and mobility.n_nodes == size:
            return tuple(mobility.nodes.index)
        if not isinstance(slopes, pd.Series):
            return tuple(range(size))
        regions = slopes.index
    if isinstance(regions, str) or not isinstance(regions, (Sequence, pd.Index, np.ndarray)):
        raise InputError(f"`regions` must be a sequence of {size} names; found {regions!r}.")
    names = tuple(regions)
    if len(names) != size or len(set(names)) != size:
        msg = f"`regions` must be {size} different names; found {len(names)}, of which "
        raise InputError(f"{msg}{len(set(names))} are different.")
    return names


def position(argument: str, region: Any, regions: tuple[Any, ...]) -> int:
    if region not in regions:
        nearest = did_you_mean(region, regions)
        msg = f"`{argument}` must be a region ({examples(regions)}); found {region!r}{nearest}."
        raise InputError(msg)
    return regions.index(region)
