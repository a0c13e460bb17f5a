"""Specialisation and relatedness: compute and write the page.

Run ``python examples/agglomeration.py FOLDER DATA``. FOLDER (by default ``agglomeration``) takes
``mechanisms/agglomeration.md`` and its table; ``docs`` renews those in the repository. DATA is the
folder with ``city_technology_patents`` (by default ``../shared/data`` beside the repository);
without it nothing is written. The text is in ``agglomeration.md`` beside this script.
"""

from __future__ import annotations

import gzip
import sys
from pathlib import Path

import numpy as np
import pandas as pd
from _pages import fill, markdown, missing, three, write_tables
from scipy import io

from netinnov.mechanisms.agglomeration import (
    krugman_index,
    location_quotient,
    relatedness,
    relatedness_density,
)

FOLDER = "city_technology_patents"
YEARS = (2000, 2012)
FILES = [f"{FOLDER}/MA_tec_anno_{year}.mtx.gz" for year in YEARS]
LEAST = 10  # patents of an area, and of a field


def patents(path):
    """Areas x fields of a year."""
    with gzip.open(path) as stream:
        return pd.DataFrame(io.mmread(stream, spmatrix=False).toarray())


def entry_rates(before, after, density):
    """Share of candidates entered by tenths of density, and if entries fell at random."""
    pairs = pd.DataFrame({"density": density.stack(), "entered": after.stack()})
    pairs = pairs[(before.stack() == 0) & pairs["density"].notna()].rename_axis(["area", "field"])
    for side in ("area", "field"):
        pairs[f"by_{side}"] = pairs.groupby(level=side)["entered"].transform("mean")
    pairs["tenth"] = pd.qcut(pairs["density"], 10, labels=False, duplicates="drop")
    return pairs.groupby("tenth").agg(
        density_low=("density", "min"),
        density_high=("density", "max"),
        candidates=("entered", "size"),
        entered=("entered", "mean"),
        by_area=("by_area", "mean"),
        by_field=("by_field", "mean"),
    )


def table_of(rates):
    """Tenths as rows of the page."""
    return markdown(
        ["density", "candidates", "entered, %", "at random by area, %", "by class, %"],
        [
            [
                f"{row.density_low:.3f} to {row.density_high:.3f}",
                f"{row.candidates:,}",
                *(f"{100 * share:.1f}" for share in (row.entered, row.by_area, row.by_field)),
            ]
            for row in rates.itertuples()
        ],
    )


def main(folder="agglomeration", data=None):
    """Write the page and its table."""
    folder = Path(folder)
    data = Path(data) if data else Path(__file__).parents[1] / "../shared/data"
    if missing(data, FILES):
        return
    first, last = (patents(data / file) for file in FILES)
    areas = (first.sum(axis=1) >= LEAST) & (last.sum(axis=1) >= LEAST)
    fields = (first[areas].sum() >= LEAST) & (last[areas].sum() >= LEAST)
    before, after = (
        (location_quotient(table.loc[areas, fields]) >= 1).astype(float) for table in (first, last)
    )
    near = relatedness(before.T @ before, method="minimum")
    density = relatedness_density(before, near)
    rates = entry_rates(before, after, density)
    mix = krugman_index(last[areas])
    size = last[areas].sum(axis=1)

    write_tables({"entry": rates}, folder / "mechanisms/agglomeration")
    ends = rates.iloc[[0, -1]]
    fill(
        Path(__file__).with_suffix(".md"),
        {
            "n_all": f"{len(first):,}",
            "n_all_fields": first.shape[1],
            "n_areas": f"{len(before):,}",
            "n_fields": before.shape[1],
            "least": LEAST,
            "krugman": three(mix.median()),
            "krugman_size": f"{mix.corr(np.log(size), method='spearman'):.2f}",
            "entries": table_of(rates),
            "lowest": f"{100 * ends['entered'].iloc[0]:.1f}",
            "highest": f"{100 * ends['entered'].iloc[-1]:.1f}",
            "random_lowest": f"{100 * ends['by_area'].iloc[0]:.1f}",
            "random_highest": f"{100 * ends['by_area'].iloc[-1]:.1f}",
            "gap": f"{100 * np.ptp(ends['entered']):.1f}",
            "random_gap": f"{100 * np.ptp(ends['by_area']):.1f}",
            "n_candidates": f"{rates['candidates'].sum():,}",
            "n_entries": f"{(rates['candidates'] * rates['entered']).sum():,.0f}",
        },
        folder / "mechanisms/agglomeration.md",
    )  # fmt: skip


if __name__ == "__main__":
    main(*sys.argv[1:])
