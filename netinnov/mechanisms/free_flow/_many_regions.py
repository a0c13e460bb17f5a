"""Models of trade between n regions: the short run, paths and rest points."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable
from typing import Any

import numpy as np
import pandas as pd

from netinnov._arguments import as_whole, check_rng
from netinnov._typing import Floats, Rng
from netinnov.errors import InputError
from netinnov.mechanisms.free_flow._dynamics import (
    Attraction,
    Dynamics,
    Logit,
    Replicator,
    long_run,
    trajectory,
)
from netinnov.mechanisms.free_flow._regions import (
    Enclaves,
    check_enclaves,
    check_freeness_matrix,
    check_shares,
)


class ManyRegions(ABC):
    """Regions whose mobile go where they earn more; a subclass says what they earn."""

    __slots__ = ()

    sigma: float
    mu: float

    @abstractmethod
    def _attraction(self, phi: Floats, immobile: Floats, reach: Floats | None) -> Attraction:
        """A solver of the short run: shares (paths x regions) to attractions."""

    @abstractmethod
    def _slope(
        self, phi: Floats, immobile: Floats, reach: Floats | None
    ) -> Callable[[Floats], Floats]:
        """Derivatives of the attractions (row) by the shares (column) at one state."""

    @staticmethod
    @abstractmethod
    def _mode_slope(sigma: Any, mu: Any, z: Any, z_reach: Any) -> Any:
        """Change of attraction with a mode of the even split, up to a positive factor."""

    def attraction(
        self, shares: Any, *, freeness: Any, immobile: Any = None, enclaves: Enclaves = None
    ) -> Any:
        """What the mobile earn in each of n regions in the short run.

        Parameters
        ----------
        shares : Series or array
            Of the mobile in each region; they add up to 1. An array may hold one state a row.
        freeness : DataFrame, array or float
            Regions x regions, symmetric, above 0 and at most 1; a number: two regions.
        immobile : Series or array, optional
            Shares of the immobile; equal by default.
        enclaves : mapping from (home, host) to float, optional
            Share of the host's varieties that the home reaches as its own, from 0 to 1.

        Returns
        -------
        Series or array
            Real wage (core-periphery) or logarithm of indirect utility (footloose entrepreneur);
            a Series over the regions for one state.

        Raises
        ------
        InputError
            If a matrix or a share is not what it must be.
        """
        phi, still, reach, labels = self._space(freeness, immobile, enclaves)
        x = check_shares("shares", shares, labels)
        attraction = self._attraction(phi, still, reach)(np.atleast_2d(x))
        return pd.Series(attraction[0], index=labels) if x.ndim == 1 else attraction

    def simulate(
        self,
        start: Any,
        *,
        freeness: Any,
        immobile: Any = None,
        enclaves: Enclaves = None,
        steps: int = 1000,
        dynamics: Dynamics | None = None,
    ) -> pd.DataFrame:
        """Follow the mobile of n regions from a start.

        Parameters
        ----------
        start : Series or array
            Shares of the mobile in each region; they add up to 1.
        freeness, immobile, enclaves
            As in `attraction`.
        steps : int
            Number of steps, at least 1.
        dynamics : Replicator or Logit, optional
            How they move; ``Replicator()`` by default.

        Returns
        -------
        DataFrame
            Index = step, from 0 to `steps`; a column a region. Modelled, in no unit of time.

        Raises
        ------
        InputError
            If a matrix, a share or the number of steps is not what it must be.
        """
        steps = as_whole("steps", steps, low=1)
        rule = _rule(dynamics)
        phi, still, reach, labels = self._space(freeness, immobile, enclaves)
        x = check_shares("start", start, labels)
        if x.ndim != 1:
            raise InputError(f"`start` must be one state of shares; found the shape {x.shape}.")
        batch = self._attraction(phi, still, reach)
        path = trajectory(lambda state: batch(state[None, :])[0], x, steps=steps, dynamics=rule)
        return pd.DataFrame(path, columns=labels).rename_axis("step")

    def rest_points(
        self,
        *,
        freeness: Any,
        immobile: Any = None,
        enclaves: Enclaves = None,
        dynamics: Dynamics | None = None,
        restarts: int = 200,
        rng: Rng = None,
    ) -> pd.DataFrame:
        """Long-run equilibria of n regions, found from random starts, with stability and basins.

        Parameters
        ----------
        freeness, immobile, enclaves
            As in `attraction`.
        dynamics : Replicator or Logit, optional
            How they move; ``Replicator()`` by default.
        restarts : int
            Uniform on all shares that add up to 1.
        rng : seed or Generator, optional
            For the starts.

        Returns
        -------
        DataFrame
            A row an equilibrium, the stable ones first: a column a region, then ``leading`` (the
            largest real part of the eigenvalues of the Jacobian, per step), ``stable`` (it is
            negative), ``basin`` (part of the starts that end there) and the 95 % interval of that
            part, ``low`` and ``high`` (Wilson).

        Raises
        ------
        InputError
            If a matrix or a number is not what it must be.

        Notes
        -----
        Every stable state with a large basin is found; that the list is complete cannot be shown.
        Basins that add up to less than 1 tell of paths that were still under way.
        """
        restarts = as_whole("restarts", restarts, low=1)
        rule = _rule(dynamics)
        rng = check_rng(rng)
        phi, still, reach, labels = self._space(freeness, immobile, enclaves)
        return long_run(
            lambda: self._attraction(phi, still, reach),
            self._slope(phi, still, reach),
            labels,
            dynamics=rule,
            starts=restarts,
            rng=rng,
        )

    def modes(self, freeness: Any) -> pd.DataFrame:
        """Stability of the even split of n regions, mode by mode, in closed form.

        Parameters
        ----------
        freeness : DataFrame or array
            Regions x regions; every row must have the same sum, as in a ring, a grid without
            edges, or equidistant regions.

        Returns
        -------
        DataFrame
            A row for each mode of the matrix other than the even one: ``z``, its eigenvalue
            divided by the sum of a row, descending; ``slope``, the change of attraction with the
            mode; ``stable``, where that is negative.

        Raises
        ------
        InputError
            If the sums of the rows differ: then the even split is not an equilibrium.

        Notes
        -----
        The even split is stable if all modes are: z is negative or above the z of the break
        point, (1 - phi_B) / (1 + phi_B) of the two regions.
        """
        phi, _ = check_freeness_matrix(freeness)
        sums = phi.sum(axis=1)
        if np.ptp(sums) > 1e-9 * sums.max():
            msg = "`freeness` must have rows of one sum, else the even split is not an "
            raise InputError(f"{msg}equilibrium; found sums from {sums.min():g} to {sums.max():g}.")
        z = np.linalg.eigvalsh(phi)[::-1][1:] / sums[0]
        slope = len(phi) * self._mode_slope(self.sigma, self.mu, z, z)
        return pd.DataFrame({"z": z, "slope": slope, "stable": slope < 0})

    def _space(
        self, freeness: Any, immobile: Any, enclaves: Enclaves
    ) -> tuple[Floats, Floats, Floats | None, pd.Index[Any]]:
        phi, labels = check_freeness_matrix(freeness)
        n = len(labels)
        still = np.full(n, 1 / n)
        if immobile is not None:
            still = check_shares("immobile", immobile, labels)
        share = check_enclaves(enclaves, labels)
        # What an enclave adds to the freeness at which home gets the host's varieties.
        return phi, still, None if share is None else share * (1 - phi), labels


def _rule(dynamics: Any) -> Dynamics:
    """The rule of movement; `Replicator` where none is given."""
    if dynamics is None:
        return Replicator()
    if not isinstance(dynamics, (Replicator, Logit)):
        msg = "`dynamics` must be a Replicator or a Logit; found "
        raise InputError(f"{msg}{type(dynamics).__name__}.")
    return dynamics
