"""Links of a network as arrays in Arrow files, which several processes read as one copy."""

from __future__ import annotations

import struct
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa

from netinnov._network.rows import Block
from netinnov._network.storage import Storage
from netinnov._runtime.opening import check_file, damage_refused
from netinnov.errors import InputError

TYPES = {"bool", "double", "int64", "string", "large_list<item: int32>", "large_list<item: double>"}
PARTS = {"indptr": np.int32, "indices": np.int32, "data": np.float64}


def write_layers(storage: Storage, folder: Path) -> list[dict[str, Any]]:
    """Write ``layer_0.arrow`` and on; return their description for network.json.

    A file holds one row of lists: compressed rows with each link once (``block``), both directions
    of undirected links (``full``), and these without self-links (``simple``), where they differ.
    """
    records = []
    for number, layer in enumerate(storage.layers):
        blocks = {"block": storage.block(layer)}
        if layer not in storage.directed:
            blocks["full"] = storage.csr(layer)
        if (simple := storage.simple_csr(layer)) is not storage.csr(layer):
            blocks["simple"] = simple
        columns = {
            f"{name}_{part}": pa.LargeListArray.from_arrays([0, array.size], pa.array(array))
            for name, block in blocks.items()
            for part, array in block._asdict().items()
        }
        write_arrow(folder / f"layer_{number}.arrow", columns)
        records.append({"layer": layer, "file": f"layer_{number}.arrow", "blocks": list(blocks)})
    return records


def is_sound(record: Any) -> bool:
    return (
        isinstance(record["layer"], str)
        and isinstance(record["file"], str)
        and {"block"} <= {*record["blocks"]} <= {"block", "full", "simple"}
    )


def read_layer(
    path: Path, record: Mapping[str, Any], n_nodes: int, *, mmap: bool
) -> dict[str, Block]:
    """Blocks of a layer, checked so that no kernel reads out of bounds."""
    batch = arrow_file(path, mmap=mmap)
    blocks = {}
    for name in record["blocks"]:
        arrays = []
        for part, dtype in PARTS.items():
            column = f"{name}_{part}"
            field = pa.field(column, pa.large_list(pa.from_numpy_dtype(dtype)))
            if batch.num_rows != 1 or field not in list(batch.schema):
                raise _odd(path, f"one list {column} of {np.dtype(dtype)}")
            values = batch.column(column).flatten()
            if values.null_count:
                raise _odd(path, f"no missing number in {column}")
            arrays.append(values.to_numpy(zero_copy_only=True))
        blocks[name] = block = Block(*arrays)
        sound = (
            block.indptr.size == n_nodes + 1
            and block.indices.size == block.data.size == block.indptr[-1]
            and block.indptr[0] == 0
            and bool((np.diff(block.indptr) >= 0).all())
            and int(block.indices.min(initial=0)) >= 0
            and int(block.indices.max(initial=0)) < n_nodes
        )
        if not sound:
            raise _odd(path, f"compressed rows in {name} of links between {n_nodes} nodes")
    return blocks


def write_arrow(path: Path, columns: Mapping[str, pa.Array]) -> None:
    batch = pa.record_batch(list(columns.values()), list(columns))
    with path.open("xb") as stream, pa.ipc.new_file(stream, batch.schema) as writer:
        writer.write_batch(batch)


def arrow_file(path: Path, *, mmap: bool = False) -> pa.RecordBatch:
    check_file(path)
    with damage_refused(str(path)):
        stream = pa.memory_map(str(path)) if mmap else pa.OSFile(str(path))
        stream.seek(max(stream.size() - 6, 0))
        last = stream.read(6)
        stream.seek(0)
        if stream.read(8) != b"ARROW1\0\0" or last != b"ARROW1":
            raise ValueError("it is not a whole file of Arrow")
        messages = pa.ipc.MessageReader.open_stream(stream)
        message = messages.read_next_message()
        if message.type != "schema":  # which pyarrow takes for granted, and aborts
            raise ValueError("it does not begin with the names of its columns")
        schema = pa.ipc.read_schema(message)
        message = messages.read_next_message()
        types = {str(kind) for kind in schema.types}
        if not types <= TYPES or _is_compressed(message.metadata.to_pybytes()):
            raise ValueError("its columns are of another type, or compressed")
        batch = pa.ipc.read_record_batch(message, schema)
        batch.validate(full=True)
    return batch


def _is_compressed(about: bytes) -> bool:
    """Whether a message (a flatbuffer) declares buffers that unpack to any length."""

    def entry(table: int, number: int) -> int:
        fields = table - struct.unpack_from("<i", about, table)[0]
        has_field = 4 + 2 * number < struct.unpack_from("<H", about, fields)[0]
        at = struct.unpack_from("<H", about, fields + 4 + 2 * number)[0] if has_field else 0
        return table + at if at else 0

    header = entry(struct.unpack_from("<I", about)[0], 2)
    return bool(entry(header + struct.unpack_from("<I", about, header)[0], 3))


def _odd(path: Path, expected: str) -> InputError:
    return InputError(
        f"{path} must hold {expected}, as network.json says; it does not: it was changed, or "
        "belongs to another network. Write the network again."
    )
