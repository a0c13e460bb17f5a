"""Whether the same sites would be chosen with other data."""

from __future__ import annotations

from collections.abc import Mapping
from concurrent.futures import Executor
from functools import partial
from typing import Any

import numpy as np
import pandas as pd

from netinnov._runtime.arguments import as_whole, check_callable, check_rng
from netinnov._runtime.parallel import run
from netinnov._typing import Rng
from netinnov.errors import InputError
from netinnov.experiments import ResampledLinks
from netinnov.experiments._resampled_data import Resample
from netinnov.network import MultilayerNetwork
from netinnov.planning._objectives import Objective
from netinnov.planning._site_enclaves import Method, prepared, searched, seed_of, site_enclaves
from netinnov.polycentricity._resampled_flows import changed
from netinnov.scenarios import Prices, Scenario

_COUNTS = ResampledLinks()


def siting_stability(  # noqa: PLR0913
    network: MultilayerNetwork,
    *,
    candidates: Mapping[str, Scenario],
    k: int | None = None,
    budget: float | None = None,
    prices: Prices | None = None,
    objective: Objective,
    method: Method = "greedy",
    monotone: bool | None = None,
    submodular: bool | None = None,
    replicates: int = 1,
    resample: Resample = _COUNTS,
    resamples: int = 100,
    rng: Rng = None,
    executor: Executor | int | None = None,
    progress: bool = True,
) -> pd.DataFrame:
    """Count how often each site is chosen when the data are resampled.

    A resample in which a candidate cannot be placed (home has lost its links), or the objective is
    undefined, is left out. The share also varies with the random placements; more `replicates`
    reduce that.

    Parameters
    ----------
    network, candidates, k, budget, prices, objective, method, monotone, submodular, replicates
        As in `site_enclaves`.
    resample : function
        Draws the data again: `ResampledLinks` (needs weights that count events), `ResampledEvents`,
        or any function of a network and a Generator that keeps the nodes.
    resamples, rng : int, Generator or seed
        Number of resamples of the data; source of these and of placements.
    executor, progress : Executor, int or None, bool
        None: a thread for each processor; a number: so many threads. Whether a bar is shown.

    Returns
    -------
    DataFrame
        Index candidate; ``chosen`` (with the data as they are), ``share`` of resamples in which it
        is chosen, and ``resamples`` that could be planned for (the same in all rows).

    Raises
    ------
    InputError
        As in `site_enclaves`, and weights that are not counts where events are not given.

    Examples
    --------
    >>> import pandas as pd, netinnov as ni
    >>> links = pd.DataFrame({"source": list("abcd"), "target": list("bcde"), "weight": 99})
    >>> network = ni.build_network(pd.DataFrame(index=list("abcde")), links)
    >>> links = {a + b: ni.scenarios.NewLinks([(a, b)]) for a, b in ["ac", "ad", "ae"]}
    >>> table = siting_stability(
    ...     network, candidates=links, k=1, objective="efficiency", resamples=5, rng=1
    ... )
    >>> table["share"].to_dict()  # no link of 99 events is ever lost
    {'ac': 0.0, 'ad': 0.0, 'ae': 1.0}
    """
    resamples = as_whole("resamples", resamples, low=1)
    expected = "a function of a network and a Generator, such as ResampledLinks()"
    check_callable("resample", resample, expected, made=True)
    first, *others = check_rng(rng).spawn(1 + resamples)
    options: dict[str, Any] = {"candidates": candidates, "k": k, "budget": budget}
    options |= {"objective": objective, "monotone": monotone, "submodular": submodular}
    # What a plan costs is asked only where it must not cost more.
    options |= {"replicates": replicates, "prices": prices if k is None else None}
    observed = site_enclaves(network, method=method, rng=first, **options)
    task = partial(_sites, network=network, resample=resample, method=method, options=options)
    drawn = run(task, others, executor=executor, progress=progress, label="resamples")
    plans = [sites for sites in drawn if sites is not None]
    table = observed.candidates[["chosen"]].copy()
    times = np.array([sum(name in sites for sites in plans) for name in table.index], np.float64)
    return table.assign(share=times / len(plans) if plans else np.nan, resamples=len(plans))


def _sites(
    rng: np.random.Generator,
    *,
    network: MultilayerNetwork,
    resample: Resample,
    method: Method,
    options: dict[str, Any],
) -> frozenset[str] | None:
    network = changed(network, resample, rng, "resample")
    try:
        siting = prepared(network, seed=seed_of(rng), **options)
        return frozenset(siting.names[at] for at in searched(siting, method)[1])
    except InputError:
        return None
