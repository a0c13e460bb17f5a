"""A comparison of approaches in words, made from its numbers."""

from __future__ import annotations

import math
from typing import TypeAlias

import pandas as pd

__all__ = ["told"]

Numbers: TypeAlias = dict[tuple[str, str], float]
"""A number for each approach and measure."""

_NOTHING = 1e-9
"""Change that counts as none."""


def told(home: str, host: str, approaches: pd.DataFrame, effects: pd.DataFrame) -> list[str]:
    """One sentence an approach, then who would leave, then what stands against what."""
    baseline, value, change, low = (
        _numbers(effects, column) for column in ("baseline", "value", "difference", "low")
    )
    names = [str(name) for name in approaches.index]
    sizes, costs = approaches["size"].to_list(), approaches["cost"].to_list()
    sentences = [
        _gains(name, home, host, float(size), float(cost), change, baseline)
        for name, size, cost in zip(names, sizes, costs, strict=True)
    ]
    for name in names:
        sentences += _leaving(name, {"home": home, "host": host}, change, low)
    if len(names) > 1:
        sentences += _conflicts(home, host, names, change)
        sentences += _models(names, value)
    texts = approaches["assumed"].to_list()
    assumed = [f"{name}: {text}" for name, text in zip(names, texts, strict=True) if text]
    if assumed:
        sentences.append(f"By assumption: {'; '.join(assumed)}.")
    sentences.append("These are comparisons under the stated assumptions, not forecasts.")
    return sentences


def _numbers(effects: pd.DataFrame, column: str) -> Numbers:
    keys = zip(effects["approach"].astype(str), effects["measure"].astype(str), strict=True)
    return dict(zip(keys, effects[column].to_numpy().tolist(), strict=True))


def _gains(
    name: str, home: str, host: str, size: float, cost: float, change: Numbers, before: Numbers
) -> str:
    paid = "no price" if math.isnan(cost) else f"cost {cost:.3g}"
    built = f"{size:.0f} links, {paid}" if size > 0 else paid
    access_home, access_host, efficiency, places = (
        _percent(change[name, measure], before[name, measure])
        for measure in ("home_access", "host_access", "efficiency", "effective_number")
    )
    return (
        f"{name.capitalize()} ({built}): access of {home} {access_home}, of {host} {access_host}, "
        f"efficiency {efficiency}, effective number of places {places}."
    )


def _percent(change: float, before: float) -> str:
    if abs(change) <= _NOTHING * abs(before):
        return "unchanged"
    return f"{100 * change / before:+.2g} %" if before else "above 0 from nothing"


def _leaving(name: str, places: dict[str, str], change: Numbers, low: Numbers) -> list[str]:
    """Who is better off without the approach."""
    sentences = []
    for side, place in places.items():
        lost = change[name, f"{side}_excess"]
        if lost > _NOTHING:
            certain = (
                "in nearly all placements" if low[name, f"{side}_excess"] > 0 else "on average"
            )
            sentences.append(
                f"{place} would leave the approach '{name}': alone it is better off {certain}, by "
                f"{lost:.2g} of access summed over its nodes."
            )
    return sentences


def _conflicts(home: str, host: str, names: list[str], change: Numbers) -> list[str]:
    """What is best for one aim and not for another."""

    def best(measure: str) -> str:
        return max(names, key=lambda name: change[name, measure])

    sentences = []
    if best("home_access") != best("host_access"):
        sentences.append(
            f"{home} gains most access by '{best('home_access')}', {host} by "
            f"'{best('host_access')}'."
        )
    equal = min(names, key=lambda name: change[name, "access_gini"])
    if best("efficiency") != equal:
        moved = change[best("efficiency"), "access_gini"]
        moves = "rises" if moved > _NOTHING else "falls less" if moved < -_NOTHING else "stays"
        sentences.append(
            f"Efficiency rises most by '{best('efficiency')}', where inequality of access {moves}; "
            f"inequality is least by '{equal}'."
        )
    if best("effective_number") != best("home_access"):
        sentences.append(
            f"The region is most multi-centric by '{best('effective_number')}', while {home} gains "
            f"most access by '{best('home_access')}'."
        )
    return sentences


def _models(names: list[str], value: Numbers) -> list[str]:
    """Where the mechanism models differ between approaches."""
    sentences = []
    unstable = [name for name in names if value[name, "spectral_radius"] >= 1]
    if 0 < len(unstable) < len(names):
        listed = ", ".join(f"'{name}'" for name in unstable)
        sentences.append(f"With the assumed slopes markets do not settle under {listed}.")
    beyond = [name for name in names if value[name, "below_break"] < 0]
    if 0 < len(beyond) < len(names):
        listed = ", ".join(f"'{name}'" for name in beyond)
        sentences.append(
            f"Freeness is beyond the break point under {listed}: an even split is not stable there."
        )
    return sentences
