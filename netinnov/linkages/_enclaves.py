"""Enclaves: parks as links between places, and the nodes that stand outside their jurisdiction."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Literal, NamedTuple

import numpy as np
import pandas as pd

from netinnov._network.columns import as_numbers
from netinnov._network.hierarchy import parents, ranks, units, within
from netinnov._runtime.arguments import examples, one_column, shown
from netinnov._typing import Codes, Direction, Floats, Integers, Mask
from netinnov.errors import InputError
from netinnov.linkages._records import ids, numbers
from netinnov.network import MultilayerNetwork

DIRECTIONS = ("reverse", "forward", "level", "unknown")
POPULATION = "population"
STRENGTH = "strength"
UNKNOWN = "unknown"
_NONE = pd.Series(dtype=np.float64)


def enclaves(
    parks: pd.DataFrame,
    *,
    home: str = "jurisdiction",
    host: str = "place",
    weight: str | None = None,
) -> pd.DataFrame:
    """Link the place that runs a park to the place where it stands; at home, to itself.

    Parameters
    ----------
    parks : DataFrame
        One row a park; no missing values in the columns that are read.
    home, host : str
        The columns with the place that the park belongs to and the place where it is, as they are:
        `aggregate` lifts districts to their cities.
    weight : str, optional
        A column of positive numbers, such as floor area; without it every park counts 1.

    Returns
    -------
    DataFrame
        Columns ``source`` (home), ``target`` (host) and ``weight``: directed links, one row a park,
        as given; `build_network` adds up those of one pair of places.

    Raises
    ------
    InputError
        A column is missing; a home, host or weight is missing; a weight is not positive.

    Examples
    --------
    >>> parks = pd.DataFrame({"jurisdiction": ["quzhou"], "place": ["hangzhou"]})
    >>> enclaves(parks)
       source    target  weight
    0  quzhou  hangzhou     1.0
    """
    links = pd.DataFrame({"source": ids(parks, home), "target": ids(parks, host)})
    links["weight"] = 1.0
    if weight is not None:
        links["weight"] = numbers(parks, weight, pd.RangeIndex(len(parks)), low=0.0, above=True)
    return links


def find_enclaves(
    network: MultilayerNetwork, *, rank: pd.Series, level: int | str | None = None
) -> pd.DataFrame:
    """List the nodes that stand outside their jurisdiction, and which way they reach.

    A node inside its jurisdiction, through any number of steps of ``parent``, is at home; one in a
    city but run by one of its districts is not. Those without place or jurisdiction are left out.

    Parameters
    ----------
    network : MultilayerNetwork
        Nodes with a place and a jurisdiction.
    rank : Series
        A number for each place, larger for the more central one: population, or a centrality. A
        place without a number takes that of the nearest place that contains it. With ``level``
        the numbers of the units at that level are compared, not those of places below it.
    level : int or str, optional
        The level at which homes and hosts are compared, as in `aggregate`: so many steps up in
        ``parent`` (1: districts to cities), or up to this value in their column ``level``.

    Returns
    -------
    DataFrame
        Columns ``node, home, host, direction``, one row an enclave, in node order. ``home`` is
        its jurisdiction and ``host`` its place, or the units that contain them at the level.
        ``direction``: ``reverse`` if the host ranks higher, ``forward`` if the home does,
        ``level`` if they rank the same, ``unknown`` if one of them has no rank.

    Raises
    ------
    InputError
        ``rank`` holds something that is not a number, or two values for one place; ``level`` is
        negative, not a whole number, or a text that is not in the column of levels.

    Examples
    --------
    >>> where = {"place": "hangzhou", "jurisdiction": ["quzhou", None]}
    >>> nodes = pd.DataFrame(where, index=["p", "f"])
    >>> network = MultilayerNetwork(nodes, pd.DataFrame({"source": ["p"], "target": ["f"]}))
    >>> find_enclaves(network, rank=pd.Series({"hangzhou": 12.2, "quzhou": 2.3}))
      node    home      host direction
    0    p  quzhou  hangzhou   reverse
    """
    node, home, host, direction = _rows(network, rank, level)
    names = network.storage.place_names
    return pd.DataFrame(
        {
            "node": network.storage.node_names.take(node),
            "home": names.take(home),
            "host": names.take(host),
            "direction": pd.Index(DIRECTIONS, dtype="str").take(direction),
        }
    )


def count_enclaves(
    network: MultilayerNetwork,
    *,
    rank: pd.Series,
    level: int | str | None = None,
    by: Literal["direction", "pair", "step"] = "direction",
) -> pd.Series[int]:
    """Number of nodes outside their jurisdiction, by direction, by pair of places, or in steps.

    Parameters
    ----------
    network, rank, level
        As in `find_enclaves`, whose rows are counted.
    by : {"direction", "pair", "step"}
        Directions; homes and hosts; or from all nodes outside to the pairs of home and host.

    Returns
    -------
    Series
        By direction: index ``reverse, forward, level, unknown``, always all four.

        By pair: a sorted MultiIndex ``home, host`` of all jurisdictions and all places that nodes
        have, at the level, zeros included, so that it is the same on every arrangement of them.

        By step: ``outside``, nodes outside their jurisdiction; ``parks`` among them; ``between``,
        the parks (nodes, if none is a park) whose home and host differ at the level; ``pairs`` of
        home and host that these make; ``reverse``, those of ``between`` whose host ranks higher.
        Compare with the null model `netinnov.null_models.Relocate`.

    Examples
    --------
    >>> where = {"place": "hangzhou", "jurisdiction": ["quzhou", None], "kind": "park"}
    >>> nodes = pd.DataFrame(where, index=["p", "f"])
    >>> network = MultilayerNetwork(nodes, pd.DataFrame({"source": ["p"], "target": ["f"]}))
    >>> count_enclaves(network, rank=pd.Series({"hangzhou": 12.2, "quzhou": 2.3})).to_dict()
    {'reverse': 1, 'forward': 0, 'level': 0, 'unknown': 0}
    """
    if by == "direction":
        counts = np.bincount(_rows(network, rank, level)[3], minlength=len(DIRECTIONS))
        return pd.Series(
            counts, pd.Index(DIRECTIONS, dtype="str", name="direction"), name="enclaves"
        )
    if by == "pair":
        return _by_pair(network, rank, level)
    outside = find_enclaves(network, rank=rank)
    between = parks_or_all(network, find_enclaves(network, rank=rank, level=level))
    steps = {
        "outside": len(outside),
        "parks": int(_are_parks(network, outside).sum()),
        "between": len(between),
        "pairs": len(between.drop_duplicates(["home", "host"])),
        "reverse": int(between["direction"].eq("reverse").sum()),
    }
    return pd.Series(steps, name="enclaves").rename_axis("step")


def parks_or_all(network: MultilayerNetwork, enclaves: pd.DataFrame) -> pd.DataFrame:
    """The parks of some enclaves; all of these, if no park stands outside its jurisdiction."""
    some = _are_parks(network, find_enclaves(network, rank=_NONE)).any()
    return enclaves[_are_parks(network, enclaves)] if some else enclaves


def _are_parks(network: MultilayerNetwork, enclaves: pd.DataFrame) -> Mask:
    kind = network.storage.nodes["kind"].reindex(enclaves["node"])
    return kind.eq("park").to_numpy(bool, na_value=False)


def _rows(
    network: MultilayerNetwork, rank: pd.Series, level: int | str | None
) -> tuple[Integers, Codes, Codes, Integers]:
    """Nodes outside their jurisdiction: positions, codes of home and host, and directions."""
    asked = one_column("rank", rank)
    if not isinstance(asked, (pd.Series, Mapping)):
        raise InputError(
            f"`rank` must be a Series or mapping from places to numbers; found {shown(asked)}."
        )
    rank = pd.Series(asked)
    number, text = as_numbers(rank)
    if text.any():
        none = examples(rank[text], str)
        raise InputError(f"rank must hold a number for each place; these are none: {none}.")
    if (twice := rank.index[rank.index.duplicated()]).size:
        raise InputError(
            f"rank must have one value a place; two or more for: {examples(twice.unique(), str)}."
        )
    storage = network.storage
    places = storage.places
    parent = storage.parents
    codes = (storage.place_codes, storage.jurisdiction_codes)
    host, home = (units(code, places, level) for code in codes)
    outside = np.flatnonzero((host >= 0) & (home >= 0) & ~within(parent, host, home))
    host = host[outside]
    home = home[outside]
    value = ranks(np.asarray(pd.Series(number, rank.index).reindex(places.index), float), parent)
    return outside, home, host, reached(value[home], value[host])


def reached(home: Floats, host: Floats) -> Integers:
    """Positions in `DIRECTIONS` by the ranks of homes and hosts."""
    return np.select([host > home, host < home, host == home], [0, 1, 2], default=3)


def _by_pair(
    network: MultilayerNetwork, rank: pd.Series, level: int | str | None
) -> pd.Series[int]:
    storage = network.storage
    names = network.storage.place_names
    codes = (storage.jurisdiction_codes, storage.place_codes)
    sides = [np.unique(units(code, storage.places, level)) for code in codes]
    homes, hosts = (names.take(side[side >= 0]).sort_values() for side in sides)
    _, home, host, _ = _rows(network, rank, level)
    cells = homes.get_indexer(names)[home] * len(hosts) + hosts.get_indexer(names)[host]
    counts = np.bincount(cells, minlength=len(homes) * len(hosts))
    pairs = pd.MultiIndex.from_product([homes, hosts], names=["home", "host"])
    return pd.Series(counts, pairs, name="enclaves")


class Ranking(NamedTuple):
    """Numbers of places by kind; the first kind that both ends have counts."""

    numbers: dict[str, pd.Series]
    layers: tuple[str, ...]
    level: int | str | None

    def find(self, network: MultilayerNetwork) -> pd.DataFrame:
        table = find_enclaves(network, rank=_NONE, level=self.level)
        return table.assign(**self.directions(network, table["home"], table["host"]))

    def directions(
        self, network: MultilayerNetwork, homes: Iterable[str], hosts: Iterable[str]
    ) -> pd.DataFrame:
        """Columns direction and ranked_by, a row for each pair of a home and a host."""
        places = network.storage.places
        home, host = (places.index.get_indexer(pd.Index(ends)) for ends in (homes, hosts))
        direction = pd.Series(UNKNOWN, range(len(home)), dtype="str")
        by = pd.Series(pd.NA, direction.index, dtype="str")
        for name, known in self.numbers.items():
            value = ranks(known.reindex(places.index).to_numpy(np.float64), parents(places))
            new = pd.Series(np.take(DIRECTIONS, reached(value[home], value[host])), dtype="str")
            now = (direction == UNKNOWN) & (new != UNKNOWN)
            direction = direction.mask(now, new)
            by = by.mask(now, name)
        return pd.DataFrame({"direction": direction, "ranked_by": by})


def ranking(
    network: MultilayerNetwork,
    *,
    rank: str | None = None,
    level: int | str | None = None,
    direction: Direction = "total",
) -> Ranking:
    """By a column, else by population, else by strength in observed layers.

    Strength leaves out links of the enclaves and layers that only join homes to their hosts.
    """
    if rank not in (None, STRENGTH):
        column = network.storage.places[rank]
        number, text = as_numbers(column)
        if text.any():
            raise InputError(
                f"the column {rank!r} of the places must hold numbers to rank them by; found "
                f"{examples(column[text], str)}."
            )
        return Ranking({str(rank): pd.Series(number, column.index).dropna()}, (), level)
    strength, layers = _strength(network, level, direction)
    by = {STRENGTH: strength}
    return Ranking(by if rank else by_population(network).numbers | by, layers, level)


def by_population(network: MultilayerNetwork) -> Ranking:
    people = network.storage.places["population"].dropna().astype(np.float64)
    return Ranking({POPULATION: people}, (), None)


def _strength(
    network: MultilayerNetwork, level: int | str | None, direction: Direction
) -> tuple[pd.Series, tuple[str, ...]]:
    """Strength in the layers that do not make the enclaves, and these layers."""
    storage = network.storage
    places = network.storage.places
    enclaves = find_enclaves(network, rank=_NONE, level=level)
    unit = units(storage.place_codes, places, level).astype(np.int64)
    unit[storage.positions("nodes", enclaves["node"])] = -1
    home, host = (places.index.get_indexer(pd.Index(enclaves[end])) for end in ("home", "host"))
    n = len(places)
    made = np.unique(home * n + host)
    rows = storage.link_rows()
    source = unit[rows.source]
    target = unit[rows.target]
    between = (source >= 0) & (target >= 0) & (source != target)
    strength = np.zeros(n)
    used = []
    for x, layer in enumerate(network.layers):
        if storage.records[layer].modelled or storage.holds_shares(layer):
            continue
        at = np.flatnonzero(between & (rows.layer == x))
        one = source[at]
        other = target[at]
        back = layer not in network.directed
        joins = np.isin(one * n + other, made) | (back & np.isin(other * n + one, made))
        if not joins.all():
            used.append(layer)
            every = {"out": one, "in": other}
            counted = [every[direction]] if direction in every and not back else every.values()
            strength += sum(np.bincount(end, rows.weight[at], n) for end in counted)
    return pd.Series(strength, places.index)[strength > 0], tuple(used)
