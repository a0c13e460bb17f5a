"""Sharing: what enclaves add for whom, and which divisions would last."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial
from typing import Annotated, Any, ClassVar, NamedTuple

import numpy as np
import pandas as pd
from pydantic import Field

from netinnov import planning
from netinnov.build import build_network
from netinnov.centrality import harmonic_centrality
from netinnov.errors import InputError
from netinnov.network import MultilayerNetwork
from netinnov.planning import AllocationStability, Game
from netinnov.plotting import plot_benefit_shares
from netinnov.study._context import Context
from netinnov.study._places import check_column
from netinnov.study._section import Part, Picture, Result, Sentence, Table
from netinnov.study._words import are, counted, joined, name, number, percent, some
from netinnov.study.sections import _village_contract, enclaves
from netinnov.study.sections._enclave_choice import ExperimentPart, layer_for
from netinnov.study.sections._village_contract import Contract, ContractPart, members_of

HEADING = "Who gains, and how it could be shared"
NOTHING = 1e-9  # access that counts as none
MOST = 4e9  # squared places times coalitions that are measured at most
RULES = {
    "equal": "equal shares",
    "enclaves": "in proportion to enclaves",
    "pairs": "in proportion to pairs",
    "owen": "Owen value",
    "nucleolus": "nucleolus",
    "shapley": "Shapley value",
}


class SharingPart(Part, part="sharing", optional=True):
    example: ClassVar[str] = """\
[sharing]                     # planning: who gains from the enclaves, and how it could be shared
# pairs = [["quzhou", "hangzhou"]]   # links of two places each, on top of the observed network;
                              # left out: home and host of each reverse enclave, and no other link
most_players = 16             # places that take part, those with most enclaves or pairs; 2 to 20
unions = "province"           # column of the places: who negotiates as one (Owen value); left out:
                              # nobody does

[sharing.contract]            # a fixed return for home from a park at the host; left out: none
enclave = "qingtian_pinghu"   # which node it is about
fixed_return = 10.0           # what home gets, in per cent of its investment a year: as sources say
home_alone = 2.0              # assumed: what home would get elsewhere, in the same unit
host_alone = 0.0              # assumed: what host would get from the same land without the park
profits = [4.0, 8.0, 12.0, 16.0, 18.0, 24.0]   # assumed: what the park earns, one after the other
"""

    pairs: list[list[str]] | None = None
    most_players: Annotated[int, Field(ge=2, le=20)] = 16
    unions: str | None = None
    contract: ContractPart | None = None


class Pairs(NamedTuple):
    """Pairs of places to be linked, a row each (source, target), and the network without them.

    `layer` is where they are linked; empty for enclaves, which are linked on their own.
    """

    table: pd.DataFrame
    network: MultilayerNetwork
    players: list[str]
    layer: str
    left_out: int
    which: str = "enclaves"

    @property
    def ends(self) -> list[tuple[str, str]]:
        return [*zip(self.table["source"], self.table["target"], strict=True)]


def pairs_of(context: Context) -> Pairs:
    """The pairs, checked before anything is computed."""
    part, cities = context.settings(SharingPart), context.cities
    _village_contract.check_contract(context, part.contract)
    known = list(cities.storage.nodes.index)
    if part.unions is not None:
        check_column("sharing.unions", part.unions, cities.storage.places.columns)
    which = ""
    if part.pairs is None:
        ends, which = _of_enclaves(context)
    else:
        ends = _named_pairs(part.pairs, context)
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
        return Pairs(kept, alone, players, "", left_out, which)
    network = cities.select(layers=context.observed(cities) or list(cities.layers))
    layer = layer_for(network, None)
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


OPTIONS, CHECK = SharingPart, pairs_of


def _of_enclaves(context: Context) -> tuple[pd.DataFrame, str]:
    """Pairs of reverse enclaves, or of all enclaves if none is known to be reverse."""
    table = context.once(enclaves.compute).counted
    reverse = table["direction"] == "reverse"
    ends = (table[reverse] if reverse.any() else table)[["home", "host"]].dropna()
    which = "reverse enclaves" if reverse.any() else "enclaves"
    return ends.astype("str").set_axis(["source", "target"], axis=1), which


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
    contract: Contract | None

    @property
    def total(self) -> float:
        return float(self.game.values[-1])

    @property
    def by_rule(self) -> pd.DataFrame:
        """In the core or not, largest excess and objector of each rule."""
        columns = ["in_core", "largest_excess", "objector"]
        return self.benefits.groupby("rule", sort=False)[columns].first()


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
        _village_contract.contract_of(context, part.contract),
    )


def _is_not(table: pd.DataFrame, pair: tuple[str, str]) -> pd.Series[bool]:
    return (table[["source", "target"]] != list(pair)).any(axis=1)


def offer(result: Sharing) -> Iterator[Sentence]:
    pairs, value, by_rule = result.pairs, number(result.total), result.by_rule
    n = len(pairs.table.drop_duplicates(["source", "target"]))
    linked, one = counted(n, "pair"), n == 1
    places = counted(len(pairs.players), "place")
    if pairs.layer:
        text = f"{linked} of places, linked in {name(pairs.layer)} on top of the observed network, "
        text += f"{'raises' if one else 'raise'} the access of {places} by {value}"
    else:
        text = f"{linked} of home and host of {pairs.which}, with no other link, "
        text += f"{'gives' if one else 'give'} {places} an access to one another of {value}"
    text += " (sum of their harmonic closeness). "
    if keeps := [f"'{RULES[str(rule)]}'" for rule, row in by_rule.iterrows() if row["in_core"]]:
        text += f"Nobody would leave under the rule{'s' * (len(keeps) > 1)} {joined(keeps)}."
    else:
        text += "Under each rule that was tried some group would be better off by itself."
    yield Sentence(text, ("sharing",))


def tell(result: Sharing) -> Iterator[Sentence]:
    least, source = result.least, ("sharing",)
    text = "The core is not empty: under some divisions no group of places is better off alone"
    if least < -NOTHING:
        text += f"; under the nucleolus each loses {number(-least)} or more by leaving"
    if least > NOTHING:
        text = "The core is empty: under every division some group of places would be better off "
        text += f"by itself, by {number(least)} at least"
    yield Sentence(f"{text}.", source)
    shares = result.benefits[result.benefits["rule"] == "shapley"].set_index("player")["share"]
    most = str(shares.round(9).idxmax())
    low, high = (float(result.core[end][most]) for end in ("low", "high"))
    text = f"By the Shapley value {result.name(most)} gets most, {number(float(shares[most]))} of "
    text += f"{number(result.total)}; in an equal division it would be "
    text += f"{number(result.total / len(shares))}."
    if np.isclose(shares, shares.mean()).all():
        text = f"By the Shapley value each place gets {number(float(shares[most]))} of "
        text += f"{number(result.total)}, as in an equal division."
    if not pd.isna([low, high]).any():
        low = max(low, 0.0) if abs(low) < NOTHING else low
        text += f" For {result.name(most)} all between {number(low)} and {number(high)} would be "
        text += "stable, so the rule decides, not stability."
    yield Sentence(text, source)
    for rule, row in result.by_rule.iterrows():
        if row["objector"]:
            group = some([*map(result.name, sorted(row["objector"]))], len(row["objector"]))
            text = f"Under the rule '{RULES[str(rule)]}' a group would leave ({group}): by itself "
            yield Sentence(
                f"{text}it achieves {number(float(row['largest_excess']))} more.", source
            )
    if result.stability:
        stable = result.stability.items()
        kept = joined([f"{RULES[rule]} {percent(of_rule.share)}" for rule, of_rule in stable])
        text = f"With one pair less, each in turn, the divisions stay in the core in: {kept}."
        yield Sentence(text, ("sharing_stability",))
    (home, host), rise = result.pair, result.rise
    text = f"The pair of {result.name(home)} and {result.name(host)} adds {number(result.added)} "
    text += f"to the value of all. The Shapley value of {result.name(home)} is higher with it by "
    text += f"{number(float(rise[home]))}, that of {result.name(host)} by "
    text += f"{number(float(rise[host]))}: the same, as the link needs both."
    others = rise.drop([home, host]).sum()
    if others < -NOTHING:
        text += f" All others together get {number(-others)} less, as they are needed less between."
    elif others > NOTHING:
        text += f" All others together get {number(others)} more."
    yield Sentence(text, ("sharing_pair",))
    if result.contract is not None:
        yield from _village_contract.tell(result.contract)
    text = (
        "Assumed: access is what places want, a unit of it is worth the same to each and can be "
        "passed on, links cost nothing, and those outside a group build nothing. It is an account "
        "of access, in no currency, and no forecast; no division of taxes is in it."
    )
    if n := result.pairs.left_out:
        text += (
            f" {counted(n, 'pair')} of places with fewer pairs {are(n)} left out (most_players)."
        )
    yield Sentence(text, source)


def draw(result: Sharing) -> Iterator[Picture]:
    shown = result.benefits[~result.benefits["rule"].isin(["enclaves", "pairs"])]
    label = "share of the gain of access (sum of harmonic closeness)"
    core, names = result.core, result.drawn_names
    ax = plot_benefit_shares(shown, core=core, names=names, rules=RULES, label=label)
    caption = "Shares of each place under several rules, and what it gets in all stable divisions."
    alt = "A row for each place with a mark for each rule, on a bar from the least to the most."
    yield Picture("sharing", ax.figure.canvas.figure, caption, ("sharing",), alt=alt)


def tables(result: Sharing) -> Iterator[Table]:
    benefits = result.benefits.assign(objector=result.benefits["objector"].map(members_of))
    benefits = benefits.join(
        result.core.add_prefix("core_")[["core_low", "core_high"]], on="player"
    )
    wide = result.benefits.pivot(index="player", columns="rule", values="share")
    wide = wide[list(result.by_rule.index)].join(result.core)
    wide = wide.sort_values("shapley", ascending=False, kind="stable")
    view = wide.rename(columns=RULES | {"low": "core: least", "high": "core: most"}).reset_index()
    view["player"] = view["player"].map(result.names)
    caption = "Shares by rule, whether some group would leave, and what each place gets in the "
    caption += "core."
    yield Table("sharing", benefits, caption, view=view, whole=True)
    if result.stability:
        rows = [
            (rule, of_rule.share, members_of(members), share)
            for rule, of_rule in result.stability.items()
            for members, share in ([*of_rule.objections.items()][:5] or [(frozenset(), 0.0)])
        ]
        frame = pd.DataFrame(rows, columns=["rule", "in_core", "coalition", "objects"])
        view = frame[["rule", "in_core"]].drop_duplicates().replace({"rule": RULES})
        caption = "With one pair less, each in turn: in what share of the games a division is in "
        caption += "the core; the file has the groups that object most often."
        formats = {"in_core": percent}
        yield Table("sharing_stability", frame, caption, view=view, whole=True, formats=formats)
    rise = result.rise.rename("change").rename_axis("player").reset_index()
    rise.insert(0, "host", result.pair[1])
    rise.insert(0, "home", result.pair[0])
    caption = "Change of the Shapley value of each place by the pair of home and host."
    yield Table("sharing_pair", rise, caption, on_page=False)
    if result.contract is not None:
        yield _village_contract.table(result.contract)
