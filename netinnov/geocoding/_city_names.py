"""Cities of Europe and China by their names in other languages: see `city_names.txt`."""

from __future__ import annotations

from collections.abc import Iterable
from functools import cache
from importlib.resources import files

from netinnov.geocoding._name_keys import keys


def cities_of(names: Iterable[str]) -> dict[str, tuple[int, str]]:
    """The city that a name before a comma is one of, by number, and what stands behind it."""
    known, cities = _cities(), {}
    for name in names:
        base, _, behind = name.partition(",")
        numbers = {known[key] for key in keys(base) if key in known}
        if len(numbers) == 1:
            cities[name] = (numbers.pop(), behind.strip().casefold())
    return cities


@cache
def _cities() -> dict[str, int]:
    """City of each key that is of one only."""
    lines = files("netinnov.geocoding").joinpath("city_names.txt").read_text("utf-8").splitlines()
    pairs = [
        (key, at)
        for at, line in enumerate(lines[1:])
        for key in {key for name in line.split("|") for key in keys(name)}
    ]
    known, several = dict(pairs), set[str]()
    several.update(key for key, at in pairs if known[key] != at)
    return {key: at for key, at in known.items() if key not in several}
