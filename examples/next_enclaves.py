"""The next enclaves of the delta: run the sections on siting and planning, and write the page.

Run ``python examples/next_enclaves.py FOLDER``. FOLDER (by default ``next_enclaves``) takes
``studies/next_enclaves.md``, its tables and its figures; ``docs`` renews those in the repository.
All facts are bundled with netinnov. The text is in ``next_enclaves.md`` beside this script.
"""

from __future__ import annotations

import shutil
import sys
import tempfile
from pathlib import Path

import pandas as pd
from _pages import fill, listed, markdown, write_tables

from netinnov import study

PARTS_LEFT_OUT = ("experiment", "park", "space", "sharing", "governance")
TABLES = ("siting_candidates", "siting_values", "plan_steps")
FIGURES = ("siting",)


def settings():
    """The bundled case with the sections on siting and on the plan of centres alone."""
    return {
        "data": {"source": "yrd"},
        "places": {
            "level": 1,
            "keep": {
                "province": ["Shanghai", "Jiangsu", "Zhejiang", "Anhui"],
                "level": ["municipality", "prefecture"],
            },
        },
        "measures": {"distance": "unit", "border": 0.5, "distance_weight": 1.0},
        "structure": {"resamples": 20, "replicates": 0},
        "siting": {"k": 5},
        "plan": {},
        **dict.fromkeys(PARTS_LEFT_OUT, False),
    }


def compute(folder):
    """Run the study into a folder, and read its tables."""
    study.run(study.configure(settings()), out=folder)
    found = {name: pd.read_csv(folder / "tables" / f"{name}.csv") for name in TABLES}
    every = found["siting_candidates"]
    chosen = every[every["chosen"]].sort_values("order")
    return found | {"sites": chosen.drop(columns=["chosen", "order"])}


def numbers_of(found):
    """Everything the template names."""
    sites, steps, values = found["sites"], found["plan_steps"], found["siting_values"]
    rises = 100 * (values / values["today"].iloc[0] - 1)
    fresh = rises["fresh"].mean()
    head = ["enclave of", "in", "alone, %", "in the plan, %", "share of resamples"]
    rows = [
        [
            row.home,
            row.host,
            f"{row.gain_alone:.2f}",
            f"{row.gain_in_plan:.2f}",
            f"{row.share_of_resamples:.2f}",
        ]
        for row in sites.itertuples()
    ]
    path = [
        [row.step, f"{row.value:.2f}", _interval(row.low, row.high)] for row in steps.itertuples()
    ]
    return {
        "k": len(sites),
        "n": len(found["siting_candidates"]),
        "sites": listed(f"{row.home} in {row.host}" for row in sites.itertuples()),
        "fresh": fresh,
        "low": rises["fresh"].quantile(0.025),
        "high": rises["fresh"].quantile(0.975),
        "most": rises["bound"].iloc[0],
        "random": int(rises["placebo"].count()),
        "random_low": rises["placebo"].quantile(0.025),
        "random_high": rises["placebo"].quantile(0.975),
        "as_good": 100 * (rises["placebo"].dropna() >= fresh).mean(),
        "often": 100 * sites["share_of_resamples"].max(),
        "rarely": 100 * sites["share_of_resamples"].min(),
        "table_of_sites": markdown(head, rows),
        "effective": steps["value"].iloc[0],
        "target": steps["value"].iloc[0] + 1,
        "reached": steps["value"].iloc[-1],
        "steps": listed(steps["step"].iloc[1:].str.replace(" at ", " in ")),
        "table_of_steps": markdown(["step", "effective places", "95 %"], path),
    }


def _interval(low, high):
    return "" if pd.isna(low) else f"{low:.2f} to {high:.2f}"


def main(folder="next_enclaves"):
    """Write page, tables and figures below a folder."""
    folder = Path(folder)
    with tempfile.TemporaryDirectory() as scratch:
        out = Path(scratch) / "study"
        found = compute(out)
        (folder / "figures").mkdir(parents=True, exist_ok=True)
        for name in FIGURES:
            figure = folder / "figures" / f"next_enclaves_{name}.png"
            shutil.copyfile(out / "figures" / f"{name}.png", figure)
            print(figure)
    tables = {
        name: found[name].set_index(found[name].columns[0]) for name in ("sites", "plan_steps")
    }
    write_tables(tables, folder / "studies/next_enclaves")
    fill(Path(__file__).with_suffix(".md"), numbers_of(found), folder / "studies/next_enclaves.md")


if __name__ == "__main__":
    main(*sys.argv[1:])
