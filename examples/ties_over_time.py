"""Ties before and after an enclave opens: compute, draw and write the page of the documentation.

Run ``python examples/ties_over_time.py FOLDER DATA``. FOLDER (by default ``ties_over_time``) takes
``mechanisms/ties_over_time.md``, its tables and its figures; ``docs`` renews those in the
repository. DATA is the folder with ``scale_graphs`` (by default ``../shared/data``
beside the repository); without it nothing is written. The text is in
``ties_over_time.md`` beside this script. Needs the extra ``econometrics``.
"""

from __future__ import annotations

import io
import os
import re
import sys
import zipfile
from pathlib import Path

os.environ.setdefault("OMP_NUM_THREADS", "1")  # many small fits: threads would wait for each other

import numpy as np
import pandas as pd
from _pages import fill, listed, markdown, missing, new_figure, save, three, write_tables

import netinnov as ni
from netinnov.panels import difference_in_differences, event_study
from netinnov.plotting import plot_event_study, print_style

FILES = ["scale_graphs/WrldCo_years.zip"]
FIRST, N_PERIODS, COHORTS = 2010, 9, (2012, 2014, 2016)
MORE_IF_REVERSE = 0.2
DRAWS = 40
PLACEBOS, N_PLACEBO = 20, 60
EU15 = ["AT", "BE", "DE", "DK", "ES", "FI", "FR", "GB", "GR", "IE", "IT", "LU", "NL", "PT", "SE"]
JOINED = {
    2004: ["CY", "CZ", "EE", "HU", "LT", "LV", "MT", "PL", "SI", "SK"],
    2007: ["BG", "RO"],
    2013: ["HR"],
}
OTHERS = ["CH", "NO", "IS", "TR", "UA", "RU", "RS", "US", "CA", "JP", "KR", "CN", "IN", "AU", "BR"]
YEARS = range(1999, 2018)
PLACEBO_YEARS = range(2000, 2013)


# Made-up panels, whose truth is known.


def planted(direction, opened, event_time):
    """The planted effect: earlier enclaves, and reverse ones, have more of it."""
    early = np.where(opened == 2012, 0.6 + 0.08 * event_time, np.where(opened == 2014, 0.35, 0.1))
    return early + np.where(direction == "reverse", MORE_IF_REVERSE, 0.0)


def synthetic_panel(rng, *, n=18, n_treated=48, mean=40.0, noise=0.3):
    """Synthetic ties of synthetic cities over nine periods, and the openings of enclaves."""
    i, j = np.triu_indices(n, 1)
    treated = rng.choice(i.size, n_treated, replace=False)
    openings = pd.DataFrame({"opened": rng.choice(COHORTS, n_treated)})
    openings["direction"] = rng.choice(["forward", "reverse"], n_treated)
    when = FIRST + np.arange(N_PERIODS)
    time = when - openings["opened"].to_numpy()[:, None]
    kind = openings["direction"].to_numpy()[:, None]
    effects = np.zeros((i.size, N_PERIODS))
    true = planted(kind, openings["opened"].to_numpy()[:, None], time)
    effects[treated] = np.where(time >= 0, true, 0.0)
    growth = rng.normal(0.02, 0.12, (n, N_PERIODS)).cumsum(axis=1) + rng.normal(0, 0.5, (n, 1))
    expected = mean * np.exp(rng.normal(0, 0.6, (i.size, 1)) + growth[i] + growth[j] + effects)
    ties = rng.poisson(expected * rng.gamma(noise**-2, noise**2, expected.shape)).astype(float)
    names = np.array([f"synthetic_city_{k + 1:02d}" for k in range(n)])
    openings["home"], openings["host"] = names[i[treated]], names[j[treated]]
    row, at = np.nonzero(ties)
    links = pd.DataFrame({"source": names[i[row]], "target": names[j[row]]})
    links = links.assign(weight=ties[row, at], period=when[at], layer="synthetic_ties")
    network = ni.build_network(pd.DataFrame(index=names), links)
    after = time >= 0
    truth = {
        "average": float(true[after].mean()),
        "difference": float(
            true[after & (kind == "forward")].mean() - true[after & (kind == "reverse")].mean()
        ),
        "by_time": pd.Series(
            {k: float(np.where(after, true, 0)[time == k].mean()) for k in np.unique(time)}
        ),
    }
    return network, openings, truth


def repeated(seeds):
    """Estimates of many made-up panels against their truth."""
    rows = []
    for seed in seeds:
        network, openings, truth = synthetic_panel(np.random.default_rng(seed))
        options = {"layer": "synthetic_ties", "openings": openings}
        studies = {
            "event study": event_study(network, **options),
            "differences": difference_in_differences(network, **options),
        }
        for name, study in studies.items():
            found = study.average
            rows.append(
                {
                    "estimator": name,
                    "truth": truth["average"],
                    "estimate": found.estimate,
                    "covers": found.low <= truth["average"] <= found.high,
                    "rejects trends": getattr(study, "pre_trend_p", np.nan) < 0.05,
                }
            )
    table = pd.DataFrame(rows)
    return table.groupby("estimator", sort=False).mean()


# Co-authorship of countries.


def co_authorship(path):
    """One layer of country pairs, works together a year, from the Pajek files of a zip."""
    parts = []
    with zipfile.ZipFile(path) as archive:
        for name in sorted(filter(re.compile(r"WrldCo\d{4}\.net").fullmatch, archive.namelist())):
            text = archive.read(name).decode("utf-8-sig")
            vertices, arcs = text.partition("*vertices")[2].split("*arcs")
            labels = [line.split('"')[1] for line in vertices.splitlines()[1:] if line.strip()]
            table = pd.read_csv(io.StringIO(arcs), sep=r"\s+", names=["i", "j", "weight"])
            table = table[table["i"] < table["j"]]  # an edge stands there either way
            label = pd.Series(labels, range(1, len(labels) + 1))
            part = {"source": table["i"].map(label), "target": table["j"].map(label)}
            part["weight"] = table["weight"].astype(float)
            parts.append(pd.DataFrame(part).assign(period=int(name[6:10]), layer="works"))
    return ni.build_network(pd.DataFrame({"node": labels}), pd.concat(parts, ignore_index=True))


def accessions():
    """The year from which two countries are both in the European Union."""
    since = dict.fromkeys(EU15, 1995) | {c: year for year, cs in JOINED.items() for c in cs}
    members = list(since)
    rows = [
        (a, b, max(since[a], since[b])) for k, a in enumerate(members) for b in members[k + 1 :]
    ]
    return pd.DataFrame(rows, columns=["home", "host", "opened"])


def placebo_tests(network):
    """How often openings of random pairs in random years, which never were, seem to matter."""
    names = EU15 + OTHERS
    network = network.select(nodes=names)
    rng = np.random.default_rng(1)
    i, j = np.triu_indices(len(names), 1)
    label = np.array(names)
    rows = []
    for _ in range(PLACEBOS):
        drawn = rng.choice(i.size, N_PLACEBO, replace=False)
        openings = pd.DataFrame({"home": label[i[drawn]], "host": label[j[drawn]]}).assign(
            opened=rng.choice([2003, 2006, 2009], N_PLACEBO)
        )
        options = {"layer": "works", "openings": openings, "periods": list(PLACEBO_YEARS)}
        by_cohort = difference_in_differences(network, **options)
        before = event_study(network, **options).pre_trend_p
        rows.append((by_cohort.average.p < 0.05, before < 0.05))
    return np.array(rows).sum(axis=0)


def interval(effect):
    """A change of the logarithm with its interval."""
    return f"{effect['estimate']:.3f} ({effect['low']:.3f} to {effect['high']:.3f})"


def main(folder="ties_over_time", data=None):
    """Write the page, its tables and figures."""
    folder = Path(folder)
    data = Path(data) if data else Path(__file__).parents[1] / "../shared/data"
    if missing(data, FILES):
        return
    network, openings, truth = synthetic_panel(np.random.default_rng(7))
    options = {"layer": "synthetic_ties", "openings": openings}
    study = event_study(network, **options)
    pooled = difference_in_differences(network, **options)
    parted = event_study(network, **options, by="direction")
    draws = repeated(range(DRAWS))

    world = co_authorship(data / FILES[0])
    europe = world.select(nodes=[*EU15, *[c for cs in JOINED.values() for c in cs], *OTHERS])
    joint = {"layer": "works", "openings": accessions(), "periods": list(YEARS)}
    union = event_study(europe, **joint)
    union_all = difference_in_differences(europe, **joint)
    placebo, placebo_before = placebo_tests(world)

    figure = new_figure(width=183, height=88)
    with print_style():
        left, right = figure.subplots(1, 2, sharey=True)
        plot_event_study(study, truth=truth["by_time"], ax=left)
        plot_event_study(parted, ax=right)
        for ax in (left, right):
            ax.set_title("synthetic", loc="right")
    save(figure, folder / "figures", "ties_over_time_synthetic")
    figure = new_figure(width=120, height=84)
    with print_style():
        plot_event_study(union, ax=figure.add_subplot())
    save(figure, folder / "figures", "ties_over_time_union")
    write_tables(
        {
            "synthetic_event_study": study.to_frame(),
            "synthetic_by_direction": parted.to_frame(),
            "synthetic_repeated": draws.reset_index(),
            "union_event_study": union.to_frame(),
            "union_cohorts": union.cells,
        },
        folder / "mechanisms/ties_over_time",
    )
    last = study.estimates.iloc[-1]
    fill(
        Path(__file__).with_suffix(".md"),
        {
            "n_cities": network.n_nodes,
            "n_periods": N_PERIODS,
            "cohorts": listed(COHORTS),
            "more": MORE_IF_REVERSE,
            "joined": listed(JOINED),
            "sample": study.sample,
            "truth": three(truth["average"]),
            "average": interval(study.groups.iloc[0]),
            "p": f"{study.pre_trend_p:.2g}",
            "pooled": interval(pooled.groups.iloc[0]),
            "last_time": int(last["event_time"]),
            "last_n": int(last["n_treated"]),
            "difference": interval(parted.groups.loc["forward - reverse"]),
            "true_difference": three(truth["difference"]),
            "draws": DRAWS,
            "table_of_draws": markdown(
                ["estimator", "mean of truth", "mean estimate", "intervals with the truth"],
                [
                    [name, f"{r['truth']:.3f}", f"{r['estimate']:.3f}", f"{r['covers']:.0%}"]
                    for name, r in draws.iterrows()
                ],
            ),
            "rejects": f"{draws['rejects trends'].iloc[0]:.0%}",
            "n_countries": europe.n_nodes,
            "years": f"{YEARS[0]} to {YEARS[-1]}",
            "union": union.sample,
            "union_average": interval(union.groups.iloc[0]),
            "union_differences": interval(union_all.groups.iloc[0]),
            "union_p": f"{union.pre_trend_p:.2f}",
            "union_verdict": (
                "The interval holds 0: the data do not tell a change from none."
                if union.average.low <= 0 <= union.average.high
                else "The interval does not hold 0."
            ),
            "placebos": PLACEBOS,
            "n_placebo": N_PLACEBO,
            "placebo": int(placebo),
            "placebo_before": int(placebo_before),
        },
        folder / "mechanisms/ties_over_time.md",
    )


if __name__ == "__main__":
    main(*sys.argv[1:])
