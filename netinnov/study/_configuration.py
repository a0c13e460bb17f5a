"""What a run is asked to do: one TOML file, checked before any work."""

from __future__ import annotations

import os
import tomllib
from collections.abc import Iterator, Mapping
from functools import cache
from typing import Annotated, Any, Literal, Self

from pydantic import Field, ValidationError, create_model, model_validator

from netinnov._runtime.arguments import as_path, check_choice, did_you_mean, shown
from netinnov._runtime.opening import read_text
from netinnov.datasets._packaged import packaged_tables
from netinnov.errors import InputError
from netinnov.study import sections
from netinnov.study._loaded_data import BUNDLED, DataPart, LayerPart
from netinnov.study._measures import MeasuresPart
from netinnov.study._places import MapsPart, PlacesPart
from netinnov.study._section import Part


class Configuration(Part):
    """All settings of a run; the settings of the sections are fields of their own."""

    title: str = "Innovation network"
    seed: Annotated[int, Field(ge=0)] = 1
    language: Literal["en", "zh", "en,zh", "zh,en"] = "en"
    data: DataPart
    columns: dict[str, str] = Field(default_factory=dict)
    layers: dict[str, LayerPart] = Field(default_factory=dict)
    places: PlacesPart = PlacesPart()
    measures: MeasuresPart = MeasuresPart()
    maps: MapsPart = MapsPart()

    @model_validator(mode="before")
    @classmethod
    def _prepared(cls, settings: Any) -> Any:
        """Drop parts that are false, and add parts that only the bundled enclaves ask for."""
        if not isinstance(settings, dict):
            return settings
        known, data = parts(), settings.get("data")
        if isinstance(data, dict) and data.get("source") == BUNDLED[0]:
            for name, kind in known.items():
                needs = any(field.is_required() for field in kind.model_fields.values())
                settings = settings if needs or not kind.optional else {name: {}} | settings
        return settings | {name: None for name in known if settings.get(name) is False}

    @model_validator(mode="after")
    def _bundled_tables_are_known(self) -> Self:
        for part in ("layers", "columns"):
            if self.data.source in BUNDLED and getattr(self, part):
                msg = f"`{part}` is for tables of your own; leave it out with "
                raise ValueError(f"{msg}{self.data.source!r}")
        return self


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
    return _model(tuple(parts().values())).model_validate(dict(settings))


@cache
def _model(kinds: tuple[type[Part], ...]) -> type[Configuration]:
    fields: Any = {each.part: (each | None, None if each.optional else each()) for each in kinds}
    return create_model("Configuration", __base__=Configuration, **fields)


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
        msg = f"{path} has {n} wrong setting{'s' * (n != 1)}:\n{lines}\n"
        raise InputError(msg + "`netinnov run --example` prints a commented one.") from None
    folder = path.resolve().parent
    kinds = ((name, part) for name, part in configuration if isinstance(part, Part))
    return configuration.model_copy(update={name: part._in_folder(folder) for name, part in kinds})


def _faults(error: ValidationError) -> Iterator[str]:
    for fault in error.errors():
        where = [str(part) for part in fault["loc"]]
        name, kind, value = ".".join(where), fault["type"], shown(fault["input"])
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
