"""The study of the documentation: its script writes the page that is there, or says why not."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

ROOT = Path(__file__).parents[1]
SCRIPT = ROOT / "examples/yangtze_delta.py"
STUDIES = ROOT / "docs/studies"
FIGURES = ROOT / "docs/figures"
NUMBER = re.compile(r"(?<![\w.])[-+]?\d[\d,]*(?:\.\d+)?")


def run(*arguments):
    return subprocess.run(
        [sys.executable, "-W", "error", "-X", "utf8", SCRIPT, *arguments],
        capture_output=True,
        text=True,
        encoding="utf-8",
    )


def numbers(text):
    """Values of the numbers in a text, and half a unit of the last digit of each."""
    found = [number.replace(",", "") for number in NUMBER.findall(text)]
    digits = [len(number.partition(".")[2]) for number in found]
    return np.array(found, float), 0.5 * 10.0 ** -np.array(digits, float)


def test_without_data_it_says_so_and_writes_nothing(tmp_path):
    done = run(tmp_path / "out", tmp_path / "nowhere")
    assert done.returncode == 0, done.stderr
    assert "lacks BaiduNet_out_20200109.csv.gz" in done.stdout
    assert "nothing is written" in done.stdout
    assert list(tmp_path.iterdir()) == []


def test_the_page_names_files_that_exist():
    text = (STUDIES / "yangtze_delta.md").read_text("utf-8")
    links = [link for link in re.findall(r"\]\(([^)#]+)\)", text) if "://" not in link]
    assert len(links) > 8
    assert [link for link in links if not (STUDIES / link).exists()] == []


def test_no_table_holds_flows():
    # A table of flows has two columns of places, or a column a place.
    places = set(pd.read_csv(STUDIES / "yangtze_delta/communities.csv")["place"])
    assert len(places) == 41
    for path in (STUDIES / "yangtze_delta").glob("*.csv"):
        table = pd.read_csv(path)
        assert not places & set(table.columns), path
        of_places = [name for name in table if len(set(table[name]) & places) > 2]
        assert len(of_places) <= 1, path


@pytest.mark.slow
def test_the_script_writes_the_page_that_is_there(tmp_path, shared):
    done = run(tmp_path, shared / "data")
    assert done.returncode == 0, done.stderr
    written = (tmp_path / "studies/yangtze_delta.md").read_text("utf-8")
    there = (STUDIES / "yangtze_delta.md").read_text("utf-8")
    # The words are the same; numbers may differ by a unit of the last digit, which is rounded.
    assert NUMBER.sub("#", written).split() == NUMBER.sub("#", there).split()
    (new, half), (old, _) = numbers(written), numbers(there)
    assert new.size == old.size > 500
    np.testing.assert_array_less(np.abs(new - old), 2 * half * (1 + 1e-9) + 1e-12)
    for path in (STUDIES / "yangtze_delta").glob("*.csv"):
        new, old = (pd.read_csv(f) for f in (tmp_path / path.relative_to(ROOT / "docs"), path))
        pd.testing.assert_frame_equal(new, old, rtol=1e-4)
    drawn = {path.name for path in (tmp_path / "figures").iterdir()}
    assert drawn == {path.name for path in FIGURES.glob("yangtze_delta_*.png")}
