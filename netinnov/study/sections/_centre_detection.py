"""Which places are centres: by the rule of the study with its support, and by the other rules."""

from __future__ import annotations

from dataclasses import dataclass

import pandas as pd

from netinnov import polycentricity
from netinnov.build import flatten
from netinnov.polycentricity import ModularityTest
from netinnov.polycentricity._centre_rules import CentreRule, least_share
from netinnov.study._context import Context
from netinnov.study._structure_plan import FEWER, Plan, plan

RULES = ("hubs", "top", "head_tail", "core", "z", "dominant_flow")
BY_COMMUNITY = ("hubs", "z")  # rules that say something only where communities are beyond chance
TESTS = (99, 49)  # random networks whose communities are searched for, small networks and large


@dataclass(frozen=True, slots=True, eq=False)
class Detection:
    """Places with whether they are centres, how sure that is, their community and their role."""

    table: pd.DataFrame
    rules: pd.DataFrame
    rule: CentreRule
    test: ModularityTest
    plan: Plan

    @property
    def centres(self) -> pd.DataFrame:
        return self.table[self.table["centre"]]

    @property
    def sure(self) -> bool:
        return bool(self.table["support"].notna().all())

    @property
    def asked(self) -> list[str]:
        """The rules that say something here."""
        return [rule for rule in RULES if rule in self.rules]

    @property
    def least(self) -> float:
        """Share of all strength that a centre by the rule "hubs" holds at least."""
        return least_share(self.plan.options.minimum_share, self.table["centrality"].to_numpy())

    def tied(self, rules: list[str]) -> list[str]:
        """Centres by rules that take the strongest, while others as strong are not."""
        by_rule, strength = self.rules, self.table["centrality"].map("{:.9g}".format)
        tied = pd.Series(False, by_rule.index)
        for rule, among in (("top", [strength]), ("hubs", [strength, self.table["community"]])):
            if rule in rules:
                centre = by_rule[rule] == 1
                tied |= centre & ~centre.groupby(among, dropna=False).transform("all").astype(bool)
        return list(tied.index[tied])


def detect(context: Context) -> Detection | None:
    from netinnov.community import modularity, roles

    structure = context.once(plan)
    if structure is None:
        return None
    network, options = structure.network, structure.options
    names = network.storage.nodes.index.to_series().map(context.names).astype("str")
    rule, test = options.rule, None
    if structure.null.model is not None:
        test = polycentricity.modularity_test(
            network,
            null=structure.null.model,
            replicates=TESTS[0] if structure.search else TESTS[1],
            resolution=options.resolution,
            restarts=options.restarts,
            rng=structure.seed,
            progress=structure.progress,
        )
    by_chance = test is not None and test.by_chance
    if rule == "hubs" and by_chance:
        rule = "head_tail"
    left_out = {*BY_COMMUNITY} - {rule} if by_chance else set()
    detected = polycentricity.detect_centres(
        network,
        rule=rule,
        null=None,
        resamples=structure.resamples if structure.search else min(structure.resamples, FEWER),
        resample=structure.resample,
        **structure.choices,
        **structure.draw,
    )
    rules = _by_rules(structure, [each for each in RULES if each not in left_out])
    position = roles(flatten(network), detected["community"])
    table = pd.DataFrame(
        {
            "name": names,
            "centre": detected["centre"],
            "support": detected["support"],
            "agreement": rules["agreement"],
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
    rules.insert(0, "name", names)
    if test is None:
        labels = table["community"].dropna().astype("int64")
        quality = modularity(flatten(network), labels, resolution=options.resolution)
        test = ModularityTest(quality, untested=structure.null.why)
    return Detection(table, rules.reindex(table.index), rule, test, structure)


def _by_rules(structure: Plan, asked: list[str]) -> pd.DataFrame:
    variants = dict.fromkeys(asked, structure.choices | {"tested": False})
    # One index is asked for at least, the quickest; what is wanted is who is a centre.
    long = polycentricity.sensitivity(
        structure.network, rules=variants, tops=[None], indices=["gini"], **structure.draw
    )
    long = long[long["node"].notna()]
    wide = long.pivot(index="node", columns="rule", values="value")
    columns = pd.Index(asked, name=None)
    wide = wide.reindex(index=structure.network.storage.nodes.index, columns=columns)
    agreement = long.drop_duplicates("node").set_index("node")["agreement"]
    return wide.astype("int64").assign(agreement=agreement).rename_axis("node")
