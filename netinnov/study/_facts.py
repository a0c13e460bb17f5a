"""What a section of a study is made of: settings, facts, key figures, figures and tables."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, ClassVar, Literal, Self

import pandas as pd
from pydantic import AfterValidator, BaseModel, ConfigDict, Field, model_validator

from netinnov._runtime.arguments import as_path, limit_of, shown

if TYPE_CHECKING:
    from matplotlib.axes import Axes


class Place(str):
    """Id of a place; a page writes its name."""


class Pair(str):
    """A home and a host; a page writes both."""

    home: Place
    host: Place

    def __new__(cls, home: str, host: str) -> Self:
        pair = super().__new__(cls, f"{home}@{host}")
        pair.home = Place(home)
        pair.host = Place(host)
        return pair


class Layer(str):
    """Name of a layer; a page writes its name in its language."""


class Term(str):
    """A word of netinnov, such as the name of a measure; a page writes it in its language."""


class Name(str):
    """Text from the data, such as the kind of a node."""


File = Annotated[Path, Field(strict=False), AfterValidator(partial(as_path, "path"))]
Fact = str | int | float | bool | list[Any] | None
Form = Literal["number", "percent", "share", "change", "distance", "year", "place", "layer", "term"]


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
            cls.part = part
            cls.optional = optional

    @model_validator(mode="after")
    def _counts_are_limited(self) -> Self:
        for setting, value in self:
            whole = isinstance(value, int) and not isinstance(value, bool)
            if whole and setting != "seed" and value > limit_of(setting):
                msg = f"`{setting}` must be at most {limit_of(setting):,}; found {shown(value)}"
                raise ValueError(msg)
        return self

    @property
    def files(self) -> dict[str, Path]:
        """The settings that name a file or folder."""
        return {setting: value for setting, value in self if isinstance(value, Path)}

    def _in_folder(self, folder: Path) -> Self:
        return self.model_copy(update={name: folder / path for name, path in self.files.items()})


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
    """A figure; its caption and what one sees in it are `figures[name]` of the template."""

    name: str  # of the files under ``figures/``
    plot: Callable[[], Axes]  # called once for print, and once in the style of the page
    on_page: bool = False  # the first of a section that is, stands there
    front: bool = False  # the first that is as well, at the top of the page


# What the columns of the tables on a page hold, by their names.
COLUMNS: dict[str, Form] = {
    **dict.fromkeys(("actor", "home", "host", "jurisdiction", "name"), "place"),
    **dict.fromkeys(("place", "strongest"), "place"),
    "layer": "layer",
    **dict.fromkeys(("approach", "direction", "index", "side", "step", "type"), "term"),
    **dict.fromkeys(("agreement", "best", "inside", "share_of_resamples"), "percent"),
    **dict.fromkeys(("strength_share", "support"), "percent"),
    **dict.fromkeys(("gain_alone", "gain_in_plan", "home_access", "host_access"), "change"),
    **dict.fromkeys(("access_gini", "effective_number", "efficiency"), "change"),
    "distance": "distance",
    "opened": "year",
}


@dataclass(frozen=True, slots=True, eq=False)
class Table:
    """A table; its caption is `tables[name]` of the template if the page shows it."""

    name: str  # of the files under ``tables/``
    frame: pd.DataFrame  # what is written; a nameless index only gives the order
    view: pd.DataFrame | None = None  # what the page shows, first rows first; None: `frame`
    on_page: bool = False
    forms: Mapping[str, Form] = field(default_factory=dict)  # beside those of `COLUMNS`
    modelled: tuple[str, ...] = ()  # modelled layers that enter: a column of the file names them
    front: bool = False  # it stands at the top of the page
