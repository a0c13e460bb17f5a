"""Which communities there are, the links between them, and how far each layer keeps to them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from operator import itemgetter

import numpy as np
import pandas as pd

from netinnov.build import flatten
from netinnov.network import MultilayerNetwork
from netinnov.plotting import plot_community_flows
from netinnov.plotting._style import DOUBLE, new_figure
from netinnov.study._context import Context
from netinnov.study._section import Picture, Result, Sentence, Table, mark_layers, with_modelled
from netinnov.study._structure_plan import StructurePart
from netinnov.study._words import counted, name, percent, some
from netinnov.study.sections import centres

HEADING = "Which communities there are"
OPTIONS = StructurePart
NAMED = 6
INSIDE = {"inside": percent}  # how a share of weight is written
DRAWN = 4  # communities from which links between them are drawn; with fewer a sentence says it all


@dataclass(frozen=True, slots=True, eq=False)
class Communities(Result):
    """Communities, the largest first, links between them, and the cohesion of layers.

    `cohesion` has the weight of the links, the share of it inside communities, and their
    modularity: of the layers together and of each.
    """

    centres: centres.Centres
    table: pd.DataFrame
    flows: pd.DataFrame
    cohesion: pd.DataFrame


def compute(context: Context) -> Communities | None:
    own = context.once(centres.compute)
    if own is None:
        return None
    labels, cities, network = own.table["community"], own.plan.cities, own.plan.network
    member = list(labels.index[labels.notna()])
    parts = {"together": flatten(network)}
    parts |= {each: cities.select(layers=[each], nodes=member) for each in cities.layers}
    rows = [_cohesion(part, labels, own.plan.options.resolution) for part in parts.values()]
    cohesion = pd.DataFrame(rows, pd.Index([*parts], name="layer"))
    flows = _flows(network, labels)
    return Communities(context, own, _table(flows, own.table), flows, cohesion)


def _table(flows: pd.DataFrame, places: pd.DataFrame) -> pd.DataFrame:
    both = flows.loc[flows["source"] != flows["target"]]
    inner = flows.loc[flows["source"] == flows["target"]].set_index("source")["weight"]
    ends = (both.groupby(end)["weight"].sum() for end in ("source", "target"))
    between = next(ends).add(next(ends), fill_value=0.0)
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
    flat = flatten(network)
    links = flat.links
    links = links.loc[links["source"] != links["target"]]
    source, target = (labels.reindex(links[e]).to_numpy(np.int64) for e in ("source", "target"))
    if not flat.directed:
        source, target = np.minimum(source, target), np.maximum(source, target)
    frame = pd.DataFrame({"source": source, "target": target, "weight": links["weight"]})
    flows = frame.groupby(["source", "target"])["weight"].sum().reset_index()
    return flows.assign(share=flows["weight"] / flows["weight"].sum())


def _cohesion(network: MultilayerNetwork, labels: pd.Series, resolution: float) -> dict[str, float]:
    from netinnov.community import modularity

    label, links = labels.dropna().astype("int64"), network.links
    links = links.loc[links["source"] != links["target"]]
    same = label.reindex(links["source"]).to_numpy() == label.reindex(links["target"]).to_numpy()
    weight, inside = (float(part["weight"].sum()) for part in (links, links.loc[same]))
    quality = modularity(network, label, resolution=resolution) if weight else np.nan
    return {
        "weight": weight,
        "inside": inside / weight if weight else np.nan,
        "modularity": quality,
    }


def offer(result: Communities) -> Iterator[Sentence]:
    n = counted(len(result.table), "community", "communities")
    text = f"The links make {n} ({result.centres.against_chance})."
    yield Sentence(text, ("communities", "structure"))


def tell(result: Communities) -> Iterator[Sentence]:
    table, mark = result.table, result.context.mark
    if len(table) < 2:
        return
    named = [
        f"{name(row['strongest'])} ({counted(int(row['places']), 'place')}, "
        f"{percent(float(row['strength_share']))} of strength)"
        for _, row in table.head(NAMED).iterrows()
    ]
    text = f"Called by their strongest places, they are {some(named, len(table))}. Inside them "
    together, *of_layers = result.cohesion["inside"].items()
    text += f"lies {percent(together[1])} of the weight."
    yield Sentence(text, ("communities", "communities_by_layer"))
    order = sorted([each for each in of_layers if not np.isnan(each[1])], key=itemgetter(1))
    if len(order) > 1:
        ends = (
            f"{name(mark(str(end)))} ({percent(share)})" for end, share in (order[-1], order[0])
        )
        text = f"The layer whose links stay inside most is {', least '.join(ends)}."
        yield Sentence(text, ("communities_by_layer",))
    # The most weight from one community to another, where there are too few for a figure.
    flows = result.flows[result.flows["source"] != result.flows["target"]]
    if flows.empty or len(table) >= DRAWN:
        return
    most = flows.iloc[int(flows["weight"].argmax())]
    if np.isclose(flows["weight"], most["weight"], rtol=1e-9).sum() > 1:
        return  # several pairs have as much
    source, target = (name(table["strongest"][most[end]]) for end in ("source", "target"))
    says = f"lies between {source} and {target}"
    if result.centres.plan.network.directed:
        says = f"goes from {source} to {target}"
    text = f"Of the weight between communities the most {says}: {percent(most['share'])} of all "
    yield Sentence(f"{text}weight.", ("community_flows",))


def draw(result: Communities) -> Iterator[Picture]:
    if len(result.table) < DRAWN:
        return
    figure = new_figure(width=DOUBLE, height=110)
    ax, names, own = figure.add_subplot(), result.drawn_names, result.centres
    membership = own.table["community"].astype(object).dropna()
    plot_community_flows(own.plan.network, membership, names=names, ax=ax)
    caption = "Weight of the links inside communities (diagonal) and between them. A community is "
    caption += "called by its strongest place; in brackets the number of its places."
    alt = "Square of shaded cells, a row and a column for each community, darker for more weight."
    yield Picture("community_flows", figure, caption, ("community_flows", "communities"), alt=alt)


def tables(result: Communities) -> Iterator[Table]:
    structure = result.centres.plan
    modelled, marked = structure.modelled, (*structure.modelled, *structure.modelled_beside)
    frame = with_modelled(result.table, modelled, always=True)
    caption = "Communities of places; inside: share of the weight of their links."
    formats = INSIDE | {"strength_share": percent}
    yield Table("communities", frame, caption, modelled=modelled, formats=formats)
    frame = mark_layers(result.cohesion, marked)
    frame = frame if len(frame) > 2 else frame.iloc[1:]  # one layer is all of them
    caption, formats = "How far the links of each layer stay inside these communities.", INSIDE
    yield Table("communities_by_layer", frame, caption, modelled=marked, formats=formats)
    frame = with_modelled(result.flows, modelled, always=True)
    caption = "Weight of links inside and between communities."
    yield Table("community_flows", frame, caption, on_page=False, modelled=modelled)


def explain(_: Communities) -> Iterator[Sentence]:
    yield Sentence(
        "Communities are a local optimum of modularity; roles follow Guimerà and Amaral (2005)."
    )
