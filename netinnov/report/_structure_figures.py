"""Figures of the structure: indices, centres, roles, communities and layers."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from netinnov.plotting import (
    DOUBLE,
    dense_frame,
    frame_of,
    map_height,
    mark_modelled,
    new_figure,
    plot_centres,
    plot_community_flows,
    plot_layer_similarity,
    plot_profile,
    plot_roles,
)
from netinnov.report._parts import Drawing
from netinnov.report._words import INDICES

if TYPE_CHECKING:
    from collections.abc import Iterator

    import pandas as pd

    from netinnov.network import MultilayerNetwork
    from netinnov.report import Study

__all__ = ["draw_structure"]

_LAYERS = 20


def draw_structure(study: Study, names: pd.Series[str]) -> Iterator[Drawing]:
    """Draw what the tables of the structure allow."""
    profile = study.tables.get("profile")
    if profile is not None and profile["value"].notna().any():
        yield _profile(profile)
    centres = study.tables.get("centres")
    if centres is None or centres.empty:
        return
    yield from _centres(study, centres, names)
    if centres[["z", "participation"]].notna().all(axis=1).any():
        figure = new_figure(width=DOUBLE, height=100)
        # A place that has no name in letters that can be drawn is called by its id.
        plot_roles(centres, names=names, ax=figure.add_subplot())
        caption = (
            "How places stand inside their community (upwards: more links there than its other "
            "places have) and across communities (rightwards: links spread over more of them)."
        )
        yield Drawing("roles", figure, caption, ("centres",))
    network = _together(study)
    if centres["community"].nunique() > 1 and network is not None:
        figure = new_figure(width=DOUBLE, height=110)
        membership = centres["community"].astype(object).dropna()
        plot_community_flows(network, membership, names=names, ax=figure.add_subplot())
        caption = (
            "Weight of the links inside communities (diagonal) and between them. A community is "
            "called by its strongest place; in brackets the number of its places."
        )
        tables = ("community_flows", "communities")
        yield Drawing("community_flows", figure, caption, tables, instead=tables[:1])
    yield from _layers(study)


def _profile(profile: pd.DataFrame) -> Drawing:
    table = profile.loc[profile["value"].notna()]
    figure = new_figure(width=DOUBLE, height=34 + 4.6 * len(table))
    plot_profile(table, names=INDICES, ax=figure.add_subplot())
    caption = "Indices of polycentricity: what lies further right speaks for more centres."
    if table["null_low"].notna().any():
        caption += (
            " Grey: random networks in which each place keeps its number of links in each layer."
        )
    return Drawing("profile", figure, caption, ("profile",), instead=("profile",))


def _centres(study: Study, centres: pd.DataFrame, names: pd.Series[str]) -> Iterator[Drawing]:
    network = study.cities
    at = (
        network.places[["lon", "lat"]]
        .reindex(network.nodes["place"])
        .set_index(network.nodes.index)
    )
    at = at.reindex(centres.index).dropna()
    if at.empty:
        return
    frame = dense_frame(at) or frame_of(at)
    figure = new_figure(height=map_height(frame))
    plot_centres(network, centres, names=names, extent=frame, ax=figure.add_subplot())
    caption = "Centres among the places, and how strong places are."
    if centres["support"].notna().any():
        caption += " At a centre: share of the networks drawn anew in which it is one again."
    yield Drawing("centres", figure, caption, ("centres", "map_places"))


def _layers(study: Study) -> Iterator[Drawing]:
    """Matrices of the layers, if their names have room: side by side, or the first alone."""
    matrices = {
        name: (study.tables[name], label)
        for name, label in (
            ("layer_overlap", "share of linked pairs in common"),
            ("layer_correlation", "rank correlation of numbers of links"),
        )
        if name in study.tables
    }
    if not matrices or len(matrices["layer_overlap"][0]) > _LAYERS:
        return
    if len(matrices["layer_overlap"][0]) > _LAYERS / 2:
        del matrices["layer_correlation"]
    figure = new_figure(width=DOUBLE, height=82 if len(matrices) > 1 else 160)
    for ax, (table, label) in zip(
        figure.subplots(1, len(matrices), squeeze=False).ravel(), matrices.values(), strict=True
    ):
        marked = [mark_modelled(str(layer), study.modelled) for layer in table.index]
        table = table.set_axis(marked, axis=0).set_axis(marked, axis=1)
        plot_layer_similarity(table, label=label, ax=ax)
    shown = " and ".join(label for _, label in matrices.values())
    caption = f"Likeness of layers: {shown}. Places without a link in a layer count with 0 links."
    yield Drawing("layer_similarity", figure, caption, tuple(matrices), instead=tuple(matrices))


def _together(study: Study) -> MultilayerNetwork | None:
    """The layers that communities were found in: the observed ones, or all if none was."""
    linked: list[Any] = list(study.cities.layers)
    layers = [layer for layer in linked if layer not in study.modelled] or linked
    return study.cities.select(layers=layers) if layers else None
