"""Governance approaches side by side at equal cost, in the network and in the mechanism models."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd
from scipy import sparse
from scipy.sparse import csgraph

from netinnov._arguments import (
    as_whole,
    check_confidence,
    check_number,
    check_rng,
    check_type,
)
from netinnov._display import Displayed
from netinnov._paths import Frictions, shortest_links
from netinnov._public import suggests_keywords
from netinnov._typing import Floats, Rng
from netinnov.centrality import strength
from netinnov.governance._approach_words import told
from netinnov.governance._approaches import Approach, Shares, approaches_of
from netinnov.mechanisms.cobweb import CoupledCobweb
from netinnov.mechanisms.free_flow import CorePeriphery
from netinnov.network import MultilayerNetwork, check_network
from netinnov.planning import Game, excess
from netinnov.polycentricity import effective_number, gini
from netinnov.scenarios import Prices, Scenario, apply_scenario
from netinnov.scenarios._park_ends import inside, sides
from netinnov.scenarios._prices import check_prices

__all__ = ["ApproachComparison", "compare_approaches"]

Mask = npt.NDArray[np.bool_]

_FRICTIONS = Frictions(border=1.0)


@dataclass(frozen=True, eq=False, slots=True, repr=False)
class ApproachComparison(Displayed):
    """Approaches side by side.

    Attributes
    ----------
    home, host : str
        The two places.
    approaches : DataFrame
        Index approach; ``size`` (links), ``cost``, ``border_relief`` (share of the border between
        home and host that is gone), ``unilateral`` (home does it alone) and ``assumed`` (what is
        a parameter by assumption).
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
            over placements), ``difference``, and the interval ``low`` to ``high`` of the
            difference over placements.
        """
        return self.effects.copy()

    def sentences(self, *, names: Mapping[str, str] | None = None) -> list[str]:
        """Say in words who gains, who would leave, and what stands against what.

        Parameters
        ----------
        names : mapping from place to str, optional
            What home and host are called; their ids by default.

        Returns
        -------
        list of str
            One sentence each, made from the numbers.
        """
        home, host = (str((names or {}).get(place, place)) for place in (self.home, self.host))
        return told(home, host, self.approaches, self.effects)


@suggests_keywords
def compare_approaches(
    network: MultilayerNetwork,
    *,
    approaches: Sequence[str] | Mapping[str, Scenario] | None = None,
    home: str,
    host: str,
    budget: float,
    prices: Prices,
    frictions: Frictions = _FRICTIONS,
    pipeline_share: float = 0.5,
    kept_share: float = 0.5,
    corridor_relief: float = 0.5,
    demand_slope: float = 1.0,
    supply_slope: float = 0.8,
    mobility: float = 0.2,
    sigma: float = 5.0,
    mu: float = 0.4,
    replicates: int = 50,
    confidence: float = 0.95,
    rng: Rng = None,
) -> ApproachComparison:
    """Compare governance approaches that the same budget pays for.

    Parameters
    ----------
    network : MultilayerNetwork
        The network before.
    approaches : sequence of str or mapping, optional
        Some of ``"competition for talent"`` (`TalentAttraction`), ``"park of the core at home"``
        (`ForwardEnclave`), ``"corridor"`` (`DirectLinks` and a lower border along it),
        ``"merger"`` (no border between the two) and ``"reverse enclave"``; None: all. Or scenarios
        of your own by name, none above the budget.
    home, host : str
        The catching-up place and the core place.
    budget : float
        What each approach may cost; each is as large as it pays for. Funding is new.
    prices : Prices
        Of a park, a local link and a kilometre of pipeline.
    frictions : Frictions
        What borders and kilometres add to the length of a link.
    pipeline_share, kept_share : float
        Of both kinds of parks, and of those who move: see `ReverseEnclave`, `TalentAttraction`.
    corridor_relief : float
        Share of the border between home and host that a corridor removes: an assumption.
    demand_slope, supply_slope, mobility : float
        Of the coupled cobweb, the same in home, host and all others: assumptions.
    sigma, mu : float
        Of the core-periphery model of free flow: assumptions.
    replicates : int
        Random placements of each approach.
    confidence : float
        Of the intervals over placements.
    rng : None, int, SeedSequence or Generator
        Source of the placements.

    Returns
    -------
    ApproachComparison
        ``.approaches``, ``.to_frame()`` and ``.sentences()``.

    Raises
    ------
    InputError
        Unknown approaches or places, a budget that does not pay for one link, or an approach above
        it.

    Notes
    -----
    Measured on the nodes of the baseline. *Connectivity*: ``efficiency``, ``home_access`` and
    ``host_access`` (harmonic centrality, unit lengths and frictions). *Convergence*:
    ``access_gini``, over nodes. *Multi-centricity*: ``effective_number`` of places by strength.
    *Stability*: with A = W_ij / sqrt(S_i S_j), where W are the weights between the nodes that
    belong to home, to host and to all others, and S their sums, ``spectral_radius`` is that of a
    coupled cobweb whose mobility is ``mobility * A``, and ``below_break`` the break point of free
    flow less the freeness, for which A of home and host stands: above 0 an even split is stable. A
    border of which a share r is gone leaves A^(1 - r). *Participation*: ``largest_excess`` of the
    game of home and host in which each has what its own access gains; above 0 one of them is better
    off alone. What is done without the host (competition for talent) home can do alone.

    The link from network to models is an assumption and not estimated: use it to compare
    approaches, not to predict.

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
    >>> prices = ni.scenarios.Prices(park=5, link=1, pipeline_km=0.01)
    >>> two = {"home": home, "host": host, "approaches": ["merger", "reverse enclave"]}
    >>> result = compare_approaches(network, **two, budget=30, prices=prices, replicates=2, rng=1)
    >>> result.approaches["size"].tolist()
    [0.0, 7.0]
    """
    check_network(network)
    check_number("budget", budget, low=0, above=True)
    check_prices(prices)
    check_type("frictions", frictions, Frictions)
    shares = {"pipeline_share": pipeline_share, "kept_share": kept_share}
    for name, share in (shares | {"corridor_relief": corridor_relief}).items():
        check_number(name, share, low=0, high=1)
    replicates = as_whole("replicates", replicates, low=1)
    check_confidence("confidence", confidence)
    rng = check_rng(rng)
    cobweb = (demand_slope, supply_slope, mobility)
    break_point = CorePeriphery(sigma, mu).break_point()
    sides(network, home, host)
    assumed = Shares(pipeline_share, kept_share, corridor_relief)
    chosen = approaches_of(approaches, network, home, host, budget, prices, assumed)
    measure = _Measures(network, home, host, frictions, cobweb, break_point)
    before = measure(network, 0.0)
    seeds = rng.integers(2**63, size=replicates).tolist()
    rows = []
    for name, approach in chosen.items():
        try:
            drawn = _drawn(network, measure, approach, seeds, before)
        except Exception as error:
            error.add_note(f"In approach {name!r}.")
            raise
        rows += _rows(name, before, drawn, confidence)
    columns = ["size", "cost", "border_relief", "unilateral", "assumed"]
    table = pd.DataFrame(
        [[getattr(approach, column) for column in columns] for approach in chosen.values()],
        index=pd.Index(list(chosen), dtype="str", name="approach"),
        columns=columns,
    ).astype({"size": np.float64})
    return ApproachComparison(home, host, table, pd.DataFrame(rows))


def _drawn(
    network: MultilayerNetwork,
    measure: _Measures,
    approach: Approach,
    seeds: Sequence[int],
    before: dict[str, float],
) -> pd.DataFrame:
    """Measures of each placement, with the largest excess of the game."""
    rows = []
    for seed in seeds:
        changed = apply_scenario(network, approach.scenario, rng=seed)
        values = measure(changed, approach.border_relief)
        gains = [
            (values[f"{side}_access"] - before[f"{side}_access"]) * measure.count(side)
            for side in ("home", "host")
        ]
        alone = gains[0] if approach.unilateral else 0.0
        sides_alone = np.array([0.0, alone, 0.0, math.fsum(gains)])  # nobody, home, host, both
        game = Game(("home", "host"), sides_alone)
        by_coalition: Any = excess(game, pd.Series(gains, ["home", "host"])).items()
        by_side = {next(iter(members)): float(value) for members, value in by_coalition}
        values |= {f"{side}_excess": by_side[side] for side in ("home", "host")}
        values["largest_excess"] = max(by_side.values())
        rows.append(values)
    return pd.DataFrame(rows)


def _rows(
    name: str, before: dict[str, float], drawn: pd.DataFrame, confidence: float
) -> list[dict[str, object]]:
    rows: list[dict[str, object]] = []
    tails = [(1 - confidence) / 2, (1 + confidence) / 2]
    for measure in drawn.columns:
        baseline = before.get(measure, 0.0)
        change = drawn[measure].to_numpy(np.float64) - baseline
        low, high = np.quantile(change, tails)
        rows.append(
            {
                "approach": name,
                "measure": measure,
                "baseline": baseline,
                "value": baseline + change.mean(),
                "difference": change.mean(),
                "low": low,
                "high": high,
            }
        )
    return rows


@dataclass(frozen=True)
class _Measures:
    """All measures of a network, on the nodes of the baseline."""

    baseline: MultilayerNetwork
    home: str
    host: str
    frictions: Frictions
    cobweb: tuple[float, float, float]
    break_point: float

    def count(self, side: str) -> int:
        """Number of nodes located in home or in host."""
        home, host = sides(self.baseline, self.home, self.host)
        return int((home if side == "home" else host).nodes.sum())

    def __call__(self, network: MultilayerNetwork, relief: float) -> dict[str, float]:
        home, host = sides(self.baseline, self.home, self.host)
        n = self.baseline.n_nodes
        belongs = _belongs(network, self.home, self.host)
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
        """Harmonic centrality with a lower border between what belongs to home and to host."""
        n = self.baseline.n_nodes
        lengths = sparse.coo_array(shortest_links(network, "unit", self.frictions))
        length, (row, column) = lengths.data.astype(np.float64), lengths.coords
        if relief > 0:
            without = Frictions(distance=self.frictions.distance)
            inner = sparse.coo_array(shortest_links(network, "unit", without))
            ends = belongs[row] + belongs[column]
            crosses = (belongs[row] != belongs[column]) & (ends == 1)
            length = np.where(crosses, (1 - relief) * length + relief * inner.data, length)
        graph = sparse.csr_array((length, (row, column)), shape=lengths.shape)
        distance_between = csgraph.dijkstra(graph, directed=True, indices=np.arange(n))[:, :n]
        np.fill_diagonal(distance_between, np.inf)
        access: Floats = (1.0 / distance_between).sum(axis=1) / max(n - 1, 1)
        return access


def _belongs(network: MultilayerNetwork, home: str, host: str) -> npt.NDArray[np.intp]:
    """0 for nodes whose jurisdiction is home, 1 for those of host, 2 for all others."""
    code = network.storage.jurisdiction_codes
    known = code >= 0
    of_home = inside(network, home)[code] & known
    of_host = inside(network, host)[code] & known & ~of_home
    return np.select([of_home, of_host], [0, 1], 2)


def _association(
    network: MultilayerNetwork, belongs: npt.NDArray[np.intp], relief: float
) -> Floats:
    """Weights between home, host and all others, relative to what each has; 0 to 1."""
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
