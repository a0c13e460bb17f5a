"""What the sections on structure share: the layers together, a null model, and the centres."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import Annotated, Any, Literal

import numpy as np
import pandas as pd
from pydantic import Field

from netinnov import polycentricity
from netinnov._network.distances import between
from netinnov._typing import Direction
from netinnov.build import flatten
from netinnov.errors import InputError
from netinnov.network import MultilayerNetwork
from netinnov.null_models import GravityNull, NullModel, Rewire
from netinnov.null_models._prepared import LEAST_MOVED
from netinnov.polycentricity import ModularityTest
from netinnov.polycentricity._centre_rules import CentreRule
from netinnov.polycentricity._resampled_flows import Change, without_events
from netinnov.study._context import Context
from netinnov.study._measures import DENSE, linked_layers, linked_share
from netinnov.study._section import Part
from netinnov.study._two_mode_draws import Participation, participation_of, traded, tried_null

NullName = Literal["degree", "distance", "gravity", "curveball"]
RESTARTS = 3  # searches for communities
COSTLY = 100  # places above which communities are not searched for in every draw
MOST_PLACES = 1000  # with more nothing is drawn, as it would take long
# Where communities are searched for among many places: random networks, and resamples at most.
FEWER_NULLS, FEWER_RESAMPLES = 49, 50
RULES: tuple[CentreRule, ...] = ("hubs", "top", "head_tail", "core", "z", "dominant_flow")
BY_COMMUNITY = ("hubs", "z")  # rules that say something only where communities are beyond chance
ENOUGH = 10  # places from which on a gravity model has enough pairs to be fitted to


class StructurePart(Part, part="structure"):
    rule: CentreRule = "hubs"
    direction: Direction = "total"
    null: NullName | None = None
    resamples: Annotated[int, Field(ge=0, le=1_000_000)] = 200
    replicates: Annotated[int, Field(ge=0, le=1_000_000)] = 200


@dataclass(frozen=True, slots=True, eq=False)
class Plan:
    """`cities`: all linked layers; `network`: the observed ones, or modelled if there are none.

    `null_code` is the word of a page for what the null model keeps, or for why there is none, and
    `moved` the share of links it moves. `resample` draws the flows again (None: each event behind a
    link by itself), `draw` holds the options of all that draws; `left_out` is the word for why
    something is not computed, by the word for it.
    """

    options: StructurePart
    cities: MultilayerNetwork
    network: MultilayerNetwork
    modelled: tuple[str, ...]
    null: NullModel | None
    null_code: str
    moved: float
    participation: Participation | None
    left_out: dict[str, str]
    resamples: int
    resample: Change | None
    draw: dict[str, Any]
    search: bool  # for communities in every draw


def plan(context: Context) -> Plan | None:
    """Plan the sections on structure; None if they are left out, or no two places are linked."""
    options = context.options(StructurePart)
    linked = linked_layers(context.cities)
    if options is None or not linked:
        return None
    cities = context.cities.select(layers=linked)
    observed = context.observed(cities)
    network = cities.select(layers=observed or linked)
    incidence, participation = context.loaded.incidence, None
    if incidence is not None and {*observed} <= {*incidence.layers}:
        participation = participation_of(incidence, network, context.configuration.places.level)
    undrawn = ""
    if not observed:
        undrawn = "why_all_modelled"
    elif context.loaded.joint_events and participation is None:
        undrawn = "why_joint_events" if incidence is None else "why_other_layers"
    elif cities.n_nodes > MOST_PLACES:
        undrawn = "why_many_places"
    left_out = {}
    if undrawn or not options.resamples:
        left_out["intervals"] = undrawn or "why_not_asked"
    elif participation is None and without_events(network):
        left_out["intervals"] = "why_no_counts"
    code, null, moved = undrawn or "why_not_asked", None, np.nan
    if not undrawn and options.replicates:
        code, null, moved = choose_null(network, options.null, context.seed, participation)
    if null is None:
        left_out["null model"] = code
    draw = {"rng": context.seed, "progress": context.progress, "restarts": RESTARTS}
    return Plan(
        options,
        cities,
        network,
        modelled=() if observed else tuple(linked),
        null=null,
        null_code=code,
        moved=moved,
        participation=participation,
        left_out=left_out,
        resamples=0 if "intervals" in left_out else options.resamples,
        resample=None if participation is None else participation.resampled,
        draw=draw | {"direction": options.direction},
        search=network.n_nodes <= COSTLY,
    )


def choose_null(
    network: MultilayerNetwork,
    asked: NullName | None,
    seed: int,
    participation: Participation | None,
) -> tuple[str, NullModel | None, float]:
    """The one asked for, else one that can move the links, or events of a `participation`."""
    if asked is not None and (asked == "curveball") != (participation is not None):
        msg = f'null = "{asked}" in [structure] does not fit: "curveball" trades the members of '
        msg += "events that [data] project names, the others move links one by one; leave null out."
        raise InputError(msg)
    try:
        if participation is not None:
            code, (model, moved) = "null_curveball", traded(participation, seed)
        else:
            code, model = _null_of_links(network, asked)
            moved = tried_null(model, network, seed)[1]
    except InputError:
        if asked is not None:
            raise
        return "why_null_does_not_fit", None, np.nan
    moves = moved >= LEAST_MOVED
    return code if moves else "why_null_moves_little", model if moves else None, moved


def _null_of_links(network: MultilayerNetwork, asked: NullName | None) -> tuple[str, NullModel]:
    linked = network.storage.presence("linked").any(axis=0)
    share, differ = linked_share(network)
    if asked == "distance":
        return "null_distance", Rewire(preserve=("degree", "distance"))
    if asked == "degree" or not (asked or (share >= DENSE and differ and linked.sum() >= ENOUGH)):
        return "null_degree", Rewire()
    at, directed = network.storage.place_codes[linked], bool(network.directed)
    lengths = between(network.storage, at[:, None], at, directed=directed)
    lengths = lengths[~np.eye(at.size, dtype=bool)]
    if np.isnan(lengths).any():
        return "null_totals", GravityNull(None, unit="dispersion")
    one_point = (lengths == 0).any()
    return "null_gravity", GravityNull("exponential" if one_point else "power", unit="dispersion")


@dataclass(frozen=True, slots=True, eq=False)
class Detection:
    """Places with whether they are centres, how sure that is, their community and their role.

    `rules` has a column for each rule in `asked`, those that say something here.
    """

    table: pd.DataFrame
    rules: pd.DataFrame
    asked: list[CentreRule]
    rule: CentreRule
    test: ModularityTest
    plan: Plan

    @property
    def centres(self) -> pd.DataFrame:
        return self.table[self.table["centre"]]

    @property
    def by_most(self) -> list[str]:
        times = self.rules[self.asked].sum(axis=1).sort_values(ascending=False, kind="stable")
        return list(times.index[times > len(self.asked) / 2])

    @property
    def tied(self) -> list[str]:
        """Centres by rules that take the strongest, while others as strong are not."""
        strength = self.table["centrality"].map("{:.9g}".format)
        tied = pd.Series(False, self.rules.index)
        for rule, among in (("top", [strength]), ("hubs", [strength, self.table["community"]])):
            if rule in self.asked:
                centre = self.rules[rule] == 1
                tied |= centre & ~centre.groupby(among, dropna=False).transform("all").astype(bool)
        return list(tied.index[tied])


def detect(context: Context) -> Detection | None:
    from netinnov.community import modularity, roles

    structure = context.once(plan)
    if structure is None:
        return None
    network, rule, test = structure.network, structure.options.rule, None
    if structure.null is not None:
        test = polycentricity.modularity_test(
            network,
            null=structure.null,
            replicates=99 if structure.search else FEWER_NULLS,
            restarts=RESTARTS,
            rng=context.seed,
            progress=context.progress,
        )
        rule = "head_tail" if rule == "hubs" and test.by_chance else rule
    unclear = {*BY_COMMUNITY} - {rule} if test is not None and test.by_chance else set()
    asked = [each for each in RULES if each not in unclear]
    find = partial(polycentricity.detect_centres, network, null=None, **structure.draw)
    by_rule = {each: find(rule=each, resamples=0)["centre"].astype("int64") for each in asked}
    rules, resamples = pd.DataFrame(by_rule), structure.resamples
    resamples = resamples if structure.search else min(resamples, FEWER_RESAMPLES)
    detected = find(rule=rule, resamples=resamples, resample=structure.resample)
    flat = flatten(network)
    if test is None:
        labels = detected["community"].dropna().astype("int64")
        test = ModularityTest(modularity(flat, labels), untested=structure.null_code)
    names = network.storage.nodes.index.to_series().map(context.names).astype("str")
    agreement, position = rules.mean(axis=1), roles(flat, detected["community"])
    columns = ["name", "centre", "support", "agreement", "centrality", "community", "role"]
    table = detected.assign(name=names, agreement=agreement)[columns].assign(
        community=detected["community"].astype("Int64"),
        z=position["z"],
        participation=position["participation"],
        rule=rule,
    )
    order = ["centre", "support", "agreement", "centrality"]
    table = table.sort_values(order, ascending=False, kind="stable")
    rules = rules.assign(agreement=agreement).rename_axis("node")
    rules.insert(0, "name", names)
    return Detection(table, rules.reindex(table.index), asked, rule, test, structure)
