"""The experiment of a run: an enclave, its rivals, and the same enclave at other hosts."""

from __future__ import annotations

import threading
from collections.abc import Mapping
from dataclasses import asdict
from functools import partial
from typing import Any, NamedTuple

import numpy as np
import pandas as pd

from netinnov import centrality, connectivity, polycentricity, scenarios
from netinnov._arguments import did_you_mean
from netinnov.errors import InputError
from netinnov.experiments import (
    PairSums,
    Specification,
    compare_scenarios,
    contrasts,
    link_changes,
    specification_curve,
)
from netinnov.network import MultilayerNetwork
from netinnov.pipeline._configuration import Configuration, ExperimentPart, MeasuresPart
from netinnov.pipeline._steps import pagerank_of
from netinnov.scenarios import (
    DirectLinks,
    ForwardEnclave,
    Prices,
    RandomEnds,
    ReverseEnclave,
    break_even_prices,
    equal_cost,
)

__all__ = ["MANY", "Experiment", "experiment"]

MANY = 1000
"""Places above which measures with a search from each are left out, but for efficiency."""

PLACEMENTS = 50
"""Of the headline scenario, whose links are shown on a map."""

AGAIN = 20
"""Placements in each specification: its median is wanted, not its tails."""

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
    rivals, unpaid = _rivals(cities, asked, enclaves[headline])
    placebos, notes = _placebos(cities, asked, enclaves)
    notes += unpaid
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
    if prices := _prices(asked):
        tried = {**enclaves, **rivals}
        tables["costs"] = _costs(cities, tried, prices)
        if (even := _break_even(cities, asked, tried, headline, prices, effects)) is not None:
            tables["break_even_prices"] = even
    try:
        varied = _specifications(cities, asked, options, layer, configuration.seed, progress)
    except InputError as error:
        notes = (*notes, f"The experiment was set up in one way only: {error}")
    else:
        if varied is not None:
            tables["specifications"] = varied
    said = asked.model_dump() | {
        "prices": "none: rivals get as many links" if prices is None else asdict(prices),
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


def _prices(asked: ExperimentPart) -> Prices | None:
    return None if asked.prices is None else Prices(**asked.prices.model_dump())


def _rivals(
    cities: MultilayerNetwork, asked: ExperimentPart, enclave: ReverseEnclave
) -> tuple[dict[str, Any], tuple[str, ...]]:
    """What the same money, or as many links, funded alike, could be instead; what is too dear."""
    terms: dict[str, Any] = {
        "funding": enclave.funding,
        "attachment": asked.attachment,
        "layer": enclave.layer,
    }
    ends = (asked.home, asked.host, asked.size)
    known: dict[str, Any] = {
        "direct links": DirectLinks(*ends, **terms),
        "random ends": RandomEnds(enclave),
        "forward enclave": ForwardEnclave(*ends, asked.pipeline_share, **terms),
    }
    found, notes = {name: known[name] for name in dict.fromkeys(asked.rivals)}, []
    if prices := _prices(asked):
        _check_cost(cities, "the enclave", enclave, prices)
        for name, rival in list(found.items()):
            if isinstance(rival, RandomEnds):  # a contrast, which costs the same as it is
                continue
            _check_cost(cities, name, rival, prices)
            try:
                found[name] = equal_cost(cities, enclave, rival, prices=prices)
            except InputError as error:
                del found[name]
                notes.append(f"There is no rival {name!r} of the same cost: {error}")
    return {f"{name}, {enclave.funding}": rival for name, rival in found.items()}, tuple(notes)


def _check_cost(cities: MultilayerNetwork, name: str, scenario: Any, prices: Prices) -> None:
    """Refuse a scenario without a cost, such as one without distances."""
    try:
        scenario.cost(prices, cities)
    except InputError as error:
        raise InputError(f"[experiment.prices] the cost of {name} is not known: {error}") from None


def _costs(cities: MultilayerNetwork, tried: Mapping[str, Any], prices: Prices) -> pd.DataFrame:
    """What each scenario needs and costs, as expected before links are drawn."""
    rows = []
    for name, scenario in tried.items():
        sized = scenario.scenario if isinstance(scenario, RandomEnds) else scenario
        needed = scenario.amounts(cities, kilometres=prices.pipeline_km > 0)
        cost = scenario.cost(prices, cities)
        rows.append((name, sized.size, needed.park, needed.link, needed.pipeline_km, cost))
    columns = ["scenario", "size", "parks", "local_links", "kilometres", "cost"]
    return pd.DataFrame(rows, columns=columns)


def _break_even(
    cities: MultilayerNetwork,
    asked: ExperimentPart,
    tried: Mapping[str, Any],
    headline: str,
    prices: Prices,
    effects: pd.DataFrame,
) -> pd.DataFrame | None:
    """Prices at which the enclave and each rival do as much per cost, by their median effects."""
    measure, node = effects["measure"].astype("str"), effects["node"]
    of_home = measure.str.startswith(("harmonic_centrality", "pagerank")) & node.eq(asked.home)
    whole = measure.str.startswith("global_efficiency") & ~measure.str.contains(PART, regex=False)
    wanted = (of_home | whole).to_numpy(bool, na_value=False)
    table = effects[wanted].set_index(["measure", "scenario"])["median"].unstack("scenario")
    rows = []
    for name_of_measure, medians in table.iterrows():
        what = str(name_of_measure)
        for name, rival in tried.items():
            pair = [float(medians[headline]), float(medians[name])]
            if isinstance(rival, (ReverseEnclave, RandomEnds)) or not np.isfinite(pair).all():
                continue
            even = break_even_prices(cities, tried[headline], rival, prices=prices, effects=pair)
            even = even.reset_index().assign(
                rival=name, measure=what, effect=pair[0], rival_effect=pair[1]
            )
            even["node"] = None if what.startswith("global") else asked.home
            rows.append(even)
    if not rows:
        return None
    first = ["rival", "measure", "node", "of", "price", "break_even", "ratio", "better", "why"]
    found = pd.concat(rows, ignore_index=True)[[*first, "effect", "rival_effect"]]
    return found.astype({"node": "str"})


def _specifications(
    cities: MultilayerNetwork,
    asked: ExperimentPart,
    options: MeasuresPart,
    layer: str,
    seed: int,
    progress: bool,
) -> pd.DataFrame | None:
    """The enclave set up in other ways: funded, attached and hindered by borders otherwise."""
    if cities.n_nodes > MANY:
        return None
    border = options.border or 0.5

    def make(funding: Any, attachment: float, border: float, measure: str) -> Specification:
        park = ReverseEnclave(
            asked.home,
            asked.host,
            asked.size,
            asked.pipeline_share,
            funding=funding,
            attachment=attachment,
            layer=layer,
        )
        frictions = connectivity.Frictions(border=border, distance=options.kilometres)
        of_node = measure == "harmonic_centrality"
        function = centrality.harmonic_centrality if of_node else connectivity.global_efficiency
        measured = partial(function, distance=options.distance, frictions=frictions)
        return Specification(park, measured, node=asked.home if of_node else None)

    curve = specification_curve(
        cities,
        specifications={
            "measure": ["harmonic_centrality", "global_efficiency"],
            "funding": ["reallocated", "new"],
            "attachment": sorted({0.0, 1.0, asked.attachment}),
            "border": [0.0, border, 2 * border],
        },
        make=make,
        replicates=min(AGAIN, asked.replicates),
        rng=seed,
        progress=progress,
    )
    shown = ["measure", "funding", "attachment", "border", "baseline", "median", "low", "high"]
    return curve[[*shown, "standardised", "same_sign", "replicates"]].sort_values(
        "measure", kind="stable", ascending=False, ignore_index=True
    )


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
        listed = scenarios.placebo_candidates(cities, next(iter(enclaves.values())), match=match)
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
    columns = ["scenario", "baseline", "mean", "difference", "median", "low", "high", "same_sign"]
    table = effects[columns].copy()
    table.insert(1, "measure", split[0])
    table.insert(2, "pairs", split[1])
    return table.reset_index(drop=True)
