"""How a network is stored: a table of nodes, and the links of each layer as a compressed block."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import partial
from typing import Any, Self, cast

import numpy as np
import numpy.typing as npt
import pandas as pd

from netinnov._arguments import as_list, check_name, unknown_names
from netinnov._layer_table import LayerRecord, Records
from netinnov._parallel import in_threads
from netinnov._rows import NO_PERIOD, Block, Rows, locked
from netinnov._tables import NodeTable, codes_of
from netinnov._typing import Codes, Presence

__all__ = ["Storage"]

MANY = 1_000
"""Names in a list from which on Arrow's look-up is faster than Python's."""


class Storage:
    """Arrays and tables of a network, and what our own modules read of them."""

    __slots__ = (
        "_at",
        "_blocks",
        "_directed",
        "_full",
        "_jurisdiction_codes",
        "_layers",
        "_nodes",
        "_place_codes",
        "_places",
        "_records",
        "_rows",
    )
    _nodes: pd.DataFrame
    _places: pd.DataFrame
    _place_codes: Codes
    _jurisdiction_codes: Codes
    _layers: tuple[str, ...]
    _directed: frozenset[str]
    _blocks: tuple[Block, ...]
    _rows: Rows | None
    _records: dict[str, LayerRecord]
    _full: dict[str, Block]
    _at: dict[str, int]

    @property
    def _kind_codes(self) -> Codes:
        return cast(Codes, locked(pd.factorize(self._nodes["kind"], sort=True)[0].astype(np.int32)))

    def _positions(self, what: str, names: Iterable[object]) -> Codes:
        """Where some nodes stand, in the order given; networks of the same nodes look them up once.

        ``what``: the name of the argument, for the message that refuses an unknown node.
        """
        if isinstance(names, pd.Series):
            names = pd.Index(names)
        # An index of text is Arrow's already, and slow to walk through.
        column = isinstance(names, pd.Index) and isinstance(names.dtype, pd.StringDtype)
        listed: Any = names if column else as_list(what, names, "names of nodes")
        if column or len(listed) > MANY:
            text = listed if column else [str(name) for name in listed]
            found = codes_of(text, self._nodes.index)
            if (found < 0).any():
                unknown = [listed[k] for k in np.flatnonzero(found < 0)]
                raise unknown_names(what, unknown, len(listed), self._nodes.index)
            return found
        at = self._at
        if len(at) < len(self._nodes):  # in one step, as threads may share it
            at.update(dict(zip(self._nodes.index, range(len(self._nodes)), strict=True)))
        try:
            return np.fromiter(map(at.__getitem__, map(str, listed)), np.int32, len(listed))
        except KeyError:
            unknown = [name for name in listed if str(name) not in at]
            raise unknown_names(what, unknown, len(listed), self._nodes.index) from None

    def _holds_shares(self, layer: str) -> bool:
        """Whether the weights of a layer are shares of each origin's total."""
        return self._records[layer].quantity == "share_of_origin"

    def _block(self, layer: str) -> Block:
        """The links of a layer, an undirected one once."""
        return self._blocks[self._layers.index(layer)]

    def _csr(self, layer: str) -> Block:
        """Rows of all neighbours (directed: successors) of each node, columns ascending."""
        asked: object = layer
        if not isinstance(asked, str) or asked not in self._full:
            layer = check_name("layer", layer, self._layers)
            block = self._block(layer)
            if layer not in self._directed:
                from netinnov.kernels.links import mirror

                block = Block(*mirror(*block, len(self._nodes)))
            self._full[layer] = block.locked()
        return self._full[layer]

    def _simple_csr(self, layer: str) -> Block:
        """The same without self-links, which no measure counts."""
        full = self._csr(layer)
        row = full.sources
        loop = full.indices == row
        if not loop.any():
            return full
        loops_before = np.concatenate(
            [[0], np.cumsum(np.bincount(row[loop], minlength=len(self._nodes)))]
        )
        indptr = (full.indptr - loops_before).astype(np.int32)
        return Block(indptr, full.indices[~loop], full.data[~loop])

    def _presence(self, presence: Presence) -> npt.NDArray[np.bool_]:
        """Whether a node has a state in a layer: layers x nodes."""
        shape = (len(self._layers), len(self._nodes))
        if presence == "all":
            return np.ones(shape, bool)
        present = np.zeros(shape, bool)
        for x, layer in enumerate(self._layers):
            indptr, indices, _ = self._simple_csr(layer)
            present[x] = np.diff(indptr) > 0
            present[x, indices] = True
        return present

    def _node_table(self) -> NodeTable:
        return NodeTable(self._nodes, self._place_codes, self._jurisdiction_codes, self._at)

    def _link_rows(self) -> Rows:
        if self._rows is not None:
            return self._rows
        counts = [block.indices.size for block in self._blocks]
        return Rows(
            np.repeat(np.arange(len(counts), dtype=np.int32), counts),
            _joined([block.sources for block in self._blocks], np.int32),
            _joined([block.indices for block in self._blocks], np.int32),
            _joined([block.data for block in self._blocks], np.float64),
        )

    def _thinned(self, rows: Rows, stay: npt.NDArray[np.bool_]) -> Records:
        """The records where only some rows stay: events in proportion to the weight that stays."""
        if all(record.events is None for record in self._records.values()):
            return self._records
        records = dict(self._records)
        n = len(self._layers)
        before = np.bincount(rows.layer, rows.weight, minlength=n)
        after = np.bincount(rows.layer[stay], rows.weight[stay], minlength=n)
        for layer, whole, part in zip(self._layers, before, after, strict=True):
            record = records[layer]
            if record.events is not None and part < whole:
                events = max(1, round(record.events * float(part / whole)))
                shares = record.quantity == "share_of_origin"
                records[layer] = record._replace(events=None if shares else events)
        return records

    @classmethod
    def _assemble(
        cls,
        nodes: NodeTable,
        places: pd.DataFrame,
        layers: tuple[str, ...],
        rows: Rows,
        records: Records,
    ) -> Self:
        """A network from codes, without labels or checks; `records`: at least of these layers."""
        network = cls.__new__(cls)
        network._set_nodes(nodes, places)
        network._set_links(layers, rows, records)
        return network

    @classmethod
    def _from_blocks(
        cls,
        nodes: NodeTable,
        places: pd.DataFrame,
        blocks: Mapping[str, Block],
        records: Records,
        rows: Rows | None = None,
    ) -> Self:
        """A network from the blocks of its layers, in order; a layer without links is dropped."""
        network = cls.__new__(cls)
        network._set_nodes(nodes, places)
        kept = {layer: block for layer, block in blocks.items() if block.indices.size}
        network._set_records(tuple(kept), records)
        network._blocks = tuple(block.locked() for block in kept.values())
        network._full = {}
        network._rows = None if rows is None else rows.locked()
        return network

    def _set_nodes(self, nodes: NodeTable, places: pd.DataFrame) -> None:
        self._nodes = nodes.frame
        self._places = places
        self._place_codes = locked(nodes.place)
        self._jurisdiction_codes = locked(nodes.jurisdiction)
        self._at = {} if nodes.at is None else nodes.at

    def _set_records(self, layers: tuple[str, ...], records: Records) -> None:
        self._layers = layers
        self._records = {layer: records[layer] for layer in layers}
        self._directed = frozenset(layer for layer in layers if records[layer].directed)

    def _set_links(self, layers: tuple[str, ...], rows: Rows, records: Records) -> None:
        from netinnov.kernels.links import sort_rows, split_layers

        layer, a, b, w, period, attributes = rows
        used = np.bincount(layer, minlength=len(layers)) > 0
        if not used.all():
            layer = (np.cumsum(used, dtype=np.int32) - np.int32(1))[layer]
            layers = tuple(name for name, has in zip(layers, used, strict=True) if has)
        offsets = np.array([0, layer.size])
        if len(layers) > 1:
            a, b, w, offsets = split_layers(layer, a, b, w, len(layers))
        n = len(self._nodes)
        work = [
            partial(sort_rows, a[i:j], b[i:j], w[i:j], n, not records[name].directed)
            for name, i, j in zip(layers, offsets[:-1], offsets[1:], strict=bool(layers))
        ]
        self._set_records(layers, records)
        self._blocks = tuple(Block(*arrays).locked() for arrays in in_threads(work, layer.size))
        self._full = {}
        self._rows = None
        if period is not None and (period == NO_PERIOD).all():
            period = None
        if period is not None or attributes is not None:
            pointed = np.array([records[name].directed for name in layers], bool)
            rows = rows._replace(layer=layer, period=period)
            self._rows = rows.canonical(pointed).locked()


def _joined(arrays: list[Any], dtype: Any) -> Any:
    return np.concatenate(arrays) if arrays else np.empty(0, dtype)
