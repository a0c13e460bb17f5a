"""What numpydoc's lint cannot see in the source is checked on the objects."""

from __future__ import annotations

import inspect
from types import ModuleType

import pytest
from numpydoc.validate import validate

import netinnov

PUBLIC = sorted(
    {
        f"netinnov.{name}.{public}"
        for name in netinnov.__all__
        if isinstance(module := getattr(netinnov, name, None), ModuleType)
        for public in module.__all__
        if inspect.isfunction(value := getattr(module, public)) or inspect.isclass(value)
    }
)


def test_there_are_public_names():
    assert len(PUBLIC) > 40


@pytest.mark.parametrize("name", PUBLIC)
def test_docstring_fits_the_signature(name):
    # PR02, parameters that are not there: the lint does not know the fields of a dataclass.
    # RT01, what is returned: the lint asks it of properties too.
    asked = {"PR02"}
    module, _, public = name.rpartition(".")
    value = getattr(getattr(netinnov, module.rpartition(".")[2]), public)
    if inspect.isfunction(value):
        asked.add("RT01")
    assert [error for error in validate(name)["errors"] if error[0] in asked] == []
