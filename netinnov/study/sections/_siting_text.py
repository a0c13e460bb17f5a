"""Sentences on a plan of enclaves: what it is, how good it is, and how far that can be trusted."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any

import pandas as pd

from netinnov.study._section import Sentence
from netinnov.study._words import are, counted, joined, number, out_of, percent, phrase
from netinnov.study.sections._siting_part import SitingObjective

if TYPE_CHECKING:
    from netinnov.study.sections.siting import Siting

OBJECTIVES: dict[SitingObjective, str] = {
    "efficiency": "global efficiency",
    "home_access": "the mean access of the homes",
    "worst_access": "the access of the place with least",
    "equity": "equity of access (1 \N{MINUS SIGN} Gini)",
    "effective_number": "the effective number of places",
}
"""What each objective is called in a sentence."""

FEW = 20
"""Resamples below which shares are told as numbers of them."""


def offer(result: Siting) -> Iterator[Sentence]:
    plan, source = result.plan, ("sites", "siting")
    label = OBJECTIVES[result.part.objective]
    n = len(result.candidates.pairs)
    if not plan.sites:
        yield Sentence(
            f"Of {counted(n, 'candidate')} none raises {label} within the budget: nothing is "
            "built.",
            source,
        )
        return
    if not result.helps:
        yield Sentence(_no_help(result, f"{n:,} {result.built}", label), source)
        return
    text: str = phrase(
        "Of {} {} that could be built, the best {} that were found are {}. Together they raise {} "
        "by {}{}.",
        f"{n:,}",
        result.built,
        len(plan.sites),
        joined([_site(result, site) for site in plan.sites]),
        label,
        _rise(result, float(result.fresh.mean())),
        _interval(result),
    )
    yield Sentence(text, source)
    yield Sentence(_bound(result), ("siting",))
    if len(plan.placebo):
        yield Sentence(_random(result), ("siting_values",))
    text = "Caution: this is a calculation on the network as it is, not a forecast: only the new "
    text += "links change it, nobody reacts, and another objective gives another plan."
    if result.modelled_layers:
        layer = result.context.mark(result.candidates.maker.layer)
        text += f" Modelled layers are in the network, and links are placed in {layer}."
    yield Sentence(text, ("siting",))


def _no_help(result: Siting, candidates: str, label: str) -> str:
    """That no plan is better than today."""
    if not result.alone:
        return f"None of the {candidates} that could be built raises {label}, so there is no plan."
    verb = "raises" if result.alone == 1 else "raise"
    return (
        f"Of the {candidates} that could be built {result.alone:,} {verb} {label} alone, "
        f"but the best {len(result.plan.sites)} that were found do not together."
    )


def _site(result: Siting, site: str) -> Any:
    home, host = result.candidates.pairs.loc[site]
    names = (result.name(place) for place in (home, host))
    return phrase("{} in {}" if result.drawn else "{} with {}", *names)


def _rise(result: Siting, value: float) -> str:
    """A value as a change from today: in per cent, or as it is where today's is 0."""
    baseline = result.plan.baseline
    if not baseline:
        return number(value - baseline)
    return f"{number(100 * (value - baseline) / abs(baseline), digits=2)} %"


def _interval(result: Siting) -> str:
    if len(result.fresh) < 2:
        return ""
    low, high = (_rise(result, float(result.fresh.quantile(q))) for q in (0.025, 0.975))
    return f" ({low} to {high} in 95 % of {len(result.fresh)} placements that it was not chosen on)"


def _bound(result: Siting) -> str:
    plan, part = result.plan, result.part
    limit = "within this budget" if part.budget else f"of {len(plan.sites)}"
    if math.isnan(plan.bound):
        return (
            f"How much better another plan {limit} could be is not known: more of these candidates "
            "can lower this objective, so that no bound holds."
        )
    if plan.gap == 0:
        return f"No plan {limit} can be better."
    where = ""
    if result.drawn:
        where = f" on the {counted(part.placements, 'placement')} that were tried, where this one "
        where += f"reaches {_rise(result, plan.value)}"
    return (
        f"No plan {limit} can raise it by more than {_rise(result, plan.bound)}{where}. That bound "
        f"is what all {len(result.candidates.pairs):,} candidates together would do, so it is "
        "loose: how much of the difference another plan could gain is not known."
    )


def _random(result: Siting) -> str:
    plan = result.plan
    low, high = (_rise(result, float(plan.placebo.quantile(q))) for q in (0.025, 0.975))
    share = result.random_share
    n = round(share * len(plan.placebo))
    as_good = "none does" if n == 0 else f"{n:,} {'does' if n == 1 else 'do'}"
    size = "that cost no more" if result.part.budget else f"of {len(plan.sites)}"
    verdict = "better than" if share < 0.05 else "not clearly better than"
    return (
        f"The plan is {verdict} chance: of {len(plan.placebo):,} plans {size} drawn at random from "
        f"the same candidates {as_good} as well; 95 % of them gain {low} to {high}."
    )


def tell(result: Siting) -> Iterator[Sentence]:
    for note in result.candidates.notes:
        yield Sentence(note, ("siting_candidates",), "How sites were chosen")
    plan = result.plan
    if not plan.sites or not result.helps:
        return
    if result.candidates.prices is not None:
        text = f"The plan costs {number(plan.cost)}, at prices that are assumed"
        text += f"; the budget is {number(result.part.budget)}." if result.part.budget else "."
        yield Sentence(text, ("sites",), "How sites were chosen")
    yield Sentence(_steps(result), ("sites",), "What each adds")
    yield Sentence(_stability(result), ("sites",), "Would it change with other data")
    if result.front is not None:
        for text in _front(result):
            yield Sentence(text, ("siting_pareto",), "Two objectives")


def _steps(result: Siting) -> str:
    table = result.plan.to_frame().loc[list(result.plan.sites)]
    parts = [
        phrase("{} ({})", _site(result, site), _rise(result, result.plan.baseline + gain))
        for site, gain in zip(table.index, table["gain_in_plan"], strict=True)
    ]
    return phrase("Without it the plan would lose, in order of choice: {}.", joined(parts))


def _stability(result: Siting) -> str:
    if result.stability is None:
        return f"Links were not resampled: {result.no_resamples}."
    times = int(result.stability["resamples"].iloc[0])
    if not times:
        return "No resample of the links could be planned for."
    shares, shown = result.stability["share"], out_of(times) if times <= FEW else percent
    parts = [
        phrase("{} in {}", _site(result, site), shown(shares[site])) for site in result.plan.sites
    ]
    others = shares.drop(list(result.plan.sites))
    often = int((others >= 0.5).sum())
    resampled = "the observed links" if result.modelled_layers else "the links"
    if result.resampled == "events":
        resampled = "events, such as projects,"
    text: str = phrase(
        "With {} resampled {} times{}, a greedy plan chooses {}.",
        resampled,
        f"{times:,}",
        " and placements drawn again" if result.drawn else "",
        joined(parts),
    )
    if often:
        text += f" {often} other candidates {are(often)} in half of those plans or more."
    if float(shares[list(result.plan.sites)].mean()) < 0.5:
        text += " Which sites are best is not settled by these data: many plans are nearly as good."
    return text


def _front(result: Siting) -> Iterator[str]:
    front = result.front
    assert front is not None
    first, second = front.baseline.index
    table = front.plans
    labels = [OBJECTIVES[first], OBJECTIVES[second]]
    kind = "no other plan" if front.exact else "no other plan that was found"
    if len(table) == 1:
        yield (
            f"Between {labels[0]} and {labels[1]} there is nothing to choose: one plan is best for "
            "both" + ("." if front.exact else ", among those that were found.")
        )
        return
    ends = [table.loc[table[called].idxmax()] for called in (first, second)]
    yield (
        f"Between {labels[0]} and {labels[1]} there are {len(table)} plans that {kind} beats in "
        f"both. Best for the first: {_two_gains(front.baseline, ends[0])}; best for the second: "
        f"{_two_gains(front.baseline, ends[1])}."
    )


def _two_gains(baseline: pd.Series, row: pd.Series) -> str:
    parts: Sequence[str] = []
    for called in baseline.index:
        before, change = float(baseline[called]), float(row[called]) - float(baseline[called])
        share = number(100 * change / abs(before), digits=2) if before else number(change)
        parts = [*parts, f"{'+' if change > 0 else ''}{share}{' %' if before else ''}"]
    return " and ".join(parts)


def explain(result: Siting) -> Iterator[Sentence]:
    text = f"A plan of {result.built} is searched for one by one, each the best addition, and then "
    text += "by swaps; it need not be the best of all."
    if result.drawn:
        text += " It is chosen on a few random placements, and the best of many looks better on "
        text += "those than it is: so its gain is told on fresh placements."
    yield Sentence(text)
