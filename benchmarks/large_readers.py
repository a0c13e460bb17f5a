"""How long `read_patentsview` and `read_openalex` take on large files, and how much memory.

    python benchmarks/large_readers.py patentsview --rows 10000000 --memory 1GB --temp FOLDER
    python benchmarks/large_readers.py openalex --rows 1000000 --memory 1GB --temp FOLDER

The files are synthetic: ids drawn at random, as long as those of the publishers, 2.5 inventors a
patent (24.0 million rows for 9.45 million patents) and 3 authors a work, each with an institution.
"""

from __future__ import annotations

import argparse
import json
import os
import resource
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

import duckdb
import numpy as np

READ = """
import sys
from netinnov import sources
tables = getattr(sources, sys.argv[1])(sys.argv[2], memory=sys.argv[3])
print(f"{len(tables.nodes):,} nodes, {len(tables.links):,} rows of links")
"""


def make_patentsview(folder: Path, rows: int) -> None:
    """Inventors, assignees, locations and dates of filing, as tables with tabs."""
    patents, inventors, places = int(rows / 2.5), rows // 5, 100_000
    tables = {
        "g_inventor_disambiguated": f"""
            SELECT (7000000 + floor(i / 2.5))::BIGINT::VARCHAR AS patent_id,
                i % 3 AS inventor_sequence, 'fl:ab_ln:inventor-' || person AS inventor_id,
                'First' || person % 5000 AS disambig_inventor_name_first,
                'Last' || person % 50000 AS disambig_inventor_name_last, 'M' AS gender_code,
                'location-0000-0000-0000-' || (person * 7919) % {places} AS location_id
            FROM (SELECT i, floor(pow(random(), 2) * {inventors})::BIGINT AS person
                FROM range({rows}) t(i))""",
        "g_assignee_disambiguated": f"""
            SELECT (7000000 + i)::VARCHAR AS patent_id, 0 AS assignee_sequence,
                'assignee-0000-0000-0000-' || firm AS assignee_id,
                'Organization ' || firm AS disambig_assignee_organization, 2 AS assignee_type,
                'location-0000-0000-0000-' || firm % {places} AS location_id
            FROM (SELECT i, floor(pow(random(), 3) * {patents // 20})::BIGINT AS firm
                FROM range({patents}) t(i))""",
        "g_location_disambiguated": f"""
            SELECT 'location-0000-0000-0000-' || i AS location_id, 'City ' || i AS disambig_city,
                'US' AS disambig_country, 30 + i % 20 AS latitude, i % 90 AS longitude
            FROM range({places}) t(i)""",
        "g_application": f"""
            SELECT i AS application_id, (7000000 + i)::VARCHAR AS patent_id,
                (1976 + i * 48 // {patents})::VARCHAR || '-05-04' AS filing_date
            FROM range({patents}) t(i)""",
    }
    with duckdb.connect() as connection:
        connection.execute("SET enable_progress_bar = false; SELECT setseed(0.5)")
        for name, query in tables.items():
            path = folder / f"{name}.tsv"
            options = "DELIMITER '\t', HEADER, FORCE_QUOTE *"
            connection.execute(f"COPY ({query}) TO '{path}' ({options})")


def make_openalex(folder: Path, rows: int) -> None:
    """Works as JSON lines: what `read_openalex` reads, and a text as long as the rest of one."""
    rng = np.random.default_rng(1)
    letters = np.array([*"etaoinshrdlu"])
    words = ["".join(letters[rng.integers(12, size=n)]) for n in rng.integers(3, 12, size=20_000)]
    for part in range(0, rows, 100_000):
        n = min(100_000, rows - part)
        authors = rng.integers(rows, size=(n, 3))
        there = (rng.random((n, 3)) ** 2 * 100_000).astype(int)
        with (folder / f"part_{part:09}.jsonl").open("w") as file:
            for i in range(n):
                work: dict[str, Any] = {
                    "id": f"https://openalex.org/W{4_000_000_000 + part + i}",
                    "publication_year": 1990 + (part + i) % 35,
                    "authorships": [
                        {
                            "author": {"id": f"https://openalex.org/A{5_000_000_000 + author}"},
                            "institutions": [
                                {
                                    "id": f"https://openalex.org/I{institution}",
                                    "display_name": f"Institution {institution}",
                                    "country_code": "US",
                                    "type": "education",
                                }
                            ],
                        }
                        for author, institution in zip(authors[i], there[i], strict=True)
                    ],
                }
                abstract = {words[at]: [at % 290] for at in rng.integers(20_000, size=300).tolist()}
                work["abstract_inverted_index"] = abstract
                file.write(json.dumps(work) + "\n")


def main() -> None:
    """Make files, read them in a process of its own, say what it took."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("source", choices=["patentsview", "openalex"])
    parser.add_argument("--rows", type=int, default=10_000_000, help="of inventors, or works")
    parser.add_argument("--memory", default="1GB", help="limit of DuckDB")
    parser.add_argument("--temp", help="folder for the files")
    asked = parser.parse_args()
    folder = Path(tempfile.mkdtemp(dir=asked.temp))
    try:
        {"patentsview": make_patentsview, "openalex": make_openalex}[asked.source](
            folder, asked.rows
        )
        size = sum(path.stat().st_size for path in folder.iterdir())
        command = [sys.executable, "-c", READ, f"read_{asked.source}", str(folder), asked.memory]
        before = resource.getrusage(resource.RUSAGE_CHILDREN)
        subprocess.run(command, check=True, env=os.environ | {"TMPDIR": str(folder.parent)})
        used = resource.getrusage(resource.RUSAGE_CHILDREN)
    finally:
        shutil.rmtree(folder)
    seconds = used.ru_utime + used.ru_stime - before.ru_utime - before.ru_stime
    print(
        f"{asked.source}: {asked.rows:,} synthetic rows, {size / 1e9:.2f} GB of "
        f"files: {seconds:.0f} s of processor time, {used.ru_maxrss / 1e6:.2f} GB at most"
    )


if __name__ == "__main__":
    main()
