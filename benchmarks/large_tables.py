"""Projections of 10^8 participations with DuckDB under a limit: run by hand, one case at a time.

    python benchmarks/large_tables.py make FOLDER 1e8              # rows: 1.2 GB of Parquet
    python benchmarks/large_tables.py places FOLDER 4GB            # links of 300 places
    python benchmarks/large_tables.py places-by-hand FOLDER 4GB    # the same in SQL
    python benchmarks/large_tables.py members FOLDER 1.5GB         # of 300,000 members, to a file
    python benchmarks/large_tables.py validated FOLDER 1.5GB       # pairs that meet beyond chance

The participations are synthetic: five an event on average; each member is one
of 300 places. Each case prints its result, processor time and the peak of memory.
"""

from __future__ import annotations

import platform
import resource
import sys
import time
from pathlib import Path

import duckdb
import pandas as pd

import netinnov as ni
from netinnov.linkages import co_participation
from netinnov.null_models import validated_projection

MEMBERS, PLACES, MEAN_SIZE = 300_000, 300, 5
IDS = {"member": "who", "event": "event"}

BY_HAND = """
    WITH cell AS MATERIALIZED (
        SELECT event, city, count(*) AS n
        FROM (SELECT DISTINCT event, who, city FROM participations) GROUP BY event, city
    ), sizes AS (SELECT event, sum(n) AS k FROM cell GROUP BY event HAVING sum(n) > 1)
    SELECT a.city AS source, b.city AS target, sum(
        CASE WHEN a.city = b.city THEN a.n * (a.n - 1) / 2 ELSE a.n * b.n END / (k - 1)
    ) AS weight
    FROM cell a JOIN sizes USING (event) JOIN cell b USING (event)
    WHERE a.city < b.city OR (a.city = b.city AND a.n > 1) GROUP BY source, target
"""


def make(folder: Path, n: int) -> None:
    folder.mkdir(parents=True)
    drawn = f"hash(i) / {2.0**64}"
    duckdb.connect().execute(f"""
        COPY (
            SELECT 'A' || lpad(who::VARCHAR, 6, '0') AS who, event,
                'c' || (who % {PLACES})::VARCHAR AS city
            FROM (
                SELECT ({MEMBERS} * ({drawn}) ** 1.5)::INTEGER % {MEMBERS} AS who,
                    (hash(i + {n}) % {n // MEAN_SIZE})::BIGINT AS event
                FROM range({n}) rows(i)
            )
        ) TO '{folder / "participations.parquet"}' (FORMAT parquet)
    """)


def places(folder: Path, memory: str) -> object:
    links = co_participation(opened(folder, memory), by="city", weighting="newman", **IDS).df()
    return len(links), links["weight"].sum()


def places_by_hand(folder: Path, memory: str) -> object:
    links = opened(folder, memory).query("participations", BY_HAND).df()
    return len(links), links["weight"].sum()


def members(folder: Path, memory: str) -> object:
    links, file = co_participation(opened(folder, memory), **IDS), folder / "links.parquet"
    links.query("links", f"COPY links TO '{file}' (FORMAT parquet)")
    try:
        return duckdb.read_parquet(str(file)).aggregate("count(*), sum(weight)").fetchall()[0]
    finally:
        file.unlink()


def validated(folder: Path, memory: str) -> object:
    rows = opened(folder, memory).project("who, 'p' || event AS event").distinct().df()
    ids = pd.concat([rows["who"], rows["event"]]).unique()
    nodes = pd.DataFrame({"kind": ["project" if i[0] == "p" else "firm" for i in ids]}, ids)
    network = ni.build_network(nodes, rows.set_axis(["source", "target"], axis=1))
    return len(validated_projection(network, layer="links", onto="firm"))


def opened(folder: Path, memory: str) -> duckdb.DuckDBPyRelation:
    limits = {"memory_limit": memory, "temp_directory": str(folder / "temporary")}
    return duckdb.connect(config=limits).read_parquet(str(folder / "participations.parquet"))


CASES = {
    "places": places,
    "places-by-hand": places_by_hand,
    "members": members,
    "validated": validated,
}

if __name__ == "__main__":
    what, where, amount = sys.argv[1], Path(sys.argv[2]), sys.argv[3]
    if what == "make":
        make(where, int(float(amount)))
    else:
        begun = time.perf_counter()
        print(what, CASES[what](where, amount))
        use = resource.getrusage(resource.RUSAGE_SELF)
        print(
            f"limit {amount}, Python {platform.python_version()}, DuckDB {duckdb.__version__}: "
            f"{use.ru_utime + use.ru_stime:.0f} s of processor time, "
            f"{time.perf_counter() - begun:.0f} s, {use.ru_maxrss / 2**20:.1f} GiB at most"
        )
