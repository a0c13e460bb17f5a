"""Which enclave an experiment tries: as asked for, or as the data have it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from netinnov.errors import InputError
from netinnov.network import MultilayerNetwork
from netinnov.scenarios._pair_draws import chosen_layer, linked_pairs
from netinnov.study._context import Context
from netinnov.study._words import counted, name, phrase
from netinnov.study.sections import _trials, enclaves
from netinnov.study.sections._experiment_part import ExperimentPart

TENTH = 0.1
"""Of home's strength or links: the park, where it is not said how large it is."""


@dataclass(frozen=True, slots=True)
class Choice:
    """The settings of an experiment with all that was left out, its layer, and what was chosen."""

    part: ExperimentPart
    layer: str
    notes: tuple[str, ...]


def choose(context: Context) -> Choice | None:
    """Settle who is home and host and how large the park is, before anything is measured.

    None where this is left to the data and they have no enclave that could be tried.
    """
    part = context.options(ExperimentPart)
    if part is None:
        return None
    if part.home:
        context.check_place("experiment.home", part.home)
        context.check_place("experiment.host", part.host)
        if part.home == part.host:
            raise InputError(f"experiment.host must not be the home; found {part.host!r} for both.")
        return _settled(context, part, ())
    pair = most_frequent(context)
    if pair is None:
        return None
    home, host, number, of_all = pair
    text = phrase(
        "The experiment names no home and host; {} and {} were chosen, as most enclaves in the "
        "data have them: {:,} of {:,}.",
        *(name(context.names[place]) for place in (home, host)),
        number,
        of_all,
    )
    try:
        return _settled(context, part.model_copy(update={"home": home, "host": host}), (text,))
    except InputError as error:
        context.say(f"no experiment: {error}")
        return None


def most_frequent(context: Context) -> tuple[str, str, int, int] | None:
    """Home and host of most enclaves (the first in the table in a tie), and how many these are."""
    pairs = context.once(enclaves.compute).counted[["home", "host"]].dropna()
    known = context.cities.storage.nodes.index
    pairs = pairs[pairs["home"].isin(known) & pairs["host"].isin(known)]
    if pairs.empty:
        return None
    sizes = pairs.groupby(["home", "host"], sort=False).size().reset_index(name="number")
    most = sizes.iloc[int(sizes["number"].argmax())]
    return str(most["home"]), str(most["host"]), int(most["number"]), len(pairs)


def _settled(context: Context, part: ExperimentPart, notes: tuple[str, ...]) -> Choice:
    """With a layer and an amount; refuses what cannot be applied."""
    cities = context.cities
    layer = layer_for(cities, part.layer)
    if part.size is None and part.volume is None and part.volume_share is None:
        amount, text = _amount(context, part, layer)
        part, notes = part.model_copy(update=amount), (*notes, text)
    for trial in _trials.enclaves(part, layer):
        try:
            trial.scenario(cities, np.random.default_rng(context.seed))
        except InputError as error:
            error.add_note(f"In scenario {trial.name!r}.")
            raise
    return Choice(part, layer, notes)


def layer_for(cities: MultilayerNetwork, asked: str | None) -> str:
    """The layer asked for, or that of most links among those in which links can be moved."""
    storage = cities.storage
    amounts = [layer for layer in cities.layers if not storage.holds_shares(layer)]
    if asked is not None or not amounts or len(amounts) == len(cities.layers):
        return chosen_layer(cities, asked)
    return max(amounts, key=lambda layer: len(linked_pairs(cities, layer).weight))


def _amount(context: Context, part: ExperimentPart, layer: str) -> tuple[dict[str, Any], str]:
    """How large the park is where this is not said, and why so."""
    pairs = linked_pairs(context.cities, layer)
    home = context.cities.storage.positions("home", [part.home])
    links = int(np.isin(pairs.source, home).sum() + np.isin(pairs.target, home).sum())
    home_name, where = name(context.names[part.home]), name(context.mark(layer))
    if np.unique(pairs.weight).size > 1:
        text = phrase(
            "The size of the park is left open: it gets a tenth of the strength of {} in {}, moved "
            "in proportion to the weights, as the weights of this layer differ.",
            home_name,
            where,
        )
        return {"volume_share": TENTH}, text
    size = max(1, round(TENTH * links))
    text = phrase(
        "The size of the park is left open: it gets {}, a tenth of those of {} in {}, as all "
        "weights of this layer are the same.",
        counted(size, "link"),
        home_name,
        where,
    )
    return {"size": size}, text
