"""A network in a folder: what is written is read again, and what is damaged is named."""

import datetime as dt
import json
import tempfile
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest
from hypothesis import assume, given, settings, strategies as st

from netinnov import MultilayerNetwork, build_network
from netinnov.errors import InputError
from netinnov.io import read_network, write_network
from netinnov.sources import read_tables
from rich_networks import any_text, rich_networks

FORMATS = ("csv", "parquet")
TABLES = ("nodes", "links", "places", "layers")


def through_a_folder(network: MultilayerNetwork, format: str = "csv") -> MultilayerNetwork:
    with tempfile.TemporaryDirectory() as parent:
        folder = Path(parent, "network")
        write_network(network, folder, format=format)
        return read_network(folder)


@pytest.fixture
def odd(small: MultilayerNetwork) -> MultilayerNetwork:
    """`small` with Chinese names, line ends and every kind of column."""
    nodes = small.nodes.assign(
        name=["衢州", 'say "hi"', "two\nlines", "", None],
        staff=[1, 2, 3, 4, 5],
        share=[0.1, np.nan, 2.0, 1e-300, 5.0],
        public=[True, False, True, False, True],
        stage=pd.Categorical(["seed", "seed", None, "growth", "seed"]),
    )
    links = small.links.assign(period=[2015, 2016, None, 2015, 2015, 2017, 2015])
    return build_network(nodes, links, small.places, small.directed)


@pytest.mark.parametrize("format", FORMATS)
def test_distances_and_their_unit_come_back(small: MultilayerNetwork, format: str) -> None:
    names = small.places.index
    table = pd.DataFrame(np.pi * np.arange(len(names) ** 2).reshape(-1, len(names)), names, names)
    table.iloc[0, 1] = np.nan
    network = small.with_distances(table, unit="Minuten à pied")
    again = through_a_folder(network, format)
    assert again.equals(network)
    assert again.distance_unit == "Minuten à pied"
    pd.testing.assert_frame_equal(again.distances, network.distances)


@pytest.fixture
def folder(odd: MultilayerNetwork, tmp_path: Path) -> Path:
    """Of `odd`, as CSV."""
    write_network(odd, tmp_path / "odd")
    return tmp_path / "odd"


@pytest.mark.slow
@given(network=rich_networks())
def test_what_is_written_is_read_again(network):
    for format in FORMATS:
        again = through_a_folder(network, format)
        assert again.equals(network)
        for table in ("nodes", "links", "places"):
            assert getattr(again, table).dtypes.equals(getattr(network, table).dtypes)


@pytest.mark.slow
@given(
    ids=st.lists(any_text.map(str.strip).filter(bool), min_size=2, max_size=6, unique=True),
    column=any_text.filter(str.strip),
    notes=st.lists(any_text, min_size=6, max_size=6),
)
def test_any_text_is_read_again(ids, column, notes):
    nodes = pd.DataFrame({f"my {column}": notes[: len(ids)]}, index=ids)
    links = pd.DataFrame({"source": ids[0], "target": ids[1:], "layer": ids[1:]})
    network = MultilayerNetwork(nodes, links, directed=[ids[1]])
    assert through_a_folder(network).equals(network)


TYPES = [
    pd.Series(["a", None, ""], dtype="str"),
    pd.Series(["a", None, ""], dtype="string"),
    pd.Series(["a", None, ""], dtype="string[python]"),
    pd.Series(["a", None, ""], dtype=pd.StringDtype("python", na_value=np.nan)),
    pd.Series(["a", None, ""], dtype=object),
    pd.Series([None, None, None], dtype=object),
    pd.Series([None, None, None], dtype="str"),
    pd.Series([None, None, None], dtype="float64"),
    pd.Series([None, None, None], dtype="Int8"),
    pd.Series([None, None, None], dtype="datetime64[ns]"),
    pd.Series([1, 2, 3], dtype="int8"),
    pd.Series([0, 2**64 - 1, 1], dtype="uint64"),
    pd.Series([2**63 - 1, -(2**63), None], dtype="Int64"),
    pd.Series([2**70, None, -1], dtype=object),
    pd.Series([1, 2.5, None], dtype=object),
    pd.Series([True, None, False], dtype=object),
    pd.Series([True, None, False], dtype="boolean"),
    pd.Series([True, True, False], dtype="bool"),
    pd.Series([0.1, None, float("inf")], dtype="float32"),
    pd.Series([5e-324, None, -0.0], dtype="Float64"),
    pd.Series(["1677-09-22", "2262-04-11", None], dtype="datetime64[ns]"),
    pd.Series(["0001-01-01", "9999-12-31", None], dtype="datetime64[s]"),
    pd.Series(["2020-01-01", "2020-07-01", None], dtype="datetime64[us, Europe/Paris]"),
    pd.Series([pd.Timestamp("2020-01-01", tz="Asia/Shanghai"), None, None], dtype=object),
    pd.Series([dt.date(2020, 2, 29), None, dt.date(1, 1, 1)], dtype=object),
    pd.Series([pd.Timedelta(-1, "ns"), pd.Timedelta(400, "D"), None]),
    pd.Series(["2020-01", None, "2021-12"], dtype="period[M]"),
    pd.Series(["a", None, "b"], dtype="category"),
    pd.Series([3, None, 1], dtype=pd.CategoricalDtype([3, 2, 1], ordered=True)),
    pd.Series(["2020", None, "2021"], dtype="datetime64[s]").astype("category"),
    pd.Series([None, None, None], dtype="category"),
    pd.Series([["a", 1], [], None], dtype=object),
    pd.Series([{"a": [1, None]}, {}, None], dtype=object),
    pd.Series(["text", 1, None], dtype=object),
    pd.Series([1, None, 3], dtype="int64[pyarrow]"),
    pd.Series(["x", None, ""], dtype=pd.ArrowDtype(pa.string())),
    pd.Series(["x", None, ""], dtype=pd.ArrowDtype(pa.large_string())),
    pd.Series([dt.date(2020, 1, 1), None, None], dtype=pd.ArrowDtype(pa.date32())),
    pd.Series([0, 0, 3], dtype="Sparse[int]"),
    pd.Series([0.1 + 2j, 0j, None], dtype="complex128"),
]


@pytest.mark.parametrize("format", FORMATS)
def test_every_type_comes_back(format):
    nodes = pd.DataFrame({f"c{k}": each.set_axis(["a", "b", "c"]) for k, each in enumerate(TYPES)})
    links = pd.DataFrame({"source": ["a"], "target": ["b"]})
    network = MultilayerNetwork(nodes, links)
    again = through_a_folder(network, format)
    for k, values in enumerate(TYPES):
        assert again.nodes[f"c{k}"].dtype == values.dtype
    assert again.equals(network)


@pytest.mark.parametrize(
    ("values", "shown"),
    [
        ([{1, 2}, "b"], r"\{1, 2\} \(set\)"),
        ([["a"], (1, 2)], r"\(1, 2\) \(tuple\)"),
        ([None, np.array([1, 2])], r"array\(\[1, 2\]\) \(ndarray\)"),
        ([{1: "a"}, None], r"\{1: 'a'\} \(dict\)"),
        (pd.arrays.IntervalArray.from_breaks([0, 1, 2]), r"Interval\(0, 1"),
        ([dt.date(2020, 1, 1), "text"], "of type object"),
    ],
)
def test_what_could_not_come_back_is_refused(values, shown, tmp_path):
    nodes = pd.DataFrame({"odd": pd.Series(values, index=["a", "b"])})
    network = MultilayerNetwork(nodes, pd.DataFrame({"source": ["a"], "target": ["b"]}))
    with pytest.raises(InputError, match=rf"column 'odd' of the nodes.*{shown}"):
        write_network(network, tmp_path / "out")
    assert list(tmp_path.iterdir()) == []


def test_text_that_utf8_cannot_write_is_refused(tmp_path):
    nodes = pd.DataFrame({"odd": pd.Series(["\ud800"], dtype=object, index=["a"])})
    network = MultilayerNetwork(nodes, pd.DataFrame({"source": ["a"], "target": ["a"]}))
    with pytest.raises(InputError, match="of the nodes must hold text that UTF-8 can write"):
        write_network(network, tmp_path / "out")
    assert list(tmp_path.iterdir()) == []


def test_a_network_without_links_keeps_its_columns():
    links = pd.DataFrame({"source": [], "target": [], "note": []}, dtype="str")
    links["since"] = pd.Series([], dtype="datetime64[s]")
    network = MultilayerNetwork(pd.DataFrame(index=["a"]), links)
    assert through_a_folder(network).equals(network)


@pytest.mark.slow
@settings(max_examples=10)
@given(network=rich_networks())
def test_the_reader_of_tables_reads_it_too(network):
    with tempfile.TemporaryDirectory() as parent:
        folder = Path(parent, "network")
        write_network(network, folder)
        # A table of a user that has these is no text, and refused.
        assume(not any(b"\0" in file.read_bytes() for file in folder.iterdir()))
        again = build_network(*read_tables(folder))
    assert again.layers == network.layers
    assert again.directed == network.directed
    ids = ["kind", "place", "jurisdiction"]
    assert again.nodes[ids].equals(network.nodes[ids])
    own = ["lon", "lat", "population", "parent"]
    assert again.places[own].equals(network.places[own])
    columns = [c for c in ("layer", "source", "target", "weight", "period") if c in network.links]
    assert again.links[columns].equals(network.links[columns])


def test_the_folder_has_tables_that_people_can_read(folder):
    assert sorted(path.name for path in folder.iterdir()) == [
        "layers.csv", "links.csv", "network.json", "nodes.csv", "places.csv",
    ]  # fmt: skip
    lines = (folder / "links.csv").read_text(encoding="utf-8").splitlines()
    assert lines[:3] == [
        '"layer","source","target","weight","period"',
        '"coop","a","b",2,2015',
        '"coop","a","c",4,2016',
    ]
    about = json.loads((folder / "network.json").read_text(encoding="utf-8"))
    assert about["tables"]["links"]["rows"] == 7


def test_a_folder_with_something_in_it_is_left_alone(small, tmp_path):
    (tmp_path / "mine.txt").write_text("mine")
    with pytest.raises(InputError, match="is there already and not empty; name another folder"):
        write_network(small, tmp_path)
    assert [path.name for path in tmp_path.iterdir()] == ["mine.txt"]
    with pytest.raises(InputError, match="is there already and not empty"):
        write_network(small, tmp_path / "mine.txt")


@pytest.mark.parametrize("fault", [OSError(28, "No space left on device"), KeyboardInterrupt()])
def test_nothing_is_left_of_a_write_that_fails(fault, small, tmp_path, monkeypatch):
    write, written = pa.csv.write_csv, []

    def write_csv(table: pa.Table, path: Path) -> None:
        if written:
            raise fault
        written.append(path)
        write(table, path)

    monkeypatch.setattr(pa.csv, "write_csv", write_csv)
    expected = InputError if isinstance(fault, OSError) else KeyboardInterrupt
    with pytest.raises(expected):
        write_network(small, tmp_path / "out")
    assert written
    assert list(tmp_path.iterdir()) == []


def test_a_file_that_was_changed_is_named_with_what_to_do(odd, tmp_path):
    write_network(odd, tmp_path / "odd")
    path = tmp_path / "odd" / "links.csv"
    text = path.read_text(encoding="utf-8")
    path.write_text(text.replace('"a","c",4', '"a","c",40'), encoding="utf-8")
    with pytest.raises(InputError, match=r"links\.csv must be the file.*by build_network\("):
        read_network(tmp_path / "odd")
    with pytest.warns(
        UserWarning, match=r"links\.csv was changed, .* after write_network wrote it"
    ):
        assert (read_tables(tmp_path / "odd").links["weight"] == 40).sum() == 1


@pytest.mark.parametrize("name", ["nodes.csv", "network.json"])
def test_a_missing_file_is_named(name, folder):
    (folder / name).unlink()
    with pytest.raises(InputError, match=name):
        read_network(folder)


@pytest.mark.parametrize(
    "about",
    ["[]", "{}", '{"directed": []}', '{"format": "netinnov network 1", "directed": 7}',
     '{"format": "netinnov network 1", "directed": [], "tables": {"nodes": {}}}'],
)  # fmt: skip
def test_a_folder_of_another_hand_is_shown_its_reader(about, folder):
    (folder / "network.json").write_text(about)
    with pytest.raises(InputError, match=r"as write_network wrote it.*read_tables"):
        read_network(folder)
