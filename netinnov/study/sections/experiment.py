"""The experiment: what an enclave changes for home, for host and elsewhere, and its rivals."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import partial

import numpy as np
import pandas as pd
from matplotlib.figure import Figure

from netinnov.experiments import compare_scenarios, contrasts, link_changes
from netinnov.plotting import plot_effects, plot_link_changes
from netinnov.plotting._frame import frame_of, map_height
from netinnov.plotting._style import new_figure
from netinnov.scenarios._open_size import given_up
from netinnov.study._context import Context
from netinnov.study._section import (
    Fact,
    Form,
    KeyFigure,
    Picture,
    Result,
    Table,
    Term,
    mark_layers,
    with_modelled,
)
from netinnov.study.sections import _experiment_facts, _trials
from netinnov.study.sections._enclave_choice import Choice, ExperimentPart, choose, most_frequent
from netinnov.study.sections._trials import ACCESS, EFFICIENCY, INEQUALITY, PAGERANK, Trial

OPTIONS, CHECK = ExperimentPart, choose
PLACEMENTS = 50  # of the headline scenario, whose links are shown on a map
WHOLE = Term("whole_network")
# What the page shows of the effects of the enclave; the file has all columns and scenarios.
SHOWN = ["measure", "node", "funding", "median", "low", "high", "same_sign"]
SHOWN += ["placebo_low", "placebo_high"]
CHANGES = ("median", "low", "high", "placebo_low", "placebo_high")
FORMS: dict[str, Form] = {**dict.fromkeys(CHANGES, "change"), "same_sign": "percent"}


@dataclass(frozen=True, slots=True, eq=False)
class Experiment(Result):
    """What was tried, and what it changed: `effects` by scenario, measure and place.

    `own` is what home has to give up in the layer: links, or weight where weight is moved.
    `chosen` counts the enclaves with this home and host, all, and pairs with as many, where the
    data chose them; `match` is what other hosts are like this one in.
    """

    choice: Choice
    enclaves: tuple[Trial, ...]
    rivals: tuple[Trial, ...]
    match: tuple[str, ...]
    effects: pd.DataFrame
    replicates: pd.DataFrame
    contrasts: pd.DataFrame | None
    link_changes: pd.DataFrame
    own: float
    chosen: tuple[int, int, int] | None = None

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


def facts(result: Experiment) -> Mapping[str, Fact]:
    return _experiment_facts.facts(result)


def key_figures(result: Experiment) -> Iterator[KeyFigure]:
    yield from _experiment_facts.key_figures(result)


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
    streams = np.random.default_rng(context.seed).spawn(PLACEMENTS)
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
        link_changes=link_changes(cities, [headline.scenario(cities, each) for each in streams]),
        own=given_up(cities, headline.scenario).of,
        chosen=chosen and chosen[2:],
    )


def draw(result: Experiment) -> Iterator[Picture]:
    yield Picture("effects", partial(_effects, result), on_page=True, front=True)
    changes, places = result.link_changes, result.context.cities.places
    ends = pd.concat([changes["source_place"], changes["target_place"]])
    at = places.loc[places.index.isin(ends), ["lon", "lat"]].dropna()
    if not at.empty:
        yield Picture("link_changes", partial(_link_changes, result, at))


def _link_changes(result: Experiment, at: pd.DataFrame) -> Figure:
    figure = new_figure(height=map_height(frame_of(at)))
    plot_link_changes(
        result.link_changes,
        places=result.context.cities.places,
        names=result.drawn_names,
        basemap=result.maps.below,
        ax=figure.add_subplot(),
    )
    return figure


def _effects(result: Experiment) -> Figure:
    """Access of home in each scenario."""
    home, term = result.part.home, result.context.language.term
    trials = (*result.enclaves, *result.rivals)
    shown = pd.concat([result.of(trial, ACCESS) for trial in trials])
    shown = shown[shown["node"].eq(home)].drop(columns=["same_sign", "corrected_p"])
    names = {each.name: f"{term(each.kind)}, {term(each.funding)}" for each in trials}
    figure = new_figure(height=28 + 6.5 * len(trials))
    plot_effects(
        shown.assign(scenario=shown["scenario"].map(names)),
        ax=figure.add_subplot(),
        names=result.drawn_names,
        ends=[home],
        percent=True,
        label="access (harmonic closeness)",
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
    changes = mark_layers(result.link_changes, modelled)
    yield Table("link_changes", with_modelled(changes, modelled), modelled=modelled)
    yield Table("replicates", result.replicates)
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
    view = view.assign(node=view["node"].astype(object).mask(whole, WHOLE), **changes)
    return view[[name for name in SHOWN if name in view and view[name].notna().any()]]
