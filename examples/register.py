"""The register of parks: what it knows, what it lacks, and how to add a park; write that page.

Run ``python examples/register.py FOLDER``. FOLDER (by default ``register``) takes ``register.md``;
``docs`` renews the one in the repository. The text is in ``register.md`` beside this script.
"""

from __future__ import annotations

import sys
from pathlib import Path

import pandas as pd
from _pages import fill, markdown
from typer.testing import CliRunner

from netinnov.cli import app

FACTS = Path(__file__).resolve().parents[1] / "data" / "facts"
SHOWN = {
    "opened": "opening date",
    "announced": "first agreement, plan or building start",
    "floor_area_m2": "floor area",
    "investment_cny": "investment",
    "firms": "number of firms or projects",
    "talents": "number of people",
    "industrialised_at_home": "projects industrialised at home",
    "name_zh": "name in Chinese",
}
ROW = {
    "park": "home_host",
    "name_en": "Name of the park",
    "type": "reverse_enclave",
    "home": "id of places.csv",
    "host": "id of places.csv",
    "opened": "2024-05",
    "source_url": "https://...",
    "confidence": "C",
}


def main(folder="register"):
    """Write the page below a folder."""
    parks = pd.read_csv(FACTS / "parks.csv", dtype="str", keep_default_na=False, na_values=[""])
    said = CliRunner().invoke(app, ["check", "--register", str(FACTS)])
    kinds = parks["confidence"].value_counts().sort_index()
    rows = []
    for column, words in SHOWN.items():
        known = parks[column].notna()
        missing = [int((~known & (parks["confidence"] == kind)).sum()) for kind in kinds.index]
        rows.append([words, f"`{column}`", int(known.sum()), int((~known).sum()), *missing])
    head = ["what", "column", "known", "missing", *(f"missing of {kind}" for kind in kinds.index)]
    values = {
        "n_parks": len(parks),
        "n_opened": int(parks["opened"].notna().sum()),
        "n_announced": int((parks["opened"].isna() & parks["announced"].notna()).sum()),
        "n_neither": int((parks["opened"].isna() & parks["announced"].isna()).sum()),
        "gaps": markdown(head, rows),
        "said": said.stdout.strip(),
        "header": ",".join(parks.columns),
        "row": ",".join(ROW.get(column, "") for column in parks.columns),
    }
    folder = Path(folder)
    folder.mkdir(parents=True, exist_ok=True)
    fill(Path(__file__).with_suffix(".md"), values, folder / "register.md")


if __name__ == "__main__":
    main(*sys.argv[1:2])
