"""The main job: from tables to a folder with tables, figures and a report."""

from __future__ import annotations

import os
import shutil
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from netinnov._version import __version__
from netinnov.errors import InputError
from netinnov.pipeline import _steps
from netinnov.pipeline._configuration import EXAMPLE, Configuration, read_configuration
from netinnov.pipeline._manifest import hash_inputs, write_manifest

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
        Told what is being done, one line each.
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
    out = Path(out)
    if out.exists() and (not out.is_dir() or any(out.iterdir())):
        msg = f"{out} is there already and not empty; name another folder, or remove it first."
        raise InputError(msg)
    say = say or (lambda text: None)
    with _new_folder(out) as folder:
        _study(configuration, folder, progress=progress, say=say, command=command)
    return out / "report.html"


def _study(
    configuration: Configuration, folder: Path, *, progress: bool, say: Say, command: str
) -> None:
    seconds: dict[str, float] = {}

    @contextmanager
    def step(name: str, text: str) -> Iterator[None]:
        say(text)
        start = time.perf_counter()
        yield
        seconds[name] = time.perf_counter() - start

    with step("load", "reading and checking tables"):
        given = _steps.load(configuration.data)
    say(repr(given.network))
    with step("places", "adding up to places"):
        where = configuration.places
        inside, cities, left_out = _steps.look_from_afar(given.network, where.level, where.keep)
    with step("measures", "measuring"):
        tables = _steps.measure(
            given.network, inside, cities, configuration.measures, given.modelled
        )
        if given.rejected is not None:
            tables["problems"] = given.rejected
    scenario: dict[str, object] = {}
    if configuration.experiment is not None:
        with step("experiment", "trying the enclave"):
            result, scenario = _steps.experiment(cities, configuration, progress=progress)
            tables["effects"] = result.effects()
            tables["replicates"] = result.replicates
    with step("report", "drawing figures and writing the report"):
        from netinnov.report import Study, write_report

        study = Study(
            title=configuration.title,
            network=inside,
            cities=cities,
            tables=tables,
            modelled=given.modelled,
            notes=(*given.notes, *left_out),
            scenario=scenario,
            command=command,
            version=__version__,
        )
        write_report(study, folder)
    network = given.network
    write_manifest(
        folder,
        command=command,
        configuration=configuration.model_dump(mode="json"),
        inputs=hash_inputs(given.files),
        network={"nodes": network.n_nodes, "links": network.n_links, "layers": network.layers},
        seconds=seconds,
    )


@contextmanager
def _new_folder(out: Path) -> Iterator[Path]:
    """A hidden folder beside ``out`` that takes its name at the end, or vanishes."""
    try:
        out.parent.mkdir(parents=True, exist_ok=True)
        folder = Path(tempfile.mkdtemp(prefix=f".{out.name}-", dir=out.parent))
    except OSError as error:
        raise InputError(f"{out} cannot be made: {error.strerror}.") from None
    try:
        yield folder
        folder.chmod(0o755)
        if out.exists():
            out.rmdir()
        folder.replace(out)
    finally:
        shutil.rmtree(folder, ignore_errors=True)
