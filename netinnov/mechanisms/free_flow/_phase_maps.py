"""Diagrams and maps: what is stable over one parameter or two, and from which starts."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from concurrent.futures import Executor
from functools import partial
from typing import Any

import numpy as np
import pandas as pd

from netinnov._arguments import as_whole, check_number
from netinnov._parallel import run
from netinnov._typing import Floats
from netinnov.errors import InputError
from netinnov.mechanisms.free_flow._logit import LogitMigration
from netinnov.mechanisms.free_flow._rest_points import curve, tangent
from netinnov.mechanisms.free_flow._trade_model import TradeModel

PHASES = ("convergence", "either", "divergence")
"""In this order: one spread state; it or a core, as it begins; only agglomeration."""

_LOGIT = ("sensitivity", "attraction", "congestion", "spillover", "border", "enclave")
_BOUNDS: dict[str, tuple[float, float, bool]] = {
    "sigma": (1.0, np.inf, True),
    "mu": (0.0, 1.0, True),
    "freeness": (0.0, 1.0, True),
    "border": (0.0, 1.0, False),
    "enclave": (0.0, 1.0, False),
    "sensitivity": (0.0, np.inf, True),
    "attraction": (-np.inf, np.inf, False),
    "congestion": (0.0, np.inf, False),
    "spillover": (0.0, np.inf, False),
    "moving_cost": (0.0, np.inf, False),
}
_BELOW_ONE = ("mu", "border")


def bifurcation_diagram(
    equilibria: Callable[[float], pd.DataFrame], values: Any, *, parameter: str = "freeness"
) -> pd.DataFrame:
    """All rest points over a parameter.

    Parameters
    ----------
    equilibria : callable
        Takes a value and gives a table ``share, stable``: ``model.equilibria`` of a model of
        trade, or a function that makes a model with the value.
    values : sequence of float
        Of the parameter, such as 200 values of freeness.
    parameter : str
        What it is called.

    Returns
    -------
    DataFrame
        A row a value and rest point: the parameter, ``share``, ``stable``.

    Raises
    ------
    InputError
        If there is no value.

    Examples
    --------
    >>> from netinnov.mechanisms.free_flow import LogitMigration
    >>> bifurcation_diagram(lambda k: LogitMigration(1, k).equilibria(), [1, 3], parameter="k")
         k    share  stable
    0  1.0  0.50000    True
    1  3.0  0.07072    True
    2  3.0  0.50000   False
    3  3.0  0.92928    True
    """
    listed = [float(value) for value in values]
    if not listed:
        raise InputError("`values` must hold at least one number; found none.")
    tables = [equilibria(value)[["share", "stable"]] for value in listed]
    whole = pd.concat(tables, ignore_index=True)
    whole.insert(0, parameter, np.repeat(listed, [len(table) for table in tables]))
    return whole


def basin_sizes(equilibria: pd.DataFrame) -> pd.DataFrame:
    """Share of the starts that end at each stable rest point of two regions; exact.

    Parameters
    ----------
    equilibria : DataFrame
        Columns ``share, stable``, ascending, as ``model.equilibria`` gives it.

    Returns
    -------
    DataFrame
        A row a stable rest point: ``share``, and ``basin``, the length of the shares of region 1
        between the unstable rest points beside it. They add up to 1.

    Raises
    ------
    InputError
        If a column is missing, or stable and unstable rest points do not take turns.

    Examples
    --------
    >>> from netinnov.mechanisms.free_flow import CorePeriphery
    >>> basin_sizes(CorePeriphery(sigma=5, mu=0.4).equilibria(0.12)).round(3)
       share  basin
    0    0.0  0.167
    1    0.5  0.666
    2    1.0  0.167
    """
    if not {"share", "stable"} <= set(equilibria):
        msg = "`equilibria` must have the columns share and stable; "
        raise InputError(f"{msg}found {list(equilibria)}.")
    share, stable = (equilibria[name].to_numpy() for name in ("share", "stable"))
    if not len(share) or (np.diff(share) <= 0).any() or (stable[1:] == stable[:-1]).any():
        msg = "`equilibria` must be ascending, with stable and unstable rest points in turn; "
        raise InputError(f"{msg}found {dict(zip(share.tolist(), stable.tolist(), strict=True))}.")
    bounds = np.concatenate([[0.0], share[~stable.astype(bool)], [1.0]])
    kept = share[stable.astype(bool)]
    # An unstable rest point at an end bounds nothing else.
    bounds = np.unique(bounds)
    return pd.DataFrame({"share": kept, "basin": np.diff(bounds)})


def phase_map(
    model: TradeModel | LogitMigration,
    *,
    rows: Mapping[str, Any],
    columns: Mapping[str, Any],
    freeness: float | None = None,
    border: float = 0.0,
    enclave: float = 0.0,
    n_shares: int = 129,
    executor: Executor | int | None = None,
) -> pd.DataFrame:
    """Convergence or divergence of two regions over two parameters.

    Parameters
    ----------
    model : CorePeriphery, FootlooseEntrepreneur or LogitMigration
        Gives the parameters that stay as they are.
    rows, columns : mapping with one entry, from a parameter to its values
        Models of trade: sigma, mu, freeness, border, enclave. LogitMigration: its parameters.
    freeness, border, enclave : float
        Of a model of trade, where they are not an axis; LogitMigration has its own.
    n_shares : int
        Shares at which the sign of the gap is looked at; only for models of trade with an enclave,
        which have no closed form.
    executor : None, int or Executor
        As in `netinnov.null_models.compare`; for the same case.

    Returns
    -------
    DataFrame
        Index = values of the row's parameter, columns = of the column's. ``convergence``: one
        stable state, in which both regions have mobile, whatever the start. ``either``: such a
        state and full agglomeration, as it begins. ``divergence``: agglomeration only (for
        LogitMigration: two stable states, led by one region or the other). A black hole diverges.

    Raises
    ------
    InputError
        If a parameter is not one of the model, or out of its range.

    Notes
    -----
    With an enclave of one region the state of convergence is not the even split: home has more. A
    LogitMigration with one rest point converges by this rule even if home has nearly all.

    Examples
    --------
    >>> from netinnov.mechanisms.free_flow import CorePeriphery
    >>> phase_map(
    ...     CorePeriphery(sigma=5, mu=0.4), rows={"border": [0.0, 0.6]}, columns={"freeness": [0.2]}
    ... )
    freeness          0.2
    border
    0.0        divergence
    0.6       convergence
    """
    parameters = _parameters(model, freeness, border, enclave)
    axes = [_axis("rows", rows, parameters), _axis("columns", columns, parameters)]
    if axes[0][0] == axes[1][0]:
        raise InputError(f"`rows` and `columns` must differ; found {axes[0][0]!r} in both.")
    parameters[axes[0][0]], parameters[axes[1][0]] = axes[0][1][:, None], axes[1][1][None, :]
    missing = [name for name, value in parameters.items() if value is None]
    if missing:
        raise InputError(f"`{missing[0]}` must be given, or be an axis of the map; found None.")
    shape = (len(axes[0][1]), len(axes[1][1]))
    grid = {
        name: np.broadcast_to(np.asarray(value, float), shape) for name, value in parameters.items()
    }
    if isinstance(model, LogitMigration):
        phases = np.where(_one_state(grid), PHASES[0], PHASES[2])
    else:
        n_shares = as_whole("n_shares", n_shares, low=9)
        phases = _trade_phases(model, grid, n_shares, executor)
    index = pd.Index(axes[0][1], name=axes[0][0])
    return pd.DataFrame(phases, index=index, columns=pd.Index(axes[1][1], name=axes[1][0]))


def _parameters(
    model: TradeModel | LogitMigration, freeness: float | None, border: float, enclave: float
) -> dict[str, Any]:
    if isinstance(model, LogitMigration):
        if freeness is not None or border or enclave:
            msg = "`freeness`, `border` and `enclave` are for models of trade; LogitMigration has "
            raise InputError(f"{msg}its own; found {freeness!r}, {border!r} and {enclave!r}.")
        return {name: getattr(model, name) for name in (*_LOGIT, "moving_cost")}
    if getattr(model, "regions", 2) != 2:
        raise InputError("a phase map is for two regions; this model has more.")
    parameters = {"sigma": model.sigma, "mu": model.mu, "freeness": freeness, "border": border}
    for name, value in {"freeness": freeness, "border": border, "enclave": enclave}.items():
        if value is not None:
            _check_axis(name, np.array([value], dtype=float))
    return {**parameters, "enclave": enclave}


def _axis(argument: str, axis: Mapping[str, Any], known: dict[str, Any]) -> tuple[str, Floats]:
    if len(axis) != 1:
        raise InputError(f"`{argument}` must map one parameter to its values; found {axis!r}.")
    name, values = next(iter(axis.items()))
    if name not in known:
        raise InputError(f"`{argument}` must be one of {', '.join(known)}; found {name!r}.")
    numbers = np.asarray(list(values), dtype=np.float64)
    if not len(numbers):
        raise InputError(f"`{argument}` must have at least one value of {name}; found none.")
    _check_axis(name, numbers)
    return name, numbers


def _check_axis(name: str, numbers: Floats) -> None:
    low, high, above = _BOUNDS[name]
    for number in (numbers.min(), numbers.max()) if np.isfinite(numbers).all() else numbers:
        if name in _BELOW_ONE:
            check_number(name, float(number), low=0, high=1, above=above, below=True)
        check_number(name, float(number), low=low, high=high, above=above)


def _one_state(grid: dict[str, Floats]) -> Any:
    """Whether two regions have a single rest point under logit migration."""
    theta, a, e = grid["sensitivity"], grid["attraction"], grid["enclave"]
    lost = grid["congestion"] + grid["spillover"] * (1 - grid["border"])
    away = np.exp(-theta * grid["moving_cost"])
    pull = theta * (a * (1 - e / 2) - lost)
    turn = tangent(pull, away)
    return curve(turn, away) >= pull * np.tanh(turn) - theta * a * e / 2


def _trade_phases(
    model: TradeModel, grid: dict[str, Floats], n_shares: int, executor: Executor | int | None
) -> Any:
    kind = type(model)
    sigma, mu, enclave = grid["sigma"], grid["mu"], grid["enclave"]
    phi = grid["freeness"] * (1 - grid["border"])
    log_phi = np.log(phi)
    core = kind._premium(sigma, mu, log_phi, 0.0) < 0
    if (enclave == 0).all():
        z = (1 - phi) / (1 + phi)
        spread = kind._mode_slope(sigma, mu, z, z) < 0
    else:
        core |= kind._premium(sigma, mu, log_phi, enclave) < 0
        lines = list(zip(sigma, mu, phi, enclave, strict=True))
        task = partial(_has_spread, kind, n_shares)
        spread = np.stack(run(task, lines, executor=executor, progress=False, label="rows"))
    return np.select([spread & ~core, spread & core], PHASES[:2], PHASES[2])


def _has_spread(kind: type[TradeModel], n_shares: int, line: tuple[Floats, ...]) -> Any:
    """Whether a stable rest point lies between the corners, for each cell of a row."""
    sigma, mu, phi, enclave = (part[:, None] for part in line)
    shares = (1 - np.cos(np.linspace(0, np.pi, n_shares))) / 2
    arrays = np.broadcast_arrays(sigma, mu, shares[None, :], phi, enclave)
    gap = kind._gap(*arrays)
    return ((gap[:, :-1] > 0) & (gap[:, 1:] <= 0)).any(axis=1)
