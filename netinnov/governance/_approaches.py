"""Approaches to govern a region side by side, at equal cost."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, fields, replace
from typing import Any, NamedTuple

import numpy as np
import pandas as pd
from scipy.sparse import csgraph

from netinnov._network.paths import Frictions, PathCosts, shortest_links
from netinnov._runtime.arguments import as_list, as_whole, check_names, check_rng
from netinnov._runtime.display import Tabled
from netinnov._typing import Amount, Confidence, Count, Floats, Integers, Positive, Rng, Share
from netinnov.centrality import strength
from netinnov.errors import note_on_error
from netinnov.mechanisms.cobweb import CoupledCobweb
from netinnov.mechanisms.free_flow import CorePeriphery
from netinnov.network import MultilayerNetwork
from netinnov.polycentricity import effective_number, gini
from netinnov.scenarios import (
    DirectLinks,
    ForwardEnclave,
    NoChange,
    Prices,
    ReverseEnclave,
    Scenario,
    TalentAttraction,
    apply_scenario,
)
from netinnov.scenarios._equal_cost import largest_within
from netinnov.scenarios._pair_draws import Side, sides

_FRICTIONS = Frictions(border=1.0)
_SLOPES = (1.0, 0.8)  # of demand and supply, everywhere
_FREE_FLOW = CorePeriphery(sigma=5.0, mu=0.4)
_KINDS: dict[str, tuple[Any, str]] = {
    "competition for talent": (TalentAttraction, "{kept_share:.0f} % of ties are kept"),
    "park of the core at home": (
        ForwardEnclave,
        "{pipeline_share:.0f} % of links lead to the host",
    ),
    "corridor": (DirectLinks, "{corridor_relief:.0f} % of the border between the two is gone"),
    "merger": (NoChange, "the whole border between the two is gone; a merger has no price here"),
    "reverse enclave": (ReverseEnclave, "{pipeline_share:.0f} % of links lead home"),
}
APPROACHES = tuple(_KINDS)


class _Approach(NamedTuple):
    scenario: Scenario
    size: float
    cost: float
    border_relief: float
    unilateral: bool
    assumed: str


@dataclass(frozen=True, eq=False, slots=True, repr=False)
class ApproachComparison(Tabled):
    """Approaches side by side.

    Attributes
    ----------
    home, host : str
        The two places.
    approaches : DataFrame
        Index approach; ``size`` (links), ``cost`` (NaN without a price), ``border_relief`` (share
        of the border between the two that is gone), ``unilateral`` (home alone) and ``assumed``.
    effects : DataFrame
        A row an approach and measure: ``approach``, ``measure``, ``baseline``, ``value`` (mean over
        placements) and ``difference`` with its interval over placements, ``low, high``.
    """

    _main = "effects"

    home: str
    host: str
    approaches: pd.DataFrame = field(repr=False)
    effects: pd.DataFrame = field(repr=False)


def compare_approaches(
    network: MultilayerNetwork,
    *,
    approaches: Sequence[str] | None = None,
    home: str,
    host: str,
    budget: Positive,
    prices: Prices | None = None,
    frictions: Frictions = _FRICTIONS,
    pipeline_share: Share = 0.5,
    kept_share: Share = 0.5,
    corridor_relief: Share = 0.5,
    mobility: Amount = 0.2,
    replicates: Count = 50,
    confidence: Confidence = 0.95,
    rng: Rng = None,
) -> ApproachComparison:
    """Compare governance approaches of the same cost, or of as many links.

    Parameters
    ----------
    network : MultilayerNetwork
        The network before.
    approaches : sequence of str, optional
        Some of ``"competition for talent"`` (`TalentAttraction`), ``"park of the core at home"``
        (`ForwardEnclave`), ``"corridor"`` (`DirectLinks` and a lower border along it),
        ``"merger"`` (no border between the two) and ``"reverse enclave"``; None: all.
    home, host : str
        The catching-up place and the core place.
    budget : float
        What each approach may cost; each is as large as it pays for, one link at least. Funding is
        new. Without `prices` the number of links of each.
    prices : Prices, optional
        Of what is built. A merger has none: it is measured, and not compared with what has one.
    frictions : Frictions
        What borders and distance add to the length of a link.
    pipeline_share, kept_share : float
        Of both kinds of parks, and of those who move: see `ReverseEnclave`, `TalentAttraction`.
    corridor_relief : float
        Assumption: share of the border between home and host that a corridor removes.
    mobility : float
        Assumption: of the coupled cobweb, between places that exchange all their weight.
    replicates : int
        Random placements of each approach.
    confidence : float
        Of the intervals over them, above 0 and below 1.
    rng : None, int, SeedSequence or Generator
        Source of the placements.

    Returns
    -------
    ApproachComparison

    Raises
    ------
    InputError
        Unknown approaches or places, or a budget below one link.

    Notes
    -----
    Measured on the nodes of the baseline. *Connectivity*: ``efficiency``, ``home_access`` and
    ``host_access`` (harmonic centrality, unit lengths and frictions). *Convergence*:
    ``access_gini``, over nodes. *Multi-centricity*: ``effective_number`` of places by strength.
    *Stability*: with A = W_ij / sqrt(S_i S_j), W the weights between the nodes of home, host and
    all others, and S their sums, ``spectral_radius`` of a coupled cobweb with the slopes 1 and 0.8
    (assumed) and the mobility ``mobility * A``, and ``below_break``: the break point of
    `CorePeriphery` (5, 0.4: assumed) less the freeness, A of home and host (above 0 an even split
    is stable). A border of which a share r is gone leaves A^(1 - r). *Participation*:
    ``largest_excess`` of the game of home and host in which each has what its own access gains,
    above 0: one is better off alone. From network to models all is assumed: compare, not predict.

    References
    ----------
    Hu and Zhang, Regional Reorganization of Innovation Elements. Head and Mayer (2014), Gravity
    equations, Handbook of International Economics 4 (freeness from flows).

    Examples
    --------
    >>> network = ni.datasets.make_city_system(rng=1)
    >>> home, host = network.places.index[[-1, 0]]
    >>> prices = ni.scenarios.Prices(park=5, link=1, pipeline=0.01)
    >>> two = {"home": home, "host": host, "approaches": ["merger", "reverse enclave"]}
    >>> result = compare_approaches(network, **two, budget=30, prices=prices, replicates=2, rng=1)
    >>> result.approaches["size"].tolist()
    [0.0, 7.0]
    """
    shares = {
        "pipeline_share": pipeline_share,
        "kept_share": kept_share,
        "corridor_relief": corridor_relief,
    }
    rng = check_rng(rng)
    measure = _Measures(network, sides(network, home, host), frictions, mobility)
    listed = as_list("approaches", [] if approaches is None else approaches) or APPROACHES
    names = check_names("approaches", listed, APPROACHES, of="the approaches")
    chosen = {
        name: _approach(name, network, home, host, budget, prices, shares)
        for name in dict.fromkeys(names)
    }
    before = measure(network, 0.0)
    seeds = rng.integers(2**63, size=replicates).tolist()
    effects = {}
    for name, approach in chosen.items():
        with note_on_error(f"In approach {name!r}."):
            effects[name] = _effects(network, measure, approach, seeds, before, confidence)
    index = pd.Index(list(chosen), dtype="str", name="approach")
    table = pd.DataFrame(chosen.values(), index, _Approach._fields).drop(columns="scenario")
    rows = pd.concat(effects, names=["approach"]).reset_index("approach")
    return ApproachComparison(home, host, table, rows.reset_index(drop=True))


def _approach(
    name: str,
    network: MultilayerNetwork,
    home: str,
    host: str,
    budget: float,
    prices: Prices | None,
    shares: Mapping[str, float],
) -> _Approach:
    kind, text = _KINDS[name]
    assumed = text.format(**{name: 100 * share for name, share in shares.items()})
    if kind is NoChange:
        return _Approach(NoChange(), 0.0, math.nan, 1.0, False, assumed)
    of_kind = {field.name for field in fields(kind)}
    options = {name: share for name, share in shares.items() if name in of_kind}
    size = as_whole("budget", budget, low=1) if prices is None else 1
    scenario: Any = kind(home, host, size=size, funding="new", **options)
    if prices is not None:
        scenario = largest_within(network, scenario, budget, prices)
    if unilateral := kind is TalentAttraction:
        # Movers keep no more ties than host has.
        ties, _, _ = scenario._ties_of_talents(scenario._scene(network))
        size = scenario.size
        if not len(ties.weight) and (kept := round(scenario.kept_share * size)):
            raise scenario._too_few(kept, 0)
        while size > 1 and round(scenario.kept_share * size) > len(ties.weight):
            size -= 1
        scenario = replace(scenario, size=size)
    relief = shares["corridor_relief"] if kind is DirectLinks else 0.0
    cost = math.nan if prices is None else scenario.cost(prices, network)
    return _Approach(scenario, float(scenario.size), cost, relief, unilateral, assumed)


def _effects(
    network: MultilayerNetwork,
    measure: _Measures,
    approach: _Approach,
    seeds: Sequence[int],
    before: dict[str, float],
    confidence: float,
) -> pd.DataFrame:
    placed = seeds[:1] if isinstance(approach.scenario, NoChange) else seeds
    rows = [
        measure(apply_scenario(network, approach.scenario, rng=seed), approach.border_relief)
        for seed in placed
    ]
    drawn = pd.DataFrame(rows * (len(seeds) // len(placed)))
    # Excesses of a two-player game: stand-alone gain less the gain in its own access.
    for end, side in zip(("home", "host"), measure.sides, strict=True):
        loss = (before[f"{end}_access"] - drawn[f"{end}_access"]) * int(side.nodes.sum())
        drawn[f"{end}_excess"] = 0.0 if end == "home" and approach.unilateral else loss
    drawn["largest_excess"] = drawn[["home_excess", "host_excess"]].max(axis=1)
    baseline = pd.Series(before).reindex(drawn.columns, fill_value=0.0)
    change = drawn - baseline
    low, high = np.quantile(change, [(1 - confidence) / 2, (1 + confidence) / 2], axis=0)
    mean = np.array([change[each].to_numpy().mean() for each in change])
    table = {"measure": drawn.columns, "baseline": baseline, "value": baseline + mean}
    return pd.DataFrame(table | {"difference": mean, "low": low, "high": high})


@dataclass(frozen=True)
class _Measures:
    baseline: MultilayerNetwork
    sides: tuple[Side, Side]
    frictions: Frictions
    mobility: float

    def __call__(self, network: MultilayerNetwork, relief: float) -> dict[str, float]:
        home, host = self.sides
        # 0 for nodes whose jurisdiction is home, 1 for those of host, 2 for all others.
        storage = network.storage
        own = [storage.inside([side.place], storage.jurisdiction_codes) for side in self.sides]
        belongs = np.select(own, [0, 1], 2)
        access = self._access(network, belongs, relief)
        totals = strength(network).sum(axis=1).to_numpy(np.float64)[: self.baseline.n_nodes]
        between = _association(network, belongs, relief)
        demand, supply = ([slope] * 3 for slope in _SLOPES)
        model = CoupledCobweb(demand, supply, mobility=self.mobility * between)
        return {
            "efficiency": float(access.mean()),
            "home_access": float(access[home.nodes].mean()),
            "host_access": float(access[host.nodes].mean()),
            "access_gini": gini(access),
            "effective_number": effective_number(totals),
            "spectral_radius": model.spectral_radius(),
            "below_break": _FREE_FLOW.break_point() - float(between[0, 1]),
        }

    def _access(self, network: MultilayerNetwork, belongs: Integers, relief: float) -> Floats:
        n = self.baseline.n_nodes
        costs = PathCosts("unit", 0.0, self.frictions)
        graph = shortest_links(network, costs)
        if relief > 0:
            without = replace(self.frictions, border=0.0, border_by_distance=0.0)
            inner = shortest_links(network, costs._replace(frictions=without)).data
            row, column = graph.tocoo().coords
            crosses = belongs[row] + belongs[column] == 1  # between home, 0, and host, 1
            graph.data = np.where(crosses, (1 - relief) * graph.data + relief * inner, graph.data)
        distance_between = csgraph.dijkstra(graph, directed=True, indices=np.arange(n))[:, :n]
        np.fill_diagonal(distance_between, np.inf)
        return np.asarray((1.0 / distance_between).sum(axis=1) / max(n - 1, 1))


def _association(network: MultilayerNetwork, belongs: Integers, relief: float) -> Floats:
    weights = np.zeros((3, 3))
    for layer in network.layers:
        block = network.storage.block(layer)
        differ = block.sources != block.indices
        ends = belongs[block.sources[differ]], belongs[block.indices[differ]]
        np.add.at(weights, ends, block.data[differ])
    weights = weights + weights.T
    total = weights.sum(axis=1)
    scale = np.sqrt(np.outer(total, total))
    between: Floats = np.divide(weights, scale, out=np.zeros((3, 3)), where=scale > 0)
    between[0, 1] = between[1, 0] = between[0, 1] ** (1 - relief)
    return between
