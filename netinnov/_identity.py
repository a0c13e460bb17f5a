"""Words for what belongs to a configuration: the same in every run and every process."""

from __future__ import annotations

import dataclasses
import hashlib
from collections.abc import Mapping, Set
from contextlib import suppress
from functools import partial
from types import FunctionType, ModuleType
from typing import Any, cast

import numpy as np
import pandas as pd
from scipy import sparse

from netinnov.errors import InputError
from netinnov.network import MultilayerNetwork

_GROWING = (list, dict, set, bytearray)

_LONG = 1_000  # characters beyond which a collection is shortened, with a hash of the whole


def identity(thing: Any) -> str:
    """Text that identifies a thing in every run: its content, or the name of a function."""
    return _words(thing, ())


def described(thing: Any) -> str:
    try:
        return identity(thing)
    except InputError:
        return type(thing).__qualname__


def digest(network: MultilayerNetwork) -> str:
    rows = network.storage.link_rows()
    sums = hashlib.sha256()
    for frame in (network.storage.nodes, network.storage.places):
        sums.update(repr([str(name) for name in frame.columns]).encode())
        sums.update(_as_csv(frame))
    for codes in (network.storage.place_codes, network.storage.jurisdiction_codes):
        sums.update(np.ascontiguousarray(codes).tobytes())
    sums.update(repr(sorted(network.storage.records.items())).encode())
    for values in (rows.layer, rows.source, rows.target, rows.weight, rows.period):
        sums.update(b"none" if values is None else np.ascontiguousarray(values).tobytes())
    if rows.attributes is not None:
        sums.update(_as_csv(rows.attributes))
    return sums.hexdigest()


def _words(thing: Any, outer: tuple[int, ...]) -> str:
    """`identity` of a thing inside ``outer``, which it must not contain in turn."""
    if thing is None or isinstance(thing, (str, bytes, int, float, complex, np.generic)):
        return _short(repr(thing))
    if id(thing) in outer:
        if isinstance(thing, FunctionType):  # calls itself
            return thing.__qualname__
        msg = f"{type(thing).__qualname__} holds itself, so no words tell what it is"
        raise InputError(f"{msg}. Give it without the circle, or leave `checkpoint` out.")
    outer = (*outer, id(thing))

    def inside(part: Any) -> str:
        return _words(part, outer)

    if isinstance(thing, partial):
        parts = [inside(thing.func), *map(inside, thing.args)]
        parts += [f"{key}={inside(value)}" for key, value in sorted(thing.keywords.items())]
        return f"partial({', '.join(parts)})"
    if dataclasses.is_dataclass(thing) and not isinstance(thing, type):
        fields = dataclasses.fields(thing)
        parts = [f"{field.name}={inside(getattr(thing, field.name))}" for field in fields]
        return f"{type(thing).__name__}({', '.join(parts)})"
    if isinstance(thing, (list, tuple)):
        return _short(f"[{', '.join(map(inside, thing))}]")
    if isinstance(thing, Set):
        return _short(f"{{{', '.join(sorted(map(inside, thing)))}}}")
    if isinstance(thing, Mapping):
        pairs = sorted((inside(key), inside(value)) for key, value in thing.items())
        return _short(f"{{{', '.join(f'{key}: {value}' for key, value in pairs)}}}")
    if isinstance(thing, (np.ndarray, pd.DataFrame, pd.Series, pd.Index)) or sparse.issparse(thing):
        return _table(thing, outer)
    if isinstance(thing, MultilayerNetwork):
        return f"network({digest(thing)[:16]})"
    if isinstance(thing, np.random.SeedSequence):
        return f"SeedSequence({inside(thing.entropy)}, spawn_key={inside(thing.spawn_key)})"
    if isinstance(thing, np.random.Generator):
        return f"Generator({_hash(inside(thing.bit_generator.state))})"
    name, owner = getattr(thing, "__qualname__", None), getattr(thing, "__self__", None)
    if not isinstance(name, str) or not callable(thing):
        return _state(thing, outer)
    if owner is not None and not isinstance(owner, (type, ModuleType)):
        return f"{inside(owner)}.{thing.__name__}"
    bound = _bound(thing) if isinstance(thing, FunctionType) else {}
    if bound:
        return f"{name}({', '.join(f'{key}={inside(value)}' for key, value in bound.items())})"
    return name


def _bound(function: FunctionType) -> dict[str, Any]:
    """Variables that a lambda or nested function captures, since its name says too little."""
    if "<locals>" not in function.__qualname__ and function.__name__ != "<lambda>":
        return {}
    code = function.__code__
    names = code.co_varnames[: code.co_argcount]
    defaults = function.__defaults__ or ()
    bound = dict(zip(names[len(names) - len(defaults) :], defaults, strict=True))
    bound |= function.__kwdefaults__ or {}
    for name, cell in zip(code.co_freevars, function.__closure__ or (), strict=True):
        with suppress(ValueError):  # not assigned yet
            bound[name] = cell.cell_contents
    # What can grow may be a memory of the function's own, such as a cache.
    return {name: value for name, value in bound.items() if not isinstance(value, _GROWING)}


def _table(thing: Any, outer: tuple[int, ...]) -> str:
    if sparse.issparse(thing):
        whole = cast(Any, thing).tocoo(copy=True)
        whole.sum_duplicates()
        parts = [whole.data, *(at.astype(np.int64) for at in whole.coords)]
    elif isinstance(thing, pd.DataFrame):
        columns = [thing.iloc[:, at].array for at in range(thing.shape[1])]
        parts = [thing.columns, thing.index, *columns]
    elif isinstance(thing, pd.Series):
        parts = [thing.name, thing.index, thing.array]
    elif isinstance(thing, pd.MultiIndex):
        parts = [list(thing.names), *(thing.get_level_values(at) for at in range(thing.nlevels))]
    elif isinstance(thing, pd.Index):
        parts = [thing.name, thing.array]
    elif isinstance(thing, np.ma.MaskedArray):
        parts = [thing.filled(), np.ma.getmaskarray(thing)]
    else:
        parts = [thing]
    sums = hashlib.sha256()
    for part in parts:
        values = part.to_numpy() if isinstance(part, pd.arrays.NumpyExtensionArray) else part
        if isinstance(values, np.ndarray) and not values.dtype.hasobject:
            sums.update(f"{values.dtype} {values.shape}".encode())
            sums.update(np.ascontiguousarray(values).tobytes())
        elif isinstance(values, (np.ndarray, pd.api.extensions.ExtensionArray)):
            # Of categories the values count, not which others there might have been.
            kind = "category" if isinstance(values, pd.Categorical) else values.dtype
            sums.update(f"{kind} {values.shape}".encode())
            for value in values.ravel().tolist():
                sums.update(_words(value, outer).encode() + b"\0")
        else:
            sums.update(_words(values, outer).encode())
    return f"{type(thing).__name__}{list(thing.shape)}#{sums.hexdigest()[:16]}"


def _state(thing: Any, outer: tuple[int, ...]) -> str:
    """What pickle would keep of an object, independent of the order of sets."""
    kind = type(thing).__qualname__
    try:
        reduced = thing.__reduce_ex__(4)
    except Exception as error:
        msg = f"a checkpoint must know what it is of, but {kind} has no content that could be told "
        msg += f"({error}). Give a function of a module with its options bound by "
        msg += "functools.partial, or a dataclass of numbers, text and tables; or leave "
        raise InputError(f"{msg}`checkpoint` out.") from error
    if isinstance(reduced, str):
        return reduced
    make, arguments, *rest = reduced
    state = rest[0] if rest else None
    match state:
        case (None | {} as named, {} as slots):
            state = (named or {}) | slots
    plain = make is type(thing) or getattr(make, "__name__", "") == "__newobj__"
    parts = [] if plain else [_words(make, outer)]
    parts += [_words(part, outer) for part in arguments if part is not type(thing)]
    if isinstance(state, dict):
        parts += [f"{key}={_words(state[key], outer)}" for key in sorted(state, key=str)]
    elif state is not None:
        parts.append(_words(state, outer))
    # Members of what is like a list or a mapping come as iterators.
    parts += [_words(list(part), outer) for part in rest[1:3] if part is not None]
    return f"{kind}({', '.join(parts)})"


def _as_csv(frame: pd.DataFrame) -> bytes:
    """A table with objects by their content: a set has another order each time."""
    odd = [name for name in frame.columns if frame[name].dtype == object]
    return frame.assign(**{name: frame[name].map(identity) for name in odd}).to_csv().encode()


def _short(words: str) -> str:
    return words if len(words) <= _LONG else f"{words[:60]}...#{_hash(words)}"


def _hash(words: str) -> str:
    return hashlib.sha256(words.encode()).hexdigest()[:16]
