"""A network in a line, and as a table in a notebook."""

from __future__ import annotations

import html

import numpy as np

from netinnov._network.storage import Storage
from netinnov._runtime.display import table, without_controls

NAMED = 6  # layers that the line names, and kinds
ROWS = 12  # layers of the table


def as_text(storage: Storage) -> str:
    layers = storage.layers
    names = ", ".join(layers[:NAMED]) + (", ..." if len(layers) > NAMED else "")
    listed = f" ({without_controls(names, one_line=True)})" if names else ""
    nodes, places = _counts(storage)
    n_links = _count(sum(block.indices.size for block in storage.blocks), "link")
    in_layers = f"{n_links} in {_count(len(layers), 'layer')}{listed}"
    return f"MultilayerNetwork: {nodes}{places}, {in_layers}"


def as_html(storage: Storage) -> str:
    rows = []
    for layer, block in zip(storage.layers[:ROWS], storage.blocks, strict=False):
        record = storage.records[layer]
        flags = ["yes" if flag else "no" for flag in (record.directed, record.modelled)]
        rows.append((layer, f"{block.indices.size:,}", f"{block.data.sum():,.6g}", *flags))
    layers = table(rows, ("layer", "links", "weight", "directed", "modelled"))
    more = len(storage.layers) - ROWS
    hidden = f"<p>{more:,} more layers</p>" if more > 0 else ""
    kinds = storage.nodes["kind"].value_counts().items()
    counts = [f"{html.escape(str(kind))} {n:,}" for kind, n in kinds]
    counts = counts[:NAMED] + ["..."] * (len(counts) > NAMED)
    of_kinds = f" ({', '.join(counts)})" if counts else ""
    nodes, places = _counts(storage)
    return f"<p><b>MultilayerNetwork</b>: {nodes}{of_kinds}{places}</p>{layers}{hidden}"


def _counts(storage: Storage) -> tuple[str, str]:
    n_places = np.unique(storage.place_codes[storage.place_codes >= 0]).size
    where = f" in {_count(n_places, 'place')}" if n_places else ""
    return _count(len(storage.node_names), "node"), where


def _count(n: int, noun: str) -> str:
    return f"{n:,} {noun}{'' if n == 1 else 's'}"
