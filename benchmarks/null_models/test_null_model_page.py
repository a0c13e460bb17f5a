"""The page of null models can be written with the programs that are there."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path


def test_page(tmp_path):
    page = tmp_path / "page.md"
    script = Path(__file__).parent / "run.py"
    command = [sys.executable, str(script), "--draws", "20", "--out", str(page)]
    subprocess.run(command, check=True, capture_output=True)
    text = page.read_text("utf-8")
    assert "| netinnov " in text
