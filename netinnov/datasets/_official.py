"""Official files that readers of `sources` take: what there is, and how to download it."""

from __future__ import annotations

import datetime as dt
import json
import os
import zipfile
import zlib
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, NamedTuple

import pandas as pd

from netinnov._runtime.arguments import as_path, check_mapping, check_name, check_names
from netinnov._runtime.atomic import write_bytes
from netinnov._runtime.opening import check_packed, kind_at_path, real_path
from netinnov._runtime.optional import require
from netinnov.errors import InputError

RETRIES = 2  # of a download that breaks off
_CORDIS = "https://cordis.europa.eu/data/cordis-{}projects-csv.zip"
_PATENTSVIEW = "https://s3.amazonaws.com/data.patentsview.org/download/{}.tsv.zip"
_EUROPEAN = "CC BY 4.0 (Decision 2011/833/EU); (c) European Union, CORDIS"


class _Source(NamedTuple):
    content: str
    size: str
    licence: str
    reader: str
    addresses: tuple[str, ...] = ()
    home: str = ""
    command: str = ""


def _cordis(programme: str, size: str, code: str) -> _Source:
    content = f"projects of {programme} and their organisations, one zip"
    home = "https://cordis.europa.eu"
    return _Source(content, size, _EUROPEAN, "read_cordis", (_CORDIS.format(code),), home)


SOURCES = {
    "cordis-fp7": _cordis("FP7", "140,008 rows of organisations, 25,785 projects", "fp7"),
    "cordis-h2020": _cordis(
        "Horizon 2020", "177,834 rows of organisations, 35,386 projects", "h2020"
    ),
    "cordis-horizon": _cordis("Horizon Europe", "grows with each release", "HORIZON"),
    "openalex": _Source(
        "the snapshot: works, their authors and institutions, JSON lines",
        "250 million works",
        "CC0",
        "read_openalex",
        home="https://docs.openalex.org",
        command="aws s3 sync s3://openalex openalex-snapshot --no-sign-request",
    ),
    "patentsview": _Source(
        "inventors, assignees, locations and dates of filing of United States patents, four zips",
        "24.0 million rows of inventors, 8.75 million of assignees, 0.1 million locations",
        "CC BY 4.0; PatentsView, USPTO",
        "read_patentsview",
        (
            _PATENTSVIEW.format("g_inventor_disambiguated"),
            _PATENTSVIEW.format("g_assignee_disambiguated"),
            _PATENTSVIEW.format("g_location_disambiguated"),
            _PATENTSVIEW.format("g_application"),
        ),
        "https://data.uspto.gov/bulkdata/datasets/pvgpatdis",
    ),
}


def catalogue() -> pd.DataFrame:
    """Official data sets that the readers of `sources` take.

    Returns
    -------
    DataFrame
        Index ``name``, as `fetch` takes it; columns ``content``, ``size`` (in rows), ``licence``,
        ``reader`` (in `sources`), ``addresses`` (of the files), ``home`` (the page of the
        publisher) and ``command`` (that downloads what is too large for `fetch`, else empty).

    Notes
    -----
    The publishers replace the files with each release, and publish neither hashes nor sizes: the
    server says the size, and `fetch` records the hash of what was downloaded.

    Examples
    --------
    >>> catalogue().loc["cordis-h2020", "reader"]
    'read_cordis'
    """
    names = pd.Index(SOURCES, name="name", dtype="str")
    return pd.DataFrame([*SOURCES.values()], index=names)


def fetch(
    name: str,
    *,
    folder: str | os.PathLike[str] | None = None,
    hashes: Mapping[str, str] | None = None,
    progress: bool = False,
    say: Callable[[str], None] | None = None,
) -> Path:
    """Download the files of an official data set.

    Parameters
    ----------
    name : str
        A name of `catalogue`.
    folder : path, optional
        Where the files go; a set of several makes a folder in it. Default: the cache of the user.
    hashes : mapping, optional
        The SHA-256 that files must have, by their names, for the very files of an earlier study.
    progress : bool
        Show a bar, if there is a terminal.
    say : callable, optional
        Told content, licence and size before a file is downloaded, one line each.

    Returns
    -------
    Path
        Of the file, or of the folder with the files if there are several: what the reader takes.

    Raises
    ------
    InputError
        There is no such name; the server refuses or breaks off; what it sends is not a zip, or not
        what the hash says; a file cannot be written, or is not the one that was downloaded.

    Notes
    -----
    Files take their names when they are complete. Beside each lies ``FILE.json`` with address,
    date, size, licence and SHA-256. A file that is there already is compared with that hash and not
    downloaded again: remove both for a newer release. Proxies are those of the variables
    ``HTTPS_PROXY``, ``HTTP_PROXY`` and ``NO_PROXY``.

    Examples
    --------
    >>> path = ni.datasets.fetch("cordis-h2020", folder="data", say=print)  # doctest: +SKIP
    >>> network = ni.build_network(*ni.sources.read_cordis(path))  # doctest: +SKIP
    """
    check_name("name", name, [*SOURCES], of="the catalogue")
    source = SOURCES[name]
    files = {address.rpartition("/")[2]: address for address in source.addresses}
    if not files:
        msg = f"{name} is too large for one download ({source.size}); get it with: {source.command}"
        raise InputError(msg)
    check_mapping("hashes", hashes or {}, "from names of files to their SHA-256")
    hashes = {file: value.lower().removeprefix("sha256:") for file, value in (hashes or {}).items()}
    check_names("hashes", hashes, [*files], of=f"the files of {name}: {', '.join(files)}")
    pooch = require("pooch", extra="data", needed_by="fetch()")
    home = as_path("folder", pooch.os_cache("netinnov") if folder is None else folder)
    place = home / name if len(files) > 1 else home
    say = say or (lambda _: None)
    for line in (f"{name}: {source.content}", f"size: {source.size}", f"licence: {source.licence}"):
        say(line)
    for file, address in files.items():
        known = hashes.get(file)
        if not _is_there(place / file, known, pooch, say):
            _get(source, address, place / file, known, pooch, progress=progress, say=say)
    return place if len(files) > 1 else place / file


def _is_there(target: Path, known: str | None, pooch: Any, say: Callable[[str], None]) -> bool:
    if kind_at_path(target) != "a file":
        return False
    record = target.with_name(f"{target.name}.json")
    if known is None and not record.exists():
        raise InputError(
            f"{target} is there without {record.name}, the record of its download; remove it, or "
            "give its hash if it is the file that you want."
        )
    try:
        expected = known or json.loads(record.read_text(encoding="utf-8"))["sha256"]
    except (ValueError, KeyError, TypeError):
        raise InputError(f"{record} is not the record of a download; remove both.") from None
    if (held := pooch.file_hash(str(target))) != expected:
        raise InputError(
            f"{target} must have the SHA-256 {expected}; it has {held}: it was changed, or is of "
            "another release. Remove it to download it again."
        )
    say(f"{target} is there already")
    return True


def _get(
    source: _Source, address: str, target: Path, known: str | None, pooch: Any,
    *, progress: bool, say: Callable[[str], None],
) -> None:  # fmt: skip
    requests = require("requests", extra="data", needed_by="fetch()")
    options: dict[str, Any] = {"urls": {target.name: address}, "retry_if_failed": RETRIES}
    files = pooch.create(
        real_path(target.parent), base_url="", registry={target.name: None}, **options
    )
    try:
        files.fetch(target.name, progressbar=progress)
    except requests.RequestException as error:
        raise InputError(
            f"{address} cannot be downloaded: {error}. Is there a connection, or a proxy to set "
            f"in HTTPS_PROXY? The publisher may have moved it: see {source.home}."
        ) from None
    except OSError as error:
        raise InputError(f"{target} cannot be written: {error.strerror or error}.") from None
    _check_zip(target, address)
    held = pooch.file_hash(str(target))
    if known is not None and held != known:
        target.unlink()
        raise InputError(
            f"{address} must send a file with the SHA-256 {known}; it sent another one, which "
            "was not kept. The publisher may have a newer release."
        )
    about = {
        "address": address,
        "licence": source.licence,
        "downloaded": dt.datetime.now(dt.UTC).isoformat(timespec="seconds"),
        "bytes": target.stat().st_size,
        "sha256": held,
    }
    record = target.with_name(f"{target.name}.json")
    write_bytes(record, (json.dumps(about, indent=2) + "\n").encode())
    say(f"wrote {target}, SHA-256 {about['sha256']}")


def _check_zip(file: Path, address: str) -> None:
    try:
        with zipfile.ZipFile(file) as archive:
            check_packed(address, *archive.infolist())
            fault = archive.testzip()
    except (zipfile.BadZipFile, zlib.error, EOFError, InputError, RuntimeError) as error:
        fault = str(error) or type(error).__name__
    if fault is not None:
        with file.open("rb") as stream:
            start = stream.read(40)
        file.unlink()
        raise InputError(
            f"{address} must send a whole zip; what it sent is not ({fault}) and begins with "
            f"{start!r}. A proxy or page of errors may stand in its place."
        )
