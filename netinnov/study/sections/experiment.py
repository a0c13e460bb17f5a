"""The experiment: what an enclave changes for home, for host and elsewhere, and its rivals."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial

import pandas as pd
from matplotlib.figure import Figure

from netinnov.experiments import compare_scenarios, contrasts
from netinnov.plotting import plot_effects
from netinnov.plotting._style import new_figure
from netinnov.scenarios._open_size import given_up
from netinnov.study._context import Context
from netinnov.study._section import Form, Picture, Result, Table, Term, with_modelled
from netinnov.study.sections import _trials
from netinnov.study.sections._enclave_choice import Choice, ExperimentPart, choose, most_frequent
from netinnov.study.sections._experiment_facts import facts as facts, key_figures as key_figures
from netinnov.study.sections._trials import ACCESS, EFFICIENCY, INEQUALITY, PAGERANK, Trial

OPTIONS, CHECK = ExperimentPart, choose
WHOLE = Term("whole_network")
MANY = 1000  # with more places only draws of home, host and the whole network are written
# What the page shows of the effects of the enclave; the file has all columns and scenarios.
SHOWN = ["measure", "node", "funding", "median", "low", "high", "same_sign"]
SHOWN += ["placebo_low", "placebo_high"]
CHANGES = ("median", "low", "high", "placebo_low", "placebo_high")
FORMS: dict[str, Form] = {**dict.fromkeys(CHANGES, "change"), "same_sign": "percent"}


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
        """Effects of a scenario on a measure, a row a place or one for the network."""
        table = self.effects
        return table[table["scenario"].eq(trial.name) & table["measure"].eq(measure)]


def compute(context: Context) -> Experiment | None:
    choice = context.once(choose)
    if choice is None:
        return None
    cities, part = context.cities, choice.part
    enclaves = _trials.enclaves(part, choice.layer, choice.called)
    headline = enclaves[0]
    rivals = _trials.rivals_of(headline, cities, part.rivals)
    result = compare_scenarios(
        cities,
        scenarios={trial.name: trial.scenario for trial in (*enclaves, *rivals)},
        measures=_trials.measures(choice.measures),
        replicates=part.replicates,
        placebo=_trials.placebos(cities, enclaves, part.placebos),
        monotone=[EFFICIENCY, ACCESS],
        rng=context.seed,
        progress=context.progress,
    )
    chosen = None if context.settings(ExperimentPart).home else most_frequent(context)
    names = [trial.name for trial in rivals]
    return Experiment(
        context=context,
        choice=choice,
        enclaves=tuple(enclaves),
        rivals=tuple(rivals),
        match=_trials.matched_on(cities),
        effects=result.effects(full=True).astype({"scenario": "str", "measure": "str"}),
        replicates=result.replicates,
        contrasts=contrasts(result, of=headline.name, against=names) if names else None,
        own=given_up(cities, headline.scenario).of,
        chosen=chosen and chosen[2:],
    )


def draw(result: Experiment) -> Iterator[Picture]:
    yield Picture("effects", partial(_effects, result), on_page=True, front=True)


def _effects(result: Experiment) -> Figure:
    """Access of home in each scenario."""
    home, term = result.part.home, result.context.language.term
    trials = (*result.enclaves, *result.rivals)
    shown = pd.concat([result.of(trial, ACCESS) for trial in trials])
    shown = shown[shown["node"].eq(home)].drop(columns=["same_sign", "corrected_p"])
    names = {each.name: f"{term(each.kind)}, {term(each.funding)}" for each in trials}
    figure = new_figure(height=20 + 6.5 * len(trials))
    plot_effects(
        shown.assign(scenario=shown["scenario"].map(names)),
        ax=figure.add_subplot(),
        names=result.drawn_names,
        ends=[home],
        percent=True,
        label="access (harmonic closeness)",
        legend=False,
    )
    return figure


def tables(result: Experiment) -> Iterator[Table]:
    modelled = result.modelled_layers
    yield Table(
        "effects",
        with_modelled(result.effects, modelled),
        _view(result),
        on_page=True,
        rows=12,
        places=("node",),
        terms=("measure", "funding"),
        forms=FORMS,
        modelled=modelled,
    )
    if result.contrasts is not None:
        yield Table("contrasts", with_modelled(result.contrasts, modelled), modelled=modelled)
    draws = result.replicates
    if draws["node"].nunique() > MANY:
        ends = draws["node"].isin([result.part.home, result.part.host])
        draws = draws[draws["node"].isna() | ends]
    yield Table("replicates", draws)
    settings = {"headline": result.headline.name, **result.choice.settings(result.context.seed)}
    rows = pd.DataFrame(settings.items(), columns=["parameter", "value"], dtype="str")
    yield Table("scenario", rows)


def _view(result: Experiment) -> pd.DataFrame:
    """Changes by the enclave of the whole network, home and host, as shares of what was before."""
    order = (ACCESS, EFFICIENCY, INEQUALITY, PAGERANK)
    rows = [
        result.of(trial, measure).assign(funding=trial.funding)
        for measure in order
        for trial in result.enclaves
    ]
    view = pd.concat(rows, ignore_index=True)
    whole = view["node"].isna()
    view = view[whole | view["node"].isin([result.part.home, result.part.host])]
    before = view["baseline"].abs().where(view["baseline"] != 0)
    changes = {name: view[name] / before for name in CHANGES if name in view}
    # A list, as a mask would make text of the term.
    nodes = [WHOLE if pd.isna(node) else node for node in view["node"]]
    view = view.assign(node=pd.Series(nodes, view.index, dtype=object), **changes)
    return view[[name for name in SHOWN if name in view and view[name].notna().any()]]
