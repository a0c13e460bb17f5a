"""The command line: run, check, info and convert."""

from __future__ import annotations

import functools
import logging
import os
import shlex
import signal
import sys
import warnings
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal, NoReturn, ParamSpec

import typer

from netinnov._version import __version__
from netinnov.errors import InputError

if TYPE_CHECKING:
    from netinnov.sources import Tables

__all__ = ["main"]

P = ParamSpec("P")
Target = Literal["csv", "parquet", "graphml", "gexf", "pajek", "muxviz", "infomap"]

app = typer.Typer(
    name="netinnov",
    help="Multilayer networks of innovation, and what reverse enclaves change in them.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)


def main() -> None:
    """Entry point of the command ``netinnov``."""
    # What the terminal cannot write becomes an escape, and a scheduler that ends the job gets it
    # ended tidily.
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="backslashreplace")
    signal.signal(signal.SIGTERM, lambda number, _: sys.exit(128 + number))
    app()


def _plainly(command: Callable[P, None]) -> Callable[P, None]:
    """One message on stderr and exit code 1 in place of a traceback."""

    @functools.wraps(command)
    def call(*args: P.args, **kwargs: P.kwargs) -> None:
        try:
            command(*args, **kwargs)
        except (typer.Exit, typer.Abort, BrokenPipeError):
            raise
        except (InputError, ImportError) as error:
            _fail("\n".join([str(error), *getattr(error, "__notes__", ())]))
        except OSError as error:
            _fail(f"{error.filename or 'a file'}: {error.strerror or error}.")
        except MemoryError as error:
            _fail(f"there is not enough memory ({error}).")
        except KeyboardInterrupt:
            typer.echo("netinnov: stopped; nothing was written.", err=True)
            raise typer.Exit(130) from None
        except Exception as error:
            if os.environ.get("NETINNOV_TRACEBACK"):
                raise
            _fail(
                f"a fault of netinnov itself: {type(error).__name__}: {error}\n"
                "Please report it; NETINNOV_TRACEBACK=1 shows where it happened."
            )

    return call


def _fail(message: str) -> NoReturn:
    typer.echo(f"netinnov: {message}", err=True)
    raise typer.Exit(1)


def _version(wanted: bool) -> None:
    if wanted:
        typer.echo(f"netinnov {__version__}")
        raise typer.Exit


@app.callback()
def _options(
    version: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True, help="Show the version.")
    ] = False,
) -> None:
    """Multilayer networks of innovation, and what reverse enclaves change in them."""


@app.command()
@_plainly
def run(
    config: Annotated[
        Path | None, typer.Argument(help="Configuration (TOML). None: the bundled case.")
    ] = None,
    out: Annotated[
        Path | None, typer.Option("--out", help="Folder to make. Default: results/NAME.")
    ] = None,
    example: Annotated[
        bool, typer.Option("--example", help="Print a commented configuration and stop.")
    ] = False,
) -> None:
    """From tables to tables, figures and a report."""
    from netinnov import pipeline

    if example:
        typer.echo(pipeline.EXAMPLE, nl=False)
        return
    configuration = pipeline.read_configuration(config)
    out = out or Path("results") / (config.stem if config else "yrd")
    terminal = sys.stderr.isatty()
    if terminal:
        from netinnov.kernels import announce

        announce(lambda name: _tell(f"compiling {name}, which takes a while the first time"))
    else:  # matplotlib tells of the fonts it looks up and of the folders it cannot write
        logging.getLogger("matplotlib").setLevel(logging.ERROR)
    report = pipeline.run(
        configuration,
        out=out,
        progress=terminal,
        say=_tell if terminal else None,
        command=_printable(shlex.join(["netinnov", *sys.argv[1:]])),
    )
    typer.echo(f"The report is {report}")


@app.command()
@_plainly
def check(
    folder: Annotated[
        Path, typer.Argument(help="Folder with nodes, links and places, or a CORDIS folder.")
    ],
) -> None:
    """Say what is wrong with the tables of a folder; exit code 1 if anything is."""
    from netinnov._arguments import check_names
    from netinnov._tables import inspect

    tables, faults = _read(folder)
    found = inspect(tables.nodes, tables.links, tables.places)
    if found.problems:
        rows = "Rows count from 0: row 0 is the first below the header."
        faults.append(f"{found.problems.message()}\n{rows}")
    else:
        check_names("directed", tables.directed, found.links.layers)
    if faults:
        _fail("\n".join(faults))
    n_places = "no table of" if tables.places is None else f"{len(tables.places):,}"
    typer.echo(
        f"No problems: {len(tables.nodes):,} nodes, {len(tables.links):,} rows of links, "
        f"{n_places} places."
    )


@app.command()
@_plainly
def info(
    folder: Annotated[
        Path, typer.Argument(help="Folder with nodes, links and places, or a CORDIS folder.")
    ],
) -> None:
    """Print a summary of the network in a folder."""
    from netinnov.build import build_network

    tables, faults = _read(folder)
    network = build_network(*tables)
    typer.echo(repr(network))
    kinds = network.nodes["kind"].fillna("none given").value_counts()
    typer.echo("kinds: " + ", ".join(f"{kind} {count:,}" for kind, count in kinds.items()))
    for layer in network.layers:
        part = network.select(layers=[layer])
        arrow = "directed" if layer in network.directed else "undirected"
        weight = part.links["weight"].sum()
        links = f"{part.n_links:,} link{'s' * (part.n_links != 1)}"
        typer.echo(f"layer {layer}: {links}, weight {weight:,.6g}, {arrow}")
    for fault in faults:
        typer.echo(fault)


@app.command()
@_plainly
def convert(
    source: Annotated[
        Path, typer.Argument(metavar="IN", help="Folder as for info, or .edges .mpx .net .paj.")
    ],
    target: Annotated[Path, typer.Argument(metavar="OUT", help="File or folder to write.")],
    to: Annotated[
        Target, typer.Option("--to", help="Format; csv, parquet and muxviz are folders to make.")
    ],
) -> None:
    """Write a network in the format of another program."""
    from netinnov import io
    from netinnov.build import build_network
    from netinnov.sources import read_multiplex

    about, faults = source / "network.json", list[str]()
    if about.is_file() and "netinnov network" in about.read_text(encoding="utf-8"):
        network = io.read_network(source)
    elif source.suffix in (".edges", ".mpx", ".net", ".paj"):
        network = build_network(*read_multiplex(source))
    else:
        tables, faults = _read(source)
        network = build_network(*tables)
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always", UserWarning)
        if to in ("csv", "parquet"):
            io.write_network(network, target, format=to)
        else:
            getattr(io, f"write_{to}")(network, target)
    for text in (*faults, *(str(each.message) for each in caught)):
        _tell(text)
    typer.echo(f"Wrote {network!r} to {target}")


def _read(folder: Path) -> tuple[Tables, list[str]]:
    """Tables of the package's own layout or of CORDIS, and what the reader had to leave out."""
    from netinnov.sources import read_cordis, read_tables

    names = [entry.name.casefold() for entry in folder.iterdir()] if folder.is_dir() else []
    own = any(name.startswith("nodes.") for name in names)
    cordis = folder.suffix == ".zip" or any(name.startswith("organization") for name in names)
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always", UserWarning)
        tables = read_cordis(folder) if cordis and not own else read_tables(folder)
    return tables, [str(each.message) for each in caught if each.category is UserWarning]


def _tell(text: str) -> None:
    typer.echo(f"netinnov: {text}", err=True)


def _printable(text: str) -> str:
    """What of a path is no text becomes an escape."""
    return text.encode("utf-8", "backslashreplace").decode("utf-8")
