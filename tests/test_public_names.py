"""`dir()` of a public module lists what is public, so that tab completion shows nothing else."""

from __future__ import annotations

from importlib import import_module
from pathlib import Path
from types import ModuleType

import pytest

import netinnov as ni

PACKAGE = Path(ni.__file__).parent

SECTIONS = ("study", "sections")
"""Files of a study's sections are for those who add one, not for users."""


def public_modules() -> list[str]:
    """The modules that `netinnov` names, and all without an underscore below them."""
    names = []
    for path in sorted(PACKAGE.rglob("*.py")):
        parts = path.relative_to(PACKAGE).with_suffix("").parts
        parts = parts[:-1] if parts[-1] == "__init__" else parts
        private = any(part.startswith("_") for part in parts)
        if not private and parts[:2] != SECTIONS and (not parts or parts[0] in ni.__all__):
            names.append(".".join(["netinnov", *parts]))
    return names


@pytest.mark.parametrize("name", public_modules())
def test_dir_lists_public_names_only(name: str) -> None:
    module = import_module(name)
    listed = {each for each in dir(module) if not each.startswith("__")}
    assert listed == {each for each in module.__all__ if not each.startswith("__")}
    foreign = [
        each
        for each in listed
        if isinstance(getattr(module, each), ModuleType)
        and not getattr(module, each).__name__.startswith("netinnov.")
    ]
    assert not foreign
