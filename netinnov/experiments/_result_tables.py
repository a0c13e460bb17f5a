"""Tables of an experiment besides those of its values, and how a notebook shows it."""

from __future__ import annotations

import ast
import re
from collections.abc import Mapping, Sequence

import pandas as pd

from netinnov._runtime.display import ROWS, short, table

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


def effects_html(effects: pd.DataFrame) -> str:
    rows = effects[effects["node"].isna()].head(ROWS)
    if rows.empty:
        rows = effects.loc[effects["difference"].abs().nlargest(ROWS).index]
    shown = [
        (
            f"{row['scenario']}: {row['measure']}"
            + ("" if pd.isna(row["node"]) else f", {row['node']}"),
            short(row["difference"]),
            f"{short(row['low'])} to {short(row['high'])}",
            "" if pd.isna(row["placebo_p"]) else short(row["placebo_p"]),
        )
        for row in rows.to_dict("records")
    ]
    more = len(effects) - len(rows)
    heads = ["effect", "difference", "95 % of placements", "placebo p"]
    return table(shown, heads) + (f"<p>{more:,} more in effects()</p>" if more else "")


def _named(role: str, site: str) -> str | None:
    match = re.search(rf"\b{role}={_TEXT}", site)
    return None if match is None else str(ast.literal_eval(match[1]))
