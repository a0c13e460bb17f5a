"""The languages of a report: how numbers, names and lists are written, and the templates."""

from __future__ import annotations

import math
import re
import tomllib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache, cached_property
from importlib.resources import files
from numbers import Integral, Real
from typing import Any, Literal, TypeAlias

import numpy as np
import pandas as pd
from jinja2 import Environment, PackageLoader, StrictUndefined, Template
from markupsafe import Markup, escape

from netinnov._typing import Direction
from netinnov.study._facts import COLUMNS, Fact, Form, Layer, Name, Pair, Place, Table, Term

LanguageName: TypeAlias = Literal["en", "zh"]
Glossary: TypeAlias = Literal["terms", "layers", "kinds", "phrases"]
Phrases: TypeAlias = Literal["figures", "notes"]
MINUS = "\N{MINUS SIGN}"
ISOLATE = "\N{FIRST STRONG ISOLATE}"
END = "\N{POP DIRECTIONAL ISOLATE}"
AS = re.compile(r"'([^']*)' as (\w+)")  # a word of the data, and the name that it was read as
ISOLATED = re.compile(f"{ISOLATE}([^{ISOLATE}{END}]*){END}")
SMALLEST = 1e-6  # below it a number is written with a power of ten, not with a row of zeros
RAISED = str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹")
MOST = 6  # names of a list that are written
LONGEST = 80  # letters of a cell
# Words of netinnov for what counts links in one direction, or in both.
OF_WAYS = {
    "strength",
    "strength_share",
    "effective_number",
    "overlapping_strength",
    "overlapping_degree",
}
BETWEEN_HAN = re.compile(r"(?<=[\u4e00-\u9fff])(,?) (?=[\u4e00-\u9fff])")
WORDS: dict[Form | None, type[str]] = {"place": Place, "layer": Layer, "term": Term}
NUMBER = r"([−-]?\d[\d,.]*\d|\d)"
JOINTS = {"\n": "\n", ": ": "：", ", ": "，"}  # what joins parts of a label or note, and in Chinese


@dataclass(frozen=True, slots=True)
class Text:
    question: str
    answer: str
    notes: tuple[str, ...] = ()
    labels: Mapping[str, str] = field(default_factory=dict)  # of key figures
    figures: Mapping[str, Sequence[str]] = field(default_factory=dict)  # captions, what one sees
    tables: Mapping[str, str] = field(default_factory=dict)  # captions


@dataclass(frozen=True, eq=False)
class Language:
    """One language with the names of the places and layers of a study.

    Templates write a fact by ``{{ fact }}``, and with the filters of `environment`: ``number``,
    ``percent``, ``change`` (of a share), ``counted`` (a number and its noun), ``names`` (a list in
    words), and ``span(low, high)``.
    """

    code: LanguageName
    places: Mapping[Any, str] = field(default_factory=dict)
    layers: Mapping[str, str] = field(default_factory=dict)
    modelled: tuple[str, ...] = ()
    unit: str = "km"  # of distances
    direction: Direction | None = None  # of the links that strengths count; None: they have none

    def write(self, value: Any) -> str:
        if isinstance(value, Pair):
            gap = "到" if self.code == "zh" else " in "
            return gap.join([self.write(value.home), self.write(value.host)])
        if isinstance(value, Place):
            return name(self.places.get(value, value))
        if isinstance(value, Layer):
            return name(self.layer(value))
        if isinstance(value, Term):
            return self.term(value)
        if isinstance(value, Name):
            return name(words(self.code, "kinds").get(value, value))
        if isinstance(value, (bool, np.bool_)):
            return self.term("yes" if value else "no")
        if is_missing(value):
            return self.term("not_known")
        if isinstance(value, Integral):
            return signed(f"{int(value):,}")
        return number(float(value), digits=2) if isinstance(value, Real) else str(value)

    def layer(self, layer: str) -> str:
        called = self.layers.get(layer, layer)
        if layer not in self.modelled or called.casefold().endswith(("modelled", "模型")):
            return called
        return f"{called}（模型）" if self.code == "zh" else f"{called} (modelled)"

    def term(self, word: str) -> str:
        known = words(self.code, "terms")
        said = known.get(word.removeprefix("size_"), word.replace("_", " "))
        return said + self.ways if word in OF_WAYS else said

    @property
    def ways(self) -> str:
        """Which links a strength counts, in brackets."""
        return "" if self.direction is None else words(self.code, "terms")[f"ways_{self.direction}"]

    def translated(self, text: str, part: Phrases) -> str:
        """The Chinese of an English text, or of its parts; in Chinese alone."""
        if self.code == "en":
            return text
        if text.endswith(" (modelled)") and text[:-11] in self.modelled:
            return self.layer(text[:-11])
        if (parts := text.split(", "))[0] in self.layers and {*parts} <= {*self.layers}:
            return "、".join(map(self.layer, parts))
        if match := AS.fullmatch(text):
            return "“{}”作 {}".format(*match.groups())
        for pattern, said in _patterns(part):
            if match := pattern.fullmatch(text):
                return said.format(*(self.translated(x.strip(), part) for x in match.groups()))
        for mark, chinese in JOINTS.items():
            if mark in text:
                parts = [self.translated(each, part) for each in text.split(mark)]
                return text if parts == text.split(mark) else chinese.join(parts)
        return text

    def names(self, values: Iterable[Any], most: int = MOST) -> str:
        """A list in words, of which at most so many are written."""
        parts = [self.write(value) for value in values]
        shown = parts[:most]
        rest = len(parts[most:])
        if self.code == "zh":
            return "、".join(shown) + (f"及另外 {rest:,} 个" if rest else "")
        return f"{', '.join(shown)} and {rest:,} more" if rest else joined(shown)

    def counted(self, n: int, noun: str, plural: str = "") -> str:
        if self.code == "zh":
            return f"{int(n):,} {noun}"
        return f"{int(n):,} {noun if n == 1 else plural or noun + 's'}"

    def change(self, share: float, *, sign: bool = True) -> str:
        text = self.form(float(share if sign else abs(share)), "change")
        return text if sign else text.removeprefix("+")

    def span(
        self, low: float, high: float, form: Form = "number", digits: int = 2, around: Fact = None
    ) -> str:
        """Both ends of an interval, of a number with the decimals of the value."""
        known = not is_missing(low + high)
        if known and form == "number" and isinstance(around, int | float) and abs(around) > 0:
            ends = with_decimals([low, high], float(around), digits)
        elif known and form == "change":
            ends = [self._said(each) for each in changes([low, high])]
        else:
            ends = [self.form(each, form, digits) for each in (low, high)]
        if self.code == "zh":
            return " 至 ".join(ends)
        for unit in (" %", f" {self.unit}"):
            if all(each.endswith(unit) for each in ends):
                ends[0] = ends[0].removesuffix(unit)
        return " to ".join(ends)

    def form(self, value: Fact, form: Form, digits: int = 2) -> str:
        if isinstance(value, list):
            return self.names(value)
        if value is None or is_missing(value) or isinstance(value, str):
            return self.write(value)
        if form == "percent":
            return self._said(percent(value))
        if form == "share":  # in per cent, with significant digits
            return self._said(f"{number(100 * value, digits=digits)} %")
        if form == "change":
            return self._said(changes([value])[0])
        if form == "distance":
            return f"{number(round(value))} {self.unit}"
        if form == "year":
            return f"{value:.0f}"
        if form == "number" and isinstance(value, float):
            return number(value, digits=max(1, digits))
        return self.write(value)

    def _said(self, percent: str) -> str:
        return percent.replace(" %", "%") if self.code == "zh" else percent

    def cell(self, value: Any, column: str, table: Table) -> str:
        if is_missing(value):
            return "–"
        form = (COLUMNS | {**table.forms}).get(column)
        if form in WORDS:
            return plain(self.write(WORDS[form](value)))
        if form is not None:
            return self.form(value, form)
        if isinstance(value, Real) and not isinstance(value, Integral):
            return number(float(value))
        text = self.write(value)
        return text if len(text) <= LONGEST else text[: LONGEST - 1] + "…"

    def text(self, template: Template, facts: Mapping[str, Fact]) -> Text:
        said = template.make_module(dict(facts))
        parts = {part: getattr(said, part, {}) for part in ("labels", "figures", "tables")}
        shown = {part: {each: _line(text) for each, text in parts[part].items()} for part in parts}
        notes = filter(None, map(_line, str(getattr(said, "notes", "")).split("\n")))
        return Text(_line(said.question), _line(said.answer), tuple(notes), **shown)  # type: ignore[attr-defined]

    @cached_property
    def environment(self) -> Environment:
        loader = PackageLoader("netinnov.study", "sections")
        environment = Environment(loader=loader, undefined=StrictUndefined, finalize=self.write)
        for name in ("names", "counted", "change", "form"):
            environment.filters[name] = getattr(self, name)
        environment.filters["percent"] = lambda x: self.form(float(x), "percent")
        environment.filters["number"] = lambda x, digits=2: self.form(float(x), "number", digits)
        environment.filters["note"] = lambda text: self.translated(text, "notes")
        environment.filters["written"] = self.write
        environment.globals.update(span=self.span, zip=zip, ways=self.ways)
        return environment

    def template(self, section: str) -> Template:
        return self.environment.get_template(f"{section}.{self.code}.jinja")


def is_missing(value: Any) -> bool:
    return value is None or (pd.api.types.is_scalar(value) and bool(pd.isna(value)))


def _line(text: object) -> Any:
    if isinstance(text, list):
        return [_line(each) for each in text]
    line = BETWEEN_HAN.sub(lambda gap: "、" * len(gap[1]), " ".join(str(text).split()))
    return line.replace("。 ", "。").replace("， ", "，")


@cache
def words(code: LanguageName, part: Glossary) -> dict[str, str]:
    text = files("netinnov.study").joinpath("words.toml").read_text(encoding="utf-8")
    both: dict[str, str | list[str]] = tomllib.loads(text)[part]
    if code == "zh":
        return {word: said if isinstance(said, str) else said[1] for word, said in both.items()}
    return {word: said[0] for word, said in both.items() if isinstance(said, list)}


@cache
def _patterns(part: Phrases) -> list[tuple[re.Pattern[str], str]]:
    known = words("zh", "phrases")
    if part == "figures":  # a label may be a word of netinnov
        terms = words("zh", "terms")
        english = {words("en", "terms").get(word, word): said for word, said in terms.items()}
        plain = {word.replace("_", " "): said for word, said in terms.items()}
        known = plain | english | words("zh", "kinds") | known
    patterns = []
    for text, said in known.items():  # "#" is a number, "{}" anything
        escaped = re.escape(text).replace(r"\{\}", "(.*?)").replace(r"\#", NUMBER)
        patterns.append((re.compile(escaped, re.DOTALL), said.replace("#", "{}")))
    return patterns


def name(text: object) -> str:
    """Text from data, isolated (U+2068, U+2069) from the direction of what surrounds it."""
    return f"{ISOLATE}{text}{END}"


def plain(text: str) -> str:
    return text.replace(ISOLATE, "").replace(END, "")


def in_html(text: str) -> Markup:
    return Markup(ISOLATED.sub(r"<bdi>\1</bdi>", str(escape(text))))


def joined(parts: Sequence[str]) -> str:
    return " and ".join([", ".join(parts[:-1]), parts[-1]] if len(parts) > 1 else parts)


def in_sentences(notes: Iterable[str]) -> list[str]:
    sentences = []
    for note in notes:
        head, *points = note.split("\n- ")
        for text in [f"{head.rstrip(':')}: {point}" for point in points] or [head]:
            text += "." * (not text.endswith((".", "!", "?")))
            if "." not in text.split(":")[0].rstrip("."):  # it does not begin with a file
                text = text[:1].upper() + text[1:]
            sentences.append(text)
    return sentences


def alike(one: float, other: float) -> bool:
    return math.isclose(one, other, rel_tol=1e-9)


def pairs_of(table: pd.DataFrame) -> list[Pair]:
    return [Pair(*ends) for ends in zip(table["home"], table["host"], strict=True)]


def as_much(ranked: pd.Series, shown: pd.Series) -> int:
    """How many beyond those that are shown tie with the last of them."""
    return sum(alike(value, shown.iloc[-1]) for value in ranked.iloc[len(shown) :])


def number(value: float, *, digits: int = 3) -> str:
    """Significant digits; at least whole above a thousand, and a power of ten only far from 1."""
    if not math.isfinite(value):
        return signed(str(value)).replace("inf", "\N{INFINITY}")
    size = abs(value)
    if 1000 <= size < 1e15:
        return signed(f"{value:,.{max(0, digits - 1 - math.floor(math.log10(size)))}f}")
    if value == 0 or SMALLEST <= size < 1000:
        exact = math.isclose(float(f"{value:.{digits}g}"), value)  # else zeros at the end tell
        shown: Any = {"unique": False, "fractional": False, "trim": "-" if exact else "k"}
        return signed(np.format_float_positional(value, digits, **shown).rstrip("."))
    leading, power = f"{value:.{digits - 1}e}".split("e")
    return signed(f"{leading} × 10") + str(int(power)).translate(RAISED)


def with_decimals(ends: Iterable[float], value: float, digits: int) -> list[str]:
    """Ends of an interval with the decimals of its value, of a count with none."""
    count = value.is_integer() and abs(value) > 1
    decimals = 0 if count else min(max(0, digits - 1 - math.floor(math.log10(abs(value)))), 9)
    return [signed(f"{end:,.{decimals}f}") for end in ends]


def signed(text: str) -> str:
    if text.startswith(("-", "+")) and not text.strip("+-0.,"):
        return text[1:]
    return text.replace("-", MINUS)


def percent(share: float) -> str:
    """With decimals only where it would be rounded to 0 or to 100 %."""
    near = min(share, 1 - share)
    decimals = -2 - math.floor(math.log10(near)) if 1e-9 < near < 0.005 else 0
    return f"{100 * share:.{decimals}f} %"


def changes(shares: Iterable[float]) -> list[str]:
    """Changes in per cent, with equal decimals, of which the largest has two digits."""
    changes = [100 * share for share in shares]
    largest = max((abs(value) for value in changes if math.isfinite(value)), default=0.0)
    decimals = min(max(1 - math.floor(math.log10(largest)), 1), 9) if largest else 1
    return [f"{_fixed(change, decimals)} %" for change in changes]


def _fixed(change: float, decimals: int) -> str:
    if 0 < abs(change) < max(0.5 * 10**-decimals, SMALLEST):
        return ("+" if change > 0 else "") + number(change, digits=1)
    return signed(f"{change:+,.{decimals}f}") if change else "0"
