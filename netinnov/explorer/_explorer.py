"""The explorer of a network: what is computed for it, and its page as a file or in a notebook."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass
from html import escape
from pathlib import Path
from typing import Any

import numpy as np

from netinnov._runtime.arguments import as_path, check_type
from netinnov._runtime.atomic import new_file
from netinnov._runtime.opening import kind_at_path, raw_file
from netinnov._typing import Direction, Floats
from netinnov._version import __version__
from netinnov.errors import InputError
from netinnov.explorer import _payload
from netinnov.explorer._findings import compute_structure, read_study, structure_payload
from netinnov.explorer._html_page import MARK, mercator, page, static_map, static_table
from netinnov.explorer._place_network import gazetteer, layout_of, network_of_places
from netinnov.linkages._enclaves import ranking
from netinnov.network import MultilayerNetwork

HEIGHT = 760  # pixels of the page in a notebook
LISTED = 1_000  # strongest places in the table that is shown without scripts


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
            The file, such as ``"explorer.html"``. An older page of the explorer is replaced, and
            nothing else: no link either, and no file that has a second name.

        Returns
        -------
        Path

        Raises
        ------
        InputError
            If something else is there, or the file cannot be written.
        """
        target = replaceable(as_path("path", path))
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


def replaceable(path: Path) -> Path:
    """A path where nothing is, or an older page of the explorer by this name alone."""
    kind = kind_at_path(path)
    if path.is_symlink():
        kind = "a symbolic link"
    elif kind == "a file" and path.stat().st_nlink > 1:
        kind = "a file that has a second name"
    elif kind == "a file":
        with raw_file(path) as stream:
            if stream.read(len(MARK)) == MARK.encode():
                return path
        kind = "a file that is no such page"
    if kind != "nothing":
        raise InputError(
            f"{path} must be a new file or an older page of the explorer, which alone is replaced; "
            f"it is {kind}. Name another file, or remove this one first."
        )
    return path


def explore(
    network: MultilayerNetwork,
    *,
    study: str | os.PathLike[str] | None = None,
    title: str | None = None,
) -> Explorer:
    """Make a page to look at a network of places and to try an enclave in it.

    Parameters
    ----------
    network : MultilayerNetwork
        Any network; nodes are added up to their places, as by `aggregate`, if they have any.
    study : path, optional
        Folder that `netinnov run` made of the same network: the page then shows places at its
        level and its centres, and opens with its experiment. None: centres and communities are
        computed here.
    title : str, optional
        Of the page. None: that of the study, if any.

    Returns
    -------
    Explorer
        ``.write(path)`` makes one HTML file that works offline; a notebook shows the page itself.

    Raises
    ------
    InputError
        If the folder is not that of a study, or layers of shares would have to be added up.

    Notes
    -----
    Links and weights are in the page as they are. Up to 300 places it measures by itself the layers
    that a reader lets count, and what an enclave changes, as `connectivity.global_efficiency` and
    `centrality.harmonic_centrality` do; above, centralities are those of the observed layers.

    Examples
    --------
    >>> import netinnov as ni
    >>> cities = ni.datasets.make_city_system(n_cities=8, rng=1)
    >>> ni.explore(cities).html[:15]
    '<!DOCTYPE html>'
    """
    if title is not None:
        check_type("title", title, str)
    if study is None:
        return page_of(network, network_of_places(network), title=title or "Innovation network")
    inside, cities, known = read_study(study, network)
    return page_of(inside, cities, **known | ({"title": title} if title else {}))


def page_of(
    network: MultilayerNetwork,
    cities: MultilayerNetwork,
    *,
    title: str,
    level: int | str | None = None,
    rank: str | None = None,
    direction: Direction = "total",
    tables: Mapping[str, Any] | None = None,
    layer_names: Mapping[str, str] | None = None,
    paths: Mapping[str, Any] | None = None,
) -> Explorer:
    """Make a page; `tables` may have the structure and experiment of a study, names are Chinese.

    `paths` are the options of access, also of a study without an experiment.
    """
    places = gazetteer(cities)
    n = cities.n_nodes
    observed = [layer for layer in cities.layers if not cities.storage.records[layer].modelled]
    seen = cities.select(layers=observed) if observed else cities
    ranked = ranking(network, rank=rank, level=level, direction=direction)
    enclaves, n_enclaves = _payload.enclaves_of(network, places, ranked)
    land = _payload.land_of(places, n)
    layers, left_out = _payload.layers_of(cities)
    for layer in layers:
        if called := (layer_names or {}).get(layer["name"]):
            layer["name_zh"] = called
    data: dict[str, Any] = {
        "version": __version__,
        "title": title,
        "n": n,
        "places": _payload.places_of(places, n),
        "layers": layers,
        "left_out": left_out,
        "direction": direction,
        "measures": _payload.centralities(seen, direction, paths or {}),
        "parks": _payload.parks_of(network, enclaves),
        "counts": {"all": n_enclaves, "among": len(enclaves)},
        "enclaves": _payload.arrows_of(enclaves, places, n, located=land is not None),
        "suggestions": _payload.suggested_pairs(enclaves, places, n),
    }
    if not (tables and "structure" in tables):
        computed = compute_structure(seen, resample=bool(observed))
        data |= {} if computed is None else {"structure": structure_payload(cities, *computed)}
    if paths:
        data["experiment"] = {"settings": _payload.settings_of(**paths)}
    data |= tables or {}
    if (table := _payload.distances_of(cities, places)) is not None:
        data["distances"] = table
    if land is None:
        points = layout_of(cities)
        data["layout"] = [_payload.rounded(axis, 4) for axis in points.T]
    else:
        points = mercator(places["lon"][:n], places["lat"][:n])
        data["land"] = land
    return Explorer(page(data, title=title, first_view=_first_view(data, points)))


def _first_view(data: dict[str, Any], points: Floats) -> str:
    n = data["n"]
    measures = data["measures"]
    strength = measures.get("strength") or measures.get("degree") or [0.0] * n
    size = np.array([0.0 if value is None else value for value in strength])
    drawn = [layer for layer in data["layers"] if not layer["modelled"]] or data["layers"]
    columns = ([layer[end] for end in ("source", "target", "weight")] for layer in drawn)
    links = [link for each in columns for link in zip(*each, strict=True)]
    names = data["places"]["name"][:n]
    chinese = data["places"]["name_zh"][:n]
    named = {} if names == chinese else {"中文": chinese}
    most = np.sort(np.argsort(-size, kind="stable")[:LISTED])
    return static_map(points, names, size, links) + static_table(names, named | measures, most)
