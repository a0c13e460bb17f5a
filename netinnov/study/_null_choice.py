"""The null model of a study: the one asked for, or one chosen from the data, with the reason."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np

from netinnov.errors import InputError
from netinnov.network import MultilayerNetwork
from netinnov.null_models import GravityNull, NullModel, Rewire
from netinnov.null_models._prepared import LEAST_MOVED
from netinnov.study._measures import DENSE, linked_share
from netinnov.study._two_mode_draws import Participation, traded, tried_null

NullName = Literal["degree", "distance", "gravity", "curveball"]
ENOUGH = 10  # places from which on a gravity model has enough pairs to be fitted to


@dataclass(frozen=True, slots=True, eq=False)
class Null:
    """A null model and the share of links it moves.

    `code` is the word of a page for what it keeps, or for why there is none; `why` is that for why
    it is this one.
    """

    code: str
    model: NullModel | None = None
    why: str = ""
    moved: float = np.nan


def choose_null(
    network: MultilayerNetwork,
    asked: NullName | None,
    seed: int,
    participation: Participation | None,
) -> Null:
    """The one asked for, else one that can move the links, or events of a `participation`."""
    if participation is not None:
        if asked not in (None, "curveball"):
            msg = f'null = "{asked}" in [structure] moves links one by one, and one event of '
            raise InputError(f'{msg}[data] project makes several: use "curveball" or leave it out.')
        model, moved = traded(participation, seed)
        return _that_moves(Null("null_curveball", model, "because_of_events", moved))
    if asked == "curveball":
        msg = 'null = "curveball" in [structure] needs events that join members: name their layer'
        raise InputError(f"{msg} in `project` of [data], or leave null out.")
    linked = np.flatnonzero(network.storage.presence("linked").any(axis=0))
    share, differ = linked_share(network)
    name, why = asked, "because_asked_for"
    if name is None and share < DENSE:
        name, why = "degree", "because_sparse"
    elif name is None:
        fits = linked.size >= ENOUGH and differ
        name, why = ("gravity", "because_dense") if fits else ("degree", "because_no_gravity")
    model = _model(network, name, linked)
    totals = isinstance(model, GravityNull) and model.deterrence is None
    try:
        _, moved = tried_null(model, network, seed)
    except InputError as error:
        if asked is None:
            return Null("why_null_does_not_fit")
        msg = f'null = "{asked}" in [structure] does not fit these data'
        raise InputError(f"{msg}: {error}") from None
    return _that_moves(Null("null_totals" if totals else f"null_{name}", model, why, moved))


def _that_moves(null: Null) -> Null:
    return null if null.moved >= LEAST_MOVED else Null("why_null_moves_little", moved=null.moved)


def _model(network: MultilayerNetwork, name: NullName, linked: np.ndarray) -> NullModel:
    if name == "degree":
        return Rewire()
    if name == "distance":
        return Rewire(preserve=("degree", "distance"))
    places = network.storage.places
    at = network.storage.place_codes[linked]
    if (at >= 0).all() and {"lon", "lat"} <= {*places.columns}:
        coordinates = places[["lon", "lat"]].to_numpy(np.float64)[at]
        if not np.isnan(coordinates).any():
            one_point = len(np.unique(coordinates, axis=0)) < len(coordinates)
            return GravityNull("exponential" if one_point else "power", unit="dispersion")
    return GravityNull(None, unit="dispersion")
