"""Great circles: worked by hand on the sphere, and checked against angles between units."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, strategies as st

from netinnov.linkages import gravity
from strategies import great_circle

RADIUS = 6371.0088  # km, as the documentation has it
points = st.tuples(st.floats(-180, 180), st.floats(-90, 90))


def distance(a, b):
    places = pd.DataFrame([a, b], ["a", "b"], ["lon", "lat"]).assign(population=1.0)
    return gravity(places, decay="exponential", exponent=0.0)["distance"].item()


@pytest.mark.parametrize(
    ("a", "b", "share"),
    [
        ((0, 0), (0, 0), 0),
        ((0, 0), (90, 0), 1 / 4),  # a quarter of the equator
        ((0, 0), (180, 0), 1 / 2),  # opposite points
        ((179, 0), (-179, 0), 2 / 360),  # across the date line
        ((17, 90), (-60, -90), 1 / 2),  # pole to pole, whatever the longitudes
        # along the parallel of 60 degrees the great circle cuts the corner: cos d = sin² 60 +
        # cos² 60 cos 90 = 3/4
        ((0, 60), (90, 60), np.arccos(0.75) / (2 * np.pi)),
    ],
)
def test_shares_of_the_circumference(a, b, share):
    assert distance(a, b) == pytest.approx(share * 2 * np.pi * RADIUS, abs=1e-9)


def test_a_millimetre_keeps_its_digits():
    step = 1e-8  # degrees of latitude: 1.11 mm
    assert distance((10, 0), (10, step)) == pytest.approx(np.radians(step) * RADIUS, rel=1e-12)


@given(points, points)
def test_equals_the_angle_between_units(a, b):
    assert distance(a, b) == pytest.approx(great_circle(a, b), abs=1e-3)
    assert distance(a, b) == distance(b, a)
    assert 0 <= distance(a, b) <= np.pi * RADIUS
