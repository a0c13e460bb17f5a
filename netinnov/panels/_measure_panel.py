"""Measures over time and over scales: one long table for periods, one for levels of places."""

from __future__ import annotations

import warnings
from collections.abc import Callable, Mapping, Sequence
from typing import Any, TypeAlias

import numpy as np
import pandas as pd

from netinnov._network.measured import check_alike, numbers_of
from netinnov._network.rows import NO_PERIOD
from netinnov._runtime.arguments import as_list, as_whole, check_callable, check_mapping
from netinnov._typing import Floats
from netinnov.build import aggregate
from netinnov.errors import InputError
from netinnov.network import MultilayerNetwork
from netinnov.panels._openings import whole_numbers

Measure: TypeAlias = Callable[[MultilayerNetwork], "float | pd.Series"]


def measure_panel(
    network: MultilayerNetwork,
    *,
    measures: Mapping[str, Measure],
    periods: Sequence[int] | None = None,
    window: int = 1,
) -> pd.DataFrame:
    """Measure a network in each of its periods, on the same nodes throughout.

    All nodes are in every period, without links as isolates. Weights in a window are summed.

    Parameters
    ----------
    network : MultilayerNetwork
        Links have periods.
    measures : mapping of str to function
        From a name to a function of a network that returns a number or a Series over nodes.
    periods : sequence of int, optional
        Default: every whole number from the first period with a link to the last, also those
        without one, less the ``window - 1`` at the start whose window is not full.
    window : int
        Periods that are added up: with 3, the links of a period and of the two before it; with 1,
        the networks of `netinnov.network.split_periods` are measured.

    Returns
    -------
    DataFrame
        Long table, by period, by measure as given and by node: ``period``, ``measure``, ``node``
        (missing if the measure is a number), ``value`` and ``n_links`` (linked pairs in the period,
        or its window). Names are categories. In a period without a link values are NaN, whatever
        the measure would say of an empty network; every other NaN is the measure's own.

    Raises
    ------
    InputError
        No link has a period, a number is not whole, or a measure returns what it should not.

    Warns
    -----
    UserWarning
        Links without a period are in no part of the panel; the message counts them by layer.

    Examples
    --------
    >>> import pandas as pd
    >>> links = pd.DataFrame({"source": "a", "target": ["b", "c"], "period": [2015, 2017]})
    >>> network = MultilayerNetwork(pd.DataFrame(index=["a", "b", "c"]), links)
    >>> measure_panel(network, measures={"links": lambda part: part.n_links})
       period measure node  value  n_links
    0    2015   links  NaN    1.0        1
    1    2016   links  NaN    NaN        0
    2    2017   links  NaN    1.0        1
    """
    _check_measures(measures)
    width = as_whole("window", window, low=1)
    rows = network.storage.link_rows()
    period = rows.period
    if period is None:
        raise InputError("measure_panel needs links with a column `period`; there is none.")
    known = period[period != NO_PERIOD]
    if (timeless := period == NO_PERIOD).any():
        count = np.bincount(rows.layer[timeless], minlength=len(network.layers))
        named = [f"{name} {n}" for name, n in zip(network.layers, count, strict=True) if n]
        msg = f"measure_panel: {timeless.sum()} links without a period are in no part of the panel"
        warnings.warn(f"{msg}: {', '.join(named)}.", UserWarning, stacklevel=3)
    asked = list(range(int(known.min()) + width - 1, int(known.max()) + 1))
    if periods is not None:
        asked = sorted(set(whole_numbers("periods", periods)))
    nodes = network.nodes.index
    parts = {when: network.select(periods=range(when - width + 1, when + 1)) for when in asked}
    values = {
        when: _measured(part, measures, f"period {when}")
        for when, part in parts.items()
        if part.n_links
    }
    return _long_table("period", parts, values, list(measures), nodes)


def measure_levels(
    network: MultilayerNetwork,
    *,
    measures: Mapping[str, Measure],
    levels: Sequence[int | str] = (0, 1, 2),
    by: str = "place",
) -> pd.DataFrame:
    """Measure a network at several levels of places, such as district, city and province.

    Results can turn with the size of the units (the modifiable areal unit problem). A place without
    parent stays as it is at all higher levels. Links inside a place are its self-link.

    Parameters
    ----------
    network, measures
        As in `measure_panel`, with places that have parents; periods do not matter.
    levels : sequence of int or str
        Steps up in ``places.parent``, 0 being the places as they are, or values of the column
        ``level`` of the places, such as "city"; see `aggregate`.
    by : {"place", "jurisdiction"}
        Where nodes are, or whose they are.

    Returns
    -------
    DataFrame
        Long table, by level (named ones as given), by measure as given and by place: ``level``,
        ``measure``, ``node`` (a place of that level; missing if the measure is a number),
        ``value``, ``n_nodes`` (places at that level) and ``n_links`` (linked pairs). Names are
        categories. NaN is what the measure leaves undefined.

    Raises
    ------
    InputError
        A level is not a number of steps or a level of a place, or as `measure_panel`.

    Warns
    -----
    UserWarning
        Nodes without a place are left out, with their links.

    See Also
    --------
    netinnov.build.aggregate : The networks that are measured.

    References
    ----------
    Openshaw (1984), The modifiable areal unit problem, Geo Books.

    Examples
    --------
    >>> import pandas as pd
    >>> parents = {"hangzhou": None, "yuhang": "hangzhou", "xihu": "hangzhou", "quzhou": None}
    >>> nodes = pd.DataFrame({"place": ["yuhang", "xihu", "quzhou"]}, index=["a", "b", "c"])
    >>> links = pd.DataFrame({"source": ["a", "b"], "target": ["c", "c"]})
    >>> network = MultilayerNetwork(nodes, links, places=pd.DataFrame({"parent": parents}))
    >>> table = measure_levels(network, measures={"links": lambda n: n.n_links}, levels=(0, 1))
    >>> table[["level", "value", "n_nodes"]].to_numpy().tolist()
    [[0.0, 2.0, 3.0], [1.0, 1.0, 2.0]]
    """
    _check_measures(measures)
    asked = as_list("levels", levels, "levels")
    steps: dict[Any, int | str] = {str(level): level for level in asked}
    if not any(isinstance(level, str) for level in asked):
        steps = {level: level for level in sorted(set(whole_numbers("levels", asked)))}
    parts = {name: aggregate(network, by=by, level=level) for name, level in steps.items()}
    places = network.places.index
    values = {level: _measured(part, measures, f"level {level}") for level, part in parts.items()}
    table = _long_table("level", parts, values, list(measures), places)
    n_nodes = table["level"].map({level: part.n_nodes for level, part in parts.items()})
    table.insert(4, "n_nodes", n_nodes.astype(np.int64))
    return table


def _check_measures(measures: Mapping[str, Measure]) -> None:
    check_mapping("measures", measures, "from names to functions of a network", filled=True)
    for name, measure in measures.items():
        check_callable(f"measures[{name!r}]", measure, "a function of a network")


def _measured(
    network: MultilayerNetwork, measures: Mapping[str, Measure], where: str
) -> list[Floats]:
    nodes = network.storage.node_names
    results = []
    for name, measure in measures.items():
        try:
            value: Any = measure(network)
        except Exception as error:
            error.add_note(f"In measure {name!r}, {where}.")
            raise
        results.append(numbers_of(name, value, nodes, nodes))
    return results


def _long_table(
    key: str,
    parts: Mapping[Any, MultilayerNetwork],
    values: Mapping[Any, list[Floats]],
    measures: Sequence[str],
    index: pd.Index,
) -> pd.DataFrame:
    """A row a measure and node; NaN where a part has no values."""
    for at, name in enumerate(measures):
        check_alike(name, [each[at] for each in values.values()])
    usual = next(iter(values.values()), [np.array(np.nan)] * len(measures))
    tables = []
    for label, part in parts.items():
        node = index.get_indexer(part.storage.node_names)
        for at, number in enumerate(values.get(label, usual)):
            row = {
                key: label,
                "measure": at,
                "node": node if number.ndim else [-1],
                "value": np.atleast_1d(number) if label in values else np.nan,
                "n_links": part.n_links,
            }
            tables.append(pd.DataFrame(row))
    empty = pd.DataFrame(columns=[key, "measure", "node", "value", "n_links"])
    table: pd.DataFrame = pd.concat(tables, ignore_index=True) if tables else empty
    table["measure"] = pd.Categorical.from_codes(table["measure"], pd.Index(measures))
    table["node"] = pd.Categorical.from_codes(table["node"], index.rename(None))
    return table
