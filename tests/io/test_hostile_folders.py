"""Folders of networks that name files of others: nothing outside the folder is opened."""

import json
from hashlib import sha256
from pathlib import Path

import pandas as pd
import pytest

import netinnov as ni
from netinnov.errors import InputError
from netinnov.io import read_network, write_network
from network_folders import renew_hashes

READERS = [read_network, ni.read_network]


@pytest.fixture
def folder(tmp_path):
    (tmp_path / "secret.csv").write_text("node,place\nsecret,secret\n")
    links = pd.DataFrame({"source": ["a"], "target": ["b"], "layer": ["x"]})
    write_network(ni.build_network(links), tmp_path / "network")
    return tmp_path / "network"


@pytest.fixture
def opened(monkeypatch):
    """The files that were opened."""
    paths, open_file = [], Path.open

    def noted(self, *args, **kwargs):
        paths.append(self.resolve())
        return open_file(self, *args, **kwargs)

    monkeypatch.setattr(Path, "open", noted)
    return paths


def renamed(table, file=None):
    def change(tables, secret):
        tables[table] = tables.pop("places") | ({} if file is None else {"file": file})

    return change


def named(file):
    def change(tables, secret):
        digest = sha256(secret.read_bytes()).hexdigest()
        name = str(secret) if file == "its path" else file
        tables["nodes"] |= {"file": name, "sha256": digest}

    return change


CHANGES = {
    "a file above": named("../secret.csv"),
    "an absolute path": named("its path"),
    "a way round": named("../network/nodes.csv"),
    "a table of another name": named("links.csv"),
    "another ending": named("nodes.txt"),
    "no text": named(["nodes.csv"]),
    "a table above": renamed("../secret", "../secret.csv"),
    "a table of no network": renamed("secret", "secret.csv"),
    "an argument": renamed("directed", "directed.csv"),
    "without its hash": lambda tables, secret: tables["nodes"].pop("sha256"),
    "without its file": lambda tables, secret: tables["nodes"].pop("file"),
    "another hash": lambda tables, secret: tables["nodes"].update(sha256="0" * 64),
    "no record": lambda tables, secret: tables.update(nodes="nodes.csv"),
}


@pytest.mark.parametrize("read", READERS)
@pytest.mark.parametrize("change", CHANGES.values(), ids=CHANGES)
def test_tables_are_called_by_their_names_and_have_their_hash(folder, opened, read, change):
    path = folder / "network.json"
    about = json.loads(path.read_text())
    change(about["tables"], folder.parent / "secret.csv")
    path.write_text(json.dumps(about))
    opened.clear()
    with pytest.raises(InputError, match=r"(network\.json|nodes\.csv) must be the file as write_"):
        read(folder)
    system = Path("/proc"), Path("/sys")  # how much memory there is
    own = [path for path in opened if not any(map(path.is_relative_to, system))]
    assert {path.parent for path in own} == {folder}


@pytest.mark.parametrize("read", READERS)
@pytest.mark.parametrize("name", ["network.json", "nodes.csv", "links.csv"])
def test_a_link_that_leads_out_of_the_folder_is_not_followed(folder, opened, read, name):
    (folder / name).rename(folder.parent / name)
    (folder / name).symlink_to(f"../{name}")
    opened.clear()
    with pytest.raises(InputError, match=f"{name} must be "):
        read(folder)
    assert folder.parent / name not in opened


@pytest.mark.parametrize("read", READERS)
def test_a_folder_that_is_a_link_and_links_inside_it_are_read(folder, tmp_path, read):
    whole = read(folder)
    (folder / "nodes.csv").rename(folder / "held.csv")
    (folder / "nodes.csv").symlink_to("held.csv")
    renew_hashes(folder)
    (tmp_path / "link").symlink_to("network")
    assert read(tmp_path / "link").equals(whole)
