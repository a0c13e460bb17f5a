"""Tables of a user: nodes, links, places and layers in one folder or workbook."""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from netinnov._network.columns import as_text, is_blank
from netinnov._network.file_rows import GivenTable, is_bare, without_file
from netinnov._network.headers import check_columns, rename, unused_columns, unweighted
from netinnov._network.layer_table import records_of_old_folder
from netinnov._network.numeric_columns import Decimal
from netinnov._network.synonyms import KINDS, TABLES, TABLES_OF, key_of
from netinnov._runtime import opening
from netinnov._runtime.arguments import as_path, examples
from netinnov._runtime.encodings import check_encoding
from netinnov._runtime.opening import ending_of
from netinnov.errors import InputError
from netinnov.sources import _any_table
from netinnov.sources._complete_rows import Tables, Unread, note, say
from netinnov.sources._distance_tables import read_distances

TRUTH = dict.fromkeys(("true", "yes", "1", "是"), True)
TRUTH |= dict.fromkeys(("false", "no", "0", "否"), False)


def read_tables(
    path: str | os.PathLike[str],
    *,
    columns: Mapping[str, str] | None = None,
    encoding: str | None = None,
    decimal: Decimal | None = None,
) -> Tables:
    """Read nodes, links and places from a folder or a workbook.

    Parameters
    ----------
    path : path
        A folder that holds ``nodes`` and ``links`` and may hold ``places`` and ``layers``, each
        as ``.csv`` (also ``.tsv``, ``.txt`` and ``.gz``; commas, semicolons, tabs or ``|`` between
        columns), ``.parquet`` or a workbook with one sheet; ``places`` may be points in degrees
        (``.geojson``). ``distances`` between places are a long table (``origin, destination`` and
        ``distance``, ``minutes`` or ``km``) or a square one. Or a workbook (``.xlsx``, ``.xlsm``)
        with sheets of these names. ``layers`` is as `MultilayerNetwork` takes it. Without it
        ``network.json`` may name the directed layers, ``{"directed": ["funding"]}``, a layer is
        modelled if its name ends in ``_modelled`` or any of its links has the ``status``
        ``modelled``, and holds shares if its name ends in ``_share_of_origin`` or
        ``_share_of_destination``.
    columns : mapping of str to str, optional
        From headers of the tables to ours, such as ``{"Ort": "place"}``; ``"nodes.Ort"`` is that
        of one table.
    encoding : str, optional
        Of text files, such as ``"cp1252"``. Default: UTF-8, or UTF-16 or GB18030 by the bytes.
    decimal : {".", ","}, optional
        What stands before decimals; the other one may stand after thousands. Default: a comma where
        numbers have one, but not in text files delimited by commas. Numbers such as 1.200 and 3.400
        between semicolons may be either, and are refused.

    Returns
    -------
    Tables
        As in the files, unchecked, under our names: headers in any case and usual words for them
        are known (``from``, ``origin`` or ``起点`` is ``source``). From text files ids are text
        (``NA`` is a name), an empty field is missing, and a number that cannot be read stays text,
        for `check_tables` to report. Another column is numbers if all of it is and nothing is lost:
        codes such as ``007`` and numbers of 16 digits or more stay text. Without ``places``, nodes
        with coordinates and no place are places of their own.

    Raises
    ------
    InputError
        A file is missing, stands there twice, or cannot be read; a row is not as wide as the
        header, two columns may be the same one of ours, or a mark in numbers may stand before
        decimals or after thousands.
    ImportError
        A package that reads such files is not installed.

    Warns
    -----
    UserWarning
        The encoding is not UTF-8, links have columns of numbers and none is the weight, or a file
        of `write_network` was changed afterwards.

    See Also
    --------
    netinnov.read_network : The network of these tables; its messages count rows as the files do.

    Examples
    --------
    >>> import tempfile
    >>> from pathlib import Path
    >>> folder = Path(tempfile.mkdtemp())
    >>> _ = (folder / "nodes.csv").write_text("node,place\\nlab,hangzhou\\nfirm,quzhou\\n")
    >>> _ = (folder / "links.csv").write_text("source,target\\nlab,firm\\n")
    >>> read_tables(folder).links
      source target
    0    lab   firm
    """
    tables = tables_of_file(path, columns=columns, encoding=encoding, decimal=decimal)
    nodes, links, places = tables[:3]
    places = None if places is None else without_file(places)
    return tables._replace(nodes=without_file(nodes), links=without_file(links), places=places)


def tables_of_file(
    path: str | os.PathLike[str],
    *,
    columns: Mapping[str, str] | None = None,
    encoding: str | None = None,
    decimal: Decimal | None = None,
) -> Tables:
    """The same tables with what messages need: the rows and headers of the files."""
    path = as_path("path", path)
    about = opening.network_json(path)
    written: Any = None if about is None else opening.read_json(about)
    tables, distances, unit = typed_tables(path, "tables", columns, encoding, decimal, written)
    if opening.is_of_network(written):
        if (changed := opening.changed_file(path, written)) is not None:
            msg = (
                f"{changed} was changed, damaged or removed after write_network wrote it; what is "
                "there is read."
            )
            say([msg], stacklevel=5)
    elif "weight" not in (held := tables["links"].frame) and {"source", "target"} <= set(held):
        say(unweighted(tables["links"].name, held), stacklevel=5)
    nodes = tables["nodes"].frame
    links = tables["links"].frame
    places = tables["places"].frame if "places" in tables else None
    if places is None:
        nodes, places = located(nodes)
    links, of_rows = _direction_of_rows(links)
    if "layers" in tables:
        layers = _layers(*tables["layers"][:2])
        listed = {*layers.index.map(str)}
        used = {*as_text(links["layer"])[0].dropna()} if "layer" in links else {"links"}
        if listed < used:  # others are refused
            note = (
                f"{tables['layers'].name}: layers without a row, taken as undirected amounts: "
                f"{examples(sorted(used - listed))}."
            )
            say([note], stacklevel=5)
        pointed = layers["directed"].to_dict() if "directed" in layers else {}
        directed = tuple(str(layer) for layer, points in pointed.items() if points is True)
    else:
        layers = records_of_old_folder(links)
        directed = of_rows if about is None else _directed(about, written) or of_rows
    return Tables(nodes, links, places, directed, layers, distances, unit)


def typed_tables(
    path: Path,
    source: str,
    columns: Mapping[str, str] | None,
    encoding: str | None,
    decimal: Decimal | None,
    written: Any = None,
) -> tuple[dict[str, GivenTable], pd.DataFrame | None, str]:
    """Tables under our names, distances and their unit; headers that `write_network` wrote are."""
    asked = check_columns(columns)
    ours = opening.is_of_network(written)
    raw = _raw_tables(path, source, check_encoding(encoding))
    counted = [table for name, table in raw.items() if name in ("links", "branches")]
    notes = [text for table in raw.values() for text in table.notes]
    notes += [text for table in counted for text in table.repeated()]
    say(notes, stacklevel=6)  # of read_tables
    for name, table in raw.items():
        if table.frame.empty and name not in TABLES_OF[source][0] and not ours:
            raise InputError(f"{table.name} must have rows below its header; is it cut off?")
    if not ours:
        unused_columns(asked, {name: map(str, table.frame) for name, table in raw.items()})
    distances: pd.DataFrame | None = None
    unit = "km"
    of_pairs = raw.pop("distances", None)
    if of_pairs is not None and ours:
        distances = _any_table.table_of("distances", of_pairs, decimal)
        unit = str(written.get("distance_unit", unit))
    elif of_pairs is not None:
        distances, unit = read_distances(of_pairs, asked, decimal)
    held = raw if ours else {name: _renamed(name, table, asked) for name, table in raw.items()}
    typed = {
        name: table._replace(frame=_any_table.table_of(name, table, decimal))
        for name, table in held.items()
    }
    return typed, distances, unit


def read_table(
    path: Path,
    table: str,
    *,
    columns: Mapping[str, str],
    encoding: str | None = None,
    decimal: Decimal | None = None,
) -> tuple[pd.DataFrame, dict[str, str]]:
    """One table of places, and the `columns` that are of other tables."""
    held = _any_table.read_any_table(path, encoding)
    own, rest = _any_table.columns_of(table, held.frame, columns)
    frame, renamed = rename(held.name, table, held.frame, own)
    if "place" not in frame:
        raise InputError(
            f"{path} must have a column with the places; it has {', '.join(map(str, frame))}; "
            'name it under [columns]: "theirs" = "place".'
        )
    say(held.notes)
    note(renamed)
    return _any_table.table_of(table, held._replace(frame=frame), decimal), rest


def _renamed(table: str, held: GivenTable, columns: Mapping[str, str]) -> GivenTable:
    frame, words = rename(held.name, table, held.frame, columns)
    if table == "nodes" and "node" not in frame and "place" in frame and is_bare(frame):
        places = frame["place"]
        if places.is_unique and places.notna().all():  # a table of cities
            frame = frame.drop(columns="place").assign(node=places)
            words.append(f"{held.name}: no column has ids of nodes; each place is one.")
    if table == "nodes" and "kind" in frame:
        known = {theirs: KINDS[theirs] for theirs in frame["kind"].unique() if theirs in KINDS}
        frame["kind"] = frame["kind"].replace(known)
        taken = ", ".join(f"{theirs!r} as {ours}" for theirs, ours in known.items())
        words += [f"{held.name}: read {taken}."] if known else []
    note(words)
    return held._replace(frame=frame)


def own_table(name: str) -> str | None:
    stem = key_of(name.split(".")[0])
    return next((table for table, words in TABLES.items() if stem in (table, *words)), None)


def is_of(source: str, name: str) -> bool:
    return any(own_table(name) in tables for tables in TABLES_OF[source])


def _raw_tables(path: Path, source: str, encoding: str | None) -> dict[str, GivenTable]:
    """The tables of a folder or workbook; or a file alone, if one table is enough."""
    kind = opening.kind_at_path(path)
    ending = ending_of(path)
    (needed, _) = TABLES_OF[source]
    book = kind != "a folder" and ending in _any_table.WORKBOOKS
    if kind != "a folder" and not book:
        if source == "tables" or ending not in _any_table.TABLE_ENDINGS or kind == "nothing":
            files = " and ".join(f"{table}.csv" for table in needed)
            raise InputError(f"{path} must be a folder with {files}, or a workbook; found {kind}.")
        return {needed[0]: _any_table.read_any_table(path, encoding)}
    sheets = _any_table.read_workbook(path) if book else {}
    names = [*sheets] if book else sorted(entry.name for entry in path.iterdir())
    where, forms = ("has the sheets", "") if book else ("holds", ".csv, .csv.gz, .parquet or .xlsx")
    held: dict[str, str] = {}
    for name in names:
        table = own_table(name) or ""
        read = (*_any_table.TABLE_ENDINGS, *([_any_table.POINTS] if table == "places" else []))
        if is_of(source, name) and (book or ending_of(name) in read):
            if table in held:
                raise InputError(f"{path} {where} {held[table]} and {name}; keep one of them.")
            held[table] = name
    if len(needed) == len(sheets) == 1:
        held = {needed[0]: names[0]}  # whatever it is called
    if missing := [table for table in needed if table not in held]:
        asked = " and ".join(f"{table}{forms}" for table in missing)
        msg = f"{path} must hold {asked}; it {where} {examples(names, str) or 'nothing'}."
        if source == "tables" and "links" in held:
            msg += (
                f" Where places themselves are linked, name {held['links']} alone: it is read "
                "as flows, and [data] of a study may name their places, places = 'places.csv'."
            )
        raise InputError(msg)
    if not book:
        return {
            table: _any_table.read_any_table(path / name, encoding) for table, name in held.items()
        }
    note([Unread(name) for name in names if name not in held.values()])
    return {table: sheets[name] for table, name in held.items()}


def located(nodes: pd.DataFrame) -> tuple[pd.DataFrame, pd.DataFrame | None]:
    if not {"lon", "lat"} <= set(nodes.columns) or "node" not in nodes or "place" in nodes:
        return nodes, None
    columns = ["node", "lon", "lat", *(name for name in ("population", "name") if name in nodes)]
    places = nodes[columns].rename(columns={"node": "place"})
    return nodes.assign(place=nodes["node"]).drop(columns=["lon", "lat"]), places


def _direction_of_rows(links: pd.DataFrame) -> tuple[pd.DataFrame, tuple[str, ...]]:
    """Gephi says in `Type` whether an edge is directed: it is not a layer."""
    if "layer" not in links:
        return links, ()
    words = {str(layer).casefold() for layer in links["layer"].dropna().unique()}
    if not words or not words <= {"directed", "undirected"}:
        return links, ()
    if len(words) > 1:
        raise InputError(
            "links of one layer must all be directed or all undirected; the column of links "
            "says both: name two layers in a column 'layer'."
        )
    return links.drop(columns="layer"), ("links",) if words == {"directed"} else ()


def _layers(name: str, table: pd.DataFrame) -> pd.DataFrame:
    if "layer" not in table:
        raise InputError(
            f"the table of layers in {name} must have a column `layer`; it has "
            f"{', '.join(map(str, table.columns[:8]))}."
        )
    table = table.set_index("layer")
    for flag in ("directed", "modelled"):
        if flag in table:
            values = [_truth(value) for value in table[flag].tolist()]
            table[flag] = pd.Series(values, table.index, dtype=object)
    return table


def _truth(value: Any) -> Any:
    """True or False where a text, or the number 1 or 0, says so; else unchanged."""
    if isinstance(value, (int, float, np.number)) and value in (0, 1):
        return bool(value)
    return TRUTH.get(value.strip().lower(), value) if isinstance(value, str) else value


def _directed(path: Path, content: Any) -> tuple[str, ...]:
    named = content.get("directed") if isinstance(content, dict) else None
    if not isinstance(named, list) or not all(isinstance(layer, str) for layer in named):
        shown = json.dumps(content, ensure_ascii=False)
        raise InputError(
            f'{path} must hold {{"directed": [names of layers]}}; found {shown[:100]}.'
        )
    return tuple(named)


def has_places(nodes: pd.DataFrame) -> bool:
    return "place" in nodes and not is_blank(as_text(nodes["place"])[0]).all()


def why_placeless(nodes: pd.DataFrame) -> str | None:
    """Why valid nodes allow no study of places; None if they do."""
    belong = "jurisdiction" in nodes and not is_blank(as_text(nodes["jurisdiction"])[0]).all()
    if has_places(nodes) or not belong:
        return None
    return "nodes have a jurisdiction and no place: give them a column 'place' too."
