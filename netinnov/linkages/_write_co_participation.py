"""Pairs that meet in an event, written to a folder: as many as fit on the disk."""

from __future__ import annotations

import os
from typing import Any

import numpy as np

from netinnov._arguments import as_path, shown
from netinnov._atomic import new_folder
from netinnov.errors import InputError
from netinnov.linkages._blocks import files, pairs_in_blocks
from netinnov.linkages._co_participation import with_expected
from netinnov.linkages._large_events import LargeEvents, as_limit
from netinnov.linkages._pairs_sql import Weighting
from netinnov.linkages._participations import checked_rows, name_large_events
from netinnov.linkages._records import links


def write_co_participation(
    incidence: Any,
    path: str | os.PathLike[str],
    *,
    member: str,
    event: str,
    weighting: Weighting = "count",
    period: str | None = None,
    by: str | None = None,
    max_members: int | None = None,
    large_events: LargeEvents = "drop",
    expected: bool = False,
    progress: bool = True,
    rng: int | np.random.SeedSequence | np.random.Generator | None = None,
) -> Any:
    """Write the links of `co_participation` to a folder of Parquet files, block by block.

    Parameters
    ----------
    incidence : DuckDBPyRelation
        One row a participation, such as a table of `open_tables`.
    path : path
        The folder, which must be new or empty. It appears when it is complete.
    member, event, weighting, period, by, max_members, large_events, expected
        As in `co_participation`.
    progress : bool
        Show a bar with the pairs done and the time left.
    rng : int, SeedSequence or Generator, optional
        Of the sample, as in `co_participation`.

    Returns
    -------
    DuckDBPyRelation
        The links in the folder, of the connection of ``incidence``: columns and rows as in
        `co_participation`. `open_tables` on the folder above opens them too.

    Raises
    ------
    InputError
        As in `co_participation`; ``incidence`` is not a table of DuckDB, or the folder is not
        empty.

    Warns
    -----
    UserWarning
        Events are left out or sampled.

    See Also
    --------
    co_participation : The links as a lazy table, without a file.

    Notes
    -----
    `co_participation` lets DuckDB add up all pairs at once, spilling to disk what does not fit.
    This function adds up the pairs of a range of sources at a time, as many as fit in the memory
    limit of the connection. What all blocks need, the members of each event as whole numbers, is
    kept meanwhile in the folder for the temporary files of DuckDB. Each file has the links of a
    range of sources, in no order within it.

    Examples
    --------
    >>> import pathlib, tempfile
    >>> import duckdb
    >>> rows = duckdb.sql("SELECT unnest(['a', 'b', 'c']) AS firm, 1 AS project")
    >>> folder = pathlib.Path(tempfile.mkdtemp()) / "links"
    >>> links = write_co_participation(rows, folder, member="firm", event="project")
    >>> links.order("source, target").fetchall()
    [('a', 'b', 1.0), ('a', 'c', 1.0), ('b', 'c', 1.0)]
    """
    folder_of_links = as_path("path", path)
    limit = as_limit(max_members, large_events, rng)
    rows, when = checked_rows(
        incidence, member=member, event=event, weighting=weighting, period=period, by=by
    )
    if not rows.implementation.is_duckdb():
        msg = "`incidence` must be a table of DuckDB, as open_tables() gives it or duckdb.sql()"
        mend = "co_participation() takes other tables, and their library writes what it returns"
        raise InputError(f"{msg}; found {shown(incidence)}. {mend}.")
    met = pairs_in_blocks(
        rows,
        when=when,
        weighting=weighting,
        grouped=by is not None,
        limit=limit,
        strengths=expected,
        progress=progress,
    )
    with new_folder(folder_of_links) as folder, met as (cells, blocks):
        name_large_events(cells, when, limit)
        for number, block in enumerate(blocks):
            table = links(with_expected(block) if expected else block, [*when[:1]])
            table.write_parquet(str(folder / f"links-{number:05d}.parquet"))
    written = files(folder_of_links.resolve() / "*.parquet")
    return rows.to_native().query("netinnov_rows", f"FROM {written}")
