"""What comes from outside runs nothing and writes nowhere else; what breaks off harms no file."""

import ast
import resource
import subprocess
import sys
import tempfile
import zipfile
from contextlib import contextmanager
from functools import partial
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

import netinnov as ni
from netinnov import sources
from netinnov.errors import InputError
from netinnov.io import read_network, write_geo, write_graphml, write_network
from netinnov.null_models import compare_with_null
from netinnov.topology import density

PACKAGE = Path(ni.__file__).parent


@pytest.fixture
def network():
    """Large enough to be written in more than one go."""
    n = 2_000
    nodes = pd.DataFrame(
        {"name": [f"node {i}" for i in range(n)]}, index=[f"n{i}" for i in range(n)]
    )
    links = pd.DataFrame(
        {"source": nodes.index[:-1], "target": nodes.index[1:], "layer": "research"}
    )
    return ni.build_network(nodes, links)


def files_in(folder):
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in folder.rglob("*")
        if path.is_file()
    }


CORDIS = {
    "organization.csv": "projectID;organisationID;name;activityType;city;country\n1;9;A;PRC;B;FR\n",
    "project.csv": "id;startDate\n1;2016-01-01\n",
}
PATENTSVIEW = {"g_inventor.tsv": "patent_id\tinventor_id\n1\ta\n1\tb\n"}


@pytest.mark.parametrize("above", ["../", "../../", "/", "deep/../../"])
@pytest.mark.parametrize(
    ("read", "members"),
    [(sources.read_cordis, CORDIS), (sources.read_patentsview, PATENTSVIEW)],
    ids=["cordis", "patentsview"],
)
def test_members_of_a_zip_are_read_and_never_written(tmp_path, read, members, above):
    inside = tmp_path / "a" / "b"
    inside.mkdir(parents=True)
    with zipfile.ZipFile(inside / "all.zip", "w") as archive:
        for name, text in members.items():
            archive.writestr(above + name, text)
    before = files_in(tmp_path)

    assert len(read(inside / "all.zip").nodes)
    assert files_in(tmp_path) == before


def test_no_part_of_the_package_unpacks_an_archive_to_disk():
    assert calls_of("extract", "extractall", "unpack_archive", modules=("tarfile",)) == []


def calls_of(*names, modules=()):
    """Where the package calls functions of these names, on modules, or imports these modules."""
    places = []
    for path in PACKAGE.rglob("*.py"):
        text = path.read_text(encoding="utf-8")
        if not any(name in text for name in (*names, *modules)):
            continue
        for node in ast.walk(ast.parse(text)):
            imported = [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
            imported += [node.module or ""] if isinstance(node, ast.ImportFrom) else []
            called = isinstance(node, ast.Call) and getattr(node.func, "attr", None) in names
            # `series.str.extract` is not about archives.
            called = called and getattr(node.func.value, "attr", None) != "str"
            if called or {*imported} & {*modules}:
                places.append(f"{path.relative_to(PACKAGE).as_posix()}:{node.lineno}")
    return places


def test_only_work_between_own_processes_is_pickled():
    modules = ("pickle", "dill", "cloudpickle", "joblib", "shelve", "marshal")
    places = calls_of("read_pickle", "Read_Pickle", "Read_Picklez", modules=modules)
    known = {"_runtime/parallel.py", "_runtime/second_process.py"}
    assert {place.partition(":")[0] for place in places} <= known


def test_arrays_of_objects_are_never_loaded():
    for path in PACKAGE.rglob("*.py"):
        assert "allow_pickle=True" not in path.read_text(encoding="utf-8"), path


class Runs:
    """What touches a file where it is unpickled."""

    def __init__(self, path):
        self.path = path

    def __reduce__(self):
        return Path.touch, (self.path,)


def test_a_pickle_in_a_checkpoint_is_not_run(tmp_path):
    touched = tmp_path / "touched"
    pair = ni.build_network(pd.DataFrame({"source": ["a"], "target": ["b"]}))
    options = {"null": lambda *_: pair, "replicates": 3, "rng": 1, "checkpoint": tmp_path / "kept"}
    compare = partial(compare_with_null, pair, measure=density, progress=False, **options)
    with pytest.warns(UserWarning, match="moved"):
        compare()
    batch = next((tmp_path / "kept").glob("batch-*.npz"))
    np.savez(batch, key=np.array([Runs(touched)], object))
    with pytest.raises(InputError, match=rf"{batch.name} of the checkpoint cannot be read"):
        compare()

    assert not touched.exists()


@pytest.mark.parametrize("share", [0.0, 0.5, 0.98])
@pytest.mark.parametrize("reader", [ni.read_network, sources.read_tables])
def test_a_truncated_parquet_is_one_error_with_its_name(tmp_path, reader, share):
    nodes = pd.DataFrame({"node": [f"n{i}" for i in range(500)]})
    nodes.to_parquet(tmp_path / "nodes.parquet")
    nodes.assign(source="n0", target=nodes["node"]).to_parquet(tmp_path / "links.parquet")
    whole = (tmp_path / "links.parquet").read_bytes()
    (tmp_path / "links.parquet").write_bytes(whole[: int(share * len(whole))])

    with pytest.raises(InputError, match=r"links\.parquet .*(cannot be read|is empty)"):
        reader(tmp_path)


@contextmanager
def full_disk(n_bytes):
    """No file may grow beyond ``n_bytes``, as on a disk that is full.

    What is written under it must have been written once before, so that all modules are loaded:
    Python would keep half of what it compiles.
    """
    before, keeps_none = resource.getrlimit(resource.RLIMIT_FSIZE), sys.dont_write_bytecode
    sys.dont_write_bytecode = True
    resource.setrlimit(resource.RLIMIT_FSIZE, (n_bytes, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)
        sys.dont_write_bytecode = keeps_none


def test_a_full_disk_leaves_the_older_file_and_names_it(tmp_path, network):
    path = tmp_path / "output.xml"
    write_graphml(network.select(nodes=["n0"]), path)
    older = path.read_bytes()

    with full_disk(4096), pytest.raises(InputError, match=r"output\.xml cannot be written: File"):
        write_graphml(network, path)

    assert files_in(tmp_path) == {"output.xml": older}


@pytest.mark.parametrize("format", ["csv", "parquet"])
def test_a_full_disk_leaves_no_part_of_a_folder(tmp_path, network, format):
    write_network(network, tmp_path / "older", format=format)
    before = files_in(tmp_path)

    with full_disk(4096), pytest.raises(InputError, match=r"network cannot be written: "):
        write_network(network, tmp_path / "network", format=format)

    assert files_in(tmp_path) == before
    assert [entry.name for entry in tmp_path.iterdir()] == ["older"]


@pytest.mark.parametrize("ending", ["gpkg", "geojson"])
def test_a_full_disk_is_no_fault_of_a_geographic_file(tmp_path, ending):
    places = pd.DataFrame({"lon": [1.0, 2.0], "lat": [3.0, 4.0]}, index=["a", "b"])
    links = pd.DataFrame({"source": ["a"], "target": ["b"]})
    pair = ni.build_network(pd.DataFrame({"place": ["a", "b"]}, ["a", "b"]), links, places=places)
    write_geo(pair, tmp_path / f"warm.{ending}")

    with full_disk(100), pytest.raises(InputError, match=rf"map\.{ending} cannot be written"):
        write_geo(pair, tmp_path / f"map.{ending}")

    assert [*files_in(tmp_path)] == [f"warm.{ending}"]


@pytest.mark.parametrize(
    ("limit", "memory", "message"),
    [
        (100_000, "200MB", r"cannot hold what does not fit in memory; name a folder .* TMPDIR"),
        (10**9, "4MB", r"needs more than memory='4MB'; give it more"),
    ],
    ids=["disk", "memory"],
)  # fmt: skip
def test_a_data_base_without_room_says_so_and_is_removed(
    tmp_path, monkeypatch, limit, memory, message
):
    rows = "".join(f"{number // 2}\tinventor-{number % 9973}\n" for number in range(100_000))
    (tmp_path / "large.tsv").write_text("patent_id\tinventor_id\n" + rows)
    (tmp_path / "small.tsv").write_text("patent_id\tinventor_id\n1\ta\n1\tb\n")
    (tmp_path / "temp").mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path / "temp"))
    sources.read_patentsview(tmp_path / "small.tsv")

    with full_disk(limit), pytest.raises(InputError, match=message):
        sources.read_patentsview(tmp_path / "large.tsv", memory=memory)

    assert list((tmp_path / "temp").iterdir()) == []


# In one interpreter, which goes on in a process of its own for each kind.
KILLED = """
import os, signal, sys
from pathlib import Path
import netinnov as ni
import pandas as pd
from netinnov.io import write_graphml, write_network

links = pd.DataFrame({"source": ["a"], "target": ["b"], "layer": ["x"]})
network = ni.build_network(pd.DataFrame({"node": ["a", "b"]}), links)
Path.rename = Path.replace = lambda self, target: os.kill(os.getpid(), signal.SIGKILL)
for name, write in (("file", write_graphml), ("folder", write_network)):
    if (child := os.fork()) == 0:
        write(network, Path(sys.argv[1], name))
        os._exit(0)
    assert os.WTERMSIG(os.waitpid(child, 0)[1]) == signal.SIGKILL
"""


def test_a_kill_at_the_last_moment_leaves_what_was_there(tmp_path, network):
    file, folder = tmp_path / "file", tmp_path / "folder"
    file.write_text("older")

    subprocess.run([sys.executable, "-c", KILLED, str(tmp_path)], check=True)

    assert file.read_text() == "older"
    assert not folder.exists()
    others = [entry.name for entry in tmp_path.iterdir() if entry != file]
    assert all(name.startswith(".netinnov-") for name in others)
    write_graphml(network, file)
    write_network(network, folder)
    assert read_network(folder).equals(network)
