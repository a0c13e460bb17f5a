"""Downloads of official files from a server that breaks off, lies, is slow or is not there."""

from __future__ import annotations

import hashlib
import io
import json
import os
import shutil
import signal
import subprocess
import sys
import threading
import time
import zipfile
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import numpy as np
import pytest
from typer.testing import CliRunner

from netinnov.cli import app
from netinnov.datasets import _download, _official, catalogue, fetch
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
BLOCK = _download.BLOCK
OTHER = packed({"project.csv": np.random.default_rng(2).bytes(300_000)})


class Server(ThreadingHTTPServer):
    """Sends `files` by their path, and misbehaves as told."""

    daemon_threads = True

    def __init__(self):
        super().__init__(("127.0.0.1", 0), Handler)
        self.files = {"/sample.zip": CONTENT}
        self.tag = '"first"'
        self.knows_ranges = True
        self.breaks = []
        """After how many bytes the next answers end, although more were promised."""
        self.statuses = []
        """The next answers, in place of the file."""
        self.stalls = 0
        """How many of the broken answers keep the connection open and send nothing."""
        self.released = threading.Event()
        self.broken = threading.Event()
        self.requests = []
        self.sent = 0
        self.address = f"http://127.0.0.1:{self.server_port}"

    def handle_error(self, request, client_address):
        """A client that went away is what the tests are about."""


class Handler(BaseHTTPRequestHandler):
    def log_message(self, format, *arguments):
        pass

    def do_GET(self):
        server = self.server
        server.requests.append((self.path, self.headers.get("Range")))
        if server.statuses:
            self.send_error(server.statuses.pop(0))
            return
        path = "/" + self.path.rpartition("/")[2]
        if path not in server.files:
            self.send_error(404)
            return
        content, start = server.files[path], 0
        asked = self.headers.get("Range")
        if asked and server.knows_ranges and self.headers.get("If-Range") == server.tag:
            start = int(asked.removeprefix("bytes=").removesuffix("-"))
        if start >= len(content):
            self.send_response(416)
            self.send_header("Content-Range", f"bytes */{len(content)}")
            self.send_header("Content-Length", "0")
            self.end_headers()
            return
        self.send_response(206 if start else 200)
        if start:
            self.send_header("Content-Range", f"bytes {start}-{len(content) - 1}/{len(content)}")
        if server.tag:
            self.send_header("ETag", server.tag)
        self.send_header("Content-Length", str(len(content) - start))
        self.end_headers()
        end = start + server.breaks.pop(0) if server.breaks else len(content)
        self.wfile.write(content[start:end])
        self.wfile.flush()
        server.sent += min(end, len(content)) - start
        if end < len(content):
            server.broken.set()
            if server.stalls:
                server.stalls -= 1
                server.released.wait(60)


@pytest.fixture
def server(monkeypatch):
    monkeypatch.setattr(_download, "PAUSE", 0.0)
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    with Server() as running:
        thread = threading.Thread(target=running.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        offer(monkeypatch, f"{running.address}/sample.zip")
        yield running
        running.released.set()
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
    assert record["hash"] == "changes with each release: no hash was published"
    assert (record["bytes"], record["licence"], record["etag"]) == (len(CONTENT), "CC0", '"first"')
    assert record["address"] == f"{server.address}/sample.zip"


def test_size_and_licence_are_said_before_anything_is_asked_for(server, tmp_path):
    said = []

    fetch("sample", folder=tmp_path, say=lambda text: said.append((text, len(server.requests))))

    first = [text for text, n_requests in said if n_requests == 0]
    assert first == ["sample: a sample", "size: 3 rows", "licence: CC0"]
    assert said[3][0].startswith(f"downloading {server.address}/sample.zip: 400 kB; changes with")


def test_a_download_that_breaks_off_goes_on_where_it_was(server, tmp_path):
    server.breaks = [10 * BLOCK, 5 * BLOCK + 7, 1]

    path = fetch("sample", folder=tmp_path)

    assert path.read_bytes() == CONTENT
    asked = [asked for _, asked in server.requests]
    second, third = f"bytes={10 * BLOCK}-", f"bytes={15 * BLOCK}-"
    assert asked == [None, second, third, third]


def test_a_server_that_ignores_ranges_sends_all_of_it_again(server, tmp_path):
    server.knows_ranges = False
    server.breaks = [6 * BLOCK, 4 * BLOCK]

    assert fetch("sample", folder=tmp_path).read_bytes() == CONTENT
    assert server.sent == 10 * BLOCK + len(CONTENT)


def test_a_server_without_a_tag_is_asked_for_all_of_it(server, tmp_path):
    server.tag = ""
    server.breaks = [6 * BLOCK]

    assert fetch("sample", folder=tmp_path).read_bytes() == CONTENT
    assert [asked for _, asked in server.requests] == [None, None]


def test_what_was_got_is_kept_when_the_server_gives_nothing_more(server, tmp_path):
    server.breaks = [6 * BLOCK, *[0] * 5]

    with pytest.raises(InputError, match=r"5 attempts in a row brought nothing .*98.3 kB are kept"):
        fetch("sample", folder=tmp_path)

    assert names_in(tmp_path) == ["sample.zip.part", "sample.zip.part.json"]
    server.requests.clear()
    assert fetch("sample", folder=tmp_path).read_bytes() == CONTENT
    assert server.requests == [("/sample.zip", f"bytes={6 * BLOCK}-")]
    assert names_in(tmp_path) == ["sample.zip", "sample.zip.json"]


def test_a_newer_release_is_not_joined_to_half_of_an_older_one(server, tmp_path):
    server.breaks = [6 * BLOCK, *[0] * 5]
    with pytest.raises(InputError):
        fetch("sample", folder=tmp_path)
    server.files["/sample.zip"], server.tag = OTHER, '"second"'

    assert fetch("sample", folder=tmp_path).read_bytes() == OTHER


def test_a_part_that_is_whole_is_not_downloaded_again(server, tmp_path):
    (tmp_path / "sample.zip.part").write_bytes(CONTENT)
    (tmp_path / "sample.zip.part.json").write_text(json.dumps({"etag": '"first"'}))

    assert fetch("sample", folder=tmp_path).read_bytes() == CONTENT
    assert server.sent == 0


def test_a_part_longer_than_the_file_is_left(server, tmp_path):
    (tmp_path / "sample.zip.part").write_bytes(CONTENT + b"more")
    (tmp_path / "sample.zip.part.json").write_text(json.dumps({"etag": '"first"'}))

    assert fetch("sample", folder=tmp_path).read_bytes() == CONTENT


def test_a_server_that_falls_silent_is_asked_again(server, tmp_path, monkeypatch):
    monkeypatch.setattr(_download, "TIMEOUT", (5.0, 0.3))
    server.breaks, server.stalls = [6 * BLOCK], 1

    assert fetch("sample", folder=tmp_path).read_bytes() == CONTENT
    assert server.requests[1] == ("/sample.zip", f"bytes={6 * BLOCK}-")


def test_bytes_other_than_the_hash_says_are_not_kept(server, tmp_path):
    expected = hashlib.sha256(OTHER).hexdigest()

    with pytest.raises(InputError, match=f"must send a file with the SHA-256 {expected}; it sent"):
        fetch("sample", folder=tmp_path, hashes={"sample.zip": expected})

    assert names_in(tmp_path) == []
    server.files["/sample.zip"] = OTHER
    fetch("sample", folder=tmp_path, hashes={"sample.zip": f"sha256:{expected.upper()}"})
    assert names_in(tmp_path) == ["sample.zip", "sample.zip.json"]


def test_one_wrong_byte_is_told_by_the_checksum_of_the_zip(server, tmp_path):
    wrong = bytearray(CONTENT)
    wrong[200_000] ^= 1
    server.files["/sample.zip"] = bytes(wrong)

    with pytest.raises(
        InputError, match=r"must send a whole zip; what it sent is not \(project.csv"
    ):
        fetch("sample", folder=tmp_path)

    assert names_in(tmp_path) == []


def test_a_page_in_place_of_the_file_is_shown(server, tmp_path):
    server.files["/sample.zip"] = b"<html>Please log in</html>"

    with pytest.raises(InputError, match=r"begins with b'<html>Please log in"):
        fetch("sample", folder=tmp_path)

    assert names_in(tmp_path) == []


def test_a_missing_file_is_asked_for_once(server, tmp_path):
    server.files.clear()

    with pytest.raises(InputError, match=f"the server answers 404 Not Found; .* see {HOME}"):
        fetch("sample", folder=tmp_path)

    assert len(server.requests) == 1
    assert names_in(tmp_path) == []


def test_a_server_that_is_busy_is_asked_again(server, tmp_path):
    server.statuses = [503, 429]

    assert fetch("sample", folder=tmp_path).read_bytes() == CONTENT


def test_the_proxy_of_the_environment_is_asked(server, tmp_path, monkeypatch):
    offer(monkeypatch, "http://files.example/sample.zip")
    monkeypatch.setenv("HTTP_PROXY", server.address)
    monkeypatch.setenv("http_proxy", server.address)

    assert fetch("sample", folder=tmp_path).read_bytes() == CONTENT
    assert server.requests == [("http://files.example/sample.zip", None)]


def test_a_disk_without_the_space_is_told_before_the_download(server, tmp_path, monkeypatch):
    usage = shutil._ntuple_diskusage(10, 5, 5)
    monkeypatch.setattr(_download.shutil, "disk_usage", lambda path: usage)

    with pytest.raises(InputError, match=r"needs 400 kB more; the disk of .* has 5 bytes left"):
        fetch("sample", folder=tmp_path)

    assert names_in(tmp_path) == []


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


KILLED = """
import sys
from netinnov.datasets import _official, fetch
address, folder = sys.argv[1:]
_official.SOURCES["sample"] = _official._Source("", "", "", "", (address,), "")
fetch("sample", folder=folder)
"""


def test_a_kill_leaves_a_part_and_the_next_call_goes_on(server, tmp_path):
    server.breaks, server.stalls = [9 * BLOCK], 1
    command = [sys.executable, "-c", KILLED, f"{server.address}/sample.zip", str(tmp_path)]
    with subprocess.Popen(command, env=os.environ) as process:
        assert server.broken.wait(60)
        part = tmp_path / "sample.zip.part"
        while not part.exists() or part.stat().st_size < 9 * BLOCK:
            time.sleep(0.01)
        process.send_signal(signal.SIGKILL)
    assert not (tmp_path / "sample.zip").exists()

    server.requests.clear()
    assert fetch("sample", folder=tmp_path).read_bytes() == CONTENT
    assert server.requests == [("/sample.zip", f"bytes={9 * BLOCK}-")]
    assert names_in(tmp_path) == ["sample.zip", "sample.zip.json"]


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


@pytest.mark.parametrize(
    ("name", "options", "message"),
    [
        ("cordis", {}, r"must be one of cordis-fp7, .*; found 'cordis'"),
        ("openalex", {}, r"get it with: aws s3 sync s3://openalex"),
        ("cordis-fp7", {"hashes": {"x.zip": "0"}}, r"must name files of cordis-fp7, which are"),
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
