"""Innovation elements of several types that attract one another."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pandas as pd
from scipy.special import softmax

from netinnov._arguments import as_whole, check_number
from netinnov._typing import Floats
from netinnov.errors import InputError
from netinnov.mechanisms._checked_tables import in_order
from netinnov.mechanisms.free_flow._regions import (
    Enclaves,
    check_border,
    check_enclaves,
    check_shares,
    neighbour_modes,
    neighbour_weights,
)


@dataclass(frozen=True, slots=True, eq=False)
class ElementMigration:
    """Talent, capital, technology, ...: each type goes where the others are.

    Region i attracts type t by v_ti = sum_u (B_tu x_ui + (1 - border) S_tu sum_j P_ij x_uj), where
    x_ui is the part of type u that is in region i and P_ij the weights of its neighbours. A part
    ``mobility`` of each type chooses again in a step, by logit. The even split of two regions is
    stable where the eigenvalues of diag(theta) (B - S) / 2 have real parts below 1 (types equally
    mobile). A leading pair that is complex makes types chase one another: shares swing. The model
    is a reduced one, made for this project.

    Parameters
    ----------
    sensitivity : float or sequence
        theta of each type, above 0. A Series or table is read by the names in `cross_effects`.
    cross_effects : DataFrame or array
        B, types x types: what all of type u (column) in a region add to its pull on type t (row).
    spillovers : DataFrame or array, optional
        S, types x types: what they add in neighbouring regions; 0 by default.
    border : float
        From 0 (free flow) to below 1: the part of spillovers that it stops.
    mobility : float or sequence
        Of each type, above 0 and at most 1.

    Examples
    --------
    >>> model = ElementMigration(sensitivity=1.0, cross_effects=[[1.0, 1.5], [1.5, 0.5]])
    >>> round(model.leading_eigenvalue(), 4), model.is_stable()
    (1.1353, False)
    """

    sensitivity: Any
    cross_effects: Any
    spillovers: Any = None
    border: float = 0.0
    mobility: Any = 0.1
    _b: Floats = field(init=False, repr=False)
    _s: Floats = field(init=False, repr=False)
    _theta: Floats = field(init=False, repr=False)
    _speed: Floats = field(init=False, repr=False)

    def __post_init__(self) -> None:
        effects = self.cross_effects
        types = list(effects.index) if isinstance(effects, pd.DataFrame) else []
        b = _types("cross_effects", effects, types, None)
        none = self.spillovers is None
        s = np.zeros_like(b) if none else _types("spillovers", self.spillovers, types, len(b))
        check_border(self.border)
        theta = _number_per_type("sensitivity", self.sensitivity, types, len(b), high=np.inf)
        speed = _number_per_type("mobility", self.mobility, types, len(b), high=1.0)
        for name, value in (("_b", b), ("_s", s), ("_theta", theta), ("_speed", speed)):
            object.__setattr__(self, name, value)

    @property
    def types(self) -> pd.Index[Any]:
        """Names of the types."""
        if isinstance(self.cross_effects, pd.DataFrame):
            return self.cross_effects.index
        return pd.RangeIndex(len(self._b))

    def leading_eigenvalue(self) -> float:
        """Largest real part of the eigenvalues of diag(theta) (B - (1 - border) S) / 2.

        Returns
        -------
        float
            1 is where the even split of two regions loses its stability.
        """
        net = self._b - (1 - self.border) * self._s
        return float(np.linalg.eigvals(self._theta[:, None] * net / 2).real.max())

    def is_stable(self, network: Any = None) -> bool:
        """Whether the even split is stable.

        Parameters
        ----------
        network
            As in `modes`.

        Returns
        -------
        bool
            All modes of `modes` are stable.
        """
        return bool(self.modes(network)["stable"].all())

    def modes(self, network: Any = None) -> pd.DataFrame:
        """Stability of the even split over a network, mode by mode, in closed form.

        Those of diag(mobility) (diag(theta) (B + (1 - border) w S) / n - 1) in continuous time,
        which steps follow while mobility is small.

        Parameters
        ----------
        network : MultilayerNetwork, DataFrame or array, optional
            Symmetric links between n regions, all with a link; two regions by default.

        Returns
        -------
        DataFrame
            A row an eigenvector of the neighbours' weights (but the even one) and a mode of types:
            ``w``, eigenvalue of the network; ``rate`` of growth and ``turn`` in radians, in a step
            (0: no swings); ``stable``.

        Raises
        ------
        InputError
            If regions have no links: then the even split is not a rest point.
        """
        w, n = neighbour_modes(network)
        k = len(self._b)
        net = self._b + (1 - self.border) * w[:, None, None] * self._s
        systems = self._theta[:, None] * net / n - np.eye(k)
        values: Any = np.linalg.eigvals(self._speed[:, None] * systems)
        order = np.argsort(-values.real, axis=1, kind="stable")
        values = np.take_along_axis(values, order, axis=1).ravel()
        table = {"w": np.repeat(w, k), "rate": values.real, "turn": np.abs(values.imag)}
        return pd.DataFrame(table).assign(stable=values.real < 0)

    def simulate(
        self,
        start: Any,
        *,
        network: Any = None,
        jurisdictions: Any = None,
        enclaves: Enclaves = None,
        steps: int = 1000,
    ) -> pd.DataFrame:
        """Follow all types from a start.

        Parameters
        ----------
        start : DataFrame or array
            Types x regions; each row adds up to 1.
        network, jurisdictions
            As in `LogitMigration.simulate`.
        enclaves : mapping from (home, host) to float, optional
            Share of the host's elements whose effects (B) the home reaches.
        steps : int
            Number of steps, at least 1.

        Returns
        -------
        DataFrame
            Index = step, from 0 to `steps`; columns (type, region). Modelled, in no unit of time.

        Raises
        ------
        InputError
            If a matrix, a share or a number is invalid.
        """
        steps = as_whole("steps", steps, low=1)
        weights, labels = neighbour_weights(network, self.border, jurisdictions)
        reach = check_enclaves(enclaves, labels)
        if isinstance(start, pd.DataFrame):
            start = start.reindex(index=self.types, columns=labels).to_numpy()
        x = check_shares("start", start, labels)
        if x.shape != (len(self._b), len(labels)):
            msg = f"`start` must have a row for each of {len(self._b)} types"
            raise InputError(f"{msg}; found the shape {x.shape}.")
        own = np.eye(len(labels)) if reach is None else np.eye(len(labels)) + reach
        path = [x]
        for _ in range(steps):
            v = self._theta[:, None] * (self._b @ x @ own.T + self._s @ x @ weights.T)
            x = x + self._speed[:, None] * (softmax(v, axis=1) - x)
            path.append(x)
        columns = pd.MultiIndex.from_product([self.types, labels], names=["type", "region"])
        return pd.DataFrame(np.reshape(path, (len(path), -1)), columns=columns).rename_axis("step")


def _types(name: str, matrix: Any, types: list[Any], k: int | None) -> Floats:
    values = in_order(name, matrix, types, of="type")
    wanted = "a square matrix" if k is None else f"a matrix of {k} x {k}"
    square = values.ndim == 2 and values.shape[0] == values.shape[1] > 0
    if not square or (k is not None and len(values) != k):
        raise InputError(f"`{name}` must be {wanted} of types; found the shape {values.shape}.")
    if not np.isfinite(values).all():
        raise InputError(f"`{name}` must hold finite numbers; found {values.ravel()[:5]}.")
    return values


def _number_per_type(name: str, value: Any, types: list[Any], k: int, *, high: float) -> Floats:
    values = in_order(name, value, types, of="type")
    if values.ndim > 1 or (values.ndim == 1 and len(values) != k):
        msg = f"`{name}` must be a number or one for each of {k} types; found {value!r}."
        raise InputError(msg)
    for number in values.ravel():
        check_number(name, float(number), low=0, high=high, above=True)
    return np.asarray(np.broadcast_to(values, (k,)), dtype=np.float64)
