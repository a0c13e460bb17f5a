"""Which host for a park of the home of the experiment: the same park in other places."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from functools import partial
from typing import Any

import numpy as np
import pandas as pd

from netinnov.centrality import harmonic_centrality
from netinnov.planning import rank_hosts
from netinnov.plotting import plot_host_ranking
from netinnov.study import _experiment
from netinnov.study._context import Context, Result
from netinnov.study._experiment import ACCESS, Experiment, ExperimentPart, can_be_had, measures_of
from netinnov.study._facts import Fact, Picture, Place, Table
from netinnov.study._measures import strength_together

OPTIONS = ExperimentPart
MOST = 60  # hosts that are compared: the strongest places, and that of the experiment
DRAWN = 15  # the first of them, in the figure
CHANGES = ["median", "low", "high"]
RANKS = ["rank_low", "rank_high"]


class Hosts(Result):
    tried: Experiment
    ranking: pd.DataFrame  # of `rank_hosts`, changes in per cent
    linked: int  # possible hosts

    @property
    def shares(self) -> pd.DataFrame:
        """Of the ranked ones; those at an unknown distance are not."""
        ranked = self.ranking.dropna(subset="median")
        return ranked.assign(**ranked[CHANGES] / 100, **ranked[RANKS].astype(int))


def compute(context: Context) -> Hosts | None:
    tried = context.once(_experiment.compute)
    if tried is None:
        return None
    home = tried.part.home
    host = tried.part.host
    park = tried.headline.scenario
    strength = strength_together(context.cities, context.direction).drop([home, host])
    others = strength[strength > 0].sort_values(ascending=False, kind="stable").index
    cities = context.cities
    first = others[: MOST - 1]
    hosts = {host} | {each for each in first if can_be_had(replace(park, host=each), cities)}
    ranking = rank_hosts(
        cities,
        home=home,
        hosts=[each for each in cities.storage.node_names if each in hosts],
        scenario=park,
        measure=partial(harmonic_centrality, **context.once(measures_of).paths),
        replicates=tried.part.replicates,
        rng=context.seed,
    )
    if ranking["median"].count() < 2:  # no access before, so no change of it
        return None
    return Hosts(context, tried, ranking, len(others) + 1)


def facts(result: Hosts) -> Mapping[str, Fact]:
    tried = result.tried
    table = result.shares
    leaders = table.index[table["rank_low"] == 1]
    first = table.iloc[0]
    choice = tried.choice
    own: Any = table.reindex([tried.part.host]).iloc[0]
    known: dict[str, Fact] = {
        "home": Place(tried.part.home),
        "host": Place(tried.part.host),
        "hosts": len(table),
        "drawn": min(DRAWN, len(table)),
        "linked": result.linked,
        "best": Place(table.index[0]),
        "leaders": [Place(each) for each in leaders],
        "alike": bool((table["regret"] == 0).all()),
        "best_median": float(first["median"]),
        "best_low": float(first["low"]),
        "best_high": float(first["high"]),
    }
    known |= {f"own_{name}": float(own[name]) for name in CHANGES}
    return known | {
        "own_leads": bool(own["rank_low"] == 1),
        "own_from": int(np.nan_to_num(own["rank_low"])),
        "own_to": int(np.nan_to_num(own["rank_high"])),
        "own_ranked": bool(own["rank"] > 0),
        "unranked": len(result.ranking) - len(table),
        "gain": int(table["median"].gt(0).sum()),
        "lose": int(table["median"].lt(0).sum()),
        "paid": tried.headline.funding == "reallocated",
        "draws": _draws(tried),
        "in_model": choice.layer in result.context.modelled,
    }


def _draws(tried: Experiment) -> int:
    """Placements of the park itself; one where a weight is moved."""
    return int(tried.of(tried.headline, ACCESS)["replicates"].max())


def draw(result: Hosts) -> Iterator[Picture]:
    names = result.context.drawn_names
    ranked = partial(plot_host_ranking, result.ranking, top=DRAWN, names=names)
    yield Picture("host_ranking", ranked, on_page=True)


def tables(result: Hosts) -> Iterator[Table]:
    drawn = [*CHANGES, *RANKS] if _draws(result.tried) > 1 else ["median"]
    view = result.shares.reset_index()[["host", *drawn, "distance"]].dropna(axis=1, how="all")
    said: Any = {"forms": dict.fromkeys(CHANGES, "change"), "modelled": result.context.modelled}
    yield Table("host_ranking", result.ranking, view, on_page=True, front=True, **said)
