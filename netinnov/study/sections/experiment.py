"""The experiment: what an enclave changes for home, for host and elsewhere, and its rivals."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass
from functools import partial
from typing import Any

import numpy as np
import pandas as pd
from matplotlib.figure import Figure

from netinnov.errors import InputError
from netinnov.experiments import compare_scenarios, contrasts, link_changes
from netinnov.experiments._decomposition import PARTS
from netinnov.plotting import plot_effects, plot_link_changes
from netinnov.plotting._frame import Frame, frame_of, map_height
from netinnov.plotting._style import larger, new_figure
from netinnov.scenarios import Prices, ReverseEnclave
from netinnov.scenarios._pair_draws import linked_pairs
from netinnov.scenarios._prices import draws_nothing
from netinnov.study._context import Context
from netinnov.study._measures import MeasuresPart
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
from netinnov.study.sections._enclave_choice import ExperimentPart, choose, most_frequent
from netinnov.study.sections._trials import ACCESS, EFFICIENCY, INEQUALITY, MIRROR, PAGERANK, Trial

OPTIONS, CHECK = ExperimentPart, choose
PLACEMENTS = 50  # of the headline scenario, whose links are shown on a map
PANELS = 6
WHOLE = Term("whole_network")
# Names of measures in the figure, whose labels a page translates.
MEASURES = {
    EFFICIENCY: "global efficiency",
    INEQUALITY: "inequality of access (Theil)",
    ACCESS: "access (harmonic closeness)",
    PAGERANK: "PageRank",
}
ORDER = {measure: at for at, measure in enumerate((ACCESS, EFFICIENCY, INEQUALITY, PAGERANK))}
# What the page shows of effects and contrasts; the files have all columns.
EFFECTS = ["measure", "node", "funding", "median", "low", "high", "same_sign"]
EFFECTS += ["placebo_low", "placebo_high"]
CONTRASTS = ["rival", "measure", "node", "median", "low", "high", "higher"]
CHANGES = ("median", "low", "high", "placebo_low", "placebo_high")
FORMS: dict[str, Form] = {
    **dict.fromkeys(CHANGES, "change"),
    "same_sign": "percent",
    "higher": "percent",
}


@dataclass(frozen=True, slots=True, eq=False)
class Experiment(Result):
    """What was tried, and what it changed.

    `effects` has a row for each scenario, measure and place; `parts` splits those on efficiency by
    the kind of pairs. What is None was not asked for, or is not known. `own` are the links that
    home has in the layer, and their weight; `chosen` how many enclaves have this home and host, of
    how many, and how many pairs have as many, where the data chose them; `missing` the rivals
    that cannot be had.
    """

    part: ExperimentPart
    layer: str
    measures: MeasuresPart
    enclaves: tuple[Trial, ...]
    rivals: tuple[Trial, ...]
    prices: Prices | None
    match: tuple[str, ...]
    effects: pd.DataFrame
    parts: pd.DataFrame | None
    replicates: pd.DataFrame
    contrasts: pd.DataFrame | None
    costs: pd.DataFrame | None
    break_even: pd.DataFrame | None
    specifications: pd.DataFrame | None
    link_changes: pd.DataFrame
    own: tuple[int, float]
    chosen: tuple[int, int, int] | None = None
    missing: tuple[str, ...] = ()

    @property
    def headline(self) -> Trial:
        return self.enclaves[0]

    @property
    def of_volume(self) -> bool:
        """Whether weight is moved, not links one by one."""
        return bool(self.headline.sized.size is None)

    @property
    def access(self) -> str:
        """The measure of places that the findings are about."""
        return ACCESS if self.effects["measure"].eq(ACCESS).any() else PAGERANK

    @property
    def trials(self) -> tuple[Trial, ...]:
        return (*self.enclaves, *self.rivals)

    def of(self, trial: Trial, measure: str) -> pd.DataFrame:
        """Effects of a scenario on a measure, a row a place or one for the network."""
        table = self.effects
        return table[table["scenario"].eq(trial.name) & table["measure"].eq(measure)]

    def key_rows(self, table: pd.DataFrame) -> pd.DataFrame:
        """The rows on the whole network, home and host."""
        return table[table["node"].isna() | table["node"].isin([self.part.home, self.part.host])]


def facts(result: Experiment) -> Mapping[str, Fact]:
    return _experiment_facts.facts(result)


def key_figures(result: Experiment) -> Iterator[KeyFigure]:
    yield from _experiment_facts.key_figures(result)


def compute(context: Context) -> Experiment | None:
    choice = context.once(choose)
    if choice is None:
        return None
    cities, part, layer = context.cities, choice.part, choice.layer
    enclaves = _trials.enclaves(part, layer, choice.called)
    headline = enclaves[0]
    prices = None if part.prices is None else Prices(**part.prices.model_dump())
    rivals = _trials.priced_rivals(cities, part.rivals, headline, prices)
    match = _trials.matched_on(cities, part)
    placebo = _trials.placebos(cities, part, enclaves, match)
    measures, monotone = _trials.measures(context, part, choice.measures)
    result = compare_scenarios(
        cities,
        scenarios={trial.name: trial.scenario for trial in (*enclaves, *rivals)},
        measures=measures,
        replicates=part.replicates,
        placebo=placebo,
        monotone=monotone,
        rng=context.seed,
        progress=context.progress,
    )
    effects = result.effects(full=True).astype({"scenario": "str", "measure": "str"})
    kinds = {f"{EFFICIENCY}: {kind}": kind for kind in PARTS}
    of_pairs = effects["measure"].isin(kinds)
    whole = effects[~of_pairs].reset_index(drop=True)
    parts = compared = varied = costs = even = None
    if of_pairs.any():  # the change of efficiency by the kind of pairs that gain or lose
        columns = ["baseline", "mean", "difference", "median", "low", "high", "same_sign"]
        parts = effects[of_pairs].assign(measure=EFFICIENCY, pairs=effects["measure"].map(kinds))
        parts = parts[["scenario", "measure", "pairs", *columns]].reset_index(drop=True)
    if rivals:
        table = contrasts(result, of=headline.name, against=[trial.name for trial in rivals])
        compared = table[~table["measure"].isin(kinds)].reset_index(drop=True)
    try:
        varied = _trials.specifications(context, part, layer, choice.measures)
    except InputError:  # such as too few links to give up
        varied = None
    if prices:
        costs = _trials.costs(cities, [*enclaves, *rivals], prices)
        even = _trials.break_evens(cities, headline, rivals, prices, whole)
    tried_names = [
        MIRROR if name == "forward enclave" else name for name in dict.fromkeys(part.rivals)
    ]
    chosen = None if context.settings(ExperimentPart).home else most_frequent(context)
    assert isinstance(headline.scenario, ReverseEnclave)
    placements = 1 if draws_nothing(headline.scenario) else PLACEMENTS
    streams = np.random.default_rng(context.seed).spawn(placements)
    changes = link_changes(cities, [headline.scenario(cities, stream) for stream in streams])
    return Experiment(
        context=context,
        part=part,
        layer=layer,
        measures=choice.measures,
        enclaves=tuple(enclaves),
        rivals=tuple(rivals),
        prices=prices,
        match=match,
        effects=whole,
        parts=parts,
        replicates=result.replicates,
        contrasts=compared,
        costs=costs,
        break_even=even,
        specifications=varied,
        link_changes=changes,
        own=_own(context, part.home, layer),
        chosen=chosen and chosen[2:],
        missing=tuple(each for each in tried_names if each not in {rival.kind for rival in rivals}),
    )


def _own(context: Context, home: str, layer: str) -> tuple[int, float]:
    pairs, at = (
        linked_pairs(context.cities, layer),
        context.cities.storage.positions("home", [home]),
    )
    weight = pairs.weight[np.isin(pairs.source, at) | np.isin(pairs.target, at)]
    return len(weight), float(weight.sum())


def draw(result: Experiment) -> Iterator[Picture]:
    yield Picture("effects", partial(_effects, result), on_page=True, front=True)
    changes, places = result.link_changes, result.context.cities.places
    at = places[["lon", "lat"]].dropna()
    shown = at.loc[at.index.isin(pd.concat([changes["source_place"], changes["target_place"]]))]
    if not shown.empty:
        yield Picture("link_changes", partial(_link_changes, result, frame_of(shown)))


def _link_changes(result: Experiment, frame: Frame) -> Figure:
    figure = new_figure(height=map_height(frame))
    plot_link_changes(
        result.link_changes,
        places=result.context.cities.places,
        names=result.drawn_names,
        basemap=result.maps.below,
        ax=figure.add_subplot(),
    )
    return figure


def _effects(result: Experiment) -> Figure:
    """All measures in print; on the page access of home alone, in larger type."""
    shown, ends = with_signs(result.key_rows(result.effects)), [result.part.home, result.part.host]
    if on_page := larger() > 1:
        ends = ends[:1]
        shown = shown[shown["measure"].eq(result.access) & shown["node"].isin(ends)]
        shown = shown.drop(columns=["same_sign", "corrected_p"], errors="ignore")
    term = result.context.language.term
    names = {each.name: f"{term(each.kind)}, {term(each.funding)}" for each in result.trials}
    shown = shown.assign(scenario=shown["scenario"].map(names))
    known = shown[shown["baseline"].abs() > 0]  # else there is no change in per cent
    measures = list(dict.fromkeys((shown if known.empty else known)["measure"]))[:PANELS]
    rows = -(-len(measures) // 2)
    figure = new_figure(height=12 + rows * (16 + 6.5 * shown["scenario"].nunique()))
    axes = figure.subplots(rows, min(len(measures), 2), squeeze=False).ravel()
    for at, (ax, measure) in enumerate(zip(axes, measures, strict=False)):
        plot_effects(
            shown.loc[shown["measure"] == measure],
            ax=ax,
            names=result.drawn_names,
            ends=ends,
            percent=True,
            label=MEASURES[measure],
            legend=False if at or on_page else shown,
        )
        if at % 2:
            ax.set_yticklabels([])
    for ax in axes[len(measures) :]:
        ax.remove()
    return figure


def tables(result: Experiment) -> Iterator[Table]:
    modelled, effects = result.modelled_layers, result.effects

    def table(name: str, frame: pd.DataFrame, view: pd.DataFrame | None = None) -> Table:
        frame = with_modelled(frame, modelled)
        if view is None:
            return Table(name, frame, modelled=modelled)
        nodes = [WHOLE if pd.isna(node) else node for node in view["node"]]
        view = view.assign(node=pd.Series(nodes, view.index, dtype=object))
        view = view.sort_values("measure", key=lambda of: of.map(ORDER), kind="stable")
        listed = EFFECTS if name == "effects" else CONTRASTS
        view = view[[column for column in listed if column in view and view[column].notna().any()]]
        seen: dict[str, Any] = {"places": ("node",), "terms": ("measure", "funding", "rival")}
        return Table(
            name, frame, view, on_page=True, rows=12, forms=FORMS, modelled=modelled, **seen
        )

    funding = {trial.name: trial.funding for trial in result.enclaves}
    key = with_signs(result.key_rows(effects[effects["scenario"].isin(funding)]))
    view = _of_baseline(key.assign(funding=key["scenario"].map(funding)), key["baseline"])
    yield table("effects", effects, view)
    if (compared := result.contrasts) is not None:
        view, pairs = compared, ["measure", "node"]
        of_home = view["measure"].eq(result.access) & view["node"].eq(result.part.home)
        view = view[of_home | view["measure"].eq(EFFICIENCY)]
        known = effects.drop_duplicates(pairs)[[*pairs, "baseline"]]
        before = view[pairs].merge(known, how="left", on=pairs)["baseline"].set_axis(view.index)
        kinds = {trial.name: trial.kind for trial in result.rivals}
        view = _of_baseline(view.assign(rival=view["rival"].map(kinds)), before)
        yield table("contrasts", compared, view)
    more = {
        "costs": result.costs,
        "break_even_prices": result.break_even,
        "effect_parts": result.parts,
        "specifications": result.specifications,
    }
    yield from (table(name, frame) for name, frame in more.items() if frame is not None)
    yield table("link_changes", mark_layers(result.link_changes, modelled))
    yield Table("replicates", result.replicates)
    yield Table("scenario", _settings(result))


def _of_baseline(view: pd.DataFrame, before: pd.Series) -> pd.DataFrame:
    """Changes as shares of what was before."""
    before = before.abs().where(before != 0)
    return view.assign(**{name: view[name] / before for name in CHANGES if name in view})


def _settings(result: Experiment) -> pd.DataFrame:
    options, prices = result.measures, result.prices
    settings: dict[str, object] = result.part.model_dump(exclude={"prices"}, exclude_none=True)
    if prices is None:
        amount = "as much weight" if result.of_volume else "as many links"
        settings["prices"] = f"none: rivals get {amount}"
    else:
        settings |= {f"prices: {key}": value for key, value in asdict(prices).items()}
    settings |= {
        "headline": result.headline.name,
        "layer": result.layer,
        "match": list(result.match),
        "seed": result.context.seed,
        "distance": options.distance,
        "border friction": options.border,
        "friction per 1,000 km": options.kilometres,
        "coupling": options.coupling,
        "damping": options.damping,
        "presence": options.presence,
    }
    rows = [
        (key, "; ".join(map(str, value)) if isinstance(value, list) else str(value))
        for key, value in settings.items()
    ]
    return pd.DataFrame(rows, columns=["parameter", "value"], dtype="str")


def with_signs(table: pd.DataFrame) -> pd.DataFrame:
    """No share of a sign where there is none: of a change of 0."""
    return table.assign(same_sign=table["same_sign"].mask(table["median"] == 0))
