"""A measure of the network against the same measure of networks at random."""

from __future__ import annotations

import warnings
from collections.abc import Callable, Collection, Mapping, Sequence
from concurrent.futures import Executor
from copy import deepcopy
from dataclasses import dataclass
from typing import Any, cast, overload

import numpy as np
import numpy.typing as npt
import pandas as pd

from netinnov._arguments import check_callable, check_number, check_rng, shown
from netinnov._checkpoint import Checkpoint, PathLike, run_numbered, seed_state, stored_seed
from netinnov._identity import digest, identity
from netinnov._modelled import modelled_layers
from netinnov._typing import Floats, Rng
from netinnov.errors import InputError
from netinnov.network import MultilayerNetwork, check_network
from netinnov.null_models._chains import Labelled, Plan, Preserve, Space
from netinnov.null_models._plan import plan
from netinnov.null_models._standing import NullComparison, Value, compared

__all__ = ["compare_with_null"]

_ALONE = ""
"""Name of a measure that is given by itself."""

_REWIRING: dict[str, object] = {
    "preserve": ("degree",),
    "trials": 20,
    "layers": None,
    "bins": None,
    "space": "simple",
    "labelled": "node",
}
"""Options of `rewire` and what they are by default."""

Measure = Callable[[MultilayerNetwork], Any]
Null = Callable[[MultilayerNetwork, np.random.Generator], MultilayerNetwork]


@overload
def compare_with_null(
    network: MultilayerNetwork,
    *,
    measure: Measure,
    replicates: int = ...,
    preserve: Sequence[Preserve] = ...,
    trials: float = ...,
    null: Null | None = ...,
    layers: Sequence[str] | None = ...,
    bins: npt.ArrayLike | None = ...,
    space: Space = ...,
    labelled: Labelled = ...,
    rng: Rng = ...,
    executor: Executor | int | None = ...,
    progress: bool = ...,
    checkpoint: PathLike | None = ...,
) -> NullComparison: ...
@overload
def compare_with_null(
    network: MultilayerNetwork,
    *,
    measure: Mapping[str, Measure],
    replicates: int = ...,
    preserve: Sequence[Preserve] = ...,
    trials: float = ...,
    null: Null | None = ...,
    layers: Sequence[str] | None = ...,
    bins: npt.ArrayLike | None = ...,
    space: Space = ...,
    labelled: Labelled = ...,
    rng: Rng = ...,
    executor: Executor | int | None = ...,
    progress: bool = ...,
    checkpoint: PathLike | None = ...,
) -> dict[str, NullComparison]: ...
def compare_with_null(
    network: MultilayerNetwork,
    *,
    measure: Measure | Mapping[str, Measure],
    replicates: int = 999,
    preserve: Sequence[Preserve] = ("degree",),
    trials: float = 20,
    null: Null | None = None,
    layers: Sequence[str] | None = None,
    bins: npt.ArrayLike | None = None,
    space: Space = "simple",
    labelled: Labelled = "node",
    rng: Rng = None,
    executor: Executor | int | None = None,
    progress: bool = True,
    checkpoint: PathLike | None = None,
) -> NullComparison | dict[str, NullComparison]:
    """Compare any measure with its values on networks at random.

    Parameters
    ----------
    network : MultilayerNetwork
        Any network.
    measure : callable, or mapping of str to callable
        Takes a network, gives a number or a Series (over nodes, pairs, layers). Several under
        their names: each network at random is drawn once and measured by all of them.
    replicates : int
        Number of networks at random.
    preserve, trials, layers, bins, space, labelled
        How they are drawn: see `rewire`. Each is an independent chain from the network.
    null : callable, optional
        Another null model instead, with options of its own: takes the network and a Generator,
        gives a network; such as ``lambda network, rng: curveball(network, rng=rng)``.
    rng : None, int, SeedSequence or Generator
        Source of randomness: a stream for each replicate, so that the numbers do not depend on
        the executor.
    executor : Executor, int or None
        Where the replicates run: None, a thread for each processor; a number of threads; or any
        executor of ``concurrent.futures``. Other processes need functions that can be pickled.
    progress : bool
        Show a bar in a terminal or notebook.
    checkpoint : path, optional
        A folder that keeps what is measured, a batch of replicates at a time. A run that was
        killed, or stopped by Ctrl-C, goes on from there when it is called again in the same way,
        and gives the same numbers; see Notes.

    Returns
    -------
    NullComparison, or dict of str to NullComparison
        One for each name of `measure`, if that is a mapping. Numbers or Series: ``.observed .mean
        .sd .z .p .low .high .draws``, and
        ``.corrected(method)`` for p-values over many nodes. NaN where the measure is NaN on the
        network; replicates on which it is NaN are left out.

    Raises
    ------
    InputError
        `measure` is no function, or gives something else than a number or a Series of numbers, or
        Series whose entries are not those of the observed one; `measure` is an empty mapping;
        `null` gives no network, or stands beside options of `rewire`; the checkpoint is of another
        comparison.

    Warns
    -----
    UserWarning
        If a layer that is drawn anew is modelled: its name ends in ``_modelled``, or its links
        have the ``status`` ``"modelled"``. A p-value on it tests the model, and says nothing of
        what was observed.

    Notes
    -----
    p = min(1, 2 min(p_low, p_high)), each (k + 1) / (n + 1) with k the replicates at least as low
    (high) as the observed value and n all replicates. So p is never below 2 / (n + 1): many nodes
    need many replicates before a correction leaves anything. The chains are long, not exact: the
    test is as good as their `mixing`. A measure finds the same numbers alone and among others, if
    `rng` is the same.

    *Checkpoints* belong to one network, entropy, version of netinnov and null model with its
    options, and to measures by their names and parameters; another comparison is refused.
    ``rng=None`` takes up the entropy that is stored. More replicates may be asked for than before.
    Arrays, tables and objects that are bound to a function count by their content, an object by
    what pickle would keep of it. What a function does is not looked into: after a change of it,
    take another folder.

    References
    ----------
    Davison and Hinkley (1997), Bootstrap methods and their application.

    Examples
    --------
    >>> import pandas as pd, netinnov as ni
    >>> links = pd.DataFrame({"source": ["a", "b", "c", "a"], "target": ["b", "c", "d", "d"]})
    >>> network = ni.build_network(pd.DataFrame(index=list("abcd")), links)
    >>> found = compare_with_null(
    ...     network, measure=ni.connectivity.largest_component, replicates=19, rng=1, progress=False
    ... )
    >>> found.observed, found.p
    (1.0, 1.0)
    """
    check_network(network)
    if rng is None and checkpoint is not None:
        rng = stored_seed(checkpoint)
    rng = check_rng(rng)
    check_number("replicates", replicates, low=1, whole=True)
    check_number("trials", trials, low=0)
    measures = _measures(measure)
    if isinstance(null, type):
        raise InputError(f"`null` must be a function, not a class; found {null.__qualname__}.")
    if null is not None:
        check_callable("null", null, "a function of a network and a Generator, or None")
        given = (preserve, trials, layers, bins, space, labelled)
        _check_unread(dict(zip(_REWIRING, given, strict=True)))
    observed = {name: _checked(of(network), name, None) for name, of in measures.items()}
    seed = cast(np.random.SeedSequence, rng.bit_generator.seed_seq)
    begun = None if checkpoint is None else deepcopy(rng)
    # The seeds come first: preparing a chain may draw numbers of its own.
    seeds = seed.spawn(int(replicates))
    ready = None
    if null is None:
        ready = plan(network, preserve, layers, bins, rng, space=space, labelled=labelled)
    _warn_of_modelled(network, network.layers if ready is None else ready.chains)
    store = None
    if checkpoint is not None and begun is not None:
        options = {}
        if ready is not None:
            options = _words(
                preserve,
                begun,
                bins,
                trials=float(trials),
                layers=list(ready.chains),
                space=space,
                labelled=labelled,
            )
        parts: dict[str, str | Mapping[str, str]] = {
            "function": "compare_with_null",
            "network": digest(network),
            "measures": {name: identity(of) for name, of in measures.items()},
            "null": identity(null),
            **options,
        }
        seed = cast(np.random.SeedSequence, begun.bit_generator.seed_seq)
        store = Checkpoint(checkpoint, parts, seed_state(seed))
    values = run_numbered(
        _Replicate(network, ready, null, trials, measures, observed),
        seeds,
        sizes=[np.shape(value) for value in observed.values()],
        checkpoint=store,
        executor=executor,
        progress=progress,
    )
    found = {
        name: compared(value, np.array([row[k] for row in values], np.float64))
        for k, (name, value) in enumerate(observed.items())
    }
    return found if isinstance(measure, Mapping) else found[_ALONE]


def _warn_of_modelled(network: MultilayerNetwork, drawn: Collection[str]) -> None:
    layers = [name for name in modelled_layers(network) if name in drawn]
    if layers:
        are = "is" if len(layers) == 1 else "are"
        warnings.warn(
            f"{', '.join(layers)} {are} modelled: p and z compare the model with networks at "
            "random, and say nothing of what was observed. Select the layers that were observed, "
            "or name them in `layers`.",
            UserWarning,
            stacklevel=3,
        )


def _check_unread(options: Mapping[str, object]) -> None:
    """Refuse options of `rewire` where another null model draws the networks."""
    for name, value in options.items():
        if repr(value) != repr(_REWIRING[name]):
            msg = f"`{name}` says how `rewire` draws, and `null` draws instead; found {name}="
            raise InputError(f"{msg}{shown(value)}. Bind it inside `null`, or leave it out.")


def _words(
    preserve: Sequence[str], begun: np.random.Generator, bins: Any, **options: Any
) -> dict[str, str]:
    """The options of `rewire` as a checkpoint knows them."""
    options["preserve"] = set(preserve)
    options["bins"] = None if bins is None else np.asarray(bins, np.float64).tolist()
    if "distance_expected" in preserve:
        options["rng"] = begun  # its levels are found with numbers of the generator itself
    return {name: identity(option) for name, option in options.items()}


def _measures(measure: object) -> dict[str, Measure]:
    """The measures by their names; one by itself has none."""
    if not isinstance(measure, Mapping):
        what = "a function of a network, or a mapping from names to such functions"
        check_callable("measure", measure, what)
        return {_ALONE: cast(Measure, measure)}
    if not measure:
        raise InputError("`measure` must hold at least one function; found an empty mapping.")
    for name, of in measure.items():
        if not isinstance(name, str):
            raise InputError(f"names of `measure` must be text; found {shown(name)}.")
        check_callable(f"measure[{name!r}]", of, "a function of a network")
    return dict(measure)


@dataclass(frozen=True, slots=True)
class _Replicate:
    """Draws one network and measures it."""

    network: MultilayerNetwork
    plan: Plan | None
    null: Null | None
    trials: float
    measures: dict[str, Measure]
    observed: dict[str, Value]

    def __call__(self, seed: np.random.SeedSequence) -> list[Floats]:
        rng = np.random.default_rng(seed)
        if self.plan is not None:
            drawn = self.plan.draw(self.trials, rng)
        elif self.null is not None:
            drawn = self.null(self.network, rng)
            given: object = drawn
            if not isinstance(given, MultilayerNetwork):
                raise InputError(f"`null` must give a MultilayerNetwork; found {shown(given)}.")
        return [
            np.asarray(_checked(measure(drawn), name, self.observed[name]), np.float64)
            for name, measure in self.measures.items()
        ]


def _checked(value: Any, name: str, like: Value | None) -> Value:
    """The value of a measure as a float or a Series of floats, in the order of the observed one."""
    what = "`measure`" if name == _ALONE else f"`measure[{name!r}]`"
    if isinstance(value, pd.Series):
        values = _numbers(value, what)
        if like is None or (isinstance(like, pd.Series) and values.index.equals(like.index)):
            return values
        same = isinstance(like, pd.Series) and values.index.symmetric_difference(like.index).empty
        if isinstance(like, pd.Series) and same and values.index.is_unique:
            return values.reindex(like.index)
        msg = (
            f"{what} must give the same entries on every network; on a network at random it gave "
            f"{len(value)} that differ from the {np.size(like)} observed. Measure nodes, or "
            "reindex inside the function."
        )
        raise InputError(msg)
    if isinstance(value, pd.DataFrame) or np.ndim(value) != 0 or isinstance(like, pd.Series):
        msg = f"{what} must give a number or a Series; found {type(value).__name__}"
        raise InputError(f"{msg}. Pick one column, or stack the table into a Series.")
    try:
        if isinstance(value, (str, bytes)):
            raise TypeError
        return float(value)
    except (TypeError, ValueError) as error:
        msg = f"{what} must give a number or a Series of numbers; found {shown(value)}."
        raise InputError(msg) from error


def _numbers(value: pd.Series, what: str) -> pd.Series:
    text = len(value) > 0 and pd.api.types.is_string_dtype(value)
    try:
        if text:
            raise TypeError
        return value.astype(np.float64)
    except (TypeError, ValueError) as error:
        odd = [entry for entry in value if isinstance(entry, str)][:5]
        found = f"{value.dtype}, e.g. {odd}" if odd else str(value.dtype)
        msg = f"{what} must give a number or a Series of numbers; found a Series of {found}"
        raise InputError(f"{msg}. Map its entries to numbers.") from error
