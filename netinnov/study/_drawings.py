"""The pictures of a study: a second process draws them while the next sections are computed."""

from __future__ import annotations

import os
import pickle
import subprocess
import sys
from concurrent.futures import Future, ThreadPoolExecutor, wait
from contextlib import suppress
from io import BytesIO
from pathlib import Path
from typing import Any, Self

from matplotlib.font_manager import fontManager

from netinnov._interruption import check_interrupted
from netinnov._parallel import workers
from netinnov.plotting._fonts import undrawn_characters
from netinnov.study._report_page import Drawn, drawn
from netinnov.study._section import Section

LARGEST = 1_000_000  # links up to which a second process, with its own network, draws


class Drawings:
    """The pictures of sections, drawn in a second process as soon as a section is computed.

    Sections that it has not begun or cannot draw are drawn in this process; the files are the same.
    """

    def __init__(self, command: str, n_links: int) -> None:
        self._command = command
        self._asked: list[tuple[Section[Any], Any, Future[Any]]] = []
        self._other: _Process | None = None
        self._alone = False  # nothing more is asked of the other process
        # The program may be another one that runs Python, such as QGIS: it is not started again.
        is_python = "python" in Path(sys.executable or "").name.lower()
        if is_python and workers(None) > 1 and n_links <= LARGEST:
            with suppress(OSError):
                self._other = _Process()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        if self._other is not None:
            self._other.close()

    def begin(self, section: Section[Any], result: Any) -> None:
        """Start drawing the figures of a section."""
        future: Future[Any] = Future()
        if self._other is not None and not self._alone:
            try:
                future = self._other.draw(section, result, self._command)
            except (pickle.PicklingError, AttributeError, TypeError):  # as for a lambda
                self._alone = True
        self._asked.append((section, result, future))

    def finish(self, undrawn: set[str]) -> dict[str, list[Drawn]]:
        """Return the pictures by section; add characters that no font has to ``undrawn``."""
        pictures: dict[str, list[Drawn]] = {}
        # The last first: the other process goes on with the first that it has not begun.
        for section, result, future in reversed(self._asked):
            if not future.cancel():
                with suppress(EOFError, OSError, pickle.PickleError):
                    pictures[section.name], lacking = _result(future)
                    undrawn |= lacking
            if section.name not in pictures:
                pictures[section.name] = [drawn(p, self._command) for p in section.draw(result)]
        return pictures


def _result(future: Future[Any]) -> Any:
    while not future.done():
        wait([future], timeout=0.2)
        check_interrupted()
    return future.result()


class _Process:
    """Draws sections in turn, in a session that Ctrl-C does not reach; ends with its stdin."""

    def __init__(self) -> None:
        code = f"import sys; sys.path[:] = {sys.path!r}; from {__name__} import serve; serve()"
        self._process = subprocess.Popen(
            [sys.executable, "-P", "-c", code],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        )
        self._thread = ThreadPoolExecutor(1)
        self._buffer = BytesIO()
        self._pickler = pickle.Pickler(self._buffer, pickle.HIGHEST_PROTOCOL)

    def draw(self, section: Section[Any], result: Any, command: str) -> Future[Any]:
        # Pickled now, while nothing changes, and by one pickler: what sections share goes once.
        self._buffer.seek(0)
        self._buffer.truncate()
        self._pickler.dump((fontManager.ttflist, section.draw, result, command))
        return self._thread.submit(self._ask, self._buffer.getvalue())

    def _ask(self, job: bytes) -> Any:
        assert self._process.stdin
        assert self._process.stdout
        self._process.stdin.write(job)
        self._process.stdin.flush()
        return pickle.load(self._process.stdout)

    def close(self) -> None:
        self._process.kill()
        self._thread.shutdown(cancel_futures=True)
        with suppress(OSError):
            self._process.__exit__(None, None, None)


def serve() -> None:
    with os.fdopen(os.dup(1), "wb") as replies:
        os.dup2(2, 1)  # what libraries print goes elsewhere
        jobs = pickle.Unpickler(sys.stdin.buffer)
        while True:
            try:
                fontManager.ttflist, draw, result, command = jobs.load()
            except EOFError:
                return
            with undrawn_characters() as undrawn:
                pictures = [drawn(picture, command) for picture in draw(result)]
            pickle.dump((pictures, undrawn), replies, pickle.HIGHEST_PROTOCOL)
            replies.flush()
