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
from netinnov.study._words import percent

NullName = Literal["degree", "distance", "gravity", "curveball", "none"]
ENOUGH = 10  # places from which on a gravity model has enough pairs to be fitted to


@dataclass(frozen=True, slots=True, eq=False)
class Null:
    """A null model, why it is the one (or why there is none), and the share of links it moves.

    `code` is the word of a page for what it keeps, or for why there is none.
    """

    name: NullName
    model: NullModel | None
    why: str
    code: str
    moved: float = np.nan


def no_null(why: str, code: str) -> Null:
    return Null("none", None, why, code)


def choose_null(
    network: MultilayerNetwork,
    asked: NullName | None,
    seed: int,
    participation: Participation | None = None,
) -> Null:
    """The one asked for, else one that can move the links, or events of a `participation`."""
    if asked == "none":
        return no_null("not asked for", "why_not_asked")
    if participation is not None:
        if asked not in (None, "curveball"):
            why = "moves links one by one, and one event makes several of them"
            return no_null(f"the null model “{asked}” {why}", "why_null_one_by_one")
        null, moved = traded(participation, seed)
        why = "chosen as one event makes several links" if asked is None else "asked for"
        return _that_moves(Null("curveball", null, why, "null_curveball", moved))
    if asked == "curveball":
        why = "the null model “curveball” needs events that join members: [data] project"
        return no_null(why, "why_null_needs_events")
    linked = np.flatnonzero(network.storage.presence("linked").any(axis=0))
    share, differ = linked_share(network)
    fits_gravity = linked.size >= ENOUGH and differ
    name: NullName = asked or ("gravity" if share >= DENSE and fits_gravity else "degree")
    why = f"chosen as {percent(share)} of the pairs that the linked places can form are linked"
    if asked is not None:
        why = "asked for in [structure]"
    model = _model(network, name, linked)
    totals = isinstance(model, GravityNull) and model.deterrence is None
    try:
        _, moved = tried_null(model, network, seed)
    except InputError as error:
        why = f"the null model “{name}” does not fit these data: {error}"
        return no_null(why, "why_null_does_not_fit")
    return _that_moves(Null(name, model, why, "null_totals" if totals else f"null_{name}", moved))


def _that_moves(null: Null) -> Null:
    if np.isnan(null.moved):
        return no_null(f"the null model “{null.name}” draws no links at all", "why_null_empty")
    if null.moved < LEAST_MOVED:
        moves = f"only {percent(null.moved)} of the links, so that its networks are nearly the"
        moves = moves if null.moved else "no link, so that its networks are the"
        why = f"the null model “{null.name}” moves {moves} observed one"
        return no_null(why, "why_null_moves_little")
    return null


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
