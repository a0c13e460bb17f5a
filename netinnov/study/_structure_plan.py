"""What the sections on structure share: layers together, draws, a null model, and the centres."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import Annotated, Any, Literal

import numpy as np
import pandas as pd
from pydantic import Field
from scipy.sparse import coo_array, csr_array, triu
from scipy.stats import binomtest

from netinnov import polycentricity
from netinnov._network.columns import as_text
from netinnov._network.hierarchy import units
from netinnov._network.matrices import DENSE, linked_share
from netinnov._network.place_distances import between
from netinnov._network.rows import Rows
from netinnov._typing import Direction
from netinnov.build import flatten
from netinnov.errors import InputError
from netinnov.linkages._project import members_of
from netinnov.linkages._records import Integers
from netinnov.network import MultilayerNetwork, with_rows
from netinnov.null_models import Curveball, GravityNull, NullModel, Rewire, _prepared
from netinnov.polycentricity import ModularityTest
from netinnov.polycentricity._centre_rules import CentreRule
from netinnov.polycentricity._resampled_flows import Change, without_events
from netinnov.study._context import Context
from netinnov.study._facts import Part
from netinnov.study._loaded_data import Incidence
from netinnov.study._measures import linked_layers

TRIED = 10  # networks drawn to see how many links, or participations, a null model moves
NullName = Literal["degree", "distance", "gravity", "curveball"]
RESTARTS = 3  # searches for communities
COSTLY = 100  # places above which a search for communities takes long
MOST_PLACES = 1000  # with more nothing is drawn, as it would take long
FEWER_NULLS = 49  # random networks among more
MANY_NULLS = 999  # random networks by default, and where 99 do not settle whether p is below 0.05
MOST_LINKS = 20_000  # with more links 999 take minutes: by default FEW_NULLS
FEW_NULLS = 200
RULES: tuple[CentreRule, ...] = ("outliers", "head_tail", "core", "dominant_flow")
ENOUGH = 10  # places from which on a gravity model has enough pairs to be fitted to


class StructurePart(Part, part="structure"):
    rule: CentreRule = "outliers"
    direction: Direction = "total"
    null: NullName | None = None
    resamples: Annotated[int, Field(ge=0, le=1_000_000)] = 200
    replicates: Annotated[int, Field(ge=0, le=1_000_000)] | None = None


@dataclass(frozen=True, slots=True, eq=False)
class Participation:
    """Participations of numbered members in events, an event of several periods one of each.

    Members of one group meet in its layer; members of two, and those of the last group, in the
    last of these layers.
    """

    member: Integers
    event: Integers
    whole: Integers  # number of an event, whatever its period
    period: Integers  # its position among `periods`
    periods: Integers
    place: Integers  # of a member; -1: outside
    group: Integers  # of a member
    layer_of: Integers  # layer of a group, a position among those of `cities`; -1: not looked at
    weighting: str
    cities: MultilayerNetwork

    def resampled(self, network: MultilayerNetwork, rng: np.random.Generator) -> MultilayerNetwork:
        among = network.storage.link_rows().period
        held = np.isin(self.periods[self.period], self.periods if among is None else among)
        events, number = np.unique(self.whole[held], return_inverse=True)
        times = np.zeros(held.size, np.int64)
        times[held] = rng.multinomial(events.size, np.full(events.size, 1 / events.size))[number]
        return self.links_of(self.member, self.event, times)

    def links_of(self, member: Integers, event: Integers, times: Any = 1) -> MultilayerNetwork:
        size = np.bincount(event, minlength=self.whole.size)
        pairs = {"newman": np.maximum(size - 1, 1), "full": np.maximum(size * (size - 1) / 2, 1)}
        each = times / pairs.get(self.weighting, np.ones(size.size))
        n = self.cities.n_nodes
        inside = self.place[member] >= 0
        at = (self.group * n + self.place)[member][inside], event[inside]
        shape = self.layer_of.size * n, size.size
        present = csr_array((np.ones(at[0].size), at), shape=shape)
        links = coo_array(triu(csr_array(present * each @ present.T), k=1))
        (one, source), (other, target) = (np.divmod(end, n) for end in links.coords)
        layer = self.layer_of[np.where(one == other, one, -1)]
        kept = (layer >= 0) & (source != target) & (links.data > 0)
        codes = np.array([layer, source, target], np.int32)[:, kept]
        return with_rows(self.cities, Rows(codes[0], codes[1], codes[2], links.data[kept]))


def participation_of(incidence: Incidence, cities: MultilayerNetwork, level: int) -> Participation:
    network = incidence.network
    projection = incidence.projection
    storage = network.storage
    rows = storage.link_rows()
    rows = rows.where(rows.layer == network.layers.index(projection.layer))
    first = members_of(network, projection.onto, projection.through)[rows.source]
    ends = (rows.source, rows.target)
    member, event = np.where(first, ends, ends[::-1])
    period = 0 if rows.period is None else rows.period
    table = pd.DataFrame({"member": member, "event": event, "period": period}).drop_duplicates()
    member, nodes = pd.factorize(table["member"])
    event, meetings = pd.factorize(pd.MultiIndex.from_frame(table[["event", "period"]]))
    (whole, _), (when, periods) = (pd.factorize(meetings.get_level_values(each)) for each in (0, 1))
    unit = units(storage.place_codes, storage.places, level)[nodes]
    names = storage.places.index.take(np.maximum(unit, 0))
    place = np.where(unit >= 0, cities.storage.node_names.get_indexer(names), -1)
    group = np.zeros(nodes.size, np.int64)
    layers = [*incidence.layers, ""]
    if projection.split_by is not None:
        values = as_text(storage.nodes[projection.split_by].iloc[nodes])[0]
        group, named = pd.factorize(values)
        layers = [*map(str, named), "mixed"]
    layer_of = pd.Index(cities.layers).get_indexer(pd.Index(layers))
    group %= layer_of.size  # those without a value are the last group
    codes = (member, event, whole, when, periods.to_numpy(), place, group, layer_of)
    return Participation(*codes, projection.weighting, cities)


def traded(participation: Participation, seed: int) -> tuple[NullModel, float]:
    """Null model: members keep their numbers of events in each period, and events of members."""
    n_members = participation.place.size
    n_events = participation.whole.size
    kind = np.repeat(["member", "event"], [n_members, n_events])
    ids = pd.Index(np.arange(n_members + n_events).astype(str))
    source = participation.member
    target = participation.event + n_members
    links = pd.DataFrame({"source": ids.take(source), "target": ids.take(target)})
    links["layer"] = participation.period[participation.event].astype(str)
    network = MultilayerNetwork(pd.DataFrame({"kind": kind}, index=ids), links)
    trades, moved = tried_null(Curveball(), network, seed)

    def null(_: MultilayerNetwork, rng: np.random.Generator) -> MultilayerNetwork:
        blocks = trades.draw(rng).storage.blocks
        members = np.concatenate([block.sources for block in blocks])
        events = np.concatenate([block.indices for block in blocks]) - n_members
        return participation.links_of(members, events)

    return null, moved


def tried_null(
    model: NullModel, network: MultilayerNetwork, seed: int
) -> tuple[_prepared.Prepared, float]:
    own, *children = np.random.default_rng(seed).spawn(1 + TRIED)
    ready = _prepared.prepared_null(model, network, own)
    moved = [ready.moved(ready.draw(child)) for child in children]
    return ready, _prepared.mean_moved(moved)


@dataclass(frozen=True, slots=True, eq=False)
class Plan:
    options: StructurePart
    cities: MultilayerNetwork  # all linked layers
    network: MultilayerNetwork  # the observed ones, or modelled if there are none
    modelled: tuple[str, ...]
    null: NullModel | None
    null_code: str  # word of a page for what the null model keeps, or for why there is none
    moved: float  # share of links that it moves
    participation: Participation | None
    left_out: dict[str, str]  # the word for why something is not computed, by the word for it
    resamples: int
    resample: Change | None  # draws the flows again; None: each event behind a link by itself
    draw: dict[str, Any]  # options of all that draws

    @property
    def replicates(self) -> int:
        if self.options.replicates is not None:
            return self.options.replicates
        return FEW_NULLS if self.network.n_links > MOST_LINKS else MANY_NULLS


def plan(context: Context) -> Plan | None:
    """Plan the sections on structure; None if they are left out, or no two places are linked."""
    options = context.options(StructurePart)
    linked = linked_layers(context.cities)
    if options is None or not linked:
        return None
    cities = context.cities.select(layers=linked)
    observed = context.observed(cities)
    network = cities.select(layers=observed or linked)
    incidence = context.loaded.incidence
    participation = None
    if incidence is not None and {*observed} <= {*incidence.layers}:
        participation = participation_of(incidence, network, context.configuration.places.level)
    undrawn = ""
    if not observed:
        undrawn = "why_all_modelled"
    elif context.loaded.joint_events and participation is None:
        undrawn = "why_joint_events" if incidence is None else "why_other_layers"
    elif cities.n_nodes > MOST_PLACES:
        undrawn = "why_many_places"
    left_out = dict[str, str]()
    code = undrawn or "why_not_asked"
    null = None
    moved = np.nan
    if undrawn or not options.resamples:
        left_out["intervals"] = code
    elif participation is None and without_events(network):
        left_out["intervals"] = "why_no_counts"
    if not undrawn and options.replicates != 0:
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
    )


def choose_null(
    network: MultilayerNetwork,
    asked: NullName | None,
    seed: int,
    participation: Participation | None,
) -> tuple[str, NullModel | None, float]:
    """The one asked for, else one that can move the links, or events of a `participation`."""
    if asked is not None and (asked == "curveball") != (participation is not None):
        raise InputError(
            f'null = "{asked}" in [structure] does not fit: "curveball" trades the members of '
            "events that [data] project names, the others move links one by one; leave null out."
        )
    try:
        if participation is not None:
            code = "null_curveball"
            (model, moved) = traded(participation, seed)
        else:
            code, model = _null_of_links(network, asked)
            moved = tried_null(model, network, seed)[1]
    except InputError:
        if asked is not None:
            raise
        return "why_null_does_not_fit", None, np.nan
    moves = moved >= _prepared.LEAST_MOVED
    return code if moves else "why_null_moves_little", model if moves else None, moved


def _null_of_links(network: MultilayerNetwork, asked: NullName | None) -> tuple[str, NullModel]:
    linked = network.storage.presence("linked").any(axis=0)
    share, differ = linked_share(network)
    if asked == "distance":
        return "null_distance", Rewire(preserve=("degree", "distance"))
    if asked == "degree" or not (asked or (share >= DENSE and differ and linked.sum() >= ENOUGH)):
        return "null_degree", Rewire()
    at = network.storage.place_codes[linked]
    directed = bool(network.directed)
    lengths = between(network.storage, at[:, None], at, directed=directed)
    lengths = lengths[~np.eye(at.size, dtype=bool)]
    if np.isnan(lengths).any():
        return "null_totals", GravityNull(None, unit="dispersion")
    one_point = (lengths == 0).any()
    return "null_gravity", GravityNull("exponential" if one_point else "power", unit="dispersion")


@dataclass(frozen=True, slots=True, eq=False)
class Detection:
    table: pd.DataFrame  # places: whether centres, how sure that is, community and role
    rules: pd.DataFrame  # the same by each rule
    rule: CentreRule
    test: ModularityTest
    plan: Plan

    @property
    def centres(self) -> pd.DataFrame:
        return self.table[self.table["centre"]]


def settled(test: ModularityTest) -> bool:
    """Whether it is clear on which side of 0.05 p is (Davidson and MacKinnon 2000)."""
    if test.untested:
        return True
    extreme = round(test.p * (test.replicates + 1)) - 1
    return bool(binomtest(extreme, test.replicates, 0.05).pvalue < 0.01)


def detect(context: Context) -> Detection | None:
    from netinnov.community import modularity, roles

    structure = context.once(plan)
    if structure is None:
        return None
    network = structure.network
    test = None
    if structure.null is not None:
        compare = partial(
            polycentricity.modularity_test,
            network,
            null=structure.null,
            restarts=RESTARTS,
            rng=context.seed,
            progress=context.progress,
        )
        many = network.n_nodes > COSTLY
        test = compare(replicates=FEWER_NULLS if many else 99)
        if not many and not settled(test):
            test = compare(replicates=MANY_NULLS)
    find = partial(polycentricity.detect_centres, network, **structure.draw)
    by_rule = {each: find(rule=each, resamples=0)["centre"].astype("int64") for each in RULES}
    rules = pd.DataFrame(by_rule)
    rule = structure.options.rule
    detected = find(rule=rule, resamples=structure.resamples, resample=structure.resample)
    flat = flatten(network)
    if test is None:
        labels = detected["community"].dropna().astype("int64")
        test = ModularityTest(modularity(flat, labels), untested=structure.null_code)
    names = network.storage.node_names.to_series().map(context.names).astype("str")
    agreement = rules.mean(axis=1)
    position = roles(flat, detected["community"])
    order = ["centre", "support", "agreement", "centrality"]
    table = detected.assign(name=names, agreement=agreement)
    table = table[["name", *order, "mass", "community", "role"]].astype({"community": "Int64"})
    table = table.join(position[["z", "participation"]]).assign(rule=rule)
    digits = table[order].map("{:.9g}".format).astype(np.float64)  # rounding orders nothing
    table = table.loc[digits.sort_values(order, ascending=False, kind="stable").index]
    rules = rules.assign(agreement=agreement).rename_axis("node")
    rules.insert(0, "name", names)
    return Detection(table, rules.reindex(table.index), rule, test, structure)
