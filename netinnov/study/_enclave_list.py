"""Nodes outside their jurisdiction, and whether hosts dealt at random make as many of a sort."""

from __future__ import annotations

import warnings
from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy.sparse import csr_array
from scipy.special import gammainc

from netinnov._runtime.arguments import check_names
from netinnov._typing import Integers
from netinnov.errors import InputError
from netinnov.explorer._place_network import gazetteer
from netinnov.linkages import count_enclaves
from netinnov.linkages._enclaves import STRENGTH, UNKNOWN, Ranking, parks_or_all, ranking
from netinnov.network import MultilayerNetwork
from netinnov.null_models import Relocate, compare_with_null
from netinnov.null_models._null_statistics import ENDS, compared
from netinnov.null_models._prepared import LEAST_MOVED
from netinnov.plotting._flow_map import arrows_between
from netinnov.study._context import Context, Result
from netinnov.study._facts import Part
from netinnov.study._structure_plan import MANY_NULLS, StructurePart

TOLD = ("reverse", "forward")
LEAST = 40  # dealings, with fewer of which no p is below 0.05
ALPHA = 0.05


class EnclavesPart(Part, part="enclaves"):
    rank: str | None = None


def ranked(context: Context) -> Ranking:
    rank = context.settings(EnclavesPart).rank
    places = context.inside.storage.places
    if rank not in (None, STRENGTH):
        check_names("enclaves.rank", [rank], [STRENGTH, *places], of="the columns of the places")
    level = context.configuration.places.level
    direction = context.direction
    return ranking(context.inside, rank=rank, level=level, direction=direction)


class Enclaves(Result):
    table: pd.DataFrame
    counted: pd.DataFrame  # parks where there are any, else all nodes
    steps: pd.Series[int]  # of `count_enclaves`, then those of the explorer and of the map
    ranking: Ranking


def compute(context: Context) -> Enclaves:
    inside = context.inside
    rank = context.once(ranked)
    known = inside.storage.nodes.filter(["name", "kind", "type", "opened"])
    table = rank.find(inside).join(known, on="node")
    counted = parks_or_all(inside, table).reset_index(drop=True)
    others = table[~table["node"].isin(counted["node"])]
    unranked = pd.Series(dtype=np.float64)
    steps = count_enclaves(inside, rank=unranked, level=rank.level, by="step")
    steps["reverse"] = counted["direction"].eq("reverse").sum()
    if len(counted) and counted["direction"].eq(UNKNOWN).all():
        steps = steps.drop("reverse")
    cities = context.cities
    steps["among"] = counted[["home", "host"]].isin(gazetteer(cities).index).all(axis=1).sum()
    if len(located := context.points.index):
        arrows, _ = arrows_between(counted, located, cities.storage.places["parent"])
        steps["drawn"] = int(arrows["count"].sum())
    table = pd.concat([counted, others], ignore_index=True)
    return Enclaves(context, table, counted, steps, rank)


@dataclass(frozen=True, slots=True, eq=False)
class Dealings:
    """Numbers by direction and pair against random dealings; `corrected`: p, of pairs one-sided."""

    ways: pd.DataFrame
    pairs: pd.DataFrame
    replicates: int

    @property
    def varied(self) -> bool:  # in the directions
        return bool((self.ways["sd"].gt(0) | self.ways["observed"].ne(self.ways["mean"])).any())

    @property
    def beyond(self) -> pd.DataFrame:
        return self.pairs[self.pairs["corrected"] < ALPHA]


def deal(context: Context) -> Dealings | str:
    """Deal the hosts; the word of a page for why not, if they cannot be."""
    enclaves = context.once(compute)
    replicates = context.settings(StructurePart).replicates
    replicates = MANY_NULLS if replicates is None else replicates
    counted = enclaves.counted
    if counted.empty or not replicates:
        return "why_not_asked"
    if _only_modelled(context, counted["node"]):
        return "why_enclaves_modelled"
    kind = counted["kind"].factorize()[0].astype("str")  # also where none is known
    where = {"place": counted["host"], "jurisdiction": counted["home"], "kind": kind}
    nodes = pd.DataFrame(where).set_index(pd.Index(counted["node"], name="node"))
    places = context.inside.storage.places
    outside = MultilayerNetwork(nodes, pd.DataFrame({"source": [], "target": []}), places=places)
    try:
        with warnings.catch_warnings():
            warnings.filterwarnings("ignore", "the null model moved")
            drawn = compare_with_null(
                outside,
                measure=lambda dealt: pd.Series(dealt.storage.place_codes, nodes.index),
                null=Relocate(outside=True),
                replicates=max(LEAST, replicates),
                rng=context.seed,
                progress=context.progress,
            )
    except InputError:
        return "why_one_host"
    if drawn.moved < LEAST_MOVED:
        return "why_enclaves_stay"
    hosts = np.vstack([drawn.observed, drawn.draws]).astype(np.int64)
    return _counted(enclaves, outside.storage.place_names, hosts)


def _only_modelled(context: Context, nodes: pd.Series) -> bool:
    storage = context.network.storage
    modelled = np.isin(context.network.layers, context.modelled)
    linked = storage.presence("linked")[:, storage.positions("nodes", nodes)]
    return bool((linked[modelled].any(axis=0) & ~linked[~modelled].any(axis=0)).any())


def _counted(enclaves: Enclaves, names: pd.Index, hosts: Integers) -> Dealings:
    """Count dealings, a row each, of which the first is the observed one."""
    home = names.get_indexer(pd.Index(enclaves.counted["home"]))
    cells, at = np.unique(home * len(names) + hosts, return_inverse=True)
    at = at.reshape(hosts.shape)
    n = len(hosts)
    pairs = pd.DataFrame({"home": names[cells // len(names)], "host": names[cells % len(names)]})
    ways = enclaves.ranking.directions(enclaves.context.inside, pairs["home"], pairs["host"])
    of_way = [ways["direction"].eq(way).to_numpy()[at] for way in TOLD]
    counts = np.stack([each.sum(axis=1) for each in of_way], axis=1, dtype=np.float64)
    null = compared(pd.Series(counts[0], pd.Index(TOLD, name="direction")), counts[1:], np.nan)
    row = np.repeat(np.arange(n), hosts.shape[1])
    table = csr_array((np.ones(at.size), (row, at.ravel())), shape=(n, cells.size))
    table.sum_duplicates()
    # -log P(as many or more) by Poisson, 0 for a single enclave; all dealings share the means, so
    # that the largest of a dealing is a statistic for Westfall and Young (1993).
    chance = gammainc(table.data, table.mean(axis=0)[table.indices])
    surprise = np.where(table.data > 1, -np.log(np.maximum(chance, 1e-300)), 0.0)
    largest = np.maximum.reduceat(surprise, table.indptr[:-1])[1:]
    own = table.indices[: table.indptr[1]]
    surprise = surprise[: table.indptr[1]]
    dealt = table[:, own].toarray()
    pairs = pairs.iloc[own].assign(observed=dealt[0].astype(np.int64), mean=dealt[1:].mean(axis=0))
    pairs["low"], pairs["high"] = np.quantile(dealt[1:], ENDS, axis=0)
    pairs["corrected"] = (1 + (largest >= surprise[:, None] - 1e-9).sum(axis=1)) / n
    order = np.argsort(-surprise, kind="stable")
    return Dealings(null.to_frame().assign(corrected=null.corrected()), pairs.iloc[order], n - 1)
