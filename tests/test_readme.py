"""The Python example of README.md prints what README.md says."""

import re
import subprocess
import sys
from pathlib import Path

import pytest

README = Path(__file__).parents[1] / "README.md"


def test_the_example_prints_what_the_readme_says(tmp_path):
    found = re.search(r"```python\n(.*?)```.*?```text\n(.*?)```", README.read_text("utf-8"), re.S)
    assert found, "README.md must have a python block followed by a text block with its output"
    example, promised = found.groups()
    assert sum(1 for line in example.splitlines() if line) <= 10
    run = subprocess.run(
        [sys.executable, "-W", "error", "-X", "utf8", "-c", example],
        capture_output=True,
        text=True,
        encoding="utf-8",
        cwd=tmp_path,
    )
    assert run.returncode == 0, run.stderr
    assert run.stdout.rstrip() == promised.rstrip()


@pytest.mark.parametrize("name", ["README.md", "README.zh.md"])
def test_every_file_that_the_readme_names_exists(name):
    links = re.findall(r"\]\(([^)#]+)\)", (README.parent / name).read_text("utf-8"))
    local = [link for link in links if "://" not in link]
    assert local
    assert [link for link in local if not (README.parent / link).exists()] == []


def test_the_chinese_readme_says_as_much():
    english, chinese = (
        (README.parent / name).read_text("utf-8") for name in ("README.md", "README.zh.md")
    )
    block = re.compile(r"```(?:python|text)\n.*?```", re.S)
    assert block.findall(chinese) == block.findall(english)
    assert chinese.count("\n|") == english.count("\n|")
    pages = re.compile(r"\]\(((?:docs/[^)#]+|https[^)]+))\)")
    assert {*pages.findall(english)} - {*pages.findall(chinese)} == set()
