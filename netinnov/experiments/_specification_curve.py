"""One experiment for each way in which it could have been set up."""

from __future__ import annotations

import os
from collections.abc import Callable, Collection, Mapping, Sequence
from concurrent.futures import Executor
from dataclasses import dataclass
from functools import partial
from itertools import product
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from netinnov._runtime.arguments import (
    check_callable,
    check_mapping,
    check_names,
    check_type,
    shown,
)
from netinnov._runtime.checkpoint import seed_of_run
from netinnov._runtime.parallel import run
from netinnov._typing import Count, Rng
from netinnov.errors import InputError
from netinnov.experiments._compare_scenarios import Measure, compare_scenarios
from netinnov.experiments._effect_statistics import STATISTICS, spawned
from netinnov.network import MultilayerNetwork
from netinnov.null_models._identity import identity
from netinnov.scenarios import Scenario


@dataclass(frozen=True, slots=True)
class Specification:
    """One way to set up an experiment.

    Parameters
    ----------
    scenario : scenario
        What is tried.
    measure : function
        What is measured.
    network : function, optional
        Prepares the network: another scale (`aggregate`), other layers. None: as it is.
    node : str, optional
        Which node, if the measure gives a value a node.
    """

    scenario: Scenario
    measure: Measure
    network: Callable[[MultilayerNetwork], MultilayerNetwork] | None = None
    node: str | None = None


def specification_curve(
    network: MultilayerNetwork,
    *,
    specifications: Mapping[str, Sequence[Any] | Mapping[str, Any]],
    make: Callable[..., Specification],
    replicates: Count = 50,
    rng: Rng = None,
    executor: Executor | int | None = None,
    progress: bool = True,
    checkpoint: str | os.PathLike[str] | None = None,
) -> pd.DataFrame:
    """Repeat an experiment over all combinations of the choices that could have been made.

    Specification curve analysis of Simonsohn, Simmons and Nelson (2020, Nature Human Behaviour 4).

    Parameters
    ----------
    network : MultilayerNetwork
        Where all start.
    specifications : mapping of str to sequence or mapping
        For each choice its alternatives, such as ``{"funding": ["new", "reallocated"]}``, with
        names of their own in a mapping: ``{"lengths": {"steps": "unit"}}``.
    make : function
        Takes one alternative of each by keyword; gives a `Specification`, or None to leave it out.
    replicates, rng, executor, progress, checkpoint
        As in `compare_scenarios`. All specifications start from the same random numbers; each is
        one piece of work, with a checkpoint of its own in the folder.

    Returns
    -------
    DataFrame
        One row a specification, in ascending order of its ``median``: a column for each choice
        (an alternative that is neither a number nor text by its name), then the columns of
        `ExperimentResult.effects` from ``baseline`` on.

    Raises
    ------
    InputError
        Choices without alternatives, no specification left, a name that is a column of the
        effects; and as in `compare_scenarios`.

    Examples
    --------
    >>> cities = ni.datasets.make_city_system(n_cities=8, rng=1)
    >>> home, host = cities.places.index[[-1, 0]]
    >>> def make(size, measure):
    ...     park = ni.scenarios.DirectLinks(home, host, size, funding="new")
    ...     return Specification(park, getattr(ni.connectivity, measure))
    >>> choices = {"size": [1, 2], "measure": ["global_efficiency", "largest_component"]}
    >>> len(specification_curve(cities, specifications=choices, make=make, replicates=2))
    4
    """
    check_callable("make", make, "a function that gives a Specification")
    check_mapping("specifications", specifications, "from choices to alternatives", filled=True)
    alternatives: list[list[tuple[Any, Any]]] = []
    choices: dict[str, Any] = dict(specifications)
    for name, each in choices.items():
        if isinstance(each, str) or not isinstance(each, Collection) or not len(each):
            raise InputError(
                f"`specifications[{name!r}]` must hold one alternative or more; "
                f"found {shown(each)}; write a list or a mapping of them."
            )
        named = each.items() if isinstance(each, Mapping) else ((_plain(one), one) for one in each)
        alternatives.append(list(named))
    if clashes := [name for name in choices if name in STATISTICS]:
        raise InputError(f"choices must not have names of columns of the effects: {clashes}.")
    (seed,) = seed_of_run(rng).spawn(1)
    rows = []
    tasks = []
    for number, combination in enumerate(product(*alternatives)):
        labels, values = zip(*combination, strict=True)
        chosen = dict(zip(choices, values, strict=True))
        specification: object = make(**chosen)
        if isinstance(specification, Specification):
            rows.append(labels)
            tasks.append((number, specification))
        elif specification is not None:
            raise InputError(
                f"`make` must give a Specification or None; found {type(specification).__name__} "
                f"for {chosen}."
            )
    if not tasks:
        raise InputError("`make` gave None for all combinations, so there is nothing to try.")
    if checkpoint is not None and rng is None:
        raise InputError("`rng` must be given with a checkpoint of several experiments.")
    task = partial(_effect, network, replicates, seed, checkpoint)
    tables = run(task, tasks, executor=executor, progress=progress, label="specifications")
    table = pd.DataFrame(rows, columns=[*choices]).join(pd.concat(tables, ignore_index=True))
    median = table["median"].map("{:.12g}".format).astype(np.float64)  # rounding orders nothing
    return table.loc[median.sort_values(kind="stable").index].reset_index(drop=True)


def specification_summary(curve: pd.DataFrame) -> pd.Series:
    """Put a specification curve into its headline.

    Parameters
    ----------
    curve : DataFrame
        Of `specification_curve`. Where units differ read only ``same_sign`` and
        ``median_standardised``, and only if all measures are better when larger.

    Returns
    -------
    Series
        ``specifications`` (with a defined effect), ``median``, ``low`` and ``high`` (2.5 and 97.5
        %) of their medians, ``median_standardised``, and ``same_sign``, the share of them whose
        effect has the sign of the median (NaN if that is 0).

    Examples
    --------
    >>> curve = pd.DataFrame({"median": [-0.1, 0.2, 0.3], "standardised": [-1, 2, 3]})
    >>> specification_summary(curve)[["median", "same_sign"]].round(3).tolist()
    [0.2, 0.667]
    """
    check_type("curve", curve, pd.DataFrame, mend="what specification_curve gives")
    check_names("curve", ["median", "standardised"], list(curve.columns), of="its columns")
    effects = curve["median"].dropna()
    summary = effects.quantile([0.5, 0.025, 0.975]).set_axis(["median", "low", "high"])
    same = np.sign(effects).eq(np.sign(summary["median"])).mean() if summary["median"] else np.nan
    others = {"median_standardised": curve["standardised"].median(), "same_sign": same}
    return pd.Series({"specifications": len(effects), **summary, **others})


def _effect(
    network: MultilayerNetwork,
    replicates: int,
    seed: np.random.SeedSequence,
    folder: str | os.PathLike[str] | None,
    item: tuple[int, Specification],
) -> pd.DataFrame:
    number, specified = item
    measure = str(_plain(specified.measure))
    result = compare_scenarios(
        network if specified.network is None else specified.network(network),
        scenarios={"effect": specified.scenario},
        measures={measure: specified.measure},
        replicates=replicates,
        rng=spawned(seed),
        executor=1,
        progress=False,
        checkpoint=None if folder is None else Path(folder) / f"{number:05d}",
    )
    effects = result.effects(full=True)
    node = effects["node"]
    asked = specified.node
    at = node.isna() if asked is None else node.eq(asked)
    effects = effects[at & effects["measure"].eq(measure)]
    if len(effects) != 1:
        raise InputError(
            f"a specification must have one effect; found {len(effects)}. Give `node` for a "
            "measure with a value a node, and only then."
        )
    return effects[[*STATISTICS]]


def _plain(value: object) -> object:
    if value is None or isinstance(value, (str, bool, int, float, np.generic)):
        return value
    return getattr(value, "__name__", None) or identity(value)
