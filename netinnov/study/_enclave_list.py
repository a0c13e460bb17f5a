"""Nodes outside their jurisdiction, by what places rank, for the sections that look at enclaves."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from netinnov._runtime.arguments import check_names
from netinnov.linkages import count_enclaves
from netinnov.linkages._ranking import STRENGTH, Ranking, ranking
from netinnov.study._context import Context
from netinnov.study._section import Part, Result


class EnclavesPart(Part, part="enclaves"):
    rank: str | None = None


def ranked(context: Context) -> Ranking:
    rank, places = context.settings(EnclavesPart).rank, context.inside.storage.places
    if rank not in (None, STRENGTH):
        check_names("enclaves.rank", [rank], [STRENGTH, *places], of="the columns of the places")
    return ranking(context.inside, rank=rank, level=context.configuration.places.level)


@dataclass(frozen=True, slots=True, eq=False)
class Enclaves(Result):
    """Enclaves (columns node, home, host, direction and what is known of each), and their ranks.

    `counted` are parks where there are any, else all nodes; `steps` those of `count_enclaves`.
    """

    table: pd.DataFrame
    counted: pd.DataFrame
    steps: pd.Series[int]
    ranking: Ranking

    def direction(self, home: str, host: str) -> str:
        ways = self.ranking.directions(self.context.inside, [home], [host])
        return str(ways["direction"].iloc[0])


def compute(context: Context) -> Enclaves:
    inside, rank = context.inside, context.once(ranked)
    known = inside.storage.nodes.filter(["name", "kind", "type", "opened"])
    table = rank.find(inside).join(known, on="node")
    is_park = table["kind"].eq("park").to_numpy(bool, na_value=False)
    table = table.iloc[np.argsort(~is_park, kind="stable")].reset_index(drop=True)
    unranked = pd.Series(dtype=np.float64)
    steps = count_enclaves(inside, rank=unranked, level=rank.level, by="step")
    counted = table.head(is_park.sum()) if steps["parks"] else table
    steps["reverse"] = counted["direction"].eq("reverse").sum()
    return Enclaves(context, table, counted, steps, rank)
