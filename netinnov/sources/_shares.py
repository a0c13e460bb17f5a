"""Flows that are shares of a place's total: of which total, and the flows that they stand for."""

from __future__ import annotations

from types import NoneType
from typing import Literal, NamedTuple

import numpy as np
import pandas as pd

from netinnov._network.columns import as_numbers, as_text, refuse_repeated
from netinnov._runtime.arguments import check_type, examples
from netinnov.errors import InputError

End = Literal["source", "target"]
ENDS: tuple[End, End] = ("source", "target")
ROUNDING = 1.005  # rounded shares of a place may add up to slightly more than the whole
WHOLE_NUMBERS = 1.02  # and those without decimals to more
WHOLES = (100.0, 1_000.0, 10_000.0)  # percent, per mille, hundredths of a percent
FEWEST = 3  # places whose sums must agree: those of two may by chance
NOUNS = {"source": "origin", "target": "destination"}
OPTIONS = {"source": "outflow", "target": "inflow"}
FLOWS = {"source": "what leaves each origin", "target": "what reaches each destination"}


class Sizes(NamedTuple):
    """What leaves each origin, or reaches each destination, in all."""

    end: End
    by_id: pd.Series


class Total(NamedTuple):
    """What shares of an origin or of a destination add up to, 1 or one of `WHOLES`."""

    end: End
    whole: float


def sizes_of(outflow: object, inflow: object, shares: bool | None) -> Sizes | None:
    listed = list[Sizes]()
    for end, sizes in zip(ENDS, (outflow, inflow), strict=True):
        check_type(OPTIONS[end], sizes, pd.Series, NoneType)
        if isinstance(sizes, pd.Series):
            listed.append(Sizes(end, sizes))
    if len(listed) > 1:
        raise InputError("shares are of what leaves or of what arrives: give outflow or inflow.")
    if listed and shares is False:
        raise InputError(
            "outflow and inflow make flows of shares; shares=False says there are none."
        )
    return listed[0] if listed else None


def total_of(
    flows: pd.DataFrame, shares: bool | None, sizes: Sizes | None, table: str
) -> tuple[Total | None, list[str]]:
    """None for amounts, and what is said of sums that tell shares from them."""
    if shares is False:
        return None, []
    parts = bool((flows["weight"] % 1 != 0).any())
    by = [column for column in ("layer", "period") if column in flows]
    sums = {end: flows.groupby([*by, end], dropna=False)["weight"].sum() for end in ENDS}
    full = [
        Total(end, whole)
        for end in ENDS
        for whole in ((1.0, *WHOLES) if parts else WHOLES)
        if sums[end].between(whole / _slack(parts, whole), whole * _slack(parts, whole)).all()
        and FEWEST <= len(sums[end]) < len(flows)
    ]
    end = sizes.end if sizes else full[0].end if full else "source"
    if full and end not in [total.end for total in full]:
        raise InputError(
            f"{table}: {FLOWS[full[0].end]} adds up to {full[0].whole:g}, so these are not shares "
            f"of {FLOWS[end]}. Are origins and destinations exchanged (rows='destination' of a "
            f"matrix; a study: [data] rows)? If not, give `{OPTIONS[full[0].end]}`."
        )
    whole = max(100.0, full[0].whole) if full else 100.0
    over = sums[end][sums[end] > whole * _slack(parts, whole)]
    if len(over) and shares:
        names = over.index.get_level_values(end)
        shown = examples([f"{a} ({b:g})" for a, b in zip(names, over, strict=True)], str)
        raise InputError(
            f"shares of {NOUNS[end]}s must not exceed {whole:g} in total; in {table} they do: "
            f"{shown}."
        )
    if len(over) or not (shares or parts or full):
        return None, []
    total = Total(end, 1.0 if sums[end].max() <= _slack(parts, 1.0) else whole)
    note = (
        f"{table}: {FLOWS[end]} adds up to {total.whole:g}, so the weights were read as shares of "
        f"it; `{OPTIONS[end]}` makes flows of them (a study: [data]). If origins and destinations "
        "are exchanged, say rows='destination' of a matrix; if these are amounts, shares=False (a "
        "study: [layers.NAME] quantity = 'amount')."
    )
    return total, [] if shares or (parts and end == "source") else [note]


def _slack(parts: bool, whole: float) -> float:
    """By how much rounded shares may exceed the whole, by a larger one in finer steps."""
    return 1 + ((ROUNDING if parts else WHOLE_NUMBERS) - 1) * min(1.0, WHOLES[0] / whole)


def refuse_merged(flows: pd.DataFrame, ids: pd.Series, total: Total) -> None:
    merged = ids.reindex(flows[total.end].unique()).dropna()
    if (twice := merged[merged.duplicated()]).size:
        raise InputError(
            f"shares of two {NOUNS[total.end]}s cannot be added up; two or more have the id "
            f"{examples(twice.unique(), str)}. Read them as two places, or give each its own alias."
        )


def scaled(flows: pd.DataFrame, sizes: Sizes, total: Total) -> pd.DataFrame:
    number, _ = as_numbers(sizes.by_id)
    ids = pd.Index(as_text(sizes.by_id.index.to_series())[0])
    refuse_repeated(f"`{OPTIONS[sizes.end]}`", ids, "id")
    size = pd.Series(number, ids).reindex(flows[sizes.end].unique())
    bad = ~(np.isfinite(size) & (size >= 0))
    if bad.any():
        raise InputError(
            f"`{OPTIONS[sizes.end]}` must have a number of 0 or more for each of {len(size)} "
            f"{NOUNS[sizes.end]}s; {bad.sum()} have none: {examples(size.index[bad], str)}."
        )
    weight = flows["weight"] * flows[sizes.end].map(size) / total.whole
    return flows.assign(weight=weight)[weight > 0].reset_index(drop=True)
