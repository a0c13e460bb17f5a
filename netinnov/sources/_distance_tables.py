"""A user's table of distances between places, long or square, and its unit."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import chain
from pathlib import Path

import pandas as pd

from netinnov._network.columns import as_text, ids_of
from netinnov._network.distances import LONG
from netinnov._network.file_rows import GivenTable
from netinnov._network.headers import rename
from netinnov._network.numeric_columns import Decimal
from netinnov._network.synonyms import UNITS, key_of
from netinnov._runtime.arguments import examples
from netinnov.errors import InputError
from netinnov.sources._any_table import columns_of, read_any_table, table_of
from netinnov.sources._complete_rows import Tables, note, say

UNSAID = "nothing says the unit of the distances"


def distances_of_file(
    path: Path, columns: Mapping[str, str], encoding: str | None, decimal: Decimal | None
) -> tuple[pd.DataFrame, str, Mapping[str, str]]:
    held = read_any_table(path, encoding)
    say(held.notes)
    own, left = columns_of("distances", held.frame, columns)
    return *read_distances(held, own, decimal), left


def read_distances(
    held: GivenTable, columns: Mapping[str, str], decimal: Decimal | None
) -> tuple[pd.DataFrame, str]:
    """As a long table, and the unit that a header, or the name of the file or sheet, says."""
    header = [str(name) for name in held.frame.columns]
    first, *others = held.frame.columns
    is_square = bool({*others} & {*as_text(held.frame[first])[0]})
    frame, words = rename(held.name, "distances", held.frame, columns)
    if set(LONG) <= set(frame.columns) and not is_square:
        note(words)
        value = header[list(frame.columns).index("distance")]
    else:  # rows and columns are places
        if not is_square:
            raise InputError(
                f"{held.name} must have columns origin, destination and distance, or a row and a "
                f"column a place; it has {', '.join(header)}. Name headers of yours by `columns` "
                '(a study: under [columns]): "theirs" = "ours".'
            )
        square = held.frame.rename(columns={first: "origin"})
        frame = square.melt("origin", var_name="destination", value_name="distance")
        frame = frame.dropna(subset="distance").reset_index(drop=True)
        value = str(first)
    table = table_of("distances", held._replace(frame=frame[LONG]), decimal)
    names = (value, held.name.rpartition(" ")[2].partition(".")[0])
    unit = next((UNITS[key_of(each)] for each in names if key_of(each) in UNITS), "")
    if not unit:
        say(
            [
                f"{held.name}: {UNSAID}; a study takes it from [data] distance_unit, Python from "
                "network.with_distances(network.distances, unit=...)."
            ]
        )
    return table, unit or "units"


def of_known_places(
    tables: Tables, file: str = "distances", same: Mapping[str, str] | None = None
) -> tuple[Tables, list[str]]:
    """Without distances of places that the other tables have not, and a note that counts them.

    `same`: the names that a reader kept, by those that it joined with them.
    """
    if tables.distances is None:
        return tables, []
    places = tables.places
    nodes = tables.nodes
    named = [as_text(nodes[name])[0] for name in ("place", "jurisdiction") if name in nodes]
    # Without a column of places each node may be taken as a place of its own.
    named += [] if "place" in nodes else [ids_of(nodes, "node")]
    named += [] if places is None else [ids_of(places, "place")]
    known = {*chain(*named)}
    table = tables.distances.reset_index(drop=True)
    ends = table[LONG[:2]].apply(lambda column: as_text(column)[0])
    joined = {theirs: kept for theirs, kept in (same or {}).items() if theirs not in known}
    moved = ends.isin([*joined]).any(axis=1).sort_values(kind="stable")
    ends = ends.loc[moved.index].replace(joined)
    ends = ends[~(moved & ends.duplicated())]  # a row of the name that is kept counts
    table = table.loc[ends.index].assign(**ends)
    strange = ~ends.isin(known)
    lost = pd.unique(ends.to_numpy()[strange.to_numpy()])
    kept = table[~strange.any(axis=1)]
    if not len(lost):
        return tables._replace(distances=kept), []
    if kept.empty:
        raise InputError(
            f"{file} must join places of the other tables; none of its {len(strange):,} rows "
            f"does. They have no {examples(lost)}; it must have their ids."
        )
    return tables._replace(distances=kept), [
        f"{file}: places that the other tables have not are left out: {len(lost):,} "
        f"({examples(lost)})."
    ]
