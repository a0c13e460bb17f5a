"""Did it work? Evaluate openings on made-up places and on cities in research projects.

Run ``python examples/openings.py FOLDER DATA``. FOLDER (by default ``openings``) takes
``studies/openings.md``, its tables and its figures; ``docs`` renews those in the repository. DATA
is the folder with ``cordis_h2020`` (by default ``../shared/data`` beside the repository); without
it nothing is written. The text is in ``openings.md`` beside this script.
"""

from __future__ import annotations

import sys
from pathlib import Path

import numpy as np
import pandas as pd
from _pages import fill, markdown, missing, new_figure, save, three, write_tables

import netinnov as ni
from netinnov.panels import evaluate_openings
from netinnov.plotting import plot_event_study, print_style

FILES = ["cordis_h2020/h2020_participations.csv.gz", "cordis_h2020/h2020_organisations_2017.csv.gz"]
PLACES, OPEN, NEIGHBOURS, PERIODS = 160, 40, 2, np.arange(1, 9)
EFFECT, SPILL = 1.0, 0.5
PANELS = 200
TRUTH = {"plain": EFFECT, "with the network": EFFECT, "on the neighbours": SPILL}
QUARTERS = np.arange(1, 9)  # 2015 Q1 to 2016 Q4


def made_up(rng):
    """A panel of made-up places: 40 open, each has two neighbours that gain half of the effect."""
    names = [f"place {k:03}" for k in range(PLACES)]
    opened = np.full(PLACES, np.inf)
    opened[:OPEN] = np.repeat([4, 6], OPEN // 2)
    since = opened[:, None] <= PERIODS
    outcome = rng.normal(size=(PLACES, 1)) + 0.1 * PERIODS
    outcome = outcome + 0.5 * rng.normal(size=(PLACES, PERIODS.size)) + EFFECT * since
    beside = np.arange(OPEN, OPEN * (1 + NEIGHBOURS))
    outcome[beside] += SPILL * since[beside % OPEN]
    wide = pd.DataFrame(outcome, pd.Index(names, name="place"), PERIODS)
    panel = wide.melt(ignore_index=False, var_name="period", value_name="firms").reset_index()
    openings = pd.DataFrame({"place": names[:OPEN], "opened": opened[:OPEN].astype(int)})
    links = pd.DataFrame({"source": names[:OPEN] * NEIGHBOURS, "target": np.take(names, beside)})
    nodes = pd.DataFrame({"place": names}, index=names)
    return panel, openings, ni.build_network(nodes, links)


def simulate(panels=PANELS):
    """Estimates of many made-up panels with their intervals, and whether these hold the truth."""
    rows = []
    for child in np.random.default_rng(1).spawn(panels):
        panel, openings, network = made_up(child)
        options = {"outcome": "firms", "openings": openings, "rng": child}
        plain = evaluate_openings(panel, **options)
        clean = evaluate_openings(panel, network=network, **options)
        for name, found in zip(TRUTH, (plain, clean, clean.spillover), strict=True):
            rows.append({"estimate of": name, "truth": TRUTH[name], **found.average.iloc[0]})
    table = pd.DataFrame(rows)
    return table.assign(covers=table["truth"].between(table["low"], table["high"]))


def draw(simulated):
    """Intervals of both estimates of the effect in all panels, from the lowest to the highest."""
    figure = new_figure(height=70)
    with print_style():
        axes = figure.subplots(1, 2, sharey=True)
        for ax, name in zip(axes, TRUTH, strict=False):
            part = simulated[simulated["estimate of"] == name].sort_values("estimate")
            at = np.arange(len(part))
            for covers, colour, label in (
                (True, "0.6", "interval with the truth"),
                (False, "#d55e00", "interval without"),
            ):
                rows = (part["covers"] == covers).to_numpy()
                ends = part.loc[rows, "low"], part.loc[rows, "high"]
                ax.vlines(at[rows], *ends, color=colour, linewidth=0.6, label=label)
            ax.plot(at, part["estimate"], color="black", linewidth=1, label="estimate")
            ax.axhline(EFFECT, color="#0072b2", linewidth=1, linestyle="--", label="truth")
            ax.set(
                title=f"{name}: {100 * part['covers'].mean():.0f} %", xlabel="panels, by estimate"
            )
        axes[0].set_ylabel("effect")
        axes[1].legend(loc="lower right")
    return figure


def cities(data):
    """Projects that a city joins by quarter but does not coordinate, and when it first does."""
    read = {"keep_default_na": False, "na_values": [""]}
    rows = pd.read_csv(data / FILES[0], **read)
    places = pd.read_csv(data / FILES[1], **read).dropna(subset=["city"])
    city = (
        places.drop_duplicates("orgId").set_index("orgId")["city"].str.upper().str.replace(" ", "")
    )
    rows["place"] = rows["pic"].map(city) + ", " + rows["country"]
    rows = rows.dropna(subset="place")
    quarter = pd.PeriodIndex(rows["start_date"], freq="Q")
    rows["period"] = (quarter.year - 2015) * 4 + quarter.quarter
    leads = rows[rows["role"].eq("coordinator")]
    joint = rows.groupby("rcn")["place"].nunique().gt(1)
    first = leads[leads["rcn"].map(joint)].groupby("place")["period"].min()
    own = pd.MultiIndex.from_frame(leads[["rcn", "place"]])
    guests = rows[~pd.MultiIndex.from_frame(rows[["rcn", "place"]]).isin(own)]
    guests = guests.drop_duplicates(["rcn", "place"])
    early = np.sort(rows.loc[rows["period"] <= 1, "place"].unique())
    counts = guests[guests["place"].isin(early)].groupby(["place", "period"]).size()
    every = pd.MultiIndex.from_product([early, QUARTERS], names=["place", "period"])
    panel = counts.reindex(every, fill_value=0).rename("projects").reset_index()
    panel["joined"] = np.log1p(panel["projects"])
    openings = pd.DataFrame({"place": early, "opened": first.reindex(early).to_numpy()})
    before = guests[guests["period"] <= 1]
    pairs = before.merge(before, on="rcn").query("place_x < place_y")
    links = pairs.groupby(["place_x", "place_y"]).size().rename("weight").reset_index()
    links = links.rename(columns={"place_x": "source", "place_y": "target"})
    nodes = pd.DataFrame({"place": early}, index=early)
    inside = links[links[["source", "target"]].isin(early).all(axis=1)]
    return panel, openings.astype({"opened": "Int64"}), ni.build_network(nodes, inside)


def main(folder="openings", data=None):
    """Compute all, and write the page, its tables and its figures."""
    folder = Path(folder)
    data = Path(data or Path(__file__).resolve().parents[2] / "shared" / "data")
    if missing(data, FILES):
        return
    panel, openings, network = made_up(np.random.default_rng(7))
    options = {"outcome": "firms", "openings": openings, "rng": 1}
    plain = evaluate_openings(panel, **options)
    clean = evaluate_openings(panel, network=network, permutations=199, **options)
    simulated = simulate()
    by_name = simulated.groupby("estimate of", sort=False)[["truth", "estimate", "covers"]].mean()
    covers = by_name["covers"]
    if not covers.drop("plain").between(0.91, 0.98).all() or covers["plain"] > 0.5:
        raise SystemExit("Intervals no longer hold the truth as the text says: rewrite it.")
    real, dates, ties = cities(data)
    options = {"outcome": "joined", "openings": dates, "rng": 1}
    found = evaluate_openings(real, **options)
    exposed = evaluate_openings(real, network=ties, clean=0.5, **options)
    effect = found.average.iloc[0]
    values = {
        "places": PLACES,
        "open": OPEN,
        "beside": OPEN * NEIGHBOURS,
        "far": PLACES - OPEN * (1 + NEIGHBOURS),
        "effect": three(EFFECT),
        "spill": three(SPILL),
        "panels": PANELS,
        **{
            word: f"{by_name.loc[name, 'estimate']:.2f}"
            for word, name in (
                ("plain", "plain"),
                ("clean", "with the network"),
                ("neighbours", "on the neighbours"),
            )
        },
        "p_dates": f"{clean.permutation_p:.2g}",
        "pre": f"{clean.pre_trend_p:.2f}",
        "breakdown": f"{clean.breakdown:.1f}",
        "table_of_simulation": markdown(
            ["estimate of", "truth", "mean", "truth in the 95 % interval"],
            [
                [
                    name,
                    three(row["truth"]),
                    f"{row['estimate']:.2f}",
                    f"{100 * row['covers']:.1f} %",
                ]
                for name, row in by_name.iterrows()
            ],
        ),
        "n_cities": f"{real['place'].nunique():,}",
        "n_open": f"{int(dates['opened'].between(2, 8).sum()):,}",
        "n_left": f"{found.left_out:,}",
        "change": f"{100 * np.expm1(effect['estimate']):+.0f} %",
        "low": f"{100 * np.expm1(effect['low']):+.0f} %",
        "high": f"{100 * np.expm1(effect['high']):+.0f} %",
        "p_before": f"{found.pre_trend_p:.2g}",
        "real_breakdown": f"{found.breakdown:.1f}",
        "change_clean": f"{100 * np.expm1(exposed.average['estimate'].iloc[0]):+.0f} %",
        "n_clean": f"{int(exposed.cells['n_controls'].min()):,}",
    }
    here = Path(__file__).parent
    fill(here / "openings.md", values, folder / "studies" / "openings.md")
    tables = {
        "simulation": by_name,
        "made_up": clean.dynamic.set_index("event_time"),
        "cities": found.dynamic.set_index("event_time"),
    }
    write_tables(tables, folder / "studies" / "openings")
    with print_style():
        figure = new_figure(height=70)
        left, right = figure.subplots(1, 2)
        plot_event_study({"plain": plain, "with the network": clean}, ax=left)
        plot_event_study(found, ax=right)
    save(figure, folder / "figures", "openings_effects")
    save(draw(simulated), folder / "figures", "openings_simulated")


if __name__ == "__main__":
    main(*sys.argv[1:3])
