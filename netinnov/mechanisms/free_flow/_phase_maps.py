"""Diagrams and maps: what is stable over one parameter or two, and from which starts."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import asdict
from typing import Annotated, Any, get_type_hints

import numpy as np
import pandas as pd

from netinnov._runtime.arguments import (
    as_floats,
    check_callable,
    check_mapping,
    check_number,
    check_type,
    shown,
)
from netinnov._typing import Floats, Is, PositiveShare, Share
from netinnov.errors import InputError
from netinnov.mechanisms.free_flow._logit import LogitMigration, one_state
from netinnov.mechanisms.free_flow._trade_model import TradeModel
from netinnov.mechanisms.free_flow._trading_regions import CorePeriphery

# One spread state; it or a core, depending on the start; agglomeration only.
_PHASES = ("convergence", "either", "divergence")
_N_SHARES = 129  # shares at which the sign of the gap is sampled without a closed form

_FIELDS = get_type_hints(CorePeriphery, include_extras=True)
_FIELDS |= get_type_hints(LogitMigration, include_extras=True) | {"freeness": PositiveShare}


def bifurcation_diagram(
    equilibria: Callable[[float], pd.DataFrame], values: Any, *, parameter: str = "freeness"
) -> pd.DataFrame:
    """All rest points over a parameter.

    Parameters
    ----------
    equilibria : callable
        Takes a value and gives a table ``share, stable``, such as ``model.equilibria``.
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
        There is no value, or a table has other columns.

    Examples
    --------
    >>> table = bifurcation_diagram(lambda k: LogitMigration(1, k).equilibria(), [1, 3])
    >>> table["share"].round(3).tolist()
    [0.5, 0.071, 0.5, 0.929]
    """
    check_callable("equilibria", equilibria, "a function of a number, such as model.equilibria")
    numbers = _sequence("values", values)
    tables = {value: equilibria(value) for value in numbers.tolist()}
    for table in tables.values():
        check_type("equilibria", table, pd.DataFrame)
        if not {"share", "stable"} <= {*table}:
            raise InputError(
                f"`equilibria` must have the columns share and stable; found {list(table)}."
            )
    whole: pd.DataFrame = pd.concat(tables, names=[parameter])[["share", "stable"]]
    return whole.reset_index(0).reset_index(drop=True)


def phase_map(
    model: TradeModel | LogitMigration,
    *,
    rows: Mapping[str, Any],
    columns: Mapping[str, Any],
    freeness: PositiveShare | None = None,
    border: Annotated[float, Is(low=0, high=1, below=True)] = 0.0,
    enclave: Share = 0.0,
) -> pd.DataFrame:
    """Convergence or divergence of two regions over two parameters.

    A LogitMigration with one rest point converges by this rule even if home has nearly all.

    Parameters
    ----------
    model : CorePeriphery, FootlooseEntrepreneur or LogitMigration
        Gives the parameters that stay as they are.
    rows, columns : mapping with one entry, from a parameter to its values
        Models of trade: sigma, mu, freeness, border, enclave. LogitMigration: its parameters.
    freeness, border, enclave : float
        Of a model of trade, where they are not an axis; LogitMigration has its own.

    Returns
    -------
    DataFrame
        Index = values of the row's parameter, columns = of the column's. ``convergence``: one
        stable state, with mobile in both regions. ``either``: such a state and full agglomeration,
        as it begins. ``divergence``: agglomeration only, as in a black hole (for LogitMigration:
        two stable states, led by one region or the other).

    Raises
    ------
    InputError
        A parameter is not one of the model, or out of its range.

    Examples
    --------
    >>> from netinnov.mechanisms.free_flow import CorePeriphery
    >>> model, borders = CorePeriphery(sigma=5, mu=0.4), {"border": [0.0, 0.6]}
    >>> phase_map(model, rows=borders, columns={"freeness": [0.2]})[0.2].to_dict()
    {0.0: 'divergence', 0.6: 'convergence'}
    """
    parameters = _parameters(model, freeness, border, enclave)
    index = _axis("rows", rows, parameters)
    across = _axis("columns", columns, parameters)
    if index.name == across.name:
        raise InputError(f"`rows` and `columns` must differ; found {index.name!r} in both.")
    parameters[str(index.name)] = index.to_numpy()[:, None]
    parameters[str(across.name)] = across.to_numpy()
    if missing := [name for name, value in parameters.items() if value is None]:
        raise InputError(f"`{missing[0]}` must be given, or be an axis of the map; found None.")
    shape = (len(index), len(across))
    arrays = [np.broadcast_to(np.asarray(value, float), shape) for value in parameters.values()]
    grid = dict(zip(parameters, arrays, strict=True))
    if isinstance(model, LogitMigration):
        phases = np.where(_converges(grid), _PHASES[0], _PHASES[2])
    else:
        phases = _trade_phases(model, grid)
    return pd.DataFrame(phases, index, across)


def _parameters(
    model: TradeModel | LogitMigration, freeness: float | None, border: float, enclave: float
) -> dict[str, Any]:
    if isinstance(model, LogitMigration):
        if freeness is not None or border or enclave:
            raise InputError(
                "`freeness`, `border` and `enclave` are for models of trade; LogitMigration has "
                f"its own; found {freeness!r}, {border!r} and {enclave!r}."
            )
        return asdict(model)
    model._needs_two("phase_map")
    parameters = {"sigma": model.sigma, "mu": model.mu, "freeness": freeness, "border": border}
    return {**parameters, "enclave": enclave}


def _axis(argument: str, axis: Mapping[str, Any], known: dict[str, Any]) -> pd.Index[Any]:
    check_mapping(argument, axis, "from one parameter to its values")
    if len(axis) != 1:
        raise InputError(f"`{argument}` must map one parameter to its values; found {axis!r}.")
    name, values = next(iter(axis.items()))
    if name not in known:
        raise InputError(f"`{argument}` must be one of {', '.join(known)}; found {name!r}.")
    numbers = _sequence(f"{argument}[{name!r}]", values)
    for number in numbers:
        check_number(name, float(number), **_FIELDS[name].__metadata__[0]._asdict())
    return pd.Index(numbers, name=name)


def _sequence(name: str, values: Any) -> Floats:
    numbers = as_floats(name, values)
    if numbers.ndim != 1 or not numbers.size:
        msg = f"`{name}` must hold at least one number, in a sequence; found {shown(values)}."
        raise InputError(msg)
    return numbers


def _converges(grid: dict[str, Floats]) -> Any:
    theta = grid["sensitivity"]
    a = grid["attraction"]
    e = grid["enclave"]
    lost = grid["congestion"] + grid["spillover"] * (1 - grid["border"])
    return one_state(theta * (a * (1 - e / 2) - lost), theta * a * e / 2)


def _trade_phases(model: TradeModel, grid: dict[str, Floats]) -> Any:
    kind = type(model)
    sigma = grid["sigma"]
    mu = grid["mu"]
    enclave = grid["enclave"]
    phi = grid["freeness"] * (1 - grid["border"])
    log_phi = np.log(phi)
    core = kind._premium(sigma, mu, log_phi, 0.0) < 0
    if (enclave == 0).all():
        spread = phi < kind._break_freeness(sigma, mu)
    else:
        core |= kind._premium(sigma, mu, log_phi, enclave) < 0
        lines = zip(sigma, mu, phi, enclave, strict=True)
        spread = np.stack([_has_spread(kind, line) for line in lines])
    return np.select([spread & ~core, spread & core], _PHASES[:2], _PHASES[2])


def _has_spread(kind: type[TradeModel], line: tuple[Floats, ...]) -> Any:
    sigma, mu, phi, enclave = (part[:, None] for part in line)
    shares = (1 - np.cos(np.linspace(0, np.pi, _N_SHARES))) / 2
    arrays = np.broadcast_arrays(sigma, mu, shares[None, :], phi, enclave)
    gap = kind._gap(*arrays)
    return ((gap[:, :-1] > 0) & (gap[:, 1:] <= 0)).any(axis=1)
