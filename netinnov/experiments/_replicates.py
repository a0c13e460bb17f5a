"""One replicate of an experiment: applied, measured on the baseline's nodes, kept and tabled."""

from __future__ import annotations

import inspect
import warnings
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from itertools import chain
from typing import Any, NamedTuple, TypeAlias

import numpy as np
import pandas as pd

from netinnov._network.measured import check_alike, long_table, numbers_of
from netinnov._runtime.checkpoint import Checkpoint
from netinnov._typing import Floats
from netinnov.errors import InputError
from netinnov.experiments._decomposition import PairSums
from netinnov.experiments._placebo_tests import PlaceboDraw, spawned, totals_of
from netinnov.experiments._resampled_data import Resample
from netinnov.network import MultilayerNetwork
from netinnov.polycentricity._resampled_flows import changed as checked_change
from netinnov.scenarios import Scenario, apply_scenario

Measure: TypeAlias = Callable[..., float | pd.Series]


class Item(NamedTuple):
    """A replicate of a scenario, in the observed data (-1) or in a resample."""

    scenario: str
    replicate: int
    resample: int = -1


BASELINE = "baseline"


class Values(NamedTuple):
    """Results of one replicate: a number, or one value a node, for each measure."""

    grown: bool
    label: str
    totals: Floats
    by_measure: list[Floats]


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
    resample: Resample | None = None
    data_seeds: Sequence[np.random.SeedSequence] = ()
    undefined: Values | None = None  # of a scenario that a resample cannot carry out

    def __call__(self, items: Sequence[Item]) -> list[Values]:
        if self.resample is None:
            return [self._values(item, self.network) for item in items]
        number = items[0].resample
        try:
            rng = np.random.default_rng(spawned(self.data_seeds[number]))
            network = checked_change(self.network, self.resample, rng, "resample")
            return [self._values(item, network) for item in items]
        except Exception as error:
            error.add_note(f"In resample {number} of the data.")
            raise

    def _values(self, item: Item, network: MultilayerNetwork) -> Values:
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
                if self.undefined is None:
                    raise
                return self.undefined
            return self._measured(item.scenario, change, label)
        except Exception as error:
            error.add_note(f"In scenario {item.scenario!r}, replicate {item.replicate}.")
            raise

    def _measured(self, scenario: str, network: MultilayerNetwork, label: str) -> Values:
        nodes, after = self.nodes, network.storage.nodes.index
        # New nodes come last, as a rule.
        kept = after.is_(nodes) or nodes.equals(after[: len(nodes)])
        if not kept and len(lost := nodes[~nodes.isin(after)]):
            msg = f"scenario {scenario!r} drops {len(lost)} nodes of the baseline, e.g. "
            msg += f"{list(lost[:5])}. Take the smaller network as the baseline, or drop links "
            raise InputError(f"{msg}instead of nodes.")
        names, values = nodes.tolist(), []
        for bound in self.measures:
            value = called_on(bound.measure, network, names)
            if bound.parts:
                parts = value[list(bound.parts)].to_numpy(np.float64)
                values += [np.array(parts.sum()), *map(np.array, parts)]
            else:
                values.append(numbers_of(bound.name, value, network.storage.node_names, nodes))
        totals = totals_of(network, directed=bool(network.directed))
        return Values(len(after) > len(nodes), label, totals, values)


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


def check_agreement(columns: Sequence[str], done: Iterable[Values]) -> None:
    by_column = zip(*(values.by_measure for values in done), strict=True)
    for name, values in zip(columns, by_column, strict=True):
        check_alike(name, values)


def warn_of_grown(measures: Mapping[str, Measure], done: Sequence[Values]) -> None:
    if not any(values.grown for values in done):
        return
    for (name, measure), value in zip(measures.items(), done[0].by_measure, strict=True):
        if value.ndim == 0 and not _takes_nodes(measure):
            msg = f"measure {name!r} gives one number for the whole network, so nodes that a "
            msg += "scenario adds count in it. Give the function a keyword `nodes` (it gets the "
            msg += "ids of the baseline's) and count only these, or return a Series over nodes."
            warnings.warn(msg, UserWarning, stacklevel=4)


def table_of(
    results: Mapping[Item, Values], measures: Sequence[str], nodes: pd.Index
) -> pd.DataFrame:
    items = pd.DataFrame([*results])[["scenario", "resample", "replicate"]]
    items["scenario"] = pd.Categorical(items["scenario"], items["scenario"].unique())
    if (items["resample"] < 0).all():
        items = items.drop(columns="resample")
    values = [each.by_measure for each in results.values()]
    table = long_table(items, values, measures, np.arange(len(nodes)), nodes)
    return table.sort_values("scenario", kind="stable", ignore_index=True)


def stored_values(store: Checkpoint, columns: Sequence[str]) -> dict[Item, Values]:
    names = [f"measure_{at}" for at in range(len(columns))]
    rows = store.rows(*Item._fields, *Values._fields[:-1], *names)
    return {Item(*row[:3]): Values._make([*row[3:6], [*map(np.asarray, row[6:])]]) for row in rows}


def save_values(
    batches: Sequence[Sequence[Item]],
    values: Sequence[Sequence[Values]],
    *,
    store: Checkpoint,
    columns: Sequence[str],
) -> None:
    items, done = list(chain(*batches)), list(chain(*values))
    check_agreement(columns, done)
    rows = []
    for item, each in zip(items, done, strict=True):
        numbers = {f"measure_{at}": number for at, number in enumerate(each.by_measure)}
        rows.append(item._asdict() | each._asdict() | numbers)
        del rows[-1]["by_measure"]
    store.write(items, rows)
