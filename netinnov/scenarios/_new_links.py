"""Links that are named one by one, as a scenario."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from netinnov._arguments import as_list, check_number
from netinnov._geography import great_circle
from netinnov._paths import pair_positions
from netinnov._typing import Codes
from netinnov.errors import InputError
from netinnov.network import MultilayerNetwork
from netinnov.scenarios._pair_draws import chosen_layer
from netinnov.scenarios._prices import Amounts, Priced


@dataclass(frozen=True, slots=True)
class NewLinks(Priced):
    """Links between named nodes, added to those that there are.

    Parameters
    ----------
    pairs : sequence of pairs of str
        Ids of the nodes that each link joins; in a directed layer from the first to the second.
    weight : float
        Weight of each link, above 0. Where a pair is linked already, weights add up.
    layer : str, optional
        A layer of the network. None: the layer with the most links (the first by name in a tie).

    Raises
    ------
    InputError
        No pairs, a pair that is not two different ids, or a weight that is not above 0; and when
        it is applied, ids or a layer that the network does not have.

    See Also
    --------
    DirectLinks : links between two places, with ends that are drawn.

    Notes
    -----
    Nothing is random, and nothing is taken away. *Cost*: a link between nodes in one place is
    local, any other is paid by the kilometre between the places of its ends. See `Prices`.

    Examples
    --------
    >>> NewLinks([("quzhou", "hangzhou")], weight=2.0).weight
    2.0
    """

    pairs: Sequence[tuple[str, str]]
    weight: float = 1.0
    layer: str | None = None

    def __post_init__(self) -> None:
        pairs = as_list("pairs", self.pairs, "pairs of ids of nodes")
        wrong = [
            pair
            for pair in pairs
            if isinstance(pair, str) or len(ends := list(pair)) != 2 or ends[0] == ends[1]
        ]
        if wrong or not pairs:
            msg = "`pairs` must hold pairs of two different ids, such as [('a', 'b')]; found"
            raise InputError(f"{msg} {wrong[:5] if wrong else 'none'}.")
        object.__setattr__(self, "pairs", tuple((str(a), str(b)) for a, b in pairs))
        check_number("weight", self.weight, low=0, above=True)

    def __call__(
        self, network: MultilayerNetwork, _rng: np.random.Generator, /
    ) -> MultilayerNetwork:
        layer, source, target = self._placed(network)
        names = network.storage.nodes.index
        links = {"source": names.take(source), "target": names.take(target)}
        return network.with_links(pd.DataFrame(links).assign(layer=layer, weight=self.weight))

    def _placed(
        self, network: MultilayerNetwork, layer: str | None = None
    ) -> tuple[str, Codes, Codes]:
        """Give the layer, and the positions of both ends; undirected ends in node order."""
        if layer is None or self.layer is not None:
            layer = chosen_layer(network, self.layer)
        source, target = pair_positions(network, "pairs", self.pairs)
        if layer not in network.directed:
            source, target = np.minimum(source, target), np.maximum(source, target)
        return layer, source, target

    def _needs(self, network: MultilayerNetwork | None, kilometres: bool) -> Amounts:
        if network is None:
            return Amounts(0.0, 0.0, float("nan"))
        _, source, target = self._placed(network)
        code, places = network.storage.place_codes, network.storage.places
        local = (code[source] == code[target]) & (code[source] >= 0)
        if not kilometres:
            return Amounts(0.0, float(local.sum()), float("nan"))
        lon, lat = (np.append(places[name].to_numpy(np.float64), np.nan) for name in ("lon", "lat"))
        a, b = code[source[~local]], code[target[~local]]
        km = great_circle(lon[a], lat[a], lon[b], lat[b])
        if np.isnan(km).any():
            first = network.storage.nodes.index[source[~local][np.isnan(km)][:5]].tolist()
            raise InputError(
                f"kilometres of new links need coordinates of the places of both ends; "
                f"{int(np.isnan(km).sum())} links have none, e.g. those of {first}."
            )
        return Amounts(0.0, float(local.sum()), float(km.sum()))
