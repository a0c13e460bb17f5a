"""Compare a measure of a network with its distribution under a null model."""

from __future__ import annotations

import warnings
from collections.abc import Callable, Sequence
from concurrent.futures import Executor
from functools import partial
from typing import Any, Literal, TypeAlias

import numpy as np
import pandas as pd

from netinnov._network.layer_table import why_untested
from netinnov._runtime.arguments import check_callable, one_column, shown
from netinnov._runtime.checkpoint import PathLike, run_kept, seed_of_run, seed_state
from netinnov._runtime.parallel import run
from netinnov._typing import Count, Floats, Rng
from netinnov.errors import InputError
from netinnov.network import MultilayerNetwork
from netinnov.null_models import _prepared
from netinnov.null_models._identity import checkpoint_of
from netinnov.null_models._null_statistics import NullComparison, Value, compared
from netinnov.null_models._prepared import NullModel, Prepared
from netinnov.null_models._relocate import Relocation
from netinnov.null_models._rewire import Rewire, RewiringChains
from netinnov.null_models._two_mode import Trades

_REWIRE = Rewire()

Measure = Callable[[MultilayerNetwork], Any]
Method = Literal["independent", "serial"]
ReversibleChain: TypeAlias = RewiringChains | Trades | Relocation
Values: TypeAlias = Callable[[MultilayerNetwork], list[Floats]]


def compare_with_null(
    network: MultilayerNetwork,
    *,
    measure: Measure,
    null: NullModel = _REWIRE,
    replicates: Count = 999,
    method: Method = "independent",
    rng: Rng = None,
    executor: Executor | int | None = None,
    progress: bool = True,
    checkpoint: PathLike | None = None,
) -> NullComparison:
    """Compare any measure with its distribution under a null model.

    Parameters
    ----------
    network : MultilayerNetwork
        Any network.
    measure : callable
        Takes a network and returns a number or a Series (over nodes, pairs, layers).
    null : null model, or callable
        `Rewire`, `Curveball`, `MaxEntropy`, `GravityNull` or `Relocate`, or any function that takes
        the network and a Generator and returns a network.
    replicates : int
        Number of random networks.
    method : {"independent", "serial"}
        ``"independent"``: each replicate is a separate draw. ``"serial"``: all are states of one
        chain in which the network is at a random position; for null models that are reversible
        chains: `Rewire` (without ``"strength"``), `Curveball` and `Relocate`.
    rng, executor, progress, checkpoint
        As in `experiments.compare_scenarios`; no checkpoint for a serial test.

    Returns
    -------
    NullComparison
        Numbers, or Series if the measure gives one. NaN where the measure is NaN on the network;
        replicates on which it is NaN are left out.

    Raises
    ------
    InputError
        `measure` does not give a number or a Series of numbers, with the same entries on every
        network; `null` does not fit the network, or is not a reversible chain in a serial test; the
        checkpoint is of another comparison.

    Warns
    -----
    UserWarning
        If a layer that is drawn is modelled (`MultilayerNetwork.layer_table`): p tests the model;
        or if less than 5 % of the links, or nodes, moved (`moved`): such networks say nothing.

    Notes
    -----
    p = min(1, 2 min(p_low, p_high)), each (k + 1) / (n + 1) with k the replicates at least as low
    (high) as the observed value and n all replicates. Independent chains are approximate: the test
    is as good as their `mixing`.

    The serial test keeps its level (P(p <= a) is at most a) however few the ``trials`` between two
    states, also below 1. Few trials cost power, not validity, and make ``z``, ``sd``, ``low`` and
    ``high`` too narrow. With ``"distance_expected"`` it is exact for the estimated weights of bins.

    References
    ----------
    Davison and Hinkley (1997), Bootstrap methods and their application. Besag and Clifford (1989),
    Biometrika 76.

    Examples
    --------
    >>> network = ni.build_network(pd.DataFrame({"source": list("abca"), "target": list("bcdd")}))
    >>> largest = ni.connectivity.largest_component
    >>> compare_with_null(network, measure=largest, replicates=19, rng=1, progress=False).p
    1.0
    """
    seed = seed_of_run(rng, checkpoint)
    check_callable("measure", measure, "a function of a network")
    observed = _checked(measure(network), None)
    state = seed_state(seed)
    seeds = seed.spawn(int(replicates))
    # The same stream for any number of replicates.
    rng_of_null = np.random.default_rng(seeds[0].spawn(1)[0])
    ready = _prepared.prepared_null(null, network, rng_of_null)
    values = partial(_values, null=ready, measure=measure, observed=observed)
    options: dict[str, Any] = {"executor": executor, "progress": progress}
    why_untested(network.storage.records, ready.layers)
    if method == "serial":
        walk = partial(_walk, chain=_check_chain(ready, null), values=values)
        if checkpoint is not None:
            raise InputError(
                "`checkpoint` keeps independent replicates; a serial test is one chain"
                ". Leave it out, or use method='independent'."
            )
        place = int(rng_of_null.integers(len(seeds) + 1))  # of the network in the chain
        ways = run(walk, [seeds[:place], seeds[place:]], label="ways", **options)
        rows: list[Sequence[Floats]] = [row for way in ways for row in way]
    else:
        named = {"measure": measure, "null": null}
        store = checkpoint_of(checkpoint, "compare_with_null", state, network, **named)
        task = partial(_replicate, seeds=seeds, null=ready, values=values)
        like = [("f", [()]), ("f", [np.shape(observed)])]
        rows = run_kept(task, range(len(seeds)), store, like=like, **options)
    moved = _prepared.mean_moved([float(row[0]) for row in rows])
    if moved < _prepared.LEAST_MOVED:
        subject = "nodes that may move"
        mend = "Take wider `bins`, or more `trials`."
        if not isinstance(ready, Relocation):
            subject = "links"
            mend = (
                "Give the null model more `trials` if mixing() advises so; where nearly all "
                "pairs are linked take another null model, such as GravityNull() for flows."
            )
        warnings.warn(
            f"the null model moved {100 * moved:.2g} % of the {subject}, so its networks are "
            f"nearly the observed one, and z and p cannot tell anything. {mend}",
            UserWarning,
            stacklevel=3,
        )
    return compared(observed, np.array([row[1] for row in rows], np.float64), moved)


def _replicate(
    number: int, *, seeds: Sequence[np.random.SeedSequence], null: Prepared, values: Values
) -> list[Floats]:
    return values(null.draw(np.random.default_rng(seeds[number])))


def _walk(
    seeds: Sequence[np.random.SeedSequence], *, chain: ReversibleChain, values: Values
) -> list[list[Floats]]:
    states: Any = chain.start()
    rows = []
    for seed in seeds:
        states = chain.advance(states, np.random.default_rng(seed))
        rows.append(values(chain.network_of(states)))
    return rows


def _values(
    random_network: MultilayerNetwork, *, null: Prepared, measure: Measure, observed: Value
) -> list[Floats]:
    value = _checked(measure(random_network), observed)
    return [np.asarray(null.moved(random_network)), np.asarray(value, np.float64)]


def _checked(value: Any, observed: Value | None) -> Value:
    """A number or a Series of numbers, with the entries of the observed one in their order."""
    value = one_column("measure", value)
    series = isinstance(value, pd.Series)
    try:
        if np.ndim(value) > series or isinstance(value, (str, bytes)):
            raise TypeError
        if series and len(value) and pd.api.types.is_string_dtype(value):
            raise TypeError
        numbers: Value = value.astype(np.float64) if series else float(value)
    except (TypeError, ValueError):
        kind = f"a Series of {value.dtype}" if series else shown(value)
        msg = f"`measure` must give a number or a Series of numbers; found {kind}."
        raise InputError(msg) from None
    if observed is None:
        return numbers
    if isinstance(numbers, pd.Series) and isinstance(observed, pd.Series):
        index = observed.index
        if numbers.index.equals(index):
            return numbers
        if numbers.index.is_unique and numbers.index.symmetric_difference(index).empty:
            return numbers.reindex(index)
    elif np.ndim(numbers) == np.ndim(observed):
        return numbers
    raise InputError(
        "`measure` must give the same entries on every network; on a network at random it gave "
        f"{np.size(numbers)} that differ from the {np.size(observed)} observed. Measure nodes, or "
        "reindex inside the function."
    )


def _check_chain(ready: Prepared, null: NullModel) -> ReversibleChain:
    if isinstance(ready, ReversibleChain) and "strength" not in getattr(null, "preserve", ()):
        return ready
    name = getattr(null, "__name__", type(null).__name__)
    raise InputError(
        "a serial test needs a null model that is a reversible Markov chain, Rewire() without "
        "'strength', which it reaches by annealing, Curveball() or Relocate(); found "
        f"{name}. Take method='independent'."
    )
