"""Distances on the sphere."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from netinnov._typing import Floats

RADIUS = 6371.0088  # mean radius of the Earth in km (IUGG): a degree of a meridian is 111.195 km


def great_circle(
    lon1: npt.ArrayLike, lat1: npt.ArrayLike, lon2: npt.ArrayLike, lat2: npt.ArrayLike
) -> Floats:
    """Kilometres between points in degrees, along the shortest way on a sphere; NaN of NaN.

    The haversine formula keeps its digits at short distances, where the law of cosines loses them.
    Rounding can lift its argument above 1 at opposite points, so it is cut there.

    >>> round(float(great_circle(0, 0, 0, 90)), 3)
    10007.557
    """
    x1, y1, x2, y2 = (np.radians(np.asarray(x, np.float64)) for x in (lon1, lat1, lon2, lat2))
    haversine = np.sin((y2 - y1) / 2) ** 2 + np.cos(y1) * np.cos(y2) * np.sin((x2 - x1) / 2) ** 2
    return np.asarray(2 * RADIUS * np.arcsin(np.sqrt(np.minimum(haversine, 1.0))))
