"""Compiled inner loops: arrays in, arrays out, no labels.

A kernel calls parts of its own file only: numba's cache knows a kernel by its file, and would go on
with an old part of another one. So the generator stands in each file that draws.
"""

from netinnov.kernels._jit import announce

__all__ = ["announce"]
