"""The one call that reads everything, and which reader a folder or file asks for."""

from __future__ import annotations

import inspect
import os
import warnings
from collections.abc import Callable, Mapping, Set
from functools import partial
from pathlib import Path
from typing import Any, NamedTuple

import pandas as pd

from netinnov import io, sources
from netinnov._network.headers import check_columns, unused_columns
from netinnov._network.numeric_columns import Decimal
from netinnov._network.spelling import stray_names
from netinnov._network.synonyms import TABLES_OF
from netinnov._runtime.arguments import as_path, check_name, examples
from netinnov._runtime.opening import check_file, ending_of, files_in, kind_at_path, opened
from netinnov._runtime.public import suggests_keywords
from netinnov.build import build_network
from netinnov.errors import InputError
from netinnov.io._network_folder import is_network_folder
from netinnov.network import MultilayerNetwork
from netinnov.sources import Tables
from netinnov.sources._any_table import POINTS, TABLE_ENDINGS, WORKBOOKS, sheet_names
from netinnov.sources._complete_rows import ReadingNote, Unread, noted, say
from netinnov.sources._distance_tables import of_known_places
from netinnov.sources._graph_files import GRAPHS, read_graph
from netinnov.sources._legible import legible
from netinnov.sources._lists import LISTS, read_list
from netinnov.sources._openalex import is_openalex
from netinnov.sources._user_tables import is_of, own_table, tables_of_file

READ = (
    "a folder with nodes.csv and links.csv (or .parquet, .xlsx), or with branches.csv and "
    "seats.csv or participations.csv, a workbook with such sheets, a folder or zip of CORDIS, a "
    "folder or .jsonl of OpenAlex, a table or matrix of flows (.csv, .xlsx, .parquet), or a file "
    ".edges, .mpx, .net, .paj, .graphml, .gexf or .gml"
)

MULTIPLEX = (".edges", ".mpx", ".net", ".paj")
ZIP = ".zip"
LINES = ".jsonl"
# How files of data end
ENDINGS = (*MULTIPLEX, ".json", LINES, *TABLE_ENDINGS, ZIP, *GRAPHS, POINTS)
MEMBERS = 20  # files of a zip that are looked into


# A reader listed here is usable in a study
READERS: dict[str, Callable[..., Tables]] = {
    "tables": tables_of_file,
    **{name: partial(read_list, source=name) for name in LISTS},
    "cordis": sources.read_cordis,
    "flows": sources.read_origin_destination,
    "graph": read_graph,
    "multiplex": sources.read_multiplex,
    "openalex": sources.read_openalex,
    "patentsview": sources.read_patentsview,
}


class Reading(NamedTuple):
    """The tables of a folder or file, and what is said of them."""

    source: str
    tables: Tables
    faults: list[str]  # rows and values that were left out
    notes: list[str]  # what was taken for granted, and what may be a slip
    words: list[str]  # headers that were read as names of ours
    sheets: list[str]  # that were not read


@suggests_keywords
def read_network(
    path: str | os.PathLike[str],
    *,
    source: str | None = None,
    columns: Mapping[str, str] | None = None,
    encoding: str | None = None,
    decimal: Decimal | None = None,
) -> MultilayerNetwork:
    """Read a network from a folder or file of any kind that the package knows.

    Parameters
    ----------
    path : path
        A folder that `netinnov.io.write_network` wrote; a folder or workbook with tables of nodes,
        links and, if any, places and layers; one with a list of branches and the seats of their
        firms, or of participations; a table or matrix of flows; a file ``.edges``, ``.mpx``,
        ``.net``, ``.paj``, ``.graphml``, ``.gexf`` or ``.gml``; or CORDIS, PatentsView or OpenAlex.
    source : str, optional
        What it is: ``"branches"``, a table ``firm, place`` with a table of seats, ``firm, place``,
        beside it or with a column ``seat``; ``"participations"``, ``member, event`` and any of
        ``place, jurisdiction, period``; ``"tables"``, ``"flows"``, ``"graph"``, ``"multiplex"``,
        ``"cordis"``, ``"openalex"`` or ``"patentsview"``. Default: what names of files say.
    columns : mapping of str to str, optional
        From headers of tables to ours, such as ``{"Ort": "place"}``; ``"nodes.Ort"`` is that of
        one table. Headers in any case and usual words in English and Chinese need none.
    encoding, decimal
        As in `netinnov.sources.read_tables`.

    Returns
    -------
    MultilayerNetwork

    Raises
    ------
    InputError
        The path is none of these, or what it holds cannot be read or makes no network; `TableError`
        if rows are at fault, counted as in the file.
    ImportError
        A package that reads such files is not installed.

    Warns
    -----
    UserWarning
        Rows were left out, the encoding is not UTF-8, or a layer of one link is spelt as another.

    Examples
    --------
    >>> import tempfile
    >>> from pathlib import Path
    >>> path = Path(tempfile.mkdtemp()) / "flows.csv"
    >>> _ = path.write_text("source,target,weight\\nquzhou,hangzhou,5\\n")
    >>> read_network(path).links
      layer  source    target  weight
    0  flow  quzhou  hangzhou     5.0
    """
    path = as_path("path", path)
    if source is not None:
        check_name("source", source, list(READERS), of="the sources")
    elif columns is None and encoding is None and decimal is None and is_network_folder(path):
        return io.read_network(path)
    reading = read(path, source=source, columns=columns, encoding=encoding, decimal=decimal)
    for fault in reading.faults:
        warnings.warn(fault, UserWarning, stacklevel=3)
    say(reading.notes)
    return build_network(*reading.tables)


def read(
    path: Path,
    *,
    source: str | None = None,
    columns: Mapping[str, str] | None = None,
    encoding: str | None = None,
    decimal: Decimal | None = None,
    **options: Any,
) -> Reading:
    if source is None:
        source, path = recognise(path)
    asked = {"encoding": encoding, "decimal": decimal}
    for name in [name for name, value in asked.items() if value is not None]:
        if not option_of(source, name):
            fit = " or ".join(repr(each) for each in READERS if option_of(each, name))
            raise InputError(
                f"`{name}` is for tables of your own (source {fit}); leave it out: {path} is "
                f"{source!r}."
            )
        options[name] = asked[name]
    headers = check_columns(columns)
    if option_of(source, "weight") and "weight" in headers.values():
        weight = next(theirs for theirs, name in headers.items() if name == "weight")
        options["weight"] = weight.removeprefix("links.")
        del headers[weight]
    if headers and option_of(source, "columns"):
        options["columns"] = headers
    with warnings.catch_warnings(record=True) as caught, noted() as told:
        warnings.simplefilter("always", UserWarning)
        tables = READERS[source](path, **options)
        joined = {**(options.get("aliases") or {}), **(options.get("same") or {})}
        tables, odd = legible(tables)
        tables, lost = of_known_places(tables, same=joined)
    if headers and not option_of(source, "columns"):
        nodes = tables.nodes
        unused_columns(headers, {"nodes": map(str, nodes.columns)})
        if taken := [name for name in headers.values() if name in nodes]:
            raise InputError(
                f"{path.name}: its nodes have a column {taken[0]!r} already; give another "
                "name in `columns`."
            )
        ours = {key.removeprefix("nodes."): name for key, name in headers.items()}
        tables = tables._replace(nodes=nodes.rename(columns=ours))
    lost += _half_located(tables.places)
    if tables.links.empty:
        lost.append("there are no links; add rows to them, or there is nothing to measure.")
    faults = [str(each.message) for each in caught if each.category is UserWarning]
    notes = [str(each.message) for each in caught if each.category is ReadingNote]
    notes += [*odd, *lost, *stray_names(*tables[:3])]
    sheets = [str(text) for text in told if isinstance(text, Unread)]
    words = [text for text in told if text not in sheets]
    return Reading(source, tables, faults, notes, words, sheets)


def _half_located(places: pd.DataFrame | None) -> list[str]:
    if places is None or {"lon", "lat"}.isdisjoint(places):
        return []
    known = places.reindex(columns=["lon", "lat"]).notna()
    n = int((known["lon"] != known["lat"]).sum())
    return [f"places: rows with one of lon and lat alone, so on no map: {n:,}."] if n else []


def option_of(source: str, name: str) -> bool:
    return source in READERS and name in inspect.signature(READERS[source]).parameters


def recognise(path: Path) -> tuple[str, Path]:
    """The reader, and what it is to be given: the path, or the one file of a folder."""
    if kind_at_path(path) == "a folder":
        return _in_folder(path)
    if kind_at_path(path) == "nothing":
        raise InputError(f"{path} must be {READ}; there is no such file or folder.")
    check_file(path)
    ending = ending_of(path)
    readers = dict.fromkeys((*MULTIPLEX, ".json"), "multiplex") | dict.fromkeys(GRAPHS, "graph")
    readers[LINES] = "openalex"
    if ending in readers:
        return readers[ending], path
    why = {
        ".toml": f"it is a configuration, for `netinnov run {path}`",
        POINTS: "it is a layer of places; name the folder that holds it with nodes and links",
    }.get(ending, f"a file that ends in {ending!r} is none of these")
    if ending not in (*TABLE_ENDINGS, ZIP):
        raise InputError(f"{path} must be {READ}; {why}.")
    if (named := _by_names(path, ending)) is not None:
        return named, path
    line = ""
    if ending == ZIP:  # the names and first lines of its files
        line = "\n".join(f"{name} {_line(path, name)}" for name in files_in(path)[:MEMBERS])
    elif ending != ".parquet":
        line = _line(path)
    if "inventor_id" in line.casefold():
        return "patentsview", path
    return ("cordis" if ending == ZIP else "flows"), path


def files_read(source: str, path: Path) -> tuple[Path, ...]:
    if path.is_file():
        return (path,)
    entries = sorted(path.rglob("*")) if source == "openalex" else sorted(path.iterdir())

    def is_read(name: str) -> bool:  # a folder may hold others
        if source in TABLES_OF:
            return is_of(source, name) or name.casefold() == "network.json"
        return source != "cordis" or name.casefold().startswith(("organization", "project"))

    return tuple(entry for entry in entries if entry.is_file() and is_read(entry.name))


def _by_names(path: Path, ending: str) -> str | None:
    """The reader that the name of a file and those of its sheets ask for."""
    table = own_table(path.name)
    book = ending in WORKBOOKS
    if table in LISTS and not book:
        return table
    beside = {own_table(each.name) for each in path.parent.iterdir()} if table else set()
    if table not in (None, *LISTS) and not (table == "links" and "nodes" not in beside):
        raise InputError(f"{path} is one of several tables; name the folder that holds them.")
    sheets = {table, *map(own_table, sheet_names(path))} if book else set()
    return _of_tables(path, sheets) or ("flows" if book else None)


def _in_folder(folder: Path) -> tuple[str, Path]:
    names = sorted(entry.name for entry in folder.iterdir() if not entry.name.startswith("."))
    stems = {name.casefold().split(".")[0] for name in names}
    ours = {own_table(name) for name in names if ending_of(name) in TABLE_ENDINGS}
    if "nodes" not in ours and any(stem.startswith("organization") for stem in stems):
        return "cordis", folder
    if (source := _of_tables(folder, ours)) is not None:
        return source, folder
    if any("inventor" in stem for stem in stems):
        return "patentsview", folder
    if is_openalex(folder):
        return "openalex", folder
    graphs = [name for name in names if ending_of(name) in (*MULTIPLEX, *GRAPHS)]
    books = [name for name in names if ending_of(name) in WORKBOOKS]
    if len(graphs) + len(books) == 1:
        return recognise(folder / (graphs + books)[0])
    if graphs:
        shown = examples(graphs, str)
        raise InputError(f"{folder} must hold one network; it holds {shown}: name one of them.")
    msg = (
        f"{folder} must hold nodes.csv and links.csv (.csv.gz, .parquet); it holds "
        f"{', '.join(names[:8]) or 'nothing'}."
    )
    tables = [name for name in names if ending_of(name) in (*TABLE_ENDINGS, ZIP)]
    if tables:
        msg += (
            "\nTables of talents, firms and parks go below one another into nodes.csv, with a "
            "column 'kind'; those of linkages into links.csv, with a column 'layer'. A table "
            f"or matrix of flows is named itself: {folder / tables[0]}."
        )
    raise InputError(msg)


def _of_tables(path: Path, tables: Set[str | None]) -> str | None:
    if tables & {"nodes", "links"}:
        return "tables"
    if tables >= {*LISTS}:
        raise InputError(
            f"{path} holds branches and participations, which are read one at a time: say "
            "which, source='branches' or source='participations'."
        )
    return next((each for each in LISTS if each in tables), None)


def _line(path: Path, member: str | None = None) -> str:
    with opened(path, member) as stream:
        return stream.readline(2**16).decode("utf-8-sig", errors="replace")
