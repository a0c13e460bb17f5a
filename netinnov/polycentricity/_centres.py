"""Which places are centres, how sure that is, and whether communities are beyond chance."""

from __future__ import annotations

import math
from concurrent.futures import Executor
from dataclasses import dataclass
from functools import partial
from typing import Annotated, TypeAlias

import numpy as np
import pandas as pd

from netinnov._network.layer_table import why_untested
from netinnov._runtime.arguments import check_rng
from netinnov._runtime.display import Tabled
from netinnov._runtime.parallel import run
from netinnov._typing import Amount, Count, Direction, Floats, Is, Mask, Rng, Whole
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
    own, *children = first.spawn(1 + replicates)
    if math.isnan(modularity):
        return ModularityTest(modularity, untested="there are no links")
    if reason := why_untested(network.storage.records, warn=False):
        return ModularityTest(modularity, untested=reason)
    ready = _prepared.prepared_null(null, network, own)
    task = partial(_drawn, network=network, null=ready, options=options)
    label = "modularity test"
    draws = np.array(run(task, children, executor=executor, progress=progress, label=label))
    moved = _prepared.mean_moved(draws[:, 0])
    values = draws[~np.isnan(draws[:, 1]), 1]
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
    return null.moved(drawn), modularity


def detect_centres(
    network: MultilayerNetwork,
    *,
    rule: CentreRule = "outliers",
    direction: Direction = "total",
    resolution: Amount = 1.0,
    restarts: Count = 10,
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
    rule : {"outliers", "head_tail", "core", "dominant_flow"}
        What makes a place a centre, if it has an even share of all strength or more.
        ``"outliers"``: its mass stands out, see Notes; there may be none. ``"head_tail"``: above
        the mean strength, for sizes with a heavy tail; there is always one. ``"core"``: in the core
        of `core_periphery`, which says who is linked with all others, not who is large.
        ``"dominant_flow"``: its own largest flow goes to a smaller place, and that of some smaller
        place comes to it: for hierarchies of catchments.
    direction : {"total", "in", "out"}
        What strength and mass count in directed layers.
    resolution, restarts
        Of the communities, see `community.leiden`; restarts of the search for a core as well, at
        least 20.
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
        `centrality`: strength. `mass`: in medians of these masses, NaN for small places and by
        other rules. `community`: a number, NaN without links. `role`: after `community.roles`,
        missing without links. `support`: share of resamples in which the place is a centre by the
        same rule; NaN with no resamples or an unknown number of events.

    Raises
    ------
    InputError
        Layers of shares, but of an origin with ``direction="in"`` and of a destination with
        ``"out"``; other nodes of `resample`.

    Notes
    -----
    *Outliers.* Where all distances are known (up to 1,000 places), mass is the place effect of a
    Poisson gravity fit, in which distance has a power and a factor for each eighth of the pairs, so
    that a place is not large because others are near; else it is strength. A centre lies above the
    median in the logarithm of mass by more than the largest of as many normal numbers would in 5 %
    of cases (deviation: 1.48 times the median absolute one), and has 1.5 times the median or more.
    Where sizes spread widely (a deviation of 0.5 or more, as of cities), the largest place with an
    even share is one as well if it has two even shares, and so are those of half its mass. Places
    of less than 1 % of the largest strength take no part. How often planted centres are found:
    docs/planted_centres.md.

    *Support.* Events (trips, patents) are resampled, never places. Their number is in the column
    ``events`` of `layer_table`, or its ``unit`` says that whole weights count them; money, scores,
    shares and weights without a unit do not. A link is drawn from the Poisson distribution around
    its count, so links of one event are lost in 37 % of the draws.

    References
    ----------
    Iglewicz and Hoaglin (1993), How to Detect and Handle Outliers (``"outliers"``).
    Jiang (2013), Head/tail breaks, The Professional Geographer 65.
    Nystuen and Dacey (1961), Papers of the Regional Science Association 7 (``"dominant_flow"``).

    Examples
    --------
    >>> links = pd.DataFrame({"source": list("aaaabc"), "target": list("bcdede")})
    >>> links["weight"] = [9, 8, 9, 8, 1, 1]
    >>> centres = detect_centres(ni.build_network(links), resamples=20, rng=1)
    >>> centres.index[centres["centre"]].tolist()
    ['a']
    """
    options = Options(direction, resolution, restarts)
    first, *others = check_rng(rng).spawn(1 + resamples)
    structure = _centre_rules.structure_of(network, options, first, {rule, "roles"})
    support = np.full(network.n_nodes, math.nan)
    if others and (resample is not None or not without_events(network)):
        task = partial(
            _resampled_centres,
            network=network,
            rule=rule,
            options=options,
            resample=resampled if resample is None else resample,
            observed=structure.mass,
        )
        drawn = run(task, others, executor=executor, progress=progress, label="resamples")
        support = np.mean(drawn, axis=0)
    centre = _centre_rules.centres_by(rule, structure)
    known = structure.mass[structure.mass > 0]
    columns = {
        "centre": centre,
        "centrality": structure.strength,
        "mass": structure.mass / (np.median(known) if known.size else math.nan),
        "community": structure.community,
        "role": structure.role,
        "support": support,
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
    structure = _centre_rules.structure_of(network, options, rng, {rule}, observed)
    return _centre_rules.centres_by(rule, structure)
