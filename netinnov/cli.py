"""The command line: run, explore, check, info, convert and data."""

from __future__ import annotations

import atexit
import gc
import logging
import shlex
import sys
import warnings
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal

import typer

from netinnov._runtime.command_output import fail, plainly, tell, write, write_line
from netinnov._runtime.interruption import listen
from netinnov._runtime.public import publish
from netinnov._version import __version__
from netinnov.errors import InputError

if TYPE_CHECKING:
    from netinnov.study import Configuration

__all__ = ["main"]
INPUT = (
    "Folder with nodes.csv, links.csv and, if any, places.csv and layers.csv (or .parquet, .xlsx), "
    "or with branches.csv and seats.csv, or with participations.csv; workbook with such sheets; "
    "folder or zip of CORDIS; folder or .jsonl of OpenAlex; table or matrix of flows (.csv, .xlsx, "
    ".parquet); or file .edges, .mpx, .net, .paj, .graphml, .gexf, .gml."
)
COLUMN = "A header under our name, such as Ort=place; may be repeated. A study has [columns]."
CASE = "Bundled case: yrd (Yangtze River Delta, the default) or europe (shared projects of cities)."
CONFIG = "Configuration (TOML), or a folder or file of data. None: a bundled case."
CODES = (
    "Exit codes: 0 all is well; 1 invalid input or a write error; 2 the command is not understood; "
    "130 stopped by Ctrl-C (twice: at once), 143 by SIGTERM, 129 by a closed terminal."
)
FOUND = "Of text files, such as cp1252; found by default."
MARK = "What stands before decimals in tables; the other one may stand after thousands."
REGISTER = (
    "Check a register of parks instead: a folder of tables as data/facts of the repository. "
    "Without IN: the one of the package."
)
OUT = "Folder to make. Default: results/NAME."
PAGE = "File to write; an older page of the explorer is replaced, and nothing else."
CACHE = "Folder. Default: that of cached files of the system."
EXAMPLE = "Print a commented configuration and stop."
OVERWRITE = "Replace an older study in the folder, if nothing else is in it."
FORMAT = "Format; csv, parquet and muxviz are folders to make."
SAME = "What a file must be, for the very files of an earlier study; may be repeated."
Case = Literal["yrd", "europe"]
Languages = Literal["en", "zh", "en,zh", "zh,en"]
Target = Literal["csv", "parquet", "graphml", "gexf", "pajek", "muxviz", "infomap"]
Source = Annotated[Path, typer.Argument(metavar="IN", help=INPUT)]
Columns = Annotated[list[str] | None, typer.Option("--column", metavar="THEIRS=OURS", help=COLUMN)]
Encoding = Annotated[str | None, typer.Option("--encoding", help=FOUND)]
Decimal = Annotated[Literal[".", ","] | None, typer.Option("--decimal", help=MARK)]
Hashes = Annotated[list[str] | None, typer.Option("--sha256", metavar="FILE=HASH", help=SAME)]
CaseOption = Annotated[Case | None, typer.Option("--case", help=CASE)]
PLAIN: Any = {"no_args_is_help": True, "rich_markup_mode": None}
app = typer.Typer(
    name="netinnov",
    help="Multilayer networks of innovation, and what reverse enclaves change in them.",
    epilog=CODES,
    add_completion=False,
    pretty_exceptions_enable=False,
    **PLAIN,
)
data = typer.Typer(help="Official data sets: what there is, and how to download it.", **PLAIN)
app.add_typer(data, name="data")


def main() -> None:
    """Entry point of the command ``netinnov``."""
    # What the terminal cannot write becomes an escape.
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="backslashreplace")
    if not sys.stderr.isatty():  # matplotlib tells of fonts and of folders it cannot write
        logging.getLogger("matplotlib").setLevel(logging.ERROR)
    gc.set_threshold(50_000)  # most objects of a run stay to its end: looked through less often
    atexit.register(gc.freeze)  # nor once more when it ends
    _warn_in_words()
    listen()
    app()


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
@plainly
def run(
    config: Annotated[Path | None, typer.Argument(help=CONFIG)] = None,
    case: CaseOption = None,
    out: Annotated[Path | None, typer.Option("--out", help=OUT)] = None,
    example: Annotated[bool, typer.Option("--example", help=EXAMPLE)] = False,
    language: Annotated[Languages | None, typer.Option("--language", help="Of the report.")] = None,
    quiet: Annotated[bool, typer.Option("--quiet", help="Do not tell the steps.")] = False,
    overwrite: Annotated[bool, typer.Option("--overwrite", help=OVERWRITE)] = False,
) -> None:
    """From tables to tables, figures and a report."""
    if example and (config or out):
        others = config or f"--out {out}"
        raise typer.BadParameter(
            f"--example only prints a configuration and must stand alone; found it with {others}. "
            f"Leave out --example to run, or {others} to print."
        )
    if example:
        from netinnov.study._configuration import case_text

        typer.echo(case_text(case or "yrd"), nl=False)
        return
    from netinnov._runtime.second_process import second_process

    with second_process("netinnov.study", "seaborn", "fontTools.subset") as executor:
        from netinnov import study

        configuration = _configuration(config, case)
        if language is not None:
            configuration = configuration.model_copy(update={"language": language})
        command = shlex.join(["netinnov", *sys.argv[1:]])  # of paths some bytes may be no text
        terminal = sys.stderr.isatty()
        _announce(each=terminal, quiet=quiet)
        report = study.run(
            configuration,
            out=out or Path("results") / _name(config, case),
            overwrite=overwrite,
            progress=terminal and not quiet,
            say=None if quiet else tell,
            command=command.encode("utf-8", "backslashreplace").decode("utf-8"),
            executor=executor,
        )
    write(f"The report is {report}")


@app.command()
@plainly
def explore(
    source: Annotated[Path | None, typer.Argument(help=CONFIG)] = None,
    case: CaseOption = None,
    out: Annotated[Path, typer.Option("--out", help=PAGE)] = Path("explorer.html"),
    title: Annotated[str | None, typer.Option("--title", help="Title of the page.")] = None,
) -> None:
    """One page to explore the places and to try enclaves; it needs no network connection."""
    from netinnov.explorer._explorer import replaceable
    from netinnov.study._explorer_page import explorer_of

    replaceable(out)
    write(f"The explorer is {explorer_of(_configuration(source, case), title=title).write(out)}")


@app.command()
@plainly
def check(
    source: Annotated[Path | None, typer.Argument(metavar="IN", help=INPUT)] = None,
    column: Columns = None,
    encoding: Encoding = None,
    decimal: Decimal = None,
    register: Annotated[bool, typer.Option("--register", help=REGISTER)] = False,
) -> None:
    """Say what is wrong with tables, or with a configuration for its data; exit code 1 if so."""
    options = column or encoding or decimal
    if register:
        if options:
            raise typer.BadParameter("--register goes with a folder and no other option.")
        _check_register(source)
    elif source is None:
        raise typer.BadParameter("IN is missing: a file or folder to check, or --register.")
    elif source.is_file() and source.suffix.lower() == ".toml":
        if options:
            raise typer.BadParameter(
                "--column, --encoding and --decimal are for tables; a configuration has them in "
                "[columns] and in [data]."
            )
        from netinnov import study

        _tell(study.read_configuration(source))
    else:
        from netinnov import study

        data = {"path": source.resolve(), "encoding": encoding, "decimal": decimal}
        _tell(study.configure({"data": data, "columns": _columns(column) or {}}))


def _tell(configuration: Configuration) -> None:
    from netinnov.study import contents_and_notes

    lines, notes = contents_and_notes(configuration)
    write("No problems.")
    for line in (*lines, *(f"Note: {note}" for note in notes)):
        write_line(line)


def _check_register(folder: Path | None) -> None:
    from netinnov.datasets._register import faults_of, gaps_of, read_register

    register = read_register(folder)
    if faults := faults_of(register):
        for fault in faults:
            write(fault, err=True)
        fail(f"the register has {_counted(len(faults), 'fault')}.")
    sizes = ", ".join(f"{len(table):,} {name}" for name, table in register.tables.items())
    write(f"No problems: {sizes}.")
    for gap in gaps_of(register):
        write(gap)


@app.command()
@plainly
def info(
    source: Source, column: Columns = None, encoding: Encoding = None, decimal: Decimal = None
) -> None:
    """Print a summary of a network."""
    from netinnov.build import build_network
    from netinnov.sources._read_network import read

    reading = read(source, columns=_columns(column), encoding=encoding, decimal=decimal)
    network = build_network(*reading.tables)
    write(repr(network))
    kinds = network.nodes["kind"].fillna("none given").value_counts()
    write_line("kinds: " + ", ".join(f"{kind} {count:,}" for kind, count in kinds.items()))
    for layer, block in zip(network.layers, network.storage.blocks, strict=True):
        text = f"layer {layer}: {_counted(block.indices.size, 'link')}, "
        way = "directed" if layer in network.directed else "undirected"
        write_line(f"{text}weight {float(block.data.sum()):,.6g}, {way}")
    for text in (*reading.faults, *reading.notes):
        write(text)


@app.command()
@plainly
def convert(
    source: Source,
    target: Annotated[Path, typer.Argument(metavar="OUT", help="File or folder to write.")],
    to: Annotated[Target, typer.Option("--to", help=FORMAT)],
    column: Columns = None,
    encoding: Encoding = None,
    decimal: Decimal = None,
) -> None:
    """Write a network in the format of another program."""
    from netinnov import io
    from netinnov._runtime.opening import check_target
    from netinnov.sources._read_network import read_network

    if check_target(target) == "a file":
        raise InputError(f"{target} is there already; name another one, or remove it first.")
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always", UserWarning)
        network = read_network(source, columns=_columns(column), encoding=encoding, decimal=decimal)
        if to in ("csv", "parquet"):
            io.write_network(network, target, format=to)
        else:
            getattr(io, f"write_{to}")(network, target)
    for each in caught:
        tell(str(each.message))
    write(f"Wrote {network!r} to {target}")


@data.command("list")
@plainly
def _list_data() -> None:
    """Official data sets that netinnov reads, with size and licence."""
    from netinnov.datasets import catalogue

    for name, entry in catalogue().iterrows():
        write(f"{name}: {entry['content']}")
        lines = [f"size: {entry['size']}", f"licence: {entry['licence']}"]
        lines += [f"read by: netinnov.sources.{entry['reader']}", *entry["addresses"]]
        lines += [f"get it with: {entry['command']}"] if entry["command"] else []
        for line in (*lines, f"publisher: {entry['home']}"):
            write(f"    {line}")


@data.command("get")
@plainly
def _get_data(
    name: Annotated[str, typer.Argument(help="A name that `netinnov data list` shows.")],
    to: Annotated[Path | None, typer.Option("--to", help=CACHE)] = None,
    sha256: Hashes = None,
) -> None:
    """Download official files.

    Proxies are those of HTTPS_PROXY, HTTP_PROXY and NO_PROXY.
    """
    from netinnov.datasets import catalogue, fetch

    hashes = _pairs("--sha256 must be FILE=HASH", sha256)
    path = fetch(name, folder=to, hashes=hashes, progress=sys.stderr.isatty(), say=tell)
    write(str(path))
    tell(f"netinnov.sources.{catalogue()['reader'][name]} reads it")


def _configuration(path: Path | None, case: Case | None) -> Configuration:
    from netinnov import study
    from netinnov._runtime.opening import ending_of
    from netinnov.sources._read_network import ENDINGS, recognise

    if path and case:
        msg = f"--case is one of the bundled cases and is run without a file; found it with {path}."
        raise typer.BadParameter(msg)
    if path is None or (path.is_file() and ending_of(path) not in ENDINGS) or not path.exists():
        return study.read_configuration(path, case=case)
    source, location = recognise(path)
    return study.configure({"data": {"source": source, "path": location.resolve()}})


def _columns(pairs: list[str] | None) -> dict[str, str] | None:
    return _pairs("--column must be THEIRS=OURS, such as Ort=place", pairs) or None


def _counted(n: int, noun: str) -> str:
    return f"{n:,} {noun}{'s' * (n != 1)}"


def _pairs(must: str, pairs: list[str] | None) -> dict[str, str]:
    mapping = {}
    for pair in pairs or ():
        key, equals, value = pair.rpartition("=")
        if not (key and equals and value):
            raise typer.BadParameter(f"{must}; found {pair!r}.")
        mapping[key] = value
    return mapping


def _name(path: Path | None, case: Case | None) -> str:
    if path is None:
        return case or "yrd"
    return (path.resolve().name or "study") if path.is_dir() else path.stem


def _announce(*, each: bool, quiet: bool) -> None:
    from netinnov.kernels import announce

    @cache
    def listen(subject: str) -> None:
        tell(f"compiling {subject}, which takes a while the first time")

    announce(None if quiet else lambda name: listen(name if each else "what runs in loops"))


def _warn_in_words() -> None:
    show = warnings.showwarning

    def warn(message: Warning | str, category: type[Warning], *where: Any, **to: Any) -> None:
        if issubclass(category, UserWarning):
            tell(str(message))
        else:
            show(message, category, *where, **to)

    warnings.showwarning = warn


__dir__ = publish(globals())
