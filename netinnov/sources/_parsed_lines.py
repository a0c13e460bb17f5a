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
from netinnov._runtime.opening import read_bytes
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
    lines = re.split(r"\r\n|\n|\r", decoded(path.name, read_bytes(path)))
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


def link_table(links: Sequence[Link], column_of: Callable[[Any], Any] = list) -> pd.DataFrame:
    names = ["layer", "source", "target", "weight"]
    table = pd.DataFrame([link[:4] for link in links], columns=names)
    table = table.astype(dict.fromkeys(names[:3], "str") | {"weight": "float64"})
    keys = [*dict.fromkeys(key for link in links for key in link.more)]
    held = zip(keys, own_names(keys, names), strict=True)
    more = {column: column_of([link.more.get(key) for link in links]) for key, column in held}
    return pd.concat([table, pd.DataFrame(more, table.index)], axis=1)


def ids_of(labels: Sequence[str], numbers: Sequence[str]) -> Sequence[str]:
    unique = len(set(labels)) == len(labels) and all(label.strip() for label in labels)
    return labels if unique else numbers


def node_table(
    ids: Sequence[str], labels: Sequence[str], columns: Mapping[str, Any]
) -> pd.DataFrame:
    nodes = pd.DataFrame(index=pd.Index([*ids], name="node", dtype="str"))
    if ids is not labels:
        nodes["name"] = pd.array(list(labels), dtype="str")
    own = own_names([*columns], ["node", *nodes.columns])
    for column, values in zip(own, columns.values(), strict=True):
        nodes[column] = pd.Series(list(values)).array
    return nodes
