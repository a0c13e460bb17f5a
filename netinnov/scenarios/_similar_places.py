"""Places that are like one of them in strength, distance or columns of their table."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd

from netinnov._network.columns import taken
from netinnov._network.hierarchy import related
from netinnov._network.paths import linked
from netinnov._network.place_distances import between
from netinnov._runtime.arguments import check_name, check_names
from netinnov._typing import Count, Floats, Mask
from netinnov.errors import InputError
from netinnov.network import MultilayerNetwork
from netinnov.scenarios._pair_draws import chosen_layer, linked_pairs


def similar_places(
    network: MultilayerNetwork, place: str, *, n: Count, by: Sequence[str]
) -> list[str]:
    """List the places that are most like one, such as other hosts for a park.

    Parameters
    ----------
    network : MultilayerNetwork
        Whose places they are.
    place : str
        What the others are like.
    n : int
        How many, as far as there are so many.
    by : sequence of str
        What the places must have in common: ``"strength"`` (of the nodes in the place, in the layer
        with the most links), ``"distance"`` (the nearer to `place`, the more alike), or any column
        of ``network.places``. Numbers are compared by distance, text and categories (a province)
        must be equal.

    Returns
    -------
    list of str
        Ids of places, the most alike first.

    Raises
    ------
    InputError
        If `place` lacks a value that is compared.

    Notes
    -----
    *Candidates* are places with linked nodes (in them or in a place inside them), as many steps of
    ``parent`` from the top as `place`, outside it and not around it. Those that lack a value or
    differ in a category are left out.

    *Likeness* is the Euclidean distance between the numbers, after logarithms (a column with values
    below 0 stays as it is; a 0 counts half the smallest value above 0) and divided by their
    standard deviation over `place` and all candidates with the values. Both directions add up to
    strength; in a layer of shares of origins it is what arrives, of destinations what leaves.

    Examples
    --------
    >>> places = pd.DataFrame({"population": [9, 8, 1, 2]}, index=list("abcd"))
    >>> nodes = pd.DataFrame({"place": list("abcd")}, index=list("abcd"))
    >>> links = pd.DataFrame({"source": list("abc"), "target": list("bcd")})
    >>> similar_places(ni.build_network(nodes, links, places), "a", n=2, by=["population"])
    ['b', 'd']
    """
    places = network.storage.places
    check_name("place", place, list(places.index))
    names = [*dict.fromkeys(check_names("by", by, ["strength", "distance", *places.columns]))]
    at: Any = places.index.get_loc(place)
    table = pd.DataFrame({name: _values(name, network, at) for name in names}, places.index)
    if lacking := [name for name in names if table[name].isna()[place]]:
        raise InputError(
            f"{place!r} has no {' and no '.join(lacking)}, so no place can be like it. Complete "
            "the table of places, or leave this out of `by`."
        )
    table = table[_candidates(network, at) | (places.index == place)].dropna()
    # Scaled before categories leave few to take a standard deviation of.
    gap = np.zeros(len(table))
    alike = table.index != place
    for name in names:
        if pd.api.types.is_any_real_numeric_dtype(table[name]):
            scaled = _scaled(table[name])
            gap += (scaled - scaled[table.index.get_loc(place)]) ** 2
        else:
            alike &= (table[name] == table.loc[place, name]).to_numpy(bool, na_value=False)
    order = np.argsort(gap, kind="stable")
    similar: list[str] = table.index[order[alike[order]]].tolist()
    return similar[:n]


def _values(name: str, network: MultilayerNetwork, at: int) -> Any:
    if name == "strength":
        return _by_place(network, _node_strength(network))
    if name == "distance":
        every = np.arange(len(network.storage.places))
        return np.where(every == at, 0.0, between(network.storage, at, every, directed=True))
    return network.storage.places[name].array


def _node_strength(network: MultilayerNetwork) -> Floats:
    layer = chosen_layer(network, None)
    pairs = linked_pairs(network, layer)
    quantity = network.storage.records[layer].quantity
    ends = [pairs.target] if quantity != "share_of_destination" else []
    ends += [pairs.source] if quantity != "share_of_origin" else []
    weights = (np.bincount(end, pairs.weight, network.n_nodes) for end in ends)
    return np.asarray(sum(weights), np.float64)


def _by_place(network: MultilayerNetwork, of_nodes: Floats) -> Floats:
    code = network.storage.place_codes
    parent = network.storage.parents
    total = np.zeros(len(parent))
    while (known := code >= 0).any():
        total += np.bincount(code[known], of_nodes[known], len(parent))
        code = taken(parent, code)
    return total


def _candidates(network: MultilayerNetwork, at: int) -> Mask:
    """Places with linked nodes outside this one, as many steps from the top."""
    parent = network.storage.parents
    able: Mask = _by_place(network, linked(network).astype(np.float64)) > 0
    steps = np.zeros(len(parent), np.intp)
    above = parent
    while (above >= 0).any():
        steps += above >= 0
        above = taken(parent, above)
    return able & (steps == steps[at]) & ~related(parent, at)


def _scaled(values: pd.Series) -> Floats:
    number = values.to_numpy(np.float64)
    if (number >= 0).all():
        above = number[number > 0]
        if not len(above):
            return np.zeros(len(values))
        number = np.log(np.where(number > 0, number, above.min() / 2))
    spread = number.std()
    return np.zeros(len(values)) if spread == 0 else number / spread
