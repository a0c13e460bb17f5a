"""The multilayer network: one immutable noun that all functions of the package read."""

from __future__ import annotations

import html
from collections.abc import Iterable, Sequence
from functools import partial
from typing import Any, NamedTuple, Self, cast

import numpy as np
import numpy.typing as npt
import pandas as pd
from scipy import sparse

from netinnov import _tables
from netinnov._arguments import check_names
from netinnov._parallel import layer_map
from netinnov._typing import Codes, Floats, Presence
from netinnov.errors import InputError

__all__ = ["MultilayerNetwork", "split_periods"]


class Block(NamedTuple):
    """Links of a layer as CSR rows with ascending columns; undirected: the upper triangle."""

    indptr: Codes
    indices: Codes
    data: Floats


class Rows(NamedTuple):
    """Link rows where blocks do not say all: a period or further columns; in canonical order."""

    layer: Codes
    source: Codes
    target: Codes
    weight: Floats
    period: npt.NDArray[np.int64] | None
    attributes: pd.DataFrame | None


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
        attributes = found.links.attributes
        links = found.links._replace(attributes=None if attributes is None else attributes.copy())
        self._set_links(links, frozenset(known))

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
            missing = rows.period == _tables.NO_PERIOD
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
        picked = _take(rows, stay)
        picked = picked._replace(source=new_code[picked.source], target=new_code[picked.target])
        if mask.all():
            table = self._node_table()
        else:
            at = np.flatnonzero(mask)
            table = _tables.NodeTable(
                self._nodes.iloc[at], self._place_codes[at], self._jurisdiction_codes[at]
            )
        return self._assemble(table, self._places, self._layers, picked, self._directed)

    def with_links(self, links: pd.DataFrame) -> Self:
        """The network with further links; where a pair is linked already the weights add up.

        Parameters
        ----------
        links : DataFrame
            As in the constructor. New layers are undirected.

        Returns
        -------
        MultilayerNetwork

        Raises
        ------
        TableError
            If the table has faults, such as ends that are not nodes.
        """
        new = _tables.inspect_links(links, self._nodes.index)
        old = self._link_rows()
        layers = tuple(sorted({*self._layers, *new.layers}))
        rows = _concatenate(
            old._replace(layer=_recode(old.layer, self._layers, layers)),
            Rows(
                _recode(new.layer, new.layers, layers),
                new.source,
                new.target,
                new.weight,
                new.period,
                new.attributes,
            ),
        )
        return self._assemble(self._node_table(), self._places, layers, rows, self._directed)

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
        new = _tables.inspect_links(links, self._nodes.index)
        rows = Rows(*new[1:])
        return self._assemble(self._node_table(), self._places, new.layers, rows, self._directed)

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
        n_places = np.unique(self._place_codes[self._place_codes >= 0]).size
        where = f" in {_count(n_places, 'place')}" if n_places else ""
        names = ", ".join(self._layers[:6]) + (", ..." if len(self._layers) > 6 else "")
        return (
            f"MultilayerNetwork: {_count(self.n_nodes, 'node')}{where}, "
            f"{_count(self.n_links, 'link')} in {_count(len(self._layers), 'layer')}"
            + (f" ({names})" if names else "")
        )

    def _repr_html_(self) -> str:
        rows = "".join(
            f"<tr><td>{html.escape(layer)}</td><td>{block.indices.size:,}</td>"
            f"<td>{block.data.sum():,.6g}</td>"
            f"<td>{'yes' if layer in self._directed else 'no'}</td></tr>"
            for layer, block in zip(self._layers, self._blocks, strict=True)
        )
        kinds = ", ".join(
            f"{html.escape(str(kind))} {count:,}"
            for kind, count in self._nodes["kind"].value_counts().items()
        )
        return (
            f"<p><b>MultilayerNetwork</b>: {_count(self.n_nodes, 'node')}"
            + (f" ({kinds})" if kinds else "")
            + "</p><table><thead><tr><th>layer</th><th>links</th><th>weight</th>"
            f"<th>directed</th></tr></thead><tbody>{rows}</tbody></table>"
        )

    def __reduce__(self) -> tuple[Any, ...]:
        parts = (self._nodes, self._places, self._place_codes, self._jurisdiction_codes)
        return _restore, (*parts, self._layers, self._directed, self._blocks, self._rows)

    # -- for our own modules -------------------------------------------------------------------

    @property
    def _kind_codes(self) -> Codes:
        return cast(Codes, _locked(pd.factorize(self._nodes["kind"], sort=True)[0].astype(np.int32)))

    def _csr(self, layer: str) -> Block:
        """Rows of all neighbours (directed: successors) of each node, columns ascending."""
        if layer not in self._full:
            (layer,) = check_names("layer", [layer], self._layers)
            block = self._blocks[self._layers.index(layer)]
            if layer not in self._directed:
                from netinnov.kernels.links import mirror

                block = Block(*mirror(*block, self.n_nodes))
            self._full[layer] = _frozen(block)
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
            None,
            None,
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
        network._set_links(_tables.LinkCodes(layers, *rows), directed)
        return network

    def _set_nodes(self, nodes: _tables.NodeTable, places: pd.DataFrame) -> None:
        self._nodes = nodes.frame
        self._places = places
        self._place_codes = _locked(nodes.place)
        self._jurisdiction_codes = _locked(nodes.jurisdiction)

    def _set_links(self, links: _tables.LinkCodes, directed: frozenset[str]) -> None:
        from netinnov.kernels.links import sort_rows, split_layers

        layers, layer, source, target, weight, period, attributes = links
        used = np.bincount(layer, minlength=len(layers)) > 0
        if not used.all():
            layer = (np.cumsum(used, dtype=np.int32) - np.int32(1))[layer]
            layers = tuple(name for name, has in zip(layers, used, strict=True) if has)
        offsets = np.array([0, layer.size])
        a, b, w = source, target, weight
        if len(layers) > 1:
            a, b, w, offsets = split_layers(layer, source, target, weight, len(layers))
        n = len(self._nodes)
        work = [
            partial(sort_rows, a[i:j], b[i:j], w[i:j], n, name not in directed)
            for name, i, j in zip(layers, offsets[:-1], offsets[1:], strict=bool(layers))
        ]
        self._layers = layers
        self._directed = directed & frozenset(layers)
        self._blocks = tuple(_frozen(Block(*arrays)) for arrays in layer_map(work, layer.size))
        self._full = {}
        self._rows = None
        if period is not None and (period == _tables.NO_PERIOD).all():
            period = None
        if period is not None or attributes is not None:
            rows = Rows(layer, source, target, weight, period, attributes)
            self._rows = _canonical(rows, np.array([name in directed for name in layers], bool))


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
    found = np.unique(period[period != _tables.NO_PERIOD])
    return {int(when): network.select(periods=[int(when)]) for when in found}


def _restore(*parts: Any) -> MultilayerNetwork:
    network = MultilayerNetwork.__new__(MultilayerNetwork)
    nodes, places, place, jurisdiction, layers, directed, blocks, rows = parts
    network._set_nodes(_tables.NodeTable(nodes, place, jurisdiction), places)
    network._layers, network._directed = layers, directed
    network._blocks = tuple(_frozen(block) for block in blocks)
    network._rows = None if rows is None else _frozen_rows(rows)
    network._full = {}
    return network


def _canonical(rows: Rows, directed: npt.NDArray[np.bool_]) -> Rows:
    """Rows sorted by layer, source, target and period, equal ones summed."""
    layer, source, target, weight, period, attributes = rows
    swap = ~directed[layer] & (source > target)
    source, target = np.where(swap, target, source), np.where(swap, source, target)
    keys = [target, source, layer] if period is None else [period, target, source, layer]
    order = np.lexsort(keys)
    keys = [key[order] for key in keys]
    new = np.zeros(order.size, bool)
    new[:1] = True
    for key in keys:
        new[1:] |= key[1:] != key[:-1]
    start = np.flatnonzero(new)
    at = order[start]
    if start.size < order.size:
        weight = np.add.reduceat(weight[order], start)
        if attributes is not None:
            attributes = _agreeing(attributes.iloc[order], start)
    else:
        weight = weight[order]
        if attributes is not None:
            attributes = attributes.iloc[order]
    if attributes is not None:
        attributes = attributes.reset_index(drop=True)
    when = None if period is None else period[at]
    return _frozen_rows(Rows(layer[at], source[at], target[at], weight, when, attributes))


def _agreeing(attributes: pd.DataFrame, start: npt.NDArray[np.intp]) -> pd.DataFrame:
    """One row a group of consecutive rows: the common value, or missing where they differ."""
    size = np.diff(np.append(start, len(attributes)))
    group_first = np.repeat(start, size)
    kept = {}
    for column, values in attributes.items():
        try:
            codes = pd.factorize(values, use_na_sentinel=False)[0]
        except TypeError:  # lists and other things that have no hash
            codes = pd.factorize(values.map(repr))[0]
        differs = np.add.reduceat(codes != codes[group_first], start) > 0
        kept[column] = values.iloc[start].mask(differs)
    return pd.DataFrame(kept)


def _take(rows: Rows, mask: npt.NDArray[np.bool_]) -> Rows:
    return Rows(
        rows.layer[mask],
        rows.source[mask],
        rows.target[mask],
        rows.weight[mask],
        None if rows.period is None else rows.period[mask],
        None if rows.attributes is None else rows.attributes[mask],
    )


def _concatenate(a: Rows, b: Rows) -> Rows:
    period = attributes = None
    if a.period is not None or b.period is not None:
        period = np.concatenate(
            [
                np.full(rows.layer.size, _tables.NO_PERIOD) if rows.period is None else rows.period
                for rows in (a, b)
            ]
        )
    if a.attributes is not None or b.attributes is not None:
        attributes = pd.concat(
            [
                pd.DataFrame(index=range(rows.layer.size))
                if rows.attributes is None
                else rows.attributes
                for rows in (a, b)
            ],
            ignore_index=True,
        )
    joined = [np.concatenate([x, y]) for x, y in zip(a[:4], b[:4], strict=True)]
    return Rows(*joined, period, attributes)


def _recode(layer: Codes, old: tuple[str, ...], new: tuple[str, ...]) -> Codes:
    return cast(Codes, np.array([new.index(name) for name in old], np.int32)[layer])


def _joined(arrays: list[Any], dtype: Any) -> Any:
    return np.concatenate(arrays) if arrays else np.empty(0, dtype)


def _frozen(block: Block) -> Block:
    return Block(*map(_locked, block))


def _frozen_rows(rows: Rows) -> Rows:
    arrays = [None if array is None else _locked(array) for array in rows[:5]]
    return Rows(*arrays, rows.attributes)  # type: ignore[arg-type]


def _locked(array: Any) -> Any:
    """The same memory behind a read-only buffer, which no flag can make writable again."""
    array = np.ascontiguousarray(array)
    return np.asarray(memoryview(array).toreadonly()) if array.size else array[:0].copy()


def _same_table(a: pd.DataFrame, b: pd.DataFrame) -> bool:
    return a.equals(b) and a.index.equals(b.index) and list(a.columns) == list(b.columns)


def _count(n: int, noun: str) -> str:
    return f"{n:,} {noun}{'' if n == 1 else 's'}"
