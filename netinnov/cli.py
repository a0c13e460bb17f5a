"""The command line: run, check and info."""

from __future__ import annotations

import functools
import os
import shlex
import sys
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, ParamSpec

import typer

from netinnov._version import __version__
from netinnov.errors import InputError

if TYPE_CHECKING:
    from netinnov.sources import Tables

__all__ = ["main"]

P = ParamSpec("P")

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
    app()


def _plainly(command: Callable[P, None]) -> Callable[P, None]:
    """One message on stderr and exit code 1 in place of a traceback."""

    @functools.wraps(command)
    def call(*args: P.args, **kwargs: P.kwargs) -> None:
        try:
            command(*args, **kwargs)
        except InputError as error:
            _fail(str(error))
        except OSError as error:
            _fail(f"{error.filename or 'a file'}: {error.strerror or error}.")
        except ImportError as error:
            _fail(str(error))
        except KeyboardInterrupt:
            typer.echo("netinnov: stopped; nothing was written.", err=True)
            raise typer.Exit(130) from None
        except (typer.Exit, typer.Abort):
            raise
        except Exception as error:
            if os.environ.get("NETINNOV_TRACEBACK"):
                raise
            _fail(
                f"a fault of netinnov itself: {type(error).__name__}: {error}\n"
                "Please report it; NETINNOV_TRACEBACK=1 shows where it happened."
            )

    return call


def _fail(message: str) -> None:
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

        announce(lambda name: _tell(f"compiling {name} (once; kept for later runs)"))
    report = pipeline.run(
        configuration,
        out=out,
        progress=terminal,
        say=_tell if terminal else None,
        command=shlex.join(["netinnov", *sys.argv[1:]]),
    )
    typer.echo(f"The report is {report}")


@app.command()
@_plainly
def check(
    folder: Annotated[Path, typer.Argument(help="Folder with nodes, links and places.")],
) -> None:
    """Say what is wrong with the tables of a folder; exit code 1 if anything is."""
    from netinnov._tables import inspect

    tables = _read(folder)
    problems = inspect(tables.nodes, tables.links, tables.places).problems
    if problems:
        message = problems.message() + "\nRows count from 0: row 0 is the first below the header."
        raise InputError(message)
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

    network = build_network(*_read(folder))
    typer.echo(repr(network))
    kinds = network.nodes["kind"].value_counts(dropna=False)
    typer.echo("kinds: " + ", ".join(f"{kind} {count:,}" for kind, count in kinds.items()))
    for layer in network.layers:
        links = network.select(layers=[layer])
        arrow = "directed" if layer in network.directed else "undirected"
        weight = links.links["weight"].sum()
        typer.echo(f"layer {layer}: {links.n_links:,} links, weight {weight:,.6g}, {arrow}")


def _read(folder: Path) -> Tables:
    """Tables of the package's own layout or of CORDIS, whichever lies there."""
    from netinnov.sources import read_cordis, read_tables

    own = folder.is_dir() and any(folder.glob("nodes.*"))
    cordis = not own and (
        folder.suffix == ".zip" or (folder.is_dir() and any(folder.glob("organization*.csv*")))
    )
    return read_cordis(folder) if cordis else read_tables(folder)


def _tell(text: str) -> None:
    typer.echo(f"netinnov: {text}", err=True)
