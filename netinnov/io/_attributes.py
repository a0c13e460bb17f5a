"""Attributes as plain values that every format takes, and back to what pandas had."""

from __future__ import annotations

import datetime as dt
import json
import operator
from collections.abc import Callable, Iterable, Sequence
from typing import Any, Literal, NamedTuple

import numpy as np
import pandas as pd
import pyarrow as pa

Kind = Literal["boolean", "integer", "number", "text"]
MISFITS = (ArithmeticError, KeyError, RecursionError, SyntaxError, TypeError, ValueError)
Record = dict[str, Any]  # what `restored` needs to know of a column; JSON can hold it


class Column(NamedTuple):
    """One attribute: ``bool``, ``int`` (64 bits), ``float`` or ``str``; None where missing."""

    name: str
    kind: Kind
    values: list[Any]
    record: Record

    def at(self, rows: Sequence[int]) -> Column:
        values = self.values
        return self._replace(values=[values[row] for row in rows])


class Form(NamedTuple):
    types: tuple[type, ...]
    kind: Kind
    write: Callable[[Any], Any]
    read: Callable[[Any], Any]


def _json(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, default=_jsonable)


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
        record: Record = {"kind": of.kind, "dtype": "category", "ordered": bool(dtype.ordered)}
        record |= {"categories": of.values, "of": of.record}
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
