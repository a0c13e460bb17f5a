"""The experiment: what an enclave changes for home, for host and elsewhere, and its rivals."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
import pandas as pd

from netinnov.errors import InputError
from netinnov.experiments import compare_scenarios, contrasts, link_changes
from netinnov.experiments._decomposition import PARTS
from netinnov.plotting import plot_effects, plot_link_changes
from netinnov.plotting._frame import frame_of, map_height
from netinnov.plotting._style import new_figure
from netinnov.scenarios import Prices, ReverseEnclave
from netinnov.scenarios._prices import draws_nothing
from netinnov.study._context import Context
from netinnov.study._measures import MeasuresPart
from netinnov.study._section import Picture, Result, Table, mark_layers, with_modelled
from netinnov.study._words import percent, signed_percent
from netinnov.study.sections import _trials
from netinnov.study.sections._enclave_choice import ExperimentPart, choose
from netinnov.study.sections._experiment_text import (
    DESIGN,
    explain as explain,
    in_a_sentence,
    offer as offer,
    tell as tell,
)
from netinnov.study.sections._trials import ACCESS, EFFICIENCY, MANY, PAGERANK, Trial

HEADING = "What an enclave changes"
ABSENT = (
    "No experiment was run: [experiment] names no home and host, and the data have no "
    "enclave between two places in which it could be tried."
)
OPTIONS = ExperimentPart
CHECK = choose
PLACEMENTS = 50  # of the headline scenario, whose links are shown on a map
PANELS = 6
# What the page shows of effects and contrasts; the files have all columns.
EFFECTS = (
    *("scenario", "measure", "node", "baseline", "difference", "median", "low", "high"),
    *("same_sign", "placebo_low", "placebo_high", "placebo_p", "corrected_p"),
)
CONTRASTS = ("rival", "measure", "node", "difference", "median", "low", "high", "higher")
CHANGES = ("difference", "median", "low", "high", "placebo_low", "placebo_high")
FORMATS = dict.fromkeys(CHANGES, signed_percent) | {"same_sign": percent, "higher": percent}


@dataclass(frozen=True, slots=True, eq=False)
class Experiment(Result):
    """What was tried, and what it changed.

    `effects` has a row for each scenario, measure and place; `parts` splits those on efficiency by
    the kind of pairs. What is None was not asked for, or is not known.
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
    notes: tuple[str, ...]

    @property
    def headline(self) -> Trial:
        return self.enclaves[0]

    @property
    def of_volume(self) -> bool:
        """Whether weight is moved, not links one by one."""
        return bool(self.headline.sized.size is None)

    @property
    def in_model(self) -> bool:
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
    cities, part, layer = context.cities, choice.part, choice.layer
    enclaves = _trials.enclaves(part, layer, choice.called)
    headline = enclaves[0]
    prices = None if part.prices is None else Prices(**part.prices.model_dump())
    rivals, unpaid = _trials.priced_rivals(cities, part.rivals, headline, prices)
    match = _trials.matched_on(cities, part)
    placebo, note = _trials.placebos(cities, part, enclaves, match)
    notes = [*choice.notes, *([note] if note else []), *unpaid]
    measures, monotone = _trials.measures(context, part, choice.measures)
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
    except InputError as error:
        notes.append(f"The experiment was set up in one way only: {error}")
    if prices:
        costs = _trials.costs(cities, [*enclaves, *rivals], prices)
        even = _trials.break_evens(cities, headline, rivals, prices, whole)
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
        notes=tuple(notes),
    )


def draw(result: Experiment) -> Iterator[Picture]:
    changes, places = result.link_changes, result.context.cities.places
    at = places[["lon", "lat"]].dropna()
    ends = pd.concat([changes["source_place"], changes["target_place"]])
    shown = at.loc[at.index.isin(ends)]
    if not shown.empty:
        figure = new_figure(height=map_height(frame_of(shown)))
        below, names, ax = result.maps.below, result.drawn_names, figure.add_subplot()
        plot_link_changes(changes, places=places, names=names, basemap=below, ax=ax)
        caption = f"Links that the scenario ({result.headline.name}) makes and takes away, in "
        caption += "weight"
        if not draws_nothing(result.headline.scenario):
            caption += ", mean over random placements"
        caption += ". A star is the park."
        alt = "Map with lines for links gained and dashed lines for links lost."
        yield Picture("link_changes", figure, caption, ("link_changes",), DESIGN, alt)
    yield _effects(result)


def _effects(result: Experiment) -> Picture:
    shown = with_signs(result.key_rows(result.effects))
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
            ends=[result.part.home, result.part.host],
            percent=True,
            label=in_a_sentence(measure),
            legend=False if at else shown,
        )
        if at % 2:
            ax.set_yticklabels([])
    for ax in axes[len(measures) :]:
        ax.remove()
    caption = "Change by each scenario in per cent of what was before."
    note = "Point: the change. Nothing is drawn at random."
    if result.effects["replicates"].max() > 1:
        caption = caption.replace(".", ", over random placements.")
        note = "Black tick: median of the random placements, the number that the text gives. "
        note += "Point: their mean. Line: their middle 95 %. At the right: share of placements "
        note += "whose change has the sign of the median."
    if "placebo_low" in shown and shown["placebo_low"].notna().any():
        note += " Grey: where 95 % of the means of the same park at other hosts lie, with their "
        note += "median."
    alt = "Panel for each measure, with a point and an interval for each scenario around a line at "
    return Picture("effects", figure, caption, ("effects",), DESIGN, f"{alt}0.", note, front=True)


def tables(result: Experiment) -> Iterator[Table]:
    modelled = result.modelled_layers

    def table(
        name: str,
        frame: pd.DataFrame,
        caption: str,
        view: pd.DataFrame | None = None,
        columns: tuple[str, ...] = (),
        mixed: bool = True,
        **options: bool,
    ) -> Table:
        view = (frame if view is None else view).copy()
        if "node" in view:
            view["node"] = view["node"].map(result.names, na_action="ignore")
        if "measure" in view:
            view["measure"] = view["measure"].astype("str").str.replace("_", " ")
        shown = [column for column in columns if column in view and view[column].notna().any()]
        view = view[[*shown, *view.columns.difference(shown, sort=False)]]
        frame, width = with_modelled(frame, modelled) if mixed else frame, len(shown) or None
        seen: dict[str, Any] = {"width": width, "modelled": modelled, "topic": DESIGN, **options}
        return Table(name, frame, caption, view=view, formats=FORMATS, **seen)

    effects, first = result.effects, result.headline.name
    key = result.key_rows(effects)
    view = _of_baseline(with_signs(key[key["scenario"] == first]))
    caption = "Changes that the headline scenario makes in the whole network, home and host: mean "
    caption += "(difference), median and middle 95 % (low, high) of the placements, share of them "
    caption += "with the sign of the median. Here in per cent of the baseline."
    yield table("effects", effects, caption, view, EFFECTS, whole=True)
    if (compared := result.contrasts) is not None:
        view = result.key_rows(compared)
        pairs = ["measure", "node"]
        known = effects.drop_duplicates(pairs)[[*pairs, "baseline"]]
        before = view[pairs].merge(known, how="left", on=pairs)["baseline"].set_axis(view.index)
        view = _of_baseline(view, before)
        caption = "The enclave minus its rivals, replicate by replicate, for the whole network, "
        caption += "home and host: mean (difference), median and middle 95 %; higher: share of the "
        caption += "replicates in which the enclave has more, ties for one half. Here in per cent "
        caption += "of the baseline."
        yield table("contrasts", compared, caption, view, CONTRASTS, whole=True)
    if result.costs is not None:
        caption = "What the park and its rivals need and cost, in the unit of the prices, as "
        caption += "expected before links are drawn; size: number of links, or the weight that is "
        yield table("costs", result.costs, f"{caption}moved.")
    if result.break_even is not None:
        caption = "Prices at which the park and a rival do as much per cost, by their median "
        caption += "effects."
        new = result.headline.funding == "new"  # of links that home gives up a sentence says it all
        yield table("break_even_prices", result.break_even, caption, on_page=new)
    if (parts := result.parts) is not None:
        view = with_signs(parts[parts["scenario"] == first])
        view = _of_baseline(view, pd.Series(view["baseline"].sum(), view.index))
        caption = "Change of efficiency by the kind of pairs; the means (difference) add up to its "
        caption += "change. Here in per cent of the whole efficiency."
        yield table("effect_parts", parts, caption, view)
    if (varied := result.specifications) is not None:
        view = _of_baseline(with_signs(varied[varied["measure"] == varied["measure"].iloc[0]]))
        caption = "The park set up in other ways: median change and middle 95 % of the placements, "
        caption += "and its size in standard deviations of them. Here in per cent of the baseline."
        yield table("specifications", varied, caption, view)
    changes = mark_layers(result.link_changes, modelled)
    caption = "Pairs whose weight the headline scenario changes, mean over placements; of directed "
    caption += "layers each direction by itself."
    yield table("link_changes", changes, caption, on_page=False)
    caption = "Every measure in each placement."
    yield table("replicates", result.replicates, caption, mixed=False, on_page=False)
    settings, caption = _settings(result), "Parameters of the experiment."
    yield table("scenario", settings, caption, mixed=False, whole=True)


def _of_baseline(view: pd.DataFrame, before: pd.Series | None = None) -> pd.DataFrame:
    before = view["baseline"] if before is None else before
    scale = 100 / before.abs().where(before != 0)
    return view.assign(**{name: view[name] * scale for name in CHANGES if name in view})


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


def question(result: Experiment) -> str:
    home, host = result.name(result.part.home), result.name(result.part.host)
    return f"What would a park of {home} in {host} change for {home}?"
