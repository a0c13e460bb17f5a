"""The table of a profile, which a notebook shows in six columns."""

from __future__ import annotations

from collections.abc import Hashable
from typing import Any

import pandas as pd

from netinnov._display import interval, short, table


class ProfileTable(pd.DataFrame):
    """A DataFrame as any other; what is made of it is a plain one."""

    @property
    def _constructor(self) -> type[pd.DataFrame]:
        return pd.DataFrame

    def _repr_html_(self) -> str:
        """Each value with its interval, its place among random networks, and what it speaks for."""
        rows = [
            (
                short(name),
                short(row["value"]),
                "" if pd.isna(row["low"]) else f"{short(row['low'])} to {short(row['high'])}",
                "" if pd.isna(row["null_mean"]) else short(row["null_mean"]),
                "" if pd.isna(row["p"]) else short(row["p"]),
                interval(
                    row["value"], row["null_low"], row["null_high"], self._span(row), zero=False
                ),
                f"{row['many_centres_if']} values",
            )
            for name, row in zip(self.index, self.to_dict("records"), strict=True)
        ]
        heads = ["index", "value", "95 % interval", "random", "p", "", "many centres:"]
        reasons = self["untested"].dropna().unique()
        notes = "".join(f"<p>{short(reason)}: no p</p>" for reason in reasons[:3])
        return f"<p><b>Profile</b></p>{table(rows, heads)}{notes}"

    @staticmethod
    def _span(row: dict[Hashable, Any]) -> list[float]:
        ends = [row["value"], row["null_low"], row["null_high"]]
        margin = 0.1 * (max(ends) - min(ends))
        return [min(ends) - margin, max(ends) + margin]
