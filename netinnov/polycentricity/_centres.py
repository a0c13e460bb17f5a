"""Which places are centres, and how sure that is."""

from __future__ import annotations

import math
from concurrent.futures import Executor
from functools import partial
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from netinnov._runtime.arguments import check_rng
from netinnov._runtime.parallel import run
from netinnov._typing import Amount, Count, Direction, Floats, PositiveShare, Rng, Share, Whole
from netinnov.network import MultilayerNetwork
from netinnov.null_models import NullModel, Rewire
from netinnov.polycentricity import _centre_rules, _resampled_flows
from netinnov.polycentricity._centre_rules import CentreRule, Options
from netinnov.polycentricity._modularity_test import Nulls, compared_modularity
from netinnov.polycentricity._resampled_flows import Change, resampled, without_events

_REWIRE = Rewire()


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
        least 20. In resamples, and in the networks of the test of modularity, three in ten, rounded
        up; in a resample the first starts from the communities of the observed flows.
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
        Resamples a network, ``(network, Generator) -> network``. None: see Notes. Needed where one
        event makes several links, as in projections: draw its events and project them.
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
        Layers of shares unless ``direction="in"``; other nodes of `resample`.

    Notes
    -----
    Events (trips, patents) are resampled, never places: a place drawn twice would appear twice in
    the ranking. Their number is in the column ``events`` of `layer_table`, or its ``unit`` says
    that whole weights count them; money, scores, shares and weights without a unit do not. A link
    is drawn from the Poisson distribution around its count, so links of one event are lost in 37 %
    of the draws. Ties are won by the earlier node.

    Modularity is tested once, in the observed network; resamples use the rule so chosen. It is not
    tested in modelled layers and where the null model moves less than 5 % of the links:
    `modularity_test` gives the test, or says why there is none.

    References
    ----------
    Jiang (2013), Head/tail breaks, The Professional Geographer 65.
    Nystuen and Dacey (1961), Papers of the Regional Science Association 7 (``"dominant_flow"``).

    Examples
    --------
    >>> links = pd.DataFrame({"source": list("aaabxxxya"), "target": list("bcdcyzwzx")})
    >>> links["weight"] = [9, 8, 7, 1, 9, 8, 7, 1, 2]
    >>> network = ni.build_network(pd.DataFrame(index=list("abcdwxyz")), links)
    >>> structure = detect_centres(network, resamples=20, rng=1)
    >>> structure.index[structure["centre"]].tolist()
    ['a', 'x']
    """
    kept: dict[str, Any] = {"direction": direction, "share": share, "resolution": resolution}
    kept |= {"restarts": restarts, "minimum_share": minimum_share}
    options = _centre_rules.checked_options(network, **kept)
    rng = check_rng(rng)
    first, *others = rng.spawn(1 + resamples)
    structure = _centre_rules.structure_of(network, options, first, {rule, "roles"})
    in_parts = partial(run, executor=executor, progress=progress)
    if rule == "hubs" and null is not None:
        reached = structure.modularity
        test = compared_modularity(network, options, null, replicates, first, in_parts, reached)
        rule = "head_tail" if test.by_chance else rule
    support = np.full(network.n_nodes, math.nan)
    if others and (resample is not None or not without_events(network)):
        task = partial(
            _resampled_centres,
            network=network,
            rule=rule,
            options=options,
            resample=resample or resampled,
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
    table = pd.DataFrame(columns, network.storage.nodes.index)
    return table.iloc[np.lexsort((-structure.strength, ~centre))]


def _resampled_centres(
    rng: np.random.Generator,
    *,
    network: MultilayerNetwork,
    rule: CentreRule,
    options: Options,
    resample: Change,
    observed: Floats,
) -> npt.NDArray[np.bool_]:
    network = _resampled_flows.changed(network, resample, rng, "resample")
    structure = _centre_rules.structure_of(network, options.for_draws, rng, {rule}, observed)
    return _centre_rules.centres_by(rule, structure, options)
