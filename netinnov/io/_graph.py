"""Attributes as plain values that every format takes, and a network as one graph with them."""

from __future__ import annotations

import datetime as dt
import json
import operator
import warnings
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Any, Literal, NamedTuple

import numpy as np
import pandas as pd
import pyarrow as pa

from netinnov._network.columns import own_names
from netinnov._runtime.arguments import check_mapping, examples, shown
from netinnov.errors import InputError, shortened
from netinnov.network import MultilayerNetwork

Kind = Literal["boolean", "integer", "number", "text"]
MISFITS = (ArithmeticError, KeyError, RecursionError, SyntaxError, TypeError, ValueError)
Record = dict[str, Any]  # what `restored` needs to know of a column; JSON can hold it
Attributes = pd.DataFrame | Mapping[str, Any] | None
Twins = dict[int, int]  # a visible character that is never markup, in place of another

PICTURES = {code: 0x2400 + code for code in range(0x20)} | {0x7F: 0x2421}
NO_TEXT = dict.fromkeys([*range(0xD800, 0xE000), 0xFFFE, 0xFFFF], 0xFFFD)
XML: Twins = {k: v for k, v in PICTURES.items() if k not in b"\t\n\r\x7f"} | NO_TEXT
LINE: Twins = PICTURES | NO_TEXT
# For quoted labels in formats that have no escapes
LABEL: Twins = LINE | {ord('"'): ord("＂"), ord("\\"): ord("＼")}


class Column(NamedTuple):
    """One attribute: ``bool``, ``int`` (64 bits), ``float`` or ``str``; None where missing."""

    name: str
    kind: Kind
    values: list[Any]
    record: Record


class Form(NamedTuple):
    types: tuple[type, ...]
    kind: Kind
    write: Callable[[Any], Any]
    read: Callable[[Any], Any]


def _jsonable(value: Any) -> Any:
    if isinstance(value, (np.ndarray, np.generic)):
        return value.tolist()
    return sorted(value, key=str) if isinstance(value, (set, frozenset)) else str(value)


def _only(*types: type) -> Callable[[Any], Any]:
    def read(value: Any) -> Any:
        if type(value) not in types:  # a bool is no int here
            raise TypeError(f"{value!r} is of type {type(value).__name__}")
        return value

    return read


_json = json.JSONEncoder(ensure_ascii=False, default=_jsonable).encode
_iso = operator.methodcaller("isoformat")

# The first that fits counts: a bool is an int too, a datetime a date.
FORMS = {
    "bool": Form((bool, np.bool_), "boolean", bool, _only(bool)),
    "int": Form((int, np.integer), "integer", int, _only(int)),
    "float": Form((float, np.floating), "number", float, _only(float, int)),
    "str": Form((str,), "text", str, _only(str)),
    "datetime": Form((dt.datetime,), "text", _iso, pd.Timestamp),
    "date": Form((dt.date,), "text", _iso, dt.date.fromisoformat),
    "duration": Form((dt.timedelta,), "text", lambda v: _iso(pd.Timedelta(v)), pd.Timedelta),
    "json": Form((list, dict, tuple, set, frozenset, np.ndarray), "text", _json, json.loads),
    "text of": Form((object,), "text", str, str),
    "long int": Form((), "text", str, int),
}


def columns_of(frame: pd.DataFrame) -> list[Column]:
    return [_column(str(name), values) for name, values in frame.items()]


def restored(values: Iterable[Any], record: Record) -> pd.Series:
    if "categories" in record:
        labels = record["categories"]
        code = {label: i for i, label in enumerate(labels)}
        if unknown := [v for v in values if v is not None and v not in code]:
            raise ValueError(f"{unknown[0]!r} is not one of the categories")
        categories = pd.Index(restored(labels, record["of"]))
        dtype = pd.CategoricalDtype(categories, ordered=record["ordered"])
        codes = [-1 if value is None else code[value] for value in values]
        return pd.Series(pd.Categorical.from_codes(codes, dtype=dtype))
    read = FORMS[record["holds"]].read
    objects = [None if value is None else read(value) for value in values]
    if record["dtype"] == "bool" and None in objects:  # pandas would make it False
        raise ValueError("a truth value is missing")
    return pd.Series(objects, dtype=_dtype(record))


def is_exact(column: Column, values: pd.Series) -> bool:
    try:
        again = restored(column.values, column.record)
    except MISFITS:
        return False
    return again.equals(values.reset_index(drop=True))


def _column(name: str, values: pd.Series) -> Column:
    dtype = values.dtype
    if isinstance(dtype, pd.CategoricalDtype):
        of = _column(name, dtype.categories.to_series())
        labels = [*of.values, None]  # the code of what is missing is -1
        record: Record = {
            "kind": of.kind,
            "dtype": "category",
            "ordered": bool(dtype.ordered),
            "categories": of.values,
            "of": of.record,
        }
        return Column(name, of.kind, [labels[code] for code in values.cat.codes], record)
    missing = values.isna().tolist()
    objects = values.astype(object).tolist()
    objects = [None if absent else value for value, absent in zip(objects, missing, strict=True)]
    holds = _form_of(objects, dtype)
    form = FORMS[holds]
    record = {"kind": form.kind, "dtype": str(dtype), "holds": holds}
    if isinstance(dtype, pd.StringDtype) and dtype.storage != "pyarrow":
        record["storage"] = dtype.storage
    elif isinstance(dtype, pd.ArrowDtype):  # that of text has the name of another type
        record["arrow"] = str(dtype.pyarrow_dtype)
    plain = [None if value is None else form.write(value) for value in objects]
    return Column(name, form.kind, plain, record)


def _form_of(objects: list[Any], dtype: Any) -> str:
    forms = {
        next(name for name, form in FORMS.items() if issubclass(kind, form.types))
        for kind in {type(value) for value in objects} - {type(None)}
    }
    if not forms:
        numeric = pd.api.types.is_numeric_dtype(dtype)
        return {"b": "bool", "i": "int", "u": "int"}.get(dtype.kind, "float") if numeric else "str"
    if forms == {"int"}:
        fits = all(value is None or -(2**63) <= value < 2**63 for value in objects)
        return "int" if fits else "long int"
    if len(forms) == 1:
        return forms.pop()
    if forms == {"int", "float"}:
        return "float"
    return "json" if forms <= {"bool", "int", "float", "str", "json"} else "text of"


def _dtype(record: Record) -> Any:
    if "storage" in record:
        absent = np.nan if record["dtype"] == "str" else pd.NA
        return pd.StringDtype(record["storage"], na_value=absent)
    if record.get("arrow") == "string":
        return pd.ArrowDtype(pa.string())
    return pd.api.types.pandas_dtype(record["dtype"])


class Graph(NamedTuple):
    """One graph; in a network of mixed directions an undirected link is two arcs."""

    directed: bool
    nodes: list[str]
    node_columns: list[Column]  # kind, place, jurisdiction and attributes
    source: list[int]
    target: list[int]
    link_columns: list[Column]  # layer, weight, period if any link has one, and attributes
    about: dict[str, str]  # attributes of the graph as JSON, enough to rebuild the network


def is_mixed(network: MultilayerNetwork) -> bool:
    return 0 < len(network.directed) < len(network.layers)


def one_graph(
    network: MultilayerNetwork,
    *,
    node_names: Collection[str] = (),
    link_names: Collection[str] = (),
    coordinates: bool = False,
    two_arcs: bool = True,
) -> Graph:
    """Attributes whose name the format takes (lower case) get trailing underscores."""
    rows = network.storage.link_rows()
    links = network.links.drop(columns=["source", "target"])
    at = np.arange(rows.layer.size)
    source = rows.source
    target = rows.target
    if two_arcs and is_mixed(network):
        both_ways = np.array([layer not in network.directed for layer in network.layers])
        back = np.flatnonzero(both_ways[rows.layer] & (source != target))
        at = np.append(at, back)
        source, target = np.append(source, target[back]), np.append(target, source[back])
    nodes = network.nodes
    places = network.places
    node_columns = _renamed(columns_of(nodes), node_names)
    link_columns = _renamed(columns_of(links), link_names)
    place_columns = columns_of(places.reset_index())
    tables = {"nodes": node_columns, "links": link_columns, "places": place_columns}
    about: dict[str, Any] = {
        "directed_layers": sorted(network.directed),
        "layers": {
            layer: {name: value for name, value in record._asdict().items() if value is not None}
            for layer, record in network.storage.records.items()
        },
        "places": {column.name: column.values for column in place_columns},
        "column_types": {
            table: {column.name: column.record for column in columns}
            for table, columns in tables.items()
        },
    }
    if (distances := network.distances) is not None:
        about["distances"] = {"unit": network.distance_unit} | distances.to_dict("list")
    if coordinates:  # which the places have already
        spots = places[["lon", "lat"]].dropna(axis=1, how="all").reindex(nodes["place"])
        node_columns = node_columns + columns_of(spots.drop(columns=nodes, errors="ignore"))
    if at.size > len(links):
        again = at.tolist()
        link_columns = [c._replace(values=[c.values[row] for row in again]) for c in link_columns]
    ids = nodes.index.tolist()
    ends = (source.tolist(), target.tolist())
    write = json.JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode
    texts = {name: write(value) for name, value in about.items()}
    return Graph(bool(network.directed), ids, node_columns, *ends, link_columns, texts)


def relations(graph: Graph) -> list[str]:
    """Layer, and period if any: a name that is unique among the links of a pair."""
    column = {column.name: column.values for column in graph.link_columns}
    if "period" not in column:
        return column["layer"]
    pairs = list(zip(column["layer"], column["period"], strict=True))
    each = sorted(set(pairs), key=lambda pair: (pair[1] is not None, pair))
    names = [layer if period is None else f"{layer} {period}" for layer, period in each]
    own = dict(zip(each, own_names(names, ()), strict=True))  # a layer may be called "papers 2015"
    return [own[pair] for pair in pairs]


def check_legible(
    names: Sequence[str], twins: Twins, format: str, graph: Graph | None = None
) -> None:
    """Tell of texts that are written by twins; refuse names that would become alike."""
    columns = graph.node_columns + graph.link_columns if graph else []
    texts = [column.name for column in columns]
    texts += [v for column in columns if column.kind == "text" for v in column.values if v]
    written = {text: text.translate(twins) for text in (*names, *texts)}
    first: dict[str, str] = {}
    for name in names:
        if (other := first.setdefault(written[name], name)) != name:
            msg = f"{format} must tell all nodes and layers apart, but cannot hold some characters "
            alike = f"of {other!r} and {name!r}, which would become one; rename one of them."
            raise InputError(msg + alike)
    if odd := sorted((text for text in written if text != written[text]), key=len):
        warnings.warn(
            shortened(
                f"{format} cannot hold some characters of {len(odd)} texts; visible twins stand "
                f"for them: {examples(odd, lambda text: f'{text!r} as {written[text]!r}')}."
            ),
            UserWarning,
            stacklevel=4,
        )


def _renamed(columns: list[Column], taken: Collection[str]) -> list[Column]:
    names = [column.name for column in columns]
    own = own_names(names, [name for name in names if name.casefold() in taken])
    return [
        column
        if name == column.name
        else column._replace(name=name, record=column.record | {"name": column.name})
        for name, column in zip(own, columns, strict=True)
    ]


def with_attributes(network: MultilayerNetwork, attributes: Attributes) -> MultilayerNetwork:
    if attributes is None:
        return network
    named = dict(attributes.items()) if isinstance(attributes, pd.DataFrame) else attributes
    check_mapping("attributes", named, "from names to Series over the nodes, or a DataFrame")
    nodes = network.storage.nodes
    tables = [nodes]
    for name, value in named.items():
        held = getattr(value, "membership", value)  # of a Partition
        table = held.to_frame() if isinstance(held, pd.Series) else held
        if not isinstance(table, pd.DataFrame):
            raise InputError(
                f"`attributes`: {name!r} must be a Series over the nodes, a DataFrame nodes x "
                f"layers or a Partition; found {shown(value)}."
            )
        unknown = table.index.difference(nodes.index)
        if not table.index.is_unique or len(unknown):
            raise InputError(
                f"`attributes`: index of {name!r} must be ids of nodes, each once; not in the "
                f"network: {examples(unknown) or 'none'}."
            )
        # Communities are numbered, also where some nodes have none
        table = (table if held is value else table.convert_dtypes()).reindex(nodes.index)
        own = [str(name)] if table.shape[1] == 1 else [f"{name} {layer}" for layer in table]
        tables.append(table.set_axis(own, axis=1))
    whole = pd.concat(tables, axis=1)
    if (twice := whole.columns[whole.columns.duplicated()]).size:
        raise InputError(
            f"`attributes`: the nodes have a column {twice[0]!r} already; choose another name."
        )
    return MultilayerNetwork._of(replace(network.storage, _nodes=whole, memo={}))
