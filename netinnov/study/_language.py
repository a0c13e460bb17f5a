"""The languages of a report: how numbers, names and lists are written, and the templates."""

from __future__ import annotations

import math
import tomllib
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache, lru_cache
from importlib.resources import files
from numbers import Integral, Real
from typing import Any, Literal, TypeAlias

import pandas as pd
from jinja2 import Environment, StrictUndefined, Template

from netinnov.study._section import Fact, Form, Layer, Name, Pair, Place, Term
from netinnov.study._words import cell, in_per_cent, name, number, percent, signed, year

LanguageName: TypeAlias = Literal["en", "zh"]
Glossary: TypeAlias = Literal["terms", "layers", "kinds", "figures"]
LANGUAGES: tuple[LanguageName, ...] = ("en", "zh")
_SMALL = ("no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten")
SPELLED: Mapping[LanguageName, Mapping[int, str]] = {
    "en": dict(enumerate(_SMALL)),
    "zh": dict(enumerate("零一两三四五六七八九十")),
}
MOST = 6  # names of a list that are written
# What English numbers say in words, and Chinese ones instead.
IN_CHINESE = {
    " %": "%",
    "less than ": "不到 ",
    "more than ": "超过 ",
    "just below ": "略低于 ",
    "just above ": "略高于 ",
}


@dataclass(frozen=True, slots=True)
class Text:
    """What a template says: one string for each part of a section."""

    question: str
    answer: str
    notes: tuple[str, ...] = ()
    labels: Mapping[str, str] = field(default_factory=dict)  # of key figures
    figures: Mapping[str, str] = field(default_factory=dict)  # captions
    alts: Mapping[str, str] = field(default_factory=dict)  # what one sees in a figure
    tables: Mapping[str, str] = field(default_factory=dict)  # captions


@dataclass(frozen=True, slots=True, eq=False)
class Language:
    """One language with the names of the places and layers of a study.

    Templates write a fact by ``{{ fact }}``, and with the filters below: ``number``, ``percent``,
    ``change`` (of a share), ``counted`` (a number and its noun), ``names`` (a list in words),
    ``pairs`` (of home and host) and ``span`` (both ends of an interval).
    """

    code: LanguageName
    places: Mapping[Any, str] = field(default_factory=dict)
    layers: Mapping[str, str] = field(default_factory=dict)
    modelled: tuple[str, ...] = ()

    def write(self, value: Any) -> str:
        """A fact as text: names and layers isolated, numbers with two significant digits."""
        if isinstance(value, Place):
            return name(self.places.get(value, value))
        if isinstance(value, Layer):
            return name(self.layer(value))
        if isinstance(value, Term):
            return self.term(value)
        if isinstance(value, Name):
            return name(words(self.code, "kinds").get(value, value))
        if isinstance(value, bool) or type(value).__name__ == "bool":
            return self.term("yes" if value else "no")
        if value is None or (pd.api.types.is_scalar(value) and pd.isna(value)):
            return self.term("not_known")
        if isinstance(value, Integral):
            return signed(f"{int(value):,}")
        if isinstance(value, Real):
            return number(float(value), digits=2)
        return str(value)

    def layer(self, layer: str) -> str:
        called = self.layers.get(layer, layer)
        says_so = called.casefold().endswith("modelled")
        if layer not in self.modelled or says_so:
            return called
        return f"{called} (modelled)" if self.code == "en" else f"{called}（模型）"

    def term(self, word: str) -> str:
        return words(self.code, "terms").get(word, word.replace("_", " "))

    def names(self, values: Iterable[Any], most: int = MOST, total: int | None = None) -> str:
        """A list in words; of `total` (by default all) names at most `most` are written."""
        parts = [self.write(value) for value in values]
        total = max(len(parts), total or 0)
        shown = parts[:most]
        rest = total - len(shown)
        if self.code == "zh":
            return "、".join(shown) + (f"及另外 {rest:,} 个" if rest else "")
        if rest:
            return f"{', '.join(shown)} and {rest:,} more"
        return " and ".join([", ".join(shown[:-1]), shown[-1]] if len(shown) > 1 else shown)

    def pairs(self, values: Sequence[Any], word: str, most: int = MOST) -> str:
        """Homes by their host, in words, such as ``A and B in C; D in E``."""
        by_host: dict[str, list[Any]] = {}
        for pair in values[:most]:
            ends = (pair.home, pair.host) if isinstance(pair, Pair) else (pair, pair)
            by_host.setdefault(self.write(ends[1]), []).append(ends[0])
        gap, between, more = (" ", "; ", " and {:,} more")
        if self.code == "zh":
            gap, between, more = ("", "；", "及另外 {:,} 个")
        parts = [f"{self.names(homes)}{gap}{word}{gap}{host}" for host, homes in by_host.items()]
        rest = len(values) - most
        return between.join(parts) + (more.format(rest) if rest > 0 else "")

    def counted(self, n: int, noun: str, plural: str = "") -> str:
        if self.code == "zh":
            return f"{int(n):,} {noun}"
        return f"{int(n):,} {noun if n == 1 else plural or noun + 's'}"

    def spelled(self, n: int) -> str:
        """A small number in words."""
        return SPELLED[self.code].get(int(n), f"{int(n):,}")

    def percent(self, share: float) -> str:
        """Close to the ends it does not round to them."""
        return self.term("not_known") if math.isnan(share) else self._said(percent(share))

    def change(self, share: float, *, sign: bool = True) -> str:
        """A relative change in per cent, with two significant digits."""
        if math.isnan(share):
            return self.term("not_known")
        if not sign:
            share = abs(share)
        text = self._said(in_per_cent([share])[0])
        return text if sign else text.removeprefix("+")

    def span(self, low: float, high: float, form: Form = "number", digits: int = 2) -> str:
        """Both ends of an interval."""
        if form == "change" and not math.isnan(low + high):
            ends = list(map(self._said, in_per_cent([low, high])))
        else:
            ends = [self.form(each, form, digits) for each in (low, high)]
        if self.code == "zh":
            return " 至 ".join(ends)
        for unit in (" %", " km"):
            if all(each.endswith(unit) for each in ends):
                ends[0] = ends[0].removesuffix(unit)
        return " to ".join(ends)

    def form(self, value: Fact, form: Form, digits: int = 2) -> str:
        """A value in the way that a key figure or a column asks for."""
        missing = value is None or (isinstance(value, float) and math.isnan(value))
        if missing or form == "text" or isinstance(value, (str, list)):
            return self.names(value) if isinstance(value, list) else self.write(value)
        if form == "number" and isinstance(value, float):
            return number(value, digits=max(1, digits))
        of: dict[str, Callable[[Any], str]] = {
            "percent": self.percent,
            "change": self.change,
            "km": lambda km: f"{number(round(km))} km",
            "year": year,
        }
        return of.get(form, self.write)(value)

    def _said(self, number: str) -> str:
        for english, chinese in IN_CHINESE.items() if self.code == "zh" else ():
            number = number.replace(english, chinese)
        return number

    def cell(self, value: Any, *, column: str, table: Any) -> str:
        """A cell of a table on the page."""
        if value is None or (pd.api.types.is_scalar(value) and pd.isna(value)):
            return "–"
        if isinstance(value, Term):
            return self.term(value)
        if column in table.places:
            return str(self.places.get(value, value))
        if column in table.layers:
            return self.layer(str(value))
        if column in table.terms:
            return self.term(str(value))
        if column in table.forms:
            return self.form(value, table.forms[column])
        if isinstance(value, bool) or type(value).__name__ == "bool":
            return self.term("yes" if value else "no")
        return cell(value)

    def text(self, template: Template, facts: Mapping[str, Fact]) -> Text:
        """What a template says of facts."""
        said = template.make_module(dict(facts))
        parts: dict[str, Any] = {key: getattr(said, key, {}) for key in ("labels", "figures")}
        parts |= {key: getattr(said, key, {}) for key in ("alts", "tables")}
        shown = {key: {each: _line(text) for each, text in parts[key].items()} for key in parts}
        notes = filter(None, map(_line, str(getattr(said, "notes", "")).split("\n")))
        return Text(_line(said.question), _line(said.answer), tuple(notes), **shown)  # type: ignore[attr-defined]

    def environment(self) -> Environment:
        environment = Environment(
            autoescape=False,
            undefined=StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
            finalize=self.write,
        )
        for filter_ in (
            "names",
            "pairs",
            "counted",
            "percent",
            "change",
            "term",
            "form",
            "spelled",
        ):
            environment.filters[filter_] = getattr(self, filter_)
        environment.filters["number"] = lambda x, digits=2: self.form(float(x), "number", digits)
        environment.globals |= {"span": self.span, "zip": zip}
        environment.filters["written"] = self.write
        return environment

    def template(self, section: str) -> Template:
        """The words of a section, or of the page."""
        return _compiled(self, section)


def _line(text: object) -> str:
    line = " ".join(str(text).split())
    return line.replace("。 ", "。").replace("， ", "，")


@lru_cache(maxsize=64)
def _compiled(language: Language, section: str) -> Template:
    folder = files("netinnov.study.sections")
    source = folder.joinpath(f"{section}.{language.code}.jinja").read_text(encoding="utf-8")
    return language.environment().from_string(source)


@cache
def words(code: LanguageName, part: Glossary) -> dict[str, str]:
    """The words of netinnov, of the layers of the bundled case, or of figures, in a language."""
    text = files("netinnov.study").joinpath(f"words.{code}.toml").read_text(encoding="utf-8")
    read: dict[str, dict[str, str]] = tomllib.loads(text)
    return read.get(part, {})
