"""What an experiment says to its readers: sentences, and tables besides those of its values."""

from __future__ import annotations

import ast
import re
from collections.abc import Mapping, Sequence
from typing import Any

import pandas as pd

from netinnov._display import ROWS, interval, short, table

_TEXT = r"""('(?:[^'\\]|\\.)*'|"(?:[^"\\]|\\.)*")"""  # a text as Python writes it


def sites_table(sites: Mapping[str, Sequence[str]]) -> pd.DataFrame:
    rows = [
        (name, number, site, _named("home", site), _named("host", site))
        for name, of_placebo in sites.items()
        for number, site in enumerate(of_placebo)
        if site
    ]
    columns = ["placebo", "replicate", "site", "home", "host"]
    listed = pd.DataFrame(rows, columns=columns)
    return listed.astype({"site": "str", "home": "str", "host": "str"})


def decomposition_table(
    decomposition: pd.DataFrame | Mapping[str, pd.DataFrame] | None,
) -> pd.DataFrame | None:
    if isinstance(decomposition, pd.DataFrame):
        return decomposition.reset_index()
    return pd.concat(decomposition, names=["scenario"]).reset_index() if decomposition else None


def sentence(row: Mapping[Any, Any]) -> str:
    where = "" if pd.isna(row["node"]) else f" of {row['node']}"
    text = f"{row['scenario']}: {row['measure']}{where}"
    if pd.isna(row["difference"]):
        return f"{text} is not defined before or after."
    change = row["difference"]
    if row["low"] == row["high"] == 0:
        text += f" stays at {row['baseline']:.4g}"
    else:
        verb = "rises" if change > 0 else "falls" if change < 0 else "keeps its mean"
        text += f" {verb} by {abs(change):.3g} from {row['baseline']:.4g}"
        if row["replicates"] > 1:
            text += (
                f" (Monte Carlo error {row['mc_error']:.1g}; 95 % of {row['replicates']} "
                f"placements from {row['low']:+.3g} to {row['high']:+.3g}"
            )
            if not pd.isna(row["same_sign"]):
                text += f", {100 * row['same_sign']:.0f} % with the sign of the median"
            text += ")"
    if not pd.isna(row["data_error"]):
        text += (
            f"; in {row['resamples']} resamples of the data its mean over placements has a "
            f"standard deviation of {row['data_error']:.2g} (at most "
            f"{row['data_error_high']:.2g}; 95 % from {row['data_low']:+.3g} to "
            f"{row['data_high']:+.3g})"
        )
    if not pd.isna(row["why_no_p"]):
        return f"{text}. No test: {row['why_no_p']}."
    text += (
        f". Among {row['placebo_n']} placebos, 95 % of which change it by "
        f"{row['placebo_low']:+.3g} to {row['placebo_high']:+.3g}, it has p = "
        f"{row['placebo_p']:.2g} ({row['corrected_p']:.2g} corrected)"
    )
    if row["ranked"] != change:
        text += (
            f", by its rank over as many placements as each of them has "
            f"({row['placebo_placements']}; {row['ranked']:+.3g})"
        )
    if not pd.isna(row["beyond"]):
        text += f". The real place lies beyond its placebos: {row['beyond']}"
        text += ". So p tells this gap as much as the place"
    return f"{text}."


def effects_html(effects: pd.DataFrame) -> str:
    rows = effects[effects["node"].isna()].head(ROWS)
    if rows.empty:
        rows = effects.loc[effects["difference"].abs().nlargest(ROWS).index]
    span = rows.groupby("measure", observed=True).agg({"low": "min", "high": "max"})
    shown = [
        (
            f"{row['scenario']}: {row['measure']}"
            + ("" if pd.isna(row["node"]) else f", {row['node']}"),
            short(row["difference"]),
            f"{short(row['low'])} to {short(row['high'])}",
            "" if pd.isna(row["placebo_p"]) else short(row["placebo_p"]),
            interval(row["difference"], row["low"], row["high"], span.loc[row["measure"]]),
        )
        for row in rows.to_dict("records")
    ]
    more = len(effects) - len(rows)
    heads = ["effect", "difference", "95 % of placements", "placebo p", ""]
    return table(shown, heads) + (f"<p>{more:,} more in effects()</p>" if more else "")


def _named(role: str, site: str) -> str | None:
    match = re.search(rf"\b{role}={_TEXT}", site)
    return None if match is None else str(ast.literal_eval(match[1]))
