"""Pairs of very many units in blocks, each of which fits in the memory that DuckDB may use."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager, suppress
from itertools import pairwise
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import narwhals as nw
import numpy as np

from netinnov._parallel import progress_bar
from netinnov._typing import Floats
from netinnov.linkages import _pairs_sql as sql
from netinnov.linkages._large_events import Limit
from netinnov.linkages._pairs_sql import Weighting
from netinnov.linkages._participations import as_cells
from netinnov.linkages._records import Integers

BYTES_A_PAIR = 200
"""What DuckDB may hold for a pair that it adds up, with all else that it holds at the time."""

UNITS = {"bytes": 1, "KiB": 2**10, "MiB": 2**20, "GiB": 2**30, "TiB": 2**40}


@contextmanager
def pairs_in_blocks(
    rows: Any,
    *,
    when: list[str],
    weighting: Weighting,
    grouped: bool = False,
    limit: Limit | None = None,
    strengths: bool = False,
    progress: bool = True,
) -> Iterator[tuple[Any, Iterator[Any]]]:
    """The cells of DuckDB's rows, and the frames of `pairs`, one for each range of first units.

    ``rows`` are from `checked_rows`. What all blocks need is computed once and kept in a folder
    beside the temporary files of DuckDB, with whole numbers for the units. The folder vanishes at
    the end, so each frame is to be read before.
    """
    relation = rows.to_native()
    sampled = limit is not None and limit.sampled

    def ask(query: str) -> Any:
        return relation.query("netinnov_rows", query)

    settings = "SELECT current_setting('memory_limit'), current_setting('temp_directory')"
    memory, temp = ask(settings).fetchall()[0]
    with _folder(temp) as folder:

        def keep(name: str, query: Any) -> str:
            file = folder / f"{name}.parquet"
            (ask(query) if isinstance(query, str) else query).write_parquet(str(file))
            return files(file)

        keys = ", ".join(["event", *when])
        number = "(row_number() OVER (ORDER BY unit) - 1)::INTEGER"
        distinct = "SELECT DISTINCT unit FROM netinnov_rows"
        names = keep("names", f"SELECT unit AS name, {number} AS number FROM ({distinct})")
        once = f"""
            SELECT DISTINCT {keys}, number AS unit{", member" if grouped else ""}
            FROM netinnov_rows r JOIN {names} n ON r.unit = n.name
        """
        counted = f"SELECT {keys}, unit, count(*)::DOUBLE AS amount FROM ({once}) GROUP BY ALL"
        plain = f"SELECT *, 1.0::DOUBLE AS amount FROM ({once})"
        if sampled:
            seats = nw.from_native(ask(f"FROM {keep('seats', once)}"))
            cells = keep("cells", as_cells(seats, when, grouped=grouped, limit=limit).to_native())
        else:
            cells = keep("cells", counted if grouped else plain)

        def blocks() -> Iterator[Any]:
            sizes = keep("sizes", sql.sizes(cells, when, weighting, limit))
            if strengths:
                of_units = keep("strengths", sql.strengths(cells, sizes, when))
                rates = keep("rates", sql.rates(sizes, when, weighting))
            present = f"({sql.present(cells, sampled=sampled)})"
            joined = f"FROM {present} JOIN {sizes} {sql.using('event', *when)} WHERE k > 1"
            shared = keep("shared", f"SELECT * EXCLUDE k {joined}")
            partners = ask(f"""
                SELECT unit, sum(units - 1)::DOUBLE AS n FROM {shared} GROUP BY unit ORDER BY unit
            """).fetchnumpy()
            n_pairs = int(partners["n"].sum() / 2)
            n_blocks = -(-n_pairs * BYTES_A_PAIR // _bytes(memory))
            bounds = _bounds(partners["unit"], partners["n"], n_blocks)
            with progress_bar(n_pairs, label="pairs", shown=progress) as bar:
                for low, high in pairwise(bounds):
                    first = f"(FROM {shared} WHERE unit >= {low} AND unit < {high})"
                    query = sql.meetings(first, shared, when, inside=grouped, sampled=sampled)
                    if strengths:
                        query = sql.with_strengths(f"({query})", of_units, rates, when)
                    block = ask(f"""
                        SELECT met.* REPLACE (s.name AS source, t.name AS target)
                        FROM ({query}) met
                        JOIN {names} s ON s.number = source JOIN {names} t ON t.number = target
                    """)
                    yield nw.from_native(block)
                    bar.update(n_pairs // (len(bounds) - 1))

        yield nw.from_native(ask(f"FROM {cells}")), blocks()


def files(path: Path) -> str:
    """Parquet files as a table in SQL; ``path`` may have a star."""
    quoted = str(path).replace("'", "''")
    return f"(FROM read_parquet('{quoted}'))"


@contextmanager
def _folder(temp: str) -> Iterator[Path]:
    """A folder that vanishes, in the one for the temporary files of DuckDB if there is one."""
    made = bool(temp) and not Path(temp).exists()
    if made:
        Path(temp).mkdir(parents=True)
    try:
        with TemporaryDirectory(prefix="netinnov-", dir=temp or None) as folder:
            yield Path(folder)
    finally:
        if made:
            with suppress(OSError):  # DuckDB writes there too
                Path(temp).rmdir()


def _bytes(memory: str) -> int:
    """An amount as DuckDB writes it, such as 3.7 GiB."""
    number, unit = memory.split()
    return int(float(number) * UNITS[unit])


def _bounds(units: Integers, partners: Floats, n_blocks: int) -> list[int]:
    """Where blocks of about as many pairs begin, and behind the last.

    If the units have their partners at random, those behind a share x of all partners are second
    in a pair with the share 1 - x, so that the first x have the share 1 - (1 - x)**2 of all pairs.
    """
    if not n_blocks:
        return [0, 0]
    share = 1 - np.sqrt(1 - np.arange(1, n_blocks) / n_blocks)
    upto = np.cumsum(partners)
    inner = units[np.searchsorted(upto, share * upto[-1])].tolist()
    return sorted({0, *inner, int(units[-1]) + 1})
