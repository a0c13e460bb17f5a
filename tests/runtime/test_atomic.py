"""Writing: files and folders appear whole, and nothing but files and empty folders is replaced."""

import os
import socket
import stat
from pathlib import Path

import pandas as pd
import pytest
from matplotlib.figure import Figure

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


def save_figure(network, path):
    ni.plotting.save_figure(Figure(), path, "figure")


def save_checkpoint(network, path):
    def same(network, rng):
        return network

    ni.compare_scenarios(
        network,
        scenarios={"same": same},
        measures={"n": lambda network: float(network.n_nodes)},
        replicates=2,
        rng=1,
        progress=False,
        checkpoint=path,
    )


def save_explorer(network, path):
    ni.explore(network).write(path)


ALL = [*WRITERS, *FOLDERS, save_figure, save_checkpoint, save_explorer]


@pytest.mark.parametrize("write", ALL)
@pytest.mark.parametrize(
    ("name", "why"),
    [
        ("x" * 300, "File name too long"),
        ("file/sub/deep", "is not a folder"),
        ("loop/deep", "Too many levels of symbolic links"),
        ("half \ud800", "must be the path of a file or folder"),
    ],
)
def test_what_cannot_be_written_says_which_and_why(
    network, tmp_path, monkeypatch, write, name, why
):
    monkeypatch.chdir(tmp_path)
    Path("file").write_text("mine")
    Path("loop").symlink_to("loop")
    with pytest.raises(InputError, match=why) as refused:
        write(network, name)
    assert name[:100].encode("ascii", "backslashreplace").decode() in str(refused.value)
    assert sorted(entry.name for entry in tmp_path.iterdir()) == ["file", "loop"]


@pytest.mark.parametrize("write", ALL)
def test_a_working_directory_that_is_gone_is_no_error_without_a_name(
    network, tmp_path, monkeypatch, write
):
    (tmp_path / "gone").mkdir()
    monkeypatch.chdir(tmp_path / "gone")
    (tmp_path / "gone").rmdir()
    with pytest.raises(InputError, match="new cannot be"):
        write(network, "new")


def fail_in(path, fail):
    with new_folder(path) as folder:
        fail(folder / "table.csv")


def refuse(path):
    raise InputError(f"{path} cannot be written: File too large.")


def break_off(path):
    raise OSError(27, "File too large", str(path))


@pytest.mark.parametrize("fail", [refuse, break_off])
def test_errors_inside_a_new_folder_name_the_one_that_was_asked_for(tmp_path, fail):
    with pytest.raises(InputError, match=f"^{tmp_path}/new(/table.csv)? cannot be written: File"):
        fail_in(tmp_path / "new", fail)


@pytest.mark.parametrize(("fail", "error"), [(refuse, InputError), (break_off, OSError)])
def test_errors_about_another_file_pass_through_a_new_folder(tmp_path, fail, error):
    with pytest.raises(error, match=r"mine\.csv"):
        fail_in(tmp_path / "new", lambda _: fail("mine.csv"))
