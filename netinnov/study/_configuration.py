"""What a run is asked to do: one TOML file, checked before any work."""

from __future__ import annotations

import os
import tomllib
from collections.abc import Iterator, Mapping
from functools import cache
from typing import Any, Literal

from pydantic import ValidationError, create_model

from netinnov._runtime.arguments import as_path, check_choice, check_mapping, did_you_mean, shown
from netinnov._runtime.opening import read_text
from netinnov.datasets._packaged import packaged_tables
from netinnov.errors import InputError
from netinnov.study import sections
from netinnov.study._facts import Part
from netinnov.study._settings import Configuration


def parts() -> dict[str, type[Part]]:
    return {part.part: part for section in sections.SECTIONS for part in section.options}


def configure(settings: Mapping[str, Any]) -> Configuration:
    """Check the settings of a study that are given in Python.

    Parameters
    ----------
    settings : mapping from str to object
        As `EXAMPLE` has them: parts are mappings.

    Returns
    -------
    Configuration

    Raises
    ------
    ValueError
        A setting is wrong; the message (of pydantic) names all of them.

    Examples
    --------
    >>> configure({"data": {"source": "yrd"}, "seed": 2}).seed
    2
    """
    check_mapping("settings", settings, "from parts and options to their values")
    return _model(tuple(parts().values())).model_validate(dict(settings))


@cache
def _model(kinds: tuple[type[Part], ...]) -> type[Configuration]:
    fields: Any = {each.part: (each | None, None if each.optional else each()) for each in kinds}
    model = create_model("Configuration", __base__=Configuration, **fields)
    model.of_sections = {each.part: each for each in kinds}
    return model


Case = Literal["yrd", "europe"]


def case_text(case: Case) -> str:
    check_choice("case", case, Case)
    return packaged_tables().joinpath(f"{case}.toml").read_text(encoding="utf-8")


EXAMPLE = case_text("yrd")


def read_configuration(
    path: str | os.PathLike[str] | None = None, *, case: Case | None = None
) -> Configuration:
    """Read and check a configuration.

    Parameters
    ----------
    path : path, optional
        A TOML file as `EXAMPLE`; paths in it are relative to its folder. None: a bundled case.
    case : {"yrd", "europe"}, optional
        Which one: reverse enclaves of the Yangtze River Delta, the default, or cities of Europe
        that share research projects.

    Returns
    -------
    Configuration

    Raises
    ------
    InputError
        If the file cannot be read, a setting is wrong (one line for each), there is no such case,
        or both a file and a case are given.

    Examples
    --------
    >>> read_configuration().data.source, read_configuration(case="europe").data.source
    ('yrd', 'europe')
    """
    if path is None:
        return configure(tomllib.loads(case_text("yrd" if case is None else case)))
    if case is not None:
        raise InputError(f"`case` is a bundled one; leave it out with a file (found {case!r}).")
    path = as_path("path", path)
    text = read_text(path)
    try:
        settings = tomllib.loads(text)
    except (ValueError, RecursionError) as error:
        why = "it is nested too deeply" if isinstance(error, RecursionError) else error
        raise InputError(f"{path} is not valid TOML: {why}.") from None
    try:
        configuration = configure(settings)
    except ValidationError as error:
        lines = "\n".join(f"- {line}" for line in _faults(error))
        n = error.error_count()
        raise InputError(
            f"{path} has {n} wrong setting{'s' * (n != 1)}:\n{lines}\n"
            "`netinnov run --example` prints a commented one."
        ) from None
    folder = path.resolve().parent
    kinds = ((name, part) for name, part in configuration if isinstance(part, Part))
    return configuration.model_copy(update={name: part._in_folder(folder) for name, part in kinds})


def _faults(error: ValidationError) -> Iterator[str]:
    for fault in error.errors():
        where = [str(part) for part in fault["loc"]]
        name = ".".join(where)
        kind = fault["type"]
        value = shown(fault["input"])
        message = fault["msg"].removeprefix("Value error, ").removeprefix("Input should be ")
        own = {"model_type": f"a section, [{name}]", "dict_type": f"a section, [{name}]"}
        message = (own | {"path_type": "text"}).get(kind, message)
        if kind == "missing":
            yield f"{name} is missing."
        elif kind == "extra_forbidden":
            within = {*where[:-1]} or {""}
            kinds = [kind for kind in Part.__subclasses__() if kind.part in within]
            known = [each for kind in kinds for each in kind.model_fields]
            known += parts() if len(where) == 1 else ()
            yield f"{name} is not a setting{did_you_mean(where[-1], known)}."
        elif kind == "value_error":
            yield f"{name + ': ' if name else ''}{message.removesuffix('.')}."
        elif message == fault["msg"]:  # a sentence of its own
            yield f"{name}: {message[0].lower()}{message[1:]}; found {value}."
        else:
            yield f"{name} must be {message}; found {value}."
