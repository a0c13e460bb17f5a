"""Lengths of links that a policy changes, such as a faster line."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import pandas as pd
from numpy.random import Generator

from netinnov._network.columns import refuse_repeated
from netinnov._network.distances import LONG
from netinnov._network.headers import needed_columns
from netinnov._runtime import arguments
from netinnov.errors import InputError
from netinnov.network import MultilayerNetwork


@dataclass(frozen=True, slots=True)
class ChangedDistances:
    """Some places are nearer to each other, or farther, as when a line opens.

    All else stays. Where journeys with changes become shorter too, compare
    ``network.with_distances(after)``, with times of `linkages.travel_times`.

    Parameters
    ----------
    changes : mapping of (str, str) to float or DataFrame
        New distance of a pair of places, in both directions unless the opposite pair is there too;
        a table has columns as in `MultilayerNetwork.with_distances`.

    Raises
    ------
    InputError
        A key is no pair of different places, or a distance is negative. When it is called: the
        network holds no table of distances, or a place is not in it.

    Examples
    --------
    >>> minutes = pd.DataFrame({"origin": ["Q"], "destination": ["H"], "distance": [66.0]})
    >>> nodes = pd.DataFrame({"place": ["Q", "H"]}, index=["q", "h"])
    >>> links = pd.DataFrame({"source": ["q"], "target": ["h"]})
    >>> before = ni.build_network(nodes, links, distances=minutes, distance_unit="min")
    >>> after = ni.scenarios.apply_scenario(before, ChangedDistances({("Q", "H"): 45}))
    >>> after.distances["distance"].tolist()
    [45.0, 45.0]
    """

    changes: Mapping[tuple[str, str], float] | pd.DataFrame

    def __post_init__(self) -> None:
        changes: Any = self.changes
        if isinstance(changes, pd.DataFrame):
            table = needed_columns("`changes`", "distances", changes, LONG)
            lengths = table.set_index(LONG[:2])["distance"]
            refuse_repeated("`changes`", lengths.index, "pair")
            changes = lengths.to_dict()
        arguments.check_mapping(
            "changes", changes, "from pairs of places to distances", filled=True
        )
        for pair, distance in changes.items():
            if not isinstance(pair, tuple) or not len({*pair}) == len(pair) == 2:
                raise InputError(
                    "`changes` must have pairs of different places as keys, such as ('Q', 'H'); "
                    f"found {arguments.shown(pair)}."
                )
            arguments.check_number(f"changes[{pair!r}]", distance, low=0)
        object.__setattr__(self, "changes", dict(changes))

    def __call__(self, network: MultilayerNetwork, _rng: Generator, /) -> MultilayerNetwork:
        known = network.distances
        if known is None:
            raise InputError(
                "the network must hold a table of distances for ChangedDistances; it has none: "
                "network.with_distances(table, unit='min') gives it one."
            )
        places = list(network.storage.place_names)
        lengths = dict[Any, Any](self.changes)
        for pair in lengths:
            arguments.check_names("changes", pair, places)
        changes = {(b, a): far for (a, b), far in lengths.items()} | lengths
        new = pd.DataFrame([(a, b, far) for (a, b), far in changes.items()], columns=LONG)
        table = pd.concat([new, known]).drop_duplicates(LONG[:2])
        return network.with_distances(table, unit=network.distance_unit)
