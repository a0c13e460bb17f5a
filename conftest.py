"""What every test and every example of a docstring leaves as it was."""

from __future__ import annotations

import sys

import pytest


@pytest.fixture(autouse=True)
def no_open_figures():
    """Close the figures that pyplot keeps: it warns of more than twenty."""
    yield
    if (pyplot := sys.modules.get("matplotlib.pyplot")) is not None:
        pyplot.close("all")
