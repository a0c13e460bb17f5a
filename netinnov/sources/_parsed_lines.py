"""What the parsers of multiplex files return, and how they read lines."""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import pandas as pd

from netinnov._network.columns import own_names
from netinnov._network.numeric_columns import number_of, numeric
from netinnov._runtime.encodings import decoded
from netinnov._runtime.opening import CELL, check_made, columns_of_rows, read_bytes
from netinnov.errors import InputError

FIELD = re.compile(r'"([^"]*)"|(\S+)')


class Link(NamedTuple):
    layer: str
    source: str
    target: str
    weight: float | None  # None if nothing says it
    more: Mapping[str, Any]


class Parsed(NamedTuple):
    nodes: pd.DataFrame
    links: pd.DataFrame
    directed: frozenset[str] | None  # None if the file does not say
    notes: Sequence[str] = ()


Lines = Sequence[tuple[str, str]]  # where each is, for messages, and its text


def read_lines(path: Path) -> Lines:
    text = decoded(path.name, read_bytes(path))
    check_made(path.name, CELL * sum(map(text.count, "\n\n\r \t,")))  # lines and their fields
    lines = re.split(r"\r\n|\n|\r", text)
    if not any(line.strip() for line in lines):
        raise InputError(f"{path.name} is empty; get the file again.")
    return [(f"{path.name}, line {at}", text.strip()) for at, text in enumerate(lines, start=1)]


def fields(text: str) -> list[str]:
    return [quoted or plain for quoted, plain in FIELD.findall(text)]


def refuse_line(where: str, fields: Sequence[str], columns: Sequence[str]) -> InputError:
    last = columns[max(min(len(fields), len(columns)) - 1, 0)]
    return InputError(
        f"{where} must have {len(columns)} fields: {', '.join(columns)}; it has "
        f"{len(fields)} and ends in column {last!r} ({' '.join(fields)[:40]!r}); is the file cut "
        "off there, or has it another delimiter?"
    )


def between_layers(where: str, one: str, other: str) -> InputError:
    return InputError(
        f"{where}: links must lie within a layer; this one leads from {one!r} to {other!r}; "
        "leave out such lines."
    )


def weight_of(text: str, where: str) -> float:
    weight = number_of(text)
    if not 0 < weight < math.inf:
        raise InputError(f"{where}, column 'weight': it must be a number above 0; found {text!r}.")
    return weight


def attribute(values: Sequence[str | None]) -> pd.Series:
    """Text as numbers, if all of it is and nothing is lost; blank is missing."""
    text = pd.Series(list(values), dtype="str")
    return numeric(text.mask(text == ""))


def link_table(
    name: str, links: Sequence[Link], column_of: Callable[[Any], Any] = list
) -> pd.DataFrame:
    columns = columns_of_rows(name, [link.more for link in links])
    names = ["layer", "source", "target", "weight"]
    table = pd.DataFrame([link[:4] for link in links], columns=names)
    table = table.astype(dict.fromkeys(names[:3], "str") | {"weight": "float64"})
    own = zip(own_names([*columns], names), columns.values(), strict=True)
    more = {column: column_of(values) for column, values in own}
    return pd.concat([table, pd.DataFrame(more, table.index)], axis=1)


def ids_of(labels: Sequence[str], numbers: Sequence[str]) -> Sequence[str]:
    unique = len(set(labels)) == len(labels) and all(label.strip() for label in labels)
    return labels if unique else numbers


def node_table(
    ids: Sequence[str], labels: Sequence[str], columns: Mapping[str, Any]
) -> pd.DataFrame:
    named = {} if ids is labels else {"name": pd.array(list(labels), dtype="str")}
    own = own_names([*columns], ["node", *named])
    held = zip(own, columns.values(), strict=True)
    more = {column: pd.Series(list(values)).array for column, values in held}
    return pd.DataFrame(named | more, pd.Index([*ids], name="node", dtype="str"))
