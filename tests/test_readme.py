"""The Python example of README.md prints what README.md says."""

import os
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
    lines = [line for line in example.splitlines() if line and "import " not in line]
    assert len(lines) <= 6
    run = subprocess.run(
        [sys.executable, "-W", "error", "-X", "utf8", "-c", example],
        capture_output=True,
        text=True,
        encoding="utf-8",
        cwd=tmp_path,
    )
    assert run.returncode == 0, run.stderr
    assert run.stdout.rstrip() == promised.rstrip()


@pytest.mark.slow
def test_a_list_of_links_becomes_a_figure_in_eight_lines(tmp_path):
    example = re.findall(r"```python\n(.*?)```", README.read_text("utf-8"), re.S)[1]
    assert sum(1 for line in example.splitlines() if line) <= 8
    (tmp_path / "links.csv").write_text("from,to,weight\nann,bo,2\nann,cy,1\nbo,cy,1\ncy,di,3\n")
    run = subprocess.run(
        [sys.executable, "-W", "error", "-c", example],
        capture_output=True,
        text=True,
        cwd=tmp_path,
        env={**os.environ, "MPLBACKEND": "agg"},
    )
    assert run.returncode == 0, run.stderr
    assert {path.name for path in tmp_path.glob("figures/*")} == {"network.pdf", "network.png"}


@pytest.mark.slow
def test_code_of_the_readme_and_the_tutorials_is_typed(tmp_path):
    pytest.importorskip("mypy")
    blocks = re.findall(r"```python\n(.*?)```", README.read_text("utf-8"), re.S)
    for page in sorted((README.parent / "docs/tutorials").glob("*.md")):
        lines = page.read_text("utf-8").splitlines()
        prompts = [line[4:] for line in lines if line.startswith((">>> ", "... "))]
        blocks.append("\n".join(prompts))
    for number, code in enumerate(blocks):
        (tmp_path / f"page_{number}.py").write_text(code + "\n", "utf-8")
    # As strict as users may be; with the settings of the package mypy reads its cache of it.
    settings = (README.parent / "setup.cfg").read_text("utf-8")
    pages = ",".join(path.stem for path in tmp_path.iterdir())
    settings += f"\n[mypy-{pages}]\nwarn_return_any = True\n"
    (tmp_path / "strict.ini").write_text(settings, "utf-8")
    command = [sys.executable, "-m", "mypy", f"--config-file={tmp_path}/strict.ini", tmp_path]
    run = subprocess.run(command, capture_output=True, text=True, cwd=README.parent)
    assert run.returncode == 0, run.stdout + run.stderr


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
    pages = re.compile(r"\]\(((?:docs/(?!figures)[^)#]+|https[^)]+))\)")
    assert {*pages.findall(english)} - {*pages.findall(chinese)} == set()
