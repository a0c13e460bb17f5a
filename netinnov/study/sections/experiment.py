"""The experiment: what an enclave changes for home, for host and elsewhere, and its rivals."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import pandas as pd

from netinnov.errors import InputError
from netinnov.experiments import compare_scenarios, contrasts, link_changes
from netinnov.experiments._decomposition import PARTS
from netinnov.plotting import (
    frame_of,
    map_height,
    new_figure,
    plot_effects,
    plot_link_changes,
)
from netinnov.scenarios import Prices, ReverseEnclave
from netinnov.scenarios._prices import draws_nothing
from netinnov.study._context import Context
from netinnov.study._measures import MeasuresPart
from netinnov.study._section import Picture, Result
from netinnov.study._words import phrase
from netinnov.study.sections import _trials
from netinnov.study.sections._enclave_choice import choose
from netinnov.study.sections._experiment_part import ExperimentPart
from netinnov.study.sections._experiment_tables import tables as tables, with_signs
from netinnov.study.sections._experiment_text import (
    DESIGN,
    explain as explain,
    in_a_sentence,
    offer as offer,
    tell as tell,
)
from netinnov.study.sections._trials import (
    ACCESS,
    EFFICIENCY,
    MANY,
    PAGERANK,
    Trial,
)

HEADING = "What an enclave changes"
ABSENT = (
    "No experiment was run: [experiment] names no home and host, and the data have no "
    "enclave between two places in which it could be tried."
)
OPTIONS = ExperimentPart
CHECK = choose

PLACEMENTS = 50
"""Of the headline scenario, whose links are shown on a map."""

PANELS = 6


@dataclass(frozen=True, slots=True, eq=False)
class Experiment(Result):
    """What was tried, and what it changed.

    `effects` has a row for each scenario, measure and place; `parts` splits those on efficiency by
    the kind of pairs. What is None was not asked for, or is not known.
    """

    part: ExperimentPart
    layer: str
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
    notes: tuple[str, ...]

    @property
    def options(self) -> MeasuresPart:
        """Options of the measures."""
        return self.context.measures

    @property
    def headline(self) -> Trial:
        """The enclave that the findings are about."""
        return self.enclaves[0]

    @property
    def of_volume(self) -> bool:
        """Whether weight is moved, not links one by one."""
        return bool(self.headline.sized.size is None)

    @property
    def drawn(self) -> bool:
        """Whether any scenario has random placements."""
        return bool(self.effects["replicates"].max() > 1)

    @property
    def in_model(self) -> bool:
        """Whether the links of the experiment are modelled."""
        return self.layer in self.context.modelled

    @property
    def access(self) -> str:
        """The measure of places that the findings are about."""
        return ACCESS if self.effects["measure"].eq(ACCESS).any() else PAGERANK

    def of(self, trial: Trial, measure: str) -> pd.DataFrame:
        """Effects of a scenario on a measure, a row a place or one for the network."""
        table = self.effects
        return table[table["scenario"].eq(trial.name) & table["measure"].eq(measure)]

    def key_rows(self, table: pd.DataFrame) -> pd.DataFrame:
        """The rows on the whole network, home and host."""
        return table[table["node"].isna() | table["node"].isin([self.part.home, self.part.host])]


def compute(context: Context) -> Experiment | None:
    choice = context.once(choose)
    if choice is None:
        return None
    cities, options = context.cities, context.measures
    part, layer = choice.part, choice.layer
    enclaves = _trials.enclaves(part, layer)
    headline = enclaves[0]
    prices = None if part.prices is None else Prices(**part.prices.model_dump())
    rivals, unpaid = _trials.priced_rivals(cities, part.rivals, headline, prices)
    match = _trials.matched_on(cities, part)
    placebo, note = _trials.placebos(cities, part, enclaves, match)
    notes = [*choice.notes, *([note] if note else []), *unpaid]
    measures, monotone = _trials.measures(cities, part, options)
    if cities.n_nodes > MANY:
        omitted = "Harmonic centrality and its inequality are not in the experiment"
        notes.append(f"{omitted}: over {MANY:,} places.")
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
    compared = None
    if rivals:
        table = contrasts(result, of=headline.name, against=[trial.name for trial in rivals])
        compared = table[~table["measure"].isin(kinds)].reset_index(drop=True)
    varied = None
    try:
        varied = _trials.specifications(
            cities, part, options, layer, context.seed, context.progress
        )
    except InputError as error:
        notes.append(f"The experiment was set up in one way only: {error}")
    costs, even = None, None
    if prices:
        costs = _trials.costs(cities, [*enclaves, *rivals], prices)
        even = _trials.break_evens(cities, part.home, headline, rivals, prices, whole)
    assert isinstance(headline.scenario, ReverseEnclave)
    placements = 1 if draws_nothing(headline.scenario) else PLACEMENTS
    streams = np.random.default_rng(context.seed).spawn(placements)
    return Experiment(
        context=context,
        part=part,
        layer=layer,
        enclaves=tuple(enclaves),
        rivals=tuple(rivals),
        prices=prices,
        match=match,
        effects=whole,
        parts=_parts(effects[of_pairs], kinds) if of_pairs.any() else None,
        replicates=result.replicates,
        contrasts=compared,
        costs=costs,
        break_even=even,
        specifications=varied,
        link_changes=link_changes(
            cities, [headline.scenario(cities, stream) for stream in streams]
        ),
        notes=tuple(notes),
    )


def _parts(effects: pd.DataFrame, kinds: dict[str, str]) -> pd.DataFrame:
    """The change of efficiency by the kind of pairs that gain or lose."""
    columns = ["scenario", "baseline", "mean", "difference", "median", "low", "high", "same_sign"]
    table = effects[columns].copy()
    table.insert(1, "measure", EFFICIENCY)
    table.insert(2, "pairs", effects["measure"].map(kinds))
    return table.reset_index(drop=True)


def draw(result: Experiment) -> Iterator[Picture]:
    changes = result.link_changes
    places = result.context.cities.places
    at = places[["lon", "lat"]].dropna()
    ends = pd.concat([changes["source_place"], changes["target_place"]])
    shown = at.loc[at.index.isin(ends)]
    if not shown.empty:
        figure = new_figure(height=map_height(frame_of(shown)))
        ax = figure.add_subplot()
        plot_link_changes(
            changes,
            places=places,
            names=result.drawn_names,
            basemap=result.maps.below,
            ax=ax,
        )
        drawn = not draws_nothing(result.headline.scenario)
        caption = (
            f"Links that the scenario ({result.headline.name}) makes and takes away, in weight"
            f"{', mean over random placements' * drawn}. A star is the park."
        )
        alt = "Map with lines for links gained and dashed lines for links lost."
        yield Picture("link_changes", figure, caption, ("link_changes",), DESIGN, alt)
    yield _effects(result)


def _effects(result: Experiment) -> Picture:
    shown = with_signs(result.key_rows(result.effects))
    measures = list(dict.fromkeys(shown["measure"]))[:PANELS]
    parts = [shown.loc[shown["measure"] == measure] for measure in measures]
    rows = -(-len(parts) // 2)
    figure = new_figure(height=12 + rows * (16 + 6.5 * shown["scenario"].nunique()))
    axes = figure.subplots(rows, min(len(parts), 2), squeeze=False).ravel()
    for at, (ax, measure, part) in enumerate(zip(axes, measures, parts, strict=False)):
        plot_effects(
            part,
            ax=ax,
            names=result.drawn_names,
            ends=[result.part.home, result.part.host],
            percent=True,
            label=in_a_sentence(measure),
            legend=False if at else shown,
        )
        if at % 2:
            ax.set_yticklabels([])
    for ax in axes[len(parts) :]:
        ax.remove()
    caption = "Change by each scenario in per cent of what was before."
    note = "Point: the change. Nothing is drawn at random."
    if result.drawn:
        caption = caption.replace(".", ", over random placements.")
        note = (
            "Black tick: median of the random placements, the number that the text gives. Point: "
            "their mean. Line: their middle 95 %. At the right: share of placements whose change "
            "has the sign of the median."
        )
    if "placebo_low" in shown and shown["placebo_low"].notna().any():
        note += " Grey: where 95 % of the means of the same park at other hosts lie, with their "
        note += "median."
    alt = (
        "Panel for each measure, with a point and an interval for each scenario around a line at 0."
    )
    return Picture("effects", figure, caption, ("effects",), DESIGN, alt, note, front=True)


def question(result: Experiment) -> str:
    home, host = result.name(result.part.home), result.name(result.part.host)
    return phrase("What would a park of {0} in {1} change for {0}?", home, host)
