"""Which reader a folder or file asks for, by its files, its ending and its first line."""

from __future__ import annotations

import warnings
from collections.abc import Callable
from pathlib import Path

from netinnov import sources
from netinnov._arguments import examples
from netinnov._opening import check_file, files_in, unpacked
from netinnov._path_kinds import kind_of
from netinnov.errors import InputError
from netinnov.sources import Tables

__all__ = ["ENDINGS", "READ", "READERS", "ending_of", "read", "recognise"]

READ = (
    "a folder with nodes.csv and links.csv (.csv.gz, .parquet), a folder or zip of CORDIS, a table "
    "or matrix of flows (.csv), or a file .edges, .mpx, .net or .paj"
)
"""What is read."""

MULTIPLEX = (".edges", ".mpx", ".net", ".paj")
TABLES = (".csv", ".tsv", ".txt", ".zip")
NETWORKX = {".graphml": "read_graphml", ".gexf": "read_gexf", ".gml": "read_gml"}
"""Graphs that networkx reads, and by which function."""

ENDINGS = (*MULTIPLEX, ".json", *TABLES, *NETWORKX)
"""How files of data end."""

OWN = ("nodes", "links", "places", "layers")
MEMBERS = 20
"""Files of a zip that are looked into."""


def _read_flows(path: Path) -> Tables:
    mark = max(",;\t", key=_first_line(path).count)
    return sources.read_origin_destination(path, delimiter=mark)


READERS: dict[str, Callable[..., Tables]] = {
    "tables": sources.read_tables,
    "cordis": sources.read_cordis,
    "flows": _read_flows,
    "keep": sources.read_keep,
    "multiplex": sources.read_multiplex,
    "patentsview": sources.read_patentsview,
}
"""Readers by the name of their source; a new one is usable in a study once it is here."""


def read(path: Path) -> tuple[Tables, list[str]]:
    """The tables of a folder or file, and what its reader says of them."""
    source, path = recognise(path)
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always", UserWarning)
        tables = READERS[source](path)
    return tables, [str(each.message) for each in caught if each.category is UserWarning]


def recognise(path: Path) -> tuple[str, Path]:
    """The reader, and what it is to be given: the path, or the one file of a folder."""
    if path.is_dir():
        return _in_folder(path)
    if kind_of(path) == "nothing":
        raise InputError(f"{path} must be {READ}; there is no such file or folder.")
    check_file(path)
    ending = ending_of(path)
    if ending in (*MULTIPLEX, ".json"):
        return "multiplex", path
    if ending in NETWORKX:
        raise InputError(_by_networkx(path))
    if ending == ".toml":
        msg = f"it is a configuration, for `netinnov run {path}`."
        raise InputError(f"{path} must be {READ}; {msg}")
    if path.name.split(".")[0].casefold() in OWN:
        raise InputError(f"{path} is one of several tables; name the folder that holds them.")
    if ending not in TABLES:
        raise InputError(f"{path} must be {READ}; it is none by its ending, {ending!r}.")
    line = _first_line(path).casefold()
    if "inventor_id" in line:
        return "patentsview", path
    if "project partner" in line:
        return "keep", path
    return ("cordis" if ending == ".zip" else "flows"), path


def ending_of(path: Path | str) -> str:
    """Ending in lower case, without that of a packed file."""
    return Path(str(path).casefold().removesuffix(".gz")).suffix


def _in_folder(folder: Path) -> tuple[str, Path]:
    names = sorted(entry.name for entry in folder.iterdir())
    stems = {name.casefold().split(".")[0] for name in names if not name.startswith(".")}
    if "nodes" not in stems and any(stem.startswith("organization") for stem in stems):
        return "cordis", folder
    if stems & {"nodes", "links"}:
        return "tables", folder
    if any("inventor" in stem for stem in stems):
        return "patentsview", folder
    graphs = [name for name in names if ending_of(name) in MULTIPLEX]
    if len(graphs) == 1:
        return "multiplex", folder / graphs[0]
    if graphs:
        shown = examples(graphs, str)
        raise InputError(f"{folder} must hold one network; it holds {shown}: name one of them.")
    if graphs := [name for name in names if ending_of(name) in NETWORKX]:
        raise InputError(_by_networkx(folder / graphs[0]))
    msg = f"{folder} must hold nodes.csv and links.csv (.csv.gz, .parquet); it holds "
    msg += f"{', '.join(names[:8]) or 'nothing'}."
    tables = [name for name in names if ending_of(name) in (*TABLES, ".parquet", ".xlsx")]
    if tables:
        msg += (
            "\nTables of talents, firms and parks go below one another into nodes.csv, with a "
            "column 'kind'; tables of linkages into links.csv, with a column 'layer'. A table or "
            f"matrix of flows is named itself: {folder / tables[0]}."
        )
    raise InputError(msg)


def _by_networkx(path: Path) -> str:
    ending = ending_of(path)
    graph = f"networkx.{NETWORKX[ending]}({str(path)!r})"
    return (
        f"{path} must be {READ}; files {ending} are read by networkx. In Python, netinnov.io."
        f"write_network(netinnov.io.from_networkx({graph}), 'my_folder') makes a folder of it."
    )


def _first_line(path: Path) -> str:
    """The first line of a text file; of a zip the names and first lines of its files."""
    if path.suffix.casefold() != ".zip":
        return _line(path)
    members = files_in(path)[:MEMBERS]
    return "\n".join(f"{name} {_line(path, name)}" for name in members)


def _line(path: Path, member: str | None = None) -> str:
    with unpacked(path, member) as stream:
        return stream.readline(2**16).decode("utf-8-sig", errors="replace")
