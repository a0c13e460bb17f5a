"""The cache of compiled kernels: damaged files and a full disk cost time, and never a run."""

import errno
import importlib.util
import os
from collections.abc import Callable
from pathlib import Path

import numba
import numpy as np
import pytest

SOURCE = """
from netinnov.kernels._jit import kernel

@kernel
def doubled(value):
    return 2 * value

@kernel
def first(values):
    return values[0] + 1 if len(values) else 1 // len(values)
"""


@pytest.fixture
def load(tmp_path, monkeypatch) -> Callable[[], object]:
    """Import kernels from a file as a new process would, with a cache of their own."""
    monkeypatch.setattr(numba.config, "CACHE_DIR", str(tmp_path / "cache"))
    path = tmp_path / "tiny.py"
    path.write_text(SOURCE)

    def load() -> object:
        spec = importlib.util.spec_from_file_location("tiny", path)
        module = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(module)
        return module

    return load


def cached(folder: Path) -> list[Path]:
    return sorted(path for path in (folder / "cache").rglob("*") if path.is_file())


@pytest.mark.slow
@pytest.mark.parametrize("ending", [".nbi", ".nbc"])
@pytest.mark.parametrize("content", [b"", b"no pickle", None], ids=["empty", "garbage", "cut"])
def test_a_damaged_file_is_compiled_again_and_its_folder_named(load, tmp_path, ending, content):
    assert load().doubled(1.5) == 3
    damaged = [path for path in cached(tmp_path) if path.suffix == ending]
    assert damaged
    for path in damaged:
        whole = path.read_bytes()
        path.write_bytes(whole[: len(whole) // 2] if content is None else content)
    tiny = load()
    with pytest.warns(UserWarning, match=r"again in each run.*delete this folder") as caught:
        assert tiny.doubled(1.5) == 3
    assert str(damaged[0].parent) in str(caught[0].message)
    assert tiny.doubled(2.5) == 5  # and nothing is said again
    for path in damaged:
        path.unlink()
    assert load().doubled(1.5) == 3


def test_a_full_disk_is_told_and_costs_no_run(load, tmp_path, monkeypatch):
    def full(*paths: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    tiny = load()
    monkeypatch.setattr(os, "replace", full)
    with pytest.warns(UserWarning, match="No space left on device"):
        assert [tiny.doubled(1.5), tiny.first(np.ones(2))] == [3, 2]
    assert cached(tmp_path) == []


def test_an_error_of_the_kernel_is_not_taken_for_one_of_the_cache(load):
    with pytest.raises(ZeroDivisionError):
        load().first(np.ones(0))
