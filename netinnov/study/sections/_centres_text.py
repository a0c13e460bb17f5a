"""What is said of centres: by which rules, how sure that is, and how the rules differ."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

import pandas as pd

from netinnov.study._section import Sentence
from netinnov.study._words import (
    counted,
    decimals_for,
    fixed,
    joined,
    name,
    number,
    percent,
    phrase,
    some,
)

if TYPE_CHECKING:
    from netinnov.study.sections.centres import Centres

NAMED = 6
RULES: dict[str, str] = {
    "hubs": "the strongest of each community of three places or more, and places of the core with "
    "half as much",
    "top": "the tenth of the places with most strength",
    "head_tail": "places above the mean strength",
    "core": "the core, densely linked in itself and with the rest",
    "z": "places far stronger than the others of their community",
    "dominant_flow": "places whose largest flow goes to a smaller one",
}
BY_COMMUNITY = ("hubs", "z")
"""Rules that say something only where communities are beyond chance."""

TESTS = (99, 49)
"""Random networks whose communities are searched for, in small networks and in large ones."""

ROLES = {
    "R1": "with all links in their own community",
    "R2": "with most links in their own community",
    "R3": "that connect communities",
    "R4": "of no community in particular",
    "R5": "hubs of their own community",
    "R6": "hubs that connect communities",
    "R7": "hubs of no community in particular",
}


def offer(result: Centres) -> Iterator[Sentence]:
    rules, n_rules = result.rules, len(result.asked)
    count = rules[result.asked].sum(axis=1).sort_values(ascending=False, kind="stable")
    most = count[count > n_rules / 2]
    shown = most if len(most) else count[count == count.max()]
    named = [
        phrase("{} by {:,}{}", name(rules.loc[node, "name"]), n, "" if at else f" of {n_rules}")
        for at, (node, n) in enumerate(shown.head(NAMED).items())
    ]
    text = phrase(
        "In the {} {} of {} {} by more than half of {} rules",
        result.plan.layers,
        f"{len(most):,}" if len(most) else "none",
        counted(len(rules), "place"),
        "are centres" if len(most) > 1 else "is a centre",
        n_rules,
    )
    if count.max() > 0:
        text += phrase("{} {}", ":" if len(most) else "; most often", some(named, len(shown)))
    text += "."
    if tied := _tied(result):
        text += phrase(
            " Ties are broken by the order of the data: other places are as strong as {}.",
            some(tied, len(tied)),
        )
    yield Sentence(text, ("centre_rules",))


def _tied(result: Centres) -> list[str]:
    """Centres by a rule that takes the strongest, while others as strong are not."""
    rules, strength = result.rules, result.table["centrality"].map("{:.9g}".format)
    tied = pd.Series(False, rules.index)
    for rule, among in (("top", [strength]), ("hubs", [strength, result.table["community"]])):
        if rule in rules:
            centre = rules[rule] == 1
            tied |= centre & ~centre.groupby(among, dropna=False).transform("all").astype(bool)
    return [name(each) for each in rules.loc[tied, "name"]]


def tell(result: Centres) -> Iterator[Sentence]:
    yield from _layers(result)
    if result.test.by_chance:
        yield _by_chance(result)
    table, rule = result.table, result.rule
    centres = table.loc[table["centre"]]
    text = phrase(
        "By the rule “{}” ({}) {} of {} {}",
        rule,
        _meaning(result, rule),
        f"{len(centres):,}" if len(centres) else "none",
        counted(len(table), "place"),
        "are centres" if len(centres) > 1 else "is a centre",
    )
    if centres.empty:
        yield Sentence(text + ".", ("centres",))
    else:
        named = [_with_support(row, sure=result.sure) for _, row in centres.head(NAMED).iterrows()]
        text += phrase(": {}.", some(named, len(centres)))
        if result.sure:
            text += f" In brackets: share of bootstrap resamples of the {result.plan.resampled} in "
            text += "which it is again a centre."
        yield Sentence(text, ("centres",))
    others = table.loc[~table["centre"] & (table["support"] >= 0.05)].head(3)
    if len(centres) and result.sure and len(others):
        near = joined([_with_support(row, sure=True) for _, row in others.iterrows()])
        text = phrase("Not centres, but most often so in the resamples: {}.", near)
        yield Sentence(text, ("centres",))
    yield _agreement(result)
    if table["community"].nunique() > 1 and table["role"].notna().any():
        yield _roles(table)


def _layers(result: Centres) -> Iterator[Sentence]:
    """What was looked at together and apart, and what was left out and why."""
    structure = result.plan
    layers = [name(result.context.mark(layer)) for layer in structure.network.layers]
    text = phrase("Centres, indices and communities are those of the {}", structure.layers)
    text += phrase(
        " {}." if len(layers) == 1 else " together, with their weights added up: {}.",
        some(layers, len(layers), most=10),
    )
    yield Sentence(text, ("structure",))
    if structure.modelled_beside:
        modelled = joined([name(result.context.mark(layer)) for layer in structure.modelled_beside])
        text = phrase(
            "Apart from them: {}. There are no intervals and no tests for what a model made: its "
            "links are no evidence.",
            modelled,
        )
        yield Sentence(text, ("structure",))
    for omitted in structure.left_out:
        yield Sentence(f"Not computed: {omitted.result}, as {omitted.why}.", ("structure",))


def _with_support(row: pd.Series, *, sure: bool) -> str:
    return (
        phrase("{} ({})", name(row["name"]), percent(row["support"])) if sure else name(row["name"])
    )


def _meaning(result: Centres, rule: str) -> str:
    """What a rule is, in words."""
    if rule != "hubs" or not result.plan.options.minimum_share:
        return RULES[rule]
    least = number(100 * result.plan.options.minimum_share, digits=2)
    return f"{RULES[rule]}; each with at least {least} % of all strength"


def _by_chance(result: Centres) -> Sentence:
    """Communities that random networks have as well decide nothing."""
    left_out = [f"“{rule}”" for rule in BY_COMMUNITY if rule not in result.asked]
    text = f"Communities are no clearer than chance makes them ({modularity_in_words(result)})"
    if left_out:
        text += ", so that rules that look at them are left out: " + joined(left_out)
    if result.rule != result.plan.options.rule:
        text += f". The rule “{result.rule}” stands in for “{result.plan.options.rule}”"
    return Sentence(f"{text}.", ("structure",))


def modularity_in_words(result: Centres) -> str:
    """The modularity with that of random networks, or why it is not compared with any."""
    test = result.test
    if test.untested is not None:
        text = f"modularity {number(test.modularity, digits=2)}"
        return f"{text}; whether chance gives as much is not tested, as {test.untested}"
    # Two digits, or three where two do not tell them apart.
    both = test.modularity, test.null_mean
    two = decimals_for(*both)
    decimals = two + (fixed(both[0], two) == fixed(both[1], two))
    return (
        f"modularity {fixed(test.modularity, decimals)}, in {test.replicates} random networks "
        f"{fixed(test.null_mean, decimals)} on average; one-sided p of {test.p:.2g}"
    )


def _agreement(result: Centres) -> Sentence:
    """How far the rules for centres agree."""
    rules, asked = result.rules, result.asked
    count = rules[asked].sum()
    fewest, most = str(count.idxmin()), str(count.idxmax())
    by_all = [name(each) for each in rules.loc[rules[asked].eq(1).all(axis=1), "name"]]
    fewest_named, most_named = (
        f"“{rule}”" if rule == result.rule else f"“{rule}”: {_meaning(result, rule)}"
        for rule in (fewest, most)
    )
    text: str = phrase(
        "The number of centres depends on the rule: from {:,} ({}) to {:,} ({}).",
        count[fewest],
        fewest_named,
        count[most],
        most_named,
    )
    if count[fewest] == count[most]:
        text = f"The number of centres is the same by all {len(asked)} rules: {count[most]:,}."
    named = some(by_all[:NAMED], len(by_all)) if by_all else "none"
    text += phrase(" Centres by all {} rules: {}.", len(asked), named)
    return Sentence(text, ("centre_rules",))


def _roles(table: pd.DataFrame) -> Sentence:
    parts = []
    for role, words in ROLES.items():
        of_role = table.loc[table["role"] == role].sort_values("z", ascending=False, kind="stable")
        if of_role.empty:
            continue
        hubs = [name(each) for each in of_role["name"].head(3)] if role >= "R5" else []
        named = phrase(": {}", some(hubs, len(of_role))) if hubs else ""
        parts.append(phrase("{} ({}), {:,}{}", words, role, len(of_role), named))
    return Sentence(phrase("Places by their role: {}.", _listed(parts)), ("centres",))


def _listed(parts: Sequence[str]) -> str:
    return joined(parts, between="; ", last="; ")
