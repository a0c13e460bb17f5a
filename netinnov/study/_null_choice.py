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
WORDS = {
    "degree": "in which every place keeps its number of links in each layer",
    "distance": "in which every place keeps its number of links in each layer, and links their "
    "lengths by tenths",
    "gravity": "in which flows follow from the totals of the places and their distance",
    "curveball": "in which everybody takes part in as many events, and every event has as many "
    "members",
    "sums": "in which flows follow from the totals of the places alone",
}


@dataclass(frozen=True, slots=True, eq=False)
class Null:
    """A null model, why it is the one (or why there is none), and the share of links it moves."""

    name: NullName
    model: NullModel | None
    why: str
    words: str = ""
    moved: float = np.nan

    @property
    def described(self) -> str:
        ties = "participations" if self.name == "curveball" else "links"
        text = f"{self.words} (null model “{self.name}”, {self.why}; {percent(self.moved)} of the "
        return f"{text}{ties} differ from the observed ones)"


def no_null(why: str) -> Null:
    return Null("none", None, why)


def choose_null(
    network: MultilayerNetwork,
    asked: NullName | None,
    seed: int,
    participation: Participation | None = None,
) -> Null:
    """The one asked for, else one that can move the links, or events of a `participation`."""
    if asked == "none":
        return no_null("not asked for")
    if participation is not None:
        if asked not in (None, "curveball"):
            why = "moves links one by one, and one event makes several of them"
            return no_null(f"the null model “{asked}” {why}")
        null, moved = traded(participation, seed)
        why = "chosen as one event makes several links" if asked is None else "asked for"
        return _that_moves(Null("curveball", null, why, WORDS["curveball"], moved))
    if asked == "curveball":
        return no_null("the null model “curveball” needs events that join members: [data] project")
    linked = np.flatnonzero(network.storage.presence("linked").any(axis=0))
    share, differ = linked_share(network)
    fits_gravity = linked.size >= ENOUGH and differ
    name: NullName = asked or ("gravity" if share >= DENSE and fits_gravity else "degree")
    why = f"chosen as {percent(share)} of the pairs that the linked places can form are linked"
    if asked is not None:
        why = "asked for in [structure]"
    words, model = WORDS[name], _model(network, name, linked)
    if isinstance(model, GravityNull) and model.deterrence is None:
        words = WORDS["sums"]
    try:
        _, moved = tried_null(model, network, seed)
    except InputError as error:
        return no_null(f"the null model “{name}” does not fit these data: {error}")
    return _that_moves(Null(name, model, why, words, moved))


def _that_moves(null: Null) -> Null:
    if np.isnan(null.moved):
        return no_null(f"the null model “{null.name}” draws no links at all")
    if null.moved < LEAST_MOVED:
        moves = f"only {percent(null.moved)} of the links, so that its networks are nearly the"
        moves = moves if null.moved else "no link, so that its networks are the"
        return no_null(f"the null model “{null.name}” moves {moves} observed one")
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
