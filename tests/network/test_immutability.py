"""Nothing that a network hands out, and nothing it was made from, can change it."""

import contextlib
import copy
import pickle
import warnings
from collections.abc import Callable
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from scipy import sparse

import netinnov as ni
from strategies import Tables, networks

FRAMES = ("nodes", "links", "places")
Attack = Callable[[ni.MultilayerNetwork], object]


def overwrite(frame: pd.DataFrame) -> None:
    """Write into every cell through the doors that pandas leaves open."""
    for column in list(frame.columns):
        values = frame[column]
        with contextlib.suppress(ValueError, TypeError):
            values.array[:] = values.array[::-1]
        with contextlib.suppress(ValueError, TypeError):
            values.to_numpy()[:] = 0
        with contextlib.suppress(ValueError, TypeError):
            np.asarray(values.array).fill(0)
        with contextlib.suppress(ValueError, TypeError):
            frame.iloc[:, frame.columns.get_loc(column)] = values.iloc[::-1].to_numpy(copy=True)
    with contextlib.suppress(ValueError, TypeError):
        frame.select_dtypes("number").to_numpy()[:] = -1


def unlock(frame: pd.DataFrame) -> None:
    """Write into the arrays behind the columns after switching their write protection off."""
    for column in list(frame.columns):
        for raw in (frame[column].to_numpy(), np.asarray(frame[column].array)):
            with contextlib.suppress(ValueError, TypeError):
                force(raw)
    with contextlib.suppress(ValueError, TypeError):
        force(frame.select_dtypes("number").to_numpy())


def rename_everything(frame: pd.DataFrame) -> None:
    frame.index.name = "renamed"
    frame.columns.name = "renamed"
    frame.attrs["note"] = "changed"
    with contextlib.suppress(ValueError, TypeError):
        labels = frame.index.to_numpy()
        labels.flags.writeable = True
        labels[:] = labels[::-1].copy()
    with contextlib.suppress(ValueError, TypeError):
        labels = np.asarray(frame.columns)
        labels.flags.writeable = True
        labels[:] = labels[::-1].copy()


def reshape(frame: pd.DataFrame) -> None:
    frame["added"] = 1
    del frame[frame.columns[0]]
    frame.insert(0, "first", 0)
    frame.index = frame.index[::-1]
    frame.columns = [f"{column}!" for column in frame.columns]


def through_matrix(change: Callable[[Any], object]) -> Attack:
    def attack(network: ni.MultilayerNetwork) -> None:
        for layer in network.layers:
            with contextlib.suppress(ValueError, TypeError), warnings.catch_warnings():
                warnings.simplefilter("ignore", sparse.SparseEfficiencyWarning)
                change(network.adjacency(layer))

    return attack


def force(values: np.ndarray) -> None:
    with contextlib.suppress(ValueError):
        values.flags.writeable = True
    with contextlib.suppress(ValueError):
        values.setflags(write=True)
    values[:] = 0


def raw_arrays(matrix: Any) -> None:
    for name in ("data", "indices", "indptr"):
        with contextlib.suppress(ValueError):
            force(getattr(matrix, name))


def arrays_behind_arrays(matrix: Any) -> None:
    for name in ("data", "indices", "indptr"):
        base = getattr(matrix, name).base
        while isinstance(base, np.ndarray):
            with contextlib.suppress(ValueError):
                force(base)
            base = base.base


def scale_in_place(matrix: Any) -> None:
    matrix *= 5


def assign(matrix: Any) -> None:
    matrix[0, 0] = 99.0


def set_attributes(network: ni.MultilayerNetwork) -> None:
    names = [*FRAMES, "layers", "directed", "n_nodes", "n_links", "note"]
    for name in names:
        with pytest.raises((AttributeError, TypeError)):
            setattr(network, name, None)
    with pytest.raises((AttributeError, TypeError)):
        del network.nodes


def through_private_arrays(network: ni.MultilayerNetwork) -> None:
    arrays = [array for layer in network.layers for array in network.storage.csr(layer)]
    arrays += [
        network.storage.kind_codes,
        network.storage.place_codes,
        network.storage.jurisdiction_codes,
    ]
    for array in arrays:
        assert not array.flags.writeable
        with pytest.raises(ValueError, match="read-only"):
            array[...] = 0
        with contextlib.suppress(ValueError):
            force(array)


ATTACKS: dict[str, Attack] = {
    **{
        f"{change.__name__} {name}": lambda network, name=name, change=change: change(
            getattr(network, name)
        )
        for name in FRAMES
        for change in (overwrite, unlock, rename_everything, reshape)
    },
    "matrix arrays": through_matrix(raw_arrays),
    "matrix bases": through_matrix(arrays_behind_arrays),
    "matrix scaled": through_matrix(scale_in_place),
    "matrix assigned": through_matrix(assign),
    "matrix diagonal": through_matrix(lambda matrix: matrix.setdiag(7)),
    "matrix zeros": through_matrix(lambda matrix: matrix.eliminate_zeros()),
    "matrix resized": through_matrix(lambda matrix: matrix.resize((1, 1))),
    "matrix prune": through_matrix(lambda matrix: (matrix.data.fill(0), matrix.prune())),
    "attributes": set_attributes,
    "private arrays": through_private_arrays,
    "verbs": lambda network: (
        network.select(layers=network.layers[:1]),
        network.with_links(network.links),
        network.with_nodes(network.nodes.rename(index="new {}".format)),
        network.replace_links(network.links.iloc[:1]),
        ni.flatten(network),
    ),
}


def rich(tables: Any) -> ni.MultilayerNetwork:
    """The small network with attributes of several dtypes and periods."""
    nodes, links, places, directed = tables
    nodes = nodes.assign(
        size=[1.5, 2.5, None, 4.0, 5.0],
        staff=[1, 2, 3, 4, 5],
        public=[True, False, True, True, False],
        founded=pd.date_range("2001-01-01", periods=5),
        sector=pd.Categorical(["x", "y", "x", "y", "x"]),
    )
    links = links.assign(period=[2019, 2020, 2020, 2019, None, 2019, 2020, 2020], note="n", hours=2)
    return ni.build_network(nodes, links, places.assign(area=[1.0, 2.0, 3.0]), directed)


def state(network: ni.MultilayerNetwork) -> tuple[Any, ...]:
    matrices = [network.adjacency(layer).toarray() for layer in network.layers]
    return network.nodes, network.links, network.places, matrices, network.layers, network.directed


def same(network: ni.MultilayerNetwork, stored: bytes) -> None:
    """The network still is what was pickled, to its tables, matrices, names and order."""
    before = pickle.loads(stored)
    assert network.equals(before)
    old, new = state(before), state(network)
    for left, right in zip(new[:3], old[:3], strict=True):
        pd.testing.assert_frame_equal(left, right, check_exact=True)
        assert left.attrs == {}
        assert left.index.names == right.index.names
        assert left.columns.names == right.columns.names
    for left, right in zip(new[3], old[3], strict=True):
        np.testing.assert_array_equal(left, right)
    assert new[4:] == old[4:]


@pytest.mark.slow
def test_no_attack_changes_the_relatives_of_a_network(small_tables: Any) -> None:
    # Selections may share memory with the network they come from; each is attacked, too.
    network = rich(small_tables)
    relatives = [
        network.select(layers=["coop"]),
        network.select(nodes=["a", "b", "c"]),
        network.with_nodes(pd.DataFrame({"node": ["z"], "place": ["P"]})),
        network.with_links(network.links.iloc[:1]),
        network.replace_links(network.links),
        copy.copy(network),
        copy.deepcopy(network),
        pickle.loads(pickle.dumps(network)),
    ]
    family = [network, *relatives]
    stored = [pickle.dumps(each) for each in family]
    for name, attack in ATTACKS.items():
        attack(network)
        assert network.equals(pickle.loads(stored[0])), name
        for relative in relatives:
            if name != "verbs":
                attack(relative)
    for each, before in zip(family, stored, strict=True):
        same(each, before)


def test_tables_changed_afterwards_do_not_reach_the_network(small_tables: Any) -> None:
    nodes, links, places, directed = (
        part.copy() if isinstance(part, pd.DataFrame) else list(part) for part in small_tables
    )
    nodes["size"] = [1.0, 2.0, 3.0, 4.0, 5.0]
    nodes = nodes.set_index("node")
    links["note"] = "x"
    for build in (
        lambda: ni.build_network(nodes, links, places, directed),
        lambda: ni.MultilayerNetwork(nodes, links, places=places, directed=directed),
    ):
        network = build()
        stored = pickle.dumps(network)
        directed.append("coop")
        for frame in (nodes, links, places):
            kept = frame.copy(deep=True)
            overwrite(frame)
            unlock(frame)
            rename_everything(frame)
            same(network, stored)
            frame[:] = kept
            frame.index.name = kept.index.name
            frame.attrs.clear()
        directed.remove("coop")


@pytest.mark.slow
@given(networks())
def test_building_leaves_the_tables_alone(tables: Tables) -> None:
    copies = [frame.copy(deep=True) for frame in tables[:3]]
    network = ni.build_network(*tables)
    ni.check_tables(tables.nodes, tables.links, places=tables.places)
    ni.clean_tables(tables.nodes, tables.links, places=tables.places)
    stored = pickle.dumps(network)
    for frame, before in zip(tables[:3], copies, strict=True):
        pd.testing.assert_frame_equal(frame, before)
        if len(frame):
            overwrite(frame)
            unlock(frame)
    same(network, stored)
