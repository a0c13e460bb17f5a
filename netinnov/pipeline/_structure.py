"""The structure of a study: centres, indices, communities and layers, and how sure they are."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import partial
from typing import Any

import pandas as pd

from netinnov import centrality, polycentricity
from netinnov._parallel import workers
from netinnov.build import flatten
from netinnov.network import MultilayerNetwork
from netinnov.null_models import Rewire
from netinnov.pipeline._configuration import Configuration, MeasuresPart, StructurePart
from netinnov.pipeline._steps import Afar, Input, names_at, pagerank_of
from netinnov.pipeline._structure_links import brokers, communities, likeness
from netinnov.polycentricity._resampled_flows import says_events

__all__ = ["structure"]

COSTLY = 100
"""Places above which communities are not searched for in every draw of the profile."""

FEWER = 50
"""Draws for the support of centres, a search for communities each, with more places than that."""

ONE_BY_ONE = 300
"""Places above which none is left out in turn."""

TINY = 4
"""Places below which no two links have four ends, so that nothing can be rewired."""

FEW_LINKS = 1000
"""Links below which a draw takes no less time."""

WORTH_A_TRIAL = 1_000_000
"""Links in all draws together from which on one draw is tried, to say how long all will take."""

LONG = 20.0
"""Seconds that draws may take before it is said how long they will."""

BETWEEN = 1000
"""Places above which betweenness, a search from each, is left out."""

PLAIN: dict[str, Any] = {"resamples": 0, "leave_one_out": False, "null": None}
"""Options of a profile of nothing but values."""


@dataclass(frozen=True)
class Plan:
    """The layers looked at together, how often they are drawn, and what is left out and why."""

    network: MultilayerNetwork
    modelled: tuple[str, ...]
    apart: tuple[str, ...]
    resamples: int
    replicates: int
    leave_one_out: bool
    search: bool
    left_out: dict[str, str] = field(default_factory=dict)


def structure(
    given: Input,
    afar: Afar,
    configuration: Configuration,
    *,
    enclaves: pd.DataFrame,
    progress: bool,
    say: Callable[[str], None],
) -> dict[str, pd.DataFrame]:
    """Tables of the structure of the network of places; none if no two places are linked."""
    options = configuration.structure
    assert options is not None
    linked = [layer for layer in afar.cities.layers if afar.cities._simple_csr(layer).indices.size]
    if not linked:
        return {}
    cities = afar.cities.select(layers=linked)
    plan = _plan(cities, given.modelled, options, configuration.data.source)
    draw = {"rng": configuration.seed, "progress": progress, "restarts": options.restarts}
    centres, rules = _centres(plan, options, draw)
    if plan.resamples and centres["support"].isna().all():
        plan.left_out["intervals"] = (
            "the weights are no whole numbers, so that nobody knows how many events they count"
        )
    tables = {
        "centres": centres,
        "centre_rules": rules,
        **_profiles(plan, cities, options, draw, say),
    }
    if not plan.modelled:
        tables["centrality_observed"] = _centralities(plan, configuration.measures)
    tables |= communities(cities, plan.network, centres, options.resolution)
    tables |= likeness(cities)
    observed = [layer for layer in afar.inside.layers if layer not in given.modelled]
    if observed:
        inside = afar.inside.select(layers=observed)
        tables["brokerage"] = brokers(inside, configuration.places.level, enclaves["node"])
    mark = {"modelled_layers": "; ".join(plan.modelled)}
    for name in ("centres", "centre_rules", "communities", "community_flows"):
        tables[name] = tables[name].assign(**mark)
    return tables | {"structure": _settings(plan, options, configuration.seed)}


def _plan(
    cities: MultilayerNetwork, modelled: Mapping[str, Any], options: StructurePart, source: str
) -> Plan:
    """The observed layers together, or the modelled ones if nothing was observed."""
    observed = [layer for layer in cities.layers if layer not in modelled]
    taken = observed or list(cities.layers)
    network = cities.select(layers=taken)
    left_out: dict[str, str] = {}
    why = None
    if not observed:
        why = "all links are modelled, and links that a model made are no evidence"
    elif source == "cordis":
        why = (
            "a project links all its partners at once, and a draw of single links, as if they "
            "were independent, would be too sure of itself"
        )
    elif cities.n_nodes > options.most_places:
        why = f"it would take long for more than {options.most_places:,} places"
    tiny = cities.n_nodes < TINY
    no_null = why or (
        f"among fewer than {TINY} places hardly another network has the same degrees"
        if tiny
        else None
    )
    drawn = (("intervals", options.resamples, why), ("null model", options.replicates, no_null))
    for what, asked, reason in drawn:
        if reason or not asked:
            left_out[what] = (reason if asked else None) or "not asked for"
    leave_one_out = cities.n_nodes <= min(ONE_BY_ONE, options.most_places)
    if not leave_one_out:
        most = min(ONE_BY_ONE, options.most_places)
        left_out["leave one out"] = f"it would take long for more than {most:,} places"
    search = TINY <= cities.n_nodes <= COSTLY
    if tiny and options.resamples and not why:
        left_out["interval of the number of centres"] = (
            f"fewer than {TINY} places have hardly any communities to be found in every draw"
        )
    elif not search and not why:
        left_out["interval of the number of centres"] = (
            f"communities would have to be searched for in every draw, which takes long for more "
            f"than {COSTLY:,} places; the support of centres rests on {FEWER} draws at most"
        )
    return Plan(
        network,
        () if observed else tuple(taken),
        tuple(layer for layer in cities.layers if layer not in taken),
        0 if why else options.resamples,
        0 if no_null else options.replicates,
        leave_one_out,
        search,
        left_out,
    )


def _centres(
    plan: Plan, options: StructurePart, draw: dict[str, Any]
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Places with their support and role, and which of them are centres by other rules."""
    from netinnov.community import roles

    network = plan.network
    draws = plan.resamples if plan.search else min(plan.resamples, FEWER)
    found = polycentricity.detect_centres(
        network, rule=options.rule, resolution=options.resolution, resamples=draws, **draw
    )
    rules = _by_rules(network, options, draw)
    position = roles(flatten(network), found["community"])
    table = pd.DataFrame(
        {
            "name": names_at(network),
            "centre": found["centre"],
            "support": found["support"],
            "agreement": rules["agreement"],
            "centrality": found["centrality"],
            "community": found["community"].astype("Int64"),
            "role": found["role"],
            "z": position["z"],
            "participation": position["participation"],
        }
    )
    order = ["centre", "support", "agreement", "centrality"]
    table = table.sort_values(order, ascending=False, kind="stable")
    rules.insert(0, "name", table["name"])
    return table, rules.reindex(table.index)


def _by_rules(
    network: MultilayerNetwork, options: StructurePart, draw: dict[str, Any]
) -> pd.DataFrame:
    """1 where a place is a centre by a rule, and the share of the rules by which it is one."""
    names = ("hubs", "top", "head_tail", "core", "z", "dominant_flow")
    variants = {name: {"resolution": options.resolution} for name in names}
    # One index is asked for at least, the quickest; what is wanted is who is a centre.
    long = polycentricity.sensitivity(
        network, rules=variants, tops=[None], indices=["gini"], **draw
    )
    long = long[long["node"].notna()]
    wide = long.pivot(index="node", columns="rule", values="value")
    wide = wide.reindex(index=network._nodes.index, columns=pd.Index(names, name=None))
    agreement = long.drop_duplicates("node").set_index("node")["agreement"]
    return wide.astype("int64").assign(agreement=agreement).rename_axis("node")


def _profiles(
    plan: Plan,
    cities: MultilayerNetwork,
    options: StructurePart,
    draw: dict[str, Any],
    say: Callable[[str], None],
) -> dict[str, pd.DataFrame]:
    """The indices of the layers looked at together, and of each modelled layer apart."""
    draw = draw | {"resolution": options.resolution}
    together = _drawn(plan, draw, say)
    most = together["most_influential"].map(names_at(cities), na_action="ignore").astype("str")
    together["most_influential"] = most
    tables = {"profile": together.assign(modelled_layers="; ".join(plan.modelled))}
    apart = {
        layer: polycentricity.profile(cities.select(layers=[layer]), **PLAIN, **draw)
        for layer in plan.apart
    }
    if apart:
        table = pd.concat(apart, names=["layer", "index"]).reset_index("index")
        shown = ["index", "of", "many_centres_if", "value"]
        tables["profile_modelled"] = table[shown].assign(modelled_layers=table.index)
    return tables


def _drawn(plan: Plan, draw: dict[str, Any], say: Callable[[str], None]) -> pd.DataFrame:
    """Values, and draws of them as far as the plan goes; sizes are populations, if known."""
    network = plan.network
    sizes = _population(network)
    plain = polycentricity.profile(network, sizes=sizes, **PLAIN, **draw)
    if not (plan.resamples or plan.replicates or plan.leave_one_out):
        return plain
    draw = draw | {
        "sizes": sizes,
        "indices": [name for name in plain.index if plan.search or name != "n_centres"],
    }
    null = Rewire() if plan.replicates else None
    _say_how_long(plan, {**PLAIN, "null": null, "replicates": 1, **draw}, say)
    drawn = polycentricity.profile(
        network,
        resamples=plan.resamples,
        replicates=plan.replicates,
        null=null,
        leave_one_out=plan.leave_one_out,
        **draw,
    )
    return pd.concat([drawn, plain.drop(index=drawn.index)]).reindex(plain.index)


def _say_how_long(plan: Plan, one: dict[str, Any], say: Callable[[str], None]) -> None:
    """Try one draw where many links or draws may take long, and say how long all will."""
    left = plan.network.n_nodes if plan.leave_one_out else 0
    resamples = plan.resamples if says_events(plan.network, None) else 0
    draws = resamples + plan.replicates + left
    if draws * max(plan.network.n_links, FEW_LINKS) < WORTH_A_TRIAL:
        return
    start = time.perf_counter()
    polycentricity.profile(plan.network, **one | {"progress": False})
    tried = 1 + bool(plan.replicates)  # the network itself, and a random one
    seconds = (time.perf_counter() - start) / tried * draws / workers(None)
    if seconds > LONG:
        about = f"{seconds:.0f} s" if seconds < 90 else f"{seconds / 60:.0f} min"
        say(
            f"computing all indices {draws:,} times more ({resamples:,} with flows drawn anew, "
            f"{plan.replicates:,} of random networks, {left:,} without a place), about {about}; "
            "resamples and replicates in [structure] make it fewer"
        )


def _population(network: MultilayerNetwork) -> pd.Series | None:
    people = network._places["population"].reindex(network._nodes["place"])
    if people.isna().any() or not (people > 0).any():
        return None
    return people.set_axis(network._nodes.index)


def _centralities(plan: Plan, options: MeasuresPart) -> pd.DataFrame:
    """All centralities of the layers looked at together, side by side."""
    measures: dict[str, Callable[[MultilayerNetwork], Any]] = {
        "overlapping_degree": centrality.overlapping_degree,
        "overlapping_strength": centrality.overlapping_strength,
        "participation_coefficient": centrality.participation_coefficient,
        "pagerank": partial(pagerank_of, options=options),
        "eigenvector_centrality": centrality.eigenvector_centrality,
        "katz_centrality": centrality.katz_centrality,
        "hits": centrality.hits,
        "closeness_centrality": partial(centrality.closeness_centrality, distance=options.distance),
        "harmonic_centrality": partial(centrality.harmonic_centrality, distance=options.distance),
        "constraint": centrality.constraint,
        "effective_size": centrality.effective_size,
        "core_number": centrality.core_number,
    }
    network = plan.network
    if network.n_nodes <= BETWEEN:
        measures["betweenness_centrality"] = centrality.betweenness_centrality
    else:
        plan.left_out["betweenness"] = f"it would take long for more than {BETWEEN:,} places"
    table = centrality.centrality_table(network, measures=measures)
    table.insert(0, "name", names_at(network))
    return table.sort_values("pagerank", ascending=False, kind="stable")


def _settings(plan: Plan, options: StructurePart, seed: int) -> pd.DataFrame:
    """What was looked at and how, and what was left out and why."""
    rows = [
        ("layers together", "; ".join(plan.network.layers)),
        ("layers apart", "; ".join(plan.apart)),
        *((name.replace("_", " "), str(value)) for name, value in options.model_dump().items()),
        ("seed", str(seed)),
        *((f"left out: {what}", why) for what, why in plan.left_out.items()),
    ]
    return pd.DataFrame(rows, columns=["setting", "value"], dtype="str")
