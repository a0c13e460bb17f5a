"""Download of one file over HTTP that goes on where it broke off."""

from __future__ import annotations

import json
import os
import re
import shutil
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http import HTTPStatus
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from netinnov._runtime.optional import require
from netinnov.errors import InputError

ATTEMPTS = 5  # how often in a row a server may send nothing
PAUSE = 1.0  # seconds before the second attempt; twice as many before each further one
TIMEOUT = (30.0, 60.0)  # seconds to connect, and between bytes; the total is unlimited
BLOCK = 2**14  # bytes at a time; a connection that breaks off loses less than this
PASSING = (408, 425, 429, 500, 502, 503, 504)  # answers after which the same request may succeed


class _BrokenOff(Exception):
    """A connection ended before the file did."""


def download(
    address: str, part: Path, home: str, *, progress: bool, say: Callable[[str], None]
) -> dict[str, str]:
    requests = require("requests", extra="data", needed_by="fetch()")
    without_progress = 0
    with requests.Session() as session:
        while True:
            held = _size(part)
            try:
                return _attempt(session, address, part, home, progress=progress, say=say)
            except requests.exceptions.SSLError as error:
                raise InputError(f"{address} has no certificate to trust: {error}.") from None
            except (requests.exceptions.InvalidURL, requests.exceptions.InvalidProxyURL) as error:
                raise InputError(f"{address} cannot be asked: {error}.") from None
            except (requests.exceptions.RequestException, _BrokenOff) as error:
                without_progress = 0 if _size(part) > held else without_progress + 1
                if without_progress == ATTEMPTS:
                    raise _given_up(address, part, error) from None
                say(f"broken off after {_bytes(_size(part))}; trying again")
                time.sleep(PAUSE * 2 ** max(without_progress - 1, 0))


def _attempt(
    session: Any, address: str, part: Path, home: str, *, progress: bool, say: Callable[[str], None]
) -> dict[str, str]:
    held = _size(part)
    headers = {"Accept-Encoding": "identity"}  # the bytes of the file, not a packed form of them
    about = _read_about(part)
    version = about.get("etag") or about.get("last_modified")
    if held and version:
        headers |= {"Range": f"bytes={held}-", "If-Range": version}
    with session.get(address, headers=headers, stream=True, timeout=TIMEOUT) as answer:
        if answer.status_code == HTTPStatus.REQUESTED_RANGE_NOT_SATISFIABLE and held:
            if answer.headers.get("Content-Range") == f"bytes */{held}":  # nothing is missing
                _about_of(part).unlink()
                return about
            _remove(part)
            raise _BrokenOff("what was held is not of this file")
        _check_answer(answer, address, home)
        start, total = _extent(answer)
        sent = _about(answer)
        if start and (start != held or sent != about):
            _remove(part)
            raise _BrokenOff("the server sent a part of another file")
        free = shutil.disk_usage(part.parent).free
        if total is not None and total - start > free:
            msg = f"{address} needs {_bytes(total - start)} more; the disk of {part.parent} has"
            raise InputError(f"{msg} {_bytes(free)} left.")
        with _writing(part):
            _about_of(part).write_text(json.dumps(sent), encoding="utf-8")
        at = f", from {_bytes(start)} on" if start else ""
        size = "of unknown size" if total is None else _bytes(total)
        say(f"downloading {address}: {size}{at}; changes with each release: no hash is published")
        _receive(answer, part, start, total, progress=progress)
    _about_of(part).unlink()
    return sent


def _receive(answer: Any, part: Path, start: int, total: int | None, *, progress: bool) -> None:
    from tqdm.auto import tqdm

    look: dict[str, Any] = {"unit": "B", "unit_scale": True, "desc": part.stem, "leave": False}
    bar = tqdm(total=total, initial=start, disable=None if progress else True, **look)
    with _writing(part):
        stream = part.open("ab" if start else "wb")
    with bar, stream:
        for block in answer.iter_content(BLOCK):
            with _writing(part):
                stream.write(block)
            bar.update(len(block))
        with _writing(part):
            stream.flush()
            os.fsync(stream.fileno())
    size = _size(part)
    if total is not None and size != total:
        if size > total:
            _remove(part)
        raise _BrokenOff(f"the server sent {size:,} bytes of {total:,}")


@contextmanager
def _writing(part: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise InputError(f"{part} cannot be written: {error.strerror or error}.") from None


def _check_answer(answer: Any, address: str, home: str) -> None:
    status = answer.status_code
    if urlsplit(address).scheme == "https" and urlsplit(answer.url).scheme != "https":
        raise InputError(f"{address} leads to {answer.url}, which is not encrypted.")
    if status in (HTTPStatus.OK, HTTPStatus.PARTIAL_CONTENT):
        return
    if status in PASSING:
        raise _BrokenOff(f"the server answers {status} {answer.reason}")
    msg = f"{address} cannot be downloaded: the server answers {status} {answer.reason}"
    raise InputError(f"{msg}; the publisher may have moved it: see {home}.")


def _extent(answer: Any) -> tuple[int, int | None]:
    if answer.status_code == HTTPStatus.PARTIAL_CONTENT:
        where = re.match(r"bytes (\d+)-\d+/(\d+|\*)", answer.headers.get("Content-Range", ""))
        if where is None:
            raise _BrokenOff("the server sent a part without saying which")
        return int(where[1]), None if where[2] == "*" else int(where[2])
    length = answer.headers.get("Content-Length", "")
    known = length.isdecimal() and not _is_encoded(answer)
    return 0, int(length) if known else None


def _is_encoded(answer: Any) -> bool:
    encoding: str = answer.headers.get("Content-Encoding", "identity")
    return encoding != "identity"


def _about(answer: Any) -> dict[str, str]:
    """Headers that identify a release; weak ETags do not identify bytes."""
    tag, day = answer.headers.get("ETag", ""), answer.headers.get("Last-Modified", "")
    if _is_encoded(answer):  # a part of it could not be continued
        return {}
    about = {"etag": "" if tag.startswith("W/") else tag, "last_modified": day}
    return {name: value for name, value in about.items() if value}


def _read_about(part: Path) -> dict[str, str]:
    try:
        about = json.loads(_about_of(part).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return about if isinstance(about, dict) else {}


def _about_of(part: Path) -> Path:
    return part.with_name(part.name + ".json")


def _given_up(address: str, part: Path, error: Exception) -> InputError:
    held = _size(part)
    kept = f" {_bytes(held)} are kept in {part}, from where the next call goes on." if held else ""
    msg = f"{address} cannot be downloaded: {ATTEMPTS} attempts in a row brought nothing ({error})"
    return InputError(f"{msg}. Is there a connection, or a proxy to set in HTTPS_PROXY?{kept}")


def _remove(part: Path) -> None:
    part.unlink(missing_ok=True)
    _about_of(part).unlink(missing_ok=True)


def _size(part: Path) -> int:
    return part.stat().st_size if part.exists() else 0


def _bytes(count: float) -> str:
    for unit in ("bytes", "kB", "MB"):
        if count < 1000:
            return f"{count:.3g} {unit}" if unit != "bytes" else f"{count:.0f} bytes"
        count /= 1000
    return f"{count:.3g} GB"
