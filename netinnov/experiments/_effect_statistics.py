"""Effects of scenarios: their statistics, and placebos among which they are ranked."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any, TypeAlias

import numpy as np
import numpy.typing as npt
import pandas as pd
from numpy.random import Generator
from scipy.special import stdtrit

from netinnov._network.layer_table import why_untested
from netinnov._runtime.arguments import check_callable, check_names
from netinnov._typing import Floats
from netinnov.errors import InputError
from netinnov.experiments._decomposition import PairSums
from netinnov.network import MultilayerNetwork
from netinnov.null_models._identity import identity
from netinnov.null_models._null_statistics import two_sided
from netinnov.scenarios import MatchedPlacebo, NoChange, RandomEnds, Scenario
from netinnov.scenarios._prices import draws_nothing

Placebo: TypeAlias = Scenario | Callable[[MultilayerNetwork, Generator], Scenario]

BASELINE = "baseline"
# Columns of the table of effects, after scenario, measure and node
STATISTICS = (
    *("baseline", "mean", "difference", "percent", "median", "low", "high", "mc_error", "mc_low"),
    *("mc_high", "spread", "standardised", "same_sign", "replicates", "data_error", "data_low"),
    *("data_high", "resamples", "placebo_median", "placebo_low", "placebo_high", "placebo_n"),
    *("placebo_placements", "ranked", "placebo_p", "corrected_p", "why_no_p"),
)
_ROUNDING = 1e-12  # relative changes below this count as 0
_MIDDLE = [0.025, 0.5, 0.975]

# Measures that new links move one way only: tests/experiments/test_monotone_measures.py
_MONOTONE = {
    *("access", "algebraic_connectivity", "core_number", "degree", "density", "edge_overlap"),
    *("effective_resistance", "global_efficiency", "harmonic_centrality", "kirchhoff_index"),
    *("largest_component", "overlapping_degree", "overlapping_strength", "reach"),
    *("robustness_curve", "strength"),
}
_FEW = 0.05  # share of placebos below which hardly any adds as much as the scenario


@dataclass(frozen=True, slots=True)
class PlaceboDraw:
    """A placebo of each replicate: made for it, or one of a list, in turn."""

    make: Placebo
    among: tuple[Scenario, ...]
    order: np.random.SeedSequence

    def of_replicate(
        self, network: MultilayerNetwork, rng: Generator, number: int
    ) -> tuple[Scenario | MultilayerNetwork, str]:
        if self.among:  # in random order, another one each time
            time, at = divmod(number, len(self.among))
            # Of its own, so that links are drawn as for the real one, and the first ones stay.
            turn = np.random.default_rng(spawned(self.order, time)).permutation(len(self.among))
            change: Any = self.among[int(turn[at])]
        else:
            change = self.make(network, rng)
        return change, "" if isinstance(change, MultilayerNetwork) else identity(change)


def n_replicates(scenario: object, replicates: int, baseline: Scenario) -> int:
    """One if nothing is random, or one at each place of a placebo, the baseline being fixed too."""
    if not isinstance(scenario, PlaceboDraw):
        return 1 if draws_nothing(scenario) else replicates
    fixed = scenario.among and all(map(draws_nothing, (baseline, *scenario.among)))
    return len(scenario.among) if fixed else replicates


def spawned(seed: np.random.SeedSequence, *key: int) -> np.random.SeedSequence:
    return np.random.SeedSequence(seed.entropy, spawn_key=(*seed.spawn_key, *key))


def placebo_draws(
    placebo: Placebo | Mapping[str, Placebo] | None,
    scenarios: Mapping[str, Scenario],
    network: MultilayerNetwork,
    order: np.random.SeedSequence,
) -> tuple[dict[str, PlaceboDraw], dict[str, str]]:
    if isinstance(placebo, Mapping):
        names = check_names("placebo", placebo, list(scenarios), of="the scenarios")
        placebo_of = {name: f"placebo of {name}" for name in names}
        placebos = {placebo_of[name]: placebo[name] for name in names}
    else:
        placebos = {} if placebo is None else {"placebo": placebo}
        placebo_of = {name: each for name in scenarios for each in placebos}
    draws = {}
    for name, change in placebos.items():
        expected = "a scenario, or a function of a network and a Generator that gives one"
        check_callable("placebo", change, expected, made=True)
        if isinstance(change, NoChange):
            msg = "no change is not a placebo: it is one case, not a distribution, and a measure "
            msg += "that cannot fall when links are added (efficiency) would differ from it by "
            msg += "construction. Take the same scenario at a matched place (MatchedPlacebo) or "
            raise InputError(f"{msg}with random ends (RandomEnds).")
        if name in scenarios:
            raise InputError(f"a scenario cannot be called {name!r} where there is a placebo.")
        among = change.placebos(network) if isinstance(change, MatchedPlacebo) else ()
        draws[name] = PlaceboDraw(change, tuple(among), order)
    return draws, placebo_of


def totals_of(network: MultilayerNetwork) -> Floats:
    parts = [network.storage.simple_csr(layer) for layer in network.layers]
    weight = math.fsum(part.data.sum() for part in parts)
    totals = np.array([sum(part.indices.size for part in parts), weight], np.float64)
    return totals if network.directed else totals / 2


def refusals(
    network: MultilayerNetwork,
    scenarios: Mapping[str, Scenario],
    measures: Mapping[str, object],
    placebos: Mapping[str, PlaceboDraw],
    placebo_of: Mapping[str, str],
    totals: Floats,
    of: Mapping[Any, Any],
) -> dict[tuple[str, str], str]:
    """Why there is no p-value, by scenario and measure; `of` are rows of `totals` by scenario."""
    modelled, start = why_untested(network.storage.records, warn=False), totals[of[BASELINE]]
    reasons = {}
    for name, scenario in scenarios.items():
        unequal, reason = "", modelled or ("" if name in placebo_of else "no placebo")
        if not reason:
            against: Any = placebos[placebo_of[name]].make
            # The same policy at another place, or with other ends, has as many links to give.
            elsewhere = isinstance(against, (MatchedPlacebo, RandomEnds))
            if not (elsewhere and against.scenario == scenario):
                both = (totals[of[each]] - start for each in (name, placebo_of[name]))
                unequal = _adds_otherwise(*both, margin=1e-9 * start.max(axis=0))
        for measure, function in measures.items():
            if reason or (unequal and is_monotone(function)):
                one_way = f"{unequal}, and new links can move this measure one way only"
                reasons[name, measure] = reason or one_way
    return reasons


def _adds_otherwise(scenario: Floats, placebo: Floats, *, margin: Floats) -> str:
    """Words if hardly any placebo adds as much, or as little, as the scenario on average."""
    mine, theirs = scenario.mean(axis=0), placebo.mean(axis=0)
    more = (mine > margin) & ((placebo >= mine - margin).mean(axis=0) < _FEW)
    less = (theirs > margin) & ((placebo <= mine + margin).mean(axis=0) < _FEW)
    for at, (total, fewer) in enumerate((("links", "fewer"), ("weight", "less"))):
        if more[at] or less[at]:
            how = "more" if more[at] else fewer
            net = f"net {mine[at]:.3g} against {theirs[at]:.3g} on average"
            return f"the scenario adds {how} {total} than its placebo does ({net})"
    return ""


def is_monotone(measure: object) -> bool:
    """Whether it is a measure of netinnov that new links can move one way only."""
    while isinstance(measure, partial):
        measure = measure.func
    ours = str(getattr(measure, "__module__", "")).startswith("netinnov.")
    return isinstance(measure, PairSums) or (ours and getattr(measure, "__name__", "") in _MONOTONE)


def columns_and_values(table: pd.DataFrame) -> tuple[pd.DataFrame, dict[str, Floats]]:
    """Measure and node of each column; by scenario an array (resample x) replicate x column."""
    sizes = [name for name in ("resample", "replicate") if name in table]
    values: dict[str, Floats] = {}
    for scenario, rows in table.groupby("scenario", observed=True, sort=False):
        rows = rows.sort_values(sizes, kind="stable", ignore_index=True)
        shape = (*(rows[name].nunique() for name in sizes), -1)
        values[str(scenario)] = array = rows["value"].to_numpy(np.float64).reshape(shape)
    return rows.loc[: array.shape[-1] - 1, ["measure", "node"]], values


def changes(before: npt.ArrayLike, after: npt.ArrayLike) -> Floats:
    """After minus before; what was measured once (one row) is compared with all."""
    with np.errstate(invalid="ignore"):  # infinite in both: the difference is undefined
        difference = np.subtract(after, before, dtype=np.float64)
    rounding = np.isclose(after, before, rtol=_ROUNDING, atol=0.0) & np.isfinite(difference)
    return np.where(rounding, 0.0, difference)


def size_of(*values: Floats) -> Floats:
    """Largest finite magnitude of each column: the scale of rounding."""
    sizes = [np.where(np.isfinite(each), np.abs(each), 0.0).max(axis=0) for each in values]
    return np.asarray(np.max(sizes, axis=0), np.float64)


def mean_of(values: Floats) -> Floats:
    """Of each column, without what is undefined; NaN where all is."""
    known = ~np.isnan(values)
    with np.errstate(invalid="ignore"):
        return np.asarray(np.where(known, values, 0.0).sum(axis=0) / known.sum(axis=0))


def _variance_of(values: Floats) -> Floats:
    known = ~np.isnan(values)
    free = known.sum(axis=0) - 1
    with np.errstate(invalid="ignore"):
        square = np.where(known, values - mean_of(values), 0.0) ** 2
        return np.asarray(square.sum(axis=0) / np.where(free > 0, free, np.nan))


def _spread_of(values: Floats, size: Floats) -> Floats:
    """Standard deviation of each column; 0 where it is rounding of values of this size."""
    with np.errstate(invalid="ignore"):
        alike = np.fmax.reduce(values) - np.fmin.reduce(values) <= _ROUNDING * size
    variance = _variance_of(values)
    return np.where(alike & ~np.isnan(variance), 0.0, np.sqrt(variance))


def _quantiles_of(values: Floats, prefix: str = "") -> dict[str, Floats]:
    names = [prefix + name for name in ("low", "median", "high")]
    with np.errstate(invalid="ignore"):  # between infinite ones there is none
        quantiles = pd.DataFrame(values).quantile(_MIDDLE).to_numpy()
    return dict(zip(names, quantiles, strict=True))


def placement_statistics(baseline: Floats, values: Floats, differences: Floats) -> dict[str, Any]:
    n = (~np.isnan(differences)).sum(axis=0)
    mean, start = mean_of(differences), mean_of(baseline)
    spread = _spread_of(differences, size_of(baseline, values))
    quantiles = _quantiles_of(differences)
    median = quantiles["median"]
    higher = (differences > 0).sum(axis=0) + 0.5 * (differences == 0).sum(axis=0)
    alike = (np.sign(differences) == np.sign(median)).sum(axis=0)
    with np.errstate(divide="ignore", invalid="ignore"):
        error = spread / n**0.5
        # Half the width of the interval; no spread has none.
        half = np.where(spread == 0, 0.0, error * stdtrit(np.maximum(n - 1, 1), 0.975))
        return {
            "baseline": start,
            "mean": mean_of(values),
            "difference": mean,
            "percent": 100 * mean / np.where(start == 0, np.nan, np.abs(start)),
            **quantiles,
            "mc_error": error,
            "mc_low": mean - half,
            "mc_high": mean + half,
            "spread": spread,
            "standardised": mean / np.where(spread > 0, spread, np.nan),
            "higher": higher / n,
            "same_sign": np.where(median == 0, np.nan, alike / n),
            "replicates": n,
        }


def variance_of_data(effects: Floats) -> float:
    """Variance of sets of data (rows) with the same placements (columns), or 0.

    Two-way random effects: the variance of the means of sets, less the interaction's part in it.
    """
    rows, columns = effects.shape
    means = effects.mean(axis=1, keepdims=True)
    if columns < 2:
        return float(means.var(ddof=1))
    rest = effects - means - effects.mean(axis=0) + effects.mean()
    interaction = (rest**2).sum() / ((rows - 1) * (columns - 1))
    return max(float(means.var(ddof=1) - interaction / columns), 0.0)


def data_statistics(effects: Floats | None, observed: Floats) -> pd.DataFrame:
    """Data uncertainty, one row a node; ``effects`` are set of data x placement x node."""
    rows = []
    for node, start in enumerate(mean_of(np.where(observed == np.inf, np.nan, observed))):
        values = np.empty((0, 1)) if effects is None else effects[:, :, node]
        values = values[np.isfinite(values).all(axis=1)]
        if len(values) < 2:
            rows.append((np.nan,) * 3 + (len(values),))
            continue
        variance, means = variance_of_data(values), values.mean(axis=1)
        # Means of few placements vary more than the data: shrink them to the variance of data.
        spread = means.std(ddof=1)
        deviation = (np.sqrt(variance) / spread if spread else 0.0) * (means - means.mean())
        # Of n draws each gap between neighbours holds 1 / (n + 1) of what could be drawn.
        low, high = np.quantile(deviation, [0.025, 0.975], method="weibull")
        rows.append((np.sqrt(variance), start + low, start + high, len(values)))
    return pd.DataFrame(rows, columns=["data_error", "data_low", "data_high", "resamples"])


def placebo_statistics(
    change: Floats,
    placebo: Floats | None,
    labels: Sequence[str],
    reasons: Sequence[str],
    size: Floats,
) -> dict[str, Any]:
    draws = np.full((1, change.shape[1]), np.nan) if placebo is None else placebo
    real, placements, ranked, band = mean_of(change), int(placebo is not None), draws, draws
    # Different placebos may have the same effect; of those without a name nobody knows.
    differ = (np.fmax.reduce(draws) > np.fmin.reduce(draws)) & (_spread_of(draws, size) != 0)
    if placebo is not None and any(labels):
        place = pd.Series([label or str(at) for at, label in enumerate(labels[: len(draws)])])
        n_places = place.nunique()
        if n_places == len(place) > 1 and len(change) > 1:
            place.iloc[-1] = None  # all are different: the last leaves its turn to the real one
        placements = max(1, min(place.value_counts().min(), len(place) // (n_places + 1)))
        at_place = pd.DataFrame(draws).groupby(place, sort=False)
        sampled = (at_place.cumcount() < placements).to_numpy()
        first = pd.DataFrame(draws[sampled]).groupby(place[sampled].tolist(), sort=False)
        ranked = first.mean().to_numpy()
        differ = (~np.isnan(ranked)).sum(axis=0) > 1
        band = _band(draws, at_place, (~np.isnan(change)).sum(axis=0))
        if len(change) == len(draws) > 1:  # replicates that are in no placebo
            real = mean_of(change[~sampled][:placements])
    p = np.asarray(two_sided(real, ranked, size), np.float64)
    why = np.full(len(p), pd.NA, object)
    why[~differ] = "the placebo is always the same: a rank needs several"
    why[np.isnan(p) | np.isnan(change).all(axis=0)] = "undefined"
    why = np.array([reason or other for reason, other in zip(reasons, why, strict=True)], object)
    return {
        **_quantiles_of(band, "placebo_"),
        "placebo_n": (~np.isnan(ranked)).sum(axis=0),
        "placebo_placements": placements,
        "ranked": real if placements else np.nan,
        "placebo_p": np.where(pd.isna(why), p, np.nan),
        "why_no_p": pd.array(why, "str"),
    }


def _band(draws: Floats, at_place: Any, n_real: Floats) -> Floats:
    """Shrink the means of places to the placement variance of the real mean."""
    means, n = at_place.mean().to_numpy(), at_place.count().to_numpy()
    free = np.maximum(n - 1, 0).sum(axis=0)  # none where there is one placement of each place
    with np.errstate(divide="ignore", invalid="ignore"):  # infinite effects: the band stays
        square = (draws - at_place.transform("mean").to_numpy()) ** 2
        within = np.nansum(square, axis=0) / np.where(free > 0, free, np.nan)
        between, each = _variance_of(means), mean_of(1 / np.where(n > 0, n, np.nan))
        places = np.maximum(between - within * each, 0)
        shrink = np.minimum((places + within / n_real) / between, 1) ** 0.5
        middle = _quantiles_of(means)["median"]
        return np.where(shrink < 1, middle + shrink * (means - middle), means)
