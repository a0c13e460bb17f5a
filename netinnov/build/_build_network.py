"""From tables to a network: checking, cleaning, building."""

from __future__ import annotations

import warnings
from collections.abc import Collection, Mapping
from typing import Any, NamedTuple, TypeAlias

import pandas as pd

from netinnov._network.spelling import twins
from netinnov._network.tables import bad_rows, inspect, inspect_stacks
from netinnov.build._links_alone import network_of_links
from netinnov.network import MultilayerNetwork

Table: TypeAlias = pd.DataFrame | Mapping[str, pd.DataFrame] | None


class CleanTables(NamedTuple):
    """What `clean_tables` kept, and the rows it set aside.

    Attributes
    ----------
    nodes, links : DataFrame
        The rows that make a network, ids of nodes as index.
    places : DataFrame or None
        The places that are kept; None where none were given.
    rejected : DataFrame
        The other rows: table, row (0-based position), problem, and their own columns.
    """

    nodes: pd.DataFrame
    links: pd.DataFrame
    places: pd.DataFrame | None
    rejected: pd.DataFrame


def build_network(
    nodes: Table = None,
    links: Table = None,
    places: pd.DataFrame | None = None,
    directed: Collection[str] | bool = (),
    layers: pd.DataFrame | Mapping[str, Mapping[str, object]] | None = None,
    distances: pd.DataFrame | None = None,
    distance_unit: str = "km",
) -> MultilayerNetwork:
    """Build a network from checked tables, or from links alone: ``build_network(links)``.

    Parameters
    ----------
    nodes : DataFrame or dict of str to DataFrame
        See `MultilayerNetwork`; the keys of a dict are the kinds. Without `links` it is these, and
        the nodes are their ends.
    links : DataFrame or dict of str to DataFrame
        See `MultilayerNetwork`; the keys of a dict are the layers. Links alone may also have the
        headers that `read_network` takes (from, to, 起点, 终点, 权重), or be a list of pairs or a
        square matrix with the names of the nodes, directed unless it is symmetric.
    places : DataFrame, optional
        See `MultilayerNetwork`. Of links alone, a node lies in the place that has its name.
    directed : sequence of str or bool
        The layers whose links have a direction; True: all.
    layers : DataFrame or mapping of str to mapping, optional
        See `MultilayerNetwork`: what is true of a whole layer, such as ``modelled``.
    distances, distance_unit
        Distances between places, such as minutes, see `MultilayerNetwork.with_distances`.
        Default: great circles in km.

    Returns
    -------
    MultilayerNetwork

    Raises
    ------
    TableError
        If the tables have faults: all are counted in one message and listed in ``.problems``
        (``table, row, column, problem, value``). A place, jurisdiction or parent called ``None``,
        ``nan``, ``NaN``, ``NaT``, ``<NA>``, ``null``, ``NULL`` or ``#N/A`` is one, as programs
        write these for a missing value, here an empty cell. ``NA`` is a name.
    InputError
        If ``directed`` or ``layers`` name a layer without links, or do not fit.

    Warns
    -----
    UserWarning
        If two places, not far apart, differ only by case, blanks or an ending 市, 省, 县 or 区, a
        matrix is read as one without a direction, or numbers beside links are not their weights.

    Examples
    --------
    >>> people = pd.DataFrame({"node": ["ann", "bo"], "place": ["hangzhou", "quzhou"]})
    >>> works = pd.DataFrame({"source": ["ann"], "target": ["bo"]})
    >>> build_network({"talent": people}, {"employment": works})
    MultilayerNetwork: 2 nodes in 2 places, 1 link in 1 layer (employment)
    >>> build_network(pd.DataFrame({"from": ["ann", "bo"], "to": ["bo", "cy"]}))
    MultilayerNetwork: 3 nodes, 2 links in 1 layer (links)
    """
    more: Any = {
        "places": places,
        "layers": layers,
        "distances": distances,
        "distance_unit": distance_unit,
    }
    if nodes is None or links is None:
        asked = None if isinstance(directed, tuple) and not directed else directed
        network = network_of_links(nodes if links is None else links, asked, **more)
    else:
        network = MultilayerNetwork(nodes, links, directed=directed, **more)
    _tell(twins(network.storage.places))
    return network


def check_tables(nodes: Any, links: Any, places: Any = None) -> pd.DataFrame:
    """List all faults of the tables, without raising.

    Parameters
    ----------
    nodes, links, places
        As in `build_network`.

    Returns
    -------
    DataFrame
        Columns ``table, row, column, problem, value``, one row a fault; ``row`` is the position in
        the table, missing for a whole column or table. Empty: all is well.

    Warns
    -----
    UserWarning
        As `build_network`.

    Examples
    --------
    >>> nodes = pd.DataFrame({"node": ["a", "b"]})
    >>> links = pd.DataFrame({"source": ["a"], "target": ["c"], "weight": [-1.0]})
    >>> check_tables(nodes, links)[["row", "column", "problem"]]
       row  column                problem
    0    0  target      end is not a node
    1    0  weight  weight is not above 0
    """
    inspection = inspect(nodes, links, places)
    if not inspection.problems:
        _tell(twins(inspection.places))
    return inspection.problems.frame()


def clean_tables(nodes: Any, links: Any, places: Any = None) -> CleanTables:
    """Set faulty rows aside with the reason, so that the rest can be built.

    Parameters
    ----------
    nodes, links, places
        As in `build_network`.

    Returns
    -------
    CleanTables
        Each row is kept or rejected. Of rows with one id the first is kept. A row goes too if it
        rests on one that went: a node whose place is gone, a link whose node is gone.

    Raises
    ------
    TableError
        If a whole column or table is at fault.

    Examples
    --------
    >>> nodes = pd.DataFrame({"node": ["a", "b"]})
    >>> links = pd.DataFrame({"source": ["a", "a"], "target": ["b", "c"]})
    >>> clean_tables(nodes, links).rejected
       table  row            problem source target
    0  links    1  end is not a node      a      c
    """
    inspection = inspect(nodes, links, places)
    stacks = dict(inspection.stacks)
    rejected = []
    # Each round sets aside what rests on rows of the last one; rows only become fewer.
    while inspection.problems:
        problems = inspection.problems.frame()
        if problems["row"].isna().any():
            inspection.problems.raise_any()
        for name, stack in stacks.items():
            bad = bad_rows(stack, problems)
            if bad.size:
                at = bad.index.to_numpy()
                rows = stack.frame.iloc[at]
                table, row = stack.origin(at)
                head = {"table": table, "row": row, "problem": bad}
                rows = rows.rename(columns={column: f"{column} (given)" for column in head})
                rejected.append(pd.concat([pd.DataFrame(head, rows.index), rows], axis=1))
                stacks[name] = stack.without(at)
        inspection = inspect_stacks(stacks)
    none = [pd.DataFrame({"table": [], "row": [], "problem": []})]
    aside = pd.concat(rejected or none, ignore_index=True)
    kept = {name: stack.frame for name, stack in stacks.items()}
    return CleanTables(
        kept["nodes"].set_index("node"),
        kept["links"],
        kept["places"].set_index("place") if "places" in kept else None,
        aside.astype({"table": "str", "row": "Int64", "problem": "str"}),
    )


def _tell(notes: list[str]) -> None:
    for text in notes:
        warnings.warn(text, UserWarning, stacklevel=4)
