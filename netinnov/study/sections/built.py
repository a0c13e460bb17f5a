"""What was built: layers, kinds of nodes, rows set aside, and the map."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.collections import PathCollection

from netinnov.network import MultilayerNetwork
from netinnov.plotting import map_height, new_figure, plot_flow_map
from netinnov.study._context import Context
from netinnov.study._section import Picture, Result, Sentence, Table, mark_layers
from netinnov.study._words import are, counted, joined, name, phrase
from netinnov.study.sections import enclaves

HEADING = "What was built"

KINDS = 3
STRONGEST = 150
"""Links that a map draws, of all its layers together."""

LAYERS = 5
"""Among which these are divided, at most."""


@dataclass(frozen=True, slots=True, eq=False)
class Built(Result):
    """The network as built, and the network of places."""

    layers: pd.DataFrame
    kinds: pd.Series
    arrows: pd.DataFrame
    loops: int = 0
    """Pairs, among all that are linked, of a node with itself."""

    @property
    def located(self) -> pd.DataFrame:
        """Coordinates of the places that have them."""
        storage = self.context.cities.storage
        return storage.places[["lon", "lat"]].reindex(storage.nodes["place"]).dropna()


def compute(context: Context) -> Built:
    network = context.network
    present = network.storage.presence("linked")
    layers = pd.DataFrame(
        {
            "layer": list(network.layers),
            "directed": [layer in network.directed for layer in network.layers],
            "nodes": [int(present[x].sum()) for x in range(len(network.layers))],
            "links": [block.indices.size for block in network.storage.blocks],
            "weight": [float(block.data.sum()) for block in network.storage.blocks],
            "modelled": [layer in context.modelled for layer in network.layers],
        }
    )
    return Built(
        context,
        layers,
        network.storage.nodes["kind"].value_counts(dropna=False).rename("nodes"),
        context.once(enclaves.compute).table,
        sum(int((block.sources == block.indices).sum()) for block in network.storage.blocks),
    )


def offer(result: Built) -> Iterator[Sentence]:
    kinds = result.kinds
    among: str = ""
    if len(kinds) > 1:
        most = kinds.sort_values(ascending=False, kind="stable").head(KINDS)
        called = most.index.astype(object).fillna("none given")
        named = [phrase("{} ({:,})", name(kind), n) for kind, n in zip(called, most, strict=True)]
        opening = "above all" if len(kinds) > KINDS else "of the kinds"
        among = phrase(", {} {},", opening, joined(named))
    modelled = int(result.layers["modelled"].sum())
    cities, loops = result.context.cities, result.loops
    members = cities.storage.nodes["members"].sum() if "members" in cities.storage.nodes else None
    text = phrase(
        "The network has {}{} and {} in {}{}{}; the report looks at {}{}.",
        counted(int(kinds.sum()), "node"),
        among,
        counted(int(result.layers["links"].sum()), "linked pair"),
        counted(len(result.layers), "layer"),
        f", of which {modelled:,} {are(modelled)} modelled" if modelled else "",
        f" ({loops:,} of the pairs are a node with itself)" if loops else "",
        counted(cities.n_nodes, "place"),
        _of_places(members, cities),
    )
    yield Sentence(text, ("layers", "kinds", "map_places"))


def _of_places(members: float | None, cities: MultilayerNetwork) -> str:
    """How many nodes were added up, where there are more than places; and places without links."""
    text = ""
    if members is not None and members != cities.n_nodes:
        text = f", to which {members:,} of the nodes are added up"
    linked = cities.storage.presence("linked").any(axis=0).sum() if cities.layers else 0
    alone = cities.n_nodes - int(linked)
    if alone and cities.n_nodes > 1:
        text += f"; {alone:,} of them {are(alone)} linked to no other"
    return text


def tell(result: Built) -> Iterator[Sentence]:
    if result.located.empty:
        yield Sentence("There is no map: no place has coordinates.", ("map_places",))
    rejected = result.context.loaded.rejected
    if rejected is None:
        return
    if rejected.empty:
        yield Sentence("No row was set aside.", ("problems",))
        return
    counts = rejected["problem"].astype("str").value_counts().head(5)
    listed = joined([phrase("{:,} {}", n, name(problem)) for problem, n in counts.items()])
    text = phrase("Rows set aside: {:,}, of which {}.", len(rejected), listed)
    yield Sentence(text, ("problems",))


def draw(result: Built) -> Iterator[Picture]:
    at = result.located
    if at.empty:
        return
    whole, detail = result.maps.frames(at)
    frames = {"flow_map": whole} | ({} if detail is None else {"flow_map_detail": detail})
    strongest = STRONGEST // max(1, min(LAYERS, len(result.context.cities.layers)))
    for picture, frame in frames.items():
        figure = new_figure(height=map_height(frame))
        ax = plot_flow_map(
            result.context.cities,
            enclaves=result.arrows,
            names=result.drawn_names,
            extent=frame,
            strongest=strongest,
            basemap=result.maps.below,
            ax=figure.add_subplot(),
        )
        caption = "Places and the links between them."
        if len(result.arrows):
            caption = "Places, the links between them, and enclaves as arrows from home to host."
        if picture == "flow_map_detail":
            caption = f"The part of the map where most places lie. {caption}"
        alt = "Map with a mark at each place and lines between places, wider for more weight."
        yield Picture(
            picture,
            figure,
            caption,
            ("map_places", "map_links", "enclaves"),
            alt=alt,
            note=_of_the_map(result, ax),
            front=picture == [*frames][-1],
        )


def _of_the_map(result: Built, ax: Axes) -> str:
    """Which layers and how much of them a map shows."""
    links = {part.get_gid(): part for part in ax.collections if isinstance(part, PathCollection)}
    layers = result.context.cities.layers
    drawn = [layer for layer in layers if layer in links]
    named = joined([name(result.context.mark(layer)) for layer in drawn]) if drawn else "none"
    n = counted(len(layers), "layer")
    if len(drawn) == len(layers):
        caption = phrase("Links between places, in all of {}: {}.", n, named)
    else:
        caption = phrase(
            "Links between places, in {:,} of {} ({}): {}of the observed layers those with most "
            "weight on the map.",
            len(drawn),
            n,
            named,
            "what is modelled, and "
            if any(layer in result.context.modelled for layer in drawn)
            else "",
        )
    return caption + " Width: weight, in the unit of the layer."


def tables(result: Built) -> Iterator[Table]:
    marked, rejected = tuple(result.context.modelled), result.context.loaded.rejected
    yield Table(
        "layers",
        mark_layers(result.layers, marked),
        "Layers of the network as built: nodes with a link, linked pairs, and total weight in the "
        "unit of the layer.",
        modelled=marked,
    )
    several = len(result.kinds) > 1
    yield Table("kinds", result.kinds.reset_index(), "Kinds of nodes.", on_page=several)
    if rejected is not None:
        caption = "Rows set aside, with the reason."
        yield Table("problems", rejected, caption, on_page=bool(len(rejected)))
    cities = result.context.cities
    at = cities.storage.places.reindex(cities.storage.nodes["place"])[["lon", "lat", "population"]]
    at = at.set_axis(cities.storage.nodes.index)
    if "members" in cities.storage.nodes:
        at = at.join(cities.storage.nodes[["members"]])
    yield Table("map_places", at, "Places of the map.", on_page=False)
    if at["lon"].notna().any():
        links = cities.links.groupby(["layer", "source", "target"], sort=False)["weight"].sum()
        frame = links.reset_index()
        frame["modelled"] = frame["layer"].isin(marked)
        caption = "Links of the map, summed over periods."
        present = tuple(layer for layer in marked if layer in cities.layers)
        yield Table(
            "map_links", mark_layers(frame, marked), caption, on_page=False, modelled=present
        )
