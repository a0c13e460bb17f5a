"""The style of print, axes to draw on, and no window that a test leaves open."""

import matplotlib as mpl
import pytest
from matplotlib import pyplot as plt

from figures import axes
from netinnov.plotting import print_style


@pytest.fixture(autouse=True)
def printed():
    mpl.use("Agg")
    with print_style():
        yield
    plt.close("all")


@pytest.fixture
def ax():
    return axes()
