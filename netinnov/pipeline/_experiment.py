"""The experiment of a run: an enclave, its rivals, and the same enclave at other hosts."""

from __future__ import annotations

import threading
from collections.abc import Mapping
from typing import Any, NamedTuple

import numpy as np
import pandas as pd

from netinnov import centrality, connectivity, polycentricity, scenarios
from netinnov._arguments import did_you_mean
from netinnov.errors import InputError
from netinnov.experiments import (
    PairSums,
    compare_scenarios,
    contrasts,
    link_changes,
)
from netinnov.network import MultilayerNetwork
from netinnov.pipeline._configuration import Configuration, ExperimentPart, MeasuresPart
from netinnov.pipeline._steps import pagerank_of
from netinnov.scenarios import DirectLinks, ForwardEnclave, RandomEnds, ReverseEnclave

__all__ = ["MANY", "Experiment", "experiment"]

MANY = 1000
"""Places above which measures with a search from each are left out, but for efficiency."""

PLACEMENTS = 50
"""Of the headline scenario, whose links are shown on a map."""

PART = ": "
"""Between a measure and the part of it that pairs of one kind make."""


class Experiment(NamedTuple):
    """Tables, what was asked, and what must be said."""

    tables: dict[str, pd.DataFrame]
    asked: dict[str, Any]
    notes: tuple[str, ...]


def experiment(
    cities: MultilayerNetwork,
    configuration: Configuration,
    *,
    modelled: Mapping[str, object],
    progress: bool,
) -> Experiment:
    """Try the enclave of the configuration, its rivals and its placebos."""
    asked, options = configuration.experiment, configuration.measures
    assert asked is not None
    _check_ends(cities, configuration)
    # Named, so that the report can say whether it is modelled.
    layer = scenarios.chosen_layer(cities, asked.layer)
    enclaves = {
        f"reverse enclave, {funding}": ReverseEnclave(
            asked.home,
            asked.host,
            asked.size,
            asked.pipeline_share,
            funding=funding,
            attachment=asked.attachment,
            layer=layer,
        )
        for funding in asked.funding
    }
    headline = next(iter(enclaves))
    rivals = _rivals(asked, enclaves[headline])
    placebos, notes = _placebos(cities, asked, enclaves)
    measures, monotone = _measures(cities, asked, options)
    if cities.n_nodes > MANY:
        what = "Harmonic centrality and its inequality are not in the experiment"
        notes = (*notes, f"{what}: over {MANY:,} places.")
    result = compare_scenarios(
        cities,
        scenarios={**enclaves, **rivals},
        measures=measures,
        replicates=asked.replicates,
        placebo=placebos,
        modelled=[name for name in modelled if name in cities.layers],
        monotone=monotone,
        rng=configuration.seed,
        progress=progress,
    )
    effects = result.effects()
    of_pairs = effects["measure"].astype("str").str.contains(PART, regex=False)
    streams = np.random.default_rng(configuration.seed).spawn(PLACEMENTS)
    after = [enclaves[headline](cities, stream) for stream in streams]
    tables = {
        "effects": effects[~of_pairs].reset_index(drop=True),
        "replicates": result.replicates,
        "link_changes": link_changes(cities, after),
    }
    if of_pairs.any():
        tables["effect_parts"] = _parts(effects[of_pairs])
    if rivals:
        table = contrasts(result, of=headline, against=list(rivals))
        whole = ~table["measure"].str.contains(PART, regex=False)
        tables["contrasts"] = table[whole].reset_index(drop=True)
    said = asked.model_dump() | {
        "headline": headline,
        "layer": layer,
        "match": list(_match(cities, asked)),
        "seed": configuration.seed,
        "distance": options.distance,
        "border friction": options.border,
        "friction per 1,000 km": options.kilometres,
        "coupling": options.coupling,
        "damping": options.damping,
        "presence": options.presence,
    }
    return Experiment(tables, said, notes)


def _check_ends(cities: MultilayerNetwork, configuration: Configuration) -> None:
    """Home and host are two of the places that are looked at."""
    asked, places = configuration.experiment, list(cities._nodes.index)
    assert asked is not None
    for name in ("home", "host"):
        if (place := getattr(asked, name)) not in places:
            names = f"{len(places):,} places of the report, at level {configuration.places.level}"
            hint = did_you_mean(place, places) or f", e.g. {', '.join(places[:3])}"
            msg = f"experiment.{name} must be the id of one of the {names}; found {place!r}{hint}."
            raise InputError(msg)
    if asked.home == asked.host:
        raise InputError(f"experiment.host must not be the home; found {asked.host!r} for both.")


def _rivals(asked: ExperimentPart, enclave: ReverseEnclave) -> dict[str, Any]:
    """What the same number of links, funded alike, could be instead."""
    terms: dict[str, Any] = {
        "funding": enclave.funding,
        "attachment": asked.attachment,
        "layer": enclave.layer,
    }
    ends = (asked.home, asked.host, asked.size)
    known = {
        "direct links": DirectLinks(*ends, **terms),
        "random ends": RandomEnds(enclave),
        "forward enclave": ForwardEnclave(*ends, asked.pipeline_share, **terms),
    }
    return {f"{name}, {enclave.funding}": known[name] for name in dict.fromkeys(asked.rivals)}


def _match(cities: MultilayerNetwork, asked: ExperimentPart) -> tuple[str, ...]:
    """What other hosts are matched on; without coordinates there is no distance."""
    if asked.match is not None:
        return tuple(asked.match)
    known = cities._places[["lon", "lat"]].notna().all(axis=None)
    return ("strength", "distance") if known else ("strength",)


def _placebos(
    cities: MultilayerNetwork, asked: ExperimentPart, enclaves: Mapping[str, ReverseEnclave]
) -> tuple[dict[str, Any] | None, tuple[str, ...]]:
    """The same enclaves at hosts that are alike, or why there are none."""
    if not asked.placebos:
        return None, ()
    match = _match(cities, asked)
    try:
        found = {
            name: scenarios.MatchedPlacebo(enclave, match=match, nearest=asked.placebos)
            for name, enclave in enclaves.items()
        }
        listed = scenarios.placebo_candidates(next(iter(enclaves.values())), cities, match=match)
    except InputError as error:
        if asked.match is not None:
            raise
        return None, (f"The experiment has no placebo hosts: {error}",)
    hosts = min(asked.placebos, len(listed) - 1)
    names = " and ".join(match)
    text = f"Placebo hosts are drawn from the {hosts} places most like the real one in {names}."
    return found, (text,)


def _measures(
    cities: MultilayerNetwork, asked: ExperimentPart, options: MeasuresPart
) -> tuple[dict[str, Any], list[str]]:
    """What is measured, and which of that new links can move one way only."""
    frictions = connectivity.Frictions(border=options.border, distance=options.kilometres)

    def efficiency(network: MultilayerNetwork, *, nodes: list[str]) -> float:
        return connectivity.global_efficiency(
            network, distance=options.distance, frictions=frictions, nodes=nodes
        )

    def versatility(network: MultilayerNetwork, *, nodes: list[str]) -> pd.Series:
        # Shares of what the places have: the park's own part would else be everybody's loss.
        rank = pagerank_of(network, options).reindex(nodes)
        return rank / rank.sum()

    last = threading.local()

    def harmonic(network: MultilayerNetwork, *, nodes: list[str]) -> pd.Series:
        if getattr(last, "network", None) is not network:  # which two measures look at in turn
            last.network, last.access = (
                network,
                centrality.harmonic_centrality(
                    network, distance=options.distance, frictions=frictions, nodes=nodes
                ),
            )
        access: pd.Series = last.access
        return access

    def inequality(network: MultilayerNetwork, *, nodes: list[str]) -> float:
        # `access_inequality`, as every place is one node.
        return polycentricity.theil(harmonic(network, nodes=nodes)[nodes])

    # Another name than in the table of polycentricity, which knows no frictions.
    how = "_with_frictions" if frictions else ""
    if cities.n_nodes > MANY:
        measures: dict[str, Any] = {f"global_efficiency{how}": efficiency, "pagerank": versatility}
        return measures, [f"global_efficiency{how}"]
    parts = PairSums(asked.home, asked.host, distance=options.distance, frictions=frictions)
    measures = {
        f"global_efficiency{how}": parts,
        f"access_inequality{how}": inequality,
        f"harmonic_centrality{how}": harmonic,
        "pagerank": versatility,
    }
    return measures, [f"global_efficiency{how}", f"harmonic_centrality{how}"]


def _parts(effects: pd.DataFrame) -> pd.DataFrame:
    """The change of efficiency by the kind of pairs that gain or lose."""
    split = effects["measure"].astype("str").str.split(PART, n=1, expand=True)
    columns = ["scenario", "baseline", "mean", "difference", "low", "high", "same_sign"]
    table = effects[columns].copy()
    table.insert(1, "measure", split[0])
    table.insert(2, "pairs", split[1])
    return table.reset_index(drop=True)
