"""Which places are centres, how sure that is, and whether communities are beyond chance."""

from __future__ import annotations

import math
from collections.abc import Callable
from concurrent.futures import Executor
from dataclasses import dataclass
from functools import partial
from typing import Annotated, Any, TypeAlias

import numpy as np
import pandas as pd

from netinnov._network.layer_table import why_untested
from netinnov._runtime.arguments import check_rng
from netinnov._runtime.display import Tabled
from netinnov._runtime.parallel import run
from netinnov._typing import (
    Amount,
    Count,
    Direction,
    Floats,
    Is,
    Mask,
    PositiveShare,
    Rng,
    Share,
    Whole,
)
from netinnov.build import flatten
from netinnov.network import MultilayerNetwork
from netinnov.null_models import NullModel, Rewire, _prepared
from netinnov.null_models._prepared import Prepared
from netinnov.polycentricity import _centre_rules
from netinnov.polycentricity._centre_rules import CentreRule, Options, communities_of
from netinnov.polycentricity._resampled_flows import (
    Change,
    changed,
    drawn_from,
    resampled,
    without_events,
)

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
        bool
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

    Notes
    -----
    Sparse random networks have modularities of 0.5 and more. There is no test of modelled layers
    (`MultilayerNetwork.layer_table`), without links, and where the null model moves less than 5 %
    of the links, as rewiring does where nearly all pairs are linked.

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
    options = Options(resolution=float(resolution), restarts=restarts)
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
    own, for_observed, *children = rng.spawn(2 + replicates)
    if math.isnan(modularity):
        return ModularityTest(modularity, untested="there are no links")
    if reason := why_untested(network.storage.records, warn=False):
        return ModularityTest(modularity, untested=reason)
    if options.searches < options.restarts:
        _, modularity = communities_of(flatten(network), options, for_observed)
    ready = _prepared.prepared_null(null, network, own)
    task = partial(_drawn, network=network, null=ready, options=options)
    draws = np.array(in_parts(task, children, label="modularity test"))
    moved = _prepared.mean_moved(draws[:, 0])
    values = draws[~np.isnan(draws[:, 1]), 1]
    n = values.size
    if reason := _prepared.too_few_moved(moved):
        return ModularityTest(modularity, moved=moved, replicates=n, untested=reason)
    low, high = (float(end) for end in np.quantile(values, [0.025, 0.975]))
    p = ((values >= modularity - _ROUNDING).sum() + 1) / (n + 1)
    return ModularityTest(modularity, float(values.mean()), low, high, float(p), moved, n)


def tested_rule(network: MultilayerNetwork, options: Options, *compared: Any) -> CentreRule:
    """Hubs, or head/tail breaks where communities are not beyond chance."""
    test = compared_modularity(network, options.for_draws, *compared)
    return "head_tail" if test.by_chance else "hubs"


def _drawn(
    rng: np.random.Generator, *, network: MultilayerNetwork, null: Prepared, options: Options
) -> tuple[float, float]:
    drawn = drawn_from(null, network, rng.spawn(1)[0])
    _, modularity = communities_of(flatten(drawn), options, rng)
    return null.moved(drawn), modularity


def detect_centres(
    network: MultilayerNetwork,
    *,
    rule: CentreRule = "hubs",
    direction: Direction = "total",
    share: PositiveShare = 0.1,
    resolution: Amount = 1.0,
    restarts: Count = 10,
    minimum_share: Share | None = None,
    null: NullModel | None = _REWIRE,
    replicates: Nulls = 99,
    resamples: Whole = 200,
    resample: Change | None = None,
    rng: Rng = None,
    executor: Executor | int | None = None,
    progress: bool = True,
) -> pd.DataFrame:
    """Find the centres among places, with the share of resampled flows that agree.

    Parameters
    ----------
    network : MultilayerNetwork
        Places and the flows between them; layers are flattened.
    rule : {"hubs", "top", "head_tail", "core", "z", "dominant_flow"}
        What makes a place with flow a centre. ``"hubs"``: at least `minimum_share` of all strength,
        in a community of three places or more, and there the largest strength, or at least half
        of it and a place in the core of `core_periphery`; where communities are not beyond chance,
        ``"head_tail"`` in its stead. ``"top"``: among the largest `share` of the places with flow.
        ``"head_tail"``: above the mean strength. ``"core"``: in the core. ``"z"``: z-score of 2.5
        or more inside its community. ``"dominant_flow"``: its own largest flow goes to a smaller
        place, and that of some smaller place comes to it.
    direction : {"total", "in", "out"}
        What the strength counts in directed layers.
    share : float
        For ``"top"``; rounded up to whole places.
    resolution, restarts
        Of the communities, see `community.leiden`; restarts of the search for a core as well, at
        least 20. In resamples, which begin with the observed communities, and in random networks
        three in ten, rounded up.
    minimum_share : float, optional
        For ``"hubs"``: the least share of the strength of all places that a centre has. None:
        0.02, or 2 / n among n > 100 places with strength.
    null : null model, function or None
        For ``"hubs"``: the null model of `modularity_test`, which says whether communities are
        beyond chance (p of 0.05 or less). None: they are used without a test.
    replicates : int
        Networks drawn from it, at least 19.
    resamples : int
        Number of bootstrap resamples of the flows for `support`; 0 for none.
    resample : function, optional
        Draws one, ``(network, Generator) -> network``. None: see Notes. Needed where one event
        makes several links, as in projections: draw its events and project them.
    rng, executor, progress
        As in `experiments.compare_scenarios`.

    Returns
    -------
    DataFrame
        A row a place: centres first, and the strongest of them. `centre`: true or false.
        `centrality`: strength. `community`: a number, NaN without links. `role`: after
        `community.roles`, missing without links. `support`: share of resamples in which the place
        is a centre by the same rule; NaN with no resamples or an unknown number of events. `rule`:
        the rule that was used, ``"head_tail"`` where communities are not beyond chance.

    Raises
    ------
    InputError
        Layers of shares, but of an origin with ``direction="in"`` and of a destination with
        ``"out"``; other nodes of `resample`.

    Notes
    -----
    Events (trips, patents) are resampled, never places. Their number is in the column ``events`` of
    `layer_table`, or its ``unit`` says that whole weights count them; money, scores, shares and
    weights without a unit do not. A link is drawn from the Poisson distribution around its count,
    so links of one event are lost in 37 % of the draws.

    Modularity is tested once, in the observed network, as by `modularity_test`, which also says
    why there is no test; resamples use the rule so chosen.

    References
    ----------
    Jiang (2013), Head/tail breaks, The Professional Geographer 65.
    Nystuen and Dacey (1961), Papers of the Regional Science Association 7 (``"dominant_flow"``).

    Examples
    --------
    >>> links = pd.DataFrame({"source": list("aaabxxxya"), "target": list("bcdcyzwzx")})
    >>> links["weight"] = [9, 8, 7, 1, 9, 8, 7, 1, 2]
    >>> structure = detect_centres(ni.build_network(links), resamples=20, rng=1)
    >>> structure.index[structure["centre"]].tolist()
    ['a', 'x']
    """
    options = Options(direction, share, resolution, restarts, minimum_share)
    rng = check_rng(rng)
    first, *others = rng.spawn(1 + resamples)
    structure = _centre_rules.structure_of(network, options, first, {rule, "roles"})
    in_parts = partial(run, executor=executor, progress=progress)
    if rule == "hubs" and null is not None:
        compared = null, replicates, first, in_parts, structure.modularity
        rule = tested_rule(network, options, *compared)
    support = np.full(network.n_nodes, math.nan)
    if others and (resample is not None or not without_events(network)):
        task = partial(
            _resampled_centres,
            network=network,
            rule=rule,
            options=options,
            resample=resampled if resample is None else resample,
            observed=structure.community,
        )
        support = np.mean(in_parts(task, others, label="resamples"), axis=0)
    centre = _centre_rules.centres_by(rule, structure, options)
    columns = {
        "centre": centre,
        "centrality": structure.strength,
        "community": structure.community,
        "role": structure.role,
        "support": support,
        "rule": rule,
    }
    table = pd.DataFrame(columns, network.storage.node_names)
    return table.iloc[np.lexsort((-structure.strength, ~centre))]


def _resampled_centres(
    rng: np.random.Generator,
    *,
    network: MultilayerNetwork,
    rule: CentreRule,
    options: Options,
    resample: Change,
    observed: Floats,
) -> Mask:
    network = changed(network, resample, rng, "resample")
    structure = _centre_rules.structure_of(network, options.for_draws, rng, {rule}, observed)
    return _centre_rules.centres_by(rule, structure, options)
