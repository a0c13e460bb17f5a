"""One replicate of an experiment: applied, measured on the baseline's nodes, kept and tabled."""

from __future__ import annotations

import inspect
import warnings
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from itertools import chain
from typing import Any, NamedTuple, TypeAlias

import numpy as np
import pandas as pd

from netinnov._network.measured import check_alike, numbers_of
from netinnov._runtime.checkpoint import Checkpoint, PathLike, seed_state
from netinnov._typing import Floats
from netinnov.errors import InputError
from netinnov.experiments._decomposition import PairSums
from netinnov.experiments._placebo_tests import PlaceboDraw, spawned, totals_of
from netinnov.experiments._resampled_data import Resample
from netinnov.network import MultilayerNetwork
from netinnov.null_models._identity import digest, identity
from netinnov.polycentricity._resampled_flows import changed as checked_change
from netinnov.scenarios import Scenario, apply_scenario

Measure: TypeAlias = Callable[..., float | pd.Series]


class Item(NamedTuple):
    """A replicate of a scenario, in the observed data (-1) or in a resample."""

    scenario: str
    replicate: int
    resample: int = -1


BASELINE = "baseline"


@dataclass(frozen=True, slots=True)
class Values:
    """Results of one replicate: a number, or one value a node, for each measure."""

    grown: bool
    by_measure: list[Floats]
    label: str = ""
    totals: Floats = field(default_factory=lambda: np.full(2, np.nan))


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
            measure = measure._on(inside)
            parts = measure._parts(inside)
        bound.append(Bound(name, measure, parts))
    times = Counter(column for each in bound for column in each.columns)
    if twice := sorted(column for column, count in times.items() if count > 1):
        raise InputError(f"names of measures must not be those of parts of others; found {twice}.")
    return bound


def measured(
    items: Sequence[Item],
    *,
    network: MultilayerNetwork,
    scenarios: Mapping[str, Scenario | PlaceboDraw],
    measures: Sequence[Bound],
    nodes: pd.Index,
    seeds: Sequence[np.random.SeedSequence],
    resample: Resample | None = None,
    draws: Sequence[np.random.SeedSequence] = (),
    undefined: Sequence[Floats] | None = None,
) -> list[Values]:
    number = items[0].resample
    try:
        if resample is not None:
            rng = np.random.default_rng(spawned(draws[number]))
            network = checked_change(network, resample, rng, "resample")
        return [
            _replicate(item, network, scenarios[item.scenario], measures, nodes, seeds, undefined)
            for item in items
        ]
    except Exception as error:
        if resample is not None:
            error.add_note(f"In resample {number} of the data.")
        raise


def _replicate(
    item: Item,
    network: MultilayerNetwork,
    change: Scenario | PlaceboDraw | MultilayerNetwork,
    measures: Sequence[Bound],
    nodes: pd.Index,
    seeds: Sequence[np.random.SeedSequence],
    undefined: Sequence[Floats] | None,
) -> Values:
    name, number, _ = item
    try:
        # A copy, because a scenario that spawns from its generator changes the seed itself.
        rng, label = np.random.default_rng(spawned(seeds[number])), ""
        if isinstance(change, PlaceboDraw):
            change, label = change.drawn(network, rng, number)
        if not isinstance(change, MultilayerNetwork):
            try:
                change = apply_scenario(network, change, rng=rng)
            except InputError:
                if undefined is None:
                    raise
                return Values(False, list(undefined))
        after = change.storage.nodes.index
        # New nodes come last, as a rule.
        kept = after.is_(nodes) or nodes.equals(after[: len(nodes)])
        if not kept and len(lost := nodes[~nodes.isin(after)]):
            raise InputError(
                f"scenario {name!r} drops {len(lost)} nodes of the baseline, e.g. "
                f"{list(lost[:5])}, so there is nothing to compare. Take the smaller network as "
                "the baseline, or drop links instead of nodes."
            )
        names = nodes.tolist()
        values = [v for measure in measures for v in _measured(measure, change, nodes, names)]
    except Exception as error:
        error.add_note(f"In scenario {name!r}, replicate {number}.")
        raise
    totals = totals_of(change, directed=bool(network.directed))
    return Values(len(after) > len(nodes), values, label, totals)


def _measured(
    bound: Bound, network: MultilayerNetwork, nodes: pd.Index, names: list[str]
) -> list[Floats]:
    value = called_on(bound.measure, network, names)
    if not bound.parts:
        return [numbers_of(bound.name, value, network.storage.node_names, nodes)]
    assert isinstance(value, pd.Series)
    by_part = value.to_dict()
    parts = np.array([by_part[part] for part in bound.parts], np.float64)
    return [np.array(parts.sum()), *(np.array(part) for part in parts)]


def _takes_nodes(measure: Measure) -> bool:
    try:
        parameter = inspect.signature(measure).parameters.get("nodes")
    except (TypeError, ValueError):  # some compiled functions have no signature
        return False
    return parameter is not None and parameter.kind in (
        parameter.POSITIONAL_OR_KEYWORD,
        parameter.KEYWORD_ONLY,
    )


def called_on(measure: Measure, network: MultilayerNetwork, nodes: list[str]) -> Any:
    bound = isinstance(measure, partial) and "nodes" in measure.keywords
    if _takes_nodes(measure) and not bound:
        return measure(network, nodes=nodes)
    return measure(network)


def agreed(columns: Sequence[str], done: Sequence[Values]) -> None:
    for at, name in enumerate(columns):
        check_alike(name, [values.by_measure[at] for values in done])


def warn_of_grown(measures: Sequence[Bound], done: Sequence[Values]) -> None:
    grown = any(values.grown for values in done)
    owners = [bound for bound in measures for _ in bound.columns]
    for bound, value in zip(owners, done[0].by_measure, strict=True):
        if grown and value.ndim == 0 and not _takes_nodes(bound.measure):
            warnings.warn(
                f"measure {bound.name!r} gives one number for the whole network, so nodes that a "
                "scenario adds count in it, and the difference is not that of the baseline's "
                "nodes alone. Give the function a keyword `nodes` (it gets their ids) and count "
                "only these, or let it return a Series over nodes.",
                UserWarning,
                stacklevel=4,
            )


def long_table(
    items: Sequence[Item], done: Sequence[Values], measures: Sequence[str], nodes: pd.Index
) -> pd.DataFrame:
    scenarios = pd.Index(dict.fromkeys(item.scenario for item in items))
    names = pd.Index(measures)
    ids = nodes.rename(None)
    parts = []
    for code, scenario in enumerate(scenarios):
        rows = [at for at, item in enumerate(items) if item.scenario == scenario]
        for at in range(len(names)):
            values = np.stack([done[i].by_measure[at] for i in rows])
            each = values.size // len(rows)
            node = np.arange(len(nodes)) if values.ndim > 1 else [-1]
            part = {
                "scenario": pd.Categorical.from_codes(np.full(values.size, code), scenarios),
                "resample": np.repeat([items[i].resample for i in rows], each),
                "replicate": np.repeat([items[i].replicate for i in rows], each),
                "measure": pd.Categorical.from_codes(np.full(values.size, at), names),
                "node": pd.Categorical.from_codes(np.tile(node, len(rows)), ids),
                "value": values.ravel(),
            }
            parts.append(pd.DataFrame(part))
    table = pd.concat(parts, ignore_index=True)
    return table.drop(columns="resample") if items[0].resample < 0 else table


def checkpoint_of(
    folder: PathLike, seed: np.random.SeedSequence, network: MultilayerNetwork, **named: Any
) -> Checkpoint:
    parts: dict[str, Any] = {"function": "compare_scenarios", "network": digest(network)}
    for part, value in named.items():
        if isinstance(value, Mapping):
            parts[part] = {name: identity(each) for name, each in value.items()}
        elif value is not None:
            parts[part] = identity(value)
    return Checkpoint(folder, parts, seed_state(seed))


def stored_values(store: Checkpoint, columns: Sequence[str]) -> dict[Item, Values]:
    names = [f"measure_{at}" for at in range(len(columns))]
    rows = store.rows(*Item._fields, "grown", "label", "totals", *names)
    return {
        Item(*row[:3]): Values(row[3], list(map(np.asarray, row[6:])), *row[4:6]) for row in rows
    }


def save_values(
    batches: Sequence[Sequence[Item]],
    values: Sequence[Sequence[Values]],
    *,
    store: Checkpoint,
    columns: Sequence[str],
) -> None:
    items, done = list(chain(*batches)), list(chain(*values))
    agreed(columns, done)
    rows = []
    for item, each in zip(items, done, strict=True):
        numbers = {f"measure_{at}": value for at, value in enumerate(each.by_measure)}
        row = {"grown": each.grown, "label": each.label, "totals": each.totals}
        rows.append(item._asdict() | row | numbers)
    store.write(items, rows)
