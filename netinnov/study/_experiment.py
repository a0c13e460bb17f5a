"""The experiment: what was tried, against which rivals and placebos, and what it changed."""

from __future__ import annotations

from dataclasses import dataclass

import pandas as pd

from netinnov.experiments import compare_scenarios, contrasts
from netinnov.scenarios._open_size import weights_at
from netinnov.study import _trials
from netinnov.study._context import Context
from netinnov.study._section import Result
from netinnov.study._trials import Choice, ExperimentPart, Trial


@dataclass(frozen=True, slots=True, eq=False)
class Experiment(Result):
    """What was tried, and what it changed: `effects` by scenario, measure and place.

    `own` is what home has to give up in the layer: links, or weight where weight is moved.
    `chosen` counts the enclaves with this home and host and pairs with as many, where the data
    chose them; `match` is what other hosts are like this one in.
    """

    choice: Choice
    enclaves: tuple[Trial, ...]
    rivals: tuple[Trial, ...]
    match: tuple[str, ...]
    effects: pd.DataFrame
    replicates: pd.DataFrame
    contrasts: pd.DataFrame | None
    own: float
    chosen: tuple[int, int] | None = None

    @property
    def part(self) -> ExperimentPart:
        return self.choice.part

    @property
    def headline(self) -> Trial:
        return self.enclaves[0]

    def of(self, trial: Trial, measure: str) -> pd.DataFrame:
        table = self.effects
        return table[table["scenario"].eq(trial.name) & table["measure"].eq(measure)]


def compute(context: Context) -> Experiment | None:
    choice = context.once(_trials.choose)
    if choice is None:
        return None
    cities, part = context.cities, choice.part
    enclaves = _trials.enclaves_of(part, choice.layer, choice.called)
    headline = enclaves[0]
    rivals = _trials.rivals_of(headline, cities, part.rivals)
    result = compare_scenarios(
        cities,
        scenarios={trial.name: trial.scenario for trial in (*enclaves, *rivals)},
        measures=_trials.measures(choice.measures),
        replicates=part.replicates,
        placebo=_trials.placebos(cities, enclaves, part.placebos),
        rng=context.seed,
        progress=context.progress,
    )
    chosen = None if context.settings(ExperimentPart).home else _trials.most_frequent(context)
    names = [trial.name for trial in rivals]
    weights = weights_at(cities, part.home, choice.layer)
    return Experiment(
        context=context,
        choice=choice,
        enclaves=tuple(enclaves),
        rivals=tuple(rivals),
        match=_trials.matched_on(cities),
        effects=result.effects(full=True).astype({"scenario": "str", "measure": "str"}),
        replicates=result.replicates,
        contrasts=contrasts(result, of=headline.name, against=names) if names else None,
        own=float(len(weights) if part.size is not None else weights.sum()),
        chosen=chosen and chosen[2:],
    )
