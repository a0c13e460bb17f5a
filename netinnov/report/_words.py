"""Numbers and names as a reader sees them."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from numbers import Integral, Real
from typing import TYPE_CHECKING, Any

import pandas as pd

if TYPE_CHECKING:
    from netinnov.report import Study

__all__ = [
    "INDICES",
    "cell",
    "city_of",
    "counted",
    "decimals_for",
    "fixed",
    "measure_name",
    "names_of",
    "node_name",
    "number",
    "parameters",
    "per_cent_of",
    "percent",
    "signed",
    "some",
    "together",
]

MINUS = "\N{MINUS SIGN}"

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
INDICES |= {f"size_{name}": text for name, text in INDICES.items()}


def number(value: float, *, digits: int = 3) -> str:
    """Some significant digits; whole above a thousand."""
    if math.isnan(value):
        return "not defined"
    if math.isinf(value):
        return "\N{INFINITY}" if value > 0 else f"{MINUS}\N{INFINITY}"
    text = f"{value:,.0f}" if 1000 <= abs(value) < 1e15 else f"{value:.{digits}g}"
    return signed(text)


def signed(text: str) -> str:
    """A number that was written out, with a true minus sign; what is shown as 0 has no sign."""
    if text.startswith(("-", "+")) and not text.strip("+-0.,"):
        return text[1:]
    return text.replace("-", MINUS)


def decimals_for(*changes: float) -> int:
    """Decimals that show two significant digits of the largest change."""
    largest = max((abs(value) for value in changes if math.isfinite(value)), default=0.0)
    return min(max(1 - math.floor(math.log10(largest)), 0), 9) if largest else 3


def fixed(value: float, decimals: int, *, sign: bool = False) -> str:
    """A number with as many decimals as its neighbours."""
    if math.isnan(value):
        return "not defined"
    if value == 0:
        return "0"
    if abs(value) < 0.5 * 10**-decimals:
        least = f"{10**-decimals:.{decimals}f}"
        return f"just {'below' if value < 0 else 'above'} 0" if sign else f"below {least}"
    return signed(f"{value:{'+' if sign else ''},.{decimals}f}")


def measure_name(measure: object) -> str:
    """A measure at the beginning of a sentence."""
    text = str(measure).replace("_", " ")
    return "PageRank" if text == "pagerank" else text[:1].upper() + text[1:]


def percent(share: float) -> str:
    """Share of 1 in per cent; close to the ends it does not round to them."""
    if math.isnan(share):
        return "not defined"
    if 0 < share < 0.005:
        return "less than 0.5 %"
    if 0.995 < share < 1:
        return "more than 99.5 %"
    return f"{100 * share:.0f} %"


def per_cent_of(changes: list[float], before: float) -> list[str]:
    """Changes in per cent of what was before, with like decimals; as they are if that is 0."""
    if not before or math.isnan(before):
        decimals = decimals_for(*changes)
        return [fixed(float(change), decimals, sign=True) for change in changes]
    shares = [100 * float(change) / abs(before) for change in changes]
    decimals = max(decimals_for(*shares), 1)
    return [f"{fixed(share, decimals, sign=True)} %" for share in shares]


def cell(value: Any, *, longest: int = 80) -> str:
    """Content of a cell of a table."""
    if isinstance(value, bool) or type(value).__name__ == "bool":
        return "yes" if value else "no"
    if value is None or (pd.api.types.is_scalar(value) and pd.isna(value)):
        return "–"
    if isinstance(value, Integral):
        return signed(f"{int(value):,}")
    if isinstance(value, Real):
        return number(float(value), digits=4)
    text = str(value)
    return text if len(text) <= longest else text[: longest - 1] + "…"


def counted(n: int, noun: str) -> str:
    """A number with its noun, which takes an s."""
    return f"{n:,} {noun}" if n == 1 else f"{n:,} {noun}s"


def together(parts: list[str]) -> str:
    """A list in words: a, b and c."""
    return parts[0] if len(parts) == 1 else ", ".join(parts[:-1]) + " and " + parts[-1]


def some(named: list[str], n: int, *, most: int = 6) -> str:
    """The first few of `n`, and how many more there are."""
    shown = named[:most]
    if n <= len(shown):
        return together(shown)
    return f"{', '.join(shown)} and {n - len(shown):,} more"


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


def node_name(study: Study, node: str) -> str:
    """Name of an actor or a place, its id where there is none."""
    for table in (study.network.nodes, study.network.places):
        for column in ("name_en", "name"):
            if column in table and node in table.index:
                name: Any = table.at[node, column]
                if pd.notna(name):
                    return str(name)
    return node


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
        elif name == key and isinstance(value, (list, tuple)):
            yield from map(str, value)
        elif name == key and value is not None:
            yield str(value)
