"""Writing: files and folders appear whole, and nothing but files and empty folders is replaced."""

import os
import socket
import stat
from pathlib import Path

import pandas as pd
import pytest

import netinnov as ni
from netinnov._runtime.atomic import new_file, new_folder, write_bytes
from netinnov.errors import InputError

WRITERS = [ni.io.write_graphml, ni.io.write_gexf, ni.io.write_pajek, ni.io.write_infomap]
FOLDERS = [ni.io.write_network, ni.io.write_muxviz]


@pytest.fixture
def network():
    return ni.build_network(pd.DataFrame({"node": ["a", "b"]}), pd.DataFrame([ROW]))


ROW = {"source": "a", "target": "b"}


@pytest.fixture(params=["FIFO", "socket", "a link that leads nowhere"])
def special(request, tmp_path, monkeypatch):
    """A path that is neither a file nor a folder, and what the message calls it."""
    monkeypatch.chdir(tmp_path)  # the name of a socket must be short
    path = tmp_path / "special.net"
    if request.param == "FIFO":
        os.mkfifo(path)
        yield path, "a pipe, socket or device"
    elif request.param == "socket":
        with socket.socket(socket.AF_UNIX) as server:
            server.bind("special.net")
            yield path, "a pipe, socket or device"
    else:
        path.symlink_to(tmp_path / "gone")
        yield path, request.param


@pytest.mark.parametrize("write", [*WRITERS, *FOLDERS])
def test_no_writer_replaces_what_is_not_a_file_or_folder(network, special, write):
    path, kind = special
    before = stat.S_IFMT(path.lstat().st_mode)
    with pytest.raises(InputError, match=f"special.net is {kind}"):
        write(network, path)
    assert stat.S_IFMT(path.lstat().st_mode) == before
    assert [entry.name for entry in path.parent.iterdir()] == ["special.net"]


def test_a_link_to_a_file_stays_a_link(tmp_path):
    (tmp_path / "real.txt").write_text("old")
    (tmp_path / "link.txt").symlink_to("real.txt")
    with new_file(tmp_path / "link.txt") as stream:
        stream.write("new")
    assert (tmp_path / "link.txt").is_symlink()
    assert (tmp_path / "real.txt").read_text() == "new"


def test_an_error_on_the_way_leaves_the_older_file_and_nothing_else(tmp_path):
    path = tmp_path / "kept.txt"
    write_bytes(path, b"old")
    with pytest.raises(TypeError), new_file(path) as stream:
        stream.writelines(["half", None])
    assert path.read_bytes() == b"old"
    assert [*tmp_path.iterdir()] == [path]


def test_an_error_in_a_folder_leaves_no_folder_that_was_made_for_it(tmp_path):
    with pytest.raises(TypeError), new_folder(tmp_path / "deep" / "er") as folder:
        (folder / "half").write_text(None)
    assert [*tmp_path.iterdir()] == []


def test_an_empty_folder_is_filled_and_stays_the_same_folder(tmp_path):
    before = tmp_path.stat().st_ino
    with new_folder(tmp_path) as folder:
        (folder / "file").write_text("all")
    assert tmp_path.stat().st_ino == before
    assert [entry.name for entry in tmp_path.iterdir()] == ["file"]


def test_a_folder_that_was_empty_is_so_again_where_a_signal_breaks_off_its_filling(
    tmp_path, monkeypatch
):
    """Ctrl-C between two files left the first one, though nothing should be half written."""
    moved, replace = [], Path.replace

    def interrupted(self, target):
        moved.append(target)
        if len(moved) == 2:
            raise KeyboardInterrupt
        return replace(self, target)

    def fill():
        with new_folder(tmp_path) as folder:
            (folder / "one").write_text("1")
            (folder / "two").mkdir()

    monkeypatch.setattr(Path, "replace", interrupted)
    with pytest.raises(KeyboardInterrupt):
        fill()
    assert len(moved) > 1
    assert not any(tmp_path.iterdir())
