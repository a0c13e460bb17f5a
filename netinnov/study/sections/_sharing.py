"""What enclaves add for whom, and which divisions would last."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import partial
from typing import Annotated, Any, ClassVar, NamedTuple

import numpy as np
import pandas as pd
from matplotlib.figure import Figure
from pydantic import Field

from netinnov import planning
from netinnov.build import build_network
from netinnov.centrality import harmonic_centrality
from netinnov.errors import InputError
from netinnov.network import MultilayerNetwork
from netinnov.planning import AllocationStability, Game
from netinnov.plotting import plot_benefit_shares
from netinnov.plotting._style import new_figure
from netinnov.scenarios._open_size import movable_layer
from netinnov.study._context import Context
from netinnov.study._language import words
from netinnov.study._places import check_column
from netinnov.study._section import (
    Fact,
    KeyFigure,
    Layer,
    Part,
    Picture,
    Place,
    Result,
    Table,
    Term,
)
from netinnov.study.sections import enclaves
from netinnov.study.sections._enclave_choice import ExperimentPart

NOTHING = 1e-9  # access that counts as none
MOST = 4e9  # squared places times coalitions that are measured at most


class SharingPart(Part, part="sharing", optional=True):
    example: ClassVar[str] = """\
[sharing]                     # planning: who gains from the enclaves, and how it could be shared
# pairs = [["quzhou", "hangzhou"]]   # links of two places each, on top of the observed network;
                              # left out: home and host of each reverse enclave, and no other link
most_players = 16             # places that take part, those with most enclaves or pairs; 2 to 20
unions = "province"           # column of the places: who negotiates as one (Owen value); left out:
                              # nobody does
"""

    pairs: list[list[str]] | None = None
    most_players: Annotated[int, Field(ge=2, le=20)] = 16
    unions: str | None = None


class Pairs(NamedTuple):
    """Pairs of places to be linked, a row each (source, target), and the network without them.

    `layer` is where they are linked; empty for enclaves, which are linked on their own.
    """

    table: pd.DataFrame
    network: MultilayerNetwork
    players: list[str]
    layer: str
    left_out: int
    reverse: bool = False  # whether they are those of reverse enclaves

    @property
    def ends(self) -> list[tuple[str, str]]:
        return [*zip(self.table["source"], self.table["target"], strict=True)]


def pairs_of(context: Context) -> Pairs:
    """The pairs, checked before anything is computed."""
    part, cities = context.settings(SharingPart), context.cities
    known = list(cities.storage.nodes.index)
    if part.unions is not None:
        check_column("sharing.unions", part.unions, cities.storage.places.columns)
    named = None if part.pairs is None else _named_pairs(part.pairs, context)
    ends, reverse = _of_enclaves(context) if named is None else (named, False)
    ends = ends[ends.isin(known).all(axis=1)]
    if ends.empty:
        first = known[:2] if len(known) > 1 else ["a", "b"]
        raise InputError(
            "[sharing] needs enclaves, nodes outside their jurisdiction whose home and host are "
            "places of the report, and there are none. Name pairs of places to be linked under "
            f"[sharing], such as pairs = {json.dumps([first])}, or leave [sharing] out."
        )
    counts = pd.concat([ends["source"], ends["target"]]).value_counts()
    kept = ends[ends.isin(counts.index[: part.most_players]).all(axis=1)].reset_index(drop=True)
    if kept.empty:
        msg = f"sharing.most_players = {part.most_players} leaves no pair; give a larger number."
        raise InputError(msg)
    players = sorted({*kept["source"], *kept["target"]})
    left_out = len(ends.drop_duplicates()) - len(kept.drop_duplicates())
    if part.pairs is None:
        nodes = pd.DataFrame({"place": players}, index=players)
        alone = build_network(nodes, pd.DataFrame({"source": [], "target": []}, dtype="str"))
        return Pairs(kept, alone, players, "", left_out, reverse)
    network = cities.select(layers=context.observed(cities) or list(cities.layers))
    layer = movable_layer(network, None)
    kept = kept.assign(layer=layer, weight=float(np.median(network.storage.block(layer).data)))
    if network.n_nodes**2 * 2.0 ** len(players) > MOST:
        msg = f"[sharing] {len(players)} places on a network of {network.n_nodes:,} take too long; "
        raise InputError(f"{msg}set sharing.most_players to fewer, or name fewer pairs.")
    before, after = (
        harmonic_centrality(each, **context.measures.paths).loc[players].sum()
        for each in (network, network.with_links(kept))
    )
    if not after > before + NOTHING:
        raise InputError(
            "[sharing] the pairs add nothing to the access of their places, which are linked "
            'already. Name pairs that are not linked, or set [measures] distance = "inverse", with '
            "which weights count."
        )
    return Pairs(kept, network, players, layer, left_out)


def _of_enclaves(context: Context) -> tuple[pd.DataFrame, bool]:
    """Pairs of reverse enclaves, or of all enclaves if none is known to be reverse."""
    table = context.once(enclaves.compute).counted
    reverse = table["direction"] == "reverse"
    ends = (table[reverse] if reverse.any() else table)[["home", "host"]].dropna()
    return ends.astype("str").set_axis(["source", "target"], axis=1), bool(reverse.any())


def _named_pairs(pairs: list[list[str]], context: Context) -> pd.DataFrame:
    for pair in pairs:
        if len(pair) != 2 or pair[0] == pair[1]:
            msg = "each of sharing.pairs must name two different places; found "
            raise InputError(f"{msg}{json.dumps(pair, ensure_ascii=False)}.")
        for place in pair:
            context.check_place("each end of sharing.pairs", place)
    return pd.DataFrame(pairs, columns=["source", "target"], dtype="str")


@dataclass(frozen=True, slots=True, eq=False)
class Sharing(Result):
    """The game of places on their links, its solutions, and what one pair adds."""

    pairs: Pairs
    game: Game
    benefits: pd.DataFrame
    core: pd.DataFrame
    least: float
    stability: dict[str, AllocationStability]
    pair: tuple[str, str]
    added: float
    rise: pd.Series[float]

    @property
    def total(self) -> float:
        return float(self.game.values[-1])

    @property
    def by_rule(self) -> pd.DataFrame:
        """In the core or not, largest excess and objector of each rule."""
        columns = ["in_core", "largest_excess", "objector"]
        return self.benefits.groupby("rule", sort=False)[columns].first()


OPTIONS, CHECK = SharingPart, pairs_of


def compute(context: Context) -> Sharing:
    part, pairs = context.settings(SharingPart), context.once(pairs_of)
    paths = context.measures.paths if pairs.layer else {}
    made: dict[tuple[tuple[str, str], ...], Game] = {}

    def game_of(table: pd.DataFrame) -> Game:
        """Two enclaves of one pair are one link."""
        links = table.drop_duplicates(["source", "target"])
        key = tuple(sorted(zip(links["source"], links["target"], strict=True)))
        if key not in made:
            players = pairs.players
            made[key] = planning.cooperation_game(
                pairs.network, players=players, links=links, **paths
            )
        return made[key]

    game = game_of(pairs.table)
    ends = pd.concat([pairs.table["source"], pairs.table["target"]])
    counts = ends.value_counts().reindex(pairs.players, fill_value=0)
    rules: dict[str, Any] = {"equal": "equal", "pairs" if pairs.layer else "enclaves": counts}
    if part.unions is not None:  # a player without a value stands alone
        values = context.cities.storage.places[part.unions].reindex(pairs.players)
        groups = values.groupby(values).groups.values()
        unions = [[str(player) for player in group] for group in groups]
        unions += [[player] for player in values.index[values.isna()]]
        rules["owen"] = partial(planning.owen_value, unions=unions)
    rules |= {"nucleolus": "nucleolus", "shapley": "shapley"}
    benefits = planning.share_benefits(game, rules=rules)
    shares = benefits.pivot(index="player", columns="rule", values="share")
    fewer = [game_of(pairs.table[_is_not(pairs.table, pair)]) for pair in dict.fromkeys(pairs.ends)]
    games = [each for each in fewer if each.values[-1] > NOTHING]
    several = len(pairs.table.drop_duplicates()) > 2 and bool(games)
    stability = {
        rule: planning.allocation_stability(games, shares[rule])
        for rule in rules
        if several and shares[rule].notna().all() and abs(shares[rule].sum()) > NOTHING
    }
    # The pair of the experiment, or that of most enclaves (the first in a tie).
    experiment, pair = context.options(ExperimentPart), max(pairs.ends, key=pairs.ends.count)
    if experiment is not None and (experiment.home, experiment.host) in pairs.ends:
        pair = experiment.home, experiment.host
    without = game_of(pairs.table[_is_not(pairs.table, pair)])
    return Sharing(
        context,
        pairs,
        game,
        benefits,
        planning.core_range(game),
        planning.least_core(game),
        stability,
        pair,
        float(game.values[-1] - without.values[-1]),
        planning.shapley_value(game) - planning.shapley_value(without),
    )


def _is_not(table: pd.DataFrame, pair: tuple[str, str]) -> pd.Series[bool]:
    return (table[["source", "target"]] != list(pair)).any(axis=1)


def members_of(group: Any) -> str:
    return "+".join(sorted(map(str, group))) if group else ""


def facts(result: Sharing) -> Mapping[str, Fact]:
    pairs, least, by_rule = result.pairs, result.least, result.by_rule
    rules: dict[bool, list[Term]] = {True: [], False: []}
    for rule, row in by_rule.iterrows():
        rules[bool(row["in_core"])].append(_term(rule))
    shares = result.benefits[result.benefits["rule"] == "shapley"].set_index("player")["share"]
    top = shares.index[np.isclose(shares, shares.max())]
    low, high = (float(result.core[end][top[0]]) for end in ("low", "high"))
    (home, host), rise = result.pair, result.rise
    others = float(rise.drop([home, host]).sum())
    return {
        "linked": len(pairs.table.drop_duplicates(["source", "target"])),
        "reverse_only": pairs.reverse,
        "own": not pairs.layer,  # whether enclaves are the only links
        "named_layer": Layer(pairs.layer) if pairs.layer else "",
        "players": len(pairs.players),
        "total": result.total,
        "stable_rules": rules[True],
        "unstable_rules": rules[False],
        "core_empty": least > NOTHING,
        "least": abs(least) if abs(least) > NOTHING else 0.0,
        "top": [Place(place) for place in top],
        "first": Place(top[0]),
        "top_share": float(shares.max()) / result.total,
        "all_equal": len(top) == len(shares),
        "core_low": None if np.isnan(low) else max(low, 0.0) if abs(low) < NOTHING else low,
        "core_high": None if np.isnan(high) else high,
        "lasts_low": min((each.share for each in result.stability.values()), default=None),
        "lasts_high": max((each.share for each in result.stability.values()), default=None),
        "pair_home": Place(home),
        "pair_host": Place(host),
        "added": result.added,
        "each_end": float(rise[home]),
        "others": others if abs(others) > NOTHING else 0.0,
        "pairs_left_out": pairs.left_out,
    }


def _term(rule: object) -> Term:
    return Term(f"rule_{rule}")


def key_figures(result: Sharing) -> Iterator[KeyFigure]:
    known = facts(result)
    yield KeyFigure("total", result.total)
    yield KeyFigure("top_share", known["top_share"], form="percent")
    yield KeyFigure(
        "stable_rules", len(result.by_rule[result.by_rule["in_core"]]), of=len(result.by_rule)
    )


def draw(result: Sharing) -> Iterator[Picture]:
    yield Picture("sharing", partial(_shares, result), on_page=True)


def _shares(result: Sharing) -> Figure:
    shown = result.benefits[~result.benefits["rule"].isin(["enclaves", "pairs"])]
    called = words("en", "terms")
    rules = {rule: called[_term(rule)] for rule in shown["rule"].unique()}
    label = "gain of access that a city gets"
    figure = new_figure(height=22 + 5.5 * max(len(result.core), 4))
    ax, core, names = figure.add_subplot(), result.core, result.drawn_names
    plot_benefit_shares(shown, core=core, names=names, rules=rules, label=label, ax=ax)
    return figure


def tables(result: Sharing) -> Iterator[Table]:
    benefits = result.benefits.assign(objector=result.benefits["objector"].map(members_of))
    core = result.core.add_prefix("core_")[["core_low", "core_high"]]
    benefits = benefits.join(core, on="player")
    wide = result.benefits.pivot(index="player", columns="rule", values="share")
    wide = wide[list(result.by_rule.index)].sort_values("shapley", ascending=False, kind="stable")
    view = wide.rename(columns=_term).join(core).reset_index()
    yield Table("sharing", benefits, view, on_page=True, places=("player",))
    if result.stability:
        rows = [
            (rule, of_rule.share, members_of(members), share)
            for rule, of_rule in result.stability.items()
            for members, share in ([*of_rule.objections.items()][:5] or [(frozenset(), 0.0)])
        ]
        frame = pd.DataFrame(rows, columns=["rule", "in_core", "coalition", "objects"])
        yield Table("sharing_stability", frame)
    rise = result.rise.rename("change").rename_axis("player").reset_index()
    rise.insert(0, "host", result.pair[1])
    rise.insert(0, "home", result.pair[0])
    yield Table("sharing_pair", rise)
