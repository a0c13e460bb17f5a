"""Diffusion of an innovation over a network: by contact, or when enough neighbours have it."""

from netinnov._runtime.public import publish
from netinnov.mechanisms.diffusion._contagion import (
    complex_contagion as complex_contagion,
    simple_contagion as simple_contagion,
)
from netinnov.mechanisms.diffusion._time_to_reach import (
    expected_steps as expected_steps,
    reach_table as reach_table,
    time_to_reach as time_to_reach,
)

__dir__ = publish(globals())
