"""Measures over time and over scales: one long table for periods, one for levels of places."""

from __future__ import annotations

import warnings
from collections.abc import Callable, Mapping, Sequence
from typing import Any, NamedTuple, TypeAlias

import numpy as np
import numpy.typing as npt
import pandas as pd

from netinnov._arguments import as_list
from netinnov._rows import NO_PERIOD
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

    Parameters
    ----------
    network : MultilayerNetwork
        Links have periods.
    measures : mapping of str to function
        From a name to a function of a network that returns a number or a Series over nodes.
    periods : sequence of int, optional
        The periods to measure, put in ascending order. Default: every whole number from the first
        period with a link to the last, also those without one, less the ``window - 1`` at the
        start whose window is not full.
    window : int
        Periods that are added up: with 3, the links of a period and of the two before it.

    Returns
    -------
    DataFrame
        Long table with columns ``period``, ``measure``, ``node`` (missing if the measure
        is a number), ``value`` and ``n_links`` (linked pairs in the period, or its window). Names
        are categories; rows are sorted by period, by measure as given and by node. A period
        without a link has ``n_links`` 0 and the value NaN, whatever the measure would say of an
        empty network; every other NaN is the measure's own.

    Raises
    ------
    InputError
        No link has a period, a period or the window is not a whole number, or a measure returns
        something else than it should.

    Warns
    -----
    UserWarning
        Links without a period are in no part of the panel; the message counts them by layer.

    See Also
    --------
    netinnov.network.split_periods : The networks that are measured, if ``window`` is 1.

    Notes
    -----
    All nodes are in every period: a node without links in it is an isolate there, and what that
    gives (0, NaN, a share of all nodes) is up to the measure. Weights in a window are summed.

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
    (width,) = whole_numbers("window", [window])
    if width < 1:
        raise InputError(f"`window` must be 1 or more periods; found {window!r}.")
    period = network.storage.link_rows().period
    if period is None:
        raise InputError("measure_panel needs links with a column `period`; there is none.")
    known = period[period != NO_PERIOD]
    _warn_of_the_timeless(network, period == NO_PERIOD)
    if periods is None:
        asked = list(range(int(known.min()) + width - 1, int(known.max()) + 1))
    else:
        asked = sorted(set(whole_numbers("periods", periods)))
    nodes = network.nodes.index
    values: dict[int, list[_Values] | None] = {}
    n_links: dict[int, int] = {}
    for when in asked:
        part = network.select(periods=range(when - width + 1, when + 1))
        n_links[when] = part.n_links
        values[when] = _measured(part, measures, nodes, f"period {when}") if part.n_links else None
    table = _long_table("period", values, measures, nodes)
    return table.assign(n_links=table["period"].map(n_links).astype(np.int64))


def measure_levels(
    network: MultilayerNetwork,
    *,
    measures: Mapping[str, Measure],
    levels: Sequence[int | str] = (0, 1, 2),
    by: str = "place",
) -> pd.DataFrame:
    """Measure a network at several levels of places, such as district, city and province.

    Parameters
    ----------
    network : MultilayerNetwork
        Nodes with places that have parents.
    measures : mapping of str to function
        From a name to a function of a network that returns a number or a Series over nodes.
    levels : sequence of int or str
        Steps up in ``places.parent``, 0 being the places as they are, or values of the column
        ``level`` of the places, such as "city"; see `aggregate`.
    by : {"place", "jurisdiction"}
        Where nodes are, or whose they are.

    Returns
    -------
    DataFrame
        Long table with columns ``level``, ``measure``, ``node`` (a place of that level;
        missing if the measure is a number), ``value``, ``n_nodes`` (places at that level) and
        ``n_links`` (linked pairs). Names are categories; rows are sorted by level (named ones as
        given), by measure as given, and by place. NaN is what the measure leaves undefined.

    Raises
    ------
    InputError
        A level is neither a whole number of steps nor a level of a place, nodes have no such
        column, or a measure returns something else than it should.

    Warns
    -----
    UserWarning
        Nodes without a place are left out, with their links.

    See Also
    --------
    netinnov.build.aggregate : The networks that are measured.

    Notes
    -----
    Results on regions can turn with the size of the units (the modifiable areal unit problem), so
    a finding should be shown at more than one level. A place without parent stays as it is at
    all higher levels. Links inside a place are its self-link, which measures leave out.

    References
    ----------
    Openshaw, S. (1984). The modifiable areal unit problem. Concepts and Techniques in Modern
    Geography 38. Geo Books, Norwich.

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
    values = {
        level: _measured(part, measures, places, f"level {level}") for level, part in parts.items()
    }
    table = _long_table("level", values, measures, places)
    for name in ("n_nodes", "n_links"):
        count = {level: getattr(part, name) for level, part in parts.items()}
        table[name] = table["level"].map(count).astype(np.int64)
    return table


def _check_measures(measures: Mapping[str, Measure]) -> None:
    value: object = measures
    if not isinstance(value, Mapping) or not value:
        msg = "`measures` must be a mapping from names to functions of a network, with at least one"
        raise InputError(f"{msg}; found {value!r}.")
    if wrong := [name for name, measure in value.items() if not callable(measure)]:
        raise InputError(f"measures must be functions of a network; these are not: {wrong[:5]}.")


def _warn_of_the_timeless(network: MultilayerNetwork, timeless: np.ndarray) -> None:
    if timeless.any():
        layer = network.storage.link_rows().layer[timeless]
        count = np.bincount(layer, minlength=len(network.layers))
        named = [f"{name} {n}" for name, n in zip(network.layers, count, strict=True) if n]
        msg = f"measure_panel: {timeless.sum()} links without a period are in no part of the panel"
        warnings.warn(f"{msg}: {', '.join(named)}.", UserWarning, stacklevel=4)


class _Values(NamedTuple):
    """Values of one measure, and the positions of their nodes: -1 if it is a number."""

    node: npt.NDArray[np.intp]
    value: Floats


def _measured(
    network: MultilayerNetwork, measures: Mapping[str, Measure], index: pd.Index, where: str
) -> list[_Values]:
    """Give what each measure says of a network, with its nodes as positions in ``index``."""
    nodes = network.nodes.index
    measured = []
    for name, measure in measures.items():
        try:
            value: Any = measure(network)
        except Exception as error:
            error.add_note(f"In measure {name!r}, {where}.")
            raise
        try:
            if isinstance(value, pd.Series):
                if not (value.index.is_unique and value.index.isin(nodes).all()):
                    raise TypeError
                numbers = value.reindex(nodes).to_numpy(np.float64, na_value=np.nan)
                measured.append(_Values(index.get_indexer(nodes), numbers))
            elif np.ndim(value) == 0 and not isinstance(value, str):
                measured.append(_Values(np.array([-1]), np.array([float(value)])))
            else:
                raise TypeError
        except (TypeError, ValueError):
            its_index = (
                f" with index {list(value.index[:3])}" if isinstance(value, pd.Series) else ""
            )
            msg = f"measure {name!r} must return a number or a Series of numbers over nodes"
            raise InputError(f"{msg}; found {type(value).__name__}{its_index}.") from None
    return measured


def _long_table(
    key: str,
    values: Mapping[Any, list[_Values] | None],
    measures: Mapping[str, Measure],
    index: pd.Index,
) -> pd.DataFrame:
    """Set values one below the other; what was not measured is NaN, on the nodes of the others."""
    done = [each for each in values.values() if each is not None]
    usual = list(done[0]) if done else [_Values(np.array([-1]), np.empty(1))] * len(measures)
    for at, name in enumerate(measures):
        if len({bool(each[at].node[0] < 0) for each in done if each[at].node.size}) > 1:
            msg = f"measure {name!r} must return a number always, or a Series always; it does both."
            raise InputError(msg)
    rows = [
        (step, at, one.node, one.value if each is not None else np.full(one.node.size, np.nan))
        for step, each in values.items()
        for at, one in enumerate(each if each is not None else usual)
    ]
    size = [node.size for _, _, node, _ in rows]
    measure = np.repeat([at for _, at, _, _ in rows], size).astype(np.intp)
    node = np.concatenate([np.empty(0, np.intp), *(node for _, _, node, _ in rows)])
    return pd.DataFrame(
        {
            key: pd.Index([step for step, _, _, _ in rows]).repeat(size),
            "measure": pd.Categorical.from_codes(measure, pd.Index(list(measures))),
            "node": pd.Categorical.from_codes(node, index.rename(None)),
            "value": np.concatenate([np.empty(0), *(value for _, _, _, value in rows)]),
        }
    )
