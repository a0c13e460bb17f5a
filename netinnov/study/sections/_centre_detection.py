"""Which places are centres: by the rule of the study with its support, and by the other rules."""

from __future__ import annotations

from dataclasses import dataclass

import pandas as pd

from netinnov import polycentricity
from netinnov.build import flatten
from netinnov.polycentricity import ModularityTest
from netinnov.polycentricity._centre_rules import CentreRule
from netinnov.study._context import Context
from netinnov.study._structure_plan import RESTARTS, Plan, plan

RULES: tuple[CentreRule, ...] = ("hubs", "top", "head_tail", "core", "z", "dominant_flow")
BY_COMMUNITY = ("hubs", "z")  # rules that say something only where communities are beyond chance
# Where communities are searched for among many places: random networks, and resamples at most.
FEWER_NULLS, FEWER_RESAMPLES = 49, 50


@dataclass(frozen=True, slots=True, eq=False)
class Detection:
    """Places with whether they are centres, how sure that is, their community and their role.

    `rules` has a column for each rule in `asked`, those that say something here.
    """

    table: pd.DataFrame
    rules: pd.DataFrame
    asked: list[CentreRule]
    rule: CentreRule
    test: ModularityTest
    plan: Plan

    @property
    def centres(self) -> pd.DataFrame:
        return self.table[self.table["centre"]]

    @property
    def by_most(self) -> list[str]:
        """Centres by more than half of the rules, those by most of them first."""
        times = self.rules[self.asked].sum(axis=1).sort_values(ascending=False, kind="stable")
        return list(times.index[times > len(self.asked) / 2])

    @property
    def tied(self) -> list[str]:
        """Centres by rules that take the strongest, while others as strong are not."""
        strength = self.table["centrality"].map("{:.9g}".format)
        tied = pd.Series(False, self.rules.index)
        for rule, among in (("top", [strength]), ("hubs", [strength, self.table["community"]])):
            if rule in self.asked:
                centre = self.rules[rule] == 1
                tied |= centre & ~centre.groupby(among, dropna=False).transform("all").astype(bool)
        return list(tied.index[tied])


def detect(context: Context) -> Detection | None:
    from netinnov.community import modularity, roles

    structure = context.once(plan)
    if structure is None:
        return None
    network, rule, test = structure.network, structure.options.rule, None
    if structure.null.model is not None:
        test = polycentricity.modularity_test(
            network,
            null=structure.null.model,
            replicates=99 if structure.search else FEWER_NULLS,
            restarts=RESTARTS,
            rng=context.seed,
            progress=context.progress,
        )
        rule = "head_tail" if rule == "hubs" and test.by_chance else rule
    unclear = {*BY_COMMUNITY} - {rule} if test is not None and test.by_chance else set()
    asked = [each for each in RULES if each not in unclear]
    rules = pd.DataFrame(
        {
            each: polycentricity.detect_centres(
                network, rule=each, null=None, resamples=0, **structure.draw
            )["centre"].astype("int64")
            for each in asked
        }
    )
    resamples = structure.resamples
    detected = polycentricity.detect_centres(
        network,
        rule=rule,
        null=None,
        resamples=resamples if structure.search else min(resamples, FEWER_RESAMPLES),
        resample=structure.resample,
        **structure.draw,
    )
    flat = flatten(network)
    if test is None:
        labels = detected["community"].dropna().astype("int64")
        test = ModularityTest(modularity(flat, labels), untested=structure.null.code)
    names = network.storage.nodes.index.to_series().map(context.names).astype("str")
    agreement, position = rules.mean(axis=1), roles(flat, detected["community"])
    table = pd.DataFrame(
        {
            "name": names,
            "centre": detected["centre"],
            "support": detected["support"],
            "agreement": agreement,
            "centrality": detected["centrality"],
            "community": detected["community"].astype("Int64"),
            "role": detected["role"],
            "z": position["z"],
            "participation": position["participation"],
            "rule": rule,
        }
    )
    order = ["centre", "support", "agreement", "centrality"]
    table = table.sort_values(order, ascending=False, kind="stable")
    rules = rules.assign(agreement=agreement).rename_axis("node")
    rules.insert(0, "name", names)
    return Detection(table, rules.reindex(table.index), asked, rule, test, structure)
