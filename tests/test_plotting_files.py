"""Files of figures: written whole or not at all, with the reason in words."""

from __future__ import annotations

import errno
import io
import os
from typing import TYPE_CHECKING, Any

import pytest

from netinnov.errors import InputError
from netinnov.plotting import new_figure, save_figure

if TYPE_CHECKING:
    from pathlib import Path


class FullDisk(io.FileIO):
    """A file of which the disk takes a thousand bytes."""

    def write(self, data: Any) -> int:
        if self.tell() + len(bytes(data)) > 1000:
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        return super().write(data)


def test_a_full_disk_is_told_with_the_path_and_the_reason(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    figure = new_figure(width=89, height=60)
    figure.add_subplot().plot([1, 2])
    keep = io.open

    def opened(file: Any, mode: str = "r", *rest: Any, **options: Any) -> Any:
        full = "b" in mode and mode[0] in "wx" and str(file).startswith(str(tmp_path))
        return FullDisk(file, mode) if full else keep(file, mode, *rest, **options)

    monkeypatch.setattr("builtins.open", opened)
    monkeypatch.setattr(io, "open", opened)  # by which pathlib opens
    with pytest.raises(InputError, match=r"effects\.pdf cannot be written: No space left"):
        save_figure(figure, tmp_path / "figures", "effects")
    monkeypatch.undo()
    assert list((tmp_path / "figures").iterdir()) == []
    pdf, png = save_figure(figure, tmp_path / "figures", "effects")
    assert pdf.read_bytes()[:5] == b"%PDF-"
    assert png.read_bytes()[1:4] == b"PNG"
