"""Columns of tables from outside: text, numbers and the spelling of their names."""

from __future__ import annotations

import difflib
import math
import numbers
from collections.abc import Collection, Iterable, Sequence
from decimal import Decimal
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from netinnov._network.synonyms import words_for
from netinnov._runtime.arguments import examples
from netinnov._typing import Codes, Floats, Mask
from netinnov.errors import InputError

# `pd.to_numeric` may miss the last digit of text
ROUNDS = tuple(map(int, pd.__version__.split(".")[:2])) < (3, 1)
TEXT = pd.StringDtype(na_value=np.nan)  # what pandas calls `str`
# Columns with the name for figures and reports; the first that has text
DISPLAY_NAMES = ("name_en", "name")


def refuse_repeated(table: str, names: pd.Index, of: str = "column") -> None:
    if len(twice := names[names.duplicated()].unique()):
        raise InputError(f"{table} must have each {of} once; twice or more: {examples(twice)}.")


def as_floats(values: pd.Series) -> pd.Series:
    """Nearest float of each number or numeric text; NaN elsewhere."""
    try:
        number = pd.to_numeric(values, errors="coerce")
    except OverflowError:  # JSON may hold whole numbers that no float does
        return pd.Series(as_numbers(values)[0], values.index)
    if not ROUNDS or number.dtype.kind != "f" or pd.api.types.is_numeric_dtype(values.dtype):
        return number
    return values.where(number.notna()).astype("float64")


def own_names(names: Sequence[str], taken: Collection[str]) -> list[str]:
    used = {*taken}
    original = {*names}
    own = []
    for name in names:
        new = name
        while new in used or (new != name and new in original):
            new += "_"
        used.add(new)
        own.append(new)
    return own


def as_text(values: pd.Series) -> tuple[pd.Series, Mask, bool]:
    """Stripped ids as text (7.0 is "7", up to 2^53), which are not ids, and whether types mix."""
    text, bad, mixed = as_written(values)
    return text.str.strip(), bad, mixed


def ids_of(table: pd.DataFrame, key: str) -> pd.Series:
    ids = table[key] if key in table else table.index.to_series()
    return as_text(ids.reset_index(drop=True))[0]


def as_written(values: pd.Series) -> tuple[pd.Series, Mask, bool]:
    sound = np.zeros(len(values), bool)
    values = _unwrapped(values)
    dtype = values.dtype
    if isinstance(dtype, pd.StringDtype) or pd.api.types.is_integer_dtype(dtype):
        return values.astype("str"), sound, False
    if pd.api.types.is_float_dtype(dtype):
        return _whole_numbers(values.to_numpy(np.float64, na_value=np.nan), values.index)
    if dtype != object:
        return values.astype("str"), values.notna().to_numpy(), False
    inferred = pd.api.types.infer_dtype(values, skipna=True)
    if inferred in ("string", "empty"):
        return values.astype("str"), sound, False
    if inferred == "integer":  # beyond 2^53 a float would not hold it
        return values.map(str, na_action="ignore").astype("str"), sound, False
    if inferred in ("floating", "mixed-integer-float"):
        number = pd.to_numeric(values.where(values.notna(), np.nan)).to_numpy(np.float64)
        return _whole_numbers(number, values.index)
    is_text = values.map(lambda value: isinstance(value, str)).to_numpy(bool)
    bad = values.notna().to_numpy() & ~is_text
    is_number = values.map(lambda value: isinstance(value, numbers.Number)).to_numpy(bool)
    mixed = bool(is_text.any() and (is_number & bad).any())
    return values.where(is_text).astype("str"), bad, mixed


def as_codes(values: pd.Series) -> tuple[npt.NDArray[np.integer], pd.Series] | None:
    """A column as positions (-1: missing) in a list of its distinct values, as text."""
    dtype = values.dtype
    if isinstance(dtype, pd.CategoricalDtype):
        kind = dtype.categories.dtype
        if not (isinstance(kind, pd.StringDtype) or _is_whole(kind)):
            return None
        return values.cat.codes.to_numpy(), as_text(pd.Series(dtype.categories))[0]
    if not _is_whole(dtype):
        return None
    coded = pa.array(values.to_numpy()).dictionary_encode()
    distinct = pd.Series(coded.dictionary.to_numpy())
    return coded.indices.to_numpy(), as_text(distinct)[0]


def _is_whole(dtype: Any) -> bool:
    return isinstance(dtype, np.dtype) and dtype.kind in "iu"


def taken(codes: Codes, at: npt.NDArray[np.integer]) -> Codes:
    return np.asarray(np.append(codes, np.int32(-1))[at])


def _whole_numbers(number: Floats, index: pd.Index) -> tuple[pd.Series, Mask, bool]:
    known = ~np.isnan(number)
    with np.errstate(invalid="ignore"):
        bad = known & ((number != np.floor(number)) | (np.abs(number) > 2.0**53))
    whole = pd.Series(np.where(known & ~bad, number, 0.0), index).astype("Int64")
    return whole.mask(~known | bad).astype("str"), bad, False


def as_numbers(values: pd.Series) -> tuple[Floats, Mask]:
    """Float64 with NaN where missing, and which entries are not numbers."""
    values = _unwrapped(values)
    if pd.api.types.is_any_real_numeric_dtype(values.dtype):
        return values.to_numpy(np.float64, na_value=np.nan), np.zeros(len(values), bool)
    number = np.full(len(values), np.nan)
    known = values.notna().to_numpy()
    if values.dtype != object:
        return number, known
    real = values.map(_is_real).to_numpy(bool) & known
    number[real] = [_as_float(value) for value in values.to_numpy()[real]]
    return number, known & ~real


def amounts(name: str, values: pd.Series) -> Floats:
    """Finite numbers of 0 or more, NaN where missing; all else is refused."""
    number, bad = as_numbers(values)
    if (bad := bad | (number < 0) | np.isinf(number)).any():
        raise InputError(
            f"`{name}` must be finite numbers of 0 or more, or missing; not so at "
            f"{examples(values.index[bad])}."
        )
    return number


def as_periods(values: pd.Series) -> tuple[pd.Series, Mask]:
    """Int64, and which entries are neither whole numbers nor missing."""
    number, text = as_numbers(values)
    with np.errstate(invalid="ignore"):
        whole = (number == np.floor(number)) & (np.abs(number) < 2.0**63)
    periods = pd.Series(np.where(whole, number, np.nan), values.index).astype("Int64")
    return periods, text | (~np.isnan(number) & ~whole)


def _unwrapped(values: pd.Series) -> pd.Series:
    """The same values without the types of Arrow, and not as categories."""
    dtype = values.dtype
    if isinstance(dtype, pd.ArrowDtype):
        if pa.types.is_integer(dtype.pyarrow_dtype):
            return values.astype("Int64")
        values = pd.Series(pa.array(values).to_pandas().array, values.index)
        dtype = values.dtype
    if isinstance(dtype, pd.CategoricalDtype):
        kind = dtype.categories.dtype
        gaps = values.hasnans and getattr(kind, "kind", "O") in "iub"
        return values.astype(object if gaps else kind)
    return values


def _is_real(value: Any) -> bool:
    return isinstance(value, (numbers.Real, Decimal)) and not isinstance(value, (bool, np.bool_))


def _as_float(value: Any) -> float:
    try:
        return float(value)
    except OverflowError:
        return math.inf if value > 0 else -math.inf


def is_blank(text: pd.Series) -> Mask:
    trimmed = pc.utf8_trim_whitespace(pa.array(text, type=pa.large_string()))
    blank = pc.equal(trimmed, "").fill_null(True)
    return blank.to_numpy(zero_copy_only=False)


def display_names(table: pd.DataFrame, labels: Iterable[str] | None = None) -> pd.Series[str]:
    """Name of each row for figures: the first of `DISPLAY_NAMES`, else its label or id."""
    default = table.index.astype("str") if labels is None else list(labels)
    names = pd.Series(default, index=table.index, dtype="str")
    for column in reversed(DISPLAY_NAMES):
        if column in table:
            text = as_text(table[column])[0]
            names = names.where(is_blank(text), text)
    return names


def misspelt(column: str, name: str) -> bool:
    """Whether a column is ``name`` but for case, one letter too few or many, or two swapped."""
    a = column.casefold().strip()
    b = name
    if a == b:
        return column != name
    if len(b) < 4:
        return a in words_for(b)
    swapped = len(a) == len(b) and sorted(a) == sorted(b)
    return swapped or difflib.SequenceMatcher(None, a, b).ratio() > 0.86


def nearest(name: str, columns: Iterable[str]) -> str | None:
    by_case = {column.casefold().strip(): column for column in columns}
    near = difflib.get_close_matches(name, by_case, n=1)
    near += [word for word in words_for(name) if word in by_case]
    return by_case[near[0]] if near else None
