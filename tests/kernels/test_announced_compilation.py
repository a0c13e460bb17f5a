"""Who waits for the compiler is told so, once."""

from __future__ import annotations

import sys

import pytest

from netinnov.kernels import _jit


@pytest.mark.parametrize("watched", [True, False])
def test_people_are_told_once_that_the_first_call_compiles(watched, monkeypatch, capsys):
    monkeypatch.setattr(_jit.numba, "njit", lambda **_: lambda function: function)
    monkeypatch.setattr(_jit, "_listeners", [_jit._say_once])
    monkeypatch.setattr(sys.stderr, "isatty", lambda: watched)
    monkeypatch.delitem(sys.modules, "ipykernel", raising=False)
    first, second = _jit.kernel(lambda x: x + 1), _jit.kernel(lambda x: x + 2)
    assert [first(1), first(1), second(1)] == [2, 2, 3]
    assert capsys.readouterr().err.count("compiling") == watched
