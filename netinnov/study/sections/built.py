"""What was built: layers, kinds of nodes, rows set aside, and the map."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.collections import PathCollection

from netinnov.plotting import plot_flow_map
from netinnov.plotting._frame import map_height
from netinnov.plotting._style import new_figure
from netinnov.study._context import Context
from netinnov.study._section import Picture, Result, Sentence, Table, mark_layers
from netinnov.study._words import are, counted, joined, name
from netinnov.study.sections import enclaves

HEADING = "What was built"
KINDS = 3
REASONS = 5  # why rows were set aside, that are named
STRONGEST = 150  # links that a map draws, of all its layers together
LAYERS = 5  # among which these are divided, at most


@dataclass(frozen=True, slots=True, eq=False)
class Built(Result):
    """The network as built, and the network of places."""

    layers: pd.DataFrame
    kinds: pd.Series
    arrows: pd.DataFrame
    loops: int = 0  # pairs, among all that are linked, of a node with itself

    @property
    def located(self) -> pd.DataFrame:
        """Coordinates of the places that have them."""
        storage = self.context.cities.storage
        return storage.places[["lon", "lat"]].reindex(storage.nodes["place"]).dropna()


def compute(context: Context) -> Built:
    network, blocks = context.network, context.network.storage.blocks
    layers = pd.DataFrame(
        {
            "layer": list(network.layers),
            "directed": [layer in network.directed for layer in network.layers],
            "nodes": [int(linked.sum()) for linked in network.storage.presence("linked")],
            "links": [block.indices.size for block in blocks],
            "weight": [float(block.data.sum()) for block in blocks],
            "modelled": [layer in context.modelled for layer in network.layers],
        }
    )
    kinds = network.storage.nodes["kind"].value_counts(dropna=False).rename("nodes")
    loops = sum(int((block.sources == block.indices).sum()) for block in blocks)
    return Built(context, layers, kinds, context.once(enclaves.compute).table, loops)


def offer(result: Built) -> Iterator[Sentence]:
    kinds, cities, loops = result.kinds, result.context.cities, result.loops
    text = f"The network has {counted(int(kinds.sum()), 'node')}"
    if len(kinds) > 1:
        most = kinds.sort_values(ascending=False, kind="stable").head(KINDS)
        called = most.index.astype(object).fillna("none given")
        named = [f"{name(kind)} ({n:,})" for kind, n in zip(called, most, strict=True)]
        text += f", {'above all' if len(kinds) > KINDS else 'of the kinds'} {joined(named)},"
    text += f" and {counted(int(result.layers['links'].sum()), 'linked pair')} "
    text += "(each direction counted) in " if result.layers["directed"].any() else "in "
    text += counted(len(result.layers), "layer")
    if modelled := int(result.layers["modelled"].sum()):
        text += f", of which {modelled:,} {are(modelled)} modelled"
    if loops:
        text += f" ({loops:,} of the pairs {are(loops)} a node with itself)"
    text += f"; the report looks at {counted(cities.n_nodes, 'place')}"
    nodes = cities.storage.nodes
    if "members" in nodes and (members := nodes["members"].sum()) != cities.n_nodes:
        held = "all" if members == kinds.sum() else f"{members:,} of the"
        text += f", to which {held} nodes are added up"
    linked = cities.storage.presence("linked").any(axis=0).sum() if cities.layers else 0
    alone = cities.n_nodes - int(linked)
    if alone and cities.n_nodes > 1:
        text += f"; {alone:,} of them {are(alone)} linked to no other"
    yield Sentence(f"{text}.", ("layers", "kinds", "map_places"))


def tell(result: Built) -> Iterator[Sentence]:
    if result.located.empty:
        yield Sentence("There is no map: no place has coordinates.", ("map_places",))


def draw(result: Built) -> Iterator[Picture]:
    at = result.located
    if at.empty:
        return
    whole, detail = result.maps.frames(at)
    frames = {"flow_map": whole} | ({} if detail is None else {"flow_map_detail": detail})
    for picture, frame in frames.items():
        figure = new_figure(height=map_height(frame))
        ax = plot_flow_map(
            result.context.cities,
            enclaves=result.arrows,
            names=result.drawn_names,
            extent=frame,
            strongest=STRONGEST // max(1, min(LAYERS, len(result.context.cities.layers))),
            basemap=result.maps.below,
            ax=figure.add_subplot(),
        )
        caption = "Places and the links between them."
        if len(result.arrows):
            caption = "Places, the links between them, and enclaves as arrows from home to host."
        if picture == "flow_map_detail":
            caption = f"The part of the map where most places lie. {caption}"
        alt = "Map with a mark at each place and lines between places, wider for more weight."
        sources, note = ("map_places", "map_links", "enclaves"), _of_the_map(result, ax)
        front = picture == [*frames][-1]
        yield Picture(picture, figure, caption, sources, alt=alt, note=note, front=front)


def _of_the_map(result: Built, ax: Axes) -> str:
    links = {part.get_gid(): part for part in ax.collections if isinstance(part, PathCollection)}
    layers, context = result.context.cities.layers, result.context
    drawn = [layer for layer in layers if layer in links]
    named = joined([name(context.mark(layer)) for layer in drawn]) if drawn else "none"
    n = counted(len(layers), "layer")
    if len(drawn) == len(layers):
        text = f"Links between places, in all of {n}: {named}."
    else:
        modelled = "what is modelled, and " if {*drawn} & {*context.modelled} else ""
        text = f"Links between places, in {len(drawn):,} of {n} ({named}): {modelled}of the "
        text += "observed layers those with most weight on the map."
    return f"{text} Width: weight, in the unit of the layer."


def tables(result: Built) -> Iterator[Table]:
    marked, rejected = tuple(result.context.modelled), result.context.loaded.rejected
    caption = "Layers of the network as built: nodes with a link, linked pairs, and total weight "
    caption += "in the unit of the layer."
    yield Table("layers", mark_layers(result.layers, marked), caption, modelled=marked)
    several = len(result.kinds) > 1
    yield Table("kinds", result.kinds.reset_index(), "Kinds of nodes.", on_page=several)
    if rejected is not None:
        caption = "Rows set aside, with the reason."
        yield Table("problems", rejected, caption, on_page=bool(len(rejected)))
    cities, nodes = result.context.cities, result.context.cities.storage.nodes
    at = cities.storage.places.reindex(nodes["place"])[["lon", "lat", "population"]]
    at = at.set_axis(nodes.index).join(nodes[nodes.columns.intersection(["members"])])
    yield Table("map_places", at, "Places of the map.", on_page=False)
    if at["lon"].notna().any():
        links = cities.links.groupby(["layer", "source", "target"], sort=False)["weight"].sum()
        frame = links.reset_index()
        frame = mark_layers(frame.assign(modelled=frame["layer"].isin(marked)), marked)
        caption = "Links of the map, summed over periods."
        present = tuple(layer for layer in marked if layer in cities.layers)
        yield Table("map_links", frame, caption, on_page=False, modelled=present)
