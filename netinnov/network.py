"""The multilayer network: one immutable noun that all functions of the package read."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from functools import partial
from typing import Any, Self, cast

import numpy as np
import numpy.typing as npt
import pandas as pd
from scipy import sparse

from netinnov import _summary, _tables
from netinnov._arguments import check_names
from netinnov._parallel import in_threads
from netinnov._rows import NO_PERIOD, Block, Rows, locked
from netinnov._typing import Codes, Presence
from netinnov.errors import InputError

__all__ = ["MultilayerNetwork", "split_periods"]


class MultilayerNetwork:
    """Nodes with a place and a jurisdiction, joined by weighted links in layers.

    A network never changes: `select`, `with_links`, `with_nodes` and `replace_links` return new
    ones, tables are handed out as copies and matrices as read-only arrays.

    Parameters
    ----------
    nodes : DataFrame
        One row a node. The id is the index or a column ``node``: unique text or whole numbers
        (which become text). Columns ``kind`` (free text, made lower case), ``place`` (where it
        is), ``jurisdiction`` (whose it is; default: the place), and any attributes.
    links : DataFrame
        One row a link: ``source``, ``target`` (ids of nodes), optional ``layer`` (default
        "links"), ``weight`` (above 0, default 1), ``period`` (whole number, may be missing), and
        any attributes. Rows with the same layer, ends and period are summed; of their attributes
        those survive that agree.
    places : DataFrame, optional
        One row a place: index or column ``place``, ``lon``, ``lat`` (degrees), ``population``,
        ``parent`` (the place that contains it), and any attributes. Default: the places and
        jurisdictions of the nodes, with nothing else known.
    directed : sequence of str
        The layers whose links have a direction.

    Raises
    ------
    TableError
        If the tables have faults; the message counts them by type, ``.problems`` lists all.

    See Also
    --------
    build_network : the same from dicts of tables.
    clean_tables : sets faulty rows aside.

    Notes
    -----
    Self-links are kept (once on the diagonal); measures leave them out. A layer exists only if it
    has a link. Layers are sorted by name, links by layer, source and target in node order; the
    ends of undirected links are put in node order.

    Examples
    --------
    >>> import pandas as pd
    >>> nodes = pd.DataFrame({"place": ["quzhou", "hangzhou"]}, index=["q", "h"])
    >>> links = pd.DataFrame({"source": ["h"], "target": ["q"], "weight": [2.0]})
    >>> MultilayerNetwork(nodes, links)
    MultilayerNetwork: 2 nodes in 2 places, 1 link in 1 layer (links)
    """

    __slots__ = (
        "_blocks",
        "_directed",
        "_full",
        "_jurisdiction_codes",
        "_layers",
        "_nodes",
        "_place_codes",
        "_places",
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
    _full: dict[str, Block]

    def __init__(
        self,
        nodes: Any,
        links: Any,
        *,
        places: Any = None,
        directed: Iterable[str] = (),
    ) -> None:
        if not isinstance(directed, str):
            directed = [str(layer) for layer in directed]
        found = _tables.inspect(nodes, links, places)
        found.problems.raise_any()
        known = check_names("directed", directed, found.links.layers)
        # Copies: a caller may go on changing the arrays behind the tables.
        nodes = found.nodes._replace(frame=found.nodes.frame.copy())
        self._set_nodes(nodes, found.places.copy())
        layers, rows = found.links
        if rows.attributes is not None:
            rows = rows._replace(attributes=rows.attributes.copy())
        self._set_links(layers, rows, frozenset(known))

    # -- what it holds -------------------------------------------------------------------------

    @property
    def nodes(self) -> pd.DataFrame:
        """Table of nodes: index ``node``; kind, place, jurisdiction and attributes (a copy)."""
        return self._nodes.copy()

    @property
    def places(self) -> pd.DataFrame:
        """Table of places: index ``place``; lon, lat, population, parent, attributes (a copy)."""
        return self._places.copy()

    @property
    def links(self) -> pd.DataFrame:
        """Table of links: layer, source, target, weight, and period and attributes if any."""
        rows = self._link_rows()
        index = self._nodes.index
        table = pd.DataFrame(
            {
                "layer": pd.Index(self._layers, dtype="str").take(rows.layer),
                "source": index.take(rows.source),
                "target": index.take(rows.target),
                "weight": rows.weight,
            }
        )
        if rows.period is not None:
            missing = rows.period == NO_PERIOD
            whole = pd.Series(np.where(missing, 0, rows.period), dtype="Int64")
            table["period"] = whole.mask(missing)
        if rows.attributes is None:
            return table
        return pd.concat([table, rows.attributes.copy()], axis=1)

    @property
    def layers(self) -> tuple[str, ...]:
        """Names of the layers, sorted."""
        return self._layers

    @property
    def directed(self) -> frozenset[str]:
        """Names of the layers whose links have a direction."""
        return self._directed

    @property
    def n_nodes(self) -> int:
        """Number of nodes."""
        return len(self._nodes)

    @property
    def n_links(self) -> int:
        """Number of linked pairs, counted in each layer; a pair's periods count once."""
        return sum(block.indices.size for block in self._blocks)

    def adjacency(self, layer: str) -> sparse.csr_array:
        """Weights between the nodes in one layer, in node order, periods summed.

        Parameters
        ----------
        layer : str
            Name of a layer.

        Returns
        -------
        csr_array
            n x n, float64; symmetric if the layer is undirected. Its arrays are read-only.
        """
        indptr, indices, data = self._csr(layer)
        shape = (self.n_nodes, self.n_nodes)
        matrix = sparse.csr_array((data[:], indices[:], indptr[:]), shape=shape, copy=False)
        matrix.has_canonical_format = True
        return matrix

    # -- other networks ------------------------------------------------------------------------

    def select(
        self,
        layers: Sequence[str] | None = None,
        kinds: Sequence[str] | None = None,
        nodes: Sequence[str] | None = None,
        periods: Sequence[int] | None = None,
    ) -> Self:
        """Part of the network: some layers, nodes (by kind or id) and periods.

        Parameters
        ----------
        layers, kinds, nodes : sequence of str, optional
            What to keep; None keeps all. A link stays if both its ends do.
        periods : sequence of int, optional
            Keep the links of these periods only; links without a period go.

        Returns
        -------
        MultilayerNetwork
            Nodes in the order they had; all places; layers left without a link are gone.
        """
        keep_layers = self._layers
        if layers is not None:
            keep_layers = tuple(check_names("layers", layers, self._layers))
        mask = np.ones(self.n_nodes, bool)
        if kinds is not None:
            known = self._nodes["kind"].dropna().unique().tolist()
            mask &= self._nodes["kind"].isin(check_names("kinds", kinds, known)).to_numpy(bool)
        if nodes is not None:
            if not isinstance(nodes, str):
                nodes = [str(node) for node in nodes]
            mask &= self._nodes.index.isin(check_names("nodes", nodes, list(self._nodes.index)))
        rows = self._link_rows()
        stay = np.isin(rows.layer, [self._layers.index(name) for name in keep_layers])
        stay &= mask[rows.source] & mask[rows.target]
        if periods is not None:
            if rows.period is None:
                raise InputError("`periods` needs links with a column `period`; there is none.")
            stay &= np.isin(rows.period, np.asarray(list(periods), np.int64))
        new_code = np.cumsum(mask, dtype=np.int32) - np.int32(1)
        picked = rows.where(stay)
        picked = picked._replace(source=new_code[picked.source], target=new_code[picked.target])
        if mask.all():
            table = self._node_table()
        else:
            at = np.flatnonzero(mask)
            table = _tables.NodeTable(
                self._nodes.iloc[at], self._place_codes[at], self._jurisdiction_codes[at]
            )
        return self._assemble(table, self._places, self._layers, picked, self._directed)

    def with_links(self, links: pd.DataFrame, *, directed: Sequence[str] = ()) -> Self:
        """The network with further links; where a pair is linked already the weights add up.

        Parameters
        ----------
        links : DataFrame
            As in the constructor.
        directed : sequence of str
            Those of the new layers whose links have a direction; the old ones stay as they are.

        Returns
        -------
        MultilayerNetwork

        Raises
        ------
        TableError
            If the table has faults, such as ends that are not nodes.
        InputError
            If a layer named in ``directed`` is not among the new ones.
        """
        new_layers, new = _tables.inspect_links(links, self._nodes.index)
        fresh = [layer for layer in new_layers if layer not in self._layers]
        pointed = self._directed.union(check_names("directed", directed, fresh))
        layers = tuple(sorted({*self._layers, *new_layers}))
        old = self._link_rows().with_layers(self._layers, layers)
        rows = old.followed_by(new.with_layers(new_layers, layers))
        return self._assemble(self._node_table(), self._places, layers, rows, pointed)

    def replace_links(self, links: pd.DataFrame) -> Self:
        """The same nodes and places with other links.

        Parameters
        ----------
        links : DataFrame
            As in the constructor. A layer is directed if it was so before.

        Returns
        -------
        MultilayerNetwork

        Raises
        ------
        TableError
            If the table has faults, such as ends that are not nodes.
        """
        layers, rows = _tables.inspect_links(links, self._nodes.index)
        return self._assemble(self._node_table(), self._places, layers, rows, self._directed)

    def with_nodes(self, nodes: pd.DataFrame) -> Self:
        """The network with further nodes, at the end.

        Parameters
        ----------
        nodes : DataFrame
            As in the constructor; ids must be new, places must be in `places`.

        Returns
        -------
        MultilayerNetwork

        Raises
        ------
        TableError
            If an id is there already, or a place is not in `places`.
        """
        no_links = pd.DataFrame({"source": [], "target": []}, dtype="str")
        added = _tables.inspect(nodes, no_links, self._places)
        old = pd.Series(self._nodes.index.isin(added.nodes.frame.index), self._nodes.index)
        twice = added.nodes.frame.index.isin(old.index[old])
        ids = added.nodes.frame.index.to_series()
        added.problems.rows(added.stacks["nodes"], twice, "node", "duplicate id", ids)
        added.problems.raise_any()
        table = _tables.NodeTable(
            pd.concat([self._nodes, added.nodes.frame]).rename_axis("node"),
            np.concatenate([self._place_codes, added.nodes.place]),
            np.concatenate([self._jurisdiction_codes, added.nodes.jurisdiction]),
        )
        return self._assemble(table, self._places, self._layers, self._link_rows(), self._directed)

    def equals(self, other: object) -> bool:
        """Whether ids, order, attributes, places, layers, direction, links and weights agree.

        Parameters
        ----------
        other : object
            Usually another network.

        Returns
        -------
        bool
        """
        if not isinstance(other, MultilayerNetwork):
            return False
        return (
            self._layers == other._layers
            and self._directed == other._directed
            and _same_table(self._nodes, other._nodes)
            and _same_table(self._places, other._places)
            and _same_table(self.links, other.links)
        )

    # -- how it shows itself -------------------------------------------------------------------

    def __repr__(self) -> str:
        return _summary.as_text(*self._counts())

    def _repr_html_(self) -> str:
        directed = [layer in self._directed for layer in self._layers]
        weights = [float(block.data.sum()) for block in self._blocks]
        return _summary.as_html(*self._counts(), weights, directed, self._nodes["kind"])

    def __reduce__(self) -> tuple[Any, ...]:
        parts = (self._nodes, self._places, self._place_codes, self._jurisdiction_codes)
        return _restore, (*parts, self._layers, self._directed, self._blocks, self._rows)

    # -- for our own modules -------------------------------------------------------------------

    @property
    def _kind_codes(self) -> Codes:
        return cast(Codes, locked(pd.factorize(self._nodes["kind"], sort=True)[0].astype(np.int32)))

    def _counts(self) -> tuple[int, int, dict[str, int]]:
        """Nodes, places with a node, and links of each layer."""
        n_places = np.unique(self._place_codes[self._place_codes >= 0]).size
        sizes = [block.indices.size for block in self._blocks]
        return self.n_nodes, n_places, dict(zip(self._layers, sizes, strict=True))

    def _csr(self, layer: str) -> Block:
        """Rows of all neighbours (directed: successors) of each node, columns ascending."""
        if layer not in self._full:
            (layer,) = check_names("layer", [layer], self._layers)
            block = self._blocks[self._layers.index(layer)]
            if layer not in self._directed:
                from netinnov.kernels.links import mirror

                block = Block(*mirror(*block, self.n_nodes))
            self._full[layer] = block.locked()
        return self._full[layer]

    def _simple_csr(self, layer: str) -> Block:
        """The same without self-links, which no measure counts."""
        full = self._csr(layer)
        row = np.repeat(np.arange(self.n_nodes, dtype=np.int32), np.diff(full.indptr))
        loop = full.indices == row
        if not loop.any():
            return full
        loops_before = np.concatenate(
            [[0], np.cumsum(np.bincount(row[loop], minlength=self.n_nodes))]
        )
        indptr = (full.indptr - loops_before).astype(np.int32)
        return Block(indptr, full.indices[~loop], full.data[~loop])

    def _presence(self, presence: Presence) -> npt.NDArray[np.bool_]:
        """Whether a node has a state in a layer: layers x nodes."""
        shape = (len(self._layers), self.n_nodes)
        if presence == "all":
            return np.ones(shape, bool)
        present = np.zeros(shape, bool)
        for x, layer in enumerate(self._layers):
            indptr, indices, _ = self._simple_csr(layer)
            present[x] = np.diff(indptr) > 0
            present[x, indices] = True
        return present

    def _node_table(self) -> _tables.NodeTable:
        return _tables.NodeTable(self._nodes, self._place_codes, self._jurisdiction_codes)

    def _link_rows(self) -> Rows:
        if self._rows is not None:
            return self._rows
        counts = [block.indices.size for block in self._blocks]
        sources = [
            np.repeat(np.arange(self.n_nodes, dtype=np.int32), np.diff(block.indptr))
            for block in self._blocks
        ]
        return Rows(
            np.repeat(np.arange(len(counts), dtype=np.int32), counts),
            _joined(sources, np.int32),
            _joined([block.indices for block in self._blocks], np.int32),
            _joined([block.data for block in self._blocks], np.float64),
        )

    @classmethod
    def _assemble(
        cls,
        nodes: _tables.NodeTable,
        places: pd.DataFrame,
        layers: tuple[str, ...],
        rows: Rows,
        directed: frozenset[str],
    ) -> Self:
        """A network from codes, without labels or checks."""
        network = cls.__new__(cls)
        network._set_nodes(nodes, places)
        network._set_links(layers, rows, directed)
        return network

    @classmethod
    def _from_blocks(
        cls,
        nodes: _tables.NodeTable,
        places: pd.DataFrame,
        blocks: Mapping[str, Block],
        directed: frozenset[str],
        rows: Rows | None = None,
    ) -> Self:
        """A network from the blocks of its layers, in order; a layer without links is gone."""
        network = cls.__new__(cls)
        network._set_nodes(nodes, places)
        kept = {layer: block for layer, block in blocks.items() if block.indices.size}
        network._layers = tuple(kept)
        network._directed = directed & kept.keys()
        network._blocks = tuple(block.locked() for block in kept.values())
        network._full = {}
        network._rows = None if rows is None else rows.locked()
        return network

    def _set_nodes(self, nodes: _tables.NodeTable, places: pd.DataFrame) -> None:
        self._nodes = nodes.frame
        self._places = places
        self._place_codes = locked(nodes.place)
        self._jurisdiction_codes = locked(nodes.jurisdiction)

    def _set_links(self, layers: tuple[str, ...], rows: Rows, directed: frozenset[str]) -> None:
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
            partial(sort_rows, a[i:j], b[i:j], w[i:j], n, name not in directed)
            for name, i, j in zip(layers, offsets[:-1], offsets[1:], strict=bool(layers))
        ]
        self._layers = layers
        self._directed = directed & frozenset(layers)
        self._blocks = tuple(Block(*arrays).locked() for arrays in in_threads(work, layer.size))
        self._full = {}
        self._rows = None
        if period is not None and (period == NO_PERIOD).all():
            period = None
        if period is not None or attributes is not None:
            pointed = np.array([name in directed for name in layers], bool)
            rows = rows._replace(layer=layer, period=period)
            self._rows = rows.canonical(pointed).locked()


def split_periods(network: MultilayerNetwork) -> dict[int, MultilayerNetwork]:
    """One network a period, on the same nodes.

    Parameters
    ----------
    network : MultilayerNetwork
        A network whose links have periods.

    Returns
    -------
    dict of int to MultilayerNetwork
        In ascending order; links without a period are in none of them.

    Raises
    ------
    InputError
        If no link has a period.

    Examples
    --------
    >>> import pandas as pd
    >>> links = pd.DataFrame({"source": "a", "target": "b", "period": [2015, 2016]})
    >>> network = MultilayerNetwork(pd.DataFrame(index=["a", "b"]), links)
    >>> {year: part.n_links for year, part in split_periods(network).items()}
    {2015: 1, 2016: 1}
    """
    period = network._link_rows().period
    if period is None:
        raise InputError("split_periods needs links with a column `period`; there is none.")
    found = np.unique(period[period != NO_PERIOD])
    return {int(when): network.select(periods=[int(when)]) for when in found}


def _restore(*parts: Any) -> MultilayerNetwork:
    nodes, places, place, jurisdiction, layers, directed, blocks, rows = parts
    table = _tables.NodeTable(nodes, place, jurisdiction)
    held = dict(zip(layers, blocks, strict=True))
    return MultilayerNetwork._from_blocks(table, places, held, directed, rows)


def _joined(arrays: list[Any], dtype: Any) -> Any:
    return np.concatenate(arrays) if arrays else np.empty(0, dtype)


def _same_table(a: pd.DataFrame, b: pd.DataFrame) -> bool:
    return a.equals(b) and a.index.equals(b.index) and list(a.columns) == list(b.columns)
