"""Fitted models as columns side by side: a coefficient, and below it its error or interval."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Literal, NamedTuple

import numpy as np
import pandas as pd

from netinnov.linkages import GravityFit
from netinnov.manuscript._cells import Grid, interval, number, p_value, words
from netinnov.null_models import MatrixRegression
from netinnov.panels import DifferenceInDifferences, EventStudy, TieEffect

Below = Literal["standard_error", "interval", "p"]
MODELS = (
    DifferenceInDifferences,
    EventStudy,
    GravityFit,
    MatrixRegression,
    TieEffect,
)
_COLUMNS = ("estimate", "standard_error", "low", "high", "p")
_OPENED = "after the opening"
_WHAT = {
    "standard_error": "In parentheses: standard errors.",
    "interval": "In brackets: intervals.",
    "p": "In parentheses: p-values.",
}


class Fit(NamedTuple):
    """What a table says of a model."""

    terms: pd.DataFrame
    """Index = term; columns estimate, standard_error, low, high and p, NaN where unknown."""
    foot: dict[str, Any]
    """Whole numbers count, others are rounded; text stays."""
    notes: list[str]
    reference: str = ""
    """The term that the others are compared with."""


def model_grid(models: Mapping[str, Any], digits: int, below: Below) -> Grid:
    """One column a model; two rows a term."""
    fits = [_fit(model, below) for model in models.values()]
    terms = list(dict.fromkeys(term for fit in fits for term in fit.terms.index))
    rows = []
    for term in terms:
        estimates, others = [words(term)], [""]
        for fit in fits:
            cells = ("", "")
            if term == fit.reference:
                cells = ("0", "(reference)")
            elif term in fit.terms.index and fit.terms["estimate"].notna()[term]:
                own = fit.terms.loc[term]
                cells = (number(own["estimate"], digits), _below(own, digits, below))
            estimates.append(cells[0])
            others.append(cells[1])
        rows += [estimates, others] if any(others) else [estimates]
    names = dict.fromkeys(name for fit in fits for name in fit.foot)
    foot = [[name, *(_footed(fit.foot.get(name, ""), digits) for fit in fits)] for name in names]
    notes = [_WHAT[below], *dict.fromkeys(note for fit in fits for note in fit.notes)]
    return Grid(["", *models], rows, 1, foot, notes)


def _below(term: pd.Series, digits: int, below: Below) -> str:
    if below == "interval":
        known = not pd.isna(term["low"])
        return interval(term["low"], term["high"], digits) if known else ""
    if pd.isna(term[below]):
        return ""
    return f"({p_value(term['p']) if below == 'p' else number(term[below], digits)})"


def _footed(value: Any, digits: int) -> str:
    if isinstance(value, str):
        return value
    return number(value, digits, whole=isinstance(value, (int, np.integer)))


def _fit(model: Any, below: Below) -> Fit:
    notes = []
    if below == "interval" and hasattr(model, "confidence"):
        notes = [f"Intervals of {100 * model.confidence:g}\N{NO-BREAK SPACE}%."]
    if isinstance(model, GravityFit):
        errors = {"estimate": model.coefficients, "standard_error": model.standard_errors}
        terms = pd.DataFrame(errors)
        foot: dict[str, Any] = {"pairs": model.n_pairs, "deviance explained": model.explained}
        return Fit(_complete(terms), foot, ["Errors of PPML are White's HC0."])
    if isinstance(model, MatrixRegression):
        error = model.coefficients / model.t.where(model.t != 0)
        columns = {"estimate": model.coefficients, "standard_error": error, "p": model.p}
        terms = pd.DataFrame(columns)
        foot = {"pairs": model.n_pairs, "R²": model.r_squared}
        return Fit(_complete(terms), foot, ["p of matrix regressions by permutation."])
    if isinstance(model, TieEffect):
        return Fit(_effects({_OPENED: model}), {}, [])
    by_group = model.groups if len(model.groups) > 1 else model.groups.iloc[:0]
    names = [f"{_OPENED}, {label}" for label in by_group.get("group", by_group.index)]
    mean = pd.concat([_effects({_OPENED: model.average}), _complete(by_group.set_axis(names))])
    pairs = model.sample
    foot = {"pairs with an enclave": pairs.n_treated, "pairs without": pairs.n_controls}
    foot["pairs × periods"] = pairs.n_rows
    if isinstance(model, DifferenceInDifferences):
        return Fit(mean, foot, notes)
    times = model.estimates.copy()
    group = times.pop("group").astype(str) + ", " if "group" in times else ""
    signs = [
        f"{t:+d}".replace("+0", "0").replace("-", "\N{MINUS SIGN}") for t in times["event_time"]
    ]
    times.index = pd.Index(group + pd.Series(signs, times.index).radd("period "))
    reference = ""
    if "group" not in model.estimates:
        at = model.estimates["event_time"].tolist().index(model.reference)
        reference = str(times.index[at])
    if not pd.isna(model.pre_trend_p):
        foot = {"p of no pre-trend": p_value(model.pre_trend_p), **foot}
    return Fit(pd.concat([_complete(times), mean]), foot, notes, reference)


def _complete(terms: pd.DataFrame) -> pd.DataFrame:
    return terms.reindex(columns=list(_COLUMNS)).astype(float)


def _effects(effects: dict[str, TieEffect]) -> pd.DataFrame:
    rows = {name: [getattr(effect, c) for c in _COLUMNS] for name, effect in effects.items()}
    return pd.DataFrame.from_dict(rows, orient="index", columns=list(_COLUMNS))
