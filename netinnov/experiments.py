"""What scenarios change: every measure on the baseline's nodes, over many random placements."""

from __future__ import annotations

import inspect
import math
import os
import warnings
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import Executor
from dataclasses import dataclass
from functools import partial
from numbers import Integral
from pathlib import Path
from typing import Any, TypeAlias, cast

import numpy as np
import pandas as pd

from netinnov._arguments import check_number
from netinnov._parallel import run
from netinnov._typing import Floats, Rng
from netinnov.errors import InputError
from netinnov.network import MultilayerNetwork
from netinnov.scenarios import NoChange, ReverseEnclave, Scenario, apply_scenario

__all__ = ["ExperimentResult", "Measure", "compare_scenarios"]

Measure: TypeAlias = Callable[..., float | pd.Series]

BASELINE = "baseline"
"""Name of the baseline among the scenarios of a table."""

_NO_CHANGE = NoChange()


@dataclass(frozen=True, eq=False, slots=True)
class ExperimentResult:
    """All measured values of an experiment, and the statistics that follow from them.

    Attributes
    ----------
    replicates : DataFrame
        One row a value: ``scenario`` (the baseline's is ``"baseline"``), ``replicate`` (from 0),
        ``measure``, ``node`` (missing if the measure is one number) and ``value``. In the order of
        scenario, measure, replicate and node; names are categories, in the order given.
    """

    replicates: pd.DataFrame

    def effects(self) -> pd.DataFrame:
        """Compare each scenario with the baseline.

        Returns
        -------
        DataFrame
            One row for each scenario, measure and node, with columns

            - ``baseline``, ``mean``: mean value in the baseline and in the scenario,
            - ``difference``: mean over replicates of scenario minus baseline,
            - ``median``, ``low``, ``high``: median, 2.5 and 97.5 % of these differences: how much
              depends on where the links happen to be placed. No confidence interval,
            - ``mc_error``: standard error of ``difference``, sd / sqrt(replicates): what more
              replicates would still change,
            - ``standardised``: ``difference`` / sd of the differences; NaN if that is 0,
            - ``same_sign``: share of the replicates whose difference has the sign of the median,
            - ``replicates``: differences that are defined. 1 if nothing is random.

            NaN where a value is undefined in all replicates; others leave undefined ones out.

        Notes
        -----
        There are no p-values, on purpose. Against no change a measure that cannot fall when links
        are added (efficiency, strength) would be "significant" by construction, and more
        replicates would make any p as small as one likes: replicates are draws of placements, not
        observations. A test needs rivals that could have done as well, such as the same links at
        random ends or a placebo host.
        """
        groups = self.replicates.groupby(["scenario", "measure"], observed=True, sort=False)
        blocks = {(str(scenario), str(measure)): rows for (scenario, measure), rows in groups}
        tables = []
        for (scenario, measure), rows in blocks.items():
            if scenario != BASELINE:
                before = blocks[BASELINE, measure]
                table = _statistics(_by_replicate(before), _by_replicate(rows))
                table.insert(0, "scenario", scenario)
                table.insert(1, "measure", measure)
                table.insert(2, "node", rows["node"].array[: len(table)])
                tables.append(table)
        return pd.concat(tables, ignore_index=True)

    def write(self, folder: str | os.PathLike[str]) -> list[Path]:
        """Write ``replicates`` and ``effects``, each as CSV and as Parquet.

        Parameters
        ----------
        folder : path
            Is made if it is not there; files of the same names are replaced.

        Returns
        -------
        list of Path
            The four files.
        """
        folder = Path(folder)
        folder.mkdir(parents=True, exist_ok=True)
        paths = []
        for name, table in (("effects", self.effects()), ("replicates", self.replicates)):
            paths += [folder / f"{name}.csv", folder / f"{name}.parquet"]
            table.to_csv(paths[-2], index=False)
            table.to_parquet(paths[-1], index=False)
        return paths


def compare_scenarios(
    network: MultilayerNetwork,
    *,
    scenarios: Mapping[str, Scenario],
    measures: Mapping[str, Measure],
    baseline: Scenario = _NO_CHANGE,
    replicates: int = 200,
    rng: Rng = None,
    executor: Executor | int | None = None,
    progress: bool = True,
) -> ExperimentResult:
    """Measure what scenarios change, on the nodes that were there before.

    Parameters
    ----------
    network : MultilayerNetwork
        Where all scenarios start; stays as it is.
    scenarios : mapping of str to scenario
        What to try, by name: a ReverseEnclave, NoChange, or a function of a network and a
        Generator.
    measures : mapping of str to function
        What to measure, by name: functions of a network that return a number or a Series over
        nodes. They must give the same answer each time: bind a fixed ``rng`` to one that draws.
    baseline : scenario
        What to compare with.
    replicates : int
        Random placements of each scenario. NoChange is measured once.
    rng : None, int, SeedSequence or Generator
        Source of the random choices.
    executor : Executor, int or None
        None: a thread for each processor; a number: so many threads; or any executor with the
        interface of ``concurrent.futures``, such as a process pool or a cluster.
    progress : bool
        Show a bar on a terminal.

    Returns
    -------
    ExperimentResult
        ``.replicates``, ``.effects()`` and ``.write(folder)``.

    Raises
    ------
    InputError
        No scenarios or measures; a scenario that drops nodes of the baseline; a measure that
        returns something else; functions that cannot travel to the processes of the executor.

    Warns
    -----
    UserWarning
        If a measure counts nodes that a scenario added.

    Notes
    -----
    *Nodes.* A new node would shift every mean, so values are those of the nodes of `network` that
    the baseline keeps. New nodes carry paths and enter no mean: a Series is cut to these nodes,
    and a measure with a keyword ``nodes`` (such as `connectivity.global_efficiency`) gets their
    ids, unless `functools.partial` has set it. A measure that returns one number and has no such
    keyword is warned of.

    *Random numbers.* Replicate number r of every scenario, and of a random baseline, starts from
    the same generator, spawned from `rng` by its number. So values depend neither on the
    executor, nor on the other scenarios, nor on their names, and the first replicates stay if
    more are asked for. Replicates with one number are comparable (common random numbers), and
    with a random baseline differences are taken between them.

    No p-values are given: see `ExperimentResult.effects`.

    Examples
    --------
    >>> import pandas as pd
    >>> import netinnov as ni
    >>> nodes = pd.DataFrame({"place": ["home", "host", "far"]}, index=["home", "host", "far"])
    >>> links = pd.DataFrame({"source": ["home", "host"], "target": ["far", "far"]})
    >>> result = compare_scenarios(
    ...     ni.build_network(nodes, links),
    ...     scenarios={"enclave": ni.ReverseEnclave("home", "host", 2, 0.5, funding="new")},
    ...     measures={"degree": ni.centrality.overlapping_degree},
    ... )
    >>> result.effects()[["node", "baseline", "difference"]]
       node  baseline  difference
    0  home       1.0         1.0
    1  host       1.0         1.0
    2   far       2.0         0.0
    """
    _check(scenarios, measures, baseline, replicates)
    generator = np.random.default_rng(rng)
    seeds = cast(np.random.SeedSequence, generator.bit_generator.seed_seq).spawn(replicates)
    start = apply_scenario(network, baseline, rng=_fresh(seeds[0]))
    kept = network.nodes.index[network.nodes.index.isin(start.nodes.index)]
    task = partial(
        _replicate,
        network=network,
        scenarios={BASELINE: baseline, **scenarios},
        measures=dict(measures),
        nodes=kept,
        seeds=seeds,
    )
    items = [
        (name, number)
        for name, scenario in ((BASELINE, baseline), *scenarios.items())
        for number in range(1 if isinstance(scenario, NoChange) else replicates)
    ]
    done = run(task, items, executor=executor, progress=progress)
    _check_values(measures, done)
    return ExperimentResult(_long_table(items, done, measures, kept))


@dataclass(frozen=True, slots=True)
class _Values:
    """What one replicate gave: for each measure a number or one value a node of the baseline."""

    grown: bool
    by_measure: list[Floats]


def _replicate(
    item: tuple[str, int],
    *,
    network: MultilayerNetwork,
    scenarios: Mapping[str, Scenario],
    measures: Mapping[str, Measure],
    nodes: pd.Index,
    seeds: Sequence[np.random.SeedSequence],
) -> _Values:
    name, number = item
    try:
        changed = apply_scenario(network, scenarios[name], rng=_fresh(seeds[number]))
        found = changed.nodes.index
        lost = nodes[~nodes.isin(found)]
        if len(lost):
            raise InputError(
                f"scenario {name!r} drops {len(lost)} nodes of the baseline, e.g. "
                f"{list(lost[:5])}, so there is nothing to compare. Take the smaller network as "
                "the baseline, or drop links instead of nodes."
            )
        values = [_value(key, measure, changed, nodes) for key, measure in measures.items()]
    except Exception as error:
        error.add_note(f"In scenario {name!r}, replicate {number}.")
        raise
    return _Values(len(found) > len(nodes), values)


def _fresh(seed: np.random.SeedSequence) -> np.random.SeedSequence:
    """Copy a seed, because a scenario that spawns from its generator changes the seed itself."""
    return np.random.SeedSequence(seed.entropy, spawn_key=seed.spawn_key, pool_size=seed.pool_size)


def _value(name: str, measure: Measure, network: MultilayerNetwork, nodes: pd.Index) -> Floats:
    found: Any = measure(network, nodes=list(nodes)) if _asks_nodes(measure) else measure(network)
    try:
        if np.ndim(found) == 0 and not isinstance(found, str):
            return np.array(float(found))
        known = isinstance(found, pd.Series) and found.index.isin(network.nodes.index).all()
        if not known or not found.index.is_unique:
            raise TypeError
        values: Floats = found.reindex(nodes).to_numpy(np.float64, na_value=math.nan)
        return values
    except (TypeError, ValueError):
        shape = f" with index {list(found.index[:3])}" if isinstance(found, pd.Series) else ""
        raise InputError(
            f"measure {name!r} must return a number or a Series of numbers over nodes; "
            f"found {type(found).__name__}{shape}."
        ) from None


def _takes_nodes(measure: Measure) -> bool:
    """Tell whether a function has a keyword `nodes`."""
    try:
        parameter = inspect.signature(measure).parameters.get("nodes")
    except ValueError:  # some compiled functions have no signature
        return False
    return parameter is not None and parameter.kind in (
        parameter.POSITIONAL_OR_KEYWORD,
        parameter.KEYWORD_ONLY,
    )


def _asks_nodes(measure: Measure) -> bool:
    """Tell whether the keyword `nodes` is there and still open."""
    bound = isinstance(measure, partial) and "nodes" in measure.keywords
    return _takes_nodes(measure) and not bound


def _check_values(measures: Mapping[str, Measure], done: Sequence[_Values]) -> None:
    for at, (name, measure) in enumerate(measures.items()):
        if len({values.by_measure[at].ndim for values in done}) > 1:
            msg = f"measure {name!r} must return a number always, or a Series always"
            raise InputError(f"{msg}; it does both.")
        number = done[0].by_measure[at].ndim == 0
        if number and not _takes_nodes(measure) and any(values.grown for values in done):
            warnings.warn(
                f"measure {name!r} gives one number for the whole network, so nodes that a "
                "scenario adds count in it, and the difference is not that of the baseline's "
                "nodes alone. Give the function a keyword `nodes` (it gets their ids) and count "
                "only these, or let it return a Series over nodes.",
                UserWarning,
                stacklevel=3,
            )


def _check(
    scenarios: Mapping[str, Scenario],
    measures: Mapping[str, Measure],
    baseline: Scenario,
    replicates: int,
) -> None:
    for what, given in (("scenarios", scenarios), ("measures", measures)):
        mapping: object = given
        if not isinstance(mapping, Mapping) or not mapping:
            msg = f"`{what}` must be a mapping from names to {what}, with at least one"
            raise InputError(f"{msg}; found {given!r}.")
        odd = set(map(type, mapping)) - {str}
        if odd:
            raise InputError(f"names of `{what}` must be text; found {[t.__name__ for t in odd]}.")
    if BASELINE in scenarios:
        msg = f"a scenario cannot be called {BASELINE!r}"
        raise InputError(f"{msg}: that is the name of what it is compared with.")
    for name, scenario in {BASELINE: baseline, **scenarios}.items():
        change: object = scenario
        if not isinstance(change, (NoChange, ReverseEnclave)) and not callable(change):
            msg = f"scenario {name!r} must be a ReverseEnclave, NoChange or a function"
            raise InputError(f"{msg}; found {change!r}.")
    functions: Mapping[str, object] = measures
    other = [name for name, measure in functions.items() if not callable(measure)]
    if other:
        raise InputError(f"measures must be functions of a network; these are none: {other[:5]}.")
    check_number("replicates", replicates, low=1)
    count: object = replicates
    if not isinstance(count, Integral):
        raise InputError(f"`replicates` must be a whole number; found {count!r}.")


def _long_table(
    items: Sequence[tuple[str, int]],
    done: Sequence[_Values],
    measures: Mapping[str, Measure],
    nodes: pd.Index,
) -> pd.DataFrame:
    """Set the values one below the other, by scenario, measure, replicate and node."""
    scenarios = pd.Index(dict.fromkeys(name for name, _ in items))
    names = pd.Index(list(measures))
    ids = nodes.rename(None)
    parts = []
    for code, scenario in enumerate(scenarios):
        mine = [at for at, (name, _) in enumerate(items) if name == scenario]
        for at in range(len(names)):
            values = np.stack([done[i].by_measure[at] for i in mine])
            node = (
                np.tile(np.arange(len(nodes)), len(mine)) if values.ndim > 1 else [-1] * len(mine)
            )
            part = {
                "scenario": pd.Categorical.from_codes(np.full(values.size, code), scenarios),
                "replicate": np.repeat(np.arange(len(mine)), values.size // len(mine)),
                "measure": pd.Categorical.from_codes(np.full(values.size, at), names),
                "node": pd.Categorical.from_codes(node, ids),
                "value": values.ravel(),
            }
            parts.append(pd.DataFrame(part))
    return pd.concat(parts, ignore_index=True)


def _by_replicate(rows: pd.DataFrame) -> Floats:
    """Give the values of one scenario and measure as a table replicate x node."""
    return rows["value"].to_numpy(np.float64).reshape(rows["replicate"].nunique(), -1)


def _statistics(baseline: Floats, values: Floats) -> pd.DataFrame:
    """Statistics over replicates (rows) for each node (column); one row is set against all."""
    with np.errstate(invalid="ignore"):  # infinite in both: the difference is undefined
        change = pd.DataFrame(values - baseline)
        n = change.count()
        spread = change.std().mask((n > 1) & (change.nunique() == 1), 0.0)
        median = change.median()
        return pd.DataFrame(
            {
                "baseline": pd.DataFrame(baseline).mean(),
                "mean": pd.DataFrame(values).mean(),
                "difference": change.mean(),
                "median": median,
                "low": change.quantile(0.025),
                "high": change.quantile(0.975),
                "mc_error": spread / np.sqrt(n),
                "standardised": change.mean() / spread.where(spread > 0),
                "same_sign": (np.sign(change) == np.sign(median)).sum() / n,
                "replicates": n,
            }
        )
