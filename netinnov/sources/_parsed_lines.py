"""What the parsers of multiplex files return, and how they read lines."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import pandas as pd

from netinnov._network.columns import own_names
from netinnov._network.numeric_columns import numeric
from netinnov._runtime.encodings import decoded
from netinnov._runtime.opening import read_bytes
from netinnov.errors import InputError

FIELD = re.compile(r'"([^"]*)"|(\S+)')


class Link(NamedTuple):
    layer: str
    source: str
    target: str
    weight: float
    line: int
    more: Mapping[str, Any]


class Parsed(NamedTuple):
    nodes: pd.DataFrame
    links: Sequence[Link]
    directed: frozenset[str] | None  # None if the file does not say


def read_lines(path: Path) -> list[str]:
    lines = re.split(r"\r\n|\n|\r", decoded(path.name, read_bytes(path)))
    if not any(line.strip() for line in lines):
        raise InputError(f"{path.name} is empty; get the file again.")
    return lines


def fields(text: str) -> list[str]:
    return [quoted or plain for quoted, plain in FIELD.findall(text)]


def refuse_line(name: str, line: int, fields: Sequence[str], columns: Sequence[str]) -> InputError:
    last = columns[max(min(len(fields), len(columns)) - 1, 0)]
    return InputError(
        f"{name}, line {line} must have {len(columns)} fields: {', '.join(columns)}; it has "
        f"{len(fields)} and ends in column {last!r} ({' '.join(fields)[:40]!r}); is the file cut "
        "off there, or has it another delimiter?"
    )


def weight_of(text: str, name: str, line: int) -> float:
    try:
        weight = float(text)
    except ValueError:
        weight = math.nan
    if not 0 < weight < math.inf:
        msg = f"{name}, line {line}, column 'weight': it must be a number above 0; found {text!r}."
        raise InputError(msg)
    return weight


def attribute(values: Sequence[str | None]) -> pd.Series:
    """Text as numbers, if all of it is and nothing is lost; blank is missing."""
    text = pd.Series(list(values), dtype="str")
    frame = text.mask(text == "").to_frame("text")
    return pd.Series(numeric(frame, ["text"]).get("text", frame["text"]))


def node_table(
    numbers: Sequence[str], labels: Sequence[str], columns: Mapping[str, Any]
) -> tuple[pd.DataFrame, dict[str, str]]:
    unique = len(set(labels)) == len(labels) and all(label.strip() for label in labels)
    ids = list(labels if unique else numbers)
    nodes = pd.DataFrame(index=pd.Index(ids, name="node", dtype="str"))
    if not unique:
        nodes["name"] = pd.array(list(labels), dtype="str")
    own = own_names([*columns], ["node", *nodes.columns])
    for column, values in zip(own, columns.values(), strict=True):
        nodes[column] = pd.Series(list(values)).array
    return nodes, dict(zip(numbers, ids, strict=True))
