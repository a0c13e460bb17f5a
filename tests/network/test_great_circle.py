"""Great circles: worked by hand on the sphere, and checked against chords in space."""

import numpy as np
import pytest
from hypothesis import given, strategies as st

from netinnov._network.distances import RADIUS, great_circle

lon = st.floats(-180, 180)
lat = st.floats(-90, 90)


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
    assert great_circle(*a, *b) == pytest.approx(share * 2 * np.pi * RADIUS, abs=1e-9)


def test_a_millimetre_keeps_its_digits():
    step = 1e-8  # degrees of latitude: 1.11 mm
    assert great_circle(10, 0, 10, step) == pytest.approx(np.radians(step) * RADIUS, rel=1e-12)


def test_arrays_broadcast_and_missing_stays_missing():
    distance = great_circle([[0.0], [90.0]], [[0.0], [0.0]], [0.0, 90.0, np.nan], 0.0)
    assert distance.shape == (2, 3)
    assert distance[0, 1] == distance[1, 0]
    assert np.isnan(distance[:, 2]).all()


@given(lon, lat, lon, lat)
def test_equals_the_angle_of_the_chord(lon1, lat1, lon2, lat2):
    def point(x, y):
        x, y = np.radians(x), np.radians(y)
        return np.array([np.cos(y) * np.cos(x), np.cos(y) * np.sin(x), np.sin(y)])

    a, b = point(lon1, lat1), point(lon2, lat2)
    angle = 2 * np.arctan2(np.linalg.norm(a - b), np.linalg.norm(a + b))
    distance = great_circle(lon1, lat1, lon2, lat2)
    assert distance == pytest.approx(angle * RADIUS, abs=1e-3)
    assert distance == great_circle(lon2, lat2, lon1, lat1)
    assert 0 <= distance <= np.pi * RADIUS
