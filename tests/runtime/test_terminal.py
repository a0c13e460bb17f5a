"""What reaches the terminal: escapes in place of control characters."""

import subprocess
import sys

import pytest
from typer.testing import CliRunner

import netinnov as ni
from netinnov.cli import app

ODD = "\x1b[2J\x9b31m\u202egpj\x07"


@pytest.fixture
def odd_folder(tmp_path):
    """Tables whose layer, kind and directory have control characters."""
    folder = tmp_path / f"a{ODD}"
    folder.mkdir()
    (folder / "nodes.csv").write_text(f"node,kind\na,{ODD}\nb,firm\n", encoding="utf-8")
    (folder / "links.csv").write_text(f"source,target,layer\na,b,{ODD}\n", encoding="utf-8")
    return folder


@pytest.mark.parametrize("command", ["info", "check"])
def test_control_characters_of_the_data_are_escaped(odd_folder, command):
    result = CliRunner().invoke(app, [command, str(odd_folder)])
    assert result.exit_code == 0, result.output
    assert not set(ODD) & set("\x1b\x9b\u202e\x07") & set(result.output)
    if command == "info":
        assert r"layer ␛[2J\x9b31m\u202egpj␇: 1 link" in result.output


def test_a_name_with_a_line_feed_stays_on_its_line(odd_folder):
    (odd_folder / "links.csv").write_text('source,target,layer\na,b,"x\nlayer y: 9 links"\n')
    lines = CliRunner().invoke(app, ["info", str(odd_folder)]).stdout.splitlines()
    assert [line for line in lines if line.startswith("layer")] == [
        r"layer x\nlayer y: 9 links: 1 link, weight 1, undirected"
    ]


def test_letters_of_all_scripts_stay(odd_folder):
    text = "杭州 Đà Nẵng قاهرة 🏙️"
    (odd_folder / "links.csv").write_text(f"source,target,layer\na,b,{text}\n", encoding="utf-8")
    assert f"\nlayer {text}: 1 link" in CliRunner().invoke(app, ["info", str(odd_folder)]).stdout


@pytest.mark.slow
def test_the_module_is_the_command():
    called = subprocess.run(
        [sys.executable, "-m", "netinnov", "--version"], capture_output=True, text=True, check=False
    )
    assert (called.returncode, called.stdout) == (0, f"netinnov {ni.__version__}\n")
