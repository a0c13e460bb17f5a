"""A comparison of approaches in words, made from its numbers."""

from __future__ import annotations

import math
from typing import Any, TypeAlias

import pandas as pd

from netinnov.governance._forms import ENTRUSTED, JOINT, OWN, SEPARATE

Numbers: TypeAlias = dict[tuple[str, str], float]  # by (approach, measure)

_AIMS = ("home_access", "host_access", "efficiency", "effective_number")

_NOTHING = 1e-9  # changes up to this count as none


def sentences_on_approaches(
    home: str, host: str, approaches: pd.DataFrame, effects: pd.DataFrame, forms: pd.DataFrame
) -> list[str]:
    numbers: Any = effects.set_index(["approach", "measure"])
    baseline, value, change, low = (
        numbers[column].to_dict() for column in ("baseline", "value", "difference", "low")
    )
    names = [str(name) for name in approaches.index]
    sentences = [
        _gains(str(row.Index), home, host, row, change, baseline) for row in approaches.itertuples()
    ]
    for name in names:
        sentences += _leaving(name, {"home": home, "host": host}, change, low)
    if len(comparable := comparable_names(approaches)) > 1:
        sentences += _conflicts(home, host, comparable, change)
    if len(names) > 1:
        sentences += _models(names, value)
    sentences += _forms(home, host, forms)
    assumed = [f"{name}: {text}" for name, text in approaches["assumed"].items() if text]
    if assumed:
        sentences.append(f"By assumption: {'; '.join(assumed)}.")
    return [*sentences, "These are comparisons under the stated assumptions, not forecasts."]


def comparable_names(approaches: pd.DataFrame) -> list[str]:
    known = approaches["cost"].notna() | (approaches["size"] > 0)
    return [str(name) for name in approaches.index[known]]


def _forms(home: str, host: str, forms: pd.DataFrame) -> list[str]:
    gaining: dict[str, Any] = {}
    total: dict[str, float] = {}
    for name in dict.fromkeys(forms["approach"]):
        part = forms[forms["approach"] == name].set_index(["form", "player"])
        gain = float(part.loc[OWN, "share"].sum())
        if gain > _NOTHING:
            gaining[str(name)], total[str(name)] = part, gain
    if not gaining:
        return []
    best = max(total, key=lambda name: total[name])
    sentences = [
        _joint(home, host, best, gaining[best]),
        _entrusted(home, host, best, gaining[best]),
    ]
    return [*sentences, *_booked(home, host, gaining)]


def _joint(home: str, host: str, name: str, part: Any) -> str:
    separate, joint = (
        float(part.loc[form, "share"][["home", "host"]].sum()) for form in (SEPARATE, JOINT)
    )
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


def _entrusted(home: str, host: str, name: str, part: Any) -> str:
    rows = part.loc[ENTRUSTED]
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


def _booked(home: str, host: str, by: dict[str, Any]) -> list[str]:
    never, later = [], []
    for name, part in by.items():
        own, alone = float(part.at[(OWN, "home"), "share"]), float(part["alone_gain"].iloc[0])
        limit = max(1 - alone / own, 0.0) if own > _NOTHING else 0.0
        if limit > 0:
            later.append(f"{100 * limit:.0f} % under '{name}'")
        else:
            never.append(f"'{name}'")
    choice = next(iter(by.values()))["alone"].iloc[0]
    conditions = [f"from a share of {', '.join(later)} on"] if later else []
    if never:
        conditions.append(f"even if nothing is booked there under {', '.join(never)}")
    text = f"If {home}'s gain is booked at {host}, {home} would rather choose '{choice}' alone "
    return [f"{text}{', and '.join(conditions)}."] if choice else []


def _gains(name: str, home: str, host: str, row: Any, change: Numbers, before: Numbers) -> str:
    built = [f"{row.size:.0f} links"] if row.size > 0 else []
    built += [] if math.isnan(row.cost) else [f"cost {row.cost:.3g}"]
    access_home, access_host, efficiency, places = (
        _percent(change[name, measure], before[name, measure]) for measure in _AIMS
    )
    return (
        f"{name.capitalize()} ({', '.join(built) or 'no price'}): access of {home} {access_home}, "
        f"of {host} {access_host}, efficiency {efficiency}, effective number of places {places}."
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
    sentences = []
    for side, place in places.items():
        lost, certain = change[name, f"{side}_excess"], low[name, f"{side}_excess"] > 0
        if lost > _NOTHING:
            when = "in nearly all placements" if certain else "on average"
            sentences.append(
                f"{place} would leave the approach '{name}': alone it is better off {when}, by "
                f"{lost:.2g} of access summed over its nodes."
            )
    return sentences


def _conflicts(home: str, host: str, names: list[str], change: Numbers) -> list[str]:
    def best(measure: str) -> str:
        return max(names, key=lambda name: change[name, measure])

    access, hosts, efficient, central = map(best, _AIMS)
    sentences = []
    if access != hosts:
        sentences.append(f"{home} gains most access by '{access}', {host} by '{hosts}'.")
    equal = min(names, key=lambda name: change[name, "access_gini"])
    if efficient != equal:
        moved = change[efficient, "access_gini"]
        moves = "rises" if moved > _NOTHING else "falls less" if moved < -_NOTHING else "stays"
        sentences.append(
            f"Efficiency rises most by '{efficient}', where inequality of access {moves}; "
            f"inequality is least by '{equal}'."
        )
    if central != access:
        sentences.append(
            f"The region is most multi-centric by '{central}', while {home} gains most access by "
            f"'{access}'."
        )
    return sentences


def _models(names: list[str], value: Numbers) -> list[str]:
    unstable = [name for name in names if value[name, "spectral_radius"] >= 1]
    beyond = [name for name in names if value[name, "below_break"] < 0]
    texts = {
        "With the assumed slopes markets do not settle under {}.": unstable,
        "Freeness is beyond the break point under {}: an even split is not stable there.": beyond,
    }
    return [
        text.format(", ".join(f"'{name}'" for name in some))
        for text, some in texts.items()
        if 0 < len(some) < len(names)
    ]
