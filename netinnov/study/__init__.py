"""The main job: from data to a folder with tables, figures and one page that explains them."""

from __future__ import annotations

import importlib.metadata
import json
import os
import platform
import time
import warnings
from collections.abc import Callable, Iterator
from concurrent.futures import Executor, ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from netinnov._runtime.arguments import examples, shown
from netinnov._runtime.atomic import new_folder
from netinnov._runtime.interruption import check_interrupted
from netinnov._runtime.opening import read_json, sha256_of
from netinnov._runtime.public import publish
from netinnov._version import __version__
from netinnov.errors import InputError
from netinnov.explorer._payload import tries_enclaves
from netinnov.plotting._fonts import font_advice, undrawn_characters
from netinnov.study import sections
from netinnov.study._configuration import EXAMPLE, configure, read_configuration
from netinnov.study._contents import contents
from netinnov.study._context import Context
from netinnov.study._explorer_page import write_explorer
from netinnov.study._facts import Table
from netinnov.study._report_page import Chapter, chapter, write_page, write_pictures, write_tables
from netinnov.study._section import Section
from netinnov.study._settings import Configuration
from netinnov.study.sections import SLOW
from netinnov.study.sections.data import limits

__all__ = ["EXAMPLE", "Configuration", "check", "configure", "read_configuration", "run"]

PACKAGES = (
    "numpy",
    "scipy",
    "pandas",
    "pyarrow",
    "networkx",
    "igraph",
    "scikit-network",
    "numba",
    "matplotlib",
    "seaborn",
)
OF_SYSTEMS = (".DS_Store", "Thumbs.db", "desktop.ini")  # made by who only looks at a folder
Say = Callable[[str], None]
Content = tuple[str, list[Table], list[Chapter]]  # of a section; a chapter in each language


def run(
    configuration: Configuration | None = None,
    *,
    out: str | os.PathLike[str],
    overwrite: bool = False,
    progress: bool = False,
    say: Say | None = None,
    command: str = "netinnov.study.run",
    executor: Executor | None = None,
) -> Path:
    """Run a study and write it to a new folder.

    Parameters
    ----------
    configuration : Configuration, optional
        From `read_configuration`. None: the bundled case of the Yangtze River Delta.
    out : path
        Folder to make. It appears when everything is in it, or not at all.
    overwrite : bool
        Replace an older study in this folder, once the new one is complete. Refused before
        anything is computed if the folder holds anything that this study did not write.
    progress : bool
        Show a bar while replicates run, if there is a terminal.
    say : callable, optional
        Told when a step begins, and when it is done with the seconds that it took.
    command : str
        What the manifest and the report name as the call.
    executor : concurrent.futures.Executor, optional
        Processes that draw figures while the next sections are computed; it is left open. None:
        this process draws them in the end. The files are the same.

    Returns
    -------
    Path
        Of ``report.html``; beside it lie ``explorer.html``, the page to explore the places and, of
        up to 300, to try other enclaves, ``tables/``, ``figures/`` and ``manifest.json``. A second
        language is in ``report.zh.html`` or ``report.en.html``.

    Raises
    ------
    InputError
        If the folder is there already, holds other files than those of a study to be replaced, or
        the data, settings or `executor` are invalid.

    Warns
    -----
    UserWarning
        If no installed font can draw a label; the page says so as well.

    Examples
    --------
    >>> report = ni.study.run(out="results/yrd")  # doctest: +SKIP
    """
    configuration = read_configuration() if configuration is None else configuration
    out = Path(out)
    unfit = isinstance(executor, (ThreadPoolExecutor, type))  # threads share matplotlib's settings
    if unfit or not (executor is None or hasattr(executor, "submit")):
        raise InputError(
            "`executor` must be an executor of processes, such as ProcessPoolExecutor(); found "
            f"{shown(executor)}."
        )
    replace = overwrite and _check_replaceable(out)
    with new_folder(out, replace=replace) as folder:
        options: Any = {"progress": progress, "command": command, "executor": executor}
        _study(configuration, folder, say or (lambda _: None), **options)
        if replace:
            _check_replaceable(out)  # again: a file may have come meanwhile
    return out / "report.html"


def check(configuration: Configuration | None = None) -> tuple[str, ...]:
    """Read the data of a study and hold its settings against them, without running it.

    Parameters
    ----------
    configuration : Configuration, optional
        From `read_configuration`. None: the bundled case of the Yangtze River Delta.

    Returns
    -------
    tuple of str
        What the report would hold, a line each, such as ``"nodes: 38"``; then what it would leave
        out and take for granted, in its words.

    Raises
    ------
    InputError
        If the data or settings are invalid, as `run` would say.

    Examples
    --------
    >>> lines = ni.study.check()
    >>> print(lines[0])
    nodes: 175 of 309 (21 without a place, 113 outside the chosen places)
    >>> print(lines[-2])
    Sites, actors and stated links are facts compiled from public web pages: a sample, not a census.
    """
    lines, notes = contents_and_notes(
        read_configuration() if configuration is None else configuration
    )
    return (*lines, *notes)


def contents_and_notes(configuration: Configuration) -> tuple[tuple[str, ...], tuple[str, ...]]:
    context = Context.of(configuration)
    _checked(context)
    return contents(context), limits(context)


def _study(settings: Configuration, folder: Path, say: Say, **options: Any) -> None:
    seconds: dict[str, float] = {}

    @contextmanager
    def step(name: str, text: str) -> Iterator[None]:
        say(text)
        start = time.perf_counter()
        yield
        check_interrupted()
        seconds[name] = round(time.perf_counter() - start, 3)
        say(f"{text}: done in {seconds[name]:.1f} s")

    with step("load", "reading and checking tables"):
        context = Context.of(settings, say=say, **options)
        wanted = _checked(context)
        files = sorted(context.files)  # those of the package may be installed as links
        inputs = {path.name: sha256_of(path.resolve()) for path in files}
    network = context.network
    say(repr(network))
    codes: Any = settings.language.split(",")
    without = replace(context, command="")  # figures for print are in the first language
    languages = [context.in_language(codes[0]), *map(without.in_language, codes[1:])]
    content: dict[str, Content] = {}
    with undrawn_characters() as undrawn:
        for section in sorted(wanted, key=lambda each: SLOW.get(each.name, 0)):
            with step(section.name, f"section: {section.name.replace('_', ' ')}"):
                content[section.name] = _content(section, languages)
        with step("report", "drawing figures and writing the report"):
            _write(languages, [content[each.name] for each in wanted], folder, undrawn)
            write_explorer(context, folder)
    if advice := font_advice(undrawn):
        warnings.warn(advice, UserWarning, stacklevel=3)
    outputs = (path for path in sorted(folder.rglob("*")) if path.is_file())
    manifest = {
        "netinnov": __version__,
        "finished": datetime.now(UTC).isoformat(timespec="seconds"),
        "python": platform.python_version(),
        "platform": platform.platform(),
        "packages": {name: importlib.metadata.version(name) for name in PACKAGES},
        "command": context.command,
        "configuration": settings.model_dump(mode="json"),
        "inputs": inputs,
        "network": {"nodes": network.n_nodes, "links": network.n_links, "layers": network.layers},
        "seconds": seconds,
        "outputs": {path.relative_to(folder).as_posix(): sha256_of(path) for path in outputs},
    }
    manifest_text = json.dumps(manifest, indent=2, ensure_ascii=False, allow_nan=False) + "\n"
    # What of a path is no text becomes an escape, which JSON knows too.
    target = folder / "manifest.json"
    target.write_text(manifest_text, encoding="utf-8", errors="backslashreplace")


def _checked(context: Context) -> list[Section[Any]]:
    context.configuration.measures.check(context.cities)
    wanted = [each for each in sections.SECTIONS if each.is_wanted(context)]
    for section in wanted:
        context.once(section.check)
    return wanted


def _content(section: Section[Any], languages: list[Context]) -> Content:
    result = languages[0].once(section.compute)
    if result is None:
        return section.name, [], []
    tables = list(section.tables(result))
    results = [replace(result, context=each) for each in languages]
    return section.name, tables, [chapter(section, each, tables) for each in results]


def _write(languages: list[Context], content: list[Content], out: Path, undrawn: set[str]) -> None:
    title = languages[0].configuration.title
    command = languages[0].command
    every = [table for _, tables, _ in content for table in tables]
    write_tables(every, out / "tables")
    by_section = [chapters for *_, chapters in content if chapters]
    chapters = list(zip(*by_section, strict=True)) or [()] * len(languages)
    # The last first: an executor goes on with the first that it has not begun.
    pictures = [each for parts in chapters for part in parts for each in part.pictures]
    renderings = [each() for each in reversed(pictures)][::-1]
    undrawn.update(*(each.undrawn for each in renderings))
    page = {
        "title": title,
        "command": command,
        "version": __version__,
        "tries": tries_enclaves(languages[0].cities),
        "absent": [f"absent_{name}" for name, _, chapters in content if not chapters],
        "tables": [(table.name, len(table.frame)) for table in every],
        "advice": font_advice(undrawn),
    }
    names = {each.code: f"report.{each.code}.html" for each in languages}
    names[languages[0].code] = "report.html"
    for each, parts in zip(languages, chapters, strict=True):
        others = [(other, name) for other, name in names.items() if other != each.code]
        write_page(out / names[each.code], each.language, parts, page | {"others": others})
    of_print = [each for each in renderings if each.files]
    write_pictures(out / "figures", of_print, title, f"`{command}`, netinnov {__version__}")


def _check_replaceable(folder: Path) -> bool:
    """Whether a folder holds a study; refuses what its manifest does not name as it is.

    False if the folder is empty or not there.
    """
    if not folder.is_dir() or not any(folder.iterdir()):
        return False
    try:
        manifest = read_json(folder / "manifest.json")
        written = {folder / name: digest for name, digest in manifest["outputs"].items()}
    except (InputError, LookupError, TypeError, AttributeError):
        raise InputError(
            f"{folder} is not a study (it has no manifest.json of one) and is not replaced; name "
            "another folder."
        ) from None
    folders = {above for path in written for above in path.parents}

    def is_own(path: Path) -> bool:
        if path == folder / "manifest.json" or path.name in OF_SYSTEMS:
            return True
        if path.is_symlink() or not path.is_file():
            return path in folders and not path.is_symlink()
        return path in written and sha256_of(path) == written[path]

    others = [path for path in sorted(folder.rglob("*")) if not is_own(path)]
    if others:
        listed = examples(others, lambda path: path.relative_to(folder).as_posix())
        raise InputError(
            f"{folder} is not replaced, as its study did not write what is there now: {listed}. "
            "Move that out of the folder, or name another one."
        )
    return True


__dir__ = publish(globals())
