"""What a section of a study is: its options, what it computes, its facts, figures and tables."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, fields, replace
from typing import TYPE_CHECKING, Any, ClassVar, Generic, Literal, Self, TypeAlias, TypeVar

import pandas as pd
from pydantic import BaseModel, ConfigDict, model_validator

from netinnov._runtime.arguments import limit_of, shown
from netinnov.plotting._style import mark_modelled

if TYPE_CHECKING:
    from types import ModuleType

    from matplotlib.figure import Figure

    from netinnov.study._context import Context
    from netinnov.study._map_options import MapsPart

R = TypeVar("R")


class Place(str):
    """Id of a place; a page writes its name."""

    __slots__ = ()


class Pair(str):
    """A home and a host; a page writes both."""

    home: Place
    host: Place

    def __new__(cls, home: str, host: str) -> Self:
        pair = super().__new__(cls, f"{home}@{host}")
        pair.home, pair.host = Place(home), Place(host)
        return pair


class Layer(str):
    """Name of a layer; a page writes its name in its language."""

    __slots__ = ()


class Term(str):
    """A word of netinnov, such as the name of a measure; a page writes it in its language."""

    __slots__ = ()


class Name(str):
    """Text from the data, such as the kind of a node."""

    __slots__ = ()


Fact: TypeAlias = "str | int | float | bool | list[Any] | None"
Form: TypeAlias = Literal["number", "percent", "share", "change", "km", "year", "text"]


class Part(BaseModel):
    """Settings of one ``[part]`` of a configuration: checked, then frozen.

    A subclass is `class TopicPart(Part, part="topic", optional=True)`, where it may be
    absent; `datasets/tables/yrd.toml` explains the settings.
    """

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True, allow_inf_nan=False)
    part: ClassVar[str] = ""
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
class KeyFigure:
    """A number of the small table of a section; its label is `labels[name]` of the template."""

    name: str
    value: Fact
    low: float | None = None
    high: float | None = None
    of: int | None = None  # what it is out of
    form: Form = "number"
    digits: int = 2  # significant, of a number


@dataclass(frozen=True, slots=True, eq=False)
class Picture:
    """A figure; its caption is `figures[name]` of the template, what one sees `alts[name]`."""

    name: str  # of the files under ``figures/``
    draw: Callable[[], Figure]  # once for print, once in the style of the page
    on_page: bool = False  # the first of a section that is, stands on the page
    front: bool = False  # and at its top


@dataclass(frozen=True, slots=True, eq=False)
class Table:
    """A table; its caption is `tables[name]` of the template if the page shows it."""

    name: str  # of the files under ``tables/``
    frame: pd.DataFrame  # what is written; a nameless index only gives the order
    view: pd.DataFrame | None = None  # what the page shows, first rows first; None: `frame`
    on_page: bool = False
    rows: int = 8  # that the page shows at most
    places: tuple[str, ...] = ()  # columns of the view with ids of places
    layers: tuple[str, ...] = ()  # with names of layers
    terms: tuple[str, ...] = ()  # with words of netinnov
    forms: Mapping[str, Form] = field(default_factory=dict)  # how numbers of a column are written
    modelled: tuple[str, ...] = ()  # modelled layers that enter
    front: bool = False  # it stands at the top of the page


@dataclass(frozen=True, slots=True)
class Section(Generic[R]):
    """A part of a study, from the data to the page: a module of `netinnov.study.sections`.

    Its functions have the names of these fields, and its constants in capitals. The words are in
    ``NAME.en.jinja`` and ``NAME.zh.jinja`` beside it.
    """

    name: str  # its anchor on the page
    compute: Callable[[Context], R | None]  # all numbers; None where the data do not allow any
    facts: Callable[[R], Mapping[str, Fact]]  # flat and typed: what the templates may say
    tables: Callable[[R], Iterable[Table]]  # what is written to files
    key_figures: Callable[[R], Iterable[KeyFigure]] = lambda _: ()
    draw: Callable[[R], Iterable[Picture]] = lambda _: ()
    # Settings, which several sections may share; where all parts are false it is left out.
    options: tuple[type[Part], ...] = ()
    # Called before any section computes: raises what is wrong with the settings for these data.
    check: Callable[[Context], Any] | None = None

    @classmethod
    def of(cls, module: ModuleType) -> Self:
        """The section that a module makes, called by the name of its file."""
        names = [part.name for part in fields(cls)[1:]]
        parts = {each: vars(module).get(each, vars(module).get(each.upper())) for each in names}
        held = {each: part for each, part in parts.items() if part is not None}
        if isinstance(held.get("options"), type):
            held["options"] = (held["options"],)
        return cls(module.__name__.rpartition(".")[2], **held)


@dataclass(frozen=True, slots=True, eq=False)
class Joint(Result):
    """The result of each part that was asked for, by its name."""

    results: Mapping[str, Any]

    def of(self, part: str) -> Any:
        """The result of a part, in the language of this one."""
        return replace(self.results[part], context=self.context)


def joint_section(name: str, **modules: ModuleType) -> Section[Joint]:
    """The section of a module for each part; facts ``has_PART`` say which were asked for."""
    parts: dict[str, Section[Any]] = {each: Section.of(part) for each, part in modules.items()}

    def asked(context: Context) -> Iterator[tuple[str, Section[Any]]]:
        for part, section in parts.items():
            if any(map(context.options, section.options)):
                yield part, section

    def check(context: Context) -> None:
        for _, section in asked(context):
            if section.check is not None:
                context.once(section.check)

    def compute(context: Context) -> Joint:
        return Joint(context, {part: section.compute(context) for part, section in asked(context)})

    def facts(joint: Joint) -> Mapping[str, Fact]:
        known: dict[str, Fact] = {f"has_{part}": part in joint.results for part in parts}
        for part in joint.results:
            known |= parts[part].facts(joint.of(part))
        return known

    def every(kind: str) -> Callable[[Joint], Iterator[Any]]:
        def of_parts(joint: Joint) -> Iterator[Any]:
            for part in joint.results:
                yield from getattr(parts[part], kind)(joint.of(part))

        return of_parts

    rows = {kind: every(kind) for kind in ("key_figures", "draw", "tables")}
    options = tuple(option for section in parts.values() for option in section.options)
    return Section(name, compute, facts, **rows, options=options, check=check)


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
