"""Do regions converge? Compute, draw and write the page of the documentation.

Run ``python examples/convergence.py FOLDER DATA``. FOLDER (by default ``convergence``) takes
``mechanisms/convergence.md``, its tables and its figures; ``docs`` renews those in the repository.
DATA is the folder with ``city_technology_patents`` and ``china_cities`` (by default
``../shared/data`` beside the repository); without it nothing is written. The text is in
``convergence.md`` beside this script.
"""

from __future__ import annotations

import gzip
import sys
from pathlib import Path

import numpy as np
import pandas as pd
from _pages import fill, markdown, missing, new_figure, save, three, write_tables
from scipy import io

from netinnov.mechanisms.convergence import beta_convergence, sigma_convergence
from netinnov.plotting import print_style

PATENTS = "city_technology_patents"
FILES = [
    f"{PATENTS}/MAs_list.csv",
    f"{PATENTS}/MA_tec_anno_2000.mtx.gz",
    f"{PATENTS}/MA_tec_anno_2012.mtx.gz",
    "china_cities/cityinfo.csv",
    "china_cities/yearbook_light.csv",
    "china_cities/census_city_2010_2020.csv",
]
COUNTRIES = {"": "all countries", "CN": "China", "US": "United States", "IN": "India"}
SPANS = [(1990, 2000), (2000, 2010), (2010, 2014)]
ALIKE = 0.001  # standard deviation of growth inside a country over the last span


def areas(data):
    """Metropolitan areas: country, income a head by year, and patents of two years."""
    table = pd.read_csv(data / FILES[0], keep_default_na=False, na_values=[""])
    income = table.filter(like="GDPpc_")
    income.columns = [int(name.removeprefix("GDPpc_")) for name in income]
    income = income.dropna()  # areas without a value have none at all
    patents = {}
    for year in (2000, 2012):
        with gzip.open(data / PATENTS / f"MA_tec_anno_{year}.mtx.gz") as stream:
            patents[year] = np.asarray(io.mmread(stream, spmatrix=False).sum(axis=1)).ravel()
    return table["cntr"], income, pd.DataFrame(patents, table.index)


def chinese_cities(data):
    """Population of prefectures in three censuses, and the product of one year."""
    folder = data / "china_cities"
    cities = pd.read_csv(folder / "cityinfo.csv", dtype={"dzcode": str}).set_index("dzcode")
    census = pd.read_csv(folder / "census_city_2010_2020.csv", dtype={"city_code": str})
    census = census[census["city_code"].str.endswith("00")]
    census = census.set_index(census["city_code"].str[:4]).reindex(cities.index)
    population = pd.DataFrame(
        {2010: census["popu_2010"].astype(float), 2020: census["popu_2020"].astype(float)}
    ).dropna()
    product = pd.read_csv(folder / "yearbook_light.csv").set_index("city")["GDP10000"]
    product = product.reindex(cities["cityname_chn"]).to_numpy(float)
    people = census["popu_2010"].to_numpy(float)
    space = pd.DataFrame({"product": product, "population": people, "a head": product / people})
    return population, space.dropna()


def statistics(panels):
    """Slope with interval, half-life and spread of each panel, from its first to last column."""
    rows = []
    for name, panel in panels.items():
        found, spread = beta_convergence(panel), sigma_convergence(panel)
        rows.append(
            {
                "panel": name,
                "n": found.n,
                "slope": found.slope,
                "low": found.low,
                "high": found.high,
                "half_life": found.half_life,
                "spread_first": spread.iloc[0],
                "spread_last": spread.iloc[-1],
            }
        )
    return pd.DataFrame(rows)


def rows_of(table):
    """The same as a table of the page."""
    return markdown(
        ["panel", "n", "slope a year (95 %)", "half-life, years", "spread of logarithms"],
        [
            [
                row.panel,
                f"{row.n:,}",
                f"{row.slope:.4f} ({row.low:.4f} to {row.high:.4f})",
                three(round(row.half_life)) if row.half_life < 1000 else "none",
                f"{row.spread_first:.3f} to {row.spread_last:.3f}",
            ]
            for row in table.itertuples()
        ],
    )


def galton(rng, n=500, years=20):
    """Made-up regions that fall back to their mean while inequality stays as it is."""
    paths = [rng.normal(0, 1, n)]
    for _ in range(years):
        paths.append(0.95 * paths[-1] + rng.normal(0, np.sqrt(1 - 0.95**2), n))
    return pd.DataFrame(np.exp(np.array(paths).T), columns=range(years + 1))


def main(folder="convergence", data=None):
    """Write the page, its tables and figures."""
    folder = Path(folder)
    data = Path(data) if data else Path(__file__).parents[1] / "../shared/data"
    if missing(data, FILES):
        return
    country, income, patents = areas(data)
    both = patents[(patents > 0).all(axis=1)]
    panels, spreads = {}, {}
    for code, name in COUNTRIES.items():
        part = income[country.reindex(income.index).eq(code) | (code == "")]
        spreads[name] = part
        for first, last in SPANS:
            panels[f"income a head, {name}, {first} to {last}"] = part[[first, last]]
    incomes = statistics(panels)
    population, space = chinese_cities(data)
    others = statistics(
        {
            "patents of metropolitan areas, 2000 to 2012": both,
            "population of Chinese prefectures, 2010 to 2020": population,
            "synthetic regions that fall back to the mean, 20 steps": galton(
                np.random.default_rng(1)
            ),
        }
    )
    first, last = SPANS[-1]
    growth = np.log(income[last] / income[first])
    inside = growth.groupby(country.reindex(income.index)).agg(["std", "size"])
    same = inside[(inside["size"] > 2) & (inside["std"] < ALIKE)]
    entered = int(((patents[2000] == 0) & (patents[2012] > 0)).sum())
    left = int(((patents[2000] > 0) & (patents[2012] == 0)).sum())

    figure = new_figure(width=89, height=70)
    with print_style():
        lines = pd.DataFrame({name: sigma_convergence(part) for name, part in spreads.items()})
        ax = lines.plot(ax=figure.add_subplot(), ylim=(0, None))
        ax.set(xlabel="year", ylabel="standard deviation of logarithms")
    save(figure, folder / "figures", "convergence_panels")
    write_tables({"income": incomes, "others": others}, folder / "mechanisms/convergence")
    found = others.iloc[0]
    fill(
        Path(__file__).with_suffix(".md"),
        {
            "table_of_income": rows_of(incomes),
            "table_of_others": rows_of(others),
            "n_areas": f"{len(income):,}",
            "n_same": len(same),
            "alike": f"{100 * ALIKE:g}",
            "n_known": int((inside["size"] > 2).sum()),
            "slope": f"{found['slope']:.4f}",
            "half_life": three(round(found["half_life"])),
            "before": f"{found['spread_first']:.3f}",
            "after": f"{found['spread_last']:.3f}",
            "n_patents": f"{len(both):,}",
            "entered": f"{entered:,}",
            "left": f"{left:,}",
            "n_space": len(space),
            "product": f"{np.log(space['product']).std(ddof=0):.3f}",
            "people": f"{np.log(space['population']).std(ddof=0):.3f}",
            "a_head": f"{np.log(space['a head']).std(ddof=0):.3f}",
        },
        folder / "mechanisms/convergence.md",
    )


if __name__ == "__main__":
    main(*sys.argv[1:])
