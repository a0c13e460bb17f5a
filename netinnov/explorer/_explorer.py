"""The explorer of a network: what is computed for it, and its page as a file or in a notebook."""

from __future__ import annotations

import os
from dataclasses import dataclass
from html import escape
from pathlib import Path
from typing import Any

import numpy as np

from netinnov._arguments import as_path, check_type
from netinnov._atomic import new_file
from netinnov._public import suggests_keywords
from netinnov._version import __version__
from netinnov.explorer._layout import layout_of
from netinnov.explorer._page import page
from netinnov.explorer._payload import (
    centralities,
    frame_of,
    land_of,
    land_unit,
    layers_of,
    places_of,
    rounded,
)
from netinnov.explorer._place_network import gazetteer, network_of_places
from netinnov.explorer._static_map import mercator, static_map, static_table
from netinnov.network import MultilayerNetwork, check_network

__all__ = ["Explorer", "explore"]

HEIGHT = 760
"""Pixels of the page in a notebook."""


@dataclass(frozen=True, slots=True)
class Explorer:
    """The explorer of a network, as `explore` makes it.

    Parameters
    ----------
    html : str
        The page: one file that loads nothing.

    Examples
    --------
    >>> Explorer("<!DOCTYPE html>").html
    '<!DOCTYPE html>'
    """

    html: str

    def write(self, path: str | os.PathLike[str]) -> Path:
        """Write the page to a file, which appears complete or not at all.

        Parameters
        ----------
        path : path
            The file, such as ``"explorer.html"``; an older one is replaced.

        Returns
        -------
        Path
        """
        target = as_path("path", path)
        with new_file(target) as file:
            file.write(self.html)
        return target

    def __repr__(self) -> str:
        return f"Explorer: a page of {len(self.html.encode()) / 1000:,.0f} kB; write(path) saves it"

    def _repr_html_(self) -> str:
        return (
            f'<iframe srcdoc="{escape(self.html)}" title="netinnov explorer" '
            'sandbox="allow-scripts allow-downloads" '
            f'style="width: 100%; height: {HEIGHT}px; border: 0"></iframe>'
        )


@suggests_keywords
def explore(network: MultilayerNetwork, *, title: str | None = None) -> Explorer:
    """Make a page to look at a network of places and to try an enclave in it.

    Parameters
    ----------
    network : MultilayerNetwork
        Any network. Nodes that are no places are added up to places, as by `aggregate`; where no
        node has a place, each node is one.
    title : str, optional
        Of the page.

    Returns
    -------
    Explorer
        ``.write(path)`` makes one HTML file that needs no network connection; in a notebook the
        page itself is shown.

    Examples
    --------
    >>> import netinnov as ni
    >>> cities = ni.datasets.make_city_system(n_cities=8, rng=1)
    >>> ni.explore(cities).html[:15]
    '<!DOCTYPE html>'
    """
    check_network(network)
    if title is not None:
        check_type("title", title, str)
    heading = "Innovation network" if title is None else title
    places = network_of_places(network)
    return _explorer(places, heading)


def _explorer(cities: MultilayerNetwork, title: str) -> Explorer:
    places, n = gazetteer(cities), cities.n_nodes
    observed = [layer for layer in cities.layers if not cities.storage.records[layer].modelled]
    seen = cities.select(layers=observed) if observed else cities
    measures = centralities(seen)
    frame = frame_of(places, n)
    data: dict[str, Any] = {
        "version": __version__,
        "title": title,
        "n": n,
        "places": places_of(places),
        "layers": layers_of(cities),
        "measures": measures,
    }
    if frame is None:
        points = layout_of(cities)
        data["layout"] = [rounded(axis, 4) for axis in points.T]
    else:
        points = mercator(places.lon[:n], places.lat[:n])
        data["land"] = {"unit": land_unit(frame), "outlines": land_of(frame), "frame": list(frame)}
    strength = measures.get("strength") or measures.get("degree") or [0.0] * n
    size = np.array([0.0 if value is None else value for value in strength])
    links = [
        link
        for layer in data["layers"]
        if not layer["modelled"]
        for link in zip(layer["source"], layer["target"], layer["weight"], strict=True)
    ]
    first_view = static_map(points, places.names[:n], size, links) + static_table(
        places.names[:n], {"Chinese": places.chinese[:n], **measures}
    )
    return Explorer(page(data, title=title, first_view=first_view))
