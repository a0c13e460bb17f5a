"""Two-mode data of a study: resampled, or randomised by trades, then projected onto places."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy.sparse import coo_array, csr_array, triu

from netinnov._network.columns import as_text
from netinnov._network.hierarchy import units
from netinnov._network.rows import Rows
from netinnov.linkages._project import members_of
from netinnov.linkages._records import Integers
from netinnov.network import MultilayerNetwork, with_rows
from netinnov.null_models import Curveball, NullModel
from netinnov.null_models._prepared import Prepared, mean_moved, moved_share, prepared_null
from netinnov.study._loaded_data import Incidence

TRIED = 10  # networks drawn to see how many links, or participations, a null model moves


@dataclass(frozen=True, slots=True, eq=False)
class Participation:
    """Participations of numbered members in events, and each member's place (-1: outside).

    An event of several periods is one of each, `whole` its number and `period` that of the period
    among `periods`.
    Members of one `group` meet in its layer, `layer_of`, a position among those of `cities` (-1:
    not looked at); members of two, and those of the last group, in the last of these layers.
    """

    member: Integers
    event: Integers
    whole: Integers
    period: Integers
    periods: Integers
    place: Integers
    group: Integers
    layer_of: Integers
    weighting: str
    cities: MultilayerNetwork

    def resampled(self, network: MultilayerNetwork, rng: np.random.Generator) -> MultilayerNetwork:
        """Resample of the events of the periods in which the network has links."""
        among = network.storage.link_rows().period
        held = np.isin(self.periods[self.period], self.periods if among is None else among)
        events, number = np.unique(self.whole[held], return_inverse=True)
        times = np.zeros(held.size, np.int64)
        times[held] = rng.multinomial(events.size, np.full(events.size, 1 / events.size))[number]
        return self.links_of(self.member, self.event, times)

    def links_of(
        self, member: Integers, event: Integers, times: Integers | int = 1
    ) -> MultilayerNetwork:
        size = np.bincount(event, minlength=self.whole.size)
        pairs = {"newman": np.maximum(size - 1, 1), "full": np.maximum(size * (size - 1) / 2, 1)}
        each = times / pairs.get(self.weighting, np.ones(size.size))
        n, inside = self.cities.n_nodes, self.place[member] >= 0
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
    network, projection = incidence.network, incidence.projection
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
    place = np.where(unit >= 0, cities.storage.nodes.index.get_indexer(names), -1)
    group, layers = np.zeros(nodes.size, np.int64), [*incidence.layers, ""]
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
    n_members, n_events = participation.place.size, participation.whole.size
    kind = np.repeat(["member", "event"], [n_members, n_events])
    ids = pd.Index(np.arange(n_members + n_events).astype(str))
    source, target = participation.member, participation.event + n_members
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


def tried_null(model: NullModel, network: MultilayerNetwork, seed: int) -> tuple[Prepared, float]:
    own, *children = np.random.default_rng(seed).spawn(1 + TRIED)
    ready = prepared_null(model, network, own)
    moved = [moved_share(network, ready.draw(child), ready) for child in children]
    return ready, mean_moved(moved)
