"""The multilayer network: one immutable noun that all functions of the package read."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Self

import numpy as np
import pandas as pd
from scipy import sparse

from netinnov import _summary, _tables
from netinnov._arguments import as_list, check_names, check_number, shown
from netinnov._layer_table import layer_records, layer_table
from netinnov._public import public_names
from netinnov._rows import NO_PERIOD
from netinnov._storage import Storage
from netinnov.errors import InputError

__all__ = ["MultilayerNetwork", "split_periods"]

__dir__ = public_names(globals())


class MultilayerNetwork(Storage):
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
        The layers whose links have a direction: the short form of that column of ``layers``.
    layers : DataFrame or mapping of str to mapping, optional
        What is true of a whole layer: one row a layer (index or column ``layer``), or a mapping
        from a layer to such values. Columns ``directed`` and ``modelled`` (True or False; default
        False), ``quantity`` (``"amount"``, the default, or ``"share_of_origin"``: weights are
        shares of all that leaves a node), ``unit`` (text), ``events`` (how many events stand
        behind the weights; of shares: behind those of each origin) and ``parameters`` (text, of
        the model that made the layer). Any may be left out or missing.

    Raises
    ------
    TableError
        If the tables have faults; the message counts them by type, ``.problems`` lists all.
    InputError
        If ``directed`` or ``layers`` name a layer without links, contradict each other, or have
        unknown columns or values.

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

    __slots__ = ()

    def __init__(
        self,
        nodes: Any,
        links: Any,
        *,
        places: Any = None,
        directed: Iterable[str] = (),
        layers: pd.DataFrame | Mapping[str, Mapping[str, object]] | None = None,
    ) -> None:
        found = _tables.inspect(nodes, links, places)
        found.problems.raise_any()
        records = layer_records(layers, directed, found.links.layers)
        # Copies: a caller may go on changing the arrays behind the tables.
        nodes = found.nodes._replace(frame=found.nodes.frame.copy())
        self._set_nodes(nodes, found.places.copy())
        names, rows = found.links
        if rows.attributes is not None:
            rows = rows._replace(attributes=rows.attributes.copy())
        self._set_links(names, rows, records)

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
    def layer_table(self) -> pd.DataFrame:
        """What is true of each layer: directed, modelled, quantity, unit, events, parameters."""
        return layer_table(self._layers, self._records)

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
            Nodes in the order they had; all places; layers left without a link are dropped. The
            ``events`` of a layer that loses links shrink with its weight; those behind each origin
            of a layer of shares are then missing.

        Raises
        ------
        InputError
            If a layer, kind or node is not in the network.
        """
        keep_layers = self._layers
        if layers is not None:
            keep_layers = tuple(check_names("layers", layers, self._layers))
        mask = np.ones(self.n_nodes, bool)
        if kinds is not None:
            known = self._nodes["kind"].dropna().unique().tolist()
            mask &= self._nodes["kind"].isin(check_names("kinds", kinds, known)).to_numpy(bool)
        if nodes is not None:
            asked = np.zeros(self.n_nodes, bool)
            asked[self._positions("nodes", nodes)] = True
            mask &= asked
        rows = self._link_rows()
        stay = np.isin(rows.layer, [self._layers.index(name) for name in keep_layers])
        stay &= mask[rows.source] & mask[rows.target]
        if periods is not None:
            if rows.period is None:
                raise InputError("`periods` needs links with a column `period`; there is none.")
            stay &= np.isin(rows.period, _whole_numbers(periods))
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
        records = self._thinned(rows, stay)
        return self._assemble(table, self._places, self._layers, picked, records)

    def with_links(
        self,
        links: pd.DataFrame,
        *,
        directed: Iterable[str] = (),
        layers: pd.DataFrame | Mapping[str, Mapping[str, object]] | None = None,
    ) -> Self:
        """The network with further links; where a pair is linked already the weights add up.

        Parameters
        ----------
        links : DataFrame
            As in the constructor.
        directed : sequence of str
            Those of the new layers whose links have a direction.
        layers : DataFrame or mapping of str to mapping, optional
            Records of new layers, as in the constructor. An old layer keeps its record, but its
            number of ``events``, which is unknown with further links.

        Returns
        -------
        MultilayerNetwork

        Raises
        ------
        TableError
            If the table has faults, such as ends that are not nodes.
        InputError
            If a layer named in ``directed`` or ``layers`` is not among the new ones.
        """
        new_layers, new = _tables.inspect_links(links, self._nodes.index)
        fresh = [layer for layer in new_layers if layer not in self._records]
        records = self._records | layer_records(layers, directed, fresh, of="the new layers")
        for layer in new_layers:
            if records[layer].events is not None and layer not in fresh:
                records[layer] = records[layer]._replace(events=None)
        every = tuple(sorted({*self._layers, *new_layers}))
        old = self._link_rows().with_layers(self._layers, every)
        rows = old.followed_by(new.with_layers(new_layers, every))
        return self._assemble(self._node_table(), self._places, every, rows, records)

    def replace_links(
        self,
        links: pd.DataFrame,
        *,
        directed: Iterable[str] = (),
        layers: pd.DataFrame | Mapping[str, Mapping[str, object]] | None = None,
    ) -> Self:
        """The same nodes and places with other links.

        Parameters
        ----------
        links : DataFrame
            As in the constructor. A layer that was there before keeps its record.
        directed : sequence of str
            Those of the new layers whose links have a direction.
        layers : DataFrame or mapping of str to mapping, optional
            Records of new layers, as in the constructor.

        Returns
        -------
        MultilayerNetwork

        Raises
        ------
        TableError
            If the table has faults, such as ends that are not nodes.
        InputError
            If a layer named in ``directed`` or ``layers`` is not among the new ones.
        """
        names, rows = _tables.inspect_links(links, self._nodes.index)
        fresh = [layer for layer in names if layer not in self._records]
        records = self._records | layer_records(layers, directed, fresh, of="the new layers")
        return self._assemble(self._node_table(), self._places, names, rows, records)

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
        return self._assemble(table, self._places, self._layers, self._link_rows(), self._records)

    def equals(self, other: object) -> bool:
        """Whether ids, order, attributes, places, layers, their records, and links agree.

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
            and self._records == other._records
            and _same_table(self._nodes, other._nodes)
            and _same_table(self._places, other._places)
            and _same_table(self.links, other.links)
        )

    # -- how it shows itself -------------------------------------------------------------------

    def __repr__(self) -> str:
        return _summary.as_text(*self._counts())

    def _repr_html_(self) -> str:
        weights = [float(block.data.sum()) for block in self._blocks]
        flags = self.layer_table[["directed", "modelled"]]
        return _summary.as_html(*self._counts(), weights, flags, self._nodes["kind"])

    def _counts(self) -> tuple[int, int, dict[str, int]]:
        """Nodes, places with a node, and links of each layer."""
        n_places = np.unique(self._place_codes[self._place_codes >= 0]).size
        sizes = [block.indices.size for block in self._blocks]
        return self.n_nodes, n_places, dict(zip(self._layers, sizes, strict=True))

    def __reduce__(self) -> tuple[Any, ...]:
        parts = (self._nodes, self._places, self._place_codes, self._jurisdiction_codes)
        return _restore, (*parts, self._records, self._blocks, self._rows)


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
    check_network(network)
    period = network._link_rows().period
    if period is None:
        raise InputError("split_periods needs links with a column `period`; there is none.")
    found = np.unique(period[period != NO_PERIOD])
    return {int(when): network.select(periods=[int(when)]) for when in found}


def check_network(network: object) -> None:
    """Refuse what is no network: a table, a graph of another package, or nothing.

    It stands at the door of every measure, or in what all measures of a module go through first.

    Parameters
    ----------
    network : object
        What was given.

    Raises
    ------
    InputError
        It is no `MultilayerNetwork`.
    """
    if isinstance(network, MultilayerNetwork):
        return
    home = type(network).__module__.partition(".")[0]
    mend = "build_network() makes one of tables of nodes and links"
    if home in ("networkx", "igraph"):
        graph = "graph" if home == "networkx" else "graph.to_networkx()"
        mend = f"netinnov.io.from_networkx({graph}) converts a graph"
    raise InputError(f"`network` must be a MultilayerNetwork; found {shown(network)}; {mend}.")


def _restore(*parts: Any) -> MultilayerNetwork:
    nodes, places, place, jurisdiction, records, blocks, rows = parts
    table = _tables.NodeTable(nodes, place, jurisdiction)
    held = dict(zip(records, blocks, strict=True))
    return MultilayerNetwork._from_blocks(table, places, held, records, rows)


def _whole_numbers(periods: Sequence[int]) -> list[int]:
    listed = as_list("periods", periods, "whole numbers")
    for period in listed:
        check_number("periods", period, whole=True)
    return [int(period) for period in listed if abs(period) < 2**63]


def _same_table(a: pd.DataFrame, b: pd.DataFrame) -> bool:
    return a.equals(b) and a.index.equals(b.index) and list(a.columns) == list(b.columns)
