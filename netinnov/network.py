"""The multilayer network: one immutable noun that all functions of the package read."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any, Self

import numpy as np
import pandas as pd
from scipy import sparse

from netinnov._network import summary
from netinnov._network.distances import PlaceTable
from netinnov._network.layer_table import Records, layer_records, layer_table
from netinnov._network.rows import NO_PERIOD, Rows
from netinnov._network.storage import Storage
from netinnov._network.tables import NodeTable, inspect, inspect_links
from netinnov._runtime.arguments import as_list, check_names, check_number, shown
from netinnov._runtime.other_programs import missing_attribute
from netinnov._runtime.public import ARGUMENT_CHECKS, publish
from netinnov.errors import InputError

__all__ = ["MultilayerNetwork", "split_periods"]


class MultilayerNetwork:
    """Nodes with a place and a jurisdiction, joined by weighted links in layers.

    A network never changes: methods return new ones, tables are handed out as copies and matrices
    as read-only arrays. Self-links are kept (once on the diagonal); measures leave them out. A
    layer exists only if it has a link. Layers are sorted by name, links by layer, source and target
    in node order; the ends of undirected links are put in node order.

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
    directed : sequence of str or bool
        The layers whose links have a direction (True: all): short for that column of ``layers``.
    layers : DataFrame or mapping of str to mapping, optional
        What is true of a whole layer: one row a layer (index or column ``layer``), or a mapping
        from a layer to such values. Columns ``directed`` and ``modelled`` (default False),
        ``quantity`` (``"amount"``, the default, ``"share_of_origin"`` or
        ``"share_of_destination"``: weights are shares of all that leaves or reaches a node),
        ``unit`` (text), ``events`` (how many events stand behind the weights; of shares: behind
        those of each origin or destination) and ``parameters`` (text, of the model that made the
        layer). Any may be left out or missing.
    distances : DataFrame, optional
        Distances between places in any unit, as in `with_distances`. Default: great circles in km.
    distance_unit : str
        Their unit.

    Raises
    ------
    TableError
        If the tables have faults; the message counts them by type, ``.problems`` lists all.
    InputError
        If ``directed`` or ``layers`` name a layer without links, contradict each other, or have
        unknown columns or values.

    Examples
    --------
    >>> nodes = pd.DataFrame({"place": ["quzhou", "hangzhou"]}, index=["q", "h"])
    >>> links = pd.DataFrame({"source": ["h"], "target": ["q"], "weight": [2.0]})
    >>> MultilayerNetwork(nodes, links)
    MultilayerNetwork: 2 nodes in 2 places, 1 link in 1 layer (links)
    """

    __slots__ = ("_storage",)
    _storage: Storage

    def __init__(
        self,
        nodes: Any,
        links: Any,
        *,
        places: Any = None,
        directed: Iterable[str] | bool = (),
        layers: pd.DataFrame | Mapping[str, Mapping[str, object]] | None = None,
        distances: pd.DataFrame | None = None,
        distance_unit: str = "km",
    ) -> None:
        tables = inspect(nodes, links, places)
        tables.problems.raise_any()
        names, rows = tables.links
        records = layer_records(layers, directed, names)
        # Copies: a caller may go on changing the arrays behind the tables.
        nodes = tables.nodes._replace(frame=tables.nodes.frame.copy())
        if rows.attributes is not None:
            rows = rows._replace(attributes=rows.attributes.copy())
        where = PlaceTable(tables.places.copy()).with_distances(distances, distance_unit)
        self._storage = Storage.of_rows(nodes, where, names, rows, records)

    @classmethod
    def _of(cls, storage: Storage) -> Self:
        network = cls.__new__(cls)
        network._storage = storage
        return network

    @property
    def storage(self) -> Storage:
        """Tables, codes and blocks as they are kept: for modules of netinnov, not to be changed."""
        return self._storage

    @property
    def nodes(self) -> pd.DataFrame:
        """Table of nodes: index ``node``; kind, place, jurisdiction and attributes (a copy)."""
        return self._storage.nodes.copy()

    @property
    def places(self) -> pd.DataFrame:
        """Table of places: index ``place``; lon, lat, population, parent, attributes (a copy)."""
        return self._storage.places.copy()

    @property
    def distances(self) -> pd.DataFrame | None:
        """Known distances: origin, destination, distance; None: great circles in km (a copy)."""
        return self._storage.place_table.long_distances()

    @property
    def distance_unit(self) -> str:
        """Unit of `distances`, such as "min"; "km" for great circles."""
        held = self._storage.place_table.distances
        return "km" if held is None else held.unit

    @property
    def links(self) -> pd.DataFrame:
        """Table of links: layer, source, target, weight, and period and attributes if any."""
        return self._storage.link_table()

    @property
    def layers(self) -> tuple[str, ...]:
        """Names of the layers, sorted."""
        return self._storage.layers

    @property
    def layer_table(self) -> pd.DataFrame:
        """What is true of each layer: directed, modelled, quantity, unit, events, parameters."""
        return layer_table(self.layers, self._storage.records)

    @property
    def directed(self) -> frozenset[str]:
        """Names of the layers whose links have a direction."""
        return self._storage.directed

    @property
    def n_nodes(self) -> int:
        """Number of nodes."""
        return len(self._storage.place_codes)

    @property
    def n_links(self) -> int:
        """Number of linked pairs, counted in each layer; a pair's periods count once."""
        return sum(block.indices.size for block in self._storage.blocks)

    def __len__(self) -> int:
        return self.n_nodes

    def __iter__(self) -> Iterator[str]:
        return iter(self._storage.node_names)

    def __contains__(self, node: object) -> bool:
        return str(node) in self._storage.node_names

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
        indptr, indices, data = self._storage.csr(layer)
        shape = (self.n_nodes, self.n_nodes)
        matrix = sparse.csr_array((data[:], indices[:], indptr[:]), shape=shape, copy=False)
        matrix.has_canonical_format = True
        return matrix

    def select(
        self,
        layers: Sequence[str] | None = None,
        kinds: Sequence[str] | None = None,
        nodes: Sequence[str] | pd.Index[Any] | None = None,
        places: Sequence[str] | pd.Index[Any] | None = None,
        periods: Sequence[int] | None = None,
    ) -> Self:
        """Part of the network: some layers, nodes (by kind, id or place) and periods.

        Parameters
        ----------
        layers, kinds, nodes : sequence or Index of str, optional
            What to keep; None keeps all. A link stays if both its ends do.
        places : sequence or Index of str, optional
            Keep the nodes in these places and in all that they contain (column ``parent``).
        periods : sequence of int, optional
            Keep the links of these periods only; links without a period go.

        Returns
        -------
        MultilayerNetwork
            Nodes in the order they had; all places; no layers without links. The ``events`` of a
            layer that loses links shrink with its weight; those of shares are then missing.

        Raises
        ------
        InputError
            If a layer, kind, node or place is not in the network.
        """
        storage = self._storage
        kept = self.layers if layers is None else check_names("layers", layers, self.layers)
        mask = np.ones(self.n_nodes, bool)
        if kinds is not None:
            known = storage.nodes["kind"].dropna().unique().tolist()
            mask &= storage.nodes["kind"].isin(check_names("kinds", kinds, known)).to_numpy(bool)
        if nodes is not None:
            mask &= np.isin(np.arange(self.n_nodes), storage.positions("nodes", nodes))
        if places is not None:
            mask &= storage.inside(check_names("places", places, storage.places.index.tolist()))
        return self._of(storage.part(mask, kept, _whole_numbers(periods)))

    def with_links(
        self,
        links: pd.DataFrame,
        *,
        directed: Iterable[str] | bool = (),
        layers: pd.DataFrame | Mapping[str, Mapping[str, object]] | None = None,
    ) -> Self:
        """The network with further links; where a pair is linked already the weights add up.

        Parameters
        ----------
        links : DataFrame
            As in the constructor.
        directed, layers
            What is true of new layers, as in the constructor. An old layer keeps its record, but
            its number of ``events``, which is unknown with further links.

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
        return self._of(self._storage.with_rows(*self._checked(links, directed, layers)))

    def replace_links(
        self,
        links: pd.DataFrame,
        *,
        directed: Iterable[str] | bool = (),
        layers: pd.DataFrame | Mapping[str, Mapping[str, object]] | None = None,
    ) -> Self:
        """The same nodes and places with other links.

        Parameters
        ----------
        links, directed, layers
            As in `with_links`; a layer that was there before keeps its record.

        Returns
        -------
        MultilayerNetwork

        Raises
        ------
        TableError, InputError
            As in `with_links`.
        """
        names, rows, fresh = self._checked(links, directed, layers)
        tables = (self._storage.node_table(), self._storage.place_table)
        records = {**self._storage.records, **fresh}
        return self._of(Storage.of_rows(*tables, names, rows, records))

    def _checked(
        self, links: Any, directed: Any, layers: Any
    ) -> tuple[tuple[str, ...], Rows, Records]:
        names, rows = inspect_links(links, self._storage.node_names)
        fresh = [layer for layer in names if layer not in self._storage.records]
        return names, rows, layer_records(layers, directed, fresh, of="the new layers")

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
        return self._of(self._storage.with_nodes(nodes))

    def with_distances(self, table: pd.DataFrame | None, *, unit: str = "km") -> Self:
        """The network with other distances between its places.

        No great circle is then used. Two nodes in one place are 0 apart. A directed layer reads its
        own direction; what has none the mean of both (one, where only one is known).

        Parameters
        ----------
        table : DataFrame or None
            A square table over ids of places (rows: origins), in any order, or a long one with
            columns ``origin``, ``destination``, ``distance``, under any header that `read_network`
            takes (source, target, from, to, 起点, 终点, km, minutes). Distances are finite and at
            least 0; a missing one, or a pair that is not there, is unknown. None: great circles in
            km.
        unit : str
            Their unit, such as ``"min"``; not another one than a header says.

        Returns
        -------
        MultilayerNetwork

        Raises
        ------
        InputError
            A column or a place is not found, a pair is there twice, or a distance is negative.

        Examples
        --------
        >>> nodes = pd.DataFrame({"place": ["H", "Q"]}, index=["h", "q"])
        >>> network = MultilayerNetwork(nodes, pd.DataFrame({"source": ["h"], "target": ["q"]}))
        >>> minutes = pd.DataFrame({"origin": ["Q"], "destination": ["H"], "distance": [46.0]})
        >>> network.with_distances(minutes, unit="min").distances
          origin destination  distance
        0      Q           H      46.0
        """
        places = self._storage.place_table.with_distances(table, unit)
        return self._of(replace(self._storage, place_table=places, memo={}))

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
        tables = [
            (each._storage.nodes, each._storage.places, each.links, pd.DataFrame(each.distances))
            for each in (self, other)
        ]
        said = [(each._storage.records, each.distance_unit) for each in (self, other)]
        return said[0] == said[1] and all(
            a.equals(b) and a.index.equals(b.index) and list(a.columns) == list(b.columns)
            for a, b in zip(*tables, strict=True)
        )

    def __repr__(self) -> str:
        return summary.as_text(self._storage)

    def _repr_html_(self) -> str:
        return summary.as_html(self._storage)

    if not TYPE_CHECKING:  # a type checker that saw it would believe in any attribute

        def __getattr__(self, name: str) -> Any:
            raise missing_attribute("MultilayerNetwork", name, dir(type(self)))

        def __getitem__(self, name: object) -> Any:
            raise TypeError(
                f"a network is not indexed; write network.nodes.loc[{name!r}] for a node, "
                f"network.adjacency({name!r}) for the matrix of a layer."
            )

    def __reduce__(self) -> tuple[Any, ...]:
        return MultilayerNetwork._of, (self._storage,)


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
    >>> links = pd.DataFrame({"source": "a", "target": "b", "period": [2015, 2016]})
    >>> network = MultilayerNetwork(pd.DataFrame(index=["a", "b"]), links)
    >>> {year: part.n_links for year, part in split_periods(network).items()}
    {2015: 1, 2016: 1}
    """
    period = network._storage.link_rows().period
    if period is None:
        raise InputError("split_periods needs links with a column `period`; there is none.")
    periods = np.unique(period[period != NO_PERIOD]).tolist()
    return {when: network.select(periods=[when]) for when in periods}


def check_network(network: object) -> None:
    """Refuse a table, a graph of another package, or nothing: at the door of every measure."""
    if isinstance(network, MultilayerNetwork):
        return
    mend = how_to_convert(network) or "build_network() makes one of tables of nodes and links"
    raise InputError(f"`network` must be a MultilayerNetwork; found {shown(network)}; {mend}.")


def how_to_convert(value: object) -> str:
    home = type(value).__module__.partition(".")[0]
    if home in ("networkx", "igraph"):
        return f"netinnov.io.from_{home}(graph) converts a graph"
    if home in ("numpy", "scipy"):
        return "netinnov.io.from_scipy(matrix, nodes=names) converts a matrix"
    path = isinstance(value, str) or hasattr(value, "__fspath__")
    return "netinnov.read_network(path) reads a file" if path else ""


ARGUMENT_CHECKS[MultilayerNetwork] = lambda _, value, __: check_network(value)


def network_of_storage(storage: Storage) -> MultilayerNetwork:
    """A network from arrays, without labels or checks."""
    return MultilayerNetwork._of(storage)


def network_of_rows(
    nodes: NodeTable, places: PlaceTable, layers: tuple[str, ...], rows: Rows, records: Records
) -> MultilayerNetwork:
    """A network from codes, without labels or checks: see `Storage.of_rows`."""
    return network_of_storage(Storage.of_rows(nodes, places, layers, rows, records))


def with_rows(
    network: MultilayerNetwork,
    rows: Rows,
    nodes: NodeTable | None = None,
    records: Records | None = None,
) -> MultilayerNetwork:
    """A network with other links in its layers, with these nodes or records too if given."""
    storage = network.storage
    nodes = storage.node_table() if nodes is None else nodes
    records = storage.records if records is None else records
    return network_of_rows(nodes, storage.place_table, network.layers, rows, records)


def _whole_numbers(periods: Sequence[int] | None) -> list[int] | None:
    if periods is None:
        return None
    listed = as_list("periods", periods, "whole numbers")
    for period in listed:
        check_number("periods", period, whole=True)
    return [int(period) for period in listed if abs(period) < 2**63]


__dir__ = publish(globals())
