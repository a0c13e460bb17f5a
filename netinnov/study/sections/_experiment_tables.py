"""Tables of the experiment: all columns in files, changes in per cent on the page."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict
from typing import TYPE_CHECKING

import pandas as pd

from netinnov.study._section import Table, mark_layers, with_modelled
from netinnov.study._words import percent, signed_percent
from netinnov.study.sections._experiment_text import DESIGN

if TYPE_CHECKING:
    from netinnov.study.sections.experiment import Experiment

# What the page shows of effects and contrasts; the files have all columns.
EFFECTS = (
    *("scenario", "measure", "node", "baseline", "difference", "median", "low", "high"),
    *("same_sign", "placebo_low", "placebo_high", "placebo_p", "corrected_p"),
)
CONTRASTS = ("rival", "measure", "node", "difference", "median", "low", "high", "higher")


CHANGES = ("difference", "median", "low", "high", "placebo_low", "placebo_high")
FORMATS = dict.fromkeys(CHANGES, signed_percent) | {"same_sign": percent, "higher": percent}


def tables(result: Experiment) -> Iterator[Table]:
    first = result.headline.name

    def table(
        name: str,
        frame: pd.DataFrame | None,
        caption: str,
        *,
        view: pd.DataFrame | None = None,
        columns: tuple[str, ...] = (),
        whole: bool = False,
        on_page: bool = True,
        mixed: bool = True,
    ) -> Iterator[Table]:
        if frame is None:
            return
        view = _in_words(frame if view is None else view, result)
        shown = [column for column in columns if column in view and view[column].notna().any()]
        if shown:
            view = view[[*shown, *view.columns.difference(shown, sort=False)]]
        yield Table(
            name,
            with_modelled(frame, result.modelled_layers) if mixed else frame,
            caption,
            view=view,
            on_page=on_page,
            whole=whole,
            width=len(shown) or None,
            modelled=result.modelled_layers,
            topic=DESIGN,
            formats=FORMATS,
        )

    effects = result.key_rows(result.effects)
    yield from table(
        "effects",
        result.effects,
        "Changes that the headline scenario makes in the whole network, home and host: mean "
        "(difference), median and middle 95 % (low, high) of the placements, share of them with "
        "the sign of the median. Here in per cent of the baseline.",
        view=_of_baseline(with_signs(effects[effects["scenario"] == first])),
        columns=EFFECTS,
        whole=True,
    )
    if result.contrasts is not None:
        yield from table(
            "contrasts",
            result.contrasts,
            "The enclave minus its rivals, replicate by replicate, for the whole network, home and "
            "host: mean (difference), median and middle 95 %; higher: share of the replicates in "
            "which the enclave has more, ties for one half. Here in per cent of the baseline.",
            view=_of_baseline(result.key_rows(result.contrasts), result.effects),
            columns=CONTRASTS,
            whole=True,
        )
    yield from table(
        "costs",
        result.costs,
        "What the park and its rivals need and cost, in the unit of the prices, as expected before "
        "links are drawn; size: number of links, or the weight that is moved.",
    )
    yield from table(
        "break_even_prices",
        result.break_even,
        "Prices at which the park and a rival do as much per cost, by their median effects.",
        # Of links that home gives up a sentence says it all.
        on_page=result.headline.funding == "new",
    )
    if (parts := result.parts) is not None:
        yield from table(
            "effect_parts",
            parts,
            "Change of efficiency by the kind of pairs; the means (difference) add up to its "
            "change. Here in per cent of the whole efficiency.",
            view=_of_baseline(with_signs(parts[parts["scenario"] == first]), whole=True),
        )
    if (varied := result.specifications) is not None:
        yield from table(
            "specifications",
            varied,
            "The park set up in other ways: median change and middle 95 % of the placements, and "
            "its size in standard deviations of them. Here in per cent of the baseline.",
            view=_of_baseline(with_signs(varied[varied["measure"] == varied["measure"].iloc[0]])),
        )
    yield from table(
        "link_changes",
        mark_layers(result.link_changes, result.modelled_layers),
        "Pairs whose weight the headline scenario changes, mean over placements.",
        on_page=False,
    )
    caption = "Every measure in each placement."
    yield from table("replicates", result.replicates, caption, on_page=False, mixed=False)
    caption = "Parameters of the experiment."
    yield from table("scenario", _settings(result), caption, whole=True, mixed=False)


def _of_baseline(
    view: pd.DataFrame, effects: pd.DataFrame | None = None, *, whole: bool = False
) -> pd.DataFrame:
    """Changes in per cent of what was before, which `effects` or the table itself has."""
    if effects is None:
        before = view["baseline"]
    else:
        pairs = ["measure", "node"]
        known = effects.drop_duplicates(pairs)[[*pairs, "baseline"]]
        before = view[pairs].merge(known, how="left", on=pairs)["baseline"].set_axis(view.index)
    if whole:
        before = pd.Series(before.sum(), view.index)
    scale = 100 / before.abs().where(before != 0)
    return view.assign(**{name: view[name] * scale for name in CHANGES if name in view})


def _in_words(table: pd.DataFrame, result: Experiment) -> pd.DataFrame:
    """With names of places in place of ids, and measures in words that a line can break."""
    table = table.copy()
    if "node" in table:
        table["node"] = table["node"].map(result.names, na_action="ignore")
    if "measure" in table:
        table["measure"] = table["measure"].astype("str").str.replace("_", " ")
    return table


def _settings(result: Experiment) -> pd.DataFrame:
    options, prices = result.options, result.prices
    settings: dict[str, object] = result.part.model_dump(exclude={"prices"}, exclude_none=True)
    if prices is None:
        settings["prices"] = "none: rivals get as many links"
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
