"""Two-mode data of a study: resampled, or randomised by trades, then projected onto places."""

from __future__ import annotations

from dataclasses import dataclass
from functools import reduce

import numpy as np
import numpy.typing as npt
import pandas as pd
from scipy.sparse import coo_array, csr_array, triu

from netinnov._columns import as_text
from netinnov._hierarchy import units
from netinnov._rows import Rows
from netinnov._typing import Codes
from netinnov.linkages._project import members_of
from netinnov.network import MultilayerNetwork, with_rows
from netinnov.null_models import Curveball, NullModel
from netinnov.null_models._prepared import Prepared, mean_moved, moved_share, prepared_null
from netinnov.study._loaded_data import Incidence

TRIED = 10  # networks drawn to see how many links, or participations, a null model moves


@dataclass(frozen=True, slots=True, eq=False)
class Participation:
    """Participations of numbered members in events, and each member's place (-1: outside).

    An event of several periods is one of each, `whole` its number and `period` the period's.
    Members of one `group` (-1: none) meet in its layer, `layer_of`, others in the layer `mixed`, as
    positions among those of `cities` (-1: not looked at).
    """

    member: Codes
    event: Codes
    whole: Codes
    period: Codes
    place: Codes
    weighting: str
    cities: MultilayerNetwork
    group: Codes
    layer_of: tuple[int, ...]
    mixed: int

    def resampled(self, network: MultilayerNetwork, rng: np.random.Generator) -> MultilayerNetwork:
        del network
        n_events = int(self.whole.max()) + 1
        times = rng.multinomial(n_events, np.full(n_events, 1 / n_events))
        return self.links_of(self.member, self.event, times[self.whole])

    def links_of(
        self, member: Codes, event: Codes, times: npt.NDArray[np.int64] | None = None
    ) -> MultilayerNetwork:
        size = np.bincount(event, minlength=self.whole.size).astype(np.float64)
        pairs = {"newman": np.maximum(size - 1, 1), "full": np.maximum(size * (size - 1) / 2, 1)}
        each = 1 / pairs.get(self.weighting, np.ones(size.size))
        if times is not None:
            each = each * times
        place, group = self.place[member], self.group[member]
        shape, inside = (self.cities.n_nodes, size.size), place >= 0

        def present(members: npt.NDArray[np.bool_]) -> csr_array:
            at = place[members & inside], event[members & inside]
            return csr_array((np.ones(at[0].size), at), shape=shape)

        parts = []
        for number in np.unique(group):
            alike = group == number
            others = ~alike if number >= 0 else np.ones_like(alike)
            of_group = self.layer_of[number] if number >= 0 else -1
            for layer, partners in ((of_group, alike), (self.mixed, others)):
                if layer >= 0:
                    weights = present(alike) * each @ present(partners).T
                    links = coo_array(triu(csr_array(weights), k=1))
                    row, col = (
                        at[links.data > 0].astype(np.int32) for at in (links.row, links.col)
                    )
                    layers = np.full(row.size, layer, np.int32)
                    parts.append(Rows(layers, row, col, links.data[links.data > 0]))
        return with_rows(self.cities, reduce(Rows.followed_by, parts))


@dataclass(frozen=True, slots=True, eq=False)
class TradedParticipation:
    """Null model: members keep their numbers of events in each period, and events of members."""

    participation: Participation
    trades: Prepared
    n_members: int

    def __call__(self, network: MultilayerNetwork, rng: np.random.Generator) -> MultilayerNetwork:
        del network
        blocks = self.trades.draw(rng).storage.blocks
        members = np.concatenate([block.sources for block in blocks])
        events = np.concatenate([block.indices for block in blocks]) - self.n_members
        return self.participation.links_of(members, events)


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
    member_code, nodes = pd.factorize(table["member"])
    event_code, meetings = pd.factorize(pd.MultiIndex.from_frame(table[["event", "period"]]))
    whole, when = (pd.factorize(meetings.get_level_values(each))[0] for each in (0, 1))
    unit = units(storage.place_codes, storage.places, level)[nodes]
    names = storage.places.index.take(np.maximum(unit, 0))
    place = np.where(unit >= 0, cities.storage.nodes.index.get_indexer(names), -1)
    if projection.split_by is None:
        group, values, mixed = np.zeros(nodes.size, np.intp), [*incidence.layers], ""
    else:
        column = as_text(storage.nodes[projection.split_by].iloc[nodes])[0]
        group, unique = pd.factorize(column)
        values, mixed = list(map(str, unique)), "mixed"
    at = {layer: number for number, layer in enumerate(cities.layers)}
    layer_of = tuple(at.get(value, -1) for value in values)
    codes = (member_code, event_code, whole, when, place, group)
    members, events, wholes, periods, places, groups = (each.astype(np.int32) for each in codes)
    sides = (members, events, wholes, periods, places)
    weighting, of_mixed = projection.weighting, at.get(mixed, -1)
    return Participation(*sides, weighting, cities, groups, layer_of, of_mixed)


def traded(participation: Participation, seed: int) -> tuple[NullModel, float]:
    n_members, n_events = participation.place.size, participation.whole.size
    kind = np.repeat(["member", "event"], [n_members, n_events])
    ids = pd.Index(np.arange(n_members + n_events).astype(str))
    source, target = participation.member, participation.event + n_members
    links = pd.DataFrame({"source": ids.take(source), "target": ids.take(target)})
    links["layer"] = participation.period[participation.event].astype(str)
    network = MultilayerNetwork(pd.DataFrame({"kind": kind}, index=ids), links)
    trades, moved = tried_null(Curveball(), network, seed)
    return TradedParticipation(participation, trades, n_members), moved


def tried_null(model: NullModel, network: MultilayerNetwork, seed: int) -> tuple[Prepared, float]:
    own, *children = np.random.default_rng(seed).spawn(1 + TRIED)
    ready = prepared_null(model, network, own)
    moved = [moved_share(network, ready.draw(child), ready) for child in children]
    return ready, mean_moved(moved)
