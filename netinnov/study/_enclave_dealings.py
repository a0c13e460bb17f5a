"""Are more enclaves reverse, or in one pair of places, than hosts dealt at random make?"""

from __future__ import annotations

import warnings
from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy.special import gammainc

from netinnov._typing import Floats, Integers
from netinnov.errors import InputError
from netinnov.network import MultilayerNetwork
from netinnov.null_models import NullComparison, Relocate, compare_with_null
from netinnov.null_models._null_statistics import ENDS, compared
from netinnov.null_models._prepared import LEAST_MOVED
from netinnov.study._context import Context
from netinnov.study._enclave_list import Enclaves, compute
from netinnov.study._structure_plan import StructurePart

TOLD = ("reverse", "forward")
LEAST = 40  # dealings, with fewer of which no p is below 0.05


@dataclass(frozen=True, slots=True, eq=False)
class Dealings:
    """Numbers by direction, and of each pair in the data, against random dealings of the hosts.

    `pairs` has the mean of the dealings, the middle 95 % of them, and a one-sided p corrected for
    the number of pairs.
    """

    directions: NullComparison
    pairs: pd.DataFrame

    @property
    def varied(self) -> bool:
        """Whether dealings differ in their directions."""
        return bool(
            (self.directions.sd.gt(0) | self.directions.observed.ne(self.directions.mean)).any()
        )


def deal(context: Context) -> Dealings | str:
    """Deal the hosts; the word of a page for why not, if they cannot be."""
    enclaves, replicates = context.once(compute), context.settings(StructurePart).replicates
    counted = enclaves.counted
    if counted.empty or not replicates:
        return "why_not_asked"
    if _only_modelled(context, counted["node"]):
        return "why_enclaves_modelled"
    kind = counted["kind"].factorize()[0].astype("str")  # also where none is known
    if counted.groupby(kind)["host"].nunique().max() < 2:
        return "why_one_host"
    where = {"place": counted["host"], "jurisdiction": counted["home"], "kind": kind}
    nodes = pd.DataFrame(where).set_index(pd.Index(counted["node"], name="node"))
    places = context.inside.storage.places
    outside = MultilayerNetwork(nodes, pd.DataFrame({"source": [], "target": []}), places=places)
    try:
        with warnings.catch_warnings():
            warnings.filterwarnings("ignore", "the null model moved")
            drawn = compare_with_null(
                outside,
                measure=_hosts,
                null=Relocate(outside=True),
                replicates=max(LEAST, replicates),
                rng=context.seed,
                progress=context.progress,
            )
    except InputError:
        return "why_null_does_not_fit"
    if drawn.moved < LEAST_MOVED:
        return "why_enclaves_stay"
    hosts = np.vstack([drawn.observed, drawn.draws]).astype(np.int64)
    return _counted(enclaves, outside.storage.place_names, hosts, drawn.moved)


def _only_modelled(context: Context, nodes: pd.Series) -> bool:
    """Whether a node has links, but none in an observed layer."""
    storage, modelled = context.network.storage, np.isin(context.network.layers, context.modelled)
    linked = storage.presence("linked")[:, storage.positions("nodes", nodes)]
    return bool((linked[modelled].any(axis=0) & ~linked[~modelled].any(axis=0)).any())


def _hosts(network: MultilayerNetwork) -> pd.Series[int]:
    return pd.Series(network.storage.place_codes, network.storage.nodes.index)


def _counted(enclaves: Enclaves, names: pd.Index, hosts: Integers, moved: float) -> Dealings:
    """Count dealings, a row each, of which the first is the observed one."""
    home = names.get_indexer(pd.Index(enclaves.counted["home"]))
    cells, at = np.unique(home * len(names) + hosts, return_inverse=True)
    at, n = at.reshape(hosts.shape), len(hosts) - 1
    pairs = pd.DataFrame({"home": names[cells // len(names)], "host": names[cells % len(names)]})
    ways = enclaves.ranking.directions(enclaves.context.inside, pairs["home"], pairs["host"])
    of_way = [ways["direction"].eq(way).to_numpy()[at] for way in TOLD]
    counts = np.stack([each.sum(axis=1) for each in of_way], axis=1, dtype=np.float64)
    observed = pd.Series(counts[0], pd.Index(TOLD, name="direction"))
    total = np.bincount(at.ravel(), minlength=cells.size)
    largest = np.array([_surprise(row, total / len(hosts))[1].max() for row in at])
    own, surprise = _surprise(at[0], total / len(hosts))
    pairs = pairs.iloc[own].reset_index(drop=True)
    pairs["number"] = np.bincount(at[0])[own]
    pairs["by_chance"] = (total[own] - pairs["number"]) / n
    dealt = np.stack([np.bincount(row, minlength=cells.size)[own] for row in at[1:]])
    pairs["null_low"], pairs["null_high"] = np.quantile(dealt, ENDS, axis=0)
    pairs["p"] = (1 + (largest[1:] >= surprise[:, None] - 1e-9).sum(axis=1)) / (n + 1)
    order = np.argsort(-surprise, kind="stable")
    return Dealings(compared(observed, counts[1:], moved), pairs.iloc[order])


def _surprise(row: Integers, mean: Floats) -> tuple[Integers, Floats]:
    """Pairs of a dealing, and of each -log P(as many or more) by Poisson; 0 for a single enclave.

    All dealings, with the observed one, share the means, so that the largest of a dealing is a
    statistic for Westfall and Young (1993).
    """
    own, number = np.unique(row, return_counts=True)
    surprise = -np.log(np.maximum(gammainc(number, mean[own]), 1e-300))
    return own, np.where(number > 1, surprise, 0.0)
