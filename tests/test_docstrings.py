"""Every public function, class, method and property says what it takes, returns and raises."""

from __future__ import annotations

import ast
import inspect
import re
import textwrap
from collections.abc import Iterator
from contextlib import suppress
from types import FunctionType
from typing import Any, Literal, get_args, get_origin

import pytest
from numpydoc.docscrape import NumpyDocString
from numpydoc.validate import validate
from pydantic import BaseModel

from public_functions import public_objects

CODES = {
    # Sections in order, without doubles, and a summary in one line.
    *("GL03", "GL05", "GL06", "GL07", "GL08", "GL10", "SS01", "SS02", "SS03", "SS04", "SS06"),
    # Each parameter with a description.
    *("PR05", "PR07", "PR10"),
}
"""Rules of numpydoc. Parameters, returns and exceptions are compared with the code below."""

CHECKS = ("check_choice", "check_number", "check_name", "check_names")
"""Functions that refuse an option by an InputError."""


def documented() -> dict[str, Any]:
    """All public functions, classes, methods and properties, by path; commands have help."""
    objects: dict[str, Any] = {}
    for name, value in public_objects():
        if name.startswith("netinnov.cli.") or not (
            inspect.isfunction(value) or inspect.isclass(value)
        ):
            continue
        if value.__module__.startswith("netinnov."):
            objects.setdefault(f"{value.__module__}.{value.__qualname__}", value)
            if inspect.isclass(value):
                for path, member in _members(value):
                    objects.setdefault(path, member)
    return objects


def _members(owner: type) -> Iterator[tuple[str, Any]]:
    """Methods and properties that the class, or one that it inherits from, defines here."""
    for name in dir(owner):
        if name.startswith("_"):
            continue
        for parent in owner.__mro__:
            if name in vars(parent):
                break
        member = inspect.getattr_static(owner, name)
        is_ours = parent.__module__.startswith("netinnov.")
        is_method = isinstance(member, FunctionType | property | staticmethod | classmethod)
        if is_ours and is_method:
            yield f"{parent.__module__}.{parent.__qualname__}.{name}", member


def faults(value: Any) -> list[str]:
    """What is wrong with the docstring of one object."""
    text = inspect.getdoc(value)
    if not text:
        return ["has no docstring"]
    doc = NumpyDocString(text)
    wrong = [
        f"joins a heading with its line: {line}" for line in re.findall(r".*\w-{3,}$", text, re.M)
    ]
    if isinstance(value, property):
        return wrong
    function = value.__func__ if isinstance(value, staticmethod | classmethod) else value
    named = [
        name.strip().lstrip("*")
        for section in ("Parameters", "Other Parameters", "Attributes")
        for entry in doc[section]
        for name in entry.name.split(",")
        if section != "Attributes" or inspect.isclass(value)
    ]
    asked = [name for name in inspect.signature(function).parameters if name not in ("self", "cls")]
    asked = [name for name in asked if not name.startswith("_")]
    if inspect.isclass(value):
        if issubclass(value, BaseException | BaseModel):
            return wrong  # a message; settings, which the example of a configuration explains
        # The fields of a result, which a user never makes, are attributes.
        if asked != [name for name in named if name in asked]:
            wrong.append(f"takes {asked}, documents {named}")
        return wrong
    if named != asked:
        wrong.append(f"takes {asked}, documents {named}")
    gives = inspect.signature(function).return_annotation not in (None, "None", "NoReturn")
    if gives != bool(doc["Returns"] or doc["Yields"]):
        wrong.append("returns something, says nothing of it" if gives else "returns nothing")
    said = ", ".join(entry.type or entry.name for entry in doc["Raises"])
    missing = raised(function) - set(said.split(", "))
    if missing:
        wrong.append(f"raises {sorted(missing)}, does not say so")
    return wrong


def raised(function: Any) -> set[str]:
    """Exceptions that the body of a function raises itself, also by checks of its options."""
    body = ast.parse(textwrap.dedent(inspect.getsource(function)))
    checked = getattr(function, "__wrapped__", None)
    closed = checked and any(kind is Literal for kind in _origins(checked))
    names = {"InputError"} if closed else set()
    for node in ast.walk(body):
        if isinstance(node, ast.Raise) and node.exc is not None:
            call = node.exc.func if isinstance(node.exc, ast.Call) else node.exc
            if isinstance(call, ast.Name) and call.id[0].isupper():
                names.add(call.id)
        elif isinstance(node, ast.Call) and ast.unparse(node.func) in CHECKS:
            names.add("InputError")
    return names


def _origins(function: Any) -> Iterator[Any]:
    """What the arguments of a function are of, such as Literal; without those of type checkers."""
    for text in function.__annotations__.values():
        with suppress(NameError, TypeError):
            annotation = eval(text, function.__globals__)
            yield from map(get_origin, (annotation, *get_args(annotation)))


PUBLIC = documented()


def test_the_public_objects_are_looked_at():
    assert len(PUBLIC) > 300
    assert "netinnov.mechanisms.diffusion.expected_steps" in PUBLIC
    assert "netinnov.experiments._experiment_result.ExperimentResult.effects" in PUBLIC


@pytest.mark.parametrize("path", PUBLIC)
def test_docstring_fits_the_code(path):
    errors = [f"{code}: {text}" for code, text in validate(path)["errors"] if code in CODES]
    assert faults(PUBLIC[path]) + errors == []


def pagerank_like(text: str) -> Any:
    """A function with a docstring of two parameters, what is returned and what is raised."""

    def function(network, *, damping=0.85) -> float:
        if damping > 1:
            raise ValueError(damping)
        return damping

    function.__doc__ = text
    return function


WHOLE = """Rank nodes.

Parameters
----------
network : MultilayerNetwork
    Any network.
damping : float
    Chance to go on.

Returns
-------
float
    The rank.

Raises
------
ValueError
    If damping is above 1.
"""


@pytest.mark.parametrize(
    ("deleted", "fault"),
    [
        ("", ""),
        ("damping : float\n    Chance to go on.\n", "documents ['network']"),
        ("network : MultilayerNetwork\n    Any network.\n", "documents ['damping']"),
        ("Returns\n-------\nfloat\n    The rank.\n", "says nothing of it"),
        ("Raises\n------\nValueError\n    If damping is above 1.\n", "raises ['ValueError']"),
    ],
)
def test_what_is_deleted_from_a_docstring_is_missed(deleted, fault):
    assert deleted in WHOLE
    found = faults(pagerank_like(WHOLE.replace(deleted, "") if deleted else WHOLE))
    assert len(found) == bool(deleted)
    assert fault in "".join(found)
