"""Places inside places: the steps up in ``places.parent``."""

from __future__ import annotations

import numpy as np
import pandas as pd

from netinnov._network.columns import as_text, taken
from netinnov._network.tables import codes_of
from netinnov._runtime.arguments import check_number, did_you_mean
from netinnov._typing import Codes, Floats, Mask
from netinnov.errors import InputError


def parents(places: pd.DataFrame) -> Codes:
    return codes_of(places["parent"], places.index)


def units(codes: Codes, places: pd.DataFrame, level: int | str | None) -> Codes:
    """Containing units: ``level`` steps up, or up to this value in the column ``level``."""
    parent = parents(places)
    if isinstance(level, str):
        unit = nearest(_of_level(places, level), parent, codes)
        return np.where(unit >= 0, unit, codes)
    if level is not None:
        check_number("level", level, low=0, whole=True)
    unit = codes
    for _ in range(min(int(level or 0), len(places))):
        above = taken(parent, unit)
        if (above < 0).all():
            break
        unit = np.where(above >= 0, above, unit)
    return unit


def only_country(codes: Codes, places: pd.DataFrame) -> Mask:
    """Which places are only a country (column ``level``) while others are more precise."""
    if "level" not in places:
        return np.zeros(codes.size, np.bool_)
    country = np.append(places["level"].eq("country").to_numpy(bool, na_value=False), False)[codes]
    return country if (~country & (codes >= 0)).any() else np.zeros(codes.size, np.bool_)


def within(parent: Codes, place: Codes, whole: Codes) -> Mask:
    contained = np.zeros(place.size, np.bool_)
    around = place
    while (around >= 0).any():
        contained |= (around == whole) & (around >= 0)
        around = taken(parent, around)
    return contained


def related(parent: Codes, place: int) -> Mask:
    """Places that contain this one or lie in it, and itself."""
    every = np.arange(parent.size, dtype=np.int32)
    same = np.full_like(every, place)
    return within(parent, every, same) | within(parent, same, every)


def nearest(known: Mask, parent: Codes, place: Codes) -> Codes:
    """First known place on the way up from each place, itself included; -1 if none."""
    around = place
    ends = np.append(known, True)  # -1 has nothing above it
    while (unknown := ~ends[around]).any():
        around = np.where(unknown, taken(parent, around), around)
    return around


def ranks(rank: Floats, parent: Codes) -> Floats:
    """Ranks of places; a missing one is that of the nearest place around it, else NaN."""
    around = nearest(~np.isnan(rank), parent, np.arange(parent.size, dtype=np.int32))
    return np.append(rank, np.nan)[around]


def _of_level(places: pd.DataFrame, level: str) -> Mask:
    if "level" not in places:
        raise InputError(f"level={level!r} needs a column `level` of the places, or is a number.")
    levels = as_text(places["level"])[0]
    known = levels.dropna().unique().tolist()
    if level not in known:
        raise InputError(
            f"no place is of level {level!r}{did_you_mean(level, known)}; there are "
            f"{', '.join(map(repr, known[:8]))}."
        )
    return (levels == level).to_numpy(bool)
