"""Governance approaches side by side at equal cost, in the network and in the mechanism models."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, fields, replace
from functools import cached_property
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd
from scipy import sparse
from scipy.sparse import csgraph

from netinnov._network.paths import Frictions, PathCosts, shortest_links
from netinnov._runtime.arguments import (
    as_whole,
    check_names,
    check_rng,
    check_type,
)
from netinnov._runtime.display import Displayed
from netinnov._typing import Amount, Confidence, Count, Floats, Positive, Rng, Share
from netinnov.centrality import strength
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
from netinnov.scenarios._pair_draws import inside, sides
from netinnov.scenarios._prices import check_prices

_FRICTIONS = Frictions(border=1.0)
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


@dataclass(frozen=True, slots=True)
class Approach:
    scenario: Scenario
    size: float
    cost: float
    border_relief: float = 0.0
    unilateral: bool = False
    assumed: str = ""


@dataclass(frozen=True, eq=False, slots=True, repr=False)
class ApproachComparison(Displayed):
    """Approaches side by side.

    Attributes
    ----------
    home, host : str
        The two places.
    approaches : DataFrame
        Index approach; ``size`` (links), ``cost`` (NaN without a price), ``border_relief`` (share
        of the border between home and host that is gone), ``unilateral`` (home does it alone) and
        ``assumed`` (in words).
    effects : DataFrame
        What `to_frame` gives.
    """

    home: str
    host: str
    approaches: pd.DataFrame = field(repr=False)
    effects: pd.DataFrame = field(repr=False)

    def to_frame(self) -> pd.DataFrame:
        """Give all measures of all approaches.

        Returns
        -------
        DataFrame
            A row an approach and measure: ``approach``, ``measure``, ``baseline``, ``value`` (mean
            over placements) and ``difference`` with its interval over placements, ``low, high``.
        """
        return self.effects.copy()


def compare_approaches(  # noqa: PLR0913
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
    demand_slope: float = 1.0,
    supply_slope: float = 0.8,
    mobility: Amount = 0.2,
    sigma: float = 5.0,
    mu: float = 0.4,
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
        What each approach may cost; each is as large as it pays for. Funding is new. Without
        `prices` the number of links of each.
    prices : Prices, optional
        Of what is built. A merger has none: it is measured, and not compared with what has one.
    frictions : Frictions
        What borders and distance add to the length of a link.
    pipeline_share, kept_share : float
        Of both kinds of parks, and of those who move: see `ReverseEnclave`, `TalentAttraction`.
    corridor_relief : float
        Assumption: share of the border between home and host that a corridor removes.
    demand_slope, supply_slope, mobility, sigma, mu : float
        Assumptions: of the coupled cobweb, the same everywhere, and of `CorePeriphery`.
    replicates, confidence, rng : int, float, Generator or seed
        Random placements of each approach, intervals over them, and their source.

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
    all others, and S their sums, ``spectral_radius`` of a coupled cobweb with the mobility
    ``mobility * A``, and ``below_break``: the break point of free flow less the freeness, A of home
    and host (above 0 an even split is stable). A border of which a share r is gone leaves
    A^(1 - r). *Participation*: ``largest_excess`` of the game of home and host in which each has
    what its own access gains; above 0 one is better off alone. What is done without the host
    (competition for talent) home can do alone. The link from network to models is assumed, not
    estimated: to compare, not to predict.

    References
    ----------
    Hu and Zhang, Regional Reorganization of Innovation Elements: Mechanism, Predicament, and
    Pathways to Innovation. Head and Mayer (2014), Gravity equations, Handbook of International
    Economics 4 (freeness from flows).

    Examples
    --------
    >>> import netinnov as ni
    >>> network = ni.datasets.make_city_system(rng=1)
    >>> home, host = network.places.index[[-1, 0]]
    >>> prices = ni.scenarios.Prices(park=5, link=1, pipeline=0.01)
    >>> two = {"home": home, "host": host, "approaches": ["merger", "reverse enclave"]}
    >>> result = compare_approaches(network, **two, budget=30, prices=prices, replicates=2, rng=1)
    >>> result.approaches["size"].tolist()
    [0.0, 7.0]
    """
    if prices is not None:
        check_prices(prices)
    check_type("frictions", frictions, Frictions)
    shares = {"pipeline_share": pipeline_share, "kept_share": kept_share}
    shares |= {"corridor_relief": corridor_relief}
    rng = check_rng(rng)
    cobweb = (demand_slope, supply_slope, mobility)
    break_point = CorePeriphery(sigma, mu).break_point()
    sides(network, home, host)
    names = check_names("approaches", approaches or APPROACHES, APPROACHES, of="the approaches")
    chosen = {
        name: _approach(name, network, home, host, budget, prices, shares)
        for name in dict.fromkeys(names)
    }
    measure = _Measures(network, home, host, frictions, cobweb, break_point)
    before = measure(network, 0.0)
    seeds = rng.integers(2**63, size=replicates).tolist()
    effects = []
    for name, approach in chosen.items():
        try:
            drawn = _drawn(network, measure, approach, seeds, before)
        except Exception as error:
            error.add_note(f"In approach {name!r}.")
            raise
        effects.append(_rows(name, before, drawn, confidence))
    columns = ["size", "cost", "border_relief", "unilateral", "assumed"]
    table = pd.DataFrame(
        [[getattr(approach, column) for column in columns] for approach in chosen.values()],
        index=pd.Index(list(chosen), dtype="str", name="approach"),
        columns=columns,
    ).astype({"size": np.float64})
    return ApproachComparison(home, host, table, pd.concat(effects, ignore_index=True))


def _approach(
    name: str,
    network: MultilayerNetwork,
    home: str,
    host: str,
    budget: float,
    prices: Prices | None,
    shares: Mapping[str, float],
) -> Approach:
    kind, text = _KINDS[name]
    assumed = text.format(**{name: 100 * share for name, share in shares.items()})
    if kind is NoChange:
        return Approach(NoChange(), 0, math.nan, 1.0, assumed=assumed)
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
    return Approach(scenario, scenario.size, cost, relief, unilateral, assumed)


def _drawn(
    network: MultilayerNetwork,
    measure: _Measures,
    approach: Approach,
    seeds: Sequence[int],
    before: dict[str, float],
) -> pd.DataFrame:
    rows = []
    drawn = seeds[:1] if isinstance(approach.scenario, NoChange) else seeds
    for seed in drawn:
        changed = apply_scenario(network, approach.scenario, rng=seed)
        rows.append(measure(changed, approach.border_relief))
    table = pd.DataFrame(rows * (len(seeds) // len(drawn)))
    # Excesses of a two-player game: stand-alone gain less the gain in its own access.
    sides = ["home_access", "host_access"]
    losses = (pd.Series(before)[sides] - table[sides]) * measure.counts
    table["home_excess"] = 0.0 if approach.unilateral else losses["home_access"]
    table["host_excess"] = losses["host_access"]
    return table.assign(largest_excess=table[["home_excess", "host_excess"]].max(axis=1))


def _rows(
    name: str, before: dict[str, float], drawn: pd.DataFrame, confidence: float
) -> pd.DataFrame:
    baseline = pd.Series(before).reindex(drawn.columns, fill_value=0.0)
    change = drawn - baseline
    low, high = np.quantile(change, [(1 - confidence) / 2, (1 + confidence) / 2], axis=0)
    mean = np.array([change[each].to_numpy().mean() for each in change])
    table = {"approach": name, "measure": drawn.columns, "baseline": baseline}
    table |= {"value": baseline + mean, "difference": mean, "low": low, "high": high}
    return pd.DataFrame(table)


@dataclass(frozen=True)
class _Measures:
    baseline: MultilayerNetwork
    home: str
    host: str
    frictions: Frictions
    cobweb: tuple[float, float, float]
    break_point: float

    @cached_property
    def counts(self) -> list[int]:
        return [int(side.nodes.sum()) for side in sides(self.baseline, self.home, self.host)]

    def __call__(self, network: MultilayerNetwork, relief: float) -> dict[str, float]:
        home, host = sides(self.baseline, self.home, self.host)
        n = self.baseline.n_nodes
        # 0 for nodes whose jurisdiction is home, 1 for those of host, 2 for all others.
        code = network.storage.jurisdiction_codes
        own = [inside(network, place)[code] & (code >= 0) for place in (self.home, self.host)]
        belongs = np.select(own, [0, 1], 2)
        access = self._access(network, belongs, relief)
        totals = strength(network).sum(axis=1).to_numpy(np.float64)[:n]
        between = _association(network, belongs, relief)
        b, d, mobility = self.cobweb
        model = CoupledCobweb([b] * 3, [d] * 3, mobility=mobility * between)
        return {
            "efficiency": float(access.mean()),
            "home_access": float(access[home.nodes].mean()),
            "host_access": float(access[host.nodes].mean()),
            "access_gini": gini(access),
            "effective_number": effective_number(totals),
            "spectral_radius": model.spectral_radius(),
            "below_break": self.break_point - float(between[0, 1]),
        }

    def _access(
        self, network: MultilayerNetwork, belongs: npt.NDArray[np.intp], relief: float
    ) -> Floats:
        n = self.baseline.n_nodes
        costs = PathCosts("unit", 0.0, self.frictions)
        lengths = sparse.coo_array(shortest_links(network, costs))
        length, (row, column) = lengths.data.astype(np.float64), lengths.coords
        if relief > 0:
            without = Frictions(distance=self.frictions.distance)
            inner = sparse.coo_array(shortest_links(network, costs._replace(frictions=without)))
            ends = belongs[row] + belongs[column]
            crosses = (belongs[row] != belongs[column]) & (ends == 1)
            length = np.where(crosses, (1 - relief) * length + relief * inner.data, length)
        graph = sparse.csr_array((length, (row, column)), shape=lengths.shape)
        distance_between = csgraph.dijkstra(graph, directed=True, indices=np.arange(n))[:, :n]
        np.fill_diagonal(distance_between, np.inf)
        return np.asarray((1.0 / distance_between).sum(axis=1) / max(n - 1, 1))


def _association(
    network: MultilayerNetwork, belongs: npt.NDArray[np.intp], relief: float
) -> Floats:
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
