"""Tables that the package ships."""

from __future__ import annotations

from importlib.resources import files
from importlib.resources.abc import Traversable

import pandas as pd

# All other columns are text: an id such as 007 stays as it is, and NA is no missing value.
_WHOLE = ("firms", "talents", "industrialised_at_home", "participations", "year")
_DECIMAL = "lon lat population floor_area_m2 investment_cny weight amount distance distance_km"
_NUMBERS = dict.fromkeys(_DECIMAL.split(), "float64") | dict.fromkeys(_WHOLE, "Int64")


def packaged_tables() -> Traversable:
    return files("netinnov.datasets").joinpath("tables")


def read_packaged(table: str) -> pd.DataFrame:
    """Read a packaged table; only an empty cell is missing."""
    with packaged_tables().joinpath(f"{table}.csv").open(encoding="utf-8") as file:
        text = pd.read_csv(file, dtype="str", keep_default_na=False, na_values=[""])
    return text.astype({name: _NUMBERS[name] for name in text if name in _NUMBERS})
