"""The main job: from tables to a folder with tables, figures and a report."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from netinnov._atomic import new_folder
from netinnov._interruption import check_interrupted
from netinnov._version import __version__
from netinnov.pipeline import _steps
from netinnov.pipeline._configuration import EXAMPLE, Configuration, read_configuration
from netinnov.pipeline._experiment import experiment
from netinnov.pipeline._mechanisms import mechanisms
from netinnov.pipeline._structure import structure
from netinnov.study._manifest import hash_inputs, write_manifest

__all__ = ["EXAMPLE", "Configuration", "read_configuration", "run"]

Say = Callable[[str], None]


def run(
    configuration: Configuration | None = None,
    *,
    out: str | os.PathLike[str],
    progress: bool = False,
    say: Say | None = None,
    command: str = "netinnov.pipeline.run",
) -> Path:
    """Run a study and write it to a new folder.

    Parameters
    ----------
    configuration : Configuration, optional
        From `read_configuration`. None: the bundled case of the Yangtze River Delta.
    out : path
        Folder to make. It appears when everything is in it, or not at all.
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
        Of ``report.html``; beside it lie ``tables/``, ``figures/`` and ``manifest.json``.

    Raises
    ------
    InputError
        If the folder is there already, or the data or settings are at fault.

    Examples
    --------
    >>> import tempfile
    >>> from netinnov import pipeline
    >>> report = pipeline.run(out=tempfile.mkdtemp() + "/study")  # doctest: +SKIP
    """
    configuration = read_configuration() if configuration is None else configuration
    with new_folder(out) as folder:
        _study(configuration, folder, progress=progress, say=say or _keep_quiet, command=command)
    return Path(out) / "report.html"


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
        given = _steps.load(configuration.data, configuration.layers)
        inputs = hash_inputs(given.files)
    network, notes = given.network, list(given.notes)
    say(repr(network))
    with step("places", "adding up to places"):
        afar = _steps.look_from_afar(network, configuration.places)
        notes += afar.notes
    with step("measures", "measuring"):
        tables = {"coverage": afar.coverage}
        tables |= _steps.measure(given, afar, configuration.places.level, configuration.measures)
        if given.rejected is not None:
            tables["problems"] = given.rejected
    scenario: dict[str, object] = {}
    if configuration.experiment is not None:
        with step("experiment", "trying the enclave and its rivals"):
            tried = experiment(afar.cities, configuration, progress=progress)
            scenario = tried.asked
            tables |= tried.tables
            notes += tried.notes
    if configuration.structure is not None:
        with step("structure", "looking for centres and communities"):
            tables |= structure(
                given,
                afar,
                configuration,
                enclaves=tables["enclaves"],
                progress=progress,
                say=say,
            )
    models: dict[str, object] = {}
    if configuration.mechanisms is not None:
        with step("mechanisms", "computing the mechanisms"):
            found = mechanisms(given, afar, configuration)
            tables |= found.tables
            models = found.asked
    with step("report", "drawing figures and writing the report"):
        from netinnov.report import Study, write_report

        study = Study(
            title=configuration.title,
            network=afar.inside,
            cities=afar.cities,
            tables=tables,
            modelled=given.modelled,
            notes=tuple(notes),
            scenario=scenario,
            mechanisms=models,
            command=command,
            version=__version__,
        )
        write_report(study, folder)
    write_manifest(
        folder,
        command=command,
        configuration=configuration.model_dump(mode="json"),
        inputs=inputs,
        network={"nodes": network.n_nodes, "links": network.n_links, "layers": network.layers},
        seconds=seconds,
    )


def _keep_quiet(text: str) -> None:
    """Say nothing."""
