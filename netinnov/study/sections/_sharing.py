"""What enclaves add for whom, and which divisions are stable."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import partial
from typing import Any, NamedTuple

import numpy as np
import pandas as pd

from netinnov import planning
from netinnov.build import build_network
from netinnov.errors import InputError
from netinnov.plotting import plot_benefit_shares
from netinnov.study import _enclave_list
from netinnov.study._context import Context, Result
from netinnov.study._facts import Fact, KeyFigure, Part, Picture, Place, Table, Term
from netinnov.study._language import words

RULES = ("equal", "nucleolus", "shapley")
NOTHING = 1e-9  # access that counts as none
MOST_PLAYERS = 16


class SharingPart(Part, part="sharing", optional=True):
    """It has no settings."""


class Pairs(NamedTuple):
    """Homes and hosts of reverse enclaves, or of all enclaves if none is known to be reverse."""

    links: pd.DataFrame  # a row a pair
    players: list[str]
    left_out: int
    reverse: bool


def pairs_of(context: Context) -> Pairs:
    table = context.once(_enclave_list.compute).counted
    reverse = table["direction"] == "reverse"
    every = (table[reverse] if reverse.any() else table)[["home", "host"]].dropna().astype("str")
    ends = every[every.isin(context.cities.storage.node_names).all(axis=1)]
    ends.columns = pd.Index(["source", "target"])
    counts = pd.concat([ends["source"], ends["target"]]).value_counts()
    kept = ends[ends.isin(counts.index[:MOST_PLAYERS]).all(axis=1)]
    if kept.empty:
        kind = "reverse enclaves" if reverse.any() else "enclaves"
        raise InputError(
            f"[sharing] needs {kind}, nodes outside their jurisdiction whose home and host are "
            f"places of the report (the {MOST_PLAYERS} with most of them), and there are none. "
            "Leave [sharing] out."
        )
    links = kept.drop_duplicates(ignore_index=True)
    players = sorted({*kept.to_numpy().ravel()})
    return Pairs(links, players, len(every.drop_duplicates()) - len(links), bool(reverse.any()))


class Sharing(Result):
    pairs: Pairs
    game: planning.Game
    benefits: pd.DataFrame
    core: pd.DataFrame

    @property
    def total(self) -> float:
        return float(self.game.values[-1])

    @property
    def in_core(self) -> pd.Series[bool]:  # of each rule
        return self.benefits.groupby("rule", sort=False)["in_core"].first()


OPTIONS = SharingPart
CHECK = pairs_of


def compute(context: Context) -> Sharing:
    pairs = context.once(pairs_of)
    nodes = pd.DataFrame({"place": pairs.players}, index=pairs.players)
    network = build_network(nodes, pairs.links[:0])
    game = planning.cooperation_game(network, players=pairs.players, links=pairs.links)
    benefits = planning.share_benefits(game, rules={rule: rule for rule in RULES})
    core = planning.core_range(game)
    core = core.mask(core.abs() < NOTHING, 0.0)
    benefits["share"] = benefits["share"].mask(benefits["share"].abs() < NOTHING, 0.0)
    return Sharing(context, pairs, game, benefits.drop(columns="objector"), core)


def facts(result: Sharing) -> Mapping[str, Fact]:
    pairs = result.pairs
    in_core = result.in_core
    shares = result.benefits[result.benefits["rule"] == "shapley"].set_index("player")["share"]
    top = shares.index[np.isclose(shares, shares.max())]
    low, high = result.core.loc[top[0], ["low", "high"]].astype(float)
    return {
        "linked": len(pairs.links),
        "players": len(pairs.players),
        "reverse_only": pairs.reverse,
        "pairs_left_out": pairs.left_out,
        "top": [*map(Place, top)],
        "top_share": float(shares.max()) / result.total,
        "core_empty": bool(np.isnan(low)),
        "core_low": low,
        "core_high": high,
        "unstable_rules": [Term(f"rule_{rule}") for rule in in_core.index[~in_core]],
    }


def key_figures(result: Sharing, known: Any) -> Iterator[KeyFigure]:
    yield KeyFigure("total", result.total)
    yield KeyFigure("top_share", known["top_share"], form="percent")
    yield KeyFigure("stable_rules", int(result.in_core.sum()), of=len(RULES))


def draw(result: Sharing) -> Iterator[Picture]:
    plot = partial(
        plot_benefit_shares,
        result.benefits,
        core=result.core,
        names=result.context.drawn_names,
        rules={rule: words("en", "terms")[f"rule_{rule}"] for rule in RULES},
        label="gain of access that a place gets",
    )
    yield Picture("sharing", plot, on_page=True)


def tables(result: Sharing) -> Iterator[Table]:
    core = result.core.add_prefix("core_")[["core_low", "core_high"]]
    yield Table("sharing", result.benefits.join(core, on="player"))
