"""Tables from outside: every fault found in one pass, and the codes of what is sound."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import chain, count
from typing import Any, NamedTuple, TypeAlias

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
from scipy import sparse
from scipy.sparse.csgraph import connected_components

from netinnov._network.columns import (
    TEXT,
    as_codes,
    as_numbers,
    as_periods,
    as_text,
    as_written,
    is_blank,
    taken,
)
from netinnov._network.file_rows import is_bare
from netinnov._network.problems import OPTIONAL, REQUIRED, Problems, Stack, identifiers, stacked
from netinnov._network.rows import NO_PERIOD, Rows
from netinnov._network.synonyms import is_total
from netinnov._runtime.dataframes import as_pandas
from netinnov._typing import Codes, Floats, Integers, Mask

LinkCodes: TypeAlias = tuple[tuple[str, ...], Rows]  # names of layers, and rows by their codes


class NodeTable(NamedTuple):
    """Clean columns of nodes, and codes of their places (-1: missing)."""

    frame: pd.DataFrame
    place: Codes
    jurisdiction: Codes

    def followed_by(self, others: Sequence[NodeTable]) -> NodeTable:
        """With more nodes below; the name of one that is taken gets a number."""
        if not others:
            return self
        frame = pd.concat([self.frame, *(each.frame for each in others)])
        if not frame.index.is_unique:
            used = set[str]()
            frame.index = pd.Index([_free(used, name) for name in frame.index], dtype="str")
        frame = frame.rename_axis("node")
        places, jurisdictions = zip(*(each[1:] for each in (self, *others)), strict=True)
        return NodeTable(frame, np.concatenate(places), np.concatenate(jurisdictions))


def _free(used: set[str], name: str) -> str:
    numbered = chain([name], (f"{name}:{number}" for number in count(2)))
    free = next(each for each in numbered if each not in used)
    used.add(free)
    return free


class Inspection(NamedTuple):
    problems: Problems
    stacks: dict[str, Stack]
    nodes: NodeTable
    links: LinkCodes
    places: pd.DataFrame


def inspect(nodes: Any, links: Any, places: Any) -> Inspection:
    problems = Problems()
    stacks = {}
    nodes = as_pandas(nodes)
    links = as_pandas(links)
    places = as_pandas(places)
    for name, table in (("places", places), ("nodes", nodes), ("links", links)):
        if not (name == "places" and table is None):
            stacks[name] = stacked(name, table, problems)
    if not problems:
        _look_for_ids(nodes, stacks, problems)
    return inspect_stacks(stacks, problems)


def inspect_stacks(stacks: dict[str, Stack], problems: Problems | None = None) -> Inspection:
    problems = Problems() if problems is None else problems
    place_table = _places(stacks["places"], problems) if "places" in stacks else None
    if problems.lost("places", "place"):
        place_table = None
    node_table, place_table = _nodes(stacks["nodes"], place_table, problems)
    # Without ids of nodes every end would be at fault, which says nothing.
    known = None if problems.lost("nodes", "node") else node_table.frame.index
    link_codes = _links(stacks["links"], known, problems)
    return Inspection(problems, stacks, node_table, link_codes, place_table)


def inspect_links(links: Any, nodes: pd.Index) -> LinkCodes:
    problems = Problems()
    codes = _links(stacked("links", as_pandas(links), problems), nodes, problems)
    problems.raise_any()
    return codes


def bad_rows(stack: Stack, problems: pd.DataFrame) -> pd.Series:
    label = pd.MultiIndex.from_arrays(stack.origin(np.arange(len(stack.frame))))
    at = label.get_indexer(pd.MultiIndex.from_frame(problems[["table", "row"]]))
    problem_of_row = problems["problem"].set_axis(at)[at >= 0]
    return problem_of_row.groupby(level=0).agg(lambda texts: "; ".join(dict.fromkeys(texts)))


def codes_of(values: pd.Series | pd.Index | list[str], index: pd.Index) -> Codes:
    """Position of texts in the index, -1 if absent; seven times faster than `get_indexer`."""
    known = pa.array(index, type=pa.large_string())
    position = pc.index_in(
        pa.array(values, type=pa.large_string()), value_set=known, skip_nulls=True
    )
    return position.fill_null(-1).to_numpy(zero_copy_only=False)


def _look_for_ids(nodes: Any, stacks: dict[str, Stack], problems: Problems) -> None:
    """Without a column of ids rows are 0, 1, ...: an error if no link uses these."""
    if not isinstance(nodes, pd.DataFrame) or "node" in nodes or not is_bare(nodes):
        return
    links = stacks["links"].frame
    ends = pd.concat([as_text(links[column])[0] for column in REQUIRED["links"]]).dropna()
    ids = stacks["nodes"].frame["node"].astype("str")
    if ends.empty or ends.isin(ids).any():
        return
    held = {str(name): int(ends.isin(as_text(nodes[name])[0]).sum()) for name in nodes.columns}
    best = max(held, key=lambda column: held[column], default="")
    problems.whole("nodes", "node", "missing column", best if held.get(best) else None)


def _unique(key: str, ids: pd.Series, stack: Stack, problems: Problems) -> Mask:
    """Rows whose id stood in an earlier row."""
    again = (ids.duplicated() & ids.notna()).to_numpy()
    if again.any() and key == "node" and "kind" in stack.frame:
        kind = as_text(stack.frame["kind"])[0].str.lower().fillna("")
        first = pd.Series(kind.to_numpy(), index=ids).groupby(level=0).first()
        other = again & (kind.to_numpy() != ids.map(first).fillna("").to_numpy())
        differs = "kind differs from an earlier row of the node"
        problems.rows(stack, other, "kind", differs, stack.frame["kind"])
        problems.rows(stack, again & ~other, key, "duplicate id", ids)
    else:
        problems.rows(stack, again, key, "duplicate id", ids)
    return again


def _places(stack: Stack, problems: Problems) -> pd.DataFrame:
    frame = stack.frame
    ids = identifiers("places", "place", stack, problems, empty="empty id")
    again = _unique("place", ids, stack, problems)
    clean: dict[str, Any] = {}
    for column, noun, low, high, fault in (
        ("lon", "coordinate", -180.0, 180.0, "out of range"),
        ("lat", "coordinate", -90.0, 90.0, "out of range"),
        ("population", "population", 0.0, np.finfo(float).max, "is negative or infinite"),
    ):
        values = frame[column] if column in frame else pd.Series(np.nan, frame.index)
        number, text = as_numbers(values)
        problems.rows(stack, text, column, f"{noun} is not a number", values)
        wrong = (number < low) | (number > high)
        problems.rows(stack, wrong, column, f"{noun} {fault}", values)
        clean[column] = number
    if "parent" in frame:
        parent = identifiers("places", "parent", stack, problems, empty=None)
    else:
        parent = pd.Series(pd.NA, frame.index, dtype="str")
    index = pd.Index(ids.astype("str"), name="place")
    code = codes_of(parent, index)
    unknown = parent.notna().to_numpy() & (code < 0)
    problems.rows(stack, unknown, "parent", "parent is not in places", parent)
    cycle = _on_cycle(code)
    problems.rows(stack, cycle & ~again, "parent", "parent cycle", parent)
    _refuse_totals(ids.mask(ids.isin(parent)), stack, problems)  # 全国 may contain the others
    clean["parent"] = parent
    return _with_others(clean, frame, "place").set_index(index)


def _refuse_totals(places: pd.Series, stack: Stack, problems: Problems) -> None:
    totals = [name for name in places.dropna().unique() if is_total(name)]
    if totals:
        total = places.isin(totals).to_numpy(bool)
        problems.rows(stack, total, "place", "total is not a place", places)


def _with_others(clean: dict[str, Any], frame: pd.DataFrame, key: str) -> pd.DataFrame:
    others = {name: frame[name] for name in frame.columns if name != key and name not in clean}
    return pd.DataFrame(clean | others, frame.index, copy=False)


def _on_cycle(parent: Codes) -> Mask:
    inside = np.flatnonzero(parent >= 0)
    ends = (inside, parent[inside])
    steps = sparse.coo_array((np.ones(inside.size), ends), shape=(parent.size, parent.size))
    circle = connected_components(steps, connection="strong")[1]
    alone = np.bincount(circle)[circle] == 1
    return np.asarray(~alone | (parent == np.arange(parent.size)))


def _nodes(
    stack: Stack, places: pd.DataFrame | None, problems: Problems
) -> tuple[NodeTable, pd.DataFrame]:
    frame = stack.frame
    ids = identifiers("nodes", "node", stack, problems, empty="empty id")
    _unique("node", ids, stack, problems)
    missing = pd.Series(pd.NA, frame.index, dtype="str")
    clean = {
        column: identifiers("nodes", column, stack, problems, empty=None)
        if column in frame
        else missing
        for column in OPTIONAL["nodes"]
    }
    if "kind" in frame:
        clean["kind"] = clean["kind"].str.lower()
    has_own = clean["jurisdiction"].notna().to_numpy()
    if "place" in frame:
        clean["jurisdiction"] = clean["jurisdiction"].fillna(clean["place"])
    if places is None:
        _refuse_totals(clean["place"], stack, problems)
        both = [clean[column] for column in ("place", "jurisdiction") if column in frame]
        known = pd.concat(both).dropna().unique() if both else []
        index = pd.Index(known, name="place", dtype="str")
        unknown_columns = dict.fromkeys(("lon", "lat", "population"), np.nan)
        parent = pd.Series(pd.NA, index, dtype="str")
        places = pd.DataFrame(unknown_columns | {"parent": parent}, index)
    codes = {}
    for column in ("place", "jurisdiction"):
        codes[column] = codes_of(clean[column], places.index)
        unknown = clean[column].notna().to_numpy() & (codes[column] < 0)
        if column == "jurisdiction":
            unknown &= has_own  # a default is already faulted as the place
        near = places.index if unknown.any() else None
        problems.rows(stack, unknown, column, f"{column} is not in places", clean[column], near)
    table = _with_others(clean, frame, "node")
    table.index = pd.Index(ids.astype("str"), name="node")
    return NodeTable(table, codes["place"], codes["jurisdiction"]), places


def _links(stack: Stack, nodes: pd.Index | None, problems: Problems) -> LinkCodes:
    frame = stack.frame
    ends = {name: _ends(name, stack, nodes, problems) for name in REQUIRED["links"]}
    layers: tuple[str, ...] = ("links",) if len(frame) else ()
    layer = np.zeros(len(frame), np.int32)
    if "layer" in frame:
        layers, layer = _layers(stack, problems)
    period = _periods(stack, problems)
    weight = _weights(stack, problems)
    others = [name for name in frame if name not in {*REQUIRED["links"], *OPTIONAL["links"]}]
    attributes = frame[others] if others else None
    rows = Rows(layer, ends["source"], ends["target"], weight, period, attributes)
    return layers, rows


def _ends(column: str, stack: Stack, nodes: pd.Index | None, problems: Problems) -> Codes:
    values = stack.frame[column]
    coded = as_codes(values)
    if coded is not None and nodes is not None:
        at, distinct = coded
        ends = taken(codes_of(distinct, nodes), at)
        if (ends >= 0).all():
            return ends
    text, bad, mixed = as_written(values)
    if mixed:
        identifiers("links", column, stack, problems, empty=None)
    elif bad.any():
        problems.rows(stack, bad, column, "id is not text or a whole number", values)
    if nodes is None or problems.lost("links", column):
        return np.zeros(len(values), np.int32)
    ends = codes_of(text, nodes)
    lost = (ends < 0) & ~bad
    if lost.any():
        ends = ends.copy()
        ends[lost] = codes_of(text[lost].str.strip(), nodes)
        lost &= ends < 0
        empty = is_blank(text)
        problems.rows(stack, lost & empty, column, "empty id", values)
        problems.rows(stack, lost & ~empty, column, "end is not a node", values, nodes)
    return ends


def _layers(stack: Stack, problems: Problems) -> tuple[tuple[str, ...], Codes]:
    values = stack.frame["layer"]
    if values.dtype == TEXT:
        values = values.astype("category")
    if (coded := as_codes(values)) is not None:
        at, distinct = coded
        used = np.flatnonzero(np.bincount(at + 1)) - 1
        names = distinct.iloc[used[used >= 0]]
        if used[:1].tolist() != [-1] and names.is_unique and not is_blank(names).any():
            order = np.argsort(names.to_numpy(object), kind="stable")
            place = np.zeros(len(distinct), np.int32)
            place[used[order]] = np.arange(order.size)
            return tuple(names.iloc[order]), taken(place, at)
    text = identifiers("links", "layer", stack, problems, empty="layer is missing")
    codes, listed = pd.factorize(text, sort=True)
    return tuple(map(str, listed)), codes.astype(np.int32)


def _weights(stack: Stack, problems: Problems) -> Floats:
    if "weight" not in stack.frame:
        return np.broadcast_to(1.0, len(stack.frame))  # one number in memory
    values = stack.frame["weight"]
    weight, text = as_numbers(values)
    if not (np.isfinite(weight) & (weight > 0)).all():
        problems.rows(stack, text, "weight", "weight is not a number", values)
        missing = np.isnan(weight) & ~text
        problems.rows(stack, missing, "weight", "weight is missing", values)
        problems.rows(stack, np.isinf(weight), "weight", "weight is infinite", values)
        low = (weight <= 0) & ~np.isinf(weight)
        problems.rows(stack, low, "weight", "weight is not above 0", values)
    return weight


def _periods(stack: Stack, problems: Problems) -> Integers | None:
    if "period" not in stack.frame:
        return None
    periods, broken = as_periods(stack.frame["period"])
    problems.rows(stack, broken, "period", "period is not a whole number", stack.frame["period"])
    return None if periods.isna().all() else periods.to_numpy(np.int64, na_value=NO_PERIOD)
