"""What a network is made of: tables, codes, and the links of each layer as a compressed block."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property, partial
from typing import Any

import numpy as np
import pandas as pd

from netinnov._network.distances import PlaceTable
from netinnov._network.hierarchy import nearest, parents
from netinnov._network.layer_table import LayerRecord, Records
from netinnov._network.link_rows import mirror, rows_by_layer, sort_rows
from netinnov._network.rows import NO_PERIOD, Block, Rows, locked, rows_of_blocks
from netinnov._network.tables import NodeTable, codes_of, inspect
from netinnov._runtime.arguments import as_list, check_name, unknown_names
from netinnov._runtime.threads import in_threads
from netinnov._typing import Codes, Mask, Presence
from netinnov.errors import InputError

MOST_LAYERS = 20_000
MOST = 2**30 - 1  # links of a layer, so that an undirected one has fewer than 2^31 entries
MANY = 1_000  # names in a list from which on Arrow looks them up faster than pandas
FEW = 20  # names up to which looking up one after another is faster than either


@dataclass(frozen=True, eq=False)  # without slots, so that what is computed once is kept
class Storage:
    """Data of a network, ``network.storage``: tables are not copied, arrays are read-only."""

    _nodes: pd.DataFrame
    place_table: PlaceTable
    place_codes: Codes  # for each node its row in `places`; -1 for none
    jurisdiction_codes: Codes
    layers: tuple[str, ...]  # sorted
    records: dict[str, LayerRecord]  # what is true of each layer
    directed: frozenset[str]  # the layers whose links have a direction
    blocks: tuple[Block, ...]  # the links of each layer, those of an undirected one once
    kept_rows: Rows | None  # of links with periods or attributes; None where the blocks say all
    _simple: dict[str, Block] = field(default_factory=dict)
    # What modules computed of this network and several measures need, by name; not pickled.
    memo: dict[str, Any] = field(default_factory=dict)

    def __reduce__(self) -> tuple[Any, ...]:
        held = dict(zip(self.layers, self.blocks, strict=True))
        tables = (self.node_table(), self.place_table)
        return Storage.of_blocks, (*tables, held, self.records, self.kept_rows)

    @property
    def nodes(self) -> pd.DataFrame:
        return self._nodes.copy(deep=False)

    @property
    def places(self) -> pd.DataFrame:
        return self.place_table.frame.copy(deep=False)

    @property
    def node_names(self) -> pd.Index[str]:
        """A view, so that a result whose index gets a name does not name this one."""
        return self._nodes.index.view()

    @property
    def place_names(self) -> pd.Index[str]:
        return self.place_table.frame.index

    @property
    def kind_codes(self) -> Codes:
        """Position of each node's kind among the sorted kinds; -1 for none."""
        return locked(pd.factorize(self._nodes["kind"], sort=True)[0].astype(np.int32))

    @cached_property
    def parents(self) -> Codes:
        return locked(parents(self.place_table.frame))

    def positions(self, argument: str, names: Iterable[object]) -> Codes:
        if isinstance(names, pd.Series):
            names = pd.Index(names)
        # An index of text is Arrow's already, and slow to walk through.
        column = isinstance(names, pd.Index) and isinstance(names.dtype, pd.StringDtype)
        listed: Any = names if column else as_list(argument, names, "names of nodes")
        texts: Any = listed if column else list(map(str, listed))
        index: Any = self._nodes.index
        if len(texts) > FEW:
            # New nodes come last, so that those of a baseline are the first.
            if not column and texts == index[: len(texts)].tolist():
                return np.arange(len(texts), dtype=np.int32)
            texts = texts if column else pd.Index(texts, dtype="str")
            codes = codes_of(texts, index) if len(texts) > MANY else index.get_indexer(texts)
        else:
            codes = np.array([index.get_loc(text) if text in index else -1 for text in texts], int)
        if (codes < 0).any():
            unknown = [listed[k] for k in np.flatnonzero(codes < 0)]
            raise unknown_names(argument, unknown, len(listed), index)
        return codes.astype(np.int32, copy=False)

    def holds_shares(self, layer: str) -> bool:
        return self.records[layer].quantity != "amount"

    def share_ends(self, layer: str) -> Codes:
        """Of each link the origin or destination of whose total its weight is a share."""
        block = self.block(layer)
        return block.sources if self.records[layer].of_origin else block.indices

    def weight_of_event(self, layer: str) -> float | None:
        record = self.records[layer]
        block = self.block(layer)
        if record.events is None:
            return None
        # Shares of each total rest on so many events of its own.
        totals = np.unique(self.share_ends(layer)).size if self.holds_shares(layer) else 1
        return float(block.data.sum()) / (record.events * totals) or None

    def block(self, layer: str) -> Block:
        if layer not in self.layers:
            check_name("layer", layer, self.layers)
        return self.blocks[self.layers.index(layer)]

    def csr(self, layer: str) -> Block:
        """CSR rows of all neighbours (directed: successors), columns ascending."""
        block = self.block(layer)
        alike = _without_loops(block) is block
        return self.simple_csr(layer) if alike else self._mirrored(layer, block)

    def simple_csr(self, layer: str) -> Block:
        """Without self-links, which no measure counts."""
        if layer not in self._simple:
            self._simple[layer] = self._mirrored(layer, _without_loops(self.block(layer)))
        return self._simple[layer]

    def _mirrored(self, layer: str, block: Block) -> Block:
        if layer in self.directed:
            return block.locked()
        return Block(*mirror(*block, len(self._nodes))).locked()

    def presence(self, presence: Presence) -> Mask:
        shape = len(self.layers), len(self._nodes)
        return self._linked if presence == "linked" else np.ones(shape, bool)

    @cached_property
    def _linked(self) -> Mask:
        linked = np.zeros((len(self.layers), len(self._nodes)), bool)
        for own, layer, block in zip(linked, self.layers, self.blocks, strict=True):
            indptr, indices, _ = self._simple.get(layer) or _without_loops(block)
            own[:] = np.diff(indptr) > 0
            own[indices] = True
        return locked(linked)

    def node_table(self) -> NodeTable:
        return NodeTable(self._nodes, self.place_codes, self.jurisdiction_codes)

    def link_rows(self) -> Rows:
        return rows_of_blocks(self.blocks) if self.kept_rows is None else self.kept_rows

    def link_table(self) -> pd.DataFrame:
        rows = self.link_rows()
        index = self._nodes.index
        table = pd.DataFrame(
            {
                "layer": pd.Index(self.layers, dtype="str").take(rows.layer),
                "source": index.take(rows.source),
                "target": index.take(rows.target),
                "weight": rows.weight.copy(),
            },
            copy=False,  # of arrays that are new
        )
        if rows.period is not None:
            missing = rows.period == NO_PERIOD
            whole = pd.Series(np.where(missing, 0, rows.period), dtype="Int64")
            table["period"] = whole.mask(missing)
        if rows.attributes is None:
            return table
        return pd.concat([table, rows.attributes.copy()], axis=1)

    def inside(self, places: Iterable[str], codes: Codes | None = None) -> Mask:
        """Which places by code (None: those of the nodes) are one of these, or lie in one."""
        names: Any = self.place_names
        known = np.zeros(len(names), np.bool_)
        known[[names.get_loc(place) for place in places if place in names]] = True
        return nearest(known, self.parents, self.place_codes if codes is None else codes) >= 0

    def part(
        self, mask: Mask, layers: Collection[str], periods: Sequence[int] | None = None
    ) -> Storage:
        rows = self.link_rows()
        stay = np.isin(rows.layer, [self.layers.index(name) for name in layers])
        stay &= mask[rows.source] & mask[rows.target]
        if periods is not None:
            if rows.period is None:
                raise InputError("`periods` needs links with a column `period`; there is none.")
            stay &= np.isin(rows.period, periods)
        new_code = np.cumsum(mask, dtype=np.int32) - np.int32(1)
        picked = rows.where(stay)
        picked = picked._replace(source=new_code[picked.source], target=new_code[picked.target])
        table = self.node_table()
        if not mask.all():
            at = np.flatnonzero(mask)
            table = NodeTable(
                self._nodes.iloc[at], self.place_codes[at], self.jurisdiction_codes[at]
            )
        records = self.thinned(rows, stay)
        return Storage.of_rows(table, self.place_table, self.layers, picked, records)

    def with_rows(self, names: tuple[str, ...], new: Rows, fresh: Records) -> Storage:
        records = dict(self.records)
        for layer in records.keys() & set(names):
            records[layer] = records[layer]._replace(events=None)
        layers = tuple(sorted({*self.layers, *names}))
        old = self.link_rows().with_layers(self.layers, layers)
        rows = old.followed_by(new.with_layers(names, layers))
        return Storage.of_rows(
            self.node_table(), self.place_table, layers, rows, {**records, **fresh}
        )

    def with_nodes(self, nodes: pd.DataFrame) -> Storage:
        no_links = pd.DataFrame({"source": [], "target": []}, dtype="str")
        added = inspect(nodes, no_links, self.place_table.frame)
        ids = added.nodes.frame.index
        twice = ids.isin(self._nodes.index)
        added.problems.rows(added.stacks["nodes"], twice, "node", "duplicate id", ids.to_series())
        added.problems.raise_any()
        table = self.node_table().followed_by([added.nodes])
        return Storage.of_rows(table, self.place_table, self.layers, self.link_rows(), self.records)

    def thinned(self, rows: Rows, stay: Mask) -> Records:
        """Records if only some rows stay: events in proportion to the weight that stays."""
        if all(record.events is None for record in self.records.values()):
            return self.records
        records = dict(self.records)
        n = len(self.layers)
        before = np.bincount(rows.layer, rows.weight, minlength=n)
        after = np.bincount(rows.layer[stay], rows.weight[stay], minlength=n)
        for layer, whole, part in zip(self.layers, before, after, strict=True):
            record = records[layer]
            if record.events is not None and part < whole:
                events = max(1, round(record.events * float(part / whole)))
                shares = record.quantity != "amount"
                records[layer] = record._replace(events=None if shares else events)
        return records

    @classmethod
    def of_rows(
        cls,
        nodes: NodeTable,
        places: PlaceTable,
        layers: tuple[str, ...],
        rows: Rows,
        records: Records,
    ) -> Storage:
        layer, a, b, w, period, attributes = rows
        if len(layers) > MOST_LAYERS:
            raise InputError(
                f"a network must have at most {MOST_LAYERS:,} layers; it has {len(layers):,}. "
                "Is the column of layers one of kinds of links?"
            )
        at, offsets = rows_by_layer(layer, len(layers))
        if np.diff(offsets).max(initial=0) > MOST:
            raise InputError(f"a layer must have at most {MOST} links; found {layer.size} in all.")
        used = np.diff(offsets) > 0
        if not used.all():
            layer = (np.cumsum(used, dtype=np.int32) - np.int32(1))[layer]
            layers = tuple(name for name, has in zip(layers, used, strict=True) if has)
        offsets = offsets[np.append(True, used)]
        n = len(nodes.frame)
        if w.strides == (0,):  # one weight for all
            w = w[:1]
        work = [
            partial(sort_rows, at[i:j], a, b, w, n, not records[name].directed)
            for name, i, j in zip(layers, offsets[:-1], offsets[1:], strict=True)
        ]
        blocks = [Block(*arrays) for arrays in in_threads(work, layer.size)]
        kept_rows = None
        if period is not None and (period == NO_PERIOD).all():
            period = None
        if period is not None or attributes is not None:
            pointed = np.array([records[name].directed for name in layers], bool)
            kept_rows = rows._replace(layer=layer, period=period).canonical(pointed)
        held = dict(zip(layers, blocks, strict=True))
        return cls.of_blocks(nodes, places, held, records, kept_rows)

    @classmethod
    def of_blocks(
        cls,
        nodes: NodeTable,
        places: PlaceTable,
        blocks: Mapping[str, Block],
        records: Records,
        rows: Rows | None = None,
    ) -> Storage:
        kept = {layer: block.locked() for layer, block in blocks.items() if block.indices.size}
        return cls(
            _nodes=nodes.frame,
            place_table=places,
            place_codes=locked(nodes.place),
            jurisdiction_codes=locked(nodes.jurisdiction),
            layers=tuple(kept),
            records={layer: records[layer] for layer in kept},
            directed=frozenset(layer for layer in kept if records[layer].directed),
            blocks=tuple(kept.values()),
            kept_rows=None if rows is None else rows.locked(),
        )

    def with_blocks(self, blocks: Mapping[str, Block]) -> Storage:
        """Same tables and records with other links, without attributes."""
        return Storage.of_blocks(self.node_table(), self.place_table, blocks, self.records)

    def with_place_codes(self, codes: Codes) -> Storage:
        """Same links and what was computed of them, other places of the nodes."""
        names = self.place_names.array.take(codes, allow_fill=True)
        table = self._nodes.assign(place=names)
        return replace(self, _nodes=table, place_codes=locked(codes), memo={})

    @property
    def tables(self) -> tuple[int, int]:
        """Identity of the tables of nodes and places: equal for networks that share them."""
        return id(self._nodes), id(self.place_table.frame)


def _without_loops(block: Block) -> Block:
    row = block.sources
    loop = block.indices == row
    if not loop.any():
        return block
    n = block.indptr.size - 1
    loops_before = np.concatenate([[0], np.cumsum(np.bincount(row[loop], minlength=n))])
    indptr = (block.indptr - loops_before).astype(np.int32)
    return Block(indptr, block.indices[~loop], block.data[~loop])
