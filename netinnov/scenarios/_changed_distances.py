"""What if a line opens: other distances between some places."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import pandas as pd
from numpy.random import Generator

from netinnov._network.distances import LONG
from netinnov._runtime.arguments import check_mapping, check_names, check_number, shown
from netinnov.errors import InputError
from netinnov.network import MultilayerNetwork


@dataclass(frozen=True, slots=True)
class ChangedDistances:
    """Some places are nearer to each other, or farther, as when a line opens.

    All else stays. Where journeys with changes become shorter too, compare
    ``network.with_distances(after)``, with times of `linkages.travel_times`.

    Parameters
    ----------
    changes : mapping of (str, str) to float
        New distance of a pair of places, in both directions unless the opposite pair is there too.

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

    changes: Mapping[tuple[str, str], float]

    def __post_init__(self) -> None:
        check_mapping("changes", self.changes, "from pairs of places to distances", filled=True)
        changes: Mapping[Any, float] = self.changes
        for pair, distance in changes.items():
            if not isinstance(pair, tuple) or not len({*pair}) == len(pair) == 2:
                msg = "`changes` must have pairs of different places as keys, such as ('Q', 'H'); "
                raise InputError(f"{msg}found {shown(pair)}.")
            check_number(f"changes[{pair!r}]", distance, low=0)
        object.__setattr__(self, "changes", dict(self.changes))

    def __call__(self, network: MultilayerNetwork, _rng: Generator, /) -> MultilayerNetwork:
        known = network.distances
        if known is None:
            msg = "the network must hold a table of distances for ChangedDistances; it has none: "
            raise InputError(f"{msg}network.with_distances(table, unit='min') gives it one.")
        places = list(network.storage.place_names)
        for pair in self.changes:
            check_names("changes", pair, places)
        changes = {(b, a): far for (a, b), far in self.changes.items()} | dict(self.changes)
        new = pd.DataFrame([(a, b, far) for (a, b), far in changes.items()], columns=LONG)
        table = pd.concat([new, known]).drop_duplicates(LONG[:2])
        return network.with_distances(table, unit=network.distance_unit)
