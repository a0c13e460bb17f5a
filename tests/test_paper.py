"""The paper: its numbers are those of its script, and its references stand in the package."""

import re
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

ROOT = Path(__file__).parents[1]
PAPER = ROOT / "paper"


def body() -> str:
    return (PAPER / "paper.md").read_text("utf-8").split("---\n", 2)[2]


def values(text: str) -> tuple[np.ndarray, np.ndarray]:
    """Numbers of a text, and a unit of the last digit of each."""
    found = [each.replace(",", "") for each in re.findall(r"(?<![\w.])\d[\d,]*(?:\.\d+)?", text)]
    digits = [len(each.partition(".")[2]) for each in found]
    return np.array(found, float), 10.0 ** -np.array(digits, float)


def entries() -> dict[str, dict[str, str]]:
    """The fields of each reference, without the braces of BibTeX."""
    text = (PAPER / "paper.bib").read_text("utf-8")
    parts = re.findall(r"@\w+\{(\w+),\n(.*?)\n\}", text, re.S)
    return {
        key: {
            name: re.sub(r"[{}]", "", value)
            for name, value in re.findall(r"(\w+)\s*=\s*\{(.*)\}", fields)
        }
        for key, fields in parts
    }


@pytest.mark.slow
def test_every_number_is_that_of_the_script_in_the_order_of_the_text():
    done = subprocess.run(
        [sys.executable, "-W", "error", PAPER / "paper_numbers.py"], capture_output=True, text=True
    )
    assert done.returncode == 0, done.stderr
    computed, _ = values("\n".join(line.partition(": ")[2] for line in done.stdout.splitlines()))
    told, unit = values(re.sub(r"\[?@\w+\]", "", body()))
    assert told.size == computed.size > 10
    # A unit of the last digit is left to rounding.
    assert (np.abs(told - computed) <= unit * (1 + 1e-9)).all(), done.stdout


def test_citations_and_references_are_the_same():
    assert set(re.findall(r"@(\w+)", body())) == set(entries())


def test_the_details_of_each_reference_stand_in_the_package_or_its_documentation():
    sources = [*(ROOT / "netinnov").rglob("*.py"), *(ROOT / "docs").glob("*.md")]
    known = " ".join(re.sub(r"\s+", " ", path.read_text("utf-8")) for path in sources)
    articles = {key: entry for key, entry in entries().items() if "url" not in entry}
    assert len(articles) > 5
    for key, entry in articles.items():
        at = known.find(entry["title"])
        assert at >= 0, key
        for name in ("volume", "pages", "number", "year"):
            near = known[at - 100 : at + len(entry["title"]) + 100]
            assert entry.get(name, "") in near, (key, name, near)


def test_packages_are_those_of_the_readme_at_its_versions():
    readme = (ROOT / "README.md").read_text("utf-8")
    packages = {key: entry for key, entry in entries().items() if "url" in entry}
    assert set(packages) == {"econcomplex", "pymnet", "py3plex", "spopt"}
    for key, entry in packages.items():
        assert re.search(rf"\[{key}\]\({entry['url']}\) {entry['version']}\b", readme), key


def test_the_sections_are_those_that_the_journal_asks_for():
    # https://joss.readthedocs.io/en/latest/paper.html, and its length of a paper.
    assert re.findall("^# (.*)$", body(), re.M) == [
        "Summary", "Statement of need", "State of the field", "Software design",
        "Research impact statement", "AI usage disclosure", "Acknowledgements", "References",
    ]  # fmt: skip
    assert 750 <= len(body().split()) <= 1750
