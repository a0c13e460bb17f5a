"""Compiled inner loops: arrays in, arrays out, no labels."""

from netinnov.kernels._jit import announce

__all__ = ["announce"]
