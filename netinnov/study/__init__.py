"""The main job: from data to a folder with tables, figures and one page that explains them."""

from __future__ import annotations

import os
import time
import warnings
from collections.abc import Callable, Collection, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any
from uuid import uuid4

from netinnov._atomic import new_folder
from netinnov._interruption import check_interrupted
from netinnov._public import publish
from netinnov._version import __version__
from netinnov.errors import InputError
from netinnov.explorer._payload import tries_enclaves
from netinnov.plotting._fonts import font_advice, undrawn_characters
from netinnov.study import sections
from netinnov.study._configuration import (
    EXAMPLE,
    Configuration,
    configure,
    languages_of,
    read_configuration,
)
from netinnov.study._context import Context
from netinnov.study._explorer_page import write_explorer
from netinnov.study._language import Text, words
from netinnov.study._limits import limits
from netinnov.study._loaded_data import load
from netinnov.study._manifest import check_replaceable, hash_inputs, write_manifest
from netinnov.study._places import aggregate_to_places
from netinnov.study._report_page import chapter, write_page, write_pictures
from netinnov.study._section import Picture, Section, Table
from netinnov.study._table_files import write_tables
from netinnov.study._words import plain

__all__ = ["EXAMPLE", "Configuration", "check", "configure", "read_configuration", "run"]

Say = Callable[[str], None]


def run(
    configuration: Configuration | None = None,
    *,
    out: str | os.PathLike[str],
    overwrite: bool = False,
    progress: bool = False,
    say: Say | None = None,
    command: str = "netinnov.study.run",
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
        Told what is being done, one line each: when a step begins, and when it is done with the
        seconds that it took.
    command : str
        What the manifest and the report name as the call.

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
        the data or settings are invalid.

    Warns
    -----
    UserWarning
        If no installed font can draw a label; the page says so as well.

    Examples
    --------
    >>> import tempfile
    >>> from netinnov import study
    >>> report = study.run(out=tempfile.mkdtemp() + "/study")  # doctest: +SKIP
    """
    configuration = read_configuration() if configuration is None else configuration
    out = Path(out)
    replace = overwrite and check_replaceable(out)
    with new_folder(out, replace=replace) as folder:
        _study(configuration, folder, progress=progress, say=say or _keep_quiet, command=command)
        if replace:
            _check_again(out, folder)
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
        What a report would leave out and take for granted, in its words.

    Raises
    ------
    InputError
        If the data or settings are invalid, as `run` would say.

    Examples
    --------
    >>> from netinnov import study
    >>> print(study.check()[0])
    Sites, actors and stated links are facts compiled from public web pages: a sample, not a census.
    """
    configuration = read_configuration() if configuration is None else configuration
    loaded = load(configuration.data, configuration.layers, configuration.columns)
    level = aggregate_to_places(loaded.network, configuration.places)
    _checked(Context(configuration, loaded, level))
    return tuple(map(plain, limits(loaded, level)))


def _study(
    configuration: Configuration, folder: Path, *, progress: bool, say: Say, command: str
) -> None:
    seconds: dict[str, float] = {}

    @contextmanager
    def step(name: str, text: str) -> Iterator[None]:
        say(text)
        start = time.perf_counter()
        yield
        check_interrupted()
        seconds[name] = time.perf_counter() - start
        say(f"{text}: done in {seconds[name]:.1f} s")

    with step("load", "reading and checking tables"):
        loaded = load(configuration.data, configuration.layers, configuration.columns)
        inputs = hash_inputs(loaded.files)
    network = loaded.network
    say(repr(network))
    with step("places", "aggregating to places"):
        level = aggregate_to_places(network, configuration.places)
    context = Context(configuration, loaded, level, progress=progress, say=say)
    results: list[tuple[Section[Any], Any]] = []
    for section in _checked(context):
        with step(section.name, f"section: {section.name.replace('_', ' ')}"):
            results.append((section, context.once(section.compute)))
    with step("report", "drawing figures and writing the report"):
        _write(context, results, folder, command)
        write_explorer(context, folder)
    write_manifest(
        folder,
        command=command,
        configuration=configuration.model_dump(mode="json"),
        inputs=inputs,
        network={"nodes": network.n_nodes, "links": network.n_links, "layers": network.layers},
        seconds=seconds,
    )


def _checked(context: Context) -> list[Section[Any]]:
    wanted = [
        section
        for section in sections.SECTIONS
        if not section.options or any(context.options(part) for part in section.options)
    ]
    for section in wanted:
        if section.check is not None:
            context.once(section.check)
    return wanted


def _write(
    context: Context, results: list[tuple[Section[Any], Any]], folder: Path, command: str
) -> None:
    configuration, languages = context.configuration, languages_of(context.configuration)
    present = [(section, result) for section, result in results if result is not None]
    absent = [f"absent_{section.name}" for section, result in results if result is None]
    safe = configuration.output.neutralise_formulas
    tables = {section.name: list(section.tables(result)) for section, result in present}
    every = [table for each in tables.values() for table in each]
    write_tables(every, folder / "tables", neutralise_formulas=safe)
    names = {section.name for section, _ in present}
    lead = next((name for name in sections.LEADING if name in names), "")
    with undrawn_characters() as undrawn:
        for code in languages:
            _write_page(
                context.in_language(code), present, absent, tables, lead, folder, command, undrawn
            )
        _write_figures(context.in_language(languages[0]), present, folder, command)
    if advice := font_advice(undrawn):
        warnings.warn(advice, UserWarning, stacklevel=4)


def _write_page(
    context: Context,
    present: list[tuple[Section[Any], Any]],
    absent: list[str],
    tables: dict[str, list[Table]],
    lead: str,
    folder: Path,
    command: str,
    undrawn: Collection[str],
) -> None:
    language, languages = context.language, languages_of(context.configuration)
    chapters = []
    for section, result in present:
        result = replace(result, context=context)
        text = language.text(language.template(section.name), section.facts(result))
        figures, pictures = section.key_figures(result), section.draw(result)
        listed = tables[section.name]
        chapters.append(chapter(section.name, text, figures, pictures, listed, language))
    files = [(table.name, len(table.frame)) for each in tables.values() for table in each]
    title, known = context.configuration.title, words(context.code, "terms")
    page = {
        "title": known.get(title, title),
        "command": command,
        "version": __version__,
        "tries": tries_enclaves(context.cities),
        "absent": [known[why] for why in absent if why in known],
        "advice": font_advice(undrawn),
        "tables": files,
        "others": [(code, _page_of(code, languages)) for code in languages if code != context.code],
    }
    path = folder / _page_of(context.code, languages)
    write_page(path, language=language, page=page, lead=lead, chapters=chapters)


def _page_of(code: str, languages: Sequence[str]) -> str:
    return "report.html" if code == languages[0] else f"report.{code}.html"


def _write_figures(
    context: Context, present: list[tuple[Section[Any], Any]], folder: Path, command: str
) -> None:
    language = context.language

    def figures() -> Iterator[tuple[Picture, Text]]:
        for section, result in present:
            result = replace(result, context=context)
            text = language.text(language.template(section.name), section.facts(result))
            yield from ((picture, text) for picture in section.draw(result))

    origin = f"`{command}`, netinnov {__version__}"
    title = context.configuration.title
    write_pictures(
        folder / "figures",
        figures(),
        language=language,
        title=title,
        command=command,
        origin=origin,
    )


def _check_again(out: Path, folder: Path) -> None:
    try:
        check_replaceable(out)
    except InputError as error:
        kept = out.resolve().with_name(f"{out.resolve().name}-{uuid4().hex[:8]}")
        folder.rename(kept)
        raise InputError(f"{error} The new study is in {kept}.") from None


def _keep_quiet(text: str) -> None:
    """Say nothing."""


__dir__ = publish(globals())
