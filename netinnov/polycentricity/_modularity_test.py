"""Whether communities are beyond chance: their modularity among that of random networks."""

from __future__ import annotations

import math
from collections.abc import Callable
from concurrent.futures import Executor
from dataclasses import dataclass
from functools import partial
from typing import Annotated, TypeAlias

import numpy as np

from netinnov._network.significance import why_untested
from netinnov._runtime.arguments import check_rng
from netinnov._runtime.display import Tabled
from netinnov._runtime.parallel import run
from netinnov._typing import Amount, Count, Is, Rng
from netinnov.build import flatten
from netinnov.network import MultilayerNetwork
from netinnov.null_models import NullModel, Rewire, _prepared
from netinnov.null_models._prepared import Prepared
from netinnov.polycentricity._centre_rules import Options, communities_of
from netinnov.polycentricity._resampled_flows import drawn_from

# With fewer null networks p cannot be 0.05 or less.
Nulls: TypeAlias = Annotated[int, Is(low=19, whole=True)]
REPLICATES = 99  # default number of null networks
_LEVEL = 0.05  # largest p at which communities are beyond chance
_ROUNDING = 1e-10  # difference of modularities that counts as none

_REWIRE = Rewire()


@dataclass(frozen=True, slots=True, repr=False)
class ModularityTest(Tabled):
    """The modularity of a network compared with that of random networks.

    Attributes
    ----------
    modularity : float
        Highest modularity found in the flattened network.
    null_mean, null_low, null_high : float
        Mean, 2.5 and 97.5 % of the highest found in each random network.
    p : float
        One-sided: (k + 1) / (n + 1), where k of n random networks have as much. NaN: no test.
    moved : float
        Mean share of links that the null model moved.
    replicates : int
        Number of random networks.
    untested : str or None
        Why there is no test; None where there is one.
    """

    modularity: float
    null_mean: float = math.nan
    null_low: float = math.nan
    null_high: float = math.nan
    p: float = math.nan
    moved: float = math.nan
    replicates: int = 0
    untested: str | None = None

    @property
    def by_chance(self) -> bool:
        """Whether random networks have as much modularity (p above 0.05); False without a test.

        Returns
        -------
        bool bool
        """
        return self.p > _LEVEL


def modularity_test(
    network: MultilayerNetwork,
    *,
    null: NullModel = _REWIRE,
    replicates: Nulls = 99,
    resolution: Amount = 1.0,
    restarts: Count = 10,
    rng: Rng = None,
    executor: Executor | int | None = None,
    progress: bool = True,
) -> ModularityTest:
    """Test whether a network has clearer communities than random networks have.

    Parameters
    ----------
    network : MultilayerNetwork
        Any network; layers are flattened after they are drawn.
    null : null model or function
        Such as `null_models.Rewire` or `null_models.GravityNull`, or a function ``(network,
        Generator) -> network``.
    replicates : int
        Networks drawn from it, at least 19.
    resolution, restarts
        Of the search for communities, see `community.leiden`; the same for each network.
    rng, executor, progress
        As in `experiments.compare_scenarios`.

    Returns
    -------
    ModularityTest
        ``.modularity .null_mean .null_low .null_high .p .moved .replicates .untested .by_chance``.

    Notes
    -----
    Sparse random networks have modularities of 0.5 and more. `p` is NaN and `untested` says why for
    modelled layers (`MultilayerNetwork.layer_table`), without links, and where the null model moves
    less than 5 % of the links, as rewiring does where nearly all pairs are linked.

    References
    ----------
    Guimera, Sales-Pardo and Amaral (2004), Physical Review E 70, 025101.

    Examples
    --------
    >>> cities = ni.datasets.make_city_system(n_cities=12, rng=1)
    >>> test = modularity_test(cities, replicates=19, restarts=1, rng=1)
    >>> test.p >= 0.05
    True
    """
    options = Options(resolution=float(resolution), restarts=restarts, restarts_per_draw=restarts)
    # The streams are those of `detect_centres`, so that both find the same communities.
    first = check_rng(rng).spawn(1)[0]
    _, modularity = communities_of(flatten(network), options, first.spawn(2)[0])
    in_parts = partial(run, executor=executor, progress=progress)
    return compared_modularity(network, options, null, replicates, first, in_parts, modularity)


def compared_modularity(
    network: MultilayerNetwork,
    options: Options,
    null: NullModel,
    replicates: int,
    rng: np.random.Generator,
    in_parts: Callable[..., list[tuple[float, float]]],
    modularity: float,
) -> ModularityTest:
    options = options.for_draws
    fewer = options.searches < options.restarts
    options = options._replace(in_draw=fewer)
    own, for_observed, *children = rng.spawn(2 + replicates)
    if math.isnan(modularity):
        return ModularityTest(modularity, untested="there are no links")
    if reason := why_untested(network, warn=False):
        return ModularityTest(modularity, untested=reason)
    if fewer:
        _, modularity = communities_of(flatten(network), options, for_observed)
    ready = _prepared.prepared_null(null, network, own)
    task = partial(_drawn, network=network, null=ready, options=options)
    draws = np.array(in_parts(task, children, label="modularity test"))
    moved, values = _prepared.mean_moved(draws[:, 0]), draws[~np.isnan(draws[:, 1]), 1]
    n = values.size
    if reason := _prepared.too_few_moved(moved):
        return ModularityTest(modularity, moved=moved, replicates=n, untested=reason)
    low, high = (float(end) for end in np.quantile(values, [0.025, 0.975]))
    p = ((values >= modularity - _ROUNDING).sum() + 1) / (n + 1)
    return ModularityTest(modularity, float(values.mean()), low, high, float(p), moved, n)


def _drawn(
    rng: np.random.Generator, *, network: MultilayerNetwork, null: Prepared, options: Options
) -> tuple[float, float]:
    drawn = drawn_from(null, network, rng.spawn(1)[0])
    _, modularity = communities_of(flatten(drawn), options, rng)
    return _prepared.moved_share(network, drawn, null), modularity
