"""The mechanisms of the regional reorganisation of innovation elements, as models."""

from netinnov._runtime.public import publish
from netinnov.mechanisms import (
    agglomeration,
    cobweb,
    convergence,
    cooperation,
    diffusion,
    free_flow,
)

__all__ = ["agglomeration", "cobweb", "convergence", "cooperation", "diffusion", "free_flow"]

__dir__ = publish(globals())
