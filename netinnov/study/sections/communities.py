"""Which communities there are, the links between them, and how far each layer keeps to them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import pandas as pd

from netinnov.build import flatten
from netinnov.network import MultilayerNetwork
from netinnov.plotting import DOUBLE, new_figure, plot_community_flows
from netinnov.study._context import Context
from netinnov.study._section import (
    Picture,
    Result,
    Sentence,
    Table,
    mark_layers,
    with_modelled,
)
from netinnov.study._structure_plan import StructurePart
from netinnov.study._words import counted, name, percent, phrase, some
from netinnov.study.sections import centres
from netinnov.study.sections._centres_text import modularity_in_words

HEADING = "Which communities there are"
OPTIONS = StructurePart

NAMED = 6
DRAWN = 4
"""Communities from which the links between them are drawn; with fewer a sentence says it all."""


@dataclass(frozen=True, slots=True)
class Cohesion:
    """Weight of some links, the share of it inside communities, and their modularity."""

    weight: float
    inside: float
    modularity: float


@dataclass(frozen=True, slots=True, eq=False)
class Communities(Result):
    """Communities, the largest first, links between them, and the cohesion of layers."""

    table: pd.DataFrame
    flows: pd.DataFrame
    together: Cohesion
    by_layer: dict[str, Cohesion]
    membership: pd.Series
    network: MultilayerNetwork
    modelled: tuple[str, ...]
    modelled_beside: tuple[str, ...]
    against_chance: str


def compute(context: Context) -> Communities | None:
    centres_found = context.once(centres.compute)
    if centres_found is None:
        return None
    structure, labels = centres_found.plan, centres_found.table["community"]
    network, cities, resolution = structure.network, structure.cities, structure.options.resolution
    flows = _flows(network, labels)
    member = list(labels.index[labels.notna()])
    return Communities(
        context,
        _table(flows, centres_found.table),
        flows,
        _cohesion(flatten(network), labels, resolution),
        {
            layer: _cohesion(cities.select(layers=[layer], nodes=member), labels, resolution)
            for layer in cities.layers
        },
        labels.astype(object).dropna(),
        network,
        structure.modelled,
        structure.modelled_beside,
        modularity_in_words(centres_found),
    )


def _table(flows: pd.DataFrame, places: pd.DataFrame) -> pd.DataFrame:
    both = flows.loc[flows["source"] != flows["target"]]
    inner = flows.loc[flows["source"] == flows["target"]].set_index("source")["weight"]
    between = (
        both.groupby("source")["weight"]
        .sum()
        .add(both.groupby("target")["weight"].sum(), fill_value=0.0)
    )
    ranked = places.sort_values("centrality", ascending=False, kind="stable")
    by = ranked.dropna(subset="community").groupby("community")
    strength = by["centrality"].sum()
    inside = 2 * inner.reindex(strength.index, fill_value=0.0)
    outside = between.reindex(strength.index, fill_value=0.0)
    table = pd.DataFrame(
        {
            "places": by.size(),
            "strongest": by["name"].first(),
            "centres": ranked.loc[ranked["centre"]].groupby("community")["name"].agg("; ".join),
            "strength": strength,
            "strength_share": strength / strength.sum(),
            "inside": inside / (inside + outside),
        }
    ).rename_axis("community")
    return table.sort_values("strength", ascending=False, kind="stable")


def _flows(network: MultilayerNetwork, labels: pd.Series) -> pd.DataFrame:
    """Weight between every two communities; of an undirected network each pair once."""
    flat = flatten(network)
    links = flat.links
    links = links.loc[links["source"] != links["target"]]
    source = labels.reindex(links["source"]).to_numpy(np.int64)
    target = labels.reindex(links["target"]).to_numpy(np.int64)
    if not flat.directed:
        source, target = np.minimum(source, target), np.maximum(source, target)
    frame = pd.DataFrame({"source": source, "target": target, "weight": links["weight"]})
    flows = frame.groupby(["source", "target"])["weight"].sum().reset_index()
    return flows.assign(share=flows["weight"] / flows["weight"].sum())


def _cohesion(network: MultilayerNetwork, labels: pd.Series, resolution: float) -> Cohesion:
    from netinnov.community import modularity

    label = labels.dropna().astype("int64")
    links = network.links
    links = links.loc[links["source"] != links["target"]]
    same = label.reindex(links["source"]).to_numpy() == label.reindex(links["target"]).to_numpy()
    weight = float(links["weight"].sum())
    if not weight:
        return Cohesion(0.0, np.nan, np.nan)
    inside = float(links.loc[same, "weight"].sum())
    return Cohesion(weight, inside / weight, modularity(network, label, resolution=resolution))


def offer(result: Communities) -> Iterator[Sentence]:
    n = counted(len(result.table), "community", "communities")
    text = f"The links make {n} ({result.against_chance})."
    yield Sentence(text, ("communities", "structure"))


def tell(result: Communities) -> Iterator[Sentence]:
    table, whole = result.table, result.together
    named = [
        phrase(
            "{} ({}, {} of strength)",
            name(row["strongest"]),
            counted(int(row["places"]), "place"),
            percent(float(row["strength_share"])),
        )
        for _, row in table.head(NAMED).iterrows()
    ]
    if len(table) > 1:
        text = phrase(
            "Called by their strongest places, they are {}. Inside them lies {} of the weight.",
            some(named, len(table)),
            percent(whole.inside),
        )
        yield Sentence(text, ("communities", "communities_by_layer"))
    inside = {x: each.inside for x, each in result.by_layer.items() if not np.isnan(each.inside)}
    if len(inside) > 1 and len(table) > 1:
        order = sorted(inside, key=lambda layer: inside[layer])
        ends = [
            phrase("{} ({})", name(result.context.mark(layer)), percent(inside[layer]))
            for layer in (order[-1], order[0])
        ]
        text = phrase("The layer whose links stay inside most is {}, least {}.", *ends)
        yield Sentence(text, ("communities_by_layer",))
    yield from _between(result)


def _between(result: Communities) -> Iterator[Sentence]:
    """The most weight from one community to another, where there are too few for a figure."""
    flows = result.flows[result.flows["source"] != result.flows["target"]]
    if flows.empty or len(result.table) >= DRAWN:
        return
    most = flows.iloc[int(flows["weight"].argmax())]
    if np.isclose(flows["weight"], most["weight"], rtol=1e-9).sum() > 1:
        return  # several pairs have as much
    called = result.table["strongest"]
    says = "goes from {} to {}" if result.network.directed else "lies between {} and {}"
    text = phrase(
        f"Of the weight between communities the most {says}: {{}} of all weight.",
        name(called[most["source"]]),
        name(called[most["target"]]),
        percent(most["share"]),
    )
    yield Sentence(text, ("community_flows",))


def draw(result: Communities) -> Iterator[Picture]:
    if len(result.table) < DRAWN:
        return
    figure = new_figure(width=DOUBLE, height=110)
    plot_community_flows(
        result.network, result.membership, names=result.drawn_names, ax=figure.add_subplot()
    )
    caption = (
        "Weight of the links inside communities (diagonal) and between them. A community is called "
        "by its strongest place; in brackets the number of its places."
    )
    alt = "Square of shaded cells, a row and a column for each community, darker for more weight."
    yield Picture("community_flows", figure, caption, ("community_flows", "communities"), alt=alt)


def tables(result: Communities) -> Iterator[Table]:
    modelled = result.modelled
    yield Table(
        "communities",
        with_modelled(result.table, modelled, always=True),
        "Communities of places; inside: share of the weight of their links.",
        modelled=modelled,
        formats={"strength_share": percent, "inside": percent},
    )
    several = len(result.by_layer) > 1
    rows = ({"together": result.together} if several else {}) | result.by_layer
    by_layer = pd.DataFrame.from_dict(
        {
            label: {"weight": row.weight, "inside": row.inside, "modularity": row.modularity}
            for label, row in rows.items()
        },
        orient="index",
    ).rename_axis("layer")
    marked = (*modelled, *result.modelled_beside)
    yield Table(
        "communities_by_layer",
        mark_layers(by_layer, marked),
        "How far the links of each layer stay inside these communities.",
        modelled=marked,
        formats={"inside": percent},
    )
    yield Table(
        "community_flows",
        with_modelled(result.flows, modelled, always=True),
        "Weight of links inside and between communities.",
        on_page=False,
        modelled=modelled,
    )


def explain(result: Communities) -> Iterator[Sentence]:
    del result
    yield Sentence(
        "Communities are a local optimum of modularity; roles follow Guimerà and Amaral (2005)."
    )
