"""Estimate a coupled cobweb from a panel of prices and quantities."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any, Literal, TypeAlias

import numpy as np
import numpy.typing as npt
import pandas as pd

from netinnov._arguments import as_whole, check_choice, check_level, check_number, check_rng
from netinnov._typing import Floats, Rng
from netinnov.errors import InputError
from netinnov.mechanisms.cobweb._coupled import CoupledCobweb
from netinnov.mechanisms.cobweb._estimates import (
    Demand,
    checks_of,
    derived,
    draws_of,
    expanded,
    influence_of,
    intercepts_of,
    intervals_of,
    with_demand,
)
from netinnov.mechanisms.cobweb._moments import Cluster, Moments
from netinnov.mechanisms.cobweb._panel import Panel, read_panel
from netinnov.mechanisms.cobweb._parameters import mobility_matrix
from netinnov.network import MultilayerNetwork

__all__ = ["CobwebFit", "Demand", "Verdict", "fit"]

Verdict: TypeAlias = Literal["stable", "unstable", "undecided"]

_LEAST = 8  # periods in use


@dataclass(frozen=True, slots=True, eq=False)
class CobwebFit:
    """What a panel says about a coupled cobweb.

    Parameters
    ----------
    demand_slope, supply_slope, mobility, adaptation : float
        b, d, m (a factor on the pattern given) and beta, alike in all regions.
    root_total, root_gap : float
        Roots of the common move and of the gap that mobility answers most, at the estimates.
    spectral_radius : float
        The larger modulus of the two, which is that of all roots.
    standard_errors : Series
        Of all these, 0 for what was not estimated; of the roots by linear approximation.
    intervals : DataFrame
        ``low, high`` of all these at ``level``.
    verdict : {"stable", "unstable", "undecided"}
        Whether the interval of the spectral radius lies below 1, at or above it, or holds it.
    instrument_f : float
        Of the instrument of quantity in demand; below 10 it is weak (with
        "recursive": what it would be).
    simultaneity_p : float
        Two-sided, for equal slopes of demand by "recursive" and by "instrument": a low value speaks
        against the assumption of the former.
    serial_demand_p, serial_supply_p : float
        Two-sided, for no correlation of residuals with those of the period before; low values speak
        against the assumption of both. Rough: the parameters are taken as known.
    intercepts : DataFrame
        ``demand, supply``, a row a region.
    at_bound : bool
        Whether adaptation would have been above 1 and is put to 1.
    demand : {"recursive", "instrument"}
        How the slope of demand was found.
    level : float
        Of the intervals.
    n_regions, n_periods, n_clusters : int
        Regions, periods in use, and clusters.
    pattern : array
        Mobility at m = 1.
    """

    demand_slope: float
    supply_slope: float
    mobility: float
    adaptation: float
    root_total: float
    root_gap: float
    spectral_radius: float
    standard_errors: pd.Series[float]
    intervals: pd.DataFrame
    verdict: Verdict
    instrument_f: float
    simultaneity_p: float
    serial_demand_p: float
    serial_supply_p: float
    intercepts: pd.DataFrame
    at_bound: bool
    demand: Demand
    level: float
    n_regions: int
    n_periods: int
    n_clusters: int
    pattern: Floats

    def to_frame(self) -> pd.DataFrame:
        """Give the estimates with their intervals.

        Returns
        -------
        DataFrame
            A row a parameter or root: ``estimate, standard_error, low, high``.
        """
        estimates = pd.Series({name: getattr(self, name) for name in self.intervals.index})
        table = pd.DataFrame({"estimate": estimates, "standard_error": self.standard_errors})
        return table.join(self.intervals).rename_axis("parameter")

    def model(self) -> CoupledCobweb:
        """Coupled cobweb at the estimates, with the intercepts of the regions.

        Returns
        -------
        CoupledCobweb

        Raises
        ------
        InputError
            If an estimate has the wrong sign, which a model cannot have.
        """
        n = self.n_regions
        for name in ("demand_slope", "supply_slope", "mobility"):
            check_number(name, getattr(self, name), low=0, above=name == "demand_slope")
        return CoupledCobweb(
            np.full(n, self.demand_slope),
            np.full(n, self.supply_slope),
            mobility=self.mobility * self.pattern,
            demand_intercept=self.intercepts["demand"].to_numpy(),
            supply_intercept=self.intercepts["supply"].to_numpy(),
            adaptation=self.adaptation,
            regions=list(self.intercepts.index),
        )


def fit(
    panel: pd.DataFrame,
    *,
    price: str = "price",
    quantity: str = "quantity",
    region: str = "region",
    period: str = "period",
    mobility: float | npt.ArrayLike | MultilayerNetwork | None = 1.0,
    adaptation: float | None = None,
    demand: Demand = "recursive",
    cluster: Cluster = "region",
    level: float = 0.95,
    burn_in: int | None = None,
    resamples: int = 0,
    rng: Rng = None,
) -> CobwebFit:
    """Slopes, adaptation and mobility of regions from their prices and quantities.

    q_it = c_i + d p^e_it + m sum_j w_ij (p^e_it - p^e_jt) + v_it and p_it = (a_i - q_it) / b
    + u_it.

    Parameters
    ----------
    panel : DataFrame
        A row a region and period, every pair once, periods in equal steps.
    price, quantity, region, period : str
        Columns. Wages, rents or vacancy rates can stand for prices; the two may be logarithms, b
        and d are then elasticities.
    mobility : float, matrix, MultilayerNetwork or None
        w, the pattern that m multiplies: alike for all pairs, a symmetric matrix in the order of
        the regions' first rows (or a table with their names), or a network whose nodes are the
        regions. None: no coupling.
    adaptation : float, optional
        beta, if it is known; 1 is the naive case. By default it is estimated.
    demand : {"recursive", "instrument"}
        "recursive": p on q, which is right if u and v of a period are not correlated: supply is
        decided before the price is known. "instrument": q is replaced by what expected prices say
        about it, which allows for that correlation.
    cluster : {"region", "period"}
        Inside which errors may depend on each other: all periods of a region, or all regions of a
        period (common shocks). At least 20 clusters are wanted.
    level : float
        Of the intervals, between 0 and 1.
    burn_in : int, optional
        Periods left out at the start, since what was expected before the panel is not known: its
        weight after k periods is (1 - beta)^k. By default 0 if adaptation is given as 1, else 5.
    resamples : int
        0: intervals from cluster-robust errors and Student's t. Else expanded percentile intervals
        (Hesterberg 2015) of so many bootstrap samples: of whole regions, or of blocks of periods
        (`cluster`).
    rng : None, int, SeedSequence or Generator
        Source of chance of the bootstrap.

    Returns
    -------
    CobwebFit
        Estimates, intervals, and whether the regions are stable.

    Raises
    ------
    InputError
        If the panel has gaps or repeats, has fewer than two clusters or too few periods, or an
        option is out of range.

    Notes
    -----
    What is assumed: the same slopes everywhere (intercepts may differ); shocks that are not
    correlated over time; supply that follows past prices only. Then past prices are given when
    shocks come, but not strictly exogenous, so that means over a region's whole time would bring
    a bias (Nickell 1981). Instead each equation is taken less the mean of its later periods
    (Arellano and Bover 1995), with instruments less the mean of their earlier periods (Hayakawa
    2009), and adaptation by the moment of non-linear least squares. The interval of b is the
    reciprocal of that of 1 / b. That of the spectral radius goes from the larger of the lower ends
    of both roots' moduli to the larger of their upper ends. If a root crosses -1, "stable" and
    "unstable" are statements about the linear model.

    References
    ----------
    Nerlove (1958), Adaptive expectations and cobweb phenomena, Quarterly Journal of Economics 72,
    227-240. Nickell (1981), Biases in dynamic models with fixed effects, Econometrica 49,
    1417-1426. Arellano and Bover (1995), Another look at the instrumental variable estimation of
    error-components models, Journal of Econometrics 68, 29-51. Hayakawa (2009), A simple efficient
    instrumental variable estimator for panel AR(p) models when both N and T are large, Econometric
    Theory 25, 873-890. Hesterberg (2015), What teachers should know about the bootstrap, American
    Statistician 69, 371-386.

    Examples
    --------
    >>> from netinnov.mechanisms.cobweb import CoupledCobweb, simulate_panel
    >>> n = 20
    >>> truth = CoupledCobweb(
    ...     [1.0] * n, [0.5] * n, mobility=0.01, demand_intercept=[9] * n, supply_intercept=[1] * n
    ... )
    >>> found = fit(simulate_panel(truth, periods=60, rng=1), adaptation=1.0)
    >>> found.verdict, round(found.demand_slope, 1)
    ('stable', 1.0)
    """
    rng = check_rng(rng)
    check_choice("demand", demand, Demand)
    check_choice("cluster", cluster, Cluster)
    check_level("level", level)
    if adaptation is not None:
        check_number("adaptation", adaptation, low=0, high=1, above=True)
    resamples = as_whole("resamples", resamples)
    burn_in = (0 if adaptation == 1 else 5) if burn_in is None else as_whole("burn_in", burn_in)
    names = tuple(mobility.nodes.index) if isinstance(mobility, MultilayerNetwork) else ()
    data = read_panel(
        panel, region=region, period=period, price=price, quantity=quantity, regions=names
    )
    moments = _moments(data, mobility, burn_in, cluster)
    fixed = adaptation is not None
    supply = moments.free() if adaptation is None else moments.given(adaptation)[0]
    at_bound = supply.adaptation > 1
    if at_bound:
        supply = moments.given(1.0)[0]
    found = with_demand(moments, supply, demand)
    influence = influence_of(moments, found, demand, fixed=fixed)
    clusters = len(influence)
    spread = influence.T @ influence * clusters / (clusters - 1)
    top = 0.0 if moments.laplacian is None else float(np.linalg.eigvalsh(moments.laplacian)[-1])
    estimates, errors = derived(found, spread, top)
    intervals = intervals_of(estimates, errors, found, math.sqrt(spread[3, 3]), clusters, level)
    if resamples:
        draws = draws_of(moments, found, demand, resamples, rng, fixed=fixed)
        rows = pd.DataFrame([derived(draw, np.zeros((4, 4)), top)[0] for draw in draws])
        intervals = rows.quantile(list(expanded(level, clusters))).T.set_axis(
            ["low", "high"], axis=1
        )
        intervals.loc["adaptation"] = intervals.loc["adaptation"].clip(upper=1.0)
        errors = rows.std(ddof=1)
    low, high = intervals.loc["spectral_radius"].to_numpy(np.float64)
    verdict: Verdict = "stable" if high < 1 else "unstable" if low >= 1 else "undecided"
    used = moments.outcome(data.prices)
    return CobwebFit(
        **{name: float(value) for name, value in estimates.items()},
        standard_errors=errors,
        intervals=intervals,
        verdict=verdict,
        **checks_of(moments, found),
        intercepts=intercepts_of(moments, found),
        at_bound=at_bound,
        demand=demand,
        level=float(level),
        n_regions=len(data.regions),
        n_periods=used.shape[1],
        n_clusters=clusters,
        pattern=_pattern(mobility, data.regions),
    )


def _pattern(mobility: Any, regions: tuple[Any, ...]) -> Floats:
    given = 0.0 if mobility is None else mobility
    return mobility_matrix(given, len(regions), directed=False, regions=regions)


def _moments(data: Panel, mobility: Any, burn_in: int, cluster: Cluster) -> Moments:
    n, periods = data.prices.shape
    used = periods - 1 - burn_in
    if used < _LEAST:
        msg = f"`panel` must have at least {_LEAST + 1 + burn_in} periods with `burn_in` {burn_in}"
        raise InputError(f"{msg}; found {periods}.")
    if cluster == "region" and n < 2:
        msg = "`panel` must have at least two regions for cluster='region'; found 1; "
        raise InputError(f"{msg}take cluster='period'.")
    for name, values in (("price", data.prices), ("quantity", data.quantities)):
        if not np.ptp(values, axis=1).any():
            raise InputError(f"`panel`: the {name} must change over time in a region; it does not.")
    pattern = _pattern(mobility, data.regions)
    coupled = bool(pattern.any())
    if mobility is not None and not coupled and n > 1:
        raise InputError("`mobility` must have a pair above 0, or be None; found 0 everywhere.")
    laplacian = np.diag(pattern.sum(axis=1)) - pattern if coupled else None
    return Moments(data, laplacian, burn_in, cluster)
