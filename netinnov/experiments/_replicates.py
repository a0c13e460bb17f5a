"""One replicate of an experiment: applied, measured on the baseline's nodes, kept and tabled."""

from __future__ import annotations

import inspect
import warnings
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any, NamedTuple, TypeAlias

import numpy as np
import pandas as pd

from netinnov._network.measured import check_alike, long_table, numbers_of
from netinnov.errors import InputError
from netinnov.experiments._decomposition import PairSums
from netinnov.experiments._placebo_tests import PlaceboDraw, spawned, totals_of
from netinnov.network import MultilayerNetwork
from netinnov.polycentricity._resampled_flows import Change, changed as checked_change
from netinnov.scenarios import Scenario, apply_scenario

Measure: TypeAlias = Callable[..., float | pd.Series]


# Of one replicate: whether nodes were added, what the placebo was, number and weight of links, and
# for each measure a number, or one value a node. In a resample each of all its placements.
Row: TypeAlias = Sequence[np.ndarray]
N_BEFORE = 3  # arrays of a row in front of the measures

BASELINE = "baseline"


class Item(NamedTuple):
    scenario: str
    replicate: int


@dataclass(frozen=True, slots=True)
class Bound:
    name: str
    measure: Measure
    parts: tuple[str, ...]

    @property
    def columns(self) -> list[str]:
        return [self.name, *(f"{self.name}: {part}" for part in self.parts)]


def bound_measures(
    measures: Mapping[str, Measure], start: MultilayerNetwork, nodes: pd.Index
) -> list[Bound]:
    bound = []
    for name, measure in measures.items():
        parts: tuple[str, ...] = ()
        if isinstance(measure, PairSums):
            inside = start.select(nodes=list(nodes)) if len(nodes) < start.n_nodes else start
            measure, pairs = measure._fixed(inside)
            parts = tuple(pairs.index[pairs > 0])
        bound.append(Bound(name, measure, parts))
    times = Counter(column for each in bound for column in each.columns)
    if twice := sorted(column for column, count in times.items() if count > 1):
        raise InputError(f"names of measures must not be those of parts of others; found {twice}.")
    return bound


@dataclass(frozen=True, slots=True)
class Replication:
    """Applies scenarios and measures them, in the data as observed or in resamples of it."""

    network: MultilayerNetwork
    scenarios: Mapping[str, Scenario | PlaceboDraw]
    measures: Sequence[Bound]
    nodes: pd.Index
    seeds: Sequence[np.random.SeedSequence]

    def observed(self, item: Item) -> Row:
        return self._row(item, self.network)

    def in_resample(
        self,
        key: tuple[int, int],
        *,
        items: Sequence[Item],
        resample: Change,
        seeds: Sequence[np.random.SeedSequence],
        undefined: Row,
    ) -> Row:
        """By number of the resample and of items; undefined where one cannot be carried out."""
        try:
            rng = np.random.default_rng(spawned(seeds[key[0]]))
            network = checked_change(self.network, resample, rng, "resample")
            rows = [self._row(item, network, undefined) for item in items]
            return [np.stack(values) for values in zip(*rows, strict=True)]
        except Exception as error:
            error.add_note(f"In resample {key[0]} of the data.")
            raise

    def _row(self, item: Item, network: MultilayerNetwork, undefined: Row | None = None) -> Row:
        try:
            # A copy, because a scenario that spawns from its generator changes the seed itself.
            rng = np.random.default_rng(spawned(self.seeds[item.replicate]))
            change: Any = self.scenarios[item.scenario]
            label = ""
            if isinstance(change, PlaceboDraw):
                change, label = change.of_replicate(network, rng, item.replicate)
            try:
                if not isinstance(change, MultilayerNetwork):
                    change = apply_scenario(network, change, rng=rng)
            except InputError:
                if undefined is None:
                    raise
                return undefined
            return self._measured(item.scenario, change, label)
        except Exception as error:
            error.add_note(f"In scenario {item.scenario!r}, replicate {item.replicate}.")
            raise

    def _measured(self, scenario: str, network: MultilayerNetwork, label: str) -> Row:
        nodes, after = self.nodes, network.storage.nodes.index
        # New nodes come last, as a rule.
        kept = after.is_(nodes) or nodes.equals(after[: len(nodes)])
        if not kept and len(lost := nodes[~nodes.isin(after)]):
            msg = f"scenario {scenario!r} drops {len(lost)} nodes of the baseline, e.g. "
            msg += f"{list(lost[:5])}. Take the smaller network as the baseline, or drop links "
            raise InputError(f"{msg}instead of nodes.")
        totals = totals_of(network, directed=bool(network.directed))
        row = [np.array(len(after) > len(nodes)), np.array(label), totals]
        names = nodes.tolist()
        for bound in self.measures:
            value = called_on(bound.measure, network, names)
            if bound.parts:
                parts = value[list(bound.parts)].to_numpy(np.float64)
                row += [np.array(parts.sum()), *map(np.array, parts)]
            else:
                row.append(numbers_of(bound.name, value, network.storage.node_names, nodes))
        return row


def _takes_nodes(measure: Measure) -> bool:
    try:
        return "nodes" in inspect.signature(measure).parameters
    except (TypeError, ValueError):  # some compiled functions have no signature
        return False


def called_on(measure: Measure, network: MultilayerNetwork, nodes: list[str]) -> Any:
    bound = isinstance(measure, partial) and "nodes" in measure.keywords
    if _takes_nodes(measure) and not bound:
        return measure(network, nodes=nodes)
    return measure(network)


def warn_of_grown(measures: Mapping[str, Measure], row: Row) -> None:
    for (name, measure), value in zip(measures.items(), row[N_BEFORE:], strict=True):
        if value.ndim == 0 and not _takes_nodes(measure):
            msg = f"measure {name!r} gives one number for the whole network, so nodes that a "
            msg += "scenario adds count in it. Give the function a keyword `nodes` (it gets the "
            msg += "ids of the baseline's) and count only these, or return a Series over nodes."
            warnings.warn(msg, UserWarning, stacklevel=4)


def table_of(
    items: pd.DataFrame, rows: Sequence[Row], measures: Sequence[str], nodes: pd.Index
) -> pd.DataFrame:
    """Values of items, by scenario; `items` has the columns of the table in front of them."""
    for at, name in enumerate(measures, N_BEFORE):
        check_alike(name, [row[at] for row in rows])
    items["scenario"] = pd.Categorical(items["scenario"], items["scenario"].unique())
    values = [row[N_BEFORE:] for row in rows]
    table = long_table(items, values, measures, np.arange(len(nodes)), nodes)
    return table.sort_values("scenario", kind="stable", ignore_index=True)
