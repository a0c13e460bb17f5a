"""What every reader returns."""

from __future__ import annotations

from typing import NamedTuple

import pandas as pd


class Tables(NamedTuple):
    """Tables of a network, in the order of the arguments of `build_network`.

    Attributes
    ----------
    nodes : DataFrame
        Index ``node``; columns ``kind``, ``place`` and attributes.
    links : DataFrame
        Columns ``layer, source, target, weight`` and, where there are any, ``period`` and
        attributes.
    places : DataFrame or None
        Index ``place``; columns ``lon, lat, population, parent`` and attributes.
    directed : tuple of str
        The layers whose links have a direction.
    layers : DataFrame or None
        Index ``layer``; the columns of `MultilayerNetwork.layer_table` that are known.
    """

    nodes: pd.DataFrame
    links: pd.DataFrame
    places: pd.DataFrame | None = None
    directed: tuple[str, ...] = ()
    layers: pd.DataFrame | None = None
