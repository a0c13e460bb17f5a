"""Numbers and names as a reader sees them."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from numbers import Integral, Real
from typing import TYPE_CHECKING, Any

import pandas as pd

if TYPE_CHECKING:
    from netinnov.report import Study

__all__ = ["cell", "change", "city_of", "names_of", "number", "parameters", "percent", "together"]

MINUS = "\N{MINUS SIGN}"


def number(value: float) -> str:
    """Four significant digits; whole above a thousand."""
    if math.isnan(value):
        return "not defined"
    text = f"{value:,.0f}" if abs(value) >= 1000 else f"{value:.4g}"
    return text.replace("-", MINUS)


def change(value: float) -> str:
    """Three significant digits with the sign."""
    if math.isnan(value):
        return "not defined"
    return f"{value:+.3g}".replace("-", MINUS) if value else "0"


def percent(share: float) -> str:
    """Share of 1 in per cent; close to the ends it does not round to them."""
    if math.isnan(share):
        return "not defined"
    if 0.99 < share < 1 or 0 < share < 0.01:
        return f"{100 * share:.1f} %"
    return f"{100 * share:.0f} %"


def cell(value: Any) -> str:
    """Content of a cell of a table."""
    if isinstance(value, bool) or type(value).__name__ == "bool":
        return "yes" if value else "no"
    if value is None or (pd.api.types.is_scalar(value) and pd.isna(value)):
        return "–"
    if isinstance(value, Integral):
        return f"{int(value):,}".replace("-", MINUS)
    if isinstance(value, Real):
        return number(float(value))
    text = str(value)
    return text if len(text) <= 120 else text[:119] + "…"


def together(parts: list[str]) -> str:
    """A list in words: a, b and c."""
    return parts[0] if len(parts) == 1 else ", ".join(parts[:-1]) + " and " + parts[-1]


def names_of(study: Study) -> pd.Series[str]:
    """Name of each place, its id where there is none; index = place id."""
    places = study.network.places
    names = pd.Series(places.index.astype(str), index=places.index, dtype="str")
    for column in ("name_en", "name"):
        if column in places:
            names = names.mask(places[column].notna(), places[column].astype("str"))
    table = study.tables.get("centrality")
    if table is not None and "name" in table:
        given = table["name"].dropna().astype("str")
        names = pd.concat([names.drop(given.index, errors="ignore"), given])
    return names


def city_of(study: Study, places: pd.Series[Any]) -> pd.Series[Any]:
    """The place at the level of analysis that each is or lies in; itself where there is none."""
    parents, nodes = study.network.places["parent"], study.cities.nodes.index

    def up(place: Any) -> Any:
        at = place
        while isinstance(at, str) and at not in nodes:
            at = parents.get(at)
        return at if isinstance(at, str) else place

    return places.map(up)


def parameters(scenario: Mapping[str, object], key: str) -> Iterator[str]:
    """Values of a parameter in a scenario, or in each of several scenarios."""
    for name, value in scenario.items():
        if isinstance(value, Mapping):
            yield from parameters(value, key)
        elif name == key:
            yield str(value)
