"""What a section of a study is: its options, what it computes, tells, draws and writes."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, fields
from typing import TYPE_CHECKING, Any, ClassVar, Generic, Self, TypeVar

import pandas as pd
from pydantic import BaseModel, ConfigDict, model_validator

from netinnov._arguments import limit_of, shown
from netinnov.plotting._style import mark_modelled
from netinnov.study._words import name

if TYPE_CHECKING:
    from types import ModuleType

    from matplotlib.figure import Figure

    from netinnov.study._context import Context
    from netinnov.study._map_options import MapsPart

R = TypeVar("R")


class Part(BaseModel):
    """Settings of one ``[part]`` of a configuration: checked, then frozen.

    A subclass is `class TopicPart(Part, part="topic", optional=True)`, where it may be absent.
    `example` holds its commented lines in `netinnov.study.EXAMPLE`.
    """

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True, allow_inf_nan=False)
    part: ClassVar[str] = ""
    example: ClassVar[str] = ""
    optional: ClassVar[bool] = False

    def __init_subclass__(cls, *, part: str = "", optional: bool = False, **rest: Any) -> None:
        super().__init_subclass__(**rest)
        if part:
            cls.part, cls.optional = part, optional

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
    context: Context

    @property
    def names(self) -> dict[Any, str]:
        return self.context.names

    def name(self, place: Any) -> str:
        return name(self.names[place])

    @property
    def drawn_names(self) -> pd.Series[str]:
        return self.context.drawn_names

    @property
    def modelled_layers(self) -> tuple[str, ...]:
        return self.context.in_model(self.context.cities)

    @property
    def maps(self) -> MapsPart:
        return self.context.configuration.maps


@dataclass(frozen=True, slots=True)
class Sentence:
    """A sentence, the tables that its numbers stand in, and the heading that it is under."""

    text: str
    tables: tuple[str, ...] = ()
    topic: str = ""


@dataclass(frozen=True, slots=True, eq=False)
class Picture:
    name: str  # of the files under ``figures/``
    figure: Figure
    caption: str  # what is drawn, in a sentence or two
    tables: tuple[str, ...]  # those that its numbers stand in
    topic: str = ""  # the heading that it is under
    alt: str = ""  # what one sees, for those who cannot; not the caption again
    note: str = ""  # how to read it, and what is left out; folded
    front: bool = False  # it stands at the top of the page, not in its section


@dataclass(frozen=True, slots=True, eq=False)
class Table:
    name: str  # of the files under ``tables/``
    frame: pd.DataFrame  # what is written; a nameless index only gives the order
    caption: str
    view: pd.DataFrame | None = None  # what the page shows, first rows first; None: `frame`
    on_page: bool = True  # False where a figure shows it
    whole: bool = False  # the page shows all rows, up to a bound
    width: int | None = None  # columns that the page shows at most
    modelled: tuple[str, ...] = ()  # modelled layers that enter
    topic: str = ""  # the heading that it is under
    # How the page writes numbers of a column, such as in per cent; else three significant digits.
    formats: Mapping[str, Callable[[Any], str]] = field(default_factory=dict)


def _nothing(_: object) -> Iterable[Any]:
    return ()


@dataclass(frozen=True, slots=True)
class Section(Generic[R]):
    """A part of a study, from the data to the page: a module of `netinnov.study.sections`.

    Its functions have the names of these fields, and its constants in capitals.
    """

    name: str  # its anchor on the page
    heading: str
    compute: Callable[[Context], R | None]  # all numbers; None where the data do not allow any
    tell: Callable[[R], Iterable[Sentence]]  # what was found
    tables: Callable[[R], Iterable[Table]]  # what is written to files
    draw: Callable[[R], Iterable[Picture]] = _nothing  # saved one by one
    # For a reader in haste: in sight, where the rest is folded.
    offer: Callable[[R], Iterable[Sentence]] = _nothing
    # How to read the numbers, for the section on methods.
    explain: Callable[[R], Iterable[Sentence]] = _nothing
    # Settings, which several sections may share; a part that is set to false leaves them out.
    options: type[Part] | None = None
    absent: str = ""  # what is said where `compute` gives None; empty: nothing
    # What the study asks, if the first sentence of `offer` answers it; the last question leads.
    question: Callable[[R], str] = field(default=lambda _: "")
    # Called before any section computes: raises what is wrong with the settings for these data.
    check: Callable[[Context], Any] | None = None

    @classmethod
    def of(cls, module: ModuleType) -> Self:
        """The section that a module makes, called by the name of its file."""
        names = [part.name for part in fields(cls)[1:]]
        parts = {each: vars(module).get(each, vars(module).get(each.upper())) for each in names}
        held = {each: part for each, part in parts.items() if part is not None}
        return cls(module.__name__.rpartition(".")[2], **held)


def mark_layers(
    frame: pd.DataFrame, modelled: Iterable[str], *, columns: bool = False
) -> pd.DataFrame:
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
    layers = [mark_modelled(layer, (layer,)) for layer in modelled]
    if not (layers or always):
        return frame
    return frame.assign(modelled_layers="; ".join(layers) or None)
