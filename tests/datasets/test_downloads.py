"""Downloads of official files from a server that breaks off, lies, is slow or is not there."""

import hashlib
import io
import json
import sys
import threading
import zipfile
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import numpy as np
import pytest
from typer.testing import CliRunner

from netinnov.cli import app
from netinnov.datasets import _official, catalogue, fetch
from netinnov.errors import InputError
from netinnov.sources import read_patentsview

HOME = "https://publisher.example"


def packed(members):
    """A zip; numbers at random do not shrink."""
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return stream.getvalue()


CONTENT = packed({"project.csv": np.random.default_rng(1).bytes(400_000)})
OTHER = packed({"project.csv": np.random.default_rng(2).bytes(300_000)})


class Server(ThreadingHTTPServer):
    """Sends `files` by their path; the next answers end after `breaks` bytes."""

    daemon_threads = True

    def __init__(self):
        super().__init__(("127.0.0.1", 0), Handler)
        self.files, self.breaks, self.requests = {"/sample.zip": CONTENT}, [], []
        self.address = f"http://127.0.0.1:{self.server_port}"


class Handler(BaseHTTPRequestHandler):
    def log_message(self, format, *arguments):
        pass

    def do_GET(self):
        server = self.server
        server.requests.append(self.path)
        content = server.files.get("/" + self.path.rpartition("/")[2])
        if content is None:
            self.send_error(404)
            return
        self.send_response(200)
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content[: server.breaks.pop(0) if server.breaks else None])


@pytest.fixture
def server(monkeypatch):
    monkeypatch.setattr("time.sleep", lambda seconds: None)
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    with Server() as running:
        thread = threading.Thread(target=running.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        offer(monkeypatch, f"{running.address}/sample.zip")
        yield running
        running.shutdown()
        thread.join()


def offer(monkeypatch, *addresses):
    source = _official._Source("a sample", "3 rows", "CC0", "read_cordis", addresses, HOME)
    monkeypatch.setitem(_official.SOURCES, "sample", source)


def names_in(folder):
    return sorted(path.relative_to(folder).as_posix() for path in folder.rglob("*"))


def test_a_file_has_its_name_and_a_record_with_its_hash(server, tmp_path):
    path = fetch("sample", folder=tmp_path / "data")

    assert path == tmp_path / "data" / "sample.zip"
    assert path.read_bytes() == CONTENT
    assert names_in(tmp_path / "data") == ["sample.zip", "sample.zip.json"]
    record = json.loads((tmp_path / "data" / "sample.zip.json").read_text())
    assert record["sha256"] == hashlib.sha256(CONTENT).hexdigest()
    assert (record["bytes"], record["licence"]) == (len(CONTENT), "CC0")
    assert record["address"] == f"{server.address}/sample.zip"


def test_bytes_other_than_the_hash_says_are_not_kept(server, tmp_path):
    expected = hashlib.sha256(OTHER).hexdigest()

    with pytest.raises(InputError, match=f"must send a file with the SHA-256 {expected}; it sent"):
        fetch("sample", folder=tmp_path, hashes={"sample.zip": expected})

    assert names_in(tmp_path) == []
    server.files["/sample.zip"] = OTHER
    fetch("sample", folder=tmp_path, hashes={"sample.zip": f"sha256:{expected.upper()}"})
    assert names_in(tmp_path) == ["sample.zip", "sample.zip.json"]


@pytest.mark.parametrize("method", [zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA])
def test_a_zip_that_unpacks_to_any_size_is_refused_and_not_kept(server, tmp_path, method):
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", method) as archive:
        archive.writestr("project.csv", "id\n1\n")
    server.files["/sample.zip"] = stream.getvalue()
    with pytest.raises(InputError, match=r"must be packed as usual \(stored or deflated\)"):
        fetch("sample", folder=tmp_path)
    assert names_in(tmp_path) == []


def test_one_wrong_byte_is_told_by_the_checksum_of_the_zip(server, tmp_path):
    wrong = bytearray(CONTENT)
    wrong[200_000] ^= 1
    server.files["/sample.zip"] = bytes(wrong)

    with pytest.raises(
        InputError, match=r"must send a whole zip; what it sent is not \(project.csv"
    ):
        fetch("sample", folder=tmp_path)

    assert names_in(tmp_path) == []


def test_a_download_that_breaks_off_begins_again(server, tmp_path):
    server.breaks = [100_000, 0]

    assert fetch("sample", folder=tmp_path).read_bytes() == CONTENT
    server.files.clear()
    with pytest.raises(InputError, match=f"cannot be downloaded: 404 .* see {HOME}"):
        fetch("sample", folder=tmp_path / "again")
    assert names_in(tmp_path) == ["again", "sample.zip", "sample.zip.json"]


def test_what_is_there_is_compared_and_not_downloaded(server, tmp_path):
    path = fetch("sample", folder=tmp_path)
    server.requests.clear()

    assert fetch("sample", folder=tmp_path) == path
    path.write_bytes(OTHER)
    with pytest.raises(InputError, match=r"it was changed, or is of another release"):
        fetch("sample", folder=tmp_path)
    (tmp_path / "sample.zip.json").unlink()
    with pytest.raises(InputError, match=r"is there without sample.zip.json, the record"):
        fetch("sample", folder=tmp_path)

    assert path.read_bytes() == OTHER
    assert server.requests == []


def test_several_files_make_a_folder_that_the_reader_takes(server, tmp_path, monkeypatch):
    tables = {
        "g_inventor": "patent_id\tinventor_id\tlocation_id\n1\ta\tx\n1\tb\ty\n",
        "g_location": "location_id\tlatitude\tlongitude\nx\t1\t2\ny\t3\t4\n",
    }
    for name, text in tables.items():
        server.files[f"/{name}.tsv.zip"] = packed({f"{name}.tsv": text})
    offer(monkeypatch, *(f"{server.address}/{name}.tsv.zip" for name in tables))

    folder = fetch("sample", folder=tmp_path)

    assert folder == tmp_path / "sample"
    assert list(read_patentsview(folder).links["weight"]) == [1.0]


@pytest.mark.parametrize("name", ["~", "$HOME", "a*b", "[1]", "file:", "-x", "%41 {a,b}"])
def test_the_name_of_a_folder_is_a_name(server, tmp_path, monkeypatch, name):
    (tmp_path / "home").mkdir()
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    monkeypatch.chdir(tmp_path)

    path = fetch("sample", folder=name)

    assert path == Path(name, "sample.zip")
    assert (tmp_path / name / "sample.zip").read_bytes() == CONTENT
    assert not any((tmp_path / "home").iterdir())


@pytest.mark.parametrize(
    ("name", "options", "message"),
    [
        ("cordis", {}, "the catalogue.*'cordis'"),
        ("openalex", {}, r"get it with: aws s3 sync s3://openalex"),
        ("cordis-fp7", {"hashes": {"x.zip": "0"}}, r"names are not in the files of cordis-fp7: "),
    ],
)
def test_what_cannot_be_meant_is_refused_in_words(name, options, message, tmp_path):
    with pytest.raises(InputError, match=message):
        fetch(name, folder=tmp_path, **options)


def test_without_the_extra_the_message_is_the_command(tmp_path, monkeypatch):
    monkeypatch.setitem(sys.modules, "pooch", None)

    with pytest.raises(ImportError, match=r"pip install 'netinnov\[data\]'"):
        fetch("cordis-fp7", folder=tmp_path)


def test_each_data_set_has_its_licence_and_either_files_or_a_command():
    table = catalogue()

    assert (table[["content", "size", "licence", "home"]] != "").all(axis=None)
    assert (table["addresses"].astype("bool") != table["command"].astype("bool")).all()
    for address in table["addresses"].explode().dropna():
        assert address.startswith("https://")


def test_the_command_says_where_the_file_is(server, tmp_path):
    listed = CliRunner().invoke(app, ["data", "list"])
    got = CliRunner().invoke(app, ["data", "get", "sample", "--to", str(tmp_path)])
    refused = CliRunner().invoke(
        app, ["data", "get", "sample", "--to", str(tmp_path), "--sha256", "sample.zip=00"]
    )

    assert "sample: a sample" in listed.stdout
    assert got.stdout.strip() == str(tmp_path / "sample.zip")
    assert "netinnov: licence: CC0" in got.stderr
    assert refused.exit_code == 1
    assert "must have the SHA-256 00" in refused.stderr
