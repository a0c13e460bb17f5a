"""Diffusion of an innovation over a network: by contact, or when enough neighbours have it."""

from netinnov._public import public_names
from netinnov.mechanisms.diffusion._adoption import adoption_test, order_test
from netinnov.mechanisms.diffusion._contagion import complex_contagion, simple_contagion
from netinnov.mechanisms.diffusion._time_to_reach import expected_steps, reach_table, time_to_reach

__all__ = [
    "adoption_test",
    "complex_contagion",
    "expected_steps",
    "order_test",
    "reach_table",
    "simple_contagion",
    "time_to_reach",
]

__dir__ = public_names(globals())
