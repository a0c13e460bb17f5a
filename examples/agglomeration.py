"""Specialisation, relatedness and complexity: compute, draw and write the page.

Run ``python examples/agglomeration.py FOLDER DATA``. FOLDER (by default ``agglomeration``) takes
``mechanisms/agglomeration.md``, its tables and its figures; ``docs`` renews those in the
repository. DATA is the folder with ``city_technology_patents`` (by default ``../shared/data``
beside the repository); without it nothing is written. The text is in ``agglomeration.md`` beside
this script.
"""

from __future__ import annotations

import gzip
import sys
from pathlib import Path

import numpy as np
import pandas as pd
from _pages import fill, listed, markdown, missing, save, three, write_tables
from scipy import io

from netinnov.mechanisms.agglomeration import (
    complexity,
    entry_rates,
    krugman_index,
    location_quotient,
    locational_gini,
    relatedness,
    relatedness_density,
)
from netinnov.plotting import figure_style, new_figure, plot_entry_rates

FOLDER = "city_technology_patents"
YEARS = (2000, 2012)
FILES = [
    f"{FOLDER}/MAs_list.csv",
    f"{FOLDER}/4D_tec_list.csv",
    *(f"{FOLDER}/MA_tec_anno_{year}.mtx.gz" for year in YEARS),
]
LEAST = 10  # patents of an area, and of a field
THRESHOLDS = (10, 50, 200)
SHOWN = 5


def patents(data):
    """Areas x fields of each year, names by area, and income a head of each year."""
    table = pd.read_csv(data / FILES[0], keep_default_na=False, na_values=[""])
    fields = pd.read_csv(data / FILES[1])["4D_tec"]
    counts = {}
    for year in YEARS:
        with gzip.open(data / FOLDER / f"MA_tec_anno_{year}.mtx.gz") as stream:
            values = io.mmread(stream, spmatrix=False).toarray()
        counts[year] = pd.DataFrame(values, table.index, fields.to_numpy())
    income = {year: table[f"GDPpc_{year}"] for year in YEARS}
    return counts, table["MA"].str.replace(r"_(\w+)$", r" (\1)", regex=True), income


def specialised(counts, least):
    """1 where the location quotient is at least 1, areas and fields with so many patents."""
    part = counts.loc[counts.sum(axis=1) >= least]
    part = part.loc[:, part.sum() >= least]
    part = part.loc[part.sum(axis=1) > 0]
    return (location_quotient(part) >= 1).astype(float)


def complexities(counts, income, names):
    """Complexity by year and threshold: whom it puts first, and what it goes with."""
    rows, found = [], {}
    for year in YEARS:
        for least in THRESHOLDS:
            has = specialised(counts[year], least)
            wealth = np.log(income[year].reindex(has.index))
            default, _ = complexity(has)
            areas, fields = complexity(has, towards=wealth)
            found[year, least] = areas, fields
            number = has.sum(axis=1)
            rows.append(
                {
                    "year": year,
                    "least": least,
                    "areas": has.shape[0],
                    "fields": has.shape[1],
                    "with_fields": default.corr(number, method="spearman"),
                    "with_income": areas.corr(wealth, method="spearman"),
                    "turned": bool(default.corr(areas) < 0),
                    "first_areas": ", ".join(names[areas.nlargest(SHOWN).index]),
                    "first_fields": ", ".join(fields.nlargest(SHOWN).index),
                    "last_fields": ", ".join(fields.nsmallest(SHOWN).index),
                }
            )
    return pd.DataFrame(rows), found


def table_of(rates):
    """Bins as rows of the page."""
    return markdown(
        ["density", "candidates", "entered, %", "null within regions, %", "within fields, %"],
        [
            [
                f"{a.density_low:.3f} to {a.density_high:.3f}",
                f"{a.n_candidates:,}",
                f"{100 * a.rate:.1f}",
                f"{100 * a.null_low:.1f} to {100 * a.null_high:.1f}",
                f"{100 * b.null_low:.1f} to {100 * b.null_high:.1f}",
            ]
            for a, b in zip(rates["region"].itertuples(), rates["field"].itertuples(), strict=True)
        ],
    )


def main(folder="agglomeration", data=None):
    """Write the page, its tables and figures."""
    folder = Path(folder)
    data = Path(data) if data else Path(__file__).parents[1] / "../shared/data"
    if missing(data, FILES):
        return
    counts, names, income = patents(data)
    first, last = (counts[year] for year in YEARS)
    areas = (first.sum(axis=1) >= LEAST) & (last.sum(axis=1) >= LEAST)
    fields = (first[areas].sum() >= LEAST) & (last[areas].sum() >= LEAST)
    before, after = (
        (location_quotient(table.loc[areas, fields]) >= 1).astype(float) for table in (first, last)
    )
    near = relatedness(before.T @ before, method="minimum")
    density = relatedness_density(before, near)
    rates = {
        within: entry_rates(before, after, density, within=within, rng=1)
        for within in ("region", "field")
    }
    table, found = complexities(counts, income, names)
    kept = {
        least: tuple(
            found[YEARS[0], least][k].corr(found[YEARS[1], least][k], method="spearman")
            for k in (0, 1)
        )
        for least in THRESHOLDS
    }
    mix = krugman_index(last[areas])
    gini = locational_gini(last.loc[areas, fields])
    size = last[areas].sum(axis=1)

    figure = new_figure(width=183, height=78)
    left, right = figure.subplots(1, 2, sharey=True)
    for ax, (within, one) in zip((left, right), rates.items(), strict=True):
        plot_entry_rates(one, ax=ax)
        with figure_style():
            ax.set_title(f"null model within each {within}")
    save(figure, folder / "figures", "agglomeration_entry")
    write_tables(
        {
            "entry_within_region": rates["region"],
            "entry_within_field": rates["field"],
            "complexity": table,
        },
        folder / "mechanisms/agglomeration",
    )
    one = rates["region"]
    turned = table[table["turned"]]
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
            "even": listed(gini.nsmallest(SHOWN).index),
            "uneven": listed(gini.nlargest(SHOWN).index),
            "entries": table_of(rates),
            "lowest": f"{100 * one['rate'].iloc[0]:.1f}",
            "highest": f"{100 * one['rate'].iloc[-1]:.1f}",
            "null_lowest": f"{100 * one['null_mean'].iloc[0]:.1f}",
            "null_highest": f"{100 * one['null_mean'].iloc[-1]:.1f}",
            "gap": f"{100 * np.ptp(one['rate'].iloc[[0, -1]]):.1f}",
            "null_gap": f"{100 * np.ptp(one['null_mean'].iloc[[0, -1]]):.1f}",
            "n_candidates": f"{one['n_candidates'].sum():,}",
            "n_entries": f"{one['n_entries'].sum():,}",
            "table_of_complexity": markdown(
                [
                    "year", "least patents", "areas x fields", "with number of fields",
                    "with income", "first areas", "first fields",
                ],
                [
                    [
                        row.year, row.least, f"{row.areas:,} x {row.fields}",
                        f"{row.with_fields:+.2f}", f"{row.with_income:+.2f}",
                        row.first_areas, row.first_fields,
                    ]
                    for row in table.itertuples()
                ],
            ),
            "many": THRESHOLDS[-1],
            "first_classes": listed(
                sorted(
                    {
                        name[:3]
                        for row in table[table["least"] == THRESHOLDS[-1]].itertuples()
                        for name in row.first_fields.split(", ")
                    }
                )
            ),
            "turned": (
                listed([f"{row.year} from {row.least} patents" for row in turned.itertuples()])
                if len(turned)
                else "none of them"
            ),
            "kept": "; ".join(
                f"from {least} patents, areas {a:.2f} and fields {b:.2f}"
                for least, (a, b) in kept.items()
            ),
        },
        folder / "mechanisms/agglomeration.md",
    )  # fmt: skip


if __name__ == "__main__":
    main(*sys.argv[1:])
