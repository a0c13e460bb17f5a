"""What the parsers of multiplex files return, and how they read lines."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

import pandas as pd

from netinnov._columns import own_names
from netinnov.errors import InputError
from netinnov.sources._numeric_columns import numeric

FIELD = re.compile(r'"([^"]*)"|(\S+)')


class Link(NamedTuple):
    """One link, what else is said of it, and the line where it stands."""

    layer: str
    source: str
    target: str
    weight: float
    line: int
    more: Mapping[str, Any]


class Parsed(NamedTuple):
    """Nodes and links as they stand in a file."""

    nodes: pd.DataFrame
    links: Sequence[Link]
    directed: frozenset[str] | None
    """The layers whose links have a direction; None if the file does not say."""


def fields(text: str) -> list[str]:
    """The fields of a line, between blanks, or between quotation marks."""
    return [quoted or plain for quoted, plain in FIELD.findall(text)]


def refuse_line(name: str, line: int, fields: Sequence[str], columns: Sequence[str]) -> InputError:
    """The error of a line that has not the fields of its kind."""
    last = columns[max(min(len(fields), len(columns)) - 1, 0)]
    return InputError(
        f"{name}, line {line} must have {len(columns)} fields: {', '.join(columns)}; it has "
        f"{len(fields)} and ends in column {last!r} ({' '.join(fields)[:40]!r}); is the file cut "
        "off there, or has it another delimiter?"
    )


def weight_of(text: str, name: str, line: int) -> float:
    """A weight: a finite number above 0."""
    try:
        weight = float(text)
    except ValueError:
        weight = math.nan
    if not 0 < weight < math.inf:
        msg = f"{name}, line {line}, column 'weight': it must be a number above 0; found {text!r}."
        raise InputError(msg)
    return weight


def attribute(values: Sequence[str | None]) -> pd.Series:
    """Text as numbers, if all of it is some and nothing is lost by it; blank is missing."""
    text = pd.Series(list(values), dtype="str")
    frame = text.mask(text == "").to_frame("text")
    return pd.Series(numeric(frame, ["text"]).get("text", frame["text"]))


def node_table(
    numbers: Sequence[str], labels: Sequence[str], columns: Mapping[str, Any]
) -> tuple[pd.DataFrame, dict[str, str]]:
    """Nodes by their labels, or by their numbers if labels are not unique; and number to id."""
    unique = len(set(labels)) == len(labels) and all(label.strip() for label in labels)
    ids = list(labels if unique else numbers)
    nodes = pd.DataFrame(index=pd.Index(ids, name="node", dtype="str"))
    if not unique:
        nodes["name"] = pd.array(list(labels), dtype="str")
    own = own_names([*columns], ["node", *nodes.columns])
    for column, values in zip(own, columns.values(), strict=True):
        nodes[column] = pd.Series(list(values)).array
    return nodes, dict(zip(numbers, ids, strict=True))
