"""Axes to draw on, and no window that a test leaves open."""

import matplotlib as mpl
import pytest
from matplotlib import pyplot as plt

from figures import axes


@pytest.fixture(autouse=True)
def no_window():
    mpl.use("Agg")
    yield
    plt.close("all")


@pytest.fixture
def ax():
    return axes()
