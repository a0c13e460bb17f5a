"""Every public function, class, method and property says what it takes, returns and raises."""

import ast
import inspect
import re
import textwrap
from collections.abc import Iterator
from types import FunctionType
from typing import Any

import pytest
from numpydoc.docscrape import NumpyDocString
from numpydoc.validate import validate
from pydantic import BaseModel

import netinnov as ni
from public_functions import public_objects

CODES = {
    # Sections in order, without doubles, and a summary in one line.
    *("GL03", "GL05", "GL06", "GL07", "GL08", "GL10", "SS01", "SS02", "SS03", "SS04", "SS06"),
    # Each parameter with a description.
    *("PR05", "PR07", "PR10"),
}
"""Rules of numpydoc."""

OF_FUNCTIONS = {"PR01", "PR02", "PR03", "RT01"}
"""All parameters in the order of the signature, and what is returned."""


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


def faults(path: str, value: Any) -> list[str]:
    """What is wrong with the docstring of one object."""
    is_class = inspect.isclass(value)
    codes = CODES if is_class or isinstance(value, property) else CODES | OF_FUNCTIONS
    wrong = [f"{code}: {text}" for code, text in validate(path)["errors"] if code in codes]
    text = inspect.getdoc(value) or ""
    joined = re.findall(r".*\w-{3,}$", text, re.M)
    wrong += [f"joins a heading with its line: {line}" for line in joined]
    if isinstance(value, property) or (is_class and issubclass(value, BaseException | BaseModel)):
        return wrong  # a message; settings, which the example of a configuration explains
    doc = NumpyDocString(text)
    if is_class:
        # The fields of a result, which a user never makes, are attributes.
        entries = [entry for part in ("Parameters", "Attributes") for entry in doc[part]]
        named = [name.strip() for entry in entries for name in entry.name.split(",")]
        asked = [name for name in inspect.signature(value).parameters if not name.startswith("_")]
        if asked != [name for name in named if name in asked]:
            wrong.append(f"takes {asked}, documents {named}")
        return wrong
    function = value.__func__ if isinstance(value, staticmethod | classmethod) else value
    said = ", ".join(entry.type or entry.name for entry in doc["Raises"])
    if missing := raised(function) - set(said.split(", ")):
        wrong.append(f"raises {sorted(missing)}, does not say so")
    return wrong


def raised(function: Any) -> set[str]:
    """Exceptions that the body of a function raises itself.

    What its parameters say of their ranges is not said again where it is checked.
    """
    body = ast.parse(textwrap.dedent(inspect.getsource(function)))
    names = set()
    for node in ast.walk(body):
        if isinstance(node, ast.Raise) and node.exc is not None:
            call = node.exc.func if isinstance(node.exc, ast.Call) else node.exc
            if isinstance(call, ast.Name) and call.id[0].isupper():
                names.add(call.id)
    return names


PUBLIC = documented()


def test_the_public_objects_are_looked_at():
    assert len(PUBLIC) > 300
    assert "netinnov.mechanisms.diffusion.expected_steps" in PUBLIC
    assert ni.experiments.ExperimentResult.effects in PUBLIC.values()


@pytest.mark.parametrize("path", PUBLIC)
def test_docstring_fits_the_code(path):
    assert faults(path, PUBLIC[path]) == []
