"""Facts of an experiment: what changes, how sure that is, and whether other uses do better."""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from netinnov.scenarios._open_size import TENTH
from netinnov.study._section import Fact, Form, KeyFigure, Layer, Place, Term
from netinnov.study.sections._trials import ACCESS, EFFICIENCY, INEQUALITY, MANY, Trial

if TYPE_CHECKING:
    from netinnov.study.sections.experiment import Experiment

NOISE = 1e-9  # of the baseline: what rounding and searches that stop early leave of no change
SURE = 0.9  # share of placements from which a direction is called clear
Row = Any  # a row of effects
Facts = dict[str, Fact]


def facts(result: Experiment) -> Facts:
    part, headline, cities = result.part, result.headline, result.context.cities
    asked, (own, strength) = result.context.settings(type(part)), result.own
    others = [layer for layer in cities.layers if layer != result.layer]
    models = result.modelled_layers
    size, volume, share = (
        getattr(headline.sized, each) for each in ("size", "volume", "volume_share")
    )
    if volume is not None:
        share = volume / strength if strength else None
    chosen = result.chosen or (0, 0, 0)
    known: Facts = {
        "home": Place(part.home),
        "host": Place(part.host),
        "access": result.access == ACCESS,
        "many": MANY,
        "of_volume": result.of_volume,
        "size": size or 0,
        "share": math.nan if share is None else share,
        "own": own,
        "paid": headline.funding == "reallocated",
        "too_few": headline.funding == "new" and (size or 0) > own,
        "layer": Layer(result.layer),
        "one_layer": not others,
        "one_model": result.layer in models and len(models) == 1,
        "in_model": result.layer in models,
        "models": bool(models),
        "chosen": chosen[0],
        "chosen_of": chosen[1],
        "chosen_ties": chosen[2],
        "left_open": asked.size is None and asked.volume is None and asked.volume_share is None,
        "rounded_up": (size or 0) > max(1, round(TENTH * own)),
        "pipelines": round(part.pipeline_share * (size or 0)),
        "pipeline_share": part.pipeline_share,
        "draws": int(result.effects["replicates"].max()),
        "by_weight": result.measures.distance != result.context.measures.distance,
        "counts_links": result.of_volume and result.measures.distance == "unit",
        "priced": result.prices is not None,
        "missing": [Term(each) for each in result.missing],
    }
    known |= _changes(result) | _others(result) | _rivals(result) | _break_even(result)
    return known | _set_ups(result) | _placebos(result)


def key_figures(result: Experiment) -> Iterator[KeyFigure]:
    known: Any = facts(result)
    for name in ("reallocated", "new", "host", "rival", "placebo", "efficiency"):
        if known[f"{name}_way"] not in ("", "undefined"):
            change, low, high = (known[f"{name}_{end}"] for end in ("change", "low", "high"))
            ends: Any = {} if low == high else {"low": low, "high": high}
            form: Form = "change" if known[f"{name}_relative"] else "number"
            yield KeyFigure(name, change, form=form, **ends)


def _changes(result: Experiment) -> Facts:
    """Of home by each way of funding, then of host, efficiency and inequality by the headline."""
    access = {trial.funding: trial for trial in reversed(result.enclaves)}
    known: Facts = {}
    for funding in ("reallocated", "new"):
        of_home = _row(result, access.get(funding), result.access, result.part.home)
        known |= _change(funding, of_home)
    first = result.headline
    return (
        known
        | _change("host", _row(result, first, result.access, result.part.host))
        | _change("efficiency", _row(result, first, EFFICIENCY))
        | _change("inequality", _row(result, first, INEQUALITY))
    )


def _row(result: Experiment, trial: Trial | None, measure: str, node: str | None = None) -> Row:
    rows = pd.DataFrame() if trial is None else result.of(trial, measure)
    if len(rows):
        rows = rows[rows["node"].isna() if node is None else rows["node"].eq(node)]
    return None if rows.empty else rows.iloc[0]


def _change(name: str, row: Row) -> Facts:
    """Median and middle 95 % of placements, as shares of the baseline unless that is 0; `way`."""
    numbers = ("median", "low", "high") if row is not None else ()
    before = abs(float(row["baseline"])) if numbers else math.nan
    scale = before if before > 0 else 1.0
    median, low, high = (
        (float(row[each]) / scale for each in numbers) if numbers else [math.nan] * 3
    )
    known: Facts = {"change": median, "low": low, "high": high, "relative": before > 0}
    known |= {"way": "" if row is None else _way(row)}
    return {f"{name}_{key}": value for key, value in known.items()}


def _way(row: Row) -> str:
    """What most placements agree on.

    "uneven": no placement has the other sign, and many change nothing; "either": some have it.
    """
    if math.isnan(row["median"]):
        return "undefined"
    size = max(abs(float(row[column])) for column in ("difference", "low", "high"))
    if size <= NOISE * abs(float(row["baseline"])):
        return "same"
    if row["replicates"] == 1 or (
        row["same_sign"] >= SURE and row["difference"] * row["median"] > 0
    ):
        return "rises" if row["median"] > 0 else "falls"
    return "either" if row["low"] < 0 < row["high"] else "uneven"


def _others(result: Experiment) -> Facts:
    """Places but home and host: how many gain and lose access, and which most."""
    rows = result.of(result.headline, result.access).dropna(subset="median")
    rows = rows[~rows["node"].isin([result.part.home, result.part.host])]
    least, before = NOISE * rows["baseline"].abs(), rows["baseline"].abs()
    share = (rows["median"] / before.where(before > 0)).dropna()
    known: Facts = {
        "others": len(rows),
        "gain": int((rows["median"] > least).sum()),
        "lose": int((rows["median"] < -least).sum()),
    }
    for end, n in (("gain", known["gain"]), ("lose", known["lose"])):
        most = share.max() if end == "gain" else share.min()
        alike: Any = share[np.isclose(share, most, rtol=1e-9, atol=0)] if n and len(share) else []
        at = [] if not len(alike) else [Place(each) for each in rows.loc[alike.index, "node"]]
        known |= {f"most_{end}": at, f"most_{end}_change": float(most) if at else math.nan}
    return known


def _rivals(result: Experiment) -> Facts:
    """Rivals by whether the park does better for home, and the one that does most for it."""
    sides: dict[str, list[Any]] = {"better": [], "worse": [], "alike": []}
    best, table, shares = None, result.contrasts, []
    if table is not None:
        mine = table[table["measure"].eq(result.access) & table["node"].eq(result.part.home)]
        mine = mine.dropna(subset="difference").set_index("rival")
        for trial in (each for each in result.rivals if each.name in mine.index):
            row: Row = mine.loc[trial.name]
            higher = float(row["higher"])
            sure = row["difference"] * (higher - 0.5) > 0 and max(higher, 1 - higher) >= SURE
            side = ("better" if row["difference"] > 0 else "worse") if sure else "alike"
            sides[side].append(Term(trial.kind))
            shares.append((higher, trial))
    if shares:
        best = min(shares, key=lambda pair: pair[0])
    known = _change("rival", best and _row(result, best[1], result.access, result.part.home))
    return known | {
        **{f"{side}_than": rivals for side, rivals in sides.items()},
        "rival": None if best is None else Term(best[1].kind),
        "rival_size": 0 if best is None else best[1].sized.size or 0,
        "sure": SURE,
    }


def _break_even(result: Experiment) -> Facts:
    """Whether the park does more for home per cost than a rival, depending on its price."""
    ways = ("above", "below", "always", "never", "neither")
    known: dict[str, list[Any]] = {f"even_{way}": [] for way in (*ways, "above_at", "below_at")}
    if (table := result.break_even) is not None:
        kinds = {trial.name: trial.kind for trial in result.rivals}
        of_home = table["measure"].eq(result.access) & table["node"].eq(result.part.home)
        for _, row in table[of_home & table["of"].eq("park")].iterrows():
            way, ratio = row["better"], float(row["ratio"])
            if way in ("above", "below"):
                if math.isnan(ratio):
                    continue
                known[f"even_{way}_at"].append(ratio)
            if way in ways:
                known[f"even_{way}"].append(Term(kinds[str(row["rival"])]))
    return dict(known)


def _set_ups(result: Experiment) -> Facts:
    """How many of the other set-ups agree on the change of home's access."""
    table, measures = result.specifications, result.measures
    rows = pd.DataFrame(columns=["funding", "attachment", "border", "median", "baseline"])
    if table is not None:
        rows = table[table["measure"] == ACCESS].dropna(subset="median")
    before = rows["baseline"].astype(float).abs()
    relative = bool((before > 0).all())  # changes stand as they are if there was nothing before
    shares = rows["median"].astype(float) / (before if relative else 1.0)
    median = float(shares.median()) if len(rows) else math.nan
    known: Facts = {
        "set_ups": len(rows),
        "set_ups_change": median,
        "set_ups_relative": relative,
        "set_ups_alike": int((shares * median > 0).sum()),
        "attachments": sorted({float(each) for each in rows["attachment"]}),
        "borders": sorted({float(each) for each in rows["border"]}),
        "borders_of_lengths": measures.distance == "inverse" and not measures.border,
        "set_ups_draws": int(rows["replicates"].max()) if len(rows) else 0,
    }
    least = NOISE * before
    for funding in ("reallocated", "new"):
        mine = (rows["funding"] == funding).to_numpy(bool)
        up, down = rows["median"][mine] > least[mine], rows["median"][mine] < -least[mine]
        known |= {f"{funding}_up": int(up.sum()), f"{funding}_down": int(down.sum())}
        known |= {f"{funding}_still": int((~(up | down)).sum())}
    return known


def _placebos(result: Experiment) -> Facts:
    """Where the real host lies among others; a p only where the library gives one."""
    row = _row(result, result.headline, result.access, result.part.home)
    n = 0 if row is None else int(row.get("placebo_n", 0) or 0)
    known: Facts = {
        "hosts": n,
        "all_hosts": result.part.placebos is None,
        "match": [Term(each) for each in result.match],
        "placebos_asked": result.part.placebos != 0,
        "host_mean": math.nan,
        "host_among": "",
        "p": None,
        "corrected_p": None,
        "least_p": min(1.0, 2 / (n + 1)),
        "beyond": False,
    }
    columns = ["placebo_median", "placebo_low", "placebo_high"]
    if not n or row[["difference", *columns]].isna().any():
        return known | {"hosts": 0} | _change("placebo", None)
    band = dict(zip(("median", "low", "high"), row[columns], strict=True))
    known |= _change("placebo", row.copy().where(~row.index.isin([*band]), pd.Series(band)))
    change, low, high = (float(row[each]) for each in ("difference", *columns[1:]))
    scale = abs(float(row["baseline"])) or 1.0
    known["host_mean"] = change / scale
    known["host_among"] = "above" if change > high else "below" if change < low else "within"
    if not (change or low or high):
        known["host_among"] = "none"
    if pd.notna(row["placebo_p"]):
        p, corrected = float(row["placebo_p"]), float(row["corrected_p"])
        known |= {"p": p, "corrected_p": corrected, "beyond": pd.notna(row["beyond"])}
    return known
