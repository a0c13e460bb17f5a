"""What the scenarios between a home and a host share: their checks, and how links are paid for."""

from __future__ import annotations

import numpy as np

from netinnov._arguments import as_whole, check_choice, check_number, shown
from netinnov._typing import Floats
from netinnov.errors import InputError
from netinnov.network import MultilayerNetwork
from netinnov.scenarios._changed_links import added_node, moved
from netinnov.scenarios._pair_draws import Ends, Pairs, points_to_end
from netinnov.scenarios._park_ends import Side
from netinnov.scenarios._prices import Funding, Priced

__all__ = ["BetweenPlaces"]


class BetweenPlaces(Priced):
    """A scenario between a home and a host; its classes list these fields in their own order."""

    __slots__ = ()

    home: str
    host: str
    size: int
    funding: Funding
    attachment: float
    layer: str | None

    def __post_init__(self) -> None:
        for name in ("home", "host"):
            place: object = getattr(self, name)
            if not isinstance(place, str):
                raise InputError(f"`{name}` must be the id of a place; found {shown(place)}.")
        if self.home == self.host:
            msg = f"`home` and `host` must differ; both are {self.home!r}. A park at home is none."
            raise InputError(msg)
        object.__setattr__(self, "size", as_whole("size", self.size, low=1))
        for name in ("pipeline_share", "kept_share"):
            if hasattr(self, name):
                check_number(name, getattr(self, name), low=0, high=1)
        check_number("attachment", self.attachment, low=0)
        check_choice("funding", self.funding, Funding)

    def _funds(
        self, home: Side, pairs: Pairs, count: int, layer: str, rng: np.random.Generator
    ) -> tuple[Pairs, Floats]:
        """Give the pairs that home gives up for `count` new links, and the weights of these."""
        if self.funding == "new" or count == 0:
            return pairs.at(np.empty(0, np.intp)), np.full(count, np.median(pairs.weight))
        pool = np.flatnonzero(home.nodes[pairs.source] | home.nodes[pairs.target])
        if len(pool) < count:
            raise InputError(
                f"reallocated funding takes the new links from home: {count} are asked for, "
                f"{home.place!r} has {len(pool)} in layer {layer!r}. Choose a smaller `size`, "
                "another `layer`, or funding='new'."
            )
        taken = pairs.at(rng.choice(pool, count, replace=False))
        return taken, taken.weight

    def _with_node(
        self,
        network: MultilayerNetwork,
        home: Side,
        layer: str,
        pairs: Pairs,
        ends: Ends,
        rng: np.random.Generator,
        *,
        followed: tuple[Pairs, Pairs] | None = None,
        **node: str,
    ) -> MultilayerNetwork:
        """Add a node (see `added_node`) and link it to ends; `followed` as in `moved`."""
        to_end = points_to_end(ends.inward, layer in network.directed, rng)
        # Drawn last, so that the same `rng` places the same links however they are paid for.
        gone, weight = self._funds(home, pairs, len(ends.node), layer, rng)
        n, end = network.n_nodes, ends.node.astype(np.int32)
        new = Pairs(np.where(to_end, n, end), np.where(to_end, end, n), weight)
        nodes = added_node(network, **node)
        return moved(network, nodes, layer, gone=gone, new=new, followed=followed)
