"""What `dir()` lists, and the check of the arguments of public functions."""

from __future__ import annotations

import re
import sys
from collections.abc import Callable, Mapping
from dataclasses import is_dataclass
from functools import cache, partial, wraps
from types import FunctionType, ModuleType, NoneType, UnionType
from typing import Any, ParamSpec, TypeVar, Union, get_args, get_origin

from netinnov._runtime.other_programs import missing_name, no_attribute, wrong_keyword

P = ParamSpec("P")
R = TypeVar("R")

# By annotated type: what refuses other values, and gives the number that is meant; "classes":
# ours and those of matplotlib, also beside those `FROM_USERS`
ARGUMENT_CHECKS: dict[Any, Callable[[str, Any, Any], Any]] = {}
OUR_CLASSES = "<class 'netinnov.", "<class 'matplotlib."
FROM_USERS: set[Any] = {Mapping}


def publish(module: dict[str, Any]) -> Callable[[], list[str]]:
    """Publish what a module lists in ``__all__``, and give its `__dir__`: its last line.

    ``module``: its `globals()`.

    A package without ``__all__`` gets one, with the names that it imports from its files. A module
    without a `__getattr__` also gets one, which suggests the right name for a wrong one, and each
    public function and class says which keyword is meant where it is called with another.
    """

    def listed() -> list[str]:
        special = (name for name in module if name.startswith("__") and name.endswith("__"))
        return sorted({*module["__all__"], *special})

    def refuse(name: str) -> object:
        raise missing_name(module["__name__"], name, module["__all__"])

    module.setdefault("__getattr__", refuse)
    if "__all__" not in module:
        module["__all__"] = sorted(
            name
            for name, value in module.items()
            if not (name == "annotations" or name.startswith("_") or value is publish)
            and not isinstance(value, ModuleType)
        )
    for name in module["__all__"]:
        value = module.get(name)
        if isinstance(value, FunctionType):
            module[name] = suggests_keywords(value, module["__name__"])
        elif isinstance(value, type):
            made = vars(value).get("__init__")
            if isinstance(made, FunctionType):  # not that of a named tuple or of a parent
                type.__setattr__(value, "__init__", suggests_keywords(made, module["__name__"]))
            if is_dataclass(value) and not hasattr(value, "__getattr__"):
                type.__setattr__(value, "__getattr__", _missing_field)
    return listed


def _missing_field(result: object, name: str) -> object:
    known = [each for each in dir(type(result)) if not each.startswith("_")]
    meant = None if name.startswith("_") else f"it has {', '.join(known)}"
    raise no_attribute(type(result).__name__, name, known, meant)


def suggests_keywords(function: Callable[P, R], home: str | None = None) -> Callable[P, R]:
    """Say which keyword is meant where a function is called with one that it does not have.

    Name, signature and docstring stay. It is a frame on the stack: a warning that names the user's
    line has one more `stacklevel`. With ``home``, the module in which pickle looks for the
    function, its arguments are checked as well: those whose types have `ARGUMENT_CHECKS`.
    """
    if hasattr(function, "_suggests"):
        return function

    @cache
    def checks() -> list[tuple[int, str, Callable[[Any], Any]]]:
        return _checks_of(function) if home else []

    @wraps(function)
    def call(*args: P.args, **kwargs: P.kwargs) -> R:
        positional: Any = list(args)
        for at, name, check in checks():
            if name in kwargs:
                kwargs[name] = check(kwargs[name])
            elif at < len(positional):
                positional[at] = check(positional[at])
        try:
            return function(*positional, **kwargs)
        except TypeError as error:
            unknown = re.search(r"unexpected keyword argument '(\w+)'", str(error))
            many = re.search(r" takes (from )?\d.* positional arguments?", str(error))
            inside = error.__traceback__ is not None and error.__traceback__.tb_next is not None
            if inside or not (unknown or many):
                raise
            msg = wrong_keyword(function, unknown[1] if unknown else "")
        raise TypeError(msg)

    call.__module__ = home or call.__module__
    call._suggests = True  # type: ignore[attr-defined]
    return call


def _checks_of(function: Any) -> list[tuple[int, str, Callable[[Any], Any]]]:
    code = function.__code__
    checks = list[tuple[int, str, Callable[[Any], Any]]]()
    for at, name in enumerate(code.co_varnames[: code.co_argcount + code.co_kwonlyargcount]):
        try:
            annotation = eval(function.__annotations__.get(name, "None"), function.__globals__)
        except (NameError, TypeError):  # for type checkers only
            continue
        union = get_origin(annotation) in (Union, UnionType)
        kinds = [*get_args(annotation)] if union else [annotation]
        optional = NoneType in kinds
        kinds = [kind for kind in kinds if kind is not NoneType]
        (kind,) = getattr(kinds[0], "__metadata__", kinds[:1])  # of a number: its range
        check = ARGUMENT_CHECKS.get(get_origin(kind) or kind) or ARGUMENT_CHECKS.get(type(kind))
        if check is None or len(kinds) > 1:
            kind = [get_origin(each) or each for each in kinds]
            others = [each for each in kind if not repr(each).startswith(OUR_CLASSES)]
            told = FROM_USERS.issuperset(others) and (optional or len(others) < len(kind))
            check = ARGUMENT_CHECKS["classes"] if told else None
        if check is not None:
            position = at if at < code.co_argcount else sys.maxsize
            checks.append((position, name, partial(_checked, check, name, kind, optional)))
    return checks


def _checked(
    check: Callable[[str, Any, Any], Any], name: str, kind: Any, optional: bool, value: Any
) -> Any:
    number = None if value is None and optional else check(name, value, kind)
    return value if number is None else number
