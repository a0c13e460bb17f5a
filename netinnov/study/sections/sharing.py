"""Sharing: what enclaves add for whom, and which divisions would last."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial
from typing import Any

import pandas as pd

from netinnov.planning import (
    AllocationStability,
    Game,
    allocation_stability,
    cooperation_game,
    core_range,
    least_core,
    owen_value,
    shapley_value,
    share_benefits,
)
from netinnov.plotting import plot_benefit_shares
from netinnov.study._context import Context
from netinnov.study._section import Picture, Result, Sentence, Table
from netinnov.study._words import counted, joined, name, number, percent, phrase, some
from netinnov.study.sections._experiment_part import ExperimentPart
from netinnov.study.sections._sharing_pairs import NOTHING, Pairs, SharingPart, pairs_of
from netinnov.study.sections._village_contract import Contract, contract_of

HEADING = "Who gains, and how it could be shared"
OPTIONS = SharingPart
CHECK = pairs_of

RULES = {
    "equal": "equal shares",
    "enclaves": "in proportion to enclaves",
    "pairs": "in proportion to pairs",
    "owen": "Owen value",
    "nucleolus": "nucleolus",
    "shapley": "Shapley value",
}
"""What each rule is called."""


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
    unions: str
    contract: Contract | None

    @property
    def total(self) -> float:
        """Value of all together."""
        return float(self.game.values[-1])

    @property
    def by_rule(self) -> pd.DataFrame:
        """In the core or not, largest excess and objector of each rule."""
        columns = ["in_core", "largest_excess", "objector"]
        return self.benefits.groupby("rule", sort=False)[columns].first()


def compute(context: Context) -> Sharing | None:
    part = context.options(SharingPart)
    if part is None:
        return None
    pairs = context.once(pairs_of)
    paths = context.measures.paths if pairs.layer else {}
    made: dict[tuple[tuple[str, str], ...], Game] = {}

    def game_of(table: pd.DataFrame) -> Game:
        """The game of some of the pairs; two enclaves of one pair are one link."""
        ends = sorted({*zip(table["source"], table["target"], strict=True)})
        if (key := tuple(ends)) not in made:
            links = table.drop_duplicates(["source", "target"])
            made[key] = cooperation_game(pairs.network, players=pairs.players, links=links, **paths)
        return made[key]

    game = game_of(pairs.table)
    counted_by = "pairs" if pairs.layer else "enclaves"
    rules: dict[str, Any] = {"equal": "equal", counted_by: pairs.counts}
    unions = _unions(context, part.unions, pairs.players)
    if unions:
        rules["owen"] = partial(owen_value, unions=unions)
    rules |= {"nucleolus": "nucleolus", "shapley": "shapley"}
    benefits = share_benefits(game, rules=rules)
    shares = benefits.pivot(index="player", columns="rule", values="share")
    fewer = [game_of(pairs.table.drop(index=row)) for row in pairs.table.index]
    games = [each for each in fewer if each.values[-1] > NOTHING]
    several = len(pairs.table.drop_duplicates()) > 2
    lasting = [rule for rule in rules if shares[rule].notna().all() and several and games]
    stability = {
        rule: allocation_stability(games, shares[rule])
        for rule in lasting
        if abs(shares[rule].sum()) > NOTHING
    }
    pair = _pair(context, pairs)
    of_pair = (pairs.table[["source", "target"]] == list(pair)).all(axis=1)
    without = game_of(pairs.table[~of_pair])
    return Sharing(
        context,
        pairs,
        game,
        benefits,
        core_range(game),
        least_core(game),
        stability,
        pair,
        float(game.values[-1] - without.values[-1]),
        shapley_value(game) - shapley_value(without),
        part.unions if unions and part.unions else "",
        contract_of(context, part.contract),
    )


def _unions(context: Context, column: str | None, players: list[str]) -> list[list[str]]:
    """The players of each value of a column; one without a value stands alone."""
    if column is None:
        return []
    values = context.cities.storage.places[column].reindex(players)
    known = values.dropna()
    groups = [[str(player) for player in rows] for rows in known.groupby(known).groups.values()]
    return [*groups, *([player] for player in players if player not in known.index)]


def _pair(context: Context, pairs: Pairs) -> tuple[str, str]:
    """The pair of the experiment, or that of most enclaves (the first in a tie)."""
    ends = [*zip(pairs.table["source"], pairs.table["target"], strict=True)]
    experiment = context.options(ExperimentPart)
    if experiment is not None and (experiment.home, experiment.host) in ends:
        return experiment.home, experiment.host
    return max(ends, key=ends.count)


def offer(result: Sharing) -> Iterator[Sentence]:
    keeps = [RULES[str(rule)] for rule, row in result.by_rule.iterrows() if row["in_core"]]
    text = _achieved(result)
    if keeps:
        text += f" Nobody would leave under {joined(keeps)}."
    else:
        text += " Under each rule that was tried some group would be better off by itself."
    yield Sentence(text, ("sharing",))


def _achieved(result: Sharing) -> str:
    pairs = result.pairs
    n = counted(len(pairs.table.drop_duplicates(["source", "target"])), "pair")
    places, value = counted(len(pairs.players), "place"), number(result.total)
    if not pairs.layer:
        text = "{} of home and host of enclaves, with no other link, give {} an access to one "
        return phrase(text + "another of {} (sum of their harmonic closeness).", n, places, value)
    text = "{} of places, linked in {} on top of the observed network, raise the access of {} by {}"
    return phrase(text + " (sum of their harmonic closeness).", n, name(pairs.layer), places, value)


def tell(result: Sharing) -> Iterator[Sentence]:
    if result.least <= NOTHING:
        text = "The core is not empty: under some divisions no group of places is better off alone"
        if result.least < -NOTHING:
            text += f"; under the nucleolus each loses {number(-result.least)} or more by leaving"
        yield Sentence(f"{text}.", ("sharing",))
    else:
        text = (
            "The core is empty: under every division some group of places would be better off by "
            f"itself, by {number(result.least)} at least."
        )
        yield Sentence(text, ("sharing",))
    shares = result.benefits[result.benefits["rule"] == "shapley"].set_index("player")["share"]
    most = str(shares.round(9).idxmax())
    ends: Any = result.core.loc[most]
    text = phrase(
        "By the Shapley value {} gets most, {} of {}; in an equal division it would be {}.",
        result.name(most),
        number(float(shares[most])),
        number(result.total),
        number(result.total / len(shares)),
    )
    if ends.notna().all():
        text += phrase(
            " Between {} and {} would be stable, so the rule decides, not stability.",
            number(max(float(ends["low"]), 0.0) if abs(ends["low"]) < NOTHING else ends["low"]),
            number(float(ends["high"])),
        )
    yield Sentence(text, ("sharing",))
    for rule, row in result.by_rule.iterrows():
        if row["objector"]:
            members = sorted(row["objector"])
            text = phrase(
                "Under the rule '{}' a group would leave ({}): by itself it achieves {} more.",
                RULES[str(rule)],
                some([*map(result.name, members)], len(members)),
                number(float(row["largest_excess"])),
            )
            yield Sentence(text, ("sharing",))
    if result.stability:
        kept = [
            f"{RULES[rule]} {percent(of_rule.share)}" for rule, of_rule in result.stability.items()
        ]
        text = (
            f"With one pair less, each in turn, the divisions stay in the core in: {joined(kept)}."
        )
        yield Sentence(text, ("sharing_stability",))
    yield from _pair_told(result)
    if result.contract is not None:
        yield from _contract_told(result.contract)
    text = (
        "Assumed: access is what places want, a unit of it is worth the same to each and can be "
        "passed on, links cost nothing, and those outside a group build nothing. It is an account "
        "of access, in no currency, and no forecast; no division of taxes is in it."
    )
    if n := result.pairs.left_out:
        text += f" {counted(n, 'pair')} of places with fewer pairs left out (most_players)."
    yield Sentence(text, ("sharing",))


def _pair_told(result: Sharing) -> Iterator[Sentence]:
    home, host = result.pair
    others = result.rise.drop([home, host]).sum()
    text = phrase(
        "The pair of {} and {} adds {} to the value of all. The Shapley value of {} is higher with "
        "it by {}, that of {} by {}: the same, as the link needs both.",
        result.name(home),
        result.name(host),
        number(result.added),
        result.name(home),
        number(float(result.rise[home])),
        result.name(host),
        number(float(result.rise[host])),
    )
    if others < -NOTHING:
        text += f" All others together get {number(-others)} less, as they are needed less between."
    elif others > NOTHING:
        text += f" All others together get {number(others)} more."
    yield Sentence(text, ("sharing_pair",))


def _contract_told(contract: Contract) -> Iterator[Sentence]:
    part, topic = contract.part, "A contract with a fixed return"
    text = phrase(
        "{} (home) gets a fixed {} a year from the park at {} (host), in per cent of its "
        "investment. Assumed: elsewhere it would get {}, and {} would get {} from the same land "
        "without the park.",
        name(contract.home),
        number(part.fixed_return),
        name(contract.host),
        number(part.home_alone),
        name(contract.host),
        number(part.host_alone),
    )
    yield Sentence(text, ("sharing_contract",), topic)
    text = phrase(
        "Below a profit of {} {} would be better off without the contract, at {} it gives what the "
        "Shapley value would, and above that {} keeps more: the contract leaves the risk to host.",
        number(contract.least_profit),
        name(contract.host),
        number(contract.fair_profit),
        name(contract.host),
    )
    if part.fixed_return < part.home_alone:
        text += phrase(" {} itself would do better elsewhere.", name(contract.home))
    yield Sentence(text, ("sharing_contract",), topic)


def draw(result: Sharing) -> Iterator[Picture]:
    shown = result.benefits[~result.benefits["rule"].isin(["enclaves", "pairs"])]
    ax = plot_benefit_shares(
        shown,
        core=result.core,
        names=result.drawn_names,
        rules=RULES,
        label="share of the gain of access (sum of harmonic closeness)",
    )
    caption = "Shares of each place under several rules, and what it gets in all stable divisions."
    alt = "A row for each place with a mark for each rule, on a bar from the least to the most."
    yield Picture("sharing", ax.figure.canvas.figure, caption, ("sharing",), alt=alt)


def tables(result: Sharing) -> Iterator[Table]:
    benefits = result.benefits.assign(objector=result.benefits["objector"].map(_text))
    ends = result.core.reindex(benefits["player"])
    benefits["core_low"], benefits["core_high"] = ends["low"].to_numpy(), ends["high"].to_numpy()
    wide = result.benefits.pivot(index="player", columns="rule", values="share")
    wide = wide[list(result.by_rule.index)].join(result.core)
    wide = wide.sort_values("shapley", ascending=False, kind="stable")
    view = wide.rename(columns=RULES | {"low": "core: least", "high": "core: most"}).reset_index()
    view["player"] = view["player"].map(result.names)
    yield Table(
        "sharing",
        benefits,
        "Shares by rule, whether some group would leave, and what each place gets in the core.",
        view=view,
        whole=True,
    )
    if result.stability:
        rows = [
            {"rule": rule, "in_core": of_rule.share, "coalition": _text(members), "objects": share}
            for rule, of_rule in result.stability.items()
            for members, share in ([*of_rule.objections.items()][:5] or [(frozenset(), 0.0)])
        ]
        caption = (
            "With one pair less, each in turn: in what share of the games a division is in the "
            "core; the file has the groups that object most often."
        )
        frame = pd.DataFrame(rows)
        view = frame[["rule", "in_core"]].drop_duplicates().replace({"rule": RULES})
        formats = {"in_core": percent}
        yield Table("sharing_stability", frame, caption, view=view, whole=True, formats=formats)
    rise = result.rise.rename("change").rename_axis("player").reset_index()
    rise.insert(0, "host", result.pair[1])
    rise.insert(0, "home", result.pair[0])
    caption = "Change of the Shapley value of each place by the pair of home and host."
    yield Table("sharing_pair", rise, caption, on_page=False)
    if result.contract is not None:
        shares = result.contract.shares
        yield Table(
            "sharing_contract",
            shares.assign(objector=shares["objector"].map(_text)),
            "A fixed return at several assumed profits of the park, beside the Shapley value.",
            view=_contract_view(result.contract),
            whole=True,
            topic="A contract with a fixed return",
        )


def _contract_view(contract: Contract) -> pd.DataFrame:
    rows = []
    for profit, part in contract.shares.groupby("profit", sort=False):
        by = part.set_index(["rule", "player"])
        leaves = by.loc[("contract", "home"), "objector"]
        rows.append(
            {
                "profit (assumed)": profit,
                "contract: home": by.loc[("contract", "home"), "share"],
                "contract: host": by.loc[("contract", "host"), "share"],
                "Shapley: home": by.loc[("shapley", "home"), "share"],
                "Shapley: host": by.loc[("shapley", "host"), "share"],
                "would leave": _text(leaves) or "nobody",
            }
        )
    return pd.DataFrame(rows)


def _text(members: Any) -> str:
    return "+".join(sorted(map(str, members))) if members else ""
