"""Compiled inner loops: arrays in, arrays out, no labels.

numba's cache is invalidated per file: after a change of `uint64.py` or `levels.py`, whose parts are
inlined into the kernels of other files, delete `__pycache__` or touch those files. A kernel calls
no other parts of other files.
"""

from netinnov.kernels._jit import announce

__all__ = ["announce"]
