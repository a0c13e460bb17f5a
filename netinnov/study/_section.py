"""What a section of a study is: its options, what it computes, tells, draws and writes."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, ClassVar, Generic, Self, TypeVar

import pandas as pd
from markupsafe import Markup
from pydantic import BaseModel, ConfigDict, model_validator

from netinnov._arguments import limit_of, shown
from netinnov.plotting import mark_modelled
from netinnov.study._words import name

if TYPE_CHECKING:
    from types import ModuleType

    from matplotlib.figure import Figure

    from netinnov.study._context import Context
    from netinnov.study._map_options import MapsPart

R = TypeVar("R")


class Part(BaseModel):
    """Settings of one ``[part]`` of a configuration: checked, and fixed afterwards.

    `part` is its name, and `example` its commented lines in `netinnov.study.EXAMPLE`. With
    `optional` there is nothing to be done where a configuration does not have the part.
    """

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True, allow_inf_nan=False)
    part: ClassVar[str]
    example: ClassVar[str]
    optional: ClassVar[bool] = False

    @model_validator(mode="after")
    def _counts_are_limited(self) -> Self:
        for setting, value in self:
            whole = isinstance(value, int) and not isinstance(value, bool)
            if whole and setting != "seed" and value > limit_of(setting):
                msg = f"`{setting}` must be at most {limit_of(setting):,}; found {shown(value)}"
                raise ValueError(msg)
        return self


@dataclass(frozen=True, slots=True, eq=False)
class Result:
    """What a section computes, and the study that it belongs to, which knows names and options."""

    context: Context

    @property
    def names(self) -> dict[Any, str]:
        """Name of each place."""
        return self.context.names

    def name(self, place: Any) -> Markup:
        """Name of a place for a sentence."""
        return name(self.names[place])

    @property
    def drawn_names(self) -> pd.Series[str]:
        """Name of each place that the installed fonts can draw."""
        return self.context.drawn_names

    @property
    def modelled_layers(self) -> tuple[str, ...]:
        """The modelled ones among the layers of the places."""
        return self.context.in_model(self.context.cities)

    @property
    def maps(self) -> MapsPart:
        """What all maps have in common."""
        return self.context.configuration.maps


@dataclass(frozen=True, slots=True)
class Sentence:
    """A sentence, the tables that its numbers stand in, and the heading that it is under."""

    text: str
    tables: tuple[str, ...] = ()
    topic: str = ""


@dataclass(frozen=True, slots=True, eq=False)
class Picture:
    """A figure for files and for the page.

    Parameters
    ----------
    name : str
        Of the files under ``figures/``.
    figure : Figure
        What is saved.
    caption : str
        What is drawn, in a sentence or two.
    tables : tuple of str
        Those that its numbers stand in.
    topic : str
        The heading that it is under.
    alt : str
        What one sees, for those who cannot; not the caption again.
    note : str
        How to read it, and what is left out; folded.
    front : bool
        It stands at the top of the page, not in its section.
    """

    name: str
    figure: Figure
    caption: str
    tables: tuple[str, ...]
    topic: str = ""
    alt: str = ""
    note: str = ""
    front: bool = False


@dataclass(frozen=True, slots=True, eq=False)
class Table:
    """A table for a file, and what the page shows of it.

    Parameters
    ----------
    name : str
        Of the files under ``tables/``.
    frame : DataFrame
        What is written; a nameless index only gives the order.
    caption : str
        What is in it.
    view : DataFrame, optional
        What the page shows, the most important rows and columns first; None: `frame`.
    on_page : bool
        False where a figure shows it.
    whole : bool
        The page shows all rows, up to a bound.
    width : int, optional
        Columns that the page shows at most.
    modelled : tuple of str
        Modelled layers that enter.
    topic : str
        The heading that it is under.
    formats : mapping from a column to a function value -> str
        How the page writes its numbers, such as in per cent; three significant digits by default.
    """

    name: str
    frame: pd.DataFrame
    caption: str
    view: pd.DataFrame | None = None
    on_page: bool = True
    whole: bool = False
    width: int | None = None
    modelled: tuple[str, ...] = ()
    topic: str = ""
    formats: Mapping[str, Callable[[Any], str]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Section(Generic[R]):
    """A part of a study, from the data to the page: a module of `netinnov.study.sections`.

    Its constants ``HEADING``, ``OPTIONS``, ``ABSENT`` and ``CHECK``, and its functions, have the
    names of these parameters.

    Parameters
    ----------
    name, heading : str
        Its anchor on the page, and what stands above it.
    compute : function Context -> result or None
        All numbers; None where the data do not allow any.
    tell : function result -> sentences
        What was found.
    tables : function result -> tables
        What is written to files.
    draw : function result -> pictures
        Figures, saved one by one.
    offer : function result -> sentences
        For a reader in haste: they stand in sight, where the rest is folded.
    explain : function result -> sentences
        How to read the numbers, for the section on methods.
    options : Part, optional
        Settings, which several sections may share. A part that is set to false leaves them out.
    absent : str
        What is said where `compute` gives None; empty: nothing.
    check : function Context -> anything, optional
        Called before any section computes: raises what is wrong with the settings for these data.
    question : function result -> str
        What the study asks, if this section can answer it: the first sentence of `offer` does. The
        last section with a question leads the page.
    """

    name: str
    heading: str
    compute: Callable[[Context], R | None]
    tell: Callable[[R], Iterable[Sentence]]
    tables: Callable[[R], Iterable[Table]]
    draw: Callable[[R], Iterable[Picture]] = field(default=lambda _: ())
    offer: Callable[[R], Iterable[Sentence]] = field(default=lambda _: ())
    explain: Callable[[R], Iterable[Sentence]] = field(default=lambda _: ())
    options: type[Part] | None = None
    absent: str = ""
    question: Callable[[R], str] = field(default=lambda _: "")
    check: Callable[[Context], Any] | None = None

    @classmethod
    def of(cls, module: ModuleType) -> Self:
        """The section that a module makes, called by the name of its file."""
        functions = ("compute", "tell", "tables", "draw", "offer", "explain", "question")
        constants = ("heading", "options", "absent", "check")
        parts = {each: getattr(module, each, None) for each in functions}
        parts |= {each: getattr(module, each.upper(), None) for each in constants}
        held = {each: part for each, part in parts.items() if part is not None}
        return cls(module.__name__.rpartition(".")[2], **held)


def mark_layers(
    frame: pd.DataFrame, modelled: Iterable[str], *, columns: bool = False
) -> pd.DataFrame:
    """A copy in which each modelled layer is called so: index or column ``layer``, or columns."""
    marks = {layer: mark_modelled(layer, (layer,)) for layer in modelled}
    if columns:
        frame = frame.rename(columns=marks)
    if frame.index.name == "layer":
        frame = frame.rename(index=marks)
    if "layer" in frame:
        frame = frame.assign(layer=frame["layer"].astype("str").replace(marks))
    return frame.copy()


def with_modelled(
    frame: pd.DataFrame, modelled: Iterable[str], *, always: bool = False
) -> pd.DataFrame:
    """With a last column that names the modelled layers in the numbers, where there are any."""
    layers = [mark_modelled(layer, (layer,)) for layer in modelled]
    if not (layers or always):
        return frame
    return frame.assign(modelled_layers="; ".join(layers) or None)
