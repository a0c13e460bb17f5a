"""A comparison of approaches in words, made from its numbers."""

from __future__ import annotations

import math
from typing import Any, TypeAlias

import pandas as pd

from netinnov.governance._forms import ENTRUSTED, JOINT, OWN, SEPARATE

Numbers: TypeAlias = dict[tuple[str, str], float]
"""A number for each approach and measure."""

_NOTHING = 1e-9
"""Change that counts as none."""


def sentences_on_approaches(
    home: str, host: str, approaches: pd.DataFrame, effects: pd.DataFrame, forms: pd.DataFrame
) -> list[str]:
    """One sentence an approach, then who would leave, what stands against what, and forms."""
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
    sentences += _forms(home, host, forms)
    texts = approaches["assumed"].to_list()
    assumed = [f"{name}: {text}" for name, text in zip(names, texts, strict=True) if text]
    if assumed:
        sentences.append(f"By assumption: {'; '.join(assumed)}.")
    sentences.append("These are comparisons under the stated assumptions, not forecasts.")
    return sentences


def _forms(home: str, host: str, forms: pd.DataFrame) -> list[str]:
    """What home, host and an operator get in each form, and who would leave it."""
    sentences = []
    by: dict[str, pd.DataFrame] = {
        str(name): part.set_index(["form", "player"]) for name, part in forms.groupby("approach")
    }
    gains = {name: float(part.loc[(OWN, slice(None)), "share"].sum()) for name, part in by.items()}
    names = [str(name) for name in dict.fromkeys(forms["approach"]) if gains[str(name)] > _NOTHING]
    if not names:
        return []
    best = max(names, key=lambda name: gains[name])
    sentences.append(_joint(home, host, best, by[best]))
    sentences.append(_entrusted(home, host, best, by[best]))
    if booked := _booked(home, host, {name: by[name] for name in names}):
        sentences.append(booked)
    return sentences


def _of_two(part: pd.DataFrame, form: str) -> float:
    rows: Any = part.loc[(form, slice(None)), "share"]
    return float(rows.droplevel("form")[["home", "host"]].sum())


def _joint(home: str, host: str, name: str, part: pd.DataFrame) -> str:
    """What home and host gain or lose by bargaining as one."""
    separate, joint = _of_two(part, SEPARATE), _of_two(part, JOINT)
    change = joint - separate
    comparison = (
        f"no more and no less than the {separate:.2g} that they get each for itself"
        if abs(change) <= _NOTHING
        else f"{'more' if change > 0 else 'less'} than the {separate:.2g} that they get each for "
        "itself, as the others then bargain with one party and not with two"
    )
    return (
        f"As a joint park, one party towards all others, {home} and {host} get {joint:.2g} of "
        f"access by '{name}' (Owen value), {comparison}."
    )


def _entrusted(home: str, host: str, name: str, part: pd.DataFrame) -> str:
    """What an operator gets through whom all have to agree, and who would do without it."""
    rows: Any = part.loc[(ENTRUSTED, slice(None))]
    share, excess = float(rows.loc["operator", "share"]), float(rows["largest_excess"].iloc[0])
    text = (
        f"An operator through whom all have to agree (entrusted management) gets {share:.2g} of "
        f"the {float(rows['share'].sum()):.2g} that '{name}' gains (Myerson value)"
    )
    objector = rows["objector"].iloc[0]
    if objector and excess > _NOTHING:
        called = {"home": home, "host": host, "others": "the others"}
        *most, last = (called[player] for player in called if player in objector)
        objectors = f"{', '.join(most)} and {last}" if most else last
        return f"{text}; {objectors} would do better without it, by {excess:.2g}."
    return f"{text}, and nobody would do better without it."


def _booked(home: str, host: str, by: dict[str, pd.DataFrame]) -> str:
    """From which booked share on home would rather do alone what it can."""
    limits = {}
    for name, part in by.items():
        rows: Any = part
        own, alone = float(rows.at[(OWN, "home"), "share"]), float(rows["alone_gain"].iloc[0])
        limits[name] = max(1 - alone / own, 0.0) if own > _NOTHING else 0.0
    first = next(iter(by.values()))
    if not first["alone"].iloc[0]:
        return ""
    never = [f"'{name}'" for name, limit in limits.items() if limit == 0]
    later = [f"{100 * limit:.0f} % under '{name}'" for name, limit in limits.items() if limit > 0]
    conditions = []
    if later:
        conditions.append(f"from a share of {', '.join(later)} on")
    if never:
        conditions.append(f"even if nothing is booked there under {', '.join(never)}")
    return (
        f"If {home}'s gain is booked at {host}, {home} would rather choose "
        f"'{first['alone'].iloc[0]}' alone {', and '.join(conditions)}."
    )


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
    if not before:
        return "above 0 from nothing"
    percent = 100 * change / before
    text = f"{percent:+.2g} %" if abs(percent) < 99.5 else f"{percent:+,.0f} %"
    return text.replace("-", "\N{MINUS SIGN}")


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
