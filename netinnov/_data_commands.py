"""The commands `netinnov data list` and `netinnov data get`."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated

import typer

from netinnov._command_output import plainly, tell, write

data = typer.Typer(
    help="Official data sets: what there is, and how to download it.",
    no_args_is_help=True,
    rich_markup_mode=None,
)


@data.command("list")
@plainly
def _list() -> None:
    """Official data sets that netinnov reads, with size and licence."""
    from netinnov.datasets import catalogue

    for name, entry in catalogue().iterrows():
        write(f"{name}: {entry['content']}")
        write(f"    size: {entry['size']}")
        write(f"    licence: {entry['licence']}")
        write(f"    read by: netinnov.sources.{entry['reader']}")
        for address in entry["addresses"]:
            write(f"    {address}")
        if entry["command"]:
            write(f"    get it with: {entry['command']}")
        write(f"    publisher: {entry['home']}")


@data.command("get")
@plainly
def _get(
    name: Annotated[str, typer.Argument(help="A name that `netinnov data list` shows.")],
    to: Annotated[
        Path | None,
        typer.Option("--to", help="Folder. Default: that of cached files of the system."),
    ] = None,
    sha256: Annotated[
        list[str] | None,
        typer.Option(
            "--sha256",
            metavar="FILE=HASH",
            help="What a file must be, for the very files of an earlier study; may be repeated.",
        ),
    ] = None,
) -> None:
    """Download official files; the same command goes on where it broke off.

    Proxies are those of HTTPS_PROXY, HTTP_PROXY and NO_PROXY.
    """
    from netinnov.datasets import catalogue, fetch

    hashes = {}
    for pair in sha256 or ():
        file, equals, value = pair.rpartition("=")
        if not (file and equals and value):
            raise typer.BadParameter(f"--sha256 must be FILE=HASH; found {pair!r}.")
        hashes[file] = value
    try:
        path = fetch(name, folder=to, hashes=hashes, progress=sys.stderr.isatty(), say=tell)
    except KeyboardInterrupt:
        tell("stopped; the same command goes on where it was, if the server allows it.")
        raise typer.Exit(130) from None
    write(str(path))
    tell(f"netinnov.sources.{catalogue()['reader'][name]} reads it")
