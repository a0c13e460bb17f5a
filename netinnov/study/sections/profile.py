"""How multi-centric the region is by every index: intervals, null model, influence of places."""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

import numpy as np
import pandas as pd

from netinnov import polycentricity
from netinnov._parallel import workers
from netinnov._statistics import CONSTANT
from netinnov.plotting import plot_profile
from netinnov.plotting._style import DOUBLE, new_figure
from netinnov.polycentricity._resampled_flows import without_events
from netinnov.study._context import Context
from netinnov.study._section import Picture, Result, Sentence, Table, with_modelled
from netinnov.study._structure_plan import Plan, StructurePart, plan
from netinnov.study._words import counted, joined, name, number, percent, places, some
from netinnov.study.sections import centres

HEADING = "How multi-centric the region is, by every index"
OPTIONS = StructurePart
FEW_LINKS = 1000  # links below which a draw takes no less time
# Links in all draws together from which on one draw is tried, to say how long all will take.
WORTH_A_TRIAL = 1_000_000
LONG = 20.0  # seconds that draws may take before it is said how long they will
# Options of a profile of nothing but values.
PLAIN: dict[str, Any] = {"resamples": 0, "leave_one_out": False, "null": None}
DIGITS: list[Callable[[float], str]] = [partial(number, digits=n) for n in (3, 4)]
PERCENT: list[Callable[[float], str]] = [percent, lambda share: f"{100 * share:.1f} %"]
WHOLE: list[Callable[[float], str]] = [lambda count: f"{count:,.0f}"]
# Rules whose number of centres a gravity model fixes, or whose core it does not draw.
BY_TOTALS = ("head_tail", "top", "core")
# Columns of the comparison with a null model.
NULL = ["null_mean", "null_low", "null_high", "z", "p"]
# Indices that count links whatever they weigh, or compare the two ways of a flow.
OF_LINKS = (
    *("functional", "functional_weighted", "core_periphery", "core_share"),
    *("node_symmetry", "link_symmetry"),
)
INDICES = {
    "rank_size": "slope of rank and size",
    "rank_size_top": "slope, largest places only",
    "primacy": "share of the largest",
    "gini": "Gini",
    "herfindahl": "Herfindahl",
    "theil": "Theil",
    "effective_number": "effective number of places",
    "entropy_index_nodes": "entropy of places",
    "green": "Green",
    "urban_centrality_index": "urban centrality index",
    "functional": "functional polycentricity",
    "functional_weighted": "functional, weighted",
    "entropy_index": "entropy of links",
    "core_share": "share of places in the core",
    "n_centres": "number of centres",
}
INDICES |= {f"size_{index}": text for index, text in INDICES.items()}


GRAVITY = (
    " Not compared: indices of strength and of symmetry, which the totals of the places and the "
    "spread of the draws decide, and indices of links whatever they weigh, which such networks do "
    "not draw."
)


@dataclass(frozen=True, slots=True, eq=False)
class Profile(Result):
    """Every index of the layers looked at together, and of each modelled layer beside them."""

    table: pd.DataFrame
    modelled_beside: dict[str, pd.DataFrame]
    rule: str
    plan: Plan

    def value(self, index: str) -> float:
        """The value of an index; NaN where it was not computed."""
        return float(self.table["value"].get(index, np.nan))

    def interval(self, index: str, shows: Sequence[Callable[[float], str]]) -> str:
        """The value of an index in words, with its interval in brackets if there is one.

        Shown in the first way in which the ends of the interval differ.
        """
        row: Any = self.table.loc[index]
        value, low, high = (float(row[name]) for name in ("value", "low", "high"))
        if not math.isnan(low):
            ends = sorted({low, value, high})
            for show in shows:
                if len({show(end) for end in ends}) == len(ends) > 1:
                    return f"{show(value)} ({show(low)} to {show(high)})"
        return shows[0](value)

    def has(self, column: str) -> bool:
        """Whether a column was computed for any index."""
        return column in self.table and bool(self.table[column].notna().any())

    @property
    def drawn(self) -> bool:
        """Whether there is anything beside the values that a figure can show."""
        return any(self.has(column) for column in ("low", "low_without_one", "null_low"))


def compute(context: Context) -> Profile | None:
    structure = context.once(plan)
    if structure is None:
        return None
    rule = context.once(centres.compute).rule  # type: ignore[union-attr]
    draw = structure.draw | structure.choices | {"rule": rule}
    beside = {
        layer: polycentricity.profile(structure.cities.select(layers=[layer]), **PLAIN, **draw)
        for layer in structure.modelled_beside
    }
    sizes = context.populations(structure.network)
    table = _drawn(structure, draw, sizes, context.say)
    return Profile(context, table, beside, rule, structure)


def _drawn(
    structure: Plan, draw: dict[str, Any], sizes: pd.Series | None, say: Callable[[str], None]
) -> pd.DataFrame:
    network = structure.network
    plain = polycentricity.profile(network, sizes=sizes, **PLAIN, **draw)
    if not (structure.resamples or structure.replicates or structure.leave_one_out):
        return plain
    indices = [index for index in plain.index if structure.search or index != "n_centres"]
    draw = draw | {"sizes": sizes, "indices": indices}
    null = structure.null.model if structure.replicates else None
    _say_how_long(structure, {**PLAIN, "null": null, "replicates": 1, **draw}, say)
    drawn = polycentricity.profile(
        network,
        resamples=structure.resamples,
        resample=structure.resample,
        replicates=structure.replicates,
        null=null,
        leave_one_out=structure.leave_one_out,
        **draw,
    )
    if structure.null.name == "gravity":
        # What the totals fix, or what depends on the unit of the draws.
        unfit = drawn["of"].isin(["strength", "size"]) | drawn.index.isin(OF_LINKS)
        unfit |= (drawn.index == "n_centres") & (draw["rule"] in BY_TOTALS)
        drawn.loc[unfit, NULL] = np.nan
        drawn.loc[unfit, "untested"] = "the null model fixes it, or does not draw it"
    return pd.concat([drawn, plain.drop(index=drawn.index)]).reindex(plain.index)


def _say_how_long(structure: Plan, one: dict[str, Any], say: Callable[[str], None]) -> None:
    left = structure.network.n_nodes if structure.leave_one_out else 0
    drawn = structure.resample is not None or not without_events(structure.network, None)
    resamples = structure.resamples if drawn else 0
    draws = resamples + structure.replicates + left
    if draws * max(structure.network.n_links, FEW_LINKS) < WORTH_A_TRIAL:
        return
    start = time.perf_counter()
    polycentricity.profile(structure.network, **one | {"progress": False})
    tried = 1 + bool(structure.replicates)  # the network itself, and a random one
    seconds = (time.perf_counter() - start) / tried * draws / workers(None)
    if seconds > LONG:
        about = f"{seconds:.0f} s" if seconds < 90 else f"{seconds / 60:.0f} min"
        say(
            f"computing all indices {draws:,} times more ({resamples:,} with resampled flows, "
            f"{structure.replicates:,} of random networks, {left:,} without a place), about "
            f"{about}; resamples and replicates in [structure] make it fewer"
        )


def offer(result: Profile) -> Iterator[Sentence]:
    if np.isnan(result.value("effective_number")):
        return
    as_places = partial(places, of=result.plan.network.n_nodes)
    value, _, ends = result.interval("effective_number", [as_places, *DIGITS]).partition(" (")
    text = f"Links are as concentrated as if {value} equal places shared them (effective number of "
    text += f"places; 95 % interval {ends}." if ends else "places)."
    yield Sentence(text, ("profile",))


def tell(result: Profile) -> Iterator[Sentence]:
    table, source = result.table, ("profile",)
    # The indices that are easiest to say in words, with their intervals.
    templates: dict[str, tuple[str, Sequence[Callable[[float], str]]]] = {
        "primacy": ("the largest place holds {} of all strength", PERCENT),
        "n_centres": (f"the number of centres by the rule “{result.rule}” is {{}}", WHOLE),
    }
    parts = [
        text.format(result.interval(index, shows))
        for index, (text, shows) in templates.items()
        if not np.isnan(result.value(index))
    ]
    if parts:
        text = f"{joined(parts)}."
        if "(" in text:
            text += " In brackets: the middle 95 % of bootstrap resamples of the "
            text += f"{result.plan.resampled}"
            shift = table["bias"].reindex(list(templates)).abs().max() > 0
            text += f"{', corrected for their bias' if shift else ''}."
        yield Sentence(text[0].upper() + text[1:], source)
    strength, people = result.value("effective_number"), result.value("size_effective_number")
    if np.isfinite([strength, people]).all() and not result.plan.modelled:
        by = [places(number, result.plan.network.n_nodes) for number in (people, strength)]
        more = "more evenly than" if strength > people else "less evenly than"
        more = "as evenly as" if by[0] == by[1] else more
        text = f"The effective number of places is {by[0]} by population and {by[1]} by links: "
        yield Sentence(f"{text}links are spread {more} people.", source)
    yield from _null(result)
    yield from _without_one(result)
    shifted = table.index[table["bias"].notna() & table["low"].isna()]
    if names := [_called(index) for index in shifted]:
        text = "Resampling loses weak links. It shifts these indices by more than a quarter of the "
        text += f"width of an interval, so that they have none: {some(names, len(names))}."
        yield Sentence(text, source)
    for layer, of_layer in result.modelled_beside.items():
        effective, n = (
            float(of_layer["value"][index]) for index in ("effective_number", "n_centres")
        )
        text = f"In {name(result.context.mark(layer))} alone the effective number of places is "
        are_centres = "is a centre" if n == 1 else "are centres"
        text += f"{places(effective)}, and {number(n)} {are_centres} by the rule “{result.rule}”: "
        yield Sentence(f"{text}this describes the model.", ("profile_modelled", "modelled"))


def _null(result: Profile) -> Iterator[Sentence]:
    table = result.table
    known = table.loc[table["p"].notna()]
    if known.empty:
        return
    rounding = CONSTANT * known["value"].abs()
    above = known["value"] > known["null_high"] + rounding
    below = known["value"] < known["null_low"] - rounding
    high = known["many_centres_if"] == "high"
    directions = {
        "towards more centres": (above & high) | (below & ~high),
        "towards fewer": (above & ~high) | (below & high),
    }
    parts = [
        f"{direction}: {some([_called(each) for each in known.index[outside]], int(outside.sum()))}"
        for direction, outside in directions.items()
        if outside.any()
    ]
    structure = result.plan
    text = f"Compared with {structure.replicates:,} random networks {structure.null.described}, "
    n = int((above | below).sum())
    if len(known) == 1:
        where = "outside" if n else "within"
        text += f"{_called(known.index[0])}, the only index that can be, lies {where} the middle "
        text += "95 % of them."
    else:
        text += f"{f'{n:,}' if n else 'none'} of {len(known):,} indices that vary "
        text += "among them "
        text += f"{'lie' if n > 1 else 'lies'} outside the middle 95 % "
        text += f"({'; '.join(parts)}). " if parts else "of them. "
        text += "By chance about one in twenty would."
    yield Sentence(text + (GRAVITY if structure.null.name == "gravity" else ""), ("profile",))


def _without_one(result: Profile) -> Iterator[Sentence]:
    most = result.table["most_influential"].dropna()
    if most.empty:
        return
    counts = most.value_counts()
    text = f"Leaving out {result.name(counts.index[0])} changes {counts.iloc[0]:,} of "
    text += f"{counted(len(most), 'index', 'indices')} more than leaving out any other place does"
    if "primacy" in result.table.index:
        row: Any = result.table.loc["primacy"]
        low, high = (float(row[f"{end}_without_one"]) for end in ("low", "high"))
        show = next((show for show in PERCENT if show(low) != show(high)), None)
        if show is not None and not math.isnan(low):
            text += f". The largest place holds {show(float(row['value']))}; without one of the "
            text += f"places the largest holds between {show(low)} and {show(high)}"
    yield Sentence(text + ".", ("profile",))


def _called(index: object) -> str:
    return f"“{INDICES.get(str(index), str(index).replace('_', ' '))}”"


def draw(result: Profile) -> Iterator[Picture]:
    table = result.table.loc[result.table["value"].notna()]
    if table.empty or not result.drawn:
        return
    figure = new_figure(width=DOUBLE, height=34 + 4.6 * len(table))
    resampled = result.plan.resampled
    plot_profile(table, names=INDICES, resampled=resampled, ax=figure.add_subplot())
    caption = "Indices of polycentricity: what lies further right speaks for more centres."
    if table["null_low"].notna().any():
        caption += f" Grey: the middle 95 % of random networks {result.plan.null.words}."
    alt = "Row for each index: its value as a point with an interval, on a scale of its own."
    yield Picture("profile", figure, caption, ("profile",), alt=alt)


def tables(result: Profile) -> Iterator[Table]:
    modelled, on_page, last = result.plan.modelled, not result.drawn, ["of", "many_centres_if"]
    names = result.table["most_influential"].map(result.names, na_action="ignore").astype("str")
    frame = with_modelled(result.table.assign(most_influential=names), modelled, always=True)
    view = frame[[*frame.columns.difference(last, sort=False), *last]]
    caption = "Indices of polycentricity: value, interval, range without one place, null model."
    yield Table("profile", frame, caption, view=view, on_page=on_page, modelled=modelled)
    if beside := result.modelled_beside:
        marked = {result.context.mark(layer): table for layer, table in beside.items()}
        table = pd.concat(marked, names=["layer", "index"]).reset_index("index")
        table = table[["index", "of", "many_centres_if", "value"]]
        frame = table.assign(modelled_layers=table.index)
        caption = "The same indices in each modelled layer: values only."
        yield Table("profile_modelled", frame, caption, modelled=tuple(beside))


def explain(result: Profile) -> Iterator[Sentence]:
    drawn = "every event behind the observed links"
    if result.plan.resampled == "flows":
        drawn += ", whose number is what `events` of the layer says, or else its weight"
    meanings = {
        "low": f"its intervals resample {drawn}, and shift with weak links that are lost (bias)",
        "low_without_one": "leaving out one place at a time shows how far one place decides",
        "null_low": "z and p say where an index lies among random networks",
    }
    if parts := [text for column, text in meanings.items() if result.has(column)]:
        text = f"On the profile: {'; '.join(parts)}."
        if result.has("p"):
            text += " Many indices are looked at, and they are not independent: no single p "
            text += "decides."
        yield Sentence(text)
